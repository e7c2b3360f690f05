//! The landing of a lane whose own paths are as they were at its base: it has changed shared paths alone, or
//! what waivers let it edit beside its own, or has taken back what came since in its own.
//!
//! What such paths hold says little: others change shared ones too, and a branch that has not begun has
//! all that the trunk has. What says it is the merge of the lane's own line, since the lane began, with
//! commits that no other lane has on its line. Anything else cannot be told from what others do: a move of
//! the trunk to the lane or of the lane to the trunk, and a squash, which any lane that may add the same
//! lines makes. There it has not landed.

use std::collections::BTreeSet;

use policy::oid::Oid;
use policy::path::RepoPath;

use super::Landing;
use super::wanted::Wanted;
use super::work::Work;
use crate::evidence::Known;
use crate::evidence::history::Walk;
use crate::evidence::line::{Taken, line_up_to, trunk_parent};
use crate::evidence::merge::{Contents, slot};
use crate::evidence::state::State;
use crate::repository::oids::OidSet;

/// A merge of the trunk that brought a lane's tip, with what the trunk took since.
struct Brought {
    /// The newest first; the merge is the last.
    line: Vec<Taken>,
    /// What it went on from.
    into: Oid,
    /// What it merged.
    others: Vec<Oid>,
}

impl Work<'_, '_, '_> {
    /// Whether its changes are the lane's: own paths, and others that it may change: shared ones, and what
    /// a waiver gives it.
    fn may_bring(&self, path: &RepoPath) -> bool {
        let contract = self.contract;
        self.is_own(path)
            || (contract.grants(self.agent, path) && contract.governing_shared(path).is_some())
            || contract.edit_is_waived(self.agent, path)
    }

    /// Whether a lane has landed that leaves its own paths as they were at its base.
    pub(super) fn landing_by_a_merge(&self, tip: Oid, lane: &State, at: &State) -> Known<Landing> {
        let landed =
            self.history().is_reachable(tip, &at.heads)? && self.was_brought(tip, lane, at)?;
        Ok(if landed { Landing::Reachable } else { Landing::Not })
    }

    /// Whether a merge of the trunk has brought the lane's tip with changes, not all of which were taken
    /// back since.
    fn was_brought(&self, tip: Oid, lane: &State, at: &State) -> Known<bool> {
        let history = self.history();
        let fresh = history.walk(&at.heads, &[tip])?;
        let line = line_up_to(history, at, &fresh.set)?;
        // Most that have not begun stand on the line, and most that do not have changed nothing.
        if line.last().is_none_or(|oldest| oldest.into == Some(tip)) {
            return Ok(false);
        }
        let way = Way { work: self, tip, holding: self.holding(tip, &fresh)?, fresh: &fresh.set };
        let Some(seen) = way.brought(at, Follow::FirstParents)? else { return Ok(false) };
        if self.changed_by_it(tip, seen.into, lane)?.is_empty() {
            return Ok(false);
        }
        let Some(brought) = way.brought(at, Follow::Trunk)? else { return Ok(false) };
        // The branch may be left from a run before this one.
        if !self.has_begun_by(brought.into)? {
            return Ok(false);
        }
        // Another lane that has merged this one brings what it likes of it, and when it likes.
        let mut is_merged = false;
        for other in &brought.others {
            is_merged |= self.line_beyond(*other, brought.into)?.contains(&tip);
        }
        let changed = self.changed_by_it(tip, brought.into, lane)?;
        Ok(is_merged && !changed.is_empty() && self.is_still_there(&changed, &brought, at)?)
    }

    fn has_begun_by(&self, commit: Oid) -> Known<bool> {
        let Some(base) = self.base else { return Ok(false) };
        Ok(self.history().is_ancestor(base, commit)?)
    }

    /// The commits of a walk that hold a tip below all of it.
    fn holding(&self, tip: Oid, fresh: &Walk) -> Known<OidSet> {
        let mut holding = OidSet::default();
        for commit in fresh.order.iter().rev() {
            let parents = self.history().parents(*commit)?;
            if parents.iter().any(|parent| *parent == tip || holding.contains(parent)) {
                holding.insert(*commit);
            }
        }
        Ok(holding)
    }

    /// The paths, shared or own by then, that a lane has changed since it parted from the trunk,
    /// by commits on its own line that no other lane has on its line and that change no other lane's own
    /// paths, but for those that a waiver gives it.
    fn changed_by_it(&self, tip: Oid, into: Oid, lane: &State) -> Known<Vec<Wanted>> {
        let history = self.history();
        let bases = history.merge_bases(&[into], &[tip])?;
        let changed = self.changed(&bases, lane, |path| self.may_bring(path))?;
        if changed.is_empty() {
            return Ok(changed);
        }
        let others = self.lines_of_others(into)?;
        let mut made = BTreeSet::new();
        for commit in self.line_beyond(tip, into)? {
            let touched = history.touched(commit)?;
            let is_anothers = |path| {
                self.contract.own_lane(path).is_some_and(|lane| lane != self.agent)
                    && !self.contract.edit_is_waived(self.agent, path)
            };
            if !others.contains(&commit) && !touched.iter().any(|c| is_anothers(&c.path)) {
                made.extend(touched.iter().map(|change| change.path.clone()));
            }
        }
        let mut brought = Vec::new();
        for wanted in changed.into_iter().filter(|wanted| made.contains(&wanted.path)) {
            let path = &wanted.path;
            if !self.is_own(path) || self.is_own_at(path, into)? {
                brought.push(wanted);
            }
        }
        Ok(brought)
    }

    fn lines_of_others(&self, below: Oid) -> Known<OidSet> {
        let mut lines = OidSet::default();
        for other in self.contract.agents().iter().filter(|other| other.id != *self.agent) {
            for place in self.lanes.places(&other.id) {
                lines.extend(self.line_beyond(place, below)?);
            }
        }
        Ok(lines)
    }

    fn line_beyond(&self, tip: Oid, below: Oid) -> Known<Vec<Oid>> {
        let fresh = self.history().walk(&[tip], &[below])?;
        self.history().first_parents_in(tip, &fresh.set)
    }

    /// Whether what was brought was never taken back whole, or is there again. What others have added
    /// at the same place since is no reason to say that it was.
    fn is_still_there(&self, changed: &[Wanted], brought: &Brought, at: &State) -> Known<bool> {
        let history = self.history();
        let contents = Contents::with(history, at);
        let Some(merge) = brought.line.last() else { return Ok(false) };
        let mut sides = Vec::with_capacity(changed.len());
        for Wanted { path, .. } in changed {
            let before = slot(history.entry_at(brought.into, path)?);
            sides.push((path, before, slot(merge.state.entry(history, path)?)));
        }
        let is_back = |state: &State| -> Known<bool> {
            for (path, before, made) in &sides {
                let here = slot(state.entry(history, path)?);
                let is_back = here == *before
                    || (here != *made && contents.makes(made, &here, before, &here)?);
                if !is_back {
                    return Ok(false);
                }
            }
            Ok(true)
        };
        let mut was_taken_back = false;
        for taken in &brought.line {
            was_taken_back = was_taken_back || is_back(&taken.state)?;
        }
        if !was_taken_back {
            return Ok(true);
        }
        for wanted in changed {
            if wanted.is_in(&contents, &slot(at.entry(history, &wanted.path)?))? {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// How the line is followed below a merge.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Follow {
    FirstParents,
    Trunk,
}

/// The way along the trunk's line to the merge that brought a tip.
struct Way<'q, 'w, 'a, 'v> {
    work: &'q Work<'w, 'a, 'v>,
    tip: Oid,
    /// What the trunk has and the tip has not.
    fresh: &'q OidSet,
    /// Those of them that hold the tip.
    holding: OidSet,
}

impl Way<'_, '_, '_, '_> {
    /// The merge of the line that brought the tip; `None` where the line itself holds it.
    fn brought(&self, at: &State, follow: Follow) -> Known<Option<Brought>> {
        let history = self.work.history();
        let mut ahead = line_up_to(history, at, self.fresh)?.into_iter();
        let mut line = Vec::new();
        while let Some(taken) = ahead.next() {
            let Some(first) = taken.into else { break };
            let into = match taken.state.commit {
                Some(commit) if follow == Follow::Trunk => self.goes_on_by(commit, first)?,
                _ => first,
            };
            if into == self.tip {
                break;
            }
            if into != first {
                ahead =
                    line_up_to(history, &State::of_commit(history, into)?, self.fresh)?.into_iter();
            }
            if self.holding.contains(&into) {
                line.push(taken);
                continue;
            }
            let parents = std::iter::once(first).chain(taken.others.iter().copied());
            let others = parents.filter(|parent| *parent != into).collect();
            line.push(taken);
            return Ok(Some(Brought { line, into, others }));
        }
        Ok(None)
    }

    /// The parent by which the trunk's line goes on. Where history alone has to tell, a lane that has
    /// changed shared paths alone looks like the trunk; but what has merges alone on its line is
    /// the trunk, with another lane's landing.
    fn goes_on_by(&self, commit: Oid, first: Oid) -> Known<Oid> {
        let (history, contracts) = (self.work.history(), self.work.contracts);
        let parent = trunk_parent(contracts, commit)?.unwrap_or(first);
        if parent == first {
            return Ok(first);
        }
        for known in contracts.known_trunk() {
            if *known != commit && history.is_ancestor(*known, commit)? {
                return Ok(parent);
            }
        }
        for commit in self.work.line_beyond(first, parent)? {
            if history.parents(commit)?.len() < 2 {
                return Ok(parent);
            }
        }
        Ok(first)
    }
}
