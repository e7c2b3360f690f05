//! Who imports whose paths: the trunk's sources that are some lane's own, read once.

use std::collections::BTreeMap;

use policy::change::EntryMode;
use policy::oid::Oid;
use policy::path::RepoPath;

use super::imports::Language;
use super::resolve::Index;
use crate::ritual::Done;
use crate::ritual::run::Run;

/// The largest source that is read, in bytes; what is larger was written by a program.
const LARGEST: u64 = 512 * 1024;
/// How much is read in all, in bytes.
const MOST_READ: u64 = 256 << 20;
/// How many imports between two lanes are kept as examples.
const MOST_SHOWN: usize = 20;

/// What the sources tell.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sources {
    /// For each lane, by its number: how many files of the trunk are its own.
    pub files: Vec<usize>,
    /// How many sources were read.
    pub read: usize,
    /// How many were left out: too large, not text, or too many in all.
    pub left_out: usize,
    /// Imports across lanes: by who is imported and who imports, by their numbers.
    pub imports: BTreeMap<(usize, usize), Imports>,
}

/// The imports of one lane's files by another's.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Imports {
    /// How many there are: pairs of a file and one that it imports.
    pub count: usize,
    /// Some of them: who imports, and what.
    pub some: Vec<(RepoPath, RepoPath)>,
}

/// Reads them at a commit.
pub fn read(run: &Run<'_>, tip: Oid) -> Done<Sources> {
    let contract = &*run.contract;
    let all = run.history.diff(None, Some(run.history.tree(tip)?))?;
    let lane_of = |path: &RepoPath| {
        let owner = contract.own_lane(path)?;
        contract.agents().iter().position(|agent| agent.id == *owner)
    };
    let mut found = Sources { files: vec![0; contract.agents().len()], ..Sources::default() };
    let mut lanes: BTreeMap<&str, usize> = BTreeMap::new();
    let mut sources = Vec::new();
    let mut index = Index::new(all.iter().filter_map(|change| change.path.to_str()));
    for change in all.iter() {
        let lane = lane_of(&change.path);
        if let Some(lane) = lane {
            found.files[lane] += 1;
        }
        let (Some(path), Some(entry)) = (change.path.to_str(), change.new) else { continue };
        if !matches!(entry.mode, EntryMode::File | EntryMode::Executable) {
            continue;
        }
        if (path == "go.mod" || path.ends_with("/go.mod"))
            && run.view.blob_size(entry.id)? <= LARGEST
        {
            index.module(path, &String::from_utf8_lossy(&run.view.blob(entry.id)?));
        }
        let Some(lane) = lane else { continue };
        lanes.insert(path, lane);
        if let Some(language) = Language::of(path) {
            sources.push((path, lane, language, entry.id));
        }
    }
    let mut allowance = MOST_READ;
    for (path, lane, language, id) in sources {
        let size = run.view.blob_size(id)?;
        if size > LARGEST || size > allowance {
            found.left_out += 1;
            continue;
        }
        allowance -= size;
        let Ok(text) = String::from_utf8(run.view.blob(id)?) else {
            found.left_out += 1;
            continue;
        };
        found.read += 1;
        let needs = language.needs(&text);
        let mut named: Vec<&str> =
            needs.iter().filter_map(|needed| index.resolve(language, path, needed)).collect();
        named.sort_unstable();
        named.dedup();
        for other in named {
            let Some(owner) = lanes.get(other).copied().filter(|owner| *owner != lane) else {
                continue;
            };
            let imports = found.imports.entry((owner, lane)).or_default();
            imports.count += 1;
            if imports.some.len() < MOST_SHOWN
                && let (Ok(one), Ok(other)) = (RepoPath::new(path), RepoPath::new(other))
            {
                imports.some.push((one, other));
            }
        }
    }
    Ok(found)
}
