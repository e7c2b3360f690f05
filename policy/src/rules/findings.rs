//! What the rules find, before waivers and history settle what of it counts.

use crate::attempt::Carried;
use crate::change::{Change, CommitRef, TakenAway};
use crate::name::{AgentId, RefName};
use crate::path::RepoPath;
use crate::verdict::{Help, Note, Severity, Undecided, Verdict, Violation};

use super::RULES;

/// Everything found so far. A rule adds to it; its code is put on by the caller.
#[derive(Debug, Default)]
pub struct Findings {
    rule: &'static str,
    pub(super) found: Vec<Finding>,
    pub(super) unknown: Vec<Unknown>,
    pub(super) notes: Vec<Note>,
}

impl Findings {
    /// What is added from here on was found by the rule of this code.
    pub fn begin(&mut self, rule: &'static str) {
        self.rule = rule;
    }

    /// A rule is broken.
    pub fn add(&mut self, mut finding: Finding) {
        finding.violation.rule = self.rule;
        self.found.push(finding);
    }

    /// The rule cannot be judged for this path.
    pub fn unknown(&mut self, agent: &AgentId, path: &RepoPath, undecided: Undecided) {
        let (agent, path) = (agent.clone(), path.clone());
        self.unknown.push(Unknown { rule: self.rule, agent, path, undecided });
    }

    /// Something worth saying that denies nothing.
    pub fn note(&mut self, code: &'static str, message: String) {
        self.notes.push(Note { code, message });
    }

    /// The verdict: in the order of the rules, then of paths and agents; each thing once, though
    /// several parts of the attempt show it.
    pub fn into_verdict(self) -> Verdict {
        let place = |code| RULES.iter().position(|rule| rule.code == code);
        let mut found = self.found;
        found.sort_by(|a, b| {
            let (rank, v, w) = (a.rank.cmp(&b.rank), &a.violation, &b.violation);
            // Of two that say the same thing the first stays, so the graver comes first; and the
            // order of the facts never shows.
            place(v.rule)
                .cmp(&place(w.rule))
                .then_with(|| v.path.cmp(&w.path))
                .then_with(|| v.agent.cmp(&w.agent))
                .then(rank)
                .then_with(|| v.owner.cmp(&w.owner))
                .then_with(|| v.severity.cmp(&w.severity))
                .then_with(|| v.message.cmp(&w.message))
                .then_with(|| v.change.cmp(&w.change))
                .then_with(|| v.commit.cmp(&w.commit))
                .then_with(|| v.contract_line.cmp(&w.contract_line))
                .then_with(|| v.help.cmp(&w.help))
        });
        let mut violations: Vec<_> = found.into_iter().map(|found| found.violation).collect();
        violations.dedup_by(|a, b| {
            (a.rule, &a.path, &a.agent, &a.owner) == (b.rule, &b.path, &b.agent, &b.owner)
        });
        let mut undecided: Vec<_> = self.unknown.into_iter().map(|u| u.undecided).collect();
        undecided.sort();
        undecided.dedup();
        let mut notes = self.notes;
        notes.sort();
        notes.dedup();
        Verdict { violations, notes, undecided }
    }
}

/// One violation, with what settling it needs to know beyond what is reported.
#[derive(Debug, Clone)]
pub struct Finding {
    pub(super) violation: Violation,
    /// The paths that it is about: a waiver for some paths counts when it covers them all.
    pub(super) concerns: Vec<RepoPath>,
    /// The commits of another lane that it is about.
    pub(super) carried: Option<Carried>,
    /// Its place among findings of the same rule, path and agent.
    rank: usize,
}

impl Finding {
    /// An error, with what happened in one sentence without its end.
    pub fn error(message: String) -> Self {
        Self::new(Severity::Error, message)
    }

    /// A violation of this weight.
    pub fn new(severity: Severity, message: String) -> Self {
        let violation = Violation {
            rule: "",
            severity,
            path: None,
            change: None,
            commit: None,
            agent: None,
            owner: None,
            reference: None,
            contract_line: None,
            message,
            help: Vec::new(),
            waived: None,
            whole: None,
            taken_away: None,
        };
        Self { violation, concerns: Vec::new(), carried: None, rank: 0 }
    }

    /// The change that it is about, with its evidence.
    pub fn change(mut self, change: &Change) -> Self {
        self.violation.change = Some(change.kind);
        self.violation.commit.clone_from(&change.commit);
        self.path(&change.path)
    }

    /// The path that it is about.
    pub fn path(mut self, path: &RepoPath) -> Self {
        self.violation.path = Some(path.clone());
        self.concerns = vec![path.clone()];
        self
    }

    /// What became of the path since the lane was given it, where it was.
    pub fn taken_away(mut self, taken_away: Option<&TakenAway>) -> Self {
        self.violation.taken_away = taken_away.cloned();
        self
    }

    /// All paths that it is about, where there is not just one.
    pub fn concerns(mut self, paths: Vec<RepoPath>) -> Self {
        self.concerns = paths;
        self
    }

    /// The commit that shows it.
    pub fn commit(mut self, commit: Option<&CommitRef>) -> Self {
        self.violation.commit = commit.cloned();
        self
    }

    /// Whose work it is, or who acted.
    pub fn agent(mut self, agent: &AgentId) -> Self {
        self.violation.agent = Some(agent.clone());
        self
    }

    /// Whom the path belongs to, or whom it waits for.
    pub fn owner(mut self, owner: Option<&AgentId>) -> Self {
        self.violation.owner = owner.cloned();
        self
    }

    /// The ref that it is about.
    pub fn reference(mut self, reference: Option<&RefName>) -> Self {
        self.violation.reference = reference.cloned();
        self
    }

    /// The contract's line that judged, where one did.
    pub fn line(mut self, line: impl Into<Option<u32>>) -> Self {
        self.violation.contract_line = line.into();
        self
    }

    /// A next step. They are told in the order in which they are added.
    pub fn help(mut self, help: impl IntoIterator<Item = Help>) -> Self {
        self.violation.help.extend(help);
        self
    }

    /// Its place among those of the same rule, path and agent, where the names of their owners
    /// say nothing about the order.
    pub fn rank(mut self, rank: usize) -> Self {
        self.rank = rank;
        self
    }

    /// The commits of another lane that it is about.
    pub fn carried(mut self, carried: &Carried) -> Self {
        self.carried = Some(carried.clone());
        self
    }
}

/// Something that a rule could not judge, with what a waiver needs to know.
#[derive(Debug)]
pub struct Unknown {
    pub(super) rule: &'static str,
    pub(super) agent: AgentId,
    pub(super) path: RepoPath,
    pub(super) undecided: Undecided,
}
