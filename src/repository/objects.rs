//! Commits, trees, tags and blobs of any [`Source`], and where a shallow clone ends.

use std::collections::BTreeSet;
use std::path::Path;
use std::rc::Rc;

use policy::oid::Oid;
use sha1::{Digest, Sha1};
use sha2::Sha256;

use super::ancestry::Commits;
use super::raw::{self, ObjectKind, RawCommit, Tree};
use super::source::Source;
use super::trees::Trees;
use super::{Read, ReadError};
use crate::system::files;

/// The file that lists a shallow clone's boundary has an id a line; this is far beyond any.
const MAX_SHALLOW_FILE: u64 = 64 << 20;

/// The largest object that is read, in bytes: as large as a text can be that was merged of two.
/// Honest trees and commits come nowhere near it.
pub const LARGEST_OBJECT: u64 = 128 << 20;

/// Refuses an object that is larger than the source reads, before it is read.
pub fn check_size(source: &impl Source, id: Oid, size: u64) -> Read<()> {
    let most = source.memory().largest_object;
    if size <= most {
        return Ok(());
    }
    Err(ReadError::Object { id, reason: format!("it has {size} bytes; at most {most} are read") })
}

/// The id that a content has in a repository whose ids are as long as this one.
pub fn hash(like: Oid, kind: ObjectKind, content: &[u8]) -> Option<Oid> {
    fn of<D: Digest>(kind: ObjectKind, content: &[u8]) -> Vec<u8> {
        let mut digest = D::new();
        digest.update(format!("{} {}\0", kind.name(), content.len()));
        digest.update(content);
        digest.finalize().to_vec()
    }
    let raw = match like.as_bytes().len() {
        20 => of::<Sha1>(kind, content),
        _ => of::<Sha256>(kind, content),
    };
    Oid::from_bytes(&raw).ok()
}

/// What a commit says, read once.
pub fn commit(source: &impl Source, id: Oid) -> Read<Rc<RawCommit>> {
    let known = &source.memory().commits;
    if let Some(commit) = known.borrow().get(&id) {
        return Ok(Rc::clone(commit));
    }
    let commit = parsed(source, id, ObjectKind::Commit, raw::commit);
    let commit = Rc::new(commit.map_err(|error| or_shallow(source, id, error))?);
    known.borrow_mut().insert(id, Rc::clone(&commit));
    Ok(commit)
}

/// A commit that is not here because a shallow clone ends above it is said to be that.
fn or_shallow(source: &impl Source, id: Oid, error: ReadError) -> ReadError {
    let Ok(boundary) = boundary(source) else { return error };
    let above = boundary.iter().find(|at| {
        **at != id
            && parsed(source, **at, ObjectKind::Commit, raw::commit)
                .is_ok_and(|commit| commit.parents.contains(&id))
    });
    above.map_or(error, |at| ReadError::Shallow { at: *at })
}

/// Peels annotated tags; `None` when what is left is no commit.
pub fn peel(source: &impl Source, id: Oid) -> Read<Option<Oid>> {
    let known = &source.memory().commits;
    let mut at = id;
    while !known.borrow().contains_key(&at) {
        let (kind, tag, commit) = source.object(at, |kind, bytes| {
            let tag = (kind == ObjectKind::Tag).then(|| raw::tag(bytes));
            (kind, tag, (kind == ObjectKind::Commit).then(|| raw::commit(bytes)))
        })?;
        // It is asked for next. Whether it is malformed is said to whoever does.
        if let Some(Ok(commit)) = commit {
            known.borrow_mut().insert(at, Rc::new(commit));
        }
        match (kind, tag) {
            (ObjectKind::Commit, _) => return Ok(Some(at)),
            (_, Some(tag)) => at = tag.map_err(|reason| malformed(at, reason))?.target,
            (_, None) => return Ok(None),
        }
    }
    Ok(Some(at))
}

/// An error where an object is here and is no blob.
pub fn require_blob(source: &impl Source, id: Oid) -> Read<()> {
    match source.kind_here(id)? {
        Some(kind) => require(id, kind, ObjectKind::Blob),
        None => Ok(()),
    }
}

/// A blob's size, in bytes.
pub fn blob_size(source: &impl Source, id: Oid) -> Read<u64> {
    let (kind, size) = source.header(id)?;
    require(id, kind, ObjectKind::Blob)?;
    Ok(size)
}

/// A blob's content.
pub fn blob(source: &impl Source, id: Oid) -> Read<Vec<u8>> {
    parsed(source, id, ObjectKind::Blob, |bytes| Ok(bytes.to_vec()))
}

/// The commits whose parents were cut off, from the file that git keeps for all worktrees.
pub fn boundary(source: &impl Source) -> Read<&BTreeSet<Oid>> {
    let known = &source.memory().shallow;
    if let Some(boundary) = known.get() {
        return Ok(boundary);
    }
    let boundary = boundary_in(&source.place().common_dir.join("shallow"))?;
    Ok(known.get_or_init(|| boundary))
}

/// The commits that a file like git's own names.
pub fn boundary_in(path: &Path) -> Read<BTreeSet<Oid>> {
    let text = files::read(path, MAX_SHALLOW_FILE)
        .map_err(|error| ReadError::Other(format!("the file shallow: {error}")))?
        .unwrap_or_default();
    text.split(|byte| *byte == b'\n')
        .map(<[u8]>::trim_ascii)
        .filter(|line| !line.is_empty())
        .map(|line| std::str::from_utf8(line).ok().and_then(|line| line.parse().ok()))
        .collect::<Option<BTreeSet<Oid>>>()
        .ok_or_else(|| ReadError::Other("the file shallow holds no object ids".to_owned()))
}

fn parsed<T>(
    source: &impl Source,
    id: Oid,
    wanted: ObjectKind,
    parse: impl FnOnce(&[u8]) -> Result<T, &'static str>,
) -> Read<T> {
    source.object(id, |kind, bytes| {
        require(id, kind, wanted)?;
        parse(bytes).map_err(|reason| malformed(id, reason))
    })?
}

impl<S: Source> Trees for S {
    fn tree(&self, id: Oid) -> Read<Rc<Tree>> {
        let known = &self.memory().trees;
        if let Some(tree) = known.borrow().find(id) {
            return Ok(tree);
        }
        let length = id.as_bytes().len();
        let tree = parsed(self, id, ObjectKind::Tree, |bytes| raw::tree(bytes, length))?;
        let tree = Rc::new(tree);
        known.borrow_mut().keep(id, &tree);
        Ok(tree)
    }
}

impl<S: Source> Commits for S {
    fn commit(&self, id: Oid) -> Read<Rc<RawCommit>> {
        commit(self, id)
    }

    fn is_cut_off(&self, id: Oid, commit: &RawCommit) -> Read<bool> {
        if !boundary(self)?.contains(&id) {
            return Ok(false);
        }
        for parent in &commit.parents {
            if !self.has(*parent)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn limit(&self) -> usize {
        self.memory().walk_limit
    }
}

fn require(id: Oid, kind: ObjectKind, wanted: ObjectKind) -> Read<()> {
    if kind == wanted {
        return Ok(());
    }
    let reason = format!("a {}, where a {} is expected", kind.name(), wanted.name());
    Err(ReadError::Object { id, reason })
}

fn malformed(id: Oid, reason: &str) -> ReadError {
    ReadError::Object { id, reason: reason.to_owned() }
}
