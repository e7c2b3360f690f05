//! Everything that is `key: value`: under the title, under Merge and Policy, and the keys of an
//! agent.

use super::super::draft::Text;
use super::super::keys::{RESERVED, Word};
use super::super::source::{Placed, Shown, nearest};
use super::super::toml_reader::{read_word, unknown_key};
use super::blocks::Entry;
use super::free_text::AT_THE_TOP as TOP;
use super::headings::{self, Heading, Section};
use super::lex::{Token, span};
use super::line::Line;
use super::out_of_place::{NO_TABLE, toml_table};
use super::prose::names_a_policy;
use super::repo_paths::Under;
use super::restrictions::{AS_ENTRY, AS_STEPS};
use super::signs::fold;
use super::told::{key_meant, sets_what_is_meant, tells_a_setting, tells_in_a_clause};
use super::unknown_heading::{AS_WITHDRAWN, is_forbidding};
use super::words::{Access, is_path};
use super::{Reader, is_mode};
use crate::contract::model::Mode;

pub(super) const OF_MERGE: [&str; 4] = ["suite", "setup", "timeout", "strategy"];
pub(super) const OF_POLICY: [&str; 3] = ["unlisted-branches", "agent-branches", "trunk-steps"];
pub(super) const OF_AGENTS: [&str; 8] =
    ["branch", "worktree", "identity", "scope", "promises", "withdrawn", "new-surface", "except"];

/// Splits `key: value`. The key comes in the spelling of TOML, without emphasis.
pub(super) fn key_value(text: &str) -> Option<(String, &str)> {
    let (key, value) = text.split_once([':', '：'])?;
    let key = fold(key);
    if !(value.is_empty() || value.starts_with(|c: char| c.is_whitespace() || "*_".contains(c))) {
        return None;
    }
    if key.matches('`').count() % 2 == 1 {
        return None;
    }
    let marks = |c: char| "*_`".contains(c) || c.is_whitespace();
    let bare = key.trim_matches(marks);
    let wordy = |c: char| c.is_ascii_alphanumeric() || "-_ ".contains(c);
    if !bare.starts_with(|c: char| c.is_ascii_alphabetic()) || !bare.chars().all(wordy) {
        return None;
    }
    if bare.split(' ').count() > 3 || bare.len() > 40 {
        return None;
    }
    let marked = key.trim_start().starts_with(['*', '_']);
    let value = if marked { value.trim_start_matches(['*', '_']) } else { value };
    Some((bare.to_lowercase().replace([' ', '_'], "-"), value.trim()))
}

/// Splits a setting as people, TOML and JSON write it: `key: value`, `key = "value"`, `"key": value`,
/// and each of them with marks around the whole. A known key needs no space behind its colon.
pub(super) fn assigned(text: &str) -> Option<(String, &str)> {
    let text = unwrapped(text);
    if let Some(found) = key_value(text) {
        return Some(found);
    }
    let (key, rest, quoted) = match QUOTES.iter().find(|(open, _)| text.starts_with(*open)) {
        Some((open, close)) => {
            let (key, rest) = text[open.len_utf8()..].split_once(*close)?;
            (key, rest.trim_start(), true)
        }
        None => {
            let end = text.find([':', '='])?;
            (&text[..end], &text[end..], false)
        }
    };
    let value = rest.strip_prefix([':', '='])?;
    if value.starts_with(['=', '>', ':', '/']) {
        return None;
    }
    let marked = key.trim_start().starts_with(['*', '_']);
    let key = key_value(&format!("{key}: ")).map(|(key, _)| key)?;
    let sure = quoted || rest.starts_with('=') || TOP.contains(&key.as_str());
    let value = if marked { value.trim_start_matches(['*', '_']) } else { value };
    sure.then_some((key, value.trim()))
}

/// `key: value` of an agent; its keys of one word in any spelling.
pub(super) fn of_agent(text: &str) -> Option<(String, &str)> {
    let one_word = ["branch", "worktree", "identity", "withdrawn", "new-surface"];
    key_value(text).or_else(|| assigned(text).filter(|(key, _)| one_word.contains(&key.as_str())))
}

/// Whether a text sets one of the keys.
pub(super) fn sets(text: &str, keys: &[&str]) -> bool {
    assigned(text).is_some_and(|(key, _)| keys.contains(&key.as_str()))
}

/// The quotation marks that people put around keys and values, but for those that are tokens.
const QUOTES: [(char, char); 6] =
    [('"', '"'), ('\'', '\''), ('`', '`'), ('“', '”'), ('‘', '’'), ('„', '“')];

/// A text without the marks that stand around the whole of it.
fn unwrapped(text: &str) -> &str {
    let text = text.trim();
    for mark in ["**", "__", "`", "*", "_"] {
        let inner = text.strip_prefix(mark).and_then(|text| text.strip_suffix(mark));
        if let Some(inner) = inner.filter(|inner| !inner.contains(mark) && !inner.is_empty()) {
            return inner.trim();
        }
    }
    text
}

/// A value without quotation marks that are no tokens: `'landings-only'`.
fn unquoted(value: &str) -> &str {
    let marked =
        QUOTES.iter().filter(|(open, _)| !"\"`".contains(*open)).find_map(|(open, close)| {
            let inner = value.strip_prefix(*open)?.strip_suffix(*close)?;
            (!inner.contains([*open, *close])).then_some(inner)
        });
    marked.unwrap_or(value)
}

impl Reader<'_, '_> {
    /// A paragraph's line under the title: a key, or prose.
    pub(super) fn top_line(&mut self, line: &Line) {
        if toml_table(&line.text).is_some_and(|table| !["merge", "policy"].contains(&table)) {
            self.not_understood(line, "", NO_TABLE);
            return;
        }
        let set = assigned(&line.text);
        let is_top = set.as_ref().is_some_and(|(key, _)| TOP.contains(&key.as_str()));
        if !is_top && (tells_a_setting(&line.text) || tells_in_a_clause(&line.text)) {
            let help = "write `key: value`, such as `version: 3`, in a line of its own";
            self.not_understood(line, "", help);
            return;
        }
        if !is_top && self.told_above_sections(line) {
            return;
        }
        self.note_order(line);
        let Some((key, value)) = set else { return };
        if TOP.contains(&key.as_str()) {
            self.top_key(line, &key, value);
            return;
        }
        if let Some(known) = key_meant(&key).filter(|_| sets_what_is_meant(&key, value)) {
            let help = format!("did you mean the key `{known}`?");
            self.not_understood(line, "", &help);
            return;
        }
        // A key that is nearly one is a slip; anything else is prose.
        let near =
            nearest(&key, TOP).is_some_and(|near| strsim::damerau_levenshtein(&key, near) < 3);
        if RESERVED.contains(&key.as_str()) || near || names_a_policy(&key) {
            unknown_key("the contract", &key, &line.whole(), &TOP, self.problems);
        }
    }

    /// Complains of what only a section can say, in a line under the title: `Order: agent-2, then agent-1`.
    fn told_above_sections(&mut self, line: &Line) -> bool {
        let help = self.belongs_in_a_section(line);
        if let Some(help) = &help {
            self.not_understood(line, "", help);
        }
        help.is_some()
    }

    /// Where what a line says belongs, when only a section can say it.
    pub(super) fn belongs_in_a_section(&self, line: &Line) -> Option<String> {
        if self.restricts_a_path(line) {
            return Some(AS_ENTRY.to_owned());
        }
        if self.withdraws(line) {
            return Some(AS_WITHDRAWN.to_owned());
        }
        let named = key_value(&line.text).and_then(|(key, value)| match headings::read(&key) {
            Heading::Section(section) => Some((section, value)),
            _ => None,
        });
        let tokens = self.tokens(&line.text);
        let names = tokens.iter().filter(|token| self.is_agent(token)).count();
        let holds_path = || tokens.iter().any(|token| is_path(token, &self.names));
        match named {
            Some((Section::Order, _)) if names > 1 => Some(AS_STEPS.to_owned()),
            Some((section @ (Section::Scope | Section::Shared), _)) if holds_path() => {
                Some(format!("write it below a heading, `## {}`", section.title()))
            }
            None if holds_path()
                && key_value(&line.text).is_some_and(|(key, _)| {
                    is_forbidding(&key.replace('-', " ")) || is_mode(&key)
                }) =>
            {
                Some(AS_ENTRY.to_owned())
            }
            _ => self.tells_steps(line).then(|| AS_STEPS.to_owned()),
        }
    }

    /// An item under the title.
    pub(super) fn top_entry(&mut self, entry: &Entry) {
        let line = &entry.line;
        self.top_line(line);
        for child in &entry.children {
            self.top_entry(child);
        }
        if sets(&line.text, &TOP) {
            return;
        }
        let tokens = self.tokens(&line.text);
        let agent = |token: &Token<'_>| match token {
            Token::Word(word) => self.names.agents_in(word).is_some(),
            _ => false,
        };
        if tokens.first().is_some_and(agent) || self.begins_with_a_path(line, Under::Other) {
            self.misplaced(line.whole(), "this item");
        }
    }

    fn top_key(&mut self, line: &Line, key: &str, value: &str) {
        match key {
            "format" if value.trim_matches('`') != "1" => {
                let message = format!("format {} is not known to this version", Shown(value));
                self.problems.error("unknown-format", &line.whole(), message, "write `format: 1`");
            }
            "format" => {}
            "name" => {
                let name = Text::new(self.free_text(line, value, &TOP), line.at(value));
                Self::set_once(self.problems, &mut self.draft.name, key, name);
            }
            "objective" => {
                let objective = Text::new(self.free_text(line, value, &TOP), line.at(value));
                Self::set_once(self.problems, &mut self.draft.objective, key, objective);
            }
            "version" => {
                let Some(word) = self.one_word(line, key, value) else { return };
                if let Ok(number) = word.value.parse() {
                    let version = Placed::new(number, word.at);
                    Self::set_once(self.problems, &mut self.draft.version, key, version);
                } else {
                    let message =
                        format!("`version` is a whole number, not {}", Shown(&word.value));
                    self.problems.error("wrong-type", &word.at, message, "such as `version: 2`");
                }
            }
            "trunk" => {
                if let Some(word) = self.one_word(line, key, value) {
                    Self::set_once(self.problems, &mut self.draft.trunk, key, word);
                }
            }
            "integrator" => {
                if let Some(word) = self.one_word(line, key, value) {
                    Self::set_once(self.problems, &mut self.draft.integrator, key, word);
                }
            }
            "suite" | "setup" | "timeout" | "strategy" => self.set_merge(line, key, value),
            _ => self.set_policy(line, key, value),
        }
    }

    /// A key of the merge ritual, wherever it stands; whether it was one.
    pub(super) fn merge_key(&mut self, line: &Line) -> bool {
        match assigned(&line.text) {
            Some((key, value)) if OF_MERGE.contains(&key.as_str()) => {
                self.set_merge(line, &key, value);
                true
            }
            _ => false,
        }
    }

    fn set_merge(&mut self, line: &Line, key: &str, value: &str) {
        if key == "strategy" {
            let Some(strategy) = self.word_value(line, key, value) else { return };
            Self::set_once(self.problems, &mut self.draft.merge.strategy, key, strategy);
            return;
        }
        let _ = self.free_text(line, value, &TOP);
        let merge = &mut self.draft.merge;
        let slot = match key {
            "suite" => &mut merge.suite,
            "setup" => &mut merge.setup,
            _ => &mut merge.timeout,
        };
        let before = value.as_ptr() as usize - line.text.as_ptr() as usize;
        let as_in_toml = line.text[..before].trim_end().ends_with('=');
        let said = if as_in_toml { unquoted(value) } else { value };
        let command = Text::new(command(said), line.at(value));
        Self::set_once(self.problems, slot, key, command);
    }

    fn set_policy(&mut self, line: &Line, key: &str, value: &str) {
        match key {
            "unlisted-branches" => {
                let Some(word) = self.word_value(line, key, value) else { return };
                Self::set_once(self.problems, &mut self.draft.policy.unlisted_branches, key, word);
            }
            "trunk-steps" => {
                let Some(word) = self.word_value(line, key, value) else { return };
                Self::set_once(self.problems, &mut self.draft.policy.trunk_steps, key, word);
            }
            _ => {
                let Some(word) = self.one_word(line, key, value) else { return };
                Self::set_once(self.problems, &mut self.draft.policy.agent_branches, key, word);
            }
        }
    }

    pub(super) fn merge_entry(&mut self, entry: &Entry) {
        self.setting(Section::Merge, &entry.line);
        entry.children.iter().for_each(|child| self.not_understood(&child.line, "", SETTING));
    }

    pub(super) fn policy_entry(&mut self, entry: &Entry) {
        self.setting(Section::Policy, &entry.line);
        entry.children.iter().for_each(|child| self.not_understood(&child.line, "", SETTING));
    }

    fn setting(&mut self, section: Section, line: &Line) {
        let Some((key, value)) = assigned(&line.text) else {
            self.not_understood(line, "", SETTING);
            return;
        };
        self.setting_key(section, line, &key, value);
    }

    pub(super) fn setting_key(&mut self, section: Section, line: &Line, key: &str, value: &str) {
        let (what, known): (_, &[&'static str]) = match section {
            Section::Merge => ("`merge`", &OF_MERGE),
            _ => ("`policy`", &OF_POLICY),
        };
        if !known.contains(&key) {
            unknown_key(what, key, &line.whole(), known, self.problems);
        } else {
            self.top_key(line, key, value);
        }
    }

    /// A value that is one word, or one text in back-ticks or quotes.
    pub(super) fn one_word(&mut self, line: &Line, key: &str, value: &str) -> Option<Text> {
        let help = format!("write `{key}: VALUE`; remarks go into a comment");
        self.one_word_or(line, value, &help)
    }

    /// The same, with the help for what is more than that.
    pub(super) fn one_word_or(&mut self, line: &Line, value: &str, help: &str) -> Option<Text> {
        let tokens = self.tokens(value);
        // Other marks than a full stop may end a name, such as `feat!`.
        if let [Token::Word(_), Token::Stop(mark)] = &tokens[..]
            && *mark != "."
        {
            let said = span(line, &tokens);
            return Some(Text::new(said.to_owned(), line.at(said)));
        }
        let tokens = match tokens.split_last() {
            Some((Token::Stop("."), rest)) => rest,
            _ => &tokens[..],
        };
        if let [token] = tokens
            && let Some(value) = token.value()
        {
            let said = if matches!(token, Token::Word(_)) { unquoted(value) } else { value };
            return Some(Text::new(said.to_owned(), line.at(token.text())));
        }
        self.not_understood(line, value, help);
        None
    }

    fn word_value<W: Word>(&mut self, line: &Line, key: &str, value: &str) -> Option<Placed<W>> {
        let text = self.one_word(line, key, value)?;
        let word = read_word(
            key,
            &Text::new(fold(&text.value).to_lowercase(), text.at.clone()),
            self.problems,
        )?;
        Some(Placed::new(word, text.at))
    }

    /// A line under an agent's own heading.
    pub(super) fn agent_key_entry(&mut self, place: usize, entry: &Entry) {
        self.scope_line(place, entry, Access::May(Mode::Edit));
    }

    /// A key of an agent, with its value.
    pub(super) fn agent_key(&mut self, place: usize, key: &str, value: &str, entry: &Entry) {
        let line = &entry.line;
        match key {
            "promises" | "promise" | "commits-to" => {
                self.promise(place, &[], line, value);
                entry.children.iter().for_each(|child| {
                    self.refuse_children(child);
                    self.promise(place, &[], &child.line, &child.line.text);
                });
            }
            "branch" | "worktree" | "identity" | "withdrawn" | "new-surface" => {
                if let Some(word) = self.one_word(line, key, value) {
                    self.agent_word(place, key, word);
                }
                self.refuse_children(entry);
            }
            _ => unknown_key("an agent", key, &line.whole(), &OF_AGENTS, self.problems),
        }
    }

    /// A key of an agent whose value is one word.
    pub(super) fn agent_word(&mut self, place: usize, key: &str, word: Text) {
        if matches!(key, "withdrawn" | "new-surface") {
            let said = match word.value.to_lowercase().as_str() {
                "yes" => "true".to_owned(),
                "no" => "false".to_owned(),
                other => other.to_owned(),
            };
            let text = Text::new(said, word.at.clone());
            let Some(flag) = read_word(key, &text, self.problems) else { return };
            let agent = &mut self.draft.agents[place];
            let slot =
                if key == "withdrawn" { &mut agent.withdrawn } else { &mut agent.new_surface };
            Self::set_once(self.problems, slot, key, Placed::new(flag, word.at));
            return;
        }
        let mut word = word;
        if key == "worktree" {
            // `../wt-uploads`, as `git worktree add` takes it: the directory's name counts.
            let last = word.value.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
            if !last.is_empty() && last != "." && last != ".." {
                word.value = last.to_owned();
            }
        }
        let agent = &mut self.draft.agents[place];
        let slot = match key {
            "branch" => &mut agent.branch,
            "worktree" => &mut agent.worktree,
            _ => &mut agent.identity,
        };
        Self::set_once(self.problems, slot, key, word);
    }
}

pub(super) const SETTING: &str =
    "write `key: value`, one a line; remarks go into a comment, `<!-- … -->`";

/// A command: as it stands, or what is in back-ticks or quotes.
fn command(value: &str) -> String {
    match super::lex::quotation(value) {
        Some((length, command)) if length == value.len() => command,
        // To a shell `'…'` are marks of its own.
        _ if value.starts_with('\'') => value.to_owned(),
        _ => unquoted(value).to_owned(),
    }
}
