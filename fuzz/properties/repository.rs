//! The product's parsers of what git stores and prints, and the types that they answer with: out
//! of its sources, without the rest of their room.

#[path = "../../src/repository/difference.rs"]
mod difference;
#[path = "../../src/repository/plumbing/listed.rs"]
pub mod listed;
#[path = "../../src/repository/raw.rs"]
pub mod raw;

pub use difference::{Staged, TreeChange};
