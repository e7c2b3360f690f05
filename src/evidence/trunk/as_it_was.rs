//! Where a lane was when a step of the trunk was made: its branch may have gone on since, and come along in
//! the same push.

use policy::contract::Agent;
use policy::oid::Oid;

use super::entering::{Step, Traces};
use crate::evidence::Known;
use crate::evidence::history::held_by_newest;

/// How many states of a lane are asked whether the step is their landing.
const MOST_STATES: usize = 100;

impl Step<'_, '_> {
    /// Where a lane was of which the step merges nothing.
    pub(super) fn as_it_was(&self, agent: &Agent, tip: Oid, traces: &Traces<'_>) -> Known<Oid> {
        let history = self.history();
        let fresh = history.walk(&[tip], &self.before.heads)?;
        let line = history.first_parents_in(tip, &fresh.set)?;
        if let Some(after) = self.after.commit
            && history.is_ancestor(after, tip)?
        {
            // The trunk was moved to it, or it stands on that.
            if line.contains(&after) {
                return Ok(tip);
            }
            // It has taken the step in since.
            let holding = held_by_newest(&line, |commit| history.is_ancestor(after, commit))?;
            return Ok(line.get(holding).copied().unwrap_or(tip));
        }
        Ok(self.landed_by_it(agent, &line, traces)?.unwrap_or(tip))
    }

    /// The newest of a lane's states, from its tip down, that has landed by the step: the lane has gone on
    /// above it. What the step has of anything above is no landing of what is beneath.
    fn landed_by_it(&self, agent: &Agent, line: &[Oid], traces: &Traces<'_>) -> Known<Option<Oid>> {
        for state in line.iter().take(MOST_STATES) {
            if self.landings.had_landed(agent, *state, self.after)? {
                let is_by_it = !self.landings.had_landed(agent, *state, self.before)?;
                return Ok(is_by_it.then_some(*state));
            }
            if self.has_of(agent, *state, traces)? {
                return Ok(None);
            }
        }
        Ok(None)
    }

    /// Whether the step has what a commit of a lane gave a path, or changes what it trespasses in.
    fn has_of(&self, agent: &Agent, commit: Oid, traces: &Traces<'_>) -> Known<bool> {
        let contract = self.lanes.contract;
        Ok(self.history().touched(commit)?.iter().any(|touched| {
            let is_same =
                touched.new.is_some() && traces.contents.get(&touched.path).copied() == touched.new;
            is_same
                || (!contract.grants(&agent.id, &touched.path)
                    && self.changes.iter().any(|change| change.path == touched.path))
        }))
    }
}
