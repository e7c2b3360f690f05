//! The contract: its text in two spellings, and the one validated model behind both.
//!
//! A reader makes a draft with positions out of the text, validation makes a [`Contract`] out of
//! the draft, and nothing else makes one.

mod automaton;
mod beyond;
mod commas;
mod comments;
mod concerns;
mod disjoint;
mod draft;
mod kept_branches;
mod keys;
mod lane_names;
pub mod lint;
mod markdown;
mod matcher;
mod model;
mod narrowing;
mod order;
mod overlap;
mod overruled;
mod path_signs;
mod pattern;
mod pattern_error;
mod permission;
mod problem;
mod reading;
mod several_commands;
mod source;
mod spelling;
mod toml_notes;
mod toml_reader;
mod validate;
mod waived;
mod well_known;
mod write_markdown;
mod write_toml;

pub use beyond::Below;
pub use model::*;
pub use pattern::{Pattern, PatternError};
pub use problem::{ERRORS, Problem, WARNINGS};
pub use reading::{LONGEST_CONTRACT, is_recognisable, read};

#[cfg(test)]
mod conversion_tests;
#[cfg(test)]
mod fixture_tests;
