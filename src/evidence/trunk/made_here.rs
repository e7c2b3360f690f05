//! Steps of the trunk that were committed on it here, before a lane took them in. Later the lane is seen to have
//! them: it stands on them when they are pushed, or holds them as they were before they were made again (amended,
//! rebased). Which of the two had them first is not told by refs, and is by what git has logged of the trunk.
//!
//! Nobody is kept out by a log that anybody may write: when the trunk came to them, they were judged without it, and
//! a server that takes them in judges again.

use policy::contract::{Agent, Contract};
use policy::name::RefName;
use policy::oid::Oid;

use super::{JudgedStep, TrunkMoves};
use crate::evidence::Known;
use crate::evidence::lane::stands_on::{Before, Gave, MadeHere};
use crate::evidence::merge::Contents;
use crate::evidence::tips::Tips;
use crate::repository::oids::OidSet;
use crate::repository::{HeadLog, Logged, TreeChange};

/// How many lines of a log are read.
const MOST_LINES: usize = 1000;

/// What the first word of a line says where somebody has made the commit on that very branch (git 2.39 and 2.47;
/// the last one is the ritual's own).
const MADE: [&str; 5] = ["commit", "cherry-pick", "revert", "am", "contract-gate"];

impl<'v> TrunkMoves<'_, 'v> {
    /// Where the lanes are, for a step that may be refused, when what was committed on the trunk here, and on no
    /// lane, is no lane's work for being held by it now; nothing where nothing was. What is not known is no other
    /// way to see it.
    pub fn as_made_here(
        &self,
        trunk: &RefName,
        judged: &JudgedStep,
    ) -> Option<(Before, Tips<'_, 'v>)> {
        self.without_what_was_made_here(trunk, judged).unwrap_or_default()
    }

    fn without_what_was_made_here(
        &self,
        trunk: &RefName,
        judged: &JudgedStep,
    ) -> Known<Option<(Before, Tips<'_, 'v>)>> {
        let (Some((contract, _)), Some(from), true) =
            (&judged.contract, judged.step.from, judged.may_be_for_a_lane())
        else {
            return Ok(None);
        };
        let made_here = self.made_here((trunk, contract), from)?;
        if made_here.commits.is_empty() {
            return Ok(None);
        }
        let mut tips = self.tips.clone();
        for agent in contract.agents() {
            if let Some(tip) = tips.tip(&agent.reference())?
                && self.has_nothing_else(tip, from, &made_here)?
            {
                // It is as it was before it took the trunk in.
                tips.set(agent.reference(), Some(from));
            }
        }
        Ok(Some((Before { made_here, ..self.before.clone() }, tips)))
    }

    /// What was made on the trunk and on no lane, as far as it is not published, with what lanes have made again of
    /// all that the trunk has had: picked, squashed, rebased along.
    fn made_here(&self, (trunk, contract): (&RefName, &Contract), from: Oid) -> Known<MadeHere> {
        let below = if self.published.is_empty() { &[from][..] } else { self.published };
        let log = self.log(trunk);
        let mut made = self.made_by(&log, Some(contract));
        made.retain(|commit| self.is_beyond(*commit, below));
        let had = self.had_by(&log, below)?;
        let contents = Contents::new(self.history);
        let mut made_here = MadeHere::default();
        for agent in contract.agents() {
            let mut by_lane = self.made_by(&self.log(&agent.reference()), None);
            made.retain(|commit| !by_lane.contains(commit));
            let Some(tip) = self.tips.tip(&agent.reference())? else { continue };
            by_lane.retain(|commit| self.is_beyond(*commit, below));
            let did = self.did(by_lane.iter(), |_, _| Ok(true))?;
            // What the lane did before it was the trunk's is the lane's, however often it was made again.
            let gave = self
                .did(had.iter().filter(|commit| !by_lane.contains(commit)), |change, time| {
                    Ok(!did.before(change, time.saturating_add(1), &contents)?)
                })?;
            for commit in &self.history.walk(&[tip], &[from])?.order {
                let time = self.history.commit(*commit)?.time;
                let touched = self.history.touched(*commit)?;
                let mut is_copy = !touched.is_empty();
                for change in touched.iter() {
                    is_copy = is_copy && gave.before(change, time, &contents)?;
                }
                if is_copy {
                    made_here.commits.insert(*commit);
                }
            }
            made_here.gave.insert(agent.id.clone(), gave);
        }
        made_here.commits.extend(made);
        Ok(made_here)
    }

    /// Whether a commit is here, and none of these reaches it. What is not here any more is held by nobody.
    fn is_beyond(&self, commit: Oid, below: &[Oid]) -> bool {
        !self.history.is_reachable(commit, below).unwrap_or(true)
    }

    /// What git has logged of a branch, as far as it can be read.
    fn log(&self, branch: &RefName) -> Vec<Logged> {
        self.history.view().reflog(branch, MOST_LINES).unwrap_or_default()
    }

    /// All commits that a branch with this log has had.
    fn had_by(&self, log: &[Logged], below: &[Oid]) -> Known<Vec<Oid>> {
        let news = log.iter().filter_map(|line| line.new);
        let news: Vec<Oid> = news.filter(|commit| self.is_beyond(*commit, below)).collect();
        Ok(self.history.walk(&news, below)?.order.clone())
    }

    /// What some commits did to paths, as far as it counts.
    fn did<'c>(
        &self,
        commits: impl Iterator<Item = &'c Oid>,
        counts: impl Fn(&TreeChange, i64) -> Known<bool>,
    ) -> Known<Gave> {
        let mut gave = Gave::default();
        for commit in commits {
            let time = self.history.commit(*commit)?.time;
            for change in self.history.touched(*commit)?.iter() {
                if counts(change, time)? {
                    gave.add(change, time);
                }
            }
        }
        Ok(gave)
    }

    /// Whether a lane has taken in what was made on the trunk, and has done nothing to any file.
    fn has_nothing_else(&self, tip: Oid, from: Oid, made_here: &MadeHere) -> Known<bool> {
        let mut has_any = false;
        for commit in &self.history.walk(&[tip], &[from])?.order {
            let is_made_here = made_here.commits.contains(commit);
            has_any |= is_made_here;
            if !is_made_here && !self.history.touched(*commit)?.is_empty() {
                return Ok(false);
            }
        }
        Ok(has_any)
    }

    /// The commits that were made on a branch with this log; on the trunk, also those that came to it by a branch
    /// in no lane of its contract.
    fn made_by(&self, log: &[Logged], contract: Option<&Contract>) -> OidSet {
        let mut made = OidSet::default();
        let beside_lanes =
            contract.map(|contract| self.made_beside_lanes(contract)).unwrap_or_default();
        for Logged { old, new, message } in log {
            let (old, Some(new)) = (*old, *new) else { continue };
            // Where a lane is set upon a merge of the trunk's, its log looks the same but for git's words.
            let is_merge = contract.is_some() || message.contains(": Merge made by ");
            if is_made(message) || (is_merge && self.is_merged_into(new, old)) {
                made.insert(new);
                continue;
            }
            let forwarded = contract.is_some_and(|contract| is_forwarded(message, new, contract));
            if let (Some(contract), Some(old)) = (contract, old)
                && !beside_lanes.is_empty()
                && !names_a_lane(message, contract)
                && let Ok(above) = self.history.walk(&[new], &[old])
            {
                made.extend(above.order.iter().filter(|commit| beside_lanes.contains(*commit)));
            }
            let onto = rebased_onto(message);
            // What a rebase passes over was there before.
            let below: Vec<Oid> = match onto {
                Some(onto) => [onto].into_iter().chain(old).collect(),
                None => old.into_iter().filter(|_| forwarded).collect(),
            };
            if !below.is_empty()
                && let Ok(above) = self.history.walk(&[new], &below)
            {
                made.extend(above.order.iter().copied());
            }
        }
        made
    }

    /// What was committed in any worktree while a branch was checked out there that is no lane's: so it is known
    /// of a commit, too, that came to the trunk by an expression (`git merge -`) or under a rebase.
    fn made_beside_lanes(&self, contract: &Contract) -> OidSet {
        let heads = self.history.view().heads().unwrap_or_default();
        let mut made = OidSet::default();
        for (_, on, line) in heads.iter().flat_map(HeadLog::lines) {
            let is_lanes = on.is_none_or(|on| contract.lane_of_ref(&on).is_some());
            if !is_lanes && is_made(&line.message) {
                made.extend(line.new);
            }
        }
        made
    }

    /// Whether a commit is a merge into what a branch was before.
    fn is_merged_into(&self, commit: Oid, old: Option<Oid>) -> bool {
        let parents = self.history.parents(commit).unwrap_or_default();
        parents.len() > 1 && parents.first().copied() == old
    }
}

/// Whether a line of a log says that a commit was made there.
fn is_made(message: &str) -> bool {
    MADE.contains(&message.split([' ', ':']).next().unwrap_or_default())
}

/// Whether a line of a log says the name of a lane.
fn names_a_lane(message: &str, contract: &Contract) -> bool {
    contract.agents().iter().any(|agent| message.contains(&agent.branch.to_string()))
}

/// Whether a branch was moved forward to one that is no lane's, here or at a remote. What only an id or an
/// expression names may be a lane's.
fn is_forwarded(message: &str, new: Oid, contract: &Contract) -> bool {
    moved_to(message).is_some_and(|name| {
        let is_lanes = |agent: &Agent| {
            let lane = agent.branch.to_string();
            name == lane || name.ends_with(&format!("/{lane}"))
        };
        let is_expression = name.contains(['~', '^', ':', ' ']) || name.contains("@{");
        let is_expression = is_expression || ["@", "-"].contains(&name) || name.ends_with("HEAD");
        let is_id = new.to_string().starts_with(name);
        !is_expression && !is_id && !contract.agents().iter().any(is_lanes)
    })
}

/// What a line of a log says that a branch was moved to (git 2.39 and 2.47: `merge topic: Fast-forward`,
/// `pull --ff-only . topic: Fast-forward`, `branch: Reset to topic`, `reset: moving to topic`,
/// `fetch . topic:main: fast-forward`).
fn moved_to(message: &str) -> Option<&str> {
    let set = ["branch: Reset to ", "reset: moving to "];
    if let Some(name) = set.iter().find_map(|begin| message.strip_prefix(begin)) {
        return Some(name);
    }
    let command =
        message.strip_suffix(": Fast-forward").or(message.strip_suffix(": fast-forward"))?;
    let (program, arguments) = command.split_once(' ')?;
    let mut said = arguments.split(' ').filter(|argument| !argument.starts_with('-'));
    match (program, said.next(), said.next(), said.next()) {
        ("merge", Some(name), None, _) => Some(name),
        // Of more than one, it is not told which.
        ("pull", Some(_repository), Some(name), None) => Some(name),
        ("fetch", Some(_repository), Some(both), None) => Some(both.rsplit_once(':')?.0),
        _ => None,
    }
}

/// What a rebase has put a branch onto: all above it was made again there, and one line says so (git 2.39 and
/// 2.47: `rebase (finish): refs/heads/main onto 4c87…`, `pull --rebase (finish): …`).
fn rebased_onto(message: &str) -> Option<Oid> {
    let (_, finished) = message.split_once(" (finish): ")?;
    Oid::from_hex(finished.rsplit_once(" onto ")?.1.as_bytes()).ok()
}

#[cfg(test)]
mod tests {
    use policy::contract::Contract;
    use policy::oid::Oid;

    use super::{is_forwarded, rebased_onto};

    #[test]
    fn a_line_of_a_log_says_what_came_by_it() {
        let contract = Contract::absent();
        let new = Oid::from_hex(b"4c87f2ad0e4a3d1e4c87f2ad0e4a3d1e4c87f2ad").unwrap();
        for (message, forwarded) in [
            ("merge 4711: Fast-forward", true),
            ("merge nina@fix: Fast-forward", true),
            ("merge @{-1}: Fast-forward", false),
            ("merge topic: Fast-forward", true),
            ("merge fix/typo: Fast-forward", true),
            ("merge topic~1: Fast-forward", false),
            ("merge 4c87f2a: Fast-forward", false),
            ("merge FETCH_HEAD: Fast-forward", false),
            ("merge topic: Merge made by the 'ort' strategy.", false),
            ("pull: Fast-forward", false),
            ("pull -q --ff-only . topic: Fast-forward", true),
            ("pull origin topic~1: Fast-forward", false),
            ("pull --ff-only: Fast-forward", false),
            ("pull --ff-only origin: Fast-forward", false),
            ("branch: Reset to topic", true),
            ("branch: Reset to topic~1", false),
            ("branch: Reset to 4c87f2a", false),
            ("branch: Reset to HEAD", false),
            ("reset: moving to origin/topic", true),
            ("reset: moving to HEAD~1", false),
            ("branch: Created from topic", false),
            ("fetch . topic:main: fast-forward", true),
            ("fetch . topic~1:main: fast-forward", false),
            ("fetch . +refs/heads/topic:refs/heads/main: fast-forward", true),
            ("fetch . topic:main other:next: fast-forward", false),
            ("fetch -q host:repo topic:main: fast-forward", true),
        ] {
            assert_eq!(is_forwarded(message, new, &contract), forwarded, "{message}");
        }
        let onto = "1".repeat(40);
        for action in ["rebase", "pull --rebase", "rebase -i"] {
            let message = format!("{action} (finish): refs/heads/main onto {onto}");
            assert_eq!(rebased_onto(&message).map(|id| id.to_string()), Some(onto.clone()));
        }
        assert_eq!(rebased_onto("rebase (finish): returning to refs/heads/main"), None);
    }
}
