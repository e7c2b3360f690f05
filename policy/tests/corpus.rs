//! What the fuzz targets of the contract and its patterns have kept, replayed.

use std::path::Path;

use policy::contract::ContractFile;
use proptest::prelude::*;

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

/// Patterns of few letters, so that many of them have paths in common.
fn drawn_pattern() -> impl Strategy<Value = String> {
    let segment = prop_oneof![
        3 => "[ab]{1,2}",
        3 => "[ab]?[*][ab]?",
        2 => "[ab]?[?][ab]?",
        2 => Just("**".to_owned()),
        1 => "[{](a|b[*]|[?]),(b|ab|)[}]",
        1 => r"\\[*]a",
    ];
    let end = prop_oneof![4 => Just(""), 1 => Just("/")];
    (prop::collection::vec(segment, 1..4), end).prop_map(|(parts, end)| parts.join("/") + end)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..Default::default() })]

    #[test]
    fn patterns_of_few_letters(
        one in drawn_pattern(),
        other in drawn_pattern(),
        paths in prop::collection::vec("[ab*]{1,2}(/[ab]{1,2}){0,3}", 1..8),
    ) {
        pattern::holds(format!("{one}\n{other}\n{}", paths.join("\n")).as_bytes());
    }

    #[test]
    fn nothing_printable_is_acted_on_or_unseen(text in any::<String>(), odd in "\\PC*[\\x00-\\x1f\\x7f-\\x9f\\u{202e}]\\PC*") {
        for text in [text, odd] {
            let printed = policy::text::printable(&text);
            prop_assert!(!printed.contains(|c: char| c.is_control() || policy::text::is_invisible(c)));
            prop_assert_eq!(policy::text::printable(&printed), printed.clone(), "once is enough");
            let excerpt = policy::text::excerpt(&text);
            prop_assert!(!excerpt.contains(|c: char| c.is_control() || policy::text::is_invisible(c)));
        }
    }
}
