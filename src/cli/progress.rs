//! What the ritual tells while it goes on: on a terminal one line with the time that has passed,
//! elsewhere a line when something begins and ends.

use std::time::Duration;

use super::Terminal;
use crate::report::style::{ERROR, GOOD, NOTE, QUIET, styled};
use crate::ritual::suite::Event;

/// Tells on standard error.
pub struct Progress<'t> {
    terminal: &'t Terminal,
}

impl<'t> Progress<'t> {
    /// Nothing has been told yet.
    pub fn new(terminal: &'t Terminal) -> Self {
        Self { terminal }
    }

    /// Tells what goes on. Nobody is left to be told where that cannot be written.
    pub fn tell(&self, event: Event<'_>) {
        let _ = match event {
            Event::Begins(what) => self.terminal.progress(&styled(QUIET, format!("… {what}"))),
            Event::Note(what) => {
                let cleared = self.terminal.progress("");
                let note = format!("{}: {what}\n", styled(NOTE, "note"));
                cleared.and(self.terminal.err(&note))
            }
            Event::Runs(what, passed) => {
                let line = format!("{} {}", styled(QUIET, format!("… {what}")), shown(passed));
                self.terminal.progress(&line)
            }
            Event::Ended(what, well, took) => {
                let mark = if well { styled(GOOD, "✓") } else { styled(ERROR, "✗") };
                let cleared = self.terminal.progress("");
                cleared.and(self.terminal.err(&format!("{mark} {what}  {}\n", shown(took))))
            }
        };
    }

    /// Ends the line that is there.
    pub fn end(&self) {
        let _ = self.terminal.progress("");
    }
}

/// A time, as people say it: `0.4 s`, `12 s`, `3 min 05 s`, `1 h 02 min`.
pub fn shown(time: Duration) -> String {
    let seconds = time.as_secs();
    match seconds {
        0..10 => format!("{:.1} s", time.as_secs_f64()),
        10..60 => format!("{seconds} s"),
        60..3600 => format!("{} min {:02} s", seconds / 60, seconds % 60),
        _ => format!("{} h {:02} min", seconds / 3600, seconds % 3600 / 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_shown_as_people_say_them() {
        for (millis, text) in [
            (0, "0.0 s"),
            (440, "0.4 s"),
            (12_900, "12 s"),
            (185_000, "3 min 05 s"),
            (3_720_000, "1 h 02 min"),
        ] {
            assert_eq!(shown(Duration::from_millis(millis)), text);
        }
    }
}
