//! The trunk's own line: what it took, step by step along the first parents.
//!
//! What somebody tried in a branch and gave up before it was merged never was on the trunk, though
//! its commits are in the trunk's ancestry. So whoever asks what the trunk has had asks the line,
//! and a merge's other parents only for the paths that the merge changed.

use policy::oid::Oid;
use policy::path::RepoPath;

use super::Known;
use super::history::{History, Walk};
use super::state::State;
use crate::repository::Read;

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
    pub fn changes(&self, history: &History<'_>, path: &RepoPath) -> Read<bool> {
        let before = match self.into {
            Some(first) => history.entry_at(first, path)?,
            None => None,
        };
        Ok(self.state.entry(history, path)? != before)
    }

    /// The commits that came by it: itself, and what it merged, as far as it is fresh.
    pub fn commits(&self, history: &History<'_>, fresh: &Walk) -> Read<Vec<Oid>> {
        let mut commits: Vec<Oid> = self.state.commit.into_iter().collect();
        let is_fresh = |commit: &Oid| fresh.set.contains(commit);
        let others: Vec<Oid> = self.others.iter().copied().filter(is_fresh).collect();
        if !others.is_empty() {
            let below: Vec<Oid> = self.into.into_iter().collect();
            let brought = history.walk(&others, &below)?;
            commits.extend(brought.order.iter().copied().filter(is_fresh));
        }
        Ok(commits)
    }
}

/// The line up to a state of the trunk, as far as it is fresh, the newest first.
pub fn line_up_to(history: &History<'_>, at: &State, fresh: &Walk) -> Known<Vec<Taken>> {
    let mut line = Vec::new();
    if at.commit.is_none() {
        line.push(Taken::new(at.clone(), &at.heads));
    }
    if let Some(head) = at.heads.first().copied() {
        for commit in history.first_parents(head, |commit| Ok(!fresh.set.contains(&commit)))? {
            let state = State::of_commit(history, commit)?;
            line.push(Taken::new(state, &history.parents(commit)?));
        }
    }
    Ok(line)
}
