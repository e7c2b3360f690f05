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
use super::driver::may_have_driver;
use super::renames::Renames;
use crate::evidence::Known;
use crate::evidence::contract::Contracts;
use crate::evidence::history::History;
use crate::evidence::line::has_come;
use crate::evidence::merge::{Contents, Merged, Slot, at_bases, base_slots, slot};
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
    /// What the trunk's tips hold.
    pub trunk: Vec<Slot>,
    /// What is judged.
    pub new: Option<Entry>,
}

impl NetEffect {
    /// Whether merging it would still change a path that the contract grants to the agent, and nobody
    /// would have to resolve that: what conflicts may be what the trunk took otherwise. What is
    /// generated is made again by each landing.
    pub fn brings_more(
        &self,
        history: &History<'_>,
        contract: &Contract,
        agent: &AgentId,
    ) -> Known<bool> {
        let contents = Contents::new(history);
        let is_asked = |path: &RepoPath| {
            let shared = contract.governing_shared(path).map(|entry| &entry.policy);
            contract.grants(agent, path) && !matches!(shared, Some(SharedPolicy::GeneratedBy(_)))
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
    for path in candidates(history, &bases.all, state, only)? {
        if let Some(net) = net_path(contracts, trunk, (&bases, &renames), state, path)? {
            paths.push(net);
        }
    }
    Ok(NetEffect { bases: bases.all, paths })
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
    path: RepoPath,
) -> Known<Option<NetPath>> {
    let counting = bases.at(contracts.history(), &path)?;
    let found = net_path_from(contracts, trunk, (&counting, renames), state, path.clone())?;
    if found.is_some() || counting == bases.all {
        return Ok(found);
    }
    // Git merges with all of them, whatever the trunk took.
    net_path_from(contracts, trunk, (&bases.all, renames), state, path)
}

fn net_path_from(
    contracts: &Contracts<'_, '_>,
    trunk: &[Oid],
    (bases, renames): (&[Oid], &Renames<'_, '_>),
    state: &State,
    path: RepoPath,
) -> Known<Option<NetPath>> {
    let history = contracts.history();
    let entry = state.entry(history, &path)?;
    let new = slot(entry);
    let mut on_trunk = Vec::new();
    for tip in trunk {
        let held = slot(history.entry_at(*tip, &path)?);
        if held == new {
            return Ok(None);
        }
        on_trunk.push(held);
    }
    let contents = Contents::with(history, state);
    // What has nothing in common with the trunk goes on from the trunk as it is.
    let base = match bases.is_empty() && !on_trunk.is_empty() {
        true => on_trunk.clone(),
        false => base_slots(history, bases, &path)?,
    };
    if base.len() > 1 && is_taken_by_git(&contents, bases, &path, &on_trunk, &new)? {
        return Ok(Some(NetPath { path, bases: base, trunk: on_trunk, new: entry }));
    }
    for held in &base {
        if contents.same(held, &new)? {
            return Ok(None);
        }
    }
    for (tip, ours) in trunk.iter().zip(&on_trunk) {
        for held in &base {
            match contents.merge(held, ours, &new)? {
                Merged::Clean(merged) if contents.same(&merged, ours)? => return Ok(None),
                Merged::Clean(_) => {}
                Merged::Conflict => {
                    let there = State::of_commit(history, *tip)?;
                    if !trunk_had(contracts, &there, bases, &path, entry)? {
                        continue;
                    }
                    // Otherwise somebody has to resolve it.
                    let merges_cleanly = (entry.is_none() && renames.may_be(state, &path)?)
                        || (ours.is_none() && renames.may_be(&there, &path)?)
                        || may_have_driver(history, *tip, &path)?;
                    if !merges_cleanly {
                        return Ok(None);
                    }
                }
            }
        }
    }
    Ok(Some(NetPath { path, bases: base, trunk: on_trunk, new: entry }))
}

/// Whether git would change a path on the trunk's tips without any conflict, where the merge bases conflict
/// about it: it goes on from a text that has their conflict in it, and the rest as they agree on it.
fn is_taken_by_git(
    contents: &Contents<'_, '_>,
    bases: &[Oid],
    path: &RepoPath,
    on_trunk: &[Slot],
    new: &Slot,
) -> Known<bool> {
    let merged = at_bases(contents.history(), bases, path)?;
    let Some(base) = merged.slot() else { return Ok(false) };
    for ours in on_trunk {
        match contents.merge(base, ours, new)? {
            Merged::Clean(merged) if !contents.same(&merged, ours)? => {}
            _ => return Ok(false),
        }
    }
    Ok(true)
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
