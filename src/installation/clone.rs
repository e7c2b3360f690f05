//! The trunk of a clone in whose main worktree a lane is checked out, or a branch that has the trunk's
//! contract: the branch that the contract names, or the one that the remote has as its HEAD.

use policy::contract::Contract;
use policy::name::RefName;

use super::{Problem, Trunk, TrunkSource};
use crate::evidence::contract::{Contracts, Held};
use crate::evidence::history::History;
use crate::evidence::located::{self, Side};
use crate::evidence::{Known, Unknown};
use crate::repository::{self, GitView, Read, Wanted};
use crate::system::environment::Environment;

/// The proposed trunk, or a better one where the proposed branch is somebody's lane, or was cut from the
/// trunk when that had the contract.
///
/// # Errors
/// It is a lane, and nothing names another branch.
pub fn instead_of_a_branch(proposed: Trunk, environment: &Environment) -> Result<Trunk, Problem> {
    if proposed.source != TrunkSource::MainWorktree {
        return Ok(proposed);
    }
    // What cannot be read is said at the end, of the trunk that is then set.
    let found = repository::open(environment, Wanted::Index).map_err(Unknown::from);
    match found.and_then(|view| instead_of(view.as_ref(), &proposed.branch)) {
        Ok(Instead::Nothing) | Err(_) => Ok(proposed),
        Ok(Instead::Branch(trunk)) => Ok(trunk),
        Ok(Instead::Unnamed(agent)) => {
            let branch = policy::text::printable(&proposed.branch);
            Err(Problem::NoTrunk(format!("{branch}, which is checked out, is {agent}'s lane")))
        }
    }
}

/// The branch that may be meant instead of one that is set as the trunk: the one that would be proposed
/// instead, or, where the trunk has no contract, the remote's HEAD that has one.
///
/// # Errors
/// What it depends on cannot be read.
pub(super) fn meant_instead(view: &dyn GitView, branch: &str) -> Known<Option<Trunk>> {
    if let Instead::Branch(trunk) = instead_of(view, branch)? {
        return Ok(Some(trunk));
    }
    if !matches!(held_by(view, branch)?, Held::Nothing) {
        return Ok(None);
    }
    let head = head_of_a_remote(view)?.filter(|(_, head)| head != branch);
    let Some((remote, head)) = head else { return Ok(None) };
    let holds = matches!(held_by(view, &head)?, Held::Contract(_));
    let source = TrunkSource::HeadOf(remote);
    Ok(holds.then_some(Trunk { branch: head, source }))
}

enum Instead {
    /// It is none of these.
    Nothing,
    Branch(Trunk),
    /// It is this agent's lane.
    Unnamed(String),
}

fn instead_of(view: &dyn GitView, branch: &str) -> Known<Instead> {
    let owner = match held_by(view, branch)? {
        Held::Broken(Unknown::TrunkDiffers { named, .. }) => {
            return Ok(Instead::Branch(Trunk { branch: named, source: TrunkSource::Contract }));
        }
        Held::Broken(Unknown::LaneIsTrunk { agent, .. }) => Some(agent),
        _ => None,
    };
    let Some((remote, head)) = head_of_a_remote(view)?.filter(|(_, head)| head != branch) else {
        return Ok(owner.map_or(Instead::Nothing, Instead::Unnamed));
    };
    // A lane that was cut before the contract came does not hold it.
    let is_lane = owner.is_some()
        || matches!(held_by(view, &head)?, Held::Contract(contract) if has_lane(&contract, branch));
    // Where the contract names the trunk, only one of them holds it.
    Ok(match is_lane || have_the_same(view, branch, &head)? {
        true => {
            let source = TrunkSource::HeadOf(remote);
            Instead::Branch(Trunk { branch: head, source })
        }
        false => Instead::Nothing,
    })
}

/// Whether two branches would hold the same contract as the trunk. One that has it otherwise may be a
/// trunk beside the remote's HEAD.
fn have_the_same(view: &dyn GitView, one: &str, other: &str) -> Known<bool> {
    let history = History::new(view);
    let mut tips = Vec::new();
    for branch in [one, other] {
        let trunk = located::Trunk::locate(&history, Some(branch), None, Side::Client)?;
        let Some(tip) = trunk.tips(&history)?.first().copied() else { return Ok(false) };
        if !matches!(Contracts::new(&history, &trunk)?.at(tip)?, Held::Contract(_)) {
            return Ok(false);
        }
        tips.push((trunk, tip));
    }
    let [(trunk, one), (_, other)] = tips.as_slice() else { return Ok(false) };
    Contracts::new(&history, trunk)?.are_the_same(*one, *other)
}

fn has_lane(contract: &Contract, branch: &str) -> bool {
    contract.lane_of_ref(&RefName::branch(branch)).is_some()
}

/// What a branch would hold as the trunk.
fn held_by(view: &dyn GitView, branch: &str) -> Known<Held> {
    let history = History::new(view);
    let trunk = located::Trunk::locate(&history, Some(branch), None, Side::Client)?;
    match trunk.tips(&history)?.first() {
        Some(tip) => Contracts::new(&history, &trunk)?.at(*tip),
        None => Ok(Held::Nothing),
    }
}

/// The branch that a remote has as its HEAD (`git clone` writes it down as `refs/remotes/*/HEAD`),
/// with the remote's name: of `origin`, or of the only one.
fn head_of_a_remote(view: &dyn GitView) -> Read<Option<(String, String)>> {
    let mut heads = Vec::new();
    for remote in view.remotes()? {
        let found = view.reference(&RefName::tracking(&remote, b"HEAD"))?;
        let end = found.and_then(|found| found.symbolic);
        let prefix = format!("refs/remotes/{remote}/");
        if let Some(branch) = end.as_ref().and_then(|end| end.to_str()?.strip_prefix(&prefix)) {
            heads.push((remote, branch.to_owned()));
        }
    }
    let origin = heads.iter().position(|(remote, _)| remote == "origin");
    Ok(match (origin, heads.len()) {
        (Some(at), _) => Some(heads.swap_remove(at)),
        (None, 1) => heads.pop(),
        (None, _) => None,
    })
}
