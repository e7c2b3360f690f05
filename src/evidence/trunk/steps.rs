//! The trunk steps: how a move of the trunk is walked.

use std::collections::VecDeque;

use policy::contract::{ContractFile, Permission};
use policy::name::AgentId;
use policy::oid::Oid;
use policy::path::RepoPath;

use crate::evidence::Known;
use crate::evidence::history::History;
use crate::evidence::lane::own::Lanes;

/// One or more commits of the trunk's first-parent chain that are judged as one step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    /// The trunk before; `None` at its creation.
    pub from: Option<Oid>,
    /// The trunk after.
    pub to: Oid,
    /// The commits of the chain in it, newest first. `to` is the first.
    pub chain: Vec<Oid>,
}

/// The steps of a move, oldest first, one for each new commit of the first-parent chain. Where
/// the old tip is not on that chain, the first step goes from it to the oldest commit on the
/// chain that contains it.
pub fn spans(history: &History<'_>, old: Option<Oid>, new: Oid) -> Known<Vec<Span>> {
    let Some(old) = old else {
        return Ok(vec![Span { from: None, to: new, chain: vec![new] }]);
    };
    let fresh = history.walk(&[new], &[old])?;
    let chain = history.first_parents(new, |commit| Ok(!fresh.set.contains(&commit)))?;
    let Some(bottom) = chain.last().copied() else { return Ok(Vec::new()) };
    let below = history.parents(bottom)?.first().copied();
    let mut spans = Vec::with_capacity(chain.len());
    let mut singles = chain.as_slice();
    if below != Some(old) && history.is_ancestor(old, new)? {
        // Containing the old tip is monotone along the chain, newest first.
        let mut contains = (0, chain.len());
        while contains.1 - contains.0 > 1 {
            let middle = usize::midpoint(contains.0, contains.1);
            if history.is_ancestor(old, chain[middle])? {
                contains.0 = middle;
            } else {
                contains.1 = middle;
            }
        }
        let joint = chain[contains.0];
        spans.push(Span { from: Some(old), to: joint, chain: vec![joint] });
        singles = &chain[..contains.0];
    }
    for commit in singles.iter().rev() {
        let from = history.parents(*commit)?.first().copied();
        spans.push(Span { from, to: *commit, chain: vec![*commit] });
    }
    Ok(spans)
}

/// Joins the steps that are one under a contract, beginning with the first of them: consecutive
/// commits of one lane, under its own ids or made again, with a merge directly above own ones.
/// Takes the joined steps off the front.
///
/// A commit of a run is the lane's own, or it keeps to what the lane may edit; at least one changes
/// its own paths.
pub fn next_step(
    lanes: &Lanes<'_, '_>,
    seen_from: &[Oid],
    rest: &mut VecDeque<Span>,
) -> Known<Option<Span>> {
    let Some(mut step) = rest.pop_front() else { return Ok(None) };
    if step.from.is_none() {
        return Ok(Some(step));
    }
    let runs = Runs { lanes, seen_from };
    let Some(lane) = runs.lane_of_run(&step, rest)? else { return Ok(Some(step)) };
    let mut length = 0;
    while let Some(next) = rest.get(length)
        && runs.is_of_run(next.to, &lane)?
    {
        length += 1;
    }
    if let Some(next) = rest.get(length)
        && runs.is_merge_above(&lane, next)?
    {
        length += 1;
    }
    for next in rest.drain(..length) {
        step.to = next.to;
        step.chain.splice(0..0, next.chain);
    }
    Ok(Some(step))
}

/// Runs of consecutive commits of one lane on the trunk's chain.
struct Runs<'a, 'v> {
    lanes: &'a Lanes<'a, 'v>,
    seen_from: &'a [Oid],
}

impl Runs<'_, '_> {
    /// The lane whose run begins with a step: the one to which all belongs up to the first commit
    /// that changes its own paths.
    fn lane_of_run(&self, first: &Span, rest: &VecDeque<Span>) -> Known<Option<AgentId>> {
        let mut lanes: Vec<&AgentId> = self.lanes.contract.agents().iter().map(|a| &a.id).collect();
        for next in std::iter::once(first).chain(rest) {
            let mut still = Vec::with_capacity(lanes.len());
            for lane in lanes {
                if self.is_of_run(next.to, lane)? {
                    still.push(lane);
                }
            }
            for lane in &still {
                if self.lanes.touches_own(next.to, lane)? {
                    return Ok(Some((*lane).clone()));
                }
            }
            if still.is_empty() {
                return Ok(None);
            }
            lanes = still;
        }
        Ok(None)
    }

    fn is_single(&self, commit: Oid) -> Known<bool> {
        Ok(self.lanes.history.parents(commit)?.len() == 1)
    }

    fn is_of_run(&self, commit: Oid, lane: &AgentId) -> Known<bool> {
        if !self.is_single(commit)? || amends(self.lanes.history, commit)? {
            return Ok(false);
        }
        if self.is_own(commit, lane)? {
            return Ok(true);
        }
        let contract = self.lanes.contract;
        let keeps = |path: &RepoPath| {
            contract.own_lane(path).is_none_or(|owner| owner == lane)
                && matches!(contract.permission(lane, path), Permission::Granted { .. })
        };
        Ok(self.lanes.history.touched(commit)?.iter().all(|change| keeps(&change.path)))
    }

    fn is_own(&self, commit: Oid, lane: &AgentId) -> Known<bool> {
        Ok(self.lanes.own_commits(lane, self.seen_from)?.set.contains(&commit))
    }

    /// Whether a merge stands directly above commits that are the lane's own.
    fn is_merge_above(&self, lane: &AgentId, next: &Span) -> Known<bool> {
        let history = self.lanes.history;
        let parents = history.parents(next.to)?;
        let Some(below) = parents.first().filter(|_| parents.len() > 1) else { return Ok(false) };
        Ok(!amends(history, next.to)? && self.is_own(*below, lane)?)
    }
}

/// Whether a commit changes a contract file: then it is a step of its own.
fn amends(history: &History<'_>, commit: Oid) -> Known<bool> {
    let touched = history.touched(commit)?;
    Ok(touched.iter().any(|change| ContractFile::of_path(&change.path).is_some()))
}
