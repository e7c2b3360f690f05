//! The section Worktrees: which agent works on which branch, in which worktree.

use super::super::draft::Text;
use super::super::model::Mode;
use super::super::source::Shown;
use super::Reader;
use super::blocks::Entry;
use super::labels::{forbids, takes_back, without_parentheses};
use super::lex::{Token, span};
use super::line::Line;
use super::naming::{OfAll, has_keys, is_of_remarks, of_all_agents};
use super::prose::holds_path;
use super::settings::{OF_AGENTS, key_value, sets};
use super::words::{Access, access, could_be_agent, is_title};

/// What a line of the section says, as far as it is known.
#[derive(Default)]
struct Found {
    worktree: Option<Text>,
    branch: Option<Text>,
    agent: Option<Text>,
    /// Further keys of the agent, with their values.
    keys: Vec<(String, Text)>,
    /// Words without a label, in order.
    loose: Vec<Text>,
}

/// How many words of a line are told that have no meaning.
const MOST_UNCLEAR: usize = 3;

const EXPECTED: &str = "such as `wt-uploads  branch: agents/uploads  agent: agent-1`, or \
                        `wt-uploads → agents/uploads (agent-1)`";

const BLOCK: &str = "below the agent, each on a line of its own: `branch: agents/uploads`, \
                     `worktree: wt-uploads`, `scope: src/api/**`; remarks go into a comment, `<!-- … -->`";

impl Reader<'_, '_> {
    pub(super) fn worktree(&mut self, context: Option<usize>, entry: &Entry) {
        let line = &entry.line;
        if let Some(place) = context
            && says_scope(line)
        {
            self.scope_line(place, entry, Access::May(Mode::Edit));
            return;
        }
        if context.is_some() && self.is_other_key(line) {
            self.not_understood(line, "", BLOCK);
            return;
        }
        match of_all_agents(line, self).filter(|_| entry.children.is_empty()) {
            Some(OfAll::Prose) => return,
            Some(OfAll::Rule) => {
                let help =
                    format!("name each agent, {EXPECTED}; what it may edit stands under Scope");
                self.not_understood(line, "", &help);
                return;
            }
            None => {}
        }
        let mut found = Found::default();
        if let Some(agent) = self.titled(entry) {
            found.agent = Some(agent);
        } else if !self.label(line, &mut found) {
            return;
        }
        let (scope, children): (Vec<_>, Vec<_>) =
            entry.children.iter().partition(|child| says_scope(&child.line));
        for child in children {
            self.refuse_children(child);
            let key = key_in(&child.line);
            // Beside a scope a word without a key may take something from it.
            if !scope.is_empty() && key.and_then(|key| key_of(&key)).is_none() {
                self.not_understood(&child.line, "", BLOCK);
                continue;
            }
            if !self.label(&child.line, &mut found) {
                return;
            }
        }
        if context.is_some() {
            found.agent =
                found.agent.or_else(|| context.map(|place| self.draft.agents[place].name.clone()));
        }
        let labelled = (found.branch.is_some(), found.worktree.is_some());
        self.sort_loose(&mut found);
        if let Some(place) = context {
            self.unplace_loose(place, labelled, &mut found);
        }
        let Some(name) = found.agent else {
            let help = format!("say whose it is: {EXPECTED}");
            self.problems.error("worktree-line", &line.whole(), "no agent is named here", help);
            return;
        };
        if !found.loose.is_empty() {
            let shown = found.loose.iter().take(MOST_UNCLEAR);
            let mut names: Vec<String> = shown.map(|text| Shown(&text.value).to_string()).collect();
            let more = found.loose.len() - names.len();
            names.extend((more > 0).then(|| format!("{more} more")));
            let message = format!("it is not clear what {} is", names.join(" and "));
            let is_block = context.is_some() || !entry.children.is_empty();
            let is_key = |text: &Text| text.value.eq_ignore_ascii_case("scope");
            let help = match is_block || found.loose.iter().any(is_key) {
                true => BLOCK,
                false => EXPECTED,
            };
            self.problems.error("worktree-line", &found.loose[0].at, message, help);
        }
        let place = self.agent(name);
        if let Some(branch) = found.branch {
            let slot = &mut self.draft.agents[place].branch;
            Self::set_once(self.problems, slot, "branch", branch);
        }
        if let Some(worktree) = found.worktree {
            self.agent_word(place, "worktree", worktree);
        }
        for (key, value) in found.keys {
            self.agent_word(place, &key, value);
        }
        let bare = without_parentheses(&line.text);
        let tokens = self.tokens(&bare);
        if !scope.is_empty() && (forbids(&tokens) || takes_back(&tokens)) {
            let help = "what does not hold is taken out, or goes into a comment, `<!-- … -->`";
            self.not_understood(line, "", help);
        }
        for child in scope {
            self.scope_line(place, child, Access::May(Mode::Edit));
        }
    }

    /// An entry that nothing can be nested in.
    pub(super) fn refuse_children(&mut self, entry: &Entry) {
        for child in &entry.children {
            self.not_understood(&child.line, "", "it is nested too deep to say what it belongs to");
        }
    }

    /// Takes the labelled words of a line; `false` when something is not understood.
    fn label(&mut self, line: &Line, found: &mut Found) -> bool {
        let tokens = self.tokens(&line.text);
        let mut at = 0;
        while let Some(token) = tokens.get(at) {
            let colon = matches!(tokens.get(at + 1), Some(Token::Colon(_) | Token::Word("=")));
            let value_at = at + 1 + usize::from(colon);
            let key = token.lower().and_then(|word| key_of(&word));
            let value = tokens.get(value_at).and_then(|t| Some((t.value()?, t.text())));
            // A name may end in a mark, such as `feat!`.
            let marked = |next: usize| match tokens.get(value_at..=next)? {
                two @ [Token::Word(_), Token::Stop(mark)] if *mark != "." => Some(span(line, two)),
                _ => None,
            };
            let marked = marked(value_at + 1);
            let value_at = value_at + usize::from(marked.is_some());
            let value = marked.map(|name| (name, name)).or(value);
            if let (Some(key), Some((value, text))) = (key, value)
                && (colon || tokens.get(at + 2).is_none_or(|t| !matches!(t, Token::Colon(_))))
            {
                let value = Text::new(value.to_owned(), line.at(text));
                let slot = match key {
                    "branch" => &mut found.branch,
                    "worktree" => &mut found.worktree,
                    "agent" => &mut found.agent,
                    key => {
                        found.keys.push((key.to_owned(), value));
                        at = value_at + 1;
                        continue;
                    }
                };
                Self::set_once(self.problems, slot, key, value);
                at = value_at + 1;
                continue;
            }
            match token {
                Token::Comma(_) | Token::Semicolon(_) | Token::Arrow(_) | Token::Dash(_) => {}
                Token::Stop(".") if at + 1 == tokens.len() => {}
                Token::Colon(_) if at == 1 => {}
                Token::Word("|" | "on" | "in" | "and") => {}
                Token::Word("withdrawn") | Token::Paren("withdrawn") => {
                    let value = Text::new("true".to_owned(), line.at(token.text()));
                    found.keys.push(("withdrawn".to_owned(), value));
                }
                Token::Paren(inner) => {
                    if !self.label_inside(line, inner, found) {
                        return false;
                    }
                }
                Token::Word(_) | Token::Quoted(..) => {
                    let value = token.value().unwrap_or_default().to_owned();
                    found.loose.push(Text::new(value, line.at(token.text())));
                }
                Token::Colon(_) | Token::Stop(_) => {
                    let help = if tokens.iter().any(|t| t.is("scope")) { BLOCK } else { EXPECTED };
                    self.not_understood(line, "", help);
                    return false;
                }
            }
            at += 1;
        }
        true
    }

    /// What stands in parentheses: labelled words, or the agent's name or branch.
    fn label_inside(&mut self, line: &Line, inner: &str, found: &mut Found) -> bool {
        let tokens = self.tokens(inner);
        let mut at = 0;
        while let Some(token) = tokens.get(at) {
            let colon = matches!(tokens.get(at + 1), Some(Token::Colon(_)));
            let key = token.lower().and_then(|word| key_of(&word));
            let value = tokens.get(at + 1 + usize::from(colon));
            if let (Some(key), Some(value)) = (key, value)
                && let Some(said) = value.value()
            {
                let said = Text::new(said.to_owned(), line.at(value.text()));
                match key {
                    "branch" => found.branch = Some(said),
                    "worktree" => found.worktree = Some(said),
                    "agent" => found.agent = Some(said),
                    key => found.keys.push((key.to_owned(), said)),
                }
                at += 2 + usize::from(colon);
                continue;
            }
            match token {
                Token::Comma(_) => {}
                Token::Word(_) | Token::Quoted(..) => {
                    let value = token.value().unwrap_or_default().to_owned();
                    found.loose.push(Text::new(value, line.at(token.text())));
                }
                _ => {
                    self.not_understood(line, inner, EXPECTED);
                    return false;
                }
            }
            at += 1;
        }
        true
    }

    /// The agent of `agent-1 (API)` over its keys, where what stands in parentheses is no worktree:
    /// that is given below, or it is several words.
    fn titled(&self, entry: &Entry) -> Option<Text> {
        let tokens = self.tokens(&entry.line.text);
        let [agent, Token::Paren(inner)] = tokens.as_slice() else { return None };
        let gives_worktree =
            |child: &Entry| key_in(&child.line).and_then(|key| key_of(&key)) == Some("worktree");
        let is_other = inner.contains(' ') || entry.children.iter().any(gives_worktree);
        let keyed = inner.split(' ').any(|word| key_of(&word.to_lowercase()).is_some());
        let is_title = is_other && !keyed && is_title(inner) && !self.names.is_known(inner);
        let name = agent.value().filter(|name| self.names.is_known(name))?;
        let has_children = !entry.children.is_empty();
        (is_title && has_children).then(|| Text::new(name.to_owned(), entry.line.at(agent.text())))
    }

    /// Whether a line under an agent's heading has a key that is none here, such as `goal: …`.
    fn is_other_key(&self, line: &Line) -> bool {
        let Some((key, value)) = super::settings::key_value(&line.text) else { return false };
        let known = key_of(&key).is_some() || self.names.is_known(&key) || key.starts_with("wt");
        !known && !value.contains(['/', '(']) && !has_keys(&line.text)
    }

    /// `wt-uploads → agents/uploads (agent-1)`
    pub(super) fn maps_a_lane(&self, line: &Line) -> bool {
        let mut words = line.text.split(|c: char| c.is_whitespace() || "(),`*".contains(c));
        self.tokens(&line.text).iter().any(|token| matches!(token, Token::Arrow(_)))
            && words.any(|word| self.names.is_known(word))
    }

    /// Whether a paragraph's line has a key that is a lane's, or what else a lane's line has behind its
    /// colon: `branch: agents/a`, `api: agents/api`, but not `Note: branches are cut from main.`
    pub(super) fn says_a_key_of_lanes(&self, line: &Line) -> bool {
        if sets(&line.text, &OF_AGENTS) {
            return true;
        }
        let Some((key, value)) = key_value(&line.text) else { return false };
        let known = key_of(&key).is_some()
            || says_scope(line)
            || key.starts_with("wt")
            || has_keys(&line.text)
            || line.text.split([':', ' ', '*', '`']).any(|word| self.names.is_known(word));
        let is_branch =
            value.contains('/') && !value.contains(char::is_whitespace) && !is_of_remarks(&key);
        known || is_branch && !value.contains("://") || holds_path(line, self)
    }

    /// Takes the place back of words that got one by their order, under the heading of an agent who
    /// has another branch or worktree: they are something else.
    fn unplace_loose(&mut self, place: usize, labelled: (bool, bool), found: &mut Found) {
        let agent = &self.draft.agents[place];
        let differs = |known: &Option<Text>, said: &Option<Text>| {
            let (Some(known), Some(said)) = (known, said) else { return false };
            known.value != said.value
        };
        let mut unclear = Vec::new();
        if !labelled.1 && differs(&agent.worktree, &found.worktree) {
            unclear.extend(found.worktree.take());
        }
        if !labelled.0 && differs(&agent.branch, &found.branch) {
            unclear.extend(found.branch.take());
        }
        unclear.append(&mut found.loose);
        found.loose = unclear;
    }

    /// Gives the words without a label their place.
    fn sort_loose(&self, found: &mut Found) {
        let (mut left, mut unclear) = (Vec::new(), Vec::new());
        let loose = std::mem::take(&mut found.loose);
        let wants_worktree = |word: &Text| {
            let last = word.value.rsplit('/').next().unwrap_or_default();
            last.starts_with("wt") || word.value.contains("worktree")
        };
        let outside =
            |text: &str| text.starts_with("../") || text.starts_with("./") || text.starts_with('/');
        for word in loose {
            if access(&word.value).is_some() {
                unclear.push(word);
            } else if found.agent.is_none() && self.names.is_known(&word.value) {
                found.agent = Some(word);
            } else if found.worktree.is_none() && outside(&word.value) {
                found.worktree = Some(word);
            } else if found.branch.is_none() && word.value.contains('/') {
                found.branch = Some(word);
            } else if word.value.contains('/') && !wants_worktree(&word) {
                // A second branch, perhaps.
                unclear.push(word);
            } else {
                left.push(word);
            }
        }
        let mut left = left.into_iter().peekable();
        // Of what is left, the first is the worktree, as in `wt → branch (agent)`.
        if found.worktree.is_none()
            && (left.len() > 1
                || left.peek().is_some_and(wants_worktree)
                || found.branch.is_some() && found.agent.is_some())
        {
            found.worktree = left.next();
        }
        if found.branch.is_none() {
            found.branch = left.next();
        }
        if found.agent.is_none() && left.peek().is_some_and(|word| could_be_agent(&word.value)) {
            found.agent = left.next();
        }
        found.loose = left.chain(unclear).collect();
    }
}

/// The key of a line that has one.
fn key_in(line: &Line) -> Option<String> {
    super::settings::key_value(&line.text).map(|(key, _)| key)
}

/// Whether a line has a key of an agent that is no worktree's: its paths, or what it promises.
pub(super) fn says_scope(line: &Line) -> bool {
    const KEYS: [&str; 12] = [
        "scope",
        "owns",
        "paths",
        "files",
        "may-edit",
        "edits",
        "except",
        "excluding",
        "not",
        "promises",
        "promise",
        "commits-to",
    ];
    key_in(line)
        .is_some_and(|key| KEYS.contains(&&*key) || access(&key.replace('-', " ")).is_some())
}

/// The key that a label stands for.
fn key_of(word: &str) -> Option<&'static str> {
    Some(match word {
        "branch" => "branch",
        "worktree" | "wt" | "dir" | "directory" => "worktree",
        "agent" => "agent",
        "identity" => "identity",
        "withdrawn" => "withdrawn",
        "new-surface" => "new-surface",
        _ => return None,
    })
}
