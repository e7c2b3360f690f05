//! A contract's problems for people: each with its line, the text that is meant, and the fix.
//!
//! miette draws. What it is given is an excerpt made safe beforehand, since it prints a source as
//! it stands: one line, cut around what is labelled, so that neither a control character nor a
//! line of ten megabytes reaches a terminal.

use std::fmt;
use std::ops::Range;

use miette::{
    Diagnostic, GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteError,
    MietteSpanContents, SourceCode, SourceSpan, SpanContents,
};
use policy::contract::Problem;
use policy::verdict::Severity;

use super::Look;
use super::foreign;

/// How many bytes of a line are shown before what is labelled.
const BEFORE: usize = 80;
/// How many bytes of a line are shown from the beginning of what is labelled.
const AFTER: usize = 120;

/// All problems, in their order, an empty line between them. Empty when there are none. The file's
/// name is safe to print.
pub fn render(file: &str, source: &[u8], problems: &[Problem], look: Look) -> String {
    let theme = match look {
        Look::Terminal => GraphicalTheme::unicode(),
        Look::Plain => GraphicalTheme::none(),
    };
    // Without wrapping: the text does not depend on who looks at it.
    let drawer = GraphicalReportHandler::new_themed(theme)
        .with_links(false)
        .with_wrap_lines(false)
        .without_syntax_highlighting();
    let drawn = problems.iter().map(|problem| {
        let shown = Shown { problem, excerpt: Excerpt::new(file, source, problem) };
        let mut text = String::new();
        match drawer.render_report(&mut text, &shown) {
            Ok(()) => text,
            // The drawing failed, the message still counts.
            Err(fmt::Error) => plain(file, problem),
        }
    });
    drawn.collect::<Vec<_>>().join("\n")
}

/// One line for one problem: `CONTRACT.md:12:3: message`.
pub fn plain(file: &str, problem: &Problem) -> String {
    format!("{file}:{}:{}: {}", problem.line, problem.column, problem.message)
}

/// A problem as miette wants it.
#[derive(Debug)]
struct Shown<'p> {
    problem: &'p Problem,
    excerpt: Excerpt,
}

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.problem.message)
    }
}

impl std::error::Error for Shown<'_> {}

impl Diagnostic for Shown<'_> {
    fn code<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        // As rules are named, so that a refusal and a problem look alike.
        Some(Box::new(format!("{}[{}]", self.problem.severity.as_str(), self.problem.code)))
    }

    fn severity(&self) -> Option<miette::Severity> {
        Some(match self.problem.severity {
            Severity::Error => miette::Severity::Error,
            Severity::Warning => miette::Severity::Warning,
        })
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.problem.help.as_ref().map(|help| Box::new(help) as Box<dyn fmt::Display>)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(&self.excerpt)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let Range { start, end } = self.excerpt.label;
        Some(Box::new(std::iter::once(LabeledSpan::new(None, start, end - start))))
    }
}

/// The line that a problem is in, safe to print.
#[derive(Debug)]
struct Excerpt {
    file: String,
    text: String,
    /// What is labelled, in the text.
    label: Range<usize>,
    /// From 0, as miette counts.
    line: usize,
    /// From 0, in the source and not in the excerpt.
    column: usize,
}

impl Excerpt {
    fn new(file: &str, source: &[u8], problem: &Problem) -> Self {
        let (offset, length) = problem.span;
        let start = offset.min(source.len());
        let end = offset.saturating_add(length).clamp(start, source.len());
        let line = line_around(source, start);
        let end = end.min(line.end);

        let from = boundary(source, line.start.max(start.saturating_sub(BEFORE)));
        let to = boundary(source, line.end.min(start + AFTER)).max(start);
        let mut text = String::new();
        if from > line.start {
            text.push('…');
        }
        push(&mut text, &source[from..start]);
        let begin = text.len();
        push(&mut text, &source[start..end.min(to)]);
        let label = begin..text.len();
        push(&mut text, &source[end.min(to)..to]);
        if to < line.end {
            text.push('…');
        }
        if text.is_empty() {
            // miette draws no line at all for an empty one.
            text.push(' ');
        }
        let from_zero = |number: u32| usize::try_from(number).unwrap_or(1).saturating_sub(1);
        let (line, column) = (from_zero(problem.line), from_zero(problem.column));
        Self { file: file.to_owned(), text, label, line, column }
    }
}

impl SourceCode for Excerpt {
    fn read_span<'a>(
        &'a self,
        _: &SourceSpan,
        _: usize,
        _: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let whole = SourceSpan::from(0..self.text.len());
        let (file, text) = (self.file.clone(), self.text.as_bytes());
        let contents = MietteSpanContents::new_named(file, text, whole, self.line, self.column, 1);
        Ok(Box::new(contents))
    }
}

/// The line that holds an offset, without its end.
fn line_around(source: &[u8], offset: usize) -> Range<usize> {
    let start = source[..offset].iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
    let rest = source[offset..].iter().position(|byte| *byte == b'\n');
    let mut end = rest.map_or(source.len(), |length| offset + length);
    if end > offset && source[end - 1] == b'\r' {
        end -= 1;
    }
    start..end
}

/// The next offset at which a character begins.
fn boundary(source: &[u8], offset: usize) -> usize {
    let tail = source[offset..].iter().take(3);
    offset + tail.take_while(|byte| (0x80..0xc0).contains(*byte)).count()
}

/// Appends bytes of the source, safe to print.
fn push(out: &mut String, bytes: &[u8]) {
    for chunk in bytes.utf8_chunks() {
        out.push_str(&foreign::spelled_out(chunk.valid()));
        chunk.invalid().iter().for_each(|byte| out.push_str(&format!("\\x{byte:02x}")));
    }
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use super::*;

    fn problem(source: &[u8], label: &[u8]) -> Problem {
        let at = source.windows(label.len()).position(|window| window == label).unwrap();
        let before = &source[..at];
        let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
        let begin = before.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
        let column = String::from_utf8_lossy(&before[begin..]).chars().count() + 1;
        Problem {
            code: "unknown-agent",
            severity: Severity::Error,
            line: u32::try_from(line).unwrap(),
            column: u32::try_from(column).unwrap(),
            span: (at, label.len()),
            message: "agent-9 has no lane".to_owned(),
            help: Some("name it under Worktrees".to_owned()),
        }
    }

    fn drawn(source: &[u8], label: &[u8], look: Look) -> String {
        let text = render("CONTRACT.md", source, &[problem(source, label)], look);
        anstream::adapter::strip_str(&text).to_string()
    }

    const SOURCE: &[u8] = b"# Context contract\n\n## Scope\n- agent-9: src/**\n- agent-1: lib/**\n";

    #[test]
    fn a_problem_on_a_terminal() {
        assert_snapshot!(drawn(SOURCE, b"agent-9", Look::Terminal));
    }

    #[test]
    fn a_problem_in_a_log_is_ascii() {
        let text = drawn(SOURCE, b"agent-9", Look::Plain);
        assert!(text.is_ascii());
        assert_snapshot!(text);
    }

    #[test]
    fn a_hostile_line_is_spelled_out_and_the_label_stays_in_place() {
        let source = "- \x1b[2Jagent-9\u{202e}: \x07src/**\r\n".as_bytes();
        assert_snapshot!(drawn(source, b"agent-9", Look::Plain));
        assert_snapshot!(drawn(b"- caf\xe9 agent-9: x\n", b"agent-9", Look::Plain));
    }

    #[test]
    fn a_very_long_line_is_cut_around_the_label() {
        let source = ["ą".repeat(1_000_000), "agent-9".into(), "ł".repeat(1_000_000)].concat();
        let text = drawn(source.as_bytes(), b"agent-9", Look::Plain);
        assert!(text.len() < 1_000 && text.contains("agent-9"));
        assert!(!text.contains("\\x"), "{text}");
    }

    #[test]
    fn spans_at_the_end_or_beyond_are_no_panic() {
        let file = "contract.toml";
        for span in [(0, 0), (SOURCE.len(), 0), (SOURCE.len(), 9), (9_999, usize::MAX)] {
            let problem = Problem { span, ..problem(SOURCE, b"agent-9") };
            assert!(
                render(file, SOURCE, std::slice::from_ref(&problem), Look::Plain)
                    .contains("no lane")
            );
            assert!(render(file, b"", &[problem], Look::Plain).contains("no lane"));
        }
    }
}
