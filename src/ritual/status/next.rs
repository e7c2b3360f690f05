//! What can be done next, as commands.

use policy::name::AgentId;
use policy::text::{printable, shell_word};
use policy::verdict::Help;

use super::lane::{LaneStatus, Standing};
use crate::ritual::elsewhere::Elsewhere;
use crate::ritual::record::Seen;
use crate::ritual::run::{Asked, Run};
use crate::ritual::standpoint::Standpoint;

/// The next steps: what may land, then what holds others up, then what else is wrong.
pub fn steps(
    lanes: &[LaneStatus],
    late: &[Elsewhere],
    run: &Run<'_>,
    asked: &Asked,
    standpoint: &Standpoint,
) -> Vec<Help> {
    let waits = |lane: &LaneStatus| {
        let before = run.contract.before(&lane.agent);
        let is_before = late.iter().any(|one| before.contains(&&one.agent));
        late.iter().any(|one| one.agent == lane.agent)
            || (is_before && lane.standing() == Standing::MayLand)
    };
    let more = lanes.iter().filter(|lane| lane.has_more);
    let mut more: Vec<Help> = more.map(|lane| of_more(lane, asked, standpoint)).collect();
    if late.is_empty() && !lanes.is_empty() && !lanes.iter().any(LaneStatus::is_open) {
        let label = format!("every lane has landed: end the run{}", standpoint.by(None));
        let close = standpoint.command(None, &format!("close{}", asked.options()));
        more.push(step(label, close));
        return more;
    }
    let mut open: Vec<&LaneStatus> = lanes.iter().filter(|lane| lane.is_open()).collect();
    open.sort_by_key(|lane| (lane.standing() != Standing::MayLand, !lane.has_its_turn()));
    // What only seems to have landed, or to be all of a lane, comes first: `land` refuses the rest.
    let catch_up = |one: &Elsewhere| Help {
        label: format!("{} is behind {}", one.agent, one.tracking),
        command: one.help.command.clone(),
    };
    let mut steps: Vec<Help> = late.iter().map(catch_up).collect();
    let others = open.iter().filter(|lane| !waits(lane));
    steps.extend(others.filter_map(|lane| of_lane(lane, &run.trunk.name, asked, standpoint)));
    steps.extend(more);
    if steps.is_empty()
        && let Some(lane) = open.first()
    {
        let label = match lane.taken_back {
            true => format!("{} was taken back: reverting that lands it again", lane.agent),
            false => format!("{} has nothing to land yet", lane.agent),
        };
        steps.push(Help { label, command: None });
    }
    steps
}

/// What there is to do about a landing that is under way, before anything else.
pub fn of_landing(seen: Seen) -> Help {
    match seen {
        Seen::Running => Help { label: "a landing is under way".to_owned(), command: None },
        Seen::Left => step("a landing was interrupted", "contract-gate land --continue".to_owned()),
    }
}

/// Whether a step moves the trunk.
pub fn is_of_the_ritual(step: &Help) -> bool {
    let moves = |command: &String| {
        let verbs = [" land", " close"];
        command.starts_with("contract-gate ") && verbs.iter().any(|verb| command.contains(verb))
    };
    step.command.as_ref().is_some_and(moves)
}

fn of_lane(lane: &LaneStatus, trunk: &str, asked: &Asked, standpoint: &Standpoint) -> Option<Help> {
    let agent = &lane.agent;
    let options = asked.options();
    let check = || format!("contract-gate check --agent {agent}{options}");
    if let Some(busy) = &lane.busy {
        let label = format!("{}: end it, or --abort", busy.of(&lane.branch));
        return Some(step(label, busy.goes_on()));
    }
    match lane.standing() {
        Standing::MayLand => {
            let (word, how) = match lane.undone_contract {
                Some(_) => ("may land by a squash", " --strategy squash"),
                None => ("may land", ""),
            };
            Some(land(agent, word, &format!("{how}{options}"), standpoint))
        }
        Standing::Denied => Some(step(format!("{agent} is denied"), check())),
        Standing::Undecided => Some(step(format!("{agent} is undecided"), check())),
        Standing::Stale => {
            let desk = lane.desk.as_ref().filter(|desk| !desk.gone)?;
            let place = shell_word(&printable(&desk.path.to_string_lossy()));
            let trunk = shell_word(&printable(trunk));
            let label = format!("{agent} has an old contract");
            Some(step(label, format!("git -C {place} merge {trunk}")))
        }
        _ => None,
    }
}

fn of_more(lane: &LaneStatus, asked: &Asked, standpoint: &Standpoint) -> Help {
    land(&lane.agent, "has landed, and has more since", &asked.options(), standpoint)
}

fn land(agent: &AgentId, word: &str, options: &str, standpoint: &Standpoint) -> Help {
    let label = format!("{agent} {word}{}", standpoint.by(Some(agent)));
    let land = format!("land {agent}{options}");
    step(label, standpoint.command(Some(agent), &land))
}

fn step(label: impl Into<String>, command: String) -> Help {
    Help { label: label.into(), command: Some(command) }
}
