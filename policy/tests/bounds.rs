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
