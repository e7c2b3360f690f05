//! The move of the trunk: one comparison and swap of its ref, and the worktrees that have it checked
//! out.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use policy::contract::Agent;
use policy::name::RefName;
use policy::oid::Oid;
use policy::text::{printable, shell_word};

use super::record::{self, Landed, Moving};
use super::rehearsal::directory;
use super::run::Run;
use super::step::Step;
use super::{Done, Stopped, worktrees};
use crate::evidence::behind::{self, InConflict};
use crate::repository::GitView;
use crate::system::environment::Environment;
use crate::system::process::{Git, last_words};

/// Whether the trunk has moved as it was to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Moved {
    /// It has.
    Yes,
    /// Somebody else has moved it meanwhile.
    Elsewhere,
    /// It is where it was: a hook, or git itself, is against it, and says so (safe to print).
    Refused(String),
}

/// What became of a worktree that has the trunk checked out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Worktree {
    /// Its directory.
    pub path: PathBuf,
    /// How it stands, when its files were left as they are.
    pub left: Option<Left>,
}

/// A worktree whose files were left as they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Left {
    /// Where the trunk was for its files.
    pub at: String,
    /// The command that brings it along.
    pub command: String,
    /// Whether paths are in conflict there, which has to end first.
    pub conflict: InConflict,
}

/// The trunk's branch here, where a landing goes.
///
/// # Errors
/// When it is not here, behind what its upstream has, or in the middle of a rebase, an am or a bisect.
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
        // Without an upstream that is set, git pulls nothing unless it is told from where.
        let from = match (run.view.upstream(&run.trunk.reference)?, name.tracked()) {
            (None, Some((remote, branch))) => {
                let word = |bytes| shell_word(&printable(&String::from_utf8_lossy(bytes)));
                format!(" {} {}", word(remote), word(branch))
            }
            _ => String::new(),
        };
        let name = printable(&name.short());
        return Err(Stopped::Refused(format!(
            "{trunk} is behind {name}: bring it up to date first (git pull --ff-only{from}, where it \
             is checked out)"
        )));
    }
    if let Some(busy) = worktrees::busy_with(run.view.place(), &run.trunk.reference)? {
        return Err(Stopped::Refused(format!(
            "{}, and goes on from where {trunk} is: end it first ({})",
            busy.of(&run.trunk.name),
            busy.ends()
        )));
    }
    Ok(local)
}

/// Refuses a lane that is in the middle of a rebase or an am: its branch is as it was before.
///
/// # Errors
/// Where it is, or that cannot be read.
pub fn is_at_rest(run: &Run<'_>, agent: &Agent) -> Done<()> {
    match worktrees::made_anew(run.view.place(), &agent.reference())? {
        None => Ok(()),
        Some(busy) => Err(Stopped::Refused(format!(
            "{}, and {} would land as it was before: end it first ({})",
            busy.of(&agent.branch),
            agent.id,
            busy.ends()
        ))),
    }
}

/// Moves the trunk's ref from where the step began to its result.
pub fn swap(run: &Run<'_>, environment: &Environment, step: &Step, to: Oid) -> Done<Moved> {
    let message = format!("contract-gate: land {} ({})", step.agent, step.branch);
    let lanes_at = run.remote.as_deref();
    update(environment, lanes_at, &run.trunk.reference, &message, (step.from, to))
}

/// Moves a ref from one commit to another, or not at all. Hooks look lanes up at the remote that is given.
pub fn update(
    environment: &Environment,
    lanes_at: Option<&str>,
    reference: &RefName,
    message: &str,
    (from, to): (Oid, Oid),
) -> Done<Moved> {
    let told = Git::in_directory(environment.directory())
        .with_lanes_at(lanes_at)
        .args(["update-ref", "-m", message, "--create-reflog", "--"])
        .arg(reference.to_string())
        .arg(to.to_string())
        .arg(from.to_string())
        .run()?;
    if told.status.success() {
        return Ok(Moved::Yes);
    }
    match at(environment.directory(), reference)? {
        // In a mirror the branch is its own tracking ref, and has moved with the push (git 2.39 and 2.47).
        Some(there) if there == to => Ok(Moved::Yes),
        Some(there) if there != from => Ok(Moved::Elsewhere),
        _ => Ok(Moved::Refused(format!(
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

/// Whether a worktree holds what HEAD says, and no command of git's is half done in it. What is in a submodule
/// stays as it is whatever moves (`git read-tree -m -u`, 2.39 and 2.47).
fn is_clean(worktree: &Path) -> Done<bool> {
    let status = ["status", "--porcelain", "--untracked-files=no", "--ignore-submodules=all"];
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
        if let Some(left) = left_before.and_then(|worktree| worktree.left.as_ref()) {
            let left = Some(left_behind(&path, left.at.clone(), (to, reference))?);
            all.push(Worktree { path, left });
            continue;
        }
        let brought = clean.contains(&path) && {
            let holds = |tree: &str| {
                let compare = ["diff-index", "--cached", "--quiet", "--ignore-submodules=none"];
                git(&path).args(compare).args([tree, "--"]).run().map(|told| told.status.success())
            };
            holds(to)? || (holds(from)? && forward(&path, from, to)?)
        };
        let left = match brought {
            true => {
                has_followed(&path, to)?;
                None
            }
            false => {
                let at = files_of(&path, from, &record::landings(view.place())?)?;
                Some(left_behind(&path, at, (to, reference))?)
            }
        };
        all.push(Worktree { path, left });
    }
    Ok(all)
}

/// What is said where the main worktree was to be brought along, and cannot be found.
pub fn left_unfound(view: &dyn GitView, moving: &Moving) -> Done<Option<String>> {
    let reference = RefName::new(moving.reference.as_bytes());
    worktrees::left_unfound(&directory(view), &reference)
}

/// How a worktree that was left is brought along: by way of a merge where a file that has come is
/// changed there too.
fn left_behind(path: &Path, at: String, (to, trunk): (&str, &RefName)) -> Done<Left> {
    let names = ["--name-only", "-z", "--no-renames"];
    let came = git(path).args(["diff-tree", "-r"]).args(names).args([&*at, to]).stdout()?;
    let changed = git(path).args(["diff-index"]).args(names).args([&*at, "--"]).stdout()?;
    let came: BTreeSet<&[u8]> = came.split(|byte| *byte == 0).filter(|p| !p.is_empty()).collect();
    let meets = changed.split(|byte| *byte == 0).any(|changed| came.contains(changed));
    let command = match meets {
        true => behind::merge_along(Some(path), &at, trunk),
        false => behind::bring_along(Some(path), &at, is_in_the_way(path, &at, to)?),
    };
    let unmerged = git(path).args(["ls-files", "--unmerged", "-z"]).stdout()?;
    let git_dir = git(path).args(["rev-parse", "--absolute-git-dir"]).stdout()?;
    let git_dir = Path::new(OsStr::from_bytes(git_dir.trim_ascii_end()));
    Ok(Left { at, command, conflict: InConflict::of(!unmerged.is_empty(), git_dir) })
}

/// Has git log, in a worktree whose files are there, that HEAD is too: by that it is known that this
/// one was not left behind. An update of HEAD to where it is logs it, and changes nothing (git 2.39 and
/// 2.47); where there is no log, none is made.
fn has_followed(worktree: &Path, to: &str) -> Done<()> {
    let update = ["update-ref", "-m", behind::FOLLOWED, "HEAD", to, to];
    // Where somebody has moved it meanwhile, that is logged.
    git(worktree).setting("core.hooksPath=/dev/null").args(update).run()?;
    Ok(())
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

/// Whether files that git does not track stand where one commit has files and an older one has none. Git
/// takes what is ignored for worthless, and would write over it.
fn is_in_the_way(worktree: &Path, from: &str, to: &str) -> Done<bool> {
    let added = ["diff-tree", "-r", "-z", "--name-only", "--no-renames", "--diff-filter=A"];
    let added = git(worktree).args(added).args([from, to]).stdout()?;
    let is_there = |path: &[u8]| worktree.join(OsStr::from_bytes(path)).symlink_metadata().is_ok();
    Ok(added.split(|byte| *byte == 0).any(|path| !path.is_empty() && is_there(path)))
}

/// Takes a worktree from one commit's files to another's, where nothing of its own is in the way.
fn forward(worktree: &Path, from: &str, to: &str) -> Done<bool> {
    if is_in_the_way(worktree, from, to)? {
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
        return match update(environment, None, &reference, &message, (from, to))? {
            Moved::Refused(words) => Err(Stopped::Refused(words)),
            moved => Ok(moved == Moved::Yes),
        };
    }
    Ok(false)
}
