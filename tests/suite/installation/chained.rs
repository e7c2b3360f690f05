//! Hooks that were there before go on working, as git would run them.

use super::*;

/// Writes down what a hook is given: its name, arguments and input.
const TELL: &str = "printf '%s %s\\n' \"$(basename \"$0\")\" \"$*\" >>\"$HOME/told\"\n\
                    cat >>\"$HOME/told\"\n";

fn told(world: &Sandbox) -> String {
    if world.exists("home/told") { world.read("home/told") } else { String::new() }
}

#[test]
fn a_formatter_runs_first_and_what_it_stages_is_judged() {
    let world = two_lanes();
    let formatter = "echo formatted >>one/work.txt; git add one/work.txt\n";
    world.hook("repo", "pre-commit", formatter);
    world.gate("repo", &["install"]).expect(0).says("runs before it");
    work(&world, "one").expect(0);
    assert_eq!(world.git("one", &["show", "HEAD:one/work.txt"]).text(), "work\nformatted\n");
    world.gate("repo", &["uninstall"]).expect(0);

    world.hook("repo", "pre-commit", "echo sneaked >>two/there.txt; git add two/there.txt\n");
    world.gate("repo", &["install"]).expect(0);
    work(&world, "one").expect_failure().says("out-of-scope").says("two/there.txt");
}

#[test]
fn its_refusal_is_a_refusal() {
    let world = two_lanes();
    world.hook("repo", "pre-commit", "echo 'lint says no' >&2; exit 3\n");
    world.gate("repo", &["install"]).expect(0);
    work(&world, "one").expect_failure().says("lint says no");
    trespass(&world, "one").expect_failure().is_silent_about("out-of-scope");
}

#[test]
fn a_push_is_judged_first_and_then_shown_whole() {
    let world = two_lanes();
    world.server("server.git");
    world.hook("repo", "pre-push", TELL);
    world.gate("repo", &["install"]).expect(0).says("runs after it");
    work(&world, "one").expect(0);
    let (old, new) = (world.id("one", "HEAD~"), world.id("one", "HEAD"));
    world.git("one", &["push", "--quiet", "origin", "agents/one"]);
    let told_before = told(&world);
    let lines: Vec<_> = told_before.lines().collect();
    let server = world.path("server.git").display().to_string();
    assert_eq!(lines[0], format!("pre-push origin {server}"));
    assert_eq!(lines[1], format!("refs/heads/agents/one {new} refs/heads/agents/one {old}"));
    // What is refused is not even shown.
    world.append("one/two/there.txt", "mine\n");
    let off = ["-c", "core.hooksPath=/dev/null"];
    world.git("one", &[&off[..], &["commit", "--quiet", "-am", "tidy"]].concat());
    world.try_git("one", &["push", "origin", "agents/one"]).expect_failure().says("out-of-scope");
    assert_eq!(told(&world), told_before);
}

#[test]
fn a_transaction_is_shown_in_all_its_states() {
    let world = two_lanes();
    world.hook("repo", "reference-transaction", TELL);
    world.gate("repo", &["install"]).expect(0);
    world.git("repo", &["tag", "v1"]);
    let states: Vec<_> = told(&world)
        .lines()
        .filter_map(|line| line.strip_prefix("reference-transaction ").map(str::to_owned))
        .collect();
    // As without the gate: git 2.39 and 2.47 call it once for each.
    assert_eq!(states, ["prepared", "committed"]);
    assert!(told(&world).contains("refs/tags/v1"));
}

#[test]
fn a_merge_is_shown_too() {
    let world = two_lanes();
    world.hook("repo", "pre-merge-commit", TELL);
    world.gate("repo", &["install"]).expect(0);
    work(&world, "one").expect(0);
    world.git("repo", &["merge", "--quiet", "--no-ff", "--no-edit", "agents/one"]);
    assert_eq!(told(&world), "pre-merge-commit \n");
}

#[test]
fn without_an_interpreter_it_runs_as_git_would_run_it() {
    let world = two_lanes();
    world.write("repo/.git/hooks/pre-commit", "echo plain >>\"$HOME/told\"\n");
    world.make_executable("repo/.git/hooks/pre-commit");
    work(&world, "one").expect(0);
    world.gate("repo", &["install"]).expect(0);
    work(&world, "one").expect(0);
    assert_eq!(told(&world), "plain\nplain\n");
}

#[test]
fn what_git_ignores_stays_ignored() {
    let world = two_lanes();
    world.write("repo/.git/hooks/pre-commit", "#!/bin/sh\nexit 1\n");
    world.gate("repo", &["install"]).expect(0).is_silent_about("runs before it");
    work(&world, "one").expect(0);
}

#[test]
fn a_hook_finds_what_lies_beside_it_and_above() {
    let world = two_lanes();
    world.write("repo/.git/hooks/common.sh", "echo common >>\"$HOME/told\"\n");
    world.write("repo/scripts/hook", "#!/bin/sh\necho linked >>\"$HOME/told\"\n");
    world.make_executable("repo/scripts/hook");
    world.hook("repo", "pre-commit", ". \"$(dirname \"$0\")/common.sh\"\n");
    world.symlink("../../scripts/hook", "repo/.git/hooks/pre-push");
    world.server("server.git");
    world.gate("repo", &["install"]).expect(0);
    work(&world, "one").expect(0);
    world.git("one", &["push", "--quiet", "origin", "agents/one"]);
    assert_eq!(told(&world), "common\nlinked\n");
    assert!(world.exists("repo/.git/hooks.contract-gate/common.sh"));
    world.gate("repo", &["uninstall"]).expect(0);
    assert!(!world.exists("repo/.git/hooks.contract-gate"));
}

#[test]
fn the_common_script_of_husky_goes_on_working() {
    let world = two_lanes();
    // What husky 9 writes: a stub per hook, and a common script that finds the real one by $0.
    world.write("repo/.husky/_/.gitignore", "*");
    world.write(
        "repo/.husky/_/h",
        "#!/usr/bin/env sh\nn=$(basename \"$0\")\ns=$(dirname \"$(dirname \"$0\")\")/$n\n\
         [ ! -f \"$s\" ] && exit 0\nsh -e \"$s\" \"$@\"\n",
    );
    world.write("repo/.husky/_/pre-commit", "#!/usr/bin/env sh\n. \"$(dirname \"$0\")/h\"\n");
    world.make_executable("repo/.husky/_/pre-commit");
    world.write("repo/.husky/pre-commit", "echo husky >>\"$HOME/told\"\n");
    world.git("repo", &["config", "core.hooksPath", ".husky/_"]);
    let before = everything(&world.path("repo/.husky"));
    world.gate("repo", &["install"]).expect(0).says("relative");
    world.git("repo", &["commit", "--quiet", "--allow-empty", "-m", "x"]);
    assert_eq!(told(&world), "husky\n");
    assert!(
        !world.git("repo", &["status", "--porcelain", "-uall"]).text().contains("contract-gate")
    );
    world.gate("repo", &["uninstall"]).expect(0);
    assert_eq!(before, everything(&world.path("repo/.husky")));
}

#[test]
fn the_gate_goes_on_working_where_another_manager_moves_it() {
    let world = two_lanes();
    world.gate("repo", &["install"]).expect(0);
    // What `pre-commit install` does with a hook that it finds.
    let hooks = world.path("repo/.git/hooks");
    fs::rename(hooks.join("pre-commit"), hooks.join("pre-commit.legacy")).unwrap();
    world.hook("repo", "pre-commit", "exec \"$(dirname \"$0\")/pre-commit.legacy\" \"$@\"\n");
    trespass(&world, "one").expect_failure().says("out-of-scope").says("at pre-commit");
    let manager = fs::read(hooks.join("pre-commit")).unwrap();
    world.gate("repo", &["install"]).expect(2).says("replaced since");
    assert_eq!(fs::read(hooks.join("pre-commit")).unwrap(), manager);
    world.gate("repo", &["uninstall"]).expect(0).says("pre-commit.legacy");
    assert!(!hooks.join("pre-commit.legacy").exists());
    assert_eq!(fs::read(hooks.join("pre-commit")).unwrap(), manager);
}

#[test]
fn the_lines_for_other_hook_files_judge_and_block() {
    let world = two_lanes();
    world.gate("repo", &["install"]).expect(0);
    world.gate("repo", &["uninstall"]).expect(0);
    world.git("repo", &["config", "contractgate.trunk", "main"]);
    for name in CLIENT.into_iter().chain(["pre-receive"]) {
        let lines = fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("hooks").join(name));
        world.write(format!("repo/.git/hooks/{name}"), lines.unwrap());
        world.make_executable(format!("repo/.git/hooks/{name}"));
        let script = world.path("repo/.git/hooks").join(name);
        let lost = world.call("repo", &script).env("PATH", "/nowhere").run();
        lost.expect(2).says("not on PATH").says(name);
    }
    let world = with_the_command(world);
    trespass(&world, "one").expect_failure().says("out-of-scope").says("at pre-commit");
    work(&world, "one").expect(0);
    world.append("one/two/there.txt", "mine\n");
    let unverified = world.try_git("one", &["commit", "--no-verify", "-am", "tidy"]);
    unverified.expect_failure().says("at reference-transaction");
}
