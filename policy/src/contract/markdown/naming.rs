//! Which agents there are: found in the lines that bring them in, before the rest is read.

use super::Reader;
use super::blocks::{Block, Entry, Table};
use super::headings::{self, Heading, Section};
use super::labels::{forbids, is_bounded, takes_back};
use super::lex::{Token, tokens};
use super::line::Line;
use super::prose::says_a_mode;
use super::repo_paths::{Likeness, likeness};
use super::signs::fold;
use super::words::{Names, access, could_be_agent, is_denying, is_having, is_pronoun, is_several};
use super::worktrees::says_scope;
use crate::name::AgentId;

/// Whether a line has the keys of a worktree's line.
pub(super) fn has_keys(text: &str) -> bool {
    let text = fold(text).to_lowercase();
    ["branch:", "agent:", "worktree:"].iter().any(|key| text.contains(key))
}

/// The names that lines under Worktrees and Scope bring in. `beside`: of what stands under `Branches` only those
/// that are called agents, since the lanes are given elsewhere.
pub(super) fn names(blocks: &[Block], beside: bool) -> Names {
    let mut names = Names::default();
    // First the lines that leave no doubt, and what they do not say by the names that are known.
    let passes = [(Section::Worktrees, true), (Section::Scope, false), (Section::Worktrees, false)];
    for (wanted, sure) in passes {
        let mut section = None;
        let mut level = 0;
        let mut about_one = false;
        let mut about_branches = false;
        for block in blocks {
            about_one &= !matches!(block, Block::Heading(..));
            match block {
                Block::Heading(at, line, _) => match headings::read(&line.text) {
                    Heading::Section(found) => {
                        (section, level) = (Some(found), *at);
                        about_branches = beside && headings::is_branches(&line.text);
                    }
                    Heading::Other if *at > level && section == Some(wanted) => {
                        let name = bare(&line.text);
                        if could_be_agent(name)
                            && name.contains(|c: char| c == '-' || c.is_ascii_digit())
                        {
                            names.add(name);
                            // What follows is about this agent, and brings in no other.
                            about_one = true;
                        }
                    }
                    _ => section = None,
                },
                _ if section != Some(wanted) || about_one => {}
                Block::Item(entry) if about_branches => {
                    let line = entry.line.clone().plain(could_be_agent);
                    let name = keyed_agent(&tokens(&line.text, &|_| false));
                    name.iter().for_each(|name| names.add(name));
                }
                _ if about_branches => {}
                Block::Item(entry) => {
                    first_name(wanted, sure, &entry.line, !entry.children.is_empty(), &mut names)
                }
                Block::Paragraph(lines) => {
                    for line in lines.iter().filter(|line| brings_in_an_agent(wanted, line)) {
                        first_name(wanted, sure, line, false, &mut names);
                    }
                }
                Block::Table(table) => column(table, &mut names),
                _ => {}
            }
            if let (Block::Item(entry), Some(Section::Worktrees)) = (block, section) {
                nested_keys(entry, &mut names);
            }
        }
    }
    names
}

/// Words before a colon that introduce a remark, and are no agent's name.
const OF_REMARKS: [&str; 47] = [
    "note",
    "notes",
    "nb",
    "n.b",
    "important",
    "reminder",
    "remember",
    "rationale",
    "naming",
    "reason",
    "background",
    "context",
    "rule",
    "rules",
    "hint",
    "tip",
    "warning",
    "caution",
    "attention",
    "beware",
    "careful",
    "info",
    "fyi",
    "todo",
    "tbd",
    "faq",
    "question",
    "answer",
    "example",
    "see",
    "status",
    "updated",
    "author",
    "lead",
    "reviewer",
    "reviewers",
    "contact",
    "agents",
    "humans",
    "people",
    "everybody",
    "everyone",
    "please",
    "you",
    "we",
    "somebody",
    "others",
];

/// Whether a word before a colon introduces a remark: `Note`, `Rationale`.
pub(super) fn is_of_remarks(word: &str) -> bool {
    OF_REMARKS.contains(&word.to_lowercase().as_str())
}

/// Whether a paragraph's line may name an agent that nothing else names: it has the keys of a worktree,
/// an arrow, a path, or the name is numbered as agents' are. `Note: ask early.` names none.
fn brings_in_an_agent(section: Section, line: &Line) -> bool {
    let line = line.clone().plain(could_be_agent);
    let tokens = tokens(&line.text, &|_| false);
    let first = tokens.first().and_then(Token::value).unwrap_or_default();
    if is_of_remarks(first) {
        return false;
    }
    let is_numbered = |word: &str| {
        let joined = word.contains(['-', '_']) && word.starts_with(char::is_lowercase);
        could_be_agent(word)
            && (joined || word.starts_with("agent"))
            && word.contains(|c: char| c.is_ascii_digit())
    };
    let is_path = |token: &Token<'_>| match token {
        Token::Word(word) => likeness(word, false) > Likeness::Words,
        Token::Quoted(_, value) => likeness(value, true) > Likeness::Words,
        _ => false,
    };
    let arrow = |token: &Token<'_>| matches!(token, Token::Arrow(_));
    is_numbered(first)
        || tokens.iter().skip(1).any(is_path)
        || section == Section::Worktrees && (has_keys(&line.text) || tokens.iter().any(arrow))
        || section == Section::Worktrees
            && tokens.iter().any(|token| token.value().is_some_and(is_numbered))
}

fn bare(text: &str) -> &str {
    text.trim_matches(|c: char| "*_`:".contains(c) || c.is_whitespace())
}

fn first_name(section: Section, sure: bool, line: &Line, has_children: bool, names: &mut Names) {
    let known = |word: &str| names.is_known(word);
    // Emphasis around a name that is not known yet.
    let line = line.clone().plain(could_be_agent);
    let tokens = tokens(&line.text, &known);
    if section == Section::Worktrees {
        if let Some(name) = keyed_agent(&tokens) {
            names.add(&name);
            return;
        }
        if tokens.iter().any(|token| matches!(token, Token::Word(w) if names.is_known(w))) {
            return;
        }
        let paren = tokens.iter().rev().find_map(|token| match token {
            Token::Paren(inner) => Some(bare(inner.strip_prefix("agent ").unwrap_or(inner))),
            _ => None,
        });
        // `agent-1 (API)` over its keys.
        let is_numbered = |word: &str| word.contains(|c: char| c.is_ascii_digit());
        let first = tokens.first().and_then(Token::value);
        let is_title = |name: &str| {
            has_children
                && !is_numbered(name)
                && first
                    .is_some_and(|w| could_be_agent(w) && is_numbered(w) && !w.starts_with("wt"))
        };
        if let Some(name) = paren
            && could_be_agent(name)
            && !is_title(name)
        {
            names.add(name);
            return;
        }
    }
    let Some(first) = tokens.first().and_then(Token::value).filter(|_| !sure) else { return };
    let lower = first.to_lowercase();
    if is_having(&lower)
        || is_denying(&lower)
        || access(&lower).is_some()
        || matches!(tokens.get(1), Some(Token::Word(second)) if access(&format!("{first} {second}")).is_some())
        || ["except", "excluding"].contains(&&*lower)
    {
        return;
    }
    if !could_be_agent(first) || names.agents_in(first).is_some() {
        return;
    }
    // `Makefile: agent-1` is about a file.
    let reversed = tokens[1..].iter().any(|token| token.value().is_some_and(|w| names.is_known(w)));
    let begins = match tokens.get(1) {
        Some(Token::Colon(_) | Token::Arrow(_) | Token::Dash(_) | Token::Paren(_)) => true,
        Some(Token::Word(word)) => {
            section == Section::Scope && is_having(&word.to_lowercase()) && !is_pronoun(first)
        }
        Some(_) => false,
        None => has_children,
    };
    if begins && !reversed {
        names.add(first);
    }
}

/// `agent: agent-1`, or `agent agent-1`.
fn keyed_agent(tokens: &[Token<'_>]) -> Option<String> {
    let at = tokens.iter().position(|token| token.is("agent"))?;
    let colon = usize::from(matches!(tokens.get(at + 1), Some(Token::Colon(_))));
    // `Each agent runs its own tests.`
    let before = at.checked_sub(1).and_then(|before| tokens.get(before));
    if colon == 0 && before.is_some_and(is_of_no_one_agent) {
        return None;
    }
    let name = tokens.get(at + 1 + colon)?.value()?;
    AgentId::new(name).is_ok().then(|| name.to_owned())
}

/// Whether a word before `agent` says that none is named by what follows.
fn is_of_no_one_agent(token: &Token<'_>) -> bool {
    is_several(token.text())
        || ["an", "the", "any", "no", "another", "other", "one"].iter().any(|word| token.is(word))
}

/// What an item says of all agents, without a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum OfAll {
    /// `Each agent runs its own tests.` No path is in it, and nothing is limited.
    Prose,
    /// `Every agent is withdrawn.`
    Rule,
}

/// Whether an item is about all agents and names none.
pub(super) fn of_all_agents(line: &Line, reader: &Reader<'_, '_>) -> Option<OfAll> {
    let first = line.text.split(char::is_whitespace).next().unwrap_or_default();
    let begins = |word: &&str| first.eq_ignore_ascii_case(word);
    if !is_several(first) && !["the", "agents"].iter().any(begins) {
        return None;
    }
    let tokens = reader.tokens(&line.text);
    let lead = tokens.iter().take_while(|t| is_several(t.text()) || t.is("the") || t.is("of"));
    let lead = lead.count();
    tokens.get(lead).filter(|t| t.is("agents") || lead > 0 && t.is("agent"))?;
    let is_word = |t: &Token<'_>| {
        matches!(t, Token::Word(_) | Token::Comma(_) | Token::Stop(_)) && !reader.is_agent(t)
    };
    let limits =
        forbids(&tokens) || takes_back(&tokens) || says_a_mode(&tokens) || is_bounded(&tokens);
    let is_prose = !limits
        && tokens.iter().all(is_word)
        && tokens.iter().all(|t| reader.likeness(t) == Likeness::Words)
        && !reader.restricts_a_path(line)
        && !reader.is_out_of_place(Section::Worktrees, line);
    match is_prose {
        true => Some(OfAll::Prose),
        false => Some(OfAll::Rule).filter(|_| lead > 0),
    }
}

fn nested_keys(entry: &Entry, names: &mut Names) {
    for child in entry.children.iter().filter(|child| !says_scope(&child.line)) {
        let line = child.line.clone().plain(could_be_agent);
        if let Some(name) = keyed_agent(&tokens(&line.text, &|_| false)) {
            names.add(&name);
        }
    }
}

fn column(table: &Table, names: &mut Names) {
    let is_agent = |line: &Line| {
        matches!(
            bare(&line.text).to_lowercase().as_str(),
            "agent" | "agents" | "name" | "owner" | "who"
        )
    };
    let Some(number) = table.header.iter().position(is_agent) else { return };
    for row in &table.rows {
        if let Some(cell) = row.cells.get(number)
            && AgentId::new(bare(&cell.text)).is_ok()
        {
            names.add(bare(&cell.text));
        }
    }
}
