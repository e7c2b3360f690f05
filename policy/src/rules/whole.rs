//! New directories of which everything is refused, such as one that should have been ignored: one
//! step undoes all of it. Finds nothing, and takes nothing away: each path keeps a finding of its own.

use std::collections::{BTreeMap, BTreeSet};

use crate::attempt::{Attempt, Subject};
use crate::contract::Contract;
use crate::name::AgentId;
use crate::path::RepoPath;
use crate::verdict::{Severity, Whole};

use super::case::{Case, LaneChange};
use super::findings::{Finding, Findings};
use super::{Group, find, help};

/// Marks what is undone together.
pub fn mark(contract: &Contract, attempt: &Attempt, findings: &mut Findings) {
    let Subject::Lane(work) = &attempt.subject else { return };
    if work.state.new_directories.is_empty() {
        return;
    }
    let case = Case::new(contract, attempt);
    let changes: BTreeMap<&[u8], &LaneChange<'_>> =
        case.lane_changes().iter().map(|judged| (judged.change.path.as_bytes(), judged)).collect();
    let refused = findings.found.iter().filter_map(refused_path);
    let refused: BTreeSet<(AgentId, RepoPath)> =
        refused.map(|(agent, path)| (agent.clone(), path.clone())).collect();
    let is_refused = |judged: &LaneChange<'_>| {
        *judged.lane == work.lane
            && judged.change.old.is_none()
            && !case.is_below_a_deleted_file(&judged.change.path)
            && refused.contains(&(judged.lane.clone(), judged.change.path.clone()))
    };
    let mut wholes: BTreeMap<&RepoPath, Whole> = BTreeMap::new();
    for directory in &work.state.new_directories {
        let beginning = [directory.as_bytes(), b"/"].concat();
        let from = changes.range(beginning.as_slice()..);
        let below: Vec<_> = from.take_while(|(path, _)| path.starts_with(&beginning)).collect();
        if may_be_theirs(contract, &work.lane, directory)
            || !below.iter().all(|(_, judged)| is_refused(judged))
        {
            continue;
        }
        let Some(undo) = help::undo_whole(&case, &work.lane, directory) else { continue };
        let whole = Whole { directory: directory.clone(), undo };
        let paths = below.iter().map(|(_, judged)| &judged.change.path);
        wholes.extend(paths.map(|path| (path, whole.clone())));
    }
    for finding in &mut findings.found {
        if let Some((_, path)) = refused_path(finding) {
            finding.violation.whole = wholes.get(path).cloned();
        }
    }
}

/// Whether an agent may edit something below a directory, or is excused for it. Though nothing of
/// that kind is among the changes, the index may hold it: staged and gone from the worktree, or
/// intended to be added.
fn may_be_theirs(contract: &Contract, lane: &AgentId, directory: &RepoPath) -> bool {
    !contract.surely_grants_nothing_below(lane, directory)
        || contract.waivers().iter().filter(|waiver| waiver.agent == *lane).any(|waiver| {
            find(&waiver.rule).is_none_or(|rule| rule.group == Group::Paths)
                && !waiver.path.as_ref().is_some_and(|path| path.surely_spares(directory))
        })
}

fn refused_path(finding: &Finding) -> Option<(&AgentId, &RepoPath)> {
    let violation = &finding.violation;
    let is_refused = violation.severity == Severity::Error
        && find(violation.rule).is_some_and(|rule| rule.group == Group::Paths);
    violation.agent.as_ref().zip(violation.path.as_ref()).filter(|_| is_refused)
}
