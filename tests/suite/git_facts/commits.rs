//! Commits and merges: which index, which heads, which environment.

use super::recorder::{Recorder, only};

const COMMIT: [&str; 4] = ["commit", "--quiet", "-m", "x"];

fn and<'a>(words: &[&'a str], more: &[&'a str]) -> Vec<&'a str> {
    [words, more].concat()
}

#[test]
fn a_commit_asks_for_its_index_and_then_for_its_ref() {
    let facts = Recorder::new();
    facts.world.write("repo/a", "2\n");
    facts.world.git("repo", &["add", "a"]);
    let hooks = facts.hooks("repo", &COMMIT);
    assert_eq!(hooks, ["pre-commit", "reference-transaction"]);
    facts.world.write("repo/a", "3\n");
    let hooks = facts.hooks("repo", &and(&COMMIT, &["-a", "--no-verify"]));
    assert_eq!(hooks, ["reference-transaction"]);
}

#[test]
fn in_the_main_worktree_the_hook_is_relative_and_has_no_git_dir() {
    let facts = Recorder::new();
    facts.world.write("repo/a", "2\n");
    let events = facts.git("repo/sub", &and(&COMMIT, &["-a"]));
    let event = only(&events, "pre-commit");
    let root = facts.world.path("repo").canonicalize().unwrap();
    assert_eq!(event.program, ".git/hooks/pre-commit");
    assert_eq!(event.git_dir, "unset");
    assert_eq!(event.directory, root.display().to_string(), "called in sub, run at the root");
}

#[test]
fn in_a_linked_worktree_the_hook_is_absolute_and_has_a_git_dir() {
    let facts = Recorder::new();
    facts.world.worktree("wt", "agents/a");
    facts.world.write("wt/a", "2\n");
    let events = facts.git("wt", &and(&COMMIT, &["-a"]));
    let event = only(&events, "pre-commit");
    let common = facts.world.path("repo/.git").canonicalize().unwrap();
    assert_eq!(event.program, common.join("hooks/pre-commit").display().to_string());
    assert_eq!(event.git_dir, common.join("worktrees/wt").display().to_string());
    assert_eq!(event.staged, "a");
}

#[test]
fn the_index_that_is_about_to_be_committed_is_named() {
    let facts = Recorder::new();
    let change = |content: &str| {
        facts.world.write("repo/a", content);
        facts.world.write("repo/b", content);
    };
    let seen = |arguments: &[&str]| {
        let events = facts.call("repo", arguments).input("y\n").run();
        events.expect(0);
        let event = only(&facts.events(), "pre-commit").clone();
        (event.index.rsplit('/').next().unwrap().to_owned(), event.staged)
    };
    change("2\n");
    facts.world.git("repo", &["add", "a"]);
    assert_eq!(seen(&COMMIT), ("index".to_owned(), "a".to_owned()));
    change("3\n");
    assert_eq!(seen(&and(&COMMIT, &["-a"])), ("index.lock".to_owned(), "a b".to_owned()));
    change("4\n");
    facts.world.git("repo", &["add", "a"]);
    let (index, staged) = seen(&and(&COMMIT, &["-o", "b"]));
    assert!(index.starts_with("next-index-") && index.ends_with(".lock"), "{index}");
    assert_eq!(staged, "b", "what is staged besides is not in it");
    let (index, staged) = seen(&and(&COMMIT, &["a"]));
    assert!(index.starts_with("next-index-"), "{index}");
    assert_eq!(staged, "a");
    facts.world.write("repo/a", "5\n");
    assert_eq!(seen(&and(&COMMIT, &["-p"])), ("index.lock".to_owned(), "a".to_owned()));
    facts.world.write("repo/a", "6\n");
    let amended = ["commit", "--quiet", "--amend", "--no-edit", "-a"];
    assert_eq!(seen(&amended), ("index.lock".to_owned(), "a".to_owned()), "against HEAD itself");
}

#[test]
fn a_merge_names_its_heads_by_variables_before_there_is_a_merge_head() {
    let mut facts = Recorder::new();
    facts.world.git("repo", &["checkout", "--quiet", "-b", "side"]);
    let side = facts.commit("side", "1\n", "side");
    facts.world.git("repo", &["checkout", "--quiet", "-b", "third", "main"]);
    let third = facts.commit("third", "1\n", "third");
    facts.world.git("repo", &["checkout", "--quiet", "main"]);
    facts.commit("b", "2\n", "two");
    let events = facts.git("repo", &["merge", "--quiet", "side", "third"]);
    let event = only(&events, "pre-merge-commit");
    let mut heads = [format!("{side}=side"), format!("{third}=third")];
    heads.sort();
    assert_eq!(event.heads, heads.join("\n"));
    assert!(!event.merging, "no MERGE_HEAD yet");
    assert_eq!(event.staged, "side third", "the index is that of the merge");
    assert_eq!(event.action, "merge side third");
    assert!(events.iter().all(|event| event.hook != "pre-commit"));
    // When the ref moves there is one, and the variables are there still.
    let moved = events.iter().find(|event| event.input.contains("refs/heads/main")).unwrap();
    assert!(moved.merging && !moved.heads.is_empty());
}

#[test]
fn a_merge_that_stopped_is_concluded_by_a_commit() {
    let mut facts = Recorder::new();
    facts.world.git("repo", &["checkout", "--quiet", "-b", "side"]);
    facts.commit("a", "side\n", "side");
    facts.world.git("repo", &["checkout", "--quiet", "main"]);
    facts.commit("a", "main\n", "two");
    for concluding in [["commit", "--quiet", "--no-edit"], ["merge", "--continue", "--quiet"]] {
        facts.world.try_git("repo", &["merge", "--quiet", "side"]).expect_failure();
        facts.world.write("repo/a", "both\n");
        facts.world.git("repo", &["add", "a"]);
        let arguments = &concluding[..2 + usize::from(concluding[0] == "commit")];
        let events = facts.git("repo", arguments);
        let event = only(&events, "pre-commit");
        assert!(event.merging && event.heads.is_empty(), "{event:?}");
        assert!(events.iter().all(|event| event.hook != "pre-merge-commit"));
        facts.world.git("repo", &["reset", "--quiet", "--hard", "HEAD~"]);
    }
}

#[test]
fn a_merge_without_commit_is_concluded_in_the_same_way() {
    let mut facts = Recorder::new();
    facts.world.git("repo", &["checkout", "--quiet", "-b", "side"]);
    facts.commit("side", "1\n", "side");
    facts.world.git("repo", &["checkout", "--quiet", "main"]);
    facts.commit("b", "2\n", "two");
    assert!(facts.hooks("repo", &["merge", "--quiet", "--no-commit", "side"]).is_empty());
    let events = facts.git("repo", &["commit", "--quiet", "--no-edit"]);
    let event = only(&events, "pre-commit");
    assert!(event.merging && event.staged == "side");
    // Without verification only the ref is asked about.
    facts.world.git("repo", &["reset", "--quiet", "--hard", "HEAD~"]);
    let hooks = facts.hooks("repo", &["merge", "--quiet", "--no-verify", "side"]);
    assert_eq!(hooks, ["reference-transaction"]);
}

#[test]
fn what_concludes_a_conflict_asks_for_the_index_but_for_a_rebase_and_am() {
    let mut facts = Recorder::new();
    facts.world.git("repo", &["checkout", "--quiet", "-b", "side"]);
    facts.commit("a", "side\n", "side");
    facts.world.git("repo", &["format-patch", "--quiet", "-1", "-o", "../patches"]);
    facts.world.git("repo", &["checkout", "--quiet", "-b", "lane", "main"]);
    facts.commit("a", "lane\n", "lane");
    facts.commit("a", "lane again\n", "again");
    let patch = "../patches/0001-side.patch";
    let both = &["pre-commit", "reference-transaction"][..];
    let cases: [(&[&str], &[&str], &[&str]); 5] = [
        (&["cherry-pick", "side"], &["cherry-pick", "--continue"], both),
        (&["cherry-pick", "side"], &["commit", "--quiet", "--no-edit"], both),
        (&["revert", "--no-edit", "lane~"], &["revert", "--continue"], both),
        (
            &["am", "--3way", patch],
            &["am", "--continue"],
            &["pre-applypatch", "reference-transaction"],
        ),
        // Each move of the detached HEAD, and the branch at the end.
        (&["rebase", "side", "lane"], &["rebase", "--continue"], &both[1..]),
    ];
    for (begin, conclude, expected) in cases {
        facts.world.git("repo", &["checkout", "--quiet", "-B", "lane", "at/again"]);
        facts.world.try_git("repo", begin).expect_failure();
        for round in ["concluded", "once more"] {
            facts.world.write("repo/a", format!("{round}\n"));
            facts.world.git("repo", &["add", "a"]);
            let ran = facts.call("repo", conclude).run();
            let mut hooks = super::recorder::names_of(&facts.events());
            hooks.dedup();
            if round == "concluded" {
                assert_eq!(hooks, expected, "{conclude:?}");
            }
            if ran.code == 0 {
                break;
            }
        }
    }
}

#[test]
fn a_reword_in_a_rebase_asks_for_the_index_with_a_detached_head() {
    let mut facts = Recorder::new();
    facts.world.git("repo", &["checkout", "--quiet", "-b", "lane"]);
    facts.commit("a", "2\n", "lane");
    let call =
        facts.call("repo", &["rebase", "--quiet", "--interactive", "--force-rebase", "main"]);
    call.env("GIT_SEQUENCE_EDITOR", "sed -i 1s/pick/reword/").run().expect(0);
    let events = facts.events();
    assert_eq!(only(&events, "pre-commit").head, "detached");
    let branch = events.last().unwrap();
    assert!(branch.input.contains("HEAD") || branch.input.contains("refs/heads/lane"));
}
