//! A lane that `git branch -M` or `-C` has put another branch in the place of: no hook is asked,
//! and the lane's reflog is gone with it. What it held before is known where somebody had it
//! checked out, or where a remote has it. Reads logs and refs; decides nothing, writes nothing.
//! All that is said of git was seen with 2.39 and 2.47 alike. With reftable the lane's own log goes
//! on, mixed with the other branch's, and so it tells as little.

use policy::name::RefName;
use policy::oid::Oid;
use policy::text::{printable, shell_word};
use policy::verdict::Note;

use crate::repository::{GitView, Head, HeadLog, Read};

/// What there is to say of a branch that was overwritten and has not moved since. `None` where it
/// is not known that anything was lost, unless it is refused.
pub fn note(view: &dyn GitView, branch: &RefName, refused: bool) -> Option<Note> {
    let name = branch.to_str()?;
    // What cannot be read here changes no verdict; there is only less to say.
    let newest = view.reflog(branch, 1).ok()?.pop()?;
    let message = newest.message.as_str();
    let by = ["Branch: renamed ", "Branch: copied "].iter().any(|by| message.starts_with(by));
    if !by || !message.ends_with(&format!(" to {name}")) {
        return None;
    }
    let lost = lost(view, branch).ok()?;
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
        // Where nothing was there before, nothing is lost.
        None if refused && had_been_there(view, &newest.message) => {
            format!("{begin}; git keeps no record of what it held before: git fsck --lost-found")
        }
        None => return None,
    };
    Some(Note { code: "branch-overwritten", message: printable(&message) })
}

/// Whether the branch may have held something before another took its place, as the newest line of its log
/// tells: a lane does, as far as is known, and not what the trunk was renamed to.
fn had_been_there(view: &dyn GitView, message: &str) -> bool {
    let Ok(Some(trunk)) = view.config("contractgate.trunk") else { return true };
    !message.starts_with(&format!("Branch: renamed refs/heads/{trunk} to "))
}

/// The commits that the branch is known to have held, and that it does not hold now; what a
/// worktree's HEAD was comes last, as the newest.
fn lost(view: &dyn GitView, branch: &RefName) -> Read<Vec<Oid>> {
    let Some(tip) = view.reference(branch)?.map(|found| found.target) else {
        return Ok(Vec::new());
    };
    let mut lost = Vec::new();
    for tracking in view.references("refs/remotes/")? {
        let is_it = tracking.name.tracked().is_some_and(|(_, at)| Some(at) == branch.branch_name());
        if is_it && !view.is_ancestor(tracking.target, tip)? {
            lost.push(tracking.target);
        }
    }
    for head in view.heads()? {
        let newest = values_of(&head, branch);
        let gone = newest.into_iter().find(|id| matches!(view.is_ancestor(*id, tip), Ok(false)));
        lost.extend(gone);
    }
    Ok(lost)
}

/// What a branch held while it was checked out in a worktree, the newest first.
fn values_of(head: &HeadLog, branch: &RefName) -> Vec<Oid> {
    let mut values = Vec::new();
    for (before, after, line) in head.lines() {
        if after.as_ref() == Some(branch) {
            values.extend(line.new);
        }
        if before != after && before.as_ref() == Some(branch) {
            values.extend(line.old);
        }
    }
    values
}
