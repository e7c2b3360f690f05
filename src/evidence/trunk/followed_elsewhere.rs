//! A lane's work that comes where the trunk has moved a file of the lane's out of its paths: none of its own paths
//! changes, and git's own merge follows the rename.

use std::collections::BTreeSet;

use policy::contract::Agent;
use policy::oid::Oid;
use policy::path::RepoPath;

use super::entering::Step;
use crate::evidence::Known;
use crate::evidence::history::Walk;
use crate::repository::TreeChange;

impl<'a> Step<'a, '_> {
    /// A path of the step that has what merging a lane makes of it, though the lane itself has nothing there,
    /// with an own commit that has changed a file which the trunk has no more. What the trunk ever had under
    /// either name says nothing of the lane.
    pub(super) fn followed_elsewhere(
        &self,
        agent: &Agent,
        own: &Walk,
    ) -> Known<Option<(&'a RepoPath, Oid)>> {
        let (Some(into), Some(tip)) = (self.before.commit, self.lanes.tip(&agent.id)) else {
            return Ok(None);
        };
        let goes_on = self.modified_but_by(tip)?;
        if goes_on.is_empty() {
            return Ok(None);
        }
        let gone = self.gone(agent, tip)?;
        if gone.is_empty() {
            return Ok(None);
        }
        let Some(newest) = self.newest_of(own, &gone)? else { return Ok(None) };
        let asked: BTreeSet<RepoPath> =
            goes_on.iter().map(|change| &change.path).chain(&gone).cloned().collect();
        let merged = self.history().merge_by_git(into, tip, &asked, false)?;
        for change in goes_on {
            let Some(made) = merged.change(&change.path).and_then(|made| made.new) else {
                continue;
            };
            if change.new != Some(made) || self.trunk_ever_had(&change.path, made, &[tip])? {
                continue;
            }
            let mut was_there = false;
            for path in &gone {
                was_there = was_there || self.trunk_ever_had(path, made, &[tip])?;
            }
            if !was_there {
                return Ok(Some((&change.path, newest)));
            }
        }
        Ok(None)
    }

    /// The changes of files that the lane has nothing of.
    fn modified_but_by(&self, tip: Oid) -> Known<Vec<&'a TreeChange>> {
        let mut modified = Vec::new();
        for change in self.changes {
            if change.old.is_some()
                && change.new.is_some()
                && self.history().entry_at(tip, &change.path)?.is_none()
            {
                modified.push(change);
            }
        }
        Ok(modified)
    }

    /// The own paths that the lane has changed and that the trunk has no more.
    fn gone(&self, agent: &Agent, tip: Oid) -> Known<Vec<RepoPath>> {
        let history = self.history();
        let lane = history.tree(tip)?;
        let mut gone = Vec::new();
        for base in history.merge_bases(self.seen_from, &[tip])? {
            for change in history.diff(Some(history.tree(base)?), Some(lane))?.iter() {
                if change.old.is_some()
                    && change.new.is_some()
                    && self.is_own_path(agent, &change.path)
                    && self.before.entry(history, &change.path)?.is_none()
                {
                    gone.push(change.path.clone());
                }
            }
        }
        Ok(gone)
    }

    /// The newest own commit that changes one of some paths.
    fn newest_of(&self, own: &Walk, paths: &[RepoPath]) -> Known<Option<Oid>> {
        for commit in &own.order {
            if self.history().touched(*commit)?.iter().any(|did| paths.contains(&did.path)) {
                return Ok(Some(*commit));
            }
        }
        Ok(None)
    }
}
