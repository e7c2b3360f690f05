//! The whole product, through its binary, with real git.

#![allow(clippy::unwrap_used, reason = "what cannot be set up fails the test")]

mod asked;
mod bad_input;
mod check;
mod command_line;
mod commit;
mod corpus;
mod damaged;
mod demo;
mod escapes;
mod face;
mod forecast;
mod gated;
mod git_facts;
mod help;
mod help_of_many;
mod honest;
mod honest_work;
mod installation;
mod killed;
mod kinds;
mod landing;
mod laws;
mod limits;
mod lint;
mod merge;
mod messages;
mod moved_on;
mod next_steps;
mod plan;
mod processes;
mod pull_requests;
mod push;
mod readme;
mod refs;
mod replay;
#[path = "../../fuzz/properties/repository.rs"]
#[allow(dead_code, unused_imports, reason = "the product uses the rest of it")]
mod repository;
mod ritual;
mod sandbox;
mod server;
mod status;
mod terminal;
mod way_back;
