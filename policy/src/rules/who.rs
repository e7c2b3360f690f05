//! Who acts, as far as the contract can tell (design section 3.1).

use crate::attempt::{Actor, LocalIdentity, Pusher};
use crate::contract::Contract;
use crate::name::AgentId;

/// The one who acts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Who<'a> {
    /// Nobody of the contract, at this machine.
    Human,
    /// An agent of the contract, or its integrator.
    Agent(&'a AgentId),
    /// The server lists this pusher as a dispatcher.
    Dispatcher,
    /// The server tells people apart, and this one is neither agent nor dispatcher. Foreign text.
    Stranger(&'a str),
    /// The server tells nobody apart.
    Anybody,
}

impl<'a> Who<'a> {
    /// Resolves an actor. Of contradicting claims the worktree counts first, then the branch: the
    /// contradiction itself is judged by `identity-conflict`.
    pub fn of(contract: &'a Contract, actor: &'a Actor) -> Self {
        match actor {
            Actor::Local(local) => {
                let claimed = || claimed(local).and_then(|name| known(contract, name));
                let agent = local.worktree.as_ref().or(local.branch.as_ref()).or_else(claimed);
                agent.map_or(Self::Human, Self::Agent)
            }
            Actor::Pusher(Pusher::Anybody) => Self::Anybody,
            Actor::Pusher(Pusher::Named { dispatcher: true, .. }) => Self::Dispatcher,
            Actor::Pusher(Pusher::Named { name, dispatcher: false }) => {
                identified(contract, name).map_or(Self::Stranger(name), Self::Agent)
            }
        }
    }

    /// The agent, when it is one.
    pub fn agent(self) -> Option<&'a AgentId> {
        match self {
            Self::Agent(agent) => Some(agent),
            _ => None,
        }
    }
}

/// `CONTRACT_GATE_AGENT`, when it says anything.
pub fn claimed(local: &LocalIdentity) -> Option<&str> {
    local.claimed.as_deref().filter(|name| !name.is_empty())
}

/// The agent of this name, or the integrator.
pub fn known<'a>(contract: &'a Contract, name: &str) -> Option<&'a AgentId> {
    let listed = contract.agents().iter().map(|agent| &agent.id);
    listed.chain(contract.integrator()).find(|id| id.as_str() == name)
}

/// The agent that pushes under this name. An integrator without an entry of its own pushes under
/// its agent's name.
fn identified<'a>(contract: &'a Contract, name: &str) -> Option<&'a AgentId> {
    let listed = contract.agents().iter().find(|agent| agent.identity() == name);
    listed.map(|agent| &agent.id).or_else(|| {
        contract.integrator().filter(|id| id.as_str() == name && contract.agent(id).is_none())
    })
}
