//! What people and agents do with git all day, in a lane.

use super::Theme;
use super::row::work;
use super::world::{at_its_turn, usual};

const LANE: &str = "lane uploads src/api/uploads/a.ts; lane uploads src/api/uploads/b.ts";

pub fn commits_and_their_history() -> Theme {
    let upon = "cd wt-uploads; edit src/api/uploads/a.ts more; git add -A";
    Theme {
        title: "Commits and their history",
        world: at_its_turn,
        rows: vec![
            work("empty commits, in a lane and on the trunk")
                .tried("cd wt-uploads; git commit -q --allow-empty -m e; cd ../repo; git commit -q --allow-empty -m e")
                .lane_pushed()
                .pushed("dana", "push main"),
            work("`git commit --amend`, of the message and of the content")
                .given(LANE)
                .tried(format!("(cd wt-uploads; git commit -q --amend -m again); {upon}; git commit -q --amend --no-edit"))
                .lane_landed(),
            work("amending a commit that was pushed, and `--force-with-lease`")
                .given(format!("{LANE}; push agents/uploads; git -C repo fetch -q"))
                .tried(format!("{upon}; git commit -q --amend --no-edit"))
                .pushed("agent-1", "git -C wt-uploads push -q --force-with-lease origin agents/uploads")
                .pushed("dana", "land uploads; push main"),
            work("amending the trunk's tip into the lane's first commit")
                .given("cd wt-uploads; edit src/api/uploads/a.ts; git add -A")
                .tried("cd wt-uploads; git commit -q --amend -m mine")
                .lane_landed(),
            work("`git commit --fixup` and an autosquash")
                .given(LANE)
                .tried(format!("{upon}; git commit -q --fixup HEAD~1; GIT_SEQUENCE_EDITOR=true git rebase -q -i --autosquash HEAD~3"))
                .lane_landed(),
            work("`git rebase -i`: reordered, squashed, reworded, dropped")
                .given(format!("{LANE}; lane uploads src/api/uploads/c.ts; lane uploads src/api/uploads/d.ts"))
                .tried("cd wt-uploads; GIT_SEQUENCE_EDITOR='sed -i \"1{h;d};2G\"' git rebase -q -i HEAD~4; GIT_SEQUENCE_EDITOR='sed -i \"2s/^pick/squash/;3s/^pick/reword/;4d\"' git rebase -q -i HEAD~4")
                .lane_landed(),
            work("`git rebase -i` with an edit in between, and another that is aborted")
                .given(LANE)
                .tried("cd wt-uploads; GIT_SEQUENCE_EDITOR='sed -i 1s/^pick/edit/' git rebase -q -i HEAD~2 2>/dev/null; edit src/api/uploads/a.ts more; git commit -qa --amend --no-edit
                        git rebase --continue >/dev/null 2>&1; GIT_SEQUENCE_EDITOR='sed -i 1i\\break' git rebase -q -i HEAD~2; git rebase --abort")
                .lane_landed(),
            work("splitting a commit by `git reset --soft` and `git reset HEAD~`")
                .given(LANE)
                .tried("cd wt-uploads; git reset -q --soft HEAD~2; git commit -qm one; git reset -q HEAD~; git add src/api/uploads/a.ts; git commit -qm a; git add -A; git commit -qm b")
                .lane_landed(),
            work("reverting one's own commits")
                .given(LANE)
                .tried("cd wt-uploads; git revert --no-edit HEAD >/dev/null; git revert --no-edit HEAD~2 >/dev/null; edit src/api/uploads/c.ts; save")
                .lane_landed(),
            work("one's own commits as patches: `format-patch` and `am`, `diff` and `apply`")
                .given(LANE)
                .tried("cd wt-uploads; git format-patch -q -o ../patches HEAD~2; git diff HEAD~2 HEAD >../all.diff; git reset -q --hard HEAD~2; git am -q ../patches/*
                        git reset -q --hard HEAD~2; git apply --index ../all.diff; git commit -qm applied; git reset -q --hard HEAD~; git am -q -3 ../patches/*")
                .lane_landed(),
            work("picking one's own commit from a scratch branch that is here alone")
                .tried("cd repo; git checkout -q -b scratch agents/uploads; edit src/api/uploads/s.ts; save; git checkout -q main; cd ../wt-uploads
                        git cherry-pick scratch >/dev/null; git range-diff scratch~..scratch HEAD~..HEAD >/dev/null; git branch -q -D scratch")
                .lane_landed(),
            work("a merge of one's own two states after a reset")
                .given(LANE)
                .tried("cd wt-uploads; git reset -q --hard HEAD~1; edit src/api/uploads/c.ts; save; git merge -q --no-edit HEAD@{2}")
                .lane_landed(),
            work("commit messages of every kind: empty, very long, terminal escapes, not UTF-8")
                .given(LANE)
                .tried("cd wt-uploads; for message in '' \"$(printf '\\033]0;x\\007\\033[31m')\" \"$(printf 'caf\\351')\" \"$(head -c 100000 /dev/zero | tr '\\0' x)\"; do
                        edit src/api/uploads/a.ts; git commit -qa --allow-empty-message -m \"$message\" 2>/dev/null; done")
                .lane_landed(),
        ],
    }
}

pub fn the_worktree_and_the_index() -> Theme {
    Theme {
        title: "The worktree and the index",
        world: at_its_turn,
        rows: vec![
            work("stash, pop, apply, drop and branch, of anything")
                .given(format!("{LANE}; edit wt-uploads/tsconfig.json; edit wt-uploads/src/api/uploads/a.ts; edit wt-uploads/untracked"))
                .tried("cd wt-uploads; git stash -q; git stash pop -q; git stash -q -u; git stash apply -q; git stash drop -q; git stash push -q -- tsconfig.json; git stash clear; git checkout -q .")
                .lane_landed(),
            work("staging parts, unstaging, `restore -SW`, `clean`, `mv`, `rm --cached`")
                .given(format!("{LANE}; edit wt-uploads/tsconfig.json; edit wt-uploads/junk; edit wt-uploads/src/api/uploads/a.ts"))
                .tried("cd wt-uploads; git add -A; git restore -SW tsconfig.json; git rm -q --cached junk; git clean -q -f; git mv src/api/uploads/b.ts src/api/uploads/c.ts; git commit -qm x")
                .lane_landed(),
            work("committing with changes outside of the scope that are not staged")
                .given("edit wt-uploads/tsconfig.json; edit wt-uploads/src/api/uploads/a.ts")
                .tried("cd wt-uploads; git add src; git commit -qm x; edit src/api/uploads/a.ts; git commit -qm y -- src/api/uploads; edit src/api/uploads/a.ts; git commit -qm z -o src/api/uploads/a.ts")
                .lane_landed(),
            work("changes outside of the scope are staged and not committed, by `git commit PATH`")
                .given("edit wt-uploads/tsconfig.json; git -C wt-uploads add -A; edit wt-uploads/src/api/uploads/README.md")
                .tried("cd wt-uploads; git commit -qm x src/api/uploads/README.md; git reset -q --hard")
                .lane_landed(),
            work("`git add -N`, `--assume-unchanged`, `--skip-worktree`, an index of version 4")
                .given(LANE)
                .tried("cd wt-uploads; edit src/api/uploads/n.ts; git add -N src/api/uploads/n.ts; git update-index --assume-unchanged README.md; git update-index --skip-worktree tsconfig.json
                        git update-index --index-version 4; git commit -qam n")
                .lane_landed(),
            work("a sparse checkout, with and without a cone")
                .given("cd wt-uploads; git sparse-checkout set src/api/uploads; edit src/api/uploads/a.ts; git add -A")
                .tried("cd wt-uploads; git commit -qm x; git sparse-checkout set --no-cone '/src/api/*'; edit src/api/uploads/a.ts; git commit -qam y; git sparse-checkout disable")
                .lane_landed(),
            work("checking other branches and commits out, detached and back")
                .given(LANE)
                .tried("cd wt-uploads; git checkout -q --detach HEAD~1; git checkout -q agents/uploads; git switch -q -d main; git switch -q -; git checkout -q agents/tests~0; git checkout -q -")
                .lane_landed(),
            work("work on a detached HEAD that the lane takes up")
                .given(LANE)
                .tried("cd wt-uploads; git switch -q -d; edit src/api/uploads/d.ts; save; git branch -q -f agents/uploads HEAD; git switch -q agents/uploads")
                .lane_landed(),
            work("bisecting, by hand and by a command")
                .given(LANE)
                .tried("cd wt-uploads; git bisect start HEAD HEAD~2 >/dev/null; git bisect run true >/dev/null; git bisect reset >/dev/null 2>&1
                        git bisect start >/dev/null; git bisect bad >/dev/null; git bisect good HEAD~2 >/dev/null; git bisect reset >/dev/null 2>&1")
                .lane_landed(),
            work("notes and tags, annotated and not, moved and deleted, and pushed")
                .given(LANE)
                .tried("cd wt-uploads; git notes add -m n; git tag light; git tag -a -m t heavy; git tag -f light HEAD~1 >/dev/null; git tag gone; git tag -d gone >/dev/null")
                .lane_landed()
                .pushed("agent-1", "cd wt-uploads; git push -q origin light heavy refs/notes/commits; git push -q origin :light"),
            work("what only looks: log, blame, grep, diff, show, archive, bundle, fsck, range-diff")
                .given(LANE)
                .tried("cd wt-uploads; { git log --all; git blame README.md; git grep work; git diff main; git show; git archive HEAD; git bundle create ../b --all; git range-diff main HEAD~1 HEAD; git describe --all; git fsck; } >/dev/null 2>&1")
                .lane_landed(),
        ],
    }
}

pub fn branches_and_upkeep() -> Theme {
    Theme {
        title: "Branches and upkeep",
        world: usual,
        rows: vec![
            work("a human's scratch branches: made, worked on, renamed, deleted")
                .tried("cd repo; git checkout -q -b scratch; edit src/index.ts; save; git switch -q -c other; git branch -m scratch idea; git switch -q main; git branch -q -D idea other")
                .pushed("dana", "push main:refs/heads/idea; push :idea"),
            work("an agent's other name for commits that are there, and its end")
                .given(LANE)
                .tried("cd wt-uploads; git branch -q copy; git branch -q -f copy HEAD~1; git tag t; git branch -q -D copy")
                .lane_pushed(),
            work("an agent's name for what it has just reset, amended or rebased away")
                .given(LANE)
                .tried("cd wt-uploads; edit src/api/uploads/c.ts; save; git reset -q --hard HEAD~1; git branch rescue ORIG_HEAD; git switch -q -c again 'agents/uploads@{1}'; git switch -q agents/uploads
                        edit src/api/uploads/d.ts; save; git commit -q --amend -m other; git branch unamended 'HEAD@{1}'; git branch -f unamended main; git branch -f unamended 'unamended@{1}'
                        git branch -q -D rescue again unamended")
                .lane_pushed(),
            work("an agent looks at a pull request, and at a branch of a remote")
                .given("elsewhere 'git switch -q -c feature; edit README.md; save; edit README.md; save; git push -q origin HEAD:refs/pull/7/head HEAD~1:refs/heads/feature'; rm -rf other")
                .tried("cd wt-uploads; git fetch -q origin pull/7/head:pr-7 feature:feature; git switch -q pr-7; git switch -q -c look feature~1; git branch -q -D pr-7 feature
                        git fetch -q origin pull/7/head; git switch -q -c seven FETCH_HEAD; git switch -q --detach FETCH_HEAD; git branch -q -D seven look; git switch -q agents/uploads")
                .pushed("agent-1", "lane uploads src/api/uploads/c.ts; git -C wt-uploads push -q origin agents/uploads"),
            work("an agent's work on a branch of its own, in no lane")
                .tried("cd wt-uploads; git switch -q -c spike; edit src/api/uploads/a.ts; git add -A; git commit -qm x")
                .pushed("agent-1", "git -C wt-uploads push -q origin spike")
                .refused_to_agents("unlisted-branch")
                .note("an agent works on its lane; a human's scratch branches are free"),
            work("a work-in-progress of an agent on a detached HEAD, kept as a tag")
                .given(LANE)
                .tried("cd wt-uploads; git switch -q -d; edit tsconfig.json; git commit -qam 'an experiment'; git tag wip; git switch -q agents/uploads")
                .lane_pushed()
                .note("a detached HEAD is free; a lane cannot take it up"),
            work("gc, repack, pack-refs, prune, reflog expire, commit-graph, `maintenance run`")
                .given(format!("{LANE}; migrations; git -C repo tag -a -m t t"))
                .tried("cd repo; git pack-refs --all --prune; git gc -q --prune=now; git repack -q -a -d -f --write-bitmap-index; git reflog expire --expire=now --all
                        git prune; git commit-graph write --reachable 2>/dev/null; git multi-pack-index write; git maintenance run --quiet; git pack-refs --all")
                .lane_pushed()
                .then("cd repo; git rev-parse -q --verify agents/uploads; git log -q agents/uploads"),
            work("work after gc, and a reset of a branch that is packed")
                .given(format!("{LANE}; git -C repo gc -q"))
                .tried("cd wt-uploads; edit src/api/uploads/c.ts; save; git -C ../repo pack-refs --all; git reset -q --hard HEAD~1; git -C ../repo pack-refs --all; git reset -q --hard HEAD@{1}")
                .lane_pushed(),
            work("gc and repack on the server, between pushes")
                .given(format!("{LANE}; push agents/uploads; git -C server.git gc -q --prune=now; git -C server.git repack -q -a -d; git -C server.git pack-refs --all"))
                .tried("lane uploads src/api/uploads/c.ts")
                .lane_pushed(),
            work("a worktree is moved, locked, unlocked, repaired")
                .tried("cd repo; git worktree move ../wt-uploads ../elsewhere; git worktree lock ../elsewhere; cd ../elsewhere; edit src/api/uploads/a.ts; save; git worktree unlock .; git worktree repair")
                .pushed("agent-1", "git -C elsewhere push -q origin agents/uploads"),
            work("a worktree is removed, pruned, and made again in its place")
                .given(LANE)
                .tried("rm -rf wt-uploads; cd repo; git worktree prune; git worktree add -q ../wt-uploads agents/uploads; cd ../wt-uploads; edit src/api/uploads/c.ts; save")
                .lane_pushed(),
            work("a worktree for a look at another branch, detached, and its removal")
                .given(LANE)
                .tried("cd repo; git worktree add -q --detach ../look agents/uploads; git worktree add -q -b spike ../spike; git worktree remove ../look; git worktree remove ../spike; git branch -q -D spike")
                .lane_pushed(),
            work("worktrees that are made only when their lanes begin")
                .given("git -C repo worktree remove ../wt-uploads; git -C repo branch -q -D agents/uploads")
                .tried("cd repo; git worktree add -q -b agents/uploads ../wt-uploads; cd ../wt-uploads; edit src/api/uploads/c.ts; save")
                .lane_pushed(),
            work("the main worktree is on a lane's branch, which the human helps along")
                .given("git -C repo worktree remove ../wt-uploads")
                .tried("cd repo; git checkout -q agents/uploads; edit src/api/uploads/c.ts; save; git checkout -q main")
                .pushed("dana", "push agents/uploads"),
        ],
    }
}
