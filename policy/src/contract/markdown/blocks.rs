//! The blocks of a Markdown text, in order, as logical lines. pulldown-cmark says where blocks
//! are; what they say is the raw source. No byte gets lost: what no block covers is a block of
//! its own, to be complained about.

use std::cell::RefCell;
use std::ops::Range;

use pulldown_cmark::{CodeBlockKind, Event, HeadingLevel, Options, Parser, Tag};

use super::html;
use super::line::Line;

/// How deep lists and quotations may be nested.
const DEEPEST: usize = 12;

const UNCLOSED_FENCE: &str = "a code fence that is never closed";
const TABLE_IN_TEXT: &str = "a table without an empty line above it";

/// One block.
pub(super) enum Block {
    /// A heading with its level.
    Heading(usize, Line, Look),
    /// A list item.
    Item(Entry),
    /// A paragraph: its source lines.
    Paragraph(Vec<Line>),
    /// A table.
    Table(Table),
    /// Front matter: its source lines.
    Front(Vec<Line>),
    /// Fenced code, which is not read.
    Fenced(Range<usize>),
    /// What is never closed, and so swallows what stands below it: what it is.
    Unclosed(Range<usize>, &'static str),
    /// A comment that begins within a line and is never closed.
    OpenComment(Range<usize>),
    /// Something in which no part of a contract can stand: what it is.
    Foreign(Range<usize>, &'static str),
}

/// How a heading is marked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Look {
    /// With `#` before it.
    Hashes,
    /// With a line of `=` or `-` below it.
    Underlined,
}

/// An item, with what is nested in it.
pub(super) struct Entry {
    pub(super) line: Line,
    /// The number before it, in a numbered list.
    pub(super) number: Option<u64>,
    /// Nested items and further paragraphs.
    pub(super) children: Vec<Entry>,
    /// Tables and other blocks inside.
    pub(super) foreign: Vec<(Range<usize>, &'static str)>,
}

impl Entry {
    /// An entry that is one line.
    pub(super) fn of(line: Line) -> Self {
        Self { line, number: None, children: Vec::new(), foreign: Vec::new() }
    }
}

/// A table with a header row.
pub(super) struct Table {
    pub(super) header: Vec<Line>,
    pub(super) rows: Vec<Row>,
}

/// A row, and what stands in it beyond the columns of the header.
pub(super) struct Row {
    pub(super) cells: Vec<Line>,
    pub(super) beyond: Option<Range<usize>>,
}

/// A node of the block structure.
struct Node {
    kind: Kind,
    at: Range<usize>,
    children: Vec<Node>,
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Heading(usize),
    Paragraph,
    Quote,
    Fence,
    Indented,
    Html,
    List,
    Item,
    Table,
    Row,
    Cell,
    Front,
    Rule,
    TooDeep,
}

/// Splits a text into blocks.
pub(super) fn blocks(text: &str) -> Vec<Block> {
    let tree = Node { kind: Kind::Quote, at: 0..text.len(), children: tree(text) };
    let mut blocks = Vec::new();
    let open = RefCell::default();
    Splitter { text, quoted: false, open: &open }.split(&tree, &mut blocks);
    blocks
}

fn kind_of(tag: &Tag<'_>) -> Option<Kind> {
    Some(match tag {
        Tag::Paragraph => Kind::Paragraph,
        Tag::Heading { level, .. } => Kind::Heading(match level {
            HeadingLevel::H1 => 1,
            HeadingLevel::H2 => 2,
            HeadingLevel::H3 => 3,
            HeadingLevel::H4 => 4,
            HeadingLevel::H5 => 5,
            HeadingLevel::H6 => 6,
        }),
        Tag::BlockQuote(_) => Kind::Quote,
        Tag::CodeBlock(CodeBlockKind::Fenced(_)) => Kind::Fence,
        Tag::CodeBlock(CodeBlockKind::Indented) => Kind::Indented,
        Tag::HtmlBlock => Kind::Html,
        Tag::List(_) => Kind::List,
        Tag::Item => Kind::Item,
        Tag::Table(_) => Kind::Table,
        Tag::TableHead | Tag::TableRow => Kind::Row,
        Tag::TableCell => Kind::Cell,
        Tag::MetadataBlock(_) => Kind::Front,
        _ => return None,
    })
}

fn tree(text: &str) -> Vec<Node> {
    let options = Options::ENABLE_TABLES.union(Options::ENABLE_YAML_STYLE_METADATA_BLOCKS);
    let mut open: Vec<Node> = Vec::new();
    // Blocks below the deepest that is read, and inline marks, are only counted.
    let mut ignored = 0_usize;
    let mut top = Vec::new();
    for (event, at) in Parser::new_ext(text, options).into_offset_iter() {
        match event {
            Event::Start(tag) => match kind_of(&tag) {
                Some(_) if ignored > 0 => ignored += 1,
                Some(Kind::List | Kind::Quote) if depth(&open) >= DEEPEST => {
                    if let Some(parent) = open.last_mut() {
                        parent.children.push(Node {
                            kind: Kind::TooDeep,
                            at,
                            children: Vec::new(),
                        });
                    }
                    ignored = 1;
                }
                Some(kind) => open.push(Node { kind, at, children: Vec::new() }),
                None => {}
            },
            Event::End(end) => {
                use pulldown_cmark::TagEnd as End;
                let inline = matches!(
                    end,
                    End::Emphasis
                        | End::Strong
                        | End::Strikethrough
                        | End::Link
                        | End::Image
                        | End::Superscript
                        | End::Subscript
                        | End::FootnoteDefinition
                        | End::DefinitionList
                        | End::DefinitionListTitle
                        | End::DefinitionListDefinition
                );
                if inline {
                    continue;
                }
                if ignored > 0 {
                    ignored -= 1;
                } else if let Some(node) = open.pop() {
                    open.last_mut().map_or(&mut top, |parent| &mut parent.children).push(node);
                }
            }
            Event::Rule => {
                let node = Node { kind: Kind::Rule, at, children: Vec::new() };
                open.last_mut().map_or(&mut top, |parent| &mut parent.children).push(node);
            }
            _ => {}
        }
    }
    top
}

/// How many lists and quotations are open.
fn depth(open: &[Node]) -> usize {
    open.iter().filter(|node| matches!(node.kind, Kind::List | Kind::Quote)).count()
}

struct Splitter<'s> {
    text: &'s str,
    /// Inside a quotation, where lines begin with its mark.
    quoted: bool,
    /// Where comments begin, in the block that is being read, that are not closed in it.
    open: &'s RefCell<Vec<Range<usize>>>,
}

impl Splitter<'_> {
    fn line(&self, at: Range<usize>) -> Line {
        let line = Line::new(self.text, at, self.quoted);
        self.open.borrow_mut().extend(line.open_comment.clone());
        line
    }

    /// The blocks of a node, and between them what no block covers.
    fn split(&self, node: &Node, out: &mut Vec<Block>) {
        let mut covered = node.at.start;
        for child in &node.children {
            self.gap(covered..child.at.start, out);
            covered = covered.max(child.at.end);
            self.block(child, out);
            out.extend(self.open.borrow_mut().drain(..).map(Block::OpenComment));
        }
        self.gap(covered..node.at.end, out);
    }

    fn gap(&self, at: Range<usize>, out: &mut Vec<Block>) {
        let text = self.text.get(at.clone()).unwrap_or_default();
        if let Some(within) = text.find(|c: char| !c.is_whitespace() && c != '>') {
            let line = Line::new(self.text, at.start + within..at.end, self.quoted);
            out.push(Block::Foreign(line.whole(), "a link definition"));
        }
    }

    fn block(&self, node: &Node, out: &mut Vec<Block>) {
        match node.kind {
            Kind::Heading(level) => {
                let hashes = self.text[node.at.clone()].trim_start().starts_with('#');
                let look = if hashes { Look::Hashes } else { Look::Underlined };
                out.push(Block::Heading(level, self.heading(node), look));
            }
            Kind::Paragraph => {
                out.push(Block::Paragraph(self.lines(node.at.clone())));
                let table = self.table_in_text(&node.at);
                out.extend(table.map(|at| Block::Foreign(at, TABLE_IN_TEXT)));
            }
            Kind::Front => out.push(Block::Front(self.lines(node.at.clone()))),
            Kind::Quote => Splitter { quoted: true, ..*self }.split(node, out),
            Kind::List => {
                out.extend(node.children.iter().map(|item| Block::Item(self.item(item))));
            }
            Kind::Table => out.push(Block::Table(self.table(node))),
            Kind::Fence if !self.is_closed(&node.at) => {
                out.push(Block::Unclosed(node.at.clone(), UNCLOSED_FENCE));
            }
            Kind::Fence => out.push(Block::Fenced(node.at.clone())),
            Kind::Rule | Kind::Row | Kind::Cell => {}
            Kind::Html if self.unclosed(&node.at).is_some() => {
                let what = self.unclosed(&node.at).unwrap_or_default();
                out.push(Block::Unclosed(node.at.clone(), what));
            }
            Kind::Html if self.says_nothing(&node.at) => {}
            Kind::Item => out.push(Block::Item(self.item(node))),
            Kind::Indented | Kind::Html | Kind::TooDeep => {
                out.push(Block::Foreign(node.at.clone(), what(node.kind)));
            }
        }
    }

    /// Whether fenced code ends with a fence of its own.
    fn is_closed(&self, at: &Range<usize>) -> bool {
        let marks = |line: &str| {
            let line = line.trim_start_matches(|c: char| c.is_whitespace() || c == '>');
            let mark = line.chars().next().filter(|c| "`~".contains(*c));
            mark.map(|mark| (mark, line.len() - line.trim_start_matches(mark).len()))
        };
        let text = self.text[at.clone()].trim_end();
        let Some((first, last)) = text.split_once('\n') else { return false };
        let last = last.rsplit('\n').next().unwrap_or_default();
        match (marks(first), marks(last)) {
            (Some((open, length)), Some((close, end))) => {
                open == close && end >= length && last.trim_end().ends_with(close)
            }
            _ => false,
        }
    }

    fn unclosed(&self, at: &Range<usize>) -> Option<&'static str> {
        html::unclosed(&self.text[at.clone()])
    }

    fn says_nothing(&self, at: &Range<usize>) -> bool {
        let block = &self.text[at.clone()];
        html::says_nothing(block, self.quoted) && !html::strikes_out(block)
    }

    fn heading(&self, node: &Node) -> Line {
        let text = self.text[node.at.clone()].trim_end();
        let bare = text.trim_start().trim_start_matches('#');
        let start = node.at.start + (text.len() - bare.len());
        let mut end = node.at.start + text.len();
        let closing = bare.trim_end_matches('#');
        if closing.ends_with(char::is_whitespace) {
            end = start + closing.len();
        }
        // The line under a heading that is marked so.
        if let Some((title, rule)) = self.text[start..end].rsplit_once('\n')
            && rule.trim().chars().all(|c| c == '=' || c == '-')
        {
            end = start + title.len();
        }
        self.line(start..end)
    }

    /// The source lines of a range, each for itself.
    fn lines(&self, at: Range<usize>) -> Vec<Line> {
        let mut start = at.start;
        let mut lines = Vec::new();
        // A comment goes on to its end, however many lines further down.
        let mut comment = None;
        for part in self.text[at].split('\n') {
            // Only in a quotation can the mark stand there.
            let marks = part.len() - part.trim_start_matches([' ', '>']).len();
            let end = part.find("-->").map(|end| end + "-->".len());
            let begin = if comment.is_some() { end } else { Some(marks) };
            if let Some(begin) = begin {
                let line = Line::new(self.text, start + begin..start + part.len(), false);
                comment = line.open_comment.clone();
                if !line.text.is_empty() {
                    lines.push(line);
                }
            }
            start += part.len() + 1;
        }
        self.open.borrow_mut().extend(comment);
        lines
    }

    fn item(&self, node: &Node) -> Entry {
        let marker = &self.text[node.at.clone()];
        let digits = marker.trim_start();
        let after = digits.trim_start_matches(|c: char| c.is_ascii_digit());
        let number = digits[..digits.len() - after.len()].parse().ok();
        let content = after.strip_prefix(['-', '*', '+', '.', ')']).unwrap_or(after);
        let mut start = node.at.start + (marker.len() - content.len());
        let mut entry = Entry { number, ..Entry::of(Line::new(self.text, start..start, false)) };
        let mut parts = Vec::new();
        for child in &node.children {
            parts.push((start..child.at.start.max(start), None));
            if child.kind == Kind::Paragraph {
                parts.push((child.at.clone(), None));
            } else {
                parts.push((child.at.clone(), Some(child)));
            }
            start = start.max(child.at.end);
        }
        parts.push((start..node.at.end.max(start), None));
        for (at, block) in parts {
            match block {
                Some(block) => self.nested(block, &mut entry),
                None => self.text_of_item(at, &mut entry),
            }
        }
        entry
    }

    /// The rule below the header of a table that is a part of the text above it: a line that only
    /// continues an item's paragraph begins no table (pulldown-cmark 0.13.6).
    fn table_in_text(&self, at: &Range<usize>) -> Option<Range<usize>> {
        let is_rule = |line: &&str| {
            let line = line.trim();
            line.contains('|')
                && line.contains('-')
                && line.chars().all(|c| "|-:>".contains(c) || c.is_whitespace())
        };
        let rule = self.text[at.clone()].lines().skip(1).find(is_rule)?;
        let start = rule.as_ptr() as usize - self.text.as_ptr() as usize;
        Some(start..start + rule.len())
    }

    /// Text directly in an item: what it says, or a further line of it.
    fn text_of_item(&self, at: Range<usize>, entry: &mut Entry) {
        let table = self.table_in_text(&at);
        entry.foreign.extend(table.map(|at| (at, TABLE_IN_TEXT)));
        let mut line = self.line(at);
        for mark in ["[ ] ", "[x] ", "[X] "] {
            if line.text.starts_with(mark) {
                line.cut(0..mark.len());
            }
        }
        if line.text.is_empty() || self.quoted && line.text.chars().all(|c| c == '>') {
            return;
        }
        if entry.line.text.is_empty() && entry.children.is_empty() {
            entry.line = line;
        } else {
            entry.children.push(Entry::of(line));
        }
    }

    fn nested(&self, node: &Node, entry: &mut Entry) {
        match node.kind {
            Kind::List => entry.children.extend(node.children.iter().map(|item| self.item(item))),
            Kind::Item => entry.children.push(self.item(node)),
            Kind::Quote => {
                let inner = Splitter { quoted: true, ..*self };
                for child in &node.children {
                    match child.kind {
                        Kind::Paragraph => inner.text_of_item(child.at.clone(), entry),
                        _ => inner.nested(child, entry),
                    }
                }
            }
            Kind::Heading(_) => {
                let line = self.heading(node);
                if entry.line.text.is_empty() && entry.children.is_empty() {
                    entry.line = line;
                } else {
                    entry.foreign.push((node.at.clone(), "a heading inside an item"));
                }
            }
            Kind::Fence if !self.is_closed(&node.at) => {
                entry.foreign.push((node.at.clone(), UNCLOSED_FENCE));
            }
            Kind::Fence | Kind::Rule => {}
            Kind::Html if self.unclosed(&node.at).is_some() => {
                let what = self.unclosed(&node.at).unwrap_or_default();
                entry.foreign.push((node.at.clone(), what));
            }
            Kind::Html if self.says_nothing(&node.at) => {}
            kind => entry.foreign.push((node.at.clone(), what(kind))),
        }
    }

    fn table(&self, node: &Node) -> Table {
        let mut rows = node.children.iter().map(|row| self.row(row));
        let header = rows.next().map(|row| row.cells).unwrap_or_default();
        Table { header, rows: rows.collect() }
    }

    fn row(&self, node: &Node) -> Row {
        let place = |part: &str| {
            let start = part.as_ptr() as usize - self.text.as_ptr() as usize;
            start..start + part.len()
        };
        let cell = |cell: &Node| {
            let bare = self.text[cell.at.clone()].trim().trim_matches('|');
            self.line(place(bare))
        };
        let cells: Vec<Line> = node.children.iter().map(cell).collect();
        // Cells beyond the header's are dropped by the format; here they are not.
        let end = node.children.last().map_or(node.at.start, |cell| cell.at.end);
        let line_end = self.text[end..].find('\n').map_or(self.text.len(), |length| end + length);
        let marks = |c: char| c == '|' || c.is_whitespace();
        let beyond = self.text[end..line_end].trim_matches(marks);
        Row { cells, beyond: (!beyond.is_empty()).then(|| place(beyond)) }
    }
}

fn what(kind: Kind) -> &'static str {
    match kind {
        Kind::Indented => "text indented so far that it is code",
        Kind::Html => "HTML",
        Kind::TooDeep => "text nested more than twelve deep",
        Kind::Table => "a table inside an item",
        _ => "a block inside an item",
    }
}
