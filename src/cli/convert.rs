//! `convert`: one spelling of a contract into the other, without losing meaning.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use policy::contract::read;

use super::contract_file;
use super::{Answer, Terminal};
use crate::report::contract;

/// Print a contract in the other spelling
///
/// The meaning stays; comments and prose around it do not. An invalid contract is not converted:
/// its problems are shown, and the exit status is 1.
#[derive(Debug, Args)]
pub struct Arguments {
    /// The contract
    file: PathBuf,

    /// The spelling to print
    #[arg(long, value_name = "SPELLING")]
    to: Spelling,
}

/// A spelling of a contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Spelling {
    /// contract.toml: what programs write
    Toml,
    /// CONTRACT.md: what people hand to agents
    Markdown,
}

/// Converts.
///
/// # Errors
/// When the file cannot be read.
pub fn run(arguments: Arguments, terminal: &Terminal) -> Answer {
    let written = contract_file::named(&arguments.file)?;
    match read(written.spelling, &written.text) {
        Ok(contract) => {
            terminal.out(&match arguments.to {
                Spelling::Toml => contract.to_toml(),
                Spelling::Markdown => contract.to_markdown(),
            })?;
            Ok(0)
        }
        Err(problems) => {
            let look = terminal.err_look();
            terminal.err(&contract::render(&written.name, &written.text, &problems, look))?;
            Ok(1)
        }
    }
}
