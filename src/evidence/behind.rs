//! A worktree that was left behind: its branch was moved from elsewhere, and index and files are still
//! those of where it was. A commit of all of it takes back what has come since, and nobody sees it.
//!
//! Git writes the log of a worktree's HEAD only when HEAD or its branch moves through this very
//! worktree; `checkout`, `reset`, `stash`, `symbolic-ref` and `commit` all do (git 2.39 and 2.47, files
//! and reftable). So where its newest line ends elsewhere than HEAD, the branch was moved from
//! elsewhere. Git goes on writing a log that is there when `core.logAllRefUpdates` is off; where there
//! is no log, nothing is said.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;

use policy::change::Entry;
use policy::name::RefName;
use policy::oid::Oid;
use policy::path::RepoPath;
use policy::text::{printable, shell_word};

use super::Known;
use super::history::History;
use crate::repository::{GitView, Head, Logged, Read, Staged};

/// How the reason of a move begins that `land` or `close` has made. In the worktree that they were
/// called in git logs it, though files and index stay.
const OF_THE_REF_ALONE: [&str; 2] = ["contract-gate: land", "contract-gate: close"];

/// The reason that is logged where files and index have followed.
pub const FOLLOWED: &str = "contract-gate: files brought along";

/// Whether paths are in conflict in a worktree: git reads no tree into such an index (2.39 and 2.47).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InConflict {
    /// None are.
    None,
    /// They are by a merge, and to give that up brings the worktree along.
    OfAMerge,
    /// They are by something else: a revert, a cherry-pick, a stash.
    Other,
}

impl InConflict {
    /// As the index has it, and whether the worktree's git directory holds a merge.
    pub fn of(is_unmerged: bool, git_dir: &Path) -> Self {
        match is_unmerged {
            false => Self::None,
            // A file wherever refs are kept (2.47, with reftable).
            true if git_dir.join("MERGE_HEAD").exists() => Self::OfAMerge,
            true => Self::Other,
        }
    }

    /// What is said before the command that brings the worktree along.
    pub fn first(self) -> &'static str {
        match self {
            Self::None => "",
            Self::OfAMerge => {
                "resolve what is in conflict there and git add it, or give it up by git merge --abort; then "
            }
            Self::Other => "resolve what is in conflict there and git add it; then ",
        }
    }
}

/// What is known of a worktree that was left behind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Behind {
    /// The branch that is checked out in it.
    pub branch: RefName,
    /// The commit whose files it has.
    pub from: Oid,
    /// Where its branch is.
    pub to: Oid,
    /// The paths that differ between the two, and are as in the older one.
    pub stale: Vec<RepoPath>,
    /// Those that differ, and that somebody has changed here as well.
    pub changed: Vec<RepoPath>,
    /// Whether files that git does not track stand where files have come.
    pub in_the_way: bool,
    /// Whether paths are in conflict.
    pub conflict: InConflict,
}

/// Whether the index that the view reads was left behind on a branch.
///
/// All of it has to be: where a single path that has come since is as HEAD has it, somebody has
/// brought the index along, and what is taken back is taken back on purpose.
pub fn of(history: &History<'_>, branch: &RefName) -> Known<Option<Behind>> {
    find(history, branch, false)
}

/// The same of a branch that may have been begun there, for what was in the way.
pub fn of_begun(history: &History<'_>, branch: &RefName) -> Known<Option<Behind>> {
    find(history, branch, true)
}

fn find(history: &History<'_>, branch: &RefName, begun: bool) -> Known<Option<Behind>> {
    let view = history.view();
    let Head::Branch(name, to) = view.head()? else { return Ok(None) };
    if name != *branch {
        return Ok(None);
    }
    let Some((from, until)) = left_at(view, to, begun)? else { return Ok(None) };
    // The log may name what is gone.
    let is_below = |one, other| matches!(history.is_ancestor(one, other), Ok(true));
    if !is_below(from, until) || !is_below(until, to) {
        return Ok(None);
    }
    let (old, new) = (history.tree(from)?, history.tree(until)?);
    let staged = view.staged(Some(history.tree(to)?))?;
    let conflict = InConflict::of(!staged.unmerged.is_empty(), &view.place().git_dir);
    let index = Index::of(staged);
    let root = view.place().worktree.clone();
    let is_there = |path: &RepoPath| {
        let root = root.as_deref().map(|root| root.join(OsStr::from_bytes(path.as_bytes())));
        root.is_some_and(|file| file.symlink_metadata().is_ok())
    };
    let (mut stale, mut changed, mut in_the_way) = (Vec::new(), Vec::new(), false);
    for came in view.diff_trees(Some(old), Some(new))? {
        match index.at(&came.path) {
            None => return Ok(None),
            Some(Slot::Entry(entry)) if entry == came.old => {
                in_the_way |= came.old.is_none() && is_there(&came.path);
                stale.push(came.path);
            }
            Some(_) => changed.push(came.path),
        }
    }
    if stale.is_empty() {
        return Ok(None);
    }
    // Only which way leads out depends on the files themselves.
    for file in view.unstaged().unwrap_or_default() {
        changed.extend(stale.contains(&file.path).then_some(file.path));
    }
    Ok(Some(Behind { branch: name, from, to, stale, changed, in_the_way, conflict }))
}

impl Behind {
    /// The command that brings the worktree along, keeping what was changed in it.
    pub fn command(&self, worktree: Option<&Path>) -> String {
        let from = self.from.to_string();
        match self.changed.is_empty() {
            true => bring_along(worktree, &from, self.in_the_way),
            false => merge_along(worktree, &from, &self.branch),
        }
    }
}

/// How many commits may have been made, each of a part alone, since a worktree was left behind.
const MOST_COMMITS: usize = 20;

/// The commit that index and files were last brought to, as far as the log of HEAD tells, and the one to
/// which the branch was moved from there by somebody else. What was committed upon that says nothing of
/// the index: `git commit PATH` and `--allow-empty --only` make a commit of one of their own.
fn left_at(view: &dyn GitView, to: Oid, begun: bool) -> Read<Option<(Oid, Oid)>> {
    let is_of_the_ref_alone = |line: &Logged| {
        OF_THE_REF_ALONE.iter().any(|begin| line.message.starts_with(begin))
            // `git switch -c` changes no file, and logs a move to where HEAD is (2.39 and 2.47).
            || (begun && line.old == line.new && line.message.starts_with("checkout: moving from "))
    };
    let log = match view.head_log(1)?.as_slice() {
        // Most often HEAD is where the last line says.
        [line] if line.new != Some(to) && !is_of_the_ref_alone(line) => {
            return Ok(line.new.map(|from| (from, to)));
        }
        [line] if !is_of_the_ref_alone(line) && !is_a_commit(line) => return Ok(None),
        [] => return Ok(None),
        _ => view.head_log(usize::MAX)?,
    };
    let mut until = to;
    let lines = log.iter().filter(|line| !is_of_the_ref_alone(line));
    for (commits, line) in lines.enumerate() {
        let Some(new) = line.new else { return Ok(None) };
        if new != until {
            return Ok(Some((new, until)));
        }
        let Some(old) = line.old.filter(|_| is_a_commit(line) && commits < MOST_COMMITS) else {
            return Ok(None);
        };
        until = old;
    }
    Ok(None)
}

fn is_a_commit(line: &Logged) -> bool {
    line.message.starts_with("commit: ")
}

/// Where the index differs from HEAD.
struct Index(BTreeMap<RepoPath, Slot>);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Slot {
    Entry(Option<Entry>),
    Unmerged,
}

impl Index {
    fn of(staged: Staged) -> Self {
        let merged = staged.changes.into_iter().map(|one| (one.path, Slot::Entry(one.new)));
        let unmerged = staged.unmerged.into_iter().map(|path| (path, Slot::Unmerged));
        Self(merged.chain(unmerged).collect())
    }

    /// What it has at a path; `None`: what HEAD has.
    fn at(&self, path: &RepoPath) -> Option<Slot> {
        self.0.get(path).copied()
    }
}

/// The command that brings a worktree along from a commit to its HEAD, and keeps what was changed in
/// it. Git takes two trees, leaves what is staged besides, and gives up where a file that has come is
/// changed here too (2.39 and 2.47), or not tracked; it writes over what is ignored, so that where
/// something is in the way the command names it and does nothing before it is moved. The last part has
/// the log of HEAD say that files have followed.
pub fn bring_along(worktree: Option<&Path>, from: &str, in_the_way: bool) -> String {
    let added = format!("git diff -z --name-only --no-renames --diff-filter=A {from} HEAD");
    let guard = match in_the_way {
        true => {
            format!(
                "! {added} | (cd \"./$(git rev-parse --show-cdup)\"; xargs -0 ls -d) 2>/dev/null | grep . && "
            )
        }
        false => String::new(),
    };
    let bring = format!(
        "git update-index -q --refresh; git read-tree -m -u {from} HEAD && git update-ref -m 'brought along' \
         HEAD HEAD"
    );
    let bring = if in_the_way { format!("{{ {bring}; }}") } else { bring };
    within(worktree, &format!("{guard}{bring}"))
}

/// The same where both sides have changed a file: what was changed is merged into what has come, with
/// the marks of a conflict where they meet. (`checkout -m` from the old commit, which wants nothing
/// staged; 2.39 and 2.47.) A merge that is under way has to end first; and where `checkout` gives up,
/// the branch is checked out again.
pub fn merge_along(worktree: Option<&Path>, from: &str, branch: &RefName) -> String {
    let full = shell_word(&printable(&branch.to_string()));
    let branch = shell_word(&printable(&branch.short()));
    within(
        worktree,
        &format!(
            "! git rev-parse -q --verify MERGE_HEAD && git checkout -q --detach && git reset -q {from} && {{ git \
             checkout -q -m {branch} || ! git symbolic-ref HEAD {full}; }}"
        ),
    )
}

fn within(worktree: Option<&Path>, commands: &str) -> String {
    match worktree {
        Some(path) => {
            let path = shell_word(&printable(&path.to_string_lossy()));
            format!("(cd {path} || exit; {commands})")
        }
        None => commands.to_owned(),
    }
}
