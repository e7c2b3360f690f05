//! Refusals by `reference-transaction`: the ref stays, and what else is changed by then.

use super::recorder::Recorder;
use crate::sandbox::Sandbox;

const LANE: &str = " refs/heads/lane$";

/// On `lane`, which has a commit of its own on `one`; `other` and `clash` are further ones.
fn on_lane() -> Recorder {
    let mut facts = Recorder::new();
    facts.world.git("repo", &["checkout", "--quiet", "-b", "other"]);
    facts.commit("o", "1\n", "other");
    facts.world.git("repo", &["format-patch", "--quiet", "-1", "-o", "../patches"]);
    facts.world.git("repo", &["checkout", "--quiet", "-b", "clash", "main"]);
    facts.commit("a", "clash\n", "clash");
    facts.world.git("repo", &["checkout", "--quiet", "-b", "lane", "main"]);
    facts.commit("a", "lane\n", "lane");
    facts.world.git("repo", &["branch", "ahead", "lane"]);
    let ahead = ["commit-tree", "-p", "lane", "-p", "other", "-m", "x", "other^{tree}"];
    let ahead = facts.world.git("repo", &ahead).line();
    facts.world.git("repo", &["branch", "--force", "ahead", &ahead]);
    facts
}

/// What is left over: `status`, and the files by which git knows that it is in the middle.
fn left(world: &Sandbox) -> (String, Vec<&'static str>) {
    let status = world.git("repo", &["status", "--porcelain"]).lines().join("; ");
    let marks = ["MERGE_HEAD", "CHERRY_PICK_HEAD", "REVERT_HEAD", "rebase-merge", "rebase-apply"];
    let marks = marks.into_iter().filter(|mark| world.exists(format!("repo/.git/{mark}")));
    (status, marks.collect())
}

#[test]
fn the_ref_stays_while_index_and_worktree_are_changed_already() {
    let patch = "../patches/0001-other.patch";
    let staged = ("M  a; A  o", &[][..]);
    type Left = (&'static str, &'static [&'static str]);
    let cases: [(&[&str], Left); 12] = [
        (&["merge", "--quiet", "--ff-only", "ahead"], staged),
        (&["pull", "--quiet", "--ff-only", ".", "ahead"], staged),
        (&["reset", "--quiet", "--hard", "ahead"], staged),
        (&["reset", "--quiet", "--soft", "ahead"], ("", &[])),
        (&["merge", "--quiet", "--no-edit", "other"], ("A  o", &["MERGE_HEAD"])),
        (&["cherry-pick", "other"], ("A  o", &["CHERRY_PICK_HEAD"])),
        (&["revert", "--no-edit", "HEAD"], ("M  a", &[])),
        (&["am", "--quiet", patch], ("A  o", &["rebase-apply"])),
        (&["rebase", "--quiet", "other"], ("", &["rebase-merge"])),
        (&["rebase", "--quiet", "--apply", "other"], ("", &["rebase-apply"])),
        (&["commit", "--quiet", "--amend", "-m", "x"], ("", &[])),
        (&["update-ref", "refs/heads/lane", "ahead"], ("", &[])),
    ];
    for (command, (status, marks)) in cases {
        let facts = on_lane();
        let before = facts.world.id("repo", "refs/heads/lane");
        facts.refuse(LANE, "repo", command).expect_failure().says("aborted by hook");
        assert_eq!(facts.world.id("repo", "refs/heads/lane"), before, "{command:?}");
        assert_eq!(left(&facts.world), (status.to_owned(), marks.to_vec()), "{command:?}");
    }
}

#[test]
fn what_does_not_stand_on_the_branch_leaves_nothing_behind() {
    let cases: [&[&str]; 5] = [
        &["branch", "--force", "lane", "ahead"],
        &["fetch", "--quiet", ".", "ahead:lane"],
        &["branch", "-D", "lane"],
        &["branch", "-m", "lane", "renamed"],
        &["push", "--quiet", ".", "ahead:lane"],
    ];
    for command in cases {
        let facts = on_lane();
        facts.world.git("repo", &["checkout", "--quiet", "other"]);
        let before = facts.world.id("repo", "refs/heads/lane");
        facts.refuse(LANE, "repo", command).expect_failure();
        assert_eq!(facts.world.id("repo", "refs/heads/lane"), before, "{command:?}");
        assert_eq!(left(&facts.world), (String::new(), vec![]), "{command:?}");
        assert_eq!(facts.world.git("repo", &["symbolic-ref", "HEAD"]).line(), "refs/heads/other");
    }
}

#[test]
fn the_ways_back_move_the_branch_to_where_it_is() {
    // They are asked about as well, and must not be refused.
    let cases: [(&[&str], &[&str]); 4] = [
        (&["merge", "--quiet", "--no-edit", "other"], &["merge", "--abort"]),
        (&["cherry-pick", "other"], &["cherry-pick", "--abort"]),
        (&["am", "--quiet", "../patches/0001-other.patch"], &["am", "--abort"]),
        (&["rebase", "--quiet", "other"], &["rebase", "--abort"]),
    ];
    for (command, back) in cases {
        let facts = on_lane();
        facts.refuse(LANE, "repo", command).expect_failure();
        facts.refuse(LANE, "repo", back).expect_failure();
        let facts = on_lane();
        facts.refuse(LANE, "repo", command).expect_failure();
        let moves = facts.moves("repo", back);
        let about_lane: Vec<_> =
            moves.iter().filter(|moves| moves.contains("refs/heads/lane")).collect();
        assert!(
            about_lane.iter().any(|moves| moves.contains("lane refs/heads/lane")),
            "{back:?}: {moves:?}"
        );
        assert_eq!(left(&facts.world), (String::new(), vec![]), "{back:?}");
        assert_eq!(facts.world.git("repo", &["symbolic-ref", "HEAD"]).line(), "refs/heads/lane");
    }
}

#[test]
fn checking_a_branch_out_anew_has_changed_the_files_of_the_one_before() {
    for command in [
        ["checkout", "--quiet", "-B", "lane", "clash"],
        ["switch", "--quiet", "-C", "lane", "clash"],
    ] {
        let facts = on_lane();
        facts.world.git("repo", &["checkout", "--quiet", "other"]);
        facts.refuse(LANE, "repo", &command).expect_failure();
        assert_eq!(facts.world.git("repo", &["symbolic-ref", "HEAD"]).line(), "refs/heads/other");
        assert_eq!(left(&facts.world).0, "M  a; D  o");
        facts.world.git("repo", &["read-tree", "-m", "-u", "clash", "HEAD"]);
        assert_eq!(left(&facts.world), (String::new(), vec![]));
    }
}

/// What was changed before, in the index and in the files, and is nobody's to touch.
fn with_local_changes() -> Recorder {
    let facts = on_lane();
    facts.world.write("repo/sub/c", "staged\n");
    facts.world.git("repo", &["add", "sub/c"]);
    facts.world.write("repo/b", "not staged\n");
    facts.world.write("repo/untracked", "mine\n");
    facts
}

#[test]
fn a_two_way_merge_of_trees_takes_a_move_back_and_nothing_else() {
    let cases: [&[&str]; 4] = [
        &["merge", "--quiet", "--ff-only", "ahead"],
        &["pull", "--quiet", "--ff-only", ".", "ahead"],
        &["reset", "--quiet", "--keep", "ahead"],
        &["reset", "--quiet", "--merge", "ahead"],
    ];
    for command in cases {
        let facts = with_local_changes();
        if command.contains(&"--merge") || command.contains(&"--keep") {
            // These two take staged changes back themselves, or do not begin.
            facts.world.git("repo", &["reset", "--quiet"]);
            facts.world.git("repo", &["checkout", "--quiet", "sub/c"]);
        }
        let before = left(&facts.world);
        facts.refuse(LANE, "repo", command).says("aborted by hook");
        assert_ne!(left(&facts.world), before, "{command:?}");
        facts.world.git("repo", &["read-tree", "-m", "-u", "ahead", "HEAD"]);
        assert_eq!(left(&facts.world), before, "{command:?}");
        assert_eq!(facts.world.read("repo/b"), "not staged\n");
    }
}

#[test]
fn a_refused_commit_leaves_what_a_refused_fast_forward_leaves() {
    // So the way back of the one would throw the other's work away: they must be told apart.
    let facts = on_lane();
    facts.world.write("repo/b", "work\n");
    facts.refuse(LANE, "repo", &["commit", "--quiet", "-a", "-m", "x"]).expect_failure();
    assert_eq!(left(&facts.world), (" M b".to_owned(), vec![]), "of `-a` nothing is staged");
    facts.world.git("repo", &["add", "b"]);
    facts.refuse(LANE, "repo", &["commit", "--quiet", "-m", "x"]).expect_failure();
    assert_eq!(left(&facts.world), ("M  b".to_owned(), vec![]));
    let commit =
        facts.events().into_iter().find(|event| event.input.contains(LANE.trim_end_matches('$')));
    assert_eq!(
        commit.unwrap().action,
        "unset",
        "a merge and a pull name themselves, a commit does not"
    );
    facts.refuse(LANE, "repo", &["reset", "--quiet", "--hard", "ahead"]).expect_failure();
    let reset =
        facts.events().into_iter().find(|event| event.input.contains(LANE.trim_end_matches('$')));
    assert_eq!(reset.unwrap().action, "unset", "nor does a reset");
}

#[test]
fn a_refused_revert_is_taken_back_by_resetting_what_is_staged() {
    let facts = on_lane();
    facts.world.write("repo/b", "not staged\n");
    let before = left(&facts.world);
    facts.refuse(LANE, "repo", &["revert", "--no-edit", "HEAD"]).expect_failure();
    assert!(facts.world.exists("repo/.git/AUTO_MERGE"), "the one mark that it leaves");
    facts.world.git("repo", &["reset", "--quiet", "--merge"]);
    assert_eq!(left(&facts.world), before);
}

#[test]
fn renaming_over_a_branch_has_already_deleted_the_other_when_it_is_refused() {
    let facts = on_lane();
    facts.world.git("repo", &["checkout", "--quiet", "main"]);
    let lane = facts.world.id("repo", "refs/heads/lane");
    facts.refuse(LANE, "repo", &["branch", "-M", "clash", "lane"]).expect_failure();
    assert_eq!(facts.world.id("repo", "refs/heads/lane"), lane);
    assert_eq!(
        facts.world.tip("repo", "refs/heads/clash"),
        None,
        "gone, and nobody was asked again"
    );
}

#[test]
fn packing_that_is_refused_fails_gc() {
    let facts = on_lane();
    let pruned = " 0\\{40\\} refs/heads/lane$";
    let ran = facts.refuse(pruned, "repo", &["gc", "--quiet"]);
    ran.expect_failure().says("failed to run pack-refs");
}
