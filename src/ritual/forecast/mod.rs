//! `forecast`: what merging would bring, before anybody merges.
//!
//! Every lane with the trunk, every two lanes, and the contracted sequence as a whole. Git merges,
//! beside the repository (`aside`), what could meet; what could not is not merged, and counted.
//! Found are conflicts, and what merges cleanly and is broken all the same (`silent`, `symbols`).
//! Nothing is judged by the contract here, and nothing is written into the repository.

mod attributes;
mod comparisons;
mod effect;
mod pairs;
mod reading;
mod remade;
mod sequence;
mod silent;
mod symbols;

use std::collections::BTreeMap;
use std::thread;

use policy::name::AgentId;
use policy::oid::Oid;

use self::comparisons::{Comparisons, Wanted};
use self::reading::Reading;
use self::remade::Generated;
use super::elsewhere::{self, Elsewhere};
use super::run::{Lane, Run};
use super::{Done, Stopped};
use crate::repository::aside::{Aside, Drivers};
use crate::repository::merge_tree::{Merged, merge_all};

pub use self::attributes::Driver;
pub use self::pairs::{Looked, Outlook, Pair, Side};
pub use self::sequence::{Outcome, Step};
pub use self::silent::{Silent, What};
pub use self::symbols::Certainty;
pub use crate::repository::merge_tree::Conflict;

/// How many processes merge at the same time.
const PROCESSES: usize = 2;

/// What merging would bring.
pub struct Forecast {
    /// The trunk's short name. Foreign text.
    pub trunk: String,
    /// The commit of the trunk that counts.
    pub tip: Oid,
    /// The lanes that are still to land, in the order in which they do.
    pub lanes: Vec<Lane>,
    /// The others, with the reason why there is nothing to be expected of them.
    pub left_out: Others,
    /// What only a remote has of a lane.
    pub elsewhere: Vec<Elsewhere>,
    /// Every lane with the trunk, then every two lanes.
    pub pairs: Vec<Pair>,
    /// The contracted sequence.
    pub sequence: Vec<Step>,
    /// Paths that both sides of a pair change, and that are not merged as text by git itself.
    pub drivers: Vec<Driver>,
    /// How many files were too large, or too many, to look for symbols in them.
    pub unread: usize,
}

/// Why a lane is not forecast.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LeftOut {
    /// It has landed.
    Landed,
    /// It will never land.
    Withdrawn,
    /// Its branch does not exist.
    NoBranch,
    /// Its branch is at a remote alone.
    AtRemote,
    /// It has no commits of its own, or none that would change anything.
    NothingYet,
    /// It was merged, and all of it taken back.
    TakenBack,
}

impl Forecast {
    /// Whether anything is to be expected that has to be dealt with.
    pub fn is_bad(&self) -> bool {
        self.conflicts() || self.pairs.iter().any(|pair| pair.outlook() == Outlook::Silent)
    }

    /// Whether anything conflicts.
    pub fn conflicts(&self) -> bool {
        self.pairs.iter().any(|pair| pair.outlook() == Outlook::Conflict)
            || self.sequence.iter().any(|step| matches!(step.outcome, Outcome::Conflicts(_)))
    }

    /// How many pairs git has merged.
    pub fn merged(&self) -> usize {
        self.pairs.iter().filter(|pair| pair.looked == Looked::Merged).count()
    }

    /// The pair of two sides.
    pub fn pair(&self, one: Side, other: Side) -> Option<&Pair> {
        self.pairs.iter().find(|pair| {
            (pair.one, pair.other) == (one, other) || (pair.other, pair.one) == (one, other)
        })
    }
}

/// Merges everything that could meet.
///
/// # Errors
/// When a commit cannot be read, or git gives no answer.
pub fn forecast(run: &Run<'_>) -> Done<Forecast> {
    let (lanes, mut left_out) = open_lanes(run)?;
    let trunk = run.governing();
    let elsewhere = elsewhere::all(run, trunk)?;
    for (agent, reason) in &mut left_out {
        let is_alone = |one: &Elsewhere| one.agent == *agent && one.more.is_none();
        if elsewhere.iter().any(is_alone) {
            *reason = LeftOut::AtRemote;
        }
    }
    let tips: Vec<Oid> = lanes.iter().filter_map(|lane| lane.tip).collect();
    let compared = Comparisons::of(run, trunk, &tips)?;
    let aside = Aside::beside(run.view.place())?;
    let common = compared.common_paths();
    aside.attributes_of(run.view, trunk, &common, Drivers::Configured)?;
    if run.contract.merge().setup.is_none() {
        // Nothing brings them where lanes land, whatever is checked out here.
        aside.without_submodules()?;
    }

    let generated = Generated::of(&run.contract, &compared);
    let chains = compared.chains(trunk, &tips);
    let wanted = compared.wanted();
    // One process merges the pairs while the sequence is merged step by step, each in one of its own.
    let parts = split(&wanted, if chains.is_empty() { PROCESSES } else { PROCESSES - 1 });
    let (merged, landed, drivers, reading) = thread::scope(|scope| {
        let merging: Vec<_> = parts
            .iter()
            .map(|part| scope.spawn(|| Ok(merge_all(&aside, &tips_of(part))?)))
            .collect();
        let landing = scope.spawn(|| {
            let steps = chains.iter().map(|chain| chain.land(&aside, trunk, &generated));
            steps.collect::<Done<Vec<_>>>()
        });
        let drivers = scope.spawn(|| attributes::drivers(&aside, &common));
        // Meanwhile what needs no merge is looked at here.
        let reading = Reading::of(run, &compared);
        let merged: Done<Vec<Vec<Merged>>> = merging.into_iter().map(joined).collect();
        (merged, joined(landing), joined(drivers), reading)
    });
    let (merged, landed, drivers, reading) = (merged?, landed?, drivers?, reading?);
    let mut merged: BTreeMap<usize, Merged> = parts
        .iter()
        .zip(merged)
        .flat_map(|(part, merged)| part.iter().map(|(at, _)| *at).zip(merged))
        .collect();
    let mut pairs = compared.pairs(&mut merged, &generated);
    let sequence = in_order(&pairs[..tips.len()], landed);
    reading.silent(run, &compared, &mut pairs)?;
    for pair in &mut pairs {
        // What is made again uses what is there then.
        pair.silent.retain(|silent| !generated.has(&silent.path));
    }
    Ok(Forecast {
        trunk: run.trunk.name.clone(),
        tip: trunk,
        lanes,
        left_out,
        elsewhere,
        pairs,
        sequence,
        drivers,
        unread: reading.unread,
    })
}

fn joined<T>(thread: thread::ScopedJoinHandle<'_, Done<T>>) -> Done<T> {
    let ended = || Stopped::Refused("a thread that merges has ended before its time".to_owned());
    thread.join().unwrap_or_else(|_| Err(ended()))
}

/// Agents whose lanes are not forecast, and why.
pub type Others = Vec<(AgentId, LeftOut)>;

/// The lanes that are still to land and have something to land, in the order of the contract; and
/// the others.
fn open_lanes(run: &Run<'_>) -> Done<(Vec<Lane>, Others)> {
    let mut lanes = run.lanes()?;
    let order: Vec<&AgentId> = run.sequence().iter().map(|agent| &agent.id).collect();
    lanes.sort_by_key(|lane| order.iter().position(|id| **id == lane.agent).unwrap_or(usize::MAX));
    let mut left_out = Vec::new();
    let mut open = Vec::new();
    for lane in lanes {
        let is_withdrawn = run.contract.agent(&lane.agent).is_some_and(|agent| agent.withdrawn);
        let reason = match &lane {
            _ if is_withdrawn => LeftOut::Withdrawn,
            lane if !lane.is_open() => LeftOut::Landed,
            lane if lane.tip.is_none() => LeftOut::NoBranch,
            lane if lane.taken_back => LeftOut::TakenBack,
            lane if !lane.has_work => LeftOut::NothingYet,
            _ => {
                open.push(lane);
                continue;
            }
        };
        left_out.push((lane.agent, reason));
    }
    Ok((open, left_out))
}

fn split(wanted: &[Wanted], most: usize) -> Vec<Vec<Wanted>> {
    let most = most.min(wanted.len());
    let mut parts = vec![Vec::new(); most];
    for (at, one) in wanted.iter().enumerate() {
        parts[at % most].push(*one);
    }
    parts
}

fn tips_of(wanted: &[Wanted]) -> Vec<(Oid, Oid)> {
    wanted.iter().map(|(_, tips)| *tips).collect()
}

/// The whole sequence: lanes alone by their merge with the trunk, groups as they have landed.
fn in_order(with_trunk: &[Pair], landed: Vec<Vec<Step>>) -> Vec<Step> {
    let alone = with_trunk.iter().enumerate();
    let mut steps: Vec<Step> =
        alone.map(|(lane, pair)| Step { lane, outcome: outcome_alone(pair) }).collect();
    for step in landed.into_iter().flatten() {
        let lane = step.lane;
        steps[lane] = step;
    }
    steps
}

fn outcome_alone(pair: &Pair) -> Outcome {
    match pair {
        pair if pair.looked == Looked::Unrelated => Outcome::Unrelated,
        pair if pair.conflicts.is_empty() => Outcome::Clean,
        pair => Outcome::Conflicts(pair.conflicts.clone()),
    }
}
