//! Any bytes as a `CONTRACT.md`.
#![no_main]

#[path = "../properties/contract.rs"]
mod contract;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    contract::holds(policy::contract::ContractFile::Markdown, bytes);
});
