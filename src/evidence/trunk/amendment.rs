//! Amendments: what a step of the trunk does to the contract itself.

use policy::attempt::{Amendment, AmendmentResult};
use policy::change::CommitRef;
use policy::contract::{ContractFile, Problem};
use policy::name::AgentId;
use policy::oid::Oid;
use policy::path::RepoPath;
use policy::verdict::Severity;

use super::entering::merged_parents;
use super::step_facts::{Between, StepFacts};
use crate::evidence::contract::{Contracts, Held};
use crate::evidence::history::History;
use crate::evidence::state::State;
use crate::evidence::{Known, Unknown};

/// What a step along a chain does to the contract; `None` when it leaves it alone. What the trunk's
/// upstream holds already comes from the trunk.
pub fn amendment(
    contracts: &Contracts<'_, '_>,
    history: &History<'_>,
    published: &[Oid],
    between: &Between,
) -> Known<Option<Amendment>> {
    let Between { before, after, .. } = between;
    let files = contracts.amended(before, after)?;
    if files.is_empty() {
        return Ok(None);
    }
    let first = before.commit.is_none() || matches!(contracts.in_state(before)?, Held::Nothing);
    let result = match contracts.in_state(after)? {
        Held::Nothing => AmendmentResult::Removed,
        Held::Contract(_) => AmendmentResult::Valid,
        Held::Broken(Unknown::ContractInvalid { problems, .. }) => {
            AmendmentResult::Invalid(problems)
        }
        Held::Broken(Unknown::TwoContracts(_)) => AmendmentResult::Twice,
        Held::Broken(unknown) => {
            AmendmentResult::Invalid(vec![whole_file(unknown.code(), unknown.to_string())])
        }
    };
    let merges = match first {
        true => None,
        false => merged_work(history, published, between, &files)?,
    };
    let is_upstream = is_upstream(contracts, history, published, between)?;
    Ok(Some(Amendment { files, result, first, merges, is_upstream, lane: None }))
}

impl StepFacts<'_, '_> {
    /// The lane that brings a contract to the trunk: an own commit of it that is merged, or to which the trunk is
    /// moved, has what the step leaves there.
    pub(super) fn amended_by(
        &self,
        between: &Between,
        files: &[RepoPath],
    ) -> Known<Option<AgentId>> {
        let history = self.history();
        let fresh = history.walk(&between.after.heads, &between.before.heads)?;
        let merged = merged_parents(history, &fresh, &between.after, &between.chain)?;
        for agent in self.lanes.contract.agents() {
            let own = self.lanes.own_commits(&agent.id, self.seen_from)?;
            // A lane that is pushed along may have taken in what was made on the trunk.
            let is_apart = !self.was.elsewhere && !self.was.moved.contains_key(&agent.reference());
            let chain = between.chain.iter().filter(|_| is_apart);
            for commit in merged.iter().chain(chain) {
                if own.set.contains(commit) && self.leaves(*commit, between, files)? {
                    return Ok(Some(agent.id.clone()));
                }
            }
        }
        Ok(None)
    }

    /// Whether a commit has at one of these files what a step changes it to.
    fn leaves(&self, commit: Oid, between: &Between, files: &[RepoPath]) -> Known<bool> {
        let history = self.history();
        for path in files {
            let after = between.after.entry(history, path)?;
            if after != between.before.entry(history, path)?
                && history.entry_at(commit, path)? == after
            {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// Whether the upstream goes on from the trunk before, to the contract that the step would leave.
fn is_upstream(
    contracts: &Contracts<'_, '_>,
    history: &History<'_>,
    published: &[Oid],
    between: &Between,
) -> Known<bool> {
    let made = contracts.files(&between.after)?;
    for upstream in published {
        if history.is_reachable(*upstream, &between.before.heads)? {
            continue;
        }
        if contracts.files(&State::of_commit(history, *upstream)?)? == made {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The newest commit that the step merges and that changes something else than these files. A merge
/// that takes nothing of a lane would else make its work part of the trunk, and nobody would have
/// judged that.
fn merged_work(
    history: &History<'_>,
    published: &[Oid],
    between: &Between,
    files: &[RepoPath],
) -> Known<Option<CommitRef>> {
    let below: Vec<Oid> = between.before.heads.iter().chain(published).copied().collect();
    let is_amending =
        |path: &RepoPath| ContractFile::of_path(path).is_some() || files.contains(path);
    for commit in &history.walk(&between.after.heads, &below)?.order {
        if between.chain.contains(commit) {
            continue;
        }
        let touched = history.touched(*commit)?;
        if !touched.iter().all(|change| is_amending(&change.path)) {
            return Ok(Some(history.named(*commit)?));
        }
    }
    Ok(None)
}

/// A problem that no single line has.
fn whole_file(code: &'static str, message: String) -> Problem {
    Problem {
        code,
        severity: Severity::Error,
        line: 1,
        column: 1,
        span: (0, 0),
        message,
        help: None,
    }
}
