//! The few styles of the human face. Text is always made with them; the stream that it goes to
//! takes them out where colour is not wanted.

use std::fmt::Display;

use anstyle::{AnsiColor, Style};

/// An error's head.
pub const ERROR: Style = AnsiColor::Red.on_default().bold();
/// A warning's head.
pub const WARNING: Style = AnsiColor::Yellow.on_default().bold();
/// The head of what could not be known.
pub const UNDECIDED: Style = AnsiColor::Magenta.on_default().bold();
/// A note's head.
pub const NOTE: Style = AnsiColor::Cyan.on_default().bold();
/// What went well.
pub const GOOD: Style = AnsiColor::Green.on_default().bold();
/// What is meant to be read first.
pub const STRONG: Style = Style::new().bold();
/// Lines of a drawing, and what stands aside.
pub const QUIET: Style = AnsiColor::Blue.on_default();

/// The text in a style, ended again.
pub fn styled(style: Style, text: impl Display) -> String {
    format!("{style}{text}{style:#}")
}
