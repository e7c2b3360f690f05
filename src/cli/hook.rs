//! The hooks: called by git under their own names, or as `contract-gate hook NAME` from another
//! manager's hook file. No argument parser is built for the former.

use std::ffi::OsString;
use std::io::Read;
use std::path::Path;

use clap::Args;
use policy::text::printable;

use super::{Answer, Failure, Terminal, UNDECIDED};
use crate::checkpoints::hook;
use crate::checkpoints::input::LONGEST_INPUT;
use crate::installation::{HookName, HooksDirectory, Record, doctor, previous};
use crate::report::human;
use crate::system::environment::Environment;

/// Run one of git's hooks, from another manager's hook file
#[derive(Debug, Args)]
pub struct Arguments {
    /// The hook: pre-commit, pre-merge-commit, reference-transaction, pre-push, pre-receive
    #[arg(value_name = "NAME", value_parser = |name: &str| name.parse::<HookName>())]
    hook: HookName,

    /// What git gave the hook
    #[arg(value_name = "ARGS", trailing_var_arg = true, allow_hyphen_values = true)]
    arguments: Vec<OsString>,
}

/// Runs a hook that git called by its name, which stands first in the arguments; and the hook
/// that was there before the gate.
pub fn run_as(hook: HookName, arguments: &[OsString], terminal: &Terminal) -> u8 {
    let answer = super::environment().and_then(|environment| {
        if let Some(question) = environment.text(doctor::QUESTION) {
            return tell_the_doctor(hook, &question, terminal);
        }
        let (program, arguments) =
            arguments.split_first().ok_or_else(|| Failure::new("git gave the hook no name"))?;
        let hooks = Path::new(program).parent().unwrap_or(Path::new("."));
        let input = input(hook)?;
        let call = Call { hook, arguments, input, environment, terminal, hooks: Some(hooks) };
        call.with_previous(hooks)
    });
    answer.unwrap_or_else(|failure| {
        // The exit status says it where standard error cannot.
        let _ = terminal.failure(&failure);
        UNDECIDED
    })
}

/// Runs a hook that was named.
///
/// # Errors
/// When its input cannot be read.
pub fn run(arguments: Arguments, environment: &Environment, terminal: &Terminal) -> Answer {
    let Arguments { hook, arguments } = arguments;
    if let Some(question) = environment.text(doctor::QUESTION) {
        return tell_the_doctor(hook, &question, terminal);
    }
    let (input, environment) = (input(hook)?, environment.clone());
    Call { hook, arguments: &arguments, input, environment, terminal, hooks: None }.judged()
}

/// Says which hook this is, at which version, and what it was given to read. Whatever was tried is
/// refused: the question is no way past the gate.
fn tell_the_doctor(hook: HookName, question: &str, terminal: &Terminal) -> Answer {
    let read = input(hook)?.len();
    terminal.err(&doctor::answer(hook, &printable(question), read))?;
    Ok(UNDECIDED)
}

/// One call of a hook.
struct Call<'a> {
    hook: HookName,
    arguments: &'a [OsString],
    input: Vec<u8>,
    environment: Environment,
    terminal: &'a Terminal,
    /// Where the hook lies; `None` when it was named on the command line.
    hooks: Option<&'a Path>,
}

impl Call<'_> {
    /// The gate, and the hook from before: in `pre-commit` that one goes first, since formatters
    /// stage what they change and the result is judged; elsewhere the gate does.
    fn with_previous(&self, hooks: &Path) -> Answer {
        if self.hook == HookName::PreCommit {
            match self.previous(hooks)? {
                0 => self.judged(),
                refused => Ok(refused),
            }
        } else {
            match self.judged()? {
                0 => self.previous(hooks),
                refused => Ok(refused),
            }
        }
    }

    fn previous(&self, hooks: &Path) -> Answer {
        let ended = previous::run(hooks, self.hook, self.arguments, &self.input);
        match ended {
            Ok(None) => Ok(0),
            // A hook that a signal has ended has not agreed.
            Ok(Some(status)) => {
                Ok(status.code().map_or(1, |code| u8::try_from(code & 0xff).unwrap_or(1)))
            }
            Err(error) => Err(Failure::new(format!(
                "the {} hook that was here before cannot be run: {error}",
                self.hook.as_str()
            ))),
        }
    }

    /// Whether the hook lies where a global setting has every repository find it. A record that
    /// cannot be read says nothing, and then the stricter holds.
    fn serves_every_repository(&self) -> bool {
        let record = self.hooks.map(|hooks| Record::read(&HooksDirectory::new(hooks)));
        matches!(record, Some(Ok(Some(record))) if record.every_repository)
    }

    /// Whether another hook lies where this one does.
    fn lies_beside(&self, other: HookName) -> bool {
        self.hooks.is_some_and(|hooks| hooks.join(other.as_str()).exists())
    }

    fn judged(&self) -> Answer {
        let checkpoint = self.hook.checkpoint();
        let call = hook::Call {
            arguments: self.arguments,
            input: &self.input,
            serves_every_repository: &|| self.serves_every_repository(),
            judges_moves: &|| self.lies_beside(HookName::ReferenceTransaction),
        };
        let report = hook::judge(checkpoint, call, &self.environment);
        let Some(report) = report else { return Ok(0) };
        if !report.is_silent() {
            self.terminal.err(&human::render(&report, self.terminal.err_look()))?;
        }
        Ok(report.exit_status())
    }
}

/// What git writes to the hook, whole.
fn input(hook: HookName) -> Result<Vec<u8>, Failure> {
    if !hook::reads_input(hook.checkpoint()) {
        return Ok(Vec::new());
    }
    read_whole(std::io::stdin().lock(), LONGEST_INPUT)
}

/// Reads an input that has at most so many bytes.
fn read_whole(from: impl Read, most: usize) -> Result<Vec<u8>, Failure> {
    let mut input = Vec::new();
    from.take(most as u64 + 1)
        .read_to_end(&mut input)
        .map_err(|error| Failure::new(format!("git's input cannot be read: {error}")))?;
    if input.len() > most {
        return Err(Failure::new(format!("git's input has more than {most} bytes")));
    }
    Ok(input)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_input_is_read_whole_or_refused_by_the_bound() {
        let read = |bytes: usize| read_whole(&vec![b'x'; bytes][..], 1000);
        assert_eq!(read(1000).map(|input| input.len()).ok(), Some(1000));
        let told = read(1001).err().map(|failure| failure.message);
        assert_eq!(told.as_deref(), Some("git's input has more than 1000 bytes"));
    }
}
