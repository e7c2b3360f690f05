//! The tree that git has noted in an index as what committing it makes: the extension `TREE` of
//! gitformat-index, which `git commit` brings up to date before it asks a hook (2.39 and 2.47). It
//! is what git commits, whatever the entries say (the same versions), so this is not only quicker
//! than to read the entries. Whatever is not known here has no noted tree: then the entries count.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;

use policy::oid::Oid;

use super::source::Source;

/// How much is read at once: an index of a million files has a hundred megabytes.
const BUFFER: usize = 256 << 10;
/// What an entry begins with (gitformat-index): times, device, inode, mode, owner and size.
const STATUS: usize = 40;
/// The flag of an entry that has two more bytes of flags (versions 3 and 4).
const EXTENDED: u16 = 0x4000;
/// A name of so many bytes or more has no length in the flags.
const LONG_NAME: u16 = 0x0fff;
/// The most digits of a number of entries.
const MOST_DIGITS: u64 = 10;

/// The tree that committing the index of a source would make, where git has noted it and every
/// entry is in it. `like` is any object id of the repository.
pub fn of(source: &impl Source, like: Oid) -> Option<Oid> {
    noted(source, like.as_bytes().len())
}

/// Whether there is such a tree. Ids have so many bytes.
pub fn is_there(source: &impl Source, id_length: usize) -> bool {
    noted(source, id_length).is_some()
}

fn noted(source: &impl Source, id_length: usize) -> Option<Oid> {
    read(source.index(), id_length).ok().flatten()
}

fn read(index: &Path, id_length: usize) -> io::Result<Option<Oid>> {
    let file = File::open(index)?;
    let size = file.metadata()?.len();
    let mut index = Index { from: BufReader::with_capacity(BUFFER, file), at: 0 };
    let mut header = [0; 12];
    index.fill(&mut header)?;
    let version = number(&header[4..8]);
    if &header[..4] != b"DIRC" || !(2..=4).contains(&version) {
        return Ok(None);
    }
    let entries = number(&header[8..]);
    for _ in 0..entries {
        index.pass_entry(version, id_length)?;
    }
    // Behind the extensions stands a checksum, which git itself does not look at (2.39 and 2.47).
    let end = size.saturating_sub(id_length as u64);
    while index.at < end {
        let mut header = [0; 8];
        index.fill(&mut header)?;
        let length = u64::from(number(&header[4..]));
        // Without one of these the index is not what it seems: a split one is not whole.
        if header[0].is_ascii_lowercase() {
            return Ok(None);
        }
        if &header[..4] == b"TREE" {
            return index.root(entries, length, id_length);
        }
        index.pass(length)?;
    }
    Ok(None)
}

/// An index that is read from its beginning on.
struct Index {
    from: BufReader<File>,
    at: u64,
}

impl Index {
    fn fill(&mut self, bytes: &mut [u8]) -> io::Result<()> {
        self.from.read_exact(bytes)?;
        self.at += bytes.len() as u64;
        Ok(())
    }

    fn pass(&mut self, count: u64) -> io::Result<()> {
        self.at += count;
        let count = i64::try_from(count).map_err(|_| io::ErrorKind::InvalidData)?;
        self.from.seek_relative(count)
    }

    /// Reads to the next zero byte and passes it; gives how many bytes were before it.
    fn pass_name(&mut self) -> io::Result<u64> {
        let passed = self.from.skip_until(0)?;
        self.at += passed as u64;
        passed.checked_sub(1).map(|length| length as u64).ok_or(io::ErrorKind::UnexpectedEof.into())
    }

    fn pass_entry(&mut self, version: u32, id_length: usize) -> io::Result<()> {
        let begun = self.at;
        self.pass((STATUS + id_length) as u64)?;
        let mut flags = [0; 2];
        self.fill(&mut flags)?;
        let flags = u16::from_be_bytes(flags);
        if version >= 3 && flags & EXTENDED != 0 {
            self.pass(2)?;
        }
        if version == 4 {
            // How much of the last name is taken away: seven bits a byte, the last below 128.
            let mut byte = [0x80];
            while byte[0] & 0x80 != 0 {
                self.fill(&mut byte)?;
            }
            return self.pass_name().map(drop);
        }
        // A name ends in one to eight zero bytes, so that an entry's length is a multiple of eight.
        let padded = |length: u64| (length + 8) & !7;
        if flags & LONG_NAME == LONG_NAME {
            let before = self.at - begun;
            let length = before + self.pass_name()?;
            return self.pass(padded(length) - length - 1);
        }
        let name = u64::from(flags & LONG_NAME);
        let read = self.at - begun;
        self.pass(padded(read + name) - read)
    }

    /// The first record of the extension, which is the root's: an empty path, how many entries are
    /// below it, how many directories, and its id. Less than none are below one that is not noted.
    fn root(&mut self, entries: u32, length: u64, id_length: usize) -> io::Result<Option<Oid>> {
        let mut line = Vec::new();
        let most = length.min(1 + 2 * (MOST_DIGITS + 1));
        (&mut self.from).take(most).read_until(b'\n', &mut line)?;
        let text = std::str::from_utf8(&line).ok();
        let text = text.and_then(|text| text.strip_prefix('\0')?.strip_suffix('\n'));
        let below = text.and_then(|text| text.split_once(' ')?.0.parse::<u32>().ok());
        if below != Some(entries) || length < (line.len() + id_length) as u64 {
            return Ok(None);
        }
        let mut id = vec![0; id_length];
        self.from.read_exact(&mut id)?;
        Ok(Oid::from_bytes(&id).ok())
    }
}

fn number(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0, |number, byte| number << 8 | u32::from(*byte))
}
