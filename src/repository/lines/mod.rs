//! Texts by their lines: how two differ, and what a merge makes of three, as git has it.
//!
//! `git merge` compares by histogram, whatever `diff.algorithm` says (2.39 and 2.47). No library does that
//! as git does: libgit2 has no histogram, and imara-diff takes equal ends off before it looks for one, and so
//! finds other lines. What git merges decides here what counts as landed, so these are git's rules, and
//! `repository/tests/merge.rs` holds them against git's answers.

use std::collections::HashMap;
use std::ops::Range;

use super::{LineCount, Read, libgit2};

mod histogram;
mod merge;
mod sliding;
mod steps;

pub use merge::{TextMerge, merge};
pub use steps::Steps;

/// A NUL among the first bytes makes a content binary: git's rule and number
/// (`buffer_is_binary`, `FIRST_FEW_BYTES`).
const LOOKED_AT: usize = 8_000;

/// Larger contents are not merged by lines: git's own bound (`MAX_XDIFF_SIZE`).
const MAX_SIZE: usize = 1023 << 20;

/// Lines of one text, and those of another that stand in their place. One of the two may be none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hunk {
    /// Lines of the first text.
    pub old: Range<usize>,
    /// Lines of the second.
    pub new: Range<usize>,
}

/// Whether a content is text to git.
pub fn is_text(content: &[u8]) -> bool {
    content.len() <= MAX_SIZE && !content[..content.len().min(LOOKED_AT)].contains(&0)
}

/// How many lines are added and taken away; `None`: one of the two is binary.
pub fn count(old: &[u8], new: &[u8]) -> Read<Option<LineCount>> {
    if !is_text(old) || !is_text(new) {
        return Ok(None);
    }
    let mut counted = LineCount::default();
    if old != new {
        for hunk in libgit2::compare(old, new)? {
            counted.added += hunk.new.len();
            counted.deleted += hunk.old.len();
        }
    }
    Ok(Some(counted))
}

/// Numbers for lines: equal ones have the same.
#[derive(Default)]
struct Numbering<'t>(HashMap<&'t [u8], u32>);

impl<'t> Numbering<'t> {
    /// The lines of a content, numbered. A line feed belongs to its line.
    fn text(&mut self, content: &'t [u8]) -> Text<'t> {
        let mut text = Text { content, ends: Vec::new(), numbers: Vec::new() };
        let mut end = 0;
        for line in content.split_inclusive(|byte| *byte == b'\n') {
            end += line.len();
            text.ends.push(end);
            // No text that is read has as many lines as there are numbers.
            let next = u32::try_from(self.0.len()).unwrap_or(u32::MAX);
            text.numbers.push(*self.0.entry(line).or_insert(next));
        }
        text
    }

    /// How many different lines there are.
    fn kinds(&self) -> usize {
        self.0.len()
    }
}

/// A text and its lines.
struct Text<'t> {
    content: &'t [u8],
    /// Where each line ends.
    ends: Vec<usize>,
    numbers: Vec<u32>,
}

impl Text<'_> {
    fn whole(&self) -> Part<'_> {
        self.part(0..self.numbers.len())
    }

    fn part(&self, lines: Range<usize>) -> Part<'_> {
        Part { text: self, from: lines.start, numbers: &self.numbers[lines] }
    }
}

/// Some lines of a text, one after another.
#[derive(Clone, Copy)]
struct Part<'p> {
    text: &'p Text<'p>,
    from: usize,
    numbers: &'p [u32],
}

impl<'p> Part<'p> {
    /// The bytes of some of these lines.
    fn bytes(self, lines: Range<usize>) -> &'p [u8] {
        let end_of = |lines: usize| match self.from + lines {
            0 => 0,
            before => self.text.ends[before - 1],
        };
        &self.text.content[end_of(lines.start)..end_of(lines.end)]
    }
}

/// What differs, where the lines that stand for others are marked on both sides.
fn hunks(old: &[bool], new: &[bool]) -> Vec<Hunk> {
    let run = |marks: &[bool], from: usize| from..sliding::end_of_run(marks, from);
    let mut found = Vec::new();
    let (mut at_old, mut at_new) = (0, 0);
    loop {
        let hunk = Hunk { old: run(old, at_old), new: run(new, at_new) };
        // The next line is unmarked on both sides, or there is none on either.
        let is_last = hunk.old.end >= old.len() || hunk.new.end >= new.len();
        (at_old, at_new) = (hunk.old.end + 1, hunk.new.end + 1);
        if !hunk.old.is_empty() || !hunk.new.is_empty() {
            found.push(hunk);
        }
        if is_last {
            return found;
        }
    }
}
