//! The index, compared with a tree by git, which knows every form that an index can have.

use policy::oid::Oid;

use super::{Plumbing, listed};
use crate::repository::worktree::Indexed;
use crate::repository::{Read, ReadError, Staged};

/// The empty tree, which git knows in every repository.
const EMPTY_TREE: [&str; 2] = [
    "4b825dc642cb6eb9a060e54bf8d69288fbee4904",
    "6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321",
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
        let all = self.compared(None, WITHOUT_INTENTS)?;
        let with_intents = self.compared(None, WITH_INTENTS)?;
        let intents = with_intents.changes.into_iter().map(|change| (change.path, None));
        let unmerged = all.unmerged.into_iter().map(|path| (path, None));
        let content = all.changes.into_iter().map(|change| (change.path, change.new));
        // What has content comes last, and so it counts.
        Ok(intents.chain(unmerged).chain(content).collect())
    }

    fn compared(&self, against: Option<Oid>, intents: &str) -> Read<Staged> {
        let tree = match against {
            Some(tree) => tree.to_string(),
            None => EMPTY_TREE[usize::from(self.is_sha256)].to_owned(),
        };
        let listed = self
            .git
            .clone()
            .args(["diff-index", "--cached", "--raw", "-z", "--no-abbrev", "--no-renames"])
            .args([intents, "--ignore-submodules=none", tree.as_str(), "--"])
            .stdout()
            .map_err(|error| ReadError::Index(error.to_string()))?;
        listed::raw_diff(&listed).map_err(|error| ReadError::Index(error.to_string()))
    }
}
