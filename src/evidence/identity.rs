//! Who is asking.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use policy::attempt::{Actor, LocalIdentity, Pusher};
use policy::contract::{Agent, Contract};
use policy::name::RefName;

use super::{Known, Unknown};
use crate::repository::{GitView, Head, linked};

/// What the environment says of who is asking, before a contract is known.
#[derive(Debug, Clone, Default)]
pub struct Asker {
    /// `CONTRACT_GATE_AGENT`, where it is set and not empty.
    pub claimed: Option<String>,
    /// The directory name of the worktree.
    pub worktree: Option<String>,
    /// In a main worktree, its git directory: other worktrees may be linked to it.
    pub main_git_dir: Option<PathBuf>,
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
        let is_main = place.git_dir == place.common_dir;
        let main_git_dir = is_main.then(|| place.common_dir.clone());
        let claimed = claimed.filter(|name| !name.is_empty());
        Ok(Self { claimed, worktree, main_git_dir, branch })
    }

    /// Who that is under a contract.
    pub fn under(&self, contract: &Contract) -> Actor {
        let branch = self.branch.as_ref().and_then(|name| contract.lane_of_ref(name));
        let worktree = self.worktree.as_deref().and_then(|name| contract.lane_of_worktree(name));
        let is_its_own = |lane: &&Agent| {
            branch.is_some_and(|branch| branch.id == lane.id) || !self.is_linked_to(lane)
        };
        let worktree = worktree.filter(is_its_own);
        Actor::Local(LocalIdentity {
            claimed: self.claimed.clone(),
            worktree: worktree.map(|agent| agent.id.clone()),
            branch: branch.map(|agent| agent.id.clone()),
        })
    }
}

impl Asker {
    /// Whether a lane has a worktree that is linked to this main one, which then is not the lane's, even
    /// where a project's directory happens to be called like it. (An agent with a clone of its own could
    /// make such a worktree to pass as a human beside it: as it could work in any other directory.)
    fn is_linked_to(&self, lane: &Agent) -> bool {
        let Some(git_dir) = &self.main_git_dir else { return false };
        let branch = lane.reference();
        // What cannot be read gives nobody another name.
        linked::linked(git_dir).unwrap_or_default().iter().any(|linked| {
            let name = linked.root.file_name().map(lossy);
            linked.branch.as_ref() == Some(&branch) || name.as_deref() == lane.worktree.as_deref()
        })
    }

    /// The lane whose this main worktree is by its name alone: of a project that happens to be called so,
    /// or of an agent with a clone of its own.
    pub fn by_name_alone<'c>(&self, contract: &'c Contract) -> Option<&'c Agent> {
        self.main_git_dir.as_ref()?;
        let Actor::Local(here) = self.under(contract) else { return None };
        let lane = here.worktree.filter(|_| here.branch.is_none())?;
        contract.agent(&lane)
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
