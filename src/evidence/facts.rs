//! The facts of one changed path that the rules ask for: kept lines, hazards, who did it.
//!
//! What costs reading is read only where the contract makes it matter.

use std::collections::{BTreeMap, BTreeSet};

use policy::attempt::Carried;
use policy::change::{
    Change, ChangeKind, CommitRef, Entry, EntryMode, Hazard, Instead, LeadsTo, Lines,
};
use policy::contract::{Contract, Mode, Permission};
use policy::disguise::is_odd_name;
use policy::link::follow;
use policy::name::AgentId;
use policy::oid::Oid;
use policy::path::RepoPath;

use super::Known;
use super::history::History;
use super::lane::net_effect::{NetEffect, NetPath};
use super::lane::own::Lanes;
use super::merge::{Contents, Merged, Slot, TEXT_LIMIT, Version, slot};
use super::siblings::Siblings;
use super::state::State;
use crate::repository::{Read, ReadError, TreeChange};

/// The longest target of a symbolic link that is read, in bytes. No file system takes a longer.
const LINK_LIMIT: u64 = 64 * 1024;

/// Collects the facts of changes to one state.
pub struct Facts<'a, 'v> {
    /// The lanes, and the contract behind them.
    pub lanes: &'a Lanes<'a, 'v>,
    /// What is judged.
    pub state: &'a State,
    /// The trunk's tips.
    pub trunk: &'a [Oid],
}

impl<'a, 'v> Facts<'a, 'v> {
    fn history(&self) -> &'a History<'v> {
        self.lanes.history
    }

    fn contract(&self) -> &'a Contract {
        self.lanes.contract
    }

    /// The changes of a lane's net effect. What came with other lanes' commits may be judged as
    /// theirs.
    pub fn of_lane(
        &self,
        lane: &AgentId,
        net: &NetEffect,
        carried: &[Carried],
    ) -> Known<Vec<Change>> {
        let siblings = Siblings::new(self.history(), self.state, self.trunk);
        let mut traced = BTreeMap::new();
        let mut changes = Vec::with_capacity(net.paths.len());
        for path in &net.paths {
            let with = carried.iter().filter(|carried| carried.paths.contains(&path.path));
            let lanes: Vec<_> =
                std::iter::once(lane).chain(with.map(|carried| &carried.lane)).collect();
            let change = self.of_net_path(&lanes, &siblings, net, path)?;
            if self.is_worth_tracing(lane, &change) && !self.state.is_uncommitted(&change.path) {
                traced.insert(change.path.clone(), change.new);
            }
            changes.push(change);
        }
        if !traced.is_empty() {
            // All in one go: each commit is looked at once, however many paths there are.
            let mut culprits = self.lanes.culprits(&self.commits_of(lane)?, &traced)?;
            let line = self.line()?;
            for change in &mut changes {
                change.commit = culprits.remove(&change.path);
                let is_merged = |commit: &CommitRef| !line.contains(&commit.id);
                change.came_by_merge = change.commit.as_ref().is_some_and(is_merged);
            }
        }
        Ok(changes)
    }

    /// The lane's own line, beyond the trunk.
    fn line(&self) -> Known<BTreeSet<Oid>> {
        let fresh = self.history().walk(&self.state.heads, self.trunk)?;
        let mut line = BTreeSet::new();
        for head in &self.state.heads {
            line.extend(self.history().first_parents_in(*head, &fresh.set)?);
        }
        Ok(line)
    }

    fn commits_of(&self, lane: &AgentId) -> Known<Vec<Oid>> {
        let own = self.lanes.own_among(lane, &self.state.heads, self.trunk)?;
        if !own.is_empty() {
            return Ok(own);
        }
        // Another lane's alone: still the commits that brought the path here.
        Ok(self.history().walk(&self.state.heads, self.trunk)?.order.clone())
    }

    /// Whether a violation is likely, so that the commit behind it is looked for.
    fn is_worth_tracing(&self, lane: &AgentId, change: &Change) -> bool {
        let plain = matches!(
            self.contract().permission(lane, &change.path),
            Permission::Granted { mode: Mode::Edit, .. }
        );
        let odd = !change.hazards.is_empty()
            || change.kind == ChangeKind::Submodule
            || change.steers_git();
        !plain || odd
    }

    /// The change of one path as a lane that has taken it from a commit has made it.
    pub fn of_taken(&self, lane: &AgentId, path: &RepoPath, from: Oid) -> Known<Change> {
        let taken = slot(self.history().entry_at(from, path)?);
        let new = self.state.entry(self.history(), path)?;
        let net = NetEffect { bases: vec![from], paths: Vec::new() };
        let path = NetPath { path: path.clone(), bases: vec![taken], trunk: Vec::new(), new };
        let siblings = Siblings::new(self.history(), self.state, self.trunk);
        self.of_net_path(&[lane], &siblings, &net, &path)
    }

    fn of_net_path(
        &self,
        lanes: &[&AgentId],
        siblings: &Siblings<'_, '_>,
        net: &NetEffect,
        path: &NetPath,
    ) -> Known<Change> {
        let (old, undo_from) = self.base_entry(net, path)?;
        self.require_content(old, path.new)?;
        let kind = ChangeKind::between(old, path.new).unwrap_or(if path.new.is_none() {
            ChangeKind::Deleted
        } else {
            ChangeKind::Modified
        });
        let mut change = Change {
            path: path.path.clone(),
            kind,
            old,
            new: path.new,
            lines: Lines::NotRead,
            hazards: self.hazards(siblings, &path.path, (old, path.new))?,
            commit: None,
            came_by_merge: false,
            undo_from,
        };
        if lanes.iter().any(|lane| self.is_additions_only(lane, &path.path)) {
            self.read_lines(&mut change, path)?;
        }
        Ok(change)
    }

    /// What the merge base holds, and the commit from which that can be restored: the merge base
    /// itself, or the trunk where several merge bases do not hold the same.
    fn base_entry(&self, net: &NetEffect, path: &NetPath) -> Read<(Option<Entry>, Option<Oid>)> {
        let history = self.history();
        let held = match path.bases.first() {
            Some(Some(Version::Entry(entry))) => Some(*entry),
            Some(Some(Version::Merged(..))) => match net.bases.first() {
                Some(base) => history.entry_at(*base, &path.path)?,
                None => None,
            },
            _ => None,
        };
        for base in &net.bases {
            if path.bases.len() == 1 && slot(history.entry_at(*base, &path.path)?) == path.bases[0]
            {
                return Ok((held, held.map(|_| *base)));
            }
        }
        let trunk = self.trunk.first().copied();
        let on_trunk = match trunk {
            Some(tip) => history.entry_at(tip, &path.path)?,
            None => None,
        };
        Ok((held, on_trunk.and(trunk)))
    }

    fn is_additions_only(&self, lane: &AgentId, path: &RepoPath) -> bool {
        matches!(
            self.contract().permission(lane, path),
            Permission::Granted { mode: Mode::AdditionsOnly, .. }
        )
    }

    /// Modes are kept against what each merge base holds, the trunk's entry, or what merging into the trunk
    /// makes of it: whichever is kept, landing takes no line away.
    fn read_lines(&self, change: &mut Change, path: &NetPath) -> Known<()> {
        let contents = Contents::with(self.history(), self.state);
        let new = slot(path.new);
        let mut taken_away = None;
        for base in &path.bases {
            let lines = compare(&contents, base, &new)?;
            taken_away = taken_away.or(Some(lines).filter(|lines| *lines != Lines::Kept));
        }
        let Some(taken_away) = taken_away else {
            change.lines = Lines::Kept;
            return Ok(());
        };
        for ours in &path.trunk {
            let mut kept = same_kind(ours, &new) && compare(&contents, ours, &new)? == Lines::Kept;
            for base in &path.bases {
                if let Merged::Clean(merged) = contents.merge(base, ours, &new)? {
                    kept |= same_kind(ours, &merged)
                        && compare(&contents, ours, &merged)? == Lines::Kept;
                }
            }
            if kept {
                change.lines = Lines::Kept;
                if let Some(Version::Entry(entry)) = ours {
                    change.old = Some(*entry);
                    change.kind =
                        ChangeKind::between(change.old, path.new).unwrap_or(ChangeKind::Modified);
                }
                return Ok(());
            }
        }
        change.lines = taken_away;
        Ok(())
    }

    /// The changes of a trunk step, each with the kept lines where its lane, or one of those that
    /// enter, may only add, and with its hazards where it was made in the step itself.
    pub fn of_step(
        &self,
        changes: &[TreeChange],
        by: Option<&CommitRef>,
        entering: &[AgentId],
        made_here: impl Fn(&RepoPath) -> bool,
    ) -> Known<Vec<Change>> {
        let siblings = Siblings::new(self.history(), self.state, self.trunk);
        let contents = Contents::with(self.history(), self.state);
        let mut facts = Vec::with_capacity(changes.len());
        for change in changes {
            let Some(kind) = ChangeKind::between(change.old, change.new) else { continue };
            self.require_content(change.old, change.new)?;
            let owner = self.contract().own_lane(&change.path);
            let guarded = owner
                .into_iter()
                .chain(entering)
                .any(|lane| self.is_additions_only(lane, &change.path));
            let lines = if guarded {
                compare(&contents, &slot(change.old), &slot(change.new))?
            } else {
                Lines::NotRead
            };
            facts.push(Change {
                path: change.path.clone(),
                kind,
                old: change.old,
                new: change.new,
                lines,
                hazards: match made_here(&change.path) {
                    true => self.hazards(&siblings, &change.path, (change.old, change.new))?,
                    false => Vec::new(),
                },
                commit: by.cloned(),
                came_by_merge: false,
                undo_from: change.old.and(self.trunk.first().copied()),
            });
        }
        Ok(facts)
    }

    /// What a change leaves has to be what its mode says. To look costs opening each object, and what
    /// git is about to commit is looked at when the ref moves.
    fn require_content(&self, old: Option<Entry>, new: Option<Entry>) -> Read<()> {
        match new.filter(|_| !self.state.comes_again) {
            Some(new) if old.is_none_or(|old| old.id != new.id) => {
                self.history().require_content(new)
            }
            _ => Ok(()),
        }
    }

    fn hazards(
        &self,
        siblings: &Siblings<'_, '_>,
        path: &RepoPath,
        (old, new): (Option<Entry>, Option<Entry>),
    ) -> Known<Vec<Hazard>> {
        let Some(new) = new else { return Ok(Vec::new()) };
        let mut hazards = Vec::new();
        if path.components().any(is_odd_name) {
            hazards.push(Hazard::GitDirectory);
        }
        if new.mode == EntryMode::Symlink {
            let target = link_target(self.history(), self.state, new.id)?;
            let leads_to = self.leads_to(siblings, path, &target)?;
            hazards.push(Hazard::Link { target, leads_to });
        }
        if old.is_none() {
            hazards.extend(siblings.folds(path)?.map(|onto| Hazard::Folds { onto }));
        }
        Ok(hazards)
    }

    /// What is where a symbolic link leads, by its text alone, in the same state.
    fn leads_to(
        &self,
        siblings: &Siblings<'_, '_>,
        link: &RepoPath,
        target: &[u8],
    ) -> Known<LeadsTo> {
        let Some(reached) = follow(link, target) else { return Ok(LeadsTo::Unknown) };
        let reached = reached.join(&b'/');
        let entry = match RepoPath::new(reached.clone()) {
            Ok(path) => self.state.entry(self.history(), &path)?,
            Err(_) => None,
        };
        Ok(match entry.map(|entry| entry.mode) {
            Some(EntryMode::File | EntryMode::Executable) => LeadsTo::File,
            Some(EntryMode::Symlink | EntryMode::Submodule) => LeadsTo::Unknown,
            None if siblings.is_directory(&reached)? => LeadsTo::Directory,
            None => LeadsTo::Unknown,
        })
    }
}

/// Where a symbolic link leads.
fn link_target(history: &History<'_>, state: &State, id: Oid) -> Read<Vec<u8>> {
    let size = state.blob_size(history, id)?;
    if size > LINK_LIMIT {
        let reason =
            format!("a symbolic link to {size} bytes of path; at most {LINK_LIMIT} are read");
        return Err(ReadError::Object { id, reason });
    }
    state.blob(history, id)
}

fn same_kind(one: &Slot, other: &Slot) -> bool {
    let mode = |slot: &Slot| match slot {
        Some(Version::Entry(entry)) => Some(entry.mode),
        Some(Version::Merged(mode, _)) => Some(*mode),
        None => None,
    };
    mode(one) == mode(other)
}

/// Whether the old lines are still there. Nothing before keeps whatever comes; nothing after
/// keeps only nothing, and the rule sees the deletion.
pub fn compare(contents: &Contents<'_, '_>, old: &Slot, new: &Slot) -> Known<Lines> {
    let (Some(old), Some(new)) = (old, new) else {
        return Ok(if old.is_none() {
            Lines::Kept
        } else {
            Lines::Lost { line: 1, text: String::new(), instead: Instead::Nothing }
        });
    };
    let is_submodule = |version: &Version| {
        matches!(version, Version::Entry(Entry { mode: EntryMode::Submodule, .. }))
    };
    if is_submodule(old) || is_submodule(new) {
        return Ok(Lines::Unknown("it is a submodule".to_owned()));
    }
    match (contents.bytes(old)?, contents.bytes(new)?) {
        (Some(old), Some(new)) => Ok(Lines::between(&old, &new)),
        _ => Ok(Lines::Unknown(format!("at most {TEXT_LIMIT} bytes are compared line by line"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::fake::{FakeView, Files};

    /// A state that holds nothing, and what is asked of its contents.
    fn asked<T>(view: &mut FakeView, ask: impl FnOnce(&History<'_>, &State) -> T) -> T {
        let commit = view.make("c", &[], Files::new());
        let history = History::new(view);
        let state = State::of_commit(&history, commit).unwrap();
        ask(&history, &state)
    }

    #[test]
    fn a_link_is_read_up_to_its_bound_and_not_a_byte_beyond() {
        for (size, read) in [(LINK_LIMIT, true), (LINK_LIMIT + 1, false)] {
            let mut view = FakeView::new();
            let id = view.store_zeros(size);
            let found = asked(&mut view, |history, state| link_target(history, state, id));
            assert_eq!(view.asked.blobs.get(), usize::from(read), "{size} bytes");
            match found {
                Ok(target) => assert_eq!(target.len() as u64, size),
                Err(error) => {
                    let told = error.to_string();
                    assert!(told.contains("65537") && told.contains("65536"), "{told}");
                }
            }
        }
    }

    #[test]
    fn lines_are_compared_up_to_the_bound_and_not_a_byte_beyond() {
        for (size, lines) in [
            (TEXT_LIMIT, Lines::Kept),
            (
                TEXT_LIMIT + 1,
                Lines::Unknown("at most 67108864 bytes are compared line by line".to_owned()),
            ),
        ] {
            let mut view = FakeView::new();
            let entry = |id| Some(Version::Entry(Entry { mode: EntryMode::File, id }));
            let (old, new) = (entry(view.store(b"")), entry(view.store_zeros(size)));
            let found = asked(&mut view, |history, state| {
                compare(&Contents::with(history, state), &old, &new)
            });
            assert!(found == Ok(lines), "{size} bytes");
            let read = view.asked.blobs.get();
            assert_eq!(read, if size > TEXT_LIMIT { 1 } else { 2 }, "{size} bytes");
        }
    }
}
