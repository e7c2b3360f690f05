//! Everything that a [`GitView`] answers, asked of repositories that real git has made.

use std::collections::BTreeSet;
use std::path::Path;

use policy::change::{Entry, EntryMode};
use policy::name::RefName;
use policy::oid::Oid;
use policy::path::RepoPath;

use super::choice::choose;
use super::libgit2::Libgit2;
use super::plumbing::Plumbing;
use crate::repository::{GitView, Head, Read, ReadError, TreeChange, Wanted};
use crate::system::environment::Environment;
use sandbox::Sandbox;

#[path = "../../tests/suite/sandbox.rs"]
mod sandbox;

mod commits;
pub mod dice;
mod environment;
mod index;
mod kinds;
mod merge;
mod noted_tree;
mod parity;
mod references;
mod sizes;
mod trees;
mod worktree;

/// The repository around a directory, read the way that a run of the tests is about
/// (`CONTRACT_GATE_GIT`).
fn libgit2(directory: &Path) -> Read<Libgit2> {
    let nothing: [(&str, &str); 0] = [];
    Libgit2::open_at(&Environment::of(nothing, directory), "a test asks for it".to_owned())
}

fn try_view(world: &Sandbox, directory: &str) -> Read<Box<dyn GitView>> {
    let directory = world.path(directory);
    Ok(match is_plumbing() {
        true => Box::new(Plumbing::open_at(&directory)?),
        false => Box::new(libgit2(&directory)?),
    })
}

/// The repository around a directory, read the way that is chosen for it.
fn chosen_view(world: &Sandbox, directory: &str) -> Box<dyn GitView> {
    let directory = world.path(directory);
    let nothing: [(&str, &str); 0] = [];
    let environment = Environment::of(nothing, &directory);
    choose(&environment, Wanted::Index, libgit2(&directory)).unwrap()
}

fn view(world: &Sandbox, directory: &str) -> Box<dyn GitView> {
    try_view(world, directory).unwrap()
}

#[expect(clippy::disallowed_methods, reason = "it is the run of the tests that is asked")]
fn is_plumbing() -> bool {
    std::env::var_os("CONTRACT_GATE_GIT").is_some_and(|backend| backend == "plumbing")
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
