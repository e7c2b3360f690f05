//! Loose refs as files: what the file of a ref is, before anything is read through it.

use std::ffi::OsStr;
use std::fs::{self, Metadata};
use std::io;
use std::path::Path;

use policy::name::RefName;

use super::{Read, ReadError};
use crate::system::files;

/// How many refs git reads one after another, from the name that is asked for to the end (2.39 and
/// 2.47: a symbolic ref that leads further can neither be read nor written).
pub const LONGEST_CHAIN: usize = 5;

/// The ref that a symbolic link of the file system names: git reads one that begins with `refs/` as
/// a symbolic ref (`core.preferSymlinkRefs` makes them; 2.39 and 2.47). `None`: it is no such link.
pub fn linked(common_dir: &Path, name: &RefName) -> Read<Option<RefName>> {
    let broken = |error: io::Error| broken(name, &error.to_string());
    let is_link = of_file(common_dir, name).map_err(broken)?.is_some_and(|it| it.is_symlink());
    if !is_link {
        return Ok(None);
    }
    let target = fs::read_link(common_dir.join(os_str(name))).map_err(broken)?;
    let target = target.as_os_str().as_encoded_bytes();
    Ok(target.starts_with(b"refs/").then(|| RefName::new(target)))
}

/// What is known of a ref's file itself, links not followed; `None` when there is none.
pub fn of_file(common_dir: &Path, name: &RefName) -> io::Result<Option<Metadata>> {
    match fs::symlink_metadata(common_dir.join(os_str(name))) {
        Ok(file) => Ok(Some(file)),
        Err(error) if files::is_absent(&error) => Ok(None),
        Err(error) => Err(error),
    }
}

/// A ref's name as a part of a path, or of a command.
#[cfg(unix)]
pub fn os_str(name: &RefName) -> &OsStr {
    use std::os::unix::ffi::OsStrExt;
    OsStr::from_bytes(name.as_bytes())
}

/// The error for a ref that cannot be read.
pub fn broken(name: &RefName, reason: &str) -> ReadError {
    ReadError::Reference { name: name.clone(), reason: reason.to_owned() }
}
