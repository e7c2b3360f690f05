//! `install`: puts the gate into the hooks directory of this repository.

mod page;

use std::path::{Path, PathBuf};

use clap::Args;
use policy::contract::Contract;
use policy::name::AgentId;
use policy::oid::Oid;

use self::page::Page;
use super::{Answer, Failure, Terminal, UNDECIDED};
use crate::evidence::contract::{Contracts, Held};
use crate::evidence::history::History;
use crate::evidence::located::{self, Side, Unfetched};
use crate::evidence::survey::named_alike;
use crate::evidence::{Known, Unknown};
use crate::installation::outweigh::{self, Weight};
use crate::installation::{
    self, CONTRACT, ChosenBy, Done, HookName, HooksDirectory, Left, MODE, OBSERVE, Others, Place,
    Problem, Put, Record, Serves, TRUNK, settings,
};
use crate::repository;
use crate::system::environment::Environment;
use crate::system::process;

/// Put the gate into this repository's hooks, for all of its worktrees
#[derive(Debug, Args)]
pub struct Arguments {
    /// The branch that lanes land on [default: the main worktree's branch; where that is a lane, or has
    /// the contract of the remote's HEAD, the one that the contract names, or the remote's HEAD]
    #[arg(long, value_name = "BRANCH")]
    trunk: Option<String>,

    /// Report everything and refuse nothing
    #[arg(long)]
    observe: bool,

    /// Leave this hook out; may be repeated
    #[arg(long, value_name = "HOOK", value_parser = |name: &str| name.parse::<HookName>())]
    without: Vec<HookName>,

    /// In a bare repository that receives pushes: judge them there
    #[arg(long, conflicts_with = "allow_global")]
    server: bool,

    /// Install also where a global core.hooksPath points, for every repository that uses it
    #[arg(long)]
    allow_global: bool,
}

/// What is to be installed.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Request {
    trunk: Option<String>,
    observe: bool,
    hooks: Vec<HookName>,
    server: bool,
    allow_global: bool,
}

impl From<Arguments> for Request {
    fn from(arguments: Arguments) -> Self {
        let Arguments { trunk, observe, without, server, allow_global } = arguments;
        let all: &[HookName] = if server { &HookName::SERVER } else { &HookName::CLIENT };
        let hooks = all.iter().copied().filter(|hook| !without.contains(hook)).collect();
        Self { trunk, observe, hooks, server, allow_global }
    }
}

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Self {
        Self { help: problem.help(), ..Self::new(problem.to_string()) }
    }
}

/// Installs, and says what was done, what it covers, and what comes next.
///
/// # Errors
/// When nothing, or not everything, could be installed.
pub fn run(arguments: Arguments, environment: &Environment, terminal: &Terminal) -> Answer {
    let request = Request::from(arguments);
    let mut place = Place::find(environment.directory())?;
    if request.server && goes_on_with_its_own(&place)? {
        place = Place::find(environment.directory())?;
    }
    agree(&request, &place)?;
    let trunk = installation::propose(&place, request.trunk.as_deref())?;
    let trunk = installation::instead_of_a_branch(trunk, environment)?;
    let program = process::this_program().map_err(|error| {
        Failure::new(format!("this program's own file cannot be found: {error}"))
    })?;
    let hooks = HooksDirectory::new(&place.hooks);
    // What the directory's own files are is asked before ours are among them.
    let tracked = place.tracked_hooks()?;
    if let Some(warning) = page::of_tracked(&tracked) {
        // Before anything is written there.
        terminal.err(&warning)?;
    }
    let git = place.git();
    let done = put(&request, &place, &hooks, &program)?;
    let elsewhere = put_elsewhere(&request, &place, &program)?;
    settings::set(&hooks, &git, TRUNK, &trunk.branch)?;
    let mode = set_mode(&request, &hooks, &place)?;
    let side = if request.server { Side::Server } else { Side::Client };
    let found = contract_on_trunk(side, environment);
    if let Ok(Found::Contract { contract, .. }) = &found {
        settings::set(&hooks, &git, CONTRACT, contract.file().name())?;
    }
    // When all that it leads to is there.
    let weight = if request.server { Some(outweigh::outweigh(&place)?) } else { None };
    let (elsewhere, weight) = (&elsewhere[..], weight.as_ref());
    let page = Page { request: &request, place: &place, hooks: &hooks, elsewhere, weight };
    terminal.out(&page.render(&done, &trunk, mode, &found))?;
    let is_complete = done.is_complete() && elsewhere.iter().all(|there| there.done.is_complete());
    Ok(if is_complete { 0 } else { UNDECIDED })
}

/// Puts the wanted hooks into one directory.
fn put(
    request: &Request,
    place: &Place,
    hooks: &HooksDirectory,
    program: &Path,
) -> Result<Done, Problem> {
    installation::put(&Put {
        hooks,
        program,
        wanted: &request.hooks,
        others: Others::TakeAway,
        joining: place.joining(),
        serves: place.serves(),
        in_worktree: place.hooks_worktree().is_some(),
        git: place.git(),
    })
}

/// Another directory of this repository, and what was done there.
struct Elsewhere {
    worktree: PathBuf,
    hooks: HooksDirectory,
    done: Done,
}

/// Puts the same hooks wherever else in this repository they were installed before, so that one
/// installation is one for all of them: with a relative `core.hooksPath` each worktree has a
/// directory of its own.
fn put_elsewhere(
    request: &Request,
    place: &Place,
    program: &Path,
) -> Result<Vec<Elsewhere>, Problem> {
    let mut all = Vec::new();
    for there in place.with_hooks_of_their_own()? {
        let hooks = HooksDirectory::new(&there.hooks);
        let Some(record) = Record::read(&hooks)? else { continue };
        let is_a_servers = record.hooks.contains(&HookName::PreReceive);
        let is_everybodys = there.serves() == Serves::EveryRepository && !request.allow_global;
        if record.hooks.is_empty() || is_a_servers != request.server || is_everybodys {
            continue;
        }
        let done = put(request, &there, &hooks, program)?;
        all.push(Elsewhere { worktree: there.directory, hooks, done });
    }
    Ok(all)
}

/// Has the hooks of a server that was installed before taken from where they are, whatever is set for
/// every repository. Whether that changed anything.
fn goes_on_with_its_own(place: &Place) -> Result<bool, Problem> {
    let leads_past = place.is_bare() && place.serves() == Serves::EveryRepository;
    if !leads_past || !outweigh::is_served(place)? {
        return Ok(false);
    }
    Ok(outweigh::outweigh(place)? == Weight::Outweighs)
}

/// Whether this is a place for what is asked.
fn agree(request: &Request, place: &Place) -> Result<(), Problem> {
    if request.hooks.is_empty() {
        return Err(Problem::NothingWanted);
    }
    match (request.server, place.is_bare()) {
        (true, false) => return Err(Problem::NotBare(place.directory.clone())),
        (false, true) => return Err(Problem::Bare(place.directory.clone())),
        _ => {}
    }
    let ChosenBy::Setting { scope, value } = &place.chosen_by else { return Ok(()) };
    // What git makes of an empty value is the root of the worktree; it runs no hook there (2.39 and 2.47).
    let is_off = value.is_empty() || (place.hooks.exists() && !place.hooks.is_dir());
    if is_off && scope != "command" {
        return Err(Problem::HooksOff { scope: scope.clone(), value: value.clone() });
    }
    match scope.as_str() {
        "local" | "worktree" => Ok(()),
        "command" => Err(Problem::PassingHooksPath(value.clone())),
        _ if request.allow_global => Ok(()),
        _ => {
            let (scope, value) = (scope.clone(), value.clone());
            Err(Problem::SharedHooksPath { scope, value, server: request.server })
        }
    }
}

/// How the gate is set here from now on.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Mode {
    Refuse,
    Observe,
    /// Somebody else has set it to observe.
    ObserveByHand,
    /// So it is set in a configuration that is not this repository's alone.
    ObserveElsewhere,
}

fn set_mode(request: &Request, hooks: &HooksDirectory, place: &Place) -> Result<Mode, Problem> {
    if request.observe {
        settings::set(hooks, &place.git(), MODE, OBSERVE)?;
        return Ok(Mode::Observe);
    }
    match settings::unset(hooks, &place.git(), MODE)? {
        Some(Left::Setting { value, .. }) if value == OBSERVE => Ok(Mode::ObserveByHand),
        // A server heeds its own configuration alone.
        _ if request.server => Ok(Mode::Refuse),
        _ => match settings::effective(&place.git(), MODE)? {
            Some(value) if value == OBSERVE => Ok(Mode::ObserveElsewhere),
            _ => Ok(Mode::Refuse),
        },
    }
}

/// What the trunk holds.
enum Found {
    NoCommit,
    /// It is not here, and may be at a remote.
    Unfetched(Unknown),
    Nothing,
    Contract {
        contract: std::rc::Rc<Contract>,
        commit: Oid,
        /// The agent as whom everybody works here, for the name of the directory alone.
        named_alike: Option<AgentId>,
    },
    Broken(Unknown),
}

/// Looks for a contract on the trunk, the way the checkpoints do.
fn contract_on_trunk(side: Side, environment: &Environment) -> Known<Found> {
    let view = repository::open(environment, repository::Wanted::Index)?;
    let history = History::new(view.as_ref());
    let trunk = located::Trunk::locate(&history, None, None, side)?;
    let tips = trunk.tips(&history)?;
    let Some(&commit) = tips.first() else {
        let is_left_out = trunk.unfetched.as_ref().is_some_and(Unfetched::is_left_out);
        return Ok(match is_left_out {
            true => Found::Unfetched(trunk.missing()),
            false => Found::NoCommit,
        });
    };
    Ok(match Contracts::new(&history, &trunk)?.at(commit)? {
        Held::Nothing => Found::Nothing,
        Held::Contract(contract) => {
            let named_alike = named_alike(view.as_ref(), &contract)?;
            Found::Contract { contract, commit, named_alike }
        }
        Held::Broken(unknown) => Found::Broken(unknown),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(server: bool, without: &[HookName]) -> Request {
        Request::from(Arguments {
            trunk: None,
            observe: false,
            without: without.to_vec(),
            server,
            allow_global: false,
        })
    }

    #[test]
    fn a_client_and_a_server_have_hooks_of_their_own() {
        assert_eq!(request(false, &[]).hooks, HookName::CLIENT);
        assert_eq!(request(true, &[]).hooks, HookName::SERVER);
        let without = request(false, &[HookName::ReferenceTransaction]);
        assert_eq!(without.hooks, HookName::CLIENT[..3]);
    }
}
