//! The linked worktrees of a repository, as the files tell by which git itself knows them: a directory
//! each in `worktrees` of the git directory that all share (gitrepository-layout(5)). Changes nothing.

use std::io;
use std::path::{Component, Path, PathBuf};

use policy::name::RefName;

use crate::system::files;

/// More of such a file is not read.
const LIMIT: u64 = 1 << 16;

/// A worktree that is there, beside the main one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Linked {
    /// Its root.
    pub root: PathBuf,
    /// The branch that is checked out in it, where `HEAD` tells (with reftable it does not; git 2.47).
    pub branch: Option<RefName>,
}

/// Those whose directories are there.
///
/// # Errors
/// When such a file cannot be read.
pub fn linked(common_dir: &Path) -> io::Result<Vec<Linked>> {
    let entries = match std::fs::read_dir(common_dir.join("worktrees")) {
        Ok(entries) => entries,
        Err(error) if files::is_absent(&error) => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let mut found = Vec::new();
    for entry in entries {
        let git_dir = entry?.path();
        let Some(root) = root_of(&git_dir)?.filter(|root| root.join(".git").exists()) else {
            continue;
        };
        let head = files::read(&git_dir.join("HEAD"), LIMIT)?.unwrap_or_default();
        let branch = head.strip_prefix(b"ref: ").map(|name| RefName::new(name.trim_ascii()));
        found.push(Linked { root, branch });
    }
    Ok(found)
}

/// The root of a linked worktree, as its git directory has it; `None` where this is none's.
///
/// # Errors
/// When the link cannot be read.
pub fn root_of(git_dir: &Path) -> io::Result<Option<PathBuf>> {
    // It leads to the file `.git` there.
    let Some(link) = files::read(&git_dir.join("gitdir"), LIMIT)? else { return Ok(None) };
    let link = files::path_of(link.trim_ascii_end());
    let Some(root) = link.parent() else { return Ok(None) };
    // Relative to this directory where git was told so (`worktree.useRelativePaths`, git 2.48).
    Ok(Some(if root.is_relative() { from(git_dir, root) } else { root.to_owned() }))
}

/// Where a relative path leads from a directory; what is there may be gone.
fn from(directory: &Path, path: &Path) -> PathBuf {
    // Above a directory that is no symbolic link is what its path says.
    let mut at = directory.canonicalize().unwrap_or_else(|_| directory.to_owned());
    for part in path.components() {
        match part {
            Component::ParentDir => {
                at.pop();
            }
            part => at.push(part),
        }
    }
    at
}
