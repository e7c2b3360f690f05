//! What only a remote has of a lane, as far as it was fetched: its branch, or commits beyond the
//! branch that is here. Whoever lands what is here alone lands a part, and the server then takes no
//! lane that comes after it. Nothing is fetched here.

use policy::contract::Agent;
use policy::name::{AgentId, RefName};
use policy::oid::Oid;
use policy::text::{printable, shell_word};
use policy::verdict::Help;

use super::rehearsal::directory;
use super::run::{Lane, Run};
use super::{Done, worktrees};
use crate::evidence::contract::Contracts;
use crate::evidence::lane::landed::Landings;
use crate::evidence::lane::own::Lanes;
use crate::evidence::located::usual_remote;
use crate::evidence::state::State;
use crate::evidence::tips::{Tips, commit_of};

/// Work of a lane that is at a remote alone, and has not landed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Elsewhere {
    /// Whose lane.
    pub agent: AgentId,
    /// Its branch, short. Safe to print.
    pub branch: String,
    /// Where the remote has it, as people name it. Safe to print.
    pub tracking: String,
    /// How many commits it has there that it has not here; `None` where there is no branch here.
    pub more: Option<usize>,
    /// What helps.
    pub help: Help,
}

impl Elsewhere {
    /// What is to be said of it, in a sentence. Safe to print.
    pub fn message(&self) -> String {
        let Self { branch, tracking, .. } = self;
        match self.more {
            None => format!("{branch} ({}) is not here, but {tracking} is", self.agent),
            Some(1) => format!("{branch} ({}) is 1 commit behind {tracking}", self.agent),
            Some(many) => format!("{branch} ({}) is {many} commits behind {tracking}", self.agent),
        }
    }

    /// The same, with what helps.
    pub fn note(&self) -> String {
        let command = self.help.command.as_deref().unwrap_or_default();
        format!("{}: {}: {command}", self.message(), self.help.label)
    }
}

/// The lanes of which a remote has more than is here, in the contract's order: those that have not
/// landed, in this state of the trunk, with what is there.
pub fn all(run: &Run<'_>, onto: Oid) -> Done<Vec<Elsewhere>> {
    let mut tips = Tips::new(&run.history, run.remote.clone());
    let mut found = Vec::new();
    for agent in run.contract.agents().iter().filter(|agent| !agent.withdrawn) {
        let here = tips.tip(&agent.reference())?;
        let Some((name, there)) = at_remote(run, agent, here.is_some())? else { continue };
        let is_more = match here {
            Some(here) => here != there && run.history.is_ancestor(here, there)?,
            None => true,
        };
        // What the trunk has is nothing to land, wherever the branch is.
        if is_more && !run.history.is_ancestor(there, onto)? {
            found.push((agent, here, name, there));
        }
    }
    if found.is_empty() {
        return Ok(Vec::new());
    }
    for (agent, _, _, there) in &found {
        tips.set(agent.reference(), Some(*there));
    }
    let contracts = Contracts::new(&run.history, &run.trunk)?;
    let lanes = Lanes::new(&run.history, &run.contract, &tips)?;
    let landings = Landings::new(&lanes, &contracts);
    let trunk = State::of_commit(&run.history, onto)?;
    let mut all = Vec::new();
    for (agent, here, name, there) in found {
        if landings.of(agent, &trunk)?.counts() {
            continue;
        }
        let more = match here {
            Some(here) => Some(run.history.walk(&[there], &[here])?.order.len()),
            None => None,
        };
        let help = match more {
            Some(_) => catch_up(run, agent, &name)?,
            None => look_there(&name),
        };
        let (agent, branch) = (agent.id.clone(), printable(&agent.branch));
        let tracking = printable(&name.revision_name());
        all.push(Elsewhere { agent, branch, tracking, more, help });
    }
    Ok(all)
}

/// What of it stands in the way of a lane's landing: of its own, or of one before it that only seems
/// to have landed.
pub fn in_the_way<'e>(
    all: &'e [Elsewhere],
    run: &Run<'_>,
    lanes: &[Lane],
    agent: &Agent,
) -> Option<&'e Elsewhere> {
    let seems_landed = |id: &AgentId| lanes.iter().any(|lane| lane.agent == *id && !lane.is_open());
    let before = run.contract.before(&agent.id);
    all.iter().find(|one| {
        one.agent == agent.id || (before.contains(&&one.agent) && seems_landed(&one.agent))
    })
}

/// Where a remote has a lane's branch: the branch that this one follows, if it has its name; else at
/// the remote of the trunk. Where there is none here, any remote will do.
fn at_remote(run: &Run<'_>, agent: &Agent, is_here: bool) -> Done<Option<(RefName, Oid)>> {
    let view = run.view;
    let reference = agent.reference();
    let Some(branch) = reference.branch_name() else { return Ok(None) };
    let followed = view.upstream(&reference)?.map(|found| found.name);
    let of_trunk = run.trunk.upstream.as_ref().and_then(|(name, _)| name.tracked());
    let of_trunk = of_trunk.and_then(|(remote, _)| String::from_utf8(remote.to_vec()).ok());
    let remotes = [of_trunk, run.remote.clone(), usual_remote(view)?].into_iter().flatten();
    let mut names: Vec<RefName> = followed
        .filter(|name| name.tracked().is_some_and(|(_, at)| at == branch))
        .into_iter()
        .chain(remotes.take(1).map(|remote| RefName::tracking(&remote, branch)))
        .collect();
    if !is_here {
        let every = view.remotes()?;
        names.extend(every.iter().map(|remote| RefName::tracking(remote, branch)));
    }
    for name in names {
        if let Some(there) = view.reference(&name)? {
            let tip = commit_of(&run.history, &name, there.target)?;
            return Ok(Some((name, tip)));
        }
    }
    Ok(None)
}

/// Brings the branch to where the remote has it: nothing of it is lost, for it is behind.
fn catch_up(run: &Run<'_>, agent: &Agent, name: &RefName) -> Done<Help> {
    let reference = agent.reference();
    let there = shell_word(&printable(&name.revision_name()));
    let found = worktrees::all(&directory(run.view))?;
    let desk = found.iter().find(|one| !one.gone && one.branch.as_ref() == Some(&reference));
    let command = match desk {
        Some(desk) => {
            let path = shell_word(&printable(&desk.path.to_string_lossy()));
            format!("git -C {path} merge --ff-only {there}")
        }
        None => format!("git branch -f {} {there}", shell_word(&printable(&agent.branch))),
    };
    Ok(Help { label: "catch up first".to_owned(), command: Some(command) })
}

fn look_there(name: &RefName) -> Help {
    let remote = name.tracked().map(|(remote, _)| String::from_utf8_lossy(remote).into_owned());
    let remote = shell_word(&printable(&remote.unwrap_or_default()));
    let command = format!("git config contractgate.remote {remote}");
    Help { label: "look lanes up there".to_owned(), command: Some(command) }
}
