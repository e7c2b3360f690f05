//! Merging one file's three versions, and comparing two, in memory.

use git2::{DiffOptions, MergeFileInput, MergeFileOptions, Patch};

use super::words;
use crate::repository::{LineCount, Read, ReadError};

/// A NUL among the first bytes makes a content binary: git's rule and number
/// (`buffer_is_binary`, `FIRST_FEW_BYTES`).
const LOOKED_AT: usize = 8_000;

/// Larger contents are not merged by lines: git's own bound (`MAX_XDIFF_SIZE`).
const MAX_SIZE: usize = 1023 << 20;

/// The merge as git makes it, without attributes, drivers or favours; `None`: it conflicts.
pub fn merge_text(base: &[u8], ours: &[u8], theirs: &[u8]) -> Read<Option<Vec<u8>>> {
    if ours == theirs || base == theirs {
        return Ok(Some(ours.to_vec()));
    }
    if base == ours {
        return Ok(Some(theirs.to_vec()));
    }
    let merged = merged(base, ours, theirs)?;
    Ok(merged.filter(|(is_clean, _)| *is_clean).map(|(_, content)| content))
}

/// The same with the conflicts marked in it; `None`: one of them is no text.
pub fn merge_marked(base: &[u8], ours: &[u8], theirs: &[u8]) -> Read<Option<Vec<u8>>> {
    Ok(merged(base, ours, theirs)?.map(|(_, content)| content))
}

/// What comes of merging texts, and whether that is without conflicts.
fn merged(base: &[u8], ours: &[u8], theirs: &[u8]) -> Read<Option<(bool, Vec<u8>)>> {
    if [base, ours, theirs].iter().any(|content| !is_text(content)) {
        return Ok(None);
    }
    // Where no repository was opened through it, libgit2 has yet to be started, which
    // `merge_file` leaves out (git2 0.21).
    drop(git2::Config::new());
    let merged = git2::merge_file(
        MergeFileInput::new().content(base),
        MergeFileInput::new().content(ours),
        MergeFileInput::new().content(theirs),
        Some(MergeFileOptions::new().style_standard(true)),
    )
    .map_err(|error| ReadError::Other(format!("a merge of one file: {}", words(&error))))?;
    Ok(Some((merged.is_automergeable(), merged.content().to_vec())))
}

/// How many lines are added and taken away; `None`: one of the two is binary.
pub fn count_lines(old: &[u8], new: &[u8]) -> Read<Option<LineCount>> {
    if !is_text(old) || !is_text(new) {
        return Ok(None);
    }
    if old == new {
        return Ok(Some(LineCount::default()));
    }
    let options = &mut DiffOptions::new();
    options.context_lines(0).force_text(true);
    let counted = Patch::from_buffers(old, None, new, None, Some(options))
        .and_then(|patch| patch.line_stats())
        .map_err(|error| {
            ReadError::Other(format!("a comparison of one file: {}", words(&error)))
        })?;
    let (_, added, deleted) = counted;
    Ok(Some(LineCount { added, deleted }))
}

fn is_text(content: &[u8]) -> bool {
    content.len() <= MAX_SIZE && !content[..content.len().min(LOOKED_AT)].contains(&0)
}
