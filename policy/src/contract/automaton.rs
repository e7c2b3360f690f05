//! Whether two patterns match a common path: the product of their automata, determinised lazily
//! by regex-automata, searched breadth first.

use std::collections::{HashMap, HashSet};

use regex_automata::hybrid::LazyStateID;
use regex_automata::hybrid::dfa::{Cache, DFA};
use regex_automata::nfa::thompson;
use regex_automata::util::{start, syntax};
use regex_automata::{Anchored, MatchKind};

use super::pattern::{Alternative, Kind, glob_regex};

/// How many states of a product are looked at before giving up.
pub(super) const MOST_STATES: usize = 100_000;
/// How much memory the states of one automaton may take, in bytes.
const MOST_MEMORY: usize = 64 << 20;

/// An automaton that matches whole paths.
pub(super) struct Automaton {
    dfa: DFA,
    cache: Cache,
}

/// The search was given up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct TooLarge;

impl Automaton {
    /// An automaton for what any of the alternatives matches.
    pub(super) fn new<'a>(
        alternatives: impl IntoIterator<Item = &'a Alternative>,
    ) -> Result<Self, TooLarge> {
        let sources: Vec<String> = alternatives.into_iter().map(regex_of).collect();
        let dfa = DFA::builder()
            .configure(
                DFA::config()
                    .match_kind(MatchKind::All)
                    .cache_capacity(MOST_MEMORY)
                    .skip_cache_capacity_check(true)
                    .minimum_cache_clear_count(Some(0)),
            )
            .syntax(syntax::Config::new().utf8(false).dot_matches_new_line(true))
            .thompson(thompson::Config::new().utf8(false))
            .build_many(&sources)
            .map_err(|_| TooLarge)?;
        let cache = dfa.create_cache();
        Ok(Self { dfa, cache })
    }

    fn start(&mut self) -> Result<LazyStateID, TooLarge> {
        let config = start::Config::new().anchored(Anchored::Yes);
        self.dfa.start_state(&mut self.cache, &config).map_err(|_| TooLarge)
    }

    fn step(&mut self, state: LazyStateID, byte: u8) -> Result<LazyStateID, TooLarge> {
        self.dfa.next_state(&mut self.cache, state, byte).map_err(|_| TooLarge)
    }

    fn matches_at(&mut self, state: LazyStateID) -> Result<bool, TooLarge> {
        let end = self.dfa.next_eoi_state(&mut self.cache, state).map_err(|_| TooLarge)?;
        Ok(end.is_match())
    }
}

/// The regex of an alternative, anchored at both ends.
fn regex_of(alternative: &Alternative) -> String {
    let literal = || {
        alternative.beginning.iter().fold(String::new(), |mut regex, byte| {
            regex.push_str(&format!("\\x{byte:02x}"));
            regex
        })
    };
    match &alternative.kind {
        Kind::Tree => format!("(?-u)^{}(?:/.+)?$", literal()),
        Kind::Exact => format!("(?-u)^{}$", literal()),
        Kind::Below => format!("(?-u)^{}.+$", literal()),
        Kind::Wild { glob, .. } => glob_regex(glob),
    }
}

/// How a path goes on: what its last component is so far, since no path has empty ones, or ones
/// of dots.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Component {
    Empty,
    Dot,
    Dots,
    Name,
}

impl Component {
    fn after(self, byte: u8) -> Option<Self> {
        match (self, byte) {
            (Self::Name, b'/') => Some(Self::Empty),
            (_, b'/') => None,
            (Self::Empty, b'.') => Some(Self::Dot),
            (Self::Dot, b'.') => Some(Self::Dots),
            _ => Some(Self::Name),
        }
    }
}

type State = (LazyStateID, LazyStateID, Option<LazyStateID>, Component);

/// A shortest path that both match and that is not left out; `None` when there is none.
///
/// # Errors
/// When more than [`MOST_STATES`] states, or more than are left, would have to be looked at.
pub(super) fn common_path(
    one: &mut Automaton,
    other: &mut Automaton,
    mut left_out: Option<&mut Automaton>,
    states_left: &mut usize,
) -> Result<Option<Vec<u8>>, TooLarge> {
    let bytes = distinct_bytes(one, other, left_out.as_deref());
    let none = left_out.as_deref_mut().map(Automaton::start).transpose()?;
    let first: State = (one.start()?, other.start()?, none, Component::Empty);
    let limit = (*states_left).min(MOST_STATES);
    // For each state, the one before it and the byte between.
    let mut seen: HashMap<State, usize> = HashMap::from([(first, 0)]);
    let mut trail: Vec<(State, usize, u8)> = vec![(first, 0, 0)];
    let mut at = 0;
    while let Some((state, ..)) = trail.get(at).copied() {
        let (a, b, x, component) = state;
        if component == Component::Name && one.matches_at(a)? && other.matches_at(b)? {
            let excluded = match (left_out.as_deref_mut(), x) {
                (Some(left_out), Some(x)) => left_out.matches_at(x)?,
                _ => false,
            };
            if !excluded {
                *states_left = states_left.saturating_sub(trail.len());
                return Ok(Some(path_to(&trail, at)));
            }
        }
        for byte in &bytes {
            let Some(component) = component.after(*byte) else { continue };
            let (a, b) = (one.step(a, *byte)?, other.step(b, *byte)?);
            if a.is_dead() || b.is_dead() {
                continue;
            }
            let x = match (left_out.as_deref_mut(), x) {
                (Some(left_out), Some(x)) => Some(left_out.step(x, *byte)?),
                _ => None,
            };
            let next = (a, b, x, component);
            if seen.contains_key(&next) {
                continue;
            }
            if trail.len() >= limit {
                *states_left = states_left.saturating_sub(trail.len());
                return Err(TooLarge);
            }
            seen.insert(next, trail.len());
            trail.push((next, at, *byte));
        }
        at += 1;
    }
    *states_left = states_left.saturating_sub(trail.len());
    Ok(None)
}

/// Goes through the ways in which a path may go on below two directories (with a slash at the end),
/// as far as the automaton can tell them apart, the shortest first, until something is found. What it
/// matches below neither is passed over.
///
/// # Errors
/// When more than so many states would have to be looked at.
pub(super) fn search_below<T>(
    automaton: &mut Automaton,
    directories: [&[u8]; 2],
    most: usize,
    mut found: impl FnMut(&[u8]) -> Option<T>,
) -> Result<Option<T>, TooLarge> {
    let bytes = distinct_bytes(automaton, automaton, None);
    let mut begin = |directory: &[u8]| {
        let start = automaton.start()?;
        directory.iter().try_fold(start, |state, byte| automaton.step(state, *byte))
    };
    let first = (begin(directories[0])?, begin(directories[1])?, Component::Empty);
    let mut seen = HashSet::from([first]);
    // Each with the one before it and the byte between.
    let mut trail = vec![(first, 0, 0)];
    let mut at = 0;
    while let Some(((one, other, component), ..)) = trail.get(at).copied() {
        if component == Component::Name
            && let Some(found) = found(&path_to(&trail, at))
        {
            return Ok(Some(found));
        }
        for byte in &bytes {
            let Some(component) = component.after(*byte) else { continue };
            let next = (automaton.step(one, *byte)?, automaton.step(other, *byte)?, component);
            if next.0.is_dead() && next.1.is_dead() || !seen.insert(next) {
                continue;
            }
            if trail.len() >= most {
                return Err(TooLarge);
            }
            trail.push((next, at, *byte));
        }
        at += 1;
    }
    Ok(None)
}

fn path_to<S>(trail: &[(S, usize, u8)], mut at: usize) -> Vec<u8> {
    let mut path = Vec::new();
    while at > 0 {
        let (_, before, byte) = &trail[at];
        path.push(*byte);
        at = *before;
    }
    path.reverse();
    path
}

/// One byte of each set that no automaton tells apart; of each the one that people like best.
/// Never NUL, which no path holds.
fn distinct_bytes(one: &Automaton, other: &Automaton, left_out: Option<&Automaton>) -> Vec<u8> {
    let liked = (b'a'..=b'z').chain(b'0'..=b'9').chain(*b"._-/").chain(b'A'..=b'Z');
    let rest = (b' '..=b'~').chain(128..=255).chain(1..=31).chain([127]);
    let mut seen = HashSet::new();
    let class = |automaton: &Automaton, byte| automaton.dfa.byte_classes().get(byte);
    liked
        .chain(rest)
        .filter(|byte| {
            let special = if b"./".contains(byte) { *byte } else { 0 };
            let third = left_out.map(|left_out| class(left_out, *byte));
            seen.insert((class(one, *byte), class(other, *byte), third, special))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::pattern::Pattern;
    use super::*;

    /// What two patterns have in common, and how many states are left of so many.
    fn common(one: &str, other: &str, mut left: usize) -> (Result<bool, TooLarge>, usize) {
        let pattern = |text| Pattern::parse(text).unwrap();
        let [one, other] = [pattern(one), pattern(other)];
        let automaton = |of: &Pattern| Automaton::new(of.alternatives()).unwrap();
        let path = common_path(&mut automaton(&one), &mut automaton(&other), None, &mut left);
        (path.map(|path| path.is_some()), left)
    }

    #[test]
    fn a_search_takes_the_states_that_there_are_and_not_one_more() {
        let (found, left) = common("src/a*c/x", "src/*b*/x", 1000);
        let takes = 1000 - left;
        assert!(found == Ok(true) && takes > 10, "{takes} states");
        assert_eq!(common("src/a*c/x", "src/*b*/x", takes), (Ok(true), 0));
        assert_eq!(common("src/a*c/x", "src/*b*/x", takes - 1), (Err(TooLarge), 0));
    }

    #[test]
    fn one_search_takes_no_more_states_than_it_may() {
        // Which of the last n letters is an `a` takes 2^n states to remember.
        let (one, other) = (format!("*a{}", "?".repeat(20)), format!("*b{}", "?".repeat(21)));
        assert_eq!(common(&one, &other, MOST_STATES + 7), (Err(TooLarge), 7));
    }
}
