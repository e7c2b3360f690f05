//! `pre-receive`: the authority. Nothing on the client stands in the way here.

use crate::gated::{CONTRACT, attempt, play, script, served, served_under};
use crate::sandbox::Sandbox;

const HOOK: &str = "pre-receive";

/// A server that tells people apart by the variable `PUSHER`.
fn with_names(contract: &str) -> Sandbox {
    let world = served_under(contract);
    world.git("server.git", &["config", "contractgate.identityEnv", "PUSHER"]);
    world.git("server.git", &["config", "contractgate.dispatcher", "dana"]);
    world.git("server.git", &["config", "--add", "contractgate.dispatcher", "dora"]);
    world
}

#[test]
fn no_lane_brings_what_is_not_its_own() {
    let trespass = "(cd wt-uploads; edit tsconfig.json; save)";
    play(
        served,
        [
            attempt("a new lane with honest work")
                .given("uploads")
                .tried("cd repo; git push -q origin agents/uploads")
                .passes()
                .then("git -C server.git rev-parse -q --verify agents/uploads"),
            attempt("a new lane without new commits")
                .tried("cd repo; git push -q origin agents/uploads")
                .passes(),
            attempt("a new lane with a trespass")
                .given(trespass)
                .tried("cd repo; git push -q origin agents/uploads")
                .refused(HOOK, "shared-frozen"),
            attempt("a trespass whose commits are there already, by a tag")
                .given(format!("{trespass}; git -C repo push -q origin agents/uploads:refs/tags/t"))
                .tried("cd repo; git push -q origin agents/uploads")
                .refused(HOOK, "shared-frozen"),
            attempt("a trespass whose commits are there already, by a branch in no lane")
                .given(format!("{trespass}; git -C repo push -q origin agents/uploads:idea"))
                .tried("cd repo; git push -q origin agents/uploads")
                .refused(HOOK, "shared-frozen"),
            attempt("a trespass upon honest work that is there")
                .given(format!("uploads; git -C repo push -q origin agents/uploads; {trespass}"))
                .tried("cd repo; git push -q origin agents/uploads")
                .refused(HOOK, "shared-frozen"),
            attempt("honest work upon a trespass that is there from before the gate")
                .given(format!(
                    "{trespass}; mv server.git/hooks/pre-receive kept; git -C repo push -q origin agents/uploads
                     mv kept server.git/hooks/pre-receive; uploads"
                ))
                .tried("cd repo; git push -q origin agents/uploads")
                .refused(HOOK, "shared-frozen"),
            attempt("a force push that brings a trespass")
                .given("uploads; git -C repo push -q origin agents/uploads; cd wt-uploads; edit tsconfig.json
                        git add -A; git commit -q --amend -m x")
                .tried("cd repo; git push -q --force origin agents/uploads")
                .refused(HOOK, "shared-frozen"),
            attempt("a force push that takes a lane back")
                .given("uploads; git -C repo push -q origin agents/uploads")
                .tried("cd repo; git push -q --force origin main:agents/uploads")
                .passes(),
            attempt("the contract changed on a lane")
                .given("cd wt-uploads; edit contract.toml '# mine'; save")
                .tried("cd repo; git push -q origin agents/uploads")
                .refused(HOOK, "contract-protected"),
            attempt("several refs, of which one is refused")
                .given(format!("{trespass}; tests"))
                .tried("cd repo; git push -q origin agents/tests agents/uploads main:idea")
                .refused(HOOK, "shared-frozen"),
            attempt("several refs in one transaction, of which one is refused")
                .given(format!("{trespass}; tests"))
                .tried("cd repo; git push -q --atomic origin agents/tests agents/uploads main:idea")
                .refused(HOOK, "shared-frozen"),
            attempt("a lane that carries one which has not landed")
                .given("migrations; uploads; (cd wt-uploads; git merge -q --no-edit agents/migrations)")
                .tried("cd repo; git push -q origin agents/migrations agents/uploads")
                .refused(HOOK, "carries-unlanded"),
            attempt("a tag on a lane's commit")
                .given("tests; git -C repo tag -a -m t t agents/tests")
                .tried("cd repo; git push -q origin t")
                .passes(),
            attempt("a note, and a ref of no kind")
                .given("cd repo; git notes add -m n")
                .tried("cd repo; git push -q origin refs/notes/commits main:refs/changes/1")
                .passes(),
            attempt("a replacement")
                .given("cd repo; git replace main $(git commit-tree -m x main^{tree})")
                .tried("cd repo; git push -q origin 'refs/replace/*'")
                .refused(HOOK, "replace-ref"),
            attempt("a branch in no lane")
                .given("cd repo; git checkout -q -b idea; edit tsconfig.json; save")
                .tried("cd repo; git push -q origin idea")
                .passes(),
            attempt("a branch of the server that leads to a lane")
                .given(format!(
                    "{trespass}; git -C repo push -q origin main:agents/uploads
                     git -C server.git symbolic-ref refs/heads/alias refs/heads/agents/uploads"
                ))
                .tried("cd repo; git push -q origin agents/uploads:alias")
                .refused(HOOK, "shared-frozen"),
            attempt("a ref outside refs/heads that leads to a lane")
                .given(format!(
                    "{trespass}; git -C repo push -q origin main:agents/uploads
                     git -C server.git symbolic-ref refs/side/alias refs/heads/agents/uploads"
                ))
                .tried("cd repo; git push -q origin agents/uploads:refs/side/alias")
                .refused(HOOK, "shared-frozen"),
        ],
    );
}

#[test]
fn the_trunk_takes_lanes_in_order_alone() {
    let merge = "git merge -q --no-ff --no-edit";
    play(
        served,
        [
            attempt("the lanes in order, in one push")
                .given(format!(
                    "migrations; uploads; tests; cd repo; for lane in migrations uploads tests; do {merge} agents/$lane; done"
                ))
                .tried("cd repo; git push -q origin main")
                .passes(),
            attempt("the lanes in order, one push each, with their branches")
                .given("migrations; uploads; tests")
                .tried(format!(
                    "cd repo; for lane in migrations uploads tests; do {merge} agents/$lane
                     git push -q origin main agents/$lane; git push -q origin :agents/$lane; done"
                ))
                .passes(),
            attempt("the last lane first, known to the server by its branch")
                .given(format!("tests; cd repo; git push -q origin agents/tests; {merge} agents/tests"))
                .tried("cd repo; git push -q origin main")
                .refused(HOOK, "merge-order"),
            attempt("the last lane first, together with its branch")
                .given(format!("tests; cd repo; {merge} agents/tests"))
                .tried("cd repo; git push -q origin main agents/tests")
                .refused(HOOK, "merge-order"),
            attempt("the last lane first, merged from a branch that the server never saw")
                .given(format!("tests; cd repo; {merge} agents/tests"))
                .tried("cd repo; git push -q origin main")
                .refused(HOOK, "merge-order"),
            attempt("the last lane first, squashed")
                .given(
                    "tests; cd repo; git push -q origin agents/tests
                     git merge -q --squash agents/tests >/dev/null; git commit -qm squashed",
                )
                .tried("cd repo; git push -q origin main")
                .refused(HOOK, "merge-order"),
            attempt("the last lane first, as the trunk itself")
                .given("tests; git -C repo push -q origin agents/tests")
                .tried("cd repo; git push -q origin agents/tests:main")
                .refused(HOOK, "merge-order"),
            attempt("the last lane first, with the trunk as what is merged")
                .given(
                    "tests; (cd repo; edit README.md; save; git push -q origin main agents/tests)
                     cd wt-tests; git merge -q --no-ff --no-edit main",
                )
                .tried("cd wt-tests; git push -q origin HEAD:main")
                .refused(HOOK, "merge-order"),
            attempt("the last lane first, below a fresh commit of the trunk's own")
                .given(format!(
                    "tests; cd repo; git push -q origin agents/tests; {merge} agents/tests; edit README.md; save"
                ))
                .tried("cd repo; git push -q origin main")
                .refused(HOOK, "merge-order"),
            attempt("the last lane first, reverted by the next step of the same push")
                .given(format!(
                    "tests; cd repo; git push -q origin agents/tests; {merge} agents/tests
                     git revert -m 1 --no-edit HEAD >/dev/null"
                ))
                .tried("cd repo; git push -q origin main")
                .refused(HOOK, "merge-order"),
            attempt("the last lane first, and its branch is deleted in the same push")
                .given(format!("tests; cd repo; git push -q origin agents/tests; {merge} agents/tests"))
                .tried("cd repo; git push -q origin main :agents/tests")
                .refused(HOOK, "merge-order"),
            attempt("a lane with a trespass is landed")
                .given(format!("(cd wt-migrations; edit src/db/schema.ts; edit tsconfig.json; save); cd repo; {merge} agents/migrations"))
                .tried("cd repo; git push -q origin main agents/migrations")
                .refused(HOOK, "shared-frozen"),
            attempt("the trunk is rewound")
                .given("cd repo; edit README.md; save; git push -q origin main; git reset -q --hard HEAD~1")
                .tried("cd repo; git push -q --force origin main")
                .refused(HOOK, "trunk-rewound"),
            attempt("the trunk is replaced by another history")
                .given("cd repo; git checkout -q --orphan fresh; git commit -qm fresh")
                .tried("cd repo; git push -q --force origin fresh:main")
                .refused(HOOK, "trunk-rewound"),
            attempt("the trunk is deleted")
                .given("git -C server.git symbolic-ref HEAD refs/heads/other")
                .tried("cd repo; git push -q origin :main")
                .refused(HOOK, "trunk-rewound"),
            attempt("a landed step is reverted")
                .given(format!("migrations; cd repo; {merge} agents/migrations; git push -q origin main; git revert -m 1 --no-edit HEAD >/dev/null"))
                .tried("cd repo; git push -q origin main")
                .passes(),
            attempt("a lane is deleted that has not landed")
                .given("uploads; git -C repo push -q origin agents/uploads")
                .tried("cd repo; git push -q origin :agents/uploads")
                .refused(HOOK, "lane-deleted"),
            attempt("a lane is deleted that has landed")
                .given(format!("migrations; cd repo; git push -q origin agents/migrations; {merge} agents/migrations; git push -q origin main"))
                .tried("cd repo; git push -q origin :agents/migrations")
                .passes(),
            attempt("a lane is landed and deleted by one push")
                .given(format!("migrations; cd repo; git push -q origin agents/migrations; {merge} agents/migrations"))
                .tried("cd repo; git push -q origin main :agents/migrations")
                .refused(HOOK, "lane-deleted")
                .says("git push origin :agents/migrations")
                .then("cd repo; git push -q origin main; git push -q origin :agents/migrations"),
            attempt("the trunk is pushed with the deletion of a lane that landed before")
                .given(format!(
                    "migrations; cd repo; git push -q origin agents/migrations; {merge} agents/migrations
                     git push -q origin main; cd ..; uploads; cd repo; {merge} agents/uploads"
                ))
                .tried("cd repo; git push -q origin main :agents/migrations")
                .passes(),
            attempt("a branch is deleted that is not there")
                .tried("cd repo; git push -q origin :refs/heads/agents/uploads")
                .passes(),
            attempt("the contract is amended alone")
                .given("cd repo; sed -i 's/^format = 1/format = 1\\nversion = 2/' contract.toml; git commit -qam v2")
                .tried("cd repo; git push -q origin main")
                .passes(),
            attempt("the contract is amended beside something else")
                .given("cd repo; edit contract.toml '# more'; edit README.md; git commit -qam both")
                .tried("cd repo; git push -q origin main")
                .refused(HOOK, "amendment-not-alone"),
            attempt("the contract is broken")
                .given("cd repo; edit contract.toml 'format = 2'; git commit -qam broken")
                .tried("cd repo; git push -q origin main")
                .refused(HOOK, "contract-invalid"),
            attempt("the contract is broken and mended in one push")
                .given("cd repo; edit contract.toml 'format = 2'; git commit -qam broken; git revert --no-edit HEAD >/dev/null")
                .tried("cd repo; git push -q origin main")
                .refused(HOOK, "contract-invalid"),
            attempt("the contract is widened by a lane's landing")
                .given(format!("(cd wt-migrations; edit src/db/schema.ts; edit contract.toml '# mine'; save); cd repo; {merge} agents/migrations"))
                .tried("cd repo; git push -q origin main")
                .refused(HOOK, "amendment-not-alone"),
            attempt("a lane stays behind a new version that concerns it")
                .given(
                    "uploads; cd repo; sed -i 's/^format = 1/format = 1\\nversion = 2/; s/POST/PUT/' contract.toml
                     git commit -qam v2; git push -q origin main",
                )
                .tried("cd repo; git push -q origin agents/uploads")
                .refused(HOOK, "stale-contract"),
            attempt("a lane takes a new version in")
                .given(
                    "uploads; cd repo; sed -i 's/^format = 1/format = 1\\nversion = 2/; s/POST/PUT/' contract.toml
                     git commit -qam v2; git push -q origin main; cd ../wt-uploads; git merge -q --no-edit main",
                )
                .tried("cd repo; git push -q origin agents/uploads")
                .passes(),
        ],
    );
}

#[test]
fn a_client_that_lies_about_old_values_is_not_believed() {
    // `receive-pack` fed by hand: the update names an old value that was never there, so git
    // itself would refuse it later; the hook must not take the lie for a fast-forward.
    let push = r#"
        old=$OLD; new=$(git rev-parse $NEW)
        { printf '%04x%s\0%s' $(( 4 + ${#old} + ${#new} + ${#REF} + 2 + 1 + 14 )) "$old $new $REF" ' report-status'
          printf 0000; git pack-objects --revs --stdout -q <<E
$new
E
        } | git receive-pack ../server.git >../answer
        tr -d '\0' <../answer | grep -q "ok $REF"
    "#;
    let zero = "0000000000000000000000000000000000000000";
    play(
        served,
        [
            attempt("the trunk, said to be new")
                .given("tests; git -C repo push -q origin agents/tests")
                .tried(format!("cd wt-tests; OLD={zero} NEW=agents/tests REF=refs/heads/main; {push}"))
                .refused(HOOK, "merge-order"),
            attempt("the trunk, rewound, said to have been elsewhere")
                .given("cd repo; edit README.md; save; git push -q origin main")
                .tried(format!("cd repo; OLD=$(git rev-parse main~1) NEW=main~1 REF=refs/heads/main; {push}"))
                .refused(HOOK, "trunk-rewound"),
            attempt("an honest lane by the same hand passes")
                .given("uploads")
                .tried(format!("cd wt-uploads; OLD={zero} NEW=agents/uploads REF=refs/heads/agents/uploads; {push}"))
                .passes(),
        ],
    );
}

#[test]
fn people_are_told_apart_where_the_server_knows_them() {
    let merge = "git merge -q --no-ff --no-edit";
    play(
        || with_names(CONTRACT),
        [
            attempt("nobody has said who pushes")
                .given("uploads")
                .tried("cd repo; git push -q origin agents/uploads")
                .refused(HOOK, "pusher-unknown"),
            attempt("the name is empty")
                .given("uploads")
                .tried("cd repo; PUSHER= git push -q origin agents/uploads")
                .refused(HOOK, "pusher-unknown"),
            attempt("an agent moves its own lane")
                .given("uploads")
                .tried("cd repo; PUSHER=agent-1 git push -q origin agents/uploads")
                .passes(),
            attempt("an agent moves another's lane")
                .given("uploads")
                .tried("cd repo; PUSHER=agent-2 git push -q origin agents/uploads")
                .refused(HOOK, "foreign-branch"),
            attempt("an agent pushes a branch in no lane")
                .given("uploads")
                .tried("cd repo; PUSHER=agent-1 git push -q origin agents/uploads:spike")
                .refused(HOOK, "unlisted-branch"),
            attempt("a stranger moves a lane")
                .given("uploads")
                .tried("cd repo; PUSHER=mallory git push -q origin agents/uploads")
                .refused(HOOK, "foreign-branch"),
            attempt("a stranger moves the trunk")
                .given("cd repo; edit src/index.ts; save")
                .tried("cd repo; PUSHER=mallory git push -q origin main")
                .refused(HOOK, "trunk-direct"),
            attempt("a stranger pushes a branch in no lane")
                .tried("cd repo; PUSHER=mallory git push -q origin main:idea")
                .passes(),
            attempt("a name full of terminal escapes")
                .given("cd repo; edit src/index.ts; save")
                .tried("cd repo; PUSHER=$(printf 'm\\033[31mallory') git push -q origin main")
                .refused(HOOK, "trunk-direct"),
            attempt("an agent lands its own lane")
                .given(format!("migrations; cd repo; {merge} agents/migrations"))
                .tried("cd repo; PUSHER=agent-2 git push -q origin main agents/migrations")
                .passes(),
            attempt("an agent lands another's lane")
                .given(format!("migrations; cd repo; {merge} agents/migrations"))
                .tried("cd repo; PUSHER=agent-1 git push -q origin main")
                .refused(HOOK, "trunk-direct"),
            attempt("an agent amends the contract")
                .given("cd repo; edit contract.toml '# more'; save")
                .tried("cd repo; PUSHER=agent-1 git push -q origin main")
                .refused(HOOK, "contract-protected"),
            attempt("an agent's other step of the trunk")
                .given("cd repo; edit src/index.ts; save")
                .tried("cd repo; PUSHER=agent-1 git push -q origin main")
                .refused(HOOK, "trunk-direct"),
            attempt("a dispatcher amends the contract")
                .given("cd repo; edit contract.toml '# more'; save")
                .tried("cd repo; PUSHER=dora git push -q origin main")
                .passes(),
            attempt("a dispatcher keeps the order too")
                .given(format!("tests; cd repo; {merge} agents/tests"))
                .tried("cd repo; PUSHER=dana git push -q origin main")
                .refused(HOOK, "merge-order"),
            attempt("a dispatcher moves a lane")
                .given("uploads")
                .tried("cd repo; PUSHER=dana git push -q origin agents/uploads")
                .passes(),
        ],
    );
    let named = CONTRACT.replace("[agents.agent-1]\n", "[agents.agent-1]\nidentity = \"bot-7\"\n");
    play(
        || with_names(&named),
        [
            attempt("an agent's own identity")
                .given("uploads")
                .tried("cd repo; PUSHER=bot-7 git push -q origin agents/uploads")
                .passes(),
            attempt("an agent's name is not its identity here")
                .given("uploads")
                .tried("cd repo; PUSHER=agent-1 git push -q origin agents/uploads")
                .refused(HOOK, "foreign-branch"),
        ],
    );
}

#[test]
fn landings_only_takes_landings_reverts_and_amendments() {
    let contract = format!("{CONTRACT}\n[policy]\ntrunk-steps = \"landings-only\"\n");
    let merge = "git merge -q --no-ff --no-edit";
    play(
        || served_under(&contract),
        [
            attempt("a landing")
                .given(format!("migrations; cd repo; {merge} agents/migrations"))
                .tried("cd repo; git push -q origin main")
                .passes(),
            attempt("a squash landing, with the lane's branch")
                .given("migrations; cd repo; git merge -q --squash agents/migrations >/dev/null; git commit -qm s")
                .tried("cd repo; git push -q origin main agents/migrations")
                .passes(),
            attempt("a landing, and its exact revert")
                .given(format!("migrations; cd repo; {merge} agents/migrations; git revert -m 1 --no-edit HEAD >/dev/null"))
                .tried("cd repo; git push -q origin main")
                .passes(),
            attempt("an amendment")
                .given("cd repo; edit contract.toml '# more'; save")
                .tried("cd repo; git push -q origin main")
                .passes(),
            attempt("a fix in nobody's paths")
                .given("cd repo; edit src/index.ts; save")
                .tried("cd repo; git push -q origin main")
                .refused(HOOK, "trunk-direct"),
            attempt("a fix in an unlanded lane's paths")
                .given("cd repo; git push -q origin agents/uploads; edit src/api/uploads/README.md; save")
                .tried("cd repo; git push -q origin main")
                .refused(HOOK, "trunk-direct"),
            attempt("a landing with something beside it")
                .given(format!("migrations; cd repo; {merge} --no-commit agents/migrations; edit src/index.ts; save"))
                .tried("cd repo; git push -q origin main")
                .refused(HOOK, "trunk-direct"),
            attempt("a landing of two lanes by one octopus")
                .given(format!("migrations; uploads; cd repo; {merge} agents/migrations agents/uploads"))
                .tried("cd repo; git push -q origin main")
                .passes(),
            attempt("an empty commit")
                .given("cd repo; git commit -q --allow-empty -m empty")
                .tried("cd repo; git push -q origin main")
                .passes(),
            attempt("anything, when every lane has landed")
                .given(format!(
                    "migrations; uploads; tests; cd repo; for lane in migrations uploads tests; do {merge} agents/$lane; done
                     git push -q origin main agents/migrations agents/uploads agents/tests; edit src/index.ts; save"
                ))
                .tried("cd repo; git push -q origin main")
                .passes(),
        ],
    );
}

#[test]
fn a_withdrawn_lane_is_copied_and_brings_nothing() {
    let withdrawn = CONTRACT.replace("[agents.agent-2]\n", "[agents.agent-2]\nwithdrawn = true\n");
    play(
        || with_names(&withdrawn),
        [
            attempt("its branch, made by the dispatcher where the trunk is")
                .tried("cd repo; PUSHER=dana git push -q origin agents/migrations")
                .passes(),
            attempt("by its agent")
                .tried("cd repo; PUSHER=agent-2 git push -q origin agents/migrations")
                .refused(HOOK, "withdrawn"),
            attempt("by another agent")
                .tried("cd repo; PUSHER=agent-1 git push -q origin agents/migrations")
                .refused(HOOK, "foreign-branch"),
            attempt("made there, and gone on with")
                .given(
                    "cd repo; PUSHER=dana git push -q origin agents/migrations; cd ..; migrations",
                )
                .tried("cd repo; PUSHER=dana git push -q origin agents/migrations")
                .refused(HOOK, "withdrawn"),
            attempt("made with its work")
                .given("migrations")
                .tried("cd repo; PUSHER=dana git push -q origin agents/migrations")
                .refused(HOOK, "withdrawn")
                .says("to push the others: name them, without agents/migrations"),
        ],
    );
}

#[test]
fn a_withdrawn_lane_that_lands_in_another_is_not_told_to_undo_it() {
    play(
        served,
        [attempt("its work, merged into the lane that takes its paths over")
            .given(
                "migrations; cd repo; git push -q origin agents/migrations
                 sed -i 's/^\\[agents.agent-2\\]/[agents.agent-2]\\nwithdrawn = true/; s,src/db/migrations,src/old,' contract.toml
                 save withdrawn; git push -q origin main; git merge -q --no-ff --no-edit agents/migrations",
            )
            .tried("cd repo; git push -q origin main")
            .refused(HOOK, "withdrawn")
            .says("leave it out of what lands: a withdrawn lane takes no commit that undoes it")
            .says("if another lane has taken its work over: push that lane's branch too")],
    );
}

#[test]
fn a_name_in_another_case_is_the_branch_that_a_disk_without_case_makes_of_it() {
    let ignorant =
        "git -C server.git config core.ignoreCase true; git -C server.git pack-refs --all";
    let served = || with_names(CONTRACT);
    let dana = "PUSHER=dana; export PUSHER";
    play(
        served,
        [
            attempt("the trunk, set back by a mere name")
                .given(format!("uploads; (cd repo; git commit -q --allow-empty -m more; {dana}; git push -q origin main); {ignorant}"))
                .tried("cd wt-uploads; PUSHER=agent-1 git push -q origin main~1:refs/heads/MAIN")
                .refused(HOOK, "trunk-rewound"),
            attempt("the trunk, by what only a human may bring")
                .given(format!("(cd repo; edit tsconfig.json; smuggle); {ignorant}"))
                .tried("cd wt-uploads; PUSHER=agent-1 git push -q --no-verify origin main:refs/heads/Main")
                .refused(HOOK, "trunk-direct"),
            attempt("another's lane")
                .given(format!("uploads; (cd repo; {dana}; git push -q origin agents/uploads); {ignorant}"))
                .tried("cd wt-tests; PUSHER=agent-3 git push -q origin main:refs/heads/Agents/uploads")
                .refused(HOOK, "foreign-branch"),
            attempt("the trunk, below the directory of all branches in another case")
                .given(format!("uploads; (cd repo; git commit -q --allow-empty -m more; {dana}; git push -q origin main); {ignorant}"))
                .tried("cd wt-uploads; PUSHER=agent-1 git push -q origin main~1:refs/HEADS/main")
                .refused(HOOK, "trunk-rewound"),
            attempt("a directory in the way of the trunk")
                .given(ignorant)
                .tried("cd wt-uploads; PUSHER=agent-1 git push -q origin main:refs/heads/MAIN/x")
                .refused(HOOK, "unlisted-branch"),
            attempt("a replacement")
                .given(ignorant)
                .tried("cd wt-uploads; PUSHER=agent-1 git push -q origin main:refs/Replace/$(git rev-parse HEAD)")
                .refused(HOOK, "replace-ref"),
            attempt("where the disk knows it, it is a branch in no lane")
                .given("uploads; (cd repo; PUSHER=dana git push -q origin agents/uploads); git -C server.git config core.ignoreCase false")
                .tried("cd repo; PUSHER=dana git push -q origin agents/uploads:refs/heads/Agents/idea main:refs/heads/MAIN")
                .passes(),
            attempt("a name of one's own passes, whatever the disk")
                .given(format!("uploads; {ignorant}"))
                .tried("cd wt-uploads; PUSHER=agent-1 git push -q origin agents/uploads; cd ../repo; PUSHER=dana git push -q origin main:refs/heads/release/1.0")
                .passes(),
        ],
    );
}

#[test]
fn observing_reports_and_refuses_nothing() {
    let world = served();
    world.git("server.git", &["config", "contractgate.mode", "observe"]);
    let pushed = script(
        &world,
        "(cd wt-uploads; edit tsconfig.json; save); git -C repo push -q origin agents/uploads",
    );
    pushed.expect(0).says("error[shared-frozen]").says("would be denied at pre-receive");
}

#[test]
fn a_waiver_lets_a_lane_carry_what_the_other_lane_may_do() {
    let waived = format!(
        "{CONTRACT}\n[[waivers]]\nrule = \"carries-unlanded\"\nagent = \"agent-1\"\nbecause = \"x\"\n"
    );
    let carrying = "migrations; git -C repo push -q origin agents/migrations
                    cd wt-uploads; git merge -q --no-ff --no-edit agents/migrations; cd ..; uploads";
    play(
        || served_under(&waived),
        [
            attempt("another lane's own work comes along")
                .given(carrying)
                .tried("cd repo; git push -q origin agents/uploads")
                .warns("carries-unlanded"),
            attempt("another lane's own work comes along, and is changed on the way")
                .given(format!("{carrying}; cd wt-uploads; edit src/db/schema.ts; save"))
                .tried("cd repo; git push -q origin agents/uploads")
                .refused(HOOK, "shared-owned"),
        ],
    );
}
