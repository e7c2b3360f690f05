//! Who may edit a path.

use super::model::{Contract, Permission};
use crate::name::AgentId;
use crate::path::RepoPath;

impl Contract {
    /// What the contract says about this agent and this path (design section 2.4).
    pub fn permission(&self, _agent: &AgentId, _path: &RepoPath) -> Permission<'_> {
        Permission::Unlisted
    }

    /// The agent, not withdrawn, of whose own paths this is one.
    pub fn own_lane(&self, _path: &RepoPath) -> Option<&AgentId> {
        None
    }

    /// Whether any lane may change it because it is made again at landing.
    pub fn is_generated(&self, _path: &RepoPath) -> bool {
        false
    }

    /// The lanes that must have landed before this one does, all of them (transitively), in
    /// the order of the text. Withdrawn ones included.
    pub fn before(&self, _agent: &AgentId) -> Vec<&AgentId> {
        Vec::new()
    }

    /// The line of the merge order that places this agent.
    pub fn order_line(&self, _agent: &AgentId) -> Option<u32> {
        None
    }

    /// What concerns a lane and differs between an older version of the contract and this one,
    /// in words: its own paths and modes, shared paths, promises. Empty: nothing.
    pub fn concerns(&self, _older: &Contract, _agent: &AgentId) -> Vec<String> {
        Vec::new()
    }

    /// A contract without agents, by which nothing but an amendment can be judged: what governs
    /// where there is none, or where it cannot be read.
    pub fn absent() -> Self {
        unreachable!()
    }
}

/// Reads a contract. The problems of an invalid one are all its errors.
pub fn read(_file: super::ContractFile, _source: &[u8]) -> Result<Contract, Vec<super::Problem>> {
    Err(Vec::new())
}

/// Whether a `CONTRACT.md` is a context contract at all, and not somebody's legal text: it has
/// the title or one of the sections.
pub fn is_recognisable(_source: &[u8]) -> bool {
    true
}
