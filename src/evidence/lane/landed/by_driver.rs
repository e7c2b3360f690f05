//! Paths that git merges by a driver of its own (`merge=union`): where lines conflict it takes both sides, and
//! line by line nothing of the lane's has come.
//!
//! What somebody's own program merges is not known: no program but git is started.

use std::collections::{BTreeSet, HashSet};

use policy::change::Entry;
use policy::oid::Oid;

use super::renamed::Sought;
use super::wanted::Wanted;
use super::work::Work;
use crate::evidence::Known;
use crate::evidence::lane::driver::{Driver, driver};
use crate::evidence::line::has_come;
use crate::evidence::merge::{Contents, Slot, slot};
use crate::evidence::state::State;

/// Through how many commits it is looked for what the trunk had at a path before a step.
const MOST_STEPS: usize = 200;
/// How many versions of that are tried.
const MOST_VERSIONS: usize = 16;

impl Work<'_, '_, '_> {
    /// Whether git may unite what both sides have at a path, on the trunk as it is.
    pub(super) fn may_be_united(&self, wanted: &Wanted, at: &State) -> Known<bool> {
        if wanted.tip.is_none() || wanted.base.is_conflict() {
            return Ok(false);
        }
        for head in &at.heads {
            if driver(self.history(), *head, &wanted.path)? == Some(Driver::BuiltIn) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Whether a path has come by a step that made there what git's own merge of the lane into the trunk before it
    /// makes; and if so, whether anything of that step is there still.
    pub(super) fn has_come_united(
        &self,
        wanted: &Wanted,
        sought: &Sought<'_>,
    ) -> Known<Option<bool>> {
        let history = self.history();
        if let (None, [into]) = (sought.at.commit, sought.at.heads.as_slice())
            && self.is_united_by(wanted, (*into, sought.at), sought.lane.1)?
        {
            return Ok(Some(true));
        }
        let mut came_by = None;
        let mut is_it = |commit| {
            let made = State::of_commit(history, commit)?;
            for into in self.versions_below(wanted, commit)? {
                if self.is_united_by(wanted, (into, &made), sought.lane.1)? {
                    came_by = Some((into, commit));
                    return Ok(true);
                }
            }
            Ok(false)
        };
        if !has_come(self.contracts, sought.at, sought.fresh, &wanted.path, &mut is_it)? {
            return Ok(None);
        }
        let Some((into, made)) = came_by else { return Ok(None) };
        let at = |commit| Known::Ok(slot(history.entry_at(commit, &wanted.path)?));
        let here = slot(sought.at.entry(history, &wanted.path)?);
        let contents = Contents::with(history, sought.at);
        Ok(Some(!contents.makes(&at(made)?, &here, &at(into)?, &here)?))
    }

    /// The newest commits below one that each have something else at a path: where a lane's commits were made
    /// again one by one, the trunk was one of those before.
    fn versions_below(&self, wanted: &Wanted, commit: Oid) -> Known<Vec<Oid>> {
        let history = self.history();
        let (mut versions, mut last) = (Vec::new(), history.entry_at(commit, &wanted.path)?);
        let mut next = history.parents(commit)?.first().copied();
        for _ in 0..MOST_STEPS {
            let Some(below) = next.filter(|_| versions.len() < MOST_VERSIONS) else { break };
            let held = history.entry_at(below, &wanted.path)?;
            if held != last {
                versions.push(below);
                last = held;
            }
            next = history.parents(below)?.first().copied();
        }
        Ok(versions)
    }

    /// Whether a step has made what git's merge makes, with each line of the lane's.
    fn is_united_by(&self, wanted: &Wanted, (into, after): (Oid, &State), tip: Oid) -> Known<bool> {
        let history = self.history();
        let made = after.entry(history, &wanted.path)?;
        if made == history.entry_at(into, &wanted.path)?
            || driver(history, into, &wanted.path)? != Some(Driver::BuiltIn)
            || !self.holds_lines_of(wanted, made, after)?
        {
            return Ok(false);
        }
        let asked = BTreeSet::from([wanted.path.clone()]);
        let merged = history.merge_by_git(into, tip, &asked, false)?;
        Ok(merged.change(&wanted.path).is_some_and(|change| change.new == made))
    }

    /// Whether each line that the lane has added is in what was made, so that git is not asked in vain.
    fn holds_lines_of(&self, wanted: &Wanted, made: Option<Entry>, after: &State) -> Known<bool> {
        let contents = Contents::with(self.history(), after);
        let read = |slot: &Slot| match slot {
            Some(version) => contents.bytes(version),
            None => Ok(Some(Default::default())),
        };
        let base = wanted.base.merged().cloned().unwrap_or_default();
        let (base, tip, made) = (read(&base)?, read(&wanted.tip)?, read(&slot(made))?);
        let (Some(base), Some(tip), Some(made)) = (base, tip, made) else { return Ok(false) };
        let lines = |text: &'_ [u8]| -> HashSet<Vec<u8>> {
            text.split(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect()
        };
        let known: HashSet<_> = lines(&base).union(&lines(&made)).cloned().collect();
        Ok(lines(&tip).is_subset(&known))
    }
}
