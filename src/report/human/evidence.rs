//! The evidence of a block: one line a path, saying where, what, and in which commit.

use policy::attempt::Checkpoint;
use policy::verdict::Violation;

use super::fold::Block;
use crate::report::foreign::{LINE, SUMMARY, shown};

/// How many of the paths of a folded block are shown.
const SHOWN_OF_A_FOLD: usize = 5;

/// The lines, their parts in columns.
pub fn lines(block: &Block<'_>, checkpoint: Checkpoint) -> Vec<String> {
    let rows = block.members().take(SHOWN_OF_A_FOLD).map(|violation| {
        let change = violation.change.map(|change| change.as_str()).unwrap_or_default();
        [subject(violation), change.to_owned(), origin(violation, checkpoint)]
    });
    let rows = rows.collect::<Vec<_>>();
    let widths = [0, 1].map(|column| {
        let cells = rows.iter().map(|row| row[column].chars().count());
        cells.max().unwrap_or(0)
    });
    let lines = rows.iter().map(|[subject, change, origin]| {
        let columns = [(subject, widths[0]), (change, widths[1]), (origin, 0)];
        let wide = columns.iter().filter(|(cell, width)| *width > 0 || !cell.is_empty());
        let line = wide.map(|(cell, width)| format!("{cell:width$}")).collect::<Vec<_>>();
        line.join("  ").trim_end().to_owned()
    });
    let mut lines = lines.filter(|line| !line.is_empty()).collect::<Vec<_>>();
    let hidden = block.members().count() - rows.len();
    if hidden > 0 {
        lines.push(format!("and {hidden} more"));
    }
    lines
}

/// What a violation is about: its path, else its ref.
fn subject(violation: &Violation) -> String {
    match (&violation.path, &violation.reference) {
        (Some(path), _) => path.to_string(),
        (None, Some(reference)) => shown(&reference.short(), LINE),
        (None, None) => String::new(),
    }
}

/// Where the change was made: in a commit, or in the index that is about to be one.
fn origin(violation: &Violation, checkpoint: Checkpoint) -> String {
    match &violation.commit {
        Some(commit) => {
            format!("in {} \"{}\"", commit.id.short(), shown(&commit.summary, SUMMARY))
        }
        None if violation.change.is_some() && checkpoint.is_commit() => "in the index".to_owned(),
        None => String::new(),
    }
}
