//! The gate was there first, and the other program comes to it.

use super::*;

/// The gate and then the other one, in the lane's worktree.
fn gate_first(other: &'static Other) -> Option<Beside> {
    let beside = Beside::new(other)?;
    beside.world.gate("one", &["install"]).expect(0);
    beside.other(other.install);
    Some(beside)
}

/// One installation puts the gate before the other's hook, and both go again.
fn mended_and_gone(beside: &Beside) {
    let world = &beside.world;
    world.gate("one", &["install"]).expect(0);
    beside.both_work();
    beside.other(beside.other.anew);
    beside.is_warned(true);
    world.gate("one", &["install"]).expect(0);
    beside.both_work();
    world.gate("one", &["uninstall"]).expect(0);
    beside.the_other_works_alone();
}

#[test]
fn husky_leads_git_elsewhere() {
    let Some(beside) = gate_first(&HUSKY) else { return };
    beside.is_warned(true);
    beside.world.gate("one", &["doctor"]).expect(1).says("NOT the gate: husky has written");
    mended_and_gone(&beside);
}

#[test]
fn lefthook_takes_one_name_and_the_others_hold() {
    let Some(beside) = gate_first(&LEFTHOOK) else { return };
    trespass(&beside.world, "one").expect_failure().says(SAYS).says("at reference-transaction");
    beside.is_warned(true);
    beside.world.gate("one", &["doctor"]).expect(1).says("NOT the gate: lefthook has written");
    mended_and_gone(&beside);
}

#[test]
fn pre_commit_runs_the_gate_itself() {
    let Some(beside) = gate_first(&PRE_COMMIT) else { return };
    let world = &beside.world;
    trespass(world, "one").expect_failure().says("at pre-commit");
    work(world, "one").expect(0).says(SAYS);
    beside.is_warned(false);
    world.gate("one", &["doctor"]).expect(2).says("pre-commit.legacy").says("NOT proved");
    // Forced, it runs nothing but its own.
    beside.other(PRE_COMMIT.anew);
    beside.is_warned(true);
    mended_and_gone(&beside);
    assert!(!beside.hooks().join("pre-commit.legacy").exists());
}

#[test]
fn prek_wants_to_be_forced_and_writes_into_one_name_alone() {
    let Some(beside) = Beside::new(&PREK) else { return };
    let world = &beside.world;
    world.gate("one", &["install"]).expect(0);
    // prek 0.5.11 reads what it finds as text, and gives up when it is a program.
    world.call("one", &beside.program).arg("install").run().expect_failure();
    trespass(world, "one").expect_failure().says("at pre-commit");
    beside.other(PREK.anew);
    trespass(world, "one").expect_failure().says("at reference-transaction");
    beside.is_warned(true);
    world.gate("one", &["doctor"]).expect(1).says("NOT the gate: prek has written");
    mended_and_gone(&beside);
}

/// The other program is thought of when the gate has long been there, as links to one file, and
/// writes its hooks whatever it finds.
fn configured_later(other: &'static Other) -> Option<Beside> {
    let beside = Beside::unconfigured(other)?;
    let world = &beside.world;
    world.gate("one", &["install"]).expect(0);
    let mut names = inodes(world, "repo/.git/hooks");
    names.dedup();
    assert_eq!(names.len(), 1, "the hooks are one file");
    beside.configure();
    let written = world.call("one", &beside.program).args(other.anew).run();
    if written.code != 0 {
        // prek writes in place, and who is not root may not: nothing is lost, and an installation
        // makes each hook a file of its own, which prek may write.
        written.says("Permission denied");
        trespass(world, "one").expect_failure().says("at pre-commit");
        world.gate("one", &["install"]).expect(0).says("unchanged");
        beside.other(other.anew);
    }
    beside.is_warned(true);
    Some(beside)
}

#[test]
fn husky_is_configured_later() {
    configured_later(&HUSKY).iter().for_each(mended_and_gone);
}

#[test]
fn lefthook_is_configured_later() {
    configured_later(&LEFTHOOK).iter().for_each(mended_and_gone);
}

#[test]
fn pre_commit_is_configured_later() {
    configured_later(&PRE_COMMIT).iter().for_each(mended_and_gone);
}

#[test]
fn prek_is_configured_later() {
    configured_later(&PREK).iter().for_each(mended_and_gone);
}

#[test]
fn prek_leaves_with_one_script_when_the_gate_goes() {
    let Some(beside) = configured_later(&PREK) else { return };
    let world = &beside.world;
    world.gate("one", &["uninstall"]).expect(0).says("another hook has taken its place");
    let left: Vec<_> = everything(&world.path("repo/.git/hooks")).into_keys().collect();
    let names = left.iter().map(|path| path.file_name().unwrap().to_string_lossy());
    let names: Vec<_> = names.filter(|name| !name.ends_with(".sample")).collect();
    assert_eq!(names, ["pre-commit"]);
    beside.the_other_works_alone();
}

/// prek's script under every name, as root's `prek install -f` leaves it; made by hand, so that it
/// is tested whoever runs the tests and whatever was fetched.
fn written_through() -> Sandbox {
    let world = two_lanes();
    world.hook("repo", "pre-push", "exit 0 # before\n");
    world.gate("repo", &["install"]).expect(0);
    let hook = world.path("repo/.git/hooks/pre-commit");
    fs::set_permissions(&hook, fs::Permissions::from_mode(0o755)).unwrap();
    fs::write(&hook, STRAYED).unwrap();
    world
}

const STRAYED: &str = "#!/bin/sh\n# File generated by prek: https://github.com/j178/prek\n\
                       : --hook-type=pre-commit\necho the other hook ran >&2\n";

#[test]
fn a_script_that_was_written_through_stays_under_the_name_that_it_is_for() {
    let world = written_through();
    trespass(&world, "one").expect(0);
    world.git("one", &["reset", "--quiet", "--hard", "main"]);
    let seen = world.gate("repo", &["doctor"]);
    seen.expect(1).says("it was written over by prek").says("NOT the gate: prek has written");
    let again = world.gate("repo", &["install"]);
    again.expect(0).says("installed again: prek had written its own");
    assert_eq!(again.text().matches("prek had written another hook's script there").count(), 3);
    let kept: Vec<_> =
        everything(&world.path("repo/.git/hooks.contract-gate")).into_keys().collect();
    let kept = kept.iter().map(|path| path.file_name().unwrap().to_string_lossy());
    assert_eq!(kept.collect::<Vec<_>>(), ["installed.json", "pre-commit", "pre-push"]);
    trespass(&world, "one").expect_failure().says(SAYS).says("at pre-commit");
    world.gate("repo", &["doctor"]).expect(0);
    world.gate("repo", &["uninstall"]).expect(0);
    assert_eq!(world.read("repo/.git/hooks/pre-commit"), STRAYED);
    assert!(world.read("repo/.git/hooks/pre-push").contains("before"));
    assert!(!world.exists("repo/.git/hooks/reference-transaction"));
    assert!(!world.exists("repo/.git/hooks.contract-gate"));
}

#[test]
fn a_script_that_was_written_through_is_left_alone_once_when_the_gate_goes() {
    let world = written_through();
    let gone = world.gate("repo", &["uninstall"]);
    gone.expect(0).says("left alone: another hook has taken its place").is_silent_about("stays");
    assert_eq!(world.read("repo/.git/hooks/pre-commit"), STRAYED);
    assert!(world.read("repo/.git/hooks/pre-push").contains("before"));
    for name in ["contract-gate", "pre-merge-commit", "reference-transaction"] {
        assert!(!world.exists(format!("repo/.git/hooks/{name}")), "{name}");
    }
    assert!(!world.exists("repo/.git/hooks.contract-gate"));
}

#[test]
fn where_another_program_is_configured_later_the_links_are_parted() {
    let world = two_lanes();
    world.gate("repo", &["install"]).expect(0);
    let names = |world: &Sandbox| {
        let mut names = inodes(world, "repo/.git/hooks");
        names.dedup();
        names.len()
    };
    assert_eq!(names(&world), 1);
    world.write("one/.pre-commit-config.yaml", "repos: []\n");
    world.gate("repo", &["install"]).expect(0).says("unchanged");
    assert_eq!(names(&world), 4);
    for name in CLIENT {
        // Its owner can write there in place, as husky and prek do.
        let hook = fs::metadata(world.path("repo/.git/hooks").join(name)).unwrap();
        assert_eq!(hook.permissions().mode() & 0o777, 0o755, "{name}");
    }
    let before = everything(&world.path("repo/.git"));
    world.gate("repo", &["install"]).expect(0);
    assert!(before == everything(&world.path("repo/.git")));
    world.gate("repo", &["doctor"]).expect(0);
}

#[test]
fn what_was_there_before_both_goes_on_working_after_the_gate_is_gone() {
    let Some(beside) = Beside::new(&PRE_COMMIT) else { return };
    let world = &beside.world;
    world.hook("repo", "pre-commit", "echo the first of all\n");
    world.gate("one", &["install"]).expect(0);
    beside.other(PRE_COMMIT.install);
    work(world, "one").expect(0).says("the first of all").says(SAYS);
    world.gate("one", &["uninstall"]).expect(0).says("runs the one that was there");
    work(world, "one").expect(0).says("the first of all").says(SAYS);
    trespass(world, "one").expect(0);
}
