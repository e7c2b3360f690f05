//! The commands that a contract names, run on a stage: setup, suite, and what generates files. Their
//! output is kept in full.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use super::{Done, Stopped};
use crate::repository::Place;
pub use crate::system::shell::End;
use crate::system::shell::{self, Shell};
use crate::system::signals::Interrupt;

/// How long a command may take when neither the contract nor the caller says.
pub const DEFAULT_LIMIT: Duration = Duration::from_secs(3600);
/// How many bytes of the end of an output are shown.
const SHOWN: u64 = 4096;
/// How many lines of it.
const SHOWN_LINES: usize = 30;
/// Of how many runs the output is kept.
const KEPT_RUNS: usize = 20;

/// How a command went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ran {
    /// The command.
    pub command: String,
    /// How it ended.
    pub end: End,
    /// How long it took.
    pub took: Duration,
    /// Where all of its output is.
    pub log: PathBuf,
}

impl Ran {
    /// Whether it ended well.
    pub fn passed(&self) -> bool {
        self.end == End::Well
    }

    /// The last lines of its output. Foreign text.
    pub fn last_lines(&self) -> Vec<String> {
        let text = shell::end_of(&self.log, SHOWN).unwrap_or_default();
        let lines: Vec<&str> = text.lines().collect();
        let from = lines.len().saturating_sub(SHOWN_LINES);
        lines[from..].iter().map(|line| (*line).to_owned()).collect()
    }
}

/// What is told while the ritual goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event<'a> {
    /// Something begins: a sentence without its end.
    Begins(&'a str),
    /// Something is worth saying before what comes next.
    Note(&'a str),
    /// A command runs, for so long already.
    Runs(&'a str, Duration),
    /// Something that was begun has ended, well or not, after so long.
    Ended(&'a str, bool, Duration),
}

/// Runs commands, one after another.
pub struct Suites<'a> {
    interrupt: &'a Interrupt,
    limit: Duration,
    directory: PathBuf,
    count: usize,
    tell: &'a mut dyn FnMut(Event<'_>),
}

impl<'a> Suites<'a> {
    /// Commands of one run of the ritual in a repository.
    pub fn new(
        place: &Place,
        interrupt: &'a Interrupt,
        limit: Duration,
        tell: &'a mut dyn FnMut(Event<'_>),
    ) -> Done<Self> {
        let logs = place.common_dir.join("contract-gate").join("logs");
        forget_old(&logs);
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let directory = logs.join(format!("{}-{}", now.as_secs(), std::process::id()));
        std::fs::create_dir_all(&directory).map_err(|source| cannot(&directory, source))?;
        Ok(Self { interrupt, limit, directory, count: 0, tell })
    }

    /// Says that something begins or has ended.
    pub fn tell(&mut self, event: Event<'_>) {
        (self.tell)(event);
    }

    /// Runs a command at the root of a stage. `what` names it, in messages and for its log.
    ///
    /// # Errors
    /// When it cannot be run, or when the program was asked to end meanwhile.
    pub fn run(&mut self, root: &Path, what: &str, command: &str) -> Done<Ran> {
        self.count += 1;
        let name: String =
            what.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
        let log = self.directory.join(format!("{:02}-{name}.log", self.count));
        let file = File::create(&log).map_err(|source| cannot(&log, source))?;
        let shell = Shell { command, directory: root, limit: self.limit };
        let begun = Instant::now();
        let mut tick = |passed| (self.tell)(Event::Runs(what, passed));
        let end = shell.run(file, self.interrupt, &mut tick).map_err(|source| Stopped::File {
            what: format!("sh cannot run {}", policy::text::printable(command)),
            source,
        })?;
        let took = begun.elapsed();
        (self.tell)(Event::Ended(what, end == End::Well, took));
        if end == End::Interrupted {
            return Err(Stopped::Interrupted);
        }
        Ok(Ran { command: command.to_owned(), end, took, log })
    }

    /// Stops where the program was asked to end.
    pub fn go_on(&self) -> Done<()> {
        if self.interrupt.is_asked() { Err(Stopped::Interrupted) } else { Ok(()) }
    }
}

/// How long `90s`, `20m` or `2h` is.
pub fn duration(text: &str) -> Option<Duration> {
    let unit = text.trim().chars().last()?;
    let number: u64 = text.trim().strip_suffix(unit)?.trim().parse().ok()?;
    let seconds = match unit {
        's' => 1,
        'm' => 60,
        'h' => 3600,
        _ => return None,
    };
    number.checked_mul(seconds).filter(|all| *all > 0).map(Duration::from_secs)
}

fn forget_old(logs: &Path) {
    let Ok(entries) = std::fs::read_dir(logs) else { return };
    let mut runs: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    runs.sort();
    for old in runs.iter().rev().skip(KEPT_RUNS - 1) {
        let _ = std::fs::remove_dir_all(old);
    }
}

fn cannot(path: &Path, source: std::io::Error) -> Stopped {
    let path = policy::text::printable(&path.to_string_lossy());
    Stopped::File { what: format!("{path} cannot be written"), source }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_have_a_number_and_a_unit() {
        for (text, seconds) in [("90s", 90), ("20m", 1200), ("2h", 7200), (" 5 s ", 5)] {
            assert_eq!(duration(text), Some(Duration::from_secs(seconds)), "{text}");
        }
        for text in ["", "s", "5", "0s", "-1s", "5d", "1.5h", "99999999999999999999h"] {
            assert_eq!(duration(text), None, "{text}");
        }
    }
}
