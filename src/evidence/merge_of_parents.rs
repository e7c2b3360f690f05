//! What merging some commits, one after another, makes of single paths.

use policy::oid::Oid;
use policy::path::RepoPath;

use super::Known;
use super::base::Base;
use super::history::History;
use super::merge::{Contents, Merged, Slot, slot};

/// Commits that are merged, in their order.
pub struct MergeOfParents<'a, 'v> {
    history: &'a History<'v>,
    first: Oid,
    /// The others, each with its merge bases with those before it.
    others: Vec<(Oid, Vec<Oid>)>,
}

impl<'a, 'v> MergeOfParents<'a, 'v> {
    /// The merge of these parents; none where there is but one.
    pub fn new(history: &'a History<'v>, parents: &[Oid]) -> Known<Option<Self>> {
        let [first, others @ ..] = parents else { return Ok(None) };
        if others.is_empty() {
            return Ok(None);
        }
        let mut merged = Vec::with_capacity(others.len());
        for (number, other) in others.iter().enumerate() {
            merged.push((*other, history.merge_bases(&parents[..=number], &[*other])?));
        }
        Ok(Some(Self { history, first: *first, others: merged }))
    }

    /// Whether it makes this of a path. Where it is in conflict, it makes nothing.
    pub fn makes(&self, path: &RepoPath, made: &Slot) -> Known<bool> {
        let history = self.history;
        let contents = Contents::new(history);
        let at = |commit| Known::Ok(slot(history.entry_at(commit, path)?));
        let mut merged = at(self.first)?;
        for (other, bases) in &self.others {
            let theirs = at(*other)?;
            if contents.same(&merged, &theirs)? {
                continue;
            }
            let base = Base::at(history, bases, path)?;
            let Some(base) = base.merged() else { return Ok(false) };
            merged = match contents.merge(base, &merged, &theirs)? {
                Merged::Clean(merged) => merged,
                Merged::Conflict | Merged::Unclear => return Ok(false),
            };
        }
        contents.same(&merged, made)
    }
}
