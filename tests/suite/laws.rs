//! The laws of ARCHITECTURE.md that no compiler holds: what the sources may name, and where.

use std::fs;
use std::path::{Path, PathBuf};

/// A source file: its path from the root, and its text without tests and comments.
struct Source {
    path: String,
    code: String,
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn sources(below: &str) -> Vec<Source> {
    let mut found = Vec::new();
    collect(&root().join(below), &mut found);
    assert!(!found.is_empty(), "{below} has sources");
    found
}

fn collect(directory: &Path, found: &mut Vec<Source>) {
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() {
            if name != "tests" {
                collect(&path, found);
            }
        } else if name.ends_with(".rs") && !name.ends_with("tests.rs") {
            let text = fs::read_to_string(&path).unwrap();
            let path = path.strip_prefix(root()).unwrap().to_string_lossy().into_owned();
            found.push(Source { path, code: without_tests_and_comments(&text) });
        }
    }
}

/// Test modules stand at the end of a file, and comments on lines of their own.
fn without_tests_and_comments(text: &str) -> String {
    let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
    let lines = code.lines().filter(|line| !line.trim_start().starts_with("//"));
    lines.map(|line| format!("{line}\n")).collect()
}

/// Whether the code names a word, and not a longer one that begins or ends with it.
fn names(code: &str, word: &str) -> bool {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    code.match_indices(word).any(|(at, _)| {
        let goes_on = word.ends_with(is_part) && code[at + word.len()..].starts_with(is_part);
        !goes_on && !code[..at].ends_with(is_part)
    })
}

/// The places that name a word, but for those below the allowed paths.
fn trespassers<'a>(sources: &'a [Source], words: &[&str], allowed: &[&str]) -> Vec<&'a str> {
    let elsewhere =
        sources.iter().filter(|source| !allowed.iter().any(|path| source.path.starts_with(path)));
    let naming = elsewhere.filter(|source| words.iter().any(|word| names(&source.code, word)));
    naming.map(|source| source.path.as_str()).collect()
}

#[test]
fn the_policy_sees_nothing_of_the_machine() {
    let words = [
        "std::fs",
        "std::env",
        "std::process",
        "std::net",
        "std::time",
        "std::io",
        "git2",
        "unsafe",
    ];
    assert_eq!(trespassers(&sources("policy/src"), &words, &[]), [""; 0]);
}

#[test]
fn each_thing_of_the_machine_has_one_place() {
    let sources = sources("src");
    let none = [""; 0];
    assert_eq!(trespassers(&sources, &["git2::", "use git2"], &["src/repository/libgit2"]), none);
    let process = ["Command::new(", "std::env::current_exe"];
    assert_eq!(trespassers(&sources, &process, &["src/system/process.rs"]), none);
    assert_eq!(trespassers(&sources, &["signal_hook"], &["src/system/signals.rs"]), none);
    let environment = ["env::var", "env::var_os", "env::vars", "env::vars_os", "env::current_dir"];
    assert_eq!(trespassers(&sources, &environment, &["src/system/environment.rs"]), none);
    let streams = ["println!", "eprintln!", "print!(", "io::stdout()", "io::stderr()"];
    let writers = ["src/cli/terminal.rs", "src/cli/fault.rs"];
    assert_eq!(trespassers(&sources, &streams, &writers), none);
}

#[test]
fn data_flows_one_way() {
    let none = [""; 0];
    let inner = [
        ("src/system", &["crate::"][..], "knows nothing of the rest"),
        ("src/repository", &["crate::evidence", "crate::checkpoints", "crate::cli"], "asks nobody"),
        ("src/evidence", &["crate::checkpoints", "crate::cli", "crate::report"], "does not print"),
        ("src/report", &["crate::repository", "crate::system", "crate::cli"], "reads nothing"),
        ("src/checkpoints", &["crate::cli", "crate::ritual"], "does not know who calls"),
        ("src/ritual", &["crate::cli"], "does not print"),
    ];
    for (room, forbidden, why) in inner {
        assert_eq!(trespassers(&sources(room), forbidden, &[]), none, "{room} {why}");
    }
}

#[test]
fn only_rules_make_violations() {
    let making = ["Violation {"];
    assert_eq!(trespassers(&sources("src"), &making, &["src/report/samples.rs"]), [""; 0]);
    let policy = sources("policy/src");
    let allowed = ["policy/src/rules/", "policy/src/verdict.rs"];
    assert_eq!(trespassers(&policy, &making, &allowed), [""; 0]);
}

#[test]
fn files_stay_of_a_size_to_be_read() {
    for source in sources("src").into_iter().chain(sources("policy/src")) {
        let text = fs::read_to_string(root().join(&source.path)).unwrap();
        assert!(text.starts_with("//! "), "{} says what it is for", source.path);
        let lines = text.lines().count();
        assert!(lines <= 500, "{} has {lines} lines: are there two things in it?", source.path);
    }
}

#[test]
fn the_map_shows_what_is_there() {
    let map = fs::read_to_string(root().join("ARCHITECTURE.md")).unwrap();
    let rooms = fs::read_dir(root().join("src")).unwrap().map(|entry| entry.unwrap());
    for room in rooms.filter(|room| room.path().is_dir()) {
        let name = format!("`src/{}/`", room.file_name().to_string_lossy());
        assert!(map.contains(&name), "{name} is on the map");
    }
    let named = map.split('`').skip(1).step_by(2);
    let paths = named.filter(|word| {
        let begins = ["src/", "policy/", "tests/", "fixtures/", "hooks/"];
        begins.iter().any(|begin| word.starts_with(begin))
    });
    for path in paths {
        assert!(root().join(path).exists(), "{path} is on the map and not there");
    }
}
