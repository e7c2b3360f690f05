//! What became of a change that would have been refused and landed: it stayed, was taken back, or
//! was mended.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use policy::change::{CommitRef, Entry};
use policy::path::RepoPath;

use super::subject::mends;
use super::works::Raw;
use super::{Fate, Work};
use crate::evidence::history::History;
use crate::repository::Read;
use crate::ritual::Done;
use crate::ritual::run::Run;

/// Tells it of every path of every refusal of what has landed.
pub fn tell(run: &Run<'_>, raws: &[Raw], works: &mut [Work]) -> Done<()> {
    let history = &run.history;
    let asked: BTreeSet<RepoPath> = works
        .iter()
        .filter(|work| work.place.landed_by().is_some())
        .flat_map(|work| work.findings.iter().filter(|found| found.refuses()))
        .filter_map(|found| found.violation.path.clone())
        .collect();
    if asked.is_empty() {
        return Ok(());
    }
    let mut lines = BTreeMap::new();
    for (path, touched) in touched_by(history, raws, &asked)? {
        lines.insert(path.clone(), Line::new(history, raws, &path, touched)?);
    }
    for (at, work) in works.iter_mut().enumerate() {
        if work.place.landed_by().is_none() {
            continue;
        }
        for found in work.findings.iter_mut().filter(|found| found.refuses()) {
            let Some(path) = &found.violation.path else { continue };
            let before = match raws[at].seen_from.first() {
                Some(before) => history.entry_at(*before, path)?,
                None => None,
            };
            found.fate = Some(lines.get(path).map_or(Fate::Stayed, |line| {
                line.fate(at, before, |number| raws[number].place.landed_by().cloned())
            }));
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

/// What the trunk made of one path, so that every refusal of it is answered by a look-up.
struct Line {
    /// The last piece of work that left the path with an entry.
    last_with: HashMap<Option<Entry>, usize>,
    /// The pieces of work that mended it, oldest first.
    mended: Vec<usize>,
}

impl Line {
    fn new(history: &History<'_>, raws: &[Raw], path: &RepoPath, by: Vec<usize>) -> Read<Self> {
        let (mut last_with, mut mended) = (HashMap::new(), Vec::new());
        for number in by {
            let Some(commit) = raws[number].place.landed_by() else { continue };
            last_with.insert(history.entry_at(commit.id, path)?, number);
            if is_mended_by(history, &raws[number], commit, path)? {
                mended.push(number);
            }
        }
        Ok(Self { last_with, mended })
    }

    fn fate(
        &self,
        at: usize,
        before: Option<Entry>,
        by: impl Fn(usize) -> Option<CommitRef>,
    ) -> Fate {
        let taken_back = self.last_with.get(&before).copied().filter(|number| *number > at);
        if let Some(by) = taken_back.and_then(&by) {
            return Fate::TakenBack(by);
        }
        let next = self.mended.partition_point(|number| *number <= at);
        self.mended.get(next).copied().and_then(&by).map_or(Fate::Stayed, Fate::Mended)
    }
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
