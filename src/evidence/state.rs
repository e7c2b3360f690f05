//! A state of the tree that may be judged: a commit, or what is about to become one.

use std::collections::BTreeMap;
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
        Ok(Self { commit: None, heads, tree, overlay, contents })
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
        let mut names = match self.tree {
            Some(tree) => history.view().names_in(tree, directory)?,
            None => Vec::new(),
        };
        let prefix_length = if directory.is_empty() { 0 } else { directory.len() + 1 };
        for (path, entry) in self.overlay.iter() {
            let bytes = path.as_bytes();
            let inside = directory.is_empty()
                || bytes.strip_prefix(directory).is_some_and(|rest| rest.starts_with(b"/"));
            if !inside {
                continue;
            }
            let rest = &bytes[prefix_length..];
            let end = rest.iter().position(|byte| *byte == b'/').unwrap_or(rest.len());
            let name = rest[..end].to_vec();
            match entry {
                Some(_) if !names.contains(&name) => names.push(name),
                None if end == rest.len() => names.retain(|other| *other != name),
                _ => {}
            }
        }
        Ok(names)
    }
}
