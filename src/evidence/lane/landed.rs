//! Landed: whether the trunk has taken all changes to a lane's own paths.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use policy::contract::Agent;
use policy::name::AgentId;
use policy::oid::Oid;
use policy::path::RepoPath;

use super::own::Lanes;
use crate::evidence::Known;
use crate::evidence::contract::Contracts;
use crate::evidence::history::History;
use crate::evidence::line::{has_come, line_up_to, trunk_parent};
use crate::evidence::merge::{Contents, Merged, Slot, base_slots, slot};
use crate::evidence::state::State;

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
        let base = self.base_tree(agent, at)?;
        self.own_path_differs(agent, base, &State::of_commit(self.history(), tip)?)
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
        let history = self.history();
        let base = self.base_tree(agent, at)?;
        if !self.own_path_differs(agent, base, at)? {
            return Ok(Landing::Not);
        }
        let Some(tip) = tip else {
            return Ok(Landing::BranchGone);
        };
        let lane = State::of_commit(history, tip)?;
        if !self.own_path_differs(agent, base, &lane)? {
            // The branch here may be behind what was merged elsewhere and pushed without it.
            let merged =
                history.is_reachable(tip, &at.heads)? && self.was_merged(agent, tip, at)?;
            return Ok(if merged { Landing::Arrived } else { Landing::Not });
        }
        if history.is_reachable(tip, &at.heads)? {
            return Ok(Landing::Reachable);
        }
        let arrived = self.all_arrived(agent, &lane, at)?;
        Ok(if arrived { Landing::Arrived } else { Landing::Not })
    }

    fn base_tree(&self, agent: &Agent, at: &State) -> Known<Option<Oid>> {
        let base = self.contracts.base_of(agent, &at.heads)?;
        Ok(base.map(|base| self.history().tree(base)).transpose()?)
    }

    fn is_own(&self, agent: &Agent, path: &RepoPath) -> bool {
        self.lanes.contract.own_lane(path) == Some(&agent.id)
    }

    fn own_path_differs(&self, agent: &Agent, base: Option<Oid>, at: &State) -> Known<bool> {
        let differing = at.diff_from(self.history(), base)?;
        Ok(differing.iter().any(|change| self.is_own(agent, &change.path)))
    }

    /// Whether the trunk, since a tip, has taken commits by a merge's other parents that change
    /// nothing but the lane's own paths: those are its work, whatever its branch says here. What
    /// such a parent has undone is nobody's, and nor is what the trunk had already: where a lane
    /// merged the trunk and then became it, nothing was merged but the trunk.
    fn was_merged(&self, agent: &Agent, tip: Oid, at: &State) -> Known<bool> {
        let history = self.history();
        let fresh = history.walk(&at.heads, &[tip])?;
        let mut line = line_up_to(history, at, &fresh.set)?.into_iter();
        while let Some(taken) = line.next() {
            let Some(first) = taken.into else { continue };
            let mut others =
                taken.others.iter().copied().filter(|other| fresh.set.contains(other)).peekable();
            if others.peek().is_none() {
                continue;
            }
            let before = Some(history.tree(first)?);
            if !self.own_path_differs(agent, before, &taken.state)? {
                continue;
            }
            let mut brings = false;
            for other in others {
                brings = brings || self.brings_own_work(agent, first, other)?;
            }
            let goes_on_by = match taken.state.commit {
                Some(commit) if brings => trunk_parent(self.contracts, commit)?.unwrap_or(first),
                _ => first,
            };
            if goes_on_by != first {
                let state = State::of_commit(history, goes_on_by)?;
                line = line_up_to(history, &state, &fresh.set)?.into_iter();
            } else if brings {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Whether what is merged has commits of the lane's own paths alone, and leaves them changed.
    fn brings_own_work(&self, agent: &Agent, into: Oid, merged: Oid) -> Known<bool> {
        let history = self.history();
        let mut is_work = false;
        for commit in &history.walk(&[merged], &[into])?.order {
            is_work |= self.lanes.sole_lane(*commit)? == Some(&agent.id);
        }
        if !is_work {
            return Ok(false);
        }
        let bases = history.merge_bases(&[into], &[merged])?;
        let state = State::of_commit(history, merged)?;
        Ok(!self.changed_own_paths(agent, &bases, &state)?.is_empty())
    }

    /// Whether each own path that the lane has changed since the merge base has arrived.
    fn all_arrived(&self, agent: &Agent, lane: &State, at: &State) -> Known<bool> {
        let history = self.history();
        let bases = history.merge_bases(&at.heads, &lane.heads)?;
        let mut missing = Vec::new();
        let mut is_here = false;
        for path in self.changed_own_paths(agent, &bases, lane)? {
            let wanted = Wanted {
                bases: base_slots(history, &bases, &path)?,
                tip: slot(lane.entry(history, &path)?),
                path,
            };
            if !wanted.has_changed() {
                continue;
            }
            let here = slot(at.entry(history, &wanted.path)?);
            is_here |= !wanted.bases.contains(&here);
            if !wanted.is_in(&Contents::with(history, at), &here)? {
                missing.push(wanted);
            }
        }
        if missing.is_empty() {
            return Ok(true);
        }
        if !is_here {
            return Ok(false); // Whatever came was taken back whole.
        }
        self.arrived_on_the_way(missing, &bases, at)
    }

    /// Looks for commits between the merge base and the trunk's state at which what is missing
    /// had arrived: the trunk may have gone on in those lines since. A merge's other parents count
    /// for the paths that the merge changed on the trunk: what somebody tried in a branch and gave
    /// up before it was merged never was there.
    fn arrived_on_the_way(&self, missing: Vec<Wanted>, bases: &[Oid], at: &State) -> Known<bool> {
        let history = self.history();
        let fresh = history.walk(&at.heads, bases)?;
        let contents = Contents::new(history);
        for wanted in missing {
            let mut tried = BTreeMap::new();
            let mut has_arrived = |commit| {
                let entry = history.entry_at(commit, &wanted.path)?;
                if let Some(known) = tried.get(&entry) {
                    return Ok(*known);
                }
                let is_in = wanted.is_in(&contents, &slot(entry))?;
                tried.insert(entry, is_in);
                Ok(is_in)
            };
            if !has_come(self.contracts, at, &fresh, &wanted.path, &mut has_arrived)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn changed_own_paths(
        &self,
        agent: &Agent,
        bases: &[Oid],
        lane: &State,
    ) -> Known<BTreeSet<RepoPath>> {
        let history = self.history();
        let mut trees = Vec::new();
        for base in bases {
            trees.push(Some(history.tree(*base)?));
        }
        if trees.is_empty() {
            trees.push(None);
        }
        let mut paths = BTreeSet::new();
        for tree in trees {
            let changes = lane.diff_from(history, tree)?;
            paths.extend(
                changes.into_iter().map(|c| c.path).filter(|path| self.is_own(agent, path)),
            );
        }
        Ok(paths)
    }
}

/// A path that has to arrive on the trunk.
struct Wanted {
    path: RepoPath,
    bases: Vec<Slot>,
    tip: Slot,
}

impl Wanted {
    fn has_changed(&self) -> bool {
        !self.bases.contains(&self.tip)
    }

    /// Whether merging the tip's version into what is there changes nothing.
    fn is_in(&self, contents: &Contents<'_, '_>, there: &Slot) -> Known<bool> {
        if *there == self.tip {
            return Ok(true);
        }
        for base in &self.bases {
            if let Merged::Clean(merged) = contents.merge(base, there, &self.tip)?
                && contents.same(&merged, there)?
            {
                return Ok(true);
            }
        }
        Ok(false)
    }
}
