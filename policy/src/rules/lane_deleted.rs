//! `lane-deleted`: the branch of a lane goes away with work that has not landed.

use crate::attempt::Subject;

use super::case::Case;
use super::findings::{Finding, Findings};
use super::{Explanation, Group, Rule, help};

pub const RULE: Rule = Rule { code: "lane-deleted", group: Group::Refs, explain: EXPLAIN, judge };

const EXPLAIN: Explanation = Explanation {
    summary: "A lane's branch is not deleted before its work has landed.",
    meaning: "Deleting the branch of a lane that has commits of its own and has not landed is \
              denied to everybody. A lane that has landed, has nothing of its own or is withdrawn \
              may go, and so may every branch in no lane, and here a copy of what a remote is known \
              to have. In a push it has to be so before the push: git moves one ref after another, \
              and when the trunk's move fails the branch goes all the same.",
    example: "Somebody clears up with `git branch -D agents/tests` while agent-3 has two commits \
              that are nowhere else.",
    reason: "The branch is the only name of that work, and the lanes after it wait for it to \
             land. Without the branch nobody can tell whether it ever did.",
    remedy: "Land the lane first, or have the dispatcher withdraw it: then the branch may go.",
};

fn judge(case: &Case<'_>, out: &mut Findings) {
    let Subject::LaneDeleted { lane, tip, own_commits, landed, beside_landing } =
        &case.attempt.subject
    else {
        return;
    };
    if !own_commits || *landed || case.is_withdrawn(lane) {
        return;
    }
    let name = case.lane_name(lane);
    let tip = tip.short();
    let trunk = case.trunk_name();
    let message = match beside_landing {
        true => format!(
            "{name} may not be deleted by the push that lands it: git moves each ref for itself, and \
             {tip} would be lost if {trunk} did not move"
        ),
        false => {
            format!("{name} may not be deleted: {lane} has not landed, and {tip} would be lost")
        }
    };
    let (reference, remote) = (case.lane_ref(lane), help::remote(case));
    let line = case.contract.agent(lane).map(|agent| agent.line);
    let finding = Finding::error(message).agent(lane).reference(reference.as_ref()).line(line);
    out.add(finding.help(match beside_landing {
        true => [
            help::advice(format!("push {trunk} first: git push {remote} {trunk}")),
            help::advice(format!("then delete the branch: git push {remote} :{name}")),
        ],
        false => [
            help::advice(format!("land {lane} first")),
            help::advice("or have the dispatcher withdraw it"),
        ],
    }));
}
