//! The trunk steps: how a move of the trunk is walked.

use std::collections::{BTreeSet, VecDeque};
use std::rc::Rc;

use policy::change::Entry;
use policy::contract::{Contract, ContractFile};
use policy::name::AgentId;
use policy::oid::Oid;
use policy::path::RepoPath;

use crate::evidence::Known;
use crate::evidence::contract::{Contracts, Held};
use crate::evidence::history::{History, Memory, held_by_newest};
use crate::evidence::lane::own::Lanes;

/// One or more commits of the trunk's first-parent chain that are judged as one step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    /// The trunk before; `None` at its creation.
    pub from: Option<Oid>,
    /// The trunk after.
    pub to: Oid,
    /// The commits of the chain in it, newest first. `to` is the first.
    pub chain: Vec<Oid>,
}

/// The trunk's chain as far as a move brings it, newest first: along the first parents; or else, where
/// those do not lead to the old tip, through the other parent of a merge from which they do, by
/// landings alone. So stands the trunk in a lane that took it in and was then pushed as the trunk.
pub fn chain(contracts: &Contracts<'_, '_>, old: Option<Oid>, new: Oid) -> Known<Vec<Oid>> {
    let history = contracts.history();
    let Some(old) = old else { return Ok(vec![new]) };
    let fresh = history.walk(&[new], &[old])?;
    let line_from = |commit| history.first_parents_in(commit, &fresh.set);
    let below = |line: &[Oid]| match line.last() {
        Some(bottom) => Ok(history.parents(*bottom)?.first().copied()),
        None => Known::Ok(None),
    };
    let line = line_from(new)?;
    let Held::Contract(contract) = contracts.at(old)? else { return Ok(line) };
    if below(&line)? == Some(old) || !history.is_ancestor(old, new)? {
        return Ok(line);
    }
    for (at, commit) in line.iter().enumerate() {
        let others = history.parents(*commit)?.into_iter().skip(1);
        for other in others.filter(|other| fresh.set.contains(other)) {
            let beside = line_from(other)?;
            if below(&beside)? == Some(old)
                && !has_work(history, &contract, &beside)?
                && has_work(history, &contract, &line[at + 1..])?
                && !has_amendments(history, &line[at + 1..])?
            {
                return Ok([&line[..=at], &beside].concat());
            }
        }
    }
    Ok(line)
}

/// Whether a line has commits, not merges, that change own paths of a lane.
fn has_work(history: &History<'_>, contract: &Contract, line: &[Oid]) -> Known<bool> {
    for commit in line {
        let touched = history.touched(*commit)?;
        if history.parents(*commit)?.len() < 2
            && touched.iter().any(|change| contract.own_lane(&change.path).is_some())
        {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whether a line changes the contract, and changes it back perhaps: then it is looked at whole.
fn has_amendments(history: &History<'_>, line: &[Oid]) -> Known<bool> {
    for commit in line {
        if amends(history, *commit)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The steps of a move along its chain, oldest first, one for each commit. Where the old tip is not
/// below that chain, the first step goes from it to the oldest commit on the chain that contains it.
pub fn spans(history: &History<'_>, old: Option<Oid>, chain: &[Oid]) -> Known<Vec<Span>> {
    let (Some(new), Some(bottom)) = (chain.first().copied(), chain.last().copied()) else {
        return Ok(Vec::new());
    };
    let Some(old) = old else {
        return Ok(vec![Span { from: None, to: new, chain: vec![new] }]);
    };
    let mut spans = Vec::with_capacity(chain.len());
    let mut singles = chain;
    if history.parents(bottom)?.contains(&old) {
        spans.push(Span { from: Some(old), to: bottom, chain: vec![bottom] });
        singles = &chain[..chain.len() - 1];
    } else if history.is_ancestor(old, new)? {
        let containing = held_by_newest(chain, |commit| history.is_ancestor(old, commit))?;
        let at = containing.saturating_sub(1);
        let joint = chain[at];
        spans.push(Span { from: Some(old), to: joint, chain: vec![joint] });
        singles = &chain[..at];
    }
    for (at, commit) in singles.iter().enumerate().rev() {
        let from = match chain.get(at + 1) {
            Some(older) => Some(*older),
            None => history.parents(*commit)?.first().copied(),
        };
        spans.push(Span { from, to: *commit, chain: vec![*commit] });
    }
    Ok(spans)
}

/// What some commits made of paths.
type Done = BTreeSet<(RepoPath, Option<Entry>)>;

/// Runs of consecutive commits of one lane on the trunk's chain.
pub struct Runs<'a, 'v> {
    lanes: &'a Lanes<'a, 'v>,
    seen_from: &'a [Oid],
    /// The chain of the whole move.
    chain: &'a [Oid],
    /// How many steps before the last the first one is that changes own paths of a lane, with all
    /// from a commit up to there of its run: by the lane's number and that commit.
    firsts: Memory<(usize, Oid), Option<usize>>,
    /// What the lanes' own commits made and undid again.
    undone: Memory<AgentId, Rc<Done>>,
    /// How many commits were held against lanes for it.
    #[cfg(test)]
    held: std::cell::Cell<usize>,
}

impl<'a, 'v> Runs<'a, 'v> {
    /// The runs of a move along a chain, own commits seen from these tips.
    pub fn new(lanes: &'a Lanes<'a, 'v>, seen_from: &'a [Oid], chain: &'a [Oid]) -> Self {
        Self {
            lanes,
            seen_from,
            chain,
            firsts: Memory::default(),
            undone: Memory::default(),
            #[cfg(test)]
            held: std::cell::Cell::default(),
        }
    }

    /// Joins the steps that are one under a contract, beginning with the first of them:
    /// consecutive commits of one lane, under its own ids or made again, with a merge directly
    /// above own ones. Takes the joined steps off the front.
    ///
    /// A commit of a run is the lane's own, or it keeps to what the lane may edit and what its own
    /// commits undid again; at least one changes its own paths.
    pub fn next_step(&self, rest: &mut VecDeque<Span>) -> Known<Option<Span>> {
        if rest.front().is_some_and(|first| first.from.is_none()) {
            return Ok(rest.pop_front());
        }
        let lane = self.lane_of_run(rest)?;
        let Some(mut step) = rest.pop_front() else { return Ok(None) };
        let Some(lane) = lane else { return Ok(Some(step)) };
        let mut length = 0;
        while let Some(next) = rest.get(length)
            && self.is_of_run(next.to, lane)?
        {
            length += 1;
        }
        if let Some(next) = rest.get(length)
            && self.is_merge_above(lane, next)?
        {
            length += 1;
        }
        let joined: Vec<Span> = rest.drain(..length).collect();
        step.to = joined.last().map_or(step.to, |last| last.to);
        let newer = joined.into_iter().rev().flat_map(|span| span.chain);
        step.chain = newer.chain(std::mem::take(&mut step.chain)).collect();
        Ok(Some(step))
    }

    /// The lane whose run begins with the first step: the one to which all belongs up to the first
    /// commit that changes its own paths.
    fn lane_of_run(&self, steps: &VecDeque<Span>) -> Known<Option<&'a AgentId>> {
        let mut found: Option<(usize, &AgentId)> = None;
        for (number, agent) in self.lanes.contract.agents().iter().enumerate() {
            if let Some(first) = self.first_of_run(number, &agent.id, steps)?
                && found.is_none_or(|(earliest, _)| first > earliest)
            {
                found = Some((first, &agent.id));
            }
        }
        Ok(found.map(|(_, lane)| lane))
    }

    /// See [`Runs::firsts`]. What is looked at on the way has the same answer, so that steps that
    /// concern no lane are not gone through again from each of them.
    fn first_of_run(
        &self,
        number: usize,
        lane: &AgentId,
        steps: &VecDeque<Span>,
    ) -> Known<Option<usize>> {
        let mut way = Vec::new();
        let mut first = None;
        for (at, step) in steps.iter().enumerate() {
            if let Some(known) = self.firsts.borrow().get(&(number, step.to)) {
                first = *known;
                break;
            }
            way.push((number, step.to));
            #[cfg(test)]
            self.held.set(self.held.get() + 1);
            if !self.is_of_run(step.to, lane)? {
                break;
            }
            if self.lanes.touches_own(step.to, lane)? {
                first = Some(steps.len() - at);
                break;
            }
        }
        self.firsts.borrow_mut().extend(way.into_iter().map(|key| (key, first)));
        Ok(first)
    }

    fn is_single(&self, commit: Oid) -> Known<bool> {
        Ok(self.lanes.history.parents(commit)?.len() == 1)
    }

    fn is_of_run(&self, commit: Oid, lane: &AgentId) -> Known<bool> {
        if !self.is_single(commit)? || amends(self.lanes.history, commit)? {
            return Ok(false);
        }
        if self.is_own(commit, lane)? {
            return Ok(true);
        }
        for change in self.lanes.history.touched(commit)?.iter() {
            if !self.lanes.contract.keeps_to(lane, &change.path)
                && !self.undone_by(lane)?.contains(&(change.path.clone(), change.new))
            {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// What commits of a lane made, and undid again, of paths that it may not edit: a rebase makes all of
    /// them again.
    fn undone_by(&self, lane: &AgentId) -> Known<Rc<Done>> {
        if let Some(known) = self.undone.borrow().get(lane) {
            return Ok(Rc::clone(known));
        }
        let mut undone = Done::new();
        let places: Vec<Oid> = match self.comes(lane)? {
            true => self.lanes.places(lane).collect(),
            false => Vec::new(),
        };
        for place in places {
            for commit in self.lanes.own_among(lane, &[place], self.seen_from)? {
                if !self.is_single(commit)? {
                    continue;
                }
                for change in self.lanes.history.touched(commit)?.iter() {
                    if !self.lanes.contract.keeps_to(lane, &change.path)
                        && self.is_undone(place, &change.path)?
                    {
                        undone.insert((change.path.clone(), change.new));
                    }
                }
            }
        }
        let undone = Rc::new(undone);
        self.undone.borrow_mut().insert(lane.clone(), Rc::clone(&undone));
        Ok(undone)
    }

    /// Whether work in a lane's own paths is on the chain at all.
    fn comes(&self, lane: &AgentId) -> Known<bool> {
        for commit in self.chain {
            if self.is_single(*commit)? && self.lanes.touches_own(*commit, lane)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Whether a lane has a path as it was where that parted from the trunk.
    fn is_undone(&self, place: Oid, path: &RepoPath) -> Known<bool> {
        let history = self.lanes.history;
        let held = history.entry_at(place, path)?;
        for base in history.merge_bases(self.seen_from, &[place])? {
            if history.entry_at(base, path)? != held {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn is_own(&self, commit: Oid, lane: &AgentId) -> Known<bool> {
        Ok(self.lanes.own_commits(lane, self.seen_from)?.set.contains(&commit))
    }

    /// Whether a merge stands directly above commits that are the lane's own, and is its own too or
    /// takes in nothing but what the trunk had: what it brings of others is a step for itself.
    fn is_merge_above(&self, lane: &AgentId, next: &Span) -> Known<bool> {
        let history = self.lanes.history;
        let parents = history.parents(next.to)?;
        let Some((below, others)) = parents.split_first().filter(|_| parents.len() > 1) else {
            return Ok(false);
        };
        if amends(history, next.to)? || !self.is_own(*below, lane)? {
            return Ok(false);
        }
        for other in others {
            if !history.is_reachable(*other, self.seen_from)? {
                return self.is_own(next.to, lane);
            }
        }
        Ok(true)
    }
}

/// Whether a commit changes a contract file: then it is a step of its own.
fn amends(history: &History<'_>, commit: Oid) -> Known<bool> {
    let touched = history.touched(commit)?;
    Ok(touched.iter().any(|change| ContractFile::of_path(&change.path).is_some()))
}

#[cfg(test)]
mod tests {
    use policy::contract::{self, ContractFile};
    use policy::name::RefName;

    use super::*;
    use crate::evidence::fake::{FakeView, Files};
    use crate::evidence::tips::Tips;

    #[test]
    fn steps_that_belong_to_all_lanes_are_held_against_each_of_them_once() {
        let text = "format = 1\n[agents.a]\nbranch = \"a\"\nscope = [\"a/**\"]\n\
                    [agents.b]\nbranch = \"b\"\nscope = [\"b/**\"]\n";
        let contract = contract::read(ContractFile::Toml, text.as_bytes()).unwrap();
        let mut view = FakeView::new();
        let mut tip = view.make("m0", &[], Files::new());
        let root = tip;
        for number in 1..=100 {
            tip = view.make(&format!("m{number}"), &[tip], Files::new());
        }
        view.refs.insert(RefName::branch("main"), tip);
        let history = History::new(&view);
        let tips = Tips::new(&history, None);
        let lanes = Lanes::new(&history, &contract, &tips).unwrap();
        let seen_from = [root];
        let fresh = history.walk(&[tip], &[root]).unwrap();
        let runs = Runs::new(&lanes, &seen_from, &fresh.order);
        let mut rest: VecDeque<Span> = spans(&history, Some(root), &fresh.order).unwrap().into();
        for _ in 0..100 {
            assert_eq!(runs.next_step(&mut rest).unwrap().map(|step| step.chain.len()), Some(1));
        }
        assert_eq!(runs.next_step(&mut rest), Ok(None));
        assert_eq!(runs.held.get(), 2 * 100);
    }
}
