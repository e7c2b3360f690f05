//! The file that a server's configuration includes, so that its hooks are its own whatever
//! `core.hooksPath` whoever pushes has set: its name, and the one setting that it holds.

use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use super::settings::Setting;
use crate::system::files;

/// Its name, in the git directory.
pub const FILE: &str = "contract-gate-hooks.config";

/// Its largest size, in bytes: two lines and a path.
const LIMIT: u64 = 1 << 16;

const BEFORE: &[u8] =
    b"# By contract-gate install --server: hooks are taken from here, whoever pushes.\n[core]\n\thooksPath = \"";
const AFTER: &[u8] = b"\"\n";

/// What it holds for a repository in this directory, absolute.
pub fn content(common_dir: &Path) -> Vec<u8> {
    let mut text = BEFORE.to_vec();
    for &byte in common_dir.join("hooks").as_os_str().as_bytes() {
        // Git knows both within quotes (git-config(1), "Syntax").
        if matches!(byte, b'"' | b'\\') {
            text.push(b'\\');
        }
        text.push(byte);
    }
    text.extend_from_slice(AFTER);
    text
}

/// Whether these bytes are such a file's, for whichever directory.
pub fn is_ours(bytes: &[u8]) -> bool {
    let path = bytes.strip_prefix(BEFORE).and_then(|rest| rest.strip_suffix(AFTER));
    path.is_some_and(|path| !path.contains(&b'\n'))
}

/// What is there in its place; `None` when nothing is.
///
/// # Errors
/// It cannot be read, or is larger than such a file can be.
pub fn read(common_dir: &Path) -> std::io::Result<Option<Vec<u8>>> {
    files::read(&common_dir.join(FILE), LIMIT)
}

/// Whether the file sets where hooks are and nothing else, here or, when the repository was moved, where it
/// was: then it makes no difference for all other settings who reads it, and on which condition.
pub fn sets_hooks_alone(common_dir: &Path) -> bool {
    read(common_dir).is_ok_and(|there| there.is_some_and(|bytes| is_ours(&bytes)))
}

/// Whether a setting of the repository's own includes it.
pub fn is_included_by(include: &Setting) -> bool {
    include.is_own && include.value.as_deref() == Some(FILE.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_known_by_its_bytes() {
        let place = tempfile::tempdir().unwrap();
        let root = place.path();
        let is_ours_by = |value: &str, is_own| {
            let (key, value) = (b"includeif.gitdir:/x.path".to_vec(), Some(value.into()));
            is_included_by(&Setting { key, value, is_own })
        };
        assert!(is_ours_by(FILE, true));
        assert!(!is_ours_by("other", true) && !is_ours_by(FILE, false));
        assert!(!sets_hooks_alone(root), "what is not there is not known");
        std::fs::write(root.join(FILE), content(root)).unwrap();
        assert!(sets_hooks_alone(root));
        std::fs::write(root.join(FILE), content(Path::new("/before/it/was/moved"))).unwrap();
        assert!(sets_hooks_alone(root));
        let more = [&content(root), b"[contractgate]\n\tmode = observe\n".as_slice()].concat();
        std::fs::write(root.join(FILE), &more).unwrap();
        assert!(!sets_hooks_alone(root) && !is_ours(&more));
        assert!(is_ours(&content(Path::new("/else\"where\\"))));
    }
}
