//! The facts of one trunk step, as [`policy::attempt::TrunkStep`].

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};

use policy::attempt::{Carried, Entering, EntryEvidence, Tracked, TrunkStep};
use policy::change::{Change, ChangeKind, CommitRef, Entry, Lines};
use policy::contract::{Agent, ContractFile, TrunkSteps};
use policy::name::AgentId;
use policy::oid::Oid;
use policy::path::RepoPath;

use super::amendment::amendment;
use super::entering::{Entrant, Judged, Step};
use super::explained::explained;
use super::joined::Joined;
use super::revert::is_exact_revert;
use crate::evidence::contract::{Contracts, Held};
use crate::evidence::facts::Facts;
use crate::evidence::ground::Ground;
use crate::evidence::history::History;
use crate::evidence::lane::landed::Landings;
use crate::evidence::lane::net_effect::net_effect;
use crate::evidence::lane::own::Lanes;
use crate::evidence::lane::stands_on::Before;
use crate::evidence::line::line_up_to;
use crate::evidence::line::planted::{Planted, What};
use crate::evidence::state::State;
use crate::evidence::taken_away::taken_away;
use crate::evidence::{Known, Unknown};
use crate::repository::TreeChange;
use crate::repository::checked_out::elsewhere;

/// The trunk before and after a step.
#[derive(Debug, Clone)]
pub struct Between {
    /// Before; without a commit at the trunk's creation.
    pub before: State,
    /// After.
    pub after: State,
    /// The commits of the first-parent chain in the step, newest first; none while it is made.
    pub chain: Vec<Oid>,
}

impl Between {
    /// From one commit to another, along this chain.
    pub fn commits(
        history: &History<'_>,
        from: Option<Oid>,
        to: Oid,
        chain: Vec<Oid>,
    ) -> Known<Self> {
        let before = match from {
            Some(from) => State::of_commit(history, from)?,
            None => State::default(),
        };
        Ok(Self { before, after: State::of_commit(history, to)?, chain })
    }

    /// All paths that differ.
    pub fn changes(&self, history: &History<'_>) -> Known<Vec<TreeChange>> {
        let old = match self.before.commit {
            Some(commit) => Some(history.tree(commit)?),
            None => None,
        };
        Ok(self.after.diff_from(history, old)?)
    }

    /// The commit after.
    pub fn named(&self, history: &History<'_>) -> Known<Option<CommitRef>> {
        Ok(match self.after.commit {
            Some(commit) => Some(history.named(commit)?),
            None => None,
        })
    }
}

/// What can be said of a step under no contract, or of one that amends it: what it does to the
/// contract itself, and beside it.
pub fn ungoverned(
    contracts: &Contracts<'_, '_>,
    history: &History<'_>,
    published: &[Oid],
    between: &Between,
) -> Known<TrunkStep> {
    let amendment = amendment(contracts, history, published, between)?;
    let to = between.named(history)?;
    let changes = match amendment {
        Some(_) => plain(&between.changes(history)?, to.as_ref()),
        None => Vec::new(),
    };
    let published = match between.after.commit {
        Some(commit) => history.is_reachable(commit, published)?,
        None => false,
    };
    let joins = match (between.before.commit, between.chain.last()) {
        (Some(before), Some(oldest)) => history.parents(*oldest)?.first() != Some(&before),
        _ => false,
    };
    Ok(TrunkStep {
        from: between.before.commit,
        to,
        changes,
        amendment,
        entering: Vec::new(),
        unlanded: BTreeSet::new(),
        unexplained: BTreeSet::new(),
        conflicted: Vec::new(),
        followed: BTreeMap::new(),
        lands: None,
        reverts: false,
        joins,
        foreign_contract: None,
        published,
        tracked: BTreeMap::new(),
        checked_out: BTreeMap::new(),
    })
}

fn plain(changes: &[TreeChange], by: Option<&CommitRef>) -> Vec<Change> {
    let change = |change: &TreeChange| {
        Some(Change {
            path: change.path.clone(),
            kind: ChangeKind::between(change.old, change.new)?,
            old: change.old,
            new: change.new,
            lines: Lines::NotRead,
            hazards: Vec::new(),
            commit: by.cloned(),
            came_by_merge: false,
            undo_from: None,
        })
    };
    changes.iter().filter_map(change).collect()
}

/// Collects the facts of steps under one contract.
pub struct StepFacts<'a, 'v> {
    /// The contracts.
    pub contracts: &'a Contracts<'a, 'v>,
    /// The lanes under the contract.
    pub lanes: &'a Lanes<'a, 'v>,
    /// Which of them have landed.
    pub landings: &'a Landings<'a, 'v>,
    /// The trunk before the whole move: own commits are seen from there.
    pub seen_from: &'a [Oid],
    /// What the trunk's upstream holds already.
    pub published: &'a [Oid],
    /// Whether the move is judged by landings only.
    pub strictly: bool,
    /// Where the lanes were before the move.
    pub was: &'a Before,
    /// Where the whole move ends; nowhere yet while its last step is made.
    pub end: Option<Oid>,
}

impl<'a, 'v> StepFacts<'a, 'v> {
    pub(super) fn history(&self) -> &'a History<'v> {
        self.lanes.history
    }

    /// The facts of one step.
    pub fn of(&self, between: &Between) -> Known<TrunkStep> {
        let mut step = ungoverned(self.contracts, self.history(), self.published, between)?;
        if let Some(amendment) = &mut step.amendment {
            amendment.lane = self.amended_by(between, &amendment.files)?;
            return Ok(step);
        }
        let Between { before, after, chain } = between;
        let changes = between.changes(self.history())?;
        let asked = Step {
            contracts: self.contracts,
            lanes: self.lanes,
            landings: self.landings,
            seen_from: self.seen_from,
            before,
            after,
            chain,
            changes: &changes,
            by_landings_only: self.by_landings_only(),
            brings_of_a_branch: OnceCell::new(),
        };
        step.foreign_contract = asked.foreign_contract(self.published)?;
        let (mut entering_lanes, mut nobodys) = (Vec::new(), Vec::new());
        for entrant in asked.entering()? {
            let Some(mut entering) = self.entering(&entrant, before, after)? else { continue };
            entering.by_paths_alone = self.is_known_by_paths_alone(&entering, &asked)?;
            if self.is_by_hand(&entering, &asked)? {
                continue;
            }
            if self.is_of_a_branch_of_nobodys(&entering, &asked)? {
                nobodys.extend(entrant.heads());
                continue;
            }
            entering_lanes.push((entrant, entering));
        }
        self.leave_what_lies_beneath(&nobodys, &mut entering_lanes, &asked)?;
        let mut entrants;
        (entrants, step.entering) = entering_lanes.into_iter().unzip();
        if self.only_takes_back(&step.entering, &asked)? {
            (step.entering, entrants) = (Vec::new(), Vec::new());
        }
        step.unlanded = self.unlanded(before, &changes)?;
        let explained = explained(self.lanes, before, after, &entrants, &changes)?;
        step.unexplained = explained.unexplained;
        step.conflicted = explained.conflicted;
        step.followed = explained.followed;
        self.leave_what_was_judged(&changes, &mut step)?;
        asked.explain_by_picks(&entrants, &mut step)?;
        // What merges work of a lane is its landing, whatever else it takes back.
        let lands = step.entering.iter().any(|e| matches!(e.evidence, EntryEvidence::Commit(_)));
        if !lands && self.may_be_refused(&step, &changes) {
            step.reverts = self.reverts(before, after, &changes)?;
        }
        if step.reverts {
            self.explain_by_tips(&entrants, &changes, &mut step)?;
        }
        if self.by_landings_only() && !self.was.elsewhere {
            step.tracked = self.tracked_alone(&step, &changes)?;
        }
        let is_refused = |one: &Entering| !one.waits_for.is_empty() || one.stale.is_some();
        if step.entering.iter().any(is_refused) {
            step.checked_out = elsewhere(self.history().view().place());
        }
        let names: Vec<AgentId> = entrants.into_iter().map(|entrant| entrant.agent).collect();
        let facts = Facts { lanes: self.lanes, state: after, trunk: &before.heads };
        // Names that fold together come of two lanes too, each of which has one of them.
        let new: BTreeSet<RepoPath> = match names.len() {
            0 | 1 => BTreeSet::new(),
            _ => changes.iter().filter(|c| c.old.is_none()).map(|c| c.path.clone()).collect(),
        };
        let made_here = |path: &RepoPath| {
            !names.is_empty()
                && (new.contains(path)
                    || step.unexplained.contains(path)
                    || step.conflicted.iter().any(|(conflicted, _)| conflicted == path))
        };
        let changes = facts.of_step(&changes, step.to.as_ref(), &names, made_here)?;
        step.changes = changes;
        Ok(step)
    }

    /// Whether the trunk may have stood at a commit of its chain below a state, as the end of a lawful
    /// step: no commit of a lane did that which landed with others where the lane could not have
    /// landed it alone, and no commit that changed, of itself, what no lane may edit.
    fn was_a_state(&self, commit: Oid, below: &State) -> Known<bool> {
        let parents = self.history().parents(commit)?;
        let Some(parent) = parents.first() else { return Ok(true) };
        let Held::Contract(contract) = self.contracts.at(*parent)? else { return Ok(true) };
        let takes_landings_only = contract.policy().trunk_steps == TrunkSteps::LandingsOnly;
        if !takes_landings_only && !self.strictly {
            return Ok(true);
        }
        let newer = self.history().walk(&below.heads, &[commit])?;
        let newer = line_up_to(self.history(), below, &newer.set)?;
        let history = self.history();
        let is_at_tip = |lane: &AgentId, path: &RepoPath, entry: Option<Entry>| {
            let tip = self.lanes.tip(lane).map(|tip| history.entry_at(tip, path));
            tip.is_some_and(|found| found.is_ok_and(|found| found == entry))
        };
        if Planted::new(self.contracts).is(commit, &newer, &[], What::All(&is_at_tip))? {
            return Ok(false);
        }
        if !takes_landings_only {
            return Ok(true);
        }
        // A merge changes what none of its parents has.
        let touched = self.history().touched(commit)?;
        let may_come = |change: &TreeChange| {
            contract.is_generated(&change.path)
                || ContractFile::of_path(&change.path).is_some()
                || contract.agents().iter().any(|agent| contract.grants(&agent.id, &change.path))
        };
        Ok(touched.iter().all(may_come))
    }

    pub(super) fn by_landings_only(&self) -> bool {
        self.strictly || self.lanes.contract.policy().trunk_steps == TrunkSteps::LandingsOnly
    }

    /// The lanes that had not landed, as far as it matters: those whose own paths change, and
    /// where only landings are taken, whether there is any.
    pub(super) fn unlanded(
        &self,
        before: &State,
        changes: &[TreeChange],
    ) -> Known<BTreeSet<AgentId>> {
        let contract = self.lanes.contract;
        let touched: BTreeSet<&AgentId> =
            changes.iter().filter_map(|change| contract.own_lane(&change.path)).collect();
        let (first, rest): (Vec<_>, Vec<_>) =
            contract.agents().iter().partition(|agent| touched.contains(&agent.id));
        let mut unlanded = BTreeSet::new();
        for agent in first {
            if !self.landings.of(agent, before)?.counts() {
                unlanded.insert(agent.id.clone());
            }
        }
        for agent in rest.into_iter().filter(|_| self.by_landings_only()) {
            if !unlanded.is_empty() {
                break;
            }
            if !self.landings.of(agent, before)?.counts() {
                unlanded.insert(agent.id.clone());
            }
        }
        Ok(unlanded)
    }

    /// Whether the step is an exact revert. Where that is not found out and only a warning is at
    /// stake, it counts as none.
    pub(super) fn reverts(
        &self,
        before: &State,
        after: &State,
        changes: &[TreeChange],
    ) -> Known<bool> {
        let was_a_state = |commit| self.was_a_state(commit, before);
        match is_exact_revert(self.history(), before, after, changes, &was_a_state) {
            Err(Unknown::SearchLimit(_)) if !self.by_landings_only() => Ok(false),
            known => known,
        }
    }

    /// Whether something about the step would be refused or warned of if it were no revert.
    fn may_be_refused(&self, step: &TrunkStep, changes: &[TreeChange]) -> bool {
        if step.unlanded.is_empty() {
            return false;
        }
        let is_foreign = |change: &TreeChange| {
            self.lanes.contract.own_lane(&change.path).is_some_and(|owner| {
                step.unlanded.contains(owner) && step.entering.iter().all(|e| e.lane != *owner)
            })
        };
        changes.iter().any(is_foreign) || (self.by_landings_only() && !step.unexplained.is_empty())
    }

    /// What a lane changes in a state that is judged: as seen from the trunk before the step, and from
    /// what lies beneath it on the line by which it comes.
    ///
    /// Nobody has judged that line, so it excuses nothing by itself. What is left out is what the lane
    /// has taken in of it and holds as the two lines together have it; what is added is what it takes
    /// back of the line, which cannot be seen from the old trunk.
    fn changes_of(
        &self,
        agent: &Agent,
        judged: &Judged,
        seen: &[Oid],
        inside: &[Carried],
    ) -> Known<Vec<Change>> {
        let Judged { state, beneath, taken_in } = judged;
        let mut net = net_effect(self.contracts, seen, state, None)?;
        if let Some(taken_in) = *taken_in {
            let joined = Joined::new(self.history(), seen, taken_in)?;
            let mut kept = Vec::with_capacity(net.paths.len());
            for path in net.paths {
                let is_own = self.lanes.contract.own_lane(&path.path) == Some(&agent.id);
                if is_own || !joined.holds(&path.path, path.new)? {
                    kept.push(path);
                }
            }
            net.paths = kept;
        }
        let facts = Facts { lanes: self.lanes, state, trunk: seen };
        let mut changes = facts.of_lane(&agent.id, &net, inside)?;
        let Some(beneath) = *beneath else { return Ok(changes) };
        let joined = Joined::new(self.history(), seen, beneath)?;
        let line = [beneath];
        let mut beyond = net_effect(self.contracts, &line, state, None)?;
        let mut kept = Vec::new();
        for path in beyond.paths {
            let is_known = net.paths.iter().any(|known| known.path == path.path);
            if !is_known && !joined.holds(&path.path, path.new)? {
                kept.push(path);
            }
        }
        beyond.paths = kept;
        let facts = Facts { lanes: self.lanes, state, trunk: &line };
        changes.extend(facts.of_lane(&agent.id, &beyond, inside)?);
        Ok(changes)
    }

    fn ground<'g>(&'g self, trunk: &'g [Oid]) -> Ground<'g, 'v> {
        let (contracts, lanes, landings) = (self.contracts, self.lanes, self.landings);
        Ground { contracts, lanes, landings, trunk }
    }

    /// The trunk before, and what the upstream holds: that is on the trunk, though it may not be in this
    /// branch yet. Where it is, it is an older state, to which a lane takes nothing back for free.
    fn seen_with_upstream(&self, before: &State) -> Known<Vec<Oid>> {
        let mut seen = before.heads.clone();
        for upstream in self.published {
            if !self.history().is_reachable(*upstream, &before.heads)? {
                seen.push(*upstream);
            }
        }
        Ok(seen)
    }

    fn entering(
        &self,
        entrant: &Entrant,
        before: &State,
        after: &State,
    ) -> Known<Option<Entering>> {
        let Some(agent) = self.lanes.contract.agent(&entrant.agent) else { return Ok(None) };
        let seen = self.seen_with_upstream(before)?;
        let lanes = self.lanes;
        let mut changes = BTreeMap::new();
        let mut carried = BTreeMap::new();
        let mut stale = None;
        let mut gone = BTreeMap::new();
        for judged in &entrant.judged {
            let Judged { state, beneath, .. } = judged;
            let ground = self.ground(&seen);
            let line = match beneath {
                Some(beneath) => Some(State::of_commit(self.history(), *beneath)?),
                None => None,
            };
            // A lane inside another is carried although it would land whole by the same step: it
            // has to land for itself, before or after. On the line by which it comes it may have.
            let has_landed = |other: &Agent| Ok(self.landings.of(other, before)?.counts());
            let inside = ground.carried(agent, state, has_landed)?;
            let mut of_it = self.changes_of(agent, judged, &seen, &inside)?;
            of_it.extend(ground.left_out(agent, state, &of_it, has_landed)?);
            gone.extend(taken_away(&ground, agent, &state.heads, &[], &of_it));
            for change in of_it {
                changes.entry((change.path.clone(), change.old, change.new)).or_insert(change);
            }
            for other in inside {
                let landed = match (&line, self.lanes.contract.agent(&other.lane)) {
                    (Some(line), Some(agent)) => self.landings.of(agent, line)?.counts(),
                    _ => false,
                };
                if !landed {
                    carried.entry(other.lane.clone()).or_insert(other);
                }
            }
            if stale.is_none() {
                stale = ground.stale(agent, &state.heads)?;
            }
        }
        let waits_for = self.waits_for(self.ground(&seen), agent, after)?;
        let (mut idle, mut taken_back, mut along) =
            <(BTreeSet<_>, BTreeSet<_>, BTreeSet<_>)>::default();
        let mut tracked = BTreeMap::new();
        for awaited in &waits_for {
            let tip = lanes.tip(awaited);
            let held = match tip {
                Some(tip) => self.history().is_reachable(tip, &before.heads)?,
                None => true,
            };
            idle.extend(held.then(|| awaited.clone()));
            if let Some(name) = self.tracked(awaited, tip)? {
                tracked.insert(awaited.clone(), Tracked { name, is_looked_up: tip.is_some() });
            }
            if self.was_taken_back(awaited, before) {
                taken_back.insert(awaited.clone());
            }
            let agent = lanes.contract.agent(awaited);
            if agent.is_some_and(|agent| self.was.moved.contains_key(&agent.reference())) {
                along.insert(awaited.clone());
            }
        }
        let stands_above = match (after.commit, lanes.tip(&agent.id)) {
            (Some(step), Some(tip)) => self.history().is_ancestor(step, tip)?,
            _ => false,
        };
        Ok(Some(Entering {
            lane: entrant.agent.clone(),
            evidence: entrant.evidence.clone(),
            by_paths_alone: false,
            stands_above,
            waits_for,
            idle,
            taken_back,
            tracked,
            along,
            changes: changes.into_values().collect(),
            taken_away: gone,
            carried: carried.into_values().collect(),
            stale,
        }))
    }
}
