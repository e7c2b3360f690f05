//! Honest work that takes another way than most.

use super::Theme;
use super::row::work;
use super::world::{at_its_turn, usual};

pub fn interrupted_commands() -> Theme {
    let both = "lane uploads src/api/uploads/README.md; lane uploads src/api/uploads/a.ts; on_trunk src/api/uploads/README.md";
    let mend = "sed -i '/^[<=>|]/d' src/api/uploads/README.md; git add -A";
    Theme {
        title: "Commands that stop and go on",
        world: at_its_turn,
        rows: vec![
            work("`git merge --continue`, `git cherry-pick --continue`, `git revert --continue`")
                .given(both)
                .tried(format!("cd wt-uploads; ! git cherry-pick main >/dev/null 2>&1; {mend}; git cherry-pick --continue >/dev/null
                        ! git revert --no-edit HEAD~2 >/dev/null 2>&1; {mend}; edit src/api/uploads/README.md more; git add -A; git revert --continue >/dev/null
                        git merge -q --no-edit main >/dev/null 2>&1 || {{ {mend}; git merge --continue >/dev/null; }}"))
                .lane_landed(),
            work("`git rebase --skip`, `--quit`, `--edit-todo`, and a rebase of nothing")
                .given(both)
                .tried("cd wt-uploads; ! git rebase -q main >/dev/null 2>&1; git rebase --skip >/dev/null 2>&1; git rebase -q main; git rebase -q -f main; ! git rebase -q --exec false HEAD~1 >/dev/null 2>&1; git rebase --edit-todo 2>/dev/null; git rebase --quit; git checkout -q agents/uploads")
                .lane_landed(),
            work("`git am --continue`, `--skip`, `--abort`")
                .given(format!("{both}; cd wt-uploads; git format-patch -q -o ../patches HEAD~2; git reset -q --hard main"))
                .tried(format!("cd wt-uploads; ! git am -q ../patches/0001* >/dev/null 2>&1; git am --abort; ! git am -q -3 ../patches/* >/dev/null 2>&1; {mend}; git am --continue >/dev/null; ! git am -q ../patches/0001* >/dev/null 2>&1; git am --skip >/dev/null"))
                .lane_landed(),
            work("staging and committing piece by piece: `git add -p`, `git commit -p`, `git checkout -p`")
                .given("lane uploads src/api/uploads/a.ts; cd wt-uploads; edit src/api/uploads/a.ts; edit src/api/uploads/README.md; edit tsconfig.json")
                .tried("cd wt-uploads; printf 'y\\nn\\nn\\n' | git add -p >/dev/null; git commit -qm x; printf 'y\\nn\\n' | git commit -q -p -m y >/dev/null; printf 'y\\ny\\n' | git checkout -p >/dev/null 2>&1; git reset -q --hard")
                .lane_landed(),
            work("`git checkout -B`, `git switch -C`, `git branch -f`, `git reset --keep` and `--merge` of one's own lane")
                .given("lane uploads src/api/uploads/a.ts; lane uploads src/api/uploads/b.ts")
                .tried("cd wt-uploads; git checkout -q -B agents/uploads HEAD~1; git switch -q -C agents/uploads HEAD@{1}; git reset -q --keep HEAD~1; git reset -q --merge HEAD@{1}; git switch -q -d; git branch -q -f agents/uploads HEAD; git switch -q agents/uploads")
                .lane_landed(),
            work("a deletion in the lane against a change on the trunk, resolved in the scope")
                .given("(cd wt-uploads; git rm -q src/api/uploads/README.md; edit src/api/uploads/a.ts; save); on_trunk src/api/uploads/README.md")
                .tried("cd wt-uploads; ! git merge -q main >/dev/null 2>&1; git rm -q src/api/uploads/README.md; git commit -q --no-edit")
                .lane_landed(),
        ],
    }
}

pub fn unusual_histories() -> Theme {
    Theme {
        title: "Unusual histories",
        world: usual,
        rows: vec![
            work("a lane that began before the contract did")
                .given("cd repo; git checkout -q --orphan first; git rm -q --cached contract.toml; unseen commit -qm 'before the contract'; git checkout -q -f main; unseen merge -q -s ours --no-edit --allow-unrelated-histories first; git -C ../server.git fetch -q ../repo main:main
                        cd ../wt-uploads; unseen reset -q --hard first; git -C ../repo branch -q -D first")
                .tried("cd wt-uploads; edit src/api/uploads/a.ts; git add src/api; git commit -qm x; git merge -q --no-edit main; edit src/api/uploads/b.ts; save")
                .lane_pushed(),
            work("a lane that begins at the remote's trunk, the local one being behind")
                .given("migrations; landed_elsewhere migrations; git -C repo worktree remove ../wt-uploads; git -C repo branch -q -D agents/uploads")
                .tried("cd repo; git fetch -q; git worktree add -q -b agents/uploads ../wt-uploads origin/main; cd ../wt-uploads; edit src/api/uploads/a.ts; save")
                .lane_pushed(),
            work("the trunk squashed into a lane, and merged later on")
                .given("on_trunk README.md tsconfig.json; uploads")
                .tried("cd wt-uploads; git merge -q --squash main >/dev/null; git commit -qm 'the trunk, squashed'; git merge -q --no-edit main")
                .lane_pushed(),
            work("clocks that are wrong: commits of 1970 and of 2100")
                .given("migrations")
                .tried("export GIT_COMMITTER_DATE='@1000000 +0000' GIT_AUTHOR_DATE='@1000000 +0000'; lane migrations src/db/migrations/a.sql; export GIT_COMMITTER_DATE='@4102444800 +0000'; lane migrations src/db/migrations/b.sql
                        export GIT_COMMITTER_DATE='@1000000 +0000'; land migrations; uploads; land uploads")
                .pushed("dana", "push main agents/migrations agents/uploads"),
            work("a landing by a rebase of the lane and a fast-forward, lane after lane")
                .given("migrations; uploads; push agents/migrations agents/uploads; on_trunk README.md; git -C repo fetch -q")
                .tried("for lane in migrations uploads; do git -C wt-$lane rebase -q main; git -C repo merge -q --ff-only agents/$lane; done")
                .pushed("dana", "git -C repo push -q --force-with-lease origin main agents/migrations agents/uploads"),
            work("a landing by rebase and fast-forward, the trunk pushed first, and the lanes after it")
                .given("migrations; uploads; push agents/migrations agents/uploads; on_trunk README.md; git -C repo fetch -q")
                .tried("for lane in migrations uploads; do git -C wt-$lane rebase -q main; git -C repo merge -q --ff-only agents/$lane; done")
                .pushed("dana", "push main; git -C repo push -q --force-with-lease origin agents/migrations agents/uploads"),
            work("lanes that take the trunk in after each landing, and one push of everything at the end")
                .given("migrations; uploads; tests")
                .tried("land migrations; git -C wt-uploads merge -q --no-edit main; land uploads; git -C wt-tests merge -q --no-edit main; land tests")
                .pushed("dana", "git -C repo push -q origin --all"),
            work("lanes that take the trunk in after each landing, the trunk pushed first, and the lanes after it")
                .given("migrations; uploads; tests; push agents/migrations agents/uploads agents/tests")
                .tried("land migrations; git -C wt-uploads merge -q --no-edit main; land uploads; git -C wt-tests rebase -q main; land tests")
                .pushed("dana", "push main; git -C repo push -q --force origin --all"),
            work("a conflict with a hotfix, resolved in the landing, within the lane's paths")
                .given("lane migrations src/db/schema.ts; on_trunk src/db/schema.ts")
                .tried("cd repo; ! git merge -q --no-ff --no-edit agents/migrations >/dev/null; sed -i '/^[<=>|]/d' src/db/schema.ts; git add -A; git commit -q --no-edit")
                .pushed("dana", "push main agents/migrations"),
            work("a conflict of two additions, resolved in the landing")
                .given("(cd wt-migrations; edit CHANGELOG.md '- migrations'; edit src/db/schema.ts; save); (cd wt-uploads; edit CHANGELOG.md '- uploads'; edit src/api/uploads/a.ts; save)")
                .tried("land migrations; cd repo; ! git merge -q --no-ff --no-edit agents/uploads >/dev/null; sed -i '/^[<=>|]/d' CHANGELOG.md; git add -A; git commit -q --no-edit")
                .pushed("dana", "push main agents/migrations agents/uploads"),
            work("the same by a merge driver that unites both")
                .given("(cd repo; echo 'CHANGELOG.md merge=union' >.gitattributes; smuggle; git -C ../server.git fetch -q . main:main 2>/dev/null; git -C ../server.git fetch -q ../repo main:main)
                        (cd wt-migrations; edit CHANGELOG.md '- migrations'; edit src/db/schema.ts; save); (cd wt-uploads; edit CHANGELOG.md '- uploads'; edit src/api/uploads/a.ts; save)")
                .tried("land migrations uploads; cd wt-uploads; git merge -q main")
                .pushed("dana", "push main agents/migrations agents/uploads"),
            work("a file that the lane renames and the trunk changes, followed by the merge")
                .given("(cd wt-migrations; git mv src/db/migrations/0001_users.sql src/db/migrations/0001_people.sql; save); on_trunk src/db/migrations/0001_users.sql")
                .tried("land migrations")
                .pushed("dana", "push main agents/migrations"),
            work("a landing taken back, the lane made anew by `rebase --force-rebase`, and landed again")
                .given("migrations; land migrations; push main agents/migrations; git -C repo revert -m 1 --no-edit HEAD >/dev/null; push main")
                .tried("cd wt-migrations; git rebase -q --force-rebase HEAD~1; cd ..; land migrations")
                .pushed("dana", "git -C repo push -q --force origin main agents/migrations"),
            work("the forge deletes a landed branch, and its agent goes on and pushes it again")
                .given("migrations; land migrations; push main agents/migrations; push :agents/migrations; git -C repo fetch -q --prune")
                .tried("lane migrations src/db/migrations/9.sql; land migrations")
                .pushed("agent-2", "git -C wt-migrations push -q origin agents/migrations")
                .pushed("dana", "push main"),
            work("an agent joins in the middle of the run, by an amendment")
                .given("uploads; migrations")
                .tried("cd repo; printf '[agents.agent-4]\\nbranch = \"agents/docs\"\\nscope = [\"docs/**\"]\\n' >>contract.toml; printf '[[merge-order]]\\nagents = [\"agent-4\"]\\n' >>contract.toml; save 'agent-4'
                        git worktree add -q -b agents/docs ../wt-docs; cd ../wt-docs; edit docs/a.md; save; cd ..; uploads")
                .pushed("dana", "push main agents/docs agents/uploads"),
            work("an agent is withdrawn, and the others land past it")
                .given("uploads; (cd repo; sed -i 's/^\\[agents.agent-2\\]/[agents.agent-2]\\nwithdrawn = true/' contract.toml; save withdrawn; git push -q origin main)")
                .tried("land uploads; git -C repo worktree remove ../wt-migrations; git -C repo branch -q -D agents/migrations")
                .pushed("dana", "push main agents/uploads"),
            work("a hundred branches and tags of humans, pushed at once")
                .given("cd repo; for i in 0 1 2 3 4 5 6 7 8 9; do for j in 0 1 2 3 4; do echo \"create refs/heads/topic/$i$j $(git rev-parse main)\"; echo \"create refs/tags/t$i$j $(git rev-parse main)\"; done; done >../list")
                .tried("cd repo; git update-ref --stdin <../list; git pack-refs --all; git fetch -q --prune --prune-tags origin 2>/dev/null")
                .pushed("dana", "cd repo; git push -q origin 'refs/heads/topic/*'; git push -q --delete origin topic/00 topic/44"),
            work("branches of humans with unusual names")
                .tried("cd repo; for name in 'ünïcode' \"it's\" 'a\"b' 'x;y' '$(x)' 'feature/#1' '-dash' 'very/deep/name/of/a/branch'; do git update-ref \"refs/heads/$name\" main; done; git checkout -q 'feature/#1'; edit README.md; save; git checkout -q main")
                .pushed("dana", "cd repo; git push -q origin 'refs/heads/*:refs/heads/*'"),
            work("a repository below a directory with blanks and letters that are not ASCII")
                .given("mkdir 'my ünï \"projects\"'; cd my*; git clone -q ../server.git 'r 1'; cp -a ../repo/.git/hooks/. 'r 1/.git/hooks/'; cd r*; git config contractgate.trunk main; git worktree add -q -b agents/migrations '../wt-migrations'")
                .tried("cd my*/wt-migrations; edit src/db/schema.ts; save; cd ../r*; git merge -q --no-ff --no-edit agents/migrations")
                .pushed("agent-2", "cd my*/wt-migrations; git push -q ../../server.git agents/migrations main"),
        ],
    }
}
