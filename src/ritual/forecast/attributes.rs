//! Attributes of paths that both sides change: who merges them, when it is not git's text merge.

use std::collections::BTreeSet;

use policy::path::RepoPath;

use crate::repository::aside::Aside;
use crate::ritual::{Done, Stopped};

/// A path that is merged in a way of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Driver {
    /// The path.
    pub path: RepoPath,
    /// The attribute `merge`: a driver's name; `set` and `unset` as git prints them.
    pub merge: String,
}

/// The paths among these that git does not merge as text by itself.
pub fn drivers(aside: &Aside, paths: &BTreeSet<RepoPath>) -> Done<Vec<Driver>> {
    if paths.is_empty() {
        return Ok(Vec::new());
    }
    let mut input = Vec::new();
    for path in paths {
        input.extend(path.as_bytes());
        input.push(0);
    }
    let told = aside.git().args(["check-attr", "-z", "--stdin", "merge"]).input(input).stdout()?;
    let fields: Vec<&[u8]> = told.split(|byte| *byte == 0).collect();
    let mut found = Vec::new();
    for field in fields.chunks_exact(3) {
        let odd = || Stopped::Refused("git check-attr printed something else".to_owned());
        let path = RepoPath::new(field[0]).map_err(|_| odd())?;
        let merge = policy::text::printable(&String::from_utf8_lossy(field[2]));
        if merge != "unspecified" {
            found.push(Driver { path, merge });
        }
    }
    Ok(found)
}
