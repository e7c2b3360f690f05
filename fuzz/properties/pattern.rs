//! What must hold of any two patterns and any paths: they match what a naive reading of their
//! spelling matches, and two scopes of a valid contract share no path.
//!
//! The input is text: a pattern, a pattern, and then paths, a line each. Used by the fuzz target
//! and, on the kept corpus, by ordinary tests.

use policy::contract::{ContractFile, Pattern, read};
use policy::path::RepoPath;

/// More than this takes the naive reading too long.
const LONGEST: usize = 200;

/// Reads the input, and compares.
pub fn holds(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let mut lines = text.split('\n');
    let (one, other) = (lines.next().unwrap_or_default(), lines.next().unwrap_or_default());
    let paths: Vec<&str> = lines.filter(|path| is_path(path)).take(20).collect();
    for pattern in [one, other] {
        agrees(pattern, &paths);
    }
    if one.len() <= LONGEST && other.len() <= LONGEST {
        tell_apart(one, other, &paths);
    }
}

/// Git has no path with an empty component, and none of these.
fn is_path(path: &str) -> bool {
    let is_name = |part: &str| !part.is_empty() && part != "." && part != "..";
    path.len() <= LONGEST && !path.contains('\0') && path.split('/').all(is_name)
}

/// One pattern against the naive reading.
fn agrees(text: &str, paths: &[&str]) {
    let pattern = match Pattern::parse(text) {
        Ok(pattern) => pattern,
        Err(error) => {
            assert!(error.code().starts_with("pattern-") || error.code() == "vague-scope");
            assert!(!error.to_string().is_empty() && !error.help().is_empty(), "{text:?}");
            return;
        }
    };
    assert_eq!(pattern.as_str(), text);
    if text.len() > LONGEST {
        return;
    }
    let naive = Naive::read(text);
    for path in paths {
        let matched = pattern.matches(&RepoPath::new(*path).expect("a path"));
        assert_eq!(matched, naive.matches(path), "{text:?} {path:?}");
        assert!(!matched || path.as_bytes().starts_with(pattern.beginning()), "{text:?} {path:?}");
    }
}

/// Two patterns as the scopes of two agents: a contract that allows both gives no path to both,
/// and one that is refused names a path that both match.
fn tell_apart(one: &str, other: &str, paths: &[&str]) {
    if Pattern::parse(one).is_err() || Pattern::parse(other).is_err() {
        return;
    }
    let contract = format!(
        "[agents.a-1]\nbranch = \"a\"\nscope = [{}, \"own/a\"]\n\
         [agents.b-2]\nbranch = \"b\"\nscope = [{}, \"own/b\"]\n\
         [shared]\nown = \"nobody\"\n\"own/a\" = {{ owner = \"a-1\" }}\n\"own/b\" = {{ owner = \"b-2\" }}\n",
        quoted(one),
        quoted(other)
    );
    let both = [Naive::read(one), Naive::read(other)];
    let shared = |path: &str| {
        path == "own"
            || path.starts_with("own/")
            || path == "CONTRACT.md"
            || path == "contract.toml"
    };
    match read(ContractFile::Toml, contract.as_bytes()) {
        Ok(_) => {
            for path in paths.iter().filter(|path| !shared(path)) {
                let twice = both.iter().all(|naive| naive.matches(path));
                assert!(!twice, "{one:?} and {other:?} both match {path:?}");
            }
        }
        Err(problems) => {
            for problem in problems {
                let Some((_, path)) = problem.message.rsplit_once(" both match ") else {
                    assert_ne!(problem.code, "overlap", "{problem:?}");
                    continue;
                };
                // What is not plain is shown quoted, or cut.
                if !path.starts_with('"') && !path.ends_with('…') {
                    let twice = both.iter().all(|naive| naive.matches(path)) && !shared(path);
                    assert!(twice, "{one:?} and {other:?} do not both match {path:?}");
                }
            }
        }
    }
}

fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c.is_ascii_alphanumeric() {
            true => out.push(c),
            false => out.push_str(&format!("\\U{:08X}", u32::from(c))),
        }
    }
    out + "\""
}

/// A pattern as a reader of the documentation would understand it, without regard to time.
struct Naive {
    /// Whether anything in the text is special.
    special: bool,
    /// The patterns that the braces stand for.
    alternatives: Vec<Vec<Mark>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mark {
    Byte(u8),
    Star,
    One,
}

impl Naive {
    /// Reads a pattern that is known to be one.
    fn read(text: &str) -> Self {
        let mut special = false;
        let mut at = 0;
        let alternatives = sequence(text.as_bytes(), &mut at, 0, &mut special);
        assert_eq!(at, text.len());
        Self { special, alternatives }
    }

    fn matches(&self, path: &str) -> bool {
        self.alternatives.iter().any(|marks| self.alternative(marks, path.as_bytes()))
    }

    fn alternative(&self, marks: &[Mark], path: &[u8]) -> bool {
        let mut segments: Vec<&[Mark]> = marks.split(|mark| *mark == Mark::Byte(b'/')).collect();
        // A slash at the end: everything below.
        let below = segments.len() > 1 && segments.last().is_some_and(|last| last.is_empty());
        let double = [Mark::Star, Mark::Star];
        if below {
            segments.pop();
            segments.push(&double);
        }
        let parts: Vec<&[u8]> = path.split(|byte| *byte == b'/').collect();
        let whole = those(&segments, &parts);
        if self.special || below {
            return whole;
        }
        // A name without anything special: the file, or everything below that directory.
        segments.push(&double);
        whole || those(&segments, &parts)
    }
}

/// The alternatives of a text up to its end, or to a comma or brace of the braces that it is in.
fn sequence(text: &[u8], at: &mut usize, depth: usize, special: &mut bool) -> Vec<Vec<Mark>> {
    let mut all = vec![Vec::new()];
    while let Some(byte) = text.get(*at).copied() {
        if depth > 0 && (byte == b',' || byte == b'}') {
            break;
        }
        *at += 1;
        let endings = match byte {
            b'{' => {
                *special = true;
                let mut endings = Vec::new();
                loop {
                    endings.extend(sequence(text, at, depth + 1, special));
                    *at += 1;
                    if text[*at - 1] == b'}' {
                        break endings;
                    }
                }
            }
            b'\\' => {
                *at += 1;
                vec![vec![Mark::Byte(text[*at - 1])]]
            }
            b'*' | b'?' => {
                *special = true;
                vec![vec![if byte == b'*' { Mark::Star } else { Mark::One }]]
            }
            _ => vec![vec![Mark::Byte(byte)]],
        };
        let mut longer = Vec::new();
        for begun in &all {
            longer.extend(endings.iter().map(|ending| [&begun[..], ending].concat()));
        }
        all = longer;
    }
    all
}

/// Whether segments match components. `**` at the end takes at least one, elsewhere any number.
fn those(segments: &[&[Mark]], parts: &[&[u8]]) -> bool {
    // After each segment: how many components may be taken by then.
    let mut taken = vec![false; parts.len() + 1];
    taken[0] = true;
    for (number, segment) in segments.iter().enumerate() {
        let is_last = number + 1 == segments.len();
        taken = match segment {
            [Mark::Star, Mark::Star] => {
                let least = usize::from(is_last);
                (0..taken.len())
                    .map(|end| (0..=end).any(|at| taken[at] && end - at >= least))
                    .collect()
            }
            _ => (0..taken.len())
                .map(|end| end > 0 && taken[end - 1] && this(segment, parts[end - 1]))
                .collect(),
        };
    }
    taken[parts.len()]
}

/// Whether the marks of one segment match one component.
fn this(marks: &[Mark], part: &[u8]) -> bool {
    let mut taken = vec![false; part.len() + 1];
    taken[0] = true;
    for mark in marks {
        let one = |end: usize| end > 0 && taken[end - 1];
        taken = (0..taken.len())
            .map(|end| match mark {
                Mark::Star => taken[..=end].contains(&true),
                Mark::One => one(end),
                Mark::Byte(byte) => one(end) && part[end - 1] == *byte,
            })
            .collect();
    }
    taken[part.len()]
}
