//! Walking commits: merge bases, ancestry and ranges, over any source of commit objects.
//!
//! The answers are those of the commits' own bytes, so grafts cannot bend them. Commit times only
//! choose the order in which commits are read: they are foreign and may lie. A history that was
//! cut off (a shallow clone) is an error as soon as what is missing could change the answer.
//!
//! All questions paint: flags flow from the commits asked about to their parents, and what
//! both sides reach is *common*. The commits that only one side reaches, and the best common
//! ancestors, are always read and painted before the painting ends, whatever their times say.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::rc::Rc;

use policy::oid::Oid;

use super::oids::OidMap;
use super::raw::RawCommit;
use super::{Read, ReadError};

/// How many more commits are read below the common ancestors than times suggest, in case clocks
/// were wrong there. Git has the same allowance (`SLOP` in revision.c).
const ALLOWANCE: usize = 64;

/// Where commit objects come from.
pub trait Commits {
    /// What the commit object says.
    fn commit(&self, id: Oid) -> Read<Rc<RawCommit>>;

    /// Whether parents of this commit were cut off and are not here.
    fn is_cut_off(&self, id: Oid, commit: &RawCommit) -> Read<bool>;

    /// How many commits one question may read; a walk, or a question about several, for each commit at
    /// which it begins.
    fn limit(&self) -> usize;
}

/// All best common ancestors of two sides of any number of tips, sorted by id.
pub fn merge_bases(source: &impl Commits, ones: &[Oid], others: &[Oid]) -> Read<Vec<Oid>> {
    // Nothing is common with nothing, and that need not be read down to the roots.
    if ones.is_empty() || others.is_empty() {
        return Ok(Vec::new());
    }
    let mut painting = Painting::new(source);
    for one in ones {
        painting.add(*one, LEFT)?;
    }
    for other in others {
        painting.add(*other, RIGHT)?;
    }
    painting.finish()?;
    painting.require_whole(LEFT | RIGHT)?;
    let found = painting.best_common();
    // A wrong clock can leave a common ancestor among them that another one reaches.
    let mut best = Vec::new();
    for candidate in &found {
        let mut reached = false;
        for other in &found {
            reached |= candidate != other && is_ancestor(source, *candidate, *other)?;
        }
        if !reached {
            best.push(*candidate);
        }
    }
    best.sort_unstable();
    Ok(best)
}

/// Whether `ancestor` is reachable from `descendant`; a commit is reachable from itself.
pub fn is_ancestor(source: &impl Commits, ancestor: Oid, descendant: Oid) -> Read<bool> {
    Ok(!ancestors_among(source, &[ancestor], descendant)?.is_empty())
}

/// Those of some commits that are reachable from `descendant`. Of several it is found by one painting: one
/// that is missed among them lies below a commit that another reaches, and clocks are wrong between the two.
pub fn ancestors_among(source: &impl Commits, commits: &[Oid], descendant: Oid) -> Read<Vec<Oid>> {
    let mut painting = Painting::new(source);
    painting.leave_as_many_to_each(commits);
    let mut pending = Vec::new();
    for commit in commits {
        pending.push(painting.add(*commit, LEFT)?);
    }
    painting.add(descendant, RIGHT)?;
    while let Some(last) = pending.last() {
        if painting.painted[*last].flags & RIGHT != 0 {
            pending.pop();
        } else if !painting.step()? {
            break;
        }
    }
    match commits.len() {
        _ if pending.is_empty() => {}
        1 => painting.require_whole(RIGHT)?,
        _ => {
            painting.flow_below()?;
            // Where one of them has what was cut off in common, the others need not.
            if let Some(at) = painting.cut_off_on(RIGHT) {
                return Err(ReadError::Shallow { at });
            }
        }
    }
    let is_reached = |id: &Oid| painting.painted[painting.places[id]].flags & RIGHT != 0;
    Ok(commits.iter().copied().filter(is_reached).collect())
}

/// The commits reachable from `include` and not from `exclude`, children before parents; newer
/// ones first where that leaves a choice.
pub fn walk(source: &impl Commits, include: &[Oid], exclude: &[Oid]) -> Read<Vec<Oid>> {
    let mut painting = Painting::new(source);
    painting.leave_as_many_to_each(include);
    for id in exclude {
        painting.add(*id, RIGHT)?;
    }
    for id in include {
        painting.add(*id, LEFT)?;
    }
    painting.finish()?;
    if !exclude.is_empty() {
        painting.flow_below()?;
    }
    painting.require_whole(LEFT | RIGHT)?;
    Ok(painting.in_order())
}

const LEFT: u8 = 1;
const RIGHT: u8 = 2;
/// Reachable from a common ancestor, and not one of the best therefore.
const BELOW: u8 = 4;
const COMMON: u8 = LEFT | RIGHT;

/// The place of a commit among those that were painted.
type Place = usize;

struct Painted {
    id: Oid,
    commit: Rc<RawCommit>,
    /// The parents, once its flags have flowed to them.
    parents: Vec<Place>,
    flags: u8,
    /// The flags that have flowed on to the parents.
    flowed: u8,
}

struct Painting<'s, S> {
    source: &'s S,
    limit: usize,
    painted: Vec<Painted>,
    places: OidMap<Place>,
    /// By time, the newest first; the order of arrival decides among equals.
    queue: BinaryHeap<(i64, Reverse<usize>, Place)>,
    arrivals: usize,
    /// How many commits have flags that have yet to flow, and are not below a common one.
    open: usize,
    cut_off: Vec<Place>,
}

impl Painted {
    fn is_open(&self) -> bool {
        self.flags != self.flowed && self.flags & BELOW == 0
    }

    fn is_left_only(&self) -> bool {
        self.flags & COMMON == LEFT
    }
}

impl<'s, S: Commits> Painting<'s, S> {
    fn new(source: &'s S) -> Self {
        Self {
            source,
            limit: source.limit(),
            painted: Vec::new(),
            places: OidMap::default(),
            queue: BinaryHeap::new(),
            arrivals: 0,
            open: 0,
            cut_off: Vec::new(),
        }
    }

    /// What one of these has leaves as many to each of the others.
    fn leave_as_many_to_each(&mut self, begun: &[Oid]) {
        self.limit = self.limit.saturating_mul(begun.len().max(1));
    }

    /// Where a commit stands; it is read when it is new.
    fn place(&mut self, id: Oid) -> Read<Place> {
        if let Some(place) = self.places.get(&id) {
            return Ok(*place);
        }
        if self.painted.len() >= self.limit {
            return Err(ReadError::WalkLimit { limit: self.source.limit() });
        }
        let commit = self.source.commit(id)?;
        let place = self.painted.len();
        self.painted.push(Painted { id, commit, parents: Vec::new(), flags: 0, flowed: 0 });
        self.places.insert(id, place);
        Ok(place)
    }

    /// Paints a commit, and queues it when that is news.
    fn add(&mut self, id: Oid, flags: u8) -> Read<Place> {
        let place = self.place(id)?;
        self.paint(place, flags);
        Ok(place)
    }

    fn paint(&mut self, place: Place, flags: u8) {
        let painted = &mut self.painted[place];
        if painted.flags | flags == painted.flags {
            return;
        }
        self.open -= usize::from(painted.is_open());
        painted.flags |= flags;
        self.open += usize::from(painted.is_open());
        self.arrivals += 1;
        self.queue.push((painted.commit.time, Reverse(self.arrivals), place));
    }

    /// Lets the flags of the newest queued commit flow to its parents. `false`: only commits
    /// below common ones are left.
    fn step(&mut self) -> Read<bool> {
        while self.open > 0 {
            let Some((_, _, place)) = self.queue.pop() else { return Ok(false) };
            if self.flow(place)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn finish(&mut self) -> Read<()> {
        while self.step()? {}
        Ok(())
    }

    /// Whether there was anything to flow.
    fn flow(&mut self, place: Place) -> Read<bool> {
        let painted = &mut self.painted[place];
        if painted.flowed == painted.flags {
            return Ok(false);
        }
        self.open -= usize::from(painted.is_open());
        let is_first = painted.flowed == 0;
        painted.flowed = painted.flags;
        let (id, flags) = (painted.id, painted.flags);
        let flags = if flags & COMMON == COMMON { flags | BELOW } else { flags };
        if is_first {
            let commit = Rc::clone(&painted.commit);
            if self.source.is_cut_off(id, &commit)? {
                self.cut_off.push(place);
                return Ok(true);
            }
            for parent in &commit.parents {
                let parent = self.add(*parent, flags)?;
                self.painted[place].parents.push(parent);
            }
        } else {
            for at in 0..self.painted[place].parents.len() {
                self.paint(self.painted[place].parents[at], flags);
            }
        }
        Ok(true)
    }

    /// Goes on below the common ancestors for as long as a commit there may have been taken for
    /// one that only the left side reaches: down to the oldest of those, and a little further.
    fn flow_below(&mut self) -> Read<()> {
        let mut allowance = ALLOWANCE;
        loop {
            let left = self.painted.iter().filter(|painted| painted.is_left_only());
            let Some(oldest) = left.map(|painted| painted.commit.time).min() else {
                return Ok(());
            };
            let mut changed = false;
            while let Some((time, _, place)) = self.queue.pop() {
                if time >= oldest {
                    changed |= self.flow(place)?;
                    continue;
                }
                // Down here nothing should matter, so neither does what cannot be read.
                allowance -= 1;
                match self.flow(place) {
                    Ok(flowed) if allowance > 0 => changed |= flowed,
                    Ok(_) | Err(_) => return Ok(()),
                }
            }
            if !changed {
                return Ok(());
            }
        }
    }

    fn best_common(&self) -> Vec<Oid> {
        let best = self.painted.iter().filter(|one| one.flags & (COMMON | BELOW) == COMMON);
        best.map(|painted| painted.id).collect()
    }

    /// Refuses to answer when the history of a commit that only one of these sides reaches was
    /// cut off: what is missing may be anything. Below common commits nothing is missed; where clocks
    /// are wrong, or do not tell commits apart, such a one may have been read before that was known.
    fn require_whole(&mut self, sides: u8) -> Read<()> {
        let Some(at) = self.missed(sides) else { return Ok(()) };
        while let Some((_, _, place)) = self.queue.pop() {
            self.flow(place).map_err(|_| ReadError::Shallow { at })?;
        }
        match self.missed(sides) {
            Some(at) => Err(ReadError::Shallow { at }),
            None => Ok(()),
        }
    }

    /// A commit that a side reaches, as far as was painted, and whose history was cut off.
    fn cut_off_on(&self, side: u8) -> Option<Oid> {
        let cut_off = self.cut_off.iter().map(|place| &self.painted[*place]);
        cut_off.filter(|painted| painted.flags & side != 0).map(|painted| painted.id).min()
    }

    /// A commit that only one of these sides reaches, as far as was painted, and whose history was cut
    /// off.
    fn missed(&self, sides: u8) -> Option<Oid> {
        let cut_off = self.cut_off.iter().map(|place| &self.painted[*place]);
        let matters = |painted: &&Painted| {
            let side = painted.flags & COMMON;
            side != COMMON && side & sides != 0
        };
        cut_off.filter(matters).map(|painted| painted.id).min()
    }

    /// The commits that only the left side reaches, children before parents.
    fn in_order(&self) -> Vec<Oid> {
        let mut children = vec![0_usize; self.painted.len()];
        let left = || self.painted.iter().enumerate().filter(|(_, one)| one.is_left_only());
        for parent in left().flat_map(|(_, painted)| &painted.parents) {
            children[*parent] += 1;
        }
        let key = |place: Place| {
            let painted = &self.painted[place];
            (painted.commit.time, Reverse(painted.id), place)
        };
        let mut ready: BinaryHeap<_> = left()
            .filter(|(place, _)| children[*place] == 0)
            .map(|(place, _)| key(place))
            .collect();
        let mut order = Vec::new();
        while let Some((_, Reverse(id), place)) = ready.pop() {
            order.push(id);
            for parent in &self.painted[place].parents {
                children[*parent] -= 1;
                if children[*parent] == 0 && self.painted[*parent].is_left_only() {
                    ready.push(key(*parent));
                }
            }
        }
        order
    }
}

#[cfg(test)]
mod tests;
