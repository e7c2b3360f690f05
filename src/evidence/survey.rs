//! What the repository says about a contract that somebody has written: the files that its
//! patterns can match, and whether its run is over. It serves advice; no decision depends on it.

use policy::contract::{Contract, ContractFile};
use policy::name::AgentId;
use policy::path::RepoPath;

use super::contract::Contracts;
use super::history::History;
use super::identity::Asker;
use super::lane::landed::Landings;
use super::lane::own::Lanes;
use super::located::{Side, Trunk};
use super::state::State;
use super::tips::Tips;
use super::{Known, Unknown};
use crate::repository::{GitView, Head};

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Survey {
    /// All files of the trunk; of HEAD, where no trunk is set yet.
    pub files: Vec<RepoPath>,
    /// Whether the contract is the trunk's own, and all its lanes (withdrawn ones aside) have
    /// landed.
    pub all_landed: bool,
    /// The agent as whom everybody works in the main worktree here, for its directory's name alone.
    pub named_alike: Option<AgentId>,
}

/// Looks around for a contract with this text. `None`: there is no commit yet.
pub fn survey(
    view: &dyn GitView,
    contract: &Contract,
    file: ContractFile,
    text: &[u8],
) -> Known<Option<Survey>> {
    let history = History::new(view);
    let remote = view.config("contractgate.remote")?;
    let trunk = match Trunk::locate(&history, None, remote.as_deref(), Side::Client) {
        Ok(trunk) => Some(trunk),
        Err(Unknown::TrunkUnset) => None,
        Err(unknown) => return Err(unknown),
    };
    let tips = match &trunk {
        Some(trunk) => trunk.tips(&history)?,
        None => head(view)?,
    };
    let Some(tip) = tips.first().copied() else { return Ok(None) };
    let files = history.diff(None, Some(history.tree(tip)?))?;
    let files = files.iter().map(|change| change.path.clone()).collect();
    let all_landed = match &trunk {
        Some(trunk) if is_at(&history, tip, file, text)? => {
            let contracts = Contracts::new(&history, trunk)?;
            let lanes = Lanes::new(&history, contract, &Tips::new(&history, remote))?;
            let landings = Landings::new(&lanes, &contracts);
            let at = State::of_commit(&history, tip)?;
            have_landed(contract, &landings, &at)?
        }
        _ => false,
    };
    let named_alike = named_alike(view, contract)?;
    Ok(Some(Survey { files, all_landed, named_alike }))
}

/// The agent as whom everybody works in the main worktree here, for its directory's name alone.
pub fn named_alike(view: &dyn GitView, contract: &Contract) -> Known<Option<AgentId>> {
    let asker = Asker::here(view, None, |_| None)?;
    Ok(asker.by_name_alone(contract).map(|lane| lane.id.clone()))
}

fn have_landed(contract: &Contract, landings: &Landings<'_, '_>, at: &State) -> Known<bool> {
    let mut any = false;
    for agent in contract.agents().iter().filter(|agent| !agent.withdrawn) {
        if !landings.of(agent, at)?.counts() {
            return Ok(false);
        }
        any = true;
    }
    Ok(any)
}

fn head(view: &dyn GitView) -> Known<Vec<policy::oid::Oid>> {
    Ok(match view.head()? {
        Head::Branch(_, tip) | Head::Detached(tip) => vec![tip],
        Head::Unborn(_) => Vec::new(),
    })
}

/// Whether a commit holds exactly this text as its contract.
fn is_at(
    history: &History<'_>,
    commit: policy::oid::Oid,
    file: ContractFile,
    text: &[u8],
) -> Known<bool> {
    let Ok(path) = RepoPath::new(file.name()) else { return Ok(false) };
    let Some(entry) = history.entry_at(commit, &path)? else { return Ok(false) };
    let same_size = history.view().blob_size(entry.id)? == text.len() as u64;
    Ok(same_size && history.view().blob(entry.id)? == text)
}
