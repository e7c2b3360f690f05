//! What says that a section holds nothing, such as `None`: an item, a paragraph or a table's row.
//! It is passed over where it stands alone. Beside entries it contradicts them, and below a label,
//! such as `May be edited by:`, it says something of what the label names: both are errors.

use super::Reader;
use super::blocks::{Block, Entry, Table};
use super::headings::Section;
use super::labels::is_label;
use super::lex::Token;
use super::line::Line;
use super::signs::{ENDS, fold};
use super::words::Names;

const IN_ANY: [&str; 14] = [
    "none",
    "none yet",
    "none so far",
    "none for now",
    "none needed",
    "none in this run",
    "n/a",
    "n.a",
    "not applicable",
    "nothing",
    "nothing yet",
    "-",
    "–",
    "—",
];
const IN_SHARED: [&str; 9] = [
    "no shared files",
    "no shared file",
    "no shared state",
    "no shared paths",
    "no files are shared",
    "nothing shared",
    "nothing is shared",
    "there are no shared files",
    "there is no shared state",
];
const IN_INTERFACE: [&str; 2] = ["no promises", "nothing is promised"];
const IN_WAIVERS: [&str; 3] = ["no waivers", "nothing is waived", "no rule is waived"];

/// Whether a value, or a cell, only says that there is none: `none`, `—`.
pub(super) fn is_none(text: &str) -> bool {
    let mark = |c: char| c.is_whitespace() || "*_()".contains(c);
    let words = text.trim_matches(mark).trim_end_matches('.').to_lowercase();
    ["none", "nothing", "n/a", "n.a", "-", "–", "—"].contains(&words.as_str())
}

/// Whether a text says that its section holds nothing, and says nothing else.
pub(super) fn says_nothing(section: Option<Section>, text: &str, names: &Names) -> bool {
    let own: &[&str] = match section {
        Some(Section::Shared) => &IN_SHARED,
        Some(Section::Interface) => &IN_INTERFACE,
        Some(Section::Waivers) => &IN_WAIVERS,
        _ => return false,
    };
    let mark = |c: char| c.is_whitespace() || "*_()".contains(c);
    let bare = text.trim_matches(mark).trim_end_matches(ENDS).trim_matches(mark);
    let words = fold(bare).to_lowercase();
    let words = words.split_whitespace().collect::<Vec<_>>().join(" ");
    !names.is_known(bare) && (IN_ANY.contains(&&*words) || own.contains(&&*words))
}

impl Reader<'_, '_> {
    /// Whether an item with nothing below it says that its section holds nothing.
    pub(super) fn is_nothing(&self, section: Option<Section>, entry: &Entry) -> bool {
        let is_bare = entry.children.is_empty() && entry.foreign.is_empty();
        is_bare && says_nothing(section, &entry.line.text, &self.names)
    }

    /// Whether an item says that there is nothing, and then more, in parentheses or behind a mark. An
    /// error then: what follows may limit something.
    pub(super) fn is_nothing_and_more(&mut self, section: Option<Section>, entry: &Entry) -> bool {
        let tokens = self.tokens(&entry.line.text);
        let Some((first, rest)) = tokens.split_first() else { return false };
        let goes_on =
            matches!(rest.first(), Some(Token::Paren(_) | Token::Comma(_) | Token::Stop(_)));
        let is_more = goes_on && says_nothing(section, first.text(), &self.names);
        if is_more {
            let help = "`None` stands alone; a remark goes into a comment, `<!-- … -->`, and what holds \
                        of a path into an entry of its own";
            self.not_understood(&entry.line, "", help);
        }
        is_more
    }

    /// Whether a table of one row says it in every cell that is not empty.
    pub(super) fn is_empty_table(&self, section: Option<Section>, table: &Table) -> bool {
        let [row] = table.rows.as_slice() else { return false };
        let mut said = row.cells.iter().filter(|cell| !cell.text.is_empty()).peekable();
        said.peek().is_some()
            && row.beyond.is_none()
            && said.all(|cell| says_nothing(section, &cell.text, &self.names))
    }

    /// Refuses what is said right above a list where one of the two says that there is nothing.
    pub(super) fn nothing_above(&mut self, section: Option<Section>, line: &Line, below: &Block) {
        let is_nothing = match below {
            Block::Item(entry) => self.is_nothing(section, entry),
            Block::Table(table) => self.is_empty_table(section, table),
            _ => false,
        };
        if is_nothing && is_label(line, &self.tokens(&line.text)) {
            let help = "a label over nothing may mean that nobody may: write what holds as an entry, \
                        or take the label out";
            self.not_understood(line, "", help);
        } else if !is_nothing {
            self.nothing_beside(section, line);
        }
    }

    /// Refuses a line beside a list that says that there is nothing.
    pub(super) fn nothing_beside(&mut self, section: Option<Section>, line: &Line) {
        if says_nothing(section, &line.text, &self.names) {
            self.not_understood(line, "", "there are entries beside it: take it out, or those");
        }
    }
}
