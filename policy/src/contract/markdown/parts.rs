//! The text divided by its headings: which entries stand in which section, and which agent they
//! are about. Prose is looked through here for what should have been a section.

use std::ops::Range;

use super::super::draft::Text;
use super::super::source::Shown;
use super::Reader;
use super::any_order::says_any_order;
use super::blocks::{Block, Entry, Look, Row, Table};
use super::free_text::AT_THE_TOP;
use super::headings::{self, Heading, Section};
use super::labels::{forbids, is_about_the_rest, is_bounded, takes_back, without_parentheses};
use super::lex::Token;
use super::line::Line;
use super::lone_names::{is_of_files, is_row_of_files};
use super::nothing::says_nothing;
use super::prose::{
    holds_path, names_a_policy, says_a_mode, says_a_policy, says_a_rule, sets_a_policy, word_of,
};
use super::settings::{OF_AGENTS, OF_MERGE, OF_POLICY, assigned, key_value, sets};
use super::words::{could_be_agent, is_path};
use super::worktrees::says_scope;

/// What stands together under a heading.
pub(super) struct Part {
    /// The section; `None` under the title or under an agent's own heading.
    pub(super) section: Option<Section>,
    /// The agent whose heading it stands under.
    pub(super) agent: Option<Text>,
    pub(super) entries: Vec<Entry>,
    pub(super) tables: Vec<Table>,
    /// Under the title, and in the merge order: paragraphs, each as one line.
    pub(super) lines: Vec<Line>,
    /// Prose since the last list, which may say something of the next one.
    pub(super) prose: Vec<Line>,
    /// The prose above lists.
    pub(super) heard: Vec<Line>,
    /// Whether the last block was of a list.
    below_a_list: bool,
    /// Fenced code.
    pub(super) fenced: Vec<Range<usize>>,
}

/// What the blocks that follow are.
enum Place {
    Part(usize, Part),
    /// Prose, under its heading, in a section or outside of any; whether that has been complained
    /// about.
    Prose(usize, Line, Option<Section>, bool),
    /// A reserved section.
    Reserved(usize),
}

/// Divides the blocks.
pub(super) fn parts(blocks: Vec<Block>, reader: &mut Reader<'_, '_>) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut place = Place::Part(0, Part::new(None, None));
    for block in blocks {
        if let Block::Heading(level, line, look) = block {
            let next = heading((level, look), line, &place, reader);
            if let Some(next) = next
                && let Place::Part(_, part) = std::mem::replace(&mut place, next)
            {
                parts.push(part);
            }
            continue;
        }
        if let Block::Unclosed(at, what) = &block {
            let help = "close it: a fence with as many marks, a comment with `-->`";
            let message = format!("{what}, and swallows what stands below it");
            reader.problems.error("not-understood", at, message, help);
            continue;
        }
        match &mut place {
            Place::Part(_, part) => part.take(block, reader),
            Place::Prose(_, line, section, complained) => {
                if !*complained {
                    *complained = look_through(line, *section, &block, reader);
                }
            }
            Place::Reserved(_) => {}
        }
    }
    if let Place::Part(_, part) = place {
        parts.push(part);
    }
    parts
}

/// The place after a heading; `None` when it goes on as it was.
fn heading(
    (level, look): (usize, Look),
    line: Line,
    place: &Place,
    reader: &mut Reader<'_, '_>,
) -> Option<Place> {
    let text = line.text.clone();
    match headings::read(&text) {
        Heading::Title(name) => {
            let at = line.whole();
            if let Some(name) = name {
                let name = Text::new(name.to_owned(), at);
                Reader::set_once(reader.problems, &mut reader.draft.name, "name", name);
            }
            Some(Place::Part(level, Part::new(None, None)))
        }
        Heading::Section(section) => {
            let bare = without_parentheses(&text);
            let said = reader.tokens(&bare);
            let limits = section == Section::Scope
                && (forbids(&said) || says_a_mode(&said))
                && !is_about_the_rest(&said);
            let ends = matches!(section, Section::Scope | Section::Waivers) && is_bounded(&said);
            if text.contains("~~") || takes_back(&said) || limits || ends {
                let help = "take the section out, or put it into a comment, `<!-- … -->`";
                reader.not_understood(&line, "", help);
            }
            Some(Place::Part(level, Part::new(Some(section), None)))
        }
        Heading::Reserved(key) => {
            let message = format!("the section {} is reserved for a later version", Shown(key));
            let help = "take it out; nothing would enforce it yet";
            reader.problems.error("reserved-key", &line.whole(), message, help);
            Some(Place::Reserved(level))
        }
        Heading::Other => other_heading((level, look), line, place, reader),
    }
}

fn other_heading(
    (level, look): (usize, Look),
    line: Line,
    place: &Place,
    reader: &mut Reader<'_, '_>,
) -> Option<Place> {
    let inside = match place {
        Place::Prose(above, _, section, _) if *above < level => {
            return Some(Place::Prose(level, line, *section, false));
        }
        Place::Reserved(above) if *above < level => return None,
        Place::Part(above, part) if *above < level => part.section,
        _ => None,
    };
    // An agent's heading inside a section may be followed by another one, of the same level.
    let beside = match place {
        Place::Part(above, part) if *above == level && part.agent.is_some() => part.section,
        _ => None,
    };
    let section = inside.or(beside);
    let name = line.text.trim_matches(|c: char| "*_`:".contains(c) || c.is_whitespace());
    let takes_agents =
        matches!(section, Some(Section::Worktrees | Section::Scope | Section::Interface));
    if reader.names.is_known(name) || takes_agents && could_be_agent(name) && name.contains('-') {
        let agent = Some(Text::new(name.to_owned(), line.at(name)));
        return Some(Place::Part(level, Part::new(section, agent)));
    }
    // A line that a rule below it makes a heading was hardly meant as one.
    let suspect = section.is_some() || look == Look::Underlined;
    let complained = suspect && begins_like_an_entry(&line, reader)
        || (look == Look::Underlined || is_of_settings(section)) && sets(&line.text, &AT_THE_TOP)
        || names_a_policy(&line.text) && line.text.contains([':', '='])
        || look == Look::Underlined && goes_on_with(place, &line, reader);
    if complained {
        let help = "write it as a list item; a heading names a section, or an agent";
        reader.not_understood(&line, "", help);
    }
    Some(Place::Prose(level, line, section, complained))
}

/// Whether a line says something of the section that it stands in.
fn goes_on_with(place: &Place, line: &Line, reader: &Reader<'_, '_>) -> bool {
    let Place::Part(_, part) = place else { return false };
    let line = line.clone().plain(|word| reader.names.is_emphasised(word));
    match part.section {
        Some(Section::Order) => says_any_order(&line.text) || reader.reads_as_steps(&line),
        None | Some(Section::Policy | Section::Interface) => false,
        section => says_a_rule(section, &line, reader),
    }
}

/// Whether a line begins with the name of an agent or with a path.
fn begins_like_an_entry(line: &Line, reader: &Reader<'_, '_>) -> bool {
    let plain = line.clone().plain(|word| reader.names.is_emphasised(word));
    let tokens = reader.tokens(&plain.text);
    match tokens.first() {
        Some(Token::Word(word)) if reader.names.agents_in(word).is_some() => true,
        Some(Token::Quoted(text, value)) => {
            text.starts_with('`') && reader.names.is_known(value)
                || super::super::spelling::looks_like_path(value)
        }
        Some(token) => is_path(token, &reader.names),
        None => false,
    }
}

fn is_of_settings(section: Option<Section>) -> bool {
    matches!(section, Some(Section::Merge | Section::Policy))
}

/// Looks through prose for a bullet or a table that begins with an agent or a path, and for settings.
fn look_through(
    heading: &Line,
    section: Option<Section>,
    block: &Block,
    reader: &mut Reader<'_, '_>,
) -> bool {
    let forbidden = is_forbidding(&heading.text);
    let near = section.or_else(|| headings::nearest_section(&heading.text));
    let setting = |line: &&Line| {
        sets_a_policy(&line.text)
            || is_of_settings(near) && sets(&line.text, &OF_MERGE)
            || is_of_settings(section) && sets(&line.text, &OF_POLICY)
            || section == Some(Section::Shared) && says_a_policy(&reader.tokens(&line.text), reader)
    };
    let found = match block {
        Block::Paragraph(lines) if lines.iter().any(|line| setting(&line)) => {
            lines.iter().find(setting).map(Line::whole)
        }
        Block::Item(Entry { line, .. }) if setting(&line) => Some(line.whole()),
        Block::Item(Entry { children, .. }) if children.iter().any(|c| setting(&&c.line)) => {
            children.iter().map(|child| &child.line).find(setting).map(Line::whole)
        }
        Block::Table(table) if table.rows.iter().any(|row| is_row_of_settings(row, near)) => {
            let row = table.rows.iter().find(|row| is_row_of_settings(row, near));
            row.and_then(|row| row.cells.first()).map(Line::whole)
        }
        Block::Item(entry) => entry_like(entry, forbidden, reader),
        Block::Table(table) => {
            let rows = table.rows.iter().filter_map(|row| {
                let of_files = is_row_of_files(&row.cells, forbidden, reader);
                row.cells.iter().find(|cell| of_files || begins_like_an_entry(cell, reader))
            });
            rows.map(Line::whole).next()
        }
        Block::Paragraph(lines) if forbidden => {
            let entry =
                |line: &&Line| begins_like_an_entry(line, reader) || holds_path(line, reader);
            lines.iter().find(entry).map(Line::whole)
        }
        _ => None,
    };
    let Some(at) = found else { return false };
    complain(heading, &at, reader);
    true
}

/// Whether a row has a key of the policy, or where settings stand one of the merge, before a value.
fn is_row_of_settings(row: &Row, near: Option<Section>) -> bool {
    let [key, value, ..] = row.cells.as_slice() else { return false };
    let text = format!("{}: {}", key.text, value.text);
    sets_a_policy(&text) || is_of_settings(near) && sets(&text, &OF_MERGE)
}

/// Whether a heading says that what follows is not to be edited.
fn is_forbidding(heading: &str) -> bool {
    let heading = heading.to_lowercase();
    let words = ["out of scope", "off limits", "off-limits", "do not", "don't", "forbidden"];
    words.iter().any(|words| heading.contains(words))
}

/// Whether a heading begins like an agent's: `agent-1 — API`.
fn is_a_numbered_name(heading: &str) -> bool {
    let mut words = heading.split(|c: char| c.is_whitespace() || "*_`:()".contains(c));
    words.find(|word| !word.is_empty()).is_some_and(|first| {
        could_be_agent(first) && first.contains('-') && first.contains(|c: char| c.is_ascii_digit())
    })
}

fn entry_like(entry: &Entry, forbidden: bool, reader: &Reader<'_, '_>) -> Option<Range<usize>> {
    if begins_like_an_entry(&entry.line, reader) || is_of_files(entry, forbidden, reader) {
        return Some(entry.line.whole());
    }
    entry.children.iter().find_map(|child| entry_like(child, forbidden, reader))
}

fn complain(heading: &Line, at: &Range<usize>, reader: &mut Reader<'_, '_>) {
    let line = reader.problems.source.line(at.start);
    let message = format!(
        "{} is no section of the contract, but line {line} reads like an entry",
        Shown(&heading.text)
    );
    let help = match headings::nearest_section(&heading.text) {
        _ if is_forbidding(&heading.text) => {
            "what is not listed is nobody's, so this can go; or write `PATH: nobody edits` under \
             Shared state"
                .to_owned()
        }
        _ if is_a_numbered_name(&heading.text) => {
            "an agent's heading is its name alone, such as `### agent-1`, under Worktrees or Scope; \
             remarks go into a comment, `<!-- … -->`"
                .to_owned()
        }
        Some(section) => format!("did you mean `{}`?", section.title()),
        None => {
            "the sections are Worktrees, Scope, Interface boundary, Shared state, Merge order, \
                 Merge, Policy and Waivers; prose lists begin with neither an agent nor a path, for \
                 which a name alone in back-ticks is taken; \
                 an agent of any name may stand in a list, with its keys nested below"
                .to_owned()
        }
    };
    reader.problems.error("unknown-section", &heading.whole(), message, help);
}

/// Reads prose that may be about scopes further down: above the headings of agents, and under
/// Worktrees where what an agent may edit stands there too.
pub(super) fn prose_of_scope(parts: &[Part], reader: &mut Reader<'_, '_>) {
    let is_worktrees = |part: &&Part| part.section == Some(Section::Worktrees);
    let gives_scope = parts.iter().filter(is_worktrees).any(Part::gives_scope);
    let is_about_scopes = |part: &Part| match part.section {
        Some(Section::Scope) => true,
        Some(Section::Worktrees) => gives_scope,
        _ => false,
    };
    for two in parts.windows(2) {
        let (above, below) = (&two[0], &two[1]);
        let is_above = above.agent.is_none() && below.agent.is_some();
        if is_above && above.section == below.section && is_about_scopes(below) {
            above.prose.iter().for_each(|line| reader.label_of_scope(false, line));
        }
    }
    for part in parts.iter().filter(is_worktrees).filter(|_| gives_scope) {
        part.heard.iter().for_each(|line| reader.label_of_scope(false, line));
        for line in part.heard.iter().chain(&part.prose) {
            if says_a_rule(Some(Section::Scope), line, reader) {
                reader.not_understood(line, "", "say a mode behind each path that it is for");
            }
        }
    }
}

impl Part {
    fn gives_scope(&self) -> bool {
        let is_column = |head: &Line| {
            ["scope", "mode"].iter().any(|word| head.text.to_lowercase().contains(word))
        };
        self.tables.iter().flat_map(|table| &table.header).any(is_column)
            || self.entries.iter().any(|entry| {
                says_scope(&entry.line) || entry.children.iter().any(|c| says_scope(&c.line))
            })
    }

    fn new(section: Option<Section>, agent: Option<Text>) -> Self {
        Self {
            section,
            agent,
            entries: Vec::new(),
            tables: Vec::new(),
            lines: Vec::new(),
            prose: Vec::new(),
            heard: Vec::new(),
            below_a_list: false,
            fenced: Vec::new(),
        }
    }

    fn take(&mut self, block: Block, reader: &mut Reader<'_, '_>) {
        let lists = matches!(block, Block::Item(_) | Block::Table(_));
        if lists {
            let of_paths = self.agent.is_some() && reader.lists_paths(&block);
            for line in std::mem::take(&mut self.prose) {
                reader.label_above(self.section, of_paths, &line);
                reader.nothing_above(self.section, &line, &block);
                self.heard.push(line);
            }
        }
        let below_a_list = std::mem::replace(&mut self.below_a_list, lists);
        match block {
            Block::Heading(..) | Block::Unclosed(..) => {}
            Block::Fenced(at) => self.fenced.push(at),
            Block::OpenComment(at) => {
                let message = "a comment that is never closed";
                reader.problems.error("not-understood", &at, message, "close it with `-->`");
            }
            Block::Item(entry) => self.entries.push(entry),
            Block::Table(table) => self.tables.push(table),
            Block::Front(lines) => {
                self.lines.extend(lines.into_iter().filter(|line| !line.text.starts_with("---")));
            }
            Block::Paragraph(lines) => self.paragraph(lines, below_a_list, reader),
            Block::Foreign(at, what) => {
                let says = reader.problems.source.text.get(at.clone()).unwrap_or_default();
                let line = Line::new(says, 0..says.len(), false);
                // Under the title HTML and the like is decoration, unless it reads like an entry.
                let is_key = |text: &str| sets(text, &AT_THE_TOP);
                let says = begins_like_an_entry(&line, reader) || says.lines().any(is_key);
                if self.section.is_some() || says {
                    reader.foreign(&at, what);
                }
            }
        }
    }

    /// A paragraph: lines that begin an entry, each with the lines that are wrapped below it; or
    /// prose.
    fn paragraph(&mut self, lines: Vec<Line>, below_a_list: bool, reader: &mut Reader<'_, '_>) {
        if self.section.is_none() && self.agent.is_none() {
            let lines = join(lines, |line| assigned(&line.text).is_some());
            self.lines.extend(lines.into_iter().map(|entry| entry.line));
            return;
        }
        if self.section == Some(Section::Order) {
            let lines = join(lines, |line| starts_step(line, reader));
            self.lines.extend(lines.into_iter().map(|entry| entry.line));
            return;
        }
        let section = self.section;
        // A list of paths goes on below its comma.
        let under_agent = self.agent.is_some();
        let open = std::cell::Cell::new(false);
        let entries = join(lines, |line| {
            let goes_on = open.replace(line.text.ends_with(','));
            let keyed = under_agent && says_a_key(line);
            !goes_on && (keyed || starts_entry(section, line, reader))
        });
        for entry in entries {
            let line = entry.line.clone().plain(|word| reader.names.is_emphasised(word));
            let nothing = says_nothing(section, &line.text, &reader.names);
            let keyed = under_agent && says_a_key(&line);
            let counts = starts_entry(section, &line, reader)
                || holds_path(&line, reader)
                || says_a_rule(section, &line, reader);
            if (keyed || counts) && !nothing {
                self.entries.push(entry);
                continue;
            }
            if below_a_list {
                reader.label_below(section, &line);
                reader.nothing_beside(section, &line);
            }
            self.prose.push(line);
        }
    }
}

/// Whether a line begins with an agent, or with one behind a number: `2) agent-2`.
pub(super) fn starts_step(line: &Line, reader: &Reader<'_, '_>) -> bool {
    let plain = line.clone().plain(|word| reader.names.is_emphasised(word));
    let tokens = reader.tokens(&plain.text);
    let numbered = matches!(tokens.first(), Some(Token::Word(word)) if word.ends_with(')'));
    tokens.get(usize::from(numbered)).is_some_and(|token| reader.is_agent(token))
}

/// Whether a line is `key: value`, or sets a key of an agent in another spelling.
fn says_a_key(line: &Line) -> bool {
    key_value(&line.text).is_some() || sets(&line.text, &OF_AGENTS)
}

pub(super) fn starts_entry(section: Option<Section>, line: &Line, reader: &Reader<'_, '_>) -> bool {
    let settings =
        matches!(section, None | Some(Section::Merge | Section::Policy | Section::Waivers));
    if settings || section == Some(Section::Worktrees) {
        let keyed = match section {
            None | Some(Section::Worktrees) => says_a_key(line),
            _ => assigned(&line.text).is_some(),
        };
        if keyed || section == Some(Section::Worktrees) && super::naming::has_keys(&line.text) {
            return true;
        }
    }
    begins_like_an_entry(line, reader) || begins_with_a_marked_name(line, reader)
}

/// `"agent-1"`, `'agent-1'`, `[agent-1](#api)`
fn begins_with_a_marked_name(line: &Line, reader: &Reader<'_, '_>) -> bool {
    let tokens = reader.tokens(&line.text);
    let first = tokens.first().filter(|token| matches!(token, Token::Word(_) | Token::Quoted(..)));
    first.is_some_and(|token| {
        token.text().starts_with(|c: char| !c.is_alphanumeric())
            && reader.names.is_known(&word_of(token))
    })
}

/// Joins lines that do not begin an entry to the one before.
fn join(lines: Vec<Line>, starts: impl Fn(&Line) -> bool) -> Vec<Entry> {
    let mut entries: Vec<Entry> = Vec::new();
    for line in lines {
        let begins = starts(&line);
        match entries.last_mut() {
            Some(entry) if !begins => entry.line.append(&line),
            _ => entries.push(Entry::of(line)),
        }
    }
    entries
}
