//! `land`: what it says is to be done, which works as printed.

use super::{play, world};
use crate::sandbox::{Ran, Sandbox};

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
