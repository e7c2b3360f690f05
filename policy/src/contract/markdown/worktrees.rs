//! The section Worktrees: which agent works on which branch, in which worktree.

use super::super::draft::Text;
use super::super::source::Shown;
use super::Reader;
use super::blocks::Entry;
use super::lex::Token;
use super::line::Line;
use super::words::{access, could_be_agent};

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

impl Reader<'_, '_> {
    pub(super) fn worktree(&mut self, context: Option<usize>, entry: &Entry) {
        let line = &entry.line;
        let mut found = Found::default();
        if !self.label(line, &mut found) {
            return;
        }
        for child in &entry.children {
            self.refuse_children(child);
            if !self.label(&child.line, &mut found) {
                return;
            }
        }
        if context.is_some() {
            found.agent =
                found.agent.or_else(|| context.map(|place| self.draft.agents[place].name.clone()));
        }
        self.sort_loose(&mut found);
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
            self.problems.error("worktree-line", &found.loose[0].at, message, EXPECTED);
        }
        let place = self.agent(name);
        if let Some(branch) = found.branch {
            let slot = &mut self.draft.agents[place].branch;
            Self::set_once(self.problems, slot, "branch", branch);
        }
        if let Some(mut worktree) = found.worktree {
            // `../wt-uploads`, as `git worktree add` takes it: the directory's name counts.
            let last = worktree.value.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
            if !last.is_empty() && last != "." && last != ".." {
                worktree.value = last.to_owned();
            }
            let slot = &mut self.draft.agents[place].worktree;
            Self::set_once(self.problems, slot, "worktree", worktree);
        }
        for (key, value) in found.keys {
            self.agent_word(place, &key, value);
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
                Token::Stop(_) if at + 1 == tokens.len() => {}
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
                    self.not_understood(line, "", EXPECTED);
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
