//! Comparing trees, and finding entries in them, over any source of tree objects.
//!
//! Raw leaves, exactly: no renames, no options, no attributes. Equal subtrees are skipped. Never
//! recurses on foreign depth, and stops at bounds that no honest repository reaches.

use std::collections::BTreeSet;
use std::ops::Bound;
use std::rc::Rc;

use policy::change::Entry;
use policy::oid::Oid;
use policy::path::RepoPath;

use super::oids::OidSet;
use super::raw::{Item, ItemKind, Tree};
use super::{Read, ReadError, TreeChange};

/// Deeper directories are refused, as git refuses them (`core.maxTreeDepth`, git 2.43).
const MAX_DEPTH: usize = 2_048;

/// More trees read, or more leaves found, in one comparison are refused. Small objects can spell
/// a tree with more leaves than there are atoms; an honest one has a few millions at most.
const MAX_VISITS: usize = 8_000_000;

/// More entries of trees that one comparison has come by before, on the same side, are refused. A tree
/// that holds another ten times, which holds another ten times, is a handful of small objects; honest
/// ones hold a copy here and there.
const MAX_REPEATED: usize = 250_000;

/// More bytes of paths in one comparison are refused. A name in a tree may be as long as one likes, and
/// counts once for every file below it.
const MAX_PATHS: usize = 128 << 20;

/// Where tree objects come from.
pub trait Trees {
    /// What a tree object says.
    fn tree(&self, id: Oid) -> Read<Rc<Tree>>;
}

/// All leaves that differ between two trees, sorted by path; `None` is the empty tree.
pub fn diff(source: &impl Trees, old: Option<Oid>, new: Option<Oid>) -> Read<Vec<TreeChange>> {
    diff_within(source, old, new, None, (MAX_VISITS, MAX_REPEATED))
}

/// The same, of some paths alone: only directories that lead to them are read.
pub fn diff_at(
    source: &impl Trees,
    old: Option<Oid>,
    new: Option<Oid>,
    paths: &BTreeSet<RepoPath>,
) -> Read<Vec<TreeChange>> {
    diff_within(source, old, new, Some(paths), (MAX_VISITS, MAX_REPEATED))
}

fn diff_within(
    source: &impl Trees,
    old: Option<Oid>,
    new: Option<Oid>,
    only: Option<&BTreeSet<RepoPath>>,
    (max_visits, max_repeated): (usize, usize),
) -> Read<Vec<TreeChange>> {
    let mut comparison = Comparison {
        source,
        only,
        visits: 0,
        max_visits,
        paths: 0,
        seen: [OidSet::default(), OidSet::default()],
        repeated: 0,
        max_repeated,
        pending: Vec::new(),
        found: Vec::new(),
    };
    comparison.descend(Vec::new(), 0, old, new);
    while let Some(step) = comparison.pending.pop() {
        comparison.step(&step)?;
    }
    let mut found = comparison.found;
    found.sort_unstable_by(|one, other| one.path.cmp(&other.path));
    Ok(found)
}

/// The leaf at a path; `None` when nothing, or a directory, is there.
pub fn entry(source: &impl Trees, tree: Oid, path: &RepoPath) -> Read<Option<Entry>> {
    Ok(match find(source, tree, path.as_bytes())? {
        Some((ItemKind::Leaf(mode), id)) => Some(Entry { mode, id }),
        _ => None,
    })
}

/// The names directly below a directory; empty when it is none.
pub fn names_in(source: &impl Trees, tree: Oid, directory: &[u8]) -> Read<Vec<Vec<u8>>> {
    let directory = if directory.is_empty() {
        Some(tree)
    } else {
        find(source, tree, directory)?
            .filter(|(kind, _)| *kind == ItemKind::Directory)
            .map(|(_, id)| id)
    };
    let Some(directory) = directory else { return Ok(Vec::new()) };
    Ok(source.tree(directory)?.items().map(|item| item.name.to_vec()).collect())
}

fn find(source: &impl Trees, tree: Oid, path: &[u8]) -> Read<Option<(ItemKind, Oid)>> {
    let mut directory = tree;
    let mut components = path.split(|byte| *byte == b'/').peekable();
    while let Some(name) = components.next() {
        let tree = source.tree(directory)?;
        let Some(item) = tree.find(name) else { return Ok(None) };
        if components.peek().is_none() {
            return Ok(Some((item.kind, item.id)));
        }
        if item.kind != ItemKind::Directory {
            return Ok(None);
        }
        directory = item.id;
    }
    Ok(None)
}

/// A directory that is still to be compared.
struct Step {
    /// Its path with a slash at the end; empty at the root.
    prefix: Vec<u8>,
    depth: usize,
    old: Option<Oid>,
    new: Option<Oid>,
}

struct Comparison<'s, S> {
    source: &'s S,
    /// The paths that are compared; all, where nothing is said.
    only: Option<&'s BTreeSet<RepoPath>>,
    visits: usize,
    max_visits: usize,
    /// How many bytes the paths had that were put together.
    paths: usize,
    /// The trees that were read, of either side.
    seen: [OidSet; 2],
    /// How many entries there were in trees that had been read before.
    repeated: usize,
    max_repeated: usize,
    pending: Vec<Step>,
    found: Vec<TreeChange>,
}

impl<S: Trees> Comparison<'_, S> {
    fn descend(&mut self, prefix: Vec<u8>, depth: usize, old: Option<Oid>, new: Option<Oid>) {
        if old != new {
            self.pending.push(Step { prefix, depth, old, new });
        }
    }

    fn step(&mut self, step: &Step) -> Read<()> {
        if step.depth > MAX_DEPTH {
            return Err(ReadError::Other(format!(
                "more than {MAX_DEPTH} directories within each other"
            )));
        }
        let old = self.tree(step.old, 0)?;
        let new = self.tree(step.new, 1)?;
        let (mut old, mut new) = (old.items().peekable(), new.items().peekable());
        loop {
            let (before, after) = match (old.peek(), new.peek()) {
                (None, None) => return Ok(()),
                (Some(_), None) => (old.next(), None),
                (None, Some(_)) => (None, new.next()),
                (Some(before), Some(after)) => match before.name.cmp(after.name) {
                    std::cmp::Ordering::Less => (old.next(), None),
                    std::cmp::Ordering::Greater => (None, new.next()),
                    std::cmp::Ordering::Equal => (old.next(), new.next()),
                },
            };
            self.pair(step, before, after)?;
        }
    }

    /// Two entries of one name, one of which may be missing.
    fn pair(&mut self, step: &Step, before: Option<Item<'_>>, after: Option<Item<'_>>) -> Read<()> {
        let Some(name) = before.or(after).map(|item| item.name) else { return Ok(()) };
        let directory = |item: Option<Item<'_>>| {
            item.filter(|item| item.kind == ItemKind::Directory).map(|item| item.id)
        };
        let leaf = |item: Option<Item<'_>>| item.and_then(|item| item.leaf());
        let (old_tree, new_tree) = (directory(before), directory(after));
        let (old, new) = (leaf(before), leaf(after));
        if old != new {
            let path = [&step.prefix[..], name].concat();
            let path = RepoPath::new(path)
                .map_err(|_| ReadError::Other("a tree holds a path that is none".to_owned()))?;
            if self.only.is_none_or(|only| only.contains(&path)) {
                self.visit()?;
                self.count_path(path.as_bytes())?;
                self.found.push(TreeChange { path, old, new });
            }
        }
        if old_tree != new_tree {
            let prefix = [&step.prefix[..], name, b"/"].concat();
            if self.only.is_none_or(|only| leads_to(&prefix, only)) {
                self.count_path(&prefix)?;
                self.descend(prefix, step.depth + 1, old_tree, new_tree);
            }
        }
        Ok(())
    }

    /// What a tree says, of the old side (0) or the new one (1).
    fn tree(&mut self, id: Option<Oid>, side: usize) -> Read<Rc<Tree>> {
        let Some(id) = id else { return Ok(Rc::new(Tree::empty())) };
        self.visit()?;
        let tree = self.source.tree(id)?;
        if !self.seen[side].insert(id) {
            self.repeated += tree.len();
        }
        if self.repeated > self.max_repeated {
            let limit = self.max_repeated;
            return Err(ReadError::Other(format!(
                "more than {limit} entries in copies of directories in one comparison"
            )));
        }
        Ok(tree)
    }

    fn count_path(&mut self, path: &[u8]) -> Read<()> {
        self.paths += path.len();
        if self.paths > MAX_PATHS {
            return Err(ReadError::Other(format!(
                "more than {MAX_PATHS} bytes of paths in one comparison"
            )));
        }
        Ok(())
    }

    fn visit(&mut self) -> Read<()> {
        self.visits += 1;
        if self.visits > self.max_visits {
            let limit = self.max_visits;
            return Err(ReadError::Other(format!(
                "more than {limit} trees and changes in one comparison"
            )));
        }
        Ok(())
    }
}

/// Whether one of these paths is below a directory, whose own has a slash at the end.
fn leads_to(directory: &[u8], paths: &BTreeSet<RepoPath>) -> bool {
    let first = paths.range::<[u8], _>((Bound::Included(directory), Bound::Unbounded)).next();
    first.is_some_and(|path| path.as_bytes().starts_with(directory))
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;
    use crate::repository::raw;

    #[derive(Default)]
    struct Drawn(HashMap<Oid, Rc<Tree>>);

    impl Trees for Drawn {
        fn tree(&self, id: Oid) -> Read<Rc<Tree>> {
            self.0.get(&id).cloned().ok_or(ReadError::Object { id, reason: "missing".to_owned() })
        }
    }

    fn id(number: u16) -> Oid {
        let mut bytes = [7; 20];
        bytes[..2].copy_from_slice(&number.to_be_bytes());
        Oid::from_bytes(&bytes).unwrap()
    }

    fn file(name: &str, number: u16) -> Vec<u8> {
        [b"100644 ", name.as_bytes(), b"\0", id(number).as_bytes()].concat()
    }

    fn directory(name: &str, number: u16) -> Vec<u8> {
        [b"40000 ", name.as_bytes(), b"\0", id(number).as_bytes()].concat()
    }

    fn tree<const N: usize>(entries: [Vec<u8>; N]) -> Rc<Tree> {
        Rc::new(raw::tree(&entries.concat(), 20).unwrap())
    }

    fn paths(changes: &[TreeChange]) -> Vec<String> {
        changes
            .iter()
            .map(|change| {
                let sign = match (change.old, change.new) {
                    (None, _) => '+',
                    (_, None) => '-',
                    _ => '~',
                };
                format!("{sign}{}", change.path)
            })
            .collect()
    }

    #[test]
    fn a_file_that_becomes_a_directory_is_a_deletion_and_additions() {
        let mut drawn = Drawn::default();
        drawn.0.insert(id(1), tree([file("a", 10), file("a-b", 11)]));
        drawn.0.insert(id(2), tree([directory("a", 3), file("a-b", 12)]));
        drawn.0.insert(id(3), tree([file("x", 10)]));
        let changes = diff(&drawn, Some(id(1)), Some(id(2))).unwrap();
        assert_eq!(paths(&changes), ["-a", "~a-b", "+a/x"]);
        let back = diff(&drawn, Some(id(2)), Some(id(1))).unwrap();
        assert_eq!(paths(&back), ["+a", "~a-b", "-a/x"]);
    }

    #[test]
    fn equal_subtrees_are_not_read() {
        let mut drawn = Drawn::default();
        drawn.0.insert(id(1), tree([directory("same", 99), file("x", 10)]));
        drawn.0.insert(id(2), tree([directory("same", 99), file("x", 11)]));
        assert_eq!(paths(&diff(&drawn, Some(id(1)), Some(id(2))).unwrap()), ["~x"]);
    }

    #[test]
    fn of_some_paths_alone_nothing_else_is_read() {
        let mut drawn = Drawn::default();
        let below =
            |a, b, c, d| tree([directory("a", a), file("b", b), file("c", c), directory("d", d)]);
        drawn.0.insert(id(1), below(3, 10, 10, 98));
        drawn.0.insert(id(2), below(4, 11, 11, 99));
        drawn.0.insert(id(3), tree([file("x", 10), file("y", 10)]));
        drawn.0.insert(id(4), tree([file("x", 11), file("y", 11)]));
        let at = |wanted: &[&str]| {
            let wanted = wanted.iter().map(|path| RepoPath::new(*path).unwrap()).collect();
            paths(&diff_at(&drawn, Some(id(1)), Some(id(2)), &wanted).unwrap())
        };
        assert_eq!(at(&["a/x", "a/z", "b"]), ["~a/x", "~b"]);
        assert_eq!(at(&["a", "a0", "c/x", "e"]), [""; 0]);
    }

    #[test]
    fn a_missing_subtree_is_an_error() {
        let mut drawn = Drawn::default();
        drawn.0.insert(id(1), tree([directory("gone", 99)]));
        assert!(matches!(diff(&drawn, None, Some(id(1))), Err(ReadError::Object { .. })));
        assert!(entry(&drawn, id(1), &RepoPath::new(*b"gone/x").unwrap()).is_err());
    }

    #[test]
    fn a_tree_that_holds_itself_many_times_is_refused() {
        // Not possible with honest hashes, but a chain of small trees can be as good.
        let mut drawn = Drawn::default();
        drawn.0.insert(id(1), tree([directory("a", 1)]));
        assert_eq!(diff(&drawn, None, Some(id(1))), Err(too_deep()));
        for level in 10..60 {
            let below = [directory("a", level + 1), directory("b", level + 1)];
            drawn.0.insert(id(level), tree(below));
        }
        drawn.0.insert(id(60), tree([]));
        assert!(diff_within(&drawn, None, Some(id(10)), None, (10_000, 10_000)).is_err());
        // A second tree with 2 entries, three more below with 2 each, and empty ones.
        let copies = |most| diff_within(&drawn, None, Some(id(57)), None, (100, most));
        assert_eq!(copies(8), Ok(Vec::new()));
        let told = "more than 7 entries in copies of directories in one comparison";
        assert_eq!(copies(7), Err(ReadError::Other(told.to_owned())));
        // What is taken away in one place and comes in another is no copy.
        drawn.0.insert(id(70), tree([directory("a", 72)]));
        drawn.0.insert(id(71), tree([directory("b", 72)]));
        drawn.0.insert(id(72), tree([file("x", 9_000)]));
        let moved = diff_within(&drawn, Some(id(70)), Some(id(71)), None, (100, 0)).unwrap();
        assert_eq!(paths(&moved), ["-a/x", "+b/x"]);
    }

    fn too_deep() -> ReadError {
        ReadError::Other("more than 2048 directories within each other".to_owned())
    }

    #[test]
    fn directories_are_followed_as_deep_as_git_follows_them() {
        let deepest = u16::try_from(MAX_DEPTH).unwrap();
        let mut drawn = Drawn::default();
        for level in 0..=deepest {
            drawn.0.insert(id(level), tree([directory("d", level + 1)]));
        }
        drawn.0.insert(id(deepest + 1), tree([file("x", 9_000)]));
        // Below the second one there are as many directories as are followed.
        let changes = diff(&drawn, None, Some(id(1))).unwrap();
        assert_eq!(paths(&changes), [format!("+{}x", "d/".repeat(MAX_DEPTH))]);
        assert_eq!(diff(&drawn, Some(id(0)), None), Err(too_deep()));
    }

    #[test]
    fn trees_and_changes_are_counted_up_to_the_bound() {
        let mut drawn = Drawn::default();
        drawn.0.insert(id(1), tree([directory("a", 2), file("b", 10), file("c", 11)]));
        drawn.0.insert(id(2), tree([file("x", 10)]));
        // Two trees, three files.
        assert_eq!(
            diff_within(&drawn, None, Some(id(1)), None, (5, 0)).map(|found| found.len()),
            Ok(3)
        );
        let told = ReadError::Other("more than 4 trees and changes in one comparison".to_owned());
        assert_eq!(diff_within(&drawn, None, Some(id(1)), None, (4, 0)), Err(told));
    }

    #[test]
    fn entries_and_names() {
        let mut drawn = Drawn::default();
        drawn.0.insert(id(1), tree([directory("a", 3), file("b", 12)]));
        drawn.0.insert(id(3), tree([file("x", 10)]));
        let at = |path: &str| entry(&drawn, id(1), &RepoPath::new(path).unwrap()).unwrap();
        assert_eq!(at("a/x").unwrap().id, id(10));
        assert_eq!((at("a"), at("a/y"), at("b/x"), at("a//x")), (None, None, None, None));
        let names = |directory: &[u8]| names_in(&drawn, id(1), directory).unwrap();
        assert_eq!(names(b""), [b"a", b"b"]);
        assert_eq!(names(b"a"), [b"x"]);
        assert!(names(b"b").is_empty() && names(b"c").is_empty());
    }
}
