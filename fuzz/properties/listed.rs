//! What must hold of any bytes that git's plumbing is said to have printed: what was read is sorted
//! and whole, and is read again from the bytes that say it.
//!
//! The first byte chooses what is printed. Used by the fuzz target and, on the kept corpus, by
//! ordinary tests. Whoever includes this file has the parsers at `crate::repository`.

use policy::change::{Entry, EntryMode};
use policy::name::RefName;

use crate::repository::listed::{Answer, answer, broken_refs, config, raw_diff, refs};

/// Reads the bytes as what git prints.
pub fn holds(bytes: &[u8]) {
    let Some((kind, bytes)) = bytes.split_first() else { return };
    match kind % 4 {
        0 => an_answer(bytes),
        1 => a_difference(bytes),
        2 => a_list_of_refs(bytes),
        _ => a_configuration(bytes),
    }
}

fn an_answer(line: &[u8]) {
    match answer(line) {
        Ok(Answer::Found { id, kind, size }) => {
            let again = format!("{id} {} {size}", kind.name());
            assert_eq!(answer(again.as_bytes()), Ok(Answer::Found { id, kind, size }));
            assert!(line.to_ascii_lowercase().starts_with(id.to_string().as_bytes()));
        }
        Ok(Answer::Missing) => assert!(line.ends_with(b"missing") || line.ends_with(b"ambiguous")),
        Err(_) => {}
    }
}

fn a_difference(listed: &[u8]) {
    let Ok(staged) = raw_diff(listed) else { return };
    assert!(staged.changes.is_sorted_by(|one, other| one.path < other.path));
    assert!(staged.unmerged.is_sorted_by(|one, other| one < other));
    let mut plain = Vec::new();
    for change in &staged.changes {
        assert_ne!(change.old, change.new, "what does not differ is no change");
        assert!(staged.unmerged.binary_search(&change.path).is_err(), "unmerged or changed");
        let (old_mode, old) = side(change.old);
        let (new_mode, new) = side(change.new);
        let status = match (change.old, change.new) {
            (None, _) => 'A',
            (_, None) => 'D',
            _ => 'M',
        };
        plain.extend(format!(":{old_mode} {new_mode} {old} {new} {status}\0").into_bytes());
        plain.extend_from_slice(change.path.as_bytes());
        plain.push(0);
    }
    for path in &staged.unmerged {
        let zero = "0".repeat(40);
        plain.extend(format!(":000000 000000 {zero} {zero} U\0").into_bytes());
        plain.extend_from_slice(path.as_bytes());
        plain.push(0);
    }
    assert_eq!(raw_diff(&plain), Ok(staged));
}

fn side(entry: Option<Entry>) -> (&'static str, String) {
    let Some(Entry { mode, id }) = entry else { return ("000000", "0".repeat(40)) };
    let mode = match mode {
        EntryMode::File => "100644",
        EntryMode::Executable => "100755",
        EntryMode::Symlink => "120000",
        EntryMode::Submodule => "160000",
    };
    (mode, id.to_string())
}

fn a_list_of_refs(listed: &[u8]) {
    let warned = broken_refs(listed);
    assert!(warned.len() <= listed.split(|byte| *byte == b'\n').count());
    let Ok(found) = refs(listed) else { return };
    let lines = listed.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
    assert_eq!(lines.count(), found.len(), "no ref is left out");
    let plain: Vec<u8> = found
        .iter()
        .flat_map(|found| {
            let bytes = |name: &Option<RefName>| {
                name.as_ref().map_or_else(Vec::new, |name| name.as_bytes().to_vec())
            };
            let target = found.target.to_string();
            let (symbolic, upstream) = (bytes(&found.symbolic), bytes(&found.upstream));
            let fields = [found.name.as_bytes(), target.as_bytes(), &symbolic, &upstream];
            [&fields.join(&0)[..], b"\n"].concat()
        })
        .collect();
    assert_eq!(refs(&plain), Ok(found));
}

fn a_configuration(listed: &[u8]) {
    let Ok(records) = config(listed) else { return };
    let written = records.iter().flat_map(|(scope, key, value)| {
        let value = value.as_ref().map_or_else(Vec::new, |value| [b"\n", &value[..]].concat());
        [&scope[..], b"\0", &key[..], &value, b"\0"].concat()
    });
    assert_eq!(written.collect::<Vec<u8>>(), listed, "nothing is left out");
}
