//! The ground of a decision: one contract, its lanes, and the trunk that they are seen from.

use policy::attempt::{Carried, LaneState, Stale};
use policy::change::Change;
use policy::contract::{Agent, Contract};
use policy::name::AgentId;
use policy::oid::Oid;

use std::collections::BTreeSet;

use policy::path::RepoPath;

use super::Known;
use super::beside::beside;
use super::contract::{Contracts, Held};
use super::facts::Facts;
use super::history::History;
use super::lane::landed::Landings;
use super::lane::net_effect::net_effect;
use super::lane::own::Lanes;
use super::merge::slot;
use super::merge_of_parents::MergeOfParents;
use super::new_directories::new_directories;
use super::state::State;
use super::taken_away::taken_away;

/// What a decision stands on.
#[derive(Clone, Copy)]
pub struct Ground<'a, 'v> {
    /// The contracts of the trunk's history.
    pub contracts: &'a Contracts<'a, 'v>,
    /// The lanes under the contract that governs.
    pub lanes: &'a Lanes<'a, 'v>,
    /// Which of them have landed.
    pub landings: &'a Landings<'a, 'v>,
    /// The trunk's tips: one, or two where it and its upstream have diverged.
    pub trunk: &'a [Oid],
}

impl<'a, 'v> Ground<'a, 'v> {
    /// The history.
    pub fn history(&self) -> &'a History<'v> {
        self.lanes.history
    }

    /// The contract that governs.
    pub fn contract(&self) -> &'a Contract {
        self.lanes.contract
    }

    /// The trunk as a state: its first tip.
    pub fn trunk_state(&self) -> Known<State> {
        match self.trunk.first() {
            Some(tip) => Ok(State::of_commit(self.history(), *tip)?),
            None => Ok(State::default()),
        }
    }

    /// The facts of a lane in one state; of some paths only, where given.
    pub fn lane_state(
        &self,
        agent: &Agent,
        state: &State,
        only: Option<&BTreeSet<RepoPath>>,
    ) -> Known<LaneState> {
        let net = net_effect(self.contracts, self.trunk, state, only)?;
        let facts = Facts { lanes: self.lanes, state, trunk: self.trunk };
        let trunk = self.trunk_state()?;
        let has_landed = |other: &Agent| Ok(self.landings.of(other, &trunk)?.counts());
        let carried = self.carried(agent, state, has_landed)?;
        let mut changes = facts.of_lane(&agent.id, &net, &carried)?;
        let mut left_out = self.left_out(agent, state, &changes, has_landed)?;
        left_out.retain(|change| only.is_none_or(|only| only.contains(&change.path)));
        changes.extend(left_out);
        // Of what is judged in part, what the heads have is not among the changes.
        let heads = only.map_or(&[][..], |_| &state.heads);
        let before = net.bases.iter().chain(self.trunk).chain(heads).copied().collect();
        let is_foreign = |change: &&Change| {
            change.old.is_none() && !self.contract().grants(&agent.id, &change.path)
        };
        let foreign = changes.iter().filter(is_foreign);
        Ok(LaneState {
            new_directories: new_directories(self.history(), foreign, &before)?,
            beside: beside(self.history(), self.contract(), agent, state, &changes),
            taken_away: taken_away(self, agent, &state.heads, heads, &changes),
            changes,
            carried,
            stale: self.stale(agent, &state.heads)?,
            waits_for: Vec::new(),
            landed: false,
            untracked: Vec::new(),
        })
    }

    /// What a lane holds of others that have not landed. A path that the lane itself has changed as
    /// well did not just come along, unless it is as the other has it.
    pub fn carried(
        &self,
        agent: &Agent,
        state: &State,
        has_landed: impl FnMut(&Agent) -> Known<bool>,
    ) -> Known<Vec<Carried>> {
        let mut all = self.lanes.carried(&agent.id, &state.heads, self.trunk, has_landed)?;
        if all.is_empty() {
            return Ok(all);
        }
        let made_here = self.made_here(state)?;
        let own = self.lanes.own_among(&agent.id, &state.heads, self.trunk)?;
        for carried in &mut all {
            let theirs = self.lanes.own_commits(&carried.lane, self.trunk)?;
            let mut changed = made_here.clone();
            let own = own.iter().filter(|commit| !theirs.set.contains(commit));
            for commit in own.clone() {
                let touched = self.history().touched(*commit)?;
                changed.extend(touched.iter().map(|change| change.path.clone()));
            }
            let given = self.given_by(agent, state, carried)?;
            let mut differing = BTreeSet::new();
            for (path, by) in &given {
                if state.entry(self.history(), path)? != self.history().entry_at(*by, path)? {
                    differing.insert(path.clone());
                }
            }
            carried.paths.retain(|path| !(changed.contains(path) && differing.contains(path)));
            differing.retain(|path| carried.paths.contains(path));
            let chosen = self.chosen(state, &differing, own)?;
            carried.paths.retain(|path| !chosen.contains(path));
        }
        Ok(all)
    }

    /// Those of the paths which a state has otherwise than the other lane that it has not as a merge of its own
    /// makes them either: there an old version may have been taken back.
    fn chosen<'c>(
        &self,
        state: &State,
        differing: &BTreeSet<RepoPath>,
        own: impl Iterator<Item = &'c Oid>,
    ) -> Known<BTreeSet<RepoPath>> {
        let history = self.history();
        let mut chosen = BTreeSet::new();
        if differing.is_empty() {
            return Ok(chosen);
        }
        let mut made = vec![(state.heads.clone(), state.clone())];
        for commit in own {
            made.push((history.parents(*commit)?, State::of_commit(history, *commit)?));
        }
        for (parents, made) in made {
            let Some(merge) = MergeOfParents::new(history, &parents)? else { continue };
            for path in differing {
                let here = slot(made.entry(history, path)?);
                if !chosen.contains(path) && !merge.makes(path, &here)? {
                    chosen.insert(path.clone());
                }
            }
        }
        Ok(chosen)
    }

    /// The paths that are not committed yet and are what no head has.
    fn made_here(&self, state: &State) -> Known<BTreeSet<RepoPath>> {
        let mut made = BTreeSet::new();
        for path in state.uncommitted_paths() {
            let entry = state.entry(self.history(), path)?;
            let mut is_there = false;
            for head in &state.heads {
                is_there |= self.history().entry_at(*head, path)? == entry;
            }
            if !is_there {
                made.insert(path.clone());
            }
        }
        Ok(made)
    }

    /// The lanes before this one that have not landed in a state of the trunk.
    pub fn waits_for(&self, lane: &AgentId, at: &State) -> Known<Vec<AgentId>> {
        self.landings.open_among(&self.contract().before(lane), at)
    }

    /// Whether a lane works under an old version of the contract, in something that concerns it.
    pub fn stale(&self, agent: &Agent, heads: &[Oid]) -> Known<Option<Stale>> {
        let current = self.contract();
        if current.version() <= 1 {
            return Ok(None);
        }
        // An old contract that cannot be read counts as unchanged.
        let Held::Contract(older) = self.sent_out_under(agent, heads)? else { return Ok(None) };
        // A higher one than the trunk's was taken back, or never was the trunk's.
        if older.version() == current.version() {
            return Ok(None);
        }
        let concerns = current.concerns(&older, &agent.id);
        Ok((!concerns.is_empty()).then(|| Stale {
            has: older.version(),
            current: current.version(),
            concerns,
        }))
    }

    /// The contract that a lane with these heads was sent out under, or was last brought up to.
    pub fn sent_out_under(&self, agent: &Agent, heads: &[Oid]) -> Known<Held> {
        match self.taken_in(heads)? {
            Held::Nothing => self.first_version(agent),
            held => Ok(held),
        }
    }

    /// The newest contract of the trunk that some heads hold: the commit with which the trunk got
    /// it is among theirs. What else they hold may say what it likes.
    fn taken_in(&self, heads: &[Oid]) -> Known<Held> {
        let history = self.history();
        let mut next = self.trunk.first().copied();
        if let Some(tip) = next
            && let Some(held) = history.newest_of_line(tip, heads)?
            && self.contracts.are_the_same(held, tip)?
        {
            return self.contracts.at(held);
        }
        while let Some(commit) = next {
            if matches!(self.contracts.at(commit)?, Held::Nothing) {
                break;
            }
            let brought = self.contracts.brought_by(commit)?;
            if history.is_reachable(brought, heads)? {
                return self.contracts.at(brought);
            }
            next = history.parents(brought)?.first().copied();
        }
        Ok(Held::Nothing)
    }

    /// The contract as it was when it first had this lane.
    fn first_version(&self, agent: &Agent) -> Known<Held> {
        match self.contracts.base_of(agent, self.trunk)? {
            Some(base) => self.contracts.at(base),
            None => Ok(Held::Nothing),
        }
    }
}
