//! A lane's work, as one contract sees it: whether it has arrived on the trunk.

use std::collections::{BTreeMap, BTreeSet};

use policy::contract::Contract;
use policy::name::AgentId;
use policy::oid::Oid;
use policy::path::RepoPath;

use super::Landing;
use super::handover::Given;
use super::renamed::{ByGit, Sought};
use super::wanted::Wanted;
use crate::evidence::Known;
use crate::evidence::base::Base;
use crate::evidence::contract::Contracts;
use crate::evidence::history::History;
use crate::evidence::lane::own::Lanes;
use crate::evidence::line::{has_come, line_up_to, trunk_parent};
use crate::evidence::merge::{Contents, slot};
use crate::evidence::state::State;
use crate::repository::TreeChange;

/// A lane's work.
pub struct Work<'w, 'a, 'v> {
    /// The lanes.
    pub lanes: &'a Lanes<'a, 'v>,
    /// The contracts of the trunk.
    pub contracts: &'a Contracts<'a, 'v>,
    /// The one that says which paths are whose.
    pub contract: &'w Contract,
    /// Whose.
    pub agent: &'w AgentId,
    /// Its base.
    pub base: Option<Oid>,
    /// What the contract and the older ones have given it, where that has changed since.
    pub given: &'w [Given],
}

impl<'a, 'v> Work<'_, 'a, 'v> {
    /// Whether it has landed in a state of the trunk, where its branch is at this tip.
    pub fn landing(&self, branch: Option<Oid>, at: &State) -> Known<Landing> {
        let history = self.history();
        let lane = match branch {
            Some(branch) => {
                let tip = self.begun(branch)?;
                Some((tip, State::of_commit(history, tip)?))
            }
            None => None,
        };
        let held = lane.as_ref().map(|(_, state)| state);
        let differs = self.differs(at)? || self.is_carried_out(held, at)?;
        let Some((tip, lane)) = lane else {
            return Ok(if differs { Landing::BranchGone } else { Landing::Not });
        };
        if !self.differs(&lane)? {
            // The branch here may be behind what was merged elsewhere and pushed without it.
            if differs
                && history.is_reachable(tip, &at.heads)?
                && (self.merged_since(tip, at)?.is_some() || self.is_given_back(tip, at)?)
            {
                return Ok(Landing::Arrived);
            }
            // A merge may bring what a branch beside its base has done to shared files alone.
            return match branch {
                Some(branch) if !history.is_ancestor(branch, tip)? => {
                    let lane = State::of_commit(history, branch)?;
                    self.landing_by_a_merge(branch, &lane, at)
                }
                _ => self.landing_by_a_merge(tip, &lane, at),
            };
        }
        if !differs {
            return Ok(Landing::Not);
        }
        if history.is_reachable(tip, &at.heads)? {
            return Ok(Landing::Reachable);
        }
        let arrived = self.has_arrived(&lane, at)?;
        Ok(if arrived { Landing::Arrived } else { Landing::Not })
    }

    /// Where the lane's branch counts as being. One that stands below the lane's base, or all of whose work had
    /// arrived there under other commits, has no work of the lane, and what the trunk did up to there is neither its
    /// landing nor its being taken back: it has begun no more than one that was made at the base.
    pub fn begun(&self, tip: Oid) -> Known<Oid> {
        match self.base {
            Some(base)
                if self.history().is_ancestor(tip, base)? || self.had_arrived_at(base, tip)? =>
            {
                Ok(base)
            }
            _ => Ok(tip),
        }
    }

    /// Whether a branch beside the lane's base has done nothing to its own paths that had not arrived there: an
    /// older run has landed it, or it has not begun.
    fn had_arrived_at(&self, base: Oid, tip: Oid) -> Known<bool> {
        let history = self.history();
        let bases = history.merge_bases(&[base], &[tip])?;
        if bases.is_empty() || bases.contains(&base) {
            return Ok(false);
        }
        let (lane, then) = (State::of_commit(history, tip)?, State::of_commit(history, base)?);
        let changed = self.changed(&bases, &lane, |path| self.is_own(path))?;
        self.all_arrived(changed, &lane, &bases, &then)
    }

    /// Whether each own path that the lane has changed since the merge base has arrived.
    pub fn has_arrived(&self, lane: &State, at: &State) -> Known<bool> {
        let bases = self.history().merge_bases(&at.heads, &lane.heads)?;
        let changed = self.changed(&bases, lane, |path| self.is_own(path))?;
        Ok(self.all_arrived(changed, lane, &bases, at)?
            && !self.is_changed_by_git(&bases, lane, at)?)
    }

    /// Whether git's own merge would change an own path without any conflict that path by path the lane has not
    /// changed, where there are several merge bases: with renames among them, they come to something else.
    fn is_changed_by_git(&self, bases: &[Oid], lane: &State, at: &State) -> Known<bool> {
        let (Some(tip), Some(trunk), [_, _, ..]) = (lane.commit, at.commit, bases) else {
            return Ok(false);
        };
        // Of what the lane has changed path by path, it is known whether it has arrived.
        let mut unchanged = BTreeSet::new();
        for path in self.differing(bases, lane, |path| self.is_own(path))? {
            let base = Base::at(self.history(), bases, &path)?;
            let held = slot(lane.entry(self.history(), &path)?);
            if !base.is_conflict() && base.merged() == Some(&held) {
                unchanged.insert(path);
            }
        }
        if unchanged.is_empty() {
            return Ok(false);
        }
        let merged = self.history().merge_by_git(trunk, tip, &unchanged, false)?;
        Ok(unchanged.iter().any(|path| merged.change(path).is_some()))
    }

    pub(super) fn history(&self) -> &'a History<'v> {
        self.lanes.history
    }

    pub(super) fn is_own(&self, path: &RepoPath) -> bool {
        self.contract.own_lane(path) == Some(self.agent)
    }

    /// Whether a lane that has taken in its own landing, and how that was taken back, has it on the trunk
    /// again, all as the last merge of it left it.
    fn is_given_back(&self, tip: Oid, at: &State) -> Known<bool> {
        let Some(base) = self.base else { return Ok(false) };
        let then = State::of_commit(self.history(), tip)?;
        let Some(landed) = self.merged_since(base, &then)? else { return Ok(false) };
        let changed = self.changed(&[base], &landed, |path| self.is_own(path))?;
        for wanted in &changed {
            if slot(at.entry(self.history(), &wanted.path)?) != wanted.tip {
                return Ok(false);
            }
        }
        Ok(!changed.is_empty())
    }

    /// The newest state of the trunk, since a tip, that has taken commits by a merge's other parents
    /// which change nothing but the lane's own paths: those are its work, whatever its branch says here.
    /// What such a parent has undone is nobody's, and nor is what the trunk had already: where a lane
    /// merged the trunk and then became it, nothing was merged but the trunk.
    fn merged_since(&self, tip: Oid, at: &State) -> Known<Option<State>> {
        let history = self.history();
        let fresh = history.walk(&at.heads, &[tip])?;
        let mut line = line_up_to(history, at, &fresh.set)?.into_iter();
        while let Some(taken) = line.next() {
            let Some(first) = taken.into else { continue };
            let mut others =
                taken.others.iter().copied().filter(|other| fresh.set.contains(other)).peekable();
            if others.peek().is_none() {
                continue;
            }
            if !self.has_own_among(
                &taken.state.diff_from(history, Some(history.tree(first)?))?,
                first,
            )? {
                continue;
            }
            let mut brings = false;
            for other in others {
                brings = brings || self.brings_own_work(first, other, taken.state.commit)?;
            }
            let goes_on_by = match taken.state.commit {
                Some(commit) if brings => trunk_parent(self.contracts, commit)?.unwrap_or(first),
                _ => first,
            };
            if goes_on_by != first {
                let state = State::of_commit(history, goes_on_by)?;
                line = line_up_to(history, &state, &fresh.set)?.into_iter();
            } else if brings {
                return Ok(Some(taken.state));
            }
        }
        Ok(None)
    }

    fn has_own_among(&self, changes: &[TreeChange], into: Oid) -> Known<bool> {
        for change in changes {
            if self.is_own_at(&change.path, into)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Whether what is merged has commits of the lane's own paths alone, and leaves them changed. Where the merge
    /// says that it brings the lane's branch, they may have other paths too that the lane may edit and that are
    /// nobody's own.
    fn brings_own_work(&self, into: Oid, merged: Oid, by: Option<Oid>) -> Known<bool> {
        let history = self.history();
        let is_named = match by.zip(self.contract.agent(self.agent)) {
            Some((merge, agent)) => self.lanes.is_named_by(merge, agent)?,
            None => false,
        };
        let mut is_work = false;
        for commit in &history.walk(&[merged], &[into])?.order {
            let touched = history.touched(*commit)?;
            let (mut is_sole, mut has_own) = (true, false);
            for TreeChange { path, .. } in touched.iter() {
                let is_own = self.is_own_at(path, into)?;
                has_own |= is_own;
                let is_shared =
                    is_named && !self.is_own(path) && self.contract.keeps_to(self.agent, path);
                is_sole = is_sole && (is_own || is_shared);
            }
            is_work |= is_sole && has_own && !self.is_waived_work(*commit)?;
        }
        if !is_work {
            return Ok(false);
        }
        let bases = history.merge_bases(&[into], &[merged])?;
        let state = State::of_commit(history, merged)?;
        for path in self.differing(&bases, &state, |path| self.is_own(path))? {
            if self.is_own_at(&path, into)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Whether a commit that the lane may have made is one of another lane's, which a waiver lets edit its paths:
    /// that one's branch has it, or had it before it moved, and this one's does not.
    fn is_waived_work(&self, commit: Oid) -> Known<bool> {
        if self.contract.waivers().is_empty() || self.lanes.is_reached(commit, self.agent)? {
            return Ok(false);
        }
        let touched = self.history().touched(commit)?;
        for agent in self.contract.agents().iter().filter(|agent| agent.id != *self.agent) {
            let is_waived = |change: &TreeChange| {
                self.contract.edit_is_waived(&agent.id, &change.path)
                    || self.contract.grants(&agent.id, &change.path)
            };
            let places: Vec<Oid> = self.lanes.places(&agent.id).collect();
            if touched.iter().all(is_waived) && self.history().is_reachable(commit, &places)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Whether each of the paths that the lane has changed since the merge bases has arrived.
    fn all_arrived(
        &self,
        changed: Vec<Wanted>,
        lane: &State,
        bases: &[Oid],
        at: &State,
    ) -> Known<bool> {
        let mut missing = Vec::new();
        let (mut is_here, mut may_be_here) = (false, false);
        for wanted in &changed {
            let here = slot(at.entry(self.history(), &wanted.path)?);
            let contents = Contents::with(self.history(), at);
            // What is not committed is on no way.
            let into = match (at.commit, at.heads.first()) {
                (None, Some(head)) => slot(self.history().entry_at(*head, &wanted.path)?),
                _ => here.clone(),
            };
            let is_missing =
                !wanted.is_in(&contents, &here)? && !wanted.is_brought(&contents, &into, &here)?;
            if is_missing {
                missing.push(wanted);
            }
            match is_missing && self.may_be_united(wanted, at)? {
                true => may_be_here = true,
                false => is_here |= !wanted.is_taken_back(&contents, &here)?,
            }
        }
        if missing.is_empty() {
            return Ok(true);
        }
        if !is_here {
            let fresh = self.history().walk(&at.heads, bases)?;
            // Otherwise whatever came was taken back whole.
            is_here = self.is_elsewhere(changed.iter(), (at, &fresh), bases)?;
        }
        Ok((is_here || may_be_here)
            && self.arrived_on_the_way((&changed, &missing), lane, bases, (at, is_here))?)
    }

    /// Looks for commits between the merge base and the trunk's state at which what is missing
    /// had arrived: the trunk may have gone on in those lines since. A merge's other parents count
    /// for the paths that the merge changed on the trunk: what somebody tried in a branch and gave
    /// up before it was merged never was there.
    fn arrived_on_the_way(
        &self,
        (changed, missing): (&[Wanted], &[&Wanted]),
        lane: &State,
        bases: &[Oid],
        (at, mut is_any_here): (&State, bool),
    ) -> Known<bool> {
        let history = self.history();
        let fresh = history.walk(&at.heads, bases)?;
        let contents = Contents::new(history);
        let sought = lane.commit.map(|tip| Sought { lane: (lane, tip), bases, at, fresh: &fresh });
        let mut found = ByGit::default();
        for wanted in missing {
            let mut tried = BTreeMap::new();
            let mut has_arrived = |commit| {
                if wanted.base.is_conflict() && !self.holds_all(commit, bases)? {
                    return Ok(false);
                }
                let made = history.entry_at(commit, &wanted.path)?;
                let into = match history.parents(commit)?.first() {
                    Some(into) => history.entry_at(*into, &wanted.path)?,
                    None => None,
                };
                if let Some(known) = tried.get(&(into, made)) {
                    return Ok(*known);
                }
                let (into_slot, made_slot) = (slot(into), slot(made));
                let is_in = wanted.is_in(&contents, &made_slot)?
                    || wanted.is_brought(&contents, &into_slot, &made_slot)?;
                tried.insert((into, made), is_in);
                Ok(is_in)
            };
            let mut has_come =
                has_come(self.contracts, at, &fresh, &wanted.path, &mut has_arrived)?;
            if self.may_be_united(wanted, at)? {
                let united = match &sought {
                    Some(sought) if !has_come => self.has_come_united(wanted, sought)?,
                    _ => None,
                };
                has_come |= united.is_some();
                let here = slot(at.entry(history, &wanted.path)?);
                is_any_here |= united.unwrap_or(!wanted.is_taken_back(&contents, &here)?);
            }
            let is_here = match &sought {
                _ if has_come => !self.goes_back_beyond(wanted, lane, bases, at)?,
                Some(sought) => self.has_come_by_git(wanted, sought, &mut found)?,
                None => false,
            };
            if !is_here {
                return Ok(false);
            }
        }
        if !is_any_here {
            return Ok(false);
        }
        self.holds_what_came_by_git(changed, &found, (at, &fresh), bases)
    }

    /// Whether a commit is on the way from all of the merge bases: what the trunk was before it held them
    /// all was no answer to a lane that does.
    fn holds_all(&self, commit: Oid, bases: &[Oid]) -> Known<bool> {
        for base in bases {
            if !self.history().is_ancestor(*base, commit)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Some of the paths that a lane has changed since the merge bases.
    pub(super) fn changed(
        &self,
        bases: &[Oid],
        lane: &State,
        counts: impl Fn(&RepoPath) -> bool,
    ) -> Known<Vec<Wanted>> {
        let history = self.history();
        let mut changed = Vec::new();
        for path in self.differing(bases, lane, counts)? {
            let base = Base::at(history, bases, &path)?;
            let wanted = Wanted { base, tip: slot(lane.entry(history, &path)?), path };
            if wanted.has_changed() {
                changed.push(wanted);
            }
        }
        Ok(changed)
    }

    /// Some of the paths in which a lane differs from any of the merge bases.
    fn differing(
        &self,
        bases: &[Oid],
        lane: &State,
        counts: impl Fn(&RepoPath) -> bool,
    ) -> Known<BTreeSet<RepoPath>> {
        let history = self.history();
        let mut trees = Vec::new();
        for base in bases {
            trees.push(Some(history.tree(*base)?));
        }
        if trees.is_empty() {
            trees.push(None);
        }
        let mut paths = BTreeSet::new();
        for tree in trees {
            let changes = lane.diff_from(history, tree)?;
            paths.extend(changes.into_iter().map(|c| c.path).filter(|path| counts(path)));
        }
        Ok(paths)
    }
}
