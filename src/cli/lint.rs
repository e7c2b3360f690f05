//! `lint`: reads a contract as a critical dispatcher would, and cites lines.

use std::path::PathBuf;

use clap::Args;
use policy::contract::{Contract, Problem, lint, read};
use policy::text::printable;
use policy::verdict::Severity;

use super::contract_file::{self, Written};
use super::{Answer, Format, Terminal};
use crate::evidence::Known;
use crate::evidence::survey::{Survey, survey};
use crate::report::style::{ERROR, GOOD, NOTE, styled};
use crate::report::{contract, contract_json};
use crate::repository::{self, GitView, Wanted};
use crate::system::environment::Environment;

/// Read a contract critically: what is wrong with it, and what is likely to go wrong
///
/// The exit status is 0 when it is valid, whatever the warnings, 1 when it is not, and 2 when it
/// cannot be read.
#[derive(Debug, Args)]
pub struct Arguments {
    /// The contract [default: the one at the root of this worktree]
    file: Option<PathBuf>,

    /// How to print the problems
    #[arg(long, value_name = "FORMAT", default_value = "human", hide_default_value = true)]
    format: Format,
}

/// Lints.
///
/// # Errors
/// When there is no contract to be read.
pub fn run(arguments: Arguments, environment: &Environment, terminal: &Terminal) -> Answer {
    let view = repository::open(environment, Wanted::History).ok();
    let view = view.as_deref();
    let written = match &arguments.file {
        Some(file) => contract_file::named(file)?,
        None => contract_file::found(view, environment)?,
    };
    let (problems, unasked) = match read(written.spelling, &written.text) {
        Err(problems) => (problems, None),
        Ok(contract) => warnings(&contract, view, &written),
    };
    match arguments.format {
        Format::Json => terminal.out(&contract_json::render(&problems))?,
        Format::Human => terminal.out(&page(&written, &problems, terminal))?,
    }
    if let Some(reason) = unasked {
        let note = styled(NOTE, "note:");
        terminal.err(&format!("{note} what the repository would say was not asked: {reason}\n"))?;
    }
    Ok(if is_valid(&problems) { 0 } else { 1 })
}

/// The warnings of a valid contract, and why the repository was not asked, when it was not.
fn warnings(
    contract: &Contract,
    view: Option<&dyn GitView>,
    written: &Written,
) -> (Vec<Problem>, Option<String>) {
    let mut problems = lint::of_text(contract);
    let surveyed: Known<Option<Survey>> = match view {
        Some(view) => survey(view, contract, written.spelling, &written.text),
        None => return (problems, Some("this is no repository that can be read".to_owned())),
    };
    match surveyed {
        Ok(Some(survey)) => {
            problems.extend(lint::against_tree(contract, &survey.files));
            if survey.all_landed {
                problems.push(lint::all_landed(contract));
            }
            let alike = survey.named_alike.and_then(|agent| contract.agent(&agent));
            problems.extend(alike.map(|lane| lint::main_worktree(contract, lane)));
            problems.sort_by_key(|problem| problem.span);
            (problems, None)
        }
        Ok(None) => (problems, Some("it has no commit yet".to_owned())),
        Err(unknown) => (problems, Some(printable(&unknown.to_string()))),
    }
}

fn is_valid(problems: &[Problem]) -> bool {
    problems.iter().all(|problem| problem.severity == Severity::Warning)
}

fn page(written: &Written, problems: &[Problem], terminal: &Terminal) -> String {
    let drawn = contract::render(&written.name, &written.text, problems, terminal.out_look());
    let gap = if problems.is_empty() { "" } else { "\n" };
    let valid = is_valid(problems);
    let count = |severity, word: &str| match problems
        .iter()
        .filter(|problem| problem.severity == severity)
        .count()
    {
        0 => None,
        1 => Some(format!("1 {word}")),
        count => Some(format!("{count} {word}s")),
    };
    let counts = [count(Severity::Error, "error"), count(Severity::Warning, "warning")];
    let counts = counts.into_iter().flatten().collect::<Vec<_>>().join(", ");
    let word = if valid { styled(GOOD, "valid") } else { styled(ERROR, "invalid") };
    let counts = if counts.is_empty() { String::new() } else { format!(": {counts}") };
    format!("{drawn}{gap}{} is {word}{counts}\n", written.name)
}
