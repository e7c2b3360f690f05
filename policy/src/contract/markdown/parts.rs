//! The text divided by its headings: which entries stand in which section, and which agent they
//! are about. Prose is looked through here for what should have been a section.

use std::ops::Range;

use super::super::draft::Text;
use super::super::source::{Placed, Shown};
use super::Reader;
use super::any_order::says_any_order;
use super::blocks::{Block, Entry, Look, Table};
use super::free_text::AT_THE_TOP;
use super::headings::{self, Heading, Section};
use super::labels::{forbids, is_about_the_rest, is_bounded, takes_back, without_parentheses};
use super::lex::Token;
use super::line::Line;
use super::lone_names::is_policy;
use super::order_told::is_step_heading;
use super::prose::{names_a_policy, says_a_mode, says_a_policy, says_a_rule};
use super::repo_paths::Under;
use super::settings::{OF_AGENTS, sets};
use super::told::{
    heading_sets, is_entry, is_policy_value, remark_says, title_sets, title_version,
};
use super::unknown_heading::{AS_WITHDRAWN, Prose};
use super::words::{could_be_agent, is_path};
use super::worktrees::says_scope;

/// What stands together under a heading.
pub(super) struct Part {
    /// The section; `None` under the title or under an agent's own heading.
    pub(super) section: Option<Section>,
    /// The agent whose heading it stands under.
    pub(super) agent: Option<Text>,
    /// Whether it stands under `Branches`, beside the section that gives the lanes.
    pub(super) of_branches: bool,
    pub(super) entries: Vec<Entry>,
    pub(super) tables: Vec<Table>,
    /// Under the title, and in the merge order: paragraphs, each as one line.
    pub(super) lines: Vec<Line>,
    /// Prose since the last list, which may say something of the next one.
    pub(super) prose: Vec<Line>,
    /// The prose above lists.
    pub(super) heard: Vec<Line>,
    /// Which of these limits all shared paths in the list below it, while that is read.
    limit: Option<usize>,
    /// Whether the last block was of a list.
    below_a_list: bool,
    /// What stands behind the name of the merge order.
    pub(super) remark: Option<Line>,
    /// Fenced code.
    pub(super) fenced: Vec<Range<usize>>,
}

/// What the blocks that follow are.
enum Place {
    Part(Part),
    /// Prose, in a section or outside of any.
    Prose(Prose),
    /// A reserved section.
    Reserved(usize),
}

/// A heading of a section or an agent that holds the headings below it.
#[derive(Debug, Clone, Copy)]
struct Above {
    level: usize,
    section: Option<Section>,
    of_agent: bool,
}

/// Divides the blocks.
pub(super) fn parts(blocks: Vec<Block>, reader: &mut Reader<'_, '_>) -> Vec<Part> {
    let mut parts: Vec<Part> = Vec::new();
    // Code below a heading within a part, by the part's number.
    let mut fenced = Vec::new();
    let mut above: Vec<Above> = Vec::new();
    let mut place = Place::Part(Part::new(None, None));
    for block in blocks {
        if let Block::Heading(level, line, look) = block {
            above.retain(|above| above.level < level);
            let next = heading((level, look), line, (&place, above.last()), reader);
            if let Some(Place::Part(part)) = &next {
                let (section, of_agent) = (part.section, part.agent.is_some());
                above.push(Above { level, section, of_agent });
            }
            if let Some(next) = next
                && let Place::Part(part) = std::mem::replace(&mut place, next)
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
            Place::Part(part) => part.take(block, reader),
            Place::Prose(prose) => {
                prose.look_through(&block, reader);
                let counts = (prose.section.is_some() || prose.of_agent) && !prose.is_example();
                if let (Block::Fenced(at), true) = (block, counts && !prose.complained) {
                    fenced.push((parts.len() - 1, prose.of_agent, at));
                }
            }
            Place::Reserved(_) => {}
        }
    }
    if let Place::Part(part) = place {
        parts.push(part);
    }
    for (number, of_agent, at) in fenced {
        let section = parts[number].section;
        let of_section = |part: &(usize, &Part)| {
            part.0 == number || section.is_some() && !of_agent && part.1.section == section
        };
        let said =
            parts.iter().enumerate().filter(of_section).any(|(_, p)| p.says_something(reader));
        if !said {
            parts[number].fenced.push(at);
        }
    }
    parts
}

/// The place after a heading; `None` when it goes on as it was.
fn heading(
    (level, look): (usize, Look),
    line: Line,
    (place, above): (&Place, Option<&Above>),
    reader: &mut Reader<'_, '_>,
) -> Option<Place> {
    let text = line.text.clone();
    match headings::read(&text) {
        Heading::Title(name) => {
            let at = line.whole();
            if title_sets(&text) {
                let help = "write `key: value` in a line below the title, which is but the name";
                reader.not_understood(&line, "", help);
            }
            let version = title_version(&text).map(|number| Placed::new(number, at.clone()));
            reader.title_version = version.or(reader.title_version.take());
            if let Some(name) = name {
                let name = Text::new(name.to_owned(), at);
                Reader::set_once(reader.problems, &mut reader.draft.name, "name", name);
            }
            Some(Place::Part(Part::new(None, None)))
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
            let mut part = Part::new(Some(section), None);
            part.of_branches = reader.beside_lanes && headings::is_branches(&text);
            if let Some(range) = headings::remark(&text) {
                let mut remark = line.clone();
                remark.cut(range.end..text.len());
                remark.cut(0..range.start);
                if remark_says(section, &remark, reader) {
                    let help = "write it below the heading, as an entry; a remark goes into a comment, \
                                `<!-- … -->`";
                    reader.not_understood(&line, "", help);
                } else if section == Section::Order {
                    part.remark = Some(remark);
                }
            }
            Some(Place::Part(part))
        }
        Heading::Reserved(key) => {
            let message = format!("the section {} is reserved for a later version", Shown(key));
            let help = "take it out; nothing would enforce it yet";
            reader.problems.error("reserved-key", &line.whole(), message, help);
            Some(Place::Reserved(level))
        }
        Heading::Other => other_heading((level, look), line, (place, above), reader),
    }
}

fn other_heading(
    (level, look): (usize, Look),
    line: Line,
    (place, above): (&Place, Option<&Above>),
    reader: &mut Reader<'_, '_>,
) -> Option<Place> {
    let section = above.and_then(|above| above.section);
    let of_agent = above.is_some_and(|above| above.of_agent);
    match place {
        Place::Prose(outer) if outer.level < level => {
            let mut prose = Prose::below(level, line, outer);
            prose.complained = heading_tells(section, of_agent, &prose.heading, reader);
            return Some(Place::Prose(prose));
        }
        Place::Reserved(outer) if *outer < level => return None,
        _ => {}
    }
    let name = line.text.trim_matches(|c: char| "*_`:".contains(c) || c.is_whitespace());
    let takes_agents =
        matches!(section, Some(Section::Worktrees | Section::Scope | Section::Interface));
    if reader.names.is_known(name) || takes_agents && could_be_agent(name) && name.contains('-') {
        let agent = Text::new(name.to_owned(), line.at(name));
        if section == Some(Section::Order) {
            reader.unread_steps.push(agent.clone());
        }
        let agent = Some(agent);
        return Some(Place::Part(Part::new(section, agent)));
    }
    // A line that a rule below it makes a heading was hardly meant as one.
    let suspect = section.is_some() || look == Look::Underlined;
    let begins =
        || begins_with_an_agent(&line, reader) || reader.begins_with_a_path(&line, Under::Other);
    let not_understood = suspect && begins()
        || (look == Look::Underlined || is_of_settings(section)) && sets(&line.text, &AT_THE_TOP)
        || names_a_policy(&line.text) && line.text.contains([':', '='])
        || look == Look::Underlined && goes_on_with(place, &line, reader);
    if not_understood {
        reader.not_understood(&line, "", NO_ENTRY);
    }
    let complained = not_understood || heading_tells(section, of_agent, &line, reader);
    let prose = Prose::new(level, line, section, of_agent);
    Some(Place::Prose(Prose { complained, ..prose }))
}

const NO_ENTRY: &str = "write it as a list item; a heading names a section, or an agent";

/// Complains of a heading that sets something, or says what only an entry can.
fn heading_tells(
    section: Option<Section>,
    of_agent: bool,
    line: &Line,
    reader: &mut Reader<'_, '_>,
) -> bool {
    let plain = line.clone().plain(|word| reader.names.is_emphasised(word));
    let bare = without_parentheses(&plain.text);
    let tokens = reader.tokens(&bare);
    let names_agent = tokens.iter().any(|token| reader.is_agent(token));
    let sets = heading_sets(&line.text)
        || of_agent && sets(&line.text, &OF_AGENTS)
        || section == Some(Section::Policy) && is_policy_value(&line.text);
    let tells = match section {
        Some(Section::Order) => is_step_heading(&plain, reader),
        Some(Section::Shared) if is_policy(&plain, reader) => true,
        Some(Section::Shared | Section::Waivers) => says_a_rule(section, &plain, reader),
        None if !of_agent && begins_like_an_entry(line, reader) => {
            names_agent && takes_back(&tokens)
                || says_a_policy(&reader.tokens(&plain.text), reader)
                || is_entry(section, line, reader)
        }
        _ => false,
    };
    let withdraws = reader.withdraws(line);
    if sets {
        let help = "write it as `key: value` in a line, under Policy, under Merge, below the title or at \
                    the agent";
        reader.not_understood(line, "", help);
    } else if withdraws {
        reader.not_understood(line, "", AS_WITHDRAWN);
    } else if tells {
        reader.not_understood(line, "", NO_ENTRY);
    } else if section == Some(Section::Order) && names_agent {
        reader.unread_steps.push(Text::new(line.text.clone(), line.whole()));
    }
    sets || withdraws || tells
}

/// Whether a line says something of the section that it stands in.
fn goes_on_with(place: &Place, line: &Line, reader: &Reader<'_, '_>) -> bool {
    let Place::Part(part) = place else { return false };
    let line = line.clone().plain(|word| reader.names.is_emphasised(word));
    match part.section {
        Some(Section::Order) => says_any_order(&line.text) || reader.reads_as_steps(&line),
        None | Some(Section::Policy | Section::Interface) => false,
        section => says_a_rule(section, &line, reader),
    }
}

/// Whether a line begins with the name of an agent or with a path.
pub(super) fn begins_like_an_entry(line: &Line, reader: &Reader<'_, '_>) -> bool {
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

/// Whether a line begins with the name of an agent, as that or in back-ticks.
pub(super) fn begins_with_an_agent(line: &Line, reader: &Reader<'_, '_>) -> bool {
    let plain = line.clone().plain(|word| reader.names.is_emphasised(word));
    match reader.tokens(&plain.text).first() {
        Some(Token::Word(word)) => reader.names.agents_in(word).is_some(),
        Some(Token::Quoted(text, value)) => text.starts_with('`') && reader.names.is_known(value),
        _ => false,
    }
}

pub(super) fn is_of_settings(section: Option<Section>) -> bool {
    matches!(section, Some(Section::Merge | Section::Policy))
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
            of_branches: false,
            entries: Vec::new(),
            tables: Vec::new(),
            lines: Vec::new(),
            prose: Vec::new(),
            heard: Vec::new(),
            limit: None,
            below_a_list: false,
            remark: None,
            fenced: Vec::new(),
        }
    }

    fn take(&mut self, block: Block, reader: &mut Reader<'_, '_>) {
        let lists = matches!(block, Block::Item(_) | Block::Table(_));
        if lists {
            let of_paths = self.agent.is_some() && reader.lists_paths(&block);
            for line in std::mem::take(&mut self.prose) {
                let limits = self.section == Some(Section::Shared) && reader.limits_shared(&line);
                self.limit = limits.then_some(self.heard.len()).or(self.limit);
                reader.label_above(self.section, of_paths, &line);
                reader.nothing_above(self.section, &line, &block);
                self.heard.push(line);
            }
        }
        let limit = self.limit.and_then(|at| self.heard.get(at));
        self.limit = self.limit.filter(|_| reader.is_within(limit, &block));
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
}
