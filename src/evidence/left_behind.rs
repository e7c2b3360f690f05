//! New files of a lane that git leaves where they are when the trunk moves their directory, and where they
//! belong now. Facts for a help alone: nothing is refused or allowed by them, and what cannot be read is
//! not known.
//!
//! Git looks for where a directory has gone only where the other side adds a file directly in it: to that
//! file, and then to all below. What is new in a new directory below it stays. (2.39 and 2.47, by a merge
//! and by a rebase, whatever `merge.directoryRenames` says.)

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::Bound;
use std::rc::Rc;

use policy::change::{Change, EntryMode, LeftBehind};
use policy::contract::{Agent, Contract};
use policy::oid::Oid;
use policy::path::RepoPath;

use super::Known;
use super::contract::Held;
use super::ground::Ground;
use super::history::History;
use super::new_directories::is_absent;
use crate::repository::{Read, TreeChange};

/// Of how many files of a lane the place is looked for: of all or of none.
const MOST_FILES: usize = 10_000;

/// Of how many files of a directory it is looked for where they have gone.
const MOST_MOVED: usize = 1000;

/// How many steps of the trunk are looked at for older contracts, and how many of those.
const MOST_STEPS: usize = 500;
const MOST_CONTRACTS: usize = 8;

/// A commit of the trunk, and what a lane might edit then.
struct Begun {
    commit: Oid,
    contract: Rc<Contract>,
}

/// A file, the directory of it that has moved, and where that is now.
struct Place {
    /// How long the directory's name is.
    length: usize,
    into: Vec<u8>,
    has_trunk: bool,
}

/// Where the new files among some changes of a lane belong that the trunk's move of their directory leaves
/// behind. `partial`: the heads, where what they have is not among the changes.
pub fn left_behind(
    ground: &Ground<'_, '_>,
    agent: &Agent,
    heads: &[Oid],
    partial: &[Oid],
    changes: &[Change],
) -> Known<BTreeMap<RepoPath, LeftBehind>> {
    let (history, contract) = (ground.history(), ground.contract());
    let Some(trunk) = ground.trunk.first().copied() else { return Ok(BTreeMap::new()) };
    let mut homeless = BTreeMap::new();
    let mut files = Vec::new();
    for change in changes {
        let is_file = change.new.is_some_and(|entry| entry.mode != EntryMode::Submodule);
        let directory = change.path.parent();
        if change.old.is_some()
            || !is_file
            || directory.is_empty()
            || contract.grants(&agent.id, &change.path)
        {
            continue;
        }
        let is_homeless = match homeless.get(directory) {
            Some(known) => *known,
            None => {
                let absent = is_absent(history, directory, [&trunk])?;
                homeless.insert(directory, absent);
                absent
            }
        };
        files.extend(is_homeless.then_some(&change.path));
    }
    if files.is_empty() || files.len() > MOST_FILES {
        return Ok(BTreeMap::new());
    }
    let bases = history.merge_bases(ground.trunk, heads)?;
    let paths = changes.iter().map(|change| (change.path.as_bytes(), change)).collect();
    let mut search = Search {
        history,
        contract,
        agent,
        trunk,
        heads,
        bases: &bases,
        paths,
        moves: HashMap::new(),
        places: HashMap::new(),
        taken_along: HashMap::new(),
        absent: HashMap::new(),
    };
    let mut places = BTreeMap::new();
    // The nearest first: most often that is enough.
    let nearest = begun_last(ground, agent, heads, &bases)?;
    files = search.settle(files, &nearest, &mut places)?;
    if !files.is_empty() {
        search.settle(files, &earlier(ground, trunk)?, &mut places)?;
    }
    let before: BTreeSet<Oid> = bases.iter().chain(ground.trunk).chain(partial).copied().collect();
    search.grouped(&places, &before)
}

/// Where a lane has last taken the trunk in, and where its oldest commit was made.
fn begun_last(
    ground: &Ground<'_, '_>,
    agent: &Agent,
    heads: &[Oid],
    bases: &[Oid],
) -> Known<Vec<Begun>> {
    let mut begun = Vec::new();
    if let Held::Contract(contract) = ground.sent_out_under(agent, heads)? {
        let at = |base: &Oid| Begun { commit: *base, contract: Rc::clone(&contract) };
        begun.extend(bases.iter().map(at));
    }
    let own = ground.lanes.own_among(&agent.id, heads, ground.trunk)?;
    let Some(oldest) = own.last() else { return Ok(begun) };
    if let Some(commit) = ground.history().parents(*oldest)?.first().copied()
        && !bases.contains(&commit)
        && ground.history().is_reachable(commit, ground.trunk)?
        && let Held::Contract(contract) = ground.contracts.at(commit)?
    {
        begun.push(Begun { commit, contract });
    }
    Ok(begun)
}

/// The trunk under its older contracts, of each as it was last and first: an amendment and a move are two
/// steps, and either may come first.
fn earlier(ground: &Ground<'_, '_>, trunk: Oid) -> Known<Vec<Begun>> {
    let mut ends = Vec::new();
    let mut at = trunk;
    let mut amendments = 0;
    for _ in 0..MOST_STEPS {
        let Some(parent) = ground.history().parents(at)?.first().copied() else { break };
        if !ground.contracts.are_the_same(parent, at)? {
            ends.extend((amendments > 0).then_some(at));
            amendments += 1;
            if amendments > MOST_CONTRACTS {
                break;
            }
            ends.push(parent);
        }
        at = parent;
    }
    ends.extend((amendments > 0).then_some(at));
    ends.dedup();
    let mut begun = Vec::new();
    for commit in ends {
        if let Held::Contract(contract) = ground.contracts.at(commit)? {
            begun.push(Begun { commit, contract });
        }
    }
    Ok(begun)
}

/// What one search asks, and what it has been told.
struct Search<'s, 'v> {
    history: &'s History<'v>,
    contract: &'s Contract,
    agent: &'s Agent,
    trunk: Oid,
    heads: &'s [Oid],
    bases: &'s [Oid],
    /// All that the lane changes.
    paths: BTreeMap<&'s [u8], &'s Change>,
    /// What has come and gone on the trunk since a commit.
    moves: HashMap<Oid, Rc<Vec<TreeChange>>>,
    /// Where the trunk has a directory of a commit.
    places: HashMap<(Oid, Vec<u8>), Option<Vec<u8>>>,
    /// Whether git takes along what is new in a directory.
    taken_along: HashMap<Vec<u8>, bool>,
    /// Whether a commit has nothing of a name.
    absent: HashMap<(Oid, Vec<u8>), bool>,
}

impl<'s> Search<'s, '_> {
    /// Finds the places of files by some commits of the trunk; the others remain.
    fn settle(
        &mut self,
        files: Vec<&'s RepoPath>,
        begun: &[Begun],
        places: &mut BTreeMap<&'s RepoPath, Place>,
    ) -> Read<Vec<&'s RepoPath>> {
        let mut rest = Vec::new();
        for file in files {
            let mut found = None;
            for begun in begun.iter().filter(|begun| begun.contract.grants(&self.agent.id, file)) {
                found = self.place(file, begun.commit)?;
                if found.is_some() {
                    break;
                }
            }
            match found {
                // Git takes it along by itself, with the trunk.
                Some(place) if !place.has_trunk && self.is_taken_along(file)? => {}
                Some(place) => drop(places.insert(file, place)),
                None => rest.push(file),
            }
        }
        Ok(rest)
    }

    /// Where a file belongs by the closest directory of it that a commit has.
    fn place(&mut self, file: &RepoPath, commit: Oid) -> Read<Option<Place>> {
        for directory in above(file) {
            if self.is_absent(directory, commit)? {
                continue;
            }
            if !self.is_absent(directory, self.trunk)? {
                return Ok(None);
            }
            let Some(into) = self.went(commit, directory)? else { return Ok(None) };
            let there = [&into, &file.as_bytes()[directory.len()..]].concat();
            let Ok(there) = RepoPath::new(there) else { return Ok(None) };
            if !self.contract.grants(&self.agent.id, &there) || !self.is_free(there.as_bytes())? {
                return Ok(None);
            }
            let mut has_trunk = true;
            for base in self.bases {
                has_trunk &= self.is_absent(directory, *base)?;
            }
            return Ok(Some(Place { length: directory.len(), into, has_trunk }));
        }
        Ok(None)
    }

    /// Where most files of a directory have gone from there; `None` where as many have gone elsewhere.
    fn went(&mut self, commit: Oid, directory: &[u8]) -> Read<Option<Vec<u8>>> {
        let key = (commit, directory.to_vec());
        if let Some(known) = self.places.get(&key) {
            return Ok(known.clone());
        }
        let moves = self.moves(commit)?;
        let beginning = [directory, b"/"].concat();
        let gone = moves.iter().filter_map(|change| {
            let (rest, old) = (change.path.as_bytes().strip_prefix(&*beginning)?, change.old?);
            change.new.is_none().then_some((old.id, rest))
        });
        let gone: BTreeSet<(Oid, &[u8])> = gone.take(MOST_MOVED).collect();
        let mut votes: BTreeMap<&[u8], usize> = BTreeMap::new();
        for change in moves.iter().filter(|change| change.old.is_none()) {
            let (Some(new), path) = (change.new, change.path.as_bytes()) else { continue };
            for into in above(&change.path) {
                if gone.contains(&(new.id, &path[into.len() + 1..])) {
                    *votes.entry(into).or_default() += 1;
                }
            }
        }
        let most = votes.values().max().copied();
        let mut places = votes.into_iter().filter(|(_, count)| Some(*count) == most);
        let place = places.next().filter(|_| places.next().is_none());
        let place = place.map(|(into, _)| into.to_vec());
        self.places.insert(key, place.clone());
        Ok(place)
    }

    /// What differs on the trunk. It is not counted among what a decision may read.
    fn moves(&mut self, since: Oid) -> Read<Rc<Vec<TreeChange>>> {
        if let Some(known) = self.moves.get(&since) {
            return Ok(Rc::clone(known));
        }
        let (old, new) = (self.history.tree(since)?, self.history.tree(self.trunk)?);
        let moves = Rc::new(self.history.view().diff_trees(Some(old), Some(new))?);
        self.moves.insert(since, Rc::clone(&moves));
        Ok(moves)
    }

    /// Whether the lane adds a file directly in a directory of this one that the trunk has moved.
    fn is_taken_along(&mut self, file: &RepoPath) -> Read<bool> {
        let key = file.parent().to_vec();
        let known = self.taken_along.get(&key).copied();
        let is_taken = known.map_or_else(|| self.has_direct_company(file), Ok)?;
        self.taken_along.insert(key, is_taken);
        Ok(is_taken)
    }

    fn has_direct_company(&mut self, file: &RepoPath) -> Read<bool> {
        for directory in above(file) {
            for base in self.bases {
                if self.is_absent(directory, *base)? || !self.is_absent(directory, self.trunk)? {
                    continue;
                }
                let is_direct =
                    |change: &Change| change.old.is_none() && change.path.parent() == directory;
                if self.below(directory).any(is_direct) || self.adds_directly(directory, *base)? {
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }

    /// Whether a head has a file in a directory itself that its base does not have.
    fn adds_directly(&self, directory: &[u8], base: Oid) -> Read<bool> {
        let names = |commit| self.history.view().names_in(self.history.tree(commit)?, directory);
        let old: BTreeSet<_> = names(base)?.into_iter().collect();
        for head in self.heads {
            for name in names(*head)?.into_iter().filter(|name| !old.contains(name)) {
                let path = RepoPath::new([directory, b"/", &name].concat());
                let Ok(path) = path else { continue };
                if self.history.entry_at(*head, &path)?.is_some() {
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }

    /// The files by what is moved: all of a new directory at once where nothing else is in it, and nothing
    /// has its name where it belongs.
    fn grouped(
        &mut self,
        places: &BTreeMap<&RepoPath, Place>,
        before: &BTreeSet<Oid>,
    ) -> Known<BTreeMap<RepoPath, LeftBehind>> {
        let mut wholes: HashMap<&[u8], bool> = HashMap::new();
        let mut found = BTreeMap::new();
        for (file, place) in places {
            let Place { length, into, has_trunk } = place;
            let below = &file.as_bytes()[length + 1..];
            let slash = below.iter().position(|byte| *byte == b'/');
            let top = slash.map(|slash| &file.as_bytes()[..length + 1 + slash]);
            let is_whole = match top {
                None => true,
                Some(top) => match wholes.get(top) {
                    Some(known) => *known,
                    None => {
                        let is_whole = self.is_whole(top, place, places, before)?;
                        wholes.insert(top, is_whole);
                        is_whole
                    }
                },
            };
            let what = top.filter(|_| is_whole).map_or(file.as_bytes(), |top| top);
            let rest = &what[*length..];
            let end = rest.iter().rposition(|byte| *byte == b'/').unwrap_or(0);
            let into = [into, &rest[..end]].concat();
            let into_is_new = self.is_absent(&into, self.trunk)?;
            if let (Ok(what), Ok(into)) = (RepoPath::new(what), RepoPath::new(into)) {
                let left = LeftBehind { what, into, into_is_new, has_trunk: *has_trunk };
                found.insert((*file).clone(), left);
            }
        }
        Ok(found)
    }

    fn is_whole(
        &mut self,
        top: &[u8],
        place: &Place,
        places: &BTreeMap<&RepoPath, Place>,
        before: &BTreeSet<Oid>,
    ) -> Read<bool> {
        let Ok(directory) = RepoPath::new(top) else { return Ok(false) };
        let goes_along = |change: &Change| {
            places.get(&change.path).is_some_and(|other| {
                (other.length, &other.into) == (place.length, &place.into)
                    && other.has_trunk == place.has_trunk
            })
        };
        let there = [&place.into, &top[place.length..]].concat();
        Ok(self.contract.surely_grants_nothing_below(&self.agent.id, &directory)
            && self.below(top).all(goes_along)
            && is_absent(self.history, top, before)?
            && self.is_free(&there)?)
    }

    /// Whether neither the trunk nor the lane has anything of a name.
    fn is_free(&mut self, path: &[u8]) -> Read<bool> {
        let mut is_free = self.is_absent(path, self.trunk)?;
        for head in self.heads {
            is_free = is_free && self.is_absent(path, *head)?;
        }
        Ok(is_free && !self.paths.contains_key(path) && self.below(path).next().is_none())
    }

    fn below(&self, directory: &[u8]) -> impl Iterator<Item = &'s Change> + use<'_, 's> {
        let beginning = [directory, b"/"].concat();
        let from = (Bound::Included(&*beginning), Bound::Unbounded);
        let from = self.paths.range::<[u8], _>(from);
        let below = from.take_while(move |(path, _)| path.starts_with(&beginning));
        below.map(|(_, change)| *change)
    }

    fn is_absent(&mut self, path: &[u8], commit: Oid) -> Read<bool> {
        let key = (commit, path.to_vec());
        if let Some(known) = self.absent.get(&key) {
            return Ok(*known);
        }
        let absent = is_absent(self.history, path, [&commit])?;
        self.absent.insert(key, absent);
        Ok(absent)
    }
}

/// The directories that a file is in, the closest first.
fn above(file: &RepoPath) -> impl Iterator<Item = &[u8]> {
    let bytes = file.as_bytes();
    let slashes = bytes.iter().enumerate().rev().filter(|(_, byte)| **byte == b'/');
    slashes.map(|(at, _)| &bytes[..at])
}
