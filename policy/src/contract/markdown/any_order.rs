//! A merge order that says that any order will do, such as `In any order.`: one step of all agents.
//! It was chosen, other than a section that is missing.

use super::super::draft::{DraftStep, Text};
use super::Reader;
use super::line::Line;
use super::signs::{ENDS, fold};

/// Who lands, before what is said of the order.
const SUBJECT: [&str; 14] = [
    "the", "all", "each", "every", "lanes", "lane", "agents", "agent", "branches", "branch", "may",
    "can", "land", "merge",
];
const ANY: [&str; 15] = [
    "any",
    "any order",
    "any order will do",
    "any order is fine",
    "in any order",
    "no order",
    "no order needed",
    "no particular order",
    "in no particular order",
    "in parallel",
    "at any time",
    "any time",
    "anytime",
    "none",
    "none needed",
];

/// Whether a text says that any order will do, and nothing else.
pub(super) fn says_any_order(text: &str) -> bool {
    let mark = |c: char| c.is_whitespace() || "*_()".contains(c);
    let bare = text.trim_matches(mark).trim_end_matches(ENDS).trim_end_matches(':');
    let words = fold(bare.trim_matches(mark)).to_lowercase().replace(',', " ");
    let words = words.split_whitespace().skip_while(|word| SUBJECT.contains(word));
    ANY.contains(&words.collect::<Vec<_>>().join(" ").as_str())
}

impl Reader<'_, '_> {
    /// Whether a line says that any order will do. It is remembered, to see that nothing else is said.
    pub(super) fn any_order(&mut self, line: &Line) -> bool {
        let says =
            !self.names.is_known(line.text.trim_end_matches('.')) && says_any_order(&line.text);
        if says {
            self.any_order.get_or_insert_with(|| Text::new(line.text.clone(), line.whole()));
        }
        says
    }

    /// Makes the step of all agents, or says that the steps tell otherwise.
    pub(super) fn check_any_order(&mut self) {
        let Some(said) = self.any_order.take() else { return };
        match self.draft.order.len() {
            0 if !self.draft.agents.is_empty() => {
                let agents = self.draft.agents.iter().map(|agent| agent.name.clone()).collect();
                let step = DraftStep { at: said.at, agents, after: None, because: None };
                self.draft.order.push(step);
            }
            0 | 1 => {}
            _ => {
                let message = "any order will do, says this, and steps are written beside it";
                let help = "take one of the two out; agents of one step, which land in any order, are \
                            joined by `and`";
                self.problems.error("order-unclear", &said.at, message, help);
            }
        }
    }
}
