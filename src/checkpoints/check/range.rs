//! What a range names: the lane, the state of it that is judged, and the commits, looked up where
//! we are. Judges nothing.

use policy::attempt::Actor;
use policy::contract::Agent;
use policy::name::{AgentId, RefName};
use policy::oid::Oid;
use policy::path::RepoPath;
use policy::text::printable;

use super::Asked;
use crate::checkpoints::pre_commit;
use crate::evidence::state::State;
use crate::evidence::tips::{Tips, commit_of};
use crate::evidence::{Known, Unknown};
use crate::repository::Head;

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
        if let Some(branch) = &range.branch {
            return Ok(self.contract().lane_of_ref(&branch_ref(branch)));
        }
        let actor = self.check.acting.under(self.contract());
        let Actor::Local(here) = actor else { return Ok(None) };
        let claimed = here.claimed.as_deref().and_then(|name| AgentId::new(name).ok());
        match here.worktree.or(here.branch).or(claimed) {
            Some(id) => Ok(self.contract().agent(&id)),
            None => self.lane_at_head(),
        }
    }

    /// The one lane whose tip is what a detached HEAD stands on: how CI checks a branch out.
    fn lane_at_head(&self) -> Known<Option<&Agent>> {
        let Head::Detached(head) = self.ground.view.head()? else { return Ok(None) };
        let mut found = Vec::new();
        for agent in self.contract().agents() {
            if self.tip_of(agent)? == Some(head) {
                found.push(agent);
            }
        }
        Ok(if found.len() == 1 { found.pop() } else { None })
    }

    /// The state that is judged: a commit that was named, or the lane's tip with what its
    /// worktree holds beyond it, when that is where we are.
    pub(super) fn state(
        &self,
        agent: &Agent,
        range: &Range,
    ) -> Known<Option<(State, Vec<RepoPath>)>> {
        let history = &self.ground.history;
        if let Some(head) = &range.head {
            return Ok(Some((State::of_commit(history, self.revision(head)?)?, Vec::new())));
        }
        if let Some(branch) = &range.branch {
            let tip = self.branch_tip(branch)?;
            return Ok(Some((State::of_commit(history, tip)?, Vec::new())));
        }
        let view = self.ground.view;
        let here = match view.head()? {
            Head::Branch(name, tip) if name == agent.reference() => Some(Some(tip)),
            Head::Unborn(name) if name == agent.reference() => Some(None),
            _ => None,
        };
        let Some(tip) = here.filter(|_| view.place().worktree.is_some()) else {
            let Some(tip) = self.tip_of(agent)? else { return Ok(None) };
            return Ok(Some((State::of_commit(history, tip)?, Vec::new())));
        };
        let tree = match tip {
            Some(tip) => Some(history.tree(tip)?),
            None => None,
        };
        let mut heads: Vec<Oid> = tip.into_iter().collect();
        heads.extend(pre_commit::concluded_merge(self.ground)?);
        let unstaged = view.unstaged()?;
        // Unmerged paths are among the unstaged ones: the worktree's file is what would be staged.
        let staged = view.staged(tree)?.changes;
        let state = State::uncommitted(history, heads, &staged, unstaged)?;
        Ok(Some((state, view.untracked()?)))
    }

    pub(super) fn tip_of(&self, agent: &Agent) -> Known<Option<Oid>> {
        let tips = Tips::new(&self.ground.history, self.ground.remote.clone());
        tips.tip(&agent.reference())
    }

    /// A branch's tip: the branch before anything else of that name, such as a tag.
    fn branch_tip(&self, branch: &str) -> Known<Oid> {
        let tips = Tips::new(&self.ground.history, self.ground.remote.clone());
        match tips.tip(&branch_ref(branch))? {
            Some(tip) => Ok(tip),
            None => self.revision(branch),
        }
    }

    /// A commit by any name that a person would give it: a branch, a ref, a tracking ref, an id.
    pub(super) fn revision(&self, text: &str) -> Known<Oid> {
        let history = &self.ground.history;
        match self.ground.view.resolve(text)? {
            Some(id) => commit_of(history, &RefName::new(text), id),
            None => Err(match self.remotes_with(text)? {
                remotes if remotes.is_empty() => Unknown::NoSuchRef(printable(text)),
                remotes => Unknown::NoSuchBranch { branch: text.to_owned(), remotes },
            }),
        }
    }

    /// The remotes that have a lane's branch.
    pub(super) fn remotes_with(&self, branch: &str) -> Known<Vec<String>> {
        let refs = self.ground.view.references("refs/remotes/")?;
        let tracked = refs.iter().filter_map(|found| found.name.tracked());
        let remotes = tracked.filter(|(_, at)| *at == branch.as_bytes());
        let names = remotes.filter_map(|(remote, _)| std::str::from_utf8(remote).ok());
        Ok(names.map(str::to_owned).collect())
    }
}

/// The ref of a branch, which may be given by its full name.
pub(super) fn branch_ref(text: &str) -> RefName {
    RefName::branch(text.strip_prefix("refs/heads/").unwrap_or(text))
}
