//! The stage: a temporary worktree in which lanes are merged and suites run, and nothing else is
//! touched.
//!
//! It stands in a directory of its own, outside the repository, with no branch checked out. What is
//! committed there is in the repository's objects and no ref names it, until somebody lands it. A
//! stage whose program was killed is taken away by the next one.

mod bringing;
mod generating;

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs::{self, File};
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use policy::contract::{Agent, Contract};
use policy::oid::Oid;
use policy::path::RepoPath;
use policy::text::printable;
use tempfile::TempDir;

use super::rehearsal::Strategy;
use super::suite::{Event, Ran, Suites};
use super::{Done, Stopped, worktrees};
use crate::system::files;
use crate::system::process::{Git, Output, ProcessError};
use bringing::{Brought, not_generated};

/// How the directories of stages begin.
const PREFIX: &str = "contract-gate-stage-";
/// The file beside a stage's worktree that its program has locked for as long as it runs.
const LOCK: &str = "lock";
/// How long a single merge may take.
const LIMIT: Duration = Duration::from_secs(1800);

/// A stage.
pub struct Stage {
    /// The root of the worktree.
    pub root: PathBuf,
    repository: PathBuf,
    directory: TempDir,
    /// What setup has left that git neither tracks nor ignores.
    kept: RefCell<BTreeSet<Vec<u8>>>,
    _lock: File,
}

/// What merging a lane came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Merged {
    /// A new state of the trunk.
    Made(Oid),
    /// It holds everything already.
    Nothing,
    /// It conflicts in these paths.
    Conflict(Vec<RepoPath>),
    /// The trunk cannot simply be moved to the lane, which the strategy asks for.
    NotAhead,
    /// A command that makes a file has failed.
    NotGenerated(Ran),
    /// These files are not as their commands make them, and a fast-forward changes nothing.
    NotAsGenerated(Vec<Stale>),
}

/// A file that is not as its command makes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stale {
    /// The file.
    pub path: RepoPath,
    /// The command. Foreign text.
    pub command: String,
}

impl Stage {
    /// Makes a stage for a repository, at a commit.
    pub fn new(repository: &Path, at: Oid) -> Done<Self> {
        sweep(repository);
        let cannot = |source| Stopped::File {
            what: "a temporary worktree cannot be made".to_owned(),
            source,
        };
        let directory = tempfile::Builder::new().prefix(PREFIX).tempdir().map_err(cannot)?;
        let lock = File::create(directory.path().join(LOCK)).map_err(cannot)?;
        files::try_lock(&lock).map_err(cannot)?;
        let root = directory.path().join("trunk");
        let (repository, kept) = (repository.to_owned(), RefCell::default());
        let stage = Self { root, repository, directory, kept, _lock: lock };
        stage
            .git_in(&stage.repository)
            .args(["worktree", "add", "--quiet", "--detach"])
            .arg(&stage.root)
            .arg(at.to_string())
            .stdout()?;
        Ok(stage)
    }

    /// A call of git in the stage. The ritual judges by itself what it makes there; other hooks
    /// than the gate's would not know where they are.
    fn git(&self) -> Git {
        self.git_in(&self.root)
    }

    fn git_in(&self, directory: &Path) -> Git {
        Git::in_directory(directory)
            .of_directory_alone()
            .setting("core.hooksPath=/dev/null")
            .setting("advice.detachedHead=false")
            .setting("gc.auto=0")
            // A conflict that was resolved once would be no conflict any more, and no merge either.
            .setting("rerere.enabled=false")
            // Merges of the trunk are not made again, and nothing is put away.
            .setting("rebase.rebaseMerges=false")
            .setting("rebase.autoStash=false")
            // What setup has fetched is brought along here, and nothing else is touched.
            .setting("submodule.recurse=false")
            // All files, also where the worktree that this is asked from has a part of them.
            .setting("core.sparseCheckout=false")
            .within(LIMIT)
    }

    /// Keeps what setup has made: only what comes later is taken away again.
    pub fn is_set_up(&self) -> Done<()> {
        *self.kept.borrow_mut() = self.untracked()?.into_iter().collect();
        Ok(())
    }

    /// What git neither tracks nor ignores; a repository of its own ends in a slash.
    fn untracked(&self) -> Done<Vec<Vec<u8>>> {
        let list = ["ls-files", "--others", "--exclude-standard", "-z"];
        let told = self.git().args(list).stdout()?;
        let paths = told.split(|byte| *byte == 0).filter(|path| !path.is_empty());
        Ok(paths.map(<[u8]>::to_vec).collect())
    }

    /// Takes away what suites have left: what one has made says nothing of the next state. What is
    /// ignored stays, as it does between two builds by hand.
    fn clear(&self) -> Done<()> {
        let kept = self.kept.borrow();
        for path in self.untracked()?.iter().filter(|path| !kept.contains(*path)) {
            let path = self.root.join(OsStr::from_bytes(path));
            let removed = match path.symlink_metadata() {
                Ok(found) if found.is_dir() => fs::remove_dir_all(&path),
                Ok(_) => fs::remove_file(&path),
                Err(_) => Ok(()),
            };
            let what = || format!("{} cannot be removed", printable(&path.to_string_lossy()));
            removed.map_err(|source| Stopped::File { what: what(), source })?;
        }
        Ok(())
    }

    /// Goes to a commit, whatever is there, and takes away what suites have left.
    pub fn go_to(&self, commit: Oid) -> Done<()> {
        self.reset(commit)?;
        self.bring_submodules_along()
    }

    fn reset(&self, commit: Oid) -> Done<()> {
        self.git().args(["reset", "--quiet", "--hard"]).arg(commit.to_string()).stdout()?;
        self.clear()
    }

    /// The submodules that setup has fetched, at the commits that the stage's index names. A new worktree
    /// has none, and git keeps those of a linked one in a directory of its own (2.39 and 2.47).
    fn bring_submodules_along(&self) -> Done<()> {
        if !self.root.join(".gitmodules").exists() {
            return Ok(());
        }
        let told = self.git().args(["rev-parse", "--absolute-git-dir"]).stdout()?;
        let git_dir = PathBuf::from(String::from_utf8_lossy(&told).trim_end());
        if git_dir.join("modules").is_dir() {
            let update = ["submodule", "--quiet", "update", "--recursive", "--force"];
            self.git().args(update).stdout()?;
        }
        Ok(())
    }

    /// Takes a file away, in a commit of its own.
    pub fn take_away(&self, path: &str, message: &str) -> Done<Oid> {
        self.git().args(["rm", "--quiet", "--", path]).stdout()?;
        let commit = ["commit", "--quiet", "--no-verify", "--cleanup=verbatim", "-F", "-"];
        self.git().args(commit).input(message).stdout()?;
        self.head()
    }

    fn head(&self) -> Done<Oid> {
        let told = self.git().args(["rev-parse", "--verify", "HEAD^{commit}"]).stdout()?;
        let told = String::from_utf8_lossy(&told);
        told.trim().parse().map_err(|_| Stopped::Refused(format!("git says HEAD is at {told:?}")))
    }

    /// Merges a lane into a commit of the trunk, as the strategy says, and makes again what a
    /// command generates. `subject` is what the commit is called, where one is made.
    pub fn land(
        &self,
        onto: Oid,
        lane: (&Agent, Oid),
        strategy: Strategy,
        contract: &Contract,
        suites: &mut Suites<'_>,
    ) -> Done<Merged> {
        let (agent, tip) = lane;
        self.reset(onto)?;
        if self.is_ancestor(tip, onto)? {
            return Ok(Merged::Nothing);
        }
        let brought = match strategy {
            Strategy::Merge => self.merge(agent, tip)?,
            Strategy::Squash => self.squash(agent, onto, tip)?,
            Strategy::Rebase => self.rebase(agent, (onto, tip), contract)?,
            Strategy::FastForward if !self.is_ancestor(onto, tip)? => {
                return Ok(Merged::NotAhead);
            }
            Strategy::FastForward => {
                self.reset(tip)?;
                Brought::Committed
            }
        };
        if let (Strategy::Rebase, Brought::Squashed(_)) = (strategy, &brought) {
            suites.tell(Event::Note(&format!(
                "{} lands as one commit: its commits made again would come to something else than merging it",
                agent.id
            )));
        }
        if let Brought::Conflict(paths) = &brought {
            let others = not_generated(paths, contract);
            if !others.is_empty() {
                return Ok(Merged::Conflict(others));
            }
            // Whichever side: it is made again.
            self.take_either(paths)?;
        }
        // The trunk's last commit is no lane's to be amended.
        if brought == Brought::Committed && self.head()? == onto {
            return Ok(Merged::Nothing);
        }
        if let Some(failed) = self.generate(contract, suites)? {
            return Ok(failed);
        }
        if brought == Brought::Committed && strategy == Strategy::FastForward {
            let staged = ["diff", "--cached", "--name-only", "--no-renames", "-z", "--"];
            let stale: Vec<Stale> = paths_in(&self.git().args(staged).stdout()?)
                .into_iter()
                .filter_map(|path| {
                    let command = contract.generated_by(&path)?.to_owned();
                    Some(Stale { path, command })
                })
                .collect();
            if !stale.is_empty() {
                return Ok(Merged::NotAsGenerated(stale));
            }
        }
        self.commit(&brought, agent, strategy)?;
        let made = self.head()?;
        self.go_to(made)?;
        let compare = ["diff-tree", "--quiet", "-r"];
        let same = self.git().args(compare).arg(onto.to_string()).arg(made.to_string()).run()?;
        // A lane that changes nothing has not landed by it either.
        Ok(if same.status.success() { Merged::Nothing } else { Merged::Made(made) })
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        remove(&self.repository, &self.root);
        // The rest goes with the directory.
        let _ = self.directory.path();
    }
}

fn failed(call: &str, output: &Output) -> Stopped {
    ProcessError::Failed {
        call: call.to_owned(),
        status: output.status,
        stderr: crate::system::process::last_words(&output.stderr),
    }
    .into()
}

fn paths_in(told: &[u8]) -> Vec<RepoPath> {
    told.split(|byte| *byte == 0).filter_map(|path| RepoPath::new(path).ok()).collect()
}

fn os(path: &RepoPath) -> &std::ffi::OsStr {
    use std::os::unix::ffi::OsStrExt;
    std::ffi::OsStr::from_bytes(path.as_bytes())
}

fn remove(repository: &Path, root: &Path) {
    let remove = ["worktree", "remove", "--force", "--force"];
    let call = Git::in_directory(repository).of_directory_alone().args(remove).arg(root);
    // What is left is an entry that `git worktree prune` takes, and the next stage before that.
    let _ = call.run();
}

/// Takes away the stages of this repository whose programs run no more.
pub fn sweep(repository: &Path) {
    let Ok(found) = worktrees::all(repository) else { return };
    for worktree in found {
        let Some(directory) = worktree.path.parent() else { continue };
        let name = directory.file_name().map(|name| printable(&name.to_string_lossy()));
        if !name.is_some_and(|name| name.starts_with(PREFIX)) {
            continue;
        }
        let abandoned = match File::open(directory.join(LOCK)) {
            Ok(lock) => files::try_lock(&lock).is_ok(),
            Err(error) => files::is_absent(&error),
        };
        if abandoned {
            remove(repository, &worktree.path);
            let _ = std::fs::remove_dir_all(directory);
        }
    }
}
