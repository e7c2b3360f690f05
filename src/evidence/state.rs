//! A state of the tree that may be judged: a commit, or what is about to become one.

use std::collections::BTreeMap;
use std::ops::Bound;
use std::rc::Rc;

use policy::change::Entry;
use policy::oid::Oid;
use policy::path::RepoPath;

use super::history::History;
use crate::repository::{Content, Read, ReadError, TreeChange, WorktreeChange};

/// A tree with the history that it has: a commit, or a commit's tree with changes laid over it
/// that are not committed yet.
#[derive(Debug, Clone, Default)]
pub struct State {
    /// The commit itself; `None` while it is being made.
    pub commit: Option<Oid>,
    /// The commits whose history it has: the commit itself, or the parents of the one to come.
    pub heads: Vec<Oid>,
    /// The tree below the overlay.
    tree: Option<Oid>,
    overlay: Rc<BTreeMap<RepoPath, Option<Entry>>>,
    contents: Rc<BTreeMap<Oid, Content>>,
    /// Whether the same is judged again once it is committed, when the ref moves.
    pub comes_again: bool,
}

impl State {
    /// A commit.
    pub fn of_commit(history: &History<'_>, commit: Oid) -> Read<Self> {
        Ok(Self {
            commit: Some(commit),
            heads: vec![commit],
            tree: Some(history.tree(commit)?),
            ..Self::default()
        })
    }

    /// What would be committed: the first head's tree with these changes, and these parents.
    pub fn uncommitted(
        history: &History<'_>,
        heads: Vec<Oid>,
        staged: &[TreeChange],
        unstaged: Vec<WorktreeChange>,
    ) -> Read<Self> {
        let tree = match heads.first() {
            Some(head) => Some(history.tree(*head)?),
            None => None,
        };
        let mut overlay: BTreeMap<_, _> =
            staged.iter().map(|change| (change.path.clone(), change.new)).collect();
        let mut contents = BTreeMap::new();
        for change in unstaged {
            overlay.insert(change.path, change.new);
            if let Some(new) = change.new {
                contents.insert(new.id, change.content);
            }
        }
        let (overlay, contents) = (Rc::new(overlay), Rc::new(contents));
        Ok(Self { commit: None, heads, tree, overlay, contents, comes_again: false })
    }

    /// The leaf at a path.
    pub fn entry(&self, history: &History<'_>, path: &RepoPath) -> Read<Option<Entry>> {
        match (self.overlay.get(path), self.tree) {
            (Some(entry), _) => Ok(*entry),
            (None, Some(tree)) => history.entry(tree, path),
            (None, None) => Ok(None),
        }
    }

    /// Whether the path differs from the first head's tree in what is not committed yet.
    pub fn is_uncommitted(&self, path: &RepoPath) -> bool {
        self.overlay.contains_key(path)
    }

    /// The paths that are not committed yet.
    pub fn uncommitted_paths(&self) -> impl Iterator<Item = &RepoPath> {
        self.overlay.keys()
    }

    /// All leaves that differ from a tree's, sorted by path.
    pub fn diff_from(&self, history: &History<'_>, old: Option<Oid>) -> Read<Vec<TreeChange>> {
        let below = history.diff(old, self.tree)?;
        if self.overlay.is_empty() {
            return Ok(below.to_vec());
        }
        let mut all: BTreeMap<RepoPath, TreeChange> = below
            .iter()
            .filter(|change| !self.overlay.contains_key(&change.path))
            .map(|change| (change.path.clone(), change.clone()))
            .collect();
        for (path, new) in self.overlay.iter() {
            let before = match old {
                Some(tree) => history.entry(tree, path)?,
                None => None,
            };
            if before != *new {
                let change = TreeChange { path: path.clone(), old: before, new: *new };
                all.insert(path.clone(), change);
            }
        }
        Ok(all.into_values().collect())
    }

    /// A blob's content, also of one that is not in the object database yet.
    pub fn blob(&self, history: &History<'_>, id: Oid) -> Read<Vec<u8>> {
        match self.contents.get(&id) {
            Some(Content::Read(content)) => Ok(content.clone()),
            Some(Content::TooLarge(size)) => {
                let reason = format!("it has {size} bytes, which are not read");
                Err(ReadError::Object { id, reason })
            }
            None => history.view().blob(id),
        }
    }

    /// A blob's size in bytes, also of one that is not in the object database yet.
    pub fn blob_size(&self, history: &History<'_>, id: Oid) -> Read<u64> {
        match self.contents.get(&id) {
            Some(Content::Read(content)) => Ok(content.len() as u64),
            Some(Content::TooLarge(size)) => Ok(*size),
            None => history.view().blob_size(id),
        }
    }

    /// The names directly below a directory.
    pub fn names_in(&self, history: &History<'_>, directory: &[u8]) -> Read<Vec<Vec<u8>>> {
        let names = match self.tree {
            Some(tree) => history.view().names_in(tree, directory)?,
            None => Vec::new(),
        };
        let mut laid_over: BTreeMap<&[u8], bool> = BTreeMap::new();
        for (rest, entry) in self.overlay_below(directory) {
            let end = rest.iter().position(|byte| *byte == b'/');
            let name = &rest[..end.unwrap_or(rest.len())];
            match (entry, end) {
                (Some(_), _) => laid_over.insert(name, true),
                // What is below a directory may be deleted while the directory stays.
                (None, None) => laid_over.insert(name, false),
                (None, Some(_)) => continue,
            };
        }
        // Names of the tree keep their places; those that are new come after them.
        let mut kept = Vec::with_capacity(names.len() + laid_over.len());
        for name in names {
            if laid_over.remove(name.as_slice()) != Some(false) {
                kept.push(name);
            }
        }
        let added = laid_over.into_iter().filter(|(_, is_there)| *is_there);
        kept.extend(added.map(|(name, _)| name.to_vec()));
        Ok(kept)
    }

    /// What is laid over below a directory, by the path inside of it.
    fn overlay_below<'s>(
        &'s self,
        directory: &'s [u8],
    ) -> impl Iterator<Item = (&'s [u8], Option<Entry>)> {
        // Sorted by bytes, all that begins with the directory's path stands together.
        let from = RepoPath::new(directory).ok().map_or(Bound::Unbounded, Bound::Included);
        self.overlay
            .range((from, Bound::Unbounded))
            .map_while(move |(path, entry)| {
                path.as_bytes().strip_prefix(directory).map(|rest| (rest, *entry))
            })
            .filter_map(move |(rest, entry)| match directory {
                [] => Some((rest, entry)),
                _ => rest.strip_prefix(b"/").map(|rest| (rest, entry)),
            })
    }
}
