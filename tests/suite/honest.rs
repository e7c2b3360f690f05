//! Honest work: what the gate must never stand in the way of.

use crate::asked::{ask_all, question};
use crate::gated::{CONTRACT, attempt, beside_a_server, play, under, uploads};

#[test]
fn the_trunk_may_be_taken_in_by_every_way() {
    // The trunk goes on in everybody's paths, with a hook that only warns.
    let trunk = "(cd repo; edit tsconfig.json; edit README.md; edit src/auth/session.ts; git rm -q tests/health.test.ts
                 git mv src/index.ts src/main.ts; chmod +x package.json; git add -A; git commit -qm 'the trunk goes on')";
    let work = "lane uploads src/api/uploads/a.ts; lane uploads src/api/uploads/b.ts";
    play(
        uploads,
        [
            attempt("merge")
                .given(format!("{trunk}; {work}"))
                .tried("cd wt-uploads; git merge -q --no-edit main")
                .passes(),
            attempt("merge as a fast-forward")
                .given(trunk)
                .tried("cd wt-uploads; git merge -q main")
                .passes(),
            attempt("rebase").given(format!("{trunk}; {work}")).tried("cd wt-uploads; git rebase -q main").passes(),
            attempt("rebase with the older machinery")
                .given(format!("{trunk}; {work}"))
                .tried("cd wt-uploads; git rebase -q --apply main")
                .passes(),
            attempt("rebase that reorders and squashes")
                .given(format!("{trunk}; {work}"))
                .tried("cd wt-uploads; GIT_SEQUENCE_EDITOR='sed -i 2s/^pick/fixup/' git rebase -q -i main")
                .passes(),
            attempt("rebase of merges")
                .given(format!("{trunk}; {work}; cd wt-uploads; git merge -q --no-edit main; cd ..; (cd repo; edit README.md; save)"))
                .tried("cd wt-uploads; git rebase -q --rebase-merges main")
                .passes(),
            attempt("rebase and its abort")
                .given(format!("{trunk}; {work}"))
                .tried("cd wt-uploads; git rebase -q --exec false main 2>/dev/null || git rebase --abort")
                .passes()
                .then("cd wt-uploads; test -e src/api/uploads/b.ts; git diff --quiet HEAD"),
            attempt("pull from one's own repository")
                .given(format!("{trunk}; {work}"))
                .tried("cd wt-uploads; git pull -q --no-rebase --no-edit . main")
                .passes(),
            attempt("a hotfix that is picked from the trunk")
                .given(format!("{work}; {trunk}"))
                .tried("cd wt-uploads; git cherry-pick main >/dev/null")
                .passes(),
            attempt("a hotfix that is picked, before the next one on the same path")
                .given(format!("{work}; {trunk}; (cd wt-uploads; git cherry-pick main >/dev/null); (cd repo; edit tsconfig.json again; save)"))
                .tried("cd wt-uploads; edit src/api/uploads/c.ts; save; \"$GATE\" check")
                .passes(),
            attempt("a checkout of the trunk's files")
                .given(format!("{work}; {trunk}; cd wt-uploads; git checkout -q main -- tsconfig.json README.md"))
                .tried("cd wt-uploads; git commit -qm 'as on the trunk'")
                .passes(),
            attempt("a reset to the trunk")
                .given(format!("{work}; {trunk}"))
                .tried("cd wt-uploads; git reset -q --hard main")
                .passes(),
        ],
    );
}

#[test]
fn everyday_commands_pass() {
    let work = "lane uploads src/api/uploads/a.ts; lane uploads src/api/uploads/b.ts";
    play(
        uploads,
        [
            attempt("an empty commit").tried("cd wt-uploads; git commit -q --allow-empty -m e").passes(),
            attempt("amending").given(work).tried("cd wt-uploads; git commit -q --amend -m again").passes(),
            attempt("amending the contents")
                .given(format!("{work}; cd wt-uploads; edit src/api/uploads/b.ts more"))
                .tried("cd wt-uploads; git commit -qa --amend --no-edit")
                .passes(),
            attempt("amending the lane's first commit, which is the trunk's tip, into one of its own")
                .given("cd wt-uploads; edit src/api/uploads/a.ts; git add -A")
                .tried("cd wt-uploads; git commit -q --amend -m mine")
                .passes(),
            attempt("a fixup and its autosquash")
                .given(format!("{work}; cd wt-uploads; edit src/api/uploads/a.ts more; git commit -qa --fixup HEAD~1"))
                .tried("cd wt-uploads; GIT_SEQUENCE_EDITOR=true git rebase -q -i --autosquash HEAD~3")
                .passes(),
            attempt("stash and pop of anything")
                .given(format!("{work}; cd wt-uploads; edit tsconfig.json; edit src/api/uploads/a.ts"))
                .tried("cd wt-uploads; git stash -q; git stash pop -q; git stash -q -u; git stash drop -q")
                .passes(),
            attempt("a revert of one's own work")
                .given(work)
                .tried("cd wt-uploads; git revert --no-edit HEAD~1 >/dev/null; git revert --no-edit HEAD >/dev/null")
                .passes(),
            attempt("a rename within the scope")
                .given("cd wt-uploads; git mv src/api/uploads/README.md src/api/uploads/ABOUT.md")
                .tried("cd wt-uploads; git commit -qm x")
                .passes(),
            attempt("a rename that changes the case alone, within the scope")
                .given("cd wt-uploads; git mv src/api/uploads/README.md src/api/uploads/Readme.md")
                .tried("cd wt-uploads; git commit -qm x")
                .passes(),
            attempt("a file made executable in the scope")
                .given("cd wt-uploads; chmod +x src/api/uploads/README.md")
                .tried("cd wt-uploads; git commit -qam x")
                .passes(),
            attempt("a file that becomes a directory in the scope")
                .given("cd wt-uploads; rm src/api/uploads/README.md; edit src/api/uploads/README.md/x; git add -A")
                .tried("cd wt-uploads; git commit -qm x")
                .passes(),
            attempt("a symbolic link within the scope")
                .given("cd wt-uploads; ln -s README.md src/api/uploads/ABOUT.md; git add -A")
                .tried("cd wt-uploads; git commit -qm x")
                .passes(),
            attempt("names of all kinds in the scope")
                .given(
                    "cd wt-uploads/src/api/uploads; edit 'zażółć gęślą.ts'; edit 'a b.ts'; edit '[id].ts'; edit ':x'
                     edit \"$(printf 'caf\\351.ts')\"; edit \"$(printf 'line\\nbreak.ts')\"; edit '\"q\".ts'; git add -A",
                )
                .tried("cd wt-uploads; git commit -qm x")
                .passes(),
            attempt("a binary file and a large one in the scope")
                .given("cd wt-uploads; head -c 4000000 /dev/zero >src/api/uploads/big.bin; git add -A")
                .tried("cd wt-uploads; git commit -qm x")
                .passes(),
            attempt("a deletion of everything in the scope")
                .given("cd wt-uploads; git rm -qr src/api/uploads")
                .tried("cd wt-uploads; git commit -qm x")
                .passes(),
            attempt("a commit message of terminal escapes")
                .given("cd wt-uploads; edit src/api/uploads/a.ts; git add -A")
                .tried("cd wt-uploads; git commit -qm \"$(printf '\\033]0;x\\007\\033[31m')\"")
                .passes(),
            attempt("gc, pack-refs and prune")
                .given(format!("{work}; migrations; tests; git -C repo tag -a -m t t"))
                .tried("cd repo; git pack-refs --all --prune; git gc -q --prune=now; git pack-refs --all")
                .passes()
                .then("cd repo; git rev-parse -q --verify agents/uploads; git log -q agents/uploads"),
            attempt("work after gc")
                .given(format!("{work}; git -C repo gc -q"))
                .tried("lane uploads src/api/uploads/c.ts; cd wt-uploads; git branch -q copy; git branch -q -D copy")
                .passes(),
            attempt("a lane's branch is pruned of its loose file and moved again")
                .given(format!("{work}; git -C repo pack-refs --all"))
                .tried("cd wt-uploads; git reset -q --hard HEAD~1; git -C ../repo pack-refs --all; git reset -q --hard HEAD@{{1}}".replace("{{","{").replace("}}","}"))
                .passes(),
            attempt("a new worktree for a lane that has one already elsewhere")
                .given("git -C repo worktree remove ../wt-uploads")
                .tried("cd repo; git worktree add -q ../wt-uploads agents/uploads; cd ../wt-uploads; edit src/api/uploads/a.ts; save")
                .passes(),
            attempt("checking other branches out, detached and back")
                .given(work)
                .tried("cd wt-uploads; git checkout -q --detach HEAD~1; git checkout -q agents/uploads; git switch -q -d main; git switch -q -")
                .passes(),
            attempt("bisecting")
                .given(work)
                .tried("cd wt-uploads; git bisect start HEAD HEAD~2 >/dev/null; git bisect run true >/dev/null; git bisect reset >/dev/null 2>&1")
                .passes(),
            attempt("a sparse checkout")
                .given("cd wt-uploads; git sparse-checkout set src/api/uploads; edit src/api/uploads/a.ts; git add -A")
                .tried("cd wt-uploads; git commit -qm x")
                .passes(),
        ],
    );
}

#[test]
fn additions_are_additions() {
    play(
        uploads,
        [
            attempt("a line at the end")
                .given("edit wt-uploads/src/api/router.ts")
                .tried("cd wt-uploads; git commit -qam x")
                .passes(),
            attempt("lines at the beginning and between")
                .given("cd wt-uploads; sed -i '1i // first' src/api/router.ts; sed -i '3i // between' src/api/router.ts")
                .tried("cd wt-uploads; git commit -qam x")
                .passes(),
            attempt("a line equal to one that is there")
                .given("cd wt-uploads; tail -n 1 src/api/router.ts >>src/api/router.ts")
                .tried("cd wt-uploads; git commit -qam x")
                .passes(),
            attempt("one's own added line is rewritten and taken away again")
                .given(
                    "cd wt-uploads; edit src/api/router.ts '// mine'; save
                     sed -i 's/mine/still mine/' src/api/router.ts; save; sed -i '/still mine/d' src/api/router.ts",
                )
                .tried("cd wt-uploads; git commit -qam x")
                .passes(),
            attempt("an addition upon the trunk's own change of the file")
                .given(
                    "(cd repo; sed -i s/health/healthy/ src/api/router.ts; git commit -q --no-verify -am t 2>/dev/null)
                     cd wt-uploads; edit src/api/router.ts '// mine'; git commit -qam mine",
                )
                .tried(
                    "cd wt-uploads; ! git rebase -q main >/dev/null 2>&1
                     git checkout -q main -- src/api/router.ts; edit src/api/router.ts '// mine'
                     git add -A; git rebase --continue",
                )
                .passes(),
            attempt("additions to a shared list by two lanes, merged")
                .given("edit wt-uploads/src/api/router.ts '// one'; (cd wt-uploads; save)")
                .tried("cd wt-uploads; sed -i '1i // two' src/api/router.ts; save")
                .passes(),
        ],
    );
}

#[test]
fn carriage_returns_are_part_of_their_lines() {
    let world = || {
        let world = under(CONTRACT);
        crate::gated::script(
            &world,
            "cd repo; printf 'one\\r\\ntwo\\r\\n' >src/api/router.ts; unseen commit -q --no-verify -am crlf
             cd ../wt-uploads; git merge -q main",
        )
        .expect(0);
        world
    };
    play(
        world,
        [
            attempt("a line with a carriage return is added")
                .given("cd wt-uploads; printf 'three\\r\\n' >>src/api/router.ts")
                .tried("cd wt-uploads; git commit -qam x")
                .passes(),
            attempt("a line is added to a file whose last line had no end")
                .given(
                    "(cd repo; printf 'one\\r\\ntwo' >src/api/router.ts; unseen commit -q -am no-end)
                     cd wt-uploads; git merge -q main; printf '\\nthree\\n' >>src/api/router.ts",
                )
                .tried("cd wt-uploads; git commit -qam x")
                .passes(),
            attempt("every line loses its carriage return")
                .given("cd wt-uploads; sed -i 's/\\r$//' src/api/router.ts")
                .tried("cd wt-uploads; git commit -qam x")
                .refused("pre-commit", "additions-only"),
            attempt("autocrlf converts the worktree and not what is committed")
                .given("cd wt-uploads; git config core.autocrlf input; edit src/api/uploads/a.ts; git add -A 2>/dev/null")
                .tried("cd wt-uploads; git commit -qm x")
                .passes(),
        ],
    );
}

#[test]
fn a_submodule_that_nobody_touches_is_no_matter() {
    let world = || {
        let world = uploads();
        crate::gated::script(
            &world,
            "git init -q sub; (cd sub; git commit -q --allow-empty -m 1; git commit -q --allow-empty -m 2)
             cd repo; git submodule --quiet add ../sub vendor/sub; save; cd ../wt-uploads; git merge -q main",
        )
        .expect(0);
        world
    };
    play(
        world,
        [
            attempt("a commit beside it, with the submodule not checked out")
                .given("cd wt-uploads; edit src/api/uploads/a.ts")
                .tried("cd wt-uploads; git add -A; git commit -qm x")
                .passes(),
            attempt("a commit beside it, with the submodule checked out elsewhere and not staged")
                .given(
                    "cd wt-uploads; git submodule --quiet update --init; git -C vendor/sub checkout -q HEAD~1
                     edit src/api/uploads/a.ts; git add src",
                )
                .tried("cd wt-uploads; git commit -qm x")
                .passes(),
            attempt("it is moved, and its configuration hides that")
                .given(
                    "cd wt-uploads; git submodule --quiet update --init; git -C vendor/sub checkout -q HEAD~1
                     git config submodule.vendor/sub.ignore all; git update-index --cacheinfo 160000,$(git -C vendor/sub rev-parse HEAD),vendor/sub",
                )
                .tried("cd wt-uploads; git commit -qm x")
                .refused("pre-commit", "out-of-scope"),
        ],
    );
}

#[test]
fn pulling_what_others_have_landed_always_works() {
    let others = "git clone -q server.git other; (cd other; git config user.email o@o; git config user.name o)";
    let world = || {
        let world = beside_a_server();
        world.git("repo", &["branch", "-q", "--set-upstream-to=origin/main", "main"]);
        world
    };
    play(
        world,
        [
            attempt("a landing in order, by somebody else")
                .given(format!("migrations; git -C repo push -q origin agents/migrations; {others}; cd other
                        git merge -q --no-ff --no-edit origin/agents/migrations; git push -q origin main"))
                .tried("cd repo; git pull -q")
                .passes()
                .then("cd repo; test -e src/db/migrations/0002_uploads.sql"),
            attempt("a landing out of order that the server has let in is history")
                .given(format!("tests; git -C repo push -q origin agents/tests; {others}; cd other
                        git merge -q --no-ff --no-edit origin/agents/tests; git push -q origin main"))
                .tried("cd repo; git pull -q")
                .passes()
                .says("note[published]")
                .then("cd repo; test -e tests/uploads/create.test.ts"),
            attempt("fetch, then a fast-forward of the trunk from elsewhere")
                .given(format!("migrations; git -C repo push -q origin agents/migrations; {others}; (cd other
                        git merge -q --no-ff --no-edit origin/agents/migrations; git push -q origin main); git -C repo checkout -q --detach"))
                .tried("cd wt-tests; git fetch -q; git fetch -q . origin/main:main")
                .passes(),
            attempt("an agent pulls its own lane from another machine")
                .given(format!("uploads; git -C wt-uploads push -q -u origin agents/uploads; {others}; cd other
                        git checkout -q agents/uploads; edit src/api/uploads/other.ts; save; git push -q"))
                .tried("cd wt-uploads; git pull -q")
                .passes(),
            attempt("an agent takes the landed trunk in")
                .given(format!("migrations; git -C repo push -q origin agents/migrations; {others}; (cd other
                        git merge -q --no-ff --no-edit origin/agents/migrations; git push -q origin main); uploads"))
                .tried("cd wt-uploads; git pull -q --no-rebase --no-edit origin main; git push -q origin agents/uploads")
                .passes(),
            attempt("the same where the trunk was pushed without setting an upstream")
                .given(format!("git -C repo branch --unset-upstream main; migrations; git -C repo push -q origin agents/migrations; {others}; (cd other
                        git merge -q --squash origin/agents/migrations; git commit -q -m landed; git push -q origin main); uploads"))
                .tried("cd wt-uploads; git pull -q --rebase origin main; git push -q origin agents/uploads")
                .passes(),
            attempt("a lane that took the landed trunk in lands on a trunk that is behind")
                .given(format!("migrations; git -C repo push -q origin agents/migrations; {others}; (cd other
                        git merge -q --no-ff --no-edit origin/agents/migrations; git push -q origin main); uploads
                        cd wt-uploads; git pull -q --no-rebase --no-edit origin main"))
                .tried("cd repo; git merge -q --no-ff --no-edit agents/uploads")
                .passes(),
        ],
    );
}

#[test]
fn landed_lanes_stay_landed() {
    let merge = "git merge -q --no-ff --no-edit";
    ask_all(
        uploads,
        [
            question("after a squash landing, the lane goes on with fixes")
                .given("migrations; (cd repo; git merge -q --squash agents/migrations >/dev/null; git commit -qm s); lane migrations src/db/migrations/0003.sql")
                .within("wt-migrations")
                .asked("--landing")
                .finds([]),
            question("after a squash landing, the trunk taken in, and a fix")
                .given("migrations; (cd repo; git merge -q --squash agents/migrations >/dev/null; git commit -qm s)
                        (cd wt-migrations; git merge -q --no-edit main); lane migrations src/db/migrations/0003.sql")
                .within("wt-migrations")
                .finds([]),
            question("the next lane's turn after all before it")
                .given(format!("migrations; uploads; tests; cd repo; {merge} agents/migrations; {merge} agents/uploads"))
                .within("wt-tests")
                .asked("--landing")
                .finds([]),
            question("a landed lane that the trunk has since rewritten")
                .given(format!("migrations; uploads; cd repo; {merge} agents/migrations
                        git rm -q src/db/migrations/0002_uploads.sql; git commit -qm 'gone again'; edit src/db/schema.ts; save"))
                .asked("--landing")
                .finds([]),
        ],
    );
}
