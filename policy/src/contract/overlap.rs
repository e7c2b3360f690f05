//! Scopes of two agents that hold a common path, unless a shared path governs it.

use super::automaton::{Automaton, TooLarge, common_path};
use super::disjoint::surely_disjoint;
use super::model::{Agent, ContractFile, ScopeEntry, SharedEntry};
use super::pattern::{Alternative, Pattern};

/// How many states all products of one contract together may have: so that a hostile contract is
/// refused within seconds.
const MOST_STATES_IN_ALL: usize = 200_000;
/// How many overlaps are reported.
const MOST_FOUND: usize = 100;

/// How many patterns a contract may have, braces written out: every pair of them is looked at.
pub(super) const MOST_PATTERNS: usize = 20_000;

/// Whether there are too many patterns to compare.
pub(super) fn are_too_many(agents: &[Agent], shared: &[SharedEntry]) -> bool {
    let scope = agents.iter().flat_map(|lane| &lane.scope);
    let scope = scope.flat_map(|entry| std::iter::once(&entry.pattern).chain(&entry.except));
    let patterns = scope.chain(shared.iter().map(|entry| &entry.pattern));
    patterns.map(|pattern| pattern.alternatives().len()).sum::<usize>() > MOST_PATTERNS
}

/// Two scope entries of different agents that overlap, or may.
pub(super) struct Overlap {
    /// The numbers of an agent and of its entry: the one that comes first in the text.
    pub(super) first: (usize, usize),
    /// The other one.
    pub(super) second: (usize, usize),
    /// A path that both hold; `None` when the search was given up.
    pub(super) path: Option<Vec<u8>>,
}

/// One alternative of one scope entry.
struct Piece<'c> {
    place: (usize, usize),
    entry: &'c ScopeEntry,
    alternative: &'c Alternative,
    /// Built when it is first needed.
    automaton: Option<Box<Automaton>>,
}

/// Finds the overlaps between the scopes of agents that are not withdrawn, in the order of the
/// text; each pair of entries once.
pub(super) fn overlaps(agents: &[Agent], shared: &[SharedEntry]) -> Vec<Overlap> {
    let mut search = Search::new(shared);
    let mut pieces = pieces(agents);
    // Whatever begins with the beginning of a piece follows it directly.
    pieces.sort_by(|a, b| {
        a.alternative.beginning.cmp(&b.alternative.beginning).then(a.place.cmp(&b.place))
    });
    let following = following(&pieces);
    let mut found: Vec<Overlap> = Vec::new();
    for at in 0..pieces.len() {
        let mut next = at + 1;
        while next < pieces.len() {
            let beside = next;
            let (one, other) = (&pieces[at], &pieces[beside]);
            if !other.alternative.beginning.starts_with(&one.alternative.beginning) {
                break;
            }
            if one.place.0 == other.place.0 {
                next = following[beside];
                continue;
            }
            next += 1;
            if surely_disjoint(one.alternative, other.alternative) {
                continue;
            }
            let first = one.place.min(other.place);
            let second = one.place.max(other.place);
            if found.iter().any(|pair| pair.first == first && pair.second == second) {
                continue;
            }
            match search.common(&mut pieces, at, beside) {
                Ok(None) => {}
                Ok(path) => found.push(Overlap { first, second, path }),
                Err(TooLarge) => found.push(Overlap { first, second, path: None }),
            }
            if found.len() >= MOST_FOUND || search.states_left == 0 {
                found.sort_by_key(|pair| (pair.second, pair.first));
                return found;
            }
        }
    }
    found.sort_by_key(|pair| (pair.second, pair.first));
    found
}

/// Whether an agent's scope holds any path that no shared entry governs. A search that is given
/// up counts as yes.
pub(super) fn holds_own_path(lane: &Agent, shared: &[SharedEntry]) -> bool {
    let mut search = Search::new(shared);
    let mut pieces = pieces(std::slice::from_ref(lane));
    (0..pieces.len()).any(|at| search.alone(&mut pieces, at) != Ok(None))
}

fn pieces(agents: &[Agent]) -> Vec<Piece<'_>> {
    let lanes = agents.iter().enumerate().filter(|(_, lane)| !lane.withdrawn);
    lanes
        .flat_map(|(agent, lane)| lane.scope.iter().enumerate().map(move |(n, e)| ((agent, n), e)))
        .flat_map(|(place, entry)| {
            let alternatives = entry.pattern.alternatives().iter();
            alternatives.map(move |alternative| Piece {
                place,
                entry,
                alternative,
                automaton: None,
            })
        })
        .collect()
}

/// For each piece, the number of the next one that is another agent's.
fn following(pieces: &[Piece<'_>]) -> Vec<usize> {
    let mut following = vec![pieces.len(); pieces.len()];
    for at in (1..pieces.len()).rev() {
        let same = pieces[at - 1].place.0 == pieces[at].place.0;
        following[at - 1] = if same { following[at] } else { at };
    }
    following
}

/// What is left out of every overlap, and how far the search may still go.
struct Search<'c> {
    shared: Vec<&'c Alternative>,
    contract: Vec<Alternative>,
    states_left: usize,
}

impl<'c> Search<'c> {
    fn new(shared: &'c [SharedEntry]) -> Self {
        Self {
            shared: shared.iter().flat_map(|entry| entry.pattern.alternatives()).collect(),
            contract: ContractFile::ALL
                .iter()
                .map(|file| Alternative::exact(file.name()))
                .collect(),
            states_left: MOST_STATES_IN_ALL,
        }
    }

    /// A path that two pieces have in common and that nothing takes out.
    fn common(
        &mut self,
        pieces: &mut [Piece<'_>],
        at: usize,
        beside: usize,
    ) -> Result<Option<Vec<u8>>, TooLarge> {
        let (one, other) = (&pieces[at], &pieces[beside]);
        let excepts = one.entry.except.iter().chain(&other.entry.except);
        let both = [one.alternative, other.alternative];
        let near = |left: &&Alternative| !both.iter().any(|piece| surely_disjoint(left, piece));
        let left_out: Vec<&Alternative> = excepts
            .flat_map(Pattern::alternatives)
            .chain(self.shared.iter().copied())
            .chain(&self.contract)
            .filter(near)
            .collect();
        let mut left_out = match left_out.is_empty() {
            true => None,
            false => Some(Automaton::new(left_out)?),
        };
        let mut one = pieces[at].take()?;
        let mut other = pieces[beside].take()?;
        let path = common_path(&mut one, &mut other, left_out.as_mut(), &mut self.states_left);
        pieces[at].automaton = Some(one);
        pieces[beside].automaton = Some(other);
        path
    }

    /// A path of one piece that nothing takes out.
    fn alone(&mut self, pieces: &mut [Piece<'_>], at: usize) -> Result<Option<Vec<u8>>, TooLarge> {
        let piece = &pieces[at];
        let near = |left: &&Alternative| !surely_disjoint(left, piece.alternative);
        let excepts = piece.entry.except.iter().flat_map(Pattern::alternatives);
        let left_out: Vec<&Alternative> =
            excepts.chain(self.shared.iter().copied()).chain(&self.contract).filter(near).collect();
        if left_out.is_empty() {
            return Ok(Some(Vec::new()));
        }
        let mut left_out = Automaton::new(left_out)?;
        let mut one = pieces[at].take()?;
        let mut again = Automaton::new([piece_of(pieces, at)])?;
        let path = common_path(&mut one, &mut again, Some(&mut left_out), &mut self.states_left);
        pieces[at].automaton = Some(one);
        path
    }
}

fn piece_of<'c>(pieces: &[Piece<'c>], at: usize) -> &'c Alternative {
    pieces[at].alternative
}

impl Piece<'_> {
    fn take(&mut self) -> Result<Box<Automaton>, TooLarge> {
        match self.automaton.take() {
            Some(automaton) => Ok(automaton),
            None => Automaton::new([self.alternative]).map(Box::new),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Contract, ContractFile, Problem, SharedPolicy, read};
    use super::*;
    use crate::path::RepoPath;

    /// Two scopes, and what they have in common.
    fn common(one: &str, other: &str, shared: &str) -> Option<String> {
        let text = format!(
            "[agents.a]\nbranch = \"a\"\nscope = [{one}]\n\
             [agents.b]\nbranch = \"b\"\nscope = [{other}]\n\
             [shared]\nown-a = {{ owner = \"a\" }}\nown-b = {{ owner = \"b\" }}\n{shared}\n"
        );
        let problems = match read(ContractFile::Toml, text.as_bytes()) {
            Ok(contract) => {
                never_both(&contract);
                return None;
            }
            Err(problems) => problems,
        };
        let codes: Vec<&str> = problems.iter().map(|problem| problem.code).collect();
        assert_eq!(codes, ["overlap"], "{one} {other}");
        let Problem { message, .. } = &problems[0];
        Some(message.rsplit_once(" both match ").expect(message).1.to_owned())
    }

    /// Valid contracts never grant one path to two.
    fn never_both(contract: &Contract) {
        for path in ["a", "src/a", "src/a.ts", "src/a/b.ts", "src/db/schema.ts", "README.md"] {
            let path = RepoPath::new(path).unwrap();
            let may = contract.agents().iter().filter(|lane| {
                lane.scope.iter().any(|entry| {
                    entry.pattern.matches(&path) && !entry.except.iter().any(|e| e.matches(&path))
                })
            });
            assert!(may.count() < 2 || contract.governing_shared(&path).is_some(), "{path}");
        }
    }

    #[test]
    fn what_overlaps_with_a_path_that_shows_it() {
        for (one, other, path) in [
            (r#""src""#, r#""src/a""#, "src/a"),
            (r#""src/**""#, r#""src/api/**""#, "src/api/a"),
            (r#""src/*.ts""#, r#""src/a*""#, "src/a.ts"),
            (r#""src/**/*.ts""#, r#""src/api/**""#, "src/api/.ts"),
            (r#""**/*.md""#, r#""docs/**""#, "docs/.md"),
            (r#""**/test/**""#, r#""**/api/**""#, "api/test/a"),
            (r#""src/{a,b}/x""#, r#""src/{b,c}/x""#, "src/b/x"),
            (r#""src/a?c""#, r#""src/?bc""#, "src/abc"),
            (r#""**""#, r#""a/b/c""#, "a/b/c"),
            (r#""**""#, r#""**/x""#, "x"),
            (r#"{ path = "src/**", except = ["src/a/**"] }"#, r#""src/**/x""#, "src/x"),
        ] {
            assert_eq!(common(one, other, "").as_deref(), Some(path), "{one} {other}");
            assert_eq!(common(other, one, "").as_deref(), Some(path), "{other} {one}");
        }
    }

    #[test]
    fn what_does_not_overlap() {
        for (one, other, shared) in [
            (r#""src""#, r#""srcs""#, ""),
            (r#""src/a/**""#, r#""src/b/**""#, ""),
            (r#""src/*.ts""#, r#""src/*.rs""#, ""),
            (r#""src/*""#, r#""src/*/*""#, ""),
            (r#""src/*a""#, r#""src/*b""#, ""),
            (r#""src/a*x/b""#, r#""src/b*x/b""#, ""),
            (r#""**/a/?""#, r#""**/b/?""#, ""),
            (r#""a/.?""#, r#""a/?.""#, ""),
            // The only path of both would have `..` in it, or an empty component.
            (r#""a/.?/x""#, r#""a/?./x""#, ""),
            (r#"{ path = "a/*/x", except = ["a/?*/x"] }"#, r#""a/*/x""#, ""),
            (r#"{ path = "src/**", except = ["src/api"] }"#, r#""src/api/**""#, ""),
            (r#"{ path = "src/**", except = ["src/*/**"] }"#, r#""src/api/*.ts""#, ""),
            (r#""src/**""#, r#""src/db/schema.ts""#, r#""src/db/schema.ts" = "nobody""#),
            (r#""src/*.ts""#, r#""src/a*""#, r#""src/a*.ts" = { owner = "a" }"#),
            (r#""CONTRACT.{md,x}""#, r#""CONTRACT.{md,y}""#, ""),
        ] {
            assert_eq!(common(one, other, shared), None, "{one} {other}");
        }
    }

    #[test]
    fn withdrawn_lanes_overlap_with_nobody() {
        let text = "[agents.a]\nbranch = \"a\"\nscope = [\"src\"]\nwithdrawn = true\n\
                    [agents.b]\nbranch = \"b\"\nscope = [\"src\"]\n";
        assert!(read(ContractFile::Toml, text.as_bytes()).is_ok());
    }

    #[test]
    fn a_lane_whose_scope_is_governed_by_others_has_no_path_of_its_own() {
        let text =
            "[agents.a]\nbranch = \"a\"\nscope = [\"x/*.ts\"]\n[shared]\n\"x\" = \"nobody\"\n";
        let problems = read(ContractFile::Toml, text.as_bytes()).expect_err("no own path");
        assert_eq!(problems[0].code, "agent-without-scope");
    }

    /// The problems of lanes with these scopes, by code.
    fn problems_of(scopes: &[String]) -> Vec<&'static str> {
        let lane = |(n, scope)| format!("[agents.a{n}]\nbranch = \"b{n}\"\nscope = [{scope:?}]\n");
        let text: String = scopes.iter().enumerate().map(lane).collect();
        let problems = read(ContractFile::Toml, text.as_bytes()).err().unwrap_or_default();
        problems.into_iter().map(|problem| problem.code).collect()
    }

    #[test]
    fn every_pair_of_entries_is_told_once() {
        let scopes = |lanes: usize| vec!["{src,lib}".to_owned(); lanes];
        assert_eq!(problems_of(&scopes(1)), [""; 0]);
        assert_eq!(problems_of(&scopes(2)), ["overlap"]);
        assert_eq!(problems_of(&scopes(3)), ["overlap"; 3]);
        assert_eq!(problems_of(&scopes(14)), ["overlap"; 91]);
        assert_eq!(problems_of(&scopes(15)), ["overlap"; MOST_FOUND]);
    }

    #[test]
    fn patterns_are_counted_with_their_braces_written_out() {
        let count = |alternatives: usize| {
            let names: Vec<String> = (0..alternatives).map(|n| n.to_string()).collect();
            SharedEntry {
                pattern: Pattern::parse(&format!("{{{}}}", names.join(","))).unwrap(),
                policy: SharedPolicy::Nobody,
                note: None,
                line: 1,
            }
        };
        let mut shared = vec![count(200); MOST_PATTERNS / 200];
        assert!(!are_too_many(&[], &shared));
        shared.push(count(2));
        assert!(are_too_many(&[], &shared));
    }

    #[test]
    fn a_product_that_is_too_large_is_an_error_that_says_so() {
        // Which of the last n letters is an `a` takes 2^n states to remember.
        let text = format!(
            "[agents.a]\nbranch = \"a\"\nscope = [\"*a{}\"]\n\
             [agents.b]\nbranch = \"b\"\nscope = [\"*b{}\"]\n",
            "?".repeat(40),
            "?".repeat(41),
        );
        let problems = read(ContractFile::Toml, text.as_bytes()).expect_err("too large");
        assert_eq!(problems[0].code, "overlap-undecided");
    }

    #[test]
    fn a_search_stops_when_all_states_are_used_up() {
        let scope = |n: usize| format!("*{}{}", (b'a' + n as u8) as char, "?".repeat(40 + n));
        // Six pairs, and states for two.
        assert_eq!(problems_of(&[0, 1, 2, 3].map(scope)), ["overlap-undecided"; 2]);
    }

    #[test]
    fn what_one_pattern_cannot_be_is_not_searched_in_the_other() {
        assert_eq!(problems_of(&[format!("*a{}", "?".repeat(40)), "?".to_owned()]), [""; 0]);
    }
}
