//! Comments behind a path, and right above or below it, that say what may not be done with it: people may
//! read them as part of the entry, and they say nothing. Warns alone, since what does not hold goes into a
//! comment.

use std::collections::BTreeMap;

use super::lint::warning;
use super::markdown::{forbids, forbids_here, is_more_than_a_note};
use super::model::{Contract, ContractFile, SharedPolicy};
use super::problem::Problem;
use super::source::Shown;

const OF_SCOPE: &str = "write `(read-only)` or `(no delete)` behind the path, or `except PATH` behind the one that \
                        it narrows; what is not listed is forbidden already";
const OF_SHARED: &str =
    "write it as the policy: `nobody edits`, `AGENT owns`, or `AGENT, additions only`";

/// How many lines of a comment are looked through.
const LONGEST: u32 = 20;

/// The warnings: one for each comment, in the line where it begins.
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
    let agents = || contract.agents().iter().map(|lane| lane.id.as_str());
    for (line, policy) in &lines {
        for comment in comments(contract.source_line(*line).unwrap_or_default()) {
            let said = said(comment);
            let limits = match policy {
                None => forbids(said, agents()),
                Some(policy) => is_more_than_a_note(said, policy, agents()),
            };
            found.extend(limits.then(|| warn(contract, *line, comment, said, policy.is_some())));
        }
    }
    for (line, comment) in beside(contract, &lines) {
        let around = [line - 1, line + lines_of(&comment)];
        let mut entries = around.iter().filter_map(|line| lines.get(line)).peekable();
        let shared = entries.peek().is_some_and(|policy| policy.is_some());
        let text = said(&comment).split_whitespace().collect::<Vec<_>>().join(" ");
        let limits = |policy: &Option<&SharedPolicy>| {
            policy.is_none_or(|policy| is_more_than_a_note(&text, policy, agents()))
        };
        if forbids_here(&text, agents()) && entries.any(limits) {
            let first = comment.lines().next().unwrap_or_default();
            found.push(warn(contract, line, first, &text, shared));
        }
    }
    found.sort_by_key(|problem| (problem.line, problem.column));
    found
}

fn warn(contract: &Contract, line: u32, part: &str, said: &str, shared: bool) -> Problem {
    let message = format!("{} stands in a comment, where it says nothing", Shown(said));
    let help = if shared { OF_SHARED } else { OF_SCOPE };
    warning(contract, "comment-unheard", line, part, message, help.to_owned())
}

/// What a comment says, without its marks.
fn said(comment: &str) -> &str {
    comment.trim_start_matches("<!--").trim_end_matches("-->").trim()
}

fn lines_of(comment: &str) -> u32 {
    u32::try_from(comment.lines().count()).unwrap_or(u32::MAX)
}

/// The comments that begin in a line without an entry and end right above one, or begin right below one:
/// each with the line that it begins in.
fn beside(
    contract: &Contract,
    entries: &BTreeMap<u32, Option<&SharedPolicy>>,
) -> BTreeMap<u32, String> {
    let text = |line: u32| contract.source_line(line).unwrap_or_default();
    let mut found = BTreeMap::new();
    for line in entries.keys() {
        let below = line + 1;
        let above = (line.saturating_sub(LONGEST)..*line)
            .rev()
            .find(|at| text(*at).contains("<!--") || entries.contains_key(at));
        for first in above.into_iter().chain([below]).filter(|at| !entries.contains_key(at)) {
            let Some(begin) = text(first).find("<!--") else { continue };
            let lines: Vec<&str> = (first..first + LONGEST).map(text).collect();
            let comment = lines.join("\n").split_off(begin);
            let Some(end) = comment.find("-->").map(|end| end + "-->".len()) else { continue };
            let comment = &comment[..end];
            let ends_above = first + lines_of(comment) == *line;
            if first == below || ends_above {
                found.insert(first, comment.to_owned());
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
