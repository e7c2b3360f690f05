//! A path pattern of the contract.

use crate::path::RepoPath;

/// A pattern, anchored at the repository's root, matched on bytes.
#[derive(Debug, Clone)]
pub struct Pattern {
    text: Box<str>,
}

impl Pattern {
    /// As written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether it matches a path.
    pub fn matches(&self, _path: &RepoPath) -> bool {
        false
    }
}
