//! What the doctor found, for programs: `doctor --format json`.

use policy::verdict::Help;
use schemars::JsonSchema;
use serde::Serialize;

use super::json;
use crate::installation::doctor::{Examination, Finding, Fixed, State, Visit};
use crate::installation::shown;

/// What `doctor --format json` prints.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Doctor", title = "contract-gate doctor", deny_unknown_fields)]
struct DoctorDocument {
    /// The version of this document's format.
    #[schemars(extend("const" = 1))]
    format: u32,
    /// The version of the program that looked.
    version: String,
    /// The worst that was found. The exit status is 0 for good and note, 2 for unknown, 1 for
    /// wrong.
    state: Word,
    /// The git directory that all worktrees share.
    repository: String,
    /// What is true of the repository.
    findings: Vec<FindingDocument>,
    /// Each worktree, or the bare repository.
    worktrees: Vec<WorktreeDocument>,
    /// What `--fix` did; null without it.
    fixed: Option<FixedDocument>,
}

/// How something is.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(rename = "State")]
enum Word {
    /// As it should be.
    Good,
    /// As it may be, and worth knowing.
    Note,
    /// Not known, or not proved.
    Unknown,
    /// Not as it should be.
    Wrong,
}

/// One worktree.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Worktree", deny_unknown_fields)]
struct WorktreeDocument {
    /// Its root.
    path: String,
    /// The branch that is checked out, short.
    branch: Option<String>,
    /// What was found.
    findings: Vec<FindingDocument>,
}

/// One thing that was looked at.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Finding", deny_unknown_fields)]
struct FindingDocument {
    /// What it is about: a hook's name, or installation, hooks-directory, program, worktree,
    /// identity, writing, trunk, contract, lanes, mode, backend, server.
    about: String,
    /// How it is.
    state: Word,
    /// What was found, in a sentence.
    message: String,
    /// What mends it.
    mend: Vec<MendDocument>,
}

/// One way to mend something.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Mend", deny_unknown_fields)]
struct MendDocument {
    /// What it is for.
    label: String,
    /// The command to type; null when it is no command.
    command: Option<String>,
}

/// What `--fix` did.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Fixed", deny_unknown_fields)]
struct FixedDocument {
    /// What was put back, in sentences.
    done: Vec<String>,
    /// What was left as it is, because it is not the gate's own.
    left: Vec<String>,
}

/// The document, with a newline at its end.
pub fn render(examination: &Examination, fixed: Option<&Fixed>) -> String {
    json::text(&DoctorDocument {
        format: 1,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        state: examination.state().into(),
        repository: shown(&examination.repository),
        findings: examination.findings.iter().map(Into::into).collect(),
        worktrees: examination.worktrees.iter().map(Into::into).collect(),
        fixed: fixed
            .map(|fixed| FixedDocument { done: fixed.done.clone(), left: fixed.left.clone() }),
    })
}

/// The JSON Schema of the document, with a newline at its end.
pub fn schema() -> String {
    json::schema_of::<DoctorDocument>()
}

impl From<State> for Word {
    fn from(state: State) -> Self {
        match state {
            State::Good => Self::Good,
            State::Note => Self::Note,
            State::Unknown => Self::Unknown,
            State::Wrong => Self::Wrong,
        }
    }
}

impl From<&Visit> for WorktreeDocument {
    fn from(visit: &Visit) -> Self {
        Self {
            path: shown(&visit.root),
            branch: visit.branch.as_deref().map(policy::text::printable),
            findings: visit.findings.iter().map(Into::into).collect(),
        }
    }
}

impl From<&Finding> for FindingDocument {
    fn from(finding: &Finding) -> Self {
        Self {
            about: finding.about.as_str().to_owned(),
            state: finding.state.into(),
            message: finding.message.clone(),
            mend: finding.mend.iter().map(Into::into).collect(),
        }
    }
}

impl From<&Help> for MendDocument {
    fn from(help: &Help) -> Self {
        Self { label: help.label.clone(), command: help.command.clone() }
    }
}
