//! What it takes to compare two texts line by line, known before somebody does it: given long files of
//! a few different lines, git's own diff takes a time that grows faster than they do. Merges nothing.
//!
//! Two texts with few differences take a step for each line. Else git's diff gives up its search for
//! the shortest way after as many differences as the root of the lines (`mxcost` in xdiff, 2.47), and
//! begins anew from there: so it takes the lines times their root, at most. Measured, 150,000 lines of
//! one of two letters take a second, which is some 150,000,000 of these steps.

use std::collections::HashMap;

/// Texts with fewer lines than this together are compared in no time, whatever they hold.
const FEW_LINES: usize = 4096;

/// More differences than this are not counted.
const FEW_DIFFERENCES: usize = 1024;

/// How many steps comparing two texts may take, 0 for short ones; `None` when it is more than so many.
pub fn between(one: &[u8], other: &[u8], most: u64) -> Option<u64> {
    let lines = |text: &[u8]| text.iter().filter(|byte| **byte == b'\n').count();
    if lines(one) + lines(other) < FEW_LINES {
        return Some(0);
    }
    let (one, other) = common_lines(one, other);
    let lines = (one.len() + other.len()) as u64;
    let steps = match are_nearly_equal(&one, &other) {
        true => lines,
        false => lines.saturating_mul(lines.isqrt()),
    };
    Some(steps).filter(|steps| *steps <= most)
}

/// The lines of two texts, numbered, without those that are equal at both ends and those that one of
/// the two alone has.
fn common_lines(one: &[u8], other: &[u8]) -> (Vec<u32>, Vec<u32>) {
    let mut known: HashMap<&[u8], u32> = HashMap::new();
    let (one, other) = (numbered(one, &mut known), numbered(other, &mut known));
    let same = |pair: &(&u32, &u32)| pair.0 == pair.1;
    let head = one.iter().zip(&other).take_while(same).count();
    let (one, other) = (&one[head..], &other[head..]);
    let tail = one.iter().rev().zip(other.iter().rev()).take_while(same).count();
    let (one, other) = (&one[..one.len() - tail], &other[..other.len() - tail]);
    // Whether each line is in the first, and in the second.
    let mut found = vec![[false; 2]; known.len()];
    for (side, lines) in [one, other].into_iter().enumerate() {
        for line in lines {
            found[*line as usize][side] = true;
        }
    }
    let common = |lines: &[u32]| {
        lines.iter().copied().filter(|line| found[*line as usize] == [true; 2]).collect()
    };
    (common(one), common(other))
}

fn numbered<'t>(text: &'t [u8], known: &mut HashMap<&'t [u8], u32>) -> Vec<u32> {
    let mut numbers = Vec::new();
    for line in text.split(|byte| *byte == b'\n') {
        // No text that is read has as many lines as there are numbers.
        let next = u32::try_from(known.len()).unwrap_or(u32::MAX);
        numbers.push(*known.entry(line).or_insert(next));
    }
    numbers
}

/// Whether one sequence becomes the other by few deletions and additions: Myers' greedy algorithm.
fn are_nearly_equal(one: &[u32], other: &[u32]) -> bool {
    let (width, height) = (one.len(), other.len());
    // How far each diagonal has come, in lines of the first.
    let middle = FEW_DIFFERENCES + 1;
    let mut reached = vec![0_usize; 2 * middle + 1];
    for distance in 0..=FEW_DIFFERENCES {
        for diagonal in (middle - distance..=middle + distance).step_by(2) {
            let (from_below, from_beside) = (reached[diagonal + 1], reached[diagonal - 1] + 1);
            let mut x = match (diagonal == middle - distance, diagonal == middle + distance) {
                (true, true) => 0,
                (true, false) => from_below,
                (false, true) => from_beside,
                (false, false) => from_below.max(from_beside),
            };
            let mut y = (x + middle).saturating_sub(diagonal);
            while x < width && y < height && one[x] == other[y] {
                (x, y) = (x + 1, y + 1);
            }
            reached[diagonal] = x;
            if x >= width && y >= height {
                return true;
            }
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn differences_are_counted_up_to_a_few() {
        let ones = vec![1; 3000];
        let with = |differences: usize| {
            let mut other = ones.clone();
            for at in 0..differences / 2 {
                other[2 * at] = 2;
            }
            other.extend(vec![3; differences % 2]);
            other
        };
        for differences in [0, 1, 2, 7, FEW_DIFFERENCES - 1, FEW_DIFFERENCES] {
            assert!(are_nearly_equal(&ones, &with(differences)), "{differences}");
            assert!(are_nearly_equal(&with(differences), &ones), "{differences}");
        }
        for differences in [FEW_DIFFERENCES + 1, FEW_DIFFERENCES + 2, 2 * FEW_DIFFERENCES] {
            assert!(!are_nearly_equal(&ones, &with(differences)), "{differences}");
            assert!(!are_nearly_equal(&with(differences), &ones), "{differences}");
        }
        assert!(are_nearly_equal(&[], &[]) && are_nearly_equal(&[], &[1, 1, 1]));
        assert!(!are_nearly_equal(&[], &[1; FEW_DIFFERENCES + 1]));
    }

    /// So many lines, each of which is one of so many.
    fn text(lines: u32, kinds: u32, seed: u32) -> Vec<u8> {
        let mut state = seed;
        let mut line = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            format!("{}\n", (state >> 16) % kinds)
        };
        (0..lines).flat_map(|_| line().into_bytes()).collect()
    }

    #[test]
    fn long_texts_of_few_different_lines_are_what_is_dear() {
        let few = |seed| text(20_000, 2, seed);
        let lines = 40_000_u64;
        let dear = between(&few(1), &few(2), u64::MAX).unwrap();
        assert!(dear > lines * 190 && dear <= lines * 200, "{dear}");
        assert_eq!(between(&few(1), &few(2), dear), Some(dear));
        assert_eq!(between(&few(1), &few(2), dear - 1), None);
        assert_eq!(between(&text(1_000, 2, 1), &text(1_000, 2, 2), 0), Some(0), "they are short");
        // Nothing in common, or all but a few lines.
        let (one, other) = (text(200_000, 1 << 15, 1), b"another\n".repeat(100_000));
        assert_eq!(between(&one, &other, 10), Some(0));
        let (first, second) = one.split_at(one.len() / 2);
        let changed = [b"0\n", first, b"0\n1\n", second, b"2\n"].concat();
        assert!(between(&one, &changed, 500_000).is_some());
    }
}
