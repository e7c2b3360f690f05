//! Two patterns and some paths.
#![no_main]

#[path = "../properties/pattern.rs"]
mod pattern;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| pattern::holds(bytes));
