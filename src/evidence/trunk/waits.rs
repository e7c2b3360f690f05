//! For which lanes a landing has to wait, and where those are known from.

use std::collections::{BTreeMap, BTreeSet};

use policy::attempt::TrunkStep;
use policy::contract::Agent;
use policy::name::{AgentId, RefName};
use policy::oid::Oid;

use super::step_facts::StepFacts;
use crate::evidence::Known;
use crate::evidence::ground::Ground;
use crate::evidence::state::State;
use crate::repository::TreeChange;

impl<'v> StepFacts<'_, 'v> {
    /// The lanes before one that have not landed in the state that a step makes. Where the upstream
    /// has gone on beside it, they have landed that landed there since: nothing of the step reaches
    /// anybody else before that is taken in.
    pub(super) fn waits_for(
        &self,
        ground: Ground<'_, 'v>,
        lane: &Agent,
        after: &State,
    ) -> Known<Vec<AgentId>> {
        let mut waiting = ground.waits_for(&lane.id, after)?;
        for upstream in self.published {
            if self.was.elsewhere
                || waiting.is_empty()
                || self.history().is_reachable(*upstream, &after.heads)?
            {
                continue;
            }
            let there =
                ground.waits_for(&lane.id, &State::of_commit(self.history(), *upstream)?)?;
            // What both have had is taken back here where it is missing.
            let mut missing = Vec::new();
            for base in self.history().merge_bases(&after.heads, &[*upstream])? {
                let base = State::of_commit(self.history(), base)?;
                missing.push(ground.waits_for(&lane.id, &base)?);
            }
            let has_landed_since = |awaited: &AgentId| {
                !there.contains(awaited) && missing.iter().all(|base| base.contains(awaited))
            };
            waiting.retain(|awaited| !has_landed_since(awaited));
        }
        self.without_those_that_went_on(waiting, after)
    }

    /// Leaves out the lanes that had landed as far as they went: had the trunk been pushed step by
    /// step, none of those would have been waited for.
    fn without_those_that_went_on(
        &self,
        waiting: Vec<AgentId>,
        after: &State,
    ) -> Known<Vec<AgentId>> {
        let mut kept = Vec::with_capacity(waiting.len());
        for awaited in waiting {
            let agent = self.lanes.contract.agent(&awaited);
            let went_on = match agent {
                Some(agent) => {
                    self.had_landed_as_it_was(agent, after)?
                        || self.went_on(agent, after)?
                        || self.had_landed_there(agent, after)?
                }
                None => false,
            };
            if !went_on {
                kept.push(awaited);
            }
        }
        Ok(kept)
    }

    /// Whether a lane that is waited for had landed before the step and was taken back. It leads on,
    /// and decides nothing: where it cannot be known, it was not.
    pub(super) fn was_taken_back(&self, awaited: &AgentId, before: &State) -> bool {
        let agent = self.lanes.contract.agent(awaited);
        agent.is_some_and(|agent| self.landings.was_taken_back(agent, before).unwrap_or(false))
    }

    /// Whether a lane that moves together with the trunk has landed as far as it went before: whoever
    /// pushed the trunk first, and the lane after it, would not have had to wait for what is new.
    fn had_landed_as_it_was(&self, agent: &Agent, after: &State) -> Known<bool> {
        match (self.was.moved.get(&agent.reference()), self.seen_from.first()) {
            (Some(Some(was)), _) => self.landings.had_landed(agent, *was, after),
            (Some(None), Some(from)) => self.landings.had_landed_from_nowhere(agent, *from, after),
            _ => Ok(false),
        }
    }

    fn went_on(&self, agent: &Agent, after: &State) -> Known<bool> {
        let (Some(end), Some(from)) = (self.end, self.seen_from.first().copied()) else {
            return Ok(false);
        };
        if after.commit == Some(end) {
            return Ok(false);
        }
        let end = State::of_commit(self.history(), end)?;
        // Where it was somewhere, that has been asked of already.
        let was_nowhere = self.was.moved.get(&agent.reference()) == Some(&None);
        self.landings.went_on(agent, (from, was_nowhere), after, &end)
    }

    /// Whether a lane has landed as far as the repository has it that the step is pushed to: what has
    /// come to it here since does not go along. It may never have been pushed at all.
    fn had_landed_there(&self, agent: &Agent, after: &State) -> Known<bool> {
        if !self.was.elsewhere || self.was.moved.contains_key(&agent.reference()) {
            return Ok(false);
        }
        let view = self.history().view();
        let mut is_tracked = false;
        for remote in view.remotes()? {
            let name = RefName::tracking(&remote, agent.branch.as_bytes());
            let Some(there) = view.reference(&name)? else { continue };
            if self.landings.had_landed(agent, there.target, after)? {
                return Ok(true);
            }
            is_tracked = true;
        }
        Ok(!is_tracked && self.landings.had_landed_once(agent, after)?)
    }

    /// The lanes whose own paths a step changes, which do not enter by it, and of whose branches there
    /// are only tracking refs.
    pub(super) fn tracked_alone(
        &self,
        step: &TrunkStep,
        changes: &[TreeChange],
    ) -> Known<BTreeMap<AgentId, RefName>> {
        let mut found = BTreeMap::new();
        let owners: BTreeSet<&AgentId> = changes
            .iter()
            .filter_map(|change| self.lanes.contract.own_lane(&change.path))
            .collect();
        for lane in owners.into_iter().filter(|lane| step.entering.iter().all(|e| e.lane != **lane))
        {
            if self.lanes.tip(lane).is_none()
                && let Some(name) = self.tracked(lane, None)?
            {
                found.insert(lane.clone(), name);
            }
        }
        Ok(found)
    }

    /// The tracking ref that holds a lane's branch which is not here itself: the one that stands in
    /// for it, or else `origin`'s, or any.
    pub(super) fn tracked(&self, lane: &AgentId, tip: Option<Oid>) -> Known<Option<RefName>> {
        let Some(agent) = self.lanes.contract.agent(lane) else { return Ok(None) };
        let (view, branch) = (self.history().view(), agent.reference());
        if view.reference(&branch)?.is_some() {
            return Ok(None);
        }
        let mut found = Vec::new();
        for remote in view.remotes()? {
            let name = RefName::tracking(&remote, agent.branch.as_bytes());
            if let Some(there) = view.reference(&name)?
                && tip.is_none_or(|tip| there.target == tip)
            {
                found.push(name);
            }
        }
        let origin = RefName::tracking("origin", agent.branch.as_bytes());
        let at = found.iter().position(|name| *name == origin).unwrap_or(0);
        Ok((!found.is_empty()).then(|| found.swap_remove(at)))
    }
}
