//! Settings of the gate's that one worktree has for itself (`git config --worktree`): the hooks there go by
//! them, and nothing that is said of the repository does.

use std::path::Path;

use policy::text::{printable, shell_word};

use super::{About, Finding, State, command, git_of};
use crate::installation::{MODE, OBSERVE, Place, Problem, TRUNK};

/// Whether worktrees can have settings of their own here; else git reads the repository's for them.
///
/// # Errors
/// Git cannot be run.
pub(super) fn can_be(place: &Place) -> Result<bool, Problem> {
    let asked = ["config", "--type=bool", "--get", "extensions.worktreeConfig"];
    Ok(place.git().args(asked).run()?.stdout == b"true\n")
}

/// What a worktree is judged by that the others are not.
///
/// # Errors
/// Git cannot be run.
pub(super) fn examine(root: &Path) -> Result<Vec<Finding>, Problem> {
    // Git answers with 1 where there is none (2.39 and 2.47).
    let asked = ["config", "--worktree", "--null", "--get-regexp", r"^contractgate\."];
    let told = git_of(root).args(asked).run()?;
    let settings = told.stdout.split(|byte| *byte == 0).filter(|setting| !setting.is_empty());
    Ok(settings.filter_map(|setting| told_of(root, &String::from_utf8_lossy(setting))).collect())
}

fn told_of(root: &Path, setting: &str) -> Option<Finding> {
    let (key, value) = setting.split_once('\n').unwrap_or((setting, ""));
    let about = match key {
        _ if key == TRUNK => About::Trunk,
        _ if key == MODE && value == OBSERVE => About::Mode,
        _ => return None,
    };
    let message = format!("this worktree alone is judged by {key} = {}", printable(value));
    let root = shell_word(&printable(&root.to_string_lossy()));
    let mend = command(
        "judge it as the others",
        &format!("git -C {root} config --worktree --unset-all {key}"),
    );
    Some(Finding::new(about, State::Wrong, message).mend([mend]))
}
