//! The Markdown spelling: text to draft. Read with goodwill, but never skip: in a known section
//! anything that is not understood is an error, because a line silently dropped is a hole in the
//! fence.
//!
//! Blocks become logical lines, lines become tokens, and each section has its own reader. What
//! agents there are is found out first, since almost every line is read by their names.

mod any_order;
mod blocks;
mod brackets;
mod branches;
mod facts;
mod fences;
pub(super) mod free_text;
mod generated;
mod headings;
mod html;
mod interface;
mod labels;
mod lex;
mod line;
mod lone_names;
mod merge_order;
mod naming;
mod notes;
mod nothing;
mod order_claims;
mod order_doubts;
mod order_told;
mod order_truth;
mod out_of_place;
mod paragraphs;
mod parts;
mod path_list;
mod prose;
mod remarks;
mod repo_paths;
mod restrictions;
mod scope;
mod settings;
mod shared;
mod signs;
mod tables;
mod told;
mod unheard;
mod unknown_heading;
mod waivers;
mod words;
mod worktrees;

use std::collections::HashMap;
use std::ops::Range;

use super::draft::{Draft, DraftAgent, Text};
use super::model::{ContractFile, SharedPolicy};
use super::source::{Problems, Shown, nearest_agent};
use crate::name::AgentId;
use blocks::{Entry, Table};
use headings::Section;
use lex::{Token, tokens};
use line::Line;
use order_doubts::{Listed, Ordinal};
use order_truth::Claimed;
use parts::Part;
use remarks::{Holders, Note};
pub(super) use waivers::BOUNDS;
use words::{Names, is_several};

/// The longest logical line, in bytes: one item, wrapped lines joined.
const LONGEST_LINE: usize = 64 * 1024;

/// Reads the text into a draft. What is wrong goes to the problems; the draft holds the rest.
pub(super) fn read(problems: &mut Problems<'_>) -> Draft {
    let blocks = blocks::blocks(problems.source.text);
    let beside_lanes = branches::stand_beside_lanes(&blocks);
    let names = naming::names(&blocks, beside_lanes);
    let mut reader = Reader {
        problems,
        names,
        draft: Draft::new(ContractFile::Markdown),
        beside_lanes,
        places: HashMap::new(),
        last_number: None,
        last_stated: None,
        unread_steps: Vec::new(),
        title_version: None,
        ordinals: Vec::new(),
        claims: Vec::new(),
        told: Vec::new(),
        suite_told: None,
        alone: None,
        any_order: None,
    };
    let parts = parts::parts(blocks, &mut reader);
    parts::prose_of_scope(&parts, &mut reader);
    let makes_agents = |part: &Part| {
        part.section.is_none_or(|section| matches!(section, Section::Worktrees | Section::Scope))
    };
    let (mut first, then): (Vec<Part>, Vec<Part>) = parts.into_iter().partition(makes_agents);
    first.sort_by_key(|part| part.of_branches);
    for part in first.into_iter().chain(then) {
        reader.part(part);
    }
    reader.check_order();
    reader.check_told();
    reader.check_suite();
    reader.check_title();
    reader.draft
}

/// Whether a text has the title of a context contract, or one of its sections.
pub(super) fn is_recognisable(text: &str) -> bool {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let has_such_a_heading = |text: &str| {
        blocks::blocks(text).iter().any(|block| match block {
            blocks::Block::Heading(_, line, _) => headings::makes_a_contract(&line.text),
            _ => false,
        })
    };
    // Mostly the title says it. A heading of `#` on the first line is one whatever follows.
    let first = text.lines().next().filter(|line| line.starts_with('#'));
    first.is_some_and(has_such_a_heading) || has_such_a_heading(text)
}

/// Whether a text would be read as a mode, such as `additions only`.
pub(super) fn is_mode(text: &str) -> bool {
    words::access(text).is_some()
}

/// Whether a remark behind a path would be read as one that forbids.
pub(super) fn forbids<'n>(remark: &str, agents: impl Iterator<Item = &'n str>) -> bool {
    let names = Names::of(agents);
    labels::forbids(&lex::tokens(remark, &|word| names.is_known(word)))
}

/// Whether a comment above or below a path would be read as one that forbids it: no entry that does not
/// hold, and nothing about what is not listed.
pub(super) fn forbids_here<'n>(said: &str, agents: impl Iterator<Item = &'n str>) -> bool {
    let names = Names::of(agents);
    let tokens = lex::tokens(said, &|word| names.is_known(word));
    let is_item = said.starts_with(['-', '*', '|', '#'])
        || said.starts_with(|c: char| c.is_ascii_digit())
        || tokens.first().is_some_and(|token| {
            words::is_path(token, &names)
                || token.value().is_some_and(|word| names.agents_in(word).is_some())
        }) && tokens.get(1).is_none_or(shared::is_mark);
    !is_item && !labels::is_about_the_rest(&tokens) && labels::forbids(&tokens)
}

/// Whether a name would be read as more than that in a title.
pub(super) fn is_more_than_a_name(name: &str) -> bool {
    told::title_sets(name)
}

/// Whether the note of a shared path would be read as more than that.
pub(super) fn is_more_than_a_note<'n>(
    note: &str,
    policy: &SharedPolicy,
    agents: impl Iterator<Item = &'n str>,
) -> bool {
    let names = Names::of(agents);
    Note { names: &names, holders: Holders::of_valid(policy) }.beyond(note).is_some()
}

/// Whether a reason limits what these agents may do, or ends some day.
pub(super) fn limits<'n>(
    reason: &str,
    holders: &[AgentId],
    agents: impl Iterator<Item = &'n str>,
) -> bool {
    let holders = Holders::These(holders.iter().map(ToString::to_string).collect());
    Note { names: &Names::of(agents), holders }.limit_in(reason)
        || labels::is_bounded(&lex::tokens(reason, &|_| false))
}

/// Whether the reason of a step, with several agents or one, would be read as an order.
pub(super) fn is_more_than_a_reason<'n>(
    reason: &str,
    several: bool,
    agents: impl Iterator<Item = &'n str>,
) -> bool {
    order_doubts::is_a_place(reason)
        || order_claims::tells_an_order(reason, &Names::of(agents), several)
}

/// What is being read.
struct Reader<'p, 's> {
    problems: &'p mut Problems<'s>,
    names: Names,
    draft: Draft,
    /// Whether what stands under `Branches` may be about others than the lanes'.
    beside_lanes: bool,
    /// The numbers of the agents in the draft, by name.
    places: HashMap<String, usize>,
    /// The number of the last numbered step of the merge order.
    last_number: Option<u64>,
    /// The last number that a step says of itself, beside its list's.
    last_stated: Option<u64>,
    /// What names agents in the merge order and is no step.
    unread_steps: Vec<Text>,
    /// The version that the title says.
    title_version: Option<super::source::Placed<u64>>,
    /// Words such as `first` in the merge order: the step, what is said of it, the word.
    ordinals: Vec<(usize, Ordinal, Text)>,
    /// What the reasons of the merge order say about the order.
    claims: Vec<Claimed>,
    /// The same of prose elsewhere.
    told: Vec<Claimed>,
    /// Where prose tells a command to test with.
    suite_told: Option<Range<usize>>,
    /// The list of agents that the first step is, when there is one.
    alone: Option<Listed>,
    /// What says that any order will do.
    any_order: Option<Text>,
}

impl Reader<'_, '_> {
    /// Reads one part of the text under its section's rules.
    fn part(&mut self, part: Part) {
        part.check_fenced(self);
        let agent = part.agent.map(|name| self.agent(name));
        let is_alone = part.tables.len() + part.entries.len() == 1;
        for table in &part.tables {
            if is_alone && self.is_empty_table(part.section, table) {
                continue;
            }
            if part.of_branches && self.is_table_of_other_branches(table) {
                continue;
            }
            match part.section {
                Some(section) => self.table(section, agent, table),
                None if agent.is_none() => self.table_of_facts(table),
                None => {
                    self.misplaced(table.header.first().map_or(0..0, Line::whole), "this table")
                }
            }
        }
        for entry in part.entries {
            if self.is_nothing(part.section, &entry) {
                if !is_alone {
                    self.nothing_beside(part.section, &entry.line);
                }
                continue;
            }
            if self.is_nothing_and_more(part.section, &entry) {
                continue;
            }
            self.foreign_in(&entry);
            if entry.line.text.len() > LONGEST_LINE {
                let message = format!("one item of {} bytes", entry.line.text.len());
                let help = "write several shorter ones; 64 KiB is the most";
                self.problems.error("line-too-long", &entry.line.whole(), message, help);
                continue;
            }
            let entry = self.plain(entry);
            if part.of_branches && self.is_of_other_branches(&entry) {
                continue;
            }
            match (part.section, agent) {
                (None, Some(agent)) => self.agent_key_entry(agent, &entry),
                (None, None) => self.top_entry(&entry),
                (Some(Section::Worktrees), agent) => self.worktree(agent, &entry),
                (Some(Section::Scope), agent) => self.scope_entry(agent, &entry),
                (Some(Section::Interface), agent) => self.interface_entry(agent, &entry),
                (Some(Section::Shared), _) => self.shared_entry(&entry),
                (Some(Section::Order), _) => self.order_entry(&entry),
                (Some(Section::Merge), _) => self.merge_entry(&entry),
                (Some(Section::Policy), _) => self.policy_entry(&entry),
                (Some(Section::Waivers), _) => self.waiver_entry(&entry),
            }
        }
        match part.section {
            Some(Section::Order) => {
                self.order_lines(part.lines);
                part.remark.iter().for_each(|remark| self.order_remark(remark));
            }
            _ => part.lines.into_iter().for_each(|line| self.top_line(&line)),
        }
    }

    /// The version in the title has to be the one that is set.
    fn check_title(&mut self) {
        let Some(said) = self.title_version.take() else { return };
        let set = self.draft.version.as_ref().map_or(1, |version| version.value);
        if set != said.value {
            let message =
                format!("the title says version {}, and the contract's is {set}", said.value);
            let help = format!("write `version: {}` in a line below the title", said.value);
            self.problems.error("not-understood", &said.at, message, help);
        }
    }

    fn table(&mut self, section: Section, agent: Option<usize>, table: &Table) {
        for row in &table.rows {
            if let Some(at) = &row.beyond {
                let help = "give it a column in the header row";
                self.problems.error(
                    "table-cell",
                    at,
                    "a cell beyond the columns of the table",
                    help,
                );
            }
        }
        match section {
            Section::Worktrees | Section::Scope | Section::Interface => {
                self.agent_table(section, agent, table);
            }
            Section::Shared => self.shared_table(table),
            Section::Order => self.order_table(table),
            Section::Waivers => self.waiver_table(table),
            Section::Merge | Section::Policy => self.settings_table(section, table),
        }
    }

    /// Takes the emphasis off an entry and what is nested in it.
    fn plain(&self, entry: Entry) -> Entry {
        let line = entry.line.plain(|word| self.names.is_emphasised(word));
        let children = entry.children.into_iter().map(|child| self.plain(child)).collect();
        Entry { line, children, ..entry }
    }

    fn tokens<'l>(&self, part: &'l str) -> Vec<Token<'l>> {
        tokens(part, &|word| self.names.is_known(word))
    }

    /// The number of an agent in the draft, brought in when it is new.
    fn agent(&mut self, name: Text) -> usize {
        if let Some(place) = self.places.get(&name.value) {
            return *place;
        }
        let place = self.draft.agents.len();
        self.places.insert(name.value.clone(), place);
        self.draft.agents.push(DraftAgent::new(name));
        place
    }

    /// The number of an agent that has to be in the draft already.
    fn known_agent(&mut self, name: &Text) -> Option<usize> {
        let place = self.places.get(&name.value).copied();
        if place.is_none() && !self.problems.leaves_one_out() {
            let known = self.draft.agents.iter().map(|agent| agent.name.value.as_str());
            let help = match nearest_agent(&name.value, known) {
                _ if is_several(&name.value) => "name each agent".to_owned(),
                _ if name.value.eq_ignore_ascii_case("dispatcher") => {
                    "the dispatcher is no agent; what is left to it is written `nobody edits`"
                        .to_owned()
                }
                Some(near) => format!("did you mean `{near}`?"),
                None => "give it a branch and a scope, or take it out here".to_owned(),
            };
            let message = format!("no agent is called {}", Shown(&name.value));
            self.problems.error("unknown-agent", &name.at, message, help);
        }
        place
    }

    /// The agents that some tokens name, joined by commas, `and`, `&` or `+`, from the first
    /// token on; and how many tokens they take.
    fn agent_list(&self, line: &Line, tokens: &[Token<'_>]) -> (Vec<Text>, usize) {
        let mut agents = Vec::new();
        let mut taken = 0;
        let mut at = 0;
        while let Some(token) = tokens.get(at) {
            let joins = matches!(token, Token::Comma(_) | Token::Word("and" | "&" | "+"));
            if joins && taken == at && at > 0 {
                at += 1;
                continue;
            }
            let named = match token {
                Token::Word(word) => self.names.agents_in(word),
                Token::Quoted(text, value)
                    if text.starts_with('`') && self.names.is_known(value) =>
                {
                    Some(vec![(value.clone(), *text)])
                }
                _ => None,
            };
            // `a, and b`: two joints in a row.
            if joins && at > taken {
                at += 1;
                continue;
            }
            let Some(named) = named else { break };
            agents.extend(named.into_iter().map(|(name, part)| Text::new(name, line.at(part))));
            at += 1;
            taken = at;
        }
        (agents, taken)
    }

    fn not_understood(&mut self, line: &Line, part: &str, help: &str) {
        let at = if part.is_empty() { line.whole() } else { line.at(part) };
        let shown = if part.is_empty() { &line.text } else { part };
        let message = format!("{} is not understood", Shown(shown));
        self.problems.error("not-understood", &at, message, help);
    }

    fn foreign(&mut self, at: &Range<usize>, what: &str) {
        let help =
            "write it as a list item or a table row; remarks go into a comment, `<!-- … -->`";
        let message = format!("{what}, in which no part of a contract can stand");
        self.problems.error("not-understood", at, message, help);
    }

    /// What stands in an item, or nested in it, and is no line.
    fn foreign_in(&mut self, entry: &Entry) {
        for (at, what) in &entry.foreign {
            self.foreign(at, what);
        }
        entry.children.iter().for_each(|child| self.foreign_in(child));
    }

    fn misplaced(&mut self, at: Range<usize>, what: &str) {
        let message = format!("{what} stands in no section of the contract");
        let help = "put it under Worktrees, Scope, Interface boundary, Shared state or Merge order";
        self.problems.error("misplaced", &at, message, help);
    }

    /// Sets a value once; a second one is an error.
    fn set_once<T>(
        problems: &mut Problems<'_>,
        slot: &mut Option<super::source::Placed<T>>,
        what: &str,
        value: super::source::Placed<T>,
    ) where
        T: PartialEq,
    {
        match slot {
            Some(first) if first.value != value.value => {
                let line = problems.source.line(first.at.start);
                let message = format!("`{what}` is given already, in line {line}");
                problems.error("duplicate-key", &value.at, message, "take one of the two out");
            }
            Some(_) => {}
            None => *slot = Some(value),
        }
    }
}
