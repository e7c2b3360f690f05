//! Which lanes' work enters the trunk by a step, and which state of each is judged.

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use policy::attempt::EntryEvidence;
use policy::change::Entry;
use policy::contract::{Agent, Mode, Permission};
use policy::name::AgentId;
use policy::oid::Oid;
use policy::path::RepoPath;

use super::came::Came;
use crate::evidence::Known;
use crate::evidence::contract::Contracts;
use crate::evidence::history::{History, Walk, held_by_newest};
use crate::evidence::lane::landed::Landings;
use crate::evidence::lane::own::Lanes;
use crate::evidence::line::has_come;
use crate::evidence::state::State;
use crate::repository::TreeChange;

/// A step of the trunk as the entering of lanes is asked of it.
pub struct Step<'a, 'v> {
    /// The contracts of the trunk.
    pub contracts: &'a Contracts<'a, 'v>,
    /// The lanes under the step's contract.
    pub lanes: &'a Lanes<'a, 'v>,
    /// Which of them have landed.
    pub landings: &'a Landings<'a, 'v>,
    /// The trunk before the whole move of which this is a step: own commits are seen from there.
    pub seen_from: &'a [Oid],
    /// The trunk before the step.
    pub before: &'a State,
    /// The trunk after the step.
    pub after: &'a State,
    /// The commits of the first-parent chain in the step, newest first.
    pub chain: &'a [Oid],
    /// What differs between the two.
    pub changes: &'a [TreeChange],
    /// Whether the trunk takes landings only.
    pub by_landings_only: bool,
    /// See [`Step::brings_of_a_branch`], once it was asked.
    pub brings_of_a_branch: OnceCell<bool>,
}

/// A lane whose work enters, with the states of it that are judged.
pub struct Entrant {
    /// Whose.
    pub agent: AgentId,
    /// How that is known.
    pub evidence: EntryEvidence,
    /// What is judged: what the step merges, or else the lane's tip.
    pub judged: Vec<Judged>,
}

impl Entrant {
    /// The commits of what is judged.
    pub fn heads(&self) -> impl Iterator<Item = Oid> + '_ {
        self.judged.iter().flat_map(|judged| judged.state.heads.iter().copied())
    }
}

/// A state of a lane that is judged.
pub struct Judged {
    /// The state.
    pub state: State,
    /// What lies directly beneath it where it came by a line of landings: those landings came first.
    pub beneath: Option<Oid>,
    /// The newest of that line which the lane has taken in.
    pub taken_in: Option<Oid>,
}

/// What of a step may show that a lane's work enters.
pub(super) struct Traces<'t> {
    /// The commits that it brings.
    pub(super) fresh: Rc<Walk>,
    /// The lanes whose own paths it changes.
    owners: BTreeSet<&'t AgentId>,
    /// What it puts at the paths that it changes.
    pub(super) contents: BTreeMap<&'t RepoPath, Entry>,
}

impl<'a, 'v> Step<'a, 'v> {
    pub(super) fn history(&self) -> &'a History<'v> {
        self.lanes.history
    }

    /// The commits that the step brings: reachable after it and not before.
    pub fn fresh(&self) -> Known<Rc<Walk>> {
        Ok(self.history().walk(&self.after.heads, &self.before.heads)?)
    }

    /// The other parents of the step: what it merges, as far as the trunk did not have it.
    pub fn merged_parents(&self) -> Known<Vec<Oid>> {
        merged_parents(self.history(), &*self.fresh()?, self.after, self.chain)
    }

    /// The lanes whose work enters, in the contract's order.
    pub fn entering(&self) -> Known<Vec<Entrant>> {
        let traces = self.traces()?;
        let mut entering = Vec::new();
        for agent in self.lanes.contract.agents() {
            if let Some(evidence) = self.evidence(agent, &traces)? {
                entering.push((agent, evidence));
            }
        }
        let mut entrants = self.entrants(entering, &traces)?;
        let more = self.left_unjudged(&mut entrants, &traces)?;
        let more = self.entrants(more, &traces)?;
        if !more.is_empty() {
            let place = |one: &Entrant| {
                self.lanes.contract.agents().iter().position(|agent| agent.id == one.agent)
            };
            entrants.extend(more);
            entrants.sort_by_key(place);
        }
        Ok(entrants)
    }

    /// What of each is judged.
    fn entrants(
        &self,
        entering: Vec<(&Agent, EntryEvidence)>,
        traces: &Traces<'_>,
    ) -> Known<Vec<Entrant>> {
        if entering.is_empty() {
            return Ok(Vec::new());
        }
        let brought = self.brought_by_lane(&traces.fresh)?;
        let mut entrants = Vec::with_capacity(entering.len());
        for (agent, evidence) in entering {
            let merged = brought.get(&agent.id).map(Vec::as_slice).unwrap_or_default();
            let judged = self.judged(agent, merged, traces)?;
            entrants.push(Entrant { agent: agent.id.clone(), evidence, judged });
        }
        Ok(entrants)
    }

    /// Whether a lane of which own commits come in had not landed before, or brings more since. A withdrawn
    /// one counts as landed, and may not enter all the same.
    pub(super) fn goes_on_or_comes(
        &self,
        agent: &Agent,
        own: &Walk,
        traces: &Traces<'_>,
    ) -> Known<bool> {
        Ok(agent.withdrawn
            || !self.landings.of(agent, self.before)?.counts()
            || self.brings_more(own, traces)?)
    }

    fn traces(&self) -> Known<Traces<'_>> {
        let own_lane = |change: &TreeChange| self.lanes.contract.own_lane(&change.path);
        let content = |change: &'a TreeChange| change.new.map(|entry| (&change.path, entry));
        Ok(Traces {
            fresh: self.fresh()?,
            owners: self.changes.iter().filter_map(own_lane).collect(),
            contents: self.changes.iter().filter_map(content).collect(),
        })
    }

    /// Whether a lane's work enters, and how that is known. What costs most is asked last.
    fn evidence(&self, agent: &Agent, traces: &Traces<'_>) -> Known<Option<EntryEvidence>> {
        let own = self.lanes.own_commits(&agent.id, self.seen_from)?;
        let commit = self.entering_commit(agent, &own, &traces.fresh)?;
        let contents = match commit {
            None if !traces.owners.is_empty() => self.same_contents(agent, &own.order, traces)?,
            _ => Vec::new(),
        };
        let picked = match commit {
            None if !agent.withdrawn => self.picked(&own)?,
            _ => None,
        };
        let is_traced = commit.is_some() || picked.is_some() || !contents.is_empty();
        let may_be_its = is_traced || traces.owners.contains(&agent.id);
        let followed = if may_be_its { None } else { self.followed_elsewhere(agent, &own)? };
        if !may_be_its && followed.is_none() {
            return Ok(None);
        }
        if picked.is_none() && !self.goes_on_or_comes(agent, &own, traces)? {
            return Ok(None);
        }
        if let Some(commit) = commit {
            return Ok(Some(EntryEvidence::Commit(self.history().named(commit)?)));
        }
        let landed = !agent.withdrawn && self.landings.of(agent, self.after)?.counts();
        let tip: Vec<Oid> = self.lanes.tip(&agent.id).into_iter().collect();
        for (path, entry, commit) in contents {
            if landed || !self.trunk_ever_had(path, entry, &tip)? {
                return Ok(Some(EntryEvidence::Content(
                    path.clone(),
                    self.history().named(commit)?,
                )));
            }
        }
        let picked = self.changes.first().map(|change| &change.path).zip(picked);
        if let Some((path, commit)) = picked.or(followed) {
            let commit = self.history().named(commit)?;
            return Ok(Some(EntryEvidence::Content(path.clone(), commit)));
        }
        let counts =
            landed && !self.lanes.has_only_what_was_made_here(&agent.id, &self.before.heads)?;
        Ok(counts.then_some(EntryEvidence::Landed))
    }

    /// An own commit that the step makes part of the trunk. A merge on the trunk's own chain that
    /// changes none of the lane's own paths of itself is nobody's work.
    fn entering_commit(&self, agent: &Agent, own: &Walk, fresh: &Walk) -> Known<Option<Oid>> {
        if fresh.order.len() < own.order.len()
            && !fresh.order.iter().any(|commit| own.set.contains(commit))
        {
            return Ok(None);
        }
        for commit in own.order.iter().filter(|commit| fresh.set.contains(commit)) {
            if (!self.chain.contains(commit) || self.is_work(agent, *commit)?)
                && !self.is_anybodys(agent, *commit)?
                && !self.lanes.is_all_there(*commit, &self.before.heads)?
            {
                return Ok(Some(*commit));
            }
        }
        Ok(None)
    }

    /// Whether a commit in none of the lane's own paths is one of another lane too: several have taken
    /// it in, and it says of none of them that its work comes.
    fn is_anybodys(&self, agent: &Agent, commit: Oid) -> Known<bool> {
        if self.lanes.touches_own(commit, &agent.id)? {
            return Ok(false);
        }
        for other in self.lanes.contract.agents().iter().filter(|other| other.id != agent.id) {
            if self.lanes.own_commits(&other.id, self.seen_from)?.set.contains(&commit) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn is_work(&self, agent: &Agent, commit: Oid) -> Known<bool> {
        Ok(self.history().parents(commit)?.len() < 2
            || self.lanes.touches_own(commit, &agent.id)?)
    }

    fn is_lanes_own_step(&self, agent: &Agent, commit: Oid) -> Known<bool> {
        Ok(self.history().parents(commit)?.len() < 2
            && self.lanes.touches_own(commit, &agent.id)?)
    }

    /// The lane's own paths that have, after the step, the content that an own commit gave them (a
    /// squash, a cherry-pick). What several lanes may edit, a generated file or a list that is only
    /// added to, comes to be equal in them without any work that went from one to the other.
    fn same_contents<'t>(
        &self,
        agent: &Agent,
        own: &[Oid],
        traces: &Traces<'t>,
    ) -> Known<Vec<(&'t RepoPath, Entry, Oid)>> {
        let mut same = Vec::new();
        for commit in own.iter().filter(|commit| !traces.fresh.set.contains(commit)) {
            for change in self.history().touched(*commit)?.iter() {
                let Some(entry) = change.new else { continue };
                if let Some((path, there)) = traces.contents.get_key_value(&change.path)
                    && *there == entry
                    && self.is_own_path(agent, path)
                    && !self.lanes.was_made_here(&agent.id, *commit, change)?
                {
                    same.push((*path, entry, *commit));
                }
            }
        }
        Ok(same)
    }

    /// Whether a step brings anything of what a lane's branch has, or had before it moved: its commits,
    /// what they put into its own paths, or all that it has changed there, under whichever other commits.
    pub fn brings_of_a_branch(&self) -> Known<bool> {
        if let Some(known) = self.brings_of_a_branch.get() {
            return Ok(*known);
        }
        let found = self.find_of_a_branch()?;
        Ok(*self.brings_of_a_branch.get_or_init(|| found))
    }

    fn find_of_a_branch(&self) -> Known<bool> {
        let traces = self.traces()?;
        for agent in self.lanes.contract.agents() {
            if self.brings_commits_of(&agent.id, &traces.fresh)? {
                return Ok(true);
            }
            for place in self.lanes.places(&agent.id) {
                // One that has not begun would land by whatever is in its paths.
                if self.history().is_reachable(place, &self.before.heads)? {
                    continue;
                }
                let own = self.lanes.own_among(&agent.id, &[place], &self.before.heads)?;
                if !self.same_contents(agent, &own, &traces)?.is_empty()
                    || (self.landings.had_landed(agent, place, self.after)?
                        && !self.landings.had_landed(agent, place, self.before)?)
                {
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }

    /// Whether a step brings own commits of a lane that its branch has or had: its paths alone make those
    /// of no branch its own.
    pub fn brings_commits_of(&self, lane: &AgentId, fresh: &Walk) -> Known<bool> {
        let own = self.lanes.own_commits(lane, self.seen_from)?;
        for commit in own.order.iter().filter(|commit| fresh.set.contains(commit)) {
            if !self.lanes.is_stray(lane, *commit)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Whether a path is the lane's own, or was that of a lane which is withdrawn.
    pub(super) fn is_own_path(&self, agent: &Agent, path: &RepoPath) -> bool {
        let contract = self.lanes.contract;
        match contract.own_lane(path) {
            Some(owner) => *owner == agent.id,
            None => {
                let edits = |said| matches!(said, Permission::Granted { mode: Mode::Edit, .. });
                agent.withdrawn
                    && !contract.is_generated(path)
                    && edits(contract.permission(&agent.id, path))
            }
        }
    }

    /// Whether the trunk before the step ever had this entry, or its merge bases with the lane.
    pub(super) fn trunk_ever_had(&self, path: &RepoPath, entry: Entry, tip: &[Oid]) -> Known<bool> {
        let history = self.history();
        let bases = history.merge_bases(&self.before.heads, tip)?;
        for commit in &bases {
            if history.entry_at(*commit, path)? == Some(entry) {
                return Ok(true);
            }
        }
        // Most often it was lately, or never.
        for below in [bases.as_slice(), &[]] {
            let fresh = history.walk(&self.before.heads, below)?;
            let is_it = |commit| Ok(history.entry_at(commit, path)? == Some(entry));
            if has_come(self.contracts, self.before, &fresh, path, &mut { is_it })? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The states of a lane that are judged: the commits of the trunk's own chain that it made,
    /// what the step merges of it, or else its tip, or else, with its branch gone, the step.
    fn judged(&self, agent: &Agent, merged: &[Came], traces: &Traces<'_>) -> Known<Vec<Judged>> {
        let fresh = &*traces.fresh;
        let tip = self.lanes.tip(&agent.id);
        let newest = self.newest_of_chain(agent, merged, fresh)?;
        // What is not known to be the lane's alone may stand above that, up to its very tip.
        let above = |newest| self.chain.iter().take_while(move |commit| **commit != newest);
        let newest = newest.map(|newest| {
            tip.filter(|tip| above(newest).any(|commit| commit == tip)).unwrap_or(newest)
        });
        let mut came: Vec<Came> = Vec::new();
        let mut add =
            |head: Option<Oid>| came.extend(head.map(|head| Came { head, beneath: None }));
        add(newest);
        if newest.is_some() && self.is_made_again_above(newest)? {
            // Above the very tip the lane has gone on, and its branch here is behind: what keeps to
            // its paths there is its work, as if the branch had been pushed along.
            add(if tip == newest { self.chain.first().copied() } else { tip });
        }
        came.extend(merged);
        if let Some(tip) = tip.filter(|_| came.is_empty()) {
            came = self.landed_on_line(agent, self.as_it_was(agent, tip, traces)?, fresh)?;
        }
        if came.is_empty() {
            came = self.changed_on_line(agent, fresh)?;
        }
        if came.is_empty() {
            let state = self.after.clone();
            return Ok(vec![Judged { state, beneath: None, taken_in: None }]);
        }
        let mut judged = Vec::with_capacity(came.len());
        for Came { head, beneath } in came {
            let taken_in = match beneath {
                Some(beneath) => self.newest_reached(&self.fresh_line(beneath, fresh)?, head)?,
                None => None,
            };
            let state = State::of_commit(self.history(), head)?;
            judged.push(Judged { state, beneath, taken_in });
        }
        Ok(judged)
    }

    /// The newest commit of a line that a head reaches: each of the line reaches all below it.
    pub(super) fn newest_reached(&self, line: &[Oid], head: Oid) -> Known<Option<Oid>> {
        let is_beyond = |commit| Ok(!self.history().is_ancestor(commit, head)?);
        Ok(line.get(held_by_newest(line, is_beyond)?).copied())
    }

    /// Whether single commits stand above the newest one that the lane made: the rest of a lane
    /// whose last commits were made again on their way (reworded, rebased).
    fn is_made_again_above(&self, newest: Option<Oid>) -> Known<bool> {
        match self.chain.first() {
            Some(top) if Some(*top) != newest => Ok(self.history().parents(*top)?.len() == 1),
            _ => Ok(false),
        }
    }

    /// The newest commit of the chain that the lane itself made: one that changes its own paths,
    /// or that has such a one, or a merged state of the lane, as its first parent.
    fn newest_of_chain(&self, agent: &Agent, merged: &[Came], fresh: &Walk) -> Known<Option<Oid>> {
        let own = self.lanes.own_commits(&agent.id, self.seen_from)?;
        let mut newest = None;
        for commit in self.chain.iter().rev() {
            if !own.set.contains(commit) || !fresh.set.contains(commit) {
                continue;
            }
            let first = self.history().parents(*commit)?.first().copied();
            let continues = first.is_some()
                && (first == newest || merged.iter().any(|came| Some(came.head) == first));
            if continues || self.is_lanes_own_step(agent, *commit)? {
                newest = Some(*commit);
            }
        }
        Ok(newest)
    }
}

/// What a step merges of what it brings: the parents that are not on its own chain.
pub(super) fn merged_parents(
    history: &History<'_>,
    fresh: &Walk,
    after: &State,
    chain: &[Oid],
) -> Known<Vec<Oid>> {
    let mut parents = Vec::new();
    let mut add = |parent: Oid| {
        let merged = fresh.set.contains(&parent) && !chain.contains(&parent);
        if merged && !parents.contains(&parent) {
            parents.push(parent);
        }
    };
    if after.commit.is_none() {
        after.heads.iter().copied().for_each(&mut add);
    }
    for commit in chain {
        history.parents(*commit)?.into_iter().for_each(&mut add);
    }
    Ok(parents)
}
