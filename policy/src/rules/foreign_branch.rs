//! `foreign-branch`: somebody creates, moves or deletes a lane that is not theirs.

use crate::attempt::Subject;
use crate::name::AgentId;
use crate::text::{excerpt, printable};

use super::case::Case;
use super::findings::{Finding, Findings};
use super::who::Who;
use super::{Explanation, Group, Rule, help};

pub const RULE: Rule = Rule { code: "foreign-branch", group: Group::Refs, explain: EXPLAIN, judge };

const EXPLAIN: Explanation = Explanation {
    summary: "An agent moves its own lane and no other.",
    meaning: "An agent may not create, move or delete the branch of another agent. The integrator, \
              who lands lanes, may bring their branches up to what has landed, changing no file \
              by it, and delete them then, and nothing else. On a server that tells people apart, whoever is \
              neither agent nor dispatcher moves no lane. A human at their own machine may. \
              A local name for what a remote has as that very branch moves nothing, and may go again. \
              Nobody may turn a lane into a symbolic ref, by which another branch would move it.",
    example: "In its own worktree agent-1 runs `git branch -f agents/tests HEAD`, and so moves \
              the lane of agent-3.",
    reason: "An agent whose branch changes under its feet goes on from work that is not its own, \
             and its name stands under changes that it never made.",
    remedy: "Leave the lane to its agent. What is on your own lane is safe: ask for what you need \
             from theirs.",
};

fn judge(case: &Case<'_>, out: &mut Findings) {
    match &case.attempt.subject {
        Subject::Lane(work) if work.follows_landing && case.by_integrator() => {}
        Subject::LaneDeleted { landed: true, .. } if case.by_integrator() => {}
        // That it comes too early is said by `lane-deleted`.
        Subject::LaneDeleted { beside_landing: true, .. } if case.by_integrator() => {}
        Subject::Lane(work) if work.moves => touched(case, &work.lane, "move", out),
        Subject::LaneDeleted { lane, .. } => touched(case, lane, "delete", out),
        Subject::MadeSymbolic { lane: Some(lane), target } => {
            let name = case.lane_name(lane);
            let target = printable(&target.short());
            let message = format!("{name} may not become a symbolic ref to {target}");
            let reference = case.lane_ref(lane);
            let finding = Finding::error(message).owner(Some(lane)).reference(reference.as_ref());
            out.add(finding.help([help::advice("let the lane be a branch of its own")]));
        }
        _ => {}
    }
}

fn touched(case: &Case<'_>, lane: &AgentId, verb: &str, out: &mut Findings) {
    let (who, agent) = match case.who {
        Who::Agent(agent) if agent != lane => (agent.to_string(), Some(agent)),
        Who::Stranger(name) => (format!("the pusher \"{}\"", excerpt(name)), None),
        _ => return,
    };
    let name = case.lane_name(lane);
    let message = format!("{who} may not {verb} {name}: it is the lane of {lane}");
    let reference = case.lane_ref(lane);
    let mut finding = Finding::error(message).owner(Some(lane)).reference(reference.as_ref());
    if let Some(agent) = agent {
        finding = finding.agent(agent);
    }
    let line = case.contract.agent(lane).map(|agent| agent.line);
    out.add(finding.line(line).help([help::advice(format!("leave the lane to {lane}"))]));
}
