//! The spelling of path patterns: special characters, escapes, braces written out, and what is
//! no pattern at all.

use std::iter::Peekable;
use std::str::Chars;

use super::path_signs;
use super::pattern_error::PatternError;

/// The longest pattern, in bytes: as long as the longest path that Linux takes.
pub(super) const LONGEST: usize = 4096;
/// How many patterns the braces of one pattern may stand for.
const MOST_ALTERNATIVES: usize = 256;
/// How deep braces may be nested.
const DEEPEST: usize = 8;
/// Words that stand for a wish and name no path.
const WISHES: [&str; 19] = [
    "all",
    "any",
    "anything",
    "else",
    "everything",
    "everywhere",
    "etc",
    "etc.",
    "misc",
    "n/a",
    "none",
    "nothing",
    "others",
    "remaining",
    "rest",
    "tbd",
    "todo",
    "various",
    "whatever",
];

/// One element of a pattern without braces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Token {
    /// Itself, the slash included.
    Literal(char),
    /// `*`; two of them in a row are a whole segment.
    Star,
    /// `?`
    One,
}

/// A pattern whose braces are written out.
pub(super) struct Spelled {
    pub(super) alternatives: Vec<Vec<Token>>,
    /// Whether any special character is in it.
    pub(super) special: bool,
    /// The bytes before the first special character.
    pub(super) beginning: Vec<u8>,
}

enum Node {
    Token(Token),
    Either(Vec<Vec<Node>>),
}

impl Node {
    fn is_space(&self) -> bool {
        matches!(self, Self::Token(Token::Literal(c)) if c.is_whitespace())
    }
}

/// Reads a pattern's text.
pub(super) fn parse(text: &str) -> Result<Spelled, PatternError> {
    refuse_what_is_no_path(text)?;
    let mut chars = text.chars().peekable();
    let nodes = sequence(&mut chars, 0, text)?;
    if chars.next().is_some() {
        return Err(PatternError::Braces("`}` without `{`"));
    }
    let mut beginning = String::new();
    for node in &nodes {
        let Node::Token(Token::Literal(c)) = node else { break };
        beginning.push(*c);
    }
    let special = !nodes.iter().all(|node| matches!(node, Node::Token(Token::Literal(_))));
    if count(&nodes) > MOST_ALTERNATIVES {
        return Err(PatternError::Braces("braces that stand for more than 256 patterns"));
    }
    let mut alternatives = write_out(&nodes);
    for tokens in &mut alternatives {
        check_segments(tokens)?;
        if special && tokens.last() == Some(&Token::Literal('/')) {
            tokens.extend([Token::Star, Token::Star]);
        }
        join_double_stars(tokens);
    }
    Ok(Spelled { alternatives, special, beginning: beginning.into_bytes() })
}

fn refuse_what_is_no_path(text: &str) -> Result<(), PatternError> {
    if text.is_empty() {
        return Err(PatternError::Empty);
    }
    if text.len() > LONGEST {
        return Err(PatternError::TooLong(text.len()));
    }
    if text.chars().any(|c| c.is_control() || crate::text::is_invisible(c)) {
        return Err(PatternError::Control);
    }
    if let Some(error) = path_signs::wrong(text) {
        return Err(error);
    }
    if let Some(rest) = text.strip_prefix('/') {
        return Err(PatternError::Absolute(rest.trim_start_matches('/').into()));
    }
    let mut start = text.chars();
    let drive = start.next().is_some_and(|c| c.is_ascii_alphabetic()) && start.next() == Some(':');
    if text.starts_with("~/") || drive && matches!(start.next(), Some('/' | '\\')) {
        return Err(PatternError::Absolute(String::new()));
    }
    if let Some((shown, _)) = text.strip_prefix('[').and_then(|rest| rest.split_once("]("))
        && text.ends_with(')')
    {
        return Err(PatternError::Link(shown.into()));
    }
    let spaced = text.contains(char::is_whitespace);
    let outer = text.trim() != text;
    if outer || spaced && !looks_like_path(text) || WISHES.contains(&text.to_lowercase().as_str()) {
        return Err(PatternError::Vague);
    }
    Ok(())
}

/// Whether a text has what paths have: a slash, a wildcard, or an ending.
pub(super) fn looks_like_path(text: &str) -> bool {
    let ending = text.rsplit_once('.').is_some_and(|(_, ending)| {
        !ending.is_empty()
            && ending.len() <= 12
            && ending.chars().all(|c| c.is_ascii_alphanumeric())
    });
    ending || text.contains(['/', '*'])
}

fn sequence(
    chars: &mut Peekable<Chars<'_>>,
    depth: usize,
    text: &str,
) -> Result<Vec<Node>, PatternError> {
    let mut nodes = Vec::new();
    while let Some(c) = chars.peek().copied() {
        if c == '}' || c == ',' && depth > 0 {
            return Ok(nodes);
        }
        chars.next();
        nodes.push(match c {
            '*' => Node::Token(Token::Star),
            '?' => Node::Token(Token::One),
            '{' => Node::Either(either(chars, depth + 1, text)?),
            '\\' => match chars.next() {
                Some(c) if c.is_ascii_punctuation() && c != '/' => Node::Token(Token::Literal(c)),
                _ => return Err(PatternError::Escape(text.replace('\\', "/"))),
            },
            c => Node::Token(Token::Literal(c)),
        });
    }
    Ok(nodes)
}

fn either(
    chars: &mut Peekable<Chars<'_>>,
    depth: usize,
    text: &str,
) -> Result<Vec<Vec<Node>>, PatternError> {
    if depth > DEEPEST {
        return Err(PatternError::Braces("braces nested more than eight deep"));
    }
    let mut branches = Vec::new();
    loop {
        branches.push(sequence(chars, depth, text)?);
        let ends = branches.last().map(|branch| [branch.first(), branch.last()]);
        if ends.into_iter().flatten().flatten().any(Node::is_space) {
            return Err(PatternError::Braces("a space beside a comma in braces"));
        }
        match chars.next() {
            Some(',') => {}
            Some(_) if branches.len() > 1 => return Ok(branches),
            Some(_) => return Err(PatternError::Braces("braces that hold no alternatives")),
            None => return Err(PatternError::Braces("`{` without `}`")),
        }
    }
}

/// How many patterns the braces stand for.
fn count(nodes: &[Node]) -> usize {
    nodes.iter().fold(1, |count: usize, node| match node {
        Node::Token(_) => count,
        Node::Either(branches) => {
            let branches = branches.iter().map(|branch| self::count(branch));
            count.saturating_mul(branches.fold(0, usize::saturating_add))
        }
    })
}

fn write_out(nodes: &[Node]) -> Vec<Vec<Token>> {
    let mut texts = vec![Vec::new()];
    for node in nodes {
        match node {
            Node::Token(token) => texts.iter_mut().for_each(|text| text.push(*token)),
            Node::Either(branches) => {
                let endings: Vec<Vec<Token>> = branches.iter().flat_map(|b| write_out(b)).collect();
                texts = texts
                    .iter()
                    .flat_map(|text| endings.iter().map(move |ending| [&text[..], ending].concat()))
                    .collect();
            }
        }
    }
    texts
}

fn check_segments(tokens: &[Token]) -> Result<(), PatternError> {
    let segments: Vec<&[Token]> = tokens.split(|token| *token == Token::Literal('/')).collect();
    let last = segments.len() - 1;
    let dot = Token::Literal('.');
    let is_dots = |segment: &[Token]| segment == [dot] || segment == [dot, dot];
    let kept = |unwanted: &dyn Fn(&[Token]) -> bool| {
        let kept: Vec<String> = segments
            .iter()
            .enumerate()
            .filter(|(at, segment)| *at == last && segment.is_empty() || !unwanted(segment))
            .map(|(_, segment)| to_text(segment))
            .collect();
        let kept = kept.join("/");
        if kept.is_empty() || kept == "/" { "**".to_owned() } else { kept }
    };
    if segments.iter().any(|segment| is_dots(segment)) {
        return Err(PatternError::Dots(kept(&is_dots)));
    }
    let hollow =
        |(at, segment): (usize, &&[Token])| segment.is_empty() && (at != last || last == 0);
    if segments.iter().enumerate().any(hollow) {
        return Err(PatternError::EmptySegment(kept(&|segment: &[Token]| segment.is_empty())));
    }
    let double = [Token::Star, Token::Star];
    match segments.iter().find(|s| s.len() > 2 && s.windows(2).any(|pair| pair == double)) {
        Some(segment) => Err(PatternError::Stars(to_text(segment))),
        None => Ok(()),
    }
}

/// `**/**` says no more than `**`.
fn join_double_stars(tokens: &mut Vec<Token>) {
    let twice = [Token::Star, Token::Star, Token::Literal('/'), Token::Star, Token::Star];
    while let Some(at) = tokens.windows(5).position(|window| window == twice) {
        tokens.drain(at..at + 3);
    }
}

fn to_text(tokens: &[Token]) -> String {
    tokens
        .iter()
        .map(|token| match token {
            Token::Literal(c) => *c,
            Token::Star => '*',
            Token::One => '?',
        })
        .collect()
}

/// The spelling that `globset` reads, with everything escaped that is special to it alone.
pub(super) fn to_glob(tokens: &[Token]) -> String {
    let mut glob = String::new();
    for token in tokens {
        match token {
            Token::Star => glob.push('*'),
            Token::One => glob.push('?'),
            Token::Literal(c) => {
                if "*?[]{}!,\\".contains(*c) {
                    glob.push('\\');
                }
                glob.push(*c);
            }
        }
    }
    glob
}

#[cfg(test)]
mod tests {
    use super::super::pattern::Pattern;
    use super::*;
    use crate::path::RepoPath;

    fn matches(pattern: &str, path: &str) -> bool {
        let path = RepoPath::new(path).unwrap();
        Pattern::parse(pattern).unwrap_or_else(|e| panic!("{pattern}: {e}")).matches(&path)
    }

    #[test]
    fn what_patterns_match() {
        for (pattern, yes, no) in [
            ("README.md", &["README.md", "README.md/x"][..], &["docs/README.md", "README.mdx"][..]),
            ("src", &["src", "src/a/b"], &["srcs", "a/src"]),
            ("src/", &["src/a", "src/a/b"], &["src"]),
            ("src/**", &["src/a", "src/a/b"], &["src", "srcs/a"]),
            ("**", &["a", "a/b"], &[]),
            ("**/README.md", &["README.md", "a/README.md", "a/b/README.md"], &["aREADME.md"]),
            ("a/**/b", &["a/b", "a/x/b", "a/x/y/b"], &["ab", "a/bb"]),
            ("a/**/**/b", &["a/b", "a/x/b"], &["ab"]),
            ("**/b/**", &["b/x", "a/b/x"], &["b", "a/b", "bb/x"]),
            ("src/*.ts", &["src/a.ts", "src/.ts"], &["src/a/b.ts", "src/a.tsx"]),
            ("src/*", &["src/a"], &["src/a/b"]),
            ("src/*/", &["src/a/b", "src/a/b/c"], &["src/a"]),
            ("a?c", &["abc"], &["ac", "a/c", "abbc"]),
            ("src/{api,db}/**", &["src/api/x", "src/db/x/y"], &["src/ui/x", "src/api"]),
            ("{src/**,a/*.md}", &["src/x/y", "a/b.md"], &["a/b/c.md"]),
            ("src/a{,.test}.ts", &["src/a.ts", "src/a.test.ts"], &["src/a.ts/x"]),
            ("src/app/[id]/page.tsx", &["src/app/[id]/page.tsx"], &["src/app/i/page.tsx"]),
            ("src/app/[id]/*.tsx", &["src/app/[id]/page.tsx"], &["src/app/d/page.tsx"]),
            ("src/app/(auth)/**", &["src/app/(auth)/x"], &["src/app/auth/x"]),
            ("src/[!a]*", &["src/[!a]b"], &["src/b"]),
            (r"a\*b", &["a*b"], &["axb"]),
            (r"\{id\}/*", &["{id}/x"], &["id/x"]),
            ("a,b/*", &["a,b/x"], &["a/x"]),
            ("src/zażółć/*", &["src/zażółć/ą"], &["src/zazolc/a"]),
            ("*", &["a"], &["a/b"]),
            ("docs/User Guide/**", &["docs/User Guide/x"], &[]),
        ] {
            for path in yes {
                assert!(matches(pattern, path), "{pattern} should match {path}");
            }
            for path in no {
                assert!(!matches(pattern, path), "{pattern} should not match {path}");
            }
        }
    }

    #[test]
    fn bytes_are_matched_that_are_no_text() {
        let path = RepoPath::new(*b"src/caf\xe9\n.ts").unwrap();
        for pattern in ["src/*.ts", "src/**", "**/*.ts", "src/caf??.ts"] {
            assert!(Pattern::parse(pattern).unwrap().matches(&path), "{pattern}");
        }
    }

    #[test]
    fn what_is_no_pattern() {
        for (text, code, help) in [
            ("", "pattern-empty", "src/api/**"),
            ("!src/x", "pattern-negated", "except src/x"),
            ("src/* -src/x", "pattern-negated", "except src/x"),
            ("/src/x", "pattern-absolute", "`src/x`"),
            ("~/x", "pattern-absolute", "root"),
            ("C:\\x", "pattern-absolute", "root"),
            ("../x", "pattern-dots", "`x`"),
            ("./src/**", "pattern-dots", "`src/**`"),
            ("a/../b/", "pattern-dots", "`a/b/`"),
            (".", "pattern-dots", "`**`"),
            ("a//b", "pattern-empty-segment", "`a/b`"),
            ("{a/,b}/c", "pattern-empty-segment", "`a/c`"),
            ("a**b", "pattern-stars", "`a*b`"),
            ("src/**.ts", "pattern-stars", "`*.ts`"),
            ("***", "pattern-stars", ""),
            ("{a", "pattern-braces", ""),
            ("a}", "pattern-braces", ""),
            ("{id}/x", "pattern-braces", "\\{"),
            ("src/{a, b}", "pattern-braces", ""),
            ("src/{a ,b}", "pattern-braces", ""),
            ("src\\api\\x", "pattern-escape", "`src/api/x`"),
            ("a\\", "pattern-escape", ""),
            ("the upload feature", "vague-scope", "back-ticks"),
            ("everything", "vague-scope", ""),
            ("[src/b/](src/b/)", "vague-scope", "`src/b/`"),
            (" src", "vague-scope", ""),
            ("a\u{7}b", "pattern-control", ""),
        ] {
            let error = Pattern::parse(text).expect_err(text);
            assert_eq!(error.code(), code, "{text}");
            assert!(error.help().contains(help), "{text}: {}", error.help());
        }
        let long = format!("./{}", "a".repeat(1000));
        let help = Pattern::parse(&long).expect_err("dots").help();
        assert_eq!(help, format!("write `{}…`", "a".repeat(120)));
    }

    #[test]
    fn what_looks_like_a_path() {
        for path in ["a b/c", "a *", "User Guide.md", "a b.abcdefghijkl"] {
            assert!(looks_like_path(path), "{path}");
        }
        for prose in ["a b", "all of it.", "one. and so on", "a b.abcdefghijklm", "v1 + v1.(2)"] {
            assert!(!looks_like_path(prose), "{prose}");
        }
    }

    #[test]
    fn double_stars_in_a_row_are_one() {
        for (pattern, plain) in
            [("a/**/**/b", "a/**/b"), ("**/**/**", "**"), ("a/**/**/**/", "a/**/")]
        {
            let (pattern, plain) = (parse(pattern).unwrap(), parse(plain).unwrap());
            assert_eq!(pattern.alternatives, plain.alternatives);
        }
    }

    #[test]
    fn braces_are_bounded() {
        assert!(Pattern::parse(&"{a,b}".repeat(8)).is_ok());
        assert_eq!(Pattern::parse(&"{a,b}".repeat(9)).expect_err("").code(), "pattern-braces");
        assert_eq!(Pattern::parse(&"{a,b}".repeat(800)).expect_err("").code(), "pattern-braces");
        let nested = |depth: usize| format!("{}a{}", "{a,".repeat(depth), "}".repeat(depth));
        assert!(Pattern::parse(&nested(8)).is_ok());
        assert_eq!(Pattern::parse(&nested(9)).expect_err("").code(), "pattern-braces");
        let deep = nested(1000);
        assert_eq!(Pattern::parse(&deep).expect_err("").code(), "pattern-braces");
        assert_eq!(Pattern::parse(&"a".repeat(5000)).expect_err("").code(), "pattern-unreadable");
    }

    #[test]
    fn the_exact_path_is_closest_then_the_longest_beginning() {
        let path = RepoPath::new("src/db/schema.ts").unwrap();
        let close = |text: &str| Pattern::parse(text).unwrap().closeness(&path).unwrap();
        assert!(close("src/db/schema.ts") > close("src/db/schema.*"));
        assert!(close("src/db/schema.*") > close("src/db/**"));
        assert!(close("src/db") == close("src/db/**"));
        assert!(close("src/db/**") > close("src/**") && close("src/**") > close("**/*.ts"));
    }
}
