//! The index, compared with a tree: whole and exact, or an error.

use std::path::Path;

use git2::{Index, IndexEntryExtendedFlag};
use policy::change::Entry;
use policy::oid::Oid;
use policy::path::RepoPath;

use super::index_tree::IndexTrees;
use super::{Libgit2, from_git2, words};
use crate::repository::raw::{ItemKind, kind_of_mode};
use crate::repository::worktree::Indexed;
use crate::repository::{Read, ReadError, Staged, trees};

/// Where an entry's stage stands in its flags (`GIT_INDEX_ENTRY_STAGEMASK`).
const STAGE_BITS: u16 = 0x3000;

impl Libgit2 {
    /// The paths whose entry in the index differs from a tree's, sorted.
    pub(super) fn staged_against(&self, against: Option<Oid>) -> Read<Staged> {
        let mut unmerged = Vec::new();
        let mut staged = Vec::new();
        for found in entries(&self.index)? {
            match found.state {
                State::Content(entry) => staged.push((found.path, entry)),
                State::IntentToAdd => {}
                State::Unmerged => unmerged.push(found.path),
            }
        }
        let made = IndexTrees::of(self, &staged)?;
        let mut changes = trees::diff(&made, against, made.root)?;
        changes.retain(|change| unmerged.binary_search(&change.path).is_err());
        Ok(Staged { changes, unmerged })
    }

    /// All tracked paths.
    pub(super) fn tracked(&self) -> Read<Indexed> {
        let entries = entries(&self.index)?.into_iter();
        Ok(entries
            .map(|found| match found.state {
                State::Content(entry) => (found.path, Some(entry)),
                State::IntentToAdd | State::Unmerged => (found.path, None),
            })
            .collect())
    }
}

/// One path of the index.
struct Found {
    path: RepoPath,
    state: State,
}

enum State {
    Content(Entry),
    IntentToAdd,
    Unmerged,
}

/// The entries of an index file, sorted by path, an unmerged path once. No file: no entries, as
/// in git.
fn entries(file: &Path) -> Read<Vec<Found>> {
    // libgit2 makes an empty index of a missing file, and refuses the extensions that it cannot
    // read: `link` (a split index) and `sdir` (a sparse one). It is opened by its path, so that
    // `core.ignoreCase` has no say in the order.
    let index = Index::open(file).map_err(|error| ReadError::Index(words(&error)))?;
    let mut entries = Vec::with_capacity(index.len());
    for entry in index.iter() {
        let path = RepoPath::new(entry.path)
            .map_err(|_| ReadError::Index("an entry whose path is none".to_owned()))?;
        let flags = IndexEntryExtendedFlag::from_bits_truncate(entry.flags_extended);
        let state = if entry.flags & STAGE_BITS != 0 {
            State::Unmerged
        } else if flags.contains(IndexEntryExtendedFlag::INTENT_TO_ADD) {
            State::IntentToAdd
        } else {
            let Some(ItemKind::Leaf(mode)) = kind_of_mode(entry.mode) else {
                return Err(ReadError::Index(format!("{path} has the mode {:o}", entry.mode)));
            };
            State::Content(Entry { mode, id: from_git2(entry.id)? })
        };
        entries.push(Found { path, state });
    }
    entries.sort_by(|one, other| one.path.cmp(&other.path));
    let unmerged = |found: &Found| matches!(found.state, State::Unmerged);
    entries.dedup_by(|later, first| later.path == first.path && unmerged(later) && unmerged(first));
    if let Some(pair) = entries.windows(2).find(|pair| pair[0].path == pair[1].path) {
        return Err(ReadError::Index(format!("{} is there twice", pair[0].path)));
    }
    Ok(entries)
}
