//! Who is asking.

use std::ffi::OsStr;
use std::path::Path;

use policy::attempt::{Actor, LocalIdentity, Pusher};
use policy::contract::Contract;
use policy::name::RefName;

use super::{Known, Unknown};
use crate::repository::{GitView, Head};

/// What the environment says of who is asking, before a contract is known.
#[derive(Debug, Clone, Default)]
pub struct Asker {
    /// `CONTRACT_GATE_AGENT`, where it is set and not empty.
    pub claimed: Option<String>,
    /// The directory name of the worktree.
    pub worktree: Option<String>,
    /// The branch that is checked out, or that is being rebased.
    pub branch: Option<RefName>,
}

impl Asker {
    /// Somebody in this worktree. `rebasing` gives the branch that a rebase in this git
    /// directory will move, where one is under way.
    pub fn here(
        view: &dyn GitView,
        claimed: Option<String>,
        rebasing: impl FnOnce(&Path) -> Option<RefName>,
    ) -> Known<Self> {
        let place = view.place();
        let worktree = place.worktree.as_deref().and_then(Path::file_name).map(lossy);
        let branch = match view.head()? {
            Head::Branch(name, _) | Head::Unborn(name) => Some(name),
            Head::Detached(_) => rebasing(&place.git_dir),
        };
        Ok(Self { claimed: claimed.filter(|name| !name.is_empty()), worktree, branch })
    }

    /// Who that is under a contract.
    pub fn under(&self, contract: &Contract) -> Actor {
        let worktree = self.worktree.as_deref().and_then(|name| contract.lane_of_worktree(name));
        let branch = self.branch.as_ref().and_then(|name| contract.lane_of_ref(name));
        Actor::Local(LocalIdentity {
            claimed: self.claimed.clone(),
            worktree: worktree.map(|agent| agent.id.clone()),
            branch: branch.map(|agent| agent.id.clone()),
        })
    }
}

fn lossy(name: &OsStr) -> String {
    name.to_string_lossy().into_owned()
}

/// Who is pushing, as the server knows it: `contractgate.identityEnv` names the variable that
/// holds the name, `contractgate.dispatcher` lists the dispatchers.
pub fn pusher(view: &dyn GitView, variable: impl Fn(&str) -> Option<String>) -> Known<Pusher> {
    let Some(named_by) = view.config("contractgate.identityEnv")? else {
        return Ok(Pusher::Anybody);
    };
    match variable(&named_by).filter(|name| !name.trim().is_empty()) {
        None => Err(Unknown::UnnamedPusher(named_by)),
        Some(name) => {
            let dispatcher = view.config_all("contractgate.dispatcher")?.contains(&name);
            Ok(Pusher::Named { name, dispatcher })
        }
    }
}
