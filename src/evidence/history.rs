//! The history as evidence reads it: a view with memory, and questions over sets of commits.
//!
//! One `History` lives as long as one decision. It remembers what it has read, so that no
//! object is read twice.

use std::cell::{Cell, OnceCell, RefCell};
use std::collections::{BTreeSet, HashMap, HashSet};
use std::rc::Rc;
use std::time::{Duration, Instant};

use policy::change::{CommitRef, Entry, EntryMode};
use policy::oid::Oid;
use policy::path::RepoPath;

use super::Known;
use super::base::AtBases;
use super::line::planted::StretchKey;
use super::merge::DearMerges;
use super::search::Allowance;
use crate::repository::oids::{OidMap, OidSet};
use crate::repository::{Commit, GitMerge, GitView, MergeQuestion, Read, ReadError, TreeChange};

/// What has been read, by what was asked.
pub type Memory<K, T> = RefCell<HashMap<K, T>>;

/// Tips to begin at, and tips below which nothing counts.
type Range = (Vec<Oid>, Vec<Oid>);

/// A repository's history, remembered while it is read.
pub struct History<'v> {
    view: &'v dyn GitView,
    commits: RefCell<OidMap<Rc<Commit>>>,
    diffs: Memory<(Option<Oid>, Option<Oid>), Changes>,
    entries: Memory<(Oid, RepoPath), Option<Entry>>,
    /// Objects that are known to be blobs, where they are here.
    blobs: RefCell<OidSet>,
    ancestors: Memory<(Oid, Oid), bool>,
    bases: Memory<Range, Vec<Oid>>,
    walks: Memory<Range, Rc<Walk>>,
    touched: RefCell<OidMap<Changes>>,
    /// How many changes were found, and how many of them are remembered.
    found_changes: Cell<usize>,
    remembered: Cell<usize>,
    shallow: RefCell<Option<Rc<BTreeSet<Oid>>>>,
    /// Whether a lane may have landed a stretch of the trunk's line as one.
    pub(super) stretches: Memory<StretchKey, bool>,
    /// Where the trunk has stood, as git has logged it here.
    pub(super) stood: OnceCell<OidSet>,
    /// What merge bases of merge bases hold, by path.
    pub(super) at_bases: Memory<(Vec<Oid>, RepoPath), Rc<AtBases>>,
    /// What merges that took long came to.
    pub(super) dear_merges: RefCell<DearMerges>,
    /// Merges that git itself has made.
    git_merges: Memory<MergeKey, Rc<GitMerge>>,
    /// How long git may still merge.
    git_time: Cell<Duration>,
    /// What searches may still merge.
    pub(super) allowance: Allowance,
}

/// How many seconds git itself may merge whole trees for one decision. It merges merge bases over and over again,
/// and nobody knows before how often.
const MOST_SECONDS_OF_GIT: u64 = 30;

/// How many changes one decision may find, in all comparisons of trees together.
const MOST_CHANGES: usize = 64_000_000;

/// How many of them it remembers, some hundred bytes each.
const MOST_REMEMBERED: usize = 2_000_000;

/// As how many changes some count: each as one, and once more for so many bytes of its path.
fn weight(changes: &[TreeChange]) -> usize {
    changes.iter().map(|change| 1 + change.path.as_bytes().len() / 128).sum()
}

/// Into what a commit is merged, which paths are asked about, and whether they are read.
type MergeKey = (Oid, Oid, BTreeSet<RepoPath>, bool);

/// Changes of one comparison, sorted by path.
pub type Changes = Rc<Vec<TreeChange>>;

/// The commits of one walk, children before parents, with a set of them for look-ups.
#[derive(Debug, Default)]
pub struct Walk {
    /// In order.
    pub order: Vec<Oid>,
    /// The same, to be asked.
    pub set: OidSet,
}

impl<'v> History<'v> {
    /// A history that has read nothing yet.
    pub fn new(view: &'v dyn GitView) -> Self {
        Self {
            view,
            commits: RefCell::default(),
            diffs: RefCell::default(),
            entries: RefCell::default(),
            blobs: RefCell::default(),
            ancestors: RefCell::default(),
            bases: RefCell::default(),
            walks: RefCell::default(),
            touched: RefCell::default(),
            found_changes: Cell::default(),
            remembered: Cell::default(),
            shallow: RefCell::default(),
            stretches: RefCell::default(),
            stood: OnceCell::default(),
            at_bases: RefCell::default(),
            dear_merges: RefCell::default(),
            git_merges: RefCell::default(),
            git_time: Cell::new(Duration::from_secs(MOST_SECONDS_OF_GIT)),
            allowance: Allowance::default(),
        }
    }

    /// The repository behind it.
    pub fn view(&self) -> &'v dyn GitView {
        self.view
    }

    /// What git's own merge of a commit into another changes there, with the drivers that the other gives these
    /// paths; nothing where they have no common ancestor. It is a process, so it is asked where
    /// merging path by path may come to something else.
    pub fn merge_by_git(
        &self,
        into: Oid,
        merged: Oid,
        paths: &BTreeSet<RepoPath>,
        reads: bool,
    ) -> Read<Rc<GitMerge>> {
        let key = (into, merged, paths.clone(), reads);
        if let Some(known) = self.git_merges.borrow().get(&key) {
            return Ok(Rc::clone(known));
        }
        let made = match self.merge_bases(&[into], &[merged])?.is_empty() {
            true => GitMerge::default(),
            false => {
                let left = self.git_time.get();
                if left.is_zero() {
                    return Err(ReadError::Other(format!(
                        "git's own merges take more than {MOST_SECONDS_OF_GIT} s"
                    )));
                }
                let began = Instant::now();
                let made = self.view.merge_by_git(
                    into,
                    merged,
                    MergeQuestion { paths, reads, within: left },
                );
                self.git_time.set(left.saturating_sub(began.elapsed()));
                made?
            }
        };
        let made = Rc::new(made);
        self.git_merges.borrow_mut().insert(key, Rc::clone(&made));
        Ok(made)
    }

    /// A commit's header.
    pub fn commit(&self, id: Oid) -> Read<Rc<Commit>> {
        if let Some(commit) = self.commits.borrow().get(&id) {
            return Ok(Rc::clone(commit));
        }
        let commit = Rc::new(self.view.commit(id)?);
        self.commits.borrow_mut().insert(id, Rc::clone(&commit));
        Ok(commit)
    }

    /// A commit's parents; an error where they were cut off (a shallow clone).
    pub fn parents(&self, id: Oid) -> Read<Vec<Oid>> {
        let commit = self.commit(id)?;
        if !commit.parents.is_empty() && self.cut_off()?.contains(&id) {
            return Err(ReadError::Shallow { at: id });
        }
        Ok(commit.parents.clone())
    }

    fn cut_off(&self) -> Read<Rc<BTreeSet<Oid>>> {
        if let Some(cut_off) = self.shallow.borrow().as_ref() {
            return Ok(Rc::clone(cut_off));
        }
        let cut_off = Rc::new(self.view.shallow()?);
        *self.shallow.borrow_mut() = Some(Rc::clone(&cut_off));
        Ok(cut_off)
    }

    /// How a commit is named to people.
    pub fn named(&self, id: Oid) -> Read<CommitRef> {
        Ok(CommitRef { id, summary: self.commit(id)?.summary.clone() })
    }

    /// A commit's tree.
    pub fn tree(&self, commit: Oid) -> Read<Oid> {
        Ok(self.commit(commit)?.tree)
    }

    /// An error where a leaf that should be a file or a link is another object. Git checks neither a
    /// commit nor a push for that (2.39 and 2.47), and no clone of it can be checked out.
    pub fn require_content(&self, leaf: Entry) -> Read<()> {
        if leaf.mode == EntryMode::Submodule || self.blobs.borrow().contains(&leaf.id) {
            return Ok(());
        }
        self.view.require_blob(leaf.id)?;
        self.blobs.borrow_mut().insert(leaf.id);
        Ok(())
    }

    /// What differs between two trees.
    pub fn diff(&self, old: Option<Oid>, new: Option<Oid>) -> Read<Changes> {
        if let Some(diff) = self.diffs.borrow().get(&(old, new)) {
            return Ok(Rc::clone(diff));
        }
        let diff = Rc::new(if old == new { Vec::new() } else { self.view.diff_trees(old, new)? });
        self.count_changes(weight(&diff))?;
        self.diffs.borrow_mut().insert((old, new), Rc::clone(&diff));
        Ok(diff)
    }

    /// So many changes have been found, and will be remembered. A few bytes of a pack are as many as one likes,
    /// for each of its commits.
    fn count_changes(&self, number: usize) -> Read<()> {
        let found = self.found_changes.get().saturating_add(number);
        if found > MOST_CHANGES {
            return Err(ReadError::Other(format!(
                "more than {MOST_CHANGES} changes of files, commit by commit, would have to be read"
            )));
        }
        self.found_changes.set(found);
        self.remember(number);
        Ok(())
    }

    /// Makes room for so many changes: what was remembered of others is read again where it is asked for.
    fn remember(&self, number: usize) {
        let mut remembered = self.remembered.get().saturating_add(number);
        if remembered > MOST_REMEMBERED {
            self.diffs.borrow_mut().clear();
            self.touched.borrow_mut().clear();
            remembered = number;
        }
        self.remembered.set(remembered);
    }

    /// The leaf at a path of a tree.
    pub fn entry(&self, tree: Oid, path: &RepoPath) -> Read<Option<Entry>> {
        let key = (tree, path.clone());
        if let Some(entry) = self.entries.borrow().get(&key) {
            return Ok(*entry);
        }
        let entry = self.view.entry(tree, path)?;
        self.entries.borrow_mut().insert(key, entry);
        Ok(entry)
    }

    /// The leaf at a path of a commit.
    pub fn entry_at(&self, commit: Oid, path: &RepoPath) -> Read<Option<Entry>> {
        self.entry(self.tree(commit)?, path)
    }

    /// Whether a commit is reachable from another (each is from itself).
    pub fn is_ancestor(&self, ancestor: Oid, descendant: Oid) -> Read<bool> {
        if ancestor == descendant {
            return Ok(true);
        }
        let key = (ancestor, descendant);
        if let Some(known) = self.ancestors.borrow().get(&key) {
            return Ok(*known);
        }
        let answer = self.view.is_ancestor(ancestor, descendant)?;
        self.ancestors.borrow_mut().insert(key, answer);
        Ok(answer)
    }

    /// Whether a commit is reachable from any of several.
    pub fn is_reachable(&self, commit: Oid, from: &[Oid]) -> Read<bool> {
        for head in from {
            if self.is_ancestor(commit, *head)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Those of many commits that are reachable from any of several, asked at once: each by itself would walk
    /// down to where its own clock says. `None`: that is not answered so. Where clocks are wrong one may be
    /// missing, and so it is no answer to [`History::is_ancestor`].
    pub fn reachable_among(&self, commits: &[Oid], from: &[Oid]) -> Option<OidSet> {
        let mut reachable = OidSet::default();
        for head in from {
            reachable.extend(self.view.ancestors_among(commits, *head).ok()?);
        }
        Some(reachable)
    }

    /// The merge bases between two sides of any number of tips, sorted by id.
    pub fn merge_bases(&self, ones: &[Oid], others: &[Oid]) -> Read<Vec<Oid>> {
        let (ones, others) = if ones <= others { (ones, others) } else { (others, ones) };
        let key = (ones.to_vec(), others.to_vec());
        if let Some(bases) = self.bases.borrow().get(&key) {
            return Ok(bases.to_vec());
        }
        let bases = self.view.merge_bases(ones, others)?;
        self.bases.borrow_mut().insert(key, bases.clone());
        Ok(bases)
    }

    /// Those commits that are no ancestors of another of them.
    pub fn maximal(&self, commits: BTreeSet<Oid>) -> Read<Vec<Oid>> {
        let mut maximal = Vec::new();
        for commit in &commits {
            let mut below = false;
            for other in &commits {
                if commit != other && self.is_ancestor(*commit, *other)? {
                    below = true;
                    break;
                }
            }
            if !below {
                maximal.push(*commit);
            }
        }
        Ok(maximal)
    }

    /// How many commits are reachable from some and not from others. The walk is not remembered:
    /// along a line there are as many as commits.
    pub fn count(&self, include: &[Oid], exclude: &[Oid]) -> Read<usize> {
        if let Some(walk) = self.walks.borrow().get(&(include.to_vec(), exclude.to_vec())) {
            return Ok(walk.order.len());
        }
        Ok(self.view.walk(include, exclude)?.len())
    }

    /// The commits reachable from some and not from others, children before parents.
    pub fn walk(&self, include: &[Oid], exclude: &[Oid]) -> Read<Rc<Walk>> {
        let key = (include.to_vec(), exclude.to_vec());
        if let Some(walk) = self.walks.borrow().get(&key) {
            return Ok(Rc::clone(walk));
        }
        let order =
            if include.is_empty() { Vec::new() } else { self.view.walk(include, exclude)? };
        let set = order.iter().copied().collect();
        let walk = Rc::new(Walk { order, set });
        self.walks.borrow_mut().insert(key, Rc::clone(&walk));
        Ok(walk)
    }

    /// The paths that a commit changes: those in which it differs from every parent (from the
    /// empty tree when it has none).
    pub fn touched(&self, commit: Oid) -> Read<Changes> {
        if let Some(touched) = self.touched.borrow().get(&commit) {
            return Ok(Rc::clone(touched));
        }
        let touched = match self.parents(commit)?.as_slice() {
            [] => self.diff(None, Some(self.tree(commit)?))?,
            [parent] => self.diff(Some(self.tree(*parent)?), Some(self.tree(commit)?))?,
            _ => {
                let compare = |old, new| Ok(self.diff(old, new)?.to_vec());
                let touched = Rc::new(self.differing(commit, compare)?);
                self.remember(weight(&touched));
                touched
            }
        };
        self.touched.borrow_mut().insert(commit, Rc::clone(&touched));
        Ok(touched)
    }

    /// Those of some paths that a commit changes. Nothing else is read, and nothing is remembered:
    /// whoever asks it of one commit after another asks once of each.
    pub fn touched_among(&self, commit: Oid, paths: &BTreeSet<RepoPath>) -> Read<Vec<TreeChange>> {
        self.differing(commit, |old, new| self.view.diff_at(old, new, paths))
    }

    /// What differs between a commit and every parent, each compared in the same way.
    fn differing(
        &self,
        commit: Oid,
        compare: impl Fn(Option<Oid>, Option<Oid>) -> Read<Vec<TreeChange>>,
    ) -> Read<Vec<TreeChange>> {
        let tree = Some(self.tree(commit)?);
        let mut parents = self.parents(commit)?.into_iter();
        let first = parents.next().map(|parent| self.tree(parent)).transpose()?;
        let mut differing = compare(first, tree)?;
        for parent in parents {
            let there = compare(Some(self.tree(parent)?), tree)?;
            let there: HashSet<&RepoPath> = there.iter().map(|change| &change.path).collect();
            differing.retain(|change| there.contains(&change.path));
        }
        Ok(differing)
    }

    /// The newest commit of a tip's first-parent chain that any of these heads holds; `None` when
    /// they hold none of it.
    pub fn newest_of_line(&self, tip: Oid, heads: &[Oid]) -> Read<Option<Oid>> {
        let beyond = self.walk(&[tip], heads)?;
        let mut next = Some(tip);
        while let Some(commit) = next.filter(|commit| beyond.set.contains(commit)) {
            next = self.parents(commit)?.first().copied();
        }
        Ok(next)
    }

    /// The oldest commit of a tip's first-parent chain that holds a commit which is not on it, and
    /// that one's first parent; `None` when there is none.
    pub fn taken_by(&self, tip: Oid, commit: Oid) -> Read<Option<(Oid, Oid)>> {
        let beyond = self.walk(&[tip], &[commit])?;
        let mut chain = Vec::new();
        let mut next = Some(tip);
        while let Some(at) = next.filter(|at| beyond.set.contains(at)) {
            chain.push(at);
            next = self.parents(at)?.first().copied();
        }
        // Holding it is monotone along the chain, newest first.
        let (mut holding, mut lacking) = (0, chain.len());
        while lacking - holding > 1 {
            let middle = usize::midpoint(holding, lacking);
            if self.is_ancestor(commit, chain[middle])? {
                holding = middle;
            } else {
                lacking = middle;
            }
        }
        let Some(taken_by) = chain.get(holding).copied() else { return Ok(None) };
        Ok(self.parents(taken_by)?.first().map(|first| (taken_by, *first)))
    }

    /// The first-parent chain of a commit, itself first, up to where `stop` says so (the commit
    /// that stops is not part of it) or to the root.
    pub fn first_parents(
        &self,
        from: Oid,
        mut stop: impl FnMut(Oid) -> Read<bool>,
    ) -> Known<Vec<Oid>> {
        let limit = self.view.walk_limit();
        let mut chain = Vec::new();
        let mut next = Some(from);
        while let Some(commit) = next {
            if stop(commit)? {
                break;
            }
            if chain.len() >= limit {
                return Err(ReadError::WalkLimit { limit }.into());
            }
            chain.push(commit);
            next = self.parents(commit)?.first().copied();
        }
        Ok(chain)
    }

    /// The same, as far as they are among these commits.
    pub fn first_parents_in(&self, from: Oid, within: &OidSet) -> Known<Vec<Oid>> {
        self.first_parents(from, |commit| Ok(!within.contains(&commit)))
    }
}

/// Of how many of the newest commits of a line something holds, that holds of none below one of which it
/// does not. The newest is asked first, then halving finds the place: lines may be long.
pub fn held_by_newest(line: &[Oid], mut holds: impl FnMut(Oid) -> Read<bool>) -> Read<usize> {
    let Some(newest) = line.first() else { return Ok(0) };
    if !holds(*newest)? {
        return Ok(0);
    }
    let (mut held, mut not) = (0, line.len());
    while held + 1 < not {
        let middle = usize::midpoint(held, not);
        match holds(line[middle])? {
            true => held = middle,
            false => not = middle,
        }
    }
    Ok(not)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::fake::FakeView;

    #[test]
    fn what_is_remembered_and_what_is_found_has_a_bound() {
        let view = FakeView::new();
        let history = History::new(&view);
        let trees = (None, None);
        history.diff(trees.0, trees.1).unwrap();
        history.count_changes(MOST_REMEMBERED).unwrap();
        assert!(history.diffs.borrow().contains_key(&trees));
        history.count_changes(1).unwrap();
        assert!(history.diffs.borrow().is_empty());
        history.count_changes(MOST_CHANGES - MOST_REMEMBERED - 1).unwrap();
        let error = history.count_changes(1).unwrap_err().to_string();
        assert!(error.contains("64000000 changes"), "{error}");
    }
}
