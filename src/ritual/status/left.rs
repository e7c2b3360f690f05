//! The worktrees that the trunk was moved beneath: their files are those of an older commit, and a
//! commit of all of them would take back what has come since.

use std::path::PathBuf;

use policy::name::RefName;
use policy::oid::Oid;
use policy::text::printable;
use policy::verdict::{Help, Note};

use super::Desk;
use crate::evidence::behind::{self, InConflict};
use crate::evidence::history::History;
use crate::repository::{self, Wanted};
use crate::system::environment::Environment;

/// A worktree that was left behind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftBehind {
    /// Its directory.
    pub path: PathBuf,
    /// The commit whose files it has.
    pub from: Oid,
    /// The command that brings it along.
    pub command: String,
    /// Whether paths are in conflict there, which has to end first.
    pub conflict: InConflict,
}

/// Those that have the trunk checked out and were left behind. One that cannot be read is not said
/// to be.
pub fn behind(desks: &[Desk], trunk: &RefName, environment: &Environment) -> Vec<LeftBehind> {
    let here = desks.iter().filter(|desk| !desk.gone && desk.branch.as_ref() == Some(trunk));
    let found = here.filter_map(|desk| {
        let view = repository::open_in(&desk.path, environment, Wanted::Index).ok()?;
        let left = behind::of(&History::new(view.as_ref()), trunk).ok()??;
        let command = left.command(Some(&desk.path));
        let (from, conflict) = (left.from, left.conflict);
        Some(LeftBehind { path: desk.path.clone(), from, command, conflict })
    });
    found.collect()
}

impl LeftBehind {
    /// What is worth knowing of it.
    pub fn note(&self, trunk: &str) -> Note {
        let (name, trunk, from) = (self.name(), printable(trunk), self.from.short());
        let message = format!(
            "{name} has the files of an older {trunk} ({from}): a commit there takes back what came since"
        );
        Note { code: "worktree-behind", message }
    }

    /// What is to be done with it.
    pub fn step(&self) -> Help {
        let label = format!("{}bring {} along", self.conflict.first(), self.name());
        Help { label, command: Some(self.command.clone()) }
    }

    fn name(&self) -> String {
        let name = self.path.file_name().unwrap_or(self.path.as_os_str());
        printable(&name.to_string_lossy())
    }
}
