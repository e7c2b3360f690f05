//! How many processes of git's the gate starts where it reads a repository through the plumbing:
//! each kind of question is one, however often it is asked.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::gated::uploads;
use crate::sandbox::{Call, Sandbox};

/// Runs a call, and counts what it asks git, by command and what follows it. Git itself says which
/// processes begin (trace2, since 2.22).
fn asked(world: &Sandbox, call: Call) -> BTreeMap<String, usize> {
    let trace = world.path("trace");
    let call = call.env("CONTRACT_GATE_GIT", "plumbing").env("GIT_TRACE2_EVENT", &trace);
    call.run().expect(0);
    let mut found = BTreeMap::new();
    for line in world.read("trace").lines() {
        let event: Value = serde_json::from_str(line).unwrap();
        if event["event"] != "start" {
            continue;
        }
        let words: Vec<&str> =
            event["argv"].as_array().unwrap().iter().map(|word| word.as_str().unwrap()).collect();
        let command =
            words.iter().skip(1).skip_while(|word| word.starts_with('-') || word.contains('='));
        *found.entry(command.copied().collect::<Vec<_>>().join(" ")).or_insert(0) += 1;
    }
    world.remove("trace");
    found
}

/// A lane with work in every state that it can be in, and an upstream for the trunk.
fn at_work() -> Sandbox {
    let world = uploads();
    world.server("server.git");
    world.git("repo", &["branch", "--quiet", "--set-upstream-to=origin/main", "main"]);
    world.commit_files("wt-uploads", &[("src/api/uploads/a.ts", "1\n")], "work");
    world.write("wt-uploads/src/api/uploads/b.ts", "2\n");
    world.git("wt-uploads", &["add", "--all"]);
    world.write("wt-uploads/src/api/uploads/b.ts", "3\n");
    world.write("wt-uploads/src/api/uploads/c.ts", "4\n");
    world
}

#[test]
fn nothing_is_asked_twice() {
    let world = at_work();
    for arguments in [&["check"][..], &["hook", "pre-commit"]] {
        let call = world.call("wt-uploads", Sandbox::gate_program()).args(arguments);
        let found = asked(&world, call);
        for (question, times) in &found {
            // The worktree's files are stored aside, and read from there.
            let is_aside = question.starts_with("cat-file") && arguments == ["check"];
            assert!(*times <= 1 + usize::from(is_aside), "{question} in {arguments:?}: {found:#?}");
        }
        let kinds = |name: &str| found.keys().filter(|asked| asked.starts_with(name)).count();
        for (name, most) in [("for-each-ref", 1), ("symbolic-ref", 1), ("config", 1)] {
            assert!(kinds(name) <= most, "{name} in {arguments:?}: {found:#?}");
        }
    }
}
