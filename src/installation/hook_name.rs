//! The hooks that the gate stands in, and how it knows which one it was called as.

use std::ffi::OsStr;
use std::fmt;
use std::path::Path;
use std::str::FromStr;

use policy::attempt::Checkpoint;
use serde::{Deserialize, Serialize};

/// One of git's hooks (githooks(5)) that the gate stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum HookName {
    /// Before a commit is made.
    PreCommit,
    /// Before a merge without conflicts is committed.
    PreMergeCommit,
    /// Before refs are sent to another repository.
    PrePush,
    /// Whenever refs are about to move.
    ReferenceTransaction,
    /// On the server, before the refs of a push move.
    PreReceive,
}

/// A text that names no hook of the gate's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "no hook of the gate's: pre-commit, pre-merge-commit, pre-push, reference-transaction, pre-receive"
)]
pub struct NotAHook;

impl HookName {
    /// Where people and agents work.
    pub const CLIENT: [Self; 4] =
        [Self::PreCommit, Self::PreMergeCommit, Self::PrePush, Self::ReferenceTransaction];

    /// Where pushes arrive. A push is one transaction per ref there, so `reference-transaction`
    /// could not refuse it as a whole.
    pub const SERVER: [Self; 1] = [Self::PreReceive];

    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::PreCommit,
        Self::PreMergeCommit,
        Self::PrePush,
        Self::ReferenceTransaction,
        Self::PreReceive,
    ];

    /// The name under which git looks for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::PreCommit => "pre-commit",
            Self::PreMergeCommit => "pre-merge-commit",
            Self::PrePush => "pre-push",
            Self::ReferenceTransaction => "reference-transaction",
            Self::PreReceive => "pre-receive",
        }
    }

    /// What is judged there.
    pub fn checkpoint(self) -> Checkpoint {
        match self {
            Self::PreCommit => Checkpoint::PreCommit,
            Self::PreMergeCommit => Checkpoint::PreMergeCommit,
            Self::PrePush => Checkpoint::PrePush,
            Self::ReferenceTransaction => Checkpoint::ReferenceTransaction,
            Self::PreReceive => Checkpoint::PreReceive,
        }
    }

    /// Which hook the program was called as, by the last part of its own name. Also as
    /// `pre-commit.legacy`: so pre-commit and prek call the hook that they found in their place.
    pub fn from_argv0(argv0: &OsStr) -> Option<Self> {
        let name = Path::new(argv0).file_name()?.to_str()?;
        name.strip_suffix(".legacy").unwrap_or(name).parse().ok()
    }
}

impl FromStr for HookName {
    type Err = NotAHook;

    fn from_str(text: &str) -> Result<Self, NotAHook> {
        Self::ALL.into_iter().find(|hook| hook.as_str() == text).ok_or(NotAHook)
    }
}

impl fmt::Display for HookName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_that_it_is_called_by() {
        let called = |argv0: &str| HookName::from_argv0(OsStr::new(argv0));
        assert_eq!(called(".git/hooks/pre-commit"), Some(HookName::PreCommit));
        assert_eq!(called("/r/.git/hooks/reference-transaction"), HookName::ALL.get(3).copied());
        assert_eq!(called("hooks/pre-receive"), Some(HookName::PreReceive));
        assert_eq!(called("/r/.git/hooks/pre-push.legacy"), Some(HookName::PrePush));
        for other in ["contract-gate", "/bin/contract-gate", "commit-msg", "pre-commit.old", ""] {
            assert_eq!(called(other), None, "{other}");
        }
    }

    #[test]
    fn every_name_reads_back() {
        for hook in HookName::ALL {
            assert_eq!(hook.as_str().parse(), Ok(hook));
            assert_eq!(hook.checkpoint().as_str(), hook.as_str());
        }
    }
}
