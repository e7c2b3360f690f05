//! `replay`: a contract over the work that history holds, before anybody is bound by it.
//!
//! Each merge of the trunk, each of its own commits and each branch beside it is judged as if the
//! contract had been there: as the lane that it would have been, seen from the trunk that it was
//! merged into. Nothing is bound by the answer. What a refusal came to (the work stayed, was taken
//! back, was mended) says whether the contract or the work was wrong.

mod fate;
mod judged;
mod order;
pub mod period;
mod subject;
mod wider;
mod works;

use std::collections::{BTreeMap, BTreeSet};

use policy::change::CommitRef;
use policy::contract::{ContractFile, SharedPolicy};
use policy::name::{AgentId, RefName};
use policy::oid::Oid;
use policy::path::RepoPath;
use policy::verdict::{Severity, Undecided, Violation};

use super::Done;
use super::run::Run;
use judged::Judge;
pub use wider::Proposal;

/// What a contract would have done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replay {
    /// Every piece of work that was looked at: what landed, oldest first, then the open branches.
    pub works: Vec<Work>,
    /// How many branches were left out, because nothing was committed to them in the period.
    pub older_branches: usize,
    /// How many landings came before work of a lane that lands first, of which nobody can tell when it
    /// began: it was squashed or rebased, and its branch is gone.
    pub order_unknown: usize,
    /// The lanes that no work was in, in the contract's order.
    pub unused: Vec<AgentId>,
    /// The paths that are no lane's own, and that work of several has changed; those of the most
    /// first.
    pub contested: Vec<Contested>,
    /// How the contract could take in what it would have refused and what stayed.
    pub proposals: Vec<Proposal>,
}

/// One piece of work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Work {
    /// Where it is.
    pub place: Place,
    /// The branch that it was done on, short, where that is known. Foreign text.
    pub branch: Option<String>,
    /// Its newest commit.
    pub tip: Oid,
    /// The lane that it would have been; `None` when it fits none.
    pub lane: Option<Whose>,
    /// How many paths landing it changes.
    pub paths: usize,
    /// Among them: those that are some lane's own.
    pub own_of: BTreeMap<AgentId, usize>,
    /// What the rules say.
    pub findings: Vec<Finding>,
    /// Why it could not be judged, where it could not.
    pub undecided: Option<Undecided>,
}

/// Where a piece of work is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// A merge of the trunk brought it.
    Merge(CommitRef),
    /// It is a commit of the trunk's own: made there, squashed or rebased onto it.
    Step(CommitRef),
    /// It has not landed.
    Branch(RefName),
}

impl Place {
    /// The trunk's commit that it landed by.
    pub fn landed_by(&self) -> Option<&CommitRef> {
        match self {
            Self::Merge(commit) | Self::Step(commit) => Some(commit),
            Self::Branch(_) => None,
        }
    }
}

/// The lane that work would have been.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Whose {
    /// Whose.
    pub agent: AgentId,
    /// How that is known.
    pub by: Recognised,
}

/// How a lane was recognised.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Recognised {
    /// The branch has the lane's name.
    Branch,
    /// More than half of the paths that it changes are the lane's own.
    Paths,
}

/// What a rule says of a piece of work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The violation.
    pub violation: Violation,
    /// What became of the path since, where it refuses; `None` where it is not about a path, or has
    /// not landed.
    pub fate: Option<Fate>,
}

/// What became of a change that landed, as far as the period tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fate {
    /// It stayed: nothing took it back, and no fix touched it.
    Stayed,
    /// The path has since been as it was before.
    TakenBack(CommitRef),
    /// A commit that calls itself a fix touched the path.
    Mended(CommitRef),
}

/// A path that work of several has changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contested {
    /// Which.
    pub path: RepoPath,
    /// Lanes by their names, and branches in no lane by theirs.
    pub by: BTreeSet<String>,
    /// What the contract says of it.
    pub policy: Option<(SharedPolicy, u32)>,
}

impl Work {
    /// Whether the contract would have refused it.
    pub fn is_refused(&self) -> bool {
        self.findings.iter().any(Finding::refuses)
    }

    /// Whether something that it would have refused landed and stayed.
    pub fn looks_wrong(&self) -> bool {
        self.findings.iter().any(Finding::looks_wrong)
    }
}

impl Finding {
    /// Whether it refuses.
    pub fn refuses(&self) -> bool {
        self.violation.severity == Severity::Error
    }

    /// Whether it refuses what landed and stayed.
    pub fn looks_wrong(&self) -> bool {
        self.refuses() && self.fate == Some(Fate::Stayed)
    }
}

/// Runs a contract over history since a time, in seconds since 1970.
///
/// # Errors
/// When the trunk's history cannot be read. What cannot be judged is said of the work.
pub fn replay(run: &Run<'_>, since: i64) -> Done<Replay> {
    let collected = works::collect(run, since)?;
    let mut judge = Judge::new(run)?;
    let mut works = Vec::with_capacity(collected.works.len());
    let mut touched = Vec::with_capacity(collected.works.len());
    for raw in &collected.works {
        let (work, paths) = judge.work(raw)?;
        works.push(work);
        touched.push(paths);
    }
    let order_unknown = order::out_of_order(run, &judge.contracts, &collected, &mut works)?;
    fate::tell(run, &collected.works, &mut works)?;
    let contract = &run.contract;
    let used = |agent: &AgentId| {
        works.iter().any(|work| work.lane.as_ref().is_some_and(|lane| lane.agent == *agent))
    };
    let agents = contract.agents().iter().filter(|agent| !agent.withdrawn);
    let unused = agents.map(|agent| &agent.id).filter(|id| !used(id)).cloned().collect();
    Ok(Replay {
        unused,
        contested: contested(run, &works, &touched),
        proposals: wider::proposals(run, &works, &touched)?,
        works,
        older_branches: collected.older_branches,
        order_unknown,
    })
}

fn contested(run: &Run<'_>, works: &[Work], touched: &[Vec<RepoPath>]) -> Vec<Contested> {
    let mut by_path: BTreeMap<&RepoPath, BTreeSet<String>> = BTreeMap::new();
    for (work, paths) in works.iter().zip(touched) {
        // A commit of the trunk's own that fits no lane is the dispatcher's.
        let lane = work.lane.as_ref().map(|lane| lane.agent.to_string());
        let Some(by) = lane.or_else(|| work.branch.clone()) else { continue };
        for path in paths {
            let is_own = run.contract.own_lane(path).is_some();
            let is_free = ContractFile::of_path(path).is_some() || run.contract.is_generated(path);
            // A shared path with an owner is that lane's own, and may be contested all the same.
            if !is_free && (!is_own || run.contract.governing_shared(path).is_some()) {
                by_path.entry(path).or_default().insert(by.clone());
            }
        }
    }
    let mut all: Vec<Contested> = by_path
        .into_iter()
        .filter(|(_, by)| by.len() > 1)
        .map(|(path, by)| {
            let policy = run.contract.governing_shared(path);
            let policy = policy.map(|entry| (entry.policy.clone(), entry.line));
            Contested { path: path.clone(), by, policy }
        })
        .collect();
    all.sort_by_key(|one| std::cmp::Reverse(one.by.len()));
    all
}
