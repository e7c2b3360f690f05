//! Moves of branches in no lane: which of them are work there, and which give a mere name to commits.

use policy::attempt::{Checkpoint, Subject};
use policy::contract::{Agent, Contract, UnlistedBranches};
use policy::name::RefName;
use policy::oid::Oid;

use super::{Moves, RefMove};
use crate::evidence::Known;
use crate::evidence::ground::Ground;
use crate::evidence::located::brought_from_remotes;
use crate::repository::oids::OidSet;

/// How many lines of a lane's reflog are asked where it has been.
const MOST_LINES: usize = 500;

/// Of so many branches it is asked one by one whether the trunk holds them, which is right whatever clocks
/// say. Of more at once, and where a clock is wrong a branch may be taken for work.
const FEW: usize = 16;

/// Tips of branches of which it was asked at once whether the trunk holds them.
#[derive(Debug, Default)]
pub(super) struct AskedAtOnce {
    tips: OidSet,
    held: OidSet,
}

impl<'v> Moves<'_, 'v> {
    /// Asks at once which branches of many the trunk holds. A commit dated before the trunk is looked for
    /// down to the trunk's root, and its date is whatever its author says.
    pub(super) fn ask_of_unlisted(
        &self,
        moves: &[&RefMove],
        ground: Ground<'_, 'v>,
    ) -> AskedAtOnce {
        let is_listed = |name| ground.contract().lane_of_ref(name).is_some();
        let unlisted = moves
            .iter()
            .filter(|moved| moved.name.branch_name().is_some() && !is_listed(&moved.name));
        let tips: OidSet = unlisted.filter_map(|moved| moved.new).collect();
        if tips.len() <= FEW {
            return AskedAtOnce::default();
        }
        let all: Vec<Oid> = tips.iter().copied().collect();
        let held = self.history.reachable_among(&all, ground.trunk);
        held.map(|held| AskedAtOnce { tips, held }).unwrap_or_default()
    }

    /// Work on a branch in no lane. A mere name for commits that the trunk has is free; locally
    /// also one for commits that are there, or of which is known where they came from.
    pub(super) fn unlisted(
        &self,
        moved: &RefMove,
        new: Oid,
        ground: Ground<'_, 'v>,
        asked: &AskedAtOnce,
    ) -> Known<Option<Subject>> {
        let contract = ground.contract();
        if moved.name.branch_name().is_none() {
            return Ok(None);
        }
        let is_mere_name = match asked.tips.contains(&new) {
            true => asked.held.contains(&new),
            false => self.history.is_reachable(new, ground.trunk)?,
        };
        if is_mere_name && !self.is_in_the_way(&moved.name, contract) {
            return Ok(None);
        }
        if self.checkpoint == Checkpoint::ReferenceTransaction {
            let policy = contract.policy();
            let matters = policy.unlisted_branches != UnlistedBranches::Allow
                || policy.agent_branches.is_some()
                || self.acting.may_be_agent(contract);
            if !matters
                || is_mere_name
                || self.is_there(new)?
                || self.has_come(moved, new, contract)
            {
                return Ok(None);
            }
        }
        let tip = Some(self.history.named(new)?);
        Ok(Some(Subject::UnlistedBranch { tip }))
    }

    /// Whether a commit is reachable from any ref that exists.
    fn is_there(&self, commit: Oid) -> Known<bool> {
        let mut refs = Vec::new();
        for reference in self.history.view().references("refs/")? {
            refs.extend(self.history.view().peel_to_commit(reference.target)?);
        }
        self.is_among(commit, refs)
    }

    /// Whether a commit came to be here by no work on this branch: a lane stood there, so that it was
    /// judged as the lane's (`git branch rescue ORIG_HEAD`), or this branch did; or the last fetch
    /// brought it from a remote (`git fetch origin pull/7/head:pr-7`). Whoever has it by any of these
    /// could give it a tag, and then the branch's name. It only ever lets more pass: where it cannot
    /// be known, it does not.
    fn has_come(&self, moved: &RefMove, commit: Oid, contract: &Contract) -> bool {
        let view = self.history.view();
        let brought = brought_from_remotes(self.history, self.fetched).unwrap_or_default();
        let mut from: Vec<Oid> = brought.into_iter().map(|one| one.tip).collect();
        for name in contract.agents().iter().map(Agent::reference).chain([moved.name.clone()]) {
            let log = view.reflog(&name, MOST_LINES).unwrap_or_default();
            from.extend(log.into_iter().flat_map(|line| [line.new, line.old]).flatten());
        }
        from.sort_unstable();
        from.dedup();
        // What a reflog names may have been pruned.
        let from = from.into_iter().filter_map(|id| view.peel_to_commit(id).ok()?).collect();
        self.is_among(commit, from).unwrap_or(false)
    }

    /// Whether a commit is reachable from any of these.
    fn is_among(&self, commit: Oid, mut commits: Vec<Oid>) -> Known<bool> {
        commits.sort_unstable();
        commits.dedup();
        Ok(self.history.walk(&[commit], &commits)?.order.is_empty())
    }

    /// Whether git cannot make a lane's branch, or the trunk, beside one of this name: one is a directory
    /// of the other.
    fn is_in_the_way(&self, name: &RefName, contract: &Contract) -> bool {
        let begins = |one: &RefName, other: &RefName| {
            let rest = one.as_bytes().strip_prefix(other.as_bytes());
            rest.is_some_and(|rest| rest.starts_with(b"/"))
        };
        let lanes = contract.agents().iter().filter(|agent| !agent.withdrawn).map(Agent::reference);
        let mut known = lanes.chain([self.trunk.reference.clone()]);
        known.any(|known| begins(name, &known) || begins(&known, name))
    }
}
