//! `check`: the verdict by hand and in CI, with every option.

use crate::asked::{ask, ask_all, question};
use crate::gated::{CONTRACT, beside_a_server, script, under, uploads};
use crate::sandbox::WORKED_EXAMPLE;

/// A lane that has taken the trunk in, long after the contract came, with this work; and a clone that
/// holds the lane and not where the contract came.
fn shallow(work: &str) -> String {
    format!(
        "for n in 1 2 3 4 5 6; do (cd repo; edit src/auth/session.ts $n; smuggle $n); done
         (cd wt-uploads; unseen merge -q --no-edit main); {work}
         git clone -q --depth 4 --no-single-branch file://$PWD/repo shallow; git -C shallow config contractgate.trunk main"
    )
}

#[test]
fn a_worktree_is_judged_as_it_stands() {
    ask_all(
        uploads,
        [
            question("nothing has been done yet").finds([]),
            question("honest work, committed").given("uploads").finds([]),
            question("honest work, staged and not staged")
                .given("cd wt-uploads; edit src/api/uploads/a.ts; git add -A; edit src/api/router.ts '// more'")
                .finds([]),
            question("a trespass that is committed")
                .given("cd wt-uploads; edit tsconfig.json; smuggle")
                .finds(["shared-frozen tsconfig.json"]),
            question("a trespass that is staged")
                .given("cd wt-uploads; edit tsconfig.json; git add -A")
                .finds(["shared-frozen tsconfig.json"]),
            question("a trespass that is in the worktree alone")
                .given("edit wt-uploads/tsconfig.json")
                .finds(["shared-frozen tsconfig.json"]),
            question("a trespass that is staged, and undone in the worktree, which is what is there")
                .given("cd wt-uploads; edit tsconfig.json; git add -A; git restore --source=HEAD tsconfig.json")
                .finds([]),
            question("a trespass that is committed, and undone in index and worktree")
                .given("cd wt-uploads; edit tsconfig.json; smuggle; git checkout -q main -- tsconfig.json")
                .finds([]),
            question("a trespass in three commits and back again")
                .given("cd wt-uploads; edit tsconfig.json; smuggle; edit tsconfig.json; smuggle; git checkout -q main -- .; smuggle")
                .finds([]),
            question("an untracked file outside the scope is a note")
                .given("edit wt-uploads/src/auth/new.ts")
                .finds([])
                .notes("untracked"),
            question("everything at once, in a stable order")
                .given(
                    "cd wt-uploads; edit src/db/schema.ts; edit src/auth/a.ts; smuggle
                     edit tsconfig.json; git add -A; rm src/index.ts; edit contract.toml '# mine'",
                )
                .finds([
                    "out-of-scope src/auth/a.ts",
                    "out-of-scope src/index.ts",
                    "shared-owned src/db/schema.ts",
                    "shared-frozen tsconfig.json",
                    "contract-protected contract.toml",
                ]),
            question("from a subdirectory")
                .given("edit wt-uploads/tsconfig.json")
                .within("wt-uploads/src/api/uploads")
                .finds(["shared-frozen tsconfig.json"]),
            question("a conflict that is not resolved yet, in the scope")
                .given(
                    "(cd repo; edit src/api/uploads/README.md trunk; git commit -q --no-verify -am t 2>/dev/null)
                     cd wt-uploads; edit src/api/uploads/README.md lane; save; ! git merge -q main >/dev/null",
                )
                .finds([]),
            question("a merge of the trunk that is being made")
                .given("(cd repo; edit tsconfig.json; save); cd wt-uploads; edit src/api/uploads/a.ts; save; git merge -q --no-commit main")
                .finds([]),
            question("a trunk that has gone on in the lane's own paths meanwhile")
                .given("uploads; cd repo; edit src/api/uploads/README.md; git commit -q --no-verify -am t 2>/dev/null")
                .finds([]),
            question("what the trunk did before the lane began, seen from a lane that is behind")
                .given("uploads; cd repo; edit tsconfig.json; edit src/auth/session.ts; save")
                .finds([]),
            question("in the main worktree, on the trunk")
                .within("repo")
                .finds([])
                .notes("no-lane"),
            question("on a branch in no lane, by a human")
                .given("cd repo; git checkout -q -b idea; edit tsconfig.json; save")
                .within("repo")
                .finds([])
                .notes("no-lane"),
            question("on a detached HEAD in the lane's worktree: the lane itself")
                .given("cd wt-uploads; edit tsconfig.json; smuggle; git checkout -q --detach main")
                .finds(["shared-frozen tsconfig.json"]),
            question("on a detached HEAD elsewhere")
                .given("git -C repo checkout -q --detach")
                .within("repo")
                .finds(["undecided lane-unknown"]),
            question("as another agent than the worktree's")
                .given("export CONTRACT_GATE_AGENT=agent-2")
                .asked("--agent agent-1")
                .finds([]),
        ],
    );
}

#[test]
fn each_option_chooses_what_is_judged() {
    let trespass = "(cd wt-uploads; edit tsconfig.json; smuggle)";
    let tracked = "git -C repo update-ref refs/remotes/origin/agents/uploads agents/uploads";
    ask_all(
        uploads,
        [
            question("--staged: the index alone")
                .given("cd wt-uploads; edit tsconfig.json; git add -A; edit src/index.ts")
                .asked("--staged")
                .finds(["shared-frozen tsconfig.json"]),
            question("--staged: what HEAD has is not staged")
                .given(format!("{trespass}; edit wt-uploads/src/index.ts"))
                .asked("--staged")
                .finds([]),
            question("--staged --agent: as that agent")
                .given("cd wt-uploads; edit src/api/uploads/a.ts; git add -A")
                .asked("--staged --agent agent-2")
                .finds(["identity-conflict"]),
            question("--head: one commit, whatever the worktree holds")
                .given(format!("{trespass}; edit wt-uploads/src/index.ts"))
                .asked("--head HEAD")
                .finds(["shared-frozen tsconfig.json"]),
            question("--head: an earlier commit")
                .given(trespass)
                .asked("--head HEAD~1")
                .finds([]),
            question("--base: from another commit than the trunk's")
                .given(format!("{trespass}; edit wt-uploads/src/index.ts; (cd wt-uploads; smuggle)"))
                .asked("--base HEAD~1 --head HEAD")
                .finds(["out-of-scope src/index.ts"]),
            question("--base and --head without a worktree of the lane")
                .given(trespass)
                .within("repo")
                .asked("--base main --head agents/uploads --agent agent-1")
                .finds(["shared-frozen tsconfig.json"]),
            question("--branch: a lane from elsewhere")
                .given(trespass)
                .within("repo")
                .asked("--branch agents/uploads")
                .finds(["shared-frozen tsconfig.json"]),
            question("--branch by its full name")
                .given(trespass)
                .within("repo")
                .asked("--branch refs/heads/agents/uploads")
                .finds(["shared-frozen tsconfig.json"]),
            question("--branch by a remote's tracking ref")
                .given(format!("{trespass}; {tracked}"))
                .within("repo")
                .asked("--branch origin/agents/uploads")
                .finds(["shared-frozen tsconfig.json"]),
            question("--landing --branch by a remote's tracking ref in full")
                .given(format!("{trespass}; {tracked}"))
                .within("repo")
                .asked("--landing --branch refs/remotes/origin/agents/uploads")
                .finds(["shared-frozen tsconfig.json", "merge-order"]),
            question("--branch by the id of a lane's tip")
                .given(trespass)
                .within("repo")
                .asked("--branch agents/uploads~0")
                .finds(["shared-frozen tsconfig.json"]),
            question("--branch by the name of no branch")
                .given("git -C repo tag v1")
                .within("repo")
                .asked("--branch v1")
                .finds(["undecided lane-unknown"]),
            question("--head by a lane's branch, outside of any lane")
                .given(trespass)
                .within("repo")
                .asked("--head agents/uploads")
                .finds(["shared-frozen tsconfig.json"]),
            question("--head by a lane's branch, in another lane")
                .given(trespass)
                .within("wt-tests")
                .asked("--head agents/uploads")
                .finds(["shared-frozen tsconfig.json"]),
            question("--head by a commit that is no lane's, outside of any lane")
                .given("uploads; uploads")
                .within("repo")
                .asked("--head agents/uploads~1")
                .finds(["undecided lane-unknown"]),
            question("--head of a branch in no lane")
                .given("git -C repo branch idea")
                .within("repo")
                .asked("--head idea")
                .finds([])
                .notes("no-lane"),
            question("--branch in no lane")
                .given("git -C repo branch idea")
                .within("repo")
                .asked("--branch idea")
                .finds([])
                .notes("no-lane"),
            question("--branch that is not there")
                .within("repo")
                .asked("--branch agents/none")
                .finds(["undecided ref-missing"]),
            question("--branch that is called by the full name of another")
                .given(
                    "git -C wt-migrations checkout -q --detach; (cd wt-uploads; edit tsconfig.json; smuggle)
                     git -C repo push -q . agents/uploads:refs/heads/refs/heads/agents/migrations",
                )
                .within("repo")
                .asked("--branch refs/heads/agents/migrations")
                .finds(["undecided ref-ambiguous"]),
            question("--head that is not there")
                .asked("--head nothing")
                .finds(["undecided ref-missing"]),
            question("--base that is not there")
                .asked("--base nothing")
                .finds(["undecided ref-missing"]),
            question("--base that is a tree")
                .asked("--base 'HEAD^{tree}'")
                .finds(["undecided not-a-commit"]),
            question("--agent: that agent's lane, from elsewhere")
                .given(trespass)
                .within("repo")
                .asked("--agent agent-1")
                .finds(["shared-frozen tsconfig.json"]),
            question("--agent that is not in the contract")
                .asked("--agent agent-7")
                .finds(["undecided unknown"]),
            question("--agent whose branch is not there")
                .given("git -C wt-tests checkout -q --detach; git -C repo branch -q -D agents/tests")
                .within("repo")
                .asked("--agent agent-3")
                .finds(["undecided ref-missing"]),
            question("--all with a lane that has not begun")
                .given("git -C wt-tests checkout -q --detach; git -C repo branch -q -D agents/tests")
                .within("repo")
                .asked("--all")
                .finds([]),
            question("a lane that has landed and whose branch is deleted")
                .given("migrations; cd repo; git merge -q --no-ff --no-edit agents/migrations
                        git worktree remove --force ../wt-migrations; git branch -q -D agents/migrations")
                .within("repo")
                .asked("--all")
                .finds([]),
            question("a detached HEAD at a lane's tip is that lane")
                .given("uploads; git -C repo checkout -q --detach agents/uploads")
                .within("repo")
                .asked("")
                .finds([]),
            question("a detached HEAD in a lane's worktree that goes on from its branch")
                .given("cd wt-uploads; git checkout -q --detach; edit tsconfig.json; smuggle; edit package.json")
                .asked("")
                .finds(["shared-frozen tsconfig.json"])
                .notes("detached"),
            question("before there is a branch")
                .given("cd wt-uploads; git checkout -q --detach; git branch -q -D agents/uploads; edit tsconfig.json; git add -A")
                .asked("")
                .finds(["shared-frozen tsconfig.json"])
                .notes("detached"),
            question("before there is a branch here, where a remote has it")
                .given("cd wt-uploads; git update-ref refs/remotes/origin/agents/uploads HEAD; git checkout -q --detach; git branch -q -D agents/uploads")
                .asked("")
                .finds(["undecided ref-missing"]),
            question("one that does not go on from it: the branch counts")
                .given("cd wt-uploads; edit tsconfig.json; smuggle; git checkout -q --detach HEAD^")
                .asked("")
                .finds(["shared-frozen tsconfig.json"])
                .notes("detached"),
            question("another branch in a lane's worktree, a mere name for what the lane has")
                .given("uploads; git -C wt-uploads checkout -q -b spike")
                .within("wt-uploads")
                .asked("")
                .finds([])
                .notes("no-lane"),
            question("another branch in a lane's worktree, with something on it that is not committed")
                .given("cd wt-uploads; git checkout -q -b spike; edit src/api/uploads/create.ts; git add -A")
                .asked("")
                .finds(["unlisted-branch"])
                .notes("no-lane"),
            question("another branch in a lane's worktree, with a commit of its own that a tag names too")
                .given("cd wt-uploads; git checkout -q -b spike; edit src/api/uploads/create.ts; smuggle; git tag spike-1")
                .asked("")
                .finds(["unlisted-branch"])
                .notes("no-lane"),
            question("another branch asked about in CI, a mere name for what the lane has")
                .given("uploads; git -C repo branch spike agents/uploads")
                .within("wt-uploads")
                .asked("--branch spike")
                .finds(["unlisted-branch"])
                .notes("no-lane"),
            question("a file that git is told not to look at")
                .given("cd wt-uploads; git update-index --skip-worktree tsconfig.json; git update-index --assume-unchanged package.json; edit tsconfig.json; edit package.json")
                .asked("")
                .finds([])
                .notes("hidden"),
            question("a file that git is told not to look at, and that is staged")
                .given("cd wt-uploads; edit tsconfig.json; git add -A; git update-index --skip-worktree tsconfig.json; edit tsconfig.json")
                .asked("")
                .finds(["shared-frozen tsconfig.json"])
                .notes("hidden"),
            question("a shallow clone that holds the lane and not where the contract came")
                .given(shallow("uploads"))
                .within("shallow")
                .asked("--remote origin --branch agents/uploads")
                .finds([])
                .notes("turn-unknown"),
            question("the same, of which a trespass is judged")
                .given(shallow("(cd wt-uploads; edit tsconfig.json; smuggle)"))
                .within("shallow")
                .asked("--remote origin --branch agents/uploads")
                .finds(["shared-frozen tsconfig.json"])
                .notes("turn-unknown"),
            question("the same, of which a landing hangs on what is not there")
                .given(shallow("uploads"))
                .within("shallow")
                .asked("--landing --remote origin --branch agents/uploads")
                .finds(["undecided shallow"]),
            question("a tag of the configured trunk's name is no trunk")
                .given("git -C repo tag release; git -C repo config contractgate.trunk release")
                .asked("--agent agent-1")
                .finds(["undecided trunk-missing"]),
            question("--branch under another agent's name")
                .given("uploads")
                .within("repo")
                .asked("--branch agents/uploads --agent agent-2")
                .finds(["carries-unlanded"]),
            question("--trunk: another branch than the configured one")
                .given(format!("git -C repo branch develop; git -C repo config contractgate.trunk nothing; {trespass}"))
                .asked("--trunk develop")
                .finds(["shared-frozen tsconfig.json"]),
            question("--trunk that is not there")
                .asked("--trunk nothing")
                .finds(["undecided trunk-missing"]),
            question("--all: every lane, in the contract's order")
                .given(format!("{trespass}; (cd wt-tests; edit src/index.ts; smuggle); migrations"))
                .within("repo")
                .asked("--all")
                .finds(["agent-1: shared-frozen tsconfig.json", "agent-3: out-of-scope src/index.ts"]),
            question("--all without a trespass")
                .given("migrations; uploads; tests")
                .asked("--all")
                .finds([]),
            question("--landing: at its turn")
                .given("migrations")
                .within("wt-migrations")
                .asked("--landing")
                .finds([]),
            question("--landing: before its turn")
                .given("migrations; uploads")
                .asked("--landing")
                .finds(["merge-order"]),
            question("without --landing a lane that waits is not denied for it")
                .given("uploads")
                .finds([]),
            question("--landing: at its turn, after the first has landed")
                .given("migrations; uploads; cd repo; git merge -q --no-ff --no-edit agents/migrations")
                .asked("--landing")
                .finds([]),
            question("--landing: a trespass is judged too")
                .given("migrations; cd repo; git merge -q --no-ff --no-edit agents/migrations; cd ../wt-uploads; edit tsconfig.json; smuggle")
                .asked("--landing")
                .finds(["shared-frozen tsconfig.json"]),
            question("--landing: a lane that changes the contract and nothing else, from elsewhere")
                .given("cd wt-migrations; { echo version = 2; sed '/^version/d' contract.toml; } >../next; cp ../next contract.toml; smuggle")
                .within("repo")
                .asked("--landing --branch agents/migrations")
                .finds(["contract-protected contract.toml"]),
            question("--landing: a conflict with the trunk")
                .given(
                    "migrations; (cd repo; edit src/db/schema.ts hot; git commit -q --no-verify -am hot 2>/dev/null)",
                )
                .within("wt-migrations")
                .asked("--landing")
                .finds(["undecided landing-conflicts"]),
            question("--landing: a conflict that an attribute makes, where the lines would merge")
                .given(
                    "(cd repo; seq 20 >src/db/schema.ts; echo '*.ts -merge' >.gitattributes; git add .; smuggle)
                     cd wt-migrations; unseen merge -q --ff-only main; sed -i 1d src/db/schema.ts; save
                     cd ../repo; sed -i '$d' src/db/schema.ts; smuggle",
                )
                .within("wt-migrations")
                .asked("--landing")
                .finds(["undecided landing-conflicts"]),
            question("--landing: a conflict in a generated file alone")
                .given(
                    "(cd repo; sed -i 's/^\"tsconfig.json\".*/&\\n\"gen.lock\" = { generated-by = \"true\" }/' contract.toml; smuggle)
                     (cd wt-migrations; unseen merge -q --ff-only main; edit gen.lock theirs; edit src/db/migrations/2.sql; save)
                     cd repo; edit gen.lock ours; smuggle",
                )
                .within("wt-migrations")
                .asked("--landing")
                .finds([])
                .notes("generated-conflict"),
            question("--landing: a conflict that a rename on both sides makes")
                .given(
                    "conf=src/db/migrations/0001_users.sql; (cd wt-migrations; git mv $conf src/db/migrations/1; save)
                     cd repo; git mv $conf src/db/migrations/2; smuggle",
                )
                .within("wt-migrations")
                .asked("--landing")
                .finds(["undecided landing-conflicts"]),
            question("--landing: a fix in a file that was renamed, and landed by a squash")
                .given(
                    "conf=src/db/migrations/0001_users.sql; (cd repo; seq 20 >$conf; smuggle)
                     cd wt-migrations; unseen merge -q --ff-only main; git mv $conf src/db/migrations/first.sql; save
                     (cd ../repo; unseen merge -q --squash agents/migrations >/dev/null; unseen commit -qm landed)
                     edit src/db/migrations/first.sql fix; save",
                )
                .within("wt-migrations")
                .asked("--landing")
                .finds([]),
            question("--landing: a change of what the trunk has renamed, to where nobody may edit")
                .given(
                    "conf=src/db/migrations/0001_users.sql; (cd repo; seq 20 >$conf; smuggle)
                     cd wt-migrations; unseen merge -q --ff-only main; edit $conf more; save
                     (cd ../repo; git mv $conf tsconfig.d; smuggle)",
                )
                .within("wt-migrations")
                .asked("--landing")
                .finds(["trunk-direct tsconfig.d"]),
            question("--landing: the same within the lane's own paths")
                .given(
                    "conf=src/db/migrations/0001_users.sql; (cd repo; seq 20 >$conf; smuggle)
                     cd wt-migrations; unseen merge -q --ff-only main; edit $conf more; save
                     (cd ../repo; git mv $conf src/db/migrations/first.sql; smuggle)",
                )
                .within("wt-migrations")
                .asked("--landing")
                .finds([]),
            question("--landing --all")
                .given("migrations; uploads; tests")
                .within("repo")
                .asked("--landing --all")
                .finds(["agent-1: merge-order", "agent-3: merge-order", "agent-3: merge-order"]),
            question("--remote: the branch here has merged what is asked about, as some builds do first")
                .given(
                    "uploads; git clone -q repo ci; cd ci; git config contractgate.trunk main
                     git merge -q --no-ff --no-edit origin/agents/uploads",
                )
                .within("ci")
                .asked("--landing --remote origin --branch agents/uploads")
                .finds(["merge-order"]),
            question("--remote: lanes among a remote's tracking refs, as in CI")
                .given(format!("{trespass}; git clone -q repo ci; git -C ci config contractgate.trunk main"))
                .within("ci")
                .asked("--remote origin --all")
                .finds(["agent-1: shared-frozen tsconfig.json"]),
        ],
    );
}

#[test]
fn a_branch_that_is_judged_as_a_lanes_is_called_by_its_own_name() {
    let world = uploads();
    let made = "cd repo; git checkout -q -b topic agents/uploads; edit src/api/uploads/create.ts topic; smuggle topic
                git checkout -q main; edit src/api/uploads/create.ts hot; smuggle hot";
    script(&world, made).expect(0);
    for landing in [&["--landing"][..], &[]] {
        let asked = [&["check"], landing, &["--agent", "agent-1", "--branch", "topic"]].concat();
        let answer = world.gate("repo", &asked);
        answer.says(": agent-1 on topic");
        if !landing.is_empty() {
            answer.says("undecided[landing-conflicts]: topic does not merge into main");
            answer.says("on topic, take the trunk in and resolve it there  git merge main");
        }
        answer.is_silent_about("agents/uploads");
        let document = ask(&world, "repo", &asked[1..].join(" ")).document;
        assert_eq!(document["ref"], "refs/heads/topic");
    }
}

#[test]
fn the_document_holds_what_a_program_needs() {
    let world = uploads();
    script(&world, "cd wt-uploads; edit src/db/schema.ts; smuggle 'tidy the schema'").expect(0);
    let commit = world.id("wt-uploads", "HEAD");
    let trunk = world.id("repo", "main");
    let document = ask(&world, "wt-uploads", "").document;
    assert_eq!(document["format"], 1);
    assert_eq!(document["checkpoint"], "check");
    assert_eq!(document["agent"], "agent-1");
    assert_eq!(document["ref"], "refs/heads/agents/uploads");
    let contract = &document["contract"];
    assert_eq!(contract["path"], "contract.toml");
    assert_eq!(contract["commit"], trunk.as_str());
    assert_eq!(contract["version"], 1);
    assert_eq!(document["turn"]["now"], false);
    assert_eq!(document["turn"]["waits_for"][0], "agent-2");
    let violation = &document["violations"][0];
    assert_eq!(violation["rule"], "shared-owned");
    assert_eq!(violation["severity"], "error");
    assert_eq!(violation["path"], "src/db/schema.ts");
    assert_eq!(violation["change"], "modified");
    assert_eq!(violation["commit"], commit.as_str());
    assert_eq!(violation["agent"], "agent-1");
    assert_eq!(violation["owner"], "agent-2");
    let line = violation["contract_line"].as_u64().unwrap();
    let line = CONTRACT.lines().nth(usize::try_from(line).unwrap() - 1).unwrap();
    assert!(line.contains("src/db/schema.ts"), "{line}");
    assert!(violation.get("path_bytes").is_none());
}

#[test]
fn the_kinds_of_change_are_named() {
    let rows = [
        ("edit src/index.ts", "modified"),
        ("rm src/index.ts", "deleted"),
        ("chmod +x src/index.ts", "mode"),
        ("ln -sf README.md src/index.ts", "kind"),
        ("edit src/other.ts; git add -N src/other.ts", "added"),
    ];
    for (given, kind) in rows {
        let world = uploads();
        script(&world, &format!("cd wt-uploads; {given}")).expect(0);
        let document = ask(&world, "wt-uploads", "").document;
        assert_eq!(document["violations"][0]["change"], kind, "{given}: {document:#}");
    }
}

#[test]
fn a_path_that_is_not_utf8_is_given_with_its_bytes() {
    let world = uploads();
    script(&world, "cd wt-uploads; edit \"$(printf 'src/caf\\351.ts')\"; smuggle").expect(0);
    let document = ask(&world, "wt-uploads", "").document;
    let violation = &document["violations"][0];
    assert_eq!(violation["path"], "\"src/caf\\351.ts\"");
    assert_eq!(violation["path_bytes"], "c3JjL2NhZukudHM=");
}

#[test]
fn no_contract_is_nothing_to_enforce() {
    let without = || {
        let world = uploads();
        script(&world, "cd repo; git rm -q contract.toml; unseen commit -q -m none").expect(0);
        world
    };
    ask_all(
        without,
        [
            question("in a worktree")
                .given("edit wt-uploads/tsconfig.json")
                .finds([])
                .notes("no-contract"),
            question("a contract that is in the worktree alone is named")
                .given("cd repo; git checkout -q HEAD~1 -- contract.toml")
                .within("repo")
                .finds([])
                .notes("no-contract"),
            question("--all").asked("--all").finds([]),
        ],
    );
}

#[test]
fn the_upstream_is_the_trunk_where_it_has_gone_on() {
    let world = || {
        let world = beside_a_server();
        world.git("repo", &["branch", "-q", "--set-upstream-to=origin/main", "main"]);
        world
    };
    let server_goes_on = "git clone -q server.git other; cd other; git -c user.name=o -c user.email=o@o pull -q
        sed -i 's/^\"tsconfig.json\" = \"nobody\"/\"tsconfig.json\" = { owner = \"agent-1\" }/' contract.toml
        git commit -qam 'the contract changes'; git push -q; cd ../repo; git fetch -q";
    ask_all(
        world,
        [
            question("a contract that was fetched governs")
                .given(format!("({server_goes_on}); edit wt-uploads/tsconfig.json"))
                .finds([]),
            question("where the two have diverged the local one counts, and that is said")
                .given(format!("({server_goes_on}); (cd repo; edit README.md; save); edit wt-uploads/tsconfig.json"))
                .finds(["shared-frozen tsconfig.json"])
                .notes("trunk-diverged"),
        ],
    );
}

/// The lane has taken in what the remote's trunk has and the trunk here has not.
const TOOK_IN: &str = "git clone -q server.git other
    (cd other; git config user.name o; git config user.email o@o; echo meanwhile >M; git add -A; git commit -qm meanwhile; git push -q)
    (cd wt-migrations; edit src/db/schema.ts; save; unseen pull -q --no-rebase origin main)";

#[test]
fn what_a_lane_has_of_the_upstream_is_the_trunks_also_where_it_would_land() {
    let world = || {
        let world = beside_a_server();
        world.git("repo", &["branch", "-q", "--set-upstream-to=origin/main", "main"]);
        world
    };
    let landing = "--landing --agent agent-2";
    let diverged = format!("{TOOK_IN}; (cd repo; edit README.md; save)");
    ask_all(
        world,
        [
            question("the trunk is behind").given(TOOK_IN).within("repo").asked(landing).finds([]),
            question("the two have diverged")
                .given(diverged.clone())
                .within("repo").asked(landing)
                .finds([])
                .notes("trunk-diverged"),
            question("and the lane alone").given(diverged.clone()).within("repo").asked("--agent agent-2").finds([]).notes("trunk-diverged"),
            question("onto a state of the trunk that is named")
                .given(diverged.clone())
                .within("repo").asked("--landing --agent agent-2 --base main")
                .finds([]),
            question("what the lane itself does is told all the same")
                .given(format!("{diverged}; (cd wt-migrations; edit tsconfig.json; smuggle)"))
                .within("repo").asked(landing)
                .finds(["shared-frozen tsconfig.json"]),
            question("another remote's trunk, from which nothing has diverged")
                .given(format!(
                    "git clone -q --bare server.git upstream.git; git -C repo remote add upstream ../upstream.git
                     {}; git -C other push -q ../upstream.git main",
                    TOOK_IN.replace("git clone -q server.git other", "git clone -q upstream.git other").replace("origin", "upstream")
                ))
                .within("repo").asked(landing)
                .finds([]),
            question("a landing that the upstream has is still judged from before it")
                .given(
                    "(cd wt-migrations; edit tsconfig.json; smuggle)
                     cd repo; unseen merge -q --no-ff -m m agents/migrations; unseen update-ref refs/remotes/origin/main main",
                )
                .within("repo").asked("--landing --agent agent-2 --base main~1")
                .finds(["shared-frozen tsconfig.json"]),
        ],
    );
}

#[test]
fn modes_of_a_scope() {
    let contract = CONTRACT.replace(
        "scope = [\"src/api/uploads/**\",",
        "scope = [\"src/api/uploads/**\", { path = \"docs/log/**\", mode = \"create-only\" }, { path = \"docs/api.md\", mode = \"no-delete\" },",
    );
    let world = || {
        let world = under(&contract);
        let more = "cd repo; edit docs/log/1.md; edit docs/api.md; save; cd ../wt-uploads; git merge -q main";
        script(&world, more).expect(0);
        world
    };
    ask_all(
        world,
        [
            question("create-only: a new file")
                .given("cd wt-uploads; edit docs/log/2.md; git add -A")
                .finds([]),
            question("create-only: an old file")
                .given("edit wt-uploads/docs/log/1.md")
                .finds(["create-only docs/log/1.md"]),
            question("create-only: an old file goes")
                .given("rm wt-uploads/docs/log/1.md")
                .finds(["create-only docs/log/1.md"]),
            question("create-only: one's own new file may change again")
                .given("cd wt-uploads; edit docs/log/2.md; save; edit docs/log/2.md")
                .finds([]),
            question("no-delete: an edit").given("edit wt-uploads/docs/api.md").finds([]),
            question("no-delete: a deletion")
                .given("rm wt-uploads/docs/api.md")
                .finds(["no-delete docs/api.md"]),
            question("no-delete: a rename")
                .given("cd wt-uploads; git mv docs/api.md docs/log/api.md")
                .finds(["no-delete docs/api.md"]),
        ],
    );
}

#[test]
fn the_worked_example_in_markdown_is_enforced_as_it_stands() {
    let world = || {
        let world = uploads();
        world.write("repo/CONTRACT.md", WORKED_EXAMPLE);
        let swap = "cd repo; git rm -q contract.toml; git add -A; unseen commit -qm markdown";
        script(&world, swap).expect(0);
        world
    };
    ask_all(
        world,
        [
            question("honest work of every lane")
                .given("migrations; uploads; tests")
                .asked("--all")
                .finds([]),
            question("a trespass of every kind")
                .given(
                    "cd wt-uploads; edit src/db/schema.ts; edit tsconfig.json; edit src/auth/session.ts
                     sed -i s/health/x/ src/api/router.ts",
                )
                .finds([
                    "out-of-scope src/auth/session.ts",
                    "shared-owned src/db/schema.ts",
                    "shared-frozen tsconfig.json",
                    "additions-only src/api/router.ts",
                ]),
            question("an old lane still holds the contract in the other spelling")
                .given("cd wt-uploads; edit contract.toml '# mine'; smuggle")
                .finds(["contract-protected contract.toml"]),
            question("landing before its turn")
                .given("uploads")
                .asked("--landing")
                .finds(["merge-order"]),
        ],
    );
}

#[test]
fn what_takes_a_lanes_work_back_is_said_for_where_the_lane_is() {
    let world = uploads();
    script(&world, "cd wt-uploads; edit tsconfig.json; edit new-file; smuggle").expect(0);
    for asked in ["--agent agent-1", "--branch agents/uploads"] {
        let commands = ask(&world, "repo", asked).commands("undo it in wt-uploads");
        assert_eq!(commands.len(), 2, "{asked}: {commands:?}");
        for (_, command) in &commands {
            assert!(command.ends_with(" && git commit -m 'Undo it'"), "{command}");
        }
    }
    // There what is not committed is judged too, so that the undo need not be; that it has to be in the
    // end is said.
    let commands = ask(&world, "wt-uploads", "").commands("undo it");
    assert_eq!(commands.len(), 2, "{commands:?}");
    for (_, command) in &commands {
        script(&world, &format!("cd wt-uploads; {command}")).expect(0);
    }
    let answer = ask(&world, "wt-uploads", "");
    assert_eq!(answer.findings(), [""; 0]);
    assert!(answer.notes().contains(&"not-committed"), "{:#}", answer.document);
    script(&world, "cd wt-uploads; git commit -qm 'Undo it'").expect(0);
    let answer = ask(&world, "wt-uploads", "");
    assert!(!answer.notes().contains(&"not-committed"), "{:#}", answer.document);
    assert_eq!(ask(&world, "repo", "--agent agent-1").findings(), [""; 0]);
    // As printed elsewhere.
    script(&world, "cd wt-uploads; edit tsconfig.json; edit new-file; smuggle").expect(0);
    for (_, command) in ask(&world, "repo", "--agent agent-1").commands("undo it in wt-uploads") {
        script(&world, &format!("cd wt-uploads; {command} >/dev/null")).expect(0);
    }
    assert_eq!(ask(&world, "repo", "--agent agent-1").findings(), [""; 0]);
}
