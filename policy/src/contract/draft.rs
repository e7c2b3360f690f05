//! What a reader found in a contract's text, with positions, before anything is judged.

use std::ops::Range;

use super::model::{ContractFile, MergeStrategy, Mode, TrunkSteps, UnlistedBranches};
use super::source::Placed;

/// A text at its place.
pub(super) type Text = Placed<String>;

/// A contract as it is written.
#[derive(Debug)]
pub(super) struct Draft {
    pub(super) file: ContractFile,
    pub(super) name: Option<Text>,
    pub(super) version: Option<Placed<u64>>,
    pub(super) trunk: Option<Text>,
    pub(super) objective: Option<Text>,
    pub(super) integrator: Option<Text>,
    pub(super) agents: Vec<DraftAgent>,
    pub(super) shared: Vec<DraftShared>,
    pub(super) order: Vec<DraftStep>,
    pub(super) merge: DraftMerge,
    pub(super) waivers: Vec<DraftWaiver>,
    pub(super) policy: DraftPolicy,
}

impl Draft {
    pub(super) fn new(file: ContractFile) -> Self {
        Self {
            file,
            name: None,
            version: None,
            trunk: None,
            objective: None,
            integrator: None,
            agents: Vec::new(),
            shared: Vec::new(),
            order: Vec::new(),
            merge: DraftMerge::default(),
            waivers: Vec::new(),
            policy: DraftPolicy::default(),
        }
    }
}

#[derive(Debug)]
pub(super) struct DraftAgent {
    pub(super) name: Text,
    pub(super) branch: Option<Text>,
    pub(super) worktree: Option<Text>,
    pub(super) identity: Option<Text>,
    pub(super) scope: Vec<DraftScope>,
    /// What is taken out of the whole scope, as far as that holds it.
    pub(super) except: Vec<Text>,
    /// What is said to be read-only: taken out of the entries that hold more than it.
    pub(super) read_only: Vec<Text>,
    pub(super) promises: Vec<DraftPromise>,
    pub(super) withdrawn: Option<Placed<bool>>,
    pub(super) new_surface: Option<Placed<bool>>,
}

impl DraftAgent {
    pub(super) fn new(name: Text) -> Self {
        Self {
            name,
            branch: None,
            worktree: None,
            identity: None,
            scope: Vec::new(),
            except: Vec::new(),
            read_only: Vec::new(),
            promises: Vec::new(),
            withdrawn: None,
            new_surface: None,
        }
    }
}

#[derive(Debug, Clone)]
pub(super) struct DraftScope {
    pub(super) pattern: Text,
    /// What is taken out. One that stands at the same place of several entries is said of them
    /// together, and need not concern each of them.
    pub(super) except: Vec<Text>,
    pub(super) mode: Mode,
}

#[derive(Debug)]
pub(super) struct DraftPromise {
    pub(super) text: Text,
    pub(super) relied_on_by: Vec<Text>,
}

#[derive(Debug)]
pub(super) struct DraftShared {
    pub(super) pattern: Text,
    pub(super) policy: DraftShare,
    pub(super) note: Option<String>,
}

#[derive(Debug, Clone)]
pub(super) enum DraftShare {
    Owner(Text),
    Nobody,
    AdditionsBy(Vec<Text>),
    GeneratedBy(Text),
}

#[derive(Debug)]
pub(super) struct DraftStep {
    pub(super) at: Range<usize>,
    pub(super) agents: Vec<Text>,
    pub(super) after: Option<Vec<Text>>,
    pub(super) because: Option<String>,
}

#[derive(Debug, Default)]
pub(super) struct DraftMerge {
    pub(super) suite: Option<Text>,
    pub(super) setup: Option<Text>,
    pub(super) timeout: Option<Text>,
    pub(super) strategy: Option<Placed<MergeStrategy>>,
}

#[derive(Debug)]
pub(super) struct DraftWaiver {
    pub(super) at: Range<usize>,
    pub(super) rule: Text,
    pub(super) agent: Text,
    pub(super) path: Option<Text>,
    pub(super) because: Text,
}

#[derive(Debug, Default)]
pub(super) struct DraftPolicy {
    pub(super) unlisted_branches: Option<Placed<UnlistedBranches>>,
    pub(super) agent_branches: Option<Text>,
    pub(super) trunk_steps: Option<Placed<TrunkSteps>>,
}
