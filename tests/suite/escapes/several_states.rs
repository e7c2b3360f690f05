//! Steps that bring several states of a lane, and lanes that have several merge bases: what is merged one
//! after another may change what no state changes by itself.

use super::{Row, refused, row, stops, theme};

theme!(
    "Several states and several merge bases",
    "An octopus may merge two states of one lane, and a lane may go on from what it has undone, beside the \
     trunk. Each state is to look harmless, and their merge to change what is not the lane's.",
    [octopuses, merge_bases, conflicting_merge_bases, renames_among_them]
);

const COMMIT: &str = "pre-commit";
const MERGE: &str = "pre-merge-commit";
const MOVED: &str = "reference-transaction";
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

/// `on LIMIT CHECK` writes the file `$conf`; `serve` gives both servers all branches as they are.
const WORDS: &str = "on() { { echo limit $1; seq 15; echo check $2; } >$conf; }
     serve() { for server in anonymous named; do
       git -C $server.git fetch -q ../repo '+refs/heads/*:refs/heads/*'; done; }";

/// Agent-1's lane is landed, which waits for agent-2's.
fn too_early(name: &'static str) -> Row {
    row(name)
        .tried("land uploads")
        .client(stops(MERGE, "merge-order"))
        .pushes("main")
        .server(refused("merge-order"))
}

/// What git merges first where a lane and the trunk have two merge bases: it goes on from that, also where they
/// conflict (2.39 and 2.47).
fn conflicting_merge_bases() -> Vec<Row> {
    // Two commits of agent-2 side by side, `one` and `other`, which the trunk has both taken in.
    let both = |one: &str, other: &str, together: &str| {
        format!(
            "{WORDS}; conf=${{conf-src/db/migrations/0001_users.sql}}; begun=$(git -C repo rev-parse main)
             (cd wt-migrations; {one}; smuggle); one=$(git -C repo rev-parse agents/migrations)
             (cd wt-migrations; unseen reset -q --hard $begun; {other}; smuggle)
             other=$(git -C repo rev-parse agents/migrations)
             (cd repo; unseen merge -q --no-ff --no-edit $one
              unseen merge -q --no-ff --no-commit $other >/dev/null || true; {together}; smuggle)"
        )
    };
    // Agent-1 takes in both, and resolves what conflicts.
    let taken_in = |resolved: &str| {
        format!(
            "serve; cd wt-uploads; edit src/api/uploads/create.ts; smuggle; unseen merge -q --no-edit $one
             unseen merge -q --no-ff --no-commit $other >/dev/null || true; {resolved}; git add -A"
        )
    };
    let merged = |name, code| {
        row(name)
            .tried("cd wt-uploads; git commit -qm merged")
            .client(stops(COMMIT, code))
            .pushes("agents/uploads")
            .server(refused(code))
    };
    vec![
        merged("A file that both merge bases have added: a lane has a line of it as the trunk had it once", "out-of-scope").given(
            format!(
                "conf=src/db/migrations/0009_new.sql; {}; (cd repo; on 30 off; smuggle; on 30 on; smuggle); {}",
                both("on 20 on", "on 30 on", "on 30 on"),
                taken_in("on 30 off"),
            ),
        ),
        merged("A file that one of two merge bases has made executable, and a lane has not", "out-of-scope").given(format!(
            "{}; {}",
            both("on 20 on; chmod +x $conf", "on 30 on", "on 30 on; chmod +x $conf"),
            taken_in("git checkout -q $other -- $conf"),
        )),
        merged("A list to which both merge bases have added, and which git merges by a driver: a lane lacks a line of it", "additions-only")
            .given(format!(
                "(cd repo; echo 'CHANGELOG.md merge=union' >.gitattributes; echo begun >CHANGELOG.md; smuggle)
                 unseen -C wt-migrations merge -q --ff-only main; unseen -C wt-uploads merge -q --ff-only main; {}; {}",
                both(
                    "echo one >>CHANGELOG.md",
                    "echo other >>CHANGELOG.md",
                    "printf '%s\\n' begun one other >CHANGELOG.md",
                ),
                taken_in("printf '%s\\n' begun other >CHANGELOG.md"),
            )),
        too_early("A squash of a lane that both merge bases have landed of, reverted whole")
            .given(format!(
                "{}
                 (cd wt-migrations; unseen merge -q --no-ff --no-commit $one >/dev/null || true; on 40 on; smuggle)
                 (cd repo; on 40 on; smuggle; unseen revert --no-edit HEAD >/dev/null)
                 (cd wt-uploads; unseen merge -q --ff-only main; edit src/api/uploads/create.ts; save); serve",
                both("on 20 on", "on 30 on", "on 30 on"),
            )),
        too_early("A lane that both merge bases have landed of, and that has its own file as one of them since, counts as landed")
            .given(format!(
                "{}
                 (cd wt-migrations; unseen merge -q --no-ff --no-commit $one >/dev/null || true
                  git checkout -q $one -- $conf; smuggle)
                 (cd wt-uploads; unseen merge -q --ff-only main; edit src/api/uploads/create.ts; save); serve",
                both("on 20 on", "on 30 on", "on 30 on"),
            )),
    ]
}

/// A lane picks a rename with a change that is taken back on the trunk.
fn picked(name: &'static str) -> Row {
    row(name)
        .given(format!(
            "{WORDS}; old=src/db/migrations/0001_users.sql; new=src/db/migrations/first.sql
                 conf=$old; (cd repo; on 10 on; smuggle); unseen -C wt-uploads merge -q --ff-only main
                 conf=$new; (cd repo; git mv $old $new; on 10 off; smuggle; on 10 on; smuggle); serve
                 (cd wt-uploads; edit src/api/uploads/create.ts; smuggle; unseen cherry-pick main~1 >/dev/null)"
        ))
        .tried("cd wt-uploads; edit src/api/uploads/create.ts; smuggle")
        .client(stops(PUSH, "out-of-scope"))
        .pushes("agents/uploads")
        .server(refused("out-of-scope"))
}

/// Git's own merge goes along with renames, also when it merges merge bases.
fn renames_among_them() -> Vec<Row> {
    // Agent-2 renames its file in one commit, and changes it in another beside that; the trunk takes in both.
    const BOTH: &str = "old=src/db/migrations/0001_users.sql; conf=$old; (cd repo; on 10 off; smuggle)
         new=src/db/migrations/first.sql; begun=$(git -C repo rev-parse main)
         (cd wt-migrations; unseen reset -q --hard $begun; git mv $old $new; smuggle)
         one=$(git -C repo rev-parse agents/migrations)
         (cd wt-migrations; unseen reset -q --hard $begun; on 10 on; smuggle)
         other=$(git -C repo rev-parse agents/migrations); conf=$new
         (cd repo; unseen merge -q --no-ff --no-edit $one; unseen merge -q --no-ff --no-edit $other)";
    vec![
        row("Two merge bases, of which one has renamed what the other has changed: a lane takes the change back")
            .given(format!(
                "{WORDS}; {BOTH}; serve; cd wt-uploads; edit src/api/uploads/create.ts; smuggle; unseen merge -q --no-edit $one
                 unseen merge -q --no-ff --no-commit $other; on 10 off; smuggle"
            ))
            .tried("true")
            .client(stops(PUSH, "out-of-scope"))
            .pushes("agents/uploads")
            .server(refused("out-of-scope")),
        too_early("The same in the lane's own file, which counts as landed, so that the next one lands")
            .given(format!(
                "{WORDS}; {BOTH}; (cd wt-migrations; unseen merge -q --no-ff --no-commit $one; on 10 off; smuggle)
                 (cd wt-uploads; unseen merge -q --ff-only main; edit src/api/uploads/create.ts; save); serve"
            ))
            .client(stops(MOVED, "merge-order")),
        picked("A picked rename with a change that the trunk has taken back since: git sees the rename on both sides, and makes the change"),
        picked("The same, pushed under a configuration by which git would look for no renames")
            .tried("git config --global merge.renameLimit 1; cd wt-uploads; edit src/api/uploads/create.ts; smuggle"),
    ]
}
