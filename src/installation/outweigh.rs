//! What makes a server's own hooks outweigh a `core.hooksPath` of whoever pushes to it.
//!
//! A push to a path runs with the pusher's configuration, and of a setting git takes the repository's
//! own before anybody's. An absolute path there would outlive a move of the repository, and git then
//! runs no hook at all. So the repository's configuration includes a file that sets it, on the
//! condition that the git directory is where it was: moved or copied, git's own hooks directory counts.
//!
//! The file is written before the configuration names it, and goes after. A `core.hooksPath` that the
//! repository has set itself is its own, and needs nothing of this.

use std::fs;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};

use super::place::{HooksPath, hooks_paths};
use super::{HookName, HooksDirectory, Left, Place, Problem, Record};
use crate::repository::own_hooks::{self, FILE};
use crate::system::files::{self, path_of};
use crate::system::process::Git;

/// How the keys begin, as git prints them.
const SECTION: &[u8] = b"includeif.gitdir:";

/// Whether a server's own hooks outweigh others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Weight {
    /// They do, as long as the repository is where it is.
    Outweighs,
    /// They did where it was.
    Moved,
    /// They do not.
    Missing,
    /// The repository says itself where its hooks are.
    SaidItself {
        /// The value, as written.
        value: String,
        /// Whether the file is included all the same, and has the last word.
        is_outweighed: bool,
    },
    /// The file that they would by was changed.
    Changed(PathBuf),
    /// No condition can name its directory.
    NoName,
}

/// What became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Released {
    /// There was nothing.
    Nothing,
    /// It was taken away.
    TakenAway(PathBuf),
    /// The file was changed since: it is included no more, and stays.
    Stays(Left),
}

/// Whether the repository's own hooks directory has a server's hooks, whatever git takes them from.
///
/// # Errors
/// A record cannot be read.
pub fn is_served(place: &Place) -> Result<bool, Problem> {
    let record = Record::read(&HooksDirectory::new(&place.common_dir.join("hooks")))?;
    Ok(record.is_some_and(|record| record.hooks.contains(&HookName::PreReceive)))
}

/// How it is.
///
/// # Errors
/// Git gives no answer.
pub fn weigh(place: &Place) -> Result<Weight, Problem> {
    let common = real(place);
    let mut paths = hooks_paths(place.git())?;
    paths.retain(|path| path.scope != "command");
    let is_ours = |path: &HooksPath| path.is_from(&place.directory, &common.join(FILE));
    let own = |path: &&HooksPath| matches!(path.scope.as_str(), "local" | "worktree");
    if let Some(own) = paths.iter().filter(own).rfind(|path| !is_ours(path)) {
        let is_outweighed = paths.last().is_some_and(is_ours);
        return Ok(Weight::SaidItself { value: own.text(), is_outweighed });
    }
    let Some(wanted) = wanted(&common) else { return Ok(Weight::NoName) };
    let is_as_written = match own_hooks::read(&common) {
        Ok(Some(there)) if own_hooks::is_ours(&there) => there == own_hooks::content(&common),
        Ok(None) => false,
        Ok(Some(_)) | Err(_) => return Ok(Weight::Changed(common.join(FILE))),
    };
    let included = included(&place.git())?;
    let is_named = wanted.iter().all(|key| included.contains(key));
    Ok(match paths.last() {
        Some(last) if is_named && is_as_written && is_ours(last) => Weight::Outweighs,
        _ if !is_named && !included.is_empty() => Weight::Moved,
        _ => Weight::Missing,
    })
}

/// Makes them outweigh others, where the repository is now.
///
/// # Errors
/// Something cannot be written, or another file has the name.
pub fn outweigh(place: &Place) -> Result<Weight, Problem> {
    let common = real(place);
    files::sweep(&common).map_err(Problem::file(&common))?;
    let weight = weigh(place)?;
    match weight {
        Weight::Moved | Weight::Missing | Weight::Outweighs => {}
        Weight::Changed(file) => return Err(Problem::NameTaken(file)),
        Weight::SaidItself { .. } | Weight::NoName => return Ok(weight),
    }
    let Some(wanted) = wanted(&common) else { return Ok(Weight::NoName) };
    let (file, content) = (common.join(FILE), own_hooks::content(&common));
    if own_hooks::read(&common).map_err(Problem::file(&file))?.as_ref() != Some(&content) {
        files::write(&file, &content, 0o644).map_err(Problem::file(&file))?;
    }
    let included = included(&place.git())?;
    for key in wanted.iter().filter(|key| !included.contains(key)) {
        let below = key.strip_prefix(SECTION).unwrap_or(key);
        let key = path_of(&[b"includeIf.gitdir:", below].concat());
        place.git().args(["config", "--local", "--add"]).arg(key).arg(FILE).stdout()?;
    }
    for key in included.iter().filter(|key| !wanted.contains(key)) {
        forget(&place.git(), key)?;
    }
    weigh(place)
}

/// Takes it back, for whichever directory it was.
///
/// # Errors
/// Something cannot be written.
pub fn release(place: &Place) -> Result<Released, Problem> {
    let common = real(place);
    files::sweep(&common).map_err(Problem::file(&common))?;
    for key in included(&place.git())? {
        forget(&place.git(), &key)?;
    }
    let file = common.join(FILE);
    match own_hooks::read(&common) {
        Ok(None) => Ok(Released::Nothing),
        Ok(Some(there)) if own_hooks::is_ours(&there) => {
            fs::remove_file(&file).map_err(Problem::file(&file))?;
            Ok(Released::TakenAway(file))
        }
        Ok(Some(_)) | Err(_) => Ok(Released::Stays(Left::File(file))),
    }
}

/// The git directory under the name that git compares a condition with: its real path, however it was
/// come to (2.39 and 2.47).
fn real(place: &Place) -> PathBuf {
    fs::canonicalize(&place.common_dir).unwrap_or_else(|_| place.common_dir.clone())
}

/// The keys that include the file, as git prints them: one for the repository, and one for its
/// worktrees, by whose path it can be pushed to as well (2.39 and 2.47). `None` for a directory that
/// no key can name.
fn wanted(common: &Path) -> Option<[Vec<u8>; 2]> {
    let mut condition = SECTION.to_vec();
    for &byte in common.as_os_str().as_bytes() {
        match byte {
            b'\n' => return None,
            // The pattern is a glob's: `gitdir:/srv/[x]` is /srv/x.
            b'*' | b'?' | b'[' | b'\\' => condition.extend([b'\\', byte]),
            _ => condition.push(byte),
        }
    }
    Some([b"".as_slice(), b"/worktrees/*"].map(|below| [&condition, below, b".path"].concat()))
}

/// The keys under which the repository's own configuration includes the file.
fn included(git: &Git) -> Result<Vec<Vec<u8>>, Problem> {
    let told = git.clone().args(["config", "--local", "--null", "--list"]).stdout()?;
    // Key and value with a line's end between them, each pair ended by a NUL. What is included is not
    // listed (2.39 and 2.47).
    let mut keys = Vec::new();
    for pair in told.split(|byte| *byte == 0) {
        if let Some(key) =
            pair.strip_suffix(FILE.as_bytes()).and_then(|key| key.strip_suffix(b"\n"))
            && key.starts_with(SECTION)
            && !keys.iter().any(|known| known == key)
        {
            keys.push(key.to_vec());
        }
    }
    Ok(keys)
}

fn forget(git: &Git, key: &[u8]) -> Result<(), Problem> {
    let key = std::ffi::OsString::from_vec(key.to_vec());
    let git = git.clone().args(["config", "--local", "--fixed-value", "--unset-all"]);
    git.arg(key).arg(FILE).stdout()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_condition_names_one_directory() {
        let keys = wanted(Path::new(r"/a b/[x]*?\.git")).unwrap();
        assert_eq!(keys[0], br"includeif.gitdir:/a b/\[x]\*\?\\.git.path");
        assert_eq!(keys[1], br"includeif.gitdir:/a b/\[x]\*\?\\.git/worktrees/*.path");
        assert_eq!(wanted(Path::new("/a\nb")), None);
    }
}
