//! The contract and the decision.
//!
//! This library is pure: it sees no git, no file system, no environment and no clock. The
//! caller parses a contract with [`contract::read`], collects what happened as an
//! [`attempt::Attempt`], and asks [`decide`] for a [`verdict::Verdict`]. Data flows one way.

pub mod attempt;
pub mod change;
pub mod contract;
pub mod disguise;
pub mod link;
pub mod name;
pub mod oid;
pub mod path;
pub mod rules;
pub mod text;
pub mod verdict;

pub use rules::decide;
