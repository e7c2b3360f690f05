//! The section Waivers: which rule is waived for whom, where, and why.

use std::ops::Range;

use super::super::draft::{DraftWaiver, Text};
use super::super::keys::WAIVABLE;
use super::Reader;
use super::blocks::{Entry, Table};
use super::interface::free_text;
use super::lex::Token;
use super::line::Line;
use super::settings::SETTING;
use super::shared::rest_of;
use super::words::is_path;

/// A waiver as it is read.
#[derive(Default)]
struct Waiving {
    rule: Option<Text>,
    agent: Option<Text>,
    path: Option<Text>,
    because: Option<Text>,
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
                Token::Paren(inner) if complete => {
                    waiver.because = Some(Text::new(free_text(inner), line.at(inner)));
                }
                Token::Comma(_) | Token::Colon(_) | Token::Stop(_) => {}
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
            let rest = rest_of(line, first);
            // What would limit the waiver limits nothing within its reason.
            let tokens = self.tokens(rest);
            let keys = ["rule", "agent", "path", "until", "expires"];
            let limit = tokens.windows(3).find(|three| {
                matches!(three, [Token::Comma(_) | Token::Semicolon(_), key, Token::Colon(_)]
                    if keys.iter().any(|known| key.is(known)))
            });
            if let Some([_, key, _]) = limit {
                let help = "the reason comes last; waivers are taken back by hand";
                self.not_understood(line, rest_of(line, key), help);
            }
            waiver.because = Some(Text::new(free_text(rest), line.at(rest)));
        }
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
                let text = match *column {
                    "because" => Some(Text::new(free_text(&cell.text), cell.whole())),
                    key => self.one_word(cell, key, &cell.text),
                };
                match *column {
                    "rule" => waiver.rule = text,
                    "agent" => waiver.agent = text,
                    "path" => waiver.path = text,
                    _ => waiver.because = text,
                }
            }
            self.waive(row.cells.first().map_or(0..0, Line::whole), waiver);
        }
    }
}
