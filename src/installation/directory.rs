//! The directory that git takes hooks from, and the names that the gate uses in and beside it.

use std::fs;
use std::path::{Path, PathBuf};

use super::{HookName, Problem};
use crate::system::files;

/// The private copy of the program, in the hooks directory. The hooks are links to it, never to
/// the installed command: one `chmod` there would open every gate.
const PROGRAM: &str = "contract-gate";

/// What the directory beside is called: the hooks directory's own name with this ending.
///
/// Beside, and not below: a hook that was kept finds what it looks for from its own place, be it
/// a relative symbolic link, or a script that reads `$(dirname "$0")/..` (husky's do).
const BESIDE: &str = ".contract-gate";

/// A directory that git takes hooks from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HooksDirectory {
    path: PathBuf,
}

impl HooksDirectory {
    /// The directory of this path, symbolic links followed, so that all ways to it give the same
    /// directory beside. It need not exist.
    pub fn new(path: &Path) -> Self {
        // Empty is the directory of a program that was called by its bare name.
        let path = if path.as_os_str().is_empty() { Path::new(".") } else { path };
        Self { path: fs::canonicalize(path).unwrap_or_else(|_| path.to_owned()) }
    }

    /// The directory itself.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Where git looks for a hook.
    pub fn hook(&self, name: HookName) -> PathBuf {
        self.path.join(name.as_str())
    }

    /// The private copy of the program.
    pub fn program(&self) -> PathBuf {
        self.path.join(PROGRAM)
    }

    /// The directory beside, for the hooks that were there before, and the record.
    pub fn beside(&self) -> PathBuf {
        let mut name = self.path.file_name().unwrap_or_default().to_owned();
        name.push(BESIDE);
        self.path.with_file_name(name)
    }

    /// Removes what an installation that was killed has left half written.
    pub(super) fn sweep(&self) -> Result<(), Problem> {
        for directory in [self.path.clone(), self.beside()] {
            files::sweep(&directory).map_err(Problem::file(&directory))?;
        }
        Ok(())
    }

    /// Where a hook that was there before is kept.
    pub fn kept(&self, name: HookName) -> PathBuf {
        self.beside().join(name.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_ways_to_a_directory_are_one() {
        let place = tempfile::tempdir().unwrap();
        let root = fs::canonicalize(place.path()).unwrap();
        fs::create_dir(root.join("real")).unwrap();
        std::os::unix::fs::symlink("real", root.join("hooks")).unwrap();
        let hooks = HooksDirectory::new(&root.join("hooks"));
        assert_eq!(hooks.path(), root.join("real"));
        assert_eq!(hooks.kept(HookName::PrePush), root.join("real.contract-gate/pre-push"));
        let absent = HooksDirectory::new(&root.join("absent"));
        assert_eq!(absent.beside(), root.join("absent.contract-gate"));
    }
}
