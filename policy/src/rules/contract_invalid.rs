//! `contract-invalid`: a trunk step would leave an invalid contract.

use crate::attempt::{Amendment, AmendmentResult, Checkpoint, TrunkStep};
use crate::change::Change;
use crate::contract::{ContractFile, Problem};
use crate::verdict::{Help, Severity};

use super::case::Case;
use super::findings::{Finding, Findings};
use super::{Explanation, Group, Rule, help};

pub const RULE: Rule =
    Rule { code: "contract-invalid", group: Group::Refs, explain: EXPLAIN, judge };

const EXPLAIN: Explanation = Explanation {
    summary: "No step leaves an invalid contract on the trunk.",
    meaning: "After a step that changes the contract it must be valid, or gone. The step is \
              judged by what it leaves, even when the old contract cannot be read: that is how a \
              broken one is mended.",
    example: "An amendment gives src/lib/** to two agents at once.",
    reason: "Where the contract cannot be read nothing can be judged, and every lane stands \
             still.",
    remedy: "Mend the contract: `contract-gate lint` lists all its errors with their lines.",
};

fn judge(case: &Case<'_>, out: &mut Findings) {
    let Some((step, amendment)) = case.amendment() else { return };
    let problems = match &amendment.result {
        AmendmentResult::Invalid(problems) => problems,
        AmendmentResult::Twice => {
            let message = format!("{} would hold a contract in two spellings", case.trunk_name());
            let finding = Finding::error(message).reference(case.attempt.reference.as_ref());
            let finding = match broken_file(step, amendment) {
                Some(change) => finding.change(change),
                None => finding,
            };
            let finding = finding.help([take_one_away(case, step)]);
            return out.add(finding.help(made_one(case.attempt.checkpoint, step)));
        }
        AmendmentResult::Valid | AmendmentResult::Removed => return,
    };
    let errors: Vec<_> = problems.iter().filter(|p| p.severity == Severity::Error).collect();
    let message = match errors.len() {
        0 => "the contract would be invalid".to_owned(),
        number => format!("the contract would be invalid: {}", help::count(number, "error")),
    };
    let mut finding = Finding::error(message).reference(case.attempt.reference.as_ref());
    let file = broken_file(step, amendment);
    if let Some(change) = file {
        finding = finding.change(change);
    }
    let finding = finding.help(first_problems(file, &errors)).help([lint(file)]);
    out.add(finding.help(made_one(case.attempt.checkpoint, step)));
}

/// The contract file that is there after the step.
fn broken_file<'a>(step: &'a TrunkStep, amendment: &Amendment) -> Option<&'a Change> {
    let changed = step.changes.iter().filter(|change| amendment.files.contains(&change.path));
    changed.filter(|change| change.new.is_some()).min_by_key(|change| &change.path)
}

fn first_problems(file: Option<&Change>, errors: &[&Problem]) -> Vec<Help> {
    const SHOWN: usize = 3;
    let name = file.map_or_else(|| "line ".to_owned(), |change| format!("{}:", change.path));
    let shown = errors.iter().take(SHOWN);
    let mut help: Vec<_> = shown
        .map(|error| help::advice(format!("{name}{} {}", error.line, error.message)))
        .collect();
    if errors.len() > SHOWN {
        help.push(help::advice(format!("and {} more", errors.len() - SHOWN)));
    }
    help
}

/// The spelling that was there before goes, in the same step, where the other one is new.
fn take_one_away(case: &Case<'_>, step: &TrunkStep) -> Help {
    let is_new = |file: ContractFile| {
        step.changes.iter().any(|change| {
            change.path.as_bytes() == file.name().as_bytes()
                && change.old.is_none()
                && change.new.is_some()
        })
    };
    let old = match (is_new(ContractFile::Toml), is_new(ContractFile::Markdown)) {
        (true, false) => ContractFile::Markdown,
        (false, true) => ContractFile::Toml,
        _ => return help::advice("take CONTRACT.md or contract.toml away in the same step"),
    };
    let command = format!("git rm -- :/{}", old.name());
    match case.attempt.checkpoint {
        Checkpoint::PreCommit => help::run("take the old one away in the same commit", command),
        _ => help::advice(format!("take {} away in the same step", old.name())),
    }
}

/// Of several commits that are pushed each is judged by what it leaves: one that mends the contract
/// has to be made one with the one that breaks it, which they still can be.
fn made_one(checkpoint: Checkpoint, step: &TrunkStep) -> Option<Help> {
    let is_pushed = checkpoint.is_push();
    let broken = step.to.as_ref().filter(|_| is_pushed && step.entering.is_empty())?;
    let base = match step.from {
        Some(_) => format!("{}~1", broken.id.short()),
        None => "--root".to_owned(),
    };
    Some(help::run(
        "if a later commit mends it, make the two one (fixup), before the push",
        format!("git rebase -i {base}"),
    ))
}

fn lint(file: Option<&Change>) -> Help {
    let name = file.and_then(|change| change.path.to_str()).map(crate::text::shell_word);
    let command = format!("contract-gate lint {}", name.unwrap_or_default());
    help::run("see all of it", command.trim_end().to_owned())
}
