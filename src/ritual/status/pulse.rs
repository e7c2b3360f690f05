//! Whether anything has happened since: refs and worktrees looked at from outside, without reading a
//! commit. It is cheap enough to be asked every second.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::repository::Place;
use crate::ritual::record::Seen;
use crate::ritual::{Done, record};
use crate::system::process::Git;

/// What was to be seen from outside. Two that are equal: nothing has happened, but for files in a
/// worktree that nobody has staged.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pulse {
    refs: Vec<u8>,
    landing: Option<Seen>,
    stamps: Vec<(PathBuf, Option<(SystemTime, u64)>)>,
}

/// What git writes in a worktree's git directory when something happens there: HEAD as it moves, the
/// index as files are staged, the rest while something is half done.
const SIGNS: [&str; 5] = ["HEAD", "index", "logs/HEAD", "MERGE_HEAD", "rebase-merge"];

impl Pulse {
    /// Looks at a repository.
    ///
    /// # Errors
    /// When git does not tell where its refs are.
    pub fn of(directory: &Path, place: &Place) -> Done<Self> {
        let common_dir = &place.common_dir;
        let refs = Git::in_directory(directory)
            .args(["for-each-ref", "--format=%(objectname) %(refname)"])
            .args(["refs/heads/", "refs/remotes/"])
            .stdout()?;
        let mut git_dirs = vec![common_dir.to_owned()];
        let linked = fs::read_dir(common_dir.join("worktrees")).into_iter().flatten();
        git_dirs.extend(linked.filter_map(|entry| Some(entry.ok()?.path())));
        git_dirs.sort();
        let files = git_dirs.iter().flat_map(|git_dir| SIGNS.map(|sign| git_dir.join(sign)));
        let files = files.chain([common_dir.join("config")]);
        let stamps = files.map(|file| (file.clone(), stamp(&file))).collect();
        Ok(Self { refs, landing: record::seen(place), stamps })
    }
}

fn stamp(file: &Path) -> Option<(SystemTime, u64)> {
    let metadata = fs::metadata(file).ok()?;
    Some((metadata.modified().ok()?, metadata.len()))
}
