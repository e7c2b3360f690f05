//! Whole-tree merges by git itself: `git merge-tree --write-tree`, many in one process.

use std::collections::{BTreeSet, HashMap};
use std::time::Duration;

use policy::change::{Entry, EntryMode};
use policy::oid::Oid;
use policy::path::RepoPath;

use super::aside::{Aside, Drivers};
use super::plumbing::listed::raw_diff;
use super::{GitView, Read, ReadError, TreeChange};
use crate::system::process::{Git, Output, ProcessError, last_words};

/// What merging two commits gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Merged {
    /// The tree; where it conflicts, with the markers in it.
    pub tree: Oid,
    /// What conflicts; empty when it merges cleanly.
    pub conflicts: Vec<Conflict>,
}

/// One conflict, as git tells it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Conflict {
    /// What kind, in git's words: `content`, `modify/delete`, `rename/rename` …
    pub kind: String,
    /// The paths that it is about, the first before others.
    pub paths: Vec<RepoPath>,
}

impl Merged {
    /// Where a file and a directory want one path, git gives the file another one, which ends in the
    /// name of its side, here the commit's id (2.39 and 2.47: `new~4c87…`). It is the path that it
    /// would have.
    fn without_ids(mut self, (ours, theirs): (Oid, Oid)) -> Self {
        let endings = [ours, theirs].map(|id| format!("~{id}").into_bytes());
        for conflict in &mut self.conflicts {
            for path in &mut conflict.paths {
                let plain = endings.iter().find_map(|end| path.as_bytes().strip_suffix(&end[..]));
                if let Some(plain) = plain.and_then(|plain| RepoPath::new(plain).ok()) {
                    *path = plain;
                }
            }
            let mut told = Vec::new();
            conflict.paths.retain(|path| {
                let is_new = !told.contains(path);
                told.push(path.clone());
                is_new
            });
        }
        self
    }
}

/// How long all merges of one process may take.
const TIMEOUT: Duration = Duration::from_secs(60 * 60);

/// `git merge-tree` of git 2.38, which has no `--stdin`, ends with this status: bad usage.
const USAGE: i32 = 129;

/// Merges each pair of commits, in their order. They must have a common ancestor: of two that have
/// none git makes no conflict but a failure (2.39 and 2.47: status 128, and the rest is not merged).
pub fn merge_all(aside: &Aside, pairs: &[(Oid, Oid)]) -> Read<Vec<Merged>> {
    if pairs.is_empty() {
        return Ok(Vec::new());
    }
    let lines: String = pairs.iter().map(|(ours, theirs)| format!("{ours} {theirs}\n")).collect();
    // One process for all since 2.39; a conflict is no failure of it: it ends with 0, and says of
    // each merge by a first field whether it is clean (2.39 and 2.47).
    let call = aside.git().args(OPTIONS).arg("--stdin").input(lines).within(TIMEOUT);
    let output = call.run().map_err(failed)?;
    if output.status.code() == Some(USAGE) {
        return pairs.iter().map(|pair| merge_one(aside, *pair)).collect();
    }
    if !output.status.success() {
        return Err(ended(&output));
    }
    let mut fields = Fields(&output.stdout);
    let merged: Option<Vec<Merged>> = pairs
        .iter()
        .map(|pair| {
            let is_clean = fields.next()? == b"1";
            let merged = fields.merged(is_clean)?.without_ids(*pair);
            // Between two merges stands one more empty field.
            fields.next().filter(|field| field.is_empty()).map(|_| merged)
        })
        .collect();
    merged.filter(|_| fields.0.is_empty()).ok_or_else(unreadable)
}

/// Merges two commits in a process of their own, which ends with 1 when they conflict.
pub fn merge_one(aside: &Aside, pair: (Oid, Oid)) -> Read<Merged> {
    merge_within(aside.git(), pair, TIMEOUT)
}

fn merge_within(git: Git, (ours, theirs): (Oid, Oid), limit: Duration) -> Read<Merged> {
    let call = git.args(OPTIONS).args([ours.to_string(), theirs.to_string()]);
    let output = call.within(limit).run().map_err(failed)?;
    let is_clean = match output.status.code() {
        Some(0) => true,
        Some(1) => false,
        _ => return Err(ended(&output)),
    };
    let mut fields = Fields(&output.stdout);
    let merged = fields.merged(is_clean).map(|merged| merged.without_ids((ours, theirs)));
    merged.filter(|_| fields.0.is_empty()).ok_or_else(unreadable)
}

/// What decides which renames git follows, which lines it takes for the same and how it marks a conflict.
const DEFAULTS: [&str; 5] = [
    "merge.renames=true",
    "merge.renameLimit=7000",
    "merge.directoryRenames=conflict",
    "merge.conflictStyle=merge",
    "diff.algorithm=histogram",
];

const OPTIONS: [&str; 5] = ["merge-tree", "--write-tree", "-z", "--name-only", "--messages"];

fn failed(error: ProcessError) -> ReadError {
    ReadError::Other(error.to_string())
}

fn ended(output: &Output) -> ReadError {
    failed(ProcessError::Failed {
        call: "git merge-tree".to_owned(),
        status: output.status,
        stderr: last_words(&output.stderr),
    })
}

fn unreadable() -> ReadError {
    ReadError::Other("git merge-tree printed something else than merges".to_owned())
}

/// What git's own merge makes of a commit.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct GitMerge {
    /// What it changes, sorted by path; where it conflicts, with the markers in it.
    pub changes: Vec<TreeChange>,
    /// The paths that conflict.
    pub conflicts: BTreeSet<RepoPath>,
    /// What the files hold that it changes, of the paths that were asked about, where that was asked.
    pub contents: HashMap<Oid, Vec<u8>>,
}

impl GitMerge {
    /// Whether a path conflicts.
    pub fn conflicts_at(&self, path: &RepoPath) -> bool {
        self.conflicts.contains(path)
    }

    /// What it changes at a path without a conflict.
    pub fn change(&self, path: &RepoPath) -> Option<&TreeChange> {
        let at = self.changes.binary_search_by(|change| change.path.cmp(path)).ok()?;
        Some(&self.changes[at]).filter(|_| !self.conflicts_at(path))
    }
}

/// How git is asked for a merge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MergeQuestion<'a> {
    /// The paths that it is about: their attributes count.
    pub paths: &'a BTreeSet<RepoPath>,
    /// Whether what they hold afterwards is read as well.
    pub reads: bool,
    /// How long it may take.
    pub within: Duration,
}

/// Merges a commit into another as git does, with the attributes that the other has for some paths. No program
/// but git is started: of attributes that name another driver, nothing is told.
pub fn merge_into(
    view: &dyn GitView,
    pair: (Oid, Oid),
    asked: MergeQuestion<'_>,
) -> Read<GitMerge> {
    let aside = Aside::beside(view.place())?;
    let (ours, _) = pair;
    aside.attributes_of(view, ours, asked.paths, Drivers::BuiltIn)?;
    // As git merges where nothing is set (2.39 and 2.47): in a push to a path, the settings are the pusher's. A
    // driver that they define outweighs one of git's own of that name.
    let git = DEFAULTS.into_iter().fold(aside.git().without_personal_settings(), Git::setting);
    let merged = merge_within(git, pair, asked.within)?;
    let compared = ["diff-tree", "-r", "-z", "--raw", "--no-abbrev", "--no-renames"];
    let trees = [ours.to_string(), merged.tree.to_string()];
    let listed = aside.git().args(compared).args(trees).stdout().map_err(failed)?;
    let listed = raw_diff(&listed).map_err(|error| ReadError::Other(error.to_string()))?;
    let conflicts = merged.conflicts.into_iter().flat_map(|conflict| conflict.paths).collect();
    let mut made = GitMerge { changes: listed.changes, conflicts, ..GitMerge::default() };
    if asked.reads {
        made.contents = contents(&aside, &made, asked.paths)?;
    }
    Ok(made)
}

/// What the files hold among these paths that a merge changes.
fn contents(
    aside: &Aside,
    made: &GitMerge,
    paths: &BTreeSet<RepoPath>,
) -> Read<HashMap<Oid, Vec<u8>>> {
    let mut ids = BTreeSet::new();
    for path in paths {
        if let Some(TreeChange { new: Some(Entry { mode, id }), .. }) = made.change(path)
            && *mode != EntryMode::Submodule
        {
            ids.insert(*id);
        }
    }
    let mut found = HashMap::new();
    if ids.is_empty() {
        return Ok(found);
    }
    let input: String = ids.iter().map(|id| format!("{id}\n")).collect();
    let told = aside.git().args(["cat-file", "--batch"]).input(input).stdout().map_err(failed)?;
    let mut rest = told.as_slice();
    for id in ids {
        let (content, behind) = one_content(id, rest).ok_or_else(unreadable)?;
        found.insert(id, content.to_vec());
        rest = behind;
    }
    Ok(found)
}

/// The content that `cat-file --batch` tells of an object, and what it tells of others behind it.
fn one_content(id: Oid, told: &[u8]) -> Option<(&[u8], &[u8])> {
    let head = format!("{id} blob ");
    let told = told.strip_prefix(head.as_bytes())?;
    let end = told.iter().position(|byte| *byte == b'\n')?;
    let size: usize = std::str::from_utf8(&told[..end]).ok()?.parse().ok()?;
    let told = &told[end + 1..];
    Some((told.get(..size)?, told.get(size + 1..)?))
}

/// What git printed, field by field, each ended by a NUL.
struct Fields<'a>(&'a [u8]);

impl<'a> Fields<'a> {
    fn next(&mut self) -> Option<&'a [u8]> {
        let end = self.0.iter().position(|byte| *byte == 0)?;
        let field = &self.0[..end];
        self.0 = &self.0[end + 1..];
        Some(field)
    }

    /// One merge: its tree, the names that conflict up to an empty field, and messages, each with a
    /// number of paths, the paths, its type and itself, up to another empty field where more
    /// follows (2.39 and 2.47: with `--messages` also of a clean merge).
    fn merged(&mut self, is_clean: bool) -> Option<Merged> {
        let tree = std::str::from_utf8(self.next()?).ok()?.parse().ok()?;
        let mut named = Vec::new();
        while let Some(name) = self.next()
            && !name.is_empty()
        {
            named.push(RepoPath::new(name).ok()?);
        }
        let mut conflicts = Vec::new();
        while let Some(count) = self.count() {
            let mut paths = Vec::with_capacity(count.min(8));
            for _ in 0..count {
                paths.push(RepoPath::new(self.next()?).ok()?);
            }
            let kind = self.next()?;
            self.next()?;
            if let Some(kind) = conflict(kind) {
                conflicts.push(Conflict { kind, paths });
            }
        }
        if is_clean {
            return Some(Merged { tree, conflicts: Vec::new() });
        }
        // A conflict that no message tells.
        named.retain(|name| !conflicts.iter().any(|told| told.paths.contains(name)));
        conflicts.extend(
            named.into_iter().map(|name| Conflict { kind: "conflict".into(), paths: vec![name] }),
        );
        conflicts.sort();
        conflicts.dedup();
        self.skip_advice();
        Some(Merged { tree, conflicts })
    }

    /// Behind a conflict of submodules, 2.39 prints what a person should do, for people, also where
    /// fields were asked for; 2.47 does not.
    fn skip_advice(&mut self) {
        if self.0.starts_with(b"Recursive merging with submodules") {
            let end = self.0.iter().position(|byte| *byte == 0);
            self.0 = &self.0[end.unwrap_or(self.0.len())..];
        }
    }

    /// The number that a message begins with; none stands at the end, or before an empty field.
    fn count(&mut self) -> Option<usize> {
        let end = self.0.iter().position(|byte| *byte == 0)?;
        let number = std::str::from_utf8(&self.0[..end]).ok()?.parse().ok()?;
        self.0 = &self.0[end + 1..];
        Some(number)
    }
}

/// The kind of a conflict by a message's type: `CONFLICT (contents)`. Others, such as
/// `Auto-merging`, tell of none.
fn conflict(kind: &[u8]) -> Option<String> {
    let kind = String::from_utf8_lossy(kind);
    let kind = kind.strip_prefix("CONFLICT")?;
    let kind = kind.trim().trim_start_matches('(').trim_end_matches(')');
    Some(match kind {
        "" => "conflict".to_owned(),
        "contents" => "content".to_owned(),
        other => policy::text::printable(other),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> Vec<u8> {
        text.replace('~', "\0").into_bytes()
    }

    const TREE: &str = "9c6896b318a569fe1aae915b09a71df529dfe1a5";

    #[test]
    fn a_conflict_has_its_kind_and_paths() {
        let bytes = told(&format!(
            "{TREE}~f~~1~f~Auto-merging~Auto-merging f\n~1~f~CONFLICT (contents)~CONFLICT in f\n~"
        ));
        let mut fields = Fields(&bytes);
        let merged = fields.merged(false).unwrap();
        let f = RepoPath::new(*b"f").unwrap();
        assert_eq!(merged.conflicts, [Conflict { kind: "content".into(), paths: vec![f] }]);
        assert!(fields.0.is_empty());
    }

    #[test]
    fn a_clean_merge_has_none_whatever_was_told() {
        let bytes = told(&format!("{TREE}~~1~f~Auto-merging~Auto-merging f\n~~1~"));
        let mut fields = Fields(&bytes);
        assert_eq!(fields.merged(true).unwrap().conflicts, []);
        assert_eq!(fields.next(), Some(&b""[..]));
        assert_eq!(fields.next(), Some(&b"1"[..]));
    }

    #[test]
    fn advice_behind_a_conflict_of_submodules_is_passed_over() {
        let advice = "Recursive merging with submodules currently only supports trivial cases.\n";
        let conflict = format!("{TREE}~lib~~1~lib~CONFLICT (submodule)~Failed to merge\n~{advice}");
        for (text, rest) in [(conflict.clone(), ""), (format!("{conflict}~1~"), "\x001\0")] {
            let bytes = told(&text);
            let mut fields = Fields(&bytes);
            assert_eq!(fields.merged(false).unwrap().conflicts.len(), 1);
            assert_eq!(fields.0, rest.as_bytes());
        }
    }

    #[test]
    fn what_is_cut_off_is_no_answer() {
        for text in ["", "no tree~", &format!("{TREE}~f~~2~f~CONFLICT (contents)~")] {
            assert_eq!(Fields(&told(text)).merged(false), None, "{text}");
        }
    }
}
