//! What git has left by the time it asks: HEAD, index, files and state, read only, and read as
//! facts. What they mean is the table's business.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs;
use std::path::Path;
use std::time::SystemTime;

use policy::change::{Entry, EntryMode};
use policy::name::RefName;
use policy::oid::Oid;
use policy::path::RepoPath;

use crate::evidence::moves::RefMove;
use crate::repository::{Commit, GitView, Head, Read, TreeChange};
use crate::system::environment::Environment;
use crate::system::files;

/// More is not read: neither of a file of state, nor of one in the worktree.
const FILE_LIMIT: u64 = 16 * 1024 * 1024;

/// Where HEAD is, as seen from the branch that was about to move.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// On that branch.
    On,
    /// On another one.
    Beside,
    /// On none.
    Detached,
}

/// What git has left.
pub struct Left<'a> {
    /// The repository.
    pub view: &'a dyn GitView,
    environment: &'a Environment,
    /// The branch that was about to move.
    pub branch: &'a RefMove,
    /// Where HEAD is.
    pub standing: Standing,
    /// The commit that HEAD names, still.
    pub head: Commit,
    /// The commit that the branch was about to name.
    pub target: Commit,
}

impl<'a> Left<'a> {
    /// `None` where no index and no files can belong to the move.
    pub fn by(
        view: &'a dyn GitView,
        environment: &'a Environment,
        branch: &'a RefMove,
    ) -> Read<Option<Self>> {
        let (standing, head) = match view.head()? {
            Head::Branch(name, commit) if name == branch.name => (Standing::On, commit),
            Head::Branch(_, commit) => (Standing::Beside, commit),
            Head::Detached(commit) => (Standing::Detached, commit),
            Head::Unborn(_) => return Ok(None),
        };
        let (Some(target), Some(_)) = (branch.new, &view.place().worktree) else { return Ok(None) };
        let (head, target) = (view.commit(head)?, view.commit(target)?);
        Ok(Some(Self { view, environment, branch, standing, head, target }))
    }

    /// This worktree's git directory.
    pub fn git_dir(&self) -> &Path {
        &self.view.place().git_dir
    }

    /// A file of state in it; `None` when it is not there.
    pub fn state(&self, name: &str) -> Option<Vec<u8>> {
        files::read(&self.git_dir().join(name), FILE_LIMIT).ok().flatten()
    }

    /// Whether a file of state is there.
    pub fn has(&self, name: &str) -> bool {
        self.git_dir().join(name).exists()
    }

    /// The object that the first line of a file of state names.
    pub fn named_in(&self, name: &str) -> Option<Oid> {
        let text = self.state(name)?;
        let line = text.split(|byte| *byte == b'\n').next()?;
        std::str::from_utf8(line).ok()?.parse().ok()
    }

    /// Whether a ref such as `CHERRY_PICK_HEAD` is there, wherever refs are kept.
    pub fn has_ref(&self, name: &str) -> Read<bool> {
        Ok(self.view.resolve(name)?.is_some())
    }

    /// Whether `git commit` is what moves the branch: it sets the author's date for its hooks, as
    /// `@seconds zone`. With an editor `revert` and `cherry-pick` run it, and say so in
    /// `GIT_REFLOG_ACTION`.
    pub fn by_commit(&self) -> bool {
        let dated = self.environment.text("GIT_AUTHOR_DATE").is_some_and(|at| at.starts_with('@'));
        let action = self.environment.reflog_action().unwrap_or_default();
        let sequenced = ["revert", "cherry-pick"].iter().any(|name| action.starts_with(name));
        dated && !sequenced
    }

    /// Whether the target is a child of HEAD, and HEAD on the branch.
    pub fn goes_on(&self) -> bool {
        self.standing == Standing::On && self.target.parents.first() == Some(&self.head.id)
    }

    /// Whether the target was made after the index was written, and so of what somebody had
    /// staged. What goes to a commit that is there writes the index later than that was made.
    pub fn is_made_of_index(&self) -> bool {
        let id = self.target.id.to_string();
        let objects = self.view.place().common_dir.join("objects");
        let made = modified(&objects.join(&id[..2]).join(&id[2..]));
        made.is_some_and(|made| self.index_time().is_some_and(|written| made >= written))
    }

    /// Whether the index was written since HEAD last moved: by whatever moves the branch now.
    pub fn index_is_fresh(&self) -> bool {
        let moved = modified(&self.git_dir().join("logs/HEAD"));
        // The index that git works on is another one then; ours says nothing.
        let own = self.environment.index_file().is_none();
        own && self.index_time().is_some_and(|written| moved.is_none_or(|moved| written >= moved))
    }

    /// Whether the index holds what the target holds, wherever that differs from HEAD.
    pub fn index_is_at_target(&self) -> Read<bool> {
        let staged = self.view.staged(Some(self.target.tree))?;
        let other = staged.changes.iter().map(|change| &change.path).chain(&staged.unmerged);
        let other = other.collect::<BTreeSet<&RepoPath>>();
        Ok(self.between()?.iter().all(|at| !other.contains(&at.path)))
    }

    /// The paths that differ between HEAD and the target.
    pub fn between(&self) -> Read<Vec<TreeChange>> {
        self.view.diff_trees(Some(self.head.tree), Some(self.target.tree))
    }

    /// Whether the files are still HEAD's, by the first that can tell: one that is there or
    /// gone, or has the content of one side. Carriage returns have no say, and a filter that
    /// leaves neither side's content leaves the answer to the next file.
    pub fn files_stayed(&self) -> Read<bool> {
        let root = self.view.place().worktree.clone().unwrap_or_default();
        for at in self.between()? {
            let file = root.join(os_path(at.path.as_bytes()));
            match (at.old, at.new) {
                (Some(old), Some(new)) if is_text(old) && is_text(new) && old.id != new.id => {
                    let Ok(Some(found)) = files::read(&file, FILE_LIMIT) else { continue };
                    let found = without_returns(found);
                    if self.holds(old, &found)? {
                        return Ok(true);
                    }
                    if self.holds(new, &found)? {
                        return Ok(false);
                    }
                }
                (Some(_), Some(_)) | (None, None) => {}
                (old, _) => {
                    let there = fs::symlink_metadata(&file).is_ok_and(|found| !found.is_dir());
                    return Ok(there == old.is_some());
                }
            }
        }
        Ok(false)
    }

    /// Whether an entry has this text, but for carriage returns.
    fn holds(&self, entry: Entry, text: &[u8]) -> Read<bool> {
        Ok(self.view.blob_size(entry.id)? <= FILE_LIMIT
            && without_returns(self.view.blob(entry.id)?) == text)
    }

    fn index_time(&self) -> Option<SystemTime> {
        modified(&self.git_dir().join("index"))
    }
}

/// Whether `merge --autostash` has put something aside: in a file, or in a ref (2.45 and newer).
pub fn has_autostash(view: &dyn GitView) -> bool {
    matches!(view.resolve("MERGE_AUTOSTASH"), Ok(Some(_)))
}

/// Where git keeps the reflog of a branch while it renames it, for all worktrees.
pub const RENAMED: &str = "logs/refs/.tmp-renamed-log";

/// The tip of a branch that is being renamed: the last value in its reflog.
pub fn renamed_tip(view: &dyn GitView) -> Option<Oid> {
    let log = files::read(&view.place().common_dir.join(RENAMED), FILE_LIMIT).ok()??;
    let last = log.trim_ascii_end().rsplit(|byte| *byte == b'\n').next()?;
    std::str::from_utf8(last.split(|byte| *byte == b' ').nth(1)?).ok()?.parse().ok()
}

/// Whether a ref has a reflog of its own.
pub fn has_reflog(view: &dyn GitView, name: &RefName) -> bool {
    view.place().common_dir.join("logs").join(os_path(name.as_bytes())).exists()
}

fn is_text(entry: Entry) -> bool {
    matches!(entry.mode, EntryMode::File | EntryMode::Executable)
}

fn without_returns(mut content: Vec<u8>) -> Vec<u8> {
    content.retain(|byte| *byte != b'\r');
    content
}

fn modified(file: &Path) -> Option<SystemTime> {
    fs::metadata(file).ok()?.modified().ok()
}

#[cfg(unix)]
fn os_path(bytes: &[u8]) -> OsString {
    use std::os::unix::ffi::OsStringExt;
    OsString::from_vec(bytes.to_vec())
}
