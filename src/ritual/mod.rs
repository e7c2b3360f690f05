//! The merge ritual: what stands around the gate on the way from a contract to a landed trunk.
//!
//! The ritual looks at a run as a whole (all lanes of one contract) and merges where a dispatcher
//! asks for it. Whatever it lands is judged first, by the same decision as everywhere. It never edits
//! anybody's work, writes into no worktree that somebody uses, and prints nothing: a command makes
//! text of what it finds.

pub mod close;
pub mod elsewhere;
pub mod forecast;
pub mod land;
pub mod landing;
pub mod moving;
pub mod plan;
pub mod pushing;
pub mod record;
pub mod rehearsal;
pub mod removal;
pub mod replay;
pub mod run;
pub mod squashed;
pub mod stage;
pub mod standpoint;
pub mod status;
pub mod step;
pub mod suite;
pub mod worktrees;

use policy::name::AgentId;
use policy::text::printable;
use policy::verdict::{Help, Undecided};

use crate::evidence::Unknown;
use crate::repository::ReadError;
use crate::system::process::ProcessError;

/// Why the ritual could not go on.
#[derive(Debug, thiserror::Error)]
pub enum Stopped {
    /// Something that it depends on is not known.
    #[error("{0}")]
    Unknown(#[from] Unknown),
    /// Git gave no answer.
    #[error("{0}")]
    Git(#[from] ProcessError),
    /// A file or directory of the ritual's own cannot be written or read.
    #[error("{what}: {source}")]
    File {
        /// What was to be done with which file. Safe to print.
        what: String,
        /// Why it could not be.
        source: std::io::Error,
    },
    /// There is no contract on the trunk, so there is no run.
    #[error("there is no contract on {trunk}, so there is nothing to land")]
    NoContract {
        /// The trunk's short name. Safe to print.
        trunk: String,
    },
    /// An agent that the contract does not have.
    #[error("the contract has no agent {}", printable(.0))]
    NoSuchAgent(String),
    /// A server has refused a move of the trunk; nothing has moved here either.
    #[error("{remote} did not take the push, so that it was not done here either")]
    NotPushed {
        /// The remote. Safe to print.
        remote: String,
        /// What git printed, a line each. Safe to print.
        said: Vec<String>,
        /// Whether the remote has commits that are not here.
        is_ahead: bool,
        /// Whether a hook there denied it.
        is_denied: bool,
        /// The command that does it again. Safe to print.
        again: String,
    },
    /// Somebody wanted the program to end.
    #[error(
        "interrupted; a landing goes on with `contract-gate land --continue`, or is left with `--abort`"
    )]
    Interrupted,
    /// What was asked for cannot be done as things are.
    #[error("{0}")]
    Refused(String),
}

impl From<ReadError> for Stopped {
    fn from(error: ReadError) -> Self {
        Self::Unknown(error.into())
    }
}

impl Stopped {
    /// Whether it is known to be denied: by a hook of the remote.
    pub fn is_denied(&self) -> bool {
        matches!(self, Self::NotPushed { is_denied: true, .. })
    }

    /// What could not be known, as every command reports it.
    pub fn into_undecided(self) -> Undecided {
        match self {
            Self::Unknown(unknown) => unknown.into_undecided(),
            Self::NotPushed { ref said, is_ahead, ref again, .. } => {
                let lines: String = said.iter().map(|line| format!("\n  {line}")).collect();
                let help = |label: &str, command: &str| Help {
                    label: label.to_owned(),
                    command: Some(command.to_owned()),
                };
                let pull = help("take in what somebody else has pushed", "git pull");
                let mut helps: Vec<Help> = is_ahead.then_some(pull).into_iter().collect();
                helps.push(help("when that is mended", again));
                Undecided { code: "not-pushed", message: format!("{self}:{lines}"), help: helps }
            }
            other => {
                let code = match &other {
                    Self::Git(_) => "git-failed",
                    Self::File { .. } => "file",
                    Self::NoContract { .. } => "no-contract",
                    Self::NoSuchAgent(_) => "no-such-agent",
                    Self::Interrupted => "interrupted",
                    Self::Refused(_) | Self::Unknown(_) | Self::NotPushed { .. } => "refused",
                };
                Undecided { code, message: printable(&other.to_string()), help: Vec::new() }
            }
        }
    }
}

/// What the ritual comes to.
pub type Done<T> = Result<T, Stopped>;

/// Names of agents, for a sentence: `a`, `a and b`, `a, b and c`.
pub fn names(agents: &[AgentId]) -> String {
    match agents {
        [] => String::new(),
        [one] => one.to_string(),
        [rest @ .., last] => {
            let rest: Vec<String> = rest.iter().map(ToString::to_string).collect();
            format!("{} and {last}", rest.join(", "))
        }
    }
}
