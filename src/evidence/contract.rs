//! The contract as a commit of the trunk holds it, read from the object database alone.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use policy::change::{Entry, EntryMode};
use policy::contract::{self, Agent, Contract, ContractFile};
use policy::name::AgentId;
use policy::oid::Oid;
use policy::path::RepoPath;

use super::history::History;
use super::located::Trunk;
use super::state::State;
use super::{Known, Unknown};
use crate::repository::{GitView, Head, Read};

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

type Files = [Option<Entry>; 2];

/// Reads contracts, each of them once.
pub struct Contracts<'a, 'v> {
    history: &'a History<'v>,
    /// Whether a contract was found here at installation (`contractgate.contract`).
    expected: bool,
    /// The trunk's short name, where it is a branch: a contract that names another is not for it.
    trunk: Option<String>,
    read: RefCell<HashMap<Files, Held>>,
}

impl<'a, 'v> Contracts<'a, 'v> {
    /// The contracts of a trunk. Reads `contractgate.contract`, and no contract yet.
    pub fn new(history: &'a History<'v>, trunk: &Trunk) -> Known<Self> {
        let expected = history.view().config("contractgate.contract")?.is_some();
        let trunk = trunk.is_ref().then(|| trunk.name.clone());
        Ok(Self { history, expected, trunk, read: RefCell::default() })
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
        for _ in 0..=limit {
            let mut same = None;
            for parent in self.history.parents(at)? {
                if self.are_the_same(parent, at)? {
                    same = Some(parent);
                    break;
                }
            }
            match same {
                Some(parent) => at = parent,
                None => return Ok(at),
            }
        }
        Err(crate::repository::ReadError::WalkLimit { limit }.into())
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
            (None, _) if unrecognised && self.expected => {
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
                file == ContractFile::Toml || self.expected || contract::is_recognisable(&source)
            }
            Err(_) => true,
        }
    }

    /// A lane's base: the commit at which the trunk's contract began to have this agent with this
    /// branch, for the last time. The trunk's own line is followed, which are the first parents
    /// (where the first lacks the agent, another that has it: the contract came by a merge). What
    /// a lane did to its copy of the contract in between is no beginning, though the lane has
    /// landed and is in the trunk's ancestry.
    pub fn base_of(&self, agent: &Agent, trunk: &[Oid]) -> Known<Option<Oid>> {
        let limit = self.history.view().walk_limit();
        let mut parents = trunk.to_vec();
        let mut base = None;
        for _ in 0..=limit {
            match (self.first_with(agent, &parents)?, base, parents.first().copied()) {
                (Some(commit), _, _) => {
                    base = Some(commit);
                    parents = self.history.parents(commit)?;
                }
                // Below a commit that lacks the agent an older run may have had it.
                (None, None, Some(first)) => parents = self.history.parents(first)?,
                (None, base, _) => return Ok(base),
            }
        }
        Err(crate::repository::ReadError::WalkLimit { limit }.into())
    }

    fn first_with(&self, agent: &Agent, commits: &[Oid]) -> Known<Option<Oid>> {
        for commit in commits {
            if self.has(*commit, &agent.id, &agent.branch)? {
                return Ok(Some(*commit));
            }
        }
        Ok(None)
    }

    /// Whether a commit's contract has this agent with this branch. An unreadable contract
    /// counts as its parent's.
    fn has(&self, commit: Oid, agent: &AgentId, branch: &str) -> Known<bool> {
        let mut next = Some(commit);
        while let Some(commit) = next {
            match self.at(commit)? {
                Held::Nothing => return Ok(false),
                Held::Contract(contract) => {
                    return Ok(contract.agent(agent).is_some_and(|agent| *agent.branch == *branch));
                }
                Held::Broken(_) => {
                    next = self.history.parents(commit)?.first().copied();
                }
            }
        }
        Ok(false)
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
