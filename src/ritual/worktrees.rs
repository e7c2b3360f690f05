//! Which branch is checked out in which worktree.

use std::path::{Path, PathBuf};

use policy::name::RefName;

use super::Done;
use crate::system::process::Git;

/// One worktree of the repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Worktree {
    /// Its directory.
    pub path: PathBuf,
    /// The branch that is checked out in it.
    pub branch: Option<RefName>,
    /// Whether its directory is gone, so that git would prune it.
    pub gone: bool,
}

/// All worktrees that have files, the main one first, as `git worktree list --porcelain -z` tells
/// them (git 2.36 and later: records end with an empty one; 2.39 and 2.47 name a branch during a
/// rebase of it as `detached`).
pub fn all(directory: &Path) -> Done<Vec<Worktree>> {
    let told =
        Git::in_directory(directory).args(["worktree", "list", "--porcelain", "-z"]).stdout()?;
    Ok(read(&told))
}

fn read(told: &[u8]) -> Vec<Worktree> {
    let mut found: Vec<Worktree> = Vec::new();
    let mut bare = false;
    for field in told.split(|byte| *byte == 0) {
        let (key, value) = match field.iter().position(|byte| *byte == b' ') {
            Some(at) => (&field[..at], &field[at + 1..]),
            None => (field, &field[field.len()..]),
        };
        match key {
            b"worktree" => found.push(Worktree { path: path_of(value), branch: None, gone: false }),
            b"bare" => bare = true,
            b"branch" => {
                if let Some(last) = found.last_mut() {
                    last.branch = Some(RefName::new(value));
                }
            }
            b"prunable" => {
                if let Some(last) = found.last_mut() {
                    last.gone = true;
                }
            }
            b"" if bare => {
                found.pop();
                bare = false;
            }
            _ => {}
        }
    }
    found
}

fn path_of(bytes: &[u8]) -> PathBuf {
    use std::os::unix::ffi::OsStrExt;
    PathBuf::from(std::ffi::OsStr::from_bytes(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn worktrees_are_read_with_their_branches_and_bare_ones_are_none() {
        let told = b"worktree /a\0bare\0\0worktree /b c\0HEAD 1\0branch refs/heads/x\0\0\
                     worktree /d\0HEAD 1\0detached\0prunable gone\0\0";
        let branch = Some(RefName::branch("x"));
        let worktree = |path: &str, branch, gone| Worktree { path: path.into(), branch, gone };
        assert_eq!(read(told), [worktree("/b c", branch, false), worktree("/d", None, true)]);
    }
}
