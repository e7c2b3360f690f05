//! Where git takes hooks from: `core.hooksPath` in all its forms, and places that are none.

use super::*;

/// Git itself is told by a variable of its own tests that a repository is somebody else's.
#[test]
fn a_repository_of_somebody_else_is_opened_where_git_was_told_to_trust_it() {
    let world = two_lanes();
    world.gate("repo", &["install"]).expect(0);
    let asked = |command: &str| {
        let call = world.call("one", Sandbox::gate_program()).arg(command);
        call.env("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1").env("CONTRACT_GATE_GIT", "plumbing")
    };
    let remedy = "git config --global --add safe.directory";
    asked("install").run().expect(2).says("dubious ownership").says(remedy);
    asked("doctor").run().expect(2).says("dubious ownership").says(remedy);
    asked("check").run().expect(2).says("dubious ownership");
    let trusted = |directory: &str| {
        let call = asked("check").env("GIT_CONFIG_COUNT", "1");
        call.env("GIT_CONFIG_KEY_0", "safe.directory").env("GIT_CONFIG_VALUE_0", directory).run()
    };
    trusted("/nowhere").expect(2).says("dubious ownership");
    trusted("*").expect(0);
}

#[test]
fn an_absolute_hooks_path_serves_every_worktree() {
    let world = two_lanes();
    let team = world.path("team").display().to_string();
    world.git("repo", &["config", "core.hooksPath", &team]);
    world.write("team/pre-commit", "#!/bin/sh\necho team >&2\n");
    world.make_executable("team/pre-commit");
    let before = everything(&world.path("team"));
    let installed = world.gate("repo", &["install"]);
    installed.expect(0).says("all 2 worktrees").is_silent_about("warning");
    assert!(!world.exists("repo/.git/hooks/pre-commit"));
    trespass(&world, "one").expect_failure().says("team").says("out-of-scope");
    // Other managers write their files in place: what one of them does to a hook stays there.
    let hook = world.path("team/pre-push");
    fs::set_permissions(&hook, fs::Permissions::from_mode(0o755)).unwrap();
    fs::write(&hook, "#!/bin/sh\n").unwrap();
    trespass(&world, "one").expect_failure();
    world.gate("repo", &["install"]).expect(2).says("replaced since");
    world.remove("team/pre-push");
    world.gate("repo", &["install"]).expect(0);
    world.gate("repo", &["uninstall"]).expect(0);
    assert_eq!(before, everything(&world.path("team")));
    assert!(!world.exists("team.contract-gate"));
}

#[test]
fn a_relative_hooks_path_is_said_loudly() {
    let world = two_lanes();
    world.git("repo", &["config", "core.hooksPath", ".githooks"]);
    world.write("repo/.githooks/pre-commit", "#!/bin/sh\nexit 0\n");
    world.make_executable("repo/.githooks/pre-commit");
    let before = everything(&world.path("repo/.githooks"));
    let one = world.path("one").display().to_string();
    let installed = world.gate("repo", &["install"]);
    installed.expect(0).says("this worktree only").says("relative").says("NOTHING is checked");
    installed.says("not covered now").says(&one);
    trespass(&world, "one").expect(0);
    // The command that is printed makes it one directory for all.
    let text = installed.text();
    let command = text.lines().find(|line| line.contains("git config core.hooksPath")).unwrap();
    world.call("repo", "sh").args(["-c", command.trim()]).run().expect(0);
    trespass(&world, "one").expect_failure().says("out-of-scope");
    world.gate("repo", &["uninstall"]).expect(0);
    assert_eq!(before, everything(&world.path("repo/.githooks")));
}

#[test]
fn the_directory_for_all_worktrees_is_the_main_ones() {
    // An agent's worktree goes when its lane has landed, and takes along what lies in it.
    for main_has_it in [true, false] {
        let world = two_lanes();
        world.worktree("two", "agents/two");
        world.git("repo", &["config", "core.hooksPath", ".githooks"]);
        world.write("repo/.git/info/exclude", ".githooks\n");
        if main_has_it {
            world.gate("repo", &["install"]).expect(0);
        }
        let text = world.gate("one", &["install"]).expect(0).text();
        let command = text.lines().find(|line| line.contains("git config core.hooksPath")).unwrap();
        assert!(command.contains("/repo/.githooks"), "{text}");
        let command = command.replace("contract-gate install", "\"$GATE\" install");
        let call = world.call("one", "sh").env("GATE", Sandbox::gate_program());
        call.args(["-c", command.trim()]).run().expect(0);
        world.git("repo", &["worktree", "remove", "--force", "../one"]);
        world.gate("two", &["doctor"]).expect(0).says("every hook fires, in every worktree");
    }
}

#[test]
fn one_installation_renews_every_directory_that_a_relative_hooks_path_leads_to() {
    let world = two_lanes();
    world.worktree("two", "agents/two");
    world.git("repo", &["config", "core.hooksPath", ".githooks"]);
    // Or the next `git add` takes the hooks along, and the next `git reset` away.
    world.write("repo/.git/info/exclude", ".githooks\n");
    let older = older_version(&world);
    for worktree in ["repo", "one"] {
        world.call(worktree, &older).arg("install").run().expect(0);
    }
    world.gate("one", &["doctor"]).says("NOT this version: 0.0.9 answered");
    let renewed = world.gate("repo", &["install"]);
    renewed.expect(0).says("and 1 with a directory of their own");
    assert_eq!(renewed.text().matches("replaced by this version").count(), 8);
    let uncovered = renewed.text();
    let uncovered = uncovered.lines().find(|line| line.contains("not covered now")).unwrap();
    assert!(uncovered.ends_with("/two"), "{uncovered}");
    world.gate("one", &["doctor"]).is_silent_about("NOT this version");
    trespass(&world, "one").expect_failure().says("out-of-scope");
    let before = everything(&world.path("one"));
    world.gate("repo", &["install"]).expect(0).is_silent_about("replaced");
    assert!(before == everything(&world.path("one")), "again changes nothing");
    // What is left out here is left out there.
    world.gate("one", &["install", "--without", "pre-push"]).expect(0);
    for worktree in ["repo", "one"] {
        assert!(!world.exists(format!("{worktree}/.githooks/pre-push")));
        assert!(world.exists(format!("{worktree}/.githooks/pre-commit")));
    }
    world.gate("repo", &["uninstall"]).expect(0);
    for worktree in ["repo", "one"] {
        assert!(!world.exists(format!("{worktree}/.githooks")));
    }
}

#[test]
fn it_is_found_again_when_the_hooks_path_has_changed() {
    let world = two_lanes();
    world.gate("repo", &["install"]).expect(0);
    world.git("repo", &["config", "core.hooksPath", ".githooks"]);
    world.gate("repo", &["install"]).expect(0);
    // From another worktree, which has neither.
    world.gate("one", &["uninstall"]).expect(0).says("taken away");
    for hooks in ["repo/.githooks", "repo/.git/hooks"] {
        assert!(!world.exists(format!("{hooks}/pre-commit")), "{hooks}");
        assert!(!world.exists(format!("{hooks}.contract-gate")), "{hooks}");
    }
    world.try_git("repo", &["config", "--local", "contractgate.trunk"]).expect(1);
}

#[test]
fn tracked_hooks_are_named() {
    let world = two_lanes();
    world.write("repo/.githooks/pre-commit", "#!/bin/sh\nexit 0\n");
    world.commit("repo", "our hooks");
    world.git("repo", &["config", "core.hooksPath", ".githooks"]);
    let installed = world.gate("repo", &["install"]);
    installed.expect(0).says("git tracks hooks").says(".githooks/pre-commit");
    // Said before anything is written there, or even when nothing can be.
    world.gate("repo", &["uninstall"]).expect(0);
    world.write("repo/.githooks/contract-gate", "mine\n");
    world.gate("repo", &["install"]).expect(2).says("git tracks hooks").says("was left alone");
    world.remove("repo/.githooks/contract-gate");
    world.gate("repo", &["uninstall"]).expect(0);
    assert_eq!(world.git("repo", &["status", "--porcelain"]).text(), "");
}

#[test]
fn a_linked_hooks_directory_is_one_place() {
    let world = two_lanes();
    fs::rename(world.path("repo/.git/hooks"), world.path("shared-hooks")).unwrap();
    world.symlink("../../shared-hooks", "repo/.git/hooks");
    world.hook("repo", "pre-commit", "echo before >&2\n");
    world.gate("repo", &["install"]).expect(0);
    assert!(world.exists("shared-hooks.contract-gate/pre-commit"));
    trespass(&world, "one").expect_failure().says("before").says("out-of-scope");
    world.git("repo", &["commit", "--quiet", "--allow-empty", "-m", "x"]);
    world.gate("repo", &["uninstall"]).expect(0);
    assert!(world.read("shared-hooks/pre-commit").contains("before"));
}

#[test]
fn a_global_hooks_path_is_touched_only_when_asked() {
    let world = two_lanes();
    let global = world.path("all").display().to_string();
    world.git("repo", &["config", "--global", "core.hooksPath", &global]);
    let refused = world.gate("repo", &["install"]);
    refused.expect(2).says("is a global setting").says("--allow-global");
    assert!(!world.exists("all") && !world.exists("repo/.git/hooks/pre-commit"));
    world.try_git("repo", &["config", "--local", "contractgate.trunk"]).expect(1);

    world.gate("repo", &["install", "--allow-global"]).expect(0).says("every repository");
    trespass(&world, "one").expect_failure().says("out-of-scope");
    world.init("elsewhere");
    world.gate("repo", &["uninstall"]).expect(2).says("serves every repository");
    world.gate("repo", &["uninstall", "--allow-global"]).expect(0);
    assert!(!world.exists("all"));
}

#[test]
fn a_global_installation_leaves_repositories_free_that_have_nothing_to_do_with_it() {
    let world = two_lanes();
    let global = world.path("all").display().to_string();
    world.git("repo", &["config", "--global", "core.hooksPath", &global]);
    world.gate("repo", &["install", "--allow-global"]).expect(0).says("is left free");
    world.init("elsewhere");
    let commit = ["commit", "--quiet", "--allow-empty", "-m", "no contract here"];
    world.git("elsewhere", &commit);
    world.write("elsewhere/CONTRACT.md", "# Terms\n\nThe parties agree as follows.\n");
    world.commit("elsewhere", "somebody's legal text");
    world.git(".", &["init", "--quiet", "--bare", "elsewhere.git"]);
    world.git("elsewhere", &["push", "--quiet", "../elsewhere.git", "main"]);
    world.gate("elsewhere", &["doctor"]).expect(0).says("leave this one free");
    // Whoever brings a contract has to say which branch is the trunk.
    world.write("elsewhere/contract.toml", CONTRACT);
    world.commit("elsewhere", "the contract");
    world.try_git("elsewhere", &commit).expect_failure().says("git config contractgate.trunk");
    world.gate("elsewhere", &["doctor"]).expect(2).says("everything blocks");
    world.git("elsewhere", &["config", "contractgate.trunk", "main"]);
    world.git("elsewhere", &commit);
    // Hooks of a repository's own are there because of a contract: without a trunk they block.
    world.git("repo", &["config", "core.hooksPath", ".git/hooks"]);
    world.gate("repo", &["install"]).expect(0);
    // In a linked worktree that leads below a file, and git runs nothing.
    world.gate("one", &["check"]).says("git does not run them all");
    world.gate("one", &["doctor"]).says("NOT there: git runs nothing");
    world.git("repo", &["rm", "--quiet", "contract.toml"]);
    world.git("repo", &["commit", "--quiet", "-m", "no contract any more"]);
    world.git("repo", &["config", "--unset", "contractgate.trunk"]);
    world.try_git("repo", &commit).expect_failure().says("contractgate.trunk");
}

#[test]
fn the_other_way_out_of_a_global_hooks_path_works_as_printed() {
    let world = two_lanes();
    let global = world.path("all").display().to_string();
    world.git("repo", &["config", "--global", "core.hooksPath", &global]);
    let refused = world.gate("one", &["install"]).expect(2).stderr.clone();
    let command =
        refused.lines().find_map(|line| line.find("git config").map(|at| &line[at..])).unwrap();
    world.call("one", "sh").args(["-c", command]).run().expect(0);
    world.gate("one", &["install"]).expect(0);
    assert!(world.exists("repo/.git/hooks/pre-commit") && !world.exists("all"));
    trespass(&world, "one").expect_failure().says("out-of-scope");
}

#[test]
fn where_hooks_are_switched_off_it_is_said_how_they_are_switched_on() {
    for value in ["/dev/null", ""] {
        let world = two_lanes();
        world.git("repo", &["config", "core.hooksPath", value]);
        let before = everything(&world.path("repo"));
        let refused = world.gate("repo", &["install"]);
        refused.expect(2).says("is no directory, so that git runs no hooks here");
        refused.says("git config --local --unset core.hooksPath");
        assert_eq!(before, everything(&world.path("repo")), "{value}");
        world.git("repo", &["config", "--local", "--unset", "core.hooksPath"]);
        world.gate("repo", &["install"]).expect(0);
        trespass(&world, "one").expect_failure().says("out-of-scope");
    }
}

#[test]
fn a_hooks_path_for_one_command_is_refused() {
    let mut world = two_lanes();
    for (name, value) in [("COUNT", "1"), ("KEY_0", "core.hooksPath"), ("VALUE_0", "/nowhere")] {
        world.setenv(&format!("GIT_CONFIG_{name}"), value);
    }
    world.gate("repo", &["install"]).expect(2).says("for this one command");
}

#[test]
fn places_that_are_none() {
    let world = two_lanes();
    fs::create_dir(world.path("nowhere")).unwrap();
    for command in ["install", "uninstall"] {
        world.gate("nowhere", &[command]).expect(2).says("in no git repository");
    }
    world.gate("repo", &["install", "--server"]).expect(2).says("not a bare repository");
    world.git(".", &["init", "--quiet", "--bare", "bare.git"]);
    world.gate("bare.git", &["install"]).expect(2).says("--server");
}

#[test]
fn paths_may_hold_anything() {
    let world = Sandbox::bare_world();
    let name = "a b'c\u{e9}\x1b[31m";
    world.init(name);
    world.write(format!("{name}/contract.toml"), CONTRACT);
    world.commit(name, "the contract");
    world.git(name, &["checkout", "--quiet", "-b", "agents/one"]);
    world.hook(name, "pre-commit", "exit 0\n");
    let installed = world.gate(name, &["install", "--trunk", "main"]);
    installed.expect(0).is_silent_about("\x1b");
    world.write(format!("{name}/two/x"), "x");
    world.git(name, &["add", "--all"]);
    world.try_git(name, &["commit", "-m", "x"]).expect_failure().says("out-of-scope");
    world.gate(name, &["uninstall"]).expect(0).says("is back");
}
