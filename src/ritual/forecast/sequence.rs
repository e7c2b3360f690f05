//! The contracted sequence as a whole: each lane onto what those before it have come to.
//!
//! A lane that can meet no other one lands as it would land now, so that its merge with the trunk
//! tells all. The others are merged one onto another, group by group: what is outside of a group
//! cannot change what happens in it.

use policy::oid::Oid;

use super::remade::Generated;
use crate::repository::aside::Aside;
use crate::repository::merge_tree::{Conflict, merge_one};
use crate::ritual::Done;

/// One lane's step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// The lane, by its place among those that are forecast.
    pub lane: usize,
    /// What becomes of it.
    pub outcome: Outcome,
}

/// What becomes of a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It merges.
    Clean,
    /// It conflicts with what is there by then.
    Conflicts(Vec<Conflict>),
    /// It has no history in common with the trunk, so that git refuses.
    Unrelated,
    /// Not known: it can meet a lane before it that conflicts.
    Behind {
        /// That lane.
        lane: usize,
    },
}

/// The groups of lanes that can meet, directly or by way of others; each in the order in which the
/// lanes land. Lanes that meet nobody are in none.
pub fn groups(order: &[usize], meet: impl Fn(usize, usize) -> bool) -> Vec<Vec<usize>> {
    let mut group_of: Vec<usize> = (0..order.len()).collect();
    for one in 0..order.len() {
        for other in 0..one {
            let (from, to) = (group_of[one], group_of[other]);
            if from != to && meet(order[one], order[other]) {
                group_of.iter_mut().filter(|group| **group == from).for_each(|group| *group = to);
            }
        }
    }
    let mut groups: Vec<Vec<usize>> = vec![Vec::new(); order.len()];
    for (place, group) in group_of.iter().enumerate() {
        groups[*group].push(order[place]);
    }
    groups.retain(|group| group.len() > 1);
    groups
}

/// A group of lanes, as they land.
#[derive(Debug, Clone)]
pub struct Chain {
    /// The lanes with their tips, in order.
    pub lanes: Vec<(usize, Oid)>,
    /// Whether the first of them holds the trunk, so that it lands as it is.
    pub first_is_ahead: bool,
}

impl Chain {
    /// Lands its lanes one after another, up to the first that conflicts. What is generated is landed
    /// upon as it is, with the marks of its conflict: it conflicts again, or not, and is made again.
    pub fn land(&self, aside: &Aside, trunk: Oid, generated: &Generated) -> Done<Vec<Step>> {
        let mut steps: Vec<Step> = Vec::with_capacity(self.lanes.len());
        let mut at = trunk;
        for (place, (lane, tip)) in self.lanes.iter().enumerate() {
            let (lane, mut outcome) = (*lane, Outcome::Clean);
            if place == 0 && self.first_is_ahead {
                at = *tip;
            } else {
                let merged = merge_one(aside, (at, *tip))?;
                let (conflicts, _) = generated.split(merged.conflicts);
                if conflicts.is_empty() {
                    at = aside.commit(merged.tree, [at, *tip])?;
                } else {
                    outcome = Outcome::Conflicts(conflicts);
                }
            }
            let stops = outcome != Outcome::Clean;
            steps.push(Step { lane, outcome });
            if stops {
                let behind = self.lanes.iter().skip(place + 1).map(|(behind, _)| *behind);
                let unknown = |behind| Step { lane: behind, outcome: Outcome::Behind { lane } };
                steps.extend(behind.map(unknown));
                break;
            }
        }
        Ok(steps)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lanes_that_meet_by_way_of_others_are_one_group() {
        let meets = [(0, 2), (2, 4), (1, 3)];
        let meet = |one, other| meets.contains(&(one, other)) || meets.contains(&(other, one));
        let found = groups(&[4, 3, 2, 1, 0, 5], meet);
        assert_eq!(found, [vec![4, 2, 0], vec![3, 1]]);
        assert_eq!(groups(&[0, 1], |_, _| false), [[0; 0]; 0].map(|group| group.to_vec()));
    }
}
