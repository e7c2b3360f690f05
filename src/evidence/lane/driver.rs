//! Paths that git merges by a driver: where a line-by-line merge conflicts, a driver may take both sides,
//! or one, and nobody has to resolve anything.
//!
//! Only what the trunk's `.gitattributes` say is known. A pattern that is not simple counts as matching.

use policy::change::EntryMode;
use policy::oid::Oid;
use policy::path::RepoPath;

use crate::evidence::history::History;
use crate::repository::Read;
use crate::repository::aside::BUILT_IN;

/// The largest file of attributes that git reads, in bytes (2.39 and 2.47).
const LARGEST: u64 = 100 << 20;

/// Who may merge a path beside git's own merge of lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Driver {
    /// Git has it of its own.
    BuiltIn,
    /// A program that somebody configures.
    Program,
}

/// The driver by which a path may be merged in a state of the trunk.
pub fn driver(history: &History<'_>, trunk: Oid, path: &RepoPath) -> Read<Option<Driver>> {
    let bytes = path.as_bytes();
    let below = bytes.iter().enumerate().filter(|(_, byte)| **byte == b'/').map(|(at, _)| at + 1);
    let mut found = None;
    for start in std::iter::once(0).chain(below) {
        let place = [&bytes[..start], b".gitattributes"].concat();
        let Ok(place) = RepoPath::new(place) else { continue };
        // Git takes no link for attributes (2.32 and later).
        let is_file = |mode| matches!(mode, EntryMode::File | EntryMode::Executable);
        let Some(entry) = history.entry_at(trunk, &place)?.filter(|entry| is_file(entry.mode))
        else {
            continue;
        };
        if history.view().blob_size(entry.id)? > LARGEST {
            continue;
        }
        let content = history.view().blob(entry.id)?;
        // Git passes over a byte order mark (2.39 and 2.47).
        let content = content.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&content);
        let lines = content.split(|byte| *byte == b'\n');
        found = found.max(lines.filter_map(|line| given(line, &bytes[start..])).max());
    }
    Ok(found)
}

/// The driver that a line may give to a path, seen from the directory that the line stands for.
fn given(line: &[u8], path: &[u8]) -> Option<Driver> {
    let mut words = line.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty());
    let pattern = words.next().filter(|pattern| !pattern.starts_with(b"#"))?;
    let named = words.filter_map(|word| match word.strip_prefix(b"merge=")? {
        b"text" | b"binary" => None,
        driver if BUILT_IN.contains(&driver) => Some(Driver::BuiltIn),
        _ => Some(Driver::Program),
    });
    named.max().filter(|_| may_match(pattern, path))
}

fn may_match(pattern: &[u8], path: &[u8]) -> bool {
    let name = path.rsplit(|byte| *byte == b'/').next().unwrap_or_default();
    let is_plain = |text: &[u8]| !text.iter().any(|byte| b"*?[\\\"/".contains(byte));
    match pattern {
        [b'*', rest @ ..] if is_plain(rest) => name.ends_with(rest),
        [b'/', rest @ ..] if is_plain(rest) => path == rest,
        _ if is_plain(pattern) => name == pattern || pattern.starts_with(b"[attr]"),
        _ if pattern.iter().any(|byte| b"*?[\\\"".contains(byte)) => true,
        _ => path == pattern.strip_prefix(b"/").unwrap_or(pattern),
    }
}

#[cfg(test)]
mod tests {
    use super::{Driver, given};

    #[test]
    fn a_driver_is_given_to_what_a_pattern_may_match() {
        for (line, path, gives) in [
            ("CHANGELOG.md merge=union", "CHANGELOG.md", true),
            ("CHANGELOG.md merge=union", "docs/CHANGELOG.md", true),
            ("/CHANGELOG.md merge=union", "docs/CHANGELOG.md", false),
            ("docs/CHANGELOG.md text merge=union", "docs/CHANGELOG.md", true),
            ("docs/CHANGELOG.md merge=union", "CHANGELOG.md", false),
            ("*.md merge=union", "docs/a.md", true),
            ("*.lock merge=ours", "docs/a.md", false),
            ("*.lock merge=ours", "docs/a.lock", true),
            ("docs/** merge=union", "src/a", true),
            ("\"a b\" merge=union", "a", true),
            ("[attr]list merge=union", "a", true),
            ("a -merge", "a", false),
            ("a merge=binary", "a", false),
            ("a merge=text", "a", false),
            ("# a merge=union", "a", false),
            ("", "a", false),
        ] {
            let driver = gives.then(|| match line.contains("union") {
                true => Driver::BuiltIn,
                false => Driver::Program,
            });
            assert_eq!(given(line.as_bytes(), path.as_bytes()), driver, "{line}: {path}");
        }
    }
}
