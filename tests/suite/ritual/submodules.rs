//! Submodules: untouched ones hinder nothing, and a lane that moves one on is landed as it is. The stage
//! has none, until setup fetches them; then they follow.

use super::{CONTRACT, json, play, with};
use crate::sandbox::Sandbox;

/// A submodule `lib`, which the database's lane may move on: without a waiver no lane may.
fn contract() -> String {
    let waiver = "[[waivers]]\nrule = \"path-hazard\"\nagent = \"agent-2\"\npath = \"lib\"\nbecause = \"the library follows the schema\"\n\n[merge]";
    CONTRACT.replace("[\"db/**\"]", "[\"db/**\", \"lib\"]").replace("[merge]", waiver)
}

fn world() -> Sandbox {
    under(&contract())
}

/// The submodule on the trunk and in every lane; checked out in the trunk's worktree alone.
fn under(contract: &str) -> Sandbox {
    let world = with(contract);
    play(
        &world,
        "git init -q lib.git; cd lib.git; echo 1 >version; git add -A; git commit -qm one; echo 2 >version; git commit -qam two
         git checkout -q -b later; echo 3 >version; git commit -qam three; git checkout -q -b aside HEAD~2; echo 4 >version
         git commit -qam four; git checkout -q main
         cd ../repo; git submodule --quiet add ../lib.git lib; git -C lib checkout -q HEAD^; git add -A; smuggle lib
         for lane in api db ui; do unseen -C ../wt-$lane merge -q --ff-only main; done",
    )
    .expect(0);
    world
}

/// The database's lane moves the submodule on, without having it checked out.
const MOVED: &str = "(cd wt-db; edit db/new; git update-index --cacheinfo 160000,$(git -C $TOP/lib.git rev-parse HEAD),lib; git add db; git commit -qm 'lib moved on')";

const SETUP: &str = "\nsetup = \"git submodule --quiet update --init\"\nsuite =";

#[test]
fn an_untouched_submodule_hinders_nothing() {
    for strategy in ["merge", "squash", "rebase"] {
        for recurse in ["true", "false"] {
            let world = world();
            let ran = play(
                &world,
                &format!(
                    "git -C repo config submodule.recurse {recurse}; all; gate forecast; gate rehearse --strategy {strategy}
                     gate land --all --strategy {strategy}
                     cd repo; test -z \"$(git status --porcelain)\"; grep -qx 1 lib/version; test -e ui/new; \"$GATE\" check --all"
                ),
            );
            assert_eq!(ran.code, 0, "{strategy}, {recurse}: {ran:?}");
        }
    }
}

#[test]
fn a_stage_has_no_submodule_until_setup_fetches_it() {
    let world = world();
    play(&world, "all; gate rehearse --suite 'test -d lib; test -z \"$(ls lib)\"'").expect(0);
    let world = under(&contract().replace("\nsuite =", SETUP));
    play(&world, "all; gate land --all --suite 'grep -qx 1 lib/version'").expect(0);
    // Nothing of it stays behind.
    play(&world, "git -C repo worktree list | grep -c . | grep -x 4; git -C repo fsck --strict")
        .expect(0);
}

#[test]
fn a_lane_that_moves_one_on_is_landed_with_the_suite_run_on_what_it_moves_to() {
    for strategy in ["merge", "squash", "rebase"] {
        let world = under(&contract().replace("\nsuite =", SETUP));
        let suite = "test -e db/new && grep -qx 2 lib/version || grep -qx 1 lib/version";
        let ran = play(
            &world,
            &format!(
                "{MOVED}; work api api/new; work ui ui/new; gate forecast; gate rehearse --strategy {strategy} --suite '{suite}'
                 gate land --strategy {strategy} --suite '{suite}'
                 test $(git -C repo rev-parse main:lib) = $(git -C lib.git rev-parse HEAD)"
            ),
        );
        assert_eq!(ran.code, 0, "{strategy}: {ran:?}");
        // What the suite finds in it counts, in both directions.
        let world = under(&contract().replace("\nsuite =", SETUP));
        let ran = play(&world, &format!("{MOVED}; gate land --suite 'grep -qx 1 lib/version'"));
        assert!(ran.code == 1 && ran.text().contains("the suite failed"), "{ran:?}");
    }
}

#[test]
fn the_trunks_worktree_is_brought_along_though_a_landing_has_moved_one_that_is_checked_out_there() {
    let world = world();
    let ran = play(
        &world,
        &format!(
            "{MOVED}; work api api/new; work ui ui/new; gate land --all
             cd repo; test \"$(git status --porcelain)\" = ' M lib'; test -e api/new; test -e ui/new
             git submodule --quiet update; test -z \"$(git status --porcelain)\"; grep -qx 2 lib/version"
        ),
    );
    assert!(ran.code == 0 && !ran.text().contains("changes of its own"), "{ran:?}");
    // One that is staged there is a change of the worktree's own.
    let ran = play(
        &world,
        "(cd wt-api; edit api/more; save); git -C repo update-index --cacheinfo 160000,$(git -C lib.git rev-parse later),lib; gate land --all",
    );
    assert!(ran.code == 0 && ran.text().contains("changes of its own"), "{ran:?}");
}

/// The trunk moves it too, and has it checked out.
fn theirs(branch: &str) -> String {
    format!(
        "(cd repo; git update-index --cacheinfo 160000,$(git -C $TOP/lib.git rev-parse {branch}),lib
          unseen commit -q --no-verify -m theirs; git submodule --quiet update)"
    )
}

#[test]
fn one_that_both_move_apart_is_a_conflict_and_forecast() {
    let world = world();
    play(&world, &format!("{MOVED}; {}", theirs("aside"))).expect(0);
    let ran = world.gate("repo", &["forecast", "--format", "json"]);
    assert_eq!(ran.code, 1, "{ran:?}");
    let said = json(&world, "forecast", &ran);
    assert_eq!(said["pairs"][0]["conflicts"][0]["paths"][0]["path"], "lib");
    let said = json(&world, "landing", &world.gate("repo", &["land", "--format", "json"]));
    assert_eq!(said["failed"]["conflicts"], serde_json::json!(["lib"]), "{said:#}");
}

#[test]
fn of_two_that_follow_one_another_the_newer_is_taken_where_setup_fetches_them() {
    let world = under(&contract().replace("\nsuite =", SETUP));
    let ran = play(
        &world,
        &format!(
            "{MOVED}; {}; gate forecast; gate land --suite 'grep -qx 3 lib/version'
             test $(git -C repo rev-parse main:lib) = $(git -C lib.git rev-parse later)",
            theirs("later")
        ),
    );
    assert_eq!(ran.code, 0, "{ran:?}");
}

#[test]
fn without_a_waiver_no_lane_moves_one_on() {
    let world = under(&CONTRACT.replace("[\"db/**\"]", "[\"db/**\", \"lib\"]"));
    let ran = play(
        &world,
        &format!("{}; gate land", MOVED.replace("git commit", "unseen commit --no-verify")),
    );
    assert!(ran.code == 1 && ran.text().contains("path-hazard"), "{ran:?}");
}

#[test]
fn worktrees_with_submodules_on_paper_are_removed_and_those_with_their_files_are_left() {
    let world = world();
    let ran = play(
        &world,
        "all; git -C wt-api submodule --quiet update --init; gate land --all >/dev/null; echo unsaved >wt-ui/ui/unsaved
         gate close --remove --format json",
    );
    let said = json(&world, "closing", ran.expect(0));
    assert_eq!(said["kept"].as_array().unwrap().len(), 2, "{said:#}");
    play(&world, "! test -e wt-db; test -e wt-api/lib/version; test -e wt-ui/ui/unsaved; test -e repo/lib/version").expect(0);
}

#[test]
fn of_two_that_follow_one_another_a_conflict_is_forecast_where_no_setup_fetches_them() {
    let moved_on = theirs("later");
    for (contract, forecast) in
        [(contract(), "conflict"), (contract().replace("\nsuite =", SETUP), "clean")]
    {
        let world = under(&contract);
        play(&world, &format!("{MOVED}; {moved_on}")).expect(0);
        let ran = world.gate("repo", &["forecast", "--format", "json"]);
        let said = json(&world, "forecast", &ran);
        assert_eq!(said["outlook"], forecast, "{said:#}");
        let landed = play(&world, "gate land --suite true").code == 0;
        assert_eq!(landed, forecast == "clean");
    }
}
