//! The command line: arguments in, a typed request out, an exit status back.
//!
//! One file a command, each of the same shape: `Arguments`, which clap fills, and `run`, which
//! turns them into a request before anything is read, hands it on and shows the answer. Nothing
//! is decided here. A hook that git calls by its own name does not come this way.

pub mod check;
mod close;
mod contract_file;
mod convert;
mod demo;
mod doctor;
mod explain;
pub mod fault;
mod forecast;
mod handed_back;
pub mod hook;
mod install;
mod land;
mod lint;
mod plan;
mod progress;
mod rehearse;
mod replay;
mod ritual_page;
mod schema;
mod status;
pub mod terminal;
mod terms;
mod under;
mod uninstall;
mod warning;

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum};
use policy::text::printable;
use policy::verdict::{Help, Undecided};

use crate::ritual::Stopped;
use crate::system::environment::Environment;

pub use self::terminal::Terminal;

/// Holds parallel coding agents to a written contract: what each may edit, who owns each shared
/// file, and in which order their branches land
#[derive(Debug, Parser)]
#[command(name = "contract-gate", version, max_term_width = 100, arg_required_else_help = true)]
#[command(after_help = "\
Exit status: 0 allowed, 1 denied, 2 undecided (what cannot be known is refused) or bad usage.")]
struct CommandLine {
    /// Run as if started in DIR
    #[arg(short = 'C', value_name = "DIR", global = true)]
    directory: Option<PathBuf>,

    /// When to use colour
    #[arg(
        long,
        value_name = "WHEN",
        global = true,
        default_value = "auto",
        hide_default_value = true
    )]
    color: Color,

    #[command(subcommand)]
    command: Command,
}

/// When to use colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Color {
    /// On a terminal, unless NO_COLOR is set
    Auto,
    /// Everywhere
    Always,
    /// Nowhere
    Never,
}

/// In which spelling an answer is printed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people
    #[default]
    Human,
    /// For programs: one document, see `contract-gate schema`
    Json,
}

#[derive(Debug, Subcommand)]
enum Command {
    Demo(demo::Arguments),
    Lint(lint::Arguments),
    Convert(convert::Arguments),
    Install(install::Arguments),
    Uninstall(uninstall::Arguments),
    Doctor(doctor::Arguments),
    Check(check::Arguments),
    Rehearse(rehearse::Arguments),
    Land(land::Arguments),
    Close(close::Arguments),
    Status(status::Arguments),
    Replay(replay::Arguments),
    Plan(plan::Arguments),
    Forecast(forecast::Arguments),
    Explain(explain::Arguments),
    Schema(schema::Arguments),
    Hook(hook::Arguments),
}

/// Why a command could not do what it was asked. Shown on standard error; the exit status is 2,
/// since nothing was decided, but for what a remote's hook has denied.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Failure {
    /// What failed, on what, and why, in one sentence without its end. Safe to print.
    pub message: String,
    /// What to do next.
    pub help: Vec<Help>,
    /// The exit status.
    pub status: u8,
}

impl Failure {
    /// A failure that explains itself.
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), help: Vec::new(), status: UNDECIDED }
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        Self::new(format!("the answer cannot be written: {error}"))
    }
}

impl From<Stopped> for Failure {
    fn from(stopped: Stopped) -> Self {
        let status = if stopped.is_denied() { DENIED } else { UNDECIDED };
        let Undecided { message, help, .. } = stopped.into_undecided();
        Self { message, help, status }
    }
}

/// What a command ends with: its exit status, or the reason why there is none.
pub type Answer = Result<u8, Failure>;

/// The exit status of what is known to be not as it should be.
pub const DENIED: u8 = 1;

/// The exit status of bad usage, of faults, and of everything that could not be decided.
pub const UNDECIDED: u8 = 2;

/// Runs the command that the arguments (the program's name first) ask for.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> u8 {
    let parsed = CommandLine::command().try_get_matches_from(arguments);
    let parsed = parsed.and_then(|matches| CommandLine::from_arg_matches(&matches));
    let command_line = match parsed {
        Ok(command_line) => command_line,
        Err(usage) => {
            let terminal = Terminal::new(Color::Auto);
            let text = told(&usage);
            // Nobody is left to be told when the reader of this has gone.
            let _ = if usage.use_stderr() { terminal.err(&text) } else { terminal.out(&text) };
            return u8::try_from(usage.exit_code()).unwrap_or(UNDECIDED);
        }
    };
    let terminal = Terminal::new(command_line.color);
    match command_line.run(&terminal) {
        Ok(status) => status,
        Err(failure) => {
            // The exit status says it where standard error cannot.
            let _ = terminal.failure(&failure);
            failure.status
        }
    }
}

impl CommandLine {
    fn run(self, terminal: &Terminal) -> Answer {
        if let Some(directory) = &self.directory {
            std::env::set_current_dir(directory).map_err(|error| {
                let directory = printable(&directory.to_string_lossy());
                Failure::new(format!("cannot change to the directory {directory}: {error}"))
            })?;
        }
        let answers_for_itself = matches!(
            self.command,
            Command::Doctor(_)
                | Command::Demo(_)
                | Command::Install(_)
                | Command::Uninstall(_)
                | Command::Hook(_)
        );
        let answer = self.command.run(terminal);
        if !answers_for_itself
            && let Some(warning) = environment().ok().as_ref().and_then(warning::of_gone_hooks)
        {
            terminal.err(&warning)?;
        }
        answer
    }
}

impl Command {
    fn run(self, terminal: &Terminal) -> Answer {
        match self {
            Self::Doctor(arguments) => doctor::run(arguments, &environment()?, terminal),
            Self::Demo(arguments) => demo::run(arguments, &environment()?, terminal),
            Self::Lint(arguments) => lint::run(arguments, &environment()?, terminal),
            Self::Convert(arguments) => convert::run(arguments, terminal),
            Self::Check(arguments) => check::run(arguments, &environment()?, terminal),
            Self::Rehearse(arguments) => rehearse::run(arguments, &environment()?, terminal),
            Self::Land(arguments) => land::run(arguments, &environment()?, terminal),
            Self::Close(arguments) => close::run(arguments, &environment()?, terminal),
            Self::Status(arguments) => status::run(arguments, &environment()?, terminal),
            Self::Replay(arguments) => replay::run(arguments, &environment()?, terminal),
            Self::Plan(arguments) => plan::run(arguments, &environment()?, terminal),
            Self::Forecast(arguments) => forecast::run(arguments, &environment()?, terminal),
            Self::Install(arguments) => install::run(arguments, &environment()?, terminal),
            Self::Uninstall(arguments) => uninstall::run(arguments, &environment()?, terminal),
            Self::Explain(arguments) => explain::run(arguments, terminal),
            Self::Schema(arguments) => schema::run(arguments, terminal),
            Self::Hook(arguments) => hook::run(arguments, &environment()?, terminal),
        }
    }
}

/// What is wrong with the arguments, which it repeats: without colours where those hold what a
/// terminal would act on.
fn told(usage: &clap::Error) -> String {
    let plain = usage.render().to_string();
    let spelled: String = plain.lines().map(|line| printable(line) + "\n").collect();
    if spelled == plain { usage.render().ansi().to_string() } else { spelled }
}

fn environment() -> Result<Environment, Failure> {
    Environment::capture()
        .map_err(|error| Failure::new(format!("the current directory cannot be read: {error}")))
}

#[cfg(test)]
mod tests;
