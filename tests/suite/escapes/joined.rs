//! Landings on a line beside the trunk, which a merge then joins with it: what was done there was
//! judged nowhere before, and all of it comes by one step.

use super::Verdict::Taken;
use super::{Client, FREE, Row, refused, row, stops, theme};

theme!(
    "Two lines joined",
    "Somebody has pushed to the trunk, while lanes were landed on a copy of it that nobody judges; a merge \
     joins the two, with that copy as its first parent or as an integration branch. What a lane has taken \
     in of the copy is then to be taken for something that has landed.",
    [by_a_pull, by_an_integration_branch, hidden_by_a_line, hidden_by_other_lanes]
);

const PUSH: &str = "pre-push";
const MERGE: &str = "pre-merge-commit";

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

/// A squash there, which its lane takes in: of more than the lane has, or above what is no lane's.
const MORE: &str = "whole; (cd repo; unseen merge -q --squash agents/uploads >/dev/null; edit tsconfig.json; smuggle); taken";
const ABOVE: &str =
    "whole; fix; (cd repo; unseen merge -q --squash agents/uploads >/dev/null; smuggle); taken";

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
            "A squash there takes in what nobody may edit, and its lane takes the squash in",
            (MORE, "shared-frozen"),
        )
        .pushes("main agents/uploads"),
        pulled(
            "A squash there is above a change to what nobody may edit, and its lane takes both in",
            (ABOVE, ""),
        )
        .client(Client::Passes)
        .for_humans_alone(PUSH),
        pulled("The lane after lands there before the one before it", ("last; whole", ""))
            .client(Client::Passes)
            .by("dana")
            .anonymous(Taken, Taken)
            .named(Taken, Taken)
            .note("One step brings both, and when it is made both have landed: as by an octopus."),
        pulled(
            "A change to what nobody may edit is made there, and taken into a lane",
            ("fix; whole; taken; last", ""),
        )
        .client(Client::Passes)
        .for_humans_alone(PUSH),
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
        .for_humans_alone(MERGE),
    ]
}

/// Agent-2 has landed, and agent-1's lane begins there.
const LANDED: &str = "migrations; land migrations; publish agents/migrations main; unseen -C wt-uploads merge -q --ff-only main
    lined() { (cd repo; git checkout -q -b line \"${1:-main}\"); }
    merged() { (cd repo; unseen merge -q --no-ff --no-edit agents/uploads; git checkout -q main); }";
/// What a lane may not change is changed in it, and on a line in the same way.
const TWINS: &str =
    "(cd wt-uploads; edit tsconfig.json twin; edit src/api/uploads/create.ts; smuggle)
    twin() { (cd repo; edit tsconfig.json twin; edit package.json; smuggle); }";

fn hidden_by_a_line() -> Vec<Row> {
    let line_merged = |name, code, given: String| {
        row(name)
            .given(given)
            .tried("cd repo; git merge -q --no-ff --no-edit line")
            .client(stops(MERGE, code))
            .pushes("main agents/uploads")
            .server(refused(code))
    };
    vec![
        line_merged("A lane trespasses, and somebody does the same on a line into which it is merged", "shared-frozen",
            format!("{LANDED}; {TWINS}; lined; twin; merged")),
        line_merged("The same, nested in another line", "shared-frozen",
            format!("{LANDED}; {TWINS}; lined; twin; merged; (cd repo; git checkout -q -b outer; smuggle; unseen merge -q --no-ff --no-edit line
                     git branch -q -f line; git checkout -q main)")),
        row("A lane in which another one seems to begin becomes the trunk, and takes a landing of its half in")
            .given(
                "migrations; cd wt-migrations; git branch -q half; cp contract.toml ../kept
                 git rm -q contract.toml; edit src/api/uploads/create.ts; smuggle; cp ../kept contract.toml; smuggle
                 git rm -qf src/api/uploads/create.ts; smuggle; edit src/db/migrations/0003_more.sql; smuggle; cd ..
                 publish agents/migrations; (cd repo; git commit -q --allow-empty -m meanwhile); publish main
                 cd repo; git checkout -q --detach half; edit src/db/migrations/0004_rest.sql; smuggle; git branch -q rest
                 git checkout -q --detach main; unseen merge -q --no-ff --no-edit rest; git branch -q line",
            )
            .tried("cd repo; git checkout -q --detach agents/migrations; unseen merge -q --no-ff --no-edit line; git branch -q landed")
            .client(stops(PUSH, "contract-protected"))
            .pushes("landed:main")
            .by("agent-2")
            .server(refused("contract-protected")),
        row("What landed on a line is taken away there by hand, and a lane that took the line in becomes the trunk")
            .given(format!(
                "{BEGUN}\nwhole; (cd repo; git rm -q src/db/migrations/0003_more.sql; smuggle)
                 unseen -C wt-uploads merge -q --no-edit main; unseen -C repo merge -q --ff-only agents/uploads"
            ))
            .tried("cd repo; unseen merge -q --no-edit origin/main")
            .client(stops(PUSH, "carries-unlanded"))
            .pushes("main agents/uploads")
            .server(refused("carries-unlanded")),
        row("A lane trespasses, somebody does the same on the trunk here, and a pull joins it with the server's")
            .given(format!(
                "{LANDED}; (cd repo; git commit -q --allow-empty -m meanwhile); publish main; unseen -C repo reset -q --hard HEAD~1
                 {TWINS}; twin; merged"
            ))
            .tried("cd repo; unseen merge -q --no-edit origin/main")
            .client(stops(PUSH, "shared-frozen"))
            .pushes("main agents/uploads")
            .server(refused("shared-frozen")),
        line_merged("A lane drops what another has landed, and is merged into a line that is older than that", "out-of-scope",
            "migrations; land migrations; publish agents/migrations main
             lined() { (cd repo; git checkout -q -b line main~1; smuggle); }
             (cd wt-uploads; edit src/api/uploads/create.ts; smuggle; unseen merge -q --no-ff --no-commit main || true
              git rm -qf src/db/migrations/0002_uploads.sql; smuggle)
             lined; (cd repo; unseen merge -q --no-ff --no-edit agents/uploads; git checkout -q main)".to_owned()),
        line_merged("A lane drops what another lands by the same line", "out-of-scope",
            "migrations; publish agents/migrations
             (cd repo; git checkout -q -b line; unseen merge -q --no-ff --no-edit agents/migrations)
             (cd wt-uploads; edit src/api/uploads/create.ts; smuggle; unseen merge -q --no-ff --no-commit line || true
              git rm -qf src/db/migrations/0002_uploads.sql; smuggle)
             (cd repo; unseen merge -q --no-ff --no-edit agents/uploads; git checkout -q main)".to_owned()),
        row("The same, and the trunk is moved along that line")
            .given(
                "migrations; publish agents/migrations
                 (cd repo; git checkout -q -b line main; unseen merge -q --no-ff --no-edit agents/migrations)
                 (cd wt-uploads; edit src/api/uploads/create.ts; smuggle; unseen merge -q --no-ff --no-commit line || true
                  git rm -qf src/db/migrations/0002_uploads.sql; smuggle)
                 (cd repo; unseen merge -q --no-ff --no-edit agents/uploads; git checkout -q main)",
            )
            .tried("cd repo; git merge -q --ff-only line")
            .client(stops("reference-transaction", "out-of-scope"))
            .pushes("main agents/uploads")
            .server(refused("out-of-scope")),
        line_merged("A lane holds another, which its line has merged and taken nothing of", "carries-unlanded",
            format!("{LANDED}; tests; publish agents/tests
             (cd wt-uploads; edit src/api/uploads/create.ts; smuggle; unseen merge -q --no-edit agents/tests)
             lined; (cd repo; unseen merge -q -s ours --no-edit agents/tests; unseen merge -q --no-ff --no-commit agents/uploads || true
              git checkout -q agents/tests -- tests; smuggle; git checkout -q main)")),
        row("A revert into the middle of a line that lands two lanes, where one of the merges changed nobody's path")
            .given(
                "migrations; uploads; publish agents/migrations agents/uploads
                 (cd repo; git commit -q --allow-empty -m meanwhile); publish main; unseen -C repo reset -q --hard HEAD~1
                 cd repo; unseen merge -q --no-ff --no-edit agents/migrations; unseen merge -q --no-ff --no-commit agents/uploads
                 edit tsconfig.json; smuggle; git checkout -q HEAD~2 -- tsconfig.json; smuggle; git tag back
                 unseen merge -q --no-edit origin/main; cd ..; publish main",
            )
            .tried("cd repo; unseen revert --no-edit back >/dev/null; git tag -d back >/dev/null")
            .client_landings_only(stops(PUSH, "trunk-direct"))
            .pushes("main")
            .by("dana")
            .anonymous(Taken, refused("trunk-direct"))
            .named(Taken, refused("trunk-direct"))
            .note(FREE),
        row("The same, where a commit of no lane changed the paths of a lane that has not landed")
            .given(
                "migrations; uploads; publish agents/migrations agents/uploads
                 (cd repo; git commit -q --allow-empty -m meanwhile); publish main; unseen -C repo reset -q --hard HEAD~1
                 cd repo; unseen merge -q --no-ff --no-edit agents/migrations; unseen merge -q --no-ff --no-edit agents/uploads
                 edit tests/uploads/create.test.ts; smuggle; git rm -q tests/uploads/create.test.ts; smuggle; git tag back
                 unseen merge -q --no-edit origin/main; cd ..; publish main",
            )
            .tried("cd repo; unseen revert --no-edit back >/dev/null; git tag -d back >/dev/null")
            .pushes("main")
            .by("dana")
            .server(Taken)
            .note("What a lane may change counts as its landing where its branch does not say otherwise, and \
                   a revert may go back to that."),
    ]
}

fn hidden_by_other_lanes() -> Vec<Row> {
    let undone =
        "edit src/api/uploads/create.ts; edit tsconfig.json; smuggle; git rev-parse HEAD >../made
                  git checkout -q main -- tsconfig.json; smuggle";
    let put_elsewhere = |name, trespass: &str, rule| {
        row(name)
            .given(format!(
                "{LANDED}; (cd wt-uploads; {trespass}; smuggle; git rev-parse HEAD >../made
                  git revert --no-edit HEAD >/dev/null; edit src/api/uploads/create.ts; smuggle); publish agents/uploads"
            ))
            .tried(
                "cd repo; git merge -q --no-ff --no-edit $(cat ../made); cd ../wt-uploads; unseen reset -q --hard main
                 edit src/api/uploads/late.ts; smuggle",
            )
            .client(stops(MERGE, rule))
            .pushes("main +agents/uploads")
            .by("dana")
            .server(refused(rule))
    };
    vec![
        row("A trespass that a lane took in by a merge and undid, below a merge of a branch in no lane")
            .given(format!(
                "{LANDED}; (cd repo; git checkout -q -b y; edit src/api/uploads/y.ts; smuggle
                 git checkout -q -b w main; edit tsconfig.json; smuggle; unseen merge -q --no-edit y; git checkout -q main)
                 (cd wt-uploads; edit src/api/uploads/create.ts; smuggle; unseen merge -q --no-edit w
                  git checkout -q main -- tsconfig.json; smuggle); publish agents/uploads"
            ))
            .tried("cd repo; git merge -q --no-ff --no-edit w")
            .client(stops(MERGE, "shared-frozen"))
            .pushes("main")
            .by("dana")
            .server(refused("shared-frozen")),
        row("A trespass that a lane took in by a merge and undid, below a merge of another lane's work")
            .given(format!(
                "{LANDED}; lane migrations src/db/migrations/0003_more.sql
                 (cd repo; git checkout -q -b w main; edit tsconfig.json; smuggle; git checkout -q main)
                 (cd wt-uploads; edit src/api/uploads/create.ts; smuggle; unseen merge -q --no-edit w
                  git checkout -q main -- tsconfig.json; smuggle); publish agents/uploads agents/migrations
                 cd repo; git checkout -q w; unseen merge -q --no-edit agents/migrations; git checkout -q main"
            ))
            .tried("cd repo; git merge -q --no-ff --no-edit w")
            .client(stops(MERGE, "shared-frozen"))
            .pushes("main")
            .by("dana")
            .server(refused("shared-frozen")),
        row("A trespass that a lane has undone lands, and another lane's branch is put on it by the same push")
            .given(format!("{LANDED}; (cd wt-uploads; {undone}); publish agents/uploads"))
            .tried("cd repo; git merge -q --no-ff --no-edit $(cat ../made)")
            .client(stops(MERGE, "shared-frozen"))
            .pushes("main $(cat ../made):refs/heads/agents/tests")
            .by("dana")
            .server(refused("shared-frozen")),
        row("A trespass that a lane has undone lands, and the lane is put on newer work upon the trunk by the same push")
            .given(format!("{LANDED}; (cd wt-uploads; {undone}); publish agents/uploads"))
            .tried(
                "cd repo; git merge -q --no-ff --no-edit $(cat ../made); cd ../wt-uploads; unseen reset -q --hard main
                 edit src/api/uploads/late.ts; smuggle",
            )
            .client(stops(MERGE, "shared-frozen"))
            .pushes("main +agents/uploads")
            .by("dana")
            .server(refused("shared-frozen")),
        put_elsewhere("The same of a trespass that is in another lane's paths, too",
            "edit tsconfig.json; edit tests/uploads/n.test.ts", "shared-frozen"),
        put_elsewhere("The same of a trespass that is in another lane's paths alone",
            "edit tests/uploads/n.test.ts", "out-of-scope"),
        row("Out of order, with a file that is not the lane's alone, and the lane put on newer work upon the trunk by the same push")
            .given(format!(
                "{LANDED}; unseen -C wt-tests merge -q --ff-only main; (cd wt-tests; edit tests/uploads/n.test.ts; edit README.md; smuggle; git rev-parse HEAD >../made
                  git checkout -q main -- README.md; smuggle); publish agents/tests"
            ))
            .tried(
                "cd repo; git merge -q --no-ff --no-edit $(cat ../made); cd ../wt-tests; unseen reset -q --hard main
                 edit tests/uploads/late.test.ts; smuggle",
            )
            .client(stops(MERGE, "merge-order"))
            .pushes("main +agents/tests")
            .by("dana")
            .server(refused("merge-order")),
    ]
}
