//! One piece of work under the contract: which lane it would have been, and what the rules say.
//!
//! Evidence collects the facts as at any checkpoint, and `policy::decide` judges them. Of all lanes
//! only the one that is judged has a branch here: where the others stand today says nothing of the
//! day when it landed.

use std::collections::BTreeMap;

use policy::attempt::{
    Actor, Attempt, Checkpoint, LaneState, LaneWork, LocalIdentity, Subject, TrunkStep,
};
use policy::change::{Change, ChangeKind, Lines};
use policy::contract::{Agent, ContractFile};
use policy::name::AgentId;
use policy::path::RepoPath;
use policy::verdict::Verdict;

use super::works::Raw;
use super::{Finding, Place, Recognised, Whose, Work};
use crate::evidence::Known;
use crate::evidence::contract::Contracts;
use crate::evidence::facts::Facts;
use crate::evidence::lane::net_effect::{NetEffect, NetPath, net_effect};
use crate::evidence::lane::own::Lanes;
use crate::evidence::merge::Version;
use crate::evidence::state::State;
use crate::evidence::tips::Tips;
use crate::ritual::Done;
use crate::ritual::run::Run;

/// Judges work.
pub struct Judge<'r, 'v> {
    run: &'r Run<'v>,
    pub(super) contracts: Contracts<'r, 'v>,
}

impl<'r, 'v> Judge<'r, 'v> {
    /// Nothing has been judged yet.
    pub fn new(run: &'r Run<'v>) -> Done<Self> {
        Ok(Self { run, contracts: Contracts::new(&run.history, &run.trunk)? })
    }

    /// Judges one piece of work; gives the paths that it changes beside.
    pub fn work(&mut self, raw: &Raw) -> Done<(Work, Vec<RepoPath>)> {
        let mut work = Work {
            place: raw.place.clone(),
            branch: raw.branch.clone(),
            tip: raw.tip,
            lane: None,
            paths: 0,
            own_of: BTreeMap::new(),
            findings: Vec::new(),
            undecided: None,
        };
        let paths = match self.judged(raw, &mut work) {
            Ok(paths) => paths,
            Err(unknown) => {
                work.undecided = Some(unknown.into_undecided());
                Vec::new()
            }
        };
        Ok((work, paths))
    }

    fn judged(&self, raw: &Raw, work: &mut Work) -> Known<Vec<RepoPath>> {
        let state = State::of_commit(&self.run.history, raw.tip)?;
        let net = net_effect(&self.contracts, &raw.seen_from, &state, None)?;
        let paths: Vec<RepoPath> = net.paths.iter().map(|path| path.path.clone()).collect();
        for lane in paths.iter().filter_map(|path| self.run.contract.own_lane(path)) {
            *work.own_of.entry(lane.clone()).or_default() += 1;
        }
        work.paths = paths.len();
        if raw.seen_from.is_empty() {
            return Ok(Vec::new()); // What was there when everything began is nobody's work.
        }
        work.lane = self.whose(raw, &paths, &work.own_of);
        let lane = work.lane.as_ref().and_then(|lane| self.run.contract.agent(&lane.agent));
        let verdict = match (lane, &raw.place) {
            (Some(agent), _) => self.as_lane(agent, raw, &state, &net)?,
            (None, Place::Step(_)) => self.as_step(raw, &net),
            (None, _) => self.as_unlisted(raw)?,
        };
        let findings = |violation| Finding { violation, fate: None };
        work.findings = verdict.violations.into_iter().map(findings).collect();
        work.undecided = verdict.undecided.into_iter().next();
        Ok(paths)
    }

    /// The lane that the branch is by its name; else the one of whose own paths are more than half of
    /// what is changed, what all may change aside.
    fn whose(
        &self,
        raw: &Raw,
        paths: &[RepoPath],
        own_of: &BTreeMap<AgentId, usize>,
    ) -> Option<Whose> {
        let contract = &self.run.contract;
        let named = raw
            .branch
            .as_deref()
            .and_then(|branch| contract.agents().iter().find(|agent| *agent.branch == *branch));
        if let Some(agent) = named {
            return Some(Whose { agent: agent.id.clone(), by: Recognised::Branch });
        }
        let is_anybodys =
            |path: &&RepoPath| ContractFile::of_path(path).is_some() || contract.is_generated(path);
        let counted = paths.len() - paths.iter().filter(is_anybodys).count();
        let most = own_of.iter().find(|(_, count)| **count * 2 > counted);
        most.map(|(agent, _)| Whose { agent: agent.clone(), by: Recognised::Paths })
    }

    fn as_lane(&self, agent: &Agent, raw: &Raw, state: &State, net: &NetEffect) -> Known<Verdict> {
        let mut tips = Tips::new(&self.run.history, None);
        for lane in self.run.contract.agents() {
            tips.set(lane.reference(), (lane.id == agent.id).then_some(raw.tip));
        }
        let lanes = Lanes::new(&self.run.history, &self.run.contract, &tips)?;
        let facts = Facts { lanes: &lanes, state, trunk: &raw.seen_from };
        let changes = facts.of_lane(&agent.id, net, &[])?;
        let state = LaneState { changes, ..LaneState::default() };
        let lane = agent.id.clone();
        let work = LaneWork {
            lane,
            moves: false,
            follows_landing: false,
            with_trunk: false,
            state,
            before: None,
        };
        Ok(self.decide(Some(raw), Subject::Lane(Box::new(work))))
    }

    /// A commit of the trunk's own that fits no lane. Nobody knows which lanes had landed by then,
    /// so it is judged as if none had.
    fn as_step(&self, raw: &Raw, net: &NetEffect) -> Verdict {
        let contract = &self.run.contract;
        let is_judged = |path: &RepoPath| ContractFile::of_path(path).is_none();
        let paths = net.paths.iter().filter(|path| is_judged(&path.path));
        let old = |path: &NetPath| match path.trunk.first() {
            Some(Some(Version::Entry(entry))) => Some(*entry),
            _ => None,
        };
        let changes: Vec<Change> = paths
            .map(|path| Change {
                path: path.path.clone(),
                kind: ChangeKind::between(old(path), path.new).unwrap_or(ChangeKind::Modified),
                old: old(path),
                new: path.new,
                lines: Lines::NotRead,
                hazards: Vec::new(),
                commit: raw.place.landed_by().cloned(),
                came_by_merge: false,
                undo_from: None,
            })
            .collect();
        if changes.is_empty() {
            return Verdict::default(); // An amendment, or nothing at all.
        }
        let agents = contract.agents().iter().filter(|agent| !agent.withdrawn);
        let step = TrunkStep {
            from: raw.seen_from.first().copied(),
            to: raw.place.landed_by().cloned(),
            unexplained: changes.iter().map(|change| change.path.clone()).collect(),
            changes,
            unlanded: agents.map(|agent| agent.id.clone()).collect(),
            ..empty_step()
        };
        self.decide(Some(raw), Subject::TrunkStep(Box::new(step)))
    }

    fn as_unlisted(&self, raw: &Raw) -> Known<Verdict> {
        let tip = Some(self.run.history.named(raw.tip)?);
        Ok(self.decide(Some(raw), Subject::UnlistedBranch { tip }))
    }

    fn decide(&self, raw: Option<&Raw>, subject: Subject) -> Verdict {
        decide(self.run, raw.and_then(|raw| raw.branch.as_deref()), subject)
    }
}

pub(super) fn decide(run: &Run<'_>, branch: Option<&str>, subject: Subject) -> Verdict {
    let attempt = Attempt {
        checkpoint: Checkpoint::Check,
        actor: Actor::Local(LocalIdentity::default()),
        reference: branch.map(policy::name::RefName::branch),
        trunk: Some(run.trunk.reference.clone()),
        subject,
    };
    policy::decide(&run.contract, &attempt)
}

pub(super) fn empty_step() -> TrunkStep {
    TrunkStep {
        from: None,
        to: None,
        changes: Vec::new(),
        amendment: None,
        entering: Vec::new(),
        unlanded: std::collections::BTreeSet::new(),
        unexplained: std::collections::BTreeSet::new(),
        conflicted: Vec::new(),
        followed: BTreeMap::new(),
        lands: None,
        reverts: false,
        joins: false,
        foreign_contract: None,
        published: false,
        tracked: BTreeMap::new(),
        checked_out: BTreeMap::new(),
    }
}
