//! Moves of refs: what `reference-transaction` is told, and of what it is not.

use super::recorder::{Event, Recorder};
use crate::sandbox::{Sandbox, git_version};

/// Git says what HEAD was from 2.39 to 2.45 or so, and zero in 2.47.
fn head_moves(from: &str, to: &str, branch: &str) -> [String; 2] {
    let rest = format!("{to} HEAD; {from} {to} refs/heads/{branch}");
    [format!("0 {rest}"), format!("{from} {rest}")]
}

#[track_caller]
fn is_head_move(moves: &[String], from: &str, to: &str, branch: &str) {
    let expected = head_moves(from, to, branch);
    assert!(moves.len() == 1 && expected.contains(&moves[0]), "{moves:?}");
}

/// `main` at `two`, `side` at another commit on `one`.
fn forked() -> Recorder {
    forked_within(Sandbox::new())
}

fn forked_within(world: Sandbox) -> Recorder {
    let mut facts = Recorder::within(world);
    facts.world.git("repo", &["checkout", "--quiet", "-b", "side"]);
    facts.commit("side", "1\n", "side");
    facts.world.git("repo", &["checkout", "--quiet", "main"]);
    facts.commit("b", "2\n", "two");
    facts
}

#[test]
fn old_values_are_often_zero() {
    let facts = forked();
    let moves = |arguments: &[&str]| facts.moves("repo", arguments);
    assert_eq!(moves(&["branch", "x", "side"]), ["0 side refs/heads/x"]);
    assert_eq!(moves(&["branch", "-f", "x", "main"]), ["0 two refs/heads/x"]);
    assert_eq!(moves(&["update-ref", "refs/heads/x", "side"]), ["0 side refs/heads/x"]);
    let given = ["update-ref", "refs/heads/x", "main", "side"];
    assert_eq!(moves(&given), ["side two refs/heads/x"]);
    assert_eq!(moves(&["fetch", "--quiet", ".", "+side:x"]), ["two side refs/heads/x"]);
    let mut deleted = moves(&["branch", "-D", "x"]);
    deleted.dedup();
    assert_eq!(deleted, ["0 0 refs/heads/x"], "a deletion is two zeros");
}

#[test]
fn a_move_of_the_current_branch_names_head_too() {
    let facts = forked();
    is_head_move(
        &facts.moves("repo", &["reset", "--quiet", "--hard", "at/one"]),
        "two",
        "one",
        "main",
    );
    is_head_move(&facts.moves("repo", &["merge", "--quiet", "at/two"]), "one", "two", "main");
    let equal = facts.moves("repo", &["reset", "--quiet", "--hard"]);
    is_head_move(&equal, "two", "two", "main");
    facts.world.write("repo/a", "changed\n");
    let stash = facts.moves("repo", &["stash", "--quiet"]);
    assert_eq!(stash[0], "0 new refs/stash");
    is_head_move(&stash[1..], "two", "two", "main");
    facts.world.git("repo", &["checkout", "--quiet", "--detach"]);
    let detached = facts.moves("repo", &["commit", "--quiet", "--allow-empty", "-m", "x"]);
    assert_eq!(detached, ["two new HEAD"]);
}

#[test]
fn these_ask_for_nothing_but_the_move_of_the_ref() {
    let facts = forked();
    facts.world.git("repo", &["format-patch", "--quiet", "-1", "-o", "../patches", "side"]);
    let ahead = ["commit-tree", "-p", "main", "-m", "ahead", "main^{tree}"];
    let ahead = facts.world.git("repo", &ahead).line();
    let cases: [&[&str]; 10] = [
        &["cherry-pick", "side"],
        &["revert", "--no-edit", "HEAD"],
        &["reset", "--quiet", "--hard", "side"],
        &["merge", "--quiet", "--ff-only", "ahead"],
        &["merge", "--quiet", "--no-verify", "side"],
        &["pull", "--quiet", "--ff-only", ".", "ahead"],
        &["commit", "--quiet", "--allow-empty", "--no-verify", "-m", "x"],
        &["branch", "-f", "other", "side"],
        &["update-ref", "HEAD", "side"],
        &["fetch", "--quiet", ".", "side:fetched"],
    ];
    for case in cases {
        facts.world.git("repo", &["reset", "--quiet", "--hard", "at/two"]);
        facts.world.git("repo", &["branch", "-f", "ahead", &ahead]);
        assert_eq!(facts.hooks("repo", case), ["reference-transaction"], "{case:?}");
    }
    facts.world.git("repo", &["reset", "--quiet", "--hard", "at/two"]);
    let am = facts.hooks("repo", &["am", "--quiet", "../patches/0001-side.patch"]);
    assert_eq!(am, ["pre-applypatch", "reference-transaction"]);
}

#[test]
fn a_rebase_moves_a_detached_head_and_the_branch_once_at_its_end() {
    let mut facts = forked();
    facts.world.git("repo", &["checkout", "--quiet", "side"]);
    facts.commit("more", "1\n", "more");
    for backend in ["--merge", "--apply"] {
        facts.world.git("repo", &["reset", "--quiet", "--hard", "at/more"]);
        let events = facts.git("repo", &["rebase", "--quiet", backend, "main"]);
        assert!(events.iter().any(|event| event.hook == "pre-rebase"));
        let moved: Vec<_> =
            events.iter().filter(|event| event.input.contains("refs/heads/")).collect();
        let moved: Vec<_> = moved.iter().filter(|event| !event.input.contains("ref:")).collect();
        // The one backend says what the branch was, the other does not.
        let old = if backend == "--merge" { "more" } else { "0" };
        assert_eq!(moved.len(), 1, "{events:#?}");
        assert_eq!(moved[0].input, format!("{old} new refs/heads/side"));
        assert_eq!(moved[0].head, "detached");
        assert!(events.iter().all(|event| event.hook != "pre-commit"));
    }
}

#[test]
fn packing_refs_looks_like_moves_and_deletions_of_all_of_them() {
    let facts = forked();
    facts.world.git("repo", &["tag", "-d", "at/one", "at/side", "at/two"]);
    let events = facts.git("repo", &["pack-refs", "--all"]);
    let seen: Vec<_> = events.iter().map(|event| (event.input.as_str(), event.locked)).collect();
    // First the packed file is written, under its lock, then each loose ref is pruned, without.
    assert_eq!(seen[0], ("0 two refs/heads/main; 0 side refs/heads/side", true));
    let mut pruned = seen[1..].to_vec();
    pruned.sort_unstable();
    assert_eq!(pruned, [("side 0 refs/heads/side", false), ("two 0 refs/heads/main", false)]);
    let again = facts.git("repo", &["pack-refs", "--all"]);
    let seen: Vec<_> = again.iter().map(|event| (event.input.as_str(), event.locked)).collect();
    assert_eq!(seen, [("", true)], "nothing to pack: a transaction of nothing");
}

#[test]
fn a_real_deletion_holds_the_lock_of_the_packed_refs() {
    let facts = forked();
    for packed in ["no", "yes", "both"] {
        facts.world.git("repo", &["branch", "-f", "gone", "side"]);
        if packed != "no" {
            facts.world.git("repo", &["pack-refs", "--all"]);
        }
        if packed == "both" {
            facts.world.git("repo", &["branch", "-f", "gone", "main"]);
        }
        for arguments in [["branch", "-D", "gone"], ["update-ref", "-d", "refs/heads/gone"]] {
            let events = facts.git("repo", &arguments);
            let of_ref = |event: &&Event| event.input == "0 0 refs/heads/gone";
            let deletions: Vec<_> = events.iter().filter(of_ref).collect();
            // Twice when it is packed, once for the packed file and once for the ref; 2.39 asks
            // twice for `branch -D` in any case.
            assert!((1..=2).contains(&deletions.len()), "{packed}: {events:#?}");
            assert!(packed == "no" || deletions.len() == 2, "{packed}: {events:#?}");
            assert!(deletions.iter().all(|event| event.locked), "{packed}: {events:#?}");
            facts.world.git("repo", &["branch", "-f", "gone", "side"]);
            if packed != "no" {
                facts.world.git("repo", &["pack-refs", "--all"]);
            }
        }
    }
}

#[test]
fn copying_a_branch_asks_nobody_and_renaming_one_only_deletes() {
    let facts = forked();
    facts.world.git("repo", &["branch", "lane", "at/one"]);
    assert_eq!(facts.moves("repo", &["branch", "-c", "side", "copy"]), [""; 0]);
    assert_eq!(facts.moves("repo", &["branch", "-C", "side", "lane"]), [""; 0]);
    assert_eq!(facts.world.id("repo", "lane"), facts.world.id("repo", "side"), "moved, unasked");
    let renamed = facts.moves("repo", &["branch", "-m", "copy", "other"]);
    assert_eq!(renamed, ["side 0 refs/heads/copy"], "the new name is not told");
    facts.world.git("repo", &["branch", "-f", "lane", "at/one"]);
    let mut over = facts.moves("repo", &["branch", "-M", "other", "lane"]);
    over.dedup();
    assert_eq!(over, ["side 0 refs/heads/other", "0 0 refs/heads/lane"]);
    assert_eq!(facts.world.id("repo", "lane"), facts.world.id("repo", "side"));
}

#[test]
fn with_reftable_renaming_a_branch_asks_nobody_either() {
    let mut world = Sandbox::bare_world();
    world.setenv("GIT_DEFAULT_REF_FORMAT", "reftable");
    world.init("repo");
    // Git has it since 2.45; an older one ignores the variable.
    let has_reftable = git_version() >= (2, 45);
    assert_eq!(world.exists("repo/.git/reftable"), has_reftable);
    let facts = forked_within(world);
    let lane = facts.world.id("repo", "at/two");
    facts.world.git("repo", &["branch", "lane", "at/two"]);
    let told = |moves: Vec<String>, otherwise: &[&str]| {
        let expected = if has_reftable { &[] } else { otherwise };
        assert!(moves.iter().all(|told| expected.contains(&told.as_str())), "{moves:?}");
        assert_eq!(moves.is_empty(), expected.is_empty());
    };
    told(facts.moves("repo", &["branch", "-c", "side", "copy"]), &[]);
    told(facts.moves("repo", &["branch", "-m", "copy", "other"]), &["side 0 refs/heads/copy"]);
    let over = ["side 0 refs/heads/other", "0 0 refs/heads/lane"];
    told(facts.moves("repo", &["branch", "-M", "other", "lane"]), &over);
    told(facts.moves("repo", &["branch", "-C", "side", "lane"]), &[]);
    // The lane's own reflog goes on, with the other branch's among its lines.
    let log = facts.world.git("repo", &["log", "-g", "--format=%H", "refs/heads/lane"]).lines();
    assert_eq!(log.contains(&lane), has_reftable, "{log:?}");
}

#[test]
fn symbolic_refs_are_told_of_by_newer_gits_alone() {
    let facts = forked();
    let told = git_version() >= (2, 46);
    let made = facts.moves("repo", &["symbolic-ref", "refs/heads/lane", "refs/heads/main"]);
    assert_eq!(made, if told { &["0 ref:refs/heads/main refs/heads/lane"][..] } else { &[] });
    let switched = facts.moves("repo", &["checkout", "--quiet", "side"]);
    assert_eq!(switched, if told { &["0 ref:refs/heads/side HEAD"][..] } else { &[] });
    // A move through a symbolic ref names both.
    let moved = facts.moves("repo", &["update-ref", "refs/heads/lane", "at/one"]);
    let expected = ["0 one refs/heads/lane; 0 one refs/heads/main"];
    let older = ["two one refs/heads/lane; 0 one refs/heads/main"];
    assert!(moved == expected || moved == older, "{moved:?}");
    // So does a deletion through one; of one that is itself deleted it alone is told.
    for call in [&["symbolic-ref", "-d", "refs/heads/lane"][..], &["branch", "-qD", "lane"]] {
        for told in facts.moves("repo", call) {
            assert_eq!(told, "0 0 refs/heads/lane", "{call:?}");
        }
        facts.world.git("repo", &["symbolic-ref", "refs/heads/lane", "refs/heads/main"]);
    }
    let through = facts.moves("repo", &["update-ref", "-d", "refs/heads/lane"]).join("; ");
    assert!(through.contains(" 0 refs/heads/lane") && through.contains(" 0 refs/heads/main"));
}

#[test]
fn a_new_worktree_is_made_from_where_one_stands() {
    let facts = forked();
    let events = facts.git("repo", &["worktree", "add", "--quiet", "-b", "lane", "../wt", "side"]);
    let creation = &events[0];
    assert_eq!(
        (creation.input.as_str(), creation.git_dir.as_str()),
        ("0 side refs/heads/lane", "unset")
    );
    // Then everything is checked out there: a move from a value to itself.
    let equal = events.iter().find(|event| event.input.contains("HEAD; ")).unwrap();
    assert!(equal.input.ends_with("side side refs/heads/lane"), "{equal:?}");
    assert!(equal.git_dir.ends_with("/.git/worktrees/wt") && equal.directory.ends_with("/wt"));
}

#[test]
fn a_transaction_is_told_of_in_several_states() {
    let facts = forked();
    let states = |arguments: &[&str]| {
        let call = facts.call("repo", arguments).env("STATES", "all");
        call.run().expect(0);
        let about = |event: &&Event| event.input.contains(" refs/");
        let events = facts.events();
        events.iter().filter(about).map(|event| event.arguments.clone()).collect::<Vec<_>>()
    };
    assert_eq!(states(&["branch", "x"]), ["prepared", "committed"]);
    // The packed file has nothing to delete, and gives up first. (2.39 has one more before.)
    let deleted = states(&["branch", "-D", "x"]);
    assert!(deleted.ends_with(&["aborted", "prepared", "committed"].map(str::to_owned)));
}

#[test]
fn a_fetch_is_a_transaction_for_each_ref_unless_it_is_atomic() {
    let mut facts = forked();
    facts.world.server("server.git");
    let at = facts.world.id("repo", "at/two");
    facts.name("two", &at);
    for (more, expected) in [
        (&[][..], &["0 two refs/remotes/origin/x", "0 two refs/remotes/origin/y"][..]),
        (&["--atomic"], &["0 two refs/remotes/origin/x; 0 two refs/remotes/origin/y"]),
    ] {
        for name in ["x", "y"] {
            facts.world.git("server.git", &["branch", "-f", name, "main"]);
            facts
                .world
                .try_git("repo", &["update-ref", "-d", &format!("refs/remotes/origin/{name}")]);
        }
        let fetch = [&["fetch", "--quiet", "origin"], more].concat();
        assert_eq!(facts.moves("repo", &fetch), expected);
    }
}
