//! The libgit2 side of [`GitView`]: the only place that names `git2`.
//!
//! libgit2 opens repositories, finds objects, refs, the index and the configuration. What the
//! bytes mean (commits, trees, ancestry, differences) is read by this program's own code, the
//! same for every way of reading, so that libgit2's grafts, options and attributes have no say.
//! What libgit2 cannot read is an error, never a part of the answer.

mod compare;
mod config;
mod index;
pub(super) mod index_tree;
mod objects;
mod open;
mod refs;
mod system;

use std::cell::Cell;
use std::path::{Path, PathBuf};

use policy::name::RefName;
use policy::oid::Oid;

pub use compare::compare;

use super::raw::ObjectKind;
use super::settings::Settings;
use super::source::{Memory, Source};
use super::worktree::Indexed;
use super::{Backend, Head, Place, Read, ReadError, Reference, Staged};

/// A repository, read through libgit2.
pub struct Libgit2 {
    repository: git2::Repository,
    backend: Backend,
    place: Place,
    index: PathBuf,
    memory: Memory,
    settings: Settings,
    /// How many objects in a row were looked for in files of their own, in vain.
    not_loose: Cell<u32>,
}

impl std::fmt::Debug for Libgit2 {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Libgit2").field("place", &self.place).finish_non_exhaustive()
    }
}

impl Source for Libgit2 {
    fn backend(&self) -> &Backend {
        &self.backend
    }

    fn place(&self) -> &Place {
        &self.place
    }

    fn memory(&self) -> &Memory {
        &self.memory
    }

    fn object<T>(&self, id: Oid, read: impl FnOnce(ObjectKind, &[u8]) -> T) -> Read<T> {
        self.read_object(id, read)
    }

    fn header(&self, id: Oid) -> Read<(ObjectKind, u64)> {
        self.read_header(id)
    }

    fn kind_here(&self, id: Oid) -> Read<Option<ObjectKind>> {
        self.read_kind(id)
    }

    fn has(&self, id: Oid) -> Read<bool> {
        self.is_here(id)
    }

    fn find_reference(&self, name: &RefName) -> Read<Option<Reference>> {
        self.reference_of(name)
    }

    fn end_of(&self, name: &RefName) -> Read<RefName> {
        self.end_of_chain(name)
    }

    fn all_references(&self, prefix: &str) -> Read<Vec<Reference>> {
        self.references_below(prefix)
    }

    fn read_head(&self) -> Read<Head> {
        self.head_of_this_worktree()
    }

    fn revision(&self, text: &str) -> Read<Option<Oid>> {
        self.look_up(text)
    }

    fn index(&self) -> &Path {
        &self.index
    }

    fn compare_index(&self, against: Option<Oid>) -> Read<Staged> {
        self.staged_against(against)
    }

    fn indexed(&self) -> Read<Indexed> {
        self.tracked()
    }

    fn settings(&self) -> &Settings {
        &self.settings
    }

    fn upstream_of(&self, branch: &RefName) -> Read<Option<Reference>> {
        self.tracking_ref(branch)
    }
}

/// An id as libgit2 has it; `None` for SHA-256, which no repository that libgit2 opens has.
fn to_git2(id: Oid) -> Option<git2::Oid> {
    git2::Oid::from_bytes(id.as_bytes()).ok()
}

/// An id as the rest of the program has it.
fn from_git2(id: git2::Oid) -> Read<Oid> {
    Oid::from_bytes(id.as_bytes())
        .map_err(|_| ReadError::Other("libgit2 gave an object id of an odd length".to_owned()))
}

/// libgit2's words, made printable: they may hold names from the repository.
fn words(error: &git2::Error) -> String {
    policy::text::printable(error.message())
}
