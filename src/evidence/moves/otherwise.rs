//! Other ways to see a step of the trunk: where all that it makes would be taken in, so is it.

use policy::attempt::Checkpoint;
use policy::name::RefName;
use policy::oid::Oid;

use super::Moves;
use crate::evidence::Known;
use crate::evidence::case::Case;
use crate::evidence::state::State;
use crate::evidence::trunk::{JudgedStep, TrunkMoves};

impl<'v> Moves<'_, 'v> {
    /// A step here that takes the trunk's upstream in (`git pull`), as the move of the upstream that
    /// its push will be: what the upstream holds is history, its amendments with what came under them.
    pub(super) fn seen_from_upstream(
        &self,
        walker: &TrunkMoves<'_, 'v>,
        judged: &JudgedStep,
        name: &RefName,
    ) -> Known<Vec<Case>> {
        let (Some(from), Some(to), true) =
            (judged.step.from, &judged.step.to, judged.may_be_refused())
        else {
            return Ok(Vec::new());
        };
        let Some(upstream) = walker.taken_in(from, &[to.id])? else { return Ok(Vec::new()) };
        self.seen_from(upstream, to.id, walker, name)
    }

    /// A step as it was made on the trunk here, before lanes took it in. A server has no log that says so.
    pub(super) fn as_made_here(
        &self,
        walker: &TrunkMoves<'_, 'v>,
        judged: &JudgedStep,
        name: &RefName,
    ) -> Known<Vec<Case>> {
        let is_here = self.checkpoint != Checkpoint::PreReceive;
        let (Some(from), Some(to), true) = (judged.step.from, &judged.step.to, is_here) else {
            return Ok(Vec::new());
        };
        let trunk = &self.trunk.reference;
        let Some((before, tips)) = walker.as_made_here(trunk, judged) else {
            return Ok(Vec::new());
        };
        self.seen_from(from, to.id, &TrunkMoves { before, tips: &tips, ..*walker }, name)
    }

    /// A step as the move from another commit to its end; nothing where that is not known, which is no other
    /// way to see it.
    pub(super) fn seen_from(
        &self,
        from: Oid,
        to: Oid,
        walker: &TrunkMoves<'_, 'v>,
        name: &RefName,
    ) -> Known<Vec<Case>> {
        let steps: Known<Vec<_>> = walker.walk(Some(from), to)?.into_iter().collect();
        let steps = steps.unwrap_or_default().into_iter();
        Ok(steps.map(|step| self.of_step(step, name)).collect())
    }

    /// A step that merges an integration branch, as the steps of that.
    pub(super) fn one_by_one(
        &self,
        walker: &TrunkMoves<'_, 'v>,
        judged: &JudgedStep,
        name: &RefName,
    ) -> Known<Vec<Case>> {
        let Some(to) = &judged.step.to else { return Ok(Vec::new()) };
        let steps = walker.one_by_one(judged, &State::of_commit(self.history, to.id)?);
        Ok(steps.into_iter().map(|step| self.of_step(step, name)).collect())
    }
}
