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
