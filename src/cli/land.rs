//! `land`: lanes become part of the trunk.

use clap::Args;
use policy::text::printable;

use super::progress::Progress;
use super::ritual_page::{bad, ended, good, tail};
use super::terms::{OfRun, OnTerms};
use super::{Answer, Failure, Format, Terminal};
use crate::evidence::Unknown;
use crate::report::landing_json;
use crate::report::style::{ERROR, GOOD, STRONG, WARNING, styled};
use crate::repository::{self, Wanted};
use crate::ritual::land::{Around, Request, go_on, land, leave};
use crate::ritual::landing::Landing;
use crate::ritual::run::Run;
use crate::ritual::standpoint::Standpoint;
use crate::ritual::{Stopped, names};
use crate::system::environment::Environment;
use crate::system::signals::Interrupt;

/// Land whoever's turn it is, or one agent's lane, or all of them in order
///
/// A lane is judged, merged in a temporary worktree and held against the suite before the trunk
/// moves. What stops it leaves the trunk where it was. Exit status: 1 when a lane could not land, or a hook
/// of the remote denied the push.
#[derive(Debug, Args)]
pub struct Arguments {
    /// Whose lane
    #[arg(value_name = "AGENT", conflicts_with = "all")]
    agent: Option<String>,

    /// Land lane after lane, for as long as it goes
    #[arg(long)]
    all: bool,

    /// Push each landing, all or nothing, before it counts here
    #[arg(long)]
    push: bool,

    /// Say what would happen, and move nothing
    #[arg(long, conflicts_with = "push")]
    dry_run: bool,

    /// Go on with a landing that was interrupted
    #[arg(long = "continue", conflicts_with_all = ["agent", "all", "push", "dry_run", "abort", "trunk", "remote", "suite", "no_suite", "strategy", "timeout"])]
    go_on: bool,

    /// Leave a landing that was interrupted: what has landed stays
    #[arg(long, conflicts_with_all = ["agent", "all", "push", "dry_run", "trunk", "remote", "suite", "no_suite", "strategy", "timeout"])]
    abort: bool,

    #[command(flatten)]
    terms: OnTerms,

    #[command(flatten)]
    run: OfRun,

    /// How to print what came of it
    #[arg(long, value_name = "FORMAT", default_value = "human", hide_default_value = true)]
    format: Format,
}

/// Lands, and says what came of it.
///
/// # Errors
/// When the run is not known, or git does not move the trunk.
pub fn run(arguments: Arguments, environment: &Environment, terminal: &Terminal) -> Answer {
    let Arguments { agent, all, push, dry_run, go_on: goes_on, abort, terms, run, format } =
        arguments;
    let request = Request { asked: run.into(), terms: terms.into(), agent, all, push, dry_run };
    let interrupt = Interrupt::listen()?;
    let progress = Progress::new(terminal);
    let mut tell = |event: crate::ritual::suite::Event<'_>| progress.tell(event);
    let around = Around { environment, interrupt: &interrupt, tell: &mut tell };
    let landed = match () {
        () if goes_on => go_on(around),
        () if abort => leave(around),
        () => land(&request, around),
    };
    progress.end();
    let landing = landed?;
    let text = match format {
        Format::Json => landing_json::render(&landing),
        Format::Human => page(&landing, environment, terminal)?,
    };
    terminal.out(&text)?;
    Ok(match landing.stopped {
        Some(_) if !landing.is_denied => super::UNDECIDED,
        None if landing.is_good() => 0,
        _ => super::DENIED,
    })
}

fn page(
    landing: &Landing,
    environment: &Environment,
    terminal: &Terminal,
) -> Result<String, Failure> {
    let view = repository::open(environment, Wanted::History)
        .map_err(|error| Failure::from(Stopped::from(Unknown::from(error))))?;
    let run = Run::of(view.as_ref(), &landing.request.asked).ok();
    let contract = run.as_ref().map(|run| &*run.contract);
    let mut out = String::new();
    let head = if landing.dry_run { "What would land on" } else { "Landing on" };
    out.push_str(&format!("{}\n", styled(STRONG, format!("{head} {}", printable(&landing.trunk)))));
    for step in &landing.steps {
        let how = match () {
            () if landing.rehearsed.contains(&step.agent) => "the suite passed in the rehearsal",
            () if landing.dry_run => "would be merged, and held against the suite",
            () => "no suite",
        };
        out.push_str(&good(step, how));
    }
    if let Some(setup) = &landing.setup {
        out.push_str(&format!("  {} setup {}\n{}", styled(ERROR, "✗"), ended(setup), tail(setup)));
    }
    if let Some(failed) = &landing.failed {
        out.push_str(&bad(failed, &landing.trunk, contract, terminal.out_look()));
    }
    if let Some(last) = &landing.last {
        let mark = if last.passed() { styled(GOOD, "✓") } else { styled(ERROR, "✗") };
        out.push_str(&format!("  {mark} once more on everything: the suite {}\n", ended(last)));
        if !last.passed() {
            out.push_str(&tail(last));
        }
    }
    if let Some(stopped) = &landing.stopped {
        out.push_str(&format!("  {} {stopped}\n", styled(ERROR, "stopped:")));
    }
    for note in &landing.notes {
        out.push_str(&format!("  {} {note}\n", styled(WARNING, "note")));
    }
    if let Some(remote) = &landing.pushed {
        out.push_str(&format!("  pushed to {}\n", printable(remote)));
    }
    for worktree in &landing.worktrees {
        let path = printable(&worktree.path.to_string_lossy());
        match &worktree.left {
            None => out.push_str(&format!("  {path} was brought along\n")),
            Some(left) => out.push_str(&format!(
                "  {} {path} has changes of its own, so its files were left; {}bring them along:  {}\n",
                styled(WARNING, "note"),
                left.conflict.first(),
                left.command
            )),
        }
    }
    let standpoint = run.as_ref().map(|run| Standpoint::of(run, environment));
    out.push_str(&next(landing, &standpoint.transpose()?.unwrap_or_default()));
    Ok(out)
}

/// What is to be done next.
fn next(landing: &Landing, standpoint: &Standpoint) -> String {
    if landing.dry_run || landing.stopped.is_some() {
        return String::new();
    }
    if let Some(failed) = &landing.failed {
        let trunk = printable(&landing.trunk);
        let landed =
            if landing.steps.is_empty() { "has not moved" } else { "is at what landed before" };
        let lane = Some(&failed.agent).filter(|_| !landing.request.all);
        let again = landing.request.again(&failed.agent);
        let (again, by) = (standpoint.command(lane, &again), standpoint.by(lane));
        let when = match failed.is_about_who_asks() {
            true => "the dispatcher lands it:",
            false => "when it is mended:",
        };
        return format!("{trunk} {landed}; {when}  {again}{by}\n");
    }
    let open: Vec<_> = landing.left.clone();
    if open.is_empty() && landing.is_part {
        return String::new();
    }
    if open.is_empty() {
        let report = landing.report.iter().map(|line| format!("  {}\n", printable(line)));
        let report: String = report.collect();
        let head = if report.is_empty() { String::new() } else { "the run:\n".to_owned() };
        return head
            + &report
            + &format!(
                "{}  {}{}\n",
                styled(GOOD, "every lane has landed:"),
                standpoint.command(None, &format!("close{}", landing.request.asked.options())),
                standpoint.by(None)
            );
    }
    let turn: Vec<_> =
        open.iter().filter(|(_, waits)| waits.is_empty()).map(|(agent, _)| agent.clone()).collect();
    format!("to come: {}; next: {}\n", open.len(), names(&turn))
}
