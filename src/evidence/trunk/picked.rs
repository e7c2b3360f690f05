//! Commits of a lane that are made again on the trunk one by one, each a step of its own: `git
//! cherry-pick` of several, where hooks see the trunk move at each. What a file comes to on the way is
//! not what the lane makes of it in the end.
//!
//! A pick excuses nothing: what it does is judged as the lane's work at that path.

use policy::attempt::TrunkStep;
use policy::contract::Agent;
use policy::oid::Oid;

use super::entering::{Entrant, Step};
use crate::evidence::Known;
use crate::evidence::history::Walk;
use crate::evidence::merge::{Contents, slot};
use crate::repository::TreeChange;

impl Step<'_, '_> {
    /// The own commit of a lane that the step is over again, change by change, where the trunk takes
    /// landings only: what is taken away has no content by which the lane would be known.
    pub(super) fn picked(&self, own: &Walk) -> Known<Option<Oid>> {
        if !self.by_landings_only || self.changes.is_empty() || !self.merged_parents()?.is_empty() {
            return Ok(None);
        }
        for commit in &own.order {
            let is_single = self.history().parents(*commit)?.len() == 1;
            if is_single && *self.history().touched(*commit)? == *self.changes {
                return Ok(Some(*commit));
            }
        }
        Ok(None)
    }

    /// Takes out of what merging does not explain that which an own commit of a lane that enters does
    /// to a path which the lane may edit, and leaves it as resolved by whoever lands.
    pub(super) fn explain_by_picks(&self, entrants: &[Entrant], step: &mut TrunkStep) -> Known<()> {
        if step.unexplained.is_empty()
            || !self.by_landings_only
            || !self.merged_parents()?.is_empty()
        {
            return Ok(());
        }
        for change in self.changes {
            if !step.unexplained.contains(&change.path) {
                continue;
            }
            for entrant in entrants {
                let Some(agent) = self.lanes.contract.agent(&entrant.agent) else { continue };
                if self.is_picked_from(agent, change)? {
                    step.unexplained.remove(&change.path);
                    step.conflicted.push((change.path.clone(), agent.id.clone()));
                    break;
                }
            }
        }
        Ok(())
    }

    /// Whether an own commit of a lane, merged by itself, does this to a path that the lane may edit.
    fn is_picked_from(&self, agent: &Agent, change: &TreeChange) -> Known<bool> {
        if !self.lanes.contract.grants(&agent.id, &change.path) {
            return Ok(false);
        }
        let contents = Contents::with(self.history(), self.after);
        let (old, new) = (slot(change.old), slot(change.new));
        for commit in &self.lanes.own_commits(&agent.id, self.seen_from)?.order {
            if self.history().parents(*commit)?.len() != 1 {
                continue;
            }
            for did in self.history().touched(*commit)?.iter() {
                if did.path == change.path
                    && contents.makes(&slot(did.old), &old, &slot(did.new), &new)?
                {
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }
}
