//! Moves of branches in no lane: which of them are work there, and which give a mere name to commits.

use policy::attempt::{Checkpoint, Subject};
use policy::contract::UnlistedBranches;
use policy::oid::Oid;

use super::{Moves, RefMove};
use crate::evidence::Known;
use crate::evidence::ground::Ground;

impl<'v> Moves<'_, 'v> {
    /// Work on a branch in no lane. A mere name for commits that the trunk has is free; locally
    /// also one for commits that are there.
    pub(super) fn unlisted(
        &self,
        moved: &RefMove,
        new: Oid,
        ground: Ground<'_, 'v>,
    ) -> Known<Option<Subject>> {
        let contract = ground.contract();
        if moved.name.branch_name().is_none() || self.history.is_reachable(new, ground.trunk)? {
            return Ok(None);
        }
        if self.checkpoint == Checkpoint::ReferenceTransaction {
            let policy = contract.policy();
            let matters = policy.unlisted_branches != UnlistedBranches::Allow
                || policy.agent_branches.is_some()
                || self.acting.may_be_agent(contract);
            if !matters || self.is_there(new)? {
                return Ok(None);
            }
        }
        let tip = Some(self.history.named(new)?);
        Ok(Some(Subject::UnlistedBranch { tip }))
    }

    /// Whether a commit is reachable from any ref that exists.
    fn is_there(&self, commit: Oid) -> Known<bool> {
        let mut refs = Vec::new();
        for reference in self.history.view().references("refs/")? {
            if let Some(commit) = self.history.view().peel_to_commit(reference.target)? {
                refs.push(commit);
            }
        }
        refs.sort_unstable();
        refs.dedup();
        Ok(self.history.walk(&[commit], &refs)?.order.is_empty())
    }
}
