//! The dispatcher's own steps on the trunk, beside the lanes.

use super::Theme;
use super::row::work;
use super::world::usual;

const STEP: &str = "the policy is that the trunk takes landings alone";

pub fn hotfixes_on_the_trunk() -> Theme {
    let moved = "file=src/api/uploads/long.ts; (cd repo; seq 20 >$file; smuggle); unseen -C wt-uploads merge -q --ff-only main
                 (cd wt-uploads; sed -i s/^7$/seven/ $file; save); (cd repo; git mv $file long.ts; smuggle); settled";
    Theme {
        title: "Hotfixes on the trunk",
        world: usual,
        rows: vec![
            work("a hotfix in nobody's paths")
                .tried("cd repo; edit src/index.ts; git commit -qam fix")
                .pushed("dana", "push main")
                .not_for_landings_only("trunk-direct")
                .note(STEP),
            work("a hotfix in the paths of a lane that has not landed")
                .given("uploads; push agents/uploads")
                .tried("cd repo; edit src/api/uploads/README.md; git commit -qam fix")
                .pushed("dana", "push main")
                .warns_if_open("trunk-direct")
                .not_for_landings_only("trunk-direct")
                .note(STEP),
            work("a hotfix in a file that a lane which waits has changed too, and that the trunk has moved out of its paths")
                .given(moved)
                .tried("cd repo; sed -i s/^15$/hotfix/ long.ts; git commit -qam fix")
                .pushed("dana", "push main")
                .not_for_landings_only("trunk-direct")
                .note(STEP),
            work("such a file is made as it was before, and a lane which waits does the same")
                .given(format!("{moved}; (cd repo; sed -i s/^15$/hotfix/ long.ts; smuggle); (cd wt-uploads; sed -i s/^seven$/7/ $file; save); settled"))
                .tried("cd repo; sed -i s/^hotfix$/15/ long.ts; git commit -qam back")
                .pushed("dana", "push main")
                .not_for_landings_only("trunk-direct")
                .note(STEP),
            work("a hotfix is picked from the trunk into a lane")
                .given("uploads; on_trunk tsconfig.json src/index.ts")
                .tried("cd wt-uploads; git cherry-pick main >/dev/null")
                .pushed("agent-1", "cd wt-uploads; git push -q origin agents/uploads")
                .then("git -C server.git rev-parse -q --verify agents/uploads"),
            work("a hotfix in the paths of a lane that nobody has pushed yet")
                .given("uploads")
                .tried("cd repo; edit src/api/uploads/README.md; git commit -qam fix")
                .pushed("dana", "push main")
                .warns_if_open("trunk-direct")
                .not_for_landings_only("trunk-direct")
                .note(STEP),
            work("a hotfix in the paths of a lane that nobody has pushed yet, while others push, and a pull that merges")
                .given("uploads; elsewhere 'git commit -q --allow-empty -m meanwhile; git push -q origin main'")
                .tried("cd repo; edit src/api/uploads/README.md; git commit -qam fix; git pull -q --no-rebase --no-edit origin main")
                .pushed("dana", "push main")
                .warns_if_open("trunk-direct")
                .not_for_landings_only("trunk-direct")
                .note(STEP),
            work("a hotfix in the paths of two lanes that nobody has pushed yet, while others push, and a pull that merges")
                .given("uploads; migrations; elsewhere 'git commit -q --allow-empty -m meanwhile; git push -q origin main'")
                .tried("cd repo; edit src/api/uploads/README.md; edit src/db/schema.ts; git commit -qam fix; git pull -q --no-rebase --no-edit origin main")
                .pushed("dana", "push main")
                .warns_if_open("trunk-direct")
                .not_for_landings_only("trunk-direct")
                .note(STEP),
            work("a hotfix in and beside the paths of a lane that nobody has pushed yet, though it has its turn")
                .given("migrations")
                .tried("cd repo; edit src/db/schema.ts; edit src/index.ts; git commit -qam fix")
                .pushed("dana", "push main")
                .warns_if_open("trunk-direct")
                .not_for_landings_only("trunk-direct")
                .note(STEP),
            work("a hotfix in the paths of a lane whose branch does not exist yet")
                .given("git -C repo worktree remove ../wt-uploads; git -C repo branch -q -D agents/uploads")
                .tried("cd repo; edit src/api/uploads/README.md; git commit -qam fix")
                .pushed("dana", "push main")
                .warns_if_open("trunk-direct")
                .not_for_landings_only("trunk-direct")
                .note(STEP),
            work("the next hotfix on the same path as one that was picked into a lane")
                .given("uploads; on_trunk tsconfig.json; git -C wt-uploads cherry-pick main >/dev/null; on_trunk tsconfig.json")
                .tried("cd wt-uploads; edit src/api/uploads/c.ts; save; ! git merge -q --no-edit main >/dev/null; git checkout -q --theirs tsconfig.json; save")
                .lane_pushed(),
            work("a hotfix that is rebased onto what others have pushed: `git pull --rebase`")
                .given("migrations; landed_elsewhere migrations; (cd repo; edit src/index.ts; smuggle fix)")
                .tried("cd repo; git pull -q --rebase origin main")
                .pushed("dana", "push main")
                .not_for_landings_only("trunk-direct")
                .note(STEP),
            work("a hotfix on a branch of the human's own, reviewed and merged")
                .given("cd repo; git switch -q -c fix/typo; edit README.md; save; git switch -q main")
                .tried("cd repo; git merge -q --no-ff --no-edit fix/typo")
                .pushed("dana", "push fix/typo main; push :fix/typo")
                .not_for_landings_only("trunk-direct")
                .note(STEP),
            work("a hotfix of two commits on a branch of the human's own, one of them in the paths of a lane that waits, merged")
                .given("uploads; push agents/uploads; cd repo; git switch -q -c fix/typo; edit src/api/uploads/README.md; save; edit src/index.ts; save; git switch -q main")
                .tried("cd repo; git merge -q --no-ff --no-edit fix/typo")
                .pushed("dana", "push fix/typo main; push :fix/typo")
                .warns_if_open("trunk-direct")
                .not_for_landings_only("out-of-scope")
                .note(STEP),
            work("a hotfix of one commit on such a branch, in and beside the paths of lanes that have no branch yet")
                .given("for lane in uploads tests; do git -C wt-$lane checkout -q --detach; git -C repo branch -q -D agents/$lane; done; cd repo; git switch -q -c fix/typo; edit src/api/uploads/README.md; edit tests/uploads/README.md; edit src/index.ts; save; git switch -q main")
                .tried("cd repo; git merge -q --no-ff --no-edit fix/typo")
                .pushed("dana", "push main")
                .warns_if_open("trunk-direct")
                .not_for_landings_only("out-of-scope")
                .note(STEP),
            work("a hotfix of two commits on such a branch, each in the paths of another lane")
                .given("cd repo; git switch -q -c fix/typo; edit src/api/uploads/README.md; save; edit tests/uploads/README.md; save; git switch -q main")
                .tried("cd repo; git merge -q --no-ff --no-edit fix/typo")
                .pushed("dana", "push main")
                .warns_if_open("trunk-direct")
                .not_for_landings_only("out-of-scope")
                .note(STEP),
            work("another team's branch, with commits in the paths of lanes and elsewhere, is merged into the trunk time and again")
                .given("uploads; push agents/uploads; (cd repo; git switch -q -c develop; edit src/api/uploads/README.md; save; edit src/index.ts; save; git switch -q main)
                        (cd repo; unseen merge -q --no-ff --no-edit develop); settled; cd repo; git switch -q develop; edit src/db/migrations/9_x.sql; save; edit src/index.ts again; save; git switch -q main")
                .tried("cd repo; git merge -q --no-ff --no-edit develop")
                .pushed("dana", "push main")
                .warns_if_open("trunk-direct")
                .not_for_landings_only("out-of-scope")
                .note(STEP),
            work("a hotfix in the paths of a lane that waits, on a branch of the human's own, merged")
                .given("cd repo; git switch -q -c fix/typo; edit src/api/uploads/README.md; save; git switch -q main")
                .tried("cd repo; git merge -q --no-ff --no-edit fix/typo")
                .pushed("dana", "push main")
                .refused_everywhere("merge-order")
                .note("Nothing tells it from the lane's own work, which nobody has pushed yet: bring it as one commit, by `git merge --squash` or as a fast-forward."),
            work("the same with a line in the shared list, the server having the lanes as they were handed out")
                .given("push agents/migrations agents/uploads agents/tests; cd repo; git switch -q -c fix/typo; edit src/api/uploads/README.md; edit CHANGELOG.md; save; git switch -q main")
                .tried("cd repo; git merge -q --no-ff --no-edit fix/typo")
                .pushed("dana", "push main")
                .warns_if_open("trunk-direct")
                .not_for_landings_only("trunk-direct")
                .note("The policy is that the trunk takes landings alone."),
            work("the same, squashed, as most forges do it")
                .given("cd repo; git switch -q -c fix/typo; edit src/api/uploads/README.md; edit CHANGELOG.md; save; git switch -q main")
                .tried("cd repo; git merge -q --squash fix/typo >/dev/null; git commit -qm 'fix a typo'")
                .pushed("dana", "push main")
                .warns_if_open("trunk-direct")
                .not_for_landings_only("trunk-direct")
                .note("The policy is that the trunk takes landings alone."),
            work("a hotfix in the paths of a lane that waits, which the lane takes in and is pushed with, before the trunk is")
                .given("uploads; push agents/uploads")
                .tried("(cd repo; edit src/api/uploads/README.md; git commit -qam fix); cd wt-uploads; git merge -q --no-edit main
                        edit src/api/uploads/more.ts; save")
                .lane_pushed()
                .pushed("dana", "push main")
                .warns_if_open("trunk-direct")
                .not_for_landings_only("trunk-direct")
                .not_in_one_push("merge-order")
                .note("There the lane has it first, and it looks like the lane's own commit, landed before its turn: push the trunk first, or take the lane back there until it is pushed."),
            work("a release branch with a fix in a landed lane's paths, merged back")
                .given("migrations; land migrations; push main agents/migrations; cd repo; git switch -q -c release/1.0; edit VERSION 1.0; save; edit src/db/schema.ts fix; save; git switch -q main")
                .tried("cd repo; git merge -q --no-ff --no-edit release/1.0")
                .pushed("dana", "push main release/1.0")
                .not_for_landings_only("trunk-direct")
                .note(STEP),
            work("a hotfix, reverted")
                .given("on_trunk src/index.ts src/api/uploads/README.md")
                .tried("cd repo; git revert --no-edit HEAD >/dev/null")
                .pushed("dana", "push main"),
            work("a hotfix, reverted, and brought back by a revert of that")
                .given("on_trunk src/index.ts src/api/uploads/README.md
                        cd repo; git revert --no-edit HEAD >/dev/null")
                .tried("cd repo; git revert --no-edit HEAD >/dev/null")
                .pushed("dana", "push main")
                .not_for_landings_only("trunk-direct")
                .note(STEP),
            work("a release: version, tag and change log by the dispatcher")
                .tried("cd repo; edit README.md 1.0; edit CHANGELOG.md '- 1.0'; git commit -qam 1.0; git tag -a -m 1.0 v1.0")
                .pushed("dana", "push main v1.0")
                .not_for_landings_only("trunk-direct")
                .note(STEP),
        ],
    }
}
