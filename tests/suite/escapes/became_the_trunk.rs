//! Lanes that became the trunk: what one of their commits tried and another took back stands on the
//! trunk's first parents from then on, and was no state of the trunk.

use super::Verdict::Taken;
use super::{Client, Row, refused, row, stops, theme};

theme!(
    "A lane that became the trunk",
    "A fast-forward makes a lane's commits the trunk's own line. So does a merge of the trunk that is \
     made on the lane and then pushed as the trunk. What the lane tried and took back again is then to \
     be taken for something that the trunk had, or that it may go back to.",
    [before_its_turn, excused, given_back]
);

const PUSH: &str = "pre-push";
const MOVE: &str = "reference-transaction";

/// Agent-2 has landed, and agent-1's lane begins there.
const BEGUN: &str = "migrations; land migrations; publish agents/migrations main
                     cd wt-uploads; unseen merge -q --ff-only main";
/// Agent-2 was landed by a squash, and has gone on.
const WENT_ON: &str = "migrations; (cd repo; git merge -q --squash agents/migrations >/dev/null; git commit -qm squashed)
                       publish agents/migrations main; lane migrations src/db/migrations/0003_more.sql; publish agents/migrations";
/// Agent-1 copies what agent-2 will have next, beside work of its own.
const COPIES: &str = "git checkout -q agents/migrations -- src/db/migrations; edit src/api/uploads/create.ts; smuggle";
/// Agent-1 lands by a fast-forward.
const LANDS: &str = "cd ..; publish agents/uploads; (cd repo; unseen merge -q --ff-only agents/uploads); publish main";
/// The same, with more work of its own.
const BECOMES: &str = "edit src/api/uploads/create.ts; save; cd ..; publish agents/uploads
                       (cd repo; unseen merge -q --ff-only agents/uploads); publish main";

fn before_its_turn() -> Vec<Row> {
    let too_early = |name| {
        row(name)
            .tried("cd repo; git merge -q --ff-only agents/uploads")
            .client(stops(MOVE, "merge-order"))
            .pushes("main")
            .server(refused("merge-order"))
    };
    vec![
        too_early("The lane before was squashed, and went on; a lane tries its newer file, takes it out, and is the trunk").given(
            "migrations; (cd repo; git merge -q --squash agents/migrations >/dev/null; git commit -qm squashed)
             publish agents/migrations main; lane migrations src/db/migrations/0003_more.sql; publish agents/migrations
             cd wt-uploads; unseen merge -q --ff-only main; git checkout -q agents/migrations -- src/db/migrations; smuggle
             git rm -q src/db/migrations/0003_more.sql; smuggle; edit src/api/uploads/create.ts; save; cd ..
             publish agents/uploads",
        ),
        too_early("A hotfix in the paths of a lane that has not begun; the next lane merges it, and is the trunk").given(
            "fixes() { ! grep -q landings-only repo/contract.toml; }
             if fixes; then (cd repo; edit src/db/schema.ts fix; save); publish main; fi
             uploads; if fixes; then unseen -C wt-uploads merge -q --no-ff --no-edit main; fi; publish agents/uploads",
        ),
        too_early("A lane that began in the run before merges the trunk of this one, and is the trunk").given(
            "migrations; land migrations; publish agents/migrations main
             (cd repo; git rm -q contract.toml; smuggle; git checkout -q HEAD~1 -- contract.toml
              edit contract.toml '# once more'; smuggle); publish main
             unseen -C wt-migrations merge -q --ff-only main; publish agents/migrations
             uploads; unseen -C wt-uploads merge -q --no-ff --no-edit main; publish agents/uploads",
        ),
        too_early("The same, where what the lane lands beside is waived").given(format!(
            "{WENT_ON}; (cd repo; printf '[[waivers]]\\nrule = \"out-of-scope\"\\nagent = \"agent-1\"\\npath = \"docs/**\"\\nbecause = \"docs\"\\n' >>contract.toml; save); publish main
             cd wt-uploads; unseen merge -q --ff-only main; {COPIES}; git rm -q src/db/migrations/0003_more.sql
             edit docs/uploads.md; smuggle; cd ..; publish agents/uploads"
        )),
        too_early("The same, where the lane changes a shared list and nothing of its own").given(format!(
            "{WENT_ON}; cd wt-uploads; unseen merge -q --ff-only main; git checkout -q agents/migrations -- src/db/migrations; smuggle
             git rm -q src/db/migrations/0003_more.sql; edit CHANGELOG.md '- uploads'; smuggle; cd ..; publish agents/uploads"
        )),
        too_early("The same, where the lane was given what it lands beside after it began").given(format!(
            "{WENT_ON}; cd wt-uploads; unseen merge -q --ff-only main; {COPIES}; git rm -q src/db/migrations/0003_more.sql
             edit docs/uploads.md; smuggle; cd ../repo; sed -i 's#\"src/api/uploads/\\*\\*\"#\"src/api/uploads/**\", \"docs/**\"#' contract.toml; save
             cd ..; publish main; unseen -C wt-uploads merge -q --no-ff --no-edit main; publish agents/uploads"
        )),
        too_early("The same, where the lane has nothing in common with the trunk").given(format!(
            "{WENT_ON}; cd wt-uploads; git checkout -q --orphan alone; git rm -rqf .
             git checkout -q agents/migrations -- src/db/migrations/0003_more.sql; edit src/api/uploads/create.ts; smuggle
             git rm -q src/db/migrations/0003_more.sql; smuggle
             unseen merge -q --no-edit --allow-unrelated-histories main; unseen checkout -q -B agents/uploads
             cd ..; publish agents/uploads"
        )),
        too_early("The same, where what is tried is a merge of what it holds anyway, and has landed before")
            .given(format!(
                "{BEGUN}; edit src/db/migrations/0003_more.sql; edit src/api/uploads/create.ts; git add -A
                 unseen reset -q --hard $(git commit-tree -p HEAD -p HEAD~1 -m x $(git write-tree))
                 git rm -q src/db/migrations/0003_more.sql; edit src/api/uploads/create.ts more; smuggle; cd ..
                 publish agents/uploads; land uploads; publish main
                 (cd wt-migrations; edit src/db/schema.ts more; save); publish agents/migrations
                 (cd repo; git merge -q --squash agents/migrations >/dev/null; git commit -qm squashed); publish main
                 cd wt-uploads; edit src/api/uploads/more.ts; save; unseen merge -q --no-ff --no-edit main; cd ..
                 publish agents/uploads; (cd repo; unseen merge -q --ff-only agents/uploads); publish main
                 (cd wt-migrations; edit src/db/migrations/0003_more.sql; save); publish agents/migrations
                 (cd wt-uploads; edit src/api/uploads/late.ts; save); publish agents/uploads"
            ))
            .tried("land uploads")
            .client(stops("pre-merge-commit", "merge-order")),
        row("A lane commits what a later one has, and is the trunk when it is pushed together with that one")
            .given(
                "migrations; land migrations; publish agents/migrations main; tests; cd wt-uploads; unseen merge -q --ff-only main
                 mkdir -p tests/uploads; cp ../wt-tests/tests/uploads/create.test.ts tests/uploads; smuggle
                 edit src/api/uploads/create.ts; smuggle",
            )
            .tried("cd repo; unseen merge -q --ff-only agents/uploads")
            .client(stops(PUSH, "merge-order"))
            .pushes("main agents/uploads agents/tests")
            .server(refused("merge-order")),
        row("The same, and takes back what has landed, of which the later one has the state before")
            .given(
                "migrations; land migrations; publish agents/migrations main; tests; cd wt-uploads; unseen merge -q --ff-only main
                 mkdir -p tests/uploads; cp ../wt-tests/tests/uploads/create.test.ts tests/uploads
                 git checkout -q agents/tests -- src/db/schema.ts; smuggle; edit src/api/uploads/create.ts; smuggle",
            )
            .tried("cd repo; unseen merge -q --ff-only agents/uploads")
            .client(stops(PUSH, "out-of-scope"))
            .pushes("main agents/uploads agents/tests")
            .server(refused("out-of-scope")),
        row("A commit picked out of order, which a lane had tried that became the trunk")
            .given(format!(
                "tests; lane tests tests/uploads/more.test.ts; publish agents/tests; {BEGUN}; mkdir -p tests/uploads
                 git show agents/tests~1:tests/uploads/create.test.ts >tests/uploads/create.test.ts; smuggle
                 git rm -q tests/uploads/create.test.ts; smuggle; {BECOMES}
                 lane uploads src/api/uploads/more.ts; publish agents/uploads"
            ))
            .tried("cd repo; unseen cherry-pick agents/tests~1 >/dev/null")
            .client(stops(PUSH, "merge-order"))
            .pushes("main")
            .by("agent-3")
            .server(refused("merge-order")),
    ]
}

fn excused() -> Vec<Row> {
    vec![
        row("A trespass that conflicts with the trunk, after the same was tried in a lane that became the trunk")
            .given(format!(
                "{BEGUN}; echo evil >src/db/schema.ts; smuggle; git checkout -q HEAD~1 -- src; smuggle; {BECOMES}"
            ))
            .tried(
                "cd wt-uploads; unseen reset -q --hard main~4; echo evil >src/db/schema.ts
                 edit src/api/uploads/late.ts; smuggle",
            )
            .client(stops(PUSH, "shared-owned"))
            .pushes("agents/uploads")
            .server(refused("shared-owned")),
        row("Lines taken out that conflict with the trunk, after the same was tried in a lane that landed by a merge")
            .given(format!(
                "{BEGUN}; echo gone >src/api/router.ts; smuggle; git checkout -q HEAD~1 -- src
                 edit src/api/router.ts more; edit src/api/uploads/create.ts; save; cd ..; publish agents/uploads
                 land uploads; publish main"
            ))
            .tried(
                "cd wt-uploads; unseen reset -q --hard main~1; echo gone >src/api/router.ts
                 edit src/api/uploads/late.ts; smuggle",
            )
            .client(stops(PUSH, "additions-only"))
            .pushes("agents/uploads")
            .server(refused("additions-only")),
    ]
}

fn given_back() -> Vec<Row> {
    let by_hand = |name| row(name).for_humans_alone(PUSH).pushes("main");
    let given_back_by_an_agent = |name| {
        row(name)
            .tried("cd repo; git commit-tree -p main -m x 'main~1^{tree}' >../made")
            .for_humans_alone(PUSH)
            .pushes("$(cat ../made):main")
    };
    // What another has landed, and what the lane itself has landed since and deleted again.
    let two_taken_back = |name, anothers: &str, rule| {
        row(name)
            .given(format!(
                "{BEGUN}; cd ..; uploads; publish agents/uploads; land uploads; publish main
                 cd wt-migrations; unseen merge -q --ff-only main; {anothers}; save; cd ..
                 publish agents/migrations; land migrations; publish main
                 cd wt-uploads; unseen merge -q --ff-only main; edit src/api/uploads/more.ts; save; cd ..
                 publish agents/uploads; land uploads; publish main
                 cd wt-uploads; unseen merge -q --ff-only main; git rm -q src/api/uploads/more.ts; save; cd ..
                 publish agents/uploads"
            ))
            .tried("cd repo; git commit-tree -p main -m x 'main~2^{tree}' >../made")
            .pushes("$(cat ../made):main")
            .named(refused(rule), refused(rule))
            .note("It is the exact revert of two landings: a human's, at any time. Without identities everybody is that human.")
    };
    // The lane lands more of its own: what it had tried beside the trespass.
    let again = "cd wt-uploads; edit src/api/uploads/more.ts; save; cd ..; publish agents/uploads";
    let undo =
        "git checkout -q HEAD~1 -- src tsconfig.json; git rm -qf src/api/uploads/more.ts; smuggle";
    vec![
        by_hand("A revert of the commit alone in which a lane took its trespass in another's path back")
            .given(format!(
                "{BEGUN}; echo evil >src/db/schema.ts; smuggle; git checkout -q HEAD~1 -- src; smuggle; {BECOMES}"
            ))
            .tried("cd repo; unseen revert --no-edit main~1 >/dev/null"),
        by_hand("The same in the lane's own path")
            .given(format!(
                "{BEGUN}; edit src/api/uploads/more.ts; save; unseen revert --no-edit HEAD >/dev/null; {BECOMES}"
            ))
            .tried("cd repo; unseen revert --no-edit main~1 >/dev/null")
            .client(Client::Passes)
            .anonymous(Taken, Taken)
            .note(
                "The lane may have landed so much of its own, and more later, and nobody can see that it \
                 did not: two landings by squashes look the same. What comes back is what it could land.",
            ),
        by_hand("The commit that took a trespass back is reverted, with work of the lane's own beside it")
            .given(format!(
                "{BEGUN}; echo evil >src/db/schema.ts; edit src/api/uploads/more.ts; smuggle; {undo}; {BECOMES}; {again}"
            ))
            .tried("cd repo; unseen revert --no-edit main~1 >/dev/null"),
        by_hand("The same, where the trespass is a merge, below one of the trunk that was made on the lane")
            .given(format!(
                "cd wt-uploads; edit tsconfig.json; edit src/api/uploads/more.ts; git add -A
                 unseen reset -q --hard $(git commit-tree -p HEAD -p $(git commit-tree -p HEAD -m e HEAD^{{tree}}) -m x $(git write-tree))
                 {undo}; edit src/api/uploads/early.ts; save; cd ..
                 migrations; land migrations; publish agents/migrations main
                 cd wt-uploads; unseen merge -q --no-ff --no-edit main; {BECOMES}; {again}"
            ))
            .tried("cd repo; unseen revert --no-edit main~3 >/dev/null"),
        by_hand("The commit in which a lane took a link out of the repository away is reverted alone")
            .given(format!(
                "{BEGUN}; ln -s ../../../../elsewhere src/api/uploads/link; git add -A; smuggle
                 git rm -q src/api/uploads/link; smuggle; {BECOMES}"
            ))
            .tried("cd repo; unseen revert --no-edit main~1 >/dev/null"),
        by_hand("The commit in which a lane took away one of two names that fold together is reverted alone")
            .given(format!(
                "{BEGUN}; git config core.ignoreCase false; edit src/api/uploads/readme.md; smuggle
                 git rm -q src/api/uploads/readme.md; smuggle; {BECOMES}"
            ))
            .tried("cd repo; unseen revert --no-edit main~1 >/dev/null"),
        given_back_by_an_agent("A landing, by a single commit, that gives such a link back").given(format!(
            "{BEGUN}; ln -s ../../../../elsewhere src/api/uploads/link; edit src/api/uploads/more.ts; smuggle
             git rm -q src/api/uploads/link; edit src/api/uploads/more.ts more; smuggle; {LANDS}
             cd wt-uploads; git checkout -q main~1 -- src/api/uploads/more.ts; save; cd ..; publish agents/uploads"
        )),
        given_back_by_an_agent("The same, of a list without the lines that the lane had taken out and put back").given(format!(
            "(cd wt-migrations; edit CHANGELOG.md '- one'; save); {BEGUN}; echo gone >CHANGELOG.md; edit src/api/uploads/more.ts; smuggle
             git checkout -q main -- CHANGELOG.md; edit src/api/uploads/more.ts more; smuggle; {LANDS}
             cd wt-uploads; git checkout -q main~1 -- src/api/uploads/more.ts; save; cd ..; publish agents/uploads"
        )),
        two_taken_back(
            "A landing, by a single commit, that takes back what another has added to a shared list",
            "edit CHANGELOG.md '- more'",
            "additions-only",
        ),
        two_taken_back(
            "A landing, by a single commit, of what a lane has taken back, and of what another has landed",
            "edit src/db/migrations/0003_more.sql",
            "trunk-direct",
        ),
    ]
}
