//! What the reasons of the merge order say about the order: `agent-1 first`, `before agent-3`,
//! `in this order`. People read it as the order, so it has to be what is written as one.

use std::cell::Cell;
use std::collections::{HashMap, HashSet};

use super::super::draft::{DraftStep, Text};
use super::Reader;
use super::free_text::{OF_STEPS, is_quoted};
use super::lex::{Token, span, tokens};
use super::line::Line;
use super::words::Names;

/// How many searches the claims may take; nobody writes as many, and what is not looked at is unclear.
const MOST_SEARCHES: usize = 2000;
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

/// A claim of a step's reason, with its place.
#[derive(Debug)]
pub(super) struct Claimed {
    step: usize,
    claim: Claim,
    at: Text,
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
    let tokens = tokens(text, &|word| names.is_known(word));
    let mut found = Vec::new();
    let mut last = Vec::new();
    let is_mark = |t: &Token<'_>| {
        matches!(t, Token::Comma(_) | Token::Semicolon(_) | Token::Stop(_) | Token::Dash(_))
            || matches!(t, Token::Colon(_))
    };
    for clause in tokens.split(is_mark).filter(|clause| !clause.is_empty()) {
        let claims = Clause { words: clause, names, before: &last }.claims();
        found.extend(claims.into_iter().map(|claim| (claim, clause.to_vec())));
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

fn agents_in(token: &Token<'_>, names: &Names) -> Option<Vec<String>> {
    let word = match token {
        Token::Word(word) => word,
        Token::Quoted(_, value) => value.as_str(),
        _ => return None,
    };
    Some(names.agents_in(word)?.into_iter().map(|(name, _)| name).collect())
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
        let is_number = |t: &Token<'_>| t.text().bytes().all(|byte| byte.is_ascii_digit());
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

impl Reader<'_, '_> {
    /// The reason of a step. What it says about the order is remembered, to see that it is true.
    pub(super) fn reason(&mut self, line: &Line, text: &str, step: usize) -> String {
        for (claim, words) in claims(text, &self.names) {
            let at = line.place(span(line, &words));
            self.claims.push(Claimed { step, claim, at });
        }
        self.free_text(line, text, &OF_STEPS)
    }

    /// Says where a reason tells another order than the one that is written.
    pub(super) fn check_claims(&mut self) {
        let claims = std::mem::take(&mut self.claims);
        if claims.is_empty() {
            return;
        }
        let order = Order::of(&self.draft.order);
        let untrue = claims.into_iter().filter(|claimed| !order.holds(claimed));
        let untrue: Vec<Text> = untrue.map(|claimed| claimed.at).collect();
        for at in untrue {
            let message = format!(
                "{} reads like an order, but is none that is written",
                super::Shown(&at.value)
            );
            let help = "one step a line, or `then` between steps, or `after agent-1` behind the \
                        agent that waits; a reason in other words, or in double quotes, stays one";
            self.problems.error("order-unclear", &at.at, message, help);
        }
    }
}

/// The steps as they are written.
struct Order<'d> {
    steps: &'d [DraftStep],
    /// In which step an agent lands.
    places: HashMap<&'d str, usize>,
    /// Which steps wait for an agent by name.
    waiting: HashMap<&'d str, Vec<usize>>,
    searches: Cell<usize>,
}

impl<'d> Order<'d> {
    fn of(steps: &'d [DraftStep]) -> Self {
        let mut places = HashMap::new();
        let mut waiting: HashMap<&str, Vec<usize>> = HashMap::new();
        for (number, step) in steps.iter().enumerate() {
            for agent in &step.agents {
                places.entry(agent.value.as_str()).or_insert(number);
            }
            for agent in step.after.iter().flatten() {
                waiting.entry(agent.value.as_str()).or_default().push(number);
            }
        }
        Self { steps, places, waiting, searches: Cell::new(0) }
    }

    fn holds(&self, claimed: &Claimed) -> bool {
        let Some(step) = self.steps.get(claimed.step) else { return true };
        let own: Vec<&str> = step.agents.iter().map(|agent| agent.value.as_str()).collect();
        let (subject, whom, first) = match &claimed.claim {
            Claim::Unclear | Claim::OfSomething => return own.len() < 2,
            Claim::Before(subject, whom) => (subject, whom, true),
            Claim::After(subject, whom) => (subject, whom, false),
        };
        let subject: Vec<&str> = match subject.as_slice() {
            [] => own.clone(),
            named => named.iter().map(String::as_str).collect(),
        };
        let others = |agents: Vec<&'d str>| -> Vec<&'d str> {
            agents.into_iter().filter(|agent| !subject.contains(agent)).collect()
        };
        let all = || self.places.keys().copied().collect::<Vec<_>>();
        let objects: Vec<&str> = match whom {
            Whom::Agents(agents) => agents.iter().map(String::as_str).collect(),
            Whom::All => others(all()),
            Whom::Others => match others(own.clone()) {
                // The whole step, which is alone in landing first.
                beside if beside.is_empty() => others(all()),
                beside => beside,
            },
        };
        let known = |agents: &[&str]| agents.iter().all(|agent| self.places.contains_key(agent));
        if !known(&subject) || !known(&objects) {
            return true;
        }
        let (earlier, later) = if first { (subject, objects) } else { (objects, subject) };
        let later: HashSet<usize> = later.iter().map(|agent| self.places[agent]).collect();
        let earlier: HashSet<usize> = earlier.iter().map(|agent| self.places[agent]).collect();
        let searches = earlier.len().min(later.len());
        self.searches.set(self.searches.get() + searches);
        if self.searches.get() > MOST_SEARCHES {
            return false;
        }
        let from_earlier = earlier.len() < later.len();
        let (begins, ends) = if from_earlier { (earlier, later) } else { (later, earlier) };
        begins.iter().all(|begin| {
            let found = if from_earlier { self.behind(*begin) } else { self.ahead(*begin) };
            ends.iter().all(|end| end != begin && found[*end])
        })
    }

    /// Which steps land after one.
    fn behind(&self, from: usize) -> Vec<bool> {
        let mut found = vec![false; self.steps.len()];
        let mut todo = vec![from];
        // From here on whatever waits for all above it has been found.
        let mut done = self.steps.len();
        while let Some(step) = todo.pop() {
            let below = (step + 1..done).filter(|at| self.steps[*at].after.is_none());
            let names = self.steps[step].agents.iter();
            let named = names.filter_map(|agent| self.waiting.get(agent.value.as_str())).flatten();
            for next in below.chain(named.copied()) {
                if !std::mem::replace(&mut found[next], true) {
                    todo.push(next);
                }
            }
            done = done.min(step + 1);
        }
        found
    }

    /// Which steps land before one.
    fn ahead(&self, from: usize) -> Vec<bool> {
        let mut found = vec![false; self.steps.len()];
        let mut todo = vec![from];
        // Up to here everything has been found.
        let mut done = 0;
        while let Some(step) = todo.pop() {
            let after = self.steps[step].after.as_ref();
            let above = if after.is_none() { done..step.max(done) } else { 0..0 };
            done = done.max(above.end);
            let named = after.into_iter().flatten();
            let named = named.filter_map(|agent| self.places.get(agent.value.as_str()));
            for next in above.chain(named.copied()) {
                if !std::mem::replace(&mut found[next], true) {
                    todo.push(next);
                }
            }
        }
        found
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
            ("agent-3 second", Claim::OfSomething),
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
