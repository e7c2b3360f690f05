//! Worlds in which the gate stands, and attempts to get past it.
//!
//! An attempt is a row: a sentence, what is there before, what is tried, how it must end. Both
//! scripts are plain shell with real git, run in the world's top directory, where `repo`, the
//! lanes' worktrees and the server stand beside each other. What is refused may have moved no
//! branch; what a commit or a push was refused may have changed nothing at all.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use crate::sandbox::{Ran, Sandbox, UPLOADS};

/// The worked example, in TOML.
pub const CONTRACT: &str = include_str!("../../fixtures/contracts/valid/worked-example.toml");

/// What every script may use.
const PRELUDE: &str = r#"
set -e
# edit FILE [LINE]: adds a line to a file, which may be new
edit() { case $1 in */*) mkdir -p "${1%/*}" ;; esac; echo "${2:-an edit}" >>"$1"; }
# save [MESSAGE]: commits everything that is in the worktree
save() { git add -A; git commit -q -m "${1:-work}"; }
# unseen ...: git where there is no gate, as in somebody's other clone
unseen() { git -c core.hooksPath=/nowhere "$@"; }
# smuggle [MESSAGE]: commits everything, past the gate
smuggle() { git add -A; unseen commit -q --no-verify --allow-empty -m "${1:-smuggled}"; }
# lane NAME FILE...: honest work in one lane's worktree
lane() { ( cd "wt-$1"; shift; for file; do edit "$file" "work on $file"; done; save "work on $*" ); }
# migrations, uploads, tests: honest work in each lane
migrations() { lane migrations src/db/schema.ts src/db/migrations/0002_uploads.sql; }
uploads() { lane uploads src/api/uploads/create.ts; }
tests() { lane tests tests/uploads/create.test.ts; }
"#;

/// The worked example with its three lanes, and the gate in the repository.
pub fn uploads() -> Sandbox {
    under(CONTRACT)
}

/// The files and lanes of the worked example under another contract.
pub fn under(contract: &str) -> Sandbox {
    fill(Sandbox::new(), contract)
}

/// The files, the lanes and the gate, in the empty repository of a world.
pub fn fill(world: Sandbox, contract: &str) -> Sandbox {
    for (file, content) in UPLOADS {
        world.write(format!("repo/{file}"), content);
    }
    world.write("repo/contract.toml", contract);
    world.commit("repo", "the contract and what is there");
    for lane in ["uploads", "migrations", "tests"] {
        world.worktree(&format!("wt-{lane}"), &format!("agents/{lane}"));
    }
    arm(&world, "repo");
    world
}

/// The worked example with the gate in the repository and a bare server that has none.
pub fn beside_a_server() -> Sandbox {
    let world = uploads();
    serve(&world);
    world
}

/// Makes a server that holds the trunk alone: no lane has been pushed yet.
fn serve(world: &Sandbox) {
    world.server("server.git");
    let lanes = ["agents/uploads", "agents/migrations", "agents/tests"];
    world.call("server.git", "git").args(["branch", "-q", "-D"]).args(lanes).run().expect(0);
    world.git("repo", &["fetch", "-q", "--prune", "origin"]);
}

/// The worked example with a bare server, and the gate on the server alone: nothing on the client
/// stands in the way of what is pushed.
pub fn served() -> Sandbox {
    served_under(CONTRACT)
}

/// The same under another contract.
pub fn served_under(contract: &str) -> Sandbox {
    serve_alone(under(contract))
}

/// Puts a server behind a world, and the gate on the server alone.
pub fn serve_alone(world: Sandbox) -> Sandbox {
    world.git("repo", &["config", "core.hooksPath", "/nowhere"]);
    serve(&world);
    arm_server(&world, "server.git");
    world
}

/// Puts the gate's hooks into a repository.
pub fn arm(world: &Sandbox, directory: &str) {
    let hooks = ["pre-commit", "pre-merge-commit", "reference-transaction", "pre-push"];
    put_hooks(world, directory, &hooks);
}

/// Puts the gate's hook into a bare repository.
pub fn arm_server(world: &Sandbox, directory: &str) {
    put_hooks(world, directory, &["pre-receive"]);
}

fn put_hooks(world: &Sandbox, directory: &str, hooks: &[&str]) {
    world.git(directory, &["config", "contractgate.trunk", "main"]);
    let place = world.git(directory, &["rev-parse", "--git-path", "hooks"]).line();
    let place = world.path(directory).join(place);
    fs::create_dir_all(&place).unwrap();
    for hook in hooks {
        // The name under which it is called is the hook's, by a link of either kind.
        std::os::unix::fs::symlink(Sandbox::gate_program(), place.join(hook)).unwrap();
    }
}

/// One row: somebody tries something, and it must end in one way.
pub struct Attempt {
    name: &'static str,
    given: String,
    tried: String,
    ends: Ends,
    says: Vec<&'static str>,
    then: String,
}

/// How an attempt must end.
#[derive(Clone, Copy)]
enum Ends {
    Well,
    Warned { rule: &'static str },
    Refused { by: &'static str, code: &'static str },
}

/// Begins a row, by the sentence that it is about.
pub fn attempt(name: &'static str) -> Attempt {
    let none = String::new;
    Attempt { name, given: none(), tried: none(), ends: Ends::Well, says: vec![], then: none() }
}

impl Attempt {
    /// What is there before. It must succeed.
    pub fn given(mut self, script: impl Into<String>) -> Self {
        self.given = script.into();
        self
    }

    /// What is tried.
    pub fn tried(mut self, script: impl Into<String>) -> Self {
        self.tried = script.into();
        self
    }

    /// It passes, and the gate is silent.
    pub fn passes(mut self) -> Self {
        self.ends = Ends::Well;
        self
    }

    /// It passes, with a warning of this rule.
    pub fn warns(mut self, rule: &'static str) -> Self {
        self.ends = Ends::Warned { rule };
        self
    }

    /// It is refused: the hook that says so, and the rule, or the code of what is not known.
    pub fn refused(mut self, by: &'static str, code: &'static str) -> Self {
        self.ends = Ends::Refused { by, code };
        self
    }

    /// The output holds this too.
    pub fn says(mut self, text: &'static str) -> Self {
        self.says.push(text);
        self
    }

    /// What must succeed afterwards: a way back, or a look at what came of it.
    pub fn then(mut self, script: impl Into<String>) -> Self {
        self.then = script.into();
        self
    }

    fn play(&self, world: &Sandbox) -> Result<(), String> {
        let given = script(world, &self.given);
        if given.code != 0 {
            return Err(format!("what is given fails: {given:?}"));
        }
        let before = Standing::of(world);
        let tried = script(world, &self.tried);
        let fault = match self.ends {
            Ends::Well if tried.code != 0 => "it fails",
            Ends::Well if speaks(&tried) => "the gate is not silent",
            Ends::Warned { .. } if tried.code != 0 => "it fails",
            Ends::Warned { rule } if !tried.stderr.contains(&format!("warning[{rule}]")) => {
                "there is no such warning"
            }
            Ends::Refused { .. } if tried.code == 0 => "it passes",
            Ends::Refused { code, .. } if !names(&tried, code) => "the reason is another",
            Ends::Refused { by, .. } if !tried.stderr.contains(&format!(" at {by}")) => {
                "another hook refuses"
            }
            _ if tried.stderr.contains("panicked") => "it panics",
            _ => "",
        };
        if !fault.is_empty() {
            return Err(format!("{fault}: {tried:?}"));
        }
        if let Some(text) = self.says.iter().find(|text| !tried.stderr.contains(**text)) {
            return Err(format!("it does not say {text:?}: {tried:?}"));
        }
        if let Ends::Refused { by, .. } = self.ends
            && let Some(moved) = before.moved(&Standing::of(world), by)
        {
            return Err(format!("it was refused, and {moved}: {tried:?}"));
        }
        let then = script(world, &self.then);
        if then.code != 0 {
            return Err(format!("afterwards: {then:?}\nafter {tried:?}"));
        }
        Ok(())
    }
}

/// Runs a script as a user would, in the world's top directory.
pub fn script(world: &Sandbox, text: &str) -> Ran {
    world.write("home/prelude", PRELUDE);
    let call = world.call(".", "sh").env("GATE", Sandbox::gate_program());
    call.arg("-c").arg(format!(". home/prelude; {text}")).run()
}

/// Plays every row in a world of its own.
#[track_caller]
pub fn play(world: impl FnOnce() -> Sandbox, rows: impl IntoIterator<Item = Attempt>) {
    let model = world();
    play_each(rows, |row| (row.name, row.play(&model.copy())));
}

/// Which of several worlds a row is played in: all; or by turns one of them, where a second run of the tests
/// plays it in the other one.
pub fn by_turns<T>(worlds: &[T], row: usize) -> &[T] {
    match part() {
        Part::Whole => worlds,
        Part::One => &worlds[row % worlds.len()..][..1],
        Part::Other => &worlds[(row + 1) % worlds.len()..][..1],
    }
}

/// How much of the tables is played.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// Each row under each policy.
    Whole,
    /// Each under one of them, by turns.
    One,
    /// Each under the other one, and no more of it than another run leaves open.
    Other,
}

/// What `CONTRACT_GATE_TEST_POLICIES` says: `both`, or `one` or `other`, which together are both.
#[allow(clippy::disallowed_methods, reason = "a test reads how it was called")]
pub fn part() -> Part {
    match std::env::var("CONTRACT_GATE_TEST_POLICIES").as_deref() {
        Ok("one") => Part::One,
        Ok("other") => Part::Other,
        Ok("both" | "") | Err(_) => Part::Whole,
        Ok(other) => panic!("CONTRACT_GATE_TEST_POLICIES: {other:?} is none of both, one, other"),
    }
}

/// Plays rows, each of which has a name; all that fail are told at once.
#[track_caller]
pub fn play_each<R>(
    rows: impl IntoIterator<Item = R>,
    one: impl Fn(R) -> (&'static str, Result<(), String>),
) {
    let failed: Vec<String> = rows
        .into_iter()
        .filter_map(|row| {
            let (name, played) = one(row);
            Some(format!("*** {name}: {}", played.err()?))
        })
        .collect();
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}

/// Whether the gate said anything beside what was tried.
fn speaks(ran: &Ran) -> bool {
    ["error[", "warning[", "undecided[", "denied at", "undecided at"]
        .iter()
        .any(|word| ran.stderr.contains(word))
}

fn names(ran: &Ran, code: &str) -> bool {
    ["error", "undecided"].iter().any(|word| ran.stderr.contains(&format!("{word}[{code}]")))
}

/// What stands where: what a refusal may not change.
struct Standing {
    branches: Vec<String>,
    work: Vec<String>,
    server: BTreeMap<String, Vec<u8>>,
}

impl Standing {
    fn of(world: &Sandbox) -> Self {
        let lines = |directory: &str, arguments: &[&str]| match world.exists(directory) {
            true => world.git(directory, arguments).lines(),
            false => Vec::new(),
        };
        let refs = ["for-each-ref", "refs/heads", "refs/replace"];
        let mut branches = lines("repo", &refs);
        branches.extend(lines("server.git", &["for-each-ref"]));
        let worktrees = ["repo", "wt-uploads", "wt-migrations", "wt-tests"];
        let status = ["status", "--porcelain=v2", "--branch", "--untracked-files=all"];
        let work = worktrees.iter().flat_map(|worktree| lines(worktree, &status)).collect();
        Self { branches, work, server: files(&world.path("server.git/objects")) }
    }

    /// What has changed although it was refused. A ref that is refused leaves what git itself has
    /// done to index and worktree before it asked.
    fn moved(&self, after: &Self, by: &str) -> Option<&'static str> {
        if self.branches != after.branches {
            return Some("a branch has moved");
        }
        if self.server != after.server {
            return Some("the server has kept objects");
        }
        let is_whole = by != "reference-transaction" && by != "pre-merge-commit";
        (is_whole && self.work != after.work).then_some("index or worktree have changed")
    }
}

/// Every file below a directory, with its content.
pub fn files(directory: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    let Ok(entries) = fs::read_dir(directory) else { return found };
    for entry in entries {
        let path = entry.unwrap().path();
        let kind = fs::symlink_metadata(&path).unwrap();
        if kind.is_dir() {
            found.extend(files(&path));
        } else if kind.is_file() {
            found.insert(path.display().to_string(), fs::read(&path).unwrap());
        }
    }
    found
}
