//! Repositories of other shapes: shallow, nested, with submodules and subtrees.

use super::Theme;
use super::row::{Policy, work};
use super::world::{at_its_turn, run};
use crate::sandbox::Sandbox;

/// The usual world, with a submodule on the trunk that is here and on the server.
fn with_a_submodule(policy: Policy) -> Sandbox {
    let world = at_its_turn(policy);
    run(
        &world,
        "dana",
        "git init -q sub; (cd sub; git commit -q --allow-empty -m 1; git commit -q --allow-empty -m 2)
         (cd repo; git submodule --quiet add ../sub vendor/sub; smuggle 'a submodule'); git -C server.git fetch -q ../repo main:main
         git -C repo fetch -q origin; for lane in uploads tests migrations; do git -C wt-$lane merge -q --no-edit main; done",
    )
    .expect(0);
    world
}

pub fn submodules_left_alone() -> Theme {
    Theme {
        title: "Submodules that are left alone",
        world: with_a_submodule,
        rows: vec![
            work("a commit beside a submodule that is not checked out")
                .tried("lane uploads src/api/uploads/a.ts")
                .lane_landed(),
            work("a commit beside one that is checked out elsewhere and not staged")
                .given("cd wt-uploads; git submodule --quiet update --init; git -C vendor/sub checkout -q HEAD~1")
                .tried("cd wt-uploads; edit src/api/uploads/a.ts; git add src; git commit -qm x; git submodule --quiet update; git submodule --quiet status >/dev/null")
                .lane_landed(),
            work("the trunk moves the submodule, and a lane takes that in, by a merge and a rebase")
                .given("lane uploads src/api/uploads/a.ts; tests; (cd repo; git -C vendor/sub checkout -q HEAD~1; smuggle moved); git -C server.git fetch -q ../repo main:main")
                .tried("(cd wt-uploads; git merge -q --no-edit main); (cd wt-tests; git rebase -q main)")
                .lane_landed(),
            work("work, commits and pushes within the submodule itself")
                .given("cd wt-uploads; git submodule --quiet update --init; git clone -q --bare ../sub ../sub.git")
                .tried("cd wt-uploads/vendor/sub; git checkout -q -b topic; edit file; git add -A; git commit -qm inside; git push -q ../../../sub.git topic; cd ../..; git submodule --quiet update; edit src/api/uploads/a.ts; save")
                .lane_landed(),
        ],
    }
}

pub fn repositories_of_other_shapes() -> Theme {
    let subtree = "git init -q lib; (cd lib; edit one.ts; edit two.ts; save lib)";
    Theme {
        title: "Repositories of other shapes",
        world: at_its_turn,
        rows: vec![
            work("a shallow clone of a lane, deep enough for its merge base")
                .given("lane uploads src/api/uploads/a.ts; push agents/uploads; git clone -q --depth 3 --no-single-branch file://$PWD/server.git shallow; cd shallow; git config contractgate.trunk main
                        git checkout -q agents/uploads; cp -a ../repo/.git/hooks/. .git/hooks/")
                .tried("cd shallow; edit src/api/uploads/b.ts; save; git fetch -q --unshallow; edit src/api/uploads/b.ts; save")
                .pushed("agent-1", "git -C shallow push -q origin agents/uploads"),
            work("a shallow clone of a lane, deep enough for its merge base and not for where the contract came")
                .given("for n in 1 2 3 4 5 6; do on_trunk src/auth/session.ts; done; git -C wt-uploads merge -q --no-edit main; lane uploads src/api/uploads/a.ts; push agents/uploads
                        git clone -q --depth 4 --no-single-branch file://$PWD/server.git shallow; cd shallow; git config contractgate.trunk main; git checkout -q agents/uploads; cp -a ../repo/.git/hooks/. .git/hooks/")
                .tried("cd shallow; edit src/api/uploads/b.ts; save; \"$GATE\" check >/dev/null")
                .pushed("agent-1", "git -C shallow push -q origin agents/uploads"),
            work("a clone of a lane with `--depth 1`, without the history that it shares with the trunk")
                .given("lane uploads src/api/uploads/a.ts; push agents/uploads; git clone -q --depth 1 --no-single-branch file://$PWD/server.git shallow; cd shallow; git config contractgate.trunk main
                        git checkout -q agents/uploads; cp -a ../repo/.git/hooks/. .git/hooks/")
                .tried("cd shallow; edit src/api/uploads/b.ts; save")
                .pushed("agent-1", "git -C shallow push -q origin agents/uploads")
                .then("cd shallow; git config --unset core.hooksPath; git fetch -q --unshallow; edit src/api/uploads/b.ts; save")
                .undecided_on_the_client("shallow")
                .note("what a lane changes is seen from where it left the trunk, and that is cut off: the message says `git fetch --unshallow`, and then it passes"),
            work("a clone without blobs (`--filter=blob:none`), a single branch, a mirror, a reference")
                .given("lane uploads src/api/uploads/a.ts; push agents/uploads; git -C server.git config uploadpack.allowFilter true
                        git clone -q --filter=blob:none -b agents/uploads file://$PWD/server.git partial; cd partial; git config contractgate.trunk main; cp -a ../repo/.git/hooks/. .git/hooks/
                        git clone -q --single-branch -b agents/uploads --reference ../repo ../server.git ../single")
                .tried("cd partial; edit src/api/uploads/b.ts; save")
                .pushed("agent-1", "git -C partial push -q origin agents/uploads; cd single; git pull -q; edit src/api/uploads/c.ts; save; git push -q"),
            work("a reviewer's clone: from lane to lane, and what has come since, by a fetch and a pull")
                .given("lane uploads src/api/uploads/a.ts; tests; push agents/uploads agents/tests; git clone -q server.git review; cd review; git config contractgate.trunk main; cp -a ../repo/.git/hooks/. .git/hooks/
                        git switch -q agents/tests; git switch -q main; cd ..; tests; push agents/tests")
                .tried("cd review; git switch -q agents/uploads; git fetch -q origin agents/tests:agents/tests; git switch -q agents/tests
                        cd ..; tests; push agents/tests; cd review; git pull -q --ff-only; git switch -q agents/uploads; git branch -q --force agents/tests origin/agents/tests; git branch -q -D agents/tests"),
            work("a second clone with the gate, in which the agent goes on")
                .given("lane uploads src/api/uploads/a.ts; push agents/uploads; git clone -q server.git wt-second; cd wt-second; git config contractgate.trunk main; cp -a ../repo/.git/hooks/. .git/hooks/")
                .tried("cd wt-second; git checkout -q agents/uploads; edit src/api/uploads/b.ts; save; git checkout -q main; git merge -q --no-ff --no-edit agents/uploads")
                .pushed("agent-1", "git -C wt-second push -q origin agents/uploads main"),
            work("a project in a directory that is called like a lane's worktree, which is elsewhere")
                .given("lane uploads src/api/uploads/a.ts; push agents/uploads; mkdir projects; git clone -q server.git projects/wt-uploads; cd projects/wt-uploads; git config contractgate.trunk main; cp -a ../../repo/.git/hooks/. .git/hooks/
                        git worktree add -q ../lanes/wt-uploads agents/uploads")
                .tried("cd projects/lanes/wt-uploads; edit src/api/uploads/b.ts; save; cd ../../wt-uploads; echo '# more' >>contract.toml; git commit -qam amended")
                .pushed("dana", "git -C projects/wt-uploads push -q origin main"),
            work("a repository inside the worktree, that nobody adds")
                .given("cd wt-uploads; git init -q src/api/uploads/inner; (cd src/api/uploads/inner; git commit -q --allow-empty -m inner); edit .git-ignored; rm .git-ignored")
                .tried("(cd wt-uploads/src/api/uploads/inner; edit x; save; git branch t; git tag v); cd wt-uploads; edit src/api/uploads/a.ts; git add src/api/uploads/a.ts; git commit -qm x; git status >/dev/null")
                .lane_landed(),
            work("a worktree inside the repository, in a directory that git ignores")
                .given("cd repo; mkdir node_modules; git worktree move ../wt-uploads node_modules/wt-uploads")
                .tried("cd repo/node_modules/wt-uploads; edit src/api/uploads/a.ts; save; cd ../..; git status --short; git merge -q --no-ff --no-edit agents/uploads")
                .pushed("agent-1", "cd repo/node_modules/wt-uploads; git push -q ../../../server.git agents/uploads")
                .pushed("dana", "push main"),
            work("a subtree merge of another project below one's scope")
                .given(subtree)
                .tried("cd wt-uploads; git fetch -q ../lib main; git merge -q -s ours --no-commit --allow-unrelated-histories FETCH_HEAD; git read-tree --prefix=src/api/uploads/lib/ -u FETCH_HEAD; git commit -q -m 'lib as a subtree'")
                .lane_landed(),
            work("a subtree squashed below one's scope, and brought up to date")
                .given(subtree)
                .tried("cd wt-uploads; git fetch -q ../lib main; git read-tree --prefix=src/api/uploads/lib/ -u FETCH_HEAD; git commit -q -m 'lib'; (cd ../lib; edit one.ts; save); git fetch -q ../lib main
                        git rm -qr --cached src/api/uploads/lib; rm -r src/api/uploads/lib; git read-tree --prefix=src/api/uploads/lib/ -u FETCH_HEAD; git commit -q -m 'lib again'")
                .lane_landed(),
            work("another project's history merged into the trunk, by the dispatcher")
                .given(format!("{subtree}; lane uploads src/api/uploads/a.ts"))
                .tried("cd repo; git fetch -q ../lib main; git merge -q --no-edit --allow-unrelated-histories FETCH_HEAD")
                .pushed("dana", "push main")
                .not_for_landings_only("trunk-direct")
                .note("no lane lands by it, and the policy is that the trunk takes landings alone"),
            work("an orphan branch for pages, by a human, pushed and deleted")
                .tried("cd repo; git checkout -q --orphan pages; git rm -rfq .; edit index.html; save pages; git checkout -q main")
                .pushed("dana", "push pages; push :pages"),
            work("a bare repository with worktrees, and no main worktree")
                .given("git clone -q --bare server.git bare.git; cd bare.git; git config contractgate.trunk main; cp -a ../repo/.git/hooks/. hooks/; git worktree add -q -b agents/uploads ../wt-bare; git worktree add -q ../trunk main")
                .tried("cd wt-bare; edit src/api/uploads/a.ts; save; cd ../trunk; git merge -q --no-ff --no-edit agents/uploads")
                .pushed("agent-1", "git -C wt-bare push -q origin agents/uploads")
                .pushed("dana", "git -C trunk push -q origin main"),
        ],
    }
}
