//! The gate, asked by hand: `check --format json`, held to its schema.
//!
//! Whatever the answer is, the exit status is the verdict's, and nothing anywhere in the world has
//! been written.

use serde_json::Value;

use crate::gated::{files, play_each, script};
use crate::sandbox::Sandbox;

/// What `check` said.
pub struct Answer {
    /// The whole document.
    pub document: Value,
}

/// Asks in one directory, with further arguments.
#[track_caller]
pub fn ask(world: &Sandbox, directory: &str, arguments: &str) -> Answer {
    let before = files(&world.path("."));
    let call = format!("cd {directory}; \"$GATE\" check --format json {arguments}");
    let ran = script(world, &call);
    assert!(before == files(&world.path(".")), "check has written something: {ran:?}");
    let document: Value = serde_json::from_slice(&ran.stdout)
        .unwrap_or_else(|error| panic!("no document ({error}): {ran:?}"));
    let status = match document["verdict"].as_str() {
        Some("allowed") => 0,
        Some("denied") => 1,
        Some("undecided") => 2,
        _ => panic!("no verdict: {ran:?}"),
    };
    assert_eq!(ran.code, status, "the exit status is not the verdict's: {ran:?}");
    assert_eq!(ran.stderr, "", "{ran:?}");
    let schema = script(world, "\"$GATE\" schema verdict");
    let schema: Value = serde_json::from_slice(&schema.stdout).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let faults: Vec<String> = validator.iter_errors(&document).map(|e| e.to_string()).collect();
    assert!(faults.is_empty(), "not as the schema says: {faults:?} in {document:#}");
    Answer { document }
}

impl Answer {
    /// Every finding as a line: `rule path`, `warning rule path`, `undecided code`; with several
    /// lanes `agent: ` before it.
    pub fn findings(&self) -> Vec<String> {
        match self.document["lanes"].as_array() {
            None => findings(&self.document, ""),
            Some(lanes) => {
                let of = |lane: &Value| {
                    findings(lane, &format!("{}: ", lane["agent"].as_str().unwrap_or("nobody")))
                };
                lanes.iter().flat_map(of).collect()
            }
        }
    }

    /// The codes of the notes.
    pub fn notes(&self) -> Vec<&str> {
        let notes = self.document["notes"].as_array().into_iter().flatten();
        notes.filter_map(|note| note["code"].as_str()).collect()
    }

    /// The commands under a help's label, with the finding that each is for.
    pub fn commands(&self, label: &str) -> Vec<(String, String)> {
        let violations = self.document["violations"].as_array().unwrap();
        let of = |violation: &Value| {
            let finding = finding(violation);
            let lines = violation["help"].as_array().unwrap().clone().into_iter();
            let prefix = format!("{label}: ");
            lines.filter_map(move |line| {
                let command = line.as_str()?.strip_prefix(&prefix)?;
                Some((finding.clone(), command.to_owned()))
            })
        };
        violations.iter().flat_map(of).collect()
    }
}

fn findings(document: &Value, before: &str) -> Vec<String> {
    let violations = document["violations"].as_array().unwrap().iter().map(finding);
    let undecided = document["undecided"].as_array().unwrap().iter();
    let undecided = undecided.map(|one| format!("undecided {}", one["code"].as_str().unwrap()));
    violations.chain(undecided).map(|line| format!("{before}{line}")).collect()
}

fn finding(violation: &Value) -> String {
    let text = |key: &str| violation[key].as_str();
    let warning = if text("severity") == Some("warning") { "warning " } else { "" };
    let path = text("path").map(|path| format!(" {path}")).unwrap_or_default();
    format!("{warning}{}{path}", text("rule").unwrap())
}

/// One row: what is asked where, and everything that must be found, in order.
pub struct Question {
    name: &'static str,
    given: String,
    directory: &'static str,
    arguments: &'static str,
    finds: Vec<&'static str>,
    notes: Vec<&'static str>,
}

/// Begins a row, by the sentence that it is about.
pub fn question(name: &'static str) -> Question {
    let (given, finds, notes) = (String::new(), Vec::new(), Vec::new());
    Question { name, given, directory: "wt-uploads", arguments: "", finds, notes }
}

impl Question {
    /// What is there before. It must succeed.
    pub fn given(mut self, script: impl Into<String>) -> Self {
        self.given = script.into();
        self
    }

    /// Where it is asked: by default in the worktree of agent-1.
    pub fn within(mut self, directory: &'static str) -> Self {
        self.directory = directory;
        self
    }

    /// What is asked: the arguments after `check`.
    pub fn asked(mut self, arguments: &'static str) -> Self {
        self.arguments = arguments;
        self
    }

    /// All that is found.
    pub fn finds<const N: usize>(mut self, findings: [&'static str; N]) -> Self {
        self.finds = findings.to_vec();
        self
    }

    /// A note of this code is given too.
    pub fn notes(mut self, code: &'static str) -> Self {
        self.notes.push(code);
        self
    }
}

/// Asks every question in a world of its own.
#[track_caller]
pub fn ask_all(world: impl FnOnce() -> Sandbox, rows: impl IntoIterator<Item = Question>) {
    let model = world();
    play_each(rows, |row| {
        let world = model.copy();
        let given = script(&world, &row.given);
        let fault = if given.code == 0 {
            let answer = ask(&world, row.directory, row.arguments);
            let found = answer.findings();
            let missing = row.notes.iter().find(|code| !answer.notes().contains(code));
            match missing {
                _ if found != row.finds => format!("it finds {found:?}: {:#}", answer.document),
                Some(code) => format!("no note {code}: {:#}", answer.document),
                None => return (row.name, Ok(())),
            }
        } else {
            format!("what is given fails: {given:?}")
        };
        (row.name, Err(fault))
    });
}
