//! Lanes that have merges in them, and settings of one's own for merges, whatever the strategy.

use super::{CONTRACT, play, with, world};

/// A lane that has taken the trunk in by a merge, and has adapted its own file in that.
const ADAPTED: &str = "work db db/new 'old()'
    (cd repo; edit api/called 'new'; smuggle)
    (cd wt-db; git merge -q --no-commit --no-ff main; sed -i 's/old/new/' db/new; git commit -qam merged)";

#[test]
fn what_a_merge_has_adapted_lands_by_a_rebase_too_as_one_commit() {
    let world = world();
    play(
        &world,
        &format!(
            "{ADAPTED}; gate land --strategy rebase 2>said; grep 'agent-2 lands as one commit' said
             grep -x 'new()' repo/db/new; ! git -C repo rev-list --merges main | grep .
             gate status | grep 'agent-2.* landed'; work api api/new; gate land --strategy rebase"
        ),
    )
    .expect(0);
}

#[test]
fn a_merge_that_made_no_difference_leaves_a_rebase_its_commits() {
    let world = world();
    play(
        &world,
        "work db db/one; (cd repo; edit api/called new; smuggle); (cd wt-db; git merge -q --no-edit main)
         work db db/two; gate land --strategy rebase 2>said; ! grep 'as one commit' said
         git -C repo log --format=%s -2 main | tr '\\n' ';' | grep 'work on db/two;work on db/one;'",
    )
    .expect(0);
}

#[test]
fn a_conflict_that_a_merge_has_resolved_is_none_for_a_rebase() {
    let world = world();
    play(
        &world,
        "work db db/d mine; (cd repo; edit db/d fix; smuggle)
         ( cd wt-db; git merge -q main >/dev/null && exit 1; printf 'fix\\nmine\\n' >db/d; git commit -qam merged )
         gate land --strategy rebase 2>/dev/null; printf 'fix\\nmine\\n' | cmp - repo/db/d",
    )
    .expect(0);
}

/// A lane has tried something in a file of another lane's, and has undone that; its own work is beside it.
/// Then the trunk has got the same change.
const UNDONE: &str =
    "(cd wt-db; edit api/a fix; smuggle tried; git revert --no-edit HEAD >/dev/null)
    (cd repo; edit api/a fix; smuggle)";

#[test]
fn a_rebase_takes_back_nothing_of_what_the_trunk_has() {
    let note = "agent-2 lands as one commit";
    for strategy in ["merge", "squash", "rebase"] {
        let world = world();
        play(&world, &format!("{UNDONE}; work db db/new; work db db/more")).expect(0);
        for (command, suite) in [("rehearse", "--no-suite"), ("land", "--suite=true")] {
            let ran = world.gate("repo", &[command, suite, "--strategy", strategy]);
            ran.expect(0);
            assert_eq!(ran.stderr.contains(note), strategy == "rebase", "{command}: {ran:?}");
        }
        play(
            &world,
            "cd repo; printf 'a\nfix\n' | cmp - api/a; test -e db/new; test -e db/more
             git diff --name-only HEAD^ | tr '\n' ' ' | grep -x 'db/more db/new list.txt '; gate status | grep 'agent-2.* landed'",
        )
        .expect(0);
    }
}

#[test]
fn a_lane_that_has_undone_all_of_it_takes_nothing_back_either() {
    let world = world();
    play(&world, UNDONE).expect(0);
    let before = world.id("repo", "main");
    world
        .gate("repo", &["land", "--strategy", "rebase"])
        .expect(0)
        .says("nothing to land there yet");
    let ran = world.gate("repo", &["land", "agent-2", "--strategy", "rebase"]);
    ran.expect(1).says("nothing to land yet");
    assert_eq!(world.id("repo", "main"), before);
}

/// A lane has picked a fix of the trunk's in its own file, on which the trunk has gone on since.
const PICKED: &str =
    "work db db/one; (cd repo; edit db/d fix; smuggle); (cd wt-db; git cherry-pick main >/dev/null)
    (cd repo; sed -i 's/fix/better/' db/d; smuggle)";

#[test]
fn a_commit_that_the_trunk_has_is_dropped_also_where_merging_the_lane_would_conflict() {
    let world = world();
    play(
        &world,
        &format!(
            "{PICKED}; work db db/two; gate land --strategy rebase 2>said; ! grep 'as one commit' said
             printf 'd\nbetter\n' | cmp - repo/db/d
             git -C repo log --format=%s -2 main | tr '\n' ';' | grep 'work on db/two;work on db/one;'"
        ),
    )
    .expect(0);
}

#[test]
fn what_a_rebase_would_take_back_beside_such_a_conflict_stops_it() {
    let world = world();
    play(&world, &format!("{PICKED}; {UNDONE}")).expect(0);
    let before = world.id("repo", "main");
    let ran = world.gate("repo", &["land", "--strategy", "rebase"]);
    ran.expect(1).says("conflicts in 1 file");
    assert_eq!(world.id("repo", "main"), before);
    play(
        &world,
        "cd wt-db; git merge -q main >/dev/null && exit 1; git checkout -q main -- db/d; git commit -qam merged
         gate land --strategy rebase; cd ../repo; printf 'a\nfix\n' | cmp - api/a; test -e db/one",
    )
    .expect(0);
}

#[test]
fn a_lane_of_another_history_lands_by_a_rebase_as_before() {
    let world = world();
    play(
        &world,
        "cd wt-db; unseen checkout -q --orphan other; git rm -qrf .; edit db/new; smuggle
         unseen checkout -q -B agents/db; gate land --no-suite --strategy rebase; test -e ../repo/db/new",
    )
    .expect(0);
}

#[test]
fn settings_for_merges_by_hand_change_no_landing() {
    for strategy in ["merge", "squash", "rebase"] {
        for ff in ["only", "false"] {
            let world = world();
            play(
                &world,
                &format!(
                    "by_hand() {{ git config --global \"$@\"; }}; by_hand merge.ff {ff}; by_hand rebase.rebaseMerges true
                     by_hand rebase.autoStash true; by_hand rerere.autoUpdate true
                     work db db/new; (cd repo; edit api/called new; smuggle)
                     gate land --strategy {strategy} 2>/dev/null; test -e repo/db/new"
                ),
            )
            .expect(0);
        }
    }
}

#[test]
fn a_conflict_that_git_remembers_is_told_as_one() {
    for strategy in ["merge", "squash", "rebase"] {
        let world = world();
        play(
            &world,
            &format!(
                "git config --global rerere.enabled true; git config --global rerere.autoUpdate true
                 work db db/d mine; (cd repo; edit db/d fix; smuggle)
                 ( cd wt-db; git merge -q main >/dev/null && exit 1
                   printf 'both\\n' >db/d; git commit -qam merged; git reset -q --hard HEAD^ )
                 gate land --strategy {strategy} >said && exit 1; grep 'conflicts in 1 file' said; gate rehearse >said && exit 1
                 grep 'conflicts in 1 file' said"
            ),
        )
        .expect(0);
    }
}

#[test]
fn what_a_command_stages_beside_its_file_does_not_land() {
    let staging = "printf x >other; printf y >>suite.sh; ls api db ui >list.txt; git add -A";
    let world = with(&CONTRACT.replace("ls api db ui > list.txt", staging));
    play(
        &world,
        "work db db/new; gate land; cd repo; test \"$(git diff --name-only HEAD^1 | tr '\\n' ' ')\" = 'db/new list.txt '",
    )
    .expect(0);
}

#[test]
fn a_command_that_commits_what_it_makes_is_told() {
    let world =
        with(&CONTRACT.replace("ls api db ui > list.txt", "git commit -q --allow-empty -m made"));
    let before = world.id("repo", "main");
    play(&world, "work db db/new").expect(0);
    let ran = world.gate("repo", &["land"]);
    assert!(ran.code == 2 && ran.stderr.contains("has made a commit"), "{ran:?}");
    assert_eq!(world.id("repo", "main"), before);
}
