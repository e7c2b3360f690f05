//! Signs that people do not type and programs do: hyphens that do not break, curled apostrophes, spaces
//! of another width, characters that nobody sees; and the marks behind a word. Words are compared
//! without them. Paths and names of branches are never folded, since one may be called so.

use std::borrow::Cow;

/// Marks that end a sentence, and are no part of the word before them.
pub(super) const ENDS: [char; 11] = ['.', '!', '?', '…', '‼', '⁇', '⁈', '⁉', '！', '？', '。'];

/// Marks that stand around a word. Those of emphasis mean something in paths, and are not among them.
const AROUND: [char; 18] =
    ['"', '\'', '“', '”', '„', '‟', '‘', '’', '‚', '«', '»', '‹', '›', '[', ']', '¡', '¿', '´'];

/// What a sign is to whoever reads it: another character, or none; itself where it is no such sign.
fn folded(c: char) -> Option<char> {
    Some(match c {
        '\u{2010}'..='\u{2013}' | '\u{2212}' | '\u{fe58}' | '\u{fe63}' | '\u{ff0d}' => '-',
        '\u{2018}' | '\u{2019}' | '\u{201b}' | '\u{02bc}' | '\u{2032}' | '\u{ff07}' | '\u{b4}' => {
            '\''
        }
        c if c != ' ' && c.is_whitespace() && !c.is_control() => ' ',
        // Soft hyphens, joiners, marks of direction and of emoji.
        '\u{ad}'
        | '\u{34f}'
        | '\u{180e}'
        | '\u{200b}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{2064}'
        | '\u{2066}'..='\u{2069}'
        | '\u{fe00}'..='\u{fe0f}'
        | '\u{feff}' => return None,
        c => c,
    })
}

/// Whether a sign is a hyphen or a dash that is one where spaces stand around it.
pub(super) fn is_dash(c: char) -> bool {
    folded(c) == Some('-')
}

/// A text to compare, with plain signs for typographic ones.
pub(super) fn fold(text: &str) -> Cow<'_, str> {
    if text.is_ascii() || text.chars().all(|c| folded(c) == Some(c)) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.chars().filter_map(folded).collect())
}

/// Whether a word has no such sign, and no mark around it, as nearly every one.
pub(super) fn is_plain(word: &str) -> bool {
    let ends = [word.as_bytes().first(), word.as_bytes().last()];
    ends.into_iter().all(|end| end.is_some_and(u8::is_ascii_alphanumeric)) && word.is_ascii()
}

/// A word to compare: folded, without the marks around it. What is nothing but marks stays.
pub(super) fn bare(word: &str) -> Cow<'_, str> {
    if is_plain(word) {
        return Cow::Borrowed(word);
    }
    let marks = |c: char| ENDS.contains(&c) || AROUND.contains(&c);
    let trimmed = |text: &str| {
        let bare = text.trim_matches(marks);
        let start = text.len() - text.trim_start_matches(marks).len();
        if bare.is_empty() { 0..text.len() } else { start..start + bare.len() }
    };
    match fold(word) {
        Cow::Borrowed(text) => Cow::Borrowed(&text[trimmed(text)]),
        Cow::Owned(text) => Cow::Owned(text[trimmed(&text)].to_owned()),
    }
}

/// A word of prose without the marks behind it, such as `only!`; `None` where it has none, or may be the
/// name of a file.
pub(super) fn before_marks<'w>(word: &'w str, is_agent: &dyn Fn(&str) -> bool) -> Option<&'w str> {
    let before = word.trim_end_matches(ENDS);
    let plain =
        |c: char| c.is_alphanumeric() || c == '_' || c == '-' || c == '\'' || folded(c) != Some(c);
    let names_agent = || before.split('/').next().is_some_and(is_agent);
    let is_word = before.contains(char::is_alphanumeric) && before.chars().all(plain);
    (before.len() < word.len() && (is_word || names_agent())).then_some(before)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_compared_without_signs() {
        for (written, compared) in [
            ("additions\u{2011}only", "additions-only"),
            ("trunk\u{2013}steps", "trunk-steps"),
            ("don\u{2019}t", "don't"),
            ("can\u{02bc}t", "can't"),
            ("fro\u{200b}zen", "frozen"),
            ("read\u{a0}only", "read only"),
            ("“frozen!”", "frozen"),
            ("[frozen]", "frozen"),
            ("only?!", "only"),
            ("only…", "only"),
            ("&", "&"),
            ("!", "!"),
            ("*only*", "*only*"),
        ] {
            assert_eq!(bare(written), compared, "{written:?}");
        }
    }

    #[test]
    fn marks_behind_a_word_are_no_part_of_it() {
        let agent = |name: &str| name == "agent.1";
        for (word, before) in [
            ("only!", Some("only")),
            ("only...", Some("only")),
            ("read\u{2011}only?!", Some("read\u{2011}only")),
            ("agent.1/2!", Some("agent.1/2")),
            ("only", None),
            ("!", None),
            ("src/a!", None),
            ("package.json!", None),
            ("e.g.", None),
        ] {
            assert_eq!(before_marks(word, &agent), before, "{word}");
        }
    }
}
