//! The demo: every step of the worked example, as a stranger sees it.

use crate::sandbox::Sandbox;

#[test]
fn every_step_ends_as_it_should() {
    let world = Sandbox::bare_world();
    let demo = world.gate(".", &["demo"]);
    demo.expect(0);
    for (by, rule) in [
        ("pre-commit", "shared-owned"),
        ("pre-commit", "shared-frozen"),
        ("reference-transaction", "shared-frozen"),
        ("pre-commit", "additions-only"),
        ("pre-merge-commit", "merge-order"),
        ("pre-receive", "merge-order"),
    ] {
        demo.says(&format!("refused by {by}: {rule}, no branch has moved"));
    }
    assert!(!demo.stdout.contains(&0x1b), "no colour when not on a terminal");
    assert!(demo.stderr.is_empty());
}

#[test]
fn it_leaves_nothing_behind_unless_asked() {
    let world = Sandbox::bare_world();
    world.write("tmp/.keep", "");
    let demo = |arguments: &[&str]| {
        let call = world.call(".", Sandbox::gate_program()).arg("demo");
        call.args(arguments).env("TMPDIR", world.path("tmp")).run()
    };
    demo(&[]).expect(0);
    assert_eq!(std::fs::read_dir(world.path("tmp")).unwrap().count(), 1);

    demo(&["--dir", "new/place"]).expect(0);
    assert!(!world.exists("new/place"));

    demo(&["--dir", "kept", "--keep"]).expect(0).says("cd ");
    let tip = world.id("kept/project", "main");
    assert_eq!(world.id("kept/server.git", "main"), tip);
    assert!(world.exists("kept/wt-uploads/src/api/uploads/create.ts"));
}

#[test]
fn it_does_not_play_where_something_is() {
    let world = Sandbox::bare_world();
    world.write("mine/precious", "x");
    world.gate(".", &["demo", "--dir", "mine"]).expect(2).says("is not empty");
    assert_eq!(world.read("mine/precious"), "x");
}

#[test]
fn the_users_own_configuration_does_not_matter() {
    let world = Sandbox::bare_world();
    world.write(
        "home/.gitconfig",
        "[commit]\n\tgpgSign = true\n[core]\n\thooksPath = /nowhere\n\
         [init]\n\tdefaultBranch = other\n\ttemplateDir = /nowhere\n\
         [merge]\n\tff = only\n[push]\n\tdefault = nothing\n\tfollowTags = true\n",
    );
    let call = world.call(".", Sandbox::gate_program()).arg("demo");
    let call = call.env("GIT_DIR", "/nowhere").env("CONTRACT_GATE_AGENT", "agent-9");
    call.env("GIT_CONFIG_COUNT", "1")
        .env("GIT_CONFIG_KEY_0", "core.hooksPath")
        .env("GIT_CONFIG_VALUE_0", "/nowhere")
        .run()
        .expect(0);
}

#[test]
fn a_step_that_does_not_end_as_it_should_fails_the_demo() {
    let world = Sandbox::bare_world();
    // Without git nothing works, and the demo says so.
    let call =
        world.call(".", Sandbox::gate_program()).arg("demo").env("TMPDIR", world.path("home"));
    call.env("PATH", world.path("home")).run().expect(2).says("git");
}
