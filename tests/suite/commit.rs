//! Commits: the index that git is about to commit, by whatever option.

use crate::gated::{attempt, play, uploads};

#[test]
fn paths_of_others_are_refused_at_commit() {
    play(
        uploads,
        [
            attempt("a path in nobody's scope")
                .given("edit wt-uploads/src/auth/session.ts")
                .tried("cd wt-uploads; git commit -qam x")
                .refused("pre-commit", "out-of-scope"),
            attempt("a new file outside the scope")
                .given("edit wt-uploads/src/auth/new.ts; cd wt-uploads; git add -A")
                .tried("cd wt-uploads; git commit -qm x")
                .refused("pre-commit", "out-of-scope"),
            attempt("a deleted file outside the scope")
                .given("rm wt-uploads/src/auth/session.ts")
                .tried("cd wt-uploads; git commit -qam x")
                .refused("pre-commit", "out-of-scope"),
            attempt("a file of another lane")
                .given("edit wt-uploads/tests/uploads/x.ts; cd wt-uploads; git add -A")
                .tried("cd wt-uploads; git commit -qm x")
                .refused("pre-commit", "out-of-scope")
                .says("agent-3"),
            attempt("a shared file that another agent owns")
                .given("edit wt-uploads/src/db/schema.ts")
                .tried("cd wt-uploads; git commit -qam x")
                .refused("pre-commit", "shared-owned"),
            attempt("a shared file that nobody edits")
                .given("edit wt-uploads/tsconfig.json")
                .tried("cd wt-uploads; git commit -qam x")
                .refused("pre-commit", "shared-frozen"),
            attempt("the contract itself")
                .given("edit wt-uploads/contract.toml '# mine'")
                .tried("cd wt-uploads; git commit -qam x")
                .refused("pre-commit", "contract-protected"),
            attempt("a contract in the other spelling")
                .given(
                    "edit wt-uploads/CONTRACT.md '# Context contract'; cd wt-uploads; git add -A",
                )
                .tried("cd wt-uploads; git commit -qm x")
                .refused("pre-commit", "contract-protected"),
            attempt("a line of an additions-only file is rewritten")
                .given("sed -i s/health/healthy/ wt-uploads/src/api/router.ts")
                .tried("cd wt-uploads; git commit -qam x")
                .refused("pre-commit", "additions-only"),
            attempt("an additions-only file is deleted")
                .given("rm wt-uploads/src/api/router.ts")
                .tried("cd wt-uploads; git commit -qam x")
                .refused("pre-commit", "additions-only"),
            attempt("an additions-only file becomes executable")
                .given("chmod +x wt-uploads/src/api/router.ts")
                .tried("cd wt-uploads; git commit -qam x")
                .refused("pre-commit", "additions-only"),
            attempt("a file becomes executable outside the scope")
                .given("chmod +x wt-uploads/src/auth/session.ts")
                .tried("cd wt-uploads; git commit -qam x")
                .refused("pre-commit", "out-of-scope"),
            attempt("a file outside the scope becomes a symbolic link")
                .given("cd wt-uploads; ln -sf ../index.ts src/auth/session.ts")
                .tried("cd wt-uploads; git commit -qam x")
                .refused("pre-commit", "out-of-scope"),
            attempt("a file is renamed out of the scope")
                .given("cd wt-uploads; git mv src/api/uploads/README.md src/api/README.md")
                .tried("cd wt-uploads; git commit -qm x")
                .refused("pre-commit", "out-of-scope"),
            attempt("a file is renamed into the scope")
                .given("cd wt-uploads; git mv src/index.ts src/api/uploads/index.ts")
                .tried("cd wt-uploads; git commit -qm x")
                .refused("pre-commit", "out-of-scope"),
            attempt("a symbolic link in the scope that leads out of it")
                .given(
                    "cd wt-uploads; ln -s ../../db/schema.ts src/api/uploads/schema.ts; git add -A",
                )
                .tried("cd wt-uploads; git commit -qm x")
                .refused("pre-commit", "path-hazard"),
            attempt("a name that differs from a sibling's by case alone")
                .given("edit wt-uploads/src/api/uploads/readme.md; cd wt-uploads; git add -A")
                .tried("cd wt-uploads; git commit -qm x")
                .refused("pre-commit", "path-hazard"),
        ],
    );
}

#[test]
fn everything_wrong_is_told_at_once() {
    play(
        uploads,
        [attempt("four kinds of trespass in one commit")
            .given(
                "cd wt-uploads; edit tsconfig.json; edit src/db/schema.ts; edit src/auth/a.ts
                 sed -i s/health/x/ src/api/router.ts; git add -A",
            )
            .tried("cd wt-uploads; git commit -qm x")
            .refused("pre-commit", "shared-frozen")
            .says("error[shared-owned]")
            .says("error[out-of-scope]")
            .says("error[additions-only]")
            .says("4 errors")],
    );
}

#[test]
fn the_judged_index_is_the_one_that_git_commits() {
    let staged = "cd wt-uploads; edit src/api/uploads/a.ts; edit tsconfig.json; git add -A";
    play(
        uploads,
        [
            attempt("commit -o of an honest path leaves the staged trespass out")
                .given(format!("{staged}; git commit -qm a src/api/uploads/a.ts || true"))
                .tried("cd wt-uploads; edit src/api/uploads/README.md; git commit -q -o src/api/uploads/README.md -m x")
                .passes()
                .then("cd wt-uploads; test \"$(git diff --cached --name-only)\" = tsconfig.json"),
            attempt("commit -o of a trespass while honest work is staged")
                .given("cd wt-uploads; edit src/api/uploads/a.ts; git add -A; edit tsconfig.json")
                .tried("cd wt-uploads; git commit -q -o tsconfig.json -m x")
                .refused("pre-commit", "shared-frozen"),
            attempt("commit -i of a trespass")
                .given("cd wt-uploads; edit src/api/uploads/a.ts; git add -A; edit tsconfig.json")
                .tried("cd wt-uploads; git commit -q -i tsconfig.json -m x")
                .refused("pre-commit", "shared-frozen"),
            attempt("commit -p of the honest file alone")
                .given("cd wt-uploads; edit src/api/uploads/README.md; edit tsconfig.json")
                .tried("cd wt-uploads; printf 'y\\nn\\n' | git commit -q -p -m x")
                .passes(),
            attempt("commit -p of the trespass alone")
                .given("cd wt-uploads; edit src/api/uploads/README.md; edit tsconfig.json")
                .tried("cd wt-uploads; printf 'n\\ny\\n' | git commit -q -p -m x")
                .refused("pre-commit", "shared-frozen"),
            attempt("commit -a takes in what is not staged")
                .given("cd wt-uploads; edit src/api/uploads/README.md; git add -A; edit tsconfig.json")
                .tried("cd wt-uploads; git commit -q -a -m x")
                .refused("pre-commit", "shared-frozen"),
            attempt("a trespass that is not staged is not committed")
                .given("cd wt-uploads; edit src/api/uploads/README.md; git add -A; edit tsconfig.json")
                .tried("cd wt-uploads; git commit -q -m x")
                .passes(),
            attempt("another index file by GIT_INDEX_FILE")
                .given("cd wt-uploads; edit tsconfig.json")
                .tried(
                    "cd wt-uploads; export GIT_INDEX_FILE=\"$PWD/../mine\"
                     git read-tree HEAD; git add tsconfig.json; git commit -qm x",
                )
                .refused("pre-commit", "shared-frozen"),
            attempt("an intent to add is no content yet")
                .given("cd wt-uploads; edit src/auth/new.ts; git add -N src/auth/new.ts; edit src/api/uploads/a.ts")
                .tried("cd wt-uploads; git add src/api/uploads/a.ts; git commit -qm x")
                .passes(),
            attempt("commit from a subdirectory")
                .given("cd wt-uploads; edit src/auth/session.ts")
                .tried("cd wt-uploads/src/api/uploads; git commit -qam x")
                .refused("pre-commit", "out-of-scope"),
            attempt("commit with -C from elsewhere")
                .given("edit wt-uploads/src/auth/session.ts")
                .tried("git -C wt-uploads commit -qam x")
                .refused("pre-commit", "out-of-scope"),
            attempt("commit with --git-dir and --work-tree from elsewhere")
                .given("edit wt-uploads/src/auth/session.ts")
                .tried("git --git-dir=repo/.git/worktrees/wt-uploads --work-tree=wt-uploads commit -qam x")
                .refused("pre-commit", "out-of-scope"),
        ],
    );
}

#[test]
fn settings_of_diff_hide_nothing() {
    let trespass = "cd wt-uploads; edit tsconfig.json; git mv src/index.ts src/api/uploads/i.ts";
    let rows = [
        ("diff.noprefix", "git config diff.noprefix true"),
        ("diff.relative", "git config diff.relative true"),
        ("diff.renames", "git config diff.renames copies"),
        ("core.quotePath", "git config core.quotePath false"),
        ("diff.orderFile", "echo 'nothing' >../order; git config diff.orderFile \"$PWD/../order\""),
        ("diff.external", "git config diff.external true"),
        ("diff.ignoreSubmodules", "git config diff.ignoreSubmodules all"),
        ("status.renames", "git config status.renames copies; git config status.short true"),
        ("status.showUntrackedFiles", "git config status.showUntrackedFiles no"),
        ("core.fileMode", "git config core.fileMode false"),
        ("core.ignoreCase", "git config core.ignoreCase true"),
        (
            "an attribute that makes it binary",
            "echo '* binary -diff' >>../repo/.git/info/attributes",
        ),
        ("an exclude file", "echo '*' >>../repo/.git/info/exclude"),
        ("color.ui", "git config color.ui always; git config core.pager false"),
        ("an alias", "git config alias.diff version; git config alias.rev-list version"),
    ];
    play(
        uploads,
        rows.map(|(name, setting)| {
            attempt(name)
                .given(format!("{trespass}; {setting}"))
                .tried("cd wt-uploads/src/api; git commit -qam x")
                .refused("pre-commit", "shared-frozen")
                .says("error[out-of-scope]: agent-1 may not edit src/index.ts")
        }),
    );
}

#[test]
fn what_an_index_may_hide_is_seen() {
    play(
        uploads,
        [
            attempt("a path marked as unchanged")
                .given(
                    "cd wt-uploads; edit tsconfig.json; git add -A
                     git update-index --assume-unchanged tsconfig.json",
                )
                .tried("cd wt-uploads; git commit -qm x")
                .refused("pre-commit", "shared-frozen"),
            attempt("a path that is skipped in the worktree")
                .given(
                    "cd wt-uploads; edit tsconfig.json; git add -A
                     git update-index --skip-worktree tsconfig.json; git checkout -q -- .",
                )
                .tried("cd wt-uploads; git commit -qm x")
                .refused("pre-commit", "shared-frozen"),
            attempt("an entry that never was in the worktree")
                .given(
                    "cd wt-uploads; id=$(echo new | git hash-object -w --stdin)
                     git update-index --add --cacheinfo 100644,$id,src/auth/new.ts",
                )
                .tried("cd wt-uploads; git commit -qm x")
                .refused("pre-commit", "out-of-scope"),
            attempt("a submodule that is added in the scope")
                .given(
                    "git init -q sub; cd sub; git commit -q --allow-empty -m s; cd ../wt-uploads
                     git submodule --quiet add ../sub src/api/uploads/sub",
                )
                .tried("cd wt-uploads; git commit -qm x")
                .refused("pre-commit", "path-hazard")
                .says(".gitmodules"),
            attempt("a tree written beside the index and committed as a branch")
                .given("cd wt-uploads; edit tsconfig.json; git add -A; git write-tree >../tree")
                .tried(
                    "cd wt-uploads; id=$(git commit-tree -p HEAD -m x $(cat ../tree))
                     git update-ref refs/heads/agents/uploads $id",
                )
                .refused("reference-transaction", "shared-frozen"),
        ],
    );
}

#[test]
fn who_commits_is_known_by_worktree_and_branch() {
    play(
        uploads,
        [
            attempt("the agent's own name")
                .given("edit wt-uploads/src/api/uploads/a.ts")
                .tried("cd wt-uploads; git add -A; CONTRACT_GATE_AGENT=agent-1 git commit -qm x")
                .passes(),
            attempt("another agent's name")
                .given("cd wt-uploads; edit src/api/uploads/a.ts; git add -A")
                .tried("cd wt-uploads; CONTRACT_GATE_AGENT=agent-2 git commit -qm x")
                .refused("pre-commit", "identity-conflict"),
            attempt("a name that is in no contract")
                .given("cd wt-uploads; edit src/api/uploads/a.ts; git add -A")
                .tried("cd wt-uploads; CONTRACT_GATE_AGENT=agent-l git commit -qm x")
                .refused("pre-commit", "identity-conflict"),
            attempt("an empty name claims nothing")
                .given("cd wt-uploads; edit src/api/uploads/a.ts; git add -A")
                .tried("cd wt-uploads; CONTRACT_GATE_AGENT= git commit -qm x")
                .passes(),
            attempt("an agent says its name in the main worktree")
                .given("cd repo; edit src/index.ts; git add -A")
                .tried("cd repo; CONTRACT_GATE_AGENT=agent-1 git commit -qm x")
                .refused("pre-commit", "trunk-direct"),
            attempt("an agent leaves its lane for a branch of its own")
                .given("cd wt-uploads; git checkout -q -b spike; edit src/api/uploads/a.ts; git add -A")
                .tried("cd wt-uploads; git commit -qm x")
                .refused("pre-commit", "unlisted-branch"),
            attempt("an agent commits in another lane's worktree under its own name")
                .given("cd wt-tests; edit tests/uploads/a.ts; git add -A")
                .tried("cd wt-tests; CONTRACT_GATE_AGENT=agent-1 git commit -qm x")
                .refused("pre-commit", "identity-conflict"),
            attempt("an agent checks another lane's branch out in its own worktree")
                .given(
                    "git -C wt-tests checkout -q --detach; cd wt-uploads
                     git checkout -q agents/tests; edit tests/uploads/a.ts; git add -A",
                )
                .tried("cd wt-uploads; git commit -qm x")
                .refused("pre-commit", "foreign-branch"),
            attempt("a human commits what they like on a branch in no lane")
                .given("cd repo; git checkout -q -b idea; edit tsconfig.json; git add -A")
                .tried("cd repo; git commit -qm x")
                .passes(),
            attempt("a human commits to the trunk what no lane owns")
                .given("cd repo; edit tsconfig.json; edit README.md; git add -A")
                .tried("cd repo; git commit -qm x")
                .passes(),
            attempt("a human edits on the trunk what an unlanded lane owns")
                .given("cd repo; edit src/api/uploads/README.md; git add -A")
                .tried("cd repo; git commit -qm x")
                .warns("trunk-direct"),
            attempt("a human works on a lane: the lane's rules hold")
                .given(
                    "git worktree remove wt-uploads 2>/dev/null || git -C repo worktree remove ../wt-uploads
                     cd repo; git checkout -q agents/uploads; edit tsconfig.json; git add -A",
                )
                .tried("cd repo; git commit -qm x")
                .refused("pre-commit", "shared-frozen"),
            attempt("a commit on a detached HEAD moves no branch")
                .given("cd repo; git checkout -q --detach; edit tsconfig.json; git add -A")
                .tried("cd repo; git commit -qm x")
                .passes(),
        ],
    );
}

#[test]
fn a_commit_on_a_detached_head_is_refused_where_it_becomes_the_lane() {
    play(
        uploads,
        [attempt("agent-1 commits detached, and moves its lane there")
            .given("cd wt-uploads; git checkout -q --detach; edit tsconfig.json; smuggle")
            .tried("cd wt-uploads; git branch -f agents/uploads HEAD")
            .refused("reference-transaction", "shared-frozen")],
    );
}
