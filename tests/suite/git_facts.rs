//! What git does around its hooks: the facts that the checkpoints are built on.
//!
//! Not a test of this program, but of what it believes about git. Run it with another git by
//! `CONTRACT_GATE_TEST_GIT`; it has held with 2.39.5 and 2.47.3.

mod commits;
mod moves;
mod pushes;
mod recorder;
mod refusals;
