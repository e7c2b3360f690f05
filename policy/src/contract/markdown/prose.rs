//! Prose: what a sentence in a section says, of paths or of rules, that only an entry can say.

use super::super::model::Mode;
use super::Reader;
use super::headings::Section;
use super::lex::Token;
use super::line::Line;
use super::words::{Access, access, is_path, names_a_file};

/// Whether prose holds a path: a token in back-ticks, with `*`, or with `/` and an ending.
pub(super) fn holds_path(line: &Line, reader: &Reader<'_, '_>) -> bool {
    reader.tokens(&line.text).iter().any(|token| match token {
        Token::Quoted(text, value) => text.starts_with('`') && !reader.names.is_known(value),
        Token::Word(word) => {
            let ending = word.contains('/') && !word.contains("://") && {
                let (_, last) = word.rsplit_once('/').unwrap_or_default();
                last.is_empty() || last.contains('.')
            };
            word.contains('*') || ending && reader.names.agents_in(word).is_none()
        }
        Token::Paren(inner) => {
            let words = reader.tokens(inner);
            words.iter().any(|t| is_path(t, &reader.names) && t.text().contains(['/', '*', '`']))
        }
        _ => false,
    })
}

/// Whether prose says what only an entry can: who may edit a file, how, or what a branch may do.
/// Passed over it would be believed.
pub(super) fn says_a_rule(section: Option<Section>, line: &Line, reader: &Reader<'_, '_>) -> bool {
    let tokens = reader.tokens(&line.text);
    let says = |words: &[&str]| {
        let said = |token: &Token<'_>| token.lower().is_some_and(|w| words.contains(&w.as_str()));
        tokens.iter().any(said)
    };
    match section {
        Some(Section::Shared) => {
            says(&[
                "nobody",
                "no",
                "none",
                "only",
                "owns",
                "owner",
                "owned",
                "belongs",
                "edit",
                "edits",
                "touch",
                "touches",
                "frozen",
                "read-only",
                "additions",
                "generated",
                "never",
                "not",
            ]) && tokens.iter().any(|t| matches!(t, Token::Word(word) if names_a_file(word)))
                || says_a_policy(&tokens, reader)
        }
        Some(Section::Scope) => {
            says(&[
                "additions",
                "additions-only",
                "append-only",
                "create-only",
                "delete",
                "no-delete",
            ]) || says_a_mode(&tokens)
        }
        Some(Section::Policy) => says(&[
            "unlisted",
            "landing",
            "landings",
            "landings-only",
            "trunk",
            "branches",
            "deny",
            "denied",
        ]),
        _ => false,
    }
}

/// Whether prose says a mode in several words: `append only`, `new files only`.
pub(super) fn says_a_mode(tokens: &[Token<'_>]) -> bool {
    let is_such = |window: &[Token<'_>]| {
        let words: Vec<&str> = window.iter().map(Token::text).collect();
        let found = access(&words.join(" "));
        window.iter().any(|t| t.is("only"))
            && matches!(found, Some(Access::May(mode)) if mode != Mode::Edit)
    };
    tokens.windows(2).chain(tokens.windows(3)).any(is_such)
}

/// Whether prose says a policy of something: `Makefile: nobody edits`, `Nobody edits Makefile.`,
/// `Frozen: Makefile`.
fn says_a_policy(tokens: &[Token<'_>], reader: &Reader<'_, '_>) -> bool {
    let colon = tokens.iter().position(|t| matches!(t, Token::Colon(_)));
    if let Some(colon) = colon.filter(|colon| *colon > 0) {
        let (before, after) = (&tokens[..colon], &tokens[colon + 1..]);
        return reader.begins_policy(after) && before.len() <= 3 && !after.is_empty()
            || super::shared::nobody_at(before) == Some(before.len()) && !after.is_empty();
    }
    let Some(nobody) = super::shared::nobody_at(tokens) else { return false };
    let verbs = ["edits", "edit", "may", "touches", "touch", "changes", "change", "owns"];
    let common = ["it", "them", "these", "this", "those", "anything", "files", "else", "here"];
    let rest = tokens[nobody..].iter();
    let rest = rest.skip_while(|t| t.lower().is_some_and(|w| verbs.contains(&w.as_str())));
    let rest: Vec<&Token<'_>> = rest.filter(|t| !matches!(t, Token::Stop(_))).collect();
    rest.len() < tokens.len() - nobody
        && matches!(rest.as_slice(), [Token::Word(word)] if !common.contains(&word.to_lowercase().as_str()))
}
