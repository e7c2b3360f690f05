//! Own commits: which commits are whose work.
//!
//! A commit is a lane's own when the lane's tip reaches it and the trunk does not, unless
//! another lane reaches it too and it changes some of that lane's own paths and none of this
//! one's.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::rc::Rc;

use policy::attempt::Carried;
use policy::change::{CommitRef, Entry};
use policy::contract::{Agent, Contract};
use policy::name::AgentId;
use policy::oid::Oid;
use policy::path::RepoPath;

use super::stands_on::{MadeHere, StandsOn};
use crate::evidence::Known;
use crate::evidence::history::{History, Memory, Walk};
use crate::evidence::merge::Contents;
use crate::evidence::tips::Tips;
use crate::repository::TreeChange;
use crate::repository::oids::{OidMap, OidSet};

/// The lanes of one contract and the commits between them and the trunk.
pub struct Lanes<'a, 'v> {
    /// The history.
    pub history: &'a History<'v>,
    /// The contract that says what the lanes are.
    pub contract: &'a Contract,
    tips: BTreeMap<AgentId, Oid>,
    /// The lanes that are not here because a remote's fetches leave them out, with that remote.
    left_out: BTreeMap<AgentId, String>,
    /// Where a remote has lanes that are behind here.
    further: BTreeMap<AgentId, Oid>,
    /// What of the trunk's own chain a lane stands on that moves together with it.
    pub(super) stands_on: BTreeMap<AgentId, StandsOn>,
    /// Where lanes were that move together with the trunk.
    pub(super) was: BTreeMap<AgentId, Oid>,
    /// What is known to have been made on the trunk: of no lane, whichever has it.
    pub(super) made_here: MadeHere,
    /// Commits of no known tip, newest first, by the lane that had them or whose own paths hold all
    /// that they change, or that is known to go on by them.
    strays: BTreeMap<AgentId, Walk>,
    reached: Memory<Vec<Oid>, Rc<Reached>>,
    own: Memory<(AgentId, Vec<Oid>), Rc<Walk>>,
    lines: Memory<(AgentId, Vec<Oid>), Rc<OidSet>>,
}

/// What the tips of the lanes reach and the trunk does not; lanes by their number in the contract.
#[derive(Debug, Default)]
struct Reached {
    /// The lanes that reach a commit.
    lanes: OidMap<Rc<[usize]>>,
    /// The commits that a lane reaches, newest first.
    commits: HashMap<usize, Vec<Oid>>,
}

impl<'a, 'v> Lanes<'a, 'v> {
    /// The lanes of a contract, at these tips.
    pub fn new(
        history: &'a History<'v>,
        contract: &'a Contract,
        tips: &Tips<'_, '_>,
    ) -> Known<Self> {
        let (mut known, mut left_out) = (BTreeMap::new(), BTreeMap::new());
        let mut further = BTreeMap::new();
        for agent in contract.agents() {
            let reference = agent.reference();
            if let Some(tip) = tips.tip(&reference)? {
                known.insert(agent.id.clone(), tip);
                further.extend(tips.further(&reference, tip)?.map(|tip| (agent.id.clone(), tip)));
            } else if let Some(remote) = tips.is_left_out_by(&reference)? {
                left_out.insert(agent.id.clone(), remote.to_owned());
            }
        }
        Ok(Self {
            history,
            contract,
            tips: known,
            left_out,
            further,
            stands_on: BTreeMap::new(),
            was: BTreeMap::new(),
            made_here: MadeHere::default(),
            strays: BTreeMap::new(),
            reached: Memory::default(),
            own: Memory::default(),
            lines: Memory::default(),
        })
    }

    /// A lane's tip; `None` when its branch does not exist.
    pub fn tip(&self, lane: &AgentId) -> Option<Oid> {
        self.tips.get(lane).copied()
    }

    /// The remote whose fetches leave a lane out that is not here.
    pub fn left_out_by(&self, lane: &AgentId) -> Option<&str> {
        self.left_out.get(lane).map(String::as_str)
    }

    /// Where the remote has a lane, as far as it was fetched, whose branch here is behind that: a forge may
    /// have landed what is there.
    pub fn further(&self, lane: &AgentId) -> Option<Oid> {
        self.further.get(lane).copied()
    }

    /// Where a lane is, and where it was before it moved.
    pub fn places(&self, lane: &AgentId) -> impl Iterator<Item = Oid> {
        [self.tip(lane), self.was.get(lane).copied()].into_iter().flatten()
    }

    /// Whether a lane's branch reaches a commit.
    pub fn is_reached(&self, commit: Oid, lane: &AgentId) -> Known<bool> {
        let Some(tip) = self.tip(lane) else { return Ok(false) };
        Ok(self.history.is_reachable(commit, &[tip])?)
    }

    /// The commits that any lane brings, as seen from the trunk's tips.
    pub fn brought(&self, trunk: &[Oid]) -> Known<OidSet> {
        let mut brought = OidSet::default();
        let mut simple = Vec::new();
        for (lane, tip) in &self.tips {
            match self.stands_on.get(lane).filter(|base| !base.is_whole()) {
                None => simple.push(*tip),
                Some(base) => {
                    let below: Vec<Oid> = trunk.iter().copied().chain([base.commit]).collect();
                    brought.extend(self.history.walk(&[*tip], &below)?.order.iter().copied());
                }
            }
        }
        brought.extend(self.history.walk(&simple, trunk)?.order.iter().copied());
        Ok(brought)
    }

    /// Counts commits that belong to no known tip, newest first, as work of the lane that had them
    /// before it moved, or whose own paths hold all that they change, or of which they are known to be.
    pub fn adopt_strays(&mut self, commits: &[Oid], known: &BTreeMap<Oid, AgentId>) -> Known<()> {
        for commit in commits {
            let mut had = Vec::new();
            for (lane, was) in &self.was {
                if self.history.is_reachable(*commit, &[*was])? {
                    had.push(lane);
                }
            }
            let mut lanes = BTreeSet::new();
            let by_paths = self.sole_lane(*commit)?.or(known.get(commit));
            lanes.extend(by_paths.filter(|lane| had.is_empty() || had.contains(lane)).cloned());
            // It is left to another lane only where that one had it too.
            let others: Vec<usize> = had.iter().filter_map(|lane| self.number(lane)).collect();
            for lane in had {
                if !self.is_of_another(*commit, lane, &others)? {
                    lanes.insert(lane.clone());
                }
            }
            for lane in lanes {
                let strays = self.strays.entry(lane).or_default();
                strays.order.push(*commit);
                strays.set.insert(*commit);
            }
        }
        self.own.borrow_mut().clear();
        Ok(())
    }

    /// Whether a commit of a lane's does to a path what was on the trunk here before.
    pub fn was_made_here(&self, lane: &AgentId, commit: Oid, change: &TreeChange) -> Known<bool> {
        let Some(gave) = self.made_here.gave.get(lane) else { return Ok(false) };
        gave.before(change, self.history.commit(commit)?.time, &Contents::new(self.history))
    }

    /// Whether a lane has nothing in its own paths but what was made on the trunk here before.
    pub fn has_only_what_was_made_here(&self, lane: &AgentId, trunk: &[Oid]) -> Known<bool> {
        let Some(tip) = self.tip(lane).filter(|_| !self.made_here.commits.is_empty()) else {
            return Ok(false);
        };
        let brought = self.history.walk(&[tip], trunk)?;
        if !brought.order.iter().any(|commit| self.made_here.commits.contains(commit)) {
            return Ok(false);
        }
        for commit in &self.own_commits(lane, trunk)?.order {
            if self.touches_own(*commit, lane)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Whether a commit counts as work of a lane by its paths alone: no branch has it, or had it.
    pub fn is_stray(&self, lane: &AgentId, commit: Oid) -> Known<bool> {
        let was: Vec<Oid> = self.was.get(lane).copied().into_iter().collect();
        Ok(self.strays.get(lane).is_some_and(|strays| strays.set.contains(&commit))
            && !self.history.is_reachable(commit, &was)?)
    }

    /// A lane's place in the contract.
    fn number(&self, lane: &AgentId) -> Option<usize> {
        self.contract.agents().iter().position(|agent| agent.id == *lane)
    }

    /// The lane whose own paths hold all that a commit changes, when it changes anything.
    pub fn sole_lane(&self, commit: Oid) -> Known<Option<&'a AgentId>> {
        let touched = self.history.touched(commit)?;
        let mut paths = touched.iter().map(|change| &change.path);
        let Some(lane) = paths.next().and_then(|path| self.contract.own_lane(path)) else {
            return Ok(None);
        };
        Ok(paths.all(|path| self.contract.own_lane(path) == Some(lane)).then_some(lane))
    }

    /// Whether a merge says in its first line that it brings a lane's branch, as git, `land` and forges write it
    /// (`Merge branch 'agents/x'`, `Merge pull request #7 from us/agents/x`). It is a hint: whoever merges may
    /// write anything.
    pub fn is_named_by(&self, merge: Oid, agent: &Agent) -> Known<bool> {
        let commit = self.history.commit(merge)?;
        // What it was merged into stands behind.
        let summary = commit.summary.split(" into ").next().unwrap_or_default();
        let branch = agent.branch.to_string();
        let goes_on = |c: char| c.is_alphanumeric() || "-_/.".contains(c);
        Ok(summary.match_indices(&branch).any(|(at, _)| {
            let before = summary[..at].chars().next_back();
            let after = summary[at + branch.len()..].chars().next();
            before.is_none_or(|c| c == '/' || !goes_on(c)) && !after.is_some_and(goes_on)
        }))
    }

    /// Whether a commit changes any of a lane's own paths.
    pub fn touches_own(&self, commit: Oid, lane: &AgentId) -> Known<bool> {
        let touched = self.history.touched(commit)?;
        Ok(touched.iter().any(|change| self.contract.own_lane(&change.path) == Some(lane)))
    }

    /// Which lanes reach what: one walk for all of them, and none for each.
    fn reached(&self, trunk: &[Oid]) -> Known<Rc<Reached>> {
        if let Some(reached) = self.reached.borrow().get(trunk) {
            return Ok(Rc::clone(reached));
        }
        let mut lanes = OidMap::default();
        let mut tips = Vec::with_capacity(self.tips.len());
        for (number, agent) in self.contract.agents().iter().enumerate() {
            if let Some(tip) = self.tip(&agent.id) {
                tips.push(tip);
                mark(&mut lanes, tip, &Rc::from([number]));
            }
        }
        let all = self.history.walk(&tips, trunk)?;
        let mut commits: HashMap<usize, Vec<Oid>> = HashMap::new();
        for commit in &all.order {
            let Some(by) = lanes.get(commit).cloned() else { continue };
            for number in by.iter() {
                commits.entry(*number).or_default().push(*commit);
            }
            for parent in self.history.parents(*commit)? {
                if all.set.contains(&parent) {
                    mark(&mut lanes, parent, &by);
                }
            }
        }
        let reached = Rc::new(Reached { lanes, commits });
        self.reached.borrow_mut().insert(trunk.to_vec(), Rc::clone(&reached));
        Ok(reached)
    }

    /// A lane's own commits as seen from the trunk's tips, newest first.
    pub fn own_commits(&self, lane: &AgentId, trunk: &[Oid]) -> Known<Rc<Walk>> {
        let key = (lane.clone(), trunk.to_vec());
        if let Some(own) = self.own.borrow().get(&key) {
            return Ok(Rc::clone(own));
        }
        let reached = self.reached(trunk)?;
        let commits = self.number(lane).and_then(|number| reached.commits.get(&number));
        let mut own =
            self.own_of(lane, commits.map(Vec::as_slice).unwrap_or_default(), &reached)?;
        if let (Some(stands_on), Some(tip)) = (self.stands_on.get(lane), self.tip(lane)) {
            own = self.without_the_trunks(lane, own, stands_on, tip, trunk)?;
        }
        if let Some(strays) = self.strays.get(lane) {
            let known: OidSet = own.iter().copied().collect();
            own.extend(strays.order.iter().filter(|commit| !known.contains(commit)));
        }
        let set = own.iter().copied().collect();
        let own = Rc::new(Walk { order: own, set });
        self.own.borrow_mut().insert(key, Rc::clone(&own));
        Ok(own)
    }

    /// The first-parent chain of a lane's tip, as far as the trunk's tips do not reach it.
    pub fn line(&self, lane: &AgentId, trunk: &[Oid]) -> Known<Rc<OidSet>> {
        let key = (lane.clone(), trunk.to_vec());
        if let Some(line) = self.lines.borrow().get(&key) {
            return Ok(Rc::clone(line));
        }
        let mut line = OidSet::default();
        if let Some(tip) = self.tip(lane) {
            let reached = self.history.walk(&[tip], trunk)?;
            line.extend(self.history.first_parents_in(tip, &reached.set)?);
        }
        let line = Rc::new(line);
        self.lines.borrow_mut().insert(key, Rc::clone(&line));
        Ok(line)
    }

    /// The commits that heads reach, the trunk does not, and that are this lane's own.
    pub fn own_among(&self, lane: &AgentId, heads: &[Oid], trunk: &[Oid]) -> Known<Vec<Oid>> {
        let walk = self.history.walk(heads, trunk)?;
        if walk.order.is_empty() {
            return Ok(Vec::new());
        }
        self.own_of(lane, &walk.order, &*self.reached(trunk)?)
    }

    fn own_of(&self, lane: &AgentId, commits: &[Oid], reached: &Reached) -> Known<Vec<Oid>> {
        let mut own = Vec::with_capacity(commits.len());
        for commit in commits {
            let reaching = reached.lanes.get(commit).map(AsRef::as_ref).unwrap_or_default();
            if !self.made_here.commits.contains(commit)
                && !self.is_of_another(*commit, lane, reaching)?
            {
                own.push(*commit);
            }
        }
        Ok(own)
    }

    /// Whether another lane that reaches a commit has its own paths changed by it, and this lane
    /// has not.
    fn is_of_another(&self, commit: Oid, lane: &AgentId, reaching: &[usize]) -> Known<bool> {
        let id = |number: &usize| &self.contract.agents()[*number].id;
        if reaching.iter().all(|number| id(number) == lane) {
            return Ok(false);
        }
        let mut anothers = false;
        for change in self.history.touched(commit)?.iter() {
            match self.contract.own_lane(&change.path) {
                Some(owner) if owner == lane => return Ok(false),
                Some(owner) => anothers |= reaching.iter().any(|number| id(number) == owner),
                None => {}
            }
        }
        Ok(anothers)
    }

    /// Own commits of other lanes that these heads reach and the trunk does not, for each lane
    /// of which `has_landed` says no. Of one of which the trunk has all, nothing is to come.
    pub fn carried(
        &self,
        lane: &AgentId,
        heads: &[Oid],
        trunk: &[Oid],
        mut has_landed: impl FnMut(&Agent) -> Known<bool>,
    ) -> Known<Vec<Carried>> {
        let walk = self.history.walk(heads, trunk)?;
        if walk.order.is_empty() {
            return Ok(Vec::new());
        }
        let reached = self.reached(trunk)?;
        let own: OidSet = self.own_among(lane, heads, trunk)?.into_iter().collect();
        let foreign = walk.order.iter().filter(|commit| !own.contains(commit));
        let owners: BTreeSet<usize> = foreign
            .filter_map(|commit| reached.lanes.get(commit))
            .flat_map(|r| r.iter().copied())
            .collect();
        let mut carried = Vec::new();
        for other in owners.into_iter().map(|number| &self.contract.agents()[number]) {
            if other.id == *lane {
                continue;
            }
            let inside = self.inside(lane, &other.id, heads, trunk)?;
            let Some(newest) = inside.first() else { continue };
            if has_landed(other)? || self.are_all_there(&inside, trunk)? {
                continue;
            }
            let mut paths = BTreeSet::new();
            for commit in &inside {
                paths.extend(self.history.touched(*commit)?.iter().map(|c| c.path.clone()));
            }
            carried.push(Carried {
                lane: other.id.clone(),
                commit: self.history.named(*newest)?,
                count: inside.len(),
                paths,
            });
        }
        Ok(carried)
    }

    /// The commits of another lane that a lane holds, the newest first.
    pub fn inside(
        &self,
        lane: &AgentId,
        other: &AgentId,
        heads: &[Oid],
        trunk: &[Oid],
    ) -> Known<Vec<Oid>> {
        let own: OidSet = self.own_among(lane, heads, trunk)?.into_iter().collect();
        let theirs = self.own_commits(other, trunk)?;
        let is_inside = |commit: &&Oid| theirs.set.contains(commit) && !own.contains(commit);
        Ok(self.history.walk(heads, trunk)?.order.iter().filter(is_inside).copied().collect())
    }

    fn are_all_there(&self, commits: &[Oid], trunk: &[Oid]) -> Known<bool> {
        for commit in commits {
            if !self.is_all_there(*commit, trunk)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Whether the trunk has all that a commit has put anywhere: it came there under another id, as when a step
    /// that lanes have taken in is made again by a pull that rebases.
    pub fn is_all_there(&self, commit: Oid, trunk: &[Oid]) -> Known<bool> {
        let touched = self.history.touched(commit)?;
        for tip in trunk.iter().filter(|_| !touched.is_empty()) {
            let mut has_all = true;
            for change in touched.iter() {
                has_all = has_all && self.history.entry_at(*tip, &change.path)? == change.new;
            }
            if has_all {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// For each of some paths and the entries that they have: the newest of some commits that gave it
    /// its entry; or else the newest merge that took it from one side against another; or else the
    /// newest that touched it.
    pub fn culprits(
        &self,
        commits: &[Oid],
        entries: &BTreeMap<RepoPath, Option<Entry>>,
    ) -> Known<BTreeMap<RepoPath, CommitRef>> {
        let mut sought: BTreeSet<RepoPath> = entries.keys().cloned().collect();
        let (mut gave, mut chose, mut touched) =
            (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        for commit in commits {
            if sought.is_empty() {
                break;
            }
            for change in self.history.touched_among(*commit, &sought)? {
                if entries.get(&change.path) == Some(&change.new) {
                    sought.remove(&change.path);
                    gave.insert(change.path, *commit);
                } else {
                    touched.entry(change.path).or_insert(*commit);
                }
            }
            if self.history.parents(*commit)?.len() < 2 {
                continue;
            }
            for path in &sought {
                let entry = entries.get(path).copied().flatten();
                if !chose.contains_key(path) && self.chose(*commit, path, entry)? {
                    chose.insert(path.clone(), *commit);
                }
            }
        }
        for found in [chose, touched] {
            for (path, commit) in found {
                gave.entry(path).or_insert(commit);
            }
        }
        let named = |(path, commit)| Ok((path, self.history.named(commit)?));
        gave.into_iter().map(named).collect()
    }

    /// Whether a merge has this entry from one parent while another has something else.
    fn chose(&self, commit: Oid, path: &RepoPath, entry: Option<Entry>) -> Known<bool> {
        if self.history.entry_at(commit, path)? != entry {
            return Ok(false);
        }
        for parent in self.history.parents(commit)? {
            if self.history.entry_at(parent, path)? != entry {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

fn mark(reached: &mut OidMap<Rc<[usize]>>, commit: Oid, lanes: &Rc<[usize]>) {
    let marked = match reached.get(&commit) {
        Some(known) if Rc::ptr_eq(known, lanes) || known == lanes => return,
        Some(known) => {
            let both: BTreeSet<usize> = known.iter().chain(lanes.iter()).copied().collect();
            both.into_iter().collect()
        }
        None => Rc::clone(lanes),
    };
    reached.insert(commit, marked);
}
