//! `land --push`: all or nothing.

use super::{play, world};

const SERVER: &str = "git clone -q --bare repo server.git; cd repo; git remote add origin ../server.git; git fetch -q
    git branch -q -u origin/main main; \"$GATE\" -C ../server.git install --server >/dev/null; cd ..";

#[test]
fn a_landing_is_on_the_server_when_it_is_here() {
    let world = world();
    play(&world, &format!("{SERVER}; all; gate land --push >/dev/null; gate land --all --push >/dev/null
        test $(git -C server.git rev-parse main) = $(git -C repo rev-parse main); test -e repo/ui/new")).expect(0);
}

#[test]
fn a_server_that_refuses_leaves_everything_as_it_was() {
    let world = world();
    let ran = play(
        &world,
        &format!("{SERVER}; all; printf '#!/bin/sh\\necho not today >&2; exit 1\\n' >server.git/hooks/update; chmod +x server.git/hooks/update
        noted >before; gate land --push; code=$?; exit $code"),
    );
    ran.expect(1)
        .says("so that it was not done here either:\n  remote: not today")
        .says("help: when that is mended  contract-gate land agent-2 --push\n")
        .is_silent_about("git pull");
    play(
        &world,
        "noted >after; sed -i '/before\\|after/d' before after; cmp before after
                  rm server.git/hooks/update; gate land --push >/dev/null; test -e repo/db/new",
    )
    .expect(0);
}

#[test]
fn a_push_that_is_not_taken_is_denied_only_where_a_hook_there_has_denied_it() {
    let world = world();
    play(&world, &format!("{SERVER}; all")).expect(0);
    let rows = [
        // The gate there denies, or does not know.
        (1, "git -C server.git config contractgate.identityEnv PUSHER; export PUSHER=agent-3"),
        (2, "git -C server.git config contractgate.identityEnv PUSHER; export PUSHER="),
        // Another hook of it denies.
        (1, "git -C server.git config --unset contractgate.identityEnv
             printf '#!/bin/sh\\necho \"undecided[x]\" >&2; echo \"error[x]\" >&2; exit 1\\n' >server.git/hooks/update; chmod +x server.git/hooks/update"),
        // A setting of it, and no answer.
        (2, "rm server.git/hooks/update; git -C server.git config receive.hideRefs refs/heads/main"),
        (2, "mv server.git gone"),
    ];
    for (status, before) in rows {
        let ran = play(&world, &format!("{before}; gate land --push"));
        ran.expect(status)
            .says("origin did not take the push, so that it was not done here either:");
        ran.says("contract-gate land agent-2 --push");
    }
    play(
        &world,
        "mv gone server.git; git -C server.git config --unset receive.hideRefs; gate land --push",
    )
    .expect(0);
}

#[test]
fn what_somebody_else_has_pushed_meanwhile_is_said_to_be_taken_in_first() {
    let world = world();
    let ran = play(
        &world,
        &format!("{SERVER}; all; git clone -q server.git other; cd other; echo x >README; git add README; unseen commit -q -m hot; git push -q origin main
        cd ..; gate land --push"),
    );
    ran.expect(2)
        .says("help: take in what somebody else has pushed  git pull\n")
        .says("  contract-gate land agent-2 --push\n")
        .is_silent_about("hint:");
    play(&world, "(cd repo; git pull -q); gate land agent-2 --push").expect(0);
}

#[test]
fn a_squash_is_pushed_where_landings_alone_are_taken() {
    let contract =
        super::CONTRACT.replace("[merge]", "[policy]\ntrunk-steps = \"landings-only\"\n\n[merge]");
    let world = super::with(&contract);
    play(
        &world,
        &format!(
            "{SERVER}; work db db/one; git -C repo push -q origin agents/db; work db db/two
        gate land --push --strategy squash >/dev/null; test -e repo/db/two"
        ),
    )
    .expect(0);
}

#[test]
fn a_run_without_a_remote_has_nowhere_to_push_to() {
    let world = world();
    // Before anything is run for it.
    let ran = play(&world, "export TOP; all; gate land --push --suite 'touch $TOP/ran'");
    assert!(ran.code == 2 && ran.stderr.contains("no remote"), "{ran:?}");
    play(&world, "! test -e repo/db/new; ! test -e ran").expect(0);
}

#[test]
fn what_has_landed_is_told_when_a_later_push_is_refused() {
    let world = world();
    let ran = play(
        &world,
        &format!("{SERVER}; all; printf '#!/bin/sh\\ntest $1 = refs/heads/main || exit 0; test ! -e refused || exit 1; touch refused\\n' >server.git/hooks/update; chmod +x server.git/hooks/update
        gate land --all --push --format json"),
    );
    assert_eq!(ran.code, 1, "{ran:?}");
    let said = super::json(&world, "landing", &ran);
    assert_eq!(said["landed"].as_array().unwrap().len(), 1, "{said:#}");
    assert!(said["stopped"].as_str().unwrap().contains("did not take the push"), "{said:#}");
    play(&world, "test $(git -C server.git rev-parse main) = $(git -C repo rev-parse main); test -e repo/db/new").expect(0);
}

#[test]
fn commits_of_the_trunk_that_were_never_pushed_are_told_before_they_are() {
    let world = world();
    let hot =
        "for n in 1 2; do (cd repo; echo $n >>README; git add README; git commit -q -m hot); done";
    let ran = play(&world, &format!("{SERVER}; all; {hot}; gate land --push"));
    assert_eq!(ran.code, 0, "{ran:?}");
    let note = "2 commits of main that origin is not known to have are pushed too";
    for said in [&ran.stderr, &ran.text()] {
        assert_eq!(said.matches(note).count(), 1, "{ran:?}");
    }
    // Whatever becomes of the push, it was said before.
    let refuses =
        "printf '#!/bin/sh\\nexit 1\\n' >server.git/hooks/update; chmod +x server.git/hooks/update";
    let ran = play(&world, &format!("{hot}; {refuses}; gate land --push"));
    assert!(ran.code == 1 && ran.stderr.contains(note), "{ran:?}");
    // Landings that were pushed are none of them, and without a push nothing is said.
    play(&world, "rm server.git/hooks/update; git -C repo push -q").expect(0);
    let ran = play(&world, "gate land --all --push");
    assert!(ran.code == 0 && !ran.stderr.contains("known to have"), "{ran:?}");
}

#[test]
fn one_commit_that_was_never_pushed_is_told_too_and_is_no_matter_without_a_push() {
    let world = world();
    let hot = "cd repo; echo hot >>README; git add README; git commit -q -m hot; cd ..";
    let ran = play(&world, &format!("{SERVER}; all; {hot}; gate land"));
    assert!(ran.code == 0 && !ran.stderr.contains("known to have"), "{ran:?}");
    let ran = play(&world, "gate land --push");
    // The hotfix, and the landing.
    let note = "2 commits of main that origin is not known to have";
    assert!(ran.code == 0 && ran.stderr.contains(note), "{ran:?}");
}

#[test]
fn an_upstream_of_another_name_is_pushed_to_and_nothing_else() {
    let world = world();
    let other = "git clone -q --bare repo server.git; git -C server.git branch -m main stable; cd repo; git remote add origin ../server.git
        git fetch -q; git branch -q -u origin/stable main; cd ..";
    let ran = play(&world, &format!("{other}; all; gate land --push; gate land --all --push"));
    assert_eq!(ran.code, 0, "{ran:?}");
    play(
        &world,
        "test $(git -C server.git rev-parse stable) = $(git -C repo rev-parse main)
         ! git -C server.git rev-parse -q --verify main; test $(git -C repo rev-parse origin/stable) = $(git -C repo rev-parse main)",
    )
    .expect(0);
}

#[test]
fn without_an_upstream_the_only_remote_is_pushed_to() {
    let world = world();
    play(
        &world,
        "git clone -q --bare repo server.git; cd repo; git remote add there ../server.git; git fetch -q there; cd ..
         all; gate land --push >/dev/null; test $(git -C server.git rev-parse main) = $(git -C repo rev-parse main)",
    )
    .expect(0);
}

#[test]
fn from_worktrees_of_a_bare_clone_and_of_a_mirror() {
    for kind in ["bare", "mirror"] {
        let world = world();
        let ran = play(
            &world,
            &format!(
                "git clone -q --bare repo server.git; git clone -q --{kind} server.git clone.git; cd clone.git; git config --unset-all remote.origin.mirror || :
                 git worktree add -q ../trunk main; cd ../trunk; \"$GATE\" install >/dev/null; git worktree add -q ../lanes/wt-db agents/db
                 (cd ../lanes/wt-db; edit db/new; save); \"$GATE\" land --push"
            ),
        );
        // Nothing tells what the server has before it is asked.
        assert!(ran.code == 0 && !ran.stderr.contains("known to have"), "{kind}: {ran:?}");
        play(
            &world,
            "cd trunk; test -e db/new; test -z \"$(git status --porcelain)\"
             test $(git rev-parse main) = $(git -C ../server.git rev-parse main)",
        )
        .expect(0);
    }
}
