//! Merging single paths, in memory: no renames, attributes or drivers.
//!
//! This is the only merge that the law of the order knows. It is git's three-way merge of one
//! path: a side that did not change it takes the other's; two texts are merged line by line.

use std::rc::Rc;

use policy::change::{Entry, EntryMode};
use policy::oid::Oid;
use policy::path::RepoPath;

use super::history::History;
use super::state::State;
use crate::repository::{LARGEST_OBJECT, Read};

/// The largest file that is merged or compared line by line, in bytes. A larger one that both
/// sides changed conflicts, as git's own `core.bigFileThreshold` has it for binary files.
pub const TEXT_LIMIT: u64 = 64 * 1024 * 1024;

/// A merge of two such texts may be what the trunk holds, and is read to see that it is.
const _: () = assert!(2 * TEXT_LIMIT <= LARGEST_OBJECT);

/// What is at a path: an object, or the text that a merge made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Version {
    /// A leaf of a tree.
    Entry(Entry),
    /// A file that exists nowhere but in memory.
    Merged(EntryMode, Rc<[u8]>),
}

/// What is at a path, or nothing.
pub type Slot = Option<Version>;

/// What merging a path came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Merged {
    /// It merged to this.
    Clean(Slot),
    /// Both sides changed it in ways that do not go together.
    Conflict,
}

/// Reads contents for merges; some may not be in the object database yet.
pub struct Contents<'a, 'v> {
    history: &'a History<'v>,
    state: Option<&'a State>,
}

impl<'a, 'v> Contents<'a, 'v> {
    /// Contents from the object database alone.
    pub fn new(history: &'a History<'v>) -> Self {
        Self { history, state: None }
    }

    /// Contents that may also be those of a state that is not committed yet.
    pub fn with(history: &'a History<'v>, state: &'a State) -> Self {
        Self { history, state: Some(state) }
    }

    /// The content of a file; `None` when it is larger than [`TEXT_LIMIT`].
    pub fn bytes(&self, version: &Version) -> Read<Option<Rc<[u8]>>> {
        let id = match version {
            Version::Merged(_, bytes) => return Ok(Some(Rc::clone(bytes))),
            Version::Entry(entry) => entry.id,
        };
        let size = match self.state {
            Some(state) => state.blob_size(self.history, id)?,
            None => self.history.view().blob_size(id)?,
        };
        if size > TEXT_LIMIT {
            return Ok(None);
        }
        let bytes = match self.state {
            Some(state) => state.blob(self.history, id)?,
            None => self.history.view().blob(id)?,
        };
        Ok(Some(bytes.into()))
    }

    /// Whether two slots hold the same, mode and content.
    pub fn same(&self, one: &Slot, other: &Slot) -> Read<bool> {
        Ok(match (one, other) {
            (None, None) => true,
            (None, Some(_)) | (Some(_), None) => false,
            (Some(Version::Entry(one)), Some(Version::Entry(other))) => one == other,
            (Some(one), Some(other)) => {
                mode(one) == mode(other) && self.bytes(one)? == self.bytes(other)?
            }
        })
    }

    /// Merges a path: what both sides make of the base.
    pub fn merge(&self, base: &Slot, ours: &Slot, theirs: &Slot) -> Read<Merged> {
        if self.same(base, theirs)? || self.same(ours, theirs)? {
            return Ok(Merged::Clean(ours.clone()));
        }
        if self.same(base, ours)? {
            return Ok(Merged::Clean(theirs.clone()));
        }
        let (Some(base), Some(ours), Some(theirs)) = (base, ours, theirs) else {
            return Ok(Merged::Conflict);
        };
        if ![base, ours, theirs].into_iter().all(is_file) {
            return Ok(Merged::Conflict);
        }
        let mode = if mode(base) == mode(theirs) { mode(ours) } else { mode(theirs) };
        let (Some(base), Some(ours), Some(theirs)) =
            (self.bytes(base)?, self.bytes(ours)?, self.bytes(theirs)?)
        else {
            return Ok(Merged::Conflict);
        };
        let text = if base == theirs {
            Some(ours.to_vec())
        } else if base == ours || ours == theirs {
            Some(theirs.to_vec())
        } else {
            self.history.view().merge_text(&base, &ours, &theirs)?
        };
        Ok(match text {
            Some(text) => Merged::Clean(Some(Version::Merged(mode, text.into()))),
            None => Merged::Conflict,
        })
    }
}

fn mode(version: &Version) -> EntryMode {
    match version {
        Version::Entry(entry) => entry.mode,
        Version::Merged(mode, _) => *mode,
    }
}

fn is_file(version: &Version) -> bool {
    matches!(mode(version), EntryMode::File | EntryMode::Executable)
}

/// The slot that an entry of a tree makes.
pub fn slot(entry: Option<Entry>) -> Slot {
    entry.map(Version::Entry)
}

/// What several merge bases hold at a path, as one: their own merge, or, where that conflicts,
/// each of them. Without a merge base, nothing is there.
pub fn base_slots(history: &History<'_>, bases: &[Oid], path: &RepoPath) -> Read<Vec<Slot>> {
    let (first, rest) = match bases {
        [] => return Ok(vec![None]),
        [first, rest @ ..] => (*first, rest),
    };
    let contents = Contents::new(history);
    let mut merged = slot(history.entry_at(first, path)?);
    let mut taken = vec![first];
    for base in rest {
        let theirs = slot(history.entry_at(*base, path)?);
        if !contents.same(&merged, &theirs)? {
            let below = history.merge_bases(&taken, &[*base])?;
            let merge = match base_slots(history, &below, path)?.as_slice() {
                [base] => contents.merge(base, &merged, &theirs)?,
                _ => Merged::Conflict,
            };
            merged = match merge {
                Merged::Clean(slot) => slot,
                Merged::Conflict => {
                    let mut each = Vec::new();
                    for base in bases {
                        let held = slot(history.entry_at(*base, path)?);
                        if !each.contains(&held) {
                            each.push(held);
                        }
                    }
                    return Ok(each);
                }
            };
        }
        taken.push(*base);
    }
    Ok(vec![merged])
}
