//! Paragraphs within a section: which of their lines are entries, each with the lines that are wrapped
//! below it, and which are prose.

use super::super::source::Shown;
use super::Reader;
use super::blocks::Entry;
use super::headings::Section;
use super::lex::Token;
use super::line::Line;
use super::naming::is_of_remarks;
use super::nothing::says_nothing;
use super::parts::{Part, begins_like_an_entry};
use super::path_list::except_at;
use super::prose::{holds_path, says_a_rule, says_another_rule, tells_of_a_lane, word_of};
use super::restrictions::AS_ENTRY;
use super::settings::{OF_AGENTS, assigned, key_value, sets};
use super::told::{tells_a_setting, tells_in_a_clause};

impl Part {
    /// A paragraph: lines that begin an entry, each with the lines that are wrapped below it; or
    /// prose.
    pub(super) fn paragraph(
        &mut self,
        lines: Vec<Line>,
        below_a_list: bool,
        reader: &mut Reader<'_, '_>,
    ) {
        if self.section.is_none() && self.agent.is_none() {
            let sets = |line: &Line| {
                let text = &line.text;
                assigned(text).is_some() || tells_a_setting(text) || tells_in_a_clause(text)
            };
            let lines = join(lines, sets);
            self.lines.extend(lines.into_iter().map(|entry| entry.line));
            return;
        }
        if self.section == Some(Section::Order) {
            let begins = |line: &Line| {
                starts_step(line, reader) || reader.is_out_of_place(Section::Order, line)
            };
            let lines: Vec<Line> =
                join(lines, begins).into_iter().map(|entry| entry.line).collect();
            lines.iter().for_each(|line| reader.note_reserved(line));
            let lines = lines.into_iter();
            self.lines.extend(lines.filter(|line| !reader.out_of_place(Section::Order, line)));
            return;
        }
        let section = self.section;
        // A list of paths goes on below its comma.
        let under_agent = self.agent.is_some();
        let open = std::cell::Cell::new(false);
        let misplaced = |line: &Line, reader: &Reader<'_, '_>| {
            let keyed = under_agent && says_a_key_of_it(line, reader);
            !keyed && section.is_some_and(|section| reader.is_out_of_place(section, line))
        };
        let entries = join(lines, |line| {
            let goes_on = open.replace(line.text.ends_with(','));
            let keyed = under_agent && says_a_key_of_it(line, reader);
            misplaced(line, reader) || !goes_on && (keyed || starts_entry(section, line, reader))
        });
        for entry in entries {
            let line = entry.line.clone().plain(|word| reader.names.is_emphasised(word));
            if misplaced(&line, reader) && section.is_some_and(|at| reader.out_of_place(at, &line))
            {
                continue;
            }
            let nothing = says_nothing(section, &line.text, &reader.names);
            let keyed = under_agent && says_a_key_of_it(&line, reader);
            let counts = starts_entry(section, &line, reader)
                || holds_path(&line, reader)
                || says_a_rule(section, &line, reader);
            let promised =
                under_agent && section == Some(Section::Interface) && reader.is_promise(&line);
            if (keyed || counts || promised) && !nothing {
                self.entries.push(entry);
                continue;
            }
            let tokens = reader.tokens(&line.text);
            if section == Some(Section::Scope) && except_at(&tokens) == Some(tokens.len()) {
                reader.excepts_nothing(&line, &line.text);
                continue;
            }
            if !matches!(section, Some(Section::Scope | Section::Shared))
                && reader.restricts_a_path(&line)
            {
                reader.not_understood(&line, "", AS_ENTRY);
                continue;
            }
            if under_agent && tells_of_a_lane(&tokens) {
                let help =
                    "write it as `key: value`, such as `withdrawn: true`, in a line of its own";
                reader.not_understood(&line, "", help);
            }
            if section == Some(Section::Policy) && says_another_rule(&line, reader) {
                let message =
                    format!("{} is no policy, and nothing holds to it", Shown(&line.text));
                let help = "the policies are `unlisted-branches`, `agent-branches` and `trunk-steps`; what else \
                            holds is for people, or for the forge";
                reader.problems.warn("sentence-unheard", &line.whole(), message, help);
            }
            reader.note_reserved(&line);
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

/// The same below an agent's heading, where `Note: ask early.` is no key of the agent.
fn says_a_key_of_it(line: &Line, reader: &Reader<'_, '_>) -> bool {
    let is_remark = key_value(&line.text).is_some_and(|(key, _)| {
        is_of_remarks(key.split('-').next().unwrap_or_default()) && !reader.names.is_known(&key)
    });
    says_a_key(line) && (!is_remark || holds_path(line, reader))
}

pub(super) fn starts_entry(section: Option<Section>, line: &Line, reader: &Reader<'_, '_>) -> bool {
    let settings =
        matches!(section, None | Some(Section::Merge | Section::Policy | Section::Waivers));
    if settings || section == Some(Section::Worktrees) {
        let keyed = match section {
            Some(Section::Worktrees) => reader.says_a_key_of_lanes(line),
            None => says_a_key_of_it(line, reader),
            _ => assigned(&line.text).is_some(),
        };
        let is_lane = || super::naming::has_keys(&line.text) || reader.maps_a_lane(line);
        if keyed || section == Some(Section::Worktrees) && is_lane() {
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
