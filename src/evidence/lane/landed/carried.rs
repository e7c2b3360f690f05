//! What a step of the trunk has carried elsewhere: it took a file away, and added the same, or what git would call the
//! same renamed, at another path. The lane's work is still there, wherever that is; what a step takes away and adds
//! nowhere is taken back.
//!
//! What one step takes away and a later one adds may be anybody's, and says nothing.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use policy::change::{Entry, EntryMode};
use policy::oid::Oid;
use policy::path::RepoPath;

use super::wanted::Wanted;
use super::work::Work;
use crate::evidence::Known;
use crate::evidence::history::Walk;
use crate::evidence::line::planted::{Planted, What};
use crate::evidence::line::{Taken, line_up_to, trunk_parent};
use crate::evidence::merge::Contents;
use crate::evidence::state::State;
use crate::repository::TreeChange;

/// In how many steps of the trunk, the newest, it is looked for where files were carried: beyond, they were not.
const MOST_STEPS: usize = 500;

/// How much of files is read to see which are alike, in bytes: beyond, only those that are the same were carried.
const MOST_COMPARED: u64 = 16 << 20;

/// What a file costs beside its bytes. An empty one takes time too.
const A_FILE: u64 = 512;

/// Names that files have been carried to, and of which paths they are.
type Names = BTreeMap<RepoPath, BTreeSet<RepoPath>>;

impl Work<'_, '_, '_> {
    /// Whether a file that came to an own path after the lane's base was carried out of the lane's own paths, and
    /// still is where it was carried to. Where it is known what the lane holds, that is one of its files.
    pub(super) fn is_carried_out(&self, lane: Option<&State>, at: &State) -> Known<bool> {
        for (name, origins) in self.carried_since_the_base(lane, at)? {
            if self.is_own(&name) {
                continue;
            }
            let Some(lane) = lane else { return Ok(true) };
            for origin in &origins {
                if lane.entry(self.history(), origin)?.is_some() {
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }

    /// Those own paths that came after the lane's base and are gone, of which something is there under another name.
    pub(super) fn carried_from(&self, at: &State) -> Known<BTreeSet<RepoPath>> {
        let mut gone = BTreeSet::new();
        for origin in self.carried_since_the_base(None, at)?.into_values().flatten() {
            if at.entry(self.history(), &origin)?.is_none() {
                gone.insert(origin);
            }
        }
        Ok(gone)
    }

    /// What the lane took in later was there before its work as well.
    fn carried_since_the_base(&self, lane: Option<&State>, at: &State) -> Known<Names> {
        let history = self.history();
        let Some(base) = self.base else { return Ok(Names::new()) };
        let fresh = history.walk(&at.heads, &[base])?;
        let mut bases = vec![base];
        if let Some(lane) = lane {
            bases.extend(history.merge_bases(&at.heads, &lane.heads)?);
        }
        self.carried((at, &fresh), &bases, &|path, into| {
            Ok(self.is_own_at(path, into)? && history.entry_at(base, path)?.is_none())
        })
    }

    /// Whether a file that the lane has added since the merge bases, and that is gone, is there under another name.
    pub(super) fn is_elsewhere<'w>(
        &self,
        gone: impl Iterator<Item = &'w Wanted>,
        (at, fresh): (&State, &Walk),
        bases: &[Oid],
    ) -> Known<bool> {
        let added: HashSet<&RepoPath> = gone
            .filter(|wanted| wanted.tip.is_some() && wanted.base.merged() == Some(&None))
            .map(|wanted| &wanted.path)
            .collect();
        if added.is_empty() {
            return Ok(false);
        }
        let names = self.carried((at, fresh), bases, &|path, _| Ok(added.contains(path)))?;
        Ok(!names.is_empty())
    }

    /// The newest steps up to a state, by the line on which the trunk went on: a lane that has taken the trunk in and
    /// became it has all that the trunk did meanwhile as one step of its own, and steps below it that never were the
    /// trunk's.
    fn trunk_line(&self, at: &State, fresh: &Walk) -> Known<Vec<Taken>> {
        let history = self.history();
        let mut line = Vec::new();
        let mut rest = line_up_to(history, at, &fresh.set)?.into_iter();
        while let Some(mut taken) = rest.next() {
            if let (Some(commit), false) = (taken.state.commit, taken.others.is_empty())
                && let Some(below) = trunk_parent(self.contracts, commit)?
                && taken.into != Some(below)
            {
                taken.into = Some(below);
                let state = State::of_commit(history, below)?;
                rest = line_up_to(history, &state, &fresh.set)?.into_iter();
            }
            line.push(taken);
            if line.len() == MOST_STEPS {
                break;
            }
        }
        Ok(line)
    }

    /// To where the steps of the line up to a state have carried what they took away at some paths, as far as it is
    /// there now. To a path that was there before nothing is carried, unless it is of the same: there something is given
    /// back, as where the lane itself had renamed the file.
    fn carried(
        &self,
        (at, fresh): (&State, &Walk),
        bases: &[Oid],
        is_sought: &dyn Fn(&RepoPath, Oid) -> Known<bool>,
    ) -> Known<Names> {
        let mut line = line_up_to(self.history(), at, &fresh.set)?;
        line.truncate(MOST_STEPS);
        let found = self.carried_along(&line, at, bases, is_sought)?;
        // Which line it is costs more to know, and is asked only where something hangs on it.
        if found.is_empty() || line.iter().all(|taken| taken.others.is_empty()) {
            return Ok(found);
        }
        self.carried_along(&self.trunk_line(at, fresh)?, at, bases, is_sought)
    }

    fn carried_along(
        &self,
        line: &[Taken],
        at: &State,
        bases: &[Oid],
        is_sought: &dyn Fn(&RepoPath, Oid) -> Known<bool>,
    ) -> Known<Names> {
        let history = self.history();
        let (mut names, mut left) = (Names::new(), MOST_COMPARED);
        // What was taken away on the way, and of which paths it was.
        let mut taken_away = Names::new();
        for (number, taken) in line.iter().enumerate().rev() {
            let Some(into) = taken.into else { continue };
            let changes = taken.state.diff_from(history, Some(history.tree(into)?))?;
            let adds = changes.iter().any(|change| change.old.is_none());
            let mut gone = BTreeMap::new();
            for change in changes.iter().filter(|change| change.new.is_none()) {
                let mut origins = names.remove(&change.path).unwrap_or_default();
                if adds
                    && is_sought(&change.path, into)?
                    && self.was_the_trunks(line, number + 1, &change.path)?
                {
                    origins.insert(change.path.clone());
                }
                gone.insert(&change.path, origins);
            }
            if adds && gone.values().any(|origins| !origins.is_empty()) {
                let sought = gone.iter().filter(|(_, origins)| !origins.is_empty());
                let sought: HashSet<&RepoPath> = sought.map(|(path, _)| *path).collect();
                let contents = Contents::with(history, &taken.state);
                for (from, to) in Step::of(&changes).renames(&sought, &contents, &mut left)? {
                    let Some(origins) = gone.get(from) else { continue };
                    let is_given_back = taken_away
                        .get(to)
                        .is_some_and(|was| was.is_disjoint(origins) && !origins.contains(to));
                    if !is_given_back && !self.had_any(bases, to)? {
                        names.entry(to.clone()).or_default().extend(origins.iter().cloned());
                    }
                }
            }
            for (path, origins) in gone {
                taken_away.entry(path.clone()).or_default().extend(origins);
            }
        }
        let mut there = Names::new();
        for (name, origins) in names {
            if at.entry(history, &name)?.is_some() {
                there.insert(name, origins);
            }
        }
        Ok(there)
    }

    /// Whether a path came to a line, from one of its steps on or further below, by a step of the trunk, and not by
    /// a commit that a lane may have landed together with what took it away again.
    fn was_the_trunks(&self, line: &[Taken], from: usize, path: &RepoPath) -> Known<bool> {
        let history = self.history();
        for (number, taken) in line.iter().enumerate().skip(from) {
            let was_there = match taken.into {
                Some(into) => history.entry_at(into, path)?.is_some(),
                None => false,
            };
            let (false, Some(commit)) = (was_there, taken.state.commit) else { continue };
            let planted = Planted::new(self.contracts);
            return Ok(!planted.is(commit, &line[..number], &[], What::At(path))?);
        }
        Ok(false)
    }

    fn had_any(&self, commits: &[Oid], path: &RepoPath) -> Known<bool> {
        for commit in commits {
            if self.history().entry_at(*commit, path)?.is_some() {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// What a step took away and what it added.
struct Step<'q> {
    gone: Vec<(&'q RepoPath, Entry)>,
    added: Vec<(&'q RepoPath, Entry)>,
}

impl<'q> Step<'q> {
    fn of(changes: &'q [TreeChange]) -> Self {
        let (mut gone, mut added) = (Vec::new(), Vec::new());
        for change in changes {
            match (change.old, change.new) {
                (Some(old), None) => gone.push((&change.path, old)),
                (None, Some(new)) => added.push((&change.path, new)),
                _ => {}
            }
        }
        Self { gone, added }
    }

    /// Where some of what is gone is now: the same wherever it was added; else at each path for which git would take
    /// none that is gone before it.
    fn renames(
        mut self,
        sought: &HashSet<&RepoPath>,
        contents: &Contents<'_, '_>,
        left: &mut u64,
    ) -> Known<Vec<(&'q RepoPath, &'q RepoPath)>> {
        let mut by_entry: HashMap<(Oid, Kind), Vec<&RepoPath>> = HashMap::new();
        for (path, entry) in &self.gone {
            by_entry.entry((entry.id, kind(*entry))).or_default().push(path);
        }
        let (mut renames, mut found) = (Vec::new(), HashSet::new());
        self.added.retain(|(to, entry)| {
            let Some(same) = by_entry.get(&(entry.id, kind(*entry))) else { return true };
            renames.extend(
                same.iter().filter(|from| sought.contains(**from)).map(|from| (*from, *to)),
            );
            found.extend(same.iter().copied());
            false
        });
        self.gone.retain(|(from, _)| !found.contains(from));
        if !self.gone.iter().any(|(from, _)| sought.contains(from)) {
            return Ok(renames);
        }
        for (to, new) in &self.added {
            let Some(like) = self.like(*new, contents, left)? else { break };
            renames.extend(
                like.into_iter().filter(|from| sought.contains(from)).map(|from| (from, *to)),
            );
        }
        Ok(renames)
    }

    /// Those that are gone of which most is in what was added; `None` where no more may be compared.
    fn like(
        &self,
        new: Entry,
        contents: &Contents<'_, '_>,
        left: &mut u64,
    ) -> Known<Option<Vec<&'q RepoPath>>> {
        let (mut like, mut most) = (Vec::new(), 0);
        for (from, old) in &self.gone {
            if kind(*old) != Kind::File || kind(new) != Kind::File {
                continue;
            }
            let (size, of_new) = (contents.size(*old)?, contents.size(new)?);
            let is_half = size.saturating_mul(2) >= of_new && of_new.saturating_mul(2) >= size;
            let cost = if is_half { size.saturating_add(of_new) } else { 0 };
            match left.checked_sub(cost.saturating_add(A_FILE)) {
                Some(rest) => *left = rest,
                None => {
                    *left = 0;
                    return Ok(None);
                }
            }
            let share = if is_half { contents.share_if_renamed(*old, new)? } else { None };
            let Some(share) = share else { continue };
            if share > most {
                like.clear();
                most = share;
            }
            if share == most {
                like.push(*from);
            }
        }
        Ok(Some(like))
    }
}

/// What git never takes for each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Kind {
    File,
    Other(EntryMode),
}

fn kind(entry: Entry) -> Kind {
    match entry.mode {
        EntryMode::File | EntryMode::Executable => Kind::File,
        mode => Kind::Other(mode),
    }
}
