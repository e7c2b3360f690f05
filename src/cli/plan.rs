//! `plan`: how wide a run can be, and where its seams are, before anybody is dispatched.

use clap::{Args, ValueEnum};

use super::under::Under;
use super::{Answer, Terminal, UNDECIDED};
use crate::report::plan::{Planned, dot, mermaid, page};
use crate::report::plan_json;
use crate::repository::{self, Wanted};
use crate::ritual::Stopped;
use crate::ritual::plan::plan;
use crate::system::environment::Environment;

/// See how wide a run can be: what depends on what, what changes together, what to redraw
///
/// Reads the contract, the trunk's sources (who imports whose paths) and its last 10,000 commits
/// (which paths change together). All of it is advice: the exit status is 0, and 2 when something
/// could not be read.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(flatten)]
    under: Under,

    /// How to print the plan
    #[arg(long, value_name = "FORMAT", default_value = "human", hide_default_value = true)]
    format: PlanFormat,
}

/// In which spelling a plan is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum PlanFormat {
    /// For people
    Human,
    /// For programs: one document, see `contract-gate schema`
    Json,
    /// The graph, for Graphviz
    Dot,
    /// The graph, for Mermaid
    Mermaid,
}

/// Plans.
///
/// # Errors
/// When the contract or the trunk cannot be read.
pub fn run(arguments: Arguments, environment: &Environment, terminal: &Terminal) -> Answer {
    let view = repository::open(environment, Wanted::History).map_err(Stopped::from)?;
    let standing = arguments.under.run("plan", view.as_ref(), terminal)?;
    let Some(standing) = standing else { return Ok(UNDECIDED) };
    let planned = Planned {
        file: standing.file,
        trunk: standing.run.trunk.name.clone(),
        tip: standing.run.governing(),
        version: standing.run.contract.version(),
        found: plan(&standing.run)?,
    };
    terminal.out(&match arguments.format {
        PlanFormat::Human => page(&planned),
        PlanFormat::Json => plan_json::render(&planned),
        PlanFormat::Dot => dot(&planned.found),
        PlanFormat::Mermaid => mermaid(&planned.found),
    })?;
    Ok(0)
}
