//! `doctor`: everything that is no hook, and the document for programs.

use serde_json::Value;

use super::*;

/// The document, valid by its published schema.
fn document(world: &Sandbox, directory: &str, code: i32) -> Value {
    let ran = world.gate(directory, &["doctor", "--format", "json"]);
    ran.expect(code);
    let document: Value = serde_json::from_slice(&ran.stdout).unwrap();
    let schema = world.gate(directory, &["schema", "doctor"]).stdout;
    let schema: Value = serde_json::from_slice(&schema).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let errors: Vec<_> = validator.iter_errors(&document).map(|error| error.to_string()).collect();
    assert_eq!(errors, [""; 0]);
    document
}

/// The state and message of what the document says of the repository.
fn of_repository(document: &Value, about: &str) -> (String, String) {
    let findings = document["findings"].as_array().unwrap();
    let found = findings.iter().find(|finding| finding["about"] == about).unwrap();
    let text = |key: &str| found[key].as_str().unwrap().to_owned();
    (text("state"), text("message"))
}

#[test]
fn the_document_has_it_all() {
    let world = two_lanes();
    let missing = document(&world, "repo", 1);
    assert_eq!(missing["state"], "wrong");
    assert_eq!(of_repository(&missing, "installation").0, "wrong");
    world.gate("repo", &["install"]).expect(0);
    let found = document(&world, "one", 0);
    assert_eq!((&found["format"], &found["state"]), (&1.into(), &"note".into()));
    for about in ["installation", "program", "backend", "trunk", "contract", "mode"] {
        assert_eq!(of_repository(&found, about).0, "good", "{about}");
    }
    let worktrees = found["worktrees"].as_array().unwrap();
    assert_eq!(worktrees.len(), 2);
    assert_eq!(worktrees[1]["branch"], "agents/one");
    let about = |finding: &Value| finding["about"].as_str().unwrap().to_owned();
    let all: Vec<_> = worktrees[1]["findings"].as_array().unwrap().iter().map(about).collect();
    let hooks = CLIENT.map(str::to_owned);
    assert_eq!(all[0], "hooks-directory");
    assert_eq!(all[1..5], hooks);
    assert_eq!(all[5..], ["identity", "writing"]);
    assert_eq!(found["fixed"], Value::Null);
    let fixed = world.gate("repo", &["doctor", "--fix", "--format", "json"]).stdout;
    let fixed: Value = serde_json::from_slice(&fixed).unwrap();
    assert_eq!(fixed["fixed"]["done"], Value::Array(Vec::new()));
}

#[test]
fn what_everything_is_judged_by_is_looked_at() {
    let world = two_lanes();
    world.gate("repo", &["install"]).expect(0);
    let seen = world.gate("repo", &["doctor"]);
    seen.expect(0).says("contract.toml at").says("agent-2 (agents/two)").says("git worktree add");
    let text = seen.text();
    let add =
        text.lines().find_map(|line| line.find("git worktree").map(|at| &line[at..])).unwrap();
    world.call("repo", "sh").args(["-c", add]).run().expect(0);
    world.gate("repo", &["doctor"]).expect(0).says("every lane has its branch (2)");
    // A broken contract blocks, and so is not known; and so is a trunk that is not set.
    world.write("repo/contract.toml", "format = 7\n");
    world.git("repo", &["-c", "core.hooksPath=/dev/null", "commit", "-qam", "broken"]);
    world.gate("repo", &["doctor"]).expect(2).says("everything blocks").says("contract-gate lint");
    world.git("repo", &["config", "--unset", "contractgate.trunk"]);
    world.gate("repo", &["doctor"]).expect(2).says("git config contractgate.trunk");
}

#[test]
fn who_works_where_is_looked_at() {
    let world = Sandbox::uploads();
    world.gate("repo", &["install"]).expect(0);
    let asked = |directory: &str, agent: &str| {
        let gate = world.call(directory, Sandbox::gate_program());
        gate.arg("doctor").env("CONTRACT_GATE_AGENT", agent).run()
    };
    world.gate("repo", &["doctor"]).expect(0).says("agent-1 works here, by worktree and branch");
    let agreed = asked("wt-uploads", "agent-1");
    agreed.expect(0).says("by CONTRACT_GATE_AGENT and worktree and branch");
    asked("wt-uploads", "agent-2").expect(1).says("this is the worktree of agent-1");
    asked("wt-uploads", "agent-7").expect(1).says("the contract has no such agent");
    asked("repo", "agent-2").expect(0);
    world.git("wt-tests", &["checkout", "--quiet", "--detach"]);
    world.git("wt-uploads", &["checkout", "--quiet", "agents/tests"]);
    let seen = world.gate("repo", &["doctor"]);
    seen.expect(1).says("agent-1's worktree, and agent-3's lane is checked out in it");
    let text = seen.text();
    let back = text.lines().find_map(|line| line.find("git -C").map(|at| &line[at..])).unwrap();
    world.call("repo", "sh").args(["-c", back]).run().expect(0);
    world.gate("repo", &["doctor"]).expect(0).says("no branch is checked out in it");
}

/// A directory in which nobody may make a file, not even root.
#[cfg(target_os = "linux")]
const CLOSED: &str = "/proc/sys";

#[test]
#[cfg(target_os = "linux")]
fn a_git_directory_that_cannot_be_written_is_found() {
    let world = two_lanes();
    world.gate("repo", &["install"]).expect(0);
    world.git("repo", &["pack-refs", "--all"]);
    fs::remove_dir_all(world.path("repo/.git/refs")).unwrap();
    world.symlink(CLOSED, "repo/.git/refs");
    let seen = world.gate("one", &["doctor"]);
    seen.expect(1).says("a commit would fail here").says("/repo/.git/refs cannot be written");
    seen.says(&format!("write to {}", world.path("repo/.git").display()));
    work(&world, "one").expect_failure();
}

#[test]
fn the_servers_contract_is_compared() {
    let world = two_lanes();
    world.gate("repo", &["install"]).expect(0);
    world.gate("repo", &["doctor"]).expect(0).says("there is no remote");
    world.server("server.git");
    world.gate("one", &["doctor"]).expect(0).says("origin has the same contract on main");
    // Work on the trunk changes no contract.
    world.commit_files("repo", &[("three.txt", "3\n")], "a trunk step");
    world.gate("repo", &["doctor"]).expect(0).says("origin has the same contract on main");
    world.write("repo/contract.toml", CONTRACT.replace("version = 1", "version = 2"));
    world.commit("repo", "the contract, again");
    let seen = world.gate("repo", &["doctor"]);
    seen.expect(1).says("origin has another contract").says("git push origin main");
    world.git("repo", &["push", "--quiet", "origin", "main"]);
    world.gate("repo", &["doctor"]).expect(0).says("the same contract");
    // Somebody else has pushed what is not here.
    world.git(".", &["clone", "--quiet", "server.git", "other"]);
    world.commit_files("other", &[("four.txt", "4\n")], "elsewhere");
    world.git("other", &["push", "--quiet", "origin", "main"]);
    world.gate("repo", &["doctor"]).expect(0).says("is not here").says("git fetch origin");
    fs::remove_dir_all(world.path("server.git")).unwrap();
    world.gate("repo", &["doctor"]).expect(0).says("origin does not answer");
}
