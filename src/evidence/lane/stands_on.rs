//! Lanes that stand on the trunk which moves together with them: what of it is not their work.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use policy::change::Entry;
use policy::contract::Agent;
use policy::name::{AgentId, RefName};
use policy::oid::Oid;
use policy::path::RepoPath;

use super::own::Lanes;
use crate::evidence::Known;
use crate::evidence::merge::{Contents, slot};
use crate::repository::TreeChange;
use crate::repository::oids::OidSet;

/// A commit of the trunk's chain on which a lane stands.
#[derive(Debug, Clone)]
pub(super) struct StandsOn {
    pub(super) commit: Oid,
    /// What up to there is the lane's work all the same.
    keeps: Keeps,
    /// Whether nobody knows where the lane is in the repository that the trunk moves in.
    is_elsewhere: bool,
}

/// What of the trunk's chain below a lane is its work.
#[derive(Debug, Clone)]
enum Keeps {
    /// Nothing: it was rebased onto it, or has taken it in.
    Nothing,
    /// What changes its own paths: it was rebased, onto its own landing perhaps.
    OwnPaths,
    /// All but these commits, by which others landed: the trunk was moved to it.
    AllBut(Vec<Oid>),
}

impl StandsOn {
    /// Whether all that the lane reaches may be its work.
    pub(super) fn is_whole(&self) -> bool {
        matches!(self.keeps, Keeps::AllBut(_))
    }
}

/// Where lanes were before the trunk moves.
#[derive(Debug, Clone, Default)]
pub struct Before {
    /// The old values of the branches that move together with it.
    pub moved: BTreeMap<RefName, Option<Oid>>,
    /// Whether nobody knows where the others are in the repository that the trunk moves in (a
    /// push that leaves: here they may have been rebased onto the new trunk long ago).
    pub elsewhere: bool,
    /// What is known to have been made on the trunk, wherever a lane stands now.
    pub made_here: MadeHere,
}

/// What was on the trunk before lanes had it.
#[derive(Debug, Clone, Default)]
pub struct MadeHere {
    /// Commits that were made there, and those that lanes have made again of what was there.
    pub commits: OidSet,
    /// By each lane what was given to paths there, not by itself.
    pub gave: BTreeMap<AgentId, Gave>,
}

/// What commits did to paths, and when the first of them did.
#[derive(Debug, Clone, Default)]
pub struct Gave(HashMap<RepoPath, HashMap<Edit, i64>>);

/// What was at a path, and what came there.
type Edit = (Option<Entry>, Option<Entry>);

impl Gave {
    /// Adds what a commit of this time did to a path.
    pub fn add(&mut self, change: &TreeChange, time: i64) {
        let there = self.0.entry(change.path.clone()).or_default();
        let first = there.entry((change.old, change.new)).or_insert(time);
        *first = time.min(*first);
    }

    /// Whether a commit of this time does to a path what was done before, also where the rest of the file has
    /// changed. Clocks may lie: no server asks this.
    pub fn before(
        &self,
        change: &TreeChange,
        time: i64,
        contents: &Contents<'_, '_>,
    ) -> Known<bool> {
        let there = self.0.get(&change.path).into_iter().flatten();
        for ((old, new), _) in there.filter(|(_, first)| **first < time) {
            if *new == change.new {
                return Ok(true);
            }
            let [old, into, new, made] = [*old, change.old, *new, change.new].map(slot);
            if contents.makes(&old, &into, &new, &made)? && into != made {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// Where a lane was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Was {
    At(Option<Oid>),
    Unknown,
}

impl Before {
    fn of(&self, agent: &Agent, tip: Oid) -> Was {
        match self.moved.get(&agent.reference()) {
            Some(old) => Was::At(*old),
            None if self.elsewhere => Was::Unknown,
            None => Was::At(Some(tip)),
        }
    }
}

impl Lanes<'_, '_> {
    /// Says what was made on the trunk here.
    pub fn with_made_here(mut self, before: &Before) -> Self {
        self.made_here.clone_from(&before.made_here);
        self
    }

    /// Says that the trunk moves from these tips along this chain (newest first), and where the
    /// lanes were before. A lane that moves in the same push may have been rebased onto the new
    /// trunk, or may have taken it in: then it reaches what the trunk brings, but that is not its
    /// work. What it held before is.
    pub fn beside_trunk(mut self, trunk: &[Oid], chain: &[Oid], before: &Before) -> Known<Self> {
        for agent in self.contract.agents() {
            let Some(tip) = self.tip(&agent.id) else { continue };
            let was = before.of(agent, tip);
            if was == Was::At(Some(tip)) {
                continue;
            }
            if let Was::At(Some(was)) = was {
                self.was.insert(agent.id.clone(), was);
            }
            if let Some(stands_on) = self.trunk_below(agent, tip, (was, before), trunk, chain)? {
                self.stands_on.insert(agent.id.clone(), stands_on);
            }
        }
        Ok(self)
    }

    fn trunk_below(
        &self,
        agent: &Agent,
        tip: Oid,
        (was, before): (Was, &Before),
        trunk: &[Oid],
        chain: &[Oid],
    ) -> Known<Option<StandsOn>> {
        let reached = self.history.walk(&[tip], trunk)?;
        let Some(at) = chain.iter().position(|commit| reached.set.contains(commit)) else {
            return Ok(None);
        };
        let commit = chain[at];
        if let Was::At(Some(was)) = was
            && self.history.is_ancestor(commit, was)?
        {
            return Ok(None);
        }
        let mut changes_own_paths = false;
        for commit in &chain[at..] {
            changes_own_paths |= self.history.parents(*commit)?.len() < 2
                && !before.made_here.commits.contains(commit)
                && self.touches_own(*commit, &agent.id)?;
        }
        let is_elsewhere = was == Was::Unknown;
        let line = self.history.first_parents_in(tip, &reached.set)?;
        if !changes_own_paths || !line.contains(&commit) {
            return Ok(Some(StandsOn { commit, keeps: Keeps::Nothing, is_elsewhere }));
        }
        // Now the trunk may have been moved to the lane, and all of it is the lane's; but a lane
        // that is not what it was any more was rebased, onto its own landing perhaps.
        let rebased = match was {
            Was::At(Some(was)) => !self.history.is_ancestor(was, tip)?,
            Was::At(None) => false,
            Was::Unknown => true,
        };
        if rebased {
            return Ok(Some(StandsOn { commit, keeps: Keeps::OwnPaths, is_elsewhere }));
        }
        let mut others = Vec::new();
        for commit in &chain[at..] {
            if self.is_landing_of_another(*commit, agent, trunk)? {
                others.push(*commit);
            }
        }
        if others.is_empty() {
            return Ok(None);
        }
        Ok(Some(StandsOn { commit, keeps: Keeps::AllBut(others), is_elsewhere }))
    }

    /// Whether a commit that is no merge, and changes none of this lane's own paths, does to every path
    /// what another lane may do and did, and has there at its tip, own paths of that one among them:
    /// its squash. What that one never touched is not excused by it, whatever it has there.
    fn is_landing_of_another(&self, commit: Oid, agent: &Agent, trunk: &[Oid]) -> Known<bool> {
        if self.history.parents(commit)?.len() > 1 || self.touches_own(commit, &agent.id)? {
            return Ok(false);
        }
        let touched = self.history.touched(commit)?;
        'lanes: for other in self.contract.agents().iter().filter(|other| other.id != agent.id) {
            let Some(tip) = self.tip(&other.id) else { continue };
            if !self.touches_own(commit, &other.id)? {
                continue;
            }
            let did = self.done_by(tip, trunk)?;
            for change in touched.iter() {
                if !self.contract.grants(&other.id, &change.path)
                    || !did.contains(&(change.path.clone(), change.new))
                    || self.history.entry_at(tip, &change.path)? != change.new
                {
                    continue 'lanes;
                }
            }
            return Ok(true);
        }
        Ok(false)
    }

    /// What the commits of a tip that are no merges made of paths.
    fn done_by(&self, tip: Oid, trunk: &[Oid]) -> Known<BTreeSet<(RepoPath, Option<Entry>)>> {
        let mut did = BTreeSet::new();
        for commit in &self.history.walk(&[tip], trunk)?.order {
            if self.history.parents(*commit)?.len() < 2 {
                let touched = self.history.touched(*commit)?;
                did.extend(touched.iter().map(|change| (change.path.clone(), change.new)));
            }
        }
        Ok(did)
    }

    /// Whether a lane stands on this very commit of the trunk here, and where it is in the repository
    /// that the trunk is pushed to is not known: it has taken the trunk in since.
    pub fn has_taken_in(&self, lane: &AgentId, commit: Oid) -> bool {
        let stands_on = self.stands_on.get(lane);
        stands_on.is_some_and(|on| on.commit == commit && on.is_elsewhere)
    }

    /// A lane's own commits without the trunk's that it stands on.
    pub(super) fn without_the_trunks(
        &self,
        lane: &AgentId,
        own: Vec<Oid>,
        stands_on: &StandsOn,
        tip: Oid,
        trunk: &[Oid],
    ) -> Known<Vec<Oid>> {
        let below: Vec<Oid> = trunk.iter().copied().chain([stands_on.commit]).collect();
        let above = self.history.walk(&[tip], &below)?;
        let mut kept = Vec::with_capacity(own.len());
        for commit in own {
            let is_kept = match &stands_on.keeps {
                Keeps::Nothing => false,
                Keeps::OwnPaths => self.touches_own(commit, lane)?,
                Keeps::AllBut(others) => !others.contains(&commit),
            };
            if is_kept || above.set.contains(&commit) {
                kept.push(commit);
            }
        }
        Ok(kept)
    }
}
