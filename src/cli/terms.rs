//! The options that commands share: of which run, and for `rehearse` and `land` on which terms.

use std::time::Duration;

use clap::builder::NonEmptyStringValueParser;
use clap::{Args, ValueEnum};

use crate::ritual::rehearsal::{self, Terms};
use crate::ritual::run::Asked;
use crate::ritual::suite::duration;

/// Which run.
#[derive(Debug, Clone, Args)]
pub struct OfRun {
    /// The branch that lanes land on, instead of the configured one
    #[arg(long, value_name = "BRANCH")]
    trunk: Option<String>,

    /// Look lanes up among this remote's branches (a clone in CI has no others)
    #[arg(long, value_name = "NAME")]
    remote: Option<String>,
}

impl From<OfRun> for Asked {
    fn from(OfRun { trunk, remote }: OfRun) -> Self {
        Self { trunk, remote }
    }
}

/// On which terms lanes are merged.
#[derive(Debug, Args)]
pub struct OnTerms {
    /// Run this instead of the contract's suite, by `sh -c` at the worktree's root
    #[arg(long, value_name = "COMMAND", conflicts_with = "no_suite", value_parser = NonEmptyStringValueParser::new())]
    suite: Option<String>,

    /// Run no suite, and no setup for it
    #[arg(long)]
    no_suite: bool,

    /// How lanes are merged, instead of what the contract says
    #[arg(long, value_name = "STRATEGY")]
    strategy: Option<Strategy>,

    /// How long a command may take, such as 90s, 20m or 2h (an hour, if nobody says)
    #[arg(long, value_name = "TIME", value_parser = limit)]
    timeout: Option<Duration>,
}

/// How lanes are merged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Strategy {
    /// A merge commit
    Merge,
    /// One commit
    Squash,
    /// The lane's commits, made again on the trunk
    Rebase,
    /// The trunk moves to the lane's tip, which has to contain it
    FastForward,
}

fn limit(text: &str) -> Result<Duration, String> {
    duration(text).ok_or_else(|| "such as 90s, 20m or 2h".to_owned())
}

impl From<OnTerms> for Terms {
    fn from(terms: OnTerms) -> Self {
        let strategy = |strategy| match strategy {
            Strategy::Merge => rehearsal::Strategy::Merge,
            Strategy::Squash => rehearsal::Strategy::Squash,
            Strategy::Rebase => rehearsal::Strategy::Rebase,
            Strategy::FastForward => rehearsal::Strategy::FastForward,
        };
        Self {
            suite: terms.suite,
            without_suite: terms.no_suite,
            strategy: terms.strategy.map(strategy),
            timeout: terms.timeout,
        }
    }
}
