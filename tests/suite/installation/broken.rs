//! Taking the program away or breaking it opens nothing, or is said by every command.

use super::*;

/// What every command says when git does not run all of the gate's hooks.
const WARNED: &str = "git does not run them all";

/// A world with the gate installed by a command of its own, which can be taken away.
fn installed() -> (Sandbox, PathBuf) {
    let world = two_lanes();
    let command = world.path("home/bin/contract-gate");
    world.write("home/bin/contract-gate", fs::read(Sandbox::gate_program()).unwrap());
    world.make_executable("home/bin/contract-gate");
    world.call("repo", &command).arg("install").run().expect(0);
    (world, command)
}

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

#[test]
fn without_the_installed_command_everything_holds() {
    let (world, command) = installed();
    for breaking in ["empty", "closed", "gone"] {
        match breaking {
            "empty" => fs::write(&command, "").unwrap(),
            "closed" => set_mode(&command, 0o000),
            _ => fs::remove_file(&command).unwrap(),
        }
        trespass(&world, "one").expect_failure().says("at pre-commit");
        world.gate("repo", &["doctor"]).expect(0);
    }
}

#[test]
fn without_the_private_copy_everything_holds() {
    let (world, _) = installed();
    world.remove("repo/.git/hooks/contract-gate");
    trespass(&world, "one").expect_failure().says("at pre-commit");
    world.gate("repo", &["doctor"]).expect(0).says("contract-gate is gone").says("--fix");
    world.gate("repo", &["doctor", "--fix"]).expect(0).says("contract-gate: put back");
    assert!(world.exists("repo/.git/hooks/contract-gate"));
}

#[test]
fn half_a_program_refuses_everything() {
    let (world, _) = installed();
    let program = world.path("repo/.git/hooks/contract-gate");
    let whole = fs::read(&program).unwrap();
    set_mode(&program, 0o755);
    // All hooks are this file. Git cannot run it, or the shell cannot: both are a refusal.
    for length in [1, 3, 64, 5000] {
        fs::write(&program, &whole[..length]).unwrap();
        work(&world, "one").expect_failure();
        world.try_git("one", &["commit", "--no-verify", "-m", "work"]).expect_failure();
        world.try_git("one", &["tag", "v1"]).expect_failure();
        world.gate("repo", &["check"]).says(WARNED);
        world.gate("repo", &["doctor"]).expect(1).says("was written over");
    }
}

#[test]
fn what_git_would_pass_over_in_silence_is_said_by_every_command() {
    let (world, _) = installed();
    let hooks = world.path("repo/.git/hooks");
    let program = hooks.join("contract-gate");
    // Each opens every gate at once, by what git does (2.39 and 2.47).
    for (breaking, said) in [
        ("empty", "an empty file, which git takes for agreement"),
        ("closed", "not executable: git runs nothing"),
        ("gone", "no file: git runs nothing"),
        ("dangling", "a link that leads nowhere: git runs nothing"),
    ] {
        for name in CLIENT.into_iter().filter(|_| ["gone", "dangling"].contains(&breaking)) {
            fs::remove_file(hooks.join(name)).unwrap();
            if breaking == "dangling" {
                world.symlink("/no/such/program", format!("repo/.git/hooks/{name}"));
            }
        }
        match breaking {
            "empty" => {
                set_mode(&program, 0o755);
                fs::write(&program, "").unwrap();
            }
            "closed" => set_mode(&program, 0o444),
            "gone" => fs::remove_file(&program).unwrap(),
            _ => {}
        }
        trespass(&world, "one").expect(0);
        world.git("one", &["reset", "--quiet", "--hard", "main"]);
        for command in [
            &["check"][..],
            &["check", "--format", "json"],
            &["lint", "../repo/contract.toml"],
            &["explain"],
            &["schema", "verdict"],
            &["convert", "../repo/contract.toml", "--to", "markdown"],
        ] {
            let ran = world.gate("one", command);
            assert!(ran.stderr.contains(WARNED) && ran.stderr.contains(said), "{ran:?}");
            assert!(!ran.text().contains(WARNED), "the answer itself is as it was: {ran:?}");
        }
        world.gate("one", &["doctor"]).expect(1);
        if breaking == "dangling" {
            // A link is somebody's, wherever it leads.
            world.gate("one", &["doctor", "--fix"]).expect(1).says("left alone");
            world.gate("one", &["uninstall"]).expect(0);
            world.gate("one", &["install"]).expect(0);
        } else {
            world.gate("one", &["doctor", "--fix"]).expect(0);
        }
        trespass(&world, "one").expect_failure().says("at pre-commit");
        world.gate("one", &["check"]).is_silent_about(WARNED);
    }
}

#[test]
fn hooks_that_were_led_elsewhere_are_said() {
    let (world, _) = installed();
    world.git("repo", &["config", "core.hooksPath", "elsewhere"]);
    world.gate("one", &["check"]).says(WARNED).says("contract-gate install");
    world.gate("one", &["doctor"]).expect(1).says("NOT there");
    world.git("repo", &["config", "--unset", "core.hooksPath"]);
    world.gate("one", &["check"]).is_silent_about(WARNED);
    world.gate("repo", &["uninstall"]).expect(0);
    world.gate("one", &["check"]).is_silent_about(WARNED);
}

#[test]
fn a_worktree_that_a_relative_hooks_path_leaves_out_is_said_by_every_command() {
    let world = two_lanes();
    world.git("repo", &["config", "core.hooksPath", ".githooks"]);
    for command in [&["check"][..], &["lint", "contract.toml"]] {
        world.gate("one", command).is_silent_about(WARNED);
    }
    world.gate("repo", &["install"]).expect(0);
    trespass(&world, "one").expect(0);
    for command in [&["check"][..], &["lint", "contract.toml"]] {
        let ran = world.gate("one", command);
        ran.says(WARNED).says("no file: git runs nothing").says("contract-gate install");
        assert!(ran.stderr.contains(&world.path("one/.githooks").display().to_string()), "{ran:?}");
        world.gate("repo", command).is_silent_about(WARNED);
    }
    // As it is printed.
    world.gate("one", &["install"]).expect(0);
    world.gate("one", &["check"]).is_silent_about(WARNED);
    world.gate("one", &["uninstall"]).expect(0);
    world.gate("one", &["check"]).is_silent_about(WARNED);
}

#[test]
fn where_hooks_are_copies_each_is_hurt_alone() {
    let world = two_lanes();
    let team = world.path("team");
    world.git("repo", &["config", "core.hooksPath", &team.display().to_string()]);
    world.gate("repo", &["install"]).expect(0);
    set_mode(&team.join("contract-gate"), 0o755);
    fs::write(team.join("contract-gate"), "").unwrap();
    fs::write(team.join("pre-commit"), "").unwrap();
    trespass(&world, "one").expect_failure().says("at reference-transaction");
    world.gate("repo", &["doctor"]).expect(1).says("contract-gate was emptied");
    let fixed = world.gate("repo", &["doctor", "--fix"]);
    fixed.expect(0).says("contract-gate: put back").says("pre-commit: replaced");
    trespass(&world, "one").expect_failure().says("at pre-commit");
    world.gate("repo", &["uninstall"]).expect(0);
    assert!(!team.exists());
}
