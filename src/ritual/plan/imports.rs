//! What a source file says it needs, read line by line in the common languages.
//!
//! No language is parsed: a line that imports looks like one in all of them. What stands in a comment
//! or a string is taken for an import too, and harms only where it names a file that is there.

/// How a language names what it needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// JavaScript and TypeScript, and what embeds them.
    Script,
    /// Python.
    Python,
    /// Rust.
    Rust,
    /// Go.
    Go,
    /// Java and Kotlin.
    Java,
    /// C and C++.
    C,
}

/// One thing that a file needs, in the words of its language.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Needed {
    /// A path, relative to the file or from a root, as it was written.
    Path(String),
    /// A module by its parts: of so many levels above the file, or from a root where there are none.
    Module {
        /// Levels above, as Python counts its dots: 1 is the file's own directory.
        above: usize,
        /// The parts.
        parts: Vec<String>,
    },
    /// `mod x;`
    Child(String),
}

impl Language {
    /// The language of a file, by the ending of its name.
    pub fn of(path: &str) -> Option<Self> {
        let name = path.rsplit('/').next().unwrap_or(path);
        Some(match name.rsplit_once('.')?.1 {
            "js" | "jsx" | "mjs" | "cjs" | "ts" | "tsx" | "mts" | "cts" | "vue" | "svelte" => {
                Self::Script
            }
            "py" | "pyi" => Self::Python,
            "rs" => Self::Rust,
            "go" => Self::Go,
            "java" | "kt" | "kts" => Self::Java,
            "c" | "h" | "cc" | "cpp" | "cxx" | "hh" | "hpp" | "hxx" => Self::C,
            _ => return None,
        })
    }

    /// What a file of the language needs.
    pub fn needs(self, text: &str) -> Vec<Needed> {
        let mut found = match self {
            Self::Script => script(text),
            Self::Python => python(text),
            Self::Rust => rust(text),
            Self::Go => go(text),
            Self::Java => java(text),
            Self::C => c(text),
        };
        found.sort_unstable();
        found.dedup();
        found
    }
}

/// What is quoted behind a word, with blanks and an opening bracket between them.
fn quoted_after<'t>(line: &'t str, word: &str) -> Vec<&'t str> {
    let mut found = Vec::new();
    for (at, _) in line.match_indices(word) {
        let before = line[..at].chars().next_back();
        if before.is_some_and(|c| c.is_alphanumeric() || matches!(c, '_' | '$' | '.')) {
            continue;
        }
        let rest = line[at + word.len()..].trim_start();
        let rest = rest.strip_prefix('(').unwrap_or(rest).trim_start();
        let Some(quote) = rest.chars().next().filter(|c| matches!(c, '"' | '\'' | '`')) else {
            continue;
        };
        found.extend(rest[1..].split(quote).next().filter(|name| !name.is_empty()));
    }
    found
}

fn script(text: &str) -> Vec<Needed> {
    let named = text.lines().flat_map(|line| {
        let words = ["from", "import", "require", "require.resolve"];
        words.into_iter().flat_map(|word| quoted_after(line, word)).collect::<Vec<_>>()
    });
    named.map(|path| Needed::Path(path.to_owned())).collect()
}

fn parts(dotted: &str) -> Vec<String> {
    dotted.split('.').map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned).collect()
}

fn python(text: &str) -> Vec<Needed> {
    let mut found = Vec::new();
    for line in text.lines().map(str::trim_start) {
        if let Some(rest) = line.strip_prefix("import ") {
            for name in rest.split('#').next().unwrap_or_default().split(',') {
                let name = name.split_whitespace().next().unwrap_or_default();
                found.push(Needed::Module { above: 0, parts: parts(name) });
            }
        } else if let Some(rest) = line.strip_prefix("from ")
            && let Some((from, names)) = rest.split_once(" import ")
        {
            let above = from.trim().bytes().take_while(|byte| *byte == b'.').count();
            let from = parts(from);
            found.push(Needed::Module { above, parts: from.clone() });
            let names = names.split('#').next().unwrap_or_default();
            for name in names.split([',', '(', ')', '\\']) {
                let Some(name) = name.split_whitespace().next().filter(|name| *name != "*") else {
                    continue;
                };
                let parts = from.iter().cloned().chain([name.to_owned()]).collect();
                found.push(Needed::Module { above, parts });
            }
        }
    }
    found
        .retain(|needed| !matches!(needed, Needed::Module { above: 0, parts } if parts.is_empty()));
    found
}

/// Without `pub`, `pub(crate)` and the like.
fn unpublished(line: &str) -> &str {
    let Some(rest) = line.strip_prefix("pub") else { return line };
    match rest.strip_prefix('(').and_then(|rest| rest.split_once(')')) {
        Some((_, rest)) => rest.trim_start(),
        None if rest.starts_with(char::is_whitespace) => rest.trim_start(),
        None => line,
    }
}

fn rust(text: &str) -> Vec<Needed> {
    let mut found = Vec::new();
    let mut lines = text.lines().map(str::trim);
    while let Some(line) = lines.next() {
        let line = unpublished(line);
        if let Some(name) = line.strip_prefix("mod ").and_then(|rest| rest.strip_suffix(';')) {
            found.push(Needed::Child(name.trim().to_owned()));
        }
        let Some(rest) = line.strip_prefix("use ") else { continue };
        let mut whole = rest.to_owned();
        while !whole.contains(';') && whole.len() < 4096 {
            let Some(line) = lines.next() else { break };
            whole.push_str(line);
        }
        used(whole.split(';').next().unwrap_or_default(), &[], 0, &mut found);
    }
    found
}

/// The paths of a `use`, its braces opened.
fn used(tree: &str, before: &[&str], depth: usize, found: &mut Vec<Needed>) {
    let (path, group) = match tree.split_once('{') {
        Some((path, rest)) => {
            (path, Some(rest.rsplit_once('}').map_or(rest, |(inside, _)| inside)))
        }
        None => (tree, None),
    };
    let path = path.split(" as ").next().unwrap_or_default();
    let own = path.split("::").map(str::trim).filter(|part| !part.is_empty() && *part != "*");
    let parts: Vec<&str> = before.iter().copied().chain(own).collect();
    match group.filter(|_| depth < 16) {
        None => found.extend(rust_module(&parts)),
        Some(group) => {
            let (mut level, mut start) = (0_usize, 0);
            for (at, c) in group.char_indices() {
                match c {
                    '{' => level += 1,
                    '}' => level = level.saturating_sub(1),
                    ',' if level == 0 => {
                        used(&group[start..at], &parts, depth + 1, found);
                        start = at + 1;
                    }
                    _ => {}
                }
            }
            if !group[start..].trim().is_empty() {
                used(&group[start..], &parts, depth + 1, found);
            }
        }
    }
}

fn rust_module(parts: &[&str]) -> Option<Needed> {
    let (first, rest) = parts.split_first()?;
    let above = match *first {
        "crate" => 0,
        "self" => 1,
        "super" => 2 + rest.iter().take_while(|part| **part == "super").count(),
        _ => return None,
    };
    let rest = rest.iter().filter(|part| **part != "super" && **part != "self");
    Some(Needed::Module { above, parts: rest.map(|part| (*part).to_owned()).collect() })
}

fn go(text: &str) -> Vec<Needed> {
    let mut found = Vec::new();
    let mut inside = false;
    for line in text.lines().map(str::trim) {
        let is_import = line.starts_with("import ") || line.starts_with("import(");
        inside |= is_import && line.contains('(');
        if inside || is_import {
            found.extend(line.split('"').nth(1).map(|path| Needed::Path(path.to_owned())));
        }
        inside &= !line.starts_with(')');
    }
    found
}

fn java(text: &str) -> Vec<Needed> {
    let named = text.lines().filter_map(|line| line.trim().strip_prefix("import "));
    let named = named.map(|name| name.strip_prefix("static ").unwrap_or(name));
    let named = named.map(|name| name.split([';', ' ']).next().unwrap_or_default());
    named.map(|name| Needed::Module { above: 0, parts: parts(name) }).collect()
}

fn c(text: &str) -> Vec<Needed> {
    let directives = text.lines().filter_map(|line| line.trim_start().strip_prefix('#'));
    let named = directives.filter_map(|line| line.trim_start().strip_prefix("include"));
    let path = |rest: &str| {
        let rest = rest.trim_start();
        let end = match rest.chars().next()? {
            '"' => '"',
            '<' => '>',
            _ => return None,
        };
        Some(Needed::Path(rest[1..].split(end).next()?.to_owned()))
    };
    named.filter_map(path).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn needs(file: &str, text: &str) -> Vec<String> {
        let shown = |needed| match needed {
            Needed::Path(path) => path,
            Needed::Child(name) => format!("mod {name}"),
            Needed::Module { above, parts } => format!("{}{}", ".".repeat(above), parts.join("/")),
        };
        Language::of(file).unwrap().needs(text).into_iter().map(shown).collect()
    }

    #[test]
    fn every_language_says_what_it_needs() {
        let script = "import a from './a'\nimport \"./b.css\";\nexport * from \"../c\"\n\
            const d = require('./d'); const e = await import(`@/e`)\n} from \"./f\";\n\
            const from = 'x'; comefrom('./no'); // nothing";
        assert_eq!(needs("a.tsx", script), ["../c", "./a", "./b.css", "./d", "./f", "@/e"]);
        let python = "import a.b as c, d # e\nfrom . import x\nfrom ..y.z import (f, g as h)\n\
            from k import *\n    import lazy\nfromage = 1\n";
        assert_eq!(
            needs("a.py", python),
            ["a/b", "d", "k", "lazy", ".", ".x", "..y/z", "..y/z/f", "..y/z/g"]
        );
        let rust = "pub mod a;\nmod b;\nmod c { }\npub(crate) use crate::x::y as z;\n\
            use super::super::w;\nuse crate::{p, q::{r, s::*}};\nuse self::t;\nuse std::fmt;\n\
            use crate::long::{\n    one,\n    two,\n};\n";
        assert_eq!(
            needs("a.rs", rust),
            ["long/one", "long/two", "p", "q/r", "q/s", "x/y", ".t", "...w", "mod a", "mod b"]
        );
        let go =
            "package x\nimport \"fmt\"\nimport (\n\t\"m/a\"\n\tb \"m/b\"\n)\nvar s = \"m/no\"\n";
        assert_eq!(needs("a.go", go), ["fmt", "m/a", "m/b"]);
        let java = "package x;\nimport a.b.C;\nimport static a.D.e;\nimport a.f.*;\n";
        assert_eq!(needs("A.java", java), ["a/D/e", "a/b/C", "a/f/*"]);
        assert_eq!(
            needs("a.c", "#include \"x.h\"\n # include <y/z.h>\n#define x"),
            ["x.h", "y/z.h"]
        );
        assert_eq!(Language::of("Makefile"), None);
        assert_eq!(Language::of("a.txt"), None);
    }

    #[test]
    fn nothing_that_stands_in_a_file_is_too_odd() {
        let odd = "import '\nimport \"é\nfrom . import\nuse crate::{{{,}\nuse ;\nmod ;\n#include\n\
            #include \"\nimport (\nimport é;\nfrom 'ü' import";
        for file in ["a.ts", "a.py", "a.rs", "a.go", "a.java", "a.c"] {
            needs(file, odd);
        }
    }
}
