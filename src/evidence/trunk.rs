//! A move of the trunk, as attempts: one for each step, under the contract of its first parent.

use std::collections::{BTreeSet, VecDeque};

use policy::attempt::{Amendment, AmendmentResult, Entering, TrunkStep};
use policy::change::{Change, CommitRef};
use policy::contract::{Contract, Problem};
use policy::name::AgentId;
use policy::oid::Oid;
use policy::verdict::Severity;

use super::contract::{Contracts, Held};
use super::entering::{Entrant, Step};
use super::explained::explained;
use super::facts::Facts;
use super::ground::Ground;
use super::history::History;
use super::landed::Landings;
use super::net_effect::net_effect;
use super::own::Lanes;
use super::revert::is_exact_revert;
use super::state::State;
use super::steps::{Span, next_step, spans};
use super::tips::Tips;
use super::{Known, Unknown};
use crate::repository::TreeChange;

/// One step with the contract that governs it.
pub struct JudgedStep {
    /// The contract of the trunk before the step; `None` where there was none, or where it cannot
    /// be read and the step amends it.
    pub contract: Option<(std::rc::Rc<Contract>, Oid)>,
    /// The facts.
    pub step: TrunkStep,
}

/// Walks moves of the trunk.
pub struct TrunkMoves<'a, 'v> {
    /// The history.
    pub history: &'a History<'v>,
    /// Its contracts.
    pub contracts: &'a Contracts<'a, 'v>,
    /// Where the lanes are, moves of the same push included.
    pub tips: &'a Tips<'a, 'v>,
    /// Where the lanes were before any of it.
    pub before: &'a Tips<'a, 'v>,
    /// What the trunk's upstream holds already: steps in it are history (a client only).
    pub published: &'a [Oid],
    /// Whether an agent, or anybody who is judged by landings only, moves it.
    pub strictly: bool,
}

impl<'a, 'v> TrunkMoves<'a, 'v> {
    /// The steps of a move, oldest first. A step whose facts cannot be known is an error in its
    /// place.
    pub fn walk(&self, old: Option<Oid>, new: Oid) -> Known<Vec<Known<JudgedStep>>> {
        let seen_from: Vec<Oid> = old.into_iter().collect();
        let spans = spans(self.history, old, new)?;
        let chain: Vec<Oid> =
            spans.iter().rev().flat_map(|span| span.chain.iter().copied()).collect();
        let mut rest: VecDeque<Span> = spans.into();
        let mut judged = Vec::new();
        while let Some(next) = rest.front() {
            let contract = match next.from {
                None => Held::Nothing,
                Some(from) => self.contracts.at(from)?,
            };
            match contract {
                Held::Contract(contract) => {
                    let mut lanes = Lanes::new(self.history, &contract, self.tips)?
                        .beside_trunk(&chain, self.before)?;
                    lanes.adopt_strays(&self.strays(&lanes, &seen_from, new)?)?;
                    let Some(span) = next_step(&lanes, &seen_from, &mut rest)? else { break };
                    judged.push(self.of_span(&span, &lanes, &seen_from).map(|step| JudgedStep {
                        contract: span.from.map(|from| (contract.clone(), from)),
                        step,
                    }));
                }
                held => {
                    let Some(span) = rest.pop_front() else { break };
                    judged.push(self.ungoverned(&span, held));
                }
            }
        }
        Ok(judged)
    }

    /// A step that is not made yet: what is about to be committed on the trunk.
    pub fn uncommitted(&self, after: &State) -> Known<JudgedStep> {
        let before = match after.heads.first() {
            Some(head) => State::of_commit(self.history, *head)?,
            None => State::default(),
        };
        let Some(from) = before.commit else {
            return self.between(None, &before, after, &[], Held::Nothing, &[]);
        };
        let held = self.contracts.at(from)?;
        self.between(Some(from), &before, after, &[], held, &[from])
    }

    fn between(
        &self,
        from: Option<Oid>,
        before: &State,
        after: &State,
        chain: &[Oid],
        held: Held,
        seen_from: &[Oid],
    ) -> Known<JudgedStep> {
        if let Held::Contract(contract) = &held {
            let mut lanes = Lanes::new(self.history, contract, self.tips)?;
            let merged = self.history.walk(&after.heads, seen_from)?;
            lanes.adopt_strays(&self.unknown_to(&lanes, &merged.order, chain, seen_from)?)?;
            let step = self.facts(from, before, after, chain, &lanes, seen_from)?;
            return Ok(JudgedStep { contract: from.map(|from| (contract.clone(), from)), step });
        }
        self.without_contract(from, before, after, held)
    }

    fn of_span(&self, span: &Span, lanes: &Lanes<'_, 'v>, seen_from: &[Oid]) -> Known<TrunkStep> {
        let before = match span.from {
            Some(from) => State::of_commit(self.history, from)?,
            None => State::default(),
        };
        let after = State::of_commit(self.history, span.to)?;
        self.facts(span.from, &before, &after, &span.chain, lanes, seen_from)
    }

    fn ungoverned(&self, span: &Span, held: Held) -> Known<JudgedStep> {
        let before = match span.from {
            Some(from) => State::of_commit(self.history, from)?,
            None => State::default(),
        };
        let after = State::of_commit(self.history, span.to)?;
        self.without_contract(span.from, &before, &after, held)
    }

    /// A step under no contract, or under one that cannot be read: all that can be judged is
    /// what it does to the contract itself.
    fn without_contract(
        &self,
        from: Option<Oid>,
        before: &State,
        after: &State,
        held: Held,
    ) -> Known<JudgedStep> {
        let amendment = self.amendment(before, after)?;
        if let (Held::Broken(unknown), None) = (&held, &amendment) {
            return Err(unknown.clone());
        }
        let changes = match amendment {
            Some(_) => self.plain(&self.changes(before, after)?, after)?,
            None => Vec::new(),
        };
        let step = TrunkStep {
            from,
            to: self.named(after)?,
            changes,
            amendment,
            entering: Vec::new(),
            unlanded: BTreeSet::new(),
            unexplained: BTreeSet::new(),
            conflicted: Vec::new(),
            reverts: false,
            published: self.is_published(after)?,
        };
        Ok(JudgedStep { contract: None, step })
    }

    fn changes(&self, before: &State, after: &State) -> Known<Vec<TreeChange>> {
        let old = match before.commit {
            Some(commit) => Some(self.history.tree(commit)?),
            None => None,
        };
        Ok(after.diff_from(self.history, old)?)
    }

    fn plain(&self, changes: &[TreeChange], after: &State) -> Known<Vec<Change>> {
        let by = self.named(after)?;
        Ok(changes
            .iter()
            .filter_map(|change| {
                Some(Change {
                    path: change.path.clone(),
                    kind: policy::change::ChangeKind::between(change.old, change.new)?,
                    old: change.old,
                    new: change.new,
                    lines: policy::change::Lines::NotRead,
                    hazards: Vec::new(),
                    commit: by.clone(),
                    undo_from: None,
                })
            })
            .collect())
    }

    fn named(&self, state: &State) -> Known<Option<CommitRef>> {
        Ok(match state.commit {
            Some(commit) => Some(self.history.named(commit)?),
            None => None,
        })
    }

    fn is_published(&self, after: &State) -> Known<bool> {
        match after.commit {
            Some(commit) => Ok(self.history.is_reachable(commit, self.published)?),
            None => Ok(false),
        }
    }

    fn amendment(&self, before: &State, after: &State) -> Known<Option<Amendment>> {
        let files = self.contracts.amended(before, after)?;
        if files.is_empty() {
            return Ok(None);
        }
        let first =
            before.commit.is_none() || matches!(self.contracts.in_state(before)?, Held::Nothing);
        let result = match self.contracts.in_state(after)? {
            Held::Nothing => AmendmentResult::Removed,
            Held::Contract(_) => AmendmentResult::Valid,
            Held::Broken(Unknown::ContractInvalid { problems, .. }) => {
                AmendmentResult::Invalid(problems)
            }
            Held::Broken(unknown) => {
                AmendmentResult::Invalid(vec![whole_file(unknown.code(), unknown.to_string())])
            }
        };
        Ok(Some(Amendment { files, result, first }))
    }

    fn facts(
        &self,
        from: Option<Oid>,
        before: &State,
        after: &State,
        chain: &[Oid],
        lanes: &Lanes<'_, 'v>,
        seen_from: &[Oid],
    ) -> Known<TrunkStep> {
        let changes = self.changes(before, after)?;
        let amendment = self.amendment(before, after)?;
        let mut step = TrunkStep {
            from,
            to: self.named(after)?,
            changes: Vec::new(),
            amendment,
            entering: Vec::new(),
            unlanded: BTreeSet::new(),
            unexplained: BTreeSet::new(),
            conflicted: Vec::new(),
            reverts: false,
            published: self.is_published(after)?,
        };
        if step.amendment.is_some() {
            step.changes = self.plain(&changes, after)?;
            return Ok(step);
        }
        let landings = Landings::new(lanes, self.contracts);
        let asked =
            Step { lanes, landings: &landings, seen_from, before, after, chain, changes: &changes };
        let entrants = asked.entering()?;
        let ground =
            Ground { contracts: self.contracts, lanes, landings: &landings, trunk: &before.heads };
        for entrant in &entrants {
            step.entering.push(self.entering(ground, entrant, before, after)?);
        }
        let touched: BTreeSet<&AgentId> =
            changes.iter().filter_map(|change| lanes.contract.own_lane(&change.path)).collect();
        let strictly = self.strictly
            || lanes.contract.policy().trunk_steps == policy::contract::TrunkSteps::LandingsOnly;
        for agent in lanes.contract.agents() {
            let asked = strictly || touched.contains(&agent.id);
            if asked && !landings.of(agent, before)?.counts() {
                step.unlanded.insert(agent.id.clone());
            }
        }
        let explained = explained(self.history, before, after, &entrants, &changes)?;
        step.unexplained = explained.unexplained;
        step.conflicted = explained.conflicted;
        let foreign = changes.iter().any(|change| {
            lanes.contract.own_lane(&change.path).is_some_and(|owner| {
                step.unlanded.contains(owner) && !step.entering.iter().any(|e| e.lane == *owner)
            })
        });
        if foreign || (strictly && !step.unexplained.is_empty()) {
            step.reverts = is_exact_revert(self.history, before, after, &changes)?;
        }
        let names: Vec<AgentId> = entrants.iter().map(|entrant| entrant.agent.clone()).collect();
        let facts = Facts { lanes, state: after, trunk: &before.heads };
        step.changes = facts.of_step(&changes, step.to.as_ref(), &names)?;
        Ok(step)
    }

    fn entering(
        &self,
        ground: Ground<'_, 'v>,
        entrant: &Entrant,
        before: &State,
        after: &State,
    ) -> Known<Entering> {
        let contract = ground.contract();
        let mut entering = Entering {
            lane: entrant.agent.clone(),
            evidence: entrant.evidence.clone(),
            waits_for: ground.waits_for(&entrant.agent, after)?,
            changes: Vec::new(),
            carried: Vec::new(),
            stale: None,
        };
        let Some(agent) = contract.agent(&entrant.agent) else { return Ok(entering) };
        for state in &entrant.judged {
            let net = net_effect(self.history, ground.trunk, state, None)?;
            let facts = Facts { lanes: ground.lanes, state, trunk: ground.trunk };
            // A lane inside another is carried although it would land whole by the same step: it
            // has to land for itself, before or after.
            let carried = ground.lanes.carried(&agent.id, &state.heads, ground.trunk, |other| {
                Ok(ground.landings.of(other, before)?.counts())
            })?;
            for change in facts.of_lane(&agent.id, &net)? {
                if !entering.changes.iter().any(|known| known.path == change.path) {
                    entering.changes.push(change);
                }
            }
            for carried in carried {
                if !entering.carried.iter().any(|known| known.lane == carried.lane) {
                    entering.carried.push(carried);
                }
            }
            if entering.stale.is_none() {
                entering.stale = ground.stale(agent, &state.heads)?;
            }
        }
        entering.changes.sort_by(|one, other| one.path.cmp(&other.path));
        Ok(entering)
    }

    /// Commits that come in by other parents and belong to no known tip.
    fn strays(&self, lanes: &Lanes<'_, 'v>, seen_from: &[Oid], new: Oid) -> Known<Vec<Oid>> {
        let fresh = self.history.walk(&[new], seen_from)?;
        let chain = self.history.first_parents(new, |commit| Ok(!fresh.set.contains(&commit)))?;
        self.unknown_to(lanes, &fresh.order, &chain, seen_from)
    }

    fn unknown_to(
        &self,
        lanes: &Lanes<'_, 'v>,
        fresh: &[Oid],
        chain: &[Oid],
        seen_from: &[Oid],
    ) -> Known<Vec<Oid>> {
        if fresh.len() == chain.len() {
            return Ok(Vec::new());
        }
        let known = lanes.brought(seen_from)?;
        let chain: BTreeSet<&Oid> = chain.iter().collect();
        let stray = |commit: &&Oid| !chain.contains(commit) && !known.contains(commit);
        Ok(fresh.iter().filter(stray).copied().collect())
    }
}

fn whole_file(code: &'static str, message: String) -> Problem {
    Problem {
        code,
        severity: Severity::Error,
        line: 1,
        column: 1,
        span: (0, 0),
        message,
        help: None,
    }
}
