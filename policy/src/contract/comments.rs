//! Comments behind a path that say what may not be done with it: people may read them as part of the entry,
//! and they say nothing. Warns alone, since what does not hold goes into a comment.

use std::collections::BTreeMap;

use super::lint::warning;
use super::markdown::{forbids, is_more_than_a_note};
use super::model::{Contract, ContractFile, SharedPolicy};
use super::problem::Problem;
use super::source::Shown;

const OF_SCOPE: &str = "write `(read-only)` or `(no delete)` behind the path, or `except PATH` behind the one that \
                        it narrows; what is not listed is forbidden already";
const OF_SHARED: &str =
    "write it as the policy: `nobody edits`, `AGENT owns`, or `AGENT, additions only`";

/// The warnings: one for each comment, in the line of the path that it stands behind.
pub(super) fn unheard(contract: &Contract) -> Vec<Problem> {
    if contract.file() != ContractFile::Markdown {
        return Vec::new();
    }
    // Several paths may stand in a line.
    let mut lines: BTreeMap<u32, Option<&SharedPolicy>> = BTreeMap::new();
    let scope = contract.agents().iter().flat_map(|lane| &lane.scope);
    lines.extend(scope.map(|entry| (entry.line, None)));
    lines.extend(contract.shared().iter().map(|entry| (entry.line, Some(&entry.policy))));
    let mut found = Vec::new();
    for (line, policy) in lines {
        for comment in comments(contract.source_line(line).unwrap_or_default()) {
            let said = comment.trim_start_matches("<!--").trim_end_matches("-->").trim();
            let agents = || contract.agents().iter().map(|lane| lane.id.as_str());
            let (limits, help) = match policy {
                None => (forbids(said, agents()), OF_SCOPE),
                Some(policy) => (is_more_than_a_note(said, policy, agents()), OF_SHARED),
            };
            if limits {
                let message = format!("{} stands in a comment, where it says nothing", Shown(said));
                let code = "comment-unheard";
                found.push(warning(contract, code, line, comment, message, help.to_owned()));
            }
        }
    }
    found
}

/// The comments of a line, with their marks, outside of back-ticks, that end in it.
fn comments(line: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut ticked = false;
    let mut at = 0;
    while let Some(next) = line[at..].find(['`', '<']).map(|next| at + next) {
        let rest = &line[next..];
        ticked ^= rest.starts_with('`');
        let end = rest.find("-->").filter(|_| !ticked && rest.starts_with("<!--"));
        let length = end.map_or(1, |end| end + "-->".len());
        found.extend(end.map(|_| &rest[..length]));
        at = next + length;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_end_and_stand_outside_of_back_ticks() {
        let line = "- `a <!-- b -->` <!-- c --> <d> <!--e--><!-- f";
        assert_eq!(comments(line), ["<!-- c -->", "<!--e-->"]);
    }
}
