//! Git's configuration, from its files alone: `-c` and `GIT_CONFIG_COUNT` have no say.

use std::collections::BTreeSet;

use git2::ErrorCode;
use policy::name::RefName;

use super::{Libgit2, words};
use crate::repository::source::remote_of;
use crate::repository::{Read, ReadError, Reference};

impl Libgit2 {
    /// All values of a key, in git's order: system, global, repository, worktree. A key that
    /// stands there without a value is `true`, as git reads it.
    pub(super) fn configured(&self, key: &str) -> Read<Vec<String>> {
        let failed = |error: &git2::Error| ReadError::Config(words(error));
        let mut found = match self.configuration.multivar(key, None) {
            Ok(found) => found,
            Err(error) if error.code() == ErrorCode::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(failed(&error)),
        };
        let mut values = Vec::new();
        while let Some(entry) = found.next() {
            let entry = match entry {
                Ok(entry) => entry,
                Err(error) if error.code() == ErrorCode::NotFound => break,
                Err(error) => return Err(failed(&error)),
            };
            let value = if entry.has_value() { entry.value_bytes() } else { b"true" };
            let value = std::str::from_utf8(value)
                .map_err(|_| ReadError::Config(format!("the value of {key} is not UTF-8")))?;
            values.push(value.to_owned());
        }
        Ok(values)
    }

    /// Whether some remote promises objects that are not here (`remote.<name>.promisor`).
    pub fn has_promisor(&self) -> Read<bool> {
        let failed = |error: git2::Error| ReadError::Config(words(&error));
        let mut found =
            self.configuration.entries(Some(r"^remote\..*\.promisor$")).map_err(failed)?;
        Ok(found.next().is_some())
    }

    pub(super) fn remotes_configured(&self) -> Read<BTreeSet<String>> {
        let failed = |error: &git2::Error| ReadError::Config(words(error));
        let pattern = Some(r"^remote\..*\.url$");
        let mut found = self.configuration.entries(pattern).map_err(|error| failed(&error))?;
        let mut names = BTreeSet::new();
        while let Some(entry) = found.next() {
            let entry = entry.map_err(|error| failed(&error))?;
            names.extend(remote_of(entry.name_bytes()));
        }
        Ok(names)
    }

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
