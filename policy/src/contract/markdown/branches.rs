//! `Branches` beside the section that gives the lanes: which branches there are, such as `main: protected`. Entries
//! that name an agent, or a lane by its branch or worktree, are a lane's; the others are prose.

use super::Reader;
use super::blocks::{Block, Entry, Table};
use super::headings::{self, Heading, Section};
use super::lex::Token;
use super::line::Line;
use super::naming::has_keys;
use super::restrictions::AS_ENTRY;

/// Whether there is such a heading, and another one with entries that gives the lanes.
pub(super) fn stand_beside_lanes(blocks: &[Block]) -> bool {
    let is_such = |block: &Block| match block {
        Block::Heading(_, line, _) => headings::is_branches(&line.text),
        _ => false,
    };
    blocks.iter().any(is_such) && gives_lanes(blocks)
}

fn gives_lanes(blocks: &[Block]) -> bool {
    let mut within = false;
    blocks.iter().any(|block| match block {
        Block::Heading(_, line, _) => {
            within = match headings::read(&line.text) {
                Heading::Section(section) => {
                    section == Section::Worktrees && !headings::is_branches(&line.text)
                }
                // An agent's, perhaps.
                _ => within,
            };
            false
        }
        Block::Item(_) | Block::Table(_) => within,
        Block::Paragraph(lines) => within && lines.iter().any(|line| has_keys(&line.text)),
        _ => false,
    })
}

impl Reader<'_, '_> {
    /// Whether an entry of that section is about other branches than the lanes'. What it says of settings or
    /// paths is an error.
    pub(super) fn is_of_other_branches(&mut self, entry: &Entry) -> bool {
        if self.names_a_lane(entry) {
            return false;
        }
        if !self.out_of_place(Section::Worktrees, &entry.line) && self.restricts_a_path(&entry.line)
        {
            self.not_understood(&entry.line, "", AS_ENTRY);
        }
        entry.children.iter().all(|child| self.is_of_other_branches(child))
    }

    /// The same of a table.
    pub(super) fn is_table_of_other_branches(&self, table: &Table) -> bool {
        let mut cells = table.rows.iter().flat_map(|row| &row.cells);
        !cells.any(|cell| self.holds_a_lane(cell))
    }

    fn names_a_lane(&self, entry: &Entry) -> bool {
        has_keys(&entry.line.text)
            || self.holds_a_lane(&entry.line)
            || entry.children.iter().any(|child| self.names_a_lane(child))
    }

    fn holds_a_lane(&self, line: &Line) -> bool {
        self.tokens(&line.text).iter().any(|token| self.is_lane(token))
    }

    fn is_lane(&self, token: &Token<'_>) -> bool {
        let word = match token {
            Token::Paren(inner) => return self.tokens(inner).iter().any(|t| self.is_lane(t)),
            token => token.value().unwrap_or_default(),
        };
        let word = word.trim_matches(|c: char| "*_[]".contains(c));
        // One that only stands here is a lane without a scope, and not another branch.
        let is_agents = word.starts_with("agent")
            && !word.contains(['/', '*'])
            && word.contains(|c: char| c.is_ascii_digit());
        is_agents
            || self.names.agents_in(word).is_some()
            || self.draft.agents.iter().any(|agent| {
                [&agent.branch, &agent.worktree]
                    .into_iter()
                    .flatten()
                    .any(|name| name.value == word)
            })
    }
}
