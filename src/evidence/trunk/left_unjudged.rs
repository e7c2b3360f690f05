//! Commits of lanes that come in and are in nothing which is judged of any of them: those of several lanes, which
//! say of none of them alone that its work comes, and those that no line by which it comes is known to hold.

use std::collections::BTreeMap;
use std::rc::Rc;

use policy::attempt::EntryEvidence;
use policy::contract::Agent;
use policy::name::AgentId;
use policy::oid::Oid;

use super::entering::{Entrant, Judged, Step, Traces};
use crate::evidence::Known;
use crate::evidence::history::Walk;
use crate::evidence::state::State;

/// What is judged of a lane, and what that holds.
struct Reached<'e> {
    entrant: &'e mut Entrant,
    held: Vec<Rc<Walk>>,
}

impl<'a> Step<'a, '_> {
    /// Sees to it that each commit of a lane's that comes in is judged as somebody's: of a lane that enters, it
    /// is one more of its states; else the lanes that hold it are told, where there are several: so many
    /// branches at one commit do not make it nobody's, and nor does what else of them comes beside it.
    pub(super) fn left_unjudged(
        &self,
        entrants: &mut [Entrant],
        traces: &Traces<'_>,
    ) -> Known<Vec<(&'a Agent, EntryEvidence)>> {
        let mut owns = Vec::new();
        for agent in self.lanes.contract.agents() {
            owns.push((agent, self.lanes.own_commits(&agent.id, self.seen_from)?));
        }
        let mut judged: BTreeMap<AgentId, Reached<'_>> = BTreeMap::new();
        for entrant in entrants {
            // A tip that does not come in may have undone what does.
            let comes = |head: &Oid| traces.fresh.set.contains(head);
            let heads: Vec<_> = entrant.heads().filter(comes).collect();
            let held = vec![self.history().walk(&heads, &self.before.heads)?];
            judged.insert(entrant.agent.clone(), Reached { entrant, held });
        }
        let mut added: Vec<(&Agent, EntryEvidence)> = Vec::new();
        for commit in &traces.fresh.order {
            let holders: Vec<_> = owns.iter().filter(|(_, own)| own.set.contains(commit)).collect();
            let is_judged = |(agent, _): &&(&Agent, Rc<Walk>)| {
                let held = judged.get(&agent.id).map(|reached| &reached.held);
                held.is_some_and(|held| held.iter().any(|walk| walk.set.contains(commit)))
            };
            if holders.is_empty() || holders.iter().any(is_judged) || !self.does(*commit)? {
                continue;
            }
            let is_of_several = holders.len() > 1;
            for (agent, own) in holders {
                if let Some(reached) = judged.get_mut(&agent.id) {
                    self.judge_also(*commit, reached)?;
                } else if is_of_several
                    && added.iter().all(|(other, _)| other.id != agent.id)
                    && self.goes_on_or_comes(agent, own, traces)?
                {
                    let named = self.history().named(*commit)?;
                    added.push((*agent, EntryEvidence::Commit(named)));
                }
            }
        }
        Ok(added)
    }

    /// Whether a commit does anything of itself: a merge that only takes both sides in does not.
    fn does(&self, commit: Oid) -> Known<bool> {
        Ok(!self.history().touched(commit)?.is_empty() || self.chooses(commit)?)
    }

    fn judge_also(&self, commit: Oid, reached: &mut Reached<'_>) -> Known<()> {
        let state = State::of_commit(self.history(), commit)?;
        reached.held.push(self.history().walk(&[commit], &self.before.heads)?);
        reached.entrant.judged.push(Judged { state, beneath: None, taken_in: None });
        Ok(())
    }
}
