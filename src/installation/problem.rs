//! Why hooks could not be installed or taken away, and what to do about it.

use std::io;
use std::path::{Path, PathBuf};

use policy::text::{printable, shell_word};
use policy::verdict::Help;

use super::HookName;
use crate::system::process::ProcessError;

/// Why nothing was installed or taken away.
#[derive(Debug, thiserror::Error)]
pub enum Problem {
    /// No repository here.
    #[error("{} is in no git repository", shown(.0))]
    NoRepository(PathBuf),
    /// Git does not open the repository.
    #[error("{} cannot be opened: {said}", shown(.directory))]
    Refused {
        /// Where.
        directory: PathBuf,
        /// What git says.
        said: String,
        /// What it says to do, when it does.
        remedy: Option<String>,
    },
    /// A server's hooks in a repository that people work in.
    #[error("{} is not a bare repository: --server is for the one that receives pushes", shown(.0))]
    NotBare(PathBuf),
    /// A client's hooks in a repository that nobody works in.
    #[error("{} is a bare repository, where nobody commits", shown(.0))]
    Bare(PathBuf),
    /// `core.hooksPath` comes from outside the repository.
    #[error(
        "core.hooksPath = {} is a {scope} setting: hooks there would run in every repository",
        printable(.value)
    )]
    SharedHooksPath {
        /// `global` or `system`, as git says.
        scope: String,
        /// The value, as written.
        value: String,
        /// Whether a server's hooks were asked for.
        server: bool,
    },
    /// An installation for many repositories is to be taken away.
    #[error(
        "core.hooksPath = {} is a {scope} setting: the gate there serves every repository",
        printable(.value)
    )]
    SharedInstallation {
        /// `global` or `system`, as git says.
        scope: String,
        /// The value, as written.
        value: String,
    },
    /// `core.hooksPath` is given for this one command.
    #[error("core.hooksPath = {} is set for this one command (git -c, or the environment)", printable(.0))]
    PassingHooksPath(String),
    /// `core.hooksPath` is no directory, and can be none: that is how hooks are switched off.
    #[error("core.hooksPath = {} is no directory, so that git runs no hooks here", printable(.value))]
    HooksOff {
        /// `local`, `worktree`, `global` or `system`, as git says.
        scope: String,
        /// The value, as written.
        value: String,
    },
    /// The name of the private copy is taken.
    #[error("{} is there and is no contract-gate: it was left alone", shown(.0))]
    NameTaken(PathBuf),
    /// The private copy was written over, and with it every hook that is a link to it.
    #[error("{} was written over, and with it its links: {}", shown(.program), .names(.links))]
    WrittenOver {
        /// The private copy.
        program: PathBuf,
        /// The hooks that are the same file.
        links: Vec<HookName>,
    },
    /// The record of an installation cannot be read.
    #[error("{} cannot be read: {reason}", shown(.path))]
    Record {
        /// The record.
        path: PathBuf,
        /// Why.
        reason: String,
    },
    /// Nothing proposes a trunk.
    #[error("no trunk can be proposed: {0}")]
    NoTrunk(String),
    /// The trunk that was asked for is no branch here, nor one that a remote is known to have.
    #[error("there is no branch {}", printable(.branch))]
    NoSuchBranch {
        /// What was asked for.
        branch: String,
        /// The branch of a remote that was meant.
        there: Option<String>,
        /// Whether it was asked for on a server.
        server: bool,
    },
    /// Nothing is left to be installed.
    #[error("with everything left out there is nothing to install")]
    NothingWanted,
    /// A file cannot be read or written.
    #[error("{}: {source}", shown(.path))]
    File {
        /// Which.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// Git gave no answer.
    #[error(transparent)]
    Git(#[from] ProcessError),
}

impl Problem {
    /// A file that cannot be read or written.
    pub(super) fn file(path: &Path) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::File { path: path.to_owned(), source }
    }

    /// What to do next.
    pub fn help(&self) -> Vec<Help> {
        let command =
            |label: &str, command: String| Help { label: label.to_owned(), command: Some(command) };
        let advice = |label: &str| Help { label: label.to_owned(), command: None };
        match self {
            Self::NoRepository(_) => {
                vec![advice("run it inside a repository, or give one with -C")]
            }
            Self::NotBare(_) => {
                vec![command("hooks for work", "contract-gate install".to_owned())]
            }
            Self::Bare(_) => vec![
                command("on a server", "contract-gate install --server".to_owned()),
                advice("for people who work in worktrees of it: run it in one of these"),
            ],
            Self::SharedHooksPath { server, .. } => {
                let own = "git config core.hooksPath \"$(git rev-parse --path-format=absolute \
                           --git-common-dir)/hooks\"";
                let mut help = vec![command("this repository's own", own.to_owned())];
                if !server {
                    let there = "contract-gate install --allow-global".to_owned();
                    help.push(command("there all the same", there));
                }
                help
            }
            Self::SharedInstallation { .. } => {
                vec![command(
                    "for all of them",
                    "contract-gate uninstall --allow-global".to_owned(),
                )]
            }
            Self::HooksOff { scope, .. } => {
                let unset = format!("git config --{scope} --unset core.hooksPath");
                vec![command("take that away", unset)]
            }
            Self::PassingHooksPath(_) => vec![advice("run it without that setting")],
            Self::NameTaken(_) => vec![advice("move that file away and install again")],
            Self::WrittenOver { program, links } => {
                let directory = program.parent().unwrap_or(Path::new("."));
                let names = links.iter().map(|hook| hook.as_str()).chain(["contract-gate"]);
                let files: Vec<_> = names.map(|name| word(&directory.join(name))).collect();
                vec![command(
                    "after saving what you wrote",
                    format!("rm {} && contract-gate install", files.join(" ")),
                )]
            }
            Self::NoSuchBranch { server: true, .. } => vec![command(
                "name one that has been pushed",
                "contract-gate install --server --trunk BRANCH".to_owned(),
            )],
            Self::NoSuchBranch { there: Some(branch), .. } => vec![command(
                "as the remote names it",
                format!("contract-gate install --trunk {}", shell_word(branch)),
            )],
            Self::NoSuchBranch { there: None, .. } => vec![
                command("name another", "contract-gate install --trunk BRANCH".to_owned()),
                advice("if a remote has it: fetch it, and do this again"),
            ],
            Self::NoTrunk(_) => {
                vec![command("name it", "contract-gate install --trunk BRANCH".to_owned())]
            }
            Self::Refused { remedy, .. } => {
                let remedy = remedy.iter().cloned();
                remedy.map(|remedy| command("if you trust it", remedy)).collect()
            }
            Self::Record { .. } | Self::NothingWanted | Self::File { .. } | Self::Git(_) => {
                Vec::new()
            }
        }
    }
}

fn names(hooks: &[HookName]) -> String {
    hooks.iter().map(|hook| hook.as_str()).collect::<Vec<_>>().join(", ")
}

/// A path for people.
pub fn shown(path: &Path) -> String {
    printable(&path.to_string_lossy())
}

/// A path as one word of a shell.
fn word(path: &Path) -> String {
    shell_word(&path.to_string_lossy())
}
