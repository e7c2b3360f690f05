//! The whole product, through its binary, with real git.

#![allow(clippy::unwrap_used, reason = "what cannot be set up fails the test")]

mod asked;
mod bad_input;
mod check;
mod commit;
mod gated;
mod git_facts;
mod help;
mod honest;
mod landing;
mod merge;
mod push;
mod refs;
mod sandbox;
mod server;
