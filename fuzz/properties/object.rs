//! What must hold of any bytes that are read as one of git's objects: what was read is in the
//! bytes, and is read again from the plainest bytes that say it.
//!
//! The first byte chooses the kind of object. Used by the fuzz target and, on the kept corpus, by
//! ordinary tests. Whoever includes this file has the parser at `crate::repository`.

use policy::change::EntryMode;

use crate::repository::raw::{Item, ItemKind, commit, tag, tree};

/// Reads the bytes as an object.
pub fn holds(bytes: &[u8]) {
    let Some((kind, bytes)) = bytes.split_first() else { return };
    match kind % 4 {
        0 => a_tree(bytes, 20),
        1 => a_tree(bytes, 32),
        2 => a_commit(bytes),
        _ => a_tag(bytes),
    }
}

fn a_tree(bytes: &[u8], id_length: usize) {
    let Ok(read) = tree(bytes, id_length) else { return };
    let items: Vec<Item<'_>> = read.items().collect();
    assert!(items.is_sorted_by(|one, other| one.name < other.name), "sorted, and no name twice");
    for item in &items {
        assert!(!item.name.is_empty() && !item.name.iter().any(|byte| b"/\0".contains(byte)));
        let entry = [item.name, b"\0", item.id.as_bytes()].concat();
        assert!(bytes.windows(entry.len()).any(|window| window == entry), "{item:?}");
        assert_eq!(item.id.as_bytes().len(), id_length);
        assert_eq!(read.find(item.name), Some(*item));
    }
    let plain: Vec<u8> = items.iter().flat_map(written).collect();
    assert!(plain.len() <= bytes.len() + items.len(), "no entry is read twice");
    let again = tree(&plain, id_length).expect("what git writes is read");
    assert!(again.items().eq(items));
}

/// An entry as git writes it.
fn written(item: &Item<'_>) -> Vec<u8> {
    let mode: &[u8] = match item.kind {
        ItemKind::Directory => b"40000",
        ItemKind::Leaf(EntryMode::File) => b"100644",
        ItemKind::Leaf(EntryMode::Executable) => b"100755",
        ItemKind::Leaf(EntryMode::Symlink) => b"120000",
        ItemKind::Leaf(EntryMode::Submodule) => b"160000",
    };
    [mode, b" ", item.name, b"\0", item.id.as_bytes()].concat()
}

fn a_commit(bytes: &[u8]) {
    let Ok(read) = commit(bytes) else { return };
    let mut header = format!("tree {}\n", read.tree);
    for parent in &read.parents {
        header += &format!("parent {parent}\n");
    }
    let begins = bytes.get(..header.len()).expect("what was read is there");
    assert!(begins.eq_ignore_ascii_case(header.as_bytes()));
    assert!(!bytes[header.len()..].starts_with(b"parent "), "no parent is left out");
    assert!(!read.summary.contains('\n'));
    let plain = format!(
        "{header}author A <a> 1 +0000\ncommitter A <a> {} +0000\n\n{}\n",
        read.time, read.summary
    );
    assert_eq!(commit(plain.as_bytes()), Ok(read));
}

fn a_tag(bytes: &[u8]) {
    let Ok(read) = tag(bytes) else { return };
    let header = format!("object {}\n", read.target);
    let begins = bytes.get(..header.len()).expect("what was read is there");
    assert!(begins.eq_ignore_ascii_case(header.as_bytes()));
}
