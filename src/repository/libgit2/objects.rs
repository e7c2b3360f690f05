//! Objects: found by libgit2. Their hashes are checked here, by the processor's own instructions where
//! it has them, and not by libgit2 (see `open.rs`).

use std::fs;

use git2::{ErrorCode, ObjectType, OdbLookupFlags};
use policy::oid::Oid;

use super::{Libgit2, to_git2, words};
use crate::repository::objects::{check_size, hash};
use crate::repository::raw::ObjectKind;
use crate::repository::{Read, ReadError};

/// How many bytes one byte of a zlib stream may become (the limit of the format is 1032).
const MOST_INFLATED: u64 = 1040;

/// After so many objects that were in no file of their own, the next one is taken for one of a pack.
const MOST_NOT_LOOSE: u32 = 64;

impl Libgit2 {
    pub(super) fn read_object<T>(
        &self,
        id: Oid,
        read: impl FnOnce(ObjectKind, &[u8]) -> T,
    ) -> Read<T> {
        let (found, odb) = (known(id)?, self.odb()?);
        if !self.is_small_and_loose(id) {
            let (size, _) = odb.read_header(found).map_err(|error| unreadable(id, &error))?;
            check_size(self, id, size as u64)?;
        }
        let object = odb.read(found).map_err(|error| unreadable(id, &error))?;
        let (kind, content) = (kind_of(id, object.kind())?, object.data());
        if hash(id, kind, content) != Some(id) {
            return Err(odd(id, "its content has another hash"));
        }
        Ok(read(kind, content))
    }

    pub(super) fn read_header(&self, id: Oid) -> Read<(ObjectKind, u64)> {
        let (found, odb) = (known(id)?, self.odb()?);
        let (size, kind) = odb.read_header(found).map_err(|error| unreadable(id, &error))?;
        Ok((kind_of(id, kind)?, size as u64))
    }

    /// An object's kind. None is fetched for it: libgit2 opens no repository that could.
    pub(super) fn read_kind(&self, id: Oid) -> Read<Option<ObjectKind>> {
        match self.odb()?.read_header(known(id)?) {
            Ok((_, kind)) => kind_of(id, kind).map(Some),
            Err(error) if error.code() == ErrorCode::NotFound => Ok(None),
            Err(error) => Err(unreadable(id, &error)),
        }
    }

    pub(super) fn is_here(&self, id: Oid) -> Read<bool> {
        let odb = self.odb()?;
        Ok(to_git2(id).is_some_and(|id| odb.exists_ext(id, OdbLookupFlags::NO_REFRESH)))
    }

    /// Whether an object lies in a file of its own here that is too small to hold one of more bytes
    /// than are read: libgit2 would open it twice, for its header and for the rest. In a pack the
    /// header costs nothing, so where many objects in a row had no such file, it is asked no more.
    fn is_small_and_loose(&self, id: Oid) -> bool {
        let in_a_row = self.not_loose.get();
        if in_a_row >= MOST_NOT_LOOSE {
            return false;
        }
        let name = id.to_string();
        let file = self.place.common_dir.join("objects").join(&name[..2]).join(&name[2..]);
        let most = self.memory.largest_object / MOST_INFLATED;
        let is_one = fs::symlink_metadata(file).is_ok_and(|it| it.is_file() && it.len() <= most);
        self.not_loose.set(if is_one { 0 } else { in_a_row + 1 });
        is_one
    }

    fn odb(&self) -> Read<git2::Odb<'_>> {
        self.repository.odb().map_err(|error| ReadError::Other(words(&error)))
    }
}

/// The id as libgit2 has it.
fn known(id: Oid) -> Read<git2::Oid> {
    to_git2(id).ok_or_else(|| odd(id, "not an id of this repository"))
}

fn kind_of(id: Oid, kind: ObjectType) -> Read<ObjectKind> {
    ObjectKind::of_name(kind.str().as_bytes()).ok_or_else(|| odd(id, "an object of no known kind"))
}

fn odd(id: Oid, reason: &str) -> ReadError {
    ReadError::Object { id, reason: reason.to_owned() }
}

fn unreadable(id: Oid, error: &git2::Error) -> ReadError {
    let reason = match error.code() {
        ErrorCode::NotFound => "it is not in the repository".to_owned(),
        _ => words(error),
    };
    ReadError::Object { id, reason }
}
