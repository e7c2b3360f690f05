//! Any bytes as a tree, a commit or a tag.
#![no_main]

#[path = "../properties/object.rs"]
mod object;
#[path = "../properties/repository.rs"]
#[allow(dead_code, unused_imports, reason = "the product uses the rest of it")]
mod repository;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| object::holds(bytes));
