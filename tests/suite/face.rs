//! What `check` shows, and that what it advises works: for people and for programs.

use serde_json::Value;

use crate::sandbox::{Ran, Sandbox};

/// The worked example with its lanes; the trunk is known.
fn world() -> Sandbox {
    let world = Sandbox::uploads();
    world.git("repo", &["config", "contractgate.trunk", "main"]);
    world
}

fn json(ran: &Ran) -> Value {
    serde_json::from_slice(&ran.stdout).unwrap_or_else(|error| panic!("{error}: {ran:?}"))
}

/// The commands of the help in a human answer, as printed.
fn commands(text: &str) -> Vec<String> {
    let helps =
        text.lines().filter(|line| line.starts_with("  help: ") || line.starts_with("        "));
    let commands = helps.filter_map(|line| line.find("  git ").map(|at| line[at + 2..].to_owned()));
    commands.collect()
}

fn paste(world: &Sandbox, directory: &str, commands: &[String]) {
    for command in commands {
        world.call(directory, "sh").args(["-eu", "-c", command]).run().expect(0);
    }
}

#[test]
fn the_folded_commands_undo_every_path_and_nothing_else() {
    let world = world();
    let lane = "wt-uploads";
    for n in 0..4 {
        world.write(format!("{lane}/src/db/migrations/new {n}.sql"), "select 1;\n");
        world.write(format!("{lane}/src/auth/it's-{n}.ts"), "export {};\n");
    }
    world.append(format!("{lane}/src/auth/session.ts"), "// mine now\n");
    world.remove(format!("{lane}/src/db/migrations/0001_users.sql"));
    world.write(format!("{lane}/src/api/uploads/create.ts"), "export {};\n");
    world.commit(lane, "far and wide");

    let answer = world.gate(lane, &["check"]);
    answer.expect(1).says("error[out-of-scope]").says("more below src/auth/");
    assert!(answer.text().matches("error[").count() <= 2, "{answer:?}");
    let commands = commands(&answer.text());
    assert!(!commands.is_empty(), "{answer:?}");
    paste(&world, lane, &commands);

    world.gate(lane, &["check"]).expect(0);
    assert!(world.exists(format!("{lane}/src/api/uploads/create.ts")));
    assert!(world.exists(format!("{lane}/src/db/migrations/0001_users.sql")));
}

#[test]
fn every_path_outside_is_listed_for_the_next_prompt() {
    let world = world();
    let lane = "wt-uploads";
    world.append(format!("{lane}/src/db/schema.ts"), "// tidy\n");
    world.append(format!("{lane}/tsconfig.json"), "\n");
    world.git(lane, &["add", "--all"]);
    let answer = world.gate(lane, &["check"]);
    answer.expect(1);
    let text = answer.text();
    let (_, prompt) = text.split_once("For agent-1's next prompt:\n").unwrap();
    assert!(prompt.contains("\n- src/db/schema.ts (agent-2's)\n"), "{prompt}");
    assert!(prompt.contains("\n- tsconfig.json (shared, nobody edits it)\n"), "{prompt}");
    assert!(prompt.contains("hard constraint"), "{prompt}");
}

#[test]
fn json_answers_every_outcome_with_a_document_of_the_schema() {
    let world = world();
    let schema = json(world.gate(".", &["schema", "verdict"]).expect(0));
    let schema = jsonschema::validator_for(&schema).unwrap();
    let answer = |directory: &str, arguments: &[&str], status: i32, word: &str| {
        let all = [&["check", "--format", "json"], arguments].concat();
        let ran = world.gate(directory, &all);
        let document = json(ran.expect(status));
        let errors = schema.iter_errors(&document).map(|error| error.to_string());
        assert_eq!(errors.collect::<Vec<_>>(), [""; 0], "{document:#}");
        assert_eq!(document["verdict"], word);
        assert_eq!(document["format"], 1);
        document
    };
    let allowed = answer("wt-uploads", &[], 0, "allowed");
    assert_eq!(allowed["agent"], "agent-1");
    assert_eq!(allowed["ref"], "refs/heads/agents/uploads");
    assert_eq!(allowed["turn"]["waits_for"], serde_json::json!(["agent-2"]));
    let contract = &allowed["contract"];
    assert_eq!(contract["commit"].as_str(), world.tip("repo", "main").as_deref());

    world.append("wt-uploads/tsconfig.json", "\n");
    let id = world.commit("wt-uploads", "evil \x1b[2J\u{202e} summary");
    let denied = answer("wt-uploads", &[], 1, "denied");
    let violation = &denied["violations"][0];
    assert_eq!(violation["rule"], "shared-frozen");
    assert_eq!(violation["change"], "modified");
    assert_eq!(violation["commit"].as_str(), Some(id.as_str()));
    let line = violation["contract_line"].as_u64().unwrap();
    let file = contract["path"].as_str().unwrap();
    let cited = world.read(format!("repo/{file}"));
    assert!(cited.lines().nth(line as usize - 1).unwrap().contains("tsconfig.json"));

    let every = answer("repo", &["--all"], 1, "denied");
    assert_eq!(every["lanes"].as_array().unwrap().len(), 3);
    answer("repo", &["--trunk", "nowhere"], 2, "undecided");
    world.init("elsewhere");
    answer("elsewhere", &[], 2, "undecided");
    world.write("no-repository/x", "");
    answer("no-repository", &[], 2, "undecided");
}

#[test]
fn no_answer_prints_foreign_text_raw() {
    let world = world();
    let lane = "wt-uploads";
    world.write(format!("{lane}/src/\u{1b}]0;x\u{7}\u{202e}\u{9b}gnp.ts"), "x\n");
    world.commit(lane, "evil \x1b[2J\u{202e} summary\u{9b}31m");
    for format in ["human", "json"] {
        let answer = world.gate(lane, &["check", "--format", format]);
        answer.expect(1);
        let text = answer.text();
        let raw = |c: char| c.is_control() && c != '\n' || c == '\u{202e}';
        assert!(!text.chars().any(raw), "{text:?}");
    }
}
