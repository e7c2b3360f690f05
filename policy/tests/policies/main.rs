//! Every rule against its table in `fixtures/policies`, and the laws of the decision.

mod laws;
mod table;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use policy::attempt::{Actor, Attempt, Checkpoint, Pusher, Subject};
use policy::contract::ContractFile;
use policy::decide;
use policy::name::RefName;
use policy::rules::{Group, RULES, Rule, find, nearest, waivable};
use policy::verdict::{Help, Outcome, Verdict, Violation};
use table::{Table, rendered};

fn directory() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/policies")
}

fn table_of(rule: &Rule) -> Table {
    let path = directory().join(format!("{}.toml", rule.code));
    let text = fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    Table::read(&text)
}

/// Each row of a rule's table with its verdict.
fn decided(rule: &Rule) -> Vec<(table::Row, Verdict)> {
    let mut table = table_of(rule);
    let rows = std::mem::take(&mut table.row);
    let decide_row = |row: table::Row| {
        let contract = table.contract_of(&row);
        let verdict = decide(&contract, &row.attempt(&contract));
        (row, verdict)
    };
    rows.into_iter().map(decide_row).collect()
}

#[test]
fn every_row_finds_what_it_expects_and_nothing_else() {
    let mut wrong = Vec::new();
    for rule in RULES {
        for (row, verdict) in decided(rule) {
            let found = rendered(&verdict);
            if found != row.expect {
                let (code, name, expect) = (rule.code, row.name, row.expect);
                wrong.push(format!("{code}: {name}\n  expects {expect:#?}\n  found {found:#?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn every_rule_has_a_row_that_denies_and_one_that_allows() {
    for rule in RULES {
        let all = decided(rule);
        let denies = |verdict: &Verdict| {
            let own = verdict.violations.iter().filter(|v| v.rule == rule.code);
            verdict.outcome() == Outcome::Denied && own.count() > 0
        };
        let allows = |verdict: &Verdict| verdict.outcome() == Outcome::Allowed;
        assert!(all.iter().any(|(_, verdict)| denies(verdict)), "{} never denies", rule.code);
        assert!(all.iter().any(|(_, verdict)| allows(verdict)), "{} never allows", rule.code);
    }
}

#[test]
fn every_table_belongs_to_a_rule() {
    for entry in fs::read_dir(directory()).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let code = name.strip_suffix(".toml").unwrap_or_else(|| panic!("{name} is no table"));
        assert!(find(code).is_some(), "{code} is no rule");
    }
}

#[test]
fn rows_of_a_table_have_names_of_their_own() {
    for rule in RULES {
        let mut names = BTreeSet::new();
        for row in table_of(rule).row {
            assert!(row.name.contains(' '), "{}: {} is no sentence", rule.code, row.name);
            assert!(names.insert(row.name.clone()), "{}: {} twice", rule.code, row.name);
        }
    }
}

#[test]
fn codes_are_unique_and_every_file_of_a_rule_is_listed() {
    let codes: BTreeSet<_> = RULES.iter().map(|rule| rule.code).collect();
    assert_eq!(codes.len(), RULES.len());
    let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/rules");
    let mut rules = BTreeSet::new();
    for entry in fs::read_dir(sources).unwrap() {
        let path = entry.unwrap().path();
        if fs::read_to_string(&path).unwrap().contains("pub const RULE: Rule") {
            rules.insert(path.file_stem().unwrap().to_str().unwrap().replace('_', "-"));
        }
    }
    assert_eq!(codes, rules.iter().map(String::as_str).collect());
}

#[test]
fn every_rule_is_explained_in_whole_sentences() {
    for Rule { code, explain, .. } in RULES {
        let parts =
            [explain.summary, explain.meaning, explain.example, explain.reason, explain.remedy];
        for part in parts {
            assert!(part.ends_with('.') && part.len() > 20, "{code}: {part}");
            assert!(!part.contains("  "), "{code}: {part}");
            let begins = part.starts_with(|c: char| c.is_uppercase()) || part.starts_with("agent-");
            assert!(begins, "{code}: {part}");
        }
        let sentences = explain.summary.matches(". ").count();
        assert_eq!(sentences, 0, "{code}: the summary is one sentence");
    }
}

#[test]
fn a_contract_may_waive_what_the_decision_waives() {
    for rule in RULES {
        let text = format!(
            "format = 1\n[agents.a]\nbranch = \"a\"\nscope = [\"a/**\"]\n\
             [[waivers]]\nrule = \"{}\"\nagent = \"a\"\nbecause = \"so\"\n",
            rule.code
        );
        let read = policy::contract::read(ContractFile::Toml, text.as_bytes());
        assert_eq!(read.is_ok(), waivable(rule.code), "{}", rule.code);
    }
}

#[test]
fn groups_are_those_of_the_rules() {
    for group in Group::ALL {
        assert!(RULES.iter().any(|rule| rule.group == group), "{}", group.as_str());
    }
}

#[test]
fn a_listing_tells_the_groups_by_their_words() {
    assert_eq!(Group::ALL.map(Group::as_str), ["paths", "refs", "order"]);
}

#[test]
fn a_rule_that_is_misspelt_is_found_and_a_word_that_is_none_is_not() {
    let code = |text: &str| nearest(text).map(|rule| rule.code);
    assert_eq!(code("out-of-scpe"), Some("out-of-scope"));
    assert_eq!(code("merge-order"), Some("merge-order"));
    // A third of the letters may be wrong, and no more: 12 of them allow 4.
    assert_eq!(code("out-of-xxxxe"), Some("out-of-scope"));
    assert_eq!(code("out-of-xxxxx"), None);
    assert_eq!(code("everything"), None);
}

#[test]
fn the_trunk_is_told_by_the_ref_that_moves_where_nothing_else_names_it() {
    let contract = table_of(find("trunk-rewound").unwrap()).contract;
    let contract = policy::contract::read(ContractFile::Toml, contract.as_bytes()).unwrap();
    let step = Subject::TrunkRewound { from: table::id(1), to: None, published: false };
    let told = |reference: Option<&str>| {
        let verdict = decide(
            &contract,
            &Attempt {
                checkpoint: Checkpoint::PreReceive,
                actor: Actor::Pusher(Pusher::Anybody),
                reference: reference.map(RefName::branch),
                trunk: None,
                subject: step.clone(),
            },
        );
        verdict.violations[0].message.clone()
    };
    assert!(told(Some("develop")).contains("develop"), "{}", told(Some("develop")));
    assert!(told(None).contains("the trunk"), "{}", told(None));
}

/// What a person reads, row by row: reviewing a message is reviewing a diff.
#[test]
fn messages() {
    for rule in RULES {
        let told = decided(rule).into_iter().filter_map(|(row, verdict)| told(&row, &verdict));
        let text = told.collect::<Vec<_>>().join("\n");
        insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
            insta::assert_snapshot!(rule.code, text);
        });
    }
}

/// The name of a row and everything that is said about it; `None` when nothing is.
fn told(row: &table::Row, verdict: &Verdict) -> Option<String> {
    let mut text = format!("# {}\n", row.name);
    let quiet = text.len();
    for violation in &verdict.violations {
        let (severity, rule) = (violation.severity.as_str(), violation.rule);
        text += &format!("{severity}[{rule}]: {}\n", violation.message);
        text += &evidence(violation);
        text += &helps(&violation.help);
    }
    for note in &verdict.notes {
        text += &format!("note[{}]: {}\n", note.code, note.message);
    }
    for reason in &verdict.undecided {
        text += &format!("undecided[{}]: {}\n", reason.code, reason.message);
        text += &helps(&reason.help);
    }
    (text.len() > quiet).then_some(text)
}

fn evidence(violation: &Violation) -> String {
    let parts = [
        violation.contract_line.map(|line| format!("line {line}")),
        violation.path.as_ref().map(ToString::to_string),
        violation.change.map(|change| change.as_str().to_owned()),
        violation.commit.as_ref().map(|commit| format!("in {}", commit.id.short())),
        violation.reference.as_ref().map(ToString::to_string),
        violation.waived.as_ref().map(|reason| format!("waived: {reason}")),
    ];
    let parts: Vec<_> = parts.into_iter().flatten().collect();
    if parts.is_empty() { String::new() } else { format!("  [{}]\n", parts.join(", ")) }
}

fn helps(all: &[Help]) -> String {
    let line = |help: &Help| match &help.command {
        Some(command) => format!("  {}\n    {command}\n", help.label),
        None => format!("  {}\n", help.label),
    };
    all.iter().map(line).collect()
}
