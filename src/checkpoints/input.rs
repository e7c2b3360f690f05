//! What git writes to the standard input of the hooks that judge moves: a line for each ref.
//!
//! Parsed here, out of bytes alone, for every such hook; knows no repository and no checkpoint. A
//! line that git would not write is an error, never a line less.

use policy::name::RefName;
use policy::oid::Oid;

/// The longest input that is read, in bytes: two million refs.
pub const LONGEST_INPUT: usize = 256 * 1024 * 1024;
/// The longest line, in bytes. A ref's name has at most 64 KiB on its way through git's protocol,
/// and in `pre-push` a second one may stand beside it.
pub const LONGEST_LINE: usize = 256 * 1024;
/// How many lines are read: more refs than one push moves.
pub const MOST_LINES: usize = 2_000_000;

/// Why an input cannot be judged. Lines are counted from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// Not in the form that git writes.
    #[error("line {line} is not what git gives this hook")]
    Line {
        /// Which line.
        line: usize,
    },
    /// Longer than any that git writes.
    #[error("line {line} has {bytes} bytes; at most {LONGEST_LINE} are read")]
    TooLong {
        /// Which line.
        line: usize,
        /// How long it is.
        bytes: usize,
    },
    /// More lines than are read.
    #[error("it has more than {MOST_LINES} lines")]
    TooMany,
}

/// A line of `pre-push`: `<local ref> <new> <remote ref> <claimed>`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pushed {
    /// The ref on the remote.
    pub name: RefName,
    /// What it is to hold; `None` when it is to go.
    pub new: Option<Oid>,
    /// What it holds there, as far as git was told; `None` when it is not there.
    pub claimed: Option<Oid>,
}

/// A line of `pre-receive`: `<old> <new> <ref>`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    /// The ref.
    pub name: RefName,
    /// What it is to hold; `None` when it is to go.
    pub new: Option<Oid>,
    /// What it holds, as far as the push was told: a claim.
    pub claimed: Option<Oid>,
}

/// A line of `reference-transaction`: `<old> <new> <ref>`. Most of them are left by these bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moved<'i> {
    /// The value before, as the hook was told.
    pub old: &'i [u8],
    /// The value after: an id or, since git 2.46, `ref:<name>`.
    pub new: &'i [u8],
    /// The full name of the ref.
    pub name: &'i [u8],
}

/// Reads every line that is not empty.
///
/// # Errors
/// The first line that cannot be read, or a bound that is passed.
pub fn each<'i, T>(
    input: &'i [u8],
    read: impl Fn(&'i [u8]) -> Option<T>,
) -> impl Iterator<Item = Result<T, Unreadable>> {
    let lines = input.split(|byte| *byte == b'\n').enumerate();
    lines.filter(|(_, text)| !text.is_empty()).map(move |(at, text)| {
        let line = at + 1;
        if line > MOST_LINES {
            return Err(Unreadable::TooMany);
        }
        if text.len() > LONGEST_LINE {
            return Err(Unreadable::TooLong { line, bytes: text.len() });
        }
        read(text).ok_or(Unreadable::Line { line })
    })
}

/// Reads a line of `pre-push`. The local side may be any revision expression, which may hold
/// blanks; the last three parts may not.
pub fn pushed(line: &[u8]) -> Option<Pushed> {
    let mut parts = line.rsplitn(4, |byte| *byte == b' ');
    let claimed = id_or_none(parts.next()?)?;
    let name = parts.next()?;
    let new = id_or_none(parts.next()?)?;
    parts.next()?;
    (!name.is_empty()).then(|| Pushed { name: RefName::new(name), new, claimed })
}

/// Reads a line of `pre-receive`.
pub fn received(line: &[u8]) -> Option<Received> {
    let Moved { old, new, name } = moved(line)?;
    Some(Received { name: RefName::new(name), new: id_or_none(new)?, claimed: id_or_none(old)? })
}

/// Reads a line of `reference-transaction`.
pub fn moved(line: &[u8]) -> Option<Moved<'_>> {
    let mut parts = line.splitn(3, |byte| *byte == b' ');
    let (old, new, name) = (parts.next()?, parts.next()?, parts.next()?);
    (!name.is_empty()).then_some(Moved { old, new, name })
}

/// An id, of which zero means none. `None`: it is no id.
pub fn id_or_none(text: &[u8]) -> Option<Option<Oid>> {
    let id: Oid = std::str::from_utf8(text).ok()?.parse().ok()?;
    Some((!id.is_zero()).then_some(id))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: &str = "1111111111111111111111111111111111111111";
    const ZERO: &str = "0000000000000000000000000000000000000000";

    fn names(input: &[u8]) -> Result<Vec<&[u8]>, Unreadable> {
        each(input, moved).map(|line| line.map(|moved| moved.name)).collect()
    }

    #[test]
    fn a_push_has_its_last_three_parts_apart() {
        let line = format!("HEAD^{{/a b}} {ONE} refs/heads/x {ZERO}");
        let read = pushed(line.as_bytes()).unwrap();
        assert_eq!(read.name, RefName::branch("x"));
        assert_eq!((read.new.map(|id| id.to_string()), read.claimed), (Some(ONE.into()), None));
        for line in [
            format!("{ONE} refs/heads/x {ZERO}"),
            format!("a {ONE} refs/heads/x {ZERO} "),
            format!("a {ONE}  {ZERO}"),
            format!("a 1 refs/heads/x {ZERO}"),
            "what is this line".to_owned(),
        ] {
            assert_eq!(pushed(line.as_bytes()), None, "{line}");
        }
    }

    #[test]
    fn a_move_ends_with_its_name_whatever_that_holds() {
        let read = moved(b"a b refs/heads/x y").unwrap();
        assert_eq!((read.old, read.new, read.name), (&b"a"[..], &b"b"[..], &b"refs/heads/x y"[..]));
        assert!(moved(b"a b").is_none() && moved(b"a b ").is_none());
    }

    #[test]
    fn what_is_received_has_ids() {
        let read = received(format!("{ZERO} {ONE} refs/heads/x").as_bytes()).unwrap();
        assert_eq!((read.name, read.new), (RefName::branch("x"), ONE.parse().ok()));
        assert_eq!(read.claimed, None);
        let gone = received(format!("{ONE} {ZERO} refs/tags/x").as_bytes()).unwrap();
        assert_eq!((gone.new, gone.claimed), (None, ONE.parse().ok()));
        for line in [format!("x {ONE} a"), format!("{ONE} x a"), format!("{ONE} {ONE}")] {
            assert_eq!(received(line.as_bytes()), None, "{line}");
        }
    }

    #[test]
    fn lines_are_counted_with_the_empty_ones() {
        assert_eq!(names(b""), Ok(vec![]));
        assert_eq!(names(b"\na b c\n\n"), Ok(vec![&b"c"[..]]));
        assert_eq!(names(b"\na b c\n\nx"), Err(Unreadable::Line { line: 4 }));
    }

    #[test]
    fn the_longest_line_is_read_and_one_byte_more_is_not() {
        let line = |bytes: usize| [b"a b ".to_vec(), vec![b'x'; bytes - 4]].concat();
        assert_eq!(names(&line(LONGEST_LINE)).map(|names| names.len()), Ok(1));
        let longer = names(&line(LONGEST_LINE + 1)).expect_err("too long");
        assert_eq!(longer, Unreadable::TooLong { line: 1, bytes: LONGEST_LINE + 1 });
        assert_eq!(longer.to_string(), "line 1 has 262145 bytes; at most 262144 are read");
    }

    #[test]
    fn as_many_lines_as_are_read_and_one_more() {
        let input = b"a b c\n".repeat(MOST_LINES + 1);
        let mut refused = each(&input, moved).enumerate().filter(|(_, line)| line.is_err());
        assert_eq!(refused.next(), Some((MOST_LINES, Err(Unreadable::TooMany))));
        assert_eq!(Unreadable::TooMany.to_string(), "it has more than 2000000 lines");
    }
}
