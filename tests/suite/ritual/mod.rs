//! The merge ritual: rehearsed, landed, closed; and killed on the way.

mod apart;
mod at_work;
mod behind;
mod closing;
mod elsewhere;
mod generated;
mod killed;
mod landing;
mod printed;
mod pushing;
mod rebasing;
mod rehearsing;
mod renamed;
mod squashing;
mod submodules;
mod worked_example;

use crate::gated::script;
use crate::sandbox::{Ran, Sandbox};

/// Three lanes, to land in the order database, interface, screens; a suite that is a script in the
/// repository; a file that is generated.
pub const CONTRACT: &str = r#"format = 1
name = "feature/users"
trunk = "main"
integrator = "agent-9"

[agents.agent-1]
branch = "agents/api"
worktree = "wt-api"
scope = ["api/**"]

[agents.agent-2]
branch = "agents/db"
worktree = "wt-db"
scope = ["db/**"]

[agents.agent-3]
branch = "agents/ui"
worktree = "wt-ui"
scope = ["ui/**"]

[shared]
"list.txt" = { generated-by = "ls api db ui > list.txt" }
"suite.sh" = "nobody"

[[merge-order]]
agents = ["agent-2"]
[[merge-order]]
agents = ["agent-1"]
[[merge-order]]
agents = ["agent-3"]

[merge]
suite = "./suite.sh"
timeout = "60s"
"#;

/// Words beside those of `gated`.
pub const WORDS: &str = r#"
# gate ...: the program, from the main worktree
gate() { ( cd "$TOP/repo"; "$GATE" "$@" ); }
# work LANE FILE [LINE]: a commit in a lane
work() { ( cd "$TOP/wt-$1"; edit "$2" "${3:-x}"; save "work on $2" ); }
# all: each lane has work
all() { work db db/new; work api api/new; work ui ui/new; }
# same FILE...: notes what there is, to compare with later
noted() { git -C "$TOP/repo" for-each-ref; git -C "$TOP/repo" worktree list; git -C "$TOP/repo" status --porcelain; ls "$TOP"; }
TOP=$PWD
"#;

/// The world, with the gate in it.
pub fn world() -> Sandbox {
    with(CONTRACT)
}

/// The same under another contract.
pub fn with(contract: &str) -> Sandbox {
    let world = Sandbox::new();
    world.write("repo/contract.toml", contract);
    world.write("repo/suite.sh", "#!/bin/sh\necho testing\n! grep -rl BROKEN api db ui\n");
    world.make_executable("repo/suite.sh");
    play(
        &world,
        "cd repo; mkdir api db ui; echo a >api/a; echo d >db/d; echo u >ui/u; ls api db ui >list.txt
         save begun; \"$GATE\" install >/dev/null; git branch -q agents/api; git branch -q agents/db; git branch -q agents/ui
         for lane in api db ui; do git worktree add -q ../wt-$lane agents/$lane; done",
    )
    .expect(0);
    world
}

/// Plays a script in the world.
pub fn play(world: &Sandbox, text: &str) -> Ran {
    script(world, &format!("{WORDS}\n{text}"))
}

/// What the program prints as JSON, held against its own schema.
pub fn json(world: &Sandbox, document: &str, ran: &Ran) -> serde_json::Value {
    let schema = world.gate("repo", &["schema", document]).expect(0).text();
    let schema: serde_json::Value = serde_json::from_str(&schema).unwrap();
    let value: serde_json::Value = serde_json::from_str(&ran.text()).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let faults: Vec<String> =
        validator.iter_errors(&value).map(|fault| fault.to_string()).collect();
    assert_eq!(faults, [""; 0], "{value:#}");
    value
}
