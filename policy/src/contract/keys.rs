//! The words of the file format that both spellings use: reserved keys, and values that are one
//! of a few.

use super::model::{MergeStrategy, Mode, TrunkSteps, UnlistedBranches};

/// Keys and sections that later versions of the format will give a meaning.
pub(super) const RESERVED: [&str; 12] = [
    "tasks",
    "conventions",
    "artifacts",
    "sequences",
    "contract-module",
    "frozen",
    "budget",
    "deadline",
    "schema",
    "fields",
    "stacking",
    "base",
];

/// The rules that a waiver may name.
pub(super) const WAIVABLE: [&str; 10] = [
    "out-of-scope",
    "shared-owned",
    "shared-frozen",
    "additions-only",
    "create-only",
    "no-delete",
    "path-hazard",
    "merge-order",
    "carries-unlanded",
    "stale-contract",
];

/// A value that is one of a few words.
pub(super) trait Word: Copy + PartialEq + Sized + 'static {
    /// Every value with its spelling.
    const WORDS: &'static [(&'static str, Self)];

    /// The value of a spelling.
    fn from_word(word: &str) -> Option<Self> {
        Self::WORDS.iter().find(|(known, _)| *known == word).map(|(_, value)| *value)
    }
}

/// The spelling of a value.
pub(super) fn word<W: Word>(value: W) -> &'static str {
    W::WORDS.iter().find(|(_, known)| *known == value).map_or("", |(word, _)| word)
}

impl Word for Mode {
    const WORDS: &'static [(&'static str, Self)] = &[
        ("edit", Self::Edit),
        ("no-delete", Self::NoDelete),
        ("additions-only", Self::AdditionsOnly),
        ("create-only", Self::CreateOnly),
    ];
}

impl Word for MergeStrategy {
    const WORDS: &'static [(&'static str, Self)] = &[
        ("merge", Self::Merge),
        ("squash", Self::Squash),
        ("rebase", Self::Rebase),
        ("fast-forward", Self::FastForward),
    ];
}

impl Word for UnlistedBranches {
    const WORDS: &'static [(&'static str, Self)] =
        &[("allow", Self::Allow), ("warn", Self::Warn), ("deny", Self::Deny)];
}

impl Word for TrunkSteps {
    const WORDS: &'static [(&'static str, Self)] =
        &[("open", Self::Open), ("landings-only", Self::LandingsOnly)];
}

impl Word for bool {
    const WORDS: &'static [(&'static str, Self)] = &[("true", true), ("false", false)];
}
