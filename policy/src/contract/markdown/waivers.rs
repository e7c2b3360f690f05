//! The section Waivers: which rule is waived for whom, where, and why.

use std::ops::Range;

use super::super::draft::{DraftWaiver, Text};
use super::super::keys::WAIVABLE;
use super::super::source::Shown;
use super::Reader;
use super::blocks::{Entry, Table};
use super::free_text::{OF_WAIVERS, is_quoted};
use super::lex::Token;
use super::line::Line;
use super::settings::SETTING;
use super::shared::rest_of;
use super::words::{access, is_path, names_a_file};

/// Words that begin a limit, and no reason.
pub(in crate::contract) const BOUNDS: [&str; 7] =
    ["only", "until", "till", "expires", "except", "excluding", "excludes"];

/// A waiver as it is read.
#[derive(Default)]
struct Waiving {
    rule: Option<Text>,
    agent: Option<Text>,
    path: Option<Text>,
    because: Option<Text>,
    /// A path that the reason names.
    names: Option<Text>,
    broken: bool,
}

impl Reader<'_, '_> {
    /// `- rule: merge-order, agent: agent-3, because: …`, nested or in a line; or
    /// `merge-order for agent-3 in docs/**: …`.
    pub(super) fn waiver_entry(&mut self, entry: &Entry) {
        let mut waiver = Waiving::default();
        self.waiver_words(&entry.line, &mut waiver);
        for child in &entry.children {
            self.refuse_children(child);
            self.waiver_words(&child.line, &mut waiver);
        }
        self.waive(entry.line.whole(), waiver);
    }

    fn waive(&mut self, at: Range<usize>, waiver: Waiving) {
        if waiver.broken {
            return;
        }
        let missing = [
            ("rule", waiver.rule.is_none()),
            ("agent", waiver.agent.is_none()),
            ("because", waiver.because.is_none()),
        ];
        for (key, missing) in missing {
            if missing {
                let help = "such as `merge-order for agent-3 in docs/**: hot demo on Friday`";
                self.problems.error("missing-key", &at, format!("a waiver needs `{key}`"), help);
            }
        }
        if let (Some(path), None) = (&waiver.names, &waiver.path) {
            let message =
                format!("the reason names {}, but the waiver is for all paths", Shown(&path.value));
            let help = "write `path: PATH` before the reason; `see docs/x.md` is a remark, and so is a \
                        reason in double quotes";
            self.problems.error("not-understood", &path.at, message, help);
        }
        if let (Some(rule), Some(agent), Some(because)) =
            (waiver.rule, waiver.agent, waiver.because)
        {
            self.draft.waivers.push(DraftWaiver { at, rule, agent, path: waiver.path, because });
        }
    }

    fn waiver_words(&mut self, line: &Line, waiver: &mut Waiving) {
        let tokens = self.tokens(&line.text);
        let mut at = 0;
        while let Some(token) = tokens.get(at) {
            let colon = usize::from(matches!(tokens.get(at + 1), Some(Token::Colon(_))));
            let next = tokens.get(at + 1 + colon);
            let value =
                next.and_then(|t| Some(Text::new(t.value()?.to_owned(), line.at(t.text()))));
            match (token.lower().as_deref(), value) {
                (Some("rule" | "agent" | "path"), Some(value)) => {
                    let (slot, key) = match token.lower().as_deref() {
                        Some("rule") => (&mut waiver.rule, "rule"),
                        Some("agent") => (&mut waiver.agent, "agent"),
                        _ => (&mut waiver.path, "path"),
                    };
                    Self::set_once(self.problems, slot, key, value);
                    at += 2 + colon;
                    continue;
                }
                (Some("because" | "reason" | "since"), _) => {
                    return self.waiver_reason(line, next, waiver);
                }
                _ => {}
            }
            let complete = waiver.rule.is_some() && waiver.agent.is_some();
            let text =
                || Text::new(token.value().unwrap_or_default().to_owned(), line.at(token.text()));
            match token {
                Token::Dash(_) => return self.waiver_reason(line, tokens.get(at + 1), waiver),
                Token::Colon(_) | Token::Semicolon(_) if complete => {
                    return self.waiver_reason(line, tokens.get(at + 1), waiver);
                }
                Token::Paren(inner) if complete => self.waiver_because(line, inner, waiver),
                Token::Comma(_) | Token::Colon(_) | Token::Stop(".") => {}
                Token::Word(_) | Token::Quoted(..) => {
                    let word = token.value().unwrap_or_default();
                    let fills = [
                        "for", "of", "in", "on", "at", "may", "waive", "waived", "skip", "under",
                        "is", "break",
                    ];
                    if self.names.is_known(word) {
                        Self::set_once(self.problems, &mut waiver.agent, "agent", text());
                    } else if WAIVABLE.contains(&word) {
                        Self::set_once(self.problems, &mut waiver.rule, "rule", text());
                    } else if is_path(token, &self.names) {
                        Self::set_once(self.problems, &mut waiver.path, "path", text());
                    } else if !fills.contains(&word.to_lowercase().as_str()) {
                        if waiver.rule.is_none() {
                            waiver.rule = Some(text());
                        } else if waiver.agent.is_none() {
                            waiver.agent = Some(text());
                        } else {
                            waiver.broken = true;
                            return self.not_understood(line, token.text(), SETTING);
                        }
                    }
                }
                _ => {
                    waiver.broken = true;
                    return self.not_understood(line, token.text(), SETTING);
                }
            }
            at += 1;
        }
    }

    fn waiver_reason(&mut self, line: &Line, first: Option<&Token<'_>>, waiver: &mut Waiving) {
        if let Some(first) = first {
            self.waiver_because(line, rest_of(line, first), waiver);
        }
    }

    /// Takes a reason down; an error when it limits the waiver, since no reason does.
    fn waiver_because(&mut self, line: &Line, text: &str, waiver: &mut Waiving) {
        let found = self.problems.count();
        let reason = Text::new(self.free_text(line, text, &OF_WAIVERS), line.at(text));
        if self.problems.count() == found && self.limits_a_waiver(text) {
            let help = "a reason limits nothing: write `path: PATH` before it; a waiver is taken back \
                        by hand, in an amendment; other words, or double quotes, keep a reason";
            self.not_understood(line, text, help);
        }
        if self.problems.count() == found {
            waiver.names = waiver.names.take().or_else(|| self.path_of_reason(line, text));
        }
        Self::set_once(self.problems, &mut waiver.because, "because", reason);
    }

    /// `only in docs/**`, `additions only`, `until Friday`
    fn limits_a_waiver(&self, text: &str) -> bool {
        let tokens = self.tokens(text);
        let Some(first) = tokens.first().filter(|_| !is_quoted(text)) else { return false };
        let limit = |token: &Token<'_>| {
            ["only", "just", "except", "excluding", "without", "but"].iter().any(|w| token.is(w))
        };
        let path = |token: &Token<'_>| is_path(token, &self.names) && is_marked(token);
        // An end may stand in a sentence of its own.
        let ends = |two: &[Token<'_>]| {
            let begins = matches!(two[0], Token::Stop(_) | Token::Semicolon(_) | Token::Dash(_));
            begins && ["until", "till", "expires"].iter().any(|word| two[1].is(word))
        };
        BOUNDS.iter().any(|word| first.is(word))
            || tokens.windows(2).any(ends)
            || access(text).is_some()
            || path(first) && tokens.len() == 1
            || tokens.iter().any(path) && tokens.iter().any(limit)
    }

    /// A path that a reason names, and not to be read there.
    fn path_of_reason(&self, line: &Line, text: &str) -> Option<Text> {
        if is_quoted(text) {
            return None;
        }
        let mut tokens = self.tokens(text);
        let inner = tokens.iter().filter_map(|token| match token {
            Token::Paren(inner) => Some(self.tokens(inner)),
            _ => None,
        });
        tokens = inner.flatten().chain(tokens.iter().cloned()).collect();
        let refers = |at: usize| {
            let before = at.checked_sub(1).and_then(|before| tokens.get(before));
            before.is_some_and(|t| ["see", "cf.", "per"].iter().any(|word| t.is(word)))
        };
        let (_, path) = tokens.iter().enumerate().find(|(at, token)| {
            let text = token.text();
            let (_, last) = text.rsplit_once('/').unwrap_or(("", "x"));
            // `docs/`, `docs/x.md`, `*.md`, but not `and/or`.
            let marked = text.contains('*') || last.is_empty() || last.contains('.');
            let marked = marked && text.contains(['/', '*']) && !text.contains("://");
            marked && is_path(token, &self.names) && !refers(*at)
        })?;
        Some(Text::new(path.value()?.to_owned(), line.at(path.text())))
    }

    pub(super) fn waiver_table(&mut self, table: &Table) {
        let known = ["rule", "agent", "path", "because"];
        let Some(columns) = self.columns(table, &known, |head| {
            Some(match head {
                "rule" => "rule",
                "agent" => "agent",
                "path" => "path",
                "because" | "reason" | "why" => "because",
                _ => return None,
            })
        }) else {
            return;
        };
        for row in &table.rows {
            let mut waiver = Waiving::default();
            for (column, cell) in columns.iter().zip(&row.cells) {
                if cell.text.is_empty() {
                    continue;
                }
                match *column {
                    "because" => {}
                    key => {
                        let text = self.one_word(cell, key, &cell.text);
                        match key {
                            "rule" => waiver.rule = text,
                            "agent" => waiver.agent = text,
                            _ => waiver.path = text,
                        }
                    }
                }
            }
            let because = columns.iter().zip(&row.cells).find(|(column, _)| **column == "because");
            if let Some((_, cell)) = because.filter(|(_, cell)| !cell.text.is_empty()) {
                self.waiver_because(cell, &cell.text, &mut waiver);
            }
            self.waive(row.cells.first().map_or(0..0, Line::whole), waiver);
        }
    }
}

/// Whether a word has the marks of a path, and not of an abbreviation.
fn is_marked(token: &Token<'_>) -> bool {
    match token {
        Token::Word(word) => word.contains(['/', '*']) || names_a_file(word),
        _ => true,
    }
}
