//! The trunk's own line: what it took, step by step along the first parents.
//!
//! What somebody tried in a branch and gave up before it was merged never was on the trunk, though
//! its commits are in the trunk's ancestry. So whoever asks what the trunk has had asks the line,
//! and a merge's other parents, in the same way, only for the paths that the merge changed. What a
//! lane may have tried that landed by a fast-forward is no answer either: see [`planted`].

mod makeable;
pub mod planted;

use policy::oid::Oid;
use policy::path::RepoPath;

use super::Known;
use super::contract::Contracts;
use super::history::{History, Walk};
use super::state::State;
use crate::repository::Read;
use crate::repository::oids::OidSet;
use planted::{Planted, Side, What};

/// A commit of the line, or what is about to become one.
pub struct Taken {
    /// The trunk with it.
    pub state: State,
    /// What it went on from.
    pub into: Option<Oid>,
    /// What it merged.
    pub others: Vec<Oid>,
}

impl Taken {
    fn new(state: State, parents: &[Oid]) -> Self {
        let (into, others) = match parents.split_first() {
            Some((first, others)) => (Some(*first), others.to_vec()),
            None => (None, Vec::new()),
        };
        Self { state, into, others }
    }

    /// Whether it changed a path.
    fn changes(&self, history: &History<'_>, path: &RepoPath) -> Read<bool> {
        let before = match self.into {
            Some(first) => history.entry_at(first, path)?,
            None => None,
        };
        Ok(self.state.entry(history, path)? != before)
    }
}

/// Whether a merge may have something at a path of what another parent brought: that has changed it since
/// the two parted, and has not given it up.
fn has_of(history: &History<'_>, into: Option<Oid>, other: Oid, path: &RepoPath) -> Known<bool> {
    let Some(into) = into else { return Ok(true) };
    let brought = history.entry_at(other, path)?;
    let bases = history.merge_bases(&[into], &[other])?;
    for base in &bases {
        if history.entry_at(*base, path)? != brought {
            return Ok(true);
        }
    }
    Ok(bases.is_empty())
}

/// The line up to a state of the trunk, as far as it is fresh, the newest first.
pub fn line_up_to(history: &History<'_>, at: &State, fresh: &OidSet) -> Known<Vec<Taken>> {
    let mut line = Vec::new();
    if at.commit.is_none() {
        line.push(Taken::new(at.clone(), &at.heads));
    }
    if let Some(head) = at.heads.first().copied() {
        for commit in history.first_parents_in(head, fresh)? {
            let state = State::of_commit(history, commit)?;
            line.push(Taken::new(state, &history.parents(commit)?));
        }
    }
    Ok(line)
}

/// The parent by which the trunk's line goes on below a commit. That is the first, unless a lane
/// took the trunk in and was then pushed as the trunk: the other parent holds where the trunk is known
/// to have been, or what the first adds may be a lane's landing while what the other adds is none.
pub fn trunk_parent(contracts: &Contracts<'_, '_>, commit: Oid) -> Known<Option<Oid>> {
    let history = contracts.history();
    let parents = history.parents(commit)?;
    let Some((first, others)) = parents.split_first() else { return Ok(None) };
    if others.is_empty() {
        return Ok(Some(*first));
    }
    for known in contracts.known_trunk() {
        if *known != commit && history.is_ancestor(*known, commit)? {
            for parent in &parents {
                if history.is_ancestor(*known, *parent)? {
                    return Ok(Some(*parent));
                }
            }
        }
    }
    read_from_history(contracts, &parents).map(Some)
}

/// The same, by what is in the two sides alone.
pub fn read_from_history(contracts: &Contracts<'_, '_>, parents: &[Oid]) -> Known<Oid> {
    let planted = Planted::new(contracts);
    let side = |at: usize| {
        let beside = parents.iter().enumerate().filter(|(other, _)| *other != at);
        Side { top: parents[at], beside: beside.map(|(_, parent)| *parent).collect() }
    };
    if planted.may_be_a_lanes(&side(0))? == Some(true) {
        for (other, parent) in parents.iter().enumerate().skip(1) {
            if planted.may_be_a_lanes(&side(other))? == Some(false) {
                return Ok(*parent);
            }
        }
    }
    Ok(parents[0])
}

/// A line that is still to be gone along.
struct Branch {
    line: Vec<Taken>,
    /// As far as it is fresh; all of it, where nothing is said.
    within: Option<OidSet>,
    sides: Vec<Side>,
}

/// Whether something holds of a commit by which a path came, on the line up to a state as far as it
/// is fresh, to what it has there, and that is not planted.
pub fn has_come(
    contracts: &Contracts<'_, '_>,
    at: &State,
    fresh: &Walk,
    path: &RepoPath,
    is_it: &mut dyn FnMut(Oid) -> Known<bool>,
) -> Known<bool> {
    let history = contracts.history();
    let line = line_up_to(history, at, &fresh.set)?;
    let mut pending = vec![Branch { line, within: None, sides: Vec::new() }];
    let mut seen = OidSet::default();
    // One after another: a branch may have merged one that had merged one, and so on.
    while let Some(Branch { line, within, sides }) = pending.pop() {
        let within = within.as_ref().unwrap_or(&fresh.set);
        for (number, taken) in line.iter().enumerate() {
            if !taken.changes(history, path)? {
                continue;
            }
            if let Some(commit) = taken.state.commit
                && is_it(commit)?
                && !Planted::new(contracts).is(commit, &line[..number], &sides, What::At(path))?
            {
                return Ok(true);
            }
            for other in &taken.others {
                if within.contains(other)
                    && !seen.contains(other)
                    && has_of(history, taken.into, *other, path)?
                {
                    seen.insert(*other);
                    pending.push(branch(history, taken, *other, within, &sides)?);
                }
            }
        }
    }
    Ok(false)
}

/// What a merge of a line brought by another parent.
fn branch(
    history: &History<'_>,
    taken: &Taken,
    other: Oid,
    within: &OidSet,
    sides: &[Side],
) -> Known<Branch> {
    let below: Vec<Oid> = taken.into.into_iter().collect();
    let brought = history.walk(&[other], &below)?;
    let within: OidSet = brought.set.intersection(within).copied().collect();
    let line = line_up_to(history, &State::of_commit(history, other)?, &within)?;
    let mut sides = sides.to_vec();
    if !below.is_empty() {
        sides.push(Side { top: other, beside: below });
    }
    Ok(Branch { line, within: Some(within), sides })
}
