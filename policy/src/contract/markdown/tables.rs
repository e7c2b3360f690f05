//! Tables: what their columns mean, and what a row says of an agent, a shared path or a setting.

use super::super::draft::Text;
use super::super::model::Mode;
use super::super::source::Shown;
use super::Reader;
use super::blocks::Table;
use super::free_text::AT_THE_TOP;
use super::headings::Section;
use super::line::Line;
use super::nothing::is_none;
use super::prose::{says_a_rule, says_another_rule};
use super::signs::fold;
use super::words::{Access, access};

/// A column that has no meaning, which is said of it.
const UNKNOWN: &str = "unknown";

impl Reader<'_, '_> {
    /// The meaning of a table's columns; a problem for each that has none. `None`: the rows are not
    /// read. Those of agents are, by the other columns, since every line about these agents would be
    /// an error of its own without them.
    pub(super) fn columns(
        &mut self,
        table: &Table,
        known: &[&'static str],
        meaning: impl Fn(&str) -> Option<&'static str>,
    ) -> Option<Vec<&'static str>> {
        let mut columns = Vec::new();
        let mut unknown = false;
        for head in &table.header {
            let words = fold(&head.text).to_lowercase();
            let words = words.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
            let words: Vec<&str> = words.collect();
            match meaning(&words.join(" ")) {
                Some(column) if !columns.contains(&column) => columns.push(column),
                Some(_) => {
                    unknown = true;
                    columns.push(UNKNOWN);
                    let message = format!("two columns say the same: {}", Shown(&head.text));
                    self.problems.error("unknown-column", &head.whole(), message, "join them");
                }
                None => {
                    unknown = true;
                    columns.push(UNKNOWN);
                    let message = format!("the column {} has no meaning here", Shown(&head.text));
                    let help =
                        format!("known here: {}; remarks go into a comment", known.join(", "));
                    self.problems.error("unknown-column", &head.whole(), message, help);
                }
            }
        }
        let of_agents = columns.contains(&"agent") && known.contains(&"branch");
        (!unknown || of_agents).then_some(columns)
    }

    /// A column without a heading numbers the rows. Anything else in it would say something.
    fn numbers(&mut self, table: &Table, columns: &[&'static str]) {
        let Some(number) = columns.iter().position(|column| *column == "number") else { return };
        for cell in table.rows.iter().filter_map(|row| row.cells.get(number)) {
            let is_mark = |c: char| c.is_ascii_digit() || "#.)-–—".contains(c);
            if !cell.text.chars().all(is_mark) {
                let message = format!("{} stands in a column without a heading", Shown(&cell.text));
                let help = "give the column its heading; without one it numbers the rows";
                self.problems.error("table-cell", &cell.whole(), message, help);
            }
        }
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
        self.numbers(table, &columns);
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
        // `none` as a mode could mean that nothing may be done, and of new surface it says something.
        let may_be_none = ["worktree", "except", "promises", "relied-on-by"];
        let cell = |key: &str| {
            let number = columns.iter().position(|column| *column == key)?;
            let is_empty =
                |text: &str| text.is_empty() || is_none(text) && may_be_none.contains(&key);
            cells.get(number).filter(|cell| !is_empty(&cell.text))
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
            let Some(cell) = cell(key) else { continue };
            let help = match cell.text.to_lowercase().contains("withdrawn") {
                true => "give the table a column `Withdrawn`, with `true` in this row",
                false => {
                    "one word a cell; what else is known has a column of its own, remarks a comment"
                }
            };
            if let Some(word) = self.one_word_or(cell, &cell.text, help) {
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
        let narrowing = cell("mode").or(cell("except")).filter(|_| cell("scope").is_none());
        if let Some(narrowing) = narrowing {
            let message = format!("{} is for no path of this row", Shown(&narrowing.text));
            let help = "give the row its paths, in the column `scope`";
            self.problems.error("table-cell", &narrowing.whole(), message, help);
        }
        if let Some(scope) = cell("scope") {
            let tokens = self.tokens(&scope.text);
            let mut paths = self.scope_paths(scope, &tokens, mode);
            if let Some(except) = cell("except") {
                let tokens = self.tokens(&except.text);
                let except = self.excepted_paths(except, &tokens);
                for path in &mut paths.granted {
                    path.except.extend(except.iter().cloned());
                }
            }
            self.grant(place, paths);
        }
        if let Some(promise) = cell("promises") {
            let readers = cell("relied-on-by");
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
        self.numbers(table, &columns);
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
            let note = cell("note").filter(|note| !is_none(&note.text));
            self.shared_row(path, &policy, note);
        }
    }

    pub(super) fn settings_table(&mut self, section: Section, table: &Table) {
        let name = |cell: &Line| {
            let marks = |c: char| "`*_\"'".contains(c) || c.is_whitespace();
            fold(cell.text.trim_matches(marks)).to_lowercase().replace([' ', '_'], "-")
        };
        let two = "a table of settings has two columns, the key and its value, below a header row";
        for head in &table.header {
            let is_key = AT_THE_TOP.contains(&name(head).as_str());
            let is_rule = says_a_rule(Some(section), head, self)
                || section == Section::Policy && says_another_rule(head, self);
            if table.header.len() < 2 || is_key || is_rule {
                self.not_understood(head, "", two);
            }
        }
        for row in &table.rows {
            let (Some(key), Some(value)) = (row.cells.first(), row.cells.get(1)) else { continue };
            if row.cells.len() > 2 {
                self.not_understood(&row.cells[2], "", two);
            }
            self.setting_key(section, value, &name(key), &value.text);
        }
    }
}
