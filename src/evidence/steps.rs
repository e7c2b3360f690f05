//! The trunk steps: how a move of the trunk is walked.

use policy::contract::ContractFile;
use policy::name::AgentId;
use policy::oid::Oid;

use super::Known;
use super::history::History;
use super::own::Lanes;

/// One or more commits of the trunk's first-parent chain that are judged as one step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    /// The trunk before; `None` at its creation.
    pub from: Option<Oid>,
    /// The trunk after.
    pub to: Oid,
    /// The commits of the chain in it, newest first. `to` is the first.
    pub chain: Vec<Oid>,
}

/// The steps of a move, oldest first, one for each new commit of the first-parent chain. Where
/// the old tip is not on that chain, the first step goes from it to the oldest commit on the
/// chain that contains it.
pub fn spans(history: &History<'_>, old: Option<Oid>, new: Oid) -> Known<Vec<Span>> {
    let Some(old) = old else {
        return Ok(vec![Span { from: None, to: new, chain: vec![new] }]);
    };
    let fresh = history.walk(&[new], &[old])?;
    let chain = history.first_parents(new, |commit| Ok(!fresh.set.contains(&commit)))?;
    let Some(bottom) = chain.last().copied() else { return Ok(Vec::new()) };
    let below = history.parents(bottom)?.first().copied();
    let mut spans = Vec::with_capacity(chain.len());
    let mut singles = chain.as_slice();
    if below != Some(old) && history.is_ancestor(old, new)? {
        // Containing the old tip is monotone along the chain, newest first.
        let mut contains = (0, chain.len());
        while contains.1 - contains.0 > 1 {
            let middle = usize::midpoint(contains.0, contains.1);
            if history.is_ancestor(old, chain[middle])? {
                contains.0 = middle;
            } else {
                contains.1 = middle;
            }
        }
        let joint = chain[contains.0];
        spans.push(Span { from: Some(old), to: joint, chain: vec![joint] });
        singles = &chain[..contains.0];
    }
    for commit in singles.iter().rev() {
        let from = history.parents(*commit)?.first().copied();
        spans.push(Span { from, to: *commit, chain: vec![*commit] });
    }
    Ok(spans)
}

/// Joins the steps that are one under a contract, beginning with the first of them: consecutive
/// own commits of one lane with a merge directly above them, and consecutive single-parent steps
/// that change only one lane's own paths. Takes the joined steps off the front.
pub fn next_step(
    lanes: &Lanes<'_, '_>,
    owned: impl Fn(Oid) -> Known<Option<AgentId>>,
    rest: &mut std::collections::VecDeque<Span>,
) -> Known<Option<Span>> {
    let Some(mut step) = rest.pop_front() else { return Ok(None) };
    if step.from.is_none() {
        return Ok(Some(step));
    }
    let history = lanes.history;
    let single = |commit: Oid| -> Known<bool> { Ok(history.parents(commit)?.len() == 1) };
    let join = |step: &mut Span, next: Span| {
        step.to = next.to;
        step.chain.splice(0..0, next.chain);
    };
    if !amends(history, step.to)?
        && let Some(lane) = owned(step.to)?
    {
        let mut run = 0;
        let mut touches_own = lanes.touches_own(step.to, &lane)?;
        while let Some(next) = rest.get(run) {
            let same = owned(next.to)?.as_ref() == Some(&lane);
            if amends(history, next.to)? || !(same || !single(next.to)?) {
                break;
            }
            run += 1;
            touches_own |= same && lanes.touches_own(next.to, &lane)?;
            if !same {
                break;
            }
        }
        // A lane that stands on commits of the trunk which are pushed along with it reaches them
        // too; they are not its work when none of them touches its own paths.
        if touches_own {
            rest.drain(..run).for_each(|next| join(&mut step, next));
            return Ok(Some(step));
        }
    }
    if single(step.to)?
        && let Some(lane) = lanes.sole_lane(step.to)?
    {
        while let Some(next) = rest.front() {
            if !single(next.to)? || lanes.sole_lane(next.to)? != Some(lane) {
                break;
            }
            let Some(next) = rest.pop_front() else { break };
            join(&mut step, next);
        }
    }
    Ok(Some(step))
}

/// Whether a commit changes a contract file: then it is a step of its own.
fn amends(history: &History<'_>, commit: Oid) -> Known<bool> {
    let touched = history.touched(commit)?;
    Ok(touched.iter().any(|change| ContractFile::of_path(&change.path).is_some()))
}
