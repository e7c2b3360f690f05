//! What is there under a hook's name: nothing, the gate, or somebody's hook.

use std::fs;
use std::io::BufRead;
use std::path::Path;

use super::place::{line, text};
use super::{HooksDirectory, Problem, Record};
use crate::system::files;
use crate::system::process::Git;

/// The words by which every build of this program knows every other, so that the gate is never
/// taken for somebody's hook and put behind itself.
#[used]
static MARK: [u8; 53] = *b"\x9econtract-gate, the program behind its own hooks\x9e7f3a";

/// The largest file that is searched for the mark, in bytes; the program has a few million.
const LARGEST_PROGRAM: u64 = 512 << 20;

/// What is there under a hook's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Occupant {
    /// Nothing.
    Nothing,
    /// The private copy, or what is the same.
    Gate,
    /// The gate, of an earlier program.
    EarlierGate,
    /// Somebody's hook: a file, or a symbolic link to one.
    Hook,
    /// A contract-gate that no installation here has put there, or that was changed since.
    StrangeGate,
    /// A directory, or another thing that is no hook.
    NoHook,
}

/// How the hooks directory is read: with the record of what was installed.
pub(super) struct Eye<'a> {
    pub hooks: &'a HooksDirectory,
    /// `None`: nothing was installed, or the record is lost.
    pub record: Option<&'a Record>,
    git: Git,
    /// What the private copy is, when it is there.
    program: Occupant,
}

impl<'a> Eye<'a> {
    /// Reads the private copy once; the hooks are compared with it.
    pub fn new(
        hooks: &'a HooksDirectory,
        record: Option<&'a Record>,
        git: Git,
    ) -> Result<Self, Problem> {
        let mut eye = Self { hooks, record, git, program: Occupant::Nothing };
        eye.program = match eye.at(&hooks.program())? {
            Occupant::EarlierGate => Occupant::Gate,
            other => other,
        };
        Ok(eye)
    }

    /// What the private copy is.
    pub fn program(&self) -> Occupant {
        self.program
    }

    /// What is there under a path in the hooks directory.
    pub fn at(&self, path: &Path) -> Result<Occupant, Problem> {
        let kind = match fs::symlink_metadata(path) {
            Ok(metadata) => metadata.file_type(),
            Err(error) if files::is_absent(&error) => return Ok(Occupant::Nothing),
            Err(error) => return Err(Problem::file(path)(error)),
        };
        if kind.is_symlink() {
            // A link that leads nowhere is somebody's all the same; git ignores it.
            let leads_to_a_gate = path.is_file() && is_marked(path)?;
            return Ok(if leads_to_a_gate { Occupant::StrangeGate } else { Occupant::Hook });
        }
        if !kind.is_file() {
            return Ok(Occupant::NoHook);
        }
        let program = self.hooks.program();
        let compared = self.program != Occupant::Nothing;
        if compared && files::is_same_file(path, &program).map_err(Problem::file(path))? {
            return Ok(self.program);
        }
        if !is_marked(path)? {
            return Ok(Occupant::Hook);
        }
        if self.program == Occupant::Gate && same_content(path, &program)? {
            return Ok(Occupant::Gate);
        }
        Ok(match self.record {
            // Without a record its mark is all that speaks for it.
            None => Occupant::EarlierGate,
            Some(record) if record.programs.contains(&content_id(&self.git, path)?) => {
                Occupant::EarlierGate
            }
            Some(_) => Occupant::StrangeGate,
        })
    }
}

/// Whether there is a file, and nothing in it. Git runs an empty executable, and takes it for
/// agreement (2.39 and 2.47).
pub(super) fn is_empty(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok_and(|file| file.is_file() && file.len() == 0)
}

/// Whether two files have the same content.
pub(super) fn same_content(one: &Path, other: &Path) -> Result<bool, Problem> {
    let size = |path: &Path| fs::metadata(path).map(|m| m.len()).map_err(Problem::file(path));
    if size(one)? != size(other)? {
        return Ok(false);
    }
    let read = |path: &Path| fs::read(path).map_err(Problem::file(path));
    Ok(read(one)? == read(other)?)
}

/// Whether a file is a build of this program.
pub(super) fn is_marked(path: &Path) -> Result<bool, Problem> {
    let content = files::read(path, LARGEST_PROGRAM).map_err(Problem::file(path))?;
    let content = content.unwrap_or_default();
    // A script may speak of the mark; it is no program.
    Ok(!content.starts_with(b"#!") && contains(&content, &MARK))
}

/// What git calls a file's content.
pub(super) fn content_id(git: &Git, path: &Path) -> Result<String, Problem> {
    let asked = git.clone().args(["hash-object", "--no-filters", "--"]).arg(path).stdout()?;
    Ok(text(line(&asked)))
}

fn contains(mut content: &[u8], words: &[u8]) -> bool {
    let Some((&first, rest)) = words.split_first() else { return true };
    // Reading from memory cannot fail.
    while content.skip_until(first).is_ok_and(|skipped| skipped > 0) {
        if content.starts_with(rest) {
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mark_is_found_and_a_script_that_holds_it_is_no_gate() {
        let place = tempfile::tempdir().unwrap();
        let file = place.path().join("file");
        let program = [b"\x7fELF\0\0", MARK.as_slice(), b"rest"].concat();
        for (content, marked) in [
            (program.clone(), true),
            ([b"#!/bin/sh\n", program.as_slice()].concat(), false),
            (MARK[..MARK.len() - 1].to_vec(), false),
            (Vec::new(), false),
        ] {
            fs::write(&file, content).unwrap();
            assert_eq!(is_marked(&file).unwrap(), marked);
        }
    }
}
