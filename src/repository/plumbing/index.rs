//! The index, compared with a tree by git, which knows every form that an index can have.

use policy::oid::Oid;

use super::{Plumbing, listed};
use crate::repository::worktree::Indexed;
use crate::repository::{Read, ReadError, Staged, TreeChange};

/// The empty tree, which git knows in every repository.
const EMPTY_TREE: [&str; 2] = [
    "4b825dc642cb6eb9a060e54bf8d69288fbee4904",
    "6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321",
];

/// The empty blob, which stands for the content of an intent to add.
const EMPTY_BLOB: [&str; 2] = [
    "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391",
    "473a0f4c3be8a93681a267e3b1e9a7dcda1185436fe141f7749120a303721813",
];

/// What becomes of an intent to add, which has no content yet. Git counts it as an empty file
/// unless told otherwise (2.39 and 2.47).
const WITHOUT_INTENTS: &str = "--ita-invisible-in-index";
const WITH_INTENTS: &str = "--ita-visible-in-index";

impl Plumbing {
    pub(super) fn staged_against(&self, against: Option<Oid>) -> Read<Staged> {
        self.compared(against, WITHOUT_INTENTS)
    }

    pub(super) fn tracked(&self) -> Read<Indexed> {
        let all = self.compared(None, WITH_INTENTS)?;
        let empty = EMPTY_BLOB[usize::from(self.is_sha256)];
        let is_empty =
            |change: &TreeChange| change.new.is_some_and(|entry| entry.id.to_string() == empty);
        // Only what looks empty may be an intent: mostly nothing does, and git is asked once.
        let without = match all.changes.iter().any(is_empty) {
            true => Some(self.compared(None, WITHOUT_INTENTS)?),
            false => None,
        };
        let intents = all.changes.iter().map(|change| (change.path.clone(), None));
        let intents: Indexed = match &without {
            Some(_) => intents.collect(),
            None => Indexed::new(),
        };
        let Staged { changes, unmerged } = without.unwrap_or(all);
        let unmerged = unmerged.into_iter().map(|path| (path, None));
        let content = changes.into_iter().map(|change| (change.path, change.new));
        // What has content comes last, and so it counts.
        Ok(intents.into_iter().chain(unmerged).chain(content).collect())
    }

    fn compared(&self, against: Option<Oid>, intents: &str) -> Read<Staged> {
        let tree = match against {
            Some(tree) => tree.to_string(),
            None => EMPTY_TREE[usize::from(self.is_sha256)].to_owned(),
        };
        let listed = self
            .git
            .clone()
            // Without `-r`, directories of a sparse index are told as such (git 2.47, not 2.39).
            .args(["diff-index", "-r", "--cached", "--raw", "-z", "--no-abbrev", "--no-renames"])
            .args([intents, "--ignore-submodules=none", tree.as_str(), "--"])
            .stdout()
            .map_err(|error| ReadError::Index(error.to_string()))?;
        listed::raw_diff(&listed).map_err(|error| ReadError::Index(error.to_string()))
    }
}
