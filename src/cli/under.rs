//! The run that a command looks at: under the trunk's contract, or under one that is not there yet.

use std::path::{Path, PathBuf};
use std::rc::Rc;

use clap::Args;
use policy::contract::{ContractFile, read};
use policy::verdict::Help;

use super::contract_file;
use super::terms::OfRun;
use super::{Failure, Terminal};
use crate::evidence::Unknown;
use crate::report::contract;
use crate::repository::GitView;
use crate::ritual::Stopped;
use crate::ritual::removal;
use crate::ritual::run::{Asked, Run};

/// Which contract, which trunk, which branches.
#[derive(Debug, Args)]
pub struct Under {
    /// A contract that need not be on the trunk yet [default: the trunk's]
    #[arg(long, value_name = "FILE")]
    contract: Option<PathBuf>,

    #[command(flatten)]
    of: OfRun,
}

/// A run, and where its contract was read.
pub struct Standing<'v> {
    /// The run.
    pub run: Run<'v>,
    /// The contract's file. Safe to print.
    pub file: String,
    /// Whether it is the trunk's.
    pub is_in_force: bool,
}

impl Under {
    /// The run. `None`: the file that was named holds no valid contract, and what is wrong with it has
    /// been said on standard error.
    ///
    /// # Errors
    /// When the contract or the trunk cannot be read.
    pub fn run<'v>(
        &self,
        command: &str,
        view: &'v dyn GitView,
        terminal: &Terminal,
    ) -> Result<Option<Standing<'v>>, Failure> {
        let asked = Asked::from(self.of.clone());
        let with_help = |stopped| with_help(stopped, command, view);
        match &self.contract {
            None => {
                let run = Run::of(view, &asked).map_err(with_help)?;
                let file = run.contract.file().name().to_owned();
                Ok(Some(Standing { run, file, is_in_force: true }))
            }
            Some(path) => match self.under_file(path, asked, view, terminal)? {
                None => Ok(None),
                Some((run, file)) => {
                    let run = run.map_err(with_help)?;
                    Ok(Some(Standing { run, file, is_in_force: false }))
                }
            },
        }
    }

    #[expect(clippy::type_complexity, reason = "a run, or why there is none, and its file")]
    fn under_file<'v>(
        &self,
        path: &Path,
        mut asked: Asked,
        view: &'v dyn GitView,
        terminal: &Terminal,
    ) -> Result<Option<(Result<Run<'v>, Stopped>, String)>, Failure> {
        let written = contract_file::named(path)?;
        let contract = match read(written.spelling, &written.text) {
            Ok(contract) => Rc::new(contract),
            Err(problems) => {
                let look = terminal.err_look();
                let text = contract::render(&written.name, &written.text, &problems, look);
                terminal.err(&text)?;
                return Ok(None);
            }
        };
        // Before an installation nobody but the contract has said which branch is the trunk.
        let configured = view.config("contractgate.trunk").map_err(Stopped::from)?;
        if asked.trunk.is_none() && configured.is_none() {
            asked.trunk = contract.trunk().map(str::to_owned);
        }
        Ok(Some((Run::under(view, &asked, contract), written.name)))
    }
}

/// The failure, with what to ask instead before there is an installation or a contract.
fn with_help(stopped: Stopped, command: &str, view: &dyn GitView) -> Failure {
    let is_missing = matches!(stopped, Stopped::NoContract { .. });
    let is_unset = matches!(stopped, Stopped::Unknown(Unknown::TrunkUnset));
    let mut failure = Failure::from(stopped);
    let mut help = |label: &str, before: &str, arguments: &str| {
        let command = Some(format!("{before}contract-gate {command} {arguments}"));
        failure.help.push(Help { label: label.to_owned(), command });
    };
    if is_missing {
        let here = view.place().worktree.as_deref().and_then(|root| {
            ["contract.toml", "CONTRACT.md"].into_iter().find(|name| root.join(name).is_file())
        });
        let closed = if here.is_none() { removal::last_contract(view) } else { None };
        match closed {
            Some((at, file)) => {
                let copy = match file {
                    ContractFile::Toml => "closed.toml",
                    ContractFile::Markdown => "closed.md",
                };
                let write = format!("git show {at} >{copy} && ");
                help("by that of the run that has ended", &write, &format!("--contract {copy}"));
            }
            None => {
                let file = format!("--contract {}", here.unwrap_or("CONTRACT.md"));
                help("try one that is not there yet", "", &file);
            }
        }
    }
    if is_unset {
        help("or say it here", "", "--trunk main");
    }
    failure
}
