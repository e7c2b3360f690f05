//! The work that history holds: what the trunk took in a period, and the branches beside it.

use std::collections::{BTreeMap, BTreeSet};

use policy::name::RefName;
use policy::oid::Oid;

use super::Place;
use super::subject::merged_branch;
use crate::evidence::tips::commit_of;
use crate::ritual::Done;
use crate::ritual::run::Run;

/// What was found.
pub struct Collected {
    /// What landed, oldest first, then the branches by name.
    pub works: Vec<Raw>,
    /// How many branches have nothing of the period.
    pub older_branches: usize,
    /// All branches beside the trunk, short, with their tips: also those whose work has landed.
    pub branches: Vec<(String, Oid)>,
    /// When the period begins, in seconds since 1970.
    pub since: i64,
}

/// One piece of work, before it is judged.
pub struct Raw {
    /// Where it is.
    pub place: Place,
    /// Its branch, short, where that is known. Foreign text.
    pub branch: Option<String>,
    /// Its newest commit.
    pub tip: Oid,
    /// The trunk that it is seen from; nothing before the first commit.
    pub seen_from: Vec<Oid>,
    /// When it landed; of an open branch, when it was last committed to. Foreign: it may lie.
    pub time: i64,
}

/// Collects the work since a time, in seconds since 1970.
pub fn collect(run: &Run<'_>, since: i64) -> Done<Collected> {
    let branches = branches(run)?;
    let mut works = landed(run, since, &branches)?;
    let mut older_branches = 0;
    let mut seen = BTreeSet::new();
    let all = branches.iter().map(|(name, tip)| (short(name), *tip)).collect();
    for (name, tip) in branches {
        // A branch and its tracking ref are one piece of work as long as they are at one place.
        if !seen.insert(tip) || run.history.is_reachable(tip, &run.tips)? {
            continue;
        }
        let time = run.history.commit(tip)?.time;
        if time < since {
            older_branches += 1;
            continue;
        }
        let branch = Some(short(&name));
        let (place, seen_from) = (Place::Branch(name), run.tips.clone());
        works.push(Raw { place, branch, tip, seen_from, time });
    }
    Ok(Collected { works, older_branches, branches: all, since })
}

fn landed(run: &Run<'_>, since: i64, branches: &[(RefName, Oid)]) -> Done<Vec<Raw>> {
    let history = &run.history;
    let mut chain = history
        .first_parents(run.governing(), |commit| Ok(history.commit(commit)?.time < since))?;
    chain.reverse();
    let names: BTreeMap<Oid, &RefName> =
        branches.iter().rev().map(|(name, tip)| (*tip, name)).collect();
    let mut works = Vec::with_capacity(chain.len());
    for commit in chain {
        let header = history.commit(commit)?;
        let named = history.named(commit)?;
        let parents = history.parents(commit)?;
        let seen_from: Vec<Oid> = parents.first().copied().into_iter().collect();
        let time = header.time;
        if parents.len() < 2 {
            let place = Place::Step(named);
            works.push(Raw { place, branch: None, tip: commit, seen_from, time });
            continue;
        }
        for tip in &parents[1..] {
            if history.is_reachable(*tip, &seen_from)? {
                continue; // It was there.
            }
            let said = merged_branch(&header.summary).filter(|_| parents.len() == 2);
            let said = said.filter(|name| *name != run.trunk.name).map(str::to_owned);
            let branch = said.or_else(|| names.get(tip).map(|name| short(name)));
            let (place, seen_from) = (Place::Merge(named.clone()), seen_from.clone());
            works.push(Raw { place, branch, tip: *tip, seen_from, time });
        }
    }
    Ok(works)
}

/// All branches, local ones first, without the trunk wherever it is.
fn branches(run: &Run<'_>) -> Done<Vec<(RefName, Oid)>> {
    let mut found = Vec::new();
    for prefix in ["refs/heads/", "refs/remotes/"] {
        for reference in run.view.references(prefix)? {
            let is_trunk = reference.name == run.trunk.reference
                || short(&reference.name) == run.trunk.name
                || run.trunk.upstream.as_ref().is_some_and(|(name, _)| *name == reference.name);
            // `origin/HEAD` is another name for what has one.
            if !is_trunk && reference.symbolic.is_none() {
                let tip = commit_of(&run.history, &reference.name, reference.target)?;
                found.push((reference.name, tip));
            }
        }
    }
    Ok(found)
}

/// The branch's own name, also of a tracking ref.
fn short(name: &RefName) -> String {
    match name.tracked() {
        Some((_, branch)) => String::from_utf8_lossy(branch).into_owned(),
        None => name.short(),
    }
}
