//! What of a trunk step is explained by the lanes that enter: which changed paths are the merge,
//! one lane after another, of their changes into the trunk.

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet, HashSet};

use policy::change::Entry;
use policy::name::AgentId;
use policy::oid::Oid;
use policy::path::RepoPath;

use super::entering::{Entrant, Judged};
use crate::evidence::Known;
use crate::evidence::base::Base;
use crate::evidence::history::History;
use crate::evidence::lane::own::Lanes;
use crate::evidence::merge::{Contents, Merged, Slot, slot};
use crate::evidence::search::Search;
use crate::evidence::state::State;
use crate::repository::TreeChange;

/// The changed paths that are not simply merged.
#[derive(Debug, Default)]
pub struct Explained {
    /// They are not what merging makes of them.
    pub unexplained: BTreeSet<RepoPath>,
    /// Merging them conflicts, so that somebody resolved them, with the lane that changes them.
    pub conflicted: Vec<(RepoPath, AgentId)>,
    /// Those of them that the lane may not edit and that a rename by the trunk has led to, with what the
    /// lane calls them.
    pub followed: BTreeMap<RepoPath, RepoPath>,
}

/// Holds the changes of a step against the merge of the lanes that enter by it.
pub fn explained(
    lanes: &Lanes<'_, '_>,
    before: &State,
    after: &State,
    entrants: &[Entrant],
    changes: &[TreeChange],
) -> Known<Explained> {
    let merges = Merges::new(lanes.history, before, after, entrants)?;
    let mut explained = Explained::default();
    for change in changes {
        match merges.merged(&change.path, merges.incoming.len())? {
            Came::Conflict(lane) => explained.conflicted.push((change.path.clone(), lane.clone())),
            Came::Clean(merged) if merges.contents.same(&merged, &slot(change.new))? => {}
            Came::Clean(_) => match merges.renamed_by(&change.path)? {
                Some(lane) => {
                    explained.conflicted.push((change.path.clone(), lane.clone()));
                    let is_beyond = !lanes.contract.grants(lane, &change.path);
                    if let Some(from) = is_beyond.then(|| merges.followed(&change.path)).flatten() {
                        explained.followed.insert(change.path.clone(), from);
                    }
                }
                None => drop(explained.unexplained.insert(change.path.clone())),
            },
        }
    }
    for path in merges.made_by_git(&explained.unexplained)? {
        explained.unexplained.remove(&path);
    }
    Ok(explained)
}

/// What came by one line of landings, in the order in which it came: what holds another brings more.
fn as_they_came<'a>(
    history: &History<'_>,
    before: &State,
    judged: Vec<(&'a AgentId, &'a Judged)>,
) -> Known<Vec<(&'a AgentId, &'a Judged)>> {
    let mut came = Vec::with_capacity(judged.len());
    for (lane, judged) in judged {
        let tips: Vec<Oid> = judged.state.heads.iter().chain(&judged.beneath).copied().collect();
        let comes = history.count(&tips, &before.heads)?;
        history.allowance.look_ups(Search::Lines, comes)?;
        came.push((comes, lane, judged));
    }
    came.sort_by_key(|(comes, ..)| *comes);
    Ok(came.into_iter().map(|(_, lane, judged)| (lane, judged)).collect())
}

/// The merges of a step, one after another.
struct Merges<'a, 'v> {
    history: &'a History<'v>,
    before: &'a State,
    after: &'a State,
    contents: Contents<'a, 'v>,
    incoming: Vec<Incoming<'a>>,
}

/// One state that is merged into the trunk, with the merge bases that it has with the trunk and
/// all that was merged before it.
struct Incoming<'a> {
    lane: &'a AgentId,
    state: &'a State,
    bases: Vec<Oid>,
    /// Whether one side deletes what the other has changed, once that was asked.
    meets_a_deletion: [OnceCell<bool>; 2],
    /// What it adds at paths where nothing is after the step, once that was asked.
    moved: OnceCell<HashSet<Entry>>,
}

/// What merging came to at a path.
enum Came<'a> {
    Clean(Slot),
    Conflict(&'a AgentId),
}

impl<'a, 'v> Merges<'a, 'v> {
    fn new(
        history: &'a History<'v>,
        before: &'a State,
        after: &'a State,
        entrants: &'a [Entrant],
    ) -> Known<Self> {
        let mut judged: Vec<(&AgentId, &Judged)> = Vec::new();
        for entrant in entrants {
            judged.extend(entrant.judged.iter().map(|judged| (&entrant.agent, judged)));
        }
        if judged.iter().any(|(_, judged)| judged.beneath.is_some()) {
            judged = as_they_came(history, before, judged)?;
        }
        let mut incoming: Vec<Incoming<'_>> = Vec::new();
        let mut merged = Vec::new();
        for (lane, Judged { state, taken_in, .. }) in judged {
            let there: Vec<Oid> =
                before.heads.iter().chain(&merged).chain(taken_in).copied().collect();
            history.allowance.look_ups(Search::Lines, merged.len())?;
            let bases = history.merge_bases(&there, &state.heads)?;
            // Along a line each holds the one before it, which then adds nothing to what is there.
            if let Some(last) = merged.last()
                && history.is_reachable(*last, &state.heads)?
            {
                merged.pop();
            }
            merged.extend(&state.heads);
            let (meets_a_deletion, moved) = Default::default();
            incoming.push(Incoming { lane, state, bases, meets_a_deletion, moved });
        }
        Ok(Self { history, before, after, contents: Contents::with(history, after), incoming })
    }

    /// Those of some paths that are after the step what git's own merge makes of them, where one lane is merged:
    /// with several merge bases and renames among them it comes to something else than path by path. The lane has
    /// to have changed them itself, under this name: what goes along with a rename of the trunk's is not its.
    fn made_by_git(&self, paths: &BTreeSet<RepoPath>) -> Known<Vec<RepoPath>> {
        let (Some(before), [one], false) =
            (self.before.commit, self.incoming.as_slice(), paths.is_empty())
        else {
            return Ok(Vec::new());
        };
        let Some(tip) = one.state.commit else { return Ok(Vec::new()) };
        let merged = self.history.merge_by_git(before, tip, paths, false)?;
        let mut made = Vec::new();
        for path in paths {
            let Some(change) = merged.change(path) else { continue };
            let theirs = self.history.entry_at(tip, path)?;
            let mut has_changed = false;
            for base in &one.bases {
                has_changed |= self.history.entry_at(*base, path)? != theirs;
            }
            if has_changed && change.new == self.after.entry(self.history, path)? {
                made.push(path.clone());
            }
        }
        Ok(made)
    }

    /// What the first few merges make of a path.
    fn merged(&self, path: &RepoPath, first: usize) -> Known<Came<'a>> {
        let mut merged = slot(self.before.entry(self.history, path)?);
        let mut conflict = None;
        for incoming in &self.incoming[..first] {
            let base = Base::at(self.history, &incoming.bases, path)?;
            let theirs = slot(incoming.state.entry(self.history, path)?);
            let merge = match base.merged() {
                Some(base) => self.contents.merge(base, &merged, &theirs)?,
                None => Merged::Unclear,
            };
            match merge {
                Merged::Clean(slot) => merged = slot,
                _ if base.each().contains(&theirs) => {}
                Merged::Conflict | Merged::Unclear => conflict = Some(incoming.lane),
            }
        }
        Ok(conflict.map_or(Came::Clean(merged), Came::Conflict))
    }

    /// The lane in whose merge git may have followed a rename to this path: what one side did to
    /// the old path then goes into the new one (git 2.47, merge-ort). Path by path that is a
    /// change beside a deletion, which conflicts, and the new path is how it was resolved.
    fn renamed_by(&self, path: &RepoPath) -> Known<Option<&'a AgentId>> {
        for (number, incoming) in self.incoming.iter().enumerate() {
            if !Base::at(self.history, &incoming.bases, path)?.each().contains(&None) {
                continue;
            }
            let brought = incoming.state.entry(self.history, path)?.is_some();
            let there = matches!(self.merged(path, number)?, Came::Clean(Some(_)));
            if (brought && self.deletes_what_changed(number)?)
                || (there && self.changes_what_was_deleted(number)?)
                || self.moves_along(number, path)?
            {
                return Ok(Some(incoming.lane));
            }
        }
        Ok(None)
    }

    /// Whether the lane adds this very entry at another path, where it is not after the step: git
    /// moves what one side adds to a directory along when the other side has renamed that
    /// (`merge.directoryRenames`, git 2.47).
    fn moves_along(&self, number: usize, path: &RepoPath) -> Known<bool> {
        let Some(entry) = self.after.entry(self.history, path)? else { return Ok(false) };
        if self.before.entry(self.history, path)?.is_some() {
            return Ok(false);
        }
        Ok(self.moved(number)?.contains(&entry))
    }

    /// What a lane calls the path that git has followed a rename by the trunk to. It is told, and nothing
    /// hangs on it: where it is not found out, it is left out.
    fn followed(&self, path: &RepoPath) -> Option<RepoPath> {
        self.renamed_from(path).ok().flatten()
    }

    fn renamed_from(&self, path: &RepoPath) -> Known<Option<RepoPath>> {
        let contents = Contents::with(self.history, self.before).searching(Search::Renames);
        let renamed = self.before.entry(self.history, path)?;
        let added = self.after.entry(self.history, path)?;
        let mut alike = None;
        for incoming in &self.incoming {
            for base in &incoming.bases {
                let tree = Some(self.history.tree(*base)?);
                for change in incoming.state.diff_from(self.history, tree)? {
                    if self.after.entry(self.history, &change.path)?.is_some() {
                        continue;
                    }
                    let is_it = match (change.old, change.new, renamed) {
                        (Some(old), Some(_), Some(new)) if old.id == new.id => true,
                        (Some(old), Some(_), Some(new)) => {
                            if alike.is_none() && contents.are_alike(old, new)? {
                                alike = Some(change.path);
                            }
                            continue;
                        }
                        // With the directory that it is added to.
                        (None, Some(_), None) => change.new == added,
                        _ => false,
                    };
                    if is_it {
                        return Ok(Some(change.path));
                    }
                }
            }
        }
        Ok(alike)
    }

    fn moved(&self, number: usize) -> Known<&HashSet<Entry>> {
        let Incoming { state, bases, moved, .. } = &self.incoming[number];
        if let Some(known) = moved.get() {
            return Ok(known);
        }
        let mut found = HashSet::new();
        for base in bases {
            let tree = Some(self.history.tree(*base)?);
            for TreeChange { path, old, new } in state.diff_from(self.history, tree)? {
                if let (None, Some(new)) = (old, new)
                    && self.after.entry(self.history, &path)?.is_none()
                {
                    found.insert(new);
                }
            }
        }
        Ok(moved.get_or_init(|| found))
    }

    fn deletes_what_changed(&self, number: usize) -> Known<bool> {
        let known = &self.incoming[number].meets_a_deletion[0];
        self.once(known, || {
            self.any_change(number, |change, ours| {
                change.new.is_none() && ours.is_some() && *ours != slot(change.old)
            })
        })
    }

    fn changes_what_was_deleted(&self, number: usize) -> Known<bool> {
        let known = &self.incoming[number].meets_a_deletion[1];
        self.once(known, || {
            self.any_change(number, |change, ours| {
                change.old.is_some() && change.new.is_some() && ours.is_none()
            })
        })
    }

    /// What is the same for every path is found out once.
    fn once(&self, known: &OnceCell<bool>, ask: impl FnOnce() -> Known<bool>) -> Known<bool> {
        match known.get() {
            Some(known) => Ok(*known),
            None => ask().map(|found| *known.get_or_init(|| found)),
        }
    }

    /// Whether something holds of a change of one merge and what is there before it.
    fn any_change(&self, number: usize, holds: impl Fn(&TreeChange, &Slot) -> bool) -> Known<bool> {
        let incoming = &self.incoming[number];
        for base in &incoming.bases {
            let tree = Some(self.history.tree(*base)?);
            for change in incoming.state.diff_from(self.history, tree)? {
                if let Came::Clean(ours) = self.merged(&change.path, number)?
                    && holds(&change, &ours)
                {
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }
}
