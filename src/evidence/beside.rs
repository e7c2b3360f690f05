//! What undoing whole directories would undo besides a lane's changes, where it changes more than a few
//! files that are not its own. Facts for a help alone: nothing is refused or allowed by them, and what
//! cannot be read is not known.

use std::collections::BTreeSet;

use policy::attempt::Beside;
use policy::change::Change;
use policy::contract::{Agent, Contract};
use policy::path::RepoPath;

use super::history::History;
use super::state::State;
use crate::repository::{Head, Read};

/// As many files are undone one by one.
const FEW: usize = 4;

/// What differs from the commit that the foreign changes are undone from, and is none of the changes;
/// `None` where they are few, where they are undone from several commits, and where the lane's worktree
/// is not here to be asked.
pub fn beside(
    history: &History<'_>,
    contract: &Contract,
    agent: &Agent,
    state: &State,
    changes: &[Change],
) -> Option<Beside> {
    let is_foreign =
        |change: &&Change| change.old.is_some() && !contract.grants(&agent.id, &change.path);
    let foreign: Vec<&Change> = changes.iter().filter(is_foreign).collect();
    let source = foreign.first()?.undo_from?;
    let is_alike = foreign.iter().all(|change| change.undo_from == Some(source));
    if foreign.len() <= FEW || !is_alike {
        return None;
    }
    let tree = history.tree(source).ok()?;
    let differs = state.diff_from(history, Some(tree)).ok()?;
    let mut paths: BTreeSet<RepoPath> = differs.into_iter().map(|change| change.path).collect();
    paths.extend(uncommitted(history, agent, state).ok()??);
    for change in changes {
        paths.remove(&change.path);
    }
    Some(Beside { source, paths })
}

/// What is in the index or in the worktree and not in the state; `None` where the lane is not checked
/// out here. The state of a commit that is being made has the index.
fn uncommitted(
    history: &History<'_>,
    agent: &Agent,
    state: &State,
) -> Read<Option<BTreeSet<RepoPath>>> {
    let view = history.view();
    let is_here = match view.head()? {
        Head::Branch(name, _) | Head::Unborn(name) => name == agent.reference(),
        Head::Detached(_) => false,
    };
    if view.place().worktree.is_none() || !is_here {
        return Ok(None);
    }
    let mut paths: BTreeSet<_> = view.unstaged()?.into_iter().map(|change| change.path).collect();
    if let Some(commit) = state.commit {
        let staged = view.staged(Some(history.tree(commit)?))?;
        paths.extend(staged.changes.into_iter().map(|change| change.path));
        paths.extend(staged.unmerged);
    }
    Ok(Some(paths))
}
