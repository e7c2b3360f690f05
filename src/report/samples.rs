//! Reports to test the faces with.

use std::collections::BTreeMap;

use policy::attempt::Checkpoint;
use policy::change::{ChangeKind, CommitRef};
use policy::contract::Problem;
use policy::name::{AgentId, RefName};
use policy::oid::Oid;
use policy::path::RepoPath;
use policy::verdict::{Governing, Help, Note, Severity, Turn, Undecided, Verdict, Violation};

use super::{Broken, Governed, Judgement, Report};

pub fn oid(digit: char) -> Oid {
    digit.to_string().repeat(40).parse().unwrap()
}

pub fn path(bytes: impl AsRef<[u8]>) -> RepoPath {
    RepoPath::new(bytes.as_ref()).unwrap()
}

pub fn agent(name: &str) -> AgentId {
    AgentId::new(name).unwrap()
}

pub fn help(label: &str, command: &str) -> Help {
    let command = Some(command).filter(|command| !command.is_empty()).map(str::to_owned);
    Help { label: label.to_owned(), command }
}

pub fn governed() -> Governed {
    let contract = Governing { path: path("CONTRACT.md"), commit: oid('1'), version: 2 };
    Governed { contract, trunk: RefName::branch("main") }
}

/// An edit of a path that is not agent-1's.
pub fn violation(rule: &'static str, at: impl AsRef<[u8]>) -> Violation {
    let at = path(at);
    Violation {
        rule,
        severity: Severity::Error,
        change: Some(ChangeKind::Modified),
        commit: Some(CommitRef { id: oid('5'), summary: "tidy schema types".into() }),
        agent: Some(agent("agent-1")),
        owner: Some(agent("agent-2")),
        reference: None,
        contract_line: Some(16),
        message: format!("agent-1 may not edit {at}"),
        help: vec![
            help("undo it", &format!("git restore --source=4be81c2 --staged --worktree -- {at}")),
            help("agent-2 owns it: ask there, and leave the file alone until then", ""),
        ],
        path: Some(at),
        waived: None,
        whole: None,
        taken_away: None,
    }
}

/// A check of agent-1's lane that found these.
pub fn report(verdict: Verdict) -> Report {
    let lines = BTreeMap::from([(16, "- src/db/schema.ts: agent-2 owns.".to_owned())]);
    let judgement = Judgement { verdict, under: Some(governed()), lines };
    Report {
        agent: Some(agent("agent-1")),
        reference: Some(RefName::branch("agents/uploads")),
        contract: Some(governed()),
        turn: Some(Turn { now: false, waits_for: vec![agent("agent-2")] }),
        judgements: vec![judgement],
        ..Report::new(Checkpoint::Check)
    }
}

/// Everything at once: errors, a warning, a waived one, notes, undecided, strange paths.
pub fn everything() -> Report {
    let waived = Violation {
        rule: "merge-order",
        severity: Severity::Warning,
        path: None,
        change: None,
        owner: Some(agent("agent-2")),
        message: "agent-1 would land before agent-2".into(),
        help: vec![help("wait for agent-2", "")],
        waived: Some("hot demo on\x1b[2J Friday".into()),
        contract_line: None,
        ..violation("merge-order", "x")
    };
    let odd =
        Violation { owner: None, contract_line: None, ..violation("out-of-scope", b"caf\xe9") };
    let newline = Violation {
        change: Some(ChangeKind::Added),
        commit: None,
        ..violation("shared-frozen", "a\nb")
    };
    let undecided = Undecided {
        code: "shallow",
        message: "the history is cut off at 4be81c2 (a shallow clone)".into(),
        help: vec![help("fetch the rest", "git fetch --unshallow")],
    };
    let note = Note { code: "untracked", message: "not judged: notes.txt".into() };
    report(Verdict {
        violations: vec![violation("shared-owned", "src/db/schema.ts"), odd, newline, waived],
        notes: vec![note.clone(), note],
        undecided: vec![undecided],
    })
}

/// A contract on the trunk that is not valid.
pub fn broken() -> Report {
    let source = b"# Context contract\n\n## Scope\n- agent-9: src/**\n".to_vec();
    let problem = Problem {
        code: "unknown-agent",
        severity: Severity::Error,
        line: 4,
        column: 3,
        span: (31, 7),
        message: "agent-9 has no lane".into(),
        help: Some("name it under Worktrees".into()),
    };
    let reason = Undecided {
        code: "contract-invalid",
        message: "CONTRACT.md on main (1111111) is not valid".into(),
        help: vec![help("mend it on main", "contract-gate lint CONTRACT.md")],
    };
    let file = path("CONTRACT.md");
    let broken = Broken { file, commit: oid('1'), source, problems: vec![problem] };
    let judgements = vec![Judgement::without_contract(Verdict::undecided(reason))];
    Report { broken: Some(broken), judgements, ..Report::new(Checkpoint::PreCommit) }
}
