//! Landed: whether the trunk has taken all changes to a lane's own paths.

use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap};

use policy::change::Entry;
use policy::contract::Agent;
use policy::name::AgentId;
use policy::oid::Oid;
use policy::path::RepoPath;

use super::own::Lanes;
use crate::evidence::Known;
use crate::evidence::contract::Contracts;
use crate::evidence::history::History;
use crate::evidence::line::line_up_to;
use crate::evidence::merge::{Contents, Merged, Slot, base_slots, slot};
use crate::evidence::state::State;

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

    fn history(&self) -> &'a History<'v> {
        self.lanes.history
    }

    fn ask(&self, agent: &Agent, at: &State) -> Known<Landing> {
        if agent.withdrawn {
            return Ok(Landing::Withdrawn);
        }
        let history = self.history();
        let base = match self.contracts.base_of(agent, &at.heads)? {
            Some(base) => Some(history.tree(base)?),
            None => None,
        };
        if !self.own_path_differs(agent, base, at)? {
            return Ok(Landing::Not);
        }
        let Some(tip) = self.lanes.tip(&agent.id) else {
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

    fn is_own(&self, agent: &Agent, path: &RepoPath) -> bool {
        self.lanes.contract.own_lane(path) == Some(&agent.id)
    }

    fn own_path_differs(&self, agent: &Agent, base: Option<Oid>, at: &State) -> Known<bool> {
        let differing = at.diff_from(self.history(), base)?;
        Ok(differing.iter().any(|change| self.is_own(agent, &change.path)))
    }

    /// Whether the trunk, since a tip, has taken commits by a merge's other parents that change
    /// nothing but the lane's own paths: those are its work, whatever its branch says here. What
    /// such a parent has undone is nobody's, and nor is what the trunk had already.
    fn was_merged(&self, agent: &Agent, tip: Oid, at: &State) -> Known<bool> {
        let fresh = self.history().walk(&at.heads, &[tip])?;
        for taken in line_up_to(self.history(), at, &fresh)? {
            let Some(first) = taken.into else { continue };
            if !taken.others.iter().any(|other| fresh.set.contains(other)) {
                continue;
            }
            let before = Some(self.history().tree(first)?);
            if !self.own_path_differs(agent, before, &taken.state)? {
                continue;
            }
            for other in taken.others.iter().filter(|other| fresh.set.contains(other)) {
                if self.brings_own_work(agent, first, *other)? {
                    return Ok(true);
                }
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
    fn arrived_on_the_way(
        &self,
        mut missing: Vec<Wanted>,
        bases: &[Oid],
        at: &State,
    ) -> Known<bool> {
        let history = self.history();
        let fresh = history.walk(&at.heads, bases)?;
        let mut tried = Tried::new();
        for taken in line_up_to(history, at, &fresh)? {
            let mut asked = Vec::new();
            let mut still = Vec::new();
            for wanted in missing {
                let has_changed = taken.changes(history, &wanted.path)?;
                if has_changed { asked.push(wanted) } else { still.push(wanted) }
            }
            missing = still;
            if asked.is_empty() {
                continue;
            }
            for commit in taken.commits(history, &fresh)? {
                asked = self.not_arrived_at(commit, asked, &mut tried)?;
            }
            missing.extend(asked);
            if missing.is_empty() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// What of the missing a commit did not bring.
    fn not_arrived_at(
        &self,
        commit: Oid,
        missing: Vec<Wanted>,
        tried: &mut Tried,
    ) -> Known<Vec<Wanted>> {
        let history = self.history();
        let contents = Contents::new(history);
        let tree = history.tree(commit)?;
        let parents = history.parents(commit)?;
        let mut still = Vec::new();
        for wanted in missing {
            let entry = history.entry(tree, &wanted.path)?;
            let mut changed = parents.is_empty() && entry.is_some();
            for parent in &parents {
                changed |= history.entry_at(*parent, &wanted.path)? != entry;
            }
            let arrived = changed
                && tried.insert((wanted.path.clone(), entry))
                && wanted.is_in(&contents, &slot(entry))?;
            if !arrived {
                still.push(wanted);
            }
        }
        Ok(still)
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

/// The entries that were looked at, by their path.
type Tried = BTreeSet<(RepoPath, Option<Entry>)>;

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
