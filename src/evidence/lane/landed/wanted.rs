//! A path of a lane that has to arrive on the trunk.

use policy::path::RepoPath;

use crate::evidence::Known;
use crate::evidence::merge::{Contents, Slot};

/// A path that has to arrive on the trunk.
pub struct Wanted {
    /// Which.
    pub path: RepoPath,
    /// What the merge base holds; several where the merge bases do not go together.
    pub bases: Vec<Slot>,
    /// What the lane holds.
    pub tip: Slot,
}

impl Wanted {
    /// Whether the lane has changed it since the merge base.
    pub fn has_changed(&self) -> bool {
        !self.bases.contains(&self.tip)
    }

    /// Whether merging the tip's version into what is there changes nothing.
    pub fn is_in(&self, contents: &Contents<'_, '_>, there: &Slot) -> Known<bool> {
        if *there == self.tip {
            return Ok(true);
        }
        for base in &self.bases {
            if contents.makes(base, there, &self.tip, there)? {
                return Ok(true);
            }
        }
        Ok(false)
    }
}
