//! The worktrees in which lanes are worked on, and how much in each is not committed.
//!
//! Git is asked, in each worktree by itself: only git knows what a changed file is there. It writes no
//! index on the way, and starts no monitor of files.

use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use policy::contract::Agent;
use policy::name::RefName;
use policy::text::printable;

use crate::ritual::worktrees;
use crate::system::process::{Git, ProcessError};

/// A worktree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Desk {
    /// Its directory.
    pub path: PathBuf,
    /// The branch that is checked out in it.
    pub branch: Option<RefName>,
    /// Whether its directory is gone.
    pub gone: bool,
    /// What is not committed in it, or why that is not known (safe to print).
    pub uncommitted: Result<Uncommitted, String>,
}

/// How much is not committed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Uncommitted {
    /// Tracked files that differ from HEAD, staged or not.
    pub changed: usize,
    /// Files that are neither tracked nor ignored.
    pub untracked: usize,
}

/// All worktrees of the repository; none where git does not tell.
pub fn all(directory: &Path) -> Vec<Desk> {
    let found = worktrees::all(directory).unwrap_or_default();
    let counted = in_parallel(&found, |worktree| match worktree.gone {
        true => Ok(Uncommitted::default()),
        false => uncommitted(&worktree.path).map_err(|error| printable(&error.to_string())),
    });
    let desks = found.into_iter().zip(counted);
    desks
        .map(|(worktree, uncommitted)| Desk {
            path: worktree.path,
            branch: worktree.branch,
            gone: worktree.gone,
            uncommitted,
        })
        .collect()
}

/// What a lane's worktree holds that landing the lane leaves out, in a sentence. Safe to print.
pub fn left_out(directory: &Path, agent: &Agent) -> Option<String> {
    let worktrees = worktrees::all(directory).ok()?;
    let reference = agent.reference();
    let here = worktrees.iter().find(|one| !one.gone && one.branch.as_ref() == Some(&reference))?;
    let Uncommitted { changed, untracked } = uncommitted(&here.path).ok()?;
    let files = match changed + untracked {
        0 => return None,
        1 => "1 file that is not committed, and so does not land".to_owned(),
        many => format!("{many} files that are not committed, and so do not land"),
    };
    let path = printable(&here.path.to_string_lossy());
    Some(format!("{} has {files}: {path}", agent.id))
}

/// The worktree at a directory.
pub fn at<'d>(desks: &'d [Desk], path: &Path) -> Option<&'d Desk> {
    desks.iter().find(|desk| desk.path == path)
}

/// Where a lane is worked on: where its branch is checked out, or else in the directory that the
/// contract names (during a rebase no branch is checked out).
pub fn of<'d>(desks: &'d [Desk], agent: &Agent) -> Option<&'d Desk> {
    let reference = agent.reference();
    let by_branch = desks.iter().find(|desk| desk.branch.as_ref() == Some(&reference));
    let is_named = |desk: &&Desk| {
        let name = desk.path.file_name().and_then(|name| name.to_str());
        name.is_some() && name == agent.worktree.as_deref()
    };
    by_branch.or_else(|| desks.iter().find(is_named))
}

fn uncommitted(root: &Path) -> Result<Uncommitted, ProcessError> {
    let told = Git::in_directory(root)
        .of_directory_alone()
        .setting("core.fsmonitor=false")
        .args(["status", "--porcelain", "-z", "--no-renames", "--untracked-files=all"])
        .stdout()?;
    let mut count = Uncommitted::default();
    for record in told.split(|byte| *byte == 0).filter(|record| !record.is_empty()) {
        match record.starts_with(b"??") {
            true => count.untracked += 1,
            false => count.changed += 1,
        }
    }
    Ok(count)
}

/// Asks the same of each, as many at once as there are processors.
fn in_parallel<T: Sync, A: Send>(of: &[T], ask: impl Fn(&T) -> A + Sync) -> Vec<A> {
    let workers = thread::available_parallelism().map_or(1, NonZero::get).min(of.len());
    let next = AtomicUsize::new(0);
    let work = || {
        let mut answers = Vec::new();
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            let Some(one) = of.get(at) else { return answers };
            answers.push((at, ask(one)));
        }
    };
    let mut all: Vec<(usize, A)> = thread::scope(|scope| {
        let threads: Vec<_> = (0..workers).map(|_| scope.spawn(work)).collect();
        // A thread that panics has ended the process.
        threads.into_iter().filter_map(|thread| thread.join().ok()).flatten().collect()
    });
    all.sort_by_key(|(at, _)| *at);
    all.into_iter().map(|(_, answer)| answer).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_come_in_the_order_of_what_was_asked() {
        let of: Vec<usize> = (0..100).collect();
        assert_eq!(in_parallel(&of, |one| one * 2), (0..200).step_by(2).collect::<Vec<_>>());
        assert_eq!(in_parallel(&of[..0], |one| *one), [0; 0]);
    }
}
