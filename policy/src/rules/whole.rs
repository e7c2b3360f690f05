//! Directories of which everything that is new or changed is refused, such as one that should have been
//! ignored, or what a formatter went over: one step undoes all of it. Finds nothing, and takes nothing
//! away: each path keeps a finding of its own.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;

use crate::attempt::{Attempt, LaneWork, Subject};
use crate::change::{Change, EntryMode};
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
    if work.state.new_directories.is_empty() && work.state.beside.is_none() {
        return;
    }
    let case = Case::new(contract, attempt);
    let found = findings.found.iter().filter_map(refused_path);
    let refused: BTreeSet<_> = found.map(|(agent, path)| (agent.clone(), path.clone())).collect();
    let refused = Refused { case: &case, work, refused };
    let mut wholes = refused.new_directories();
    wholes.extend(refused.changed_directories());
    for finding in &mut findings.found {
        if let Some((_, path)) = refused_path(finding) {
            finding.violation.whole = wholes.get(path).cloned();
        }
    }
}

/// A lane's work, and what of it is refused.
struct Refused<'c, 'a> {
    case: &'c Case<'a>,
    work: &'a LaneWork,
    refused: BTreeSet<(AgentId, RepoPath)>,
}

impl<'a> Refused<'_, 'a> {
    /// Whether a change is refused as this lane's own, and is undone without a say in another path.
    fn is_refused(&self, judged: &LaneChange<'_>) -> bool {
        *judged.lane == self.work.lane
            && !self.case.is_below_a_deleted_file(&judged.change.path)
            && self.refused.contains(&(judged.lane.clone(), judged.change.path.clone()))
    }

    /// New directories of which everything is refused, by the paths in them.
    fn new_directories(&self) -> BTreeMap<&'a RepoPath, Whole> {
        let changes: BTreeMap<&[u8], &'a Change> = self.changes().collect();
        let new = |judged: &&LaneChange<'a>| judged.change.old.is_none() && self.is_refused(judged);
        let new = self.case.lane_changes().iter().filter(new);
        let new: BTreeSet<&RepoPath> = new.map(|judged| &judged.change.path).collect();
        let mut wholes = BTreeMap::new();
        for directory in &self.work.state.new_directories {
            let beginning = [directory.as_bytes(), b"/"].concat();
            let from = changes.range(beginning.as_slice()..);
            let below: Vec<_> = from.take_while(|(path, _)| path.starts_with(&beginning)).collect();
            if self.may_be_theirs(directory)
                || !below.iter().all(|(_, change)| new.contains(&change.path))
            {
                continue;
            }
            let lane = &self.work.lane;
            let Some(undo) = help::undo_whole(self.case, lane, directory) else { continue };
            let whole = Whole { directory: directory.clone(), undo };
            wholes.extend(below.iter().map(|(_, change)| (&change.path, whole.clone())));
        }
        wholes
    }

    /// The topmost directories of which all changed files are refused and are given back from one commit,
    /// by those files. Nothing else may differ from that commit there; new files stay where they are.
    fn changed_directories(&self) -> BTreeMap<&'a RepoPath, Whole> {
        let Some(beside) = &self.work.state.beside else { return BTreeMap::new() };
        let mut spoils: BTreeSet<&[u8]> = beside.paths.iter().map(RepoPath::as_bytes).collect();
        let mut given_back: BTreeSet<&'a RepoPath> = BTreeSet::new();
        for judged in self.case.lane_changes() {
            let change = judged.change;
            let entries = [change.old, change.new].into_iter().flatten();
            let is_plain = !change.came_by_merge
                && !entries.into_iter().any(|entry| entry.mode == EntryMode::Submodule);
            if !is_plain || !self.is_refused(judged) {
                spoils.insert(change.path.as_bytes());
            } else if change.old.is_some() && change.undo_from == Some(beside.source) {
                given_back.insert(&change.path);
            } else if change.old.is_some() {
                spoils.insert(change.path.as_bytes());
            }
        }
        let paths: BTreeSet<&[u8]> = self.changes().map(|(path, _)| path).collect();
        let all: BTreeSet<&[u8]> = given_back.iter().map(|path| path.as_bytes()).collect();
        let mut known: BTreeMap<&[u8], Option<Whole>> = BTreeMap::new();
        let mut wholes = BTreeMap::new();
        for path in given_back {
            let bytes = path.as_bytes();
            let slashes = bytes.iter().enumerate().filter(|(_, byte)| **byte == b'/');
            for directory in slashes.map(|(at, _)| &bytes[..at]) {
                let whole = known.entry(directory).or_insert_with(|| {
                    let is_whole = !paths.contains(directory)
                        && below(&spoils, directory).next().is_none()
                        && below(&all, directory).nth(1).is_some();
                    let name = RepoPath::new(directory).ok().filter(|_| is_whole)?;
                    let lane = &self.work.lane;
                    let undo = help::undo_changed(self.case, lane, &name, beside.source)?;
                    (!self.may_be_theirs(&name)).then_some(Whole { directory: name, undo })
                });
                if let Some(whole) = whole {
                    wholes.insert(path, whole.clone());
                    break;
                }
            }
        }
        wholes
    }

    fn changes(&self) -> impl Iterator<Item = (&'a [u8], &'a Change)> {
        self.work.state.changes.iter().map(|change| (change.path.as_bytes(), change))
    }

    /// Whether the agent may edit something below a directory, or is excused for it. Though nothing of
    /// that kind is among the changes, the index may hold it: staged and gone from the worktree, or
    /// intended to be added.
    fn may_be_theirs(&self, directory: &RepoPath) -> bool {
        let (contract, lane) = (self.case.contract, &self.work.lane);
        !contract.surely_grants_nothing_below(lane, directory)
            || contract.waivers().iter().filter(|waiver| waiver.agent == *lane).any(|waiver| {
                find(&waiver.rule).is_none_or(|rule| rule.group == Group::Paths)
                    && !waiver.path.as_ref().is_some_and(|path| path.surely_spares(directory))
            })
    }
}

/// Those of some paths that are below a directory.
fn below<'p>(
    paths: &'p BTreeSet<&[u8]>,
    directory: &[u8],
) -> impl Iterator<Item = &'p [u8]> + use<'p> {
    let beginning = [directory, b"/"].concat();
    let from = (Bound::Included(beginning.as_slice()), Bound::Unbounded);
    let from = paths.range::<[u8], _>(from).copied();
    from.take_while(move |path| path.starts_with(&beginning))
}

fn refused_path(finding: &Finding) -> Option<(&AgentId, &RepoPath)> {
    let violation = &finding.violation;
    let is_refused = violation.severity == Severity::Error
        && find(violation.rule).is_some_and(|rule| rule.group == Group::Paths);
    violation.agent.as_ref().zip(violation.path.as_ref()).filter(|_| is_refused)
}
