//! What a name means that was given to `check`: a branch, a lane, a commit.
//!
//! A name that means nothing here is an error, never something else that is judged in its place.

use policy::contract::Agent;
use policy::name::RefName;
use policy::oid::Oid;
use policy::text::printable;

use super::Asked;
use crate::evidence::tips::{commit_of, tracking_of};
use crate::evidence::{Known, Unknown};

impl Asked<'_, '_, '_> {
    /// The branch that a name means: a lane's, one that is here, or the one that a tracking ref
    /// stands for, as a clone in CI names it. `None`: it is no branch's name.
    pub(super) fn branch_named(&self, text: &str) -> Known<Option<RefName>> {
        self.is_one_branch(text)?;
        let view = self.ground.view;
        let own = branch_ref(text);
        if self.contract().lane_of_ref(&own).is_some() || view.reference(&own)?.is_some() {
            return Ok(Some(own));
        }
        // A clone in CI has no local branches.
        if let Some(remote) = &self.ground.remote
            && let Some(there) = tracking_of(&own, remote)
            && view.reference(&there)?.is_some()
        {
            return Ok(Some(own));
        }
        if is_a_pull_request(text) {
            return Err(Unknown::PullRequest(printable(text)));
        }
        let tracking = text.strip_prefix("refs/").unwrap_or(text);
        let tracking = tracking.strip_prefix("remotes/").unwrap_or(tracking);
        let tracking = RefName::new(format!("refs/remotes/{tracking}"));
        let Some(found) = view.reference(&tracking)? else { return Ok(None) };
        let tracking = found.symbolic.unwrap_or(tracking);
        let branch = tracking.tracked().map(|(_, branch)| [b"refs/heads/", branch].concat());
        Ok(branch.map(RefName::new))
    }

    /// A branch may be called `refs/heads/x`, in full `refs/heads/refs/heads/x`: whoever may push one would
    /// have another judged in its place.
    fn is_one_branch(&self, text: &str) -> Known<()> {
        if !text.starts_with("refs/heads/") {
            return Ok(());
        }
        let view = self.ground.view;
        let literal = RefName::branch(text);
        let there = self.ground.remote.as_ref().and_then(|remote| tracking_of(&literal, remote));
        for name in [Some(literal), there].into_iter().flatten() {
            if view.reference(&name)?.is_some() {
                return Err(Unknown::TwoBranches(printable(text)));
            }
        }
        Ok(())
    }

    /// The one lane whose tip a commit is.
    pub(super) fn lane_at(&self, head: Oid) -> Known<Option<&Agent>> {
        let mut found = Vec::new();
        for agent in self.contract().agents() {
            if self.tip_of(agent)? == Some(head) {
                found.push(agent);
            }
        }
        Ok(if found.len() == 1 { found.pop() } else { None })
    }

    pub(super) fn tip_of(&self, agent: &Agent) -> Known<Option<Oid>> {
        let tips = self.check.tips();
        tips.tip(&agent.reference())
    }

    /// A branch's tip: the branch before anything else of that name, such as a tag.
    pub(super) fn branch_tip(&self, branch: &str) -> Known<Oid> {
        self.is_one_branch(branch)?;
        let tips = self.check.tips();
        match tips.tip(&branch_ref(branch))? {
            Some(tip) => Ok(tip),
            None => self.revision(branch).map_err(|unknown| match unknown {
                Unknown::NoSuchRef(branch) => Unknown::NoSuchBranch { branch, remotes: Vec::new() },
                other => other,
            }),
        }
    }

    /// The commit to judge: a lane's branch is looked up where lanes are.
    pub(super) fn named_tip(&self, head: &str) -> Known<Oid> {
        match self.contract().lane_of_ref(&branch_ref(head)) {
            Some(_) => self.branch_tip(head),
            None => self.revision(head),
        }
    }

    /// A commit by any name that a person would give it: a branch, a ref, a tracking ref, an id. No tag
    /// stands in for a branch: whoever may push one would say what is judged.
    pub(super) fn revision(&self, text: &str) -> Known<Oid> {
        let history = &self.ground.history;
        match self.ground.view.resolve(&self.no_tag_for_a_branch(text)?)? {
            Some(id) => commit_of(history, &RefName::new(text), id),
            None => {
                Err(match self.remotes_with(text.strip_prefix("refs/heads/").unwrap_or(text))? {
                    remotes if remotes.is_empty() => Unknown::NoSuchRef(printable(text)),
                    remotes => Unknown::NoSuchBranch { branch: text.to_owned(), remotes },
                })
            }
        }
    }

    /// A revision with the full name of its branch, or of a tracking ref, where there is one of its short
    /// name. Where there is none, but a tag of that name, which is a lane's or the trunk's, one at a
    /// remote, or looks like the beginning of an id, it is an error.
    fn no_tag_for_a_branch(&self, text: &str) -> Known<String> {
        let view = self.ground.view;
        let (name, rest) = text.split_at(text.find(['~', '^', '@', ':']).unwrap_or(text.len()));
        let is_there = |full: &String| -> Known<bool> {
            Ok(!name.is_empty() && view.reference(&RefName::new(full.clone()))?.is_some())
        };
        for full in [format!("refs/heads/{name}"), format!("refs/remotes/{name}")] {
            if is_there(&full)? {
                return Ok(full + rest);
            }
        }
        if !is_there(&format!("refs/tags/{name}"))? {
            return Ok(text.to_owned());
        }
        let remotes = view.remotes()?;
        let is_at_a_remote = name.split_once('/').is_some_and(|(first, _)| remotes.contains(first));
        let is_an_id = name.len() >= 4 && name.bytes().all(|byte| byte.is_ascii_hexdigit());
        let branch = branch_ref(name);
        let is_the_trunk = branch == self.check.trunk_ref.reference;
        let is_a_lane = self.contract().lane_of_ref(&branch).is_some();
        match is_at_a_remote || is_an_id || is_the_trunk || is_a_lane {
            true => Err(Unknown::NoSuchRef(printable(text))),
            false => Ok(text.to_owned()),
        }
    }

    /// The remotes that have a lane's branch.
    pub(super) fn remotes_with(&self, branch: &str) -> Known<Vec<String>> {
        let refs = self.ground.view.references("refs/remotes/")?;
        let tracked = refs.iter().filter_map(|found| found.name.tracked());
        let remotes = tracked.filter(|(_, at)| *at == branch.as_bytes());
        let names = remotes.filter_map(|(remote, _)| std::str::from_utf8(remote).ok());
        Ok(names.map(str::to_owned).collect())
    }

    /// A lane before this one that only seems to have landed: its branch is at a remote, where lanes are not
    /// looked up.
    pub(super) fn unseen_before(&self, agent: &Agent) -> Known<Option<Unknown>> {
        for id in self.contract().before(&agent.id) {
            let Some(other) = self.contract().agent(id) else { continue };
            if other.withdrawn || self.tip_of(other)?.is_some() {
                continue;
            }
            let remotes = self.remotes_with(&other.branch)?;
            if !remotes.is_empty() && self.check.has_more_at(other, &remotes)? {
                let branch = other.branch.to_string();
                return Ok(Some(Unknown::NoSuchBranch { branch, remotes }));
            }
        }
        Ok(None)
    }
}

/// Whether a name is one under which a forge keeps a pull request, as CI is told it: `refs/pull/1/merge`,
/// which a checkout there makes `refs/remotes/pull/1/merge`. It is the trunk's merge with a branch, and
/// tells of no lane.
fn is_a_pull_request(text: &str) -> bool {
    let name = text.strip_prefix("refs/").unwrap_or(text);
    let mut parts = name.strip_prefix("remotes/").unwrap_or(name).split('/');
    let is_kept = |part: &str| matches!(part, "pull" | "pull-requests" | "merge-requests");
    let is_number = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    parts.next().is_some_and(is_kept)
        && parts.next().is_some_and(is_number)
        && matches!(parts.next(), Some("merge" | "head" | "from"))
        && parts.next().is_none()
}

/// The branch that a short or full name would be.
pub(in crate::checkpoints) fn branch_ref(text: &str) -> RefName {
    RefName::branch(text.strip_prefix("refs/heads/").unwrap_or(text))
}
