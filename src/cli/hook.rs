//! The hooks: called by git under their own names, or as `contract-gate hook NAME` from another
//! manager's hook file. No argument parser is built for the former.

use std::ffi::OsString;
use std::io::Read;
use std::path::Path;

use super::{Answer, Failure, Terminal};
use crate::checkpoints::hook;
use crate::installation::{HookName, previous};
use crate::report::human;
use crate::system::environment::Environment;
use clap::Args;

/// The largest input that a hook reads, in bytes: two million refs.
const INPUT_LIMIT: u64 = 256 * 1024 * 1024;

/// Run one of git's hooks, from another manager's hook file
#[derive(Debug, Args)]
pub struct Arguments {
    /// The hook: pre-commit, pre-merge-commit, reference-transaction, pre-push, pre-receive
    #[arg(value_name = "NAME", value_parser = |name: &str| name.parse::<HookName>())]
    hook: HookName,

    /// What git gave the hook
    #[arg(value_name = "ARGS", trailing_var_arg = true, allow_hyphen_values = true)]
    arguments: Vec<OsString>,
}

/// Runs a hook that git called by its name: the gate, and with it the hook that was there before.
/// The program's name comes first in the arguments.
pub fn run_as(hook: HookName, arguments: &[OsString], terminal: &Terminal) -> u8 {
    let answer = super::environment()
        .and_then(|environment| with_previous(hook, arguments, &environment, terminal));
    answer.unwrap_or_else(|failure| {
        // The exit status says it where standard error cannot.
        let _ = terminal.failure(&failure);
        super::UNDECIDED
    })
}

/// Runs a hook that was named. The hook file that names it runs what else it has by itself.
///
/// # Errors
/// When its input cannot be read.
pub fn run(arguments: Arguments, environment: &Environment, terminal: &Terminal) -> Answer {
    let input = input(arguments.hook)?;
    judged(arguments.hook, &arguments.arguments, &input, environment, terminal)
}

fn with_previous(
    hook: HookName,
    arguments: &[OsString],
    environment: &Environment,
    terminal: &Terminal,
) -> Answer {
    let (called, arguments) = arguments.split_first().ok_or_else(|| Failure::new("no name"))?;
    let directory = Path::new(called).parent().unwrap_or(Path::new("."));
    let input = input(hook)?;
    let judge = || judged(hook, arguments, &input, environment, terminal);
    let previous = || before(directory, hook, arguments, &input);
    // Formatters stage what they change, so the hook from before a commit runs first, and what it
    // leaves in the index is judged. Elsewhere it is asked last, about what is allowed.
    match hook {
        HookName::PreCommit => first_refusal(previous, judge),
        _ => first_refusal(judge, previous),
    }
}

fn first_refusal(first: impl FnOnce() -> Answer, second: impl FnOnce() -> Answer) -> Answer {
    match first()? {
        0 => second(),
        refusal => Ok(refusal),
    }
}

/// Asks the hook that was there before.
fn before(directory: &Path, hook: HookName, arguments: &[OsString], input: &[u8]) -> Answer {
    let ended = previous::run(directory, hook, arguments, input).map_err(|error| {
        Failure::new(format!("the {hook} hook that was there before cannot be run: {error}"))
    })?;
    // Killed by a signal is no pass.
    Ok(ended.map_or(0, |status| {
        status.code().map_or(super::UNDECIDED, |code| u8::try_from(code).unwrap_or(u8::MAX))
    }))
}

fn input(hook: HookName) -> Result<Vec<u8>, Failure> {
    let mut input = Vec::new();
    if hook::reads_input(hook.checkpoint()) {
        let mut limited = std::io::stdin().lock().take(INPUT_LIMIT + 1);
        limited
            .read_to_end(&mut input)
            .map_err(|error| Failure::new(format!("git's input cannot be read: {error}")))?;
        if input.len() as u64 > INPUT_LIMIT {
            return Err(Failure::new("git's input is larger than 256 MiB"));
        }
    }
    Ok(input)
}

fn judged(
    hook: HookName,
    arguments: &[OsString],
    input: &[u8],
    environment: &Environment,
    terminal: &Terminal,
) -> Answer {
    let Some(report) = hook::judge(hook.checkpoint(), arguments, input, environment) else {
        return Ok(0);
    };
    if !report.is_silent() {
        terminal.err(&human::render(&report, terminal.err_look()))?;
    }
    Ok(report.exit_status())
}
