//! What is judged: who, on which ref, which changes, at which checkpoint.
//!
//! An attempt holds facts and no judgement. The caller collects them from git; the rules ask
//! the contract what they mean.

use std::collections::{BTreeMap, BTreeSet};

use crate::change::{Change, CommitRef, TakenAway};
use crate::contract::Problem;
use crate::name::{AgentId, RefName};
use crate::oid::Oid;
use crate::path::RepoPath;

/// One thing that somebody tries to do, under one contract.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    /// Where it is judged.
    pub checkpoint: Checkpoint,
    /// Who tries.
    pub actor: Actor,
    /// The ref that moves, or that a commit would move. `None` on a detached HEAD.
    pub reference: Option<RefName>,
    /// The ref that the contract was read from, as the commands in a help name it. `None` where
    /// it is not known: the help is then advice without a command.
    pub trunk: Option<RefName>,
    /// What is tried.
    pub subject: Subject,
}

impl Attempt {
    /// The attempt that would have led to the old tip, for a lane whose move is judged by what it
    /// adds.
    pub fn before(&self) -> Option<Self> {
        let Subject::Lane(work) = &self.subject else { return None };
        let state = work.before.clone()?;
        let LaneWork { moves, follows_landing, with_trunk, .. } = **work;
        let lane = work.lane.clone();
        let work = LaneWork { state, before: None, lane, moves, follows_landing, with_trunk };
        Some(Self { subject: Subject::Lane(Box::new(work)), ..self.clone() })
    }
}

/// A place where an attempt is judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Checkpoint {
    /// The index that git is about to commit.
    PreCommit,
    /// The index that git is about to commit as a merge.
    PreMergeCommit,
    /// A ref that is about to move, here.
    ReferenceTransaction,
    /// A push that is about to leave.
    PrePush,
    /// A push that is about to be taken in: the authority.
    PreReceive,
    /// By hand or in CI: the lane itself.
    Check,
    /// By hand or in CI: the step that landing the lane now would make.
    CheckLanding,
}

impl Checkpoint {
    /// The word used in JSON: the hook's name, or `check`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::PreCommit => "pre-commit",
            Self::PreMergeCommit => "pre-merge-commit",
            Self::ReferenceTransaction => "reference-transaction",
            Self::PrePush => "pre-push",
            Self::PreReceive => "pre-receive",
            Self::Check | Self::CheckLanding => "check",
        }
    }

    /// Whether this is the server's own decision.
    pub fn is_server(self) -> bool {
        self == Self::PreReceive
    }

    /// Whether what is judged is pushed: it is made already, and the other side may not have it yet.
    pub fn is_push(self) -> bool {
        matches!(self, Self::PrePush | Self::PreReceive)
    }

    /// Whether what is judged is not committed yet, so that it can be undone in place.
    pub fn is_commit(self) -> bool {
        matches!(self, Self::PreCommit | Self::PreMergeCommit)
    }
}

/// Who tries. Not yet resolved: the rules compare the parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Actor {
    /// Somebody at this machine.
    Local(LocalIdentity),
    /// Somebody who pushes to this server.
    Pusher(Pusher),
}

/// What is known of somebody at this machine. All empty: a human.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LocalIdentity {
    /// `CONTRACT_GATE_AGENT`, as it was set. Foreign text.
    pub claimed: Option<String>,
    /// The agent whose worktree this is.
    pub worktree: Option<AgentId>,
    /// The agent whose branch is checked out or being rebased.
    pub branch: Option<AgentId>,
}

/// What the server knows of a pusher.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Pusher {
    /// The server tells nobody apart.
    Anybody,
    /// The server tells people apart and this one has a name.
    Named {
        /// The name. Foreign text.
        name: String,
        /// Whether the server's configuration lists it as a dispatcher.
        dispatcher: bool,
    },
}

/// What is tried.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subject {
    /// A lane's work: a commit on it, its move, a push of it, a check.
    Lane(Box<LaneWork>),
    /// One step of the trunk.
    TrunkStep(Box<TrunkStep>),
    /// The trunk is deleted, or moved to something that does not contain it.
    TrunkRewound {
        /// Where the trunk was.
        from: Oid,
        /// Where it goes; `None` when it is deleted.
        to: Option<Oid>,
        /// Whether the trunk's upstream is known to hold commits that it would lose. A server has
        /// no upstream, and nothing there depends on it.
        published: bool,
    },
    /// A lane's branch is deleted.
    LaneDeleted {
        /// Whose.
        lane: AgentId,
        /// The tip that would be lost.
        tip: Oid,
        /// Whether it has own commits.
        own_commits: bool,
        /// Whether the trunk has taken all changes to the lane's own paths, as far as it matters.
        landed: bool,
        /// Whether only a move of the trunk in the same push would make it so. Git moves one ref
        /// after another, and may move this one and not the trunk.
        beside_landing: bool,
    },
    /// Work on a branch that is neither lane nor trunk.
    UnlistedBranch {
        /// The commit that was made, or the tip that is pushed; `None` while it is being made.
        tip: Option<CommitRef>,
    },
    /// A lane or the trunk would become a symbolic ref.
    MadeSymbolic {
        /// What it would point to.
        target: RefName,
        /// Whose lane; `None` for the trunk.
        lane: Option<AgentId>,
    },
    /// A ref below `refs/replace/` is created or moved.
    Replacement,
    /// Nothing but the identity itself (a detached HEAD, a ref that is free).
    Nothing,
}

/// A lane's work, as landing it would change the trunk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LaneWork {
    /// Whose.
    pub lane: AgentId,
    /// Whether the branch itself moves (or is created); `false` for a check of what is there.
    pub moves: bool,
    /// Whether the branch goes on, or begins, where all of its work has landed, so that its agent
    /// loses nothing by it. Asked where the integrator may be who moves it.
    pub follows_landing: bool,
    /// Whether the trunk moves along with it, so that a server whose push this is has another one until it
    /// takes that in.
    pub with_trunk: bool,
    /// The facts of the state that is judged.
    pub state: LaneState,
    /// The facts of the old tip, where only what is added counts (a local move of the branch).
    pub before: Option<LaneState>,
}

/// What is known of a lane at one tip.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LaneState {
    /// The net effect.
    pub changes: Vec<Change>,
    /// Directories that nothing was in before: all that is in them is among the changes. Asked
    /// for where a lane brings many files that the contract does not give it.
    pub new_directories: BTreeSet<RepoPath>,
    /// What undoing whole directories would undo besides; `None` where it is not known. Asked for where
    /// a lane changes many files that the contract does not give it.
    pub beside: Option<Beside>,
    /// Those of the changed paths that the contract took from the lane after it was sent out.
    pub taken_away: BTreeMap<RepoPath, TakenAway>,
    /// Own commits of other lanes that it reaches and that have not landed.
    pub carried: Vec<Carried>,
    /// Set when it works under an old version of the contract.
    pub stale: Option<Stale>,
    /// The lanes before it that have not landed on the trunk as it is.
    pub waits_for: Vec<AgentId>,
    /// Whether the lane has landed on the trunk as it is.
    pub landed: bool,
    /// Untracked files, in a worktree. Never more than a note.
    pub untracked: Vec<RepoPath>,
}

/// What is not as in the commit that changes are undone from, and is none of the changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Beside {
    /// The commit.
    pub source: Oid,
    /// Paths of the judged state, of the index, or of the worktree.
    pub paths: BTreeSet<RepoPath>,
}

/// Commits of another lane inside a lane.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Carried {
    /// Whose.
    pub lane: AgentId,
    /// One of them: the newest.
    pub commit: CommitRef,
    /// How many.
    pub count: usize,
    /// The paths that came with them, and that nothing of the lane's own has changed.
    pub paths: BTreeSet<RepoPath>,
}

/// A lane that works under an old version of the contract.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stale {
    /// The newest version that it has taken in.
    pub has: u64,
    /// The trunk's.
    pub current: u64,
    /// What changed that concerns it, in words.
    pub concerns: Vec<String>,
}

/// One step of the trunk: from its state before to its state after.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrunkStep {
    /// The trunk before; `None` at its creation.
    pub from: Option<Oid>,
    /// The commit after; `None` while it is being made.
    pub to: Option<CommitRef>,
    /// All paths that differ between the two.
    pub changes: Vec<Change>,
    /// Set when contract files are among them.
    pub amendment: Option<Amendment>,
    /// The lanes whose work enters by this step.
    pub entering: Vec<Entering>,
    /// The lanes (withdrawn ones aside) that had not landed before the step, as far as it matters:
    /// those whose own paths it changes, or else, where only landings are taken, any one.
    pub unlanded: BTreeSet<AgentId>,
    /// Changed paths that are not the merge of the entering lanes' changes into the trunk. A
    /// path whose merge conflicts is in [`TrunkStep::conflicted`] instead.
    pub unexplained: BTreeSet<RepoPath>,
    /// Changed paths whose merge conflicts, so that somebody resolved them, with the lanes that
    /// change them.
    pub conflicted: Vec<(RepoPath, AgentId)>,
    /// Those of them that none of these lanes may edit and that git came to because it followed a rename
    /// by the trunk, with the path that the lane has changed or added.
    pub followed: BTreeMap<RepoPath, RepoPath>,
    /// The lane that the step lands and nothing else: the merge ritual has made it, and nobody has added
    /// anything by hand.
    pub lands: Option<AgentId>,
    /// Whether the step takes back earlier steps exactly.
    pub reverts: bool,
    /// Whether it joins a line of steps beside the trunk to it: the trunk before is no first parent.
    pub joins: bool,
    /// A commit that the step makes part of the trunk's history and that has a contract of its own,
    /// though the step amends none: nobody has judged that contract.
    pub foreign_contract: Option<CommitRef>,
    /// Whether the trunk's upstream tracking ref holds the step already (a client only).
    pub published: bool,
    /// Tracking refs that hold the branches of lanes whose own paths change, and which do not enter:
    /// there are no such branches here.
    pub tracked: BTreeMap<AgentId, RefName>,
    /// Other worktrees, by the branch that they have checked out. Asked where a lane is waited for, or stale.
    pub checked_out: BTreeMap<RefName, CheckedOut>,
}

/// A worktree that has a branch checked out, so that git lets nobody else take or delete that.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckedOut {
    /// Its directory, absolute. Foreign text.
    pub directory: String,
    /// Whether it is the main one, which cannot be removed.
    pub is_main: bool,
}

/// A change of contract files on the trunk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Amendment {
    /// The contract files that change.
    pub files: Vec<RepoPath>,
    /// What the step would leave.
    pub result: AmendmentResult,
    /// Whether it brings a contract where there was none before.
    pub first: bool,
    /// The newest of the commits that it merges and that change something else, whatever becomes
    /// of it in the merge.
    pub merges: Option<CommitRef>,
    /// Whether the trunk's upstream has this very contract already, and the trunk here not yet.
    pub is_upstream: bool,
    /// The lane whose commit brings it.
    pub lane: Option<AgentId>,
}

/// The contract that an amendment leaves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AmendmentResult {
    /// A valid contract.
    Valid,
    /// None: it was taken away.
    Removed,
    /// Two of them, one in each spelling.
    Twice,
    /// One that is not valid.
    Invalid(Vec<Problem>),
}

/// A lane whose work enters the trunk by a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entering {
    /// Whose work.
    pub lane: AgentId,
    /// How that is known.
    pub evidence: EntryEvidence,
    /// Whether nothing but its paths makes it look like the lane's: no lane's branch has it, or had it.
    pub by_paths_alone: bool,
    /// Whether its branch holds the step itself: it was set upon the trunk, or the trunk upon it.
    pub stands_above: bool,
    /// The lanes before it that have not landed in the state that the step makes.
    pub waits_for: Vec<AgentId>,
    /// Those of them that a merge would bring nothing of: without a branch here, or with a tip that
    /// the trunk has.
    pub idle: BTreeSet<AgentId>,
    /// Those of the idle ones that were merged, and that the trunk has taken back since.
    pub taken_back: BTreeSet<AgentId>,
    /// Where the branch of one of them is, if it is not here itself.
    pub tracked: BTreeMap<AgentId, Tracked>,
    /// Those of them whose branches move along with the trunk, so that a server whose push this is does not
    /// have them as they are judged until it takes that in.
    pub along: BTreeSet<AgentId>,
    /// Its net effect, as seen from the trunk before the step.
    pub changes: Vec<Change>,
    /// Those of the changed paths that the contract took from the lane after it was sent out.
    pub taken_away: BTreeMap<RepoPath, TakenAway>,
    /// Own commits of other lanes inside it that have not landed in that state.
    pub carried: Vec<Carried>,
    /// Set when the lane works under an old version of the contract.
    pub stale: Option<Stale>,
}

/// A lane's branch that only a tracking ref holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tracked {
    /// The tracking ref.
    pub name: RefName,
    /// Whether lanes are looked up there.
    pub is_looked_up: bool,
}

/// How it is known that a lane's work enters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EntryEvidence {
    /// An own commit becomes part of the trunk.
    Commit(CommitRef),
    /// A path has the content that an own commit gave it.
    Content(RepoPath, CommitRef),
    /// All its changes are there after the step.
    Landed,
}

impl EntryEvidence {
    /// The own commit that shows it, where one does.
    pub fn commit(&self) -> Option<&CommitRef> {
        match self {
            Self::Commit(commit) | Self::Content(_, commit) => Some(commit),
            Self::Landed => None,
        }
    }

    /// The path whose content shows it.
    pub fn path(&self) -> Option<&RepoPath> {
        match self {
            Self::Content(path, _) => Some(path),
            Self::Commit(_) | Self::Landed => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_checkpoints_are() {
        let (server, commit) = (Checkpoint::is_server, Checkpoint::is_commit);
        for (checkpoint, word, on_server, uncommitted) in [
            (Checkpoint::PreCommit, "pre-commit", false, true),
            (Checkpoint::PreMergeCommit, "pre-merge-commit", false, true),
            (Checkpoint::ReferenceTransaction, "reference-transaction", false, false),
            (Checkpoint::PrePush, "pre-push", false, false),
            (Checkpoint::PreReceive, "pre-receive", true, false),
            (Checkpoint::Check, "check", false, false),
            (Checkpoint::CheckLanding, "check", false, false),
        ] {
            assert_eq!(checkpoint.as_str(), word);
            assert_eq!(
                (server(checkpoint), commit(checkpoint)),
                (on_server, uncommitted),
                "{word}"
            );
        }
    }
}
