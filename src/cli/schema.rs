//! `schema`: the JSON Schemas of the documents that the program prints.

use clap::{Args, ValueEnum};

use super::{Answer, Terminal};
use crate::report::{contract_json, doctor_json, forecast_json, json};

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
    /// What `forecast --format json` prints
    Forecast,
}

pub fn run(arguments: Arguments, terminal: &Terminal) -> Answer {
    let schema = match arguments.document {
        Document::Verdict => json::schema(),
        Document::Lint => contract_json::schema(),
        Document::Doctor => doctor_json::schema(),
        Document::Forecast => forecast_json::schema(),
    };
    terminal.out(&schema)?;
    Ok(0)
}
