//! `stale-contract`: a lane works under an old version of the contract.

use crate::attempt::{Checkpoint, Stale};
use crate::change::Change;
use crate::name::AgentId;
use crate::text::printable;
use crate::verdict::Severity;

use super::case::Case;
use super::findings::{Finding, Findings};
use super::{Explanation, Group, Rule, help};

pub const RULE: Rule =
    Rule { code: "stale-contract", group: Group::Order, explain: EXPLAIN, judge };

const EXPLAIN: Explanation = Explanation {
    summary: "A lane has taken in the contract under which it lands.",
    meaning: "A lane is stale when the contract on the trunk has a higher version than the one \
              the lane was last brought up to, and something that concerns the lane has changed: \
              its own paths and modes, shared paths, promises. That is a warning while the agent \
              works, and an error when it pushes or lands. Which paths it may edit is always \
              judged by the newest contract.",
    example: "Version 2 gives src/api/auth/** to agent-4. The lane of agent-1, begun under \
              version 1, still relies on owning it.",
    reason: "An agent that was sent out under other promises may have built on them.",
    remedy: "Merge or rebase onto the trunk, so that the lane holds the new contract, and send \
             the agent out again with it.",
};

fn judge(case: &Case<'_>, out: &mut Findings) {
    if let Some(work) = case.lane_work()
        && let Some(stale) = &work.state.stale
    {
        let severity = match case.attempt.checkpoint {
            Checkpoint::PreCommit
            | Checkpoint::PreMergeCommit
            | Checkpoint::ReferenceTransaction
            | Checkpoint::Check => Severity::Warning,
            Checkpoint::PrePush | Checkpoint::PreReceive | Checkpoint::CheckLanding => {
                Severity::Error
            }
        };
        out.add(finding(case, &work.lane, stale, &work.state.changes, severity));
    }
    for entering in case.entering() {
        if let Some(stale) = &entering.stale {
            let (lane, changes) = (&entering.lane, &entering.changes);
            out.add(finding(case, lane, stale, changes, Severity::Error));
        }
    }
}

fn finding(
    case: &Case<'_>,
    lane: &AgentId,
    stale: &Stale,
    changes: &[Change],
    severity: Severity,
) -> Finding {
    let concerns: Vec<_> = stale.concerns.iter().map(|what| printable(what)).collect();
    let mut message = format!(
        "{} works under version {} of the contract, and version {} is on the trunk",
        case.lane_name(lane),
        stale.has,
        stale.current
    );
    if !concerns.is_empty() {
        message = format!("{message} ({})", concerns.join("; "));
    }
    let paths = changes.iter().map(|change| change.path.clone()).collect();
    let finding = Finding::new(severity, message).agent(lane).concerns(paths);
    let finding = finding.line(case.contract.version_line());
    let again = "then read the new contract, and be sent out again";
    match help::take_the_step_back(case) {
        // What has landed already brings the lane no further by being taken in.
        Some(back) => {
            let again = help::advice(format!("{again}; what it then is lands anew"));
            finding.help([back, help::take_that_in(case, lane), again])
        }
        None => finding.help([help::take_the_trunk_in(case, lane), help::advice(again)]),
    }
}
