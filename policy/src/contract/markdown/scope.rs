//! The section Scope: which paths an agent may edit, in which mode.

use super::super::draft::{DraftScope, Text};
use super::super::model::Mode;
use super::super::source::{Shown, nearest};
use super::Reader;
use super::blocks::Entry;
use super::lex::{Token, span};
use super::line::Line;
use super::words::{Access, EXCEPT, access, is_denying, is_having, is_path, is_title};

const EXPECTED: &str = "such as `agent-1: src/api/**, src/router.ts (additions only)`";
const REMARKS: &str = "paths with commas between them; a path with spaces goes in back-ticks, and \
                       remarks go into a comment, `<!-- … -->`";
const MODES: [&str; 4] = ["additions only", "create only", "no delete", "read-only"];

impl Reader<'_, '_> {
    pub(super) fn scope_entry(&mut self, context: Option<usize>, entry: &Entry) {
        let line = &entry.line;
        let tokens = self.tokens(&line.text);
        let (agents, rest, mode) = match self.scope_head(line, &tokens) {
            Head::Agents(names, taken, mode) => {
                let places = names.into_iter().map(|name| self.agent(name)).collect();
                (places, &tokens[taken..], mode)
            }
            Head::Reversed(names, paths) => {
                let places = names.into_iter().map(|name| self.agent(name)).collect();
                (places, &tokens[..paths], Access::May(Mode::Edit))
            }
            Head::None => match context {
                Some(place) => {
                    self.scope_line(place, entry, Access::May(Mode::Edit));
                    return;
                }
                None => {
                    let help = format!("begin with the agent: {EXPECTED}");
                    self.not_understood(line, "", &help);
                    return;
                }
            },
            Head::Denied(word) => {
                let help = "what is not listed is forbidden already; take the line out, or write \
                            `except PATH` after what it narrows";
                self.not_understood(line, word, help);
                return;
            }
        };
        let agents: Vec<usize> = agents;
        let paths = self.scope_paths(line, rest, mode);
        if rest.is_empty() && entry.children.is_empty() {
            let message = "no path is named here";
            self.problems.error("agent-without-scope", &line.whole(), message, EXPECTED);
        }
        for place in agents {
            self.draft.agents[place].scope.extend(paths.iter().map(DraftScope::again));
            for child in &entry.children {
                self.scope_line(place, child, mode);
            }
        }
    }

    /// A line about an agent that is known already: paths, or one of its keys.
    pub(super) fn scope_line(&mut self, place: usize, entry: &Entry, mode: Access) {
        let line = &entry.line;
        if let Some((key, value)) = super::settings::key_value(&line.text) {
            if let Some(access) = access(&key.replace('-', " ")) {
                self.scope_group(place, entry, value, access);
                return;
            }
            match key.as_str() {
                "except" | "excluding" | "not" => {
                    self.scope_exception(place, entry, value);
                    return;
                }
                "owns" | "paths" | "files" | "scope" | "may-edit" | "edits" | "directories" => {
                    self.scope_group(place, entry, value, mode);
                    return;
                }
                _ => {
                    self.agent_key(place, &key, value, entry);
                    return;
                }
            }
        }
        let tokens = self.tokens(&line.text);
        if tokens.first().and_then(Token::lower).is_some_and(|word| is_denying(&word)) {
            self.not_understood(line, "", "write `except PATH` after the path that it narrows");
            return;
        }
        let begin = tokens.iter().take_while(|t| t.lower().is_some_and(|w| is_having(&w))).count();
        let paths = self.scope_paths(line, &tokens[begin..], mode);
        self.draft.agents[place].scope.extend(paths);
        for child in &entry.children {
            self.scope_line(place, child, mode);
        }
    }

    /// `additions only: PATH, PATH`, with the paths beside it or nested.
    pub(super) fn scope_group(&mut self, place: usize, entry: &Entry, value: &str, mode: Access) {
        let tokens = self.tokens(value);
        let paths = self.scope_paths(&entry.line, &tokens, mode);
        if tokens.is_empty() && entry.children.is_empty() {
            self.not_understood(&entry.line, "", EXPECTED);
        }
        self.draft.agents[place].scope.extend(paths);
        for child in &entry.children {
            self.scope_line(place, child, mode);
        }
    }

    /// `except: PATH` below an agent narrows all of its paths.
    fn scope_exception(&mut self, place: usize, entry: &Entry, value: &str) {
        let mut except = Vec::new();
        let lines = std::iter::once((&entry.line, value))
            .chain(entry.children.iter().map(|child| (&child.line, child.line.text.as_str())));
        for (line, text) in lines {
            let tokens = self.tokens(text);
            let paths = self.scope_paths(line, &tokens, Access::May(Mode::Edit));
            except.extend(paths.into_iter().map(|path| path.pattern));
        }
        entry.children.iter().for_each(|child| self.refuse_children(child));
        for scope in &mut self.draft.agents[place].scope {
            scope.except.extend(except.iter().cloned());
        }
    }

    /// Who a line is about, and where its paths are.
    fn scope_head<'l>(&self, line: &Line, tokens: &[Token<'l>]) -> Head<'l> {
        let only = usize::from(tokens.first().is_some_and(|token| token.is("only")));
        let (names, taken) = self.agent_list(line, &tokens[only..]);
        if !names.is_empty() {
            let mut at = only + taken;
            let mut mode = Access::May(Mode::Edit);
            let before_paths = tokens[at..].iter().take_while(|t| !is_path(t, &self.names));
            let denies = |t: &&Token<'l>| t.lower().is_some_and(|word| is_denying(&word));
            let narrows = except_at(&tokens[at..]).is_some();
            if let Some(word) = before_paths.clone().find(denies)
                && !narrows
                && access(&words(&before_paths.cloned().collect::<Vec<_>>())).is_none()
            {
                return Head::Denied(word.text());
            }
            if let Some(Token::Paren(inner)) = tokens.get(at)
                && let Some(found) = access(inner)
            {
                mode = found;
                at += 1;
            }
            if let [Token::Paren(inner), Token::Colon(_) | Token::Dash(_), ..] = &tokens[at..]
                && is_title(inner)
            {
                at += 1;
            }
            while let Some(token) = tokens.get(at) {
                let skipped = match token {
                    Token::Colon(_) | Token::Arrow(_) | Token::Dash(_) | Token::Word("=") => true,
                    Token::Word(word) => {
                        let word = word.to_lowercase();
                        if word == "reads"
                            && !matches!(tokens.get(at + 1), Some(Token::Word("only")))
                        {
                            mode = Access::ReadOnly;
                        }
                        word == "reads" || is_having(&word)
                    }
                    _ => false,
                };
                // `additions only: src/x` after the agent.
                let colon =
                    (at..tokens.len().min(at + 4)).find(|n| matches!(tokens[*n], Token::Colon(_)));
                if let Some(colon) = colon
                    && let Some(found) = access(&words(&tokens[at..colon]))
                {
                    mode = found;
                    at = colon + 1;
                    continue;
                }
                if !skipped {
                    break;
                }
                at += 1;
            }
            return Head::Agents(names, at, mode);
        }
        self.reversed(line, tokens)
    }

    /// `src/api/**: agent-1`, `src/api/** is owned by agent-1`.
    fn reversed<'l>(&self, line: &Line, tokens: &[Token<'l>]) -> Head<'l> {
        let colon =
            |token: &Token<'_>| matches!(token, Token::Colon(_) | Token::Arrow(_) | Token::Dash(_));
        let ownership = |at: &usize| {
            let phrase: Vec<String> =
                tokens[*at..].iter().take(3).map_while(Token::lower).collect();
            phrase.starts_with(&["owned".to_owned(), "by".to_owned()])
                || phrase.starts_with(&["is".to_owned(), "owned".to_owned(), "by".to_owned()])
                || phrase.starts_with(&["belongs".to_owned(), "to".to_owned()])
        };
        let end = (1..tokens.len()).find(|at| colon(&tokens[*at]) || ownership(at));
        let Some(end) = end else { return Head::None };
        let fill = ["is", "owned", "by", "belongs", "to", "owner", "agent", "only"];
        let is_fill =
            |t: &Token<'_>| colon(t) || t.lower().is_some_and(|w| fill.contains(&w.as_str()));
        let begin = end + tokens[end..].iter().take_while(|token| is_fill(token)).count();
        let (names, taken) = self.agent_list(line, &tokens[begin..]);
        let closes = ["owns", "only", "it", "this"];
        let rest = &tokens[begin + taken..];
        let closed = rest.iter().all(|token| {
            matches!(token, Token::Stop(_))
                || token.lower().is_some_and(|w| closes.contains(&w.as_str()))
        });
        match names.is_empty() || !closed {
            true => Head::None,
            false => Head::Reversed(names, end),
        }
    }

    /// The paths that some tokens list, with their modes and exceptions.
    pub(super) fn scope_paths(
        &mut self,
        line: &Line,
        tokens: &[Token<'_>],
        mode: Access,
    ) -> Vec<DraftScope> {
        let mut list = PathList { entries: Vec::new(), last: 0, excepting: false, mode };
        let mut at = 0;
        while at < tokens.len() {
            let taken = self.next_of_list(line, &tokens[at..], &mut list);
            if taken == 0 {
                break;
            }
            at += taken;
        }
        let entries = list.entries.into_iter();
        entries
            .filter_map(|(entry, access)| match access {
                Access::May(mode) => Some(DraftScope { mode, ..entry }),
                Access::ReadOnly => None,
            })
            .collect()
    }

    /// Reads on in a list of paths; how many tokens that took, and none when the rest is not
    /// understood.
    fn next_of_list(&mut self, line: &Line, tokens: &[Token<'_>], list: &mut PathList) -> usize {
        if let Some(words) = except_at(tokens) {
            if list.entries.is_empty() {
                self.not_understood(
                    line,
                    tokens[0].text(),
                    "`except` follows the path that it narrows",
                );
                return 0;
            }
            list.excepting = true;
            return words + usize::from(matches!(tokens.get(words), Some(Token::Colon(_))));
        }
        match &tokens[0] {
            Token::Comma(_)
            | Token::Semicolon(_)
            | Token::Word("and" | "or" | "&" | "+" | "plus") => {
                return 1;
            }
            Token::Stop(_) if tokens.len() == 1 => return 1,
            Token::Paren(inner) => return self.parenthesis(line, inner, list),
            Token::Dash(_) => {
                let phrase = words(&tokens[1..until_separator(&tokens[1..]) + 1]);
                if let Some(found) = access(&phrase) {
                    list.set(found);
                    return 1 + until_separator(&tokens[1..]);
                }
            }
            _ => {}
        }
        // A run of words up to the next separator: one path, or several, or a path with its mode.
        let run =
            tokens.iter().take_while(|t| matches!(t, Token::Word(_) | Token::Quoted(..))).count();
        let run = (0..run)
            .find(|at| *at > 0 && (except_at(&tokens[*at..]).is_some() || is_joint(&tokens[*at])))
            .unwrap_or(run);
        if run == 0 {
            self.not_understood(line, span(line, tokens), REMARKS);
            return 0;
        }
        let run_tokens = &tokens[..run];
        if let Some(found) = access(&words(run_tokens))
            && !list.entries.is_empty()
            && !matches!(run_tokens[0], Token::Quoted(..))
        {
            list.set(found);
            return run;
        }
        let paths = run_tokens.iter().take_while(|token| is_path(token, &self.names)).count();
        if paths > 0
            && paths < run
            && let Some(found) = access(&words(&run_tokens[paths..]))
        {
            self.push_paths(line, &run_tokens[..paths], list);
            list.set(found);
            return run;
        }
        if paths < run && run > 1 {
            let phrase = span(line, run_tokens);
            let message = format!("{} names no path", Shown(phrase));
            self.problems.error("vague-scope", &line.at(phrase), message, REMARKS);
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
            list.push(pattern);
        }
    }

    /// A mode, an exception, or a note that grants nothing.
    fn parenthesis(&mut self, line: &Line, inner: &str, list: &mut PathList) -> usize {
        let lower = inner.to_lowercase();
        if lower.starts_with("read-only:")
            || lower.starts_with("read only:")
            || lower.starts_with("reads ")
        {
            return 1;
        }
        if list.entries.is_empty() {
            self.not_understood(line, inner, "a mode follows the path that it is for");
            return 1;
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
                list.set(found);
                continue;
            }
            if let Some(begin) = except_at(phrase) {
                let tail = &phrase[begin..];
                let remaining: Vec<Token<'_>> = tail.iter().chain(rest.iter()).cloned().collect();
                let excepted = self.scope_paths(line, &remaining, Access::May(Mode::Edit));
                list.except(excepted.into_iter().map(|path| path.pattern).collect());
                return 1;
            }
            let said = span(line, phrase);
            let help = match nearest(said, MODES) {
                Some(near) => format!("did you mean `({near})`?"),
                None => format!(
                    "a mode is one of: {}; or `(except PATH)`; remarks go into a comment",
                    MODES.join(", ")
                ),
            };
            let message = format!("{} is no mode", Shown(said));
            self.problems.error("unknown-mode", &line.at(said), message, help);
        }
        1
    }
}

/// Who a line is about.
enum Head<'l> {
    /// These agents; so many tokens are taken; the mode of all that follows.
    Agents(Vec<Text>, usize, Access),
    /// The agents come last; so many tokens before them are paths.
    Reversed(Vec<Text>, usize),
    /// It takes something away.
    Denied(&'l str),
    None,
}

/// Paths as they are read.
struct PathList {
    entries: Vec<(DraftScope, Access)>,
    /// Where the paths begin that the next mode is for.
    last: usize,
    /// Whether `except` was said of the last path.
    excepting: bool,
    mode: Access,
}

impl PathList {
    fn push(&mut self, pattern: Text) {
        if self.excepting
            && let Some((entry, _)) = self.entries.last_mut()
        {
            // What lies below the path that is narrowed can only be a further exception; anything
            // else is a path of its own.
            if entry.except.is_empty() || is_below(&pattern.value, &entry.pattern.value) {
                entry.except.push(pattern);
                return;
            }
            self.excepting = false;
        }
        self.last = self.entries.len();
        let entry = DraftScope { pattern, except: Vec::new(), mode: Mode::Edit };
        self.entries.push((entry, self.mode));
    }

    fn set(&mut self, access: Access) {
        for (_, mode) in &mut self.entries[self.last..] {
            *mode = access;
        }
    }

    fn except(&mut self, paths: Vec<Text>) {
        if let Some((entry, _)) = self.entries.last_mut() {
            entry.except.extend(paths);
        }
    }
}

impl DraftScope {
    /// The same once more, for another agent.
    fn again(&self) -> Self {
        Self { pattern: self.pattern.clone(), except: self.except.clone(), mode: self.mode }
    }
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

/// How many tokens the words take that begin an exception.
fn except_at(tokens: &[Token<'_>]) -> Option<usize> {
    EXCEPT.iter().find_map(|words| {
        let same = tokens.len() >= words.len()
            && words.iter().zip(tokens).all(|(word, token)| token.is(word));
        same.then_some(words.len())
    })
}

/// A word between two paths.
fn is_joint(token: &Token<'_>) -> bool {
    matches!(token, Token::Word("and" | "or" | "&" | "+" | "plus"))
}

fn until_separator(tokens: &[Token<'_>]) -> usize {
    let separates = |t: &Token<'_>| matches!(t, Token::Comma(_) | Token::Semicolon(_));
    tokens.iter().position(separates).unwrap_or(tokens.len())
}

/// Words with spaces between them; anything else as it stands.
fn words(tokens: &[Token<'_>]) -> String {
    let texts: Vec<&str> = tokens.iter().map(Token::text).collect();
    texts.join(" ")
}
