//! The section Interface boundary: what each agent commits to, and who relies on it. Text that no
//! program can check is a promise all the same.

use super::super::draft::{DraftPromise, Text};
use super::super::source::{Placed, Shown};
use super::Reader;
use super::blocks::Entry;
use super::free_text::OF_PROMISES;
use super::lex::Token;
use super::line::Line;
use super::shared::rest_of;
use super::signs::fold;

/// Words between an agent and what it commits to, each list in its order.
const COMMITS: [&[&str]; 14] = [
    &["commits", "to"],
    &["is", "committed", "to"],
    &["commits"],
    &["promises", "to"],
    &["promises"],
    &["guarantees"],
    &["provides"],
    &["exposes"],
    &["owns"],
    &["will", "provide"],
    &["will", "expose"],
    &["commit", "to"],
    &["promise"],
    &["provide"],
];

impl Reader<'_, '_> {
    pub(super) fn interface_entry(&mut self, context: Option<usize>, entry: &Entry) {
        let line = &entry.line;
        let tokens = self.tokens(&line.text);
        let (agents, taken) = self.agent_list(line, &tokens);
        if agents.is_empty() {
            if let Some(place) = context {
                self.promise_below_heading(place, entry, &tokens);
                return;
            }
            let unknown = tokens.first().and_then(Token::value);
            let looks = unknown.filter(|word| super::words::could_be_agent(word));
            if let (
                Some(word),
                Some(Token::Colon(_) | Token::Arrow(_) | Token::Word("commits" | "promises")),
            ) = (looks, tokens.get(1))
            {
                let name = Text::new(word.to_owned(), line.at(tokens[0].text()));
                let _ = self.known_agent(&name);
                return;
            }
            let message = format!("it is not said who commits to {}", Shown(&line.text));
            let help = "begin with the agent: `agent-1 commits to: …`";
            self.problems.error("promise-without-agent", &line.whole(), message, help);
            return;
        }
        let mut at = taken;
        let mut relied_on_by = Vec::new();
        if matches!(tokens.get(at), Some(Token::Arrow(_))) {
            let (readers, taken) = self.agent_list(line, &tokens[at + 1..]);
            at += if readers.is_empty() { 0 } else { 1 + taken };
            for reader in readers {
                if self.known_agent(&reader).is_some() {
                    relied_on_by.push(reader);
                }
            }
        }
        let phrase = COMMITS.iter().filter(|words| {
            words.iter().enumerate().all(|(n, word)| tokens.get(at + n).is_some_and(|t| t.is(word)))
        });
        let phrase = phrase.map(|words| words.len()).max().unwrap_or(0);
        let is_mark = |token: Option<&Token<'_>>| {
            matches!(token, Some(Token::Colon(_) | Token::Dash(_) | Token::Arrow(_)))
        };
        // `agent-1 promises agent-2: …`
        let (readers, taken) = self.agent_list(line, &tokens[at + phrase..]);
        if is_mark(tokens.get(at + phrase + taken)) {
            at += taken;
            relied_on_by
                .extend(readers.into_iter().filter(|reader| self.known_agent(reader).is_some()));
        }
        let marked = is_mark(tokens.get(at + phrase));
        // Without a mark the verb belongs to the text, except for committing itself.
        let committed = marked || tokens.get(at).is_some_and(|token| token.is("commits"));
        if committed {
            at += phrase + usize::from(marked);
        }
        let text = match tokens.get(at) {
            Some(token) => rest_of(line, token),
            None => "",
        };
        for name in agents {
            let Some(place) = self.known_agent(&name) else { continue };
            if !marked && defines_no_surface(text) {
                self.no_surface(place, line, text);
                self.nested_promises(place, &relied_on_by, entry);
                continue;
            }
            self.promise_lines(place, &relied_on_by, entry, text);
        }
    }

    /// A promise below its agent's own heading, which names the agent: `Commits to: GET /a`.
    fn promise_below_heading(&mut self, place: usize, entry: &Entry, tokens: &[Token<'_>]) {
        let line = &entry.line;
        let committing = committing(tokens);
        let key = super::settings::key_value(&line.text);
        if let Some((key @ "new-surface", value)) = key.as_ref().map(|(key, v)| (key.as_str(), *v))
        {
            self.promise_key(place, key, value, line);
            self.nested_promises(place, &[], entry);
        } else if committing == 0 && defines_no_surface(&line.text) {
            self.no_surface(place, line, &line.text);
            self.nested_promises(place, &[], entry);
        } else {
            let said = tokens.get(committing).map(|token| rest_of(line, token));
            self.promise_lines(place, &[], entry, said.unwrap_or_default());
        }
    }

    /// Whether a paragraph below an agent's heading is a promise, and no label above one.
    pub(super) fn is_promise(&self, line: &Line) -> bool {
        let tokens = self.tokens(&line.text);
        committing(&tokens) < tokens.len() && !line.text.ends_with(':')
    }

    /// `does not define new contract surface`.
    fn no_surface(&mut self, place: usize, line: &Line, text: &str) {
        let value = Placed::new(false, line.at(text));
        let slot = &mut self.draft.agents[place].new_surface;
        Self::set_once(self.problems, slot, "new-surface", value);
    }

    /// The promises of a line and of what is nested in it.
    fn promise_lines(&mut self, place: usize, readers: &[Text], entry: &Entry, text: &str) {
        if text.is_empty() && entry.children.is_empty() {
            let help = "such as `agent-1 commits to: POST /api/uploads returns 201`";
            self.problems.error(
                "empty-promise",
                &entry.line.whole(),
                "nothing is promised here",
                help,
            );
        }
        self.promise(place, readers, &entry.line, text);
        self.nested_promises(place, readers, entry);
    }

    fn nested_promises(&mut self, place: usize, readers: &[Text], entry: &Entry) {
        for child in &entry.children {
            match super::settings::key_value(&child.line.text) {
                Some((key, value)) if key == "new-surface" || key == "relied-on-by" => {
                    self.promise_key(place, &key, value, &child.line);
                }
                _ => self.promise(place, readers, &child.line, &child.line.text),
            }
            for grandchild in &child.children {
                self.promise_lines(place, readers, grandchild, &grandchild.line.text);
            }
        }
    }

    fn promise_key(&mut self, place: usize, key: &str, value: &str, line: &Line) {
        if key == "new-surface" {
            self.agent_word(place, key, line.place(value));
            return;
        }
        let tokens = self.tokens(value);
        let (readers, taken) = self.agent_list(line, &tokens);
        if taken < tokens.len() || readers.is_empty() {
            self.not_understood(line, value, "agents with commas between them");
        }
        if let Some(promise) = self.draft.agents[place].promises.last_mut() {
            promise.relied_on_by.extend(readers);
        }
    }

    pub(super) fn promise(&mut self, place: usize, readers: &[Text], line: &Line, text: &str) {
        if text.is_empty() {
            return;
        }
        let text = Text::new(self.free_text(line, text, &OF_PROMISES), line.at(text));
        let relied_on_by = readers.to_vec();
        self.draft.agents[place].promises.push(DraftPromise { text, relied_on_by });
    }
}

/// How many tokens only say that something is promised: `Commits to:`, `promises`.
fn committing(tokens: &[Token<'_>]) -> usize {
    let same = |words: &&&[&str]| {
        words.len() <= tokens.len() && words.iter().zip(tokens).all(|(word, token)| token.is(word))
    };
    let phrase = COMMITS.iter().filter(same).map(|words| words.len()).max().unwrap_or(0);
    let marked = matches!(tokens.get(phrase), Some(Token::Colon(_) | Token::Dash(_)));
    // Without a mark the verb belongs to the text.
    if marked || phrase == tokens.len() { phrase + usize::from(marked) } else { 0 }
}

/// Whether a text says that its agent defines no new contract surface.
fn defines_no_surface(text: &str) -> bool {
    let text = fold(text).to_lowercase();
    let surface =
        ["new contract surface", "new surface", "new public surface", "new interface surface"];
    let Some(at) = surface.iter().find_map(|surface| text.find(surface)) else { return false };
    let before = &text[..at];
    [
        "does not define",
        "do not define",
        "defines no",
        "must not define",
        "may not define",
        "not add",
        "adds no",
        "no ",
        "doesn't define",
        "not introduce",
        "introduces no",
        "without",
    ]
    .iter()
    .any(|denial| before.contains(denial))
}
