//! What is decided: allowed, denied or undecided, with everything that was found.

use crate::change::{ChangeKind, CommitRef, TakenAway};
use crate::name::{AgentId, RefName};
use crate::oid::Oid;
use crate::path::RepoPath;

/// The decision about one or more attempts. Empty: allowed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Verdict {
    /// Rules that are broken, in a stable order.
    pub violations: Vec<Violation>,
    /// What is worth saying and denies nothing.
    pub notes: Vec<Note>,
    /// What could not be known.
    pub undecided: Vec<Undecided>,
}

/// The verdict in a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    /// Nothing speaks against it.
    Allowed,
    /// Something could not be known, which blocks.
    Undecided,
    /// A rule is broken.
    Denied,
}

impl Outcome {
    /// The word used in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Allowed => "allowed",
            Self::Undecided => "undecided",
            Self::Denied => "denied",
        }
    }

    /// The process's exit status: 0 allowed, 1 denied, 2 undecided.
    pub fn exit_status(self) -> u8 {
        match self {
            Self::Allowed => 0,
            Self::Denied => 1,
            Self::Undecided => 2,
        }
    }
}

impl Verdict {
    /// Denied when any error is there, else undecided when anything is, else allowed.
    pub fn outcome(&self) -> Outcome {
        if self.violations.iter().any(|violation| violation.severity == Severity::Error) {
            Outcome::Denied
        } else if self.undecided.is_empty() {
            Outcome::Allowed
        } else {
            Outcome::Undecided
        }
    }

    /// A verdict that only says that something could not be known.
    pub fn undecided(reason: Undecided) -> Self {
        Self { undecided: vec![reason], ..Self::default() }
    }

    /// Takes in what another verdict found.
    pub fn absorb(&mut self, other: Self) {
        self.violations.extend(other.violations);
        for note in other.notes {
            if !self.notes.contains(&note) {
                self.notes.push(note);
            }
        }
        for reason in other.undecided {
            if !self.undecided.contains(&reason) {
                self.undecided.push(reason);
            }
        }
    }
}

/// How much a violation weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// It denies.
    Error,
    /// It is said and denies nothing.
    Warning,
}

impl Severity {
    /// The word used in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
        }
    }
}

/// One rule broken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// The rule's code.
    pub rule: &'static str,
    /// Whether it denies.
    pub severity: Severity,
    /// The path that it is about.
    pub path: Option<RepoPath>,
    /// What happened to the path.
    pub change: Option<ChangeKind>,
    /// The commit that did it.
    pub commit: Option<CommitRef>,
    /// The agent whose work it is, or who acted.
    pub agent: Option<AgentId>,
    /// The agent whom the path belongs to, or whom it waits for.
    pub owner: Option<AgentId>,
    /// The ref that it is about, where that is not the path's lane.
    pub reference: Option<RefName>,
    /// The contract's line that judged, from 1.
    pub contract_line: Option<u32>,
    /// What happened, in one sentence without its end, already safe to print.
    pub message: String,
    /// What to do next.
    pub help: Vec<Help>,
    /// The reason of the waiver that made it a warning.
    pub waived: Option<String>,
    /// Set when it is one of many that are undone together. Programs are given each of them.
    pub whole: Option<Whole>,
    /// Set when the contract took the path from the lane after it was sent out. Its message and its help
    /// say so to programs.
    pub taken_away: Option<TakenAway>,
}

/// A directory of which everything that is new or changed is refused, and nothing could be allowed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Whole {
    /// Which.
    pub directory: RepoPath,
    /// Undoes all that is in it, in place of the help that undoes one path of it.
    pub undo: Help,
}

/// One next step.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Help {
    /// What it does, in a few words.
    pub label: String,
    /// The command, ready to be pasted into a shell; `None` when it is advice.
    pub command: Option<String>,
}

/// Something worth saying that denies nothing.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Note {
    /// A short code, in the spelling of the rules' codes.
    pub code: &'static str,
    /// What is said, already safe to print.
    pub message: String,
}

/// Something that could not be known, which blocks.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Undecided {
    /// A short code, in the spelling of the rules' codes.
    pub code: &'static str,
    /// What could not be known and why, already safe to print.
    pub message: String,
    /// What to do next.
    pub help: Vec<Help>,
}

/// Whether a lane may land now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Turn {
    /// Whether it may land: its turn has come, or the order is waived for it.
    pub now: bool,
    /// The lanes before it that have not landed.
    pub waits_for: Vec<AgentId>,
}

/// The contract that governed a decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Governing {
    /// Its file name.
    pub path: RepoPath,
    /// The commit of the trunk that it was read from.
    pub commit: Oid,
    /// Its version.
    pub version: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn note(code: &'static str) -> Note {
        Note { code, message: "something".into() }
    }

    fn unknown(code: &'static str) -> Undecided {
        Undecided { code, message: "something".into(), help: Vec::new() }
    }

    fn violation(severity: Severity) -> Violation {
        Violation {
            rule: "out-of-scope",
            severity,
            path: None,
            change: None,
            commit: None,
            agent: None,
            owner: None,
            reference: None,
            contract_line: None,
            message: String::new(),
            help: Vec::new(),
            waived: None,
            whole: None,
            taken_away: None,
        }
    }

    #[test]
    fn an_error_denies_and_what_is_not_known_blocks() {
        let mut verdict = Verdict::default();
        let word =
            |verdict: &Verdict| (verdict.outcome().as_str(), verdict.outcome().exit_status());
        assert_eq!(word(&verdict), ("allowed", 0));
        verdict.absorb(Verdict { notes: vec![note("a")], ..Verdict::default() });
        verdict.violations.push(violation(Severity::Warning));
        assert_eq!(word(&verdict), ("allowed", 0));
        verdict.absorb(Verdict::undecided(unknown("a")));
        assert_eq!(word(&verdict), ("undecided", 2));
        verdict.violations.push(violation(Severity::Error));
        assert_eq!(word(&verdict), ("denied", 1));
    }

    #[test]
    fn verdicts_together_hold_what_each_found_and_say_nothing_twice() {
        let one = |code| Verdict {
            violations: vec![violation(Severity::Error)],
            notes: vec![note(code)],
            undecided: vec![unknown(code)],
        };
        let mut all = one("a");
        all.absorb(one("b"));
        all.absorb(one("a"));
        assert_eq!(all.violations.len(), 3);
        assert_eq!(all.notes, [note("a"), note("b")]);
        assert_eq!(all.undecided, [unknown("a"), unknown("b")]);
    }
}
