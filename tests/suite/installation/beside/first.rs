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
