//! `amendment-not-alone`: a trunk step changes the contract and something else.

use crate::attempt::{Amendment, TrunkStep};
use crate::verdict::Help;

use super::case::Case;
use super::findings::{Finding, Findings};
use super::{Explanation, Group, Rule, help};

pub const RULE: Rule =
    Rule { code: "amendment-not-alone", group: Group::Refs, explain: EXPLAIN, judge };

const EXPLAIN: Explanation = Explanation {
    summary: "A step of the trunk that changes the contract changes nothing else.",
    meaning: "A trunk step that changes the contract, or a schema that it names, may change no \
              other path, and may merge no commit that does, whatever the merge takes of it. It is \
              judged by that alone, and by the contract that it leaves. The step that brings a \
              repository's first contract need not be alone.",
    example: "One commit on main gives src/lib/ to agent-2, and takes in what agent-2 did there.",
    reason: "Such a step would change the law and use the new one at once: no contract would \
             have judged the rest of it.",
    remedy: "Make two steps: the contract first, then the rest.",
};

fn judge(case: &Case<'_>, out: &mut Findings) {
    let Some((step, amendment)) = case.amendment() else { return };
    if amendment.first {
        return;
    }
    for change in step.changes.iter().filter(|change| !amendment.files.contains(&change.path)) {
        let message = format!("{} changes in the same step as the contract", change.path);
        let reference = case.attempt.reference.as_ref();
        let finding = Finding::error(message).change(change).reference(reference);
        out.add(finding.help(next_steps(step, amendment, "the rest")));
    }
    if let Some(commit) = &amendment.merges {
        let message = format!(
            "the step that changes the contract merges {}, which changes something else",
            commit.id.short()
        );
        let reference = case.attempt.reference.as_ref();
        let finding = Finding::error(message).commit(Some(commit)).reference(reference);
        out.add(finding.help(next_steps(step, amendment, "the merge")));
    }
}

fn next_steps(step: &TrunkStep, amendment: &Amendment, rest: &str) -> Vec<Help> {
    let apart = match amendment.is_upstream {
        true => format!(
            "bring the trunk up to date first (git pull): the contract is in its upstream already; then {rest}"
        ),
        false => format!("make two steps: the contract first, then {rest}"),
    };
    [help::advice(apart)].into_iter().chain(help::one_after_another(step)).collect()
}
