//! Any bytes as what git writes to `pre-push`, `pre-receive` and `reference-transaction`.
#![no_main]

#[path = "../properties/hook_input.rs"]
mod hook_input;
#[path = "../../src/checkpoints/input.rs"]
#[allow(dead_code, reason = "the product uses the rest of it")]
mod input;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| hook_input::holds(bytes));
