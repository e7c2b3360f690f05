//! `withdrawn`: a lane that will never land moves or lands.

use crate::name::AgentId;

use super::case::Case;
use super::findings::{Finding, Findings};
use super::{Explanation, Group, Rule, help};

pub const RULE: Rule = Rule { code: "withdrawn", group: Group::Refs, explain: EXPLAIN, judge };

const EXPLAIN: Explanation = Explanation {
    summary: "A withdrawn lane neither moves nor lands.",
    meaning: "The key `withdrawn = true` says that a lane will never land. For the order and for \
              the deletion of its branch it counts as landed, and it owns nothing any more. So \
              its branch may not move, and none of its work may reach the trunk.",
    example: "The dispatcher has withdrawn agent-2 and given its paths to agent-4. The tool that \
              was started for agent-2 is still running, and commits.",
    reason: "The other lanes go on as if the withdrawn one did not exist. Its work would meet \
             theirs without anybody waiting for it.",
    remedy: "Stop working on the lane. If it should land after all, the dispatcher takes the \
             withdrawal back, on the trunk.",
};

fn judge(case: &Case<'_>, out: &mut Findings) {
    if let Some(work) = case.lane_work()
        && case.is_withdrawn(&work.lane)
    {
        let name = case.lane_name(&work.lane);
        if work.moves {
            let message = format!("{name} may not move: it is withdrawn");
            let leave_out =
                || help::advice(format!("to push the others: name them, without {name}"));
            out.add(finding(case, &work.lane, message).help(is_pushed(case).then(leave_out)));
        } else {
            out.note(RULE.code, format!("{name} is withdrawn: it may neither move nor land"));
        }
    }
    for entering in case.entering() {
        if case.is_withdrawn(&entering.lane) {
            let name = case.lane_name(&entering.lane);
            let message = format!("{name} may not land: it is withdrawn");
            let commit = entering.evidence.commit();
            let finding = finding(case, &entering.lane, message).commit(commit);
            out.add(finding.help(is_pushed(case).then(|| {
                help::advice("if another lane has taken its work over: push that lane's branch too")
            })));
        }
    }
}

fn is_pushed(case: &Case<'_>) -> bool {
    case.attempt.checkpoint.is_push()
}

fn finding(case: &Case<'_>, lane: &AgentId, message: String) -> Finding {
    let reference = case.lane_ref(lane);
    let line = case.contract.agent(lane).map(|agent| agent.line);
    let finding = Finding::error(message).agent(lane).reference(reference.as_ref()).line(line);
    finding.help([help::advice("stop: only the dispatcher can bring the lane back")])
}
