//! Whether the repository that the trunk is pushed to has the same contract on it.
//!
//! The server is asked for its trunk's tip (`git ls-remote`) and for nothing else. A server that
//! does not answer is no fault: one may work without it.

use std::time::Duration;

use policy::name::RefName;
use policy::oid::Oid;
use policy::text::{printable, shell_word};
use policy::verdict::{Help, Undecided};

use super::ground::{Ground, Law};
use super::{About, Finding, State, advice, command};
use crate::evidence::Known;
use crate::evidence::contract::Contracts;
use crate::evidence::history::History;
use crate::evidence::located::fetch_asks_for;
use crate::evidence::renamed::main_branch_of;
use crate::evidence::state::State as Tree;
use crate::installation::outweigh::{self, Weight};
use crate::installation::{Place, Problem};
use crate::repository::GitView;

/// How long a server may take to answer.
const LIMIT: Duration = Duration::from_secs(20);

/// Compares the contract that governs here with the one on the server's trunk.
pub(super) fn compare(place: &Place, ground: &Ground) -> Finding {
    let note = |message: String| Finding::new(About::Server, State::Note, message);
    if place.is_bare() {
        return Finding::new(About::Server, State::Good, "this is a repository that is pushed to");
    }
    let (Some(view), Some(law)) = (ground.view(), ground.law()) else {
        return note("not asked: the trunk is not known".to_owned());
    };
    let Some(remote) = remote_of(view, law, place) else {
        return note("there is no remote to compare with".to_owned());
    };
    let shown = printable(&remote);
    if ground.is_missing(law, place) {
        let message = format!("not compared with {shown}: the trunk is not here");
        return note(message).mend(law.trunk.missing().into_undecided().help);
    }
    let Some(branch) = upstream_branch(view, law) else {
        return note(format!("not asked: the trunk is no branch that {shown} could have"));
    };
    match tip_of(place, &remote, &branch) {
        Err(reason) => note(format!("{shown} does not answer: {reason}"))
            .mend([command("ask it by hand", &format!("git ls-remote {}", shell_word(&remote)))]),
        Ok(None) => {
            let renamed = main_branch_of(view, &remote, &branch).ok().flatten();
            let label = if renamed.is_some() { "or push it" } else { "push it" };
            note(format!("{shown} has no branch {} yet", printable(&branch)))
                .mend(renamed.map(|now| follow(&remote, &branch, &now)))
                .mend([command(label, &push(&remote, &branch))])
        }
        Ok(Some(tip)) => match same(view, law, tip) {
            Ok(Comparison::Same) => {
                let message = format!("{shown} has the same contract on {}", printable(&branch));
                Finding::new(About::Server, State::Good, message)
            }
            Ok(Comparison::NotHere) => note(format!(
                "{shown} has {} at {}, which is not here: whether its contract is the same is not \
                 known",
                printable(&branch),
                tip.short()
            ))
            .mend(fetch(view, &remote, &branch, "fetch it")),
            Ok(Comparison::Different) => Finding::new(
                About::Server,
                State::Wrong,
                format!(
                    "{shown} has another contract on {} ({}) than governs here",
                    printable(&branch),
                    tip.short()
                ),
            )
            .mend([command("if this one is newer", &push(&remote, &branch))])
            .mend(fetch(view, &remote, &branch, "if that one is newer")),
            Err(error) => {
                let Undecided { message, mut help, .. } = error.into_undecided();
                if help.is_empty() {
                    help.push(advice("mend what is named there, on the trunk that has it"));
                }
                let message = format!("its contract cannot be compared: {message}");
                Finding::new(About::Server, State::Unknown, message).mend(help)
            }
        },
    }
}

/// Whether a `core.hooksPath` of whoever pushes to a path would lead past a server's hooks.
pub(super) fn weight(place: &Place, again: &str) -> Result<Option<Finding>, Problem> {
    if !outweigh::is_served(place)? {
        return Ok(None);
    }
    let found = |state, message: String| Finding::new(About::Server, state, message);
    let mend = || command("have its own hooks outweigh that", again);
    let leads_past = "a core.hooksPath of whoever pushes to its path leads past its hooks";
    Ok(Some(match outweigh::weigh(place)? {
        Weight::Outweighs => {
            let message = "its hooks outweigh a core.hooksPath of whoever pushes to its path";
            found(State::Good, message.to_owned())
        }
        Weight::Moved => {
            let message = format!("it is not where it was when it was installed: {leads_past}");
            found(State::Wrong, message).mend([mend()])
        }
        Weight::Missing => found(State::Wrong, leads_past.to_owned()).mend([mend()]),
        Weight::SaidItself { value, is_outweighed: true } => {
            let message = format!(
                "core.hooksPath = {} is set here, and an earlier installation outweighs it",
                printable(&value)
            );
            let anew = format!("contract-gate uninstall && {again}");
            found(State::Wrong, message).mend([command("have it count", &anew)])
        }
        Weight::SaidItself { .. } => return Ok(None),
        Weight::Changed(file) => {
            let message = format!(
                "{} was changed: whether a core.hooksPath of whoever pushes to its path leads past \
                 its hooks is not known",
                crate::installation::shown(&file)
            );
            let remove = format!("rm {} && {again}", shell_word(&file.to_string_lossy()));
            found(State::Unknown, message).mend([command("after saving what you wrote", &remove)])
        }
        Weight::NoName => found(State::Wrong, leads_past.to_owned())
            .mend([advice("give its directory a name without a line's end, and install again")]),
    }))
}

/// What brings the server's trunk here. A clone of one branch alone fetches no other by itself.
fn fetch(view: &dyn GitView, remote: &str, branch: &str, label: &str) -> [Help; 1] {
    let plain = format!("git fetch {}", shell_word(remote));
    let asks = fetch_asks_for(view, remote, branch).unwrap_or(true);
    let branch = shell_word(branch);
    let fetch = if asks { plain } else { format!("{plain} {branch}:{branch}") };
    [command(label, &fetch)]
}

fn push(remote: &str, branch: &str) -> String {
    format!("git push {} {}", shell_word(remote), shell_word(branch))
}

/// Calls the trunk here what it is called at a remote since.
fn follow(remote: &str, branch: &str, now: &str) -> Help {
    let label = format!("if it is called {} there now", printable(now));
    let upstream = shell_word(&format!("{remote}/{now}"));
    let (old, new) = (shell_word(branch), shell_word(now));
    let rename = format!("git branch -m {old} {new} && git branch -u {upstream} {new}");
    command(&label, &format!("{rename} && git config contractgate.trunk {new}"))
}

/// The trunk's own remote, or the one that the gate was told of, or `origin`, or the only one.
fn remote_of(view: &dyn GitView, law: &Law, place: &Place) -> Option<String> {
    let key = format!("branch.{}.remote", law.trunk.name);
    for key in [key.as_str(), "contractgate.remote"] {
        if let Ok(Some(remote)) = view.config(key)
            && remote != "."
        {
            return Some(remote);
        }
    }
    let listed = place.git().arg("remote").stdout().ok()?;
    let names = String::from_utf8_lossy(&listed);
    let names: Vec<&str> = names.lines().collect();
    match names.as_slice() {
        [only] => Some((*only).to_owned()),
        names => names.iter().find(|name| **name == "origin").map(|name| (*name).to_owned()),
    }
}

/// What the trunk is called there.
fn upstream_branch(view: &dyn GitView, law: &Law) -> Option<String> {
    let merge = view.config(&format!("branch.{}.merge", law.trunk.name)).ok().flatten();
    let name = merge.map_or_else(|| law.trunk.reference.clone(), RefName::new);
    let name = if name.branch_name().is_some() { name } else { RefName::branch(&law.trunk.name) };
    name.branch_name().map(|branch| String::from_utf8_lossy(branch).into_owned())
}

/// The tip of a branch on a remote; the reason why the remote does not say.
fn tip_of(place: &Place, remote: &str, branch: &str) -> Result<Option<Oid>, String> {
    let git = place.git().within(LIMIT).args(["ls-remote", "--quiet", "--", remote]);
    let asked = git.arg(format!("refs/heads/{branch}")).run().map_err(|error| error.to_string())?;
    if !asked.status.success() {
        let said = String::from_utf8_lossy(&asked.stderr);
        return Err(printable(said.lines().next().unwrap_or("it says nothing")));
    }
    let listed = String::from_utf8_lossy(&asked.stdout);
    let mut lines = listed.lines().filter_map(|line| line.split_once('\t'));
    let line = lines.find(|(_, name)| *name == format!("refs/heads/{branch}"));
    match line {
        None => Ok(None),
        Some((id, _)) => id.parse().map(Some).map_err(|_| "its answer is no object id".to_owned()),
    }
}

enum Comparison {
    Same,
    Different,
    NotHere,
}

fn same(view: &dyn GitView, law: &Law, tip: Oid) -> Known<Comparison> {
    if law.governing == Some(tip) {
        return Ok(Comparison::Same);
    }
    if view.commit(tip).is_err() {
        return Ok(Comparison::NotHere);
    }
    let history = History::new(view);
    let contracts = Contracts::new(&history, &law.trunk)?;
    let there = contracts.files(&Tree::of_commit(&history, tip)?)?;
    let here = match law.governing {
        Some(governing) => contracts.files(&Tree::of_commit(&history, governing)?)?,
        None => [None; 2],
    };
    Ok(if here == there { Comparison::Same } else { Comparison::Different })
}
