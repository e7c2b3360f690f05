//! `schema`: the JSON Schemas of the documents that the program prints.

use clap::{Args, ValueEnum};

use super::{Answer, Terminal};
use crate::report::{contract_json, doctor_json, json, plan_json, replay_json};

/// Print the JSON Schema of a document
#[derive(Debug, Args)]
pub struct Arguments {
    /// Which document
    document: Document,
}

/// A document with a schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Document {
    /// What `check --format json` prints, with and without `--all`
    Verdict,
    /// What `lint --format json` prints
    Lint,
    /// What `doctor --format json` prints
    Doctor,
    /// What `replay --format json` prints
    Replay,
    /// What `plan --format json` prints
    Plan,
}

pub fn run(arguments: Arguments, terminal: &Terminal) -> Answer {
    let schema = match arguments.document {
        Document::Verdict => json::schema(),
        Document::Lint => contract_json::schema(),
        Document::Doctor => doctor_json::schema(),
        Document::Plan => plan_json::schema(),
        Document::Replay => replay_json::schema(),
    };
    terminal.out(&schema)?;
    Ok(0)
}
