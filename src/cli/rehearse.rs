//! `rehearse`: the whole landing, on a stage.

use clap::Args;
use policy::contract::Contract;
use policy::name::AgentId;

use super::progress::Progress;
use super::ritual_page::{bad, ended, good, not_begun, tail};
use super::terms::{OfRun, OnTerms};
use super::{Answer, Failure, Format, Terminal};
use crate::evidence::Unknown;
use crate::report::rehearsal_json;
use crate::report::style::{ERROR, GOOD, STRONG, WARNING, styled};
use crate::repository::{self, Wanted};
use crate::ritual::elsewhere::Elsewhere;
use crate::ritual::rehearsal::{Rehearsal, Request, rehearse};
use crate::ritual::run::Run;
use crate::ritual::standpoint::Standpoint;
use crate::ritual::step::{Outcome, Step};
use crate::ritual::{Stopped, names};
use crate::system::environment::Environment;
use crate::system::signals::Interrupt;

/// Play the landing of all lanes in a temporary worktree: in order, judged, with the suite after each
///
/// Nothing else is touched. Stops at the first lane that cannot land, and finds out whether it fails
/// alone or only together with an earlier one. What has passed need not be run again by `land`, for
/// as long as trunk, lanes and commands are the same. A lane that has not begun is no failure. Exit
/// status: 1 when a lane cannot land.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(flatten)]
    terms: OnTerms,

    /// Go on after a failure, without the lane that failed
    #[arg(long)]
    all: bool,

    #[command(flatten)]
    run: OfRun,

    /// How to print what came of it
    #[arg(long, value_name = "FORMAT", default_value = "human", hide_default_value = true)]
    format: Format,
}

/// Rehearses, and says what came of it.
///
/// # Errors
/// When the run is not known, or no worktree can be made for it.
pub fn run(arguments: Arguments, environment: &Environment, terminal: &Terminal) -> Answer {
    let Arguments { terms, all, run, format } = arguments;
    let request = Request { asked: run.into(), terms: terms.into(), all };
    let view = repository::open(environment, Wanted::History)
        .map_err(|error| Failure::from(Stopped::from(Unknown::from(error))))?;
    let interrupt = Interrupt::listen()?;
    let progress = Progress::new(terminal);
    let rehearsed = rehearse(view.as_ref(), &request, environment, &interrupt, &mut |event| {
        progress.tell(event);
    });
    progress.end();
    let rehearsal = rehearsed?;
    let text = match format {
        Format::Json => rehearsal_json::render(&rehearsal),
        Format::Human => {
            let run = Run::of(view.as_ref(), &request.asked).ok();
            let standpoint = run.as_ref().map(|run| Standpoint::of(run, environment));
            let standpoint = standpoint.transpose()?.unwrap_or_default();
            page(&rehearsal, &request, run.as_ref(), &standpoint, terminal)
        }
    };
    terminal.out(&text)?;
    Ok(if rehearsal.is_good() { 0 } else { super::DENIED })
}

/// The lanes before one that are not there, because they have failed or not begun.
fn awaited(step: &Step, missing: &[AgentId], contract: Option<&Contract>) -> Vec<AgentId> {
    let Some(contract) = contract else { return missing.to_vec() };
    let before = contract.before(&step.agent);
    missing.iter().filter(|agent| before.contains(agent)).cloned().collect()
}

/// What has landed in the rehearsal alone has to land before a lane that it stands in the way of.
fn landing_first(rehearsal: &Rehearsal, step: &Step, request: &Request) -> String {
    let is_before = |other: &&Step| other.agent != step.agent;
    let before = rehearsal.steps.iter().take_while(is_before);
    let landed: Vec<&Step> =
        before.filter(|step| matches!(step.outcome, Outcome::Good { .. })).collect();
    let which = match landed.as_slice() {
        [one] => one.agent.to_string(),
        _ => "--all".to_owned(),
    };
    format!(
        "  {} {} landed in this rehearsal alone; what comes before {} lands by:  contract-gate land {which}{}{}\n",
        styled(WARNING, "note"),
        names(&step.with),
        step.agent,
        request.terms.options(),
        request.asked.options()
    )
}

fn page(
    rehearsal: &Rehearsal,
    request: &Request,
    run: Option<&Run<'_>>,
    standpoint: &Standpoint,
    terminal: &Terminal,
) -> String {
    let contract = run.map(|run| &*run.contract);
    let trunk = policy::text::printable(&rehearsal.trunk);
    let head = format!("Rehearsal onto {trunk} ({})", rehearsal.from.short());
    let mut out = format!("{}\n", styled(STRONG, head));
    if rehearsal.steps.is_empty() && rehearsal.setup.is_none() {
        let part = |one: &Elsewhere| format!("  {} {}\n", styled(WARNING, "note"), one.note());
        let parts: String = rehearsal.elsewhere.iter().map(part).collect();
        return out + "  every lane has landed\n" + &parts;
    }
    if let Some(setup) = rehearsal.setup.as_ref().filter(|setup| !setup.passed()) {
        out.push_str(&format!("  {} setup {}\n{}", styled(ERROR, "✗"), ended(setup), tail(setup)));
        return out;
    }
    let mut missing: Vec<AgentId> = Vec::new();
    for step in &rehearsal.steps {
        match &step.outcome {
            Outcome::Good { .. } => {
                out.push_str(&good(step, "merged"));
                let awaited = awaited(step, &missing, contract);
                if !awaited.is_empty() {
                    let awaited = names(&awaited);
                    out.push_str(&format!("      tried without {awaited}, for which it waits\n"));
                }
            }
            Outcome::Bad(_) if step.has_not_begun() => out.push_str(&not_begun(step)),
            Outcome::Bad(_) => {
                out.push_str(&bad(step, &rehearsal.trunk, contract, terminal.out_look()));
                if !step.with.is_empty() {
                    out.push_str(&landing_first(rehearsal, step, request));
                }
            }
        }
        if matches!(step.outcome, Outcome::Bad(_)) {
            missing.push(step.agent.clone());
        }
    }
    if let Some(last) = &rehearsal.last {
        let mark = if last.passed() { styled(GOOD, "✓") } else { styled(ERROR, "✗") };
        out.push_str(&format!("  {mark} once more on everything: the suite {}\n", ended(last)));
        if !last.passed() {
            out.push_str(&tail(last));
        }
    }
    for taken_back in &rehearsal.taken_back {
        out.push_str(&format!("  {} {taken_back}\n", styled(WARNING, "note")));
    }
    if rehearsal.suite.is_none() {
        let none = "no suite was run: name one in the contract (`suite: …`), or with --suite";
        out.push_str(&format!("  {} {none}\n", styled(WARNING, "note")));
    }
    let would_land = |step: &Step| {
        matches!(step.outcome, Outcome::Good { .. }) && awaited(step, &missing, contract).is_empty()
    };
    if rehearsal.is_good() {
        let verdict = match (missing.is_empty(), rehearsal.steps.iter().any(would_land)) {
            (true, _) => "all of it would land:",
            (false, true) => "what has begun would land in its turn:",
            (false, false) => return out + "nothing can land yet\n",
        };
        let land = format!("land --all{}{}", request.terms.options(), request.asked.options());
        let (land, by) = (standpoint.command(None, &land), standpoint.by(None));
        out.push_str(&format!("{}  {land}{by}\n", styled(GOOD, verdict)));
    } else if rehearsal.stopped {
        let rest = "the lanes after it were not tried; --all goes on without it";
        out.push_str(&format!("  {} {rest}\n", styled(WARNING, "note")));
    }
    out
}
