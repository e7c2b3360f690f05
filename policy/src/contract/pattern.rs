//! A path pattern of the contract: how it is spelled, and which paths it matches.
//!
//! Braces are written out into alternatives; an alternative without a wildcard is compared byte
//! by byte, and only those with one are handed to `globset` for its regex. That is compiled when a
//! path first comes near it: of a contract's patterns a hook meets a few, and compiling all of them
//! is most of what reading a large contract would take. Patterns never look at a file system.

use std::sync::OnceLock;

use globset::GlobBuilder;
use regex_automata::meta::Regex;
use regex_automata::util::syntax;

use super::disjoint::Segments;
pub use super::pattern_error::PatternError;
use super::spelling::{self, Token};
use crate::path::RepoPath;

/// A pattern, anchored at the repository's root, matched on bytes.
#[derive(Debug, Clone)]
pub struct Pattern {
    text: Box<str>,
    /// The bytes before the first special character, escapes resolved.
    beginning: Box<[u8]>,
    alternatives: Box<[Alternative]>,
}

/// What one pattern stands for once its braces are written out.
#[derive(Debug, Clone)]
pub(super) struct Alternative {
    pub(super) kind: Kind,
    /// The bytes with which every matched path begins.
    pub(super) beginning: Box<[u8]>,
}

/// How an alternative matches.
#[derive(Debug, Clone)]
pub(super) enum Kind {
    /// This path, or anything below it. The beginning is the path.
    Tree,
    /// This path alone. The beginning is the path.
    Exact,
    /// Anything below a directory. The beginning is the directory with its slash; empty for
    /// every path.
    Below,
    /// Whatever the regex of the glob matches.
    Wild {
        /// The glob, compiled.
        regex: OnceLock<Box<Regex>>,
        /// As `globset` reads it.
        glob: Box<str>,
        segments: Segments,
    },
}

/// How closely a pattern names a path: the exact path first, then the longest literal beginning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Closeness {
    exact: bool,
    beginning: usize,
}

impl Pattern {
    /// Reads a pattern (design section 2.3).
    ///
    /// # Errors
    /// What is wrong with the spelling; see [`PatternError::help`] for the right one.
    pub fn parse(text: &str) -> Result<Self, PatternError> {
        let spelled = spelling::parse(text)?;
        let special = spelled.special;
        let alternatives =
            spelled.alternatives.iter().map(|tokens| Alternative::new(tokens, special)).collect();
        Ok(Self { text: text.into(), beginning: spelled.beginning.into(), alternatives })
    }

    /// As written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether it matches a path.
    pub fn matches(&self, path: &RepoPath) -> bool {
        self.alternatives.iter().any(|alternative| alternative.matches(path.as_bytes()))
    }

    /// The literal beginning of the text, before its first special character.
    pub fn beginning(&self) -> &[u8] {
        &self.beginning
    }

    /// How closely it names a path; `None` when it does not match.
    pub(super) fn closeness(&self, path: &RepoPath) -> Option<Closeness> {
        if !self.matches(path) {
            return None;
        }
        let is_tree = self.is_tree();
        let exact = is_tree && *self.beginning == *path.as_bytes();
        let slash = usize::from(is_tree && !exact);
        Some(Closeness { exact, beginning: self.beginning.len() + slash })
    }

    /// Whether it names one path, with everything below it.
    pub(super) fn is_tree(&self) -> bool {
        matches!(&*self.alternatives, [Alternative { kind: Kind::Tree, .. }])
    }

    /// What the pattern stands for.
    pub(super) fn alternatives(&self) -> &[Alternative] {
        &self.alternatives
    }
}

/// Two patterns are the same when they are spelled the same.
impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for Pattern {}

impl Alternative {
    fn new(tokens: &[Token], special: bool) -> Self {
        let is_literal = |token: &Token| matches!(token, Token::Literal(_));
        let beginning = literals(tokens.iter().take_while(|token| is_literal(token)));
        let whole = beginning.len() == literals(tokens.iter().filter(|t| is_literal(t))).len()
            && tokens.iter().all(is_literal);
        if whole {
            let kind = match (beginning.last(), special) {
                (Some(b'/'), _) => Kind::Below,
                (_, true) => Kind::Exact,
                (_, false) => Kind::Tree,
            };
            return Self { kind, beginning };
        }
        let below = [Token::Star, Token::Star];
        if let Some(directory) = tokens.strip_suffix(&below)
            && directory.iter().all(is_literal)
        {
            return Self { kind: Kind::Below, beginning };
        }
        let (regex, glob) = (OnceLock::new(), spelling::to_glob(tokens).into());
        let kind = Kind::Wild { regex, glob, segments: Segments::new(tokens) };
        Self { kind, beginning }
    }

    /// The alternative that is one path, literally.
    pub(super) fn exact(path: &str) -> Self {
        Self { kind: Kind::Exact, beginning: path.as_bytes().into() }
    }

    /// The alternative that is everything below a directory, whose path has a slash at its end.
    pub(super) fn below(directory: &[u8]) -> Self {
        Self { kind: Kind::Below, beginning: directory.into() }
    }

    pub(super) fn matches(&self, path: &[u8]) -> bool {
        let Some(rest) = path.strip_prefix(&*self.beginning) else { return false };
        match &self.kind {
            Kind::Tree => rest.is_empty() || rest[0] == b'/',
            Kind::Exact => rest.is_empty(),
            Kind::Below => !rest.is_empty(),
            Kind::Wild { regex, glob, segments } => {
                segments.admit(path) && regex.get_or_init(|| compiled(glob)).is_match(path)
            }
        }
    }

    /// The first component below its directory that every path has which it matches, with its number
    /// in the whole path.
    pub(super) fn literal_component(&self) -> Option<(usize, &[u8])> {
        let Kind::Wild { segments, .. } = &self.kind else { return None };
        let directory = self.directory();
        let slashes = directory.iter().filter(|byte| **byte == b'/').count();
        segments.literal_from(if directory.is_empty() { 0 } else { slashes + 1 })
    }

    /// The directory below which, or the path at which, every match lies; without a slash at
    /// its end, and empty for the root.
    pub(super) fn directory(&self) -> &[u8] {
        match self.kind {
            Kind::Tree | Kind::Exact => &self.beginning,
            Kind::Below | Kind::Wild { .. } => {
                let slash = self.beginning.iter().rposition(|byte| *byte == b'/');
                &self.beginning[..slash.unwrap_or(0)]
            }
        }
    }
}

/// The regex of a glob, compiled. The bounded backtracker answers for paths at once; whole automata would
/// take longer to build than a hook has.
#[expect(clippy::expect_used, reason = "globset wrote the regex, and its size has no limit here")]
fn compiled(glob: &str) -> Box<Regex> {
    let config = Regex::config().onepass(false).dfa(false).utf8_empty(false);
    let regex = Regex::builder()
        .configure(config.nfa_size_limit(None))
        .syntax(syntax::Config::new().utf8(false).dot_matches_new_line(true).nest_limit(u32::MAX))
        .build(&glob_regex(glob))
        .expect("the regex of a glob is well formed");
    Box::new(regex)
}

/// The regex of a glob as `globset` spells it, anchored at both ends.
#[expect(
    clippy::expect_used,
    reason = "globset refuses classes, braces and unfinished escapes, and a glob has none of them here"
)]
pub(super) fn glob_regex(glob: &str) -> String {
    let mut builder = GlobBuilder::new(glob);
    let builder = builder.literal_separator(true).backslash_escape(true);
    builder.build().expect("the glob is well formed").regex().to_owned()
}

fn literals<'t>(tokens: impl Iterator<Item = &'t Token>) -> Box<[u8]> {
    let mut text = String::new();
    for token in tokens {
        if let Token::Literal(c) = token {
            text.push(*c);
        }
    }
    text.into_bytes().into()
}
