//! A lane that `git branch -M` or `-C` has put another branch in the place of: no hook is asked,
//! and the lane's reflog is gone with it. What it held before is known where somebody had it
//! checked out, or where a remote has it. Reads logs and refs; decides nothing, writes nothing.
//! All that is said of git was seen with 2.39 and 2.47 alike.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use policy::name::RefName;
use policy::oid::Oid;
use policy::text::{printable, shell_word};
use policy::verdict::Note;

use crate::repository::{GitView, Head, Read};
use crate::system::files;

/// More of a log is not read.
const LOG_LIMIT: u64 = 16 * 1024 * 1024;

/// What there is to say of a branch that was overwritten and has not moved since. `None` where it
/// is not known that anything was lost, unless it is refused.
pub fn note(view: &dyn GitView, branch: &RefName, refused: bool) -> Option<Note> {
    let (name, common) = (branch.to_str()?, &view.place().common_dir);
    let log = text(&common.join("logs").join(name))?;
    let message = log.lines().next_back()?.split_once('\t')?.1;
    let by = ["Branch: renamed ", "Branch: copied "].iter().any(|by| message.starts_with(by));
    if !by || !message.ends_with(&format!(" to {name}")) {
        return None;
    }
    // What cannot be read here changes no verdict; there is only less to say.
    let lost = lost(view, branch, name).ok()?;
    let shown = printable(&branch.short());
    let begin = format!("another branch was put in the place of {shown} by git branch -M or -C");
    let message = match lost.last() {
        Some(tip) => {
            let is_here = matches!(view.head(), Ok(Head::Branch(here, _)) if here == *branch);
            let short = shell_word(&branch.short());
            let back = match is_here {
                true => format!("git reset --keep {tip}"),
                false => format!("git branch -f {short} {tip}"),
            };
            format!("{begin}; what it held before is brought back by {back}")
        }
        None if refused => {
            format!("{begin}; git keeps no record of what it held before: git fsck --lost-found")
        }
        None => return None,
    };
    Some(Note { code: "branch-overwritten", message: printable(&message) })
}

/// The commits that the branch is known to have held, and that it does not hold now; what a
/// worktree's HEAD was comes last, as the newest.
fn lost(view: &dyn GitView, branch: &RefName, name: &str) -> Read<Vec<Oid>> {
    let Some(tip) = view.reference(branch)?.map(|found| found.target) else {
        return Ok(Vec::new());
    };
    let mut lost = Vec::new();
    let short = name.strip_prefix("refs/heads/").unwrap_or(name);
    for tracking in view.references("refs/remotes/")? {
        let is_it = tracking.name.tracked().is_some_and(|(_, at)| at == short.as_bytes());
        if is_it && !view.is_ancestor(tracking.target, tip)? {
            lost.push(tracking.target);
        }
    }
    for git_dir in git_dirs(&view.place().common_dir) {
        let newest = values_of(&git_dir, short);
        let gone = newest.into_iter().find(|id| matches!(view.is_ancestor(*id, tip), Ok(false)));
        lost.extend(gone);
    }
    Ok(lost)
}

/// The git directories of all worktrees.
fn git_dirs(common: &Path) -> BTreeSet<PathBuf> {
    let linked = fs::read_dir(common.join("worktrees")).into_iter().flatten().flatten();
    linked.map(|entry| entry.path()).chain([common.to_owned()]).collect()
}

/// What a branch held while it was checked out in a worktree, the newest first: its HEAD's log
/// read backwards, from the branch that is checked out now.
fn values_of(git_dir: &Path, branch: &str) -> Vec<Oid> {
    let head = text(&git_dir.join("HEAD")).unwrap_or_default();
    let mut on = head.trim_end().strip_prefix("ref: refs/heads/").unwrap_or_default().to_owned();
    let mut values = Vec::new();
    for line in text(&git_dir.join("logs/HEAD")).unwrap_or_default().lines().rev() {
        let Some((fields, message)) = line.split_once('\t').or(Some((line, ""))) else { continue };
        let mut ids = fields.split(' ').map(str::parse::<Oid>);
        let (Some(Ok(old)), Some(Ok(new))) = (ids.next(), ids.next()) else { continue };
        if on == branch {
            values.push(new);
        }
        let moved = message.strip_prefix("checkout: moving from ").or_else(|| {
            let renamed = message.strip_prefix("Branch: renamed refs/heads/")?;
            renamed.contains(" to refs/heads/").then_some(renamed)
        });
        if let Some((from, _)) = moved.and_then(|moved| moved.split_once(" to ")) {
            from.clone_into(&mut on);
            if on == branch {
                values.push(old);
            }
        }
    }
    values.retain(|id| !id.is_zero());
    values
}

fn text(file: &Path) -> Option<String> {
    let bytes = files::read(file, LOG_LIMIT).ok()??;
    Some(String::from_utf8_lossy(&bytes).into_owned())
}
