//! What the merges of a step do not say of its changed paths: whether any of it was judged, and what is
//! given back.

use std::collections::BTreeSet;

use policy::attempt::{Entering, TrunkStep};
use policy::path::RepoPath;

use super::entering::{Entrant, Judged, Step};
use super::step_facts::StepFacts;
use crate::evidence::Known;
use crate::repository::TreeChange;

impl StepFacts<'_, '_> {
    /// A change is explained by what was judged of the lanes that enter, and not by their merges alone:
    /// of states that are merged one after another one may change what another has brought, and each
    /// for itself nothing. What the upstream has is history.
    pub(super) fn leave_what_was_judged(
        &self,
        changes: &[TreeChange],
        step: &mut TrunkStep,
    ) -> Known<()> {
        let judged = step.entering.iter().flat_map(|e| &e.changes).map(|change| &change.path);
        let conflicted = step.conflicted.iter().map(|(path, _)| path);
        let accounted: BTreeSet<&RepoPath> = judged.chain(conflicted).collect();
        for change in changes.iter().filter(|change| !accounted.contains(&change.path)) {
            let mut is_upstream = false;
            for commit in self.published {
                is_upstream |= self.history().entry_at(*commit, &change.path)? == change.new;
            }
            if !is_upstream {
                step.unexplained.insert(change.path.clone());
            }
        }
        Ok(())
    }

    /// What a step gives back of a lane's own paths as its judged state has it is that lane's work,
    /// though merging it changes nothing more: a revert of a revert lands it again.
    pub(super) fn explain_by_tips(
        &self,
        entrants: &[Entrant],
        changes: &[TreeChange],
        step: &mut TrunkStep,
    ) -> Known<()> {
        for change in changes {
            let owner = self.lanes.contract.own_lane(&change.path);
            let of_owner = entrants.iter().filter(|entrant| Some(&entrant.agent) == owner);
            for Judged { state, .. } in of_owner.flat_map(|entrant| &entrant.judged) {
                if state.entry(self.history(), &change.path)? == change.new {
                    step.unexplained.remove(&change.path);
                }
            }
        }
        Ok(())
    }

    /// Whether a step takes earlier ones back by a merge, and brings nothing else: the commits by which
    /// it does so look like work of lanes that have landed, in whose paths they are.
    pub(super) fn only_takes_back(
        &self,
        entering: &[Entering],
        step: &Step<'_, '_>,
    ) -> Known<bool> {
        if entering.is_empty() || !self.by_landings_only() {
            return Ok(false);
        }
        for entering in entering {
            if !self.is_of_strays_of_a_landed_lane(entering, step)? {
                return Ok(false);
            }
        }
        self.reverts(step.before, step.after, step.changes)
    }
}
