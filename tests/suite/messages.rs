//! What is said where somebody is stuck: what cannot be known, and what no command mends.

use crate::gated::{script, served, uploads};
use crate::sandbox::Sandbox;

#[test]
fn a_lane_without_work_is_no_merge_away() {
    let world = uploads();
    let early = "uploads; cd repo; git merge -q --no-ff --no-edit agents/uploads";
    let refused = script(&world, early);
    refused.expect_failure().says("error[merge-order]: agent-1 may not land before agent-2");
    refused.says("agents/migrations holds nothing to land yet: agent-2 does its work");
    refused.is_silent_about("git merge agents/migrations").says("│ agents = [\"agent-1\"]");

    script(&world, "cd repo; git merge --abort; cd ..; migrations").expect(0);
    let refused = script(&world, "cd repo; git merge -q --no-ff --no-edit agents/uploads");
    refused.expect_failure().says("git merge agents/migrations");
    refused.is_silent_about("holds nothing to land");
}

#[test]
fn the_last_line_names_who_asked() {
    let world = uploads();
    let moved =
        "git -C wt-tests checkout -q --detach; cd wt-uploads; git branch -f agents/tests main~0
                 git branch -D agents/tests";
    script(&world, "git -C wt-tests commit -q --allow-empty -m work").expect(0);
    let refused = script(&world, moved);
    refused.expect_failure().says("agent-1 may not move agents/tests: it is the lane of agent-3");
    refused.says("denied at reference-transaction: agent-1 on agents/tests");
}

#[test]
fn a_tag_in_the_place_of_a_lane_is_no_damage() {
    let world = served();
    let tag = "uploads; cd wt-uploads; git tag -a -m t v1; git push -q origin v1:refs/heads/agents/uploads";
    let refused = script(&world, tag);
    refused.expect_failure().says("undecided[not-a-commit]").says("TAG^{commit}");
    refused.is_silent_about("git fsck");
    let pushed = "cd wt-uploads; git push -q origin 'v1^{commit}:refs/heads/agents/uploads'";
    script(&world, pushed).expect(0);
}

#[test]
fn a_push_from_a_shallow_clone_is_completed_where_it_comes_from() {
    let world = served();
    script(
        &world,
        "uploads; (cd wt-uploads; echo 2 >>src/api/uploads/create.ts; git commit -q -a -m two)
         git clone -q --depth 1 --branch agents/uploads file://\"$PWD\"/repo cut
         git -C server.git config receive.shallowUpdate true
         cd cut; git config user.name c; git config user.email c@c
         echo 3 >>src/api/uploads/create.ts; git commit -q -a -m three
         git remote add server ../server.git",
    )
    .expect(0);
    let push = "cd cut; git push -q server agents/uploads";
    let refused = script(&world, push);
    refused.expect_failure().says("undecided[object-unreadable]");
    refused.says("if it is pushed from a shallow clone: git fetch --unshallow there");
    script(&world, &format!("(cd cut; git fetch -q --unshallow); {push}")).expect(0);
}

#[test]
fn a_hook_without_its_input_says_who_gives_it() {
    let world = uploads();
    for (hook, input) in [
        ("pre-push", "nonsense\n"),
        ("pre-receive", "nonsense\n"),
        ("reference-transaction prepared", "nonsense\n"),
    ] {
        let call = world.call("repo", Sandbox::gate_program()).args(["hook"]);
        let ran = call.args(hook.split(' ')).input(input).run();
        ran.expect(2).says("undecided[hook-input]").says("has to pass on its standard input");
    }
}

#[test]
fn outside_of_a_repository_it_says_where_to_run() {
    let world = Sandbox::bare_world();
    world
        .gate("home", &["check"])
        .expect(2)
        .says("run it inside a repository, or give one with -C");
}

#[test]
fn what_is_refused_cites_its_line() {
    let world = uploads();
    let hazard = "cd wt-uploads; ln -s ../../db src/api/uploads/db; git add -A; git commit -q -m x";
    let refused = script(&world, hazard);
    refused.expect_failure().says("error[path-hazard]").says("│ scope = [\"src/api/uploads/**\"");
    let direct = "cd repo; edit src/db/schema.ts; git commit -q -a -m x";
    script(&world, direct).expect(0).says("warning[trunk-direct]").says("│ \"src/db/schema.ts\"");
}

/// A clone in CI has no branches of its own, and is told where to look with every command.
#[test]
fn what_is_asked_next_is_asked_of_the_same_trunk_and_remote() {
    let world = served();
    script(
        &world,
        "uploads; git -C repo push -q origin agents/uploads; git clone -q server.git ci",
    )
    .expect(0);
    let detached = "cd ci; git checkout -q --detach origin/main";
    script(&world, &format!("{detached}; git branch -q -D main")).expect(0);
    let lost = script(&world, "cd ci; \"$GATE\" check --trunk main --remote origin");
    lost.expect(2).says("contract-gate check --trunk main --remote origin --agent NAME");
    lost.says("contract-gate check --trunk main --remote origin --all");
    let lost = script(&world, "cd ci; \"$GATE\" check --landing --trunk main --remote origin");
    lost.expect(2).says("contract-gate check --landing --trunk main --remote origin --agent NAME");
    let at_trunks = "cd ci; \"$GATE\" check --trunk origin/main --branch agents/uploads";
    script(&world, at_trunks).expect(0);
    script(&world, "cd ci; git branch -q main origin/main").expect(0);
    let told = script(&world, "cd ci; \"$GATE\" check --trunk main --branch agents/uploads");
    told.expect(2).says("git config contractgate.remote origin");
    script(&world, "cd ci; git config contractgate.remote origin").expect(0);
    script(&world, "cd ci; \"$GATE\" check --trunk main --branch agents/uploads").expect(0);
}
