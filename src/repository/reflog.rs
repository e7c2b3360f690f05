//! Reflogs: what refs were before, as far as git has written that down. Reads, and nothing else.
//!
//! Git keeps them as files, but for reftable, where it has to be asked. They are nobody's evidence:
//! whoever has the repository may write anything there, or take it away.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use policy::name::RefName;
use policy::oid::Oid;

use super::loose::os_str;
use super::{Place, Read, ReadError};
use crate::system::files;

/// More of a log is not read.
const LOG_LIMIT: u64 = 16 * 1024 * 1024;

/// A line of a reflog.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Logged {
    /// What the ref was before; `None` where that is not known, or nothing.
    pub old: Option<Oid>,
    /// What it was made; `None`: it was taken away.
    pub new: Option<Oid>,
    /// Why, in git's words. Foreign text.
    pub message: String,
}

/// What a worktree's HEAD is and was.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct HeadLog {
    /// The branch that it is on.
    pub branch: Option<RefName>,
    /// Its reflog, the newest line first.
    pub log: Vec<Logged>,
}

impl HeadLog {
    /// Each line, the newest first, with the branches that HEAD was on before it and after it. Where it was on
    /// none, the name is of no branch that is there.
    pub fn lines(&self) -> impl Iterator<Item = (Option<RefName>, Option<RefName>, &Logged)> {
        let mut on = self.branch.clone();
        self.log.iter().map(move |line| {
            let after = on.clone();
            let moved = line.message.strip_prefix("checkout: moving from ").or_else(|| {
                let renamed = line.message.strip_prefix("Branch: renamed refs/heads/")?;
                renamed.contains(" to refs/heads/").then_some(renamed)
            });
            if let Some((from, _)) = moved.and_then(|moved| moved.split_once(" to ")) {
                on = Some(RefName::branch(from));
            }
            (on.clone(), after, line)
        })
    }
}

/// The reflog of a ref that all worktrees share, the newest line first.
pub(super) fn of_ref(place: &Place, name: &RefName, most: usize) -> Read<Vec<Logged>> {
    of_file(&place.common_dir.join("logs").join(os_str(name)), most)
}

/// The reflog of this worktree's HEAD, the newest line first: no more of it is read than these lines
/// take, for it grows with every commit.
pub(super) fn of_head(place: &Place, most: usize) -> Read<Vec<Logged>> {
    let file = place.git_dir.join("logs/HEAD");
    let unreadable = |error: io::Error| ReadError::Other(format!("{}: {error}", file.display()));
    let mut enough = 4096;
    loop {
        let Some((bytes, whole)) = files::read_end(&file, enough).map_err(unreadable)? else {
            return Ok(Vec::new());
        };
        let text = String::from_utf8_lossy(&bytes);
        let from = if whole { 0 } else { text.find('\n').map_or(text.len(), |end| end + 1) };
        let log: Vec<Logged> = text[from..].lines().rev().filter_map(logged).take(most).collect();
        if whole || log.len() >= most || enough >= LOG_LIMIT {
            return Ok(log);
        }
        enough *= 16;
    }
}

/// The HEADs of all worktrees, the main one's last.
pub(super) fn of_heads(place: &Place) -> Read<Vec<HeadLog>> {
    let git_dirs = linked(&place.common_dir)?.into_iter().map(|name| {
        let mut git_dir = place.common_dir.join("worktrees");
        git_dir.push(name);
        git_dir
    });
    git_dirs
        .chain([place.common_dir.clone()])
        .map(|git_dir| {
            let head = text(&git_dir.join("HEAD"))?.unwrap_or_default();
            let branch = head.trim_end().strip_prefix("ref: ").map(RefName::new);
            Ok(HeadLog { branch, log: of_file(&git_dir.join("logs/HEAD"), usize::MAX)? })
        })
        .collect()
}

/// The names by which git knows the linked worktrees.
pub(super) fn linked(common_dir: &Path) -> Read<Vec<PathBuf>> {
    let directory = common_dir.join("worktrees");
    let unreadable =
        |error: io::Error| ReadError::Other(format!("{}: {error}", directory.display()));
    let entries = match fs::read_dir(&directory) {
        Ok(entries) => entries,
        Err(error) if files::is_absent(&error) => return Ok(Vec::new()),
        Err(error) => return Err(unreadable(error)),
    };
    let names = entries.map(|entry| Ok(PathBuf::from(entry.map_err(unreadable)?.file_name())));
    let mut names: Vec<PathBuf> = names.collect::<Read<_>>()?;
    names.sort_unstable();
    Ok(names)
}

fn of_file(file: &Path, most: usize) -> Read<Vec<Logged>> {
    let log = text(file)?.unwrap_or_default();
    Ok(log.lines().rev().filter_map(logged).take(most).collect())
}

/// A line `OLD NEW NAME <ADDRESS> TIME ZONE`, and behind a tab the message.
fn logged(line: &str) -> Option<Logged> {
    let (fields, message) = line.split_once('\t').unwrap_or((line, ""));
    let mut ids = fields.split(' ').map(str::parse::<Oid>);
    let (Some(Ok(old)), Some(Ok(new))) = (ids.next(), ids.next()) else { return None };
    let there = |id: Oid| (!id.is_zero()).then_some(id);
    Some(Logged { old: there(old), new: there(new), message: message.to_owned() })
}

/// Lines of an id, a NUL and a message, as git lists a reflog. It passes over what a ref was before
/// and over lines by which it was taken away.
pub(super) fn listed(text: &[u8]) -> Vec<Logged> {
    let text = String::from_utf8_lossy(text);
    let lines = text.lines().filter_map(|line| line.split_once('\0'));
    let mut log: Vec<Logged> = lines
        .filter_map(|(id, message)| {
            let new = Some(id.parse().ok()?);
            Some(Logged { old: None, new, message: message.to_owned() })
        })
        .collect();
    for at in 1..log.len() {
        log[at - 1].old = log[at].new;
    }
    log
}

fn text(file: &Path) -> Read<Option<String>> {
    let bytes = files::read(file, LOG_LIMIT)
        .map_err(|error| ReadError::Other(format!("{}: {error}", file.display())))?;
    Ok(bytes.map(|bytes| String::from_utf8_lossy(&bytes).into_owned()))
}
