//! The words of a line: what stands in back-ticks or quotes, what in parentheses, where one thing
//! ends and the next begins.

use serde::Deserialize;

use super::brackets::Brackets;
use super::line::Line;
use super::signs::{ENDS, bare, before_marks, is_dash, is_plain};

/// One token. Its text is a slice of the line's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Token<'l> {
    /// A bare word.
    Word(&'l str),
    /// What stands in back-ticks or in double quotes: the slice with its marks, and the value.
    Quoted(&'l str, String),
    /// What stands in parentheses that follow a space, without them.
    Paren(&'l str),
    /// `,`
    Comma(&'l str),
    /// `;`
    Semicolon(&'l str),
    /// A colon at the end of a word.
    Colon(&'l str),
    /// `→`, `->`, `=>`
    Arrow(&'l str),
    /// A dash with spaces around it.
    Dash(&'l str),
    /// A full stop at the end of a word, or the marks behind a word of prose: `!`, `…`.
    Stop(&'l str),
}

impl<'l> Token<'l> {
    /// The slice of the line.
    pub(super) fn text(&self) -> &'l str {
        match self {
            Self::Word(text)
            | Self::Quoted(text, _)
            | Self::Paren(text)
            | Self::Comma(text)
            | Self::Semicolon(text)
            | Self::Colon(text)
            | Self::Arrow(text)
            | Self::Dash(text)
            | Self::Stop(text) => text,
        }
    }

    /// The word in lower case, when it is one, without marks around it.
    pub(super) fn lower(&self) -> Option<String> {
        match self {
            Self::Word(word) => Some(bare(word).to_lowercase()),
            _ => None,
        }
    }

    /// What a word or a quotation says.
    pub(super) fn value(&self) -> Option<&str> {
        match self {
            Self::Word(word) => Some(word),
            Self::Quoted(_, value) => Some(value),
            _ => None,
        }
    }

    /// Whether it is the word, in any case, whatever marks stand around it.
    pub(super) fn is(&self, word: &str) -> bool {
        let Self::Word(own) = self else { return false };
        // Marks and signs only ever make it longer.
        own.eq_ignore_ascii_case(word)
            || own.len() > word.len() && !is_plain(own) && bare(own).eq_ignore_ascii_case(word)
    }
}

/// Splits a part of a line into tokens.
pub(super) fn tokens<'l>(part: &'l str, is_agent: &dyn Fn(&str) -> bool) -> Vec<Token<'l>> {
    let brackets = Brackets::of(part);
    let mut tokens = Vec::new();
    let mut rest = part;
    loop {
        let trimmed = rest.trim_start();
        let spaced = trimmed.len() < rest.len() || tokens.is_empty();
        rest = trimmed;
        let at = part.len() - rest.len();
        let Some(first) = rest.chars().next() else { return tokens };
        let taken = match first {
            ',' => push(&mut tokens, Token::Comma, rest, 1),
            ';' => push(&mut tokens, Token::Semicolon, rest, 1),
            '→' | '⇒' | '➜' | '⟶' => {
                push(&mut tokens, Token::Arrow, rest, first.len_utf8())
            }
            _ if rest.starts_with("->") || rest.starts_with("=>") => {
                push(&mut tokens, Token::Arrow, rest, 2)
            }
            _ if rest.starts_with("-->") => push(&mut tokens, Token::Arrow, rest, 3),
            '—' => push(&mut tokens, Token::Dash, rest, first.len_utf8()),
            _ if is_dash(first)
                && rest[first.len_utf8()..].chars().next().is_none_or(char::is_whitespace) =>
            {
                push(&mut tokens, Token::Dash, rest, first.len_utf8())
            }
            ':' => push(&mut tokens, Token::Colon, rest, 1),
            '(' if spaced
                && let Some(end) = brackets.closing(at)
                && ends_a_parenthesis(&part[end + 1..]) =>
            {
                tokens.push(Token::Paren(part[at + 1..end].trim()));
                end + 1 - at
            }
            '`' | '"'
                if may_be_quoted(rest, at, &brackets)
                    && let Some((length, value)) = quotation(rest) =>
            {
                tokens.push(Token::Quoted(&rest[..length], value));
                length
            }
            _ => word(&rest[..word_end(rest, at, &brackets)], &mut tokens, is_agent),
        };
        rest = &rest[taken..];
    }
}

fn push<'l>(
    tokens: &mut Vec<Token<'l>>,
    make: fn(&'l str) -> Token<'l>,
    rest: &'l str,
    length: usize,
) -> usize {
    tokens.push(make(&rest[..length]));
    length
}

/// Whether a parenthesis is one of prose: what follows it is no part of a path.
fn ends_a_parenthesis(after: &str) -> bool {
    after.chars().next().is_none_or(|c| c.is_whitespace() || ",;:".contains(c) || ENDS.contains(&c))
}

/// A quotation that begins here: its length with the marks, and its value.
pub(super) fn quotation(text: &str) -> Option<(usize, String)> {
    if text.starts_with('`') {
        let ticks = text.len() - text.trim_start_matches('`').len();
        let mark = &text[..ticks];
        let mut from = ticks;
        loop {
            let end = from + text[from..].find(mark)?;
            let run = text[end..].len() - text[end..].trim_start_matches('`').len();
            if run == ticks {
                let inner = &text[ticks..end];
                // One space on each side belongs to the marks, as CommonMark has it.
                let padded = inner.strip_prefix(' ').and_then(|inner| inner.strip_suffix(' '));
                let value = padded.filter(|inner| !inner.trim().is_empty()).unwrap_or(inner);
                return Some((end + ticks, value.to_owned()));
            }
            from = end + run;
        }
    }
    let mut escaped = false;
    for (at, byte) in text.bytes().enumerate().skip(1) {
        match byte {
            b'"' if !escaped => {
                let literal = &text[..=at];
                let value =
                    toml::Value::deserialize(toml::de::ValueDeserializer::parse(literal).ok()?);
                return Some((at + 1, value.ok()?.as_str()?.to_owned()));
            }
            _ => escaped = byte == b'\\' && !escaped,
        }
    }
    None
}

/// Whether back-ticks that begin here could end somewhere.
fn may_be_quoted(rest: &str, at: usize, brackets: &Brackets) -> bool {
    let ticks = rest.len() - rest.trim_start_matches('`').len();
    ticks == 0 || brackets.has_ticks_behind(at, ticks)
}

fn word<'l>(
    mut word: &'l str,
    tokens: &mut Vec<Token<'l>>,
    is_agent: &dyn Fn(&str) -> bool,
) -> usize {
    let end = word.len();
    // `agent-1:src/**`
    if let Some((agent, path)) = word.split_once(':')
        && !path.is_empty()
        && is_agent(agent)
    {
        tokens.push(Token::Word(agent));
        return agent.len();
    }
    let mut ends = Vec::new();
    while word.len() > 1 {
        let last = &word[word.len() - word.chars().next_back().map_or(0, char::len_utf8)..];
        let before = &word[..word.len() - last.len()];
        match last {
            ":" => ends.push(Token::Colon(last)),
            "." if !before.ends_with(ENDS) => ends.push(Token::Stop(last)),
            _ => match before_marks(word, is_agent) {
                Some(before) => {
                    ends.push(Token::Stop(&word[before.len()..]));
                    word = before;
                    continue;
                }
                None => break,
            },
        }
        word = before;
    }
    tokens.push(match word {
        marks if marks.chars().all(|c| ENDS.contains(&c)) => Token::Stop(word),
        _ => Token::Word(word),
    });
    tokens.extend(ends.into_iter().rev());
    end
}

/// A word goes to the next space, comma or semicolon, which do not count within braces.
fn word_end(text: &str, start: usize, brackets: &Brackets) -> usize {
    let mut braced = 0;
    for (at, c) in text.char_indices() {
        match c {
            '{' if at >= braced => {
                braced = brackets.closing(start + at).map_or(braced, |end| end - start);
            }
            '→' | '⇒' => return at,
            ',' | ';' if at >= braced => return at,
            c if c.is_whitespace() && at >= braced => return at,
            _ => {}
        }
    }
    text.len()
}

/// The part of a line that some tokens in a row cover.
pub(super) fn span<'l>(line: &'l Line, tokens: &[Token<'l>]) -> &'l str {
    let offset = |text: &str| text.as_ptr() as usize - line.text.as_ptr() as usize;
    match (tokens.first(), tokens.last()) {
        (Some(first), Some(last)) => {
            let start = offset(first.text());
            &line.text[start..(offset(last.text()) + last.text().len()).max(start)]
        }
        _ => "",
    }
}
