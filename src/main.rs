//! contract-gate: holds parallel coding agents to a written contract.
//!
//! `main` maps a result to an exit status and does nothing else.

mod checkpoints;
mod cli;
mod evidence;
mod report;
mod repository;
mod system;

use std::ffi::OsString;
use std::process::ExitCode;

use cli::{Color, Terminal};

fn main() -> ExitCode {
    cli::fault::block_on_panic();
    let arguments: Vec<OsString> = std::env::args_os().collect();
    ExitCode::from(match cli::hook::called_as(arguments.first()) {
        Some(hook) => cli::hook::run_as(hook, &arguments[1..], &Terminal::new(Color::Auto)),
        None => cli::run(arguments),
    })
}
