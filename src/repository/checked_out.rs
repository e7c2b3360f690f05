//! Which branches other worktrees have checked out: git neither checks such a branch out again nor deletes
//! it. Asks git, and changes nothing; what cannot be known is not told, for nothing is decided by it.

use std::collections::BTreeMap;
use std::path::Path;

use policy::attempt::CheckedOut;
use policy::name::RefName;

use super::{Place, main_worktree};
use crate::system::files;
use crate::system::process::Git;

/// By branch, the worktree other than this one that has it.
pub fn elsewhere(place: &Place) -> BTreeMap<RefName, CheckedOut> {
    // Most repositories have one worktree, and no process has to be started.
    match place.common_dir.join("worktrees").is_dir() {
        true => asked(place).unwrap_or_default(),
        false => BTreeMap::new(),
    }
}

/// `git worktree list --porcelain -z` names the main one first, and ends records with an empty field (git
/// 2.36 and later).
fn asked(place: &Place) -> Option<BTreeMap<RefName, CheckedOut>> {
    let git = Git::in_directory(&place.common_dir);
    let told = git.clone().args(["worktree", "list", "--porcelain", "-z"]).stdout().ok()?;
    let here = place.worktree.as_deref().and_then(|here| here.canonicalize().ok());
    let mut found = BTreeMap::new();
    let (mut records, mut root) = (0, None);
    for field in told.split(|byte| *byte == 0) {
        if let Some(path) = field.strip_prefix(b"worktree ") {
            records += 1;
            root = Some(files::path_of(path));
        }
        let Some(branch) = field.strip_prefix(b"branch ") else { continue };
        let is_main = records == 1;
        let listed = root.take()?;
        let root = match is_main {
            true => main_worktree::root(&git, &listed).ok().flatten(),
            false => Some(listed),
        };
        let is_here = |root: &Path| here.is_some() && root.canonicalize().ok() == here;
        let Some(root) = root.filter(|root| !is_here(root)) else { continue };
        if let Some(directory) = root.to_str() {
            let at = CheckedOut { directory: directory.to_owned(), is_main };
            found.insert(RefName::new(branch), at);
        }
    }
    Some(found)
}
