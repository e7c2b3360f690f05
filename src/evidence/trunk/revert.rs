//! Whether a step of the trunk takes back earlier steps exactly.

use std::collections::BTreeSet;

use policy::change::Entry;
use policy::oid::Oid;
use policy::path::RepoPath;

use crate::evidence::Known;
use crate::evidence::history::History;
use crate::evidence::merge::{Contents, slot};
use crate::evidence::search::Search;
use crate::evidence::state::State;
use crate::repository::TreeChange;

/// How far back, in trunk steps, something is looked for that was taken back.
const REACH: usize = 500;

/// Whether the step is the exact revert of one or more steps in a row: path by path the merge
/// that takes them back, and nothing else. They go back to a commit of which it is said that the
/// trunk may have stood there.
pub fn is_exact_revert(
    history: &History<'_>,
    before: &State,
    after: &State,
    changes: &[TreeChange],
    was_a_state: &dyn Fn(Oid) -> Known<bool>,
) -> Known<bool> {
    let Some(tip) = before.commit.or_else(|| before.heads.first().copied()) else {
        return Ok(false);
    };
    if changes.is_empty() {
        return Ok(false);
    }
    let contents = Contents::with(history, after).searching(Search::Revert);
    let mut left = REACH;
    let chain = history.first_parents(tip, |_| {
        left = left.saturating_sub(1);
        Ok(left == 0)
    })?;
    let changed: BTreeSet<&RepoPath> = changes.iter().map(|change| &change.path).collect();
    // The newest and the oldest step taken back changed one of the paths, or the range could be
    // shorter.
    let mut touching = Vec::new();
    for commit in chain {
        if touches(history, commit, &changed)? {
            touching.push(commit);
        }
    }
    // Single steps first, then ever more in a row: most often one is taken back.
    for more in 0..touching.len() {
        for (end, oldest) in touching.iter().zip(&touching[more..]) {
            let Some(start) = history.parents(*oldest)?.first().copied() else { continue };
            let range = Taken { history, contents: &contents, before, after, start, end: *end };
            // A few look-ups rule out most ranges, before texts are merged or whole trees compared.
            if range.changes_all(changes)?
                && range.explains_all(changes)?
                && was_a_state(start)?
                && range.is_taken_back_whole()?
            {
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

/// Everything between two states of the trunk, as taken back by a step.
struct Taken<'a, 'v> {
    history: &'a History<'v>,
    contents: &'a Contents<'a, 'v>,
    before: &'a State,
    after: &'a State,
    start: Oid,
    end: Oid,
}

impl Taken<'_, '_> {
    /// Whether each of the paths changed in it, and does not need a text to be told from what
    /// taking back makes of it.
    fn changes_all(&self, changes: &[TreeChange]) -> Known<bool> {
        for change in changes {
            self.history.allowance.look_ups(Search::Revert, 2)?;
            let old = self.history.entry_at(self.start, &change.path)?;
            let new = self.history.entry_at(self.end, &change.path)?;
            // Where nothing came after it, taking back makes of it what was before. Where that is
            // there already, it leaves it alone.
            let leaves_another = new == change.old && old != change.new;
            if old == new || old == change.old || leaves_another {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Whether each of the changed paths is what taking back makes of it.
    fn explains_all(&self, changes: &[TreeChange]) -> Known<bool> {
        for change in changes {
            let old = self.history.entry_at(self.start, &change.path)?;
            let new = self.history.entry_at(self.end, &change.path)?;
            if !self.is_taken_back(&change.path, old, new)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Whether each path that changed between them is what taking back makes of it.
    fn is_taken_back_whole(&self) -> Known<bool> {
        let (start, end) = (self.history.tree(self.start)?, self.history.tree(self.end)?);
        for change in self.history.diff(Some(start), Some(end))?.iter() {
            if !self.is_taken_back(&change.path, change.old, change.new)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn is_taken_back(
        &self,
        path: &RepoPath,
        old: Option<Entry>,
        new: Option<Entry>,
    ) -> Known<bool> {
        self.history.allowance.look_ups(Search::Revert, 2)?;
        let here = slot(self.before.entry(self.history, path)?);
        let there = slot(self.after.entry(self.history, path)?);
        self.contents.makes(&slot(new), &here, &slot(old), &there)
    }
}
