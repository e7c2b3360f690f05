//! What merge bases hold at a path: one of them, or several as git merges them.
//!
//! Git merges several merge bases first, and goes on from what that makes. Where they conflict, that is what
//! was there before them, or of texts one with the conflicts marked in it (2.39 and 2.47).

use std::rc::Rc;

use policy::oid::Oid;
use policy::path::RepoPath;

use super::history::History;
use super::merge::{Contents, Outcome, Slot, slot};
use super::search::{DEEPEST_BASES, Search};
use super::{Known, Unknown};

/// What merge bases hold at a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Base {
    merged: Option<Slot>,
    each: Vec<Slot>,
}

impl Base {
    /// At a path. Without a merge base, nothing is there.
    pub fn at(history: &History<'_>, bases: &[Oid], path: &RepoPath) -> Known<Self> {
        let merged = match Bases::of(history, path).merged(bases, 0)? {
            AtBases::Agree(slot) => {
                return Ok(Self { merged: Some(slot.clone()), each: vec![slot] });
            }
            AtBases::Conflict(slot) => Some(slot),
            AtBases::Unclear => None,
        };
        let mut each = Vec::new();
        for base in bases {
            let held = slot(history.entry_at(*base, path)?);
            if !each.contains(&held) {
                each.push(held);
            }
        }
        Ok(Self { merged, each })
    }

    /// What git goes on from; `None`: it is too large, or too dear to know.
    pub fn merged(&self) -> Option<&Slot> {
        self.merged.as_ref()
    }

    /// What they come to, or, where they conflict, what each of them holds.
    pub fn each(&self) -> &[Slot] {
        &self.each
    }

    /// Whether they conflict.
    pub fn is_conflict(&self) -> bool {
        self.merged.as_slice() != self.each
    }
}

/// What merging merge bases came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AtBases {
    /// The same, or their own merge.
    Agree(Slot),
    /// They conflict, and git goes on from this.
    Conflict(Slot),
    /// What cannot be merged: too large, or too dear.
    Unclear,
}

/// What merge bases hold at one path.
struct Bases<'a, 'v> {
    history: &'a History<'v>,
    path: &'a RepoPath,
    contents: Contents<'a, 'v>,
}

impl<'a, 'v> Bases<'a, 'v> {
    fn of(history: &'a History<'v>, path: &'a RepoPath) -> Self {
        Self { history, path, contents: Contents::new(history) }
    }

    /// Merge bases at a depth: 0 are those that were asked about, 1 their own merge bases.
    fn merged(&self, bases: &[Oid], depth: usize) -> Known<AtBases> {
        let (first, rest) = match bases {
            [] => return Ok(AtBases::Agree(None)),
            [first, rest @ ..] => (*first, rest),
        };
        let mut merged = slot(self.history.entry_at(first, self.path)?);
        let mut is_conflict = false;
        let mut taken = vec![first];
        for base in rest {
            let theirs = slot(self.history.entry_at(*base, self.path)?);
            if !self.contents.same(&merged, &theirs)? {
                if depth > 0 {
                    self.history.allowance.questions(Search::MergeBases, taken.len())?;
                }
                let below = self.history.merge_bases(&taken, &[*base])?;
                let below = match &*self.merged_below(below, depth + 1)? {
                    AtBases::Agree(slot) | AtBases::Conflict(slot) => slot.clone(),
                    AtBases::Unclear => return Ok(AtBases::Unclear),
                };
                let outcome = self.contents.outcome(&below, &merged, &theirs)?;
                is_conflict |= !matches!(outcome, Outcome::Clean(_));
                merged = match outcome {
                    Outcome::Clean(slot) => slot,
                    Outcome::Marked(version) | Outcome::Binary(version) => Some(version),
                    Outcome::Apart => below,
                    Outcome::Unclear => return Ok(AtBases::Unclear),
                };
            }
            taken.push(*base);
        }
        Ok(if is_conflict { AtBases::Conflict(merged) } else { AtBases::Agree(merged) })
    }

    /// What merge bases of merge bases hold. A criss-cross history leads to the same ones by ever
    /// more ways, so they are merged once.
    fn merged_below(&self, bases: Vec<Oid>, depth: usize) -> Known<Rc<AtBases>> {
        if let [] | [_] = bases.as_slice() {
            return Ok(Rc::new(self.merged(&bases, depth)?));
        }
        if depth > DEEPEST_BASES {
            return Err(Unknown::SearchLimit(Search::MergeBases));
        }
        let key = (bases, self.path.clone());
        if let Some(merged) = self.history.at_bases.borrow().get(&key) {
            return Ok(Rc::clone(merged));
        }
        let contents = Contents::new(self.history).searching(Search::MergeBases);
        let below = Bases { history: self.history, path: self.path, contents };
        let merged = Rc::new(below.merged(&key.0, depth)?);
        self.history.at_bases.borrow_mut().insert(key, Rc::clone(&merged));
        Ok(merged)
    }
}
