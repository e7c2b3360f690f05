//! The way back: git asks `reference-transaction` late, when it has already changed index, files
//! and state. A table says, for each situation, which commands put them back.
//!
//! A situation is recognised by what git left in the repository and in the environment; no
//! process is started or looked at. Where none is recognised nothing is said: no way back is
//! better than a wrong one. Nothing is decided here, and nothing written. All that is said of git
//! was seen with 2.39 and 2.47 alike.

mod left;

use policy::text::{printable, shell_word};
use policy::verdict::Help;

use self::left::{Left, Standing};
use super::rebased_branch;
use crate::evidence::moves::RefMove;
use crate::report::HalfDone;
use crate::repository::{GitView, Head, Read};
use crate::system::environment::Environment;

/// What git has done by now, what takes it back, and what finishes it once what is refused is
/// undone: going back loses what somebody has resolved on the way.
struct Situation {
    holds: fn(&Left<'_>) -> Read<bool>,
    back: fn(&Left<'_>) -> Vec<Help>,
    onward: Onward,
}

/// Commands with their labels, in their order.
type Onward = &'static [(&'static str, &'static str)];

const NONE: Onward = &[];
const REBASE: Onward =
    &[("commit that", "git commit -m 'Undo it'"), ("finish the rebase", "git rebase --continue")];
const AM: Onward = &[
    ("go on with the am", "git am --continue"),
    ("or, where nothing is left of the patch", "git am --skip"),
];
const PICK: Onward = &[
    ("go on with the cherry-pick", "git cherry-pick --continue"),
    ("or, where nothing is left of the commit", "git cherry-pick --skip"),
];
const MERGE: Onward = &[("finish the merge", "git merge --continue")];

/// The first that holds counts. `branch -f`, `update-ref`, `fetch`, `worktree add -B` and
/// `reset --soft` leave nothing behind, and so are in no row.
const TABLE: [Situation; 12] = [
    // The end of a rebase: HEAD is detached at the result, the state is there, and only the
    // branch has not moved. `rebase --abort` gives an autostash back without its index.
    Situation { holds: rebase, back: out_of_rebase, onward: REBASE },
    // With `--update-refs` the branches on the way follow when the rebased one has moved.
    Situation { holds: followed_rebase, back: out_of_rebase, onward: NONE },
    // With the apply backend the state does not say which branch it is, unless the rebase had
    // stopped before, and `rebase --abort` and `rebase --continue` fail. `am --quit` takes the
    // state away.
    Situation { holds: applied_rebase, back: out_of_applied_rebase, onward: NONE },
    // A plain `git commit`, and one that concludes a merge, a pick or a revert by hand, leave
    // index and state as they were. An abort would lose the resolution of the conflict.
    Situation { holds: commit, back: |_| Vec::new(), onward: NONE },
    Situation { holds: am, back: |_| abort("am"), onward: AM },
    // Several picks or reverts, whose list begins with the one that was refused. Those before it,
    // which were allowed, go back as well.
    Situation { holds: picks, back: |left| out_of_sequence(left, "cherry-pick"), onward: PICK },
    Situation { holds: reverts, back: |left| out_of_sequence(left, "revert"), onward: NONE },
    Situation { holds: cherry_pick, back: |_| abort("cherry-pick"), onward: PICK },
    // A single revert leaves a MERGE_MSG, but no REVERT_HEAD, without which `revert --abort` does
    // nothing. It had to begin with a clean index.
    Situation { holds: revert, back: out_of_revert, onward: NONE },
    // A merge commit. `merge --abort` gives an autostash back without its index.
    Situation { holds: merge, back: out_of_merge, onward: MERGE },
    // `reset --mixed`: the index alone went to the target. What was staged before is lost to it.
    Situation { holds: mixed_reset, back: out_of_mixed_reset, onward: NONE },
    // Fast-forwards, `cherry-pick --ff`, `reset --hard` and its kin, `checkout -B`, `switch -C`,
    // `stash branch`: index and files went to the target, and what the way back takes out of them
    // is there. What is changed besides stays; what `reset --hard` threw away is gone.
    Situation { holds: at_target, back: out_of_target, onward: NONE },
];

/// The ways out of what a refused transaction leaves half done. Empty where git left nothing half
/// done, and where nobody can tell.
pub fn of(view: &dyn GitView, environment: &Environment, moves: &[RefMove]) -> HalfDone {
    // None of these commands moves several branches in one transaction.
    let [branch] = moves else { return HalfDone::default() };
    if branch.new.is_none() {
        return half_done(out_of_rename(view, branch).unwrap_or_default(), NONE);
    }
    let found = Left::by(view, environment, branch).and_then(|left| match left {
        Some(left) => ways_out(&left),
        None => Ok(HalfDone::default()),
    });
    // What cannot be read here changes no verdict; there is only no advice.
    found.unwrap_or_default()
}

fn ways_out(left: &Left<'_>) -> Read<HalfDone> {
    for situation in &TABLE {
        if (situation.holds)(left)? {
            return Ok(half_done((situation.back)(left), situation.onward));
        }
    }
    Ok(HalfDone::default())
}

fn half_done(back: Vec<Help>, onward: Onward) -> HalfDone {
    HalfDone { back, onward: onward.iter().map(|(label, command)| step(label, command)).collect() }
}

fn rebase(left: &Left<'_>) -> Read<bool> {
    let rebased = rebased_branch(left.git_dir());
    Ok(left.standing == Standing::Detached && rebased.as_ref() == Some(&left.branch.name))
}

fn followed_rebase(left: &Left<'_>) -> Read<bool> {
    let followers = left.state("rebase-merge/update-refs").unwrap_or_default();
    let mut names = followers.split(|byte| *byte == b'\n');
    Ok(left.standing == Standing::Beside && names.any(|name| name == left.branch.name.as_bytes()))
}

fn out_of_rebase(left: &Left<'_>) -> Vec<Help> {
    if !left.has("rebase-merge/autostash") && !left.has("rebase-apply/autostash") {
        return abort("rebase");
    }
    let quit = step("end the rebase", "git rebase --quit");
    vec![quit, switch_back(left), step(UNCOMMITTED, "git stash pop --index")]
}

fn applied_rebase(left: &Left<'_>) -> Read<bool> {
    let rebasing = left.standing == Standing::Detached && left.has("rebase-apply/rebasing");
    Ok(rebasing && left.named_in("rebase-apply/abort-safety") == Some(left.target.id))
}

fn out_of_applied_rebase(left: &Left<'_>) -> Vec<Help> {
    let mut steps = vec![step("end the rebase", "git am --quit"), switch_back(left)];
    if let Some(stash) = left.named_in("rebase-apply/autostash") {
        steps.push(step(UNCOMMITTED, &format!("git stash apply --index {stash}")));
    }
    steps
}

fn commit(left: &Left<'_>) -> Read<bool> {
    Ok(left.standing == Standing::On && left.by_commit())
}

fn am(left: &Left<'_>) -> Read<bool> {
    Ok(left.goes_on() && left.has("rebase-apply/applying"))
}

fn picks(left: &Left<'_>) -> Read<bool> {
    Ok(sequence(left, b"pick "))
}

fn reverts(left: &Left<'_>) -> Read<bool> {
    Ok(sequence(left, b"revert "))
}

fn sequence(left: &Left<'_>, command: &[u8]) -> bool {
    left.goes_on() && left.state("sequencer/todo").is_some_and(|todo| todo.starts_with(command))
}

/// An abort rewinds only when HEAD is where the sequence has left it. It is not, where a conflict
/// was resolved on the way and no commit has followed: then an abort ends the sequence and leaves
/// the rest as it is.
fn out_of_sequence(left: &Left<'_>, command: &str) -> Vec<Help> {
    match left.named_in("sequencer/head") {
        Some(begin) if left.named_in("sequencer/abort-safety") != Some(left.head.id) => vec![
            step(&format!("end the {command}"), &format!("git {command} --quit")),
            before(command, &format!("git reset --merge {begin}")),
        ],
        _ => abort(command),
    }
}

fn cherry_pick(left: &Left<'_>) -> Read<bool> {
    Ok(left.goes_on() && left.has_ref("CHERRY_PICK_HEAD")?)
}

fn revert(left: &Left<'_>) -> Read<bool> {
    let merging = left.has("MERGE_HEAD") || left.has("SQUASH_MSG");
    Ok(left.goes_on() && left.has("MERGE_MSG") && !merging && left.is_made_of_index())
}

fn out_of_revert(_: &Left<'_>) -> Vec<Help> {
    vec![before("revert", "git reset --merge")]
}

fn merge(left: &Left<'_>) -> Read<bool> {
    let merged = left.named_in("MERGE_HEAD");
    let merged = merged.is_some_and(|head| left.target.parents.contains(&head));
    Ok(left.standing == Standing::On && merged)
}

fn out_of_merge(left: &Left<'_>) -> Vec<Help> {
    out_of_merge_in(left.view)
}

fn out_of_merge_in(view: &dyn GitView) -> Vec<Help> {
    if !left::has_autostash(view) {
        return abort("merge");
    }
    // All was clean below the autostash.
    let quit = step("end the merge", "git merge --quit");
    let reset = step("index and files back", "git reset --merge");
    vec![quit, reset, step(UNCOMMITTED, "git stash pop --index")]
}

fn mixed_reset(left: &Left<'_>) -> Read<bool> {
    Ok(left.standing == Standing::On && at_target(left)? && left.files_stayed()?)
}

fn out_of_mixed_reset(left: &Left<'_>) -> Vec<Help> {
    vec![step(&format!("the index back to {}", head(left)), "git reset")]
}

fn at_target(left: &Left<'_>) -> Read<bool> {
    if left.is_made_of_index() || !left.index_is_fresh() {
        return Ok(false);
    }
    let anything = left::has_autostash(left.view) || left.head.tree != left.target.tree;
    Ok(anything && left.index_is_at_target()?)
}

fn out_of_target(left: &Left<'_>) -> Vec<Help> {
    let back = format!("git read-tree -m -u {} HEAD", left.target.id);
    let back = step(&format!("index and files back to {}", head(left)), &back);
    if !left::has_autostash(left.view) {
        return vec![back];
    }
    // It puts the autostash among the others, even where no merge is under way.
    let quit = step("end the merge", "git merge --quit");
    vec![quit, back, step(UNCOMMITTED, "git stash pop --index")]
}

/// A merge that `pre-merge-commit` refuses: git leaves it to be concluded or given up.
pub fn of_merge(view: &dyn GitView) -> HalfDone {
    half_done(out_of_merge_in(view), MERGE)
}

/// A commit that `pre-commit` refuses, of what `merge --squash` or `cherry-pick --no-commit` has
/// staged: git keeps their message, and nothing that could be aborted. Both files go with the index
/// (git 2.39 and 2.47); what is changed and not staged stays.
pub fn of_staged(view: &dyn GitView) -> HalfDone {
    let git_dir = &view.place().git_dir;
    let has = |name: &str| git_dir.join(name).exists();
    let concludes =
        ["MERGE_HEAD", "CHERRY_PICK_HEAD", "REVERT_HEAD", "rebase-merge", "rebase-apply"];
    if concludes.into_iter().any(has) || !(has("SQUASH_MSG") || has("MERGE_MSG")) {
        return HalfDone::default();
    }
    let back = step("all that is staged, back to HEAD", "git reset --merge");
    half_done(vec![back], NONE)
}

/// A rename, seen as the deletion that it asks about. Git has set the renamed branch's reflog
/// aside by then and leaves it there, in the way of every `branch -c`. Renaming a lane asks
/// before the lane is gone. `branch -M` onto a lane asks about that lane when the renamed branch
/// is gone already, and does not bring it back: its tip is in the reflog, but its name is known
/// only where HEAD was on it.
fn out_of_rename(view: &dyn GitView, deleted: &RefMove) -> Option<Vec<Help>> {
    let tip = left::renamed_tip(view)?;
    let mut steps = Vec::new();
    let name = if deleted.old == Some(tip) && !left::has_reflog(view, &deleted.name) {
        deleted.name.to_str()?.to_owned()
    } else if let Head::Unborn(name) = view.head().ok()? {
        steps.push(step("the renamed branch back", &format!("git update-ref HEAD {tip}")));
        name.to_str()?.to_owned()
    } else {
        let name = format!("renamed-{}", tip.short());
        let label = "the renamed branch back, by a new name";
        steps.push(step(label, &format!("git branch {name} {tip}")));
        format!("refs/heads/{name}")
    };
    let path = |name: &str| format!("\"$(git rev-parse --git-path {})\"", shell_word(name));
    let [aside, own] = [left::RENAMED, &format!("logs/{name}")].map(path);
    steps.push(step("its reflog back", &format!("mv -f {aside} {own}")));
    Some(steps)
}

/// What is in an autostash.
const UNCOMMITTED: &str = "your uncommitted changes";

fn abort(command: &str) -> Vec<Help> {
    vec![before(command, &format!("git {command} --abort"))]
}

fn before(what: &str, command: &str) -> Help {
    step(&format!("to before the {what}"), command)
}

fn step(label: &str, command: &str) -> Help {
    Help { label: label.to_owned(), command: Some(command.to_owned()) }
}

/// What HEAD is: `agents/uploads (1f3c9ab)`.
fn head(left: &Left<'_>) -> String {
    let name = match left.standing {
        Standing::On => shown_branch(left),
        Standing::Beside | Standing::Detached => "HEAD".to_owned(),
    };
    format!("{name} ({})", left.head.id.short())
}

fn switch_back(left: &Left<'_>) -> Help {
    let name = left.branch.name.branch_name().and_then(|name| std::str::from_utf8(name).ok());
    let command = name.map(|name| format!("git switch {}", shell_word(name)));
    Help { label: format!("back to {}", shown_branch(left)), command }
}

fn shown_branch(left: &Left<'_>) -> String {
    printable(&left.branch.name.short())
}
