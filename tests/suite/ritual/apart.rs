//! A git directory that is not inside its worktree: git names the directory itself as the main worktree.

use super::{json, play, world};
use crate::sandbox::Sandbox;

/// The world, its git directory elsewhere.
fn apart(to: &str) -> Sandbox {
    let world = world();
    play(&world, &format!("mkdir -p kept; git init -q --separate-git-dir $TOP/{to} repo; all"))
        .expect(0);
    world
}

const KNOWN: &str = "cd repo; test -z \"$(git status --porcelain)\"; test -e db/new";

#[test]
fn from_the_main_worktree_everything_is_found() {
    // What is around a directory of the second name git takes for the worktree.
    for to in ["held", "kept/.git"] {
        let world = apart(to);
        let doctor = world.gate("repo", &["doctor"]);
        doctor
            .expect(0)
            .says("every hook fires, in every worktree\n")
            .is_silent_about("does not tell");
        let landed = world.gate("repo", &["land"]);
        landed.expect(0).says("/repo was brought along");
        play(&world, KNOWN).expect(0);
        play(&world, "gate land --all; gate close; cd repo; test ! -e contract.toml").expect(0);
    }
}

#[test]
fn where_the_main_worktree_cannot_be_known_it_is_said_and_all_else_is_done() {
    let world = apart("held");
    let doctor = world.gate("wt-ui", &["doctor"]);
    doctor.expect(0).says("git does not tell where this repository's main worktree is");
    doctor.says("every hook fires, in every worktree that can be found from here");
    world.gate("wt-ui", &["doctor", "--fix"]).expect(0);
    world.gate("wt-ui", &["install"]).expect(0).says("all 4 worktrees").says("main (");
    let landed = world.gate("wt-db", &["land", "--format", "json"]);
    landed.expect(0);
    let said = json(&world, "landing", &landed);
    let note = said["notes"][0].as_str().unwrap();
    assert!(note.contains("held is, which has main checked out"), "{said:#}");
    // There it is known, and said how to bring it along.
    let said = json(&world, "status", &world.gate("repo", &["status", "--format", "json"]));
    let command = said["behind"][0]["command"].as_str().unwrap().to_owned();
    play(&world, &format!("{command}; {KNOWN}")).expect(0);
    // As is printed.
    let (_, command) = note.rsplit_once(": ").unwrap();
    play(&world, &format!("cd repo; {command}")).expect(0);
    let doctor = world.gate("wt-ui", &["doctor"]);
    doctor.expect(0).says("/repo on main").is_silent_about("does not tell");
    let landed = world.gate("wt-api", &["land"]);
    landed.expect(0).says("/repo was brought along").is_silent_about("does not tell");
    play(&world, &format!("{KNOWN}; test -e api/new; \"$GATE\" check --all")).expect(0);
    world.gate("wt-ui", &["uninstall"]).expect(0).says("is uninstalled");
}

#[test]
fn a_run_within_a_submodule_is_landed_in_its_worktree() {
    let world = world();
    play(
        &world,
        "all; git init -q over; cd over; git submodule --quiet add ../repo lib; git commit -qm over
         cd lib; git config contractgate.trunk main; for lane in api db ui; do git branch -q agents/$lane origin/agents/$lane; done
         \"$GATE\" install >/dev/null; \"$GATE\" doctor >/dev/null; \"$GATE\" land; test -z \"$(git status --porcelain)\"; test -e db/new
         echo api/new >>$(git rev-parse --git-path info/exclude); echo mine >api/new
         \"$GATE\" land | grep -q 'its files were left'; grep -x mine api/new",
    )
    .expect(0);
}
