//! `rehearse`: the whole sequence on a stage, with nothing else touched.

use std::path::PathBuf;
use std::time::Duration;

use policy::contract::{Agent, MergeStrategy};
use policy::name::AgentId;
use policy::oid::Oid;
use serde::{Deserialize, Serialize};

use super::elsewhere::{self, Elsewhere};
use super::record::{self, Passed};
use super::run::{Asked, Lane, Run, option};
use super::stage::Stage;
use super::step::{Fault, Outcome, Step, Way};
use super::suite::{DEFAULT_LIMIT, Event, Ran, Suites, duration};
use super::{Done, Stopped};
use crate::checkpoints::asker;
use crate::checkpoints::check::Whom;
use crate::repository::GitView;
use crate::system::environment::Environment;
use crate::system::signals::Interrupt;

/// How lanes are merged and held against the suite, where that differs from what the contract says.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Terms {
    /// The suite.
    pub suite: Option<String>,
    /// That no suite is run.
    pub without_suite: bool,
    /// How lanes are merged.
    pub strategy: Option<Strategy>,
    /// How long a command may take.
    pub timeout: Option<Duration>,
}

impl Terms {
    /// The options that ask for them again, for a command that is printed: each with a space before it.
    pub fn options(&self) -> String {
        let strategy = self.strategy.map(|strategy| strategy.as_str().to_owned());
        let timeout = self.timeout.map(|limit| format!("{}s", limit.as_secs()));
        format!(
            "{}{}{}{}",
            option("suite", &self.suite),
            if self.without_suite { " --no-suite" } else { "" },
            option("strategy", &strategy),
            option("timeout", &timeout)
        )
    }
}

impl Terms {
    /// Whether they leave the contract's suite alone, or a human says so: an agent's landing is held
    /// against what the contract names.
    ///
    /// # Errors
    /// Where an agent says otherwise.
    pub fn keep_the_suite(&self, run: &Run<'_>, environment: &Environment) -> Done<()> {
        let names_one = run.contract.merge().suite.is_some();
        if names_one
            && (self.suite.is_some() || self.without_suite)
            && asker(run.view, environment)?.may_be_agent(&run.contract)
        {
            return Err(Stopped::Refused(
                "an agent lands with the suite that the contract names: leave --suite and --no-suite out"
                    .to_owned(),
            ));
        }
        Ok(())
    }
}

/// How a lane is merged, as a contract and a command line spell it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Strategy {
    /// A merge commit.
    Merge,
    /// One commit.
    Squash,
    /// The lane's commits, made again on the trunk.
    Rebase,
    /// The trunk moves to the lane's tip.
    FastForward,
}

impl Strategy {
    /// Its spelling.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Merge => "merge",
            Self::Squash => "squash",
            Self::Rebase => "rebase",
            Self::FastForward => "fast-forward",
        }
    }
}

impl From<MergeStrategy> for Strategy {
    fn from(strategy: MergeStrategy) -> Self {
        match strategy {
            MergeStrategy::Merge => Self::Merge,
            MergeStrategy::Squash => Self::Squash,
            MergeStrategy::Rebase => Self::Rebase,
            MergeStrategy::FastForward => Self::FastForward,
        }
    }
}

/// What is asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Request {
    /// Of which run.
    pub asked: Asked,
    /// On which terms.
    pub terms: Terms,
    /// Whether to go on after a failure, without the lane that failed.
    pub all: bool,
}

/// What a rehearsal came to.
#[derive(Debug, Clone)]
pub struct Rehearsal {
    /// The trunk's short name. Foreign text.
    pub trunk: String,
    /// Where it was.
    pub from: Oid,
    /// The lanes, in the order in which they were merged.
    pub steps: Vec<Step>,
    /// The lanes that had landed before.
    pub landed: Vec<AgentId>,
    /// How the setup went; `None` where there is none.
    pub setup: Option<Ran>,
    /// How the suite went once more at the end; `None` where it was not run.
    pub last: Option<Ran>,
    /// The suite; `None` where there is none.
    pub suite: Option<String>,
    /// What leads on where a lane was taken back.
    pub taken_back: Vec<String>,
    /// What only a remote has of a lane.
    pub elsewhere: Vec<Elsewhere>,
    /// Whether the lanes that are left were not tried, because of a failure.
    pub stopped: bool,
}

impl Rehearsal {
    /// Whether everything would land.
    pub fn is_good(&self) -> bool {
        let good = |step: &Step| !step.has_failed();
        let passed = |ran: &Option<Ran>| ran.as_ref().is_none_or(Ran::passed);
        !self.stopped && self.steps.iter().all(good) && passed(&self.setup) && passed(&self.last)
    }
}

/// What the terms come to under a contract.
#[derive(Debug, Clone)]
pub struct Settled {
    /// The suite.
    pub suite: Option<String>,
    /// What prepares a stage, once.
    pub setup: Option<String>,
    /// How lanes are merged.
    pub strategy: Strategy,
    /// How long a command may take.
    pub limit: Duration,
}

impl Settled {
    /// The terms, and where they do not say, the contract.
    pub fn of(run: &Run<'_>, terms: &Terms) -> Self {
        let merge = run.contract.merge();
        let text = |text: &Option<Box<str>>| text.as_deref().map(str::to_owned);
        let suite = terms.suite.clone().or_else(|| text(&merge.suite));
        Self {
            suite: suite.filter(|_| !terms.without_suite),
            setup: text(&merge.setup).filter(|_| !terms.without_suite),
            strategy: terms.strategy.unwrap_or(merge.strategy.into()),
            limit: terms
                .timeout
                .or_else(|| merge.timeout.as_deref().and_then(duration))
                .unwrap_or(DEFAULT_LIMIT),
        }
    }
}

/// Where git is asked about a repository: its worktree's root, or the bare repository itself.
pub fn directory(view: &dyn GitView) -> PathBuf {
    let place = view.place();
    place.worktree.clone().unwrap_or_else(|| place.common_dir.clone())
}

/// Plays the landing of all lanes that have not landed.
pub fn rehearse(
    view: &dyn GitView,
    request: &Request,
    environment: &Environment,
    interrupt: &Interrupt,
    tell: &mut dyn FnMut(Event<'_>),
) -> Done<Rehearsal> {
    let run = Run::of(view, &request.asked)?;
    let settled = Settled::of(&run, &request.terms);
    let mut suites = Suites::new(view.place(), interrupt, settled.limit, tell)?;
    let lanes = run.lanes()?;
    let from = run.governing();
    let mut rehearsal = Rehearsal {
        trunk: run.trunk.name.clone(),
        from,
        steps: Vec::new(),
        landed: lanes.iter().filter(|lane| !lane.is_open()).map(|l| l.agent.clone()).collect(),
        setup: None,
        last: None,
        suite: settled.suite.clone(),
        taken_back: lanes.iter().filter_map(Lane::taken_back).collect(),
        elsewhere: elsewhere::all(&run, from)?,
        stopped: false,
    };
    let todo: Vec<(&Agent, &Lane)> = in_sequence(&run, &lanes);
    if todo.is_empty() {
        return Ok(rehearsal);
    }
    let stage = Stage::new(&directory(view), from)?;
    rehearsal.setup = set_up(&stage, &mut suites, &settled)?;
    if rehearsal.setup.as_ref().is_some_and(|ran| !ran.passed()) {
        rehearsal.stopped = true;
        return Ok(rehearsal);
    }
    let mut way = Way {
        environment,
        asked: &request.asked,
        contract: &run.contract,
        strategy: settled.strategy,
        suite: settled.suite.as_deref(),
        out_of_order: false,
        // Nothing comes of it, so that anybody may see how it would go.
        by: Whom::Dispatcher,
    };
    let mut at = from;
    let mut merged: Vec<(&Agent, Oid)> = Vec::new();
    for (number, (agent, lane)) in todo.iter().enumerate() {
        let tip = lane.tip.filter(|_| lane.has_work);
        let mut step = match elsewhere::in_the_way(&rehearsal.elsewhere, &run, &lanes, agent) {
            Some(elsewhere) => Step::of_a_part((agent, lane.tip), at, elsewhere),
            None => way.step(&stage, &mut suites, (agent, tip), at)?,
        };
        match (&mut step.outcome, tip) {
            (Outcome::Good { to, .. }, Some(tip)) => {
                at = *to;
                merged.push((agent, tip));
            }
            (Outcome::Bad(Fault::Suite { blame, .. }), Some(tip)) => {
                *blame = way.blame(&stage, &mut suites, (agent, tip), from, &merged)?;
            }
            (Outcome::Bad(_), Some(tip)) => {
                let lane = (*agent, tip);
                step.with = way.apart(&stage, &mut suites, (lane, &step), from, &merged)?;
            }
            _ => {}
        }
        let failed = step.has_failed();
        // What comes after it is tried without it, and would still have to wait for it.
        way.out_of_order |= failed || step.has_not_begun();
        rehearsal.steps.push(step);
        if failed && !request.all {
            rehearsal.stopped = number + 1 < todo.len();
            break;
        }
    }
    if let Some(command) = settled.suite.as_deref().filter(|_| !merged.is_empty() && at != from) {
        stage.go_to(at)?;
        if request.all || !rehearsal.steps.iter().any(Step::has_failed) {
            rehearsal.last =
                Some(suites.run(&stage.root, "suite once more on everything", command)?);
        }
    }
    record::keep(view.place(), &passed(&run, &rehearsal, &settled))?;
    Ok(rehearsal)
}

/// The lanes that are still to land, in the order of the contract.
pub fn in_sequence<'r, 'l>(run: &'r Run<'_>, lanes: &'l [Lane]) -> Vec<(&'r Agent, &'l Lane)> {
    let lane = |agent: &&'r Agent| {
        let lane = lanes.iter().find(|lane| lane.agent == agent.id)?;
        lane.is_open().then_some((*agent, lane))
    };
    run.sequence().iter().filter_map(lane).collect()
}

/// Prepares a stage as the contract says.
pub fn set_up(stage: &Stage, suites: &mut Suites<'_>, settled: &Settled) -> Done<Option<Ran>> {
    let Some(command) = &settled.setup else { return Ok(None) };
    suites.tell(Event::Begins("setting up"));
    let ran = suites.run(&stage.root, "setup", command)?;
    stage.is_set_up()?;
    Ok(Some(ran))
}

/// What a rehearsal has shown to pass, for a landing that begins where it began.
fn passed(run: &Run<'_>, rehearsal: &Rehearsal, settled: &Settled) -> Vec<Passed> {
    let is_good = |step: &&Step| !step.has_failed();
    let step = |step: &Step| {
        let Outcome::Good { to, suite } = &step.outcome else { return None };
        Some(Passed {
            agent: step.agent.to_string(),
            tip: step.tip?.to_string(),
            from: step.from.to_string(),
            to: to.to_string(),
            contract: run.governing().to_string(),
            strategy: settled.strategy.as_str().to_owned(),
            suite: settled.suite.clone(),
            setup: settled.setup.clone(),
            seconds: suite.as_ref().map(|ran| ran.took.as_secs_f64()),
        })
    };
    rehearsal.steps.iter().take_while(is_good).filter_map(step).collect()
}

/// That a lane was to be found in a run.
pub fn lane_of<'l>(lanes: &'l [Lane], agent: &AgentId) -> Done<&'l Lane> {
    let found = lanes.iter().find(|lane| lane.agent == *agent);
    found.ok_or_else(|| Stopped::NoSuchAgent(agent.to_string()))
}
