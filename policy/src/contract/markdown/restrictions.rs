//! Restrictions and orders in sentences where no entry is read: `Never edit package.json.`, `src/db/ is
//! read-only.`, `agent-2 must land before agent-1.` Passed over they would be believed. What only tells how
//! something is done (`never edit it by hand`), or names no path, is prose.

use super::Reader;
use super::lex::Token;
use super::line::Line;
use super::lone_names::{names_known_files, says_who_may};
use super::path_list::is_joint;
use super::remarks::phrase;
use super::repo_paths::Likeness;
use super::shared::nobody_at;

pub(super) const AS_ENTRY: &str = "write it as an entry under Shared state, such as `package.json: nobody edits`, or \
                                   as `except PATH` behind the path that it narrows under Scope; a remark goes \
                                   into a comment, `<!-- … -->`";
pub(super) const AS_STEPS: &str = "write the steps under Merge order, one a line, such as `1. agent-2`; a remark \
                                   goes into a comment, `<!-- … -->`";

/// What a label says that forbids the paths behind its colon.
const FORBIDDING: [&str; 14] = [
    "frozen",
    "frozen files",
    "locked",
    "protected",
    "forbidden",
    "untouchable",
    "read-only",
    "off limits",
    "off-limits",
    "hands off",
    "do not touch",
    "do not edit",
    "never touch",
    "never edit",
];

/// How far behind a denial its path is looked for, in words: hostile text is not searched again and again.
const FARTHEST: usize = 60;

/// How the verbs of editing begin.
const EDITING: [&str; 8] =
    ["edit", "touch", "chang", "modif", "delet", "remov", "renam", "overwrit"];
/// Words between a denial and its verb.
const MODAL: [&str; 10] =
    ["may", "can", "must", "should", "shall", "ever", "is", "to", "be", "allowed"];
/// Words between a verb and the path that is meant.
const BEFORE_PATHS: [&str; 16] = [
    "the",
    "a",
    "any",
    "file",
    "files",
    "directory",
    "folder",
    "anything",
    "in",
    "under",
    "below",
    "inside",
    "within",
    "of",
    "or",
    "root",
];

impl Reader<'_, '_> {
    /// Whether a sentence of a line says of a path that it is not to be edited, or by whom alone.
    pub(super) fn restricts_a_path(&self, line: &Line) -> bool {
        let plain = line.clone().plain(|word| self.names.is_emphasised(word));
        let tokens = self.tokens(&plain.text);
        let ends = |t: &Token<'_>| matches!(t, Token::Stop(_) | Token::Semicolon(_));
        tokens.split(ends).any(|sentence| {
            self.forbids_a_path(sentence)
                || self.begins_with_a_policy(&plain, sentence)
                || self.labels_a_path(sentence)
        })
    }

    /// `Nobody may touch the file package.json`, `agent-1 must not edit src/x.ts`
    fn forbids_a_path(&self, sentence: &[Token<'_>]) -> bool {
        (0..sentence.len()).any(|at| {
            let sentence = &sentence[at..sentence.len().min(at + FARTHEST)];
            if keeps_off(sentence).is_some_and(|rest| self.begins_with_a_file(rest)) {
                return true;
            }
            let Some(denied) = self.denial(sentence) else { return false };
            let rest = &sentence[denied..];
            let rest = &rest[rest.iter().take_while(|t| is_one_of(t, &MODAL)).count()..];
            let verbs = |t: &&Token<'_>| edits(t) || t.is("or") || t.is("and");
            let count = rest.iter().take_while(verbs).count();
            if !rest[..count].iter().any(edits) {
                return false;
            }
            let rest = &rest[count..];
            let by_hand = rest.iter().any(|t| is_one_of(t, &["hand", "manually"]));
            self.begins_with_a_file(rest) && !by_hand
        })
    }

    /// `Frozen: src/x.ts`, `Off limits: package.json`
    fn labels_a_path(&self, sentence: &[Token<'_>]) -> bool {
        let colon = sentence.iter().take(5).position(|t| matches!(t, Token::Colon(_)));
        let Some(colon) = colon.filter(|colon| *colon > 0) else { return false };
        let label = phrase(&sentence[..colon]).to_lowercase();
        FORBIDDING.contains(&label.as_str()) && self.begins_with_a_file(&sentence[colon + 1..])
    }

    fn begins_with_a_file(&self, tokens: &[Token<'_>]) -> bool {
        let fills = tokens.iter().take_while(|t| is_one_of(t, &BEFORE_PATHS)).count();
        tokens.get(fills).is_some_and(|token| self.is_file(token))
    }

    /// How many tokens deny, or name the only one who may: `nobody`, `never`, `do not`, `only agent-1`.
    fn denial(&self, tokens: &[Token<'_>]) -> Option<usize> {
        let first = tokens.first()?;
        if first.is("only") && tokens.get(1).is_some_and(|token| self.is_agent(token)) {
            return Some(2);
        }
        denial(tokens)
    }

    /// `src/db/ is read-only`, `package.json and go.mod belong to agent-1`
    fn begins_with_a_policy(&self, line: &Line, sentence: &[Token<'_>]) -> bool {
        let fills = sentence.iter().take_while(|t| is_one_of(t, &BEFORE_PATHS)).count();
        let sentence = &sentence[fills..];
        let joins = |t: &Token<'_>| is_joint(t) || matches!(t, Token::Comma(_));
        let paths = sentence.iter().take_while(|t| self.is_file(t) || joins(t)).count();
        let rest = &sentence[paths..];
        sentence.first().is_some_and(|token| self.is_file(token))
            && !rest.iter().any(|t| is_one_of(t, &["hand", "manually"]))
            && says_who_may(line, rest, self)
    }

    fn is_file(&self, token: &Token<'_>) -> bool {
        match token {
            // A path of an API begins with a slash.
            Token::Word(word) => {
                self.names.agents_in(word).is_none()
                    && (!word.starts_with('/') && self.likeness(token) > Likeness::Words
                        || names_known_files(word))
            }
            Token::Quoted(text, value) => {
                text.starts_with('`')
                    && !self.names.is_known(value)
                    && !value.contains(char::is_whitespace)
                    && (self.likeness(token) > Likeness::Words || names_known_files(value))
            }
            _ => false,
        }
    }

    /// Whether a line says of two agents which of them lands first, and little else: `agent-2, then agent-1`,
    /// `agent-2 must land before agent-1`.
    pub(super) fn tells_steps(&self, line: &Line) -> bool {
        let plain = line.clone().plain(|word| self.names.is_emphasised(word));
        let tokens = self.tokens(&plain.text);
        let end = tokens.iter().position(|t| matches!(t, Token::Stop(_))).unwrap_or(tokens.len());
        let tokens = &tokens[..end];
        let names = tokens.iter().filter(|token| self.is_agent(token)).count();
        let lands = ["land", "lands", "merge", "merges", "merged", "landed"];
        let orders = ["before", "after", "first", "last", "then"];
        let begins = tokens.first().is_some_and(|token| self.is_agent(token));
        let says = |words: &[&str]| tokens.iter().any(|t| is_one_of(t, words));
        let parts = |t: &Token<'_>| matches!(t, Token::Arrow(_)) || t.is("then");
        names > 1 && super::order_told::is_bare_steps(&plain, self) && tokens.iter().any(parts)
            || begins && tokens.len() <= 8 && says(&lands) && says(&orders)
    }
}

/// How many tokens deny: `nobody`, `never`, `do not`.
fn denial(tokens: &[Token<'_>]) -> Option<usize> {
    let first = tokens.first()?;
    let adjectives = ["frozen", "read-only", "none", "human", "dispatcher", "only"];
    if is_one_of(first, &["never", "don't", "mustn't", "cannot", "can't", "don’t"]) {
        return Some(1);
    }
    let modal = ["do", "does", "must", "may", "should", "shall", "can"];
    if is_one_of(first, &modal) && tokens.get(1).is_some_and(|t| is_one_of(t, &["not", "never"])) {
        return Some(2);
    }
    nobody_at(tokens).filter(|_| !is_one_of(first, &adjectives))
}

/// What stands behind `hands off`, `stay out of`, `leave … alone`.
fn keeps_off<'t, 'l>(tokens: &'t [Token<'l>]) -> Option<&'t [Token<'l>]> {
    let pairs =
        [["hands", "off"], ["keep", "off"], ["keep", "out"], ["stay", "out"], ["stay", "off"]];
    match tokens {
        [first, second, rest @ ..]
            if pairs.iter().any(|[one, two]| first.is(one) && second.is(two)) =>
        {
            Some(rest)
        }
        [first, rest @ ..] if first.is("leave") && rest.iter().any(|t| t.is("alone")) => Some(rest),
        _ => None,
    }
}

fn is_one_of(token: &Token<'_>, words: &[&str]) -> bool {
    words.iter().any(|word| token.is(word))
}

fn edits(token: &Token<'_>) -> bool {
    token.lower().is_some_and(|word| EDITING.iter().any(|verb| word.starts_with(verb)))
}
