//! Landings on a trunk that somebody else pushes to in the meantime: a merge joins the two lines, and
//! the old trunk is no first parent of the new one.

use super::Theme;
use super::row::{Row, work};
use super::world::usual;

/// Somebody pushes to the trunk what concerns nobody.
const MEANWHILE: &str = "elsewhere 'git commit -q --allow-empty -m meanwhile; git push -q origin main'";
const JOINED: &str = "git -C repo pull -q --no-rebase --no-edit origin main";
const TAKEN: &str = "(cd wt-uploads; git merge -q --no-edit main)";
const FORWARD: &str = "git -C repo merge -q --ff-only agents/uploads";
const HOTFIX: &str = "`landings-only` is that the trunk takes no hotfix";
const ONE_STEP: &str = "a step that joins two lines is judged as one: `git pull --rebase=merges`";

pub fn joining_two_lines() -> Theme {
    let lanes = format!("migrations; uploads; push agents/migrations agents/uploads; {MEANWHILE}");
    Theme {
        title: "Landing while others push to the trunk, and joining the two lines by a merge",
        world: usual,
        rows: vec![
            work("two landings, the second lane having taken the first in, and a pull that merges")
                .given(&lanes)
                .tried(format!("land migrations; {TAKEN}; land uploads; {JOINED}"))
                .pushed("dana", "push main"),
            work("the same, with more work in the second lane, and the lanes pushed along")
                .given(&lanes)
                .tried(format!("land migrations; {TAKEN}; uploads; land uploads; {JOINED}"))
                .pushed("dana", "push main agents/migrations agents/uploads"),
            work("a landing, and a lane that has taken it in and lands as a fast-forward")
                .given(&lanes)
                .tried(format!("land migrations; {TAKEN}; {FORWARD}; {JOINED}"))
                .pushed("dana", "push main"),
            work("the same, both lanes pushed for the first time with all branches")
                .given(format!("migrations; uploads; {MEANWHILE}"))
                .tried(format!("land migrations; {TAKEN}; {FORWARD}; {JOINED}"))
                .pushed("dana", "push --all"),
            work("a lane that takes the trunk in before and after a landing, and lands as a fast-forward")
                .given(&lanes)
                .tried(format!("git -C repo pull -q --ff-only origin main; {TAKEN}; land migrations; {TAKEN}; {FORWARD}"))
                .pushed("dana", "push main"),
            work("a lane that lands, and goes on and lands again after the next one has")
                .given("migrations; uploads; push agents/migrations agents/uploads")
                .tried("land migrations uploads; lane migrations src/db/migrations/3.sql; land migrations")
                .pushed("dana", "push main"),
            work("the same with squashes")
                .given("migrations; uploads; push agents/migrations agents/uploads")
                .tried("squash migrations; squash uploads; lane migrations src/db/migrations/3.sql; squash migrations")
                .pushed("dana", "push main")
                .server_refuses_under_landings_only("trunk-direct")
                .note("`landings-only` cannot tell what is newer from a hand's: push the lane's branch too"),
            work("a landed lane that goes on and lands again after the next one has, the trunk pushed with its branch")
                .given("migrations; uploads; push agents/migrations agents/uploads; land migrations; push main")
                .tried("land uploads; lane migrations src/db/migrations/3.sql; land migrations; git -C repo push -q --dry-run origin main agents/migrations")
                .pushed("dana", "push main agents/migrations"),
            work("the same by a squash, which the lane takes in")
                .given("migrations; uploads; push agents/migrations agents/uploads; land migrations; push main")
                .tried("land uploads; lane migrations src/db/migrations/3.sql; squash migrations; git -C wt-migrations merge -q --no-edit main
                        git -C repo push -q --dry-run origin main agents/migrations")
                .pushed("dana", "push main agents/migrations"),
            work("the same by a squash, upon which the lane begins again")
                .given("migrations; uploads; push agents/migrations agents/uploads; land migrations; push main")
                .tried("land uploads; lane migrations src/db/migrations/3.sql; squash migrations; git -C wt-migrations reset -q --hard main
                        git -C repo push -q --dry-run origin main +agents/migrations")
                .pushed("dana", "push main +agents/migrations"),
            work("the same of lanes that were never pushed, with all branches")
                .given("migrations; uploads; land migrations; push main")
                .tried("land uploads; lane migrations src/db/migrations/3.sql; land migrations; git -C repo push -q --dry-run --all origin")
                .pushed("dana", "push --all"),
            work("a landed lane that goes on while the next one lands, and both are pushed at once")
                .given("migrations; uploads; push agents/migrations agents/uploads; land migrations; push main")
                .tried("land uploads; git -C wt-migrations merge -q --no-edit main; lane migrations src/db/migrations/3.sql
                        git -C repo push -q --dry-run origin main agents/migrations")
                .pushed("dana", "push main agents/migrations"),
            work("a lane that lands here, as the next one does, and goes on, pushed with all branches")
                .given("migrations; uploads; push agents/migrations agents/uploads")
                .tried("land migrations uploads; lane migrations src/db/migrations/3.sql; git -C repo push -q --dry-run --all origin")
                .pushed("dana", "push --all"),
            work("the same of squashes")
                .given("migrations; uploads; push agents/migrations agents/uploads")
                .tried("squash migrations; squash uploads; lane migrations src/db/migrations/3.sql; git -C repo push -q --dry-run --all origin")
                .pushed("dana", "push --all"),
            work("a lane that was never pushed lands here, as the next one does, and goes on, pushed with all branches")
                .given("migrations; uploads")
                .tried("land migrations uploads; lane migrations src/db/migrations/3.sql; git -C repo push -q --dry-run --all origin")
                .pushed("dana", "push --all"),
            work("a lane that was never pushed is squashed here, as the next one is, and goes on, pushed with the trunk")
                .given("migrations; uploads")
                .tried("squash migrations; squash uploads; lane migrations src/db/migrations/3.sql; git -C repo push -q --dry-run origin main agents/migrations")
                .pushed("dana", "push main agents/migrations"),
            work("a pushed lane of two commits is squashed here, and goes on in the same file, pushed with the trunk")
                .given("lane migrations src/db/schema.ts; lane migrations src/db/schema.ts; push agents/migrations")
                .tried("squash migrations; lane migrations src/db/schema.ts; git -C repo push -q --dry-run origin main agents/migrations")
                .pushed("dana", "push main agents/migrations"),
            work("the same by `land`, the lane going on in a file of its own beside, and again")
                .given("lane migrations src/db/schema.ts; lane migrations src/db/schema.ts; push agents/migrations")
                .tried("(cd repo; \"$GATE\" land agent-2 --strategy squash)
                        lane migrations src/db/migrations/3.sql; lane migrations src/db/schema.ts; git -C repo push -q --dry-run origin main agents/migrations")
                .pushed("dana", "push main agents/migrations"),
            work("a lane that was never pushed lands here, takes the trunk in after the next one has, and goes on, pushed with the trunk")
                .given("migrations; uploads")
                .tried("land migrations uploads; git -C wt-migrations merge -q main; lane migrations src/db/migrations/3.sql; git -C repo push -q --dry-run origin main agents/migrations")
                .pushed("dana", "push main agents/migrations"),
            work("two lanes that have a hotfix from the trunk, which is then rebased onto what others have pushed, and the first one lands")
                .given(format!("(cd repo; edit src/index.ts; smuggle fix); for lane in migrations uploads; do git -C wt-$lane merge -q --no-edit main; done; {MEANWHILE}"))
                .tried("git -C repo pull -q --rebase origin main; migrations; land migrations")
                .pushed("dana", "push main agents/migrations agents/uploads")
                .not_for_landings_only("trunk-direct")
                .server_refuses_under_landings_only("out-of-scope")
                .note(HOTFIX),
            work("two lanes that have a hotfix from the trunk and work, and the trunk pushed with them")
                .given("(cd repo; edit src/index.ts; smuggle fix); for lane in migrations uploads; do git -C wt-$lane merge -q --no-edit main; done")
                .tried("migrations; uploads; git -C repo push -q --dry-run --all origin")
                .pushed("dana", "push --all")
                .not_for_landings_only("trunk-direct")
                .note(HOTFIX),
            work("a lane that goes on here, before the trunk is pushed on which it and the next one have landed")
                .given("migrations; uploads; push agents/migrations agents/uploads")
                .tried("land migrations uploads; lane migrations src/db/migrations/3.sql; git -C repo push -q --dry-run origin main")
                .pushed("dana", "push main"),
            work("the same with squashes, under which lanes are known by what they hold")
                .given("migrations; uploads; push agents/migrations agents/uploads")
                .tried("squash migrations; squash uploads; lane migrations src/db/migrations/3.sql; git -C repo push -q --dry-run origin main")
                .pushed("dana", "push main"),
            work("the same of lanes that were never pushed")
                .given("migrations; uploads")
                .tried("land migrations uploads; lane migrations src/db/migrations/3.sql; git -C repo push -q --dry-run origin main")
                .pushed("dana", "push main"),
            work("the same of lanes that were never pushed, the first having landed on the trunk that was")
                .given("migrations; uploads; land migrations; push main")
                .tried("land uploads; lane migrations src/db/migrations/3.sql; git -C repo push -q --dry-run origin main")
                .pushed("dana", "push main"),
            work("the same of lanes that were never pushed, with squashes")
                .given("migrations; uploads")
                .tried("squash migrations; squash uploads; lane migrations src/db/migrations/3.sql; git -C repo push -q --dry-run origin main")
                .pushed("dana", "push main"),
            work("a landed lane that takes the trunk in, and a pull that merges")
                .given(&lanes)
                .tried(format!("land migrations uploads; git -C wt-migrations merge -q main; {JOINED}; git -C repo push -q --dry-run origin main"))
                .pushed("dana", "push main"),
            work("a landing and a squash, which its lane takes in, and a pull that merges")
                .given(&lanes)
                .tried(format!("land migrations; squash uploads; {TAKEN}; {JOINED}; git -C repo push -q --dry-run origin main"))
                .pushed("dana", "push main"),
            work("two squashes, which both lanes take in and are pushed with, and a pull that merges")
                .given(&lanes)
                .tried(format!("squash migrations; squash uploads; {TAKEN}; git -C wt-migrations merge -q --no-edit main; {JOINED}"))
                .pushed("dana", "push main agents/migrations agents/uploads"),
            work("a landed lane that begins again at the trunk after squashes, and a pull that merges")
                .given(&lanes)
                .tried(format!("squash migrations; squash uploads; git -C wt-migrations reset -q --hard main; {JOINED}; git -C repo push -q --dry-run origin main"))
                .pushed("dana", "push main"),
            work("an amendment that three lanes have taken in, made anew by a pull that rebases")
                .given(format!("migrations; uploads; tests; push agents/migrations agents/uploads agents/tests; {MEANWHILE}"))
                .tried("(cd repo; sed -i 's/POST/PUT/' contract.toml; git commit -qam amended); for lane in migrations uploads tests; do git -C wt-$lane merge -q --no-edit main; done
                        git -C repo pull -q --rebase origin main; push main; land migrations uploads tests")
                .pushed("dana", "push main"),
            work("a fast-forward to a lane whose older tip the server has, and a pull that merges")
                .given(format!("migrations; land migrations; push main; {TAKEN}; uploads; push agents/uploads; {MEANWHILE}"))
                .tried(format!("uploads; {FORWARD}; {JOINED}"))
                .pushed("dana", "push main")
                .server_refuses_under_landings_only("trunk-direct")
                .note("`landings-only` cannot tell what is newer from a hand's: push the lane's branch too"),
            work("a landing is taken back, that is taken back, the next lane lands, and a pull that merges")
                .given("migrations; uploads; push agents/migrations agents/uploads; land migrations; push main")
                .tried(format!("(cd repo; git revert --no-edit -m 1 HEAD >/dev/null; git push -q origin main; git revert --no-edit HEAD >/dev/null)
                                land uploads; {MEANWHILE}; {JOINED}"))
                .pushed("dana", "push main")
                .server_refuses_under_landings_only("trunk-direct")
                .note(ONE_STEP),
            work("the contract is amended, a lane lands, and a pull that merges")
                .given(&lanes)
                .tried(format!("(cd repo; sed -i 's/POST/PUT/' contract.toml; git commit -qam amended); land migrations; {JOINED}"))
                .pushed("dana", "push main")
                .not_in_one_push("amendment-not-alone")
                .note(ONE_STEP),
            work("the contract is amended, a lane lands, and a pull that rebases with `--rebase=merges`")
                .given(&lanes)
                .tried("(cd repo; sed -i 's/POST/PUT/' contract.toml; git commit -qam amended); land migrations; git -C repo pull -q --rebase=merges origin main")
                .pushed("dana", "push main"),
            work("an empty commit here, while the contract is amended and a lane lands elsewhere, and a pull that merges")
                .given("migrations; push agents/migrations; elsewhere \"sed -i 's/POST/PUT/' contract.toml; git commit -qam amended; git push -q origin main\"; landed_elsewhere migrations")
                .tried("cd repo; git commit -q --allow-empty -m here; git pull -q --no-rebase --no-edit origin main")
                .pushed("dana", "push main"),
            work("a hotfix here, while a lane lands elsewhere and goes on here, and a pull that merges")
                .given("migrations; landed_elsewhere migrations; lane migrations src/db/migrations/3.sql")
                .tried("cd repo; edit src/index.ts; git commit -qam fix; git pull -q --no-rebase --no-edit origin main")
                .pushed("dana", "push main")
                .not_for_landings_only("trunk-direct")
                .note("The policy is that the trunk takes landings alone."),
            work("an amendment here, while a lane lands elsewhere by a squash and goes on here, and a pull that merges")
                .given("migrations; push agents/migrations; elsewhere 'git merge -q --squash origin/agents/migrations >/dev/null; git commit -qm squashed; git push -q origin main'; lane migrations src/db/migrations/3.sql")
                .tried("cd repo; sed -i 's/POST/PUT/' contract.toml; git commit -qam amended; git pull -q --no-rebase --no-edit origin main")
                .pushed("dana", "push main"),
            work("lanes of which the first lands as a fast-forward and the next by a merge, brought up to the trunk and pushed with it")
                .given("migrations; uploads; push agents/migrations agents/uploads; unseen -C repo merge -q --ff-only agents/migrations; land uploads
                        unseen -C wt-migrations merge -q --ff-only main; unseen -C wt-uploads merge -q --ff-only main")
                .tried("git -C repo push -q --dry-run origin main agents/migrations agents/uploads")
                .pushed("dana", "push main agents/migrations agents/uploads")
                .warns_if_open("trunk-direct")
                .not_for_landings_only("carries-unlanded")
                .not_in_one_push("carries-unlanded")
                .then("push main; push agents/migrations agents/uploads")
                .note("Nothing tells these lanes from one that became the trunk: push the trunk first."),
            work("a lane that took the landing before it in and lands as a fast-forward, both landings by one push")
                .given("migrations; uploads; push agents/migrations agents/uploads; land migrations")
                .tried("git -C wt-uploads merge -q --no-edit main; git -C repo merge -q --ff-only agents/uploads
                        git -C repo push -q --dry-run origin main agents/uploads")
                .pushed("dana", "push main agents/uploads")
                .refused_everywhere("carries-unlanded")
                .note("The line of the trunk is the lane's, on which the other comes inside it: push each landing, or land by merges."),
            work("a landed lane that goes on, and is pushed before the trunk is")
                .given("migrations; uploads; land migrations uploads; lane migrations src/db/migrations/3.sql; push agents/migrations")
                .tried("true")
                .pushed("dana", "push main")
                .not_in_one_push("merge-order")
                .note("The server sees half of a lane landed: land the rest of it too, or push the trunk first."),
            work("a landed lane that goes on while the next one lands, and is pushed and lands again before the trunk is pushed")
                .given("migrations; uploads; land migrations; push main agents/migrations; land uploads; lane migrations src/db/migrations/3.sql; push agents/migrations")
                .tried("land migrations")
                .pushed("dana", "push main"),
            work("the same by squashes")
                .given("migrations; uploads; squash migrations; push main agents/migrations; squash uploads; lane migrations src/db/migrations/3.sql; push agents/migrations agents/uploads")
                .tried("cd repo; git merge -q --squash agents/migrations >/dev/null 2>&1; git checkout -q agents/migrations -- src/db; git commit -qm 'squash again'")
                .pushed("dana", "push main"),
            work("three landings, each lane having taken the one before in")
                .given(format!("{lanes}; tests; push agents/tests"))
                .tried(format!("land migrations; {TAKEN}; land uploads; (cd wt-tests; git merge -q --no-edit main); land tests; {JOINED}"))
                .pushed("dana", "push main"),
            work("a landing, and a lane that is rebased onto it and lands as a fast-forward")
                .given(&lanes)
                .tried(format!("land migrations; (cd wt-uploads; git rebase -q main); git -C repo merge -q --ff-only agents/uploads; {JOINED}"))
                .pushed("dana", "push main"),
            work("a landing, and a lane that is rebased onto it, lands as a fast-forward and is pushed along")
                .given(&lanes)
                .tried(format!("land migrations; (cd wt-uploads; git rebase -q main); git -C repo merge -q --ff-only agents/uploads; {JOINED}"))
                .pushed("dana", "push main +agents/uploads"),
            work("a squash, and a lane that is rebased onto it, lands as a fast-forward and is pushed for the first time")
                .given("migrations; uploads")
                .tried("squash migrations; (cd wt-uploads; git rebase -q main); git -C repo merge -q --ff-only agents/uploads; git -C repo push -q --dry-run --all origin")
                .pushed("dana", "push --all"),
            work("a lane that is rebased onto a landing, goes on and lands as a fast-forward, the server having what it was before")
                .given("migrations; uploads; push agents/migrations agents/uploads")
                .tried("land migrations; (cd wt-uploads; git rebase -q main); lane uploads src/api/uploads/more.ts; git -C repo merge -q --ff-only agents/uploads")
                .pushed("dana", "push main")
                .server_refuses_under_landings_only("trunk-direct")
                .note("`landings-only` cannot tell what is newer from a hand's: push the lane's branch too, with `--force-with-lease`"),
            work("two squashes, and the lanes deleted")
                .given(format!("migrations; uploads; {MEANWHILE}"))
                .tried(format!("squash migrations; squash uploads; git -C repo worktree remove --force ../wt-migrations
                                git -C repo worktree remove --force ../wt-uploads; git -C repo branch -q -D agents/migrations agents/uploads; {JOINED}"))
                .pushed("dana", "push main"),
            work("two landings of lanes that were never pushed, and the lanes deleted")
                .given(format!("migrations; uploads; {MEANWHILE}"))
                .tried(format!("land migrations; {TAKEN}; land uploads; git -C repo worktree remove --force ../wt-migrations
                                git -C repo worktree remove --force ../wt-uploads; git -C repo branch -q -D agents/migrations agents/uploads; {JOINED}"))
                .pushed("dana", "push main"),
            work("the line of the landings, merged into the trunk as the server has it")
                .given(&lanes)
                .tried(format!("land migrations; {TAKEN}; uploads; land uploads; cd repo; git branch -q landings; git fetch -q origin
                                git checkout -q -B main origin/main; git merge -q --no-ff --no-edit landings"))
                .pushed("dana", "push main"),
            work("a landing that a lane has taken in, which is not pushed itself")
                .given(&lanes)
                .tried(format!("land migrations; {TAKEN}; uploads; {JOINED}; git -C repo push -q --dry-run origin main"))
                .pushed("dana", "push main")
                .pushed("agent-1", "git -C wt-uploads push -q origin agents/uploads"),
            work("a landing that a lane is rebased onto, which is not pushed itself")
                .given(&lanes)
                .tried(format!("land migrations; (cd wt-uploads; git rebase -q main); uploads; {JOINED}; git -C repo push -q --dry-run origin main"))
                .pushed("dana", "push main")
                .pushed("agent-1", "git -C wt-uploads push -q --force-with-lease origin agents/uploads"),
            work("two landings, the second lane having taken both trunks in, the one here and the server's")
                .given(&lanes)
                .tried("land migrations; (cd wt-uploads; git merge -q --no-edit main; git fetch -q; git merge -q --no-edit origin/main); land uploads")
                .pushed("dana", "push main"),
            work("a squash and a landing, the second lane having taken both trunks in")
                .given(&lanes)
                .tried("squash migrations; (cd wt-uploads; git merge -q --no-edit main; git fetch -q; git merge -q --no-edit origin/main); land uploads")
                .pushed("dana", "push main"),
            work("an integration branch on which one lane is squashed and the next merged")
                .given("migrations; uploads; push agents/migrations agents/uploads; git -C repo checkout -q -b together")
                .tried("squash migrations; land uploads; cd repo; git checkout -q main; git merge -q --no-ff --no-edit together")
                .pushed("dana", "push main"),
            work("an integration branch with a hotfix between two landings")
                .given("migrations; uploads; push agents/migrations agents/uploads; git -C repo checkout -q -b together")
                .tried("squash migrations; (cd repo; edit src/index.ts; git commit -qam fix); land uploads; cd repo; git checkout -q main; git merge -q --no-ff --no-edit together")
                .pushed("dana", "push main")
                .not_for_landings_only("trunk-direct")
                .note("The policy is that the trunk takes landings alone."),
            work("a hotfix that a lane has taken in, which is not pushed itself")
                .given(&lanes)
                .tried(format!("(cd repo; edit src/index.ts; git commit -qam fix); {TAKEN}; uploads; {JOINED}; git -C repo push -q --dry-run origin main"))
                .pushed("dana", "push main")
                .not_for_landings_only("trunk-direct")
                .note("The policy is that the trunk takes landings alone."),
            work("a hotfix that a lane has taken in before it lands")
                .given(&lanes)
                .tried(format!("land migrations; (cd repo; edit src/index.ts; git commit -qam fix); {TAKEN}; land uploads; {JOINED}"))
                .pushed("dana", "push main")
                .not_for_landings_only("trunk-direct")
                .note("The policy is that the trunk takes landings alone."),
        ],
    }
}

pub fn steps_that_lanes_take_in_before_they_are_pushed() -> Theme {
    const FIX: &str = "(cd repo; edit src/api/uploads/README.md; edit src/index.ts; git add -A; git commit -qm fix)";
    const LATER: &str = "GIT_COMMITTER_DATE='4000000000 +0000'";
    // What may be anybody's, where the trunk does not take landings alone.
    let hotfix = |row: Row| {
        row.pushed("dana", "push main")
            .warns_if_open("trunk-direct")
            .not_for_landings_only("trunk-direct")
            .note("The policy is that the trunk takes landings alone.")
    };
    let fresh = |name, edits: &str, takes: &str| {
        hotfix(work(name).tried(format!("(cd repo; {edits}; git add -A; git commit -qm fix); (cd wt-uploads; git {takes})")))
    };
    Theme {
        title: "Steps of the trunk that lanes take in before they are pushed",
        world: usual,
        rows: vec![
            fresh("a hotfix in a lane's paths, at which the lane is made before it is pushed", "edit src/api/uploads/README.md", "switch -q -C agents/uploads main"),
            fresh("a hotfix in and beside a lane's paths, which the lane takes in before it is pushed",
                "edit src/api/uploads/README.md; edit src/index.ts", "merge -q main"),
            fresh("scaffolding for two lanes, which take it in before it is pushed",
                "edit src/api/uploads/more.ts; edit src/db/schema.ts", "merge -q main; git -C ../wt-migrations merge -q main"),
            hotfix(
                work("a hotfix in and beside a lane's paths, which was pulled onto what others have pushed, and at which the lane is made before it is pushed")
                    .given("elsewhere 'git commit -q --allow-empty -m meanwhile; git push -q origin main'")
                    .tried("(cd repo; edit src/api/uploads/README.md; edit src/index.ts; git add -A; git commit -qm fix; git pull -q --rebase origin main); (cd wt-uploads; git merge -q main)"),
            ),
            fresh("a hotfix in and beside a lane's paths, and one more step, which the lane takes in before they are pushed",
                "edit src/api/uploads/README.md; edit src/index.ts; git commit -qam fix; git commit -q --allow-empty -m more; edit src/index.ts", "merge -q main"),
            fresh("a hotfix in and beside a lane's paths by a human's branch, which the lane takes in before it is pushed",
                "git switch -q -c fix; edit src/api/uploads/README.md; edit src/index.ts; git commit -qam fix; git switch -q main; git merge -q fix; git branch -q -d fix; edit src/index.ts", "merge -q main"),
            fresh("the same by a merge of that branch",
                "git switch -q -c fix; edit src/api/uploads/README.md; edit src/index.ts; git commit -qam fix; git switch -q main; git merge -q --no-ff --no-edit fix; git branch -q -d fix; edit src/index.ts", "merge -q main"),
            fresh("the same by `git merge -`",
                "git switch -q -c fix; edit src/api/uploads/README.md; edit src/index.ts; git commit -qam fix; git switch -q main; git merge -q -; git branch -q -d fix; edit src/index.ts", "merge -q main"),
            fresh("the same by a rebase of the trunk upon that branch",
                "git switch -q -c fix; edit src/api/uploads/README.md; edit src/index.ts; git commit -qam fix; git switch -q main; git rebase -q fix; git branch -q -d fix; edit src/index.ts", "merge -q main"),
            fresh("the same by the commit's id",
                "git switch -q --detach; git switch -q -c fix; edit src/api/uploads/README.md; edit src/index.ts; git commit -qam fix; git switch -q main; git merge -q $(git rev-parse fix); git branch -q -d fix; edit src/index.ts", "merge -q main"),
            hotfix(
                work("the same by a reset of the trunk to what was fetched of somebody's branch")
                    .tried("elsewhere 'git switch -q -c fix; edit src/api/uploads/README.md; edit src/index.ts; git add -A; git commit -qm fix; git push -q origin fix'; git -C repo fetch -q origin; git -C repo reset -q --hard origin/fix; (cd wt-uploads; git merge -q main)"),
            ),
            hotfix(
                work("the same by a fetch of that branch from here, the trunk being checked out nowhere")
                    .tried("(cd repo; git switch -q -c fix; edit src/api/uploads/README.md; edit src/index.ts; git add -A; git commit -qm fix; git fetch -q . fix:main; git switch -q main; git branch -q -d fix); (cd wt-uploads; git merge -q main)"),
            ),
            hotfix(
                work("the same by the trunk being set to that branch")
                    .tried("(cd repo; git switch -q -c fix; edit src/api/uploads/README.md; edit src/index.ts; git add -A; git commit -qm fix; git branch -q -f main fix; git switch -q main; git branch -q -d fix); (cd wt-uploads; git merge -q main)"),
            ),
            hotfix(
                work("a fix that is pulled from somebody's branch, at which the lane is made before it is pushed")
                    .tried("elsewhere 'git switch -q -c fix; edit src/api/uploads/README.md; edit src/index.ts; git add -A; git commit -qm fix; git push -q origin fix'; git -C repo pull -q origin fix; (cd wt-uploads; git merge -q main)"),
            ),
            hotfix(
                work("a hotfix in and beside a lane's paths, whose message is amended after the lane has taken it in")
                    .tried(format!("{FIX}; {TAKEN}; uploads; git -C repo commit -q --amend -m 'A fix'")),
            ),
            hotfix(
                work("the same of a lane that is made at it, and takes it in once more")
                    .tried(format!("{FIX}; {TAKEN}; git -C repo commit -q --amend -m 'A fix'; (cd wt-uploads; git merge -q --no-edit main)")),
            ),
            hotfix(
                work("a hotfix that a lane has taken in, which is pulled onto what others have pushed")
                    .given("elsewhere 'git commit -q --allow-empty -m meanwhile; git push -q origin main'")
                    .tried(format!("{FIX}; {TAKEN}; uploads; git -C repo pull -q --rebase origin main")),
            ),
            hotfix(
                work("the same of a lane that is made at it")
                    .given("elsewhere 'git commit -q --allow-empty -m meanwhile; git push -q origin main'")
                    .tried(format!("{FIX}; {TAKEN}; git -C repo pull -q --rebase origin main")),
            ),
            hotfix(
                work("a hotfix at which a lane is made, which begins by an empty commit")
                    .tried(format!("{FIX}; {TAKEN}; git -C wt-uploads commit -q --allow-empty -m begin")),
            ),
            hotfix(
                work("the same, and the lane begins by a line of a shared list")
                    .tried(format!("{FIX}; {TAKEN}; lane uploads CHANGELOG.md")),
            ),
            hotfix(
                work("a hotfix over which a lane is rebased that has taken it in")
                    .tried(format!("{FIX}; uploads; git -C wt-uploads rebase -q main; git -C wt-uploads rebase -q origin/main")),
            ),
            hotfix(
                work("a hotfix that a lane picks before it is pushed")
                    .tried(format!("{FIX}; uploads; {LATER} git -C wt-uploads cherry-pick main")),
            ),
            hotfix(
                work("a hotfix of which a lane takes a file before it is pushed")
                    .tried(format!("{FIX}; export {LATER}; (cd wt-uploads; git checkout -q main src/api/uploads/README.md; edit src/api/uploads/create.ts; save)")),
            ),
            hotfix(
                work("a hotfix that a lane has taken in, and makes again by a pull that rebases")
                    .given("elsewhere 'git commit -q --allow-empty -m meanwhile; git push -q origin main'")
                    .tried(format!("{FIX}; {TAKEN}; uploads; {LATER} git -C wt-uploads pull -q --rebase origin main; git -C repo pull -q --no-rebase --no-edit origin main")),
            ),
            work("a squashed landing that another lane has taken in, and makes again by a rebase")
                .given("migrations; uploads; push agents/migrations agents/uploads")
                .tried(format!("squash migrations; git -C wt-uploads merge -q --no-edit main; {LATER} git -C wt-uploads rebase -q origin/main"))
                .pushed("dana", "push main"),
            hotfix(
                work("a hotfix that is taken back and committed again after a lane has taken it in")
                    .tried(format!("{FIX}; {TAKEN}; uploads; git -C repo reset -q --soft HEAD~1; git -C repo commit -qm again")),
            ),
            hotfix(
                work("a hotfix that is moved to a branch after a lane has taken it in, and merged from there")
                    .tried(format!("{FIX}; {TAKEN}; git -C repo branch -q fix; git -C repo reset -q --hard HEAD~1; git -C repo merge -q --ff-only fix")),
            ),
            hotfix(
                work("a hotfix that a lane makes again by a pull that rebases, upon another change to the same file")
                    .given("(cd repo; seq 20 >src/api/uploads/twenty; smuggle); settled; unseen -C wt-uploads merge -q main; elsewhere 'sed -i 20s/.*/last/ src/api/uploads/twenty; git commit -qam last'; git -C server.git fetch -q ../other main:main; git -C repo fetch -q origin")
                    .tried(format!("(cd repo; sed -i '1s/.*/first/' src/api/uploads/twenty; git commit -qam fix); {TAKEN}; uploads; {LATER} git -C wt-uploads pull -q --rebase origin main; git -C repo pull -q --no-rebase --no-edit origin main")),
            ),
            work("a squashed landing that another lane has taken in is taken back, and landed again")
                .given("migrations; uploads; push agents/migrations agents/uploads")
                .tried("(cd repo; \"$GATE\" land agent-2 --strategy squash >/dev/null); git -C wt-uploads merge -q --no-edit main; git -C repo reset -q --hard HEAD~1; (cd repo; \"$GATE\" land agent-2 --strategy squash >/dev/null)")
                .pushed("dana", "push main"),
            hotfix(
                work("a hotfix that the lane of its paths and another one have taken in, which is pulled onto what others have pushed")
                    .given("elsewhere 'git commit -q --allow-empty -m meanwhile; git push -q origin main'")
                    .tried(format!("{FIX}; {TAKEN}; uploads; git -C wt-migrations merge -q main; migrations; git -C repo pull -q --rebase origin main
                                    (cd wt-migrations; \"$GATE\" check; \"$GATE\" check --landing) >/dev/null")),
            ),
            work("a landing that another lane has taken in, made again by a pull that rebases with its merges, after its lane has gone on")
                .given("migrations; push agents/migrations; elsewhere 'git commit -q --allow-empty -m meanwhile; git push -q origin main'")
                .tried("land migrations; git -C wt-uploads merge -q --no-edit main; uploads; git -C wt-migrations merge -q --no-edit main
                        lane migrations src/db/migrations/3.sql; git -C repo pull -q --rebase=merges origin main; push main
                        (cd wt-uploads; \"$GATE\" check >/dev/null)")
                .lane_pushed(),
            work("an amendment that lanes have taken in is moved to a branch, and merged from there")
                .given("uploads")
                .tried("(cd repo; sed -i 's/^version = .*/version = 9/' contract.toml; edit contract.toml '# amended'; git commit -qam amended); git -C wt-uploads merge -q --no-edit main
                        git -C repo branch -q amended; git -C repo reset -q --hard HEAD~1; git -C repo merge -q --ff-only amended")
                .pushed("dana", "push main"),
            work("a hotfix in and beside the paths of a lane that has landed and takes it in before it is pushed")
                .given("migrations; land migrations; push main agents/migrations")
                .tried("(cd repo; edit src/db/schema.ts; edit src/index.ts; git commit -qam fix); (cd wt-migrations; git merge -q main)")
                .pushed("dana", "push main; push agents/migrations")
                .not_for_landings_only("trunk-direct")
                .note("The policy is that the trunk takes landings alone."),
            work("the same of one that goes on upon it")
                .given("migrations; land migrations; push main agents/migrations")
                .tried("(cd repo; edit src/db/schema.ts; edit src/index.ts; git commit -qam fix); (cd wt-migrations; git merge -q main); lane migrations src/db/migrations/9.sql")
                .pushed("dana", "push main; push agents/migrations")
                .not_for_landings_only("trunk-direct")
                .server_sees_a_hand_made_step("trunk-direct")
                .note("The policy is that the trunk takes landings alone."),
        ],
    }
}
