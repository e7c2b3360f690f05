//! `unlisted-branch`: work on a branch that is neither a lane nor the trunk.

use crate::attempt::{Checkpoint, Subject};
use crate::contract::UnlistedBranches;
use crate::path::RepoPath;
use crate::text::printable;
use crate::verdict::{Help, Severity};

use super::case::Case;
use super::findings::{Finding, Findings};
use super::who::Who;
use super::{Explanation, Group, Rule, help};

pub const RULE: Rule =
    Rule { code: "unlisted-branch", group: Group::Refs, explain: EXPLAIN, judge };

const EXPLAIN: Explanation = Explanation {
    summary: "An agent works on its lane, not on a branch that the contract does not have.",
    meaning: "Work is a commit made on the branch, or a push of it; a mere name is free for \
              commits that other refs have, that a lane had, or that were fetched from a remote. It \
              is denied to an agent, and to everybody on the branches that `agent-branches` names. \
              For others `unlisted-branches` says whether it is allowed, warned of or denied. The \
              integrator may work on a branch of its own, outside `agent-branches`.",
    example: "agent-1 commits to spike/uploads, where no scope would hold it.",
    reason: "A branch in no lane has no scope and no turn: what is done there reaches the trunk \
             under a name that the contract cannot judge.",
    remedy: "Do the work on the lane. If it needs a branch of its own, stop and report it: the \
             dispatcher can make it a lane.",
};

fn judge(case: &Case<'_>, out: &mut Findings) {
    let Subject::UnlistedBranch { tip } = &case.attempt.subject else { return };
    let Some(judgement) = judgement(case) else { return };
    let Judgement { severity, message, line } = judgement;
    let mut finding = Finding::new(severity, message).commit(tip.as_ref()).line(line);
    if let Some(agent) = case.who.agent() {
        finding = finding.agent(agent);
    }
    out.add(finding.reference(case.attempt.reference.as_ref()).help(next_step(case)));
}

struct Judgement {
    severity: Severity,
    message: String,
    line: Option<u32>,
}

fn judgement(case: &Case<'_>) -> Option<Judgement> {
    let policy = case.contract.policy();
    let reference = case.attempt.reference.as_ref();
    let name = reference.map_or_else(|| "this branch".to_owned(), |r| printable(&r.short()));
    // The pattern is one of paths, and a branch's name is spelt like one.
    let branch = reference.and_then(|r| r.branch_name()).and_then(|b| RepoPath::new(b).ok());
    let kept = policy.agent_branches.as_ref();
    if let Some(pattern) = kept.filter(|p| branch.as_ref().is_some_and(|b| p.matches(b))) {
        let pattern = printable(pattern.as_str());
        let message = format!("{name} is no lane, and {pattern} is for lanes alone");
        let line = policy.lines.agent_branches;
        return Some(Judgement { severity: Severity::Error, message, line });
    }
    if let Some(agent) = case.who.agent()
        && !case.by_integrator()
    {
        let message = format!("{agent} may not work on {name}: it is no lane");
        return Some(Judgement { severity: Severity::Error, message, line: None });
    }
    let severity = match policy.unlisted_branches {
        UnlistedBranches::Allow => return None,
        UnlistedBranches::Warn => Severity::Warning,
        UnlistedBranches::Deny => Severity::Error,
    };
    let (message, line) = (format!("{name} is no lane"), policy.lines.unlisted_branches);
    (!case.by_integrator()).then_some(Judgement { severity, message, line })
}

fn next_step(case: &Case<'_>) -> Vec<Help> {
    let lane = case.who.agent().and_then(|agent| case.contract.agent(agent));
    let (Who::Agent(_), Some(lane)) = (case.who, lane) else {
        let advice = "have the dispatcher list the branch in the contract, as a lane";
        return vec![help::advice(advice)];
    };
    let mut steps = vec![help::advice(format!("do the work on {}", printable(&lane.branch)))];
    if let Subject::UnlistedBranch { tip: Some(tip) } = &case.attempt.subject
        && case.attempt.checkpoint == Checkpoint::ReferenceTransaction
    {
        let id = tip.id.to_string();
        let look = format!("git switch --detach {}", &id[..help::DIGITS]);
        steps.push(help::run("only look at it", look));
    }
    steps
}
