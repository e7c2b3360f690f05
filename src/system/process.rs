//! The only place that starts a process.
//!
//! [`Git`] builds every call of git: without pager, prompt or replace refs, in the C locale, and
//! without writing the index on the way (`GIT_OPTIONAL_LOCKS`). No shell is ever started here.

use std::ffi::{OsStr, OsString};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

pub use super::conversation::Conversation;
use super::environment::LOCAL_GIT_VARIABLES;

/// How long a call of git may take.
const TIMEOUT: Duration = Duration::from_secs(120);

/// How many bytes a process may print that is read to its end, on either stream. An index of a
/// million files, compared with nothing, is some 200 MB of `diff-index --raw`.
const MOST_PRINTED: u64 = 1 << 30;

/// Why a process gave no answer.
#[derive(Debug, thiserror::Error)]
pub enum ProcessError {
    /// It could not be started.
    #[error("{program} cannot be started: {source}")]
    Start {
        /// What was to be started.
        program: String,
        /// Why not.
        source: io::Error,
    },
    /// It took too long and was ended.
    #[error("{call} took longer than {} s and was ended", limit.as_secs())]
    Timeout {
        /// The call.
        call: String,
        /// How long it could take.
        limit: Duration,
    },
    /// Its input or output broke.
    #[error("{call}: {source}")]
    Pipe {
        /// The call.
        call: String,
        /// What broke.
        source: io::Error,
    },
    /// It printed more than is read.
    #[error("{call} printed more than {limit} bytes")]
    TooMuch {
        /// The call.
        call: String,
        /// How many bytes are read.
        limit: u64,
    },
    /// It said no.
    #[error("{call} failed ({status}): {stderr}")]
    Failed {
        /// The call.
        call: String,
        /// Its exit status.
        status: ExitStatus,
        /// The end of what it wrote to standard error, made printable.
        stderr: String,
    },
}

/// What a process left behind.
#[derive(Debug)]
pub struct Output {
    /// How it ended.
    pub status: ExitStatus,
    /// Its standard output.
    pub stdout: Vec<u8>,
    /// Its standard error. Foreign text.
    pub stderr: Vec<u8>,
}

/// The remote at which lanes are looked up that are not here, for hooks that this program makes git run.
pub const LANES_AT: &str = "CONTRACT_GATE_REMOTE";

/// One call of git.
#[derive(Debug, Clone)]
pub struct Git {
    directory: PathBuf,
    settings: Vec<OsString>,
    arguments: Vec<OsString>,
    set: Vec<(OsString, OsString)>,
    unset: Vec<OsString>,
    input: Option<Vec<u8>>,
    limit: Duration,
}

impl Git {
    /// A call in a directory, with the environment as it is: the repository is the one that git
    /// finds there, or that the environment names.
    pub fn in_directory(directory: impl Into<PathBuf>) -> Self {
        let set = [
            ("GIT_NO_REPLACE_OBJECTS", "1"),
            ("GIT_OPTIONAL_LOCKS", "0"),
            ("GIT_TERMINAL_PROMPT", "0"),
            ("GIT_PAGER", "cat"),
            ("GIT_LITERAL_PATHSPECS", "1"),
            ("LC_ALL", "C"),
        ];
        Self {
            directory: directory.into(),
            settings: Vec::new(),
            arguments: Vec::new(),
            set: set.map(|(name, value)| (name.into(), value.into())).to_vec(),
            // Settings by environment could change what git prints; none of ours travel so.
            unset: ["GIT_TRACE", "GIT_EXTERNAL_DIFF", "GIT_DIFF_OPTS", "GIT_ATTR_SOURCE"]
                .map(OsString::from)
                .to_vec(),
            input: None,
            limit: TIMEOUT,
        }
    }

    /// Forgets which repository the environment names, so that the directory alone decides.
    pub fn of_directory_alone(mut self) -> Self {
        self.unset.extend(LOCAL_GIT_VARIABLES.map(OsString::from));
        self
    }

    /// Reads no configuration but the repository's own (`GIT_CONFIG_GLOBAL`: git 2.32 and later).
    pub fn without_personal_settings(self) -> Self {
        self.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1")
    }

    /// A call about one repository with one index, whatever the environment names; it starts
    /// nothing on its own.
    pub fn about(directory: &Path, git_dir: &Path, index: &Path) -> Self {
        Self::in_directory(directory)
            .of_directory_alone()
            .env("GIT_DIR", git_dir)
            .env("GIT_INDEX_FILE", index)
            .setting("core.fsmonitor=false")
            .setting("core.hooksPath=/dev/null")
    }

    /// One more argument.
    pub fn arg(mut self, argument: impl AsRef<OsStr>) -> Self {
        self.arguments.push(argument.as_ref().to_owned());
        self
    }

    /// More arguments.
    pub fn args<I: IntoIterator<Item: AsRef<OsStr>>>(mut self, arguments: I) -> Self {
        self.arguments.extend(arguments.into_iter().map(|one| one.as_ref().to_owned()));
        self
    }

    /// A setting of git's for this call alone, `key=value` (`git -c`).
    pub fn setting(mut self, setting: &str) -> Self {
        self.settings.extend(["-c".into(), setting.into()]);
        self
    }

    /// Sets a variable.
    pub fn env(mut self, name: impl AsRef<OsStr>, value: impl AsRef<OsStr>) -> Self {
        self.set.push((name.as_ref().to_owned(), value.as_ref().to_owned()));
        self
    }

    /// Tells hooks of this program that the call runs at which remote lanes are looked up, where that was said.
    pub fn with_lanes_at(self, remote: Option<&str>) -> Self {
        match remote {
            Some(remote) => self.env(LANES_AT, remote),
            None => self,
        }
    }

    /// Takes a variable away.
    pub fn without(mut self, name: &str) -> Self {
        self.unset.push(name.into());
        self
    }

    /// What it reads from standard input; nothing by default.
    pub fn input(mut self, bytes: impl Into<Vec<u8>>) -> Self {
        self.input = Some(bytes.into());
        self
    }

    /// How long it may take, instead of two minutes.
    pub fn within(mut self, limit: Duration) -> Self {
        self.limit = limit;
        self
    }

    /// Runs it to its end, whatever that is.
    pub fn run(self) -> Result<Output, ProcessError> {
        let call = self.call();
        run(self.command(), &call, self.input, self.limit)
    }

    /// Starts it, to be asked line by line. It may take as long as it takes.
    pub fn converse(self) -> Result<Conversation, ProcessError> {
        Conversation::begin(self.command(), self.call())
    }

    fn command(&self) -> Command {
        let mut command = command("git", &self.directory);
        command.args(&self.settings).args(&self.arguments);
        for name in &self.unset {
            command.env_remove(name);
        }
        command.envs(self.set.iter().map(|(name, value)| (name, value)));
        command
    }

    /// Runs it, and gives its standard output when it ends well.
    pub fn stdout(self) -> Result<Vec<u8>, ProcessError> {
        let call = self.call();
        let output = self.run()?;
        if output.status.success() {
            return Ok(output.stdout);
        }
        Err(ProcessError::Failed {
            call,
            status: output.status,
            stderr: last_words(&output.stderr),
        })
    }

    /// For messages: `git` and the first words of its arguments.
    fn call(&self) -> String {
        let words: Vec<_> = self.arguments.iter().map(|word| word.to_string_lossy()).collect();
        let shown = words.iter().take(6).map(|word| policy::text::printable(word));
        let dots = if words.len() > 6 { " …" } else { "" };
        format!("git {}{dots}", shown.collect::<Vec<_>>().join(" "))
    }
}

/// A program with its arguments, to be started as it is in a directory: for hooks that were
/// there before, and for what a contract names.
#[expect(clippy::disallowed_methods, reason = "this is the one place that starts a process")]
pub fn command(program: impl AsRef<OsStr>, directory: &Path) -> Command {
    let mut command = Command::new(program);
    command.current_dir(directory);
    command
}

/// The file of this very program, to be started again.
///
/// # Errors
/// When the system does not tell.
pub fn this_program() -> io::Result<PathBuf> {
    std::env::current_exe()
}

/// Runs a command to its end, within a time, feeding it its input while reading its output.
pub fn run(
    command: Command,
    call: &str,
    input: Option<Vec<u8>>,
    limit: Duration,
) -> Result<Output, ProcessError> {
    run_reading(command, call, input, limit, MOST_PRINTED)
}

/// The same, reading at most so many bytes of each stream.
fn run_reading(
    mut command: Command,
    call: &str,
    input: Option<Vec<u8>>,
    limit: Duration,
    most: u64,
) -> Result<Output, ProcessError> {
    let pipe = |source| ProcessError::Pipe { call: call.to_owned(), source };
    command.stdin(if input.is_some() { Stdio::piped() } else { Stdio::null() });
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().map_err(|source| ProcessError::Start {
        program: command.get_program().to_string_lossy().into_owned(),
        source,
    })?;
    let writer = child.stdin.take().zip(input).map(|(mut stdin, bytes)| {
        // A child that stops reading is no error: its exit status says what it thought.
        thread::spawn(move || drop(stdin.write_all(&bytes)))
    });
    let begun = Instant::now();
    let (reading, read) = mpsc::channel();
    let stdout = child.stdout.take().map(|stdout| reader(stdout, most, reading.clone()));
    let stderr = child.stderr.take().map(|stderr| reader(stderr, most, reading));
    // Both streams end with the process, or shortly before: until then nobody has to look.
    let _: Result<(), _> = read.recv_timeout(limit);
    let status = wait(&mut child, limit.saturating_sub(begun.elapsed())).map_err(pipe)?;
    let Some(status) = status else {
        return Err(ProcessError::Timeout { call: call.to_owned(), limit });
    };
    let collect = |reader: Option<Reader>| {
        let Some(reader) = reader else { return Ok(Vec::new()) };
        let read = reader.join().unwrap_or_else(|_| Err(io::Error::other("reader ended")));
        let too_much = || ProcessError::TooMuch { call: call.to_owned(), limit: most };
        read.map_err(pipe)?.ok_or_else(too_much)
    };
    let (stdout, stderr) = (collect(stdout)?, collect(stderr)?);
    if let Some(writer) = writer {
        drop(writer.join());
    }
    Ok(Output { status, stdout, stderr })
}

/// What becomes of a stream: its bytes, or `None` when there were more than are read.
type Reader = thread::JoinHandle<io::Result<Option<Vec<u8>>>>;

/// Reads at most so many bytes. Where there are more it goes away, and the child, which then
/// writes to nobody, ends. The sender goes with the reading.
fn reader(from: impl Read + Send + 'static, most: u64, reading: mpsc::Sender<()>) -> Reader {
    thread::spawn(move || {
        let _reading = reading;
        let mut bytes = Vec::new();
        from.take(most.saturating_add(1)).read_to_end(&mut bytes)?;
        Ok((bytes.len() as u64 <= most).then_some(bytes))
    })
}

/// Waits for the child; ends it when the time is over, and says so by `None`.
fn wait(child: &mut Child, limit: Duration) -> io::Result<Option<ExitStatus>> {
    let end = Instant::now() + limit;
    let mut pause = Duration::from_micros(50);
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        if Instant::now() >= end {
            child.kill()?;
            child.wait()?;
            return Ok(None);
        }
        thread::sleep(pause);
        pause = (pause * 2).min(Duration::from_millis(10));
    }
}

/// The last lines of what a process said, made printable, in one line.
pub fn last_words(stderr: &[u8]) -> String {
    let text = String::from_utf8_lossy(stderr);
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let lines: Vec<_> = lines.map(policy::text::printable).collect();
    lines[lines.len().saturating_sub(5)..].join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn git() -> Git {
        Git::in_directory(std::env::temp_dir()).of_directory_alone()
    }

    #[test]
    fn a_call_is_fed_and_read() {
        let big = vec![b'x'; 1 << 20];
        let id = git().args(["hash-object", "--stdin"]).input(big).stdout().unwrap();
        assert_eq!(id.len(), 41);
    }

    #[test]
    fn settings_come_before_the_command() {
        let shown = git().setting("a.b=1").setting("a.c=2").args(["config", "--get-regexp", "^a"]);
        assert_eq!(shown.stdout().unwrap(), b"a.b 1\na.c 2\n");
    }

    #[test]
    fn a_failure_says_what_git_said_in_its_own_words() {
        let error = git().args(["rev-parse", "--verify", "no\x1bsuch"]).stdout().unwrap_err();
        let message = error.to_string();
        assert!(message.contains("git rev-parse") && !message.contains('\x1b'), "{message}");
    }

    #[test]
    fn what_takes_too_long_is_ended() {
        let mut sleeper = command("sleep", Path::new("/"));
        sleeper.arg("60");
        let error = run(sleeper, "sleep", None, Duration::from_millis(50)).unwrap_err();
        assert!(matches!(error, ProcessError::Timeout { .. }), "{error}");
    }

    #[test]
    fn what_prints_too_much_is_told_by_the_limit_and_not_read_in_part() {
        let printing = |script: &str, most| {
            let mut shell = command("sh", Path::new("/"));
            shell.args(["-c", script]);
            run_reading(shell, "a call", None, TIMEOUT, most)
        };
        for stream in ["", " >&2"] {
            let five = format!("printf 12345{stream}");
            let read = printing(&five, 5).unwrap();
            assert_eq!([read.stdout, read.stderr].concat(), b"12345");
            let error = printing(&five, 4).unwrap_err();
            assert_eq!(error.to_string(), "a call printed more than 4 bytes");
            // One that would never end is ended by nobody listening.
            let endless = printing(&format!("yes{stream}"), 1 << 20).unwrap_err();
            assert!(matches!(endless, ProcessError::TooMuch { limit: 1048576, .. }), "{endless}");
        }
    }

    #[test]
    fn a_program_that_is_missing_is_named() {
        let missing = command("/no/such/program", Path::new("/"));
        let error = run(missing, "a call", None, TIMEOUT).unwrap_err();
        assert!(error.to_string().contains("/no/such/program"), "{error}");
    }
}
