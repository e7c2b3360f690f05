//! A lane that has landed and goes on, or goes on here already above its landing, in what others may edit
//! too: by commits that count to no branch here.
//!
//! Only where the trunk takes landings alone: there nothing else may bring them, and they are judged as
//! the lane's work, whole and within its modes, as if its branch had been pushed along. Where the trunk
//! is open they may as well be a human's own, and are nobody's.

use std::collections::BTreeMap;

use policy::contract::{Agent, Contract, TrunkSteps};
use policy::name::AgentId;
use policy::oid::Oid;

use super::TrunkMoves;
use crate::evidence::Known;
use crate::evidence::lane::landed::Landings;
use crate::evidence::lane::own::Lanes;
use crate::evidence::line::has_come;
use crate::evidence::state::State;

impl<'v> TrunkMoves<'_, 'v> {
    /// Whose work commits of no known tip are that change own paths of a lane which has landed, or has
    /// taken them in together with the trunk that they have landed on, no other lane's, and beside them
    /// only what it may edit. What only takes back goes on with nothing.
    pub(super) fn going_on(
        &self,
        lanes: &Lanes<'_, 'v>,
        strays: &[Oid],
        seen_from: &[Oid],
    ) -> Known<BTreeMap<Oid, AgentId>> {
        let mut found = BTreeMap::new();
        let policy = lanes.contract.policy();
        let Some(trunk) = seen_from.first().filter(|_| !strays.is_empty()) else {
            return Ok(found);
        };
        if !self.strictly && policy.trunk_steps != TrunkSteps::LandingsOnly {
            return Ok(found);
        }
        let landings = Landings::new(lanes, self.contracts);
        let trunk = State::of_commit(self.history, *trunk)?;
        for commit in strays {
            let Some(agent) = self.only_owner(lanes, *commit)? else { continue };
            let has_taken_in = lanes.is_reached(*commit, &agent.id)?;
            if agent.withdrawn || !(has_taken_in || landings.of(agent, &trunk)?.counts()) {
                continue;
            }
            // Where it cannot be known, the commit stays nobody's.
            if matches!(self.brings_new(lanes.contract, agent, *commit, &trunk), Ok(true)) {
                found.insert(*commit, agent.id.clone());
            }
        }
        Ok(found)
    }

    /// Those of some commits of no known tip that a merge on the trunk's chain says to be of a lane's branch, and that
    /// this lane alone may have made: each with the lane.
    pub(super) fn named_by_merges(
        &self,
        lanes: &Lanes<'_, 'v>,
        strays: &[Oid],
        chain: &[Oid],
    ) -> Known<BTreeMap<Oid, AgentId>> {
        let mut found = BTreeMap::new();
        if strays.is_empty() {
            return Ok(found);
        }
        // What merges bring by their other parents, by the lane that they name.
        let mut brought: BTreeMap<&AgentId, Vec<Oid>> = BTreeMap::new();
        for merge in chain {
            let parents = self.history.parents(*merge)?;
            for agent in lanes.contract.agents().iter().filter(|_| parents.len() > 1) {
                if lanes.is_named_by(*merge, agent)? {
                    brought.entry(&agent.id).or_default().extend(&parents[1..]);
                }
            }
        }
        for commit in strays.iter().filter(|_| !brought.is_empty()) {
            if let Some(agent) = self.only_owner(lanes, *commit)?
                && let Some(heads) = brought.get(&agent.id)
                && self.history.is_reachable(*commit, heads)?
            {
                found.insert(*commit, agent.id.clone());
            }
        }
        Ok(found)
    }

    /// The lane whose own paths a commit changes among others, none of which is another lane's own, or
    /// what the lane may not edit.
    fn only_owner<'c>(&self, lanes: &Lanes<'c, 'v>, commit: Oid) -> Known<Option<&'c Agent>> {
        let contract = lanes.contract;
        let touched = self.history.touched(commit)?;
        if lanes.sole_lane(commit)?.is_some() {
            return Ok(None);
        }
        let owner = touched.iter().find_map(|change| contract.own_lane(&change.path));
        let Some(agent) = owner.and_then(|lane| contract.agent(lane)) else { return Ok(None) };
        let is_its = touched.iter().all(|change| contract.keeps_to(&agent.id, &change.path));
        Ok(is_its.then_some(agent))
    }

    /// Whether a commit gives one of a lane's own paths what the trunk never had there.
    fn brings_new(
        &self,
        contract: &Contract,
        agent: &Agent,
        commit: Oid,
        trunk: &State,
    ) -> Known<bool> {
        let history = self.history;
        let all = history.walk(&trunk.heads, &[])?;
        for change in history.touched(commit)?.iter() {
            let Some(entry) = change.new else { continue };
            let is_it = |commit| Ok(history.entry_at(commit, &change.path)? == Some(entry));
            if contract.own_lane(&change.path) == Some(&agent.id)
                && !has_come(self.contracts, trunk, &all, &change.path, &mut { is_it })?
            {
                return Ok(true);
            }
        }
        Ok(false)
    }
}
