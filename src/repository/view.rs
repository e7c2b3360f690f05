//! Every question of [`GitView`], answered from any [`Source`].

use std::collections::BTreeSet;

use policy::change::Entry;
use policy::name::RefName;
use policy::oid::Oid;
use policy::path::RepoPath;

use super::source::Source;
use super::{
    Backend, Commit, GitMerge, GitView, Head, HeadLog, LineCount, Logged, MergeQuestion, Place,
    Read, ReadError, Reference, Staged, Steps, TextMerge, TreeChange, WorktreeChange, ancestry,
    lines, merge_tree, noted_tree, objects, trees, worktree,
};

/// How many commits one question may walk unless `contractgate.walkLimit` says otherwise.
pub(super) const WALK_LIMIT: usize = 200_000;

impl<S: Source> GitView for S {
    fn backend(&self) -> &Backend {
        Source::backend(self)
    }

    fn place(&self) -> &Place {
        Source::place(self)
    }

    fn commit(&self, id: Oid) -> Read<Commit> {
        let raw = objects::commit(self, id)?;
        Ok(Commit {
            id,
            tree: raw.tree,
            parents: raw.parents.clone(),
            time: raw.time,
            summary: raw.summary.clone(),
        })
    }

    fn shallow(&self) -> Read<BTreeSet<Oid>> {
        objects::boundary(self).cloned()
    }

    fn peel_to_commit(&self, id: Oid) -> Read<Option<Oid>> {
        objects::peel(self, id)
    }

    fn diff_trees(&self, old: Option<Oid>, new: Option<Oid>) -> Read<Vec<TreeChange>> {
        trees::diff(self, old, new)
    }

    fn diff_at(
        &self,
        old: Option<Oid>,
        new: Option<Oid>,
        paths: &BTreeSet<RepoPath>,
    ) -> Read<Vec<TreeChange>> {
        trees::diff_at(self, old, new, paths)
    }

    fn entry(&self, tree: Oid, path: &RepoPath) -> Read<Option<Entry>> {
        trees::entry(self, tree, path)
    }

    fn names_in(&self, tree: Oid, directory: &[u8]) -> Read<Vec<Vec<u8>>> {
        trees::names_in(self, tree, directory)
    }

    fn require_blob(&self, id: Oid) -> Read<()> {
        objects::require_blob(self, id)
    }

    fn blob_size(&self, id: Oid) -> Read<u64> {
        objects::blob_size(self, id)
    }

    fn blob(&self, id: Oid) -> Read<Vec<u8>> {
        objects::blob(self, id)
    }

    fn merge_bases(&self, ones: &[Oid], others: &[Oid]) -> Read<Vec<Oid>> {
        ancestry::merge_bases(self, ones, others)
    }

    fn is_ancestor(&self, ancestor: Oid, descendant: Oid) -> Read<bool> {
        ancestry::is_ancestor(self, ancestor, descendant)
    }

    fn ancestors_among(&self, commits: &[Oid], descendant: Oid) -> Read<Vec<Oid>> {
        ancestry::ancestors_among(self, commits, descendant)
    }

    fn walk(&self, include: &[Oid], exclude: &[Oid]) -> Read<Vec<Oid>> {
        ancestry::walk(self, include, exclude)
    }

    fn walk_limit(&self) -> usize {
        self.memory().walk_limit
    }

    fn reference(&self, name: &RefName) -> Read<Option<Reference>> {
        self.find_reference(name)
    }

    fn end(&self, name: &RefName) -> Read<RefName> {
        self.end_of(name)
    }

    fn references(&self, prefix: &str) -> Read<Vec<Reference>> {
        self.all_references(prefix)
    }

    fn head(&self) -> Read<Head> {
        self.read_head()
    }

    fn resolve(&self, revision: &str) -> Read<Option<Oid>> {
        self.revision(revision)
    }

    fn staged(&self, against: Option<Oid>) -> Read<Staged> {
        if let Some(tree) = against
            && let Some(noted) = noted_tree::of(self, tree)
            // Trees that were noted may have been pruned since: then the entries are read.
            && let Ok(changes) = trees::diff(self, against, Some(noted))
        {
            return Ok(Staged { changes, unmerged: Vec::new() });
        }
        self.compare_index(against)
    }

    fn unstaged(&self) -> Read<Vec<WorktreeChange>> {
        worktree::unstaged(self, &self.indexed()?)
    }

    fn untracked(&self) -> Read<Vec<RepoPath>> {
        worktree::untracked(Source::place(self), self.index())
    }

    fn config(&self, key: &str) -> Read<Option<String>> {
        Ok(self.settings().values_of(key)?.pop())
    }

    fn config_all(&self, key: &str) -> Read<Vec<String>> {
        self.settings().values_of(key)
    }

    fn remotes(&self) -> Read<BTreeSet<String>> {
        Ok(self.settings().remotes())
    }

    fn upstream(&self, branch: &RefName) -> Read<Option<Reference>> {
        self.upstream_of(branch)
    }

    fn reflog(&self, name: &RefName, most: usize) -> Read<Vec<Logged>> {
        self.log_of(name, most)
    }

    fn head_log(&self, most: usize) -> Read<Vec<Logged>> {
        self.log_of_head(most)
    }

    fn heads(&self) -> Read<Vec<HeadLog>> {
        self.all_heads()
    }

    fn merge_text(&self, contents: [&[u8]; 3], steps: &mut Steps) -> Read<TextMerge> {
        lines::merge(contents, steps)
    }

    fn merge_by_git(&self, into: Oid, merged: Oid, asked: MergeQuestion<'_>) -> Read<GitMerge> {
        merge_tree::merge_into(self, (into, merged), asked)
    }

    fn count_lines(&self, old: &[u8], new: &[u8]) -> Read<Option<LineCount>> {
        lines::count(old, new)
    }
}

/// What the values of `contractgate.walkLimit` say: the last one counts, a number of commits
/// with git's `k`, `m` and `g`.
pub(super) fn walk_limit(mut values: Vec<String>) -> Read<usize> {
    let key = "contractgate.walkLimit";
    let Some(text) = values.pop() else { return Ok(WALK_LIMIT) };
    let wrong = || ReadError::Config(format!("{key} is not a number of commits above 0"));
    let (digits, factor) = match text.trim().to_ascii_lowercase() {
        text if text.ends_with('k') => (text[..text.len() - 1].to_owned(), 1 << 10),
        text if text.ends_with('m') => (text[..text.len() - 1].to_owned(), 1 << 20),
        text if text.ends_with('g') => (text[..text.len() - 1].to_owned(), 1 << 30),
        text => (text, 1),
    };
    let number: usize = digits.parse().map_err(|_| wrong())?;
    number.checked_mul(factor).filter(|limit| *limit > 0).ok_or_else(wrong)
}
