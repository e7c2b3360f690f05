//! The files of a worktree, as git would store them: asked of git itself.
//!
//! Only git knows its clean filters, line-ending rules and file modes whole. So git stages
//! everything, but into a throw-away index and a throw-away object directory, from which the
//! result is read. Nothing is written into the repository, and its index is not refreshed (git
//! 2.47 sets the time of an object's file that it would otherwise have stored again).

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use policy::change::{Entry, EntryMode};
use policy::oid::Oid;
use policy::path::RepoPath;

use super::objects::check_size;
use super::plumbing::batch::Batch;
use super::raw::{ItemKind, ObjectKind, kind_of_mode};
use super::source::Source;
use super::{Content, Place, Read, ReadError, WorktreeChange};
use crate::system::process::{Git, ProcessError};

/// What an index holds: each path with its entry, or `None` where that is not content yet (an
/// intent to add) or is not decided (unmerged).
pub type Indexed = BTreeMap<RepoPath, Option<Entry>>;

/// The tracked paths whose file differs from the index, sorted by path.
pub fn unstaged(source: &impl Source, before: &Indexed) -> Read<Vec<WorktreeChange>> {
    let place = source.place();
    let Some(root) = &place.worktree else { return Ok(Vec::new()) };
    if before.is_empty() {
        return Ok(Vec::new());
    }
    let aside = Aside::new(place, root, source.index())?;
    aside.stage()?;
    let in_sight = aside.entries()?;
    let seen_later = match aside.see_hidden_files()? {
        true => {
            aside.stage()?;
            Some(aside.entries()?)
        }
        false => None,
    };
    let after = seen_later.as_ref().unwrap_or(&in_sight);
    let stored = Batch::new(aside.git());
    let mut changes = Vec::new();
    for (path, old) in before {
        let new = after.get(path).copied();
        if old.is_none() || *old != new {
            let content = match new.filter(|new| new.mode != EntryMode::Submodule) {
                Some(new) => content(source, &stored, new.id)?,
                None => Content::Read(Vec::new()),
            };
            let hidden = old.is_some() && in_sight.get(path).copied() == *old;
            changes.push(WorktreeChange { path: path.clone(), new, content, hidden });
        }
    }
    Ok(changes)
}

/// Files that are neither tracked nor ignored, sorted by path. A repository inside, which git
/// does not look into, is one path.
pub fn untracked(place: &Place, index: &Path) -> Read<Vec<RepoPath>> {
    let Some(root) = &place.worktree else { return Ok(Vec::new()) };
    let listed = git(place, root, index)
        .args(["ls-files", "-z", "--others", "--exclude-standard", "--full-name"])
        .stdout()
        .map_err(failed)?;
    let mut paths = records(&listed)
        .map(|path| repo_path(path.strip_suffix(b"/").unwrap_or(path)))
        .collect::<Read<Vec<_>>>()?;
    paths.sort_unstable();
    Ok(paths)
}

/// A call of git that reads this worktree with this index, and starts nothing on its own.
fn git(place: &Place, root: &Path, index: &Path) -> Git {
    Git::about(root, &place.git_dir, index).env("GIT_WORK_TREE", root)
}

/// A copy of the index, and an object directory, outside the repository.
struct Aside<'p> {
    place: &'p Place,
    root: &'p Path,
    directory: tempfile::TempDir,
}

impl<'p> Aside<'p> {
    fn new(place: &'p Place, root: &'p Path, index: &Path) -> Read<Self> {
        let directory =
            tempfile::Builder::new().prefix("contract-gate-").tempdir().map_err(unwritable)?;
        let aside = Self { place, root, directory };
        fs::create_dir(aside.objects()).map_err(unwritable)?;
        aside.copy_index(index).map_err(|error| ReadError::Index(error.to_string()))?;
        Ok(aside)
    }

    /// With its time: git trusts what it knows of a file only when that is older than the index.
    fn copy_index(&self, index: &Path) -> io::Result<()> {
        let modified = fs::metadata(index)?.modified()?;
        fs::copy(index, self.index())?;
        File::options().write(true).open(self.index())?.set_modified(modified)
    }

    fn index(&self) -> PathBuf {
        self.directory.path().join("index")
    }

    fn objects(&self) -> PathBuf {
        self.directory.path().join("objects")
    }

    fn git(&self) -> Git {
        git(self.place, self.root, &self.index())
            .env("GIT_OBJECT_DIRECTORY", self.objects())
            .env("GIT_ALTERNATE_OBJECT_DIRECTORIES", list_of_one(&self.place.common_dir))
            .setting("core.splitIndex=false")
            .setting("core.safecrlf=false")
            .setting("add.ignoreErrors=false")
    }

    /// Takes `assume-unchanged` and `skip-worktree` off the files that are there, and says whether any
    /// had them.
    fn see_hidden_files(&self) -> Read<bool> {
        let listed = self.git().args(["ls-files", "-z", "-v", "--sparse"]).stdout();
        let mut hidden = Vec::new();
        for record in records(&listed.map_err(failed)?) {
            // A tag, a space, the path: `S` skips the worktree, a small letter assumes.
            let [tag, b' ', path @ ..] = record else { continue };
            let is_hidden = *tag == b'S' || tag.is_ascii_lowercase();
            if is_hidden && fs::symlink_metadata(self.root.join(os_path(path))).is_ok() {
                hidden.extend_from_slice(path);
                hidden.push(0);
            }
        }
        if hidden.is_empty() {
            return Ok(false);
        }
        // Only one of the two flags is looked at in one call (git 2.47, builtin/update-index.c).
        for flag in ["--no-assume-unchanged", "--no-skip-worktree"] {
            self.git()
                .args(["update-index", "-z", flag, "--stdin"])
                .input(hidden.clone())
                .stdout()
                .map_err(failed)?;
        }
        Ok(true)
    }

    fn stage(&self) -> Read<()> {
        self.git().args(["add", "--update", "--sparse"]).stdout().map_err(failed)?;
        Ok(())
    }

    fn entries(&self) -> Read<BTreeMap<RepoPath, Entry>> {
        let listed = self.git().args(["ls-files", "-z", "--stage"]).stdout().map_err(failed)?;
        records(&listed).map(staged_entry).collect()
    }
}

/// What a changed file would be stored as.
fn content(source: &impl Source, stored: &Batch, id: Oid) -> Read<Content> {
    let missing = |reason: String| ReadError::Object { id, reason };
    let found = stored.info(&id.to_string()).map_err(missing)?;
    let Some((_, ObjectKind::Blob, size)) = found else {
        return Err(missing("git gives it no content".to_owned()));
    };
    if check_size(source, id, size).is_err() {
        return Ok(Content::TooLarge(size));
    }
    let (_, content) = stored.content(id, |size| check_size(source, id, size))?;
    Ok(Content::Read(content))
}

/// One record of `ls-files --stage -z`: `MODE ID STAGE`, a tab, the path.
fn staged_entry(record: &[u8]) -> Read<(RepoPath, Entry)> {
    let odd = || ReadError::Index("git lists an entry that is none".to_owned());
    let tab = record.iter().position(|byte| *byte == b'\t').ok_or_else(odd)?;
    let fields = std::str::from_utf8(&record[..tab]).map_err(|_| odd())?;
    let mut fields = fields.split(' ');
    let mode = fields.next().and_then(|mode| u32::from_str_radix(mode, 8).ok());
    let Some(ItemKind::Leaf(mode)) = mode.and_then(kind_of_mode) else { return Err(odd()) };
    let id = fields.next().and_then(|id| id.parse().ok()).ok_or_else(odd)?;
    if fields.next() != Some("0") {
        return Err(odd());
    }
    Ok((repo_path(&record[tab + 1..])?, Entry { mode, id }))
}

fn records(listed: &[u8]) -> impl Iterator<Item = &[u8]> {
    listed.split(|byte| *byte == 0).filter(|record| !record.is_empty())
}

fn repo_path(path: &[u8]) -> Read<RepoPath> {
    RepoPath::new(path).map_err(|_| ReadError::Index("git lists a path that is none".to_owned()))
}

/// The repository's objects, as `GIT_ALTERNATE_OBJECT_DIRECTORIES` wants a list of directories:
/// quoted, since a colon in a name would part it.
fn list_of_one(common_dir: &Path) -> OsString {
    let mut quoted = OsString::from("\"");
    let objects = common_dir.join("objects");
    for byte in objects.as_os_str().as_encoded_bytes() {
        if matches!(byte, b'"' | b'\\') {
            quoted.push("\\");
        }
        quoted.push(os_path(&[*byte]));
    }
    quoted.push("\"");
    quoted
}

#[cfg(unix)]
fn os_path(bytes: &[u8]) -> OsString {
    use std::os::unix::ffi::OsStringExt;
    OsString::from_vec(bytes.to_vec())
}

fn failed(error: ProcessError) -> ReadError {
    ReadError::Other(format!("the worktree: {error}"))
}

fn unwritable(error: io::Error) -> ReadError {
    ReadError::Other(format!("a temporary directory: {error}"))
}
