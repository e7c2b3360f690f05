//! Moves of refs, as cases: in a local transaction, in a push that leaves, in one that arrives.
//!
//! The order is that of a push: creations and updates of lanes lie under everything, then the
//! trunk moves, then lanes are judged under the contract and the trunk that this would leave,
//! and deletions come last.

mod copies;
mod otherwise;
mod readable;
mod unlisted;

use std::collections::BTreeSet;
use std::rc::Rc;

use policy::attempt::{Attempt, Checkpoint, LaneWork, Subject};
use policy::contract::{Agent, Contract};
use policy::name::{AgentId, RefName};
use policy::oid::Oid;

use self::unlisted::AskedAtOnce;
use super::Known;
use super::case::{Acting, Case};
use super::contract::{Contracts, Held};
use super::ground::Ground;
use super::history::History;
use super::lane::landed::Landings;
use super::lane::own::Lanes;
use super::lane::stands_on::Before;
use super::located::{Fetched, Trunk};
use super::state::State;
use super::tips::{Tips, is_a_copy};
use super::trunk::{JudgedStep, TrunkMoves};
use crate::repository::linked::linked;

/// A ref that moves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefMove {
    /// Its full name, symbolic refs resolved.
    pub name: RefName,
    /// Where it is; `None` when it is created.
    pub old: Option<Oid>,
    /// Where it goes; `None` when it is deleted.
    pub new: Option<Oid>,
    /// The ref that it is made to point to, when it becomes symbolic.
    pub symbolic: Option<RefName>,
}

/// What is judged, and where.
pub struct Moves<'a, 'v> {
    /// The history.
    pub history: &'a History<'v>,
    /// Its contracts.
    pub contracts: &'a Contracts<'a, 'v>,
    /// The trunk before the moves.
    pub trunk: &'a Trunk,
    /// Who acts.
    pub acting: &'a Acting,
    /// Where it is judged.
    pub checkpoint: Checkpoint,
    /// Where branches are before the moves.
    pub tips: Tips<'a, 'v>,
    /// What the fetch has brought that may be under way.
    pub fetched: &'a [Fetched],
}

/// The cases, each known or not.
pub type Cases = Vec<Known<Case>>;

impl<'a, 'v> Moves<'a, 'v> {
    /// The cases that some moves make.
    pub fn cases(&self, moves: &[RefMove]) -> Cases {
        let mut cases = Vec::new();
        if let Err(unknown) = self.collect(moves, &mut cases) {
            cases.push(Err(unknown));
        }
        cases
    }

    fn collect(&self, moves: &[RefMove], cases: &mut Cases) -> Known<()> {
        let tips = self.tips_after(moves);
        let mut trunk = self.trunk.clone();
        let mut entered = BTreeSet::new();
        let before = Before {
            moved: moves.iter().map(|moved| (moved.name.clone(), moved.old)).collect(),
            elsewhere: self.checkpoint == Checkpoint::PrePush,
            ..Before::default()
        };
        for moved in moves.iter().filter(|moved| moved.name == self.trunk.reference) {
            self.trunk_move(moved, (&tips, &before), cases, &mut entered);
            trunk.local = moved.new;
        }
        for moved in moves {
            if let Some((name, _)) = trunk.upstream.as_mut().filter(|(name, _)| *name == moved.name)
            {
                trunk.upstream = moved.new.map(|tip| (name.clone(), tip));
            }
        }
        let mut others = Vec::new();
        for moved in moves {
            if moved.name != self.trunk.reference
                && is_judged(&moved.name)
                && !self.is_copy_of_withdrawn(moved, moves, &trunk)?
            {
                others.push(moved);
            }
        }
        if !others.is_empty() {
            self.branches(&others, &trunk, &tips, &entered, cases)?;
        }
        self.deletions_beside_the_trunk(moves, cases)
    }

    /// Deletions of a push that moves the trunk too, as they are while the trunk is where it was. Git
    /// moves the refs of a push one after another, and goes on when one of them fails; whether it
    /// was asked to move all or none (`--atomic`) is told to no hook (git 2.39 and 2.47). A lane that
    /// is gone comes by no later judgement back.
    fn deletions_beside_the_trunk(&self, moves: &[RefMove], cases: &mut Cases) -> Known<()> {
        if !self.checkpoint.is_push() {
            return Ok(());
        }
        let is_trunk = |moved: &&RefMove| moved.name == self.trunk.reference;
        let Some(old) = moves.iter().find(is_trunk).and_then(|moved| moved.old) else {
            return Ok(());
        };
        let deleted: Vec<&RefMove> = moves.iter().filter(|moved| moved.new.is_none()).collect();
        if deleted.is_empty() {
            return Ok(());
        }
        let Some(contract) = self.contracts.at(old)?.known()? else { return Ok(()) };
        let mut tips = self.tips.clone();
        for moved in moves {
            tips.set(moved.name.clone(), moved.old);
        }
        let lanes = Lanes::new(self.history, &contract, &tips)?;
        let landings = Landings::new(&lanes, self.contracts);
        let (contracts, lanes, landings) = (self.contracts, &lanes, &landings);
        let ground = Ground { contracts, lanes, landings, trunk: &[old] };
        for moved in deleted {
            let Some(agent) = contract.lane_of_ref(&moved.name) else { continue };
            if is_denied_already(&moved.name, cases) {
                continue;
            }
            let found = self.deletion(agent, moved.old, ground)?;
            let Some(Subject::LaneDeleted { lane, tip, own_commits: true, landed: false, .. }) =
                found
            else {
                continue;
            };
            let (own_commits, landed, beside_landing) = (true, false, true);
            let subject = Subject::LaneDeleted { lane, tip, own_commits, landed, beside_landing };
            let under = Some(Rc::clone(&contract));
            cases.push(Ok(self.any_case(under, Some(old), &moved.name, subject)));
        }
        Ok(())
    }

    /// The tips with creations and updates laid over them; deletions come last of all.
    fn tips_after(&self, moves: &[RefMove]) -> Tips<'a, 'v> {
        let mut tips = self.tips.clone();
        for moved in moves {
            tips.set(moved.name.clone(), moved.new.or(moved.old));
        }
        tips
    }

    fn trunk_move(
        &self,
        moved: &RefMove,
        lanes: (&Tips<'_, 'v>, &Before),
        cases: &mut Cases,
        entered: &mut BTreeSet<AgentId>,
    ) {
        if let Err(unknown) = self.trunk_steps(moved, lanes, cases, entered) {
            cases.push(Err(unknown));
        }
    }

    fn trunk_steps(
        &self,
        moved: &RefMove,
        (tips, before): (&Tips<'_, 'v>, &Before),
        cases: &mut Cases,
        entered: &mut BTreeSet<AgentId>,
    ) -> Known<()> {
        let held = match moved.old {
            Some(old) => self.contracts.at(old)?,
            None => Held::Nothing,
        };
        if let Some(target) = &moved.symbolic {
            let subject = Subject::MadeSymbolic { target: target.clone(), lane: None };
            cases.extend(self.case(&held.known()?, moved.old, &moved.name, subject).map(Ok));
            return Ok(());
        }
        let rewound = match (moved.old, moved.new) {
            (Some(old), Some(new)) => !self.history.is_ancestor(old, new)?,
            (Some(_), None) => true,
            (None, _) => false,
        };
        if let (true, Some(from)) = (rewound, moved.old) {
            let published = self.is_published(from, moved.new)?;
            let subject = Subject::TrunkRewound { from, to: moved.new, published };
            match held.clone().known() {
                Ok(contract) => {
                    cases.extend(self.case(&contract, moved.old, &moved.name, subject).map(Ok));
                }
                Err(unknown) => cases.push(Err(unknown)),
            }
        }
        let Some(new) = moved.new else { return Ok(()) };
        let strictly = match &held {
            Held::Contract(contract) => self.acting.may_be_agent(contract),
            _ => false,
        };
        let published = self.trunk.published(self.history)?;
        let walker = TrunkMoves {
            history: self.history,
            contracts: self.contracts,
            tips,
            before: before.clone(),
            published: &published,
            strictly,
        };
        for judged in walker.walk(moved.old, new)? {
            match judged {
                Err(unknown) => cases.push(Err(unknown)),
                Ok(judged) => {
                    let entering = judged.step.entering.iter();
                    entered.extend(entering.map(|entering| entering.lane.clone()));
                    let otherwise = vec![
                        self.seen_from_upstream(&walker, &judged, &moved.name)?,
                        self.one_by_one(&walker, &judged, &moved.name)?,
                        self.as_made_here(&walker, &judged, &moved.name)?,
                    ];
                    let case = self.of_step(judged, &moved.name);
                    cases.push(Ok(Case { otherwise, ..case }));
                }
            }
        }
        Ok(())
    }

    fn of_step(&self, JudgedStep { contract, step }: JudgedStep, name: &RefName) -> Case {
        let (governing, at) = contract.unzip();
        self.any_case(governing, at, name, Subject::TrunkStep(Box::new(step)))
    }

    /// Whether the trunk's upstream holds commits that a move from one to the other would lose.
    fn is_published(&self, from: Oid, to: Option<Oid>) -> Known<bool> {
        let Some((_, upstream)) = &self.trunk.upstream else { return Ok(false) };
        let kept: Vec<Oid> = to.into_iter().collect();
        for base in self.history.merge_bases(&[from], &[*upstream])? {
            if !self.history.is_reachable(base, &kept)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn branches(
        &self,
        moves: &[&RefMove],
        trunk: &Trunk,
        tips: &Tips<'_, 'v>,
        entered: &BTreeSet<AgentId>,
        cases: &mut Cases,
    ) -> Known<()> {
        let on_trunk = trunk.tips(self.history)?;
        let Some(governing) = on_trunk.first().copied() else {
            // The trunk itself may be what is deleted; that is refused for itself.
            return if self.trunk.local.is_some() { Ok(()) } else { Err(trunk.missing()) };
        };
        let Some(contract) = self.contracts.at(governing)?.known()? else { return Ok(()) };
        let lanes = Lanes::new(self.history, &contract, tips)?;
        let landings = Landings::new(&lanes, self.contracts);
        let ground = Ground {
            contracts: self.contracts,
            lanes: &lanes,
            landings: &landings,
            trunk: &on_trunk,
        };
        let is_deletion = |moved: &RefMove| moved.new.is_none();
        let (last, first): (Vec<&RefMove>, Vec<&RefMove>) =
            moves.iter().copied().partition(|moved| is_deletion(moved));
        let asked = self.ask_of_unlisted(&first, ground);
        for moved in first.into_iter().chain(last) {
            match self.subject(moved, ground, entered, &asked) {
                Err(unknown) => cases.push(Err(unknown)),
                Ok(None) => {}
                Ok(Some(subject)) => cases.push(Ok(self.any_case(
                    Some(Rc::clone(&contract)),
                    Some(governing),
                    &moved.name,
                    subject,
                ))),
            }
        }
        Ok(())
    }

    fn subject(
        &self,
        moved: &RefMove,
        ground: Ground<'_, 'v>,
        entered: &BTreeSet<AgentId>,
        asked: &AskedAtOnce,
    ) -> Known<Option<Subject>> {
        let contract = ground.contract();
        if moved.name.as_bytes().starts_with(b"refs/replace/") {
            return Ok(moved.new.map(|_| Subject::Replacement));
        }
        let lane = contract.lane_of_ref(&moved.name);
        if let Some(target) = &moved.symbolic {
            let lane = lane.map(|agent| agent.id.clone());
            return Ok(
                lane.map(|lane| Subject::MadeSymbolic { target: target.clone(), lane: Some(lane) })
            );
        }
        match (lane, moved.new) {
            (Some(_), Some(new)) if self.is_name_for_tracked(moved, new) => Ok(None),
            (Some(agent), Some(new)) => {
                let work = self.lane_work(agent, moved.old, new, ground, entered)?;
                Ok(Some(Subject::Lane(Box::new(work))))
            }
            (Some(agent), None) => self.deletion(agent, moved.old, ground),
            (None, Some(new)) => self.unlisted(moved, new, ground, asked),
            (None, None) => Ok(None),
        }
    }

    fn lane_work(
        &self,
        agent: &Agent,
        old: Option<Oid>,
        new: Oid,
        ground: Ground<'_, 'v>,
        entered: &BTreeSet<AgentId>,
    ) -> Known<LaneWork> {
        let here = self.checkpoint == Checkpoint::ReferenceTransaction;
        if self.checkpoint == Checkpoint::PreReceive {
            self.require_readable(new, old, ground)?;
        }
        let mut state = ground.lane_state(agent, &State::of_commit(self.history, new)?, None)?;
        if entered.contains(&agent.id) && self.has_landed(agent, ground)? {
            state.stale = None;
        }
        let has_findings = !state.changes.is_empty() || !state.carried.is_empty();
        let before = match old {
            Some(old) if here && has_findings => {
                Some(ground.lane_state(agent, &State::of_commit(self.history, old)?, None)?)
            }
            _ => None,
        };
        // Whoever lands lanes brings their branches up to what has landed, and adds nothing.
        let follows_landing = !has_findings && self.follows_landing(agent, (old, new), ground)?;
        let (lane, with_trunk) = (agent.id.clone(), !ground.trunk.iter().eq(&self.trunk.local));
        Ok(LaneWork { lane, moves: true, follows_landing, with_trunk, state, before })
    }

    /// Whether a lane's branch goes on, or begins, where all of its work has landed, by nothing but what
    /// the trunk has and merges of that. Only the integrator is asked for it.
    fn follows_landing(
        &self,
        agent: &Agent,
        (old, new): (Option<Oid>, Oid),
        ground: Ground<'_, 'v>,
    ) -> Known<bool> {
        if !self.may_be_integrator(ground.contract()) {
            return Ok(false);
        }
        let goes_on = match old {
            Some(old) => self.history.is_ancestor(old, new)?,
            None => true,
        };
        let known: Vec<Oid> = old.into_iter().chain(ground.trunk.iter().copied()).collect();
        for commit in &self.history.walk(&[new], &known)?.order {
            let is_merge = self.history.parents(*commit)?.len() > 1;
            if !is_merge || !self.history.touched(*commit)?.is_empty() {
                return Ok(false);
            }
        }
        Ok(goes_on && self.had_landed(agent, old, ground)? && self.has_landed(agent, ground)?)
    }

    /// Whether all that a lane was before it moved is on the trunk: a merge that keeps nothing of it leaves it
    /// nothing to land.
    fn had_landed(&self, agent: &Agent, old: Option<Oid>, ground: Ground<'_, 'v>) -> Known<bool> {
        match old {
            Some(old) if !self.history.is_reachable(old, ground.trunk)? => {
                ground.landings.had_landed(agent, old, &ground.trunk_state()?)
            }
            _ => Ok(true),
        }
    }

    fn may_be_integrator(&self, contract: &Contract) -> bool {
        contract.integrator().is_some() && self.acting.may_be_agent(contract)
    }

    /// Whether a lane whose work enters by these moves has landed by them. Then the contract of its
    /// landing is the one that it had to know; what it holds beyond is judged all the same.
    fn has_landed(&self, agent: &Agent, ground: Ground<'_, 'v>) -> Known<bool> {
        Ok(ground.landings.of(agent, &ground.trunk_state()?)?.counts())
    }

    fn deletion(
        &self,
        agent: &Agent,
        old: Option<Oid>,
        ground: Ground<'_, 'v>,
    ) -> Known<Option<Subject>> {
        let Some(tip) = old else { return Ok(None) };
        let is_kept = self.checkpoint == Checkpoint::ReferenceTransaction
            && is_a_copy(self.history, &agent.reference(), tip);
        // Who has a clone alone takes but a name of theirs away.
        let place = self.history.view().place();
        if is_kept && linked(&place.common_dir).is_ok_and(|others| others.is_empty()) {
            return Ok(None);
        }
        let own = ground.lanes.own_among(&agent.id, &[tip], ground.trunk)?;
        let own_commits = !own.is_empty() && !is_kept;
        let matters = own_commits || self.may_be_integrator(ground.contract());
        let landed = matters && ground.landings.of(agent, &ground.trunk_state()?)?.counts();
        let (lane, beside_landing) = (agent.id.clone(), false);
        Ok(Some(Subject::LaneDeleted { lane, tip, own_commits, landed, beside_landing }))
    }

    fn case(
        &self,
        contract: &Option<Rc<Contract>>,
        at: Option<Oid>,
        name: &RefName,
        subject: Subject,
    ) -> Option<Case> {
        let contract = contract.as_ref()?;
        Some(self.any_case(Some(Rc::clone(contract)), at, name, subject))
    }

    fn any_case(
        &self,
        contract: Option<Rc<Contract>>,
        at: Option<Oid>,
        name: &RefName,
        subject: Subject,
    ) -> Case {
        let absent = Contract::absent();
        let actor = self.acting.under(contract.as_deref().unwrap_or(&absent));
        let reference = Some(name.clone());
        // A step of the trunk is made on the branch itself.
        let trunk = Some(match (at, &subject) {
            (Some(at), Subject::Lane(_)) => self.trunk.governing_ref(at),
            _ => self.trunk.reference.clone(),
        });
        let checkpoint = self.checkpoint;
        Case::new(contract.zip(at), Attempt { checkpoint, actor, reference, trunk, subject })
    }
}

/// Whether a ref's name alone makes it free: neither a branch nor a replacement.
pub fn is_judged(name: &RefName) -> bool {
    name.branch_name().is_some() || name.as_bytes().starts_with(b"refs/replace/")
}

/// Whether a deletion is found to be one of work that has not landed, whatever becomes of the trunk.
fn is_denied_already(name: &RefName, cases: &Cases) -> bool {
    cases.iter().flatten().any(|case| {
        case.attempt.reference.as_ref() == Some(name)
            && matches!(
                case.attempt.subject,
                Subject::LaneDeleted { own_commits: true, landed: false, .. }
            )
    })
}
