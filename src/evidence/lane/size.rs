//! How large a lane's net effect is, in files and lines. Nothing is decided by it.

use policy::change::EntryMode;

use super::net_effect::{NetEffect, NetPath};
use crate::evidence::Known;
use crate::evidence::history::History;
use crate::evidence::merge::{Contents, Slot, Version};

/// How much a lane changes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Size {
    /// Paths that landing it would change.
    pub files: usize,
    /// Lines that the lane adds to them.
    pub added: usize,
    /// Lines that it takes away.
    pub deleted: usize,
    /// Files whose lines cannot be counted: binary or very large ones.
    pub uncounted: usize,
}

impl Size {
    /// Counts what the lane has made of each path since the merge base; where several merge bases do
    /// not go together, of what the trunk has there.
    pub fn of(history: &History<'_>, net: &NetEffect) -> Known<Self> {
        let contents = Contents::new(history);
        let mut size = Self { files: net.paths.len(), ..Self::default() };
        for path in &net.paths {
            let new = path.new.map(Version::Entry);
            let old = text(&contents, old(path))?;
            match (old, text(&contents, &new)?) {
                (Some(old), Some(new)) => match history.view().count_lines(&old, &new)? {
                    Some(lines) => {
                        size.added += lines.added;
                        size.deleted += lines.deleted;
                    }
                    None => size.uncounted += 1,
                },
                _ => size.uncounted += 1,
            }
        }
        Ok(size)
    }
}

fn old(path: &NetPath) -> &Slot {
    match (path.bases.as_slice(), path.trunk.first()) {
        ([base], _) | ([base, ..], None) => base,
        (_, Some(trunk)) => trunk,
        ([], None) => &None,
    }
}

/// The lines of a slot; `None` when there are more than are read.
fn text(contents: &Contents<'_, '_>, slot: &Slot) -> Known<Option<Vec<u8>>> {
    match slot {
        None => Ok(Some(Vec::new())),
        // As git shows a submodule.
        Some(Version::Entry(entry)) if entry.mode == EntryMode::Submodule => {
            Ok(Some(format!("Subproject commit {}\n", entry.id).into_bytes()))
        }
        Some(version) => Ok(contents.bytes(version)?.map(|bytes| bytes.to_vec())),
    }
}
