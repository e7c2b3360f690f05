//! Answers questions about a drawn history, in one line a fact.

use std::collections::BTreeSet;
use std::rc::Rc;

use policy::attempt::{Amendment, AmendmentResult, Carried, Checkpoint, Entering, EntryEvidence};
use policy::attempt::{Pusher, Stale, Subject, TrunkStep};
use policy::change::{Change, Hazard, Lines};
use policy::contract::Contract;
use policy::name::AgentId;
use policy::oid::Oid;
use policy::verdict::{Severity, Verdict};

use super::drawing::reference;
use crate::evidence::case::{Acting, Case};
use crate::evidence::contract::Contracts;
use crate::evidence::fake::{FakeView, name, named, sign};
use crate::evidence::ground::Ground;
use crate::evidence::history::History;
use crate::evidence::identity::Asker;
use crate::evidence::lane::landed::{Landing, Landings};
use crate::evidence::lane::own::Lanes;
use crate::evidence::lane_check::{LaneCheck, Manner};
use crate::evidence::located::{Side, Trunk};
use crate::evidence::moves::{Moves, RefMove};
use crate::evidence::staged::Staged;
use crate::evidence::state::State;
use crate::evidence::tips::Tips;
use crate::evidence::{Known, Unknown};

/// The lines of the answer to a question.
pub fn answer(view: &FakeView, asked: &str) -> Vec<String> {
    answer_from(&History::new(view), view, asked)
}

/// The same, of a history that has been asked before.
pub fn answer_from(history: &History<'_>, view: &FakeView, asked: &str) -> Vec<String> {
    let words: Vec<&str> = asked.split_whitespace().collect();
    let answer = match words.as_slice() {
        [verb @ ("move" | "push" | "receive"), rest @ ..] => moved(history, verb, rest),
        ["commit", who @ ..] => committed(view, history, who),
        [what, rest @ ..] => asked_of_lane(history, what, rest),
        [] => panic!("nothing is asked"),
    };
    answer.unwrap_or_else(|unknown| vec![undecided(&unknown)])
}

fn undecided(unknown: &Unknown) -> String {
    format!("undecided({})", unknown.code())
}

fn asked_of_lane(history: &History<'_>, what: &str, words: &[&str]) -> Known<Vec<String>> {
    let trunk = Trunk::locate(history, None, None, Side::Client)?;
    let contracts = Contracts::new(history, &trunk)?;
    let on_trunk = match words {
        [_, "from", commits @ ..] => commits.iter().map(|commit| named(commit)).collect(),
        _ => trunk.tips(history)?,
    };
    let Some(governing) = on_trunk.first().copied() else { return Err(trunk.missing()) };
    let Some(contract) = contracts.at(governing)?.known()? else {
        return Ok(vec!["no contract".to_owned()]);
    };
    let tips = Tips::new(history, None);
    let lanes = Lanes::new(history, &contract, &tips)?;
    let landings = Landings::new(&lanes, &contracts);
    let ground =
        Ground { contracts: &contracts, lanes: &lanes, landings: &landings, trunk: &on_trunk };
    let lane = words.first().copied().unwrap_or_default();
    let agent = contract.agent(&AgentId::new(lane).unwrap());
    let agent = agent.unwrap_or_else(|| panic!("{lane} is no lane of the contract"));
    let at_tip = || -> Known<State> {
        let tip = lanes.tip(&agent.id).ok_or_else(|| Unknown::NoSuchRef(lane.to_owned()))?;
        Ok(State::of_commit(history, tip)?)
    };
    let one = |text: String| Ok(vec![text]);
    match what {
        "net" => {
            let state = ground.lane_state(agent, &at_tip()?, None)?;
            one(joined(state.changes.iter().map(changed)))
        }
        "carried" => {
            let state = ground.lane_state(agent, &at_tip()?, None)?;
            one(joined(state.carried.iter().map(carries)))
        }
        "own" => {
            let own = lanes.own_commits(&agent.id, &on_trunk)?;
            one(joined(own.order.iter().copied().map(name)))
        }
        "stale" => {
            let tip = at_tip()?;
            one(ground.stale(agent, &tip.heads)?.as_ref().map_or("no".to_owned(), stale))
        }
        "landed" => one(landed(landings.of(agent, &ground.trunk_state()?)?).to_owned()),
        "waits" => {
            let waits = ground.waits_for(&agent.id, &ground.trunk_state()?)?;
            one(joined(waits.iter().map(ToString::to_string)))
        }
        "base" => one(contracts.base_of(agent, &on_trunk)?.map_or("none".to_owned(), name)),
        "check" | "landing" => {
            let acting = Acting::Here(Asker::default());
            let check = LaneCheck {
                history,
                contracts: &contracts,
                acting: &acting,
                contract: (Rc::clone(&contract), governing),
                trunk: &on_trunk,
                trunk_ref: &trunk,
                remote: None,
                there_first: false,
            };
            let checked = if what == "check" {
                check.lane(agent, &at_tip()?, Vec::new(), None)?
            } else {
                check.landing(
                    agent,
                    (&agent.reference(), at_tip()?.heads[0]),
                    None,
                    Manner::default(),
                )?
            };
            Ok(checked.cases.iter().map(case).collect())
        }
        _ => panic!("what is {what}?"),
    }
}

/// `commit [as WHO]`: what the index would make of the branch that is checked out.
fn committed(view: &FakeView, history: &History<'_>, who: &[&str]) -> Known<Vec<String>> {
    let trunk = Trunk::locate(history, None, None, Side::Client)?;
    let contracts = Contracts::new(history, &trunk)?;
    let branch = who.last().map(|who| reference(who));
    let acting = Acting::Here(Asker { branch, ..Asker::default() });
    let merged = view.merging.clone();
    let checkpoint =
        if merged.is_empty() { Checkpoint::PreCommit } else { Checkpoint::PreMergeCommit };
    let staged = Staged {
        history,
        contracts: &contracts,
        trunk: &trunk,
        acting: &acting,
        checkpoint,
        head: view.head.clone(),
        merged,
        remote: None,
    };
    Ok(staged.case()?.into_iter().map(|found| case(&Ok(found))).collect())
}

/// `move|push|receive [as WHO] REF=COMMIT… REF@OLD=COMMIT… -REF…`
fn moved(history: &History<'_>, verb: &str, words: &[&str]) -> Known<Vec<String>> {
    let (who, words) = match words {
        ["as", who, words @ ..] => (Some(*who), words),
        words => (None, words),
    };
    let (checkpoint, side) = match verb {
        "move" => (Checkpoint::ReferenceTransaction, Side::Client),
        "push" => (Checkpoint::PrePush, Side::Client),
        _ => (Checkpoint::PreReceive, Side::Server),
    };
    let acting = match (who, side) {
        (None, Side::Server) => Acting::Pushing(Pusher::Anybody),
        (Some(who), Side::Server) => {
            let (name, dispatcher) = (who.to_owned(), who == "dispatcher");
            Acting::Pushing(Pusher::Named { name, dispatcher })
        }
        (who, Side::Client) => {
            let branch = who.map(reference);
            Acting::Here(Asker { branch, ..Asker::default() })
        }
    };
    let trunk = Trunk::locate(history, None, None, side)?;
    let contracts = Contracts::new(history, &trunk)?;
    let moves: Vec<RefMove> = words.iter().map(|word| ref_move(history, word)).collect();
    let asked = Moves {
        history,
        contracts: &contracts,
        trunk: &trunk,
        acting: &acting,
        checkpoint,
        tips: Tips::new(history, None),
        fetched: &[],
    };
    Ok(asked.cases(&moves).iter().map(case).collect())
}

fn ref_move(history: &History<'_>, word: &str) -> RefMove {
    let mut remote = None;
    let (name, new) = match word.split_once('=') {
        Some((name, new)) => {
            let (name, there) = name.split_once('@').map_or((name, None), |(n, at)| (n, Some(at)));
            remote = there;
            (reference(name), Some(named(new)))
        }
        None => (reference(word.strip_prefix('-').unwrap()), None),
    };
    let old = match remote {
        Some(old) => Some(named(old)),
        None => history.view().reference(&name).unwrap().map(|found| found.target),
    };
    RefMove { name, old, new, symbolic: None }
}

fn case(case: &Known<Case>) -> String {
    let case = match case {
        Ok(case) => case,
        Err(unknown) => return undecided(unknown),
    };
    let absent = Contract::absent();
    let contract = case.contract.as_ref().map_or(&absent, |(contract, _)| contract);
    let verdict = policy::decide(contract, &case.attempt);
    format!("{} => {}", subject(&case.attempt.subject), decided(&verdict))
}

fn decided(verdict: &Verdict) -> String {
    let violations = verdict.violations.iter().map(|violation| {
        let about = match (&violation.path, &violation.owner) {
            (Some(path), _) => format!("({path})"),
            (None, Some(owner)) => format!("({owner})"),
            (None, None) => String::new(),
        };
        let sign = if violation.severity == Severity::Warning { "?" } else { "" };
        format!("{}{about}{sign}", violation.rule)
    });
    let undecided = verdict.undecided.iter().map(|reason| format!("undecided({})", reason.code));
    let all: Vec<String> = violations.chain(undecided).collect();
    if all.is_empty() { "ok".to_owned() } else { all.join(" ") }
}

fn subject(subject: &Subject) -> String {
    match subject {
        Subject::Lane(work) => {
            let mut parts = vec![format!("lane {}", work.lane)];
            parts.extend(work.state.changes.iter().map(changed));
            parts.extend(work.state.carried.iter().map(|c| format!("carries {}", carries(c))));
            parts.extend(work.state.stale.as_ref().map(|s| format!("stale {}", stale(s))));
            parts.join(" ")
        }
        Subject::TrunkStep(step) => trunk_step(step),
        Subject::TrunkRewound { from, to, .. } => {
            format!("rewound {} to {}", name(*from), to.map_or("nothing".to_owned(), name))
        }
        Subject::LaneDeleted { lane, tip, own_commits, landed, .. } => {
            let own = if *own_commits { " with own commits" } else { "" };
            let landed = if *landed { ", landed" } else { "" };
            format!("deleted {lane} at {}{own}{landed}", name(*tip))
        }
        Subject::UnlistedBranch { tip } => {
            format!("unlisted {}", tip.as_ref().map_or("?".to_owned(), |tip| name(tip.id)))
        }
        Subject::MadeSymbolic { .. } => "symbolic".to_owned(),
        Subject::Replacement => "replacement".to_owned(),
        Subject::Nothing => "nothing".to_owned(),
    }
}

fn trunk_step(step: &TrunkStep) -> String {
    let named = |id: Option<Oid>| id.map_or("-".to_owned(), name);
    let to = step.to.as_ref().map(|to| to.id);
    let mut parts = vec![format!("{}..{}", named(step.from), named(to))];
    parts.extend(step.amendment.as_ref().map(amends));
    parts.extend(step.entering.iter().map(enters));
    // Where nobody enters, nothing is explained.
    if !step.unexplained.is_empty() && !step.entering.is_empty() {
        parts.push(format!(
            "unexplained {}",
            joined(step.unexplained.iter().map(|p| p.to_string()))
        ));
    }
    parts.extend(step.conflicted.iter().map(|(path, lane)| format!("conflicted {path} by {lane}")));
    if step.reverts {
        parts.push("reverts".to_owned());
    }
    if step.published {
        parts.push("published".to_owned());
    }
    parts.join("; ")
}

fn amends(amendment: &Amendment) -> String {
    let result = match &amendment.result {
        AmendmentResult::Valid => "valid",
        AmendmentResult::Removed => "removed",
        AmendmentResult::Twice => "twice",
        AmendmentResult::Invalid(_) => "invalid",
    };
    format!("{} {result}", if amendment.first { "first contract" } else { "amends" })
}

fn enters(entering: &Entering) -> String {
    let how = match &entering.evidence {
        EntryEvidence::Commit(commit) => name(commit.id),
        EntryEvidence::Content(path, commit) => format!("{path} of {}", name(commit.id)),
        EntryEvidence::Landed => "landed".to_owned(),
    };
    let mut text = format!("{} enters ({how})", entering.lane);
    for change in &entering.changes {
        text.push_str(&format!(" {}", changed(change)));
    }
    if !entering.waits_for.is_empty() {
        let waits = joined(entering.waits_for.iter().map(ToString::to_string));
        text.push_str(&format!(" waits for {waits}"));
    }
    for carried in &entering.carried {
        text.push_str(&format!(" carries {}", carries(carried)));
    }
    if let Some(old) = &entering.stale {
        text.push_str(&format!(" stale {}", stale(old)));
    }
    text
}

/// The sign, the path, whether lines are kept, what is hazardous, and who did it.
fn changed(change: &Change) -> String {
    let lines = match &change.lines {
        Lines::NotRead => String::new(),
        Lines::Kept => "(keeps)".to_owned(),
        Lines::Lost { line, .. } => format!("(loses line {line})"),
        Lines::Unknown(_) => "(lines unknown)".to_owned(),
    };
    let mut hazards = String::new();
    for hazard in &change.hazards {
        hazards.push_str(&match hazard {
            Hazard::Folds { onto } => format!("(folds onto {onto})"),
            Hazard::Link { .. } => "(link)".to_owned(),
            Hazard::GitDirectory => "(.git)".to_owned(),
        });
    }
    let by =
        change.commit.as_ref().map_or(String::new(), |commit| format!("[{}]", name(commit.id)));
    format!("{}{}{lines}{hazards}{by}", sign(change.kind), change.path)
}

fn carries(carried: &Carried) -> String {
    let paths: BTreeSet<String> = carried.paths.iter().map(ToString::to_string).collect();
    let newest = name(carried.commit.id);
    format!("{}({} to {newest}: {})", carried.lane, carried.count, joined(paths))
}

fn stale(stale: &Stale) -> String {
    format!("{} of {}", stale.has, stale.current)
}

fn landed(landing: Landing) -> &'static str {
    match landing {
        Landing::Withdrawn => "withdrawn",
        Landing::Reachable => "reachable",
        Landing::Arrived => "arrived",
        Landing::BranchGone => "branch gone",
        Landing::Not => "no",
    }
}

fn joined(parts: impl IntoIterator<Item = String>) -> String {
    let parts: Vec<String> = parts.into_iter().collect();
    if parts.is_empty() { "nothing".to_owned() } else { parts.join(" ") }
}
