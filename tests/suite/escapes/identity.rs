//! Who pushes, and who says so.

use super::Verdict::Taken;
use super::{Row, refused, row, stops, theme};

theme!(
    "Identities",
    "Somebody is not who they say, or says nothing. A server that tells nobody apart lets whoever \
     may push be anybody: scope, shared paths and the order hold there, and no more.",
    [who_moves_a_lane, who_moves_the_trunk]
);

/// Nothing is on the servers.
const EMPTY: &str = "for server in anonymous named; do cd $TOP/$server.git
    git for-each-ref --format='delete %(refname)' | git update-ref --stdin; done; cd $TOP";

/// Work in a lane, pushed by another agent, where the server's identities stand in a file of their own.
fn by_another(name: &'static str, before: &str, condition: &str) -> Row {
    row(name)
        .given(format!(
            "uploads; cd named.git; {before}; git config --unset contractgate.identityEnv; git config --unset contractgate.dispatcher
             printf '[contractgate]\\nidentityEnv = PUSHER\\ndispatcher = dana\\n' >../identities
             git config \"includeIf.{condition}.path\" $TOP/identities"
        ))
        .pushes("agents/uploads")
        .by("agent-2")
        .named(refused("foreign-branch"), refused("foreign-branch"))
        .note("Without identities whoever may push may push to any lane, within its scope.")
}

fn who_moves_a_lane() -> Vec<Row> {
    vec![
        row("Honest work, pushed by another agent")
            .given("uploads")
            .pushes("agents/uploads")
            .by("agent-2")
            .named(refused("foreign-branch"), refused("foreign-branch"))
            .note("Without identities whoever may push may push to any lane, within its scope."),
        row("Honest work, pushed by a name that nobody knows")
            .given("uploads")
            .pushes("agents/uploads")
            .by("mallory")
            .named(refused("foreign-branch"), refused("foreign-branch"))
            .note("Without identities there is no name to know."),
        row("Honest work, pushed under an empty name")
            .given("uploads")
            .pushes("agents/uploads")
            .by("")
            .named(refused("pusher-unknown"), refused("pusher-unknown"))
            .note("Without identities there is no name to be empty."),
        row("Honest work, pushed by its agent's name with a space after it")
            .given("uploads")
            .pushes("agents/uploads")
            .by("agent-1 ")
            .named(refused("foreign-branch"), refused("foreign-branch"))
            .note("Without identities there is no name to misspell."),
        row("Honest work, pushed by its agent's name in capitals")
            .given("uploads")
            .pushes("agents/uploads")
            .by("AGENT-1")
            .named(refused("foreign-branch"), refused("foreign-branch"))
            .note("Without identities there is no name to misspell."),
        by_another("Honest work, pushed by another agent, where identities are included for the address of a remote", "git config remote.o.url https://example.org/x", "hasconfig:remote.*.url:https://example.org/**"),
        by_another("Honest work, pushed by another agent, where identities are included for the server's directory", ":", "gitdir:$TOP/named.git/"),
        row("A trespass, pushed by the dispatcher")
            .tried("cd wt-uploads; edit tsconfig.json; smuggle")
            .client(stops("pre-push", "shared-frozen"))
            .pushes("agents/uploads")
            .by("dana")
            .server(refused("shared-frozen")),
        row("The integrator brings another's landed lane up to the trunk, and adds a commit of its own")
            .given(
                "(cd repo; sed -i '2a integrator = \"agent-9\"' contract.toml; smuggle); publish main
                 migrations; land migrations; publish agents/migrations main",
            )
            .tried("cd wt-migrations; unseen merge -q --ff-only main; edit CHANGELOG.md; edit pnpm-lock.yaml; save")
            .pushes("agents/migrations")
            .by("agent-9")
            .named(refused("foreign-branch"), refused("foreign-branch"))
            .note("Without identities whoever may push may push to any lane, within its scope."),
        row("The same by two commits, of which the second takes the first back")
            .given(
                "(cd repo; sed -i '2a integrator = \"agent-9\"' contract.toml; smuggle); publish main
                 migrations; land migrations; publish agents/migrations main",
            )
            .tried(
                "cd wt-migrations; unseen merge -q --ff-only main; edit tsconfig.json; smuggle
                 git checkout -q main -- tsconfig.json; smuggle",
            )
            .pushes("agents/migrations")
            .by("agent-9")
            .named(refused("foreign-branch"), refused("foreign-branch"))
            .note("Without identities whoever may push may push to any lane, and what it has undone is gone."),
        row("The integrator brings the trunk into another's lane that has more to land, and keeps nothing of that")
            .given(
                "(cd repo; sed -i '2a integrator = \"agent-9\"' contract.toml; smuggle); publish main
                 migrations; land migrations; publish agents/migrations main; lane migrations src/db/migrations/9.sql; publish agents/migrations",
            )
            .tried("cd wt-migrations; unseen merge -q --no-ff --no-commit main; unseen reset -q --hard $(git commit-tree main^{tree} -p HEAD -p main -m merged)")
            .pushes("agents/migrations")
            .by("agent-9")
            .named(refused("foreign-branch"), refused("foreign-branch"))
            .note("Without identities whoever may push may push to any lane, and what it has undone is gone."),
        row("The integrator lands another's lane, with a commit of its own above it")
            .given(
                "(cd repo; sed -i '2a integrator = \"agent-9\"' contract.toml; smuggle); publish main
                 migrations; publish agents/migrations",
            )
            .tried("cd repo; git checkout -q -b more agents/migrations; edit src/db/schema.ts; smuggle; git checkout -q main; git merge -q --no-ff --no-edit more")
            .pushes("main")
            .by("agent-9")
            .note("Whose a commit is, its paths say: it is judged, and lands, as the lane's. Who may land every lane can land this, too."),
        row("`CONTRACT_GATE_AGENT` names another agent")
            .tried("cd wt-uploads; edit src/db/schema.ts; CONTRACT_GATE_AGENT=agent-2 git commit -qam x")
            .client(stops("pre-commit", "identity-conflict"))
            .pushes("agents/uploads")
            .server(refused("shared-owned")),
    ]
}

fn who_moves_the_trunk() -> Vec<Row> {
    vec![
        row("The contract is amended, by an agent")
            .tried("cd repo; edit contract.toml '# more'; save")
            .pushes("main")
            .named(refused("contract-protected"), refused("contract-protected"))
            .note("Without identities an amendment is anybody's who may push the trunk."),
        row("The contract is amended, by somebody whom it does not know")
            .tried("cd repo; edit contract.toml '# more'; save")
            .pushes("main")
            .by("mallory")
            .named(refused("trunk-direct"), refused("trunk-direct"))
            .note("Without identities an amendment is anybody's who may push the trunk."),
        row("The contract is amended, by the dispatcher's name in other letters")
            .tried("cd repo; edit contract.toml '# more'; save")
            .pushes("main")
            .by("Dana")
            .named(refused("trunk-direct"), refused("trunk-direct"))
            .note("Without identities an amendment is anybody's who may push the trunk."),
        row("The first contract is brought to an empty server, by somebody whom it does not know")
            .given(EMPTY)
            .pushes("main")
            .by("mallory")
            .named(refused("trunk-direct"), refused("trunk-direct"))
            .note("Without identities the first contract is anybody's who may push the trunk."),
        row("The same, after a ref of the trunk's name that is no branch")
            .given(format!("{EMPTY}; publish main:refs/remotes/main"))
            .pushes("main")
            .by("mallory")
            .named(refused("trunk-direct"), refused("trunk-direct"))
            .note("Without identities the first contract is anybody's who may push the trunk."),
        row("An agent makes itself the integrator, by an amendment")
            .tried("cd repo; sed -i '2a integrator = \"agent-1\"' contract.toml; save")
            .pushes("main")
            .named(refused("contract-protected"), refused("contract-protected"))
            .note("Without identities an amendment is anybody's who may push the trunk."),
        row("Two agents have one identity, by an amendment of the dispatcher")
            .tried("cd repo; sed -i 's/^\\[agents.agent-2\\]/&\\nidentity = \"agent-1\"/' contract.toml; save")
            .client(stops("pre-commit", "contract-invalid"))
            .pushes("main")
            .by("dana")
            .server(refused("contract-invalid")),
        row("A fix in nobody's paths, on the trunk, by an agent")
            .tried("cd repo; edit src/auth/session.ts; save")
            .client_landings_only(stops("pre-commit", "trunk-direct"))
            .pushes("main")
            .anonymous(Taken, refused("trunk-direct"))
            .named(refused("trunk-direct"), refused("trunk-direct"))
            .note("Under `open` a human may change anything on the trunk: hotfixes need it."),
    ]
}
