//! `merge-order`: a lane's work reaches the trunk before the lanes that it comes after.

use crate::attempt::{Actor, Checkpoint, Entering, EntryEvidence, LocalIdentity};
use crate::contract::TrunkSteps;
use crate::name::AgentId;
use crate::verdict::Help;

use super::case::Case;
use super::findings::{Finding, Findings};
use super::{Explanation, Group, Rule, help};

pub const RULE: Rule = Rule { code: "merge-order", group: Group::Order, explain: EXPLAIN, judge };

const EXPLAIN: Explanation = Explanation {
    summary: "When work of a lane enters the trunk, every lane before it has wholly landed.",
    meaning: "The law is about states and not about commands: merge, fast-forward, squash, \
              rebase, cherry-pick, reset and push are judged alike. A lane's work enters when one \
              of its own commits becomes part of the trunk, when a path gets the content that \
              such a commit gave it, or when all its changes are there. Landed means that the \
              trunk has taken every change to the lane's own paths, or has merged the lane, where \
              that has changed shared paths alone; newer commits must land too, a full revert \
              undoes it, and a withdrawn lane counts as landed. Several lanes may land in one \
              step, if together they keep the order.",
    example: "The order is agent-2, agent-1, agent-3. The tests of agent-3 are green in its own \
              worktree, so somebody merges them first.",
    reason: "The order says which diff the others are written against. Landing out of order \
             builds the trunk from pieces that nobody has tried together.",
    remedy: "Land the lanes that it waits for, in their order, then this one. A lane that was \
             squashed with conflicts resolved by hand cannot be seen to have landed: take the \
             trunk into it. One that will never land has to be withdrawn by the dispatcher.",
};

fn judge(case: &Case<'_>, out: &mut Findings) {
    for entering in case.entering() {
        if case.is_withdrawn(&entering.lane) {
            continue; // It may not land at any turn.
        }
        let lane = &entering.lane;
        let before = case.contract.before(lane);
        for awaited in &entering.waits_for {
            let message = format!("{lane} may not land before {awaited}");
            let mut finding = Finding::error(message)
                .agent(lane)
                .owner(Some(awaited))
                .rank(before.iter().position(|other| *other == awaited).unwrap_or(before.len()))
                .commit(entering.evidence.commit())
                .line(case.contract.order_line(lane))
                .help(next_steps(case, entering, awaited));
            if let Some(path) = entering.evidence.path() {
                finding = finding.path(path);
            }
            let paths = entering.changes.iter().map(|change| change.path.clone());
            out.add(finding.concerns(paths.collect()));
        }
    }
}

fn next_steps(case: &Case<'_>, entering: &Entering, awaited: &AgentId) -> Vec<Help> {
    let mut steps = Vec::new();
    if case.attempt.checkpoint == Checkpoint::PreMergeCommit {
        steps.push(help::run("back out of the merge", "git merge --abort".to_owned()));
    }
    let before = case.contract.before(awaited);
    let first: Vec<_> =
        before.into_iter().filter(|other| entering.waits_for.contains(other)).cloned().collect();
    if !first.is_empty() {
        steps.push(help::advice(format!("land {} before it", help::all_of(&first))));
        return steps;
    }
    let name = case.lane_name(awaited);
    let is_pushed = case.attempt.checkpoint.is_push();
    steps.extend(help::push_its_branch_along(case, &entering.lane));
    steps.extend(help::take_the_step_back(case));
    steps.extend(help::push_the_trunk_first(case, &entering.lane));
    let tracked = entering.tracked.get(awaited).filter(|_| !case.attempt.checkpoint.is_server());
    let is_idle = entering.idle.contains(awaited);
    let is_taken_back = entering.taken_back.contains(awaited);
    if let Some(step) = tracked
        .filter(|at| is_idle && !at.is_looked_up)
        .and_then(|at| help::look_up_at(&name, &at.name))
    {
        steps.push(step);
        steps.extend(tracked.and_then(|at| help::prune(&at.name)));
        steps.extend(elsewhere(case));
        return steps;
    }
    // Where it was pushed from, the branch may be behind what is here, or not be at all.
    let is_there_alone = case.attempt.checkpoint.is_server() && !entering.along.contains(awaited);
    // `git merge` does not begin on an index that holds what was refused.
    let is_staged = case.attempt.checkpoint == Checkpoint::PreCommit;
    let with = match is_staged {
        true => ", from a clean index".to_owned(),
        false if is_there_alone => format!(", with {name} from this server"),
        false => String::new(),
    };
    let label = format!("land {awaited} first, on {}{with}", case.trunk_name());
    let branch = tracked.map(|at| at.name.clone()).or_else(|| case.lane_ref(awaited));
    let take_in = if is_there_alone { help::pull } else { help::merge };
    let by_the_ritual = by_the_ritual(case, awaited).filter(|_| !is_idle);
    steps.push(match branch.as_ref().and_then(take_in) {
        _ if is_taken_back => help::advice(format!(
            "{awaited} was taken back on {}: reverting that lands it again",
            case.trunk_name()
        )),
        _ if is_idle => help::advice(format!(
            "{name} holds nothing to land yet: {awaited} does its work and lands first, or the \
             dispatcher withdraws it, or puts it later in the order"
        )),
        Some(command) => help::run(label, command),
        None => help::advice(format!("{label}: merge {name}")),
    });
    steps.extend(by_the_ritual);
    let may_be_gone = tracked.filter(|_| !is_taken_back);
    steps.extend(may_be_gone.and_then(|at| help::prune(&at.name)));
    let is_here = is_idle && !is_taken_back && tracked.is_none();
    steps.extend(left_behind(case, awaited).filter(|_| is_here));
    if is_pushed {
        // Landed is known from the lane's branch: one that is behind looks as if it had not.
        steps.push(help::advice(format!(
            "if it has landed: push {name} too, as it landed (+{name} if its commits were made anew)"
        )));
        if entering.evidence == EntryEvidence::Landed {
            let branch = case.lane_name(&entering.lane);
            steps.push(help::advice(format!(
                "if this is no landing of {}: push {branch} first, so that its work is known",
                entering.lane
            )));
        }
    }
    if entering.by_paths_alone && case.contract.policy().trunk_steps == TrunkSteps::Open {
        steps.push(help::advice(format!(
            "if it is no work of {}: bring it as one commit, `git merge --squash`",
            entering.lane
        )));
    }
    if matches!(entering.evidence, EntryEvidence::Content(..)) {
        steps.extend(help::unflattened(case));
    }
    steps.extend(elsewhere(case));
    // A squash whose conflicts were resolved by hand leaves nothing by which it could be known.
    if !is_idle {
        steps.push(help::advice(format!(
            "if {name} was squashed with conflicts: take {} into it; if it has nothing to land: \
             have it withdrawn",
            case.trunk_name()
        )));
    }
    steps
}

/// Whether nobody is known by a worktree, a branch or a claim: a human is here.
fn is_human(case: &Case<'_>) -> bool {
    matches!(&case.attempt.actor, Actor::Local(who) if *who == LocalIdentity::default())
}

/// What a human may do here about a branch without work: nothing tells it from one whose work a forge has
/// squashed.
fn left_behind(case: &Case<'_>, awaited: &AgentId) -> Option<Help> {
    let reference = case.lane_ref(awaited);
    let reference = reference.filter(|_| is_human(case) && !case.attempt.checkpoint.is_server())?;
    let delete = format!("git branch -D {}", help::revision(&reference)?);
    let label = "or, if it landed elsewhere and its branch was left behind here";
    let Some(at) = case.checked_out(&reference) else { return Some(help::run(label, delete)) };
    // Git deletes no branch that a worktree has, and removes none in which something would be lost
    // (2.39 and 2.47).
    Some(match help::directory(&at.directory) {
        Some(there) if at.is_main => {
            help::run(label, format!("git -C {there} switch --detach && {delete}"))
        }
        Some(there) => help::run(label, format!("git worktree remove {there} && {delete}")),
        None => help::advice(format!("{label}: remove its worktree, and the branch")),
    })
}

/// The same for whoever may land any lane, here and now: a human. An index that holds what was refused
/// is in the way of it.
fn by_the_ritual(case: &Case<'_>, awaited: &AgentId) -> Option<Help> {
    use Checkpoint::{PreMergeCommit, PrePush, ReferenceTransaction};
    let is_free =
        matches!(case.attempt.checkpoint, PreMergeCommit | PrePush | ReferenceTransaction);
    let command = format!("contract-gate land {awaited}");
    (is_human(case) && is_free).then(|| help::run("or by the ritual, with its suite", command))
}

/// Where others may have moved the trunk meanwhile.
fn elsewhere(case: &Case<'_>) -> Option<Help> {
    use Checkpoint::{PreCommit, PreMergeCommit, ReferenceTransaction};
    let is_here =
        matches!(case.attempt.checkpoint, PreCommit | PreMergeCommit | ReferenceTransaction);
    let trunk = case.trunk_name();
    is_here.then(|| help::advice(format!("if it landed elsewhere: bring {trunk} up to date first")))
}
