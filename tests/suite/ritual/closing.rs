//! `close`: the run ends.

use super::{json, play, world};

#[test]
fn a_run_with_lanes_that_are_open_goes_on() {
    let world = world();
    let ran = play(&world, "all; gate land >/dev/null; gate close");
    assert!(ran.code == 1 && ran.text().contains("agent-1 and agent-3"), "{ran:?}");
    let said = json(&world, "closing", &world.gate("repo", &["close", "--format", "json"]));
    assert_eq!(said["open"], serde_json::json!(["agent-1", "agent-3"]));
    play(&world, "test -e repo/contract.toml").expect(0);
}

#[test]
fn the_contract_leaves_the_trunk_in_a_commit_that_says_what_landed() {
    let world = world();
    play(
        &world,
        "all; gate land agent-2 >/dev/null; gate rehearse >/dev/null; gate land agent-1 >/dev/null
                  (cd repo; git merge -q --no-ff --no-edit agents/ui)",
    )
    .expect(0);
    let ran = play(&world, "gate close");
    assert!(ran.code == 0 && ran.text().contains("without a contract"), "{ran:?}");
    let message = world.git("repo", &["log", "-1", "--format=%B"]).text();
    assert!(
        message.starts_with("Close the run feature/users\n\n- agent-2 (agents/db) at "),
        "{message}"
    );
    for word in [
        "agent-1 (agents/api) at ",
        "suite passed in the rehearsal",
        "agent-3 (agents/ui) at ",
        "landed by another road",
        "by merge on 2",
    ] {
        assert!(message.contains(word), "{word}: {message}");
    }
    play(&world, "cd repo; test ! -e contract.toml; test -z \"$(git status --porcelain)\"; test \"$(git show --name-only --format= HEAD)\" = contract.toml
                  git rev-parse -q --verify agents/db").expect(0);
}

#[test]
fn what_has_landed_is_removed_when_asked_and_what_would_be_lost_is_left() {
    let world = world();
    let ran = play(
        &world,
        "all; gate land --all >/dev/null; echo unsaved >wt-ui/ui/unsaved; gate close --remove --format json",
    );
    assert_eq!(ran.code, 0, "{ran:?}");
    let said = json(&world, "closing", &ran);
    assert_eq!(said["kept"].as_array().unwrap().len(), 1, "{said:#}");
    play(&world, "test ! -e wt-db; test ! -e wt-api; test -e wt-ui/ui/unsaved; cd repo
                  test \"$(git for-each-ref --format='%(refname:short)' refs/heads)\" = \"$(printf 'agents/ui\\nmain')\"").expect(0);
}

#[test]
fn an_agent_does_not_close_a_run() {
    let world = world();
    let ran = play(&world, "all; gate land --all >/dev/null; cd wt-ui; \"$GATE\" close");
    assert!(ran.code == 1 && ran.text().contains("contract-protected"), "{ran:?}");
}
