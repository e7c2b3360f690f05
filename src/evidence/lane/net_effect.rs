//! A lane's net effect: what landing it would change.
//!
//! A path belongs to it when its entry differs from the trunk's and from the merge base's, and
//! merging it into the trunk would change something there. So what came in from the trunk is
//! never blamed on the lane, and what the lane has undone is gone.

use std::collections::BTreeSet;

use policy::change::Entry;
use policy::contract::{Contract, SharedPolicy};
use policy::name::AgentId;
use policy::oid::Oid;
use policy::path::RepoPath;

use super::bases::Bases;
use super::driver::{Driver, driver};
use super::renames::Renames;
use crate::evidence::Known;
use crate::evidence::base::Base;
use crate::evidence::contract::Contracts;
use crate::evidence::history::History;
use crate::evidence::line::has_come;
use crate::evidence::merge::{Contents, Merged, Slot, is_submodule, slot};
use crate::evidence::state::State;
use crate::repository::Read;

/// A lane's net effect as seen from the trunk.
#[derive(Debug, Clone)]
pub struct NetEffect {
    /// The merge bases with the trunk.
    pub bases: Vec<Oid>,
    /// The paths, sorted.
    pub paths: Vec<NetPath>,
}

/// One path of a net effect.
#[derive(Debug, Clone)]
pub struct NetPath {
    /// Which.
    pub path: RepoPath,
    /// What the merge base holds; several where the merge bases do not go together.
    pub bases: Vec<Slot>,
    /// What the trunk's tips hold; none where path by path it is no answer what merging makes of them.
    pub trunk: Vec<Slot>,
    /// What is judged.
    pub new: Option<Entry>,
}

impl NetEffect {
    /// Whether merging it, of which all has arrived that it does to its own paths, would still change another path
    /// that the contract grants to the agent, and nobody would have to resolve that: what conflicts may be what the
    /// trunk took otherwise, and what an own path lacks the trunk has taken back. What is generated is made again by
    /// each landing. Some paths are not asked about.
    pub fn brings_more(
        &self,
        history: &History<'_>,
        contract: &Contract,
        agent: &AgentId,
        but: &BTreeSet<RepoPath>,
    ) -> Known<bool> {
        let contents = Contents::new(history);
        let is_asked = |path: &RepoPath| {
            let shared = contract.governing_shared(path).map(|entry| &entry.policy);
            contract.grants(agent, path)
                && contract.own_lane(path) != Some(agent)
                && !matches!(shared, Some(SharedPolicy::GeneratedBy(_)))
                && !but.contains(path)
        };
        for path in self.paths.iter().filter(|net| is_asked(&net.path)) {
            let new = slot(path.new);
            let mut merges = !path.bases.is_empty();
            for (base, ours) in
                path.bases.iter().flat_map(|base| path.trunk.iter().map(move |ours| (base, ours)))
            {
                merges = merges && matches!(contents.merge(base, ours, &new)?, Merged::Clean(_));
            }
            if merges {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// The net effect of a state, as seen from the trunk's tips; of some paths only, where given.
pub fn net_effect(
    contracts: &Contracts<'_, '_>,
    trunk: &[Oid],
    state: &State,
    only: Option<&BTreeSet<RepoPath>>,
) -> Known<NetEffect> {
    let history = contracts.history();
    let bases = Bases::between(history, trunk, &state.heads)?;
    let mut paths = Vec::new();
    let renames = Renames::new(history, &bases.all);
    let mut excused = BTreeSet::new();
    for path in candidates(history, &bases.all, state, only)? {
        match net_path(contracts, trunk, (&bases, &renames), state, &path)? {
            Found::Net(net) => paths.push(net),
            Found::Excused => drop(excused.insert(path)),
            Found::Nothing => {}
        }
    }
    if !excused.is_empty() {
        paths.extend(taken_by_git(history, trunk, (&bases.all, state), &excused)?);
        paths.sort_unstable_by(|one, other| one.path.cmp(&other.path));
    }
    Ok(NetEffect { bases: bases.all, paths })
}

/// Whether a state has any net effect, which one path of it answers: landing a lane without one would
/// change nothing.
pub fn has_net_effect(contracts: &Contracts<'_, '_>, trunk: &[Oid], state: &State) -> Known<bool> {
    let history = contracts.history();
    let bases = Bases::between(history, trunk, &state.heads)?;
    let renames = Renames::new(history, &bases.all);
    let mut excused = BTreeSet::new();
    for path in candidates(history, &bases.all, state, None)? {
        match net_path(contracts, trunk, (&bases, &renames), state, &path)? {
            Found::Net(_) => return Ok(true),
            Found::Excused => drop(excused.insert(path)),
            Found::Nothing => {}
        }
    }
    Ok(!excused.is_empty()
        && !taken_by_git(history, trunk, (&bases.all, state), &excused)?.is_empty())
}

/// What a path is to a net effect.
enum Found {
    /// It belongs to it.
    Net(NetPath),
    /// It does not: path by path somebody would have to resolve it, or several merge bases hold other things
    /// there, and one of them what the lane has.
    Excused,
    /// It does not.
    Nothing,
}

/// Those of the excused paths that git's own merge changes on each of the trunk's tips without any conflict:
/// path by path there are no renames, no drivers, and no merge of merge bases that goes along with renames. What
/// is not committed yet is judged when it is.
fn taken_by_git(
    history: &History<'_>,
    trunk: &[Oid],
    (bases, state): (&[Oid], &State),
    excused: &BTreeSet<RepoPath>,
) -> Known<Vec<NetPath>> {
    let Some(commit) = state.commit else { return Ok(Vec::new()) };
    let merge = |tip: &Oid| history.merge_by_git(*tip, commit, excused, false);
    let merges = trunk.iter().map(merge).collect::<Read<Vec<_>>>()?;
    let mut taken = Vec::new();
    for path in excused {
        let changes = merges.iter().filter_map(|merged| merged.change(path));
        let on_trunk: Vec<Slot> = changes.map(|change| slot(change.old)).collect();
        if on_trunk.len() == trunk.len() && !trunk.is_empty() {
            let new = history.entry_at(commit, path)?;
            let bases = changed_from(&Base::at(history, bases, path)?, new, on_trunk);
            // What merging it into the trunk makes is not known path by path.
            taken.push(NetPath { path: path.clone(), bases, trunk: Vec::new(), new });
        }
    }
    Ok(taken)
}

/// What several merge bases hold that is something else than what the lane has, or else the trunk.
fn changed_from(base: &Base, new: Option<Entry>, on_trunk: Vec<Slot>) -> Vec<Slot> {
    let changed: Vec<Slot> =
        base.each().iter().filter(|held| **held != slot(new)).cloned().collect();
    if changed.is_empty() { on_trunk } else { changed }
}

/// The paths that differ from any of the merge bases.
fn candidates(
    history: &History<'_>,
    bases: &[Oid],
    state: &State,
    only: Option<&BTreeSet<RepoPath>>,
) -> Read<BTreeSet<RepoPath>> {
    if let Some(only) = only {
        return Ok(only.clone());
    }
    let mut paths = BTreeSet::new();
    if bases.is_empty() {
        paths.extend(state.diff_from(history, None)?.into_iter().map(|change| change.path));
    }
    for base in bases {
        let tree = history.tree(*base)?;
        paths.extend(state.diff_from(history, Some(tree))?.into_iter().map(|change| change.path));
    }
    Ok(paths)
}

fn net_path(
    contracts: &Contracts<'_, '_>,
    trunk: &[Oid],
    (bases, renames): (&Bases, &Renames<'_, '_>),
    state: &State,
    path: &RepoPath,
) -> Known<Found> {
    let counting = bases.at(contracts.history(), path)?;
    let found = net_path_from(contracts, trunk, (&counting, renames), state, path.clone())?;
    if matches!(found, Found::Net(_)) || counting == bases.all {
        return Ok(found);
    }
    // Git merges with all of them, whatever the trunk took.
    net_path_from(contracts, trunk, (&bases.all, renames), state, path.clone())
}

fn net_path_from(
    contracts: &Contracts<'_, '_>,
    trunk: &[Oid],
    (bases, renames): (&[Oid], &Renames<'_, '_>),
    state: &State,
    path: RepoPath,
) -> Known<Found> {
    let history = contracts.history();
    let entry = state.entry(history, &path)?;
    let new = slot(entry);
    let mut on_trunk = Vec::new();
    for tip in trunk {
        let held = slot(history.entry_at(*tip, &path)?);
        if held == new {
            return Ok(Found::Nothing);
        }
        on_trunk.push(held);
    }
    let contents = Contents::with(history, state);
    // What has nothing in common with the trunk goes on from the trunk as it is.
    let base = match bases.is_empty() && !on_trunk.is_empty() {
        true => on_trunk.clone(),
        false => {
            let base = Base::at(history, bases, &path)?;
            if base.is_conflict() {
                match over_conflicting(&contents, &base, (trunk, &on_trunk), &path, entry)? {
                    Effect::None => return Ok(Found::Excused),
                    Effect::Changes(bases) => {
                        let net = NetPath { path, bases, trunk: on_trunk, new: entry };
                        return Ok(Found::Net(net));
                    }
                    Effect::Unclear => {}
                }
            }
            base.each().to_vec()
        }
    };
    let excused = match hold_the_same(history, bases, &path)? {
        true => Found::Nothing,
        false => Found::Excused,
    };
    for held in &base {
        if contents.same(held, &new)? {
            return Ok(excused);
        }
    }
    for (tip, ours) in trunk.iter().zip(&on_trunk) {
        for held in &base {
            match contents.merge(held, ours, &new)? {
                Merged::Clean(merged) if contents.same(&merged, ours)? => return Ok(excused),
                Merged::Clean(_) | Merged::Unclear => {}
                Merged::Conflict => {
                    let there = State::of_commit(history, *tip)?;
                    if !trunk_had(contracts, &there, bases, &path, entry)? {
                        continue;
                    }
                    // Otherwise somebody has to resolve it.
                    let merges_cleanly = (entry.is_none() && renames.may_be(state, &path)?)
                        || (ours.is_none() && renames.may_be(&there, &path)?)
                        || is_left_to_a_driver(history, *tip, state, &path)?
                        || [held, ours, &new].into_iter().all(is_submodule);
                    if !merges_cleanly {
                        return Ok(Found::Excused);
                    }
                }
            }
        }
    }
    Ok(Found::Net(NetPath { path, bases: base, trunk: on_trunk, new: entry }))
}

/// Whether all merge bases hold the same at a path.
fn hold_the_same(history: &History<'_>, bases: &[Oid], path: &RepoPath) -> Read<bool> {
    let [first, rest @ ..] = bases else { return Ok(true) };
    let held = history.entry_at(*first, path)?;
    for base in rest {
        if history.entry_at(*base, path)? != held {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Whether a driver may merge a path of which git is not asked what comes of it: what is not committed, and
/// what somebody's own program merges.
fn is_left_to_a_driver(
    history: &History<'_>,
    tip: Oid,
    state: &State,
    path: &RepoPath,
) -> Read<bool> {
    Ok(match driver(history, tip, path)? {
        Some(Driver::BuiltIn) => state.commit.is_none(),
        Some(Driver::Program) => true,
        None => false,
    })
}

/// What landing a path does where the merge bases conflict about it.
enum Effect {
    /// Nothing: what git merges leaves the trunk's as it is.
    None,
    /// It is changed without a conflict, from these.
    Changes(Vec<Slot>),
    /// Somebody has to resolve it, or it is not known.
    Unclear,
}

/// What git makes of a path about which the merge bases conflict: it goes on from what their own merge
/// made, or from what a driver made of them.
fn over_conflicting(
    contents: &Contents<'_, '_>,
    base: &Base,
    (trunk, on_trunk): (&[Oid], &[Slot]),
    path: &RepoPath,
    entry: Option<Entry>,
) -> Known<Effect> {
    let history = contents.history();
    let new = &slot(entry);
    let mut changes = true;
    for (tip, ours) in trunk.iter().zip(on_trunk) {
        match driver(history, *tip, path)? {
            Some(Driver::Program) => {
                return Ok(Effect::Changes(changed_from(base, entry, on_trunk.to_vec())));
            }
            // Git is asked, once it is committed.
            Some(Driver::BuiltIn) => return Ok(Effect::None),
            None => {}
        }
        let Some(merged) = base.merged() else { return Ok(Effect::Unclear) };
        match contents.merge(merged, ours, new)? {
            Merged::Clean(merged) if contents.same(&merged, ours)? => return Ok(Effect::None),
            Merged::Clean(_) => {}
            Merged::Conflict | Merged::Unclear => changes = false,
        }
    }
    Ok(match base.merged() {
        Some(merged) if changes => Effect::Changes(vec![merged.clone()]),
        _ => Effect::Unclear,
    })
}

/// Whether the trunk has had this very entry since the merge bases: then somebody picked it
/// into the lane, and the trunk has gone on since.
fn trunk_had(
    contracts: &Contracts<'_, '_>,
    tip: &State,
    bases: &[Oid],
    path: &RepoPath,
    entry: Option<Entry>,
) -> Known<bool> {
    let history = contracts.history();
    let fresh = history.walk(&tip.heads, bases)?;
    has_come(contracts, tip, &fresh, path, &mut |commit| {
        Ok(history.entry_at(commit, path)? == entry)
    })
}
