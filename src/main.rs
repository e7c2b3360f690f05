//! contract-gate: holds parallel coding agents to a written contract.
//!
//! `main` maps a result to an exit status and does nothing else.

mod repository;
mod system;

fn main() {}
