//! The table as a document, made of what the rows hold the gate to.

use std::fmt::Write;

use super::Theme;
use super::row::{Place, Policy, Row, Says};

const INTRODUCTION: &str = "\
# The honest-work table

What contract-gate must never stand in the way of. Every row is played by the tests with real git,
as it is written there: the work is done in a repository with all client hooks, and what came of it
is pushed to servers that judge it alone. The gate must be silent, everywhere; where it warns, or
says no because that is what a policy is for, or because it cannot know, the cell says so. This file
is written by the tests from what the rows are held to (`tests/suite/honest_work/`), and they fail
when it differs. They play it with each git that they find, and once more in repositories with
SHA-256 and reftable.

- **on the client**: `pre-commit`, `pre-merge-commit`, `reference-transaction` and `pre-push`, in the
  repository that the work is done in.
- **server**: a bare repository with `pre-receive`, that tells nobody apart.
- **server with identities**: one that knows who pushes; the cell names who does.
- Each cell is for both policies, `trunk-steps = \"open\"` and `\"landings-only\"`, unless it names one.
  *passes* means: without a word. A dash: there is nothing to push.
";

/// The whole document.
pub fn document(themes: &[Theme]) -> String {
    let mut text = INTRODUCTION.to_owned();
    for theme in themes {
        let _ = write!(
            text,
            "\n## {}\n\n| the work | on the client | server | server with identities | note |\n\
             | --- | --- | --- | --- | --- |\n",
            theme.title
        );
        for row in &theme.rows {
            let [client, server, named] = Place::ALL.map(|place| cell(row, place));
            let _ =
                writeln!(text, "| {} | {client} | {server} | {named} | {} |", row.work, row.note);
        }
    }
    text
}

fn cell(row: &Row, place: Place) -> String {
    if place != Place::Client && row.pushes.is_empty() {
        return "–".to_owned();
    }
    let who = if place == Place::Named { pushers(row) } else { String::new() };
    let [open, landings_only] = Policy::ALL.map(|policy| row.says(place, policy));
    if open == landings_only {
        return word(open) + &who;
    }
    let (one, other) = Policy::ALL.into();
    format!("{}: {}; {}: {}{who}", one.name(), word(open), other.name(), word(landings_only))
}

fn word(says: Says) -> String {
    match says {
        Says::Nothing => "passes".to_owned(),
        Says::Warning(rule) => format!("passes with a warning, `{rule}`"),
        Says::Refusal(rule) => format!("**refused**, `{rule}`"),
        Says::Unknown(code) => format!("**undecided**, `{code}`"),
    }
}

fn pushers(row: &Row) -> String {
    let mut names: Vec<&str> = Vec::new();
    for push in &row.pushes {
        let name = match push.by {
            "dana" => "the dispatcher",
            "agent-9" => "the integrator",
            agent => agent,
        };
        if !names.contains(&name) {
            names.push(name);
        }
    }
    format!(" ({})", names.join(", "))
}
