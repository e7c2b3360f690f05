//! Pushes that no honest client would send.

use super::Verdict::{ByGit, Taken};
use super::{Row, refused, row, stops, theme};

theme!(
    "Pushes",
    "What is pushed, or how, is meant to mislead the server.",
    [of_the_trunk, of_many_refs, by_hand, cut_off, racing]
);

const PUSH: &str = "pre-push";
/// The contract is amended, and a lane does what only the new one allows.
const AMENDED: &str = "cd repo; sed -i 's/^\"tsconfig.json\" = .*/\"tsconfig.json\" = { owner = \"agent-1\" }/' contract.toml; smuggle
    cd ../wt-uploads; unseen merge -q --ff-only main; edit tsconfig.json; smuggle; cd ..";

fn of_the_trunk() -> Vec<Row> {
    let moved_on = "migrations; land migrations; publish agents/migrations main";
    vec![
        row("The trunk is rewound by force")
            .given(moved_on)
            .tried("cd repo; git reset -q --hard main~1")
            .pushes("main")
            .by("dana")
            .server(refused("trunk-rewound"))
            .note("On a client a human may rewind their own trunk; the server keeps its own."),
        row("The trunk is replaced by a history that has nothing in common with it")
            .given("cd repo; git checkout -q --orphan fresh; git commit -q --no-verify -m fresh")
            .pushes("fresh:main")
            .by("dana")
            .server(refused("trunk-rewound"))
            .note("On a client a human may push it; the server keeps its own."),
        row("The trunk is deleted")
            .given("for server in anonymous named; do git -C $TOP/$server.git symbolic-ref HEAD refs/heads/other; done")
            .pushes(":main")
            .by("dana")
            .server(refused("trunk-rewound"))
            .note("On a client a human may push it; the server keeps its own."),
        row("The trunk is deleted and made anew, by two pushes")
            .given("for server in anonymous named; do git -C $TOP/$server.git symbolic-ref HEAD refs/heads/other; done")
            .sends("cd repo; git push -q $SERVER :main; git push -q $SERVER agents/tests:main")
            .by("dana")
            .server(refused("trunk-rewound"))
            .note("On a client a human may push it; the server keeps its own."),
        row("The trunk is replaced by a merge of it into a lane that is not at its turn")
            .given(
                "tests; publish agents/tests; lane uploads src/api/uploads/a.ts
                 cd repo; edit src/auth/session.ts; smuggle; git checkout -q --detach agents/tests
                 unseen merge -q --no-ff --no-edit main",
            )
            .client(stops(PUSH, "merge-order"))
            .sends("cd repo; git push -q $SERVER HEAD:main")
            .by("dana")
            .server(refused("merge-order")),
    ]
}

fn of_many_refs() -> Vec<Row> {
    vec![
        row("A trespass among many honest refs of one push")
            .given("bad; tests; migrations")
            .client(stops(PUSH, "shared-frozen"))
            .pushes("agents/tests agents/migrations main:idea bad:agents/uploads")
            .by("dana")
            .server(refused("shared-frozen")),
        row("A trespass among many honest refs of one `--atomic` push")
            .given("bad; tests; migrations")
            .client(stops(PUSH, "shared-frozen"))
            .pushes("--atomic agents/tests agents/migrations main:idea bad:agents/uploads")
            .by("dana")
            .server(refused("shared-frozen")),
        row("`git push --prune`, which deletes lanes with work")
            .given("uploads; publish agents/uploads; git -C wt-uploads checkout -q --detach; unseen -C repo branch -q -D agents/uploads")
            .client(stops(PUSH, "lane-deleted"))
            .pushes("--prune 'refs/heads/*:refs/heads/*'")
            .by("dana")
            .server(refused("lane-deleted")),
        row("Push options that ask for mercy")
            .given("bad; for server in anonymous named; do git -C $TOP/$server.git config receive.advertisePushOptions true; done")
            .client(stops(PUSH, "shared-frozen"))
            .pushes("-o skip-gate -o contractgate.mode=observe bad:agents/uploads")
            .server(refused("shared-frozen")),
            ]
}

fn by_hand() -> Vec<Row> {
    // Feeds `receive-pack` by hand: one update with an old value of one's own choice.
    let feed = |old: &str, new: &str, name: &str| {
        format!(
            "cd repo; old=$({old}); new=$(git rev-parse {new}); ref={name}
             {{ printf '%04x%s\\0%s' $(( 4 + ${{#old}} + ${{#new}} + ${{#ref}} + 2 + 1 + 14 )) \"$old $new $ref\" ' report-status'
               printf 0000; echo $new | git pack-objects --revs --stdout -q; }} |
             git receive-pack $SERVER >$TOP/answer; tr -d '\\0' <$TOP/answer | grep -q \"ok $ref\""
        )
    };
    // The same, with two updates of one lane.
    let twice = |first: &str, second: &str| {
        format!(
            "cd repo; old=$(git rev-parse main); one=$(git rev-parse {first}); two=$(git rev-parse {second})
             ref=refs/heads/agents/uploads
             {{ printf '%04x%s\\0%s' $(( 4 + 80 + ${{#ref}} + 2 + 1 + 14 )) \"$old $one $ref\" ' report-status'
               printf '%04x%s' $(( 4 + 80 + ${{#ref}} + 2 )) \"$old $two $ref\"; printf 0000
               printf '%s\\n%s\\n' $one $two | git pack-objects --revs --stdout -q; }} |
             git receive-pack $SERVER >$TOP/answer; tr -d '\\0' <$TOP/answer | grep -q \"ok $ref\""
        )
    };
    // The same, with two updates, each of which says for itself where the ref was.
    let both = |first: &str, second: &str, name: &str| {
        format!(
            "cd repo; one=\"{first}\"; two=\"{second}\"
             {{ printf '%04x%s\\0%s' $(( 4 + ${{#one}} + 1 + 14 )) \"$one\" ' report-status'
               printf '%04x%s' $(( 4 + ${{#two}} )) \"$two\"; printf 0000
               printf 'main\\nagents/uploads\\n' | git pack-objects --revs --stdout -q; }} |
             git receive-pack $SERVER >$TOP/answer; tr -d '\\0' <$TOP/answer | grep -q \"ok {name}\""
        )
    };
    let there = "$(git -C $SERVER rev-parse main) $(git rev-parse main) refs/heads/main";
    let nowhere = "$(git rev-parse main) $(git rev-parse main) refs/heads/main";
    let lane = "$(git -C $SERVER rev-parse agents/uploads) $(git rev-parse agents/uploads) refs/heads/agents/uploads";
    let zero = "printf %040d 0";
    let unasked = "No hook of the client is asked.";
    vec![
        row("The trunk, said to be new")
            .given("tests; publish agents/tests")
            .sends(feed(zero, "agents/tests", "refs/heads/main"))
            .by("agent-3")
            .server(refused("merge-order"))
            .note(unasked),
        row("The trunk, rewound, said to have been where it goes")
            .given("migrations; land migrations; publish agents/migrations main")
            .sends(feed("git rev-parse main~1", "main~1", "refs/heads/main"))
            .by("dana")
            .server(refused("trunk-rewound"))
            .note(unasked),
        row("A lane, said to have held the trespass before")
            .given("bad")
            .sends(feed("git rev-parse bad", "bad", "refs/heads/agents/uploads"))
            .server(refused("shared-frozen"))
            .note(unasked),
        row("The trunk by the name of the server's HEAD")
            .given("tests; publish agents/tests")
            .sends(feed("git rev-parse main", "agents/tests", "HEAD"))
            .by("agent-3")
            .server(refused("merge-order"))
            .note(unasked),
        row("A lane twice in one push: first the trespass, then honest work")
            .given("bad; uploads")
            .sends(twice("bad", "agents/uploads"))
            .server(refused("shared-frozen"))
            .note(unasked),
        row("A lane twice in one push: first honest work, then the trespass")
            .given("bad; uploads")
            .sends(twice("agents/uploads", "bad"))
            .server(refused("shared-frozen"))
            .note(unasked),
        row("The trunk, said to be where it goes, so that git will not move it; and a lane that its step would allow")
            .given(AMENDED)
            .sends(both(nowhere, lane, "refs/heads/agents/uploads"))
            .by("dana")
            .server(refused("moved-meanwhile"))
            .note(unasked),
        row("The trunk to two places in one push, of which git will take one")
            .given("uploads; migrations; publish agents/migrations agents/uploads; land migrations; land uploads")
            .sends(both(
                "$(git -C $SERVER rev-parse main) $(git rev-parse main~1) refs/heads/main",
                there,
                "refs/heads/main",
            ))
            .by("dana")
            .server(refused("moved-twice"))
            .note(unasked),
        row("The trunk to another place by the name of the server's HEAD in the same push")
            .given(format!("cd repo; edit contract.toml '# more'; smuggle; cd ..; {AMENDED}"))
            .sends(both(
                "$(git -C $SERVER rev-parse main) $(git rev-parse main~1) HEAD",
                there,
                "refs/heads/main",
            ))
            .by("dana")
            .server(refused("moved-twice"))
            .note(unasked),
        row("A tag's object as the lane's branch")
            .given("bad; git -C repo tag -m t t bad")
            .sends(feed("git rev-parse main", "t", "refs/heads/agents/uploads"))
            .server(refused("not-a-commit"))
            .note(unasked),
        row("A tree as the lane's branch")
            .given("bad")
            .sends(feed("git rev-parse main", "bad^{tree}", "refs/heads/agents/uploads"))
            .server(refused("not-a-commit"))
            .note(unasked),
        row("A tree as the trunk")
            .given("bad")
            .sends(feed("git rev-parse main", "bad^{tree}", "refs/heads/main"))
            .by("dana")
            .server(refused("not-a-commit"))
            .note(unasked),
        row("Honest work by the same hand")
            .given("uploads")
            .sends(feed("git rev-parse main", "agents/uploads", "refs/heads/agents/uploads"))
            .server(Taken)
            .note("It breaks nothing."),
    ]
}

fn cut_off() -> Vec<Row> {
    let shallow = "git clone -q --depth 1 file://$TOP/anonymous.git shallow";
    vec![
        row("A trespass pushed from a shallow clone")
            .given(shallow)
            .tried("cd shallow; edit tsconfig.json; smuggle")
            .sends("cd shallow; git push -q $SERVER HEAD:agents/uploads")
            .server(refused("shared-frozen"))
            .note("A clone has no hooks until somebody installs them."),
        row("A history that is cut off is pushed as the lane")
            .given(format!("uploads; publish agents/uploads:idea; {shallow} -b idea; cd shallow; edit tsconfig.json; smuggle
                    git -C $TOP/named.git update-ref -d refs/heads/idea; git -C $TOP/anonymous.git update-ref -d refs/heads/idea
                    git -C $TOP/named.git gc -q --prune=now; git -C $TOP/anonymous.git gc -q --prune=now"))
            .sends("cd shallow; git push -q $SERVER HEAD:agents/uploads")
            .server(ByGit)
            .note("Git takes no cut-off history in unless `receive.shallowUpdate` is set."),
        row("A history that is cut off is pushed as the lane, and `receive.shallowUpdate` is set")
            .given(format!("uploads; publish agents/uploads:idea; {shallow} -b idea; cd shallow; edit tsconfig.json; smuggle
                    for server in anonymous named; do cd $TOP/$server.git; git update-ref -d refs/heads/idea
                    git config receive.shallowUpdate true; git gc -q --prune=now; done"))
            .sends("cd shallow; git push -q --force $SERVER HEAD:agents/uploads")
            .server(refused("shared-frozen"))
            .note("A clone has no hooks until somebody installs them."),
        row("One honest commit is pushed from a clone of it alone (`--depth 1`), and `receive.shallowUpdate` is set")
            .given("for server in anonymous named; do git -C $server.git config receive.shallowUpdate true; done")
            .tried("cd wt-uploads; edit src/api/uploads/a.ts; save; git clone -q --depth 1 -b agents/uploads file://$TOP/repo ../shallow")
            .sends("cd shallow; git push -q --force $SERVER HEAD:agents/uploads")
            .server(refused("shallow"))
            .note("Git would cut the server's own history off at it, and every other lane would wait."),
        row("The same commit, by a tag")
            .given("for server in anonymous named; do git -C $server.git config receive.shallowUpdate true; done")
            .tried("cd wt-uploads; edit src/api/uploads/a.ts; save; git clone -q --depth 1 -b agents/uploads file://$TOP/repo ../shallow")
            .sends("cd shallow; git push -q --force $SERVER HEAD:refs/tags/cut")
            .server(refused("shallow"))
            .note("The cut is the repository's, whatever name it comes by."),
    ]
}

fn racing() -> Vec<Row> {
    // The other push is taken in while this one is between the gate and the ref.
    let race = "migrations; uploads; publish agents/migrations agents/uploads; land migrations; publish main
                other=$(cd repo; git commit-tree -p main -m other main~1^{tree})
                for server in anonymous named; do
                  (cd repo; unseen push -q $TOP/$server.git $other:refs/side/other)
                  printf '#!/bin/sh\\ngit update-ref refs/heads/main refs/side/other\\n' >$server.git/hooks/update
                  chmod +x $server.git/hooks/update
                done";
    // Somebody else holds the trunk's lock just then, so that git moves every ref but the trunk.
    let locked = "for server in anonymous named; do : >$TOP/$server.git/refs/heads/main.lock; done";
    let landed = "migrations; publish agents/migrations; land migrations";
    let integrated =
        "(cd repo; sed -i '2a integrator = \"agent-9\"' contract.toml; smuggle); publish main";
    let deleted = |name| {
        row(name)
            .client(stops(PUSH, "lane-deleted"))
            .pushes("main :agents/migrations")
            .by("dana")
            .server(refused("lane-deleted"))
    };
    vec![
        deleted("A lane is deleted by the push that lands it, and the trunk's move fails")
            .given(format!("{landed}; {locked}")),
        deleted("A lane is deleted by the push that lands it")
            .given(landed)
            .note("Git moves one ref after another, here the lane first. The trunk has to be pushed before."),
        deleted("A lane is deleted by the push that lands it, with `--atomic`")
            .given(landed)
            .pushes("--atomic main :agents/migrations")
            .note("No hook is told that all or none are to move."),
        deleted("An agent deletes its own lane by the push that lands it").given(landed).by("agent-2"),
        deleted("The integrator deletes another's lane by the push that lands it")
            .given(format!("{integrated}; {landed}; {locked}"))
            .by("agent-9"),
        row("A lane is deleted by the push whose amendment withdraws it, and the trunk's move fails")
            .given(format!("tests; publish agents/tests; {locked}"))
            .tried("cd repo; sed -i 's/^.agents.agent-3.$/&\\nwithdrawn = true/' contract.toml; save")
            .client(stops(PUSH, "lane-deleted"))
            .pushes("main :agents/tests")
            .by("dana")
            .server(refused("lane-deleted")),
        row("A lane is pushed with the amendment that allows its work, and the trunk's move fails")
            .given(format!("{AMENDED}; {locked}"))
            .sends(
                "cd repo; if git push -q --force $SERVER main agents/uploads; then exit 1; fi
                 test $(git -C $SERVER rev-parse agents/uploads) = $(git rev-parse agents/uploads)
                 rm $SERVER/refs/heads/main.lock; if \"$GATE\" -C $SERVER check --branch agents/uploads; then exit 1; fi",
            )
            .by("dana")
            .server(Taken)
            .note(
                "Lane and trunk may be pushed together. Until the trunk is there, `check`, the lane's next \
                 push and its landing say what the lane holds: nothing is lost, and nothing has landed.",
            ),
        row("Two pushes race for the trunk: each is in order, and together they are not")
            .given(race)
            .tried("land uploads")
            .sends(
                "cd repo; if git push -q $SERVER main; then exit 0; fi
                 test $(git -C $SERVER rev-parse main) = $(git -C $SERVER rev-parse refs/side/other) || exit 0
                 git -C $SERVER update-ref refs/heads/main $(git rev-parse main~1); exit 1",
            )
            .server(ByGit)
            .note("One has reverted what the other builds on. Git moves a ref only from where it was when the push was judged."),
    ]
}
