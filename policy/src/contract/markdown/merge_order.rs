//! The section Merge order: a list with one step a line, a table, or a single line such as
//! `agent-2 lands first, then agent-1`.

use super::super::draft::{DraftStep, Text};
use super::Reader;
use super::blocks::{Entry, Table};
use super::lex::Token;
use super::line::Line;
use super::order_doubts::Listed;
use super::shared::rest_of;
use super::signs::bare;
use super::words::could_be_agent;

const EXPECTED: &str = "one step a line, such as `1. agent-2 (the migration first)`, or one line: \
                        `agent-2 lands first, then agent-1, then agent-3`";

/// Words before the first agent of a step.
const LEADS: [&str; 16] = [
    "then", "first", "next", "finally", "last", "lastly", "and", "the", "merge", "order", "is",
    "land", "second", "third", "step", "followed",
];
/// Words after the agents of a step.
pub(super) const LANDS: [&str; 25] = [
    "lands", "land", "merges", "merge", "goes", "go", "first", "last", "next", "second", "third",
    "finally", "together", "in", "parallel", "any", "order", "is", "merged", "comes", "follows",
    "by", "has", "have", "landed",
];

/// Words that make a paragraph that names agents an order.
const ORDERS: [&str; 18] = [
    "then", "first", "last", "after", "before", "anytime", "any", "lands", "order", "once", "land",
    "until", "precedes", "follows", "waits", "earlier", "later", "step",
];

fn says_an_order(token: &Token<'_>) -> bool {
    matches!(token, Token::Arrow(_))
        || token.lower().is_some_and(|word| ORDERS.contains(&word.as_str()))
}

/// A step as it is read.
struct Step {
    draft: DraftStep,
    /// Whether it says that its agents land in any order.
    any_order: bool,
}

impl Reader<'_, '_> {
    pub(super) fn order_entry(&mut self, entry: &Entry) {
        let line = &entry.line;
        // `- 2) agent-1` is a list in an item.
        if let ([only], true) = (&entry.children[..], line.text.is_empty()) {
            return self.order_entry(only);
        }
        if self.merge_key(line) || entry.children.is_empty() && self.any_order(line) {
            entry.children.iter().for_each(|child| self.refuse_children(child));
            return;
        }
        let before = self.draft.order.len();
        let tokens = self.tokens(&line.text);
        if let (Some(number), Some(last)) = (entry.number, self.last_number)
            && number < last
        {
            let message = format!("step {number} stands below step {last}");
            let help = "write the steps in the order in which they land";
            self.problems.error("order-numbers", &line.whole(), message, help);
        }
        self.last_number = entry.number.or(self.last_number);
        self.numbered_below(line, &tokens, &entry.children);
        if !self.parallel_step(line, &tokens, entry) {
            self.steps(line, &tokens);
        }
        for child in &entry.children {
            self.refuse_children(child);
            self.step_detail(before, child);
        }
    }

    /// `1. in parallel:` with the agents nested.
    fn parallel_step(&mut self, line: &Line, tokens: &[Token<'_>], entry: &Entry) -> bool {
        let words =
            ["in", "parallel", "together", "any", "order", "either", "these", "step", "both"];
        let bare = tokens.iter().all(|token| {
            matches!(token, Token::Colon(_) | Token::Comma(_))
                || token.lower().is_some_and(|w| {
                    words.contains(&w.as_str()) || w.bytes().all(|byte| byte.is_ascii_digit())
                })
        });
        if !bare || entry.children.is_empty() {
            return false;
        }
        let step = DraftStep { at: line.whole(), agents: Vec::new(), after: None, because: None };
        self.draft.order.push(step);
        true
    }

    /// What is nested below a step: further agents of it, a key, or its reason.
    fn step_detail(&mut self, step: usize, child: &Entry) {
        let line = &child.line;
        let tokens = self.tokens(&line.text);
        let Some(last) = self.draft.order.len().checked_sub(1).filter(|last| *last >= step) else {
            return;
        };
        if let Some((key, value)) = super::settings::key_value(&line.text) {
            match key.as_str() {
                "after" => {
                    let after = self.only_agents(line, value);
                    self.draft.order[last].after = Some(after);
                    return;
                }
                "because" | "reason" | "why" => {
                    let because = self.reason(line, value, last);
                    self.draft.order[last].because = Some(because);
                    return;
                }
                _ => {}
            }
        }
        let (agents, taken) = self.agent_list(line, &tokens);
        if !agents.is_empty() && taken == tokens.len() && self.draft.order[last].because.is_none() {
            self.draft.order[last].agents.extend(agents);
            return;
        }
        if !agents.is_empty() && matches!(tokens.get(taken), Some(Token::Paren(_) | Token::Dash(_)))
        {
            let because = tokens.get(taken + usize::from(matches!(tokens[taken], Token::Dash(_))));
            let because = because.map(|token| self.reason(line, reason_of(line, token), last));
            let step = &mut self.draft.order[last];
            step.agents.extend(agents);
            step.because = join_reasons(step.because.take(), because);
            return;
        }
        if !agents.is_empty() {
            self.not_understood(line, "", EXPECTED);
            return;
        }
        let because = self.reason(line, &line.text, last);
        let step = &mut self.draft.order[last];
        step.because = join_reasons(step.because.take(), Some(because));
    }

    /// The agents that a text lists, and nothing else.
    pub(super) fn only_agents(&mut self, line: &Line, text: &str) -> Vec<Text> {
        let tokens = self.tokens(text);
        let (agents, taken) = self.agent_list(line, &tokens);
        let nothing = ["nothing", "none", "any", "time", "anytime", "-"];
        let empty = tokens.iter().all(|t| {
            t.lower().is_some_and(|w| nothing.contains(&w.as_str())) || matches!(t, Token::Dash(_))
        });
        if agents.is_empty() && empty {
            return agents;
        }
        let rest = tokens[taken..].iter().find(|token| !matches!(token, Token::Stop(_)));
        if let Some(rest) = rest {
            self.unknown_or_not_understood(line, rest);
        }
        agents
    }

    fn unknown_or_not_understood(&mut self, line: &Line, token: &Token<'_>) {
        match token.value() {
            Some(word)
                if could_be_agent(word)
                    && word.contains(|c: char| c == '-' || c.is_ascii_digit()) =>
            {
                let name = Text::new(word.to_owned(), line.at(token.text()));
                let _ = self.known_agent(&name);
            }
            _ => self.not_understood(line, rest_of(line, token), EXPECTED),
        }
    }

    /// Paragraphs: the order in one line, or prose.
    pub(super) fn order_lines(&mut self, lines: Vec<Line>) {
        for line in lines {
            let line = line.plain(|word| self.names.is_emphasised(word));
            if self.merge_key(&line) || self.any_order(&line) {
                continue;
            }
            let tokens = self.tokens(&line.text);
            let names = tokens.iter().filter(|t| self.is_agent(t)).count();
            if names == 0 && self.restricts_a_path(&line) {
                self.not_understood(&line, "", super::restrictions::AS_ENTRY);
                continue;
            }
            let says = says_an_order;
            let shown = line.clone().shown();
            if self.tells_an_order(&tokens, names, says)
                || self.tells_an_order(&self.tokens(&shown.text), names, says)
            {
                let message = "this reads like an order, but is none that is understood";
                self.problems.error("order-unclear", &line.whole(), message, EXPECTED);
                continue;
            }
            if self.reads_as_steps(&line) {
                self.steps(&line, &tokens);
            } else if super::prose::holds_path(&line, self)
                || self.holds_marked_names(&tokens)
                || self.holds_joined_names(&tokens)
            {
                self.not_understood(&line, "", EXPECTED);
            } else if self.is_nearly_a_step(&tokens) {
                self.unread_steps.push(Text::new(line.text.clone(), line.whole()));
            }
        }
    }

    /// Whether a paragraph is read as steps.
    pub(super) fn reads_as_steps(&self, line: &Line) -> bool {
        let tokens = self.tokens(&line.text);
        let names = tokens.iter().filter(|t| self.is_agent(t)).count();
        let begins = super::paragraphs::starts_step(line, self);
        begins || names > 0 && tokens.iter().any(says_an_order) || names > 1
    }

    /// Whether a paragraph that is not read as steps names agents in quotes, links or brackets as if
    /// it were: `"agent-2", then "agent-1"`, `agents = ["agent-2"]`.
    fn holds_marked_names(&self, tokens: &[Token<'_>]) -> bool {
        let is_agent = |token: &&Token<'_>| {
            matches!(token, Token::Word(_) | Token::Quoted(..))
                && token.text().starts_with(|c: char| !c.is_alphanumeric())
                && self.names.is_known(&super::prose::word_of(token))
        };
        let names = tokens.iter().filter(is_agent).count();
        let says = |token: &Token<'_>| {
            says_an_order(token) || token.is("=") || token.is("step") || token.is("agents")
        };
        names > 1 || names > 0 && tokens.iter().any(says)
    }

    pub(super) fn is_agent(&self, token: &Token<'_>) -> bool {
        match token {
            Token::Word(word) => self.names.agents_in(word).is_some(),
            Token::Quoted(text, value) => text.starts_with('`') && self.names.is_known(value),
            _ => false,
        }
    }

    /// Whether a token parts one step from the next: an arrow, a `then`, before an agent.
    fn parts_steps(&self, tokens: &[Token<'_>], at: usize) -> bool {
        let mark = match &tokens[at] {
            Token::Arrow(_) | Token::Word(">") => true,
            token => token.is("then") || token.is("next") || token.is("finally"),
        };
        mark && self.leads_to_agent(&tokens[at..])
    }

    /// Whether an agent stands behind the words that lead to one.
    fn leads_to_agent(&self, tokens: &[Token<'_>]) -> bool {
        tokens.iter().find(|token| !is_lead(token)).is_some_and(|token| self.is_agent(token))
    }

    /// The steps that a line says.
    fn steps(&mut self, line: &Line, tokens: &[Token<'_>]) {
        let before = self.draft.order.len();
        let mut listed = Vec::new();
        self.steps_of(line, tokens, &mut listed);
        match self.draft.order.len() > before + 1 {
            true => self.lists_in_a_row(&listed),
            false => self.alone = listed.pop().filter(|_| before == 0),
        }
    }

    fn steps_of(&mut self, line: &Line, tokens: &[Token<'_>], listed: &mut Vec<Listed>) {
        let mut at = 0;
        loop {
            let lead = tokens[at..].iter().take_while(|token| is_lead(token)).count();
            for token in &tokens[at..at + lead] {
                self.note_ordinal(line, token);
                self.note_number(line, token);
            }
            at += lead;
            if at == tokens.len() {
                return;
            }
            let (agents, taken) = self.agent_list(line, &tokens[at..]);
            if agents.is_empty() {
                self.unknown_or_not_understood(line, &tokens[at]);
                return;
            }
            let names = &tokens[at..at + taken];
            let place = line.at(super::lex::span(line, names));
            at += taken;
            let draft = DraftStep { at: place, agents, after: None, because: None };
            let mut step = Step { draft, any_order: false };
            let taken = self.step_end(line, &tokens[at..], &mut step);
            if !step.any_order {
                listed.extend(Listed::of(step.draft.at.clone(), names));
            }
            self.draft.order.push(step.draft);
            let Some(taken) = taken else { return };
            at += taken;
        }
    }

    /// What follows the agents of a step, up to the words that lead to the next one; `None` when it
    /// is not understood.
    fn step_end(&mut self, line: &Line, tokens: &[Token<'_>], step: &mut Step) -> Option<usize> {
        let mut at = 0;
        let number = self.draft.order.len();
        while at < tokens.len() {
            if self.parts_steps(tokens, at) || matches!(tokens[at], Token::Stop(_)) {
                if !self.leads_to_agent(&tokens[at..]) {
                    step.draft.because = join_reasons(
                        step.draft.because.take(),
                        tokens.get(at + 1).map(|t| self.reason(line, rest_of(line, t), number)),
                    );
                    return Some(tokens.len());
                }
                return Some(at);
            }
            let end =
                (at..tokens.len()).find(|at| self.parts_steps(tokens, *at)).unwrap_or(tokens.len());
            match &tokens[at] {
                Token::Paren(inner) => {
                    self.step_parenthesis(line, inner, step);
                    at += 1;
                }
                Token::Dash(_) | Token::Colon(_) | Token::Semicolon(_) => {
                    self.reason_until(line, tokens, at + 1, end, step);
                    at = end;
                }
                Token::Comma(_) if self.leads_to_agent(&tokens[at..]) => return Some(at),
                Token::Comma(_) => at += 1,
                token if token.is("then") && at + 1 == tokens.len() => at += 1,
                token if token.is("because") || token.is("since") || token.is("as") => {
                    self.reason_until(line, tokens, at + 1, end, step);
                    at = end;
                }
                token if token.is("after") || token.is("once") => {
                    let colon = usize::from(matches!(tokens.get(at + 1), Some(Token::Colon(_))));
                    let (agents, taken) = self.agent_list(line, &tokens[at + 1 + colon..]);
                    if agents.is_empty() {
                        match tokens.get(at + 1 + colon) {
                            Some(token) => self.unknown_or_not_understood(line, token),
                            None => self.not_understood(line, token.text(), EXPECTED),
                        }
                        return None;
                    }
                    step.draft.after.get_or_insert_default().extend(agents);
                    at += 1 + colon + taken;
                }
                token => match any_time(&tokens[at..]) {
                    Some(words) => {
                        step.draft.after.get_or_insert_default();
                        at += words;
                    }
                    None if token.lower().is_some_and(|w| LANDS.contains(&w.as_str())) => {
                        self.note_ordinal(line, token);
                        let any = ["together", "parallel", "any"];
                        step.any_order |= any.iter().any(|word| token.is(word));
                        at += 1;
                    }
                    None => {
                        self.not_understood(line, rest_of(line, token), EXPECTED);
                        return None;
                    }
                },
            }
        }
        Some(at)
    }

    fn reason_until(
        &mut self,
        line: &Line,
        tokens: &[Token<'_>],
        from: usize,
        end: usize,
        step: &mut Step,
    ) {
        let Some(first) = tokens.get(from) else { return };
        let rest = rest_of(line, first);
        let cut = tokens.get(end).map_or(rest.len(), |next| rest.len() - rest_of(line, next).len());
        let reason = rest[..cut].trim_end_matches([',', ';', ' ']);
        let reason = self.reason(line, reason, self.draft.order.len());
        step.draft.because = join_reasons(step.draft.because.take(), Some(reason));
    }

    /// `(after agent-1)`, `(any time)`, `(in any order)`, or the reason.
    fn step_parenthesis(&mut self, line: &Line, inner: &str, step: &mut Step) {
        let tokens = self.tokens(inner);
        if any_time(&tokens) == Some(tokens.len()) {
            step.draft.after.get_or_insert_default();
            return;
        }
        if ["in any order", "any order", "in parallel", "parallel", "together"]
            .contains(&inner.to_lowercase().as_str())
        {
            step.any_order = true;
            return;
        }
        if tokens.first().is_some_and(|token| token.is("after")) {
            let colon = usize::from(matches!(tokens.get(1), Some(Token::Colon(_))));
            let (agents, taken) = self.agent_list(line, &tokens[1 + colon..]);
            if !agents.is_empty() && 1 + colon + taken == tokens.len() {
                step.draft.after.get_or_insert_default().extend(agents);
                return;
            }
        }
        let reason = self.reason(line, inner, self.draft.order.len());
        step.draft.because = join_reasons(step.draft.because.take(), Some(reason));
    }

    pub(super) fn order_table(&mut self, table: &Table) {
        let columns = ["agents", "because", "after", "number"];
        let Some(order) = self.columns(table, &columns, |head| match head {
            "agent" | "agents" | "lane" | "lanes" | "who" | "lands" => Some("agents"),
            "because" | "reason" | "why" | "note" | "notes" | "rationale" => Some("because"),
            "after" | "depends on" | "waits for" => Some("after"),
            "" | "step" | "order" | "position" | "no" | "number" => Some("number"),
            _ => None,
        }) else {
            return;
        };
        for row in &table.rows {
            let cell = |key: &str| {
                let number = order.iter().position(|column| *column == key)?;
                row.cells.get(number).filter(|cell| !cell.text.is_empty())
            };
            let Some(agents) = cell("agents") else {
                let at = row.cells.first().map_or(0..0, Line::whole);
                self.problems.error("table-cell", &at, "this step names no agent", EXPECTED);
                continue;
            };
            if let Some(number) = cell("number") {
                self.row_number(number);
            }
            let agents = agents.clone().plain(|word| self.names.is_emphasised(word));
            let tokens = self.tokens(&agents.text);
            self.alone =
                (table.rows.len() == 1).then(|| Listed::of(agents.whole(), &tokens)).flatten();
            let step = DraftStep {
                at: agents.whole(),
                agents: self.only_agents(&agents, &agents.text),
                after: cell("after").map(|after| self.only_agents(after, &after.text)),
                because: cell("because")
                    .map(|because| self.reason(because, &because.text, self.draft.order.len())),
            };
            self.draft.order.push(step);
        }
    }
}

pub(super) fn is_lead(token: &Token<'_>) -> bool {
    match token {
        Token::Comma(_)
        | Token::Arrow(_)
        | Token::Stop(_)
        | Token::Semicolon(_)
        | Token::Colon(_)
        | Token::Word(">") => true,
        Token::Word(word) => {
            LEADS.contains(&bare(word).to_lowercase().as_str())
                || word.trim_end_matches([')', '.']).bytes().all(|byte| byte.is_ascii_digit())
        }
        _ => false,
    }
}

/// How many tokens say that a step may land at any time.
fn any_time(tokens: &[Token<'_>]) -> Option<usize> {
    let phrases: [&[&str]; 7] = [
        &["can", "land", "any", "time"],
        &["can", "land", "at", "any", "time"],
        &["may", "land", "at", "any", "time"],
        &["at", "any", "time"],
        &["any", "time"],
        &["anytime"],
        &["whenever"],
    ];
    phrases.iter().find_map(|phrase| {
        let same = tokens.len() >= phrase.len() && phrase.iter().zip(tokens).all(|(w, t)| t.is(w));
        same.then_some(phrase.len())
    })
}

fn reason_of<'l>(line: &'l Line, token: &Token<'l>) -> &'l str {
    match token {
        Token::Paren(inner) => inner,
        token => rest_of(line, token),
    }
}

fn join_reasons(first: Option<String>, second: Option<String>) -> Option<String> {
    match (first, second.filter(|reason| !reason.is_empty())) {
        (Some(first), Some(second)) => Some(format!("{first}; {second}")),
        (first, second) => first.or(second),
    }
}
