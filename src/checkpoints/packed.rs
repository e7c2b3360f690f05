//! Whether a ref's deletion is `pack-refs` taking a loose ref away that it has packed.
//!
//! To the hook the two look alike: `<value> <zeros> <name>`. What tells them apart is what becomes
//! of the ref, which the packed file and its successor say. Read here, by their text alone; other
//! processes may be writing them, and are never waited for longer than [`LONGEST_WAIT`].

use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::Duration;

use policy::name::RefName;
use policy::oid::Oid;

use super::input::id_or_none;
use crate::evidence::{Known, Unknown};
use crate::system::files;

/// The largest file of packed refs that is read, in bytes: some millions of refs.
const LARGEST: u64 = 256 * 1024 * 1024;
/// How long another process may take to write the file that is to replace the packed one.
const LONGEST_WAIT: Duration = Duration::from_millis(500);
/// How often it is looked at meanwhile.
const PAUSE: Duration = Duration::from_millis(10);

/// Whether a deletion is a pruning: the ref is packed with the value that it has, and stays so.
///
/// `told` is the old value that the hook was given, `present` the one that the ref holds. A pruning
/// always gives it, and has let `packed-refs.lock` go. Whoever deletes a packed ref holds that lock,
/// and has written all of `packed-refs.new`, without the ref, before the hook is asked (git 2.39
/// and 2.47). A lock alone may be anybody's: an agent beside may be deleting another ref.
///
/// # Errors
/// When one of the files cannot be read.
pub fn is_pruned(
    common_dir: &Path,
    name: &RefName,
    told: &[u8],
    present: Option<Oid>,
) -> Known<bool> {
    let Some(old) = present else { return Ok(false) };
    if id_or_none(told) != Some(present) {
        return Ok(false);
    }
    // Git writes beside the file that a link leads to.
    let beside = common_dir.join("packed-refs");
    let path = beside.canonicalize().unwrap_or(beside);
    let mut line = format!("{old} ").into_bytes();
    line.extend_from_slice(name.as_bytes());
    let packed = read(&path)?.unwrap_or_default();
    if !packed.split(|byte| *byte == b'\n').any(|packed| packed == line) {
        return Ok(false);
    }
    let mut waited = Duration::ZERO;
    let (lock, next) = (with_suffix(&path, ".lock"), with_suffix(&path, ".new"));
    while lock.exists() {
        match read(&next)?.map(|new| holds(&new, &line, name)) {
            // Who deletes this ref has written it.
            None | Some(Some(true)) => return Ok(true),
            Some(Some(false)) => return Ok(false),
            Some(None) if waited >= LONGEST_WAIT => return Ok(false),
            Some(None) => sleep(PAUSE),
        }
        waited += PAUSE;
    }
    Ok(true)
}

/// Whether a file of packed refs that may still be written holds a line; `None` as long as it may
/// come. They are written in the order of their names.
fn holds(file: &[u8], line: &[u8], name: &RefName) -> Option<bool> {
    let complete = file.iter().rposition(|byte| *byte == b'\n').unwrap_or(0);
    for other in file[..complete].split(|byte| *byte == b'\n') {
        if other == line {
            return Some(true);
        }
        let is_about_a_ref = !other.starts_with(b"#") && !other.starts_with(b"^");
        let blank = other.iter().position(|byte| *byte == b' ').filter(|_| is_about_a_ref);
        if blank.is_some_and(|blank| &other[blank + 1..] > name.as_bytes()) {
            return Some(false);
        }
    }
    None
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

fn read(path: &Path) -> Known<Option<Vec<u8>>> {
    files::read(path, LARGEST).map_err(|error| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        Unknown::Other(format!("{} cannot be read: {error}", policy::text::printable(&name)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: &str = "1111111111111111111111111111111111111111";
    const TWO: &str = "2222222222222222222222222222222222222222";
    const ZERO: &str = "0000000000000000000000000000000000000000";

    fn line(id: &str, name: &str) -> String {
        format!("{id} refs/heads/{name}\n")
    }

    /// The answer for the ref `lane` that holds `ONE`, packed with that beside two others.
    fn pruned(told: &str, lock: bool, new: Option<&str>) -> bool {
        let home = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| std::fs::write(home.path().join(name), text).unwrap();
        let head = "# pack-refs with: peeled fully-peeled sorted \n";
        let packed = line(ONE, "a") + &line(ONE, "lane") + &line(TWO, "main");
        write("packed-refs", &format!("{head}{packed}"));
        if lock {
            write("packed-refs.lock", "");
        }
        if let Some(new) = new {
            write("packed-refs.new", &format!("{head}{new}"));
        }
        let old = id_or_none(ONE.as_bytes()).unwrap();
        let name = RefName::new("refs/heads/lane");
        is_pruned(home.path(), &name, told.as_bytes(), old).unwrap()
    }

    #[test]
    fn what_stays_packed_is_pruned_whoever_holds_the_lock() {
        assert!(pruned(ONE, false, None));
        assert!(pruned(ONE, true, None), "somebody is packing refs");
        let without_another = line(ONE, "lane") + &line(TWO, "main");
        assert!(pruned(ONE, true, Some(&without_another)));
        assert!(pruned(ONE, true, Some(&line(ONE, "lane"))));
    }

    #[test]
    fn what_goes_from_the_packed_file_too_is_deleted() {
        let without = line(ONE, "a") + &line(TWO, "main");
        assert!(!pruned(ONE, true, Some(&without)));
        assert!(!pruned(ONE, true, Some(&line(ONE, "a"))), "the end, or nobody writes on");
        assert!(!pruned(ONE, true, Some(&(line(TWO, "lane") + &line(TWO, "main")))));
        assert!(!pruned(ONE, true, Some("")));
    }

    #[test]
    fn a_pruning_gives_the_value_that_is_packed() {
        assert!(!pruned(ZERO, false, None));
        assert!(!pruned(TWO, false, None));
        assert!(!pruned("nonsense", false, None));
    }

    #[test]
    fn what_is_not_yet_written_may_come() {
        let name = RefName::new("refs/heads/lane");
        let wanted = line(ONE, "lane");
        let wanted = wanted.trim_end().as_bytes();
        let holds = |text: &str| holds(text.as_bytes(), wanted, &name);
        assert_eq!(holds(""), None);
        assert_eq!(holds("# pack-refs with: sorted \n"), None);
        assert_eq!(holds(wanted.escape_ascii().to_string().as_str()), None, "a line without end");
        assert_eq!(holds(&format!("{ONE} refs/heads/a\n^{TWO} zzz\n")), None);
        assert_eq!(holds(&format!("{ONE} refs/heads/lane\n")), Some(true));
        assert_eq!(holds(&format!("{ONE} refs/tags/v1\n")), Some(false));
    }
}
