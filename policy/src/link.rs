//! Where a symbolic link leads, read from its text alone. Looks at no tree and no file system.

use crate::path::RepoPath;

/// The components of the path that a link's text leads to, from the repository's root; `None` when
/// it leaves the repository.
pub fn follow<'a>(link: &'a RepoPath, target: &'a [u8]) -> Option<Vec<&'a [u8]>> {
    if target.is_empty() || target.starts_with(b"/") || is_absolute_on_windows(target) {
        return None;
    }
    let mut reached: Vec<_> = link.components().collect();
    reached.pop();
    for component in target.split(|byte| *byte == b'/') {
        match component {
            b"" | b"." => {}
            b".." => {
                reached.pop()?;
            }
            // NTFS drops blanks and dots at a name's end.
            name if name.contains(&b' ') && name.iter().all(|b| matches!(b, b'.' | b' ')) => {
                return None;
            }
            name => reached.push(name),
        }
    }
    Some(reached)
}

/// Whether `..` follows a name in a link's text. Where the name is a link as well, the path above it
/// is not the one that the text shows; above the link's own directory, which is none, it is.
pub fn climbs_back(target: &[u8]) -> bool {
    let parts = target.split(|byte| *byte == b'/');
    let mut parts = parts.skip_while(|part| matches!(*part, b"" | b"." | b".."));
    parts.any(|part| part == b"..")
}

/// Whether a link's text begins with a drive (`C:`) or with a backslash.
fn is_absolute_on_windows(target: &[u8]) -> bool {
    match target {
        [b'\\', ..] => true,
        [drive, b':', ..] => drive.is_ascii_alphabetic(),
        _ => false,
    }
}
