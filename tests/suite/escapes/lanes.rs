//! Branches of lanes that vanish, come back, lie about where they began, or are no lanes.

use super::Verdict::Taken;
use super::{Client, Row, refused, row, stops, theme};

theme!(
    "Branches",
    "A lane's branch is deleted, renamed, moved back or made anew; a branch is none of the lanes, \
     or somebody else's; a lane works under another contract than the trunk's.",
    [gone, made_anew, of_others, of_no_lane, under_another_contract]
);

const PUSH: &str = "pre-push";
const MOVE: &str = "reference-transaction";

fn gone() -> Vec<Row> {
    let there = "uploads; publish agents/uploads";
    vec![
        row("A lane's branch that has not landed is deleted")
            .given(format!("{there}; git -C wt-uploads checkout -q --detach"))
            .tried("git -C repo branch -q -D agents/uploads")
            .client(stops(PUSH, "lane-deleted"))
            .pushes(":agents/uploads")
            .server(refused("lane-deleted"))
            .note("The copy here may go: the remote has all of it."),
        row("A lane's branch is deleted with a commit that is nowhere else")
            .given(format!("{there}; lane uploads src/api/uploads/more.ts; git -C wt-uploads checkout -q --detach"))
            .tried("git -C repo branch -q -D agents/uploads")
            .client(stops(MOVE, "lane-deleted"))
            .pushes(":agents/uploads")
            .server(refused("lane-deleted")),
        row("A human's branch in no lane is set back to the trunk, by an agent")
            .given("(cd repo; git checkout -q -b fix; edit README.md; smuggle; git checkout -q main); publish fix")
            .pushes("main:fix")
            .note("Branches in no lane are kept from work by agents, and not from being set back or deleted: that is for the server's own protection of branches."),
        row("A lane's branch that has not landed is renamed")
            .given(format!("{there}; lane uploads src/api/uploads/more.ts; git -C wt-uploads checkout -q --detach"))
            .tried("git -C repo branch -m agents/uploads agents/other")
            .client(stops(MOVE, "lane-deleted"))
            .client_with_reftable(stops(PUSH, "lane-deleted"))
            .pushes(":agents/uploads agents/other")
            .server(refused("lane-deleted"))
            .note("With reftable git asks no hook about a rename."),
        row("A lane's branch is moved back to the trunk, and its work is gone")
            .given(there)
            .tried("git -C wt-uploads reset -q --hard main")
            .pushes("agents/uploads")
            .note("An agent may take back its own work: nothing of it lands, and the lanes after it wait."),
        row("A lane's branch is moved back to the trunk by one push, and deleted by the next")
            .given(there)
            .tried("git -C wt-uploads reset -q --hard main")
            .sends("cd repo; git push -q --force $SERVER agents/uploads; git push -q $SERVER :agents/uploads")
            .note("An agent may take back its own work: nothing of it lands, and the lanes after it wait."),
        row("The lane before is not on the server, and one line of its paths is changed on the trunk")
            .given(
                "uploads; publish agents/uploads :agents/migrations; git -C wt-migrations checkout -q --detach
                 git -C repo branch -q -D agents/migrations",
            )
            .tried("(cd repo; edit src/db/schema.ts; save); land uploads")
            .pushes("main")
            .named(refused("trunk-direct"), refused("trunk-direct"))
            .note(
                "That is what landing the lane by a squash looks like, and a landed lane's branch \
                 may be gone. Without identities anybody may be its agent.",
            ),
        row("Half of the lane before lands, then its branch is deleted, then this one lands")
            .given(
                "migrations; lane migrations src/db/migrations/0003_more.sql; uploads
                 publish agents/uploads agents/migrations; (cd repo; git merge -q --no-ff --no-edit agents/migrations~1)
                 publish main",
            )
            .tried("git -C wt-migrations checkout -q --detach; unseen -C repo branch -q -D agents/migrations; unseen -C repo merge -q --no-ff --no-edit agents/uploads")
            .client(stops(PUSH, "merge-order"))
            .sends("cd repo; git push -q $SERVER :agents/migrations main")
            .by("dana")
            .server(refused("lane-deleted")),
    ]
}

fn made_anew() -> Vec<Row> {
    vec![
        row("A lane is made anew from an orphan, with old content of what it may not edit")
            .given("beside; cd beside; git checkout -q --orphan fresh; edit tsconfig.json; smuggle")
            .tried("git -C wt-uploads reset -q --hard fresh")
            .client(stops(MOVE, "shared-frozen"))
            .pushes("agents/uploads")
            .server(refused("shared-frozen")),
        row("A lane is made anew from an orphan that leaves everything else out")
            .given("beside; cd beside; git checkout -q --orphan fresh; git rm -rqf .; edit src/api/uploads/a.ts; smuggle")
            .tried("git -C wt-uploads reset -q --hard fresh")
            .pushes("agents/uploads")
            .note("A history that has nothing in common with the trunk takes nothing from it: landing it would add the one file."),
        row("A lane becomes the empty tree")
            .tried("cd wt-uploads; git rm -rqf .; git commit -q --no-verify -m x")
            .client(stops(MOVE, "contract-protected"))
            .pushes("agents/uploads")
            .server(refused("contract-protected")),
        row("A lane is set back before what it took from the trunk, and keeps that as its own")
            .given(
                "migrations; land migrations; publish agents/migrations main; cd wt-uploads
                 git merge -q main; edit src/api/uploads/a.ts; save
                 unseen reset -q --soft main~1; edit src/db/schema.ts; git add -A",
            )
            .tried("cd wt-uploads; git commit -qm x")
            .client(stops("pre-commit", "shared-owned"))
            .pushes("agents/uploads")
            .server(refused("shared-owned")),
        row("A lane is deleted on the server and made anew with a trespass")
            .given("bad; publish :agents/uploads")
            .tried("true")
            .client(stops(PUSH, "shared-frozen"))
            .pushes("bad:refs/heads/agents/uploads")
            .server(refused("shared-frozen")),
        row("A trespass is on the server by another name, and the lane's branch is pushed without objects")
            .given("bad; publish bad:idea")
            .client(stops(PUSH, "shared-frozen"))
            .pushes("bad:refs/heads/agents/uploads")
            .server(refused("shared-frozen")),
    ]
}

fn of_others() -> Vec<Row> {
    vec![
        row("Another agent's branch is moved, from one's own worktree")
            .given("lane uploads src/api/uploads/a.ts; git -C wt-tests checkout -q --detach")
            .tried("git -C wt-uploads branch -f agents/tests HEAD")
            .client(stops(MOVE, "foreign-branch"))
            .pushes("agents/tests")
            .server(refused("foreign-branch"))
            .anonymous(refused("out-of-scope"), refused("out-of-scope"))
            .note("Without identities it is judged by that lane's scope."),
        row("A tracking ref of another agent's branch is made by hand, and that branch follows it")
            .given("tests; publish agents/tests; git -C wt-tests checkout -q --detach; beside
                    cd beside; unseen checkout -q --detach agents/tests; edit tests/uploads/mine.ts; save; git branch -q mine")
            .tried("cd wt-uploads; git fetch -q . mine:refs/remotes/origin/agents/tests; git update-ref refs/heads/agents/tests mine")
            .client(Client::Passes)
            .pushes("agents/tests")
            .anonymous(Taken, Taken)
            .named(refused("foreign-branch"), refused("foreign-branch"))
            .note("Hooks believe tracking refs, and without identities work in a lane's scope is that lane's, whoever did it."),
        row("A local name for another agent's branch is made where no remote has that branch")
            .given("lane uploads src/api/uploads/a.ts; tests; publish agents/tests; git -C wt-tests checkout -q --detach; unseen -C repo branch -q -D agents/tests")
            .tried("git -C wt-uploads branch agents/tests HEAD")
            .client(stops(MOVE, "foreign-branch"))
            .pushes("+agents/tests")
            .server(refused("foreign-branch"))
            .anonymous(refused("out-of-scope"), refused("out-of-scope"))
            .note("Without identities it is judged by that lane's scope."),
        row("A name below that of another's branch which the server has not yet, so that git cannot make that one")
            .given("publish :agents/tests")
            .pushes("main:refs/heads/agents/tests/x")
            .server(refused("unlisted-branch"))
            .anonymous(Taken, Taken)
            .note("A mere name for what the trunk has: without identities it may be anybody's, unless `agent-branches` keeps such names for lanes. Whoever may delete it makes room."),
        row("Another agent's branch is deleted, from one's own worktree")
            .given("tests; publish agents/tests; git -C wt-tests checkout -q --detach")
            .tried("git -C wt-uploads branch -q -D agents/tests")
            .client(stops(MOVE, "foreign-branch"))
            .pushes(":agents/tests")
            .anonymous(refused("lane-deleted"), refused("lane-deleted"))
            .named(refused("foreign-branch"), refused("foreign-branch")),
        row("Another agent's path is edited in that agent's worktree")
            .given("tests; publish agents/tests")
            .tried("cd wt-tests; edit tests/uploads/mine.ts; CONTRACT_GATE_AGENT=agent-1 git commit -q --no-verify -am x")
            .client(stops(MOVE, "identity-conflict"))
            .given("cd wt-tests; edit tests/uploads/mine.ts; save; edit tests/uploads/mine.ts")
            .pushes("agents/tests")
            .named(refused("foreign-branch"), refused("foreign-branch"))
            .note("Without identities work in a lane's scope is that lane's, whoever did it."),
        row("Another agent's branch is checked out in one's own worktree")
            .given("git -C wt-tests checkout -q --detach; git -C wt-uploads checkout -q agents/tests")
            .tried("cd wt-uploads; edit tests/uploads/mine.ts; save")
            .client(stops("pre-commit", "foreign-branch"))
            .pushes("agents/tests")
            .named(refused("foreign-branch"), refused("foreign-branch"))
            .note("Without identities work in a lane's scope is that lane's, whoever did it."),
    ]
}

fn of_no_lane() -> Vec<Row> {
    let free = "Nothing lands by such a name. What comes of it is judged when it reaches a lane or the trunk.";
    vec![
        row("An agent works on a branch in no lane")
            .given("git -C wt-uploads checkout -q -b idea")
            .tried("cd wt-uploads; edit tsconfig.json; git commit -qam x")
            .client(stops("pre-commit", "unlisted-branch"))
            .pushes("idea")
            .named(refused("unlisted-branch"), refused("unlisted-branch"))
            .note(free),
        row("What an agent commits on a detached HEAD becomes a branch in no lane")
            .given("cd wt-uploads; git checkout -q --detach; edit tsconfig.json; git commit -qnam x")
            .tried("git -C wt-uploads switch -q -c idea")
            .client(stops(MOVE, "unlisted-branch"))
            .pushes("idea")
            .named(refused("unlisted-branch"), refused("unlisted-branch"))
            .note(free),
        row("It is fetched into one, from the repository itself")
            .given("cd wt-uploads; git checkout -q --detach; edit tsconfig.json; git commit -qnam x")
            .tried("git -C wt-uploads fetch -q . HEAD:refs/heads/idea")
            .client(stops(MOVE, "unlisted-branch"))
            .pushes("idea")
            .named(refused("unlisted-branch"), refused("unlisted-branch"))
            .note(free),
        row("A branch whose name is a lane's in another case")
            .given("bad")
            .pushes("bad:refs/heads/agents/Uploads")
            .named(refused("unlisted-branch"), refused("unlisted-branch"))
            .note(
                "Nothing lands by such a name. Where the server's disk knows no case (`core.ignoreCase`) it is \
                 judged as the lane that git would move.",
            ),
        row("A branch whose name holds a lane's whole ref")
            .given("bad")
            .pushes("bad:refs/heads/refs/heads/agents/uploads")
            .named(refused("unlisted-branch"), refused("unlisted-branch"))
            .note(free),
        row("A tag upon a trespass")
            .given("bad; git -C repo tag -m t t bad")
            .pushes("t")
            .note(free),
        row("A tag that is called like the trunk's whole ref, so that git pushes the trunk no more")
            .given("bad; git -C repo tag refs/heads/main bad")
            .pushes("refs/tags/refs/heads/main")
            .note("Nothing lands, and nobody else's push of the trunk begins, until somebody deletes it: `git push origin :refs/tags/refs/heads/main`."),
        row("A ref outside `refs/heads` upon a trespass")
            .given("bad")
            .pushes("bad:refs/for/agents/uploads")
            .note(free),
        row("A ref of the server that leads to a lane is pushed to")
            .given(
                "bad; for server in anonymous named; do
                 git -C $TOP/$server.git symbolic-ref refs/heads/alias refs/heads/agents/uploads; done",
            )
            .pushes("bad:alias")
            .server(refused("shared-frozen"))
            .note("A client does not see where the server's refs lead."),
        row("A ref of the server that leads to a lane whose branch is not there is pushed to")
            .given(
                "bad; for server in anonymous named; do cd $TOP/$server.git
                 git update-ref -d refs/heads/agents/uploads
                 git symbolic-ref refs/heads/alias refs/heads/agents/uploads; done",
            )
            .pushes("bad:alias")
            .server(refused("shared-frozen"))
            .note("A push through such a ref makes the branch that it leads to."),
        row("A ref of the server outside `refs/heads` that leads there by another one is pushed to")
            .given(
                "bad; for server in anonymous named; do cd $TOP/$server.git
                 git update-ref -d refs/heads/agents/uploads
                 git symbolic-ref refs/side/alias refs/side/next
                 git symbolic-ref refs/side/next refs/heads/agents/uploads; done",
            )
            .pushes("bad:refs/side/alias")
            .server(refused("shared-frozen"))
            .note("A client does not see where the server's refs lead."),
        row("A ref of the server outside `refs/heads` that leads to the trunk is pushed to")
            .given(
                "tests; publish agents/tests; for server in anonymous named; do
                 git -C $TOP/$server.git symbolic-ref refs/side/alias refs/heads/main; done",
            )
            .pushes("agents/tests:refs/side/alias")
            .by("agent-3")
            .server(refused("merge-order"))
            .note("A client does not see where the server's refs lead."),
    ]
}

fn under_another_contract() -> Vec<Row> {
    let second = "(cd repo; sed -i 's/^format = 1/format = 1\\nversion = 2/; s/POST/PUT/' contract.toml; save); publish main";
    vec![
        row("A lane goes on under an old version of the contract")
            .given(format!("uploads; {second}"))
            .tried("lane uploads src/api/uploads/b.ts")
            .client(stops(PUSH, "stale-contract"))
            .pushes("agents/uploads")
            .server(refused("stale-contract")),
        row("A lane copies the new contract's text and does not take the trunk in")
            .given(format!("uploads; {second}"))
            .tried("cd wt-uploads; git checkout -q main -- contract.toml; git commit -qm x")
            .client(stops(PUSH, "stale-contract"))
            .pushes("agents/uploads")
            .server(refused("stale-contract")),
        row("A lane under an old version of the contract lands")
            .given(format!("migrations; publish agents/migrations; {}", second.replace("POST", "uploads table")))
            .tried("land migrations")
            .client(stops("pre-merge-commit", "stale-contract"))
            .pushes("main")
            .by("agent-2")
            .server(refused("stale-contract")),
        row("A landed lane goes on beyond its paths, by a commit that no branch has")
            .given("migrations; publish agents/migrations; land migrations; publish main")
            .tried("cd repo; git checkout -q --detach agents/migrations; edit src/db/schema.ts; edit tsconfig.json; smuggle
                    git checkout -q main; git merge -q --no-ff --no-edit HEAD@{1}")
            .client_landings_only(stops("pre-merge-commit", "trunk-direct"))
            .pushes("main")
            .by("agent-2")
            .anonymous(Taken, refused("trunk-direct"))
            .named(refused("trunk-direct"), refused("trunk-direct"))
            .note(
                "Without the lane's branch they are a human's commits, who may change anything \
                 under `open`.",
            ),
        row("A lane that is withdrawn goes on")
            .given("(cd repo; sed -i 's/^\\[agents.agent-3\\]/&\\nwithdrawn = true/' contract.toml; save); publish main")
            .tried("tests")
            .client(stops("pre-commit", "withdrawn"))
            .pushes("agents/tests")
            .by("agent-3")
            .server(refused("withdrawn")),
        row("A lane that is withdrawn lands")
            .given("tests; publish agents/tests
                    (cd repo; sed -i 's/^\\[agents.agent-3\\]/&\\nwithdrawn = true/' contract.toml; save); publish main")
            .tried("land tests")
            .client(stops("pre-merge-commit", "withdrawn"))
            .pushes("main")
            .by("agent-3")
            .server(refused("withdrawn")),
        row("What a withdrawn lane held is picked onto the trunk")
            .given("tests; publish agents/tests
                    (cd repo; sed -i 's/^\\[agents.agent-3\\]/&\\nwithdrawn = true/' contract.toml; save); publish main")
            .tried("cd repo; git cherry-pick agents/tests >/dev/null")
            .client_landings_only(stops(MOVE, "trunk-direct"))
            .pushes("main")
            .by("agent-3")
            .anonymous(Taken, refused("trunk-direct"))
            .named(refused("trunk-direct"), refused("trunk-direct"))
            .note("A withdrawn lane owns nothing: its paths are as free on the trunk as nobody's."),
        row("An amendment is made on a lane, and the trunk is moved there with the lane's work")
            .given("cd wt-migrations; edit contract.toml '# mine'; smuggle; cd ..; migrations")
            .tried("cd repo; git merge -q agents/migrations")
            .client(stops(MOVE, "contract-protected"))
            .pushes("main agents/migrations")
            .by("agent-2")
            .anonymous(Taken, Taken)
            .named(refused("contract-protected"), refused("contract-protected"))
            .note(
                "The same commits are what a human's amendment on the trunk leaves that the lane has \
                 then taken in; without identities everybody is that human.",
            ),
        row("An amendment is made on a lane, and the lane lands by a merge")
            .given("cd wt-migrations; edit contract.toml '# mine'; smuggle; cd ..; migrations")
            .tried("land migrations")
            .client(Client::Stops("pre-merge-commit", "amendment-not-alone"))
            .pushes("main")
            .by("agent-2")
            .server(refused("amendment-not-alone")),
    ]
}
