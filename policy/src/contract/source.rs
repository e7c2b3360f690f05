//! The text of a contract with its positions, and the collection of what is wrong with it.

use std::fmt;
use std::ops::Range;

use super::problem::Problem;
use crate::verdict::Severity;

/// Something read from the source, with the bytes that say it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Placed<T> {
    pub(super) value: T,
    pub(super) at: Range<usize>,
}

impl<T> Placed<T> {
    pub(super) fn new(value: T, at: Range<usize>) -> Self {
        Self { value, at }
    }
}

/// The text, and where its lines begin.
pub(super) struct Source<'s> {
    pub(super) text: &'s str,
    line_starts: Vec<usize>,
    /// How many bytes of the file precede the text: a byte order mark.
    skipped: usize,
}

impl<'s> Source<'s> {
    pub(super) fn new(text: &'s str) -> Self {
        let bare = text.strip_prefix('\u{feff}').unwrap_or(text);
        let after_breaks = bare.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
        let line_starts = std::iter::once(0).chain(after_breaks.map(|(at, _)| at + 1)).collect();
        Self { text: bare, line_starts, skipped: text.len() - bare.len() }
    }

    /// The line of an offset, from 1.
    pub(super) fn line(&self, offset: usize) -> u32 {
        let line = self.line_starts.partition_point(|start| *start <= offset);
        u32::try_from(line).unwrap_or(u32::MAX)
    }

    /// The column of an offset, from 1, in characters.
    fn column(&self, offset: usize) -> u32 {
        let line = self.line_starts.partition_point(|start| *start <= offset);
        let start = self.line_starts[line.saturating_sub(1)];
        let before = self.text.as_bytes().get(start..offset).unwrap_or_default();
        // Continuation bytes of UTF-8 begin with the bits 10.
        let characters = before.iter().filter(|byte| **byte & 0xc0 != 0x80).count();
        u32::try_from(characters + 1).unwrap_or(u32::MAX)
    }

    /// The bytes of a line, counted from 1, without its end.
    pub(super) fn at_line(&self, line: u32) -> Range<usize> {
        let line = usize::try_from(line).unwrap_or(usize::MAX).saturating_sub(1);
        let start = self.line_starts.get(line).copied().unwrap_or(self.text.len());
        let end = self.line_starts.get(line + 1).map_or(self.text.len(), |next| next - 1);
        start..end
    }

    /// The lines, without their ends, each with its offset in the file.
    pub(super) fn lines(&self) -> Vec<(usize, Box<str>)> {
        let starts = self.line_starts.iter().map(|start| start + self.skipped);
        starts.zip(self.text.lines().map(Into::into)).collect()
    }
}

/// How many problems of one contract are told: nobody reads more, and a hostile text has as many
/// as it has lines.
const MOST_PROBLEMS: usize = 500;

/// Everything that is wrong, as it is found.
pub(super) struct Problems<'s> {
    pub(super) source: &'s Source<'s>,
    found: Vec<Problem>,
    /// What makes no contract invalid, and is for lint to tell.
    warned: Vec<Problem>,
    /// How many more there are than are told.
    untold: usize,
}

impl<'s> Problems<'s> {
    pub(super) fn new(source: &'s Source<'s>) -> Self {
        Self { source, found: Vec::new(), warned: Vec::new(), untold: 0 }
    }

    /// Whether the next problem is not told, and so need not be put into words: it is counted.
    pub(super) fn leaves_one_out(&mut self) -> bool {
        let is_full = self.found.len() >= MOST_PROBLEMS;
        self.untold += usize::from(is_full);
        is_full
    }

    /// Adds an error.
    pub(super) fn error(
        &mut self,
        code: &'static str,
        at: &Range<usize>,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        if self.leaves_one_out() {
            return;
        }
        let problem = self.problem(Severity::Error, code, at, &message.into(), &help.into());
        self.found.push(problem);
    }

    /// Adds a warning, which lint tells of a contract that is valid.
    pub(super) fn warn(
        &mut self,
        code: &'static str,
        at: &Range<usize>,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        if self.warned.len() < MOST_PROBLEMS {
            let problem = self.problem(Severity::Warning, code, at, &message.into(), &help.into());
            self.warned.push(problem);
        }
    }

    fn problem(
        &self,
        severity: Severity,
        code: &'static str,
        at: &Range<usize>,
        message: &str,
        help: &str,
    ) -> Problem {
        let start = at.start.min(self.source.text.len());
        let end = at.end.clamp(start, self.source.text.len());
        Problem {
            code,
            severity,
            line: self.source.line(start),
            column: self.source.column(start),
            span: (start + self.source.skipped, end - start),
            // Whoever builds them shortens foreign text; that nothing in them is obeyed by a
            // terminal is made sure of here, for all.
            message: crate::text::printable(message),
            help: Some(crate::text::printable(help)).filter(|help| !help.is_empty()),
        }
    }

    /// The warnings so far.
    pub(super) fn take_warnings(&mut self) -> Vec<Problem> {
        std::mem::take(&mut self.warned)
    }

    /// How many there are.
    pub(super) fn count(&self) -> usize {
        self.found.len() + self.untold
    }

    pub(super) fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// All of them, in the order of the text.
    pub(super) fn into_sorted(mut self) -> Vec<Problem> {
        self.found.sort_by(|a, b| (a.span, a.code, &a.message).cmp(&(b.span, b.code, &b.message)));
        self.found.dedup();
        if self.untold > 0 {
            let end = self.source.text.len();
            self.found.push(Problem {
                code: "too-many-problems",
                severity: Severity::Error,
                line: self.source.line(end),
                column: self.source.column(end),
                span: (end + self.source.skipped, 0),
                message: format!(
                    "{MOST_PROBLEMS} problems are told, and {} more are not",
                    self.untold
                ),
                help: Some("mend these first".to_owned()),
            });
        }
        self.found
    }
}

/// Foreign text in a message: in back-ticks, on one line, shortened, and without any character
/// that a terminal would obey or that cannot be seen.
pub(super) struct Shown<'t>(pub(super) &'t str);

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}`", printable(self.0))
    }
}

/// Foreign text as [`Shown`] prints it, without the back-ticks.
pub(super) fn printable(text: &str) -> String {
    crate::text::excerpt(text)
}

/// With how many known words one that is not known is compared.
const MOST_COMPARED: usize = 1000;

/// The known word nearest to one that is not known, when there is one near enough.
pub(super) fn nearest<'k>(word: &str, known: impl IntoIterator<Item = &'k str>) -> Option<&'k str> {
    let word = word.to_lowercase();
    // The distance takes time in the product of the lengths.
    if word.len() > 60 {
        return None;
    }
    known
        .into_iter()
        .take(MOST_COMPARED)
        .map(|known| (strsim::damerau_levenshtein(&word, &known.to_lowercase()), known))
        .filter(|(distance, known)| *distance <= (known.len() / 3).max(1))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, known)| known)
}

/// The agent's name nearest to one that is not known. Names that differ in their numbers alone
/// are as different as can be.
pub(super) fn nearest_agent<'k>(
    name: &str,
    known: impl IntoIterator<Item = &'k str>,
) -> Option<&'k str> {
    let letters = |name: &str| name.replace(|c: char| c.is_ascii_digit(), "").to_lowercase();
    let own = letters(name);
    nearest(name, known.into_iter().filter(|known| *known != name && letters(known) != own))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_counted_from_one_and_end_before_their_break() {
        let source = Source::new("ab\nżc\n\nd");
        let line = |number| &source.text[source.at_line(number)];
        assert_eq!([1, 2, 3, 4, 5].map(line), ["ab", "żc", "", "d", ""]);
        let places = [0, 2, 3, 5, 7, 8].map(|at| (source.line(at), source.column(at)));
        assert_eq!(places, [(1, 1), (1, 3), (2, 1), (2, 2), (3, 1), (4, 1)]);
    }

    #[test]
    fn places_in_the_file_are_counted_behind_a_byte_order_mark() {
        let text = "\u{feff}abc\n";
        let source = Source::new(text);
        assert_eq!(source.lines(), [(3, "abc".into())]);
        let mut problems = Problems::new(&source);
        for _ in 0..=MOST_PROBLEMS {
            problems.error("unknown-key", &(1..2), "b", "");
        }
        let problems = problems.into_sorted();
        assert_eq!((problems[0].column, problems[0].span), (2, (4, 1)));
        let last = problems.last().unwrap();
        assert_eq!((last.code, last.line), ("too-many-problems", 2));
        assert_eq!((last.column, last.span), (1, (text.len(), 0)));
    }

    #[test]
    fn a_word_is_near_to_one_that_differs_by_a_third() {
        assert_eq!(nearest("SCOPES", ["scope", "shared"]), Some("scope"));
        assert_eq!(nearest("skop", ["scope"]), None);
        assert_eq!(nearest("ab", ["ac"]), Some("ac"));
        let known = "a".repeat(60);
        assert_eq!(
            nearest(&format!("b{}", "a".repeat(59)), [known.as_str()]),
            Some(known.as_str())
        );
        assert_eq!(nearest(&"a".repeat(61), [known.as_str()]), None);
    }
}
