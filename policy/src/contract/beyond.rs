//! What lies below a directory that is not an agent's, though a link to it makes it seem so.
//!
//! Decided from the patterns alone, by their automata. Knows no tree, and grants nothing.

use super::automaton::{Automaton, TooLarge, search_below};
use super::disjoint::surely_disjoint;
use super::model::{Contract, Permission, SharedPolicy};
use super::pattern::{Alternative, Pattern};
use crate::name::AgentId;
use crate::path::RepoPath;

/// How many states are looked at for one link. Patterns that are told apart by a few letters take
/// some tens.
const MOST_STATES: usize = 20_000;

/// What a contract says about everything below a directory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Below {
    /// It takes nothing from the agent.
    Free,
    /// It takes this path from it.
    Takes(RepoPath),
    /// The patterns are too many, or too much alike, to tell.
    Unclear,
}

/// A pattern, and whether it takes from the agent what it matches.
type Said<'c> = (&'c Pattern, bool);

impl Contract {
    /// Whether the contract takes something below a directory (its path without a slash at the
    /// end; empty for the root) from an agent, for others, for nobody or by an exception. What it
    /// says in the same way about the same name below a link counts as not taken, and so does what
    /// it does not list at all.
    pub fn taken_below(&self, agent: &AgentId, directory: &[u8], link: &RepoPath) -> Below {
        // The contract itself lies at the root.
        if directory.is_empty() {
            return RepoPath::new(self.file.name()).map_or(Below::Unclear, Below::Takes);
        }
        let [directory, link] = [directory, link.as_bytes()].map(|path| [path, b"/"].concat());
        let said = self.said_of(agent);
        let below = |directory: &[u8]| {
            let all = Alternative::below(directory);
            move |alternative: &Alternative| !surely_disjoint(alternative, &all)
        };
        let (is_there, is_below_link) = (below(&directory), below(&link));
        let mut takers = said.iter().filter(|(_, takes)| *takes);
        if !takers.any(|(pattern, _)| pattern.alternatives().iter().any(&is_there)) {
            return Below::Free;
        }
        let taken = |rest: &[u8]| {
            let path = RepoPath::new([&*directory, rest].concat()).ok()?;
            let beside = RepoPath::new([&*link, rest].concat()).ok()?;
            let here = self.permission(agent, &path);
            let is_taken = match here {
                Permission::Granted { .. } => false,
                Permission::Unlisted => self.is_excepted(agent, &path),
                _ => true,
            };
            let same = || {
                here == self.permission(agent, &beside)
                    && self.is_excepted(agent, &path) == self.is_excepted(agent, &beside)
            };
            (is_taken && !same()).then_some(path)
        };
        let near = said.iter().flat_map(|(pattern, _)| pattern.alternatives());
        let near = near.filter(|alternative| is_there(alternative) || is_below_link(alternative));
        let found = Automaton::new(near).and_then(|mut automaton| {
            search_below(&mut automaton, [&directory, &link], MOST_STATES, taken)
        });
        match found {
            Ok(None) => Below::Free,
            Ok(Some(path)) => Below::Takes(path),
            Err(TooLarge) => Below::Unclear,
        }
    }

    /// Whether an agent may edit nothing below a directory, whatever comes to be there. `false`:
    /// that is not known.
    pub fn surely_grants_nothing_below(&self, agent: &AgentId, directory: &RepoPath) -> bool {
        let granting = self.said_of(agent).into_iter().filter(|(_, takes)| !takes);
        granting.map(|(pattern, _)| pattern).all(|pattern| pattern.surely_spares(directory))
    }

    /// All patterns that have a say about what an agent may edit.
    fn said_of(&self, agent: &AgentId) -> Vec<Said<'_>> {
        let mut said = Vec::new();
        for lane in &self.agents {
            let is_other = lane.id != *agent;
            if is_other && lane.withdrawn {
                continue;
            }
            for entry in &lane.scope {
                said.push((&entry.pattern, is_other));
                said.extend(entry.except.iter().map(|except| (except, !is_other)));
            }
        }
        said.extend(self.shared.iter().map(|entry| {
            let grants = match &entry.policy {
                SharedPolicy::GeneratedBy(_) => true,
                SharedPolicy::Owner(owner) => owner == agent,
                SharedPolicy::AdditionsBy(agents) => agents.contains(agent),
                SharedPolicy::Nobody => false,
            };
            (&entry.pattern, !grants)
        }));
        said
    }

    /// Whether an entry of the agent's own scope leaves a path out.
    fn is_excepted(&self, agent: &AgentId, path: &RepoPath) -> bool {
        let scope = self.agent(agent).map_or(&[][..], |lane| &lane.scope);
        scope.iter().any(|entry| entry.pattern.matches(path) && !entry.holds(path))
    }
}

impl Pattern {
    /// Whether it matches nothing below a directory. `false`: that is not known.
    pub fn surely_spares(&self, directory: &RepoPath) -> bool {
        let all = Alternative::below(&[directory.as_bytes(), b"/"].concat());
        self.alternatives().iter().all(|alternative| surely_disjoint(alternative, &all))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::{ContractFile, read};
    use super::*;

    fn contract(scope: &str, rest: &str) -> Option<Contract> {
        let text = format!("[agents.a]\nbranch = \"a\"\nscope = [\"own\", {scope}]\n{rest}\n");
        read(ContractFile::Toml, text.as_bytes()).ok()
    }

    fn below(contract: &Contract, directory: &str) -> String {
        let (agent, link) = (AgentId::new("a").unwrap(), RepoPath::new("src/l").unwrap());
        match contract.taken_below(&agent, directory.as_bytes(), &link) {
            Below::Free => String::new(),
            Below::Takes(path) => path.to_string(),
            Below::Unclear => "?".to_owned(),
        }
    }

    #[test]
    fn what_is_taken_from_an_agent_below_a_directory() {
        let other = "[agents.b]\nbranch = \"b\"\nscope = [\"src/db/**\", \"lib/*/x\"]\n";
        let shared = |said: &str| format!("[shared]\n{said}");
        for (scope, rest, directory, taken) in [
            ("\"src/*\"", other, "src/db", "src/db/a"),
            ("\"src/*\"", other, "src/db/a", "src/db/a/a"),
            ("\"src/*\"", other, "src", "src/db/a"),
            ("\"src/*\"", other, "src/d", ""),
            ("\"src/*\"", other, "src/db2", ""),
            ("\"lib/*\"", other, "lib/a", "lib/a/x"),
            ("\"lib/*\"", other, "lib/a/x", ""),
            ("{ path = \"src/**\", except = [\"src/old/\"] }", "", "src/old", "src/old/a"),
            ("{ path = \"src/**\", except = [\"src/old/\"] }", "", "src", "src/old/a"),
            ("{ path = \"src/**\", except = [\"src/old/\"] }", "", "src/new", ""),
            ("{ path = \"src/**\", except = [\"**/old\"] }", "", "src/new", ""),
            // The same is taken below the link.
            ("\"src/**\"", &shared("\"**/*.lock\" = \"nobody\""), "src/new", ""),
            ("\"src/**\"", &shared("\"src/*/x\" = \"nobody\""), "src/new", ""),
            ("\"src/**\"", &shared("\"src/*/x\" = \"nobody\""), "src", "src/a/x"),
            ("\"src/**\"", &shared("\"**/new/x\" = \"nobody\""), "src/new", "src/new/x"),
            ("\"src/**\"", &shared("\"src/f/**\" = { owner = \"a\" }"), "src/f", ""),
            ("\"src/**\"", &shared("\"src/f/**\" = { additions-by = [\"a\"] }"), "src/f", ""),
            ("\"src/**\"", &shared("\"src/f/**\" = { generated-by = \"x\" }"), "src/f", ""),
            (
                "\"src/**\"",
                &shared("\"src/f/**\" = \"nobody\"\n\"src/f/g/**\" = { owner = \"a\" }"),
                "src/f/g",
                "",
            ),
            (
                "\"src/**\"",
                &shared("\"src/f/**\" = \"nobody\"\n\"src/f/g/**\" = { owner = \"a\" }"),
                "src/f",
                "src/f/a",
            ),
            ("\"**\"", "", "", "contract.toml"),
        ] {
            let contract = contract(scope, rest).unwrap_or_else(|| panic!("{scope} {rest}"));
            assert_eq!(below(&contract, directory), taken, "{scope} {rest} {directory}");
        }
    }

    #[test]
    fn a_withdrawn_lane_takes_nothing() {
        let other = "[agents.b]\nbranch = \"b\"\nwithdrawn = true\nscope = [\"src/db/**\"]\n";
        assert_eq!(below(&contract("\"src/*\"", other).unwrap(), "src/db"), "");
    }

    #[test]
    fn patterns_that_are_too_much_alike_are_unclear() {
        let long = format!("[shared]\n\"src/*a{}/x\" = \"nobody\"\n", "?".repeat(20));
        assert_eq!(below(&contract("\"src/**\"", &long).unwrap(), "src"), "?");
    }

    fn pattern() -> impl Strategy<Value = String> {
        let segment = prop_oneof!["[ab]{1,2}", Just("*".to_owned()), Just("**".to_owned())];
        prop::collection::vec(segment, 1..4).prop_map(|parts| format!("src/{}", parts.join("/")))
    }

    proptest! {
        #[test]
        fn what_is_taken_is_found(
            scope in pattern(), except in pattern(), frozen in pattern(), others in pattern(),
            directory in "[ab]", names in "[ab](/[ab]){0,2}"
        ) {
            let scope = format!("{{ path = \"{scope}\", except = [\"{except}\"] }}");
            let rest = format!(
                "[agents.b]\nbranch = \"b\"\nscope = [\"{others}\"]\n[shared]\n\"{frozen}\" = \"nobody\"\n"
            );
            let Some(contract) = contract(&scope, &rest) else { return Ok(()) };
            let agent = AgentId::new("a").unwrap();
            let said = |directory: &str| {
                let path = RepoPath::new(format!("src/{directory}/{names}")).unwrap();
                (contract.permission(&agent, &path), contract.is_excepted(&agent, &path))
            };
            let found = below(&contract, &format!("src/{directory}"));
            if found.is_empty() {
                let here = said(&directory);
                let free = matches!(here, (Permission::Granted { .. }, _) | (Permission::Unlisted, false));
                prop_assert!(free || here == said("l"), "{here:?}");
            } else {
                let path = RepoPath::new(found).unwrap();
                let granted = matches!(contract.permission(&agent, &path), Permission::Granted { .. });
                prop_assert!(!granted, "{path}");
            }
        }
    }
}
