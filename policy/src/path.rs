//! A path inside a repository, as git stores it: bytes, relative, separated by `/`.

use std::borrow::Borrow;
use std::fmt;

use crate::text::is_invisible;

/// A path from the repository's root. Its bytes may be anything but NUL; they need not be
/// UTF-8. Ordered by bytes, as git orders its index.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RepoPath(Box<[u8]>);

/// Bytes that cannot name a path in a tree.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a path inside the repository")]
pub struct NotARepoPath;

impl RepoPath {
    /// From bytes as git gives them. Empty, absolute and NUL-bearing ones are refused; odd
    /// components such as `..` or `.git` are kept, since a rule judges them.
    pub fn new(bytes: impl Into<Vec<u8>>) -> Result<Self, NotARepoPath> {
        let bytes = bytes.into();
        if bytes.is_empty() || bytes[0] == b'/' || bytes.contains(&0) {
            return Err(NotARepoPath);
        }
        Ok(Self(bytes.into()))
    }

    /// The bytes, exactly as git has them.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The path as text, when it is UTF-8.
    pub fn to_str(&self) -> Option<&str> {
        std::str::from_utf8(&self.0).ok()
    }

    /// The components between the slashes.
    pub fn components(&self) -> impl Iterator<Item = &[u8]> {
        self.0.split(|byte| *byte == b'/')
    }

    /// The last component.
    pub fn file_name(&self) -> &[u8] {
        self.components().last().unwrap_or_default()
    }

    /// The directory that holds it; empty at the root.
    pub fn parent(&self) -> &[u8] {
        match self.0.iter().rposition(|byte| *byte == b'/') {
            Some(slash) => &self.0[..slash],
            None => &[],
        }
    }

    /// Whether the path is safe to print as it stands: UTF-8 without control characters,
    /// quotes or backslashes, and with a look of its own.
    fn is_plain(&self) -> bool {
        !self.looks_like_another()
            && self.to_str().is_some_and(|text| {
                !text.chars().any(|c| c.is_control() || c == '"' || c == '\\' || is_invisible(c))
            })
    }

    /// Whether another path has the same letters on a screen: an accent stands behind its letter
    /// here, and is a part of it there (Unicode's form NFC).
    fn looks_like_another(&self) -> bool {
        self.0.utf8_chunks().any(|chunk| !unicode_normalization::is_nfc(chunk.valid()))
    }
}

/// Printed as git prints it with `core.quotePath=false`: plain when nothing in it needs
/// quoting, otherwise in double quotes with C escapes, so no byte reaches a terminal raw. A path
/// that is not in Unicode's form NFC is printed as git does it by default, every byte that is not
/// ASCII escaped: otherwise two paths could look the same.
/// Ordered and compared as its bytes are.
impl Borrow<[u8]> for RepoPath {
    fn borrow(&self) -> &[u8] {
        self.as_bytes()
    }
}

impl fmt::Display for RepoPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use fmt::Write;
        if self.is_plain() {
            return f.write_str(self.to_str().unwrap_or_default());
        }
        let spelled_out = self.looks_like_another();
        f.write_char('"')?;
        for chunk in self.0.utf8_chunks() {
            for c in chunk.valid().chars() {
                match c {
                    '"' => f.write_str("\\\"")?,
                    '\\' => f.write_str("\\\\")?,
                    '\n' => f.write_str("\\n")?,
                    '\t' => f.write_str("\\t")?,
                    '\r' => f.write_str("\\r")?,
                    '\u{7}' => f.write_str("\\a")?,
                    '\u{8}' => f.write_str("\\b")?,
                    '\u{b}' => f.write_str("\\v")?,
                    '\u{c}' => f.write_str("\\f")?,
                    c if c.is_control() || is_invisible(c) || (spelled_out && !c.is_ascii()) => {
                        let mut buffer = [0; 4];
                        for byte in c.encode_utf8(&mut buffer).bytes() {
                            write!(f, "\\{byte:03o}")?;
                        }
                    }
                    c => f.write_char(c)?,
                }
            }
            for byte in chunk.invalid() {
                write!(f, "\\{byte:03o}")?;
            }
        }
        f.write_char('"')
    }
}

impl fmt::Debug for RepoPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

/// A component as a file system sees it that knows neither case nor Unicode form: composed
/// (NFC) and simply case-folded; nor dots and blanks at the end, which Windows leaves out. Bytes
/// that are not UTF-8 stand for themselves.
pub fn fold_component(component: &[u8]) -> Vec<u8> {
    use unicode_casefold::{Locale, UnicodeCaseFold, Variant};
    use unicode_normalization::UnicodeNormalization;
    let end = component.iter().rposition(|byte| !is_left_out_at_the_end(*byte));
    let component = end.map_or(component, |end| &component[..=end]);
    if component.is_ascii() {
        return component.to_ascii_lowercase(); // Most names are: NFC leaves them alone.
    }
    match std::str::from_utf8(component) {
        Ok(text) => {
            let folded = text.nfc().case_fold_with(Variant::Simple, Locale::NonTurkic);
            folded.nfc().collect::<String>().into_bytes()
        }
        Err(_) => component.to_ascii_lowercase(),
    }
}

/// Whether Windows leaves a byte out at the end of a name.
pub fn is_left_out_at_the_end(byte: u8) -> bool {
    matches!(byte, b'.' | b' ')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(bytes: &[u8]) -> RepoPath {
        RepoPath::new(bytes).unwrap()
    }

    #[test]
    fn plain_paths_print_as_they_are() {
        assert_eq!(path(b"src/app/[id]/page.tsx").to_string(), "src/app/[id]/page.tsx");
        assert_eq!(path("src/zażółć gęślą.rs".as_bytes()).to_string(), "src/zażółć gęślą.rs");
    }

    #[test]
    fn no_control_character_is_printed_raw() {
        assert_eq!(path(b"a\nb\x1b[31m").to_string(), r#""a\nb\033[31m""#);
        assert_eq!(path(b"caf\xe9").to_string(), r#""caf\351""#);
        assert_eq!(path("a\u{202e}b".as_bytes()).to_string(), r#""a\342\200\256b""#);
        assert_eq!(path(br#"a"b"#).to_string(), r#""a\"b""#);
        assert_eq!(path(br"a\b").to_string(), r#""a\\b""#);
        assert_eq!(format!("{:?}", path(b"a\tb")), r#""a\tb""#);
    }

    #[test]
    fn components_that_fold_together() {
        for (one, other) in [
            ("README.md", "readme.MD"),
            ("caf\u{e9}", "cafe\u{301}"),
            ("Ω", "ω"),
            ("old. ", "Old"),
            ("...", "..."),
        ] {
            assert_eq!(fold_component(one.as_bytes()), fold_component(other.as_bytes()));
        }
        assert_ne!(fold_component("straße".as_bytes()), fold_component(b"strasse"));
        assert_ne!(fold_component(b"a"), fold_component(b"b"));
    }

    #[test]
    fn two_paths_never_look_the_same() {
        assert_eq!(path("two/caf\u{e9} \u{142}".as_bytes()).to_string(), "two/caf\u{e9} \u{142}");
        let decomposed = path("two/cafe\u{301} \u{142}".as_bytes());
        assert_eq!(decomposed.to_string(), r#""two/cafe\314\201 \305\202""#);
        assert_eq!(path(b"\xffe\xcc\x81").to_string(), r#""\377e\314\201""#);
        // One sign for two: Angstrom's, and the letter.
        assert_eq!(path("\u{212b}".as_bytes()).to_string(), r#""\342\204\253""#);
        assert_eq!(path("\u{c5}".as_bytes()).to_string(), "\u{c5}");
    }

    #[test]
    fn parts_of_a_path() {
        assert_eq!(path(b"a/b/c").parent(), b"a/b");
        assert_eq!(path(b"a/b/c").file_name(), b"c");
        assert_eq!(path(b"c").parent(), b"");
        assert!(RepoPath::new(*b"/etc").is_err() && RepoPath::new(*b"").is_err());
    }
}
