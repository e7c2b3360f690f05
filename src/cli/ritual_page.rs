//! What `rehearse` and `land` say of each lane.

use policy::contract::Contract;
use policy::text::printable;

use super::handed_back::{self, whose};
use super::progress::shown;
use crate::report::style::{ERROR, GOOD, QUIET, styled};
use crate::report::{Look, human};
use crate::ritual::names;
use crate::ritual::step::{Fault, Outcome, Step};
use crate::ritual::suite::{End, Ran};

/// A lane that came through, in a line.
pub fn good(step: &Step, how: &str) -> String {
    let Outcome::Good { to, suite } = &step.outcome else { return String::new() };
    let suite = match suite {
        Some(ran) => format!("suite passed in {}", shown(ran.took)),
        None => how.to_owned(),
    };
    format!(
        "  {} {:<14} {:<24} {}  {}\n",
        styled(GOOD, "✓"),
        printable(step.agent.as_str()),
        printable(&step.branch),
        to.short(),
        styled(QUIET, suite)
    )
}

/// A lane that has nothing to land yet, in a line.
pub fn not_begun(step: &Step) -> String {
    format!(
        "  {} {:<14} {:<24} {}\n",
        styled(QUIET, "–"),
        printable(step.agent.as_str()),
        printable(&step.branch),
        styled(QUIET, "has not begun")
    )
}

/// A lane that did not: in a line, and then what there is to be handed to its agent.
pub fn bad(step: &Step, trunk: &str, contract: Option<&Contract>, look: Look) -> String {
    let Outcome::Bad(fault) = &step.outcome else { return String::new() };
    let head = format!(
        "  {} {:<14} {:<24} {}\n",
        styled(ERROR, "✗"),
        printable(step.agent.as_str()),
        printable(&step.branch),
        in_a_line(step, fault)
    );
    let mut out = head;
    match fault {
        Fault::Judged(report) => {
            out.push('\n');
            out.push_str(&human::render(report, look));
        }
        Fault::Elsewhere(elsewhere) => {
            let command = elsewhere.help.command.as_deref().unwrap_or_default();
            let help = format!("{} {}  {command}", styled(GOOD, "help:"), elsewhere.help.label);
            out.push_str(&format!("    {}\n    {help}\n", elsewhere.message()));
        }
        Fault::NotGenerated { ran, .. } => {
            out.push_str(&format!("    {}\n", printable(&ran.command)));
            out.push_str(&tail(ran));
        }
        Fault::Suite { ran, blame } => {
            out.push_str(&tail(ran));
            out.push_str(&format!("    {}\n", whose(blame, &step.agent)));
        }
        Fault::NothingToLand | Fault::Conflict(_) | Fault::NotAhead | Fault::NotAsGenerated(_) => {}
    }
    out + &handed_back::text(step, fault, trunk, contract)
}

fn in_a_line(step: &Step, fault: &Fault) -> String {
    let with = match step.with.as_slice() {
        [] => String::new(),
        lanes => format!(" with {}", names(lanes)),
    };
    match fault {
        Fault::NothingToLand => "has nothing to land yet".to_owned(),
        Fault::Elsewhere(elsewhere) => match elsewhere.agent == step.agent {
            true if elsewhere.more.is_none() => "has its branch at a remote alone".to_owned(),
            true => "has more at a remote than here".to_owned(),
            false => format!("waits for {}, which has more at a remote", elsewhere.agent),
        },
        Fault::Judged(report) => match report.outcome() {
            policy::verdict::Outcome::Undecided => "cannot be judged".to_owned(),
            _ => match report.who_may_not_land() {
                Some(agent) => format!("is not {agent}'s to land"),
                None => "breaks the contract".to_owned(),
            },
        },
        Fault::Conflict(paths) => match paths.len() {
            1 => format!("conflicts{with} in 1 file"),
            many => format!("conflicts{with} in {many} files"),
        },
        Fault::NotAhead if !step.with.is_empty() => {
            format!("does not contain {}, which a fast-forward needs", names(&step.with))
        }
        Fault::NotAhead => "does not contain the trunk, which a fast-forward needs".to_owned(),
        Fault::NotAsGenerated(stale) => match stale.as_slice() {
            [one] => format!("has a generated file that is out of date: {}", one.path),
            several => format!("has {} generated files that are out of date", several.len()),
        },
        Fault::NotGenerated { ran, .. } => {
            format!("what is generated cannot be made again: the command {}", ended(ran))
        }
        Fault::Suite { ran, .. } => format!("the suite {}", ended(ran)),
    }
}

/// How a command ended.
pub fn ended(ran: &Ran) -> String {
    match ran.end {
        End::Well => format!("passed in {}", shown(ran.took)),
        End::Failed(status) => format!("failed (exit status {status}) after {}", shown(ran.took)),
        End::TimedOut => format!("took longer than it may and was ended after {}", shown(ran.took)),
        End::Interrupted => "was interrupted".to_owned(),
    }
}

/// The end of a command's output, and where all of it is.
pub fn tail(ran: &Ran) -> String {
    let mut out = String::new();
    for line in ran.last_lines() {
        out.push_str(&format!("    {} {}\n", styled(QUIET, "│"), printable(&line)));
    }
    out.push_str(&format!("    all of its output: {}\n", path(&ran.log)));
    out
}

fn path(path: &std::path::Path) -> String {
    printable(&path.to_string_lossy())
}
