//! What is about to be committed, as a case.

use std::collections::BTreeSet;
use std::rc::Rc;

use policy::attempt::{Attempt, Checkpoint, LaneState, LaneWork, Subject};
use policy::change::{Change, ChangeKind, EntryMode, Lines};
use policy::contract::{Agent, Contract, Mode, Permission, UnlistedBranches};
use policy::disguise::steers_git;
use policy::name::RefName;
use policy::oid::Oid;
use policy::path::RepoPath;

use super::behind;
use super::case::{Acting, Case};
use super::contract::{Contracts, Held};
use super::ground::Ground;
use super::history::History;
use super::lane::landed::Landings;
use super::lane::own::Lanes;
use super::lane::stands_on::Before;
use super::located::Trunk;
use super::state::State;
use super::tips::Tips;
use super::trunk::{JudgedStep, TrunkMoves};
use super::{Known, Unknown};
use crate::repository::{Head, TreeChange};

/// A commit that is being made.
pub struct Staged<'a, 'v> {
    /// The history.
    pub history: &'a History<'v>,
    /// Its contracts.
    pub contracts: &'a Contracts<'a, 'v>,
    /// The trunk.
    pub trunk: &'a Trunk,
    /// Who acts.
    pub acting: &'a Acting,
    /// Where it is judged.
    pub checkpoint: Checkpoint,
    /// What HEAD is.
    pub head: Head,
    /// The other parents that the commit will have: the heads that are merged.
    pub merged: Vec<Oid>,
    /// The remote whose tracking refs stand in for branches that are not here.
    pub remote: Option<String>,
}

impl<'a, 'v> Staged<'a, 'v> {
    /// The case; `None` when there is nothing to judge: a detached HEAD, no contract, a branch
    /// that is nobody's business.
    pub fn case(&self) -> Known<Option<Case>> {
        let (branch, tip) = match &self.head {
            Head::Branch(name, tip) => (name, Some(*tip)),
            Head::Unborn(name) => (name, None),
            Head::Detached(_) => return Ok(None),
        };
        if *branch == self.trunk.reference {
            return self.on_trunk(branch, tip);
        }
        let on_trunk = self.trunk.tips(self.history)?;
        let Some(governing) = on_trunk.first().copied() else { return Err(self.trunk.missing()) };
        let Some(contract) = self.contracts.at(governing)?.known()? else { return Ok(None) };
        // What is begun for work that was in the way of a landing holds what the index does.
        if contract.lane_of_ref(branch).is_none()
            && tip.is_some_and(|tip| on_trunk.contains(&tip))
            && let Some(behind) = behind::of_begun(self.history, branch)?
        {
            return Err(Unknown::IndexBehind(Box::new(behind)));
        }
        let subject = match contract.lane_of_ref(branch) {
            Some(agent) => Some(self.on_lane(agent, &contract, tip, &on_trunk)?),
            None => self.on_other(branch, &contract),
        };
        Ok(subject.map(|subject| self.judged(Some((contract, governing)), branch, subject)))
    }

    fn judged(
        &self,
        contract: Option<(Rc<Contract>, Oid)>,
        branch: &RefName,
        subject: Subject,
    ) -> Case {
        let absent = Contract::absent();
        let known = contract.as_ref().map_or(&absent, |(contract, _)| contract);
        let actor = self.acting.under(known);
        let reference = Some(branch.clone());
        let trunk = Some(match &contract {
            Some((_, at)) => self.trunk.governing_ref(*at),
            None => self.trunk.reference.clone(),
        });
        let checkpoint = self.checkpoint;
        Case::new(contract, Attempt { checkpoint, actor, reference, trunk, subject })
    }

    /// The state that would be committed with these parents, and how it differs from the first.
    fn with_parents(&self, parents: Vec<Oid>) -> Known<(State, Vec<TreeChange>)> {
        let tree = match parents.first() {
            Some(first) => Some(self.history.tree(*first)?),
            None => None,
        };
        let index = self.history.view().staged(tree)?;
        if let Some(path) = index.unmerged.first() {
            return Err(Unknown::Other(format!("{path} is not merged yet: resolve and stage it")));
        }
        let state = State::uncommitted(self.history, parents, &index.changes, Vec::new())?;
        Ok((state, index.changes))
    }

    /// The state that would be committed, and the paths in which it differs from every parent.
    fn state(&self, tip: Option<Oid>) -> Known<(State, Vec<TreeChange>)> {
        let heads = tip.into_iter().chain(self.merged.iter().copied()).collect();
        let (mut state, staged) = self.with_parents(heads)?;
        state.comes_again = true;
        let mut changed = Vec::with_capacity(staged.len());
        'paths: for change in staged {
            for other in &self.merged {
                if self.history.entry_at(*other, &change.path)? == change.new {
                    continue 'paths;
                }
            }
            changed.push(change);
        }
        Ok((state, changed))
    }

    /// A commit without changes is left to its ref's move: here it cannot be told from one that
    /// only rewords the last (`commit --amend`; git 2.47 tells hooks nothing of it).
    fn on_trunk(&self, branch: &RefName, tip: Option<Oid>) -> Known<Option<Case>> {
        let (state, _) = self.state(tip)?;
        if self.merged.is_empty() && state.uncommitted_paths().next().is_none() {
            return Ok(None);
        }
        let mut tips = Tips::new(self.history, self.remote.clone());
        tips.set(branch.clone(), tip);
        let strictly = match tip {
            Some(tip) => match self.contracts.at(tip)?.known() {
                Ok(Some(contract)) => self.acting.may_be_agent(&contract),
                _ => false,
            },
            None => false,
        };
        let published = self.trunk.published(self.history)?;
        let walker = TrunkMoves {
            history: self.history,
            contracts: self.contracts,
            tips: &tips,
            before: Before::default(),
            published: &published,
            strictly,
        };
        let judged = walker.uncommitted(&state)?;
        // The index of before the end of a run would bring its contract back.
        let is_bound =
            judged.contract.is_some() || !matches!(self.contracts.in_state(&state)?, Held::Nothing);
        if is_bound && let Some(behind) = behind::of(self.history, branch)? {
            return Err(Unknown::IndexBehind(Box::new(behind)));
        }
        let mut otherwise = Vec::new();
        let others = match judged.may_be_refused() {
            true => self.other_parents(&walker, tip)?,
            false => Vec::new(),
        };
        for parents in others {
            let (state, _) = self.with_parents(parents)?;
            // What is not known is no other way to see it.
            if let Ok(judged) = walker.uncommitted(&state) {
                otherwise.push(vec![self.of_step(judged, branch)]);
            }
        }
        if let Some((before, tips)) = walker.as_made_here(branch, &judged)
            && let Ok(judged) = (TrunkMoves { before, tips: &tips, ..walker }).uncommitted(&state)
        {
            otherwise.push(vec![self.of_step(judged, branch)]);
        }
        let steps = walker.one_by_one(&judged, &state).into_iter();
        otherwise.push(steps.map(|step| self.of_step(step, branch)).collect());
        Ok(Some(Case { otherwise, ..self.of_step(judged, branch) }))
    }

    fn of_step(&self, JudgedStep { contract, step }: JudgedStep, branch: &RefName) -> Case {
        self.judged(contract, branch, Subject::TrunkStep(Box::new(step)))
    }

    /// The parents that the commit may have as well. `git commit --amend` says nothing of itself to
    /// hooks (git 2.47), and what is published is amended by nobody. A merge that takes the upstream
    /// in goes on from there when it is pushed.
    fn other_parents(&self, walker: &TrunkMoves<'_, 'v>, tip: Option<Oid>) -> Known<Vec<Vec<Oid>>> {
        let Some(tip) = tip else { return Ok(Vec::new()) };
        if self.merged.is_empty() {
            let parents = self.history.parents(tip)?;
            let is_published = self.history.is_reachable(tip, walker.published)?;
            let may_amend = self.checkpoint == Checkpoint::PreCommit && !parents.is_empty();
            return Ok(if may_amend && !is_published { vec![parents] } else { Vec::new() });
        }
        Ok(match walker.taken_in(tip, &self.merged)? {
            Some(upstream) => {
                let others = self.merged.iter().copied().filter(|other| *other != upstream);
                vec![[upstream, tip].into_iter().chain(others).collect()]
            }
            None => Vec::new(),
        })
    }

    fn on_lane(
        &self,
        agent: &Agent,
        contract: &Contract,
        tip: Option<Oid>,
        on_trunk: &[Oid],
    ) -> Known<Subject> {
        let (after, changed) = self.state(tip)?;
        let is_free =
            self.merged.is_empty() && changed.iter().all(|c| is_plain(contract, agent, c));
        let mut state = LaneState {
            changes: changed.iter().filter_map(plain).collect(),
            ..LaneState::default()
        };
        let mut before = None;
        // Staleness is a warning here and costs a merge base; it is asked only of contracts that
        // have changed.
        if !is_free || contract.version() > 1 {
            let tips = Tips::new(self.history, self.remote.clone());
            let lanes = Lanes::new(self.history, contract, &tips)?;
            let landings = Landings::new(&lanes, self.contracts);
            let ground = Ground {
                contracts: self.contracts,
                lanes: &lanes,
                landings: &landings,
                trunk: on_trunk,
            };
            if is_free {
                state.stale = ground.stale(agent, &after.heads)?;
            } else {
                let paths: BTreeSet<_> = changed.into_iter().map(|change| change.path).collect();
                let only = self.merged.is_empty().then_some(&paths);
                state = ground.lane_state(agent, &after, only)?;
                self.keep_what_is_new(&mut state, ground, agent, tip)?;
                before = self.before_the_merge(ground, agent, tip, &paths)?;
                // What is as it was is not what the merge does.
                let known: Vec<_> = before.iter().flat_map(|before| &before.changes).collect();
                state.changes.retain(|change| !known.iter().any(|one| one.does_as(change)));
                if !self.merged.is_empty() {
                    state.new_directories.clear();
                    state.beside = None;
                }
            }
        }
        let lane = agent.id.clone();
        let (moves, follows_landing) = (true, false);
        Ok(Subject::Lane(Box::new(LaneWork {
            lane,
            moves,
            follows_landing,
            with_trunk: false,
            state,
            before,
        })))
    }

    /// A merge is judged as the move of the branch to it will be: for all that it adds to HEAD,
    /// also by taking a parent's entry or by leaving one out. What it makes of a path itself
    /// counts whatever HEAD has there.
    fn before_the_merge(
        &self,
        ground: Ground<'_, 'v>,
        agent: &Agent,
        tip: Option<Oid>,
        made: &BTreeSet<RepoPath>,
    ) -> Known<Option<LaneState>> {
        let (Some(tip), false) = (tip, self.merged.is_empty()) else { return Ok(None) };
        let head = State::of_commit(self.history, tip)?;
        let mut before = ground.lane_state(agent, &head, None)?;
        before.changes.retain(|change| !made.contains(&change.path));
        Ok(Some(before))
    }

    /// A commit is judged for what it brings: what HEAD carries already was refused before, or
    /// was there before the gate.
    fn keep_what_is_new(
        &self,
        judged: &mut LaneState,
        ground: Ground<'_, 'v>,
        agent: &Agent,
        tip: Option<Oid>,
    ) -> Known<()> {
        if judged.carried.is_empty() {
            return Ok(());
        }
        let heads: Vec<Oid> = tip.into_iter().collect();
        let trunk = ground.trunk_state()?;
        let before = ground.lanes.carried(&agent.id, &heads, ground.trunk, |other| {
            Ok(ground.landings.of(other, &trunk)?.counts())
        })?;
        judged.carried.retain(|carried| {
            !before.iter().any(|known| known.lane == carried.lane && known.count >= carried.count)
        });
        Ok(())
    }

    fn on_other(&self, branch: &RefName, contract: &Contract) -> Option<Subject> {
        let policy = contract.policy();
        let matters = policy.unlisted_branches != UnlistedBranches::Allow
            || policy.agent_branches.is_some()
            || self.acting.may_be_agent(contract);
        (matters && branch.branch_name().is_some()).then_some(Subject::UnlistedBranch { tip: None })
    }
}

/// Whether a change against HEAD alone shows that nothing can be wrong with it: the lane may edit
/// the path in any way, and the entry is an ordinary file.
fn is_plain(contract: &Contract, agent: &Agent, change: &TreeChange) -> bool {
    let ordinary = |mode| matches!(mode, EntryMode::File | EntryMode::Executable);
    let files = change.old.is_none_or(|entry| ordinary(entry.mode))
        && change.new.is_none_or(|entry| ordinary(entry.mode));
    let known_path = change.old.is_some() || change.new.is_none();
    let special = steers_git(change.path.file_name());
    let free = Permission::Granted { mode: Mode::Edit, line: 0 };
    let granted = match contract.permission(&agent.id, &change.path) {
        Permission::Granted { mode, .. } => Permission::Granted { mode, line: 0 } == free,
        _ => false,
    };
    files && known_path && granted && !special
}

fn plain(change: &TreeChange) -> Option<Change> {
    Some(Change {
        path: change.path.clone(),
        kind: ChangeKind::between(change.old, change.new)?,
        old: change.old,
        new: change.new,
        lines: Lines::NotRead,
        hazards: Vec::new(),
        commit: None,
        came_by_merge: false,
        undo_from: None,
    })
}
