//! The contracted sequence as a whole: each lane onto what those before it have come to.
//!
//! A lane that can meet no other one lands as it would land now, so that its merge with the trunk
//! tells all. The others are merged one onto another, group by group: what is outside of a group
//! cannot change what happens in it.

use policy::oid::Oid;

use super::aside::Aside;
use super::merge_tree::{Conflict, commit, merge_one};
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

/// What the first lane of a group comes to when it lands.
#[derive(Debug, Clone, Copy)]
pub enum Landed {
    /// A commit that is there already: the lane holds the trunk.
    Commit(Oid),
    /// The tree of its merge with the trunk.
    Tree(Oid),
}

/// Lands the lanes of a group one after another; the first has landed already.
pub fn land(aside: &Aside, trunk: Oid, first: Landed, lanes: &[(usize, Oid)]) -> Done<Vec<Step>> {
    let mut steps = Vec::new();
    let mut landed = first;
    let mut at = trunk;
    for window in lanes.windows(2) {
        let [(_, before), (lane, tip)] = window else { continue };
        at = match landed {
            Landed::Commit(commit) => commit,
            Landed::Tree(tree) => commit(aside, tree, [at, *before])?,
        };
        let merged = merge_one(aside, (at, *tip))?;
        if merged.conflicts.is_empty() {
            steps.push(Step { lane: *lane, outcome: Outcome::Clean });
            landed = Landed::Tree(merged.tree);
            continue;
        }
        steps.push(Step { lane: *lane, outcome: Outcome::Conflicts(merged.conflicts) });
        let behind = lanes.iter().skip_while(|(other, _)| other != lane).skip(1);
        steps.extend(
            behind
                .map(|(other, _)| Step { lane: *other, outcome: Outcome::Behind { lane: *lane } }),
        );
        break;
    }
    Ok(steps)
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
