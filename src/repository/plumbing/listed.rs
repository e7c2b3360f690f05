//! What git's plumbing prints, parsed strictly: pure functions over bytes.
//!
//! A record that git would not print is an error and never skipped.

use policy::change::Entry;
use policy::name::RefName;
use policy::oid::Oid;
use policy::path::RepoPath;

use crate::repository::raw::{ItemKind, ObjectKind, kind_of_mode};
use crate::repository::{Staged, TreeChange};

/// Output that is none of git's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("git printed {0}")]
pub struct Malformed(&'static str);

/// The first line of an answer of `cat-file --batch-command`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// The object, and how many bytes it has.
    Found {
        /// Its id.
        id: Oid,
        /// What it is.
        kind: ObjectKind,
        /// Its size, in bytes.
        size: u64,
    },
    /// Nothing has that name, or several things have it.
    Missing,
}

/// Parses the first line of an answer, without its end.
///
/// # Errors
/// When it is neither `ID KIND SIZE` nor ends in ` missing` or ` ambiguous`.
pub fn answer(line: &[u8]) -> Result<Answer, Malformed> {
    if line.ends_with(b" missing") || line.ends_with(b" ambiguous") {
        return Ok(Answer::Missing);
    }
    let odd = Malformed("an answer that is none");
    let mut fields = line.split(|byte| *byte == b' ');
    let mut next = || fields.next().ok_or(odd);
    let (id, kind, size) = (next()?, next()?, next()?);
    if fields.next().is_some() {
        return Err(odd);
    }
    let kind = ObjectKind::of_name(kind).ok_or(odd)?;
    Ok(Answer::Found { id: oid(id).ok_or(odd)?, kind, size: number(size).ok_or(odd)? })
}

/// Parses `diff-index --cached --raw -z --no-abbrev --no-renames`, sorted by path.
///
/// # Errors
/// When a record is cut off, or has a mode or a path that git's index cannot hold.
pub fn raw_diff(listed: &[u8]) -> Result<Staged, Malformed> {
    let mut staged = Staged::default();
    let mut fields = nul_terminated(listed)?;
    while let Some(header) = fields.next() {
        let path = fields.next().ok_or(Malformed("a difference without a path"))?;
        let path = RepoPath::new(path).map_err(|_| Malformed("a path that is none"))?;
        let odd = Malformed("a difference that is none");
        let mut parts = header.strip_prefix(b":").ok_or(odd)?.split(|byte| *byte == b' ');
        let mut next = || parts.next().ok_or(odd);
        let (old_mode, new_mode, old, new, status) = (next()?, next()?, next()?, next()?, next()?);
        if status == b"U" {
            staged.unmerged.push(path);
            continue;
        }
        if ![&b"A"[..], b"D", b"M", b"T"].contains(&status) {
            return Err(Malformed("a difference of an unknown kind"));
        }
        let (old, new) = (entry(old_mode, old)?, entry(new_mode, new)?);
        if old != new {
            staged.changes.push(TreeChange { path, old, new });
        }
    }
    staged.unmerged.sort_unstable();
    staged.unmerged.dedup();
    staged.changes.retain(|change| staged.unmerged.binary_search(&change.path).is_err());
    staged.changes.sort_unstable();
    if staged.changes.windows(2).any(|pair| pair[0].path == pair[1].path) {
        return Err(Malformed("two differences of one path"));
    }
    Ok(staged)
}

/// One side of a difference: the mode `000000` stands for nothing.
fn entry(mode: &[u8], id: &[u8]) -> Result<Option<Entry>, Malformed> {
    let odd = Malformed("an entry that is none");
    let mode = std::str::from_utf8(mode).map_err(|_| odd)?;
    let mode = u32::from_str_radix(mode, 8).map_err(|_| odd)?;
    if mode == 0 {
        return Ok(None);
    }
    let Some(ItemKind::Leaf(mode)) = kind_of_mode(mode) else { return Err(odd) };
    let id = oid(id).filter(|id| !id.is_zero()).ok_or(odd)?;
    Ok(Some(Entry { mode, id }))
}

/// A ref as `for-each-ref` lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedRef {
    /// Its full name.
    pub name: RefName,
    /// What it points to in the end.
    pub target: Oid,
    /// What it names, when it is symbolic: the end of the chain.
    pub symbolic: Option<RefName>,
    /// What follows it from a remote, or from here, when it is a branch that has an upstream.
    pub upstream: Option<RefName>,
}

/// Parses lines of `NAME NUL ID NUL SYMBOLIC NUL UPSTREAM`, in git's order.
///
/// # Errors
/// When a line has other fields.
pub fn refs(listed: &[u8]) -> Result<Vec<ListedRef>, Malformed> {
    let odd = Malformed("a ref that is none");
    let lines = listed.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
    lines
        .map(|line| {
            let mut fields = line.split(|byte| *byte == 0);
            let mut next = || fields.next().ok_or(odd);
            let (name, target, symbolic, upstream) = (next()?, next()?, next()?, next()?);
            if name.is_empty() || fields.next().is_some() {
                return Err(odd);
            }
            let target = oid(target).ok_or(odd)?;
            let named = |name: &[u8]| (!name.is_empty()).then(|| RefName::new(name));
            let (symbolic, upstream) = (named(symbolic), named(upstream));
            Ok(ListedRef { name: RefName::new(name), target, symbolic, upstream })
        })
        .collect()
}

/// The refs that git said it passes over because it cannot read them.
pub fn broken_refs(warnings: &[u8]) -> Vec<RefName> {
    let lines = warnings.split(|byte| *byte == b'\n');
    lines
        .filter_map(|line| line.strip_prefix(b"warning: ignoring broken ref "))
        .map(RefName::new)
        .collect()
}

/// A setting: its scope, its key as git writes it, and its value, if it has one.
pub type Setting = (Vec<u8>, Vec<u8>, Option<Vec<u8>>);

/// Parses `config --list -z --show-scope`: a scope and a setting, each ended by a NUL. What a file
/// includes has the scope of that file (2.39 and 2.47).
///
/// # Errors
/// When the last record does not end, or a scope has no setting.
pub fn config(listed: &[u8]) -> Result<Vec<Setting>, Malformed> {
    let mut records = nul_terminated(listed)?;
    let mut settings = Vec::new();
    while let Some(scope) = records.next() {
        let record = records.next().ok_or(Malformed("a setting's scope alone"))?;
        let (key, value) = match record.iter().position(|byte| *byte == b'\n') {
            Some(end) => (record[..end].to_vec(), Some(record[end + 1..].to_vec())),
            None => (record.to_vec(), None),
        };
        settings.push((scope.to_vec(), key, value));
    }
    Ok(settings)
}

fn nul_terminated(listed: &[u8]) -> Result<impl Iterator<Item = &[u8]>, Malformed> {
    let body = match listed {
        [] => None,
        [body @ .., 0] => Some(body),
        _ => return Err(Malformed("a list that is cut off")),
    };
    Ok(body.into_iter().flat_map(|body| body.split(|byte| *byte == 0)))
}

fn oid(text: &[u8]) -> Option<Oid> {
    std::str::from_utf8(text).ok()?.parse().ok()
}

fn number(text: &[u8]) -> Option<u64> {
    let is_number = !text.is_empty() && text.iter().all(u8::is_ascii_digit);
    std::str::from_utf8(text).ok().filter(|_| is_number)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: &str = "1111111111111111111111111111111111111111";
    const ZERO: &str = "0000000000000000000000000000000000000000";

    #[test]
    fn an_answer_is_an_object_or_that_there_is_none() {
        let found = answer(format!("{ONE} blob 12").as_bytes()).unwrap();
        assert_eq!(
            found,
            Answer::Found { id: ONE.parse().unwrap(), kind: ObjectKind::Blob, size: 12 }
        );
        assert_eq!(answer(b"x commit 5 missing"), Ok(Answer::Missing));
        assert_eq!(answer(b"12 ambiguous"), Ok(Answer::Missing));
        for odd in [
            String::new(),
            "x blob 5".to_owned(),
            format!("{ONE} blob"),
            format!("{ONE} blob -1"),
            format!("{ONE} file 1"),
            format!("{ONE} blob 1 2"),
            format!("{ONE} blob 99999999999999999999"),
        ] {
            assert!(answer(odd.as_bytes()).is_err(), "{odd:?}");
        }
    }

    #[test]
    fn a_difference_has_two_sides() {
        let listed = format!(
            ":000000 100644 {ZERO} {ONE} A\0b\n\0:100755 000000 {ONE} {ZERO} D\0a\0\
             :100664 100644 {ONE} {ONE} M\0same\0:000000 000000 {ZERO} {ZERO} U\0both\0\
             :000000 100644 {ZERO} {ONE} A\0both\0"
        );
        let staged = raw_diff(listed.as_bytes()).unwrap();
        let paths: Vec<_> = staged.changes.iter().map(|change| change.path.as_bytes()).collect();
        assert_eq!(paths, [&b"a"[..], b"b\n"]);
        assert_eq!((staged.changes[0].new, staged.changes[1].old), (None, None));
        assert_eq!(staged.unmerged.len(), 1);
        assert_eq!(raw_diff(b""), Ok(Staged::default()));
    }

    #[test]
    fn a_malformed_difference_is_an_error() {
        for odd in [
            format!(":000000 100644 {ZERO} {ONE} A\0b"),
            format!(":000000 100644 {ZERO} {ONE} A\0"),
            format!("000000 100644 {ZERO} {ONE} A\0b\0"),
            format!(":000000 040000 {ZERO} {ONE} A\0b\0"),
            format!(":000000 100644 {ZERO} {ZERO} A\0b\0"),
            format!(":000000 100644 {ZERO} {ONE} R100\0b\0"),
            format!(":000000 100644 {ZERO} {ONE} A\0/b\0"),
            format!(":000000 100644 {ZERO} {ONE} A\0b\0:000000 100644 {ZERO} {ONE} A\0b\0"),
        ] {
            assert!(raw_diff(odd.as_bytes()).is_err(), "{odd:?}");
        }
    }

    #[test]
    fn refs_have_four_fields() {
        let listed = format!(
            "refs/heads/a\0{ONE}\0\0refs/remotes/o/a\nrefs/heads/b\0{ONE}\0refs/heads/a\0\n"
        );
        let found = refs(listed.as_bytes()).unwrap();
        assert_eq!(found[1].symbolic, Some(RefName::new("refs/heads/a")));
        assert_eq!(found[0].symbolic, None);
        assert_eq!(found[0].upstream, Some(RefName::new("refs/remotes/o/a")));
        assert_eq!(found[1].upstream, None);
        for odd in ["refs/heads/a", "\0\0\0\n", "refs/heads/a\0zz\0\0\n"] {
            assert!(refs(odd.as_bytes()).is_err(), "{odd:?}");
        }
        let warned = b"warning: ignoring broken ref refs/heads/x\nwarning: other\n";
        assert_eq!(broken_refs(warned), [RefName::new("refs/heads/x")]);
    }

    #[test]
    fn a_value_may_hold_anything_but_nul() {
        let listed = config(b"local\0a.b\nx\ny=\0system\0a.c\0").unwrap();
        assert_eq!(listed[0], (b"local".to_vec(), b"a.b".to_vec(), Some(b"x\ny=".to_vec())));
        assert_eq!(listed[1], (b"system".to_vec(), b"a.c".to_vec(), None));
        assert!(config(b"local\0a.b").is_err() && config(b"local\0").is_err());
    }
}
