//! `contract-protected`: a lane touches a contract file, or an agent amends the contract.

use crate::attempt::{Actor, Amendment};
use crate::contract::Permission;
use crate::verdict::Help;

use super::case::Case;
use super::findings::{Finding, Findings};
use super::{Explanation, Group, Rule, help, who};

pub const RULE: Rule =
    Rule { code: "contract-protected", group: Group::Paths, explain: EXPLAIN, judge };

const EXPLAIN: Explanation = Explanation {
    summary: "The contract is changed on the trunk, by the dispatcher, and nowhere else.",
    meaning: "No lane changes a contract file, whatever its scope says; and no agent, the \
              integrator included, amends the contract on the trunk. The contract that counts is \
              always the trunk's, so such a change would have no effect before it lands. This \
              rule cannot be waived.",
    example: "The scope of agent-1 is `**`. agent-1 adds a line to CONTRACT.md that gives it \
              src/db/schema.ts.",
    reason: "A fence that those inside it can move is none.",
    remedy: "Undo the change. If the contract is wrong, stop and report it to the dispatcher, who \
             amends it on the trunk.",
};

fn judge(case: &Case<'_>, out: &mut Findings) {
    for judged in case.lane_changes() {
        if judged.permission != Permission::ContractFile {
            continue;
        }
        let (lane, path) = (judged.lane, &judged.change.path);
        let message = format!("{lane} may not edit {path}: it is the contract");
        let undo = help::undo(case, judged);
        let finding = Finding::error(message).agent(lane).change(judged.change);
        let finding = finding.help(undo).help(lands_by_a_squash(case));
        out.add(finding.help([help::report_it()]));
    }
    if let Some(commit) = case.step().and_then(|step| step.foreign_contract.as_ref()) {
        let message = format!(
            "{} would come into the history of {}, with a contract of its own that nobody has judged",
            commit.id.short(),
            case.trunk_name()
        );
        let finding =
            Finding::error(message).commit(Some(commit)).reference(case.attempt.reference.as_ref());
        out.add(finding.help([help::advice(
            "take the commit out of the lane (git rebase -i), or land the lane by a squash, \
             which brings none of its commits",
        )]));
    }
    if let Some((step, amendment)) = case.amendment()
        && let Some(agent) = amending_agent(case, amendment)
    {
        for path in &amendment.files {
            let message = format!("{agent} may not amend the contract in {path}");
            let finding =
                Finding::error(message).path(path).reference(case.attempt.reference.as_ref());
            let finding = match step.changes.iter().find(|change| change.path == *path) {
                Some(change) => finding.change(change),
                None => finding,
            };
            let finding = match case.who.agent() {
                Some(agent) => finding.agent(agent),
                None => finding,
            };
            out.add(finding.help([help::advice("leave it to the dispatcher")]));
        }
    }
}

/// What a merge of the lane would bring along though a later commit undoes it.
fn lands_by_a_squash(case: &Case<'_>) -> Option<Help> {
    (case.attempt.checkpoint.is_push() && case.step().is_none()).then(|| {
        help::advice(
            "then take the commit out of the lane (git rebase -i), or have the lane landed by a squash: \
             a merge would bring it along",
        )
    })
}

/// The agent that amends: who acts, or the one whose lane brings it, whoever lands that. Where the
/// contract cannot be read nobody is known in it, and whoever says of itself that it is an agent is
/// taken at its word; where there was no contract, a claim means nothing yet.
fn amending_agent(case: &Case<'_>, amendment: &Amendment) -> Option<String> {
    if let Some(agent) = case.who.agent() {
        return Some(agent.to_string());
    }
    if let Some(lane) = amendment.lane.as_ref().filter(|_| !case.is_published()) {
        return Some(lane.to_string());
    }
    match &case.attempt.actor {
        Actor::Local(local) if !amendment.first && !case.is_published() => {
            who::claimed(local).map(crate::text::printable)
        }
        _ => None,
    }
}
