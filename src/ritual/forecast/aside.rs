//! A place beside the repository where git can merge: new objects go into a directory of its own,
//! attributes come from the trunk, and nothing that somebody uses is read or written.
//!
//! Git reads the attributes of a merge (drivers, line ends) from the files of a worktree, and from
//! no index (2.39 and 2.47: `git merge-tree` with `.gitattributes` in the index alone merges as if
//! there were none). A merge driver writes its files there too. So git gets a worktree of its own,
//! which holds the trunk's `.gitattributes` and nothing else: the answer is the same wherever it is
//! asked.

use std::ffi::OsString;
use std::fs;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};

use policy::path::RepoPath;

use crate::repository::Place;
use crate::ritual::{Done, Stopped};
use crate::system::environment::Environment;
use crate::system::process::Git;

/// The place; gone with all its objects when it is dropped.
pub struct Aside {
    root: tempfile::TempDir,
    git_dir: PathBuf,
    /// Where objects are that are there already, as git takes them.
    alternates: OsString,
}

impl Aside {
    /// Makes the place, beside this repository.
    pub fn beside(place: &Place, environment: &Environment) -> Done<Self> {
        let root = tempfile::Builder::new()
            .prefix("contract-gate-forecast-")
            .tempdir()
            .map_err(failed("a temporary directory cannot be made"))?;
        for directory in ["objects", "tree"] {
            let made = fs::create_dir(root.path().join(directory));
            made.map_err(failed("a temporary directory cannot be made"))?;
        }
        let set = |name: &str| environment.get(name).filter(|value| !value.is_empty());
        // What alternates of alternates name, git follows by itself (`info/alternates`).
        let objects = match set("GIT_OBJECT_DIRECTORY") {
            Some(objects) => environment.directory().join(objects),
            None => place.common_dir.join("objects"),
        };
        let mut alternates = quoted(&objects);
        if let Some(more) = set("GIT_ALTERNATE_OBJECT_DIRECTORIES") {
            alternates.push(":");
            alternates.push(more);
        }
        let git_dir = environment.directory().join(&place.git_dir);
        Ok(Self { root, git_dir, alternates })
    }

    /// A call of git that writes objects here alone.
    pub fn git(&self) -> Git {
        let tree = self.tree();
        Git::about(&tree, &self.git_dir, &self.root.path().join("index"))
            .env("GIT_WORK_TREE", &tree)
            .env("GIT_OBJECT_DIRECTORY", self.root.path().join("objects"))
            .env("GIT_ALTERNATE_OBJECT_DIRECTORIES", &self.alternates)
    }

    /// Puts a file of attributes where git looks for it. A path that would lead elsewhere has no
    /// meaning to git either, and is left out.
    pub fn attributes(&self, path: &RepoPath, content: &[u8]) -> Done<()> {
        let leads_away = |part: &[u8]| matches!(part, b"" | b"." | b"..") || is_git(part);
        if path.components().any(leads_away) {
            return Ok(());
        }
        let file = self.tree().join(Path::new(std::ffi::OsStr::from_bytes(path.as_bytes())));
        let written = match file.parent() {
            Some(directory) => {
                fs::create_dir_all(directory).and_then(|()| fs::write(&file, content))
            }
            None => Ok(()),
        };
        written.map_err(failed("the trunk's attributes cannot be put aside"))
    }

    fn tree(&self) -> PathBuf {
        self.root.path().join("tree")
    }
}

fn is_git(part: &[u8]) -> bool {
    part.eq_ignore_ascii_case(b".git")
}

fn failed(what: &'static str) -> impl Fn(std::io::Error) -> Stopped {
    move |source| Stopped::File { what: what.to_owned(), source }
}

/// A directory as one entry of `GIT_ALTERNATE_OBJECT_DIRECTORIES`: entries stand between colons, and
/// one that begins with a quote is read as git quotes paths (2.39 and 2.47).
fn quoted(directory: &Path) -> OsString {
    let bytes = directory.as_os_str().as_bytes();
    if !bytes.iter().any(|byte| matches!(byte, b':' | b'"' | b'\n')) {
        return directory.into();
    }
    let mut out = vec![b'"'];
    for byte in bytes {
        match byte {
            b'"' | b'\\' => out.extend([b'\\', *byte]),
            b'\n' => out.extend(b"\\n"),
            _ => out.push(*byte),
        }
    }
    out.push(b'"');
    OsString::from_vec(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_directory_with_a_colon_is_one_entry() {
        assert_eq!(quoted(Path::new("/a b/objects")), "/a b/objects");
        assert_eq!(quoted(Path::new("/a:b/\"c\\")), "\"/a:b/\\\"c\\\\\"");
    }
}
