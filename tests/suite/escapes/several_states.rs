//! Steps that bring several states of a lane, and lanes that have several merge bases: what is merged one
//! after another may change what no state changes by itself.

use super::{Row, refused, row, stops, theme};

theme!(
    "Several states and several merge bases",
    "An octopus may merge two states of one lane, and a lane may go on from what it has undone, beside the \
     trunk. Each state is to look harmless, and their merge to change what is not the lane's.",
    [octopuses, merge_bases]
);

const PUSH: &str = "pre-push";

fn octopuses() -> Vec<Row> {
    let by_hand = |name| row(name).for_humans_alone(PUSH).pushes("$(cat ../made):main");
    vec![
        by_hand("An octopus of two states of a lane: one has another's file as the trunk has it, the other has it no more")
            .given(
                "migrations; land migrations; publish agents/migrations main
                 (cd wt-migrations; unseen merge -q --ff-only main; edit src/db/migrations/0003_more.sql; save)
                 publish agents/migrations; land migrations; publish main
                 cd wt-uploads; unseen merge -q --ff-only main~1; git checkout -q main -- src/db
                 edit src/api/uploads/create.ts; smuggle; git rm -q src/db/migrations/0003_more.sql
                 edit src/api/uploads/create.ts more; smuggle; cd ..; publish agents/uploads",
            )
            .tried(
                "cd repo; git commit-tree -p main -p agents/uploads -p agents/uploads~1 -m octopus agents/uploads^{tree} >../made",
            ),
        by_hand("An octopus of two states that go on from a trespass undone: one undoes it, the other brings it again")
            .given(
                "migrations; land migrations; publish agents/migrations main
                 cd wt-uploads; unseen merge -q --ff-only main; edit tsconfig.json; edit src/api/uploads/create.ts; smuggle
                 git checkout -q main -- tsconfig.json; edit src/api/uploads/create.ts more; smuggle; cd ..
                 publish agents/uploads; land uploads; publish main
                 cd wt-uploads; unseen reset -q --hard HEAD~1; git checkout -q main -- tsconfig.json
                 edit src/api/uploads/more.ts; smuggle; git checkout -q HEAD~1 -- tsconfig.json
                 edit src/api/uploads/more.ts more; smuggle; cd ..; publish agents/uploads",
            )
            .tried(
                "cd repo; export GIT_INDEX_FILE=../octopus; git read-tree main
                 for path in tsconfig.json src/api/uploads/more.ts; do put 100644 $(git rev-parse agents/uploads:$path) $path; done
                 git commit-tree -p main -p agents/uploads -p agents/uploads~1 -m octopus $(git write-tree) >../made",
            ),
    ]
}

fn merge_bases() -> Vec<Row> {
    vec![
        row("A lane goes on from what it tried and took back, and merges an older trunk, so that git deletes what has landed since")
            .given(
                "migrations; land migrations; publish agents/migrations main
                 cd wt-uploads; unseen merge -q --ff-only main; edit src/db/migrations/0003_more.sql; edit src/api/uploads/create.ts
                 smuggle; git rev-parse HEAD >../tried; git rm -q src/db/migrations/0003_more.sql
                 edit src/api/uploads/create.ts more; smuggle; cd ..; publish agents/uploads
                 (cd wt-migrations; unseen merge -q --ff-only main; edit src/db/schema.ts more; save)
                 publish agents/migrations; land migrations; publish main; git -C repo rev-parse main >between
                 land uploads; publish main
                 (cd wt-migrations; unseen merge -q --ff-only main; edit src/db/migrations/0003_more.sql; save)
                 publish agents/migrations; land migrations; publish main",
            )
            .tried(
                "cd wt-uploads; unseen reset -q --hard $(cat ../tried); git merge -q --no-ff --no-commit $(cat ../between)
                 git rm -qf src/db/migrations/0003_more.sql; edit src/api/uploads/more.ts; smuggle",
            )
            .client(stops(PUSH, "out-of-scope"))
            .pushes("agents/uploads")
            .server(refused("out-of-scope")),
    ]
}
