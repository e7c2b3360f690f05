//! Files that git may take for renamed: then it merges the two, without any conflict. A deletion takes the
//! file away under its new name, and a change comes there.

use std::rc::Rc;

use policy::change::Entry;
use policy::oid::Oid;
use policy::path::RepoPath;

use crate::evidence::Known;
use crate::evidence::history::{History, Memory};
use crate::evidence::merge::Contents;
use crate::evidence::search::Search;
use crate::evidence::state::State;

/// What is new in states, seen from merge bases.
pub struct Renames<'q, 'v> {
    history: &'q History<'v>,
    bases: &'q [Oid],
    /// By state: the size of each file that is new there, the smallest first.
    added: Memory<Option<Oid>, Rc<Vec<(u64, Entry)>>>,
}

impl<'q, 'v> Renames<'q, 'v> {
    /// Seen from these merge bases. The states are commits, and one that is not committed.
    pub fn new(history: &'q History<'v>, bases: &'q [Oid]) -> Self {
        Self { history, bases, added: Memory::default() }
    }

    /// Whether git may take a file that is gone in a state for one that was renamed there.
    pub fn may_be(&self, state: &State, path: &RepoPath) -> Known<bool> {
        let contents = Contents::with(self.history, state).searching(Search::Renames);
        for base in self.bases {
            let Some(gone) = self.history.entry_at(*base, path)? else { continue };
            let size = contents.size(gone)?;
            let added = self.added(state, &contents)?;
            let from = added.partition_point(|(other, _)| other.saturating_mul(2) < size);
            for (other, new) in &added[from..] {
                if *other > size.saturating_mul(2) {
                    break;
                }
                if new.id == gone.id || contents.are_alike(gone, *new)? {
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }

    fn added(&self, state: &State, contents: &Contents<'_, '_>) -> Known<Rc<Vec<(u64, Entry)>>> {
        if let Some(known) = self.added.borrow().get(&state.commit) {
            return Ok(Rc::clone(known));
        }
        let mut added = Vec::new();
        for base in self.bases {
            for change in state.diff_from(self.history, Some(self.history.tree(*base)?))? {
                if let (None, Some(new)) = (change.old, change.new) {
                    added.push((contents.size(new)?, new));
                }
            }
        }
        added.sort_unstable();
        let added = Rc::new(added);
        self.added.borrow_mut().insert(state.commit, Rc::clone(&added));
        Ok(added)
    }
}
