//! Everything that [`Libgit2`] answers, asked of repositories that real git has made.

use std::collections::BTreeSet;

use policy::change::{Entry, EntryMode};
use policy::name::RefName;
use policy::oid::Oid;
use policy::path::RepoPath;

use super::Libgit2;
use crate::repository::{GitView, Head, ReadError, TreeChange};
use sandbox::Sandbox;

#[path = "../../../tests/suite/sandbox.rs"]
mod sandbox;

mod commits;
mod environment;
mod index;
mod merge;
mod references;
mod trees;
mod worktree;

fn view(world: &Sandbox, directory: &str) -> Libgit2 {
    Libgit2::open_at(&world.path(directory)).unwrap()
}

fn oid(text: &str) -> Oid {
    text.parse().unwrap()
}

fn path(text: &str) -> RepoPath {
    RepoPath::new(text).unwrap()
}

/// The changes as signs and paths, such as `+src/a`.
fn signs(changes: &[TreeChange]) -> Vec<String> {
    changes.iter().map(|change| sign(&change.path, change.old, change.new)).collect()
}

fn sign(path: &RepoPath, old: Option<Entry>, new: Option<Entry>) -> String {
    let sign = match (old, new) {
        (None, _) => '+',
        (_, None) => '-',
        (Some(old), Some(new)) if old.mode != new.mode => '!',
        _ => '~',
    };
    format!("{sign}{path}")
}
