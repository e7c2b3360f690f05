//! Files outside the repository's objects: read within bounds, written by rename.
//!
//! Nothing is ever half there: a new content is written beside the old one, flushed, and renamed
//! over it.

use std::fs::{self, File, Permissions};
use std::io::{self, Read, Write};
use std::path::Path;

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

/// Whether an error says that the path is not there, or that a part of it is no directory.
pub fn is_absent(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
}

/// Writes a file as a whole, with these permission bits (such as `0o755`), or not at all.
pub fn write(path: &Path, content: &[u8], mode: u32) -> io::Result<()> {
    let directory = path.parent().filter(|parent| !parent.as_os_str().is_empty());
    let mut new = tempfile::Builder::new()
        .prefix(".contract-gate-")
        .tempfile_in(directory.unwrap_or(Path::new(".")))?;
    new.write_all(content)?;
    set_mode(new.path(), mode)?;
    new.as_file().sync_all()?;
    new.persist(path).map_err(|error| error.error)?;
    Ok(())
}

/// Gives an existing file a further name, replacing what had that name before.
pub fn link(existing: &Path, name: &Path) -> io::Result<()> {
    let directory = name.parent().filter(|parent| !parent.as_os_str().is_empty());
    let place = tempfile::Builder::new()
        .prefix(".contract-gate-")
        .tempdir_in(directory.unwrap_or(Path::new(".")))?;
    let beside = place.path().join("link");
    fs::hard_link(existing, &beside)?;
    // Renaming one link of a file over another does nothing and leaves both (POSIX).
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
