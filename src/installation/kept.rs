//! The directory beside the hooks: what was there before is kept in it, and comes back.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io;
use std::os::unix::fs::{MetadataExt, symlink};
use std::path::{Path, PathBuf};

use super::occupant::same_content;
use super::{HookName, HooksDirectory, Problem};
use crate::system::files;

/// The largest hook that is kept by copying, in bytes.
const LARGEST_HOOK: u64 = 512 << 20;

/// What keeps the directory beside out of `git status` where the hooks lie in a worktree.
const IGNORE: (&str, &str) = (".gitignore", "*\n");

/// Gives a hook its second name, in the directory beside: the same file, with its mode, times and
/// owner, or the same symbolic link. Where links cannot be made it is a copy. What was kept under
/// that name before gives way.
pub(super) fn keep(hooks: &HooksDirectory, hook: HookName) -> Result<(), Problem> {
    let (name, kept) = (hooks.hook(hook), hooks.kept(hook));
    let beside = hooks.beside();
    fs::create_dir_all(&beside).map_err(Problem::file(&beside))?;
    match files::link(&name, &kept) {
        Ok(()) => Ok(()),
        Err(_) => transfer(&name, &kept).map_err(Problem::file(&kept)),
    }
}

/// Whether a hook's two names are the same hook, as an installation leaves them that stopped
/// between two steps.
pub(super) fn is_same_hook(hooks: &HooksDirectory, hook: HookName) -> Result<bool, Problem> {
    let (name, kept) = (hooks.hook(hook), hooks.kept(hook));
    let at = |path: &Path| fs::symlink_metadata(path).map_err(Problem::file(path));
    let (one, other) = (at(&name)?, at(&kept)?);
    if (one.dev(), one.ino()) == (other.dev(), other.ino()) {
        return Ok(true);
    }
    match (one.is_symlink(), other.is_symlink()) {
        (true, true) => {
            let target = |path: &Path| fs::read_link(path).map_err(Problem::file(path));
            Ok(target(&name)? == target(&kept)?)
        }
        (false, false) => Ok(one.mode() == other.mode() && same_content(&name, &kept)?),
        _ => Ok(false),
    }
}

/// Gives a kept hook its first name back, or another one, in place of what has it now.
pub(super) fn put_back(kept: &Path, name: &Path) -> Result<(), Problem> {
    match fs::rename(kept, name) {
        // Two names of one file: the rename does nothing (POSIX).
        Ok(()) => forget(kept),
        Err(error) if error.kind() == io::ErrorKind::CrossesDevices => {
            transfer(kept, name).map_err(Problem::file(name))?;
            forget(kept)
        }
        Err(error) => Err(Problem::file(name)(error)),
    }
}

/// Removes a file, if it is there.
pub(super) fn forget(path: &Path) -> Result<(), Problem> {
    match fs::remove_file(path) {
        Err(error) if !files::is_absent(&error) => Err(Problem::file(path)(error)),
        _ => Ok(()),
    }
}

/// Lets kept hooks find what lies beside them in the hooks directory (husky's common script, the
/// `.legacy` hooks of pre-commit and prek): each such file gets a relative link in the directory
/// beside. The gate's own names never do, or the gate would find itself.
pub(super) fn mirror(hooks: &HooksDirectory) -> Result<(), Problem> {
    for (name, target) in mirrored(hooks)? {
        let link = hooks.beside().join(name);
        if link.symlink_metadata().is_err() {
            symlink(target, &link).map_err(Problem::file(&link))?;
        }
    }
    Ok(())
}

/// Writes what keeps the directory beside out of `git status`.
pub(super) fn hide(hooks: &HooksDirectory) -> Result<(), Problem> {
    let beside = hooks.beside();
    let path = beside.join(IGNORE.0);
    if path.exists() {
        return Ok(());
    }
    fs::create_dir_all(&beside).map_err(Problem::file(&beside))?;
    files::write(&path, IGNORE.1.as_bytes(), 0o644).map_err(Problem::file(&path))
}

/// Takes away the links that [`mirror`] made.
pub(super) fn unmirror(hooks: &HooksDirectory) -> Result<(), Problem> {
    let beside = hooks.beside();
    let up = up(hooks);
    for entry in entries(&beside)? {
        let target = up.join(entry.file_name().unwrap_or_default());
        if fs::read_link(&entry).is_ok_and(|there| there == target) {
            forget(&entry)?;
        }
    }
    Ok(())
}

/// Removes the directory beside; what is in it that an installation did not make stays, and the
/// directory with it.
pub(super) fn clear(hooks: &HooksDirectory) -> Result<(), Problem> {
    let beside = hooks.beside();
    let ignore = beside.join(IGNORE.0);
    if fs::read(&ignore).is_ok_and(|content| content == IGNORE.1.as_bytes()) {
        forget(&ignore)?;
    }
    match fs::remove_dir(&beside) {
        Ok(()) => Ok(()),
        Err(error)
            if files::is_absent(&error) || error.kind() == io::ErrorKind::DirectoryNotEmpty =>
        {
            Ok(())
        }
        Err(error) => Err(Problem::file(&beside)(error)),
    }
}

/// What a directory holds; nothing when it is not there.
pub(super) fn entries(directory: &Path) -> Result<Vec<PathBuf>, Problem> {
    let entries = match fs::read_dir(directory) {
        Ok(entries) => entries,
        Err(error) if files::is_absent(&error) => return Ok(Vec::new()),
        Err(error) => return Err(Problem::file(directory)(error)),
    };
    let paths = entries.map(|entry| Ok(entry.map_err(Problem::file(directory))?.path()));
    let mut paths = paths.collect::<Result<Vec<_>, Problem>>()?;
    paths.sort();
    Ok(paths)
}

/// The hooks directory, as seen from the one beside.
fn up(hooks: &HooksDirectory) -> PathBuf {
    Path::new("..").join(hooks.path().file_name().unwrap_or_default())
}

/// What lies in the hooks directory and is neither the gate's, nor a sample, nor a file that is
/// being written: each name, with the link's text.
fn mirrored(hooks: &HooksDirectory) -> Result<Vec<(OsString, PathBuf)>, Problem> {
    let (program, up) = (hooks.program(), up(hooks));
    let mut found = Vec::new();
    for path in entries(hooks.path())? {
        let name = path.file_name().unwrap_or_default();
        let text = name.to_string_lossy();
        let of_the_gate = text.parse::<HookName>().is_ok()
            || text.starts_with(files::UNFINISHED)
            || path == program;
        if !of_the_gate && !text.ends_with(".sample") && text != IGNORE.0 {
            found.push((name.to_owned(), up.join(name)));
        }
    }
    Ok(found)
}

/// Makes `to` what `from` is: a symbolic link with the same text, or a file with the same content,
/// mode and time.
fn transfer(from: &Path, to: &Path) -> io::Result<()> {
    let metadata = fs::symlink_metadata(from)?;
    if metadata.is_symlink() {
        return files::symlink(&fs::read_link(from)?, to);
    }
    let content = files::read(from, LARGEST_HOOK)?.unwrap_or_default();
    files::write(to, &content, metadata.mode() & 0o7777)?;
    File::open(to)?.set_modified(metadata.modified()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_has_content_mode_and_time_and_a_link_its_text() {
        let place = tempfile::tempdir().unwrap();
        let at = |name: &str| place.path().join(name);
        files::write(&at("from"), b"#!/bin/sh\r\n\xff", 0o751).unwrap();
        let time = std::time::UNIX_EPOCH + std::time::Duration::from_secs(1_000_000_000);
        File::open(at("from")).unwrap().set_modified(time).unwrap();
        transfer(&at("from"), &at("to")).unwrap();
        assert_eq!(fs::read(at("to")).unwrap(), b"#!/bin/sh\r\n\xff");
        assert_eq!(files::mode(&at("to")).unwrap(), 0o751);
        assert_eq!(fs::metadata(at("to")).unwrap().modified().unwrap(), time);
        symlink("nowhere", at("link")).unwrap();
        transfer(&at("link"), &at("to")).unwrap();
        assert_eq!(fs::read_link(at("to")).unwrap(), Path::new("nowhere"));
    }

    #[test]
    fn what_lies_beside_is_mirrored_and_nothing_of_the_gate() {
        let place = tempfile::tempdir().unwrap();
        let hooks = HooksDirectory::new(&place.path().join("hooks"));
        fs::create_dir(place.path().join("hooks")).unwrap();
        for name in ["pre-commit", "pre-receive", "contract-gate", "h", "x.sample", "a.legacy"] {
            fs::write(hooks.path().join(name), name).unwrap();
        }
        fs::create_dir(hooks.beside()).unwrap();
        mirror(&hooks).unwrap();
        mirror(&hooks).unwrap();
        let mut names: Vec<_> =
            fs::read_dir(hooks.beside()).unwrap().map(|e| e.unwrap().file_name()).collect();
        names.sort();
        assert_eq!(names, ["a.legacy", "h"]);
        assert_eq!(fs::read(hooks.beside().join("h")).unwrap(), b"h");
        fs::write(hooks.beside().join("installed.json"), "{}").unwrap();
        unmirror(&hooks).unwrap();
        clear(&hooks).unwrap();
        assert!(hooks.beside().exists(), "the record goes before the directory");
        fs::remove_file(hooks.beside().join("installed.json")).unwrap();
        clear(&hooks).unwrap();
        assert!(!hooks.beside().exists());
    }
}
