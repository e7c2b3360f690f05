//! `carries-unlanded`: a lane contains commits of another lane that has not landed.

use crate::attempt::{Carried, Checkpoint};
use crate::name::AgentId;
use crate::verdict::Help;

use super::case::Case;
use super::findings::{Finding, Findings};
use super::{Explanation, Group, Rule, help};

pub const RULE: Rule =
    Rule { code: "carries-unlanded", group: Group::Order, explain: EXPLAIN, judge };

const EXPLAIN: Explanation = Explanation {
    summary: "A lane holds no commits of another lane that has not landed.",
    meaning: "A lane may take in the trunk as often as it likes, and with it all that has landed. \
              It may not reach own commits of a lane that has not, by merging that branch or by \
              starting from it. The paths that came with them are judged as the other lane's work: \
              what that one may change is reported under this code alone.",
    example: "agent-3 needs a function that agent-1 has finished and not landed, and merges \
              agents/uploads into its own lane.",
    reason: "Those commits would land with this lane: out of order, under another name, and in a \
             version that their own agent may still be changing.",
    remedy: "Take the commits out of the lane, and wait until the other lane has landed; then \
             take in the trunk.",
};

fn judge(case: &Case<'_>, out: &mut Findings) {
    if let Some(work) = case.lane_work() {
        judge_lane(case, &work.lane, &work.state.carried, out);
    }
    for entering in case.entering() {
        judge_lane(case, &entering.lane, &entering.carried, out);
    }
}

fn judge_lane(case: &Case<'_>, lane: &AgentId, all: &[Carried], out: &mut Findings) {
    for carried in all {
        let commits = help::count(carried.count, "commit");
        let have = if carried.count == 1 { "has" } else { "have" };
        let other = &carried.lane;
        let name = case.lane_name(lane);
        let message = format!("{name} holds {commits} of {other} that {have} not landed");
        let finding = Finding::error(message)
            .agent(lane)
            .owner(Some(other))
            .commit(Some(&carried.commit))
            .line(case.contract.order_line(lane))
            .carried(carried)
            .concerns(carried.paths.iter().cloned().collect());
        let mut steps = next_steps(case, carried, all);
        steps.extend(help::push_the_trunk_first(case, lane));
        out.add(finding.help(steps));
    }
}

fn next_steps(case: &Case<'_>, carried: &Carried, all: &[Carried]) -> Vec<Help> {
    let wait =
        help::advice(format!("wait until {} has landed, then take in the trunk", carried.lane));
    let trunk = case.attempt.trunk.as_ref().and_then(help::revision);
    let out = match (case.attempt.checkpoint, trunk) {
        (Checkpoint::PreMergeCommit, _) if case.lane_work().is_some() => {
            help::run("back out of the merge", "git merge --abort".to_owned())
        }
        // One rebase takes the commits of one lane out; it does not start on top of changes that
        // are not committed, and leads nowhere in another worktree.
        (Checkpoint::Check | Checkpoint::PrePush, Some(trunk))
            if all.len() == 1 && case.lane_work().is_some() =>
        {
            let commit = carried.commit.id.to_string();
            help::run("take them out", format!("git rebase --onto {trunk} {}", &commit[..12]))
        }
        _ => help::advice("take them out of the lane"),
    };
    vec![out, wait]
}
