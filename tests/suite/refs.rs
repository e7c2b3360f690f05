//! Moves of refs by commands that ask no other hook than `reference-transaction`.

use crate::gated::{CONTRACT, attempt, play, script, under, uploads};
use crate::sandbox::git_version;

/// The hook that all of these meet.
const HOOK: &str = "reference-transaction";

#[test]
fn a_trespass_reaches_the_lane_by_no_command() {
    // A commit that changes what nobody may edit, on a branch beside.
    let beside = "git -C repo worktree add -q --detach ../beside agents/uploads
                  (cd beside; edit tsconfig.json; smuggle; git branch -q bad)";
    play(
        uploads,
        [
            attempt("commit --no-verify")
                .given("edit wt-uploads/tsconfig.json")
                .tried("cd wt-uploads; git commit -q --no-verify -am x")
                .refused(HOOK, "shared-frozen"),
            attempt("commit --amend --no-verify")
                .given("uploads; edit wt-uploads/tsconfig.json")
                .tried("cd wt-uploads; git commit -q --amend --no-verify -a --no-edit")
                .refused(HOOK, "shared-frozen"),
            attempt("cherry-pick")
                .given(beside)
                .tried("cd wt-uploads; git cherry-pick bad")
                .refused(HOOK, "shared-frozen"),
            attempt("cherry-pick of several")
                .given(format!("{beside}; (cd beside; edit src/api/uploads/b.ts; smuggle; git branch -qf bad)"))
                .tried("cd wt-uploads; git cherry-pick agents/uploads..bad")
                .refused(HOOK, "shared-frozen"),
            attempt("revert of what the trunk did")
                .given("cd repo; edit tsconfig.json; git commit -qam t; cd ../wt-uploads; git merge -q main")
                .tried("cd wt-uploads; git revert --no-edit HEAD")
                .refused(HOOK, "shared-frozen"),
            attempt("a fast-forward merge")
                .given(beside)
                .tried("cd wt-uploads; git merge -q --ff-only bad")
                .refused(HOOK, "shared-frozen"),
            attempt("reset --hard")
                .given(beside)
                .tried("cd wt-uploads; git reset -q --hard bad")
                .refused(HOOK, "shared-frozen"),
            attempt("reset --soft")
                .given(beside)
                .tried("cd wt-uploads; git reset -q --soft bad")
                .refused(HOOK, "shared-frozen"),
            attempt("branch -f")
                .given(format!("{beside}; git -C wt-uploads checkout -q --detach"))
                .tried("cd wt-uploads; git branch -f agents/uploads bad")
                .refused(HOOK, "shared-frozen"),
            attempt("branch -f by somebody else, in the main worktree")
                .given(format!("{beside}; git -C wt-uploads checkout -q --detach"))
                .tried("cd repo; git branch -f agents/uploads bad")
                .refused(HOOK, "shared-frozen"),
            attempt("checkout -B")
                .given(beside)
                .tried("cd wt-uploads; git checkout -q -B agents/uploads bad")
                .refused(HOOK, "shared-frozen"),
            attempt("switch -C")
                .given(beside)
                .tried("cd wt-uploads; git switch -q -C agents/uploads bad")
                .refused(HOOK, "shared-frozen"),
            attempt("update-ref")
                .given(beside)
                .tried("cd wt-uploads; git update-ref refs/heads/agents/uploads bad")
                .refused(HOOK, "shared-frozen"),
            attempt("update-ref HEAD")
                .given(beside)
                .tried("cd wt-uploads; git update-ref HEAD bad")
                .refused(HOOK, "shared-frozen"),
            attempt("update-ref --stdin, among honest ones")
                .given(beside)
                .tried(
                    "cd wt-uploads; printf 'start\\ncreate refs/heads/free main\\n\
                     update refs/heads/agents/uploads bad\\nprepare\\ncommit\\n' | git update-ref --stdin",
                )
                .refused(HOOK, "shared-frozen"),
            attempt("update-ref through a symbolic ref")
                .given(format!("{beside}; git -C repo symbolic-ref refs/heads/other refs/heads/agents/uploads"))
                .tried("cd wt-uploads; git update-ref refs/heads/other bad")
                .refused(HOOK, "shared-frozen"),
            attempt("am")
                .given(format!("{beside}; git -C repo format-patch -q -1 -o .. bad"))
                .tried("cd wt-uploads; git am -q ../0001-*.patch")
                .refused(HOOK, "shared-frozen")
                .then("cd wt-uploads; git am --abort; git diff --quiet HEAD"),
            attempt("am --3way")
                .given(format!("{beside}; git -C repo format-patch -q -1 -o .. bad"))
                .tried("cd wt-uploads; git am -q -3 ../0001-*.patch")
                .refused(HOOK, "shared-frozen")
                .then("cd wt-uploads; git am --abort; git diff --quiet HEAD"),
            attempt("fetch into the branch")
                .given(format!("{beside}; git -C wt-uploads checkout -q --detach"))
                .tried("cd wt-uploads; git fetch -q . bad:agents/uploads")
                .refused(HOOK, "shared-frozen"),
            attempt("fetch into the branch by force, over a checked out one")
                .given(beside)
                .tried("cd wt-uploads; git fetch -q --update-head-ok . +bad:agents/uploads")
                .refused(HOOK, "shared-frozen"),
            attempt("push into the branch of one's own repository")
                .given(format!("{beside}; git -C wt-uploads checkout -q --detach"))
                .tried("cd wt-uploads; git push -q --no-verify . bad:agents/uploads")
                .refused(HOOK, "shared-frozen"),
            attempt("pull from another clone")
                .given(format!("{beside}; git clone -q repo clone"))
                .tried("cd wt-uploads; git pull -q ../clone bad 2>&1 || git pull -q ../repo bad")
                .refused(HOOK, "shared-frozen"),
            attempt("pull from a remote whose trunk does not go on from this one")
                .given(format!(
                    "{beside}; cd repo; git commit -q --allow-empty -m more; git clone -q --bare . ../server.git
                     git clone -q --bare . ../fork.git; git -C ../fork.git update-ref refs/heads/main bad
                     git remote add origin ../server.git; git remote add fork ../fork.git; git fetch -q --all"
                ))
                .tried("cd wt-uploads; git pull -q --rebase fork main")
                .refused(HOOK, "shared-frozen"),
            attempt("pull --rebase from another clone")
                .given(beside)
                .tried("cd wt-uploads; git pull -q --rebase ../repo bad")
                .refused(HOOK, "shared-frozen"),
            attempt("rebase onto the trespass")
                .given(format!("{beside}; uploads"))
                .tried("cd wt-uploads; git rebase -q bad")
                .refused(HOOK, "shared-frozen")
                .then("cd wt-uploads; git rebase --abort; git diff --quiet HEAD
                       test \"$(git symbolic-ref HEAD)\" = refs/heads/agents/uploads"),
            // Its end leaves no state that `rebase --abort` could read (git 2.39 and 2.47).
            attempt("rebase --apply onto the trespass")
                .given(format!("{beside}; uploads"))
                .tried("cd wt-uploads; git rebase -q --apply bad")
                .refused(HOOK, "shared-frozen")
                .then("cd wt-uploads; git am --abort; git checkout -q agents/uploads; git diff --quiet HEAD
                       test \"$(git symbolic-ref HEAD)\" = refs/heads/agents/uploads"),
            attempt("rebase that runs a command on the way")
                .given("uploads")
                .tried("cd wt-uploads; git rebase -q --exec 'echo x >>tsconfig.json; git commit -q --no-verify -am x' HEAD~1")
                .refused(HOOK, "shared-frozen")
                .then("cd wt-uploads; git rebase --abort; git diff --quiet HEAD"),
            attempt("fast-import")
                .given("git -C wt-uploads checkout -q --detach")
                .tried(
                    "cd wt-uploads; printf 'commit refs/heads/agents/uploads\\ncommitter a <a@b> 1 +0000\\n\
                     data 1\\nx\\nfrom refs/heads/agents/uploads^0\\nM 100644 inline tsconfig.json\\ndata 1\\nx\\n\\n' \
                     | git fast-import --quiet --force",
                )
                .refused(HOOK, "shared-frozen"),
            attempt("stash pop and commit --no-verify")
                .given("cd wt-uploads; edit tsconfig.json; git stash -q")
                .tried("cd wt-uploads; git stash pop -q; git commit -q --no-verify -am x")
                .refused(HOOK, "shared-frozen"),
            attempt("stash branch makes no lane's branch of another's")
                .given("cd wt-uploads; edit tsconfig.json; git stash -q; git stash branch spike")
                .tried("cd wt-uploads; git commit -q --no-verify -am x")
                .refused(HOOK, "unlisted-branch"),
            attempt("worktree add -B")
                .given(format!("{beside}; git -C wt-uploads checkout -q --detach"))
                .tried("cd repo; git worktree add -q -B agents/uploads ../again bad")
                .refused(HOOK, "shared-frozen"),
            attempt("the branch made a symbolic ref to the trespass")
                .given(format!("{beside}; git -C wt-uploads checkout -q --detach; git -C repo branch -q -D agents/uploads"))
                .tried("cd repo; git branch agents/uploads bad")
                .refused(HOOK, "shared-frozen"),
        ],
    );
}

/// A lane with work, and a remote that has it.
const REMOTE: &str =
    "tests; git clone -q --bare repo srv.git; git -C repo remote add origin ../srv.git
                      git -C repo fetch -q origin";

#[test]
fn agents_move_no_branch_but_their_own() {
    let published =
        "uploads; git init -q --bare server.git; git -C repo remote add origin ../server.git
                     git -C repo push -q origin agents/uploads";
    play(
        uploads,
        [
            attempt("an agent moves another lane")
                .given("tests; git -C wt-tests checkout -q --detach")
                .tried("cd wt-uploads; git branch -f agents/tests main")
                .refused(HOOK, "foreign-branch"),
            attempt("an agent deletes another lane that has nothing yet")
                .given("git -C wt-tests checkout -q --detach")
                .tried("cd wt-uploads; git branch -D agents/tests")
                .refused(HOOK, "foreign-branch"),
            attempt("an agent moves another lane back from where its remote has it")
                .given(format!("{REMOTE}; git -C wt-tests checkout -q --detach"))
                .tried("cd wt-uploads; git branch -f agents/tests main")
                .refused(HOOK, "foreign-branch"),
            attempt("an agent makes a name for another lane, elsewhere than its remote has it")
                .given(format!("{REMOTE}; git -C wt-tests checkout -q --detach; unseen -C repo branch -q -D agents/tests"))
                .tried("cd wt-uploads; git branch agents/tests main")
                .refused(HOOK, "foreign-branch"),
            attempt("an agent makes a name for another lane, where a ref of no remote has it")
                .given(format!("{REMOTE}; git -C wt-tests checkout -q --detach; unseen -C repo branch -q -D agents/tests; git -C repo remote remove origin
                        git -C repo update-ref refs/remotes/origin/agents/tests main"))
                .tried("cd wt-uploads; git branch agents/tests main")
                .refused(HOOK, "foreign-branch"),
            attempt("an agent makes a name for another lane, as its remote has it")
                .given(format!("{REMOTE}; git -C wt-tests checkout -q --detach; unseen -C repo branch -q -D agents/tests"))
                .tried("cd wt-uploads; git branch agents/tests origin/agents/tests")
                .passes(),
            attempt("an agent brings another lane up to where its remote has it")
                .given(format!("{REMOTE}; git -C wt-tests checkout -q --detach; unseen -C repo branch -q -f agents/tests main"))
                .tried("cd wt-uploads; git branch -f agents/tests origin/agents/tests")
                .passes(),
            attempt("an agent rewinds the trunk")
                .given("cd repo; edit README.md; git commit -qam t; git checkout -q --detach")
                .tried("cd wt-uploads; git branch -f main main~1")
                .refused(HOOK, "trunk-rewound"),
            attempt("an agent deletes the trunk")
                .given("git -C repo checkout -q --detach")
                .tried("cd wt-uploads; git branch -D main")
                .refused(HOOK, "trunk-rewound"),
            attempt("an agent moves the trunk to its lane before its turn")
                .given("uploads; git -C repo checkout -q --detach")
                .tried("cd wt-uploads; git branch -f main agents/uploads")
                .refused(HOOK, "merge-order"),
            attempt("an agent commits in the trunk's worktree without the hook")
                .given("cd wt-uploads; git -C ../repo checkout -q --detach; git checkout -q main; edit README.md")
                .tried("cd wt-uploads; git commit -q --no-verify -am x")
                .refused(HOOK, "trunk-direct"),
            attempt("an agent amends the contract")
                .given("cd wt-uploads; git -C ../repo checkout -q --detach; git checkout -q main; edit contract.toml '# more'")
                .tried("cd wt-uploads; git commit -q --no-verify -am x")
                .refused(HOOK, "contract-protected"),
            attempt("an agent replaces an object")
                .tried("cd wt-uploads; git replace main~0 $(git commit-tree -m x main^{tree})")
                .refused(HOOK, "replace-ref"),
            attempt("an agent deletes its own lane with work in it")
                .given("uploads; git -C wt-uploads checkout -q --detach")
                .tried("cd wt-uploads; git branch -D agents/uploads")
                .refused(HOOK, "lane-deleted"),
            attempt("a human deletes a lane with work in it")
                .given("uploads; git -C wt-uploads checkout -q --detach")
                .tried("cd repo; git branch -D agents/uploads")
                .refused(HOOK, "lane-deleted"),
            attempt("a human deletes a lane with work in it by update-ref")
                .given("uploads; git -C wt-uploads checkout -q --detach")
                .tried("cd repo; git update-ref -d refs/heads/agents/uploads")
                .refused(HOOK, "lane-deleted"),
            attempt("a packed lane with work in it is deleted")
                .given("uploads; git -C wt-uploads checkout -q --detach; git -C repo pack-refs --all")
                .tried("cd repo; git branch -D agents/uploads")
                .refused(HOOK, "lane-deleted"),
            attempt("a packed lane with work in it is deleted as what it is")
                .given("uploads; git -C wt-uploads checkout -q --detach; git -C repo pack-refs --all")
                .tried("cd repo; git update-ref -d refs/heads/agents/uploads $(git rev-parse agents/uploads)")
                .refused(HOOK, "lane-deleted"),
            attempt("a lane with work in it is deleted where the packed refs are a link")
                .given("uploads; git -C wt-uploads checkout -q --detach; cd repo; git pack-refs --all
                        mv .git/packed-refs .git/the.refs; ln -s the.refs .git/packed-refs")
                .tried("cd repo; git update-ref -d refs/heads/agents/uploads $(git rev-parse agents/uploads)")
                .refused(HOOK, "lane-deleted"),
            attempt("a lane with more work in it than the remote has is deleted")
                .given(format!("{published}; lane uploads src/api/uploads/b.ts; git -C wt-uploads checkout -q --detach"))
                .tried("cd repo; git branch -D agents/uploads")
                .refused(HOOK, "lane-deleted"),
            attempt("a lane with work in it is deleted with a tracking ref of no remote")
                .given("uploads; git -C wt-uploads checkout -q --detach
                        git -C repo update-ref refs/remotes/elsewhere/agents/uploads agents/uploads")
                .tried("cd repo; git branch -D agents/uploads")
                .refused(HOOK, "lane-deleted"),
            attempt("another agent's lane is deleted, which is at the remote")
                .given(format!("{published}; git -C wt-uploads checkout -q --detach"))
                .tried("cd wt-tests; git branch -D agents/uploads")
                .refused(HOOK, "foreign-branch"),
            attempt("a copy of a lane that is at the remote may go")
                .given(format!("{published}; git -C wt-uploads checkout -q --detach"))
                .tried("cd repo; git branch -q -D agents/uploads")
                .passes(),
            attempt("a lane that has nothing yet may go")
                .given("git -C wt-uploads checkout -q --detach")
                .tried("cd repo; git branch -q -D agents/uploads")
                .passes(),
            attempt("a human rewinds the trunk on their own machine")
                .given("cd repo; edit README.md; git commit -qam t; git init -q --bare ../server.git
                        git remote add origin ../server.git; git push -q -u origin main")
                .tried("cd repo; git reset -q --hard HEAD~1")
                .passes()
                .says("note[trunk-rewound]"),
            attempt("a human amends what nobody else has")
                .given("cd repo; git init -q --bare ../server.git
                        git remote add origin ../server.git; git push -q -u origin main
                        edit README.md; git commit -qam t")
                .tried("cd repo; git commit -q --amend -m u 2>&1 | tee said >&2; test ! -s said")
                .passes(),
            attempt("a human replaces an object on their own machine")
                .tried("cd repo; git replace main $(git commit-tree -m x main^{tree})")
                .passes(),
        ],
    );
}

#[test]
fn moves_that_concern_no_lane_are_free() {
    play(
        uploads,
        [
            attempt("a branch in no lane is made, moved and deleted")
                .tried(
                    "cd repo; git branch idea; git checkout -q idea; edit tsconfig.json; git commit -qam i
                     git reset -q --hard HEAD~1; git checkout -q main; git branch -q -D idea",
                )
                .passes(),
            attempt("an agent names a commit that is there")
                .given("uploads")
                .tried("cd wt-uploads; git branch backup; git tag before; git branch -q -D backup")
                .passes(),
            attempt("notes, tags, stashes and bisecting")
                .given("uploads")
                .tried(
                    "cd wt-uploads; git tag -a -m t t; git notes add -m n; edit tsconfig.json; git stash -q
                     git bisect start HEAD HEAD~1 >/dev/null; git bisect reset >/dev/null 2>&1",
                )
                .passes(),
            attempt("a refused commit can be undone by reset to what was")
                .given("cd wt-uploads; edit tsconfig.json; smuggle")
                .tried("cd wt-uploads; git reset -q --hard HEAD~1")
                .passes(),
            attempt("a trespass that is there is no reason to refuse honest work upon it")
                .given("cd wt-uploads; edit tsconfig.json; smuggle; edit src/api/uploads/a.ts; git add -A")
                .tried("cd wt-uploads; git commit -qm x")
                .passes(),
            attempt("a trespass that is there is undone by a revert")
                .given("cd wt-uploads; edit tsconfig.json; smuggle")
                .tried("cd wt-uploads; git revert --no-edit HEAD")
                .passes(),
            attempt("a trespass that is there is no reason to let a second one in")
                .given("cd wt-uploads; edit tsconfig.json; smuggle; edit src/index.ts")
                .tried("cd wt-uploads; git commit -q --no-verify -am x")
                .refused(HOOK, "out-of-scope"),
        ],
    );
}

#[test]
fn what_renames_and_copies_a_lane_is_caught_at_the_latest_where_it_matters() {
    // `branch -M` and `-C` ask for less than they do (git 2.39 and 2.47): a lane's new tip is
    // judged as a whole at the next checkpoint that sees it.
    play(
        || {
            let world = uploads();
            world.server("server.git");
            world
        },
        [
            attempt("a branch with a trespass is renamed to the lane's name, and pushed")
                .given(
                    "git -C wt-uploads checkout -q --detach
                     cd repo; git checkout -q -b idea; edit tsconfig.json; save
                     unseen branch -M idea agents/uploads; git checkout -q main",
                )
                .tried("cd repo; git push -q origin agents/uploads")
                .refused("pre-push", "shared-frozen"),
            attempt("a branch with a trespass is copied over the lane, and pushed")
                .given(
                    "git -C wt-uploads checkout -q --detach
                     cd repo; git checkout -q -b idea; edit tsconfig.json; save
                     unseen branch -C idea agents/uploads; git checkout -q main",
                )
                .tried("cd repo; git push -q origin agents/uploads")
                .refused("pre-push", "shared-frozen"),
        ],
    );
}

#[test]
fn a_lane_is_not_made_symbolic_where_git_asks() {
    let row = attempt("a lane is made to lead to another branch")
        .given("git -C repo branch idea; git -C wt-uploads checkout -q --detach")
        .tried("cd repo; git symbolic-ref refs/heads/agents/uploads refs/heads/idea");
    // Before 2.46 `git symbolic-ref` runs no hook (checked with 2.39.5).
    let row =
        if git_version() >= (2, 46) { row.refused(HOOK, "foreign-branch") } else { row.passes() };
    play(uploads, [row]);
}

#[test]
fn another_name_for_a_branch_may_go_and_takes_the_branch_along_only_where_git_does() {
    let made = "git -C repo symbolic-ref refs/heads/current refs/heads/agents/uploads
                git -C repo symbolic-ref refs/heads/master refs/heads/main; uploads";
    let renamed =
        "git -C repo branch -q idea agents/uploads; git -C wt-uploads checkout -q --detach
                   git -C repo config contractgate.trunk master";
    play(
        uploads,
        [
            attempt("of the trunk").given(made).tried("git -C repo branch -qD master").passes(),
            attempt("of a lane, by its agent")
                .given(made)
                .tried("git -C wt-uploads symbolic-ref -d refs/heads/current")
                .passes()
                .then("git -C repo rev-parse -q --verify agents/uploads && ! git -C repo rev-parse -q --verify current"),
            attempt("of a lane, with what it leads to")
                .given(made)
                .tried("git -C repo update-ref -d refs/heads/current")
                .refused(HOOK, "lane-deleted"),
            attempt("of the trunk, with what it leads to")
                .given(made)
                .tried("git -C wt-uploads update-ref -d refs/heads/master")
                .refused(HOOK, "trunk-rewound"),
            attempt("by which the trunk is known")
                .given(format!("{made}; {renamed}"))
                .tried("git -C wt-tests symbolic-ref -d refs/heads/master")
                .refused(HOOK, "trunk-rewound"),
        ],
    );
}

#[test]
fn branches_in_no_lane_are_what_the_policy_says() {
    let with = |policy: &str| under(&format!("{CONTRACT}\n[policy]\n{policy}\n"));
    let work = |branch: &str| {
        format!("cd repo; git checkout -q -b {branch}; edit tsconfig.json; git add -A")
    };
    let commit = "cd repo; git commit -qm x";
    play(
        || with("agent-branches = \"agents/**\""),
        [
            attempt("a branch of agents that is no lane")
                .given(work("agents/extra"))
                .tried(commit)
                .refused("pre-commit", "unlisted-branch"),
            attempt("the same without the hook")
                .given(work("agents/extra"))
                .tried("cd repo; git commit -q --no-verify -m x")
                .refused(HOOK, "unlisted-branch"),
            attempt("a branch elsewhere").given(work("idea")).tried(commit).passes(),
            attempt("a lane").tried("uploads").passes(),
        ],
    );
    play(
        || with("unlisted-branches = \"deny\""),
        [
            attempt("a branch in no lane")
                .given(work("idea"))
                .tried(commit)
                .refused("pre-commit", "unlisted-branch"),
            attempt("a name for what is there").tried("cd repo; git branch idea").passes(),
            attempt("the trunk")
                .given("cd repo; edit README.md")
                .tried("cd repo; git commit -qam x")
                .passes(),
        ],
    );
    play(
        || with("unlisted-branches = \"warn\""),
        [attempt("a branch in no lane").given(work("idea")).tried(commit).warns("unlisted-branch")],
    );
}

#[test]
fn observing_reports_and_refuses_nothing() {
    let world = uploads();
    world.git("repo", &["config", "contractgate.mode", "observe"]);
    let told = script(&world, "cd wt-uploads; edit tsconfig.json; git commit -qam x");
    told.expect(0).says("would be denied at reference-transaction");
    assert_eq!(told.stderr.matches("error[shared-frozen]").count(), 1, "once is enough: {told:?}");
    // Where nobody asks about moves, it is told of the commit.
    world.git("repo", &["config", "core.hooksPath", "alone"]);
    let alone = "cd wt-uploads; mkdir alone; cp -P ../repo/.git/hooks/pre-commit alone/; echo >>tsconfig.json; git commit -qam y";
    script(&world, alone).expect(0).says("would be denied at pre-commit");
    world.gate("wt-uploads", &["check"]).expect(1);
}

#[test]
fn observing_refuses_nothing_that_is_not_known_either() {
    for breaking in [
        "git config contractgate.trunk nowhere",
        "git config --unset contractgate.trunk",
        "echo 'format = 7' >contract.toml; git add -A; unseen commit -q -m broken",
    ] {
        let world = crate::gated::beside_a_server();
        world.git("repo", &["config", "contractgate.mode", "observe"]);
        script(&world, &format!("cd repo; {breaking}")).expect(0);
        let told = script(
            &world,
            "cd wt-uploads; edit src/api/uploads/a.ts; git add -A; git commit -q -m x; git push -q origin HEAD
             git switch -q -c side HEAD~1; git commit -q --allow-empty -m s; git switch -q -
             git merge -q --no-edit side",
        );
        told.expect(0);
        for hook in ["pre-commit", "pre-merge-commit", "reference-transaction", "pre-push"] {
            told.says(&format!("would be undecided at {hook}"));
        }
    }
}
