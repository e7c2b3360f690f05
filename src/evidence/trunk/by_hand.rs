//! What looks like a lane's work that enters, and is a human's own: an edit by hand in a lane's paths, or
//! a branch in no lane, of which nothing but the paths say whose it is.

use policy::attempt::{Entering, EntryEvidence};
use policy::name::AgentId;
use policy::oid::Oid;

use super::entering::{Entrant, Step};
use super::step_facts::StepFacts;
use crate::evidence::Known;
use crate::evidence::history::Walk;
use crate::repository::TreeChange;

impl StepFacts<'_, '_> {
    /// Whether a step that changes own paths of a lane is somebody's edit there, and not its landing: the
    /// lane's branch is not here, so that nothing tells of its work but that its paths are not as they
    /// were; and it has not its turn, or the step goes beyond its paths. Where a pull has joined two lines,
    /// those of its commits are asked that change the lane's own paths; and so are those of a branch of
    /// nobody's that is merged where the trunk is free.
    pub(super) fn is_by_hand(&self, entering: &Entering, step: &Step<'_, '_>) -> Known<bool> {
        let lane = &entering.lane;
        if entering.evidence != EntryEvidence::Landed || self.lanes.tip(lane).is_some() {
            return Ok(false);
        }
        let contract = self.lanes.contract;
        let keeps = |change: &TreeChange| contract.grants(lane, &change.path);
        let Some(agent) = contract.agent(lane) else { return Ok(false) };
        let fresh = step.fresh()?;
        if !step.merges_nothing()? {
            return Ok(!self.by_landings_only()
                && self.goes_beyond(lane, &fresh, step)?
                && !step.brings_of_a_branch()?);
        }
        if !entering.waits_for.is_empty() {
            return Ok(true);
        }
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

    /// Whether a commit that is merged changes own paths of a lane, and what it may not edit.
    fn goes_beyond(&self, lane: &AgentId, fresh: &Walk, step: &Step<'_, '_>) -> Known<bool> {
        let contract = self.lanes.contract;
        for commit in fresh.order.iter().filter(|commit| !step.chain.contains(commit)) {
            let touched = self.history().touched(*commit)?;
            if self.lanes.touches_own(*commit, lane)?
                && !touched.iter().all(|change| contract.grants(lane, &change.path))
            {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Whether a merge brings somebody's own branch, and no lane's work: no lane's branch has, or had,
    /// any of it, and only its paths make it look like that of this lane. Where the trunk is free it is
    /// a human's, if the lane has landed already, or may not edit all of it and no lane's work comes
    /// along. Where landings alone are taken, only if the lane has landed and may not edit all of it.
    pub(super) fn is_of_a_branch_of_nobodys(
        &self,
        entering: &Entering,
        step: &Step<'_, '_>,
    ) -> Known<bool> {
        let lane = &entering.lane;
        if !entering.by_paths_alone {
            return Ok(false);
        }
        let contract = self.lanes.contract;
        let goes_on = entering.changes.iter().all(|change| contract.grants(lane, &change.path));
        if !self.has_landed(lane, step)? {
            return Ok(!self.by_landings_only() && !goes_on && !step.brings_of_a_branch()?);
        }
        let is_free = !self.by_landings_only() || self.unlanded(step.before, &[])?.is_empty();
        Ok(is_free || !goes_on)
    }

    /// Leaves out lanes of which nothing comes in but what lies beneath these commits, by its paths
    /// alone: they are of a branch of nobody's, and so is all of it.
    pub(super) fn leave_what_lies_beneath(
        &self,
        nobodys: &[Oid],
        entering: &mut Vec<(Entrant, Entering)>,
        step: &Step<'_, '_>,
    ) -> Known<()> {
        if nobodys.is_empty() || self.by_landings_only() || step.brings_of_a_branch()? {
            return Ok(());
        }
        let mut kept = Vec::with_capacity(entering.len());
        for (entrant, entering) in entering.drain(..) {
            let mut is_beneath = entering.by_paths_alone;
            for head in entrant.heads() {
                is_beneath = is_beneath && self.history().is_reachable(head, nobodys)?;
            }
            if !is_beneath {
                kept.push((entrant, entering));
            }
        }
        *entering = kept;
        Ok(())
    }

    /// Whether only its paths make what comes in look like a lane's, which has landed before the step.
    pub(super) fn is_of_strays_of_a_landed_lane(
        &self,
        entering: &Entering,
        step: &Step<'_, '_>,
    ) -> Known<bool> {
        Ok(entering.by_paths_alone && self.has_landed(&entering.lane, step)?)
    }

    /// Whether only its paths make what comes in look like a lane's.
    pub(super) fn is_known_by_paths_alone(
        &self,
        entering: &Entering,
        step: &Step<'_, '_>,
    ) -> Known<bool> {
        let lane = &entering.lane;
        if !matches!(entering.evidence, EntryEvidence::Commit(_)) {
            return Ok(false);
        }
        let is_withdrawn = self.lanes.contract.agent(lane).is_none_or(|agent| agent.withdrawn);
        Ok(!is_withdrawn && !step.brings_commits_of(lane, &*step.fresh()?)?)
    }

    fn has_landed(&self, lane: &AgentId, step: &Step<'_, '_>) -> Known<bool> {
        match self.lanes.contract.agent(lane) {
            Some(agent) => Ok(self.landings.of(agent, step.before)?.counts()),
            None => Ok(false),
        }
    }
}
