//! What a step brings by other parents: to which lane each belongs, and what lies beneath it on the
//! line by which it came.
//!
//! Such a line is an integration branch, on which lanes are merged one after another; or the trunk's own
//! first parents as far as they are beside the old trunk, where a merge joined the two.

use std::collections::{BTreeMap, BTreeSet};

use policy::contract::Agent;
use policy::name::AgentId;
use policy::oid::Oid;

use super::entering::Step;
use crate::evidence::Known;
use crate::evidence::history::Walk;
use crate::evidence::search::Search;

/// What a step brings of a lane, and what lies beneath it on a line of landings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Came {
    /// The newest of it.
    pub head: Oid,
    /// The commit of the line directly beneath the one that brings it.
    pub beneath: Option<Oid>,
}

/// What was found, and what is still to be looked at.
struct Found {
    by_lane: BTreeMap<AgentId, Vec<Came>>,
    pending: Vec<Came>,
    seen: BTreeSet<Oid>,
}

impl Found {
    fn add(&mut self, head: Oid, beneath: Option<Oid>) {
        if self.seen.insert(head) {
            self.pending.push(Came { head, beneath });
        }
    }
}

impl<'a> Step<'a, '_> {
    /// What the step brings, by the lanes that it belongs to. A parent without any own commit or
    /// tip on its first-parent chain is an integration branch, of which the merges are looked at.
    /// So is the line on which the trunk goes on from beside the old one.
    pub fn brought_by_lane(&self, fresh: &Walk) -> Known<BTreeMap<AgentId, Vec<Came>>> {
        let mut found =
            Found { by_lane: BTreeMap::new(), pending: Vec::new(), seen: BTreeSet::new() };
        let line = self.line(fresh)?;
        found.seen.extend(line.first());
        for parent in self.merged_parents()? {
            // What is merged where the two lines join came after the line.
            found.add(parent, line.first().copied());
        }
        self.along_line(&line, None, fresh, &mut found)?;
        while let Some(came) = found.pending.pop() {
            let chain = self.fresh_line(came.head, fresh)?;
            let made = self.made_on(&chain, fresh)?;
            if made.is_empty() {
                self.along_line(&chain, came.beneath, fresh, &mut found)?;
            }
            for (number, (lane, newest)) in made.into_iter().enumerate() {
                // However far it goes beyond the lane's own, all of it is the first one's.
                let head = if number == 0 { came.head } else { newest };
                let came = Came { head, beneath: came.beneath };
                found.by_lane.entry(lane.clone()).or_default().push(came);
            }
        }
        Ok(found.by_lane)
    }

    /// Looks at the commits of a line on which lanes land: each stretch that a lane made, and what is
    /// merged in between.
    fn along_line(
        &self,
        line: &[Oid],
        below_it: Option<Oid>,
        fresh: &Walk,
        found: &mut Found,
    ) -> Known<()> {
        let mut at = 0;
        while let Some(commit) = line.get(at) {
            let begin = at;
            at += 1;
            let makers = self.makers(*commit, fresh)?;
            if let [first, ..] = makers.as_slice() {
                while let Some(next) = line.get(at)
                    && self.makers(*next, fresh)?.contains(first)
                {
                    at += 1;
                }
            }
            let mut beneath = line.get(at).copied().or(below_it);
            if beneath.is_none() && !makers.is_empty() {
                beneath = self.taken_in_by(&line[begin..at], fresh)?;
                if let Some(landings) = beneath {
                    found.add(landings, None);
                }
            }
            for lane in &makers {
                let came = Came { head: *commit, beneath };
                found.by_lane.entry((*lane).clone()).or_default().push(came);
            }
            if makers.is_empty() {
                for other in self.history().parents(*commit)?.into_iter().skip(1) {
                    if fresh.set.contains(&other) {
                        found.add(other, beneath);
                    }
                }
            }
        }
        Ok(())
    }

    /// The newest line of nothing but landings that a stretch of a lane took in: where the lane then
    /// became the trunk by a fast-forward, those landings came before it.
    fn taken_in_by(&self, stretch: &[Oid], fresh: &Walk) -> Known<Option<Oid>> {
        for commit in stretch {
            for other in self.history().parents(*commit)?.into_iter().skip(1) {
                let line = self.fresh_line(other, fresh)?;
                if self.are_landings(&line)? && self.made_on(&line, fresh)?.is_empty() {
                    return Ok(Some(other));
                }
            }
        }
        Ok(None)
    }

    /// Whether a line is there, and of merges that change nothing of themselves.
    fn are_landings(&self, line: &[Oid]) -> Known<bool> {
        for commit in line {
            if self.history().parents(*commit)?.len() < 2
                || !self.history().touched(*commit)?.is_empty()
            {
                return Ok(false);
            }
        }
        Ok(!line.is_empty())
    }

    /// Whether the step brings nothing but the trunk's own commits, one after another, the line beside
    /// the old trunk included where a pull has joined the two.
    pub fn merges_nothing(&self) -> Known<bool> {
        let fresh = self.fresh()?;
        let line = self.line(&fresh)?;
        let trunks: BTreeSet<&Oid> = self.chain.iter().chain(&line).collect();
        let is_lines = |parent: &Oid| line.first() == Some(parent);
        Ok(self.merged_parents()?.iter().all(is_lines)
            && fresh.order.iter().all(|commit| trunks.contains(commit)))
    }

    /// The line on which the trunk goes on, newest first, as far as it was beside the old one: the
    /// old one is no first parent of it.
    pub fn line(&self, fresh: &Walk) -> Known<Vec<Oid>> {
        let Some(oldest) = self.chain.last() else { return Ok(Vec::new()) };
        match self.history().parents(*oldest)?.first() {
            Some(first) => self.fresh_line(*first, fresh),
            None => Ok(Vec::new()),
        }
    }

    /// The first-parent chain from a commit, newest first, as far as a walk has it.
    pub fn fresh_line(&self, from: Oid, fresh: &Walk) -> Known<Vec<Oid>> {
        let line = self.history().first_parents_in(from, &fresh.set)?;
        self.history().allowance.look_ups(Search::Lines, line.len())?;
        Ok(line)
    }

    /// The lanes that a first-parent chain belongs to, each with the newest commit that shows it, the
    /// newest first. What a lane has only taken in, of a line on which other lanes land, does not make
    /// that line the lane's; nor does a commit of no branch on it, which landed there.
    fn made_on(&self, chain: &[Oid], fresh: &Walk) -> Known<Vec<(&'a AgentId, Oid)>> {
        let mut made: Vec<(&'a AgentId, Oid)> = Vec::new();
        let mut taken_in = None;
        let mut is_lanes = false;
        for commit in chain {
            let makers = self.makers(*commit, fresh)?;
            for lane in self.owners(*commit)? {
                if !makers.contains(&lane) {
                    taken_in = taken_in.or(Some((lane, *commit)));
                    continue;
                }
                is_lanes = is_lanes || self.lanes.is_reached(*commit, lane)?;
                if made.iter().all(|(known, _)| *known != lane) {
                    made.push((lane, *commit));
                }
            }
        }
        if is_lanes {
            return Ok(made);
        }
        let shown = made.first().copied().or(taken_in);
        let Some((lane, _)) = shown else { return Ok(Vec::new()) };
        for commit in chain {
            if self.lands_another(*commit, lane, fresh)? {
                return Ok(Vec::new());
            }
        }
        Ok(if made.is_empty() { taken_in.into_iter().collect() } else { made })
    }

    /// The lanes that made a commit: it is their tip, or an own commit that did not come into them by a
    /// merge and is no landing of others.
    fn makers(&self, commit: Oid, fresh: &Walk) -> Known<Vec<&'a AgentId>> {
        let mut makers = Vec::new();
        for lane in self.owners(commit)? {
            if self.is_at_tip(commit, lane)
                || (self.is_of_line(commit, lane)? && !self.lands_another(commit, lane, fresh)?)
            {
                makers.push(lane);
            }
        }
        Ok(makers)
    }

    /// The lanes of which a commit is the tip or an own commit; those of which it is an own commit
    /// first.
    fn owners(&self, commit: Oid) -> Known<Vec<&'a AgentId>> {
        let (mut owners, mut tips) = (Vec::new(), Vec::new());
        for agent in self.lanes.contract.agents() {
            if self.lanes.own_commits(&agent.id, self.seen_from)?.set.contains(&commit) {
                owners.push(&agent.id);
            } else if self.is_at_tip(commit, &agent.id) {
                tips.push(&agent.id);
            }
        }
        owners.extend(tips);
        Ok(owners)
    }

    /// Whether a commit is a lane's tip, and not the trunk's that it has only taken in.
    fn is_at_tip(&self, commit: Oid, lane: &AgentId) -> bool {
        self.lanes.tip(lane) == Some(commit) && !self.lanes.has_taken_in(lane, commit)
    }

    /// Whether a lane's own commit did not come into it by a merge.
    fn is_of_line(&self, commit: Oid, lane: &AgentId) -> Known<bool> {
        let Some(tip) = self.lanes.tip(lane) else { return Ok(true) };
        let reached = self.history().walk(&[tip], self.seen_from)?;
        Ok(!reached.set.contains(&commit)
            || self.lanes.line(lane, self.seen_from)?.contains(&commit))
    }

    /// Whether a merge changes nothing of itself, and all that it merges belongs to other lanes.
    fn lands_another(&self, commit: Oid, lane: &AgentId, fresh: &Walk) -> Known<bool> {
        let parents = self.history().parents(commit)?;
        if parents.len() < 2 || !self.history().touched(commit)?.is_empty() {
            return Ok(false);
        }
        for parent in &parents[1..] {
            let mut theirs = Vec::new();
            for commit in self.fresh_line(*parent, fresh)? {
                theirs = self.owners(commit)?;
                if !theirs.is_empty() {
                    break;
                }
            }
            if theirs.is_empty() || theirs.contains(&lane) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// What a line of landings beside the trunk did to the lane's own paths, commit by commit.
    pub fn changed_on_line(&self, agent: &Agent, fresh: &Walk) -> Known<Vec<Came>> {
        let beside = self.line(fresh)?;
        if beside.is_empty() {
            return Ok(Vec::new());
        }
        let line: Vec<Oid> = self.chain.iter().copied().chain(beside).collect();
        let mut came = Vec::new();
        for (at, commit) in line.iter().enumerate() {
            if self.lanes.touches_own(*commit, &agent.id)? {
                came.push(Came { head: *commit, beneath: line.get(at + 1).copied() });
            }
        }
        Ok(came)
    }

    /// What of a lane came by a line of landings beside the trunk, none of whose merges brings any of
    /// it: the squashes there that the lane has taken in, which are on the line as they would be on
    /// the trunk; and its tip, as seen from what it has taken in, where that is not all.
    pub fn landed_on_line(&self, agent: &Agent, tip: Oid, fresh: &Walk) -> Known<Vec<Came>> {
        let line = self.line(fresh)?;
        let (mut squashes, mut is_all) = (Vec::new(), true);
        for (at, commit) in line.iter().enumerate() {
            if self.history().parents(*commit)?.len() > 1
                || !self.lanes.touches_own(*commit, &agent.id)?
            {
                continue;
            }
            if self.history().is_reachable(*commit, &[tip])? {
                squashes.push(Came { head: *commit, beneath: line.get(at + 1).copied() });
            } else {
                is_all = false;
            }
        }
        if squashes.is_empty() || !is_all {
            let beneath = self.newest_reached(&line, tip)?;
            squashes.push(Came { head: tip, beneath });
        }
        Ok(squashes)
    }
}
