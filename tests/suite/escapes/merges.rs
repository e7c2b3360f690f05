//! Merges on a lane that bring more than they seem to, or less.

use super::{Client, Row, refused, row, stops, theme};

theme!(
    "Merges on one's own lane",
    "Agent-1 merges on `agents/uploads`. What a merge brings is judged as any other change; what \
     the trunk has is free.",
    [of_a_trespass, against_the_trunk, of_other_lanes]
);

const PUSH: &str = "pre-push";
const MOVE: &str = "reference-transaction";
const MERGE: &str = "pre-merge-commit";
const COMMIT: &str = "pre-commit";

/// A merge of the branch `bad`, which has a trespass.
fn merged(name: &'static str, hook: &'static str, tried: &str) -> Row {
    row(name)
        .given("bad; uploads")
        .tried(tried)
        .client(stops(hook, "shared-frozen"))
        .pushes("agents/uploads")
        .server(refused("shared-frozen"))
}

fn of_a_trespass() -> Vec<Row> {
    vec![
        merged("A merge", MERGE, "cd wt-uploads; git merge -q --no-edit bad"),
        merged("A fast-forward merge", MOVE, "cd wt-uploads; git merge -q bad").given("bad"),
        merged("A squash merge", COMMIT, "cd wt-uploads; git merge -q --squash bad >/dev/null; git commit -qm x"),
        merged("`git merge -X theirs`", MERGE, "cd wt-uploads; git merge -q --no-edit -X theirs bad"),
        merged("An octopus merge with an honest branch", MERGE, "cd wt-uploads; git merge -q --no-edit bad good >/dev/null")
            .given("bad; uploads; git -C repo branch good main; cd beside; git checkout -q good; edit src/api/uploads/c.ts; smuggle"),
        merged(
            "An octopus merge with `--no-verify`",
            MOVE,
            "cd wt-uploads; git merge -q --no-edit --no-verify bad good >/dev/null",
        )
        .given("bad; uploads; git -C repo branch good main; cd beside; git checkout -q good; edit src/api/uploads/c.ts; smuggle"),
        merged("A merge commit by hand, with the trespass in no parent", MOVE, "cd wt-uploads
             put 100644 $(echo x | git hash-object -w --stdin) tsconfig.json
             git update-ref HEAD $(git commit-tree -p HEAD -p main -m merge $(git write-tree))"),
        merged("A merge that a trespass is slipped into: `--no-commit`", COMMIT, "cd wt-uploads
             git merge -q --no-commit main; edit tsconfig.json; save")
            .given("uploads; migrations; land migrations; publish agents/migrations main"),
        merged("A merge of a history that has nothing in common", MERGE,
            "cd wt-uploads; git merge -q --no-edit --allow-unrelated-histories fresh")
            .given("uploads; cd repo; git worktree add -q --detach ../beside; cd ../beside; git checkout -q --orphan fresh
                    git rm -rqf .; edit src/auth/new.ts; smuggle")
            .client(stops(MERGE, "out-of-scope"))
        .server(refused("out-of-scope")),
        merged("`git merge -s subtree`, which puts it elsewhere", MERGE, "cd wt-uploads; git merge -q --no-edit -X subtree=src bad"),
    ]
}

fn against_the_trunk() -> Vec<Row> {
    let landed = "migrations; land migrations; publish agents/migrations main; uploads";
    vec![
        row("`git merge -s ours` of the trunk, which drops what another lane has landed")
            .given(landed)
            .tried("cd wt-uploads; git merge -q --no-edit -s ours main")
            .client(stops(MERGE, "shared-owned"))
            .pushes("agents/uploads")
            .server(refused("shared-owned")),
        row("A merge of the trunk that leaves out one file of it")
            .given(landed)
            .tried("cd wt-uploads; git merge -q --no-commit main; git checkout -q HEAD -- src/db/schema.ts; save")
            .client(stops(COMMIT, "shared-owned"))
            .pushes("agents/uploads")
            .server(refused("shared-owned")),
        row("A merge commit by hand that says to have taken the trunk in, with a tree from before")
            .given(landed)
            .tried("cd wt-uploads; git update-ref HEAD $(git commit-tree -p HEAD -p main -m merge HEAD^{tree})")
            .client(stops(MOVE, "shared-owned"))
            .pushes("agents/uploads")
            .server(refused("shared-owned")),
        row("The trunk's own work, taken back by `git checkout OLD -- .`")
            .given(format!("{landed}; cd wt-uploads; git merge -q --no-edit main"))
            .tried("cd wt-uploads; git checkout -q main~1 -- src/db; git commit -qm x")
            .client(stops(COMMIT, "shared-owned"))
            .pushes("agents/uploads")
            .server(refused("shared-owned")),
    ]
}

fn of_other_lanes() -> Vec<Row> {
    vec![
        row("Another lane that has not landed is merged in")
            .given("migrations; uploads; publish agents/migrations")
            .tried("cd wt-uploads; git merge -q --no-edit agents/migrations")
            .client(stops(MERGE, "carries-unlanded"))
            .pushes("agents/uploads")
            .server(refused("carries-unlanded")),
        row("Another lane that has not landed is fast-forwarded to")
            .given("migrations; publish agents/migrations")
            .tried("cd wt-uploads; git merge -q --ff-only agents/migrations")
            .client(stops(MOVE, "carries-unlanded"))
            .pushes("agents/uploads")
            .server(refused("carries-unlanded")),
        row("Another lane's commit is picked: its content, under a new id")
            .given("migrations; publish agents/migrations")
            .tried("cd wt-uploads; git cherry-pick agents/migrations >/dev/null")
            .client(stops(MOVE, "shared-owned"))
            .pushes("agents/uploads")
            .server(refused("shared-owned")),
        row("Another lane that the server has never seen is merged in")
            .given("migrations; uploads")
            .tried("cd wt-uploads; unseen merge -q --no-edit agents/migrations")
            .client(stops(PUSH, "carries-unlanded"))
            .pushes("agents/uploads")
            .server(refused("shared-owned")),
        row("`git merge -s ours` of another lane: its commits without their content")
            .given("migrations; uploads; publish agents/migrations")
            .tried("cd wt-uploads; git merge -q --no-edit -s ours agents/migrations")
            .client(stops(MERGE, "carries-unlanded"))
            .pushes("agents/uploads")
            .server(refused("carries-unlanded")),
        row("`git merge -s ours` of a branch in no lane, which the trunk would then believe merged")
            .given("beside; cd beside; git checkout -q -b idea; edit src/auth/session.ts; smuggle; cd ..; uploads; publish idea")
            .tried("cd wt-uploads; git merge -q --no-edit -s ours idea")
            .client(Client::Passes)
            .pushes("agents/uploads")
            .note("It changes no file. Whoever lands the lane sees the merge in its history; the branch's work has to be committed anew."),
    ]
}
