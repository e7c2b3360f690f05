//! `convert`: one spelling of a contract into the other, without losing meaning.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use policy::contract::{Contract, ContractFile, read};

use super::contract_file;
use super::{Answer, Failure, Terminal};
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
            let (text, spelling) = match arguments.to {
                Spelling::Toml => (contract.to_toml(), ContractFile::Toml),
                Spelling::Markdown => (contract.to_markdown(), ContractFile::Markdown),
            };
            if !means_the_same(&contract, &text, spelling) {
                let name = &written.name;
                return Err(Failure::new(format!(
                    "{name} cannot be converted without losing meaning: an agent is called like a \
                     word that the other spelling reads, such as `then` or `and`"
                )));
            }
            terminal.out(&text)?;
            Ok(0)
        }
        Err(problems) => {
            let look = terminal.err_look();
            terminal.err(&contract::render(&written.name, &written.text, &problems, look))?;
            Ok(1)
        }
    }
}

/// Whether reading the text gives the contract again. It does for every contract but those whose
/// agents have names that are words of a sentence: better no answer than another contract.
fn means_the_same(contract: &Contract, text: &str, spelling: ContractFile) -> bool {
    read(spelling, text.as_bytes()).is_ok_and(|again| again.to_toml() == contract.to_toml())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_are_words_are_not_converted_into_another_contract() {
        let toml = |name: &str| {
            format!(
                "[agents.{name}]\nbranch = \"b/x\"\nscope = [\"x/**\"]\n[agents.a-2]\nbranch = \"b/y\"\n\
                 scope = [\"y/**\"]\n[[merge-order]]\nagents = [\"a-2\"]\n[[merge-order]]\nagents = [\"{name}\"]\n"
            )
        };
        for (name, same) in [("a-1", true), ("and", false), ("then", false)] {
            let contract = read(ContractFile::Toml, toml(name).as_bytes()).unwrap();
            let text = contract.to_markdown();
            assert_eq!(means_the_same(&contract, &text, ContractFile::Markdown), same, "{text}");
        }
    }
}
