//! Reads a valid contract as a critical dispatcher would. Everything here is a warning: it says
//! what is likely to go wrong, and makes no contract invalid.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;

use super::commas::added_to_json;
use super::comments::unheard;
use super::kept_branches::of_no_lane;
use super::matcher::Matcher;
use super::model::{Agent, Contract, Promise, ScopeEntry, SharedPolicy};
use super::overruled::overruled;
use super::pattern::Pattern;
use super::problem::Problem;
use super::several_commands::several_commands;
use super::source::{Shown, printable};
use super::toml_notes;
use super::waived::without_effect;
use super::well_known::WellKnown;
use crate::path::RepoPath;
use crate::verdict::Severity;

/// How many files of one kind are named one by one.
const MOST_FILES: usize = 20;

/// What the text alone gives reason to warn of, in the order of the text.
pub fn of_text(contract: &Contract) -> Vec<Problem> {
    let mut found = Vec::new();
    if contract.order().is_empty() && contract.agents().len() > 1 {
        let message = "there is no merge order, so lanes may land in any order";
        let help = "add one, deliberately chosen; a step of all agents says that any order will do";
        found.push(warning(contract, "no-merge-order", 1, "", message.into(), help.into()));
    }
    for lane in contract.agents() {
        for promise in lane.promises.iter().filter(|promise| !is_checkable(promise)) {
            let message = format!("no program can check what {} promises here", lane.id);
            let help = "name the thing: a route (`POST /api/uploads`), a signature, a table with its \
                        columns, a variable, or a name in back-ticks";
            let part = promise.text.split(' ').next().unwrap_or_default();
            found.push(warning(
                contract,
                "prose-promise",
                promise.line,
                part,
                message,
                help.into(),
            ));
        }
        for entry in &lane.scope {
            if let Some(owners) = governed_elsewhere(contract, lane.id.as_str(), entry) {
                let path = Shown(entry.pattern.as_str());
                let message =
                    format!("this gives {} nothing: {path} is shared, and {owners}", lane.id);
                let help = "take it out of the scope, or change the policy of the shared path";
                let part = entry.pattern.as_str();
                found.push(warning(
                    contract,
                    "scope-without-effect",
                    entry.line,
                    part,
                    message,
                    help.into(),
                ));
            }
        }
    }
    found.extend(of_no_lane(contract));
    found.extend(overruled(contract));
    found.extend(added_to_json(contract));
    found.extend(unheard(contract));
    found.extend(toml_notes::unheard(contract));
    found.extend(contract.unheard.iter().cloned());
    found.extend(without_effect(contract));
    found.extend(several_commands(contract));
    for entry in contract.shared() {
        let SharedPolicy::Owner(owner) = &entry.policy else { continue };
        if contract.agent(owner).is_some_and(|lane| lane.withdrawn) {
            let message =
                format!("{} belongs to {owner}, who is withdrawn", Shown(entry.pattern.as_str()));
            let help = "give it to another agent, or write `nobody edits`";
            let part = entry.pattern.as_str();
            found.push(warning(
                contract,
                "owner-withdrawn",
                entry.line,
                part,
                message,
                help.into(),
            ));
        }
    }
    sorted(found)
}

/// What the files of the trunk give reason to warn of: `files` are all paths of its tree.
pub fn against_tree(contract: &Contract, files: &[RepoPath]) -> Vec<Problem> {
    let mut found = unmatched(contract, files);
    found.extend(over_build(contract, files));
    found.extend(without_policy(contract, files));
    sorted(found)
}

/// The warning that a contract has done its work: every lane has landed, which only the caller
/// can know.
pub fn all_landed(contract: &Contract) -> Problem {
    let message = "every lane of this contract has landed".to_owned();
    let help = "take the contract away, or write the next one: lanes stay fenced until then";
    warning(contract, "all-landed", 1, "", message, help.into())
}

/// The warning that the main worktree is in a directory that is called like a lane's worktree, which only
/// the caller can know.
pub fn main_worktree(contract: &Contract, lane: &Agent) -> Problem {
    let name = lane.worktree.as_deref().unwrap_or_default();
    let message = format!(
        "the main worktree is in a directory of that name too: as long as {} has no other worktree of this \
         repository, whoever works there is {}",
        lane.id, lane.id
    );
    let help = "name the agent's worktree otherwise, or make it, in another directory";
    warning(contract, "main-worktree", lane.line, name, message, help.into())
}

fn sorted(mut found: Vec<Problem>) -> Vec<Problem> {
    found.sort_by(|a, b| (a.span, a.code, &a.message).cmp(&(b.span, b.code, &b.message)));
    found
}

/// The first of these lines that holds a text; the first of all where none does.
pub(super) fn line_with(contract: &Contract, lines: RangeInclusive<u32>, text: &str) -> u32 {
    let first = *lines.start();
    let mut known = lines.map_while(|line| Some((line, contract.source_line(line)?)));
    known.find(|(_, held)| held.contains(text)).map_or(first, |(line, _)| line)
}

/// A warning about a part of a line, or about the whole line when the part is not in it.
pub(super) fn warning(
    contract: &Contract,
    code: &'static str,
    line: u32,
    part: &str,
    message: String,
    help: String,
) -> Problem {
    let text = contract.source_line(line).unwrap_or_default();
    let within = text.find(part).filter(|_| !part.is_empty());
    let indent = text.len() - text.trim_start().len();
    let start = within.unwrap_or(indent);
    let length = within.map_or(text.trim().len(), |_| part.len());
    let column = text[..start].chars().count() + 1;
    Problem {
        code,
        severity: Severity::Warning,
        line,
        column: u32::try_from(column).unwrap_or(u32::MAX),
        span: (contract.line_start(line) + start, length),
        message,
        help: Some(help),
    }
}

/// Whether a promise names something that a program could look up: a route, a signature, a
/// table's columns, a variable, or anything in back-ticks.
fn is_checkable(promise: &Promise) -> bool {
    let text = &*promise.text;
    let lower = text.to_lowercase();
    let methods = ["GET /", "POST /", "PUT /", "PATCH /", "DELETE /", "HEAD /", "OPTIONS /"];
    let identifier = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let calls = text.match_indices('(').any(|(at, _)| text[..at].ends_with(identifier));
    let variable = text.split(|c: char| !identifier(c)).any(|word| {
        word.contains('_') && word.chars().any(char::is_alphabetic) && word == word.to_uppercase()
    });
    methods.iter().any(|method| text.contains(method))
        || text.contains('`')
        || lower.contains("table") && lower.contains("column")
        || calls
        || variable
}

/// Who governs a scope entry's path instead, when a shared entry of the same spelling does.
fn governed_elsewhere(contract: &Contract, agent: &str, entry: &ScopeEntry) -> Option<String> {
    let shared = contract.shared().iter().find(|shared| shared.pattern == entry.pattern)?;
    match &shared.policy {
        SharedPolicy::Nobody => Some("nobody edits it".to_owned()),
        SharedPolicy::Owner(owner) if owner.as_str() != agent => Some(format!("{owner} owns it")),
        SharedPolicy::AdditionsBy(agents) if !agents.iter().any(|name| name.as_str() == agent) => {
            Some("others add to it".to_owned())
        }
        _ => None,
    }
}

/// Patterns that match no file.
fn unmatched(contract: &Contract, files: &[RepoPath]) -> Vec<Problem> {
    let scope = contract.agents().iter().flat_map(|lane| &lane.scope);
    let patterns: Vec<(&Pattern, u32)> = scope
        .flat_map(|entry| {
            std::iter::once(&entry.pattern)
                .chain(&entry.except)
                .map(|pattern| (pattern, entry.line))
        })
        .chain(contract.shared().iter().map(|entry| (&entry.pattern, entry.line)))
        .collect();
    let matcher = Matcher::new(patterns.iter().enumerate().map(|(n, (pattern, _))| (n, *pattern)));
    let mut matched = vec![false; patterns.len()];
    for file in files {
        for number in matcher.candidates(file) {
            matched[number] = matched[number] || patterns[number].0.matches(file);
        }
    }
    let unmatched = patterns.iter().zip(matched).filter(|(_, matched)| !matched);
    unmatched
        .map(|((pattern, line), _)| {
            let message = format!("{} matches no file of the trunk", Shown(pattern.as_str()));
            let help = "fine when the lane creates it; otherwise look at the spelling";
            warning(contract, "matches-no-file", *line, pattern.as_str(), message, help.into())
        })
        .collect()
}

/// Scope entries that hold files which steer build, CI or deployment; each once.
fn over_build(contract: &Contract, files: &[RepoPath]) -> Vec<Problem> {
    let mut reported = BTreeSet::new();
    let mut found = Vec::new();
    for file in files {
        let Some((kind, _)) = WellKnown::of(file).filter(|(kind, _)| kind.steers()) else {
            continue;
        };
        if contract.governing_shared(file).is_some() {
            continue;
        }
        for lane in contract.agents() {
            for entry in lane.scope.iter().filter(|entry| entry.holds(file)) {
                if reported.insert((entry.line, entry.pattern.as_str())) {
                    let pattern = entry.pattern.as_str();
                    let message = format!("{} holds {file}, {}", Shown(pattern), kind.what());
                    let help = "such files are too shared to partition: exclude them with `except`, or \
                                give them a policy as shared paths";
                    found.push(warning(
                        contract,
                        "scope-over-build",
                        entry.line,
                        pattern,
                        message,
                        help.into(),
                    ));
                }
            }
        }
    }
    found
}

/// Well-known shared files that exist and have no policy.
fn without_policy(contract: &Contract, files: &[RepoPath]) -> Vec<Problem> {
    let mut found: BTreeMap<RepoPath, WellKnown> = BTreeMap::new();
    for file in files {
        let Some((kind, at)) = WellKnown::of(file) else { continue };
        let directory = at != *file;
        // Below the root a manifest belongs to the package that holds it.
        let everywhere =
            matches!(kind, WellKnown::Migrations | WellKnown::Ci | WellKnown::Specification);
        if !everywhere && !at.parent().is_empty() || found.contains_key(&at) {
            continue;
        }
        if contract.governing_shared(file).is_some() || is_named(contract, file, &at, directory) {
            continue;
        }
        found.insert(at, kind);
    }
    let line = contract.shared().first().map_or(1, |entry| entry.line);
    let more = found.len().saturating_sub(MOST_FILES);
    let mut problems: Vec<Problem> = found
        .into_iter()
        .take(MOST_FILES)
        .map(|(path, kind)| {
            let message = format!("{path} is {} and has no policy", kind.what());
            let name = printable(&path.to_string());
            let help =
                format!("under Shared state: `{name}: nobody edits`, or `{name}: AGENT owns`");
            warning(contract, "shared-without-policy", line, "", message, help)
        })
        .collect();
    if more > 0 {
        let message = format!("{more} more well-known shared files have no policy");
        let help = "give each a policy under Shared state".to_owned();
        problems.push(warning(contract, "shared-without-policy", line, "", message, help));
    }
    problems
}

/// Whether a scope names a file, or a directory of such, by itself and not as part of a larger
/// one: then it has its one owner.
fn is_named(contract: &Contract, file: &RepoPath, at: &RepoPath, directory: bool) -> bool {
    let lanes = contract.agents().iter();
    lanes.flat_map(|lane| &lane.scope).any(|entry| {
        let beginning = entry.pattern.beginning();
        let names = beginning.starts_with(at.as_bytes());
        entry.holds(file) && names && (directory || beginning.len() == at.as_bytes().len())
    })
}

#[cfg(test)]
mod tests {
    use super::super::{ContractFile, read};
    use super::*;

    fn worked_example() -> Contract {
        let text = include_str!("../../../fixtures/contracts/valid/worked-example.md");
        read(ContractFile::Markdown, text.as_bytes()).expect("valid")
    }

    fn tree(files: &[&str]) -> Vec<RepoPath> {
        files.iter().map(|file| RepoPath::new(*file).unwrap()).collect()
    }

    fn shown(problems: &[Problem]) -> Vec<String> {
        let show = |p: &Problem| format!("{}:{} {}: {}", p.line, p.column, p.code, p.message);
        problems.iter().map(show).collect()
    }

    #[test]
    fn the_worked_example_has_nothing_to_warn_of() {
        let contract = worked_example();
        assert_eq!(shown(&of_text(&contract)), [""; 0]);
        let files = tree(&[
            "README.md",
            "package.json",
            "tsconfig.json",
            "src/api/router.ts",
            "src/api/uploads/a.ts",
            "src/db/schema.ts",
            "src/db/migrations/1.sql",
            "tests/uploads/a",
            "tests/fixtures/uploads/a",
        ]);
        assert_eq!(shown(&against_tree(&contract, &files)), [""; 0]);
    }

    #[test]
    fn what_the_trees_files_say() {
        let contract = worked_example();
        let files = tree(&[
            "README.md",
            "package.json",
            "package-lock.json",
            "src/api/router.ts",
            "packages/a/package.json",
            "src/api/uploads/Dockerfile",
            "src/db/schema.ts",
            "tests/uploads/a",
            "db/migrations/1.sql",
            "tests/fixtures/uploads/a",
            ".github/workflows/ci.yml",
            ".github/workflows/release.yml",
        ]);
        assert_eq!(
            shown(&against_tree(&contract, &files)),
            [
                "9:12 scope-over-build: `src/api/uploads/**` holds src/api/uploads/Dockerfile, deployment configuration",
                "10:12 matches-no-file: `src/db/migrations/**` matches no file of the trunk",
                "21:1 shared-without-policy: .github/workflows is CI configuration and has no policy",
                "21:1 shared-without-policy: db/migrations is a directory of migrations and has no policy",
                "21:1 shared-without-policy: package-lock.json is a lock file and has no policy",
                "22:3 matches-no-file: `tsconfig.json` matches no file of the trunk",
            ]
        );
    }

    #[test]
    fn what_the_text_says() {
        let text = "# Context contract\n## Worktrees\n- branch: a agent: a-1\n- branch: b agent: b-1 (withdrawn)\n\
            ## Scope\n- a-1: src/**, x.json\n- b-1: lib/**\n## Interface boundary\n- a-1 commits to: being nice\n\
            - a-1 commits to: GET /a\n- a-1 commits to: the name `f`\n- a-1 commits to: DATABASE_URL\n\
            - a-1 commits to: parse(text) returns a tree\n## Shared state\n- x.json: nobody edits\n- y.json: b-1 owns\n";
        let contract = read(ContractFile::Markdown, text.as_bytes()).expect("valid");
        assert_eq!(
            shown(&of_text(&contract)),
            [
                "1:1 no-merge-order: there is no merge order, so lanes may land in any order",
                "6:16 scope-without-effect: this gives a-1 nothing: `x.json` is shared, and nobody edits it",
                "9:19 prose-promise: no program can check what a-1 promises here",
                "16:3 owner-withdrawn: `y.json` belongs to b-1, who is withdrawn",
            ]
        );
        assert_eq!(all_landed(&contract).code, "all-landed");
    }

    /// A contract of two lanes with these keys for the first, and what follows them.
    fn contract(first: &str, rest: &str) -> Contract {
        let text = format!(
            "[agents.a]\nbranch = \"a\"\n{first}\n[agents.b]\nbranch = \"b\"\nscope = [\"b/\"]\n\
             {rest}\n[[merge-order]]\nagents = [\"a\", \"b\"]\n"
        );
        read(ContractFile::Toml, text.as_bytes()).unwrap_or_else(|found| panic!("{found:#?}"))
    }

    #[test]
    fn one_lane_needs_no_order() {
        let text = "[agents.a]\nbranch = \"a\"\nscope = [\"a/\"]\n";
        let contract = read(ContractFile::Toml, text.as_bytes()).expect("valid");
        assert_eq!(shown(&of_text(&contract)), [""; 0]);
    }

    #[test]
    fn a_warning_points_at_the_words_that_it_is_about() {
        let text = include_str!("../../../fixtures/contracts/valid/worked-example.md");
        let said = |problem: &Problem| &text[problem.span.0..][..problem.span.1];
        let problems = against_tree(&worked_example(), &tree(&["db/migrations/1.sql"]));
        let unmatched = problems.iter().filter(|problem| problem.code == "matches-no-file");
        for problem in unmatched {
            assert!(problem.message.starts_with(&format!("`{}`", said(problem))), "{problem:?}");
        }
        let policy = problems.iter().find(|problem| problem.code == "shared-without-policy");
        assert_eq!(policy.map(said), text.lines().nth(20));
    }

    #[test]
    fn what_a_program_can_look_up() {
        let checkable = |text: &str| {
            is_checkable(&Promise { text: text.into(), relied_on_by: Vec::new(), line: 1 })
        };
        for text in [
            "GET /a",
            "the name `f`",
            "parse(text) returns a tree",
            "DATABASE_URL",
            "the variable _A",
            "a table with columns id and size",
        ] {
            assert!(checkable(text), "{text}");
        }
        for text in [
            "being nice",
            "a table of uploads",
            "the columns",
            "uploads (all of them)",
            "the upload_id is kept",
            "A PLAN, AND 1_000 OF THEM",
        ] {
            assert!(!checkable(text), "{text}");
        }
    }

    #[test]
    fn a_scope_gives_nothing_where_others_decide() {
        let contract = contract(
            r#"scope = ["own", "theirs", "adds", "frozen", "added", "made", "a/"]"#,
            r#"
            [shared]
            own = { owner = "a" }
            theirs = { owner = "b" }
            adds = { additions-by = ["a", "b"] }
            frozen = "nobody"
            added = { additions-by = ["b"] }
            made = { generated-by = "make" }
            "#,
        );
        assert_eq!(
            shown(&of_text(&contract)),
            [
                "3:18 scope-without-effect: this gives a nothing: `theirs` is shared, and b owns it",
                "3:36 scope-without-effect: this gives a nothing: `frozen` is shared, and nobody edits it",
                "3:46 scope-without-effect: this gives a nothing: `added` is shared, and others add to it",
            ]
        );
    }

    #[test]
    fn a_shared_file_that_a_scope_names_has_its_owner() {
        let found = |scope: &str, file: &str| {
            let contract = contract(&format!("scope = [\"a/\", {scope:?}]"), "");
            let problems = against_tree(&contract, &tree(&["a/x", "b/x", file]));
            problems.iter().filter(|problem| problem.code == "shared-without-policy").count()
        };
        assert_eq!(found("package.json", "package.json"), 0);
        assert_eq!(found("*.json", "package.json"), 1);
        assert_eq!(found("package.*", "package.json"), 1);
        assert_eq!(found("db/migrations/**", "db/migrations/1.sql"), 0);
        assert_eq!(found("db/**", "db/migrations/1.sql"), 1);
    }

    #[test]
    fn twenty_shared_files_are_named_and_the_rest_is_counted() {
        let contract = contract("scope = [\"a/\"]", "");
        let last = |count: usize| {
            let files = (0..count).map(|n| RepoPath::new(format!("{n:02}/migrations/1")).unwrap());
            let problems = against_tree(&contract, &files.collect::<Vec<_>>());
            let problems =
                problems.iter().filter(|problem| problem.code == "shared-without-policy");
            let more = problems.clone().find(|problem| problem.message.contains(" more "));
            (problems.count(), more.map(|problem| problem.message.clone()))
        };
        let more = "2 more well-known shared files have no policy".to_owned();
        assert_eq!(last(20), (20, None));
        assert_eq!(last(22), (21, Some(more)));
    }
}
