//! Tells most pairs of patterns apart without an automaton: by what their segments begin and end
//! with. It may fail to see that two are disjoint; it never says so of two that are not.

use super::pattern::{Alternative, Kind};
use super::spelling::Token;

/// The segments of a pattern with wildcards, as far as they can be counted.
#[derive(Debug, Clone)]
pub(super) struct Segments {
    /// Those before the first `**`.
    leading: Box<[Segment]>,
    /// Those after the last `**`, the last one first.
    trailing: Box<[Segment]>,
    /// Whether there is a `**` at all.
    elastic: bool,
}

/// One segment without its slashes.
#[derive(Debug, Clone)]
struct Segment {
    beginning: Box<str>,
    ending: Box<str>,
    /// Whether it is nothing but its beginning.
    literal: bool,
}

impl Segments {
    pub(super) fn new(tokens: &[Token]) -> Self {
        let double = [Token::Star, Token::Star];
        let segments: Vec<&[Token]> = tokens.split(|token| *token == Token::Literal('/')).collect();
        let until = |segment: &&&[Token]| **segment != double;
        let leading: Box<[Segment]> =
            segments.iter().take_while(until).map(|s| Segment::new(s)).collect();
        let trailing = segments.iter().rev().take_while(until).map(|s| Segment::new(s)).collect();
        Self { elastic: leading.len() < segments.len(), leading, trailing }
    }

    /// The first of the segments from a number on that is literal, with its number: the component
    /// that every path has there.
    pub(super) fn literal_from(&self, number: usize) -> Option<(usize, &[u8])> {
        let leading = self.leading.iter().enumerate().skip(number);
        let mut literal = leading.filter(|(_, segment)| segment.literal);
        literal.next().map(|(number, segment)| (number, segment.beginning.as_bytes()))
    }

    /// Whether a path's components can be these segments; most paths are told apart by that.
    pub(super) fn admit(&self, path: &[u8]) -> bool {
        let slash = |byte: &u8| *byte == b'/';
        let fits = |(segment, part): (&Segment, &[u8])| segment.admits(part);
        self.trailing.iter().zip(path.rsplit(slash)).all(fits)
            && self.leading.iter().zip(path.split(slash)).all(fits)
    }

    /// Whether no path can have the segments of both.
    fn exclude(&self, other: &Self) -> bool {
        if !self.elastic && !other.elastic && self.leading.len() != other.leading.len() {
            return true;
        }
        let differs = |(one, other): (&Segment, &Segment)| one.excludes(other);
        self.leading.iter().zip(&other.leading).any(differs)
            || self.trailing.iter().zip(&other.trailing).any(differs)
    }
}

impl Segment {
    fn new(tokens: &[Token]) -> Self {
        let literal = |token: &&Token| match token {
            Token::Literal(c) => Some(*c),
            Token::Star | Token::One => None,
        };
        let beginning: String = tokens.iter().map_while(|token| literal(&token)).collect();
        let ending: String = tokens.iter().rev().map_while(|token| literal(&token)).collect();
        Self {
            literal: beginning.chars().count() == tokens.len(),
            beginning: beginning.into(),
            ending: ending.chars().rev().collect::<String>().into(),
        }
    }

    fn admits(&self, part: &[u8]) -> bool {
        match self.literal {
            true => *part == *self.beginning.as_bytes(),
            false => {
                part.starts_with(self.beginning.as_bytes())
                    && part.ends_with(self.ending.as_bytes())
            }
        }
    }

    /// Whether no text can be both.
    fn excludes(&self, other: &Self) -> bool {
        let starts = |long: &Self, short: &Self| long.beginning.starts_with(&*short.beginning);
        let ends = |long: &Self, short: &Self| long.ending.ends_with(&*short.ending);
        match (self.literal, other.literal) {
            (true, true) => self.beginning != other.beginning,
            (true, false) => !(starts(self, other) && ends(self, other)),
            (false, true) => !(starts(other, self) && ends(other, self)),
            (false, false) => {
                !(starts(self, other) || starts(other, self))
                    || !(ends(self, other) || ends(other, self))
            }
        }
    }
}

/// Whether two alternatives can be told to match no common path. `false`: that is not known.
pub(super) fn surely_disjoint(one: &Alternative, other: &Alternative) -> bool {
    let (short, long) = match one.beginning.len() <= other.beginning.len() {
        true => (one, other),
        false => (other, one),
    };
    let Some(rest) = long.beginning.strip_prefix(&*short.beginning) else { return true };
    match (&short.kind, &long.kind) {
        (Kind::Exact, _) => !long.matches(&short.beginning),
        (_, Kind::Exact) => !short.matches(&long.beginning),
        // A longer literal leaves the tree, unless it goes on below it.
        (Kind::Tree, _) if !rest.is_empty() => rest[0] != b'/',
        (Kind::Wild { segments, .. }, Kind::Wild { segments: others, .. }) => {
            segments.exclude(others)
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::automaton::{Automaton, common_path};
    use super::super::pattern::Pattern;
    use super::*;

    fn pattern() -> impl Strategy<Value = String> {
        let segment = prop_oneof![
            3 => "[ab]{1,2}",
            2 => "[ab]?\\*[ab]?",
            1 => "[ab]?\\?[ab]?",
            2 => Just("**".to_owned()),
            1 => Just("{a,b*}".to_owned()),
        ];
        let end = prop_oneof![4 => Just(""), 1 => Just("/")];
        (prop::collection::vec(segment, 1..4), end).prop_map(|(parts, end)| parts.join("/") + end)
    }

    /// Whether each alternative of the one is told apart from each of the other, both ways.
    fn told_apart(one: &str, other: &str) -> bool {
        let (one, other) = (Pattern::parse(one).unwrap(), Pattern::parse(other).unwrap());
        one.alternatives().iter().all(|a| {
            let mut others = other.alternatives().iter();
            others.all(|b| surely_disjoint(a, b) && surely_disjoint(b, a))
        })
    }

    #[test]
    fn what_is_told_apart_without_an_automaton() {
        for (one, other) in [
            ("src", "lib"),
            ("src", "srcs"),
            ("src", "srcs/**"),
            ("src", "srcs/*.ts"),
            ("src/a/**", "src/b/**"),
            ("src/{a,b}", "src/{c,d}"),
            ("src/{a,b}", "src/{a,b}.*"),
            ("src/{a,b}.ts", "src/*.rs"),
            ("src/*", "src/*/*"),
            ("*/a", "*/b"),
            ("*/ab", "*/b*"),
            ("*/ab", "*/*a"),
            ("*/a*x", "*/b*x"),
            ("*/x*a", "*/x*b"),
            ("?a/**/x", "?b/**/x"),
            ("?/**/a", "?/**/b"),
        ] {
            assert!(told_apart(one, other), "{one} {other}");
        }
    }

    #[test]
    fn most_paths_are_told_apart_by_their_components() {
        let admit = |pattern: &str, path: &str| {
            let pattern = Pattern::parse(pattern).unwrap();
            let [Alternative { kind: Kind::Wild { segments, .. }, .. }] = pattern.alternatives()
            else {
                panic!("{pattern:?}")
            };
            segments.admit(path.as_bytes())
        };
        for (pattern, yes, no) in [
            ("src/*.ts", "src/a.ts", &["lib/a.ts", "src/a.rs"][..]),
            ("*/a*b", "x/ab", &["x/ac", "x/cb"]),
            ("a*/**/x", "ab/c/d/x", &["b/c/x", "ab/c/y"]),
        ] {
            assert!(admit(pattern, yes), "{pattern} {yes}");
            for path in no {
                assert!(!admit(pattern, path), "{pattern} {path}");
            }
        }
    }

    proptest! {
        #[test]
        fn the_short_cut_and_the_automata_agree(one in pattern(), other in pattern()) {
            let (one, other) = (Pattern::parse(&one).unwrap(), Pattern::parse(&other).unwrap());
            for a in one.alternatives() {
                for b in other.alternatives() {
                    let mut left = 100_000;
                    let (mut x, mut y) = (Automaton::new([a]).unwrap(), Automaton::new([b]).unwrap());
                    let path = common_path(&mut x, &mut y, None, &mut left).unwrap();
                    if let Some(path) = &path {
                        prop_assert!(a.matches(path) && b.matches(path));
                        prop_assert!(!surely_disjoint(a, b));
                    }
                    prop_assert_eq!(surely_disjoint(a, b), surely_disjoint(b, a));
                }
            }
        }

        #[test]
        fn paths_that_both_match_are_found(
            one in pattern(), other in pattern(), path in "[ab]{1,2}(/[ab]{1,2}){0,3}"
        ) {
            let (one, other) = (Pattern::parse(&one).unwrap(), Pattern::parse(&other).unwrap());
            let path = path.as_bytes();
            for a in one.alternatives().iter().filter(|a| a.matches(path)) {
                for b in other.alternatives().iter().filter(|b| b.matches(path)) {
                    let mut left = 100_000;
                    let (mut x, mut y) = (Automaton::new([a]).unwrap(), Automaton::new([b]).unwrap());
                    prop_assert!(common_path(&mut x, &mut y, None, &mut left).unwrap().is_some());
                }
            }
        }
    }
}
