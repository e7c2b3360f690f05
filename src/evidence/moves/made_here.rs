//! Steps of the trunk that were committed on it here, before a lane took them in. Their push sees the lane stand on
//! them, and cannot tell by refs which of the two was moved to the other; what git has logged of the trunk can.
//!
//! Nobody is kept out by a log that anybody may write: when the trunk moved, the step was judged without it, and a
//! server that takes it in judges again.

use policy::name::RefName;

use super::Moves;
use crate::evidence::Known;
use crate::evidence::case::Case;
use crate::evidence::lane::stands_on::Before;
use crate::evidence::trunk::{JudgedStep, TrunkMoves};
use crate::repository::oids::OidSet;

/// How many lines of a log are read.
const MOST_LINES: usize = 1000;

/// What the first word of a line says where somebody has made the commit on that very branch (git 2.39 and 2.47).
const MADE: [&str; 4] = ["commit", "cherry-pick", "revert", "am"];

impl<'v> Moves<'_, 'v> {
    /// A step of a push that leaves, as it was made: what was committed on the trunk here, and on no lane, is no
    /// lane's work for standing below it now.
    pub(super) fn as_made_here(
        &self,
        walker: &TrunkMoves<'_, 'v>,
        judged: &JudgedStep,
        name: &RefName,
    ) -> Known<Vec<Case>> {
        let (true, Some((contract, _)), Some(from), Some(to), true) = (
            walker.before.elsewhere,
            &judged.contract,
            judged.step.from,
            &judged.step.to,
            judged.may_be_refused(),
        ) else {
            return Ok(Vec::new());
        };
        let mut made_here = self.made_on(&self.trunk.reference);
        for agent in contract.agents() {
            for commit in self.made_on(&agent.reference()) {
                made_here.remove(&commit);
            }
        }
        if made_here.is_empty() {
            return Ok(Vec::new());
        }
        let mut tips = walker.tips.clone();
        for agent in contract.agents() {
            let lane = agent.reference();
            if let Some(tip) = tips.tip(&lane)?
                && made_here.contains(&tip)
                && self.history.is_ancestor(tip, to.id)?
            {
                // It has nothing else, and is as it was before it took the step in.
                tips.set(lane, Some(from));
            }
        }
        let before = Before { made_here, ..walker.before.clone() };
        let walker = TrunkMoves { before, tips: &tips, ..*walker };
        // What is not known is no other way to see it.
        let steps: Known<Vec<_>> = walker.walk(Some(from), to.id)?.into_iter().collect();
        Ok(steps.unwrap_or_default().into_iter().map(|step| self.of_step(step, name)).collect())
    }

    /// The commits that were made on a branch, as far as git has logged it. Where it cannot be known, none were.
    fn made_on(&self, branch: &RefName) -> OidSet {
        let log = self.history.view().reflog(branch, MOST_LINES).unwrap_or_default();
        let is_made = |message: &str| {
            let first = message.split([' ', ':']).next().unwrap_or_default();
            MADE.contains(&first)
        };
        log.into_iter().filter(|line| is_made(&line.message)).filter_map(|line| line.new).collect()
    }
}
