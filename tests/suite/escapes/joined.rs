//! Landings on a line beside the trunk, which a merge then joins with it: what was done there was
//! judged nowhere before, and all of it comes by one step.

use super::Verdict::Taken;
use super::{Client, Row, refused, row, stops, theme};

theme!(
    "Two lines joined",
    "Somebody has pushed to the trunk, while lanes were landed on a copy of it that nobody judges; a merge \
     joins the two, with that copy as its first parent or as an integration branch. What a lane has taken \
     in of the copy is then to be taken for something that has landed.",
    [by_a_pull, by_an_integration_branch]
);

const PUSH: &str = "pre-push";
const MERGE: &str = "pre-merge-commit";
const FREE: &str = "Under `open` a human may change anything on the trunk; without identities everybody is that human.";

/// The lanes are begun, and the servers' trunk has gone on beside the local one.
const BEGUN: &str = "migrations; lane migrations src/db/migrations/0003_more.sql; uploads; publish agents/migrations agents/uploads
    (cd repo; git commit -q --allow-empty -m meanwhile); publish main; unseen -C repo reset -q --hard HEAD~1
    taken() { unseen -C wt-uploads merge -q --no-edit main; lane uploads src/api/uploads/more.ts; }
    half() { unseen -C repo merge -q --no-ff --no-edit agents/migrations~1; }
    whole() { unseen -C repo merge -q --no-ff --no-edit agents/migrations; }
    last() { unseen -C repo merge -q --no-ff --no-edit agents/uploads; }
    fix() { (cd repo; edit tsconfig.json; smuggle fix); }";

/// What is done on the line, and the rule that it breaks.
const HALF: (&str, &str) = ("half; taken; last", "merge-order");
const INSIDE: (&str, &str) =
    ("unseen -C wt-uploads merge -q --no-edit agents/migrations; last", "carries-unlanded");
const ANOTHER: (&str, &str) = (
    "whole; tests; publish agents/tests; unseen -C wt-uploads merge -q --no-edit agents/tests; taken; last",
    "carries-unlanded",
);
const TRESPASS: (&str, &str) =
    ("whole; (cd wt-uploads; edit tsconfig.json; smuggle); taken; last", "shared-frozen");

fn pulled(name: &'static str, (line, code): (&str, &'static str)) -> Row {
    row(name)
        .given(format!("{BEGUN}\n{line}"))
        .tried("cd repo; unseen merge -q --no-edit origin/main")
        .client(stops(PUSH, code))
        .pushes("main")
        .server(refused(code))
}

fn by_a_pull() -> Vec<Row> {
    vec![
        pulled("Half of the lane before lands there, which the next one takes in", HALF),
        pulled("The lane before comes inside the next one alone", INSIDE),
        pulled("The lane after comes inside the one before it", ANOTHER),
        pulled("A lane trespasses, and takes in what landed there", TRESPASS),
        pulled(
            "A change to what nobody may edit is made there, and taken into a lane",
            ("fix; whole; taken; last", ""),
        )
        .client(Client::Passes)
        .client_landings_only(stops(PUSH, "trunk-direct"))
        .anonymous(Taken, refused("trunk-direct"))
        .named(refused("trunk-direct"), refused("trunk-direct"))
        .note(FREE),
    ]
}

fn integrated(name: &'static str, (line, code): (&str, &'static str)) -> Row {
    row(name)
        .given(format!(
            "{BEGUN}\n{line}; cd repo; git branch -q line; unseen reset -q --hard origin/main"
        ))
        .tried("cd repo; git merge -q --no-edit line")
        .client(stops(MERGE, code))
        .pushes("main")
        .server(refused(code))
}

fn by_an_integration_branch() -> Vec<Row> {
    vec![
        integrated(
            "Half of the lane before is on an integration branch, which the next one takes in",
            HALF,
        ),
        integrated("The lane before is on an integration branch inside the next one alone", INSIDE),
        integrated("The lane after is on an integration branch inside the one before it", ANOTHER),
        integrated(
            "A lane trespasses, and takes in what landed on an integration branch",
            TRESPASS,
        ),
        integrated(
            "What nobody may edit is changed on an integration branch, and taken into a lane",
            ("fix; whole; taken; last", ""),
        )
        .client(Client::Passes)
        .client_landings_only(stops(MERGE, "trunk-direct"))
        .anonymous(Taken, refused("trunk-direct"))
        .named(refused("trunk-direct"), refused("trunk-direct"))
        .note(FREE),
    ]
}
