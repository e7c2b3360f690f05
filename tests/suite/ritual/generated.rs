//! Files that a command makes again: their conflicts are none, and a command that fails is told.

use super::{CONTRACT, json, play, with, world};

/// Two commits of a lane that change the generated file and something else, and one of the trunk that
/// changes the same line.
const CONFLICT: &str = "(cd wt-db; edit list.txt mine; save; edit db/new; edit list.txt more; save)
    (cd repo; edit list.txt ours; smuggle)";

#[test]
fn a_conflict_in_what_is_generated_is_none_whatever_the_strategy() {
    for strategy in ["merge", "squash", "rebase"] {
        let world = world();
        play(
            &world,
            &format!(
                "{CONFLICT}; work api api/new; work ui ui/new; gate rehearse >/dev/null --strategy {strategy}; gate land >/dev/null --strategy {strategy}
                 cd repo; ls api db ui | cmp - list.txt; test -e db/new; test -z \"$(git status --porcelain)\"
                 gate land agent-2 | grep 'has landed already'"
            ),
        )
        .expect(0);
    }
}

#[test]
fn a_conflict_elsewhere_is_one_and_names_that_alone() {
    for strategy in ["merge", "squash", "rebase"] {
        let world = world();
        play(&world, &format!("{CONFLICT}; work db db/d theirs; cd repo; edit db/d ours; smuggle"))
            .expect(0);
        let arguments = ["land", "--strategy", strategy, "--format", "json"];
        let said = json(&world, "landing", &world.gate("repo", &arguments));
        assert_eq!(said["failed"]["conflicts"], serde_json::json!(["db/d"]), "{strategy}");
    }
}

#[test]
fn a_generated_file_that_is_deleted_here_and_changed_there_is_made_again() {
    for strategy in ["merge", "squash", "rebase"] {
        let world = world();
        play(
            &world,
            &format!(
                "(cd wt-db; git rm -q list.txt; edit db/new; save); (cd repo; edit list.txt ours; smuggle)
                 gate land >/dev/null --strategy {strategy}; cd repo; ls api db ui | cmp - list.txt"
            ),
        )
        .expect(0);
    }
}

#[test]
fn a_generated_file_that_a_lane_has_taken_away_with_its_source_is_gone() {
    let make = "rm -rf gen; mkdir gen; for f in db/*; do echo types of $f >gen/${f##*/}.ts; done";
    let contract = CONTRACT.replace("list.txt", "gen/**").replace("ls api db ui > gen/**", make);
    for (away, left) in [("git rm -q db/d", ""), ("git mv db/d db/e", "gen/e.ts ")] {
        for strategy in ["merge", "squash", "rebase", "fast-forward"] {
            let world = with(&contract);
            play(
                &world,
                &format!(
                    "make() {{ {make}; }}; (cd repo; edit db/more; make; smuggle); (cd wt-db; git merge -q main; {away}; make; save away)
                     gate rehearse --strategy {strategy}; gate land --strategy {strategy}
                     cd repo; git ls-files gen | tr '\n' ' ' | grep -x '{left}gen/more.ts '; test -z \"$(git status --porcelain)\""
                ),
            )
            .expect(0);
        }
    }
}

#[test]
fn a_lane_that_changed_what_is_generated_alone_has_nothing_to_land() {
    for strategy in ["merge", "squash", "rebase"] {
        let world = world();
        let before = world.id("repo", "main");
        play(&world, "cd wt-db; edit list.txt mine; save").expect(0);
        let ran = world.gate("repo", &["land", "--strategy", strategy]);
        ran.expect(0).says("it is the turn of agent-2: nothing to land there yet");
        let ran = world.gate("repo", &["land", "agent-2", "--strategy", strategy]);
        ran.expect(1).says("nothing to land yet");
        assert_eq!(world.id("repo", "main"), before);
    }
}

#[test]
fn a_forecast_tells_it_as_what_is_made_again_and_counts_it_for_nothing() {
    let world = world();
    play(
        &world,
        "for lane in db api ui; do (cd wt-$lane; edit $lane/new; edit list.txt $lane; save); done",
    )
    .expect(0);
    let ran = play(&world, "gate forecast");
    assert_eq!(ran.code, 0, "{ran:?}");
    let note = "list.txt conflicts in 3 pairs, and is made again by ls api db ui > list.txt";
    for word in [note, "every step merges", "nothing stands in the way"] {
        assert!(ran.text().contains(word), "{word}: {ran:?}");
    }
    let said = json(&world, "forecast", &world.gate("repo", &["forecast", "--format", "json"]));
    assert_eq!(said["outlook"], "clean");
    let made_again = &said["pairs"][3]["made_again"][0];
    assert_eq!(made_again["command"], "ls api db ui > list.txt");
    assert_eq!(
        (&made_again["kind"], &made_again["at"]["path"]),
        (&"content".into(), &"list.txt".into())
    );
    // Landing does what it says.
    play(&world, "gate land --all >/dev/null; cd repo; ls api db ui | cmp - list.txt").expect(0);
}

#[test]
fn a_forecast_still_counts_the_conflict_beside_it() {
    let world = world();
    play(&world, &format!("{CONFLICT}; work db db/d theirs; cd repo; edit db/d ours; smuggle"))
        .expect(0);
    let ran = world.gate("repo", &["forecast", "--format", "json"]);
    assert_eq!(ran.code, 1, "{ran:?}");
    let said = json(&world, "forecast", &ran);
    let conflicts = said["pairs"][0]["conflicts"].as_array().unwrap();
    assert_eq!(conflicts.len(), 1, "{said:#}");
    assert_eq!(conflicts[0]["paths"][0]["path"], "db/d");
}

#[test]
fn a_fast_forward_says_which_file_which_command_and_who_and_that_works() {
    let world = world();
    let ran = play(&world, "work db db/new; gate land --strategy fast-forward");
    assert_eq!(ran.code, 1, "{ran:?}");
    for word in [
        "generated file that is out of date: list.txt",
        "For agent-2's next prompt:",
        "- list.txt, made by: ls api db ui > list.txt",
        "- list.txt (as its command makes it)",
        "- db/**\n",
    ] {
        assert!(ran.text().contains(word), "{word}: {ran:?}");
    }
    let arguments = ["land", "--strategy", "fast-forward", "--format", "json"];
    let said = json(&world, "landing", &world.gate("repo", &arguments));
    assert_eq!(said["failed"]["outcome"], "not-generated");
    let stale = serde_json::json!([{ "path": "list.txt", "command": "ls api db ui > list.txt" }]);
    assert_eq!(said["failed"]["stale"], stale);
    play(
        &world,
        "(cd wt-db; ls api db ui > list.txt; save made; \"$GATE\" check); gate land --strategy fast-forward",
    )
    .expect(0);
}

const FAILS: &str =
    "for n in $(seq 40); do echo line $n; done; if test -e db/new; then echo cannot; exit 4; fi";

#[test]
fn a_command_that_fails_with_a_lane_is_handed_to_its_agent() {
    let world = with(&CONTRACT.replace("ls api db ui > list.txt", FAILS));
    let before = world.id("repo", "main");
    let ran = play(&world, "work db db/new; gate land");
    assert_eq!(ran.code, 1, "{ran:?}");
    for word in [
        "cannot be made again: the command failed (exit status 4)",
        "│ cannot",
        "all of its output: ",
        "For agent-2's next prompt:",
        "main passes it without you",
        "git merge main",
        "line 40\ncannot",
        "hard constraint",
    ] {
        assert!(ran.text().contains(word), "{word}: {ran:?}");
    }
    assert!(!ran.text().contains("line 2\n"), "the end of it alone: {ran:?}");
    assert!(ran.text().contains(&format!("\n    {FAILS}\n")), "as it stands: {ran:?}");
    assert_eq!(world.id("repo", "main"), before);
    let said = json(&world, "rehearsal", &world.gate("repo", &["rehearse", "--format", "json"]));
    let step = &said["steps"][0];
    assert_eq!((&step["blame"], &step["generator"]["status"]), (&"alone".into(), &4.into()));
    let log = std::fs::read_to_string(step["generator"]["log"].as_str().unwrap()).unwrap();
    assert!(log.starts_with("line 1\n") && log.ends_with("cannot\n"), "{log}");
}

#[test]
fn a_command_that_fails_without_any_lane_is_the_dispatchers() {
    let world = with(&CONTRACT.replace("ls api db ui > list.txt", "echo cannot; exit 4"));
    let ran = play(&world, "work db db/new; gate land");
    assert_eq!(ran.code, 1, "{ran:?}");
    for word in
        ["For the dispatcher:", "fails on main without any lane", "\n    echo cannot; exit 4\n"]
    {
        assert!(ran.text().contains(word), "{word}: {ran:?}");
    }
    assert!(!ran.text().contains("next prompt"), "{ran:?}");
}

/// A build whose files are called after what is in them.
const HASHED: &str = "rm -rf dist; mkdir dist; for d in api db ui; do cat $d/* >dist/$d.$(cat $d/* | cksum | cut -d' ' -f1); done
    seq 40 | cat - api/* db/* ui/* >all; mv all dist/all.$(cksum <all | cut -d' ' -f1)";

/// What both sides do to the files of a build, the kind of conflict that git says it is, and what lands by it.
fn forecast_of_a_build(trunk: &str, lane: &str, kind: &str) {
    let contract = CONTRACT
        .replace("\"list.txt\"", "\"dist/**\"")
        .replace("ls api db ui > list.txt", "sh make");
    let world = with(&contract);
    play(
        &world,
        &format!(
            "(cd repo; cat >make <<'E'\n{HASHED}\nE\nsh make; seq 40 >dist/one; smuggle)
             (cd wt-db; git merge -q main; edit db/new; {lane}; save); (cd repo; edit api/more; {trunk}; smuggle)"
        ),
    )
    .expect(0);
    let ran = world.gate("repo", &["forecast", "--format", "json"]);
    assert_eq!(ran.code, 0, "{kind}: {ran:?}");
    let said = json(&world, "forecast", &ran);
    let made_again = said["pairs"][0]["made_again"].as_array().unwrap();
    assert!(made_again.iter().any(|one| one["kind"] == kind), "{kind}: {made_again:?}");
    assert_eq!(said["outlook"], "clean", "{kind}");
    let lands = "gate check --landing --branch agents/db >/dev/null; gate rehearse >/dev/null; gate land >/dev/null";
    play(&world, &format!("{lands}; cd repo; sh make; test -z \"$(git status --porcelain)\""))
        .expect(0);
}

#[test]
fn a_forecast_counts_files_of_a_build_that_both_sides_have_made_under_other_names_for_nothing() {
    forecast_of_a_build("sh make", "sh make", "rename/rename");
    forecast_of_a_build("git rm -q dist/one", "git mv dist/one dist/three", "rename/delete");
}

#[test]
fn a_forecast_still_counts_a_file_that_one_side_renames_to_one_of_a_build_and_the_other_elsewhere()
{
    let contract =
        CONTRACT.replace("\"list.txt\"", "\"dist/**\"").replace("ls api db ui > list.txt", "true");
    let world = with(&contract);
    play(
        &world,
        "(cd repo; seq 40 >db/one; mkdir dist; smuggle); (cd wt-db; git merge -q main; git mv db/one db/two; save)
         (cd repo; mkdir -p dist; git mv db/one dist/one; smuggle)",
    )
    .expect(0);
    let ran = world.gate("repo", &["forecast", "--format", "json"]);
    assert_eq!(ran.code, 1, "{ran:?}");
    assert_eq!(json(&world, "forecast", &ran)["pairs"][0]["conflicts"][0]["kind"], "rename/rename");
}
