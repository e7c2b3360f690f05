//! `plan`: how wide a run can be, and where its seams are.

use insta::assert_snapshot;
use serde_json::Value;

use crate::gated::{files, script};
use crate::sandbox::{Ran, Sandbox};

/// Three layers, with sources that import each other, and no merge order.
const CONTRACT: &str = r#"
[agents.schema]
branch = "agents/schema"
scope = ["src/db/**"]
promises = ["export interface User { id: string }"]
[agents.api]
branch = "agents/api"
scope = ["src/api/**"]
[agents.ui]
branch = "agents/ui"
scope = ["src/ui/**"]
[agents.docs]
branch = "agents/docs"
scope = ["docs/openapi.yaml"]
[shared]
"package.json" = "nobody"
"#;

const ORDER: &str = "
[[merge-order]]
agents = [\"schema\"]
[[merge-order]]
agents = [\"api\"]
[[merge-order]]
agents = [\"ui\", \"docs\"]
";

fn world(contract: &str) -> Sandbox {
    let world = Sandbox::new();
    for (file, content) in [
        ("src/db/user.ts", "export interface User { id: string }\n"),
        ("src/api/user.ts", "import { User } from '../db/user';\nexport const get = 1;\n"),
        ("src/api/list.ts", "import { User } from '../db/user';\n"),
        ("src/ui/User.tsx", "import { get } from '@/api/user';\nimport React from 'react';\n"),
        ("docs/openapi.yaml", "openapi: 3.1.0\n"),
        ("package.json", "{}\n"),
    ] {
        world.write(format!("repo/{file}"), content);
    }
    world.commit("repo", "what is there");
    for number in 0..5 {
        world.append("repo/src/api/user.ts", &format!("// {number}\n"));
        world.append("repo/docs/openapi.yaml", &format!("# {number}\n"));
        world.commit("repo", "an endpoint");
    }
    world.append("repo/src/api/user.ts", "// alone\n");
    world.commit("repo", "without the description");
    world.write("repo/contract.toml", contract);
    world.commit("repo", "the contract");
    world.git("repo", &["config", "contractgate.trunk", "main"]);
    script(&world, "true").expect(0);
    world
}

fn planned(world: &Sandbox, arguments: &str) -> Ran {
    let before = files(&world.path("."));
    let ran = script(world, &format!("cd repo; \"$GATE\" plan {arguments}"));
    assert!(before == files(&world.path(".")), "something was written: {ran:?}");
    assert_eq!(ran.stderr, "", "{ran:?}");
    ran.expect(0);
    ran
}

fn document(world: &Sandbox, arguments: &str) -> Value {
    let ran = planned(world, &format!("--format json {arguments}"));
    let document: Value = serde_json::from_slice(&ran.stdout).unwrap();
    let schema = script(world, "\"$GATE\" schema plan");
    let schema: Value = serde_json::from_slice(&schema.stdout).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let faults: Vec<String> = validator.iter_errors(&document).map(|e| e.to_string()).collect();
    assert!(faults.is_empty(), "not as the schema says: {faults:?} in {document:#}");
    document
}

#[test]
fn the_page_without_an_order() {
    let world = world(CONTRACT);
    assert_snapshot!(planned(&world, "").text());
}

#[test]
fn the_graph_drawn() {
    let world = world(&format!("{CONTRACT}{ORDER}"));
    assert_snapshot!(planned(&world, "--format dot").text());
    assert_snapshot!(planned(&world, "--format mermaid").text());
}

#[test]
fn it_is_the_same_from_every_worktree_and_in_a_bare_repository() {
    let world = world(CONTRACT);
    let here = planned(&world, "").text();
    world.worktree("wt-api", "agents/api");
    world.server("server.git");
    world.git("server.git", &["config", "contractgate.trunk", "main"]);
    for directory in ["wt-api", "wt-api/src", "server.git"] {
        let ran = world.gate(directory, &["plan"]);
        assert_eq!(ran.expect(0).text(), here, "{directory}");
    }
}

#[test]
fn what_the_document_says() {
    let world = world(CONTRACT);
    let found = document(&world, "");
    assert_eq!(found["width"], 2);
    assert_eq!(found["critical_path"], serde_json::json!(["schema", "api", "ui"]));
    assert_eq!(found["work_path"], serde_json::json!(["schema", "api", "ui"]));
    assert_eq!(found["landing_steps"], Value::Null);
    let together = &found["together"][0];
    assert_eq!((&together["support"], &together["confidence"]), (&6.into(), &1.0.into()));
    let codes: Vec<&str> =
        found["advice"].as_array().unwrap().iter().filter_map(|a| a["code"].as_str()).collect();
    assert_eq!(codes, ["too-small", "change-together", "no-promise"]);
    let order: Vec<&Value> =
        found["proposed_order"].as_array().unwrap().iter().map(|step| &step["agents"]).collect();
    assert_eq!(order[0], &serde_json::json!(["schema", "docs"]));
    assert_eq!(order[1..], [&serde_json::json!(["api"]), &serde_json::json!(["ui"])]);
}

#[test]
fn a_contract_with_the_proposed_order_has_one() {
    let world = world(CONTRACT);
    let found = document(&world, "");
    let steps = found["proposed_order"].as_array().unwrap();
    let lines = steps.iter().flat_map(|step| step["lines"].as_array().unwrap());
    let lines: String = lines.map(|line| format!("{}\n", line.as_str().unwrap())).collect();
    world.write("ordered.toml", format!("{CONTRACT}{lines}"));
    let found = document(&world, "--contract ../ordered.toml");
    assert_eq!(found["proposed_order"], Value::Null);
    assert_eq!(found["width"], 2);
    let markdown = script(&world, "\"$GATE\" convert --to markdown repo/contract.toml");
    world.write("CONTRACT.md", markdown.stdout.clone());
    let found = document(&world, "--contract ../CONTRACT.md");
    let steps = found["proposed_order"].as_array().unwrap();
    let lines = steps.iter().flat_map(|step| step["lines"].as_array().unwrap());
    let lines: String = lines.map(|line| format!("{}\n", line.as_str().unwrap())).collect();
    let text = String::from_utf8(markdown.stdout).unwrap();
    world.write("CONTRACT.md", format!("{text}\n## Merge order\n\n{lines}"));
    let found = document(&world, "--contract ../CONTRACT.md");
    assert_eq!(found["proposed_order"], Value::Null);
}

#[test]
fn a_written_order_is_part_of_the_graph() {
    let world = world(&format!("{CONTRACT}{ORDER}"));
    let found = document(&world, "");
    assert_eq!(found["width"], 2);
    assert_eq!(found["proposed_order"], Value::Null);
    let edges = found["edges"].as_array().unwrap();
    let ends = |edge: &Value| format!("{} {}", edge["before"], edge["after"]).replace('"', "");
    let ordered: Vec<String> =
        edges.iter().filter(|edge| edge["ordered"] == true).map(ends).collect();
    assert_eq!(ordered, ["schema api", "api ui", "api docs"]);
}

#[test]
fn lanes_that_need_each_other_are_named() {
    let world = world(CONTRACT);
    world.append("repo/src/db/user.ts", "import { get } from '../api/user';\n");
    world.commit("repo", "and back");
    let found = document(&world, "");
    assert_eq!(found["circles"], serde_json::json!([["schema", "api"]]));
    assert_eq!(found["proposed_order"].as_array().unwrap().len(), 4);
}

#[test]
fn commits_that_touch_many_files_bind_nothing() {
    let world = world(CONTRACT);
    for round in 0..4 {
        for number in 0..26 {
            world.append(format!("repo/src/db/{number}.ts"), &format!("// {round}\n"));
            world.append(format!("repo/src/ui/{number}.ts"), &format!("// {round}\n"));
        }
        world.commit("repo", "everywhere");
    }
    let found = document(&world, "");
    assert_eq!(found["looked_at"]["large_commits"], 4);
    assert_eq!(found["together"].as_array().unwrap().len(), 1);
}

/// Three lanes that nothing joins, under any order.
fn apart(order: &str) -> Sandbox {
    let world = Sandbox::new();
    let lane = |name: &str| {
        format!("[agents.{name}]\nbranch = \"agents/{name}\"\nscope = [\"{name}/**\"]\n")
    };
    let lanes = ["agent-10", "agent-2", "agent-1"].map(lane).concat();
    world.write("repo/contract.toml", format!("{lanes}{order}"));
    world.commit("repo", "the contract");
    world.git("repo", &["config", "contractgate.trunk", "main"]);
    script(&world, "true").expect(0);
    world
}

#[test]
fn lanes_that_are_only_ordered_work_at_once_and_land_in_turn() {
    let step = |names: &str| format!("[[merge-order]]\nagents = [{names}]\n");
    let world = apart(&[step("\"agent-2\""), step("\"agent-10\", \"agent-1\"")].concat());
    let found = document(&world, "");
    assert_eq!((&found["width"], found["work_path"].as_array().unwrap().len()), (&3.into(), 1));
    assert_eq!(found["landing_steps"], serde_json::json!([["agent-2"], ["agent-10", "agent-1"]]));
    assert_eq!(found["critical_path"].as_array().unwrap().len(), 2);
    let page = planned(&world, "").text();
    assert!(page.contains("3 work at once    agent-10, agent-2, agent-1\n"), "{page}");
    assert!(page.contains("land in 2 steps   agent-2 > agent-10, agent-1\n"), "{page}");
    assert!(!page.contains("in a row"), "{page}");
}

#[test]
fn who_needs_anothers_work_waits_for_it_whatever_the_order_says() {
    let order = "[[merge-order]]\nagents = [\"ui\"]\n[[merge-order]]\nagents = [\"schema\", \"api\", \"docs\"]\n";
    let world = world(&format!("{CONTRACT}{order}"));
    let found = document(&world, "");
    assert_eq!(found["work_path"], serde_json::json!(["schema", "api", "ui"]));
    assert_eq!(found["width"], 2);
    // A promise that another lane relies on is work that has to be there.
    let relied = CONTRACT.replace(
        "promises = [\"export interface User { id: string }\"]",
        "promises = [{ text = \"export interface User { id: string }\", relied-on-by = [\"docs\"] }]",
    );
    world.write("contract.toml", relied);
    let found = document(&world, "--contract ../contract.toml");
    assert_eq!(found["width"], 2);
    let ends: Vec<String> = found["edges"]
        .as_array()
        .unwrap()
        .iter()
        .map(|edge| format!("{} {}", edge["before"], edge["after"]).replace('"', ""))
        .collect();
    assert!(ends.contains(&"schema docs".to_owned()), "{ends:?}");
}

#[test]
fn the_tenth_comes_after_the_second_where_nothing_else_says() {
    let world = apart("");
    let found = document(&world, "");
    let order = &found["proposed_order"][0];
    assert_eq!(order["agents"], serde_json::json!(["agent-1", "agent-2", "agent-10"]));
    assert_eq!(order["lines"][1], "agents = [\"agent-1\", \"agent-2\", \"agent-10\"]");
}
