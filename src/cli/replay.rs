//! `replay`: a contract over the branches and merges that history holds, before anybody is bound.

use std::rc::Rc;

use clap::Args;

use super::under::Under;
use super::{Answer, Format, Terminal, UNDECIDED};
use crate::report::replay::{Replayed, page};
use crate::report::replay_json;
use crate::repository::{self, Wanted};
use crate::ritual::Stopped;
use crate::ritual::replay::period::Period;
use crate::ritual::replay::replay;
use crate::system::environment::Environment;

/// Run a contract over the work that history holds: what it would have refused, and why
///
/// Every merge of the trunk, every commit of its own and every branch beside it is judged as if
/// the contract had been there. What would have been refused and stayed says where the contract is
/// too narrow, with the line that widens it. Nobody is bound by this: the exit status is 0, and 2
/// when not everything could be read.
#[derive(Debug, Args)]
pub struct Arguments {
    /// How far back to look: 12h, 30d, 2w, or a date
    #[arg(long, value_name = "WHEN", default_value = "30d")]
    since: Period,

    #[command(flatten)]
    under: Under,

    /// How to print what was found
    #[arg(long, value_name = "FORMAT", default_value = "human", hide_default_value = true)]
    format: Format,
}

/// Replays.
///
/// # Errors
/// When the contract or the trunk cannot be read.
pub fn run(arguments: Arguments, environment: &Environment, terminal: &Terminal) -> Answer {
    let view = repository::open(environment, Wanted::History).map_err(Stopped::from)?;
    let standing = arguments.under.run("replay", view.as_ref(), terminal)?;
    let Some(standing) = standing else { return Ok(UNDECIDED) };
    let run = standing.run;
    let since = arguments.since.begin(&view.place().git_dir)?;
    let found = replay(&run, since)?;
    let is_whole = found.works.iter().all(|work| work.undecided.is_none());
    let replayed = Replayed {
        file: standing.file,
        commit: standing.is_in_force.then(|| run.governing()),
        trunk: run.trunk.name.clone(),
        tip: run.governing(),
        period: arguments.since,
        since,
        contract: Rc::clone(&run.contract),
        found,
    };
    let text = match arguments.format {
        Format::Json => replay_json::render(&replayed),
        Format::Human => page(&replayed),
    };
    terminal.out(&text)?;
    Ok(if is_whole { 0 } else { UNDECIDED })
}
