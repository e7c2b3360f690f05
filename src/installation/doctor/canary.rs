//! The canary: git itself calls a hook (`git hook run`, since 2.36), which has to answer.
//!
//! The question is an environment variable. Whatever hook is asked so says who it is and refuses,
//! so that the question is no way past the gate.

use std::path::Path;
use std::time::Duration;

use super::git_of;
use crate::checkpoints::hook::reads_input;
use crate::installation::{HookName, HooksDirectory, Problem};
use crate::system::process::{ProcessError, command, run};

/// The variable that asks a hook to say which it is, instead of judging.
pub const QUESTION: &str = "CONTRACT_GATE_DOCTOR";

/// What a hook reads that is asked: no input that git would give.
const INPUT: &str = "the doctor's canary\n";

/// The exit status of git for an option that it does not know: `--to-stdin` came with 2.46.
const UNKNOWN_OPTION: i32 = 129;

/// How long a hook may take to answer when it is called without git.
const LIMIT: Duration = Duration::from_secs(30);

/// What a hook answers when it is asked, having read so many bytes: one line for standard error.
pub fn answer(hook: HookName, question: &str, read: usize) -> String {
    format!("contract-gate {} {hook} {question}, read {read} bytes\n", env!("CARGO_PKG_VERSION"))
}

/// What came of the question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Answer {
    /// Git called it and it answered, at this version, having read what git gives it to read.
    Fires(String),
    /// It answered, and its input did not arrive.
    Starved(String),
    /// Git got no answer: what was said instead.
    Silent(String),
}

/// Has git call a hook in a worktree.
pub(super) fn ask(root: &Path, hook: HookName, hooks: &Path) -> Result<Answer, Problem> {
    // Its own number in the question: an answer that is not to this call is none.
    let question = format!("asked by {}", std::process::id());
    let git = git_of(root).env(QUESTION, &question).args(["hook", "run"]);
    if !reads_input(hook.checkpoint()) {
        let called = git.arg(hook.as_str()).run()?;
        return Ok(heard(&called.stderr, hook, &question, 0));
    }
    let fed = git.clone().args(["--to-stdin=/dev/stdin", hook.as_str()]).input(INPUT).run()?;
    if fed.status.code() != Some(UNKNOWN_OPTION) {
        return Ok(heard(&fed.stderr, hook, &question, INPUT.len()));
    }
    // Git shows that it calls the hook, and a call without git that the hook reads.
    let called = heard(&git.arg(hook.as_str()).run()?.stderr, hook, &question, 0);
    if !matches!(called, Answer::Fires(_)) {
        return Ok(called);
    }
    let path = HooksDirectory::new(hooks).hook(hook);
    let mut direct = command(&path, root);
    direct.env(QUESTION, &question);
    match run(direct, hook.as_str(), Some(INPUT.into()), LIMIT) {
        Ok(fed) => Ok(heard(&fed.stderr, hook, &question, INPUT.len())),
        Err(ProcessError::Start { source, .. }) => Ok(Answer::Silent(source.to_string())),
        Err(error) => Err(error.into()),
    }
}

/// Reads what was said. An answer without a number of bytes is of a version that gave none.
fn heard(said: &[u8], hook: HookName, question: &str, given: usize) -> Answer {
    let said = String::from_utf8_lossy(said);
    for line in said.lines() {
        let Some((version, rest)) =
            line.strip_prefix("contract-gate ").and_then(|rest| rest.split_once(' '))
        else {
            continue;
        };
        let Some(read) = rest.strip_prefix(&format!("{hook} {question}")) else { continue };
        let read = read.strip_prefix(", read ").and_then(|read| read.strip_suffix(" bytes"));
        let version = version.to_owned();
        return match read {
            Some(read) if read != given.to_string() => Answer::Starved(version),
            _ => Answer::Fires(version),
        };
    }
    Answer::Silent(said.lines().next().unwrap_or("no answer").to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_to_this_question_and_tells_what_was_read() {
        let hook = HookName::PrePush;
        let hear = |said: &str, given| heard(said.as_bytes(), hook, "asked by 7", given);
        let version = env!("CARGO_PKG_VERSION").to_owned();
        let said = format!("lint ok\n{}", answer(hook, "asked by 7", 20));
        assert_eq!(hear(&said, 20), Answer::Fires(version.clone()));
        assert_eq!(hear(&said, 19), Answer::Starved(version));
        let older = hear("contract-gate 0.0.9 pre-push asked by 7\n", 20);
        assert_eq!(older, Answer::Fires("0.0.9".to_owned()));
        for other in ["", "contract-gate 0.0.9 pre-push asked by 8", "contract-gate 1 pre-commit"] {
            assert!(matches!(hear(other, 20), Answer::Silent(_)), "{other}");
        }
    }
}
