//! A lane as `check` judges it: itself, or the step that landing it now would make.

use std::rc::Rc;

use policy::attempt::{Attempt, Checkpoint, LaneWork, Subject};
use policy::contract::{Agent, Contract};
use policy::name::RefName;
use policy::oid::Oid;
use policy::path::RepoPath;
use policy::verdict::Turn;

use super::Known;
use super::case::{Acting, Case};
use super::contract::Contracts;
use super::ground::Ground;
use super::history::History;
use super::landed::Landings;
use super::own::Lanes;
use super::state::State;
use super::tips::Tips;

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
    /// The remote whose tracking refs stand in for branches that are not here.
    pub remote: Option<String>,
}

/// A lane's case, and whose turn it is.
pub struct Checked {
    /// The case.
    pub case: Case,
    /// Whether the lane may land now.
    pub turn: Turn,
    /// Whether it has landed.
    pub landed: bool,
}

impl<'a, 'v> LaneCheck<'a, 'v> {
    /// A lane in a state: its tip, or what a worktree holds beyond it.
    pub fn lane(&self, agent: &Agent, state: &State, untracked: Vec<RepoPath>) -> Known<Checked> {
        let tips = Tips::new(self.history, self.remote.clone());
        let contract = &self.contract.0;
        let lanes = Lanes::new(self.history, contract, &tips)?
            .with_tip(&agent.id, state.heads.first().copied());
        let landings = Landings::new(&lanes, self.contracts);
        let ground = Ground {
            contracts: self.contracts,
            lanes: &lanes,
            landings: &landings,
            trunk: self.trunk,
        };
        let trunk = ground.trunk_state()?;
        let mut facts = ground.lane_state(agent, state, None)?;
        facts.waits_for = ground.waits_for(&agent.id, &trunk)?;
        facts.landed = landings.of(agent, &trunk)?.counts();
        facts.untracked = untracked;
        let turn = Turn { now: facts.waits_for.is_empty(), waits_for: facts.waits_for.clone() };
        let landed = facts.landed;
        let lane = agent.id.clone();
        let work = LaneWork { lane, moves: false, state: facts, before: None };
        let subject = Subject::Lane(Box::new(work));
        Ok(Checked { case: self.case(agent, Checkpoint::Check, subject), turn, landed })
    }

    fn case(&self, agent: &Agent, checkpoint: Checkpoint, subject: Subject) -> Case {
        let actor = self.acting.under(&self.contract.0);
        let reference = Some(agent.reference());
        let trunk = self.contract.0.trunk().map(RefName::branch);
        Case {
            contract: Some(self.contract.clone()),
            attempt: Attempt { checkpoint, actor, reference, trunk, subject },
        }
    }
}
