//! Git's configuration as git itself reads it in a repository, with what it includes on a condition.
//!
//! One process, which is told the git directory as git would name it: git compares a condition
//! `gitdir:` with that name too, so that `gitdir:/srv/s.git/` holds within `/srv/s.git`, where the
//! name is `.`, and not for `--git-dir=/srv/s.git` (2.39 and 2.47).

use std::path::{Path, PathBuf};

use super::listed;
use crate::repository::settings::{Setting, Settings};
use crate::repository::{Place, Read, ReadError};
use crate::system::environment::Environment;
use crate::system::process::Git;

/// All settings of the files; `-c` and `GIT_CONFIG_COUNT` have no say.
///
/// # Errors
/// [`ReadError::Config`]: git cannot read them.
pub fn settings(environment: &Environment, place: &Place) -> Read<Settings> {
    let (git_dir, index) = (named(environment, place), place.git_dir.join("index"));
    let mut git = Git::about(environment.directory(), &git_dir, &index);
    if let Some(common) = environment.get("GIT_COMMON_DIR") {
        git = git.env("GIT_COMMON_DIR", common);
    }
    let listed = git
        .args(["config", "--list", "-z", "--show-scope", "--includes"])
        .stdout()
        .map_err(|error| ReadError::Config(error.to_string()))?;
    let listed = listed::config(&listed).map_err(|error| ReadError::Config(error.to_string()))?;
    let settings = listed.into_iter().map(|(scope, key, value)| {
        let is_own = matches!(scope.as_slice(), b"local" | b"worktree");
        Setting { key, value, is_own }
    });
    Ok(Settings::new(settings.collect()))
}

/// How git names the git directory, from where it is called.
fn named(environment: &Environment, place: &Place) -> PathBuf {
    if let Some(named) = environment.git_dir() {
        return named.into();
    }
    let here = environment.directory();
    let is_it = |path: &Path| path.canonicalize().ok() == place.git_dir.canonicalize().ok();
    let short = [".", ".git"].into_iter().find(|name| is_it(&here.join(name)));
    short.map_or_else(|| place.git_dir.clone(), PathBuf::from)
}
