//! `land`: which lane lands, how, and what may not.

use super::{CONTRACT, json, play, with, world};

#[test]
fn lanes_land_in_order_one_at_a_time_or_all_of_them() {
    let world = world();
    play(&world, "all; gate land").expect(0);
    let ran = play(
        &world,
        "cd repo; git diff --quiet HEAD; test -e db/new; test ! -e api/new; cat list.txt; gate land --all",
    );
    assert!(ran.code == 0 && ran.text().contains("contract-gate close"), "{ran:?}");
    for word in ["the run:", "agent-2 (agents/db) at ", "agent-3 (agents/ui) at ", ", suite "] {
        assert!(ran.text().contains(word), "{word}: {ran:?}");
    }
    // What is generated was made again by each landing.
    assert!(ran.text().starts_with("api:\na\n\ndb:\nd\nnew\n\nui:\nu\n"), "{ran:?}");
    play(&world, "cd repo; test -z \"$(git status --porcelain)\"; grep -c new list.txt | grep -x 3; gate check --all; git fsck --strict").expect(0);
    let log = world.git("repo", &["log", "--first-parent", "--format=%s"]).text();
    let lines: Vec<&str> = log.lines().collect();
    assert_eq!(
        lines[..3],
        [
            "Merge branch 'agents/ui' (agent-3)",
            "Merge branch 'agents/api' (agent-1)",
            "Merge branch 'agents/db' (agent-2)"
        ]
    );
    let again = play(&world, "gate land agent-1");
    assert!(again.code == 0 && again.text().contains("agent-1 has landed already"), "{again:?}");
}

#[test]
fn each_strategy_lands_and_the_gate_sees_it_landed() {
    for (strategy, first_parents) in
        [("merge", 1), ("squash", 1), ("rebase", 2), ("fast-forward", 2)]
    {
        let world = world();
        play(&world, "work db db/one; work db db/two").expect(0);
        if strategy == "fast-forward" {
            play(
                &world,
                "cd wt-db; ls api db ui >list.txt; git add -A; git commit -q --amend --no-edit",
            )
            .expect(0);
        }
        let before = world.id("repo", "main");
        let ran = world.gate("repo", &["land", "--strategy", strategy, "--format", "json"]);
        let said = json(&world, "landing", &ran);
        assert_eq!(
            (ran.code, said["landed"][0]["outcome"].as_str()),
            (0, Some("landed")),
            "{said:#}"
        );
        let count = ["rev-list", "--count", "--first-parent", &format!("{before}..main")];
        assert_eq!(
            world.git("repo", &count).text().trim(),
            first_parents.to_string(),
            "{strategy}"
        );
        let landed = world.gate("repo", &["land", "agent-2"]);
        assert!(landed.text().contains("agent-2 has landed already"), "{strategy}: {landed:?}");
        play(
            &world,
            "test -e repo/db/two; git -C repo diff --quiet HEAD; grep -q two repo/list.txt",
        )
        .expect(0);
    }
}

#[test]
fn what_may_not_land_leaves_the_trunk_where_it_is() {
    let world = world();
    play(&world, "all").expect(0);
    let before = world.id("repo", "main");
    let fails = |text: &str, words: &[&str]| {
        let ran = play(&world, text);
        assert_eq!(ran.code, 1, "{text}: {ran:?}");
        for word in words {
            assert!(ran.text().contains(word), "{text}: {word}: {ran:?}");
        }
        assert_eq!(world.id("repo", "main"), before, "{text}");
        play(&world, "test -z \"$(git -C repo status --porcelain)\"; ! ls repo/.git/contract-gate/landing.json 2>/dev/null").expect(0);
    };
    fails("gate land agent-1", &["merge-order", "main has not moved"]);
    fails(
        "gate land agent-2 --strategy fast-forward",
        &["generated file that is out of date: list.txt", "made by: ls api db ui > list.txt"],
    );
    fails(
        "gate land --suite 'test ! -e db/new || { echo no; exit 7; }'",
        &["exit status 7", "no", "hard constraint", "- db/**"],
    );
    play(&world, "cd wt-db; edit suite.sh; smuggle").expect(0);
    fails("gate land", &["shared-frozen", "For agent-2's next prompt"]);
}

#[test]
fn what_fails_only_with_a_lane_that_has_just_landed_is_said_to() {
    let world = world();
    let suite = "! { test -e db/new && test -e api/new; }";
    let ran = play(&world, &format!("all; gate land --all --format json --suite '{suite}'"));
    assert_eq!(ran.code, 1, "{ran:?}");
    let said = json(&world, "landing", &ran);
    assert_eq!(said["landed"][0]["agent"], "agent-2");
    assert_eq!(said["failed"]["blame"], "with-another");
    assert_eq!(said["failed"]["together_with"], "agent-2");
}

#[test]
fn a_conflict_names_its_files_and_is_handed_back() {
    let world = world();
    play(&world, "work db db/d theirs; cd repo; edit db/d ours; smuggle").expect(0);
    let ran = play(&world, "gate land");
    assert_eq!(ran.code, 1, "{ran:?}");
    for word in ["conflicts in 1 file", "- db/d", "git merge main", "hard constraint", "- db/**"] {
        assert!(ran.text().contains(word), "{word}: {ran:?}");
    }
    let said = json(&world, "landing", &world.gate("repo", &["land", "--format", "json"]));
    assert_eq!(said["failed"]["conflicts"], serde_json::json!(["db/d"]));
    // What it says to do works.
    play(&world, "cd wt-db; git merge -q main >/dev/null || true; printf 'd\\nours\\ntheirs\\n' >db/d; save merged; gate land").expect(0);
}

#[test]
fn nothing_moves_in_a_dry_run() {
    let world = world();
    let ran = play(
        &world,
        "all; noted >before; gate land --all --dry-run; noted >after; sed -i '/before\\|after/d' before after; cmp before after",
    );
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(
        ran.text().contains("What would land on main") && ran.text().contains("agent-3"),
        "{ran:?}"
    );
}

#[test]
fn what_a_rehearsal_has_shown_is_not_run_again_while_nothing_has_moved() {
    let world = world();
    let suite = "echo ran >>$TOP/runs; ./suite.sh";
    play(
        &world,
        &format!("export TOP; all; gate rehearse --suite '{suite}'; test $(wc -l <runs) = 4"),
    )
    .expect(0);
    let ran = play(&world, &format!("export TOP; gate land --all --suite '{suite}'; wc -l <runs"));
    assert!(ran.text().trim_end().ends_with("5"), "once more at the end alone: {ran:?}");
    // Another suite, or a lane that has moved: not the same.
    let world = super::world();
    play(&world, &format!("export TOP; all; gate rehearse --suite '{suite}'; work db db/more; gate land --suite '{suite}'; test $(wc -l <runs) = 5")).expect(0);
}

#[test]
fn an_agent_lands_its_own_lane_alone_and_the_integrator_every_one() {
    let world = world();
    let ran = play(&world, "all; cd wt-ui; CONTRACT_GATE_AGENT=agent-3 \"$GATE\" land");
    assert!(ran.code == 1 && ran.text().contains("trunk-direct"), "{ran:?}");
    play(&world, "cd wt-db; \"$GATE\" land >/dev/null").expect(0);
    play(
        &world,
        "cd repo; CONTRACT_GATE_AGENT=agent-9 \"$GATE\" land --all >/dev/null; test -e ui/new",
    )
    .expect(0);
}

#[test]
fn an_agent_lands_its_own_lane_before_others_whose_turn_it_is_too() {
    let any_order = "[[merge-order]]\nagents = [\"agent-1\", \"agent-3\"]\n\n[merge]";
    let (begin, _) = CONTRACT.split_once("[[merge-order]]\nagents = [\"agent-1\"]").unwrap();
    let (_, end) = CONTRACT.split_once("[merge]").unwrap();
    let world = with(&format!("{begin}{any_order}{end}"));
    play(&world, "all; cd wt-db; \"$GATE\" land >/dev/null").expect(0);
    play(&world, "cd wt-ui; \"$GATE\" land >/dev/null; cd ../repo; test -e ui/new -a ! -e api/new")
        .expect(0);
    // Whoever lands every lane goes on in the contract's order.
    play(&world, "gate land >/dev/null; cd repo; test -e api/new").expect(0);
}

#[test]
fn an_agent_lands_with_the_suite_of_the_contract() {
    let world = world();
    play(&world, "all").expect(0);
    for (place, option) in [("wt-db", "--no-suite"), ("wt-db", "--suite true")] {
        let ran = play(&world, &format!("cd {place}; \"$GATE\" land {option}"));
        assert!(
            ran.code == 2 && ran.stderr.contains("leave --suite and --no-suite out"),
            "{ran:?}"
        );
    }
    let ran = play(&world, "cd repo; CONTRACT_GATE_AGENT=agent-9 \"$GATE\" land --all --no-suite");
    assert!(ran.code == 2 && ran.stderr.contains("leave --suite and --no-suite out"), "{ran:?}");
    play(&world, "gate land --no-suite; cd wt-api; \"$GATE\" land").expect(0);
}

#[test]
fn all_files_are_there_for_the_suite_also_where_a_checkout_is_sparse() {
    let world = world();
    let ran = play(
        &world,
        "work db db/new; work api api/new; work ui ui/new BROKEN; cd repo; git sparse-checkout set --cone api; cd ..; gate land --all",
    );
    assert_eq!(ran.code, 1, "{ran:?}");
    assert!(
        ran.text().contains("agent-3        agents/ui                the suite failed"),
        "{ran:?}"
    );
    play(&world, "git -C repo show main:list.txt | grep -c new | grep -x 2; git -C repo sparse-checkout list | grep -x api").expect(0);
}

#[test]
fn a_suite_that_was_not_run_is_not_said_to_have_passed() {
    let world = world();
    let ran = play(&world, "all; gate rehearse --no-suite; gate land --all --no-suite; gate close");
    assert!(ran.code == 0 && !ran.text().contains("passed in the rehearsal"), "{ran:?}");
    assert!(world.git("repo", &["log", "-1", "--format=%B"]).text().contains(", no suite"));
    play(&world, "! gate land --suite '' 2>/dev/null").expect(0);
}

#[test]
fn a_lane_that_changes_nothing_has_nothing_to_land() {
    let world = world();
    play(&world, "git -C wt-db commit -q --allow-empty -m empty; work api api/new").expect(0);
    let said = json(&world, "status", &world.gate("repo", &["status", "--format", "json"]));
    let lanes = &said["lanes"];
    assert_eq!((&lanes[0]["state"], &lanes[1]["state"]), (&"empty".into(), &"waits".into()));
    world.gate("repo", &["status"]).says("agent-2 has nothing to land yet");
    world.gate("repo", &["forecast"]).expect(0).says("has done nothing yet");
    for all in [&["land"][..], &["land", "--all"], &["land", "--dry-run"]] {
        let ran = world.gate("repo", all);
        ran.expect(0).says("it is the turn of agent-2: nothing to land there yet");
    }
    world.gate("repo", &["land", "agent-2"]).expect(1).says("nothing to land yet");
    // It counts as landed for nobody: those after it wait for it.
    world.gate("repo", &["land", "agent-1"]).expect(1).says("merge-order");
}

#[test]
fn lanes_of_a_second_run_that_have_taken_the_trunk_in_alone_stop_nobody() {
    let world = with(&CONTRACT.replace(
        "agents = [\"agent-1\"]\n[[merge-order]]\nagents = [\"agent-3\"]",
        "agents = [\"agent-1\", \"agent-3\"]",
    ));
    play(
        &world,
        "all; gate land --all --strategy squash; gate close; cd repo; git checkout -q HEAD^ -- contract.toml
         sed -i s,feature/users,feature/roles, contract.toml; save 'the next run'; cd ..
         for lane in db api ui; do git -C wt-$lane merge -q --no-edit main; done; work db db/more; work ui ui/more",
    )
    .expect(0);
    let ran = world.gate("repo", &["rehearse", "--strategy", "squash"]);
    ran.expect(0).says("agents/api               has not begun");
    let ran = world.gate("repo", &["land", "--all", "--strategy", "squash"]);
    ran.expect(0).says("it is the turn of agent-1: nothing to land there yet");
    play(&world, "test -e repo/db/more; test -e repo/ui/more").expect(0);
}

#[test]
fn what_a_landed_lane_changes_in_shared_files_since_is_told_and_lands_when_it_is_named() {
    for strategy in ["merge", "squash", "rebase"] {
        let world = with(&CONTRACT.replace(
            "\"suite.sh\" = \"nobody\"",
            "\"suite.sh\" = \"nobody\"\n\"LOG\" = { additions-by = [\"agent-2\"] }",
        ));
        play(&world, &format!("all; gate land --strategy {strategy}; work db LOG line")).expect(0);
        let said = json(&world, "status", &world.gate("repo", &["status", "--format", "json"]));
        assert_eq!(
            (&said["lanes"][0]["state"], &said["lanes"][0]["has_more"]),
            (&"landed".into(), &true.into())
        );
        let more = "agent-2 has landed, and has more since";
        for command in [&["status"][..], &["land", "--dry-run"], &["land", "--all"]] {
            world.gate("repo", command).says(more).says("contract-gate land agent-2");
        }
        world.gate("repo", &["land", "agent-2"]).expect(0).is_silent_about("has more");
        play(&world, "git -C repo cat-file -e main:LOG").expect(0);
        world.gate("repo", &["status"]).is_silent_about("more");
        world.gate("repo", &["land", "agent-2"]).expect(0).says("has landed already");
    }
}

#[test]
fn a_lane_for_which_the_order_is_waived_may_land_and_is_told_to() {
    let waiver =
        "\n[[waivers]]\nrule = \"merge-order\"\nagent = \"agent-3\"\nbecause = \"hot demo\"\n";
    let world = with(&format!("{CONTRACT}{waiver}"));
    play(&world, "all").expect(0);
    let said = json(&world, "status", &world.gate("repo", &["status", "--format", "json"]));
    assert_eq!(said["lanes"][2]["state"], "may-land");
    world.gate("repo", &["status"]).says("contract-gate land agent-3");
    let ran = world.gate("repo", &["check", "--agent", "agent-3"]);
    ran.expect(0).says("may land, though agent-2, agent-1 should be first: that is waived");
    let ran = world.gate("repo", &["check", "--agent", "agent-3", "--format", "json"]);
    assert_eq!(json(&world, "verdict", &ran)["turn"]["now"], true);
    // Those that come after it wait for all of them.
    world.gate("repo", &["land"]).expect(0).says("next: agent-1");
    world.gate("repo", &["land", "agent-3"]).expect(0);
    play(&world, "git -C repo cat-file -e main:ui/new; ! git -C repo cat-file -e main:api/new")
        .expect(0);
}
