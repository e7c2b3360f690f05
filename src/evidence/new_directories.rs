//! Which directories a lane brings, where it brings more than a few files that are not its own.
//! Facts for a help alone: nothing is refused or allowed by them.

use std::collections::{BTreeMap, BTreeSet};

use policy::change::Change;
use policy::oid::Oid;
use policy::path::RepoPath;

use super::history::History;
use crate::repository::Read;

/// As many files are undone one by one.
const FEW: usize = 4;

/// The topmost directories of these added files in which there is nothing in any of some commits.
pub fn new_directories<'c>(
    history: &History<'_>,
    added: impl Iterator<Item = &'c Change>,
    before: &BTreeSet<Oid>,
) -> Read<BTreeSet<RepoPath>> {
    let added: Vec<&Change> = added.collect();
    let mut is_new: BTreeMap<&[u8], bool> = BTreeMap::new();
    let mut found = BTreeSet::new();
    if added.len() <= FEW {
        return Ok(found);
    }
    for change in added {
        let path = change.path.as_bytes();
        let slashes = path.iter().enumerate().filter(|(_, byte)| **byte == b'/');
        for directory in slashes.map(|(at, _)| &path[..at]) {
            let is_new = match is_new.get(directory) {
                Some(known) => *known,
                None => {
                    let absent = is_absent(history, directory, before)?;
                    is_new.insert(directory, absent);
                    absent
                }
            };
            if is_new {
                found.extend(RepoPath::new(directory).ok());
                break;
            }
        }
    }
    Ok(found)
}

/// Whether there is neither a file nor a directory of this name.
pub fn is_absent<'c>(
    history: &History<'_>,
    directory: &[u8],
    in_all: impl IntoIterator<Item = &'c Oid>,
) -> Read<bool> {
    let Ok(path) = RepoPath::new(directory) else { return Ok(false) };
    for commit in in_all {
        let is_there = history.entry_at(*commit, &path)?.is_some()
            || !history.view().names_in(history.tree(*commit)?, directory)?.is_empty();
        if is_there {
            return Ok(false);
        }
    }
    Ok(true)
}
