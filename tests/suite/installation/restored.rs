//! What comes back, what is left alone, and what an installation that stopped leaves behind.

use super::*;

#[test]
fn what_was_there_comes_back_as_it_was() {
    let world = two_lanes();
    let hooks = "repo/.git/hooks";
    world.hook("repo", "pre-commit", "exit 0 # \u{fc}\r\n");
    world.write(format!("{hooks}/pre-merge-commit"), b"\xff\0 not even executable");
    world.symlink("../../no/such/hook", format!("{hooks}/pre-push"));
    world.hook("repo", "commit-msg", "exit 0\n");
    fs::set_permissions(world.path(hooks).join("pre-commit"), fs::Permissions::from_mode(0o751))
        .unwrap();
    let time = |name: &str| fs::metadata(world.path(hooks).join(name)).unwrap().modified().unwrap();
    let (before, written) = (everything(&world.path("repo/.git")), time("pre-commit"));
    world.gate("repo", &["install", "--observe"]).expect(0);
    world.gate("repo", &["install"]).expect(0);
    world.gate("one", &["uninstall"]).expect(0).says("is back").says("taken away");
    let after = everything(&world.path("repo/.git"));
    for path in before.keys().chain(after.keys()) {
        assert_eq!(before.get(path), after.get(path), "{}", path.display());
    }
    assert_eq!(written, time("pre-commit"));
    world.gate("repo", &["uninstall"]).expect(0).says("was not installed");
}

#[test]
fn a_hooks_directory_that_was_made_goes_again() {
    let world = two_lanes();
    fs::remove_dir_all(world.path("repo/.git/hooks")).unwrap();
    world.gate("repo", &["install"]).expect(0);
    trespass(&world, "one").expect_failure();
    world.gate("repo", &["uninstall"]).expect(0);
    assert!(!world.exists("repo/.git/hooks"));
}

#[test]
fn other_files_are_left_alone() {
    let world = two_lanes();
    world.hook("repo", "pre-commit", "exit 0\n");
    world.gate("repo", &["install"]).expect(0);
    world.hook("repo", "post-commit", "exit 0\n");
    world.write("repo/.git/hooks.contract-gate/notes.txt", "mine\n");
    let uninstalled = world.gate("repo", &["uninstall"]);
    uninstalled.expect(0).says("hooks.contract-gate holds other files");
    assert_eq!(world.read("repo/.git/hooks.contract-gate/notes.txt"), "mine\n");
    assert!(world.exists("repo/.git/hooks/post-commit"));
    assert_eq!(fs::read_dir(world.path("repo/.git/hooks.contract-gate")).unwrap().count(), 1);
}

#[test]
fn a_hook_that_was_replaced_since_is_left_alone_and_named() {
    let world = two_lanes();
    world.hook("repo", "pre-commit", "exit 0 # before\n");
    world.gate("repo", &["install"]).expect(0);
    for name in ["pre-commit", "pre-push"] {
        world.remove(format!("repo/.git/hooks/{name}"));
        world.hook("repo", name, "exit 0 # since\n");
    }
    let again = world.gate("repo", &["install"]);
    again.expect(2).says("not wholly installed").says("replaced since").says("uninstall");
    assert!(world.read("repo/.git/hooks/pre-push").contains("since"));
    let uninstalled = world.gate("repo", &["uninstall"]);
    uninstalled.expect(0).says("another hook has taken its place").says("the one from before is");
    assert!(world.read("repo/.git/hooks/pre-commit").contains("since"));
    assert!(world.read("repo/.git/hooks/pre-push").contains("since"));
    assert!(world.read("repo/.git/hooks.contract-gate/pre-commit").contains("before"));
    assert!(!world.exists("repo/.git/hooks/reference-transaction"));
    // What the message advises: now they are hooks like any other. One of them is in the way.
    let advised = world.gate("repo", &["install"]);
    advised.expect(2).says("another hook is kept from before");
    let text = advised.text();
    let command = text.lines().find_map(|line| line.find("mv ").map(|at| &line[at..])).unwrap();
    world.call("repo", "sh").args(["-c", command]).run().expect(0);
    world.gate("repo", &["install"]).expect(0).says("runs before it");
    assert!(world.read("repo/.git/hooks/pre-commit.before").contains("before"));
}

#[test]
fn a_hook_that_was_removed_by_hand_comes_back_with_the_one_from_before() {
    let world = two_lanes();
    world.hook("repo", "pre-commit", "exit 0 # before\n");
    world.gate("repo", &["install"]).expect(0);
    world.remove("repo/.git/hooks/pre-commit");
    world.gate("repo", &["install"]).expect(0).says("runs before it");
    trespass(&world, "one").expect_failure();
    world.remove("repo/.git/hooks/pre-commit");
    world.gate("repo", &["uninstall"]).expect(0);
    assert!(world.read("repo/.git/hooks/pre-commit").contains("before"));
}

#[test]
fn writing_through_a_link_is_found_out() {
    let world = two_lanes();
    world.gate("repo", &["install"]).expect(0);
    // As root even a file that nobody may write: all four hooks are this script now.
    let hook = world.path("repo/.git/hooks/pre-push");
    fs::set_permissions(&hook, fs::Permissions::from_mode(0o755)).unwrap();
    fs::write(&hook, "#!/bin/sh\nexit 0\n").unwrap();
    let installed = world.gate("repo", &["install"]);
    installed.expect(2).says("was written over").says("pre-commit, pre-merge-commit, pre-push");
    assert_eq!(world.read("repo/.git/hooks/pre-push"), "#!/bin/sh\nexit 0\n");
    let uninstalled = world.gate("repo", &["uninstall"]);
    uninstalled.expect(0).says("left alone").says("contract-gate was changed since");
    assert_eq!(world.read("repo/.git/hooks/pre-push"), "#!/bin/sh\nexit 0\n");
}

#[test]
fn the_way_out_of_that_works_as_it_is_printed() {
    let world = two_lanes();
    world.gate("repo", &["install"]).expect(0);
    let hook = world.path("repo/.git/hooks/pre-push");
    fs::set_permissions(&hook, fs::Permissions::from_mode(0o755)).unwrap();
    fs::write(&hook, "#!/bin/sh\nexit 0\n").unwrap();
    let said = world.gate("repo", &["install"]).expect(2).stderr.clone();
    let command = said.lines().find_map(|line| line.find("rm ").map(|at| &line[at..])).unwrap();
    let world = with_the_command(world);
    world.call("repo", "sh").args(["-c", command]).run().expect(0);
    trespass(&world, "one").expect_failure().says("out-of-scope");
}

#[test]
fn settings_that_somebody_else_made_stay() {
    let world = two_lanes();
    let config = |key: &str| world.try_git("repo", &["config", "--local", "--get", key]);
    world.git("repo", &["config", "contractgate.trunk", "main"]);
    world.gate("repo", &["install", "--observe"]).expect(0);
    world.git("repo", &["config", "contractgate.mode", "enforce"]);
    world.gate("repo", &["uninstall"]).expect(0).says("contractgate.mode = enforce was set since");
    assert_eq!(config("contractgate.trunk").line(), "main", "it was there before");
    assert_eq!(config("contractgate.mode").line(), "enforce");

    world.git("repo", &["branch", "develop"]);
    world.gate("repo", &["install", "--trunk", "develop"]).expect(0);
    assert_eq!(config("contractgate.trunk").line(), "develop");
    world.gate("repo", &["uninstall"]).expect(0);
    assert_eq!(config("contractgate.trunk").line(), "main", "its former value is back");
}

/// The gate as another version would be: the same program with other bytes.
fn other_version(world: &Sandbox) -> PathBuf {
    let mut program = fs::read(Sandbox::gate_program()).unwrap();
    program.extend_from_slice(b"another version");
    world.write("other/contract-gate", program);
    world.make_executable("other/contract-gate");
    world.path("other/contract-gate")
}

#[test]
fn hooks_of_another_version_are_replaced_by_rename() {
    let world = two_lanes();
    world.hook("repo", "pre-commit", "exit 0 # before\n");
    world.call("repo", other_version(&world)).arg("install").run().expect(0);
    let old = inodes(&world, "repo/.git/hooks");
    world.gate("repo", &["install"]).expect(0).says("replaced by this version; the hook that was");
    assert!(inodes(&world, "repo/.git/hooks").iter().all(|inode| !old.contains(inode)));
    let now = fs::read(world.path("repo/.git/hooks/pre-push")).unwrap();
    assert!(now == fs::read(Sandbox::gate_program()).unwrap());
    trespass(&world, "one").expect_failure();
    world.gate("repo", &["uninstall"]).expect(0);
    assert!(world.read("repo/.git/hooks/pre-commit").contains("before"));
}

#[test]
fn an_installation_that_stopped_goes_on_or_goes_away() {
    for way_out in ["install", "uninstall"] {
        // Half of the hooks are of the old version: the new private copy is there already.
        let world = two_lanes();
        world.hook("repo", "pre-commit", "exit 0 # before\n");
        world.call("repo", other_version(&world)).arg("install").run().expect(0);
        let hooks = world.path("repo/.git/hooks");
        let old = fs::read(hooks.join("pre-push")).unwrap();
        world.gate("repo", &["install"]).expect(0);
        let record = world.path("repo/.git/hooks.contract-gate/installed.json");
        let of_both = fs::read_to_string(&record).unwrap();
        let id = world.git(
            "repo",
            &["hash-object", "other/contract-gate"].map(|argument| {
                if argument.starts_with("other") { "../other/contract-gate" } else { argument }
            }),
        );
        let of_both =
            of_both.replace("\"programs\": [", &format!("\"programs\": [\n\"{}\",", id.line()));
        fs::write(&record, of_both).unwrap();
        for name in ["pre-commit", "pre-push"] {
            fs::remove_file(hooks.join(name)).unwrap();
            fs::write(hooks.join(name), &old).unwrap();
            fs::set_permissions(hooks.join(name), fs::Permissions::from_mode(0o555)).unwrap();
        }
        trespass(&world, "one").expect_failure();
        world.gate("repo", &[way_out]).expect(0);
        if way_out == "install" {
            assert_eq!(
                inodes(&world, "repo/.git/hooks").windows(2).filter(|w| w[0] != w[1]).count(),
                0
            );
            world.gate("repo", &["uninstall"]).expect(0);
        }
        assert!(world.read("repo/.git/hooks/pre-commit").contains("before"));
        assert!(!world.exists("repo/.git/hooks/pre-push"));
        assert!(!world.exists("repo/.git/hooks.contract-gate"));
    }
}

#[test]
fn a_hook_that_is_kept_and_not_yet_replaced_is_not_lost() {
    for way_out in ["install", "uninstall"] {
        let world = two_lanes();
        world.hook("repo", "pre-commit", "exit 0 # before\n");
        let hook = world.path("repo/.git/hooks/pre-commit");
        // Stopped between the second name and the rename.
        let beside = world.path("repo/.git/hooks.contract-gate");
        fs::create_dir(&beside).unwrap();
        fs::hard_link(&hook, beside.join("pre-commit")).unwrap();
        world.gate("repo", &[way_out]).expect(0);
        if way_out == "install" {
            trespass(&world, "one").expect_failure();
            world.gate("repo", &["uninstall"]).expect(0);
        }
        assert!(fs::read_to_string(&hook).unwrap().contains("before"));
        assert!(!beside.exists());
    }
}

#[test]
fn without_its_record_the_gate_still_knows_itself() {
    let world = two_lanes();
    world.call("repo", other_version(&world)).arg("install").run().expect(0);
    world.remove("repo/.git/hooks.contract-gate/installed.json");
    world.remove("repo/.git/hooks/contract-gate");
    world.gate("repo", &["install"]).expect(0).says("replaced by this version");
    assert!(!world.exists("repo/.git/hooks.contract-gate/pre-commit"), "never behind itself");
    world.remove("repo/.git/hooks.contract-gate/installed.json");
    world.gate("repo", &["uninstall"]).expect(0).says("taken away");
    for name in CLIENT.into_iter().chain(["contract-gate"]) {
        assert!(!world.exists(format!("repo/.git/hooks/{name}")), "{name}");
    }
}

#[test]
fn a_gate_that_was_put_there_by_hand_is_not_put_behind_itself() {
    let world = two_lanes();
    world.symlink(Sandbox::gate_program(), "repo/.git/hooks/pre-commit");
    world.gate("repo", &["install"]).expect(2).says("put there by hand");
    assert!(!world.exists("repo/.git/hooks.contract-gate/pre-commit"));
    world.remove("repo/.git/hooks/pre-commit");
    fs::create_dir(world.path("repo/.git/hooks/pre-commit")).unwrap();
    world.gate("repo", &["install"]).expect(2).says("no file");
}

#[test]
fn a_name_that_is_taken_is_left_alone() {
    let world = two_lanes();
    world.write("repo/.git/hooks/contract-gate", "mine\n");
    world.gate("repo", &["install"]).expect(2).says("is no contract-gate");
    assert_eq!(world.read("repo/.git/hooks/contract-gate"), "mine\n");
    assert!(!world.exists("repo/.git/hooks/pre-commit"));
    world.gate("repo", &["uninstall"]).expect(0);
    assert_eq!(world.read("repo/.git/hooks/contract-gate"), "mine\n");
}

#[test]
fn a_record_that_cannot_be_read_stops_everything() {
    let world = two_lanes();
    world.gate("repo", &["install"]).expect(0);
    world.write("repo/.git/hooks.contract-gate/installed.json", "{\"format\": 9}");
    for command in ["install", "uninstall"] {
        world.gate("repo", &[command]).expect(2).says("installed.json cannot be read");
    }
    trespass(&world, "one").expect_failure();
}

#[test]
fn the_private_copy_takes_itself_away() {
    let world = two_lanes();
    world.gate("repo", &["install"]).expect(0);
    let own = world.path("repo/.git/hooks/contract-gate");
    world.call("repo", own).arg("uninstall").run().expect(0);
    assert!(!world.exists("repo/.git/hooks/contract-gate"));
    assert!(!world.exists("repo/.git/hooks/pre-commit"));
}
