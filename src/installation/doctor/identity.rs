//! Who works in a worktree: what its directory, its branch and the environment say, and whether
//! they agree. What a contradiction means is the policy's to say.

use std::path::PathBuf;

use policy::attempt::{Actor, Attempt, Checkpoint, LocalIdentity, Subject};
use policy::contract::{Agent, Contract};
use policy::name::RefName;
use policy::text::{printable, shell_word};
use policy::verdict::Undecided;

use super::ground::Ground;
use super::{About, Finding, State, Stop, advice, command, git_of};
use crate::checkpoints::rebased_branch;
use crate::evidence::Unknown;
use crate::evidence::identity::Asker;
use crate::installation::place::line;
use crate::installation::{Place, shown};
use crate::repository::{GitView, ReadError};
use crate::system::environment::Environment;
use crate::system::files;

/// Looks at one worktree. Nothing, where there is no contract that could name anybody.
pub(super) fn examine(
    ground: &Ground,
    here: &Place,
    there: &Place,
    branch: Option<&str>,
    visited: &[Stop],
    environment: &Environment,
) -> Vec<Finding> {
    let Some(contract) = ground.contract() else { return Vec::new() };
    let Some(root) = &there.worktree else { return Vec::new() };
    let name = root.file_name().unwrap_or_default().to_string_lossy().into_owned();
    // What the environment claims, it claims for where we are.
    let is_here = here.worktree.as_ref() == Some(root);
    let claimed = environment.agent().filter(|name| is_here && !name.is_empty());
    // Git lists no branch where one is being rebased (2.39 and 2.47).
    let rebased = || git_dir(there).and_then(|git_dir| rebased_branch(&git_dir));
    let branch_here = branch.map(RefName::branch).or_else(rebased);
    let main_git_dir = git_dir(there).filter(|git_dir| *git_dir == there.common_dir);
    let asker = Asker { claimed, worktree: Some(name), main_git_dir, branch: branch_here };
    let Actor::Local(local) = asker.under(contract) else { return Vec::new() };
    let mut findings = conflicts(contract, &local);
    let lane = local.worktree.as_ref().and_then(|id| contract.agent(id));
    if let Some(lane) = lane.filter(|lane| local.branch.as_ref() != Some(&lane.id)) {
        let mut finding = elsewhere(ground, lane, &local, branch, there, visited);
        if asker.by_name_alone(contract).is_some() {
            finding
                .message
                .push_str("; if it only happens to be called so, that one is still to be made");
            finding.mend.extend(ground.begin_elsewhere(lane, here));
        }
        findings.push(finding);
    }
    if findings.is_empty() {
        findings.push(agreed(&local));
    }
    findings
}

/// Whether a server knows who pushes, and who of them is the dispatcher.
pub(super) fn of_pushers(view: &dyn GitView) -> Finding {
    let found = |state, message: String| Finding::new(About::Identity, state, message);
    let unknown = |error: ReadError| {
        let Undecided { message, help, .. } = Unknown::from(error).into_undecided();
        found(State::Unknown, message).mend(help)
    };
    let named_by = match view.config(IDENTITY) {
        Ok(named_by) => named_by,
        Err(error) => return unknown(error),
    };
    let Some(variable) = named_by else {
        let message = format!(
            "{IDENTITY} is not set: nobody who pushes can be told apart, and whoever may push may \
             move any lane and amend the contract"
        );
        let mend = command("name the variable with the pusher's name", &set(IDENTITY, "VARIABLE"));
        return found(State::Note, message).mend([mend]);
    };
    let variable = printable(&variable);
    match view.config_all(DISPATCHER) {
        Err(error) => unknown(error),
        Ok(names) if names.is_empty() => {
            let message = format!(
                "{variable} says who pushes, and {DISPATCHER} is not set: nobody may amend the \
                 contract"
            );
            let mend = command("name the dispatcher", &set(DISPATCHER, "NAME"));
            found(State::Note, message).mend([mend])
        }
        Ok(names) => {
            let names: Vec<String> = names.iter().map(|name| printable(name)).collect();
            let message = format!("{variable} says who pushes; dispatcher: {}", names.join(", "));
            found(State::Good, message)
        }
    }
}

/// The variable that holds the pusher's name.
const IDENTITY: &str = "contractgate.identityEnv";

/// Who of those may amend the contract; there may be several.
const DISPATCHER: &str = "contractgate.dispatcher";

fn set(key: &str, value: &str) -> String {
    format!("git config {key} {value}")
}

/// What the rules say of the identity alone.
fn conflicts(contract: &Contract, local: &LocalIdentity) -> Vec<Finding> {
    let attempt = Attempt {
        checkpoint: Checkpoint::Check,
        actor: Actor::Local(local.clone()),
        reference: None,
        trunk: None,
        subject: Subject::Nothing,
    };
    let verdict = policy::decide(contract, &attempt);
    let found = verdict.violations.into_iter();
    found
        .map(|violation| {
            Finding::new(About::Identity, State::Wrong, violation.message).mend(violation.help)
        })
        .collect()
}

/// A lane's worktree in which another branch is checked out.
fn elsewhere(
    ground: &Ground,
    lane: &Agent,
    local: &LocalIdentity,
    branch: Option<&str>,
    there: &Place,
    visited: &[Stop],
) -> Finding {
    let agent = &lane.id;
    let (state, message) = match (&local.branch, branch) {
        (Some(other), _) => (
            State::Wrong,
            format!("this is {agent}'s worktree, and {other}'s lane is checked out in it"),
        ),
        (None, Some(branch)) => (
            State::Note,
            format!(
                "this is {agent}'s worktree, and {} is checked out in it, which is no lane",
                printable(branch)
            ),
        ),
        (None, None) => {
            (State::Note, format!("this is {agent}'s worktree, and no branch is checked out in it"))
        }
    };
    // Git switches no branch in the middle of a rebase, an am or a merge of its own (2.39 and 2.47).
    if let (None, Some((what, ends))) = (branch, under_way(there)) {
        let message = format!("this is {agent}'s worktree, and git {what} is under way in it");
        let finding = Finding::new(About::Identity, State::Note, message);
        return finding.mend([advice(format!("end it there: {ends}"))]);
    }
    let finding = Finding::new(About::Identity, state, message);
    let home = visited.iter().find(|stop| stop.branch.as_deref() == Some(&lane.branch));
    if let Some(other) = home {
        // Git refuses to check a branch out twice.
        let (lane, other) = (printable(&lane.branch), shown(&other.root));
        return finding.mend([advice(format!("{lane} is checked out in {other}: free it first"))]);
    }
    let at = shell_word(&there.directory.to_string_lossy());
    finding.mend([match ground.not_begun(lane) {
        Some(from) => command(
            "begin the lane here",
            &format!("git -C {at} switch -c {} {from}", shell_word(&lane.branch)),
        ),
        None => command(
            "go back to the lane",
            &format!("git -C {at} switch {}", shell_word(&lane.branch)),
        ),
    }])
}

/// The git directory of a worktree.
fn git_dir(there: &Place) -> Option<PathBuf> {
    let root = there.worktree.as_ref()?;
    let told = git_of(root).args(["rev-parse", "--absolute-git-dir"]).stdout().ok()?;
    Some(files::path_of(line(&told)))
}

/// The command of git's that is half done in a worktree, for as long as which no branch is checked out in
/// it, and what ends it.
fn under_way(there: &Place) -> Option<(&'static str, &'static str)> {
    let git_dir = git_dir(there)?;
    let is_there = |name: &str| git_dir.join(name).exists();
    match () {
        () if is_there("rebase-apply/applying") => Some(("am", "git am --continue, or --abort")),
        () if is_there("rebase-merge") || is_there("rebase-apply") => {
            Some(("rebase", "git rebase --continue, or --abort"))
        }
        () if is_there("BISECT_START") => Some(("bisect", "git bisect reset")),
        () => None,
    }
}

fn agreed(local: &LocalIdentity) -> Finding {
    let said: Vec<&str> = [
        local.claimed.as_ref().map(|_| "CONTRACT_GATE_AGENT"),
        local.worktree.as_ref().map(|_| "worktree"),
        local.branch.as_ref().map(|_| "branch"),
    ]
    .into_iter()
    .flatten()
    .collect();
    let agent = local.worktree.as_ref().or(local.branch.as_ref()).map(ToString::to_string);
    let agent = agent.or_else(|| local.claimed.as_deref().map(printable));
    let message = match agent {
        Some(agent) => format!("{agent} works here, by {}", said.join(" and ")),
        None => "nobody's lane: whoever works here is a human".to_owned(),
    };
    Finding::new(About::Identity, State::Good, message)
}
