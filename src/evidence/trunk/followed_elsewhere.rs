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
        let gone = self.gone(agent, own, tip)?;
        let Some((_, newest)) = gone.first() else { return Ok(None) };
        let asked = goes_on.iter().map(|change| &change.path).chain(gone.iter().map(|(p, _)| p));
        let asked: BTreeSet<RepoPath> = asked.cloned().collect();
        let merged = self.history().merge_by_git(into, tip, &asked, false)?;
        for change in goes_on {
            let Some(made) = merged.change(&change.path).and_then(|made| made.new) else {
                continue;
            };
            if change.new != Some(made) || self.trunk_ever_had(&change.path, made, &[tip])? {
                continue;
            }
            let mut was_there = false;
            for (path, _) in &gone {
                was_there = was_there || self.trunk_ever_had(path, made, &[tip])?;
            }
            if !was_there {
                return Ok(Some((&change.path, *newest)));
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

    /// The own paths that the lane has changed and still has and the trunk has no more, each with the newest
    /// own commit that has.
    fn gone(&self, agent: &Agent, own: &Walk, tip: Oid) -> Known<Vec<(RepoPath, Oid)>> {
        let mut gone: Vec<(RepoPath, Oid)> = Vec::new();
        for commit in &own.order {
            for TreeChange { path, old, .. } in self.history().touched(*commit)?.iter() {
                if old.is_some()
                    && self.is_own_path(agent, path)
                    && gone.iter().all(|(known, _)| known != path)
                    && self.before.entry(self.history(), path)?.is_none()
                    && self.history().entry_at(tip, path)?.is_some()
                {
                    gone.push((path.clone(), *commit));
                }
            }
        }
        Ok(gone)
    }
}
