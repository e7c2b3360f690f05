//! `pre-push`: every ref of a push that is about to leave.

use crate::gated::{attempt, beside_a_server, play};

const HOOK: &str = "pre-push";

#[test]
fn what_leaves_is_judged_whole() {
    let trespass = "(cd wt-uploads; edit tsconfig.json; smuggle)";
    play(
        beside_a_server,
        [
            attempt("a new lane with honest work")
                .given("uploads")
                .tried("cd wt-uploads; git push -q origin agents/uploads")
                .passes(),
            attempt("a lane without a commit of its own")
                .tried("cd wt-uploads; git push -q origin agents/uploads")
                .passes(),
            attempt("a lane with a trespass")
                .given(trespass)
                .tried("cd wt-uploads; git push -q origin agents/uploads")
                .refused(HOOK, "shared-frozen"),
            attempt("a lane with a trespass below honest work")
                .given(format!("{trespass}; uploads; lane uploads src/api/uploads/more.ts"))
                .tried("cd wt-uploads; git push -q origin agents/uploads")
                .refused(HOOK, "shared-frozen"),
            attempt("a lane with a trespass that a later commit takes back")
                .given(format!("{trespass}; cd wt-uploads; git revert --no-edit HEAD >/dev/null"))
                .tried("cd wt-uploads; git push -q origin agents/uploads")
                .passes(),
            attempt("a lane with a trespass that the server has already")
                .given(format!("{trespass}; (cd wt-uploads; unseen push -q origin agents/uploads); uploads"))
                .tried("cd wt-uploads; git push -q origin agents/uploads")
                .refused(HOOK, "shared-frozen"),
            attempt("another branch of one's own under the lane's name")
                .given("git -C repo branch idea; cd repo; git checkout -q idea; edit tsconfig.json; save")
                .tried("cd repo; git push -q origin idea:agents/uploads")
                .refused(HOOK, "shared-frozen"),
            attempt("a commit by its id under the lane's name")
                .given(trespass)
                .tried("cd repo; git push -q origin $(git rev-parse agents/uploads):refs/heads/agents/uploads")
                .refused(HOOK, "shared-frozen"),
            attempt("a revision expression under the lane's name")
                .given(format!("{trespass}; uploads"))
                .tried("cd repo; git push -q origin 'agents/uploads@{0}:refs/heads/agents/uploads'")
                .refused(HOOK, "shared-frozen"),
            attempt("a lane with commits of one that has not landed")
                .given("migrations; uploads; cd wt-uploads; unseen merge -q --no-edit agents/migrations")
                .tried("cd wt-uploads; git push -q origin agents/uploads")
                .refused(HOOK, "carries-unlanded"),
            attempt("a force push of a rewritten lane")
                .given("uploads; cd wt-uploads; git push -q origin agents/uploads; git commit -q --amend -m again")
                .tried("cd wt-uploads; git push -q --force origin agents/uploads")
                .passes(),
            attempt("a force push to a lane that others have pushed to meanwhile")
                .given(
                    "uploads; cd wt-uploads; git push -q origin agents/uploads; cd ..
                     git clone -q server.git other; cd other; git checkout -q agents/uploads
                     edit src/api/uploads/other.ts; save; git push -q; cd ../wt-uploads
                     git commit -q --amend -m again",
                )
                .tried("cd wt-uploads; git push -q --force origin agents/uploads")
                .passes(),
            attempt("several refs, of which one is refused")
                .given(format!("{trespass}; tests"))
                .tried("cd repo; git push -q origin agents/tests agents/uploads main:idea")
                .refused(HOOK, "shared-frozen"),
            attempt("--all")
                .given(format!("{trespass}; tests"))
                .tried("cd repo; git push -q --all origin")
                .refused(HOOK, "shared-frozen"),
            attempt("--mirror")
                .given(format!("{trespass}; tests"))
                .tried("cd repo; git push -q --mirror origin")
                .refused(HOOK, "shared-frozen"),
            attempt("a lane with commits of the trunk that the remote does not have")
                .given("(cd repo; edit tsconfig.json; save); git -C wt-uploads merge -q main; uploads")
                .tried("cd wt-uploads; git push -q origin agents/uploads")
                .passes()
                .says("note[trunk-unpushed]: agents/uploads holds commits of main that origin is not known to have")
                .says("the dispatcher pushes it first: git push origin main")
                .then("cd repo; git push -q origin main; git push -q origin agents/uploads 2>said; test ! -s said"),
            attempt("the same to a fork, where the trunk's upstream has them")
                .given("git clone -q --bare server.git fork.git; git -C repo remote add fork ../fork.git; git -C repo fetch -q fork
                        (cd repo; edit tsconfig.json; save; git push -q -u origin main); git -C wt-uploads merge -q main; uploads")
                .tried("cd wt-uploads; git push -q fork agents/uploads 2>said; test ! -s said")
                .passes(),
            attempt("the same, and the trunk with it")
                .given("(cd repo; edit tsconfig.json; save); git -C wt-uploads merge -q main; uploads")
                .tried("cd repo; git push -q origin main agents/uploads 2>said; test ! -s said")
                .passes(),
            attempt("a lane that has nothing of a trunk that the remote does not have")
                .given("uploads; cd repo; edit tsconfig.json; save")
                .tried("cd wt-uploads; git push -q origin agents/uploads 2>said; test ! -s said")
                .passes(),
            attempt("a lane under the trunk's name to a remote that shows it, before its turn")
                .given("git init -q --bare staging.git; git -C repo remote add staging ../staging.git; git -C repo push -q -u origin main; git -C repo push -q staging main; uploads")
                .tried("cd repo; git push -q -f staging agents/uploads:main")
                .refused(HOOK, "merge-order")
                .says("note[remote-judged]")
                .then("cd repo; git config --add contractgate.deployRemote staging; git push -q -f staging agents/uploads:main
                       git push -q -f staging main; ! git push -q origin agents/uploads:main"),
            attempt("a branch of a library's repository, as `git subtree push` brings it, from a lane's worktree")
                .given("git init -q --bare library.git; git -C repo remote add library ../library.git; git -C repo push -q -u origin main
                        cd wt-uploads; split=$(git commit-tree -m split $(git rev-parse HEAD:src/api))
                        echo $split >../split")
                .tried("cd wt-uploads; git push -q library $(cat ../split):refs/heads/fix-one")
                .refused(HOOK, "unlisted-branch")
                .then("cd wt-uploads; git config --add contractgate.deployRemote library; git push -q library $(cat ../split):refs/heads/fix-one
                       edit tsconfig.json; smuggle; ! git push -q library agents/uploads; ! git push -q origin $(cat ../split):refs/heads/fix-one"),
            attempt("the same where the trunk's own remote is said to be one that shows it")
                .given("git init -q --bare staging.git; git -C repo remote add staging ../staging.git; git -C repo push -q -u origin main; git -C repo push -q staging main; uploads; git -C repo config contractgate.deployRemote origin")
                .tried("cd repo; git push -q origin agents/uploads:main")
                .refused(HOOK, "merge-order"),
            attempt("to an address instead of a remote")
                .given(trespass)
                .tried("cd repo; git push -q ../server.git agents/uploads")
                .refused(HOOK, "shared-frozen"),
            attempt("a tag on a lane's commit, honest or not")
                .given(format!("{trespass}; git -C repo tag -a -m t t agents/uploads"))
                .tried("cd repo; git push -q origin t")
                .passes(),
            attempt("a branch in no lane")
                .given("cd repo; git checkout -q -b idea; edit tsconfig.json; save")
                .tried("cd repo; git push -q origin idea")
                .passes(),
            attempt("nothing to push")
                .tried("cd repo; git push -q origin main")
                .passes(),
        ],
    );
}

#[test]
fn what_a_server_would_see_otherwise_is_told_before() {
    let amended = "migrations; uploads; git -C repo push -q origin agents/migrations agents/uploads
                   cd wt-migrations; edit src/db/schema.ts; git commit -q -a --amend -m again
                   cd ../repo; for lane in migrations uploads; do git merge -q --no-ff --no-edit agents/$lane; done; cd ..";
    let silently = "cd repo; git push -q origin main 2>said; test ! -s said";
    play(
        beside_a_server,
        [
            attempt("a lane that was amended after its push has landed, and the next one")
                .given(amended)
                .tried("cd repo; git push -q origin main")
                .passes()
                .says("note[lane-unpushed]: origin is not known to have agents/migrations as it is here")
                .says("a gate there refuses main (merge-order) unless it goes along: git push --force-with-lease=agents/migrations origin main agents/migrations"),
            attempt("the same by what is printed")
                .given(amended)
                .tried("cd repo; git push -q --force-with-lease=agents/migrations origin main agents/migrations 2>said; test ! -s said")
                .passes(),
            attempt("the same where it is not known what the remote has")
                .given(format!("{amended}; cd repo; git update-ref -d refs/remotes/origin/agents/migrations; git config remote.origin.fetch +refs/heads/main:refs/remotes/origin/main"))
                .tried(silently)
                .passes(),
            attempt("the same to an address instead of a remote")
                .given(amended)
                .tried("cd repo; git push -q ../server.git main 2>said; test ! -s said")
                .passes(),
            attempt("a landed lane that goes on here")
                .given("migrations; uploads; cd repo; git push -q origin agents/migrations agents/uploads
                        for lane in migrations uploads; do git merge -q --no-ff --no-edit agents/$lane; done; cd ..; migrations")
                .tried(silently)
                .passes(),
            attempt("a landed lane that somebody has gone on with there")
                .given("migrations; uploads; cd repo; git push -q origin agents/migrations agents/uploads
                        for lane in migrations uploads; do git merge -q --no-ff --no-edit agents/$lane; done; cd ..
                        git clone -q -b agents/migrations server.git other; cd other; edit src/db/schema.ts; save; git push -q; cd ../repo; git fetch -q")
                .tried(silently)
                .passes(),
            attempt("lanes that were never pushed")
                .given("migrations; uploads; cd repo; for lane in migrations uploads; do git merge -q --no-ff --no-edit agents/$lane; done")
                .tried(silently)
                .passes(),
        ],
    );
}

#[test]
fn who_pushes_which_branch() {
    play(
        beside_a_server,
        [
            attempt("an agent pushes another's lane")
                .given("tests")
                .tried("cd wt-uploads; git push -q origin agents/tests")
                .refused(HOOK, "foreign-branch"),
            attempt("an agent pushes a branch in no lane")
                .given("uploads; git -C wt-uploads branch spike")
                .tried("cd wt-uploads; git push -q origin spike")
                .refused(HOOK, "unlisted-branch"),
            attempt("an agent pushes under another's name")
                .given("uploads")
                .tried(
                    "cd wt-uploads; CONTRACT_GATE_AGENT=agent-2 git push -q origin agents/uploads",
                )
                .refused(HOOK, "identity-conflict"),
            attempt("an agent deletes its lane on the server")
                .given("uploads; cd wt-uploads; git push -q origin agents/uploads")
                .tried("cd wt-uploads; git push -q origin :agents/uploads")
                .refused(HOOK, "lane-deleted"),
            attempt("a human deletes a lane on the server that has not landed")
                .given("uploads; cd wt-uploads; git push -q origin agents/uploads")
                .tried("cd repo; git push -q --delete origin agents/uploads")
                .refused(HOOK, "lane-deleted"),
            attempt("a human deletes a lane on the server that has landed")
                .given(
                    "migrations; cd repo; git push -q origin agents/migrations
                     git merge -q --no-ff --no-edit agents/migrations; git push -q origin main",
                )
                .tried("cd repo; git push -q --delete origin agents/migrations")
                .passes(),
            attempt("a human lands a lane and deletes it in one push")
                .given(
                    "migrations; cd repo; git push -q origin agents/migrations
                     git merge -q --no-ff --no-edit agents/migrations",
                )
                .tried("cd repo; git push -q origin main :agents/migrations")
                .refused(HOOK, "lane-deleted")
                .then("cd repo; git push -q origin main; git push -q origin :agents/migrations"),
            attempt("a human deletes a branch in no lane")
                .given("cd repo; git branch idea; git push -q origin idea")
                .tried("cd repo; git push -q --delete origin idea")
                .passes(),
        ],
    );
}

#[test]
fn the_trunk_leaves_in_order() {
    play(
        beside_a_server,
        [
            attempt("the first lane, landed")
                .given("migrations; cd repo; git merge -q --no-ff --no-edit agents/migrations")
                .tried("cd repo; git push -q origin main")
                .passes(),
            attempt("all lanes, landed one after another")
                .given(
                    "migrations; uploads; tests; cd repo
                     for lane in migrations uploads tests; do git merge -q --no-ff --no-edit agents/$lane; done",
                )
                .tried("cd repo; git push -q origin main")
                .passes(),
            attempt("a lane that was landed before its turn, past the gate")
                .given("tests; cd repo; unseen merge -q --no-ff --no-edit agents/tests")
                .tried("cd repo; git push -q origin main")
                .refused(HOOK, "merge-order"),
            attempt("a lane that was landed before its turn, below later ones")
                .given(
                    "migrations; uploads; tests; cd repo
                     for lane in tests migrations uploads; do unseen merge -q --no-ff --no-edit agents/$lane; done",
                )
                .tried("cd repo; git push -q origin main")
                .refused(HOOK, "merge-order"),
            attempt("a lane pushed as the trunk")
                .given("tests")
                .tried("cd wt-tests; git push -q origin agents/tests:main")
                .refused(HOOK, "merge-order"),
            attempt("the first lane pushed as the trunk by its agent")
                .given("migrations")
                .tried("cd wt-migrations; git push -q origin agents/migrations:main")
                .passes(),
            attempt("an agent rewinds the trunk on the server")
                .given("cd repo; edit README.md; git commit -qam t; git push -q origin main")
                .tried("cd wt-uploads; git push -q --force origin main~1:main")
                .refused(HOOK, "trunk-rewound"),
            attempt("an agent deletes the trunk on the server")
                .given("git -C server.git symbolic-ref HEAD refs/heads/other")
                .tried("cd wt-uploads; git push -q origin :main")
                .refused(HOOK, "trunk-rewound"),
            attempt("a human's fix in nobody's paths")
                .given("cd repo; edit src/index.ts; git commit -qam fix")
                .tried("cd repo; git push -q origin main")
                .passes(),
            attempt("a human's fix in an unlanded lane's paths")
                .given("cd repo; edit src/api/uploads/README.md; git commit -q --no-verify -am fix 2>/dev/null")
                .tried("cd repo; git push -q origin main")
                .warns("trunk-direct"),
        ],
    );
}
