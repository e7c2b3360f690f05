//! `close`: the run ends.

use clap::Args;
use policy::contract::{Contract, ContractFile};
use policy::name::AgentId;
use policy::text::printable;

use super::terms::OfRun;
use super::{Answer, Failure, Format, Terminal};
use crate::evidence::Unknown;
use crate::report::style::{ERROR, GOOD, NOTE, QUIET, WARNING, styled};
use crate::report::{closing_json, human};
use crate::repository::{self, Wanted};
use crate::ritual::close::{Closed, Ended, Request, close};
use crate::ritual::run::Run;
use crate::ritual::standpoint::Standpoint;
use crate::ritual::{Stopped, names};
use crate::system::environment::Environment;

/// End the run: take the contract off the trunk, in a commit that says what landed when
///
/// Refuses while a lane has neither landed nor been withdrawn. `--remove` and `--push` also do their part
/// after the run has ended: only what had landed by then goes. Exit status: 1 when it refuses, or a hook of
/// the remote denied the push.
#[derive(Debug, Args)]
pub struct Arguments {
    /// Remove the worktrees and branches of what has landed, unless git would lose changes there; files
    /// that git ignores go
    #[arg(long)]
    remove: bool,

    /// Push the trunk without its contract before that counts here
    #[arg(long)]
    push: bool,

    #[command(flatten)]
    run: OfRun,

    /// How to print what came of it
    #[arg(long, value_name = "FORMAT", default_value = "human", hide_default_value = true)]
    format: Format,
}

/// Ends the run, and says what came of it.
///
/// # Errors
/// When the run is not known, or git does not move the trunk.
pub fn run(arguments: Arguments, environment: &Environment, terminal: &Terminal) -> Answer {
    let Arguments { remove, push, run, format } = arguments;
    let request = Request { asked: run.into(), remove, push };
    let view = repository::open(environment, Wanted::History)
        .map_err(|error| Failure::from(Stopped::from(Unknown::from(error))))?;
    let mut told = Ok(());
    let mut tell = |what: &str| {
        told = terminal.err(&format!("{}: {what}\n", styled(NOTE, "note")));
    };
    let ended = close(view.as_ref(), &request, environment, &mut tell)?;
    told?;
    let text = match format {
        Format::Json => closing_json::render(&ended),
        Format::Human => match &ended {
            Ended::Closed(closed) => page(closed),
            Ended::Open(open) => {
                let verb = if open.len() == 1 { "has" } else { "have" };
                let run = Run::of(view.as_ref(), &request.asked)?;
                let withdrawn = withdrawal(&run.contract, open);
                let standpoint = Standpoint::of(&run, environment)?;
                let land = format!("land --all{}", request.asked.options());
                format!(
                    "{}: {} {verb} neither landed nor been withdrawn\n  help: land: {}{}; or withdraw a \
                     lane on {}: {withdrawn}\n",
                    styled(ERROR, "the run goes on"),
                    names(open),
                    standpoint.command(None, &land),
                    standpoint.by(None),
                    printable(request.asked.trunk.as_deref().unwrap_or("the trunk")),
                )
            }
            Ended::Refused(report) => {
                let run = Run::of(view.as_ref(), &request.asked)?;
                let standpoint = Standpoint::of(&run, environment)?;
                let leads_on = standpoint.elsewhere(&format!("close{}", request.asked.options()));
                let leads_on = leads_on.map(|close| format!("the dispatcher ends it:  {close}\n"));
                human::render(report, terminal.out_look()) + &leads_on.unwrap_or_default()
            }
        },
    };
    terminal.out(&text)?;
    Ok(match ended {
        Ended::Closed(_) => 0,
        Ended::Open(_) => super::DENIED,
        Ended::Refused(report) => report.outcome().exit_status(),
    })
}

fn page(closed: &Closed) -> String {
    let trunk = printable(&closed.trunk);
    let to = closed.to.short();
    let mut out = match closed.was_closed {
        true => {
            format!("{} by {to} already; what had landed by then:\n", styled(GOOD, "closed"))
        }
        false => format!("{} {trunk} is at {to}, without a contract\n", styled(GOOD, "closed:")),
    };
    for line in closed.message.lines() {
        out.push_str(&format!("  {} {}\n", styled(QUIET, "│"), printable(line)));
    }
    for removed in &closed.removed {
        out.push_str(&format!("  removed {removed}\n"));
    }
    for kept in &closed.kept {
        out.push_str(&format!("  {} {kept}\n", styled(WARNING, "left")));
    }
    for worktree in &closed.worktrees {
        if let Some(left) = &worktree.left {
            let path = printable(&worktree.path.to_string_lossy());
            out.push_str(&format!(
                "  {} {path} has changes of its own; {}bring it along:  {}\n",
                styled(WARNING, "note"),
                left.conflict.first(),
                left.command
            ));
        }
    }
    if let Some(remote) = &closed.pushed {
        out.push_str(&format!("  pushed to {}\n", printable(remote)));
    }
    if let Some(command) = &closed.push {
        out.push_str(&format!("push it:  {command}\n"));
    }
    if closed.is_removable {
        out.push_str("remove what has landed:  contract-gate close --remove\n");
    }
    if closed.was_closed
        && !closed.is_removable
        && closed.removed.is_empty()
        && closed.kept.is_empty()
    {
        out.push_str("  nothing is left to be removed\n");
    }
    out
}

/// How a contract says that one of these lanes will never land.
fn withdrawal(contract: &Contract, open: &[AgentId]) -> &'static str {
    let lanes = open.iter().filter_map(|lane| contract.agent(lane));
    let is_row = |line: u32| {
        contract.source_line(line).is_some_and(|line| line.trim_start().starts_with('|'))
    };
    match contract.file() {
        ContractFile::Toml => "`withdrawn = true` in its table in contract.toml",
        ContractFile::Markdown if lanes.map(|lane| lane.line).any(is_row) => {
            "`true` in its row in a column `Withdrawn` under Worktrees in CONTRACT.md"
        }
        ContractFile::Markdown => "`withdrawn: true` on its line under Worktrees in CONTRACT.md",
    }
}
