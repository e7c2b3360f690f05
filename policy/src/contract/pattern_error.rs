//! What is wrong with the spelling of a pattern, and the right one.

use super::spelling::LONGEST;
use crate::text::excerpt;

/// A text that is no pattern.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PatternError {
    /// Nothing is there.
    #[error("an empty path")]
    Empty,
    /// Longer than any path.
    #[error("a pattern of {0} bytes; the longest is {LONGEST}")]
    TooLong(usize),
    /// A control character, or one that cannot be seen.
    #[error("a control character or an invisible one in a path")]
    Control,
    /// It is taken out by a sign; the sign, and what follows.
    #[error("`{0}` does not exclude here")]
    Negated(&'static str, String),
    /// It is anchored elsewhere; the path below the root, where that is clear.
    #[error("an absolute path; patterns begin at the repository's root")]
    Absolute(String),
    /// A `.`, `..` or `...` segment; the same without them.
    #[error("a `.`, `..` or `...` in a path; patterns begin at the repository's root")]
    Dots(String),
    /// A line of a file; the file.
    #[error("a line of a file; a contract is about whole files")]
    OfLines(String),
    /// Two slashes in a row; the same with one.
    #[error("an empty segment in a path")]
    EmptySegment(String),
    /// `**` beside something else; the segment.
    #[error("`**` stands for whole segments, and `{0}` is not one")]
    Stars(String),
    /// Braces that do not pair, or that hold one alternative.
    #[error("{0}")]
    Braces(&'static str),
    /// A backslash before something that needs none; the same with slashes.
    #[error(
        "a backslash before a letter or at the end; `\\` only takes the meaning off a special character"
    )]
    Escape(String),
    /// Prose.
    #[error("this names no path")]
    Vague,
    /// A Markdown link, as editors make them of paths; with what it shows.
    #[error("this is a link and no path")]
    Link(String),
    /// In marks that would be a part of the path; what stands in them.
    #[error("these marks would be a part of the path")]
    Quoted(String),
}

impl PatternError {
    /// The problem's code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Empty => "pattern-empty",
            Self::TooLong(_) => "pattern-unreadable",
            Self::Control => "pattern-control",
            Self::Negated(..) => "pattern-negated",
            Self::Absolute(_) => "pattern-absolute",
            Self::Dots(_) => "pattern-dots",
            Self::OfLines(_) => "pattern-lines",
            Self::EmptySegment(_) => "pattern-empty-segment",
            Self::Stars(_) => "pattern-stars",
            Self::Braces(_) => "pattern-braces",
            Self::Escape(_) => "pattern-escape",
            Self::Vague | Self::Link(_) | Self::Quoted(_) => "vague-scope",
        }
    }

    /// The right spelling; long ones are cut.
    pub fn help(&self) -> String {
        match self {
            Self::Empty => {
                "name a file, or a directory with everything below it: `src/api/**`".into()
            }
            Self::TooLong(_) => "write several shorter patterns".into(),
            Self::Control => "match it with `?` or `*`".into(),
            Self::Negated(sign, rest) => {
                let rest = excerpt(rest);
                let except = format!("exclude it from the entry that holds it: `except {rest}`");
                match *sign {
                    "-" => format!(
                        "{except}; an item has a blank behind its dash, and a name that begins so is `\\-{rest}`"
                    ),
                    _ => except,
                }
            }
            Self::Absolute(rest) if rest.is_empty() => {
                "begin at the repository's root: `src/api/**`".into()
            }
            Self::Absolute(path)
            | Self::Dots(path)
            | Self::OfLines(path)
            | Self::EmptySegment(path) => {
                format!("write `{}`", excerpt(path))
            }
            Self::Stars(segment) => {
                let one = excerpt(&segment.replace("**", "*"));
                format!("`{one}` within one segment, or `**` between two slashes: `src/**/*.ts`")
            }
            Self::Braces(_) => {
                "write `{a,b}` for either, and `\\{` and `\\}` for braces in a name".into()
            }
            Self::Escape(path) => format!("segments are separated by `/`: `{}`", excerpt(path)),
            Self::Link(shown) | Self::Quoted(shown) => {
                format!("write the path alone: `{}`", excerpt(shown))
            }
            Self::Vague => {
                "name files or directories, such as `src/api/uploads/**`; a path with spaces goes \
                            in back-ticks, and a directory ends in `/`"
                    .into()
            }
        }
    }
}
