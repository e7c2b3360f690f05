//! A worktree of the trunk that a landing has left, because somebody is at work in it: its index is
//! that of an older commit, so that a commit there would take the landing back.

use serde_json::Value;

use super::{json, play, world};
use crate::sandbox::{Ran, Sandbox};

/// Words beside the others.
const WORDS: &str = "
# still: what has landed is there, in the trunk and in its worktree
still() { git -C $TOP/repo cat-file -e main:db/new; test -e $TOP/repo/db/new; }
";

/// The command that is printed behind a word.
fn printed(ran: &Ran, word: &str) -> String {
    let said = ran.text() + &ran.stderr;
    let line = said.lines().find_map(|line| line.split_once(word));
    line.unwrap_or_else(|| panic!("{word}: {ran:?}")).1.trim().to_owned()
}

fn status(world: &Sandbox) -> Value {
    json(world, "status", &world.gate("repo", &["status", "--format", "json"]))
}

/// A world in which somebody has changed a file in the trunk's worktree and a lane has landed since,
/// from there or from elsewhere.
fn left(from: &str) -> Sandbox {
    let world = world();
    let land = match from {
        "repo" => "gate land",
        _ => "cd wt-db; \"$GATE\" land",
    };
    play(&world, &format!("all; echo mine >>repo/ui/u; {land}")).expect(0);
    world
}

#[test]
fn a_conflict_in_a_worktree_that_was_left_is_said_to_end_first() {
    for way_out in ["git merge --abort", "edit README.md; git add README.md; eval \"$ALONG\""] {
        let world = world();
        let ran = play(
            &world,
            "all; (cd repo; git switch -q -c other; edit README.md other; smuggle; git switch -q main
             edit README.md mine; smuggle; ! git merge -q other); gate land",
        );
        ran.expect(0).says("resolve what is in conflict there and git add it");
        world.gate("repo", &["status"]).says("then bring repo along");
        let along = printed(&ran, "then bring them along:");
        play(
            &world,
            &format!(
                "{WORDS} ALONG={}; cd repo; {way_out}; still",
                policy::text::shell_word(&along)
            ),
        )
        .expect(0);
    }
}

#[test]
fn a_conflict_that_is_no_merges_is_not_said_to_be_given_up_as_one() {
    for under_way in ["git revert --no-edit HEAD~1", "git cherry-pick other", "git stash pop"] {
        let world = world();
        let ran = play(
            &world,
            &format!(
                "all; (cd repo; git switch -q -c other; edit README.md other; smuggle; git switch -q main
                 edit README.md first; smuggle; edit README.md stashed; git stash -q; edit README.md mine; smuggle
                 ! {under_way} >/dev/null 2>&1; git ls-files -u | grep -q README); gate land"
            ),
        );
        ran.expect(0)
            .says("git add it; then bring them along")
            .is_silent_about("git merge --abort");
        world.gate("repo", &["status"]).is_silent_about("git merge --abort");
    }
}

#[test]
fn a_worktree_that_was_left_is_named_and_brought_along_by_what_is_printed() {
    for from in ["repo", "wt-db"] {
        let world = left(from);
        let said = status(&world);
        let behind = &said["behind"][0];
        let place = world.path("repo").canonicalize().unwrap();
        assert_eq!(behind["path"], place.to_str().unwrap(), "{said:#}");
        assert_eq!(behind["files_of"], world.id("repo", "main~1"), "{said:#}");
        assert_eq!(said["next"][0]["label"], "bring repo along");
        assert_eq!(said["next"][0]["command"], behind["command"]);
        world.gate("repo", &["status"]).says("repo has the files of an older main (");
        // It is the same that the doctor says.
        let doctor = world.gate("repo", &["doctor"]);
        doctor.expect(0).says("main was moved from elsewhere, and the files here are those of ");
        let command = behind["command"].as_str().unwrap();
        assert_eq!(printed(&doctor, "bring them along"), command);
        play(&world, command).expect(0);
        play(&world, &format!("{WORDS} still; test \"$(git -C repo status --porcelain)\" = ' M ui/u'; git -C repo commit -qam mine; still")).expect(0);
        assert_eq!(status(&world)["behind"], Value::Null);
    }
}

#[test]
fn a_commit_that_would_take_the_landing_back_is_refused_and_the_way_out_works() {
    for from in ["repo", "wt-db"] {
        for commit in
            ["git commit -qam mine", "git add -A; git commit -qm mine", "git commit -qm mine ."]
        {
            let world = left(from);
            let before = world.id("repo", "main");
            let ran = play(&world, &format!("cd repo; {commit}"));
            assert_ne!(ran.code, 0, "{commit}");
            ran.says("undecided[index-behind]").says("(db/new, list.txt)");
            assert_eq!(world.id("repo", "main"), before);
            let help = printed(&ran, "keeping what is changed here");
            play(&world, &format!("{WORDS} cd repo; {help}; {commit}; still; grep -q mine ui/u; test -z \"$(git status --porcelain)\"")).expect(0);
        }
    }
}

#[test]
fn what_both_sides_have_changed_is_merged_by_what_is_printed() {
    for staged in ["true", "git -C repo add -A"] {
        let world = world();
        play(&world, "cd repo; seq 9 >db/d; smuggle; for lane in api db ui; do unseen -C ../wt-$lane merge -q main; done").expect(0);
        let ran = play(
            &world,
            &format!(
                "(cd wt-db; sed -i 1s/^/D/ db/d; edit db/new; save); echo mine >>repo/db/d; {staged}; gate land"
            ),
        );
        ran.expect(0);
        let by_land = printed(&ran, "bring them along:  ");
        let ran = play(&world, "cd repo; git commit -qam mine");
        ran.says("index-behind");
        assert_eq!(status(&world)["behind"][0]["command"], *by_land);
        let help = printed(&ran, "keeping what is changed here");
        for command in [format!("cd repo; {help}"), by_land] {
            let copy = world.copy();
            let place = |world: &Sandbox| world.path("repo").to_str().unwrap().to_owned();
            let command = command.replace(&place(&world), &place(&copy));
            play(&copy, &format!("({command}); cd repo; grep -x D1 db/d; grep -x mine db/d; git commit -qam mine; grep -x D1 db/d; test -z \"$(git status --porcelain)\"")).expect(0);
        }
    }
}

#[test]
fn a_commit_that_would_bring_the_contract_of_a_run_back_that_has_ended_is_refused() {
    for close in ["gate close", "cd wt-db; \"$GATE\" -C ../repo close"] {
        let world = world();
        play(&world, &format!("all; gate land --all; echo mine >>repo/ui/u; {close}")).expect(0);
        let ran = play(&world, "cd repo; git commit -qam mine");
        assert_ne!(ran.code, 0, "{close}");
        ran.says("undecided[index-behind]").says("(contract.toml)");
        let said = status(&world);
        assert_eq!(said["next"][0]["label"], "bring repo along", "{said:#}");
        let help = printed(&ran, "keeping what is changed here");
        world.gate("repo", &["status"]).says("no contract on main").says("next  bring repo along");
        world.gate("repo", &["doctor"]).says("bring them along");
        play(&world, &format!("cd repo; {help}; git commit -qam mine; grep -q mine ui/u; test ! -e contract.toml; test -z \"$(git status --porcelain)\"")).expect(0);
        assert_eq!(status(&world)["behind"], Value::Null);
    }
}

#[test]
fn a_branch_that_is_begun_there_for_what_was_in_the_way_does_not_take_the_landing_back() {
    for from in ["repo", "wt-db"] {
        for begin in ["git switch -q -c mine", "git checkout -q -b mine"] {
            let world = left(from);
            let ran = play(&world, &format!("cd repo; {begin}; git commit -qam mine"));
            assert_ne!(ran.code, 0, "{begin}");
            ran.says("undecided[index-behind]").says("(db/new, list.txt)");
            let help = printed(&ran, "keeping what is changed here");
            play(&world, &format!("cd repo; {help}; git commit -qam mine; grep -q mine ui/u; git cat-file -e mine:db/new; test -z \"$(git status --porcelain)\"")).expect(0);
        }
    }
}

#[test]
fn a_commit_of_something_else_alone_passes() {
    let world = left("wt-db");
    play(&world, "cd repo; git commit -qm mine ui/u; git cat-file -e main:db/new").expect(0);
}

#[test]
fn a_commit_of_something_else_does_not_hide_that_the_index_was_left() {
    for from in ["repo", "wt-db"] {
        for first in ["git commit -qm mine ui/u", "git commit -q --allow-empty --only -m empty"] {
            let world = left(from);
            let again = "echo later >>ui/u; git commit -qam later";
            let ran =
                play(&world, &format!("cd repo; {first}; echo more >>ui/u; {first}; {again}"));
            ran.says("undecided[index-behind]").says("(db/new, list.txt)");
            let help = printed(&ran, "keeping what is changed here");
            play(&world, &format!("{WORDS} cd repo; {help}; git commit -qam later; still; grep -q later ui/u; test -z \"$(git status --porcelain)\"")).expect(0);
        }
    }
}

/// What brings a worktree along, and is not undone by what is committed there afterwards.
const FOLLOWED: [&str; 7] = [
    // Nobody was at work there.
    "gate land",
    "(cd wt-db; \"$GATE\" land)",
    "gate land --strategy squash",
    // Somebody was, and has done what was said.
    "echo mine >>repo/ui/u; eval \"$(gate land | sed -n 's/.*bring them along:  //p')\"; git -C repo checkout -q ui/u",
    "echo mine >>repo/ui/u; gate land; git -C repo reset -q --hard",
    "echo mine >>repo/ui/u; (cd wt-db; \"$GATE\" land); git -C repo stash -q",
    "echo mine >>repo/ui/u; (cd wt-db; \"$GATE\" land); git -C repo checkout -q -f --detach; git -C repo checkout -q main",
];

#[test]
fn whoever_takes_a_landing_back_on_purpose_is_not_refused() {
    for followed in FOLLOWED {
        for back in [
            "git checkout -q $OLD -- .; git rm -q db/new; git commit -qm back",
            "git read-tree -m -u HEAD $OLD; git commit -qm back",
            "git revert --no-commit $(test $(git rev-list --count $OLD..main) = 1 || echo -m 1) HEAD; git commit -qm back",
        ] {
            let world = world();
            let ran = play(
                &world,
                &format!(
                    "all; OLD=$(git -C repo rev-parse main); ({followed}) >said 2>&1; cat said; cd repo; test -e db/new; {back}; ! git cat-file -e main:db/new"
                ),
            );
            assert_eq!(ran.code, 0, "{followed}; {back}: {ran:?}");
        }
    }
}

#[test]
fn an_index_that_was_brought_along_by_hand_is_none_that_was_left() {
    for by_hand in [
        "git read-tree -m -u $OLD HEAD",
        "git restore -q --staged db list.txt; git restore -q db list.txt",
    ] {
        let world = world();
        let ran = play(
            &world,
            &format!(
                "all; OLD=$(git -C repo rev-parse main); echo mine >>repo/ui/u; (cd wt-db; \"$GATE\" land); cd repo; {by_hand}; \"$GATE\" status --format json >../said; git commit -qam mine; test -e db/new; git rm -q db/new; git commit -qm less"
            ),
        );
        assert_eq!(ran.code, 0, "{by_hand}: {ran:?}");
        assert!(!world.read("said").contains("\"behind\": ["), "{by_hand}");
    }
}

#[test]
fn where_git_keeps_no_log_nothing_is_said() {
    let world = world();
    // A log that is there is written on, whatever is set since.
    let ran = play(
        &world,
        "all; git -C repo config core.logAllRefUpdates false; echo mine >>repo/ui/u; gate land; cd repo; git commit -qam mine",
    );
    assert!(ran.stderr.contains("index-behind"), "{ran:?}");
    play(&world, "git -C repo reset -q --hard; rm repo/.git/logs/HEAD; echo mine >>repo/ui/u; (cd wt-api; \"$GATE\" land)").expect(0);
    assert_eq!(status(&world)["behind"], Value::Null);
    play(&world, "cd repo; git commit -qam mine").expect(0);
}

#[test]
fn another_worktree_of_the_trunk_is_named_as_well() {
    let world = world();
    play(
        &world,
        "all; git -C repo checkout -q --detach; git -C repo worktree add -q ../other main; echo mine >>other/ui/u; (cd wt-db; \"$GATE\" land)",
    )
    .expect(0);
    let said = status(&world);
    let place = world.path("other").canonicalize().unwrap();
    assert_eq!(said["behind"][0]["path"], place.to_str().unwrap());
    let ran = play(&world, "cd other; git commit -qam mine");
    ran.says("index-behind");
    let help = printed(&ran, "keeping what is changed here");
    play(&world, &format!("cd other; {help}; git commit -qam mine; test -e db/new")).expect(0);
}

#[test]
fn what_is_printed_writes_over_nothing_that_is_ignored() {
    let world = world();
    play(&world, "all; cd repo; echo db/new >>.git/info/exclude; mkdir -p db; echo precious >db/new; echo mine >>ui/u; \"$GATE\" land").expect(0);
    let command = status(&world)["behind"][0]["command"].as_str().unwrap().to_owned();
    let ran = play(&world, &command);
    assert!(ran.code != 0 && ran.text().contains("db/new"), "{ran:?}");
    play(&world, &format!("test \"$(cat repo/db/new)\" = precious; mv repo/db/new kept; {command}; test -s repo/db/new; grep mine repo/ui/u")).expect(0);
}

#[test]
fn what_is_printed_and_cannot_be_done_leaves_the_branch_checked_out() {
    let world = world();
    play(&world, "work db db/d more; work db db/new; cd repo; edit db/d mine; echo mine >db/new; \"$GATE\" land").expect(0);
    let command = status(&world)["behind"][0]["command"].as_str().unwrap().to_owned();
    assert_ne!(play(&world, &command).code, 0);
    play(&world, "cd repo; test \"$(git symbolic-ref HEAD)\" = refs/heads/main; test \"$(cat db/new)\" = mine").expect(0);
}
