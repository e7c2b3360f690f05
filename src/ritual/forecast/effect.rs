//! What one side changes since it and another parted: the entries of its paths, before and after.

use std::collections::{BTreeMap, BTreeSet};

use policy::change::Entry;
use policy::oid::Oid;
use policy::path::RepoPath;

use crate::evidence::history::History;
use crate::repository::Read;
use crate::repository::aside::directories;

/// What a side changes. Renames are not looked for: one is a deletion and an addition.
#[derive(Debug, Clone, Default)]
pub struct Effect {
    /// The tree that it comes to.
    pub tree: Option<Oid>,
    /// What differs, by path.
    pub paths: BTreeMap<RepoPath, Changed>,
    /// Every directory that holds a deleted path, however far above it.
    emptied: BTreeSet<Vec<u8>>,
    /// The same of added paths.
    filled: BTreeSet<Vec<u8>>,
}

/// One path's entries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Changed {
    /// Before; `None` for a new path.
    pub old: Option<Entry>,
    /// After; `None` for one that is gone.
    pub new: Option<Entry>,
}

impl Changed {
    /// Whether the path is new.
    pub fn is_added(&self) -> bool {
        self.old.is_none() && self.new.is_some()
    }

    /// Whether the path is gone.
    pub fn is_deleted(&self) -> bool {
        self.new.is_none()
    }

    /// Whether the path was there, and still is.
    pub fn is_modified(&self) -> bool {
        self.old.is_some() && self.new.is_some()
    }
}

impl Effect {
    /// What a commit changes beyond where it parted from another: beyond any of several merge bases.
    pub fn since(history: &History<'_>, bases: &[Oid], tip: Oid) -> Read<Self> {
        let tree = history.tree(tip)?;
        let mut paths = BTreeMap::new();
        for base in bases {
            for change in history.diff(Some(history.tree(*base)?), Some(tree))?.iter() {
                let changed = Changed { old: change.old, new: change.new };
                paths.entry(change.path.clone()).or_insert(changed);
            }
        }
        Ok(Self::of(Some(tree), paths))
    }

    fn of(tree: Option<Oid>, paths: BTreeMap<RepoPath, Changed>) -> Self {
        let mut effect = Self { tree, paths, ..Self::default() };
        for (path, changed) in &effect.paths {
            let into = match changed {
                changed if changed.is_added() => &mut effect.filled,
                changed if changed.is_deleted() => &mut effect.emptied,
                _ => continue,
            };
            into.extend(directories(path).map(<[u8]>::to_vec));
        }
        effect
    }

    /// The part of it whose paths another one has too.
    pub fn within(self, other: &Self) -> Self {
        let mut paths = self.paths;
        paths.retain(|path, _| other.paths.contains_key(path));
        Self::of(self.tree, paths)
    }

    /// Whether merging it with another could be more than putting the paths of both side by side:
    /// both change a path, one has a file where the other has a directory, or git could take it
    /// that one has renamed a directory to which the other adds.
    ///
    /// A rename of a file needs no more than that: its old path is deleted on this side, so that it
    /// concerns the other one only where that changes the same path.
    pub fn may_meet(&self, other: &Self, history: &History<'_>) -> Read<bool> {
        let (few, many) =
            if self.paths.len() < other.paths.len() { (self, other) } else { (other, self) };
        if few.paths.keys().any(|path| many.paths.contains_key(path)) {
            return Ok(true);
        }
        Ok(self.lies_above(other)
            || other.lies_above(self)
            || self.may_move_what_is_added(other, history)?
            || other.may_move_what_is_added(self, history)?)
    }

    /// Whether a path of this one is a directory above a path of the other.
    fn lies_above(&self, other: &Self) -> bool {
        let mut above = other.paths.keys().flat_map(directories);
        above.any(|directory| {
            RepoPath::new(directory).is_ok_and(|directory| self.paths.contains_key(&directory))
        })
    }

    /// Git takes a directory for renamed when all of it is gone and most of its files are elsewhere
    /// (2.39 and 2.47: `merge.directoryRenames`), and what the other side adds to it then conflicts.
    fn may_move_what_is_added(&self, other: &Self, history: &History<'_>) -> Read<bool> {
        let (Some(tree), true) = (self.tree, self.added().next().is_some()) else {
            return Ok(false);
        };
        for directory in self.emptied.intersection(&other.filled) {
            if history.view().names_in(tree, directory)?.is_empty() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The paths that are gone.
    pub fn deleted(&self) -> impl Iterator<Item = (&RepoPath, &Changed)> {
        self.paths.iter().filter(|(_, changed)| changed.is_deleted())
    }

    /// The paths that are new.
    pub fn added(&self) -> impl Iterator<Item = (&RepoPath, &Changed)> {
        self.paths.iter().filter(|(_, changed)| changed.is_added())
    }
}
