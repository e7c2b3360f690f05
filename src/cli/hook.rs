//! The hooks: called by git under their own names, or as `contract-gate hook NAME` from another
//! manager's hook file. No argument parser is built for the former.

use std::ffi::{OsStr, OsString};
use std::io::Read;
use std::path::Path;

use clap::Args;
use policy::attempt::Checkpoint;

use super::{Answer, Failure, Terminal};
use crate::checkpoints::hook;
use crate::report::human;
use crate::system::environment::Environment;

/// The largest input that a hook reads, in bytes: two million refs.
const INPUT_LIMIT: u64 = 256 * 1024 * 1024;

/// Run one of git's hooks, from another manager's hook file
#[derive(Debug, Args)]
pub struct Arguments {
    /// The hook: pre-commit, pre-merge-commit, reference-transaction, pre-push, pre-receive
    #[arg(value_name = "NAME", value_parser = named)]
    checkpoint: Checkpoint,

    /// What git gave the hook
    #[arg(value_name = "ARGS", trailing_var_arg = true, allow_hyphen_values = true)]
    arguments: Vec<OsString>,
}

const HOOKS: [Checkpoint; 5] = [
    Checkpoint::PreCommit,
    Checkpoint::PreMergeCommit,
    Checkpoint::ReferenceTransaction,
    Checkpoint::PrePush,
    Checkpoint::PreReceive,
];

fn named(name: &str) -> Result<Checkpoint, String> {
    HOOKS
        .into_iter()
        .find(|hook| hook.as_str() == name)
        .ok_or_else(|| format!("one of {} is expected", HOOKS.map(Checkpoint::as_str).join(", ")))
}

/// The hook as which the program was called, by its own name.
pub fn called_as(program: Option<&OsString>) -> Option<Checkpoint> {
    let name = Path::new(program?).file_name().and_then(OsStr::to_str)?;
    named(name.strip_suffix(".exe").unwrap_or(name)).ok()
}

/// Runs a hook that git called by its name, with the arguments that follow.
pub fn run_as(checkpoint: Checkpoint, arguments: &[OsString], terminal: &Terminal) -> u8 {
    let answer = super::environment()
        .and_then(|environment| judged(checkpoint, arguments, &environment, terminal));
    answer.unwrap_or_else(|failure| {
        // The exit status says it where standard error cannot.
        let _ = terminal.failure(&failure);
        super::UNDECIDED
    })
}

/// Runs a hook that was named.
///
/// # Errors
/// When its input cannot be read.
pub fn run(arguments: Arguments, environment: &Environment, terminal: &Terminal) -> Answer {
    judged(arguments.checkpoint, &arguments.arguments, environment, terminal)
}

fn judged(
    checkpoint: Checkpoint,
    arguments: &[OsString],
    environment: &Environment,
    terminal: &Terminal,
) -> Answer {
    let mut input = Vec::new();
    if hook::reads_input(checkpoint) {
        let mut limited = std::io::stdin().lock().take(INPUT_LIMIT + 1);
        limited
            .read_to_end(&mut input)
            .map_err(|error| Failure::new(format!("git's input cannot be read: {error}")))?;
        if input.len() as u64 > INPUT_LIMIT {
            return Err(Failure::new("git's input is larger than 256 MiB"));
        }
    }
    let Some(report) = hook::judge(checkpoint, arguments, &input, environment) else {
        return Ok(0);
    };
    if !report.is_silent() {
        terminal.err(&human::render(&report, terminal.err_look()))?;
    }
    Ok(report.exit_status())
}
