//! The hooks that were there before the gate: they go on working, as git would run them.

use std::ffi::OsString;
use std::fs;
use std::io::{self, Write};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};

use super::{HookName, HooksDirectory};
use crate::system::process::command;

/// What the kernel says of an executable file that begins neither with `#!` nor as a program:
/// `ENOEXEC`, on Linux, the BSDs and macOS alike.
const NOT_A_PROGRAM: i32 = 8;

/// Whether a hook from before stands behind the gate's, and git would run it. One that is not
/// executable is ignored, as git does.
pub fn exists(hooks_directory: &Path, hook: HookName) -> bool {
    let kept = HooksDirectory::new(hooks_directory).kept(hook);
    fs::metadata(kept).is_ok_and(|file| file.permissions().mode() & 0o111 != 0)
}

/// Runs the hook from before, with the same arguments and input as git gave to the gate, and with
/// the environment, directory and output as they are. `None` when there is none.
///
/// # Errors
/// It is there and cannot be run, or is the gate itself. Neither is a pass.
pub fn run(
    hooks_directory: &Path,
    hook: HookName,
    arguments: &[OsString],
    input: &[u8],
) -> io::Result<Option<ExitStatus>> {
    if !exists(hooks_directory, hook) {
        return Ok(None);
    }
    let hooks = HooksDirectory::new(hooks_directory);
    let kept = hooks.kept(hook);
    if is_the_gate(&hooks, &kept)? {
        let path = super::shown(&kept);
        return Err(io::Error::other(format!("{path} is the gate itself, not a hook from before")));
    }
    match start(command(&kept, Path::new(".")).args(arguments), input) {
        // Then git hands it to the shell (run_command in 2.39 and 2.47), and so do we.
        Err(error) if error.raw_os_error() == Some(NOT_A_PROGRAM) => {
            start(command("/bin/sh", Path::new(".")).arg(&kept).args(arguments), input).map(Some)
        }
        other => other.map(Some),
    }
}

fn is_the_gate(hooks: &HooksDirectory, kept: &Path) -> io::Result<bool> {
    let program: PathBuf = hooks.program();
    let kept = fs::metadata(kept)?;
    Ok(fs::metadata(program)
        .is_ok_and(|program| (program.dev(), program.ino()) == (kept.dev(), kept.ino())))
}

fn start(command: &mut Command, input: &[u8]) -> io::Result<ExitStatus> {
    let stdin = if input.is_empty() { Stdio::null() } else { Stdio::piped() };
    let mut child = command.stdin(stdin).spawn()?;
    if let Some(mut pipe) = child.stdin.take() {
        // A hook need not read its input: git does not mind either.
        match pipe.write_all(input) {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => return Err(error),
            _ => {}
        }
    }
    child.wait()
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Hooks(tempfile::TempDir);

    impl Hooks {
        fn with(content: &str, mode: u32) -> Self {
            let place = tempfile::tempdir().unwrap();
            fs::create_dir(place.path().join("hooks")).unwrap();
            let hooks = HooksDirectory::new(&place.path().join("hooks"));
            fs::create_dir(hooks.beside()).unwrap();
            // By a process of its own: while this one holds a file open for writing, another test's
            // child may inherit it for a moment, and whatever is open for writing cannot be run.
            let write = r#"printf %s "$1" >"$2" && chmod "$3" "$2""#;
            let mut shell = command("/bin/sh", place.path());
            shell.args(["-c", write, "sh", content]).arg(hooks.kept(HookName::PrePush));
            assert!(shell.arg(format!("{mode:o}")).status().unwrap().success());
            Self(place)
        }

        fn path(&self) -> PathBuf {
            self.0.path().join("hooks")
        }

        fn run(&self, input: &[u8]) -> io::Result<Option<i32>> {
            let arguments = [self.0.path().join("out").into_os_string(), "a b".into()];
            let ended = run(&self.path(), HookName::PrePush, &arguments, input)?;
            Ok(ended.map(|status| status.code().unwrap()))
        }

        fn out(&self) -> String {
            fs::read_to_string(self.0.path().join("out")).unwrap()
        }
    }

    #[test]
    fn arguments_input_and_status_pass_through() {
        let script = "#!/bin/sh\nprintf '%s|' \"$2\" >\"$1\"; cat >>\"$1\"; exit 7\n";
        let hooks = Hooks::with(script, 0o755);
        assert_eq!(hooks.run(b"one\ntwo\n").unwrap(), Some(7));
        assert_eq!(hooks.out(), "a b|one\ntwo\n");
        assert_eq!(hooks.run(b"").unwrap(), Some(7));
        assert_eq!(hooks.out(), "a b|");
    }

    #[test]
    fn a_hook_that_does_not_read_is_no_error() {
        let hooks = Hooks::with("#!/bin/sh\nexit 0\n", 0o755);
        assert_eq!(hooks.run(&vec![b'x'; 1 << 20]).unwrap(), Some(0));
    }

    #[test]
    fn without_an_interpreter_the_shell_runs_it() {
        let hooks = Hooks::with("echo plain >\"$1\"\n", 0o755);
        assert_eq!(hooks.run(b"").unwrap(), Some(0));
        assert_eq!(hooks.out(), "plain\n");
    }

    #[test]
    fn what_git_would_not_run_is_not_run() {
        let hooks = Hooks::with("#!/bin/sh\nexit 1\n", 0o644);
        assert_eq!(hooks.run(b"").unwrap(), None);
        let none = run(&hooks.path(), HookName::PreCommit, &[], b"").unwrap();
        assert!(none.is_none());
    }

    #[test]
    fn what_cannot_be_run_is_an_error_and_so_is_the_gate() {
        let broken = Hooks::with("#!/no/such/interpreter\n", 0o755);
        assert!(broken.run(b"").is_err());
        let gate = Hooks::with("#!/bin/sh\nexit 0\n", 0o755);
        let hooks = HooksDirectory::new(&gate.path());
        fs::hard_link(hooks.kept(HookName::PrePush), hooks.program()).unwrap();
        assert!(gate.run(b"").is_err());
    }
}
