//! A lane: what landing it would change, which commits are its work, whether it has landed.

pub mod bases;
pub mod driver;
pub mod landed;
pub mod net_effect;
pub mod own;
mod renames;
pub mod size;
pub mod stands_on;
