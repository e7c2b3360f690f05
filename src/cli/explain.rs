//! `explain`: the rules, in words. Nothing is read but the rules themselves.

use std::fmt::Write;

use clap::Args;
use policy::rules::{self, Group, RULES, Rule};
use policy::text::printable;
use policy::verdict::Help;
use serde::Serialize;

use super::{Answer, Failure, Format, Terminal};
use crate::report::style::{QUIET, STRONG, styled};

/// List the rules, or say what one means, why it exists and what to do
#[derive(Debug, Args)]
pub struct Arguments {
    /// A rule's code, such as out-of-scope
    code: Option<String>,

    /// How to print it
    #[arg(long, value_name = "FORMAT", default_value = "human", hide_default_value = true)]
    format: Format,
}

pub fn run(arguments: Arguments, terminal: &Terminal) -> Answer {
    let asked = arguments.code.as_deref().map(found).transpose()?;
    let text = match (arguments.format, asked) {
        (Format::Human, None) => listing(),
        (Format::Human, Some(rule)) => page(rule),
        (Format::Json, None) => json(RULES)?,
        (Format::Json, Some(rule)) => json(std::slice::from_ref(rule))?,
    };
    terminal.out(&text)?;
    Ok(0)
}

fn found(code: &str) -> Result<&'static Rule, Failure> {
    rules::find(code).ok_or_else(|| {
        let message = format!("there is no rule \"{}\"", printable(code));
        let nearest = rules::nearest(code).map(|rule| Help {
            label: format!("did you mean {}?", rule.code),
            command: Some(format!("contract-gate explain {}", rule.code)),
        });
        let all = Help {
            label: "all rules".to_owned(),
            command: Some("contract-gate explain".to_owned()),
        };
        let no_rule = Help {
            label: "undecided[…] and note[…] are no rules: they say themselves what is not known, and what \
                    helps"
                .to_owned(),
            command: None,
        };
        let help = nearest.into_iter().chain([all, no_rule]).collect();
        Failure { help, ..Failure::new(message) }
    })
}

fn listing() -> String {
    let mut text = String::new();
    let widest = RULES.iter().map(|rule| rule.code.len()).max().unwrap_or_default();
    for group in Group::ALL {
        let _ = writeln!(text, "{}", styled(STRONG, group.as_str()));
        for rule in RULES.iter().filter(|rule| rule.group == group) {
            let code = styled(QUIET, format!("{:widest$}", rule.code));
            let indent = " ".repeat(widest + 4);
            let summary = wrapped(rule.explain.summary, &indent);
            let _ = writeln!(text, "  {code}  {}", summary.trim_start());
        }
        text.push('\n');
    }
    text.push_str("contract-gate explain CODE says more about one of them.\n");
    text
}

fn page(rule: &Rule) -> String {
    let explain = &rule.explain;
    let title = styled(STRONG, rule.code);
    let mut text =
        format!("{title} ({})\n\n{}\n", rule.group.as_str(), wrapped(explain.summary, ""));
    let waiver = if rules::waivable(rule.code) {
        "The contract may waive it for an agent, with a reason: it is then shown as a warning."
    } else {
        "The contract cannot waive it."
    };
    let parts = [
        ("What it means", explain.meaning),
        ("For example", explain.example),
        ("Why it exists", explain.reason),
        ("What to do", explain.remedy),
        ("Waivers", waiver),
    ];
    for (head, part) in parts {
        let _ = write!(text, "\n{}\n{}\n", styled(STRONG, head), wrapped(part, "  "));
    }
    text
}

/// Text in lines of at most 80 columns, each with this indent.
fn wrapped(text: &str, indent: &str) -> String {
    const COLUMNS: usize = 80;
    let mut lines = vec![indent.to_owned()];
    for word in text.split_whitespace() {
        let is_first = lines.last().is_none_or(|line| line.len() == indent.len());
        let length = lines.last().map_or(0, |line| line.chars().count()) + word.chars().count();
        if !is_first && length + 1 > COLUMNS {
            lines.push(format!("{indent}{word}"));
        } else if let Some(line) = lines.last_mut() {
            line.push_str(if is_first { "" } else { " " });
            line.push_str(word);
        }
    }
    lines.join("\n")
}

/// What `explain --format json` prints.
#[derive(Serialize)]
struct Document<'a> {
    /// The version of this document's format.
    format: u32,
    rules: Vec<RuleDocument<'a>>,
}

#[derive(Serialize)]
struct RuleDocument<'a> {
    code: &'a str,
    group: &'a str,
    summary: &'a str,
    meaning: &'a str,
    example: &'a str,
    reason: &'a str,
    remedy: &'a str,
    waivable: bool,
}

fn json(rules: &[Rule]) -> Result<String, Failure> {
    let rules = rules.iter().map(|rule| RuleDocument {
        code: rule.code,
        group: rule.group.as_str(),
        summary: rule.explain.summary,
        meaning: rule.explain.meaning,
        example: rule.explain.example,
        reason: rule.explain.reason,
        remedy: rule.explain.remedy,
        waivable: rules::waivable(rule.code),
    });
    let document = Document { format: 1, rules: rules.collect() };
    let text = serde_json::to_string_pretty(&document)
        .map_err(|error| Failure::new(format!("the rules cannot be written as JSON: {error}")))?;
    Ok(text + "\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(text: &str) -> String {
        anstream::adapter::strip_str(text).to_string()
    }

    #[test]
    fn the_rules_by_group() {
        insta::assert_snapshot!(plain(&listing()));
    }

    #[test]
    fn one_rule() {
        insta::assert_snapshot!(plain(&page(found("additions-only").unwrap())));
    }

    #[test]
    fn every_page_fits_into_80_columns() {
        for text in RULES.iter().map(page).chain([listing()]) {
            for line in plain(&text).lines() {
                assert!(line.chars().count() <= 80, "{line}");
            }
        }
    }

    #[test]
    fn an_unknown_code_names_the_nearest() {
        let failure = found("out-of-scoop").unwrap_err();
        assert_eq!(failure.message, "there is no rule \"out-of-scoop\"");
        assert_eq!(failure.help[0].label, "did you mean out-of-scope?");
        assert_eq!(found("xyz").unwrap_err().help.len(), 2);
        assert!(!found("\x1b[31m").unwrap_err().message.contains('\x1b'));
    }

    #[test]
    fn programs_get_every_field() {
        let document: serde_json::Value = serde_json::from_str(&json(RULES).unwrap()).unwrap();
        assert_eq!(document["format"], 1);
        assert_eq!(document["rules"].as_array().unwrap().len(), RULES.len());
        for rule in document["rules"].as_array().unwrap() {
            for field in ["code", "group", "summary", "meaning", "example", "reason", "remedy"] {
                assert!(rule[field].as_str().is_some_and(|text| !text.is_empty()), "{field}");
            }
            assert!(rule["waivable"].is_boolean());
        }
    }
}
