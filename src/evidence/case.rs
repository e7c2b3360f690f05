//! A case: an attempt with the contract that governs it, ready to be decided.

use std::rc::Rc;

use policy::attempt::{Actor, Attempt};
use policy::contract::Contract;
use policy::oid::Oid;

use super::identity::Asker;
use policy::attempt::Pusher;

/// An attempt, and what governs it.
#[derive(Debug, Clone)]
pub struct Case {
    /// The contract with the commit of the trunk that holds it; `None` where there is none, and
    /// nothing but the bringing of one can be judged.
    pub contract: Option<(Rc<Contract>, Oid)>,
    /// The facts.
    pub attempt: Attempt,
    /// Other ways to see the same, each as all of its cases: where git tells hooks too little to know
    /// which it is, or where more than one could have been. The first that is allowed counts.
    pub otherwise: Vec<Vec<Case>>,
}

impl Case {
    /// What can be seen in one way alone.
    pub fn new(contract: Option<(Rc<Contract>, Oid)>, attempt: Attempt) -> Self {
        Self { contract, attempt, otherwise: Vec::new() }
    }
}

/// Who acts, before a contract says which agent that is.
#[derive(Debug, Clone)]
pub enum Acting {
    /// Somebody at this machine.
    Here(Asker),
    /// Somebody who pushes to this server.
    Pushing(Pusher),
}

impl Acting {
    /// Who that is under a contract.
    pub fn under(&self, contract: &Contract) -> Actor {
        match self {
            Self::Here(asker) => asker.under(contract),
            Self::Pushing(pusher) => Actor::Pusher(pusher.clone()),
        }
    }

    /// Whether this may be an agent, so that its moves of the trunk are judged by landings only.
    pub fn may_be_agent(&self, contract: &Contract) -> bool {
        match self {
            Self::Here(asker) => {
                asker.claimed.is_some()
                    || matches!(asker.under(contract), Actor::Local(identity)
                        if identity.worktree.is_some() || identity.branch.is_some())
            }
            Self::Pushing(Pusher::Anybody) => false,
            Self::Pushing(Pusher::Named { dispatcher, .. }) => !dispatcher,
        }
    }
}
