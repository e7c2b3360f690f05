//! The gate is killed in the middle of a push, at one instant after the other: nothing is left half
//! done, nothing of the gate's lies about, and the next push works.
//!
//! When a kill comes depends on the machine; what must hold does not.

use std::path::Path;

use crate::gated::{beside_a_server, script};
use crate::sandbox::{Ran, Sandbox};

/// Calls the gate under the hook's name, and kills it when this hook is to be: some time later, or
/// while it waits for an input that goes on, which is before any answer.
const HOOK: &str = r#"#!/bin/sh
exec 3<&0
if [ "${0##*/}" != "$KILLED" ]; then
    exec "$GATES/${0##*/}" "$@"
elif [ "$AFTER" = reading ]; then
    { cat <&3; sleep 5; } 2>/dev/null | "$GATES/${0##*/}" "$@" &
    AFTER=0.05
else
    "$GATES/${0##*/}" "$@" <&3 &
fi
gate=$!
exec 3<&-
sleep "$AFTER"
kill -9 "$gate" 2>/dev/null
wait "$gate"
"#;

const HOOKS: [&str; 5] =
    ["pre-commit", "pre-merge-commit", "reference-transaction", "pre-push", "pre-receive"];
const LANES: [&str; 2] = ["agents/uploads", "agents/migrations"];

/// A client and a server with the gate in both, through a hook that can kill it.
fn world() -> Sandbox {
    let world = beside_a_server();
    world.git("server.git", &["config", "contractgate.trunk", "main"]);
    std::fs::create_dir(world.path("gates")).unwrap();
    for hook in HOOKS {
        let gate = world.path(format!("gates/{hook}"));
        std::os::unix::fs::symlink(Sandbox::gate_program(), gate).unwrap();
        let place = if hook == "pre-receive" { "server.git/hooks" } else { "repo/.git/hooks" };
        let path = world.path(place).join(hook);
        let _ = std::fs::remove_file(&path);
        std::fs::create_dir_all(world.path(place)).unwrap();
        std::fs::write(&path, HOOK).unwrap();
        std::fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o755))
            .unwrap();
    }
    let work = format!("export GATES='{}'; migrations; uploads", world.path("gates").display());
    script(&world, &work).expect(0);
    world
}

fn push(world: &Sandbox, killed: &str, after: &str) -> Ran {
    let call = world.call("repo", "git").env("GATES", world.path("gates"));
    let call = call.env("KILLED", killed).env("AFTER", after);
    call.args(["push", "-q", "origin"]).args(LANES).run()
}

/// The lanes that the server has.
fn arrived(world: &Sandbox) -> Vec<String> {
    world
        .git("server.git", &["for-each-ref", "--format=%(refname:short)", "refs/heads/agents"])
        .lines()
}

/// Files that are nobody's: of the gate's, locks, and git's quarantine.
fn left_over(directory: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if ["contract-gate", "tmp_", "incoming"].iter().any(|word| name.contains(word))
            || name.ends_with(".lock")
        {
            found.push(path.display().to_string());
        }
        if path.is_dir() {
            found.extend(left_over(&path));
        }
    }
    found
}

fn plays(killed: &str) {
    let world = world();
    for after in
        ["reading", "0", "0.002", "0.005", "0.009", "0.012", "0.016", "0.02", "0.03", "0.05"]
    {
        let pushed = push(&world, killed, after);
        let there = arrived(&world);
        assert!(there.is_empty() || there.len() == LANES.len(), "half of it: {there:?} {pushed:?}");
        if pushed.code == 0 {
            assert_eq!(there.len(), LANES.len(), "{pushed:?}");
        }
        // Killed before its answer is no answer, wherever a hook's answer counts.
        if after == "reading" {
            assert_ne!(pushed.code, 0, "{pushed:?}");
        }
        for place in ["repo/.git", "server.git"] {
            assert_eq!(left_over(&world.path(place)), [""; 0], "after {after} s: {pushed:?}");
        }
        // Nothing stands in the way of the next one.
        push(&world, "", "").expect(0);
        assert_eq!(arrived(&world).len(), LANES.len());
        // And back to where it began.
        let gone = LANES.map(|lane| format!("delete refs/heads/{lane}\n")).concat();
        let call = world.call("server.git", "git").args(["update-ref", "--stdin"]);
        call.input(gone.into_bytes()).run().expect(0);
        world.git("repo", &["-c", "core.hooksPath=/nowhere", "fetch", "-q", "--prune", "origin"]);
    }
    world.git("server.git", &["fsck", "--connectivity-only"]);
}

#[test]
fn on_the_server() {
    plays("pre-receive");
}

#[test]
fn before_anything_leaves() {
    plays("pre-push");
}

#[test]
fn while_tracking_refs_move() {
    plays("reference-transaction");
}
