//! The commands in a help, run as printed: each clears what it is printed for.

use std::fs;

use crate::sandbox::{Ran, Sandbox};

const CONTRACT: &str = r#"format = 1
[agents.agent-1]
branch = "agents/a"
worktree = "wt-a"
scope = ["a/**", { path = "log.txt", mode = "additions-only" },
         { path = "made/**", mode = "create-only" }, { path = "kept/**", mode = "no-delete" }]
[agents.agent-2]
branch = "agents/b"
worktree = "wt-b"
scope = ["b/**"]
[shared]
"frozen.txt" = "nobody"
"package.json" = { owner = "agent-2" }
[[merge-order]]
agents = ["agent-2"]
[[merge-order]]
agents = ["agent-1"]
"#;

/// Names that a shell, a pathspec or a terminal would take for something else.
const ODD: [&[u8]; 10] = [
    b"it's a b",
    b"-dash",
    b":colon",
    b":(top)x",
    b"back\\slash",
    b"app/[id]/page",
    b"star*",
    b"nl\nx\x1b[31m",
    b"caf\xe9 %s",
    b"$(touch pwned) `x` \"y\"",
];

const PLAIN: [&str; 9] = [
    "a/x",
    "b/x",
    "log.txt",
    "made/1",
    "kept/1",
    "frozen.txt",
    "package.json",
    "app/i/page",
    "starry",
];

/// The contract, with more for the first lane.
fn amended() -> String {
    let newer = CONTRACT.replace("format = 1\n", "format = 1\nversion = 2\n");
    newer.replace("\"a/**\",", "\"a/**\", \"c/**\",")
}

/// Two lanes in their worktrees, and a file for every rule of paths.
fn world() -> Sandbox {
    world_under(CONTRACT)
}

fn world_under(contract: &str) -> Sandbox {
    let world = Sandbox::new();
    world.write("repo/contract.toml", contract);
    for file in PLAIN {
        world.write(format!("repo/{file}"), "one\n");
    }
    for name in ODD {
        write(&world, "repo", name, "one\n");
    }
    world.commit("repo", "what is there");
    world.git("repo", &["config", "contractgate.trunk", "main"]);
    world.worktree("wt-a", "agents/a");
    world.worktree("wt-b", "agents/b");
    world
}

/// Writes a file whose name need not be UTF-8.
fn write(world: &Sandbox, directory: &str, name: &[u8], content: &str) {
    use std::os::unix::ffi::OsStrExt;
    let name = std::path::Path::new(std::ffi::OsStr::from_bytes(name));
    let path = world.path(directory).join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, content).unwrap();
}

/// What `check` finds in a worktree.
fn check(world: &Sandbox, directory: &str) -> serde_json::Value {
    let ran = world.gate(directory, &["check", "--format", "json"]);
    serde_json::from_slice(&ran.stdout).unwrap_or_else(|error| panic!("{error}: {ran:?}"))
}

fn violations(document: &serde_json::Value) -> &[serde_json::Value] {
    document["violations"].as_array().unwrap()
}

/// The first command among the next steps of a violation.
fn command(violation: &serde_json::Value) -> String {
    let steps = violation["help"].as_array().unwrap();
    let commands = steps.iter().filter_map(|step| step.as_str()?.split_once(": git "));
    let (_, rest) = commands.into_iter().next().unwrap_or_else(|| panic!("{violation}"));
    format!("git {rest}")
}

/// The commands that a hook prints, in order.
fn printed(ran: &Ran) -> Vec<String> {
    let lines = ran.stderr.lines();
    let commands = lines.filter_map(|line| line.split_once("  git ").map(|(_, rest)| rest));
    commands.map(|rest| format!("git {}", rest.trim_end())).collect()
}

/// Runs a command as printed, in a directory below the worktree's root.
fn shell(world: &Sandbox, worktree: &str, command: &str) -> Ran {
    fs::create_dir_all(world.path(worktree).join("a/deep")).unwrap();
    world.call(&format!("{worktree}/a/deep"), "sh").args(["-c", command]).run()
}

#[test]
fn every_refused_path_is_undone_as_printed() {
    let world = world();
    for name in ODD {
        write(&world, "wt-a", name, "two\n");
    }
    for file in ["b/x", "log.txt", "made/1", "frozen.txt", "package.json", "contract.toml"] {
        world.write(format!("wt-a/{file}"), "two\n");
    }
    // Free, though a pathspec read as a pattern would match them.
    world.remove("wt-a/kept/1");
    world.remove("wt-a/app/i/page");
    world.write("wt-a/new.txt", "new\n");
    world.symlink("../b", "wt-a/a/link");
    world.commit("wt-a", "work");

    let mut document = check(&world, "wt-a");
    let refused = violations(&document).len();
    assert_eq!(refused, ODD.len() + 10, "{document:#}");
    for left in (0..refused).rev() {
        let violation = violations(&document)[0].clone();
        shell(&world, "wt-a", &command(&violation)).expect(0);
        document = check(&world, "wt-a");
        assert_eq!(violations(&document).len(), left, "{violation:#} then {document:#}");
        let is_there = |other: &serde_json::Value| {
            other["rule"] == violation["rule"] && other["path"] == violation["path"]
        };
        assert!(!violations(&document).iter().any(is_there), "{violation:#} is still there");
    }
    assert_eq!(document["verdict"], "allowed");
    assert!(world.exists("wt-a/new.txt"), "a new file stays in the worktree");
    assert!(!world.exists("wt-a/pwned"));
}

#[test]
fn an_undo_leaves_other_changes_alone() {
    let world = world();
    world.write("wt-a/app/i/page", "two\n");
    write(&world, "wt-a", b"app/[id]/page", "two\n");
    write(&world, "wt-a", b"star*", "two\n");
    world.write("wt-a/starry", "two\n");
    world.commit("wt-a", "work");
    let document = check(&world, "wt-a");
    for violation in violations(&document) {
        let is_odd = violation["path"].as_str().unwrap().contains(['*', '[']);
        if is_odd {
            shell(&world, "wt-a", &command(violation)).expect(0);
        }
    }
    assert_eq!(world.read("wt-a/app/i/page"), "two\n");
    assert_eq!(world.read("wt-a/starry"), "two\n");
    assert_eq!(violations(&check(&world, "wt-a")).len(), 2);
}

#[test]
fn a_submodule_goes_back_with_its_own_worktree() {
    let world = world();
    world.init("library");
    world.commit_files("library", &[("f", "1\n")], "l1");
    let place = world.path("library").display().to_string();
    world.git("repo", &["submodule", "--quiet", "add", &place, "vendor/[lib]"]);
    world.commit("repo", "a library");
    world.commit_files("library", &[("f", "2\n")], "l2");
    world.git("wt-a", &["merge", "--quiet", "main"]);
    world.git("wt-a", &["submodule", "--quiet", "update", "--init"]);
    world.git("wt-a/vendor/[lib]", &["fetch", "--quiet"]);
    world.git("wt-a/vendor/[lib]", &["checkout", "--quiet", "origin/main"]);
    world.commit("wt-a", "moved");
    let document = check(&world, "wt-a");
    let codes: Vec<_> = violations(&document).iter().map(|v| v["rule"].clone()).collect();
    assert_eq!(codes, ["out-of-scope", "path-hazard"], "{document:#}");
    shell(&world, "wt-a", &command(&violations(&document)[0])).expect(0);
    assert_eq!(check(&world, "wt-a")["verdict"], "allowed");
}

#[test]
fn commits_of_another_lane_are_taken_out() {
    for starts_from_it in [false, true] {
        let world = world();
        world.commit_files("wt-b", &[("b/1", "1\n")], "b1");
        world.commit_files("wt-b", &[("b/2", "2\n")], "b2");
        if starts_from_it {
            world.git("wt-a", &["reset", "--quiet", "--hard", "agents/b"]);
        } else {
            world.commit_files("wt-a", &[("a/1", "1\n")], "a1");
            world.git("wt-a", &["merge", "--quiet", "--no-edit", "agents/b"]);
        }
        world.commit_files("wt-a", &[("a/2", "2\n")], "a2");
        let document = check(&world, "wt-a");
        assert_eq!(violations(&document).len(), 1, "{document:#}");
        assert_eq!(violations(&document)[0]["rule"], "carries-unlanded");
        shell(&world, "wt-a", &command(&violations(&document)[0])).expect(0);
        let document = check(&world, "wt-a");
        assert_eq!(document["verdict"], "allowed", "{document:#}");
        assert!(world.exists("wt-a/a/2") && !world.exists("wt-a/b/2"));
    }
}

#[test]
fn a_stale_lane_takes_the_trunk_in() {
    let world = world();
    world.commit_files("wt-a", &[("a/1", "1\n")], "a1");
    world.commit_files("repo", &[("contract.toml", &amended())], "version 2");
    let document = check(&world, "wt-a");
    assert_eq!(violations(&document)[0]["rule"], "stale-contract", "{document:#}");
    shell(&world, "wt-a", &command(&violations(&document)[0])).expect(0);
    let document = check(&world, "wt-a");
    assert_eq!(document["violations"], serde_json::json!([]));
}

#[test]
fn a_landing_out_of_turn_is_backed_out_of_and_made_in_order() {
    let world = world();
    world.commit_files("wt-a", &[("a/1", "1\n")], "a1");
    world.commit_files("wt-b", &[("b/1", "1\n")], "b1");
    world.gate("repo", &["install", "--trunk", "main"]).expect(0);
    let merge = ["merge", "--quiet", "--no-ff", "--no-edit", "agents/a"];
    let refused = world.try_git("repo", &merge);
    refused.expect_failure().says("error[merge-order]: agent-1 may not land before agent-2");
    let commands = printed(&refused);
    assert_eq!(commands, ["git merge --abort", "git merge agents/b"]);
    // A human may as well have the ritual do it.
    refused.says("or by the ritual, with its suite  contract-gate land agent-2\n");
    let other = world.copy();
    other.git("repo", &["update-index", "-q", "--refresh"]);
    for command in &commands {
        shell(&world, "repo", command).expect(0);
    }
    shell(&other, "repo", &commands[0]).expect(0);
    other.gate("repo/a/deep", &["land", "agent-2"]).expect(0);
    for world in [&world, &other] {
        world.git("repo", &merge);
        assert!(world.exists("repo/a/1") && world.exists("repo/b/1"));
    }
}

/// Both lanes have begun, and the gate is here and on a server.
fn begun_with_a_server() -> Sandbox {
    let world = world();
    world.commit_files("wt-a", &[("a/1", "1\n")], "a1");
    world.commit_files("wt-b", &[("b/1", "1\n")], "b1");
    world.gate("repo", &["install", "--trunk", "main"]).expect(0);
    serve(&world);
    world
}

fn serve(world: &Sandbox) {
    world.server("server.git");
    world.gate("server.git", &["install", "--server", "--trunk", "main"]).expect(0);
}

#[test]
fn a_landing_out_of_turn_that_was_made_elsewhere_is_taken_back_before_it_is_pushed() {
    let world = begun_with_a_server();
    let merge = ["merge", "--quiet", "--no-ff", "--no-edit", "agents/a"];
    let unseen = ["-c", "core.hooksPath=/nowhere"];
    world.git("repo", &[&unseen, &merge[..]].concat());
    let push = ["push", "--quiet", "origin", "main", "agents/a", "agents/b"];
    for before in [&[][..], &unseen] {
        let world = world.copy();
        world.git("repo", &["update-index", "-q", "--refresh"]);
        let refused = world.try_git("repo", &[before, &push].concat());
        refused.expect_failure().says("error[merge-order]: agent-1 may not land before agent-2");
        let commands: Vec<String> =
            printed(&refused).into_iter().filter(|one| one.starts_with("git ")).collect();
        assert_eq!(commands.len(), 2, "{refused:?}");
        for command in &commands {
            shell(&world, "repo", command).expect(0);
        }
        world.git("repo", &merge);
        world.git("repo", &push);
    }
}

#[test]
fn a_lane_that_is_pushed_to_the_trunk_stays_where_it_is_when_the_trunk_is_taken_back() {
    let world = begun_with_a_server();
    let tip = world.git("wt-a", &["rev-parse", "HEAD"]).stdout;
    for before in [&[][..], &["-c", "core.hooksPath=/nowhere"]] {
        let push = ["push", "--quiet", "origin", "HEAD:main"];
        let refused = world.try_git("wt-a", &[before, &push].concat());
        refused.expect_failure().says("error[merge-order]: agent-1 may not land before agent-2");
        let taken_back = shell(&world, "wt-a", &printed(&refused)[0]);
        match before {
            // Here it is known where the trunk is checked out, and it has not moved.
            [] => taken_back.expect(0),
            _ => taken_back.expect_failure(),
        };
        assert_eq!(world.git("wt-a", &["rev-parse", "HEAD"]).stdout, tip);
        assert!(world.exists("wt-a/a/1"));
    }
}

/// A clone that has fetched the lanes and nothing since, with the gate or without; its branches are its own.
fn cloned(world: &Sandbox, has_gate: bool) {
    world.call("", "git").args(["clone", "--quiet", "server.git", "clone"]).run().expect(0);
    if has_gate {
        world.gate("clone", &["install", "--trunk", "main"]).expect(0);
    }
}

#[test]
fn a_server_prints_what_takes_its_trunk_into_a_lane_of_a_clone() {
    for has_gate in [false, true] {
        let world = begun_with_a_server();
        cloned(&world, has_gate);
        world.git("clone", &["switch", "--quiet", "agents/a"]);
        world.commit_files("repo", &[("contract.toml", &amended())], "version 2");
        world.git("repo", &["push", "--quiet", "origin", "main"]);
        world.commit_files("clone", &[("a/2", "2\n")], "a2");
        let push = ["push", "--quiet", "origin", "agents/a"];
        let refused = world.try_git("clone", &push);
        refused.expect_failure().says("denied at pre-receive").says("error[stale-contract]");
        refused.is_silent_about("wt-a").says("on agents/a, take in the trunk from this server");
        assert_eq!(printed(&refused), ["git pull --no-rebase origin main"]);
        shell(&world, "clone", &printed(&refused)[0]).expect(0);
        world.git("clone", &push);
    }
}

#[test]
fn a_server_prints_what_lands_its_lanes_in_a_clone() {
    for has_gate in [false, true] {
        let world = begun_with_a_server();
        cloned(&world, has_gate);
        let unseen = ["-c", "core.hooksPath=/nowhere"];
        let merge = ["merge", "--quiet", "--no-ff", "--no-edit", "origin/agents/a"];
        world.git("clone", &[&unseen, &merge[..]].concat());
        let push = ["push", "--quiet", "origin", "main"];
        let refused = world.try_git("clone", &[&unseen, &push[..]].concat());
        refused.expect_failure().says("denied at pre-receive").says("error[merge-order]");
        refused.says("land agent-2 first, on main, with agents/b from this server");
        let commands = printed(&refused);
        assert_eq!(commands.len(), 2, "{refused:?}");
        assert_eq!(commands[1], "git pull --no-rebase origin agents/b");
        for command in &commands {
            shell(&world, "clone", command).expect(0);
        }
        world.git("clone", &merge);
        world.git("clone", &push);
    }
}

#[test]
fn what_is_refused_with_the_rest_of_a_push_is_not_looked_for_on_the_server() {
    let unseen = ["-c", "core.hooksPath=/nowhere"];
    let pushed = |world: &Sandbox, names: &[&str]| {
        let push = ["push", "--quiet", "origin"];
        world.call("repo", "git").args(unseen).args(push).args(names).run()
    };
    // A lane that the server has never had.
    let world = begun_with_a_server();
    world.git("server.git", &["update-ref", "-d", "refs/heads/agents/b"]);
    world.git(
        "repo",
        &[&unseen[..], &["merge", "--quiet", "--no-ff", "--no-edit", "agents/a"]].concat(),
    );
    let refused = pushed(&world, &["main", "agents/b"]);
    refused.expect(1).says("error[merge-order]").is_silent_about("this server");
    let commands = printed(&refused);
    assert_eq!(commands.len(), 2, "{refused:?}");
    for command in &commands {
        shell(&world, "repo", command).expect(0);
    }
    pushed(&world, &["main", "agents/b"]).expect(0);
    // A contract that it does not have yet.
    world.commit_files("repo", &[("contract.toml", &amended())], "version 2");
    world.commit_files("wt-a", &[("a/2", "2\n")], "a2");
    let refused = pushed(&world, &["main", "agents/a"]);
    refused.expect(1).says("error[stale-contract]").is_silent_about("this server");
    assert_eq!(printed(&refused), ["git merge main"]);
    shell(&world, "wt-a", &printed(&refused)[0]).expect(0);
    pushed(&world, &["main", "agents/a"]).expect(0);
}

#[test]
fn a_landing_of_a_stale_lane_that_is_pushed_is_taken_back_and_made_anew() {
    let unseen = ["-c", "core.hooksPath=/nowhere"];
    // Refused by the hook here, by the server's, and where another worktree has the trunk.
    for (from, before) in [("repo", &[][..]), ("repo", &unseen), ("beside", &[])] {
        let world = begun_with_a_server();
        world.git("repo", &["worktree", "add", "--quiet", "--detach", "../beside"]);
        let merge = ["merge", "--quiet", "--no-ff", "--no-edit"];
        world.git("repo", &[&merge[..], &["agents/b"]].concat());
        world.git("repo", &["push", "--quiet", "origin", "main"]);
        world.commit_files("repo", &[("contract.toml", &amended())], "version 2");
        world.git("repo", &[&unseen, &merge[..], &["agents/a"]].concat());
        let push = ["push", "--quiet", "origin", "main"];
        let refused = world.try_git(from, &[before, &push].concat());
        refused.expect_failure().says("error[stale-contract]");
        let commands = printed(&refused);
        assert_eq!((commands.len(), &*commands[1]), (2, "git merge main"), "{refused:?}");
        shell(&world, from, &commands[0]).expect(0);
        assert!(!world.exists("repo/a/1"));
        shell(&world, "wt-a", &commands[1]).expect(0);
        world.git("repo", &[&merge[..], &["agents/a"]].concat());
        assert!(world.exists("repo/a/1"));
        world.git(from, &push);
    }
}

#[test]
fn a_trespass_in_a_landing_that_is_pushed_is_undone_below_it() {
    let unseen = ["-c", "core.hooksPath=/nowhere"];
    let merge = ["merge", "--quiet", "--no-ff", "--no-edit", "agents/b"];
    let push = ["push", "--quiet", "origin", "main", "agents/b"];
    for policy in ["open", "landings-only"] {
        let world = world_under(&format!("{CONTRACT}[policy]\ntrunk-steps = \"{policy}\"\n"));
        serve(&world);
        world.commit_files("wt-b", &[("b/1", "1\n"), ("elsewhere", "1\n")], "b1");
        world.git("repo", &merge);
        let refused = world.try_git("repo", &push);
        refused.expect_failure().says("error[out-of-scope]: agent-2 may not edit elsewhere");
        let commands = printed(&refused);
        // The second is of the step, the third of the lane's branch, which is pushed too.
        assert!(commands[0].ends_with(&world.id("server.git", "main")), "{refused:?}");
        shell(&world, "repo", &commands[0]).expect(0);
        assert!(!world.exists("repo/elsewhere"));
        shell(&world, "wt-b", &commands[1]).expect(0);
        world.git("repo", &merge);
        world.git("repo", &[&unseen, &push[..]].concat());
        assert!(world.exists("repo/b/1") && !world.exists("repo/elsewhere"));
    }
}

#[test]
fn a_branch_that_a_server_has_never_seen_is_pushed_along_with_its_landing() {
    let world = world_under(&format!("{CONTRACT}[policy]\ntrunk-steps = \"landings-only\"\n"));
    serve(&world);
    world.git("server.git", &["branch", "-q", "-D", "agents/a", "agents/b"]);
    // What is of both lanes, and is undone, looks like either's.
    world.commit_files("wt-b", &[("b/1", "1\n"), ("a/1", "1\n")], "b1");
    world.commit_files("wt-b", &[("a/1", "2\n")], "b2");
    world.git("wt-b", &["rm", "-q", "a/1"]);
    world.git("wt-b", &["commit", "-q", "-m", "undone"]);
    world.git("repo", &["merge", "--quiet", "--no-ff", "--no-edit", "agents/b"]);
    let refused = world.try_git("repo", &["push", "--quiet", "origin", "main"]);
    refused.expect_failure().says("denied at pre-receive");
    refused.says("if it is no work of agent-1: push the branch that it is from along with main");
    world.git("repo", &["push", "--quiet", "origin", "main", "agents/b"]);
}

#[test]
fn a_trunk_that_another_worktree_has_is_taken_back_there() {
    let world = begun_with_a_server();
    let merge = ["merge", "--quiet", "--no-ff", "--no-edit", "agents/a"];
    world.git("repo", &[&["-c", "core.hooksPath=/nowhere"], &merge[..]].concat());
    world.git("repo", &["worktree", "add", "--quiet", "--detach", "../beside"]);
    let push = ["push", "--quiet", "origin", "main"];
    let refused = world.try_git("beside", &push);
    refused.expect_failure().says("denied at pre-push").says("error[merge-order]");
    let commands = printed(&refused);
    assert!(commands[0].starts_with("git -C "), "{refused:?}");
    shell(&world, "beside", &commands[0]).expect(0);
    assert!(!world.exists("repo/a/1"));
    world.git("repo", &["merge", "--quiet", "--no-edit", "agents/b"]);
    world.git("repo", &merge);
    world.git("beside", &push);
}

#[test]
fn a_branch_that_was_left_behind_goes_with_its_worktree() {
    for directory in ["wt-b", "it's b"] {
        let world = world();
        world.git("repo", &["worktree", "remove", "../wt-b"]);
        let place = format!("../{directory}");
        world.git("repo", &["worktree", "add", "--quiet", &place, "agents/b"]);
        world.commit_files("wt-a", &[("a/1", "1\n")], "a1");
        // Squashed elsewhere, as a forge does it.
        world.commit_files("repo", &[("b/1", "1\n")], "b (#1)");
        world.gate("repo", &["install", "--trunk", "main"]).expect(0);
        let refused = world.gate("repo", &["land", "agent-1"]);
        refused.expect(1).says("agents/b holds nothing to land yet");
        let text = refused.text();
        let (_, command) = text.split_once("left behind here  ").unwrap();
        let command = command.lines().next().unwrap();
        assert!(command.starts_with("git worktree remove "), "{text}");
        // What git does not know of is lost by none of it.
        world.write(format!("{directory}/new"), "1\n");
        shell(&world, "repo", command).expect_failure();
        world.remove(format!("{directory}/new"));
        shell(&world, "repo", command).expect(0);
        assert!(!world.exists(directory));
        world.gate("repo", &["land", "agent-1"]).expect(0);
    }
}

#[test]
fn the_ritual_is_named_to_humans_and_where_it_could_be_done() {
    let world = begun_with_a_server();
    let merge = ["merge", "--quiet", "--no-ff", "--no-edit", "agents/a"];
    let ritual = "contract-gate land agent-2";
    let ahead = ["merge", "--quiet", "--ff-only", "agents/a"];
    world.try_git("repo", &ahead).expect_failure().says("reference-transaction").says(ritual);
    world.git("repo", &["reset", "--quiet", "--hard"]);
    // An agent may land its own lane alone.
    let call = world.call("repo", "git").env("CONTRACT_GATE_AGENT", "agent-1").args(merge);
    call.run().expect_failure().says("merge-order").is_silent_about(ritual);
    // A server has no worktree to do it in.
    world.git("repo", &["reset", "--quiet", "--hard"]);
    world.git("repo", &[&["-c", "core.hooksPath=/nowhere"], &merge[..]].concat());
    let push = ["push", "--quiet", "origin", "main", "agents/b"];
    world.try_git("repo", &push).expect_failure().says("pre-push").says(ritual);
    let push = [&["-c", "core.hooksPath=/nowhere"], &push[..]].concat();
    world.try_git("repo", &push).expect_failure().says("merge-order").is_silent_about(ritual);
}

#[test]
fn what_is_committed_is_undone_by_a_commit() {
    let world = world();
    world.server("server.git");
    world.commit_files("wt-a", &[("a/1", "1\n"), ("package.json", "two\n")], "a1");
    world.write("wt-a/new.txt", "new\n");
    world.commit("wt-a", "a2");
    world.gate("repo", &["install", "--trunk", "main"]).expect(0);
    let push = ["push", "--quiet", "origin", "agents/a"];
    let refused = world.try_git("wt-a", &push);
    refused.expect_failure().says("out-of-scope").says("shared-owned");
    let commands = printed(&refused);
    assert_eq!(commands.len(), 2, "{refused:?}");
    for command in &commands {
        shell(&world, "wt-a", command).expect(0);
    }
    world.git("wt-a", &push);
}

#[test]
fn a_trunk_that_was_renamed_is_told_by_its_new_name() {
    // How it was renamed, where, and what the gate is told again.
    for (renamed, by_log) in [
        ("git branch -q -m main trunk", true),
        ("git branch -q -m main trunk; git commit -q --no-verify --allow-empty -m more", true),
        ("git switch -q -c trunk; git branch -q -D main", false),
    ] {
        let world = begun_with_a_server();
        let fetched = format!(
            "cd ../..; git -C ../server.git branch -m main trunk; cd ../repo; git config core.hooksPath none; {renamed}
             git config --unset core.hooksPath; git fetch -q -p; git remote set-head origin -a >/dev/null
             git branch -q -u origin/trunk; if test {by_log} = true; then git remote set-head origin -d; fi"
        );
        shell(&world, "wt-b", &fetched).expect(0);
        let ran = shell(&world, "wt-b", "cd ../..; echo x >b/new; git add -A; git commit -qm new");
        ran.expect(1).says("undecided[trunk-missing]").is_silent_about("branch-overwritten");
        let mend = "git config contractgate.trunk trunk";
        let doctor = world.gate("repo", &["doctor"]);
        doctor
            .expect(2)
            .says("the trunk main does not exist")
            .says(mend)
            .is_silent_about("has no commit yet");
        shell(&world, "wt-b", &format!("{}; git commit -qm new", printed(&ran)[0])).expect(0);
        assert_eq!(printed(&ran), [mend]);
    }
}

#[test]
fn a_lane_that_was_set_upon_the_trunk_is_pushed_after_it() {
    // The trunk's log says here whose a step is; a server has none.
    for (lands, set_upon) in [
        ("git merge -q --squash agents/b; git commit -qm landed", "git reset -q --hard main"),
        ("git merge -q --ff-only agents/b", "git merge -q main"),
    ] {
        let world = begun_with_a_server();
        world.git("server.git", &["update-ref", "-d", "refs/heads/agents/b"]);
        world.git("repo", &["fetch", "-q", "--prune", "origin"]);
        shell(&world, "repo", lands).expect(0);
        world.commit_files("repo", &[("human.txt", "1\n")], "the dispatcher's");
        shell(&world, "wt-b", set_upon).expect(0);
        let said =
            "or, if it was main's before agents/b had it: push main first, agents/b after it";
        let both = ["push", "-q", "origin", "main", "+agents/b"];
        let pushed = |before: &[&str]| world.try_git("repo", &[before, &both].concat());
        let past_the_hooks = ["-c", "core.hooksPath=/nowhere"];
        for before in [&[][..], &past_the_hooks] {
            let pushed = pushed(before);
            pushed.expect_failure().says("at pre-receive").says("error[out-of-scope]").says(said);
        }
        for one in ["main", "+agents/b"] {
            world.git("repo", &["push", "-q", "origin", one]);
        }
    }
}

#[test]
fn what_may_be_the_trunks_is_not_only_told_to_be_undone() {
    let world = begun_with_a_server();
    let hook = ["-c", "core.hooksPath=/nowhere"];
    world.commit_files("repo", &[("human.txt", "1\n")], "the dispatcher's");
    world.git("wt-b", &["merge", "--quiet", "--no-edit", "main"]).expect(0);
    // Not pushed yet, so that a server takes it for the lane's.
    let push = ["push", "origin", "agents/b"];
    let pushed = world.call("wt-b", "git").args(hook).args(push).run();
    pushed.expect(1).says("or, if it came with main, which has it: main has to be pushed first");
    // Made anew after the lane took it in.
    world.write("repo/human.txt", "2\n");
    world.git("repo", &[&hook[..], &["commit", "-qa", "--amend", "--no-edit"]].concat()).expect(0);
    let made_anew =
        "or, if it was main's and was made anew there: take main in again, with its side";
    world.gate("wt-b", &["check"]).expect(1).says(made_anew);
    let merged = "git merge -q --no-edit -X theirs main; git -C ../../../repo push -q origin main
                  git push -q origin agents/b";
    shell(&world, "wt-b", merged).expect(0);
    // What the lane itself did is undone, and nothing else is said of it.
    shell(
        &world,
        "wt-b",
        "cd ../..; echo 3 >human.txt; git -c core.hooksPath=/nowhere commit -qam own",
    )
    .expect(0);
    world.gate("wt-b", &["check"]).expect(1).is_silent_about("take main in again");
}
