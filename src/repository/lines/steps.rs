//! What it takes to compare texts line by line: given long files of a few different lines, git's own
//! diff takes a time that grows faster than they do. Merges nothing.
//!
//! By histogram it is counted on the way; by Myers it is known before somebody does it. Two texts with few differences take a step for each line. Else git's diff gives up its search for
//! the shortest way after as many differences as the root of the lines (`mxcost` in xdiff, 2.47), and
//! begins anew from there: so it takes the lines times their root, at most. Measured, 150,000 lines of
//! one of two letters take a second, which is some 150,000,000 of these steps.

use std::collections::HashMap;

/// Fewer lines than these together are compared in no time, whatever they hold.
const FEW_LINES: usize = 4096;

/// More differences than this are not counted.
const FEW_DIFFERENCES: usize = 1024;

/// What comparisons may still take.
#[derive(Debug)]
pub struct Steps {
    most: u64,
    left: u64,
}

impl Steps {
    /// At most so many.
    pub fn most(most: u64) -> Self {
        Self { most, left: most }
    }

    /// How many were taken.
    pub fn taken(&self) -> u64 {
        self.most - self.left
    }

    /// Takes so many; whether there are so many left.
    pub fn take(&mut self, number: usize) -> bool {
        self.take_if_known(Some(number as u64))
    }

    /// Takes what comparing these lines by Myers' algorithm takes.
    pub fn take_comparison(&mut self, one: &[u32], other: &[u32]) -> bool {
        let steps = between(one, other, self.left);
        self.take_if_known(steps)
    }

    fn take_if_known(&mut self, number: Option<u64>) -> bool {
        let left = number.and_then(|number| self.left.checked_sub(number));
        self.left = left.unwrap_or(0);
        left.is_some()
    }
}

/// How many steps comparing some lines with others may take; `None` when it is more than so many.
fn between(one: &[u32], other: &[u32], most: u64) -> Option<u64> {
    if one.len() + other.len() < FEW_LINES {
        // To look at them would take as long.
        let lines = (one.len() + other.len()) as u64;
        return Some(lines * lines.isqrt()).filter(|steps| *steps <= most);
    }
    let (one, other) = common_lines(one, other);
    let lines = (one.len() + other.len()) as u64;
    let steps = match are_nearly_equal(&one, &other) {
        true => lines,
        false => lines.saturating_mul(lines.isqrt()),
    };
    Some(steps).filter(|steps| *steps <= most)
}

/// The lines of two texts without those that are equal at both ends and those that one of the two
/// alone has.
fn common_lines(one: &[u32], other: &[u32]) -> (Vec<u32>, Vec<u32>) {
    let same = |pair: &(&u32, &u32)| pair.0 == pair.1;
    let head = one.iter().zip(other).take_while(same).count();
    let (one, other) = (&one[head..], &other[head..]);
    let tail = one.iter().rev().zip(other.iter().rev()).take_while(same).count();
    let (one, other) = (&one[..one.len() - tail], &other[..other.len() - tail]);
    // Whether each line is in the first, and in the second.
    let mut found: HashMap<u32, [bool; 2]> = HashMap::new();
    for (side, lines) in [one, other].into_iter().enumerate() {
        for line in lines {
            found.entry(*line).or_default()[side] = true;
        }
    }
    let common = |lines: &[u32]| {
        lines.iter().copied().filter(|line| found.get(line) == Some(&[true; 2])).collect()
    };
    (common(one), common(other))
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
    fn lines(lines: u32, kinds: u32, seed: u32) -> Vec<u32> {
        let mut state = seed;
        let mut line = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 16) % kinds
        };
        (0..lines).map(|_| line()).collect()
    }

    #[test]
    fn long_texts_of_few_different_lines_are_what_is_dear() {
        let few = |seed| lines(20_000, 2, seed);
        let number = 40_000_u64;
        let dear = between(&few(1), &few(2), u64::MAX).unwrap();
        assert!(dear > number * 190 && dear <= number * 200, "{dear}");
        assert_eq!(between(&few(1), &few(2), dear), Some(dear));
        assert_eq!(between(&few(1), &few(2), dear - 1), None);
        assert_eq!(between(&lines(1_000, 2, 1), &lines(1_000, 2, 2), 100_000), Some(88_000));
        assert_eq!(between(&lines(1_000, 2, 1), &lines(1_000, 2, 2), 80_000), None);
        // Nothing in common, or all but a few lines.
        let (one, other) = (lines(200_000, 1 << 15, 1), vec![1 << 16; 100_000]);
        assert_eq!(between(&one, &other, 10), Some(0));
        let (first, second) = one.split_at(one.len() / 2);
        let changed = [&[0], first, &[0, 1], second, &[2]].concat();
        assert!(between(&one, &changed, 500_000).is_some());
    }

    #[test]
    fn what_is_taken_is_gone() {
        let mut steps = Steps::most(10);
        assert!(steps.take(4) && steps.take(6) && steps.take(0));
        assert_eq!(steps.taken(), 10);
        assert!(!steps.take(1));
        let mut steps = Steps::most(10);
        assert!(!steps.take(11) && !steps.take(1), "nothing is left");
    }
}
