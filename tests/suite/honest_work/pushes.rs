//! Pushes of every form.

use super::Theme;
use super::row::work;
use super::world::{at_its_turn, usual};

const LANE: &str = "lane uploads src/api/uploads/a.ts; lane uploads src/api/uploads/b.ts";

pub fn pushing() -> Theme {
    Theme {
        title: "Pushing",
        world: at_its_turn,
        rows: vec![
            work("`git push -u`, then a bare `git push`, and the same once more")
                .given(LANE)
                .tried("true")
                .pushed("agent-1", "cd wt-uploads; git push -q -u origin agents/uploads; edit src/api/uploads/c.ts; save; git push -q; git push -q"),
            work("`git push origin HEAD`, by a full name, to a full name, by `push.default current`")
                .given(LANE)
                .tried("true")
                .pushed("agent-1", "cd wt-uploads; git push -q origin HEAD; edit src/api/uploads/c.ts; save; git push -q origin HEAD:refs/heads/agents/uploads
                         edit src/api/uploads/c.ts; save; git -c push.default=current push -q origin; edit src/api/uploads/c.ts; save; git push -q origin refs/heads/agents/uploads"),
            work("`--force-with-lease` and `--force-if-includes` after a rebase")
                .given(format!("{LANE}; push agents/uploads; git -C repo fetch -q; on_trunk README.md"))
                .tried("cd wt-uploads; git rebase -q main")
                .pushed("agent-1", "cd wt-uploads; git push -q --force-with-lease --force-if-includes origin agents/uploads")
                .pushed("dana", "land uploads; push main"),
            work("one's lane taken back on the server, and pushed again")
                .given(format!("{LANE}; push agents/uploads"))
                .tried("true")
                .pushed("agent-1", "cd wt-uploads; git push -q --force origin HEAD~1:agents/uploads; git push -q origin agents/uploads"),
            work("a lane without any commit of its own, and a commit that changes nothing")
                .tried("cd wt-uploads; git commit -q --allow-empty -m begin")
                .pushed("agent-1", "cd wt-uploads; git push -q origin HEAD~1:refs/heads/agents/uploads; git push -q origin agents/uploads"),
            work("an older state of a lane, by its commit")
                .given(LANE)
                .tried("true")
                .pushed("agent-1", "cd wt-uploads; git push -q origin agents/uploads~1:refs/heads/agents/uploads; git push -q origin agents/uploads"),
            work("several lanes by one push, in one transaction and not, `--follow-tags`")
                .given(format!("{LANE}; tests; git -C repo tag -a -m t t agents/tests"))
                .tried("true")
                .pushed("dana", "git -C repo push -q --atomic origin agents/uploads agents/tests; lane uploads src/api/uploads/c.ts; git -C repo push -q --follow-tags origin agents/uploads agents/tests"),
            work("`git push --all`, `--mirror`, `--tags`, `--prune`, `--dry-run`")
                .given(format!("{LANE}; git -C repo tag t"))
                .tried("git -C repo push -q --dry-run origin --all")
                .pushed("dana", "cd repo; git push -q origin --all; git push -q origin --tags; git push -q --prune origin 'refs/heads/*:refs/heads/*'; git push -q --mirror origin")
                .note("the dispatcher's `--mirror` brings the tracking refs too"),
            work("into a repository with hooks of a client, in whose main worktree another lane is checked out")
                .given("git -C repo worktree remove ../wt-uploads; git -C repo worktree remove ../wt-tests; git -C repo switch -q agents/tests
                        git clone -q -b agents/uploads repo second; cd second; git config contractgate.trunk main; cp -a ../repo/.git/hooks/. .git/hooks/")
                .tried("cd second; edit src/api/uploads/a.ts; save; git push -q origin agents/uploads; cd ../repo; git switch -q main"),
            work("from a clone of a clone, and from a bundle")
                .given(format!("{LANE}; git clone -q wt-uploads second; git -C wt-uploads bundle create -q ../b agents/uploads; git clone -q -b agents/uploads b third; git -C third remote set-url origin ../server.git; git -C second remote set-url origin ../server.git"))
                .tried("true")
                .pushed("agent-1", "git -C second push -q origin HEAD; git -C third push -q origin HEAD"),
            work("pulls of pushed lanes by others: fetch, a look, `--prune`")
                .given(format!("{LANE}; push agents/uploads; elsewhere true"))
                .tried("cd repo; git fetch -q --all --prune --tags; git fetch -q origin '+refs/heads/*:refs/remotes/origin/*'; git branch -q -r; git remote update >/dev/null; git fetch -q --force --refmap= origin agents/uploads")
                .lane_landed(),
        ],
    }
}

pub fn beginnings() -> Theme {
    let fresh = "rm -rf server.git; git init -q --bare server.git; git -C server.git config contractgate.trunk main; ln -s \"$GATE\" server.git/hooks/pre-receive
                 git -C repo update-ref -d refs/remotes/origin/main";
    Theme {
        title: "Beginnings",
        world: usual,
        rows: vec![
            work("the first push of a whole project: the trunk")
                .given(fresh)
                .tried("true")
                .pushed("dana", "git config -f server.git/config contractgate.dispatcher dana; push -u main"),
            work("the first push of a whole project: all branches, with work in them")
                .given(format!("{fresh}; migrations; uploads"))
                .tried("true")
                .pushed("dana", "git -C repo push -q origin --all"),
            work("the first push of a project of which lanes have landed")
                .given(format!("migrations; uploads; land migrations uploads; {fresh}"))
                .tried("true")
                .pushed("dana", "git -C repo push -q origin --all; git -C repo push -q origin --tags"),
            work("the first contract, beside other files, and the lanes that begin with it")
                .given(format!("cd repo; git worktree remove ../wt-uploads; git branch -q -D agents/uploads; cp contract.toml ../kept; git rm -q contract.toml; smuggle 'no contract'; cd ..; {fresh}; push main"))
                .tried("cd repo; cp ../kept contract.toml; edit docs/about.md; save contract; git worktree add -q -b agents/uploads ../wt-uploads; cd ../wt-uploads; edit src/api/uploads/a.ts; save")
                .pushed("dana", "push main")
                .lane_pushed(),
            work("the contract is amended, alone, and taken in by the lanes")
                .given("uploads; tests")
                .tried("cd repo; sed -i 's/^format = 1/format = 1\\nversion = 2/; s/POST/PUT/' contract.toml; git commit -qam 'version 2'; cd ../wt-uploads; git merge -q --no-edit main; cd ../wt-tests; git rebase -q main")
                .pushed("dana", "push main agents/uploads agents/tests"),
            work("the contract is amended in a branch, which is merged")
                .given("uploads")
                .tried("cd repo; git switch -q -c amend; sed -i 's/POST/PUT/' contract.toml; git commit -qam amended; git switch -q main; git merge -q --no-ff --no-edit amend; git branch -q -d amend")
                .pushed("dana", "push main")
                .lane_pushed(),
            work("the contract is amended here while a lane lands elsewhere, and a pull joins the two")
                .given("migrations")
                .tried("cd repo; sed -i 's/POST/PUT/' contract.toml; git commit -qam amended; cd ..; landed_elsewhere migrations; git -C repo pull -q --no-rebase --no-edit origin main")
                .pushed("dana", "push main"),
            work("a contract that is broken is mended, here and on the server")
                .given("cd repo; edit contract.toml 'format = 2'; smuggle broken; git -C ../server.git fetch -q ../repo main:main")
                .tried("cd repo; git revert --no-edit HEAD >/dev/null; cd ..; uploads")
                .pushed("dana", "push main")
                .lane_pushed(),
            work("the contract is taken away, and work goes on without it")
                .tried("cd repo; git rm -q contract.toml; git commit -qm 'the run is over'; edit src/index.ts; save; cd ../wt-uploads; edit README.md; git merge -q --no-edit main; save")
                .pushed("dana", "push main agents/uploads"),
        ],
    }
}
