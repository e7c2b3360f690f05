//! The whole product, through its binary, with real git.

#![allow(clippy::unwrap_used, reason = "what cannot be set up fails the test")]

mod git_facts;
mod installation;
mod sandbox;
