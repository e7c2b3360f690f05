//! What differs between two states of a repository: the words in which every way of reading says it.

use policy::change::Entry;
use policy::path::RepoPath;

/// A path whose entry differs between two states.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct TreeChange {
    /// The path of a leaf: a file, symbolic link or submodule.
    pub path: RepoPath,
    /// The entry before.
    pub old: Option<Entry>,
    /// The entry after.
    pub new: Option<Entry>,
}

/// What the index holds beyond a tree.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Staged {
    /// The merged paths whose entry differs, sorted by path.
    pub changes: Vec<TreeChange>,
    /// The unmerged paths: what will be staged there is not known yet.
    pub unmerged: Vec<RepoPath>,
}
