//! The trees that committing an index would make, with their ids, in memory.
//!
//! Comparing those with the trees of a commit reads the changed directories alone, where
//! comparing entries would read every tree of the commit. Nothing is stored.

use std::collections::HashMap;
use std::rc::Rc;

use git2::ObjectType;
use policy::change::{Entry, EntryMode};
use policy::oid::Oid;
use policy::path::RepoPath;

use super::{from_git2, words};
use crate::repository::raw::{self, ItemKind, Tree};
use crate::repository::trees::Trees;
use crate::repository::{Read, ReadError};

/// Trees made of an index, in front of those of a repository.
pub struct IndexTrees<'v, V> {
    view: &'v V,
    made: HashMap<Oid, Rc<Tree>>,
    /// The id of the topmost; `None` for an empty index.
    pub root: Option<Oid>,
}

impl<V: Trees> Trees for IndexTrees<'_, V> {
    fn tree(&self, id: Oid) -> Read<Rc<Tree>> {
        match self.made.get(&id) {
            Some(tree) => Ok(Rc::clone(tree)),
            None => self.view.tree(id),
        }
    }
}

impl<'v, V> IndexTrees<'v, V> {
    /// Makes the trees of entries that are sorted by path.
    pub fn of(view: &'v V, entries: &[(RepoPath, Entry)]) -> Read<Self> {
        let mut trees = Self { view, made: HashMap::new(), root: None };
        let mut open = vec![Directory::default()];
        for (path, entry) in entries {
            let path = path.as_bytes();
            while let Some(directory) = open.pop_if(|directory| !directory.holds(path)) {
                trees.close(directory, &mut open)?;
            }
            let mut rest = open.last().map_or(0, |directory| directory.prefix.len());
            while let Some(slash) = path[rest..].iter().position(|byte| *byte == b'/') {
                rest += slash + 1;
                open.push(Directory { prefix: path[..rest].to_vec(), ..Directory::default() });
            }
            if let Some(directory) = open.last_mut() {
                directory.add(&path[rest..], ItemKind::Leaf(entry.mode), entry.id);
            }
        }
        while let Some(directory) = open.pop() {
            trees.close(directory, &mut open)?;
        }
        Ok(trees)
    }

    /// Gives a directory its id, and its place in the one above.
    fn close(&mut self, directory: Directory, open: &mut [Directory]) -> Read<()> {
        if directory.bytes.is_empty() {
            return Ok(());
        }
        let id = git2::Oid::hash_object(ObjectType::Tree, &directory.bytes)
            .map_err(|error| ReadError::Index(words(&error)))?;
        let id = from_git2(id)?;
        match open.last_mut() {
            Some(above) => {
                let name = &directory.prefix[above.prefix.len()..directory.prefix.len() - 1];
                above.add(name, ItemKind::Directory, id);
            }
            None => self.root = Some(id),
        }
        let tree = raw::tree(&directory.bytes, id.as_bytes().len());
        let tree = tree.map_err(|reason| ReadError::Index(reason.to_owned()))?;
        self.made.insert(id, Rc::new(tree));
        Ok(())
    }
}

/// A directory whose entries are being collected.
#[derive(Default)]
struct Directory {
    /// Its path with a slash at the end; empty at the root.
    prefix: Vec<u8>,
    /// The tree object so far. Paths in the order of their bytes come in the order in which a
    /// tree has its entries.
    bytes: Vec<u8>,
}

impl Directory {
    fn holds(&self, path: &[u8]) -> bool {
        path.starts_with(&self.prefix)
    }

    fn add(&mut self, name: &[u8], kind: ItemKind, id: Oid) {
        let mode: &[u8] = match kind {
            ItemKind::Directory => b"40000 ",
            ItemKind::Leaf(EntryMode::File) => b"100644 ",
            ItemKind::Leaf(EntryMode::Executable) => b"100755 ",
            ItemKind::Leaf(EntryMode::Symlink) => b"120000 ",
            ItemKind::Leaf(EntryMode::Submodule) => b"160000 ",
        };
        for part in [mode, name, b"\0", id.as_bytes()] {
            self.bytes.extend_from_slice(part);
        }
    }
}
