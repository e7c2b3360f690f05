//! Contracts that a move of the trunk would bring into its history beside its own line, where nobody
//! judges them as amendments. Whoever reads that history later could take one for the trunk's: then a
//! lane would begin there, or would have taken a version in that it has not.

use std::collections::{BTreeMap, BTreeSet};

use policy::change::CommitRef;
use policy::contract::Contract;
use policy::oid::Oid;

use super::entering::Step;
use crate::evidence::Known;
use crate::evidence::contract::{Contracts, Held, Reading};
use crate::evidence::state::State;

/// Asks for them.
pub struct Beginnings<'c, 'a, 'v> {
    contracts: &'c Contracts<'a, 'v>,
    old: Oid,
}

impl<'c, 'a, 'v> Beginnings<'c, 'a, 'v> {
    /// Where the trunk moves from this commit.
    pub fn new(contracts: &'c Contracts<'a, 'v>, old: Oid) -> Self {
        Self { contracts, old }
    }

    /// A commit, none of these steps, at which a lane of the contract would seem to begin to whoever
    /// reads the trunk's line along the first parents, or from history alone, once it has moved, and
    /// does not begin as the trunk is known to have been.
    pub fn misread_at(&self, new: Oid, steps: &BTreeSet<Oid>) -> Known<Option<Oid>> {
        let Held::Contract(contract) = self.contracts.at(self.old)? else { return Ok(None) };
        let fresh = self.contracts.history().walk(&[new], &[self.old])?;
        if fresh.order.len() <= steps.len() {
            return Ok(None);
        }
        for agent in contract.agents() {
            let known = self.contracts.base_of(agent, &[new])?;
            for reading in [Reading::FromHistory, Reading::ByFirstParents] {
                let read = self.contracts.base_by(reading, agent, &[new])?;
                let is_beside = |commit: &Oid| {
                    Some(*commit) != known
                        && !steps.contains(commit)
                        && (reading == Reading::FromHistory || fresh.set.contains(commit))
                };
                if let Some(commit) = read.filter(is_beside) {
                    return Ok(Some(commit));
                }
            }
        }
        Ok(None)
    }

    /// The same of a merge that is not made yet.
    pub fn misread_in(&self, after: &State) -> Known<Option<Oid>> {
        let Held::Contract(contract) = self.contracts.at(self.old)? else { return Ok(None) };
        if after.heads.len() < 2 {
            return Ok(None);
        }
        for agent in contract.agents() {
            let known = self.contracts.base_of(agent, &[self.old])?;
            let read = self.contracts.base_by(Reading::FromHistory, agent, &after.heads)?;
            if let Some(commit) = read.filter(|_| read != known) {
                return Ok(Some(commit));
            }
        }
        Ok(None)
    }
}

impl Step<'_, '_> {
    /// The newest commit beside the chain that brings a contract for lanes of this one, which the trunk
    /// never had.
    pub(super) fn foreign_contract(&self, published: &[Oid]) -> Known<Option<CommitRef>> {
        let below: Vec<Oid> = self.before.heads.iter().chain(published).copied().collect();
        let (heads, before) = (&self.after.heads, &self.before.heads);
        let newcomers = Newcomers { heads, before, below: &below, chain: self.chain };
        newcomers.foreign_contract(self.contracts, self.lanes.contract)
    }
}

/// Commits that come into the trunk's history.
pub struct Newcomers<'s> {
    /// With these heads.
    pub heads: &'s [Oid],
    /// Where the trunk is before they do.
    pub before: &'s [Oid],
    /// What comes no more: that, and what is published of the trunk.
    pub below: &'s [Oid],
    /// Those of them that are the trunk's own line, where the contract is amended.
    pub chain: &'s [Oid],
}

impl Newcomers<'_> {
    /// The newest of them beside the line that has a contract for lanes of this one, which the trunk
    /// never had: whether or not a later commit has undone it.
    pub fn foreign_contract(
        &self,
        contracts: &Contracts<'_, '_>,
        contract: &Contract,
    ) -> Known<Option<CommitRef>> {
        let history = contracts.history();
        let mut files = BTreeMap::new();
        let mut files_of = |commit| match files.get(&commit) {
            Some(known) => Known::Ok(*known),
            None => {
                let found = contracts.files(&State::of_commit(history, commit)?)?;
                files.insert(commit, found);
                Ok(found)
            }
        };
        let mut had = None;
        for commit in &history.walk(self.heads, self.below)?.order {
            let made = files_of(*commit)?;
            if self.chain.contains(commit) || made.iter().all(Option::is_none) {
                continue;
            }
            let mut is_new = true;
            for parent in history.parents(*commit)? {
                is_new &= files_of(parent)? != made;
            }
            if !is_new {
                continue;
            }
            if had.is_none() {
                had = Some(contracts.all_up_to(self.before)?);
            }
            if had.as_ref().is_some_and(|had| had.contains(&made)) {
                continue;
            }
            for entry in made.iter().flatten() {
                history.allowance.contract(history.view().blob_size(entry.id)?)?;
            }
            if is_for_lanes_of(contract, contracts, *commit)? {
                return Ok(Some(history.named(*commit)?));
            }
        }
        Ok(None)
    }
}

/// Whether the contract of a commit has a lane of this one.
fn is_for_lanes_of(contract: &Contract, contracts: &Contracts<'_, '_>, commit: Oid) -> Known<bool> {
    let Held::Contract(theirs) = contracts.at(commit)? else { return Ok(false) };
    Ok(contract
        .agents()
        .iter()
        .any(|agent| theirs.agent(&agent.id).is_some_and(|theirs| theirs.branch == agent.branch)))
}
