//! What became of a change that would have been refused and landed: it stayed, was taken back, or
//! was mended.

use std::collections::{BTreeMap, BTreeSet};

use policy::change::CommitRef;
use policy::path::RepoPath;

use super::subject::mends;
use super::works::Raw;
use super::{Fate, Work};
use crate::evidence::history::History;
use crate::repository::Read;
use crate::ritual::Done;
use crate::ritual::run::Run;

/// Tells it of every path of every finding of what has landed.
pub fn tell(run: &Run<'_>, raws: &[Raw], works: &mut [Work]) -> Done<()> {
    let history = &run.history;
    let asked: BTreeSet<RepoPath> = works
        .iter()
        .filter(|work| work.place.landed_by().is_some())
        .flat_map(|work| work.findings.iter().filter_map(|found| found.violation.path.clone()))
        .collect();
    if asked.is_empty() {
        return Ok(());
    }
    let touched = touched_by(history, raws, &asked)?;
    for at in 0..works.len() {
        if works[at].place.landed_by().is_none() {
            continue;
        }
        for number in 0..works[at].findings.len() {
            let Some(path) = works[at].findings[number].violation.path.clone() else { continue };
            let later = touched.get(&path).map(Vec::as_slice).unwrap_or_default();
            let later = later.iter().filter(|other| **other > at).map(|other| &raws[*other]);
            let fate = fate(history, &raws[at], &path, later)?;
            works[at].findings[number].fate = Some(fate);
        }
    }
    Ok(())
}

/// Which landed pieces of work changed a path, by their numbers, oldest first.
fn touched_by(
    history: &History<'_>,
    raws: &[Raw],
    asked: &BTreeSet<RepoPath>,
) -> Read<BTreeMap<RepoPath, Vec<usize>>> {
    let mut touched: BTreeMap<RepoPath, Vec<usize>> = BTreeMap::new();
    for (number, raw) in raws.iter().enumerate() {
        let Some(commit) = raw.place.landed_by() else { continue };
        let before = match raw.seen_from.first() {
            Some(before) => Some(history.tree(*before)?),
            None => None,
        };
        let changes = history.diff(before, Some(history.tree(commit.id)?))?;
        for change in changes.iter().filter(|change| asked.contains(&change.path)) {
            touched.entry(change.path.clone()).or_default().push(number);
        }
    }
    Ok(touched)
}

fn fate<'r>(
    history: &History<'_>,
    work: &Raw,
    path: &RepoPath,
    later: impl Iterator<Item = &'r Raw>,
) -> Read<Fate> {
    let before = match work.seen_from.first() {
        Some(before) => history.entry_at(*before, path)?,
        None => None,
    };
    let mut mended = None;
    for other in later {
        let Some(commit) = other.place.landed_by() else { continue };
        if history.entry_at(commit.id, path)? == before {
            return Ok(Fate::TakenBack(commit.clone()));
        }
        if mended.is_none() && is_mended_by(history, other, commit, path)? {
            mended = Some(commit.clone());
        }
    }
    Ok(mended.map_or(Fate::Stayed, Fate::Mended))
}

/// Whether work says that it mends: by the commit that brought it, or by one of its commits that
/// changed the path.
fn is_mended_by(
    history: &History<'_>,
    work: &Raw,
    commit: &CommitRef,
    path: &RepoPath,
) -> Read<bool> {
    if mends(&commit.summary) {
        return Ok(true);
    }
    for own in &history.walk(&[work.tip], &work.seen_from)?.order {
        if mends(&history.commit(*own)?.summary)
            && history.touched(*own)?.iter().any(|change| change.path == *path)
        {
            return Ok(true);
        }
    }
    Ok(false)
}
