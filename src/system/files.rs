//! Files outside the repository's objects: read within bounds, written by rename.
//!
//! Nothing is ever half there: a new content is written beside the old one, flushed, and renamed
//! over it. What a program that was killed left of that bears its number, and [`sweep`] finds it.

use std::fs::{self, File, Permissions};
use std::io::{self, Read, Seek, Write};
use std::path::{Path, PathBuf};

/// Reads a file of at most `limit` bytes; `None` when there is none. A larger one is an error.
pub fn read(path: &Path, limit: u64) -> io::Result<Option<Vec<u8>>> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if is_absent(&error) => return Ok(None),
        Err(error) => return Err(error),
    };
    let mut bytes = Vec::new();
    file.take(limit.saturating_add(1)).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > limit {
        let message = format!("{} has more than {limit} bytes", path.display());
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, message));
    }
    Ok(Some(bytes))
}

/// Reads at most so many bytes of the end of a file, and says whether that is all of it; `None` when
/// there is none.
pub fn read_end(path: &Path, most: u64) -> io::Result<Option<(Vec<u8>, bool)>> {
    let mut file = match File::open(path) {
        Ok(file) => file,
        Err(error) if is_absent(&error) => return Ok(None),
        Err(error) => return Err(error),
    };
    let skipped = file.metadata()?.len().saturating_sub(most);
    file.seek(io::SeekFrom::Start(skipped))?;
    let mut bytes = Vec::new();
    file.take(most).read_to_end(&mut bytes)?;
    Ok(Some((bytes, skipped == 0)))
}

/// A path by the bytes that git prints of it, or keeps in a file.
pub fn path_of(bytes: &[u8]) -> PathBuf {
    use std::os::unix::ffi::OsStrExt;
    PathBuf::from(std::ffi::OsStr::from_bytes(bytes))
}

/// Whether an error says that the path is not there, or that a part of it is no directory.
pub fn is_absent(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
}

/// How the names begin of what is being written, or was when its program was killed.
pub const UNFINISHED: &str = ".contract-gate-";

/// Removes from a directory what programs that run no more have left half written there.
///
/// The name tells the process. Where the system does not show which processes run (no `/proc`)
/// all of it goes but our own: a program that is writing at this moment then fails, says so, and
/// can be run again.
pub fn sweep(directory: &Path) -> io::Result<()> {
    let entries = match fs::read_dir(directory) {
        Ok(entries) => entries,
        Err(error) if is_absent(&error) => return Ok(()),
        Err(error) => return Err(error),
    };
    for entry in entries {
        let entry = entry?;
        let name = entry.file_name();
        let Some(rest) = name.to_str().and_then(|name| name.strip_prefix(UNFINISHED)) else {
            continue;
        };
        let number = rest.split('-').next().and_then(|number| number.parse::<u32>().ok());
        if number.is_none_or(runs) {
            continue;
        }
        let is_directory = entry.file_type()?.is_dir();
        let path = entry.path();
        let removed = if is_directory { fs::remove_dir_all(path) } else { fs::remove_file(path) };
        match removed {
            Err(error) if !is_absent(&error) => return Err(error),
            _ => {}
        }
    }
    Ok(())
}

/// Whether a process runs, as far as can be seen.
fn runs(process: u32) -> bool {
    process == std::process::id() || Path::new("/proc").join(process.to_string()).exists()
}

fn unfinished() -> String {
    format!("{UNFINISHED}{}-", std::process::id())
}

/// Whether a file could be made in this directory: one is made, and taken away again.
pub fn try_writing(directory: &Path) -> io::Result<()> {
    tempfile::Builder::new().prefix(&unfinished()).tempfile_in(directory)?.close()
}

/// Writes a file as a whole, with these permission bits (such as `0o755`), or not at all.
pub fn write(path: &Path, content: &[u8], mode: u32) -> io::Result<()> {
    let directory = path.parent().filter(|parent| !parent.as_os_str().is_empty());
    let mut new = tempfile::Builder::new()
        .prefix(&unfinished())
        .tempfile_in(directory.unwrap_or(Path::new(".")))?;
    new.write_all(content)?;
    set_mode(new.path(), mode)?;
    new.as_file().sync_all()?;
    new.persist(path).map_err(|error| error.error)?;
    Ok(())
}

/// Locks a file for this process alone, for as long as it is open here.
///
/// # Errors
/// When another process has it ([`io::ErrorKind::WouldBlock`]), or the file system knows no locks.
pub fn try_lock(file: &File) -> io::Result<()> {
    use rustix::fs::{FlockOperation, flock};
    Ok(flock(file, FlockOperation::NonBlockingLockExclusive)?)
}

/// Whether programs that are started from now on have this file open as well, and with it its lock:
/// then that is free only when they have ended, whatever becomes of this program.
///
/// # Errors
/// When the system refuses.
pub fn share_with_children(file: &File, shared: bool) -> io::Result<()> {
    use rustix::io::{FdFlags, fcntl_setfd};
    let flags = if shared { FdFlags::empty() } else { FdFlags::CLOEXEC };
    Ok(fcntl_setfd(file, flags)?)
}

/// Gives an existing file a further name, replacing what had that name before.
pub fn link(existing: &Path, name: &Path) -> io::Result<()> {
    let directory = name.parent().filter(|parent| !parent.as_os_str().is_empty());
    let place = tempfile::Builder::new()
        .prefix(&unfinished())
        .tempdir_in(directory.unwrap_or(Path::new(".")))?;
    let beside = place.path().join("link");
    fs::hard_link(existing, &beside)?;
    // Renaming one link of a file over another does nothing and leaves both (POSIX).
    fs::rename(&beside, name)
}

/// Makes a symbolic link with this text, replacing what had its name before.
#[cfg(unix)]
pub fn symlink(target: &Path, name: &Path) -> io::Result<()> {
    let directory = name.parent().filter(|parent| !parent.as_os_str().is_empty());
    let place = tempfile::Builder::new()
        .prefix(&unfinished())
        .tempdir_in(directory.unwrap_or(Path::new(".")))?;
    let beside = place.path().join("link");
    std::os::unix::fs::symlink(target, &beside)?;
    fs::rename(&beside, name)
}

/// The permission bits of a file, such as `0o755`; symbolic links followed.
#[cfg(unix)]
pub fn mode(path: &Path) -> io::Result<u32> {
    use std::os::unix::fs::PermissionsExt;
    Ok(fs::metadata(path)?.permissions().mode() & 0o7777)
}

/// Sets the permission bits of a file.
#[cfg(unix)]
pub fn set_mode(path: &Path, mode: u32) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, Permissions::from_mode(mode))
}

/// Whether two names are one file (the same inode).
#[cfg(unix)]
pub fn is_same_file(one: &Path, other: &Path) -> io::Result<bool> {
    use std::os::unix::fs::MetadataExt;
    let (one, other) = (fs::metadata(one)?, fs::metadata(other)?);
    Ok(one.dev() == other.dev() && one.ino() == other.ino())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_replaced_as_a_whole() {
        let place = tempfile::tempdir().unwrap();
        let path = place.path().join("file");
        assert_eq!(read(&path, 10).unwrap(), None);
        write(&path, b"one", 0o644).unwrap();
        write(&path, b"two", 0o755).unwrap();
        assert_eq!(read(&path, 3).unwrap().unwrap(), b"two");
        assert_eq!(mode(&path).unwrap(), 0o755);
        assert_eq!(fs::read_dir(place.path()).unwrap().count(), 1, "nothing is left beside it");
        assert!(read(&path, 2).is_err(), "more than the limit is an error, not a part");
        assert_eq!(read(&path.join("below"), 2).unwrap(), None, "below a file there is nothing");
    }

    #[test]
    fn what_a_killed_program_left_is_swept_and_nothing_else() {
        let place = tempfile::tempdir().unwrap();
        let at = |name: &str| place.path().join(name);
        // Larger than any number that Linux gives (2^22).
        fs::write(at(".contract-gate-4294967295-a"), "").unwrap();
        fs::create_dir(at(".contract-gate-4294967295-b")).unwrap();
        fs::write(at(".contract-gate-4294967295-b/link"), "").unwrap();
        let ours = unfinished();
        for name in [&ours, ".contract-gate-notes", "pre-commit"] {
            fs::write(at(name), "").unwrap();
        }
        sweep(place.path()).unwrap();
        let mut left: Vec<_> =
            fs::read_dir(place.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        left.sort();
        assert_eq!(left, [ours.as_str(), ".contract-gate-notes", "pre-commit"]);
        sweep(&at("absent")).unwrap();
    }

    #[test]
    fn trying_leaves_nothing() {
        let place = tempfile::tempdir().unwrap();
        try_writing(place.path()).unwrap();
        assert_eq!(fs::read_dir(place.path()).unwrap().count(), 0);
        assert!(try_writing(&place.path().join("absent")).is_err());
    }

    #[test]
    fn a_link_replaces_what_was_there() {
        let place = tempfile::tempdir().unwrap();
        let (file, name) = (place.path().join("file"), place.path().join("name"));
        write(&file, b"one", 0o755).unwrap();
        write(&name, b"other", 0o644).unwrap();
        for _ in 0..2 {
            link(&file, &name).unwrap();
            assert!(is_same_file(&file, &name).unwrap());
            assert_eq!(fs::read_dir(place.path()).unwrap().count(), 2);
        }
    }
}
