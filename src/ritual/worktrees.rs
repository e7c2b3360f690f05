//! Which branch is checked out in which worktree, and in which git is busy with one.

use std::path::{Path, PathBuf};

use policy::name::RefName;

use policy::text::{printable, shell_word};

use super::{Done, Stopped};
use crate::repository::{Place, linked, main_worktree, moved_worktree};
use crate::system::files;
use crate::system::process::Git;

/// More of a file of git's is not read.
const LIMIT: u64 = 1 << 20;

/// One worktree of the repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Worktree {
    /// Its directory.
    pub path: PathBuf,
    /// The branch that is checked out in it.
    pub branch: Option<RefName>,
    /// Whether its directory is gone.
    pub gone: bool,
    /// Whether it is locked: git lets nothing be pruned of it, be its directory there or not.
    pub locked: bool,
}

/// All worktrees that have files and can be found from here, the main one first.
pub fn all(directory: &Path) -> Done<Vec<Worktree>> {
    Ok(listed(directory)?.0)
}

/// What is worth saying where the main worktree has a branch checked out and cannot be found from
/// here, so that its files stay as they are when the branch moves. Safe to print.
pub fn left_unfound(directory: &Path, branch: &RefName) -> Done<Option<String>> {
    let main = listed(directory)?.1.filter(|main| main.branch.as_ref() == Some(branch));
    Ok(main.map(|main| {
        format!(
            "git does not tell where the main worktree of {} is, which has {} checked out: its files \
             are left as they are, and contract-gate status there says how to bring them along. So that \
             it is known from everywhere, in that worktree: {}",
            printable(&main.path.to_string_lossy()),
            printable(&branch.short()),
            main_worktree::NAME_IT
        )
    }))
}

/// The worktrees that can be found, as `git worktree list --porcelain -z` tells them (git 2.36 and
/// later: records end with an empty one; 2.39 and 2.47 name a branch during a rebase of it as
/// `detached`); and the main one, under its git directory, where nothing tells where it is.
fn listed(directory: &Path) -> Done<(Vec<Worktree>, Option<Worktree>)> {
    let git = || Git::in_directory(directory);
    let told = git().args(["worktree", "list", "--porcelain", "-z"]).stdout()?;
    let (mut found, main_has_files) = read(&told);
    // Of one that is locked git says nothing more (2.39 and 2.47): its drive may not be there.
    for one in found.iter_mut().filter(|one| one.locked) {
        one.gone = !one.path.is_dir();
    }
    if found.iter().any(|one| one.gone)
        && let Some(moved) = moved_worktree::here(&git())?
        && let Some(one) = found.iter_mut().find(|one| one.path == moved.listed)
    {
        (one.path, one.gone) = (moved.root, false);
    }
    if !main_has_files || found.is_empty() {
        return Ok((found, None));
    }
    match main_worktree::root(&git(), &found[0].path)? {
        Some(root) => {
            found[0].path = root;
            Ok((found, None))
        }
        None => {
            let main = found.remove(0);
            Ok((found, Some(main)))
        }
    }
}

/// What git is doing with a branch in a worktree, for as long as which it refuses `git branch -f` of
/// that branch: at its end the branch is set, or checked out again (git 2.39 and 2.47 alike).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Busy {
    /// The worktree's directory.
    pub path: PathBuf,
    /// The command: `rebase`, `am` or `bisect`.
    pub with: &'static str,
}

impl Busy {
    /// What is under way, of a branch of this name, where. Safe to print.
    pub fn of(&self, branch: &str) -> String {
        format!("git {} of {} is under way in {}", self.with, printable(branch), self.place())
    }

    /// How it is ended, in the worktree.
    pub fn ends(&self) -> &'static str {
        match self.with {
            "bisect" => "git bisect reset",
            "am" => "git am --continue, or --abort",
            _ => "git rebase --continue, or --abort",
        }
    }

    /// The command that goes on with it. Safe to print.
    pub fn goes_on(&self) -> String {
        format!("git -C {} {} --continue", self.place(), self.with)
    }

    fn place(&self) -> String {
        shell_word(&printable(&self.path.to_string_lossy()))
    }
}

/// The files in a worktree's git directory by which git itself knows it: `head-name` for either
/// backend, `update-refs` for the branches that follow (a name, and two ids, a line each), and the name
/// of the branch that `bisect reset` goes back to.
const BUSY: [(&str, &str); 4] = [
    ("rebase-merge/head-name", "rebase"),
    ("rebase-apply/head-name", "rebase"),
    ("rebase-merge/update-refs", "rebase"),
    ("BISECT_START", "bisect"),
];

/// Whether a branch is being rebased or bisected in some worktree.
///
/// # Errors
/// When git does not tell the worktrees, or such a file cannot be read.
pub fn busy_with(place: &Place, branch: &RefName) -> Done<Option<Busy>> {
    for git_dir in git_dirs(place)? {
        if is_applying(&git_dir, branch)? {
            return Ok(Some(Busy { path: directory_of(&git_dir, place)?, with: "am" }));
        }
        for (file, with) in BUSY {
            let file = git_dir.join(file);
            let text = files::read(&file, LIMIT).map_err(|error| unreadable(&file, error))?;
            let text = text.unwrap_or_default();
            let mut lines = text.split(|byte| *byte == b'\n');
            let is_it = |line: &[u8]| {
                line == branch.as_bytes()
                    || (with == "bisect" && Some(line) == branch.branch_name())
            };
            if lines.any(|line| is_it(line.trim_ascii())) {
                return Ok(Some(Busy { path: directory_of(&git_dir, place)?, with }));
            }
        }
    }
    Ok(None)
}

/// Whether a branch is being made anew in some worktree: what is there now is not what is to land. A
/// bisect leaves a branch as it is.
///
/// # Errors
/// As those of [`busy_with`].
pub fn made_anew(place: &Place, branch: &RefName) -> Done<Option<Busy>> {
    Ok(busy_with(place, branch)?.filter(|busy| busy.with != "bisect"))
}

/// Whether patches are being applied to a branch: `git am` commits without asking `pre-commit`, from an
/// index of before the branch moved (2.39 and 2.47).
fn is_applying(git_dir: &Path, branch: &RefName) -> Done<bool> {
    if !git_dir.join("rebase-apply/applying").exists() {
        return Ok(false);
    }
    let head = git_dir.join("HEAD");
    let text = files::read(&head, LIMIT).map_err(|error| unreadable(&head, error))?;
    let text = text.unwrap_or_default();
    Ok(text.strip_prefix(b"ref: ").is_some_and(|name| name.trim_ascii() == branch.as_bytes()))
}

/// The git directories of all worktrees, the main one's first.
fn git_dirs(place: &Place) -> Done<Vec<PathBuf>> {
    let mut git_dirs = vec![place.common_dir.clone()];
    let linked = place.common_dir.join("worktrees");
    match std::fs::read_dir(&linked) {
        Ok(entries) => {
            for entry in entries {
                git_dirs.push(entry.map_err(|error| unreadable(&linked, error))?.path());
            }
        }
        Err(error) if files::is_absent(&error) => {}
        Err(error) => return Err(unreadable(&linked, error)),
    }
    Ok(git_dirs)
}

fn unreadable(path: &Path, source: std::io::Error) -> Stopped {
    Stopped::File { what: format!("{} cannot be read", printable(&path.to_string_lossy())), source }
}

/// The worktree of a git directory: where its link leads, or, of the main one, what git lists first.
fn directory_of(git_dir: &Path, place: &Place) -> Done<PathBuf> {
    if let Ok(Some(root)) = linked::root_of(git_dir) {
        return Ok(root);
    }
    let main = all(&place.common_dir)?.into_iter().next();
    Ok(main.map_or_else(|| git_dir.to_owned(), |main| main.path))
}

/// The worktrees that have files, and whether the first of them is the main one.
fn read(told: &[u8]) -> (Vec<Worktree>, bool) {
    let mut found: Vec<Worktree> = Vec::new();
    let (mut bare, mut main_has_files) = (false, true);
    for field in told.split(|byte| *byte == 0) {
        let (key, value) = match field.iter().position(|byte| *byte == b' ') {
            Some(at) => (&field[..at], &field[at + 1..]),
            None => (field, &field[field.len()..]),
        };
        match key {
            b"worktree" => {
                let path = files::path_of(value);
                found.push(Worktree { path, branch: None, gone: false, locked: false });
            }
            b"bare" => bare = true,
            b"branch" => {
                if let Some(last) = found.last_mut() {
                    last.branch = Some(RefName::new(value));
                }
            }
            b"prunable" => {
                if let Some(last) = found.last_mut() {
                    last.gone = true;
                }
            }
            b"locked" => {
                if let Some(last) = found.last_mut() {
                    last.locked = true;
                }
            }
            b"" if bare => {
                found.pop();
                (bare, main_has_files) = (false, false);
            }
            _ => {}
        }
    }
    (found, main_has_files)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn worktrees_are_read_with_their_branches_and_bare_ones_are_none() {
        let told = b"worktree /a\0bare\0\0worktree /b c\0HEAD 1\0branch refs/heads/x\0\0\
                     worktree /d\0HEAD 1\0detached\0prunable gone\0\0worktree /e\0HEAD 1\0detached\0locked away\0\0";
        let branch = Some(RefName::branch("x"));
        let worktree = |path: &str, branch, gone| {
            let locked = path == "/e";
            Worktree { path: path.into(), branch, gone, locked }
        };
        let found = vec![
            worktree("/b c", branch, false),
            worktree("/d", None, true),
            worktree("/e", None, false),
        ];
        assert_eq!(read(told), (found, false));
    }
}
