//! `close`: the run ends. The contract leaves the trunk, in a commit that says what landed when.

use policy::contract::Agent;
use policy::name::AgentId;
use policy::oid::Oid;
use policy::text::printable;
use policy::verdict::Outcome;

use super::moving::{self, Moved, Worktree};
use super::pushing::Target;
use super::record::{self, Journal, Landed, Standing};
use super::rehearsal::directory;
use super::run::{Asked, Lane, Run};
use super::stage::Stage;
use super::{Done, Stopped, elsewhere, names, removal, worktrees};
use crate::checkpoints::check::Whom;
use crate::checkpoints::made_step;
use crate::report::Report;
use crate::repository::GitView;
use crate::system::environment::Environment;
use crate::system::process::Git;

/// What is asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Request {
    /// Of which run.
    pub asked: Asked,
    /// Whether the worktrees and branches of what has landed go.
    pub remove: bool,
    /// Whether the trunk is pushed before it counts here.
    pub push: bool,
}

impl Request {
    /// The command that asks for it again.
    pub fn again(&self) -> String {
        let remove = if self.remove { " --remove" } else { "" };
        let push = if self.push { " --push" } else { "" };
        format!("contract-gate close{remove}{push}{}", self.asked.options())
    }
}

/// What came of it.
#[derive(Debug, Clone)]
pub enum Ended {
    /// The run has ended.
    Closed(Box<Closed>),
    /// These lanes have neither landed nor been withdrawn.
    Open(Vec<AgentId>),
    /// The contract is against it.
    Refused(Box<Report>),
}

/// A run that has ended.
#[derive(Debug, Clone)]
pub struct Closed {
    /// The trunk's short name. Foreign text.
    pub trunk: String,
    /// The trunk before.
    pub from: Oid,
    /// The commit that took the contract away.
    pub to: Oid,
    /// Its message. Foreign text.
    pub message: String,
    /// What became of the worktrees that have the trunk checked out.
    pub worktrees: Vec<Worktree>,
    /// The branches and worktrees that are gone. Safe to print.
    pub removed: Vec<String>,
    /// What could not be removed, and why. Safe to print.
    pub kept: Vec<String>,
    /// Whether it had ended before.
    pub was_closed: bool,
    /// Whether something is left that `--remove` would take.
    pub is_removable: bool,
    /// The remote that it was pushed to.
    pub pushed: Option<String>,
    /// The command that pushes the trunk, where it was not, and there is somewhere to push to. Safe to
    /// print.
    pub push: Option<String>,
}

impl Closed {
    /// A run that has ended, with nothing removed or pushed yet.
    pub fn new(run: &Run<'_>, (from, to): (Oid, Oid), message: String) -> Self {
        Self {
            trunk: run.trunk.name.clone(),
            from,
            to,
            message,
            worktrees: Vec::new(),
            removed: Vec::new(),
            kept: Vec::new(),
            was_closed: false,
            is_removable: false,
            pushed: None,
            push: None,
        }
    }
}

/// Ends the run of a repository. Where it has ended already, what has landed can still be removed, and
/// the end pushed.
/// `tell` is told what is worth saying before it happens.
pub fn close(
    view: &dyn GitView,
    request: &Request,
    environment: &Environment,
    tell: &mut dyn FnMut(&str),
) -> Done<Ended> {
    match Journal::standing(view.place())? {
        Standing::None => {}
        Standing::Left(..) => {
            let what = "a landing was interrupted here: contract-gate land --continue";
            return Err(Stopped::Refused(what.to_owned()));
        }
        Standing::Running => {
            let what = "a landing is under way in this repository";
            return Err(Stopped::Refused(what.to_owned()));
        }
    }
    let run = match Run::of(view, &request.asked) {
        Err(Stopped::NoContract { .. }) => {
            let closed = removal::afterwards(view, request, environment, tell)?;
            return Ok(Ended::Closed(Box::new(closed)));
        }
        run => run?,
    };
    let from = moving::local(&run)?;
    let target = request.push.then(|| Target::of(&run)).transpose()?;
    let lanes = run.lanes_at(from)?;
    let open: Vec<AgentId> =
        lanes.iter().filter(|lane| lane.is_open()).map(|lane| lane.agent.clone()).collect();
    if !open.is_empty() {
        return Ok(Ended::Open(open));
    }
    if let Some(elsewhere) = elsewhere::all(&run, from)?.first() {
        return Err(Stopped::Refused(elsewhere.note()));
    }
    let clean = moving::clean_worktrees(&run)?;
    let message = message(&run, &lanes)?;
    let to = {
        let stage = Stage::new(&directory(view), from)?;
        stage.take_away(run.contract.file().name(), &message)?
    };
    let judged = made_step::judge(environment, request.asked.named(), (from, to), Whom::Here);
    if judged.outcome() != Outcome::Allowed {
        return Ok(Ended::Refused(Box::new(judged)));
    }
    if let Some(target) = &target {
        if let Some(note) = target.note(&run, from)? {
            tell(&note);
        }
        target.push(&run, None, to, environment, &request.again())?;
    }
    let reference = &run.trunk.reference;
    let lanes_at = run.remote.as_deref();
    let moved =
        moving::update(environment, lanes_at, reference, "contract-gate: close", (from, to))?;
    let trunk = printable(&run.trunk.name);
    let refused = match (moved, target.is_some()) {
        (Moved::Yes, _) => None,
        (Moved::Refused(words), _) => Some(words),
        (Moved::Elsewhere, true) => Some(format!(
            "the run is closed on the server, and {trunk} has moved here meanwhile: pull it"
        )),
        (Moved::Elsewhere, false) => Some(format!("{trunk} has moved meanwhile: close it again")),
    };
    if let Some(words) = refused {
        return Err(Stopped::Refused(words));
    }
    if let Some(note) = worktrees::left_unfound(&directory(view), reference)? {
        tell(&note);
    }
    let ends = (&from.to_string(), &to.to_string());
    let mut closed = Closed::new(&run, (from, to), message);
    closed.worktrees = moving::bring(view, reference, &clean, ends, &[])?;
    record::forget_landings(view.place())?;
    closed.push = match &target {
        Some(_) => None,
        None => Target::find(&run)?.map(|target| target.command(&run)),
    };
    closed.pushed = target.map(|target| target.remote);
    if request.remove {
        removal::landed(&run, &lanes, environment, &mut closed)?;
    } else {
        closed.is_removable =
            lanes.iter().any(|lane| removal::has_landed(lane) && lane.tip.is_some());
    }
    Ok(Ended::Closed(Box::new(closed)))
}

/// What the last commit of a run says: what landed when, from which tips, and how.
fn message(run: &Run<'_>, lanes: &[Lane]) -> Done<String> {
    let name = match run.contract.name() {
        Some(name) => format!("Close the run {name}"),
        None => "Close the run".to_owned(),
    };
    let mut out = format!("{name}\n\n");
    if let Some(objective) = run.contract.objective() {
        out.push_str(&format!("{objective}\n\n"));
    }
    for line in report(run, lanes)? {
        out.push_str(&format!("- {line}\n"));
    }
    let withdrawn: Vec<AgentId> =
        run.contract.agents().iter().filter(|a| a.withdrawn).map(|a| a.id.clone()).collect();
    if !withdrawn.is_empty() {
        out.push_str(&format!("\nWithdrawn: {}\n", names(&withdrawn)));
    }
    Ok(out)
}

/// What landed when in a run, from which tips and how: a line for each lane, in their order.
pub fn report(run: &Run<'_>, lanes: &[Lane]) -> Done<Vec<String>> {
    let landings = record::landings(run.view.place())?;
    let mut lines = Vec::new();
    for agent in run.sequence() {
        lines.push(match landings.iter().rev().find(|landed| landed.agent == agent.id.as_str()) {
            Some(landed) => told(run, landed)?,
            None => by_another_road(agent, lanes),
        });
    }
    Ok(lines)
}

/// Whether the last commit of a run says that this lane landed as its branch is now.
pub fn names_tip(message: &str, lane: &Lane) -> bool {
    let Some(tip) = lane.tip.map(|tip| tip.to_string()) else { return false };
    let line = format!("- {} ({}) at {}:", lane.agent, lane.branch, &tip[..12]);
    message.lines().any(|told| told.starts_with(&line))
}

fn told(run: &Run<'_>, landed: &Landed) -> Done<String> {
    let when = Git::in_directory(directory(run.view))
        .args(["show", "--no-patch", "--no-notes", "--format=%cI"])
        .arg(&landed.to)
        .stdout()
        .map(|told| String::from_utf8_lossy(&told).trim().to_owned())
        .unwrap_or_default();
    let suite = match (landed.seconds, landed.rehearsed) {
        (Some(seconds), _) => format!(", suite {seconds:.1} s"),
        (None, true) => ", suite passed in the rehearsal".to_owned(),
        (None, false) => ", no suite".to_owned(),
    };
    let short = |id: &str| id.get(..12).unwrap_or(id).to_owned();
    Ok(format!(
        "{} ({}) at {}: {} by {} on {}{suite}",
        landed.agent,
        landed.branch,
        short(&landed.tip),
        short(&landed.to),
        landed.strategy,
        when
    ))
}

fn by_another_road(agent: &Agent, lanes: &[Lane]) -> String {
    let tip = lanes.iter().find(|lane| lane.agent == agent.id).and_then(|lane| lane.tip);
    let at = tip.map(|tip| format!(" at {}", &tip.to_string()[..12])).unwrap_or_default();
    format!("{} ({}){at}: landed by another road", agent.id, agent.branch)
}
