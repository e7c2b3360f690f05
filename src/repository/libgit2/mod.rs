//! The libgit2 side of [`GitView`]: the only place that names `git2`.
//!
//! libgit2 opens repositories, finds objects, refs, the index and the configuration. What the
//! bytes mean (commits, trees, ancestry, differences) is read by this program's own code, the
//! same for every way of reading, so that libgit2's grafts, options and attributes have no say.
//! What libgit2 cannot read is an error, never a part of the answer.

mod config;
mod index;
mod index_tree;
mod merge;
mod objects;
mod open;
mod refs;
#[cfg(test)]
mod tests;

use std::cell::{OnceCell, RefCell};
use std::collections::{BTreeSet, HashMap};
use std::path::PathBuf;
use std::rc::Rc;

use policy::change::Entry;
use policy::name::RefName;
use policy::oid::Oid;
use policy::path::RepoPath;

use super::raw::RawCommit;
use super::{
    Commit, GitView, Head, Place, Read, ReadError, Reference, Staged, TreeChange, WorktreeChange,
    ancestry, trees, worktree,
};

/// A repository, read through libgit2.
pub struct Libgit2 {
    repository: git2::Repository,
    place: Place,
    /// The index that git named in `GIT_INDEX_FILE`, or the worktree's own.
    index: PathBuf,
    walk_limit: usize,
    configuration: git2::Config,
    shallow: OnceCell<BTreeSet<Oid>>,
    commits: RefCell<HashMap<Oid, Rc<RawCommit>>>,
}

impl std::fmt::Debug for Libgit2 {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Libgit2").field("place", &self.place).finish_non_exhaustive()
    }
}

impl GitView for Libgit2 {
    fn place(&self) -> &Place {
        &self.place
    }

    fn commit(&self, id: Oid) -> Read<Commit> {
        let raw = self.raw_commit(id)?;
        Ok(Commit {
            id,
            tree: raw.tree,
            parents: raw.parents.clone(),
            time: raw.time,
            summary: raw.summary.clone(),
        })
    }

    fn shallow(&self) -> Read<BTreeSet<Oid>> {
        self.boundary().cloned()
    }

    fn peel_to_commit(&self, id: Oid) -> Read<Option<Oid>> {
        self.peel(id)
    }

    fn diff_trees(&self, old: Option<Oid>, new: Option<Oid>) -> Read<Vec<TreeChange>> {
        trees::diff(self, old, new)
    }

    fn entry(&self, tree: Oid, path: &RepoPath) -> Read<Option<Entry>> {
        trees::entry(self, tree, path)
    }

    fn names_in(&self, tree: Oid, directory: &[u8]) -> Read<Vec<Vec<u8>>> {
        trees::names_in(self, tree, directory)
    }

    fn blob_size(&self, id: Oid) -> Read<u64> {
        self.size_of_blob(id)
    }

    fn blob(&self, id: Oid) -> Read<Vec<u8>> {
        self.content_of_blob(id)
    }

    fn merge_bases(&self, one: Oid, other: Oid) -> Read<Vec<Oid>> {
        ancestry::merge_bases(self, one, other)
    }

    fn is_ancestor(&self, ancestor: Oid, descendant: Oid) -> Read<bool> {
        ancestry::is_ancestor(self, ancestor, descendant)
    }

    fn walk(&self, include: &[Oid], exclude: &[Oid]) -> Read<Vec<Oid>> {
        ancestry::walk(self, include, exclude)
    }

    fn walk_limit(&self) -> usize {
        self.walk_limit
    }

    fn reference(&self, name: &RefName) -> Read<Option<Reference>> {
        self.find_reference(name)
    }

    fn references(&self, prefix: &str) -> Read<Vec<Reference>> {
        self.all_references(prefix)
    }

    fn head(&self) -> Read<Head> {
        self.read_head()
    }

    fn resolve(&self, revision: &str) -> Read<Option<Oid>> {
        self.revision(revision)
    }

    fn staged(&self, against: Option<Oid>) -> Read<Staged> {
        self.compare_index(against)
    }

    fn unstaged(&self) -> Read<Vec<WorktreeChange>> {
        worktree::unstaged(&self.place, &self.index, &self.indexed()?)
    }

    fn untracked(&self) -> Read<Vec<RepoPath>> {
        worktree::untracked(&self.place, &self.index)
    }

    fn config(&self, key: &str) -> Read<Option<String>> {
        Ok(self.values_of(key)?.pop())
    }

    fn config_all(&self, key: &str) -> Read<Vec<String>> {
        self.values_of(key)
    }

    fn upstream(&self, branch: &RefName) -> Read<Option<Reference>> {
        self.upstream_of(branch)
    }

    fn merge_text(&self, base: &[u8], ours: &[u8], theirs: &[u8]) -> Read<Option<Vec<u8>>> {
        merge::text(base, ours, theirs)
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
