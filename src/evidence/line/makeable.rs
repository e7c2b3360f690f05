//! What a lane could have landed at a path, by the contract alone.

use std::slice;

use policy::change::{Entry, EntryMode, Lines};
use policy::contract::{Contract, Mode, Permission};
use policy::disguise::steers_git;
use policy::name::AgentId;
use policy::oid::Oid;
use policy::path::RepoPath;

use crate::evidence::Known;
use crate::evidence::facts::compare;
use crate::evidence::history::History;
use crate::evidence::merge::{Contents, slot};
use crate::evidence::siblings::Siblings;
use crate::evidence::state::State;

/// Whether a lane may make what a commit has at a path of what any of these has; of nothing, where
/// there are none.
pub fn may_make(
    history: &History<'_>,
    (contract, lane): (&Contract, &AgentId),
    path: &RepoPath,
    from: &[Oid],
    commit: Oid,
) -> Known<bool> {
    let new = history.entry_at(commit, path)?;
    let is_waived = |rule| contract.waiver(rule, lane, slice::from_ref(path)).is_some();
    let mut olds = Vec::with_capacity(from.len().max(1));
    for from in from {
        olds.push(history.entry_at(*from, path)?);
    }
    if from.is_empty() {
        olds.push(None);
    }
    if olds.contains(&new) {
        return Ok(true);
    }
    let is_waived_hazard = is_waived("path-hazard");
    if is_hazard(path, new) && !is_waived_hazard {
        return Ok(false);
    }
    if new.is_some() && olds.iter().all(Option::is_none) && !is_waived_hazard {
        let state = State::of_commit(history, commit)?;
        if Siblings::new(history, &state, from).folds(path)?.is_some() {
            return Ok(false);
        }
    }
    match contract.permission(lane, path) {
        Permission::Granted { mode, .. } if !is_waived(mode.as_str()) => {
            for old in olds {
                if keeps(history, mode, old, new)? {
                    return Ok(true);
                }
            }
            Ok(false)
        }
        permission => Ok(permission.refused_by().is_none_or(is_waived)),
    }
}

fn keeps(history: &History<'_>, mode: Mode, old: Option<Entry>, new: Option<Entry>) -> Known<bool> {
    let kind = |entry: Option<Entry>| entry.map(|entry: Entry| entry.mode);
    Ok(match mode {
        Mode::Edit => true,
        Mode::NoDelete => new.is_some() || old.is_none(),
        Mode::CreateOnly => old.is_none(),
        Mode::AdditionsOnly => {
            let is_file = |mode| matches!(mode, EntryMode::File | EntryMode::Executable);
            old.is_none()
                || (kind(old) == kind(new)
                    && kind(new).is_some_and(is_file)
                    && compare(&Contents::new(history), &slot(old), &slot(new))? == Lines::Kept)
        }
    })
}

/// Whether a lane may edit a path, in whatever mode.
pub fn may_edit(contract: &Contract, lane: &AgentId, path: &RepoPath) -> bool {
    let rule = contract.permission(lane, path).refused_by();
    rule.is_none_or(|rule| contract.waiver(rule, lane, slice::from_ref(path)).is_some())
}

/// Whether what comes to a path is most likely a hazard there. What a link leads to is not read.
fn is_hazard(path: &RepoPath, new: Option<Entry>) -> bool {
    let is_odd = |entry: Entry| matches!(entry.mode, EntryMode::Symlink | EntryMode::Submodule);
    new.is_some_and(is_odd) || steers_git(path.file_name())
}
