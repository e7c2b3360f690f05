//! One changed path, with the facts that the rules of the `paths` group ask for.

use crate::disguise::{self, is_odd_name};
use crate::oid::Oid;
use crate::path::RepoPath;

/// What happened to a path. A rename is a deletion and an addition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ChangeKind {
    /// There was nothing before.
    Added,
    /// The content differs.
    Modified,
    /// There is nothing now.
    Deleted,
    /// A file became a symbolic link, a submodule became a file, and the like.
    Kind,
    /// Only the executable bit differs.
    Mode,
    /// A submodule was added, moved to another commit, or taken away.
    Submodule,
}

impl ChangeKind {
    /// The word used in JSON and in messages.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Modified => "modified",
            Self::Deleted => "deleted",
            Self::Kind => "kind",
            Self::Mode => "mode",
            Self::Submodule => "submodule",
        }
    }

    /// The kind of the change from one entry to another; `None` when both are absent or equal
    /// in mode and content.
    pub fn between(old: Option<Entry>, new: Option<Entry>) -> Option<Self> {
        let (old, new) = match (old, new) {
            (None, None) => return None,
            (None, Some(new)) => {
                let submodule = new.mode == EntryMode::Submodule;
                return Some(if submodule { Self::Submodule } else { Self::Added });
            }
            (Some(old), None) => {
                let submodule = old.mode == EntryMode::Submodule;
                return Some(if submodule { Self::Submodule } else { Self::Deleted });
            }
            (Some(old), Some(new)) => (old, new),
        };
        if old == new {
            return None;
        }
        if old.mode == EntryMode::Submodule || new.mode == EntryMode::Submodule {
            return Some(Self::Submodule);
        }
        if (old.mode == EntryMode::Symlink) != (new.mode == EntryMode::Symlink) {
            return Some(Self::Kind);
        }
        Some(if old.id == new.id { Self::Mode } else { Self::Modified })
    }
}

/// What a tree's leaf entry is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EntryMode {
    /// `100644`
    File,
    /// `100755`
    Executable,
    /// `120000`
    Symlink,
    /// `160000`
    Submodule,
}

/// A leaf of a tree: what it is, and the object that holds its content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Entry {
    /// File, executable, symbolic link or submodule.
    pub mode: EntryMode,
    /// The blob, or the commit of a submodule.
    pub id: Oid,
}

/// A commit, as it is named to people: its id and the first line of its message, raw.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct CommitRef {
    /// The full id.
    pub id: Oid,
    /// The first line of its message. Foreign text: escape it before printing.
    pub summary: String,
}

/// What has become of a path that a lane was given when it last took the trunk in, and is given no more.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TakenAway {
    /// The contract alone has changed: what was there is where it was.
    InPlace,
    /// The trunk has it there no more, so that git carries a change to where it has gone.
    Moved,
    /// The trunk has moved its directory, and git leaves it where it is.
    LeftBehind(LeftBehind),
}

/// How a new file follows its directory to where the trunk has it and the agent may edit it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LeftBehind {
    /// What is moved: the file, or the topmost new directory that holds it, of which everything goes along.
    pub what: RepoPath,
    /// The directory that it comes into, under the name that it has.
    pub into: RepoPath,
    /// Whether the trunk has no such directory.
    pub into_is_new: bool,
    /// Whether the lane has taken the trunk's move in.
    pub has_trunk: bool,
}

/// One changed path of an attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The path.
    pub path: RepoPath,
    /// What happened to it.
    pub kind: ChangeKind,
    /// The entry it is compared with: at the merge base for a lane, before the step on the trunk.
    pub old: Option<Entry>,
    /// The entry now.
    pub new: Option<Entry>,
    /// Whether the old lines are still there. Asked for only where the contract grants
    /// additions only.
    pub lines: Lines,
    /// What makes the path or its entry dangerous beyond the contract's patterns.
    pub hazards: Vec<Hazard>,
    /// The commit that did it, where one is known.
    pub commit: Option<CommitRef>,
    /// Whether a lane got it by merging that commit, which is not on the lane's own line.
    pub came_by_merge: bool,
    /// The commit that holds the old entry, from which the change can be undone.
    pub undo_from: Option<Oid>,
}

impl Change {
    /// Whether two changes do the same, whoever did it and wherever it can be undone from.
    pub fn does_as(&self, other: &Self) -> bool {
        self.path == other.path
            && (self.kind, self.old, self.new) == (other.kind, other.old, other.new)
            && self.lines == other.lines
            && self.hazards == other.hazards
    }

    /// Whether git itself reads the file to learn how to read others, or may be given it for one
    /// that it reads.
    pub fn steers_git(&self) -> bool {
        disguise::steers_git(self.path.file_name())
    }

    /// Whether a component of the path may be taken for `.git` or for a directory above.
    pub fn may_be_git_directory(&self) -> bool {
        self.hazards.contains(&Hazard::GitDirectory) || self.path.components().any(is_odd_name)
    }
}

/// Whether the old lines of a file are a subsequence of the new ones.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Lines {
    /// Nobody asked. A rule that needs the answer is undecided.
    NotRead,
    /// All old lines are there, in their order.
    Kept,
    /// An old line is missing.
    Lost {
        /// Its number in the old content, from 1.
        line: u32,
        /// Its text. Foreign text: escape it before printing.
        text: String,
        /// What is there in its place, for people: the line is lost all the same.
        instead: Instead,
    },
    /// The contents could not be compared: binary, too large or unreadable; with the reason.
    Unknown(String),
}

/// What a new content has that looks like an old line, and is not it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Instead {
    /// Nothing.
    Nothing,
    /// The line without the CR at its end.
    WithoutCr,
    /// The line with a CR at its end.
    WithCr,
    /// The line without the byte order mark before it.
    Unmarked,
    /// The line with a byte order mark before it.
    Marked,
    /// The line with a comma at its end, as the last of a list gets it when another comes behind it.
    WithComma,
}

impl Instead {
    fn of(lost: &[u8], new: &[u8]) -> Self {
        const MARK: &[u8] = b"\xef\xbb\xbf";
        let is = |line: &[u8]| lines(new).any(|other| other == line);
        let marked = lines(new).next().is_some_and(|first| first.starts_with(MARK));
        let with_cr = [lost, b"\r"].concat();
        match (lost.strip_suffix(b"\r"), lost.strip_prefix(MARK)) {
            (Some(plain), _) if is(plain) => Self::WithoutCr,
            (None, _) if is(&with_cr) => Self::WithCr,
            (_, Some(plain)) if is(plain) => Self::Unmarked,
            (_, None) if marked && is(&[MARK, lost].concat()) => Self::Marked,
            (Some(plain), _) if is(&[plain, b",\r"].concat()) => Self::WithComma,
            (None, _) if is(&[lost, b","].concat()) => Self::WithComma,
            _ => Self::Nothing,
        }
    }
}

/// A danger that no pattern shows.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Hazard {
    /// A new path equals a sibling but for what a file system may leave out: one of the two disappears on
    /// file systems that fold.
    Folds {
        /// The path that is there already (or comes in beside it).
        onto: RepoPath,
    },
    /// A new or changed symbolic link. Its target is relative to the link's directory, raw.
    Link {
        /// The link's content.
        target: Vec<u8>,
        /// What is there, in the state that the link is a part of.
        leads_to: LeadsTo,
    },
    /// A component is `.git`, or a spelling that a file system may take for it.
    GitDirectory,
}

/// What a symbolic link leads to, by its text alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum LeadsTo {
    /// A file.
    File,
    /// A directory.
    Directory,
    /// Nothing, or something that may turn out to be either: another link, a submodule.
    Unknown,
}

impl Lines {
    /// Whether the old lines are a subsequence of the new ones. Lines are split at LF, a CR is
    /// part of its line, and a missing newline at the end is forgiven.
    pub fn between(old: &[u8], new: &[u8]) -> Self {
        let mut there = lines(new);
        for (index, line) in lines(old).enumerate() {
            if !there.any(|other| other == line) {
                return Self::Lost {
                    line: u32::try_from(index).unwrap_or(u32::MAX).saturating_add(1),
                    text: String::from_utf8_lossy(&line[..line.len().min(200)]).into_owned(),
                    instead: Instead::of(line, new),
                };
            }
        }
        Self::Kept
    }
}

/// The lines of a content, without their LF. A last line without one is a line; after a last LF
/// there is none.
fn lines(content: &[u8]) -> impl Iterator<Item = &[u8]> {
    let none = content.is_empty();
    let content = content.strip_suffix(b"\n").unwrap_or(content);
    content.split(|byte| *byte == b'\n').filter(move |_| !none)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_that_are_kept() {
        for (old, new) in [
            ("", "a\n"),
            ("", ""),
            ("a\nb\n", "a\nx\nb\n"),
            ("a\nb", "a\nb\nc\n"),
            ("a\nb\n", "a\nb"),
            ("a\n\nb\n", "a\n\nb\n\n"),
            ("a\r\nb\r\n", "a\r\nnew\r\nb\r\n"),
            ("a\na\n", "a\nx\na\n"),
        ] {
            assert_eq!(
                Lines::between(old.as_bytes(), new.as_bytes()),
                Lines::Kept,
                "{old:?} {new:?}"
            );
        }
    }

    #[test]
    fn lines_that_are_lost() {
        for (old, new, line) in [
            ("a\n", "", 1),
            ("a\nb\n", "a\nB\n", 2),
            ("a\nb\n", "b\na\n", 2),
            ("a\r\nb\r\n", "a\nb\n", 1),
            ("a\na\n", "a\n", 2),
            ("a\n\nb\n", "a\nb\n", 2),
            ("\n", "", 1),
        ] {
            let lost = Lines::between(old.as_bytes(), new.as_bytes());
            assert!(matches!(lost, Lines::Lost { line: at, .. } if at == line), "{old:?} {lost:?}");
        }
    }

    #[test]
    fn what_is_there_in_place_of_a_lost_line() {
        for (old, new, expected) in [
            ("a\nb\n", "a\n", Instead::Nothing),
            ("a\r\nb\r\n", "a\nb\nc\n", Instead::WithoutCr),
            ("a\nb\n", "a\r\nb\r\n", Instead::WithCr),
            ("a\r\nb\r\n", "\u{feff}a\r\nb\r\n", Instead::Marked),
            ("\u{feff}a\nb\n", "a\nb\n", Instead::Unmarked),
            ("[\n1\n]\n", "[\n1,\n2\n]\n", Instead::WithComma),
            ("[\r\n1\r\n]\r\n", "[\r\n1,\r\n2\r\n]\r\n", Instead::WithComma),
        ] {
            let lost = Lines::between(old.as_bytes(), new.as_bytes());
            assert!(
                matches!(lost, Lines::Lost { instead, .. } if instead == expected),
                "{old:?} {lost:?}"
            );
        }
    }

    #[test]
    fn kinds_of_change() {
        let entry = |mode, digit: &str| Entry { mode, id: digit.repeat(40).parse().unwrap() };
        let file = entry(EntryMode::File, "1");
        let cases = [
            (None, Some(file), Some(ChangeKind::Added)),
            (Some(file), None, Some(ChangeKind::Deleted)),
            (Some(file), Some(file), None),
            (Some(file), Some(entry(EntryMode::File, "2")), Some(ChangeKind::Modified)),
            (Some(file), Some(entry(EntryMode::Executable, "1")), Some(ChangeKind::Mode)),
            (Some(file), Some(entry(EntryMode::Symlink, "2")), Some(ChangeKind::Kind)),
            (Some(file), Some(entry(EntryMode::Submodule, "2")), Some(ChangeKind::Submodule)),
            (None, Some(entry(EntryMode::Submodule, "2")), Some(ChangeKind::Submodule)),
        ];
        for (old, new, kind) in cases {
            assert_eq!(ChangeKind::between(old, new), kind);
        }
    }
}
