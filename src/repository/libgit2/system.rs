//! Whether git reads another system configuration than libgit2, which always takes `/etc/gitconfig`. Git has
//! the place built in, and only `git var GIT_CONFIG_SYSTEM` would tell it (2.47): `/etc/gitconfig` where it is
//! built for `/usr`, else `etc/gitconfig` below what it is built for, unless its builder chose another one.
//! A server's identities may stand there.

use std::path::{Path, PathBuf};

use git2::{Config, ConfigLevel};

use super::words;
use crate::repository::{Read, ReadError};
use crate::system::environment::Environment;

/// Sections that the gate asks nothing of.
const OF_NO_MATTER: [&[u8]; 6] =
    [b"alias.", b"color.", b"credential.", b"http.", b"init.", b"user."];

/// Whether git may have other settings there, of those that matter.
pub(super) fn may_differ(
    environment: &Environment,
    config: &Config,
    has_worktree: bool,
) -> Read<bool> {
    let set = |name: &str| environment.get(name).is_some_and(|value| !value.is_empty());
    if set("GIT_CONFIG_SYSTEM")
        || environment.get("GIT_CONFIG_NOSYSTEM").is_some_and(|no| no == "1")
    {
        return Ok(false); // libgit2 heeds them as git does.
    }
    Ok(match prefix(environment).as_deref().and_then(Path::to_str) {
        // Apple's git reads a second file.
        Some("/usr") => !cfg!(target_os = "linux"),
        // Identities count where there is no worktree, and there nothing is left to a guess.
        Some("/usr/local") if has_worktree => {
            Path::new("/usr/local/etc/gitconfig").exists() || holds_what_matters(config)?
        }
        _ => true,
    })
}

/// What the git that is called here is built for, as far as its place tells. Git puts its own directory of
/// programs before all others for hooks (2.39 and 2.47).
fn prefix(environment: &Environment) -> Option<PathBuf> {
    let git = environment.on_path("git")?.canonicalize().ok()?;
    let directory = git.parent()?;
    let is_at = |end: &str| directory.ends_with(end);
    let depth = match () {
        () if is_at("libexec/git-core") || is_at("lib/git-core") => 2,
        () if is_at("bin") => 1,
        () => return None,
    };
    directory.ancestors().nth(depth).map(Path::to_owned)
}

/// Whether libgit2 has read something there that git may not have.
fn holds_what_matters(config: &Config) -> Read<bool> {
    let failed = |error: git2::Error| ReadError::Config(words(&error));
    let mut listed = config.entries(None).map_err(failed)?;
    while let Some(entry) = listed.next() {
        let entry = entry.map_err(failed)?;
        let key = entry.name_bytes();
        if entry.level() == ConfigLevel::System
            && !OF_NO_MATTER.iter().any(|section| key.starts_with(section))
        {
            return Ok(true);
        }
    }
    Ok(false)
}
