//! Which of a lane's changed paths the contract took from it after it was sent out, and whether the trunk
//! has moved what is there. Facts for a help alone: nothing is refused or allowed by them, and what cannot
//! be read is not known.

use std::collections::BTreeMap;

use policy::change::{Change, TakenAway};
use policy::contract::{Agent, Permission};
use policy::oid::Oid;
use policy::path::RepoPath;

use super::contract::Held;
use super::ground::Ground;
use super::history::History;
use super::left_behind::left_behind;
use super::new_directories::is_absent;
use crate::repository::Read;

/// Those of some changes of a lane that the contract gave it when it was sent out, or when it last took the
/// trunk in, and gives it no more; and its new files that the trunk's move of their directory has left
/// behind since it was begun. `partial`: the heads, where what they have is not among the changes.
pub fn taken_away(
    ground: &Ground<'_, '_>,
    agent: &Agent,
    heads: &[Oid],
    partial: &[Oid],
    changes: &[Change],
) -> BTreeMap<RepoPath, TakenAway> {
    let mut found = since_the_trunk_was_taken_in(ground, agent, heads, changes);
    let left = left_behind(ground, agent, heads, partial, changes).unwrap_or_default();
    found.extend(left.into_iter().map(|(path, left)| (path, TakenAway::LeftBehind(left))));
    found
}

fn since_the_trunk_was_taken_in(
    ground: &Ground<'_, '_>,
    agent: &Agent,
    heads: &[Oid],
    changes: &[Change],
) -> BTreeMap<RepoPath, TakenAway> {
    let mut found = BTreeMap::new();
    let is_foreign = |path: &RepoPath| {
        let permission = ground.contract().permission(&agent.id, path);
        !matches!(permission, Permission::Granted { .. } | Permission::ContractFile)
    };
    let foreign: Vec<_> = changes.iter().filter(|change| is_foreign(&change.path)).collect();
    let Some(trunk) = ground.trunk.first().filter(|_| !foreign.is_empty()) else { return found };
    let history = ground.history();
    let Ok(Held::Contract(older)) = ground.sent_out_under(agent, heads) else { return found };
    let Ok(bases) = history.merge_bases(ground.trunk, heads) else { return found };
    let mut directories = BTreeMap::new();
    for change in foreign.into_iter().filter(|change| older.grants(&agent.id, &change.path)) {
        let has_moved = match change.old {
            Some(_) => history.entry_at(*trunk, &change.path).map(|entry| entry.is_none()),
            None => its_directory_has(history, &change.path, &bases, *trunk, &mut directories),
        };
        let Ok(has_moved) = has_moved else { continue };
        let what = if has_moved { TakenAway::Moved } else { TakenAway::InPlace };
        found.insert(change.path.clone(), what);
    }
    found
}

/// Whether the closest directory of a new file that the lane was begun with is gone from the trunk. Git
/// moves most new files along with a directory of which nothing is left (2.39 and 2.47): see
/// [`left_behind`].
fn its_directory_has<'c>(
    history: &History<'_>,
    path: &'c RepoPath,
    bases: &[Oid],
    trunk: Oid,
    known: &mut BTreeMap<&'c [u8], Option<bool>>,
) -> Read<bool> {
    let bytes = path.as_bytes();
    let slashes = bytes.iter().enumerate().rev().filter(|(_, byte)| **byte == b'/');
    for directory in slashes.map(|(at, _)| &bytes[..at]) {
        let has_moved = match known.get(directory) {
            Some(known) => *known,
            None => {
                let is_new = is_absent(history, directory, bases)?;
                let is_gone = !is_new && is_absent(history, directory, [&trunk])?;
                let has_moved = (!is_new).then_some(is_gone);
                known.insert(directory, has_moved);
                has_moved
            }
        };
        if let Some(has_moved) = has_moved {
            return Ok(has_moved);
        }
    }
    Ok(false)
}
