//! Lines by which the contract would take in what it would have refused, and what stayed.
//!
//! A proposal is for the dispatcher to judge. Each is spelled as the contract is, and makes a contract
//! that is valid and allows the work; where no line does, it says what else helps.

use std::collections::{BTreeMap, BTreeSet};

use policy::change::Lines;
use policy::contract::{Contract, ContractFile, Mode, Permission};
use policy::name::AgentId;
use policy::oid::Oid;
use policy::path::RepoPath;

use super::Work;
use crate::evidence::merge::TEXT_LIMIT;
use crate::repository::Read;
use crate::ritual::run::Run;
use crate::ritual::{Done, names};

/// One way to widen the contract.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    /// The lanes whose work it would take in.
    pub agents: Vec<AgentId>,
    /// The rules that refused it.
    pub rules: BTreeSet<&'static str>,
    /// The paths.
    pub paths: Vec<RepoPath>,
    /// How many pieces of work were refused for it, and stayed.
    pub works: usize,
    /// Where in the contract the line belongs, in words.
    pub place: String,
    /// The line; `None` where no line would do.
    pub line: Option<String>,
    /// The contract's line that it replaces, from 1.
    pub instead_of: Option<u32>,
    /// Why, or what to do where there is no line.
    pub because: String,
}

/// Rules that a wider contract would satisfy.
const WIDENED: [&str; 6] =
    ["out-of-scope", "shared-owned", "shared-frozen", "additions-only", "create-only", "no-delete"];

/// What was refused of one path and stayed.
#[derive(Default)]
struct Refused {
    agents: BTreeSet<AgentId>,
    rules: BTreeSet<&'static str>,
    works: BTreeSet<usize>,
    /// Whether all of the work left the old lines in their places.
    keeps_lines: bool,
}

/// All proposals: scopes first, then shared paths. `touched` is what each work changed.
pub fn proposals(run: &Run<'_>, works: &[Work], touched: &[Vec<RepoPath>]) -> Done<Vec<Proposal>> {
    let mut refused: BTreeMap<RepoPath, Refused> = BTreeMap::new();
    for (number, work) in works.iter().enumerate() {
        let Some(lane) = &work.lane else { continue };
        for found in work.findings.iter().filter(|found| found.looks_wrong()) {
            let violation = &found.violation;
            let Some(path) = violation.path.clone() else { continue };
            if !WIDENED.contains(&violation.rule) || path.to_str().is_none() {
                continue;
            }
            let keeps = keeps_lines(run, work, &path)?;
            let one = refused
                .entry(path)
                .or_insert_with(|| Refused { keeps_lines: true, ..Refused::default() });
            one.agents.insert(lane.agent.clone());
            one.rules.insert(violation.rule);
            one.works.insert(number);
            one.keeps_lines &= keeps;
        }
    }
    let mut scopes: BTreeMap<AgentId, BTreeMap<RepoPath, Refused>> = BTreeMap::new();
    let mut shared = Vec::new();
    for (path, mut one) in refused {
        let sole = one.agents.iter().next().filter(|_| one.agents.len() == 1).cloned();
        let is_scope = sole.filter(|agent| match run.contract.permission(agent, &path) {
            Permission::Unlisted => true,
            Permission::Granted { .. } => run.contract.governing_shared(&path).is_none(),
            _ => false,
        });
        match is_scope {
            Some(agent) => {
                scopes.entry(agent).or_default().insert(path, one);
            }
            None => {
                // A line for several is one for their other work there too.
                let with = sharers(&run.contract, &path, &one).0;
                for (work, paths) in works.iter().zip(touched) {
                    let is_theirs = work.lane.as_ref().is_some_and(|own| with.contains(&own.agent));
                    if one.keeps_lines && is_theirs && paths.contains(&path) {
                        one.keeps_lines = keeps_lines(run, work, &path)?;
                    }
                }
                shared.push((path, one));
            }
        }
    }
    let mut found = Vec::new();
    let mut files = None;
    let wanted: Vec<(AgentId, RepoPath)> = scopes
        .iter()
        .flat_map(|(agent, paths)| paths.keys().map(|path| (agent.clone(), path.clone())))
        .collect();
    for (agent, paths) in scopes {
        if files.is_none() {
            let tree = run.history.tree(run.governing())?;
            let all = run.history.diff(None, Some(tree))?;
            files = Some(all.iter().map(|change| change.path.clone()).collect::<Vec<_>>());
        }
        let files = files.as_deref().unwrap_or_default();
        found.extend(of_scope(&run.contract, &agent, paths, (files, &wanted)));
    }
    for (path, one) in shared {
        let new = of_shared(&run.contract, path, one);
        // Where no line would do, the same is said of all such paths at once.
        let is_same = |other: &&mut Proposal| {
            other.line.is_none() && new.line.is_none() && other.because == new.because
        };
        match found.iter_mut().find(is_same) {
            Some(other) => {
                other.paths.extend(new.paths);
                other.rules.extend(new.rules);
                other.works = other.works.max(new.works);
            }
            None => found.push(new),
        }
    }
    Ok(found)
}

fn keeps_lines(run: &Run<'_>, work: &Work, path: &RepoPath) -> Read<bool> {
    let (before, after) = match work.place.landed_by() {
        Some(landed_by) => (run.history.parents(landed_by.id)?, landed_by.id),
        None => (run.history.merge_bases(&[run.governing()], &[work.tip])?, work.tip),
    };
    let before = before.first().copied();
    let text = |commit: Option<Oid>| -> Read<Option<Vec<u8>>> {
        let Some(commit) = commit else { return Ok(Some(Vec::new())) };
        let Some(entry) = run.history.entry_at(commit, path)? else { return Ok(Some(Vec::new())) };
        match run.view.blob_size(entry.id) {
            Ok(size) if size <= TEXT_LIMIT => run.view.blob(entry.id).map(Some),
            _ => Ok(None), // Too large, or a submodule.
        }
    };
    let is_there = run.history.entry_at(after, path)?.is_some();
    Ok(match (text(before)?, text(Some(after))?) {
        (Some(old), Some(new)) => is_there && Lines::between(&old, &new) == Lines::Kept,
        _ => false,
    })
}

fn of_scope(
    contract: &Contract,
    agent: &AgentId,
    paths: BTreeMap<RepoPath, Refused>,
    (files, wanted): (&[RepoPath], &[(AgentId, RepoPath)]),
) -> Vec<Proposal> {
    let mut by_directory: BTreeMap<Vec<u8>, Vec<(RepoPath, Refused)>> = BTreeMap::new();
    let mut proposals = Vec::new();
    let mut single = |path: RepoPath, one: Refused| {
        let held = contract.agent(agent).into_iter().flat_map(|lane| &lane.scope);
        let same = held.into_iter().find(|entry| Some(entry.pattern.as_str()) == path.to_str());
        let because = match contract.permission(agent, &path) {
            Permission::Granted { mode: Mode::Edit, .. } | Permission::Unlisted => {
                "nobody has it".to_owned()
            }
            Permission::Granted { mode, .. } => format!("it was {}", mode.as_str()),
            _ => String::new(),
        };
        let (paths, line) = (vec![path.clone()], scope_line(contract, agent, &spelled(&path)));
        proposals.push(scope_proposal(
            contract,
            agent,
            paths,
            &[one],
            line,
            because,
            same.map(|e| e.line),
        ));
    };
    for (path, one) in paths {
        let is_new = contract.permission(agent, &path) == Permission::Unlisted;
        if is_new && !path.parent().is_empty() {
            by_directory.entry(path.parent().to_vec()).or_default().push((path, one));
        } else {
            single(path, one);
        }
    }
    let mut whole = Vec::new();
    for (directory, members) in by_directory {
        let below = [&directory, &b"/"[..]].concat();
        let is_anothers = |(other, path): &(AgentId, RepoPath)| {
            other != agent && path.as_bytes().starts_with(&below)
        };
        let is_wanted = wanted.iter().any(is_anothers);
        if members.len() > 1 && !is_wanted && is_free(contract, agent, &directory, files) {
            whole.push((directory, members));
        } else {
            members.into_iter().for_each(|(path, one)| single(path, one));
        }
    }
    for (directory, members) in whole {
        let (paths, ones): (Vec<_>, Vec<_>) = members.into_iter().unzip();
        let pattern = format!("{}/**", escaped(&String::from_utf8_lossy(&directory)));
        let line = scope_line(contract, agent, &pattern);
        let because = "nobody has anything there".to_owned();
        proposals.push(scope_proposal(contract, agent, paths, &ones, line, because, None));
    }
    proposals
}

fn scope_proposal(
    contract: &Contract,
    agent: &AgentId,
    paths: Vec<RepoPath>,
    ones: &[Refused],
    line: String,
    because: String,
    instead_of: Option<u32>,
) -> Proposal {
    let place = match contract.file() {
        ContractFile::Toml => format!("in the scope of [agents.{agent}]"),
        ContractFile::Markdown => "under Scope".to_owned(),
    };
    Proposal {
        agents: vec![agent.clone()],
        rules: ones.iter().flat_map(|one| &one.rules).copied().collect(),
        works: ones.iter().flat_map(|one| &one.works).collect::<BTreeSet<_>>().len(),
        paths,
        place,
        line: Some(line),
        instead_of,
        because,
    }
}

/// Whether nobody else has anything below a directory, nor could have.
fn is_free(contract: &Contract, agent: &AgentId, directory: &[u8], files: &[RepoPath]) -> bool {
    let below = [directory, b"/"].concat();
    let meets = |beginning: &[u8]| beginning.starts_with(&below) || below.starts_with(beginning);
    let others = contract.agents().iter().filter(|lane| lane.id != *agent);
    let scopes = others.flat_map(|lane| &lane.scope).map(|entry| &entry.pattern);
    let shared = contract.shared().iter().map(|entry| &entry.pattern);
    let inside = files.iter().filter(|file| file.as_bytes().starts_with(&below));
    std::str::from_utf8(directory).is_ok()
        && !scopes.chain(shared).any(|pattern| meets(pattern.beginning()))
        && inside.map(|file| contract.permission(agent, file)).all(|permission| {
            matches!(permission, Permission::Unlisted | Permission::Granted { .. })
        })
}

/// Who would share a path that was refused, with those who have it now; and whose it is, in words.
fn sharers(contract: &Contract, path: &RepoPath, one: &Refused) -> (BTreeSet<AgentId>, String) {
    let mut with: BTreeSet<AgentId> = one.agents.clone();
    let mut whose = "nobody has it".to_owned();
    for agent in &one.agents {
        match contract.permission(agent, path) {
            Permission::Owned { by, .. } => {
                with.extend(by.iter().cloned());
                whose =
                    format!("{} {} it", names(by), if by.len() == 1 { "owns" } else { "add to" });
            }
            Permission::OthersScope { owner, .. } => {
                with.insert(owner.clone());
                whose = format!("it is in the scope of {owner}");
            }
            Permission::Frozen { .. } => "nobody edits it".clone_into(&mut whose),
            _ => {}
        }
    }
    (with, whose)
}

fn of_shared(contract: &Contract, path: RepoPath, one: Refused) -> Proposal {
    let (with, whose) = sharers(contract, &path, &one);
    let with: Vec<AgentId> = with.into_iter().collect();
    let agents: Vec<AgentId> = one.agents.iter().cloned().collect();
    let (policy, because) = match with.as_slice() {
        [sole] => (Some(owned_by(contract, sole)), whose),
        _ if one.keeps_lines => {
            (Some(added_to_by(contract, &with)), format!("{whose}, and no line was taken away"))
        }
        _ => {
            let because = format!(
                "{whose}, and lines were changed that were there: give it to one of {}, or make \
                 one lane of them",
                names(&with)
            );
            (None, because)
        }
    };
    let entry = contract.governing_shared(&path);
    let same = entry.filter(|entry| Some(entry.pattern.as_str()) == path.to_str());
    let (place, line) = match contract.file() {
        ContractFile::Toml => (
            "under [shared]",
            policy.map(|policy| format!("{} = {policy}", quoted(&spelled(&path)))),
        ),
        ContractFile::Markdown => {
            ("under Shared state", policy.map(|policy| format!("- `{}`: {policy}", spelled(&path))))
        }
    };
    Proposal {
        agents,
        rules: one.rules,
        works: one.works.len(),
        instead_of: same.map(|entry| entry.line).filter(|_| line.is_some()),
        paths: vec![path],
        place: place.to_owned(),
        line,
        because,
    }
}

fn owned_by(contract: &Contract, agent: &AgentId) -> String {
    match contract.file() {
        ContractFile::Toml => format!("{{ owner = {} }}", quoted(agent.as_str())),
        ContractFile::Markdown => format!("{agent} owns"),
    }
}

fn added_to_by(contract: &Contract, agents: &[AgentId]) -> String {
    match contract.file() {
        ContractFile::Toml => {
            let agents: Vec<String> = agents.iter().map(|agent| quoted(agent.as_str())).collect();
            format!("{{ additions-by = [{}] }}", agents.join(", "))
        }
        ContractFile::Markdown => format!("{}, additions only", names(agents)),
    }
}

fn scope_line(contract: &Contract, agent: &AgentId, pattern: &str) -> String {
    match contract.file() {
        ContractFile::Toml => quoted(pattern),
        ContractFile::Markdown => format!("- {agent}: `{pattern}`"),
    }
}

fn spelled(path: &RepoPath) -> String {
    escaped(path.to_str().unwrap_or_default())
}

/// A path as a pattern that names it and nothing else.
fn escaped(path: &str) -> String {
    path.chars().fold(String::with_capacity(path.len()), |mut out, c| {
        if matches!(c, '*' | '?' | '{' | '}' | '\\') {
            out.push('\\');
        }
        out.push(c);
        out
    })
}

/// A string as TOML writes it. What JSON escapes means the same there.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
