//! Lanes land: by every way there is.

use super::Theme;
use super::row::work;
use super::world::usual;

const MERGE: &str = "git merge -q --no-ff --no-edit";

pub fn landing() -> Theme {
    let all = "migrations; uploads; tests";
    Theme {
        title: "Landing",
        world: usual,
        rows: vec![
            work("every lane by a merge, in order, and one push of the trunk alone")
                .given(all)
                .tried("land migrations uploads tests")
                .pushed("dana", "push main"),
            work("every lane by a merge, each with a line in the shared list too, the server having the lanes as they were handed out")
                .given("push agents/migrations agents/uploads agents/tests
                        lane migrations src/db/migrations/2.sql CHANGELOG.md; land migrations; for lane in uploads tests; do git -C wt-$lane merge -q --ff-only main; done
                        lane uploads src/api/uploads/create.ts CHANGELOG.md; land uploads; git -C wt-tests merge -q --ff-only main")
                .tried("lane tests tests/uploads/one.test.ts CHANGELOG.md; land tests")
                .pushed("dana", "push main"),
            work("the same, one push for each, and each branch deleted here before it")
                .given("push agents/migrations agents/uploads; lane uploads src/api/uploads/create.ts")
                .tried("lane migrations src/db/migrations/2.sql CHANGELOG.md; land migrations; git -C wt-migrations checkout -q --detach; git -C repo branch -q -d agents/migrations")
                .pushed("dana", "push main; land uploads; push main"),
            work("every lane by a merge, each pushed with the trunk, and deleted here and there")
                .given(all)
                .tried("land migrations")
                .pushed("dana", "push main agents/migrations; push :agents/migrations; for lane in uploads tests; do
                         land $lane; push main agents/$lane; push :agents/$lane; git -C wt-$lane checkout -q --detach
                         git -C repo branch -q -d agents/$lane; done"),
            work("a lane by a merge, and its branch deleted by the same push")
                .given("migrations; push agents/migrations")
                .tried("land migrations")
                .pushed("dana", "push main :agents/migrations")
                .not_in_one_push("lane-deleted")
                .then("push main; push :agents/migrations")
                .note("git moves one ref after another, and the branch goes though the trunk's move fails: push the trunk, then delete"),
            work("a lane by a merge, pushed with the deletion of one that landed before")
                .given("migrations; uploads; push agents/migrations agents/uploads; land migrations; push main")
                .tried("land uploads")
                .pushed("dana", "push main :agents/migrations")
                .pushed("dana", "push :agents/uploads"),
            work("every lane by a squash, with the branches")
                .given(all)
                .tried("squash migrations; squash uploads; squash tests")
                .pushed("dana", "push main agents/migrations agents/uploads agents/tests"),
            work("every lane by a squash, the trunk alone: the server knows the lanes' tips")
                .given(format!("{all}; push agents/migrations agents/uploads agents/tests"))
                .tried("squash migrations; squash uploads; squash tests")
                .pushed("dana", "push main"),
            work("a squash landing of a lane whose older tip the server has, the trunk alone")
                .given("migrations; push agents/migrations; lane migrations src/db/migrations/3.sql")
                .tried("squash migrations")
                .pushed("dana", "push main")
                .server_refuses_under_landings_only("trunk-direct")
                .note("`landings-only` cannot tell what is newer from a hand's: push the lane's branch too"),
            work("a squash landing of a lane that the server has without work, the trunk alone")
                .given("push agents/migrations; migrations; lane migrations src/db/migrations/3.sql")
                .tried("squash migrations")
                .pushed("dana", "push main")
                .server_sees_a_hand_made_step("trunk-direct")
                .note("the server cannot tell it from a step made by hand: push the lane's branch too"),
            work("a squash landing of a lane that the server has never seen, the trunk alone")
                .given("migrations; lane migrations src/db/migrations/3.sql")
                .tried("squash migrations")
                .pushed("dana", "push main"),
            work("two lanes that the server has never seen, by one squash, the trunk alone")
                .given("migrations; uploads")
                .tried("cd repo; for lane in migrations uploads; do git diff HEAD...agents/$lane | git apply; done; save both")
                .pushed("dana", "push main")
                .server_sees_a_hand_made_step("trunk-direct")
                .note("by its content alone it is no landing, but a step in the paths of two lanes: push the lanes' branches too (`lane-unpushed` says so where the trunk takes landings alone), or squash them one after another"),
            work("two lanes that the server has never seen, by one squash, with their branches")
                .given("migrations; uploads")
                .tried("cd repo; for lane in migrations uploads; do git diff HEAD...agents/$lane | git apply; done; save both")
                .pushed("dana", "push main agents/migrations agents/uploads"),
            work("a lane that was amended after its push, and the next one, by merges, the trunk alone")
                .given("migrations; uploads; push agents/migrations agents/uploads; cd wt-migrations; edit src/db/schema.ts; git commit -q -a --amend -m again")
                .tried("land migrations uploads")
                .pushed("dana", "push main")
                .not_in_one_push("merge-order")
                .then("git -C repo push -q --force-with-lease=agents/migrations origin main agents/migrations")
                .note("the server has what the lane was before, and that has not landed: push the lane's branch too; `pre-push` says so (`lane-unpushed`)"),
            work("a withdrawn lane's work, merged into the lane that takes its paths over, by a merge, the trunk alone")
                .given("migrations; uploads; push agents/migrations agents/uploads
                        (cd repo; sed -i 's/^\\[agents.agent-2\\]/[agents.agent-2]\\nwithdrawn = true/; s|^scope = \\[\"src/db|scope = [\"src/old/**\"]\\n#&|; s|^scope = \\[\"src/api|scope = [\"src/db/**\", \"src/api|; s|schema.ts\" = .*|schema.ts\" = { owner = \"agent-1\" }|' contract.toml; save 'agent-1 takes over')
                        push main; cd wt-uploads; git merge -q --no-edit main")
                .tried("(cd wt-uploads; git merge -q --no-edit agents/migrations); land uploads")
                .pushed("dana", "push main")
                .not_in_one_push("withdrawn")
                .then("push main agents/uploads")
                .note("the server knows the work as the withdrawn lane's: push the branch of the lane that has taken it over too; `pre-push` says so (`lane-unpushed`)"),
            work("a fast-forward to a lane, with its branch")
                .given("migrations; lane migrations src/db/migrations/3.sql")
                .tried("cd repo; git merge -q --ff-only agents/migrations")
                .pushed("dana", "push main agents/migrations"),
            work("a fast-forward to a lane whose older tip the server has, the trunk alone")
                .given("migrations; push agents/migrations; lane migrations src/db/migrations/3.sql")
                .tried("cd repo; git merge -q --ff-only agents/migrations")
                .pushed("dana", "push main"),
            work("a fast-forward to a lane that the server has without work, the trunk alone")
                .given("push agents/migrations; migrations; lane migrations src/db/migrations/3.sql")
                .tried("cd repo; git merge -q --ff-only agents/migrations")
                .pushed("dana", "push main")
                .server_sees_a_hand_made_step("trunk-direct")
                .note("the server cannot tell it from a step made by hand: push the lane's branch too"),
            work("two lanes by one octopus")
                .given(format!("{all}; on_trunk README.md"))
                .tried(format!("cd repo; {MERGE} agents/migrations agents/uploads"))
                .pushed("dana", "push main"),
            work("each commit of a lane picked onto the trunk")
                .given("migrations; lane migrations src/db/migrations/3.sql; on_trunk README.md")
                .tried("cd repo; git cherry-pick main..agents/migrations >/dev/null")
                .pushed("dana", "push main agents/migrations"),
            work("each commit of a lane picked onto the trunk, which edits, renames and deletes what it has added before")
                .given("lane migrations src/db/migrations/3.sql src/db/schema.ts; lane migrations src/db/migrations/3.sql
                        cd wt-migrations; git mv src/db/migrations/3.sql src/db/migrations/4.sql; save; git rm -q src/db/migrations/4.sql; save; cd ..; on_trunk README.md")
                .tried("cd repo; git cherry-pick main..agents/migrations >/dev/null")
                .pushed("dana", "push main agents/migrations"),
            work("each commit of a lane made again on the trunk, of which one did what was taken from it since, and another undid that")
                .given("(cd wt-migrations; unseen merge -q main; edit helper.ts; smuggle; git rm -q helper.ts; save undone); migrations; on_trunk assets/x; push agents/migrations")
                .tried("cd repo; unseen cherry-pick main..agents/migrations >/dev/null")
                .pushed("dana", "push main"),
            work("the same by a fast-forward, the trunk alone, whose branch the server has never seen")
                .given("(cd wt-migrations; edit src/db/schema.ts; edit helper.ts; smuggle; git rm -q helper.ts; save undone)")
                .tried("cd repo; git merge -q --ff-only agents/migrations")
                .pushed("dana", "push main agents/migrations"),
            work("a lane's commit that adds to a shared list alone, picked before the next one, which adds more")
                .given("lane uploads CHANGELOG.md; lane uploads CHANGELOG.md src/api/uploads/create.ts; migrations; land migrations; git -C repo push -q origin main agents/migrations")
                .tried("cd repo; git cherry-pick main..agents/uploads >/dev/null")
                .pushed("dana", "push main agents/uploads"),
            work("a landing amended, with the generated file made again")
                .given("migrations; land migrations")
                .tried("cd repo; echo 2 >lock.txt; git commit -q -a --amend --no-edit")
                .pushed("dana", "push main agents/migrations"),
            work("a lane that adds to a directory of its scope, which the trunk has renamed meanwhile")
                .given("cd repo; edit src/db/migrations/old/1.sql; edit src/db/migrations/old/2.sql; smuggle; git -C ../wt-migrations merge -q main
                        git mv src/db/migrations/old src/db/migrations/new; smuggle renamed; git -C ../server.git fetch -q ../repo main:main; cd ..; lane migrations src/db/migrations/old/3.sql")
                .tried("git -C repo config merge.directoryRenames true; land migrations; test -e repo/src/db/migrations/new/3.sql")
                .pushed("dana", "push main agents/migrations"),
            work("an agent lands its own lane at its turn and pushes it")
                .given("migrations; git -C repo checkout -q --detach")
                .tried(format!("cd wt-migrations; git checkout -q --ignore-other-worktrees main; {MERGE} agents/migrations; git checkout -q agents/migrations"))
                .pushed("agent-2", "git -C wt-migrations push -q origin main agents/migrations"),
            work("a lane lands as a fast-forward, the next is rebased onto that and merged, both by one push")
                .given("migrations; uploads; push agents/migrations")
                .tried("git -C repo merge -q --ff-only agents/migrations; git -C wt-uploads rebase -q main; land uploads")
                .pushed("dana", "push main"),
            work("a lane lands as a fast-forward, the next takes that in and is merged, both by one push with the lanes")
                .given("migrations; uploads; push agents/migrations agents/uploads")
                .tried("git -C repo merge -q --ff-only agents/migrations; git -C wt-uploads merge -q --no-edit main; land uploads")
                .pushed("dana", "push main agents/migrations agents/uploads"),
            work("a lane lands as a fast-forward, then an integration branch with the others is merged, by one push")
                .given("migrations; uploads; tests; push agents/migrations agents/uploads agents/tests")
                .tried("cd repo; git merge -q --ff-only agents/migrations; git switch -q -c integration; (cd ..; land uploads tests); git switch -q main; git merge -q --no-ff --no-edit integration")
                .pushed("dana", "push main"),
            work("a lane lands as a fast-forward, then a branch of the human's own is merged, by one push")
                .given("migrations; push agents/migrations; cd repo; git switch -q -c release/1.0; edit VERSION 1.0; save; git switch -q main")
                .tried("cd repo; git merge -q --ff-only agents/migrations; git merge -q --no-ff --no-edit release/1.0")
                .pushed("dana", "push main")
                .not_for_landings_only("trunk-direct")
                .note("The policy is that the trunk takes landings alone."),
            work("a lane lands as a fast-forward, then the contract is amended in a branch, which is merged, by one push")
                .given("migrations; push agents/migrations; cd repo; git switch -q -c amended; sed -i 's/POST/PUT/' contract.toml; save; git switch -q main")
                .tried("cd repo; git merge -q --ff-only agents/migrations; git merge -q --no-ff --no-edit amended")
                .pushed("dana", "push main"),
            work("two agents land one after another, each by itself, the second after a pull")
                .given("migrations; uploads; git -C repo checkout -q --detach; (cd wt-migrations; git push -q origin agents/migrations:main agents/migrations)")
                .tried(format!("cd wt-uploads; git fetch -q; git checkout -q -B main origin/main; {MERGE} agents/uploads; git checkout -q agents/uploads"))
                .pushed("agent-1", "git -C wt-uploads push -q origin main agents/uploads"),
        ],
    }
}

pub fn other_ways_to_the_trunk() -> Theme {
    let integrated = "migrations; uploads; tests; cd repo; git checkout -q -b integration";
    Theme {
        title: "Integration branches, forges and the integrator",
        world: usual,
        rows: vec![
            work("an integration branch that took the lanes in their order, merged")
                .given(integrated)
                .tried(format!("cd repo; for lane in migrations uploads tests; do {MERGE} agents/$lane; done; git checkout -q main; {MERGE} integration"))
                .pushed("dana", "push main"),
            work("an integration branch on which the lanes are squashed in their order, merged")
                .given(integrated)
                .tried(format!("for lane in migrations uploads tests; do squash $lane; done; cd repo; git checkout -q main; {MERGE} integration"))
                .pushed("dana", "push main agents/migrations agents/uploads agents/tests"),
            work("the first lanes squashed on an integration branch, it merged, and the next lane merged after it")
                .given(integrated)
                .tried(format!("for lane in migrations uploads; do squash $lane; done; cd repo; git checkout -q main; {MERGE} integration"))
                .pushed("dana", "push main agents/migrations agents/uploads; land tests; push main"),
            work("the same, the trunk having gone on beside it")
                .given(integrated)
                .tried(format!("squash migrations; squash uploads; cd repo; git checkout -q main; git commit -q --allow-empty -m meanwhile; {MERGE} integration"))
                .pushed("dana", "push main agents/migrations agents/uploads")
                .refused_everywhere("out-of-scope")
                .note("What was squashed where is told along the trunk's own line alone: rebase the branch onto the trunk before, or land its lanes one by one."),
            work("an integration branch that begins at the first lane by a fast-forward, the others merged above")
                .given(integrated)
                .tried(format!("cd repo; for lane in migrations uploads tests; do git merge -q --no-edit agents/$lane; done; git checkout -q main; {MERGE} integration"))
                .pushed("dana", "push main"),
            work("an integration branch, as a fast-forward, pushed before and deleted after")
                .given(integrated)
                .tried(format!("cd repo; for lane in migrations uploads; do {MERGE} agents/$lane; done; git checkout -q main"))
                .pushed("dana", "push integration; git -C repo merge -q --ff-only integration; push main; push :integration; git -C repo branch -q -d integration"),
            work("a forge's merge of a pushed lane, and everybody's pull")
                .given("migrations; uploads")
                .tried("git -C wt-migrations push -q origin agents/migrations")
                .pushed("dana", format!("elsewhere '{MERGE} origin/agents/migrations; git push -q origin main'"))
                .pushed("dana", "(cd repo; git pull -q --ff-only origin main); (cd wt-uploads; git pull -q --rebase origin main; git push -q origin agents/uploads)"),
            work("a forge's rebase-and-merge of a lane")
                .given("migrations; lane migrations src/db/migrations/3.sql; on_trunk README.md; push agents/migrations")
                .tried("true")
                .pushed("dana", "elsewhere 'git checkout -q --detach origin/agents/migrations; git rebase -q origin/main; git push -q origin HEAD:main; git checkout -q main'")
                .pushed("dana", "(cd repo; git pull -q --ff-only origin main); (cd wt-uploads; git merge -q main; edit src/api/uploads/a.ts; save; git push -q origin agents/uploads)"),
            work("a forge's squash-and-merge, the branch deleted there, then the next lane's")
                .given("migrations; uploads; push agents/migrations agents/uploads")
                .tried("true")
                .pushed("dana", "elsewhere 'git merge -q --squash origin/agents/migrations >/dev/null; git commit -q -m squashed; git push -q origin main; git push -q origin :agents/migrations'")
                .pushed("dana", "elsewhere 'git merge -q --squash origin/agents/uploads >/dev/null; git commit -q -m squashed; git push -q origin main; git push -q origin :agents/uploads'
                                 git -C repo pull -q --prune --ff-only origin main"),
            work("a forge's update of a lane with the trunk, which its agent pulls")
                .given("migrations; on_trunk README.md src/index.ts; push agents/migrations")
                .tried("true")
                .pushed("agent-2", "elsewhere 'git checkout -q agents/migrations; git merge -q --no-edit origin/main; git push -q'; cd wt-migrations
                                    git pull -q --ff-only origin agents/migrations; edit src/db/migrations/9.sql; save; git push -q origin agents/migrations"),
            work("the integrator lands every lane, and pushes the trunk alone")
                .given("migrations; uploads; tests")
                .tried("export CONTRACT_GATE_AGENT=agent-9; land migrations uploads tests")
                .pushed("agent-9", "export CONTRACT_GATE_AGENT=agent-9; push main"),
            work("the integrator pushes the trunk with the lanes, and deletes them when they have landed")
                .given("migrations; uploads; tests; push agents/migrations")
                .tried("export CONTRACT_GATE_AGENT=agent-9; land migrations uploads tests")
                .pushed("agent-9", "export CONTRACT_GATE_AGENT=agent-9; push main agents/migrations agents/uploads agents/tests
                                    push :agents/migrations :agents/uploads; git -C wt-tests checkout -q --detach; git -C repo branch -q -d agents/tests"),
            work("an integration branch of squashes, merged, and the lanes' branches brought up to the trunk by the same push")
                .given(integrated)
                .tried(format!("for lane in migrations uploads; do squash $lane; done; cd repo; git checkout -q main; {MERGE} integration"))
                .pushed("dana", "push agents/migrations agents/uploads; push main +main:agents/migrations +main:agents/uploads"),
            work("the integrator squashes the lanes on a branch of its own, and merges it")
                .given(integrated)
                .tried(format!("export CONTRACT_GATE_AGENT=agent-9; for lane in migrations uploads; do squash $lane; done; cd repo; git checkout -q main; {MERGE} integration"))
                .pushed("dana", "push agents/migrations agents/uploads")
                .pushed("agent-9", "export CONTRACT_GATE_AGENT=agent-9; push main"),
            work("the integrator prepares on a branch of its own")
                .given("migrations; uploads")
                .tried(format!("export CONTRACT_GATE_AGENT=agent-9; cd repo; git switch -q -c staging; {MERGE} agents/migrations; git switch -q main; {MERGE} staging"))
                .pushed("agent-9", "export CONTRACT_GATE_AGENT=agent-9; push staging main; push :staging"),
        ],
    }
}

pub fn after_the_landing() -> Theme {
    Theme {
        title: "After the landing",
        world: usual,
        rows: vec![
            work("a squash-landed lane goes on, and lands again")
                .given("migrations; squash migrations; push main agents/migrations")
                .tried("lane migrations src/db/migrations/3.sql; squash migrations")
                .pushed("dana", "push main agents/migrations"),
            work("a squash-landed lane takes the trunk in, goes on, and lands by a merge")
                .given("migrations; squash migrations; push main agents/migrations")
                .tried("(cd wt-migrations; git merge -q --no-edit main); lane migrations src/db/migrations/3.sql src/db/schema.ts; land migrations")
                .pushed("agent-2", "git -C wt-migrations push -q origin agents/migrations")
                .pushed("dana", "push main"),
            work("a squash-landed lane is reset to the trunk and goes on")
                .given("migrations; squash migrations; push main agents/migrations")
                .tried("(cd wt-migrations; git reset -q --hard main); lane migrations src/db/migrations/3.sql; land migrations")
                .pushed("agent-2", "git -C wt-migrations push -q --force-with-lease origin agents/migrations")
                .pushed("dana", "push main"),
            work("a landed lane goes on while the next one is at work")
                .given("migrations; land migrations; push main agents/migrations; uploads; push agents/uploads")
                .tried("lane migrations src/db/migrations/3.sql; land migrations uploads")
                .pushed("dana", "push main agents/migrations"),
            work("a landed lane goes on in a file of its own, a shared list and a generated file, and lands by a merge, the trunk alone")
                .given("migrations; land migrations; push main agents/migrations; uploads; push agents/uploads")
                .tried("lane migrations src/db/migrations/3.sql CHANGELOG.md lock.txt; land migrations uploads")
                .pushed("dana", "push main"),
            work("the trunk goes on in a landed lane's lines")
                .given("migrations; land migrations; push main agents/migrations")
                .tried("cd repo; sed -i s/work/rework/ src/db/schema.ts; git commit -qam 'after it'; cd ..; uploads; land uploads")
                .pushed("dana", "push main agents/uploads")
                .note("in a landed lane's paths; before the others have landed, `landings-only` refuses it")
                .not_for_landings_only("trunk-direct"),
            work("the branches of landed lanes are pruned everywhere, and the next one lands")
                .given("migrations; uploads; land migrations; push main agents/migrations; push :agents/migrations")
                .tried("git -C wt-migrations checkout -q --detach; git -C repo branch -q -d agents/migrations; git -C repo fetch -q --prune; land uploads")
                .pushed("dana", "push main agents/uploads"),
            work("a landing is reverted")
                .given("migrations; land migrations; push main agents/migrations")
                .tried("cd repo; git revert -m 1 --no-edit HEAD >/dev/null")
                .pushed("dana", "push main"),
            work("a landing with additions to a shared list is reverted in a branch, which is merged")
                .given("lane migrations src/db/schema.ts CHANGELOG.md; land migrations; push main agents/migrations; lane migrations src/db/schema.ts CHANGELOG.md; land migrations; push main agents/migrations")
                .tried("cd repo; git switch -q -c undo; git revert -m 1 --no-edit HEAD >/dev/null; git switch -q main; git merge -q --no-ff --no-edit undo; git branch -q -d undo")
                .pushed("dana", "push main"),
            work("a landing is reverted, and landed again by reverting the revert")
                .given("migrations; land migrations; push main agents/migrations; git -C repo revert -m 1 --no-edit HEAD >/dev/null; push main")
                .tried("cd repo; git revert --no-edit HEAD >/dev/null; cd ..; uploads; land uploads")
                .pushed("dana", "push main agents/uploads"),
            work("of a landing that was made again on the trunk one commit is reverted, and the next lane is rebased onto that and lands as a fast-forward")
                .given("lane migrations src/db/migrations/2.sql; lane migrations src/db/schema.ts; uploads; push agents/migrations agents/uploads
                        (cd repo; printf '\\n# amended\\n' >>contract.toml; save amended; git cherry-pick main..agents/migrations >/dev/null); push main
                        git -C repo revert --no-edit HEAD >/dev/null; push main; git -C wt-uploads rebase -q main; push -f agents/uploads")
                .tried("cd repo; git merge -q --ff-only agents/uploads")
                .pushed("dana", "push main"),
            work("the same, and the lane's agent has taken the first revert in")
                .given("migrations; land migrations; push main agents/migrations; git -C repo revert -m 1 --no-edit HEAD >/dev/null; push main
                        git -C wt-migrations merge -q --ff-only main; push agents/migrations")
                .tried("cd repo; git revert --no-edit HEAD >/dev/null; cd ..; uploads; land uploads")
                .pushed("dana", "push main agents/uploads"),
            work("a squashed landing is reverted, mended in the lane, and landed again")
                .given("migrations; squash migrations; push main agents/migrations; git -C repo revert --no-edit HEAD >/dev/null; push main")
                .tried("lane migrations src/db/schema.ts; squash migrations")
                .pushed("dana", "push main agents/migrations"),
            work("two landings are reverted in their reverse order, by one push")
                .given("migrations; uploads; land migrations uploads; push main")
                .tried("cd repo; git revert -m 1 --no-edit HEAD >/dev/null; git revert -m 1 --no-edit HEAD~2 >/dev/null")
                .pushed("dana", "push main"),
            work("the same on a branch of its own, which is merged (a pull request that takes two landings back)")
                .given("migrations; uploads; land migrations uploads; push main agents/migrations agents/uploads")
                .tried("cd repo; git switch -q -c taken-back; git revert -m 1 --no-edit HEAD >/dev/null; git revert -m 1 --no-edit HEAD~2 >/dev/null
                        git switch -q main; git merge -q --no-ff --no-edit taken-back")
                .pushed("dana", "push main"),
            work("anything on the trunk, when all lanes have landed")
                .given("migrations; uploads; tests; land migrations uploads tests; push main agents/migrations agents/uploads agents/tests")
                .tried("cd repo; edit src/index.ts; edit src/db/schema.ts; git mv tsconfig.json ts.json; save; git revert --no-edit HEAD >/dev/null")
                .pushed("dana", "push main"),
            work("a branch of the human's own in a landed lane's paths and beside them, merged when all lanes have landed")
                .given("migrations; uploads; tests; land migrations uploads tests; push main agents/migrations agents/uploads agents/tests
                        cd repo; git switch -q -c more; edit README.md; save; edit src/db/schema.ts fix; save; git switch -q main")
                .tried("cd repo; git merge -q --no-ff --no-edit more")
                .pushed("dana", "push main"),
            work("a new run: other agents by an amendment, their branches, work and landing")
                .given("migrations; uploads; tests; land migrations uploads tests; push main agents/migrations agents/uploads agents/tests")
                .tried("cd repo; sed -i 's/agent-\\([123]\\)/next-\\1/g; s,agents/\\(uploads\\|migrations\\|tests\\),agents/next-\\1,; s/wt-/nt-/' contract.toml; save 'new run'
                        git worktree add -q -b agents/next-migrations ../nt-migrations; cd ../nt-migrations; edit src/db/schema.ts; save
                        cd ../repo; git merge -q --no-ff --no-edit agents/next-migrations")
                .pushed("dana", "push main agents/next-migrations"),
            work("after a new run's contract, `git push --all` with the branches of the old one")
                .given("migrations; uploads; tests; land migrations uploads tests; push main")
                .tried("cd repo; sed -i 's/agent-\\([123]\\)/next-\\1/g; s,agents/\\(uploads\\|migrations\\|tests\\),agents/next-\\1,; s/wt-/nt-/' contract.toml; save 'new run'")
                .pushed("dana", "git -C repo push -q origin --all"),
            work("`git push --all` and a new backup by `git push --mirror`, with the branch of a lane that has landed and is withdrawn")
                .given("migrations; land migrations; push main agents/migrations; push :agents/migrations
                        (cd repo; sed -i 's/^\\[agents.agent-2\\]/[agents.agent-2]\\nwithdrawn = true/' contract.toml; save withdrawn); push main; git init -q --bare backup.git")
                .tried("cd repo; git push -q --mirror ../backup.git")
                .pushed("dana", "git -C repo push -q origin --all"),
            work("a new backup by `git push --mirror`, with the branch of a lane that was withdrawn with its work")
                .given("migrations; (cd repo; sed -i 's/^\\[agents.agent-2\\]/[agents.agent-2]\\nwithdrawn = true/' contract.toml; save withdrawn); push main; git init -q --bare backup.git
                        git -C backup.git config contractgate.trunk main; ln -s \"$GATE\" backup.git/hooks/pre-receive")
                .tried("cd repo; git push -q --mirror ../backup.git"),
            work("`git push --all` with the branch of a lane that was withdrawn with its work, which the server does not have")
                .given("migrations; (cd repo; sed -i 's/^\\[agents.agent-2\\]/[agents.agent-2]\\nwithdrawn = true/' contract.toml; save withdrawn); push main")
                .tried("cd repo; git push -q --dry-run --all origin")
                .pushed("dana", "git -C repo push -q origin --all")
                .refused_everywhere("withdrawn")
                .then("push main agents/uploads agents/tests")
                .note("a withdrawn lane moves nowhere: name the branches that go, or delete that one here"),
        ],
    }
}
