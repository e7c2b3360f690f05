//! What a lane brings has to be readable, and no more than what all later decisions can bear.

use policy::oid::Oid;

use super::Moves;
use crate::evidence::ground::Ground;
use crate::evidence::{Known, Unknown};

/// How many files the commits of a lane may change together, each counted in every commit.
const MOST_OF_A_LANE: usize = 2_000_000;

/// From how many of them on all of the lane is counted, and not what it brings alone.
const MANY: usize = MOST_OF_A_LANE / 100;

impl<'v> Moves<'_, 'v> {
    /// Every commit that a lane brings is read once: what others land is held against all of them, and
    /// one that cannot be read would hold up everybody. So would as many changes as one decision may find.
    pub(super) fn require_readable(
        &self,
        new: Oid,
        old: Option<Oid>,
        ground: Ground<'_, 'v>,
    ) -> Known<()> {
        let known: Vec<Oid> = old.into_iter().chain(ground.trunk.iter().copied()).collect();
        if self.changes_beyond(new, &known)? > MANY {
            self.changes_beyond(new, ground.trunk)?;
        }
        Ok(())
    }

    fn changes_beyond(&self, new: Oid, known: &[Oid]) -> Known<usize> {
        let mut changes = 0;
        for commit in &self.history.walk(&[new], known)?.order {
            changes += self.history.touched(*commit)?.len();
            if changes > MOST_OF_A_LANE {
                return Err(Unknown::Other(format!(
                    "the commits of a lane change more than {MOST_OF_A_LANE} files, each counted in every commit"
                )));
            }
        }
        Ok(changes)
    }
}
