//! The case that the rules judge: contract and attempt, with what several rules ask of them
//! worked out once.

use std::collections::{BTreeMap, BTreeSet};

use crate::attempt::{
    Amendment, Attempt, Carried, CheckedOut, Entering, EntryEvidence, LaneWork, Subject, TrunkStep,
};
use crate::change::{Change, Entry, TakenAway};
use crate::contract::{Contract, Mode, Permission, TrunkSteps};
use crate::name::{AgentId, RefName};
use crate::path::RepoPath;

use super::who::Who;

/// A contract, an attempt, and who acts.
#[derive(Debug)]
pub struct Case<'a> {
    /// The contract that governs.
    pub contract: &'a Contract,
    /// What is tried.
    pub attempt: &'a Attempt,
    /// Who tries.
    pub who: Who<'a>,
    lane_changes: Vec<LaneChange<'a>>,
    step_changes: Vec<LaneChange<'a>>,
    /// The paths that the work of a lane deletes.
    deleted: BTreeSet<&'a [u8]>,
}

/// What a change makes of a path, whoever made it.
type AsMade<'a> = (&'a RepoPath, Option<Entry>, Option<Entry>);

fn as_made(change: &Change) -> AsMade<'_> {
    (&change.path, change.old, change.new)
}

/// One change, as the work of a lane, with what the contract says about it.
#[derive(Debug, Clone, Copy)]
pub struct LaneChange<'a> {
    /// Whose work it is.
    pub lane: &'a AgentId,
    /// What changed.
    pub change: &'a Change,
    /// What the contract grants.
    pub permission: Permission<'a>,
    /// Where it was made.
    pub origin: Origin,
    /// What became of the path since the lane was given it, where it was and is no more.
    pub taken_away: Option<&'a TakenAway>,
}

impl LaneChange<'_> {
    /// What is said behind `may not edit PATH`: that it was otherwise when the lane was sent out.
    pub fn any_more(&self) -> &'static str {
        if self.taken_away.is_some() { " any more" } else { "" }
    }
}

/// Where a change was made that is judged as a lane's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// In the lane.
    Lane,
    /// By the trunk step itself, such as the resolution of a conflict.
    Step,
}

impl<'a> Case<'a> {
    /// Resolves who acts, and asks the contract about each path once.
    pub fn new(contract: &'a Contract, attempt: &'a Attempt) -> Self {
        let who = match &attempt.subject {
            // Whoever fetches a step that is history did not make it.
            Subject::TrunkStep(step) if step.published => Who::Human,
            _ => Who::of(contract, &attempt.actor),
        };
        let mut case = Self {
            contract,
            attempt,
            who,
            lane_changes: Vec::new(),
            step_changes: Vec::new(),
            deleted: BTreeSet::new(),
        };
        if let Some(work) = case.lane_work() {
            let state = &work.state;
            case.lane_changes =
                case.judged(&work.lane, &state.changes, &state.carried, &state.taken_away);
        }
        if let Some(step) = case.step() {
            for entering in &step.entering {
                let Entering { lane, changes, carried, taken_away, .. } = entering;
                let mut judged = case.judged(lane, changes, carried, taken_away);
                let anothers = case.of_others(entering);
                judged.retain(|one| !anothers.contains(&as_made(one.change)));
                case.lane_changes.extend(judged);
            }
            case.step_changes = case.of_entering_lanes(step);
        }
        let deleted = case.lane_changes.iter().filter(|judged| judged.change.new.is_none());
        case.deleted = deleted.map(|judged| judged.change.path.as_bytes()).collect();
        case
    }

    /// The changes of a lane. Paths that came with commits of another one are that one's work, and
    /// have to keep to what it may do: that they are here is reported as carried.
    fn judged(
        &self,
        lane: &'a AgentId,
        changes: &'a [Change],
        carried: &'a [Carried],
        taken_away: &'a BTreeMap<RepoPath, TakenAway>,
    ) -> Vec<LaneChange<'a>> {
        let whose = |change: &Change| {
            let with = carried.iter().filter(|carried| carried.paths.contains(&change.path));
            let lanes: BTreeSet<&AgentId> = with.map(|carried| &carried.lane).collect();
            let may_change = |other: &&&AgentId| self.contract.grants(other, &change.path);
            // Of several, one that may; and always the same one.
            lanes.iter().find(may_change).or(lanes.first()).map_or(lane, |other| *other)
        };
        let judged = |change| {
            let judged = self.lane_change(whose(change), change, Origin::Lane);
            let is_own = judged.lane == lane && !self.contract.grants(lane, &change.path);
            let since = taken_away.get(&change.path).filter(|_| is_own);
            LaneChange { taken_away: since, ..judged }
        };
        changes.iter().map(judged).collect()
    }

    /// The changes of other lanes that enter and may make them, where nothing is known of this one but that
    /// its own paths have arrived: they are those lanes' work.
    fn of_others(&self, entering: &Entering) -> BTreeSet<AsMade<'a>> {
        if entering.evidence != EntryEvidence::Landed {
            return BTreeSet::new();
        }
        let others = self.step().into_iter().flat_map(|step| &step.entering);
        let known = others.filter(|other| other.evidence != EntryEvidence::Landed);
        let theirs = known.flat_map(|other| {
            let may_make = |change: &&Change| self.contract.grants(&other.lane, &change.path);
            other.changes.iter().filter(may_make)
        });
        theirs.map(as_made).collect()
    }

    fn lane_change(&self, lane: &'a AgentId, change: &'a Change, origin: Origin) -> LaneChange<'a> {
        let permission = self.contract.permission(lane, &change.path);
        LaneChange { lane, change, permission, origin, taken_away: None }
    }

    /// What a step makes of the paths of the lanes that enter by it: of their own paths, of those where
    /// somebody resolved a conflict, and of those where an agent takes back earlier steps. Left out is
    /// what is judged already as the lane's work, because the step changes nothing about it.
    fn of_entering_lanes(&self, step: &'a TrunkStep) -> Vec<LaneChange<'a>> {
        let entering: BTreeSet<_> = step.entering.iter().map(|entering| &entering.lane).collect();
        if entering.is_empty() {
            return Vec::new();
        }
        let judged: BTreeSet<_> = self
            .lane_changes
            .iter()
            .map(|judged| (judged.lane, &judged.change.path, judged.change.old, judged.change.new))
            .collect();
        let by_path: BTreeMap<_, _> = step.changes.iter().map(|c| (&c.path, c)).collect();
        let own = step.changes.iter().filter_map(|change| {
            let lane = self.contract.own_lane(&change.path)?;
            step.unlanded.contains(lane).then_some((lane, change))
        });
        let resolved = step.conflicted.iter().filter_map(|(path, lane)| {
            let is_a_landing = self.landings_only() || step.lands.is_some();
            by_path.get(path).filter(|_| is_a_landing).map(|change| (lane, *change))
        });
        let given_back = step.unexplained.iter().filter_map(|path| {
            let lane = entering.iter().copied().find(|lane| self.contract.grants(lane, path))?;
            let by_agent = step.reverts && self.who.agent().is_some();
            by_path.get(path).filter(|_| by_agent).map(|change| (lane, *change))
        });
        own.chain(resolved)
            .chain(given_back)
            .filter(|(lane, _)| entering.contains(lane))
            .filter(|(lane, c)| !judged.contains(&(*lane, &c.path, c.old, c.new)))
            .map(|(lane, change)| self.lane_change(lane, change, Origin::Step))
            .collect()
    }

    /// The changes that are judged as the work of a lane: in full.
    pub fn lane_changes(&self) -> &[LaneChange<'a>] {
        &self.lane_changes
    }

    /// Whether the trunk has moved what a lane works on, and the contract its paths with it.
    pub fn has_moved(&self, lane: &AgentId) -> bool {
        let moved = |judged: &LaneChange<'_>| match judged.taken_away {
            Some(TakenAway::Moved) => true,
            Some(TakenAway::LeftBehind(left)) => !left.has_trunk,
            Some(TakenAway::InPlace) | None => false,
        };
        !self.is_withdrawn(lane)
            && self.lane_changes.iter().any(|judged| judged.lane == lane && moved(judged))
    }

    /// Whether the lane's work makes a directory of a file that this path is below.
    pub fn is_below_a_deleted_file(&self, path: &RepoPath) -> bool {
        let path = path.as_bytes();
        let mut slashes = path.iter().enumerate().filter(|(_, byte)| **byte == b'/');
        !self.deleted.is_empty() && slashes.any(|(at, _)| self.deleted.contains(&path[..at]))
    }

    /// The changes that have to keep to a mode, with the contract's line that grants it: the work
    /// of a lane, and what a step makes of the paths of a lane that enters by it.
    pub fn granted_in(&self, wanted: Mode) -> impl Iterator<Item = (&LaneChange<'a>, u32)> {
        self.lane_changes.iter().chain(&self.step_changes).filter_map(move |judged| {
            match judged.permission {
                Permission::Granted { mode, line } if mode == wanted => Some((judged, line)),
                _ => None,
            }
        })
    }

    /// The lane's work that is judged, when it is one lane's.
    pub fn lane_work(&self) -> Option<&'a LaneWork> {
        match &self.attempt.subject {
            Subject::Lane(work) => Some(work),
            _ => None,
        }
    }

    /// The trunk step that is judged, unless it is an amendment: that is judged as such, and by
    /// nothing else.
    pub fn step(&self) -> Option<&'a TrunkStep> {
        match &self.attempt.subject {
            Subject::TrunkStep(step) if step.amendment.is_none() => Some(step),
            _ => None,
        }
    }

    /// The amendment that is judged, with the step that makes it.
    pub fn amendment(&self) -> Option<(&'a TrunkStep, &'a Amendment)> {
        match &self.attempt.subject {
            Subject::TrunkStep(step) => step.amendment.as_ref().map(|a| (&**step, a)),
            _ => None,
        }
    }

    /// Whether the step is history, which somebody else has made.
    pub fn is_published(&self) -> bool {
        matches!(&self.attempt.subject, Subject::TrunkStep(step) if step.published)
    }

    /// The lanes whose work would reach the trunk.
    pub fn entering(&self) -> &'a [Entering] {
        self.step().map_or(&[], |step| &step.entering)
    }

    /// Whether a trunk step has to be a landing, a revert or an amendment: by the contract's
    /// policy, or because an agent makes it.
    pub fn landings_only(&self) -> bool {
        self.contract.policy().trunk_steps == TrunkSteps::LandingsOnly || self.who.agent().is_some()
    }

    /// Whether somebody acts who is the contract's integrator.
    pub fn by_integrator(&self) -> bool {
        self.who.agent().is_some_and(|agent| self.contract.integrator() == Some(agent))
    }

    /// The lane's branch; `None` for an agent that the contract does not have.
    pub fn lane_ref(&self, lane: &AgentId) -> Option<RefName> {
        self.contract.agent(lane).map(|agent| agent.reference())
    }

    /// The lane's branch for people, or the agent's name.
    pub fn lane_name(&self, lane: &AgentId) -> String {
        let branch = self.contract.agent(lane).map(|agent| &*agent.branch);
        crate::text::printable(branch.unwrap_or(lane.as_str()))
    }

    /// The trunk, for people.
    pub fn trunk_name(&self) -> String {
        match self.trunk_branch() {
            Some(branch) => crate::text::printable(&branch.short()),
            None => "the trunk".to_owned(),
        }
    }

    /// The branch that lanes land on, also where its upstream was read.
    pub fn trunk_branch(&self) -> Option<RefName> {
        let moved = match &self.attempt.subject {
            Subject::TrunkStep(_) | Subject::TrunkRewound { .. } => self.attempt.reference.as_ref(),
            _ => None,
        };
        let known = self.attempt.trunk.as_ref().or(moved)?;
        Some(match known.tracked() {
            Some((_, branch)) => RefName::new([b"refs/heads/", branch].concat()),
            None => known.clone(),
        })
    }

    /// The worktree, other than this one, that has a branch. Those of a server are not the pusher's.
    pub fn checked_out(&self, branch: &RefName) -> Option<&'a CheckedOut> {
        let step = self.step().filter(|_| !self.attempt.checkpoint.is_server())?;
        step.checked_out.get(branch)
    }

    /// Whether the contract says of an agent that it will never land.
    pub fn is_withdrawn(&self, lane: &AgentId) -> bool {
        self.contract.agent(lane).is_some_and(|agent| agent.withdrawn)
    }
}
