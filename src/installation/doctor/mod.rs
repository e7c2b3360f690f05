//! The proof that the gate stands where git looks, in the repository and in every worktree of it;
//! and everything else that a gate needs to do its work there.
//!
//! Each thing that is looked at becomes a [`Finding`] with its mend. Looking changes nothing: a
//! hook of somebody else's is never started, since it may change files, and the gate's own answers
//! a question instead of judging. [`fix`] does what is safe, when that is asked for.

mod apart;
mod canary;
mod fix;
mod ground;
mod hooks;
mod identity;
mod server;
mod writing;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use policy::name::RefName;
use policy::text::shell_word;
use policy::verdict::Help;

pub use self::canary::{QUESTION, answer};
pub use self::fix::{Fixed, fix};
use super::standing::Standing;
use super::{ChosenBy, HookName, HooksDirectory, Kind, Place, Problem, Record, again, outweigh};
use crate::evidence::located::Side;
use crate::repository::moved_worktree::Moved;
use crate::repository::{main_worktree, moved_worktree};
use crate::system::environment::Environment;
use crate::system::process::Git;

/// What a finding is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum About {
    /// Whether anything is installed.
    Installation,
    /// The directory that git takes hooks from.
    HooksDirectory,
    /// The private copy of the program.
    Program,
    /// One hook.
    Hook(HookName),
    /// A worktree itself.
    Worktree,
    /// Who works in a worktree, or pushes to a server.
    Identity,
    /// Whether a commit can be written.
    Writing,
    /// The branch that lanes land on.
    Trunk,
    /// The contract on it.
    Contract,
    /// The lanes' branches.
    Lanes,
    /// Whether anything is refused.
    Mode,
    /// How the repository is read.
    Backend,
    /// The repository that is pushed to.
    Server,
}

impl About {
    /// The word for it: a hook's own name, or one of the names of this list.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Installation => "installation",
            Self::HooksDirectory => "hooks-directory",
            Self::Program => "program",
            Self::Hook(hook) => hook.as_str(),
            Self::Worktree => "worktree",
            Self::Identity => "identity",
            Self::Writing => "writing",
            Self::Trunk => "trunk",
            Self::Contract => "contract",
            Self::Lanes => "lanes",
            Self::Mode => "mode",
            Self::Backend => "backend",
            Self::Server => "server",
        }
    }
}

/// How it is. The worst of them decides the exit status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// As it should be.
    Good,
    /// As it may be, and worth knowing.
    Note,
    /// Not known, or not proved: status 2.
    Unknown,
    /// Not as it should be: status 1.
    Wrong,
}

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What it is about.
    pub about: About,
    /// How it is.
    pub state: State,
    /// What was found, in a sentence without its end. Safe to print.
    pub message: String,
    /// What mends it.
    pub mend: Vec<Help>,
}

impl Finding {
    fn new(about: About, state: State, message: impl Into<String>) -> Self {
        Self { about, state, message: message.into(), mend: Vec::new() }
    }

    fn mend(mut self, mend: impl IntoIterator<Item = Help>) -> Self {
        self.mend.extend(mend);
        self
    }
}

/// One worktree, or the bare repository itself, and what was found there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Visit {
    /// Its root.
    pub root: PathBuf,
    /// The branch that is checked out, short.
    pub branch: Option<String>,
    /// What was found.
    pub findings: Vec<Finding>,
}

/// All that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Examination {
    /// The git directory that all worktrees share.
    pub repository: PathBuf,
    /// What is true of all worktrees.
    pub findings: Vec<Finding>,
    /// Each worktree.
    pub worktrees: Vec<Visit>,
    /// Whether nothing tells where the main one is.
    pub is_main_unfound: bool,
}

impl Examination {
    /// The worst of it.
    pub fn state(&self) -> State {
        let all = self.worktrees.iter().flat_map(|visit| &visit.findings).chain(&self.findings);
        all.map(|finding| finding.state).max().unwrap_or(State::Good)
    }

    /// Whether the gate was left out of a hook, on purpose.
    pub fn leaves_out(&self) -> bool {
        let all = self.worktrees.iter().flat_map(|visit| &visit.findings);
        all.into_iter()
            .any(|finding| matches!(finding.about, About::Hook(_)) && finding.state == State::Note)
    }
}

/// What is installed here: which hooks, and where, as the records say.
struct Installed {
    /// The hooks that an installation put somewhere in this repository.
    hooks: Vec<HookName>,
    /// The directories that have a record.
    directories: Vec<HooksDirectory>,
    /// The command that makes this installation again.
    again: String,
}

/// Looks at everything.
///
/// # Errors
/// There is no repository, git gives no answer, or a record cannot be read.
pub fn examine(environment: &Environment) -> Result<Examination, Problem> {
    let place = Place::find(environment.directory())?;
    let visited = visited(&place)?;
    let mut installed = installed(&place, &visited)?;
    let by_hand = standing_by_hand(&visited, &installed)?;
    let mut findings = vec![installation(&place, &installed, &by_hand)];
    installed.hooks.extend(&by_hand);
    let ground = ground::Ground::of(&place, environment);
    findings.extend(command_setting(&place));
    for directory in &installed.directories {
        findings.extend(hooks::program(directory, &installed.again)?);
    }
    findings.extend(server::weight(&place, &installed.again)?);
    findings.extend(ground.findings(&place, &installed.again));
    // With worktrees of its own, and no hook for pushes, nobody is said to push to it.
    let is_pushed_to = place.is_bare()
        && (place.linked().is_none() || installed.hooks.contains(&HookName::PreReceive));
    if let Some(view) = ground.view().filter(|_| is_pushed_to) {
        findings.push(identity::of_pushers(view));
    }
    if is_pushed_to || !place.is_bare() {
        findings.push(server::compare(&place, &ground));
    }
    let moved = moved_worktree::here(&place.git())?;
    let can_be_apart = apart::can_be(&place)?;
    let mut worktrees = Vec::new();
    for Stop { root, branch, place: there, kind } in &visited {
        let (root, branch) = (root.clone(), branch.clone());
        let Some(there) = there else {
            let moved = moved.as_ref().filter(|moved| moved.listed == root);
            worktrees.push(Visit { root, branch, findings: vec![not_visited(*kind, moved)] });
            continue;
        };
        let mut findings = Vec::new();
        if !installed.hooks.is_empty() {
            findings.extend(hooks::examine(there, &installed, &visited)?);
            findings.extend(unjudged(there, branch.as_deref(), &installed, &ground));
        }
        let branch_here = branch.as_deref();
        findings.extend(identity::examine(
            &ground,
            &place,
            there,
            branch_here,
            &visited,
            environment,
        ));
        findings.push(writing::examine(there)?);
        if can_be_apart {
            findings.extend(apart::examine(&root)?);
        }
        findings.extend(ground.left_behind(&root, environment));
        worktrees.push(Visit { root, branch, findings });
    }
    let is_main_unfound = visited.iter().any(|stop| stop.kind == Kind::Unfound);
    let repository = place.common_dir.clone();
    Ok(Examination { repository, findings, worktrees, is_main_unfound })
}

/// A worktree, or the bare repository, that is looked at.
struct Stop {
    root: PathBuf,
    branch: Option<String>,
    /// `None`: its directory is gone, or nobody knows where it is.
    place: Option<Place>,
    kind: Kind,
}

/// What is said of a worktree of a repository in which pushes alone are judged: it may serve to look at
/// what was pushed, and where a lane is worked on, nothing holds it.
fn unjudged(
    there: &Place,
    branch: Option<&str>,
    installed: &Installed,
    ground: &ground::Ground,
) -> Option<Finding> {
    let root =
        there.worktree.as_ref().filter(|_| installed.hooks.contains(&HookName::PreReceive))?;
    let name = root.file_name().unwrap_or_default().to_string_lossy();
    let is_a_lanes = ground.contract().is_some_and(|contract| {
        let of_branch = branch.and_then(|branch| contract.lane_of_ref(&RefName::branch(branch)));
        of_branch.or_else(|| contract.lane_of_worktree(&name)).is_some()
    });
    let state = if is_a_lanes { State::Wrong } else { State::Note };
    let message = "NOT there: commits and moves of branches in this worktree are not judged";
    let install = format!("contract-gate -C {} install", shell_word(&root.to_string_lossy()));
    let mend = command("judge them, instead of what is pushed here", &install);
    Some(Finding::new(About::Hook(HookName::PreCommit), state, message).mend([mend]))
}

/// What is said of a worktree that is not to be found where git lists it: one that we are in is not
/// gone, and whether another was moved or deleted is not known.
fn not_visited(kind: Kind, moved: Option<&Moved>) -> Finding {
    let repair = |label| command(label, moved_worktree::REPAIR);
    let (message, mend) = match (kind, moved) {
        (Kind::Unfound, _) => (
            "git does not tell where this repository's main worktree is: it was not looked at"
                .to_owned(),
            vec![command("make it known, in that worktree", main_worktree::NAME_IT)],
        ),
        (_, Some(Moved { root, .. })) => (
            format!("not there: it is at {}", super::shown(root)),
            vec![repair("have it listed where it is")],
        ),
        (_, None) => (
            "its directory is gone, or was moved".to_owned(),
            vec![
                repair("if it was moved, in that worktree"),
                command(
                    "if it was deleted, forget it (git worktree unlock first, where it is locked)",
                    "git worktree prune",
                ),
            ],
        ),
    };
    Finding::new(About::Worktree, State::Note, message).mend(mend)
}

/// The worktrees, and a bare repository only where pushes are judged or nobody works beside it.
fn visited(place: &Place) -> Result<Vec<Stop>, Problem> {
    // Worktrees of a bare repository have its hooks: nobody works in itself.
    let linked = place.worktrees.len() > 1 && place.worktrees[0].kind == Kind::Bare;
    let skipped = usize::from(linked && !is_served(place)?);
    let mut stops = Vec::new();
    for worktree in place.worktrees.iter().skip(skipped) {
        let (root, branch) = (worktree.path.clone(), worktree.branch.clone());
        let place = if worktree.is_here() { Some(Place::find_alone(&root)?) } else { None };
        stops.push(Stop { root, branch, place, kind: worktree.kind });
    }
    Ok(stops)
}

/// Whether the hooks of a server are installed here.
fn is_served(place: &Place) -> Result<bool, Problem> {
    let record = Record::read(&HooksDirectory::new(&place.hooks))?;
    let is_there = record.is_some_and(|record| record.hooks.contains(&HookName::PreReceive));
    Ok(is_there || outweigh::is_served(place)?)
}

fn installed(place: &Place, visited: &[Stop]) -> Result<Installed, Problem> {
    let mut directories = Vec::new();
    let mut record: Option<Record> = None;
    let own = place.common_dir.join("hooks");
    let there = visited.iter().filter_map(|stop| stop.place.as_ref());
    let hooks = std::iter::once(place).chain(there).map(|place| place.hooks.as_path());
    for hooks in hooks.chain([own.as_path()]) {
        let directory = HooksDirectory::new(hooks);
        if directories.contains(&directory) {
            continue;
        }
        if let Some(found) = Record::read(&directory)?.filter(|record| !record.hooks.is_empty()) {
            directories.push(directory);
            record.get_or_insert(found);
        }
    }
    let again = again::command(place, record.as_ref())?;
    let hooks = record.map(|record| record.hooks.into_iter().collect()).unwrap_or_default();
    Ok(Installed { hooks, directories, again })
}

/// The hooks under which the gate stands somewhere without an installation: as the lines of `hooks/`
/// in another program's hook files, or put there by hand.
fn standing_by_hand(
    visited: &[Stop],
    installed: &Installed,
) -> Result<BTreeSet<HookName>, Problem> {
    let mut found = BTreeSet::new();
    let mut seen = Vec::new();
    for place in visited.iter().filter_map(|stop| stop.place.as_ref()) {
        let hooks = HooksDirectory::new(&place.hooks);
        if seen.contains(&hooks) {
            continue;
        }
        for &hook in hooks_of(place) {
            if !installed.hooks.contains(&hook) && Standing::of(&hooks, hook)?.holds() {
                found.insert(hook);
            }
        }
        seen.push(hooks);
    }
    Ok(found)
}

/// The hooks that the gate may stand in here.
fn hooks_of(place: &Place) -> &'static [HookName] {
    if place.is_bare() { &HookName::SERVER } else { &HookName::CLIENT }
}

fn installation(place: &Place, installed: &Installed, by_hand: &BTreeSet<HookName>) -> Finding {
    let about = About::Installation;
    let names = |hooks: &mut dyn Iterator<Item = &HookName>| {
        hooks.map(|hook| hook.as_str()).collect::<Vec<_>>().join(", ")
    };
    if !installed.hooks.is_empty() {
        let names = names(&mut installed.hooks.iter());
        return Finding::new(about, State::Good, format!("installed as {names}"));
    }
    if !by_hand.is_empty() {
        let names = names(&mut by_hand.iter());
        let message =
            format!("not by contract-gate install: hooks that are there call it as {names}");
        return Finding::new(about, State::Good, message);
    }
    let message = format!("contract-gate is not installed in {}", super::shown(&place.hooks));
    let mut mend = vec![command("install it", &installed.again)];
    if place.linked().is_some() {
        mend[0].label = "install it for those who work in worktrees of it".to_owned();
        mend.push(command("or, if it is pushed to", "contract-gate install --server"));
    }
    Finding::new(about, State::Wrong, message).mend(mend)
}

/// A setting that holds for this environment alone leads every git below it elsewhere.
fn command_setting(place: &Place) -> Option<Finding> {
    let ChosenBy::Setting { scope, value } = &place.chosen_by else { return None };
    (scope == "command").then(|| {
        let message = format!(
            "core.hooksPath = {} is set by the environment: git takes its hooks from there, \
             whatever is installed",
            policy::text::printable(value)
        );
        let mend = command("take it away", "unset GIT_CONFIG_COUNT GIT_CONFIG_PARAMETERS");
        Finding::new(About::HooksDirectory, State::Wrong, message).mend([mend])
    })
}

/// Who judges here.
fn side(place: &Place) -> Side {
    if place.is_bare() { Side::Server } else { Side::Client }
}

fn command(label: &str, command: &str) -> Help {
    Help { label: label.to_owned(), command: Some(command.to_owned()) }
}

fn advice(label: impl Into<String>) -> Help {
    Help { label: label.into(), command: None }
}

/// The repository of a directory, whatever the environment says.
fn git_of(root: &Path) -> Git {
    Git::in_directory(root).of_directory_alone()
}
