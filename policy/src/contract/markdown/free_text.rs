//! Free text at the end of an entry: reasons, promises, the objective. A key of the entry that
//! begins a line or a sentence within it was meant as that key, and is an error.

use super::Reader;
use super::lex::{Token, quotation, span, tokens};
use super::line::Line;
use super::told::tells_a_policy;

/// The keys that may stand around the free texts of an entry.
pub(in crate::contract) const OF_WAIVERS: [&str; 15] = [
    "rule",
    "rules",
    "agent",
    "agents",
    "path",
    "paths",
    "mode",
    "until",
    "expires",
    "except",
    "version",
    "trunk",
    "integrator",
    "suite",
    "strategy",
];
pub(in crate::contract) const OF_STEPS: [&str; 9] =
    ["after", "before", "agent", "agents", "version", "trunk", "integrator", "suite", "strategy"];
pub(in crate::contract) const OF_PROMISES: [&str; 4] =
    ["new-surface", "relied-on-by", "promises", "withdrawn"];
pub(in crate::contract) const AT_THE_TOP: [&str; 13] = [
    "format",
    "name",
    "version",
    "trunk",
    "objective",
    "integrator",
    "suite",
    "setup",
    "timeout",
    "strategy",
    "unlisted-branches",
    "agent-branches",
    "trunk-steps",
];

impl Reader<'_, '_> {
    /// What a free text says.
    pub(super) fn free_text(&mut self, line: &Line, text: &str, keys: &[&str]) -> String {
        let tokens = self.tokens(text);
        let begins_line = |token: &Token<'_>| {
            let start = line.at(token.text()).start;
            let before = self.problems.source.text.get(..start).unwrap_or_default();
            before.trim_end_matches([' ', '\t', '>']).ends_with('\n')
        };
        if !is_quoted(text)
            && let Some(at) = key_within(&tokens, keys, begins_line)
        {
            let key = span(line, &tokens[at..]);
            let help = "a text goes to the end of its entry: write this key before it, or as an entry \
                        of its own; in double quotes it is a part of the text";
            self.not_understood(line, key, help);
        } else if !is_quoted(text) && tells_a_policy(text) {
            let help = "write `key: value` under Policy; in double quotes it is a part of the text";
            self.not_understood(line, text, help);
        }
        said(text)
    }
}

/// Whether a key would be read in a text that is written into one line, or a policy is told in it.
pub(in crate::contract) fn holds_key(text: &str, keys: &[&str]) -> bool {
    key_within(&tokens(text, &|_| false), keys, |_| false).is_some()
        || !is_quoted(text) && tells_a_policy(text)
}

/// Where a known key and a colon begin a line or a clause.
fn key_within(
    tokens: &[Token<'_>],
    keys: &[&str],
    begins_line: impl Fn(&Token<'_>) -> bool,
) -> Option<usize> {
    let mut begin = 0;
    for (at, token) in tokens.iter().enumerate() {
        if at > 0 && begins_line(token) {
            begin = at;
        }
        match token {
            Token::Colon(_) | Token::Word("=") => {
                let words: Vec<String> =
                    tokens[begin..at].iter().filter_map(Token::lower).collect();
                let key = words.join("-").replace('_', "-");
                if words.len() == at - begin && keys.contains(&key.as_str()) {
                    return Some(begin);
                }
                begin = at + 1;
            }
            Token::Comma(_)
            | Token::Semicolon(_)
            | Token::Stop(_)
            | Token::Dash(_)
            | Token::Paren(_) => begin = at + 1,
            token if token.is("and") => begin = at + 1,
            _ => {}
        }
    }
    None
}

/// Whether the whole of a text stands in double quotes.
pub(super) fn is_quoted(text: &str) -> bool {
    let text = text.trim();
    text.starts_with('"') && quotation(text).is_some_and(|(length, _)| length == text.len())
}

/// What a text says: the whole of it without its last full stop, or the value of a text in
/// double quotes.
pub(super) fn said(text: &str) -> String {
    let text = text.trim();
    if text.starts_with('"')
        && let Some((length, value)) = quotation(text)
        && length == text.len()
    {
        return value;
    }
    text.strip_suffix('.').unwrap_or(text).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_that_begins_a_clause_is_seen() {
        for text in [
            "path: docs/**",
            "demo, path: docs/**",
            "demo. Path: docs/**",
            "demo; path: docs/**",
            "demo - path: docs/**",
            "demo (soon) path: docs/**",
            "demo and path: docs/**",
            "demo: path: docs/**",
            "demo, path = docs/**",
        ] {
            assert!(holds_key(text, &OF_WAIVERS), "{text}");
        }
        assert!(holds_key("fast. Trunk steps: open", &AT_THE_TOP));
        for text in
            ["demo: the path: is long", "the path docs/**", "`path: x`", "\"path: x\"", "a path"]
        {
            assert!(!holds_key(text, &OF_WAIVERS), "{text}");
        }
    }
}
