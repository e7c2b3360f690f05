//! `status`: where every lane is, what waits for what, and what can be done next; with `--watch` for
//! as long as one looks.

use std::io;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use clap::Args;

use super::terminal::{self, Screen};
use super::terms::OfRun;
use super::{Answer, Failure, Format, Terminal};
use crate::report::status::{Room, page};
use crate::report::status_json;
use crate::repository::{self, GitView, Place, Wanted};
use crate::ritual::Stopped;
use crate::ritual::run::Asked;
use crate::ritual::status::{Found, Pulse, find};
use crate::system::environment::Environment;
use crate::system::signals::{self, Inbox, Signal};

/// Show every lane: its work, its verdict, whether it has landed, what it waits for, what to do next
///
/// One line a lane. What does not fit the width is left out, the least telling first; the JSON has
/// everything. The verdict is that of `check --all`, and so is the exit status.
#[derive(Debug, Args)]
#[command(after_help = "\
Columns: the step of the merge order; own, the lane's own commits; files and lines that landing it
would change; trunk, commits ahead of it and behind; edits, files that are not committed, changed
and new; last, the age of its newest commit.")]
pub struct Arguments {
    /// Stay, and show it again whenever something has happened; ends with Ctrl-C
    #[arg(long)]
    watch: bool,

    #[command(flatten)]
    run: OfRun,

    /// How to print it; with --watch one document after another
    #[arg(long, value_name = "FORMAT", default_value = "human", hide_default_value = true)]
    format: Format,
}

/// How wide a page is where nobody says how wide the terminal is.
const WIDTH: usize = 100;
/// Narrower than this nothing is readable, so that less is not believed.
const NARROWEST: usize = 40;
/// How often it is looked whether something has happened.
const BEAT: Duration = Duration::from_secs(1);
/// How often the files in the worktrees are looked at as well, and how many times as long as that
/// took is waited in between: two hundred worktrees are not looked at without pause.
const DESKS: (Duration, u32) = (Duration::from_secs(5), 20);

/// Looks, and prints what is found on standard output.
///
/// # Errors
/// When the trunk or its contract is not known, or nothing can be written.
pub fn run(arguments: Arguments, environment: &Environment, terminal: &Terminal) -> Answer {
    let Arguments { watch, run, format } = arguments;
    let asked = Asked::from(run);
    if watch {
        let place = open(environment)?.place().clone();
        return Watch { asked, format, environment, terminal, place }.run();
    }
    let found = look(&asked, environment)?;
    let (width, height) = size(environment, terminal);
    // The last line is for the prompt that follows.
    let height = height.map(|height| height - 1);
    let room = Room { width: width.unwrap_or(WIDTH), height, all: true };
    terminal.out(&shown(&found, format, room))?;
    Ok(found.outcome().exit_status())
}

fn look(asked: &Asked, environment: &Environment) -> Result<Found, Failure> {
    let view = open(environment)?;
    Ok(find(view.as_ref(), asked, environment)?)
}

fn open(environment: &Environment) -> Result<Box<dyn GitView>, Failure> {
    Ok(repository::open(environment, Wanted::History).map_err(Stopped::from)?)
}

fn shown(found: &Found, format: Format, room: Room) -> String {
    match format {
        Format::Json => status_json::render(found),
        Format::Human => page(found, room, now()),
    }
}

fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
}

/// How wide and high the terminal is: as the environment says, or else as it says itself.
fn size(environment: &Environment, terminal: &Terminal) -> (Option<usize>, Option<usize>) {
    let told = |name: &str| environment.text(name)?.parse::<usize>().ok().filter(|size| *size > 0);
    let (width, height) = terminal.size().unzip();
    let width = told("COLUMNS").or(width).map(|width| width.max(NARROWEST));
    (width, told("LINES").or(height))
}

/// Somebody looks on.
struct Watch<'a> {
    asked: Asked,
    format: Format,
    environment: &'a Environment,
    terminal: &'a Terminal,
    place: Place,
}

impl Watch<'_> {
    fn run(self) -> Answer {
        let inbox = Inbox::open()
            .map_err(|error| Failure::new(format!("signals cannot be received: {error}")))?;
        // It is taken before what it stands for is looked at, so that nothing is missed in between.
        let mut pulse = Some(self.pulse()?);
        // What is wrong at the beginning is no run that could be watched.
        let mut found = Ok(look(&self.asked, self.environment)?);
        let draws = self.format == Format::Human && self.terminal.is_screen();
        let mut screen = if draws { Some(self.terminal.screen()?) } else { None };
        let mut told = None;
        let mut looked = Instant::now();
        let mut pause = DESKS.0;
        loop {
            match &mut screen {
                // At each beat: ages go on, and what somebody has typed over it goes away.
                Some(screen) => self.draw(screen, &found)?,
                None if told.as_ref() == Some(&found) => {}
                None => {
                    if !self.terminal.out_to_a_reader(&self.text(&found, None))? {
                        return Ok(0);
                    }
                    told = Some(found.clone());
                }
            }
            match inbox.wait(BEAT) {
                Some(Signal::End) => return Ok(0),
                Some(Signal::Pause) => {
                    drop(screen.take());
                    signals::pause()?;
                    screen = if draws { Some(self.terminal.screen()?) } else { None };
                }
                Some(Signal::Resized) => continue,
                None => {}
            }
            // Where it cannot be taken, looking again says why.
            let next = self.pulse().ok();
            if next.is_none() || next != pulse {
                found = look(&self.asked, self.environment);
                pulse = next;
            } else if let Ok(found) = &mut found
                && looked.elapsed() >= pause
            {
                let begun = Instant::now();
                found.look_at_desks(self.environment.directory());
                looked = Instant::now();
                pause = DESKS.0.max(DESKS.1 * (looked - begun));
            }
        }
    }

    fn pulse(&self) -> Result<Pulse, Failure> {
        Ok(Pulse::of(self.environment.directory(), &self.place)?)
    }

    fn draw(&self, screen: &mut Screen<'_>, found: &Result<Found, Failure>) -> io::Result<()> {
        let (_, height) = size(self.environment, self.terminal);
        screen.draw(&self.text(found, height), height)
    }

    fn text(&self, found: &Result<Found, Failure>, height: Option<usize>) -> String {
        let (width, _) = size(self.environment, self.terminal);
        let room = Room { width: width.unwrap_or(WIDTH), height, all: height.is_none() };
        match found {
            Ok(found) => shown(found, self.format, room),
            Err(failure) => terminal::text_of(failure),
        }
    }
}
