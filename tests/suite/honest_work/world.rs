//! The world that honest work is done in: the worked example with a server that has the gate too,
//! under a contract that uses most of what a contract can say.

use super::row::Policy;
use crate::gated::{CONTRACT, arm_server, script, under};
use crate::sandbox::{Ran, Sandbox};

/// What the rows use beside the suite's own words. `PUSHER` is who pushes: the dispatcher, unless
/// the row says another.
const PRELUDE: &str = r#"
export PUSHER="${PUSHER:-dana}"
# land LANE..., squash LANE: the dispatcher's landing of lanes by a merge each, or of one by a squash
land() { ( cd repo; for lane; do git merge -q --no-ff --no-edit "agents/$lane"; done ); }
squash() { ( cd repo; git merge -q --squash "agents/$1" >/dev/null; git commit -q -m "squash $1" ); }
# push REF..., by the dispatcher from the main worktree
push() { git -C repo push -q origin "$@"; }
# settled: what the main worktree has is on the server, and the clients know it
settled() { git -C server.git fetch -q ../repo '+refs/heads/*:refs/heads/*'; git -C repo fetch -q --prune origin; }
# on_trunk FILE...: the trunk has gone on by hand, before the gate came, here and on the server
on_trunk() { ( cd repo; for file; do edit "$file" "trunk: $file"; done; smuggle 'the trunk goes on' )
             git -C server.git fetch -q ../repo main:main; git -C repo fetch -q origin; }
# elsewhere COMMAND...: in somebody else's clone, which has no hooks, after it was brought up to date
elsewhere() { if test -d other; then git -C other pull -q; else git clone -q server.git other; fi; ( cd other; eval "$*" ); }
# landed_elsewhere LANE...: somebody else lands lanes, which are pushed, and pushes the trunk
landed_elsewhere() { for lane; do push "agents/$lane"
    elsewhere "git merge -q --no-ff --no-edit origin/agents/$lane; git push -q origin main"; done; }
"#;

/// The contract: the worked example, with an integrator, a change log that everybody adds to and a
/// file that is generated.
pub fn contract(policy: Policy) -> String {
    let shared = "\"CHANGELOG.md\" = { additions-by = [\"agent-1\", \"agent-2\", \"agent-3\"] }\n\
                  \"lock.txt\" = { generated-by = \"make lock.txt\" }\n\
                  \"README.md\" = \"nobody\"\n";
    let text = CONTRACT
        .replace("format = 1\n", "format = 1\nintegrator = \"agent-9\"\n")
        .replace("\"README.md\" = \"nobody\"\n", shared);
    format!(
        "{text}\n[policy]\ntrunk-steps = \"{}\"\nagent-branches = \"agents/**\"\n",
        policy.name()
    )
}

/// `repo` with its three lanes, the gate in it, and `server.git` that holds the trunk alone.
pub fn usual(policy: Policy) -> Sandbox {
    let world = under(&contract(policy));
    let begun = "cd repo; printf '# Changes\\n\\n- begun\\n' >CHANGELOG.md; echo 1 >lock.txt; smuggle more
                 for lane in uploads migrations tests; do unseen -C ../wt-$lane reset -q --hard main; done
                 git clone -q --bare . ../server.git; git -C ../server.git branch -q -D agents/uploads agents/migrations agents/tests
                 git remote add origin ../server.git; git fetch -q origin";
    script(&world, begun).expect(0);
    arm_server(&world, "server.git");
    world
}

/// The same, where the lane before `agents/uploads` has landed, so that this one has its turn.
pub fn at_its_turn(policy: Policy) -> Sandbox {
    let world = usual(policy);
    run(&world, "dana", "migrations; land migrations; push main agents/migrations").expect(0);
    run(&world, "dana", "cd wt-uploads; git merge -q main").expect(0);
    world
}

/// Makes the server tell people apart by the variable `PUSHER`.
pub fn name_people(world: &Sandbox) {
    script(
        world,
        "git config -f server.git/config contractgate.identityEnv PUSHER
         git config -f server.git/config contractgate.dispatcher dana",
    )
    .expect(0);
}

/// Runs a script as the dispatcher would, or as somebody else who pushes.
pub fn run(world: &Sandbox, by: &str, text: &str) -> Ran {
    script(world, &format!("PUSHER={by}; {PRELUDE}\n{text}"))
}
