//! What happened, as an [`policy::attempt::Attempt`].
//!
//! Everything here is written against [`crate::repository::GitView`] and is tested on a fake
//! one. It collects facts and asks the contract what to look for; it never decides and never
//! prints.

mod base;
pub mod behind;
mod beside;
pub mod case;
pub mod contract;
pub mod facts;
#[cfg(test)]
mod fake;
pub mod ground;
pub mod history;
pub mod identity;
pub mod lane;
pub mod lane_check;
mod left_behind;
mod left_out;
mod line;
pub mod located;
pub mod merge;
pub mod merge_of_parents;
pub mod moves;
mod new_directories;
pub mod renamed;
pub mod search;
pub mod siblings;
pub mod staged;
pub mod state;
pub mod survey;
mod taken_away;
#[cfg(test)]
mod tests;
pub mod tips;
pub mod trunk;
mod unknown;

pub use unknown::{Known, Unknown, listed};
