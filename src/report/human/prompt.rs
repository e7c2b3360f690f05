//! What a dispatcher pastes into the next prompt of an agent that left its scope: the files, and
//! the constraint that it missed.

use std::collections::{HashMap, HashSet};

use policy::change::TakenAway;
use policy::name::AgentId;
use policy::path::RepoPath;
use policy::verdict::{Severity, Violation};

use super::help;
use crate::report::Report;
use crate::report::style::{STRONG, styled};

/// The rules by which a file is outside a scope. The others of the group (a mode, a hazard) are
/// about how a file of one's own was changed.
const OUTSIDE: [&str; 4] = ["out-of-scope", "shared-owned", "shared-frozen", "contract-protected"];

/// How many files and directories are named. A lane that has left its scope further than that is best begun anew.
const NAMED: usize = 200;

/// One paragraph for each agent that left its scope; empty when none did.
pub fn render(report: &Report) -> String {
    let mut outside: Vec<(&AgentId, Vec<&Violation>)> = Vec::new();
    let mut seen = HashSet::new();
    for violation in report.judgements.iter().flat_map(|part| &part.verdict.violations) {
        let Some(agent) = violation.agent.as_ref().filter(|_| is_outside(violation)) else {
            continue;
        };
        if !seen.insert((agent, &violation.path)) {
            continue;
        }
        match outside.iter_mut().find(|(other, _)| *other == agent) {
            Some((_, files)) => files.push(violation),
            None => outside.push((agent, vec![violation])),
        }
    }
    let paragraphs = outside.iter().map(|(agent, files)| paragraph(agent, files));
    paragraphs.collect::<Vec<_>>().join("\n")
}

/// Whether a path is refused for not being the lane's own.
pub fn is_outside(violation: &Violation) -> bool {
    violation.severity == Severity::Error
        && violation.path.is_some()
        && OUTSIDE.contains(&violation.rule)
}

fn paragraph(agent: &AgentId, files: &[&Violation]) -> String {
    let mut text = styled(STRONG, format!("For {agent}'s next prompt:"));
    text.push('\n');
    let mut kinds = Vec::new();
    for (what, head) in [
        (Kind::Outside, "You changed files outside your declared scope:\n"),
        (
            Kind::InPlace,
            "The contract has changed since you began, and your declared scope has these files no more:\n",
        ),
        (
            Kind::Moved,
            "The contract has changed since you began: the trunk has moved these files, and your declared\n\
             scope with them:\n",
        ),
        (
            Kind::LeftBehind,
            "The contract has changed since you began: the trunk has moved the directory of these files, and\n\
             your declared scope with it:\n",
        ),
    ] {
        let of_it = |violation: &&&Violation| Kind::of(violation) == what;
        let files: Vec<&Violation> = files.iter().filter(of_it).copied().collect();
        let Some(first) = files.first() else { continue };
        text.push_str(head);
        text.push_str(&listed(&files));
        kinds.push((what, *first, files));
    }
    text.push_str(&way_out(&kinds));
    text.push_str(
        "This is a hard constraint: if the task seems to need\n\
         a file outside your declared scope, do not edit it. Stop, and report the file and why.\n",
    );
    text
}

/// What became of files since the lane was given them, or nothing.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Outside,
    InPlace,
    Moved,
    LeftBehind,
}

impl Kind {
    fn of(violation: &Violation) -> Self {
        match violation.taken_away {
            None => Self::Outside,
            Some(TakenAway::InPlace) => Self::InPlace,
            Some(TakenAway::Moved) => Self::Moved,
            Some(TakenAway::LeftBehind(_)) => Self::LeftBehind,
        }
    }
}

/// What is to be done about all of them, by the help of each: undone, work on what has moved would be lost.
fn way_out(kinds: &[(Kind, &Violation, Vec<&Violation>)]) -> String {
    let is_moving = |violation: &Violation| match &violation.taken_away {
        Some(TakenAway::Moved) => true,
        Some(TakenAway::LeftBehind(left)) => !left.has_trunk,
        Some(TakenAway::InPlace) | None => false,
    };
    let all = || kinds.iter().flat_map(|(_, _, files)| files.iter().copied());
    let has = |kind| kinds.iter().any(|(known, _, _)| *known == kind);
    let is_left = has(Kind::LeftBehind);
    let first = all().find(|violation| is_moving(violation));
    let mut text = match first {
        Some(first) => {
            let sentence = match has(Kind::Moved) {
                true => {
                    "Do not undo your work on moved files. Take the trunk in first, and git takes it along to where\n\
                     they are"
                }
                false => "Work in the moved directory is kept. Take the trunk in first",
            };
            let command = first.help.iter().find_map(|help| help.command.as_deref());
            format!("{sentence}{}", quoted(command.into_iter()))
        }
        None if is_left => "Work in the moved directory is kept. Move it along".to_owned(),
        None => return "Undo these changes and no others. ".to_owned(),
    };
    if is_left {
        let commands = help::moves(all().filter(|one| Kind::of(one) == Kind::LeftBehind));
        if first.is_some() {
            text.push_str("Then move along by hand what git leaves behind");
        }
        text.push_str(&quoted(commands.iter().map(String::as_str)));
    }
    text.push_str(match kinds.iter().all(|(kind, _, _)| *kind == Kind::LeftBehind) {
        true => "Then check again.\n",
        false => "Then check again, and undo only what is left outside your declared scope.\n",
    });
    text
}

/// Commands behind a sentence; where there are none, its end.
fn quoted<'c>(commands: impl Iterator<Item = &'c str>) -> String {
    let lines: String = commands.map(|command| format!("    {command}\n")).collect();
    match lines.is_empty() {
        true => ". ".to_owned(),
        false => format!(":\n\n{lines}\n"),
    }
}

/// The files in a list.
fn listed(files: &[&Violation]) -> String {
    let lines = lines(files);
    let mut text: String = lines.iter().take(NAMED).map(|line| format!("- {line}\n")).collect();
    if let Some(more) = lines.len().checked_sub(NAMED).filter(|more| *more > 0) {
        text.push_str(&format!("- and {more} more\n"));
    }
    text
}

/// One line a file; one a directory, of which everything is outside.
fn lines(files: &[&Violation]) -> Vec<String> {
    let mut named: Vec<(&RepoPath, &Violation, usize)> = Vec::new();
    let mut places = HashMap::new();
    for violation in files {
        let whole = violation.whole.as_ref().map(|whole| &whole.directory);
        let Some(path) = whole.or(violation.path.as_ref()) else { continue };
        let place = *places.entry((path, whose(violation))).or_insert(named.len());
        match named.get_mut(place) {
            Some((_, _, count)) => *count += 1,
            None => named.push((path, violation, 1)),
        }
    }
    let line = |(path, violation, count): &(&RepoPath, &Violation, usize)| match &violation.whole {
        Some(_) if *count > 1 => {
            format!("all below {path}: {count} files ({})", whose(violation))
        }
        _ => format!("{} ({})", violation.path.as_ref().unwrap_or(path), whose(violation)),
    };
    named.iter().map(line).collect()
}

fn whose(violation: &Violation) -> String {
    match (violation.rule, &violation.owner) {
        (_, Some(owner)) => format!("{owner}'s"),
        ("contract-protected", None) => "the contract, the dispatcher's".to_owned(),
        ("shared-frozen", None) => "shared, nobody edits it".to_owned(),
        ("shared-owned", None) => "shared, others own it".to_owned(),
        (_, None) => "not listed for anybody".to_owned(),
    }
}
