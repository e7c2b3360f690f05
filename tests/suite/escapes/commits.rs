//! Commits on one's own lane that bring what is not the lane's.

use super::{Row, refused, row, stops, theme};

theme!(
    "Commits on one's own lane",
    "Agent-1 commits to `agents/uploads` what agent-1 may not edit.",
    [past_the_hooks, by_every_kind_of_commit, in_the_history, of_contract_files]
);

const PUSH: &str = "pre-push";
const MOVE: &str = "reference-transaction";
const COMMIT: &str = "pre-commit";

fn past_the_hooks() -> Vec<Row> {
    vec![
        row("`git commit --no-verify`")
            .tried("cd wt-uploads; edit tsconfig.json; git commit -q --no-verify -am x")
            .client(stops(MOVE, "shared-frozen"))
            .pushes("agents/uploads")
            .server(refused("shared-frozen")),
        row("`git -c core.hooksPath=…` for the commit")
            .tried(
                "cd wt-uploads; edit tsconfig.json; git -c core.hooksPath=/nowhere commit -qam x",
            )
            .client(stops(PUSH, "shared-frozen"))
            .pushes("agents/uploads")
            .server(refused("shared-frozen")),
        row("`git -c core.hooksPath=…` for the commit, `--no-verify` for the push")
            .tried(
                "cd wt-uploads; edit tsconfig.json; git -c core.hooksPath=/nowhere commit -qam x",
            )
            .pushes("--no-verify agents/uploads")
            .server(refused("shared-frozen"))
            .note("Whoever sits at a client can switch its hooks off."),
        row("The hooks are taken out of the client's repository")
            .given("cp -R repo/.git/hooks kept")
            .tried("rm -f repo/.git/hooks/*; cd wt-uploads; edit tsconfig.json; save")
            .pushes("agents/uploads")
            .server(refused("shared-frozen"))
            .note("Whoever sits at a client can remove its hooks."),
        row("The client's own repository is told that another branch is the trunk")
            .tried(
                "git -C repo branch -q fake; git -C repo config contractgate.trunk fake
                 cd repo; git checkout -q fake; sed -i s/tsconfig/nothing/ contract.toml; save
                 cd ../wt-uploads; edit tsconfig.json; save",
            )
            .client(stops(COMMIT, "out-of-scope"))
            .pushes("agents/uploads")
            .server(refused("shared-frozen")),
    ]
}

fn by_every_kind_of_commit() -> Vec<Row> {
    vec![
        row("`git commit -a`")
            .tried("cd wt-uploads; edit tsconfig.json; git commit -qam x")
            .client(stops(COMMIT, "shared-frozen"))
            .pushes("agents/uploads")
            .server(refused("shared-frozen")),
        row("`git commit -o`: only the trespass, beside honest work that stays staged")
            .tried(
                "cd wt-uploads; edit tsconfig.json; edit src/api/uploads/a.ts
                 git add src; git commit -q -o -m x tsconfig.json",
            )
            .client(stops(COMMIT, "shared-frozen"))
            .pushes("agents/uploads")
            .server(refused("shared-frozen")),
        row("`git commit -p`: one hunk, chosen by hand")
            .tried("cd wt-uploads; edit tsconfig.json; echo y | git commit -q -p -m x >/dev/null")
            .client(stops(COMMIT, "shared-frozen"))
            .pushes("agents/uploads")
            .server(refused("shared-frozen")),
        row("`git commit --amend`, into honest work")
            .given("uploads")
            .tried("cd wt-uploads; edit tsconfig.json; git commit -q --amend --no-edit -a")
            .client(stops(COMMIT, "shared-frozen"))
            .pushes("agents/uploads")
            .server(refused("shared-frozen")),
        row("`git commit --amend --no-verify`, into honest work that is on the server")
            .given("uploads; publish agents/uploads")
            .tried("cd wt-uploads; edit tsconfig.json; git commit -q --amend --no-edit -a --no-verify")
            .client(stops(MOVE, "shared-frozen"))
            .pushes("agents/uploads")
            .server(refused("shared-frozen")),
        row("`git commit --amend` over somebody else's landed commit")
            .given("migrations; land migrations; publish agents/migrations main; cd wt-uploads; git merge -q main")
            .tried("cd wt-uploads; edit src/db/schema.ts; git commit -q --amend --no-edit -a")
            .client(stops(COMMIT, "shared-owned"))
            .pushes("agents/uploads")
            .server(refused("shared-owned")),
        row("A commit made of parts: `write-tree`, `commit-tree`, `update-ref`")
            .tried(
                "cd wt-uploads; edit tsconfig.json; git add -A
                 git update-ref HEAD $(git commit-tree -p HEAD -m x $(git write-tree))",
            )
            .client(stops(MOVE, "shared-frozen"))
            .pushes("agents/uploads")
            .server(refused("shared-frozen")),
        row("A commit on a detached HEAD, pushed as the lane")
            .tried("cd wt-uploads; git checkout -q --detach; edit tsconfig.json; git commit -q --no-verify -am x")
            .client(stops(PUSH, "shared-frozen"))
            .sends("cd wt-uploads; git push -q $SERVER HEAD:agents/uploads")
            .server(refused("shared-frozen")),
        row("A commit on a branch in no lane, pushed as the lane")
            .tried("cd repo; git checkout -q -b idea; edit tsconfig.json; save")
            .client(stops(PUSH, "shared-frozen"))
            .pushes("idea:agents/uploads")
            .server(refused("shared-frozen")),
    ]
}

fn in_the_history() -> Vec<Row> {
    vec![
        row("A trespass below honest work")
            .tried("(cd wt-uploads; edit tsconfig.json; smuggle); uploads")
            .client(stops(PUSH, "shared-frozen"))
            .pushes("agents/uploads")
            .server(refused("shared-frozen")),
        row("A trespass half undone")
            .tried(
                "cd wt-uploads; edit tsconfig.json; edit README.md; smuggle
                 git checkout -q main README.md; save 'all undone'",
            )
            .client(stops(PUSH, "shared-frozen"))
            .pushes("agents/uploads")
            .server(refused("shared-frozen")),
        row("A trespass that the lane's next commit undoes")
            .tried("cd wt-uploads; edit tsconfig.json; smuggle; git revert --no-edit HEAD >/dev/null")
            .pushes("agents/uploads")
            .note("A lane is judged by what landing it would change. That is nothing here."),
        row("A trespass dated before the contract")
            .tried(
                "cd wt-uploads; edit tsconfig.json
                 GIT_AUTHOR_DATE='@1 +0000' GIT_COMMITTER_DATE='@1 +0000' git commit -q --no-verify -am x",
            )
            .client(stops(MOVE, "shared-frozen"))
            .pushes("agents/uploads")
            .server(refused("shared-frozen")),
        row("A trespass dated in the far future, with honest work upon it")
            .tried(
                "cd wt-uploads; edit tsconfig.json; git add -A
                 GIT_COMMITTER_DATE='4000000000 +0000' unseen commit -q -m x; edit src/api/uploads/a.ts; save",
            )
            .client(stops(PUSH, "shared-frozen"))
            .pushes("agents/uploads")
            .server(refused("shared-frozen")),
        row("A trespass under its owner's name: author and committer are agent-2")
            .tried(
                "cd wt-uploads; edit src/db/schema.ts
                 GIT_AUTHOR_NAME=agent-2 GIT_COMMITTER_NAME=agent-2 git commit -q --no-verify -am x",
            )
            .client(stops(MOVE, "shared-owned"))
            .pushes("agents/uploads")
            .server(refused("shared-owned")),
    ]
}

fn of_contract_files() -> Vec<Row> {
    vec![
        row("A new contract inside the lane, which grants what it changes")
            .tried(
                "cd wt-uploads; sed -i 's/^\"tsconfig.json\" = .*/\"tsconfig.json\" = { owner = \"agent-1\" }/' contract.toml
                 edit tsconfig.json; save",
            )
            .client(stops(COMMIT, "contract-protected"))
            .pushes("agents/uploads")
            .server(refused("contract-protected")),
        row("The contract is deleted in the lane")
            .tried("cd wt-uploads; git rm -q contract.toml; save")
            .client(stops(COMMIT, "contract-protected"))
            .pushes("agents/uploads")
            .server(refused("contract-protected")),
        row("The contract is moved into the lane's scope")
            .tried("cd wt-uploads; git mv contract.toml src/api/uploads/; save")
            .client(stops(COMMIT, "contract-protected"))
            .pushes("agents/uploads")
            .server(refused("contract-protected")),
        row("The contract becomes a symbolic link to a file of the lane")
            .tried(
                "cd wt-uploads; cp contract.toml src/api/uploads/
                 ln -sf src/api/uploads/contract.toml contract.toml; save",
            )
            .client(stops(COMMIT, "contract-protected"))
            .pushes("agents/uploads")
            .server(refused("contract-protected")),
        row("The contract becomes a directory")
            .tried("cd wt-uploads; rm contract.toml; edit contract.toml/contract.toml; save")
            .client(stops(COMMIT, "contract-protected"))
            .pushes("agents/uploads")
            .server(refused("contract-protected")),
        row("A second contract, in the other spelling")
            .tried("cd wt-uploads; edit CONTRACT.md '# Context contract: mine'; save")
            .client(stops(COMMIT, "contract-protected"))
            .pushes("agents/uploads")
            .server(refused("contract-protected")),
    ]
}
