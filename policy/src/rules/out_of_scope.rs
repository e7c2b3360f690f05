//! `out-of-scope`: a lane changes a path that the contract does not give it.

use crate::contract::Permission;
use crate::name::AgentId;

use super::case::Case;
use super::findings::{Finding, Findings};
use super::{Explanation, Group, Rule, help};

pub const RULE: Rule = Rule { code: "out-of-scope", group: Group::Paths, explain: EXPLAIN, judge };

const EXPLAIN: Explanation = Explanation {
    summary: "A lane changes only the paths in its agent's scope.",
    meaning: "Every path that landing the lane would change must match the scope of the lane's \
              agent. A path that the contract does not list is nobody's: there is no default \
              permission. Reading is always free, and so is what came into the lane by merging, \
              rebasing or picking from the trunk. A rename counts as a deletion and an addition, \
              so both names must be in scope.",
    example: "The scope of agent-1 is src/api/uploads/**. While at it, agent-1 tidies a helper in \
              src/lib/format.ts, which no scope lists.",
    reason: "Each agent is right on the slice that it can see. A courtesy fix in adjacent code \
             meets somebody else's work for the first time in the merge, where nobody looks.",
    remedy: "Undo the change. Where the contract gave the lane the path when it was sent out, and the \
             files have moved on the trunk since, take the trunk in first: git carries the work to \
             where they are. Where the path belongs to another agent, ask that agent. Where the \
             work truly needs it, stop and report it: the dispatcher can list the path in the \
             contract, on the trunk.",
};

fn judge(case: &Case<'_>, out: &mut Findings) {
    for judged in case.lane_changes() {
        let (owner, line) = match judged.permission {
            Permission::OthersScope { owner, line } => (Some(owner), Some(line)),
            // No line lists the path, so what the agent may edit instead is shown.
            Permission::Unlisted => (None, first_line_of_scope(case, judged.lane)),
            _ => continue,
        };
        let (lane, path) = (judged.lane, &judged.change.path);
        let instead = match owner {
            Some(owner) => help::ask(std::slice::from_ref(owner)),
            None => help::report_it(),
        };
        let since = match judged.taken_away {
            Some(_) => {
                format!("{}: the contract has changed on {}", judged.any_more(), case.trunk_name())
            }
            None => String::new(),
        };
        let message = format!("{lane} may not edit {path}{since}");
        let finding = Finding::error(message).agent(lane).change(judged.change).owner(owner);
        let finding = finding.line(line).taken_away(judged.taken_away);
        out.add(finding.help(help::undo(case, judged)).help([instead]));
    }
}

fn first_line_of_scope(case: &Case<'_>, lane: &AgentId) -> Option<u32> {
    let agent = case.contract.agent(lane)?;
    agent.scope.iter().map(|entry| entry.line).min()
}
