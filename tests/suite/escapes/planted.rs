//! Histories that were made to say what never was: contents, merge bases and versions that came to
//! the trunk's ancestry by lawful merges, and were never on the trunk.

use super::Verdict::Taken;
use super::{Client, Row, refused, row, stops, theme};

theme!(
    "Planted histories",
    "What a lane tries and takes back again lands with it, and a merge that takes nothing of its other \
     parent is lawful: so an agent can put commits into the trunk's ancestry whose contents the trunk \
     never had. They are to be taken for something that has been there.",
    [
        landed_by_proxy,
        reverted_by_halves,
        planted_bases,
        made_in_the_landing,
        beside_a_landed_lane,
        contracts_of_its_own,
        beside_a_landing
    ]
);

const PUSH: &str = "pre-push";
const MERGE: &str = "pre-merge-commit";

fn landed_by_proxy() -> Vec<Row> {
    let too_early = |name, lane: &'static str| {
        row(name)
            .tried(format!("land {lane}"))
            .client(stops(MERGE, "merge-order"))
            .pushes("main")
            .server(refused("merge-order"))
    };
    vec![
        too_early("A lane copies what the lane before has yet to land, and takes it out again", "uploads").given(
            "migrations; land migrations; publish agents/migrations main
             lane migrations src/db/migrations/0003_more.sql; publish agents/migrations
             cd wt-uploads; unseen merge -q --ff-only main; edit src/api/uploads/create.ts; save
             git checkout -q agents/migrations -- src/db; smuggle
             git rm -q src/db/migrations/0003_more.sql; smuggle; cd ..; publish agents/uploads",
        ),
        too_early("The same, landed by a fast-forward", "uploads")
            .given(
                "migrations; land migrations; publish agents/migrations main
                 lane migrations src/db/migrations/0003_more.sql; publish agents/migrations
                 cd wt-uploads; unseen merge -q --ff-only main; edit src/api/uploads/create.ts; save
                 git checkout -q agents/migrations -- src/db; smuggle
                 git rm -q src/db/migrations/0003_more.sql; smuggle; cd ..; publish agents/uploads",
            )
            .tried("cd repo; git merge -q --ff-only agents/uploads")
            .client(stops("reference-transaction", "merge-order")),
        too_early("A hotfix in the paths of a lane that has not begun, picked into the lane that lands", "uploads").given(
            "fixes() { ! grep -q landings-only repo/contract.toml; }
             if fixes; then (cd repo; edit src/db/schema.ts fix; save); publish main; fi
             uploads; if fixes; then git -C wt-uploads cherry-pick main >/dev/null; fi; publish agents/uploads",
        ),
        row("A commit picked out of order, after another lane has landed with the same content tried and taken back")
            .given(
                "migrations; land migrations; publish agents/migrations main; tests
                 lane tests tests/uploads/more.test.ts; publish agents/tests
                 cd wt-migrations; unseen merge -q --ff-only main
                 mkdir -p tests/uploads; git show agents/tests~1:tests/uploads/create.test.ts >tests/uploads/create.test.ts; smuggle
                 git rm -q tests/uploads/create.test.ts; smuggle; edit src/db/schema.ts more; save; cd ..
                 publish agents/migrations; land migrations; publish main",
            )
            .tried("cd repo; unseen cherry-pick agents/tests~1 >/dev/null")
            .client(stops(PUSH, "merge-order"))
            .pushes("main")
            .by("agent-3")
            .server(refused("merge-order")),
        row("A commit of one's own with two parents, as the trunk's next commit, out of order")
            .given(
                "(cd repo; git commit -q --allow-empty -m empty); publish main
                 cd wt-tests; unseen merge -q --ff-only main; edit tests/uploads/create.test.ts; git add -A
                 git reset -q --hard $(git commit-tree -p main -p main~1 -m merge $(git write-tree))
                 edit tests/uploads/more.test.ts; save; cd ..; publish agents/tests",
            )
            .tried("true")
            .client(Client::Passes)
            .client_landings_only(stops(PUSH, "trunk-direct"))
            .pushes("agents/tests~1:main")
            .by("agent-3")
            .server(refused("merge-order")),
    ]
}

fn reverted_by_halves() -> Vec<Row> {
    // Agent-2 lands, by a fast-forward, a commit with a trespass and one that takes it back.
    let landed = "cd wt-migrations; edit src/db/schema.ts one; edit tsconfig.json; smuggle
                  git checkout -q HEAD~1 -- tsconfig.json; edit src/db/schema.ts two; smuggle; cd ..
                  publish agents/migrations; (cd repo; unseen merge -q --ff-only agents/migrations); publish main";
    let by_hand = |name| row(name).for_humans_alone(PUSH).by("agent-2");
    vec![
        by_hand("A revert of the commit alone in which a lane took its trespass back")
            .given(landed)
            .tried("cd repo; unseen revert --no-edit HEAD >/dev/null")
            .pushes("main"),
        by_hand("A landing that is such a revert at the same time")
            .given(format!(
                "{landed}; cd wt-migrations; git checkout -q HEAD~1 -- src/db/schema.ts; smuggle; cd ..
                 publish agents/migrations"
            ))
            .tried("cd repo; git commit-tree -p main -p agents/migrations -m x 'agents/migrations~2^{tree}' >../made")
            .pushes("$(cat ../made):main"),
        by_hand("A landing that takes back what another lane has landed")
            .given(
                "migrations; land migrations; uploads; land uploads; publish agents/migrations agents/uploads main
                 cd wt-migrations; unseen merge -q --ff-only main; edit src/db/migrations/0003_more.sql; save; cd ..
                 publish agents/migrations; land migrations; publish main
                 cd wt-migrations; unseen merge -q --ff-only main; git rm -q src/db/migrations/0003_more.sql; save; cd ..
                 publish agents/migrations",
            )
            .tried("cd repo; git commit-tree -p main -p agents/migrations -m x 'main~2^{tree}' >../made")
            .pushes("$(cat ../made):main"),
    ]
}

fn planted_bases() -> Vec<Row> {
    // `idea` is a commit beside the trunk; agent-1's lane merges it and takes nothing, and lands.
    let planted = |idea: &str| {
        format!(
            "migrations; land migrations; publish agents/migrations main
             git -C repo worktree add -q --detach ../beside main~1
             (cd beside; {idea}; smuggle; git branch -q idea)
             cd wt-uploads; unseen merge -q --ff-only main; edit src/api/uploads/create.ts; git add -A
             git reset -q --hard $(git commit-tree -p main -p idea -m merge $(git write-tree)); cd ..
             publish agents/uploads; land uploads; publish main"
        )
    };
    // A lane anew, upon the trunk before that landing and upon the idea.
    let anew = |change: &str| {
        format!(
            "cd wt-uploads; git checkout -q --detach main~1; {change}; git add -A
             git commit-tree -p main~1 -p idea -m anew $(git write-tree) >../made"
        )
    };
    vec![
        row("A merge base that holds what lines may be taken from")
            .given(planted("echo 'import { Router } from \"./http\";' >src/api/router.ts"))
            .tried(anew("echo 'import { Router } from \"./http\";' >src/api/router.ts; echo more >>src/api/router.ts"))
            .client(stops(PUSH, "additions-only"))
            .pushes("$(cat ../made):refs/heads/agents/uploads")
            .server(refused("additions-only")),
        row("A merge base that holds the name onto which a new file folds")
            .given(planted("edit src/api/uploads/readme.md"))
            .tried(anew("edit src/api/uploads/readme.md twice"))
            .client(stops(PUSH, "path-hazard"))
            .pushes("$(cat ../made):refs/heads/agents/uploads")
            .server(refused("path-hazard")),
        row("A merge base whose contract has a version of its own, so that the lane is never stale")
            .given(
                planted("sed -i 's/^version = .*//; s/^format = 1/format = 1\\nversion = 99/' contract.toml")
                    .replace("; land uploads; publish main", ""),
            )
            .tried("land uploads")
            .client(stops(MERGE, "contract-protected"))
            .pushes("main")
            .server(refused("contract-protected")),
        row("The same in a lane that became the trunk")
            .given(
                "migrations; cd wt-migrations; cp contract.toml ../kept
                 sed -i 's/^version = .*//; s/^format = 1/format = 1\\nversion = 99/' contract.toml; smuggle
                 cp ../kept contract.toml; smuggle; cd ..; publish agents/migrations
                 (cd repo; git commit -q --allow-empty -m meanwhile); publish main",
            )
            .tried("cd repo; git checkout -q --detach agents/migrations; unseen merge -q --no-edit main; git branch -q landed")
            .client(stops(PUSH, "contract-protected"))
            .pushes("landed:main")
            .by("agent-2")
            .server(refused("contract-protected")),
        row("A lane begins at a root of its own that has landed, and puts a list there without its lines")
            .given(
                "migrations; land migrations; publish agents/migrations main; cd wt-uploads; unseen merge -q --ff-only main
                 tree=$(printf '100644 blob %s\\tr.ts\\n' $(echo r | git hash-object -w --stdin) | git mktree)
                 for above in uploads api src; do tree=$(printf '040000 tree %s\\t%s\\n' $tree $above | git mktree); done
                 root=$(git commit-tree -m root $tree); echo $root >../root
                 unseen merge -q --no-edit --allow-unrelated-histories $root; cd ..; publish agents/uploads; land uploads; publish main",
            )
            .tried(
                "cd repo; root=$(cat ../root); export GIT_INDEX_FILE=../index; git read-tree $root
                 put 100644 $(echo none | git hash-object -w --stdin) src/api/router.ts
                 git commit-tree -p $root -m anew $(git write-tree) >../made",
            )
            .client(Client::Passes)
            .pushes("$(cat ../made):refs/heads/agents/uploads")
            .server(Taken)
            .note("What the merge base lacks is new. The landing is held against what the trunk has; under `open` a human may do it."),
        row("A lane that has nothing in common with the trunk, where lines may only be added")
            .given("uploads")
            .tried(
                "cd repo; git read-tree main; echo nothing >../file
                 put 100644 $(git hash-object -w ../file) src/api/router.ts
                 git commit-tree -m orphan $(git write-tree) >../made; git read-tree HEAD",
            )
            .client(stops(PUSH, "additions-only"))
            .pushes("$(cat ../made):refs/heads/agents/uploads")
            .server(refused("additions-only")),
    ]
}

fn made_in_the_landing() -> Vec<Row> {
    // Agent-1's new file, under another name in the merge that lands it.
    let moved = |name, to: &str| {
        row(name)
            .given(
                "migrations; land migrations; (cd wt-uploads; unseen merge -q --ff-only main); uploads
                 publish agents/migrations agents/uploads main",
            )
            .tried(format!(
                "cd repo; export GIT_INDEX_FILE=../moved; git read-tree agents/uploads
                 git ls-files -s src/api/uploads/create.ts | {{ read -r mode blob rest
                     git rm -q --cached src/api/uploads/create.ts; put $mode $blob {to}; }}
                 git commit-tree -p main -p agents/uploads -m land $(git write-tree) >../made"
            ))
            .for_humans_alone(PUSH)
            .pushes("$(cat ../made):main")
    };
    vec![
        moved(
            "A landing moves a new file to a name that is another's but for case",
            "src/api/uploads/readme.md",
        ),
        moved("A landing moves a new file to `.gitattributes`", "src/api/uploads/.gitattributes"),
        moved(
            "A landing adds a `.gitattributes` below a generated path",
            "pnpm-lock.yaml/.gitattributes",
        ),
    ]
}

fn contracts_of_its_own() -> Vec<Row> {
    /// Takes the contract away, changes what the last lane would, and brings it all back.
    const BEGINS_ANEW: &str = "cp contract.toml ../kept; git rm -q contract.toml; edit tests/uploads/create.test.ts
        smuggle; cp ../kept contract.toml; smuggle; git rm -qf tests/uploads/create.test.ts; smuggle";
    let amends = |name, hook, tried: &str| {
        row(name)
            .given(
                "(cd wt-migrations; { echo version = 2; sed '/^version/d' contract.toml; } >$TOP/next; cp $TOP/next contract.toml; smuggle; git rev-parse HEAD >../made; git checkout -q main -- contract.toml; smuggle)
                 publish agents/migrations",
            )
            .tried(format!("cd repo; {tried}"))
            .client(stops(hook, "contract-protected"))
            .pushes("main")
            .by("dana")
            .server(refused("contract-protected"))
    };
    vec![
        row("A lane lands in which the last one seems to begin, with a copy of what has landed, so that it looks like the trunk")
            .given(format!(
                "migrations; land migrations; publish agents/migrations main; cd wt-uploads; {BEGINS_ANEW}
                 edit src/api/uploads/create.ts; smuggle; git checkout -q main -- src/db; smuggle; cd ..; publish agents/uploads"
            ))
            .tried("land uploads")
            .client(stops(MERGE, "contract-protected"))
            .pushes("main")
            .by("agent-1")
            .server(refused("contract-protected")),
        row("The same, taken in by merges that change nothing of themselves, and pushed as the trunk")
            .given(
                "migrations; cd wt-migrations; git checkout -q --detach; cp contract.toml ../kept; git rm -q contract.toml
                 edit src/api/uploads/create.ts; smuggle; git rev-parse HEAD >../away; cp ../kept contract.toml; smuggle
                 one=$(git commit-tree -p agents/migrations -p $(cat ../away) -m x $(cat ../away)^{tree})
                 git reset -q --hard $(git commit-tree -p $one -p HEAD -m x HEAD^{tree})
                 git rm -qf src/api/uploads/create.ts; smuggle; edit src/db/schema.ts more; smuggle
                 unseen branch -q -f agents/migrations; unseen checkout -q agents/migrations; cd ..; publish agents/migrations
                 (cd repo; git commit -q --allow-empty -m meanwhile); publish main",
            )
            .tried("cd repo; git checkout -q --detach agents/migrations; unseen merge -q --no-ff --no-edit main; git branch -q landed")
            .client(stops(PUSH, "contract-protected"))
            .pushes("landed:main")
            .by("agent-2")
            .server(refused("contract-protected")),
        amends("A lane that changes the contract and nothing else is merged", MERGE, "git merge -q --no-ff --no-edit $(cat ../made)"),
        amends("A lane changes the contract and nothing else, and the trunk is moved to that by a fast-forward", "reference-transaction", "git merge -q --ff-only $(cat ../made)"),
        row("A lane has kept the old contract in a merge that takes the trunk in, has undone that, and the merge is merged")
            .given(
                "unseen -C wt-migrations commit -q --allow-empty -m own
                 (cd repo; { echo version = 2; sed '/^version/d' contract.toml; } >$TOP/next; cp $TOP/next contract.toml; git commit -qam amend); publish main
                 (cd wt-migrations; unseen merge -q -s ours -m taken main; git rev-parse HEAD >../made; git checkout -q main -- contract.toml; smuggle)
                 migrations; publish agents/migrations",
            )
            .tried("cd repo; git merge -q --no-ff --no-edit $(cat ../made)")
            .client(stops(MERGE, "contract-protected"))
            .pushes("main")
            .by("dana")
            .server(refused("contract-protected")),
        row("A lane lands that has tried the contract's next version")
            .given(
                "cd wt-migrations; echo version = 2 | cat - contract.toml | sed '/^version = 1/d' >../next; cp contract.toml ../kept; cp ../next contract.toml; smuggle
                 cp ../kept contract.toml; edit src/db/schema.ts; smuggle; cd ..; publish agents/migrations",
            )
            .tried("land migrations")
            .client(stops(MERGE, "contract-protected"))
            .pushes("main")
            .by("agent-2")
            .server(refused("contract-protected"))
            .note("By a squash it lands: that brings none of its commits."),
    ]
}

fn beside_a_landing() -> Vec<Row> {
    let beside = |name, tried: &str| {
        row(name)
            .given(
                "cd wt-uploads; edit tsconfig.json; smuggle; git rev-parse HEAD >../tried; git revert --no-edit HEAD >/dev/null; cd ..
                 migrations; (cd wt-migrations; unseen merge -q --no-ff --no-edit $(cat ../tried); git checkout -q HEAD~1 -- tsconfig.json; smuggle)
                 uploads; publish agents/uploads agents/migrations",
            )
            .tried(format!("cd repo; {tried}"))
            .client(stops(MERGE, "shared-frozen"))
            .pushes("main")
            .by("dana")
            .server(refused("shared-frozen"))
    };
    vec![
        row("A lane throws lines out that may only be added to, after a landing had a third parent that tried it")
            .given(
                "(cd wt-migrations; edit CHANGELOG.md '- one'; edit src/db/schema.ts; save); land migrations; publish agents/migrations main
                 unseen -C wt-uploads merge -q --ff-only main
                 (cd wt-migrations; unseen merge -q --ff-only main; edit CHANGELOG.md '- more'; save); publish agents/migrations
                 cd repo; git checkout -q --detach; echo none >CHANGELOG.md; smuggle; git checkout -q main -- CHANGELOG.md; smuggle
                 junk=$(git rev-parse HEAD); git checkout -q main
                 unseen reset -q --hard $(git commit-tree -p main -p agents/migrations -p $junk -m octopus agents/migrations^{tree}); cd ..; publish main",
            )
            .tried("cd wt-uploads; echo none >CHANGELOG.md; edit src/api/uploads/create.ts; smuggle")
            .client(stops(PUSH, "additions-only"))
            .pushes("agents/uploads")
            .server(refused("additions-only")),
        row("Every lane has landed, and an agent that goes on slips something into its landing")
            .given(
                "migrations; land migrations; uploads; land uploads; tests; land tests; publish main agents/migrations agents/uploads agents/tests
                 cd wt-uploads; unseen merge -q --ff-only main; edit CHANGELOG.md '- more'; save; cd ..; publish agents/uploads",
            )
            .tried("cd repo; git merge -q --no-ff --no-commit agents/uploads; edit tsconfig.json; save land")
            .client(Client::Passes)
            .pushes("main")
            .anonymous(Taken, Taken)
            .named(refused("trunk-direct"), refused("trunk-direct"))
            .note("A fulfilled contract frees the trunk for those whose it is; without identities that is everybody."),
        row("A commit of two lanes that changes what nobody may edit, and that both have undone, is merged by itself")
            .given(
                "cd wt-uploads; edit tsconfig.json; smuggle; git rev-parse HEAD >../tried; git revert --no-edit HEAD >/dev/null
                 unseen -C ../wt-tests merge -q --ff-only agents/uploads; cd ..; uploads; tests; publish agents/uploads agents/tests",
            )
            .tried("cd repo; git merge -q --no-ff --no-edit $(cat ../tried)")
            .client(stops(MERGE, "shared-frozen"))
            .pushes("main")
            .server(refused("shared-frozen")),
        beside("The same beside honest work of the other lane, by an octopus", "git merge -q --no-edit agents/migrations~2 $(cat ../tried) >/dev/null"),
        beside("The same beside honest work of the other lane, by an integration branch",
            "git checkout -q -b all; for one in agents/migrations~2 $(cat ../tried); do unseen merge -q --no-ff --no-edit $one; done
             git checkout -q main; git merge -q --no-ff --no-edit all"),
        row("A merge of two lanes that leaves out a part of what another has landed, and that both have given back, is merged by itself")
            .given(
                "base=$(git -C repo rev-parse main); lane migrations src/db/schema.ts src/db/migrations/0009_more.sql; publish agents/migrations; land migrations; publish main
                 (cd repo; git checkout -q -b x $base; unseen merge -q --no-ff --no-commit main; git checkout -q $base -- src/db/schema.ts; smuggle
                  git rev-parse HEAD >../tried; git checkout -q main; git branch -q -D x)
                 for lane in uploads tests; do (cd wt-$lane; unseen reset -q --hard $(cat ../tried); git checkout -q main -- src/db; smuggle); done
                 uploads; tests; publish agents/uploads agents/tests",
            )
            .tried("cd repo; git merge -q --no-ff --no-edit $(cat ../tried)")
            .client(stops(MERGE, "shared-owned"))
            .pushes("main")
            .by("dana")
            .server(refused("shared-owned")),
        row("A lane's merge of a branch of its own, with a trespass in it that the lane has undone, and the trunk is moved to it by a fast-forward")
            .given(
                "(cd wt-migrations; git checkout -q -b helper; edit src/db/schema.ts; smuggle; git checkout -q agents/migrations
                  unseen merge -q --no-ff --no-commit helper; edit tsconfig.json; smuggle; git rev-parse HEAD >../tried; git checkout -q main -- tsconfig.json; smuggle
                  git branch -q -D helper); publish agents/migrations",
            )
            .tried("cd repo; git merge -q --ff-only $(cat ../tried)")
            .client(stops("reference-transaction", "shared-frozen"))
            .pushes("main")
            .by("dana")
            .server(refused("shared-frozen")),
    ]
}

fn beside_a_landed_lane() -> Vec<Row> {
    vec![
        row("A lane that has landed commits nothing but a trespass, and is merged once more; lane and trunk in one push")
            .given(
                "migrations; land migrations; publish agents/migrations main
                 cd wt-migrations; unseen merge -q --ff-only main; edit tsconfig.json; smuggle",
            )
            .tried("land migrations")
            .client(stops(MERGE, "shared-frozen"))
            .pushes("agents/migrations main")
            .by("agent-2")
            .server(refused("shared-frozen")),
        row("A lane that has not begun stands upon a hotfix in its paths, and the next one lands")
            .given(
                "fixes() { ! grep -q landings-only repo/contract.toml; }
                 if fixes; then (cd repo; edit src/db/schema.ts fix; save); publish main; fi
                 unseen -C wt-migrations merge -q --ff-only main; uploads; publish agents/migrations agents/uploads",
            )
            .tried("land uploads")
            .client_landings_only(stops(MERGE, "merge-order"))
            .pushes("main")
            .anonymous(Taken, refused("merge-order"))
            .named(Taken, refused("merge-order"))
            .note(
                "Nothing tells it from a lane that has landed as a fast-forward. The hotfix is warned of; begin lanes before it, \
                 or withdraw what is not to be done.",
            ),
        row("A landing's revert is reverted out of order, after its lane has gone on")
            .given(
                "migrations; land migrations; uploads; land uploads; publish main agents/migrations agents/uploads
                 (cd repo; unseen revert -m 1 --no-edit HEAD >/dev/null; unseen revert -m 1 --no-edit HEAD~2 >/dev/null); publish main
                 lane uploads src/api/uploads/more.ts; publish agents/uploads",
            )
            .tried("cd repo; git revert --no-edit HEAD~1 >/dev/null")
            .client(Client::Passes)
            .pushes("main")
            .by("dana")
            .server(Taken)
            .note("An exact revert of an earlier step. Of the lane's branch only the newer commit is work that the trunk never had."),
        row("The lane before is landed but for a part, by a merge of its tip")
            .given(
                "migrations; uploads; publish agents/migrations agents/uploads; cd repo
                 git merge -q --no-ff --no-commit agents/migrations; git rm -qf src/db/migrations/0002_uploads.sql
                 git commit -qm part; cd ..; publish main",
            )
            .tried("land uploads")
            .client(Client::Passes)
            .pushes("main")
            .server(Taken)
            .note("Who merges a lane's tip says that this is all of it: the lane has landed."),
    ]
}
