//! Branches that only become a name for what is somewhere already: such a move brings nothing.

use policy::attempt::Checkpoint;
use policy::oid::Oid;

use super::{Moves, RefMove};
use crate::evidence::Known;
use crate::evidence::located::{Trunk, is_at_a_remote};

impl Moves<'_, '_> {
    /// Whether a lane's branch only becomes, or catches up with, the name for what a remote has as
    /// that very branch: what is there was published, and is judged there. It only ever lets more
    /// pass: where it cannot be known, it does not.
    pub(super) fn is_name_for_tracked(&self, moved: &RefMove, new: Oid) -> bool {
        let goes_on = match moved.old {
            Some(old) => self.history.is_ancestor(old, new).unwrap_or(false),
            None => true,
        };
        self.checkpoint == Checkpoint::ReferenceTransaction
            && goes_on
            && is_at_a_remote(self.history, &moved.name, new, self.fetched).unwrap_or(false)
    }

    /// Whether a push only makes the branch of a withdrawn lane, and nothing comes of that: all it holds
    /// is on the trunk, or there is no trunk yet where it is pushed to (a backup, a new server), so that
    /// nobody there waits for anything. A lane's work can land from there as little as from anywhere.
    /// Who may be an agent has no such copies to make.
    pub(super) fn is_copy_of_withdrawn(
        &self,
        moved: &RefMove,
        moves: &[RefMove],
        after: &Trunk,
    ) -> Known<bool> {
        if !self.checkpoint.is_push() {
            return Ok(false);
        }
        let (Some(new), None, None) = (moved.new, moved.old, &moved.symbolic) else {
            return Ok(false);
        };
        let trunk: Vec<Oid> = after.tips(self.history)?;
        let Some(governing) = trunk.first() else { return Ok(false) };
        let Some(contract) = self.contracts.at(*governing)?.known()? else { return Ok(false) };
        let is_withdrawn = contract.lane_of_ref(&moved.name).is_some_and(|lane| lane.withdrawn);
        if !is_withdrawn || self.acting.may_be_agent(&contract) {
            return Ok(false);
        }
        let begins = |moved: &RefMove| moved.name == self.trunk.reference && moved.old.is_none();
        Ok(moves.iter().any(begins) || self.history.is_reachable(new, &trunk)?)
    }
}
