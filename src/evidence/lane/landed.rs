//! Landed: whether the trunk has taken all changes to a lane's own paths, or, where those are as they were
//! at its base, a merge of the lane with changes to what is there.

mod brought;
mod by_driver;
mod carried;
mod going_back;
mod handover;
mod renamed;
mod wanted;
mod work;

use std::collections::BTreeSet;
use std::rc::Rc;

use policy::contract::{Agent, Contract};
use policy::name::AgentId;
use policy::oid::Oid;

use super::net_effect::NetEffect;
use super::own::Lanes;
use crate::evidence::contract::{Contracts, Term};
use crate::evidence::history::{History, Memory};
use crate::evidence::state::State;
use crate::evidence::{Known, Unknown};
use handover::{Given, given, up_to};
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
    known: Memory<(AgentId, Oid), Landing>,
    /// What lanes were given up to an amendment.
    given: Memory<(AgentId, Oid), Rc<Vec<Given>>>,
    /// Whether lanes had landed, with this tip, just before an amendment.
    before: Memory<(AgentId, Option<Oid>, Oid), bool>,
}

impl<'a, 'v> Landings<'a, 'v> {
    /// Nothing is known yet.
    pub fn new(lanes: &'a Lanes<'a, 'v>, contracts: &'a Contracts<'a, 'v>) -> Self {
        let (known, given, before) = (Memory::default(), Memory::default(), Memory::default());
        Self { lanes, contracts, known, given, before }
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

    /// Those of some lanes that have not landed in a state of the trunk.
    pub fn open_among(&self, lanes: &[&AgentId], at: &State) -> Known<Vec<AgentId>> {
        let mut open = Vec::new();
        for id in lanes {
            let Some(agent) = self.lanes.contract.agent(id) else { continue };
            if !self.of(agent, at)?.counts() {
                open.push((*id).clone());
            }
        }
        Ok(open)
    }

    /// Whether a lane, had it stood there, would have landed in a state of the trunk.
    pub fn had_landed(&self, agent: &Agent, tip: Oid, at: &State) -> Known<bool> {
        Ok(self.with_tip(agent, Some(tip), at)?.counts())
    }

    /// Whether a lane had landed as far as it went in this state of a move of the trunk, by this move or
    /// before it, and all of it has at the end: the lane has gone on in between. Where the lane itself moves
    /// together with the trunk, and was nowhere before, whoever pushed the trunk up to this state first would
    /// have found it nowhere.
    pub fn went_on(
        &self,
        agent: &Agent,
        (from, was_nowhere): (Oid, bool),
        at: &State,
        end: &State,
    ) -> Known<bool> {
        let Some(tip) = self.lanes.tip(&agent.id) else { return Ok(false) };
        if !self.of(agent, end)?.counts() {
            return Ok(false);
        }
        if was_nowhere && self.with_tip(agent, None, at)?.counts() {
            return Ok(true);
        }
        self.had_landed_on_its_way((agent, tip), from, at)
    }

    /// Whether a lane that was nowhere before the trunk moved from a commit had landed as far as it went in a
    /// state of that move: whoever pushed the trunk first would have found no branch, and its paths changed.
    /// That alone might be others' doing, so the lane has to have been at what has landed.
    pub fn had_landed_from_nowhere(&self, agent: &Agent, from: Oid, at: &State) -> Known<bool> {
        let Some(tip) = self.lanes.tip(&agent.id) else { return Ok(false) };
        Ok(self.with_tip(agent, None, at)?.counts()
            && self.had_landed_on_its_way((agent, tip), from, at)?)
    }

    /// Whether a lane, where it was since the trunk moved from a commit or when it did, had landed in a state
    /// of that move.
    fn had_landed_on_its_way(
        &self,
        (agent, tip): (&Agent, Oid),
        from: Oid,
        at: &State,
    ) -> Known<bool> {
        let history = self.history();
        let fresh = history.walk(&[tip], &[from])?;
        let mut states = history.first_parents_in(tip, &fresh.set)?;
        // Where the lane was when this move began, which may have landed by then. On the trunk's own line it
        // may as well have begun there, upon what others did in its paths.
        let held = match states.last() {
            Some(first) => history.parents(*first)?.first().copied(),
            None => Some(tip),
        };
        if let Some(held) = held
            && history.newest_of_line(from, &[held])? != Some(held)
        {
            states.push(held);
        }
        for state in states.into_iter().take(MOST_STATES) {
            if self.had_landed(agent, state, at)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Whether a lane that is in no other repository had landed, in a state of the trunk, as far as it
    /// went by then: that repository sees its paths changed and no branch, and here is the line on which
    /// the lane came to where it has gone on.
    pub fn had_landed_once(&self, agent: &Agent, at: &State) -> Known<bool> {
        let Some(tip) = self.lanes.tip(&agent.id) else { return Ok(false) };
        if !self.with_tip(agent, None, at)?.counts() {
            return Ok(false);
        }
        let mut next = Some(tip);
        for _ in 0..MOST_STATES {
            let Some(state) = next else { break };
            if self.had_landed(agent, state, at)? {
                return Ok(true);
            }
            next = self.history().parents(state)?.first().copied();
        }
        Ok(false)
    }

    /// Whether a lane whose changes have arrived would bring more. What the trunk has carried elsewhere since would
    /// only come once more, where it was.
    pub fn brings_more(&self, agent: &Agent, effect: &NetEffect, at: &State) -> Known<bool> {
        let (history, contract) = (self.history(), self.lanes.contract);
        if !effect.brings_more(history, contract, &agent.id, &BTreeSet::new())? {
            return Ok(false);
        }
        let ground = self.ground(agent, at)?;
        let work = self.work(agent, contract, &ground, ground.given(self, agent));
        effect.brings_more(history, contract, &agent.id, &work.carried_from(at)?)
    }

    /// Whether a lane that has not landed was merged, and the trunk has taken all of it back since.
    pub fn was_taken_back(&self, agent: &Agent, at: &State) -> Known<bool> {
        let Some(tip) = self.lanes.tip(&agent.id) else { return Ok(false) };
        if self.of(agent, at)?.counts() || !self.history().is_reachable(tip, &at.heads)? {
            return Ok(false);
        }
        let ground = self.ground(agent, at)?;
        let work = self.work(agent, self.lanes.contract, &ground, ground.given(self, agent));
        work.differs(&State::of_commit(self.history(), work.begun(tip)?)?)
    }

    fn history(&self) -> &'a History<'v> {
        self.lanes.history
    }

    fn ask(&self, agent: &Agent, at: &State) -> Known<Landing> {
        let mut landing = self.with_tip(agent, self.lanes.tip(&agent.id), at)?;
        if landing == Landing::Not
            && let Some(there) = self.lanes.further(&agent.id)
        {
            landing = self.with_tip(agent, Some(there), at)?;
        }
        match self.lanes.left_out_by(&agent.id).filter(|_| landing == Landing::BranchGone) {
            Some(remote) => {
                let (branch, remote) = (agent.branch.to_string(), remote.to_owned());
                Err(Unknown::LaneLeftOut { branch, remote })
            }
            None => Ok(landing),
        }
    }

    fn with_tip(&self, agent: &Agent, tip: Option<Oid>, at: &State) -> Known<Landing> {
        if agent.withdrawn {
            return Ok(Landing::Withdrawn);
        }
        let ground = self.ground(agent, at)?;
        let given = ground.given(self, agent);
        let work = self.work(agent, self.lanes.contract, &ground, given);
        let landing = work.landing(tip, at)?;
        if landing.counts() {
            return Ok(landing);
        }
        // Who had landed before an amendment, by the contract that was there, stays landed after it; but
        // what it has done since for paths that it has got has to land too.
        if given.len() > 1
            && let Some(tip) = tip
        {
            let lane = State::of_commit(self.history(), tip)?;
            if !work.has_arrived(&lane, at)? {
                return Ok(Landing::Not);
            }
        }
        for (number, older) in given.iter().enumerate().skip(1) {
            if older.contract.agent(&agent.id).is_none_or(|then| then.withdrawn) {
                continue;
            }
            let work = self.work(agent, &older.contract, &ground, &given[number..]);
            if !self.had_landed_before(&work, tip, older.newest)? {
                continue;
            }
            let landing = work.landing(tip, at)?;
            if landing.counts() {
                return Ok(landing);
            }
        }
        Ok(Landing::Not)
    }

    fn had_landed_before(
        &self,
        work: &Work<'_, '_, '_>,
        tip: Option<Oid>,
        newest: Oid,
    ) -> Known<bool> {
        let key = (work.agent.clone(), tip, newest);
        if let Some(known) = self.before.borrow().get(&key) {
            return Ok(*known);
        }
        let before = State::of_commit(self.history(), newest)?;
        // A lane that has taken in what was there holds what others did in its paths since.
        let tip = match tip {
            Some(tip) if self.history().is_ancestor(newest, tip)? => Some(newest),
            tip => tip,
        };
        let had_landed = work.landing(tip, &before)?.counts();
        self.before.borrow_mut().insert(key, had_landed);
        Ok(had_landed)
    }

    /// Where a lane began, as seen from a state of the trunk, and what it was given since.
    fn ground(&self, agent: &Agent, at: &State) -> Known<Ground> {
        let terms = self.contracts.terms_of(agent, &at.heads)?;
        let base = terms.last().map(|first| first.oldest);
        Ok(Ground { base, given: self.given(agent, &terms)? })
    }

    /// Nothing where no amendment came since its base.
    fn given(&self, agent: &Agent, terms: &[Term]) -> Known<Rc<Vec<Given>>> {
        let [newest, _, ..] = terms else { return Ok(Rc::default()) };
        let key = (agent.id.clone(), newest.oldest);
        if let Some(known) = self.given.borrow().get(&key) {
            return Ok(Rc::clone(known));
        }
        let given = Rc::new(given(self.contracts, agent, terms)?);
        self.given.borrow_mut().insert(key, Rc::clone(&given));
        Ok(given)
    }

    fn work<'w>(
        &self,
        agent: &'w Agent,
        contract: &'w Contract,
        ground: &Ground,
        given: &'w [Given],
    ) -> Work<'w, 'a, 'v> {
        let (lanes, contracts) = (self.lanes, self.contracts);
        Work { lanes, contracts, contract, agent: &agent.id, base: ground.base, given }
    }
}

/// What a lane began with.
struct Ground {
    base: Option<Oid>,
    given: Rc<Vec<Given>>,
}

impl Ground {
    /// What the contract that governs and the older ones have given.
    fn given(&self, landings: &Landings<'_, '_>, agent: &Agent) -> &[Given] {
        match self.given.len() {
            0 | 1 => &[],
            _ => up_to(&self.given, landings.lanes.contract, agent),
        }
    }
}
