//! Any bytes as a `contract.toml`.
#![no_main]

#[path = "../properties/contract.rs"]
mod contract;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    contract::holds(policy::contract::ContractFile::Toml, bytes);
});
