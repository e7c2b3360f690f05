//! A run: the lanes of one contract, and where each of them is on its way to the trunk.

use std::rc::Rc;

use policy::contract::{Agent, Contract};
use policy::name::AgentId;
use policy::oid::Oid;
use policy::text::{printable, shell_word};
use serde::{Deserialize, Serialize};

use super::land::Request;
use super::{Done, Stopped};
use crate::evidence::Unknown;
use crate::evidence::contract::Contracts;
use crate::evidence::history::History;
use crate::evidence::lane::landed::{Landing, Landings};
use crate::evidence::lane::net_effect::{has_net_effect, net_effect};
use crate::evidence::lane::own::Lanes;
use crate::evidence::located::{Side, Trunk};
use crate::evidence::state::State;
use crate::evidence::tips::Tips;
use crate::repository::GitView;

/// Which run is meant: that of the configured trunk, unless something else is said.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// The trunk, when it is not the configured one.
    pub trunk: Option<String>,
    /// The remote among whose tracking refs lanes are looked up.
    pub remote: Option<String>,
}

impl Asked {
    /// The trunk and the remote that were named.
    pub fn named(&self) -> (Option<&str>, Option<&str>) {
        (self.trunk.as_deref(), self.remote.as_deref())
    }

    /// The options that ask for it again, for a command that is printed: each with a space before it.
    pub fn options(&self) -> String {
        format!("{}{}", option("trunk", &self.trunk), option("remote", &self.remote))
    }
}

/// An option with its value as a word of a shell, where there is one.
pub fn option(name: &str, value: &Option<String>) -> String {
    let word = |value: &String| format!(" --{name} {}", shell_word(&printable(value)));
    value.as_ref().map(word).unwrap_or_default()
}

/// A run, as the repository holds it.
pub struct Run<'v> {
    /// The repository.
    pub view: &'v dyn GitView,
    /// Its history.
    pub history: Rc<History<'v>>,
    /// The trunk.
    pub trunk: Trunk,
    /// The commits that count as the trunk, the governing one first; at least one.
    pub tips: Vec<Oid>,
    /// The contract that governs.
    pub contract: Rc<Contract>,
    /// The remote whose tracking refs stand in for branches that are not here.
    pub remote: Option<String>,
}

/// One lane of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lane {
    /// Whose.
    pub agent: AgentId,
    /// Its branch, short.
    pub branch: String,
    /// The step of the merge order in which it lands, from 1; `None` when the order does not say.
    pub step: Option<usize>,
    /// Where its branch is; `None` when there is none.
    pub tip: Option<Oid>,
    /// Whether it has work that is still to land: own commits, by which landing it would change something.
    pub has_work: bool,
    /// Whether it has landed, and how that is known.
    pub landing: Landing,
    /// The lanes before it that have not landed, where the order is not waived for it.
    pub waits_for: Vec<AgentId>,
    /// Whether it was merged, and the trunk has taken all of it back since.
    pub taken_back: bool,
    /// Whether it has landed, and has changed shared paths since that the trunk does not have.
    pub has_more: bool,
}

impl Lane {
    /// Whether its work is still to come.
    pub fn is_open(&self) -> bool {
        !self.landing.counts()
    }

    /// What leads on where all of it was taken back: its commits are on the trunk, and merging brings
    /// nothing.
    pub fn taken_back(&self) -> Option<String> {
        let lands_again =
            || format!("{} was taken back: reverting that lands it again", self.agent);
        self.taken_back.then(lands_again)
    }

    /// What leads on where there is more of a lane that has landed, unless that is what is asked for.
    pub fn has_more(&self, request: &Request) -> Option<String> {
        let agent = self.agent.as_str();
        let is_told = self.has_more && request.agent.as_deref() != Some(agent);
        let options = request.asked.options();
        let land = || {
            format!("{agent} has landed, and has more since: contract-gate land {agent}{options}")
        };
        is_told.then(land)
    }

    /// Whether it may land now: its turn has come, and there is something to land.
    pub fn may_land(&self) -> bool {
        self.is_open() && self.has_work && self.waits_for.is_empty()
    }
}

impl<'v> Run<'v> {
    /// Finds the run of a repository.
    ///
    /// # Errors
    /// When the trunk or its contract is not known, or there is none.
    pub fn of(view: &'v dyn GitView, asked: &Asked) -> Done<Self> {
        let run = Self::under(view, asked, Rc::new(Contract::absent()))?;
        let contract = Contracts::new(&run.history, &run.trunk)?.at(run.governing())?.known()?;
        let Some(contract) = contract else {
            let trunk = printable(&run.trunk.name);
            return Err(Stopped::NoContract { trunk });
        };
        Ok(Self { contract, ..run })
    }

    /// The run that there would be under a contract that need not be on the trunk.
    ///
    /// # Errors
    /// When the trunk is not known.
    pub fn under(view: &'v dyn GitView, asked: &Asked, contract: Rc<Contract>) -> Done<Self> {
        let history = History::new(view);
        if let Some(remote) = &asked.remote {
            is_known(view, remote)?;
        }
        let remote = match &asked.remote {
            Some(remote) => Some(remote.clone()),
            None => view.config("contractgate.remote")?,
        };
        let trunk =
            Trunk::locate(&history, asked.trunk.as_deref(), remote.as_deref(), Side::Client)?;
        let tips = trunk.tips(&history)?;
        if tips.is_empty() {
            return Err(trunk.missing().into());
        }
        Ok(Self { view, history: Rc::new(history), trunk, tips, contract, remote })
    }

    /// The commit of the trunk that governs.
    pub fn governing(&self) -> Oid {
        self.tips[0]
    }

    /// An agent by its name.
    ///
    /// # Errors
    /// When the contract has none of this name.
    pub fn agent(&self, name: &str) -> Done<&Agent> {
        let agent = AgentId::new(name).ok().and_then(|id| self.contract.agent(&id));
        agent.ok_or_else(|| Stopped::NoSuchAgent(name.to_owned()))
    }

    /// All lanes, in the contract's order, as seen from the trunk as it is.
    pub fn lanes(&self) -> Done<Vec<Lane>> {
        self.lanes_at(self.governing())
    }

    /// All lanes, in the contract's order, as they would be seen from this trunk.
    pub fn lanes_at(&self, trunk: Oid) -> Done<Vec<Lane>> {
        let contracts = Contracts::new(&self.history, &self.trunk)?;
        let tips = Tips::new(&self.history, self.remote.clone());
        let lanes = Lanes::new(&self.history, &self.contract, &tips)?;
        let landings = Landings::new(&lanes, &contracts);
        let at = State::of_commit(&self.history, trunk)?;
        // What a lane has of the upstream, from which the trunk has diverged, is the trunk's too.
        let mut seen_from = vec![trunk];
        seen_from.extend(self.tips.iter().filter(|tip| **tip != trunk));
        let mut found = Vec::with_capacity(self.contract.agents().len());
        for agent in self.contract.agents() {
            let landing = landings.of(agent, &at)?;
            let tip = lanes.tip(&agent.id);
            let has_more = match (landing, tip) {
                (Landing::Arrived, Some(tip)) => {
                    let state = State::of_commit(&self.history, tip)?;
                    let effect = net_effect(&contracts, &seen_from, &state, None)?;
                    landings.brings_more(agent, &effect, &at)?
                }
                _ => false,
            };
            let own = lanes.own_commits(&agent.id, &seen_from)?;
            let has_work = match tip.filter(|_| !landing.counts() && !own.order.is_empty()) {
                // What is not known of it is told when the lane is judged, and stops no other.
                Some(tip) => State::of_commit(&self.history, tip)
                    .map_err(Unknown::from)
                    .and_then(|state| has_net_effect(&contracts, &seen_from, &state))
                    .unwrap_or(true),
                None => false,
            };
            found.push(Lane {
                agent: agent.id.clone(),
                branch: agent.branch.to_string(),
                step: step_of(&self.contract, &agent.id),
                tip,
                has_work,
                landing,
                waits_for: landings.open_among(&awaited(&self.contract, &agent.id), &at)?,
                taken_back: landings.was_taken_back(agent, &at)?,
                has_more,
            });
        }
        Ok(found)
    }

    /// The lanes in an order in which they may land one after another: that of the contract's
    /// steps, and of its text where those leave it open. Withdrawn ones are left out.
    pub fn sequence(&self) -> Vec<&Agent> {
        sequence(&self.contract)
    }
}

/// Refuses a remote that is none and has no tracking refs: nothing could be looked up there.
fn is_known(view: &dyn GitView, remote: &str) -> Done<()> {
    if view.remotes()?.contains(remote)
        || !view.references(&format!("refs/remotes/{remote}/"))?.is_empty()
    {
        return Ok(());
    }
    Err(Stopped::Refused(format!("there is no remote {}", printable(remote))))
}

/// The lanes that a lane waits for while they have not landed: none where the order is waived for it.
pub fn awaited<'c>(contract: &'c Contract, agent: &AgentId) -> Vec<&'c AgentId> {
    match contract.order_is_waived(agent) {
        true => Vec::new(),
        false => contract.before(agent),
    }
}

/// See [`Run::sequence`].
pub fn sequence(contract: &Contract) -> Vec<&Agent> {
    let mut rest: Vec<&Agent> = contract.agents().iter().collect();
    rest.sort_by_key(|agent| step_of(contract, &agent.id).unwrap_or(usize::MAX));
    let mut sequence: Vec<&Agent> = Vec::with_capacity(rest.len());
    while !rest.is_empty() {
        let is_next = |agent: &&Agent| {
            let before = contract.before(&agent.id);
            before.iter().all(|id| sequence.iter().any(|placed| placed.id == **id))
        };
        // A valid order has no cycle, so that there is always a next one.
        let at = rest.iter().position(is_next).unwrap_or(0);
        sequence.push(rest.remove(at));
    }
    sequence.retain(|agent| !agent.withdrawn);
    sequence
}

/// The step of the merge order in which a lane lands, from 1.
pub fn step_of(contract: &Contract, agent: &AgentId) -> Option<usize> {
    contract.order().iter().position(|step| step.agents.contains(agent)).map(|at| at + 1)
}
