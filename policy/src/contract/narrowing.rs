//! What narrows an agent's scope: the exceptions of its entries, and what is read-only in it.
//!
//! Each is decided exactly, by the patterns' automata. An exception that can take nothing out is an
//! error, because whoever wrote it believes that it does. Grants nothing.

use std::collections::BTreeMap;

use super::automaton::{Automaton, TooLarge, common_path};
use super::disjoint::surely_disjoint;
use super::draft::{DraftAgent, Text};
use super::model::ScopeEntry;
use super::overlap::MOST_PATTERNS;
use super::pattern::{Alternative, Kind, Pattern};
use super::source::{Problems, Shown};
use super::validate;

/// How many states all searches for one contract may look at together. What building the automata
/// takes is counted as well, a byte of a pattern as a state.
const MOST_STATES_IN_ALL: usize = 200_000;
/// How many pairs of patterns are compared for one contract, braces written out.
const MOST_PAIRS: usize = 1_000_000;

/// Narrows scopes, and remembers how far the searches may still go.
pub(super) struct Narrowing {
    states_left: usize,
    pairs_left: usize,
    exceptions_left: usize,
}

/// There is too much to compare.
pub(super) enum TooMany {
    /// More patterns than a contract may have, each exception counted wherever it counts.
    Patterns,
    /// More pairs than [`MOST_PAIRS`].
    Pairs,
}

impl TooMany {
    pub(super) fn tell(&self, problems: &mut Problems<'_>) {
        let (most, what) = match self {
            Self::Patterns => (MOST_PATTERNS, "patterns"),
            Self::Pairs => (MOST_PAIRS, "pairs of a path and what narrows it"),
        };
        let message = format!("more than {most} {what}, braces written out");
        let help = "name directories with everything below them, instead of single files";
        problems.error("too-many-patterns", &(0..0), message, help);
    }
}

/// An entry of a scope whose exceptions are not judged yet, with those that it is written with.
pub(super) type Wide<'d> = (ScopeEntry, &'d [Text]);

impl Narrowing {
    pub(super) fn new() -> Self {
        Self {
            states_left: MOST_STATES_IN_ALL,
            pairs_left: MOST_PAIRS,
            exceptions_left: MOST_PATTERNS,
        }
    }

    /// Gives the entries of an agent the exceptions that concern them, and says which concern
    /// none.
    pub(super) fn narrow(
        &mut self,
        lane: &DraftAgent,
        wide: Vec<Wide<'_>>,
        problems: &mut Problems<'_>,
    ) -> Result<Vec<ScopeEntry>, TooMany> {
        let mut entries = Vec::new();
        // By their places: one text may be said of several entries.
        let mut exceptions: BTreeMap<usize, (&Text, Vec<usize>)> = BTreeMap::new();
        for (number, (entry, written)) in wide.into_iter().enumerate() {
            for text in written {
                exceptions.entry(text.at.start).or_insert((text, Vec::new())).1.push(number);
            }
            entries.push(entry);
        }
        for text in &lane.except {
            exceptions.insert(text.at.start, (text, (0..entries.len()).collect()));
        }
        for (text, narrowed) in exceptions.into_values() {
            let Some(except) = validate::pattern(text, problems) else { continue };
            let mut has_effect = false;
            for number in &narrowed {
                if self.meet(&entries[*number].pattern, &except)? {
                    has_effect = true;
                    self.take_out(&mut entries[*number], &except)?;
                }
            }
            if !has_effect {
                self.without_effect(text, &except, &entries, narrowed.first(), problems)?;
            }
        }
        for text in &lane.read_only {
            let Some(read_only) = validate::pattern(text, problems) else { continue };
            for entry in &mut entries {
                self.read_only(entry, &read_only, text, problems)?;
            }
        }
        Ok(entries)
    }

    /// Takes what is read-only out of an entry, unless the entry is a part of it: then it is
    /// what may be edited there.
    fn read_only(
        &mut self,
        entry: &mut ScopeEntry,
        read_only: &Pattern,
        text: &Text,
        problems: &mut Problems<'_>,
    ) -> Result<(), TooMany> {
        if !self.meet(&entry.pattern, read_only)? {
            return Ok(());
        }
        match (self.holds(read_only, &entry.pattern), self.holds(&entry.pattern, read_only)) {
            (true, true) => {
                let line = entry.line;
                let message =
                    format!("{} is read-only here, and granted in line {line}", Shown(&text.value));
                problems.error("mode-unclear", &text.at, message, "take one of the two out");
                Ok(())
            }
            (true, false) => Ok(()),
            (false, _) => self.take_out(entry, read_only),
        }
    }

    fn take_out(&mut self, entry: &mut ScopeEntry, except: &Pattern) -> Result<(), TooMany> {
        if !entry.except.contains(except) {
            let left = self.exceptions_left.checked_sub(except.alternatives().len());
            self.exceptions_left = left.ok_or(TooMany::Patterns)?;
            entry.except.push(except.clone());
        }
        Ok(())
    }

    /// Whether two patterns match a common path. A search that is given up counts as yes.
    pub(super) fn meet(&mut self, one: &Pattern, other: &Pattern) -> Result<bool, TooMany> {
        let (ones, others) = (one.alternatives(), other.alternatives());
        let left = self.pairs_left.checked_sub(ones.len() * others.len());
        self.pairs_left = left.ok_or(TooMany::Pairs)?;
        let cost = one.as_str().len() + other.as_str().len();
        let mut pairs = ones.iter().flat_map(|one| others.iter().map(move |other| (one, other)));
        Ok(pairs.any(|(one, other)| self.have_common_path(one, other, cost)))
    }

    fn have_common_path(&mut self, one: &Alternative, other: &Alternative, cost: usize) -> bool {
        if surely_disjoint(one, other) {
            return false;
        }
        let shown = |one: &Alternative, other: &Alternative| {
            some_path(other).is_some_and(|path| one.matches(&path))
        };
        let search = |states: &mut usize| {
            let (mut one, mut other) = (Automaton::new([one])?, Automaton::new([other])?);
            common_path(&mut one, &mut other, None, states)
        };
        shown(one, other) || shown(other, one) || self.search(cost, search) != Ok(None)
    }

    /// Whether every path of the second pattern is one of the first. A search that is given up
    /// counts as no.
    pub(super) fn holds(&mut self, whole: &Pattern, part: &Pattern) -> bool {
        let cost = |pattern: &Pattern| pattern.as_str().len() * pattern.alternatives().len();
        self.search(cost(whole) + 2 * cost(part), |states| {
            let mut left_out = Automaton::new(whole.alternatives())?;
            let (mut one, mut other) =
                (Automaton::new(part.alternatives())?, Automaton::new(part.alternatives())?);
            common_path(&mut one, &mut other, Some(&mut left_out), states)
        }) == Ok(None)
    }

    fn search<T>(
        &mut self,
        cost: usize,
        search: impl FnOnce(&mut usize) -> Result<T, TooLarge>,
    ) -> Result<T, TooLarge> {
        self.states_left = self.states_left.checked_sub(cost).ok_or(TooLarge)?;
        search(&mut self.states_left)
    }

    /// Says that an exception takes nothing out, and how it would.
    fn without_effect(
        &mut self,
        text: &Text,
        except: &Pattern,
        entries: &[ScopeEntry],
        narrowed: Option<&usize>,
        problems: &mut Problems<'_>,
    ) -> Result<(), TooMany> {
        if problems.leaves_one_out() {
            return Ok(());
        }
        let path = Shown(&text.value);
        let Some(narrowed) = narrowed.map(|number| &entries[*number].pattern) else {
            let message = format!("there is no scope that {path} could narrow");
            let help = "take it out, or list what it narrows";
            problems.error("except-without-effect", &text.at, message, help);
            return Ok(());
        };
        let message = format!("{path} takes nothing out of {}", Shown(narrowed.as_str()));
        let mut beside = None;
        for entry in entries {
            if beside.is_none() && self.meet(&entry.pattern, except)? {
                beside = Some(&entry.pattern);
            }
        }
        let mut help = "take it out, or put it behind what holds it".to_owned();
        if let Some(beside) = beside {
            help = format!("put it behind what it narrows: {}", Shown(beside.as_str()));
        } else if let Some(below) = below(narrowed, &text.value)
            && self.meet(narrowed, &below)?
        {
            let below = Shown(below.as_str());
            help = format!("patterns begin at the repository's root: write {below}");
        }
        problems.error("except-without-effect", &text.at, message, help);
        Ok(())
    }
}

/// A path that an alternative matches, where one is clear.
fn some_path(alternative: &Alternative) -> Option<Vec<u8>> {
    match alternative.kind {
        Kind::Tree | Kind::Exact => Some(alternative.beginning.to_vec()),
        Kind::Below => Some([&*alternative.beginning, b"x"].concat()),
        Kind::Wild { .. } => None,
    }
}

/// A pattern as somebody means it who begins it at the directory that another one names.
fn below(entry: &Pattern, text: &str) -> Option<Pattern> {
    let entry = entry.as_str();
    let directory = match entry.find(['*', '?', '{', '\\']) {
        Some(special) => entry[..special].rsplit_once('/')?.0,
        None => entry.trim_end_matches('/'),
    };
    let names_files = !text.contains('/') && text.contains(['*', '?', '{']);
    let between = if names_files { "/**/" } else { "/" };
    Pattern::parse(&format!("{directory}{between}{text}")).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::{Contract, ContractFile, Permission, read};
    use super::*;
    use crate::name::AgentId;
    use crate::path::RepoPath;

    /// The contract in which the one agent has this scope, or the codes of what is wrong.
    fn scope(said: &str) -> Result<Contract, Vec<&'static str>> {
        let text = format!(
            "# Context contract\n## Worktrees\n- branch: b agent: agent-1\n\
             ## Scope\n- agent-1: own/**, {said}\n"
        );
        let codes =
            |problems: Vec<super::super::Problem>| problems.iter().map(|p| p.code).collect();
        read(ContractFile::Markdown, text.as_bytes()).map_err(codes)
    }

    fn granted(contract: &Contract, path: &RepoPath) -> bool {
        let agent = AgentId::new("agent-1").unwrap();
        matches!(contract.permission(&agent, path), Permission::Granted { .. })
    }

    fn pattern() -> impl Strategy<Value = String> {
        let segment = prop_oneof![
            3 => "[ab]{1,2}",
            2 => "[ab]?\\*[ab]?",
            2 => Just("**".to_owned()),
            1 => Just("{a,b*}".to_owned()),
        ];
        let end = prop_oneof![4 => Just(""), 1 => Just("/")];
        (prop::collection::vec(segment, 1..4), end).prop_map(|(parts, end)| parts.join("/") + end)
    }

    /// Every path of up to three components of one or two letters.
    fn paths() -> Vec<RepoPath> {
        let names = ["a", "b", "aa", "ab", "ba", "bb"];
        let deeper = |paths: &[String]| {
            let below = |path: &String| names.map(|name| format!("{path}/{name}"));
            paths.iter().flat_map(below).collect::<Vec<_>>()
        };
        let one = names.map(str::to_owned).to_vec();
        let two = deeper(&one);
        let three = deeper(&two);
        [one, two, three].concat().into_iter().map(|path| RepoPath::new(path).unwrap()).collect()
    }

    proptest! {
        #[test]
        fn an_exception_takes_out_what_it_matches_or_is_an_error(one in pattern(), other in pattern()) {
            let matched = |pattern: &str| {
                let pattern = Pattern::parse(pattern).unwrap();
                move |path: &RepoPath| pattern.matches(path)
            };
            let (entry, except) = (matched(&one), matched(&other));
            match scope(&format!("`{one}` (except `{other}`)")) {
                Ok(contract) => for path in paths() {
                    prop_assert_eq!(granted(&contract, &path), entry(&path) && !except(&path));
                },
                Err(codes) => {
                    prop_assert_eq!(codes, ["except-without-effect"]);
                    prop_assert!(!paths().iter().any(|path| entry(path) && except(path)));
                }
            }
        }

        #[test]
        fn what_is_read_only_is_granted_by_what_lies_within_it_alone(one in pattern(), other in pattern()) {
            let (entry, read_only) = (Pattern::parse(&one).unwrap(), Pattern::parse(&other).unwrap());
            match scope(&format!("`{one}`, `{other}` (read-only)")) {
                Ok(contract) => {
                    let within = paths().iter().all(|path| !entry.matches(path) || read_only.matches(path));
                    for path in paths() {
                        let may = granted(&contract, &path);
                        prop_assert!(!may || entry.matches(&path));
                        prop_assert!(!may || !read_only.matches(&path) || within, "{path}");
                        prop_assert!(may || !entry.matches(&path) || read_only.matches(&path), "{path}");
                    }
                }
                Err(codes) => {
                    prop_assert_eq!(codes, ["mode-unclear"]);
                    prop_assert!(paths().iter().all(|path| entry.matches(path) == read_only.matches(path)));
                }
            }
        }
    }
}
