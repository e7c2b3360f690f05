//! A lane as `check` judges it: itself, or the step that landing it now would make.

mod merging;

use std::rc::Rc;

use policy::attempt::{Attempt, Checkpoint, LaneState, LaneWork, Subject};
use policy::change::{Change, CommitRef};
use policy::contract::{Agent, Contract, ContractFile, TrunkSteps};
use policy::name::{AgentId, RefName};
use policy::oid::Oid;
use policy::path::RepoPath;
use policy::verdict::{Note, Turn};

use super::case::{Acting, Case};
use super::contract::Contracts;
use super::ground::Ground;
use super::history::History;
use super::lane::driver::{Driver, driver};
use super::lane::landed::{Landing, Landings};
use super::lane::own::Lanes;
use super::lane::stands_on::Before;
use super::located::{Trunk, fetch_all};
use super::state::State;
use super::tips::{Tips, commit_of};
use super::trunk::beginnings::Newcomers;
use super::trunk::{JudgedStep, TrunkMoves};
use super::{Known, Unknown};
use crate::repository::ReadError;

/// The code of the note that a lane has undone a contract of its own.
pub const UNDONE_CONTRACT: &str = "undone-contract";

/// What `check` knows before it looks at a lane.
pub struct LaneCheck<'a, 'v> {
    /// The history.
    pub history: &'a History<'v>,
    /// Its contracts.
    pub contracts: &'a Contracts<'a, 'v>,
    /// Who acts.
    pub acting: &'a Acting,
    /// The contract that governs, with the commit of the trunk that holds it.
    pub contract: (Rc<Contract>, Oid),
    /// The trunk's tips.
    pub trunk: &'a [Oid],
    /// The trunk.
    pub trunk_ref: &'a Trunk,
    /// The remote whose tracking refs stand in for branches that are not here.
    pub remote: Option<String>,
    /// Whether they count before branches that are here.
    pub there_first: bool,
}

/// How a lane lands, where that is known.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Manner {
    /// What that has come to, where it was made already, beside the trunk.
    pub made: Option<Oid>,
    /// Whether it is one commit, which brings none of the lane's.
    pub squashed: bool,
}

/// A lane's cases, and whose turn it is.
pub struct Checked {
    /// The cases.
    pub cases: Vec<Known<Case>>,
    /// Whether the lane may land now, where that can be told.
    pub turn: Option<Turn>,
    /// What is worth saying.
    pub notes: Vec<Note>,
}

impl<'a, 'v> LaneCheck<'a, 'v> {
    /// A lane in a state: its tip, or what a worktree holds beyond it. It is seen from the trunk,
    /// or from a base that was named instead.
    pub fn lane(
        &self,
        agent: &Agent,
        state: &State,
        untracked: Vec<RepoPath>,
        base: Option<&[Oid]>,
    ) -> Known<Checked> {
        let tips = self.tips_with(agent, state.heads.first().copied());
        let lanes = Lanes::new(self.history, &self.contract.0, &tips)?;
        let landings = Landings::new(&lanes, self.contracts);
        self.lane_among(&lanes, &landings, agent, state, untracked, base)
    }

    /// The lanes as they are, for whoever looks at all of them.
    pub fn lanes(&self) -> Known<Lanes<'_, 'v>> {
        Lanes::new(self.history, &self.contract.0, &self.tips())
    }

    /// The same as [`LaneCheck::lane`], where it is known already where all lanes are.
    pub fn lane_among<'g>(
        &'g self,
        lanes: &'g Lanes<'g, 'v>,
        landings: &'g Landings<'g, 'v>,
        agent: &Agent,
        state: &State,
        untracked: Vec<RepoPath>,
        base: Option<&[Oid]>,
    ) -> Known<Checked> {
        let on_trunk = self.ground(lanes, landings, self.trunk);
        let trunk = on_trunk.trunk_state()?;
        let seen_from = Ground { trunk: base.unwrap_or(self.trunk), ..on_trunk };
        let mut facts = seen_from.lane_state(agent, state, None)?;
        facts.untracked = untracked;
        let order = (|| {
            let landed = landings.of(agent, &trunk)?.counts();
            Ok((on_trunk.waits_for(&agent.id, &trunk)?, landed))
        })();
        let mut notes = Vec::new();
        let turn = match order {
            Ok((waits_for, landed)) => {
                notes.extend(landed.then(|| landed_note(agent)));
                facts.waits_for.clone_from(&waits_for);
                facts.landed = landed;
                if !landed && let Some(commit) = self.undone_contract(&facts, state)? {
                    notes.push(undone_contract_note(agent, &commit));
                }
                Some(self.turn(agent, waits_for))
            }
            // What has landed since the contract came is seen from where it came; what the lane itself
            // may hold does not depend on it.
            Err(Unknown::Unreadable(ReadError::Shallow { .. })) => {
                notes.push(turn_unknown("in this shallow clone", "git fetch --unshallow"));
                None
            }
            Err(Unknown::LaneLeftOut { remote, .. }) => {
                let why = "in this clone, which does not fetch all lanes";
                notes.push(turn_unknown(why, &fetch_all(&remote)));
                None
            }
            Err(unknown) => return Err(unknown),
        };
        let lane = agent.id.clone();
        let work = LaneWork {
            lane,
            moves: false,
            follows_landing: false,
            with_trunk: false,
            state: facts,
            before: None,
        };
        let attempt = Attempt {
            checkpoint: Checkpoint::Check,
            actor: self.acting.under(&self.contract.0),
            reference: Some(agent.reference()),
            trunk: Some(self.trunk_ref.governing_ref(self.contract.1)),
            subject: Subject::Lane(Box::new(work)),
        };
        let case = Case::new(Some(self.contract.clone()), attempt);
        Ok(Checked { cases: vec![Ok(case)], turn, notes })
    }

    /// A commit of a lane with a contract of its own that the lane has undone since: what it holds is as
    /// it should be, and a merge would bring that commit along.
    fn undone_contract(&self, facts: &LaneState, state: &State) -> Known<Option<CommitRef>> {
        let holds_one = |change: &Change| ContractFile::of_path(&change.path).is_some();
        if facts.changes.iter().any(holds_one) {
            return Ok(None);
        }
        let mut below = self.trunk_ref.published(self.history)?;
        below.extend(self.trunk);
        let newcomers =
            Newcomers { heads: &state.heads, before: self.trunk, below: &below, chain: &[] };
        newcomers.foreign_contract(self.contracts, &self.contract.0)
    }

    fn turn(&self, agent: &Agent, waits_for: Vec<AgentId>) -> Turn {
        let now = waits_for.is_empty() || self.contract.0.order_is_waived(&agent.id);
        Turn { now, waits_for }
    }

    /// What is known of a lane whose branch is gone: whether it has landed.
    pub fn landed_without_branch(&self, agent: &Agent) -> Known<Option<Note>> {
        let lanes = self.lanes()?;
        let landings = Landings::new(&lanes, self.contracts);
        let trunk = self.ground(&lanes, &landings, self.trunk).trunk_state()?;
        Ok(landings.of(agent, &trunk)?.counts().then(|| landed_note(agent)))
    }

    /// Where lanes are.
    pub fn tips(&self) -> Tips<'a, 'v> {
        Tips::new(self.history, self.remote.clone()).there_first(self.there_first)
    }

    /// Whether a lane whose branch is not here seems to have landed for that alone: with what one of these
    /// remotes is known to have of it, it has not.
    pub fn has_more_at(&self, agent: &Agent, remotes: &[String]) -> Known<bool> {
        let lanes = self.lanes()?;
        let landings = Landings::new(&lanes, self.contracts);
        let trunk = self.ground(&lanes, &landings, self.trunk).trunk_state()?;
        if landings.of(agent, &trunk)? != Landing::BranchGone {
            return Ok(false);
        }
        for remote in remotes {
            let tracking = RefName::tracking(remote, agent.branch.as_bytes());
            let Some(found) = self.history.view().reference(&tracking)? else { continue };
            let there = commit_of(self.history, &tracking, found.target)?;
            if !landings.had_landed(agent, there, &trunk)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The step that landing a lane now would make: its tip, or that of another branch as the lane's, merged
    /// into the trunk, path by path; or as it was made already, beside the trunk.
    pub fn landing(
        &self,
        agent: &Agent,
        (branch, tip): (&RefName, Oid),
        base: Option<Oid>,
        manner: Manner,
    ) -> Known<Checked> {
        let onto = match base.or_else(|| self.trunk.first().copied()) {
            Some(onto) => onto,
            None => return Err(self.trunk_ref.missing()),
        };
        let tips = self.tips_with(agent, Some(tip));
        let lanes = Lanes::new(self.history, &self.contract.0, &tips)?;
        let landings = Landings::new(&lanes, self.contracts);
        let seen_from = [onto];
        let ground = self.ground(&lanes, &landings, &seen_from);
        let trunk = ground.trunk_state()?;
        let waits_for = ground.waits_for(&agent.id, &trunk)?;
        let turn = Some(self.turn(agent, waits_for));
        if landings.of(agent, &trunk)?.counts() && self.history.is_ancestor(tip, onto)? {
            return Ok(Checked { cases: Vec::new(), turn, notes: vec![landed_note(agent)] });
        }
        if let Some(made) = manner.made {
            let after = self.as_made((onto, tip), made)?;
            let lands = (Some(&agent.id), manner.squashed);
            let published = self.published_beside(onto, tip)?;
            let judged = judged(&self.walker(&tips, &published), lands, &after)?;
            let mut cases = vec![Ok(self.of_step(judged, branch, onto))];
            let is_seen = self.history.is_ancestor(tip, made)?
                || landings.of(agent, &State::of_commit(self.history, made)?)?.counts();
            if !is_seen {
                cases.extend(self.left_to_a_driver(agent, (onto, tip), &branch.short())?.map(Err));
            }
            return Ok(Checked { cases, turn, notes: Vec::new() });
        }
        let (by_path, alone) = self.merged(onto, tip)?;
        let by_git = self.merged_by_git(onto, tip, !alone.is_empty())?;
        let (after, conflicts, lands) = match by_git {
            Some(by_git) if !by_git.conflicts.is_empty() => {
                (by_path, by_git.conflicts.iter().cloned().collect(), None)
            }
            // What conflicts path by path went along with a rename: nobody makes such a merge by hand.
            Some(by_git) if !alone.is_empty() => {
                (self.as_git_merges(onto, tip, &by_git)?, Vec::new(), Some(&agent.id))
            }
            _ => (by_path, alone, None),
        };
        let lands = (lands, manner.squashed);
        let mut cases = vec![Ok(self.step(&tips, branch, lands, (onto, tip), &after)?)];
        let (generated, conflicts): (Vec<RepoPath>, Vec<RepoPath>) =
            conflicts.into_iter().partition(|path| self.contract.0.is_generated(path));
        let notes = generated_note(&generated).filter(|_| conflicts.is_empty());
        cases.extend(self.conflict(conflicts, &branch.short(), onto).map(Err));
        Ok(Checked { cases, turn, notes: notes.into_iter().collect() })
    }

    /// What of a lane's own paths a driver merges that git does not have: line by line it may have come nowhere.
    fn left_to_a_driver(
        &self,
        agent: &Agent,
        (onto, tip): (Oid, Oid),
        branch: &str,
    ) -> Known<Option<Unknown>> {
        let mut paths = Vec::new();
        for base in self.history.merge_bases(&[onto], &[tip])? {
            let (old, new) = (self.history.tree(base)?, self.history.tree(tip)?);
            for change in self.history.diff(Some(old), Some(new))?.iter() {
                if self.contract.0.own_lane(&change.path) == Some(&agent.id)
                    && driver(self.history, onto, &change.path)? == Some(Driver::Program)
                {
                    paths.push(change.path.clone());
                }
            }
        }
        let (trunk, branch) = (self.trunk_ref.governing_ref(onto), branch.to_owned());
        Ok((!paths.is_empty()).then_some(Unknown::LeftToADriver { trunk, branch, paths }))
    }

    /// The step that merging a branch in no lane would make: whatever enters by it is judged, under
    /// whichever name it comes.
    pub fn landing_of_no_lane(
        &self,
        branch: &RefName,
        tip: Oid,
        base: Option<Oid>,
    ) -> Known<Vec<Known<Case>>> {
        let Some(onto) = base.or_else(|| self.trunk.first().copied()) else {
            return Err(self.trunk_ref.missing());
        };
        if self.history.is_ancestor(tip, onto)? {
            return Ok(Vec::new());
        }
        let tips = self.tips();
        let (after, conflicts) = self.merged(onto, tip)?;
        let case = self.step(&tips, branch, (None, false), (onto, tip), &after)?;
        let is_the_lanes = conflicts.iter().any(|path| self.concerns_lanes(path))
            || matches!(&case.attempt.subject, Subject::TrunkStep(step) if !step.entering.is_empty());
        let mut cases = vec![Ok(case)];
        // What conflicts is left out of the step. It is for whoever merges, where the contract leaves
        // them free.
        if is_the_lanes || self.contract.0.policy().trunk_steps == TrunkSteps::LandingsOnly {
            cases.extend(self.conflict(conflicts, &branch.short(), onto).map(Err));
        }
        Ok(cases)
    }

    /// Whether a path is a lane's own or the contract.
    fn concerns_lanes(&self, path: &RepoPath) -> bool {
        ContractFile::of_path(path).is_some() || self.contract.0.own_lane(path).is_some()
    }

    /// The step that merging a branch into the trunk would make, and the same lane by lane.
    fn step(
        &self,
        tips: &Tips<'a, 'v>,
        branch: &RefName,
        lands: (Option<&AgentId>, bool),
        (onto, tip): (Oid, Oid),
        after: &State,
    ) -> Known<Case> {
        let published = self.published_beside(onto, tip)?;
        let walker = self.walker(tips, &published);
        let judged = judged(&walker, lands, after)?;
        let steps = walker.one_by_one(&judged, after).into_iter();
        let otherwise = vec![steps.map(|step| self.of_step(step, branch, onto)).collect()];
        Ok(Case { otherwise, ..self.of_step(judged, branch, onto) })
    }

    /// What landing a lane has come to, whatever the strategy: the trunk as it then is, with the history of
    /// the lane.
    fn as_made(&self, (onto, tip): (Oid, Oid), made: Oid) -> Known<State> {
        let (old, new) = (self.history.tree(onto)?, self.history.tree(made)?);
        let changes = self.history.diff(Some(old), Some(new))?;
        Ok(State::uncommitted(self.history, vec![onto, tip], &changes, Vec::new())?)
    }

    fn walker<'w>(&'w self, tips: &'w Tips<'a, 'v>, published: &'w [Oid]) -> TrunkMoves<'w, 'v> {
        TrunkMoves {
            history: self.history,
            contracts: self.contracts,
            tips,
            before: Before::default(),
            published,
            strictly: false,
        }
    }

    fn of_step(&self, judged: JudgedStep, reference: &RefName, onto: Oid) -> Case {
        let absent = Contract::absent();
        let known = judged.contract.as_ref().map_or(&absent, |(contract, _)| contract);
        let attempt = Attempt {
            checkpoint: Checkpoint::CheckLanding,
            actor: self.acting.under(known),
            reference: Some(reference.clone()),
            trunk: Some(self.trunk_ref.governing_ref(onto)),
            subject: Subject::TrunkStep(Box::new(judged.step)),
        };
        Case::new(judged.contract, attempt)
    }

    fn conflict(&self, paths: Vec<RepoPath>, branch: &str, onto: Oid) -> Option<Unknown> {
        let trunk = self.trunk_ref.governing_ref(onto);
        let branch = branch.to_owned();
        (!paths.is_empty()).then_some(Unknown::LandingConflicts { trunk, branch, paths })
    }

    /// What of the trunk is published, as the hooks know it when it is merged: a lane may have it from
    /// there. Where that holds the very landing that is asked of, it tells nothing of it.
    fn published_beside(&self, onto: Oid, tip: Oid) -> Known<Vec<Oid>> {
        let mut published = Vec::new();
        for upstream in self.trunk_ref.published(self.history)? {
            let is_later = self.history.is_ancestor(onto, upstream)?;
            if !(is_later && self.history.is_ancestor(tip, upstream)?) {
                published.push(upstream);
            }
        }
        Ok(published)
    }

    fn tips_with(&self, agent: &Agent, tip: Option<Oid>) -> Tips<'a, 'v> {
        let mut tips = self.tips();
        if let Some(tip) = tip {
            tips.set(agent.reference(), Some(tip));
        }
        tips
    }

    fn ground<'g>(
        &'g self,
        lanes: &'g Lanes<'g, 'v>,
        landings: &'g Landings<'g, 'v>,
        trunk: &'g [Oid],
    ) -> Ground<'g, 'v> {
        Ground { contracts: self.contracts, lanes, landings, trunk }
    }
}

/// A step to this state, the lane that it lands and nothing else, and whether by one commit.
fn judged(
    walker: &TrunkMoves<'_, '_>,
    (lands, squashed): (Option<&AgentId>, bool),
    after: &State,
) -> Known<JudgedStep> {
    let mut judged = walker.uncommitted(after)?;
    judged.step.lands = lands.cloned();
    if squashed {
        judged.step.foreign_contract = None;
    }
    Ok(judged)
}

/// What is said where a clone does not reach back to where the contract came, or lacks a lane.
fn turn_unknown(why: &str, command: &str) -> Note {
    let message =
        format!("whether its turn to land has come cannot be told {why}; to know it: {command}");
    Note { code: "turn-unknown", message }
}

/// What is said of generated files that conflict, which land all the same.
fn generated_note(paths: &[RepoPath]) -> Option<Note> {
    let first = paths.first()?;
    let more = match paths.len() - 1 {
        0 => String::new(),
        more => format!(" (and {more} more)"),
    };
    let message = format!(
        "{first}{more} conflicts, and is generated: `contract-gate land` makes it again, whoever else merges has to"
    );
    Some(Note { code: "generated-conflict", message })
}

/// What is said of a lane that has undone a contract of its own.
fn undone_contract_note(agent: &Agent, commit: &CommitRef) -> Note {
    let message = format!(
        "{} has undone the contract of {}, which a merge would bring along: take the commit out (git rebase -i), \
         or land the lane by a squash",
        agent.id,
        commit.id.short()
    );
    Note { code: UNDONE_CONTRACT, message }
}

fn landed_note(agent: &Agent) -> Note {
    let how = if agent.withdrawn { "is withdrawn, which counts as landed" } else { "has landed" };
    Note { code: "landed", message: format!("{} {how}", agent.id) }
}
