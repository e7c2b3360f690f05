//! `identity-conflict`: `CONTRACT_GATE_AGENT` names nobody, or somebody else.

use crate::attempt::{Actor, LocalIdentity};
use crate::text::{excerpt, printable};
use crate::verdict::Help;

use super::case::Case;
use super::findings::{Finding, Findings};
use super::{Explanation, Group, Rule, help, who};

pub const RULE: Rule =
    Rule { code: "identity-conflict", group: Group::Refs, explain: EXPLAIN, judge };

const EXPLAIN: Explanation = Explanation {
    summary: "Whoever says which agent it is must be known, and be where that agent works.",
    meaning: "CONTRACT_GATE_AGENT, when it is set and not empty, must name an agent of the \
              contract or its integrator, and must not contradict the worktree or the branch that \
              is checked out. Without it the worktree says who acts, then the branch; where \
              neither is a lane's, it is a human.",
    example: "A tool was started for agent-1, with CONTRACT_GATE_AGENT=agent-1, and then works in \
              the worktree of agent-2.",
    reason: "Two answers to who acts mean that something was started in the wrong place. Judging \
             by either of them would let the other's rules be passed.",
    remedy: "Work in the agent's own worktree and on its branch, or have the variable set right \
             where the agent is started.",
};

fn judge(case: &Case<'_>, out: &mut Findings) {
    let Actor::Local(local) = &case.attempt.actor else { return };
    let contract = case.contract;
    if contract.agents().is_empty() && contract.integrator().is_none() {
        return; // Nobody is known without a contract, so nobody can be contradicted.
    }
    let Some(claimed) = who::claimed(local) else { return };
    let Some(agent) = who::known(contract, claimed) else {
        let message = format!(
            "CONTRACT_GATE_AGENT is \"{}\", and the contract has no such agent",
            excerpt(claimed)
        );
        return out.add(Finding::error(message).help(rightly_set(case, local, claimed)));
    };
    if let Some(place) = contradiction(local, claimed) {
        let message = format!("CONTRACT_GATE_AGENT is {agent}, and {place}");
        let line = contract.agent(agent).map(|agent| agent.line);
        let help = home(case, agent).unwrap_or_else(|| {
            help::advice(format!("have {agent} work outside the lanes' worktrees and branches"))
        });
        out.add(Finding::error(message).agent(agent).line(line).help([help]));
    }
}

/// What says that somebody else acts.
fn contradiction(local: &LocalIdentity, claimed: &str) -> Option<String> {
    if let Some(other) = local.worktree.as_ref().filter(|other| other.as_str() != claimed) {
        return Some(format!("this is the worktree of {other}"));
    }
    let other = local.branch.as_ref().filter(|other| other.as_str() != claimed)?;
    Some(format!("the branch here is the lane of {other}"))
}

/// Where the agent belongs.
fn home(case: &Case<'_>, agent: &crate::name::AgentId) -> Option<Help> {
    let entry = case.contract.agent(agent)?;
    let branch = printable(&entry.branch);
    Some(help::advice(match &entry.worktree {
        Some(worktree) => format!("work in {} on {branch}", printable(worktree)),
        None => format!("work on {branch}"),
    }))
}

/// What the variable should say instead: what worktree and branch say, for any other name would
/// contradict them, however close its spelling is.
fn rightly_set(case: &Case<'_>, local: &LocalIdentity, claimed: &str) -> Vec<Help> {
    if let Some(agent) = local.worktree.as_ref().or(local.branch.as_ref()) {
        return vec![help::advice(format!(
            "who works here is {agent}: have it set to that where the agent is started"
        ))];
    }
    let any = help::advice("have it set to an agent's name where the agent is started");
    [nearest(case, claimed), Some(any)].into_iter().flatten().collect()
}

/// The agent that was meant, when the spelling is close.
fn nearest(case: &Case<'_>, claimed: &str) -> Option<Help> {
    let names = case.contract.agents().iter().map(|agent| &agent.id);
    let (distance, name) = names
        .chain(case.contract.integrator())
        .map(|name| (strsim::damerau_levenshtein(name.as_str(), claimed), name))
        .min()?;
    (distance <= 2).then(|| help::advice(format!("did whoever set it mean {name}?")))
}
