//! Where the brackets of a line close, and where its back-ticks end.
//!
//! Found for all of them in one pass: looked for one by one, a hostile line would be searched as
//! often as it has brackets. Says nothing about what they mean.

use std::collections::HashMap;

/// How far a bracket's other half is looked for, in bytes: no pattern is longer.
const LONGEST: usize = 4096;

/// The brackets of a text, by their places in it.
#[derive(Debug, Default)]
pub(super) struct Brackets {
    /// Each opening bracket that is closed, and where; in order.
    closed: Vec<(usize, usize)>,
    /// Where the last run of so many back-ticks begins.
    last_run: HashMap<usize, usize>,
}

impl Brackets {
    /// Finds the parentheses and braces of a text. A parenthesis is closed by one outside of the
    /// back-ticks that stand behind it.
    pub(super) fn of(text: &str) -> Self {
        let mut found = Self::default();
        let mut braces = Vec::new();
        // Behind an odd number of back-ticks, and behind an even one, what is quoted to the one
        // is bare to the other.
        let mut parentheses = [Vec::new(), Vec::new()];
        let mut odd = 0;
        for (at, byte) in text.bytes().enumerate() {
            match byte {
                b'{' => braces.push(at),
                b'}' => found.close(braces.pop(), at),
                b'(' => parentheses[odd].push(at),
                b')' => found.close(parentheses[odd].pop(), at),
                b'`' => odd ^= 1,
                _ => {}
            }
        }
        for run in text.split(|c| c != '`').filter(|run| !run.is_empty()) {
            let at = run.as_ptr() as usize - text.as_ptr() as usize;
            found.last_run.insert(run.len(), at);
        }
        found.closed.sort_unstable();
        found
    }

    fn close(&mut self, opened: Option<usize>, at: usize) {
        self.closed.extend(opened.filter(|open| at - open < LONGEST).map(|open| (open, at)));
    }

    /// Where the bracket that opens at a place is closed.
    pub(super) fn closing(&self, open: usize) -> Option<usize> {
        let found = self.closed.binary_search_by_key(&open, |(open, _)| *open).ok()?;
        Some(self.closed[found].1)
    }

    /// Whether so many back-ticks follow somewhere behind a place.
    pub(super) fn has_ticks_behind(&self, at: usize, count: usize) -> bool {
        self.last_run.get(&count).is_some_and(|last| *last > at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The definition, for one parenthesis.
    fn parenthesis(text: &str) -> Option<usize> {
        let mut depth = 0;
        let mut ticked = false;
        for (at, byte) in text.bytes().enumerate().take(LONGEST) {
            match byte {
                b'`' => ticked = !ticked,
                b'(' if !ticked => depth += 1,
                b')' if !ticked => {
                    depth -= 1;
                    if depth == 0 {
                        return Some(at);
                    }
                }
                _ => {}
            }
        }
        None
    }

    #[test]
    fn every_parenthesis_closes_where_it_would_if_it_were_alone() {
        // Each text of seven of these marks.
        for number in 0..5_u32.pow(7) {
            let marks = (0..7).map(|at| b"()`ab"[(number / 5_u32.pow(at) % 5) as usize]);
            let text: String = marks.map(char::from).collect();
            let found = Brackets::of(&text);
            for (open, _) in text.match_indices('(') {
                let alone = parenthesis(&text[open..]).map(|end| open + end);
                assert_eq!(found.closing(open), alone, "{text}");
            }
        }
    }

    #[test]
    fn braces_close_within_each_other_whatever_is_quoted() {
        let found = Brackets::of("{a{`b}c}} {");
        assert_eq!(
            (found.closing(0), found.closing(2), found.closing(10)),
            (Some(7), Some(5), None)
        );
    }

    #[test]
    fn a_bracket_is_closed_as_far_away_as_a_pattern_is_long() {
        for (open, close) in [('(', ')'), ('{', '}')] {
            let text = |inner: usize| format!("x{open}{}{close}", "x".repeat(inner));
            assert_eq!(Brackets::of(&text(LONGEST - 2)).closing(1), Some(LONGEST));
            assert_eq!(Brackets::of(&text(LONGEST - 1)).closing(1), None);
        }
    }

    #[test]
    fn runs_of_ticks_are_told_by_their_lengths() {
        let found = Brackets::of("`` a ` b ``` c ``");
        let behind = |at, count| found.has_ticks_behind(at, count);
        assert!(behind(0, 2) && !behind(15, 2) && behind(0, 1) && !behind(5, 1) && !behind(0, 4));
    }
}
