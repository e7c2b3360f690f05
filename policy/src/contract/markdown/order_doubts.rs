//! Whether the merge order could be meant in two ways: lists of agents that may be one step or
//! several, and words such as `first` that are not true. Reads no line itself.

use std::ops::Range;

use super::super::draft::DraftStep;
use super::super::source::Shown;
use super::Reader;
use super::lex::{Token, tokens};
use super::line::Line;

/// What a word such as `first` says of its step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ordinal {
    At(usize),
    Last,
}

impl Ordinal {
    fn of(token: &Token<'_>) -> Option<Self> {
        Some(match token.lower()?.as_str() {
            "first" => Self::At(0),
            "second" => Self::At(1),
            "third" => Self::At(2),
            "last" | "lastly" | "finally" => Self::Last,
            _ => return None,
        })
    }
}

/// Several agents of one step with commas between them: where, and whether there is an `and` too.
#[derive(Debug)]
pub(super) struct Listed {
    at: Range<usize>,
    and: bool,
}

impl Listed {
    /// The list that some tokens are; `None` when no comma is in it.
    pub(super) fn of(at: Range<usize>, tokens: &[Token<'_>]) -> Option<Self> {
        let and = tokens.iter().any(|token| token.is("and") || token.is("&"));
        let commas = tokens.iter().any(|token| matches!(token, Token::Comma(_)));
        commas.then_some(Self { at, and })
    }
}

/// The number or the word that a reason is, where it is nothing but a place.
fn place_said(text: &str) -> Option<&str> {
    let fills = ["step", "position", "place", "order", "no", "number", "nr", "rank", "priority"];
    let tokens = tokens(text, &|_| false);
    let says = |token: &&Token<'_>| {
        !matches!(token, Token::Colon(_) | Token::Stop(_))
            && !fills.iter().any(|word| token.is(word))
    };
    let said: Vec<&Token<'_>> = tokens.iter().filter(says).collect();
    let [Token::Word(word)] = said.as_slice() else { return None };
    let is_number = || word.trim_end_matches([')', '.']).parse::<u64>().is_ok();
    (Ordinal::of(&Token::Word(word)).is_some() || is_number()).then_some(*word)
}

/// Whether a reason would be read as the place of its step.
pub(super) fn is_a_place(text: &str) -> bool {
    place_said(text).is_some()
}

impl Reader<'_, '_> {
    /// Among steps in a row, in one line, a list may be one more step, or several.
    pub(super) fn lists_in_a_row(&mut self, lists: &[Listed]) {
        for list in lists.iter().filter(|list| !list.and) {
            self.unclear_list(&list.at);
        }
    }

    fn unclear_list(&mut self, at: &Range<usize>) {
        let help = "put `then` between steps; say `in any order` behind the agents of one step, or join \
                    them by `and` alone";
        let message = "it is not clear whether these land one after another";
        self.problems.error("order-unclear", at, message, help);
    }

    /// Remembers words such as `first`, to see that they are true.
    pub(super) fn note_ordinal(&mut self, line: &Line, token: &Token<'_>) {
        let Some(place) = Ordinal::of(token) else { return };
        self.ordinals.push((self.draft.order.len(), place, line.place(token.text())));
    }

    /// A number that a step says of itself, which has to rise: `Step 2: agent-1`.
    pub(super) fn note_number(&mut self, line: &Line, token: &Token<'_>) {
        let digits = token.text().trim_end_matches([')', '.']);
        let Ok(number) = digits.parse::<u64>() else { return };
        if let Some(last) = self.last_stated.filter(|last| number <= *last) {
            let message = format!("step {number} stands below step {last}");
            let help = "write the steps in the order in which they land, the agents of one step \
                        in one line, joined by `and`";
            self.problems.error("order-numbers", &line.at(token.text()), message, help);
        }
        self.last_stated = Some(number);
    }

    /// A reason that is nothing but a place: `(2)`, `step 2`, `second`.
    pub(super) fn place_in_reason(&mut self, line: &Line, text: &str, step: usize) {
        let Some(word) = place_said(text) else { return };
        match Ordinal::of(&Token::Word(word)) {
            // What is first or last is a claim, and looked at there.
            Some(place @ Ordinal::At(1..)) => self.ordinals.push((step, place, line.place(word))),
            Some(_) => {}
            None => self.note_number(line, &Token::Word(word)),
        }
    }

    /// The number of a row, which has to be what its place says.
    pub(super) fn row_number(&mut self, cell: &Line) {
        let tokens = self.tokens(&cell.text);
        let text = cell.text.trim_end_matches(['.', ')']).to_lowercase();
        let digits = text.trim_start_matches("step").trim_start_matches(['#', ' ']);
        let Ok(number) = digits.parse::<u64>() else {
            match &tokens[..] {
                [word] if Ordinal::of(word).is_some() => self.note_ordinal(cell, word),
                _ => {
                    let message = format!("{} is no number of a step", Shown(&cell.text));
                    let help = "rows land one after another; `after` is a column of its own";
                    self.problems.error("table-cell", &cell.whole(), message, help);
                }
            }
            return;
        };
        if let Some(last) = self.last_number.filter(|last| number <= *last) {
            let message = format!("step {number} stands below step {last}");
            let help = "write the steps in the order in which they land, the agents of one step \
                        in one row, joined by `and`";
            self.problems.error("order-numbers", &cell.whole(), message, help);
        }
        self.last_number = Some(number);
    }

    /// Says where the order contradicts itself, or could be meant in two ways.
    pub(super) fn check_order(&mut self) {
        self.check_ordinals();
        self.check_claims();
        self.check_unread();
        // Nobody writes an order to say that there is none.
        if let Some(list) = self.alone.take()
            && let [DraftStep { after: None, .. }] = &self.draft.order[..]
        {
            self.unclear_list(&list.at);
        }
        self.check_any_order();
    }

    /// Says where a section names agents and has no step at all that is read.
    fn check_unread(&mut self) {
        let unread = std::mem::take(&mut self.unread_steps);
        if let Some(first) = unread.first().filter(|_| self.draft.order.is_empty()) {
            let message = format!("{} is no step, and there is no other", Shown(&first.value));
            let help = "one step a line, such as `1. agent-2`, in a list; a heading is no step";
            self.problems.error("order-unclear", &first.at, message, help);
        }
    }

    /// Says where words such as `first` contradict the order that is written.
    fn check_ordinals(&mut self) {
        for (step, ordinal, word) in std::mem::take(&mut self.ordinals) {
            let last = self.draft.order.len().saturating_sub(1);
            let holds = match ordinal {
                Ordinal::At(place) => place == step,
                Ordinal::Last => step == last,
            };
            if !holds {
                let message =
                    format!("{} is said of step {} of {}", Shown(&word.value), step + 1, last + 1);
                let help = "write the steps in the order in which they land";
                self.problems.error("order-unclear", &word.at, message, help);
            }
        }
    }
}
