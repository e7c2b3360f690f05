//! Git's configuration, from its files alone: `-c` and `GIT_CONFIG_COUNT` have no say.

use git2::{Config, ConfigLevel, ErrorCode};
use policy::name::RefName;

use super::{Libgit2, words};
use crate::repository::settings::{Setting, Settings};
use crate::repository::{Read, ReadError, Reference};

/// All settings, in libgit2's order, which is git's: system, global, repository, worktree. Every
/// look-up of one key in libgit2 goes through copies of them all, so they are read once.
pub(super) fn settings(config: &Config) -> Read<Settings> {
    let failed = |error: git2::Error| ReadError::Config(words(&error));
    let mut listed = config.entries(None).map_err(failed)?;
    let mut settings = Vec::new();
    while let Some(entry) = listed.next() {
        let entry = entry.map_err(failed)?;
        let key = entry.name_bytes().to_vec();
        let value = entry.has_value().then(|| entry.value_bytes().to_vec());
        let is_own = matches!(entry.level(), ConfigLevel::Local | ConfigLevel::Worktree);
        settings.push(Setting { key, value, is_own });
    }
    Ok(Settings::new(settings))
}

impl Libgit2 {
    /// The tracking ref of a branch's upstream, when it exists here.
    pub(super) fn tracking_ref(&self, branch: &RefName) -> Read<Option<Reference>> {
        let Some(name) = branch.to_str().filter(|_| branch.branch_name().is_some()) else {
            return Ok(None);
        };
        match self.repository.branch_upstream_name(name) {
            Ok(upstream) => self.reference_of(&RefName::new(upstream.to_vec())),
            Err(error) if error.code() == ErrorCode::NotFound => Ok(None),
            Err(error) => Err(ReadError::Config(words(&error))),
        }
    }
}
