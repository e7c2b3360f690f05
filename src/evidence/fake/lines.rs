//! A three-way merge by lines, in a few lines of its own: what the fake view merges by, so that no
//! test of evidence depends on a library. Never part of the product.

use std::collections::HashMap;

/// A three-way merge by lines: the text between two lines that all three have in common is taken
/// from the side that changed it. As in git, changes of both sides that touch conflict.
pub fn merge_lines(base: &[u8], ours: &[u8], theirs: &[u8]) -> Option<Vec<u8>> {
    let [base, ours, theirs] = [base, ours, theirs].map(lines);
    let (in_ours, in_theirs) = (common(&base, &ours), common(&base, &theirs));
    let mut merged: Vec<&[u8]> = Vec::new();
    let (mut b, mut o, mut t) = (0, 0, 0);
    for at in 0..=base.len() {
        let (next_o, next_t) = match (in_ours.get(&at), in_theirs.get(&at)) {
            (Some(o), Some(t)) => (*o, *t),
            _ if at == base.len() => (ours.len(), theirs.len()),
            _ => continue,
        };
        let (was, our, their) = (&base[b..at], &ours[o..next_o], &theirs[t..next_t]);
        merged.extend(match () {
            () if our == their || was == their => our,
            () if was == our => their,
            () => return None,
        });
        if at < base.len() {
            merged.push(base[at]);
        }
        (b, o, t) = (at + 1, next_o + 1, next_t + 1);
    }
    Some(merged.concat())
}

fn lines(text: &[u8]) -> Vec<&[u8]> {
    text.split_inclusive(|byte| *byte == b'\n').collect()
}

/// The longest common subsequence: where each line of `one` that is part of it is in `other`.
fn common(one: &[&[u8]], other: &[&[u8]]) -> HashMap<usize, usize> {
    let mut length = vec![vec![0; other.len() + 1]; one.len() + 1];
    for i in (0..one.len()).rev() {
        for j in (0..other.len()).rev() {
            length[i][j] = if one[i] == other[j] {
                length[i + 1][j + 1] + 1
            } else {
                length[i + 1][j].max(length[i][j + 1])
            };
        }
    }
    let (mut i, mut j, mut found) = (0, 0, HashMap::new());
    while i < one.len() && j < other.len() {
        if one[i] == other[j] {
            found.insert(i, j);
            (i, j) = (i + 1, j + 1);
        } else if length[i + 1][j] >= length[i][j + 1] {
            i += 1;
        } else {
            j += 1;
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::merge_lines;

    #[test]
    fn lines_are_merged_as_git_merges_them() {
        let merge = |base: &str, ours: &str, theirs: &str| {
            merge_lines(base.as_bytes(), ours.as_bytes(), theirs.as_bytes())
                .map(|text| String::from_utf8(text).unwrap())
        };
        let merged = |text: &str| Some(text.to_owned());
        assert_eq!(merge("a\nb\nc\n", "A\nb\nc\n", "a\nb\nC\n"), merged("A\nb\nC\n"));
        assert_eq!(merge("a\nb\nc\n", "A\nb\nc\n", "a\nB\nc\n"), None);
        assert_eq!(merge("a\nb\n", "a\nx\nb\n", "a\nx\nb\n"), merged("a\nx\nb\n"));
        assert_eq!(merge("a\nb\n", "a\nx\nb\n", "a\ny\nb\n"), None);
        assert_eq!(merge("a\nb\n", "b\n", "a\nb\nc\n"), merged("b\nc\n"));
        assert_eq!(merge("", "a\n", "b\n"), None);
    }
}
