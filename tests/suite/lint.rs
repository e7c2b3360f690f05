//! `lint` and `convert`: what a dispatcher asks before a contract counts.

use serde_json::Value;

use crate::sandbox::{Ran, Sandbox, WORKED_EXAMPLE};

fn json(ran: &Ran) -> Value {
    serde_json::from_slice(&ran.stdout).unwrap_or_else(|error| panic!("{error}: {ran:?}"))
}

fn codes(ran: &Ran) -> Vec<String> {
    let document = json(ran);
    let problems = document["problems"].as_array().unwrap().clone();
    problems.iter().map(|problem| problem["code"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn the_worked_example_is_valid_and_a_broken_one_is_not() {
    let world = Sandbox::uploads();
    world.gate("repo", &["lint"]).expect(0).says("CONTRACT.md is valid");
    world.gate("wt-tests/tests", &["lint"]).expect(0).says("CONTRACT.md is valid");

    world.append("repo/CONTRACT.md", "4. agent-9\n");
    let broken = world.gate("repo", &["lint"]);
    broken.expect(1).says("agent-9").says("CONTRACT.md:30:").says("CONTRACT.md is invalid");
    let document = json(world.gate("repo", &["lint", "--format", "json"]).expect(1));
    assert_eq!(document["valid"], false);
    assert_eq!(document["problems"][0]["line"], 30);
    assert_eq!(document["problems"][0]["severity"], "error");
}

#[test]
fn all_problems_come_at_once() {
    let world = Sandbox::new();
    let text = "format = 1\nnmae = \"x\"\n[agents.a]\nbranch = \"b\"\nscope = [\"../x\", \"/y\", \"z**\"]\n";
    world.write("repo/contract.toml", text);
    let codes = codes(world.gate("repo", &["lint", "--format", "json"]).expect(1));
    assert!(codes.len() >= 4, "{codes:?}");
}

#[test]
fn what_cannot_be_read_is_2() {
    let world = Sandbox::new();
    world.gate("repo", &["lint"]).expect(2).says("no CONTRACT.md");
    world.gate("repo", &["lint", "nowhere.md"]).expect(2).says("nowhere.md is not there");
    world.gate("repo", &["lint", "."]).expect(2);
    world.gate("repo", &["convert", "nowhere.md", "--to", "toml"]).expect(2);
    world.write("repo/contract.toml", "");
    world.write("repo/CONTRACT.md", WORKED_EXAMPLE);
    world.gate("repo", &["lint"]).expect(2).says("both");
    world.gate("repo", &["lint", "CONTRACT.md"]).expect(0);
}

#[test]
fn no_contract_is_too_long_or_too_strange_to_be_refused() {
    let world = Sandbox::new();
    world.write("repo/CONTRACT.md", "# Context contract\n".repeat(600_000));
    world.gate("repo", &["lint"]).expect(1).says("too-large");
    world.write("repo/CONTRACT.md", b"# Context contract\n## Scope\n- agent-1: caf\xe9/**\n");
    world.gate("repo", &["lint"]).expect(1).says("not-utf8");
    world.write("repo/CONTRACT.md", "# Context contract\n## Scope\n- \x1b[2Jagent: x\u{202e}\n");
    let strange = world.gate("repo", &["lint"]);
    strange.expect(1);
    let raw = |c: char| c.is_control() && c != '\n' || c == '\u{202e}';
    assert!(!strange.text().chars().any(raw), "{strange:?}");
}

#[test]
fn the_repository_is_asked_where_there_is_one() {
    let world = Sandbox::uploads();
    world.write("repo/Cargo.toml", "[package]\n");
    world.git("repo", &["add", "."]);
    world.git("repo", &["commit", "--quiet", "-m", "a manifest without a policy"]);
    let asked = codes(world.gate("repo", &["lint", "--format", "json"]).expect(0));
    assert!(asked.contains(&"shared-without-policy".to_owned()), "{asked:?}");

    world.write("elsewhere/CONTRACT.md", WORKED_EXAMPLE);
    let alone = world.gate("elsewhere", &["lint", "--format", "json"]);
    alone.expect(0).says("was not asked");
    assert!(!codes(&alone).contains(&"shared-without-policy".to_owned()));
}

#[test]
fn a_contract_whose_run_is_over_is_told() {
    let world = Sandbox::uploads();
    world.git("repo", &["config", "contractgate.trunk", "main"]);
    let over = |world: &Sandbox| {
        let ran = world.gate("repo", &["lint", "--format", "json"]);
        codes(ran.expect(0)).contains(&"all-landed".to_owned())
    };
    for (lane, file) in [
        ("migrations", "src/db/migrations/2.sql"),
        ("uploads", "src/api/uploads/create.ts"),
        ("tests", "tests/uploads/create.test.ts"),
    ] {
        assert!(!over(&world), "{lane} has not landed");
        world.commit_files(&format!("wt-{lane}"), &[(file, "x\n")], "the work");
        let branch = format!("agents/{lane}");
        world.git("repo", &["merge", "--quiet", "--no-ff", "--no-edit", &branch]);
    }
    assert!(over(&world));
    // Another text is another contract, which has not begun.
    world.append("repo/CONTRACT.md", "\n");
    assert!(!over(&world));
}

#[test]
fn a_contract_is_converted_there_and_back() {
    let world = Sandbox::uploads();
    let convert = |from: &str, to: &str| {
        let ran = world.gate("repo", &["convert", from, "--to", to]);
        ran.expect(0).text()
    };
    let toml = convert("CONTRACT.md", "toml");
    world.write("repo/one.toml", &toml);
    let markdown = convert("one.toml", "markdown");
    world.write("repo/two.md", &markdown);
    assert_eq!(convert("two.md", "toml"), toml);
    assert_eq!(convert("two.md", "markdown"), markdown);

    world.write("repo/bad.toml", "format = 1\nwhat = 2\n");
    let bad = world.gate("repo", &["convert", "bad.toml", "--to", "markdown"]);
    bad.expect(1).says("unknown-key");
    assert!(bad.stdout.is_empty());
}
