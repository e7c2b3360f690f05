//! Pushes: what both sides are told, and where.

use super::recorder::{Event, Recorder, only};

/// `repo` with a server that records, and a commit on `main` that the server does not have.
fn with_server() -> Recorder {
    let mut facts = Recorder::new();
    facts.world.git("repo", &["tag", "-d", "at/one"]);
    facts.world.server("server.git");
    facts.watch("server.git");
    facts.commit("b", "2\n", "two");
    facts
}

/// The transactions on the server.
fn there(events: &[Event]) -> Vec<&str> {
    let there = events.iter().filter(|event| event.directory.ends_with("/server.git"));
    there.filter(|event| event.hook == "reference-transaction").map(|one| &*one.input).collect()
}

#[test]
fn a_push_is_received_as_a_whole_and_then_moved_ref_by_ref() {
    let facts = with_server();
    let push = ["push", "--quiet", "origin", "main", "HEAD:refs/heads/x", "at/two"];
    let events = facts.git("repo", &push);
    let pushed = only(&events, "pre-push");
    let place = facts.world.path("server.git").display().to_string();
    assert_eq!(pushed.arguments, format!("origin {place}"));
    let told = "refs/heads/main two refs/heads/main one; HEAD two refs/heads/x 0; \
                refs/tags/at/two two refs/tags/at/two 0";
    assert_eq!(pushed.input, told);
    let received = only(&events, "pre-receive");
    let all = ["one two refs/heads/main", "0 two refs/heads/x", "0 two refs/tags/at/two"];
    assert_eq!(received.input, all.join("; "));
    let moved = there(&events);
    assert_eq!(moved[1..], all[1..], "a transaction for each ref");
    // The branch that the server's HEAD names comes with HEAD.
    let mut first: Vec<_> = moved[0].split("; ").collect();
    first.sort_unstable();
    assert_eq!(first, ["one two HEAD", all[0]]);
    let atomic = ["push", "--quiet", "--atomic", "origin", "main:y", "main:z"];
    let both = "0 two refs/heads/y; 0 two refs/heads/z";
    assert_eq!(there(&facts.git("repo", &atomic)), [both]);
}

#[test]
fn on_the_server_the_hook_stands_in_the_repository_and_in_a_quarantine() {
    let facts = with_server();
    let events = facts.git("repo", &["push", "--quiet", "origin", "main"]);
    let received = only(&events, "pre-receive");
    assert_eq!((received.program.as_str(), received.git_dir.as_str()), ("hooks/pre-receive", "."));
    assert!(received.directory.ends_with("/server.git") && received.quarantined);
    let there: Vec<_> =
        events.iter().filter(|event| event.directory.ends_with("/server.git")).collect();
    assert!(there.iter().skip(1).all(|event| !event.quarantined), "left when refs move");
}

#[test]
fn a_deletion_has_no_local_ref_and_no_quarantine() {
    let facts = with_server();
    facts.world.git("repo", &["push", "--quiet", "origin", "main:x"]);
    let events = facts.git("repo", &["push", "--quiet", "origin", ":x"]);
    assert_eq!(only(&events, "pre-push").input, "(delete) 0 refs/heads/x two");
    let received = only(&events, "pre-receive");
    assert_eq!((received.input.as_str(), received.quarantined), ("two 0 refs/heads/x", false));
}

#[test]
fn a_push_to_a_symbolic_ref_makes_the_branch_at_its_end() {
    let facts = with_server();
    let lead = |from: &str, to: &str| facts.world.git("server.git", &["symbolic-ref", from, to]);
    lead("refs/side/alias", "refs/heads/x");
    lead("refs/heads/long", "refs/heads/longer");
    lead("refs/heads/longer", "refs/heads/y");
    std::os::unix::fs::symlink("refs/heads/z", facts.world.path("server.git/refs/heads/link"))
        .unwrap();
    let refs = ["main:refs/side/alias", "main:long", "main:link"];
    let events = facts.git("repo", &[&["push", "--quiet", "origin"][..], &refs].concat());
    let told = "0 two refs/heads/link; 0 two refs/heads/long; 0 two refs/side/alias";
    let mut received: Vec<_> = only(&events, "pre-receive").input.split("; ").collect();
    received.sort_unstable();
    assert_eq!(received.join("; "), told, "the hook is told of none of the ends");
    for made in ["x", "y", "z"] {
        let made = facts.world.tip("server.git", &format!("refs/heads/{made}"));
        assert_eq!(made, facts.world.tip("repo", "main"));
    }
}

#[test]
fn a_symbolic_ref_that_leads_too_far_is_not_pushed_to() {
    let facts = with_server();
    for at in 0..6 {
        let (from, to) = (format!("refs/heads/{at}"), format!("refs/heads/{}", at + 1));
        facts.world.git("server.git", &["symbolic-ref", &from, &to]);
    }
    facts.world.git("server.git", &["symbolic-ref", "refs/heads/a", "refs/heads/b"]);
    facts.world.git("server.git", &["symbolic-ref", "refs/heads/b", "refs/heads/a"]);
    for (name, refused) in [("a", true), ("0", true), ("1", true), ("2", false)] {
        let push = ["push", "--quiet", "origin", &format!("main:{name}")];
        let pushed = facts.world.try_git("repo", &push);
        assert_eq!(pushed.code != 0, refused, "{name}: {pushed:?}");
        assert_eq!(pushed.stderr.contains("broken symref"), refused, "{name}: {pushed:?}");
    }
}

#[test]
fn a_forced_push_looks_like_any_other() {
    let facts = with_server();
    facts.world.git("repo", &["push", "--quiet", "origin", "main"]);
    let events = facts.git("repo", &["push", "--quiet", "--force", "origin", "HEAD~:main"]);
    assert_eq!(only(&events, "pre-push").input, "HEAD~ one refs/heads/main two", "no ref's name");
    assert_eq!(only(&events, "pre-receive").input, "two one refs/heads/main");
}

#[test]
fn a_push_that_changes_nothing_is_a_push_of_nothing() {
    let facts = with_server();
    facts.world.git("repo", &["push", "--quiet", "origin", "main"]);
    let events = facts.git("repo", &["push", "--quiet", "origin", "main"]);
    let hooks: Vec<_> = events.iter().map(|event| (&*event.hook, &*event.input)).collect();
    let tracking = ("reference-transaction", "0 two refs/remotes/origin/main");
    assert_eq!(hooks, [("pre-push", ""), tracking], "nothing is pushed; to where it is, it moves");
}
