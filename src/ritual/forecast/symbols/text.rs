//! A changed file as text: its lines before and after, and which of them went and came.

use imara_diff::{Algorithm, Diff, InternedInput};
use policy::path::RepoPath;

use super::words::Family;

/// A file that one side changes.
pub struct ChangedText {
    /// Its path.
    pub path: RepoPath,
    /// Its language.
    pub family: Family,
    /// Its text before; empty for a new file.
    pub old: String,
    /// Its text after; empty for one that is gone.
    pub new: String,
    /// The lines of the old text that went, from 0.
    pub removed: Vec<usize>,
    /// The lines of the new text that came, from 0.
    pub added: Vec<usize>,
}

impl ChangedText {
    /// Compares two texts line by line.
    pub fn new(path: RepoPath, family: Family, old: Option<&[u8]>, new: Option<&[u8]>) -> Self {
        let text =
            |bytes: Option<&[u8]>| String::from_utf8_lossy(bytes.unwrap_or_default()).into_owned();
        let (old, new) = (text(old), text(new));
        let (removed, added) = {
            let (before, after): (Vec<&str>, Vec<&str>) = (lines(&old), lines(&new));
            let mut input = InternedInput::default();
            input.update_before(before.iter().copied());
            input.update_after(after.iter().copied());
            let diff = Diff::compute(Algorithm::Histogram, &input);
            // A file of more lines than a number of 32 bits counts is longer than any that is read.
            let marked = |count: usize, is: &dyn Fn(u32) -> bool| {
                (0..count).filter(|at| u32::try_from(*at).is_ok_and(is)).collect()
            };
            (
                marked(before.len(), &|at| diff.is_removed(at)),
                marked(after.len(), &|at| diff.is_added(at)),
            )
        };
        Self { path, family, old, new, removed, added }
    }

    /// The lines before.
    pub fn old_lines(&self) -> Vec<&str> {
        lines(&self.old)
    }

    /// The lines after.
    pub fn new_lines(&self) -> Vec<&str> {
        lines(&self.new)
    }
}

fn lines(text: &str) -> Vec<&str> {
    text.lines().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_go_and_come() {
        let path = RepoPath::new(*b"a.ts").unwrap();
        let text = ChangedText::new(
            path.clone(),
            Family::Script,
            Some(b"one\r\ntwo\nthree\n"),
            Some(b"one\nTWO\nthree\nfour"),
        );
        assert_eq!((text.removed, text.added), (vec![1], vec![1, 3]));
        let gone = ChangedText::new(path, Family::Script, Some(b"one\n"), None);
        assert_eq!((gone.removed, gone.added), (vec![0], vec![]));
    }
}
