//! Commands that people wrote for a shell: what a contract names as its suite, and the like.
//!
//! They run by `sh -c`, for minutes, in a process group of their own, so that all that they have
//! started ends when their time is over. What they print goes to a file as it comes.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use super::environment::LOCAL_GIT_VARIABLES;
use super::process;
use super::signals::Interrupt;

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// By itself, well.
    Well,
    /// By itself, with this exit status; a signal's number and 128 where one ended it.
    Failed(i32),
    /// Its time was over.
    TimedOut,
    /// The program was asked to end meanwhile.
    Interrupted,
}

/// A command for a shell, with what it may use.
#[derive(Debug, Clone)]
pub struct Shell<'a> {
    /// The text, as `sh -c` takes it.
    pub command: &'a str,
    /// Where it runs.
    pub directory: &'a Path,
    /// How long it may take.
    pub limit: Duration,
}

impl Shell<'_> {
    /// Runs the command to its end, both its streams written to a file. `tick` is called several
    /// times a second with the time that has passed. Variables of git that name a repository are taken away:
    /// they name another. Who commits, and how remotes are reached, stays as it is.
    ///
    /// # Errors
    /// When it cannot be started, or not be ended.
    pub fn run(
        &self,
        log: File,
        interrupt: &Interrupt,
        tick: &mut dyn FnMut(Duration),
    ) -> io::Result<End> {
        let mut shell = process::command("sh", self.directory);
        shell.args(["-c", self.command]);
        for name in LOCAL_GIT_VARIABLES {
            shell.env_remove(name);
        }
        shell.stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log).process_group(0);
        let begun = Instant::now();
        let mut child = shell.spawn()?;
        let mut ticked = Duration::ZERO;
        loop {
            if let Some(status) = child.try_wait()? {
                return Ok(ended(status));
            }
            let passed = begun.elapsed();
            let end = match () {
                () if interrupt.is_asked() => Some(End::Interrupted),
                () if passed >= self.limit => Some(End::TimedOut),
                () => None,
            };
            if let Some(end) = end {
                end_group(&mut child)?;
                return Ok(end);
            }
            if passed - ticked >= Duration::from_millis(200) {
                ticked = passed;
                tick(passed);
            }
            thread::sleep(Duration::from_millis(10));
        }
    }
}

fn ended(status: ExitStatus) -> End {
    use std::os::unix::process::ExitStatusExt;
    match (status.code(), status.signal()) {
        (Some(0), _) => End::Well,
        (Some(code), _) => End::Failed(code),
        (None, signal) => End::Failed(128 + signal.unwrap_or(0)),
    }
}

/// Ends a command and all that it has started: politely, and after two seconds at once.
fn end_group(child: &mut Child) -> io::Result<()> {
    use rustix::process::{Pid, Signal, kill_process_group};
    let Some(group) = i32::try_from(child.id()).ok().and_then(Pid::from_raw) else {
        return child.kill();
    };
    // A group that is gone already is what is wanted.
    let _ = kill_process_group(group, Signal::TERM);
    for _ in 0..200 {
        if child.try_wait()?.is_some() {
            break;
        }
        thread::sleep(Duration::from_millis(10));
    }
    let _ = kill_process_group(group, Signal::KILL);
    child.wait()?;
    Ok(())
}

/// The last bytes of a file, from the beginning of a line, bytes that are not UTF-8 replaced.
///
/// # Errors
/// When it cannot be read.
pub fn end_of(path: &Path, most: u64) -> io::Result<String> {
    let mut file = File::open(path)?;
    let length = file.metadata()?.len();
    let from = length.saturating_sub(most);
    file.seek(SeekFrom::Start(from))?;
    let mut bytes = Vec::new();
    file.take(most).read_to_end(&mut bytes)?;
    let text = String::from_utf8_lossy(&bytes).into_owned();
    Ok(match text.find('\n') {
        Some(at) if from > 0 => text[at + 1..].to_owned(),
        _ => text,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ran(command: &str, limit: Duration) -> (End, String, Duration) {
        let log = tempfile::NamedTempFile::new().unwrap();
        let shell = Shell { command, directory: Path::new("/"), limit };
        let begun = Instant::now();
        let end = shell.run(log.reopen().unwrap(), &Interrupt::default(), &mut |_| {}).unwrap();
        (end, end_of(log.path(), 1000).unwrap(), begun.elapsed())
    }

    #[test]
    fn a_command_ends_well_or_with_its_status_and_what_it_prints_is_kept() {
        let long = Duration::from_secs(60);
        assert_eq!(ran("pwd; echo b >&2", long).0, End::Well);
        assert_eq!(ran("pwd; echo b >&2", long).1, "/\nb\n");
        assert_eq!(ran("exit 3", long).0, End::Failed(3));
        assert_eq!(ran("kill -9 $$", long).0, End::Failed(137));
    }

    #[test]
    fn what_takes_too_long_is_ended_with_all_that_it_has_started() {
        let (end, said, _) = ran("sleep 600 & echo $!; wait", Duration::from_millis(300));
        assert_eq!(end, End::TimedOut);
        let sleeper = format!("/proc/{}/stat", said.trim());
        let gone = || std::fs::read_to_string(&sleeper).map_or(true, |stat| stat.contains(") Z "));
        assert!(gone(), "{sleeper} runs on");
    }

    #[test]
    fn the_end_of_a_long_file_begins_with_a_line() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), "first\nsecond\nthird\n").unwrap();
        assert_eq!(end_of(file.path(), 9).unwrap(), "third\n");
        assert_eq!(end_of(file.path(), 900).unwrap(), "first\nsecond\nthird\n");
    }
}
