//! Which new paths equal another one but for case or Unicode form, in what landing would leave.
//!
//! Each directory is listed and folded once for a state, however many files it has; a new path
//! costs a few look-ups then.

use std::cell::OnceCell;
use std::collections::HashMap;
use std::rc::Rc;

use policy::oid::Oid;
use policy::path::{RepoPath, fold_component, is_left_out_at_the_end};

use super::Known;
use super::history::{History, Memory};
use super::lane::bases::Bases;
use super::state::State;

/// The names beside each other in the directories of one state, of the trunk's tips and of what
/// both come from.
pub struct Siblings<'a, 'v> {
    history: &'a History<'v>,
    state: &'a State,
    trunk: &'a [Oid],
    /// By commit, `None` for the state itself, and directory.
    listings: Memory<(Option<Oid>, Vec<u8>), Rc<Listing>>,
    bases: OnceCell<Bases>,
}

/// The names directly below one directory. Most fold to themselves, and are kept once.
#[derive(Debug, Default)]
struct Listing {
    /// Sorted.
    names: Vec<Vec<u8>>,
    /// Those that fold to something else, by that.
    folded: HashMap<Vec<u8>, Vec<Vec<u8>>>,
}

impl Listing {
    fn of(mut names: Vec<Vec<u8>>) -> Self {
        names.sort_unstable();
        let mut folded: HashMap<Vec<u8>, Vec<Vec<u8>>> = HashMap::new();
        for name in names.iter().filter(|name| !folds_to_itself(name)) {
            folded.entry(fold_component(name)).or_default().push(name.clone());
        }
        Self { names, folded }
    }

    fn contains(&self, name: &[u8]) -> bool {
        self.find(name).is_some()
    }

    fn find(&self, name: &[u8]) -> Option<&Vec<u8>> {
        let at = self.names.binary_search_by(|known| known.as_slice().cmp(name)).ok()?;
        self.names.get(at)
    }

    /// The other names that fold to what this one folds to.
    fn others<'l>(
        &'l self,
        component: &'l [u8],
        folded: &[u8],
    ) -> impl Iterator<Item = &'l Vec<u8>> {
        let itself = self.find(folded);
        let equal = self.folded.get(folded).map(Vec::as_slice).unwrap_or_default();
        itself.into_iter().chain(equal).filter(move |name| *name != component)
    }
}

fn folds_to_itself(name: &[u8]) -> bool {
    match name.is_ascii() {
        true => {
            !name.iter().any(u8::is_ascii_uppercase)
                && !name.last().is_some_and(|byte| is_left_out_at_the_end(*byte))
        }
        false => fold_component(name) == name,
    }
}

impl<'a, 'v> Siblings<'a, 'v> {
    /// Nothing is listed yet.
    pub fn new(history: &'a History<'v>, state: &'a State, trunk: &'a [Oid]) -> Self {
        let (listings, bases) = (Memory::default(), OnceCell::new());
        Self { history, state, trunk, listings, bases }
    }

    /// A path that a new one equals but for case, Unicode form, or dots and blanks at the end.
    pub fn folds(&self, path: &RepoPath) -> Known<Option<RepoPath>> {
        let mut directory: Vec<u8> = Vec::new();
        for component in path.components() {
            if let Some(sibling) = self.sibling(&directory, component)? {
                let mut onto = directory;
                if !onto.is_empty() {
                    onto.push(b'/');
                }
                onto.extend_from_slice(&sibling);
                return Ok(RepoPath::new(onto).ok());
            }
            if !directory.is_empty() {
                directory.push(b'/');
            }
            directory.extend_from_slice(component);
        }
        Ok(None)
    }

    /// Whether there is a directory at a path (empty: the root) of the state, with something in it.
    pub fn is_directory(&self, path: &[u8]) -> Known<bool> {
        Ok(!self.listing(None, path)?.names.is_empty())
    }

    fn sibling(&self, directory: &[u8], component: &[u8]) -> Known<Option<Vec<u8>>> {
        let mut theirs = Vec::with_capacity(self.trunk.len());
        for tip in self.trunk {
            let there = self.listing(Some(*tip), directory)?;
            if there.contains(component) {
                // The trunk has this very component: whatever it folds onto was there before.
                return Ok(None);
            }
            theirs.push(there);
        }
        let folded = fold_component(component);
        let here = self.listing(None, directory)?;
        for there in theirs {
            for name in there.others(component, &folded) {
                if here.contains(name) || !self.lane_knew(directory, name)? {
                    return Ok(Some(name.clone()));
                }
            }
        }
        Ok(here.others(component, &folded).next().cloned())
    }

    /// Whether a name of the trunk was at the merge base too: then a lane without it took it away.
    fn lane_knew(&self, directory: &[u8], name: &[u8]) -> Known<bool> {
        let mut path = directory.to_vec();
        if !path.is_empty() {
            path.push(b'/');
        }
        path.extend_from_slice(name);
        let Ok(path) = RepoPath::new(path) else { return Ok(false) };
        for base in self.bases()?.at(self.history, &path)? {
            if self.listing(Some(base), directory)?.contains(name) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn bases(&self) -> Known<&Bases> {
        if let Some(bases) = self.bases.get() {
            return Ok(bases);
        }
        let bases = Bases::between(self.history, self.trunk, &self.state.heads)?;
        Ok(self.bases.get_or_init(|| bases))
    }

    fn listing(&self, commit: Option<Oid>, directory: &[u8]) -> Known<Rc<Listing>> {
        let key = (commit, directory.to_vec());
        if let Some(listing) = self.listings.borrow().get(&key) {
            return Ok(Rc::clone(listing));
        }
        let names = match commit {
            Some(commit) => self.history.view().names_in(self.history.tree(commit)?, directory)?,
            None => self.state.names_in(self.history, directory)?,
        };
        let listing = Rc::new(Listing::of(names));
        self.listings.borrow_mut().insert(key, Rc::clone(&listing));
        Ok(listing)
    }
}
