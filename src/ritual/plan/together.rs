//! Which paths change together, as the last commits tell it.
//!
//! One pass over `git log`, record by record. What is remembered is bounded: of pairs that do not fit
//! those seen least are forgotten, so that a count may be too small and never too large.

use std::collections::{BTreeSet, HashMap};

use policy::contract::Contract;
use policy::oid::Oid;
use policy::path::RepoPath;

use crate::ritual::Done;
use crate::ritual::run::Run;
use crate::system::process::Git;

/// How many commits are looked at, merges aside.
const MOST_COMMITS: usize = 10_000;
/// A commit that touches more paths than this says nothing of which belong together.
pub const MOST_PATHS: usize = 50;
/// How many pairs of paths are remembered.
const MOST_PAIRS: usize = 200_000;
/// How many paths are remembered.
const MOST_KNOWN: usize = 500_000;
/// A path is at most so long in git (`PATH_MAX`), and a bit more is given.
const LONGEST_PATH: usize = 64 * 1024;
/// Pairs that changed together less often than this are chance.
const LEAST_SUPPORT: u32 = 3;
/// Pairs of which one changes without the other more often than this are loosely bound.
const LEAST_CONFIDENCE: f64 = 0.5;
/// How many pairs are told.
const MOST_TOLD: usize = 200;

/// What history tells.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Together {
    /// How many commits were counted.
    pub commits: u32,
    /// How many were left out because they touch too many paths.
    pub large: u32,
    /// Whether pairs were forgotten, so that counts may be too small.
    pub forgotten: bool,
    /// Pairs of paths that change together and belong to different lanes, the most bound first.
    pub pairs: Vec<Pair>,
    /// For each lane, by its number: how many commits touched its own paths.
    pub of_lane: Vec<u32>,
    /// For two lanes, by their numbers, the smaller first: how many commits touched both.
    pub of_lanes: HashMap<(usize, usize), u32>,
}

/// Two paths that change together.
#[derive(Debug, Clone, PartialEq)]
pub struct Pair {
    /// One, with the number of its lane.
    pub one: (RepoPath, usize),
    /// The other, which changes less often than the one, or as often.
    pub other: (RepoPath, usize),
    /// How many commits changed both.
    pub support: u32,
    /// Of those that changed the other, the part that changed the one.
    pub confidence: f64,
}

/// A path of some lane's own.
struct Known {
    path: RepoPath,
    lane: usize,
    commits: u32,
}

struct Counting<'c> {
    contract: &'c Contract,
    /// Every path that was seen, and its number among those that are some lane's own.
    numbers: HashMap<Box<[u8]>, Option<u32>>,
    known: Vec<Known>,
    pairs: HashMap<(u32, u32), u32>,
    found: Together,
}

/// Reads the last commits that a commit reaches.
pub fn read(run: &Run<'_>, tip: Oid) -> Done<Together> {
    let contract = &*run.contract;
    let lanes = contract.agents().len();
    let mut counting = Counting {
        contract,
        numbers: HashMap::new(),
        known: Vec::new(),
        pairs: HashMap::new(),
        found: Together { of_lane: vec![0; lanes], ..Together::default() },
    };
    // With `-z` each commit is what the format says, a NUL, and if it changes anything a newline and
    // its paths with a NUL behind each (git 2.39 and 2.47).
    let git_dir = &run.view.place().git_dir;
    let mut log = Git::about(git_dir, git_dir, &git_dir.join("index"))
        .args(["log", "-z", "--name-only", "--no-merges", "--no-renames", "--format=%x01"])
        .args(["--no-ext-diff", "--no-color", "--no-show-signature", "--no-relative"])
        .arg(format!("--max-count={MOST_COMMITS}"))
        .args([tip.to_string().as_str(), "--"])
        .converse()?;
    let mut record = Vec::new();
    let mut paths: Vec<Box<[u8]>> = Vec::new();
    let mut is_first = true;
    while log.read_record(0, LONGEST_PATH, &mut record)? {
        if record == [1] {
            if !is_first {
                counting.commit(&paths);
            }
            paths.clear();
            is_first = false;
            continue;
        }
        // One path more than count is enough to know that there are too many.
        if paths.len() <= MOST_PATHS {
            let path = if paths.is_empty() { record.strip_prefix(b"\n") } else { None };
            paths.push(path.unwrap_or(&record).into());
        }
    }
    if !is_first {
        counting.commit(&paths);
    }
    Ok(counting.told())
}

impl Counting<'_> {
    fn commit(&mut self, paths: &[Box<[u8]>]) {
        if paths.len() > MOST_PATHS {
            self.found.large += 1;
            return;
        }
        self.found.commits += 1;
        let mut numbers: Vec<u32> = paths.iter().filter_map(|path| self.number(path)).collect();
        numbers.sort_unstable();
        numbers.dedup();
        let mut lanes = BTreeSet::new();
        for number in &numbers {
            let known = &mut self.known[*number as usize];
            known.commits += 1;
            lanes.insert(known.lane);
        }
        for lane in &lanes {
            self.found.of_lane[*lane] += 1;
        }
        if lanes.len() < 2 {
            return;
        }
        for one in &lanes {
            for other in lanes.range(one + 1..) {
                *self.found.of_lanes.entry((*one, *other)).or_default() += 1;
            }
        }
        for (at, one) in numbers.iter().enumerate() {
            for other in &numbers[at + 1..] {
                if self.known[*one as usize].lane != self.known[*other as usize].lane {
                    *self.pairs.entry((*one, *other)).or_default() += 1;
                }
            }
        }
        self.forget();
    }

    /// The number of a path that is some lane's own.
    fn number(&mut self, path: &[u8]) -> Option<u32> {
        if let Some(number) = self.numbers.get(path) {
            return *number;
        }
        if self.numbers.len() >= MOST_KNOWN {
            self.found.forgotten = true;
            return None;
        }
        let number = self.take_up(path);
        self.numbers.insert(path.into(), number);
        number
    }

    fn take_up(&mut self, path: &[u8]) -> Option<u32> {
        let repo_path = RepoPath::new(path).ok()?;
        let owner = self.contract.own_lane(&repo_path)?;
        let lane = self.contract.agents().iter().position(|agent| agent.id == *owner)?;
        let number = u32::try_from(self.known.len()).ok()?;
        self.known.push(Known { path: repo_path, lane, commits: 0 });
        Some(number)
    }

    fn forget(&mut self) {
        let mut least = 1;
        while self.pairs.len() > MOST_PAIRS {
            self.pairs.retain(|_, count| *count > least);
            self.found.forgotten = true;
            least += 1;
        }
    }

    fn told(mut self) -> Together {
        let mut pairs: Vec<Pair> = Vec::new();
        for ((one, other), support) in std::mem::take(&mut self.pairs) {
            let (one, other) = (&self.known[one as usize], &self.known[other as usize]);
            let (one, other) =
                if one.commits >= other.commits { (one, other) } else { (other, one) };
            let confidence = f64::from(support) / f64::from(other.commits.max(1));
            if support >= LEAST_SUPPORT && confidence >= LEAST_CONFIDENCE {
                let (one, other) = ((one.path.clone(), one.lane), (other.path.clone(), other.lane));
                pairs.push(Pair { one, other, support, confidence });
            }
        }
        pairs.sort_by(|a, b| {
            let weight = |pair: &Pair| f64::from(pair.support) * pair.confidence;
            let by_path = (&a.one, &a.other).cmp(&(&b.one, &b.other));
            weight(b).total_cmp(&weight(a)).then(by_path)
        });
        pairs.truncate(MOST_TOLD);
        Together { pairs, ..self.found }
    }
}
