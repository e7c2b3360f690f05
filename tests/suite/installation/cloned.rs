//! An agent's own clone, in whose main worktree a lane is checked out: which branch the trunk is.

use super::CONTRACT;
use crate::sandbox::Sandbox;

/// A server with two lanes, the contract having `more` at its top, and the first lane's own clone.
fn a_lane_that_is_cloned(more: &str, clone: &[&str]) -> Sandbox {
    let world = Sandbox::new();
    world.commit_files("repo", &[("contract.toml", &format!("{more}{CONTRACT}"))], "begin");
    world.git("repo", &["branch", "agents/one"]);
    world.server("server.git");
    world.git("repo", &["push", "--quiet", "origin", "--all"]);
    world.git("repo", &["branch", "develop"]);
    let address = format!("file://{}", world.path("server.git").display());
    let clone = [&["clone", "--quiet"][..], clone, &[&address, "clone"]].concat();
    world.git(".", &clone);
    world
}

/// Commits something in scope, and something beyond it.
fn lane_is_fenced(world: &Sandbox) {
    world.write("clone/one/in-scope", "x");
    world.git("clone", &["add", "."]);
    world.git("clone", &["commit", "--quiet", "-m", "in scope"]);
    world.write("clone/two/beyond", "x");
    world.git("clone", &["add", "."]);
    let beyond = world.try_git("clone", &["commit", "--quiet", "-m", "beyond"]);
    beyond.expect_failure().says("out-of-scope");
    world.gate("clone", &["doctor"]).expect(0).says("main");
}

#[test]
fn in_a_lanes_own_clone_the_trunk_is_the_remotes_head() {
    let world = a_lane_that_is_cloned("", &["--branch", "agents/one"]);
    world.gate("clone", &["install"]).expect(0).says("main (HEAD's branch at origin)");
    assert_eq!(world.git("clone", &["config", "contractgate.trunk"]).line(), "main");
    lane_is_fenced(&world);
    world.git("clone", &["branch", "--quiet", "main", "origin/main"]);
    world.gate("clone", &["install"]).expect(0).says("contractgate.trunk says so");
}

#[test]
fn a_lane_that_is_checked_out_in_the_main_worktree_is_not_the_trunk() {
    let world = a_lane_that_is_cloned("", &[]);
    world.git("clone", &["switch", "--quiet", "agents/one"]);
    world.gate("clone", &["install"]).expect(0).says("main (HEAD's branch at origin)");
    lane_is_fenced(&world);
}

#[test]
fn a_branch_that_has_its_contract_from_the_remotes_head_is_not_the_trunk() {
    let world = a_lane_that_is_cloned("", &[]);
    world.git("clone", &["switch", "--quiet", "-c", "feat/x"]);
    world.commit_files("clone", &[("notes", "1")], "notes");
    world.gate("clone", &["install"]).expect(0).says("main (HEAD's branch at origin)");
    world.gate("clone", &["install", "--trunk", "feat/x"]).expect(0).says("feat/x");
    // It has another contract: it may be a trunk beside the remote's.
    let world = a_lane_that_is_cloned("", &[]);
    world.git("clone", &["switch", "--quiet", "-c", "next"]);
    let another = CONTRACT.replace("version = 1", "version = 2");
    world.commit_files("clone", &[("contract.toml", &another)], "more");
    world.gate("clone", &["install"]).expect(0).says("next (the main worktree's branch)");
    // So is one that has no contract's, or that alone has one.
    let world = a_lane_that_is_cloned("", &[]);
    world.git("clone", &["switch", "--quiet", "--orphan", "bare"]);
    world.commit_files("clone", &[("notes", "1")], "notes");
    world.gate("clone", &["install"]).expect(0).says("bare (");
}

#[test]
fn in_a_lanes_own_clone_the_contract_may_name_the_trunk() {
    let world = a_lane_that_is_cloned("trunk = \"main\"\n", &["--branch", "agents/one"]);
    world.git("clone", &["remote", "set-head", "origin", "--delete"]);
    world.gate("clone", &["install"]).expect(0).says("main (the contract says so)");
    lane_is_fenced(&world);
}

#[test]
fn in_a_lanes_own_clone_the_trunk_can_be_named() {
    let world = a_lane_that_is_cloned("", &["--branch", "agents/one"]);
    world.git("clone", &["remote", "set-head", "origin", "--delete"]);
    let none = world.gate("clone", &["install"]);
    none.expect(2)
        .says("agents/one")
        .says("agent-1's lane")
        .says("contract-gate install --trunk BRANCH");
    assert!(!world.exists("clone/.git/hooks/pre-commit"), "nothing was installed");
    let there = world.gate("clone", &["install", "--trunk", "origin/main"]);
    there.expect(2).says("no branch origin/main").says("contract-gate install --trunk main");
    let missing = world.gate("clone", &["install", "--trunk", "mian"]);
    missing.expect(2).says("no branch mian").says("fetch it");
    world.gate("clone", &["install", "--trunk", "main"]).expect(0);
    lane_is_fenced(&world);
}

/// `--depth` implies `--single-branch`.
#[test]
fn in_a_clone_of_one_branch_it_is_said_what_fetches_the_trunk() {
    let one = ["--single-branch", "--branch", "agents/one"];
    let world = a_lane_that_is_cloned("trunk = \"main\"\n", &one);
    let fetch = "git fetch origin main:main";
    let installed = world.gate("clone", &["install"]);
    installed.expect(0).says("everything blocks").says(fetch).says("contract-gate install");
    installed.is_silent_about("commit a CONTRACT.md");
    let seen = world.gate("clone", &["doctor"]);
    seen.expect(2).says("has not fetched it from origin").says(fetch).is_silent_about("git push");
    world.write("clone/one/x", "x");
    world.git("clone", &["add", "."]);
    let refused = world.try_git("clone", &["commit", "--quiet", "-m", "x"]);
    refused.expect_failure().says("trunk-missing").says(fetch);
    world.git("clone", &["fetch", "--quiet", "origin", "main:main"]);
    world.gate("clone", &["install"]).expect(0).says("contract.toml at");
    lane_is_fenced(&world);
}

#[test]
fn a_lane_that_has_begun_elsewhere_goes_on_from_there() {
    for remotes in [1, 2] {
        let world = a_lane_that_is_cloned("", &[]);
        world.gate("clone", &["install"]).expect(0);
        if remotes == 2 {
            let address = format!("file://{}", world.path("server.git").display());
            world.git("clone", &["remote", "add", "--fetch", "backup", &address]);
        }
        let seen = world.gate("clone", &["doctor"]).text();
        let add = seen.lines().find_map(|line| line.find("git worktree").map(|at| &line[at..]));
        let add = add.unwrap_or_default().trim_end().to_owned();
        world.call("clone", "sh").args(["-c", &add]).run().expect(0);
        let upstream =
            world.git("agent-1", &["rev-parse", "--abbrev-ref", "agents/one@{upstream}"]);
        assert_eq!(upstream.line(), "origin/agents/one", "{add}");
    }
}

#[test]
fn a_lane_that_was_set_as_the_trunk_is_told_the_way_out() {
    let world = a_lane_that_is_cloned("", &["--branch", "agents/one"]);
    world.gate("clone", &["install", "--trunk", "agents/one"]).expect(0).says("as its lane");
    world.write("clone/one/x", "x");
    world.git("clone", &["add", "."]);
    let refused = world.try_git("clone", &["commit", "--quiet", "-m", "x"]);
    refused.expect_failure().says("lane-is-trunk").says("git config contractgate.trunk main");
    world.git("clone", &["config", "contractgate.trunk", "main"]);
    lane_is_fenced(&world);
}

#[test]
fn a_branch_that_was_set_as_the_trunk_is_told_by_doctor_with_the_way_out() {
    let doubt = "may be a branch of yours, and no trunk: main, HEAD's branch at origin, has";
    let told = |world: &Sandbox, what: &str| {
        world.gate("clone", &["doctor"]).expect(0).says(&format!("feat/x {doubt} {what}"));
        let text = world.gate("clone", &["doctor"]).text();
        let mend = text.lines().find_map(|line| line.split_once("if main is the trunk  "));
        let mend = mend.unwrap_or_else(|| panic!("{text}")).1;
        assert_eq!(mend, "contract-gate install --without pre-push --trunk main");
        let arguments: Vec<&str> = mend.split(' ').skip(1).collect();
        world.gate("clone", &arguments).expect(0).says("main");
        world.git("clone", &["switch", "--quiet", "agents/one"]);
        lane_is_fenced(world);
        world.gate("clone", &["doctor"]).expect(0).is_silent_about("may be a branch");
    };
    let install = ["install", "--without", "pre-push", "--trunk", "feat/x"];
    let world = a_lane_that_is_cloned("", &[]);
    world.git("clone", &["switch", "--quiet", "-c", "feat/x"]);
    world.commit_files("clone", &[("notes", "1")], "notes");
    world.gate("clone", &install).expect(0).says("feat/x");
    told(&world, "the same contract");
    // What was cut before the contract came enforces nothing.
    let world = a_lane_that_is_cloned("", &[]);
    world.git("clone", &["switch", "--quiet", "--orphan", "feat/x"]);
    world.commit_files("clone", &[("notes", "1")], "notes");
    world.gate("clone", &install).expect(0).says("none on the trunk yet");
    told(&world, "a contract, which is not enforced here");
}

#[test]
fn a_trunk_beside_the_remotes_head_is_not_doubted() {
    // It has a contract of its own, or one that names it; or the remote's HEAD has none.
    let own = CONTRACT.replace("version = 1", "version = 2");
    for text in [own, format!("trunk = \"next\"\n{CONTRACT}")] {
        let world = a_lane_that_is_cloned("", &[]);
        world.git("clone", &["switch", "--quiet", "-c", "next"]);
        world.commit_files("clone", &[("contract.toml", &text)], "more");
        world.gate("clone", &["install", "--trunk", "next"]).expect(0);
        world.gate("clone", &["doctor"]).expect(0).is_silent_about("may be a branch");
    }
    let world = a_lane_that_is_cloned("trunk = \"main\"\n", &[]);
    world.gate("clone", &["install"]).expect(0);
    world.gate("clone", &["doctor"]).expect(0).is_silent_about("may be a branch");
}
