//! `land`: lanes become part of the trunk, one after another.
//!
//! A lane is judged, merged on a stage and held against the suite before the trunk moves, and the
//! trunk moves by one comparison and swap of its ref: whoever moved it meanwhile is noticed, and the
//! landing is made again on top of that. Killed at any moment, it leaves the trunk where it was or
//! where it was going, and its journal tells the next one what is left to do.

mod interrupted;
mod refused;

use std::time::{SystemTime, UNIX_EPOCH};

use policy::contract::Agent;
use policy::name::AgentId;
use policy::oid::Oid;
use policy::text::printable;
use policy::verdict::Undecided;
use serde::{Deserialize, Serialize};

pub use self::interrupted::{go_on, leave};
use super::elsewhere::{self, Elsewhere};
use super::landing::Landing;
use super::moving::{self, Moved};
use super::pushing::Target;
use super::record::{self, Journal, Landed, Moving, Standing, UnderWay};
use super::rehearsal::{Settled, Terms, directory, in_sequence, set_up};
use super::run::{Asked, Lane, Run};
use super::stage::{self, Stage};
use super::standpoint;
use super::status::left_out;
use super::step::{Fault, Outcome, Step};
use super::suite::{Event, Ran, Suites};
use super::{Done, Stopped, names};
use crate::evidence::Unknown;
use crate::repository::{self, GitView, Wanted};
use crate::system::environment::Environment;
use crate::system::signals::Interrupt;

/// How often a landing is made again because the trunk has moved meanwhile.
const MOST_TRIES: usize = 20;

/// What is asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    /// Of which run.
    pub asked: Asked,
    /// On which terms.
    pub terms: Terms,
    /// Whose lane; whoever's turn it is where nobody is named.
    pub agent: Option<String>,
    /// Whether to go on with the next one, to the end.
    pub all: bool,
    /// Whether each landing is pushed before it counts here.
    pub push: bool,
    /// Whether nothing is to move.
    pub dry_run: bool,
}

impl Request {
    /// The command that asks for it again, without the program's name, where it stopped at a lane.
    pub fn again(&self, agent: &AgentId) -> String {
        let whose = if self.all { "--all" } else { agent.as_str() };
        let push = if self.push { " --push" } else { "" };
        format!("land {whose}{push}{}{}", self.terms.options(), self.asked.options())
    }
}

/// What is around a landing.
pub struct Around<'a> {
    /// What the program was started with.
    pub environment: &'a Environment,
    /// Whether it is asked to end.
    pub interrupt: &'a Interrupt,
    /// Who is told what goes on.
    pub tell: &'a mut dyn FnMut(Event<'_>),
}

/// Lands what is asked for.
pub fn land(request: &Request, around: Around<'_>) -> Done<Landing> {
    let view = open(around.environment)?;
    stage::sweep(&directory(view.as_ref()));
    if request.dry_run {
        return Lander::new(request, around, None)?.run();
    }
    let under_way = UnderWay { request: request.clone(), step: None };
    let Some(journal) = Journal::begin(view.place(), &under_way)? else {
        return Err(match Journal::standing(view.place())? {
            Standing::Left(..) => Stopped::Refused(LEFT.to_owned()),
            _ => Stopped::Refused("another landing is under way in this repository".to_owned()),
        });
    };
    finish(Lander::new(request, around, Some(journal))?)
}

const LEFT: &str = "a landing was interrupted here: go on with `contract-gate land --continue`, or \
                    leave it with `contract-gate land --abort`";

/// Whatever the end is, but for an interruption, nothing is left to do.
fn finish(mut lander: Lander<'_>) -> Done<Landing> {
    let ended = lander.run_on();
    if !matches!(ended, Err(Stopped::Interrupted))
        && let Some(journal) = lander.journal.take()
    {
        journal.end()?;
    }
    // What has landed is told, whatever came after it.
    if let Err(stopped) = ended {
        if lander.landing.steps.is_empty() {
            return Err(stopped);
        }
        lander.landing.is_denied = stopped.is_denied();
        let Undecided { message, help, .. } = stopped.into_undecided();
        let helps = help.iter().filter_map(|help| Some((&help.label, help.command.as_ref()?)));
        let helps: String =
            helps.map(|(label, command)| format!("\n  {label}:  {command}")).collect();
        lander.landing.stopped = Some(message + &helps);
    }
    Ok(lander.landing)
}

fn open(environment: &Environment) -> Done<Box<dyn GitView>> {
    Ok(repository::open(environment, Wanted::History).map_err(Unknown::from)?)
}

/// A landing under way.
struct Lander<'a> {
    request: Request,
    environment: &'a Environment,
    interrupt: &'a Interrupt,
    tell: &'a mut dyn FnMut(Event<'_>),
    journal: Option<Journal>,
    landing: Landing,
    stage: Option<Stage>,
    /// The lanes that were merged and changed nothing. Nobody has named them.
    gone_by: Vec<AgentId>,
}

/// What is to be done next.
enum Next {
    /// This lane lands.
    Land(AgentId),
    /// Nothing more.
    Nothing,
}

impl<'a> Lander<'a> {
    fn new(request: &Request, around: Around<'a>, journal: Option<Journal>) -> Done<Self> {
        let Around { environment, interrupt, tell } = around;
        let request = request.clone();
        let dry_run = request.dry_run;
        let landing = Landing { request: request.clone(), dry_run, ..Landing::default() };
        let (stage, gone_by) = (None, Vec::new());
        Ok(Self { request, environment, interrupt, tell, journal, landing, stage, gone_by })
    }

    fn run(mut self) -> Done<Landing> {
        self.run_on()?;
        Ok(self.landing)
    }

    fn run_on(&mut self) -> Done<()> {
        let mut at = None;
        let mut tries = 0;
        loop {
            // Refs have moved: the run is looked at anew for each lane.
            let view = open(self.environment)?;
            let run = Run::of(view.as_ref(), &self.request.asked)?;
            self.request.terms.keep_the_suite(&run, self.environment)?;
            let trunk = moving::local(&run)?;
            if self.request.push {
                // Before anything is run for it.
                Target::of(&run)?;
            }
            let onto = at.unwrap_or(trunk);
            let lanes = run.lanes_at(onto)?;
            self.look(&run, &lanes);
            let elsewhere = elsewhere::all(&run, onto)?;
            let Next::Land(agent) = self.next(&run, &lanes, &elsewhere)? else {
                self.landing.is_part = !elsewhere.is_empty();
                self.landing.tell_once(elsewhere.iter().map(Elsewhere::note));
                return self.close(&run, onto);
            };
            let agent = run.agent(agent.as_str())?;
            let tip = lanes.iter().find(|lane| lane.agent == agent.id).and_then(|lane| lane.tip);
            let blocking = elsewhere::in_the_way(&elsewhere, &run, &lanes, agent);
            let others = elsewhere.iter().filter(|one| Some(*one) != blocking);
            self.landing.tell_once(others.map(Elsewhere::note));
            if let Some(elsewhere) = blocking {
                self.landing.failed = Some(Step::of_a_part((agent, tip), onto, elsewhere));
                return Ok(());
            }
            moving::is_at_rest(&run, agent)?;
            let note = left_out(&directory(view.as_ref()), agent);
            self.landing.tell_once(note);
            let Some(step) = self.step(&run, (agent, tip), onto)? else { return Ok(()) };
            if step.has_not_begun() && self.request.agent.is_none() {
                self.gone_by.push(agent.id.clone());
                continue;
            }
            let Outcome::Good { to, suite } = &step.outcome else {
                self.landing.failed = Some(step);
                return Ok(());
            };
            if self.request.dry_run {
                at = Some(*to);
                self.landing.steps.push(step);
                continue;
            }
            match self.moved(&run, &step, *to, suite.as_ref())? {
                Moved::Yes => self.landing.steps.push(step),
                Moved::Elsewhere => {
                    tries += 1;
                    if tries >= MOST_TRIES {
                        let trunk = printable(&run.trunk.name);
                        return Err(Stopped::Refused(format!(
                            "{trunk} has moved {tries} times while lanes were being landed on it"
                        )));
                    }
                }
                // Lanes may have moved while the suite ran, and then the gate itself is against it.
                Moved::Refused(words) => {
                    let failed = self.refused(&run, (agent, &step), *to, words)?;
                    self.landing.failed = Some(failed);
                    return Ok(());
                }
            }
        }
    }

    /// Notes where the run is.
    fn look(&mut self, run: &Run<'_>, lanes: &[Lane]) {
        self.landing.trunk = run.trunk.name.clone();
        let about_trunk = run.trunk.notes(&run.tips).into_iter().map(|note| note.message);
        self.landing.tell_once(about_trunk);
        let left = in_sequence(run, lanes);
        let left = left.iter().map(|(agent, lane)| (agent.id.clone(), lane.waits_for.clone()));
        self.landing.left = left.collect();
        self.landing.tell_once(lanes.iter().filter_map(|lane| lane.has_more(&self.request)));
    }

    /// Which lane is next.
    fn next(&mut self, run: &Run<'_>, lanes: &[Lane], elsewhere: &[Elsewhere]) -> Done<Next> {
        let has_landed_now =
            |agent: &AgentId| self.landing.steps.iter().any(|step| step.agent == *agent);
        if let Some(name) = &self.request.agent {
            let agent = run.agent(name)?;
            let lane = super::rehearsal::lane_of(lanes, &agent.id)?;
            if has_landed_now(&agent.id) {
                return Ok(Next::Nothing);
            }
            if !lane.is_open() && !lane.has_more {
                let word = if agent.withdrawn { "is withdrawn" } else { "has landed already" };
                self.landing.notes.push(format!("{} {word}", agent.id));
                return Ok(Next::Nothing);
            }
            self.landing.tell_once(lane.taken_back());
            return Ok(Next::Land(agent.id.clone()));
        }
        if !self.request.all && !self.landing.steps.is_empty() {
            return Ok(Next::Nothing);
        }
        let todo = in_sequence(run, lanes);
        let is_next = |lane: &Lane| lane.may_land() && !self.gone_by.contains(&lane.agent);
        let ready: Vec<_> = todo.iter().filter(|(_, lane)| is_next(lane)).collect();
        if !ready.is_empty() {
            // Of those that may land in any order, an agent lands its own.
            let here = standpoint::here(run, self.environment)?;
            let own = ready.iter().find(|(agent, _)| Some(&agent.id) == here.as_ref());
            let (agent, _) = own.unwrap_or(&ready[0]);
            return Ok(Next::Land(agent.id.clone()));
        }
        let turn: Vec<AgentId> = todo
            .iter()
            .filter(|(_, lane)| lane.waits_for.is_empty() && !has_landed_now(&lane.agent))
            .map(|(agent, _)| agent.id.clone())
            .collect();
        // It is not known to have nothing: that is told as what stands in its way.
        if let Some(agent) = turn.iter().find(|id| elsewhere.iter().any(|one| one.agent == **id)) {
            return Ok(Next::Land(agent.clone()));
        }
        let taken_back = todo.iter().filter_map(|(_, lane)| lane.taken_back());
        self.landing.tell_once(taken_back);
        if !turn.is_empty() {
            let whose = names(&turn);
            self.landing
                .notes
                .push(format!("it is the turn of {whose}: nothing to land there yet"));
        }
        Ok(Next::Nothing)
    }

    /// One lane, on the stage; or what a rehearsal has shown of it. `None` where the stage cannot
    /// be set up.
    fn step(
        &mut self,
        run: &Run<'_>,
        (agent, tip): (&Agent, Option<Oid>),
        onto: Oid,
    ) -> Done<Option<Step>> {
        let mut settled = Settled::of(run, &self.request.terms);
        if self.request.dry_run {
            (settled.suite, settled.setup) = (None, None);
        }
        let place = run.view.place();
        let mut suites = Suites::new(place, self.interrupt, settled.limit, self.tell)?;
        suites.go_on()?;
        let way = refused::way(self.environment, &self.request.asked, run, &settled);
        if let Some(tip) = tip
            && let Some(to) = rehearsed(run, &settled, (agent, tip), onto)
        {
            let step = way.again((agent, tip), onto, to)?;
            if settled.suite.is_some() {
                self.landing.rehearsed.push(agent.id.clone());
            }
            return Ok(Some(step));
        }
        if self.stage.is_none() {
            let stage = Stage::new(&directory(run.view), onto)?;
            let setup = set_up(&stage, &mut suites, &settled)?;
            if setup.as_ref().is_some_and(|ran| !ran.passed()) {
                self.landing.setup = setup;
                return Ok(None);
            }
            self.stage = Some(stage);
        }
        let Some(stage) = &self.stage else { return Ok(None) };
        let mut step = way.step(stage, &mut suites, (agent, tip), onto)?;
        let Some(tip) = tip.filter(|_| matches!(step.outcome, Outcome::Bad(_))) else {
            return Ok(Some(step));
        };
        // The lanes that this very landing has brought are told from the trunk as it was before.
        let mut earlier = Vec::new();
        for landed in &self.landing.steps {
            let agent = run.contract.agent(&landed.agent);
            earlier.extend(agent.zip(landed.tip));
        }
        let trunk = self.landing.steps.first().map_or(onto, |first| first.from);
        if self.request.dry_run {
            let lane = (agent, tip);
            step.with = way.apart(stage, &mut suites, (lane, &step), trunk, &earlier)?;
        }
        if let Outcome::Bad(Fault::Suite { blame, .. }) = &mut step.outcome {
            *blame = way.blame(stage, &mut suites, (agent, tip), trunk, &earlier)?;
        }
        Ok(Some(step))
    }

    /// Moves the trunk; where it has moved meanwhile, the landing has to be made again.
    fn moved(&mut self, run: &Run<'_>, step: &Step, to: Oid, suite: Option<&Ran>) -> Done<Moved> {
        let worktrees = moving::clean_worktrees(run)?;
        let settled = Settled::of(run, &self.request.terms);
        let at = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        let rehearsed = self.landing.rehearsed.contains(&step.agent);
        let landed = Landed {
            agent: step.agent.to_string(),
            branch: step.branch.clone(),
            tip: step.tip.map(|tip| tip.to_string()).unwrap_or_default(),
            trunk: run.trunk.name.clone(),
            from: step.from.to_string(),
            to: to.to_string(),
            at,
            strategy: settled.strategy.as_str().to_owned(),
            seconds: suite.map(|ran| ran.took.as_secs_f64()),
            rehearsed,
        };
        let moving = Moving {
            reference: run.trunk.reference.to_string(),
            worktrees: worktrees.clone(),
            landed,
        };
        let target = self.request.push.then(|| Target::of(run)).transpose()?;
        if let Some(target) = &target
            && let Some(note) = target.note(run, step.from)?
        {
            (self.tell)(Event::Note(&note));
            self.landing.notes.push(note);
        }
        self.note(Some(&moving))?;
        if let Some(target) = target {
            let again = format!("contract-gate {}", self.request.again(&step.agent));
            self.with_children(|| target.push_landing(run, step, to, self.environment, &again))?;
            self.landing.pushed = Some(target.remote);
        }
        let moved = self.with_children(|| moving::swap(run, self.environment, step, to))?;
        match &moved {
            Moved::Yes => self.after(run.view, &moving)?,
            Moved::Elsewhere if self.request.push => {
                let trunk = printable(&run.trunk.name);
                return Err(Stopped::Refused(format!(
                    "{} has landed on the server, and {trunk} has moved here meanwhile: pull it",
                    step.agent
                )));
            }
            Moved::Elsewhere => self.landing.rehearsed.retain(|agent| *agent != step.agent),
            Moved::Refused(_) => {}
        }
        Ok(moved)
    }

    /// Git goes on when this program is killed, and the next landing has to wait for it.
    fn with_children<T>(&self, act: impl FnOnce() -> Done<T>) -> Done<T> {
        match &self.journal {
            Some(journal) => journal.while_children_run(act),
            None => act(),
        }
    }

    fn note(&self, step: Option<&Moving>) -> Done<()> {
        let Some(journal) = &self.journal else { return Ok(()) };
        journal.write(&UnderWay { request: self.request.clone(), step: step.cloned() })
    }

    /// What is to be done after the trunk has moved, however often.
    fn after(&mut self, view: &dyn GitView, moving: &Moving) -> Done<()> {
        let bring = || moving::bring_along(view, moving, &self.landing.worktrees);
        self.landing.worktrees = self.with_children(bring)?;
        let note = moving::left_unfound(view, moving)?;
        self.landing.notes.extend(note.filter(|note| !self.landing.notes.contains(note)));
        record::add(view.place(), moving.landed.clone())?;
        self.note(None)
    }

    /// Finishes a move of the trunk that was interrupted, where it was made.
    fn settle(&mut self, view: &dyn GitView, moving: &Moving) -> Done<()> {
        let was_made = moving::was_made(view, moving, self.environment)?;
        if was_made {
            let Landed { agent, to, .. } = &moving.landed;
            let to = &to[..to.len().min(7)];
            self.landing.notes.push(format!("{} had landed already ({to})", printable(agent)));
            self.after(view, moving)?;
        }
        self.note(None)
    }

    /// When all is landed: the suite once more.
    fn close(&mut self, run: &Run<'_>, at: Oid) -> Done<()> {
        let settled = Settled::of(run, &self.request.terms);
        let is_last = self.landing.left.is_empty() && !self.landing.steps.is_empty();
        if !is_last || self.request.dry_run {
            return Ok(());
        }
        self.landing.report = super::close::report(run, &run.lanes_at(at)?)?;
        let Some(command) = &settled.suite else { return Ok(()) };
        let place = run.view.place();
        let mut suites = Suites::new(place, self.interrupt, settled.limit, self.tell)?;
        if self.stage.is_none() {
            let stage = Stage::new(&directory(run.view), at)?;
            set_up(&stage, &mut suites, &settled)?;
            self.stage = Some(stage);
        }
        let Some(stage) = &self.stage else { return Ok(()) };
        stage.go_to(at)?;
        self.landing.last =
            Some(suites.run(&stage.root, "suite once more on everything", command)?);
        Ok(())
    }
}

/// What a rehearsal has shown of exactly this: the same lane and trunk, contract, strategy and
/// commands. Its result has to be there still.
fn rehearsed(
    run: &Run<'_>,
    settled: &Settled,
    (agent, tip): (&Agent, Oid),
    onto: Oid,
) -> Option<Oid> {
    let found = record::rehearsed(run.view.place()).into_iter().find(|passed| {
        passed.agent == agent.id.as_str()
            && passed.tip == tip.to_string()
            && passed.from == onto.to_string()
            && passed.strategy == settled.strategy.as_str()
            && passed.suite == settled.suite
            && passed.setup == settled.setup
    })?;
    let to: Oid = found.to.parse().ok()?;
    // The contract is the trunk's, which is the same commit or one that lanes alone have made.
    let there = run.view.peel_to_commit(to).ok().flatten();
    (there == Some(to)).then_some(to)
}
