//! A place beside the repository where git can merge: new objects go into a directory of its own,
//! attributes come from the trunk, and nothing that somebody uses is read or written.
//!
//! Git reads the attributes of a merge (drivers, line ends) from the files of a worktree, and from
//! no index (2.39 and 2.47: `git merge-tree` with `.gitattributes` in the index alone merges as if
//! there were none). A merge driver writes its files there too. So git gets a worktree of its own,
//! which holds the trunk's `.gitattributes` and nothing else: the answer is the same wherever it is
//! asked.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};

use policy::change::{Entry, EntryMode};
use policy::oid::Oid;
use policy::path::RepoPath;

use super::raw::ObjectKind;
use super::{GitView, Place, Read, ReadError, hash};
use crate::system::environment::Environment;
use crate::system::process::Git;

/// By which drivers git may merge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Drivers {
    /// Those that somebody has configured, too.
    Configured,
    /// Git's own: no program is started by what was pushed.
    BuiltIn,
}

/// The place; gone with all its objects when it is dropped.
pub struct Aside {
    root: tempfile::TempDir,
    git_dir: PathBuf,
    /// Where objects are that are there already, as git takes them.
    alternates: OsString,
}

impl Aside {
    /// Makes the place, beside this repository.
    pub fn beside(place: &Place) -> Read<Self> {
        let root = tempfile::Builder::new()
            .prefix("contract-gate-aside-")
            .tempdir()
            .map_err(failed("a temporary directory cannot be made"))?;
        for directory in ["objects", "tree"] {
            let made = fs::create_dir(root.path().join(directory));
            made.map_err(failed("a temporary directory cannot be made"))?;
        }
        Ok(Self { root, git_dir: place.git_dir.clone(), alternates: place.objects.clone() })
    }

    /// A call of git that writes objects here alone.
    pub fn git(&self) -> Git {
        let tree = self.tree();
        Git::about(&tree, &self.git_dir, &self.root.path().join("index"))
            .env("GIT_WORK_TREE", &tree)
            .env("GIT_OBJECT_DIRECTORY", self.root.path().join("objects"))
            .env("GIT_ALTERNATE_OBJECT_DIRECTORIES", &self.alternates)
            // They are gone in a moment: neither made small nor made safe.
            .setting("core.looseCompression=0")
            // With it, git reads attributes from what is merged, and starts the filters that they name
            // (2.39 and 2.47).
            .setting("merge.renormalize=false")
            .setting("core.attributesFile=/dev/null")
            .setting("core.fsync=none")
    }

    /// Hides the submodules whose commits are here. Git finds them below the directory of git by the names
    /// that `.gitmodules` gives them, that of the worktree before those of index and HEAD, and takes the
    /// newer of two commits; where it does not find them it makes a conflict (2.39 and 2.47).
    pub fn without_submodules(&self) -> Read<()> {
        let written = fs::write(self.tree().join(".gitmodules"), b"");
        written.map_err(failed("submodules cannot be hidden"))
    }

    /// Makes a commit here, of a tree that a merge has given, for git to merge further. It is written
    /// by hand: a process for each would take as long as its merge.
    pub fn commit(&self, tree: Oid, parents: [Oid; 2]) -> Read<Oid> {
        let [first, second] = parents;
        let who = "contract-gate <contract-gate@localhost> 1700000000 +0000";
        let content = format!(
            "tree {tree}\nparent {first}\nparent {second}\nauthor {who}\ncommitter {who}\n\nforecast\n"
        );
        let id = hash(tree, ObjectKind::Commit, content.as_bytes())
            .ok_or_else(|| ReadError::Other("a commit cannot be made aside".to_owned()))?;
        let name = id.to_string();
        let directory = self.root.path().join("objects").join(&name[..2]);
        let object = format!("commit {}\0{content}", content.len());
        let written = fs::create_dir_all(&directory)
            .and_then(|()| fs::write(directory.join(&name[2..]), stored(object.as_bytes())));
        written.map_err(failed("a commit cannot be put aside"))?;
        Ok(id)
    }

    /// Puts the attributes that a commit has for these paths where git finds them when it merges.
    pub fn attributes_of(
        &self,
        view: &dyn GitView,
        commit: Oid,
        paths: &BTreeSet<RepoPath>,
        drivers: Drivers,
    ) -> Read<()> {
        let tree = view.commit(commit)?.tree;
        let mut places: BTreeSet<&[u8]> = BTreeSet::from([&b""[..]]);
        places.extend(paths.iter().flat_map(directories));
        for place in places {
            let path = match place {
                [] => b".gitattributes".to_vec(),
                directory => [directory, b"/.gitattributes"].concat(),
            };
            let Ok(path) = RepoPath::new(path) else { continue };
            // Git takes no link for attributes (2.32 and later).
            let is_file =
                |entry: &Entry| matches!(entry.mode, EntryMode::File | EntryMode::Executable);
            if let Some(entry) = view.entry(tree, &path)?.filter(is_file) {
                let content = view.blob(entry.id)?;
                let put = match drivers {
                    Drivers::Configured => content,
                    Drivers::BuiltIn => without_programs(&content),
                };
                self.attributes(&path, &put)?;
            }
        }
        Ok(())
    }

    /// Puts a file of attributes where git looks for it. A path that would lead elsewhere has no
    /// meaning to git either, and is left out.
    fn attributes(&self, path: &RepoPath, content: &[u8]) -> Read<()> {
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

/// A few hundred bytes as zlib holds them without compression: head, one last block, check sum (RFC
/// 1950, RFC 1951). Git reads loose objects of this kind, and writes them for
/// `core.looseCompression=0` (2.39 and 2.47).
fn stored(content: &[u8]) -> Vec<u8> {
    let length = u16::try_from(content.len()).unwrap_or(u16::MAX);
    let mut out = vec![0x78, 0x01, 0x01];
    out.extend(length.to_le_bytes());
    out.extend((!length).to_le_bytes());
    out.extend(content);
    let (mut low, mut high) = (1_u32, 0_u32);
    for byte in content {
        low = (low + u32::from(*byte)) % 65_521;
        high = (high + low) % 65_521;
    }
    out.extend((high << 16 | low).to_be_bytes());
    out
}

/// Attributes in which no driver is named but those that git has of its own.
fn without_programs(content: &[u8]) -> Vec<u8> {
    let is_space = |piece: &[u8]| piece.last().is_some_and(u8::is_ascii_whitespace);
    let words = content.chunk_by(|one, next| {
        one.is_ascii_whitespace() == next.is_ascii_whitespace() && *one != b'\n' && *next != b'\n'
    });
    let is_program = |word: &[u8]| {
        let driver = word.strip_prefix(b"merge=");
        driver.is_some_and(|driver| !BUILT_IN.contains(&driver))
    };
    words.filter(|word| is_space(word) || !is_program(word)).flatten().copied().collect()
}

/// The drivers that git has of its own (2.39 and 2.47).
pub const BUILT_IN: [&[u8]; 3] = [b"text", b"binary", b"union"];

fn is_git(part: &[u8]) -> bool {
    part.eq_ignore_ascii_case(b".git")
}

fn failed(what: &'static str) -> impl Fn(std::io::Error) -> ReadError {
    move |source| ReadError::Other(format!("{what}: {source}"))
}

/// Where a repository's objects are, as `GIT_ALTERNATE_OBJECT_DIRECTORIES` names them: those of a push lie in
/// a quarantine.
pub fn objects(common_dir: &Path, environment: &Environment) -> OsString {
    let set = |name: &str| environment.get(name).filter(|value| !value.is_empty());
    // What alternates of alternates name, git follows by itself (`info/alternates`).
    let objects = match set("GIT_OBJECT_DIRECTORY") {
        Some(objects) => environment.directory().join(objects),
        None => common_dir.join("objects"),
    };
    let mut all = quoted(&objects);
    if let Some(more) = set("GIT_ALTERNATE_OBJECT_DIRECTORIES") {
        all.push(":");
        all.push(more);
    }
    all
}

/// The directories above a path, the outermost first.
pub fn directories(path: &RepoPath) -> impl Iterator<Item = &[u8]> {
    let bytes = path.as_bytes();
    let slashes = bytes.iter().enumerate().filter(|(_, byte)| **byte == b'/');
    slashes.map(|(at, _)| &bytes[..at])
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
    fn a_driver_that_somebody_has_configured_is_not_asked() {
        for (content, put) in [
            ("a merge=union\nb merge=mine text\n", "a merge=union\nb  text\n"),
            ("[attr]list\tmerge=mine\r\n*.x list\n", "[attr]list\t\r\n*.x list\n"),
            ("\"a b\" merge=text -merge", "\"a b\" merge=text -merge"),
            ("", ""),
        ] {
            assert_eq!(without_programs(content.as_bytes()), put.as_bytes(), "{content:?}");
        }
    }

    #[test]
    fn a_directory_with_a_colon_is_one_entry() {
        assert_eq!(quoted(Path::new("/a b/objects")), "/a b/objects");
        assert_eq!(quoted(Path::new("/a:b/\"c\\")), "\"/a:b/\\\"c\\\\\"");
    }
}
