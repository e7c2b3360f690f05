//! The contract as a commit of the trunk holds it, read from the object database alone.

use std::rc::Rc;

use policy::change::{Entry, EntryMode};
use policy::contract::{self, Agent, Contract, ContractFile};
use policy::oid::Oid;
use policy::path::RepoPath;

use super::history::{History, Memory};
use super::line::{read_from_history, trunk_parent};
use super::located::Trunk;
use super::state::State;
use super::{Known, Unknown};
use crate::repository::{GitView, Head, Read, ReadError};

/// The largest contract that is read, in bytes. A contract is one short file.
pub const CONTRACT_LIMIT: u64 = 1024 * 1024;

/// What a state of the trunk holds in the place of a contract.
#[derive(Debug, Clone)]
pub enum Held {
    /// No contract: nothing to enforce.
    Nothing,
    /// A valid contract.
    Contract(Rc<Contract>),
    /// Something that should be one and is not.
    Broken(Unknown),
}

impl Held {
    /// The contract, nothing, or the reason why that is not known.
    pub fn known(self) -> Known<Option<Rc<Contract>>> {
        match self {
            Self::Nothing => Ok(None),
            Self::Contract(contract) => Ok(Some(contract)),
            Self::Broken(unknown) => Err(unknown),
        }
    }
}

/// Whether the commit that is checked out holds nothing that looks like a contract, valid or not.
/// Asked where nobody has said which branch is the trunk.
pub fn head_holds_none(view: &dyn GitView) -> Read<bool> {
    let commit = match view.head()? {
        Head::Branch(_, commit) | Head::Detached(commit) => commit,
        Head::Unborn(_) => return Ok(true),
    };
    let tree = view.commit(commit)?.tree;
    for file in ContractFile::ALL {
        let Some(entry) = view.entry(tree, &path_of(file))? else { continue };
        // Somebody's legal text may have the same name.
        let is_text = file == ContractFile::Markdown
            && matches!(entry.mode, EntryMode::File | EntryMode::Executable)
            && view.blob_size(entry.id)? <= CONTRACT_LIMIT;
        if !is_text || contract::is_recognisable(&view.blob(entry.id)?) {
            return Ok(false);
        }
    }
    Ok(true)
}

/// What is in the places where a contract may be.
pub type Files = [Option<Entry>; 2];

/// A part of the trunk's line that has one contract all along.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Term {
    /// The commit that brought it.
    pub oldest: Oid,
    /// The last that has it.
    pub newest: Oid,
}

/// How the trunk's line is found below a merge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reading {
    /// From where the trunk is known to have been; and from history below that.
    AsKnown,
    /// From history alone, as everybody does once the trunk has moved.
    FromHistory,
    /// Along the first parents.
    ByFirstParents,
}

/// Reads contracts, each of them once.
pub struct Contracts<'a, 'v> {
    history: &'a History<'v>,
    /// The file in which a contract was found at installation (`contractgate.contract`).
    installed_in: Option<String>,
    /// The trunk's short name, where it is a branch: a contract that names another is not for it.
    pub(super) trunk: Option<String>,
    /// Where the trunk is known to be, or to have been before what is judged.
    known: Vec<Oid>,
    read: Memory<Files, Held>,
    /// What counts where a commit's own contract cannot be read.
    below_unreadable: Memory<Oid, Option<Rc<Contract>>>,
    /// The oldest commits with the same contract, see [`Contracts::bottom`].
    bottoms: Memory<(Reading, Oid), Oid>,
    /// The commits that brought a contract, see [`Contracts::brought_by`].
    brought: Memory<Oid, Oid>,
    /// How many commits were looked at for it.
    #[cfg(test)]
    pub walked: std::cell::Cell<usize>,
}

impl<'a, 'v> Contracts<'a, 'v> {
    /// The contracts of a trunk. Reads `contractgate.contract`, and no contract yet.
    pub fn new(history: &'a History<'v>, trunk: &Trunk) -> Known<Self> {
        let installed_in = history.view().config("contractgate.contract")?;
        let upstream = trunk.upstream.iter().map(|(_, tip)| *tip);
        let known = trunk.local.into_iter().chain(upstream).collect();
        let trunk = trunk.is_ref().then(|| trunk.name.clone());
        Ok(Self {
            history,
            installed_in,
            trunk,
            known,
            read: Memory::default(),
            below_unreadable: Memory::default(),
            bottoms: Memory::default(),
            brought: Memory::default(),
            #[cfg(test)]
            walked: std::cell::Cell::default(),
        })
    }

    /// The history behind them.
    pub fn history(&self) -> &'a History<'v> {
        self.history
    }

    /// Where the trunk is known to be, or to have been before what is judged.
    pub fn known_trunk(&self) -> &[Oid] {
        &self.known
    }

    /// What a commit holds.
    pub fn at(&self, commit: Oid) -> Known<Held> {
        self.in_state(&State::of_commit(self.history, commit)?)
    }

    /// What a state holds. A broken one names the state's first head.
    pub fn in_state(&self, state: &State) -> Known<Held> {
        let files = self.files(state)?;
        if let Some(held) = self.read.borrow().get(&files) {
            return Ok(held.clone());
        }
        let held = self.read_files(state, files)?;
        self.read.borrow_mut().insert(files, held.clone());
        Ok(held)
    }

    /// Whether two commits hold the same contract, byte by byte.
    pub fn are_the_same(&self, one: Oid, other: Oid) -> Known<bool> {
        let files = |commit| self.files(&State::of_commit(self.history, commit)?);
        Ok(files(one)? == files(other)?)
    }

    /// The commit with which a commit of the trunk came by its contract, followed through the
    /// parents that have the same.
    pub fn brought_by(&self, commit: Oid) -> Known<Oid> {
        let limit = self.history.view().walk_limit();
        let mut at = commit;
        let mut way = Vec::new();
        for _ in 0..=limit {
            if let Some(known) = self.brought.borrow().get(&at) {
                at = *known;
            }
            way.push(at);
            let mut same = None;
            for parent in self.history.parents(at)? {
                if self.are_the_same(parent, at)? {
                    same = Some(parent);
                    break;
                }
            }
            let Some(parent) = same else {
                // Every lane and every step asks for it again.
                self.brought.borrow_mut().extend(way.into_iter().map(|commit| (commit, at)));
                return Ok(at);
            };
            at = parent;
        }
        Err(ReadError::WalkLimit { limit }.into())
    }

    /// What the trunk has held in the places of a contract, up to these heads.
    pub fn all_up_to(&self, heads: &[Oid]) -> Known<Vec<Files>> {
        let limit = self.history.view().walk_limit();
        let mut all = Vec::new();
        let mut next = heads.first().copied();
        while let Some(commit) = next {
            let brought = self.brought_by(commit)?;
            all.push(self.files(&State::of_commit(self.history, brought)?)?);
            if all.len() >= limit {
                return Err(ReadError::WalkLimit { limit }.into());
            }
            next = self.parents_of_line(brought, Reading::AsKnown)?.first().copied();
        }
        Ok(all)
    }

    /// The entries at the places where a contract may be.
    pub fn files(&self, state: &State) -> Known<Files> {
        let mut files = [None; 2];
        for (slot, file) in files.iter_mut().zip(ContractFile::ALL) {
            *slot = state.entry(self.history, &path_of(file))?;
        }
        Ok(files)
    }

    fn read_files(&self, state: &State, files: Files) -> Known<Held> {
        let commit = state.heads.first().copied().unwrap_or_else(zero);
        let mut found = Vec::new();
        let mut unrecognised = false;
        for (entry, file) in files.into_iter().zip(ContractFile::ALL) {
            let Some(entry) = entry else { continue };
            let source = match self.source(state, entry) {
                Ok(source) => source,
                Err(reason) => {
                    let path = file.name();
                    return Ok(Held::Broken(Unknown::ContractUnreadable { path, commit, reason }));
                }
            };
            if file == ContractFile::Markdown && !contract::is_recognisable(&source) {
                unrecognised = true;
            } else {
                found.push((file, source));
            }
        }
        let mut found = found.into_iter();
        Ok(match (found.next(), found.next()) {
            (Some(_), Some(_)) => Held::Broken(Unknown::TwoContracts(commit)),
            (Some((file, source)), None) => match contract::read(file, &source) {
                Ok(contract) => self.for_this_trunk(contract),
                Err(problems) => {
                    let path = file.name();
                    let text = source;
                    Held::Broken(Unknown::ContractInvalid { path, commit, text, problems })
                }
            },
            (None, _) if unrecognised && self.is_markdown_expected() => {
                Held::Broken(Unknown::ContractUnrecognisable(commit))
            }
            (None, _) => Held::Nothing,
        })
    }

    /// A contract that says it is for another branch governs nothing and lets nothing pass.
    fn for_this_trunk(&self, contract: Contract) -> Held {
        let Some(trunk) = &self.trunk else { return Held::Contract(Rc::new(contract)) };
        if let Some(named) = contract.trunk().filter(|named| named != trunk) {
            let (trunk, named) = (trunk.clone(), named.to_owned());
            return Held::Broken(Unknown::TrunkDiffers { trunk, named });
        }
        if let Some(agent) = contract.agents().iter().find(|agent| *agent.branch == **trunk) {
            let (agent, trunk) = (agent.id.to_string(), trunk.clone());
            return Held::Broken(Unknown::LaneIsTrunk { agent, trunk });
        }
        Held::Contract(Rc::new(contract))
    }

    fn source(&self, state: &State, entry: Entry) -> Result<Vec<u8>, String> {
        if !matches!(entry.mode, EntryMode::File | EntryMode::Executable) {
            return Err("it is not a regular file".to_owned());
        }
        let size = state.blob_size(self.history, entry.id).map_err(|error| error.to_string())?;
        if size > CONTRACT_LIMIT {
            return Err(format!("it has {size} bytes; a contract has at most {CONTRACT_LIMIT}"));
        }
        state.blob(self.history, entry.id).map_err(|error| error.to_string())
    }

    /// The contract files in which two states differ, when either side holds (or should hold) a
    /// contract there. Somebody's legal text is none.
    pub fn amended(&self, before: &State, after: &State) -> Known<Vec<RepoPath>> {
        let (old, new) = (self.files(before)?, self.files(after)?);
        let mut files = Vec::new();
        for ((old, new), file) in old.into_iter().zip(new).zip(ContractFile::ALL) {
            if old != new
                && (self.is_contract(before, old, file) || self.is_contract(after, new, file))
            {
                files.push(path_of(file));
            }
        }
        Ok(files)
    }

    fn is_contract(&self, state: &State, entry: Option<Entry>, file: ContractFile) -> bool {
        let Some(entry) = entry else { return false };
        match self.source(state, entry) {
            Ok(source) => {
                file == ContractFile::Toml
                    || contract::is_recognisable(&source)
                    || self.is_markdown_expected()
            }
            Err(_) => true,
        }
    }

    /// Whether a `CONTRACT.md` that is not to be recognised was a contract: where one was found in it at
    /// installation, or is in it where the trunk is known to be, written anew in Markdown since. One that
    /// comes after `contract.toml` was taken away is somebody's legal text.
    fn is_markdown_expected(&self) -> bool {
        match self.installed_in.as_deref() {
            None => false,
            Some(name) if name != ContractFile::Toml.name() => true,
            Some(_) => self.known.iter().any(|tip| self.is_in_markdown(*tip).unwrap_or(true)),
        }
    }

    fn is_in_markdown(&self, commit: Oid) -> Known<bool> {
        let state = State::of_commit(self.history, commit)?;
        for (entry, file) in self.files(&state)?.into_iter().zip(ContractFile::ALL) {
            if let Some(entry) = entry.filter(|_| file == ContractFile::Markdown) {
                let source = self.source(&state, entry);
                return Ok(source.map_or(true, |source| contract::is_recognisable(&source)));
            }
        }
        Ok(false)
    }

    /// A lane's base: the commit at which the trunk's contract began to have this agent with this
    /// branch, for the last time. The trunk's own line is followed (where the next of it lacks the
    /// agent, another parent that has it: the contract came by a merge). What a lane did to its copy
    /// of the contract in between is no beginning, though the lane has landed and is in the trunk's
    /// ancestry.
    pub fn base_of(&self, agent: &Agent, trunk: &[Oid]) -> Known<Option<Oid>> {
        self.base_by(Reading::AsKnown, agent, trunk)
    }

    /// The base as somebody finds it who reads the trunk's line in this way.
    pub fn base_by(&self, reading: Reading, agent: &Agent, trunk: &[Oid]) -> Known<Option<Oid>> {
        Ok(self.terms_by(reading, agent, trunk)?.last().map(|first| first.oldest))
    }

    /// The contracts that the trunk's line has had since a lane's base, up to these heads: the newest
    /// first; with the last of them the lane began.
    pub fn terms_of(&self, agent: &Agent, trunk: &[Oid]) -> Known<Vec<Term>> {
        self.terms_by(Reading::AsKnown, agent, trunk)
    }

    fn terms_by(&self, reading: Reading, agent: &Agent, trunk: &[Oid]) -> Known<Vec<Term>> {
        let limit = self.history.view().walk_limit();
        let mut parents = trunk.to_vec();
        if parents.len() > 1 && reading == Reading::FromHistory {
            let next = self.read_below(&parents)?;
            put_first(next, &mut parents);
        }
        let mut terms: Vec<Term> = Vec::new();
        for _ in 0..=limit {
            match (self.first_with(agent, &parents)?, terms.is_empty(), parents.first().copied()) {
                (Some(newest), _, _) => {
                    let oldest = self.bottom(newest, reading)?;
                    terms.push(Term { oldest, newest });
                    parents = self.parents_of_line(oldest, reading)?;
                }
                // Below a commit that lacks the agent an older run may have had it.
                (None, true, Some(first)) => parents = self.parents_of_line(first, reading)?,
                (None, ..) => return Ok(terms),
            }
        }
        Err(ReadError::WalkLimit { limit }.into())
    }

    /// A commit's parents, the one first by which the trunk's line goes on.
    fn parents_of_line(&self, commit: Oid, reading: Reading) -> Known<Vec<Oid>> {
        let mut parents = self.history.parents(commit)?;
        if parents.len() < 2 || reading == Reading::ByFirstParents {
            return Ok(parents);
        }
        let next = match reading == Reading::AsKnown && self.is_beyond_known(commit)? {
            true => trunk_parent(self, commit)?,
            false => self.read_below(&parents)?,
        };
        put_first(next, &mut parents);
        Ok(parents)
    }

    /// The parent by which the trunk's line goes on, where what is in them has to tell.
    fn read_below(&self, parents: &[Oid]) -> Known<Option<Oid>> {
        Ok(match self.came_by_several_contracts(parents)? {
            true => Some(read_from_history(self, parents)?),
            false => None,
        })
    }

    /// Whether a commit is none of those that the trunk is known to have.
    fn is_beyond_known(&self, commit: Oid) -> Known<bool> {
        Ok(!self.known.is_empty() && !self.history.is_reachable(commit, &self.known)?)
    }

    /// Whether parents of a merge have different contracts, or came by the same at different times.
    fn came_by_several_contracts(&self, parents: &[Oid]) -> Known<bool> {
        let Some((first, others)) = parents.split_first() else { return Ok(false) };
        let brought = self.brought_by(*first)?;
        for other in others {
            if self.brought_by(*other)? != brought {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn first_with(&self, agent: &Agent, commits: &[Oid]) -> Known<Option<Oid>> {
        for commit in commits {
            let contract = self.effective(*commit)?;
            let found = contract.as_ref().and_then(|contract| contract.agent(&agent.id));
            if found.is_some_and(|found| *found.branch == *agent.branch) {
                return Ok(Some(*commit));
            }
        }
        Ok(None)
    }

    /// The contract of a commit. An unreadable one counts as its first parent's.
    pub fn effective(&self, commit: Oid) -> Known<Option<Rc<Contract>>> {
        let mut unreadable = Vec::new();
        let mut next = Some(commit);
        let mut found = None;
        while let Some(commit) = next {
            if let Some(known) = self.below_unreadable.borrow().get(&commit) {
                found = known.clone();
                break;
            }
            match self.at(commit)? {
                Held::Nothing => break,
                Held::Contract(contract) => {
                    found = Some(contract);
                    break;
                }
                Held::Broken(_) => {
                    unreadable.push(commit);
                    next = self.history.parents(commit)?.first().copied();
                }
            }
        }
        let mut known = self.below_unreadable.borrow_mut();
        known.extend(unreadable.into_iter().map(|commit| (commit, found.clone())));
        Ok(found)
    }

    /// The oldest commit down the trunk's line that has the contract of this one all the way.
    /// Every lane and every step of the trunk asks for it, so it is remembered along the way.
    fn bottom(&self, commit: Oid, reading: Reading) -> Known<Oid> {
        let limit = self.history.view().walk_limit();
        let contract = self.effective(commit)?;
        let mut way = Vec::new();
        let mut bottom = commit;
        loop {
            #[cfg(test)]
            self.walked.set(self.walked.get() + 1);
            if let Some(known) = self.bottoms.borrow().get(&(reading, bottom)) {
                bottom = *known;
                break;
            }
            if way.len() >= limit {
                return Err(ReadError::WalkLimit { limit }.into());
            }
            way.push(bottom);
            let Some(below) = self.parents_of_line(bottom, reading)?.first().copied() else {
                break;
            };
            let is_same = match (&contract, &self.effective(below)?) {
                (Some(one), Some(other)) => Rc::ptr_eq(one, other),
                (one, other) => one.is_none() && other.is_none(),
            };
            if !is_same {
                break;
            }
            bottom = below;
        }
        let way = way.into_iter().map(|commit| ((reading, commit), bottom));
        self.bottoms.borrow_mut().extend(way);
        Ok(bottom)
    }
}

/// Puts one of some parents before the others.
fn put_first(next: Option<Oid>, parents: &mut [Oid]) {
    if let Some(at) = next.and_then(|next| parents.iter().position(|one| *one == next)) {
        parents[..=at].rotate_right(1);
    }
}

/// Where a contract of this spelling lives.
#[expect(clippy::expect_used, reason = "the two names are constants and valid paths")]
fn path_of(file: ContractFile) -> RepoPath {
    RepoPath::new(file.name()).expect("a contract's file name is a path")
}

#[expect(clippy::expect_used, reason = "twenty bytes are an object id")]
fn zero() -> Oid {
    Oid::from_bytes(&[0; 20]).expect("twenty bytes are an object id")
}
