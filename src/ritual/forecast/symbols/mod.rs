//! Symbols that one side takes away and another uses: by the look of the lines, not by a parser.
//!
//! What a side takes away is what its removed lines define and none of its changed files defines any
//! more, and fields that are gone from the top of a type. A use is that word in what the other side
//! has changed. What is not clearly the same thing is left out: an alarm that is false costs trust.

mod definitions;
mod imports;
mod shapes;
mod text;
mod words;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use policy::change::EntryMode;
use policy::path::RepoPath;

use self::definitions::{Definition, Reach, SHORTEST, definitions};
use self::imports::{Import, imports};
use self::shapes::shapes;
pub use self::text::ChangedText;
use self::words::{Family, Word, stem, words};
use super::effect::Effect;
use crate::evidence::history::History;
use crate::repository::Read;

/// The largest file in which symbols are looked for, in bytes.
const LARGEST_TEXT: u64 = 1 << 20;
/// How many lines with one word are kept of one side.
const MOST_PLACES: usize = 200;

/// What one side changes, as text.
#[derive(Default)]
pub struct Texts {
    files: Vec<ChangedText>,
    /// How many files were too large to be read, or came when enough had been read.
    pub unread: usize,
}

/// Something that one side takes away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gone {
    /// Its name.
    pub name: String,
    /// The type that it was a field of, where it was one.
    pub field_of: Option<String>,
    /// The file that defined it.
    pub path: RepoPath,
    /// The line there, before, from 1.
    pub line: usize,
    /// What seems to be there instead.
    pub instead: Option<String>,
    reach: Reach,
    family: Family,
}

/// A use of something that is gone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Use {
    /// The file.
    pub path: RepoPath,
    /// The line, from 1.
    pub line: usize,
    /// How sure it is that this is the same thing.
    pub certainty: Certainty,
    /// How many further uses there are.
    pub more: usize,
}

/// How sure something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Certainty {
    /// The names agree, and what stands around them does not tell.
    Likely,
    /// What stands around them tells that it is the same.
    Certain,
}

impl Texts {
    /// Reads what a side changes, in the languages that are known, as far as so many bytes reach.
    pub fn of(history: &History<'_>, effect: &Effect, left: &mut u64) -> Read<Self> {
        let mut texts = Self::default();
        for (path, changed) in &effect.paths {
            let Some(family) = Family::of(path) else { continue };
            let blob = |entry: Option<policy::change::Entry>| {
                entry.filter(|entry| matches!(entry.mode, EntryMode::File | EntryMode::Executable))
            };
            let (old, new) = (blob(changed.old), blob(changed.new));
            let mut size = 0;
            let mut largest = 0;
            for entry in [old, new].into_iter().flatten() {
                let bytes = history.view().blob_size(entry.id)?;
                size += bytes;
                largest = largest.max(bytes);
            }
            if largest > LARGEST_TEXT || size > *left {
                texts.unread += 1;
                continue;
            }
            *left -= size;
            let read = |entry: Option<policy::change::Entry>| {
                entry.map(|entry| history.view().blob(entry.id)).transpose()
            };
            let (old, new) = (read(old)?, read(new)?);
            if ![&old, &new].into_iter().flatten().any(|bytes| bytes.contains(&0)) {
                let text = ChangedText::new(path.clone(), family, old.as_deref(), new.as_deref());
                texts.files.push(text);
            }
        }
        Ok(texts)
    }

    /// What the side takes away.
    pub fn gone(&self) -> Vec<Gone> {
        let mut gone = Vec::new();
        let mut defined: Option<HashSet<(Family, String)>> = None;
        for file in &self.files {
            let lines = file.old_lines();
            for definition in definitions(&lines, file.family, file.removed.iter().copied()) {
                let defined = defined.get_or_insert_with(|| self.defined());
                if !defined.contains(&(file.family, definition.name.clone())) {
                    gone.push(self.symbol(file, definition));
                }
            }
        }
        self.fields(&mut gone);
        let mut seen = HashSet::new();
        gone.retain(|one| seen.insert((one.name.clone(), one.field_of.clone(), one.family)));
        gone
    }

    /// Every name that any of the files defines now.
    fn defined(&self) -> HashSet<(Family, String)> {
        let mut names = HashSet::new();
        for file in &self.files {
            let lines = file.new_lines();
            let found = definitions(&lines, file.family, 0..lines.len());
            names.extend(found.into_iter().map(|definition| (file.family, definition.name)));
        }
        names
    }

    fn symbol(&self, file: &ChangedText, definition: Definition) -> Gone {
        let (old, new) = (file.old_lines(), file.new_lines());
        let before: HashSet<String> = definitions(&old, file.family, 0..old.len())
            .into_iter()
            .map(|definition| definition.name)
            .collect();
        let came = definitions(&new, file.family, file.added.iter().copied());
        let alike = |other: &&Definition| {
            other.what == definition.what
                && other.reach == definition.reach
                && !before.contains(&other.name)
        };
        // What came nearest to where it stood; far away it is something else.
        let instead =
            came.iter().filter(alike).min_by_key(|other| other.line.abs_diff(definition.line));
        let instead = instead.filter(|other| other.line.abs_diff(definition.line) <= 20);
        Gone {
            name: definition.name,
            field_of: None,
            path: file.path.clone(),
            line: definition.line + 1,
            instead: instead.map(|other| other.name.clone()),
            reach: definition.reach,
            family: file.family,
        }
    }

    /// The fields that types have had, and have no more.
    fn fields(&self, gone: &mut Vec<Gone>) {
        let mut now: HashMap<(Family, String), shapes::Shape> = HashMap::new();
        let changed = || self.files.iter().filter(|file| !file.removed.is_empty());
        for file in changed() {
            let had = shapes(&file.old_lines(), file.family);
            if had.is_empty() {
                continue;
            }
            if now.is_empty() {
                now = self.shapes();
            }
            for (of, shape) in had {
                let Some(has) = now.get(&(file.family, of.clone())) else { continue };
                if has.is_open && !shape.is_open {
                    continue;
                }
                let came: Vec<&String> =
                    has.fields.keys().filter(|field| !shape.fields.contains_key(*field)).collect();
                let lost = shape.fields.iter().filter(|(field, _)| {
                    !has.fields.contains_key(*field) && field.len() >= SHORTEST
                });
                gone.extend(lost.map(|(field, line)| Gone {
                    name: field.clone(),
                    field_of: Some(of.clone()),
                    path: file.path.clone(),
                    line: line + 1,
                    instead: match came.as_slice() {
                        [one] => Some((*one).clone()),
                        _ => None,
                    },
                    reach: Reach::Member(of.clone()),
                    family: file.family,
                }));
            }
        }
    }

    fn shapes(&self) -> HashMap<(Family, String), shapes::Shape> {
        let mut all: HashMap<(Family, String), shapes::Shape> = HashMap::new();
        for file in &self.files {
            for (of, shape) in shapes(&file.new_lines(), file.family) {
                let known = all.entry((file.family, of)).or_default();
                known.is_open |= shape.is_open;
                known.fields.extend(shape.fields);
            }
        }
        all
    }

    /// Where the words stand that anybody takes away: in the new text of every changed file.
    pub fn places(&self, wanted: &HashSet<String>) -> Places<'_> {
        let mut places = Places { texts: self, by_name: HashMap::new(), imports: HashMap::new() };
        if wanted.is_empty() {
            return places;
        }
        for (at, file) in self.files.iter().enumerate() {
            let added: HashSet<usize> = file.added.iter().copied().collect();
            for (line, text) in file.new_lines().into_iter().enumerate() {
                for word in words(text, file.family) {
                    if wanted.contains(word.text) {
                        let place = Place { file: at, line, is_added: added.contains(&line) };
                        let known = places.by_name.entry(word.text.to_owned()).or_default();
                        if known.len() < MOST_PLACES && known.last() != Some(&place) {
                            known.push(place);
                        }
                    }
                }
            }
        }
        let named: BTreeSet<usize> =
            places.by_name.values().flatten().map(|place| place.file).collect();
        for at in named {
            let file = &self.files[at];
            places.imports.insert(at, imports(&file.new_lines(), file.family));
        }
        places
    }

    /// The files of the side in which added lines import a path, with the line from 1.
    pub fn importing(&self, gone: &RepoPath) -> Option<(RepoPath, usize)> {
        self.files.iter().find_map(|file| {
            let lines = file.new_lines();
            let mut added = file.added.iter().copied();
            let line =
                added.find(|at| imports::names(lines[*at], file.family, &file.path, gone))?;
            Some((file.path.clone(), line + 1))
        })
    }
}

/// Where wanted words stand on one side.
pub struct Places<'t> {
    texts: &'t Texts,
    by_name: HashMap<String, Vec<Place>>,
    imports: HashMap<usize, Vec<Import>>,
}

/// One line that holds a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Place {
    file: usize,
    line: usize,
    is_added: bool,
}

impl Places<'_> {
    /// The clearest use of something that the other side takes away. In files that the other side
    /// changes too, only lines count that this one adds: the rest is as that side leaves it.
    pub fn use_of(&self, gone: &Gone, by: &Effect) -> Option<Use> {
        let places = self.by_name.get(&gone.name)?;
        let mut uses: BTreeMap<(Certainty, bool), Vec<Place>> = BTreeMap::new();
        for place in places {
            let file = &self.texts.files[place.file];
            let counts = place.is_added || !by.paths.contains_key(&file.path);
            if let Some(certainty) = counts.then(|| self.is_use(gone, *place)).flatten() {
                uses.entry((certainty, place.is_added)).or_default().push(*place);
            }
        }
        let count: usize = uses.values().map(Vec::len).sum();
        let ((certainty, is_added), best) = uses.pop_last()?;
        // What this side has not written it may have from before, and of somebody else.
        let certainty = if is_added { certainty } else { Certainty::Likely };
        let first = best.first()?;
        let path = self.texts.files[first.file].path.clone();
        Some(Use { path, line: first.line + 1, certainty, more: count - 1 })
    }

    fn is_use(&self, gone: &Gone, place: Place) -> Option<Certainty> {
        let file = &self.texts.files[place.file];
        if file.family != gone.family {
            return None;
        }
        let lines = file.new_lines();
        let all = words(lines[place.line], file.family);
        let mut found = all.iter().enumerate().filter(|(_, word)| word.text == gone.name);
        match &gone.reach {
            Reach::Member(of) => {
                let own = shapes(&lines, file.family);
                if file.path != gone.path && own.contains_key(of) {
                    return None;
                }
                let stem = stem(of);
                if !found.any(|(at, word)| is_of(&all, at, word, &stem, gone.field_of.is_some())) {
                    return None;
                }
                if file.path == gone.path {
                    return Some(Certainty::Certain);
                }
                let imports = self.imports.get(&place.file).map_or(&[][..], Vec::as_slice);
                let is_named = || {
                    lines.iter().any(|line| {
                        line.contains(of.as_str())
                            && words(line, file.family).iter().any(|word| word.text == of)
                    })
                };
                imports::tie_to_type(gone, of, file.family, imports, is_named)
            }
            reach => {
                let is_in_reach = match reach {
                    Reach::File => file.path == gone.path,
                    Reach::Directory => file.path.parent() == gone.path.parent(),
                    _ => true,
                };
                let defines = definitions(&lines, file.family, 0..lines.len());
                if !is_in_reach || defines.iter().any(|definition| definition.name == gone.name) {
                    return None;
                }
                if file.path == gone.path {
                    let is_plain = found.any(|(_, word)| !word.is_member());
                    return is_plain.then_some(Certainty::Certain);
                }
                let imports = self.imports.get(&place.file).map_or(&[][..], Vec::as_slice);
                found
                    .filter_map(|(at, word)| {
                        imports::tie(gone, file.family, imports, &all, at, word)
                    })
                    .max()
            }
        }
    }
}

/// Whether a word is taken out of a value of a type, by the name of what it is taken from; a field
/// also where it stands in braces beside such a name.
fn is_of(all: &[Word<'_>], at: usize, word: &Word<'_>, stem: &str, is_field: bool) -> bool {
    let is_named = |word: &Word<'_>| word.text.to_lowercase().replace('_', "").contains(stem);
    if word.is_member() {
        return at > 0 && is_named(&all[at - 1]);
    }
    let in_braces = matches!(word.before, '{' | ',') && matches!(word.after, '}' | ',' | ':' | '=');
    let others = all.iter().enumerate().filter(|(other, _)| *other != at);
    is_field && in_braces && others.map(|(_, word)| word).any(is_named)
}
