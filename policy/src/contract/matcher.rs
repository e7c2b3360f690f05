//! Finds the entries of a contract that may match a path, without asking each of them.
//!
//! Every pattern lies at or below a directory that its literal beginning names. Entries are kept
//! under that directory, and a path asks only its own directories. Below one directory there may be
//! a pattern for each of many agents, such as `packages/*/api/**` or `migrations/api-*.sql`: those are
//! kept by the first component that they name, or by how it begins.

use std::collections::{BTreeMap, HashMap};

use super::pattern::{Alternative, Pattern};
use crate::path::RepoPath;

/// Entries, numbered by whoever adds them, by the directory that they lie below.
#[derive(Debug, Clone)]
pub(super) struct Matcher<E> {
    below: HashMap<Box<[u8]>, Entries<E>>,
}

/// The entries below one directory.
#[derive(Debug, Clone)]
struct Entries<E> {
    /// Those that every path there has to ask.
    of_all: Vec<E>,
    /// Those that name a component further down, by its number and by the component.
    by_component: BTreeMap<usize, HashMap<Box<[u8]>, Vec<E>>>,
    /// Those that say how the next component begins, by the length of the whole beginning and by it.
    by_beginning: BTreeMap<usize, HashMap<Box<[u8]>, Vec<E>>>,
}

impl<E: Copy + PartialEq> Entries<E> {
    fn keep(&mut self, entry: E, alternative: &Alternative) {
        let beginning = &alternative.beginning;
        let entries = match alternative.literal_component() {
            Some((number, component)) => {
                let by_component = self.by_component.entry(number).or_default();
                by_component.entry(component.into()).or_default()
            }
            None if says_no_more(beginning, alternative.directory()) => &mut self.of_all,
            None => {
                let by_beginning = self.by_beginning.entry(beginning.len()).or_default();
                by_beginning.entry(beginning.clone()).or_default()
            }
        };
        if entries.last() != Some(&entry) {
            entries.push(entry);
        }
    }

    fn candidates<'m>(&'m self, path: &'m [u8]) -> impl Iterator<Item = E> + 'm {
        let named = self.by_component.iter().filter_map(|(number, by_component)| {
            by_component.get(path.split(|byte| *byte == b'/').nth(*number)?)
        });
        let begun = self
            .by_beginning
            .iter()
            .filter_map(|(length, by_beginning)| by_beginning.get(path.get(..*length)?));
        std::iter::once(&self.of_all).chain(named).chain(begun).flatten().copied()
    }
}

/// Whether a beginning is that of everything at or below a directory.
fn says_no_more(beginning: &[u8], directory: &[u8]) -> bool {
    beginning.strip_suffix(b"/").unwrap_or(beginning) == directory
}

impl<E: Copy + PartialEq> Matcher<E> {
    pub(super) fn new<'p>(entries: impl IntoIterator<Item = (E, &'p Pattern)>) -> Self {
        let mut below: HashMap<Box<[u8]>, Entries<E>> = HashMap::new();
        for (entry, pattern) in entries {
            for alternative in pattern.alternatives() {
                let nothing = || Entries {
                    of_all: Vec::new(),
                    by_component: BTreeMap::new(),
                    by_beginning: BTreeMap::new(),
                };
                let entries = below.entry(alternative.directory().into()).or_insert_with(nothing);
                entries.keep(entry, alternative);
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
            .flat_map(|entries| entries.candidates(bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_asks_its_own_directories_alone() {
        let patterns = [
            "**/*.md",
            "src/**",
            "src/api/*.ts",
            "src/{db,ui}/x",
            "lib",
            "src/api",
            "src/*/db/**",
            "src/a-*.rs",
            "l*",
        ];
        let patterns = patterns.map(|text| Pattern::parse(text).unwrap());
        let matcher = Matcher::new(patterns.iter().enumerate());
        for (path, asked) in [
            ("README.md", &[0][..]),
            ("lib", &[0, 8, 4]),
            ("src/a", &[0, 1]),
            ("src/api/a.ts", &[0, 1, 2, 5]),
            ("src/db/x", &[0, 1, 3]),
            ("src/a/db", &[0, 1, 6]),
            ("src/a/db/x", &[0, 1, 6]),
            ("src/a/b/db", &[0, 1]),
            ("src/a-b.rs", &[0, 1, 7]),
            ("src/a-", &[0, 1, 7]),
            ("src/a", &[0, 1]),
            ("s", &[0]),
        ] {
            let path = RepoPath::new(path).unwrap();
            let mut found: Vec<usize> = matcher.candidates(&path).collect();
            found.dedup();
            assert_eq!(found, asked, "{path}");
        }
    }
}
