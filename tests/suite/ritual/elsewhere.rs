//! What a remote has of a lane and this repository has not: told by everything that looks at lanes,
//! and never landed in part.

use super::{json, play, world};
use crate::sandbox::Sandbox;

/// A server, and another clone in which a lane goes on.
const SERVED: &str = r#"
# served: the lanes have work, and a server has all of it
served() { git clone -q --bare repo server.git; ( cd repo; git remote add origin ../server.git; git fetch -q; git branch -q -u origin/main main ); all; ( cd repo; git push -q origin --all ); }
# there LANE FILE: a commit in a lane, from elsewhere, and fetched
there() { test -d other || git clone -q server.git other; ( cd other; git switch -q agents/$1; git pull -q; edit $2; git add -A; git -c user.name=o -c user.email=o@o commit -qm more; git push -q ); git -C repo fetch -q; }
"#;

fn served(text: &str) -> Sandbox {
    let world = world();
    play(&world, &format!("{SERVED} served; {text}")).expect(0);
    world
}

/// The command of the first next step that `status` names.
fn first_step(world: &Sandbox) -> String {
    let said = json(world, "status", &world.gate("repo", &["status", "--format", "json"]));
    said["next"][0]["command"].as_str().unwrap().to_owned()
}

#[test]
fn half_a_lane_is_not_landed_and_what_is_printed_catches_up() {
    for given in ["true", "git -C repo worktree remove -f ../wt-db"] {
        let world = served(&format!("there db db/more; {given}"));
        let behind = "agents/db (agent-2) is 1 commit behind origin/agents/db";
        for (asked, code) in [
            (&["status"][..], 0),
            (&["land"], 1),
            (&["land", "agent-2"], 1),
            (&["land", "--all", "--push"], 1),
            (&["land", "--dry-run"], 1),
            (&["rehearse"], 1),
            (&["forecast"], 0),
        ] {
            world.gate("repo", asked).expect(code).says(behind);
        }
        let said = world.gate("repo", &["land", "--format", "json"]);
        assert_eq!(json(&world, "landing", &said)["failed"]["outcome"], "elsewhere");
        let rehearsal = world.gate("repo", &["rehearse", "--all", "--format", "json"]);
        let rehearsal = json(&world, "rehearsal", &rehearsal);
        let outcomes: Vec<_> =
            rehearsal["steps"].as_array().unwrap().iter().map(|s| &s["outcome"]).collect();
        assert_eq!(outcomes, ["elsewhere", "landed", "landed"]);
        play(&world, &format!("cd repo; {}", first_step(&world))).expect(0);
        play(&world, "gate land --all --push; git -C server.git cat-file -e main:db/more")
            .expect(0);
        world.gate("repo", &["status"]).is_silent_about("behind origin");
    }
}

#[test]
fn a_lane_of_which_half_has_landed_holds_up_those_after_it_and_the_end() {
    let world = served("there db db/more; git -C repo merge -q --no-ff --no-edit agents/db");
    let behind = "agents/db (agent-2) is 1 commit behind origin/agents/db";
    let ran = world.gate("repo", &["land"]);
    ran.expect(1).says("waits for agent-2, which has more at a remote").says(behind);
    world.gate("repo", &["rehearse"]).expect(1).says(behind);
    let status = world.gate("repo", &["status"]);
    status.expect(0).says(behind).is_silent_about("agent-1 may land  ");
    play(
        &world,
        "cd repo; for lane in api ui; do unseen merge -q --no-ff --no-edit agents/$lane; done",
    )
    .expect(0);
    world.gate("repo", &["status"]).says(behind).is_silent_about("every lane has landed");
    let ran = world.gate("repo", &["land"]);
    ran.expect(0).says(behind).is_silent_about("contract-gate close");
    world.gate("repo", &["rehearse"]).says(behind);
    world.gate("repo", &["close"]).expect(2).says(behind);
    play(&world, &format!("cd repo; {}", first_step(&world))).expect(0);
    play(&world, "gate land agent-2; gate close").expect(0);
}

#[test]
fn a_branch_here_that_is_no_part_of_the_remotes_is_landed() {
    for given in [
        // Made again, or gone on.
        "(cd wt-db; git commit -q --amend -m again)",
        "work db db/1",
        // All of what the remote has is on the trunk already.
        "there db db/more; cd repo; git merge -q --ff-only origin/agents/db; git push -q origin main",
    ] {
        let world = served(given);
        world.gate("repo", &["status"]).expect(0).is_silent_about("behind origin/agents");
        world.gate("repo", &["land"]).expect(0).is_silent_about("behind origin/agents");
    }
}

#[test]
fn a_lane_that_only_the_remote_has_is_said_to_be_there_by_all_of_them() {
    let world =
        served("git -C repo worktree remove -f ../wt-db; unseen -C repo branch -q -D agents/db");
    let there = "agents/db (agent-2) is not here, but origin/agents/db is";
    let help = "git config contractgate.remote origin";
    for (asked, code) in [
        (&["land"][..], 1),
        (&["land", "--all"], 1),
        (&["land", "agent-2"], 1),
        (&["rehearse"], 1),
        (&["forecast"], 0),
    ] {
        world.gate("repo", asked).expect(code).says(there).says(help);
    }
    world.gate("repo", &["check", "--agent", "agent-2"]).expect(2).says(help);
    world.gate("repo", &["status"]).expect(2).says("agent-2 is undecided");
    let copy = world.copy();
    play(&world, &format!("cd repo; {help}; gate land")).expect(0).says("agent-2");
    play(&copy, "cd repo; git branch -q agents/db origin/agents/db; gate land").expect(0);
}

#[test]
fn a_lane_that_only_the_remote_has_and_that_goes_on_there_has_not_landed() {
    let world = served(
        "cd repo; git merge -q --no-ff --no-edit agents/db; git push -q origin main; cd ..; there db db/more
         git -C repo worktree remove -f ../wt-db; unseen -C repo branch -q -D agents/db",
    );
    let status = world.gate("repo", &["status"]);
    status.expect(2).says("agent-2 is undecided").says("waits for agent-2");
    status.is_silent_about("may land now").is_silent_about("branch gone");
    let forecast = world.gate("repo", &["forecast"]);
    forecast.expect(0).says("agent-2 has its branch at a remote alone");
    forecast.is_silent_about("agent-2 has landed");
}

#[test]
fn what_is_asked_at_the_remote_is_judged_there_by_the_ritual_and_its_hooks() {
    let contract =
        super::CONTRACT.replace("[merge]", "[policy]\ntrunk-steps = \"landings-only\"\n\n[merge]");
    for (strategy, push) in [("squash", "--push"), ("rebase", ""), ("rebase", "--push")] {
        let world = super::with(&contract);
        let round = format!("gate land agent-2 --remote origin --strategy {strategy} {push}");
        let script = format!(
            "{SERVED} served; git -C repo worktree remove -f ../wt-db; unseen -C repo branch -q -D agents/db
             cd repo; gate install --trunk main >/dev/null; {round}; git push -q origin main; cd ..
             there db db/more; cd repo; {round}; test -e db/more"
        );
        play(&world, &script).expect(0);
    }
}
