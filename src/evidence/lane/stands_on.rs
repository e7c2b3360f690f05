//! Lanes that stand on the trunk which moves together with them: what of it is not their work.

use std::collections::BTreeMap;

use policy::contract::Agent;
use policy::name::{AgentId, RefName};
use policy::oid::Oid;

use super::own::Lanes;
use crate::evidence::Known;

/// A commit of the trunk's chain on which a lane stands.
#[derive(Debug, Clone, Copy)]
pub(super) struct StandsOn {
    pub(super) commit: Oid,
    /// Whether what changes the lane's own paths up to there is its work all the same.
    keeps_own_paths: bool,
    /// Whether nobody knows where the lane is in the repository that the trunk moves in.
    is_elsewhere: bool,
}

/// Where lanes were before the trunk moves.
#[derive(Debug, Clone, Default)]
pub struct Before {
    /// The old values of the branches that move together with it.
    pub moved: BTreeMap<RefName, Option<Oid>>,
    /// Whether nobody knows where the others are in the repository that the trunk moves in (a
    /// push that leaves: here they may have been rebased onto the new trunk long ago).
    pub elsewhere: bool,
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
            if let Some(stands_on) = self.trunk_below(agent, tip, was, trunk, chain)? {
                self.stands_on.insert(agent.id.clone(), stands_on);
            }
        }
        Ok(self)
    }

    fn trunk_below(
        &self,
        agent: &Agent,
        tip: Oid,
        was: Was,
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
            changes_own_paths |=
                self.history.parents(*commit)?.len() < 2 && self.touches_own(*commit, &agent.id)?;
        }
        let is_elsewhere = was == Was::Unknown;
        let line = self.history.first_parents(tip, |commit| Ok(!reached.set.contains(&commit)))?;
        if !changes_own_paths || !line.contains(&commit) {
            return Ok(Some(StandsOn { commit, keeps_own_paths: false, is_elsewhere }));
        }
        // Now the trunk may have been moved to the lane, and all of it is the lane's; but a lane
        // that is not what it was any more was rebased, onto its own landing perhaps.
        let rebased = match was {
            Was::At(Some(was)) => !self.history.is_ancestor(was, tip)?,
            Was::At(None) => false,
            Was::Unknown => true,
        };
        Ok(rebased.then_some(StandsOn { commit, keeps_own_paths: true, is_elsewhere }))
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
        stands_on: StandsOn,
        tip: Oid,
        trunk: &[Oid],
    ) -> Known<Vec<Oid>> {
        let below: Vec<Oid> = trunk.iter().copied().chain([stands_on.commit]).collect();
        let above = self.history.walk(&[tip], &below)?;
        let mut kept = Vec::with_capacity(own.len());
        for commit in own {
            if above.set.contains(&commit)
                || (stands_on.keeps_own_paths && self.touches_own(commit, lane)?)
            {
                kept.push(commit);
            }
        }
        Ok(kept)
    }
}
