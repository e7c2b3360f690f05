//! What happened, as an [`policy::attempt::Attempt`].
//!
//! Everything here is written against [`crate::repository::GitView`] and is tested on a fake
//! one. It collects facts and asks the contract what to look for; it never decides and never
//! prints.

pub mod history;
pub mod merge;
pub mod state;
mod unknown;

pub use unknown::{Known, Unknown};
