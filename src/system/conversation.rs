//! A process that answers questions for as long as it is asked.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::thread::{self, JoinHandle};

use super::process::{ProcessError, last_words};

/// How much of what it says on standard error is kept, in bytes; the rest is read and forgotten.
const MAX_STDERR: u64 = 64 << 10;

/// A process with both ends of a pipe to it. It ends when this is dropped.
#[derive(Debug)]
pub struct Conversation {
    call: String,
    child: Child,
    stdin: Option<ChildStdin>,
    stdout: BufReader<ChildStdout>,
    stderr: Option<JoinHandle<Vec<u8>>>,
}

impl Conversation {
    /// Starts the process. `call` is how messages name it.
    ///
    /// # Errors
    /// When it cannot be started.
    pub(super) fn begin(mut command: Command, call: String) -> Result<Self, ProcessError> {
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let program = command.get_program().to_string_lossy().into_owned();
        let mut child =
            command.spawn().map_err(|source| ProcessError::Start { program, source })?;
        let missing = || io::Error::other("a pipe is missing");
        let pipe = |source| ProcessError::Pipe { call: call.clone(), source };
        let stdin = child.stdin.take();
        let stdout = child.stdout.take().ok_or_else(missing).map_err(pipe)?;
        let stderr = child.stderr.take().map(|stderr| thread::spawn(move || kept(stderr)));
        Ok(Self { call, child, stdin, stdout: BufReader::new(stdout), stderr })
    }

    /// Sends a line. It must not hold an end of a line itself.
    pub fn ask(&mut self, line: &str) -> Result<(), ProcessError> {
        let mut whole = String::with_capacity(line.len() + 1);
        whole.push_str(line);
        whole.push('\n');
        let stdin = self.stdin.as_mut();
        let sent = match stdin {
            Some(stdin) => stdin.write_all(whole.as_bytes()).and_then(|()| stdin.flush()),
            None => Err(io::Error::other("it has ended")),
        };
        sent.map_err(|source| self.pipe(source))
    }

    /// Reads a line of at most so many bytes, without its end.
    pub fn read_line(&mut self, limit: usize) -> Result<Vec<u8>, ProcessError> {
        let mut line = Vec::new();
        let read = (&mut self.stdout).take(limit as u64).read_until(b'\n', &mut line);
        read.map_err(|source| self.pipe(source))?;
        match line.pop() {
            Some(b'\n') => Ok(line),
            _ => Err(self.pipe(io::Error::new(io::ErrorKind::UnexpectedEof, "no whole answer"))),
        }
    }

    /// Reads up to a byte that ends a record, which is not part of it, into a buffer that is
    /// emptied first. `false`: there is no further record, and the process has ended well.
    ///
    /// # Errors
    /// When the record is longer than the limit, in bytes, or the process failed.
    pub fn read_record(
        &mut self,
        end: u8,
        limit: usize,
        record: &mut Vec<u8>,
    ) -> Result<bool, ProcessError> {
        record.clear();
        let read = (&mut self.stdout).take(limit as u64).read_until(end, record);
        read.map_err(|source| self.pipe(source))?;
        match record.pop() {
            Some(last) if last == end => Ok(true),
            Some(_) => {
                Err(self.pipe(io::Error::new(io::ErrorKind::InvalidData, "a record without end")))
            }
            None => self.ended_well().map(|()| false),
        }
    }

    fn ended_well(&mut self) -> Result<(), ProcessError> {
        self.stdin = None;
        let status = self.child.wait().map_err(|source| self.pipe(source))?;
        if status.success() {
            return Ok(());
        }
        let said = self.stderr.take().and_then(|reader| reader.join().ok()).unwrap_or_default();
        Err(ProcessError::Failed { call: self.call.clone(), status, stderr: last_words(&said) })
    }

    /// Reads so many bytes.
    pub fn read_exactly(&mut self, count: u64) -> Result<Vec<u8>, ProcessError> {
        let mut bytes = Vec::new();
        let read = (&mut self.stdout).take(count).read_to_end(&mut bytes);
        let read = read.map_err(|source| self.pipe(source))?;
        if read as u64 == count {
            return Ok(bytes);
        }
        Err(self.pipe(io::Error::new(io::ErrorKind::UnexpectedEof, "the answer is cut off")))
    }

    /// Ends a process that has failed: what it said on its way, or else the failure.
    pub fn end(mut self, failure: ProcessError) -> String {
        self.stop();
        let said = self.stderr.take().and_then(|reader| reader.join().ok()).unwrap_or_default();
        match last_words(&said) {
            said if said.is_empty() => failure.to_string(),
            said => format!("{}: {said}", self.call),
        }
    }

    fn stop(&mut self) {
        self.stdin = None;
        // It only reads; one that does not end by itself now is in the middle of an answer.
        drop(self.child.kill());
        drop(self.child.wait());
    }

    fn pipe(&self, source: io::Error) -> ProcessError {
        ProcessError::Pipe { call: self.call.clone(), source }
    }
}

impl Drop for Conversation {
    fn drop(&mut self) {
        self.stop();
    }
}

fn kept(mut stderr: impl Read) -> Vec<u8> {
    let mut bytes = Vec::new();
    // What cannot be read of it is missing from a message, and nothing else.
    drop((&mut stderr).take(MAX_STDERR).read_to_end(&mut bytes));
    drop(io::copy(&mut stderr, &mut io::sink()));
    bytes
}

#[cfg(test)]
mod tests {
    use super::super::process::command;
    use super::*;

    fn shell(script: &str) -> Conversation {
        let mut command = command("sh", std::path::Path::new("/"));
        command.args(["-c", script]);
        Conversation::begin(command, "sh".to_owned()).unwrap()
    }

    #[test]
    fn it_is_asked_and_answers() {
        let mut cat = shell("cat");
        for line in ["one", "two"] {
            cat.ask(line).unwrap();
            assert_eq!(cat.read_line(10).unwrap(), line.as_bytes());
        }
        cat.ask("three").unwrap();
        assert_eq!(cat.read_exactly(6).unwrap(), b"three\n");
        cat.ask("a line that is too long").unwrap();
        assert!(cat.read_line(5).is_err());
    }

    #[test]
    fn records_are_read_to_the_end_and_a_failure_is_none() {
        let mut asked = shell("printf 'a\\0\\0bc\\0'");
        let (mut all, mut record) = (Vec::new(), Vec::new());
        while asked.read_record(0, 3, &mut record).unwrap() {
            all.push(record.clone());
        }
        assert_eq!(all, [b"a".to_vec(), Vec::new(), b"bc".to_vec()]);
        assert!(shell("printf abcd").read_record(0, 3, &mut record).is_err());
        let error = shell("echo no >&2; exit 3").read_record(0, 3, &mut record).unwrap_err();
        assert!(error.to_string().ends_with(": no"), "{error}");
    }

    #[test]
    fn its_last_words_are_the_reason() {
        let mut dying = shell("read line; echo $line; printf 'no\\033such' >&2");
        dying.ask("first").unwrap();
        assert_eq!(dying.read_line(10).unwrap(), b"first");
        let failure = dying.read_line(10).unwrap_err();
        let reason = dying.end(failure);
        assert!(reason.starts_with("sh: no") && !reason.contains('\x1b'), "{reason}");
        let silent = shell("exit 1").read_exactly(1).unwrap_err();
        assert!(silent.to_string().contains("cut off"), "{silent}");
    }
}
