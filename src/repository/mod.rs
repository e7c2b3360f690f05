//! The repository, read only: one trait, [`GitView`], and what stands behind it.
//!
//! Nothing outside this room knows how a repository is read. Nothing in it writes.

pub mod ancestry;
pub mod aside;
pub mod checked_out;
mod choice;
mod difference;
mod libgit2;
pub mod lines;
pub mod linked;
mod loose;
pub mod main_worktree;
pub mod merge_tree;
pub mod moved_worktree;
mod noted_tree;
mod objects;
pub mod oids;
pub mod own_hooks;
mod plumbing;
pub mod raw;
mod reflog;
mod settings;
mod source;
#[cfg(test)]
mod tests;
pub mod trees;
mod view;
pub mod worktree;

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::path::PathBuf;

use policy::change::Entry;
use policy::name::RefName;
use policy::oid::Oid;
use policy::path::RepoPath;

pub use choice::{Wanted, open, open_in};
pub use difference::{Staged, TreeChange};
pub use lines::{Steps, TextMerge};
pub use merge_tree::{GitMerge, MergeQuestion};
pub use objects::{LARGEST_OBJECT, boundary_in, hash};
pub use reflog::{HeadLog, Logged};

/// Why something could not be read. Each becomes *undecided*, never an empty answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// The object is not in the repository, or is damaged.
    #[error("object {id} cannot be read: {reason}")]
    Object {
        /// Which.
        id: Oid,
        /// What the backend says.
        reason: String,
    },
    /// The history is cut off below this commit (a shallow clone).
    #[error("the history is cut off at {at} (a shallow clone)")]
    Shallow {
        /// The commit whose parents are not here.
        at: Oid,
    },
    /// More commits than the limit would have to be walked.
    #[error("more than {limit} commits would have to be walked")]
    WalkLimit {
        /// `contractgate.walkLimit`
        limit: usize,
    },
    /// The index cannot be read.
    #[error("the index cannot be read: {0}")]
    Index(String),
    /// A ref cannot be read.
    #[error("the ref {name} cannot be read: {reason}")]
    Reference {
        /// Its full name.
        name: RefName,
        /// What the backend says.
        reason: String,
    },
    /// The repository's configuration cannot be read.
    #[error("git's configuration cannot be read: {0}")]
    Config(String),
    /// The repository cannot be opened.
    #[error("the repository cannot be opened: {0}")]
    Open(String),
    /// Something else that the backend says.
    #[error("{0}")]
    Other(String),
}

/// The result of reading.
pub type Read<T> = Result<T, ReadError>;

/// A commit's header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Commit {
    /// Its id.
    pub id: Oid,
    /// Its tree.
    pub tree: Oid,
    /// Its parents, in order.
    pub parents: Vec<Oid>,
    /// The committer's time, in seconds since 1970. Foreign: it may lie.
    pub time: i64,
    /// The first line of the message, bytes that are not UTF-8 replaced. Foreign text.
    pub summary: String,
}

/// A path in the worktree that differs from the index, with its content as git would store it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorktreeChange {
    /// The path.
    pub path: RepoPath,
    /// The entry that staging it would make; `None` when the file is gone.
    pub new: Option<Entry>,
    /// The content that staging it would store (not in the object database); empty where staging
    /// stores none.
    pub content: Content,
    /// Whether git is told not to look at the file (`assume-unchanged`, `skip-worktree`), so that nothing
    /// stages it for as long as that stands.
    pub hidden: bool,
}

/// A file's content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// All of it.
    Read(Vec<u8>),
    /// It was not read: it has so many bytes.
    TooLarge(u64),
}

/// How many lines a change adds and takes away.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct LineCount {
    /// Lines of the new content that the old one does not have.
    pub added: usize,
    /// Lines of the old content that the new one does not have.
    pub deleted: usize,
}

/// What HEAD is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Head {
    /// A branch with commits.
    Branch(RefName, Oid),
    /// A branch without commits yet.
    Unborn(RefName),
    /// A commit, on no branch.
    Detached(Oid),
}

/// One ref and what it points to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    /// Its full name.
    pub name: RefName,
    /// The object, symbolic refs followed to the end. Tags are not peeled.
    pub target: Oid,
    /// The ref at the end, when it is symbolic.
    pub symbolic: Option<RefName>,
}

/// Where in the repository somebody stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The git directory of this worktree.
    pub git_dir: PathBuf,
    /// The git directory that all worktrees share.
    pub common_dir: PathBuf,
    /// The root of the worktree; `None` in a bare repository.
    pub worktree: Option<PathBuf>,
    /// Where its objects are, as `GIT_ALTERNATE_OBJECT_DIRECTORIES` names them.
    pub objects: OsString,
}

/// Which way of reading a repository was chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Backend {
    /// `libgit2` or `plumbing`, as `CONTRACT_GATE_GIT` names them.
    pub name: &'static str,
    /// Why this one, for people.
    pub reason: String,
}

/// The questions that evidence asks a repository. Answers ignore replace refs, grafts,
/// attributes, `diff.*` and `submodule.*` settings; renames are never looked for.
pub trait GitView {
    /// Which way the repository is read, and why.
    fn backend(&self) -> &Backend;

    /// Where we are.
    fn place(&self) -> &Place;

    /// A commit's header. The parents of a commit at a shallow clone's boundary are those that
    /// the object names, though they are not here: see [`GitView::shallow`].
    fn commit(&self, id: Oid) -> Read<Commit>;

    /// The commits whose parents were cut off; empty unless the clone is shallow.
    fn shallow(&self) -> Read<BTreeSet<Oid>>;

    /// Peels annotated tags; `None` when what is left is no commit.
    fn peel_to_commit(&self, id: Oid) -> Read<Option<Oid>>;

    /// All leaves that differ between two trees (ids of trees; `None` is the empty tree), sorted
    /// by path.
    fn diff_trees(&self, old: Option<Oid>, new: Option<Oid>) -> Read<Vec<TreeChange>>;

    /// The same, of some paths alone: what does not lead to them is not read.
    fn diff_at(
        &self,
        old: Option<Oid>,
        new: Option<Oid>,
        paths: &BTreeSet<RepoPath>,
    ) -> Read<Vec<TreeChange>>;

    /// The leaf at a path of a tree; `None` when nothing, or a directory, is there.
    fn entry(&self, tree: Oid, path: &RepoPath) -> Read<Option<Entry>>;

    /// The names directly below a directory of a tree (empty path: the root), files and
    /// directories alike; empty when it is no directory.
    fn names_in(&self, tree: Oid, directory: &[u8]) -> Read<Vec<Vec<u8>>>;

    /// An error where an object is here and is no blob: a tree may name anything as a file. One that
    /// is not here is not fetched to know it (a partial clone).
    fn require_blob(&self, id: Oid) -> Read<()>;

    /// A blob's size, in bytes.
    fn blob_size(&self, id: Oid) -> Read<u64>;

    /// A blob's content.
    fn blob(&self, id: Oid) -> Read<Vec<u8>>;

    /// All best common ancestors of two sides, each of any number of tips, sorted by id; several in
    /// a criss-cross history.
    fn merge_bases(&self, ones: &[Oid], others: &[Oid]) -> Read<Vec<Oid>>;

    /// Whether `ancestor` is reachable from `descendant` (a commit is reachable from itself).
    fn is_ancestor(&self, ancestor: Oid, descendant: Oid) -> Read<bool>;

    /// Those of many commits that are reachable from `descendant`, found at once. Where clocks are wrong one
    /// of them may be missed.
    fn ancestors_among(&self, commits: &[Oid], descendant: Oid) -> Read<Vec<Oid>>;

    /// The commits reachable from `include` and not from `exclude`, children before parents,
    /// at most [`GitView::walk_limit`] of them for each of `include`.
    fn walk(&self, include: &[Oid], exclude: &[Oid]) -> Read<Vec<Oid>>;

    /// How many commits one question may walk: `contractgate.walkLimit`, by default 200,000.
    fn walk_limit(&self) -> usize;

    /// A ref by its full name, symbolic ones followed; `None` when there is none.
    fn reference(&self, name: &RefName) -> Read<Option<Reference>>;

    /// The ref that an update of this one writes: where it leads when it is symbolic, whether there
    /// is anything at that end or not; otherwise itself. One that leads in a circle, or further
    /// than git goes, is an error.
    fn end(&self, name: &RefName) -> Read<RefName>;

    /// All refs whose full name begins with the prefix, sorted by name. A ref that cannot be
    /// read is an error.
    fn references(&self, prefix: &str) -> Read<Vec<Reference>>;

    /// What HEAD is, in this worktree.
    fn head(&self) -> Read<Head>;

    /// The object that a revision expression names (`git rev-parse`); `None` when there is none.
    fn resolve(&self, revision: &str) -> Read<Option<Oid>>;

    /// The paths whose entry in the index (`GIT_INDEX_FILE` respected) differs from a tree's.
    /// Intent-to-add entries have no content yet and count as absent.
    fn staged(&self, against: Option<Oid>) -> Read<Staged>;

    /// The tracked paths whose file differs from the index, unmerged paths included, and those that
    /// `assume-unchanged` and `skip-worktree` hide from git as such.
    fn unstaged(&self) -> Read<Vec<WorktreeChange>>;

    /// Files that are neither tracked nor ignored.
    fn untracked(&self) -> Read<Vec<RepoPath>>;

    /// The last value of a key in git's configuration files: system, global, the repository's, the
    /// worktree's. What comes by `-c` or `GIT_CONFIG_COUNT` has no say: the gate's own keys must
    /// not depend on how a command was called. A key without a value is `true`.
    fn config(&self, key: &str) -> Read<Option<String>>;

    /// All values of a key in git's configuration files, in order.
    fn config_all(&self, key: &str) -> Read<Vec<String>>;

    /// The names of the remotes that the configuration gives an address, sorted.
    fn remotes(&self) -> Read<BTreeSet<String>>;

    /// The tracking ref of a branch's upstream, when it has one that exists here.
    fn upstream(&self, branch: &RefName) -> Read<Option<Reference>>;

    /// At most so many of the newest lines of the reflog of a ref below `refs/heads/`, the newest
    /// first; none where git keeps no log of it.
    fn reflog(&self, name: &RefName, most: usize) -> Read<Vec<Logged>>;

    /// At most so many of the newest lines of the reflog of this worktree's HEAD, the newest first;
    /// none where git keeps no log of it.
    fn head_log(&self, most: usize) -> Read<Vec<Logged>>;

    /// What HEAD is and was in every worktree, the main one's last.
    fn heads(&self) -> Read<Vec<HeadLog>>;

    /// Merges three versions of a file's content (the base, ours and theirs) as git does, textually and in
    /// memory. Without a base it is compared with the empty file.
    fn merge_text(&self, contents: [&[u8]; 3], steps: &mut Steps) -> Read<TextMerge>;

    /// Merges a commit into another as git does with whole trees: renames, submodules, and the drivers of git's
    /// own that the other's attributes give some paths. They have a common ancestor.
    fn merge_by_git(&self, into: Oid, merged: Oid, asked: MergeQuestion<'_>) -> Read<GitMerge>;

    /// How many lines one content adds to another and takes from it, as `git diff --numstat` counts
    /// them without attributes. `None`: one of them is binary.
    fn count_lines(&self, old: &[u8], new: &[u8]) -> Read<Option<LineCount>>;
}
