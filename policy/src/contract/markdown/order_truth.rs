//! Whether what the reasons of the merge order say of it is true. People read it as the order, so it
//! has to be what is written as one.

use std::cell::Cell;
use std::collections::{HashMap, HashSet};

use super::super::draft::{DraftStep, Text};
use super::super::source::Shown;
use super::Reader;
use super::free_text::OF_STEPS;
use super::lex::span;
use super::line::Line;
use super::order_claims::{Claim, Whom, claims};

/// How many searches the claims may take; nobody writes as many, and what is not looked at is unclear.
const MOST_SEARCHES: usize = 2000;

/// A claim of a step's reason, with its place.
#[derive(Debug)]
pub(super) struct Claimed {
    step: usize,
    claim: Claim,
    at: Text,
}

impl Reader<'_, '_> {
    /// The reason of a step. What it says about the order is remembered, to see that it is true.
    pub(super) fn reason(&mut self, line: &Line, text: &str, step: usize) -> String {
        self.place_in_reason(line, text, step);
        for (claim, words) in claims(text, &self.names) {
            let at = line.place(span(line, &words));
            self.claims.push(Claimed { step, claim, at });
        }
        self.free_text(line, text, &OF_STEPS)
    }

    /// What the heading says about the order, of agents that it names.
    pub(super) fn claims_of_heading(&mut self, line: &Line) {
        for (claim, words) in claims(&line.text, &self.names) {
            let of_named = matches!(&claim, Claim::Before(agents, _) | Claim::After(agents, _)
                if !agents.is_empty());
            if of_named {
                let at = line.place(span(line, &words));
                self.claims.push(Claimed { step: 0, claim, at });
            }
        }
    }

    /// Remembers what prose outside of the merge order says of the order of two agents that it names.
    pub(super) fn note_order(&mut self, line: &Line) {
        let words = line.text.split([' ', ',', '.', '*', '`']);
        if words.filter(|word| self.names.is_known(word)).take(2).count() < 2 {
            return;
        }
        for (claim, words) in claims(&line.text, &self.names) {
            let of_two = matches!(&claim, Claim::Before(agents, Whom::Agents(_))
                | Claim::After(agents, Whom::Agents(_)) if !agents.is_empty());
            if of_two {
                let at = line.place(span(line, &words));
                self.told.push(Claimed { step: 0, claim, at });
            }
        }
    }

    /// Warns of what prose says about the order where the steps say another one, or none.
    pub(super) fn check_told(&mut self) {
        let told = std::mem::take(&mut self.told);
        if told.is_empty() {
            return;
        }
        let order = Order::of(&self.draft.order);
        let unheard = told.into_iter().filter(|told| order.steps.is_empty() || !order.holds(told));
        let unheard: Vec<Text> = unheard.map(|told| told.at).collect();
        for at in unheard {
            let message = format!(
                "{} is not what the merge order says, and nothing holds to it",
                Shown(&at.value)
            );
            let help =
                "write it as a step under Merge order: one a line, or `agent-2 after agent-1`";
            self.problems.warn("sentence-unheard", &at.at, message, help);
        }
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
            let message =
                format!("{} reads like an order, but is none that is written", Shown(&at.value));
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

#[cfg(test)]
mod tests {
    use super::*;

    fn step(agents: &[&str], after: Option<&[&str]>) -> DraftStep {
        let texts = |names: &[&str]| -> Vec<Text> {
            names.iter().map(|name| Text::new((*name).to_owned(), 0..0)).collect()
        };
        DraftStep { at: 0..0, agents: texts(agents), after: after.map(texts), because: None }
    }

    #[test]
    fn both_directions_of_the_search_find_the_same() {
        let steps = [
            step(&["a", "b"], None),
            step(&["c"], Some(&[])),
            step(&["d"], Some(&["f"])),
            step(&["e"], Some(&["a"])),
            step(&["f"], None),
            step(&["g"], Some(&["c"])),
        ];
        let order = Order::of(&steps);
        for from in 0..steps.len() {
            for to in 0..steps.len() {
                assert_eq!(order.behind(from)[to], order.ahead(to)[from], "{from} {to}");
            }
        }
        let pairs = (0..36).filter(|at| order.behind(at / 6)[at % 6]);
        let pairs: Vec<(usize, usize)> = pairs.map(|at| (at / 6, at % 6)).collect();
        // The third waits for the fifth, which waits for all above it, the third too.
        assert_eq!(
            pairs,
            [
                (0, 2),
                (0, 3),
                (0, 4),
                (1, 2),
                (1, 4),
                (1, 5),
                (2, 2),
                (2, 4),
                (3, 2),
                (3, 4),
                (4, 2),
                (4, 4)
            ]
        );
    }
}
