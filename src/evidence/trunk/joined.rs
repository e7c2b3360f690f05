//! Two lines of the trunk together: path by path, the merge of the old trunk and a commit beside it.

use policy::change::Entry;
use policy::oid::Oid;
use policy::path::RepoPath;

use crate::evidence::Known;
use crate::evidence::base::Base;
use crate::evidence::history::History;
use crate::evidence::merge::{Contents, slot};

/// The merge of two lines, in memory.
pub struct Joined<'a, 'v> {
    history: &'a History<'v>,
    contents: Contents<'a, 'v>,
    sides: Option<(Oid, Oid)>,
    bases: Vec<Oid>,
}

impl<'a, 'v> Joined<'a, 'v> {
    /// The old trunk (its first tip) and a commit beside it.
    pub fn new(history: &'a History<'v>, trunk: &[Oid], beside: Oid) -> Known<Self> {
        let sides = trunk.first().map(|tip| (*tip, beside));
        let bases = match sides {
            Some((tip, beside)) => history.merge_bases(&[tip], &[beside])?,
            None => Vec::new(),
        };
        Ok(Self { history, contents: Contents::new(history), sides, bases })
    }

    /// Whether the two together have this entry at a path. Where they conflict, they have none.
    pub fn holds(&self, path: &RepoPath, entry: Option<Entry>) -> Known<bool> {
        let Some((tip, beside)) = self.sides else { return Ok(false) };
        let side =
            |commit| Ok::<_, crate::evidence::Unknown>(slot(self.history.entry_at(commit, path)?));
        let (ours, theirs) = (side(tip)?, side(beside)?);
        let base = Base::at(self.history, &self.bases, path)?;
        let Some(base) = base.merged() else { return Ok(false) };
        self.contents.makes(base, &ours, &theirs, &slot(entry))
    }
}
