//! The worktrees and branches of lanes that have landed go, when a run ends or after it has ended.
//!
//! Only what has landed goes, by the evidence of the trunk at the end of the run, and git itself
//! refuses where something in a worktree would be lost.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use policy::contract::{Contract, ContractFile};
use policy::oid::Oid;
use policy::text::{printable, shell_word};

use super::close::{Closed, Request};
use super::pushing::Target;
use super::rehearsal::directory;
use super::run::{Lane, Run};
use super::{Done, Stopped, moving, worktrees};
use crate::evidence::contract::Contracts;
use crate::evidence::lane::landed::Landing;
use crate::repository::{self, GitView, Head, Wanted, moved_worktree};
use crate::system::environment::Environment;
use crate::system::process::{Git, last_words};

/// Pushes the end of the run that ended last, and removes what landed in it, as far as either is asked,
/// when the contract is off the trunk already: the commit that took it away is the newest of the trunk
/// that did, and the contract and the landings are those of the commit before it. A branch goes only where it is still what that commit says, or wholly
/// on the trunk: somebody may have begun something else under its name.
///
/// # Errors
/// When no run has ended on the trunk, or its contract cannot be read.
pub fn afterwards(
    view: &dyn GitView,
    request: &Request,
    environment: &Environment,
    tell: &mut dyn FnMut(&str),
) -> Done<Closed> {
    let absent = Run::under(view, &request.asked, Rc::new(Contract::absent()))?;
    let tip = absent.governing();
    let no_contract = || Stopped::NoContract { trunk: printable(&absent.trunk.name) };
    let to = last_taken_away(view, tip)?.ok_or_else(no_contract)?;
    let from = view.commit(to)?.parents.first().copied().ok_or_else(no_contract)?;
    let held = Contracts::new(&absent.history, &absent.trunk)?.at(from)?.known()?;
    let contract = held.ok_or_else(no_contract)?;
    let run = Run { contract, ..absent };
    let lanes = run.lanes_at(from)?;
    let message = ["show", "--no-patch", "--no-notes", "--format=%B"];
    let message = Git::in_directory(directory(view)).args(message).arg(to.to_string()).stdout()?;
    let message = String::from_utf8_lossy(&message).trim_end().to_owned();
    let mut closed = Closed::new(&run, (from, to), message);
    closed.was_closed = true;
    push(&run, request, environment, (tip, &mut closed), tell)?;
    let mut these = Vec::new();
    for lane in lanes {
        let Some(at) = lane.tip else { continue };
        let is_as_told =
            super::close::names_tip(&closed.message, &lane) || view.is_ancestor(at, tip)?;
        if !request.remove {
            closed.is_removable |= has_landed(&lane) && is_as_told;
        } else if has_landed(&lane) && !is_as_told {
            let branch = printable(&lane.branch);
            closed.kept.push(format!("{branch}: it is not as it was when the run ended"));
        } else {
            these.push(lane);
        }
    }
    landed(&run, &these, environment, &mut closed)?;
    Ok(closed)
}

/// Pushes the trunk, where that is asked; else names the command, where the remote is not known to have
/// it.
fn push(
    run: &Run<'_>,
    request: &Request,
    environment: &Environment,
    (tip, closed): (Oid, &mut Closed),
    tell: &mut dyn FnMut(&str),
) -> Done<()> {
    if !request.push {
        let target = Target::find(run)?;
        if let Some(target) = target
            && target.unpushed(run, tip)? > 0
        {
            closed.push = Some(target.command(run));
        }
        return Ok(());
    }
    let target = Target::of(run)?;
    let trunk = moving::local(run)?;
    // What came before the end of the run, or after it, goes along.
    let beside = if trunk == closed.to { closed.from } else { trunk };
    if let Some(note) = target.note(run, beside)? {
        tell(&note);
    }
    target.push(run, None, trunk, environment, &request.again())?;
    closed.pushed = Some(target.remote);
    Ok(())
}

/// The newest commit on the trunk's first-parent line that takes a contract's file away.
fn last_taken_away(view: &dyn GitView, tip: Oid) -> Done<Option<Oid>> {
    let log = ["log", "--first-parent", "--max-count=1", "--format=%H", "--diff-filter=D"];
    let told = Git::in_directory(directory(view))
        .args(log)
        .args(["--no-renames", &tip.to_string(), "--", "contract.toml", "CONTRACT.md"])
        .stdout()?;
    Ok(String::from_utf8_lossy(&told).trim().parse().ok())
}

/// Where the contract of the run that ended last is to be read, as git spells it: of what is checked out.
pub fn last_contract(view: &dyn GitView) -> Option<(String, ContractFile)> {
    let Head::Branch(_, tip) = view.head().ok()? else { return None };
    let taken_away = last_taken_away(view, tip).ok()??;
    let before = *view.commit(taken_away).ok()?.parents.first()?;
    let file = ContractFile::ALL.into_iter().find(|file| {
        let at = format!("{before}:{}", file.name());
        let told = Git::in_directory(directory(view)).args(["cat-file", "-e", &at]).run();
        told.is_ok_and(|told| told.status.success())
    })?;
    Some((format!("{}:{}", before.short(), file.name()), file))
}

/// Whether a lane's work is wholly on the trunk, as far as its branch is still there.
pub fn has_landed(lane: &Lane) -> bool {
    matches!(lane.landing, Landing::Reachable | Landing::Arrived)
}

/// Removes the worktrees and branches of lanes that have landed.
pub fn landed(
    run: &Run<'_>,
    lanes: &[Lane],
    environment: &Environment,
    closed: &mut Closed,
) -> Done<()> {
    let here = directory(run.view);
    let all = worktrees::all(&here)?;
    let git = || Git::in_directory(environment.directory());
    for lane in lanes {
        let Some(agent) = run.contract.agent(&lane.agent) else { continue };
        let branch = printable(&lane.branch);
        if !has_landed(lane) {
            if lane.is_open() && lane.tip.is_some() {
                closed.kept.push(format!("{branch}: it has work that has not landed"));
            }
            continue;
        }
        if let Some(tip) = lane.tip
            && !is_on_the_trunk(run, closed, lane, tip)?
        {
            closed.kept.push(format!(
                "{branch}: {} is not what landed, and the trunk does not hold all of it",
                tip.short()
            ));
            continue;
        }
        let mut is_free = true;
        for worktree in all.iter().filter(|one| one.branch.as_ref() == Some(&agent.reference())) {
            let path = printable(&worktree.path.to_string_lossy());
            if worktree.gone {
                // Git takes what was moved by `mv`, with work in it, for one that is gone.
                is_free = false;
                if worktree.locked {
                    let word = shell_word(&path);
                    closed.kept.push(format!(
                        "{path}: locked, and not there; if it was deleted: git worktree unlock {word}; \
                         git worktree prune"
                    ));
                    continue;
                }
                closed.kept.push(format!(
                    "{path}: nothing is there; if it was moved, in it: {}; if it was deleted: git \
                     worktree prune",
                    moved_worktree::REPAIR
                ));
                continue;
            }
            if let Some(held) = out_of_sight(&worktree.path, environment)? {
                is_free = false;
                closed.kept.push(format!("{path}: {held}"));
                continue;
            }
            let mut told = git().args(["worktree", "remove", "--"]).arg(&worktree.path).run()?;
            if !told.status.success() && holds_no_more_than_git_has(&worktree.path)? {
                let force = ["worktree", "remove", "--force", "--"];
                told = git().args(force).arg(&worktree.path).run()?;
            }
            if told.status.success() {
                closed.removed.push(path);
            } else {
                is_free = false;
                closed.kept.push(format!("{path}: {}", last_words(&told.stderr)));
            }
        }
        // A lane that is looked up at a remote has no branch here.
        if !is_free || run.view.reference(&agent.reference())?.is_none() {
            continue;
        }
        let told = git().args(["branch", "--quiet", "-D", "--"]).arg(&lane.branch).run()?;
        match told.status.success() {
            true => closed.removed.push(branch),
            false => closed.kept.push(format!("{branch}: {}", last_words(&told.stderr))),
        }
    }
    Ok(())
}

/// Whether nothing is lost with a lane's branch: its tip is on the trunk, or is what is told to have
/// landed, or merging it would change nothing there.
fn is_on_the_trunk(run: &Run<'_>, closed: &Closed, lane: &Lane, tip: Oid) -> Done<bool> {
    if super::close::names_tip(&closed.message, lane) || run.view.is_ancestor(tip, closed.to)? {
        return Ok(true);
    }
    let here = directory(run.view);
    let merged = ["merge-tree", "--write-tree", "--no-messages"];
    let merged = Git::in_directory(&here)
        .args(merged)
        .arg(closed.to.to_string())
        .arg(tip.to_string())
        .run()?;
    let tree = run.view.commit(closed.to)?.tree.to_string();
    Ok(merged.status.success() && String::from_utf8_lossy(&merged.stdout).trim() == tree)
}

/// What a worktree holds that `git worktree remove` does not look at (2.39 and 2.47): changes in files that
/// are marked skip-worktree or assume-unchanged, and a repository of its own that is ignored. Other
/// ignored files go with it. Safe to print.
fn out_of_sight(worktree: &Path, environment: &Environment) -> Done<Option<String>> {
    let view = repository::open_in(worktree, environment, Wanted::Index)?;
    if let Some(change) = view.unstaged()?.into_iter().find(|change| change.hidden) {
        let path = change.path;
        return Ok(Some(format!("{path} is changed, and git was told not to look at it")));
    }
    let status = ["status", "--porcelain", "-z", "--ignored", "--untracked-files=normal"];
    let listed = Git::in_directory(worktree).of_directory_alone().args(status).stdout()?;
    for entry in listed.split(|byte| *byte == 0) {
        let Some(name) = entry.strip_prefix(b"!! ").filter(|name| name.ends_with(b"/")) else {
            continue;
        };
        if worktree.join(OsStr::from_bytes(name)).join(".git").exists() {
            let name = printable(&String::from_utf8_lossy(name));
            return Ok(Some(format!("{name} is a repository of its own")));
        }
    }
    Ok(None)
}

/// Whether nothing in a worktree would be lost that git refuses to remove: it has submodules, on paper
/// alone. Git takes no such worktree without force, and with force what is in a submodule too (2.39 and
/// 2.47: `working trees containing submodules cannot be moved or removed`).
fn holds_no_more_than_git_has(worktree: &Path) -> Done<bool> {
    let git = || Git::in_directory(worktree).of_directory_alone();
    let told = git().args(["rev-parse", "--absolute-git-dir"]).run()?;
    let git_dir = PathBuf::from(String::from_utf8_lossy(&told.stdout).trim_end());
    if !told.status.success() || git_dir.join("modules").exists() || git_dir.join("locked").exists()
    {
        return Ok(false);
    }
    let listed = git().args(["ls-files", "--stage", "-z"]).stdout()?;
    let mut entries = listed.split(|byte| *byte == 0);
    if !entries.any(|entry| entry.starts_with(b"160000 ")) {
        return Ok(false);
    }
    let status = ["status", "--porcelain", "--untracked-files=all", "--ignore-submodules=none"];
    Ok(git().args(status).stdout()?.is_empty())
}
