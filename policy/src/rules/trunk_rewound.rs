//! `trunk-rewound`: the trunk loses commits.

use crate::attempt::Subject;
use crate::text::printable;

use super::case::Case;
use super::findings::{Finding, Findings};
use super::{Explanation, Group, Rule, help};

pub const RULE: Rule = Rule { code: "trunk-rewound", group: Group::Refs, explain: EXPLAIN, judge };

const EXPLAIN: Explanation = Explanation {
    summary: "The trunk only goes forward.",
    meaning: "On the server nobody, and elsewhere no agent, deletes the trunk or moves it to a \
              commit that does not contain its old tip. A human may do so on their own machine, \
              where it is said, once others may have the commits, and not refused. Nobody turns the trunk into a symbolic ref, by \
              which another branch would move it.",
    example: "agent-2 runs `git push --force origin main` after it has rebased main.",
    reason: "What has landed, and in which order, is read from the trunk. Rewinding it un-lands \
             lanes that others have already built upon.",
    remedy: "Take steps back with `git revert`, which is always a lawful step of the trunk.",
};

fn judge(case: &Case<'_>, out: &mut Findings) {
    let trunk = case.trunk_name();
    match &case.attempt.subject {
        Subject::TrunkRewound { from, to, published } => {
            let what = match to {
                Some(to) => format!(
                    "{trunk} may not move to {}: that does not contain {}",
                    to.short(),
                    from.short()
                ),
                None => format!("{trunk} may not be deleted"),
            };
            if case.attempt.checkpoint.is_server() || case.who.agent().is_some() {
                out.add(finding(case, what).help([help::advice("take steps back by git revert")]));
            } else if *published {
                let from = from.short();
                let what = match to {
                    Some(_) => format!("{trunk} loses commits that its upstream has: {from}"),
                    None => format!("{trunk} is deleted"),
                };
                out.note(RULE.code, format!("{what}; the server will not take that in"));
            }
        }
        Subject::MadeSymbolic { lane: None, target } => {
            let target = printable(&target.short());
            let message = format!("{trunk} may not become a symbolic ref to {target}");
            out.add(finding(case, message).help([help::advice("let the trunk be a branch")]));
        }
        _ => {}
    }
}

fn finding(case: &Case<'_>, message: String) -> Finding {
    let finding = Finding::error(message).reference(case.attempt.reference.as_ref());
    match case.who.agent() {
        Some(agent) => finding.agent(agent),
        None => finding,
    }
}
