//! Names that a file system may take for one that git itself reads.
//!
//! Git looks for `.git`, `.gitattributes` and `.gitmodules` by name, and opens what the file system
//! gives it for that name. NTFS drops dots and spaces at the end and what follows a colon, has short
//! names, and takes a backslash for a separator; HFS+ ignores some characters; most of them fold
//! case. Knows bytes alone, and no file system.

use crate::path::fold_component;

/// A file that git reads to learn how to read others: its name without the dot, and the six
/// characters with which NTFS begins its short name when `gitatt~1` to `~4` are taken (git 2.39 to
/// 2.47: `is_ntfs_dotgitattributes` and `is_ntfs_dotgitmodules` in path.c).
const STEERING: [(&str, &str); 2] = [("gitattributes", "gi7d29"), ("gitmodules", "gi7eba")];

/// Whether a component is one that no tree should have: none at all, a directory above, or `.git`
/// in any spelling.
pub fn is_odd_name(component: &[u8]) -> bool {
    if matches!(component, b"" | b".") {
        return true;
    }
    if is_plain(component) {
        return false;
    }
    component.split(|byte| *byte == b'\\').any(|part| {
        let name = seen(part);
        part == b".." || name == ".git" || name == "git~1"
    })
}

/// Whether a file's name is `.gitattributes` or `.gitmodules` in any spelling.
pub fn steers_git(file_name: &[u8]) -> bool {
    if is_plain(file_name) {
        return false;
    }
    let last = file_name.rsplit(|byte| *byte == b'\\').next().unwrap_or_default();
    let name = seen(last);
    STEERING.iter().any(|(long, short)| {
        name.strip_prefix('.') == Some(*long)
            || is_numbered(&name, &long[..6])
            || is_hashed(&name, short)
    })
}

/// Whether a name can stand for no other: most can be told at a glance, and every path of every change
/// is looked at. All that is looked for begins with a dot, or is a short name.
fn is_plain(name: &[u8]) -> bool {
    let is_special = |byte: &u8| matches!(byte, b'~' | b'\\') || !byte.is_ascii();
    !name.starts_with(b".") && !name.iter().any(is_special)
}

/// What a file system may see of a component: case folded, without the characters that HFS+
/// ignores, without what NTFS takes off the end.
fn seen(component: &[u8]) -> String {
    let folded = fold_component(component);
    let text = String::from_utf8_lossy(&folded);
    let is_ignored = |c: &char| matches!(c, '\u{200c}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{206a}'..='\u{206f}' | '\u{feff}');
    let kept: String = text.chars().filter(|c| !is_ignored(c)).collect();
    kept.split(':').next().unwrap_or_default().trim_end_matches(['.', ' ']).to_owned()
}

/// A short name as NTFS gives it first: six characters, `~` and a number up to 4.
fn is_numbered(name: &str, begins: &str) -> bool {
    let rest = name.strip_prefix(begins).and_then(|rest| rest.strip_prefix('~'));
    rest.is_some_and(|number| matches!(number, "1" | "2" | "3" | "4"))
}

/// A short name as NTFS gives it then: eight characters, of which the number takes as many as it
/// needs.
fn is_hashed(name: &str, short: &str) -> bool {
    let Some((begins, number)) = name.split_once('~') else { return false };
    name.len() == 8
        && short.starts_with(begins)
        && !number.starts_with('0')
        && number.bytes().all(|digit| digit.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_are_taken_for_git_s_directory() {
        for name in [
            ".git",
            ".GIT",
            ".git.",
            ".git . ",
            ".git:x",
            ".git::$INDEX_ALLOCATION",
            "git~1",
            "GIT~1 ",
            ".g\u{200c}it",
            "x\\.git\\hooks",
            "..",
            "..\\..\\x",
            "",
            ".",
        ] {
            assert!(is_odd_name(name.as_bytes()), "{name:?}");
        }
        for name in [".github", "git", ".gitx", "git~2", "...", "a..b", "x\\y", ".git\u{e9}", "..x"]
        {
            assert!(!is_odd_name(name.as_bytes()), "{name:?}");
        }
        assert!(!is_odd_name(b".git\xff"));
    }

    #[test]
    fn names_that_are_taken_for_what_steers_git() {
        for name in [
            ".gitattributes",
            ".GitAttributes",
            ".gitattributes ",
            ".gitattributes. .",
            ".gitmodules::$DATA",
            ".git\u{200c}attributes",
            "\u{feff}.gitmodules",
            ".gitattribute\u{17f}",
            "gitatt~1",
            "GITATT~4",
            "gitmod~2.",
            "gi7d29~1",
            "GI7EBA~9",
            "gi7d2~12",
            "gi~12345",
            "~1234567",
            "x\\.gitmodules",
        ] {
            assert!(steers_git(name.as_bytes()), "{name:?}");
        }
        for name in [
            ".gitignore",
            ".mailmap",
            "gitattributes",
            ".gitattributes.md",
            "gitatt~5",
            "gitatt~",
            "gitatt~10",
            "gi7d29~0",
            "gi7d29~",
            "gi7d29~12",
            "gi7d2~1",
            "gi7d28~1",
            "gi7d2~1x",
            ".gitmodules\\x",
            "",
        ] {
            assert!(!steers_git(name.as_bytes()), "{name:?}");
        }
    }
}
