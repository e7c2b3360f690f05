//! What merges cleanly and is broken all the same.

use std::collections::{BTreeMap, HashSet};

use policy::path::RepoPath;

use super::effect::Effect;
use super::pairs::Side;
use super::symbols::{Certainty, Gone, Places, Texts};
use crate::evidence::history::History;
use crate::repository::Read;
use crate::repository::aside::directories;

/// One thing that is broken by a merge that git makes without a word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Silent {
    /// What.
    pub what: What,
    /// The side that has to look at it: it uses or changes what the other takes away.
    pub whose: Side,
    /// The path there.
    pub path: RepoPath,
    /// The line there, from 1, in the side's own version.
    pub line: Option<usize>,
    /// The path on the other side that it is about.
    pub other_path: RepoPath,
    /// The line there, from 1: of what is gone, in the version before.
    pub other_line: Option<usize>,
    /// How sure it is.
    pub certainty: Certainty,
    /// How many more places of this side are like it.
    pub more: usize,
}

/// What is broken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// The side changes a file that the other moves away: git takes the change to the new path.
    Moved {
        /// The new path, where it is known.
        to: Option<RepoPath>,
    },
    /// Both sides make the same new path, with the same content.
    SamePath,
    /// Both sides make something new with the same number.
    SameNumber {
        /// The number, as it stands in the name.
        number: String,
    },
    /// The side uses a symbol that the other takes away.
    Symbol {
        /// Its name.
        name: String,
        /// What seems to be there instead.
        instead: Option<String>,
    },
    /// The side uses a field that the other takes out of a type.
    Field {
        /// The type.
        of: String,
        /// The field.
        name: String,
        /// What seems to be there instead.
        instead: Option<String>,
    },
    /// The side imports a file that the other takes away.
    Import {
        /// The new path, where it is known.
        to: Option<RepoPath>,
    },
}

/// One side, as it is looked through.
#[derive(Clone, Copy)]
pub struct Looked<'a> {
    /// Which.
    pub side: Side,
    /// What it changes.
    pub effect: &'a Effect,
    /// The same as text.
    pub texts: &'a Texts,
    /// What it takes away.
    pub gone: &'a [Gone],
    /// Where what is taken away is used in it.
    pub places: &'a Places<'a>,
}

/// Everything silent between two sides. `conflicts` tells of a path that git tells of it already.
pub fn between(
    history: &History<'_>,
    one: Looked<'_>,
    other: Looked<'_>,
    conflicts: &dyn Fn(&RepoPath) -> bool,
) -> Read<Vec<Silent>> {
    let mut found = Vec::new();
    for (this, that) in [(one, other), (other, one)] {
        moved(this, that, conflicts, &mut found);
        used(this, that, &mut found);
        imported(this, that, &mut found);
    }
    same_paths(one, other, conflicts, &mut found);
    same_numbers(history, one, other, &mut found)?;
    Ok(found)
}

/// Files that this side changes and that one moves away.
fn moved(
    this: Looked<'_>,
    that: Looked<'_>,
    conflicts: &dyn Fn(&RepoPath) -> bool,
    found: &mut Vec<Silent>,
) {
    for (path, _) in that.effect.deleted() {
        let changes = this.effect.paths.get(path).is_some_and(super::effect::Changed::is_modified);
        if changes && !conflicts(path) {
            found.push(Silent {
                what: What::Moved { to: moved_to(that, path) },
                whose: this.side,
                path: path.clone(),
                line: None,
                other_path: path.clone(),
                other_line: None,
                certainty: Certainty::Certain,
                more: 0,
            });
        }
    }
}

/// Where a side has moved a file to: the same content elsewhere, else the same name, else the only
/// new file with the same ending.
fn moved_to(side: Looked<'_>, path: &RepoPath) -> Option<RepoPath> {
    let old = side.effect.paths.get(path)?.old;
    let added: Vec<_> = side.effect.added().collect();
    let same_content = added.iter().find(|(_, changed)| changed.new == old);
    let same_name = || added.iter().find(|(other, _)| other.file_name() == path.file_name());
    let ending =
        |path: &RepoPath| path.file_name().rsplit(|byte| *byte == b'.').next().map(<[u8]>::to_vec);
    let only = || {
        let mut alike = added.iter().filter(|(other, _)| ending(other) == ending(path));
        alike.next().filter(|_| alike.next().is_none())
    };
    same_content.or_else(same_name).or_else(only).map(|(other, _)| (*other).clone())
}

fn same_paths(
    one: Looked<'_>,
    other: Looked<'_>,
    conflicts: &dyn Fn(&RepoPath) -> bool,
    found: &mut Vec<Silent>,
) {
    // What the trunk has of a lane, it has from there, as a rule: a squash, a pick.
    if [one.side, other.side].contains(&Side::Trunk) {
        return;
    }
    for (path, _) in other.effect.added() {
        let is_in_both = one.effect.paths.get(path).is_some_and(super::effect::Changed::is_added);
        if is_in_both && !conflicts(path) {
            found.push(Silent {
                what: What::SamePath,
                whose: other.side,
                path: path.clone(),
                line: None,
                other_path: path.clone(),
                other_line: None,
                certainty: Certainty::Certain,
                more: 0,
            });
        }
    }
}

/// Files or directories of one directory that both sides make, under the same number.
fn same_numbers(
    history: &History<'_>,
    one: Looked<'_>,
    other: Looked<'_>,
    found: &mut Vec<Silent>,
) -> Read<()> {
    let (ones, others) = (numbered(one.effect), numbered(other.effect));
    for (key, (number, path, name)) in &others {
        let Some((_, first, first_name)) = ones.get(key) else { continue };
        if name == first_name
            || is_old(history, one, &key.0, first_name)?
            || is_old(history, other, &key.0, name)?
        {
            continue;
        }
        found.push(Silent {
            what: What::SameNumber { number: number.clone() },
            whose: other.side,
            path: path.clone(),
            line: None,
            other_path: first.clone(),
            other_line: None,
            certainty: Certainty::Likely,
            more: 0,
        });
    }
    Ok(())
}

/// Whether a directory that new files are put into has been there before.
fn is_old(history: &History<'_>, side: Looked<'_>, directory: &[u8], name: &[u8]) -> Read<bool> {
    let full = if directory.is_empty() { name.to_vec() } else { [directory, b"/", name].concat() };
    let is_new =
        |path: &RepoPath| side.effect.paths.get(path).is_some_and(super::effect::Changed::is_added);
    if RepoPath::new(full.clone()).is_ok_and(|path| is_new(&path)) {
        return Ok(false);
    }
    // A directory is new when everything in it is.
    let Some(tree) = side.effect.tree else { return Ok(true) };
    for entry in history.view().names_in(tree, &full)? {
        let inside = [&full[..], b"/", &entry].concat();
        let known = side
            .effect
            .paths
            .keys()
            .any(|path| path.as_bytes().starts_with(&inside) && is_new(path));
        if !known {
            return Ok(true);
        }
    }
    Ok(false)
}

/// What a side adds under a number: the directory and the number as such, to the number as it is
/// written, the first path, and the name in the directory.
type Numbered = BTreeMap<(Vec<u8>, String), (String, RepoPath, Vec<u8>)>;

fn numbered(effect: &Effect) -> Numbered {
    let mut found = Numbered::new();
    for (path, _) in effect.added() {
        let bytes = path.as_bytes();
        let parents = std::iter::once(&b""[..]).chain(directories(path));
        for parent in parents {
            let from = if parent.is_empty() { 0 } else { parent.len() + 1 };
            let rest = &bytes[from..];
            let name = rest.split(|byte| *byte == b'/').next().unwrap_or_default();
            if let Some(number) = number(name) {
                let plain = number.trim_start_matches(['V', 'v', '0']).to_owned();
                let entry = (number, path.clone(), name.to_vec());
                found.entry((parent.to_vec(), plain)).or_insert(entry);
            }
        }
    }
    found
}

/// The number that a name begins with, when it numbers a series: `0007_a.sql`, `V7__x.sql`,
/// `20240101_x`, `12-title.md`. A date of several numbers is none, and neither is `2fa.ts`.
fn number(name: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(name).ok()?;
    let (version, digits) = match text.strip_prefix(['V', 'v']) {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let end = digits.find(|c: char| !(c.is_ascii_digit() || (version && c == '.')))?;
    let (number, behind) = digits.split_at(end);
    let mut behind = behind.chars();
    let (mark, next) = (behind.next()?, behind.next()?);
    let is_series = match mark {
        '_' if version => next == '_',
        '_' | '-' => !version && number.len() >= 2 && next.is_alphabetic(),
        _ => false,
    };
    let any = number.chars().any(|c| c.is_ascii_digit());
    (is_series && any).then(|| text[..text.len() - digits.len() + end].to_owned())
}

/// Symbols and fields that this side uses and that one takes away.
fn used(this: Looked<'_>, that: Looked<'_>, found: &mut Vec<Silent>) {
    let mut told = HashSet::new();
    for gone in that.gone {
        let Some(used) = this.places.use_of(gone, that.effect) else { continue };
        // One line is told of once.
        if !told.insert((used.path.clone(), used.line, gone.name.clone())) {
            continue;
        }
        let what = match &gone.field_of {
            Some(of) => What::Field {
                of: of.clone(),
                name: gone.name.clone(),
                instead: gone.instead.clone(),
            },
            None => What::Symbol { name: gone.name.clone(), instead: gone.instead.clone() },
        };
        found.push(Silent {
            what,
            whose: this.side,
            path: used.path,
            line: Some(used.line),
            other_path: gone.path.clone(),
            other_line: Some(gone.line),
            certainty: used.certainty,
            more: used.more,
        });
    }
}

/// Files that this side begins to import and that one takes away.
fn imported(this: Looked<'_>, that: Looked<'_>, found: &mut Vec<Silent>) {
    for (gone, _) in that.effect.deleted() {
        if let Some((path, line)) = this.texts.importing(gone) {
            found.push(Silent {
                what: What::Import { to: moved_to(that, gone) },
                whose: this.side,
                path,
                line: Some(line),
                other_path: gone.clone(),
                other_line: None,
                certainty: Certainty::Certain,
                more: 0,
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_number_a_series() {
        for (name, expected) in [
            ("0007_a.sql", Some("0007")),
            ("V7__x.sql", Some("V7")),
            ("V1.2__x.sql", Some("V1.2")),
            ("20240101_x", Some("20240101")),
            ("12-title.md", Some("12")),
            ("2024-11-30-notes.md", None),
            ("10_000_rows.json", None),
            ("2fa_login.ts", None),
            ("v2_api.ts", None),
            ("7_x.sql", None),
            ("0007.sql", None),
            ("V__x", None),
            ("a", None),
        ] {
            assert_eq!(number(name.as_bytes()).as_deref(), expected, "{name}");
        }
    }
}
