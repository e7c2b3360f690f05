//! A repository in memory, drawn by hand: commits with parents and files, refs, and a contract.
//!
//! Ids are their names' own bytes, so that an id sorts as its name does and can be told again.
//! Graph questions are answered by the code that answers them for real repositories.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::rc::Rc;

use policy::change::{ChangeKind, Entry};
use policy::name::RefName;
use policy::oid::Oid;
use policy::path::RepoPath;

use crate::repository::ancestry::{self, Commits};
use crate::repository::raw::RawCommit;
use crate::repository::{
    Backend, Commit, GitMerge, GitView, Head, HeadLog, LineCount, Logged, MergeQuestion, Place,
    Read, ReadError, Reference, Staged, Steps, TextMerge, TreeChange, WorktreeChange, lines,
};

/// The files of a state, by path.
pub type Files = BTreeMap<RepoPath, Entry>;

/// How often the view was asked for what costs time in a real repository.
#[derive(Debug, Default)]
pub struct Asked {
    /// Tree comparisons.
    pub diffs: Cell<usize>,
    /// Leaves looked up.
    pub entries: Cell<usize>,
    /// Directories listed.
    pub listings: Cell<usize>,
    /// Contents read.
    pub blobs: Cell<usize>,
    /// Texts merged.
    pub merges: Cell<usize>,
    /// Walks, merge bases and questions of ancestry.
    pub walks: Cell<usize>,
    /// Commit headers.
    pub commits: Cell<usize>,
}

/// The repository.
#[derive(Debug)]
pub struct FakeView {
    backend: Backend,
    place: Place,
    commits: HashMap<Oid, Rc<RawCommit>>,
    trees: HashMap<Oid, Rc<Files>>,
    known_trees: HashMap<Files, Oid>,
    blobs: HashMap<Oid, Rc<[u8]>>,
    known_blobs: HashMap<Vec<u8>, Oid>,
    /// Contents of so many zeros, which are made when they are read.
    zeros: HashMap<Oid, u64>,
    /// The refs, by full name.
    pub refs: BTreeMap<RefName, Oid>,
    /// The upstream's tracking ref of a branch.
    pub upstreams: BTreeMap<RefName, RefName>,
    /// The configuration.
    pub config: BTreeMap<String, Vec<String>>,
    /// The commits whose parents are cut off.
    pub cut_off: BTreeSet<Oid>,
    /// Objects that cannot be read.
    pub damaged: BTreeSet<Oid>,
    /// The walk limit.
    pub limit: usize,
    /// HEAD.
    pub head: Head,
    /// What is staged.
    pub staged: Staged,
    /// The heads that the commit being made merges.
    pub merging: Vec<Oid>,
    /// What was asked.
    pub asked: Asked,
}

/// The id that a name stands for.
pub fn named(name: &str) -> Oid {
    let mut bytes = [0; 20];
    assert!(!name.is_empty() && name.len() <= 20, "a commit's name has 1 to 20 bytes: {name}");
    bytes[..name.len()].copy_from_slice(name.as_bytes());
    Oid::from_bytes(&bytes).unwrap()
}

/// The name that an id stands for.
pub fn name(id: Oid) -> String {
    let bytes = id.as_bytes();
    let end = bytes.iter().position(|byte| *byte == 0).unwrap_or(bytes.len());
    String::from_utf8_lossy(&bytes[..end]).into_owned()
}

fn numbered(kind: u8, number: usize) -> Oid {
    let mut bytes = [kind; 20];
    bytes[12..].copy_from_slice(&(number as u64).to_be_bytes());
    Oid::from_bytes(&bytes).unwrap()
}

impl FakeView {
    /// A repository without anything.
    pub fn new() -> Self {
        Self {
            backend: Backend { name: "fake", reason: "it is drawn".to_owned() },
            place: Place {
                git_dir: "/fake/.git".into(),
                common_dir: "/fake/.git".into(),
                worktree: None,
                objects: "/fake/.git/objects".into(),
            },
            commits: HashMap::new(),
            trees: HashMap::new(),
            known_trees: HashMap::new(),
            blobs: HashMap::new(),
            known_blobs: HashMap::new(),
            zeros: HashMap::new(),
            refs: BTreeMap::new(),
            upstreams: BTreeMap::new(),
            config: BTreeMap::new(),
            cut_off: BTreeSet::new(),
            damaged: BTreeSet::new(),
            limit: 10_000,
            head: Head::Unborn(RefName::branch("main")),
            staged: Staged::default(),
            merging: Vec::new(),
            asked: Asked::default(),
        }
    }

    /// A content, stored.
    pub fn store(&mut self, content: &[u8]) -> Oid {
        if let Some(id) = self.known_blobs.get(content) {
            return *id;
        }
        let id = numbered(0xbb, self.blobs.len());
        self.blobs.insert(id, content.into());
        self.known_blobs.insert(content.to_vec(), id);
        id
    }

    /// A content that was stored.
    pub fn content(&self, id: Oid) -> &Rc<[u8]> {
        &self.blobs[&id]
    }

    /// A content of so many zeros.
    pub fn store_zeros(&mut self, size: u64) -> Oid {
        let id = numbered(0xdd, self.zeros.len());
        self.zeros.insert(id, size);
        id
    }

    /// Makes a commit. Each is younger than those before it.
    pub fn make(&mut self, name: &str, parents: &[Oid], files: Files) -> Oid {
        let tree = match self.known_trees.get(&files) {
            Some(tree) => *tree,
            None => {
                let tree = numbered(0xcc, self.trees.len());
                self.known_trees.insert(files.clone(), tree);
                self.trees.insert(tree, Rc::new(files));
                tree
            }
        };
        let id = named(name);
        let (parents, time) = (parents.to_vec(), self.commits.len() as i64);
        let commit = RawCommit { tree, parents, time, summary: name.to_owned() };
        assert!(self.commits.insert(id, Rc::new(commit)).is_none(), "{name} is drawn twice");
        id
    }

    /// The files of a commit.
    pub fn files(&self, commit: Oid) -> Rc<Files> {
        let tree =
            self.commits.get(&commit).unwrap_or_else(|| panic!("{} is not drawn", name(commit)));
        Rc::clone(&self.trees[&tree.tree])
    }

    /// What git's merge of two commits would hold, and the paths in which it conflicts (they are
    /// left as in the first).
    pub fn merged(&mut self, ours: Oid, theirs: Oid) -> (Files, Vec<RepoPath>) {
        let base = match ancestry::merge_bases(self, &[ours], &[theirs]).unwrap().first() {
            Some(base) => self.files(*base),
            None => Rc::default(),
        };
        let (ours, theirs) = (self.files(ours), self.files(theirs));
        let mut files = Files::clone(&ours);
        let mut conflicts = Vec::new();
        let paths: BTreeSet<&RepoPath> = ours.keys().chain(theirs.keys()).collect();
        for path in paths {
            let (was, our, their) = (base.get(path), ours.get(path), theirs.get(path));
            if our == their || was == their {
                continue;
            }
            if was == our {
                match their {
                    Some(entry) => files.insert(path.clone(), *entry),
                    None => files.remove(path),
                };
                continue;
            }
            let text = match (our, their) {
                (Some(our), Some(their)) => {
                    let content = |entry: &Entry| Rc::clone(&self.blobs[&entry.id]);
                    let was = was.map(content).unwrap_or_default();
                    let contents = [&was[..], &content(our), &content(their)];
                    match lines::merge(contents, &mut Steps::most(u64::MAX)) {
                        Ok(TextMerge::Clean(text)) => Some((our.mode, text)),
                        _ => None,
                    }
                }
                _ => None,
            };
            match text {
                Some((mode, text)) => {
                    let id = self.store(&text);
                    files.insert(path.clone(), Entry { mode, id });
                }
                None => conflicts.push(path.clone()),
            }
        }
        (files, conflicts)
    }

    fn raw(&self, id: Oid) -> Read<&Rc<RawCommit>> {
        if self.damaged.contains(&id) {
            return Err(ReadError::Object { id, reason: "damaged".to_owned() });
        }
        let missing = || ReadError::Object { id, reason: "not there".to_owned() };
        self.commits.get(&id).ok_or_else(missing)
    }

    fn tree(&self, id: Option<Oid>) -> Read<Rc<Files>> {
        let Some(id) = id else { return Ok(Rc::default()) };
        let missing = || ReadError::Object { id, reason: "no tree".to_owned() };
        self.trees.get(&id).cloned().ok_or_else(missing)
    }
}

fn count(counter: &Cell<usize>) {
    counter.set(counter.get() + 1);
}

impl Commits for FakeView {
    fn commit(&self, id: Oid) -> Read<Rc<RawCommit>> {
        self.raw(id).cloned()
    }

    fn is_cut_off(&self, id: Oid, commit: &RawCommit) -> Read<bool> {
        Ok(!commit.parents.is_empty() && self.cut_off.contains(&id))
    }

    fn limit(&self) -> usize {
        self.limit
    }
}

impl GitView for FakeView {
    fn backend(&self) -> &Backend {
        &self.backend
    }

    fn place(&self) -> &Place {
        &self.place
    }

    fn commit(&self, id: Oid) -> Read<Commit> {
        count(&self.asked.commits);
        let raw = self.raw(id)?;
        let (tree, parents, time) = (raw.tree, raw.parents.clone(), raw.time);
        Ok(Commit { id, tree, parents, time, summary: raw.summary.clone() })
    }

    fn shallow(&self) -> Read<BTreeSet<Oid>> {
        Ok(self.cut_off.clone())
    }

    fn peel_to_commit(&self, id: Oid) -> Read<Option<Oid>> {
        Ok(self.commits.contains_key(&id).then_some(id))
    }

    fn diff_trees(&self, old: Option<Oid>, new: Option<Oid>) -> Read<Vec<TreeChange>> {
        count(&self.asked.diffs);
        let (old, new) = (self.tree(old)?, self.tree(new)?);
        let paths: BTreeSet<&RepoPath> = old.keys().chain(new.keys()).collect();
        let change = |path: &RepoPath| {
            let (old, new) = (old.get(path).copied(), new.get(path).copied());
            (old != new).then(|| TreeChange { path: path.clone(), old, new })
        };
        Ok(paths.into_iter().filter_map(change).collect())
    }

    fn diff_at(
        &self,
        old: Option<Oid>,
        new: Option<Oid>,
        paths: &BTreeSet<RepoPath>,
    ) -> Read<Vec<TreeChange>> {
        let mut changes = self.diff_trees(old, new)?;
        changes.retain(|change| paths.contains(&change.path));
        Ok(changes)
    }

    fn entry(&self, tree: Oid, path: &RepoPath) -> Read<Option<Entry>> {
        count(&self.asked.entries);
        Ok(self.tree(Some(tree))?.get(path).copied())
    }

    fn names_in(&self, tree: Oid, directory: &[u8]) -> Read<Vec<Vec<u8>>> {
        count(&self.asked.listings);
        let mut names = BTreeSet::new();
        for path in self.tree(Some(tree))?.keys() {
            let inside = match directory {
                [] => Some(path.as_bytes()),
                _ => path.as_bytes().strip_prefix(directory).and_then(|r| r.strip_prefix(b"/")),
            };
            let component = inside.and_then(|inside| inside.split(|byte| *byte == b'/').next());
            names.extend(component.map(<[u8]>::to_vec));
        }
        Ok(names.into_iter().collect())
    }

    fn require_blob(&self, id: Oid) -> Read<()> {
        match self.blobs.contains_key(&id) || self.zeros.contains_key(&id) {
            true => Ok(()),
            false => Err(ReadError::Object { id, reason: "no blob".to_owned() }),
        }
    }

    fn blob_size(&self, id: Oid) -> Read<u64> {
        if let Some(size) = self.zeros.get(&id) {
            return Ok(*size);
        }
        let missing = || ReadError::Object { id, reason: "no blob".to_owned() };
        Ok(self.blobs.get(&id).ok_or_else(missing)?.len() as u64)
    }

    fn blob(&self, id: Oid) -> Read<Vec<u8>> {
        count(&self.asked.blobs);
        let missing = || ReadError::Object { id, reason: "no blob".to_owned() };
        if self.damaged.contains(&id) {
            return Err(missing());
        }
        if let Some(size) = self.zeros.get(&id) {
            return Ok(vec![0; usize::try_from(*size).unwrap()]);
        }
        Ok(self.blobs.get(&id).ok_or_else(missing)?.to_vec())
    }

    fn merge_bases(&self, ones: &[Oid], others: &[Oid]) -> Read<Vec<Oid>> {
        count(&self.asked.walks);
        ancestry::merge_bases(self, ones, others)
    }

    fn is_ancestor(&self, ancestor: Oid, descendant: Oid) -> Read<bool> {
        count(&self.asked.walks);
        ancestry::is_ancestor(self, ancestor, descendant)
    }

    fn ancestors_among(&self, commits: &[Oid], descendant: Oid) -> Read<Vec<Oid>> {
        count(&self.asked.walks);
        ancestry::ancestors_among(self, commits, descendant)
    }

    fn walk(&self, include: &[Oid], exclude: &[Oid]) -> Read<Vec<Oid>> {
        count(&self.asked.walks);
        ancestry::walk(self, include, exclude)
    }

    fn walk_limit(&self) -> usize {
        self.limit
    }

    fn reference(&self, name: &RefName) -> Read<Option<Reference>> {
        let target = self.refs.get(name).copied();
        Ok(target.map(|target| Reference { name: name.clone(), target, symbolic: None }))
    }

    fn end(&self, name: &RefName) -> Read<RefName> {
        Ok(name.clone())
    }

    fn references(&self, prefix: &str) -> Read<Vec<Reference>> {
        let below = self.refs.iter().filter(|(n, _)| n.as_bytes().starts_with(prefix.as_bytes()));
        let reference = |(name, target): (&RefName, &Oid)| Reference {
            name: name.clone(),
            target: *target,
            symbolic: None,
        };
        Ok(below.map(reference).collect())
    }

    fn head(&self) -> Read<Head> {
        Ok(self.head.clone())
    }

    fn resolve(&self, revision: &str) -> Read<Option<Oid>> {
        Ok(self.refs.get(&RefName::branch(revision)).copied())
    }

    fn staged(&self, _: Option<Oid>) -> Read<Staged> {
        Ok(self.staged.clone())
    }

    fn unstaged(&self) -> Read<Vec<WorktreeChange>> {
        Ok(Vec::new())
    }

    fn untracked(&self) -> Read<Vec<RepoPath>> {
        Ok(Vec::new())
    }

    fn config(&self, key: &str) -> Read<Option<String>> {
        Ok(self.config.get(key).and_then(|values| values.last().cloned()))
    }

    fn config_all(&self, key: &str) -> Read<Vec<String>> {
        Ok(self.config.get(key).cloned().unwrap_or_default())
    }

    fn remotes(&self) -> Read<BTreeSet<String>> {
        Ok(BTreeSet::new())
    }

    fn upstream(&self, branch: &RefName) -> Read<Option<Reference>> {
        match self.upstreams.get(branch) {
            Some(tracking) => self.reference(tracking),
            None => Ok(None),
        }
    }

    fn reflog(&self, _: &RefName, _: usize) -> Read<Vec<Logged>> {
        Ok(Vec::new())
    }

    fn head_log(&self, _: usize) -> Read<Vec<Logged>> {
        Ok(Vec::new())
    }

    fn heads(&self) -> Read<Vec<HeadLog>> {
        Ok(Vec::new())
    }

    fn merge_text(&self, contents: [&[u8]; 3], steps: &mut Steps) -> Read<TextMerge> {
        count(&self.asked.merges);
        lines::merge(contents, steps)
    }

    fn merge_by_git(&self, _: Oid, _: Oid, asked: MergeQuestion<'_>) -> Read<GitMerge> {
        // Nothing is drawn in which whole trees merge otherwise than path by path: it is asked of paths that conflict.
        Ok(GitMerge { conflicts: asked.paths.clone(), ..GitMerge::default() })
    }

    fn count_lines(&self, old: &[u8], new: &[u8]) -> Read<Option<LineCount>> {
        // Nothing that is decided depends on it: every line counts.
        let lines = |content: &[u8]| content.split_inclusive(|byte| *byte == b'\n').count();
        let all = LineCount { added: lines(new), deleted: lines(old) };
        Ok(Some(if old == new { LineCount::default() } else { all }))
    }
}

/// A change as a sign: `+` added, `-` deleted, `~` modified, `!` another kind, `*` another mode,
/// `@` a submodule.
pub fn sign(kind: ChangeKind) -> char {
    match kind {
        ChangeKind::Added => '+',
        ChangeKind::Deleted => '-',
        ChangeKind::Modified => '~',
        ChangeKind::Kind => '!',
        ChangeKind::Mode => '*',
        ChangeKind::Submodule => '@',
    }
}
