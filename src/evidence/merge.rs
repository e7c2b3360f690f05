//! Merging single paths, in memory: no renames, attributes or drivers.
//!
//! This is the only merge that the law of the order knows. It is git's three-way merge of one
//! path: a side that did not change it takes the other's; two texts are merged line by line.

use std::collections::HashMap;
use std::rc::Rc;

use policy::change::{Entry, EntryMode};
use policy::oid::Oid;

use super::Known;
use super::history::History;
use super::search::{MOST_STEPS, Search};
use super::state::State;
use crate::repository::{LARGEST_OBJECT, Steps, TextMerge};

/// The largest file that is merged or compared line by line, in bytes. What both sides make of a larger one
/// is not known.
pub const TEXT_LIMIT: u64 = 64 * 1024 * 1024;

/// A merge of two such texts may be what the trunk holds, and is read to see that it is.
const _: () = assert!(2 * TEXT_LIMIT <= LARGEST_OBJECT);

/// All of a file, as git counts how much of it is in another (2.39 and 2.47).
const ALL: u64 = 60_000;

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
    /// It is too large, or too dear to merge.
    Unclear,
}

/// Reads contents for merges; some may not be in the object database yet.
pub struct Contents<'a, 'v> {
    history: &'a History<'v>,
    state: Option<&'a State>,
    /// What is searched for, where one merge is followed by nobody knows how many.
    search: Option<Search>,
}

impl<'a, 'v> Contents<'a, 'v> {
    /// Contents from the object database alone.
    pub fn new(history: &'a History<'v>) -> Self {
        Self { history, state: None, search: None }
    }

    pub(super) fn history(&self) -> &'a History<'v> {
        self.history
    }

    /// Contents that may also be those of a state that is not committed yet.
    pub fn with(history: &'a History<'v>, state: &'a State) -> Self {
        Self { history, state: Some(state), search: None }
    }

    /// The same for a search: what it reads is counted, and is an error beyond what searches may.
    pub fn searching(self, search: Search) -> Self {
        Self { search: Some(search), ..self }
    }

    /// The content of a file; `None` when it is larger than [`TEXT_LIMIT`].
    pub fn bytes(&self, version: &Version) -> Known<Option<Rc<[u8]>>> {
        let id = match version {
            Version::Merged(_, bytes) => {
                self.count(bytes.len() as u64)?;
                return Ok(Some(Rc::clone(bytes)));
            }
            Version::Entry(entry) => entry.id,
        };
        let size = self.size_of(id)?;
        if size > TEXT_LIMIT {
            return Ok(None);
        }
        self.count(size)?;
        let bytes = match self.state {
            Some(state) => state.blob(self.history, id)?,
            None => self.history.view().blob(id)?,
        };
        Ok(Some(bytes.into()))
    }

    /// The size of a file, in bytes; a submodule has none.
    pub fn size(&self, entry: Entry) -> Known<u64> {
        match entry.mode {
            EntryMode::Submodule => Ok(0),
            _ => self.size_of(entry.id),
        }
    }

    fn size_of(&self, id: Oid) -> Known<u64> {
        Ok(match self.state {
            Some(state) => state.blob_size(self.history, id)?,
            None => self.history.view().blob_size(id)?,
        })
    }

    /// Whether so much of one file is in another, neither half as large as the other, that git may take the
    /// two for one that was renamed. It asks for half of the larger, in lines, or pieces of 64 bytes of those that are longer (2.39 and 2.47);
    /// this asks for a third, and of what is no text for the size alone.
    pub fn are_alike(&self, one: Entry, other: Entry) -> Known<bool> {
        let (one, other) = (Version::Entry(one), Version::Entry(other));
        if !is_file(&one) || !is_file(&other) {
            return Ok(false);
        }
        let (Some(one), Some(other)) = (self.bytes(&one)?, self.bytes(&other)?) else {
            return Ok(true);
        };
        if one.contains(&0) || other.contains(&0) {
            return Ok(true);
        }
        Ok(in_common(&one, &other).saturating_mul(3) >= one.len().max(other.len()))
    }

    /// How much of one file is in another, of [`ALL`], where git takes the two for one that was renamed: it asks for
    /// half of the larger, counted like this, of what is no text too (`git diff-tree -r -M`, 2.39 and 2.47).
    pub fn share_if_renamed(&self, one: Entry, other: Entry) -> Known<Option<u64>> {
        let (one, other) = (Version::Entry(one), Version::Entry(other));
        if !is_file(&one) || !is_file(&other) {
            return Ok(None);
        }
        let (Some(one), Some(other)) = (self.bytes(&one)?, self.bytes(&other)?) else {
            return Ok(None);
        };
        let most = one.len().max(other.len()) as u64;
        let share = (in_common(&one, &other) as u64 * ALL).checked_div(most);
        Ok(share.filter(|share| share * 2 >= ALL))
    }

    fn count(&self, bytes: u64) -> Known<()> {
        self.search.map_or(Ok(()), |search| self.history.allowance.text(search, bytes))
    }

    /// Whether two slots hold the same, mode and content.
    pub fn same(&self, one: &Slot, other: &Slot) -> Known<bool> {
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
    pub fn merge(&self, base: &Slot, ours: &Slot, theirs: &Slot) -> Known<Merged> {
        Ok(match self.outcome(base, ours, theirs)? {
            Outcome::Clean(slot) => Merged::Clean(slot),
            Outcome::Marked(_) | Outcome::Binary(_) | Outcome::Apart => Merged::Conflict,
            Outcome::Unclear => Merged::Unclear,
        })
    }

    /// Merges a path, and says what else there is to go on from.
    pub(super) fn outcome(&self, base: &Slot, ours: &Slot, theirs: &Slot) -> Known<Outcome> {
        if self.same(base, theirs)? || self.same(ours, theirs)? {
            return Ok(Outcome::Clean(ours.clone()));
        }
        if self.same(base, ours)? {
            return Ok(Outcome::Clean(theirs.clone()));
        }
        let (Some(ours), Some(theirs)) = (ours, theirs) else { return Ok(Outcome::Apart) };
        if ![Some(ours), Some(theirs), base.as_ref()].into_iter().flatten().all(is_file) {
            return Ok(Outcome::Apart);
        }
        let (mode, modes_agree) = merged_mode(base.as_ref().map(mode), mode(ours), mode(theirs));
        let key = base.as_ref().and_then(id).zip(id(ours)).zip(id(theirs));
        let key = key.map(|((one, two), three)| [one, two, three]);
        // What both sides have added is merged over nothing.
        let base = match base {
            Some(base) => self.bytes(base)?,
            None => Some(Rc::from(&[][..])),
        };
        let (Some(base), Some(ours), Some(theirs)) = (base, self.bytes(ours)?, self.bytes(theirs)?)
        else {
            return Ok(Outcome::Unclear);
        };
        Ok(match &*self.merge_text(key, [&base, &ours, &theirs])? {
            TextMerge::Clean(text) if modes_agree => {
                Outcome::Clean(Some(Version::Merged(mode, text.as_slice().into())))
            }
            TextMerge::Clean(text) | TextMerge::Conflict(text) => {
                Outcome::Marked(Version::Merged(mode, text.as_slice().into()))
            }
            TextMerge::NoText => Outcome::Binary(Version::Merged(mode, Rc::clone(&base))),
            TextMerge::TooDear => Outcome::Unclear,
        })
    }

    /// Whether merging a path comes, without a conflict, to this.
    pub fn makes(&self, base: &Slot, ours: &Slot, theirs: &Slot, made: &Slot) -> Known<bool> {
        match self.merge(base, ours, theirs)? {
            Merged::Clean(merged) => self.same(&merged, made),
            Merged::Conflict | Merged::Unclear => Ok(false),
        }
    }

    /// Merges three texts, unless that takes too long.
    fn merge_text(&self, key: Option<[Oid; 3]>, contents: [&[u8]; 3]) -> Known<Rc<TextMerge>> {
        if let Some(known) = key.and_then(|key| self.history.dear_merges.borrow().find(&key)) {
            return Ok(known);
        }
        let steps = &mut Steps::most(MOST_STEPS);
        let merged = Rc::new(self.history.view().merge_text(contents, steps)?);
        self.history.allowance.steps(steps.taken())?;
        if let Some(key) = key.filter(|_| steps.taken() > DEAR) {
            self.history.dear_merges.borrow_mut().keep(key, &merged);
        }
        Ok(merged)
    }
}

/// What merging a path came to, and where git goes on from when it merges merge bases (2.39 and 2.47).
pub(super) enum Outcome {
    /// It merged to this.
    Clean(Slot),
    /// A text with the conflicts marked in it.
    Marked(Version),
    /// What was there before, in the mode that both sides come to.
    Binary(Version),
    /// They conflict as a whole.
    Apart,
    /// It is too large, or too dear.
    Unclear,
}

/// The mode of a file that both sides have, and whether they agree on it.
fn merged_mode(base: Option<EntryMode>, ours: EntryMode, theirs: EntryMode) -> (EntryMode, bool) {
    match ours == theirs || base == Some(ours) {
        true => (theirs, true),
        false => (ours, base == Some(theirs)),
    }
}

/// How many bytes two files have in common, in whole pieces.
fn in_common(one: &[u8], other: &[u8]) -> usize {
    let mut pieces: HashMap<&[u8], usize> = HashMap::new();
    for piece in pieces_of(one) {
        *pieces.entry(piece).or_default() += 1;
    }
    let mut common = 0;
    for piece in pieces_of(other) {
        if let Some(left) = pieces.get_mut(piece).filter(|left| **left > 0) {
            *left -= 1;
            common += piece.len();
        }
    }
    common
}

/// The lines of a text, cut into pieces where they are long.
fn pieces_of(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    text.split_inclusive(|byte| *byte == b'\n').flat_map(|line| line.chunks(64))
}

/// The object that a version is, where it is one.
fn id(version: &Version) -> Option<Oid> {
    match version {
        Version::Entry(entry) => Some(entry.id),
        Version::Merged(..) => None,
    }
}

/// A merge that took more steps is remembered: several questions about a path ask for the same one.
const DEAR: u64 = 1 << 20;

/// The most bytes that are remembered of such merges.
const MOST_REMEMBERED: usize = 64 << 20;

/// Merges of three objects that took long, with what came of them.
#[derive(Debug, Default)]
pub struct DearMerges {
    by_versions: HashMap<[Oid; 3], Rc<TextMerge>>,
    bytes: usize,
}

impl DearMerges {
    fn find(&self, key: &[Oid; 3]) -> Option<Rc<TextMerge>> {
        self.by_versions.get(key).cloned()
    }

    /// Where there would be too much, all others are forgotten.
    fn keep(&mut self, key: [Oid; 3], merged: &Rc<TextMerge>) {
        let bytes = match &**merged {
            TextMerge::Clean(text) | TextMerge::Conflict(text) => text.len(),
            TextMerge::NoText | TextMerge::TooDear => 0,
        };
        if self.bytes + bytes > MOST_REMEMBERED {
            *self = Self::default();
        }
        if bytes <= MOST_REMEMBERED {
            self.by_versions.insert(key, Rc::clone(merged));
            self.bytes += bytes;
        }
    }
}

fn mode(version: &Version) -> EntryMode {
    match version {
        Version::Entry(entry) => entry.mode,
        Version::Merged(mode, _) => *mode,
    }
}

/// Whether a submodule is there.
pub fn is_submodule(slot: &Slot) -> bool {
    slot.as_ref().is_some_and(|version| mode(version) == EntryMode::Submodule)
}

fn is_file(version: &Version) -> bool {
    matches!(mode(version), EntryMode::File | EntryMode::Executable)
}

/// The slot that an entry of a tree makes.
pub fn slot(entry: Option<Entry>) -> Slot {
    entry.map(Version::Entry)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::fake::{FakeView, Files};

    /// So many lines of one of two letters.
    fn letters(lines: u32, seed: u32) -> Vec<u8> {
        let mut state = seed;
        let mut line = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            if state >> 31 == 0 { b"a\n" } else { b"b\n" }
        };
        (0..lines).flat_map(|_| line().to_vec()).collect()
    }

    /// Merges such a text, one that is much else and one that has a line more, twice; gives what comes
    /// of it, and how often the view was asked for it.
    fn merged_twice(lines: u32) -> (Merged, usize) {
        let mut view = FakeView::new();
        let base = letters(lines, 1);
        let theirs = [&base[..], b"c\n"].concat();
        let [base, ours, theirs] = [base, letters(lines, 2), theirs]
            .map(|text| slot(Some(Entry { mode: EntryMode::File, id: view.store(&text) })));
        view.make("c", &[], Files::new());
        let history = History::new(&view);
        let merge = || Contents::new(&history).merge(&base, &ours, &theirs).unwrap();
        let (first, second) = (merge(), merge());
        assert_eq!(first, second);
        (first, view.asked.merges.get())
    }

    #[test]
    fn a_merge_that_takes_long_is_made_once_and_one_that_takes_too_long_not_at_all() {
        assert_eq!(merged_twice(1_000).1, 2);
        assert_eq!(merged_twice(6_000).1, 1);
        assert_eq!(merged_twice(350_000), (Merged::Unclear, 1));
    }
}
