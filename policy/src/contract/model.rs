//! The validated contract, and the questions that the rules ask it.

use super::pattern::Pattern;
use super::permission::Lookup;
use super::problem::Problem;
use crate::name::{AgentId, RefName};
use crate::path::RepoPath;

/// The rules of which a waiver gives an agent paths to edit that the contract does not.
const EDITS: [&str; 3] = ["out-of-scope", "shared-owned", "shared-frozen"];

/// Which of the two spellings a contract file has; also where it lives, at the root.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ContractFile {
    /// `CONTRACT.md`
    Markdown,
    /// `contract.toml`
    Toml,
}

impl ContractFile {
    /// Both, in the order in which they are looked for.
    pub const ALL: [Self; 2] = [Self::Toml, Self::Markdown];

    /// The file's name at the root of the repository.
    pub fn name(self) -> &'static str {
        match self {
            Self::Markdown => "CONTRACT.md",
            Self::Toml => "contract.toml",
        }
    }

    /// Whether a path is one of the two, and which.
    pub fn of_path(path: &RepoPath) -> Option<Self> {
        Self::ALL.into_iter().find(|file| file.name().as_bytes() == path.as_bytes())
    }
}

/// A valid contract. It can only be made by validation, so whoever holds one may trust it.
#[derive(Debug, Clone)]
pub struct Contract {
    pub(super) file: ContractFile,
    /// The source's lines, to be cited, each with its offset in the file.
    pub(super) lines: Vec<(usize, Box<str>)>,
    pub(super) name: Option<Box<str>>,
    pub(super) version: u64,
    pub(super) version_line: Option<u32>,
    pub(super) trunk: Option<Box<str>>,
    pub(super) objective: Option<Box<str>>,
    pub(super) integrator: Option<AgentId>,
    pub(super) agents: Vec<Agent>,
    pub(super) shared: Vec<SharedEntry>,
    pub(super) order: Vec<OrderStep>,
    pub(super) merge: MergeSettings,
    pub(super) waivers: Vec<Waiver>,
    pub(super) policy: Policy,
    /// The entries of scopes and shared paths, by directory.
    pub(super) lookup: Lookup,
    /// What the reader saw and did not hear, for lint to warn of.
    pub(super) unheard: Vec<Problem>,
}

/// An agent, with its lane.
#[derive(Debug, Clone)]
pub struct Agent {
    /// Its name.
    pub id: AgentId,
    /// Its branch, short, such as `agents/uploads`.
    pub branch: Box<str>,
    /// The directory name of its worktree.
    pub worktree: Option<Box<str>>,
    /// The name under which it pushes; by default the agent's name.
    pub identity: Option<Box<str>>,
    /// The paths that it may edit.
    pub scope: Vec<ScopeEntry>,
    /// What it commits to at its boundary.
    pub promises: Vec<Promise>,
    /// Whether it will never land.
    pub withdrawn: bool,
    /// Whether it may define new contract surface.
    pub new_surface: bool,
    /// The line that brings it in, from 1.
    pub line: u32,
}

impl Agent {
    /// The lane's branch as a full ref name.
    pub fn reference(&self) -> RefName {
        RefName::branch(&self.branch)
    }

    /// The name under which it pushes.
    pub fn identity(&self) -> &str {
        self.identity.as_deref().unwrap_or(self.id.as_str())
    }
}

/// One entry of a scope.
#[derive(Debug, Clone)]
pub struct ScopeEntry {
    /// The paths.
    pub pattern: Pattern,
    /// The paths that it leaves out.
    pub except: Vec<Pattern>,
    /// How they may be edited.
    pub mode: Mode,
    /// The contract's line, from 1.
    pub line: u32,
}

/// How a path may be edited, from the most liberal to the strictest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Mode {
    /// In any way.
    Edit,
    /// In any way but deleting it.
    NoDelete,
    /// The old lines stay, in their order; not deleted, renamed, changed in kind or mode.
    AdditionsOnly,
    /// Only where nothing was on the merge base.
    CreateOnly,
}

impl Mode {
    /// The spelling in TOML.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Edit => "edit",
            Self::NoDelete => "no-delete",
            Self::AdditionsOnly => "additions-only",
            Self::CreateOnly => "create-only",
        }
    }
}

/// An element of the interface boundary that an agent commits to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Promise {
    /// Its text.
    pub text: Box<str>,
    /// Who relies on it, where that is said.
    pub relied_on_by: Vec<AgentId>,
    /// The contract's line, from 1.
    pub line: u32,
}

/// A path that cannot be partitioned.
#[derive(Debug, Clone)]
pub struct SharedEntry {
    /// The paths.
    pub pattern: Pattern,
    /// Who may edit them, and how.
    pub policy: SharedPolicy,
    /// What the contract says beside it.
    pub note: Option<Box<str>>,
    /// The contract's line, from 1.
    pub line: u32,
}

/// Who may edit a shared path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SharedPolicy {
    /// One agent; others must request.
    Owner(AgentId),
    /// No lane; only the human merge step.
    Nobody,
    /// These agents, additions only.
    AdditionsBy(Vec<AgentId>),
    /// Any lane, because this command makes it again at landing.
    GeneratedBy(Box<str>),
}

/// One step of the merge order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderStep {
    /// The agents that land in it, in any order among themselves.
    pub agents: Vec<AgentId>,
    /// The agents after which they land; `None`: after everything in the steps above.
    pub after: Option<Vec<AgentId>>,
    /// Why.
    pub because: Option<Box<str>>,
    /// The contract's line, from 1.
    pub line: u32,
}

/// What the merge ritual runs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MergeSettings {
    /// The command that runs the full test suite.
    pub suite: Option<Box<str>>,
    /// The command that prepares a worktree, once.
    pub setup: Option<Box<str>>,
    /// How long either may take, as written, such as `20m`.
    pub timeout: Option<Box<str>>,
    /// How a lane is merged.
    pub strategy: MergeStrategy,
}

/// How a lane is brought into the trunk.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum MergeStrategy {
    /// A merge commit.
    #[default]
    Merge,
    /// One commit.
    Squash,
    /// The lane's commits, made again on the trunk.
    Rebase,
    /// The trunk moves to the lane's tip.
    FastForward,
}

/// The lawful way out: matching errors become warnings.
#[derive(Debug, Clone)]
pub struct Waiver {
    /// The rule's code.
    pub rule: Box<str>,
    /// Whom it excuses.
    pub agent: AgentId,
    /// Where; everywhere when absent.
    pub path: Option<Pattern>,
    /// Why.
    pub because: Box<str>,
    /// The contract's line, from 1.
    pub line: u32,
}

/// The policies.
#[derive(Debug, Clone)]
pub struct Policy {
    /// What becomes of work on branches in no lane.
    pub unlisted_branches: UnlistedBranches,
    /// Branches on which work is denied unless they are a lane.
    pub agent_branches: Option<Pattern>,
    /// What the trunk may take.
    pub trunk_steps: TrunkSteps,
    /// Where the contract says so.
    pub lines: PolicyLines,
}

/// The contract's lines, from 1, that set a policy; `None` for what it leaves as it is.
#[derive(Debug, Clone, Copy, Default)]
pub struct PolicyLines {
    /// Of [`Policy::unlisted_branches`].
    pub unlisted_branches: Option<u32>,
    /// Of [`Policy::agent_branches`].
    pub agent_branches: Option<u32>,
    /// Of [`Policy::trunk_steps`].
    pub trunk_steps: Option<u32>,
}

/// What becomes of work on branches in no lane.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum UnlistedBranches {
    /// Nothing.
    #[default]
    Allow,
    /// A warning.
    Warn,
    /// It is denied.
    Deny,
}

/// What the trunk may take.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum TrunkSteps {
    /// Also a human's own commits; in an unlanded lane's own paths they are a warning.
    #[default]
    Open,
    /// Landings, reverts and amendments.
    LandingsOnly,
}

/// What the contract says about an agent and a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Permission<'c> {
    /// It is the contract itself, or a schema that the contract names.
    ContractFile,
    /// The agent may edit it in this mode.
    Granted {
        /// How.
        mode: Mode,
        /// The contract's line.
        line: u32,
    },
    /// It is shared, and its owner or adders are others.
    Owned {
        /// Who may.
        by: &'c [AgentId],
        /// The contract's line.
        line: u32,
    },
    /// It is shared, and nobody edits it.
    Frozen {
        /// The contract's line.
        line: u32,
    },
    /// It is in the scope of another agent.
    OthersScope {
        /// Whose.
        owner: &'c AgentId,
        /// The contract's line.
        line: u32,
    },
    /// The contract does not list it.
    Unlisted,
}

impl Permission<'_> {
    /// The rule that refuses an edit; `None` where it is granted, in whatever mode.
    pub fn refused_by(&self) -> Option<&'static str> {
        match self {
            Self::ContractFile => Some("contract-protected"),
            Self::Granted { .. } => None,
            Self::Owned { .. } => Some("shared-owned"),
            Self::Frozen { .. } => Some("shared-frozen"),
            Self::OthersScope { .. } | Self::Unlisted => Some("out-of-scope"),
        }
    }

    /// The contract's line that says so, where one does.
    pub fn line(&self) -> Option<u32> {
        match self {
            Self::Granted { line, .. }
            | Self::Owned { line, .. }
            | Self::Frozen { line }
            | Self::OthersScope { line, .. } => Some(*line),
            Self::ContractFile | Self::Unlisted => None,
        }
    }
}

impl Contract {
    /// Which file it was read from.
    pub fn file(&self) -> ContractFile {
        self.file
    }

    /// Its name.
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// The line that says its version, where one does.
    pub fn version_line(&self) -> Option<u32> {
        self.version_line
    }

    /// Its version, from 1.
    pub fn version(&self) -> u64 {
        self.version
    }

    /// The branch that it says it is for.
    pub fn trunk(&self) -> Option<&str> {
        self.trunk.as_deref()
    }

    /// What the run is for.
    pub fn objective(&self) -> Option<&str> {
        self.objective.as_deref()
    }

    /// The agent that may land every lane at its turn.
    pub fn integrator(&self) -> Option<&AgentId> {
        self.integrator.as_ref()
    }

    /// All agents, in the order of the text.
    pub fn agents(&self) -> &[Agent] {
        &self.agents
    }

    /// All shared entries, in the order of the text.
    pub fn shared(&self) -> &[SharedEntry] {
        &self.shared
    }

    /// The merge order, as written.
    pub fn order(&self) -> &[OrderStep] {
        &self.order
    }

    /// What the merge ritual runs.
    pub fn merge(&self) -> &MergeSettings {
        &self.merge
    }

    /// The waivers.
    pub fn waivers(&self) -> &[Waiver] {
        &self.waivers
    }

    /// Whether a waiver lets an agent edit a path that is not its, or that is shared otherwise.
    pub fn edit_is_waived(&self, agent: &AgentId, path: &RepoPath) -> bool {
        let is_of_edits = |rule: &str| EDITS.contains(&rule);
        self.waivers.iter().any(|waiver| {
            is_of_edits(&waiver.rule)
                && waiver.agent == *agent
                && waiver.path.as_ref().is_none_or(|at| at.matches(path))
        })
    }

    /// The first waiver of a rule for an agent that covers all these paths.
    pub fn waiver(&self, rule: &str, agent: &AgentId, paths: &[RepoPath]) -> Option<&Waiver> {
        let covers = |waiver: &Waiver| match &waiver.path {
            None => true,
            Some(pattern) => !paths.is_empty() && paths.iter().all(|path| pattern.matches(path)),
        };
        self.waivers.iter().find(|w| &*w.rule == rule && w.agent == *agent && covers(w))
    }

    /// The policies.
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// A line of the source, from 1, raw. Foreign text: escape it before printing.
    pub fn source_line(&self, line: u32) -> Option<&str> {
        self.line(line).map(|(_, text)| text.as_ref())
    }

    /// Where a line of the source, from 1, begins in the file, in bytes.
    pub(super) fn line_start(&self, line: u32) -> usize {
        self.line(line).map_or(0, |(start, _)| *start)
    }

    fn line(&self, line: u32) -> Option<&(usize, Box<str>)> {
        self.lines.get(usize::try_from(line).ok()?.checked_sub(1)?)
    }

    /// The agent of this name.
    pub fn agent(&self, id: &AgentId) -> Option<&Agent> {
        self.agents.iter().find(|agent| agent.id == *id)
    }

    /// The agent whose lane this ref is.
    pub fn lane_of_ref(&self, reference: &RefName) -> Option<&Agent> {
        let branch = reference.branch_name()?;
        self.agents.iter().find(|agent| agent.branch.as_bytes() == branch)
    }

    /// The agent whose worktree has this directory name.
    pub fn lane_of_worktree(&self, directory: &str) -> Option<&Agent> {
        self.agents.iter().find(|agent| agent.worktree.as_deref() == Some(directory))
    }
}

#[cfg(test)]
mod tests {
    use super::super::read;
    use super::*;

    #[test]
    fn lanes_are_found_by_their_refs_and_their_worktrees() {
        let text = "version = 3\n[agents.a]\nbranch = \"agents/a\"\nworktree = \"wt-a\"\nscope = [\"a/\"]\n\
                    [agents.b]\nbranch = \"agents/b\"\nscope = [\"b/\"]\n";
        let contract = read(ContractFile::Toml, text.as_bytes()).expect("valid");
        let of_ref = |name: &str| contract.lane_of_ref(&RefName::new(name)).map(|a| a.id.as_str());
        assert_eq!(of_ref("refs/heads/agents/a"), Some("a"));
        assert_eq!(of_ref("refs/heads/agents/b"), Some("b"));
        assert_eq!(of_ref("refs/heads/agents"), None);
        assert_eq!(of_ref("refs/tags/agents/a"), None);
        let of_worktree = |name: &str| contract.lane_of_worktree(name).map(|a| a.id.as_str());
        assert_eq!(of_worktree("wt-a"), Some("a"));
        assert_eq!(of_worktree("wt-b"), None);
        assert_eq!((contract.version(), contract.version_line()), (3, Some(1)));
    }
}
