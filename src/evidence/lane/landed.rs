//! Landed: whether the trunk has taken all changes to a lane's own paths, or, where it has changed none
//! of them, to shared ones.

mod shared;
mod wanted;
mod work;

use std::cell::RefCell;
use std::collections::HashMap;

use policy::contract::Agent;
use policy::name::AgentId;
use policy::oid::Oid;

use super::own::Lanes;
use crate::evidence::Known;
use crate::evidence::contract::Contracts;
use crate::evidence::history::History;
use crate::evidence::state::State;
use work::Work;

/// How many states of a lane that has gone on are asked about: beyond, it had not landed.
const MOST_STATES: usize = 100;

/// Whether a lane has landed, and how that is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Landing {
    /// It will never land; for the order it has.
    Withdrawn,
    /// Its tip is part of the trunk.
    Reachable,
    /// Its changes are there, under other commits.
    Arrived,
    /// Its branch is gone, and its own paths are not as they were.
    BranchGone,
    /// It has not.
    Not,
}

impl Landing {
    /// Whether it counts as landed.
    pub fn counts(self) -> bool {
        self != Self::Not
    }
}

/// Asks of lanes whether they have landed, each once per state of the trunk.
pub struct Landings<'a, 'v> {
    lanes: &'a Lanes<'a, 'v>,
    contracts: &'a Contracts<'a, 'v>,
    known: RefCell<HashMap<(AgentId, Oid), Landing>>,
}

impl<'a, 'v> Landings<'a, 'v> {
    /// Nothing is known yet.
    pub fn new(lanes: &'a Lanes<'a, 'v>, contracts: &'a Contracts<'a, 'v>) -> Self {
        Self { lanes, contracts, known: RefCell::default() }
    }

    /// Whether a lane has landed in a state of the trunk.
    pub fn of(&self, agent: &Agent, at: &State) -> Known<Landing> {
        let key = at.commit.map(|commit| (agent.id.clone(), commit));
        if let Some(landing) = key.as_ref().and_then(|key| self.known.borrow().get(key).copied()) {
            return Ok(landing);
        }
        let landing = self.ask(agent, at)?;
        if let Some(key) = key {
            self.known.borrow_mut().insert(key, landing);
        }
        Ok(landing)
    }

    /// Whether a lane, had it stood there, would have landed in a state of the trunk.
    pub fn had_landed(&self, agent: &Agent, tip: Oid, at: &State) -> Known<bool> {
        Ok(self.with_tip(agent, Some(tip), at)?.counts())
    }

    /// Whether a move of the trunk has landed a lane, up to this state, as far as the lane went by then,
    /// and at its end all of it: the lane has gone on in between.
    pub fn went_on(&self, agent: &Agent, from: Oid, at: &State, end: &State) -> Known<bool> {
        let Some(tip) = self.lanes.tip(&agent.id) else { return Ok(false) };
        if !self.of(agent, end)?.counts() {
            return Ok(false);
        }
        let history = self.history();
        let before = State::of_commit(history, from)?;
        let fresh = history.walk(&[tip], &[from])?;
        let states = history.first_parents(tip, |commit| Ok(!fresh.set.contains(&commit)))?;
        for state in states.into_iter().take(MOST_STATES) {
            if self.had_landed(agent, state, at)? {
                return Ok(!self.had_landed(agent, state, &before)?);
            }
        }
        Ok(false)
    }

    /// Whether a lane that has not landed was merged, and the trunk has taken all of it back since.
    pub fn was_taken_back(&self, agent: &Agent, at: &State) -> Known<bool> {
        let Some(tip) = self.lanes.tip(&agent.id) else { return Ok(false) };
        if self.of(agent, at)?.counts() || !self.history().is_reachable(tip, &at.heads)? {
            return Ok(false);
        }
        self.work(agent, at)?.differs(&State::of_commit(self.history(), tip)?)
    }

    fn history(&self) -> &'a History<'v> {
        self.lanes.history
    }

    fn ask(&self, agent: &Agent, at: &State) -> Known<Landing> {
        self.with_tip(agent, self.lanes.tip(&agent.id), at)
    }

    fn with_tip(&self, agent: &Agent, tip: Option<Oid>, at: &State) -> Known<Landing> {
        if agent.withdrawn {
            return Ok(Landing::Withdrawn);
        }
        self.work(agent, at)?.landing(tip, at)
    }

    fn work<'w>(&'w self, agent: &'w Agent, at: &State) -> Known<Work<'w, 'a, 'v>> {
        let base = self.contracts.base_of(agent, &at.heads)?;
        let base = base.map(|base| self.history().tree(base)).transpose()?;
        let (lanes, contracts, contract) = (self.lanes, self.contracts, self.lanes.contract);
        Ok(Work { lanes, contracts, contract, agent: &agent.id, base })
    }
}
