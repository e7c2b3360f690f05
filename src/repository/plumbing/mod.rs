//! Git's plumbing as a [`Source`]: reads every repository that the git at hand reads.
//!
//! Each kind of question is one process, started when it is first asked: objects
//! (`cat-file --batch-command`), refs and upstreams (`for-each-ref`), what HEAD names
//! (`symbolic-ref`), the configuration (`config --list`). The index is one for each tree that it is
//! compared with (`diff-index --cached`); a ref that has a file and is not listed is asked about on
//! its own. What a process said holds for as long as the program runs.

pub mod batch;
pub mod configuration;
mod index;
pub mod listed;
mod open;
mod refs;

use std::cell::OnceCell;
use std::path::{Path, PathBuf};

use policy::name::RefName;
use policy::oid::Oid;

use self::batch::Batch;
use self::refs::Refs;
use super::objects::check_size;
use super::raw::ObjectKind;
use super::settings::Settings;
use super::source::{Memory, Source};
use super::worktree::Indexed;
use super::{Backend, Head, HeadLog, Logged, Place, Read, ReadError, Reference, Staged, reflog};
use crate::system::process::Git;

/// A repository, read through git's plumbing.
#[derive(Debug)]
pub struct Plumbing {
    backend: Backend,
    place: Place,
    index: PathBuf,
    memory: Memory,
    /// A call of git about this repository and index.
    git: Git,
    batch: Batch,
    /// Objects that are here already: never fetched from the remote that a partial clone has.
    local: Batch,
    /// The branch that HEAD names; `None` when it is detached.
    head: OnceCell<Option<RefName>>,
    refs: OnceCell<Refs>,
    settings: Settings,
    is_sha256: bool,
}

impl Source for Plumbing {
    fn backend(&self) -> &Backend {
        &self.backend
    }

    fn place(&self) -> &Place {
        &self.place
    }

    fn memory(&self) -> &Memory {
        &self.memory
    }

    fn object<T>(&self, id: Oid, read: impl FnOnce(ObjectKind, &[u8]) -> T) -> Read<T> {
        let (kind, content) = self.batch.content(id, |size| check_size(self, id, size))?;
        Ok(read(kind, &content))
    }

    fn header(&self, id: Oid) -> Read<(ObjectKind, u64)> {
        let unreadable = |reason: String| ReadError::Object { id, reason };
        match self.batch.info(&id.to_string()).map_err(unreadable)? {
            Some((_, kind, size)) => Ok((kind, size)),
            None => Err(unreadable("it is not in the repository".to_owned())),
        }
    }

    fn kind_here(&self, id: Oid) -> Read<Option<ObjectKind>> {
        let batch = if self.settings.has_promisor() { &self.local } else { &self.batch };
        let found = batch.info(&id.to_string());
        let found = found.map_err(|reason| ReadError::Object { id, reason })?;
        Ok(found.map(|(_, kind, _)| kind))
    }

    fn has(&self, id: Oid) -> Read<bool> {
        let found = self.local.info(&id.to_string());
        found.map(|found| found.is_some()).map_err(|reason| ReadError::Object { id, reason })
    }

    fn find_reference(&self, name: &RefName) -> Read<Option<Reference>> {
        if name.as_bytes() == b"HEAD" {
            return self.head_reference();
        }
        self.reference_of(name)
    }

    fn end_of(&self, name: &RefName) -> Read<RefName> {
        self.end_of_chain(name)
    }

    fn all_references(&self, prefix: &str) -> Read<Vec<Reference>> {
        self.refs()?.below(prefix)
    }

    fn read_head(&self) -> Read<Head> {
        self.head_of_this_worktree()
    }

    fn revision(&self, text: &str) -> Read<Option<Oid>> {
        // A line is one question to the process.
        if text.is_empty() || text.contains(['\n', '\0']) {
            return Ok(None);
        }
        let found = self.batch.info(text).map_err(|reason| {
            let text = policy::text::printable(text);
            ReadError::Other(format!("{text} cannot be looked up: {reason}"))
        })?;
        Ok(found.map(|(id, _, _)| id))
    }

    fn index(&self) -> &Path {
        &self.index
    }

    fn compare_index(&self, against: Option<Oid>) -> Read<Staged> {
        self.staged_against(against)
    }

    fn indexed(&self) -> Read<Indexed> {
        self.tracked()
    }

    fn settings(&self) -> &Settings {
        &self.settings
    }

    fn upstream_of(&self, branch: &RefName) -> Read<Option<Reference>> {
        self.tracking_ref(branch)
    }

    fn log_of(&self, name: &RefName, most: usize) -> Read<Vec<Logged>> {
        match self.keeps_files()? {
            true => reflog::of_ref(&self.place, name, most),
            false => self.log_told_by_git(name, most),
        }
    }

    fn log_of_head(&self, most: usize) -> Read<Vec<Logged>> {
        match self.keeps_files()? {
            true => reflog::of_head(&self.place, most),
            false => self.log_told_by_git(&RefName::new("HEAD"), most),
        }
    }

    fn all_heads(&self) -> Read<Vec<HeadLog>> {
        match self.keeps_files()? {
            true => reflog::of_heads(&self.place),
            false => self.heads_told_by_git(),
        }
    }
}
