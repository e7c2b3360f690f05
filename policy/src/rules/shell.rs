//! Paths, refs and directories as one word of a command, whatever they are called.

use crate::name::RefName;
use crate::path::RepoPath;
use crate::text::{is_invisible, shell_word};

/// A ref as one word of a git command: a branch and a tracking ref by their short names.
pub fn revision(name: &RefName) -> Option<String> {
    name.to_str()?;
    let text = name.revision_name();
    let safe = !text.starts_with('-') && !text.chars().any(|c| c.is_control() || is_invisible(c));
    safe.then(|| shell_word(&text))
}

/// A directory as one word of a command; `None` where a terminal must not see it as it is.
pub fn directory(path: &str) -> Option<String> {
    (!path.chars().any(|c| c.is_control() || is_invisible(c))).then(|| shell_word(path))
}

/// A path as one word of a git command in any POSIX shell, from the worktree's root wherever in it
/// the command is run: hooks run at the root, and the user stands anywhere. Git matches a pathspec
/// with `*`, `?` or `[` as a pattern (`src/[id]/a` would undo `src/i/a` too), and takes a mark
/// after `:/` for further magic (`:/_next` dies; 2.47.3), so those are made literal. Bytes that must not reach a terminal are written by
/// `printf`. `None`: the path ends with a newline, which a shell's substitution takes away.
pub fn pathspec(path: &RepoPath) -> Option<String> {
    if let Some(text) = path.to_str().filter(is_printable) {
        let no_magic = |first: char| first.is_ascii_alphanumeric() || first == '.';
        let is_plain = text.starts_with(no_magic) && !text.contains(['*', '?', '[', '\\']);
        let top = if is_plain { ":/" } else { ":(top,literal)" };
        return word(top, path, "");
    }
    word(":(top,literal)", path, "")
}

fn is_printable(text: &&str) -> bool {
    !text.chars().any(|c| c.is_control() || is_invisible(c))
}

/// A path as one word of a shell, with something before and behind it that a shell leaves as it is
/// between double quotes.
pub fn word(before: &str, path: &RepoPath, behind: &str) -> Option<String> {
    if let Some(text) = path.to_str().filter(is_printable) {
        return Some(shell_word(&format!("{before}{text}{behind}")));
    }
    if path.as_bytes().ends_with(b"\n") {
        return None;
    }
    let mut written = String::new();
    for byte in path.as_bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'.' | b'_' | b'-' | b'/' | b' ' => {
                written.push(char::from(*byte));
            }
            _ => written.push_str(&format!("\\{byte:03o}")),
        }
    }
    // A format may not begin with `-`: dash's printf takes it for an option.
    Some(format!("\"{before}$(printf -- '{written}'){behind}\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spec(bytes: &[u8]) -> Option<String> {
        pathspec(&RepoPath::new(bytes).unwrap())
    }

    #[test]
    fn paths_are_one_literal_word() {
        let is = |bytes: &[u8], expected: &str| assert_eq!(spec(bytes).unwrap(), expected);
        is(b"src/db/schema.ts", ":/src/db/schema.ts");
        is(b".env", ":/.env");
        is(b"it's a b", r"':/it'\''s a b'");
        is("src/zażółć.rs".as_bytes(), "':/src/zażółć.rs'");
        is(b"_next/a", "':(top,literal)_next/a'");
        is(b"-dash", "':(top,literal)-dash'");
        is(b"src/app/[id]/page.tsx", "':(top,literal)src/app/[id]/page.tsx'");
        is(b":colon", "':(top,literal):colon'");
        is(b"a\nb%", r#"":(top,literal)$(printf -- 'a\012b\045')""#);
        is(b"caf\xe9", r#"":(top,literal)$(printf -- 'caf\351')""#);
    }

    #[test]
    fn no_command_where_a_shell_cannot_say_the_path() {
        assert_eq!(spec(b"a\n"), None);
    }

    #[test]
    fn refs_are_one_word_or_none() {
        let word = |name: &str| revision(&RefName::new(name));
        assert_eq!(word("refs/heads/main").as_deref(), Some("main"));
        assert_eq!(word("refs/remotes/origin/main").as_deref(), Some("origin/main"));
        assert_eq!(word("refs/heads/a'b").as_deref(), Some(r"'a'\''b'"));
        assert_eq!(word("refs/heads/-f"), None);
        assert_eq!(word("refs/heads/a\u{202e}b"), None);
        assert_eq!(revision(&RefName::new(*b"refs/heads/\xff")), None);
    }

    #[test]
    fn directories_are_one_word_or_none() {
        assert_eq!(directory("/w/it's a").unwrap(), r"'/w/it'\''s a'");
        assert_eq!(directory("/w/a\u{202e}b"), None);
        assert_eq!(directory("/w/a\nb"), None);
    }
}
