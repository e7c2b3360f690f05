//! `doctor`: hooks that are not there by `install`, or were left out of it, or stand behind the gate;
//! and that whatever is found comes with what mends it.

use serde_json::Value;

use super::*;

/// The lines of `hooks/` in place of an installation.
fn with_shims(world: &Sandbox) {
    for name in CLIENT {
        let lines = Path::new(env!("CARGO_MANIFEST_DIR")).join("hooks").join(name);
        world.write(format!("repo/.git/hooks/{name}"), fs::read(lines).unwrap());
        world.make_executable(format!("repo/.git/hooks/{name}"));
    }
    world.git("repo", &["config", "contractgate.trunk", "main"]);
}

#[test]
fn the_lines_that_are_shipped_are_an_installation_when_they_fire() {
    let world = two_lanes();
    with_shims(&world);
    let missing = world.gate("repo", &["doctor"]);
    missing.expect(1).says("does NOT fire: contract-gate is not on PATH");
    missing.says("have this version of contract-gate on PATH");
    let world = with_the_command(world);
    let seen = world.gate("repo", &["doctor"]);
    seen.expect(0).says("not by contract-gate install").says("every hook fires, in every worktree");
    assert_eq!(seen.text().matches("fires, version").count(), 8);
    world.remove("repo/.git/hooks/pre-push");
    let seen = world.gate("repo", &["doctor"]);
    seen.expect(0).says("left out: pushes are not judged").says("that was not left out");
    // Where another worktree has no such hooks, they are missing there.
    world.git("repo", &["config", "core.hooksPath", ".githooks"]);
    fs::rename(world.path("repo/.git/hooks"), world.path("repo/.githooks")).unwrap();
    world.gate("repo", &["doctor"]).expect(1).says("NOT there: git runs nothing");
}

#[test]
fn hooks_that_were_left_out_are_named() {
    let world = two_lanes();
    let without = ["install", "--without", "reference-transaction", "--without", "pre-push"];
    world.gate("repo", &without).expect(0);
    let seen = world.gate("one", &["doctor"]);
    seen.expect(0).says("left out: pushes are not judged").says("whatever --no-verify passes by");
    seen.says("every hook fires that was not left out");
    let text = seen.text();
    let put_in = |hook: &str| {
        let mut lines = text.lines().skip_while(|line| !line.contains(&format!("note    {hook}")));
        let line = lines.nth(1).unwrap();
        line[line.find("contract-gate install").unwrap()..].to_owned()
    };
    assert_eq!(put_in("pre-push"), "contract-gate install --without reference-transaction");
    assert_eq!(put_in("reference-transaction"), "contract-gate install --without pre-push");
    // A hook of somebody else's there is none of the gate's.
    world.hook("repo", "pre-push", "touch ran\n");
    world.gate("one", &["doctor"]).expect(0).says("left out: pushes are not judged");
    assert!(!world.exists("one/ran"));
    world.gate("repo", &["install"]).expect(0);
    world.gate("one", &["doctor"]).expect(0).is_silent_about("left out");
}

#[test]
fn hooks_from_before_are_named_where_they_run() {
    let world = two_lanes();
    world.hook("repo", "pre-commit", "exit 0\n");
    world.hook("repo", "pre-push", "exit 0\n");
    world.gate("repo", &["install"]).expect(0);
    let seen = world.gate("one", &["doctor"]);
    let kept = world.path("repo/.git/hooks.contract-gate");
    seen.expect(0);
    seen.says(&format!("and then runs the hook from before, {}", kept.join("pre-push").display()));
    let first = kept.join("pre-commit");
    seen.says(&format!("and before that runs the hook from before, {}", first.display()));
    assert_eq!(seen.text().matches("runs the hook from before").count(), 4, "two in two worktrees");
}

/// Fails unless everything but what is as it should be comes with what mends it.
#[track_caller]
fn each_has_its_mend(world: &Sandbox, directory: &str) -> String {
    let document = world.gate(directory, &["doctor", "--format", "json"]).stdout;
    let document: Value = serde_json::from_slice(&document).unwrap();
    let worktrees = document["worktrees"].as_array().unwrap().iter();
    let of_worktrees = worktrees.flat_map(|visit| visit["findings"].as_array().unwrap());
    for finding in document["findings"].as_array().unwrap().iter().chain(of_worktrees) {
        let has_mend = !finding["mend"].as_array().unwrap().is_empty();
        // Working without a remote is no fault.
        let is_alone = finding["message"] == "there is no remote to compare with";
        assert!(has_mend || is_alone || finding["state"] == "good", "{finding:#}");
    }
    world.gate(directory, &["doctor"]).text()
}

#[test]
fn a_server_says_whether_it_knows_who_pushes() {
    let world = two_lanes();
    world.server("server.git");
    world.gate("server.git", &["install", "--server"]).expect(0);
    let text = each_has_its_mend(&world, "server.git");
    assert!(text.contains("git config contractgate.identityEnv VARIABLE"), "{text}");
    assert!(text.contains("each comes with the first push of its lane"), "{text}");
    world.git("server.git", &["config", "contractgate.identityEnv", "PUSHER"]);
    let text = each_has_its_mend(&world, "server.git");
    assert!(text.contains("PUSHER says who pushes"), "{text}");
    assert!(text.contains("git config contractgate.dispatcher NAME"), "{text}");
    for name in ["ann", "bob"] {
        world.git("server.git", &["config", "--add", "contractgate.dispatcher", name]);
    }
    let seen = world.gate("server.git", &["doctor"]);
    seen.expect(0).says("PUSHER says who pushes; dispatcher: ann, bob");
}

#[test]
fn each_finding_comes_with_its_mend() {
    let world = Sandbox::new();
    world.gate("repo", &["install"]).expect(0);
    each_has_its_mend(&world, "repo");
    world.write("repo/contract.toml", CONTRACT);
    world.commit("repo", "the contract");
    let text = each_has_its_mend(&world, "repo");
    assert_eq!(text.matches("git worktree add -b agents/").count(), 2, "{text}");
    world.git("repo", &["remote", "add", "origin", "/no/such/place"]);
    let text = each_has_its_mend(&world, "repo");
    assert!(text.contains("git ls-remote origin"), "{text}");
    world.git(".", &["init", "--quiet", "--bare", "--initial-branch=main", "new.git"]);
    world.gate("new.git", &["install", "--server"]).expect(0);
    let text = each_has_its_mend(&world, "new.git");
    assert!(text.contains("push it, with a CONTRACT.md or contract.toml on it"), "{text}");
}
