//! What reads like an order where none is read: steps in headings, numbers below a step, a remark behind
//! the section's name, a line that turns the list round.

use super::super::source::Shown;
use super::Reader;
use super::blocks::Entry;
use super::lex::Token;
use super::line::Line;
use super::merge_order::{LANDS, is_lead};

impl Reader<'_, '_> {
    /// Agents that are numbered below a step: people read one after another, not one step.
    pub(super) fn numbered_below(&mut self, line: &Line, tokens: &[Token<'_>], children: &[Entry]) {
        let together = ["parallel", "together", "any", "either", "both"];
        let is_step = |child: &&Entry| {
            child.number.is_some() && super::paragraphs::starts_step(&child.line, self)
        };
        let Some(first) = children.iter().find(is_step) else { return };
        if !tokens.iter().any(|token| together.iter().any(|word| token.is(word))) {
            let at = first.line.whole();
            let message = format!("these are numbered below {}", Shown(&line.text));
            let help = "steps stand in one list, one below the other; agents of one step in one line, \
                        joined by `and`";
            self.problems.error("order-unclear", &at, message, help);
        }
    }

    /// Whether a word joins agents to their numbers, or to each other, by a sign that is no token:
    /// `agent-1=2`, `2=agent-1`, `agent-2>agent-1`, `agent-1#2`.
    pub(super) fn holds_joined_names(&self, tokens: &[Token<'_>]) -> bool {
        let joins = |c: char| !(c.is_alphanumeric() || "._-/\\".contains(c));
        let is_number = |part: &str| {
            let digits = part.trim_end_matches(|c: char| c.is_ascii_alphabetic());
            !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
        };
        tokens.iter().any(|token| {
            let Token::Word(word) = token else { return false };
            let parts: Vec<&str> = word.split(joins).filter(|part| !part.is_empty()).collect();
            let is_name = |part: &&&str| self.names.agents_in(part).is_some();
            let names = parts.iter().filter(is_name).count();
            parts.len() > 1
                && names > 0
                && parts.iter().all(|part| is_name(&part) || is_number(part))
        })
    }

    /// Whether a paragraph is an agent and hardly more: `II. agent-1`.
    pub(super) fn is_nearly_a_step(&self, tokens: &[Token<'_>]) -> bool {
        let names = tokens.iter().filter(|t| self.is_agent(t)).count();
        let words = tokens.iter().filter(|t| matches!(t, Token::Word(_) | Token::Quoted(..)));
        names > 0 && words.count() <= names + 2
    }

    /// What stands behind the section's name: the order, where there is no other, or a remark, which
    /// has to be true.
    pub(super) fn order_remark(&mut self, remark: &Line) {
        let line = remark.clone().plain(|word| self.names.is_emphasised(word));
        let tokens = self.tokens(&line.text);
        let asks = ["who", "which", "what", "how", "when", "why", "whose"];
        if tokens.first().is_some_and(|first| asks.iter().any(|word| first.is(word))) {
            return;
        }
        let names = tokens.iter().filter(|t| self.is_agent(t)).count();
        if self.draft.order.is_empty()
            || self.tells_an_order(&tokens, names, |_| false)
            || self.holds_joined_names(&tokens)
        {
            self.order_lines(vec![line]);
        } else if !self.any_order(&line) {
            self.claims_of_heading(&line);
        }
    }

    /// Whether a paragraph that names no agent but in parentheses says who lands when.
    pub(super) fn tells_an_order(
        &self,
        tokens: &[Token<'_>],
        names: usize,
        says: impl Fn(&Token<'_>) -> bool,
    ) -> bool {
        if names > 0 {
            return false;
        }
        let backwards = ["reverse", "reversed", "backwards", "upwards", "descending"];
        // `from top to bottom` is how everybody reads.
        let bottom = |at: usize| {
            let before = tokens[..at].iter().rev().find(|token| !token.is("the"));
            tokens[at].is("bottom") && !before.is_some_and(|token| token.is("to"))
        };
        let end = ["from", "the", "end"];
        let last = ["last", "one", "first"];
        let in_parentheses = |token: &Token<'_>| match token {
            Token::Paren(inner) => self.tokens(inner).iter().any(|t| self.is_agent(t)),
            _ => false,
        };
        let one_of = |token: &Token<'_>, words: &[&str]| words.iter().any(|word| token.is(word));
        let verbs = ["land", "lands", "merge", "merges", "go", "goes", "come", "comes"];
        let all = ["everything", "everybody", "anything", "all"];
        tokens.iter().any(in_parentheses) && tokens.iter().any(says)
            || tokens.iter().any(|t| one_of(t, &backwards))
            || (0..tokens.len()).any(bottom)
            || tokens.windows(3).any(|three| three.iter().zip(end).all(|(t, word)| t.is(word)))
            || tokens.iter().filter(|t| t.value().is_some_and(|word| word != "the")).count() == 3
                && tokens.windows(3).any(|three| three.iter().zip(last).all(|(t, w)| t.is(w)))
            || tokens.windows(2).any(|two| {
                one_of(&two[0], &verbs) && one_of(&two[1], &["first", "last"])
                    || one_of(&two[0], &["before", "after"]) && one_of(&two[1], &all)
                    || one_of(&two[0], &["last", "newest", "latest"]) && two[1].is("first")
                    || two[0].is("to") && one_of(&two[1], &["left", "top", "first"])
            })
    }
}

/// Whether a heading is a step: `1. agent-2`, `Then agent-1`, `Step 2: agent-3`.
pub(super) fn is_step_heading(line: &Line, reader: &Reader<'_, '_>) -> bool {
    let tokens = reader.tokens(&line.text);
    let lead = tokens.iter().take_while(|token| is_lead(token)).count();
    let filling = ["the", "and", "merge", "order", "is", "land"];
    let orders = tokens[..lead]
        .iter()
        .any(|token| matches!(token, Token::Word(_)) && !filling.iter().any(|word| token.is(word)));
    orders && tokens.get(lead).is_some_and(|token| reader.is_agent(token))
}

/// Whether a line is steps and nothing else: `agent-2, then agent-1`.
pub(super) fn is_bare_steps(line: &Line, reader: &Reader<'_, '_>) -> bool {
    let tokens = reader.tokens(&line.text);
    let bare = |token: &Token<'_>| {
        is_lead(token)
            || matches!(token, Token::Paren(_))
            || reader.is_agent(token)
            || super::path_list::is_joint(token)
            || token.lower().is_some_and(|word| LANDS.contains(&word.as_str()))
    };
    tokens.iter().any(|token| reader.is_agent(token)) && tokens.iter().all(bare)
}
