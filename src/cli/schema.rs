//! `schema`: the JSON Schemas of the documents that the program prints.

use clap::{Args, ValueEnum};

use super::{Answer, Terminal};
use crate::report::{
    closing_json, contract_json, doctor_json, forecast_json, json, landing_json, plan_json,
    rehearsal_json, replay_json, status_json,
};

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
    /// What `rehearse --format json` prints
    Rehearsal,
    /// What `land --format json` prints
    Landing,
    /// What `close --format json` prints
    Closing,
    /// What `status --format json` prints
    Status,
    /// What `replay --format json` prints
    Replay,
    /// What `plan --format json` prints
    Plan,
    /// What `forecast --format json` prints
    Forecast,
}

pub fn run(arguments: Arguments, terminal: &Terminal) -> Answer {
    let schema = match arguments.document {
        Document::Verdict => json::schema(),
        Document::Lint => contract_json::schema(),
        Document::Doctor => doctor_json::schema(),
        Document::Rehearsal => rehearsal_json::schema(),
        Document::Landing => landing_json::schema(),
        Document::Closing => closing_json::schema(),
        Document::Status => status_json::schema(),
        Document::Plan => plan_json::schema(),
        Document::Replay => replay_json::schema(),
        Document::Forecast => forecast_json::schema(),
    };
    terminal.out(&schema)?;
    Ok(0)
}
