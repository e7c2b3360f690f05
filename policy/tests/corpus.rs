//! What the fuzz targets of the contract and its patterns have kept, replayed.

use std::path::Path;

use policy::contract::ContractFile;

#[path = "../../fuzz/properties/contract.rs"]
mod contract;
#[path = "../../fuzz/properties/pattern.rs"]
mod pattern;
#[path = "../../fuzz/properties/replay.rs"]
mod replay;

fn each(target: &str, holds: impl Fn(&[u8])) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    replay::each(&root, target, holds);
}

#[test]
fn contracts_in_markdown() {
    each("contract_markdown", |bytes| contract::holds(ContractFile::Markdown, bytes));
}

#[test]
fn contracts_in_toml() {
    each("contract_toml", |bytes| contract::holds(ContractFile::Toml, bytes));
}

/// What one spelling has taught is put to the other as well.
#[test]
fn contracts_in_the_spelling_that_they_are_not() {
    each("contract_toml", |bytes| contract::holds(ContractFile::Markdown, bytes));
    each("contract_markdown", |bytes| contract::holds(ContractFile::Toml, bytes));
}

#[test]
fn patterns() {
    each("pattern", pattern::holds);
}
