//! Amendments that hand paths on: which paths a lane has had, and since when. What was in a path before
//! the lane got it is no work of the lane; what it has landed stays its landing when others get it.

use std::collections::BTreeSet;
use std::rc::Rc;

use policy::contract::{Agent, Contract};
use policy::name::AgentId;
use policy::oid::Oid;
use policy::path::RepoPath;

use super::work::Work;
use crate::evidence::Known;
use crate::evidence::contract::{Contracts, Term};
use crate::evidence::state::State;

/// A part of the trunk's line in which a lane had the same paths all along.
pub struct Given {
    /// A contract of it.
    pub contract: Rc<Contract>,
    /// The amendment with which it began.
    pub oldest: Oid,
    /// Its last commit.
    pub newest: Oid,
}

/// What a lane was given in these terms of contracts, the newest first.
pub fn given(contracts: &Contracts<'_, '_>, agent: &Agent, terms: &[Term]) -> Known<Vec<Given>> {
    let mut given: Vec<Given> = Vec::new();
    for term in terms {
        let Some(contract) = contracts.effective(term.newest)? else { continue };
        match given.last_mut() {
            Some(newer) if newer.contract.gives_as(&contract, &agent.id) => {
                newer.oldest = term.oldest;
            }
            _ => given.push(Given { contract, oldest: term.oldest, newest: term.newest }),
        }
    }
    Ok(given)
}

/// Those of them that a contract and the older ones gave.
pub fn up_to<'g>(given: &'g [Given], contract: &Contract, agent: &Agent) -> &'g [Given] {
    let at = given.iter().position(|given| given.contract.gives_as(contract, &agent.id));
    at.map_or(&[], |at| &given[at..])
}

impl Work<'_, '_, '_> {
    /// The amendment that gave the lane one of its own paths; `None` where it has had it from its base.
    fn got_by(&self, path: &RepoPath) -> Option<Oid> {
        let lacks = |older: &Given| !has(&older.contract, self.agent, path);
        self.given.windows(2).find(|both| lacks(&both[1])).map(|both| both[0].oldest)
    }

    /// Whether it is an own path that the lane had when the trunk was at a commit.
    pub(super) fn is_own_at(&self, path: &RepoPath, commit: Oid) -> Known<bool> {
        if !self.is_own(path) {
            return Ok(false);
        }
        match self.got_by(path) {
            Some(amendment) => Ok(self.history().is_ancestor(amendment, commit)?),
            None => Ok(true),
        }
    }

    /// Whether a state has any of its own paths otherwise than where the lane got it: at its base, or
    /// with an amendment, or, for what does not hold that, where it parted from it.
    pub fn differs(&self, state: &State) -> Known<bool> {
        let history = self.history();
        let base = self.base.map(|base| history.tree(base)).transpose()?;
        let from_the_base = state.diff_from(history, base)?;
        let is_own = |path: &RepoPath, got_by| self.is_own(path) && self.got_by(path) == got_by;
        if from_the_base.iter().any(|change| is_own(&change.path, None)) {
            return Ok(true);
        }
        let newer = self.given.len().saturating_sub(1);
        let amendments: BTreeSet<Oid> = self.given[..newer].iter().map(|g| g.oldest).collect();
        for amendment in amendments {
            let parted = history.merge_bases(&state.heads, &[amendment])?;
            let first = parted.first().map(|commit| history.tree(*commit)).transpose()?;
            for change in state.diff_from(history, first)? {
                let mut differs = is_own(&change.path, Some(amendment));
                for commit in parted.iter().skip(1) {
                    differs = differs && history.entry_at(*commit, &change.path)? != change.new;
                }
                if differs {
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }
}

/// Whether a path is a lane's own. One that is withdrawn keeps what nobody else got.
fn has(contract: &Contract, lane: &AgentId, path: &RepoPath) -> bool {
    match contract.own_lane(path) {
        Some(owner) => owner == lane,
        None => contract.agent(lane).is_some_and(|agent| agent.withdrawn),
    }
}
