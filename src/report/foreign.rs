//! Foreign text, made safe to print: a commit's summary, a contract's line, a waiver's reason.
//!
//! Whoever wrote it may not move the cursor, hide a word, turn the reading direction or fill the
//! screen. It is only ever shown, never read back, so what is escaped need not be unescapable.

use policy::text::printable;

/// How much of a commit's summary is shown, in characters.
pub const SUMMARY: usize = 72;
/// How much of one line of a contract is shown, in characters.
pub const LINE: usize = 160;

/// One line of foreign text: without the blanks around it, at most `limit` characters of it, and
/// each that a terminal would act on, or that cannot be seen, spelled out.
pub fn shown(text: &str, limit: usize) -> String {
    let text = text.trim();
    match text.char_indices().nth(limit) {
        Some((end, _)) => spelled_out(&text[..end]) + "…",
        None => spelled_out(text),
    }
}

/// The text with nothing in it that could do harm. A tab is a blank: it is common and harmless.
pub fn spelled_out(text: &str) -> String {
    printable(&text.replace('\t', " "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_reaches_the_terminal_raw() {
        assert_eq!(shown("a\x1b[31mb\r\n\x07c", 80), r"a\x1b[31mb\x0d\x0a\x07c");
        assert_eq!(shown("a\u{9b}31m", 80), r"a\x9b31m");
        assert_eq!(shown("user\u{202e}txt.exe\u{2066}", 80), r"user\u{202e}txt.exe\u{2066}");
        assert_eq!(shown("a\u{200b}b\u{2028}c\u{e0041}", 80), r"a\u{200b}b\u{2028}c\u{e0041}");
    }

    #[test]
    fn what_is_harmless_stays() {
        assert_eq!(shown("  zażółć 漢字 `x` \\ \"y\"\tz  ", 80), "zażółć 漢字 `x` \\ \"y\" z");
    }

    #[test]
    fn long_text_is_cut_between_characters() {
        assert_eq!(shown("ąćęłń", 5), "ąćęłń");
        assert_eq!(shown("ąćęłńó", 5), "ąćęłń…");
        assert!(shown(&"x".repeat(1_000_000), LINE).len() < 200);
        for limit in [SUMMARY, LINE] {
            let longest = "ą".repeat(limit);
            assert_eq!(shown(&longest, limit), longest);
            assert_eq!(shown(&format!("{longest}b"), limit), format!("{longest}…"));
        }
    }
}
