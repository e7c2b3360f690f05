//! Foreign text never reaches a terminal raw: every text that somebody else may choose is full of
//! escapes, C1 controls, marks that turn the reading direction, and line ends; every command is
//! asked, and what it writes is looked at, byte for byte.

use crate::gated::{script, under};
use crate::sandbox::{Ran, Sandbox};

/// What git takes in no ref, and everything else does.
const HOSTILE: &str = "\u{1b}[31m\u{1b}]0;owned\u{7}\u{9b}2J\u{202e}\r\u{200b}\u{7f}x\ny";
/// What git takes in a ref too: it forbids the controls of ASCII alone (2.39 and 2.47).
const HOSTILE_REF: &str = "a\u{9b}2J\u{202e}\u{200b}b";

/// A contract in which every text is hostile, as its values and as it stands.
fn contract() -> String {
    let value = r#""\u001B[31m\u009B2J\u202E\r\u0007\u200Bx\ny""#;
    let raw = "# \u{9b}2J\u{202e}\u{200b}";
    format!(
        "format = 1 {raw}\nname = {value}\nobjective = {value}\n\
         [agents.agent-1] {raw}\nbranch = \"agents/uploads\" {raw}\nworktree = \"wt-uploads\"\n\
         identity = {value}\n\
         scope = [\"src/api/uploads/**\"] {raw}\npromises = [{value}]\n\
         [agents.agent-2]\nbranch = \"agents/migrations\"\nworktree = \"wt-\\u001B[31m\\u202E\"\n\
         scope = [\"src/db/\"]\n\
         [agents.agent-3]\nbranch = \"{HOSTILE_REF}\"\nscope = [\"tests/\"]\n\
         [shared]\n\"tsconfig.json\" = {{ owner = \"nobody\", note = {value} }} {raw}\n\
         \"package.json\" = {{ owner = \"agent-2\", note = {value} }} {raw}\n\
         \"made\" = {{ generated-by = \"make \\u202E\" }} {raw}\n\
         [[merge-order]]\nagents = [\"agent-2\"] {raw}\nbecause = {value}\n\
         [[merge-order]]\nagents = [\"agent-1\"] {raw}\n\
         [[merge-order]]\nagents = [\"agent-3\"] {raw}\n\
         [[waivers]] {raw}\nrule = \"out-of-scope\"\nagent = \"agent-1\"\npath = \"docs/\"\n\
         because = {value}\n"
    )
}

/// A lane that breaks every path rule, with hostile paths, subjects, branches and worktrees.
fn world() -> Sandbox {
    let world = under(&contract());
    let past = ["-c", "core.hooksPath=/nowhere"];
    world.git("repo", &[&past[..], &["branch", HOSTILE_REF]].concat());
    world.git("repo", &["worktree", "add", "-q", &format!("../wt-{HOSTILE}"), HOSTILE_REF]);
    for directory in ["wt-uploads".to_owned(), format!("wt-{HOSTILE}")] {
        for file in
            [format!("src/{HOSTILE}"), format!("docs/{HOSTILE}"), "tsconfig.json".to_owned()]
        {
            world.write(format!("{directory}/{file}"), "changed\n");
        }
        world.write(format!("{directory}/package.json"), HOSTILE);
        world.git(&directory, &["add", "-A"]);
        let past = ["-c", "core.hooksPath=/nowhere", "commit", "-qm", HOSTILE];
        world.git(&directory, &past);
        world.write(format!("{directory}/untracked{HOSTILE}"), "");
        world.write(format!("{directory}/src/db/schema.ts"), HOSTILE);
    }
    world.write(format!("repo/{HOSTILE}.toml"), contract());
    world.write(
        format!("repo/{HOSTILE}.md"),
        format!("# Context contract: {HOSTILE}\n## Scope\n- {HOSTILE}\n"),
    );
    world.write("repo/broken.toml", format!("{HOSTILE} = {HOSTILE}\n[agents.\"{HOSTILE_REF}\"]\n"));
    world
}

/// What a terminal would act on, or what nobody sees, in what was written.
fn raw(ran: &Ran) -> Vec<char> {
    let errors = ran.stderr.clone();
    let said = format!("{}{errors}", String::from_utf8_lossy(&ran.stdout));
    let harmful = |c: &char| c.is_control() && *c != '\n' || policy::text::is_invisible(*c);
    said.chars().filter(harmful).collect()
}

#[track_caller]
fn is_harmless(ran: &Ran) {
    assert_eq!(raw(ran), [' '; 0], "{ran:?}");
    assert!(ran.code <= 2 && !ran.stderr.contains("panicked"), "{ran:?}");
}

fn asked(world: &Sandbox, directory: &str, arguments: &[&str]) -> Ran {
    let ran = world.gate(directory, arguments);
    is_harmless(&ran);
    ran
}

/// The same on a terminal: where colours are wanted, nothing is taken out of what is written.
fn shown(world: &Sandbox, directory: &str, arguments: &[&str]) {
    let mut ran = world.gate(directory, &[&["--color", "always"], arguments].concat());
    ran.stdout = without_colors(&ran.text()).into_bytes();
    ran.stderr = without_colors(&ran.stderr);
    is_harmless(&ran);
}

fn without_colors(text: &str) -> String {
    let mut parts = text.split("\u{1b}[");
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let end = part.find(|c: char| !c.is_ascii_digit() && c != ';');
        match end.filter(|end| part[*end..].starts_with('m')) {
            Some(end) => plain.push_str(&part[end + 1..]),
            None => plain.push_str(&format!("\u{1b}[{part}")),
        }
    }
    plain
}

#[test]
fn every_command_spells_foreign_text_out() {
    let world = world();
    let hostile_worktree = format!("wt-{HOSTILE}");
    for directory in ["wt-uploads", &hostile_worktree, "repo"] {
        for arguments in [
            &["check"][..],
            &["check", "--all"],
            &["check", "--staged"],
            &["check", "--landing"],
            &["check", "--format", "json"],
            &["check", "--all", "--format", "json"],
            &["status"],
            &["status", "--format", "json"],
            &["lint"],
            &["lint", "--format", "json"],
            &["doctor"],
            &["forecast"],
            &["forecast", "--format", "json"],
        ] {
            asked(&world, directory, arguments);
            shown(&world, directory, arguments);
        }
    }
    // What was asked for has to be there, or nothing would be shown.
    asked(&world, "wt-uploads", &["check"]).expect(1).says("shared-frozen").says("out-of-scope");
    asked(&world, "repo", &["check", "--branch", HOSTILE_REF]).expect(1).says("agent-3");
}

#[test]
fn every_argument_is_spelled_out() {
    let world = world();
    let (toml, markdown) = (format!("{HOSTILE}.toml"), format!("{HOSTILE}.md"));
    for hostile in [HOSTILE, HOSTILE_REF] {
        for arguments in [
            &["check", "--branch", hostile][..],
            &["check", "--agent", hostile],
            &["check", "--head", hostile],
            &["check", "--base", hostile, "--head", "HEAD"],
            &["check", "--trunk", hostile],
            &["check", "--remote", hostile],
            &["status", "--trunk", hostile],
            &["status", "--remote", hostile],
            &["check", "--format", hostile],
            &["check", hostile],
            &["explain", hostile],
            &["schema", hostile],
            &["hook", hostile],
            &["hook", "reference-transaction", hostile],
            &["install", "--trunk", hostile],
            &["install", "--without", hostile],
            &["install", "--server", hostile],
            &["-C", hostile, "check"],
            &["lint", hostile],
            &["convert", hostile, "--to", "toml"],
            &["convert", "broken.toml", "--to", hostile],
            &[hostile],
        ] {
            asked(&world, "repo", arguments);
            shown(&world, "repo", arguments);
        }
    }
    for file in [&*toml, &*markdown, "broken.toml"] {
        asked(&world, "repo", &["lint", file]);
        asked(&world, "repo", &["lint", "--format", "json", file]);
        asked(&world, "repo", &["convert", file, "--to", "markdown"]);
        asked(&world, "repo", &["convert", file, "--to", "toml"]);
        shown(&world, "repo", &["convert", file, "--to", "toml"]);
    }
}

#[test]
fn every_hook_spells_its_input_out() {
    let world = world();
    let (one, zero) = (world.id("repo", "agents/uploads"), "0".repeat(40));
    let lines = [
        format!("{HOSTILE_REF} {one} refs/heads/{HOSTILE_REF} {zero}\n"),
        format!("{HOSTILE}\n"),
        format!("{zero} {one} refs/heads/{HOSTILE_REF}\n"),
        format!("{one} {zero} refs/heads/{HOSTILE_REF}\n"),
        format!("{zero} {one} refs/heads/\u{1b}[31m\n"),
        format!("{zero} ref:refs/heads/\u{1b}[31m refs/heads/agents/uploads\n"),
        format!("{zero} {HOSTILE_REF} refs/heads/{HOSTILE_REF}\n"),
        format!("{zero} {one} refs/replace/{HOSTILE_REF}\n"),
    ];
    let calls: [&[&str]; 5] = [
        &["pre-push", HOSTILE, HOSTILE],
        &["pre-receive"],
        &["reference-transaction", "prepared"],
        &["pre-commit"],
        &["pre-merge-commit"],
    ];
    for directory in ["wt-uploads", "repo"] {
        for call in calls {
            for line in &lines {
                let gate = world.call(directory, Sandbox::gate_program()).arg("hook").args(call);
                is_harmless(&gate.input(line.clone().into_bytes()).run());
            }
        }
    }
}

#[test]
fn the_environment_and_the_configuration_are_spelled_out() {
    let world = world();
    for (name, value) in [
        ("CONTRACT_GATE_AGENT", HOSTILE),
        ("CONTRACT_GATE_GIT", HOSTILE),
        ("GIT_DIR", HOSTILE),
        ("GIT_INDEX_FILE", HOSTILE),
        ("GIT_WORK_TREE", HOSTILE),
        ("GIT_OBJECT_DIRECTORY", HOSTILE),
        ("GIT_CEILING_DIRECTORIES", HOSTILE),
    ] {
        for arguments in
            [&["check"][..], &["check", "--staged"], &["doctor"], &["install"], &["uninstall"]]
        {
            let call = world.call("wt-uploads", Sandbox::gate_program());
            is_harmless(&call.env(name, value).args(arguments).run());
        }
    }
    for key in [
        "contractgate.trunk",
        "contractgate.remote",
        "contractgate.mode",
        "contractgate.walkLimit",
        "contractgate.identityEnv",
        "contractgate.dispatcher",
        "contractgate.contract",
        "core.hooksPath",
        "branch.main.remote",
        "branch.main.merge",
        "extensions.objectFormat",
        "core.repositoryFormatVersion",
        "core.worktree",
    ] {
        let world = world.copy();
        world.try_git("repo", &["config", key, HOSTILE]);
        for arguments in [
            &["check", "--agent", "agent-1"][..],
            &["lint"],
            &["doctor"],
            &["install"],
            &["uninstall"],
        ] {
            asked(&world, "repo", arguments);
        }
    }
}

#[test]
fn what_was_in_the_hooks_directory_is_spelled_out() {
    let world = world();
    let shell = format!(
        "mkdir -p 'repo/.git/hooks' '{HOSTILE}'
         printf '#!/bin/sh\\nprintf \"%s\" \"$0\" >&2; exit 1\\n' >'repo/.git/hooks/post-{HOSTILE_REF}'
         rm -f repo/.git/hooks/pre-commit; ln -s '../../../{HOSTILE}/lost' repo/.git/hooks/pre-commit
         printf 'x' >'repo/.git/hooks/contract-gate-{HOSTILE_REF}'"
    );
    script(&world, &shell).expect(0);
    for arguments in [&["install"][..], &["doctor"], &["uninstall"], &["doctor"]] {
        asked(&world, "repo", arguments);
    }
}

#[test]
fn what_git_says_itself_is_spelled_out() {
    let rows = [
        format!("printf '[%s' '{HOSTILE}' >>repo/.git/config"),
        format!("printf '%s' '{HOSTILE}' >repo/.git/HEAD"),
        format!("printf '%s' '{HOSTILE}' >repo/.git/refs/heads/main"),
        format!("printf 'ref: %s' '{HOSTILE}' >repo/.git/refs/heads/main"),
        format!("printf '%s' '{HOSTILE}' >repo/.git/packed-refs"),
        format!("printf '%s' '{HOSTILE}' >repo/.git/worktrees/wt-uploads/commondir"),
        format!(
            "mkdir -p repo/.git/objects/info; printf '%s' '{HOSTILE}' >repo/.git/objects/info/alternates"
        ),
    ];
    let model = world();
    for row in rows {
        let world = model.copy();
        script(&world, &row).expect(0);
        for arguments in [&["check"][..], &["doctor"], &["install"], &["lint"]] {
            asked(&world, "wt-uploads", arguments);
            asked(&world, "repo", arguments);
        }
    }
}

#[test]
fn a_word_for_a_shell_is_that_word_again() {
    let world = Sandbox::bare_world();
    let words: Vec<String> = (1..0x180)
        .filter_map(char::from_u32)
        .flat_map(|c| [c.to_string(), format!("a{c}b"), format!("{c}'{c}")])
        .chain(["", "-n", "~", "$HOME", "`x`", "a  b", "*", "'\\''", HOSTILE].map(str::to_owned))
        .collect();
    let quoted: Vec<String> = words.iter().map(|word| policy::text::shell_word(word)).collect();
    let call = format!("printf '%s\\0' {}", quoted.join(" "));
    let said = world.call(".", "sh").arg("-c").arg(call).run();
    let said = String::from_utf8(said.expect(0).stdout.clone()).unwrap();
    assert_eq!(said.split_terminator('\0').collect::<Vec<_>>(), words);
}
