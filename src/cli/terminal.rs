//! Standard output and standard error: the only place that writes to them.
//!
//! Text comes with its styles; they are taken out here where colour is not wanted. Whoever makes a
//! text spells the foreign parts of it out; what was forgotten is spelled out here, so that nothing
//! but line ends and colours ever reaches a terminal. A reader that closes the pipe early is no
//! failure: what was decided stays decided.

use std::borrow::Cow;
use std::io::{self, ErrorKind, IsTerminal, Write};
use std::panic::{set_hook, take_hook};

use anstream::adapter::strip_str;
use anstream::{AutoStream, ColorChoice};
use policy::text::{is_invisible, printable};

use super::{Color, Failure, fault};
use crate::report::style::{ERROR, STRONG, styled};
use crate::report::{Look, human};

/// Where answers go.
#[derive(Debug, Clone, Copy)]
pub struct Terminal {
    color: ColorChoice,
}

impl Terminal {
    /// A terminal with this choice of colour.
    pub fn new(color: Color) -> Self {
        let color = match color {
            Color::Auto => ColorChoice::Auto,
            Color::Always => ColorChoice::Always,
            Color::Never => ColorChoice::Never,
        };
        Self { color }
    }

    /// Writes to standard output.
    ///
    /// # Errors
    /// Everything but a closed pipe.
    pub fn out(&self, text: &str) -> io::Result<()> {
        forgiving(AutoStream::new(io::stdout().lock(), self.color), &harmless(text))
    }

    /// Writes to standard error.
    ///
    /// # Errors
    /// Everything but a closed pipe.
    pub fn err(&self, text: &str) -> io::Result<()> {
        forgiving(AutoStream::new(io::stderr().lock(), self.color), &harmless(text))
    }

    /// Writes a line to standard error that the next one replaces; nothing where that is no
    /// terminal.
    ///
    /// # Errors
    /// Everything but a closed pipe.
    pub fn progress(&self, line: &str) -> io::Result<()> {
        let stderr = io::stderr().lock();
        if !stderr.is_terminal() {
            return Ok(());
        }
        // To the line's beginning, the line, and nothing of what was there (ECMA-48, EL).
        let text = format!("\r{}\u{1b}[K", harmless(line));
        forgiving(AutoStream::new(stderr, self.color), &text)
    }

    /// How drawings on standard output look.
    pub fn out_look(&self) -> Look {
        self.look(io::stdout().is_terminal())
    }

    /// How drawings on standard error look.
    pub fn err_look(&self) -> Look {
        self.look(io::stderr().is_terminal())
    }

    /// The size of the terminal that standard output is, in columns and lines; nothing where a
    /// terminal has none (one that nobody looks at).
    pub fn size(&self) -> Option<(usize, usize)> {
        let (width, height) = terminal_size::terminal_size_of(io::stdout())?;
        (width.0 > 0 && height.0 > 0).then(|| (width.0.into(), height.0.into()))
    }

    /// Whether standard output is a terminal, on which can be drawn.
    pub fn is_screen(&self) -> bool {
        io::stdout().is_terminal()
    }

    /// Takes the terminal's screen until what comes back is dropped.
    ///
    /// # Errors
    /// When it cannot be written to.
    pub fn screen(&self) -> io::Result<Screen<'_>> {
        Screen::enter(self)
    }

    /// Writes to standard output; whether anybody still reads it.
    ///
    /// # Errors
    /// Everything but a closed pipe.
    pub fn out_to_a_reader(&self, text: &str) -> io::Result<bool> {
        let mut stream = AutoStream::new(io::stdout().lock(), self.color);
        let written = stream.write_all(harmless(text).as_bytes()).and_then(|()| stream.flush());
        match written {
            Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(false),
            other => other.map(|()| true),
        }
    }

    fn look(&self, is_terminal: bool) -> Look {
        if is_terminal || self.color == ColorChoice::Always { Look::Terminal } else { Look::Plain }
    }

    /// Says on standard error why there is no answer.
    ///
    /// # Errors
    /// Everything but a closed pipe.
    pub fn failure(&self, failure: &Failure) -> io::Result<()> {
        self.err(&text_of(failure))
    }
}

/// Why there is no answer, as it is printed.
pub fn text_of(failure: &Failure) -> String {
    let message = styled(STRONG, format!(": {}", failure.message));
    format!("{}{message}\n{}", styled(ERROR, "error"), human::helps(&failure.help))
}

/// The whole screen of a terminal, drawn anew and again; what was there before comes back in the end.
pub struct Screen<'t> {
    terminal: &'t Terminal,
}

/// The other screen, without a cursor, lines cut at its edge (xterm's private modes 1049, 25 and 7).
const ENTER: &str = "\u{1b}[?1049h\u{1b}[?25l\u{1b}[?7l";
/// And back.
const LEAVE: &str = "\u{1b}[?7h\u{1b}[?25h\u{1b}[?1049l";

impl<'t> Screen<'t> {
    fn enter(terminal: &'t Terminal) -> io::Result<Self> {
        let before = take_hook();
        set_hook(Box::new(move |info| {
            // Nothing is unwound, so that nobody else would give the terminal back.
            let _ = write_whole(LEAVE);
            before(info);
        }));
        write_whole(ENTER)?;
        Ok(Self { terminal })
    }

    /// Shows a text from the upper left corner on, at most so many lines of it. Each line is written
    /// over what is there, and only then is cleared what is left of that: nothing flickers.
    ///
    /// # Errors
    /// When it cannot be written to.
    pub fn draw(&mut self, text: &str, height: Option<usize>) -> io::Result<()> {
        let text = harmless(text);
        let text = match self.choice() {
            ColorChoice::Never => Cow::Owned(strip_str(&text).to_string()),
            _ => text,
        };
        let lines: Vec<&str> = text.lines().take(height.unwrap_or(usize::MAX)).collect();
        // Terminals that know it show all of it at once (private mode 2026); others let it pass.
        let drawn = lines.join("\u{1b}[K\r\n");
        write_whole(&format!("\u{1b}[?2026h\u{1b}[H{drawn}\u{1b}[K\u{1b}[J\u{1b}[?2026l"))
    }

    fn choice(&self) -> ColorChoice {
        match self.terminal.color {
            ColorChoice::Auto => AutoStream::choice(&io::stdout()),
            choice => choice,
        }
    }
}

impl Drop for Screen<'_> {
    fn drop(&mut self) {
        // A terminal that is gone needs nothing back.
        let _ = write_whole(LEAVE);
        drop(take_hook());
        fault::block_on_panic();
    }
}

/// Writes to standard output what a terminal acts on.
fn write_whole(text: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes()).and_then(|()| out.flush())
}

/// The text with nothing in it that a terminal acts on but line ends, tabs and colours, and nothing
/// that cannot be seen. What is left of an escape that is no colour is as [`printable`] writes it.
fn harmless(text: &str) -> Cow<'_, str> {
    let odd = |c: char| c != '\n' && c != '\t' && (c.is_control() || is_invisible(c));
    if !text.contains(odd) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(odd) {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let length = color(rest).or_else(|| rest.chars().next().map(char::len_utf8)).unwrap_or(0);
        let (this, after) = rest.split_at(length);
        if length > 1 && this.starts_with('\u{1b}') {
            out.push_str(this);
        } else {
            out.push_str(&printable(this));
        }
        rest = after;
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// How many bytes of the text are a colour: `ESC [`, digits and semicolons, `m` (ECMA-48, SGR).
fn color(text: &str) -> Option<usize> {
    let numbers = text.strip_prefix("\u{1b}[")?;
    let end = numbers.find(|c: char| !c.is_ascii_digit() && c != ';')?;
    numbers[end..].starts_with('m').then_some("\u{1b}[".len() + end + 1)
}

fn forgiving(mut stream: impl Write, text: &str) -> io::Result<()> {
    let written = stream.write_all(text.as_bytes()).and_then(|()| stream.flush());
    match written {
        // Rust starts a program with SIGPIPE ignored, so a closed pipe is this error.
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_and_line_ends_pass_and_nothing_else() {
        for plain in ["", "a\n\tzażółć", "\u{1b}[1m\u{1b}[38;5;9mred\u{1b}[0m\n"] {
            assert_eq!(harmless(plain), plain);
        }
        for (raw, spelled) in [
            ("a\u{1b}[2Jb", r"a\x1b[2Jb"),
            ("\u{1b}[1m\u{1b}]0;x\u{7}", "\u{1b}[1m\\x1b]0;x\\x07"),
            ("\u{1b}", r"\x1b"),
            ("\u{1b}[", r"\x1b["),
            ("\u{1b}[12", r"\x1b[12"),
            ("\u{9b}31m\r\u{202e}\u{200b}", r"\x9b31m\x0d\u{202e}\u{200b}"),
        ] {
            assert_eq!(harmless(raw), spelled);
        }
    }
}
