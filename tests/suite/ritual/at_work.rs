//! `land` beside others: a trunk, worktrees and lanes that somebody is at work in, and landings that were
//! interrupted.

use super::{json, play, world};

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
fn a_lane_that_goes_on_meanwhile_and_is_waited_for_is_told_as_any_other() {
    let world = world();
    let suite = "cd $TOP/wt-db; echo more >>db/new; git add db/new; git commit -q -m more";
    let ran = play(&world, &format!("export TOP; all; gate land; gate land --suite '{suite}'"));
    assert_eq!(ran.code, 1, "{ran:?}");
    ran.says("error[merge-order]: agent-1 may not land before agent-2");
    ran.says("main has not moved").is_silent_about("ref updates aborted");
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

/// As git writes it under `worktree.useRelativePaths` (2.48 and later).
#[test]
fn a_rebase_is_told_in_its_worktree_also_where_the_link_there_is_relative() {
    let world = world();
    play(
        &world,
        "all; cd wt-db; GIT_SEQUENCE_EDITOR='sed -i 1s/pick/edit/' git rebase -q -i HEAD~1 2>/dev/null",
    )
    .expect(0);
    world.write("repo/.git/worktrees/wt-db/gitdir", "../../../../wt-db/.git\n");
    let path = world.path("wt-db").canonicalize().unwrap();
    let ran = world.gate("repo", &["land"]);
    ran.expect(2).says(&format!("git rebase of agents/db is under way in {}", path.display()));
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
