//! Own commits: which commits are whose work.
//!
//! A commit is a lane's own when the lane's tip reaches it and the trunk does not, unless
//! another lane reaches it too and it changes some of that lane's own paths and none of this
//! one's.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use policy::attempt::Carried;
use policy::change::{CommitRef, Entry};
use policy::contract::{Agent, Contract};
use policy::name::AgentId;
use policy::oid::Oid;
use policy::path::RepoPath;

use super::Known;
use super::history::History;
use super::tips::Tips;

/// The lanes of one contract and the commits between them and the trunk.
pub struct Lanes<'a, 'v> {
    /// The history.
    pub history: &'a History<'v>,
    /// The contract that says what the lanes are.
    pub contract: &'a Contract,
    tips: BTreeMap<AgentId, Oid>,
    /// Commits of the trunk's own chain on which a lane stands that moves together with it.
    stands_on: BTreeMap<AgentId, Oid>,
    /// Commits of no known tip, newest first, by the lane whose own paths hold all that they change.
    strays: BTreeMap<AgentId, Vec<Oid>>,
}

impl<'a, 'v> Lanes<'a, 'v> {
    /// The lanes of a contract, at these tips.
    pub fn new(
        history: &'a History<'v>,
        contract: &'a Contract,
        tips: &Tips<'_, '_>,
    ) -> Known<Self> {
        let mut known = BTreeMap::new();
        for agent in contract.agents() {
            if let Some(tip) = tips.tip(&agent.reference())? {
                known.insert(agent.id.clone(), tip);
            }
        }
        let (stands_on, strays) = (BTreeMap::new(), BTreeMap::new());
        Ok(Self { history, contract, tips: known, stands_on, strays })
    }

    /// Says that the trunk moves along this chain (newest first), and where the lanes were before.
    /// A lane that moves in the same push may have been rebased onto the new trunk; then it
    /// reaches what the trunk brings, but that is not its work. What it held before is.
    pub fn beside_trunk(mut self, chain: &[Oid], before: &Tips<'_, '_>) -> Known<Self> {
        for agent in self.contract.agents() {
            let Some(tip) = self.tip(&agent.id) else { continue };
            let was = before.tip(&agent.reference())?;
            if was == Some(tip) {
                continue;
            }
            for commit in chain {
                if self.history.is_ancestor(*commit, tip)? {
                    let held = match was {
                        Some(was) => self.history.is_ancestor(*commit, was)?,
                        None => false,
                    };
                    if !held {
                        self.stands_on.insert(agent.id.clone(), *commit);
                    }
                    break;
                }
            }
        }
        Ok(self)
    }

    /// A lane's tip; `None` when its branch does not exist.
    pub fn tip(&self, lane: &AgentId) -> Option<Oid> {
        self.tips.get(lane).copied()
    }

    /// The commits that any lane brings, as seen from the trunk's tips.
    pub fn brought(&self, trunk: &[Oid]) -> Known<HashSet<Oid>> {
        let mut brought = HashSet::new();
        for (lane, tip) in &self.tips {
            let below: Vec<Oid> = trunk.iter().chain(self.stands_on.get(lane)).copied().collect();
            brought.extend(self.history.walk(&[*tip], &below)?.order.iter().copied());
        }
        Ok(brought)
    }

    /// Counts commits that belong to no known tip, newest first, as work of the lane whose own
    /// paths hold all that they change.
    pub fn adopt_strays(&mut self, commits: &[Oid]) -> Known<()> {
        for commit in commits {
            if let Some(lane) = self.sole_lane(*commit)? {
                self.strays.entry(lane.clone()).or_default().push(*commit);
            }
        }
        Ok(())
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

    /// The lane of the first own path that a commit changes.
    pub fn first_owner(&self, commit: Oid) -> Known<Option<&'a AgentId>> {
        let touched = self.history.touched(commit)?;
        Ok(touched.iter().find_map(|change| self.contract.own_lane(&change.path)))
    }

    /// Whether a lane's tip reaches a commit that the trunk does not.
    pub fn reaches(&self, lane: &AgentId, commit: Oid, trunk: &[Oid]) -> Known<bool> {
        let tip: Vec<Oid> = self.tip(lane).into_iter().collect();
        Ok(self.history.walk(&tip, trunk)?.set.contains(&commit))
    }

    /// A lane's own commits as seen from the trunk's tips, newest first.
    pub fn own_commits(&self, lane: &AgentId, trunk: &[Oid]) -> Known<Vec<Oid>> {
        let tip: Vec<Oid> = self.tip(lane).into_iter().collect();
        let mut own = self.own_among(lane, &tip, trunk)?;
        if let Some(base) = self.stands_on.get(lane) {
            let mut below = trunk.to_vec();
            below.push(*base);
            let brought = self.history.walk(&tip, &below)?;
            let mut kept = Vec::with_capacity(own.len());
            for commit in own {
                if brought.set.contains(&commit) || self.touches_own(commit, lane)? {
                    kept.push(commit);
                }
            }
            own = kept;
        }
        if let Some(strays) = self.strays.get(lane) {
            let known: HashSet<Oid> = own.iter().copied().collect();
            own.extend(strays.iter().filter(|commit| !known.contains(commit)));
        }
        Ok(own)
    }

    /// The commits that heads reach, the trunk does not, and that are this lane's own.
    pub fn own_among(&self, lane: &AgentId, heads: &[Oid], trunk: &[Oid]) -> Known<Vec<Oid>> {
        let reached = self.history.walk(heads, trunk)?;
        if reached.order.is_empty() {
            return Ok(Vec::new());
        }
        let others = self.others_reaching(lane, &reached.set, trunk)?;
        let mut own = Vec::with_capacity(reached.order.len());
        for commit in &reached.order {
            let reaching = others.get(commit).map(Vec::as_slice).unwrap_or_default();
            if reaching.is_empty() || !self.is_of_another(*commit, lane, reaching)? {
                own.push(*commit);
            }
        }
        Ok(own)
    }

    fn is_of_another(&self, commit: Oid, lane: &AgentId, reaching: &[&AgentId]) -> Known<bool> {
        let mut anothers = false;
        for change in self.history.touched(commit)?.iter() {
            match self.contract.own_lane(&change.path) {
                Some(owner) if owner == lane => return Ok(false),
                Some(owner) => anothers |= reaching.contains(&owner),
                None => {}
            }
        }
        Ok(anothers)
    }

    /// Whether a commit changes any of a lane's own paths.
    pub fn touches_own(&self, commit: Oid, lane: &AgentId) -> Known<bool> {
        let touched = self.history.touched(commit)?;
        Ok(touched.iter().any(|change| self.contract.own_lane(&change.path) == Some(lane)))
    }

    /// Which other lanes reach which of these commits.
    fn others_reaching(
        &self,
        lane: &AgentId,
        commits: &HashSet<Oid>,
        trunk: &[Oid],
    ) -> Known<HashMap<Oid, Vec<&AgentId>>> {
        let mut reaching: HashMap<Oid, Vec<&AgentId>> = HashMap::new();
        for (other, tip) in self.tips.iter().filter(|(other, _)| *other != lane) {
            for commit in &self.history.walk(&[*tip], trunk)?.order {
                if commits.contains(commit) {
                    reaching.entry(*commit).or_default().push(other);
                }
            }
        }
        Ok(reaching)
    }

    /// Own commits of other lanes that these heads reach and the trunk does not, for each lane
    /// of which `has_landed` says no.
    pub fn carried(
        &self,
        lane: &AgentId,
        heads: &[Oid],
        trunk: &[Oid],
        mut has_landed: impl FnMut(&Agent) -> Known<bool>,
    ) -> Known<Vec<Carried>> {
        let reached = self.history.walk(heads, trunk)?;
        if reached.order.is_empty() {
            return Ok(Vec::new());
        }
        let own: HashSet<Oid> = self.own_among(lane, heads, trunk)?.into_iter().collect();
        let mut carried = Vec::new();
        for other in self.contract.agents().iter().filter(|other| other.id != *lane) {
            if !self.tips.contains_key(&other.id) {
                continue;
            }
            let inside: Vec<Oid> = self
                .own_commits(&other.id, trunk)?
                .into_iter()
                .filter(|commit| reached.set.contains(commit) && !own.contains(commit))
                .collect();
            let Some(newest) = inside.first() else { continue };
            if has_landed(other)? {
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

    /// The newest of some commits that gave a path its entry; or else the newest merge that took it
    /// from one side against another; or else the newest that touched it.
    pub fn culprit(
        &self,
        commits: &[Oid],
        path: &RepoPath,
        entry: Option<Entry>,
    ) -> Known<Option<CommitRef>> {
        let mut chose = None;
        let mut touched = None;
        for commit in commits {
            let changes = self.history.touched(*commit)?;
            if let Ok(at) = changes.binary_search_by(|change| change.path.cmp(path)) {
                if changes[at].new == entry {
                    return Ok(Some(self.history.named(*commit)?));
                }
                touched = touched.or(Some(*commit));
            } else if chose.is_none() && self.chose(*commit, path, entry)? {
                chose = Some(*commit);
            }
        }
        chose.or(touched).map(|commit| self.history.named(commit).map_err(Into::into)).transpose()
    }

    /// Whether a merge has this entry from one parent while another has something else.
    fn chose(&self, commit: Oid, path: &RepoPath, entry: Option<Entry>) -> Known<bool> {
        let parents = self.history.parents(commit)?;
        if parents.len() < 2 || self.history.entry_at(commit, path)? != entry {
            return Ok(false);
        }
        for parent in parents {
            if self.history.entry_at(parent, path)? != entry {
                return Ok(true);
            }
        }
        Ok(false)
    }
}
