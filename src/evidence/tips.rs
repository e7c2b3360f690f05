//! Where branches are: the refs as they are, with moves laid over them that are being judged.

use std::cell::{OnceCell, RefCell};
use std::collections::BTreeMap;

use policy::name::RefName;
use policy::oid::Oid;

use super::history::History;
use super::located::{fetch_asks_for, usual_remote};
use super::{Known, Unknown};
use crate::repository::Read;

/// The tips of branches, as a decision sees them.
#[derive(Clone)]
pub struct Tips<'a, 'v> {
    history: &'a History<'v>,
    moved: BTreeMap<RefName, Option<Oid>>,
    remote: Option<String>,
    /// Whether the remote's tracking refs alone count.
    at_remote: bool,
    /// Whether they count before branches here that do not hold all of them.
    there_first: bool,
    /// Whether no remote's tracking refs count.
    here_alone: bool,
    /// The usual remote, once it was asked for.
    usual: OnceCell<Option<String>>,
    read: RefCell<BTreeMap<RefName, Option<Oid>>>,
}

impl<'a, 'v> Tips<'a, 'v> {
    /// The refs as they are. With a remote, its tracking refs stand in for branches that are not
    /// here (a CI clone).
    pub fn new(history: &'a History<'v>, remote: Option<String>) -> Self {
        let (moved, read) = (BTreeMap::new(), RefCell::default());
        let (at_remote, there_first, here_alone) = (false, false, false);
        let usual = OnceCell::new();
        Self { history, moved, remote, at_remote, there_first, here_alone, usual, read }
    }

    /// The refs of a repository that is pushed to. Whoever may push can make tracking refs there, and a
    /// remote is set in each that `git clone --bare` has made: nothing stands in for a branch.
    pub fn of_server(history: &'a History<'v>) -> Self {
        Self { here_alone: true, ..Self::new(history, None) }
    }

    /// The same, but what the remote has counts before a branch here, unless that goes on from it: where the
    /// remote was asked for, a branch that is left here from another day is not what is meant.
    pub fn there_first(self, there_first: bool) -> Self {
        Self { there_first, ..self }
    }

    /// The branches as a remote is known to have them, whatever is here.
    pub fn at_remote(history: &'a History<'v>, remote: String) -> Self {
        Self { at_remote: true, ..Self::new(history, Some(remote)) }
    }

    /// Lays a move over the refs.
    pub fn set(&mut self, name: RefName, tip: Option<Oid>) {
        self.moved.insert(name, tip);
    }

    /// The commit that a branch points to; `None` when there is no such branch.
    pub fn tip(&self, name: &RefName) -> Known<Option<Oid>> {
        if let Some(tip) = self.moved.get(name) {
            return Ok(*tip);
        }
        if let Some(tip) = self.read.borrow().get(name) {
            return Ok(*tip);
        }
        let mut tip = if self.at_remote { None } else { self.read_tip(name)? };
        if let Some(there) = self.remote.as_ref().and_then(|remote| tracking_of(name, remote))
            && (tip.is_none() || self.there_first)
            && let Some(there) = self.read_tip(&there)?
            && !self.goes_on_from(tip, there)?
        {
            tip = Some(there);
        }
        self.read.borrow_mut().insert(name.clone(), tip);
        Ok(tip)
    }

    /// Where the remote that lanes are looked up at, or the usual one, has a branch that does not move, if what
    /// is here is behind that.
    pub fn further(&self, name: &RefName, here: Oid) -> Known<Option<Oid>> {
        if self.at_remote || self.here_alone || self.moved.contains_key(name) {
            return Ok(None);
        }
        let remote = match &self.remote {
            Some(remote) => Some(remote),
            None => self.usual_remote()?,
        };
        let there = remote.and_then(|remote| tracking_of(name, remote));
        let there = there.map(|there| self.read_tip(&there)).transpose()?.flatten();
        let Some(there) = there.filter(|there| *there != here) else { return Ok(None) };
        Ok(self.history.is_ancestor(here, there)?.then_some(there))
    }

    fn usual_remote(&self) -> Known<Option<&String>> {
        if self.usual.get().is_none() {
            let found = usual_remote(self.history.view())?;
            self.usual.get_or_init(|| found);
        }
        Ok(self.usual.get().and_then(Option::as_ref))
    }

    fn goes_on_from(&self, here: Option<Oid>, there: Oid) -> Known<bool> {
        here.map_or(Ok(false), |here| Ok(self.history.is_ancestor(there, here)?))
    }

    /// The remote by whose tracking refs branches are known here, where its fetches leave this branch out
    /// (`git clone --single-branch`): that it is not here then says nothing.
    pub fn is_left_out_by(&self, name: &RefName) -> Known<Option<&str>> {
        let (Some(remote), Some(branch)) = (&self.remote, name.branch_name()) else {
            return Ok(None);
        };
        let Ok(branch) = std::str::from_utf8(branch) else { return Ok(None) };
        let is_left_out =
            !self.moved.contains_key(name) && !fetch_asks_for(self.history.view(), remote, branch)?;
        Ok(is_left_out.then_some(remote.as_str()))
    }

    fn read_tip(&self, name: &RefName) -> Known<Option<Oid>> {
        match self.history.view().reference(name)? {
            Some(reference) => Ok(Some(commit_of(self.history, name, reference.target)?)),
            None => Ok(None),
        }
    }
}

/// The tracking ref of a branch at a remote. What is called `HEAD` there is no branch, but leads to the one
/// that a clone checks out.
pub fn tracking_of(branch: &RefName, remote: &str) -> Option<RefName> {
    let name = branch.branch_name().filter(|name| *name != b"HEAD")?;
    Some(RefName::tracking(remote, name))
}

/// Whether a remote that is set here holds all of a branch, as its tracking ref knows: then the
/// branch here is a copy, and without it nothing is lost. It only ever lets more pass: what cannot
/// be known holds nothing.
pub fn is_a_copy(history: &History<'_>, name: &RefName, tip: Oid) -> bool {
    let Some(branch) = name.branch_name() else { return false };
    let holds = |remote: &String| {
        let tracking = RefName::tracking(remote, branch);
        let Ok(Some(found)) = history.view().reference(&tracking) else { return false };
        commit_of(history, &tracking, found.target)
            .is_ok_and(|held| history.is_ancestor(tip, held).unwrap_or(false))
    };
    history.view().remotes().is_ok_and(|remotes| remotes.iter().any(holds))
}

/// The commit that a ref's target is, annotated tags peeled.
pub fn commit_of(history: &History<'_>, name: &RefName, target: Oid) -> Known<Oid> {
    peeled(history, target)?.ok_or_else(|| Unknown::NotACommit(name.clone()))
}

fn peeled(history: &History<'_>, target: Oid) -> Read<Option<Oid>> {
    history.view().peel_to_commit(target)
}
