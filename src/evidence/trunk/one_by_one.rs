//! A merge of an integration branch that adds nothing to it: the trunk comes to have what it would have
//! if it had first gone along that branch, step by step.
//!
//! Another way to see the step, and never a wider one: whoever may make it could as well have moved the
//! trunk to the branch, and the merge changes nothing more. Each step of the branch has to land lanes and
//! nothing else. A lane's own branch is no such line, nor is one that changes a contract.

use policy::contract::Contract;
use policy::oid::Oid;

use super::{JudgedStep, TrunkMoves};
use crate::evidence::Known;
use crate::evidence::state::State;

impl TrunkMoves<'_, '_> {
    /// The steps of the branch that a step merges, as a move of the trunk along it. None where the step is
    /// something else, or where one of them is not known: that is no other way to see it.
    pub fn one_by_one(&self, judged: &JudgedStep, after: &State) -> Vec<JudgedStep> {
        self.steps_of_merged(judged, after).unwrap_or_default()
    }

    fn steps_of_merged(&self, judged: &JudgedStep, after: &State) -> Known<Vec<JudgedStep>> {
        let JudgedStep { contract: Some((contract, from)), step } = judged else {
            return Ok(Vec::new());
        };
        if step.entering.is_empty() || !judged.may_be_refused() || !is_under_its_contract(judged) {
            return Ok(Vec::new());
        }
        let Some(merged) = self.merged_line(contract, *from, after)? else { return Ok(Vec::new()) };
        let steps: Vec<JudgedStep> = self
            .walk_below(after.commit, Some(*from), merged)?
            .into_iter()
            .collect::<Known<_>>()?;
        let is_one = |step: &JudgedStep| is_a_landing(step) && is_under_its_contract(step);
        Ok(if steps.iter().all(is_one) { steps } else { Vec::new() })
    }

    /// The tip of a branch in no lane, of more than one commit on the trunk before, which a merge brings
    /// as it is.
    fn merged_line(&self, contract: &Contract, from: Oid, after: &State) -> Known<Option<Oid>> {
        let history = self.history;
        let parents = match after.commit {
            Some(commit) => history.parents(commit)?,
            None => after.heads.clone(),
        };
        let [first, merged] = parents[..] else { return Ok(None) };
        for agent in contract.agents() {
            if self.tips.tip(&agent.reference())? == Some(merged) {
                return Ok(None);
            }
        }
        if first != from || !after.diff_from(history, Some(history.tree(merged)?))?.is_empty() {
            return Ok(None);
        }
        let fresh = history.walk(&[merged], &[from])?;
        let line = history.first_parents_in(merged, &fresh.set)?;
        let below = match line.last() {
            Some(oldest) if line.len() > 1 => history.parents(*oldest)?.first().copied(),
            _ => None,
        };
        Ok((below == Some(from)).then_some(merged))
    }
}

/// Whether a step lands lanes, and brings nothing beside their work.
fn is_a_landing(JudgedStep { step, .. }: &JudgedStep) -> bool {
    !step.entering.is_empty() && step.unexplained.is_empty()
}

/// Whether a step leaves the contract alone under which it is judged, and brings no other one.
fn is_under_its_contract(JudgedStep { contract, step }: &JudgedStep) -> bool {
    contract.is_some() && step.amendment.is_none() && step.foreign_contract.is_none()
}
