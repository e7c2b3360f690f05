//! `doctor`: proves that git runs the gate's hooks in every worktree, and looks at everything else
//! that the gate needs; with `--fix` it puts back what is the gate's own.

use clap::Args;

use super::{Answer, Format, Terminal};
use crate::installation::doctor::{Examination, Finding, Fixed, State, Visit, examine, fix};
use crate::installation::shown;
use crate::report::doctor_json;
use crate::report::human::Helps;
use crate::report::style::{ERROR, GOOD, NOTE, STRONG, UNDECIDED, WARNING, styled};
use crate::system::environment::Environment;

/// Prove that git runs the gate's hooks, in every worktree
///
/// Git calls each hook, and it has to answer. Also looks at trunk, contract and lanes, at who works
/// where, at whether a commit could be written, and at the server's contract. Exit status: 1 when
/// something is not as it should be, else 2 when something could not be known or proved, else 0.
#[derive(Debug, Args)]
pub struct Arguments {
    /// Put back what is the gate's own and is missing, broken or old; touch nothing else
    #[arg(long)]
    fix: bool,

    /// How to print what was found
    #[arg(long, value_name = "FORMAT", default_value = "human", hide_default_value = true)]
    format: Format,
}

/// Looks at everything, and says what was found, with what mends it.
///
/// # Errors
/// When there is no repository, git gives no answer, or a record cannot be read.
pub fn run(arguments: Arguments, environment: &Environment, terminal: &Terminal) -> Answer {
    let fixed = if arguments.fix { Some(fix(environment)?) } else { None };
    let examination = examine(environment)?;
    let text = match arguments.format {
        Format::Json => doctor_json::render(&examination, fixed.as_ref()),
        Format::Human => page(&examination, fixed.as_ref()),
    };
    terminal.out(&text)?;
    Ok(exit_status(examination.state()))
}

fn exit_status(state: State) -> u8 {
    match state {
        State::Good | State::Note => 0,
        State::Unknown => super::UNDECIDED,
        State::Wrong => super::DENIED,
    }
}

fn page(examination: &Examination, fixed: Option<&Fixed>) -> String {
    let mut out = fixed.map(told_fixed).unwrap_or_default();
    let mut helps = Helps::default();
    let repository = shown(&examination.repository);
    out.push_str(&section(&repository, &examination.findings, &mut helps));
    for visit in &examination.worktrees {
        out.push_str(&section(&head(visit), &visit.findings, &mut helps));
    }
    out.push_str(&match examination.state() {
        State::Good | State::Note if examination.leaves_out() => {
            styled(GOOD, "every hook fires that was not left out, in every worktree")
        }
        State::Good | State::Note if examination.is_main_unfound => {
            styled(GOOD, "every hook fires, in every worktree that can be found from here")
        }
        State::Good | State::Note => styled(GOOD, "every hook fires, in every worktree"),
        State::Unknown => styled(UNDECIDED, "not everything could be known: see unknown above"),
        State::Wrong => styled(ERROR, "something is not as it should be: see WRONG above"),
    });
    out.push('\n');
    out
}

fn head(visit: &Visit) -> String {
    match &visit.branch {
        Some(branch) => format!("{} on {}", shown(&visit.root), policy::text::printable(branch)),
        None => shown(&visit.root),
    }
}

fn section(head: &str, findings: &[Finding], helps: &mut Helps) -> String {
    let mut out = format!("{}\n", styled(STRONG, head));
    for Finding { about, state, message, mend } in findings {
        let word = match state {
            State::Good => styled(GOOD, format!("{:<7}", "ok")),
            State::Note => styled(NOTE, format!("{:<7}", "note")),
            State::Unknown => styled(UNDECIDED, format!("{:<7}", "unknown")),
            State::Wrong => styled(ERROR, format!("{:<7}", "WRONG")),
        };
        out.push_str(&format!("  {word} {:<22} {message}\n", about.as_str()));
        out.push_str(&helps.render(mend));
    }
    out
}

fn told_fixed(fixed: &Fixed) -> String {
    let mut out = String::new();
    for done in &fixed.done {
        out.push_str(&format!("{} {done}\n", styled(GOOD, "fixed:")));
    }
    for left in &fixed.left {
        out.push_str(&format!("{} {left}\n", styled(WARNING, "left alone:")));
    }
    if out.is_empty() {
        out.push_str(&format!("{} nothing was to be put back\n", styled(GOOD, "fixed:")));
    }
    out
}
