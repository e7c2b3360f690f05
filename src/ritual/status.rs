//! Status: where every lane of a run is on its way to the trunk, and what can be done next.
//!
//! Facts alone. The verdict of each lane is that of `check --all`; nothing is decided here, nothing is
//! printed, nothing is written. A lane of which something is not known does not silence the others.

mod desk;
mod lane;
mod left;
mod next;
mod pulse;

use std::path::Path;
use std::rc::Rc;

use policy::contract::Contract;
use policy::name::AgentId;
use policy::oid::Oid;
use policy::verdict::{Help, Note, Outcome};

#[cfg(test)]
pub use self::desk::Uncommitted;
pub use self::desk::{Desk, left_out};
#[cfg(test)]
pub use self::lane::{Distance, Verdict};
pub use self::lane::{LaneStatus, Standing};
pub use self::left::LeftBehind;
pub use self::pulse::Pulse;
use super::run::{Asked, Run, sequence};
use super::standpoint::Standpoint;
use super::{Done, Stopped, elsewhere, record};
use crate::checkpoints::asker;
use crate::checkpoints::check::every_lane;
use crate::evidence::contract::Contracts;
use crate::evidence::lane_check::LaneCheck;
use crate::repository::GitView;
use crate::system::environment::Environment;

/// What there is to say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// A run of a contract.
    Run(Status),
    /// There is no contract on the trunk.
    NoContract {
        /// The trunk's short name. Safe to print.
        trunk: String,
        /// The worktrees that have the trunk checked out, and files of an older state of it: `close` has
        /// left them.
        behind: Vec<LeftBehind>,
    },
}

/// A run, as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Status {
    /// The trunk's short name. Foreign text.
    pub trunk: String,
    /// Its commit that governs.
    pub commit: Oid,
    /// The contract's file.
    pub file: &'static str,
    /// The contract's name. Foreign text.
    pub name: Option<String>,
    /// The contract's version.
    pub version: u64,
    /// The lanes, in an order in which they may land.
    pub lanes: Vec<LaneStatus>,
    /// The worktrees that have the trunk checked out, and files of an older state of it.
    pub behind: Vec<LeftBehind>,
    /// What can be done next, the most useful first.
    pub next: Vec<Help>,
    /// What is worth saying of the trunk.
    pub notes: Vec<Note>,
}

/// Looks at the run of a repository.
///
/// # Errors
/// When the trunk or its contract is not known, or who asks is not.
pub fn find(view: &dyn GitView, asked: &Asked, environment: &Environment) -> Done<Found> {
    let run = match Run::of(view, asked) {
        Ok(run) => run,
        Err(Stopped::NoContract { trunk }) => {
            let run = Run::under(view, asked, Rc::new(Contract::absent()))?;
            let desks = desk::all(environment.directory());
            let behind = left::behind(&desks, &run.trunk.reference, environment);
            return Ok(Found::NoContract { trunk, behind });
        }
        Err(stopped) => return Err(stopped),
    };
    let contracts = Contracts::new(&run.history, &run.trunk)?;
    let acting = asker(view, environment)?;
    let check = || LaneCheck {
        history: &run.history,
        contracts: &contracts,
        acting: &acting,
        contract: (Rc::clone(&run.contract), run.governing()),
        trunk: &run.tips,
        trunk_ref: &run.trunk,
        remote: run.remote.clone(),
        there_first: false,
    };
    let reports = every_lane(check(), &run.history);
    let desks = desk::all(environment.directory());
    // One lane that cannot be read, which is told of it, does not silence the others.
    let elsewhere = elsewhere::all(&run, run.governing()).unwrap_or_default();
    let (alone, late): (Vec<_>, Vec<_>) = elsewhere.into_iter().partition(|one| one.more.is_none());
    let mut lanes = lane::all(&run, &check(), &reports, &desks, &alone);
    let order: Vec<&AgentId> = sequence(&run.contract).iter().map(|agent| &agent.id).collect();
    // Those that will never land come last.
    let place = |lane: &LaneStatus| order.iter().position(|id| **id == lane.agent);
    lanes.sort_by_key(|lane| place(lane).unwrap_or(usize::MAX));
    let undone: Vec<Note> = lanes.iter().filter_map(|lane| lane.undone_contract.clone()).collect();
    let behind = left::behind(&desks, &run.trunk.reference, environment);
    let seen = record::seen(view.place());
    let is_busy = seen.is_some();
    let mut next: Vec<Help> = seen.map(next::of_landing).into_iter().collect();
    next.extend(behind.iter().map(LeftBehind::step));
    let standpoint = Standpoint::of(&run, environment)?;
    let mut notes = run.trunk.notes(&run.tips);
    let steps = next::steps(&lanes, &late, &run, asked, &standpoint);
    // While a landing is under way, or interrupted, another is refused.
    next.extend(steps.into_iter().filter(|step| !(is_busy && next::is_of_the_ritual(step))));
    notes.extend(undone);
    notes.extend(late.iter().map(|one| Note { code: "lane-behind", message: one.message() }));
    notes.extend(behind.iter().map(|left| left.note(&run.trunk.name)));
    Ok(Found::Run(Status {
        trunk: run.trunk.name.clone(),
        commit: run.governing(),
        file: run.contract.file().name(),
        name: run.contract.name().map(str::to_owned),
        version: run.contract.version(),
        lanes,
        behind,
        next,
        notes,
    }))
}

impl Status {
    /// The worst verdict of any lane.
    pub fn outcome(&self) -> Outcome {
        self.lanes.iter().map(|lane| lane.verdict.outcome).max().unwrap_or(Outcome::Allowed)
    }
}

impl Found {
    /// The worst verdict of any lane; allowed where there is no contract.
    pub fn outcome(&self) -> Outcome {
        match self {
            Self::Run(status) => status.outcome(),
            Self::NoContract { .. } => Outcome::Allowed,
        }
    }

    /// Looks again at what is not committed, and at nothing else.
    pub fn look_at_desks(&mut self, directory: &Path) {
        let Self::Run(status) = self else { return };
        let desks = desk::all(directory);
        for lane in &mut status.lanes {
            // A worktree that comes or goes, or another branch in one, is what the pulse tells.
            let found = lane.desk.as_ref().and_then(|desk| desk::at(&desks, &desk.path));
            if let Some(found) = found {
                lane.desk = Some(found.clone());
            }
        }
    }
}
