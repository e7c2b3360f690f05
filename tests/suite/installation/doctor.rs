//! `doctor`: whether git runs the gate's hooks, and what it says when it does not.

use super::*;

#[test]
fn every_worktree_is_proved() {
    let world = two_lanes();
    world.gate("repo", &["doctor"]).expect(1).says("not installed").says("contract-gate install");
    world.hook("repo", "pre-commit", "touch ran\n");
    world.gate("repo", &["install"]).expect(0);
    world.worktree("later", "agents/two");
    let before = everything(&world.path("repo/.git"));
    let seen = world.gate("one", &["doctor"]);
    seen.expect(0).says("every hook fires");
    for worktree in ["repo", "one", "later"] {
        seen.says(&world.path(worktree).display().to_string());
        assert!(!world.exists(format!("{worktree}/ran")), "the hook from before was not started");
    }
    assert_eq!(seen.text().matches("fires, version").count(), 12);
    assert!(before == everything(&world.path("repo/.git")), "looking changes nothing");
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
    seen.expect(1).says("NOT there").says("whose text calls contract-gate hook pre-commit");
    assert!(!world.exists("repo/ran"), "a hook of somebody else's was not started");
    // All links lose the bit at once, and git ignores every hook.
    fs::set_permissions(hooks.join("contract-gate"), fs::Permissions::from_mode(0o444)).unwrap();
    world.gate("repo", &["doctor"]).expect(1).says("does NOT fire: it is not executable");
    world.remove("repo/.git/hooks/pre-commit");
    trespass(&world, "one").expect(0);
    world.git("one", &["reset", "--quiet", "--hard", "main"]);
    world.gate("repo", &["install"]).expect(0);
    world.gate("repo", &["doctor"]).expect(0);
    trespass(&world, "one").expect_failure();
}

#[test]
fn what_cannot_be_proved_without_starting_somebodys_hook_is_unknown() {
    let world = two_lanes();
    world.gate("repo", &["install"]).expect(0);
    world.remove("repo/.git/hooks/pre-commit");
    world.hook("repo", "pre-commit", "touch ran; contract-gate hook pre-commit\n");
    world.gate("repo", &["doctor"]).expect(2).says("NOT proved").says("was not started");
    assert!(!world.exists("repo/ran"));
}

#[test]
fn the_lines_for_other_hook_files_are_proved() {
    let world = with_the_command(two_lanes());
    world.gate("repo", &["install"]).expect(0);
    for name in CLIENT {
        let lines = fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("hooks").join(name));
        world.remove(format!("repo/.git/hooks/{name}"));
        world.write(format!("repo/.git/hooks/{name}"), lines.unwrap());
        world.make_executable(format!("repo/.git/hooks/{name}"));
    }
    let seen = world.gate("repo", &["doctor"]);
    seen.expect(0);
    assert_eq!(seen.text().matches("fires, version").count(), 8);
    world.gate("repo", &["check"]).is_silent_about("does not run them");
}

#[test]
fn the_ways_out_of_a_relative_hooks_path_work_as_printed() {
    for way_out in ["git config core.hooksPath", "contract-gate -C"] {
        let world = with_the_command(two_lanes());
        world.git("repo", &["config", "core.hooksPath", ".githooks"]);
        world.gate("repo", &["install"]).expect(0);
        let seen = world.gate("one", &["doctor"]);
        seen.expect(1).says("NOT there: git runs nothing").says("fires, version");
        let text = seen.text();
        let line = text.lines().find_map(|line| line.find(way_out).map(|at| &line[at..])).unwrap();
        world.call("one", "sh").args(["-c", line]).run().expect(0);
        world.gate("repo", &["doctor"]).expect(0);
        trespass(&world, "one").expect_failure().says("out-of-scope");
        world.gate("repo", &["uninstall"]).expect(0);
        assert!(!world.exists("repo/.githooks") && !world.exists("one/.githooks"));
    }
}

#[test]
fn the_help_for_another_hook_in_a_relative_hooks_path_works_as_printed() {
    let world = with_the_command(two_lanes());
    world.write("repo/.githooks/pre-commit", "#!/bin/sh\nexit 0\n");
    world.make_executable("repo/.githooks/pre-commit");
    world.commit("repo", "the team's hooks");
    world.git("one", &["merge", "--quiet", "main"]);
    world.git("repo", &["config", "core.hooksPath", ".githooks"]);
    world.gate("repo", &["install"]).expect(0);
    let seen = world.gate("repo", &["doctor"]);
    seen.expect(1).says("NOT the gate: another hook is there").is_silent_about("uninstall &&");
    let text = seen.text();
    let command =
        text.lines().find_map(|line| line.find("git config core.hooksPath").map(|at| &line[at..]));
    world.call("repo", "sh").args(["-c", command.unwrap()]).run().expect(0);
    world.gate("repo", &["doctor"]).expect(0).says("and before that runs the hook from before");
}

#[test]
fn a_server_is_proved() {
    let world = two_lanes();
    world.server("server.git");
    world.gate("server.git", &["doctor"]).expect(1).says("contract-gate install --server");
    world.gate("server.git", &["install", "--server"]).expect(0);
    let seen = world.gate("server.git", &["doctor"]);
    seen.expect(0).says("pre-receive").says("fires, version").says("that is pushed to");
}

#[test]
fn identities_in_the_system_configuration_of_a_git_that_is_built_for_another_place_are_seen() {
    let world = two_lanes();
    world.server("server.git");
    world.gate("server.git", &["install", "--server"]).expect(0);
    let told = |text: &str| world.call(".", "sh").args(["-c", text]).run().line();
    let (git, path) = (told("command -v git"), told("echo \"$PATH\""));
    world.write("prefix/etc/gitconfig", "[contractgate]\n\tidentityEnv = PUSHER\n");
    let etc = world.path("prefix/etc/gitconfig").display().to_string();
    let script = format!(
        "#!/bin/sh\nunset GIT_CONFIG_NOSYSTEM; GIT_CONFIG_SYSTEM='{etc}' exec '{git}' \"$@\"\n"
    );
    world.write("prefix/bin/git", script);
    world.make_executable("prefix/bin/git");
    let path = format!("{}:{path}", world.path("prefix/bin").display());
    for backend in ["libgit2", "plumbing"] {
        let call = world.call("server.git", Sandbox::gate_program()).unset("GIT_CONFIG_NOSYSTEM");
        let call = call.env("PATH", &path).env("CONTRACT_GATE_GIT", backend).arg("doctor");
        call.run().says("PUSHER says who pushes");
    }
}

#[test]
fn a_worktree_that_is_judged_otherwise_than_the_others_is_said() {
    let world = two_lanes();
    world.gate("repo", &["install"]).expect(0);
    // Without the extension this is a setting of the whole repository.
    world.git("repo", &["config", "extensions.worktreeConfig", "true"]);
    world.git("one", &["config", "--worktree", "contractgate.mode", "observe"]);
    world.git("one", &["config", "--worktree", "contractgate.trunk", "agents/one"]);
    let doctor = world.gate("repo", &["doctor"]);
    doctor.expect(1).says("this worktree alone is judged by contractgate.mode = observe");
    doctor.says("this worktree alone is judged by contractgate.trunk = agents/one");
    let one = world.path("one").canonicalize().unwrap();
    for key in ["mode", "trunk"] {
        let mend =
            format!("git -C {} config --worktree --unset-all contractgate.{key}", one.display());
        doctor.says(&mend);
        crate::gated::script(&world, &mend).expect(0);
    }
    world.gate("repo", &["doctor"]).expect(0).is_silent_about("alone is judged");
}

#[test]
fn a_worktree_that_is_gone_is_said() {
    let world = two_lanes();
    world.gate("repo", &["install"]).expect(0);
    fs::remove_dir_all(world.path("one")).unwrap();
    world.gate("repo", &["doctor"]).expect(0).says("is gone").says("git worktree prune");
}

#[test]
fn a_worktree_that_was_moved_is_judged_where_it_is_and_no_prune_is_advised_there() {
    let world = two_lanes();
    world.gate("repo", &["install"]).expect(0);
    fs::rename(world.path("one"), world.path("moved")).unwrap();
    world.write("moved/two/there.txt", "x\n");
    world.git("moved", &["add", "--all"]);
    for directory in ["moved", "moved/two"] {
        world.gate(directory, &["check"]).expect(1).says("out-of-scope").says("two/there.txt");
    }
    world.gate("moved", &["status"]).expect(0);
    let seen = world.gate("moved", &["doctor"]);
    seen.says("git worktree repair").is_silent_about("git worktree prune");
    world.gate("repo", &["doctor"]).says("if it was moved, in that worktree");
    world.git("moved", &["worktree", "repair"]);
    world.gate("repo", &["doctor"]).expect(0).is_silent_about("git worktree repair");
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
    for hook in CLIENT {
        world.gate("one", &["hook", hook]).expect(2).says("read 0 bytes");
    }
}

#[test]
fn an_older_version_keeps_working_and_is_named() {
    let world = two_lanes();
    world.call("repo", older_version(&world)).arg("install").run().expect(0);
    trespass(&world, "one").expect_failure().says("out-of-scope");
    let seen = world.gate("repo", &["doctor"]);
    seen.expect(1).says("NOT this version: 0.0.9 answered").says("contract-gate doctor --fix");
    world.gate("repo", &["doctor", "--fix"]).expect(0).says("replaced by this version");
    trespass(&world, "one").expect_failure().says("out-of-scope");
    // The older one does not take a newer one's place.
    let older = world.call("repo", older_version(&world)).args(["doctor", "--fix"]).run();
    older.expect(1).says("of a newer version than this program");
    world.gate("repo", &["doctor"]).expect(0);
    // One installation replaces every hook, of whatever version.
    world.call("repo", older_version(&world)).arg("install").run().expect(0);
    let upgraded = world.gate("repo", &["install"]);
    assert_eq!(upgraded.expect(0).text().matches("replaced by this version").count(), 4);
    world.gate("repo", &["doctor"]).expect(0);
}

#[test]
fn what_is_the_gates_own_is_put_back_and_nothing_else() {
    let world = two_lanes();
    world.hook("repo", "pre-merge-commit", "exit 0 # before\n");
    world.gate("repo", &["install", "--observe"]).expect(0);
    world.gate("repo", &["doctor", "--fix"]).expect(0).says("nothing was to be put back");
    let hooks = world.path("repo/.git/hooks");
    for name in CLIENT.into_iter().chain(["contract-gate"]) {
        fs::remove_file(hooks.join(name)).unwrap();
    }
    world.write("repo/.git/hooks/pre-push", "");
    world.make_executable("repo/.git/hooks/pre-push");
    world.hook("repo", "pre-commit", "exit 0 # since\n");
    let fixed = world.gate("one", &["doctor", "--fix"]);
    fixed.expect(1).says("left alone: pre-commit: another hook is there");
    for line in ["contract-gate: put back", "pre-push: replaced", "reference-transaction: put back"]
    {
        fixed.says(line);
    }
    fixed.says("NOT the gate: another hook is there");
    assert!(world.read("repo/.git/hooks/pre-commit").contains("since"));
    assert_eq!(world.git("repo", &["config", "contractgate.mode"]).line(), "observe");
    // As printed: then the hook that is there now goes on working behind the gate.
    let world = with_the_command(world);
    let text = fixed.text();
    let way_out = "contract-gate uninstall &&";
    let line = text.lines().find_map(|line| line.find(way_out).map(|at| &line[at..])).unwrap();
    assert!(line.ends_with("--observe"), "{line}");
    world.call("repo", "sh").args(["-c", line]).run().expect(0);
    world.gate("repo", &["doctor"]).expect(0).says("nothing refused");
    world.gate("repo", &["uninstall"]).expect(0);
    assert!(world.read("repo/.git/hooks/pre-commit").contains("since"));
    assert!(world.read("repo/.git/hooks/pre-merge-commit").contains("before"));
}

#[test]
fn hooks_that_the_environment_leads_elsewhere_are_found() {
    let mut world = two_lanes();
    world.gate("repo", &["install"]).expect(0);
    for (name, value) in [("COUNT", "1"), ("KEY_0", "core.hooksPath"), ("VALUE_0", "/nowhere")] {
        world.setenv(&format!("GIT_CONFIG_{name}"), value);
    }
    let seen = world.gate("repo", &["doctor"]);
    seen.expect(1).says("core.hooksPath = /nowhere is set by the environment").says("unset");
}

/// The usual layout for many worktrees: a bare clone that holds them, and nobody works in itself.
#[test]
fn a_bare_repository_with_worktrees_is_a_clients() {
    let world = two_lanes();
    let shell = "git clone -q --bare repo held/.bare; cd held; echo 'gitdir: ./.bare' >.git
                 git worktree add -q main main; git worktree add -q one agents/one; git worktree add -q --detach looked-at";
    world.call(".", "sh").args(["-ec", shell]).run().expect(0);
    let main = world.path("held/main").canonicalize().unwrap();
    let install = format!("contract-gate -C {} install", main.display());
    let bare = world.gate("held", &["doctor"]);
    bare.expect(1).says(&install).is_silent_about("identityEnv").is_silent_about("pushed to\n");
    let by_hand = install.replacen("contract-gate", "\"$GATE\"", 1);
    let call = || world.call("held", "sh").env("GATE", Sandbox::gate_program());
    call().args(["-c", &by_hand]).run().expect(0).says("pre-commit");
    let whole = world.gate("held", &["doctor"]);
    whole.expect(0).says("every hook fires, in every worktree\n").is_silent_about("identityEnv");
    trespass(&world, "held/one").expect_failure().says("out-of-scope");
    // Where pushes alone are judged, nothing holds a lane that is worked on beside them.
    let served = world.gate("held", &["install", "--server"]);
    served.expect(0).says("is not judged now").says(&install);
    let doctor = world.gate("held", &["doctor"]);
    doctor
        .expect(1)
        .says("WRONG   pre-commit             NOT there: commits and moves of branches in this");
    doctor.says("identityEnv").says("this is a repository that is pushed to");
    world.gate("held/one", &["doctor"]).expect(1);
    // A worktree that serves to look at what was pushed is none of a lane.
    world.git("held", &["worktree", "remove", "--force", "one"]);
    let doctor = world.gate("held", &["doctor"]);
    doctor.expect(0).is_silent_about("every hook fires, in every worktree");
    doctor.says("every hook fires that was not left out, in every worktree");
}

#[test]
fn a_worktree_in_which_git_is_half_done_is_told_what_ends_it() {
    let world = crate::gated::uploads();
    let shell = |text: &str| world.call("wt-uploads", "sh").args(["-ec", text]).run();
    shell("git bisect start >/dev/null; git checkout -q --detach").expect(0);
    let doctor = world.gate("repo", &["doctor"]);
    doctor.says("this is agent-1's worktree, and git bisect is under way in it");
    doctor.says("end it there: git bisect reset").is_silent_about("go back to the lane");
    shell("git bisect reset 2>/dev/null").expect(0);
    shell("git -c sequence.editor='echo break >' rebase -q -i HEAD").expect(0);
    let doctor = world.gate("repo", &["doctor"]);
    doctor
        .says("agent-1 works here, by worktree and branch")
        .is_silent_about("go back to the lane");
    shell("git rebase --continue; git checkout -q --detach").expect(0);
    world.gate("repo", &["doctor"]).says("go back to the lane");
}

#[test]
fn a_project_that_is_called_like_a_lanes_worktree_is_told_and_is_nobodys_once_that_is_there() {
    let world = crate::gated::uploads();
    let at = "projects/wt-uploads";
    world.git(".", &["clone", "--quiet", "repo", at]);
    let install = world.gate(at, &["install"]);
    install.expect(0).says("this directory is called like agent-1's worktree");
    world.gate(at, &["lint"]).expect(0).says("warning[main-worktree]");
    let doctor = world.gate(at, &["doctor"]);
    doctor.says("this is agent-1's worktree, and main is checked out in it, which is no lane");
    // The first proposal for a worktree's place is this very directory.
    doctor
        .says("or make agent-1's")
        .says("git worktree add ../worktrees/wt-uploads agents/uploads");
    // As long as nothing else is known it may be an agent's own clone.
    world.append("projects/wt-uploads/contract.toml", "# more\n");
    let amend = ["commit", "--quiet", "-am", "the dispatcher amends the contract"];
    world.try_git(at, &amend).expect_failure().says("contract-protected");

    let add = ["worktree", "add", "--quiet", "../worktrees/wt-uploads", "agents/uploads"];
    world.git(at, &add);
    world.gate(at, &["lint"]).expect(0).is_silent_about("main-worktree");
    world.gate(at, &["install"]).expect(0).is_silent_about("is called like");
    world.gate(at, &["doctor"]).says("nobody's lane: whoever works here is a human");
    world.git(at, &amend);
    // There it is the agent that works.
    world.append("projects/worktrees/wt-uploads/tsconfig.json", "mine\n");
    world.try_git("projects/worktrees/wt-uploads", &amend).expect_failure().says("shared-frozen");
    // And here, where its lane is checked out.
    world.git(at, &["worktree", "remove", "--force", "../worktrees/wt-uploads"]);
    world.git(at, &["switch", "--quiet", "agents/uploads"]);
    world.append("projects/wt-uploads/tsconfig.json", "mine\n");
    world.try_git(at, &amend).expect_failure().says("shared-frozen");
}
