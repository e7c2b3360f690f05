//! A move of the trunk, as attempts: one for each step, under the contract of its first parent.

mod accounted;
mod amendment;
mod as_it_was;
pub mod beginnings;
mod brings_more;
mod by_hand;
mod came;
mod entering;
mod explained;
mod followed_elsewhere;
mod going_on;
mod joined;
mod left_unjudged;
mod made_here;
mod one_by_one;
mod picked;
mod revert;
mod step_facts;
mod steps;
mod waits;

use std::collections::{BTreeSet, VecDeque};
use std::rc::Rc;

use policy::attempt::{Entering, TrunkStep};
use policy::contract::{Contract, Mode, Permission};
use policy::oid::Oid;

use super::Known;
use super::contract::{Contracts, Held};
use super::history::History;
use super::lane::landed::Landings;
use super::lane::own::Lanes;
use super::lane::stands_on::Before;
use super::state::State;
use super::tips::Tips;
use beginnings::Beginnings;
use step_facts::{Between, StepFacts, ungoverned};
use steps::{Runs, Span, chain, spans};

/// One step with the contract that governs it.
pub struct JudgedStep {
    /// The contract of the trunk before the step; `None` where there was none, or where it cannot
    /// be read and the step amends it.
    pub contract: Option<(Rc<Contract>, Oid)>,
    /// The facts.
    pub step: TrunkStep,
}

impl JudgedStep {
    /// Whether anything can be wrong with it that another way to see it would lack. A step that is
    /// history, or that concerns neither a lane nor a contract, is looked at in one way alone.
    pub fn may_be_refused(&self) -> bool {
        let step = &self.step;
        !step.published
            && (step.amendment.is_some()
                || step.foreign_contract.is_some()
                || !step.entering.is_empty()
                || !step.unlanded.is_empty()
                || step.changes.is_empty())
    }

    /// Whether anything that is wrong with it may be so for what a lane holds.
    fn may_be_for_a_lane(&self) -> bool {
        let Some((contract, _)) = &self.contract else { return false };
        let step = &self.step;
        let is_accused = |entering: &Entering| {
            let edits = |path| {
                let said = contract.permission(&entering.lane, path);
                matches!(said, Permission::Granted { mode: Mode::Edit, .. })
            };
            !entering.waits_for.is_empty()
                || !entering.carried.is_empty()
                || !entering.taken_away.is_empty()
                || entering.stale.is_some()
                || !entering.changes.iter().all(|change| edits(&change.path))
        };
        self.may_be_refused()
            && (step.entering.iter().any(is_accused)
                || step.amendment.is_some()
                || step.foreign_contract.is_some()
                || !step.unexplained.is_empty()
                || !step.conflicted.is_empty())
    }
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
    pub before: Before,
    /// What the trunk's upstream holds already: steps in it are history (a client only).
    pub published: &'a [Oid],
    /// Whether an agent, or anybody who is judged by landings only, moves it.
    pub strictly: bool,
}

/// The way of one move along the trunk's first-parent commits.
struct Way {
    /// The trunk before.
    seen_from: Vec<Oid>,
    /// The trunk after.
    to: Oid,
    /// The new commits of the chain, newest first, those too that are beside the old tip.
    chain: Vec<Oid>,
    /// The steps that are still to be judged, oldest first.
    rest: VecDeque<Span>,
}

impl<'a, 'v> TrunkMoves<'a, 'v> {
    /// The steps of a move, oldest first. A step whose facts cannot be known is an error in its
    /// place.
    pub fn walk(&self, old: Option<Oid>, new: Oid) -> Known<Vec<Known<JudgedStep>>> {
        self.walk_below(None, old, new)
    }

    /// The same, below a commit that adds nothing to it and on which lanes may stand.
    fn walk_below(
        &self,
        above: Option<Oid>,
        old: Option<Oid>,
        new: Oid,
    ) -> Known<Vec<Known<JudgedStep>>> {
        let spans = spans(self.history, old, &chain(self.contracts, old, new)?)?;
        let chain = above.into_iter().chain(self.line(old, new)?).collect();
        // What the upstream holds is on the trunk, though it is not in this branch yet.
        let published = self.published.iter().copied();
        let seen_from = old.into_iter().chain(published).collect();
        let mut judged = Vec::new();
        if let Some(old) = old {
            let steps = spans.iter().flat_map(|span| span.chain.iter().copied()).collect();
            if let Some(commit) = Beginnings::new(self.contracts, old).misread_at(new, &steps)? {
                judged.push(self.by_a_foreign_contract(old, new, commit));
            }
        }
        let mut way = Way { seen_from, to: new, chain, rest: spans.into() };
        while let Some(next) = way.rest.front() {
            match self.held(next)? {
                Held::Contract(contract) => self.under(&contract, &mut way, &mut judged)?,
                held => {
                    let Some(span) = way.rest.pop_front() else { break };
                    judged.push(self.of_ungoverned(span, &held));
                }
            }
        }
        Ok(judged)
    }

    /// The first-parent commits that a move brings, newest first.
    fn line(&self, old: Option<Oid>, new: Oid) -> Known<Vec<Oid>> {
        let Some(old) = old else { return Ok(vec![new]) };
        let fresh = self.history.walk(&[new], &[old])?;
        self.history.first_parents_in(new, &fresh.set)
    }

    /// A tip of the upstream that these heads reach and a state of the trunk before does not.
    pub fn taken_in(&self, before: Oid, heads: &[Oid]) -> Known<Option<Oid>> {
        for upstream in self.published {
            if self.history.is_reachable(*upstream, heads)?
                && !self.history.is_reachable(*upstream, &[before])?
            {
                return Ok(Some(*upstream));
            }
        }
        Ok(None)
    }

    /// The whole move, as it would bring this commit in with its contract.
    fn by_a_foreign_contract(&self, old: Oid, new: Oid, commit: Oid) -> Known<JudgedStep> {
        let between = Between::commits(self.history, Some(old), new, vec![new])?;
        let step = ungoverned(self.contracts, self.history, self.published, &between)?;
        let foreign_contract = Some(self.history.named(commit)?);
        let (changes, amendment) = (Vec::new(), None);
        let contract = self.contracts.at(old)?.known()?.map(|contract| (contract, old));
        Ok(JudgedStep {
            contract,
            step: TrunkStep { foreign_contract, changes, amendment, ..step },
        })
    }

    /// What the trunk holds before a step.
    fn held(&self, span: &Span) -> Known<Held> {
        span.from.map_or(Ok(Held::Nothing), |from| self.contracts.at(from))
    }

    /// The next steps, for as long as they are under one contract: at least one.
    fn under(
        &self,
        contract: &Rc<Contract>,
        way: &mut Way,
        judged: &mut Vec<Known<JudgedStep>>,
    ) -> Known<()> {
        let lanes = Lanes::new(self.history, contract, self.tips)?.with_made_here(&self.before);
        let mut lanes = lanes.beside_trunk(&way.seen_from, &way.chain, &self.before)?;
        let strays = self.strays(&lanes, way)?;
        let mut known = self.going_on(&lanes, &strays, &way.seen_from)?;
        known.extend(self.named_by_merges(&lanes, &strays, &way.chain)?);
        lanes.adopt_strays(&strays, &known)?;
        let landings = Landings::new(&lanes, self.contracts);
        let facts = self.facts(&lanes, &landings, &way.seen_from, Some(way.to));
        let runs = Runs::new(&lanes, &way.seen_from, &way.chain);
        while let Some(span) = runs.next_step(&mut way.rest)? {
            let Span { from, to, chain } = span;
            let step = Between::commits(self.history, from, to, chain)
                .and_then(|between| facts.of(&between));
            let contract_at = from.map(|from| (Rc::clone(contract), from));
            judged.push(step.map(|step| JudgedStep { contract: contract_at, step }));
            let Some(next) = way.rest.front() else { break };
            match self.held(next)? {
                Held::Contract(other) if Rc::ptr_eq(&other, contract) => {}
                _ => break,
            }
        }
        Ok(())
    }

    /// A step that is not made yet: what is about to be committed on the trunk.
    pub fn uncommitted(&self, after: &State) -> Known<JudgedStep> {
        let Some(from) = after.heads.first().copied() else {
            let (before, after, chain) = (State::default(), after.clone(), Vec::new());
            return self.without_contract(&Between { before, after, chain }, &Held::Nothing);
        };
        let before = State::of_commit(self.history, from)?;
        let between = Between { before, after: after.clone(), chain: Vec::new() };
        let held = self.contracts.at(from)?;
        let Held::Contract(contract) = held else { return self.without_contract(&between, &held) };
        let seen_from: Vec<Oid> =
            std::iter::once(from).chain(self.published.iter().copied()).collect();
        let lanes = Lanes::new(self.history, &contract, self.tips)?;
        let mut lanes = lanes.with_made_here(&self.before);
        let merged = self.history.walk(&after.heads, &seen_from)?;
        let strays = self.unknown_to(&lanes, &merged.order, &[], &seen_from)?;
        let going_on = self.going_on(&lanes, &strays, &seen_from)?;
        lanes.adopt_strays(&strays, &going_on)?;
        let landings = Landings::new(&lanes, self.contracts);
        let mut step = self.facts(&lanes, &landings, &seen_from, None).of(&between)?;
        if step.amendment.is_none()
            && step.foreign_contract.is_none()
            && let Some(commit) = Beginnings::new(self.contracts, from).misread_in(after)?
        {
            step.foreign_contract = Some(self.history.named(commit)?);
        }
        Ok(JudgedStep { contract: Some((Rc::clone(&contract), from)), step })
    }

    fn facts<'f>(
        &'f self,
        lanes: &'f Lanes<'f, 'v>,
        landings: &'f Landings<'f, 'v>,
        seen_from: &'f [Oid],
        end: Option<Oid>,
    ) -> StepFacts<'f, 'v> {
        let (contracts, published, strictly) = (self.contracts, self.published, self.strictly);
        let was = &self.before;
        StepFacts { contracts, lanes, landings, seen_from, published, strictly, was, end }
    }

    fn of_ungoverned(&self, span: Span, held: &Held) -> Known<JudgedStep> {
        let between = Between::commits(self.history, span.from, span.to, span.chain)?;
        self.without_contract(&between, held)
    }

    /// A step under no contract, or under one that cannot be read: all that can be judged is
    /// what it does to the contract itself.
    fn without_contract(&self, between: &Between, held: &Held) -> Known<JudgedStep> {
        let step = ungoverned(self.contracts, self.history, self.published, between)?;
        match held {
            Held::Broken(unknown) if step.amendment.is_none() => Err(unknown.clone()),
            _ => Ok(JudgedStep { contract: None, step }),
        }
    }

    /// Commits that come in by other parents and belong to no known tip.
    fn strays(&self, lanes: &Lanes<'_, 'v>, way: &Way) -> Known<Vec<Oid>> {
        let fresh = self.history.walk(&[way.to], &way.seen_from)?;
        let chain = self.history.first_parents_in(way.to, &fresh.set)?;
        self.unknown_to(lanes, &fresh.order, &chain, &way.seen_from)
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
