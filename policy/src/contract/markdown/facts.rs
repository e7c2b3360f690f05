//! Tables under the title: facts about the work, such as `| Epic | ONB-7 |`, are prose as a list of them is. What
//! only a section can say in a table is not, nor is a key of the contract, which a table does not set there.

use super::Reader;
use super::blocks::Table;
use super::free_text::AT_THE_TOP;
use super::line::Line;
use super::lone_names::is_row_of_files;
use super::parts::begins_with_an_agent;
use super::prose::names_a_policy;
use super::repo_paths::Under;
use super::settings::key_value;
use super::signs::fold;
use super::told::{is_value, sets_what_is_meant, tells_a_setting};
use super::unknown_heading::is_forbidding;
use crate::contract::keys::RESERVED;
use crate::contract::toml_reader::unknown_key;

/// What the columns of a section's table are called, and hardly those of another.
const COLUMNS: [&str; 24] = [
    "agent",
    "agents",
    "lane",
    "lanes",
    "branch",
    "worktree",
    "scope",
    "scopes",
    "path",
    "paths",
    "file",
    "files",
    "owns",
    "mode",
    "access",
    "except",
    "policy",
    "promise",
    "promises",
    "commits to",
    "may edit",
    "owned paths",
    "shared file",
    "shared files",
];

const AS_KEY: &str = "write `key: value`, such as `version: 3`, in a line of its own";

impl Reader<'_, '_> {
    /// A table under the title: prose, or what is wrong with it.
    pub(super) fn table_of_facts(&mut self, table: &Table) {
        let first = table.header.first().map_or(0..0, Line::whole);
        let is_column = |head: &Line| {
            let head = fold(&head.text).to_lowercase();
            COLUMNS.contains(&head.trim_matches(|c: char| "*_`".contains(c) || c.is_whitespace()))
        };
        if table.header.iter().any(is_column) {
            self.misplaced(first, "this table");
            return;
        }
        self.row_of_facts(&table.header, false);
        table.rows.iter().for_each(|row| self.row_of_facts(&row.cells, true));
    }

    /// A row, as the item `FIRST: SECOND` would be read. The first one, which is a header, has no keys that are
    /// but reserved: `| Tasks | Owner |`.
    fn row_of_facts(&mut self, cells: &[Line], below_the_header: bool) {
        let Some(cell) = cells.first() else { return };
        let texts = cells.iter().map(|cell| cell.text.as_str()).filter(|text| !text.is_empty());
        let said = texts.collect::<Vec<_>>().join(": ");
        let line = Line::new(&said, 0..said.len(), false);
        let key = key_value(&said).map(|(key, _)| key).unwrap_or_default();
        if below_the_header && RESERVED.contains(&key.as_str()) {
            unknown_key("the contract", &key, &cell.whole(), &AT_THE_TOP, self.problems);
        } else if sets(&said) {
            self.not_understood(cell, "", AS_KEY);
        } else if let Some(help) = self.belongs_in_a_section(&line) {
            self.not_understood(cell, "", &help);
        } else if self.is_row_of_a_section(cells, is_forbidding(&key.replace('-', " "))) {
            self.misplaced(cell.whole(), "this row");
        }
    }

    /// Whether a row begins with an agent or a path, or has a path beside who may edit it, or an agent beside its
    /// number.
    fn is_row_of_a_section(&self, cells: &[Line], forbidden: bool) -> bool {
        let begins = |cell: &Line| {
            begins_with_an_agent(cell, self) || self.begins_with_a_path(cell, Under::Other)
        };
        let governs =
            |cell: &Line| begins_with_an_agent(cell, self) || self.is_policy_of_files(cell);
        let is_path = |cell: &Line| self.begins_with_a_path(cell, Under::Other);
        let is_number = |cell: &Line| {
            let digits = cell.text.trim_end_matches(['.', ')']);
            !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
        };
        let is_step = cells.first().is_some_and(is_number)
            && cells.iter().any(|cell| begins_with_an_agent(cell, self));
        is_step
            || cells.first().is_some_and(begins)
            || cells.iter().any(is_path) && cells.iter().any(governs)
            || is_row_of_files(cells, forbidden, self)
    }
}

/// Whether a row sets a key of the contract. Its name and its objective bind nobody.
fn sets(said: &str) -> bool {
    let keyed = key_value(said).is_some_and(|(key, value)| {
        AT_THE_TOP.contains(&key.as_str()) && is_value(&key, value)
            || names_a_policy(&key)
            || sets_what_is_meant(&key, value)
    });
    keyed || tells_a_setting(said)
}
