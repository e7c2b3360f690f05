//! Below a heading that is no section: prose, which is looked through for what should have stood in one.

use std::ops::Range;

use super::super::source::Shown;
use super::Reader;
use super::blocks::{Block, Entry, Row, Table};
use super::headings::{self, Section};
use super::lex::Token;
use super::line::Line;
use super::lone_names::{is_of_files, is_policy, is_row_of_files, names_known_files};
use super::parts::{begins_like_an_entry, begins_with_an_agent, is_of_settings};
use super::prose::{holds_path, says_a_policy, sets_a_policy};
use super::repo_paths::{Likeness, Under};
use super::restrictions::AS_STEPS;
use super::settings::{OF_AGENTS, OF_MERGE, OF_POLICY, assigned, sets};
use super::signs::fold;
use super::told::{
    home_of, is_command_of_a_program, is_entry, is_policy_value, is_value, key_of_heading,
    sets_the_merge, tells_a_policy, tells_of_the_merge,
};
use super::words::could_be_agent;

const AS_POLICY: &str = "write each path and who may edit it in one line under Shared state, such as \
                         `package.json: nobody edits`, or `except PATH` behind the path that it \
                         narrows under Scope; a remark goes into a comment, `<!-- … -->`";

pub(super) const AS_WITHDRAWN: &str = "write `withdrawn: true` at the agent, under Worktrees; a remark goes into a comment, \
                            `<!-- … -->`";

/// Prose, under its heading.
pub(super) struct Prose {
    pub(super) level: usize,
    pub(super) heading: Line,
    /// The section that it stands in.
    pub(super) section: Option<Section>,
    /// Whether it stands under an agent's own heading.
    pub(super) of_agent: bool,
    /// The key that its heading, or the one above, is called like.
    pub(super) key: Option<&'static str>,
    /// Whether it has been complained about.
    pub(super) complained: bool,
}

impl Reader<'_, '_> {
    /// `Withdrawn: agent-3`
    pub(super) fn withdraws(&self, line: &Line) -> bool {
        assigned(&line.text).is_some_and(|(key, value)| {
            key.split('-').next() == Some("withdrawn")
                && self.tokens(value).iter().any(|token| self.is_agent(token))
        })
    }
}

impl Prose {
    pub(super) fn below(level: usize, heading: Line, above: &Self) -> Self {
        let new = Self::new(level, heading, above.section, above.of_agent);
        Self { key: new.key.or(above.key), ..new }
    }

    pub(super) fn new(
        level: usize,
        heading: Line,
        section: Option<Section>,
        of_agent: bool,
    ) -> Self {
        let words = headings::words_of(&heading.text);
        let of_agents = OF_AGENTS.iter().copied().find(|key| *key == words.replace(' ', "-"));
        let key = key_of_heading(&words, section).or(of_agents.filter(|_| of_agent));
        Self { level, heading, section, of_agent, key, complained: false }
    }

    /// Whether its heading says that it only shows how something is written.
    pub(super) fn is_example(&self) -> bool {
        let words = headings::words_of(&self.heading.text);
        let of_examples = ["example", "examples", "sample", "template", "format", "syntax"];
        words.split(' ').any(|word| of_examples.contains(&word))
    }

    /// Complains where a block sets something, or reads like an entry.
    pub(super) fn look_through(&mut self, block: &Block, reader: &mut Reader<'_, '_>) {
        if self.complained {
            return;
        }
        if let Some(key) = self.key
            && let Some(at) = self.value_of(key, block, reader)
        {
            let line = reader.problems.source.line(at.start);
            let message = format!(
                "{} is no section of the contract, but line {line} reads like the value of `{key}`",
                Shown(&self.heading.text)
            );
            let home = if OF_AGENTS.contains(&key) { "at the agent" } else { home_of(key) };
            let help = format!("write `{key}: VALUE` {home}, in one line");
            reader.problems.error("unknown-section", &self.heading.whole(), message, help);
            self.complained = true;
            return;
        }
        self.complained = look_through(self, block, reader);
        if !self.complained {
            self.note_unheard(block, reader);
        }
    }

    /// Where a block holds what may be the value of the key that the heading is called like.
    fn value_of(&self, key: &str, block: &Block, reader: &Reader<'_, '_>) -> Option<Range<usize>> {
        let is_value = |line: &&Line| match OF_AGENTS.contains(&key) {
            true => {
                let tokens = reader.tokens(&line.text);
                let stops = |t: &&Token<'_>| matches!(t, Token::Stop(_));
                tokens.len() - tokens.iter().filter(stops).count() == 1
            }
            false => is_value(key, &line.text),
        };
        match block {
            Block::Paragraph(lines) => lines.iter().find(is_value).map(Line::whole),
            Block::Item(entry) => Some(&entry.line).filter(is_value).map(Line::whole),
            // A fence of code is the value where it could be nothing else.
            Block::Fenced(at) if key == "suite" || self.section.is_some() => {
                let said = first_of_fence(at, reader)?;
                let line = Line::new(said, 0..said.len(), false);
                Some(at.clone()).filter(|_| is_value(&&line))
            }
            _ => None,
        }
    }

    /// What is prose here, and may be believed to hold.
    fn note_unheard(&self, block: &Block, reader: &mut Reader<'_, '_>) {
        match block {
            Block::Paragraph(lines) => lines.iter().for_each(|line| reader.note_line(line)),
            Block::Item(entry) => reader.note_line(&entry.line),
            _ => {}
        }
        self.note_suite(block, reader);
    }

    /// Remembers a command below a heading such as `Tests`, which is no suite by standing there.
    fn note_suite(&self, block: &Block, reader: &mut Reader<'_, '_>) {
        let words = headings::words_of(&self.heading.text);
        if reader.suite_told.is_some() || !["test", "tests", "test suite"].contains(&words.as_str())
        {
            return;
        }
        let is_one = |line: &&Line| is_command_of_a_program(&line.text);
        let at = match block {
            Block::Paragraph(lines) => lines.iter().find(is_one).map(Line::whole),
            Block::Item(entry) => Some(&entry.line).filter(is_one).map(Line::whole),
            Block::Fenced(at) => first_of_fence(at, reader)
                .filter(|said| is_command_of_a_program(said))
                .map(|_| at.clone()),
            _ => None,
        };
        reader.suite_told = at;
    }
}

/// The first line within a fence of code that is not empty.
fn first_of_fence<'r>(at: &Range<usize>, reader: &'r Reader<'_, '_>) -> Option<&'r str> {
    let text = reader.problems.source.text.get(at.clone())?;
    let mut body = text.lines().skip(1).take_while(|line| !line.starts_with(['`', '~']));
    body.find(|line| !line.trim().is_empty())
}

/// Looks through prose for a bullet or a table that begins with an agent or a path, and for settings.
fn look_through(prose: &Prose, block: &Block, reader: &mut Reader<'_, '_>) -> bool {
    let (heading, section) = (&prose.heading, prose.section);
    // Paths alone are the paths of the agent whose heading stands above.
    let entries_of = if prose.of_agent { Some(Section::Scope) } else { section };
    let forbidden = is_forbidding(&heading.text);
    let under = match section.is_none() && !prose.of_agent {
        _ if forbidden || is_of_paths(&heading.text) => Under::Forbidden,
        true if is_for_reading(&heading.text) => Under::Reading,
        true => Under::Other,
        false => Under::Section,
    };
    let withdraws = is_withdrawing(&heading.text);
    // A path in the heading, and who may edit it below.
    let of_policies = section == Some(Section::Shared) || names_known_files(&heading.text);
    let near = section.or_else(|| headings::nearest_section(&heading.text));
    let of_commands = section.is_none() && is_of_commands(&heading.text);
    let setting = |line: &&Line| {
        sets_a_policy(&line.text)
            || tells_a_policy(&line.text)
            || is_of_settings(near) && sets(&line.text, &OF_MERGE)
            || is_of_settings(section) && sets(&line.text, &OF_POLICY)
            || prose.of_agent && sets(&line.text, &OF_AGENTS)
            || near == Some(Section::Policy) && is_policy_value(&line.text)
            || sets_the_merge(&line.text) && !(of_commands && names_a_command(&line.text))
            || tells_of_the_merge(&line.text)
            || section == Some(Section::Shared) && says_a_policy(&reader.tokens(&line.text), reader)
    };
    let policy = |line: &&Line| {
        of_policies && is_policy(line, reader)
            || reader.restricts_a_path(line)
            || reader.withdraws(line)
            || forbidden && names_known_files(&line.text)
    };
    let steps = |line: &&Line| section.is_none() && reader.tells_steps(line);
    let said = match block {
        Block::Paragraph(lines) => {
            let find = |wanted: &dyn Fn(&&Line) -> bool| lines.iter().find(wanted);
            find(&policy).or_else(|| find(&steps)).or_else(|| find(&setting))
        }
        Block::Item(Entry { line, children, .. }) => {
            let is_it = |line: &&Line| policy(line) || setting(line);
            let below = || children.iter().map(|child| &child.line).find(setting);
            Some(line).filter(is_it).or_else(below)
        }
        Block::Table(Table { rows, .. }) => {
            let of_settings = || rows.iter().find(|row| is_row_of_settings(row, near));
            let cells = || rows.iter().flat_map(|row| &row.cells);
            cells().find(policy).or_else(|| of_settings()?.cells.first())
        }
        _ => None,
    };
    let found = said.map(Line::whole).or_else(|| match block {
        Block::Item(entry) => entry_like(entry, (under, forbidden), reader),
        Block::Table(table) => {
            let rows = table.rows.iter().filter_map(|row| {
                let of_files = is_row_of_files(&row.cells, forbidden, reader);
                let governed = || row.cells.iter().any(|cell| reader.is_policy_of_files(cell));
                let begins = |cell: &&Line| {
                    begins_with_an_agent(cell, reader)
                        || reader.begins_with_a_path(cell, under)
                        || begins_like_an_entry(cell, reader)
                            && reader.tokens(&cell.text).first().is_some_and(|token| {
                                reader.likeness(token) > Likeness::Words && governed()
                            })
                };
                row.cells.iter().find(|cell| of_files || begins(cell))
            });
            rows.map(Line::whole).next()
        }
        Block::Paragraph(lines) if forbidden => {
            let entry = |line: &&Line| {
                begins_with_an_agent(line, reader)
                    || reader.begins_with_a_path(line, under)
                    || holds_path(line, reader) && !holds_commands_alone(line, reader)
            };
            lines.iter().find(entry).map(Line::whole)
        }
        Block::Paragraph(lines) => {
            let entry = |line: &&Line| {
                is_entry(entries_of, line, reader)
                    || is_agents_alone(line, reader)
                    || withdraws && begins_with_an_agent(line, reader)
            };
            lines.iter().find(entry).map(Line::whole)
        }
        _ => None,
    });
    let Some(at) = found else { return false };
    let said_withdrawn = said.is_some_and(|line| reader.withdraws(line));
    let help = match block {
        Block::Paragraph(lines) if lines.iter().any(|line| steps(&line)) => Some(AS_STEPS),
        _ if withdraws || said_withdrawn => Some(AS_WITHDRAWN),
        Block::Item(Entry { line, .. }) if setting(&line) => None,
        Block::Paragraph(lines) if lines.iter().any(|line| setting(&line)) => None,
        _ => Some(AS_POLICY).filter(|_| of_policies || restricts(block, reader)),
    };
    complain(heading, &at, help, reader);
    true
}

/// Whether a block is a sentence that restricts a path.
fn restricts(block: &Block, reader: &Reader<'_, '_>) -> bool {
    match block {
        Block::Paragraph(lines) => lines.iter().any(|line| reader.restricts_a_path(line)),
        Block::Item(entry) => reader.restricts_a_path(&entry.line),
        _ => false,
    }
}

/// Whether a row has a key of the policy, or where settings stand one of the merge, before a value.
fn is_row_of_settings(row: &Row, near: Option<Section>) -> bool {
    let [key, value, ..] = row.cells.as_slice() else { return false };
    let text = format!("{}: {}", key.text, value.text);
    sets_a_policy(&text) || is_of_settings(near) && sets(&text, &OF_MERGE)
}

/// Whether a heading says that what follows is not to be edited.
pub(super) fn is_forbidding(heading: &str) -> bool {
    let heading = fold(heading).to_lowercase();
    let words = [
        "out of scope",
        "off limits",
        "off-limits",
        "do not",
        "don't",
        "forbidden",
        "frozen file",
        "frozen path",
        "read-only",
        "readonly",
        "hands off",
        "untouchable",
        "nobody edits",
        "nobody may",
        "never edit",
        "never touch",
    ];
    words.iter().any(|words| heading.contains(words))
}

/// Whether a heading says that the lanes below it will never land.
fn is_withdrawing(heading: &str) -> bool {
    headings::words_of(heading).split(' ').any(|word| word == "withdrawn")
}

/// Whether a paragraph's line is names of agents and nothing else, as an item of them would be: `agent-3, agent-4`.
fn is_agents_alone(line: &Line, reader: &Reader<'_, '_>) -> bool {
    begins_with_an_agent(line, reader) && {
        let plain = line.clone().plain(|word| reader.names.is_emphasised(word));
        let tokens = reader.tokens(&plain.text);
        let (_, taken) = reader.agent_list(&plain, &tokens);
        taken > 0 && tokens[taken..].iter().all(|t| matches!(t, Token::Stop(_)))
    }
}

/// Whether a heading begins like an agent's: `agent-1 — API`.
fn is_a_numbered_name(heading: &str) -> bool {
    let mut words = heading.split(|c: char| c.is_whitespace() || "*_`:()".contains(c));
    words.find(|word| !word.is_empty()).is_some_and(|first| {
        could_be_agent(first) && first.contains('-') && first.contains(|c: char| c.is_ascii_digit())
    })
}

fn entry_like(
    entry: &Entry,
    (under, forbidden): (Under, bool),
    reader: &Reader<'_, '_>,
) -> Option<Range<usize>> {
    let line = &entry.line;
    // What is said of a path may be nested below it.
    let is_head = begins_like_an_entry(line, reader)
        && entry.children.iter().any(|child| reader.is_policy_of_files(&child.line));
    let is_name = || under != Under::Reading || !entry.children.is_empty();
    if begins_with_an_agent(line, reader)
        || reader.begins_with_a_path(line, under)
        || is_head
        || is_name() && is_of_files(entry, (under, forbidden), reader)
    {
        return Some(line.whole());
    }
    entry.children.iter().find_map(|child| entry_like(child, (under, forbidden), reader))
}

/// Whether a heading says that what is below it are paths, and that they are locked perhaps.
fn is_of_paths(heading: &str) -> bool {
    let words = headings::words_of(heading);
    let known = [
        "frozen",
        "freeze",
        "locked",
        "protected",
        "restricted",
        "reserved",
        "untouched",
        "touch",
        "files",
        "paths",
        "directories",
        "folders",
    ];
    words.split(' ').any(|word| known.contains(&word))
}

/// Whether a heading says that commands are listed below it, of which none is the suite for that.
fn is_of_commands(heading: &str) -> bool {
    let words = headings::words_of(heading);
    let known = ["commands", "scripts", "development", "setup", "started", "usage", "tooling"];
    let of_merge = ["merge", "merging", "landing", "suite", "ci"];
    let says = |list: &[&str]| words.split(' ').any(|word| list.contains(&word));
    says(&known) && !says(&of_merge)
}

/// Whether the key of a line is the name of a command, and not a key of the contract's own.
fn names_a_command(text: &str) -> bool {
    assigned(text)
        .is_some_and(|(key, _)| ["test", "tests", "test-command", "setup"].contains(&key.as_str()))
}

/// Whether a heading says that what is below it is to be read or run: `Links`, `Commands`, `Stack`.
fn is_for_reading(heading: &str) -> bool {
    let words = headings::words_of(heading);
    let known = [
        "acceptance",
        "architecture",
        "checklist",
        "commands",
        "context",
        "criteria",
        "decisions",
        "docs",
        "documentation",
        "done",
        "endpoints",
        "environment",
        "faq",
        "glossary",
        "layout",
        "links",
        "reading",
        "references",
        "resources",
        "rollback",
        "scripts",
        "stack",
        "structure",
        "style",
        "testing",
    ];
    words == "see also" || words.split(' ').any(|word| known.contains(&word))
}

/// Whether the only paths that prose holds are commands, URLs and the like in back-ticks.
fn holds_commands_alone(line: &Line, reader: &Reader<'_, '_>) -> bool {
    reader.tokens(&line.text).iter().all(|token| match token {
        Token::Quoted(_, value) => {
            value.contains(char::is_whitespace) && reader.likeness(token) == Likeness::Words
        }
        Token::Paren(_) => false,
        token => reader.likeness(token) == Likeness::Words,
    })
}

fn complain(
    heading: &Line,
    at: &Range<usize>,
    said: Option<&'static str>,
    reader: &mut Reader<'_, '_>,
) {
    let line = reader.problems.source.line(at.start);
    let message = format!(
        "{} is no section of the contract, but line {line} reads like an entry",
        Shown(&heading.text)
    );
    let help = match headings::nearest_section(&heading.text) {
        near if said.is_some() && near != Some(Section::Shared) => {
            said.unwrap_or_default().to_owned()
        }
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
