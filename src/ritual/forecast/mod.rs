//! `forecast`: what merging would bring, before anybody merges.
//!
//! Every lane with the trunk, every two lanes, and the contracted sequence as a whole. Git merges,
//! beside the repository (`aside`), what could meet; what could not is not merged, and counted.
//! Found are conflicts, and what merges cleanly and is broken all the same (`silent`, `symbols`).
//! Nothing is judged by the contract here, and nothing is written into the repository.

mod aside;
mod attributes;
mod effect;
mod merge_tree;
mod pairs;
mod sequence;
mod silent;
mod symbols;

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::thread;

use policy::name::AgentId;
use policy::oid::Oid;
use policy::path::RepoPath;

use self::aside::Aside;
use self::effect::Effect;
use self::merge_tree::{Merged, merge_all};
use self::pairs::{Compared, own_conflicts};
use self::sequence::{Landed, groups, land};
use self::silent::between;
use self::symbols::{Gone, Places, Texts};
use super::run::{Lane, Run};
use super::{Done, Stopped};
use crate::system::environment::Environment;

pub use self::attributes::Driver;
pub use self::merge_tree::Conflict;
pub use self::pairs::{Looked, Outlook, Pair, Side};
pub use self::sequence::{Outcome, Step};
pub use self::silent::{Silent, What};
pub use self::symbols::Certainty;

/// How many processes merge at the same time.
const PROCESSES: usize = 2;

/// How much of what all lanes change is read to look for symbols, in bytes, before and after.
const MOST_TEXT: u64 = 256 << 20;
/// The same of the trunk, since one lane parted from it.
const MOST_TRUNK_TEXT: u64 = 64 << 20;

/// What merging would bring.
pub struct Forecast {
    /// The trunk's short name. Foreign text.
    pub trunk: String,
    /// The commit of the trunk that counts.
    pub tip: Oid,
    /// The lanes that are still to land, in the order in which they do.
    pub lanes: Vec<Lane>,
    /// The others, with the reason why there is nothing to be expected of them.
    pub left_out: Vec<(AgentId, LeftOut)>,
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
    /// It has no commits of its own.
    NothingYet,
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
pub fn forecast(run: &Run<'_>, environment: &Environment) -> Done<Forecast> {
    let (lanes, left_out) = open_lanes(run)?;
    let trunk = run.governing();
    let tips: Vec<Oid> = lanes.iter().filter_map(|lane| lane.tip).collect();
    let compared = Comparisons::of(run, trunk, &tips)?;
    let aside = Aside::beside(run.view.place(), environment)?;
    let common = compared.common_paths();
    attributes::put(&aside, &run.history, trunk, &common)?;

    let groups = compared.groups(tips.len());
    let wanted = compared.wanted(&groups);
    let halves = split(&wanted);
    let (merged, looked) = thread::scope(|scope| {
        let merging: Vec<_> = halves
            .iter()
            .map(|half| {
                scope.spawn(|| {
                    merge_all(&aside, &half.iter().map(|(_, tips)| *tips).collect::<Vec<_>>())
                })
            })
            .collect();
        // Meanwhile what needs no merge is looked at here.
        let looked = Reading::of(run, &compared);
        let merged: Done<Vec<Vec<Merged>>> =
            merging.into_iter().map(|half| half.join().unwrap_or_else(|_| Err(ended()))).collect();
        (merged, looked)
    });
    let (merged, reading) = (merged?, looked?);
    let mut merged: BTreeMap<usize, Merged> = halves
        .iter()
        .zip(merged)
        .flat_map(|(half, merged)| half.iter().map(|(at, _)| *at).zip(merged))
        .collect();
    let trees: BTreeMap<usize, Oid> =
        merged.iter().map(|(at, merged)| (*at, merged.tree)).collect();
    let mut pairs = compared.pairs(&mut merged);
    let sequence = land_all(&aside, trunk, &tips, &compared, &groups, &trees, &pairs)?;
    reading.silent(run, &compared, &mut pairs)?;
    let drivers = attributes::drivers(&aside, &common)?;
    Ok(Forecast {
        trunk: run.trunk.name.clone(),
        tip: trunk,
        lanes,
        left_out,
        pairs,
        sequence,
        drivers,
        unread: reading.unread,
    })
}

fn ended() -> Stopped {
    Stopped::Refused("a thread that merges has ended before its time".to_owned())
}

/// The lanes that are still to land and have something to land, in the order of the contract; and
/// the others.
fn open_lanes(run: &Run<'_>) -> Done<(Vec<Lane>, Vec<(AgentId, LeftOut)>)> {
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
            lane if lane.own.is_empty() => LeftOut::NothingYet,
            _ => {
                open.push(lane);
                continue;
            }
        };
        left_out.push((lane.agent, reason));
    }
    Ok((open, left_out))
}

/// A pair to be merged: its place among all pairs, and the commits.
type Wanted = (usize, (Oid, Oid));

fn split(wanted: &[Wanted]) -> Vec<Vec<Wanted>> {
    let mut parts = vec![Vec::new(); PROCESSES.min(wanted.len())];
    for (at, one) in wanted.iter().enumerate() {
        parts[at % PROCESSES].push(*one);
    }
    parts
}

/// Every two sides, compared: lanes with the trunk first, then lanes with each other.
struct Comparisons {
    sides: Vec<(Side, Side)>,
    compared: Vec<Compared>,
    may_meet: Vec<bool>,
}

impl Comparisons {
    fn of(run: &Run<'_>, trunk: Oid, tips: &[Oid]) -> Done<Self> {
        let mut found = Self { sides: Vec::new(), compared: Vec::new(), may_meet: Vec::new() };
        for (lane, tip) in tips.iter().enumerate() {
            let compared = Compared::with_trunk(&run.history, trunk, *tip)?;
            found.push(run, (Side::Trunk, Side::Lane(lane)), compared)?;
        }
        for (other, theirs) in tips.iter().enumerate() {
            for (one, ours) in tips.iter().enumerate().take(other) {
                let own = |lane: usize| &found.compared[lane].effects.1;
                let (one_own, other_own) = ((*ours, own(one)), (*theirs, own(other)));
                let compared = Compared::of_lanes(&run.history, trunk, one_own, other_own)?;
                found.push(run, (Side::Lane(one), Side::Lane(other)), compared)?;
            }
        }
        Ok(found)
    }

    fn push(&mut self, run: &Run<'_>, sides: (Side, Side), compared: Compared) -> Done<()> {
        self.may_meet.push(compared.may_meet(&run.history)?);
        self.sides.push(sides);
        self.compared.push(compared);
        Ok(())
    }

    /// The place of two lanes' pair among all pairs.
    fn place(&self, lanes: usize, one: usize, other: usize) -> usize {
        let (one, other) = (one.min(other), one.max(other));
        lanes + other * (other - 1) / 2 + one
    }

    /// The paths that both sides of any pair change.
    fn common_paths(&self) -> BTreeSet<RepoPath> {
        let meeting = self.compared.iter().zip(&self.may_meet).filter(|(_, meet)| **meet);
        let common = meeting.flat_map(|(compared, _)| {
            let (one, other) = &compared.effects;
            one.paths.keys().filter(|path| other.paths.contains_key(*path))
        });
        common.cloned().collect()
    }

    /// The lanes that can meet each other, in groups.
    fn groups(&self, lanes: usize) -> Vec<Vec<usize>> {
        let order: Vec<usize> = (0..lanes).collect();
        groups(&order, |one, other| {
            let place = self.place(lanes, one, other);
            // One that holds another lane stands on what that one brings.
            self.may_meet[place] || self.compared[place].is_nested
        })
    }

    /// The pairs that git has to merge: those that can meet; and for the sequence the first lane of
    /// each group with a trunk that has gone on.
    fn wanted(&self, groups: &[Vec<usize>]) -> Vec<Wanted> {
        let is_first = |at: usize| groups.iter().any(|group| group.first() == Some(&at));
        let is_wanted = |at: usize| {
            let compared = &self.compared[at];
            let for_sequence = self.sides[at].0 == Side::Trunk && is_first(at);
            self.may_meet[at] || (for_sequence && !compared.is_nested && !compared.is_unrelated)
        };
        let places = (0..self.sides.len()).filter(|at| is_wanted(*at));
        places.map(|at| (at, self.compared[at].tips)).collect()
    }

    /// What merging them has given.
    fn pairs(&self, merged: &mut BTreeMap<usize, Merged>) -> Vec<Pair> {
        let mut pairs: Vec<Pair> = Vec::with_capacity(self.sides.len());
        for (at, (one, other)) in self.sides.iter().enumerate() {
            let compared = &self.compared[at];
            let (looked, conflicts) = match merged.remove(&at) {
                _ if compared.is_unrelated => (Looked::Unrelated, Vec::new()),
                None => (Looked::Apart, Vec::new()),
                Some(merged) => {
                    let conflicts = match (one, other) {
                        (Side::Lane(one), Side::Lane(other)) => {
                            own_conflicts(merged, compared, [&pairs[*one], &pairs[*other]])
                        }
                        _ => merged.conflicts,
                    };
                    (Looked::Merged, conflicts)
                }
            };
            pairs.push(Pair { one: *one, other: *other, looked, conflicts, silent: Vec::new() });
        }
        pairs
    }
}

/// The whole sequence: lanes alone by their merge with the trunk, groups one after another.
fn land_all(
    aside: &Aside,
    trunk: Oid,
    tips: &[Oid],
    compared: &Comparisons,
    groups: &[Vec<usize>],
    trees: &BTreeMap<usize, Oid>,
    pairs: &[Pair],
) -> Done<Vec<Step>> {
    let alone = |lane: usize| match &pairs[lane] {
        pair if pair.looked == Looked::Unrelated => Outcome::Unrelated,
        pair if pair.conflicts.is_empty() => Outcome::Clean,
        pair => Outcome::Conflicts(pair.conflicts.clone()),
    };
    let mut steps: Vec<Step> =
        (0..tips.len()).map(|lane| Step { lane, outcome: alone(lane) }).collect();
    let mut chains = Vec::new();
    for group in groups {
        let Some((first, rest)) = group.split_first() else { continue };
        if steps[*first].outcome != Outcome::Clean {
            for lane in rest {
                steps[*lane].outcome = Outcome::Behind { lane: *first };
            }
            continue;
        }
        let landed = match trees.get(first) {
            Some(tree) => Landed::Tree(*tree),
            // It holds the trunk, or is held by it.
            None if compared.compared[*first].effects.1.paths.is_empty() => Landed::Commit(trunk),
            None => Landed::Commit(tips[*first]),
        };
        let lanes: Vec<(usize, Oid)> = group.iter().map(|lane| (*lane, tips[*lane])).collect();
        chains.push((landed, lanes));
    }
    let landed: Vec<Done<Vec<Step>>> = thread::scope(|scope| {
        let share = chains.len().div_ceil(PROCESSES).max(1);
        let landing: Vec<_> = chains
            .chunks(share)
            .map(|chains| {
                scope.spawn(|| {
                    let steps: Done<Vec<Vec<Step>>> = chains
                        .iter()
                        .map(|(landed, lanes)| land(aside, trunk, *landed, lanes))
                        .collect();
                    steps.map(|steps| steps.concat())
                })
            })
            .collect();
        landing.into_iter().map(|one| one.join().unwrap_or_else(|_| Err(ended()))).collect()
    });
    for step in landed.into_iter().collect::<Done<Vec<_>>>()?.into_iter().flatten() {
        let lane = step.lane;
        steps[lane] = step;
    }
    Ok(steps)
}

/// What the lanes change, read to look for what is silent.
struct Reading {
    texts: Vec<Texts>,
    gone: Vec<Vec<Gone>>,
    unread: usize,
}

impl Reading {
    fn of(run: &Run<'_>, compared: &Comparisons) -> Done<Self> {
        let mut left = MOST_TEXT;
        let mut texts = Vec::new();
        for (at, _) in compared.sides.iter().enumerate().filter(|(_, sides)| sides.0 == Side::Trunk)
        {
            texts.push(Texts::of(&run.history, &compared.compared[at].effects.1, &mut left)?);
        }
        let gone = texts.iter().map(Texts::gone).collect();
        let unread = texts.iter().map(|texts| texts.unread).sum();
        Ok(Self { texts, gone, unread })
    }

    /// Fills in what is silent, of every pair.
    fn silent(&self, run: &Run<'_>, compared: &Comparisons, pairs: &mut [Pair]) -> Done<()> {
        let wanted: HashSet<String> = names(self.gone.iter().flatten());
        let lanes = self.texts.len();
        let mut by_bases: BTreeMap<&[Oid], Vec<usize>> = BTreeMap::new();
        for at in 0..lanes {
            by_bases.entry(&compared.compared[at].bases).or_default().push(at);
        }
        for places in by_bases.values() {
            self.silent_with_trunk(run, compared, places, &wanted, pairs)?;
        }
        let places: Vec<Places<'_>> =
            self.texts.iter().map(|texts| texts.places(&wanted)).collect();
        for at in lanes..pairs.len() {
            let (Side::Lane(one), Side::Lane(other)) = compared.sides[at] else { continue };
            let compared = &compared.compared[at];
            let ours = self.looked(one, &compared.effects.0, &places[one]);
            let theirs = self.looked(other, &compared.effects.1, &places[other]);
            silent_of(run, compared, &mut pairs[at], ours, theirs)?;
        }
        Ok(())
    }

    /// Those of lanes that have parted from the trunk at one place.
    fn silent_with_trunk(
        &self,
        run: &Run<'_>,
        compared: &Comparisons,
        lanes: &[usize],
        wanted: &HashSet<String>,
        pairs: &mut [Pair],
    ) -> Done<()> {
        let Some(first) = lanes.first() else { return Ok(()) };
        let effect = &compared.compared[*first].effects.0;
        let texts = Texts::of(&run.history, effect, &mut { MOST_TRUNK_TEXT })?;
        let gone = texts.gone();
        let (taken, places) = (names(gone.iter()), texts.places(wanted));
        for lane in lanes {
            let compared = &compared.compared[*lane];
            let trunk = silent::Looked {
                side: Side::Trunk,
                effect,
                texts: &texts,
                gone: &gone,
                places: &places,
            };
            let own = self.texts[*lane].places(&taken);
            let looked = self.looked(*lane, &compared.effects.1, &own);
            silent_of(run, compared, &mut pairs[*lane], trunk, looked)?;
        }
        Ok(())
    }

    fn looked<'a>(
        &'a self,
        lane: usize,
        effect: &'a Effect,
        places: &'a Places<'a>,
    ) -> silent::Looked<'a> {
        let (texts, gone) = (&self.texts[lane], &self.gone[lane]);
        silent::Looked { side: Side::Lane(lane), effect, texts, gone, places }
    }
}

/// Fills in what is silent of one pair; of two sides of which one holds the other, nothing is.
fn silent_of(
    run: &Run<'_>,
    compared: &Compared,
    pair: &mut Pair,
    one: silent::Looked<'_>,
    other: silent::Looked<'_>,
) -> Done<()> {
    if compared.is_nested || compared.is_unrelated {
        return Ok(());
    }
    let mut found = between(&run.history, one, other, &|path| pair.conflicts_at(path))?;
    found.retain(|silent| is_of_pair(silent, pair.one, one.effect, other.effect));
    pair.silent = found;
    Ok(())
}

/// Whether both places of a finding are what the two sides have changed since they parted.
fn is_of_pair(silent: &Silent, first: Side, one: &Effect, other: &Effect) -> bool {
    let (mine, others) = if silent.whose == first { (one, other) } else { (other, one) };
    mine.paths.contains_key(&silent.path) && others.paths.contains_key(&silent.other_path)
}

fn names<'g>(gone: impl Iterator<Item = &'g Gone>) -> HashSet<String> {
    gone.map(|gone| gone.name.clone()).collect()
}
