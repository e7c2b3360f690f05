//! What a way of reading a repository has to bring: objects as bytes, refs, the index and the
//! configuration. What they mean is read by this program's own code, the same over every source.

use std::cell::{OnceCell, RefCell};
use std::collections::BTreeSet;
use std::path::Path;
use std::rc::Rc;

use policy::name::RefName;
use policy::oid::Oid;

use super::objects::LARGEST_OBJECT;
use super::oids::OidMap;
use super::raw::{ObjectKind, RawCommit, Tree};
use super::settings::Settings;
use super::worktree::Indexed;
use super::{Backend, Head, HeadLog, Logged, Place, Read, Reference, Staged, reflog};

/// A way of reading. Everything in it is an error rather than a part of the answer.
pub trait Source {
    /// Which way this is, and why it was chosen.
    fn backend(&self) -> &Backend;

    /// Where we are.
    fn place(&self) -> &Place;

    /// What has been read already.
    fn memory(&self) -> &Memory;

    /// Hands an object's kind and content to a reader. The content has the hash that the id says.
    /// One of more bytes than [`Memory::largest_object`] is an error, and is not read.
    fn object<T>(&self, id: Oid, read: impl FnOnce(ObjectKind, &[u8]) -> T) -> Read<T>;

    /// An object's kind and size in bytes.
    fn header(&self, id: Oid) -> Read<(ObjectKind, u64)>;

    /// An object's kind, where it is here: none is fetched for it.
    fn kind_here(&self, id: Oid) -> Read<Option<ObjectKind>>;

    /// Whether an object is here at all.
    fn has(&self, id: Oid) -> Read<bool>;

    /// As [`super::GitView::reference`].
    fn find_reference(&self, name: &RefName) -> Read<Option<Reference>>;

    /// As [`super::GitView::end`].
    fn end_of(&self, name: &RefName) -> Read<RefName>;

    /// As [`super::GitView::references`].
    fn all_references(&self, prefix: &str) -> Read<Vec<Reference>>;

    /// As [`super::GitView::head`].
    fn read_head(&self) -> Read<Head>;

    /// As [`super::GitView::resolve`].
    fn revision(&self, text: &str) -> Read<Option<Oid>>;

    /// The index that git named in `GIT_INDEX_FILE`, or the worktree's own.
    fn index(&self) -> &Path;

    /// As [`super::GitView::staged`].
    fn compare_index(&self, against: Option<Oid>) -> Read<Staged>;

    /// All tracked paths.
    fn indexed(&self) -> Read<Indexed>;

    /// Git's configuration, from its files alone: `-c` and `GIT_CONFIG_COUNT` have no say.
    fn settings(&self) -> &Settings;

    /// As [`super::GitView::upstream`].
    fn upstream_of(&self, branch: &RefName) -> Read<Option<Reference>>;

    /// As [`super::GitView::reflog`].
    fn log_of(&self, name: &RefName, most: usize) -> Read<Vec<Logged>> {
        reflog::of_ref(self.place(), name, most)
    }

    /// As [`super::GitView::head_log`].
    fn log_of_head(&self, most: usize) -> Read<Vec<Logged>> {
        reflog::of_head(self.place(), most)
    }

    /// As [`super::GitView::heads`].
    fn all_heads(&self) -> Read<Vec<HeadLog>> {
        reflog::of_heads(self.place())
    }
}

/// What has been read once and holds for as long as the program runs.
#[derive(Debug)]
pub struct Memory {
    /// How many commits one question may walk.
    pub walk_limit: usize,
    /// How many bytes an object may have that is read.
    pub largest_object: u64,
    pub(super) shallow: OnceCell<BTreeSet<Oid>>,
    pub(super) commits: RefCell<OidMap<Rc<RawCommit>>>,
    pub(super) trees: RefCell<KnownTrees>,
}

impl Memory {
    /// Nothing has been read yet.
    pub fn new(walk_limit: usize) -> Self {
        Self {
            walk_limit,
            largest_object: LARGEST_OBJECT,
            shallow: OnceCell::new(),
            commits: RefCell::default(),
            trees: RefCell::new(KnownTrees::new(MOST_ENTRIES)),
        }
    }
}

/// How many entries of trees are kept: some 20 MB of them.
const MOST_ENTRIES: usize = 200_000;

/// The trees that were read last. Every question about a path begins at the root, and whoever asks
/// about each directory of a deep path would read as many trees as the square of its depth.
#[derive(Debug)]
pub(super) struct KnownTrees {
    by_id: OidMap<Rc<Tree>>,
    entries: usize,
    most: usize,
}

impl KnownTrees {
    fn new(most: usize) -> Self {
        Self { by_id: OidMap::default(), entries: 0, most }
    }

    pub(super) fn find(&self, id: Oid) -> Option<Rc<Tree>> {
        self.by_id.get(&id).cloned()
    }

    /// Keeps a tree that was not known; where there would be too many entries, all others are
    /// forgotten.
    pub(super) fn keep(&mut self, id: Oid, tree: &Rc<Tree>) {
        // An empty tree takes its room as well.
        let weight = tree.len() + 1;
        if weight > self.most {
            return;
        }
        if self.entries + weight > self.most {
            self.by_id.clear();
            self.entries = 0;
        }
        self.by_id.insert(id, Rc::clone(tree));
        self.entries += weight;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::repository::raw;

    #[test]
    fn trees_are_kept_until_there_are_too_many_entries() {
        let id = |number: u8| Oid::from_bytes(&[number; 20]).unwrap();
        let tree = |entries: u8| -> Rc<raw::Tree> {
            let entry = |number| [b"40000 ", &[b'a' + number, 0][..], id(9).as_bytes()].concat();
            let bytes: Vec<u8> = (0..entries).flat_map(entry).collect();
            Rc::new(raw::tree(&bytes, 20).unwrap())
        };
        let mut known = KnownTrees::new(6);
        known.keep(id(1), &tree(2));
        known.keep(id(2), &tree(2));
        assert!(known.find(id(1)).is_some() && known.find(id(2)).is_some());
        known.keep(id(3), &tree(6));
        assert!(known.find(id(3)).is_none() && known.find(id(1)).is_some(), "it would be all");
        known.keep(id(4), &tree(0));
        assert!(known.find(id(4)).is_some() && known.find(id(1)).is_none());
    }
}
