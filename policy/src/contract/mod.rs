//! The contract: its text in two spellings, and the one validated model behind both.

mod model;
mod pattern;
mod permission;
mod problem;

pub use model::*;
pub use pattern::Pattern;
pub use permission::{is_recognisable, read};
pub use problem::Problem;
