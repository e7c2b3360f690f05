//! Every two sides that may be merged, and which of them have to be.

use std::rc::Rc;

use policy::oid::Oid;
use policy::path::RepoPath;

use super::effect::Effect;
use super::remade::Remade;
use super::silent::Silent;
use crate::evidence::history::History;
use crate::repository::Read;
use crate::repository::merge_tree::{Conflict, Merged};

/// One side of a pair.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Side {
    /// The trunk.
    Trunk,
    /// A lane, by its place among those that are forecast.
    Lane(usize),
}

/// How two sides were looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Looked {
    /// They were merged.
    Merged,
    /// Their changed paths cannot meet, or one holds the other: there is nothing to merge.
    Apart,
    /// They have no history in common, so that git refuses.
    Unrelated,
}

/// What is to be expected of two sides.
#[derive(Debug, Clone)]
pub struct Pair {
    /// One.
    pub one: Side,
    /// The other, a lane.
    pub other: Side,
    /// Whether they were merged.
    pub looked: Looked,
    /// What conflicts.
    pub conflicts: Vec<Conflict>,
    /// What conflicts too, and is made again by a command when a lane lands.
    pub remade: Vec<Remade>,
    /// What merges cleanly, and is broken all the same.
    pub silent: Vec<Silent>,
}

impl Pair {
    /// The worst that was found.
    pub fn outlook(&self) -> Outlook {
        match self.looked {
            Looked::Unrelated => Outlook::Conflict,
            _ if !self.conflicts.is_empty() => Outlook::Conflict,
            _ if !self.silent.is_empty() => Outlook::Silent,
            Looked::Merged => Outlook::Clean,
            Looked::Apart => Outlook::Apart,
        }
    }

    /// Whether a path conflicts, made again or not.
    pub fn conflicts_at(&self, path: &RepoPath) -> bool {
        self.conflicts.iter().any(|conflict| conflict.paths.contains(path))
            || self.remade.iter().any(|remade| remade.path == *path)
    }
}

/// What is to be expected of two sides, in a word; the worst last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outlook {
    /// Nothing: they cannot meet.
    Apart,
    /// They merge.
    Clean,
    /// They merge, and something is broken all the same.
    Silent,
    /// They conflict.
    Conflict,
}

/// Two sides as they are compared: each with what it has changed since they parted.
pub struct Compared {
    /// The commits.
    pub tips: (Oid, Oid),
    /// Where they parted.
    pub bases: Rc<Vec<Oid>>,
    /// What each of them changes.
    pub effects: (Rc<Effect>, Rc<Effect>),
    /// Whether one holds the other wholly.
    pub is_nested: bool,
    /// Whether they have no commit in common.
    pub is_unrelated: bool,
}

impl Compared {
    /// A lane and the trunk.
    pub fn with_trunk(history: &History<'_>, trunk: Oid, tip: Oid) -> Read<Self> {
        let bases = history.merge_bases(&[trunk], &[tip])?;
        let trunks = Effect::since(history, &bases, trunk)?;
        let lanes = Effect::since(history, &bases, tip)?;
        Ok(Self {
            tips: (trunk, tip),
            effects: (Rc::new(trunks), Rc::new(lanes)),
            is_nested: bases == [trunk] || bases == [tip],
            is_unrelated: bases.is_empty(),
            bases: Rc::new(bases),
        })
    }

    /// Two lanes, each with its own effect as seen from the trunk: what came from there is neither
    /// lane's. Where they have work in common beyond the trunk, what they have changed since.
    pub fn of_lanes(
        history: &History<'_>,
        trunk: Oid,
        (one, own): (Oid, &Rc<Effect>),
        (other, others): (Oid, &Rc<Effect>),
    ) -> Read<Self> {
        let bases = history.merge_bases(&[one], &[other])?;
        let mut effects = (Rc::clone(own), Rc::clone(others));
        let mut is_shared = false;
        for base in &bases {
            is_shared |= !history.is_ancestor(*base, trunk)?;
        }
        if is_shared {
            effects = (
                Rc::new(Effect::since(history, &bases, one)?.within(own)),
                Rc::new(Effect::since(history, &bases, other)?.within(others)),
            );
        }
        Ok(Self {
            tips: (one, other),
            effects,
            is_nested: bases == [one] || bases == [other],
            is_unrelated: bases.is_empty(),
            bases: Rc::new(bases),
        })
    }

    /// Whether git has to be asked.
    pub fn may_meet(&self, history: &History<'_>) -> Read<bool> {
        if self.is_nested || self.is_unrelated {
            return Ok(false);
        }
        self.effects.0.may_meet(&self.effects.1, history)
    }
}

/// The conflicts of two lanes that are theirs: one that the trunk has with one of them, at paths
/// that the other has not changed, came with the trunk's commits and is told of the trunk.
pub fn own_conflicts(merged: Merged, compared: &Compared, with_trunk: [&Pair; 2]) -> Vec<Conflict> {
    let (one, other) = &compared.effects;
    let is_theirs = |conflict: &Conflict| {
        let both = |path: &RepoPath| one.paths.contains_key(path) && other.paths.contains_key(path);
        let with_trunk = |path: &RepoPath| with_trunk.iter().any(|pair| pair.conflicts_at(path));
        conflict.paths.iter().any(both) || !conflict.paths.iter().any(with_trunk)
    };
    merged.conflicts.into_iter().filter(is_theirs).collect()
}
