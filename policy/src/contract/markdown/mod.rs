//! The Markdown spelling: text to draft.

use super::draft::Draft;
use super::model::ContractFile;
use super::source::Problems;

/// Reads the text into a draft. What is wrong goes to the problems; the draft holds the rest.
pub(super) fn read(problems: &mut Problems<'_>) -> Draft {
    let message = "this spelling cannot be read yet";
    problems.error("not-a-contract", &(0..0), message, "write the contract as contract.toml");
    Draft::new(ContractFile::Markdown)
}

/// Whether a text has the title of a context contract, or one of its sections.
pub(super) fn is_recognisable(text: &str) -> bool {
    text.lines().any(|line| {
        let heading = line.trim_start_matches('#');
        heading.len() < line.len() && heading.trim().to_lowercase().starts_with("context contract")
    })
}
