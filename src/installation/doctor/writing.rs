//! Whether a commit could be written: an agent's sandbox that lets it write in its worktree alone
//! leaves the git directory out, which lies elsewhere.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::{About, Finding, State, advice, git_of};
use crate::installation::{Place, Problem, place::line, shown};
use crate::system::files;

/// Tries what a commit needs in a worktree: a file in its own git directory (the index, HEAD), one
/// where objects are, and one where refs are. Each is taken away again.
pub(super) fn examine(place: &Place) -> Result<Finding, Problem> {
    let asked = git_of(&place.directory).args(["rev-parse", "--absolute-git-dir"]).stdout()?;
    let own = files::path_of(line(&asked));
    let common = &place.common_dir;
    // With reftable (git 2.45) refs are files of that directory.
    let tables = common.join("reftable");
    let refs = if tables.is_dir() { tables } else { common.join("refs") };
    let mut closed: Vec<(PathBuf, std::io::Error)> = Vec::new();
    for directory in [own, common.join("objects"), refs] {
        if let Err(error) = files::try_writing(&directory) {
            closed.push((directory, error));
        }
    }
    let Some((first, error)) = closed.first() else {
        let message = "what a commit needs can be written".to_owned();
        return Ok(Finding::new(About::Writing, State::Good, message));
    };
    let why = match error.kind() {
        ErrorKind::ReadOnlyFilesystem | ErrorKind::PermissionDenied => {
            "a sandbox, or the owner, keeps it closed".to_owned()
        }
        _ => policy::text::printable(&error.to_string()),
    };
    let message = format!("a commit would fail here: {} cannot be written: {why}", shown(first));
    let open = directories(&closed, common);
    let mend = advice(format!("let whoever works here write to {open}"));
    Ok(Finding::new(About::Writing, State::Wrong, message).mend([mend]))
}

/// The directories to open: the common one covers those in it.
fn directories(closed: &[(PathBuf, std::io::Error)], common: &Path) -> String {
    let mut names: Vec<String> = Vec::new();
    for (directory, _) in closed {
        let opened = if directory.starts_with(common) { common } else { directory };
        let name = shown(opened);
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names.join(" and ")
}
