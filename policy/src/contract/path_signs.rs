//! Signs around a path that say something of it elsewhere, and here would be a part of its name: an
//! exclusion, quotation marks, a line of the file.

use super::pattern_error::PatternError;

/// What takes a path out, as git, ignore files and command lines write it.
const EXCLUDES: [&str; 12] = [
    ":(exclude)",
    ":!",
    ":^",
    "not:",
    "!",
    "-/",
    "-",
    "^",
    "~",
    "\u{2010}",
    "\u{2013}",
    "\u{2014}",
];

/// Marks in pairs around a whole path.
const PAIRS: [(&str, &str); 9] = [
    ("'", "'"),
    ("“", "”"),
    ("‘", "’"),
    ("„", "“"),
    ("«", "»"),
    ("»", "«"),
    ("‹", "›"),
    ("<", ">"),
    ("「", "」"),
];

/// What is wrong with the signs around a path.
pub(super) fn wrong(text: &str) -> Option<PatternError> {
    excluded(text)
        .map(|(sign, rest)| PatternError::Negated(sign, rest.trim().into()))
        .or_else(|| marked(text).map(|inner| PatternError::Quoted(inner.into())))
        .or_else(|| dotted(text).map(PatternError::Dots))
        .or_else(|| without_lines(text).map(|path| PatternError::OfLines(path.into())))
}

/// What is taken out, at the beginning or behind another path, and the sign that does so.
fn excluded(text: &str) -> Option<(&'static str, &str)> {
    if text.starts_with("~/") {
        return None; // Somebody's home.
    }
    let begins = |text: &str| EXCLUDES.iter().find(|sign| text.starts_with(**sign)).copied();
    if let Some(sign) = begins(text) {
        return Some((sign, &text[sign.len()..]));
    }
    // A blank before a sign, and none behind it: `src/** -src/x`, but not `User Guide - draft.md`.
    text.match_indices(char::is_whitespace).find_map(|(at, blank)| {
        let rest = &text[at + blank.len()..];
        let sign = begins(rest)?;
        let behind = &rest[sign.len()..];
        let is_path = behind.contains('/') && !behind.starts_with(char::is_whitespace);
        is_path.then_some((sign, behind))
    })
}

/// What stands between marks that Markdown or a person puts around it.
fn marked(text: &str) -> Option<&str> {
    let between = |open: &str, close: &str| {
        text.strip_prefix(open)?.strip_suffix(close).filter(|inner| !inner.is_empty())
    };
    if let Some(inner) = PAIRS.iter().find_map(|(open, close)| between(open, close)) {
        return Some(inner);
    }
    // `[id]` is a directory's name, and `[a]/[b]` are two.
    if let Some(inner) = between("[", "]")
        && inner.contains('/')
        && !inner.contains(['[', ']'])
    {
        return Some(inner);
    }
    // `__tests__` is one, and `__tests__/__mocks__` too.
    ["__", "_"].iter().find_map(|mark| {
        let inner = between(mark, mark)?;
        let (first, _) = inner.split_once('/')?;
        let (_, last) = inner.rsplit_once('/')?;
        (!first.ends_with('_') && !last.starts_with('_')).then_some(inner)
    })
}

/// A directory with all that is below it, as some tools write it: `src/...`.
fn dotted(text: &str) -> Option<String> {
    let is_dots = |segment: &str| matches!(segment, "..." | "…");
    let (directory, last) = text.rsplit_once('/')?;
    is_dots(last).then(|| format!("{directory}/**"))
}

/// The file, where a line of it is named: `a.rs:10`, `a.rs:10-20`, `a.rs#L10`.
fn without_lines(text: &str) -> Option<&str> {
    let is_range = |range: &str| {
        let ends: Vec<&str> = range.split('-').map(|end| end.trim_start_matches('L')).collect();
        let is_number = |end: &&str| !end.is_empty() && end.bytes().all(|b| b.is_ascii_digit());
        ends.len() <= 2 && ends.iter().all(is_number)
    };
    let (path, range) = text.rsplit_once("#L").or_else(|| text.rsplit_once(':'))?;
    (!path.is_empty() && is_range(range)).then_some(path)
}

#[cfg(test)]
mod tests {
    use super::super::pattern::Pattern;

    #[test]
    fn they_are_errors_that_name_the_path() {
        for (text, code, help) in [
            ("-src/x", "pattern-negated", "except src/x"),
            ("-/src/x", "pattern-negated", "except src/x"),
            ("–src/x", "pattern-negated", "except src/x"),
            ("^src/x", "pattern-negated", "except src/x"),
            ("~src/x", "pattern-negated", "except src/x"),
            (":!src/x", "pattern-negated", "except src/x"),
            (":^src/x", "pattern-negated", "except src/x"),
            (":(exclude)src/x", "pattern-negated", "except src/x"),
            ("not:src/x", "pattern-negated", "except src/x"),
            ("src/** -src/x/**", "pattern-negated", "except src/x/**"),
            ("src/** !src/x/**", "pattern-negated", "except src/x/**"),
            ("«src/x»", "vague-scope", "`src/x`"),
            ("<src/x>", "vague-scope", "`src/x`"),
            ("[src/x]", "vague-scope", "`src/x`"),
            ("_src/x_", "vague-scope", "`src/x`"),
            ("__src/x__", "vague-scope", "`src/x`"),
            ("“src/x”", "vague-scope", "`src/x`"),
            ("src/...", "pattern-dots", "`src/**`"),
            ("src/x/…", "pattern-dots", "`src/x/**`"),
            ("src/x.rs:10", "pattern-lines", "`src/x.rs`"),
            ("src/x.rs:10-20", "pattern-lines", "`src/x.rs`"),
            ("src/x.rs#L10-L20", "pattern-lines", "`src/x.rs`"),
        ] {
            let error = Pattern::parse(text).expect_err(text);
            assert_eq!(error.code(), code, "{text}");
            assert!(error.help().contains(help), "{text}: {}", error.help());
        }
    }

    #[test]
    fn names_that_hold_such_signs_are_names() {
        for text in [
            "docs/User Guide - draft.md",
            "docs/a -b.md",
            r"\-src/x",
            "a-b/x",
            "src/-x",
            "src/~x",
            "[id]",
            "[id]/[slug]",
            "app/[id]/page.tsx",
            "__tests__",
            "__tests__/__mocks__",
            "_layout/x",
            "_x_",
            "_a_/b_",
            "_a/_b_",
            "+page.svelte",
            "@scope/x",
            "src/a...b",
            "src/x:y",
            "src/x#1",
        ] {
            Pattern::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
        }
    }
}
