//! Landings that are killed, at one instant after the other: the trunk is always at a state that was
//! judged and has passed, no lane is lost, and `--continue` or `--abort` goes on.
//!
//! When a kill comes depends on the machine; what must hold does not.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use super::{play, world};
use crate::sandbox::Sandbox;

/// How many landings are killed: a hundred where the repository is read in process, fewer where each
/// question is a process of its own and takes its time.
fn kills() -> usize {
    if Sandbox::reads_by_processes() { 20 } else { 100 }
}

#[test]
fn a_hundred_kills_leave_no_broken_trunk_and_no_lost_lane() {
    let model = world();
    play(&model, "all; noted >/dev/null").expect(0);
    // How long an undisturbed landing takes here, so that the kills are spread over all of it.
    let once = model.copy();
    let begun = Instant::now();
    play(&once, "gate land --all").expect(0);
    let whole = begun.elapsed();
    let mut ended_at = BTreeSet::new();
    let (mut killed, mut tried) = (0, 0);
    // Spread evenly, without chance: the golden ratio's multiples fill an interval.
    let instant = |number: usize| whole.mul_f64((number as f64 * 0.618_034).fract() * 1.1);
    while killed < kills() {
        let world = model.copy();
        let lanes = lanes(&world);
        let mut arguments = vec!["land", "--all"];
        for _ in 0..6 {
            tried += 1;
            if !killed_after(&world, &arguments, instant(tried)) {
                break;
            }
            killed += 1;
            wait_for_orphans(&world);
            ended_at.insert(landed(&world, &lanes));
            let left = world.exists("repo/.git/contract-gate/landing.json");
            arguments = match (left, killed % 3) {
                (false, _) => vec!["land", "--all"],
                (true, 0) => vec!["land", "--abort"],
                (true, _) => vec!["land", "--continue"],
            };
        }
        // Whatever was left, this brings it to its end.
        if world.exists("repo/.git/contract-gate/landing.json") {
            world.gate("repo", &["land", "--continue"]).expect(0);
        }
        world.gate("repo", &["land", "--all"]).expect(0);
        assert_eq!(landed(&world, &lanes), 3, "all have landed");
        let end = "cd repo; for state in $(git rev-list --first-parent main); do
                       rm -rf ../at; mkdir ../at; git archive $state | tar -x -C ../at; (cd ../at; ./suite.sh; ls api db ui | cmp - list.txt); done
                   git fsck --strict --no-dangling 2>/dev/null; \"$GATE\" check --all >/dev/null
                   test -z \"$(git status --porcelain)\"; test ! -e .git/contract-gate/landing.json
                   git worktree list | grep -c . | grep -x 4";
        play(&world, end).expect(0);
    }
    assert!(ended_at.len() > 1, "kills came at more than one state: {ended_at:?}");
}

/// Runs the gate and kills it after some time. `false`: it had ended before.
fn killed_after(world: &Sandbox, arguments: &[&str], after: Duration) -> bool {
    let mut child = world.call("repo", Sandbox::gate_program()).args(arguments).start();
    let begun = Instant::now();
    while begun.elapsed() < after {
        if child.try_wait().unwrap().is_some() {
            return false;
        }
        std::thread::sleep(Duration::from_millis(1));
    }
    let ended = child.try_wait().unwrap().is_some();
    child.kill().unwrap();
    child.wait().unwrap();
    !ended
}

/// Git's own last move goes on when the gate is killed, and has the landing's lock until it ends.
fn wait_for_orphans(world: &Sandbox) {
    let lock = std::fs::File::open(world.path("repo/.git/contract-gate/landing.lock"));
    let Ok(lock) = lock else { return };
    rustix::fs::flock(&lock, rustix::fs::FlockOperation::LockExclusive).unwrap();
}

fn lanes(world: &Sandbox) -> String {
    world.git("repo", &["for-each-ref", "refs/heads/agents"]).text()
}

/// What must hold at any moment: every lane is there, and the trunk is a state that came by whole
/// landings, in order, and passes. Gives how many lanes have landed.
fn landed(world: &Sandbox, lanes_before: &str) -> usize {
    assert_eq!(lanes(world), lanes_before, "no lane is lost");
    let landed = world.git("repo", &["log", "--first-parent", "--format=%s", "main"]).text();
    let subjects: Vec<&str> = landed.lines().rev().skip(1).collect();
    let whole = [
        "Merge branch 'agents/db' (agent-2)",
        "Merge branch 'agents/api' (agent-1)",
        "Merge branch 'agents/ui' (agent-3)",
    ];
    assert_eq!(subjects, whole[..subjects.len()], "in order, each once");
    subjects.len()
}
