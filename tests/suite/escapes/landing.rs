//! Ways onto the trunk that are no landing of one's own lane, whole and in order.

use super::Verdict::Taken;
use super::{Client, Row, refused, row, stops, theme};

theme!(
    "Onto the trunk",
    "The trunk is moved. Where the note does not say otherwise it is pushed by the agent whose lane \
     is landed, and on the client it is moved by a human in the main worktree. Under `open` a human \
     may change anything on the trunk, but for the order and for what lanes bring; without \
     identities everybody is that human.",
    [
        out_of_order,
        where_the_trunk_has_moved_a_file,
        whole_lanes_only,
        a_trespass_lands,
        slipped_in,
        beside_any_lane,
        by_an_agent,
        under_a_false_beginning,
        by_odd_merges
    ]
);

const PUSH: &str = "pre-push";
const MOVE: &str = "reference-transaction";
const MERGE: &str = "pre-merge-commit";
const COMMIT: &str = "pre-commit";

/// The last lane is landed before the ones that it depends on.
fn too_early(name: &'static str, hook: &'static str, tried: &str) -> Row {
    row(name)
        .given("tests; publish agents/tests")
        .tried(tried)
        .client(stops(hook, "merge-order"))
        .pushes("main")
        .by("agent-3")
        .server(refused("merge-order"))
}

fn out_of_order() -> Vec<Row> {
    vec![
        row("Out of order, by a merge of its commits made anew and one beside them, and the lane moved to it by the same push")
            .given(
                "tests; publish agents/tests
                 (cd repo; git checkout -q -b anew; unseen cherry-pick --no-commit agents/tests; smuggle; edit src/index.ts; smuggle; git checkout -q main)",
            )
            .tried("cd repo; git merge -q --no-ff --no-edit anew")
            .client(stops(MERGE, "merge-order"))
            .pushes("main main:agents/tests")
            .by("agent-3")
            .server(refused("merge-order")),
        too_early(
            "Out of order, by a merge of its commits made anew, with one beside them that it may not bring",
            MERGE,
            "cd repo; git merge -q --no-ff --no-edit anew",
        )
        .given(
            "(cd wt-tests; git rm -q tests/uploads/README.md; save); publish agents/tests
             (cd repo; git checkout -q -b anew; git rm -q tests/uploads/README.md; smuggle; edit src/index.ts; smuggle; git checkout -q main)",
        ),
        too_early("Out of order, by a merge", MERGE, "land tests"),
        too_early("Out of order, by a fast-forward", MOVE, "cd repo; git merge -q agents/tests"),
        too_early("Out of order, by a squash", COMMIT,
            "cd repo; git merge -q --squash agents/tests >/dev/null; git commit -qm x"),
        too_early("Out of order, by an octopus with the lane before it", MERGE,
            "cd repo; git merge -q --no-edit agents/uploads agents/tests >/dev/null")
            .given("tests; uploads; publish agents/tests agents/uploads"),
        too_early("Out of order, by `git merge -s ours`, the content coming later", MERGE,
            "cd repo; git merge -q --no-edit -s ours agents/tests"),
        too_early("Out of order, by `git merge -X theirs`", MERGE,
            "cd repo; git merge -q --no-ff --no-edit -X theirs agents/tests"),
        too_early("Out of order, by a cherry-pick", MOVE, "cd repo; git cherry-pick agents/tests >/dev/null"),
        too_early("Out of order, by a rebase of the trunk onto the lane", MOVE, "cd repo; git rebase -q agents/tests"),
        too_early("Out of order, by `git am`", MOVE,
            "cd repo; git format-patch -q -1 --stdout agents/tests | git am -q"),
        too_early("Out of order, by `git reset --hard`", MOVE, "cd repo; git reset -q --hard agents/tests"),
        too_early("Out of order, by `git fetch . agents/tests:main`", MOVE,
            "cd repo; git checkout -q --detach; git fetch -q . agents/tests:main"),
        too_early("Out of order, by a copy of the files and a commit of one's own", COMMIT,
            "cd repo; git checkout -q agents/tests -- .; git commit -qm x"),
        too_early("Out of order, by the lane's branch pushed as the trunk", PUSH, "true")
            .pushes("agents/tests:main"),
        too_early("Out of order, by a fast-forward that no hook sees", PUSH, "unseen -C repo merge -q --ff-only agents/tests"),
        too_early("Out of order, by a squash that no hook sees, the lane set upon it", PUSH,
            "(cd repo; git merge -q --squash agents/tests >/dev/null; unseen commit -qm x); unseen -C wt-tests reset -q --hard main")
            .client(Client::Passes)
            .client_landings_only(stops(PUSH, "merge-order"))
            .note("Who may commit past the hooks may push past them, too: on a client the log of the trunk says who made it. The server knows what the lane had."),
        too_early("Out of order, by a squash that no hook sees, the lane's commits made again since", PUSH,
            "(cd repo; git merge -q --squash agents/tests >/dev/null; unseen commit -qm x)
             GIT_COMMITTER_DATE='4000000000 +0000' unseen -C wt-tests commit -q --amend -m again; publish +agents/tests"),
        too_early("Out of order, by a squash, of a commit that was made on the trunk and taken off it, and is all that the lane has", COMMIT,
            "cd repo; git merge -q --squash agents/tests >/dev/null; git commit -qm x")
            .given("(cd repo; edit tests/uploads/more.test.ts; git add -A; unseen commit -qm x; unseen -C ../wt-tests reset -q --hard main
                    unseen reset -q --hard HEAD~1); publish agents/tests")
            .client(Client::Passes)
            .client_landings_only(stops(COMMIT, "merge-order"))
            .note("It was made on the trunk, and a human may make it there once more: on a client nothing tells the two apart. The server knows what the lane has."),
        too_early("Out of order, below a commit of the trunk's own", PUSH,
            "cd repo; unseen merge -q --no-ff --no-edit agents/tests; edit src/auth/session.ts; unseen commit -qam x"),
        too_early("Out of order, and reverted by the next step of the same push", PUSH,
            "cd repo; unseen merge -q --no-ff --no-edit agents/tests; unseen revert -m 1 --no-edit HEAD >/dev/null"),
        too_early("Out of order, inside an integration branch of a human", MERGE,
            "cd repo; git checkout -q -b all; unseen merge -q --no-ff --no-edit agents/tests; git checkout -q main
             git merge -q --no-ff --no-edit all"),
        too_early(
            "Out of order, by a fast-forward to a branch that the server has never seen",
            MOVE,
            "cd repo; git merge -q agents/tests",
        )
        .given("tests")
        .anonymous(Taken, refused("trunk-direct"))
        .named(refused("trunk-direct"), refused("trunk-direct"))
        .note(
            "To the server it is a human's own commit in a lane's path: a warning under `open`. A \
             branch that is pushed before it lands is known.",
        ),
        too_early("Out of order, from a branch that the server has never seen", MERGE, "land tests").given("tests"),
        too_early("Out of order, and the lane's branch is deleted by the same push", PUSH,
            "cd repo; unseen merge -q --no-ff --no-edit agents/tests").pushes("main :agents/tests"),
        too_early("Out of order, and the lane's branch is moved back by the same push", PUSH,
            "cd repo; unseen merge -q --no-ff --no-edit agents/tests").pushes("main main~1:agents/tests"),
        too_early("Out of order, by a squash of a lane that has changed shared files alone so far", COMMIT,
            "cd repo; git merge -q --squash agents/uploads >/dev/null; git commit -qm x")
            .given("lane uploads CHANGELOG.md; publish agents/uploads")
            .by("agent-1")
            .client(Client::Passes)
            .client_landings_only(stops(COMMIT, "merge-order"))
            .anonymous(Taken, refused("merge-order"))
            .named(refused("merge-order"), refused("merge-order"))
            .note(
                "Several may write the same into a list or a generated file, and a human adds to it too under \
                 `open`: what a shared file holds says nothing of whose work it is.",
            ),
        given_up("Out of order, by a fast-forward, and the lane's branch is moved back by the same push", MOVE,
            "cd repo; git merge -q agents/tests"),
        given_up("Out of order, by a squash, and the lane's branch is moved back by the same push", COMMIT,
            "cd repo; git merge -q --squash agents/tests >/dev/null; git commit -qm x"),
    ]
}

/// Of a lane that waits, the trunk has moved a file out of its paths.
fn where_the_trunk_has_moved_a_file() -> Vec<Row> {
    const FILE: &str = "src/api/uploads/long.ts";
    let moved = |name, more: &str, hook, tried: &str| {
        row(name)
            .given(format!(
                "both() {{ for s in anonymous named; do git -C $s.git fetch -q $TOP/repo main:main; done; publish main; }}
                 (cd repo; seq 20 >{FILE}; smuggle); both; unseen -C wt-uploads merge -q --ff-only main
                 migrations; (cd wt-uploads; sed -i s/^7$/seven/ {FILE}; save; edit src/api/uploads/more.ts; save)
                 publish agents/migrations agents/uploads
                 (cd repo; git mv {FILE} long.ts; smuggle{more}); both"
            ))
            .tried(format!("cd repo; {tried}"))
            .client(stops(hook, "merge-order"))
            .pushes("main")
            .by("dana")
            .server(refused("merge-order"))
    };
    let squash = "git merge -q --squash agents/uploads >/dev/null;";
    let hotfix = "; sed -i s/^15$/hotfix/ long.ts; smuggle";
    let part = "git checkout -q HEAD -- src/api 2>/dev/null; git rm -q --cached src/api/uploads/more.ts; rm src/api/uploads/more.ts;";
    vec![
        moved(
            "Out of order, by a squash of a file that the trunk has moved out of the lane's paths, and of one more",
            "",
            COMMIT,
            &format!("{squash} git commit -qm x"),
        ),
        moved(
            "The same of that file alone",
            "",
            COMMIT,
            &format!("{squash} {part} git commit -qm x"),
        ),
        moved(
            "The same where the trunk has a hotfix in it",
            hotfix,
            COMMIT,
            &format!("{squash} {part} git commit -qm x"),
        ),
        moved(
            "The same by a cherry-pick of the commit that changes it",
            hotfix,
            MOVE,
            "git cherry-pick agents/uploads~1 >/dev/null",
        ),
        moved(
            "The same where somebody changes one line more",
            hotfix,
            COMMIT,
            &format!("{squash} {part} sed -i s/^3$/three/ long.ts; git commit -qam x"),
        )
        .client(Client::Passes)
        .client_landings_only(stops(COMMIT, "trunk-direct"))
        .anonymous(Taken, refused("trunk-direct"))
        .named(Taken, refused("trunk-direct"))
        .note(
            "No path of any lane changes, and what the file holds is nothing that any merge makes.",
        ),
    ]
}

/// The trunk gets a lane's work by commits of its own, and the lane has none any more.
fn given_up(name: &'static str, hook: &'static str, tried: &str) -> Row {
    too_early(name, hook, tried)
        .pushes("main main~1:agents/tests")
        .anonymous(Taken, refused("trunk-direct"))
        .named(refused("trunk-direct"), refused("trunk-direct"))
        .note(
            "The lane may be moved back, and then nobody has done this but a human, which warns under \
             `open`: by one push as by two.",
        )
}

/// A lane has landed, is published, and has more work, and the next one waits for it.
const LANDED: &str =
    "migrations; uploads; publish agents/migrations agents/uploads; land migrations; publish main";

/// The servers have no branch of agent-2's lane.
const NEVER_PUSHED: &str =
    "for s in anonymous named; do git -C $s.git update-ref -d refs/heads/agents/migrations; done";

/// The trunk has a hotfix in the paths of agent-2's lane, where its policy takes any.
const HOTFIX: &str = "if ! grep -q landings-only repo/contract.toml; then (cd repo; edit src/db/schema.ts fix; save); publish main; fi";

/// What comes then is pushed with the branch of the lane that went on.
fn again(name: &'static str) -> Row {
    row(name)
        .given(format!("{LANDED}; lane migrations src/db/migrations/0003_more.sql"))
        .client(stops(MERGE, "merge-order"))
        .pushes("main agents/migrations")
        .by("dana")
        .server(refused("merge-order"))
}

fn whole_lanes_only() -> Vec<Row> {
    let half = "migrations; lane migrations src/db/migrations/0003_more.sql; uploads; publish agents/migrations agents/uploads";
    vec![
        row("Half of the lane before is landed, then this one")
            .given(format!("{half}; cd repo; git merge -q --no-ff --no-edit agents/migrations~1"))
            .tried("land uploads")
            .client(stops(MERGE, "merge-order"))
            .pushes("main")
            .server(refused("merge-order")),
        row("Half of the lane before is landed, this one, and then the rest, all by one push")
            .given(format!("{half}; cd repo; git merge -q --no-ff --no-edit agents/migrations~1"))
            .tried("land uploads; land migrations")
            .client(stops(MERGE, "merge-order"))
            .pushes("main")
            .by("dana")
            .anonymous(Taken, Taken)
            .named(Taken, Taken)
            .note("When the trunk has moved, all of it has landed: as if the lane had gone on after its landing."),
        again("The lane before has landed and goes on, and this one is landed before what is new, by one push with its branch")
            .tried("land uploads")
            .anonymous(Taken, Taken)
            .named(Taken, Taken)
            .note("It has landed as far as it went: by one push as by two, the trunk first."),
        again("The lane before has landed and goes on, this one is landed, and then half of what is new, by one push with its branch")
            .given(format!("{LANDED}; lane migrations src/db/migrations/0003_more.sql; lane migrations src/db/migrations/0004_last.sql"))
            .tried("land uploads; cd repo; unseen merge -q --no-ff --no-edit agents/migrations~1")
            .anonymous(Taken, Taken)
            .named(Taken, Taken)
            .note("It has landed as far as it went: by one push as by two, the trunk first."),
        row("The lane before has landed, goes on and is pushed, this one is landed before what is new, and then that, all by one push")
            .given(format!("{LANDED}; lane migrations src/db/migrations/0003_more.sql; publish agents/migrations"))
            .tried("land uploads; land migrations")
            .client(stops(MERGE, "merge-order"))
            .pushes("main")
            .by("dana")
            .anonymous(Taken, Taken)
            .named(Taken, Taken)
            .note("When the trunk has moved, all of it has landed: as if the lane had gone on after the other landing."),
        row("A pushed tracking ref, on a server that has a remote, holds the lane before without what is new in it")
            .given(format!("{LANDED}; lane migrations src/db/migrations/0003_more.sql; publish agents/migrations
                    back=$(git -C wt-migrations commit-tree HEAD~1^{{tree}} -p HEAD -m back)
                    for s in anonymous named; do
                        git -C $s.git config remote.origin.url ../elsewhere
                        unseen -C repo push -q ../$s.git $back:refs/remotes/origin/agents/migrations
                    done"))
            .tried("land uploads")
            .client(stops(MERGE, "merge-order"))
            .pushes("main")
            .by("dana")
            .server(refused("merge-order")),
        again("The lane before has landed and was taken back, this one is landed, and then that one with more, by one push with its branch")
            .given(format!("{LANDED}; git -C repo revert -m 1 --no-edit HEAD >/dev/null; publish main; lane migrations src/db/migrations/0003_more.sql"))
            .tried("land uploads; land migrations"),
        row("The branch of the lane before was never pushed, a hotfix is in its paths, and this one is landed")
            .given(format!("{NEVER_PUSHED}; {HOTFIX}; migrations; uploads; publish agents/uploads"))
            .tried("cd repo; unseen merge -q --no-ff --no-edit agents/uploads")
            .client(stops("pre-push", "merge-order"))
            .pushes("main")
            .by("dana")
            .anonymous(Taken, refused("merge-order"))
            .named(Taken, refused("merge-order"))
            .note("Its paths are not as they were and there is no branch: so it looks when a lane has landed and was deleted. Lanes that are pushed are known."),
        row("The branch of the lane before was never pushed, a hotfix is in its paths, and this one is landed, pushed along with that branch")
            .given(format!("{NEVER_PUSHED}; {HOTFIX}; migrations; uploads; publish agents/uploads"))
            .tried("cd repo; unseen merge -q --no-ff --no-edit agents/uploads")
            .client(stops("pre-push", "merge-order"))
            .pushes("main agents/migrations")
            .by("dana")
            .server(refused("merge-order")),
        row("The same where the lane began upon the hotfix")
            .given(format!("{NEVER_PUSHED}; {HOTFIX}; unseen -C wt-migrations merge -q --ff-only main; migrations; uploads; publish agents/uploads"))
            .tried("cd repo; unseen merge -q --no-ff --no-edit agents/uploads")
            .client(stops("pre-push", "merge-order"))
            .pushes("main agents/migrations")
            .by("dana")
            .server(refused("merge-order")),
        row("Half of a lane that was never pushed is landed, and this one, by one push with the branch of that one")
            .given(format!("{NEVER_PUSHED}; migrations; lane migrations src/db/migrations/0003_more.sql; uploads; publish agents/uploads
                    cd repo; git merge -q --no-ff --no-edit agents/migrations~1"))
            .tried("land uploads")
            .client(stops(MERGE, "merge-order"))
            .pushes("main agents/migrations")
            .by("dana")
            .anonymous(Taken, Taken)
            .named(Taken, Taken)
            .note("Its branch was nowhere, and what has landed may be all that it was: by one push as by two, the trunk first."),
        row("A lane that began upon a hotfix in its paths is landed after this one, by the same push")
            .given(format!("{HOTFIX}; unseen -C wt-migrations merge -q --ff-only main; migrations; uploads; publish agents/migrations agents/uploads"))
            .tried("land uploads; land migrations")
            .client(stops(MERGE, "merge-order"))
            .pushes("main")
            .by("dana")
            .server(refused("merge-order")),
        row("The lane before is landed and reverted, then this one is landed")
            .given("migrations; uploads; publish agents/migrations agents/uploads; land migrations
                    cd repo; git revert -m 1 --no-edit HEAD >/dev/null")
            .tried("land uploads")
            .client(stops(MERGE, "merge-order"))
            .pushes("main")
            .server(refused("merge-order")),
        row("The lane before is landed by `git merge -s ours`: its commits without their content")
            .given("migrations; uploads; publish agents/migrations agents/uploads
                    cd repo; unseen merge -q --no-edit -s ours agents/migrations")
            .tried("land uploads")
            .client(stops(MERGE, "merge-order"))
            .pushes("main")
            .by("dana")
            .server(refused("merge-order")),
        row("The lane before is moved back so that it looks landed")
            .given(
                "migrations; uploads; publish agents/migrations agents/uploads
                 git -C wt-migrations reset -q --hard main",
            )
            .tried("land uploads")
            .client(stops(MERGE, "merge-order"))
            .pushes("main agents/migrations")
            .by("dana")
            .server(refused("merge-order")),
        row("The lane before is deleted, then this one is landed")
            .given("migrations; uploads; publish agents/uploads; git -C wt-migrations checkout -q --detach
                    unseen -C repo branch -q -D agents/migrations")
            .tried("land uploads")
            .client(stops(MERGE, "merge-order"))
            .pushes("main :agents/migrations")
            .by("dana")
            .server(refused("merge-order")),
        row("Landing another lane's commits inside one's own")
            .given("migrations; uploads; publish agents/migrations; cd wt-uploads; unseen merge -q --no-edit agents/migrations")
            .tried("land uploads")
            .client(stops(MERGE, "carries-unlanded"))
            .pushes("main agents/uploads")
            .server(refused("carries-unlanded")),
        row("Rewinding the trunk, and landing again in another order")
            .given("migrations; uploads; publish agents/migrations agents/uploads; land migrations; land uploads; publish main")
            .tried("cd repo; git reset -q --hard main~2; unseen merge -q --no-ff --no-edit agents/uploads")
            .client(stops("pre-push", "merge-order"))
            .pushes("main")
            .by("dana")
            .server(refused("trunk-rewound"))
            .note(
                "On a client a human may rewind their own trunk. The server keeps its own, and refuses \
                 the order as well.",
            ),
    ]
}

fn a_trespass_lands() -> Vec<Row> {
    // A lane with honest work and a trespass.
    let mixed = "(cd wt-migrations; edit src/db/schema.ts; edit tsconfig.json; smuggle)";
    let landed = |name, hook, tried: &str| {
        row(name)
            .given(mixed)
            .tried(tried)
            .client(stops(hook, "shared-frozen"))
            .pushes("main agents/migrations")
            .by("agent-2")
            .server(refused("shared-frozen"))
    };
    vec![
        landed("A lane with a trespass lands, by a merge", MERGE, "land migrations"),
        landed(
            "A lane with a trespass lands, by a fast-forward",
            MOVE,
            "cd repo; git merge -q agents/migrations",
        ),
        landed(
            "A lane with a trespass lands, by a squash",
            COMMIT,
            "cd repo; git merge -q --squash agents/migrations >/dev/null; git commit -qm x",
        ),
        landed(
            "A lane with a trespass lands, by an octopus",
            MERGE,
            "cd repo; git merge -q --no-edit agents/migrations agents/uploads >/dev/null",
        )
        .given(format!("{mixed}; uploads")),
        landed(
            "A lane that holds nothing but a trespass lands, by a merge",
            MERGE,
            "land migrations",
        )
        .given("(cd wt-migrations; edit tsconfig.json; smuggle)"),
        landed(
            "A lane that holds nothing but a trespass lands, by a fast-forward",
            MOVE,
            "cd repo; git merge -q agents/migrations",
        )
        .given("(cd wt-migrations; edit tsconfig.json; smuggle)")
        .anonymous(Taken, refused("trunk-direct"))
        .named(refused("trunk-direct"), refused("trunk-direct"))
        .note(
            "The same commits are what a human's fix on the trunk leaves that the lane has then \
             taken in. Under `open` that fix is free, without identities for everybody.",
        ),
        landed(
            "A lane with a trespass lands, and only the trunk is pushed",
            MERGE,
            "land migrations",
        )
        .pushes("main")
        .anonymous(Taken, refused("trunk-direct"))
        .named(refused("trunk-direct"), refused("trunk-direct"))
        .note(
            "The server has never seen the lane's commits: to it they are a human's branch, which \
             may change anything under `open`.",
        ),
        row("A lane with a trespass in a commit of its own lands, and only the trunk is pushed")
            .given(format!("{mixed}; (cd wt-migrations; edit src/db/schema.ts; smuggle)"))
            .tried("land migrations")
            .client(stops(MERGE, "shared-frozen"))
            .pushes("main")
            .by("agent-2")
            .anonymous(Taken, refused("shared-frozen"))
            .named(refused("shared-frozen"), refused("shared-frozen"))
            .note(
                "The server has never seen the lane's commits: to it they are a human's branch, which \
                 may change anything under `open`.",
            ),
        landed(
            "More is landed than the lane's branch holds",
            PUSH,
            "cd repo; git checkout -q --detach agents/migrations; edit tsconfig.json; smuggle
             git checkout -q main; unseen merge -q --no-ff --no-edit HEAD@{1}",
        )
        .given("migrations; publish agents/migrations")
        .pushes("main"),
    ]
}

fn slipped_in() -> Vec<Row> {
    let merged = "cd repo; git merge -q --no-ff --no-commit agents/migrations";
    let slipped = |name, change: &str| {
        row(name)
            .given("migrations; publish agents/migrations")
            .tried(format!("{merged}; {change}; save"))
            .client_landings_only(stops(COMMIT, "trunk-direct"))
            .pushes("main")
            .by("agent-2")
            .anonymous(Taken, refused("trunk-direct"))
            .named(refused("trunk-direct"), refused("trunk-direct"))
            .note("Under `open` the merge of a lane is a human's step, who may edit what nobody else may.")
    };
    vec![
        slipped("A landing that slips in a file that nobody may edit", "edit tsconfig.json"),
        slipped("A landing that slips in another lane's path", "edit src/api/uploads/README.md"),
        slipped("A landing that slips in more of the lane's own path", "edit src/db/schema.ts"),
        slipped(
            "A landing that leaves out a part of the lane",
            "git checkout -q HEAD -- src/db/migrations",
        )
        .client(Client::Passes)
        .server(Taken)
        .note("What enters is the lane's. Who merges its tip says that this is all of it."),
        slipped(
            "A landing that makes a generated file a symbolic link",
            "ln -s /etc/passwd pnpm-lock.yaml",
        ),
        slipped("A landing that makes a generated file a directory", "edit pnpm-lock.yaml/a")
            .client(Client::Passes)
            .server(Taken)
            .note("A path without a special character names everything below it too: it is generated."),
        slipped("A landing that slips in the contract", "edit contract.toml '# more'")
            .client(stops(COMMIT, "amendment-not-alone"))
            .server(refused("amendment-not-alone"))
            .note(""),
    ]
}

fn beside_any_lane() -> Vec<Row> {
    let direct = |name, tried: &str| {
        row(name)
            .tried(tried)
            .client_landings_only(stops(COMMIT, "trunk-direct"))
            .pushes("main")
            .by("agent-2")
            .anonymous(Taken, refused("trunk-direct"))
            .named(refused("trunk-direct"), refused("trunk-direct"))
            .note("Under `open` a human may change anything on the trunk: hotfixes need it.")
    };
    vec![
        direct("A commit on the trunk, to a file that nobody may edit", "cd repo; edit tsconfig.json; save"),
        direct("A commit on the trunk, to an unlanded lane's own path", "cd repo; edit src/api/uploads/README.md; save")
            .note("Under `open` it is a warning: a hotfix must be possible."),
        direct("A revert on the trunk that also changes something else",
            "cd repo; git revert -m 1 --no-commit HEAD; edit tsconfig.json; save")
            .given("migrations; land migrations; publish agents/migrations main"),
        direct("A lane's commit is picked whose trespass the lane has undone since",
            "cd repo; unseen cherry-pick -n agents/migrations~1; git commit -qm x")
            .given("cd wt-migrations; edit src/db/schema.ts; edit tsconfig.json; smuggle; unseen checkout -q main tsconfig.json; smuggle; cd ..; publish agents/migrations")
            .by("dana")
            .named(Taken, refused("trunk-direct")),
        direct("A lane's commit is picked whose link out of scope the lane has taken away since",
            "cd repo; unseen cherry-pick -n agents/migrations~1; git commit -qm x")
            .given("cd wt-migrations; edit src/db/schema.ts; ln -s ../../auth src/db/migrations/link; smuggle; git rm -q src/db/migrations/link; smuggle; cd ..; publish agents/migrations")
            .by("dana")
            .named(Taken, refused("trunk-direct")),
        row("The contract is amended beside something else")
            .tried("cd repo; edit contract.toml '# more'; edit tsconfig.json; save")
            .client(stops(COMMIT, "amendment-not-alone"))
            .pushes("main")
            .by("dana")
            .server(refused("amendment-not-alone")),
        row("The contract is broken, so that it holds nobody")
            .tried("cd repo; edit contract.toml 'format = 2'; save")
            .client(stops(COMMIT, "contract-invalid"))
            .pushes("main")
            .by("dana")
            .server(refused("contract-invalid")),
        row("The contract becomes a symbolic link to itself elsewhere")
            .tried("cd repo; git mv contract.toml c.toml; ln -s c.toml contract.toml; save")
            .client(stops(COMMIT, "amendment-not-alone"))
            .pushes("main")
            .by("dana")
            .server(refused("amendment-not-alone")),
        row("The contract is broken and mended by one push, with a trespass between")
            .tried(
                "cd repo; edit contract.toml 'format = 2'; smuggle; edit tsconfig.json; smuggle
                 sed -i '$d' contract.toml; smuggle",
            )
            .client(stops(PUSH, "contract-invalid"))
            .pushes("main")
            .by("dana")
            .server(refused("contract-invalid")),
        row("The contract is taken away, the trunk changed, and the contract brought back, by one push")
            .tried(
                "cd repo; git rm -q contract.toml; smuggle; edit tsconfig.json; smuggle
                 git checkout -q HEAD~2 -- contract.toml; smuggle",
            )
            .pushes("main")
            .by("agent-2")
            .named(refused("contract-protected"), refused("contract-protected"))
            .note("Taking the contract away is an amendment; without identities anybody may amend it who may push the trunk."),
    ]
}

fn by_an_agent() -> Vec<Row> {
    let by_agent = |name, tried: &str, client| {
        row(name)
            .tried(tried)
            .client(client)
            .pushes("main")
            .named(refused("trunk-direct"), refused("trunk-direct"))
    };
    vec![
        by_agent("An empty commit on the trunk, by an agent", "cd repo; git commit -q --allow-empty -m x", Client::Passes)
            .note("An empty step changes nothing; without identities it is anybody's."),
        by_agent("`git merge -s ours` of a human's branch on the trunk, by an agent",
            "cd repo; git merge -q --no-edit -s ours idea", Client::Passes)
            .given("beside; cd beside; git checkout -q -b idea; edit src/auth/session.ts; smuggle")
            .note("It changes no file; without identities it is anybody's."),
        by_agent("An agent lands another agent's lane at its turn", "land migrations", Client::Passes)
            .given("migrations; publish agents/migrations")
            .note("Without identities nobody can tell who lands it."),
        by_agent("An agent takes back what another has landed",
            "cd repo; git revert -m 1 --no-edit HEAD >/dev/null", Client::Passes)
            .given("migrations; land migrations; publish agents/migrations main")
            .note("An exact revert is a human's, at any time; without identities nobody can tell whose it is."),
        by_agent("Every lane has landed, and an agent goes on upon the trunk",
            "cd repo; edit tsconfig.json; save", Client::Passes)
            .given("migrations; uploads; tests; publish agents/migrations agents/uploads agents/tests
                    land migrations; land uploads; land tests; publish main")
            .note("A fulfilled contract frees the trunk for those whose it is; without identities that is everybody."),
        row("The trunk is moved from an agent's own worktree")
            .given("cd wt-uploads; edit tsconfig.json; smuggle")
            .tried("git -C wt-uploads update-ref refs/heads/main agents/uploads")
            .client(stops(MOVE, "shared-frozen"))
            .pushes("main")
            .anonymous(Taken, refused("trunk-direct"))
            .named(refused("trunk-direct"), refused("trunk-direct"))
            .note("Under `open` a human may change anything on the trunk; without identities everybody is that human."),
        row("A remote called `upstream` is made, whose tracking ref the trunk follows")
            .given("cd wt-uploads; edit tsconfig.json; smuggle; git branch -q bad; git reset -q --hard HEAD~1")
            .tried("cd wt-uploads; git remote add upstream .; git fetch -q . bad:refs/remotes/upstream/main
                    git update-ref refs/heads/main bad")
            .client_landings_only(stops("pre-push", "trunk-direct"))
            .pushes("main")
            .anonymous(Taken, refused("trunk-direct"))
            .named(refused("trunk-direct"), refused("trunk-direct"))
            .note("Under `open` a human may change anything on the trunk; without identities everybody is that human."),
    ]
}

fn under_a_false_beginning() -> Vec<Row> {
    // Agent-2's lane takes the contract away and brings it again, with agent-1's files altered for
    // as long; what landing it would change is honest.
    let lane = "cd wt-migrations; edit src/db/schema.ts; save
                git rm -q contract.toml; edit src/api/uploads/README.md; git checkout -q main -- src/db; smuggle
                git checkout -q main -- contract.toml; smuggle
                git checkout -q HEAD~2 -- src; smuggle; cd ..";
    vec![
        row("A lane lands that takes the contract away and brings it again in its history, so that others look landed")
            .given(format!("{lane}; tests; publish agents/migrations agents/tests; land migrations; publish main"))
            .tried("land tests")
            .client(stops(MERGE, "merge-order"))
            .pushes("main")
            .by("agent-3")
            .server(refused("merge-order")),
        row("The same, by a merge that has the lane as its first parent, pushed as the trunk")
            .given(format!(
                "{lane}; (cd repo; git commit -q --allow-empty -m empty); publish main agents/migrations
                 cd wt-migrations; git merge -q --no-edit main"
            ))
            .tried("cd repo; git merge -q --ff-only agents/migrations")
            .client(stops(MOVE, "contract-protected"))
            .pushes("main agents/migrations")
            .by("agent-2")
            .server(refused("contract-protected")),
        row("A lane lands that touches another's path in its history and undoes it; a hotfix there then makes the other look landed")
            .given(
                "cd wt-migrations; edit src/db/schema.ts; save; edit src/api/uploads/README.md; smuggle
                 unseen revert --no-edit HEAD >/dev/null; cd ..; tests; publish agents/migrations agents/tests
                 land migrations; publish main
                 if ! grep -q landings-only repo/contract.toml; then (cd repo; edit src/api/uploads/README.md fix; save); publish main; fi",
            )
            .tried("land tests")
            .client(stops(MERGE, "merge-order"))
            .pushes("main")
            .by("agent-3")
            .server(refused("merge-order")),
    ]
}

fn by_odd_merges() -> Vec<Row> {
    let landed = "migrations; land migrations; publish agents/migrations main; uploads; publish agents/uploads";
    vec![
        row("The trunk is moved to a merge made on the lane, which drops what another lane has landed")
            .given(format!("{landed}; cd wt-uploads; unseen merge -q --no-edit -s ours main"))
            .tried("cd repo; git merge -q --ff-only agents/uploads")
            .client(stops(MOVE, "shared-owned"))
            .pushes("main agents/uploads")
            .server(refused("shared-owned")),
        row("A landing whose merge has a third parent, of which nothing is taken")
            .given(format!("{landed}; beside; cd beside; git checkout -q -b idea main~1; edit src/auth/session.ts; smuggle"))
            .tried(
                "cd repo; git merge -q --no-ff --no-edit agents/uploads
                 git update-ref HEAD $(git commit-tree -p HEAD~1 -p agents/uploads -p idea -m x HEAD^{tree}) || exit 1",
            )
            .pushes("main")
            .note("It changes no file. Whoever reads the trunk's history sees the merge; the branch's work has to be committed anew."),
        row("Two lanes each bring a new directory, which differ in case alone, and land by one merge")
            .given("sed -i 's#\"src/db/migrations/\\*\\*\"#&, \"lib/**\"#; s#\"src/api/uploads/\\*\\*\"#&, \"LIB/**\"#' repo/contract.toml
                    (cd repo; smuggle); publish main; for lane in migrations uploads; do unseen -C wt-$lane merge -q --ff-only main; done
                    lane migrations lib/db.ts; lane uploads LIB/db.ts; publish agents/migrations agents/uploads")
            .tried("cd repo; git merge -q --no-ff --no-edit agents/migrations agents/uploads")
            .client_landings_only(stops(MERGE, "trunk-direct"))
            .pushes("main")
            .by("dana")
            .anonymous(Taken, refused("trunk-direct"))
            .named(Taken, refused("trunk-direct"))
            .note("One after the other is `path-hazard`. Each lane by itself holds one of them, and by one merge neither is there before."),
        row("An amendment that merges a lane out of order, and takes nothing of it")
            .given("tests; publish agents/tests")
            .tried("cd repo; git merge -q -s ours --no-commit agents/tests; edit contract.toml '# more'; save")
            .client(stops(COMMIT, "amendment-not-alone"))
            .pushes("main")
            .by("dana")
            .server(refused("amendment-not-alone")),
        row("The same, of a branch that the server has never seen")
            .given("tests")
            .tried("cd repo; git merge -q -s ours --no-commit agents/tests; edit contract.toml '# more'; save")
            .client(stops(COMMIT, "amendment-not-alone"))
            .pushes("main")
            .by("dana")
            .server(refused("amendment-not-alone")),
        row("A landed lane's next commit is a merge that takes another's file from an old trunk; lane and trunk in one push")
            .given(
                "migrations; land migrations; publish agents/migrations main
                 (cd wt-uploads; unseen merge -q --ff-only main); uploads; publish agents/uploads; land uploads; publish main
                 (cd wt-uploads; unseen merge -q --ff-only main)",
            )
            .tried(
                "cd repo; export GIT_INDEX_FILE=$TOP/moved; git read-tree main
                 put 100644 $(git rev-parse main~2:src/db/schema.ts) src/db/schema.ts; tree=$(git write-tree)
                 git commit-tree -p agents/uploads -p main~2 -m merge $tree >../made
                 git commit-tree -p main -p $(cat ../made) -m land $tree >../land",
            )
            .client(stops(PUSH, "shared-owned"))
            .pushes("$(cat ../land):main $(cat ../made):refs/heads/agents/uploads")
            .server(refused("shared-owned")),
        row("A landing that takes an old version of a shared file back, as the resolution of a conflict")
            .given(format!(
                "{landed}; cd wt-uploads; unseen merge -q --no-edit main; edit CHANGELOG.md one; save; cd ..
                 publish agents/uploads"
            ))
            .tried(
                "cd repo; git merge -q --no-ff --no-commit agents/uploads
                 git checkout -q HEAD~1 -- src/db/schema.ts; save",
            )
            .client_landings_only(stops(COMMIT, "trunk-direct"))
            .pushes("main")
            .anonymous(Taken, refused("trunk-direct"))
            .named(refused("trunk-direct"), refused("trunk-direct"))
            .note("Under `open` the merge of a lane is a human's step, who may edit what nobody else may."),
    ]
}
