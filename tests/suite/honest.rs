//! Beside the honest-work table: what borders on honest work, and what is said to it.

use crate::asked::{ask_all, question};
use crate::gated::{CONTRACT, attempt, beside_a_server, play, under, uploads};

#[test]
fn carriage_returns_are_part_of_their_lines() {
    let world = || {
        let world = under(CONTRACT);
        crate::gated::script(
            &world,
            "cd repo; printf 'one\\r\\ntwo\\r\\n' >src/api/router.ts; unseen commit -q --no-verify -am crlf
             cd ../wt-uploads; git merge -q main",
        )
        .expect(0);
        world
    };
    play(
        world,
        [attempt("every line loses its carriage return")
            .given("cd wt-uploads; sed -i 's/\\r$//' src/api/router.ts")
            .tried("cd wt-uploads; git commit -qam x")
            .refused("pre-commit", "additions-only")],
    );
}

#[test]
fn a_submodule_that_is_moved_is_seen() {
    let world = || {
        let world = uploads();
        crate::gated::script(
            &world,
            "git init -q sub; (cd sub; git commit -q --allow-empty -m 1; git commit -q --allow-empty -m 2)
             cd repo; git submodule --quiet add ../sub vendor/sub; save; cd ../wt-uploads; git merge -q main",
        )
        .expect(0);
        world
    };
    play(
        world,
        [
            attempt("it is moved, and its configuration hides that")
                .given(
                    "cd wt-uploads; git submodule --quiet update --init; git -C vendor/sub checkout -q HEAD~1
                     git config submodule.vendor/sub.ignore all; git update-index --cacheinfo 160000,$(git -C vendor/sub rev-parse HEAD),vendor/sub",
                )
                .tried("cd wt-uploads; git commit -qm x")
                .refused("pre-commit", "out-of-scope"),
        ],
    );
}

#[test]
fn what_is_pulled_is_history() {
    let others = "git clone -q server.git other; (cd other; git config user.email o@o; git config user.name o)";
    let world = || {
        let world = beside_a_server();
        world.git("repo", &["branch", "-q", "--set-upstream-to=origin/main", "main"]);
        world
    };
    play(
        world,
        [
            attempt("a landing out of order that the server has let in is history")
                .given(format!("tests; git -C repo push -q origin agents/tests; {others}; cd other
                        git merge -q --no-ff --no-edit origin/agents/tests; git push -q origin main"))
                .tried("cd repo; git pull -q")
                .passes()
                .says("note[published]")
                .then("cd repo; test -e tests/uploads/create.test.ts"),
        ],
    );
}

#[test]
fn landed_lanes_stay_landed() {
    let merge = "git merge -q --no-ff --no-edit";
    ask_all(
        uploads,
        [
            question("after a squash landing, the lane goes on with fixes")
                .given("migrations; (cd repo; git merge -q --squash agents/migrations >/dev/null; git commit -qm s); lane migrations src/db/migrations/0003.sql")
                .within("wt-migrations")
                .asked("--landing")
                .finds([]),
            question("after a squash landing, the trunk taken in, and a fix")
                .given("migrations; (cd repo; git merge -q --squash agents/migrations >/dev/null; git commit -qm s)
                        (cd wt-migrations; git merge -q --no-edit main); lane migrations src/db/migrations/0003.sql")
                .within("wt-migrations")
                .finds([]),
            question("the next lane's turn after all before it")
                .given(format!("migrations; uploads; tests; cd repo; {merge} agents/migrations; {merge} agents/uploads"))
                .within("wt-tests")
                .asked("--landing")
                .finds([]),
            question("a landed lane that the trunk has since rewritten")
                .given(format!("migrations; uploads; cd repo; {merge} agents/migrations
                        git rm -q src/db/migrations/0002_uploads.sql; git commit -qm 'gone again'; edit src/db/schema.ts; save"))
                .asked("--landing")
                .finds([]),
        ],
    );
}
