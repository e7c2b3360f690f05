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

/// What a step merges of a lane, and what lies beneath it on a line of landings beside the trunk.
#[derive(Debug, Clone, Copy)]
pub struct Came {
    /// The newest of it.
    pub head: Oid,
    /// What lies beneath it, where it came by a line.
    pub beside: Option<Oid>,
}

impl<'a> Step<'a, '_> {
    /// What the step merges, by the lane that it belongs to. A parent without any own commit or
    /// tip on its first-parent chain is an integration branch, of which the merges are looked at.
    /// So is the line on which the trunk goes on from beside the old one.
    pub fn parents_by_lane(&self, fresh: &Walk) -> Known<BTreeMap<AgentId, Vec<Came>>> {
        let mut by_lane: BTreeMap<AgentId, Vec<Came>> = BTreeMap::new();
        let line = self.line(fresh)?;
        let mut seen: BTreeSet<Oid> = self.merged_parents()?.into_iter().collect();
        let came = |head: &Oid| Came { head: *head, beside: None };
        let mut pending: Vec<Came> =
            seen.iter().filter(|parent| line.first() != Some(parent)).map(came).collect();
        let mut at = 0;
        while let Some(commit) = line.get(at) {
            let Some(lane) = self.lane_at(*commit)? else {
                at += 1;
                self.merged_by(*commit, line.get(at), fresh, &mut seen, &mut pending)?;
                continue;
            };
            let own = self.lanes.own_commits(lane, self.seen_from)?;
            at += 1;
            while line.get(at).is_some_and(|below| own.set.contains(below)) {
                at += 1;
            }
            let beside = line.get(at).copied();
            by_lane.entry(lane.clone()).or_default().push(Came { head: *commit, beside });
        }
        while let Some(parent) = pending.pop() {
            let chain = self.fresh_line(parent.head, fresh)?;
            if let Some(lane) = self.lane_of(&chain, fresh)? {
                by_lane.entry(lane.clone()).or_default().push(parent);
                continue;
            }
            for (at, commit) in chain.iter().enumerate() {
                let below = chain.get(at + 1).or(parent.beside.as_ref());
                self.merged_by(*commit, below, fresh, &mut seen, &mut pending)?;
            }
        }
        Ok(by_lane)
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
    fn fresh_line(&self, from: Oid, fresh: &Walk) -> Known<Vec<Oid>> {
        self.history().first_parents(from, |commit| Ok(!fresh.set.contains(&commit)))
    }

    /// Adds what a commit of a line of landings merges, above what lies beneath it.
    fn merged_by(
        &self,
        commit: Oid,
        below: Option<&Oid>,
        fresh: &Walk,
        seen: &mut BTreeSet<Oid>,
        pending: &mut Vec<Came>,
    ) -> Known<()> {
        for other in self.history().parents(commit)?.into_iter().skip(1) {
            if fresh.set.contains(&other) && seen.insert(other) {
                pending.push(Came { head: other, beside: below.copied() });
            }
        }
        Ok(())
    }

    /// The lane that a first-parent chain belongs to: by the newest of its commits that is the tip
    /// or an own commit of one. What a lane has only taken in, of a line on which lanes land, does
    /// not make that line the lane's.
    fn lane_of(&self, chain: &[Oid], fresh: &Walk) -> Known<Option<&'a AgentId>> {
        let mut taken_in = None;
        for commit in chain {
            let Some(lane) = self.lane_at(*commit)? else { continue };
            if self.lanes.tip(lane) == Some(*commit)
                || (self.is_of_line(*commit, lane)? && !self.lands_another(*commit, lane, fresh)?)
            {
                return Ok(Some(lane));
            }
            taken_in = taken_in.or(Some(lane));
        }
        for commit in chain.iter().filter(|_| taken_in.is_some()) {
            let parents = self.history().parents(*commit)?;
            if parents.iter().skip(1).any(|parent| fresh.set.contains(parent)) {
                return Ok(None);
            }
        }
        Ok(taken_in)
    }

    /// Whether a lane's own commit did not come into it by a merge.
    fn is_of_line(&self, commit: Oid, lane: &AgentId) -> Known<bool> {
        let Some(tip) = self.lanes.tip(lane) else { return Ok(true) };
        let reached = self.history().walk(&[tip], self.seen_from)?;
        Ok(!reached.set.contains(&commit) || self.fresh_line(tip, &reached)?.contains(&commit))
    }

    /// The lane of which a commit is the tip, or else an own commit.
    fn lane_at(&self, commit: Oid) -> Known<Option<&'a AgentId>> {
        let agents = self.lanes.contract.agents();
        if let Some(agent) = agents.iter().find(|a| self.lanes.tip(&a.id) == Some(commit)) {
            return Ok(Some(&agent.id));
        }
        for agent in agents {
            if self.lanes.own_commits(&agent.id, self.seen_from)?.set.contains(&commit) {
                return Ok(Some(&agent.id));
            }
        }
        Ok(None)
    }

    /// Whether a merge changes nothing of itself, and all that it merges belongs to other lanes.
    fn lands_another(&self, commit: Oid, lane: &AgentId, fresh: &Walk) -> Known<bool> {
        let parents = self.history().parents(commit)?;
        if parents.len() < 2 || !self.history().touched(commit)?.is_empty() {
            return Ok(false);
        }
        for parent in &parents[1..] {
            let mut theirs = None;
            for commit in self.fresh_line(*parent, fresh)? {
                theirs = self.lane_at(commit)?;
                if theirs.is_some() {
                    break;
                }
            }
            if theirs.is_none_or(|other| other == lane) {
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
                came.push(Came { head: *commit, beside: line.get(at + 1).copied() });
            }
        }
        Ok(came)
    }
}
