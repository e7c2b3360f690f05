//! `forecast`: what merging the lanes would bring, before anybody merges.

use clap::Args;
use policy::text::{printable, shell_word};

use super::terms::OfRun;
use super::{Answer, DENIED, Format, Terminal};
use crate::report::forecast::{Updates, render};
use crate::report::forecast_json;
use crate::repository::{self, Wanted};
use crate::ritual::Stopped;
use crate::ritual::forecast::{Forecast, forecast};
use crate::ritual::run::Run;
use crate::ritual::worktrees;
use crate::system::environment::Environment;

/// See conflicts between lanes, and with the trunk, before anybody merges
///
/// Merges every lane with the trunk, every two lanes, and all of them in the contracted order, in
/// memory: no branch, index, worktree or object of the repository is touched. Finds what conflicts,
/// and what merges cleanly and is broken all the same: a file that is changed here and moved there, a
/// new path or a migration's number twice, a symbol, a field or a file that one lane takes away and
/// another uses. Exit status: 1 when anything of this was found, also when nothing conflicts; else 0.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(flatten)]
    run: OfRun,

    /// How to print what is to be expected
    #[arg(long, value_name = "FORMAT", default_value = "human", hide_default_value = true)]
    format: Format,
}

/// Looks ahead, and says what is to be expected.
///
/// # Errors
/// When the trunk, its contract or a lane cannot be read, or git gives no answer.
pub fn run(arguments: Arguments, environment: &Environment, terminal: &Terminal) -> Answer {
    let Arguments { run, format } = arguments;
    let view = repository::open(environment, Wanted::History).map_err(Stopped::from)?;
    let run = Run::of(&*view, &run.into())?;
    let found = forecast(&run)?;
    let text = match format {
        Format::Json => forecast_json::render(&found),
        Format::Human => {
            let updates =
                if found.is_bad() { updates(&found, environment)? } else { Updates::new() };
            render(&found, &updates, terminal.out_look())
        }
    };
    terminal.out(&text)?;
    Ok(if found.is_bad() { DENIED } else { 0 })
}

/// For each lane that has a worktree here, the command that takes the trunk in.
fn updates(found: &Forecast, environment: &Environment) -> Result<Updates, Stopped> {
    let trunk = shell_word(&printable(&found.trunk));
    let all = worktrees::all(environment.directory())?;
    let here = all.into_iter().filter(|worktree| !worktree.gone);
    let commands = here.filter_map(|worktree| {
        let branch = String::from_utf8(worktree.branch?.branch_name()?.to_vec()).ok()?;
        let directory = shell_word(worktree.path.to_str()?);
        Some((branch, format!("git -C {directory} merge {trunk}")))
    });
    Ok(commands.collect())
}
