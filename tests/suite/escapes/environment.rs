//! Variables by which git is told where to look, set to mislead the gate.

use super::{Client, Row, Verdict, refused, row, stops, theme};

theme!(
    "The environment",
    "Git reads variables that name its index, its directory, its objects and its configuration, and \
     its hooks inherit them. Agent-1 sets them so that the gate looks elsewhere than git does.",
    [the_index, the_repository, the_objects, the_configuration, the_gates_own]
);

const PUSH: &str = "pre-push";
const MOVE: &str = "reference-transaction";
const COMMIT: &str = "pre-commit";

fn trespass(name: &'static str, tried: &str, client: Client) -> Row {
    row(name)
        .tried(format!("cd wt-uploads; {tried}"))
        .client(client)
        .pushes("agents/uploads")
        .server(refused("shared-frozen"))
}

fn the_index() -> Vec<Row> {
    vec![
        trespass(
            "`GIT_INDEX_FILE` names another index, that has the trespass",
            "cp $(git rev-parse --git-path index) ../other; edit tsconfig.json
             GIT_INDEX_FILE=$PWD/../other git add -A; GIT_INDEX_FILE=$PWD/../other git commit -qm x",
            stops(COMMIT, "shared-frozen"),
        ),
        trespass(
            "`GIT_INDEX_FILE` names another index, by a relative path, from a subdirectory",
            "cp $(git rev-parse --git-path index) src/other; edit tsconfig.json; git add -A -- tsconfig.json
             GIT_INDEX_FILE=src/other git add -- tsconfig.json; cd src; GIT_INDEX_FILE=src/other git commit -qm x",
            stops(COMMIT, "shared-frozen"),
        ),
        trespass(
            "The index is changed between the hook and the commit, by a hook that comes after",
            "edit tsconfig.json; git stash -q; edit src/api/uploads/a.ts; git add -A
             git -c core.hooksPath=$TOP/late commit -qm x",
            stops(PUSH, "shared-frozen"),
        )
        .given("mkdir late; printf '#!/bin/sh\\ngit checkout -q stash@{0} -- tsconfig.json\\n' >late/pre-commit; chmod +x late/pre-commit"),
    ]
}

fn the_repository() -> Vec<Row> {
    vec![
        trespass(
            "`GIT_DIR` names the main worktree's directory, in the lane's worktree",
            "edit tsconfig.json; export GIT_DIR=$(git rev-parse --git-common-dir) GIT_WORK_TREE=$PWD
             git symbolic-ref HEAD refs/heads/agents/uploads; git commit -qam x",
            stops(COMMIT, "shared-frozen"),
        ),
        trespass(
            "`GIT_WORK_TREE` names an honest copy, while the index has the trespass",
            "cp -R . ../copy; edit tsconfig.json; git add -A
             GIT_DIR=$(git rev-parse --absolute-git-dir) GIT_WORK_TREE=$TOP/copy git commit -qm x",
            stops(COMMIT, "shared-frozen"),
        ),
        trespass(
            "`GIT_COMMON_DIR` names a directory without a contract",
            "edit tsconfig.json; git add -A; tree=$(git write-tree); id=$(git commit-tree -p HEAD -m x $tree)
             git clone -q --bare ../repo ../empty.git; git -C ../empty.git update-ref -d refs/heads/main
             GIT_DIR=$(git rev-parse --absolute-git-dir) GIT_COMMON_DIR=$TOP/empty.git git config contractgate.trunk nothing
             git update-ref HEAD $id",
            stops(MOVE, "shared-frozen"),
        ),
        trespass(
            "`GIT_NAMESPACE` is set for the commit and for the push",
            "edit tsconfig.json; GIT_NAMESPACE=n git commit -qam x",
            stops(COMMIT, "repository-unreadable"),
        )
        .sends("cd repo; GIT_NAMESPACE=n git push -q $SERVER agents/uploads")
        .server(refused("repository-unreadable")),
    ]
}

fn the_objects() -> Vec<Row> {
    vec![
        trespass(
            "`GIT_OBJECT_DIRECTORY` holds the trespass",
            "edit tsconfig.json; mkdir ../objects
             export GIT_ALTERNATE_OBJECT_DIRECTORIES=$(git rev-parse --git-path objects) GIT_OBJECT_DIRECTORY=$TOP/objects
             git commit -qam x",
            stops(COMMIT, "shared-frozen"),
        )
        .sends("cd repo; export GIT_ALTERNATE_OBJECT_DIRECTORIES=$TOP/objects; git push -q $SERVER agents/uploads"),
        trespass(
            "`GIT_ALTERNATE_OBJECT_DIRECTORIES` holds the trespass",
            "export GIT_ALTERNATE_OBJECT_DIRECTORIES=$TOP/store/.git/objects
             git update-ref HEAD $(git -C ../store rev-parse HEAD)",
            stops(MOVE, "shared-frozen"),
        )
        .given("git clone -q --no-local repo store; cd store; edit tsconfig.json; smuggle")
        .sends("cd repo; export GIT_ALTERNATE_OBJECT_DIRECTORIES=$TOP/store/.git/objects; git push -q $SERVER agents/uploads"),
        trespass(
            "`GIT_REPLACE_REF_BASE` shows an honest tree in the place of the trespass",
            "edit tsconfig.json; git add -A; bad=$(git write-tree)
             unseen update-ref refs/mine/$bad main^{tree}; export GIT_REPLACE_REF_BASE=refs/mine/
             git update-ref HEAD $(git commit-tree -p HEAD -m x $bad)",
            stops(MOVE, "shared-frozen"),
        ),
        trespass(
            "`GIT_SHALLOW_FILE` cuts the lane's history off",
            "edit tsconfig.json; smuggle; edit src/api/uploads/a.ts; save
             git rev-parse HEAD~1 >../shallow",
            stops(PUSH, "shared-frozen"),
        )
        .sends("cd repo; GIT_SHALLOW_FILE=$TOP/shallow git push -q --force $SERVER agents/uploads")
    ]
}

fn the_configuration() -> Vec<Row> {
    let theirs = "edit tsconfig.json; smuggle; printf '[core]\n\thooksPath = /nowhere\n' >../mine; cat ../home/.gitconfig >>../mine";
    let config = "GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=core.hooksPath GIT_CONFIG_VALUE_0=/nowhere";
    vec![
        trespass(
            "`GIT_CONFIG_COUNT` switches the hooks off for the commit",
            &format!("edit tsconfig.json; {config} git commit -qam x"),
            stops(PUSH, "shared-frozen"),
        ),
        trespass(
            "`GIT_CONFIG_COUNT` switches the hooks off for commit and push",
            &format!("edit tsconfig.json; {config} git commit -qam x"),
            Client::Passes,
        )
        .sends(format!("cd repo; {config} git push -q $SERVER agents/uploads"))
        .note("Whoever sits at a client can switch its hooks off."),
        trespass(
            "`GIT_CONFIG_PARAMETERS` names another trunk",
            "edit tsconfig.json; git branch -q fake main; git -c contractgate.trunk=fake commit -qam x",
            stops(COMMIT, "shared-frozen"),
        ),
        trespass(
            "`GIT_CONFIG_GLOBAL` lets the gate observe only",
            "printf '[contractgate]\\n\\tmode = observe\\n' >../mine; cat ../home/.gitconfig >>../mine
             edit tsconfig.json; GIT_CONFIG_GLOBAL=$TOP/mine git commit -qam x",
            stops(PUSH, "shared-frozen"),
        )
        .note("A client's configuration is its own; the server reads its own alone."),
        trespass(
            "A `core.hooksPath` in the pusher's own configuration leads git away from the server's hooks",
            theirs,
            Client::Passes,
        )
        .given("for each in anonymous named; do rm $each.git/hooks/pre-receive; \"$GATE\" -C $each.git install --server >/dev/null; done")
        .sends("cd repo; GIT_CONFIG_GLOBAL=$TOP/mine git push -q $SERVER agents/uploads")
        .note("A push to a path runs with the pusher's configuration. What `install --server` writes into the server's own outweighs it."),
        trespass(
            "A `core.hooksPath` in the pusher's own configuration leads git away from the hooks of a server that was moved since it was installed",
            theirs,
            Client::Passes,
        )
        .given(
            "mkdir before; for each in anonymous named; do rm $each.git/hooks/pre-receive; mv $each.git before
             \"$GATE\" -C before/$each.git install --server >/dev/null; mv before/$each.git .; done",
        )
        .sends("cd repo; GIT_CONFIG_GLOBAL=$TOP/mine git push -q $SERVER agents/uploads")
        .anonymous(Verdict::Taken, Verdict::Taken)
        .named(Verdict::Taken, Verdict::Taken)
        .note("Until `contract-gate install --server` or `doctor --fix` there, which `doctor` says: SECURITY.md, \"What each setting leaves open\"."),
        trespass(
            "The pusher's own configuration lets the server observe only, in a push to a path",
            "edit tsconfig.json; smuggle; printf '[contractgate]\n\tmode = observe\n' >../mine; cat ../home/.gitconfig >>../mine",
            Client::Passes,
        )
        .sends("cd repo; GIT_CONFIG_GLOBAL=$TOP/mine git push -q --no-verify $SERVER agents/uploads")
        .note("On a server the gate's own settings count from the repository's own configuration alone."),
        row("The pusher's own configuration makes agent-2 a dispatcher, in a push to a path")
            .tried("cd wt-uploads; edit src/api/uploads/a.ts; save
                    printf '[contractgate]\n\tdispatcher = agent-2\n' >../mine; cat ../home/.gitconfig >>../mine")
            .client(Client::Passes)
            .by("agent-2")
            .sends("cd repo; GIT_CONFIG_GLOBAL=$TOP/mine git push -q --no-verify $SERVER agents/uploads")
            .anonymous(Verdict::Taken, Verdict::Taken)
            .named(refused("foreign-branch"), refused("foreign-branch"))
            .note("Without identities nobody is told apart. With them the repository's own list counts alone."),
        trespass(
            "The push itself carries `contractgate.mode = observe`",
            "edit tsconfig.json; smuggle",
            stops(PUSH, "shared-frozen"),
        )
        .sends("cd repo; git -c contractgate.mode=observe push -q $SERVER agents/uploads")
        .note("A client's configuration is its own; git does not hand it to the server."),
    ]
}

fn the_gates_own() -> Vec<Row> {
    vec![
        trespass(
            "`CONTRACT_GATE_AGENT` is empty",
            "edit tsconfig.json; CONTRACT_GATE_AGENT= git commit -qam x",
            stops(COMMIT, "shared-frozen"),
        ),
        trespass(
            "`CONTRACT_GATE_GIT` names no way to read a repository",
            "edit tsconfig.json; CONTRACT_GATE_GIT=none git commit -qam x",
            stops(COMMIT, "repository-unreadable"),
        ),
    ]
}
