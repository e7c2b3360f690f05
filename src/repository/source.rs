//! What a way of reading a repository has to bring: objects as bytes, refs, the index and the
//! configuration. What they mean is read by this program's own code, the same over every source.

use std::cell::{OnceCell, RefCell};
use std::collections::{BTreeSet, HashMap};
use std::path::Path;
use std::rc::Rc;

use policy::name::RefName;
use policy::oid::Oid;

use super::raw::{ObjectKind, RawCommit};
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

    /// As [`super::GitView::config_all`].
    fn values_of(&self, key: &str) -> Read<Vec<String>>;

    /// As [`super::GitView::remotes`].
    fn remote_names(&self) -> Read<BTreeSet<String>>;

    /// As [`super::GitView::upstream`].
    fn upstream_of(&self, branch: &RefName) -> Read<Option<Reference>>;
}

/// The remote that a key gives an address: `remote.<name>.url`.
pub fn remote_of(key: &[u8]) -> Option<String> {
    let name = key.strip_prefix(b"remote.")?.strip_suffix(b".url")?;
    String::from_utf8(name.to_vec()).ok()
}

/// What has been read once and holds for as long as the program runs.
#[derive(Debug)]
pub struct Memory {
    /// How many commits one question may walk.
    pub walk_limit: usize,
    pub(super) shallow: OnceCell<BTreeSet<Oid>>,
    pub(super) commits: RefCell<HashMap<Oid, Rc<RawCommit>>>,
}

impl Memory {
    /// Nothing has been read yet.
    pub fn new(walk_limit: usize) -> Self {
        Self { walk_limit, shallow: OnceCell::new(), commits: RefCell::new(HashMap::new()) }
    }
}
