//! Entries that let lanes only add to JSON, where a new last entry changes the line before it: that one
//! gets a comma. Warns alone.

use super::lint::warning;
use super::model::{Contract, Mode, SharedPolicy};
use super::pattern::Pattern;
use super::problem::Problem;
use super::source::Shown;

/// The warnings, one for each entry.
pub(super) fn added_to_json(contract: &Contract) -> Vec<Problem> {
    let shared = contract.shared().iter().filter_map(|entry| match &entry.policy {
        SharedPolicy::AdditionsBy(_) => Some((&entry.pattern, entry.line)),
        _ => None,
    });
    let scopes = contract.agents().iter().flat_map(|lane| &lane.scope);
    let scopes = scopes
        .filter(|entry| entry.mode == Mode::AdditionsOnly)
        .map(|entry| (&entry.pattern, entry.line));
    let entries = shared.chain(scopes).filter(|(pattern, _)| is_json(pattern));
    entries.map(|(pattern, line)| told(contract, pattern, line)).collect()
}

fn is_json(pattern: &Pattern) -> bool {
    pattern.as_str().to_ascii_lowercase().ends_with(".json")
}

fn told(contract: &Contract, pattern: &Pattern, line: u32) -> Problem {
    let message = format!(
        "a new last entry of {} changes the line before it, which gets a comma and counts as lost",
        Shown(pattern.as_str())
    );
    let help = "tell the agents to put new entries above the last one, or let one agent own it, whom others ask";
    warning(contract, "json-additions", line, pattern.as_str(), message, help.into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::{ContractFile, read};

    #[test]
    fn additions_to_json_are_warned_of() {
        let text = "# Context contract\n## Worktrees\n- branch: a agent: a-1\n- branch: b agent: b-1\n\
            ## Scope\n- a-1: src/**, i18n/*.json (additions only), x.json\n- b-1: lib/**\n## Shared state\n\
            - package.json: a-1 and b-1, additions only.\n- CHANGELOG.md: a-1 and b-1, additions only.\n\
            - tsconfig.json: nobody edits.\n## Merge order\n1. a-1\n2. b-1\n";
        let contract = read(ContractFile::Markdown, text.as_bytes()).expect("valid");
        let found: Vec<_> =
            added_to_json(&contract).iter().map(|found| (found.line, found.column)).collect();
        assert_eq!(found, [(9, 3), (6, 16)]);
    }
}
