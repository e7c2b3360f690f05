//! What the reasons of the merge order say about the order: `agent-1 first`, `before agent-3`,
//! `in this order`. Only what it says; whether that is true is found out elsewhere.

use super::free_text::is_quoted;
use super::lex::{Token, tokens};
use super::words::Names;

/// How far to the left an agent is looked for, in words.
const FARTHEST: usize = 60;

/// What one clause says. No agents at all are those of the step that it is a reason of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Claim {
    /// These land before those.
    Before(Vec<String>, Whom),
    /// These land after those.
    After(Vec<String>, Whom),
    /// The agents of the step land one after another, or in some other way that no step says.
    Unclear,
    /// Something is first or last: unclear where the step has several agents.
    OfSomething,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Whom {
    Agents(Vec<String>),
    /// The others of the step, or all where it has none.
    Others,
    All,
}

/// Words between an agent and what is said of its landing.
const FILLS: [&str; 36] = [
    "must", "should", "has", "have", "to", "lands", "land", "landed", "goes", "go", "merges",
    "merge", "merged", "comes", "come", "is", "are", "be", "always", "the", "lane", "lanes", "of",
    "work", "it", "then", "and", "both", "they", "only", "needs", "in", "strictly", "will",
    "please", "on",
];
const ALL: [&str; 7] = ["everything", "everybody", "everyone", "all", "others", "rest", "anything"];
/// Words between which two agents come one after the other.
const BEFORE: [&str; 5] = ["before", "then", "precedes", "precede", "until"];
const AFTER: [&str; 11] = [
    "after",
    "once",
    "follows",
    "follow",
    "behind",
    "following",
    "requires",
    "require",
    "needs",
    "when",
    "awaits",
];
const BEFORE_PAIRS: [[&str; 2]; 4] =
    [["ahead", "of"], ["prior", "to"], ["earlier", "than"], ["sooner", "than"]];
const AFTER_PAIRS: [[&str; 2]; 12] = [
    ["later", "than"],
    ["rebases", "on"],
    ["stacked", "on"],
    ["top", "of"],
    ["depends", "on"],
    ["depend", "on"],
    ["waits", "for"],
    ["wait", "for"],
    ["relies", "on"],
    ["builds", "on"],
    ["based", "on"],
    ["blocked", "by"],
];
/// Phrases that put the agents of a step one after another.
const IN_A_ROW: [&[&str]; 16] = [
    &["respectively"],
    &["this", "order"],
    &["that", "order"],
    &["given", "order"],
    &["written", "order"],
    &["listed", "order"],
    &["reverse", "order"],
    &["in", "sequence"],
    &["in", "turn"],
    &["one", "after"],
    &["one", "by", "one"],
    &["sequentially"],
    &["serially"],
    &["consecutively"],
    &["left", "to", "right"],
    &["as", "listed"],
];

fn is_one_of(token: &Token<'_>, words: &[&str]) -> bool {
    words.iter().any(|word| token.is(word))
}

/// What a reason says about the order, each with the words that say it.
pub(super) fn claims<'t>(text: &'t str, names: &Names) -> Vec<(Claim, Vec<Token<'t>>)> {
    if is_quoted(text) {
        return Vec::new();
    }
    let tokens = without_colons(tokens(text, &|word| names.is_known(word)));
    let mut found = Vec::new();
    let mut last = Vec::new();
    let mut number = false;
    let is_mark = |t: &Token<'_>| {
        matches!(t, Token::Comma(_) | Token::Semicolon(_) | Token::Stop(_) | Token::Dash(_))
            || matches!(t, Token::Colon(_))
    };
    for clause in tokens.split(is_mark).filter(|clause| !clause.is_empty()) {
        let claims = Clause { words: clause, names, before: &last }.claims();
        found.extend(claims.into_iter().map(|claim| (claim, clause.to_vec())));
        let numbered = number && agents_in(&clause[0], names).is_some();
        if numbered {
            found.push((Claim::OfSomething, clause.to_vec()));
        }
        number = clause.last().is_some_and(is_number);
        let named: Vec<String> =
            clause.iter().filter_map(|t| agents_in(t, names)).flatten().collect();
        last = named;
        for token in clause {
            if let Token::Paren(inner) = token {
                found.extend(self::claims(inner, names));
            }
        }
    }
    found
}

/// A colon behind `depends on`, `needs` or `before` parts nothing.
fn without_colons(tokens: Vec<Token<'_>>) -> Vec<Token<'_>> {
    let pairs = BEFORE_PAIRS.iter().chain(&AFTER_PAIRS);
    let relates: Vec<&str> =
        BEFORE.iter().chain(&AFTER).chain(pairs.map(|[_, second]| second)).copied().collect();
    let mut kept: Vec<Token<'_>> = Vec::with_capacity(tokens.len());
    for token in tokens {
        let is_behind = kept.last().is_some_and(|last| is_one_of(last, &relates));
        if !(is_behind && matches!(token, Token::Colon(_))) {
            kept.push(token);
        }
    }
    kept
}

fn agents_in(token: &Token<'_>, names: &Names) -> Option<Vec<String>> {
    let word = match token {
        Token::Word(word) => word,
        Token::Quoted(_, value) => value.as_str(),
        _ => return None,
    };
    Some(names.agents_in(word)?.into_iter().map(|(name, _)| name).collect())
}

/// `1`, `2)`
fn is_number(token: &Token<'_>) -> bool {
    let digits = token.text().trim_end_matches(')');
    !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
}

struct Clause<'c, 't> {
    words: &'c [Token<'t>],
    names: &'c Names,
    /// The agents of the clause before this one.
    before: &'c [String],
}

impl Clause<'_, '_> {
    fn claims(&self) -> Vec<Claim> {
        let in_a_row = |phrase: &&[&str]| {
            self.words
                .windows(phrase.len())
                .any(|window| phrase.iter().zip(window).all(|(word, token)| token.is(word)))
        };
        let in_order = self.words.windows(2).enumerate().any(|(at, two)| {
            let purpose = self.words.get(at + 2).is_some_and(|t| t.is("to") || t.is("that"));
            two[0].is("in") && two[1].is("order") && !purpose
        });
        if in_order || IN_A_ROW.iter().any(in_a_row) {
            return vec![Claim::Unclear];
        }
        (0..self.words.len()).filter_map(|at| self.claim(at)).collect()
    }

    fn claim(&self, at: usize) -> Option<Claim> {
        let token = &self.words[at];
        if is_one_of(token, &["first", "last", "lastly", "finally"]) {
            let (subject, plain) = self.subject(at);
            // `first agent-1`
            let behind = self.agents_behind(at + 1);
            let agents = if subject.is_empty() { behind } else { subject };
            if agents.is_empty() && !plain {
                return Some(Claim::OfSomething);
            }
            return Some(match token.is("first") {
                true => Claim::Before(agents, Whom::Others),
                false => Claim::After(agents, Whom::Others),
            });
        }
        if is_one_of(token, &["second", "third", "earlier", "sooner", "later"])
            && !self.words.get(at + 1).is_some_and(|t| t.is("than"))
        {
            return Some(Claim::OfSomething);
        }
        // `1. agent-1 2. agent-3`
        if is_number(token) && !self.agents_behind(at + 1).is_empty() {
            return Some(Claim::OfSomething);
        }
        let pair = |[one, two]: &[&str; 2]| {
            token.is(one) && self.words.get(at + 1).is_some_and(|t| t.is(two))
        };
        let earlier = BEFORE_PAIRS.iter().any(pair);
        let pairs = usize::from(earlier || AFTER_PAIRS.iter().any(pair));
        let before = earlier
            || is_one_of(token, &BEFORE)
            || matches!(token, Token::Arrow(_) | Token::Word(">"));
        if !before && pairs == 0 && !is_one_of(token, &AFTER) {
            return None;
        }
        let whom = self.whom(at + 1 + pairs)?;
        let (subject, _) = self.subject(at);
        let subject = match token.is("then") && subject.is_empty() {
            true if self.before.is_empty() => return None,
            true => self.before.to_vec(),
            false => subject,
        };
        // `not before agent-1`
        let denied = self.words[..at]
            .iter()
            .rev()
            .take(4)
            .any(|t| is_one_of(t, &["not", "never", "cannot", "can't", "don't", "mustn't"]));
        Some(match before != denied {
            true => Claim::Before(subject, whom),
            false => Claim::After(subject, whom),
        })
    }

    /// Whom a word is said of: the agents before it, or nobody who is named; and whether nothing
    /// else stands before it.
    fn subject(&self, at: usize) -> (Vec<String>, bool) {
        let before = &self.words[..at];
        let joined = |t: &&Token<'_>| {
            agents_in(t, self.names).is_some() || is_one_of(t, &["and", "&", "+", "both"])
        };
        let fills = |t: &&Token<'_>| is_one_of(t, &FILLS) && agents_in(t, self.names).is_none();
        let rest = before.iter().rev().skip_while(fills);
        let mut agents: Vec<String> = rest
            .clone()
            .take_while(joined)
            .filter_map(|t| agents_in(t, self.names))
            .flatten()
            .collect();
        agents.reverse();
        let plain = rest.clone().next().is_none();
        // `agent-1 imports the table before agent-3`: the nearest one that is named.
        let is_relation = !is_one_of(&self.words[at], &["first", "last", "lastly", "finally"]);
        if agents.is_empty() && is_relation {
            agents = rest
                .clone()
                .take(FARTHEST)
                .find_map(|t| agents_in(t, self.names))
                .unwrap_or_default();
        }
        (agents, plain)
    }

    fn agents_behind(&self, from: usize) -> Vec<String> {
        let words = &self.words[from.min(self.words.len())..];
        let fills = |t: &&Token<'_>| {
            is_one_of(t, &["the", "lane", "lanes", "of", "work", "both", "is", "has"])
                && agents_in(t, self.names).is_none()
        };
        let rest = words.iter().skip_while(fills);
        let joined = |t: &&Token<'_>| {
            agents_in(t, self.names).is_some() || is_one_of(t, &["and", "&", "+", "or"])
        };
        rest.take_while(joined).filter_map(|t| agents_in(t, self.names)).flatten().collect()
    }

    fn whom(&self, from: usize) -> Option<Whom> {
        let agents = self.agents_behind(from);
        if !agents.is_empty() {
            return Some(Whom::Agents(agents));
        }
        let words = self.words[from.min(self.words.len())..].iter();
        let mut rest = words.skip_while(|t| is_one_of(t, &["the", "of"]));
        rest.next().is_some_and(|t| is_one_of(t, &ALL)).then_some(Whom::All)
    }
}

/// Whether a reason would be read as an order. `several`: its step has several agents.
pub(super) fn tells_an_order(text: &str, names: &Names, several: bool) -> bool {
    let found = claims(text, names);
    found.iter().any(|(claim, _)| several || !matches!(claim, Claim::Unclear | Claim::OfSomething))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names() -> Names {
        Names::of(["agent-1", "agent-2", "agent-3", "agent-4"].into_iter())
    }

    #[test]
    fn what_a_reason_says_about_the_order() {
        let one = |name: &str| vec![name.to_owned()];
        let agents = |name: &str| Whom::Agents(one(name));
        for (text, claim) in [
            ("agent-1 first", Claim::Before(one("agent-1"), Whom::Others)),
            ("agent-1 must land first", Claim::Before(one("agent-1"), Whom::Others)),
            ("first agent-1", Claim::Before(one("agent-1"), Whom::Others)),
            ("agent-3 last", Claim::After(one("agent-3"), Whom::Others)),
            ("lands first", Claim::Before(Vec::new(), Whom::Others)),
            ("agent-3 after agent-1", Claim::After(one("agent-3"), agents("agent-1"))),
            ("agent-3 lands once agent-1 is in", Claim::After(one("agent-3"), agents("agent-1"))),
            ("agent-3 depends on agent-1", Claim::After(one("agent-3"), agents("agent-1"))),
            ("agent-3 waits for `agent-1`", Claim::After(one("agent-3"), agents("agent-1"))),
            ("after agent-1 imports it", Claim::After(Vec::new(), agents("agent-1"))),
            ("it must land before agent-3", Claim::Before(Vec::new(), agents("agent-3"))),
            ("agent-1 before the others", Claim::Before(one("agent-1"), Whom::All)),
            ("agent-1 → agent-3", Claim::Before(one("agent-1"), agents("agent-3"))),
            ("agent-1, then agent-3", Claim::Before(one("agent-1"), agents("agent-3"))),
            ("before everything else", Claim::Before(Vec::new(), Whom::All)),
            (
                "agent-3 must not land before agent-1",
                Claim::After(one("agent-3"), agents("agent-1")),
            ),
            ("agent-1 goes ahead of agent-3", Claim::Before(one("agent-1"), agents("agent-3"))),
            ("agent-3 rebases on agent-1", Claim::After(one("agent-3"), agents("agent-1"))),
            ("depends on: agent-1", Claim::After(Vec::new(), agents("agent-1"))),
            ("needs: agent-1", Claim::After(Vec::new(), agents("agent-1"))),
            ("agent-3 second", Claim::OfSomething),
            ("1. agent-1", Claim::OfSomething),
            ("1) agent-1", Claim::OfSomething),
            ("in this order", Claim::Unclear),
            ("in order", Claim::Unclear),
            ("one after another", Claim::Unclear),
            ("the tables come first", Claim::OfSomething),
        ] {
            let found: Vec<Claim> =
                claims(text, &names()).into_iter().map(|(claim, _)| claim).collect();
            assert_eq!(found, [claim], "{text}");
        }
        for text in [
            "agent-1 imports the new table",
            "after lunch",
            "before the release",
            "endpoint depends on schema",
            "in order to keep it small",
            "in any order",
            "they share a fixture",
            "\"agent-1 first\"",
        ] {
            assert!(claims(text, &names()).is_empty(), "{text}");
        }
    }

    #[test]
    fn what_is_first_concerns_a_step_of_several_agents() {
        for (text, one, several) in [
            ("migration must land first; agent-1 imports the new table", false, true),
            ("in this order", false, true),
            ("agent-1 first", true, true),
        ] {
            assert_eq!(tells_an_order(text, &names(), false), one, "{text}");
            assert_eq!(tells_an_order(text, &names(), true), several, "{text}");
        }
    }
}
