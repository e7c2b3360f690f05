//! Whether a step of the trunk takes back earlier steps exactly.

use std::collections::BTreeSet;

use policy::oid::Oid;
use policy::path::RepoPath;

use super::Known;
use super::history::History;
use super::merge::{Contents, Merged, slot};
use super::state::State;
use crate::repository::TreeChange;

/// How far back, in trunk steps, something is looked for that was taken back.
const REACH: usize = 500;

/// Whether the step is the exact revert of one or more steps in a row: path by path the merge
/// that takes them back, and nothing else.
pub fn is_exact_revert(
    history: &History<'_>,
    before: &State,
    after: &State,
    changes: &[TreeChange],
) -> Known<bool> {
    let Some(tip) = before.commit.or_else(|| before.heads.first().copied()) else {
        return Ok(false);
    };
    if changes.is_empty() {
        return Ok(false);
    }
    let mut left = REACH;
    let chain = history.first_parents(tip, |_| {
        left = left.saturating_sub(1);
        Ok(left == 0)
    })?;
    let changed: BTreeSet<&RepoPath> = changes.iter().map(|change| &change.path).collect();
    for (position, newest) in chain.iter().enumerate() {
        // The newest step taken back changed one of the paths, or the range could begin below it.
        if !touches(history, *newest, &changed)? {
            continue;
        }
        for oldest in &chain[position..] {
            let Some(start) = history.parents(*oldest)?.first().copied() else { break };
            if !touches(history, *oldest, &changed)? {
                continue;
            }
            if takes_back(history, start, *newest, before, after, changes)? {
                return Ok(true);
            }
        }
    }
    Ok(false)
}

fn touches(history: &History<'_>, commit: Oid, changed: &BTreeSet<&RepoPath>) -> Known<bool> {
    let parent = match history.parents(commit)?.first() {
        Some(parent) => Some(history.tree(*parent)?),
        None => None,
    };
    let diff = history.diff(parent, Some(history.tree(commit)?))?;
    Ok(diff.iter().any(|change| changed.contains(&change.path)))
}

/// Whether `after` is `before` with everything between `start` and `end` taken back.
fn takes_back(
    history: &History<'_>,
    start: Oid,
    end: Oid,
    before: &State,
    after: &State,
    changes: &[TreeChange],
) -> Known<bool> {
    let contents = Contents::with(history, after);
    let taken = history.diff(Some(history.tree(start)?), Some(history.tree(end)?))?;
    let mut explained = BTreeSet::new();
    for change in taken.iter() {
        let here = slot(before.entry(history, &change.path)?);
        let there = slot(after.entry(history, &change.path)?);
        match contents.merge(&slot(change.new), &here, &slot(change.old))? {
            Merged::Clean(merged) if contents.same(&merged, &there)? => {
                explained.insert(&change.path);
            }
            _ => return Ok(false),
        }
    }
    Ok(changes.iter().all(|change| explained.contains(&change.path)))
}
