//! Paths that arrive under another name: the lane has renamed a file that the trunk changed, or the trunk one that
//! the lane changed. Git's own merge follows the rename, and path by path nothing of it is seen.
//!
//! Git is asked where, at some step of the trunk's line, following a rename would make of the lane's version what
//! the step has made. So nothing is asked about a lane of which no such thing has come.

use std::collections::{BTreeMap, BTreeSet};

use policy::change::Entry;
use policy::oid::Oid;
use policy::path::RepoPath;

use super::wanted::Wanted;
use super::work::Work;
use crate::evidence::Known;
use crate::evidence::base::Base;
use crate::evidence::history::Walk;
use crate::evidence::line::{has_come, line_up_to};
use crate::evidence::merge::{Contents, Version, slot};
use crate::evidence::search::Search;
use crate::evidence::state::State;
use crate::repository::GitMerge;

/// How many names a file may have had on the trunk, one after another or beside each other.
const MOST_NAMES: usize = 16;

/// A lane that is looked for on the trunk, under other names.
pub struct Sought<'q> {
    /// The lane, which is committed.
    pub lane: (&'q State, Oid),
    /// The merge bases.
    pub bases: &'q [Oid],
    /// The trunk.
    pub at: &'q State,
    /// What it has and the merge bases have not.
    pub fresh: &'q Walk,
}

/// A path that has come by a step, under another name than it has on one side.
struct Followed {
    /// The name on the trunk, with what the file was before under its old name.
    wanted: Wanted,
    /// The old name.
    from: RepoPath,
    /// Whether the trunk had it under the new one before the step.
    was_there: bool,
    /// Whether the step leaves out nothing that git's merge carries along with a rename.
    is_whole: bool,
}

/// The paths that have come so.
#[derive(Default)]
pub struct ByGit {
    followed: BTreeMap<RepoPath, Followed>,
    /// Whether a step among those is whole.
    is_whole: bool,
}

impl Work<'_, '_, '_> {
    /// Whether what is missing at a path has come by a step that made there, or at the name to which a rename leads,
    /// what git's own merge of the lane into the trunk before it makes.
    pub(super) fn has_come_by_git(
        &self,
        wanted: &Wanted,
        sought: &Sought<'_>,
        found: &mut ByGit,
    ) -> Known<bool> {
        if wanted.tip.is_none() || wanted.base.is_conflict() {
            return Ok(false);
        }
        let names = match wanted.base.merged() {
            Some(None) => vec![wanted.path.clone()],
            _ => self.names_on_trunk(&wanted.path, (sought.at, sought.fresh))?,
        };
        for name in names {
            // Whether a lane goes back to what the trunk took before is seen path by path alone.
            if let Some(come) = self.come_to(wanted, &name, sought)?
                && !self.goes_back(wanted, sought.lane.0, sought.bases)?
            {
                found.is_whole |= come.is_whole;
                found.followed.insert(wanted.path.clone(), come);
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The step by which it has come to a name on the trunk: the one that is about to be made, or one of the line.
    fn come_to(
        &self,
        wanted: &Wanted,
        name: &RepoPath,
        sought: &Sought<'_>,
    ) -> Known<Option<Followed>> {
        let history = self.history();
        if let (None, [into]) = (sought.at.commit, sought.at.heads.as_slice()) {
            let come = self.followed_by(wanted, name, (*into, sought.at), sought)?;
            if come.is_some() {
                return Ok(come);
            }
        }
        let mut come = None;
        let mut is_it = |commit| {
            let made = State::of_commit(history, commit)?;
            come = match history.parents(commit)?.first() {
                Some(into) => self.followed_by(wanted, name, (*into, &made), sought)?,
                None => None,
            };
            Ok(come.is_some())
        };
        let has_come = has_come(self.contracts, sought.at, sought.fresh, name, &mut is_it)?;
        Ok(come.filter(|_| has_come))
    }

    /// Whether a step has made what git's merge makes at a name on the trunk, where a rename leads to it.
    fn followed_by(
        &self,
        wanted: &Wanted,
        name: &RepoPath,
        (into, after): (Oid, &State),
        sought: &Sought<'_>,
    ) -> Known<Option<Followed>> {
        let history = self.history();
        let contents = Contents::with(history, after);
        let made = slot(after.entry(history, name)?);
        let before = slot(history.entry_at(into, name)?);
        for from in self.old_names(wanted, sought)? {
            let base = Base::at(history, sought.bases, &from)?;
            let renamed = Wanted { path: name.clone(), base, tip: wanted.tip.clone() };
            let into_it = match before {
                None => slot(history.entry_at(into, &from)?),
                _ => before.clone(),
            };
            if !renamed.is_in(&contents, &made)?
                && !renamed.is_brought(&contents, &into_it, &made)?
            {
                continue;
            }
            let asked = BTreeSet::from([wanted.path.clone(), name.clone()]);
            let merged = history.merge_by_git(into, sought.lane.1, &asked, false)?;
            if self.is_made_by((into, after), &merged, [&wanted.path, name])? {
                let is_whole = self.leaves_out_nothing(&merged, after, sought)?;
                let was_there = before.is_some();
                return Ok(Some(Followed { wanted: renamed, from, was_there, is_whole }));
            }
        }
        Ok(None)
    }

    /// Whether a merge makes without a conflict what a step has at a path, and at the name on the trunk to which a rename
    /// leads from there.
    fn is_made_by(
        &self,
        (into, after): (Oid, &State),
        merged: &GitMerge,
        [path, name]: [&RepoPath; 2],
    ) -> Known<bool> {
        let history = self.history();
        let Some(change) = merged.change(name) else { return Ok(false) };
        if merged.conflicts_at(path) {
            return Ok(false);
        }
        let left = match merged.change(path) {
            Some(change) => change.new,
            None => history.entry_at(into, path)?,
        };
        Ok(after.entry(history, name)? == change.new && after.entry(history, path)? == left)
    }

    /// Whether a step has all that git's merge changes without a conflict where the lane has changed nothing: that is
    /// what it carries along with renames of the trunk's, from which path is not told.
    fn leaves_out_nothing(
        &self,
        merged: &GitMerge,
        after: &State,
        sought: &Sought<'_>,
    ) -> Known<bool> {
        let history = self.history();
        for change in &merged.changes {
            let path = &change.path;
            if merged.conflicts_at(path) || self.contract.is_generated(path) {
                continue;
            }
            let held = slot(sought.lane.0.entry(history, path)?);
            let base = Base::at(history, sought.bases, path)?;
            if base.merged() == Some(&held) && after.entry(history, path)? != change.new {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// What the file may have been called before: a path that the lane has taken away, where it has added this one; else
    /// as it is called now.
    fn old_names(&self, wanted: &Wanted, sought: &Sought<'_>) -> Known<Vec<RepoPath>> {
        let (Some(None), Some(Version::Entry(new))) = (wanted.base.merged(), &wanted.tip) else {
            return Ok(vec![wanted.path.clone()]);
        };
        let mut names = Vec::new();
        for base in sought.bases {
            let tree = self.history().tree(*base)?;
            for change in sought.lane.0.diff_from(self.history(), Some(tree))? {
                if let (Some(old), None) = (change.old, change.new)
                    && !names.contains(&change.path)
                    && self.may_be_renamed(old, *new)?
                {
                    names.push(change.path);
                }
            }
        }
        Ok(names)
    }

    /// What the trunk may call a path that it has no more: what it added by the steps that took it away, and so on.
    fn names_on_trunk(
        &self,
        path: &RepoPath,
        (at, fresh): (&State, &Walk),
    ) -> Known<Vec<RepoPath>> {
        let history = self.history();
        let mut names = vec![path.clone()];
        if at.entry(history, path)?.is_some() {
            return Ok(Vec::new());
        }
        let line = line_up_to(history, at, &fresh.set)?;
        let mut next = 0;
        while next < names.len() && names.len() < MOST_NAMES {
            let name = names[next].clone();
            next += 1;
            for taken in &line {
                let (Some(into), None) = (taken.into, taken.state.entry(history, &name)?) else {
                    continue;
                };
                let Some(gone) = history.entry_at(into, &name)? else { continue };
                for change in taken.state.diff_from(history, Some(history.tree(into)?))? {
                    if let (None, Some(new)) = (change.old, change.new)
                        && !names.contains(&change.path)
                        && self.may_be_renamed(gone, new)?
                    {
                        names.push(change.path);
                    }
                }
            }
        }
        Ok(names.split_off(1))
    }

    /// Whether git may take one file for the other, renamed.
    fn may_be_renamed(&self, one: Entry, other: Entry) -> Known<bool> {
        if one.id == other.id {
            return Ok(true);
        }
        let contents = Contents::new(self.history()).searching(Search::Renames);
        let (size, of_other) = (contents.size(one)?, contents.size(other)?);
        Ok(size <= of_other.saturating_mul(2)
            && of_other <= size.saturating_mul(2)
            && contents.are_alike(one, other)?)
    }

    /// Whether the trunk still has something of what the lane has changed, where some of it has come under another name,
    /// and has come whole.
    pub(super) fn holds_what_came_by_git(
        &self,
        changed: &[Wanted],
        found: &ByGit,
        (at, fresh): (&State, &Walk),
        bases: &[Oid],
    ) -> Known<bool> {
        if found.followed.is_empty() || !found.is_whole {
            return Ok(found.followed.is_empty());
        }
        let history = self.history();
        let contents = Contents::with(history, at);
        let sources: BTreeMap<&RepoPath, bool> =
            found.followed.values().map(|come| (&come.from, come.was_there)).collect();
        for wanted in changed {
            let here = slot(at.entry(history, &wanted.path)?);
            let is_back = match (found.followed.get(&wanted.path), sources.get(&wanted.path)) {
                (Some(come), _) => self.is_back(come, &contents, (at, fresh))?,
                // A file is renamed back with all that the trunk has made of it; what the trunk itself has
                // renamed is not the lane's to take back.
                (None, Some(by_trunk)) if wanted.tip.is_none() => *by_trunk || here.is_some(),
                _ => wanted.is_taken_back(&contents, &here)?,
            };
            if !is_back {
                return Ok(true);
            }
        }
        let others = changed.iter().filter(|wanted| !found.followed.contains_key(&wanted.path));
        self.is_elsewhere(others, (at, fresh), bases)
    }

    fn is_back(
        &self,
        come: &Followed,
        contents: &Contents<'_, '_>,
        (at, fresh): (&State, &Walk),
    ) -> Known<bool> {
        let history = self.history();
        let here = slot(at.entry(history, &come.wanted.path)?);
        let before = slot(at.entry(history, &come.from)?);
        match (&here, &before) {
            // The name itself is what the lane has made.
            (Some(_), _) if !come.was_there => return Ok(false),
            (Some(_), _) => return come.wanted.is_taken_back(contents, &here),
            (None, Some(_)) => return come.wanted.is_taken_back(contents, &before),
            (None, None) => {}
        }
        // The trunk has renamed it again, or has taken it away altogether, before or after that.
        let names = self.names_on_trunk(&come.wanted.path, (at, fresh))?;
        let (mut is_there, mut is_back) = (false, come.was_there || names.contains(&come.from));
        for name in &names {
            let here = slot(at.entry(history, name)?);
            if here.is_some() {
                is_there = true;
                is_back = is_back && come.wanted.is_taken_back(contents, &here)?;
            }
        }
        Ok(is_there && is_back)
    }
}
