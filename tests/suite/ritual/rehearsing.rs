//! `rehearse`: all of it on a stage, and nothing else touched.

use super::{CONTRACT, json, play, with, world};

#[test]
fn what_would_land_is_said_and_nothing_is_touched() {
    let world = world();
    let ran = play(
        &world,
        "all; noted >before; echo mine >>repo/api/a; git -C repo status --porcelain >>before
         gate rehearse >said; (noted; git -C repo status --porcelain) >after; cat said
         sed -i '/^ M api/d; /^before$/d; /^after$/d; /^said$/d' before after; cmp before after",
    );
    ran.expect(0);
    for word in ["agent-2", "agent-1", "agent-3", "once more on everything", "land --all"] {
        assert!(ran.text().contains(word), "{word}: {ran:?}");
    }
    let order: Vec<_> = ["agent-2", "agent-1", "agent-3"].map(|a| ran.text().find(a)).to_vec();
    assert!(order.is_sorted(), "{ran:?}");
}

/// The example of the merge that breaks: one lane renames `requireAuth`, the other changes the shape
/// of the user; each passes alone. The suite stands for a type checker.
const TYPES: &str = r#"#!/bin/sh
# Whoever asks for the user's address asks for what the type has.
if grep -q 'identity: { email' db/user.ts; then wanted='user\.identity\.email'; else wanted='user\.email'; fi
used=$(grep -rho 'user\.[a-z.]*email' api ui | sort -u)
for use in $used; do
    echo "$use" | grep -qx "$wanted" || { echo "TypeError: Cannot read properties of undefined (reading 'email'): $use"; exit 1; }
done
"#;

fn auth() -> crate::sandbox::Sandbox {
    let world = world();
    world.write("repo/suite.sh", TYPES);
    play(
        &world,
        "cd repo; echo 'export type User = { id, email }' >db/user.ts
         echo 'export function requireAuth(req, res, next) { log(user.email) }' >api/middleware.ts
         smuggle begun; for lane in api db ui; do unseen -C ../wt-$lane merge -q main; done
         cd ../wt-api; sed -i 's/requireAuth/requireAuthenticatedUser/' api/middleware.ts
         echo 'export const greet = user => user.email' >api/greet.ts; save 'clearer name'
         cd ../wt-db; echo 'export type User = { id, identity: { email } }' >db/user.ts
         sed -i s/user.email/user.identity.email/ ../wt-db/api/middleware.ts
         git checkout -q -- api; save 'room for more'; cd ..; work ui ui/new",
    )
    .expect(0);
    world
}

#[test]
fn two_lanes_that_pass_alone_and_fail_together_are_named_both() {
    let world = auth();
    // The database's lane breaks what is on the trunk already; the interface's is green alone.
    let alone = "cd wt-api; ./suite.sh";
    play(&world, alone).expect(0);
    let ran = world.gate("repo", &["rehearse", "--format", "json"]);
    assert_eq!(ran.code, 1, "{ran:?}");
    let said = json(&world, "rehearsal", &ran);
    assert_eq!(said["steps"][0]["agent"], "agent-2");
    assert_eq!(said["steps"][0]["outcome"], "suite-failed");
    assert_eq!(said["steps"][0]["blame"], "alone");
    assert_eq!(said["stopped"], true);
    // Repaired for what is there, it fails only with the other lane.
    play(
        &world,
        "cd repo; git rm -q api/middleware.ts; smuggle moved; for lane in api db ui; do unseen -C ../wt-$lane merge -q --no-edit main || {
             cd ../wt-$lane; git checkout -q --ours . ; git add -A; unseen commit -qm merged; cd ../repo; }; done",
    )
    .expect(0);
    let ran = world.gate("repo", &["rehearse", "--all", "--format", "json"]);
    assert_eq!(ran.code, 1, "{ran:?}");
    let said = json(&world, "rehearsal", &ran);
    let outcome = |at: usize| said["steps"][at]["outcome"].as_str().unwrap();
    assert_eq!((outcome(0), outcome(1), outcome(2)), ("landed", "suite-failed", "landed"));
    assert_eq!(said["steps"][1]["blame"], "with-another");
    assert_eq!(said["steps"][1]["together_with"], "agent-2");
    assert_eq!(said["last"]["passed"], true);
    let page = world.gate("repo", &["rehearse"]);
    assert!(
        page.text().contains("agent-1 and agent-2 pass it alone, and fail it together"),
        "{page:?}"
    );
    assert!(page.text().contains("(reading 'email')"), "{page:?}");
    assert!(
        page.text().contains("hard constraint") && page.text().contains("- api/**"),
        "{page:?}"
    );
}

#[test]
fn an_agent_may_see_how_it_would_go() {
    let world = world();
    play(&world, "all; cd wt-ui; CONTRACT_GATE_AGENT=agent-3 \"$GATE\" rehearse").expect(0);
}

#[test]
fn a_trunk_that_fails_by_itself_is_told_from_a_lane_that_does() {
    let world = world();
    play(&world, "all; cd repo; edit ui/u BROKEN; smuggle").expect(0);
    let said = json(&world, "rehearsal", &world.gate("repo", &["rehearse", "--format", "json"]));
    assert_eq!(said["steps"][0]["blame"], "trunk");
}

#[test]
fn what_stands_in_the_way_is_said_and_all_goes_on() {
    let world = world();
    play(&world, "work db db/new BROKEN; work api api/new; (cd wt-ui; edit suite.sh; smuggle)")
        .expect(0);
    let said = json(&world, "rehearsal", &world.gate("repo", &["rehearse", "--format", "json"]));
    assert_eq!(said["steps"].as_array().unwrap().len(), 1);
    let all = world.gate("repo", &["rehearse", "--all", "--format", "json"]);
    let said = json(&world, "rehearsal", &all);
    let outcomes: Vec<_> =
        said["steps"].as_array().unwrap().iter().map(|step| step["outcome"].clone()).collect();
    assert_eq!(outcomes, ["suite-failed", "landed", "denied"]);
    assert_eq!(said["steps"][2]["verdict"]["violations"][0]["rule"], "shared-frozen");
}

#[test]
fn setup_runs_once_and_names_no_other_repository_but_who_commits_and_how_remotes_are_reached() {
    let contract = CONTRACT.replace(
        "suite = \"./suite.sh\"",
        "setup = \"echo set up >>../count; env | grep -E '^GIT_(DIR|INDEX_FILE|SSH_COMMAND|AUTHOR_NAME)=' | sort >>../count
         mkdir -p node_modules; touch node_modules/x\"\n\
         suite = \"test -e node_modules/x && ./suite.sh && cat ../count\"",
    )
    .replace(">>../count\n         mkdir", ">>../count; mkdir");
    let world = with(&contract);
    let ran = play(
        &world,
        "all; cd repo; export GIT_DIR=$PWD/.git GIT_INDEX_FILE=$PWD/.git/index GIT_SSH_COMMAND=reach GIT_AUTHOR_NAME=Ada
         \"$GATE\" rehearse --format json",
    );
    let said = json(&world, "rehearsal", &ran);
    assert_eq!(said["good"], true, "{said:#}");
    let log = std::fs::read_to_string(said["last"]["log"].as_str().unwrap()).unwrap();
    assert_eq!(log, "testing\nset up\nGIT_AUTHOR_NAME=Ada\nGIT_SSH_COMMAND=reach\n");
}

#[test]
fn a_suite_that_takes_too_long_is_ended() {
    let world = world();
    play(&world, "work db db/new").expect(0);
    let arguments = ["rehearse", "--suite", "sleep 600", "--timeout", "1s", "--format", "json"];
    let ran = world.gate("repo", &arguments);
    let said = json(&world, "rehearsal", &ran);
    assert_eq!(said["steps"][0]["suite"]["status"], serde_json::Value::Null);
    assert_eq!((ran.code, said["steps"][0]["outcome"].as_str().unwrap()), (1, "suite-failed"));
    // Its agent would look for a failure.
    let ran = play(&world, "gate land --suite 'test ! -e db/new || sleep 600' --timeout 1s");
    ran.expect(1)
        .says(
            "|| sleep 600) does not end within 1.0 s, which is the limit, on main with your branch",
        )
        .says("what it printed:\n\n(nothing)\n");
}

#[test]
fn a_run_without_suite_says_so_and_one_that_is_over_has_nothing_to_rehearse() {
    let world = with(&CONTRACT.replace("suite = \"./suite.sh\"\n", ""));
    let ran = play(&world, "all; gate rehearse");
    assert!(ran.code == 0 && ran.text().contains("no suite was run"), "{ran:?}");
    let ran = play(&world, "gate land --all >/dev/null; gate rehearse");
    assert!(ran.code == 0 && ran.text().contains("every lane has landed"), "{ran:?}");
}

#[test]
fn a_lane_that_has_not_begun_is_no_failure() {
    for all in ["", "--all"] {
        // The first one has, the last one has not.
        let world = world();
        let ran = play(&world, &format!("work db db/new; work api api/new; gate rehearse {all}"));
        ran.expect(0).says("agents/ui                has not begun").says("land --all");
        ran.says("what has begun would land in its turn:").says("once more on everything");
        let document = world.gate("repo", &["rehearse", "--format", "json"]);
        let said = json(&world, "rehearsal", &document);
        assert_eq!((&said["good"], &said["stopped"]), (&true.into(), &false.into()), "{said:#}");
        assert_eq!(said["steps"][2]["outcome"], "nothing-to-land");
        // What was shown is used.
        let ran = play(&world, "gate land --all");
        ran.expect(0).says("the suite passed in the rehearsal");
        // The first one has not: what waits for it is tried without it, and cannot land.
        let world = super::world();
        let ran = play(&world, &format!("work ui ui/new; gate rehearse {all}"));
        ran.expect(0).says("agents/db                has not begun").is_silent_about("land --all");
        ran.says("tried without agent-2 and agent-1, for which it waits")
            .says("nothing can land yet");
        // One that fails is one that fails.
        let ran = play(&world, &format!("work ui ui/new BROKEN; gate rehearse {all}"));
        ran.expect(1).says("agents/db                has not begun").says("suite failed");
    }
    // Nobody has begun.
    let world = world();
    world.gate("repo", &["rehearse"]).expect(0).says("nothing can land yet");
    // Without a branch it has not begun either; a commit that changes nothing is no beginning.
    let ran = play(
        &world,
        "git -C wt-ui checkout -q --detach; git -C repo branch -q -D agents/ui; git -C wt-db commit -q --allow-empty -m empty; gate rehearse",
    );
    ran.expect(0).says("nothing can land yet");
}

#[test]
fn the_command_that_is_printed_asks_for_the_same_again() {
    let world = world();
    let suite = "echo 'a b' && ./suite.sh";
    let arguments =
        ["--suite", suite, "--strategy", "squash", "--timeout", "2m", "--trunk", "main"];
    let ran = world.gate("repo", &[&["rehearse"][..], &arguments[..]].concat());
    ran.expect(0);
    play(&world, "all").expect(0);
    let ran = world.gate("repo", &[&["rehearse"][..], &arguments[..]].concat());
    let command = "contract-gate land --all --suite 'echo '\\''a b'\\'' && ./suite.sh' --strategy squash --timeout 120s --trunk main";
    ran.expect(0).says(&format!("would land:  {command}\n"));
    let command = command.replace("contract-gate ", "gate ");
    let landed = play(&world, &command);
    landed
        .expect(0)
        .says("the suite passed in the rehearsal")
        .says("contract-gate close --trunk main\n");
    // Without any there are none.
    let world = super::world();
    play(&world, "all; gate rehearse").expect(0).says("would land:  contract-gate land --all\n");
}

#[test]
fn what_a_suite_leaves_says_nothing_of_the_next_state() {
    let world = world();
    // A lane takes away what another state's suite has built its output from.
    let suite = "--suite '! test -e api/maker || touch built; test -e built'";
    play(&world, "(cd repo; edit api/maker; save maker); work db db/new; cd wt-api; git merge -q main; git rm -q api/maker; save gone").expect(0);
    for command in ["rehearse --all", "land --all"] {
        let ran = play(&world, &format!("gate {command} {suite}"));
        assert!(ran.code == 1 && ran.text().contains("agent-1 alone"), "{command}: {ran:?}");
    }
    play(&world, "test -e repo/db/new; test -e repo/api/maker").expect(0);
}

/// Two lanes that both change what the contract gives both.
fn both() -> crate::sandbox::Sandbox {
    let shared = "[shared]\n\"log.txt\" = { additions-by = [\"agent-1\", \"agent-2\"] }";
    let world = with(&CONTRACT.replace("[shared]", shared));
    play(&world, "cd repo; echo log >log.txt; save; for lane in db api ui; do git -C ../wt-$lane merge -q main; done
                  cd ..; work db db/new; work api api/new; for lane in db api; do (cd wt-$lane; edit log.txt $lane; save); done").expect(0);
    world
}

#[test]
fn a_conflict_with_what_landed_in_the_rehearsal_alone_says_so_and_what_works() {
    let world = both();
    let ran = world.gate("repo", &["rehearse", "--no-suite"]);
    ran.expect(1).says("conflicts with agent-2 in 1 file").says("- log.txt");
    ran.says("agent-2 lands before you, and is not on main yet. Once it is, take main in");
    let landing = "what comes before agent-1 lands by:  contract-gate land agent-2 --no-suite";
    ran.says(landing);
    let dry = world.gate("repo", &["land", "--all", "--dry-run"]);
    dry.says("conflicts with agent-2 in 1 file").says("is not on main yet");
    let said = world.gate("repo", &["rehearse", "--no-suite", "--format", "json"]);
    let said = json(&world, "rehearsal", &said);
    assert_eq!(said["steps"][1]["conflicts"], serde_json::json!(["log.txt"]));
    assert_eq!(said["steps"][1]["blame"], "with-another");
    assert_eq!(said["steps"][1]["together_with"], "agent-2");
    // As printed, in that order.
    play(&world, "gate land agent-2 --no-suite").expect(0);
    world.gate("repo", &["land", "--no-suite"]).expect(1).says("Your branch conflicts with main");
    play(&world, "cd wt-api; git merge -q main >/dev/null || true; printf 'log\\ndb\\napi\\n' >log.txt; save merged; gate land --no-suite").expect(0);
}

#[test]
fn a_fast_forward_behind_what_landed_in_the_rehearsal_alone_says_so() {
    let world = world();
    play(&world, "(cd wt-db; edit db/new; ls api db ui >list.txt; save); work api api/new")
        .expect(0);
    let ran = world.gate("repo", &["rehearse", "--strategy", "fast-forward"]);
    ran.expect(1).says("does not contain agent-2").says("Once it is, rebase your branch onto it");
    // A trunk that has gone on itself is rebased onto at once.
    play(&world, "cd repo; edit README.md; smuggle").expect(0);
    let ran = world.gate("repo", &["rehearse", "--strategy", "fast-forward"]);
    ran.expect(1).says("main has gone on. Rebase your branch onto it");
}
