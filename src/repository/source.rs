//! What a way of reading a repository has to bring: objects as bytes, refs, the index and the
//! configuration. What they mean is read by this program's own code, the same over every source.

use std::cell::{OnceCell, RefCell};
use std::collections::{BTreeSet, HashMap};
use std::path::Path;
use std::rc::Rc;

use policy::name::RefName;
use policy::oid::Oid;

use super::raw::{Item, ObjectKind, RawCommit};
use super::worktree::Indexed;
use super::{Backend, Head, Place, Read, Reference, Staged};

/// A way of reading. Everything in it is an error rather than a part of the answer.
pub trait Source {
    /// Which way this is, and why it was chosen.
    fn backend(&self) -> &Backend;

    /// Where we are.
    fn place(&self) -> &Place;

    /// What has been read already.
    fn memory(&self) -> &Memory;

    /// Hands an object's kind and content to a reader. The content has the hash that the id says.
    fn object<T>(&self, id: Oid, read: impl FnOnce(ObjectKind, &[u8]) -> T) -> Read<T>;

    /// An object's kind and size in bytes.
    fn header(&self, id: Oid) -> Read<(ObjectKind, u64)>;

    /// Whether an object is here at all.
    fn has(&self, id: Oid) -> Read<bool>;

    /// As [`super::GitView::reference`].
    fn find_reference(&self, name: &RefName) -> Read<Option<Reference>>;

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

    /// As [`super::GitView::config_all`].
    fn values_of(&self, key: &str) -> Read<Vec<String>>;

    /// As [`super::GitView::upstream`].
    fn upstream_of(&self, branch: &RefName) -> Read<Option<Reference>>;
}

/// What has been read once and holds for as long as the program runs.
#[derive(Debug)]
pub struct Memory {
    /// How many commits one question may walk.
    pub walk_limit: usize,
    pub(super) shallow: OnceCell<BTreeSet<Oid>>,
    pub(super) commits: RefCell<HashMap<Oid, Rc<RawCommit>>>,
    pub(super) trees: RefCell<KnownTrees>,
}

impl Memory {
    /// Nothing has been read yet.
    pub fn new(walk_limit: usize) -> Self {
        Self {
            walk_limit,
            shallow: OnceCell::new(),
            commits: RefCell::default(),
            trees: RefCell::default(),
        }
    }
}

/// How many entries of trees are remembered. A few paths of each of many commits are asked for,
/// and many paths of a few: both read the same directories again and again.
const MOST_ENTRIES: usize = 200_000;

/// The trees that were read lately.
#[derive(Debug, Default)]
pub(super) struct KnownTrees {
    trees: HashMap<Oid, Rc<[Item]>>,
    entries: usize,
}

impl KnownTrees {
    pub(super) fn get(&self, id: Oid) -> Option<Rc<[Item]>> {
        self.trees.get(&id).cloned()
    }

    /// Remembers one more; when they become too many, all before it are forgotten.
    pub(super) fn add(&mut self, id: Oid, tree: &Rc<[Item]>) {
        // An empty tree takes room too.
        let entries = tree.len() + 1;
        if self.entries + entries > MOST_ENTRIES {
            *self = Self::default();
        }
        self.entries += entries;
        self.trees.insert(id, Rc::clone(tree));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::repository::raw::ItemKind;

    fn id(number: u8) -> Oid {
        Oid::from_bytes(&[number; 20]).unwrap()
    }

    #[test]
    fn trees_are_remembered_up_to_a_number_of_entries() {
        let item = Item { name: b"a".to_vec(), kind: ItemKind::Directory, id: id(1) };
        let half: Rc<[Item]> = vec![item; MOST_ENTRIES / 2].into();
        let mut known = KnownTrees::default();
        known.add(id(1), &Rc::from([]));
        known.add(id(2), &half);
        assert!(known.get(id(1)).is_some() && known.get(id(2)).is_some());
        known.add(id(3), &half);
        assert!(known.get(id(1)).is_none() && known.get(id(2)).is_none());
        assert!(known.get(id(3)).is_some_and(|tree| tree.len() == half.len()));
    }
}
