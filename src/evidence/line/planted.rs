//! What is on the trunk's line though the trunk may never have stood there.
//!
//! A lane that lands by a fast-forward, or by a merge that has the lane as its first parent, puts all
//! of its commits into the line, and what one of them tried and another took back was no state of
//! the trunk. Which commits landed together is written nowhere. So a commit says nothing where a
//! lane may have landed it together with others, and could not have landed what it made by itself.
//! Whatever the lane could have landed there is nobody's harm.

mod stood;

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use policy::change::Entry;
use policy::contract::{Contract, ContractFile};
use policy::name::AgentId;
use policy::oid::Oid;
use policy::path::RepoPath;

use super::makeable::{may_edit, may_make};
use super::{Taken, has_of};
use crate::evidence::Known;
use crate::evidence::contract::{Contracts, Held};
use crate::evidence::history::History;

/// How many pairs of ends are looked at for one commit. Beyond, what was taken back never was.
const MOST_PAIRS: usize = 2_000;

/// What of a commit is asked about.
#[derive(Clone, Copy)]
pub enum What<'q> {
    /// One path.
    At(&'q RepoPath),
    /// Everything, but for what is as this function says of a lane's own path that it is the
    /// lane's.
    All(&'q dyn Fn(&AgentId, &RepoPath, Option<Entry>) -> bool),
}

/// One side of a merge: what it reaches and the other parents do not.
#[derive(Debug, Clone)]
pub struct Side {
    /// The parent.
    pub top: Oid,
    /// The others.
    pub beside: Vec<Oid>,
}

/// What a lane may have landed as one.
struct Stretch<'s> {
    from: &'s [Oid],
    to: Oid,
    /// What `to` merges.
    others: &'s [Oid],
    /// The commits in it.
    commits: [&'s [Oid]; 2],
}

/// Where a stretch may end.
#[derive(Clone, Copy)]
struct End<'s> {
    to: Oid,
    /// What it merges.
    others: &'s [Oid],
}

/// One of several ends at which a stretch is likely to be one, and whose.
struct Likely {
    end: usize,
    lanes: Numbers,
}

/// What counts as work of a lane.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Work {
    /// A change of its own paths.
    Own,
    /// A change of what it may edit.
    MayEdit,
}

/// A stretch by where it begins and ends, the lanes that are asked about, under which contract in memory,
/// and what counts as work.
pub type StretchKey = (Vec<Oid>, Oid, Numbers, (usize, Work));

/// Lanes by their number in the contract.
type Numbers = BTreeSet<usize>;

/// Asks it of the commits of a line.
#[derive(Clone, Copy)]
pub struct Planted<'l, 'a, 'v> {
    contracts: &'l Contracts<'a, 'v>,
}

impl<'l, 'a, 'v> Planted<'l, 'a, 'v> {
    /// Under the contracts of the trunk.
    pub fn new(contracts: &'l Contracts<'a, 'v>) -> Self {
        Self { contracts }
    }

    fn history(&self) -> &'a History<'v> {
        self.contracts.history()
    }

    /// Whether a commit may be planted that stands on a line directly below the newer part of it
    /// (the newest first), and on these sides of merges.
    pub fn is(&self, commit: Oid, newer: &[Taken], sides: &[Side], what: What<'_>) -> Known<bool> {
        if self.is_in_a_run(commit, newer, what)? {
            return Ok(true);
        }
        for taken in newer.iter().filter(|taken| !taken.others.is_empty()) {
            let Some(top) = taken.into else { continue };
            let side = Side { top, beside: taken.others.clone() };
            if self.is_on_a_side(commit, &side, what)? {
                return Ok(true);
            }
        }
        for side in sides {
            if self.is_on_a_side(commit, side, what)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Whether it is inside single commits in a row, perhaps with a merge above them.
    fn is_in_a_run(&self, commit: Oid, newer: &[Taken], what: What<'_>) -> Known<bool> {
        if !self.is_of_run(commit, what)? {
            return Ok(false);
        }
        if !self.history().allowance.has_stretches() {
            return Ok(true);
        }
        let mut run = vec![commit];
        let mut ends = Vec::new();
        for taken in newer.iter().rev() {
            let Some(to) = taken.state.commit else { break };
            ends.push(End { to, others: &taken.others });
            run.push(to);
            if !self.is_of_run(to, what)? {
                break;
            }
        }
        let mut pairs = 0;
        let mut known: BTreeMap<_, Rc<Vec<Likely>>> = BTreeMap::new();
        let mut older = Vec::new();
        let mut at = commit;
        while self.is_of_run(at, what)? {
            let Some(from) = self.history().parents(at)?.first().copied() else { break };
            let Held::Contract(contract) = self.contracts.at(from)? else { break };
            let key = match what {
                What::All(_) => None,
                // What is there before changes rarely.
                What::At(path) => Some(self.history().entry_at(from, path)?),
            };
            let likely = match key.and_then(|key| known.get(&key)) {
                Some(likely) => Rc::clone(likely),
                None => Rc::new(self.likely(&contract, from, commit, &ends, what)?),
            };
            for Likely { end, lanes } in likely.iter() {
                pairs += 1;
                let End { to, others } = ends[*end];
                // The newest end is the last of the run.
                let commits = [older.as_slice(), &run[..end + 2]];
                if self.stood_at_any([&older, &run[..=*end]]) {
                    continue;
                }
                let stretch = Stretch { from: &[from], to, others, commits };
                let allowance = &self.history().allowance;
                allowance.stretch();
                let is_beyond = pairs > MOST_PAIRS || !allowance.has_stretches();
                if is_beyond || self.may_be_landed(&contract, &stretch, lanes, Work::MayEdit)? {
                    return Ok(true);
                }
            }
            if let Some(key) = key {
                known.entry(key).or_insert(likely);
            }
            older.push(from);
            at = from;
        }
        Ok(false)
    }

    /// The ends of stretches that begin at a commit, with the lanes that could not have landed what
    /// the commit in between made, and may have landed what became of it.
    fn likely(
        &self,
        contract: &Contract,
        from: Oid,
        commit: Oid,
        ends: &[End<'_>],
        what: What<'_>,
    ) -> Known<Vec<Likely>> {
        let asked = self.asked(contract, commit, what, || self.made(from, commit))?;
        let forbidden = self.forbidden(contract, &[from], commit, asked)?;
        let mut likely = Vec::new();
        if forbidden.is_empty() {
            return Ok(likely);
        }
        for (end, End { to, others }) in ends.iter().enumerate() {
            let mut lanes = Numbers::new();
            for (number, path) in &forbidden {
                if self.is_taken(*to, others, path)?
                    || self.may_make(contract, *number, path, &[from], *to)?
                {
                    lanes.insert(*number);
                }
            }
            if !lanes.is_empty() {
                likely.push(Likely { end, lanes });
            }
        }
        Ok(likely)
    }

    /// Whether what a merge has on one side may be a single lane's landing, its own paths among it:
    /// shared ones are changed on the trunk too. `None` where nothing can be said.
    pub fn may_be_a_lanes(&self, side: &Side) -> Known<Option<bool>> {
        let history = self.history();
        let from = history.merge_bases(&[side.top], &side.beside)?;
        let walk = history.walk(&[side.top], &side.beside)?;
        let commits = [walk.order.as_slice(), &[]];
        let stretch = Stretch { from: &from, to: side.top, others: &[], commits };
        let mut found = None;
        for contract in self.contracts_of(&from, side)? {
            let lanes = (0..contract.agents().len()).collect();
            if self.may_be_landed(&contract, &stretch, &lanes, Work::Own)? {
                return Ok(Some(true));
            }
            found = Some(false);
        }
        Ok(found)
    }

    /// The contracts under which a side of a merge may have landed: where it parted from the others it
    /// may have had an older one than the trunk by then, or none.
    fn contracts_of(&self, from: &[Oid], side: &Side) -> Known<Vec<Rc<Contract>>> {
        let mut contracts: Vec<Rc<Contract>> = Vec::new();
        for commit in from.iter().take(1).chain(&side.beside) {
            if let Held::Contract(contract) = self.contracts.at(*commit)?
                && contracts.iter().all(|known| !Rc::ptr_eq(known, &contract))
            {
                contracts.push(contract);
            }
        }
        Ok(contracts)
    }

    /// Whether a commit made what it has, for all that can be told: it has one parent, or is a merge of
    /// what it holds anyway, or has what none of its parents has.
    fn is_of_run(&self, commit: Oid, what: What<'_>) -> Known<bool> {
        let parents = self.history().parents(commit)?;
        let Some((first, others)) = parents.split_first() else { return Ok(false) };
        Ok((self.holds_all(*first, others)? || self.makes(commit, &parents, what)?)
            && !self.amends(commit)?)
    }

    fn holds_all(&self, first: Oid, others: &[Oid]) -> Known<bool> {
        for other in others {
            if !self.history().is_ancestor(*other, first)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Whether a merge has something that no parent has.
    fn makes(&self, commit: Oid, parents: &[Oid], what: What<'_>) -> Known<bool> {
        let history = self.history();
        let What::At(path) = what else { return Ok(!history.touched(commit)?.is_empty()) };
        let made = history.entry_at(commit, path)?;
        for parent in parents {
            if history.entry_at(*parent, path)? == made {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn amends(&self, commit: Oid) -> Known<bool> {
        let touched = self.history().touched(commit)?;
        Ok(touched.iter().any(|change| ContractFile::of_path(&change.path).is_some()))
    }

    /// Whether it is inside what a merge has on one side.
    fn is_on_a_side(&self, commit: Oid, side: &Side, what: What<'_>) -> Known<bool> {
        let history = self.history();
        if commit == side.top || history.is_reachable(commit, &side.beside)? {
            return Ok(false);
        }
        let from = history.merge_bases(&[side.top], &side.beside)?;
        let forked = history.merge_bases(&[commit], &side.beside)?;
        for contract in self.contracts_of(&from, side)? {
            let changed = || self.changed(&forked, commit);
            let asked = self.asked(&contract, commit, what, changed)?;
            let forbidden = self.forbidden(&contract, &forked, commit, asked)?;
            if forbidden.is_empty() {
                continue;
            }
            let lanes = forbidden.into_keys().collect();
            let walk = history.walk(&[side.top], &side.beside)?;
            let commits = [walk.order.as_slice(), &[]];
            let stretch = Stretch { from: &from, to: side.top, others: &[], commits };
            if self.may_be_landed(&contract, &stretch, &lanes, Work::MayEdit)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// What is asked about of a commit that has changed all this.
    fn asked(
        &self,
        contract: &Contract,
        commit: Oid,
        what: What<'_>,
        changed: impl FnOnce() -> Known<Vec<RepoPath>>,
    ) -> Known<Vec<RepoPath>> {
        let is_owners = match what {
            What::At(path) => return Ok(vec![path.clone()]),
            What::All(is_owners) => is_owners,
        };
        let mut asked = Vec::new();
        for path in changed()? {
            let entry = self.history().entry_at(commit, &path)?;
            if !contract.own_lane(&path).is_some_and(|lane| is_owners(lane, &path, entry)) {
                asked.push(path);
            }
        }
        Ok(asked)
    }

    /// The lanes that may not make of these states what a commit has at some paths, each with one.
    fn forbidden(
        &self,
        contract: &Contract,
        from: &[Oid],
        commit: Oid,
        asked: Vec<RepoPath>,
    ) -> Known<BTreeMap<usize, RepoPath>> {
        let mut forbidden = BTreeMap::new();
        for path in asked {
            for number in 0..contract.agents().len() {
                if !forbidden.contains_key(&number)
                    && !self.may_make(contract, number, &path, from, commit)?
                {
                    forbidden.insert(number, path.clone());
                }
            }
        }
        Ok(forbidden)
    }

    /// Whether any of these lanes may have landed a stretch as one: there is work of it in it, by what
    /// is said to be that, and nothing but what it may do. It is asked for many paths of the same stretch.
    fn may_be_landed(
        &self,
        contract: &Rc<Contract>,
        stretch: &Stretch<'_>,
        lanes: &Numbers,
        work: Work,
    ) -> Known<bool> {
        let under = Rc::as_ptr(contract).addr();
        let key = (stretch.from.to_vec(), stretch.to, lanes.clone(), (under, work));
        if let Some(known) = self.history().stretches.borrow().get(&key) {
            return Ok(*known);
        }
        let may_be = self.is_landable(contract, stretch, lanes, work)?;
        self.history().stretches.borrow_mut().insert(key, may_be);
        Ok(may_be)
    }

    fn is_landable(
        &self,
        contract: &Contract,
        stretch: &Stretch<'_>,
        lanes: &Numbers,
        work: Work,
    ) -> Known<bool> {
        let mut lanes = lanes.clone();
        for path in self.changed(stretch.from, stretch.to)? {
            self.keep_makers(contract, stretch, &path, &mut lanes)?;
            if lanes.is_empty() {
                return Ok(false);
            }
        }
        for number in lanes {
            let lane = &contract.agents()[number].id;
            for commit in stretch.commits.iter().copied().flatten() {
                let touched = self.history().touched(*commit)?;
                if touched.iter().any(|change| work.is_at(contract, lane, &change.path)) {
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }

    /// Whether a merge has at a path what one of the others has that it merges, and has not had from where
    /// the two parted.
    fn is_taken(&self, merge: Oid, others: &[Oid], path: &RepoPath) -> Known<bool> {
        let history = self.history();
        let made = history.entry_at(merge, path)?;
        let into = history.parents(merge)?.first().copied();
        for other in others {
            if history.entry_at(*other, path)? == made && has_of(history, into, *other, path)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn keep_makers(
        &self,
        contract: &Contract,
        stretch: &Stretch<'_>,
        path: &RepoPath,
        lanes: &mut Numbers,
    ) -> Known<()> {
        if self.is_taken(stretch.to, stretch.others, path)? {
            return Ok(());
        }
        let mut kept = Numbers::new();
        for number in lanes.iter().copied() {
            if self.may_make(contract, number, path, stretch.from, stretch.to)? {
                kept.insert(number);
            }
        }
        *lanes = kept;
        Ok(())
    }

    /// What a commit has made of a state: of a merge that brings others' work, what none of them has.
    fn made(&self, from: Oid, commit: Oid) -> Known<Vec<RepoPath>> {
        let parents = self.history().parents(commit)?;
        match parents.split_first() {
            Some((first, others)) if !self.holds_all(*first, others)? => {
                let touched = self.history().touched(commit)?;
                Ok(touched.iter().map(|change| change.path.clone()).collect())
            }
            _ => self.changed(&[from], commit),
        }
    }

    /// The paths at which a commit differs from each of these; from nothing, where there are none.
    fn changed(&self, from: &[Oid], commit: Oid) -> Known<Vec<RepoPath>> {
        let history = self.history();
        let (first, rest) = match from.split_first() {
            Some((first, rest)) => (Some(history.tree(*first)?), rest),
            None => (None, from),
        };
        let diff = history.diff(first, Some(history.tree(commit)?))?;
        let mut changed = Vec::new();
        for change in diff.iter() {
            let mut differs = true;
            for other in rest {
                differs &= history.entry_at(*other, &change.path)? != change.new;
            }
            if differs {
                changed.push(change.path.clone());
            }
        }
        Ok(changed)
    }

    fn may_make(
        &self,
        contract: &Contract,
        number: usize,
        path: &RepoPath,
        from: &[Oid],
        commit: Oid,
    ) -> Known<bool> {
        let lane = &contract.agents()[number].id;
        may_make(self.history(), (contract, lane), path, from, commit)
    }
}

impl Work {
    fn is_at(self, contract: &Contract, lane: &AgentId, path: &RepoPath) -> bool {
        match self {
            Self::Own => contract.own_lane(path) == Some(lane),
            Self::MayEdit => may_edit(contract, lane, path),
        }
    }
}
