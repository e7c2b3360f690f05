//! A merge order, proposed where none is written: what others stand on lands first.

use std::collections::{BTreeMap, BTreeSet};

use policy::contract::{Contract, ContractFile};
use policy::name::AgentId;

use super::{Edge, Why};
use crate::ritual::names;

/// One step of a proposed order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// The lanes that land in it, in any order among themselves.
    pub agents: Vec<AgentId>,
    /// Why there.
    pub because: String,
    /// The step as the contract would write it.
    pub lines: Vec<String>,
}

/// The steps: each holds the lanes of which all that they depend on is in an earlier one. Where the
/// rest depends on itself in a circle, the lane with the least still to come is next, since promises
/// weigh more than any number of imports.
pub fn order(contract: &Contract, edges: &[Edge]) -> Vec<Step> {
    let mut rest: BTreeSet<&AgentId> =
        contract.agents().iter().filter(|agent| !agent.withdrawn).map(|agent| &agent.id).collect();
    let mut before: BTreeMap<&AgentId, Vec<&Edge>> = BTreeMap::new();
    let mut after: BTreeMap<&AgentId, usize> = BTreeMap::new();
    for edge in edges {
        before.entry(&edge.after).or_default().push(edge);
        *after.entry(&edge.before).or_default() += 1;
    }
    let mut steps: Vec<Step> = Vec::new();
    while !rest.is_empty() {
        let to_come = |id: &AgentId| -> usize {
            let edges = before.get(id).into_iter().flatten();
            edges.filter(|edge| rest.contains(&edge.before)).map(|edge| weight(edge)).sum()
        };
        let mut next: Vec<&AgentId> = rest.iter().copied().filter(|id| to_come(id) == 0).collect();
        let is_circle = next.is_empty();
        if is_circle {
            next.extend(rest.iter().copied().min_by_key(|id| to_come(id)));
        }
        // Those first that most wait for.
        next.sort_by_key(|id| std::cmp::Reverse(after.get(id).copied().unwrap_or(0)));
        let because = because(&next, &before, &rest, is_circle, edges);
        rest.retain(|id| !next.contains(id));
        let agents: Vec<AgentId> = next.into_iter().cloned().collect();
        let lines = lines(contract, steps.len() + 1, &agents, &because);
        steps.push(Step { agents, because, lines });
    }
    steps
}

fn weight(edge: &Edge) -> usize {
    let of = |why: &Why| match why {
        Why::Imports(count, _) => *count,
        Why::Order(_) | Why::Promise(_) => 1_000_000,
    };
    edge.why.iter().map(of).sum()
}

fn because(
    next: &[&AgentId],
    before: &BTreeMap<&AgentId, Vec<&Edge>>,
    rest: &BTreeSet<&AgentId>,
    is_circle: bool,
    edges: &[Edge],
) -> String {
    let stands_on: Vec<&Edge> =
        next.iter().filter_map(|id| before.get(*id)).flatten().copied().collect();
    let mut reasons: Vec<String> = stands_on
        .iter()
        .filter(|edge| !rest.contains(&edge.before) && !edge.is_implied)
        .map(|edge| reason(edge))
        .collect();
    if is_circle {
        let others: Vec<AgentId> = stands_on
            .iter()
            .filter(|edge| rest.contains(&edge.before))
            .map(|edge| edge.before.clone())
            .collect();
        let others = names(&others);
        reasons.push(format!("it and {others} need each other, and it needs the least"));
    }
    if !reasons.is_empty() {
        reasons.truncate(2);
        return reasons.join("; ");
    }
    let mut reasons: Vec<String> =
        next.iter().filter_map(|agent| stood_on(agent, rest, edges)).collect();
    if reasons.is_empty() {
        let needs = if next.len() == 1 { "it needs nobody" } else { "they do not need each other" };
        return format!(
            "{needs}, and nobody needs {}",
            if next.len() == 1 { "it" } else { "them" }
        );
    }
    reasons.truncate(2);
    reasons.join("; ")
}

/// Who builds on a lane that needs nobody.
fn stood_on(agent: &AgentId, rest: &BTreeSet<&AgentId>, edges: &[Edge]) -> Option<String> {
    let after = edges.iter().filter(|edge| edge.before == *agent && rest.contains(&edge.after));
    let after: Vec<AgentId> = after.map(|edge| edge.after.clone()).collect();
    let verb = if after.len() == 1 { "builds" } else { "build" };
    (!after.is_empty()).then(|| format!("{} {verb} on {agent}", names(&after)))
}

fn reason(edge: &Edge) -> String {
    let Edge { before, after, why, .. } = edge;
    let said = why.iter().map(|why| match why {
        Why::Promise(_) => format!("{after} relies on what {before} promises"),
        Why::Order(_) => format!("{after} lands after {before}"),
        Why::Imports(_, some) => match some.first() {
            Some((_, file)) => format!("{after} imports {file} of {before}"),
            None => format!("{after} imports files of {before}"),
        },
    });
    said.collect::<Vec<_>>().join(" and ")
}

fn lines(contract: &Contract, number: usize, agents: &[AgentId], because: &str) -> Vec<String> {
    match contract.file() {
        ContractFile::Toml => {
            let agents: Vec<String> = agents.iter().map(|id| format!("\"{id}\"")).collect();
            let because = serde_json::Value::from(because);
            vec![
                "[[merge-order]]".to_owned(),
                format!("agents = [{}]", agents.join(", ")),
                format!("because = {because}"),
            ]
        }
        ContractFile::Markdown => vec![format!("{number}. {} ({because})", names(agents))],
    }
}
