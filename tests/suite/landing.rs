//! The landing, in order, by every way in which git can bring a lane to the trunk.

use crate::gated::{CONTRACT, attempt, play, under, uploads};

/// A way to land a branch, from the trunk's worktree: its name, what makes it ready, and what
/// moves the trunk.
type Way = (&'static str, &'static str, &'static str);

const WAYS: [Way; 7] = [
    ("a merge", "", "git merge -q --no-ff --no-edit LANE"),
    ("a squash", "git merge -q --squash LANE >/dev/null 2>&1", "git commit -qm squashed"),
    (
        "a rebase and a fast-forward",
        "git -C ../WORKTREE rebase -q main",
        "git merge -q --ff-only LANE",
    ),
    ("cherry-picks", "", "git cherry-pick main..LANE >/dev/null"),
    (
        "patches",
        "rm -rf ../patches; git format-patch -q -o ../patches main..LANE",
        "git am -q ../patches/*",
    ),
    (
        "a merge made aside, and a reset",
        "git checkout -q --detach; git merge -q --no-ff --no-edit LANE
         git branch -f made; git checkout -q main",
        "git reset -q --hard made",
    ),
    (
        "a merge made of a tree, and update-ref",
        "tree=$(git merge-tree --write-tree main LANE)
         git branch -f made $(git commit-tree -p main -p LANE -m made $tree)",
        "git update-ref refs/heads/main made; git reset -q --hard",
    ),
];

/// One of its two scripts, for one lane.
fn of_lane(lane: &str, script: &str) -> String {
    let script = script.replace("LANE", &format!("agents/{lane}"));
    format!("(cd repo; {})\n", script.replace("WORKTREE", &format!("wt-{lane}")))
}

#[test]
fn in_the_contracted_order_every_way_of_landing_passes() {
    play(
        uploads,
        WAYS.map(|(name, ready, land)| {
            let lanes = ["migrations", "uploads", "tests"];
            let landed = lanes.map(|lane| of_lane(lane, ready) + &of_lane(lane, land));
            attempt(name)
                .given("migrations; uploads; tests; lane tests tests/uploads/more.ts")
                .tried(landed.concat())
                .passes()
                .then("cd repo; test -e src/db/migrations/0002_uploads.sql -a -e tests/uploads/more.ts")
        }),
    );
}

#[test]
fn before_its_turn_no_way_of_landing_passes() {
    play(
        uploads,
        WAYS.map(|(name, ready, land)| {
            let by = match name {
                "a merge" => "pre-merge-commit",
                "a squash" => "pre-commit",
                _ => "reference-transaction",
            };
            let work = "migrations; uploads; tests; (cd repo; edit README.md; git commit -qam t)";
            attempt(name)
                .given(format!("{work}; {}", of_lane("tests", ready)))
                .tried(of_lane("tests", land))
                .refused(by, "merge-order")
                .says("agent-3 may not land before agent-1")
                .says("agent-3 may not land before agent-2")
        }),
    );
}

#[test]
fn all_lanes_before_it_must_have_landed_wholly() {
    let merge = "git merge -q --no-ff --no-edit";
    play(
        uploads,
        [
            attempt("the first has landed, the second has not")
                .given(format!("migrations; uploads; tests; cd repo; {merge} agents/migrations"))
                .tried(format!("cd repo; {merge} agents/tests"))
                .refused("pre-merge-commit", "merge-order")
                .says("agent-3 may not land before agent-1")
                .then("cd repo; git merge --abort"),
            attempt("the first has landed, and has gone on since")
                .given(format!(
                    "migrations; uploads; (cd repo; {merge} agents/migrations)
                     lane migrations src/db/migrations/0003_more.sql"
                ))
                .tried(format!("cd repo; {merge} agents/uploads"))
                .refused("pre-merge-commit", "merge-order"),
            attempt("the first has landed in part")
                .given("migrations; lane migrations src/db/migrations/0003_more.sql; uploads
                        cd repo; git cherry-pick agents/migrations~1 >/dev/null")
                .tried(format!("cd repo; {merge} agents/uploads"))
                .refused("pre-merge-commit", "merge-order"),
            attempt("the first has landed and was reverted")
                .given(format!(
                    "migrations; uploads; cd repo; {merge} agents/migrations; git revert -m 1 --no-edit HEAD >/dev/null"
                ))
                .tried(format!("cd repo; {merge} agents/uploads"))
                .refused("pre-merge-commit", "merge-order"),
            attempt("the revert of the first was reverted")
                .given(format!(
                    "migrations; uploads; cd repo; {merge} agents/migrations
                     git revert -m 1 --no-edit HEAD >/dev/null; git revert --no-edit HEAD >/dev/null"
                ))
                .tried(format!("cd repo; {merge} agents/uploads"))
                .passes(),
            attempt("the first has landed, and the trunk has gone on in its lines")
                .given(format!(
                    "migrations; uploads; cd repo; {merge} agents/migrations
                     sed -i s/work/rework/ src/db/schema.ts; git commit -qam 'after it'"
                ))
                .tried(format!("cd repo; {merge} agents/uploads"))
                .passes(),
            attempt("the first was squashed, and its branch has gone on past the squash")
                .given(
                    "migrations; uploads; (cd repo; git merge -q --squash agents/migrations >/dev/null; git commit -qm s)
                     lane migrations src/db/migrations/0003_more.sql",
                )
                .tried(format!("cd repo; {merge} agents/uploads"))
                .refused("pre-merge-commit", "merge-order"),
            attempt("the first has landed and its branch is gone")
                .given(format!(
                    "migrations; uploads; cd repo; {merge} agents/migrations
                     git -C ../wt-migrations checkout -q --detach; git branch -q -d agents/migrations"
                ))
                .tried(format!("cd repo; {merge} agents/uploads"))
                .passes(),
            attempt("the first has done nothing yet")
                .given("uploads")
                .tried(format!("cd repo; {merge} agents/uploads"))
                .refused("pre-merge-commit", "merge-order"),
            attempt("both in one octopus")
                .given("migrations; uploads; (cd repo; edit README.md; git commit -qam t)")
                .tried(format!("cd repo; {merge} agents/migrations agents/uploads"))
                .passes(),
            attempt("two that are not the first in one octopus")
                .given("migrations; uploads; tests; (cd repo; edit README.md; git commit -qam t)")
                .tried(format!("cd repo; {merge} agents/uploads agents/tests"))
                .refused("pre-merge-commit", "merge-order"),
            attempt("an integration branch that merged them in order")
                .given(format!(
                    "migrations; uploads; tests; cd repo; git checkout -q -b integration
                     for lane in migrations uploads tests; do {merge} agents/$lane; done; git checkout -q main"
                ))
                .tried("cd repo; git merge -q --no-ff --no-edit integration")
                .passes(),
            attempt("a fast-forward to an integration branch that merged them in order")
                .given(format!(
                    "migrations; uploads; cd repo; git checkout -q -b integration
                     for lane in migrations uploads; do {merge} agents/$lane; done; git checkout -q main"
                ))
                .tried("cd repo; git merge -q --ff-only integration")
                .passes(),
            attempt("a fast-forward to an integration branch that merged them out of order")
                .given(format!(
                    "migrations; uploads; cd repo; git checkout -q -b integration
                     for lane in uploads migrations; do {merge} agents/$lane; done; git checkout -q main"
                ))
                .tried("cd repo; git merge -q --ff-only integration")
                .refused("reference-transaction", "merge-order"),
            attempt("one file of the lane, copied by hand with its content")
                .given("tests; git -C repo checkout -q agents/tests -- tests/uploads/create.test.ts")
                .tried("cd repo; git commit -qm copied")
                .refused("pre-commit", "merge-order"),
            attempt("a fix that the trunk makes itself in nobody's paths")
                .given("tests; uploads")
                .tried("cd repo; edit src/index.ts; git commit -qam fix")
                .passes(),
        ],
    );
}

#[test]
fn what_lands_is_judged_whole() {
    let merge = "git merge -q --no-ff --no-edit";
    let trespass = "(cd wt-migrations; edit src/db/schema.ts; edit tsconfig.json; smuggle)";
    let rows = [
        attempt("a lane with a trespass in it, merged")
            .given(trespass)
            .tried(format!("cd repo; {merge} agents/migrations"))
            .refused("pre-merge-commit", "shared-frozen"),
        attempt("a lane with a trespass in it, squashed")
            .given(format!("{trespass}; cd repo; git merge -q --squash agents/migrations >/dev/null"))
            .tried("cd repo; git commit -qm s")
            .refused("pre-commit", "shared-frozen"),
        attempt("a lane with a trespass in it, fast-forwarded")
            .given(trespass)
            .tried("cd repo; git merge -q --ff-only agents/migrations")
            .refused("reference-transaction", "shared-frozen"),
        attempt("a lane with a trespass that was undone in it")
            .given(format!("{trespass}; cd wt-migrations; git revert --no-edit HEAD >/dev/null; edit src/db/schema.ts; save"))
            .tried(format!("cd repo; {merge} agents/migrations"))
            .passes(),
        attempt("the human edits what nobody edits in the merge itself")
            .given(format!("migrations; cd repo; {merge} --no-commit agents/migrations; edit tsconfig.json; git add -A"))
            .tried("cd repo; git commit -q --no-edit")
            .passes(),
    ];
    play(uploads, rows);
}

#[test]
fn waivers_orders_and_withdrawal() {
    let waived = format!(
        "{CONTRACT}\n[[waivers]]\nrule = \"merge-order\"\nagent = \"agent-3\"\nbecause = \"hot demo on Friday\"\n"
    );
    play(
        || under(&waived),
        [attempt("a waived order is a warning, with its reason")
            .given("tests")
            .tried("cd repo; git merge -q --no-ff --no-edit agents/tests")
            .warns("merge-order")
            .says("hot demo on Friday")],
    );
    let withdrawn = CONTRACT.replace("[agents.agent-2]\n", "[agents.agent-2]\nwithdrawn = true\n");
    play(
        || under(&withdrawn),
        [
            attempt("a withdrawn lane is waited for by nobody")
                .given("uploads")
                .tried("cd repo; git merge -q --no-ff --no-edit agents/uploads")
                .passes(),
            attempt("a withdrawn lane does not move")
                .given("cd wt-migrations; edit src/db/schema.ts; git add -A")
                .tried("cd wt-migrations; git commit -qm x")
                .refused("pre-commit", "withdrawn"),
            attempt("a withdrawn lane may be deleted with its work")
                .given("cd wt-migrations; edit src/db/schema.ts; smuggle; git checkout -q --detach")
                .tried("cd repo; git branch -q -D agents/migrations")
                .passes(),
        ],
    );
    let free = CONTRACT.split("[[merge-order]]").next().unwrap().to_owned();
    play(
        || under(&free),
        [attempt("without an order any order will do")
            .given("tests")
            .tried("cd repo; git merge -q --no-ff --no-edit agents/tests")
            .passes()],
    );
}

#[test]
fn an_agent_lands_its_own_lane_at_its_turn() {
    let merge = "git checkout -q --ignore-other-worktrees main; git merge -q --no-ff --no-edit";
    play(
        uploads,
        [
            attempt("its own lane, by a merge in its worktree")
                .given("migrations; git -C repo checkout -q --detach")
                .tried(format!("cd wt-migrations; {merge} agents/migrations"))
                .passes(),
            attempt("another's lane")
                .given("migrations; git -C repo checkout -q --detach")
                .tried(format!("cd wt-uploads; {merge} agents/migrations"))
                .refused("pre-merge-commit", "trunk-direct"),
            attempt("its own lane with something beside it")
                .given(format!(
                    "migrations; git -C repo checkout -q --detach; cd wt-migrations
                     {merge} --no-commit agents/migrations; edit src/index.ts; git add -A"
                ))
                .tried("cd wt-migrations; git commit -q --no-edit")
                .refused("pre-commit", "trunk-direct"),
            attempt("its own lane, by a fast-forward")
                .given("migrations; git -C repo checkout -q --detach")
                .tried("cd wt-migrations; git update-ref refs/heads/main agents/migrations")
                .passes(),
        ],
    );
    let integrated = CONTRACT.replace("format = 1\n", "format = 1\nintegrator = \"agent-9\"\n");
    play(
        || under(&integrated),
        [
            attempt("the integrator lands every lane")
                .given("migrations; uploads")
                .tried(
                    "cd repo; export CONTRACT_GATE_AGENT=agent-9
                     git merge -q --no-ff --no-edit agents/migrations; git merge -q --no-ff --no-edit agents/uploads",
                )
                .passes(),
            attempt("the integrator keeps the order too")
                .given("migrations; uploads")
                .tried("cd repo; CONTRACT_GATE_AGENT=agent-9 git merge -q --no-ff --no-edit agents/uploads")
                .refused("pre-merge-commit", "merge-order"),
        ],
    );
}
