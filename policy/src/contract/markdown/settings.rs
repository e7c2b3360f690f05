//! Everything that is `key: value`: under the title, under Merge, Policy and Waivers, and the keys
//! of an agent; and what tables have in common.

use std::ops::Range;

use super::super::draft::{DraftWaiver, Text};
use super::super::keys::{RESERVED, WAIVABLE, Word};
use super::super::source::{Placed, Shown, nearest};
use super::super::toml_reader::{read_word, unknown_key};
use super::Reader;
use super::blocks::{Entry, Table};
use super::headings::Section;
use super::interface::free_text;
use super::lex::Token;
use super::line::Line;
use super::shared::rest_of;
use super::words::{Access, access, is_path};
use crate::contract::model::Mode;

const TOP: [&str; 13] = [
    "format",
    "name",
    "version",
    "trunk",
    "objective",
    "integrator",
    "suite",
    "setup",
    "timeout",
    "strategy",
    "unlisted-branches",
    "agent-branches",
    "trunk-steps",
];
const AGENT: [&str; 8] =
    ["branch", "worktree", "identity", "scope", "promises", "withdrawn", "new-surface", "except"];

/// Splits `key: value`. The key comes in the spelling of TOML, without emphasis.
pub(super) fn key_value(text: &str) -> Option<(String, &str)> {
    let (key, value) = text.split_once(':')?;
    if !(value.is_empty() || value.starts_with(|c: char| c.is_whitespace() || "*_".contains(c))) {
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

impl Reader<'_, '_> {
    /// A paragraph's line under the title: a key, or prose.
    pub(super) fn top_line(&mut self, line: &Line) {
        let Some((key, value)) = key_value(&line.text) else { return };
        if TOP.contains(&key.as_str()) {
            self.top_key(line, &key, value);
            return;
        }
        // A key that is nearly one is a slip; anything else is prose.
        let near =
            nearest(&key, TOP).is_some_and(|near| strsim::damerau_levenshtein(&key, near) < 3);
        if RESERVED.contains(&key.as_str()) || near {
            unknown_key("the contract", &key, &line.whole(), &TOP, self.problems);
        }
    }

    /// An item under the title.
    pub(super) fn top_entry(&mut self, entry: &Entry) {
        let line = &entry.line;
        self.top_line(line);
        for child in &entry.children {
            self.top_entry(child);
        }
        if key_value(&line.text).is_some_and(|(key, _)| TOP.contains(&key.as_str())) {
            return;
        }
        let tokens = self.tokens(&line.text);
        let agent = |token: &Token<'_>| match token {
            Token::Word(word) => self.names.agents_in(word).is_some(),
            _ => false,
        };
        if tokens.first().is_some_and(|token| agent(token) || is_path(token, &self.names)) {
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
                let name = Text::new(free_text(value), line.at(value));
                Self::set_once(self.problems, &mut self.draft.name, key, name);
            }
            "objective" => {
                let objective = Text::new(free_text(value), line.at(value));
                Self::set_once(self.problems, &mut self.draft.objective, key, objective);
            }
            "version" => match self.one_word(line, key, value) {
                Some(word) => match word.value.parse() {
                    Ok(number) => {
                        let version = Placed::new(number, word.at);
                        Self::set_once(self.problems, &mut self.draft.version, key, version);
                    }
                    Err(_) => {
                        let message =
                            format!("`version` is a whole number, not {}", Shown(&word.value));
                        self.problems.error(
                            "wrong-type",
                            &word.at,
                            message,
                            "such as `version: 2`",
                        );
                    }
                },
                None => {}
            },
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
        match key_value(&line.text) {
            Some((key, value))
                if matches!(key.as_str(), "suite" | "setup" | "timeout" | "strategy") =>
            {
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
        let merge = &mut self.draft.merge;
        let slot = match key {
            "suite" => &mut merge.suite,
            "setup" => &mut merge.setup,
            _ => &mut merge.timeout,
        };
        let command = Text::new(command(value), line.at(value));
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
        let Some((key, value)) = key_value(&line.text) else {
            self.not_understood(line, "", SETTING);
            return;
        };
        self.setting_key(section, line, &key, value);
    }

    fn setting_key(&mut self, section: Section, line: &Line, key: &str, value: &str) {
        let (what, known): (_, &[&'static str]) = match section {
            Section::Merge => ("`merge`", &["suite", "setup", "timeout", "strategy"]),
            _ => ("`policy`", &["unlisted-branches", "agent-branches", "trunk-steps"]),
        };
        if !known.contains(&key) {
            unknown_key(what, key, &line.whole(), known, self.problems);
        } else {
            self.top_key(line, key, value);
        }
    }

    pub(super) fn settings_table(&mut self, section: Section, table: &Table) {
        for row in &table.rows {
            let (Some(key), Some(value)) = (row.cells.first(), row.cells.get(1)) else { continue };
            let name =
                key.text.trim_matches(['`', '*', '_']).to_lowercase().replace([' ', '_'], "-");
            if row.cells.len() > 2 {
                self.not_understood(&row.cells[2], "", "a table of settings has two columns");
            }
            self.setting_key(section, value, &name, &value.text);
        }
    }

    /// A value that is one word, or one text in back-ticks or quotes.
    fn one_word(&mut self, line: &Line, key: &str, value: &str) -> Option<Text> {
        let tokens = self.tokens(value);
        let tokens = match tokens.split_last() {
            Some((Token::Stop(_), rest)) if !rest.is_empty() => rest,
            _ => &tokens[..],
        };
        if let [token] = tokens
            && let Some(value) = token.value()
        {
            return Some(Text::new(value.to_owned(), line.at(token.text())));
        }
        let help = format!("write `{key}: VALUE`; remarks go into a comment");
        self.not_understood(line, value, &help);
        None
    }

    fn word_value<W: Word>(&mut self, line: &Line, key: &str, value: &str) -> Option<Placed<W>> {
        let text = self.one_word(line, key, value)?;
        let word =
            read_word(key, &Text::new(text.value.to_lowercase(), text.at.clone()), self.problems)?;
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
            "scope" => self.scope_group(place, entry, value, Access::May(Mode::Edit)),
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
            _ => unknown_key("an agent", key, &line.whole(), &AGENT, self.problems),
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
        let agent = &mut self.draft.agents[place];
        let slot = match key {
            "branch" => &mut agent.branch,
            "worktree" => &mut agent.worktree,
            _ => &mut agent.identity,
        };
        Self::set_once(self.problems, slot, key, word);
    }

    /// The meaning of a table's columns; a problem for each that has none.
    pub(super) fn columns(
        &mut self,
        table: &Table,
        known: &[&'static str],
        meaning: impl Fn(&str) -> Option<&'static str>,
    ) -> Option<Vec<&'static str>> {
        let mut columns = Vec::new();
        for head in &table.header {
            let words = head.text.to_lowercase();
            let words = words.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
            let words: Vec<&str> = words.collect();
            match meaning(&words.join(" ")) {
                Some(column) if !columns.contains(&column) => columns.push(column),
                Some(_) => {
                    let message = format!("two columns say the same: {}", Shown(&head.text));
                    self.problems.error("unknown-column", &head.whole(), message, "join them");
                }
                None => {
                    let message = format!("the column {} has no meaning here", Shown(&head.text));
                    let help =
                        format!("known here: {}; remarks go into a comment", known.join(", "));
                    self.problems.error("unknown-column", &head.whole(), message, help);
                }
            }
        }
        (columns.len() == table.header.len()).then_some(columns)
    }

    /// A table under Worktrees, Scope or Interface boundary.
    pub(super) fn agent_table(&mut self, section: Section, context: Option<usize>, table: &Table) {
        let known = ["agent", "branch", "worktree", "scope", "mode", "except", "promises"];
        let Some(columns) = self.columns(table, &known, |head| {
            Some(match head {
                "agent" | "agents" | "name" | "who" | "owner" => "agent",
                "branch" => "branch",
                "worktree" | "wt" | "directory" => "worktree",
                "identity" => "identity",
                "withdrawn" => "withdrawn",
                "new surface" => "new-surface",
                "scope" | "scopes" | "path" | "paths" | "file" | "files" | "owns"
                | "owned paths" | "may edit" | "directories" | "paths owned" | "files owned" => {
                    "scope"
                }
                "mode" | "access" => "mode",
                "except" | "excluding" => "except",
                "commits to" | "promise" | "promises" | "interface" | "commitment" => "promises",
                "relied on by" | "consumer" | "consumers" | "used by" => "relied-on-by",
                "" | "no" | "number" => "number",
                _ => return None,
            })
        }) else {
            return;
        };
        for row in &table.rows {
            self.agent_row(section, context, &columns, &row.cells);
        }
    }

    fn agent_row(
        &mut self,
        section: Section,
        context: Option<usize>,
        columns: &[&'static str],
        cells: &[Line],
    ) {
        let plain = |line: &Line| line.clone().plain(|word| self.names.is_emphasised(word));
        let cells: Vec<Line> = cells.iter().map(plain).collect();
        let cell = |key: &str| {
            let number = columns.iter().position(|column| *column == key)?;
            cells.get(number).filter(|cell| !cell.text.is_empty())
        };
        let names = cell("agent").map(|cell| (cell, self.tokens(&cell.text)));
        let name = names.and_then(|(cell, tokens)| match &tokens[..] {
            [token] => token.value().map(|name| Text::new(name.to_owned(), cell.at(token.text()))),
            _ => None,
        });
        let place = match (name, context) {
            (Some(name), _) if section == Section::Interface => self.known_agent(&name),
            (Some(name), _) => Some(self.agent(name)),
            (None, Some(place)) => Some(place),
            (None, None) => {
                let at = cells.first().map_or(0..0, Line::whole);
                let help = "each row names one agent in the column `agent`";
                self.problems.error("table-cell", &at, "this row names no agent", help);
                None
            }
        };
        let Some(place) = place else { return };
        for key in ["branch", "worktree", "identity", "withdrawn", "new-surface"] {
            if let Some(cell) = cell(key)
                && let Some(word) = self.one_word(cell, key, &cell.text)
            {
                self.agent_word(place, key, word);
            }
        }
        let mode = cell("mode").map(|cell| (cell, access(cell.text.trim_matches(['(', ')']))));
        let mode = match mode {
            Some((cell, None)) => {
                let message = format!("{} is no mode", Shown(&cell.text));
                let help = "one of: edit, additions only, create only, no delete, read-only";
                self.problems.error("unknown-mode", &cell.whole(), message, help);
                return;
            }
            Some((_, Some(mode))) => mode,
            None => Access::May(Mode::Edit),
        };
        if let Some(cell) = cell("scope") {
            let tokens = self.tokens(&cell.text);
            let mut paths = self.scope_paths(cell, &tokens, mode);
            if let Some(except) =
                columns.iter().position(|c| *c == "except").and_then(|n| cells.get(n))
            {
                let tokens = self.tokens(&except.text);
                let except = self.scope_paths(except, &tokens, Access::May(Mode::Edit));
                for path in &mut paths {
                    path.except.extend(except.iter().map(|path| path.pattern.clone()));
                }
            }
            self.draft.agents[place].scope.extend(paths);
        }
        if let Some(promise) =
            columns.iter().position(|c| *c == "promises").and_then(|n| cells.get(n))
        {
            let readers =
                columns.iter().position(|c| *c == "relied-on-by").and_then(|n| cells.get(n));
            let readers = readers.filter(|cell| !cell.text.is_empty());
            let readers =
                readers.map(|cell| self.only_agents(cell, &cell.text)).unwrap_or_default();
            self.promise(place, &readers, promise, &promise.text);
        }
    }

    pub(super) fn shared_table(&mut self, table: &Table) {
        let known = ["path", "policy", "note"];
        let Some(columns) = self.columns(table, &known, |head| {
            Some(match head {
                "path" | "paths" | "file" | "files" | "shared file" | "shared path"
                | "shared files" => "path",
                "policy" | "owner" | "who" | "owned by" | "who edits" | "rule" => "policy",
                "note" | "notes" | "comment" | "comments" | "reason" | "why" => "note",
                "" | "no" | "number" => "number",
                _ => return None,
            })
        }) else {
            return;
        };
        for row in &table.rows {
            let cell = |key: &str| {
                let number = columns.iter().position(|column| *column == key)?;
                row.cells.get(number).filter(|cell| !cell.text.is_empty())
            };
            let (Some(path), Some(policy)) = (cell("path"), cell("policy")) else {
                let at = row.cells.first().map_or(0..0, Line::whole);
                let help = "each row names a path and its policy";
                self.problems.error(
                    "table-cell",
                    &at,
                    "a path or a policy is missing in this row",
                    help,
                );
                continue;
            };
            let policy = policy.clone().plain(|word| self.names.is_emphasised(word));
            let note = cell("note").map(|note| free_text(&note.text));
            self.shared_row(path, &policy, note);
        }
    }

    /// `- rule: merge-order, agent: agent-3, because: …`, nested or in a line; or
    /// `merge-order for agent-3 in docs/**: …`.
    pub(super) fn waiver_entry(&mut self, entry: &Entry) {
        let mut waiver = Waiving::default();
        self.waiver_words(&entry.line, &mut waiver);
        for child in &entry.children {
            self.refuse_children(child);
            self.waiver_words(&child.line, &mut waiver);
        }
        self.waive(entry.line.whole(), waiver);
    }

    fn waive(&mut self, at: Range<usize>, waiver: Waiving) {
        if waiver.broken {
            return;
        }
        let missing = [
            ("rule", waiver.rule.is_none()),
            ("agent", waiver.agent.is_none()),
            ("because", waiver.because.is_none()),
        ];
        for (key, missing) in missing {
            if missing {
                let help = "such as `merge-order for agent-3 in docs/**: hot demo on Friday`";
                self.problems.error("missing-key", &at, format!("a waiver needs `{key}`"), help);
            }
        }
        if let (Some(rule), Some(agent), Some(because)) =
            (waiver.rule, waiver.agent, waiver.because)
        {
            self.draft.waivers.push(DraftWaiver { at, rule, agent, path: waiver.path, because });
        }
    }

    fn waiver_words(&mut self, line: &Line, waiver: &mut Waiving) {
        let tokens = self.tokens(&line.text);
        let mut at = 0;
        while let Some(token) = tokens.get(at) {
            let colon = usize::from(matches!(tokens.get(at + 1), Some(Token::Colon(_))));
            let next = tokens.get(at + 1 + colon);
            let value =
                next.and_then(|t| Some(Text::new(t.value()?.to_owned(), line.at(t.text()))));
            match (token.lower().as_deref(), value) {
                (Some("rule" | "agent" | "path"), Some(value)) if colon == 1 => {
                    match token.lower().as_deref() {
                        Some("rule") => waiver.rule = Some(value),
                        Some("agent") => waiver.agent = Some(value),
                        _ => waiver.path = Some(value),
                    }
                    at += 3;
                    continue;
                }
                (Some("because" | "reason" | "since"), _) => {
                    return self.waiver_reason(line, next, waiver);
                }
                _ => {}
            }
            let complete = waiver.rule.is_some() && waiver.agent.is_some();
            let text =
                || Text::new(token.value().unwrap_or_default().to_owned(), line.at(token.text()));
            match token {
                Token::Dash(_) => return self.waiver_reason(line, tokens.get(at + 1), waiver),
                Token::Colon(_) | Token::Semicolon(_) if complete => {
                    return self.waiver_reason(line, tokens.get(at + 1), waiver);
                }
                Token::Paren(inner) if complete => {
                    waiver.because = Some(Text::new(free_text(inner), line.at(inner)));
                }
                Token::Comma(_) | Token::Colon(_) | Token::Stop(_) => {}
                Token::Word(_) | Token::Quoted(..) => {
                    let word = token.value().unwrap_or_default();
                    let fills = [
                        "for", "of", "in", "on", "at", "may", "waive", "waived", "skip", "under",
                        "is", "break",
                    ];
                    if self.names.is_known(word) {
                        waiver.agent = Some(text());
                    } else if WAIVABLE.contains(&word) {
                        waiver.rule = Some(text());
                    } else if is_path(token, &self.names) {
                        waiver.path = Some(text());
                    } else if !fills.contains(&word.to_lowercase().as_str()) {
                        if waiver.rule.is_none() {
                            waiver.rule = Some(text());
                        } else if waiver.agent.is_none() {
                            waiver.agent = Some(text());
                        } else {
                            waiver.broken = true;
                            return self.not_understood(line, token.text(), SETTING);
                        }
                    }
                }
                _ => {
                    waiver.broken = true;
                    return self.not_understood(line, token.text(), SETTING);
                }
            }
            at += 1;
        }
    }

    fn waiver_reason(&mut self, line: &Line, first: Option<&Token<'_>>, waiver: &mut Waiving) {
        if let Some(first) = first {
            let rest = rest_of(line, first);
            waiver.because = Some(Text::new(free_text(rest), line.at(rest)));
        }
    }

    pub(super) fn waiver_table(&mut self, table: &Table) {
        let known = ["rule", "agent", "path", "because"];
        let Some(columns) = self.columns(table, &known, |head| {
            Some(match head {
                "rule" => "rule",
                "agent" => "agent",
                "path" => "path",
                "because" | "reason" | "why" => "because",
                _ => return None,
            })
        }) else {
            return;
        };
        for row in &table.rows {
            let mut waiver = Waiving::default();
            for (column, cell) in columns.iter().zip(&row.cells) {
                if cell.text.is_empty() {
                    continue;
                }
                let text = match *column {
                    "because" => Some(Text::new(free_text(&cell.text), cell.whole())),
                    key => self.one_word(cell, key, &cell.text),
                };
                match *column {
                    "rule" => waiver.rule = text,
                    "agent" => waiver.agent = text,
                    "path" => waiver.path = text,
                    _ => waiver.because = text,
                }
            }
            self.waive(row.cells.first().map_or(0..0, Line::whole), waiver);
        }
    }
}

const SETTING: &str = "write `key: value`, one a line; remarks go into a comment, `<!-- … -->`";

/// A waiver as it is read.
#[derive(Default)]
struct Waiving {
    rule: Option<Text>,
    agent: Option<Text>,
    path: Option<Text>,
    because: Option<Text>,
    broken: bool,
}

/// A command: as it stands, or what is in back-ticks or quotes.
fn command(value: &str) -> String {
    match super::lex::quotation(value) {
        Some((length, command)) if value.starts_with(['`', '"']) && length == value.len() => {
            command
        }
        _ => value.to_owned(),
    }
}
