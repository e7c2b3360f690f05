use insta::assert_snapshot;
use policy::attempt::Checkpoint;
use policy::verdict::Verdict;
use serde_json::Value;

use super::*;
use crate::report::samples;

fn value(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

fn valid(document: &str) -> bool {
    jsonschema::validator_for(&value(&schema())).unwrap().is_valid(&value(document))
}

fn keys(value: &Value) -> Vec<&str> {
    value.as_object().unwrap().keys().map(String::as_str).collect()
}

#[test]
fn documents_are_valid_by_the_published_schema() {
    let reports = [
        samples::everything(),
        samples::broken(),
        samples::report(Verdict::default()),
        Report::new(Checkpoint::Check),
    ];
    for report in &reports {
        assert!(valid(&render(report)), "{}", render(report));
    }
    assert!(valid(&render_all(&reports)));
    assert!(valid(&render_all(&[])));
}

#[test]
fn the_schema_refuses_what_is_not_a_verdict() {
    let good = value(&render(&samples::everything()));
    let broken = |change: fn(&mut Value)| {
        let mut document = good.clone();
        change(&mut document);
        !valid(&document.to_string())
    };
    assert!(valid(&good.to_string()));
    assert!(broken(|document| document["format"] = 2.into()));
    assert!(broken(|document| document["verdict"] = "fine".into()));
    assert!(broken(|document| document["extra"] = Value::Null));
    assert!(broken(|document| document["violations"][0]["change"] = "renamed".into()));
    assert!(broken(|document| document["violations"][0]["extra"] = 1.into()));
    assert!(broken(|document| drop(document.as_object_mut().unwrap().remove("turn"))));
}

#[test]
fn the_fields_are_those_that_are_promised() {
    let document = value(&render(&samples::everything()));
    let top = ["format", "verdict", "checkpoint", "agent", "ref", "contract", "turn"];
    assert_eq!(keys(&document), [&top[..], &["violations", "notes", "undecided"]].concat());
    assert_eq!(keys(&document["contract"]), ["path", "commit", "version"]);
    assert_eq!(keys(&document["turn"]), ["now", "waits_for"]);
    let violation = ["rule", "severity", "path", "change", "commit", "agent", "owner"];
    let violation = [&violation[..], &["contract_line", "message", "help"]].concat();
    assert_eq!(keys(&document["violations"][0]), violation);
    assert_eq!(keys(&document["notes"][0]), ["code", "message"]);
    assert_eq!(keys(&document["undecided"][0]), ["code", "message", "help"]);
}

#[test]
fn what_does_not_apply_is_null() {
    let document = value(&render(&Report::new(Checkpoint::PreCommit)));
    for field in ["agent", "ref", "contract", "turn"] {
        assert_eq!(document.get(field), Some(&Value::Null), "{field}");
    }
    let waived = &value(&render(&samples::everything()))["violations"][3];
    for field in ["path", "change", "contract_line"] {
        assert_eq!(waived.get(field), Some(&Value::Null), "{field}");
    }
}

#[test]
fn a_path_that_is_not_utf8_has_its_bytes_beside() {
    let document = value(&render(&samples::everything()));
    let odd = &document["violations"][1];
    assert_eq!(odd["path"], r#""caf\351""#);
    assert_eq!(STANDARD.decode(odd["path_bytes"].as_str().unwrap()).unwrap(), b"caf\xe9");
    assert_eq!(document["violations"][2]["path"], "a\nb");
}

#[test]
fn what_a_terminal_would_act_on_is_escaped_and_stays_what_it_is() {
    let path = "a\u{1b}[2J\u{9b}31m\u{202e}b\u{e0041}c\nd";
    let verdict = Verdict {
        violations: vec![samples::violation("out-of-scope", path)],
        ..Verdict::default()
    };
    let text = render(&samples::report(verdict));
    let harmful = |c: char| c != '\n' && (c.is_control() || is_invisible(c));
    assert!(!text.chars().any(harmful), "{text}");
    assert_eq!(value(&text)["violations"][0]["path"], path);
}

#[test]
fn a_note_is_said_once_and_a_violation_is_never_folded() {
    let many = (0..50).map(|n| samples::violation("out-of-scope", format!("src/{n}")));
    let verdict = Verdict { violations: many.collect(), ..Verdict::default() };
    let document = value(&render(&samples::report(verdict)));
    assert_eq!(document["violations"].as_array().unwrap().len(), 50);
    let document = value(&render(&samples::everything()));
    assert_eq!(document["notes"].as_array().unwrap().len(), 1);
}

#[test]
fn all_lanes_are_as_bad_as_the_worst() {
    let allowed = || samples::report(Verdict::default());
    let word = |reports: &[Report]| value(&render_all(reports))["verdict"].clone();
    assert_eq!(word(&[]), "allowed");
    assert_eq!(word(&[allowed(), samples::broken()]), "undecided");
    assert_eq!(word(&[samples::everything(), samples::broken(), allowed()]), "denied");
}

#[test]
fn the_whole_document() {
    assert_snapshot!(render(&samples::everything()));
    assert_snapshot!(render(&samples::broken()));
}

#[test]
fn the_schema() {
    assert_snapshot!(schema());
}
