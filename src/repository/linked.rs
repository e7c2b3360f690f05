//! The linked worktrees of a repository, as the files tell by which git itself knows them: a directory
//! each in `worktrees` of the git directory that all share (gitrepository-layout(5)). Changes nothing.

use std::io;
use std::path::{Path, PathBuf};

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
        let Some(link) = link(&git_dir)? else { continue };
        let Some(root) = link.parent().filter(|_| link.exists()) else { continue };
        let head = files::read(&git_dir.join("HEAD"), LIMIT)?.unwrap_or_default();
        let branch = head.strip_prefix(b"ref: ").map(|name| RefName::new(name.trim_ascii()));
        found.push(Linked { root: root.to_owned(), branch });
    }
    Ok(found)
}

/// The file `.git` of a linked worktree, as its git directory has it.
pub(super) fn link(git_dir: &Path) -> io::Result<Option<PathBuf>> {
    let link = files::read(&git_dir.join("gitdir"), LIMIT)?;
    // Relative where git was told so (`worktree.useRelativePaths`, git 2.48).
    Ok(link.map(|link| git_dir.join(files::path_of(link.trim_ascii_end()))))
}
