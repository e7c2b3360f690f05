//! `trunk-direct`: the trunk takes something that is no landing.

use std::collections::{BTreeMap, BTreeSet};

use crate::attempt::{Actor, Subject, TrunkStep};
use crate::change::{Change, EntryMode, Hazard};
use crate::contract::TrunkSteps;
use crate::name::AgentId;
use crate::path::RepoPath;
use crate::text::excerpt;
use crate::verdict::{Help, Severity};

use super::case::Case;
use super::findings::{Finding, Findings};
use super::who::Who;
use super::{Explanation, Group, Rule, help};

pub const RULE: Rule = Rule { code: "trunk-direct", group: Group::Refs, explain: EXPLAIN, judge };

const EXPLAIN: Explanation = Explanation {
    summary: "Lanes reach the trunk by landing; their paths are not edited there.",
    meaning: "With `trunk-steps = \"open\"` a human may change anything on the trunk. In the own \
              paths of a lane that has not landed, and does not land by this step, that is a \
              warning. With `\"landings-only\"`, and for every agent, a step must be a landing, \
              the exact revert of earlier steps, or an amendment. In a landing every changed path \
              is the merge of the lanes' changes into the trunk, or a conflict resolved within \
              their modes, or generated; a step that changes nothing is free. An agent lands its own lane only, the integrator every \
              lane. On a server that tells people apart, other steps of the trunk need a \
              dispatcher. When all lanes have landed the contract is fulfilled, and the trunk is \
              free.",
    example: "While agent-2 works on src/db/schema.ts, somebody commits a fix to it on main.",
    reason: "An edit in a lane's paths conflicts with the lane, and the agent never hears of it. \
             What comes in beside a landing was never judged against the contract.",
    remedy: "Make the change in the lane that owns the path, or land the lane first. A hotfix \
             that cannot wait is for the dispatcher to make.",
};

fn judge(case: &Case<'_>, out: &mut Findings) {
    if let Subject::TrunkStep(step) = &case.attempt.subject {
        judge_who(case, step, out);
    }
    let Some(step) = case.step() else { return };
    let is_agents = matches!(case.who, Who::Agent(_)) && !step.entering.is_empty();
    let landing = Landing::of(step);
    judge_reach(case, step, &landing, out);
    if step.unlanded.is_empty() && !is_agents {
        return; // The contract is fulfilled.
    }
    for change in &step.changes {
        if step.reverts && may_give_back(case, step, &landing, change) {
            continue; // What was taken in is given back.
        }
        if landing.reaches_too_far(case, step, change).is_some() {
            continue; // That is told already.
        }
        if let Some((severity, what)) = judge_path(case, step, &landing, change) {
            let line =
                what.owner.and_then(|lane| case.contract.permission(lane, &change.path).line());
            let policy = case.contract.policy();
            let is_policy = policy.trunk_steps == TrunkSteps::LandingsOnly;
            let line = line.or(policy.lines.trunk_steps.filter(|_| is_policy));
            let finding = finding(case, severity, what.message).change(change).owner(what.owner);
            out.add(finding.line(line).help(look_up(case, step, change)));
        }
    }
}

/// Whether a step that takes back earlier ones may do so at a path. Whose landing it is at the same
/// time, an agent's, takes back what is the lane's, as the lane may change it, and nothing of others.
fn may_give_back(
    case: &Case<'_>,
    step: &TrunkStep,
    landing: &Landing<'_>,
    change: &Change,
) -> bool {
    let path = &change.path;
    if !matches!(case.who, Who::Agent(_)) || landing.lanes.is_empty() {
        return true;
    }
    let is_odd = || step.unexplained.contains(path) && oddity(change).is_some();
    landing.lanes.iter().any(|lane| case.contract.grants(lane, path)) && !is_odd()
}

/// Who may make a step of the trunk at all.
fn judge_who(case: &Case<'_>, step: &TrunkStep, out: &mut Findings) {
    let trunk = case.trunk_name();
    let is_ungoverned = case.contract.agents().is_empty() && step.amendment.is_none();
    if step.published || is_ungoverned || step.foreign_contract.is_some() {
        return;
    }
    let error = |message| finding(case, Severity::Error, message);
    match case.who {
        Who::Stranger(name) => {
            let name = excerpt(name);
            let message =
                format!("the pusher \"{name}\" may not move {trunk}: no agent and no dispatcher");
            out.add(error(message));
        }
        Who::Agent(agent) if step.amendment.is_none() => {
            let lands_nothing = step.entering.is_empty() && !step.reverts;
            let is_fulfilled = step.unlanded.is_empty();
            let is_named = matches!(case.attempt.actor, Actor::Pusher(_));
            // A fulfilled contract frees the trunk for those whose trunk it is.
            if lands_nothing && (is_named && is_fulfilled || step.changes.is_empty()) {
                let message = format!("{agent} may not move {trunk} by a step that lands nothing");
                out.add(error(message));
            }
            let others = step.entering.iter().map(|entering| &entering.lane);
            for lane in others.filter(|lane| *lane != agent && !case.by_integrator()) {
                let message = format!(
                    "{agent} may not land {}: it lands its own lane only",
                    case.lane_name(lane)
                );
                out.add(error(message).owner(Some(lane)));
            }
            let is_pushed = matches!(case.attempt.actor, Actor::Pusher(_));
            if is_pushed && step.reverts && step.entering.is_empty() {
                let message = format!("{agent} may not take back what is on {trunk}");
                out.add(error(message));
            }
        }
        _ => {}
    }
}

/// The lanes that enter by a step, and the paths that they change.
struct Landing<'a> {
    lanes: BTreeSet<&'a AgentId>,
    changes: BTreeSet<(&'a RepoPath, &'a AgentId)>,
    paths: BTreeSet<&'a RepoPath>,
    conflicted: BTreeMap<&'a RepoPath, BTreeSet<&'a AgentId>>,
}

impl<'a> Landing<'a> {
    fn of(step: &'a TrunkStep) -> Self {
        let lanes = step.entering.iter().map(|entering| &entering.lane).collect();
        let changes: BTreeSet<_> = step
            .entering
            .iter()
            .flat_map(|entering| entering.changes.iter().map(|c| (&c.path, &entering.lane)))
            .collect();
        let paths = changes.iter().map(|(path, _)| *path).collect();
        let mut conflicted = BTreeMap::<_, BTreeSet<_>>::new();
        for (path, lane) in &step.conflicted {
            conflicted.entry(path).or_default().insert(lane);
        }
        Self { lanes, changes, paths, conflicted }
    }

    /// The lane of a landing that was made, where it changes a path otherwise than merging the lane there
    /// does, and neither the lane changes that itself, which is judged as its work, nor any that lands may
    /// edit it.
    fn reaches_too_far<'c>(
        &self,
        case: &Case<'c>,
        step: &TrunkStep,
        change: &Change,
    ) -> Option<&'c AgentId> {
        let (lane, path) = (&case.contract.agent(step.lands.as_ref()?)?.id, &change.path);
        let is_made_here = step.unexplained.contains(path) || self.conflicted.contains_key(path);
        let mut lanes = self.lanes.iter().copied().chain([lane]);
        let is_its =
            self.paths.contains(path) || lanes.any(|lane| case.contract.grants(lane, path));
        (is_made_here && !is_its && !case.contract.is_generated(path)).then_some(lane)
    }
}

/// Holds what landing a lane has come to against what the lane changes and may edit. Whoever merges may
/// add what no lane may; here nobody has, and git has put the lane's work there.
fn judge_reach(case: &Case<'_>, step: &TrunkStep, landing: &Landing<'_>, out: &mut Findings) {
    for change in &step.changes {
        let Some(lane) = landing.reaches_too_far(case, step, change) else { continue };
        let (path, branch) = (&change.path, case.lane_name(lane));
        let message = match step.followed.get(path) {
            Some(from) => format!(
                "{path} changes in the landing of {branch}, which may not edit it: git follows {}'s rename of {from}",
                case.trunk_name()
            ),
            None => format!("{path} changes in the landing of {branch}, which may not edit it"),
        };
        let finding = Finding::new(Severity::Error, message).agent(lane).change(change);
        let finding = finding.reference(case.attempt.reference.as_ref());
        let finding = finding.owner(case.contract.own_lane(path));
        let finding = finding.line(case.contract.permission(lane, path).line());
        let then = format!(
            "what {branch} then changes beyond its paths is refused there: undo it, or report it to the dispatcher"
        );
        out.add(finding.help([help::take_the_trunk_in(case, lane), help::advice(then)]));
    }
}

/// What is wrong about a path.
struct Wrong<'a> {
    message: String,
    owner: Option<&'a AgentId>,
}

fn judge_path<'a>(
    case: &Case<'a>,
    step: &TrunkStep,
    landing: &Landing<'_>,
    change: &Change,
) -> Option<(Severity, Wrong<'a>)> {
    let path = &change.path;
    let trunk = || case.trunk_name();
    let unexplained = step.unexplained.contains(path);
    // What a lane brings in from beyond its paths is judged as that lane's work.
    let is_brought_in = landing.paths.contains(path) && !unexplained;
    let owner = case.contract.own_lane(path).filter(|lane| step.unlanded.contains(lane));
    if let Some(lane) = owner.filter(|lane| !landing.lanes.contains(lane) && !is_brought_in) {
        let severity = if case.landings_only() { Severity::Error } else { Severity::Warning };
        let message = format!("{path} changes on {} while it is in the lane of {lane}", trunk());
        return Some((severity, Wrong { message, owner }));
    }
    if !case.landings_only() {
        return None;
    }
    let is_made_here = unexplained || landing.conflicted.contains_key(path);
    let message = if let Some(what) = oddity(change).filter(|_| is_made_here) {
        format!("{path} is made in the landing, and in no lane, and {what}")
    } else if landing.lanes.len() > 1 && is_folded(change) {
        format!("{path} is the same file as another that lands with it, where names are folded")
    } else if landing.lanes.is_empty() {
        format!("{path} changes on {} by a step that lands nothing", trunk())
    } else if let Some(lane) = resolved_beyond(case, landing, path) {
        format!("{path} is resolved in the landing of {lane}, which may not edit it")
    } else if unexplained && !case.contract.is_generated(path) {
        format!("{path} is not what merging the lane makes of it")
    } else {
        return None;
    };
    Some((Severity::Error, Wrong { message, owner }))
}

/// What about a change no command makes of a generated path, and no resolution of a conflict.
fn oddity(change: &Change) -> Option<&'static str> {
    let new = change.new?;
    if matches!(new.mode, EntryMode::Symlink | EntryMode::Submodule) {
        Some("becomes a link or a submodule")
    } else if change.may_be_git_directory() {
        Some("a part of its name may be taken for .git")
    } else if change.old.is_none() && change.steers_git() {
        Some("tells git how to read other files")
    } else if is_folded(change) {
        Some("is the same file as another where names are folded")
    } else {
        None
    }
}

fn is_folded(change: &Change) -> bool {
    change.hazards.iter().any(|hazard| matches!(hazard, Hazard::Folds { .. }))
}

/// The lane in whose landing a conflict is resolved although the path is not the lane's, unless
/// that is judged as the lane's work already.
fn resolved_beyond<'l>(
    case: &Case<'_>,
    landing: &Landing<'l>,
    path: &RepoPath,
) -> Option<&'l AgentId> {
    let lanes = landing.conflicted.get(path)?.iter().copied();
    let is_granted = |lane: &AgentId| case.contract.grants(lane, path);
    lanes.into_iter().find(|lane| !is_granted(lane) && !landing.changes.contains(&(path, *lane)))
}

fn finding(case: &Case<'_>, severity: Severity, message: String) -> Finding {
    let finding = Finding::new(severity, message).reference(case.attempt.reference.as_ref());
    let finding = match case.who.agent() {
        Some(agent) => finding.agent(agent),
        None => finding,
    };
    let joined = case.step().and_then(help::one_after_another).filter(|_| case.landings_only());
    finding.help([next_step(case)].into_iter().chain(joined))
}

/// Whoever lands a lane that is known by a tracking ref alone has landed nothing, as far as is known.
fn look_up(case: &Case<'_>, step: &TrunkStep, change: &Change) -> Option<Help> {
    let owner =
        case.contract.own_lane(&change.path).filter(|_| !case.attempt.checkpoint.is_server())?;
    help::look_up_at(&case.lane_name(owner), step.tracked.get(owner)?)
}

fn next_step(case: &Case<'_>) -> Help {
    let pushed = case.attempt.checkpoint.is_push();
    match case.who {
        Who::Stranger(_) => help::advice("leave the trunk to its dispatcher"),
        Who::Agent(agent) if !case.by_integrator() => {
            let (lane, trunk) = (case.lane_name(agent), case.trunk_name());
            let land = format!("work on {lane}, and land that");
            help::advice(match pushed {
                true => format!(
                    "{land}; if this does, push the lane along: git push {} {lane} HEAD:{trunk}",
                    help::remote(case)
                ),
                false => land,
            })
        }
        _ if case.landings_only() && pushed => help::advice(
            "make the change in a lane, and land that; if this lands one, push its branch too",
        ),
        _ if case.landings_only() => help::advice("make the change in a lane, and land that"),
        _ => help::advice("make the change in the lane that owns the path, or land the lane first"),
    }
}
