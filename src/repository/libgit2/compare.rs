//! Comparing two contents by their lines, in memory.

use std::ops::Range;

use git2::{DiffOptions, Patch};

use super::words;
use crate::repository::lines::Hunk;
use crate::repository::{Read, ReadError};

/// What differs, as git's Myers algorithm finds it.
pub fn compare(old: &[u8], new: &[u8]) -> Read<Vec<Hunk>> {
    let options = &mut DiffOptions::new();
    options.context_lines(0).interhunk_lines(0).force_text(true);
    let failed = |error| ReadError::Other(format!("a comparison of one file: {}", words(&error)));
    let patch = Patch::from_buffers(old, None, new, None, Some(options)).map_err(failed)?;
    let hunk = |index| {
        let (hunk, _) = patch.hunk(index).map_err(failed)?;
        let old = lines(hunk.old_start(), hunk.old_lines());
        Ok(Hunk { old, new: lines(hunk.new_start(), hunk.new_lines()) })
    };
    (0..patch.num_hunks()).map(hunk).collect()
}

/// Lines that are numbered from 1; of none, the number is that of the line before.
fn lines(start: u32, number: u32) -> Range<usize> {
    let start = if number == 0 { start } else { start - 1 };
    start as usize..(start + number) as usize
}
