//! `replace-ref`: an object is to be taken for another.

use crate::attempt::Subject;

use super::case::Case;
use super::findings::{Finding, Findings};
use super::{Explanation, Group, Rule, help};

pub const RULE: Rule = Rule { code: "replace-ref", group: Group::Refs, explain: EXPLAIN, judge };

const EXPLAIN: Explanation = Explanation {
    summary: "No agent makes git show one object for another.",
    meaning: "Creating or moving a ref below refs/replace/ is denied to agents, and to everybody \
              on the server. Verdicts never follow such refs; people who read the history do. \
              Deleting one is free.",
    example: "agent-1 runs `git replace HEAD~1 0123abc`, and `git log` shows a commit that is not \
              in the lane.",
    reason: "Review and verdict must be about the same objects.",
    remedy: "Make a new commit instead.",
};

fn judge(case: &Case<'_>, out: &mut Findings) {
    if case.attempt.subject != Subject::Replacement {
        return;
    }
    let (who, agent) = match case.who.agent() {
        Some(agent) => (agent.to_string(), Some(agent)),
        None if case.attempt.checkpoint.is_server() => ("a push".to_owned(), None),
        None => return,
    };
    let message = format!("{who} may not make git show one object for another");
    let mut finding = Finding::error(message).reference(case.attempt.reference.as_ref());
    if let Some(agent) = agent {
        finding = finding.agent(agent);
    }
    out.add(finding.help([help::advice("make a new commit instead")]));
}
