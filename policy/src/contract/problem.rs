//! What is wrong with a contract, and where.

use crate::verdict::Severity;

/// One problem found while reading or linting a contract.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// A short code, such as `unknown-agent`; each has a fixture.
    pub code: &'static str,
    /// Errors make the contract invalid; warnings do not.
    pub severity: Severity,
    /// The line, from 1.
    pub line: u32,
    /// The column, from 1, in characters.
    pub column: u32,
    /// The text that is labelled: its offset in the source and its length, in bytes.
    pub span: (usize, usize),
    /// What is wrong, in one sentence without its end. Safe to print.
    pub message: String,
    /// How to mend it. Safe to print.
    pub help: Option<String>,
}

/// The codes of all errors that a contract can have.
pub const ERRORS: [&str; 63] = [
    "agent-name",
    "agent-without-branch",
    "agent-without-scope",
    "branch-is-trunk",
    "branch-name",
    "command",
    "duplicate-branch",
    "duplicate-identity",
    "duplicate-key",
    "duplicate-shared",
    "duplicate-worktree",
    "empty-promise",
    "except-without-effect",
    "line-too-long",
    "misplaced",
    "missing-key",
    "mode-unclear",
    "name-too-long",
    "nested-branch",
    "no-agents",
    "not-understood",
    "not-utf8",
    "order-cycle",
    "order-incomplete",
    "order-numbers",
    "order-repeats",
    "order-unclear",
    "overlap",
    "overlap-undecided",
    "pattern-absolute",
    "pattern-braces",
    "pattern-control",
    "pattern-dots",
    "pattern-empty",
    "pattern-empty-segment",
    "pattern-escape",
    "pattern-lines",
    "pattern-negated",
    "pattern-stars",
    "pattern-unreadable",
    "promise-without-agent",
    "reserved-key",
    "shared-policy",
    "table-cell",
    "toml-syntax",
    "too-large",
    "too-many-agents",
    "too-many-patterns",
    "too-many-problems",
    "unknown-agent",
    "unknown-column",
    "unknown-format",
    "unknown-key",
    "unknown-mode",
    "unknown-section",
    "unknown-value",
    "vague-scope",
    "version-number",
    "waiver-reason",
    "waiver-rule",
    "worktree-line",
    "worktree-name",
    "wrong-type",
];

/// The codes of all warnings that lint gives.
pub const WARNINGS: [&str; 17] = [
    "all-landed",
    "comment-unheard",
    "json-additions",
    "main-worktree",
    "matches-no-branch",
    "matches-no-file",
    "no-merge-order",
    "note-unheard",
    "overruled",
    "owner-withdrawn",
    "prose-promise",
    "scope-over-build",
    "scope-without-effect",
    "sentence-unheard",
    "several-commands",
    "shared-without-policy",
    "waiver-without-effect",
];
