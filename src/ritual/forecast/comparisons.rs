//! Every two sides, compared: which of them could meet, and what merging those has given.

use std::collections::{BTreeMap, BTreeSet};

use policy::oid::Oid;
use policy::path::RepoPath;

use super::pairs::{Compared, Looked, Pair, Side, own_conflicts};
use super::remade::Generated;
use super::sequence::{Chain, groups};
use crate::repository::merge_tree::Merged;
use crate::ritual::Done;
use crate::ritual::run::Run;

/// A pair to be merged: its place among all pairs, and the commits.
pub type Wanted = (usize, (Oid, Oid));

/// Every two sides, compared: lanes with the trunk first, then lanes with each other.
pub struct Comparisons {
    /// The two sides.
    pub sides: Vec<(Side, Side)>,
    /// What each has changed since they parted.
    pub compared: Vec<Compared>,
    may_meet: Vec<bool>,
}

impl Comparisons {
    /// Compares the trunk and the tips of lanes, which stand in the order in which they land.
    pub fn of(run: &Run<'_>, trunk: Oid, tips: &[Oid]) -> Done<Self> {
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
    pub fn common_paths(&self) -> BTreeSet<RepoPath> {
        let meeting = self.compared.iter().zip(&self.may_meet).filter(|(_, meet)| **meet);
        let common = meeting.flat_map(|(compared, _)| {
            let (one, other) = &compared.effects;
            one.paths.keys().filter(|path| other.paths.contains_key(*path))
        });
        common.cloned().collect()
    }

    /// The lanes that can meet each other, in groups, as they land.
    pub fn chains(&self, trunk: Oid, tips: &[Oid]) -> Vec<Chain> {
        let order: Vec<usize> = (0..tips.len()).collect();
        let groups = groups(&order, |one, other| {
            let place = self.place(tips.len(), one, other);
            // One that holds another lane stands on what that one brings.
            self.may_meet[place] || self.compared[place].is_nested
        });
        let chains = groups.into_iter().map(|group| Chain {
            first_is_ahead: group
                .first()
                .is_some_and(|first| self.compared[*first].bases.as_slice() == [trunk]),
            lanes: group.into_iter().map(|lane| (lane, tips[lane])).collect(),
        });
        chains.collect()
    }

    /// The pairs that git has to merge: those that can meet.
    pub fn wanted(&self) -> Vec<Wanted> {
        let places = (0..self.sides.len()).filter(|at| self.may_meet[*at]);
        places.map(|at| (at, self.compared[at].tips)).collect()
    }

    /// What merging them has given.
    pub fn pairs(&self, merged: &mut BTreeMap<usize, Merged>, generated: &Generated) -> Vec<Pair> {
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
            let (conflicts, remade) = generated.split(conflicts);
            let (one, other) = (*one, *other);
            pairs.push(Pair { one, other, looked, conflicts, remade, silent: Vec::new() });
        }
        pairs
    }
}
