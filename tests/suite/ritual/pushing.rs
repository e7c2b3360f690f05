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
    assert!(ran.code == 2 && ran.stderr.contains("not today"), "{ran:?}");
    play(
        &world,
        "noted >after; sed -i '/before\\|after/d' before after; cmp before after
                  rm server.git/hooks/update; gate land --push >/dev/null; test -e repo/db/new",
    )
    .expect(0);
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
    let ran = play(&world, "all; gate land --push");
    assert!(ran.code == 2 && ran.stderr.contains("no remote"), "{ran:?}");
    play(&world, "! test -e repo/db/new").expect(0);
}

#[test]
fn what_has_landed_is_told_when_a_later_push_is_refused() {
    let world = world();
    let ran = play(
        &world,
        &format!("{SERVER}; all; printf '#!/bin/sh\\ntest $1 = refs/heads/main || exit 0; test ! -e refused || exit 1; touch refused\\n' >server.git/hooks/update; chmod +x server.git/hooks/update
        gate land --all --push --format json"),
    );
    assert_eq!(ran.code, 2, "{ran:?}");
    let said = super::json(&world, "landing", &ran);
    assert_eq!(said["landed"].as_array().unwrap().len(), 1, "{said:#}");
    assert!(said["stopped"].as_str().unwrap().contains("did not take the push"), "{said:#}");
    play(&world, "test $(git -C server.git rev-parse main) = $(git -C repo rev-parse main); test -e repo/db/new").expect(0);
}
