//! Commits of several lanes, which say of none of them alone that its work comes.

use std::collections::BTreeMap;
use std::rc::Rc;

use policy::attempt::EntryEvidence;
use policy::contract::Agent;
use policy::name::AgentId;

use super::entering::{Entrant, Step, Traces};
use crate::evidence::Known;
use crate::evidence::history::Walk;

impl<'a> Step<'a, '_> {
    /// The lanes to which a commit belongs that comes in and is in nothing which is judged of any of them: so
    /// many branches at one commit do not make it nobody's, and nor does what else of them comes beside it.
    pub(super) fn of_several(
        &self,
        entrants: &[Entrant],
        traces: &Traces<'_>,
    ) -> Known<Vec<(&'a Agent, EntryEvidence)>> {
        let mut owns = Vec::new();
        for agent in self.lanes.contract.agents() {
            owns.push((agent, self.lanes.own_commits(&agent.id, self.seen_from)?));
        }
        let mut judged: BTreeMap<&AgentId, Rc<Walk>> = BTreeMap::new();
        for entrant in entrants {
            let heads: Vec<_> = entrant.heads().collect();
            let walk = self.history().walk(&heads, &self.before.heads)?;
            judged.insert(&entrant.agent, walk);
        }
        let mut added: Vec<(&Agent, EntryEvidence)> = Vec::new();
        for commit in &traces.fresh.order {
            if self.chain.contains(commit) && self.history().parents(*commit)?.len() > 1 {
                continue;
            }
            let holders: Vec<_> = owns.iter().filter(|(_, own)| own.set.contains(commit)).collect();
            let is_judged = |agent: &Agent| {
                judged.get(&agent.id).is_some_and(|reached| reached.set.contains(commit))
            };
            if holders.len() < 2 || holders.iter().any(|(agent, _)| is_judged(agent)) {
                continue;
            }
            for (agent, own) in holders {
                let is_known = judged.contains_key(&agent.id)
                    || added.iter().any(|(other, _)| other.id == agent.id);
                if !is_known && self.goes_on_or_comes(agent, own, traces)? {
                    let named = self.history().named(*commit)?;
                    added.push((*agent, EntryEvidence::Commit(named)));
                }
            }
        }
        Ok(added)
    }
}
