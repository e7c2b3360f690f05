//! A branch in no lane, on which lanes are landed in steps, is merged as it is: the merge is judged like
//! a move of the trunk along it, and what none of those steps might do comes by no merge either.

use super::Verdict::Taken;
use super::{Client, Row, refused, row, stops, theme};

theme!(
    "By the steps of an integration branch",
    "Lanes are landed on a branch that nobody judges, and it is merged into the trunk, which adds nothing to \
     it. Were the trunk moved along it, step by step, each of these would be judged by itself.",
    [by_squashes, by_a_fast_forward, by_an_agent]
);

const MERGE: &str = "pre-merge-commit";

/// The lanes, as they are known, and a branch beside the trunk on which they are landed.
const BEGUN: &str = "migrations; uploads; tests; publish agents/migrations agents/uploads agents/tests
    squashed() { for lane; do unseen merge -q --squash agents/$lane >/dev/null; smuggle \"squash $lane\"; done; }
    merged() { for lane; do unseen merge -q --no-edit agents/$lane; done; }
    cd repo; git checkout -q -b together";

const UNDONE: (&str, &str) = (
    "(cd ../wt-migrations; edit tsconfig.json; smuggle; git branch -q made; git checkout -q HEAD~1 -- tsconfig.json; smuggle)
     git merge -q --ff-only made; merged uploads",
    "shared-frozen",
);

fn integrated(name: &'static str, (steps, code): (&str, &'static str)) -> Row {
    row(name)
        .given(format!("{BEGUN}\n{steps}; git checkout -q main"))
        .tried("cd repo; git merge -q --no-ff --no-edit together")
        .client(stops(MERGE, code))
        .pushes("main")
        .by("dana")
        .server(refused(code))
}

fn by_squashes() -> Vec<Row> {
    vec![
        integrated("The last lane is squashed there before the others", ("squashed tests migrations uploads", "out-of-scope")),
        integrated("The last lane is squashed there, and the others are not", ("squashed migrations tests", "out-of-scope")),
        integrated(
            "A lane that trespasses is squashed there above another",
            ("squashed migrations; (cd ../wt-uploads; edit tsconfig.json; smuggle); squashed uploads", "shared-frozen"),
        )
.pushes("main agents/uploads"),
        integrated(
            "A lane is squashed there above another, and what nobody may edit is changed",
            ("squashed migrations uploads; edit tsconfig.json; smuggle", "out-of-scope"),
        ),
    ]
}

fn by_a_fast_forward() -> Vec<Row> {
    vec![
        integrated("It begins at the second lane, and the first one is merged above", ("merged uploads migrations", "carries-unlanded")),
        integrated("It begins inside a lane, at a trespass that the lane undoes, and goes on with another's merge", UNDONE)
            .pushes("main agents/migrations agents/uploads"),
        integrated("The same, and the trunk alone is pushed", UNDONE),
        integrated(
            "It begins at a lane that holds half of the one before it, and goes on with the rest of that",
            (
                "(cd ../wt-migrations; edit src/db/migrations/0003_more.sql; smuggle); unseen -C ../wt-uploads merge -q --no-edit agents/migrations~1
                 merged uploads migrations",
                "carries-unlanded",
            ),
        )
        .pushes("main agents/migrations agents/uploads"),
        integrated(
            "It begins at a lane, and goes on with a commit in the paths of another",
            ("merged migrations; edit tests/uploads/create.test.ts; smuggle", "carries-unlanded"),
        ),
        integrated(
            "A merge of it brings more than it has",
            ("squashed migrations uploads; git checkout -q main", "out-of-scope"),
        )
        .tried("cd repo; git merge -q --no-ff --no-commit together; edit tsconfig.json; git add .; git commit -q -m x")
.client(stops("pre-commit", "out-of-scope"))
        .note("What it adds cannot be told from the lanes' work. On the trunk it is a commit of its own, upon the merge."),
    ]
}

fn by_an_agent() -> Vec<Row> {
    vec![
        integrated(
            "An agent merges a branch on which its lane is squashed above another's",
            ("squashed migrations uploads", ""),
        )
        .client(Client::Passes)
        .by("agent-1")
        .anonymous(Taken, Taken)
        .named(refused("trunk-direct"), refused("trunk-direct"))
        .note("Without identities nobody can tell who lands it."),
        integrated(
            "An agent merges a branch that began at another's lane, with its own merged above",
            ("merged migrations uploads", ""),
        )
        .client(Client::Passes)
        .by("agent-1")
        .anonymous(Taken, Taken)
        .named(refused("trunk-direct"), refused("trunk-direct"))
        .note("Without identities nobody can tell who lands it."),
        integrated(
            "An agent merges a branch that began at its lane, with a commit of its own above",
            ("merged migrations; edit README.md; smuggle", "shared-frozen"),
        )
        .by("agent-2"),
    ]
}
