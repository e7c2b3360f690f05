//! What is bounded in a contract passes up to its bound, and one more is the error that names it.

use policy::contract::{ContractFile, read};

/// One agent with these keys.
fn agent(keys: &str) -> String {
    format!("[agents.a]\nscope = [\"own/\"]\n{keys}\n")
}

/// The problems of a contract in TOML: code and message.
fn problems(text: &str) -> Vec<(&'static str, String)> {
    let read = read(ContractFile::Toml, text.as_bytes());
    let problems = read.err().unwrap_or_default();
    problems.into_iter().map(|problem| (problem.code, problem.message)).collect()
}

/// The text for `most` passes, and the one for one more is this error, which tells both numbers.
#[track_caller]
fn ends_at(most: usize, code: &str, text: impl Fn(usize) -> String) {
    assert_eq!(problems(&text(most)), [], "{most} are allowed");
    let found = problems(&text(most + 1));
    let [(found, message)] = found.as_slice() else { panic!("{found:?}") };
    assert_eq!(*found, code);
    for number in [most, most + 1] {
        assert!(message.contains(&number.to_string()), "{message} names {number}");
    }
}

#[test]
fn names() {
    ends_at(100, "agent-name", |bytes| {
        format!("[agents.{}]\nbranch = \"b\"\nscope = [\"own/\"]\n", "a".repeat(bytes))
    });
    ends_at(1024, "branch-name", |bytes| agent(&format!("branch = \"{}\"", "b".repeat(bytes))));
    for key in ["worktree", "identity"] {
        ends_at(255, "name-too-long", |bytes| {
            agent(&format!("branch = \"b\"\n{key} = \"{}\"", "w".repeat(bytes)))
        });
    }
}

#[test]
fn a_name_that_is_not_too_long_is_refused_for_what_it_is() {
    let name = format!("-{}", "a".repeat(99));
    let found = problems(&format!("[agents.{name}]\nbranch = \"b\"\nscope = [\"own/\"]\n"));
    assert!(found[0].1.ends_with("cannot name an agent"), "{found:?}");
}

#[test]
fn versions_and_times() {
    let version = |number: u64| format!("version = {number}\n{}", agent("branch = \"b\""));
    assert_eq!(problems(&version(u32::MAX.into())), []);
    assert_eq!(problems(&version(u64::from(u32::MAX) + 1))[0].0, "version-number");
    let timeout = |time: &str| agent(&format!("branch = \"b\"\n[merge]\ntimeout = \"{time}\""));
    for good in ["1s", "20m", "2h", "4294967295s"] {
        assert_eq!(problems(&timeout(good)), [], "{good}");
    }
    for bad in ["0m", "m", "20", "4294967296s", "-1s", "1.5h"] {
        assert_eq!(problems(&timeout(bad))[0].0, "unknown-value", "{bad}");
    }
}

#[test]
fn agents() {
    ends_at(1000, "too-many-agents", |count| {
        let agent = |n| format!("[agents.a{n}]\nbranch = \"b{n}\"\nscope = [\"d{n}/\"]\n");
        (0..count).map(agent).collect()
    });
}

#[test]
fn patterns() {
    ends_at(4096, "pattern-unreadable", |bytes| {
        let shared = format!("[shared]\n\"{}\" = \"nobody\"", "p".repeat(bytes));
        agent(&format!("branch = \"b\"\n{shared}"))
    });
}

#[test]
fn problems_are_counted_beyond_those_that_are_told() {
    let text = |wrong: usize| {
        let keys: String = (0..wrong).map(|n| format!("x{n} = 1\n")).collect();
        keys + &agent("branch = \"b\"")
    };
    assert_eq!(problems(&text(500)).len(), 500);
    assert!(problems(&text(500)).iter().all(|(code, _)| *code == "unknown-key"));
    let more = problems(&text(503));
    assert_eq!(more.len(), 501);
    let last = &more[500];
    assert_eq!(
        *last,
        ("too-many-problems", "500 problems are told, and 3 more are not".to_owned())
    );
}

#[test]
fn an_item_of_a_markdown_contract() {
    let text = |bytes: usize| {
        let begun = "a commits to: ";
        format!(
            "# Context contract\n## Worktrees\n- branch: b agent: a\n## Scope\n- a: own/**\n\
             ## Interface boundary\n- {begun}{}\n",
            "x".repeat(bytes - begun.len())
        )
    };
    let longest = 64 * 1024;
    assert!(read(ContractFile::Markdown, text(longest).as_bytes()).is_ok());
    let problems =
        read(ContractFile::Markdown, text(longest + 1).as_bytes()).expect_err("too long");
    assert_eq!(problems[0].code, "line-too-long");
    assert_eq!(problems[0].message, "one item of 65537 bytes");
    assert!(problems[0].help.as_deref().unwrap_or_default().contains("64 KiB"));
}

#[test]
fn patterns_in_all() {
    // Most of them are written in braces, four by four.
    let text = |count: usize| {
        let written_out: Vec<String> =
            (0..count / 4).map(|n| format!("\"d{n}/{{a,b,c,d}}\"")).collect();
        let single: Vec<String> = (0..count % 4).map(|n| format!("\"s{n}\"")).collect();
        let scope = [written_out, single].concat().join(", ");
        format!("[agents.a]\nbranch = \"b\"\nscope = [{scope}]\n")
    };
    assert_eq!(problems(&text(20_000)), []);
    let many =
        vec![("too-many-patterns", "more than 20000 patterns, braces written out".to_owned())];
    assert_eq!(problems(&text(20_001)), many);
}

#[test]
fn braces() {
    let shared =
        |pattern: &str| agent(&format!("branch = \"b\"\n[shared]\n\"{pattern}\" = \"nobody\""));
    let alternatives = |count: usize| {
        let names: Vec<String> = (0..count).map(|n| n.to_string()).collect();
        problems(&shared(&format!("x/{{{}}}", names.join(","))))
    };
    assert_eq!(alternatives(256), []);
    let many = "braces that stand for more than 256 patterns";
    assert!(alternatives(257)[0].1.contains(many), "{:?}", alternatives(257));
    let nested = |depth: usize| {
        problems(&shared(&format!("x/{}z{}", "{a,".repeat(depth), "}".repeat(depth))))
    };
    assert_eq!(nested(8), []);
    assert!(nested(9)[0].1.contains("braces nested more than eight deep"), "{:?}", nested(9));
}

#[test]
fn lists_and_quotations_within_each_other() {
    let list = |depth: usize| -> String {
        (0..depth).map(|level| format!("{}- words\n\n", "  ".repeat(level))).collect()
    };
    let quotation = |depth: usize| format!("{} words\n", ">".repeat(depth));
    let problems = |below: &str| {
        let text = format!(
            "# Context contract\n## Worktrees\n- branch: b agent: a\n## Scope\n- a: own/**\n\
             ## Shared state\n- x: nobody edits\n\n  remarks\n\n{below}"
        );
        let read = read(ContractFile::Markdown, text.as_bytes());
        read.err().unwrap_or_default().into_iter().map(|found| found.message).collect::<Vec<_>>()
    };
    let too_deep = "text nested more than twelve deep, in which no part of a contract can stand";
    for (name, nested) in [("list", list(12)), ("quotation", quotation(12))] {
        let found = problems(&nested);
        assert!(!found.iter().any(|message| message == too_deep), "{name}: {found:?}");
    }
    for (name, nested) in [("list", list(13)), ("quotation", quotation(13))] {
        let found = problems(&nested);
        assert!(found.iter().any(|message| message == too_deep), "{name}: {found:?}");
    }
}

#[test]
fn words_of_a_line_that_have_no_meaning() {
    let told = |words: &str| {
        let text = format!("# Context contract\n## Worktrees\n- branch: b agent: a {words}\n");
        let problems = read(ContractFile::Markdown, text.as_bytes()).expect_err("not clear");
        let found = problems.into_iter().find(|problem| problem.code == "worktree-line");
        found.map(|problem| problem.message).unwrap_or_default()
    };
    // The first is the worktree.
    assert_eq!(told("w x y z"), "it is not clear what `x` and `y` and `z` is");
    assert_eq!(told("w x y z a"), "it is not clear what `x` and `y` and `z` and 1 more is");
}

#[test]
fn pairs_of_a_path_and_what_narrows_it() {
    let problems = |read_only: usize| {
        let paths = |name: &str, count: usize| -> String {
            (0..count).map(|n| format!("{name}/{n}, ")).collect()
        };
        let (own, others) = (paths("own", 1000), paths("others", read_only));
        let text = format!(
            "# Context contract\n## Worktrees\n- branch: b agent: a\n## Scope\n\
             - a: {own}\n- a reads {others}\n"
        );
        let read = read(ContractFile::Markdown, text.as_bytes());
        let problems = read.err().unwrap_or_default().into_iter();
        problems.map(|problem| (problem.code, problem.message)).collect::<Vec<_>>()
    };
    assert_eq!(problems(1000), []);
    let message = "more than 1000000 pairs of a path and what narrows it, braces written out";
    assert!(problems(1001).contains(&("too-many-patterns", message.to_owned())));
}

#[test]
fn a_line_of_markdown() {
    let codes = |bytes: usize| {
        let item = "x.json: nobody edits. ";
        let note = "n".repeat(bytes - item.len());
        let text = format!(
            "## Worktrees\n- branch: b agent: a-1\n## Scope\n- a-1: own/\n\
             ## Shared state\n- {item}{note}\n"
        );
        let problems = read(ContractFile::Markdown, text.as_bytes()).err().unwrap_or_default();
        problems.into_iter().map(|problem| problem.code).collect::<Vec<_>>()
    };
    assert_eq!(codes(64 * 1024), [""; 0]);
    assert_eq!(codes(64 * 1024 + 1), ["line-too-long"]);
}
