//! `doctor`: what it proves, and what it finds.

use super::*;

#[test]
fn every_worktree_is_proved() {
    let world = two_lanes();
    world.gate("repo", &["doctor"]).expect(2).says("not installed");
    world.hook("repo", "pre-commit", "touch ran\n");
    world.gate("repo", &["install"]).expect(0);
    world.worktree("later", "agents/two");
    let seen = world.gate("one", &["doctor"]);
    seen.expect(0).says("every hook fires");
    for worktree in ["repo", "one", "later"] {
        seen.says(&world.path(worktree).display().to_string());
        assert!(!world.exists(format!("{worktree}/ran")), "the hook from before was not started");
    }
    assert_eq!(seen.text().matches("fires\n").count(), 12);
}

#[test]
fn hooks_that_do_not_fire_are_found() {
    let world = two_lanes();
    world.gate("repo", &["install"]).expect(0);
    let hooks = world.path("repo/.git/hooks");
    fs::remove_file(hooks.join("pre-push")).unwrap();
    fs::remove_file(hooks.join("pre-commit")).unwrap();
    world.hook("repo", "pre-commit", "touch ran; contract-gate hook pre-commit\n");
    let seen = world.gate("repo", &["doctor"]);
    seen.expect(2).says("NOT there").says("its text calls contract-gate");
    assert!(!world.exists("repo/ran"), "a hook of somebody else's was not started");
    // All links lose the bit at once, and git ignores every hook.
    fs::set_permissions(hooks.join("contract-gate"), fs::Permissions::from_mode(0o444)).unwrap();
    world.gate("repo", &["doctor"]).expect(2).says("does NOT fire");
    world.remove("repo/.git/hooks/pre-commit");
    trespass(&world, "one").expect(0);
    world.git("one", &["reset", "--quiet", "--hard", "main"]);
    world.gate("repo", &["install"]).expect(0);
    world.gate("repo", &["doctor"]).expect(0);
    trespass(&world, "one").expect_failure();
}

#[test]
fn a_relative_hooks_path_is_found_in_the_other_worktrees() {
    let world = two_lanes();
    world.git("repo", &["config", "core.hooksPath", ".githooks"]);
    world.gate("repo", &["install"]).expect(0);
    let seen = world.gate("one", &["doctor"]);
    seen.expect(2).says("NOT there: git runs nothing").says("fires\n");
}

#[test]
fn a_server_is_proved() {
    let world = two_lanes();
    world.server("server.git");
    world.gate("server.git", &["install", "--server"]).expect(0);
    world.gate("server.git", &["doctor"]).expect(0).says("pre-receive").says("fires");
}

#[test]
fn a_worktree_that_is_gone_is_said() {
    let world = two_lanes();
    world.gate("repo", &["install"]).expect(0);
    fs::remove_dir_all(world.path("one")).unwrap();
    world.gate("repo", &["doctor"]).expect(0).says("gone");
}

#[test]
fn the_question_is_no_way_past_the_gate() {
    let mut world = two_lanes();
    world.gate("repo", &["install"]).expect(0);
    world.setenv("CONTRACT_GATE_DOCTOR", "1");
    work(&world, "one").expect_failure();
    world.try_git("one", &["commit", "--no-verify", "-m", "work"]).expect_failure();
    world.try_git("one", &["tag", "v1"]).expect_failure();
    assert_eq!(world.id("one", "HEAD"), world.id("repo", "main"));
}
