//! Git's objects as bytes: commits, tags and trees, parsed strictly.
//!
//! Parsed here and not by a backend, so that grafts, replace refs and a backend's own leniency
//! cannot change what an object says, and so that every backend reads the same. Knows no
//! repository and no backend; never guesses: bytes that git itself would not write are errors.

use std::ops::Range;

use policy::change::{Entry, EntryMode};
use policy::oid::Oid;

/// What an object is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ObjectKind {
    /// A commit.
    Commit,
    /// A directory.
    Tree,
    /// A file's content.
    Blob,
    /// An annotated tag.
    Tag,
}

impl ObjectKind {
    /// The kind of a name that git gives it.
    pub fn of_name(name: &[u8]) -> Option<Self> {
        [Self::Commit, Self::Tree, Self::Blob, Self::Tag]
            .into_iter()
            .find(|kind| kind.name().as_bytes() == name)
    }

    /// Git's name for it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Commit => "commit",
            Self::Tree => "tree",
            Self::Blob => "blob",
            Self::Tag => "tag",
        }
    }
}

/// The name of what a tree's entry is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ItemKind {
    /// A directory: the object is another tree.
    Directory,
    /// A leaf.
    Leaf(EntryMode),
}

/// One entry of a tree object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Item<'t> {
    /// Its name: neither empty nor with a slash. It may be `..` or `.git`: a rule judges that.
    pub name: &'t [u8],
    /// Directory or leaf.
    pub kind: ItemKind,
    /// The object.
    pub id: Oid,
}

impl Item<'_> {
    /// The entry, when this is a leaf.
    pub fn leaf(&self) -> Option<Entry> {
        match self.kind {
            ItemKind::Directory => None,
            ItemKind::Leaf(mode) => Some(Entry { mode, id: self.id }),
        }
    }
}

/// A tree object. Its names stay where they lie in its bytes: a history has many trees, and of each
/// a few entries are looked at.
#[derive(Debug, PartialEq, Eq)]
pub struct Tree {
    bytes: Box<[u8]>,
    /// Sorted by the bytes of the names (git's own order sorts directories as if they ended in a
    /// slash).
    entries: Vec<Parsed>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Parsed {
    name: Range<usize>,
    kind: ItemKind,
    id: Oid,
}

impl Tree {
    /// A tree without entries.
    pub fn empty() -> Self {
        Self { bytes: Box::from([]), entries: Vec::new() }
    }

    /// How many entries it has.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Its entries, sorted by name.
    pub fn items(&self) -> impl ExactSizeIterator<Item = Item<'_>> {
        self.entries.iter().map(|entry| self.item(entry))
    }

    /// The entry of a name.
    pub fn find(&self, name: &[u8]) -> Option<Item<'_>> {
        let at = self.entries.binary_search_by(|entry| self.bytes[entry.name.clone()].cmp(name));
        Some(self.item(&self.entries[at.ok()?]))
    }

    fn item(&self, entry: &Parsed) -> Item<'_> {
        Item { name: &self.bytes[entry.name.clone()], kind: entry.kind, id: entry.id }
    }
}

/// What a commit object says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawCommit {
    /// Its tree.
    pub tree: Oid,
    /// Its parents, in order.
    pub parents: Vec<Oid>,
    /// The committer's time, in seconds since 1970; 0 when it cannot be read, as in git.
    pub time: i64,
    /// The first line of the message that is not blank, as much of it as is ever shown; bytes that
    /// are not UTF-8 replaced.
    pub summary: String,
}

/// What an annotated tag points to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawTag {
    /// The object.
    pub target: Oid,
}

/// What an entry's mode, in a tree or in the index, makes of it. The permission bits of old
/// trees (`100664`) read as git reads them (`canon_mode`): executable or not.
pub fn kind_of_mode(mode: u32) -> Option<ItemKind> {
    match mode & 0o170_000 {
        0o040_000 => Some(ItemKind::Directory),
        0o100_000 if mode & 0o100 != 0 => Some(ItemKind::Leaf(EntryMode::Executable)),
        0o100_000 => Some(ItemKind::Leaf(EntryMode::File)),
        0o120_000 => Some(ItemKind::Leaf(EntryMode::Symlink)),
        0o160_000 => Some(ItemKind::Leaf(EntryMode::Submodule)),
        _ => None,
    }
}

/// Parses a tree, whose ids have `id_length` bytes.
///
/// Two entries of one name are an error: readers differ on which of them counts.
pub fn tree(bytes: &[u8], id_length: usize) -> Result<Tree, &'static str> {
    // The shortest entry: a mode, a name of one byte.
    let mut entries = Vec::with_capacity(bytes.len() / (b"40000 x\0".len() + id_length + 8));
    let mut at = 0;
    while at < bytes.len() {
        let rest = &bytes[at..];
        let space = position(rest, b' ').ok_or("a tree entry without a mode")?;
        let mode = octal(&rest[..space]).ok_or("a tree entry whose mode is no number")?;
        let kind = kind_of_mode(mode).ok_or("a tree entry of an unknown kind")?;
        let length =
            position(&rest[space + 1..], 0).ok_or("a tree entry whose name does not end")?;
        let name = at + space + 1..at + space + 1 + length;
        if name.is_empty() || bytes[name.clone()].contains(&b'/') {
            return Err("a tree entry whose name is empty or has a slash");
        }
        at = name.end + 1 + id_length;
        let raw = bytes.get(name.end + 1..at).ok_or("a tree entry that is cut off")?;
        let id = Oid::from_bytes(raw).map_err(|_| "a tree entry whose id has an odd length")?;
        entries.push(Parsed { name, kind, id });
    }
    let name = |entry: &Parsed| &bytes[entry.name.clone()];
    entries.sort_unstable_by(|one, other| name(one).cmp(name(other)));
    if entries.windows(2).any(|pair| name(&pair[0]) == name(&pair[1])) {
        return Err("a tree with two entries of one name");
    }
    Ok(Tree { bytes: bytes.into(), entries })
}

/// Parses a commit.
pub fn commit(bytes: &[u8]) -> Result<RawCommit, &'static str> {
    let mut lines = Lines(bytes);
    let tree = lines.id(b"tree ").ok_or("a commit without a tree")?;
    let mut parents = Vec::new();
    while let Some(parent) = lines.id(b"parent ") {
        parents.push(parent);
    }
    if lines.0.starts_with(b"parent ") {
        return Err("a commit with a parent that is no id");
    }
    let mut time = 0;
    let mut seen_committer = false;
    let message = loop {
        match lines.next() {
            None => break &[][..],
            Some(b"") => break lines.0,
            Some(line) => {
                if let Some(committer) = line.strip_prefix(b"committer ")
                    && !seen_committer
                {
                    seen_committer = true;
                    time = seconds(committer);
                }
            }
        }
    };
    if !seen_committer {
        return Err("a commit without a committer");
    }
    Ok(RawCommit { tree, parents, time, summary: summary(message) })
}

/// Parses an annotated tag.
pub fn tag(bytes: &[u8]) -> Result<RawTag, &'static str> {
    let target = Lines(bytes).id(b"object ").ok_or("a tag without an object")?;
    Ok(RawTag { target })
}

/// The lines of an object's header.
struct Lines<'a>(&'a [u8]);

impl<'a> Lines<'a> {
    fn next(&mut self) -> Option<&'a [u8]> {
        if self.0.is_empty() {
            return None;
        }
        let end = position(self.0, b'\n').unwrap_or(self.0.len());
        let line = &self.0[..end];
        self.0 = self.0.get(end + 1..).unwrap_or_default();
        Some(line)
    }

    /// The id on the next line, when that line has this key; otherwise the line stays.
    fn id(&mut self, key: &[u8]) -> Option<Oid> {
        let end = position(self.0, b'\n')?;
        let value = self.0[..end].strip_prefix(key)?;
        let id = Oid::from_hex(value).ok()?;
        self.0 = &self.0[end + 1..];
        Some(id)
    }
}

/// The time in `NAME <MAIL> SECONDS ZONE`, after the last `>` as git looks for it.
fn seconds(committer: &[u8]) -> i64 {
    let after_mail = committer.iter().rposition(|byte| *byte == b'>').map_or(0, |end| end + 1);
    std::str::from_utf8(&committer[after_mail..])
        .ok()
        .and_then(|text| text.split_whitespace().next())
        .and_then(|number| number.parse().ok())
        .unwrap_or(0)
}

/// How much of a commit's first line is kept, in characters; less than that is shown. Every commit
/// that was read is remembered, and each may have a line of a hundred megabytes.
const LONGEST_SUMMARY: usize = 256;

fn summary(message: &[u8]) -> String {
    let first = message
        .split(|byte| *byte == b'\n')
        .map(<[u8]>::trim_ascii)
        .find(|line| !line.is_empty())
        .unwrap_or_default();
    // No character takes more than four bytes, so one that is cut in two is never among them.
    let enough = &first[..first.len().min(4 * LONGEST_SUMMARY)];
    let kept: String = String::from_utf8_lossy(enough).chars().take(LONGEST_SUMMARY).collect();
    kept.trim_ascii_end().to_owned()
}

fn octal(digits: &[u8]) -> Option<u32> {
    if digits.is_empty() || digits.len() > 7 {
        return None;
    }
    digits.iter().try_fold(0, |number, digit| match digit {
        b'0'..=b'7' => Some(number * 8 + u32::from(digit - b'0')),
        _ => None,
    })
}

fn position(bytes: &[u8], wanted: u8) -> Option<usize> {
    bytes.iter().position(|byte| *byte == wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "0123456789abcdef0123456789abcdef01234567";

    fn item(mode: &str, name: &str) -> Vec<u8> {
        let mut bytes = format!("{mode} {name}\0").into_bytes();
        bytes.extend(ID.parse::<Oid>().unwrap().as_bytes());
        bytes
    }

    #[test]
    fn a_tree_is_sorted_by_name() {
        // git's order: the directory `a` sorts as `a/`, behind `a-b`.
        let bytes = [item("100644", "a-b"), item("40000", "a"), item("100755", "b")].concat();
        let tree = tree(&bytes, 20).unwrap();
        let items: Vec<_> = tree.items().collect();
        let names: Vec<_> = items.iter().map(|item| item.name).collect();
        assert_eq!(names, [&b"a"[..], b"a-b", b"b"]);
        assert_eq!(items[0].kind, ItemKind::Directory);
        assert_eq!(items[2].leaf().unwrap().mode, EntryMode::Executable);
    }

    #[test]
    fn old_permission_bits_are_read_as_git_reads_them() {
        for (mode, expected) in [
            ("100664", EntryMode::File),
            ("100600", EntryMode::File),
            ("100775", EntryMode::Executable),
            ("120000", EntryMode::Symlink),
            ("160000", EntryMode::Submodule),
        ] {
            let tree = tree(&item(mode, "x"), 20).unwrap();
            assert_eq!(tree.find(b"x").unwrap().kind, ItemKind::Leaf(expected), "{mode}");
        }
    }

    #[test]
    fn a_malformed_tree_is_an_error() {
        let twice = [item("100644", "a"), item("40000", "a")].concat();
        let cut_off = &item("100644", "a")[..10];
        let bad: [&[u8]; 6] = [
            &twice,
            cut_off,
            &item("100644", "a/b"),
            &item("100644", ""),
            &item("010000", "fifo"),
            b"10064x a\0",
        ];
        for bytes in bad {
            assert!(tree(bytes, 20).is_err(), "{:?}", String::from_utf8_lossy(bytes));
        }
    }

    #[test]
    fn a_commit_says_what_its_bytes_say() {
        let text = format!(
            "tree {ID}\nparent {ID}\nparent {ID}\nauthor A <a@x> 1 +0000\n\
             committer B > <b@x> 1700000000 +0100\ngpgsig x\n committer C <c@x> 5 +0\n\n\n  Hello \nmore\n"
        );
        let commit = commit(text.as_bytes()).unwrap();
        assert_eq!(commit.parents.len(), 2);
        assert_eq!(commit.time, 1_700_000_000);
        assert_eq!(commit.summary, "Hello");
    }

    #[test]
    fn of_a_long_first_line_the_beginning_is_kept() {
        for letter in ["a", "ą", "漢", "🦀"] {
            let longest = letter.repeat(LONGEST_SUMMARY);
            assert_eq!(summary(longest.as_bytes()), longest);
            assert_eq!(summary(letter.repeat(10_000).as_bytes()), longest);
            assert_eq!(summary(format!("{longest}b\nmore").as_bytes()), longest);
        }
        let blank = format!("{} b", "a".repeat(LONGEST_SUMMARY - 1));
        assert_eq!(summary(blank.as_bytes()), "a".repeat(LONGEST_SUMMARY - 1));
    }

    #[test]
    fn a_malformed_commit_is_an_error() {
        for text in [
            String::new(),
            format!("tree {ID}"),
            format!("tree {ID}\n\nno committer\n"),
            format!("tree {ID}\nparent 12\ncommitter A <a> 1 +0\n\n"),
            format!("parent {ID}\ntree {ID}\ncommitter A <a> 1 +0\n\n"),
        ] {
            assert!(commit(text.as_bytes()).is_err(), "{text}");
        }
    }

    #[test]
    fn a_time_that_cannot_be_read_is_zero() {
        for committer in ["A <a> never +0", "A", "A <a> 99999999999999999999999 +0", ""] {
            assert_eq!(seconds(committer.as_bytes()), 0, "{committer}");
        }
    }
}
