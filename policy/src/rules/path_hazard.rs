//! `path-hazard`: a change is dangerous in a way that no pattern of the contract shows.

use crate::change::{Change, EntryMode, Hazard, LeadsTo};
use crate::contract::{Below, Permission};
use crate::disguise::is_odd_name;
use crate::link::{climbs_back, follow};
use crate::name::AgentId;
use crate::path::RepoPath;

use super::case::{Case, LaneChange};
use super::findings::{Finding, Findings};
use super::{Explanation, Group, Rule, help};

pub const RULE: Rule = Rule { code: "path-hazard", group: Group::Paths, explain: EXPLAIN, judge };

const EXPLAIN: Explanation = Explanation {
    summary: "A lane adds nothing that reaches beyond its paths or hides another file.",
    meaning: "Refused, for lanes only: a new path that equals a sibling but for case, Unicode \
              form, or dots and blanks at the end; a new or changed symbolic link that leaves the agent's paths, read from its \
              text alone, that leads to no file and below which the contract takes something from \
              the agent, or in whose text `..` follows a name; a submodule that is added, moved or taken away; .gitmodules and \
              .gitattributes, unless the contract names such a file for this agent; a name that a \
              file system may take for one of these, or a component that it may take for .git. Submodules and links that the lane does not \
              touch are free.",
    example: "agent-1 adds src/api/db, a symbolic link to ../db: whoever writes to src/api/db/x \
              writes to src/db/x.",
    reason: "Such entries change files that the diff does not show: through a link, by a merge \
             driver, in another repository, or on a file system that folds names.",
    remedy: "Undo the change. Choose another name for a path that folds, and a copy or an import \
             for a link.",
};

fn judge(case: &Case<'_>, out: &mut Findings) {
    for judged in case.lane_changes() {
        let (lane, change) = (judged.lane, judged.change);
        let hazards = hazards(case, judged);
        if hazards.is_empty() {
            continue;
        }
        let verb = match (change.old, change.new) {
            (None, _) => "add",
            (_, None) => "delete",
            _ => "change",
        };
        let message = format!("{lane} may not {verb} {}: {}", change.path, hazards.join("; "));
        let finding = Finding::error(message).agent(lane).change(change);
        out.add(finding.line(judged.permission.line()).help(help::undo(case, judged)));
    }
}

/// What is dangerous about a change, each in a clause, in a fixed order.
fn hazards(case: &Case<'_>, judged: &LaneChange<'_>) -> Vec<String> {
    let change = judged.change;
    let mut hazards = Vec::new();
    if touches_a_submodule(change) {
        hazards.push("it is a submodule".to_owned());
    }
    if change.steers_git() && !is_named(case, judged) {
        hazards.push("it tells git how to read other files".to_owned());
    }
    if change.new.is_none() {
        return hazards;
    }
    if change.may_be_git_directory() {
        hazards
            .push("a part of its name may be taken for .git or for a directory above".to_owned());
    }
    let mut found: Vec<_> = change.hazards.iter().collect();
    found.sort();
    found.dedup();
    for hazard in found {
        match hazard {
            Hazard::Folds { onto } => {
                hazards.push(format!("it is the same file as {onto} where names are folded"));
            }
            Hazard::Link { target, leads_to } => {
                let leaves = leaves(case, judged.lane, &change.path, target, *leads_to);
                let climbs = || climbs_back(target).then(|| CLIMBS_BACK.to_owned());
                hazards.extend(leaves.or_else(climbs));
            }
            Hazard::GitDirectory => {}
        }
    }
    hazards
}

const CLIMBS_BACK: &str = "the link climbs back behind a name, which leads elsewhere if that is a \
                           link too: write its target without";

fn touches_a_submodule(change: &Change) -> bool {
    [change.old, change.new].into_iter().flatten().any(|entry| entry.mode == EntryMode::Submodule)
}

/// Whether the contract grants the path by a pattern that ends in the file's own name: then
/// somebody has thought of it.
fn is_named(case: &Case<'_>, judged: &LaneChange<'_>) -> bool {
    if !matches!(judged.permission, Permission::Granted { .. }) {
        return false;
    }
    let scope = case.contract.agent(judged.lane).map_or(&[][..], |agent| &agent.scope);
    let scope = scope.iter().map(|entry| &entry.pattern);
    let mut patterns = scope.chain(case.contract.shared().iter().map(|entry| &entry.pattern));
    let name = judged.change.path.file_name();
    patterns.any(|pattern| {
        let last = pattern.as_str().rsplit('/').next().unwrap_or_default();
        last.as_bytes() == name && pattern.matches(&judged.change.path)
    })
}

/// Whether a link's target is no path of the agent's, by its text alone; in a clause.
fn leaves(
    case: &Case<'_>,
    agent: &AgentId,
    link: &RepoPath,
    target: &[u8],
    leads_to: LeadsTo,
) -> Option<String> {
    let leaves = || Some("the link leaves the agent's paths".to_owned());
    let Some(reached) = follow(link, target) else { return leaves() };
    if reached.iter().any(|component| is_odd_name(component)) {
        return leaves();
    }
    let reached = reached.join(&b'/');
    let file = RepoPath::new(reached.clone()).ok();
    let permission = file.map(|file| case.contract.permission(agent, &file));
    let is_own = match (leads_to, permission) {
        (LeadsTo::Directory, _) => may_fill(case, agent, &reached),
        (_, Some(Permission::Granted { .. })) => true,
        (LeadsTo::File, _) => false,
        (LeadsTo::Unknown, None | Some(Permission::Unlisted | Permission::OthersScope { .. })) => {
            may_fill(case, agent, &reached)
        }
        (LeadsTo::Unknown, Some(_)) => false,
    };
    if !is_own {
        return leaves();
    }
    if leads_to == LeadsTo::File {
        return None;
    }
    match case.contract.taken_below(agent, &reached, link) {
        Below::Free => None,
        Below::Takes(path) => Some(format!(
            "whoever writes through the link may write to {path}, which is not the agent's"
        )),
        Below::Unclear => Some(
            "it cannot be told whether all that the link may lead to is the agent's".to_owned(),
        ),
    }
}

/// Whether whatever may be put into a directory is the agent's: a name that no pattern spells out
/// stands for it.
fn may_fill(case: &Case<'_>, agent: &AgentId, directory: &[u8]) -> bool {
    let mut inside = directory.to_vec();
    if !inside.is_empty() {
        inside.push(b'/');
    }
    inside.extend_from_slice(b"\x01any name at all\x01");
    RepoPath::new(inside).is_ok_and(|inside| case.contract.grants(agent, &inside))
}
