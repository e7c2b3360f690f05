//! One lane of a status.

use std::collections::{BTreeMap, BTreeSet};

use policy::attempt::Stale;
use policy::contract::Agent;
use policy::name::AgentId;
use policy::oid::Oid;
use policy::verdict::{Note, Outcome, Severity, Undecided};

use super::desk::{self, Desk};
use crate::evidence::ground::Ground;
use crate::evidence::lane::landed::{Landing, Landings};
use crate::evidence::lane::net_effect::{NetEffect, net_effect};
use crate::evidence::lane::own::Lanes;
use crate::evidence::lane::size::Size;
use crate::evidence::lane_check::{LaneCheck, UNDONE_CONTRACT};
use crate::evidence::state::State;
use crate::evidence::tips::Tips;
use crate::evidence::{Known, Unknown};
use crate::report::Report;
use crate::ritual::elsewhere::Elsewhere;
use crate::ritual::run::{Run, awaited, step_of};
use crate::ritual::worktrees::{self, Busy};

/// A lane as it stands. What is not known is `None`, and `unknown` says why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LaneStatus {
    /// Whose.
    pub agent: AgentId,
    /// Its branch, short. Foreign text.
    pub branch: String,
    /// The step of the merge order in which it lands, from 1; `None` when the order does not say.
    pub step: Option<usize>,
    /// Where it is worked on.
    pub desk: Option<Desk>,
    /// Set while its branch is being made anew: it does not land meanwhile.
    pub busy: Option<Busy>,
    /// Where its branch is; `None` also when there is none.
    pub tip: Option<Oid>,
    /// How many own commits it has, as seen from the trunk.
    pub own: Option<usize>,
    /// What landing it would change.
    pub size: Option<Size>,
    /// How far it and the trunk are apart.
    pub distance: Option<Distance>,
    /// What `check --all` says of it.
    pub verdict: Verdict,
    /// Whether it has landed, and how that is known.
    pub landing: Option<Landing>,
    /// Whether it had landed, and a later step of the trunk took all of it back.
    pub taken_back: bool,
    /// Whether it has landed, and has changed shared paths since that the trunk does not have.
    pub has_more: bool,
    /// That it has undone a contract of its own, which a merge would bring along: it lands by a squash.
    pub undone_contract: Option<Note>,
    /// Set when it works under an old version of the contract.
    pub stale: Option<Stale>,
    /// When the newest of its commits was committed, in seconds since 1970. Foreign: it may lie.
    pub last: Option<i64>,
    /// The lanes before it that have not landed, where the order is not waived for it.
    pub waits_for: Option<Vec<AgentId>>,
    /// The lanes that wait for it.
    pub blocks: Vec<AgentId>,
    /// What could not be known.
    pub unknown: Vec<Undecided>,
}

/// How many commits a lane and the trunk have that the other has not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Distance {
    /// Commits of the lane that the trunk does not reach.
    pub ahead: usize,
    /// Commits of the trunk that the lane does not reach.
    pub behind: usize,
}

/// A verdict, counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verdict {
    /// In a word.
    pub outcome: Outcome,
    /// Violations that deny.
    pub errors: usize,
    /// Violations that do not.
    pub warnings: usize,
    /// What could not be known.
    pub undecided: usize,
}

/// Where a lane is, in a word: the one that says most about what can be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// It may land now.
    MayLand,
    /// A rule is broken.
    Denied,
    /// Something is not known that has to be.
    Undecided,
    /// It works under an old version of the contract.
    Stale,
    /// Others have to land before it.
    Waits,
    /// It has a branch, and nothing to land.
    Empty,
    /// It has no branch yet.
    NoBranch,
    /// It has landed.
    Landed,
    /// It will never land.
    Withdrawn,
}

impl LaneStatus {
    /// Whether its work is still to come, as far as is known.
    pub fn is_open(&self) -> bool {
        !self.landing.is_some_and(Landing::counts)
    }

    /// Whether landing it would change anything, as far as is known.
    fn has_work(&self) -> bool {
        self.own != Some(0) && self.size.is_none_or(|size| size.files > 0)
    }

    /// Whether no other lane has to land before it.
    pub fn has_its_turn(&self) -> bool {
        self.waits_for.as_ref().is_some_and(Vec::is_empty)
    }

    /// Whether nothing but what git is doing with its branch keeps it from landing.
    pub fn is_held_up(&self) -> bool {
        self.busy.is_some() && self.standing() == Standing::MayLand
    }

    /// Where it is, in a word.
    pub fn standing(&self) -> Standing {
        match (self.landing, self.verdict.outcome) {
            (Some(Landing::Withdrawn), _) => Standing::Withdrawn,
            (Some(landing), _) if landing.counts() => Standing::Landed,
            (_, Outcome::Denied) => Standing::Denied,
            (None, _) | (_, Outcome::Undecided) => Standing::Undecided,
            _ if self.tip.is_none() => Standing::NoBranch,
            _ if !self.has_work() => Standing::Empty,
            _ if self.stale.is_some() => Standing::Stale,
            _ if self.own.is_none() || self.waits_for.is_none() => Standing::Undecided,
            _ if self.has_its_turn() => Standing::MayLand,
            _ => Standing::Waits,
        }
    }
}

/// Lanes of which is not known what there is of them.
struct Unread {
    /// Those that cannot be read.
    broken: BTreeMap<AgentId, Unknown>,
    /// Those whose branches are at a remote alone: they have not landed, however it looks from here.
    alone: BTreeSet<AgentId>,
}

impl Unread {
    fn is_alone(&self, lane: &AgentId) -> bool {
        self.alone.contains(lane)
    }
}

/// All lanes, in the contract's order, with their verdicts and worktrees.
pub fn all<'v>(
    run: &Run<'v>,
    check: &LaneCheck<'_, 'v>,
    reports: &[Report],
    desks: &[Desk],
    alone: &[Elsewhere],
) -> Vec<LaneStatus> {
    let agents = run.contract.agents();
    let (tips, broken) = tips(run);
    // Of a branch that a remote is known to have, and that may be gone there, `check` says no more.
    let is_unseen = |report: &&Report| {
        let mut unknown = report.judgements.iter().flat_map(|part| &part.verdict.undecided);
        unknown.any(|one| one.code == "ref-missing")
    };
    let unseen = reports.iter().filter(is_unseen).filter_map(|report| report.agent.as_ref());
    let alone = alone.iter().map(|one| &one.agent).chain(unseen).cloned().collect();
    let unread = Unread { broken, alone };
    let mut found: Vec<LaneStatus> = match Lanes::new(&run.history, &run.contract, &tips) {
        Ok(lanes) => {
            let landings = Landings::new(&lanes, check.contracts);
            let ground = Ground {
                contracts: check.contracts,
                lanes: &lanes,
                landings: &landings,
                trunk: &run.tips,
            };
            agents.iter().map(|agent| look(run, &ground, &unread, agent)).collect()
        }
        Err(why) => {
            let unknown = |agent| LaneStatus { unknown: vec![said(&why)], ..begin(run, agent) };
            agents.iter().map(unknown).collect()
        }
    };
    for (lane, agent) in found.iter_mut().zip(agents) {
        lane.desk = desk::of(desks, agent).cloned();
        // A file of git's that cannot be read is what `land` tells.
        lane.busy = worktrees::made_anew(run.view.place(), &agent.reference()).unwrap_or_default();
        if let Some(report) = reports.iter().find(|report| report.agent.as_ref() == Some(&agent.id))
        {
            lane.verdict = Verdict::of(report);
            for one in report.judgements.iter().flat_map(|part| &part.verdict.undecided) {
                lane.remember(one.clone());
            }
            lane.undone_contract = report.note(UNDONE_CONTRACT).cloned();
        }
    }
    let waiting: Vec<(AgentId, Vec<AgentId>)> = found
        .iter()
        .filter(|lane| lane.is_open())
        .map(|lane| (lane.agent.clone(), lane.waits_for.clone().unwrap_or_default()))
        .collect();
    for lane in &mut found {
        let waits = waiting.iter().filter(|(_, waits_for)| waits_for.contains(&lane.agent));
        lane.blocks = waits.map(|(agent, _)| agent.clone()).collect();
    }
    found
}

/// Where the lanes are, and those of which that cannot be read: they are laid aside, so that of the
/// others is said what does not depend on them.
fn tips<'a, 'v>(run: &'a Run<'v>) -> (Tips<'a, 'v>, BTreeMap<AgentId, Unknown>) {
    let mut tips = Tips::new(&run.history, run.remote.clone());
    let mut broken = BTreeMap::new();
    for agent in run.contract.agents() {
        if let Err(unknown) = tips.tip(&agent.reference()) {
            tips.set(agent.reference(), None);
            broken.insert(agent.id.clone(), unknown);
        }
    }
    (tips, broken)
}

/// A lane of which nothing is known but what the contract says.
fn begin(run: &Run<'_>, agent: &Agent) -> LaneStatus {
    LaneStatus {
        agent: agent.id.clone(),
        branch: agent.branch.to_string(),
        step: step_of(&run.contract, &agent.id),
        desk: None,
        busy: None,
        tip: None,
        own: None,
        size: None,
        distance: None,
        verdict: Verdict { outcome: Outcome::Undecided, errors: 0, warnings: 0, undecided: 0 },
        landing: agent.withdrawn.then_some(Landing::Withdrawn),
        taken_back: false,
        has_more: false,
        undone_contract: None,
        stale: None,
        last: None,
        waits_for: None,
        blocks: Vec::new(),
        unknown: Vec::new(),
    }
}

fn look<'v>(run: &Run<'v>, ground: &Ground<'_, 'v>, unread: &Unread, agent: &Agent) -> LaneStatus {
    let lanes = ground.lanes;
    let mut lane = begin(run, agent);
    if let Some(why) = unread.broken.get(&agent.id) {
        lane.remember(said(why));
        return lane;
    }
    let Some(trunk) = lane.note(ground.trunk_state().map(Some)) else { return lane };
    lane.tip = lanes.tip(&agent.id);
    lane.landing = lane.note(ground.landings.of(agent, &trunk).map(Some)).or(lane.landing);
    lane.landing = lane.landing.filter(|_| !unread.is_alone(&agent.id));
    let taken_back = ground.landings.was_taken_back(agent, &trunk);
    lane.taken_back = lane.note(taken_back.map(Some)).unwrap_or_default();
    lane.waits_for = lane.note(waits_for(ground, unread, agent, &trunk).map(Some));
    let Some(tip) = lane.tip else {
        lane.own = Some(0);
        return lane;
    };
    // Which commits are whose can only be said where all lanes can be read.
    let own = lanes.own_commits(&agent.id, &run.tips);
    let own = lane.note(own.map(|own| unread.broken.is_empty().then_some(own)));
    lane.own = own.as_ref().map(|own| own.order.len());
    let effect = lane.note(effect(ground, tip).map(Some));
    if let Some(effect) = &effect {
        lane.size = lane.note(Size::of(&run.history, effect).map(Some));
    }
    if let (Some(effect), Some(Landing::Arrived)) = (effect, lane.landing) {
        let brings = ground.landings.brings_more(agent, &effect, &trunk);
        lane.has_more = lane.note(brings.map(Some)).unwrap_or_default();
    }
    lane.distance = lane.note(distance(run, tip).map(Some));
    lane.stale = lane.note(ground.stale(agent, &[tip]));
    // A tip without own commits is somebody else's commit, unless it has landed.
    let mut dated: Vec<Oid> = own.map(|own| own.order.clone()).unwrap_or_default();
    if dated.is_empty() && matches!(lane.landing, Some(Landing::Reachable | Landing::Arrived)) {
        dated.push(tip);
    }
    lane.last = lane.note(newest(run, &dated));
    lane
}

/// The lanes before it that have not landed; one that cannot be read has not, as far as is known.
fn waits_for(
    ground: &Ground<'_, '_>,
    unread: &Unread,
    agent: &Agent,
    trunk: &State,
) -> Known<Vec<AgentId>> {
    let mut waiting = Vec::new();
    for id in awaited(ground.contract(), &agent.id) {
        let Some(before) = ground.contract().agent(id) else { continue };
        let is_broken = unread.broken.contains_key(id) && !before.withdrawn;
        if is_broken || unread.is_alone(id) || !ground.landings.of(before, trunk)?.counts() {
            waiting.push(id.clone());
        }
    }
    Ok(waiting)
}

fn effect(ground: &Ground<'_, '_>, tip: Oid) -> Known<NetEffect> {
    let state = State::of_commit(ground.history(), tip)?;
    net_effect(ground.contracts, ground.trunk, &state, None)
}

/// Lanes that have parted from the trunk at the same place are as far behind it, so that the trunk is
/// walked once for all of them.
fn distance(run: &Run<'_>, tip: Oid) -> Known<Distance> {
    let ahead = run.history.walk(&[tip], &run.tips)?.order.len();
    let bases = run.history.merge_bases(&run.tips, &[tip])?;
    let behind = run.history.walk(&run.tips, &bases)?.order.len();
    Ok(Distance { ahead, behind })
}

fn newest(run: &Run<'_>, commits: &[Oid]) -> Known<Option<i64>> {
    let mut newest = None;
    for commit in commits {
        newest = newest.max(Some(run.history.commit(*commit)?.time));
    }
    Ok(newest)
}

fn said(unknown: &Unknown) -> Undecided {
    unknown.clone().into_undecided()
}

impl LaneStatus {
    /// An answer, or nothing and the reason.
    fn note<T>(&mut self, answer: Known<Option<T>>) -> Option<T> {
        answer.unwrap_or_else(|unknown| {
            self.remember(said(&unknown));
            None
        })
    }

    fn remember(&mut self, reason: Undecided) {
        if !self.unknown.iter().any(|known| known.message == reason.message) {
            self.unknown.push(reason);
        }
    }
}

impl Verdict {
    fn of(report: &Report) -> Self {
        let parts = || report.judgements.iter().map(|part| &part.verdict);
        let weighing = |weight: Severity| {
            let violations = parts().flat_map(|verdict| &verdict.violations);
            violations.filter(|violation| violation.severity == weight).count()
        };
        Self {
            outcome: report.outcome(),
            errors: weighing(Severity::Error),
            warnings: weighing(Severity::Warning),
            undecided: parts().map(|verdict| verdict.undecided.len()).sum(),
        }
    }
}
