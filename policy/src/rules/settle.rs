//! What of the findings counts: what was there before a local move, what the contract waives, and
//! what is history. Nothing here finds anything; findings only ever become lighter.

use std::collections::{BTreeMap, BTreeSet};

use crate::attempt::{Attempt, Carried, Subject};
use crate::contract::{Contract, Waiver};
use crate::name::AgentId;
use crate::path::RepoPath;
use crate::verdict::{Note, Severity};

use super::findings::{Finding, Findings};
use super::{Group, find, waivable};

/// Which thing was found, whatever its details.
type Key = (&'static str, Option<RepoPath>, Option<AgentId>, Option<AgentId>);

fn key(finding: &Finding) -> Key {
    let violation = &finding.violation;
    (violation.rule, violation.path.clone(), violation.agent.clone(), violation.owner.clone())
}

/// A local move of a lane is denied for what it adds: what the old tip had too becomes a note. The
/// rules of refs are about the move itself and always count; a warning denies nothing as it is.
pub fn keep_only_what_is_added(findings: &mut Findings, before: &Findings) {
    let old: BTreeMap<_, _> = before.found.iter().map(|old| (key(old), old)).collect();
    let mut notes = Vec::new();
    findings.found.retain(|finding| {
        let about_the_move = find(finding.violation.rule).is_none_or(|r| r.group == Group::Refs);
        let was_there = !about_the_move
            && finding.violation.severity == Severity::Error
            && old.get(&key(finding)).is_some_and(|old| !carries_more(finding, old));
        if was_there {
            notes.push(already_there(&finding.violation.message));
        }
        !was_there
    });
    let old: BTreeSet<_> = before.unknown.iter().map(|u| (u.rule, &u.agent, &u.path)).collect();
    findings.unknown.retain(|unknown| {
        let was_there = old.contains(&(unknown.rule, &unknown.agent, &unknown.path));
        if was_there {
            notes.push(already_there(&unknown.undecided.message));
        }
        !was_there
    });
    findings.notes.append(&mut notes);
}

fn already_there(message: &str) -> Note {
    Note { code: "already-there", message: format!("{message}: so it was before this move") }
}

/// Whether commits of another lane came in that were not there before.
fn carries_more(now: &Finding, before: &Finding) -> bool {
    let (Some(now), Some(before)) = (&now.carried, &before.carried) else { return false };
    let fewer = |now: &Carried, before: &Carried| {
        now.count < before.count && now.paths.is_subset(&before.paths)
    };
    let the_same = now.commit.id == before.commit.id && now.count <= before.count;
    !(the_same || fewer(now, before))
}

/// Errors that the contract waives become warnings, shown with the waiver's reason. What could not
/// be known about a waived path no longer blocks.
pub fn waive(findings: &mut Findings, contract: &Contract) {
    for finding in &mut findings.found {
        let Some(agent) = &finding.violation.agent else { continue };
        let waiver = waiver(contract, finding.violation.rule, agent, &finding.concerns);
        if let Some(waiver) = waiver {
            finding.violation.severity = Severity::Warning;
            finding.violation.waived = Some(crate::text::printable(&waiver.because));
            finding.violation.help.clear(); // Nothing needs to be done about it.
        }
    }
    let mut notes = Vec::new();
    findings.unknown.retain(|unknown| {
        let concerns = std::slice::from_ref(&unknown.path);
        let waiver = waiver(contract, unknown.rule, &unknown.agent, concerns);
        if waiver.is_some() {
            let message = format!("{} (waived)", unknown.undecided.message);
            notes.push(Note { code: unknown.undecided.code, message });
        }
        waiver.is_none()
    });
    findings.notes.append(&mut notes);
}

/// The first waiver of this rule for this agent that covers all these paths.
fn waiver<'c>(
    contract: &'c Contract,
    rule: &str,
    agent: &AgentId,
    concerns: &[RepoPath],
) -> Option<&'c Waiver> {
    contract.waiver(rule, agent, concerns).filter(|_| waivable(rule))
}

/// What a withdrawn lane holds stays where it is: it may neither move nor land, so that nobody could undo
/// it, and nothing of it comes anywhere. Its paths may have been given to another.
pub fn leave_what_stays(findings: &mut Findings, contract: &Contract, attempt: &Attempt) {
    let Subject::Lane(work) = &attempt.subject else { return };
    let is_withdrawn = contract.agent(&work.lane).is_some_and(|agent| agent.withdrawn);
    if work.moves || !is_withdrawn {
        return;
    }
    let stays = |rule: &str| find(rule).is_some_and(|rule| rule.group != Group::Refs);
    findings.found.retain(|finding| !stays(finding.violation.rule));
    findings.unknown.retain(|unknown| !stays(unknown.rule));
}

/// A step that the trunk's upstream holds already is reported and never refused, so that
/// `git pull` always works.
pub fn leave_as_history(findings: &mut Findings) {
    let violations = findings.found.drain(..).map(|finding| finding.violation.message);
    let unknown = findings.unknown.drain(..).map(|unknown| unknown.undecided.message);
    let history = |message| Note {
        code: "published",
        message: format!("{message}: the trunk's upstream holds this step already"),
    };
    findings.notes.extend(violations.chain(unknown).map(history));
}
