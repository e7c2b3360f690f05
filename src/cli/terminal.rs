//! Standard output and standard error: the only place that writes to them.
//!
//! Text comes with its styles; they are taken out here where colour is not wanted. A reader that
//! closes the pipe early is no failure: what was decided stays decided.

use std::io::{self, ErrorKind, IsTerminal, Write};

use anstream::{AutoStream, ColorChoice};

use super::{Color, Failure};
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
        forgiving(AutoStream::new(io::stdout().lock(), self.color), text)
    }

    /// Writes to standard error.
    ///
    /// # Errors
    /// Everything but a closed pipe.
    pub fn err(&self, text: &str) -> io::Result<()> {
        forgiving(AutoStream::new(io::stderr().lock(), self.color), text)
    }

    /// How drawings on standard output look.
    pub fn out_look(&self) -> Look {
        self.look(io::stdout().is_terminal())
    }

    /// How drawings on standard error look.
    pub fn err_look(&self) -> Look {
        self.look(io::stderr().is_terminal())
    }

    fn look(&self, is_terminal: bool) -> Look {
        if is_terminal || self.color == ColorChoice::Always { Look::Terminal } else { Look::Plain }
    }

    /// Says on standard error why there is no answer.
    ///
    /// # Errors
    /// Everything but a closed pipe.
    pub fn failure(&self, failure: &Failure) -> io::Result<()> {
        let message = styled(STRONG, format!(": {}", failure.message));
        self.err(&format!("{}{message}\n{}", styled(ERROR, "error"), human::helps(&failure.help)))
    }
}

fn forgiving(mut stream: impl Write, text: &str) -> io::Result<()> {
    let written = stream.write_all(text.as_bytes()).and_then(|()| stream.flush());
    match written {
        // Rust starts a program with SIGPIPE ignored, so a closed pipe is this error.
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        other => other,
    }
}
