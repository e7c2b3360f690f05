//! Any bytes as what git's plumbing prints.
#![no_main]

#[path = "../properties/listed.rs"]
mod listed;
#[path = "../properties/repository.rs"]
#[allow(dead_code, unused_imports, reason = "the product uses the rest of it")]
mod repository;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| listed::holds(bytes));
