//! `explain`: what the rules say, why they exist, and what to do about a refusal.

use clap::Args;
use policy::rules::{Group, RULES, Rule, find};
use policy::text::printable;
use policy::verdict::Help;

use super::{Answer, Failure, Terminal};
use crate::report::style::{STRONG, styled};

/// How wide paragraphs are, in characters.
const WIDTH: usize = 88;

/// List the rules, or say what one means, why it exists and what to do
#[derive(Debug, Args)]
pub struct Arguments {
    /// The rule, as a refusal names it between its brackets
    code: Option<String>,
}

pub fn run(arguments: Arguments, terminal: &Terminal) -> Answer {
    let text = match arguments.code {
        None => list(),
        Some(code) => explained(find(&code).ok_or_else(|| unknown(&code))?),
    };
    terminal.out(&text)?;
    Ok(0)
}

fn unknown(code: &str) -> Failure {
    let help =
        Help { label: "all rules".to_owned(), command: Some("contract-gate explain".to_owned()) };
    let message = format!("there is no rule {}", printable(code));
    Failure { help: vec![help], ..Failure::new(message) }
}

/// All codes, by group, each with its sentence.
fn list() -> String {
    let width = RULES.iter().map(|rule| rule.code.len()).max().unwrap_or(0);
    let groups = Group::ALL.map(|group| {
        let rules = RULES.iter().filter(|rule| rule.group == group).map(|rule| {
            let begin = format!("  {:width$}  ", rule.code);
            paragraph(&begin, width + 4, rule.explain.summary)
        });
        format!("{}\n{}", styled(STRONG, group.as_str()), rules.collect::<String>())
    });
    groups.join("\n")
}

fn explained(rule: &Rule) -> String {
    let explain = &rule.explain;
    let parts = [
        ("Exactly: ", explain.meaning),
        ("Example: ", explain.example),
        ("Why: ", explain.reason),
        ("What to do: ", explain.remedy),
    ];
    let parts = parts.map(|(begin, text)| paragraph(begin, 0, text));
    let head = styled(STRONG, rule.code);
    format!(
        "{head} ({})\n{}\n{}",
        rule.group.as_str(),
        paragraph("", 0, explain.summary),
        parts.join("\n")
    )
}

/// The text in lines of [`WIDTH`], the first one after `begin`, the others indented.
fn paragraph(begin: &str, indent: usize, text: &str) -> String {
    let mut out = begin.to_owned();
    let mut column = begin.chars().count();
    for (count, word) in text.split_whitespace().enumerate() {
        let length = word.chars().count();
        if count > 0 && column + 1 + length > WIDTH {
            out.push('\n');
            out.push_str(&" ".repeat(indent));
            column = indent;
        } else if count > 0 {
            out.push(' ');
            column += 1;
        }
        out.push_str(word);
        column += length;
    }
    out + "\n"
}

#[cfg(test)]
mod tests {
    use anstream::adapter::strip_str;
    use insta::assert_snapshot;

    use super::*;

    #[test]
    fn the_list_names_every_rule_once() {
        let list = list();
        for rule in RULES {
            let lines = list.lines().filter(|line| line.starts_with(&format!("  {} ", rule.code)));
            assert_eq!(lines.count(), 1, "{}", rule.code);
        }
        assert_snapshot!(strip_str(&list).to_string());
    }

    #[test]
    fn every_rule_is_explained_in_lines_that_can_be_read() {
        for rule in RULES {
            let text = strip_str(&explained(rule)).to_string();
            assert!(text.lines().all(|line| line.chars().count() <= WIDTH), "{text}");
            for begin in ["Exactly: ", "Example: ", "Why: ", "What to do: "] {
                assert_eq!(text.matches(begin).count(), 1, "{text}");
            }
        }
        let rule = find("shared-owned").unwrap();
        assert_snapshot!(strip_str(&explained(rule)).to_string());
    }

    #[test]
    fn an_unknown_rule_is_named_safely() {
        assert_eq!(unknown("no\x1b[2Jsuch").message, r"there is no rule no\x1b[2Jsuch");
    }
}
