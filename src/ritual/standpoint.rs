//! Where the commands that are printed lead on from: an agent lands its own lane alone, so that in its
//! worktree what lands another's, or ends the run, names the trunk's worktree, from which the dispatcher
//! does it. Decides nothing.

use std::path::PathBuf;

use policy::attempt::Actor;
use policy::contract::Contract;
use policy::name::AgentId;
use policy::text::{printable, shell_word};

use super::rehearsal::directory;
use super::run::Run;
use super::{Done, worktrees};
use crate::checkpoints::asker;
use crate::evidence::case::Acting;
use crate::system::environment::Environment;

/// Who asks, and from where the dispatcher does what it may not.
#[derive(Debug, Clone, Default)]
pub struct Standpoint {
    /// The agent that works here; none where it may land every lane.
    agent: Option<AgentId>,
    /// A worktree of the trunk, in which nobody is taken for that agent.
    of_the_trunk: Option<PathBuf>,
}

impl Standpoint {
    /// Looks around.
    pub fn of(run: &Run<'_>, environment: &Environment) -> Done<Self> {
        let Some(agent) = here(run, environment)? else { return Ok(Self::default()) };
        // Who says that he is an agent is one everywhere.
        let is_claimed = environment.agent().is_some_and(|name| !name.is_empty());
        if is_claimed {
            return Ok(Self { agent: Some(agent), of_the_trunk: None });
        }
        let name = |path: &PathBuf| path.file_name().map(|n| n.to_string_lossy().into_owned());
        let is_an_agents = |path: &PathBuf| {
            name(path).is_some_and(|name| run.contract.lane_of_worktree(&name).is_some())
        };
        let all = worktrees::all(&directory(run.view))?.into_iter();
        let of_the_trunk = all
            .filter(|one| !one.gone && one.branch.as_ref() == Some(&run.trunk.reference))
            .map(|one| one.path)
            .find(|path| !is_an_agents(path));
        Ok(Self { agent: Some(agent), of_the_trunk })
    }

    /// The command that lands a lane, or, where none is named, all of them, or that ends the run. Safe
    /// to print.
    pub fn command(&self, lane: Option<&AgentId>, rest: &str) -> String {
        match &self.of_the_trunk {
            Some(path) if !self.may(lane) => {
                let path = shell_word(&printable(&path.to_string_lossy()));
                format!("contract-gate -C {path} {rest}")
            }
            _ => format!("contract-gate {rest}"),
        }
    }

    /// The command that does what is every lane's concern, where it has to be done elsewhere.
    pub fn elsewhere(&self, rest: &str) -> Option<String> {
        self.of_the_trunk.as_ref().map(|_| self.command(None, rest))
    }

    /// Who has to run that command, where it does not work from here.
    pub fn by(&self, lane: Option<&AgentId>) -> &'static str {
        match self.of_the_trunk {
            None if !self.may(lane) => " (by the dispatcher, outside of any lane)",
            _ => "",
        }
    }

    /// Whether who asks may do it.
    fn may(&self, lane: Option<&AgentId>) -> bool {
        self.agent.is_none() || self.agent.as_ref() == lane
    }
}

/// The agent that works here, and may not land every lane.
pub fn here(run: &Run<'_>, environment: &Environment) -> Done<Option<AgentId>> {
    let Acting::Here(asker) = asker(run.view, environment)? else { return Ok(None) };
    let contract: &Contract = &run.contract;
    let Actor::Local(local) = asker.under(contract) else { return Ok(None) };
    let claimed = local.claimed.as_deref().and_then(|name| AgentId::new(name).ok());
    let agent = local.worktree.or(local.branch).or(claimed);
    Ok(agent.filter(|agent| contract.integrator() != Some(agent)))
}
