//! What looks like a lane's work that enters, and is a human's own: an edit by hand in a lane's paths, or
//! a branch in no lane, of which nothing but the paths say whose it is.

use policy::attempt::{Entering, EntryEvidence};

use super::entering::Step;
use super::step_facts::StepFacts;
use crate::evidence::Known;
use crate::repository::TreeChange;

impl StepFacts<'_, '_> {
    /// Whether a step without merges that changes own paths of a lane is somebody's edit there, and
    /// not its landing: the lane's branch is not here, so that nothing tells of its work but that its
    /// paths are not as they were; and it has not its turn, or the step goes beyond its paths. Where a
    /// pull has joined two lines, those of its commits are asked that change the lane's own paths.
    pub(super) fn is_by_hand(&self, entering: &Entering, step: &Step<'_, '_>) -> Known<bool> {
        let lane = &entering.lane;
        if entering.evidence != EntryEvidence::Landed || self.lanes.tip(lane).is_some() {
            return Ok(false);
        }
        if !entering.waits_for.is_empty() {
            return Ok(true);
        }
        let contract = self.lanes.contract;
        let keeps = |change: &TreeChange| contract.grants(lane, &change.path);
        let Some(agent) = contract.agent(lane) else { return Ok(false) };
        let fresh = step.fresh()?;
        if step.line(&fresh)?.is_empty() {
            return Ok(!step.changes.iter().all(keeps));
        }
        for came in step.changed_on_line(agent, &fresh)? {
            if !self.history().touched(came.head)?.iter().all(keeps) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Whether a merge brings somebody's own branch, and no lane's work: no lane's branch has, or had,
    /// any of it, and only its paths make it look like that of this lane, which has landed already; and
    /// the lane may not edit all of it, or the trunk is free.
    pub(super) fn is_of_a_branch_of_nobodys(
        &self,
        entering: &Entering,
        step: &Step<'_, '_>,
    ) -> Known<bool> {
        let lane = &entering.lane;
        if !self.is_of_strays_of_a_landed_lane(entering, step)? {
            return Ok(false);
        }
        let contract = self.lanes.contract;
        let goes_on = entering.changes.iter().all(|change| contract.grants(lane, &change.path));
        let is_free = !self.by_landings_only() || self.unlanded(step.before, &[])?.is_empty();
        Ok(is_free || !goes_on)
    }

    /// Whether only its paths make what comes in look like a lane's, which has landed before the step.
    pub(super) fn is_of_strays_of_a_landed_lane(
        &self,
        entering: &Entering,
        step: &Step<'_, '_>,
    ) -> Known<bool> {
        let lane = &entering.lane;
        if !matches!(entering.evidence, EntryEvidence::Commit(_)) {
            return Ok(false);
        }
        let fresh = step.fresh()?;
        let own = self.lanes.own_commits(lane, self.seen_from)?;
        for commit in own.order.iter().filter(|commit| fresh.set.contains(commit)) {
            if !self.lanes.is_stray(lane, *commit)? {
                return Ok(false);
            }
        }
        let Some(agent) = self.lanes.contract.agent(lane) else { return Ok(false) };
        Ok(!agent.withdrawn && self.landings.of(agent, step.before)?.counts())
    }
}
