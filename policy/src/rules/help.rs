//! Next steps. Every command here works as printed, from anywhere in the lane's worktree, and
//! clears what it is printed for; none is a way around the contract.

use crate::attempt::{Actor, Checkpoint, EntryEvidence, Subject, TrunkStep};
use crate::change::{CommitRef, EntryMode, LeftBehind, TakenAway};
use crate::name::{AgentId, RefName};
use crate::oid::Oid;
use crate::path::RepoPath;
use crate::text::printable;
use crate::verdict::Help;

use super::case::{Case, LaneChange, Origin};
pub use super::shell::{directory, revision};
use super::shell::{pathspec, word};

/// Enough digits to name a commit in the largest repositories there are.
pub const DIGITS: usize = 12;

/// Advice, without a command.
pub fn advice(label: impl Into<String>) -> Help {
    Help { label: label.into(), command: None }
}

/// A command to be pasted into a shell.
pub fn run(label: impl Into<String>, command: String) -> Help {
    Help { label: label.into(), command: Some(command) }
}

/// Puts steps on top of the trunk that a merge has joined to it, each of them as it was made: a step
/// that joins two lines is judged as one.
pub fn one_after_another(step: &TrunkStep) -> Option<Help> {
    let label =
        "if a pull has joined two lines here: undo that merge, and `git pull --rebase=merges`";
    step.joins.then(|| advice(label))
}

/// Keeps landings as they were made: a rebase puts the commits of all lanes into one row, by date.
pub fn unflattened(case: &Case<'_>) -> Option<Help> {
    let label = "if a rebase has flattened landings: undo it, and `git pull --rebase=merges`";
    (case.attempt.checkpoint == Checkpoint::PrePush).then(|| advice(label))
}

/// Where only a tracking ref has a lane's branch, and nobody has said that those count.
pub fn look_up_at(branch: &str, tracked: &RefName) -> Option<Help> {
    let (remote, _) = tracked.tracked()?;
    let remote = revision(&RefName::new(remote))?;
    let tracked = printable(&tracked.revision_name());
    let label = format!("{branch} is not here, but {tracked} is: look lanes up there");
    Some(run(label, format!("git config contractgate.remote {remote}")))
}

/// Where only a tracking ref has a lane's branch: a fetch leaves what is gone there, unless it is told to prune (git
/// 2.39 and 2.47).
pub fn prune(tracked: &RefName) -> Option<Help> {
    let (remote, _) = tracked.tracked()?;
    let remote = revision(&RefName::new(remote))?;
    Some(run(
        "or, if it landed there, and its branch is gone",
        format!("git fetch --prune {remote}"),
    ))
}

/// Takes a lane's change back; and what to do instead, where the lane may have got it from the trunk: what
/// a server does not have of that, and what was made anew since, looks like the lane's own.
///
/// What the trunk has moved is taken along first: undone where it was, the work would be lost.
pub fn undo(case: &Case<'_>, judged: &LaneChange<'_>) -> Vec<Help> {
    let mut steps = Vec::new();
    if judged.origin == Origin::Lane {
        steps.extend(push_its_branch_along(case, judged.lane));
        // A landing with what is undone above it is as it was.
        steps.extend(take_the_step_back(case));
    }
    steps.extend(match judged.taken_away {
        Some(TakenAway::Moved) if !case.is_withdrawn(judged.lane) => vec![
            take_the_trunk_in(case, judged.lane),
            advice(
                "git takes the work along to where the trunk has moved the files: check again, and undo what is left",
            ),
        ],
        Some(TakenAway::LeftBehind(left)) if !case.is_withdrawn(judged.lane) => {
            moved_along(case, judged.lane, left)
        }
        _ => vec![undo_change(case, judged)],
    });
    if judged.change.came_by_merge && judged.origin == Origin::Lane {
        let trunk = case.trunk_name();
        steps.push(advice(match case.attempt.checkpoint.is_server() {
            true => format!("or, if it came with {trunk}, which has it: {trunk} has to be pushed first"),
            false => format!("or, if it was {trunk}'s and was made anew there: take {trunk} in again, with its side"),
        }));
    }
    if !judged.change.came_by_merge && judged.origin == Origin::Lane {
        steps.extend(push_the_trunk_first(case, judged.lane));
    }
    steps
}

/// Takes new work to where the trunk has moved the directory that it is in: git leaves it where it was.
fn moved_along(case: &Case<'_>, lane: &AgentId, left: &LeftBehind) -> Vec<Help> {
    let is_committed = is_committed(case, lane);
    let command = move_command(left).map(|command| with_a_commit(command, "Move it", is_committed));
    let place = place(case, lane);
    let step = |label: String| match &command {
        Some(command) => run(label, command.clone()),
        None => advice(format!("{label}, into {}", left.into)),
    };
    if left.has_trunk {
        return vec![step(format!("move it along with its directory{place}"))];
    }
    let first = take_the_trunk_in(case, lane);
    match case.attempt.checkpoint {
        // The merge that was given up brings the work again.
        Checkpoint::PreMergeCommit if !is_committed => {
            vec![first, advice("merge again then: what git leaves behind has to be moved by hand")]
        }
        _ => vec![first, step(format!("then move it along by hand{place}"))],
    }
}

/// Git takes the paths of a move as they stand, from where it is run (2.39 and 2.47), and the name of a
/// directory as one to move into: where something of this name is there already, it moves nothing.
fn move_command(left: &LeftBehind) -> Option<String> {
    let (what, into) = (word("", &left.what, "")?, word("", &left.into, "/")?);
    let top = "\"./$(git rev-parse --show-cdup)\"";
    Some(match left.into_is_new {
        true => format!("(cd {top} && mkdir -p -- {into} && git mv -- {what} {into})"),
        false => format!("git -C {top} mv -- {what} {into}"),
    })
}

/// Where a commit of the trunk's own line is a lane's as well, and both are pushed at once: whether the trunk
/// became the lane, or the lane was set upon the trunk, is not told by them. Whoever may make any step of the
/// trunk can push it by itself; the lane then holds what the trunk has.
pub fn push_the_trunk_first(case: &Case<'_>, lane: &AgentId) -> Option<Help> {
    let is_pushed = case.attempt.checkpoint.is_push();
    let step = case.step().filter(|_| is_pushed && !case.landings_only())?;
    let entering = step.entering.iter().find(|entering| entering.lane == *lane)?;
    let is_step = |commit: &CommitRef| step.to.as_ref().is_some_and(|to| to.id == commit.id);
    let is_trunks = entering.stands_above || entering.evidence.commit().is_some_and(is_step);
    let (trunk, branch) = (case.trunk_name(), case.lane_name(lane));
    is_trunks.then(|| {
        advice(format!(
            "or, if it was {trunk}'s before {branch} had it: push {trunk} first, {branch} after it"
        ))
    })
}

/// The path becomes what it was on the merge base. A new file is taken out of the index and stays in the
/// worktree, so that nothing is lost.
fn undo_change(case: &Case<'_>, judged: &LaneChange<'_>) -> Help {
    let change = judged.change;
    if judged.origin == Origin::Step {
        return advice("make this step again, and leave that out");
    }
    if case.is_withdrawn(judged.lane) && is_committed(case, judged.lane) {
        return advice(
            "leave it out of what lands: a withdrawn lane takes no commit that undoes it",
        );
    }
    let place = place(case, judged.lane);
    let Some(pathspec) = pathspec(&change.path) else {
        return advice(format!("undo it{place}"));
    };
    // Where a file became a directory, putting the file back takes what is below it out of the
    // index, and `git rm` fails that finds nothing there (git 2.39 and 2.47).
    let may_be_gone = case.is_below_a_deleted_file(&change.path);
    let gone = if may_be_gone { " --ignore-unmatch" } else { "" };
    let command = match (change.old, change.undo_from) {
        // Outside a sparse checkout's cone `git rm` refuses without `--sparse`; elsewhere that
        // changes nothing (git 2.39 and 2.47).
        (None, _) => {
            format!("git rm --cached --force --sparse{gone} -- {pathspec}")
        }
        (Some(old), Some(source)) => {
            let source = source.to_string();
            let source = &source[..DIGITS];
            let restore =
                format!("git restore --source={source} --staged --worktree -- {pathspec}");
            if old.mode == EntryMode::Submodule {
                // `git restore` leaves the submodule's own worktree where it is (git 2.47.3).
                format!("{restore} && git submodule update --checkout -- {pathspec}")
            } else {
                restore
            }
        }
        (Some(_), None) => return advice(format!("undo it{place}")),
    };
    let label = format!("undo it{place}");
    let is_committed = is_committed(case, judged.lane);
    if is_committed && may_be_gone {
        let commit = "{ git diff --cached --quiet || git commit -m 'Undo it'; }";
        run(label, format!("{command} && {commit}"))
    } else {
        run(label, with_a_commit(command, "Undo it", is_committed))
    }
}

/// Takes all of a new directory out of the index, and leaves it in the worktree: see [`undo`].
pub fn undo_whole(case: &Case<'_>, lane: &AgentId, directory: &RepoPath) -> Option<Help> {
    let command =
        format!("git rm -r --cached --quiet --force --sparse -- {}", pathspec(directory)?);
    let label = format!("undo it{}", place(case, lane));
    Some(run(label, with_a_commit(command, "Undo it", is_committed(case, lane))))
}

/// Gives all changed files of a directory back what a commit holds, and leaves new ones where they are:
/// see [`undo`]. Without `--overlay` a file that the commit does not have is deleted, also from the worktree
/// (git 2.39 and 2.47).
pub fn undo_changed(
    case: &Case<'_>,
    lane: &AgentId,
    directory: &RepoPath,
    source: Oid,
) -> Option<Help> {
    let source = source.to_string();
    let command = format!(
        "git restore --overlay --source={} --staged --worktree -- {}",
        &source[..DIGITS],
        pathspec(directory)?
    );
    let label = format!("undo it{}", place(case, lane));
    Some(run(label, with_a_commit(command, "Undo it", is_committed(case, lane))))
}

fn with_a_commit(command: String, message: &str, is_committed: bool) -> String {
    match is_committed {
        true => format!("{command} && git commit -m '{message}'"),
        false => command,
    }
}

/// Where a lane's work is taken back, when that may not be here.
fn place(case: &Case<'_>, lane: &AgentId) -> String {
    let is_here = match case.attempt.checkpoint {
        Checkpoint::Check => is_checked_out_here(case, lane),
        checkpoint => !checkpoint.is_server(),
    };
    if case.lane_work().is_some() && is_here {
        return String::new();
    }
    // Whoever pushes to a server may work in a clone of their own.
    let worktree = case.contract.agent(lane).and_then(|agent| agent.worktree.as_deref());
    match worktree.filter(|_| !case.attempt.checkpoint.is_server()) {
        Some(directory) => format!(" in {}", printable(directory)),
        None => format!(" on {}", case.lane_name(lane)),
    }
}

/// Whether what is judged is in commits that stay, so that taking it back takes another one. At
/// `check` the index and the worktree are judged too, of the lane that is checked out where it is asked.
fn is_committed(case: &Case<'_>, lane: &AgentId) -> bool {
    match case.attempt.checkpoint {
        Checkpoint::PrePush | Checkpoint::PreReceive => true,
        Checkpoint::Check => !is_checked_out_here(case, lane),
        _ => matches!(case.attempt.subject, Subject::TrunkStep(_)),
    }
}

/// Whether who asks stands on a lane's branch, or on none in its worktree.
fn is_checked_out_here(case: &Case<'_>, lane: &AgentId) -> bool {
    let Actor::Local(local) = &case.attempt.actor else { return false };
    local.branch.as_ref().or(local.worktree.as_ref()) == Some(lane)
}

/// Asking those who may.
pub fn ask(agents: &[AgentId]) -> Help {
    advice(format!("ask {} to make the change", any_of(agents)))
}

/// For what no lane may do.
pub fn leave_to_the_merge() -> Help {
    advice("leave it to the human who merges the lanes")
}

/// For what only another contract would allow.
pub fn report_it() -> Help {
    advice("if the work needs it: stop, and report it to the dispatcher")
}

/// Taking the trunk in, with the command where the trunk's name is known.
pub fn take_the_trunk_in(case: &Case<'_>, lane: &AgentId) -> Help {
    let trunk = case.attempt.trunk.as_ref();
    let comes_along = case.lane_work().is_some_and(|work| work.with_trunk);
    let (label, command) = match case.attempt.checkpoint.is_server() && !comes_along {
        true => (
            format!("on {}, take in the trunk from this server", case.lane_name(lane)),
            trunk.and_then(pull),
        ),
        false => (format!("take in the trunk{}", place(case, lane)), trunk.and_then(merge)),
    };
    taking_in(case, lane, label, command)
}

/// Taking a step of the trunk back that is pushed, and so made already: no step above it changes what it was.
pub fn take_the_step_back(case: &Case<'_>) -> Option<Help> {
    let is_pushed = case.attempt.checkpoint.is_push();
    let from = case.step().filter(|_| is_pushed)?.from?;
    // What is pushed may be a lane, which stays as it is: the trunk here need not have moved.
    let label = format!("take {} back where it has moved, with what came after", case.trunk_name());
    // Git does not switch to a branch that another worktree has (2.39 and 2.47).
    let command = case.trunk_branch().and_then(|trunk| match case.checked_out(&trunk) {
        Some(at) => directory(&at.directory).map(|there| format!("git -C {there}")),
        None => revision(&trunk).map(|trunk| format!("git switch {trunk} && git")),
    });
    Some(match command {
        Some(command) => run(label, format!("{command} reset --keep {from}")),
        None => advice(label),
    })
}

/// Where a server has never seen the branch of which the trunk brings commits: by their paths alone they look
/// like a lane's that they may not be.
pub fn push_its_branch_along(case: &Case<'_>, lane: &AgentId) -> Option<Help> {
    let step = case.step().filter(|_| case.attempt.checkpoint.is_server())?;
    let entering = step.entering.iter().find(|entering| entering.lane == *lane)?;
    let is_told_apart = !entering.by_paths_alone && entering.evidence != EntryEvidence::Landed;
    (!is_told_apart).then(|| {
        let trunk = case.trunk_name();
        advice(format!(
            "if it is no work of {lane}: push the branch that it is from along with {trunk}"
        ))
    })
}

/// Taking the trunk into a lane whose landing has been taken back: as it then is where the landing was made.
pub fn take_that_in(case: &Case<'_>, lane: &AgentId) -> Help {
    let label = format!("then take in {}{}", case.trunk_name(), place(case, lane));
    taking_in(case, lane, label, case.trunk_branch().as_ref().and_then(merge))
}

fn taking_in(case: &Case<'_>, lane: &AgentId, label: String, command: Option<String>) -> Help {
    match command {
        Some(command) if case.has_moved(lane) => run(label, taking_along(case, lane, &command)),
        Some(command) => run(label, command),
        None => advice(format!("{label}: merge it, or rebase onto it")),
    }
}

/// A command that merges, so that it takes the lane's work along to where the trunk has moved the files.
/// Git does so with what is changed; with files that are new in a directory that has moved only where it is
/// told to, and else stops at each. What is not committed is put aside, and follows in the same way. (2.39
/// and 2.47.)
fn taking_along(case: &Case<'_>, lane: &AgentId, command: &str) -> String {
    let Some(rest) = command.strip_prefix("git ") else { return command.to_owned() };
    let git = "git -c merge.directoryRenames=true";
    match rest.strip_prefix("merge ").filter(|_| !is_committed(case, lane)) {
        // A merge that a hook has refused is still under way.
        Some(branch) if case.attempt.checkpoint == Checkpoint::PreMergeCommit => {
            format!("git merge --abort && {git} merge {branch}")
        }
        Some(branch) => format!("{git} merge --autostash {branch}"),
        None => format!("{git} {rest}"),
    }
}

/// The command that merges a branch of this repository into what is checked out.
pub fn merge(branch: &RefName) -> Option<String> {
    revision(branch).map(|name| format!("git merge {name}"))
}

/// The same of a server's branch, in the clone that has pushed: what is called so there is where it was when
/// it was last fetched, or not there at all. Without a word on how, git 2.39 and 2.47 do not join what has
/// diverged.
pub fn pull(branch: &RefName) -> Option<String> {
    // A refspec that begins with a plus is the one without it, forced.
    let name = revision(branch).filter(|_| !branch.short().starts_with('+'))?;
    Some(format!("git pull --no-rebase {ORIGIN} {name}"))
}

/// What a clone calls the server that it was made of. A server can know no more of its name.
const ORIGIN: &str = "origin";

/// What a push calls the repository that it goes to.
pub fn remote(case: &Case<'_>) -> &'static str {
    match case.attempt.checkpoint.is_server() {
        true => ORIGIN,
        false => "REMOTE",
    }
}

/// Names in a row: `agent-1, agent-2 and agent-3`.
pub fn all_of(agents: &[AgentId]) -> String {
    joined(agents, "and")
}

/// Names to choose from: `agent-1, agent-2 or agent-3`.
pub fn any_of(agents: &[AgentId]) -> String {
    joined(agents, "or")
}

fn joined(agents: &[AgentId], last: &str) -> String {
    match agents {
        [] => "nobody".to_owned(),
        [one] => one.to_string(),
        [first @ .., end] => {
            let first: Vec<_> = first.iter().map(AgentId::as_str).collect();
            format!("{} {last} {end}", first.join(", "))
        }
    }
}

/// One of something, or how many: `1 commit`, `3 commits`.
pub fn count(number: usize, thing: &str) -> String {
    let ending = if number == 1 { "" } else { "s" };
    format!("{number} {thing}{ending}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_servers_branch_is_pulled_by_a_name_that_is_no_refspec() {
        let command = |name: &str| pull(&RefName::branch(name));
        assert_eq!(command("main").unwrap(), "git pull --no-rebase origin main");
        assert_eq!(command("a'b").unwrap(), r"git pull --no-rebase origin 'a'\''b'");
        assert_eq!(command("+main"), None);
    }

    #[test]
    fn names_in_a_row() {
        let names: Vec<_> = ["a", "b", "c"].iter().map(|n| AgentId::new(n).unwrap()).collect();
        assert_eq!(all_of(&names), "a, b and c");
        assert_eq!(any_of(&names[..2]), "a or b");
        assert_eq!(all_of(&names[..1]), "a");
    }
}
