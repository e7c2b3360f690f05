//! Where the main worktree of a repository is. Asks git, and changes nothing.
//!
//! `git worktree list` takes it to be what is around a git directory that is called `.git`, and names
//! any other git directory itself (`git init --separate-git-dir`, a submodule; git 2.39 and 2.47).
//! Such a git directory knows its worktree only where `core.worktree` says so.

use std::path::{Path, PathBuf};

use crate::system::files;
use crate::system::process::{Git, ProcessError};

/// What tells where it is, for whoever has its root in front of him (git 2.39 and 2.47: linked
/// worktrees leave it to the main one).
pub const NAME_IT: &str = "git config core.worktree \"$(git rev-parse --show-toplevel)\"";

/// The root of the main worktree, as it can be known from here; `listed` is what git lists for it.
/// `None`: nothing tells where it is.
///
/// # Errors
/// When git gives no answer.
pub fn root(git: &Git, listed: &Path) -> Result<Option<PathBuf>, ProcessError> {
    if is_main(git)?
        && let Some(root) = toplevel(git)?
    {
        return Ok(Some(root));
    }
    toplevel(&Git::in_directory(listed).of_directory_alone())
}

/// Whether the main worktree is the one that we are in: its git directory is the one that all share.
fn is_main(git: &Git) -> Result<bool, ProcessError> {
    let ask = ["rev-parse", "--path-format=absolute", "--git-dir", "--git-common-dir"];
    let told = git.clone().args(ask).stdout()?;
    // A line each, and a name may hold an end of line.
    let (own, shared) = told.split_at(told.len() / 2);
    Ok(own == shared)
}

/// The root of the worktree that git works in; `None` where it says that there is none.
fn toplevel(git: &Git) -> Result<Option<PathBuf>, ProcessError> {
    let told =
        git.clone().args(["rev-parse", "--path-format=absolute", "--show-toplevel"]).run()?;
    let root = told.stdout.strip_suffix(b"\n").filter(|root| !root.is_empty());
    Ok(root.filter(|_| told.status.success()).map(files::path_of))
}
