//! What was decided, shown: for people, for programs, and the contract's own problems.
//!
//! A checkpoint fills a [`Report`] and hands it over; everything that a face shows is in it.
//! This room reads no repository and no environment, decides nothing and writes nothing: each
//! face returns text, and the command line chooses the stream. Foreign text (a commit's summary,
//! a contract's line) becomes safe to print here, and nowhere else.

pub mod closing_json;
pub mod contract;
pub mod contract_json;
pub mod doctor_json;
pub mod forecast;
pub mod forecast_json;
pub mod foreign;
pub mod human;
pub mod json;
pub mod landing_json;
pub mod plan;
pub mod plan_json;
pub mod rehearsal_json;
pub mod replay;
pub mod replay_json;
mod ritual_json;
#[cfg(test)]
pub mod samples;
pub mod status;
pub mod status_json;
pub mod style;
mod table;
mod wrapped;

use std::collections::{BTreeMap, HashSet};

use policy::attempt::Checkpoint;
use policy::change::TakenAway;
use policy::contract::{Contract, Problem};
use policy::name::{AgentId, RefName};
use policy::oid::Oid;
use policy::path::RepoPath;
use policy::verdict::{Governing, Help, Note, Outcome, Severity, Turn, Verdict, Violation};

/// One answer of the gate: what was judged, under which contract, and what was found.
#[derive(Debug, Clone)]
pub struct Report {
    /// Where it was judged.
    pub checkpoint: Checkpoint,
    /// The agent whose lane was judged, or who acted; `None` for a human, and where several
    /// lanes were judged at once.
    pub agent: Option<AgentId>,
    /// The ref that was judged; `None` on a detached HEAD, and where several were.
    pub reference: Option<RefName>,
    /// The contract that governed; `None` when there was none, or none that could be read.
    pub contract: Option<Governed>,
    /// Whether the lane may land now; `None` where the question was not asked.
    pub turn: Option<Turn>,
    /// What was found, in the order in which it was judged. Usually one; a push has one for each
    /// ref and step of the trunk, each under the contract that governed it.
    pub judgements: Vec<Judgement>,
    /// The trunk's contract, when it is there and not valid: what is wrong with it. The verdict
    /// says that as *undecided*; this is the detail.
    pub broken: Option<Broken>,
    /// What to do about it when git has done half of the command by the time of the refusal. For
    /// people only: it is about their worktree, not about the verdict.
    pub half_done: HalfDone,
    /// Whether the gate refuses, or only watches.
    pub force: Force,
}

/// The two ways out of a command that git has half done. Both are empty where it has not.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HalfDone {
    /// To where one was before it: these commands, one after another.
    pub back: Vec<Help>,
    /// To its end, without what is refused. It needs changes that can be undone where one stands.
    pub onward: Vec<Help>,
}

/// How a face may draw.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Look {
    /// For a terminal.
    Terminal,
    /// For a file, a pipe or a log: frames in ASCII alone.
    Plain,
}

/// What a verdict that is not *allowed* does.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Force {
    /// It refuses.
    #[default]
    Refuse,
    /// It is said and refuses nothing (`contractgate.mode = observe`).
    Observe,
}

/// The contract that governed, and where it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Governed {
    /// Its file, commit and version.
    pub contract: Governing,
    /// The trunk that it was read from: the branch, or the upstream's tracking ref.
    pub trunk: RefName,
}

/// A contract that is not valid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broken {
    /// Its file, such as `CONTRACT.md`.
    pub file: RepoPath,
    /// The commit of the trunk that it was read from.
    pub commit: Oid,
    /// Its text, as it stands there. Foreign text.
    pub source: Vec<u8>,
    /// What is wrong with it.
    pub problems: Vec<Problem>,
}

/// A verdict, with the lines of the contract that it cites.
#[derive(Debug, Clone, Default)]
pub struct Judgement {
    /// What was found.
    pub verdict: Verdict,
    /// The contract that judged; `None` when nothing in the verdict is about a contract's line.
    pub under: Option<Governed>,
    /// The cited lines by number, from 1, as they stand in the contract: foreign text.
    pub lines: BTreeMap<u32, String>,
}

impl Judgement {
    /// A verdict under a contract. Keeps the lines that the verdict cites.
    pub fn new(verdict: Verdict, under: Governed, contract: &Contract) -> Self {
        let cited = verdict.violations.iter().filter_map(|violation| violation.contract_line);
        let lines =
            cited.filter_map(|line| Some((line, contract.source_line(line)?.to_owned()))).collect();
        Self { verdict, under: Some(under), lines }
    }

    /// What is only worth saying; `None` when nothing is.
    pub fn of_notes(notes: impl IntoIterator<Item = Note>) -> Option<Self> {
        let notes: Vec<Note> = notes.into_iter().collect();
        let verdict = Verdict { notes, ..Verdict::default() };
        (verdict != Verdict::default()).then(|| Self::without_contract(verdict))
    }

    /// A verdict in which no contract has a part.
    pub fn without_contract(verdict: Verdict) -> Self {
        Self { verdict, ..Self::default() }
    }
}

impl Report {
    /// The agent that asks, where all that is refused is that it lands another's lane.
    pub fn who_may_not_land(&self) -> Option<&AgentId> {
        let lane = self.agent.as_ref()?;
        if self.judgements.iter().any(|part| !part.verdict.undecided.is_empty()) {
            return None;
        }
        let violations = self.judgements.iter().flat_map(|part| &part.verdict.violations);
        let errors = violations.filter(|violation| violation.severity == Severity::Error);
        let mut who = None;
        for error in errors {
            let asks = error.agent.as_ref().filter(|agent| *agent != lane)?;
            if error.rule != "trunk-direct" || error.owner.as_ref() != Some(lane) {
                return None;
            }
            who = Some(asks);
        }
        who
    }

    /// A report in which nothing was found yet.
    pub fn new(checkpoint: Checkpoint) -> Self {
        Self {
            checkpoint,
            agent: None,
            reference: None,
            contract: None,
            turn: None,
            broken: None,
            judgements: Vec::new(),
            half_done: HalfDone::default(),
            force: Force::default(),
        }
    }

    /// The whole in a word: denied when any part is, else undecided when any part is.
    pub fn outcome(&self) -> Outcome {
        let parts = self.judgements.iter().map(|judgement| judgement.verdict.outcome());
        parts.max().unwrap_or(Outcome::Allowed)
    }

    /// The exit status: the outcome's, or 0 where the gate only watches.
    pub fn exit_status(&self) -> u8 {
        match self.force {
            Force::Refuse => self.outcome().exit_status(),
            Force::Observe => 0,
        }
    }

    /// Whether all that is refused are changes of one lane: undone, nothing is left of it.
    fn is_about_changes(&self) -> bool {
        let mut parts = self.judgements.iter().map(|part| &part.verdict);
        let is_change = |violation: &Violation| {
            violation.severity == Severity::Warning || violation.change.is_some()
        };
        self.agent.is_some()
            && parts.all(|part| part.undecided.is_empty() && part.violations.iter().all(is_change))
    }

    /// Whether all that is refused is new work that the trunk's move of its directory has left behind.
    fn is_left_behind(&self) -> bool {
        let violations = self.judgements.iter().flat_map(|part| &part.verdict.violations);
        let mut refused = violations.filter(|one| one.severity == Severity::Error).peekable();
        refused.peek().is_some()
            && refused.all(|one| matches!(one.taken_away, Some(TakenAway::LeftBehind(_))))
    }

    /// Whether there is nothing to say: no violation, no note, nothing undecided.
    pub fn is_silent(&self) -> bool {
        self.judgements.iter().all(|judgement| judgement.verdict == Verdict::default())
    }

    /// The first note of a code.
    pub fn note(&self, code: &str) -> Option<&Note> {
        self.notes().find(|note| note.code == code)
    }

    /// All notes, each said once, in their order.
    fn notes(&self) -> impl Iterator<Item = &Note> {
        let mut said = HashSet::new();
        let notes = self.judgements.iter().flat_map(|part| &part.verdict.notes);
        notes.filter(move |note| said.insert((note.code, &note.message)))
    }
}
