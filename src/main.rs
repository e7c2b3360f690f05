//! contract-gate: holds parallel coding agents to a written contract.
//!
//! `main` maps a result to an exit status and does nothing else.

mod checkpoints;
mod cli;
mod evidence;
mod installation;
mod report;
mod repository;
mod ritual;
mod system;

use std::ffi::OsString;
use std::process::ExitCode;

use cli::{Color, Terminal};
use installation::HookName;

fn main() -> ExitCode {
    cli::fault::block_on_panic();
    let arguments: Vec<OsString> = std::env::args_os().collect();
    let called_as = arguments.first().and_then(|name| HookName::from_argv0(name));
    ExitCode::from(match called_as {
        Some(hook) => cli::hook::run_as(hook, &arguments, &Terminal::new(Color::Auto)),
        None => cli::run(arguments),
    })
}
