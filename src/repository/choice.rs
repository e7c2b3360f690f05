//! Which way a repository is read: chosen once, by what the repository is.
//!
//! libgit2 is the quicker one where it can read everything. Git's plumbing reads everything.

use std::fs;
use std::path::Path;

use super::libgit2::Libgit2;
use super::plumbing::Plumbing;
use super::source::Source;
use super::{GitView, Read, ReadError, noted_tree};
use crate::system::environment::Environment;
use crate::system::files;

/// What a repository is opened for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// The index beside everything else.
    Index,
    /// Commits and refs; the index only to say how a half-done command is led back.
    History,
}

/// Opens the repository that the environment names, or that the current directory is in.
///
/// # Errors
/// When there is none, when it cannot be read whole and exactly, or when `CONTRACT_GATE_GIT`
/// names no way of reading.
pub fn open(environment: &Environment, wanted: Wanted) -> Read<Box<dyn GitView>> {
    read(environment, wanted, |reason| Libgit2::open(environment, reason))
}

fn read(
    environment: &Environment,
    wanted: Wanted,
    libgit2: impl FnOnce(String) -> Read<Libgit2>,
) -> Read<Box<dyn GitView>> {
    let forced = || "CONTRACT_GATE_GIT asks for it".to_owned();
    match environment.backend().as_deref() {
        None => choose(environment, wanted, libgit2("libgit2 reads all of it".to_owned())),
        Some("libgit2") => Ok(Box::new(libgit2(forced())?)),
        Some("plumbing") => Ok(Box::new(Plumbing::open(environment, forced())?)),
        Some(other) => Err(ReadError::Open(format!(
            "CONTRACT_GATE_GIT is {}, and neither libgit2 nor plumbing",
            policy::text::printable(other)
        ))),
    }
}

/// Opens the worktree at a directory, whatever repository the environment names.
///
/// # Errors
/// As [`open`].
pub fn open_in(
    directory: &Path,
    environment: &Environment,
    wanted: Wanted,
) -> Read<Box<dyn GitView>> {
    let environment = environment.elsewhere(directory);
    read(&environment, wanted, |reason| Libgit2::open_at(&environment, reason))
}

/// The view that libgit2 found, unless git's plumbing is the better one.
pub(super) fn choose(
    environment: &Environment,
    wanted: Wanted,
    found: Read<Libgit2>,
) -> Read<Box<dyn GitView>> {
    let reason = match found {
        Ok(view) => match beyond_libgit2(&view, environment, wanted)? {
            None => return Ok(Box::new(view)),
            Some(reason) => reason,
        },
        // Among them are SHA-256, reftable and every extension that libgit2 does not know, and
        // also that there is no repository: what git says of that is what people know.
        Err(error) => format!("libgit2 cannot open it ({error})"),
    };
    Ok(Box::new(Plumbing::open(environment, reason)?))
}

/// What there is in a repository that libgit2 opens, and then reads wrongly or not at all
/// (libgit2 1.9).
fn beyond_libgit2(
    view: &Libgit2,
    environment: &Environment,
    wanted: Wanted,
) -> Read<Option<String>> {
    let is_set = |key: &str| -> Read<bool> {
        Ok(view.settings().values_of(key)?.pop().is_some_and(|value| !is_false(&value)))
    };
    if is_set("core.sparseCheckout")? || is_set("index.sparse")? {
        return Ok(Some("its checkout is sparse, and its index may be".to_owned()));
    }
    if is_set("extensions.partialClone")? || view.settings().has_promisor() {
        return Ok(Some("it is a partial clone".to_owned()));
    }
    if has_shared_index(view)? {
        return Ok(Some("its index is split".to_owned()));
    }
    let alternates = environment.get("GIT_ALTERNATE_OBJECT_DIRECTORIES");
    if alternates.is_some_and(|list| list.as_encoded_bytes().contains(&b'"')) {
        // Git quotes a directory that has a colon or a quote in it; libgit2 does not know that.
        return Ok(Some("a directory of objects has an odd name".to_owned()));
    }
    let size = fs::metadata(view.index()).map_or(0, |metadata| metadata.len());
    if size > LARGE_INDEX && wanted == Wanted::Index && !noted_tree::is_there(view, SHA1_LENGTH) {
        return Ok(Some(format!("its index has {size} bytes, and git compares that faster")));
    }
    Ok(None)
}

/// The bytes of an object id in every repository that libgit2 opens.
const SHA1_LENGTH: usize = 20;

/// An index of more bytes than this is compared faster by git's own `diff-index`, unless git has
/// noted its tree.
///
/// Measured with git 2.47.3 on two cores: `pre-commit` of one new file took, read by libgit2 and
/// through git's plumbing, 6 and 20 ms with 1,000 files (0.1 MB), 39 and 27 ms with 10,000 (1.2 MB),
/// 95 and 41 ms with 50,000 (4.7 MB), 1,135 and 140 ms with 300,000 (27 MB).
const LARGE_INDEX: u64 = 1 << 20;

/// A split index is two files, one of them beside the worktree's index with this name. It may be
/// left over from an index that is whole again: git then takes it away in time.
fn has_shared_index(view: &Libgit2) -> Read<bool> {
    let directory = &Source::place(view).git_dir;
    let unreadable = |error: std::io::Error| ReadError::Open(error.to_string());
    let entries = match fs::read_dir(directory) {
        Ok(entries) => entries,
        Err(error) if files::is_absent(&error) => return Ok(false),
        Err(error) => return Err(unreadable(error)),
    };
    for entry in entries {
        let name = entry.map_err(unreadable)?.file_name();
        if name.as_encoded_bytes().starts_with(b"sharedindex.") {
            return Ok(true);
        }
    }
    Ok(false)
}

fn is_false(value: &str) -> bool {
    ["", "0", "false", "no", "off"].iter().any(|no| value.eq_ignore_ascii_case(no))
}
