//! The branches that are kept for agents (`agent-branches`): how they are named, and whether any agent
//! has one of them.

use super::draft::Text;
use super::lane_names::refuse_full_name;
use super::lint::warning;
use super::model::{Agent, Contract};
use super::pattern::Pattern;
use super::problem::Problem;
use super::source::{Problems, Shown};
use crate::path::RepoPath;

/// A pattern of branches, which are named by their short names.
pub(super) fn pattern(text: &Text, problems: &mut Problems<'_>) -> Option<Pattern> {
    if refuse_full_name(text, "branches are", problems) {
        return None;
    }
    super::validate::pattern(text, problems)
}

/// Branches that are kept for agents, among which no agent has its own.
pub(super) fn of_no_lane(contract: &Contract) -> Option<Problem> {
    let policy = contract.policy();
    let (pattern, line) = (policy.agent_branches.as_ref()?, policy.lines.agent_branches?);
    let is_matched = |lane: &Agent| {
        RepoPath::new(lane.branch.as_bytes()).is_ok_and(|branch| pattern.matches(&branch))
    };
    if contract.agents().iter().any(is_matched) {
        return None;
    }
    let message = format!("{} matches the branch of no agent", Shown(pattern.as_str()));
    let help = "write it as the agents' branches begin, such as `agents/**`";
    let code = "matches-no-branch";
    Some(warning(contract, code, line, pattern.as_str(), message, help.into()))
}

#[cfg(test)]
mod tests {
    use super::super::{ContractFile, lint, read};
    use super::*;

    #[test]
    fn they_are_named_as_the_agents_branches_are() {
        let said = |pattern: &str| {
            let text = format!(
                "[agents.a]\nbranch = \"agents/a\"\nscope = [\"a/\"]\n[policy]\nagent-branches = \"{pattern}\"\n"
            );
            match read(ContractFile::Toml, text.as_bytes()) {
                Ok(contract) => shown(&lint::of_text(&contract)),
                Err(problems) => shown(&problems),
            }
        };
        assert_eq!(said("agents/**"), [""; 0]);
        assert_eq!(said("agents"), [""; 0]);
        let unmatched = "matches-no-branch: `origin/agents/**` matches the branch of no agent";
        assert_eq!(said("origin/agents/**"), [format!("5:19 {unmatched}")]);
        for prefix in ["refs/heads/", "heads/"] {
            let message = format!("branch-name: branches are named without `{prefix}`");
            assert_eq!(said(&format!("{prefix}agents/**")), [format!("5:18 {message}")]);
        }
    }

    fn shown(problems: &[Problem]) -> Vec<String> {
        let show = |p: &Problem| format!("{}:{} {}: {}", p.line, p.column, p.code, p.message);
        problems.iter().map(show).collect()
    }
}
