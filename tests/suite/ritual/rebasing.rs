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
            "{ADAPTED}; gate land --strategy rebase 2>said; grep 'agent-2 has taken something in by a merge' said
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
         work db db/two; gate land --strategy rebase 2>said; ! grep 'taken something in' said
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
