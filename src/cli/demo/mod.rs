//! `demo`: plays the worked example for real, and checks how each step ends.
//!
//! Everything happens in a directory of its own. Nothing is simulated: the commands that are
//! shown are those that are run, and what they print is shown as it is.

mod stage;
mod steps;

use std::fs;
use std::path::{Path, PathBuf};

use clap::Args;
use policy::text::{printable, shell_word};

use self::stage::{Ended, Stage};
use self::steps::{CONTRACT, Deed, Ending, STEPS, Step};
use super::{Answer, Failure, Terminal};
use crate::report::style::{ERROR, GOOD, QUIET, STRONG, styled};
use crate::system::environment::Environment;
use crate::system::process;

/// Play the worked example: three agents, real worktrees, every refusal, the landing in order
#[derive(Debug, Args)]
pub struct Arguments {
    /// Play in this directory, which must be empty or not there yet
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,

    /// Leave the directory when the play is over, to look around in it
    #[arg(long)]
    keep: bool,
}

/// What is done with the directory in the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Afterwards {
    Remove,
    Keep,
}

pub fn run(arguments: Arguments, environment: &Environment, terminal: &Terminal) -> Answer {
    let afterwards = if arguments.keep { Afterwards::Keep } else { Afterwards::Remove };
    let place = Directory::make(arguments.dir)?;
    let program = process::this_program().map_err(unreadable("this program's own path"))?;
    let stage = Stage::set_up(place.path(), program, environment)
        .map_err(unreadable("the directory of the demo"))?;

    let played = play(&stage, terminal);
    let ended_well = matches!(played, Ok(0));
    match (afterwards, ended_well) {
        (Afterwards::Remove, true) => place.remove()?,
        // What went wrong can be looked at.
        (Afterwards::Keep, _) | (_, false) => {
            let kept = place.keep();
            let kept = shell_word(&printable(&kept.to_string_lossy()));
            terminal.out(&format!("\nIt is all still there: cd {kept}\n"))?;
        }
    }
    played
}

fn unreadable(what: &'static str) -> impl Fn(std::io::Error) -> Failure {
    move |error| Failure::new(format!("{what} cannot be used: {error}"))
}

/// Plays all steps; stops at the first that does not end as it should.
fn play(stage: &Stage, terminal: &Terminal) -> Answer {
    let title = "contract-gate demo: three agents under one contract";
    terminal.out(&format!("{}\n", styled(STRONG, title)))?;
    let (mut accepted, mut refused) = (0, 0);
    for (number, step) in (1..).zip(STEPS) {
        let head = format!("{number:>2}. {}", step.title);
        terminal.out(&format!("\n{}\n", styled(STRONG, head)))?;
        let outcome = perform(stage, step, terminal)?;
        terminal.out(&format!("    => {}\n", outcome.line()))?;
        match outcome {
            Outcome::AsItShould(Ending::Well) => accepted += 1,
            Outcome::AsItShould(Ending::Refused { .. }) => refused += 1,
            Outcome::Otherwise(_) => return Ok(1),
        }
    }
    terminal.out(&format!(
        "\n{}: {refused} violations refused, {accepted} lawful steps accepted, and the trunk holds \
         the work of all three.\n",
        styled(GOOD, "Every step ended as it should")
    ))?;
    Ok(0)
}

/// How a step has ended.
enum Outcome {
    AsItShould(Ending),
    /// Otherwise, and how.
    Otherwise(String),
}

impl Outcome {
    fn line(&self) -> String {
        match self {
            Self::AsItShould(Ending::Well) => styled(GOOD, "accepted"),
            Self::AsItShould(Ending::Refused { by, rule }) => {
                format!("{}: {rule}, no branch has moved", styled(GOOD, format!("refused by {by}")))
            }
            Self::Otherwise(how) => format!("{}: {how}", styled(ERROR, "not as it should end")),
        }
    }
}

/// Does what the step says, shows it, and compares its end with the one that it must have.
fn perform(stage: &Stage, step: &Step, terminal: &Terminal) -> Result<Outcome, Failure> {
    let (last, first) = match step.deeds.split_last() {
        Some((Deed::Run(place, words), first)) => ((*place, *words), first),
        _ => return Ok(Outcome::Otherwise("the step has no command".to_owned())),
    };
    let mut rest = first;
    while let Some(deed) = rest.first() {
        let alike = rest.iter().take_while(|other| is_written_beside(deed, other)).count().max(1);
        show_deeds(&rest[..alike], terminal)?;
        for deed in &rest[..alike] {
            stage.edit(deed).map_err(unreadable("a file of the demo"))?;
        }
        if let Deed::Run(place, words) = deed {
            let ended = stage.run(*place, words)?;
            show_output(&ended, terminal)?;
            if !ended.well {
                return Ok(Outcome::Otherwise(status(&ended)));
            }
        }
        rest = &rest[alike..];
    }

    let (place, words) = last;
    show_deeds(&[Deed::Run(place, words)], terminal)?;
    let before = match step.ending {
        Ending::Well => None,
        Ending::Refused { .. } => Some(stage.refs()?),
    };
    let ended = stage.run(place, words)?;
    show_output(&ended, terminal)?;
    let after = if before.is_some() { Some(stage.refs()?) } else { None };
    Ok(compare(step.ending, &ended, before == after))
}

fn compare(ending: Ending, ended: &Ended, refs_stand: bool) -> Outcome {
    match ending {
        Ending::Well if ended.well => Outcome::AsItShould(ending),
        Ending::Well => Outcome::Otherwise(status(ended)),
        Ending::Refused { .. } if ended.well => Outcome::Otherwise("it was not refused".to_owned()),
        Ending::Refused { by, .. } if !ended.output.contains(&format!("denied at {by}: ")) => {
            Outcome::Otherwise(format!("it failed, but {by} did not refuse it"))
        }
        Ending::Refused { rule, .. } if !ended.output.contains(&format!("error[{rule}]")) => {
            Outcome::Otherwise(format!("it failed, but not by {rule}"))
        }
        Ending::Refused { .. } if !refs_stand => {
            Outcome::Otherwise("it was refused, but a ref has moved".to_owned())
        }
        Ending::Refused { .. } => Outcome::AsItShould(ending),
    }
}

fn status(ended: &Ended) -> String {
    match ended.status {
        Some(status) => format!("the command ended with status {status}"),
        None => "the command was ended by a signal".to_owned(),
    }
}

/// Whether two files are written in one place, so that one line can tell of both.
fn is_written_beside(one: &Deed, other: &Deed) -> bool {
    matches!((one, other), (Deed::Write(place, ..), Deed::Write(beside, ..)) if place == beside)
}

/// `wt-uploads $ git commit -m '…'`, or the files that are edited. Several are written files.
fn show_deeds(deeds: &[Deed], terminal: &Terminal) -> Result<(), Failure> {
    let line = match deeds {
        [] => return Ok(()),
        [Deed::Change(place, file, old, new), ..] => {
            let changed = changed_part(old, new);
            format!("{}: changes {file}: {changed}", place.directory())
        }
        [Deed::Run(place, words), ..] => {
            let words = words.iter().map(|word| shell_word(word)).collect::<Vec<_>>();
            format!("{} {} {}", place.directory(), styled(QUIET, "$"), words.join(" "))
        }
        [Deed::Write(place, ..), ..] => {
            let files = deeds.iter().filter_map(|deed| match deed {
                Deed::Write(_, file, _) => Some(*file),
                _ => None,
            });
            let files = files.collect::<Vec<_>>().join(", ");
            format!("{}: writes {files}", place.directory())
        }
    };
    terminal.out(&format!("    {line}\n"))?;
    // The contract is what everything is about, so it is shown.
    if let [Deed::Write(_, _, CONTRACT)] = deeds {
        show_lines(CONTRACT, terminal)?;
    }
    Ok(())
}

/// `health -> healthCheck`, on one line.
fn changed_part(old: &str, new: &str) -> String {
    let on_one_line = |text: &str| {
        let lines = text.lines().map(|line| line.trim().trim_end_matches(','));
        lines.collect::<Vec<_>>().join(", ")
    };
    format!("{} -> {}", on_one_line(old), on_one_line(new))
}

fn show_output(ended: &Ended, terminal: &Terminal) -> Result<(), Failure> {
    show_lines(&ended.output, terminal)
}

fn show_lines(text: &str, terminal: &Terminal) -> Result<(), Failure> {
    for line in text.lines() {
        let line = format!("      {}", printable(line.trim_end()));
        terminal.out(&format!("{}\n", line.trim_end()))?;
    }
    Ok(())
}

/// The directory that the demo plays in, removed when nobody wants it.
enum Directory {
    Temporary(tempfile::TempDir),
    /// One that was named, and whether the demo made it.
    Named(PathBuf, Origin),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Origin {
    Made,
    WasThere,
}

impl Directory {
    fn make(named: Option<PathBuf>) -> Result<Self, Failure> {
        let Some(path) = named else {
            let prefix = "contract-gate-demo-";
            let made = tempfile::Builder::new().prefix(prefix).tempdir();
            return Ok(Self::Temporary(made.map_err(unreadable("a temporary directory"))?));
        };
        let shown = printable(&path.to_string_lossy());
        let failed = |error| Failure::new(format!("{shown} cannot be used: {error}"));
        let origin = if path.exists() { Origin::WasThere } else { Origin::Made };
        match origin {
            Origin::Made => fs::create_dir_all(&path).map_err(failed)?,
            Origin::WasThere => {
                if fs::read_dir(&path).map_err(failed)?.next().is_some() {
                    return Err(Failure::new(format!("{shown} is not empty")));
                }
            }
        }
        // Absolute, and as git will name it: commands run in directories below it.
        let path = fs::canonicalize(&path).map_err(failed)?;
        Ok(Self::Named(path, origin))
    }

    fn path(&self) -> &Path {
        match self {
            Self::Temporary(directory) => directory.path(),
            Self::Named(path, _) => path,
        }
    }

    fn keep(self) -> PathBuf {
        match self {
            Self::Temporary(directory) => directory.keep(),
            Self::Named(path, _) => path,
        }
    }

    /// Removes what the demo made, and nothing else: a directory that was there stays, empty.
    fn remove(self) -> Result<(), Failure> {
        let failed = unreadable("the directory of the demo");
        match self {
            Self::Temporary(directory) => directory.close().map_err(failed),
            Self::Named(path, Origin::Made) => fs::remove_dir_all(path).map_err(failed),
            Self::Named(path, Origin::WasThere) => {
                for entry in fs::read_dir(&path).map_err(&failed)? {
                    let entry = entry.map_err(&failed)?;
                    let is_directory = entry.file_type().map_err(&failed)?.is_dir();
                    let path = entry.path();
                    let removed =
                        if is_directory { fs::remove_dir_all(path) } else { fs::remove_file(path) };
                    removed.map_err(&failed)?;
                }
                Ok(())
            }
        }
    }
}
