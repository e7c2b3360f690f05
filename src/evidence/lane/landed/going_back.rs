//! Lanes that go back to what they had before: the trunk has had that once, and it says nothing.

use std::collections::HashSet;

use policy::change::Entry;
use policy::oid::Oid;

use super::wanted::Wanted;
use super::work::Work;
use crate::evidence::Known;
use crate::evidence::line::line_up_to;
use crate::evidence::merge::slot;
use crate::evidence::state::State;

impl Work<'_, '_, '_> {
    /// Whether the lane goes back, at a path, to what it had before, and the trunk took after that what the lane
    /// had in between: the way back has not come.
    pub(super) fn goes_back_beyond(
        &self,
        wanted: &Wanted,
        lane: &State,
        bases: &[Oid],
        at: &State,
    ) -> Known<bool> {
        let between = self.held_in_between(wanted, lane, bases)?;
        if between.is_empty() {
            return Ok(false);
        }
        let history = self.history();
        let fresh = history.walk(&at.heads, bases)?;
        for taken in line_up_to(history, at, &fresh.set)? {
            let held = taken.state.entry(history, &wanted.path)?;
            let is_tip = slot(held) == wanted.tip;
            if is_tip || between.contains(&held) {
                return Ok(!is_tip);
            }
        }
        Ok(false)
    }

    /// Whether the lane goes back, at a path, to what it had before.
    pub(super) fn goes_back(&self, wanted: &Wanted, lane: &State, bases: &[Oid]) -> Known<bool> {
        Ok(!self.held_in_between(wanted, lane, bases)?.is_empty())
    }

    /// What the lane's line held between what it holds now and when it held the same before; nothing where it
    /// never did.
    fn held_in_between(
        &self,
        wanted: &Wanted,
        lane: &State,
        bases: &[Oid],
    ) -> Known<HashSet<Option<Entry>>> {
        let history = self.history();
        let Some(tip) = lane.commit else { return Ok(HashSet::new()) };
        let fresh = history.walk(&[tip], bases)?;
        let mut between = HashSet::new();
        for commit in history.first_parents_in(tip, &fresh.set)? {
            let held = history.entry_at(commit, &wanted.path)?;
            if slot(held) != wanted.tip {
                between.insert(held);
            } else if !between.is_empty() {
                return Ok(between);
            }
        }
        Ok(HashSet::new())
    }
}
