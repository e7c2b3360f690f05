//! Whether a lane that has landed goes on by a step: own commits come in by it that change something.

use std::collections::BTreeSet;

use policy::oid::Oid;
use policy::path::RepoPath;

use super::entering::{Step, Traces};
use crate::evidence::Known;
use crate::evidence::history::Walk;
use crate::evidence::merge::slot;
use crate::evidence::merge_of_parents::MergeOfParents;
use crate::repository::TreeChange;

impl Step<'_, '_> {
    /// Whether own commits come in that changed a path which the step changes: a lane that has
    /// landed goes on, though in none of its own paths. What they changed where the trunk has nothing may
    /// have come elsewhere, with a rename that git has followed.
    pub(super) fn brings_more(&self, own: &Walk, traces: &Traces<'_>) -> Known<bool> {
        let changed: BTreeSet<&RepoPath> = self.changes.iter().map(|change| &change.path).collect();
        if changed.is_empty() {
            return Ok(false);
        }
        let comes =
            |commit: &&Oid| traces.fresh.set.contains(*commit) && !self.chain.contains(*commit);
        for commit in own.order.iter().filter(comes) {
            for change in self.history().touched(*commit)?.iter() {
                if changed.contains(&change.path)
                    || self.before.entry(self.history(), &change.path)?.is_none()
                {
                    return Ok(true);
                }
            }
            if self.chooses(*commit)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Whether a merge has something else at a path that the step changes, or that the trunk has no more, than
    /// merging its parents makes of it: it may have taken an old version back.
    pub(super) fn chooses(&self, commit: Oid) -> Known<bool> {
        let history = self.history();
        let parents = history.parents(commit)?;
        let Some(merge) = MergeOfParents::new(history, &parents)? else { return Ok(false) };
        let mut paths: BTreeSet<RepoPath> =
            self.changes.iter().map(|change| change.path.clone()).collect();
        // What the trunk has no more may have come elsewhere here, too.
        for parent in &parents {
            let (old, new) = (history.tree(*parent)?, history.tree(commit)?);
            for TreeChange { path, .. } in history.diff(Some(old), Some(new))?.iter() {
                if self.before.entry(history, path)?.is_none() {
                    paths.insert(path.clone());
                }
            }
        }
        for path in &paths {
            if !merge.makes(path, &slot(history.entry_at(commit, path)?))? {
                return Ok(true);
            }
        }
        Ok(false)
    }
}
