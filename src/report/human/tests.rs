use anstream::adapter::strip_str;
use insta::assert_snapshot;
use policy::attempt::Checkpoint;
use policy::change::{ChangeKind, CommitRef};
use policy::verdict::{Note, Turn, Verdict, Violation};

use super::*;
use crate::report::HalfDone;
use crate::report::samples::{agent, broken, everything, help, oid, report, violation};

fn plain(report: &Report) -> String {
    strip_str(&render(report, Look::Plain)).to_string()
}

fn finding(violations: Vec<Violation>) -> Report {
    report(Verdict { violations, ..Verdict::default() })
}

#[test]
fn one_violation_has_the_fixed_shape() {
    let mut violation = violation("shared-owned", "src/db/schema.ts");
    violation.help[1] = help("see why", "contract-gate explain shared-owned");
    assert_snapshot!(plain(&finding(vec![violation])));
}

#[test]
fn everything_at_once() {
    assert_snapshot!(plain(&everything()));
}

#[test]
fn a_broken_contract_shows_what_is_wrong_with_it() {
    assert_snapshot!(plain(&broken()));
}

#[test]
fn an_allowed_check_says_whose_turn_it_is() {
    let mut report = report(Verdict::default());
    assert_snapshot!(plain(&report), @"allowed: agent-1 on agents/uploads, under CONTRACT.md version 2 on main (1111111); waits for agent-2 before it may land");
    report.turn = Some(Turn { now: true, waits_for: Vec::new() });
    assert!(plain(&report).ends_with("; its turn to land\n"));
    let landed = Note { code: "landed", message: "agent-1 has landed".into() };
    report.judgements[0].verdict.notes.push(landed);
    assert!(plain(&report).ends_with("(1111111)\n"));
}

#[test]
fn a_hook_that_allows_is_silent() {
    let checkpoint = Checkpoint::PreCommit;
    assert_eq!(plain(&Report { checkpoint, ..report(Verdict::default()) }), "");
}

#[test]
fn what_is_not_committed_yet_is_in_the_index() {
    let uncommitted = Violation { commit: None, ..violation("out-of-scope", "a.rs") };
    let report = Report { checkpoint: Checkpoint::PreCommit, ..finding(vec![uncommitted]) };
    assert!(plain(&report).contains("└ a.rs  modified  in the index\n"));
}

#[test]
fn many_of_one_rule_below_one_directory_are_folded() {
    let mut violations = (1..=7)
        .map(|n| violation("out-of-scope", format!("src/db/{}/f", "x".repeat(n))))
        .collect::<Vec<_>>();
    violations[1].change = Some(ChangeKind::Added);
    violations[1].help[0] = help("take it out", "git rm --cached -- src/db/xx/f");
    violations.push(violation("out-of-scope", "lib/other"));
    assert_snapshot!(plain(&finding(violations)));
}

#[test]
fn few_and_unlike_ones_are_not_folded() {
    let four = (1..=4).map(|n| violation("out-of-scope", format!("src/{n}")));
    assert_eq!(plain(&finding(four.collect())).matches("error[").count(), 4);
    let at_the_root = (1..=9).map(|n| violation("out-of-scope", format!("{n}")));
    assert_eq!(plain(&finding(at_the_root.collect())).matches("error[").count(), 9);
    let of_two_owners = (1..=6).map(|n| Violation {
        owner: Some(agent(if n % 2 == 0 { "agent-2" } else { "agent-3" })),
        ..violation("out-of-scope", format!("src/{n}"))
    });
    assert_eq!(plain(&finding(of_two_owners.collect())).matches("error[").count(), 6);
}

#[test]
fn the_commands_of_a_fold_name_every_path() {
    let many = (0..450).map(|n| violation("out-of-scope", format!("src/{n}")));
    let text = plain(&finding(many.collect()));
    let commands = text.lines().filter(|line| line.contains("git restore")).collect::<Vec<_>>();
    assert_eq!(commands.len(), 3);
    let paths = commands.iter().flat_map(|line| line.split_once(" -- ").unwrap().1.split(' '));
    assert_eq!(paths.collect::<std::collections::BTreeSet<_>>().len(), 450);
}

#[test]
fn a_commit_after_the_undoing_is_made_once() {
    let many = (0..9).map(|n| {
        let undo =
            format!("git restore --source=4be81c2 -- 'src/{n} x' && git commit -m 'Undo it'");
        Violation {
            help: vec![help("undo it", &undo)],
            ..violation("out-of-scope", format!("src/{n} x"))
        }
    });
    let text = plain(&finding(many.collect()));
    assert_eq!(text.matches("git restore").count(), 1, "{text}");
    assert!(text.contains(" 'src/7 x' 'src/8 x' && git commit -m 'Undo it'\n"), "{text}");
}

#[test]
fn a_path_that_looks_like_a_command_stays_one_word() {
    let many = (0..5).map(|n| {
        let undo = format!("git restore -- 'src/{n} && git commit -m x'");
        Violation {
            help: vec![help("undo it", &undo)],
            ..violation("out-of-scope", format!("src/{n} && git commit -m x"))
        }
    });
    let text = plain(&finding(many.collect()));
    assert_eq!(text.matches("git restore").count(), 1, "{text}");
    assert!(text.contains(" 'src/3 && git commit -m x' 'src/4 && git commit -m x'\n"), "{text}");
}

#[test]
fn the_same_advice_is_not_given_twice() {
    let text = plain(&finding(vec![
        violation("shared-owned", "src/db/schema.ts"),
        violation("shared-owned", "src/db/schema.ts"),
        violation("shared-owned", "src/db/other.ts"),
    ]));
    assert_eq!(text.matches("agent-2 owns it: ask there").count(), 1);
    assert_eq!(text.matches("help: as above").count(), 1);
    assert_eq!(text.matches("help: undo it").count(), 2);
}

#[test]
fn foreign_text_is_spelled_out() {
    let summary = "innocent\x1b]0;title\x07\u{202e}gnp.exe \u{9b}2J".repeat(9);
    let hostile = Violation {
        commit: Some(CommitRef { id: oid('5'), summary }),
        ..violation("out-of-scope", "a\x1b[31m\u{202e}.rs")
    };
    let mut report = finding(vec![hostile]);
    report.judgements[0].lines.insert(16, format!("- \x1b[2Jx\r{}", "y".repeat(5_000)));
    let text = plain(&report);
    assert!(!text.chars().any(|c| c.is_control() && c != '\n' || c == '\u{202e}'), "{text:?}");
    assert!(text.lines().all(|line| line.chars().count() < 300), "{text}");
}

#[test]
fn a_watching_gate_says_that_it_refuses_nothing() {
    let mut report = everything();
    report.force = Force::Observe;
    report.half_done.back = vec![help("undo the merge", "git reset --keep ORIG_HEAD")];
    let text = plain(&report);
    let last = "would be denied: agent-1 on agents/uploads: 3 errors, 1 warning, 1 undecided (observe mode: reported, not refused)";
    assert_eq!(text.lines().last(), Some(last));
    assert!(!text.contains("ORIG_HEAD"));
    assert_eq!(report.exit_status(), 0);
}

#[test]
fn a_half_done_command_has_a_way_back() {
    let checkpoint = Checkpoint::ReferenceTransaction;
    let back = vec![help("undo the merge", "git reset --keep ORIG_HEAD")];
    let onward = vec![help("finish the merge", "git merge --continue")];
    let half_done = HalfDone { back, onward };
    let refused = finding(vec![violation("out-of-scope", "a.rs")]);
    assert_snapshot!(plain(&Report { checkpoint, half_done: half_done.clone(), ..refused }));

    // Nobody can finish a merge that comes too early, by undoing something in it.
    let order = Violation { change: None, path: None, ..violation("merge-order", "a.rs") };
    let text = plain(&Report { checkpoint, half_done, ..finding(vec![order]) });
    assert!(text.contains("The way back:") && !text.contains("--continue"), "{text}");
}

#[test]
fn each_agent_has_a_prompt_of_its_own() {
    let mut report = finding(vec![
        violation("out-of-scope", "a.rs"),
        Violation { agent: Some(agent("agent-3")), ..violation("shared-frozen", "tsconfig.json") },
        violation("additions-only", "src/api/router.ts"),
        Violation { severity: Severity::Warning, ..violation("out-of-scope", "b.rs") },
    ]);
    report.judgements[0].verdict.violations[1].owner = None;
    assert_snapshot!(strip_str(&prompt::render(&report)).to_string());
}

#[test]
fn the_outcome_is_styled_and_every_style_ends() {
    let text = render(&everything(), Look::Terminal);
    assert!(text.contains("\x1b[1m\x1b[31merror[shared-owned]\x1b[0m"), "{text:?}");
    assert!(!strip_str(&text).to_string().contains('\x1b'));
}

#[test]
fn commands_that_cannot_be_made_one_are_not_all_printed() {
    let many = (0..2_000).map(|n| Violation {
        help: vec![help("ask", &format!("contract-gate request src/{n}"))],
        ..violation("out-of-scope", format!("src/{n}"))
    });
    let text = plain(&finding(many.collect()));
    assert_eq!(text.matches("contract-gate request").count(), 5);
    assert_eq!(text.matches("ask: the same for each of the others").count(), 1);
    assert!(text.contains("\n- and 1800 more\n"), "{text}");
}

#[test]
fn what_many_blocks_refuse_is_undone_by_one_command_but_for_ones_own() {
    let mut violations: Vec<_> =
        ["a/1", "b/1", "c/1", "d/1"].map(|at| violation("out-of-scope", at)).into();
    violations.push(violation("additions-only", "e/1"));
    let undo =
        |paths: &str| format!("git restore --source=4be81c2 --staged --worktree -- {paths}\n");
    let text = plain(&finding(violations.clone()));
    assert_eq!(text.matches(&undo("a/1 b/1 c/1 d/1")).count(), 1, "{text}");
    assert_eq!(text.matches(&undo("e/1")).count(), 1, "{text}");
    assert_eq!(text.matches("git restore").count(), 2, "{text}");
    let three = plain(&finding(violations.split_off(1)));
    assert!(three.contains(&undo("b/1")), "{three}");
}
