//! A linked worktree that is at another path than git lists it at: moved by `mv`, or mounted elsewhere in
//! a container. Git works in it, since it begins at the `.git` around us; `git worktree list`, from
//! anywhere, names the path that the link back in its git directory has (2.39 and 2.47). Asks git,
//! and changes nothing.

use std::path::{Path, PathBuf};

use super::linked;
use crate::system::files;
use crate::system::process::{Git, ProcessError};

/// What makes git list it where it is, for whoever is in it.
pub const REPAIR: &str = "git worktree repair";

/// A link is a path and no more.
const LIMIT: u64 = 64 << 10;

/// Such a worktree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moved {
    /// Where git lists it.
    pub listed: PathBuf,
    /// Where it is.
    pub root: PathBuf,
}

/// The worktree that we are in, where it is such a one.
///
/// # Errors
/// When git cannot be asked.
pub fn here(git: &Git) -> Result<Option<Moved>, ProcessError> {
    let ask = |what: &str| git.clone().args(["rev-parse", "--path-format=absolute", what]).run();
    let (git_dir, root) = (ask("--git-dir")?, ask("--show-toplevel")?);
    if !git_dir.status.success() || !root.status.success() {
        return Ok(None);
    }
    let path = |told: &[u8]| files::path_of(told.strip_suffix(b"\n").unwrap_or(told));
    let (git_dir, root) = (path(&git_dir.stdout), path(&root.stdout));
    let listed = linked::root_of(&git_dir).ok().flatten();
    Ok(listed
        .filter(|listed| !leads_to(listed, &git_dir) && leads_to(&root, &git_dir))
        .map(|listed| Moved { listed, root }))
}

/// The root of a linked worktree as git finds it from a directory; `None` where its own link is right,
/// or nothing around that directory leads to its git directory.
pub fn around(directory: &Path, git_dir: &Path) -> Option<PathBuf> {
    let listed = linked::root_of(git_dir).ok()??;
    if leads_to(&listed, git_dir) {
        return None;
    }
    let directory = directory.canonicalize().ok()?;
    directory.ancestors().find(|root| leads_to(root, git_dir)).map(Path::to_owned)
}

/// Whether a directory is a worktree of this git directory.
fn leads_to(root: &Path, git_dir: &Path) -> bool {
    let Ok(Some(text)) = files::read(&root.join(".git"), LIMIT) else { return false };
    let Some(path) = text.strip_prefix(b"gitdir: ") else { return false };
    let led_to = root.join(files::path_of(path.trim_ascii_end()));
    matches!((led_to.canonicalize(), git_dir.canonicalize()), (Ok(one), Ok(other)) if one == other)
}
