//! Foreign text, made safe to print: a commit's summary, a contract's line, a waiver's reason.
//!
//! Whoever wrote it may not move the cursor, hide a word, turn the reading direction or fill the
//! screen. It is only ever shown, never read back, so what is escaped need not be unescapable.

use std::fmt::Write;

/// How much of a commit's summary is shown, in characters.
pub const SUMMARY: usize = 72;
/// How much of one line of a contract is shown, in characters.
pub const LINE: usize = 160;

/// One line of foreign text: without control and invisible characters (which are spelled out),
/// without the blanks around it, at most `limit` characters of it.
pub fn shown(text: &str, limit: usize) -> String {
    let text = text.trim();
    let mut out = String::with_capacity(text.len().min(limit));
    for (count, c) in text.chars().enumerate() {
        if count == limit {
            out.push('…');
            break;
        }
        push(&mut out, c);
    }
    out
}

/// Appends one character, spelled out where it could do harm.
pub fn push(out: &mut String, c: char) {
    // Writing to a string cannot fail.
    let _ = match c {
        '\t' => out.write_char(' '),
        c if c.is_control() && c.is_ascii() => write!(out, "\\x{:02x}", u32::from(c)),
        c if c.is_control() || is_invisible(c) => write!(out, "\\u{{{:x}}}", u32::from(c)),
        c => out.write_char(c),
    };
}

/// Characters that are not seen and change what is: separators of lines, bidirectional controls,
/// zero-width ones, interlinear annotations and tags.
fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
        | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_reaches_the_terminal_raw() {
        assert_eq!(shown("a\x1b[31mb\r\n\x07c", 80), r"a\x1b[31mb\x0d\x0a\x07c");
        assert_eq!(shown("a\u{9b}31m", 80), r"a\u{9b}31m");
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
    }
}
