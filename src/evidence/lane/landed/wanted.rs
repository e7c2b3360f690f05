//! A path of a lane that has to arrive on the trunk.

use policy::path::RepoPath;

use crate::evidence::Known;
use crate::evidence::base::Base;
use crate::evidence::merge::{Contents, Slot};

/// A path that has to arrive on the trunk.
pub struct Wanted {
    /// Which.
    pub path: RepoPath,
    /// What the merge bases hold.
    pub base: Base,
    /// What the lane holds.
    pub tip: Slot,
}

impl Wanted {
    /// Whether the lane has changed it since the merge base.
    pub fn has_changed(&self) -> bool {
        self.base.is_conflict() || self.base.merged() != Some(&self.tip)
    }

    /// Whether a step is the very merge of the tip's version into what was there. Where lines come again and again,
    /// merging it into that once more may conflict.
    pub fn is_brought(&self, contents: &Contents<'_, '_>, into: &Slot, made: &Slot) -> Known<bool> {
        match self.base.merged() {
            Some(base) if into != made => contents.makes(base, into, &self.tip, made),
            _ => Ok(false),
        }
    }

    /// Whether nothing of the tip's version is in what is there: taking it back changes nothing. Where
    /// the merge bases conflict, it is what one of them holds.
    pub fn is_taken_back(&self, contents: &Contents<'_, '_>, there: &Slot) -> Known<bool> {
        match self.base.merged().filter(|_| !self.base.is_conflict()) {
            Some(base) => Ok(base == there || contents.makes(&self.tip, there, base, there)?),
            None => Ok(self.base.each().contains(there)),
        }
    }

    /// Whether merging the tip's version into what is there changes nothing.
    pub fn is_in(&self, contents: &Contents<'_, '_>, there: &Slot) -> Known<bool> {
        if *there == self.tip {
            return Ok(true);
        }
        match self.base.merged() {
            Some(base) => contents.makes(base, there, &self.tip, there),
            None => Ok(false),
        }
    }
}
