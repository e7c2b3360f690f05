//! The section Scope: which paths an agent may edit, in which mode.

use super::super::draft::Text;
use super::super::model::Mode;
use super::super::source::Shown;
use super::Reader;
use super::blocks::Entry;
use super::lex::Token;
use super::line::Line;
use super::nothing::is_none;
use super::path_list::{Paths, except_at, words};
use super::words::{Access, access, is_denying, is_having, is_path, is_title};

const EXPECTED: &str = "such as `agent-1: src/api/**, src/router.ts (additions only)`";

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
            self.grant(place, paths.clone());
            for child in &entry.children {
                self.scope_line(place, child, mode);
            }
        }
    }

    /// A line about an agent that is known already: paths, or one of its keys.
    pub(super) fn scope_line(&mut self, place: usize, entry: &Entry, mode: Access) {
        let line = &entry.line;
        if let Some((key, value)) = super::settings::of_agent(&line.text) {
            if let Some(own) = access(&key.replace('-', " ")) {
                let access = own.within(mode);
                if access.is_none() {
                    let message = format!("`{key}` is wider than what it is nested in");
                    let help = "one mode a path: list these outside of the others";
                    self.problems.error("mode-unclear", &line.whole(), message, help);
                }
                self.scope_group(place, entry, value, access.unwrap_or(own));
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
        // A word over nested paths is a label, and none that is known.
        if let [token @ Token::Word(word)] = &tokens[begin..]
            && !entry.children.is_empty()
            && !is_path(token, &self.names)
        {
            let message = format!("{} over nested paths names no path", Shown(word));
            let help = "a label has a colon, such as `owns:` or `additions only:`; what is not listed \
                        is forbidden already; a path that is called so goes in back-ticks";
            self.problems.error("vague-scope", &line.at(word), message, help);
            return;
        }
        let paths = self.scope_paths(line, &tokens[begin..], mode);
        self.grant(place, paths);
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
        self.grant(place, paths);
        for child in &entry.children {
            self.scope_line(place, child, mode);
        }
    }

    /// `except: PATH` below an agent narrows all of its paths, also those that follow.
    fn scope_exception(&mut self, place: usize, entry: &Entry, value: &str) {
        if entry.children.is_empty() && is_none(value) {
            return;
        }
        if entry.children.is_empty() && !value.contains(char::is_alphanumeric) {
            self.excepts_nothing(&entry.line, &entry.line.text);
            return;
        }
        let lines = std::iter::once((&entry.line, value))
            .chain(entry.children.iter().map(|child| (&child.line, child.line.text.as_str())));
        for (line, text) in lines {
            let tokens = self.tokens(text);
            let except = self.excepted_paths(line, &tokens);
            self.draft.agents[place].except.extend(except);
        }
        entry.children.iter().for_each(|child| self.refuse_children(child));
    }

    pub(super) fn grant(&mut self, place: usize, paths: Paths) {
        let agent = &mut self.draft.agents[place];
        agent.scope.extend(paths.granted);
        agent.read_only.extend(paths.read_only);
    }

    /// Who a line is about, and where its paths are.
    fn scope_head<'l>(&self, line: &Line, tokens: &[Token<'l>]) -> Head<'l> {
        let only = usize::from(tokens.first().is_some_and(|token| token.is("only")));
        let (names, taken) = self.agent_list(line, &tokens[only..]);
        if !names.is_empty() {
            let mut at = only + taken;
            let mut mode = Access::May(Mode::Edit);
            // Of several modes the strictest.
            let also = |mode: &mut Access, found: Access| {
                *mode = mode.and(found).unwrap_or(Access::ReadOnly)
            };
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
                also(&mut mode, found);
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
                            also(&mut mode, Access::ReadOnly);
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
                    also(&mut mode, found);
                    at = colon;
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
