//! Lists of paths, with their modes, their exceptions, and what is only to be read. Knows nothing
//! of whom they are for.

use std::ops::Range;

use super::super::draft::{DraftScope, Text};
use super::super::source::{Shown, nearest};
use super::super::spelling::looks_like_path;
use super::Reader;
use super::labels::forbids;
use super::lex::{Token, span};
use super::line::Line;
use super::remarks::{has_mode, prohibits};
use super::words::{Access, EXCEPT, access, is_denying, is_path};

const REMARKS: &str = "paths with commas between them; a path with spaces goes in back-ticks, and \
                       remarks go into a comment, `<!-- … -->`";
/// For a remark that forbids: in a comment it would take nothing back.
const FORBIDDEN: &str = "write `(read-only)` or `(no delete)` behind the path that it is about, or \
                         `except PATH` behind the one that it narrows; what is not listed is \
                         forbidden already";
const MODES: [&str; 4] = ["additions only", "create only", "no delete", "read-only"];

/// What a list grants, and what it says is only to be read.
#[derive(Debug, Clone, Default)]
pub(super) struct Paths {
    pub(super) granted: Vec<DraftScope>,
    pub(super) read_only: Vec<Text>,
}

/// Paths as they are read.
#[derive(Default)]
struct PathList {
    entries: Vec<Listed>,
    /// Whether `except` was said of the last path.
    excepting: bool,
    /// The word that said so, where no path has followed it yet.
    dangling: Option<Range<usize>>,
    /// Named in a parenthesis of its own: `(read-only: PATH)`.
    read_only: Vec<Text>,
}

/// One path of a list.
struct Listed {
    pattern: Text,
    except: Vec<Text>,
    /// The mode that is said of it.
    access: Option<Access>,
}

impl Reader<'_, '_> {
    /// The paths that some tokens list; the mode is the one of those that say none.
    pub(super) fn scope_paths(&mut self, line: &Line, tokens: &[Token<'_>], mode: Access) -> Paths {
        let list = self.path_list(line, tokens);
        let mut paths = Paths { read_only: list.read_only, ..Paths::default() };
        for Listed { pattern, except, access } in list.entries {
            let access = match access.map(|own| own.within(mode)) {
                None => mode,
                Some(Some(own)) => own,
                Some(None) => {
                    let path = Shown(&pattern.value);
                    let message = format!("{path} has a wider mode than the list that it is in");
                    let help = "one mode a path: list it outside of the others";
                    self.problems.error("mode-unclear", &pattern.at, message, help);
                    continue;
                }
            };
            match access {
                Access::May(mode) => paths.granted.push(DraftScope { pattern, except, mode }),
                Access::ReadOnly => {
                    if let Some(except) = except.first() {
                        let message =
                            format!("{} is read-only, but for an exception", Shown(&pattern.value));
                        let help = "list what may be edited as a path of its own";
                        self.problems.error("mode-unclear", &except.at, message, help);
                    }
                    paths.read_only.push(pattern);
                }
            }
        }
        paths
    }

    /// The paths that an exception lists: neither modes nor further exceptions are for them.
    pub(super) fn excepted_paths(&mut self, line: &Line, tokens: &[Token<'_>]) -> Vec<Text> {
        let list = self.path_list(line, tokens);
        let mut excepted = list.read_only;
        for Listed { pattern, except, access } in list.entries {
            if let Some(Access::May(_)) = access {
                self.mode_of_exception(&pattern);
            }
            if let Some(except) = except.first() {
                let message = format!("{} is an exception of an exception", Shown(&except.value));
                let help = "list what may be edited as a path of its own";
                self.problems.error("mode-unclear", &except.at, message, help);
            }
            excepted.push(pattern);
        }
        excepted
    }

    fn path_list(&mut self, line: &Line, tokens: &[Token<'_>]) -> PathList {
        let mut list = PathList::default();
        let mut at = 0;
        while at < tokens.len() {
            let taken = self.next_of_list(line, &tokens[at..], &mut list);
            if taken == 0 {
                break;
            }
            at += taken;
        }
        if let Some(word) = list.dangling.take() {
            self.excepts_nothing(line, line.text.get(word).unwrap_or_default());
        }
        list
    }

    /// `docs/ (not)`: passed over it would grant what it is said of.
    pub(super) fn excepts_nothing(&mut self, line: &Line, word: &str) {
        let message = format!("{} stands before no path", Shown(word));
        self.problems.error("unknown-mode", &line.at(word), message, FORBIDDEN);
    }

    /// Reads on in a list of paths; how many tokens that took, and none when the rest is not
    /// understood.
    fn next_of_list(&mut self, line: &Line, tokens: &[Token<'_>], list: &mut PathList) -> usize {
        if let Some(words) = except_at(tokens) {
            if list.entries.is_empty() {
                let help = "`except` follows the path that it narrows";
                self.not_understood(line, tokens[0].text(), help);
                return 0;
            }
            list.excepting = true;
            let word = span(line, &tokens[..words]);
            let start = word.as_ptr() as usize - line.text.as_ptr() as usize;
            list.dangling = Some(start..start + word.len());
            return words + usize::from(matches!(tokens.get(words), Some(Token::Colon(_))));
        }
        match &tokens[0] {
            Token::Comma(_)
            | Token::Semicolon(_)
            | Token::Word("and" | "or" | "&" | "+" | "plus") => {
                return 1;
            }
            Token::Stop(".") if tokens.len() == 1 => return 1,
            Token::Paren(inner) => {
                self.parenthesis(line, inner, list);
                return 1;
            }
            Token::Dash(_) => {
                let end = until_separator(&tokens[1..]) + 1;
                if let Some(found) = access(&words(&tokens[1..end])) {
                    if list.entries.len() > 1 {
                        let message = "it is not clear which of these paths the mode is for";
                        let help = "write it in parentheses behind each path that it is for";
                        let at = line.at(span(line, &tokens[1..end]));
                        self.problems.error("mode-unclear", &at, message, help);
                    }
                    self.mode_said(line, &tokens[1..end], list, found);
                    return end;
                }
            }
            _ => {}
        }
        // A run of words up to the next separator: one path, or several, or a path with its mode.
        let run =
            tokens.iter().take_while(|t| matches!(t, Token::Word(_) | Token::Quoted(..))).count();
        let ends = |at: &usize| {
            let excepts = except_at(&tokens[*at..]).is_some() && !is_modal(&tokens[*at - 1]);
            excepts || is_joint(&tokens[*at])
        };
        let run = (1..run).find(ends).unwrap_or(run);
        if run == 0 {
            self.not_understood(line, span(line, tokens), remark(tokens));
            return 0;
        }
        let run_tokens = &tokens[..run];
        if let Some(found) = access(&words(run_tokens)) {
            if list.entries.is_empty() {
                let help =
                    "a mode stands behind its path; a path that is called so goes in back-ticks";
                self.not_understood(line, span(line, run_tokens), help);
            }
            self.mode_said(line, run_tokens, list, found);
            return run;
        }
        let paths = run_tokens.iter().take_while(|token| is_path(token, &self.names)).count();
        let (paths, rest) = run_tokens.split_at(paths);
        if let Some(found) = access(&words(rest)) {
            self.push_paths(line, paths, list);
            self.mode_said(line, rest, list, found);
            return run;
        }
        if !rest.is_empty() && run > 1 {
            let phrase = span(line, run_tokens);
            let message = format!("{} names no path", Shown(phrase));
            self.problems.error("vague-scope", &line.at(phrase), message, remark(run_tokens));
            return run;
        }
        self.push_paths(line, run_tokens, list);
        run
    }

    fn push_paths(&mut self, line: &Line, tokens: &[Token<'_>], list: &mut PathList) {
        for token in tokens {
            let Some(value) = token.value() else { continue };
            let pattern = Text::new(value.to_owned(), line.at(token.text()));
            if matches!(token, Token::Word(word) if word.contains("\\*")) {
                let message = format!("{}: a star that is escaped", Shown(value));
                let help = "put the path in back-ticks, so that it is clear whose escape it is";
                self.problems.error("pattern-escape", &pattern.at, message, help);
                continue;
            }
            if matches!(token, Token::Word(word) if is_half_a_parenthesis(word)) {
                let message = format!("{} is no path, but a part of a remark", Shown(value));
                let help = "modes stand in parentheses without emphasis; a path that is called so \
                            goes in back-ticks";
                self.problems.error("vague-scope", &pattern.at, message, help);
                continue;
            }
            if matches!(token, Token::Word(word) if ends_in_a_mark(word)) {
                let message =
                    format!("{}: is the mark at its end a part of the path?", Shown(value));
                let help = "take the mark out; a path that is called so goes in back-ticks";
                self.problems.error("vague-scope", &pattern.at, message, help);
                continue;
            }
            // `Forbidden` among paths is hardly a file.
            if matches!(token, Token::Word(word) if !looks_like_path(word))
                && (forbids(std::slice::from_ref(token)) || token.is("withdrawn"))
            {
                let message = format!("{} is hardly a path", Shown(value));
                let help = format!("{FORBIDDEN}; a path that is called so goes in back-ticks");
                self.problems.error("vague-scope", &pattern.at, message, help);
                continue;
            }
            list.push(pattern);
        }
    }

    /// A mode is said of the last path. Of two the stricter counts, since it implies the other.
    fn mode_said(
        &mut self,
        line: &Line,
        phrase: &[Token<'_>],
        list: &mut PathList,
        access: Access,
    ) {
        let Some(last) = list.entries.last_mut() else { return };
        if list.excepting && !last.except.is_empty() {
            // What is taken out may well be read.
            if access != Access::ReadOnly
                && let Some(except) = last.except.last().cloned()
            {
                self.mode_of_exception(&except);
            }
            return;
        }
        let both = last.access.map_or(Some(access), |first| first.and(access));
        last.access = both.or(last.access);
        if both.is_none() {
            let message =
                format!("{} has two modes that contradict each other", Shown(&last.pattern.value));
            let help = format!("one mode a path: {}", MODES.join(", "));
            self.problems.error("mode-unclear", &line.at(span(line, phrase)), message, help);
        }
    }

    fn mode_of_exception(&mut self, except: &Text) {
        let path = Shown(&except.value);
        let message = format!("{path} is an exception, and behind it stands a mode");
        let help = "write the mode before the exception: `src/** (no delete) except src/db/**`";
        self.problems.error("mode-unclear", &except.at, message, help);
    }

    /// A mode, an exception, or what is only to be read.
    fn parenthesis(&mut self, line: &Line, inner: &str, list: &mut PathList) {
        if let Some(reads) = what_is_read(inner) {
            self.read_paths(line, reads, list);
            return;
        }
        if list.entries.is_empty() {
            let of_worktrees = ["branch", "worktree"].iter().any(|key| inner.contains(key));
            let help = match of_worktrees {
                true => "write it under Worktrees: `- branch: BRANCH agent: AGENT`",
                false => "a mode follows the path that it is for",
            };
            self.not_understood(line, inner, help);
            return;
        }
        let tokens = self.tokens(inner);
        let mut parts = tokens.as_slice();
        while !parts.is_empty() {
            let end = until_separator(parts);
            let (phrase, rest) = parts.split_at(end);
            parts = &rest[rest.len().min(1)..];
            if phrase.is_empty() {
                continue;
            }
            if let Some(found) = access(&words(phrase)) {
                self.mode_said(line, phrase, list, found);
                continue;
            }
            if let Some(begin) = except_at(phrase) {
                let tail = &phrase[begin..];
                let remaining: Vec<Token<'_>> = tail.iter().chain(rest.iter()).cloned().collect();
                if remaining.is_empty() {
                    self.excepts_nothing(line, span(line, phrase));
                    return;
                }
                let excepted = self.excepted_paths(line, &remaining);
                list.except(excepted);
                return;
            }
            let said = span(line, phrase);
            let help = match nearest(said, MODES) {
                _ if forbids(phrase) => FORBIDDEN.to_owned(),
                Some(near) => format!("did you mean `({near})`?"),
                None => format!(
                    "a mode is one of: {}; or `(except PATH)`; remarks go into a comment",
                    MODES.join(", ")
                ),
            };
            let message = format!("{} is no mode", Shown(said));
            self.problems.error("unknown-mode", &line.at(said), message, help);
        }
    }

    /// `(read-only: PATH, PATH)`, and `(reads PATH for the types)`, where the rest is a remark.
    fn read_paths(&mut self, line: &Line, reads: Reads<'_>, list: &mut PathList) {
        let paths = match reads {
            Reads::Paths(paths) => {
                let tokens = self.tokens(paths);
                self.scope_paths(line, &tokens, Access::ReadOnly).read_only
            }
            Reads::Remark(text) => {
                let tokens = self.tokens(text);
                let separates = |t: &Token<'_>| matches!(t, Token::Comma(_) | Token::Semicolon(_));
                for part in tokens.split(separates) {
                    self.limit_behind_reads(line, part, list);
                }
                let paths = tokens.into_iter().filter(|token| is_path(token, &self.names));
                let paths: Vec<Token<'_>> = paths.collect();
                self.scope_paths(line, &paths, Access::ReadOnly).read_only
            }
        };
        list.read_only.extend(paths);
    }
}

impl Reader<'_, '_> {
    /// A mode behind what is read: `(reads lib/**, additions only)`.
    fn limit_behind_reads(&mut self, line: &Line, part: &[Token<'_>], list: &mut PathList) {
        match access(&words(part)) {
            Some(found) if !list.entries.is_empty() => self.mode_said(line, part, list, found),
            None if !prohibits(part) && !has_mode(part, |found| found != Access::ReadOnly) => {}
            _ => {
                let help =
                    "a mode stands in parentheses of its own, behind the path that it is for";
                self.not_understood(line, span(line, part), help);
            }
        }
    }
}

impl PathList {
    fn push(&mut self, pattern: Text) {
        self.dangling = None;
        if self.excepting
            && let Some(entry) = self.entries.last_mut()
        {
            // What lies below the path that is narrowed can only be a further exception; anything
            // else is a path of its own.
            if entry.except.is_empty() || is_below(&pattern.value, &entry.pattern.value) {
                entry.except.push(pattern);
                return;
            }
            self.excepting = false;
        }
        self.entries.push(Listed { pattern, except: Vec::new(), access: None });
    }

    fn except(&mut self, paths: Vec<Text>) {
        if let Some(entry) = self.entries.last_mut() {
            entry.except.extend(paths);
        }
    }
}

/// What a parenthesis about reading holds.
enum Reads<'l> {
    /// Paths alone.
    Paths(&'l str),
    /// A remark in which paths are named.
    Remark(&'l str),
}

fn what_is_read(inner: &str) -> Option<Reads<'_>> {
    let lower = inner.to_ascii_lowercase();
    let behind = |beginning: &str| lower.starts_with(beginning).then(|| &inner[beginning.len()..]);
    let paths = behind("read-only:").or_else(|| behind("read only:"));
    paths.map(Reads::Paths).or_else(|| behind("reads ").map(Reads::Remark))
}

/// Whether a path lies below the directory that a pattern names before anything special.
fn is_below(path: &str, pattern: &str) -> bool {
    let special = pattern.find(['*', '?', '{', '\\']);
    let directory = match special {
        Some(end) => pattern[..end].rsplit_once('/').map_or("", |(directory, _)| directory),
        None => pattern.trim_end_matches('/'),
    };
    directory.is_empty()
        || path.strip_prefix(directory).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Whether a word is a piece of `*(additions only)*`, or the whole of `*(read-only)*`.
fn is_half_a_parenthesis(word: &str) -> bool {
    let bare = word.trim_start_matches(['*', '_']);
    word.matches('(').count() != word.matches(')').count()
        || bare.len() < word.len() && bare.starts_with('(')
}

/// Whether a word ends in what is shown as something else, or as no part of it: an exclamation mark, a footnote
/// (`[^1]`), or a character by its name in HTML, whose semicolon parts paths here.
fn ends_in_a_mark(word: &str) -> bool {
    let is_label = |text: &str| {
        // With a dash it is a range of characters.
        !text.is_empty() && text.chars().all(|c| c.is_alphanumeric() || c == '_')
    };
    let footnote = word.strip_suffix(']').and_then(|word| word.rsplit_once("[^"));
    let named = word.rsplit_once('&').map(|(_, name)| name);
    let is_character = |name: &str| {
        let number = name.strip_prefix('#').filter(|number| !number.is_empty());
        ["amp", "apos", "gt", "lt", "nbsp", "quot"].contains(&name)
            || number.is_some_and(|number| number.chars().all(|c| c.is_ascii_alphanumeric()))
    };
    word.ends_with(['!', '…'])
        || footnote.is_some_and(|(path, label)| !path.ends_with('/') && is_label(label))
        || named.is_some_and(is_character)
}

/// How many tokens the words take that begin an exception.
pub(super) fn except_at(tokens: &[Token<'_>]) -> Option<usize> {
    EXCEPT.iter().find_map(|words| {
        let same = tokens.len() >= words.len()
            && words.iter().zip(tokens).all(|(word, token)| token.is(word));
        same.then_some(words.len())
    })
}

/// Whether `not` behind a word denies: `do not touch`. Elsewhere it begins an exception.
fn is_modal(token: &Token<'_>) -> bool {
    ["do", "does", "may", "must", "can", "should"].iter().any(|word| token.is(word))
}

/// What helps where words stand that are no path.
fn remark(tokens: &[Token<'_>]) -> &'static str {
    let denies = |token: &Token<'_>| token.lower().is_some_and(|word| is_denying(&word));
    if forbids(tokens) || tokens.iter().any(denies) { FORBIDDEN } else { REMARKS }
}

/// A word between two paths.
pub(super) fn is_joint(token: &Token<'_>) -> bool {
    matches!(token, Token::Word("and" | "or" | "&" | "+" | "plus"))
}

fn until_separator(tokens: &[Token<'_>]) -> usize {
    let separates = |t: &Token<'_>| matches!(t, Token::Comma(_) | Token::Semicolon(_));
    tokens.iter().position(separates).unwrap_or(tokens.len())
}

/// Words with spaces between them; anything else as it stands.
pub(super) fn words(tokens: &[Token<'_>]) -> String {
    let texts: Vec<&str> = tokens.iter().map(Token::text).collect();
    texts.join(" ")
}
