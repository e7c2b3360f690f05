//! What a range names: the lane, and the state of it that is judged, looked up where we are. Judges
//! nothing.

use policy::attempt::Actor;
use policy::contract::Agent;
use policy::name::{AgentId, RefName};
use policy::oid::Oid;
use policy::path::RepoPath;
use policy::text::printable;
use policy::verdict::Note;

use super::{Asked, branch_ref};
use crate::checkpoints::pre_commit;
use crate::evidence::lane_check::Manner;
use crate::evidence::state::State;
use crate::evidence::{Known, Unknown, listed};
use crate::repository::{Head, WorktreeChange};

/// Of which lane, from where to where. All empty: the lane of this worktree, as it stands.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Range {
    /// The state to compare with, instead of the trunk.
    pub base: Option<String>,
    /// The commit to judge, instead of the branch's tip and the worktree.
    pub head: Option<String>,
    /// The branch.
    pub branch: Option<String>,
    /// The agent.
    pub agent: Option<AgentId>,
    /// How it lands.
    pub manner: Manner,
}

/// What is judged of a lane.
pub(super) struct Judged {
    /// In which state.
    pub state: State,
    /// What its worktree holds that is not tracked.
    pub untracked: Vec<RepoPath>,
    /// The commit that the worktree has changes beyond.
    pub beyond: Option<Oid>,
    /// What is worth saying of that.
    pub notes: Vec<Note>,
}

/// What is said where an agent works on no branch: whether what it has there is judged.
fn detached(agent: &Agent, is_judged: bool) -> Note {
    let branch = printable(&agent.branch);
    let message = match is_judged {
        true => format!("HEAD is detached here, and judged as what {branch} is to be"),
        false => format!("HEAD is detached here, and not judged: it does not go on from {branch}"),
    };
    Note { code: "detached", message }
}

/// What is said of files that are changed, and that git is told not to look at.
fn out_of_sight(hidden: &[WorktreeChange]) -> Option<Note> {
    let paths: Vec<RepoPath> = hidden.iter().map(|file| file.path.clone()).collect();
    let message = format!(
        "not judged, since git does not look at it (assume-unchanged, skip-worktree): {}",
        listed(&paths)
    );
    (!hidden.is_empty()).then_some(Note { code: "hidden", message })
}

impl Asked<'_, '_, '_> {
    /// Whether an agent's worktree stands on a branch that is in no lane.
    pub(super) fn is_elsewhere(&self, agent: &Agent) -> Known<bool> {
        Ok(match self.ground.view.head()? {
            Head::Branch(name, _) | Head::Unborn(name) => {
                name != agent.reference()
                    && name != self.trunk.reference
                    && self.contract().lane_of_ref(&name).is_none()
            }
            Head::Detached(_) => false,
        })
    }

    /// The lane that is asked about: the agent's, the branch's, or the one where we are.
    pub(super) fn lane_in(&self, range: &Range) -> Known<Option<&Agent>> {
        if let Some(id) = &range.agent {
            return self
                .contract()
                .agent(id)
                .map(Some)
                .ok_or_else(|| Unknown::Other(format!("the contract has no agent {id}")));
        }
        let named = range.branch.as_ref().or(range.head.as_ref());
        let named = named.map(|name| self.branch_named(name)).transpose()?.flatten();
        let lane = named.as_ref().and_then(|name| self.contract().lane_of_ref(name));
        if lane.is_some() {
            return Ok(lane);
        }
        if let Some(branch) = &range.branch {
            return match named.is_some() || self.is_brought_from_elsewhere(range)? {
                true => Ok(None),
                false => self.lane_at(self.branch_tip(branch)?),
            };
        }
        let actor = self.check.acting.under(self.contract());
        let Actor::Local(here) = actor else { return Ok(None) };
        let claimed = here.claimed.as_deref().and_then(|name| AgentId::new(name).ok());
        match here.worktree.or(here.branch).or(claimed) {
            Some(id) => Ok(self.contract().agent(&id)),
            None if named.is_some() => Ok(None),
            None => match (commit_in(range), self.ground.view.head()?) {
                (Some(head), _) => self.lane_at(self.revision(head)?),
                // How CI checks a branch out.
                (None, Head::Detached(head)) => self.lane_at(head),
                _ => Ok(None),
            },
        }
    }

    /// The branch that is judged: the lane's, or the one that was named in its place.
    pub(super) fn judged_as(&self, agent: &Agent, range: &Range) -> Known<RefName> {
        let Some(branch) = &range.branch else { return Ok(agent.reference()) };
        Ok(self.branch_named(branch)?.unwrap_or_else(|| branch_ref(branch)))
    }

    /// Whether this is an agent's worktree, in which no branch is checked out or being rebased.
    fn is_worked_on_here(&self, agent: &Agent) -> bool {
        let Actor::Local(here) = self.check.acting.under(self.contract()) else { return false };
        here.branch.is_none() && here.worktree.as_ref() == Some(&agent.id)
    }

    /// Whether a branch is named that is not here, and what it would land is: a fork's, as CI has it
    /// checked out. What enters by a landing is judged under whichever name it comes.
    pub(super) fn is_brought_from_elsewhere(&self, range: &Range) -> Known<bool> {
        let (Some(branch), Some(_), true) = (&range.branch, &range.head, self.is_landing) else {
            return Ok(false);
        };
        Ok(self.branch_named(branch)?.is_none() && self.ground.view.resolve(branch)?.is_none())
    }

    /// Whether the branch where we are is a mere name for commits of the trunk or of a lane, and holds
    /// nothing of its own: no hook refuses it either.
    pub(super) fn is_a_mere_name(&self, range: &Range, tip: Option<Oid>) -> Known<bool> {
        let view = self.ground.view;
        let is_here = *range == Range::default() && !self.is_landing;
        let Some(tip) = tip.filter(|_| is_here && view.place().worktree.is_some()) else {
            return Ok(false);
        };
        let mut known = self.check.trunk.to_vec();
        for agent in self.contract().agents() {
            known.extend(self.tip_of(agent)?);
        }
        if !self.ground.history.is_reachable(tip, &known)? {
            return Ok(false);
        }
        let staged = view.staged(Some(self.ground.history.tree(tip)?))?;
        let is_changed = !staged.changes.is_empty() || !staged.unmerged.is_empty();
        Ok(!is_changed
            && pre_commit::concluded_merge(self.ground)?.is_empty()
            && view.unstaged()?.iter().all(|change| change.hidden))
    }

    /// The state that is judged: a commit that was named, or the lane's tip with what its
    /// worktree holds beyond it, when that is where we are.
    pub(super) fn state(&self, agent: &Agent, range: &Range) -> Known<Option<Judged>> {
        let history = &self.ground.history;
        let at = |tip| {
            let state = State::of_commit(history, tip)?;
            let notes = Vec::new();
            Ok::<_, Unknown>(Some(Judged { state, untracked: Vec::new(), beyond: None, notes }))
        };
        if let Some(head) = &range.head {
            return at(self.named_tip(head)?);
        }
        if let Some(branch) = &range.branch {
            return at(self.branch_tip(branch)?);
        }
        let view = self.ground.view;
        let mut notes = Vec::new();
        let here = match view.head()? {
            Head::Branch(name, tip) if name == agent.reference() => Some(Some(tip)),
            Head::Unborn(name) if name == agent.reference() => Some(None),
            Head::Detached(head) if self.is_worked_on_here(agent) => {
                let goes_on = match self.tip_of(agent)? {
                    Some(tip) => history.is_ancestor(tip, head)?,
                    // Where some remote has it, it has begun there.
                    None if !self.remotes_with(&agent.branch)?.is_empty() => return Ok(None),
                    None => true,
                };
                notes.push(detached(agent, goes_on));
                goes_on.then_some(Some(head))
            }
            _ => None,
        };
        let Some(tip) = here.filter(|_| view.place().worktree.is_some()) else {
            let Some(tip) = self.tip_of(agent)? else { return Ok(None) };
            let state = State::of_commit(history, tip)?;
            return Ok(Some(Judged { state, untracked: Vec::new(), beyond: None, notes }));
        };
        let tree = match tip {
            Some(tip) => Some(history.tree(tip)?),
            None => None,
        };
        let mut heads: Vec<Oid> = tip.into_iter().collect();
        heads.extend(pre_commit::concluded_merge(self.ground)?);
        // What git is told not to look at comes into no commit.
        let (hidden, unstaged): (Vec<_>, Vec<_>) =
            view.unstaged()?.into_iter().partition(|change| change.hidden);
        notes.extend(out_of_sight(&hidden));
        // Unmerged paths are among the unstaged ones: the worktree's file is what would be staged.
        let staged = view.staged(tree)?.changes;
        let beyond = tip.filter(|_| !staged.is_empty() || !unstaged.is_empty());
        let state = State::uncommitted(history, heads, &staged, unstaged)?;
        Ok(Some(Judged { state, untracked: view.untracked()?, beyond, notes }))
    }
}

/// The commit that is asked about, when it is not where we are anyway.
pub(super) fn commit_in(range: &Range) -> Option<&str> {
    range.head.as_deref().filter(|head| *head != "HEAD")
}
