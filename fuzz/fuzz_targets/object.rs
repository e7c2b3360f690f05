//! Any bytes as a tree, a commit or a tag.
#![no_main]

#[path = "../properties/object.rs"]
mod object;
#[path = "../../src/repository/raw.rs"]
#[allow(dead_code, reason = "the product uses the rest of it")]
mod raw;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| object::holds(bytes));
