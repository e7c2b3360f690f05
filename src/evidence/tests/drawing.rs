//! Reads drawn histories: see `fixtures/histories/README.md` for the language.

use std::collections::{BTreeMap, BTreeSet};

use policy::change::{Entry, EntryMode};
use policy::name::RefName;
use policy::oid::Oid;
use policy::path::RepoPath;

use crate::evidence::fake::{FakeView, Files, named};
use crate::repository::{Head, TreeChange};

/// One case: a history, and what is asked of it.
pub struct Drawn {
    /// Its name, a sentence.
    pub sentence: String,
    /// The history.
    pub view: FakeView,
    /// The questions, each with its answer.
    pub questions: Vec<Question>,
}

/// A question with the answer that it should get.
#[derive(Debug, Clone)]
pub struct Question {
    /// Where it stands in the file.
    pub line: usize,
    /// The words before the colon.
    pub asked: String,
    /// The lines of the answer.
    pub expected: Vec<String>,
}

/// The cases of one file.
pub fn read(text: &str) -> Vec<Drawn> {
    let mut contracts: BTreeMap<String, String> = BTreeMap::new();
    let mut cases: Vec<Drawn> = Vec::new();
    let mut open: Option<String> = None;
    for (number, line) in text.lines().enumerate() {
        let number = number + 1;
        if let Some(name) = &open {
            if line == "end" {
                open = None;
            } else if let Some(contract) = contracts.get_mut(name) {
                put(contract, line);
            }
            continue;
        }
        if let Some(rest) = line.strip_prefix("contract ") {
            let mut words = rest.split(" from ");
            let name = words.next().unwrap().to_owned();
            let from = words.next().map(|other| contracts[other].clone()).unwrap_or_default();
            contracts.insert(name.clone(), from);
            open = Some(name);
        } else if let Some(sentence) = line.strip_prefix("# ") {
            let mut view = FakeView::new();
            view.config.insert("contractgate.trunk".to_owned(), vec!["main".to_owned()]);
            cases.push(Drawn { sentence: sentence.to_owned(), view, questions: Vec::new() });
        } else if !line.trim().is_empty() && !line.starts_with("//") {
            let case = cases.last_mut().unwrap_or_else(|| panic!("line {number}: no case yet"));
            case.line(number, line, &contracts);
        }
    }
    cases
}

/// Adds a line to a contract: `[table] KEY = VALUE` to a table that is there, `KEY = VALUE` in
/// front of all tables, both in the place of the same key; anything else at the end.
fn put(contract: &mut String, line: &str) {
    let (from, line) = match line.split_once("] ") {
        Some((table, line)) if table.starts_with('[') => {
            let header = format!("{table}]\n");
            let at = contract.find(&header).unwrap_or_else(|| panic!("no {table}] to add to"));
            (at + header.len(), line)
        }
        _ => (0, line),
    };
    let end = contract[from..].find("\n[").map_or(contract.len(), |end| from + end + 1);
    let key = line.split(" = ").next().filter(|_| line.contains(" = "));
    let same = key.and_then(|key| contract[from..end].find(&format!("{key} = ")));
    match (same, key) {
        (Some(at), _) => {
            let at = from + at;
            let end = contract[at..].find('\n').map_or(contract.len(), |end| at + end);
            contract.replace_range(at..end, line);
        }
        (None, Some("version" | "integrator" | "trunk")) => {
            contract.insert_str(0, &format!("{line}\n"));
        }
        _ if from > 0 => contract.insert_str(from, &format!("{line}\n")),
        _ => contract.push_str(&format!("{line}\n")),
    }
}

impl Drawn {
    fn line(&mut self, number: usize, line: &str, contracts: &BTreeMap<String, String>) {
        if let Some(answer) = line.strip_prefix("    ") {
            let question = self.questions.last_mut();
            let question = question.unwrap_or_else(|| panic!("line {number}: an answer to what?"));
            question.expected.push(answer.trim_end().to_owned());
            return;
        }
        let line = line.trim();
        let (head, rest) =
            line.split_once(':').unwrap_or_else(|| panic!("line {number}: no colon: {line}"));
        let rest = rest.trim();
        match head {
            "refs" | "upstream" | "shallow" | "limit" | "config" | "damaged" => {
                self.setting(head, rest);
            }
            "index" => self.index(number, rest, contracts),
            _ if head.contains(' ') || head == "commit" => {
                let expected = if rest.is_empty() { Vec::new() } else { vec![rest.to_owned()] };
                self.questions.push(Question { line: number, asked: head.to_owned(), expected });
            }
            _ => self.commit(number, head, rest, contracts),
        }
    }

    fn setting(&mut self, head: &str, rest: &str) {
        for word in rest.split_whitespace() {
            let pair = || word.split_once('=').unwrap_or_else(|| panic!("{word}: not NAME=VALUE"));
            match head {
                "refs" => {
                    let (name, commit) = pair();
                    self.view.refs.insert(reference(name), named(commit));
                }
                "upstream" => {
                    let tracking = RefName::new("refs/remotes/origin/main");
                    self.view.refs.insert(tracking.clone(), named(word));
                    self.view.upstreams.insert(RefName::branch("main"), tracking);
                }
                "shallow" => {
                    self.view.cut_off.insert(named(word));
                }
                "damaged" => {
                    self.view.damaged.insert(named(word));
                }
                "limit" => self.view.limit = word.parse().unwrap(),
                _ => {
                    let (key, value) = pair();
                    self.view.config.entry(key.to_owned()).or_default().push(value.to_owned());
                }
            }
        }
    }

    /// `PARENT… [ours]; CHANGE…`, or `-; CHANGE…` for a commit without parents.
    fn commit(
        &mut self,
        number: usize,
        name: &str,
        text: &str,
        contracts: &BTreeMap<String, String>,
    ) {
        let (parents, changes) = text.split_once(';').unwrap_or((text, ""));
        let mut words: Vec<&str> = parents.split_whitespace().filter(|word| *word != "-").collect();
        let ours = words.last() == Some(&"ours");
        if ours {
            words.pop();
        }
        let parents: Vec<Oid> = words.into_iter().map(named).collect();
        let mut files = match parents.first() {
            Some(first) => Files::clone(&self.view.files(*first)),
            None => Files::new(),
        };
        let mut conflicts = Vec::new();
        if let ([first, others @ ..], false) = (parents.as_slice(), ours) {
            for other in others {
                let (merged, conflicting) = self.view.merged(*first, *other);
                let before = self.view.files(*first);
                conflicts.extend(conflicting);
                // What this parent changes, laid over what the others have.
                for path in merged.keys().chain(before.keys()) {
                    if merged.get(path) != before.get(path) {
                        match merged.get(path) {
                            Some(entry) => files.insert(path.clone(), *entry),
                            None => files.remove(path),
                        };
                    }
                }
            }
        }
        for change in changes.split_whitespace() {
            let path = self.change(number, &mut files, change, &conflicts, contracts);
            conflicts.retain(|conflict| *conflict != path);
        }
        assert!(conflicts.is_empty(), "line {number}: say what becomes of {conflicts:?}");
        self.view.make(name, &parents, files);
    }

    /// `BRANCH [MERGED…]; CHANGE…`: what is checked out, and what is about to be committed there.
    fn index(&mut self, number: usize, text: &str, contracts: &BTreeMap<String, String>) {
        let (place, changes) = text.split_once(';').unwrap_or((text, ""));
        let mut words = place.split_whitespace();
        let branch = reference(words.next().unwrap());
        let tip = self.view.refs[&branch];
        self.view.merging = words.map(named).collect();
        let old = self.view.files(tip);
        let mut files = Files::clone(&old);
        for other in self.view.merging.clone() {
            files = self.view.merged(tip, other).0;
        }
        for change in changes.split_whitespace() {
            self.change(number, &mut files, change, &[], contracts);
        }
        let paths: BTreeSet<&RepoPath> = old.keys().chain(files.keys()).collect();
        let staged = paths.into_iter().filter(|path| old.get(*path) != files.get(*path));
        let change = |path: &RepoPath| TreeChange {
            path: path.clone(),
            old: old.get(path).copied(),
            new: files.get(path).copied(),
        };
        self.view.staged.changes = staged.map(change).collect();
        self.view.head = Head::Branch(branch, tip);
    }

    fn change(
        &mut self,
        number: usize,
        files: &mut Files,
        change: &str,
        conflicts: &[RepoPath],
        contracts: &BTreeMap<String, String>,
    ) -> RepoPath {
        let path = |text: &str| RepoPath::new(text).unwrap();
        if let Some(gone) = change.strip_prefix('-') {
            let was_there = files.remove(&path(gone)).is_some();
            let conflicts = conflicts.contains(&path(gone));
            assert!(was_there || conflicts, "line {number}: {gone} is not there");
            return path(gone);
        }
        if let Some(contract) = change.strip_prefix('@') {
            let text = contracts.get(contract).unwrap_or_else(|| panic!("no contract {contract}"));
            let id = self.view.store(text.as_bytes());
            files.insert(path("contract.toml"), Entry { mode: EntryMode::File, id });
            return path("contract.toml");
        }
        let (name, content) =
            change.split_once('=').unwrap_or_else(|| panic!("{change}: no change"));
        let (name, mode) = match (name.strip_suffix('*'), name.strip_suffix('>')) {
            (Some(name), _) => (name, Some(EntryMode::Executable)),
            (_, Some(name)) => (name, Some(EntryMode::Symlink)),
            _ => match name.strip_suffix('^') {
                Some(name) => (name, Some(EntryMode::Submodule)),
                None => (name, None),
            },
        };
        let old = files.get(&path(name)).map(|entry| entry.mode);
        let mode = mode.or(old).unwrap_or(EntryMode::File);
        let id = match mode {
            EntryMode::Submodule => named(content),
            EntryMode::Symlink => self.view.store(content.as_bytes()),
            _ if content.is_empty() => self.view.store(b""),
            _ => self
                .view
                .store(format!("{}\n", content.replace('|', "\n").replace('_', " ")).as_bytes()),
        };
        files.insert(path(name), Entry { mode, id });
        path(name)
    }
}

/// `main` is a branch; anything with `refs/` in front is itself.
pub fn reference(name: &str) -> RefName {
    if name.starts_with("refs/") { RefName::new(name) } else { RefName::branch(name) }
}
