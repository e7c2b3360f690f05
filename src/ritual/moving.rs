//! The move of the trunk: one comparison and swap of its ref, and the worktrees that have it checked
//! out.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use policy::name::RefName;
use policy::oid::Oid;
use policy::text::{printable, shell_word};

use super::record::{self, Landed, Moving};
use super::rehearsal::directory;
use super::run::Run;
use super::step::Step;
use super::{Done, Stopped, worktrees};
use crate::repository::GitView;
use crate::system::environment::Environment;
use crate::system::process::{Git, last_words};

/// Whether the trunk has moved as it was to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moved {
    /// It has.
    Yes,
    /// Somebody else has moved it meanwhile.
    Elsewhere,
}

/// What became of a worktree that has the trunk checked out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Worktree {
    /// Its directory.
    pub path: PathBuf,
    /// Where the trunk was for its files, when they were left as they are.
    pub left_at: Option<String>,
}

impl Worktree {
    /// The command that brings it along, where it was left.
    pub fn command(&self) -> Option<String> {
        let path = shell_word(&printable(&self.path.to_string_lossy()));
        let from = self.left_at.as_ref()?;
        let refresh = format!("git -C {path} update-index -q --refresh");
        Some(format!("{refresh}; git -C {path} read-tree -m -u {from} HEAD"))
    }
}

/// The trunk's branch here, where a landing goes.
///
/// # Errors
/// When it is not here, or behind what its upstream has.
pub fn local(run: &Run<'_>) -> Done<Oid> {
    let trunk = printable(&run.trunk.name);
    let Some(local) = run.trunk.local.filter(|_| run.trunk.reference.branch_name().is_some())
    else {
        return Err(Stopped::Refused(format!(
            "there is no branch {trunk} here to land on: git branch {trunk} origin/{trunk}"
        )));
    };
    if let Some((name, upstream)) = &run.trunk.upstream
        && *upstream != local
        && run.history.is_ancestor(local, *upstream)?
    {
        let name = printable(&name.short());
        return Err(Stopped::Refused(format!(
            "{trunk} is behind {name}: bring it up to date first (git pull --ff-only, where it is \
             checked out)"
        )));
    }
    Ok(local)
}

/// Moves the trunk's ref from where the step began to its result.
pub fn swap(run: &Run<'_>, environment: &Environment, step: &Step, to: Oid) -> Done<Moved> {
    let message = format!("contract-gate: land {} ({})", step.agent, step.branch);
    update(environment, &run.trunk.reference, &message, to, step.from)
}

/// Moves a ref from one commit to another, or not at all.
pub fn update(
    environment: &Environment,
    reference: &RefName,
    message: &str,
    to: Oid,
    from: Oid,
) -> Done<Moved> {
    let told = Git::in_directory(environment.directory())
        .args(["update-ref", "-m", message, "--create-reflog", "--"])
        .arg(reference.to_string())
        .arg(to.to_string())
        .arg(from.to_string())
        .run()?;
    if told.status.success() {
        return Ok(Moved::Yes);
    }
    match at(environment.directory(), reference)? {
        Some(there) if there != from => Ok(Moved::Elsewhere),
        _ => Err(Stopped::Refused(format!(
            "git does not move {}: {}",
            printable(&reference.short()),
            last_words(&told.stderr)
        ))),
    }
}

fn at(directory: &Path, reference: &RefName) -> Done<Option<Oid>> {
    let ask = ["rev-parse", "--verify", "--quiet"];
    let told = Git::in_directory(directory).args(ask).arg(reference.to_string()).run()?;
    Ok(String::from_utf8_lossy(&told.stdout).trim().parse().ok())
}

/// The worktrees that have the trunk checked out and nothing in them that is not committed: they are
/// brought along.
pub fn clean_worktrees(run: &Run<'_>) -> Done<Vec<PathBuf>> {
    let mut clean = Vec::new();
    for worktree in of_trunk(run.view, &run.trunk.reference)? {
        if is_clean(&worktree)? {
            clean.push(worktree);
        }
    }
    Ok(clean)
}

fn of_trunk(view: &dyn GitView, reference: &RefName) -> Done<Vec<PathBuf>> {
    let found = worktrees::all(&directory(view))?.into_iter();
    let here =
        found.filter(|worktree| !worktree.gone && worktree.branch.as_ref() == Some(reference));
    Ok(here.map(|worktree| worktree.path).collect())
}

fn git(directory: &Path) -> Git {
    Git::in_directory(directory).of_directory_alone()
}

/// Whether a worktree holds what HEAD says, and no command of git's is half done in it.
fn is_clean(worktree: &Path) -> Done<bool> {
    let status = ["status", "--porcelain", "--untracked-files=no", "--ignore-submodules=none"];
    if !git(worktree).args(status).stdout()?.is_empty() {
        return Ok(false);
    }
    let told = git(worktree).args(["rev-parse", "--absolute-git-dir"]).stdout()?;
    let git_dir = PathBuf::from(String::from_utf8_lossy(&told).trim_end());
    let half_done =
        ["MERGE_HEAD", "CHERRY_PICK_HEAD", "REVERT_HEAD", "rebase-merge", "rebase-apply"];
    Ok(!half_done.iter().any(|name| git_dir.join(name).exists()))
}

/// Brings the worktrees along that were clean before the trunk moved, and says which were left. A
/// worktree that has changed since is left: git takes two trees, and gives up where a file is not
/// as in the first (`git read-tree -m -u`, 2.39 and 2.47).
pub fn bring_along(
    view: &dyn GitView,
    moving: &Moving,
    before: &[Worktree],
) -> Done<Vec<Worktree>> {
    let reference = RefName::new(moving.reference.as_bytes());
    let (from, to) = (&moving.landed.from, &moving.landed.to);
    bring(view, &reference, &moving.worktrees, (from, to), before)
}

/// The same, for any move of the trunk.
pub fn bring(
    view: &dyn GitView,
    reference: &RefName,
    clean: &[PathBuf],
    (from, to): (&String, &String),
    before: &[Worktree],
) -> Done<Vec<Worktree>> {
    let mut all = Vec::new();
    for path in of_trunk(view, reference)? {
        // One that was left before stays at what its files were then.
        let left_before = before.iter().find(|worktree| worktree.path == path);
        if let Some(left_at) = left_before.and_then(|worktree| worktree.left_at.clone()) {
            all.push(Worktree { path, left_at: Some(left_at) });
            continue;
        }
        let brought = clean.contains(&path) && {
            let index = git(&path).args(["diff-index", "--cached", "--quiet", from, "--"]).run()?;
            let arrived = git(&path).args(["diff-index", "--cached", "--quiet", to, "--"]).run()?;
            arrived.status.success() || (index.status.success() && forward(&path, from, to)?)
        };
        let left_at = match brought {
            true => None,
            false => Some(files_of(&path, from, &record::landings(view.place())?)?),
        };
        all.push(Worktree { path, left_at });
    }
    Ok(all)
}

/// The trunk's state that the files of a worktree are nearest to, of those that landings made here
/// have left behind: it may have been left before.
fn files_of(worktree: &Path, from: &str, landings: &[Landed]) -> Done<String> {
    let differ = |commit: &str| -> Done<usize> {
        let compare = ["diff-index", "--cached", "--name-only", "-z"];
        let told = git(worktree).args(compare).args([commit, "--"]).stdout()?;
        Ok(told.iter().filter(|byte| **byte == 0).count())
    };
    let mut nearest = (differ(from)?, from.to_owned());
    let mut at = from;
    for landed in landings.iter().rev().filter(|landed| landed.from != landed.to) {
        if landed.to == at {
            at = &landed.from;
            nearest = nearest.min((differ(at)?, at.to_owned()));
        }
    }
    Ok(nearest.1)
}

/// Takes a worktree from one commit's files to another's, where nothing of its own is in the way.
fn forward(worktree: &Path, from: &str, to: &str) -> Done<bool> {
    // Git takes what is ignored for worthless, and would write over it.
    let added = ["diff-tree", "-r", "-z", "--name-only", "--no-renames", "--diff-filter=A"];
    let added = git(worktree).args(added).args([from, to]).stdout()?;
    let is_there = |path: &[u8]| worktree.join(OsStr::from_bytes(path)).symlink_metadata().is_ok();
    if added.split(|byte| *byte == 0).any(|path| !path.is_empty() && is_there(path)) {
        return Ok(false);
    }
    // `read-tree` believes what the index notes of the files, and gives up where that is out of date.
    git(worktree).args(["update-index", "-q", "--refresh"]).run()?;
    let moved = git(worktree).args(["read-tree", "-m", "-u", from, to]).run()?;
    Ok(moved.status.success())
}

/// Whether a move that was interrupted has been made: the trunk is there, or beyond. One that was
/// pushed and not made here is made now.
pub fn was_made(view: &dyn GitView, moving: &Moving, environment: &Environment) -> Done<bool> {
    let reference = RefName::new(moving.reference.as_bytes());
    let parse = |text: &str| -> Done<Oid> {
        text.parse().map_err(|_| Stopped::Refused("the journal names no commit".to_owned()))
    };
    let (from, to) = (parse(&moving.landed.from)?, parse(&moving.landed.to)?);
    let Some(there) = view.reference(&reference)?.map(|found| found.target) else {
        return Ok(false);
    };
    if there == to || view.is_ancestor(to, there)? {
        return Ok(true);
    }
    let upstream = view.upstream(&reference)?.map(|found| found.target);
    if there == from && upstream == Some(to) {
        let message =
            format!("contract-gate: land {} ({})", moving.landed.agent, moving.landed.branch);
        return Ok(update(environment, &reference, &message, to, from)? == Moved::Yes);
    }
    Ok(false)
}
