//! What a lane leaves out of another's unlanded work, which a waiver lets it carry.
//!
//! Where it then has what the trunk has, the trunk sees no change; but once it lands, git takes all of the other's
//! work for merged, and what was left out never comes.

use policy::attempt::Carried;
use policy::change::{Change, ChangeKind, Lines};
use policy::contract::Agent;
use policy::oid::Oid;
use policy::path::RepoPath;

use super::Known;
use super::base::Base;
use super::ground::Ground;
use super::merge::{Contents, Merged, slot};
use super::state::State;

impl Ground<'_, '_> {
    /// The paths that a lane may not edit and has as the trunk has them, and not as carrying the other's work
    /// makes them: it has changed that work there. What the trunk sees as changed is known already.
    pub fn left_out(
        &self,
        agent: &Agent,
        state: &State,
        changes: &[Change],
        has_landed: impl FnMut(&Agent) -> Known<bool>,
    ) -> Known<Vec<Change>> {
        let waivers = self.contract().waivers();
        if !waivers.iter().any(|one| &*one.rule == "carries-unlanded" && one.agent == agent.id) {
            return Ok(Vec::new());
        }
        let bases = self.history().merge_bases(self.trunk, &state.heads)?;
        let mut found: Vec<Change> = Vec::new();
        for carried in self.lanes.carried(&agent.id, &state.heads, self.trunk, has_landed)? {
            for path in &carried.paths {
                let is_known = changes.iter().chain(&found).any(|change| change.path == *path);
                if !is_known && !self.contract().grants(&agent.id, path) {
                    found.extend(self.left_out_at(path, &carried, state, &bases)?);
                }
            }
        }
        Ok(found)
    }

    fn left_out_at(
        &self,
        path: &RepoPath,
        carried: &Carried,
        state: &State,
        bases: &[Oid],
    ) -> Known<Option<Change>> {
        let history = self.history();
        let (old, new) = (history.entry_at(carried.commit.id, path)?, state.entry(history, path)?);
        let Some(kind) = ChangeKind::between(old, new) else { return Ok(None) };
        let (theirs, here) = (slot(old), slot(new));
        let contents = Contents::with(history, state);
        for trunk in bases {
            let ours = slot(history.entry_at(*trunk, path)?);
            let parted = history.merge_bases(&[*trunk], &[carried.commit.id])?;
            let base = Base::at(history, &parted, path)?;
            let Some(base) = base.merged() else { continue };
            if let Merged::Clean(merged) = contents.merge(base, &ours, &theirs)?
                && contents.same(&merged, &here)?
            {
                return Ok(None);
            }
        }
        Ok(Some(Change {
            path: path.clone(),
            kind,
            old,
            new,
            lines: Lines::NotRead,
            hazards: Vec::new(),
            commit: None,
            came_by_merge: false,
            undo_from: Some(carried.commit.id),
        }))
    }
}
