//! `land`: for real.

use super::{CONTRACT, json, play, with, world};
use crate::sandbox::{Ran, Sandbox};

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
fn a_trunk_that_moves_meanwhile_is_noticed_and_the_landing_made_again_on_top() {
    let world = world();
    // The suite is run before the trunk moves; the first time, somebody else lands a hotfix then.
    let suite = "test -e ../../../moved || { :; }; ./suite.sh && { test -e $TOP/moved || { touch $TOP/moved; \
                 cd $TOP/repo; echo hot >>README; git add README; git commit -q --no-verify -m hot; }; }";
    let ran = play(&world, &format!("export TOP; all; gate land --suite '{suite}'"));
    assert_eq!(ran.code, 0, "{ran:?}");
    let log = world.git("repo", &["log", "--first-parent", "--format=%s", "-2"]).text();
    assert_eq!(log, "Merge branch 'agents/db' (agent-2)\nhot\n");
    play(&world, "test -z \"$(git -C repo status --porcelain)\"; cat repo/README repo/db/new")
        .expect(0);
}

#[test]
fn a_worktree_that_is_in_use_is_left_and_the_command_that_is_printed_brings_it_along() {
    let world = world();
    let ran =
        play(&world, "all; echo mine >>repo/ui/u; gate land; cat repo/ui/u; ! test -e repo/db/new");
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(ran.text().ends_with("u\nmine\n"), "{ran:?}");
    let said = ran.text();
    let command = said.lines().find_map(|line| line.split_once("bring them along:  ")).unwrap().1;
    play(&world, command).expect(0);
    play(&world, "test -e repo/db/new; test \"$(git -C repo status --porcelain)\" = ' M ui/u'; grep mine repo/ui/u").expect(0);
    // A file that is not tracked and stands in the way is not overwritten either.
    let ran = play(
        &world,
        "git -C repo checkout -q ui/u; echo precious >repo/api/new; gate land; cat repo/api/new",
    );
    assert!(ran.code == 0 && ran.text().ends_with("precious\n"), "{ran:?}");
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
fn two_at_once_do_not_both_win() {
    let world = world();
    let ran = play(
        &world,
        "all; (gate land --all --suite 'sleep 0.3; ./suite.sh' >one 2>&1; echo $? >>one) &
         (gate land --all --suite 'sleep 0.3; ./suite.sh' >two 2>&1; echo $? >>two) & wait
         cat one two; git -C repo log --first-parent --format=%s | sort | uniq -d | grep Merge && exit 1; test -e repo/ui/new",
    );
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(ran.text().contains("another landing is under way"), "{ran:?}");
}

#[test]
fn a_trunk_behind_its_upstream_is_brought_up_to_date_first() {
    let world = world();
    play(&world, "git clone -q --bare repo server.git; cd repo; git remote add origin ../server.git; git fetch -q; git branch -q -u origin/main main
                  git clone -q ../server.git ../other; cd ../other; git commit -q --allow-empty -m there; git push -q; cd ..; all; git -C repo fetch -q").expect(0);
    let ran = play(&world, "gate land");
    assert!(ran.code == 2 && ran.stderr.contains("(git pull --ff-only, where"), "{ran:?}");
    // Without an upstream that is set, git has to be told from where.
    let unset = world.copy();
    let ran = play(&unset, "git -C repo branch --unset-upstream main; gate land");
    ran.expect(2).says("(git pull --ff-only origin main, where");
    play(&unset, "git -C repo pull -q --ff-only origin main; gate land").expect(0);
    play(&world, "git -C repo pull -q --ff-only; gate land").expect(0);
}

#[test]
fn a_lane_that_has_the_upstreams_trunk_lands_where_the_two_have_diverged() {
    let world = world();
    play(&world, "git clone -q --bare repo server.git; cd repo; git remote add origin ../server.git; git fetch -q; git branch -q -u origin/main main
                  git clone -q ../server.git ../other; cd ../other; echo m >M; git add -A; git commit -qm there; git push -q; cd ..; all
                  cd repo; edit L; save; cd ../wt-db; unseen pull -q --no-rebase origin main").expect(0);
    play(&world, "gate rehearse").expect(0).says("all of it would land");
    let landed = play(&world, "gate land");
    landed
        .expect(0)
        .says("main and refs/remotes/origin/main have diverged; the local branch counts");
    play(&world, "git -C repo cat-file -e main:M; git -C repo cat-file -e main:db/new").expect(0);
}

#[test]
fn a_remote_that_is_none_is_said_to_be() {
    let world = world();
    play(&world, "all").expect(0);
    for asked in ["land", "rehearse", "status", "forecast", "close"] {
        let ran = world.gate("repo", &[asked, "--remote", "nope"]);
        ran.expect(2).says("there is no remote nope");
    }
}

#[test]
fn a_lane_with_nothing_to_land_yet_is_said_to_have_none() {
    let world = world();
    let ran = play(&world, "work ui ui/new; gate land");
    assert!(ran.code == 0 && ran.text().contains("it is the turn of agent-2"), "{ran:?}");
    let ran = play(&world, "gate land agent-2");
    assert!(ran.code == 1 && ran.text().contains("nothing to land yet"), "{ran:?}");
    let ran = play(&world, "gate land agent-7");
    assert!(ran.code == 2 && ran.stderr.contains("no agent agent-7"), "{ran:?}");
}

#[test]
fn a_landing_that_is_interrupted_ends_its_suite_and_can_be_taken_up() {
    let world = world();
    play(&world, "all").expect(0);
    let ran = play(
        &world,
        "export TOP; (cd repo; exec \"$GATE\" land --suite 'touch $TOP/begun; echo $$ >$TOP/pid; exec sleep 600') >said 2>&1 & gate=$!
         until test -s pid; do sleep 0.05; done; kill -INT $gate; code=0; wait $gate || code=$?; cat said
         ! kill -0 $(cat pid) 2>/dev/null; exit $code",
    );
    assert!(ran.code == 2 && ran.text().contains("contract-gate land --continue"), "{ran:?}");
    let ran = play(&world, "gate land");
    assert!(ran.code == 2 && ran.stderr.contains("land --continue"), "{ran:?}");
    play(&world, "gate land --abort >/dev/null; gate land >/dev/null; test -e repo/db/new")
        .expect(0);
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
fn a_file_that_git_ignores_is_not_written_over() {
    let world = world();
    let ran = play(
        &world,
        "(cd repo; echo .env >.gitignore; smuggle; echo secret >db/.env)
         (cd wt-db; echo public >db/.env; git add -f db/.env; save); gate land; cat repo/db/.env",
    );
    assert!(ran.code == 0 && ran.text().ends_with("secret\n"), "{ran:?}");
    assert!(ran.text().contains("bring them along"), "{ran:?}");
}

#[test]
fn a_worktree_that_was_left_twice_is_brought_along_by_what_is_printed_last() {
    let world = world();
    let ran = play(&world, "all; echo mine >>repo/ui/u; gate land >/dev/null; gate land");
    let said = ran.text();
    let command = said.lines().find_map(|line| line.split_once("bring them along:  ")).unwrap().1;
    play(&world, command).expect(0);
    play(&world, "test -e repo/db/new; test -e repo/api/new; test \"$(git -C repo status --porcelain)\" = ' M ui/u'").expect(0);
}

#[test]
fn a_lane_that_changes_nothing_has_nothing_to_land() {
    let world = world();
    let ran = play(&world, "git -C wt-db commit -q --allow-empty -m empty; gate land");
    assert!(ran.code == 1 && ran.text().contains("nothing to land yet"), "{ran:?}");
}

/// What keeps git itself from moving the trunk, in which worktree, and what ends it.
const BUSY: [(&str, &str, &str); 6] = [
    ("rebase", "repo", "git rebase -q side 2>/dev/null; git rebase --abort"),
    ("rebase", "repo", "git rebase -q --apply side 2>/dev/null; git rebase --abort"),
    ("rebase", "other", "git rebase -q side 2>/dev/null; git rebase --abort"),
    (
        "rebase",
        "other",
        "git checkout -q -b top; echo t >>README; git commit -q --no-verify -am t; git rebase -q --update-refs side 2>/dev/null; git rebase --abort",
    ),
    (
        "am",
        "repo",
        "git format-patch -q -1 --stdout side | git am -q >/dev/null 2>&1; git am --abort",
    ),
    (
        "bisect",
        "repo",
        "git bisect start >/dev/null; git bisect bad; git bisect good HEAD~2 >/dev/null; git bisect reset",
    ),
];

#[test]
fn a_trunk_that_is_being_rebased_or_bisected_is_not_moved_under_it() {
    for (with, place, commands) in BUSY {
        let world = world();
        play(
            &world,
            "all; cd repo; for n in 1 2 3; do echo $n >README; smuggle $n; done
             unseen checkout -q -b side HEAD~2; echo side >README; smuggle side; git checkout -q main",
        )
        .expect(0);
        if place == "other" {
            play(
                &world,
                "git -C repo checkout -q --detach; git -C repo worktree add -q ../other main",
            )
            .expect(0);
        }
        let (begin, end) = commands.rsplit_once("; ").unwrap();
        let begin = begin.replace("git ", "unseen ");
        play(&world, &format!("cd {place}; ({begin}) || true; cd ..; git -C wt-ui branch -f main main 2>/dev/null && exit 1; ! test -e repo/db/new")).expect(0);
        let before = world.id("repo", "main");
        for call in ["land", "land --all --dry-run", "land agent-2"] {
            let ran = play(&world, &format!("gate {call}"));
            assert_eq!(ran.code, 2, "{commands}: {call}: {ran:?}");
            let path = world.path(place).canonicalize().unwrap();
            ran.says(&format!("git {with} of main is under way in {}", path.display()));
            assert!(!ran.stderr.contains("suite"), "nothing was begun: {ran:?}");
        }
        assert_eq!(world.id("repo", "main"), before);
        play(&world, &format!("(cd {place}; unseen {}); gate land", &end[4..])).expect(0);
    }
    // Another branch may be; so may a commit that is on no branch.
    let world = world();
    play(&world, "all; cd wt-ui; git checkout -q --detach; git bisect start >/dev/null; git bisect bad; git bisect good HEAD~1 >/dev/null; cd ..; gate land").expect(0);
}

#[test]
fn a_lane_that_is_being_rebased_does_not_land_as_it_was_before() {
    for (begin, end) in [
        (
            "GIT_SEQUENCE_EDITOR='sed -i 1s/pick/edit/' git rebase -q -i HEAD~2",
            "git rebase --abort",
        ),
        ("git format-patch -q -1 --stdout side | git am -q", "git am --abort"),
    ] {
        let world = world();
        play(
            &world,
            "all; work db db/two; cd wt-db; unseen checkout -q -b side HEAD~2; edit db/new other
             smuggle other; unseen checkout -q agents/db",
        )
        .expect(0);
        play(&world, &format!("cd wt-db; ({begin}) >/dev/null 2>&1 || true")).expect(0);
        let before = world.id("repo", "main");
        let path = world.path("wt-db").canonicalize().unwrap();
        let told = format!("of agents/db is under way in {}", path.display());
        for call in ["land", "land --all", "land agent-2", "land --dry-run"] {
            let ran = play(&world, &format!("gate {call}"));
            assert_eq!(ran.code, 2, "{begin}: {call}: {ran:?}");
            ran.says(&told).says("agent-2 would land as it was before");
        }
        assert_eq!(world.id("repo", "main"), before);
        let status = world.gate("repo", &["status"]);
        status.says(&told).says(" --continue").is_silent_about("contract-gate land");
        status.says("3 lanes: 1 being rebased, 2 waiting\n").says("is being rebased, 2 wait\n");
        play(&world, &format!("(cd wt-db; {end}); gate land")).expect(0);
    }
}

#[test]
fn what_is_to_be_done_when_it_is_mended_asks_for_the_same_again() {
    let world = world();
    play(&world, "all").expect(0);
    let again = |call: &str, printed: &str| {
        let ran = play(&world, &format!("gate {call}"));
        ran.expect(1).says(&format!("when it is mended:  contract-gate {printed}\n"));
    };
    again("land --suite false", "land agent-2 --suite false");
    again("land --all --suite 'exit 3'", "land --all --suite 'exit 3'");
    again(
        "land agent-1 --no-suite --strategy rebase --trunk main",
        "land agent-1 --no-suite --strategy rebase --trunk main",
    );
    // What was interrupted goes on as it was asked for.
    let ran = play(
        &world,
        "export TOP; (cd repo; exec \"$GATE\" land --strategy squash --suite 'touch $TOP/begun; test -e $TOP/on && exit 1; exec sleep 600') >said 2>&1 & gate=$!
         until test -e begun; do sleep 0.05; done; kill -INT $gate; wait $gate || true; touch on; gate land --continue",
    );
    ran.expect(1)
        .says("contract-gate land agent-2 --suite 'touch $TOP/begun; ")
        .says("' --strategy squash\n");
    play(&world, "gate close --trunk main")
        .expect(1)
        .says("contract-gate land --all --trunk main;");
}

#[test]
fn what_is_not_committed_in_a_lane_is_said_not_to_land() {
    let world = world();
    let ran = play(&world, "all; (cd wt-db; edit db/d; edit db/more); gate land --dry-run");
    let place = world.path("wt-db").canonicalize().unwrap();
    let note = format!(
        "agent-2 has 2 files that are not committed, and so do not land: {}\n",
        place.display()
    );
    ran.expect(0).says(&note);
    // It says so whether the lane lands or not, and once.
    play(&world, "gate land --suite false").expect(1).says(&note);
    let said = json(&world, "landing", &world.gate("repo", &["land", "--format", "json"]));
    assert_eq!(said["notes"], serde_json::json!([note.trim_end()]));
    play(&world, "test -e repo/db/new; ! test -e repo/db/more; grep -q edit wt-db/db/d").expect(0);
    // There is nothing to be said of the others.
    play(&world, "gate land --all").expect(0).is_silent_about("committed");
}

#[test]
fn status_says_first_that_a_landing_was_interrupted_or_is_under_way() {
    let world = world();
    let first = || {
        let said = json(&world, "status", &world.gate("repo", &["status", "--format", "json"]));
        (said["next"][0]["label"].clone(), said["next"][0]["command"].clone())
    };
    play(&world, "all").expect(0);
    assert_eq!(first().1, "contract-gate land agent-2");
    let ran = play(
        &world,
        "export TOP; (cd repo; exec \"$GATE\" land --suite 'touch $TOP/begun; exec sleep 600') >said 2>&1 & gate=$!
         until test -e begun; do sleep 0.05; done; gate status; kill -INT $gate; wait $gate || true",
    );
    ran.says("next  a landing is under way\n").is_silent_about("contract-gate land agent-2");
    world.gate("repo", &["status"]).is_silent_about("contract-gate land agent-2");
    assert_eq!(
        first(),
        ("a landing was interrupted".into(), "contract-gate land --continue".into())
    );
    assert!(
        world.exists("repo/.git/contract-gate/landing.json"),
        "it is still there to go on with"
    );
    play(&world, "gate land --abort").expect(0);
    assert_eq!(first().1, "contract-gate land agent-2");
}

/// The command that is printed behind a word.
fn printed(ran: &Ran, word: &str) -> String {
    let said = ran.text();
    let line = said.lines().find_map(|line| line.split_once(word));
    line.unwrap_or_else(|| panic!("{word}: {ran:?}")).1.trim().to_owned()
}

#[test]
fn in_an_agents_worktree_what_is_printed_leads_to_the_trunks() {
    let world = world();
    play(&world, "all").expect(0);
    let repo = world.path("repo").canonicalize().unwrap();
    let main = format!("contract-gate -C {} ", repo.display());
    let one = format!("{main}land agent-2");
    // It is the turn of agent-2, and agent-3 asks.
    assert_eq!(printed(&world.gate("wt-ui", &["status"]), "agent-2 may land "), one);
    assert_eq!(
        printed(&world.gate("wt-ui", &["rehearse"]), "would land:"),
        format!("{main}land --all")
    );
    let closed = world.gate("wt-ui", &["close"]);
    assert!(
        printed(&closed, "help: land: ").starts_with(&format!("{main}land --all; or")),
        "{closed:?}"
    );
    let refused = world.gate("wt-ui", &["land", "agent-2"]);
    refused.expect(1).says("is not agent-3's to land").says("denied: agent-3 landing agents/db");
    refused.is_silent_about("breaks the contract").is_silent_about("when it is mended");
    assert_eq!(printed(&refused, "the dispatcher lands it:"), one);
    // Its own lane it lands itself.
    assert_eq!(
        printed(&world.gate("wt-db", &["status"]), "agent-2 may land "),
        "contract-gate land agent-2"
    );
    let trespass = "cd wt-db; edit suite.sh; smuggle";
    play(&world, trespass).expect(0);
    world.gate("wt-ui", &["land", "agent-2"]).expect(1).says("breaks the contract");
    play(&world, "git -C wt-db reset -q --hard HEAD^").expect(0);
    // Whoever says that he is an agent is one in the trunk's worktree too.
    let status = |claimed: &str| {
        world
            .call("wt-ui", Sandbox::gate_program())
            .arg("status")
            .env("CONTRACT_GATE_AGENT", claimed)
            .run()
    };
    status("agent-3")
        .expect(0)
        .says("agent-2 may land (by the dispatcher, outside of any lane)")
        .is_silent_about(" -C ");
    let by_hand = one.replacen("contract-gate", "\"$GATE\"", 1);
    play(&world, &format!("cd wt-ui; {by_hand}")).expect(0);
    play(&world, "gate land --all").expect(0);
    let end = format!("{main}close");
    assert_eq!(printed(&world.gate("wt-ui", &["status"]), "end the run"), end);
    let refused = world.gate("wt-ui", &["close"]);
    refused.expect(1).says("contract-protected");
    assert_eq!(printed(&refused, "the dispatcher ends it:"), end);
    // Where nobody stands on the trunk, nobody is sent there.
    play(&world, "git -C repo checkout -q --detach").expect(0);
    let said = world.gate("wt-ui", &["status"]);
    said.expect(0).says("end the run (by the dispatcher, outside of any lane)");
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
