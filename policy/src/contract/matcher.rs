//! Finds the entries of a contract that may match a path, without asking each of them.
//!
//! Every pattern lies at or below a directory that its literal beginning names. Entries are kept
//! under that directory, and a path asks only its own directories.

use std::collections::HashMap;

use super::pattern::Pattern;
use crate::path::RepoPath;

/// Entries, numbered by whoever adds them, by the directory that they lie below.
#[derive(Debug, Clone)]
pub(super) struct Matcher<E> {
    below: HashMap<Box<[u8]>, Vec<E>>,
}

impl<E: Copy + PartialEq> Matcher<E> {
    pub(super) fn new<'p>(entries: impl IntoIterator<Item = (E, &'p Pattern)>) -> Self {
        let mut below: HashMap<Box<[u8]>, Vec<E>> = HashMap::new();
        for (entry, pattern) in entries {
            for alternative in pattern.alternatives() {
                let entries = below.entry(alternative.directory().into()).or_default();
                if entries.last() != Some(&entry) {
                    entries.push(entry);
                }
            }
        }
        Self { below }
    }

    /// The entries that may match; an entry may come twice.
    pub(super) fn candidates<'m>(&'m self, path: &'m RepoPath) -> impl Iterator<Item = E> + 'm {
        let bytes = path.as_bytes();
        let ends = bytes.iter().enumerate().filter(|(_, byte)| **byte == b'/').map(|(at, _)| at);
        std::iter::once(0)
            .chain(ends)
            .chain([bytes.len()])
            .filter_map(|end| self.below.get(&bytes[..end]))
            .flatten()
            .copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_asks_its_own_directories_alone() {
        let patterns = ["**/*.md", "src/**", "src/api/*.ts", "src/{db,ui}/x", "lib", "src/api"];
        let patterns = patterns.map(|text| Pattern::parse(text).unwrap());
        let matcher = Matcher::new(patterns.iter().enumerate());
        for (path, asked) in [
            ("README.md", &[0][..]),
            ("lib", &[0, 4]),
            ("src/a", &[0, 1]),
            ("src/api/a.ts", &[0, 1, 2, 5]),
            ("src/db/x", &[0, 1, 3]),
        ] {
            let path = RepoPath::new(path).unwrap();
            let mut found: Vec<usize> = matcher.candidates(&path).collect();
            found.dedup();
            assert_eq!(found, asked, "{path}");
        }
    }
}
