//! The trunk with a lane merged into it, as that is known before anybody merges.

use std::collections::BTreeSet;
use std::rc::Rc;

use policy::change::{Entry, EntryMode};
use policy::oid::Oid;
use policy::path::RepoPath;

use super::LaneCheck;
use crate::evidence::Known;
use crate::evidence::lane::net_effect::net_effect;
use crate::evidence::merge::{Contents, Merged, Version, slot};
use crate::evidence::state::State;
use crate::repository::{Content, GitMerge, TreeChange, WorktreeChange};

impl LaneCheck<'_, '_> {
    /// The trunk with a lane's tip merged into it, and the paths that conflict.
    pub(super) fn merged(&self, onto: Oid, tip: Oid) -> Known<(State, Vec<RepoPath>)> {
        let lane = State::of_commit(self.history, tip)?;
        let net = net_effect(self.contracts, &[onto], &lane, None)?;
        let contents = Contents::new(self.history);
        let (mut taken, mut made) = (Vec::new(), Vec::new());
        let mut conflicts = Vec::new();
        for path in net.paths {
            let old = self.history.entry_at(onto, &path.path)?;
            let ours = slot(old);
            let theirs = slot(path.new);
            let merged = match path.bases.as_slice() {
                [base] => contents.merge(base, &ours, &theirs)?,
                _ => Merged::Conflict,
            };
            let path = path.path;
            match merged {
                Merged::Conflict | Merged::Unclear => conflicts.push(path),
                Merged::Clean(None) => taken.push(TreeChange { path, old, new: None }),
                Merged::Clean(Some(Version::Entry(entry))) => {
                    taken.push(TreeChange { path, old, new: Some(entry) });
                }
                Merged::Clean(Some(Version::Merged(mode, text))) => {
                    made.push(made_in_memory(path, mode, &text, made.len()));
                }
            }
        }
        if !conflicts.is_empty() {
            conflicts = self.not_merged_by_git(onto, tip, conflicts, (&mut taken, &mut made))?;
        }
        let state = State::uncommitted(self.history, vec![onto, tip], &taken, made)?;
        Ok((state, conflicts))
    }

    /// Which of the paths that conflict one by one conflict for git as well, which follows renames and asks
    /// drivers. What it makes of the others is taken.
    fn not_merged_by_git(
        &self,
        onto: Oid,
        tip: Oid,
        conflicts: Vec<RepoPath>,
        (taken, made): (&mut Vec<TreeChange>, &mut Vec<WorktreeChange>),
    ) -> Known<Vec<RepoPath>> {
        let asked = conflicts.iter().cloned().collect();
        let by_git = self.history.merge_by_git(onto, tip, &asked, true)?;
        let mut left = Vec::new();
        for path in conflicts {
            let Some(change) = by_git.change(&path).cloned() else {
                // What goes along with a rename of the trunk's is changed elsewhere, and not here.
                if by_git.conflicts_at(&path) || self.history.entry_at(onto, &path)?.is_none() {
                    left.push(path);
                }
                continue;
            };
            take(change, &by_git, (taken, made));
        }
        Ok(left)
    }

    /// What git makes of merging a lane's tip into the trunk, all of it: with renames, also of directories, and
    /// with attributes. What is merged path by path may conflict where git's merge does not, and the other way
    /// round. `None`: it has nothing to merge, since the lane holds the trunk, or shares nothing with it.
    pub(super) fn merged_by_git(
        &self,
        onto: Oid,
        tip: Oid,
        reads: bool,
    ) -> Known<Option<Rc<GitMerge>>> {
        if self.history.is_ancestor(onto, tip)? {
            return Ok(None);
        }
        let none = BTreeSet::new();
        let without_attributes = self.history.merge_by_git(onto, tip, &none, false)?;
        let asked = without_attributes.changes.iter().map(|change| change.path.clone()).collect();
        let by_git = self.history.merge_by_git(onto, tip, &asked, reads)?;
        let is_told = !by_git.conflicts.is_empty() || !by_git.changes.is_empty();
        Ok(is_told.then_some(by_git))
    }

    /// The trunk as it is then, where nothing conflicts, and what git came to was read.
    pub(super) fn as_git_merges(&self, onto: Oid, tip: Oid, by_git: &GitMerge) -> Known<State> {
        let (mut taken, mut made) = (Vec::new(), Vec::new());
        for change in &by_git.changes {
            take(change.clone(), by_git, (&mut taken, &mut made));
        }
        Ok(State::uncommitted(self.history, vec![onto, tip], &taken, made)?)
    }
}

/// Takes over what git's own merge makes of a path: where it has read the file, as one that it has made.
fn take(
    TreeChange { path, old, new }: TreeChange,
    by_git: &GitMerge,
    (taken, made): (&mut Vec<TreeChange>, &mut Vec<WorktreeChange>),
) {
    match new.and_then(|entry| Some((entry, by_git.contents.get(&entry.id)?))) {
        Some((Entry { mode, .. }, content)) => {
            made.push(made_in_memory(path, mode, content, made.len()));
        }
        None => taken.push(TreeChange { path, old, new }),
    }
}

/// A file that a merge has made, the next after so many.
fn made_in_memory(path: RepoPath, mode: EntryMode, text: &[u8], number: usize) -> WorktreeChange {
    let new = Some(Entry { mode, id: in_memory(number) });
    WorktreeChange { path, new, content: Content::Read(text.to_vec()), hidden: false }
}

/// A name for a text that a merge made and that is no object: it begins with bytes that no hash
/// is likely to begin with, and only this decision ever sees it.
#[expect(clippy::expect_used, reason = "twenty bytes are an object id")]
fn in_memory(number: usize) -> Oid {
    let mut bytes = [0xff; 20];
    bytes[12..].copy_from_slice(&(number as u64).to_be_bytes());
    Oid::from_bytes(&bytes).expect("twenty bytes are an object id")
}
