//! Converting a contract loses nothing, and reading never panics, whatever the text.

use proptest::prelude::*;

use super::fixture_tests::meaning;
use super::{Contract, ContractFile, is_recognisable, lint, read};

fn valid(file: ContractFile, text: &str) -> Contract {
    read(file, text.as_bytes()).unwrap_or_else(|problems| {
        let lines: Vec<String> = problems
            .iter()
            .map(|p| format!("{}:{} {}: {}", p.line, p.column, p.code, p.message))
            .collect();
        panic!("{text}\n{}", lines.join("\n"))
    })
}

/// TOML → model → Markdown → model → TOML, and the other way round.
fn survives(toml: &str) {
    let first = valid(ContractFile::Toml, toml);
    let canonical = first.to_toml();
    let again = valid(ContractFile::Toml, &canonical);
    assert_eq!(again.to_toml(), canonical);
    assert_eq!(meaning(&again), meaning(&first), "{canonical}");
    let markdown = first.to_markdown();
    let second = valid(ContractFile::Markdown, &markdown);
    assert_eq!(second.to_toml(), canonical, "{markdown}");
    assert_eq!(meaning(&second), meaning(&first), "{markdown}");
    assert_eq!(second.to_markdown(), markdown);
}

#[test]
fn a_withdrawn_agent_needs_no_paths() {
    let text = |withdrawn| {
        format!(
            "format = 1\n[agents.a]\nbranch = \"a\"\nwithdrawn = {withdrawn}\n\
             [agents.b]\nbranch = \"b\"\nscope = [\"b/**\"]\n"
        )
    };
    survives(&text(true));
    let problems = read(ContractFile::Toml, text(false).as_bytes()).unwrap_err();
    assert_eq!(
        problems.into_iter().map(|problem| problem.code).collect::<Vec<_>>(),
        ["agent-without-scope"]
    );
}

#[test]
fn the_fixtures_survive_conversion() {
    survives(include_str!("../../../fixtures/contracts/valid/worked-example.toml"));
    let every_key = include_str!("../../../fixtures/contracts/valid/every-key.toml");
    survives(every_key);
    insta::assert_snapshot!("every_key_in_toml", valid(ContractFile::Toml, every_key).to_toml());
    let worked_example = include_str!("../../../fixtures/contracts/valid/worked-example.md");
    insta::assert_snapshot!(valid(ContractFile::Markdown, worked_example).to_markdown());
    survives(&valid(ContractFile::Markdown, worked_example).to_toml());
}

#[test]
fn texts_that_look_like_something_else_survive() {
    let texts = [
        "",
        "additions only",
        "a. b. c.",
        "...",
        "(in brackets)",
        "\"quoted\"",
        "`ticked` text",
        "**bold** text",
        "a <!-- b --> c",
        "<br>",
        "then agent-1",
        "any time",
        "after agent-2",
        "# heading",
        "- item",
        "1. item",
        "| a | b |",
        "\u{202e}x",
        "\u{1b}[31m",
        "does not define new contract surface",
        "agent-2, additions only",
        "snake_case and _emphasis_",
        "ends with comma,",
        "x; y — z",
        "->",
        "a: b: c",
        "\\",
        "it's 100% ~~fine~~",
        "demo, path: docs/**; until: friday",
        "x. trunk steps: open, new-surface: x. path: y; after: agent-2, owner: x",
        "agent-2 first, then agent-1",
        "first",
        "2",
        "step 1",
        "second",
        "depends on: agent-2",
        "trunk steps open",
        "in this order",
        "only docs/**",
        "docs/**",
        "until Friday",
        "only additions, please",
        "agent-2 owns; y.ts: nobody edits",
        "do not edit",
        "y",
        "agent-2.",
        "see docs/x.md. additions only...",
    ];
    for text in texts {
        let because = quoted(&format!("{text}!"));
        let text = quoted(text);
        survives(&format!(
            "name = {text}\nobjective = {text}\n\
             [agents.agent-1]\nbranch = \"a\"\nscope = [\"a/**\"]\npromises = [{{ text = {text}, relied-on-by = [\"agent-2\"] }}, {text}]\n\
             [agents.agent-2]\nbranch = \"b\"\nscope = [\"b/**\"]\n\
             [shared]\nx = {{ owner = \"agent-1\", note = {text} }}\ny = {{ owner = \"nobody\", note = {text} }}\n\
             z = {{ generated-by = \"make z\", note = {text} }}\n\
             [[merge-order]]\nagents = [\"agent-1\"]\nbecause = {text}\n[[merge-order]]\nagents = [\"agent-2\"]\nafter = []\nbecause = {text}\n\
             [[waivers]]\nrule = \"merge-order\"\nagent = \"agent-1\"\nbecause = {because}\n"
        ).replace("promises = [{ text = \"\", relied-on-by = [\"agent-2\"] }, \"\"]\n", ""));
    }
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => "[A-Za-z][A-Za-z0-9 ,;:'/._-]{0,30}",
        2 => "[a-z .`*_<>\"()\\\\|~#-]{1,20}",
        1 => "\\PC{1,12}",
        1 => any::<String>(),
        2 => prop::collection::vec(prop::sample::select(WORDS.to_vec()), 1..7)
            .prop_map(|words| words.join(" ").replace(" ,", ",").replace(" .", ".")),
    ]
}

/// Words by which a note, a reason or a promise could be read as something else.
const WORDS: [&str; 44] = [
    "agent-1",
    "agent-1/2",
    "api",
    "ui.v2",
    "first",
    "last",
    "before",
    "after",
    "then",
    "once",
    "in",
    "this",
    "order",
    "any",
    "only",
    "additions",
    "not",
    "never",
    "nobody",
    "else",
    "edits",
    "owns",
    "may",
    "append",
    "do",
    "delete",
    "except",
    "no",
    "src/y.ts",
    "y.ts:",
    "path:",
    "mode:",
    "after:",
    "new-surface:",
    "owner:",
    "=",
    ",",
    ".",
    ";",
    "—",
    "(",
    ")",
    "*only*",
    "\"x\"",
];

fn pattern(root: String) -> impl Strategy<Value = String> {
    let segment = prop_oneof![
        4 => "[a-z]{1,6}(\\.ts)?",
        1 => "[a-z]{0,3}\\*(\\.[a-z]{1,3})?",
        1 => Just("[id]".to_owned()),
        1 => Just("(auth)".to_owned()),
        1 => Just("**".to_owned()),
        1 => Just("{a,b}".to_owned()),
        1 => Just("with space.md".to_owned()),
        1 => Just("_x_".to_owned()),
        1 => Just("agent-1".to_owned()),
        1 => Just("a:b".to_owned()),
        1 => Just("\\\\*".to_owned()),
    ];
    let end = prop_oneof![3 => Just(""), 1 => Just("/"), 1 => Just("/**")];
    (prop::collection::vec(segment, 0..3), end).prop_map(move |(parts, end)| {
        let path = std::iter::once(root.clone()).chain(parts).collect::<Vec<_>>().join("/");
        if path.ends_with("**") { path } else { path + end }
    })
}

const NAMES: [&str; 4] = ["agent-1", "agent-2", "api", "ui.v2"];

fn some_names() -> impl Strategy<Value = Vec<&'static str>> {
    prop::sample::subsequence(NAMES.to_vec(), 0..3)
}

/// An exception that takes something out of a pattern, where everything below a directory is in it.
fn below(pattern: &str, end: &str) -> Option<String> {
    let directory = pattern.strip_suffix("/**").or(pattern.strip_suffix('/'));
    let directory = directory.or((!pattern.contains(['*', '{', '\\'])).then_some(pattern))?;
    Some(format!("{directory}/{end}"))
}

fn quoted(text: &str) -> String {
    toml_edit::Value::from(text).to_string()
}

prop_compose! {
    fn lane(name: &'static str)(
        scope in prop::collection::vec(
            (pattern(name.to_owned()), prop::collection::vec(pattern("x".to_owned()), 0..2),
             prop::sample::select(vec!["edit", "no-delete", "additions-only", "create-only"])), 0..4),
        promises in prop::collection::vec(("[A-Za-z(`]", text(), some_names()), 0..3),
        worktree in prop::option::of("[a-z][a-z .-]{0,6}[a-z]"),
        identity in prop::option::of("[A-Za-z<>@ .]{1,12}"),
        withdrawn in any::<bool>(),
        new_surface in any::<bool>(),
    ) -> String {
        let entries: Vec<String> = scope.iter().map(|(path, except, mode)| {
            let except = except.iter().filter_map(|end| below(path, end));
            let except: Vec<String> = except.map(|path| quoted(&path)).collect();
            format!("{{ path = {}, except = [{}], mode = \"{mode}\" }}", quoted(path), except.join(","))
        }).collect();
        let promises: Vec<String> = promises.iter().map(|(first, text, readers)| {
            let text = quoted(&format!("{first}{text}"));
            format!("{{ text = {text}, relied-on-by = {readers:?} }}")
        }).collect();
        let mut lane = format!(
            "[agents.\"{name}\"]\nbranch = \"agents/{name}\"\nscope = [\"own/{name}.txt\", {}]\npromises = [{}]\nwithdrawn = {withdrawn}\nnew-surface = {new_surface}\n",
            entries.join(", "), promises.join(", "),
        );
        if let Some(worktree) = worktree {
            lane.push_str(&format!("worktree = {}\n", quoted(&format!("{name} {worktree}"))));
        }
        if let Some(identity) = identity {
            lane.push_str(&format!("identity = {}\n", quoted(&format!("{name}{identity}"))));
        }
        lane
    }
}

prop_compose! {
    fn contract()(
        lanes in (lane(NAMES[0]), lane(NAMES[1]), lane(NAMES[2]), lane(NAMES[3])),
        head in (prop::option::of(text()), 1..9_u32, prop::option::of(text()), prop::option::of("[a-z/-]{0,4}[a-z]")),
        integrator in prop::option::of(prop::sample::select(vec!["agent-1", "someone-else"])),
        shared in prop::collection::btree_map(
            pattern("shared".to_owned()),
            (0..4_usize, prop::sample::select(NAMES.to_vec()), some_names(), prop::option::of(text()), "[a-z `&|;.-]{0,12}"), 0..4),
        order in prop::option::of((Just(NAMES.to_vec()).prop_shuffle(), prop::collection::vec((prop::option::of(text()), 0..3_u8), 4))),
        merge in (prop::option::of("[a-z `\"'&|;.-]{0,12}[a-z]"), prop::option::of("[1-9][smh]"), prop::sample::select(vec!["merge", "squash", "rebase", "fast-forward"])),
        waiver in prop::option::of((text(), prop::option::of(pattern("docs".to_owned())))),
        policy in (prop::sample::select(vec!["allow", "warn", "deny"]), prop::option::of(pattern("agents".to_owned())), prop::sample::select(vec!["open", "landings-only"])),
    ) -> String {
        let mut out = format!("version = {}\n", head.1);
        let mut key = |key: &str, value: Option<String>| {
            if let Some(value) = value {
                out.push_str(&format!("{key} = {}\n", quoted(&value)));
            }
        };
        key("name", head.0);
        key("objective", head.2);
        key("trunk", head.3.filter(|trunk| !trunk.contains("//") && !trunk.starts_with(['-', '/'])));
        key("integrator", integrator.map(ToOwned::to_owned));
        out.push_str(&[lanes.0, lanes.1, lanes.2, lanes.3].concat());
        out.push_str("[shared]\n");
        for (path, (kind, owner, adders, note, command)) in shared {
            let policy = match kind {
                0 => format!("owner = \"{owner}\""),
                1 if !adders.is_empty() => format!("additions-by = {adders:?}"),
                2 => format!("generated-by = {}", quoted(&format!("make{command}"))),
                _ => "owner = \"nobody\"".to_owned(),
            };
            let note = note.map(|note| format!(", note = {}", quoted(&note))).unwrap_or_default();
            out.push_str(&format!("{} = {{ {policy}{note} }}\n", quoted(&path)));
        }
        for (number, (name, (because, after))) in order.into_iter().flat_map(|(names, more)| names.into_iter().zip(more)).enumerate() {
            out.push_str(&format!("[[merge-order]]\nagents = [\"{name}\"]\n"));
            match after {
                0 => out.push_str("after = []\n"),
                1 if name != "agent-1" && number > 0 => out.push_str(""),
                _ => {}
            }
            if let Some(because) = because {
                out.push_str(&format!("because = {}\n", quoted(&because)));
            }
        }
        out.push_str(&format!("[merge]\nstrategy = \"{}\"\n", merge.2));
        if let Some(suite) = merge.0 {
            out.push_str(&format!("suite = {}\n", quoted(&suite)));
        }
        if let Some(timeout) = merge.1 {
            out.push_str(&format!("timeout = \"{timeout}\"\n"));
        }
        if let Some((because, path)) = waiver {
            let path = path.map(|path| format!("path = {}\n", quoted(&path))).unwrap_or_default();
            out.push_str(&format!("[[waivers]]\nrule = \"merge-order\"\nagent = \"api\"\n{path}because = {}\n", quoted(&format!("x{because}"))));
        }
        out.push_str(&format!("[policy]\nunlisted-branches = \"{}\"\ntrunk-steps = \"{}\"\n", policy.0, policy.2));
        if let Some(branches) = policy.1 {
            out.push_str(&format!("agent-branches = {}\n", quoted(&branches)));
        }
        out
    }
}

/// Hostile texts: the worked example with pieces of it and other things put in at random.
fn mutated() -> impl Strategy<Value = String> {
    let pieces = prop_oneof![
        Just("\n## Scope\n".to_owned()),
        Just("- ".to_owned()),
        Just("`".to_owned()),
        Just("**".to_owned()),
        Just("(".to_owned()),
        Just("{".to_owned()),
        Just("<!--".to_owned()),
        Just("\n| a | b |\n|---|---|\n".to_owned()),
        Just("agent-1".to_owned()),
        Just(": ".to_owned()),
        Just(" except ".to_owned()),
        Just("\n\n".to_owned()),
        Just("> ".to_owned()),
        Just("\"".to_owned()),
        Just("é\u{202e}".to_owned()),
        Just(", then ".to_owned()),
        Just(" → ".to_owned()),
        Just("\n---\n".to_owned()),
        Just("<br>".to_owned()),
        "\\PC{0,6}",
    ];
    prop::collection::vec((0..1600_usize, 0..30_usize, pieces), 0..12).prop_map(|changes| {
        let mut text =
            include_str!("../../../fixtures/contracts/valid/worked-example.md").to_owned();
        for (at, length, piece) in changes {
            let start =
                (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
            let end = (start + length).min(text.len());
            let end = (end..=text.len()).find(|at| text.is_char_boundary(*at)).unwrap_or(start);
            text.replace_range(start..end, &piece);
        }
        text
    })
}

/// Reading holds its own laws, whatever the bytes: no panic, every problem within the text, and
/// what is valid survives conversion.
fn holds(file: ContractFile, bytes: &[u8]) {
    let _ = is_recognisable(bytes);
    match read(file, bytes) {
        Ok(contract) => {
            let _ = lint::of_text(&contract);
            survives(&contract.to_toml());
        }
        Err(problems) => {
            assert!(!problems.is_empty());
            for problem in problems {
                assert!(problem.line >= 1 && problem.column >= 1);
                assert!(problem.span.0 + problem.span.1 <= bytes.len(), "{problem:?}");
                let printed = format!("{}{}", problem.message, problem.help.unwrap_or_default());
                assert!(
                    !printed.contains(|c: char| c.is_control() || crate::text::is_invisible(c)),
                    "{printed:?}"
                );
            }
        }
    }
}

/// Texts that are made to take long, or to go deep: each about as large as a contract may be.
#[test]
fn hostile_structures_are_refused_in_time() {
    let frame = "# Context contract\n## Worktrees\n- branch: a agent: a-1\n## Scope\n- a-1: a/**\n";
    let repeat = |piece: &str, length: usize| piece.repeat(length / piece.len());
    let large = 30_000;
    let scope = |text: String| format!("{frame}{text}\n");
    let texts = [
        scope(repeat("- + ", large)),
        scope(repeat("> ", large)),
        scope((0..1400).map(|depth| " ".repeat(depth) + "- x\n").collect()),
        scope("- a-1: ".to_owned() + &repeat("x", large)),
        scope("- a-1: ".to_owned() + &repeat("{a,b}", 60_000)),
        scope(repeat(&format!("- a-1: {}\n", repeat("{a,b}", 40)), large)),
        scope("- a-1: ".to_owned() + &repeat("(", 60_000)),
        scope("- a-1: ".to_owned() + &repeat("{ ", 10_000)),
        scope("- a-1: ".to_owned() + &repeat("`a", 60_000)),
        scope("- a-1: ".to_owned() + &repeat("*a ", 6_000)),
        scope(repeat("<!-- x -->", large)),
        scope(repeat("- <!-- ", large)),
        scope(repeat("[a]: b\n", large)),
        scope(repeat("**a ", 10_000)),
        scope(repeat("[", large)),
        scope(repeat("`", large)),
        scope(format!(
            "{}\n{}\n{}",
            repeat("|a", 200_000),
            repeat("|-", 200_000),
            repeat("|a", 200_000)
        )),
        scope(repeat("- a-1 and a-1\n", large)),
        format!(
            "{frame}## Merge order\n{}",
            repeat("- a-1, then a-1, then a-1 after a-1\n", large)
        ),
        {
            let paths =
                |begin: &str| (0..2000).map(|n| format!("{begin}/{n}/**, ")).collect::<String>();
            let hard = |n: usize| format!("c/**/*{n}?????????*, ");
            scope(format!(
                "- a-1: {}\n- a-1 reads {}\n- a-1: {}\n- a-1 reads {}",
                paths("b"),
                paths("b"),
                (0..200).map(hard).collect::<String>(),
                (200..400).map(hard).collect::<String>(),
            ))
        },
        repeat("# Scope\n", large),
        repeat("- branch: x agent: y\n", large),
        repeat("\n", large),
    ];
    for text in texts {
        let begin: String = text.chars().skip(frame.len()).take(40).collect();
        assert!(
            read(ContractFile::Markdown, text.as_bytes()).is_err()
                || begin.contains("<!--")
                || begin.contains("*a *a"),
            "{begin:?}"
        );
    }
    let agents: String = (0..1000)
        .map(|n| format!("[agents.a{n}]\nbranch = \"b{n}\"\nscope = [\"**\"]\n"))
        .collect();
    let chain: String = (0..2000)
        .map(|n| format!("[[merge-order]]\nagents = [\"a{n}\"]\nafter = [\"a{}\"]\n", n + 1))
        .collect();
    let texts = [
        repeat("[", large),
        format!("x = {}", repeat("[", large)),
        format!("x = {}", repeat("{a=", large)),
        repeat("a.", large),
        agents,
        chain,
        repeat("[agents.a]\n", large),
    ];
    for text in texts {
        assert!(read(ContractFile::Toml, text.as_bytes()).is_err(), "{}", &text[..40]);
    }
    let ten_megabytes = repeat("- a-1: a/**\n", 10_000_000);
    assert_eq!(
        read(ContractFile::Markdown, ten_megabytes.as_bytes()).expect_err("too large")[0].code,
        "too-large"
    );
}

proptest! {
    #[test]
    fn generated_contracts_survive_conversion(toml in contract()) {
        // Too few valid ones would fail here.
        prop_assume!(read(ContractFile::Toml, toml.as_bytes()).is_ok());
        survives(&toml);
    }

    #[test]
    fn most_generated_contracts_are_valid(toml in contract()) {
        // What is generated may overlap or have no path of its own; nothing else may be wrong.
        let lawful = ["overlap", "agent-without-scope", "duplicate-identity"];
        for problem in read(ContractFile::Toml, toml.as_bytes()).err().unwrap_or_default() {
            prop_assert!(lawful.contains(&problem.code), "{problem:?}\n{toml}");
        }
    }

    #[test]
    fn mutated_contracts_never_panic(text in mutated()) {
        holds(ContractFile::Markdown, text.as_bytes());
        holds(ContractFile::Toml, text.as_bytes());
    }

    #[test]
    fn random_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        holds(ContractFile::Markdown, &bytes);
        holds(ContractFile::Toml, &bytes);
    }
}
