//! The merge order over work that history holds: which lane landed while one before it was under way.
//!
//! A merge keeps the commits that it brought, with their times. A squash or a rebase does not: there
//! the lane's branch tells, as long as it is here. A lane is out of order where another had begun by
//! then and had not landed; what cannot be known refuses nothing, and is counted.

use std::collections::{BTreeMap, BTreeSet};

use policy::attempt::{Entering, EntryEvidence, Subject, TrunkStep};
use policy::change::CommitRef;
use policy::name::AgentId;
use policy::oid::Oid;

use super::judged::{decide, empty_step};
use super::works::{Collected, Raw};
use super::{Finding, Place, Work};
use crate::evidence::Known;
use crate::evidence::contract::Contracts;
use crate::evidence::lane::landed::Landings;
use crate::evidence::lane::net_effect::has_net_effect;
use crate::evidence::lane::own::Lanes;
use crate::evidence::state::State;
use crate::evidence::tips::Tips;
use crate::repository::Read;
use crate::ritual::Done;
use crate::ritual::run::Run;

/// Work of a lane that was still to come.
struct Source {
    /// When its first commit was made, as far as it is known: in a rebase they are all made again.
    began: i64,
    /// Its commits with their times, children before parents.
    commits: Vec<(Oid, i64)>,
}

impl Source {
    /// The commits that a tip has and others do not.
    fn of(run: &Run<'_>, tip: Oid, seen_from: &[Oid]) -> Read<Self> {
        let header = run.history.commit(tip)?;
        // Most work of a long trunk is one commit on the one before it.
        if header.parents == seen_from {
            return Ok(Self { began: header.time, commits: vec![(tip, header.time)] });
        }
        let mut commits = Vec::new();
        for commit in &run.history.walk(&[tip], seen_from)?.order {
            commits.push((*commit, run.history.commit(*commit)?.time));
        }
        let began = commits.iter().map(|(_, time)| *time).min().unwrap_or(i64::MAX);
        Ok(Self { began, commits })
    }

    /// Where it stood before a time.
    fn before(&self, time: i64) -> Option<(Oid, i64)> {
        self.commits.iter().find(|(_, made)| *made < time).copied()
    }
}

/// What came later of a lane, seen from a landing.
#[derive(Default)]
struct Later {
    sources: Vec<Source>,
    /// Whether some of it was squashed or rebased onto the trunk, where it has other commits.
    squashed: bool,
}

/// A lane's branch that is here.
struct Branch {
    source: Source,
    /// Whether nothing was committed to it in the period.
    is_older: bool,
}

/// Adds what the merge order says, where lanes were recognised: a lane landed while work of one that
/// lands before it had begun and was still to come. What had not begun then is a later run's. Gives
/// the number of landings of which that is not known.
pub fn out_of_order(
    run: &Run<'_>,
    contracts: &Contracts<'_, '_>,
    collected: &Collected,
    works: &mut [Work],
) -> Done<usize> {
    if run.contract.order().is_empty() {
        return Ok(0);
    }
    let mut tips = Tips::new(&run.history, None);
    for lane in run.contract.agents() {
        tips.set(lane.reference(), None);
    }
    let lanes = Lanes::new(&run.history, &run.contract, &tips)?;
    let landings = Landings::new(&lanes, contracts);
    let mut order = Order {
        run,
        contracts,
        landings,
        branches: branches(run, collected)?,
        squashes: squashes(&collected.works, works),
        later: BTreeMap::new(),
    };
    let mut unknown = 0;
    // Newest first, so that of each landing it is known what came later.
    for at in (0..works.len()).rev() {
        let Some(lane) = works[at].lane.as_ref().map(|lane| lane.agent.clone()) else { continue };
        if works[at].paths == 0 {
            continue;
        }
        let raw = &collected.works[at];
        if let Some(landed_by) = raw.place.landed_by().cloned() {
            let (waits_for, is_unknown) = order.awaited(&lane, at, raw);
            unknown += usize::from(is_unknown && waits_for.is_empty());
            if !waits_for.is_empty() {
                let found = refused(run, raw, lane.clone(), landed_by, waits_for);
                works[at].findings.extend(found);
            }
        }
        let source = Source::of(run, raw.tip, &raw.seen_from)?;
        let later = order.later.entry(lane).or_default();
        later.squashed |= matches!(raw.place, Place::Step(_));
        later.sources.push(source);
    }
    Ok(unknown)
}

struct Order<'a, 'v> {
    run: &'a Run<'v>,
    contracts: &'a Contracts<'a, 'v>,
    landings: Landings<'a, 'v>,
    branches: BTreeMap<AgentId, Vec<Branch>>,
    squashes: BTreeMap<AgentId, Vec<(usize, i64)>>,
    later: BTreeMap<AgentId, Later>,
}

impl Order<'_, '_> {
    /// The lanes before one that had begun when it landed, and had not landed; and whether of some
    /// that is not known.
    fn awaited(&self, lane: &AgentId, at: usize, raw: &Raw) -> (Vec<AgentId>, bool) {
        let (mut awaited, mut is_unknown) = (Vec::new(), false);
        for before in self.run.contract.before(lane) {
            let later = self.later.get(before);
            let here = self.branches.get(before).map(Vec::as_slice).unwrap_or_default();
            // A branch of long ago, of which nothing landed either, is another run's.
            let here = here.iter().filter(|branch| !branch.is_older || later.is_some());
            let sources = later.into_iter().flat_map(|later| &later.sources);
            let sources = sources.chain(here.clone().map(|branch| &branch.source));
            let (mut had_begun, mut cannot_be_read) = (false, false);
            for source in sources.filter(|source| source.began < raw.time) {
                match self.was_missing(before, source, at, raw) {
                    Ok(was_missing) => had_begun |= was_missing,
                    Err(_) => cannot_be_read = true,
                }
                if had_begun {
                    break;
                }
            }
            if had_begun {
                awaited.push(before.clone());
                continue;
            }
            let is_gone = here.count() == 0 && later.is_some_and(|later| later.squashed);
            is_unknown |= is_gone || cannot_be_read;
        }
        (awaited, is_unknown)
    }

    /// Whether a lane, as it stood just before a landing, was not on the trunk after it.
    fn was_missing(&self, lane: &AgentId, source: &Source, at: usize, raw: &Raw) -> Known<bool> {
        let (Some((tip, made)), Some(agent), Some(landed_by)) =
            (source.before(raw.time), self.run.contract.agent(lane), raw.place.landed_by())
        else {
            return Ok(false);
        };
        // What was squashed since that was made may have taken it along, in whatever shape.
        let took = |(place, time): &(usize, i64)| *place < at && *time >= made;
        if self.squashes.get(lane).is_some_and(|squashes| squashes.iter().any(took)) {
            return Ok(false);
        }
        let trunk = State::of_commit(&self.run.history, landed_by.id)?;
        let stood = State::of_commit(&self.run.history, tip)?;
        Ok(has_net_effect(self.contracts, &[landed_by.id], &stood)?
            && !self.landings.had_landed(agent, tip, &trunk)?)
    }
}

/// The branches of the lanes that are here, with what the trunk does not have of them as commits.
fn branches(run: &Run<'_>, collected: &Collected) -> Read<BTreeMap<AgentId, Vec<Branch>>> {
    let mut found: BTreeMap<AgentId, Vec<Branch>> = BTreeMap::new();
    for (name, tip) in &collected.branches {
        let named = run.contract.agents().iter().find(|agent| *agent.branch == **name);
        let Some(agent) = named else { continue };
        let source = Source::of(run, *tip, &run.tips)?;
        if !source.commits.is_empty() {
            let is_older = run.history.commit(*tip)?.time < collected.since;
            found.entry(agent.id.clone()).or_default().push(Branch { source, is_older });
        }
    }
    Ok(found)
}

/// Where and when work of each lane was squashed or rebased onto the trunk.
fn squashes(raws: &[Raw], works: &[Work]) -> BTreeMap<AgentId, Vec<(usize, i64)>> {
    let mut found: BTreeMap<AgentId, Vec<(usize, i64)>> = BTreeMap::new();
    for (at, (raw, work)) in raws.iter().zip(works).enumerate() {
        if let (Place::Step(_), Some(lane)) = (&raw.place, &work.lane) {
            found.entry(lane.agent.clone()).or_default().push((at, raw.time));
        }
    }
    found
}

/// What the rule says of a lane that landed before others that it waits for.
fn refused(
    run: &Run<'_>,
    raw: &Raw,
    lane: AgentId,
    landed_by: CommitRef,
    waits_for: Vec<AgentId>,
) -> Vec<Finding> {
    let entering = Entering {
        lane,
        evidence: EntryEvidence::Commit(landed_by),
        by_paths_alone: false,
        stands_above: false,
        waits_for,
        idle: BTreeSet::new(),
        taken_back: BTreeSet::new(),
        tracked: BTreeMap::new(),
        along: BTreeSet::new(),
        changes: Vec::new(),
        taken_away: BTreeMap::new(),
        carried: Vec::new(),
        stale: None,
    };
    let step = TrunkStep { entering: vec![entering], ..empty_step() };
    let verdict = decide(run, raw.branch.as_deref(), Subject::TrunkStep(Box::new(step)));
    let found = verdict.violations.into_iter().filter(|violation| violation.rule == "merge-order");
    found.map(|violation| Finding { violation, fate: None }).collect()
}
