//! What could not be known, and what to do about it. Each of these blocks.

mod help;

use policy::contract::Problem;
use policy::name::RefName;
use policy::oid::Oid;
use policy::path::RepoPath;
use policy::verdict::Undecided;

use super::behind::Behind;
use super::located::Unfetched;
use super::search::{DEEPEST_BASES, MOST_SEARCHED, MOST_STEPS_IN_ALL, Search};
use crate::repository::ReadError;

/// Why a question about the repository has no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unknown {
    /// The repository cannot be read.
    #[error(transparent)]
    Unreadable(#[from] ReadError),
    /// Nobody has said which branch is the trunk.
    #[error("the trunk is not known")]
    TrunkUnset,
    /// The trunk that was named does not exist.
    #[error("the trunk {name} {}", absence(.unfetched.as_ref()))]
    TrunkMissing {
        /// Its short name.
        name: String,
        /// Where it may be.
        unfetched: Option<Unfetched>,
        /// What it is called now, where it was renamed.
        renamed: Option<String>,
        /// Whether it is a server's.
        on_server: bool,
    },
    /// The contract says that it is for another branch.
    #[error("the contract on {trunk} says that it is for {named}")]
    TrunkDiffers {
        /// The repository's trunk.
        trunk: String,
        /// What the contract says.
        named: String,
    },
    /// The contract gives an agent the trunk itself as its lane.
    #[error("the contract gives {agent} the trunk {trunk} as its lane")]
    LaneIsTrunk {
        /// Whose lane.
        agent: String,
        /// The trunk.
        trunk: String,
    },
    /// A lane's branch is not here, and this clone has never asked for it.
    #[error("whether {branch} has landed is not known: this clone does not fetch it from {remote}")]
    LaneLeftOut {
        /// The branch, short.
        branch: String,
        /// The remote that may have it.
        remote: String,
    },
    /// The trunk's contract is not valid.
    #[error("{path} on the trunk ({}) is not a valid contract: {}", .commit.short(), first_of(.problems))]
    ContractInvalid {
        /// Its file name.
        path: &'static str,
        /// The commit that holds it.
        commit: Oid,
        /// Its source, for the report.
        text: Vec<u8>,
        /// What is wrong with it.
        problems: Vec<Problem>,
    },
    /// Both spellings are at the root of the trunk.
    #[error("the trunk ({}) holds both CONTRACT.md and contract.toml", .0.short())]
    TwoContracts(Oid),
    /// A contract that was found at installation is not recognisable any more.
    #[error("CONTRACT.md on the trunk ({}) has become unrecognisable as a contract", .0.short())]
    ContractUnrecognisable(Oid),
    /// The contract file is a symbolic link, a submodule or too large.
    #[error("{path} on the trunk ({}) cannot be read as a contract: {reason}", .commit.short())]
    ContractUnreadable {
        /// Its file name.
        path: &'static str,
        /// The commit that holds it.
        commit: Oid,
        /// Why.
        reason: String,
    },
    /// The server tells people apart and this one has no name.
    #[error("the server does not know who is pushing: {0} is empty or not set")]
    UnnamedPusher(String),
    /// A lane cannot be merged into the trunk as it is.
    #[error("{branch} does not merge into {}: {} conflicts", .trunk.revision_name(), listed(.paths))]
    LandingConflicts {
        /// The ref that the trunk was read from.
        trunk: RefName,
        /// The branch that would land.
        branch: String,
        /// Where it conflicts.
        paths: Vec<RepoPath>,
    },
    /// A lane was landed otherwise than by a merge, and nothing will tell that it was.
    #[error("nothing would tell that {branch} has landed: a merge driver of your own is for {}", listed(.paths))]
    LeftToADriver {
        /// The ref that the trunk was read from.
        trunk: RefName,
        /// The branch that would land.
        branch: String,
        /// What such a driver merges.
        paths: Vec<RepoPath>,
    },
    /// What git gives a hook on its standard input is not there, or is something else.
    #[error("the input of {hook} cannot be read: {reason}")]
    HookInput {
        /// Which hook.
        hook: &'static str,
        /// What is wrong with it.
        reason: String,
    },
    /// An index that is about to be committed still has unmerged paths, and the like.
    #[error("{0}")]
    Other(String),
    /// Nothing says which lane is meant.
    #[error("HEAD is detached and this is no lane's worktree, so which lane is meant is not known")]
    NoLane,
    /// What was named to be judged is no branch, and no lane's tip.
    #[error("{0} is no branch, and no lane's tip, so which lane is meant is not known")]
    NoLaneOf(String),
    /// What was named is where a forge keeps a pull request.
    #[error("{0} is a pull request and no branch, so which lane is meant is not known")]
    PullRequest(String),
    /// The trunk was named to be landed, and something else is checked out.
    #[error(
        "{0} is the trunk here, and what is checked out is no part of it, so which branch is meant is not known"
    )]
    CalledLikeTheTrunk(String),
    /// A lane that was asked for has no branch here.
    #[error("the branch {branch} does not exist here")]
    NoSuchBranch {
        /// Its short name.
        branch: String,
        /// The remotes that have it.
        remotes: Vec<String>,
    },
    /// More would have to be merged than a search may.
    #[error(
        "to know {} more would have to be merged than is: {} MiB of text, {} merges within each other",
        sought(*.0), MOST_SEARCHED >> 20, DEEPEST_BASES
    )]
    SearchLimit(Search),
    /// To merge files line by line would take longer than is worked for one decision.
    #[error(
        "to merge what both sides have changed line by line would take more than {MOST_STEPS_IN_ALL} steps"
    )]
    MergeLimit,
    /// A ref that was named does not exist.
    #[error("{0} does not exist")]
    NoSuchRef(String),
    /// A branch is called by the full name of another one, and either could be meant.
    #[error(
        "{0} is the name of two branches: refs/heads/{0}, and the one that is so called in full"
    )]
    TwoBranches(String),
    /// A ref that should point to a commit does not, or would not.
    #[error("{0} does not point to a commit")]
    NotACommit(RefName),
    /// A ref is not where a push was told that it is, so that git will not move it.
    #[error("{name} is at {} here, and the push says that it is at {}", place(*.present), place(*.claimed))]
    MovedMeanwhile {
        /// Which ref.
        name: RefName,
        /// Where the push says that it is.
        claimed: Option<Oid>,
        /// Where it is.
        present: Option<Oid>,
    },
    /// A commit would take back what has come to a branch that was moved from elsewhere.
    #[error(
        "index and files here are those of {}, and {} was moved from elsewhere to {}: the commit would take \
         back what has come since ({})",
        .0.from.short(), .0.branch.short(), .0.to.short(), listed(&.0.stale)
    )]
    IndexBehind(Box<Behind>),
    /// One push moves a ref to two places, so that git will not do both.
    #[error("the push moves {0} to two places")]
    MovedTwice(RefName),
}

fn place(at: Option<Oid>) -> String {
    at.map_or_else(|| "no commit".to_owned(), |commit| commit.short().to_string())
}

/// The result of asking what happened.
pub type Known<T> = Result<T, Unknown>;

fn absence(unfetched: Option<&Unfetched>) -> String {
    match unfetched {
        Some(at) if at.is_left_out() => {
            format!("is not here: this clone has not fetched it from {}", at.remote)
        }
        Some(at) => format!("is not here, and {} may have it", at.remote),
        None => "does not exist".to_owned(),
    }
}

fn sought(search: Search) -> &'static str {
    match search {
        Search::MergeBases => "what the merge bases hold",
        Search::Revert => "which steps of the trunk this one takes back",
        Search::Lines => "by which lines of commits work comes to the trunk",
        Search::Renames => "which files are renamed",
        Search::Contracts => "which contracts come to the trunk by a landing",
    }
}

/// The first few of many paths.
pub fn listed(paths: &[RepoPath]) -> String {
    let shown: Vec<String> = paths.iter().take(5).map(RepoPath::to_string).collect();
    let more =
        if paths.len() > 5 { format!(" and {} more", paths.len() - 5) } else { String::new() };
    format!("{}{more}", shown.join(", "))
}

fn first_of(problems: &[Problem]) -> String {
    match problems {
        [] => "it cannot be read".to_owned(),
        [one] => format!("line {}: {}", one.line, one.message),
        [one, rest @ ..] => {
            format!("line {}: {} (and {} more)", one.line, one.message, rest.len())
        }
    }
}

impl Unknown {
    /// The code under which it is reported.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unreadable(ReadError::Shallow { .. }) => "shallow",
            Self::Unreadable(ReadError::WalkLimit { .. }) => "walk-limit",
            Self::Unreadable(ReadError::Object { .. }) => "object-unreadable",
            Self::Unreadable(ReadError::Index(_)) => "index-unreadable",
            Self::Unreadable(_) => "repository-unreadable",
            Self::TrunkUnset => "trunk-unset",
            Self::TrunkMissing { .. } => "trunk-missing",
            Self::TrunkDiffers { .. } => "trunk-differs",
            Self::LaneLeftOut { .. } => "lane-missing",
            Self::LaneIsTrunk { .. } => "lane-is-trunk",
            Self::ContractInvalid { .. } => "contract-invalid",
            Self::TwoContracts(_) => "contract-twice",
            Self::ContractUnrecognisable(_) => "contract-unrecognisable",
            Self::ContractUnreadable { .. } => "contract-unreadable",
            Self::UnnamedPusher(_) => "pusher-unknown",
            Self::LandingConflicts { .. } | Self::LeftToADriver { .. } => "landing-conflicts",
            Self::SearchLimit(_) | Self::MergeLimit => "search-limit",
            Self::NoLane
            | Self::NoLaneOf(_)
            | Self::PullRequest(_)
            | Self::CalledLikeTheTrunk(_) => "lane-unknown",
            Self::HookInput { .. } => "hook-input",
            Self::Other(_) => "unknown",
            Self::NoSuchRef(_) | Self::NoSuchBranch { .. } => "ref-missing",
            Self::TwoBranches(_) => "ref-ambiguous",
            Self::NotACommit(_) => "not-a-commit",
            Self::MovedMeanwhile { .. } => "moved-meanwhile",
            Self::IndexBehind(_) => "index-behind",
            Self::MovedTwice(_) => "moved-twice",
        }
    }

    /// What is reported.
    pub fn into_undecided(self) -> Undecided {
        Undecided {
            code: self.code(),
            message: policy::text::printable(&self.to_string()),
            help: self.help(),
        }
    }
}
