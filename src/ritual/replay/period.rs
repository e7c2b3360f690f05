//! How far back a replay looks: `30d`, `2w`, `12h`, or a date as ISO 8601 writes it.
//!
//! What a period means is read strictly here, and turned into a time by git, which knows the clock
//! and the calendar: `git rev-parse --since=DATE` prints `--max-age=SECONDS` and takes anything for
//! a date (git 2.39 and 2.47), so nothing that is no date reaches it.

use std::fmt;
use std::path::Path;
use std::str::FromStr;

use crate::ritual::{Done, Stopped};
use crate::system::process::Git;

/// A time to begin at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Period {
    /// So many of a unit before now.
    Last(u32, Unit),
    /// A date, with or without a time, as it was written.
    From(String),
}

/// What a length of time is counted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// `h`
    Hours,
    /// `d`
    Days,
    /// `w`
    Weeks,
}

/// What is no period.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("say 30d, 2w or 12h, or a date such as 2026-01-31 or 2026-01-31T08:00Z")]
pub struct NotAPeriod;

impl Unit {
    fn word(self) -> &'static str {
        match self {
            Self::Hours => "hours",
            Self::Days => "days",
            Self::Weeks => "weeks",
        }
    }
}

impl FromStr for Period {
    type Err = NotAPeriod;

    fn from_str(text: &str) -> Result<Self, NotAPeriod> {
        let unit = match text.as_bytes().last() {
            Some(b'h') => Some(Unit::Hours),
            Some(b'd') => Some(Unit::Days),
            Some(b'w') => Some(Unit::Weeks),
            _ => None,
        };
        if let Some(unit) = unit {
            return number(&text[..text.len() - 1], 1..=99_999)
                .map(|count| Self::Last(count, unit));
        }
        let (date, time) = match text.split_once(['T', ' ']) {
            Some((date, time)) => (date, Some(time)),
            None => (text, None),
        };
        is_date(date)?;
        time.map_or(Ok(()), is_time)?;
        Ok(Self::From(text.to_owned()))
    }
}

fn number(text: &str, within: std::ops::RangeInclusive<u32>) -> Result<u32, NotAPeriod> {
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(NotAPeriod);
    }
    text.parse().ok().filter(|number| within.contains(number)).ok_or(NotAPeriod)
}

fn is_date(text: &str) -> Result<(), NotAPeriod> {
    let parts: Vec<&str> = text.split('-').collect();
    let [year, month, day] = parts.as_slice() else { return Err(NotAPeriod) };
    if (year.len(), month.len(), day.len()) != (4, 2, 2) {
        return Err(NotAPeriod);
    }
    number(year, 1970..=9999)?;
    number(month, 1..=12)?;
    number(day, 1..=31).map(drop)
}

/// `08:00`, `08:00:30`, each with `Z` or an offset such as `+01:00` behind it or not.
fn is_time(text: &str) -> Result<(), NotAPeriod> {
    let (clock, offset) = match text.strip_suffix('Z') {
        Some(clock) => (clock, None),
        None => match text.split_once(['+', '-']) {
            Some((clock, offset)) => (clock, Some(offset)),
            None => (text, None),
        },
    };
    let is_clock = |text: &str| {
        let parts: Vec<&str> = text.split(':').collect();
        let (hour, minutes) = parts.split_first().ok_or(NotAPeriod)?;
        number(hour, 0..=23)?;
        if !(1..=2).contains(&minutes.len()) || parts.iter().any(|part| part.len() != 2) {
            return Err(NotAPeriod);
        }
        minutes.iter().try_for_each(|part| number(part, 0..=59).map(drop))
    };
    is_clock(clock)?;
    offset.map_or(Ok(()), is_clock)
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Last(1, unit) => write!(f, "in the last {}", unit.word().trim_end_matches('s')),
            Self::Last(count, unit) => write!(f, "in the last {count} {}", unit.word()),
            Self::From(date) => write!(f, "since {date}"),
        }
    }
}

impl Period {
    /// When it begins, in seconds since 1970. Git answers in a repository alone.
    ///
    /// # Errors
    /// When git does not say.
    pub fn begin(&self, git_dir: &Path) -> Done<i64> {
        let date = match self {
            Self::Last(count, unit) => format!("{count}.{}.ago", unit.word()),
            // A date alone is to git that day at the present time of day (2.39 and 2.47).
            Self::From(date) if !date.contains(['T', ' ']) => format!("{date}T00:00:00"),
            Self::From(date) => date.clone(),
        };
        let told = Git::about(git_dir, git_dir, &git_dir.join("index"))
            .args(["rev-parse".to_owned(), format!("--since={date}")])
            .stdout()?;
        let told = String::from_utf8_lossy(&told);
        let seconds = told.trim().strip_prefix("--max-age=").and_then(|age| age.parse().ok());
        seconds.ok_or_else(|| Stopped::Refused(format!("git does not know the time of {date}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_a_period_and_what_is_none() {
        for (text, told) in [
            ("30d", "in the last 30 days"),
            ("2w", "in the last 2 weeks"),
            ("1h", "in the last hour"),
            ("2026-01-31", "since 2026-01-31"),
            ("2026-01-31T08:00Z", "since 2026-01-31T08:00Z"),
            ("2026-01-31 08:00:59+01:00", "since 2026-01-31 08:00:59+01:00"),
        ] {
            assert_eq!(text.parse::<Period>().map(|period| period.to_string()), Ok(told.into()));
        }
        for text in [
            "",
            "d",
            "0d",
            "-1d",
            "30",
            "30m",
            "3 d",
            "１d",
            "100000w",
            "yesterday",
            "2026-13-01",
            "2026-1-1",
            "2026-01-32",
            "26-01-01",
            "2026-01-01T",
            "2026-01-01T25:00",
            "2026-01-01T08",
            "2026-01-01T08:00+1",
            "2026-01-01T08:00:00:00",
            "--all",
        ] {
            assert_eq!(text.parse::<Period>(), Err(NotAPeriod), "{text}");
        }
    }
}
