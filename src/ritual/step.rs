//! One lane's way onto the trunk: judged, merged on a stage, judged again, and held against the
//! suite. Nothing has landed when it is done: the trunk has not moved.

use std::time::{Duration, Instant};

use policy::contract::{Agent, Contract};
use policy::name::AgentId;
use policy::oid::Oid;
use policy::path::RepoPath;
use policy::verdict::{Severity, Violation};

use super::elsewhere::Elsewhere;
use super::rehearsal::Strategy;
use super::run::Asked;
use super::stage::{Merged, Stage, Stale};
use super::suite::{Event, Ran, Suites};
use super::{Done, Stopped};
use crate::checkpoints::check::{self, Question, Range, Whom};
use crate::checkpoints::made_step;
use crate::evidence::lane_check::Manner;
use crate::report::Report;
use crate::system::environment::Environment;

/// What all steps of one run of the ritual have in common.
pub struct Way<'a> {
    /// Who does it, from where.
    pub environment: &'a Environment,
    /// Which run is meant.
    pub asked: &'a Asked,
    /// The contract that governs.
    pub contract: &'a Contract,
    /// How lanes are merged.
    pub strategy: Strategy,
    /// The command that a landed state has to pass, if any.
    pub suite: Option<&'a str>,
    /// Whether a lane is tried although one before it has failed.
    pub out_of_order: bool,
    /// As whose act it is judged.
    pub by: Whom,
}

/// What became of one lane.
#[derive(Debug, Clone)]
pub struct Step {
    /// Whose.
    pub agent: AgentId,
    /// Its branch, short.
    pub branch: String,
    /// Where it was.
    pub tip: Option<Oid>,
    /// The trunk before.
    pub from: Oid,
    /// What came of it.
    pub outcome: Outcome,
    /// The lanes that stand in its way and have landed on the stage alone: nobody can take them in yet.
    pub with: Vec<AgentId>,
    /// How long it took.
    pub took: Duration,
}

impl Step {
    /// Whether there is nothing to land yet, which is no failure.
    pub fn has_not_begun(&self) -> bool {
        matches!(self.outcome, Outcome::Bad(Fault::NothingToLand))
    }

    /// Whether nothing is wrong with the lane: it is another agent's, which may not land it.
    pub fn is_about_who_asks(&self) -> bool {
        let Outcome::Bad(Fault::Judged(report)) = &self.outcome else { return false };
        report.who_may_not_land().is_some()
    }

    /// A lane that is not tried, for what is here is not all of it.
    pub fn of_a_part(lane: (&Agent, Option<Oid>), from: Oid, elsewhere: &Elsewhere) -> Self {
        let (agent, tip) = lane;
        let outcome = Outcome::Bad(Fault::Elsewhere(Box::new(elsewhere.clone())));
        let (branch, with, took) = (agent.branch.to_string(), Vec::new(), Duration::ZERO);
        Self { agent: agent.id.clone(), branch, tip, from, outcome, with, took }
    }

    /// Whether something stands in the lane's way.
    pub fn has_failed(&self) -> bool {
        matches!(self.outcome, Outcome::Bad(_)) && !self.has_not_begun()
    }
}

/// What came of merging a lane.
#[derive(Debug, Clone)]
pub enum Outcome {
    /// A state of the trunk that may be.
    Good {
        /// The new trunk.
        to: Oid,
        /// How the suite went; `None` where there is none.
        suite: Option<Ran>,
    },
    /// Something that stands in its way.
    Bad(Fault),
}

/// Why a lane cannot land.
#[derive(Debug, Clone)]
pub enum Fault {
    /// It has no branch, or no work on it.
    NothingToLand,
    /// Only a remote has all of it, or of a lane before it.
    Elsewhere(Box<Elsewhere>),
    /// The contract is against it, or it is not known.
    Judged(Box<Report>),
    /// It conflicts with the trunk in these paths.
    Conflict(Vec<RepoPath>),
    /// The trunk cannot be moved forward to it.
    NotAhead,
    /// These files are not as their commands make them, and a fast-forward changes nothing.
    NotAsGenerated(Vec<Stale>),
    /// A command that makes a file has failed.
    NotGenerated {
        /// How it went.
        ran: Ran,
        /// Whether the trunk fails it too, or the lane alone; it is not asked for more.
        blame: Blame,
    },
    /// The suite fails on the result.
    Suite {
        /// How it went.
        ran: Ran,
        /// Whose fault it is.
        blame: Blame,
    },
}

/// Whose fault a failing suite is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Blame {
    /// It was not found out.
    Unknown,
    /// The trunk fails without any lane.
    Trunk,
    /// The lane fails on the trunk as it was before any of them.
    Alone,
    /// The lane fails with this one, and each of them alone does not.
    With(AgentId),
    /// It takes several of the earlier lanes.
    WithSeveral,
}

impl Way<'_> {
    /// Brings a lane onto a state of the trunk, on the stage.
    pub fn step(
        &self,
        stage: &Stage,
        suites: &mut Suites<'_>,
        lane: (&Agent, Option<Oid>),
        from: Oid,
    ) -> Done<Step> {
        let (agent, tip) = lane;
        let begun = Instant::now();
        let outcome = match tip {
            Some(tip) => self.outcome(stage, suites, (agent, tip), from)?,
            None => Outcome::Bad(Fault::NothingToLand),
        };
        let (branch, took) = (agent.branch.to_string(), begun.elapsed());
        Ok(Step { agent: agent.id.clone(), branch, tip, from, outcome, with: Vec::new(), took })
    }

    /// A result that is there already, judged again.
    pub fn again(&self, (agent, tip): (&Agent, Oid), from: Oid, to: Oid) -> Done<Step> {
        let begun = Instant::now();
        let judged = self.judged(agent, from, None)?;
        // It has been merged, so that it does not conflict in what is not made again.
        let refused = if self.is_against(&judged, Some("landing-conflicts")) {
            Some(judged)
        } else {
            self.against_what_was_made(agent, (from, to))?
        };
        let outcome = match refused {
            Some(report) => Outcome::Bad(Fault::Judged(Box::new(report))),
            None => Outcome::Good { to, suite: None },
        };
        let (branch, took) = (agent.branch.to_string(), begun.elapsed());
        let (agent, tip, with) = (agent.id.clone(), Some(tip), Vec::new());
        Ok(Step { agent, branch, tip, from, outcome, with, took })
    }

    fn outcome(
        &self,
        stage: &Stage,
        suites: &mut Suites<'_>,
        (agent, tip): (&Agent, Oid),
        from: Oid,
    ) -> Done<Outcome> {
        let judged = self.judged(agent, from, None)?;
        // Whether it conflicts is seen when it is merged: git follows renames, and what is generated
        // is made again.
        if self.is_against(&judged, Some("landing-conflicts")) {
            return Ok(Outcome::Bad(Fault::Judged(Box::new(judged))));
        }
        let to = match self.merged(stage, suites, (agent, tip), from)? {
            Ok(to) => to,
            Err(Fault::NotGenerated { ran, .. }) => {
                stage.go_to(from)?;
                let without = suites.run(&stage.root, "generate without the lane", &ran.command)?;
                let blame = if without.passed() { Blame::Alone } else { Blame::Trunk };
                return Ok(Outcome::Bad(Fault::NotGenerated { ran, blame }));
            }
            Err(fault) => return Ok(Outcome::Bad(fault)),
        };
        if let Some(report) = self.against_what_was_made(agent, (from, to))? {
            return Ok(Outcome::Bad(Fault::Judged(Box::new(report))));
        }
        let Some(command) = self.suite else { return Ok(Outcome::Good { to, suite: None }) };
        let ran = suites.run(&stage.root, &format!("suite with {}", agent.id), command)?;
        Ok(match ran.passed() {
            true => Outcome::Good { to, suite: Some(ran) },
            false => Outcome::Bad(Fault::Suite { ran, blame: Blame::Unknown }),
        })
    }

    /// What the gate says against a landing that was made: against what it comes to, for git follows renames
    /// into paths that are not the lane's; and against the steps by which the trunk would move there.
    fn against_what_was_made(&self, agent: &Agent, (from, to): (Oid, Oid)) -> Done<Option<Report>> {
        let whole = self.judged(agent, from, Some(to))?;
        if self.is_against(&whole, None) {
            return Ok(Some(whole));
        }
        let steps = made_step::judge(self.environment, self.asked.named(), (from, to), self.by);
        Ok(Some(steps).filter(|steps| self.is_against(steps, None)))
    }

    /// Whether the gate is against it, but for one thing that it may not know; and for the order, where
    /// a lane is tried out of it.
    fn is_against(&self, report: &Report, may_not_know: Option<&str>) -> bool {
        let parts = || report.judgements.iter().map(|part| &part.verdict);
        let denies = |violation: &Violation| {
            violation.severity == Severity::Error
                && !(self.out_of_order && violation.rule == "merge-order")
        };
        parts().any(|part| {
            part.violations.iter().any(denies)
                || part.undecided.iter().any(|reason| Some(reason.code) != may_not_know)
        })
    }

    /// What the gate says of landing a lane onto a state of the trunk, or of what that has come to.
    fn judged(&self, agent: &Agent, from: Oid, made: Option<Oid>) -> Done<Report> {
        let range = Range {
            agent: Some(agent.id.clone()),
            base: Some(from.to_string()),
            manner: Manner { made, squashed: self.strategy == Strategy::Squash },
            ..Range::default()
        };
        let request = check::Request {
            question: Question::Landing(range),
            trunk: self.asked.trunk.clone(),
            remote: self.asked.remote.clone(),
            there_first: false,
            by: self.by,
        };
        let no_answer = || Stopped::Refused("the gate gave no answer".to_owned());
        check::answer(&request, self.environment).pop().ok_or_else(no_answer)
    }

    /// The lane merged into a state of the trunk, or what is in the way.
    pub fn merged(
        &self,
        stage: &Stage,
        suites: &mut Suites<'_>,
        lane: (&Agent, Oid),
        from: Oid,
    ) -> Done<Result<Oid, Fault>> {
        suites.go_on()?;
        suites.tell(Event::Begins(&format!("merging {} ({})", lane.0.branch, lane.0.id)));
        Ok(match stage.land(from, lane, self.strategy, self.contract, suites)? {
            Merged::Made(to) => Ok(to),
            Merged::Nothing => Err(Fault::NothingToLand),
            Merged::Conflict(paths) => Err(Fault::Conflict(paths)),
            Merged::NotAhead => Err(Fault::NotAhead),
            Merged::NotAsGenerated(stale) => Err(Fault::NotAsGenerated(stale)),
            Merged::NotGenerated(ran) => Err(Fault::NotGenerated { ran, blame: Blame::Unknown }),
        })
    }

    /// Finds out, where something stands in a lane's way that its agent has to take in, which of the
    /// lanes that have landed on the stage alone it is. None: it is on the trunk.
    pub fn apart(
        &self,
        stage: &Stage,
        suites: &mut Suites<'_>,
        (lane, step): ((&Agent, Oid), &Step),
        trunk: Oid,
        earlier: &[(&Agent, Oid)],
    ) -> Done<Vec<AgentId>> {
        let all = || earlier.iter().map(|(agent, _)| agent.id.clone()).collect();
        let Outcome::Bad(fault) = &step.outcome else { return Ok(Vec::new()) };
        match fault {
            _ if earlier.is_empty() => return Ok(Vec::new()),
            Fault::NotGenerated { blame: Blame::Alone, .. } => return Ok(all()),
            Fault::Conflict(_) | Fault::NotAhead => {}
            _ => return Ok(Vec::new()),
        }
        let stops = |merged| matches!(merged, Err(Fault::Conflict(_) | Fault::NotAhead));
        if stops(self.merged(stage, suites, lane, trunk)?) {
            return Ok(Vec::new());
        }
        let mut with = Vec::new();
        for other in earlier {
            let Ok(onto) = self.merged(stage, suites, *other, trunk)? else { continue };
            if stops(self.merged(stage, suites, lane, onto)?) {
                with.push(other.0.id.clone());
            }
        }
        Ok(if with.is_empty() { all() } else { with })
    }

    /// Finds out whose fault it is that the suite fails with a lane: the trunk's, as it was before
    /// all of them; the lane's alone; or only together with one that came before.
    pub fn blame(
        &self,
        stage: &Stage,
        suites: &mut Suites<'_>,
        lane: (&Agent, Oid),
        trunk: Oid,
        earlier: &[(&Agent, Oid)],
    ) -> Done<Blame> {
        let Some(command) = self.suite else { return Ok(Blame::Unknown) };
        stage.go_to(trunk)?;
        if !suites.run(&stage.root, "suite without any lane", command)?.passed() {
            return Ok(Blame::Trunk);
        }
        if earlier.is_empty() {
            return Ok(Blame::Alone);
        }
        match self.merged(stage, suites, lane, trunk)? {
            Ok(_) => {
                let what = format!("suite with {} alone", lane.0.id);
                if !suites.run(&stage.root, &what, command)?.passed() {
                    return Ok(Blame::Alone);
                }
            }
            // It does not even merge without the others: it is built on one of them.
            Err(_) if earlier.len() == 1 => return Ok(Blame::With(earlier[0].0.id.clone())),
            Err(_) => {}
        }
        for other in earlier {
            let Ok(with) = self.merged(stage, suites, *other, trunk)? else { continue };
            let Ok(_) = self.merged(stage, suites, lane, with)? else { continue };
            let what = format!("suite with {} and {}", other.0.id, lane.0.id);
            if !suites.run(&stage.root, &what, command)?.passed() {
                return Ok(Blame::With(other.0.id.clone()));
            }
        }
        Ok(Blame::WithSeveral)
    }
}
