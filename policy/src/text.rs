//! Foreign text on its way to a person: made printable, or made one word of a shell.

/// The text with every character that a terminal would act on, or that cannot be seen, written
/// as an escape: controls as `\x1b`, bidirectional and zero-width marks as `\u{202e}`.
pub fn printable(text: &str) -> String {
    text.chars().fold(String::with_capacity(text.len()), |mut out, c| {
        if c.is_control() {
            // All controls (Unicode's category Cc) are below U+00A0.
            out.push_str(&format!("\\x{:02x}", c as u32));
        } else if is_invisible(c) {
            out.extend(c.escape_unicode());
        } else {
            out.push(c);
        }
        out
    })
}

/// How many characters of a foreign name a message shows, as they are printed.
const LONGEST_SHOWN: usize = 120;

/// The text as [`printable`] writes it, cut where a message would get too long to be read.
pub fn excerpt(text: &str) -> String {
    let mut out = String::new();
    let mut shown = 0;
    for c in text.chars() {
        let printed = printable(c.encode_utf8(&mut [0; 4]));
        shown += printed.chars().count();
        if shown > LONGEST_SHOWN {
            return out + "…";
        }
        out += &printed;
    }
    out
}

/// Whether a character changes how a line reads, or carries something, without being seen: those
/// that Unicode 16 calls default ignorable, format characters (`Cf`), and separators of lines and
/// paragraphs (`Zl`, `Zp`); and the blanks that it counts among the symbols.
///
/// Variation selectors are among them, with which any text can be hidden behind one letter, so an
/// emoji may be shown with an escape.
pub fn is_invisible(c: char) -> bool {
    if c.is_ascii() {
        return false;
    }
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{600}'..='\u{605}' | '\u{61c}' | '\u{6dd}' | '\u{70f}'
        | '\u{890}'..='\u{891}' | '\u{8e2}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}'
        | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}'
        | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{110bd}' | '\u{110cd}'
        | '\u{13430}'..='\u{1343f}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
        | '\u{e0000}'..='\u{e0fff}')
        || BLANKS.contains(&c)
}

/// Symbols that are drawn as nothing: the empty Braille pattern, the null notehead.
const BLANKS: [char; 2] = ['\u{2800}', '\u{1d159}'];

/// One word of a POSIX shell, quoted only where that is needed.
pub fn shell_word(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "._-/+:@%,=".contains(c);
    if !text.is_empty() && text.chars().all(plain) {
        text.to_owned()
    } else {
        format!("'{}'", text.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_reaches_a_terminal_raw() {
        assert_eq!(printable("a\x1b[31mb\nc"), r"a\x1b[31mb\x0ac");
        assert_eq!(printable("a\u{202e}b\u{9b}c"), r"a\u{202e}b\x9bc");
        assert_eq!(printable("zażółć"), "zażółć");
    }

    #[test]
    fn what_cannot_be_seen_is_what_unicode_says_it_is() {
        // The tables of the regex engine, which are made from Unicode's own.
        let ignorable = r"[\p{Default_Ignorable_Code_Point}\p{Cf}\p{Zl}\p{Zp}]";
        let unicode = regex_automata::meta::Regex::new(ignorable).unwrap();
        for c in '\0'..=char::MAX {
            let expected = unicode.is_match(c.to_string().as_bytes()) || BLANKS.contains(&c);
            assert_eq!(is_invisible(c), expected, "{}", c.escape_unicode());
        }
    }

    #[test]
    fn text_hidden_behind_a_letter_shows() {
        assert_eq!(
            printable("a\u{e0100}\u{fe0f}\u{3164}\u{2800}"),
            r"a\u{e0100}\u{fe0f}\u{3164}\u{2800}"
        );
        assert_eq!(printable("\u{fffb}\u{1d173}\u{e01ef}"), r"\u{fffb}\u{1d173}\u{e01ef}");
    }

    #[test]
    fn long_text_is_cut_behind_what_is_shown() {
        let just = "ą".repeat(LONGEST_SHOWN);
        assert_eq!(excerpt(&just), just);
        assert_eq!(excerpt(&format!("{just}b")), format!("{just}…"));
        assert_eq!(excerpt("a\nb"), r"a\x0ab");
        // What is spelled out counts as it is printed.
        assert_eq!(excerpt(&"\0".repeat(30)), r"\x00".repeat(30));
        assert_eq!(excerpt(&"\0".repeat(31)), r"\x00".repeat(30) + "…");
    }

    #[test]
    fn words_of_a_shell() {
        assert_eq!(shell_word("src/a.rs"), "src/a.rs");
        assert_eq!(shell_word("a b"), "'a b'");
        assert_eq!(shell_word("it's"), r"'it'\''s'");
        assert_eq!(shell_word(""), "''");
    }
}
