//! `install`, `uninstall` and `doctor`, with real git: what they put there, what goes on working, and what
//! comes back.

mod beside;
mod broken;
mod chained;
mod cloned;
mod doctor;
mod examined;
mod killed;
mod left_out;
mod places;
mod restored;
mod server;

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

use super::sandbox::{Ran, Sandbox};

/// Two lanes in order.
pub const CONTRACT: &str = r#"format = 1
name = "two lanes"
version = 1

[agents.agent-1]
branch = "agents/one"
scope = ["one/**"]

[agents.agent-2]
branch = "agents/two"
scope = ["two/**"]

[[merge-order]]
agents = ["agent-1"]
[[merge-order]]
agents = ["agent-2"]
"#;

pub const CLIENT: [&str; 4] =
    ["pre-commit", "pre-merge-commit", "pre-push", "reference-transaction"];

/// A repository with the contract on its trunk, and the first lane in the worktree `one`.
pub fn two_lanes() -> Sandbox {
    let world = Sandbox::new();
    world.write("repo/contract.toml", CONTRACT);
    world.write("repo/one/there.txt", "one\n");
    world.write("repo/two/there.txt", "two\n");
    world.commit("repo", "the contract");
    world.worktree("one", "agents/one");
    world
}

/// Tries to commit a file of the other lane.
pub fn trespass(world: &Sandbox, worktree: &str) -> Ran {
    world.append(format!("{worktree}/two/there.txt"), "mine\n");
    world.git(worktree, &["add", "--all"]);
    let ran = world.try_git(worktree, &["commit", "-m", "tidy"]);
    world.git(worktree, &["reset", "--quiet", "--hard"]);
    ran
}

/// Commits a file of the lane's own.
pub fn work(world: &Sandbox, worktree: &str) -> Ran {
    world.append(format!("{worktree}/one/work.txt"), "work\n");
    world.git(worktree, &["add", "--all"]);
    world.try_git(worktree, &["commit", "-m", "work"])
}

/// Puts the gate on the search path, where a person who has installed it has it.
#[allow(clippy::disallowed_methods, reason = "a test starts git and the gate as a user does")]
pub fn with_the_command(mut world: Sandbox) -> Sandbox {
    let programs = Sandbox::gate_program().parent().unwrap().display().to_string();
    let path = std::env::var("PATH").unwrap();
    world.setenv("PATH", format!("{programs}:{path}"));
    world
}

/// What is at a path: kind, permission bits, and content or the link's text.
#[derive(Debug, PartialEq, Eq)]
pub struct Entry {
    kind: &'static str,
    mode: u32,
    content: Vec<u8>,
}

/// Everything below a directory.
pub fn everything(directory: &Path) -> BTreeMap<PathBuf, Entry> {
    let mut found = BTreeMap::new();
    let mut waiting = vec![directory.to_owned()];
    while let Some(next) = waiting.pop() {
        for entry in fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            let metadata = fs::symlink_metadata(&path).unwrap();
            let (kind, content) = if metadata.is_symlink() {
                ("link", fs::read_link(&path).unwrap().into_os_string().into_encoded_bytes())
            } else if metadata.is_dir() {
                waiting.push(path.clone());
                ("directory", Vec::new())
            } else {
                ("file", fs::read(&path).unwrap())
            };
            let mode = metadata.permissions().mode() & 0o7777;
            found.insert(path, Entry { kind, mode, content });
        }
    }
    found
}

/// The inodes of the hooks, in the order of their names.
pub fn inodes(world: &Sandbox, hooks: &str) -> Vec<u64> {
    let inode = |name: &str| fs::metadata(world.path(hooks).join(name)).unwrap().ino();
    CLIENT.map(inode).to_vec()
}

/// The gate as an older version would be: the same program, that says another number of itself.
pub fn older_version(world: &Sandbox) -> PathBuf {
    let (now, then) = (env!("CARGO_PKG_VERSION").as_bytes(), OLDER.as_bytes());
    assert_eq!(now.len(), then.len(), "the number is written over");
    let mut program = fs::read(Sandbox::gate_program()).unwrap();
    let mut at = 0;
    while let Some(found) = program[at..].windows(now.len()).position(|part| part == now) {
        program[at + found..at + found + now.len()].copy_from_slice(then);
        at += found + now.len();
    }
    assert!(at > 0, "the program says its version");
    world.write("older/contract-gate", program);
    world.make_executable("older/contract-gate");
    world.path("older/contract-gate")
}

pub const OLDER: &str = "0.0.9";

#[test]
fn one_installation_holds_worktrees_made_before_and_after() {
    let world = two_lanes();
    world.gate("repo", &["install"]).expect(0).says("all 2 worktrees").says("contract.toml at");
    world.worktree("later", "agents/two");
    trespass(&world, "one").expect_failure().says("out-of-scope").says("agent-1");
    world.write("later/one/x", "x");
    world.git("later", &["add", "--all"]);
    world.try_git("later", &["commit", "-m", "x"]).expect_failure().says("agent-2");
    work(&world, "one").expect(0);
}

#[test]
fn it_can_be_installed_from_a_linked_worktree_and_from_below() {
    let world = two_lanes();
    fs::create_dir(world.path("one/deep")).unwrap();
    world.gate("one/deep", &["install"]).expect(0).says("main (the main worktree's branch)");
    assert!(world.exists("repo/.git/hooks/pre-commit"));
    trespass(&world, "one").expect_failure().says("out-of-scope");
}

#[test]
fn the_hooks_are_one_private_file_that_nobody_may_write() {
    let world = two_lanes();
    world.gate("repo", &["install"]).expect(0);
    let program = fs::metadata(world.path("repo/.git/hooks/contract-gate")).unwrap();
    assert_eq!(program.permissions().mode() & 0o7777, 0o555);
    assert_eq!(inodes(&world, "repo/.git/hooks"), [program.ino(); 4]);
    let installed = fs::metadata(Sandbox::gate_program()).unwrap();
    assert_ne!(program.ino(), installed.ino(), "the installed command is never linked to");
}

#[test]
fn installing_again_changes_nothing() {
    let world = two_lanes();
    world.hook("repo", "pre-commit", "exit 0\n");
    world.gate("repo", &["install"]).expect(0);
    let (before, names) = (everything(&world.path("repo/.git")), inodes(&world, "repo/.git/hooks"));
    let again = world.gate("repo", &["install"]);
    again.expect(0).says("unchanged").is_silent_about("installed;");
    world.gate("one", &["install"]).expect(0);
    assert!(before == everything(&world.path("repo/.git")), "every byte and mode is as it was");
    assert_eq!(names, inodes(&world, "repo/.git/hooks"));
}

#[test]
fn hooks_that_are_left_out_stay_out() {
    let world = two_lanes();
    world.gate("repo", &["install", "--without", "reference-transaction"]).expect(0);
    assert!(!world.exists("repo/.git/hooks/reference-transaction"));
    // Put in later, and taken out again.
    world.gate("repo", &["install"]).expect(0);
    assert!(world.exists("repo/.git/hooks/reference-transaction"));
    let without = ["install", "--without", "reference-transaction", "--without", "pre-push"];
    world.gate("repo", &without).expect(0).says("taken away");
    assert!(!world.exists("repo/.git/hooks/reference-transaction"));
    assert!(!world.exists("repo/.git/hooks/pre-push"));
    trespass(&world, "one").expect_failure();
    let nothing = CLIENT.map(|hook| ["--without", hook]).concat();
    world.gate("repo", &[&["install"], &nothing[..]].concat()).expect(2).says("nothing to install");
    world.gate("repo", &["install", "--without", "post-commit"]).expect(2);
}

#[test]
fn observing_refuses_nothing_until_it_is_ended() {
    let world = two_lanes();
    world.gate("repo", &["install", "--observe"]).expect(0).says("observe");
    trespass(&world, "one").expect(0).says("out-of-scope");
    world.git("one", &["reset", "--quiet", "--hard", "main"]);
    world.gate("repo", &["install"]).expect(0).says("refused");
    trespass(&world, "one").expect_failure().says("out-of-scope");
    world.git("repo", &["config", "contractgate.mode", "observe"]);
    world.gate("repo", &["install"]).expect(0).says("set by hand");
    // What is set for all repositories holds here as well.
    world.git("repo", &["config", "--unset", "contractgate.mode"]);
    world.git("repo", &["config", "--global", "contractgate.mode", "observe"]);
    world
        .gate("repo", &["install"])
        .expect(0)
        .says("outside of this repository's own configuration");
}

#[test]
fn the_trunk_is_proposed_or_named() {
    let world = two_lanes();
    let trunk = |world: &Sandbox| world.git("repo", &["config", "contractgate.trunk"]).line();
    world.git("repo", &["branch", "develop"]);
    world.gate("one", &["install"]).expect(0);
    assert_eq!(trunk(&world), "main", "the main worktree's branch, whatever is checked out here");
    world.gate("repo", &["install", "--trunk", "refs/heads/develop"]).expect(0);
    assert_eq!(trunk(&world), "develop");
    world.gate("repo", &["install"]).expect(0).says("contractgate.trunk says so");
    assert_eq!(trunk(&world), "develop", "what was named stays");
    world.gate("repo", &["install", "--trunk", "mian"]).expect(2).says("no branch mian");
    world.gate("repo", &["uninstall"]).expect(0);
    world.git("repo", &["checkout", "--quiet", "--detach"]);
    world.gate("repo", &["install"]).expect(2).says("detached").says("--trunk");
    assert!(!world.exists("repo/.git/hooks/pre-commit"), "nothing was installed");
}

#[test]
fn an_empty_repository_can_be_prepared() {
    let world = Sandbox::new();
    world.gate("repo", &["install"]).expect(0).says("no commit yet");
    assert_eq!(world.git("repo", &["config", "contractgate.trunk"]).line(), "main");
    world.write("repo/contract.toml", CONTRACT);
    world.commit("repo", "the contract");
    world.worktree("one", "agents/one");
    world.write("one/two/x", "x");
    world.git("one", &["add", "--all"]);
    world.try_git("one", &["commit", "-m", "x"]).expect_failure().says("out-of-scope");
}

#[test]
fn a_contract_that_is_found_is_remembered() {
    let world = two_lanes();
    world.gate("repo", &["install"]).expect(0);
    let key = ["config", "--get", "contractgate.contract"];
    assert_eq!(world.git("repo", &key).line(), "contract.toml");
    world.gate("repo", &["uninstall"]).expect(0);
    world.try_git("repo", &key).expect(1);
}

#[test]
fn a_broken_contract_is_said_and_nothing_is_remembered() {
    let world = two_lanes();
    world.write("repo/contract.toml", "format = 7\n");
    world.commit("repo", "broken");
    world.gate("repo", &["install"]).expect(0).says("not a valid contract").says("mend");
    world.try_git("repo", &["config", "--get", "contractgate.contract"]).expect(1);
}
