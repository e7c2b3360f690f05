//! Taking the gate away again: what was there before comes back byte for byte, and what somebody
//! changed since is left alone and named.

use std::fs;
use std::io;
use std::path::PathBuf;

use super::occupant::{Eye, Occupant, is_empty};
use super::standing::behind;
use super::{Author, HookName, HooksDirectory, Problem, Record, kept, settings};
use crate::system::files;
use crate::system::process::Git;

/// What became of one hook.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Return {
    /// The gate was not there.
    Absent,
    /// The gate was taken away; nothing had been there before it.
    Removed,
    /// The hook from before is back.
    Restored,
    /// The hook from before is back, where the program that has taken the gate's place since runs
    /// the hook that it found there (`pre-commit.legacy`).
    RestoredBehind,
    /// Somebody's hook, that never had to do with the gate.
    NotOurs,
    /// Another hook has taken the gate's place since: left alone.
    ReplacedSince,
    /// The same, and the hook from before is still kept.
    ReplacedAndKept,
    /// A contract-gate that no installation has put there, or that was changed since: left alone.
    StrangeGate,
}

/// What is left, on purpose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Left {
    /// A key of git's configuration that has another value than it was given.
    Setting {
        /// The key.
        key: String,
        /// Its present value.
        value: String,
    },
    /// The private copy, because it is not what was put there.
    Program(PathBuf),
    /// Another file of the gate's, because it is not what was put there.
    File(PathBuf),
    /// The directory beside, because something else is in it.
    Beside(PathBuf),
}

/// What was taken back.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Returned {
    /// Each hook, in the usual order.
    pub hooks: Vec<(HookName, Return)>,
    /// Further names of the gate that were removed, such as `pre-commit.legacy`.
    pub strays: Vec<PathBuf>,
    /// What is left, on purpose.
    pub left: Vec<Left>,
}

impl Returned {
    /// Whether an installation was found at all.
    pub fn found_anything(&self) -> bool {
        let of_the_gate =
            |what: &Return| !matches!(what, Return::Absent | Return::NotOurs | Return::StrangeGate);
        self.hooks.iter().any(|(_, what)| of_the_gate(what))
            || !self.strays.is_empty()
            || !self.left.is_empty()
    }
}

/// Takes the gate out of a hooks directory, and the settings out of the repository's
/// configuration. The hooks go first and the record last, so that it can be done again from
/// wherever it stopped.
///
/// # Errors
/// Something cannot be read or written.
pub fn take_back(hooks: &HooksDirectory, git: &Git) -> Result<Returned, Problem> {
    hooks.sweep()?;
    let record = Record::read(hooks)?;
    let with_programs = record.as_ref().filter(|record| !record.programs.is_empty());
    let eye = Eye::new(hooks, with_programs, git.clone())?;
    if let Some(record) = &record {
        // From here on a hook that is back is nobody's but its owner's: an installation that comes
        // after this was killed half way joins it, as it joined it the first time.
        let mut going = record.clone();
        going.hooks.clear();
        going.write(hooks)?;
    }
    let mut returned = Returned::default();
    for hook in HookName::ALL {
        returned.hooks.push((hook, take_back_hook(&eye, hook)?));
    }
    returned.strays = take_back_strays(&eye)?;
    let program = hooks.program();
    match eye.program() {
        Occupant::Gate => kept::forget(&program)?,
        Occupant::Nothing => {}
        // A further name of another program's script, which stays under its own.
        _ if with_programs.is_some() && Author::wrote_over(&program) => kept::forget(&program)?,
        _ if with_programs.is_some() => returned.left.push(Left::Program(program)),
        _ => {}
    }
    for setting in record.iter().flat_map(|record| &record.settings) {
        returned.left.extend(settings::take_back(git, setting)?);
    }
    kept::unmirror(hooks)?;
    // The record last of all that it speaks of: as long as it is there, this can be done again.
    if record.is_some_and(|record| record.made_directory) {
        remove_if_empty(hooks)?;
    }
    Record::remove(hooks)?;
    kept::clear(hooks)?;
    if hooks.beside().exists() {
        returned.left.push(Left::Beside(hooks.beside()));
    }
    Ok(returned)
}

/// Takes the gate out of one hook's name.
pub(super) fn take_back_hook(eye: &Eye<'_>, hook: HookName) -> Result<Return, Problem> {
    let (hooks, name) = (eye.hooks, eye.hooks.hook(hook));
    let is_kept = hooks.kept(hook).symlink_metadata().is_ok();
    let was_the_gates = eye.record.is_some_and(|record| record.hooks.contains(&hook));
    let there = match eye.at(&name)? {
        // A gate that was emptied: nobody's work is lost with it.
        Occupant::Hook if was_the_gates && is_empty(&name) => Occupant::EarlierGate,
        // Nor with a script that is another hook's: that one is left.
        Occupant::Hook if is_strayed(eye, hook, was_the_gates) => Occupant::EarlierGate,
        other => other,
    };
    match there {
        // Where somebody took the gate away by hand, nothing is overwritten either.
        Occupant::Gate | Occupant::EarlierGate | Occupant::Nothing if is_kept => {
            kept::put_back(&hooks.kept(hook), &name)?;
            Ok(Return::Restored)
        }
        Occupant::Nothing => Ok(Return::Absent),
        Occupant::Gate | Occupant::EarlierGate => {
            kept::forget(&name)?;
            Ok(Return::Removed)
        }
        Occupant::Hook if is_kept && kept::is_same_hook(hooks, hook)? => {
            kept::forget(&hooks.kept(hook))?;
            Ok(Return::Restored)
        }
        _ if is_kept => match behind(&name) {
            Some(legacy) if eye.at(&legacy)? == Occupant::Gate => {
                kept::put_back(&hooks.kept(hook), &legacy)?;
                Ok(Return::RestoredBehind)
            }
            _ => Ok(Return::ReplacedAndKept),
        },
        _ if was_the_gates => Ok(Return::ReplacedSince),
        Occupant::Hook | Occupant::NoHook => Ok(Return::NotOurs),
        Occupant::StrangeGate => Ok(Return::StrangeGate),
    }
}

/// Whether another program's script for another hook is there, as it wrote it through one of the
/// gate's names into all. An uninstallation that was killed has forgotten what was the gate's.
fn is_strayed(eye: &Eye<'_>, hook: HookName, was_the_gates: bool) -> bool {
    let (name, program) = (eye.hooks.hook(hook), eye.hooks.program());
    let is_link = || files::is_same_file(&name, &program).unwrap_or(false);
    (was_the_gates || is_link()) && Author::of_strayed(&name, hook).is_some()
}

/// Removes further names of the private copy: other programs rename a hook that they find in
/// their place (`pre-commit.legacy`, `pre-commit.old`).
pub(super) fn take_back_strays(eye: &Eye<'_>) -> Result<Vec<PathBuf>, Problem> {
    let program = eye.hooks.program();
    let mut strays = Vec::new();
    for path in kept::entries(eye.hooks.path())? {
        let is_hook = HookName::ALL.into_iter().any(|hook| eye.hooks.hook(hook) == path);
        if !is_hook && path != program && eye.at(&path)? == Occupant::Gate {
            kept::forget(&path)?;
            strays.push(path);
        }
    }
    Ok(strays)
}

fn remove_if_empty(hooks: &HooksDirectory) -> Result<(), Problem> {
    match fs::remove_dir(hooks.path()) {
        Err(error)
            if !files::is_absent(&error) && error.kind() != io::ErrorKind::DirectoryNotEmpty =>
        {
            Err(Problem::file(hooks.path())(error))
        }
        _ => Ok(()),
    }
}
