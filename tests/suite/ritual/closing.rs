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
fn how_a_lane_is_withdrawn_is_said_as_the_contract_is_spelt() {
    let world = world();
    world
        .gate("repo", &["close"])
        .expect(1)
        .says("`withdrawn = true` in its table in contract.toml");
    play(&world, "cd repo; \"$GATE\" convert --to markdown contract.toml >CONTRACT.md; git rm -q contract.toml; unseen add -A; unseen commit -q -m spelt").expect(0);
    let said = world.gate("repo", &["close"]);
    said.expect(1).says("`withdrawn: true` on its line under Worktrees in CONTRACT.md");
    play(&world, "cd repo; sed -i 's/^- .*agent-2$/&  withdrawn: true/' CONTRACT.md; unseen commit -qam w; gate status").says("withdrawn");

    let world = super::world();
    let table = "cd repo; unseen rm -q contract.toml
         { echo '# Context contract: x'; echo; echo '## Worktrees'; echo
           echo '| Agent | Branch | Withdrawn |'; echo '|---|---|---|'; echo '| agent-1 | agents/a | |'
           echo; echo '## Scope'; echo '- agent-1: a/**'; } > CONTRACT.md
         git add -A; unseen commit -qm table; git branch agents/a";
    let said = play(&world, &format!("{table}; gate close"));
    said.expect(1).says("`true` in its row in a column `Withdrawn` under Worktrees in CONTRACT.md");
}

#[test]
fn a_run_that_has_ended_is_replayed_by_what_is_printed() {
    let world = world();
    play(&world, "all; gate land --all >/dev/null; gate close >/dev/null").expect(0);
    let refused = world.gate("repo", &["replay"]);
    refused.expect(2).says("by that of the run that has ended");
    let printed = refused.stderr.lines().find_map(|line| line.split_once("has ended  ")).unwrap().1;
    let (write, arguments) = printed.split_once(" && contract-gate ").unwrap();
    play(&world, &format!("cd repo; {write}; \"$GATE\" {arguments}"))
        .expect(0)
        .says("closed.toml, not in force");
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
fn what_git_does_not_look_at_in_a_worktree_is_left_as_well() {
    let world = world();
    let ran = play(
        &world,
        "all; echo scratch >>repo/.git/info/exclude; gate land --all >/dev/null
         (cd wt-db; git update-index --skip-worktree db/new; echo more >>db/new)
         (cd wt-api; git update-index --assume-unchanged api/new; echo more >>api/new)
         (cd wt-ui; git init -q scratch; echo unsaved >scratch/unsaved); gate close --remove",
    );
    ran.expect(0).says("db/new is changed, and git was told not to look at it");
    ran.says("scratch/ is a repository of its own").is_silent_about("removed");
    play(
        &world,
        "grep -q more wt-db/db/new; grep -q more wt-api/api/new; test -e wt-ui/scratch/unsaved",
    )
    .expect(0);
}

/// The branches that are left, but for the trunk.
fn branches(world: &crate::sandbox::Sandbox) -> Vec<String> {
    let list = ["for-each-ref", "--format=%(refname:short)", "refs/heads/agents"];
    world.git("repo", &list).lines()
}

#[test]
fn what_has_landed_can_be_removed_after_the_run_has_ended() {
    for strategy in ["merge", "squash"] {
        let world = world();
        let ran = play(
            &world,
            &format!("all; gate land --all --strategy {strategy} >/dev/null; gate close"),
        );
        let command = ran.text();
        let command = command.lines().find_map(|line| line.split_once("has landed:  ")).unwrap().1;
        let at = world.id("repo", "main");
        let ran =
            play(&world, &format!("cd repo; {}", command.replace("contract-gate", "\"$GATE\"")));
        assert!(ran.code == 0 && ran.text().contains("removed agents/db"), "{ran:?}");
        assert_eq!((branches(&world), world.id("repo", "main")), (vec![], at), "{strategy}");
        play(&world, "! test -e wt-db; ! test -e wt-api; ! test -e wt-ui").expect(0);
        // Once more there is nothing to do.
        let said = json(
            &world,
            "closing",
            &world.gate("repo", &["close", "--remove", "--format", "json"]),
        );
        assert_eq!((&said["was_closed"], &said["removed"]), (&true.into(), &serde_json::json!([])));
    }
}

#[test]
fn what_has_gone_on_or_begun_anew_since_a_run_has_ended_is_left() {
    let world = world();
    play(&world, "all; gate land --all --strategy squash >/dev/null; gate close >/dev/null")
        .expect(0);
    // One lane goes on in its paths, another in somebody else's; the third is dirty.
    play(
        &world,
        "work db db/later; (cd wt-api; git reset -q --hard main; edit notes; save mine); echo unsaved >wt-ui/ui/unsaved",
    )
    .expect(0);
    let ran = world.gate("repo", &["close", "--remove", "--format", "json"]);
    let said = json(&world, "closing", ran.expect(0));
    assert_eq!(said["removed"], serde_json::json!([]), "{said:#}");
    assert_eq!(said["kept"].as_array().unwrap().len(), 3, "{said:#}");
    assert_eq!(branches(&world), ["agents/api", "agents/db", "agents/ui"]);
    play(&world, "test -e wt-db/db/later; test -e wt-api/notes; test -e wt-ui/ui/unsaved")
        .expect(0);
}

#[test]
fn the_branch_of_a_worktree_that_was_moved_is_left() {
    let world = world();
    play(
        &world,
        "all; gate land --all >/dev/null; mv wt-ui elsewhere; echo unsaved >elsewhere/ui/unsaved",
    )
    .expect(0);
    let ran = world.gate("repo", &["close", "--remove"]);
    ran.expect(0).says("removed agents/db").says("git worktree repair");
    assert_eq!(branches(&world), ["agents/ui"]);
    play(
        &world,
        "git -C elsewhere worktree repair; git -C elsewhere status --short | grep unsaved",
    )
    .expect(0);
}

#[test]
fn a_worktree_that_is_locked_and_not_there_is_left_and_the_others_go() {
    let world = world();
    play(
        &world,
        "all; gate land --all >/dev/null; git -C repo worktree lock ../wt-api; mv wt-api away",
    )
    .expect(0);
    let ran = world.gate("repo", &["close", "--remove"]);
    ran.expect(0).says("locked, and not there").says("removed agents/db").says("removed agents/ui");
    assert_eq!(branches(&world), ["agents/api"]);
    let told = ran.text();
    let unlock = told.lines().find_map(|line| line.split_once("if it was deleted: ")).unwrap().1;
    play(&world, &format!("cd repo; {unlock}; \"$GATE\" close --remove")).expect(0);
    assert_eq!(branches(&world), [""; 0]);
}

#[test]
fn without_a_run_that_has_ended_there_is_nothing_to_remove() {
    let world = crate::sandbox::Sandbox::new();
    world.write("repo/README", "x\n");
    world.commit("repo", "begun");
    world.git("repo", &["config", "contractgate.trunk", "main"]);
    let ran = world.gate("repo", &["close", "--remove"]);
    assert!(ran.code == 2 && ran.stderr.contains("there is no contract on main"), "{ran:?}");
    world.gate("repo", &["close"]).expect(2).says("there is no contract on main");
}

#[test]
fn a_run_that_has_ended_is_said_to_have_and_its_end_can_still_be_pushed() {
    let world = world();
    play(
        &world,
        &format!("{SERVER}; all; gate land --all --push >/dev/null; gate close >/dev/null"),
    )
    .expect(0);
    let by = format!("closed by {} already", &world.id("repo", "main")[..7]);
    let again = world.gate("repo", &["close"]);
    again.expect(0).says(&by).says("push it:  git push --atomic origin main");
    again.says("contract-gate close --remove");
    // A server that refuses leaves everything as it was.
    let refuses = "printf '#!/bin/sh\necho not today >&2; exit 1\n' >server.git/hooks/update; chmod +x server.git/hooks/update";
    play(&world, &format!("{refuses}; gate close --push --remove")).expect(1).says("not today");
    assert_eq!(branches(&world).len(), 3);
    play(&world, "rm server.git/hooks/update").expect(0);
    let pushed = world.gate("repo", &["close", "--push", "--remove"]);
    pushed.expect(0).says(&by).says("pushed to origin").says("removed agents/db");
    pushed.is_silent_about("is pushed too");
    play(&world, "test $(git -C server.git rev-parse main) = $(git -C repo rev-parse main)")
        .expect(0);
    assert_eq!(branches(&world).len(), 0);
    world.gate("repo", &["close"]).expect(0).says(&by).is_silent_about("push it");
    // What came after the end goes along, and that is said.
    play(&world, "cd repo; edit README.md; save").expect(0);
    let pushed = world.gate("repo", &["close", "--push"]);
    pushed.expect(0).says("1 commit of main that origin is not known to have is pushed too");
}

const SERVER: &str = "git clone -q --bare repo server.git; cd repo; git remote add origin ../server.git; git fetch -q
    git branch -q -u origin/main main; \"$GATE\" -C ../server.git install --server >/dev/null; cd ..";

#[test]
fn a_run_is_closed_on_the_server_with_a_push_or_by_the_command_that_is_printed() {
    let world = world();
    let ran = play(
        &world,
        &format!("{SERVER}; all; gate land --all --push >/dev/null; gate close --push"),
    );
    assert!(ran.code == 0 && ran.text().contains("pushed to origin"), "{ran:?}");
    let there = "test $(git -C server.git rev-parse main) = $(git -C repo rev-parse main); ! git -C server.git cat-file -e main:contract.toml 2>/dev/null";
    play(&world, there).expect(0);

    let world = self::world();
    let ran = play(&world, &format!("{SERVER}; all; gate land --all >/dev/null; gate close"));
    let said = ran.text();
    let command = said.lines().find_map(|line| line.split_once("push it:  ")).unwrap().1;
    assert_eq!(command, "git push --atomic origin main");
    play(&world, &format!("cd repo; {command} 2>/dev/null; cd ..; {there}")).expect(0);
}

#[test]
fn a_server_that_refuses_leaves_the_run_as_it_was() {
    let world = world();
    play(&world, &format!("{SERVER}; all; gate land --all --push >/dev/null")).expect(0);
    let before = world.id("repo", "main");
    let ran = play(
        &world,
        "printf '#!/bin/sh\necho not today >&2; exit 1\n' >server.git/hooks/update; chmod +x server.git/hooks/update; gate close --push --remove",
    );
    assert!(ran.code == 1 && ran.stderr.contains("not today"), "{ran:?}");
    assert_eq!(world.id("repo", "main"), before);
    assert_eq!(branches(&world).len(), 3);
    play(&world, "test -e repo/contract.toml; test -z \"$(git -C repo status --porcelain)\"")
        .expect(0);
}

#[test]
fn an_agent_does_not_close_a_run() {
    let world = world();
    let ran = play(&world, "all; gate land --all >/dev/null; cd wt-ui; \"$GATE\" close");
    assert!(ran.code == 1 && ran.text().contains("contract-protected"), "{ran:?}");
}

#[test]
fn a_branch_that_holds_more_than_what_landed_is_left() {
    let world = world();
    // Beyond its paths, so that the lane counts as landed all the same.
    let ran = play(
        &world,
        "all; gate land --all >/dev/null; cd wt-db; edit api/stray; smuggle; cd ..; gate close --remove",
    );
    assert!(ran.code == 0 && ran.text().contains("is not what landed"), "{ran:?}");
    play(
        &world,
        "test -e wt-db/api/stray; test ! -e wt-api; git -C repo rev-parse -q --verify agents/db",
    )
    .expect(0);
    assert_eq!(branches(&world), ["agents/db"]);
}

#[test]
fn lanes_that_a_remote_alone_has_are_no_error_where_they_are_removed() {
    let world = world();
    play(
        &world,
        &format!(
            "{SERVER}; all; for l in api db ui; do git -C repo push -q origin agents/$l; done"
        ),
    )
    .expect(0);
    play(
        &world,
        "git clone -q server.git clone; cd clone; \"$GATE\" install >/dev/null; git config contractgate.remote origin
         \"$GATE\" land --all --push >/dev/null",
    )
    .expect(0);
    let ran = world.gate("clone", &["close", "--push", "--remove"]);
    ran.expect(0).says("pushed to origin").is_silent_about("not found");
}
