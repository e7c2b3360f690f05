//! Objects: found by libgit2, which checks their hashes, and read by [`raw`].

use std::collections::BTreeSet;
use std::rc::Rc;

use git2::{ErrorCode, ObjectType, OdbLookupFlags};
use policy::oid::Oid;

use super::{Libgit2, to_git2, words};
use crate::repository::ancestry::Commits;
use crate::repository::raw::{self, Item, RawCommit};
use crate::repository::trees::Trees;
use crate::repository::{Read, ReadError};
use crate::system::files;

/// The file that lists a shallow clone's boundary has an id a line; this is far beyond any.
const MAX_SHALLOW_FILE: u64 = 64 << 20;

impl Libgit2 {
    pub(super) fn raw_commit(&self, id: Oid) -> Read<Rc<RawCommit>> {
        if let Some(commit) = self.commits.borrow().get(&id) {
            return Ok(Rc::clone(commit));
        }
        let commit = self.object(id, ObjectType::Commit, raw::commit);
        let commit = Rc::new(commit.map_err(|error| self.or_shallow(id, error))?);
        self.commits.borrow_mut().insert(id, Rc::clone(&commit));
        Ok(commit)
    }

    /// A commit that is not here because a shallow clone ends above it is said to be that.
    fn or_shallow(&self, id: Oid, error: ReadError) -> ReadError {
        let Ok(boundary) = self.boundary() else { return error };
        let above = boundary.iter().find(|at| {
            **at != id
                && self
                    .object(**at, ObjectType::Commit, raw::commit)
                    .is_ok_and(|commit| commit.parents.contains(&id))
        });
        above.map_or(error, |at| ReadError::Shallow { at: *at })
    }

    pub(super) fn peel(&self, id: Oid) -> Read<Option<Oid>> {
        let mut at = id;
        loop {
            let (kind, tag) = self.bytes(at, |kind, bytes| {
                (kind, (kind == ObjectType::Tag).then(|| raw::tag(bytes)))
            })?;
            match (kind, tag) {
                (ObjectType::Commit, _) => return Ok(Some(at)),
                (_, Some(tag)) => at = tag.map_err(|reason| malformed(at, reason))?.target,
                (_, None) => return Ok(None),
            }
        }
    }

    pub(super) fn size_of_blob(&self, id: Oid) -> Read<u64> {
        let (found, odb) = (self.known(id)?, self.odb()?);
        let (size, kind) = odb.read_header(found).map_err(|error| unreadable(id, &error))?;
        require(id, kind, ObjectType::Blob)?;
        Ok(size as u64)
    }

    pub(super) fn content_of_blob(&self, id: Oid) -> Read<Vec<u8>> {
        self.object(id, ObjectType::Blob, |bytes| Ok(bytes.to_vec()))
    }

    /// The commits whose parents were cut off, from the file that git keeps for all worktrees.
    pub(super) fn boundary(&self) -> Read<&BTreeSet<Oid>> {
        if let Some(boundary) = self.shallow.get() {
            return Ok(boundary);
        }
        let path = self.place.common_dir.join("shallow");
        let text = files::read(&path, MAX_SHALLOW_FILE)
            .map_err(|error| ReadError::Other(format!("the file shallow: {error}")))?
            .unwrap_or_default();
        let boundary = text
            .split(|byte| *byte == b'\n')
            .map(<[u8]>::trim_ascii)
            .filter(|line| !line.is_empty())
            .map(|line| std::str::from_utf8(line).ok().and_then(|line| line.parse().ok()))
            .collect::<Option<BTreeSet<Oid>>>()
            .ok_or_else(|| ReadError::Other("the file shallow holds no object ids".to_owned()))?;
        Ok(self.shallow.get_or_init(|| boundary))
    }

    fn object<T>(
        &self,
        id: Oid,
        wanted: ObjectType,
        parse: impl FnOnce(&[u8]) -> Result<T, &'static str>,
    ) -> Read<T> {
        self.bytes(id, |kind, bytes| {
            require(id, kind, wanted)?;
            parse(bytes).map_err(|reason| malformed(id, reason))
        })?
    }

    fn bytes<T>(&self, id: Oid, read: impl FnOnce(ObjectType, &[u8]) -> T) -> Read<T> {
        let (found, odb) = (self.known(id)?, self.odb()?);
        let object = odb.read(found).map_err(|error| unreadable(id, &error))?;
        Ok(read(object.kind(), object.data()))
    }

    /// The id as libgit2 has it.
    fn known(&self, id: Oid) -> Read<git2::Oid> {
        to_git2(id).ok_or_else(|| malformed(id, "not an id of this repository"))
    }

    fn odb(&self) -> Read<git2::Odb<'_>> {
        self.repository.odb().map_err(|error| ReadError::Other(words(&error)))
    }
}

impl Trees for Libgit2 {
    fn tree(&self, id: Oid) -> Read<Rc<[Item]>> {
        let length = id.as_bytes().len();
        self.object(id, ObjectType::Tree, |bytes| raw::tree(bytes, length)).map(Rc::from)
    }
}

impl Commits for Libgit2 {
    fn commit(&self, id: Oid) -> Read<Rc<RawCommit>> {
        self.raw_commit(id)
    }

    fn is_cut_off(&self, id: Oid, commit: &RawCommit) -> Read<bool> {
        if !self.boundary()?.contains(&id) {
            return Ok(false);
        }
        let odb = self.odb()?;
        let is_here = |parent: &Oid| {
            to_git2(*parent)
                .is_some_and(|parent| odb.exists_ext(parent, OdbLookupFlags::NO_REFRESH))
        };
        Ok(!commit.parents.iter().all(is_here))
    }

    fn limit(&self) -> usize {
        self.walk_limit
    }
}

fn require(id: Oid, kind: ObjectType, wanted: ObjectType) -> Read<()> {
    if kind == wanted {
        return Ok(());
    }
    Err(ReadError::Object { id, reason: format!("a {kind}, where a {wanted} is expected") })
}

fn malformed(id: Oid, reason: &str) -> ReadError {
    ReadError::Object { id, reason: reason.to_owned() }
}

fn unreadable(id: Oid, error: &git2::Error) -> ReadError {
    let reason = match error.code() {
        ErrorCode::NotFound => "it is not in the repository".to_owned(),
        _ => words(error),
    };
    ReadError::Object { id, reason }
}
