//! The bound of what is merged while something is searched for.
//!
//! Two searches ask for merges of which nobody sees how many there are: what merge bases of merge
//! bases come to, and which steps of the trunk another takes back. A third goes along the lines of
//! commits by which work came to the trunk. All share one allowance in a decision. What would go
//! beyond it is not known, and is said to be.

use std::cell::Cell;

use super::{Known, Unknown};

/// How much one decision may read and merge in searches, in bytes.
pub const MOST_SEARCHED: u64 = 256 << 20;

/// How many steps one merge of a file may take, line by line. Of a dearer one nothing is known.
pub const MOST_STEPS: u64 = 1 << 29;

/// How many steps all merges of files of one decision may take.
pub const MOST_STEPS_IN_ALL: u64 = 1 << 32;

/// How many times merge bases may have merge bases of their own that have to be merged first.
pub const DEEPEST_BASES: usize = 200;

/// How many stretches of the trunk's line one decision may hold to be a lane's landing.
pub const MOST_STRETCHES: usize = 20_000;

/// What reading any text costs beside its bytes. A small text takes time too.
const A_TEXT: u64 = 512;

/// What a look-up costs, in bytes that could be merged in its time.
const A_LOOK_UP: u64 = 64;

/// What a question for the merge bases of two commits costs, in bytes likewise.
const A_QUESTION: u64 = 16 * 1024;

/// What reading a contract costs, for each of its bytes.
const A_CONTRACT: u64 = 64;

/// What is searched for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Search {
    /// What several merge bases hold at a path.
    MergeBases,
    /// The steps of the trunk that a step takes back.
    Revert,
    /// The lines of commits by which a step brings work.
    Lines,
    /// Files that git may take for renamed.
    Renames,
    /// Contracts that a step brings beside the trunk's own.
    Contracts,
}

/// What is left of the allowance.
#[derive(Debug)]
pub struct Allowance {
    left: Cell<u64>,
    steps: Cell<u64>,
    stretches: Cell<usize>,
}

impl Default for Allowance {
    fn default() -> Self {
        Self {
            left: Cell::new(MOST_SEARCHED),
            steps: Cell::new(MOST_STEPS_IN_ALL),
            stretches: Cell::new(MOST_STRETCHES),
        }
    }
}

impl Allowance {
    /// A text of this many bytes is read.
    pub fn text(&self, search: Search, bytes: u64) -> Known<()> {
        self.spend(search, bytes.saturating_add(A_TEXT))
    }

    /// A contract of this many bytes is read that a landing brings.
    pub fn contract(&self, bytes: u64) -> Known<()> {
        self.spend(Search::Contracts, bytes.saturating_mul(A_CONTRACT))
    }

    /// This many paths are looked up.
    pub fn look_ups(&self, search: Search, number: usize) -> Known<()> {
        self.spend(search, A_LOOK_UP.saturating_mul(number as u64))
    }

    /// The merge bases of this many pairs are asked for.
    pub fn questions(&self, search: Search, number: usize) -> Known<()> {
        self.spend(search, A_QUESTION.saturating_mul(number as u64))
    }

    /// A merge, or the attempt to know what it takes, took this many steps.
    pub fn steps(&self, number: u64) -> Known<()> {
        let left = self.steps.get().checked_sub(number);
        self.steps.set(left.unwrap_or(0));
        left.map(drop).ok_or(Unknown::MergeLimit)
    }

    /// Whether stretches of the trunk's line may still be asked about.
    pub fn has_stretches(&self) -> bool {
        self.stretches.get() > 0
    }

    /// One of them is.
    pub fn stretch(&self) {
        self.stretches.set(self.stretches.get().saturating_sub(1));
    }

    fn spend(&self, search: Search, cost: u64) -> Known<()> {
        let left = self.left.get().checked_sub(cost);
        self.left.set(left.unwrap_or(0));
        left.map(drop).ok_or(Unknown::SearchLimit(search))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_spent_is_spent_for_all_searches() {
        let allowance = Allowance::default();
        assert_eq!(allowance.text(Search::Revert, MOST_SEARCHED - A_TEXT), Ok(()));
        let limit = |search| Err(Unknown::SearchLimit(search));
        assert_eq!(allowance.look_ups(Search::MergeBases, 0), Ok(()));
        assert_eq!(allowance.look_ups(Search::MergeBases, 1), limit(Search::MergeBases));
        assert_eq!(allowance.questions(Search::Revert, usize::MAX), limit(Search::Revert));
        assert_eq!(allowance.text(Search::Revert, 0), limit(Search::Revert));
        assert_eq!(allowance.contract(1), limit(Search::Contracts));
        assert_eq!(allowance.steps(MOST_STEPS_IN_ALL), Ok(()));
        assert_eq!(allowance.steps(1), Err(Unknown::MergeLimit));
        allowance.stretches.set(1);
        allowance.stretch();
        assert!(!allowance.has_stretches() && Allowance::default().has_stretches());
        assert_eq!(Allowance::default().text(Search::Revert, u64::MAX), limit(Search::Revert));
    }
}
