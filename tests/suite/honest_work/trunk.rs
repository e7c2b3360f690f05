//! The trunk goes on, and lanes take it in.

use super::Theme;
use super::row::work;
use super::world::usual;

/// Agent-3 may hold what agent-1 has not landed, and does; the trunk has renamed a file of that.
const RENAMED: &str = "(cd repo; printf '\\n[[waivers]]\\nrule = \"carries-unlanded\"\\nagent = \"agent-3\"\\nbecause = \"x\"\\n' >>contract.toml; save waived); push main
    lane uploads src/api/uploads/README.md; lane tests tests/uploads/new.test.ts; git -C wt-tests merge -q --no-edit agents/uploads; push agents/uploads agents/tests
    (cd repo; git mv src/api/uploads/README.md src/api/uploads/ABOUT.md; smuggle); settled";

pub fn taking_the_trunk_in() -> Theme {
    let trunk = "on_trunk tsconfig.json README.md src/auth/session.ts src/new.ts";
    let lane = "lane uploads src/api/uploads/a.ts; lane uploads src/api/uploads/b.ts";
    Theme {
        title: "Taking the trunk in",
        world: usual,
        rows: vec![
            work("merging the trunk after others have landed")
                .given("migrations; land migrations; push main agents/migrations; uploads")
                .tried("cd wt-uploads; git merge -q --no-edit main")
                .lane_pushed(),
            work("rebasing onto the trunk after others have landed")
                .given("migrations; land migrations; push main agents/migrations; uploads")
                .tried("cd wt-uploads; git rebase -q main")
                .lane_pushed(),
            work("merging a trunk that goes on in everybody's paths, and as a fast-forward")
                .given(format!("{trunk}; {lane}"))
                .tried("(cd wt-uploads; git merge -q --no-edit main); (cd wt-tests; git merge -q main)")
                .lane_pushed()
                .pushed("agent-3", "git -C wt-tests push -q origin agents/tests"),
            work("rebasing by the older machinery, after the lane was pushed")
                .given(format!("{trunk}; {lane}; push agents/uploads"))
                .tried("cd wt-uploads; git rebase -q --apply main")
                .pushed("agent-1", "git -C wt-uploads push -q --force-with-lease origin agents/uploads"),
            work("rebasing with merges kept")
                .given(format!("{trunk}; {lane}; (cd wt-uploads; git merge -q --no-edit main); on_trunk README.md"))
                .tried("cd wt-uploads; git rebase -q --rebase-merges main")
                .lane_pushed(),
            work("a rebase that stops, and its abort")
                .given(format!("{trunk}; {lane}"))
                .tried("cd wt-uploads; git rebase -q --exec false main 2>/dev/null || git rebase --abort")
                .lane_pushed()
                .then("cd wt-uploads; test -e src/api/uploads/b.ts; git diff --quiet HEAD"),
            work("rebasing a part of the lane, with `--onto`")
                .given(format!("{trunk}; {lane}; lane uploads src/api/uploads/c.ts"))
                .tried("cd wt-uploads; git rebase -q --onto main HEAD~1; test ! -e src/api/uploads/a.ts")
                .lane_pushed(),
            work("taking single files from the trunk")
                .given(format!("{lane}; {trunk}; cd wt-uploads; git checkout -q main -- tsconfig.json; git restore -s main -SW README.md"))
                .tried("cd wt-uploads; git commit -qm 'as on the trunk'")
                .lane_pushed(),
            work("starting over from the trunk")
                .given(format!("{lane}; push agents/uploads; {trunk}"))
                .tried("cd wt-uploads; git reset -q --hard main; edit src/api/uploads/again.ts; save")
                .pushed("agent-1", "git -C wt-uploads push -q --force origin agents/uploads"),
        ],
    }
}

/// `upstream` is the project's server, and `origin` a fork of it as it was before, without a gate.
const FORK: &str = "git clone -q --bare --single-branch -b main repo fork.git; cd repo; git remote rename origin upstream
    git remote add origin ../fork.git; git fetch -q origin; git branch -q -u origin/main main; cd ..";

pub fn taking_the_remotes_trunk_in() -> Theme {
    let landed = "migrations; landed_elsewhere migrations; uploads";
    let amends = "elsewhere \"sed -i 's/POST/PUT/' contract.toml; git commit -qam amended; git push -q\"";
    let amended = format!(
        "migrations; land migrations; push main agents/migrations; uploads; {amends}
         git -C repo fetch -q; git -C wt-uploads merge -q --no-edit origin/main"
    );
    Theme {
        title: "Taking the remote's trunk in, before or after the local one has moved",
        world: usual,
        rows: vec![
            work("merging the remote's trunk into a lane, the local trunk being behind")
                .given(landed)
                .tried("cd wt-uploads; git fetch -q; git merge -q --no-edit origin/main")
                .lane_pushed(),
            work("`git pull --rebase origin main` in a lane")
                .given(landed)
                .tried("cd wt-uploads; git pull -q --rebase origin main")
                .lane_pushed(),
            work("`git pull --rebase --autostash` with changes that are not committed")
                .given(format!("{landed}; edit wt-uploads/src/api/uploads/create.ts later"))
                .tried("cd wt-uploads; git pull -q --rebase --autostash origin main 2>/dev/null; git diff --quiet && exit 1; true")
                .lane_pushed(),
            work("`git pull` in a lane that has the trunk as its upstream")
                .given(format!("{landed}; git -C repo branch -q -u origin/main agents/uploads"))
                .tried("cd wt-uploads; git pull -q --no-rebase --no-edit")
                .lane_pushed(),
            work("`git fetch origin main:main` in a lane's worktree")
                .given(format!("{landed}; git -C repo checkout -q --detach"))
                .tried("cd wt-uploads; git fetch -q origin main:main; git merge -q --no-edit main")
                .lane_pushed(),
            work("`git fetch origin main:scratch` in a lane's worktree, and the scratch branch's end")
                .given(landed)
                .tried("cd wt-uploads; git fetch -q origin main:scratch; git diff --quiet scratch origin/main; git branch -q -D scratch")
                .lane_pushed(),
            work("`git fetch . origin/main:main` in a lane's worktree")
                .given(format!("{landed}; git -C repo checkout -q --detach"))
                .tried("cd wt-uploads; git fetch -q; git fetch -q . origin/main:main; git rebase -q main")
                .lane_pushed(),
            work("pulling a landing in the main worktree, and landing the next lane")
                .given(landed)
                .tried("cd repo; git branch -q -u origin/main main; git pull -q --ff-only; git merge -q --no-ff --no-edit agents/uploads")
                .pushed("dana", "push main agents/uploads"),
            work("pulling whatever the upstream has: hand-made steps and landings out of order")
                .given("tests; push agents/tests; mv server.git/hooks/pre-receive kept; landed_elsewhere tests
                        elsewhere 'edit src/api/uploads/README.md; save; git push -q'; mv kept server.git/hooks/pre-receive")
                .tried("cd repo; git pull -q --ff-only origin main; cd ../wt-uploads; git merge -q --no-edit main")
                .lane_pushed(),
            work("`git pull . main` in a lane, and `git fetch . main` with a merge of what it found")
                .given("migrations; land migrations; push main agents/migrations; uploads; tests")
                .tried("(cd wt-uploads; git pull -q --no-rebase --no-edit . main); cd wt-tests; git fetch -q . main; git merge -q --no-edit FETCH_HEAD")
                .lane_pushed(),
            work("pulling one's own lane from another machine")
                .given("uploads; push agents/uploads; elsewhere 'git checkout -q agents/uploads; edit src/api/uploads/other.ts; save; git push -q'")
                .tried("cd wt-uploads; git pull -q --ff-only origin agents/uploads; edit src/api/uploads/more.ts; save")
                .lane_pushed(),
            work("a fork: `git pull --rebase upstream main` in a lane, where `origin` is the fork and behind")
                .given(format!("{landed}; {FORK}"))
                .tried("cd wt-uploads; git pull -q --rebase upstream main; edit src/api/uploads/more.ts; save")
                .pushed("agent-1", "git -C repo push -q origin agents/uploads; git -C repo push -q upstream agents/uploads"),
            work("a fork: `git pull upstream main` in a lane, and then in the main worktree")
                .given(format!("{landed}; {FORK}"))
                .tried("(cd wt-uploads; git pull -q --no-rebase --no-edit upstream main); cd repo; git pull -q --ff-only upstream main; git push -q origin main")
                .pushed("agent-1", "git -C repo push -q origin agents/uploads; git -C repo push -q upstream agents/uploads"),
            work("a fork: what the project has beyond it is merged by hand, and is brought to the fork")
                .given(format!("{landed}; {FORK}; git -C repo fetch -q --all"))
                .tried("(cd wt-uploads; git merge -q --no-edit upstream/main); git -C repo push -q origin upstream/main:main; git -C repo pull -q --ff-only")
                .pushed("agent-1", "git -C repo push -q upstream agents/uploads"),
            work("landing on a local trunk that is behind the remote's, a lane that has not taken it in")
                .given(landed)
                .tried("cd repo; git fetch -q; git merge -q --no-ff --no-edit agents/uploads")
                .pushed("dana", "git -C repo pull -q --no-rebase --no-edit origin main; push main agents/uploads"),
            work("landing on a local trunk that is behind the remote's, a lane that has not taken it in, and `git pull --rebase` after that")
                .given(landed)
                .tried("cd repo; git fetch -q; git merge -q --no-ff --no-edit agents/uploads")
                .pushed("dana", "git -C repo pull -q --rebase origin main; push main agents/uploads"),
            work("landing on a local trunk that is behind the remote's, a lane that has taken it in")
                .given(format!("{landed}; cd wt-uploads; git pull -q --no-rebase --no-edit origin main"))
                .tried("cd repo; git merge -q --no-ff --no-edit agents/uploads")
                .pushed("dana", "push main agents/uploads"),
            work("landing on a local trunk that is behind an amendment, a lane that has taken that in")
                .given(&amended)
                .tried("cd repo; git merge -q --no-ff --no-edit agents/uploads")
                .pushed("dana", "push main agents/uploads"),
            work("landing it there by a squash, and a pull after that")
                .given(amended)
                .tried("cd repo; git merge -q --squash agents/uploads >/dev/null; git commit -q -m squash")
                .pushed("dana", "git -C repo pull -q --rebase origin main; push main agents/uploads")
                .refused_on_the_client("amendment-not-alone")
                .note("the commit changes the contract and the lane's paths, and tells nothing of where it has them from; pull first, as the help says"),
        ],
    }
}

pub fn conflicts_and_crossings() -> Theme {
    let twice = "lane uploads src/api/uploads/README.md; on_trunk src/api/uploads/README.md";
    Theme {
        title: "Conflicts, crossings and other agents' commits",
        world: usual,
        rows: vec![
            work("resolving a conflict with the trunk inside one's scope, by a merge")
                .given(twice)
                .tried("cd wt-uploads; ! git merge -q --no-edit main >/dev/null; sed -i '/^[<=>|]/d' src/api/uploads/README.md; save resolved")
                .lane_pushed(),
            work("resolving it by a rebase")
                .given(twice)
                .tried("cd wt-uploads; ! git rebase -q main >/dev/null 2>&1; sed -i '/^[<=>|]/d' src/api/uploads/README.md; git add -A; git rebase --continue >/dev/null")
                .lane_pushed(),
            work("resolving it for the trunk, or for one's own side")
                .given(format!("{twice}; lane tests tests/uploads/README.md; on_trunk tests/uploads/README.md"))
                .tried("(cd wt-uploads; git merge -q -X theirs --no-edit main); (cd wt-tests; git merge -q -X ours --no-edit main)")
                .lane_pushed()
                .pushed("agent-3", "git -C wt-tests push -q origin agents/tests"),
            work("giving a merge up, and a cherry-pick, and a revert")
                .given(format!("{twice}; lane uploads src/api/uploads/README.md"))
                .tried("cd wt-uploads; ! git merge -q --no-edit main >/dev/null; git merge --abort
                        ! git cherry-pick main >/dev/null 2>&1; git cherry-pick --abort; ! git revert --no-edit HEAD~1 >/dev/null 2>&1; git revert --abort")
                .lane_pushed(),
            work("carrying another's unlanded work, where that is waived, and its next state, in which a file is gone, and the trunk")
                .given("(cd repo; printf '\\n[[waivers]]\\nrule = \"carries-unlanded\"\\nagent = \"agent-1\"\\nbecause = \"x\"\\n' >>contract.toml; save waived); push main
                        lane migrations src/db/schema.ts src/db/migrations/0009.sql; lane tests tests/uploads/new.test.ts")
                .tried("(cd wt-uploads; git merge -q --no-edit agents/migrations; edit src/api/uploads/create.ts; save)
                        (cd wt-migrations; git rm -q src/db/migrations/0009.sql; edit src/db/schema.ts more; save); push agents/migrations
                        on_trunk src/db/other.ts; cd wt-uploads; git merge -q --no-edit agents/migrations; git merge -q --no-edit main")
                .warns("carries-unlanded")
                .lane_pushed(),
            work("the same, where the other lane is rebased onto a landing meanwhile")
                .given("(cd repo; printf '\\n[[waivers]]\\nrule = \"carries-unlanded\"\\nagent = \"agent-3\"\\nbecause = \"x\"\\n' >>contract.toml; save waived); push main
                        lane uploads src/api/uploads/a.ts src/api/uploads/create.ts; lane tests tests/uploads/new.test.ts
                        git -C wt-tests merge -q --no-edit agents/uploads; push agents/uploads agents/tests
                        migrations; land migrations; push agents/migrations main; git -C wt-uploads rebase -q main; push -f agents/uploads")
                .tried("cd wt-tests; git merge -q --no-edit -X theirs agents/uploads; edit tests/uploads/new.test.ts more; save")
                .warns("carries-unlanded")
                .pushed("agent-3", "git -C wt-tests push -q origin agents/tests"),
            work("the same, and the trunk, which has renamed a file that the other lane has changed")
                .given(RENAMED)
                .tried("cd wt-tests; git merge -q --no-edit main")
                .pushed("agent-3", "git -C wt-tests push -q origin agents/tests")
                .refused_everywhere("out-of-scope")
                .note("Git carries the other lane's change along, and nothing tells that from this lane's own: the other lane takes the trunk in first, as in the next row."),
            work("the same, by way of the other lane, which has taken the trunk in")
                .given(RENAMED)
                .tried("(cd wt-uploads; git merge -q --no-edit main); push agents/uploads; cd wt-tests; git merge -q --no-edit agents/uploads")
                .warns("carries-unlanded")
                .pushed("agent-3", "git -C wt-tests push -q origin agents/tests"),
            work("resolving a conflict of two additions to a shared file")
                .given("cd wt-migrations; edit CHANGELOG.md '- migrations'; save; cd ..; land migrations; push main agents/migrations
                        cd wt-uploads; edit CHANGELOG.md '- uploads'; save")
                .tried("cd wt-uploads; ! git merge -q --no-edit main >/dev/null; sed -i '/^[<=>|]/d' CHANGELOG.md; save both")
                .lane_pushed(),
            work("criss-cross: the lane takes the trunk in, and the trunk an older state of the lane")
                .given("migrations; git -C repo branch -q old agents/migrations; on_trunk README.md; (cd wt-migrations; git merge -q --no-edit main)
                        (cd repo; git merge -q --no-ff --no-edit old); lane migrations src/db/migrations/3.sql")
                .tried("cd wt-migrations; git merge -q --no-edit main; cd ..; land migrations")
                .pushed("agent-2", "git -C wt-migrations push -q origin agents/migrations")
                .pushed("dana", "push main"),
            work("inherited commits of other agents that have landed, merged and rebased")
                .given("migrations; uploads; (cd wt-uploads; git config rerere.enabled true; unseen merge -q --no-edit agents/migrations); land migrations")
                .tried("cd wt-uploads; git merge -q --no-edit main; edit src/api/uploads/on.ts; save; git rebase -q main")
                .pushed("dana", "push main agents/migrations")
                .lane_pushed(),
            work("a lane that began on another's work, after that was squashed on the trunk and taken in")
                .given("migrations; (cd wt-uploads; unseen merge -q agents/migrations); squash migrations; push main agents/migrations")
                .tried("cd wt-uploads; git merge -q --no-edit main; edit src/api/uploads/on.ts; save")
                .lane_pushed()
                .note("what a lane took from another is free once that has landed"),
        ],
    }
}
