//! Whether the gate still stands where git looks: a look at a few files, for the warning that every
//! command gives when it does not. `doctor` proves what this only sees.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use super::author::LONGEST_SCRIPT;
use super::occupant::{is_empty, is_marked};
use super::place::line;
use super::{Author, ChosenBy, HookName, HooksDirectory, Kind, Place, Problem, Record, again};
use crate::system::files;
use crate::system::process::Git;

/// What git would run under a hook's name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// A build of this program.
    Gate,
    /// A script that says `contract-gate hook NAME`.
    Calls,
    /// Another program's hook, that runs the gate under this further name.
    Behind(Author, PathBuf),
    /// Nothing: there is no file.
    Absent,
    /// Nothing: a symbolic link that leads nowhere, which git passes over without a word (2.39 and
    /// 2.47).
    LeadsNowhere,
    /// Nothing: the file is not executable, and git passes over it with a hint (2.39 and 2.47).
    NotExecutable,
    /// An empty file, which git runs, and takes for agreement (2.39 and 2.47).
    Empty,
    /// Another hook, and who wrote it, where that can be told.
    Another(Option<Author>),
}

impl Standing {
    /// Looks at a hook.
    ///
    /// # Errors
    /// It is there and cannot be read.
    pub fn of(hooks: &HooksDirectory, hook: HookName) -> Result<Self, Problem> {
        Self::beside(hooks, hook, None)
    }

    /// Looks at several. The hooks are mostly one file, which is then read once.
    fn of_each(
        hooks: &HooksDirectory,
        names: &BTreeSet<HookName>,
    ) -> Result<Vec<(HookName, Self)>, Problem> {
        let (mut gate, mut found) = (None, Vec::new());
        for &hook in names {
            let standing = Self::beside(hooks, hook, gate.as_deref())?;
            if standing == Self::Gate {
                gate = Some(hooks.hook(hook));
            }
            found.push((hook, standing));
        }
        Ok(found)
    }

    /// Looks at a hook, beside one that is known to be the gate.
    fn beside(
        hooks: &HooksDirectory,
        hook: HookName,
        gate: Option<&Path>,
    ) -> Result<Self, Problem> {
        let path = hooks.hook(hook);
        let mode = match fs::metadata(&path) {
            Ok(file) => file.permissions().mode(),
            Err(error) if files::is_absent(&error) => {
                let is_link = path.symlink_metadata().is_ok();
                return Ok(if is_link { Self::LeadsNowhere } else { Self::Absent });
            }
            Err(error) => return Err(Problem::file(&path)(error)),
        };
        if is_empty(&path) {
            return Ok(Self::Empty);
        }
        if mode & 0o111 == 0 {
            return Ok(Self::NotExecutable);
        }
        let is_same = gate.is_some_and(|gate| files::is_same_file(&path, gate).unwrap_or(false));
        if is_same || path.is_file() && is_marked(&path)? {
            return Ok(Self::Gate);
        }
        let script = files::read(&path, LONGEST_SCRIPT).ok().flatten().unwrap_or_default();
        if String::from_utf8_lossy(&script).contains(&format!("contract-gate hook {hook}")) {
            return Ok(Self::Calls);
        }
        let author = Author::of(&script);
        if let (Some(author), Some(legacy)) = (author, behind(&path))
            && is_marked(&legacy)?
        {
            return Ok(Self::Behind(author, legacy));
        }
        Ok(Self::Another(author))
    }

    /// Whether the gate is there, or called from there.
    pub fn holds(&self) -> bool {
        matches!(self, Self::Gate | Self::Calls | Self::Behind(..))
    }
}

/// Where the program that wrote a hook runs the one that it found in its place, when that is one
/// of those that do, and one is there.
pub(super) fn behind(hook: &Path) -> Option<PathBuf> {
    let ending = Author::of_file(hook)?.keeps_running_as()?;
    let legacy = hook.with_extension(ending);
    legacy.is_file().then_some(legacy)
}

/// Hooks of the gate's that git does not run any more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gone {
    /// Where git takes hooks from now.
    pub hooks: PathBuf,
    /// Which, and what is there instead.
    pub found: Vec<(HookName, Standing)>,
    /// The command that puts them back.
    pub again: String,
}

/// Looks whether hooks that were installed in a directory's repository are gone. `None` where
/// nothing was, or all are there.
///
/// # Errors
/// A record or a hook cannot be read, or git gives no answer.
pub fn gone(directory: &Path) -> Result<Option<Gone>, Problem> {
    let ask = |question: &[&str]| {
        let git = Git::in_directory(directory);
        let asked = git.args(["rev-parse", "--path-format=absolute"]).args(question).run()?;
        let path = || files::path_of(line(&asked.stdout));
        Ok::<_, Problem>(asked.status.success().then(path))
    };
    let Some(common) = ask(&["--git-common-dir"])? else { return Ok(None) };
    let hooks = match ask(&["--git-path", "hooks"])? {
        Some(hooks) => hooks,
        None => Place::find(directory)?.hooks,
    };
    let hooks = HooksDirectory::new(&hooks);
    // Where they were before somebody set core.hooksPath.
    let own = HooksDirectory::new(&common.join("hooks"));
    let record = match recorded(&hooks)? {
        Some(record) => Some(record),
        None if hooks == own => None,
        None => match recorded(&own)? {
            Some(record) => Some(record),
            None => recorded_elsewhere(directory)?,
        },
    };
    let Some(record) = record else { return Ok(None) };
    let mut found = Standing::of_each(&hooks, &record.hooks)?;
    found.retain(|(_, standing)| !standing.holds());
    if found.is_empty() {
        return Ok(None);
    }
    let again = again::command(&Place::find(directory)?, Some(&record))?;
    Ok(Some(Gone { hooks: hooks.path().to_owned(), found, again }))
}

/// The record of an installation in a directory.
fn recorded(hooks: &HooksDirectory) -> Result<Option<Record>, Problem> {
    Ok(Record::read(hooks)?.filter(|record| !record.hooks.is_empty()))
}

/// The record of an installation in another worktree, whose directory a relative `core.hooksPath`
/// does not lead to from here: git takes it from each worktree's root (2.39 and 2.47).
fn recorded_elsewhere(directory: &Path) -> Result<Option<Record>, Problem> {
    let place = Place::find(directory)?;
    let ChosenBy::Setting { value, .. } = &place.chosen_by else { return Ok(None) };
    if !place.is_relative() {
        return Ok(None);
    }
    for worktree in place.worktrees.iter().filter(|worktree| worktree.kind == Kind::Files) {
        if let Some(record) = recorded(&HooksDirectory::new(&worktree.path.join(value)))? {
            return Ok(Some(record));
        }
    }
    Ok(None)
}
