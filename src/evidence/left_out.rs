//! What a lane leaves out of another's unlanded work, which a waiver lets it carry.
//!
//! Where it then has what the trunk has, the trunk sees no change; but once it lands, git takes all of the other's
//! work for merged, and what was left out never comes.

use std::collections::BTreeMap;

use policy::attempt::Carried;
use policy::change::Change;
use policy::contract::{Agent, Mode, Permission};
use policy::oid::Oid;
use policy::path::RepoPath;

use super::Known;
use super::base::Base;
use super::facts::Facts;
use super::ground::Ground;
use super::merge::{Contents, Merged, slot};
use super::state::State;

impl Ground<'_, '_> {
    /// The paths that a lane may not edit freely and has as the trunk has them, and not as carrying the other's work
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
        let facts = Facts { lanes: self.lanes, state, trunk: self.trunk };
        let mut found: Vec<Change> = Vec::new();
        for carried in self.lanes.carried(&agent.id, &state.heads, self.trunk, has_landed)? {
            for (path, by) in self.given_by(agent, state, &carried)? {
                let is_known = changes.iter().chain(&found).any(|change| change.path == path);
                let is_free = matches!(
                    self.contract().permission(&agent.id, &path),
                    Permission::Granted { mode: Mode::Edit, .. }
                );
                if !is_known && !is_free && self.is_left_out(&path, by, state, &bases)? {
                    found.push(facts.of_taken(&agent.id, &path, by)?);
                }
            }
        }
        Ok(found)
    }

    /// The newest commit of what is carried by which each path came. A lane may hold several ends of another.
    pub(super) fn given_by(
        &self,
        agent: &Agent,
        state: &State,
        carried: &Carried,
    ) -> Known<BTreeMap<RepoPath, Oid>> {
        let mut given = BTreeMap::new();
        for commit in self.lanes.inside(&agent.id, &carried.lane, &state.heads, self.trunk)? {
            for change in self.history().touched(commit)?.iter() {
                given.entry(change.path.clone()).or_insert(commit);
            }
        }
        Ok(given)
    }

    /// Whether a state has at a path neither what a carried commit has there, nor what merging that into the trunk
    /// makes of it.
    fn is_left_out(&self, path: &RepoPath, by: Oid, state: &State, bases: &[Oid]) -> Known<bool> {
        let history = self.history();
        let theirs = slot(history.entry_at(by, path)?);
        let here = slot(state.entry(history, path)?);
        let contents = Contents::with(history, state);
        if contents.same(&theirs, &here)? {
            return Ok(false);
        }
        for trunk in bases {
            let ours = slot(history.entry_at(*trunk, path)?);
            let parted = history.merge_bases(&[*trunk], &[by])?;
            let base = Base::at(history, &parted, path)?;
            let Some(base) = base.merged() else { continue };
            if let Merged::Clean(merged) = contents.merge(base, &ours, &theirs)?
                && contents.same(&merged, &here)?
            {
                return Ok(false);
            }
        }
        Ok(true)
    }
}
