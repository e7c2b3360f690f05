//! What counts as landed, where it is not a lane's own paths that say so.

use super::Theme;
use super::row::work;
use super::world::usual;

const NOT_TOLD: &str = "nothing tells such a lane from one that has not begun: land it by a merge, as `contract-gate land` does, \
                        and push its branch with the trunk, or withdraw it";

pub fn lanes_of_shared_files_alone() -> Theme {
    let begun = "lane migrations CHANGELOG.md; uploads";
    Theme {
        title: "Lanes that change shared files alone",
        world: usual,
        rows: vec![
            work("a lane that adds to a shared list alone lands by a merge, and the next one, by one push")
                .given(begun)
                .tried("land migrations uploads")
                .pushed("dana", "push main agents/migrations agents/uploads"),
            work("a lane that makes a generated file again alone, and the next one, each with its push")
                .given("lane migrations lock.txt; uploads; land migrations")
                .tried("land uploads")
                .pushed("dana", "git -C repo push -q origin main~1:main agents/migrations")
                .pushed("dana", "push main"),
            work("a lane that changes alone what a waiver lets it, and the next one")
                .given("(cd repo; printf '[[waivers]]\nrule = \"out-of-scope\"\nagent = \"agent-2\"\npath = \"assets/**\"\nbecause = \"this week\"\n' >>contract.toml; smuggle); settled
                        git -C wt-migrations merge -q main; lane migrations assets/icon; uploads")
                .tried("land migrations uploads")
                .pushed("dana", "push main agents/migrations agents/uploads")
                .warns("out-of-scope"),
            work("a lane that changes alone what a waiver lets it in the next one's paths, and that one")
                .given("(cd repo; printf '[[waivers]]\nrule = \"out-of-scope\"\nagent = \"agent-2\"\npath = \"src/api/uploads/hook.ts\"\nbecause = \"this week\"\n' >>contract.toml; smuggle); settled
                        git -C wt-migrations merge -q main; lane migrations src/api/uploads/hook.ts; uploads")
                .tried("land migrations uploads")
                .pushed("dana", "push main agents/migrations agents/uploads")
                .warns("out-of-scope"),
            work("both, by `contract-gate land --all`, while the next one adds to the list as well")
                .given("lane migrations CHANGELOG.md lock.txt; (cd wt-uploads; sed -i '3i - uploads' CHANGELOG.md; edit src/api/uploads/create.ts; save)")
                .tried("cd repo; \"$GATE\" land --all >/dev/null; git merge-base --is-ancestor agents/uploads main")
                .pushed("dana", "push main agents/migrations"),
            work("two of them, which add at different places")
                .given("lane migrations CHANGELOG.md; (cd wt-uploads; sed -i '3i - uploads' CHANGELOG.md; save); tests")
                .tried("land migrations uploads tests")
                .pushed("dana", "push main agents/migrations agents/uploads"),
            work("one that has landed is taken back, landed again by reverting the revert, and the next one lands")
                .given(format!("{begun}; land migrations; push main agents/migrations; git -C repo revert -m 1 --no-edit HEAD >/dev/null; push main"))
                .tried("cd repo; git revert --no-edit HEAD >/dev/null; cd ..; land uploads")
                .pushed("dana", "push main"),
            work("a lane goes on at the remote and is squashed there, and its branch here was left where it was handed out")
                .given("push agents/migrations; elsewhere 'git switch -q agents/migrations; edit src/db/migrations/2.sql; save; git push -q; git switch -q main
                        git merge -q --squash agents/migrations; git commit -qm squash; git push -q'; uploads; git -C repo pull -q origin main; git -C repo fetch -q")
                .tried("land uploads")
                .pushed("dana", "push main agents/uploads"),
            work("a list that the trunk goes on in, after such a landing and before the next one")
                .given(format!("{begun}; land migrations; push main agents/migrations"))
                .tried("land uploads; cd repo; sed -i s/work/rework/ CHANGELOG.md; git commit -qam 'after it'; cd ..; tests; land tests")
                .pushed("dana", "push main")
                .not_for_landings_only("trunk-direct")
                .note("the policy is that the trunk takes landings alone"),
            work("such a lane by a merge, the trunk alone: the server has never seen its branch")
                .given(begun)
                .tried("land migrations uploads")
                .pushed("dana", "push main")
                .not_in_one_push("merge-order")
                .then("push main agents/migrations")
                .note(NOT_TOLD),
            work("such a lane by a fast-forward, and the next one")
                .given(format!("{begun}; git -C repo merge -q --ff-only agents/migrations"))
                .tried("land uploads")
                .pushed("dana", "push main agents/migrations")
                .refused_everywhere("merge-order")
                .note(NOT_TOLD),
            work("such a lane is brought up to the trunk when it has landed, and the next one lands")
                .given(format!("{begun}; land migrations; push main agents/migrations; git -C wt-migrations merge -q --ff-only main"))
                .tried("land uploads")
                .pushed("dana", "push main agents/migrations")
                .refused_on_the_client("merge-order")
                .note(NOT_TOLD),
            work("the branch of such a lane is pruned everywhere when it has landed, and the next one lands")
                .given(format!("{begun}; land migrations; push main agents/migrations; push :agents/migrations
                        git -C wt-migrations checkout -q --detach; git -C repo branch -q -d agents/migrations"))
                .tried("land uploads")
                .pushed("dana", "push main")
                .refused_everywhere("merge-order")
                .note(NOT_TOLD),
            work("such a lane withdrawn after that, and the next one lands")
                .given(format!("{begun}; land migrations; push main agents/migrations; git -C wt-migrations merge -q --ff-only main"))
                .tried("cd repo; sed -i '/^\\[agents.agent-2\\]/a withdrawn = true' contract.toml; save withdrawn; cd ..; land uploads")
                .pushed("dana", "push main"),
        ],
    }
}

pub fn lanes_that_take_their_work_back() -> Theme {
    let fixed = "on_trunk src/db/schema.ts; uploads
                 (cd wt-migrations; git merge -q --ff-only main; git revert --no-edit HEAD >/dev/null)";
    let removed = "(cd wt-migrations; git merge -q main; git rm -q src/db/migrations/0002_uploads.sql
                    git checkout -q main~1 -- src/db/schema.ts; save 'take it out')";
    let spike = format!("migrations; uploads; push agents/migrations; land migrations; push main; {removed}");
    Theme {
        title: "Lanes that take back what is in their own paths",
        world: usual,
        rows: vec![
            work("a lane takes back a hotfix in its own paths and lands, and the next one lands")
                .given(fixed)
                .tried("land migrations uploads")
                .pushed("dana", "push main agents/migrations agents/uploads"),
            work("a lane has landed a spike, takes it out again and lands that, and the next one lands")
                .given(&spike)
                .tried("land migrations uploads")
                .pushed("dana", "push main agents/migrations agents/uploads"),
        ],
    }
}

pub fn squashes_and_what_came_after() -> Theme {
    let squashed = |file: &str| {
        format!("(cd wt-migrations; edit {file} '- migrations'; edit src/db/schema.ts; save); uploads
                 squash migrations; push main agents/migrations")
    };
    let request = "(cd repo; git checkout -q -b fix; edit assets/x; smuggle; git checkout -q main; unseen merge -q --no-ff --no-edit fix)";
    let follow_up = "(cd repo; sed -i 's/an edit/followed up/' src/db/schema.ts; smuggle)";
    let after = |name, file: &str, then: &str| {
        work(name)
            .given(format!("{}; {then}; settled", squashed(file)))
            .tried("land uploads")
            .pushed("dana", "push main agents/uploads")
    };
    let amended = "squash migrations; (cd repo; sed -i 's|^format = 1|&\\nversion = 2|; s|^scope = \\[\"src/db/migrations|scope = [\"old/**\", \"src/db/migrations|' contract.toml; save amended)
                   (cd wt-migrations; git merge -q --no-edit main; edit old/1; edit src/db/schema.ts; save)";
    Theme {
        title: "Squashes, and what came after them",
        world: usual,
        rows: vec![
            work("a squash that git makes without a conflict beside a hotfix, in a file of which lines come again and again, and the next lane")
                .given("conf=src/db/migrations/0001_users.sql; of() { for line; do echo \"$line\"; done >$conf; }
                        (cd repo; of end 'x();' 'x();' '#' '}' 'x();' 'x();' end end end; smuggle)
                        (cd wt-migrations; unseen merge -q --ff-only main; of end 'x();' 'x();' '#' '}' end end end 'x();' 'x();'; save)
                        (cd repo; of end 'x();' 'x();' '#' '}' 'x();' return 'x();' 'x();' end end end; smuggle); settled; uploads")
                .tried("squash migrations; land uploads")
                .pushed("dana", "push main agents/uploads"),
            after(
                "a lane that added to the change log lands by a squash, a human's branch is merged, the trunk goes on in its lines, and the next one lands",
                "CHANGELOG.md",
                &format!("{request}; {follow_up}"),
            ),
            after(
                "the same, where the trunk went on in its lines first",
                "CHANGELOG.md",
                &format!("{follow_up}; {request}"),
            ),
            after(
                "the same of a lane that made a generated file again",
                "lock.txt",
                &format!("{request}; {follow_up}"),
            ),
            work("a lane lands by a squash, the contract is amended, the lane takes that in and goes on, and the trunk is pushed")
                .given(format!("migrations; {amended}"))
                .tried("true")
                .pushed("dana", "push main"),
            work("a lane lands by a squash, a hotfix follows, and the lane is set upon both before anything was pushed")
                .given("migrations; squash migrations; (cd repo; edit assets/x; smuggle); unseen -C wt-migrations reset -q --hard main")
                .tried("git -C repo push -q --dry-run origin main agents/migrations")
                .pushed("dana", "push main agents/migrations")
                .warns_if_open("trunk-direct")
                .not_for_landings_only("out-of-scope")
                .not_in_one_push("out-of-scope")
                .then("if ! grep -q landings-only repo/contract.toml; then push main; push agents/migrations; fi")
                .note("Nothing tells a server it from a lane that holds the hotfix and became the trunk: push the trunk first."),
            work("the same, and the lane lands again before the push, by a squash")
                .given(format!("migrations; {amended}"))
                .tried("squash migrations")
                .pushed("dana", "push main agents/migrations"),
            work("the same, where the server has the lane as it was first")
                .given(format!("migrations; push agents/migrations; {amended}"))
                .tried("squash migrations")
                .pushed("dana", "push main agents/migrations"),
        ],
    }
}

pub fn paths_that_are_handed_on() -> Theme {
    let landed = "migrations; uploads; land migrations; push main agents/migrations";
    let handed = r#"(cd repo; sed -i 's|^scope = \["src/db/migrations/.*|scope = ["src/db2/**"]|; s|owner = "agent-2"|owner = "agent-3"|
                      s|^scope = \["tests/uploads/|scope = ["src/db/migrations/**", "tests/uploads/|' contract.toml; save handed)"#;
    Theme {
        title: "Paths that are handed on",
        world: usual,
        rows: vec![
            work("an amendment hands the paths of a landed lane on to another, and the next one lands")
                .given(landed)
                .tried(format!("{handed}; land uploads"))
                .pushed("dana", "push main agents/uploads"),
            work("the same of a lane that landed by a squash, and whose branch was deleted")
                .given("migrations; uploads; squash migrations; push main agents/migrations; push :agents/migrations
                        git -C wt-migrations checkout -q --detach; git -C repo branch -q -D agents/migrations")
                .tried(format!("{handed}; land uploads"))
                .pushed("dana", "push main agents/uploads"),
            work("the lane that had them goes on in its new paths and lands, and the heir lands there in its turn")
                .given(format!("{landed}; {handed}; land uploads; push main agents/uploads"))
                .tried("(cd wt-migrations; git merge -q main); lane migrations src/db2/1.sql; land migrations
                        (cd wt-tests; git merge -q main); lane tests src/db/schema.ts tests/uploads/create.test.ts; land tests")
                .pushed("dana", "push main agents/tests agents/migrations"),
        ],
    }
}

pub fn landings_through_a_rename() -> Theme {
    const FILE: &str = "src/db/migrations/0001_users.sql";
    const RENAMED: &str = "src/db/migrations/0001_people.sql";
    // Lines enough that git takes the file for the same under another name.
    let begun = format!("(cd repo; seq 20 >{FILE}; smuggle); for lane in migrations uploads; do unseen -C wt-$lane merge -q --ff-only main; done");
    let lane_renames = format!("(cd wt-migrations; git mv {FILE} {RENAMED}; save renamed; sed -i 's/^3$/three/' {RENAMED}; edit src/db/schema.ts; save)
                                (cd repo; sed -i 's/^15$/hotfix/' {FILE}; smuggle hotfix)");
    let trunk_renames = format!("(cd wt-migrations; sed -i 's/^3$/three/' {FILE}; save; edit src/db/schema.ts; sed -i 's/^9$/nine/' {FILE}; save)
                                 (cd repo; git mv {FILE} {RENAMED}; smuggle renamed)");
    let both_rename = format!("(cd wt-migrations; git mv {FILE} {RENAMED}; sed -i 's/^3$/three/' {RENAMED}; edit src/db/schema.ts; save)
                               (cd repo; git mv {FILE} {RENAMED}; sed -i 's/^15$/hotfix/' {RENAMED}; smuggle renamed)");
    let row = |name, given: &str, tried: &str| {
        work(name)
            .given(format!("{begun}; {given}; settled; uploads"))
            .tried(format!("{tried}; land uploads"))
            .pushed("dana", "push main agents/migrations agents/uploads")
    };
    let at_a_forge = |name, given: &str, landed: &str| {
        work(name)
            .given(format!("{begun}; {given}; settled; uploads; push agents/uploads agents/migrations"))
            .pushed("dana", format!("elsewhere '{landed}; git push -q origin main; git push -q origin :agents/migrations'"))
            .pushed("dana", "elsewhere 'git merge -q --no-ff --no-edit origin/agents/uploads; git push -q origin main'")
    };
    let squash = "git merge -q --squash origin/agents/migrations >/dev/null; git commit -q -m squashed";
    let rebase = "git cherry-pick main..origin/agents/migrations >/dev/null";
    let renames_alone = format!("(cd wt-migrations; git mv {FILE} {RENAMED}; save renamed)
                                 (cd repo; sed -i 's/^15$/hotfix/' {FILE}; smuggle hotfix)");
    let squashed = "squash migrations; push main agents/migrations";
    let goes_on = format!("(cd repo; sed -i 's/three/drei/; s/^12$/zwoelf/' {RENAMED}; git mv {RENAMED} src/db/migrations/0001_folk.sql; smuggle)");
    Theme {
        title: "Squashes and rebases through a rename",
        world: usual,
        rows: vec![
            row("a lane renames a file that the trunk has changed, lands by a squash, and the next one lands", &lane_renames, "squash migrations"),
            row("the trunk has renamed a file that a lane changes, which lands by a squash, and the next one lands", &trunk_renames, "squash migrations"),
            row("both have given the file the same new name, with changes, and the lane lands by a squash, and the next one lands", &both_rename, "squash migrations"),
            at_a_forge("a lane renames a file that the trunk has changed, a forge squashes it and deletes the branch, and the next one is merged there", &lane_renames, squash),
            at_a_forge("the trunk has renamed a file that a lane changes, which a forge squashes, and the next one is merged there", &trunk_renames, squash),
            at_a_forge("a lane renames a file that the trunk has changed, a forge rebases it, and the next one is merged there", &lane_renames, rebase),
            at_a_forge("the trunk has renamed a file that a lane changes, which a forge rebases, and the next one is merged there", &trunk_renames, rebase),
            row("a lane renames a file that the trunk has changed, it was squashed, the trunk went on in its lines and renamed it again, and the next one lands",
                &format!("{lane_renames}; settled; {squashed}; {goes_on}"), ":"),
            row("a lane does nothing but rename a file that the trunk has changed, it was squashed, the trunk renamed it again, and the next one lands",
                &format!("{renames_alone}; settled; {squashed}; {goes_on}"), ":"),
            row("the trunk has renamed a file that a lane changes, which was squashed, the trunk went on in its lines and renamed it again, and the next one lands",
                &format!("{trunk_renames}; settled; {squashed}; {goes_on}"), ":"),
        ],
    }
}

pub fn landings_by_a_driver() -> Theme {
    // Both sides add at the end of a list, which git unites.
    let begun = "list=src/db/migrations/list; (cd repo; seq 9 >$list; echo \"$list merge=union\" >.gitattributes; smuggle)
                 for lane in migrations uploads; do unseen -C wt-$lane merge -q --ff-only main; done
                 (cd wt-migrations; edit $list ten; save; edit $list eleven; save; edit src/db/schema.ts; save)
                 (cd repo; sed -i '/^4$/d' $list; edit $list hotfix; smuggle); settled; uploads";
    let row = |name, tried: &str| {
        work(name)
            .given(begun)
            .tried(format!("{tried}; land uploads"))
            .pushed("dana", "push main agents/migrations agents/uploads")
    };
    let at_a_forge = |name, landed: &str| {
        work(name)
            .given(format!("{begun}; push agents/uploads agents/migrations"))
            .pushed("dana", format!("elsewhere '{landed}; git push -q origin main; git push -q origin :agents/migrations'"))
            .pushed("dana", "elsewhere 'git merge -q --no-ff --no-edit origin/agents/uploads; git push -q origin main'")
    };
    let goes_on = |name, how: &str| {
        work(name)
            .given(format!("{begun}; squash migrations; push main agents/migrations; (cd repo; {how}; smuggle); settled"))
            .tried("land uploads")
            .pushed("dana", "push main agents/uploads")
    };
    Theme {
        title: "Squashes and rebases by a merge driver",
        world: usual,
        rows: vec![
            row("a lane adds to a list that git merges by `union`, and to which the trunk has added, lands by a squash, and the next one lands", "squash migrations"),
            goes_on("the trunk adds to the list before the next one lands", "edit $list more"),
            goes_on("the trunk renames the list before the next one lands", "git mv $list $list.txt"),
            row("the same by a rebase", "(cd repo; unseen cherry-pick main..agents/migrations >/dev/null)"),
            at_a_forge("the same at a forge, which squashes it and deletes the branch", "git merge -q --squash origin/agents/migrations >/dev/null; git commit -q -m squashed"),
            at_a_forge("the same at a forge, which rebases it and deletes the branch", "git cherry-pick main..origin/agents/migrations >/dev/null"),
        ],
    }
}

pub fn landed_work_that_is_moved() -> Theme {
    // Nothing but new files, of lines enough that git takes one for the same under another name.
    let new = "dir=src/db/migrations; mkdir -p wt-migrations/$dir/orders; (cd wt-migrations; seq 20 >$dir/orders/a.sql; seq 30 50 >$dir/orders/b.sql; save orders)
               on_trunk assets/x; uploads";
    let squashed = format!("{new}; squash migrations; push main agents/migrations");
    let one = "lane migrations src/db/migrations/orders.sql; dir=src/db/migrations; on_trunk assets/x; uploads
                       squash migrations; push main agents/migrations";
    let moved = |to: &str| format!("(cd repo; mkdir -p {to}; git mv $dir/orders {to}/orders; smuggle moved)");
    let in_its_paths = moved("$dir/shop");
    let out_of_them = moved("assets");
    let pruned = "push :agents/migrations; git -C wt-migrations checkout -q --detach; git -C repo branch -q -D agents/migrations";
    let scope = "sed -i 's|^scope = \\[\"src/db/migrations|scope = [\"assets/**\", \"src/db/schema|' contract.toml; smuggle amended";
    let row = |name, given: &str, then: &str| {
        work(name)
            .given(format!("{given}; {then}; settled"))
            .tried("land uploads")
            .pushed("dana", "push main agents/uploads")
    };
    Theme {
        title: "Landed work that is moved",
        world: usual,
        rows: vec![
            row("a lane of new files lands by a squash, a human moves their directory, and the next one lands", &squashed, &in_its_paths),
            row("the same, where one of them is renamed, which is all that there is", one, "(cd repo; git mv $dir/orders.sql $dir/bills.sql; smuggle)"),
            row("the same, where the directory is moved out of the lane's own paths", &squashed, &out_of_them),
            row("the same, and the lane's branch was deleted", &format!("{squashed}; {pruned}"), &out_of_them),
            row("the same of a lane that landed by a merge", &format!("{new}; land migrations; push main agents/migrations"), &out_of_them),
            row("the same, and the lane's branch was deleted, that landed by a merge",
                &format!("{new}; land migrations; push main agents/migrations; {pruned}"), &out_of_them),
            // The lane itself is outside its new scope then, and is told so: it is not checked here.
            work("a lane of new files lands by a squash, the dispatcher moves the lane's scope and their directory, and the next one lands")
                .given(&squashed)
                .tried("true")
                .pushed("dana", format!("dir=src/db/migrations; (cd repo; {scope}); {out_of_them}; settled; land uploads; push main agents/uploads")),
            work("the same, the directory first")
                .given(&squashed)
                .tried("true")
                .pushed("dana", format!("dir=src/db/migrations; {out_of_them}; (cd repo; {scope}); settled; land uploads; push main agents/uploads")),
            row("the same, and the lane's branch was deleted before the next one lands",
                &format!("{squashed}; {pruned}"), &format!("(cd repo; {scope}); {out_of_them}")),
            row("a lane of new files is rebased onto the trunk, a human moves their directory, and the next one lands",
                &format!("{new}; (cd repo; git cherry-pick main..agents/migrations >/dev/null); push main agents/migrations"), &in_its_paths),
            row("a squash of new files, which are moved, moved again, renamed and edited, and the next one lands",
                &squashed, &format!("{in_its_paths}; (cd repo; git mv $dir/shop assets/shop; smuggle; git mv assets/shop/orders/a.sql assets/a; smuggle; seq 90 >assets/a; smuggle)")),
            row("a squash of new files, which are edited and moved, by one step", &squashed,
                "(cd repo; sed -i s/^3$/three/ $dir/orders/a.sql; git mv $dir/orders assets/orders; git rm -q -f assets/orders/b.sql; smuggle)"),
            row("a squash of new files, which are moved by a branch that a human merges", &squashed,
                &format!("git -C repo checkout -q -b fix; {out_of_them}; (cd repo; git checkout -q main; unseen merge -q --no-ff --no-edit fix; git branch -q -d fix)")),
            row("a lane of new files goes on in them, lands again by a squash, its directory having been moved, and the next one lands",
                &squashed, &format!("{in_its_paths}; settled; (cd wt-migrations; sed -i s/^3$/three/ $dir/orders/a.sql; save); squash migrations; push main agents/migrations")),
            row("the same by a merge", &squashed,
                &format!("{in_its_paths}; settled; (cd wt-migrations; sed -i s/^3$/three/ $dir/orders/a.sql; save); land migrations; push main agents/migrations")),
        ],
    }
}
