//! Lanes that go back to what they had before: the trunk has had that once, and it says nothing.

use policy::oid::Oid;

use super::wanted::Wanted;
use super::work::Work;
use crate::evidence::Known;
use crate::evidence::line::line_up_to;
use crate::evidence::merge::{Slot, slot};
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
            let held = slot(taken.state.entry(history, &wanted.path)?);
            if held == wanted.tip || between.contains(&held) {
                return Ok(held != wanted.tip);
            }
        }
        Ok(false)
    }

    /// What the lane's line held between what it holds now and when it held the same before; nothing where it
    /// never did.
    fn held_in_between(&self, wanted: &Wanted, lane: &State, bases: &[Oid]) -> Known<Vec<Slot>> {
        let history = self.history();
        let Some(tip) = lane.commit else { return Ok(Vec::new()) };
        let fresh = history.walk(&[tip], bases)?;
        let mut between = Vec::new();
        for commit in history.first_parents_in(tip, &fresh.set)? {
            let held = slot(history.entry_at(commit, &wanted.path)?);
            if held != wanted.tip {
                if !between.contains(&held) {
                    between.push(held);
                }
            } else if !between.is_empty() {
                return Ok(between);
            }
        }
        Ok(Vec::new())
    }
}
