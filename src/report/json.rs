//! The verdict for programs: one document for every outcome, with a published JSON Schema.
//!
//! The documents are contracts of their own: format 1 keeps every field that it has. Fields that
//! do not apply are null.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use policy::change::ChangeKind;
use policy::path::RepoPath;
use policy::text::is_invisible;
use policy::verdict::{self, Help, Outcome};
use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde::Serialize;

use super::foreign::{LINE, shown};
use super::{Broken, Report, contract};

/// The document of one lane, or of all of them.
#[derive(Serialize, JsonSchema)]
#[serde(untagged)]
#[schemars(title = "contract-gate verdict")]
enum Document {
    One(Box<VerdictDocument>),
    All(AllDocument),
}

/// What `check --format json` prints.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Verdict", deny_unknown_fields)]
struct VerdictDocument {
    /// The version of this document's format.
    #[schemars(extend("const" = 1))]
    format: u32,
    /// The whole in a word. The exit status is 0, 2 or 1.
    verdict: Word,
    /// Where it was judged: a hook's name, or `check`.
    checkpoint: String,
    /// The agent whose lane was judged.
    agent: Option<String>,
    /// The full name of the ref that was judged.
    #[serde(rename = "ref")]
    reference: Option<String>,
    /// The contract that governed.
    contract: Option<ContractDocument>,
    /// Whether the lane may land now.
    turn: Option<TurnDocument>,
    /// Rules that are broken, in a stable order.
    violations: Vec<ViolationDocument>,
    /// What is worth saying and denies nothing.
    notes: Vec<NoteDocument>,
    /// What could not be known, which blocks.
    undecided: Vec<UndecidedDocument>,
}

/// What `check --all --format json` prints.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "All", deny_unknown_fields)]
struct AllDocument {
    /// The version of this document's format.
    #[schemars(extend("const" = 1))]
    format: u32,
    /// Denied when any lane is, else undecided when any is.
    verdict: Word,
    /// One document a lane, in the order of the contract.
    lanes: Vec<VerdictDocument>,
}

/// A verdict in a word.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(rename = "Outcome")]
enum Word {
    Allowed,
    Denied,
    Undecided,
}

/// The contract that governed.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Contract", deny_unknown_fields)]
struct ContractDocument {
    /// Its file, at the root of the repository.
    path: String,
    /// The full id of the trunk's commit that it was read from.
    commit: String,
    /// Its version.
    version: u64,
}

/// Whether a lane may land.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Turn", deny_unknown_fields)]
struct TurnDocument {
    /// Whether it may land: its turn has come, or the order is waived for it.
    now: bool,
    /// The agents whose lanes are before it and have not landed.
    waits_for: Vec<String>,
}

/// One rule broken.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Violation", deny_unknown_fields)]
struct ViolationDocument {
    /// The rule's code.
    rule: String,
    /// Errors deny; warnings do not.
    severity: Weight,
    /// The path that it is about; as git quotes it when it is not UTF-8.
    path: Option<String>,
    /// The bytes of a path that is not UTF-8, in base64. Only there for such a path.
    #[serde(skip_serializing_if = "Option::is_none")]
    path_bytes: Option<String>,
    /// What happened to the path.
    change: Option<ChangeWord>,
    /// The full id of the commit that did it.
    commit: Option<String>,
    /// The agent whose work it is.
    agent: Option<String>,
    /// The agent whom the path belongs to, or whom it waits for.
    owner: Option<String>,
    /// The contract's line that judged, from 1.
    contract_line: Option<u32>,
    /// What happened, in a sentence.
    message: String,
    /// What to do next.
    help: Vec<String>,
}

/// How much a violation weighs.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(rename = "Severity")]
pub(super) enum Weight {
    Error,
    Warning,
}

/// What happened to a path.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(rename = "Change")]
enum ChangeWord {
    Added,
    Modified,
    Deleted,
    Kind,
    Mode,
    Submodule,
}

/// Something worth saying.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Note", deny_unknown_fields)]
struct NoteDocument {
    /// A short code.
    code: String,
    /// What is said.
    message: String,
}

/// Something that could not be known.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Undecided", deny_unknown_fields)]
struct UndecidedDocument {
    /// A short code.
    code: String,
    /// What could not be known, and why.
    message: String,
    /// What to do next.
    help: Vec<String>,
}

/// The document of one report, with a newline at its end.
pub fn render(report: &Report) -> String {
    text(&Document::One(Box::new(VerdictDocument::of(report))))
}

/// The document of several lanes, with a newline at its end.
pub fn render_all(reports: &[Report]) -> String {
    let outcome = reports.iter().map(Report::outcome).max().unwrap_or(Outcome::Allowed);
    let lanes = reports.iter().map(VerdictDocument::of).collect();
    text(&Document::All(AllDocument { format: 1, verdict: outcome.into(), lanes }))
}

/// The JSON Schema of both documents, with a newline at its end.
pub fn schema() -> String {
    schema_of::<Document>()
}

/// The JSON Schema of a document.
pub(super) fn schema_of<D: JsonSchema>() -> String {
    let settings = SchemaSettings::draft2020_12().for_serialize();
    text(&settings.into_generator().into_root_schema_for::<D>())
}

/// A document as it is printed.
pub(super) fn text(document: &impl Serialize) -> String {
    // Pretty: it is read by people as well, and a program does not care.
    let text = serde_json::to_string_pretty(document)
        .expect("only a map whose keys are no strings could fail, and there is none");
    for_terminals(&text) + "\n"
}

/// JSON asks for escapes of ASCII controls alone. The others, and what cannot be seen, get theirs
/// here: they can only stand in strings, and mean the same there.
fn for_terminals(json: &str) -> String {
    json.chars().fold(String::with_capacity(json.len()), |mut out, c| {
        if c != '\n' && (c.is_control() || is_invisible(c)) {
            let units = &mut [0; 2];
            out.extend(c.encode_utf16(units).iter().map(|unit| format!("\\u{unit:04x}")));
        } else {
            out.push(c);
        }
        out
    })
}

impl VerdictDocument {
    fn of(report: &Report) -> Self {
        let parts = || report.judgements.iter().map(|part| &part.verdict);
        let notes = report
            .notes()
            .map(|note| NoteDocument { code: note.code.into(), message: note.message.clone() });
        let undecided = parts().flat_map(|verdict| &verdict.undecided).map(Into::into);
        let broken = report.broken.iter().flat_map(UndecidedDocument::of_problems);
        Self {
            format: 1,
            verdict: report.outcome().into(),
            checkpoint: report.checkpoint.as_str().into(),
            agent: report.agent.as_ref().map(ToString::to_string),
            reference: report.reference.as_ref().map(ToString::to_string),
            contract: report.contract.as_ref().map(|governed| ContractDocument {
                path: governed.contract.path.to_string(),
                commit: governed.contract.commit.to_string(),
                version: governed.contract.version,
            }),
            turn: report.turn.as_ref().map(|turn| TurnDocument {
                now: turn.now,
                waits_for: turn.waits_for.iter().map(ToString::to_string).collect(),
            }),
            violations: parts().flat_map(|verdict| &verdict.violations).map(Into::into).collect(),
            notes: notes.collect(),
            undecided: undecided.chain(broken).collect(),
        }
    }
}

impl From<&verdict::Violation> for ViolationDocument {
    fn from(violation: &verdict::Violation) -> Self {
        let (path, path_bytes) = match &violation.path {
            Some(path) => path_fields(path),
            None => (None, None),
        };
        let waived =
            violation.waived.as_ref().map(|reason| format!(" (waived: {})", shown(reason, LINE)));
        Self {
            rule: violation.rule.into(),
            severity: violation.severity.into(),
            path,
            path_bytes,
            change: violation.change.map(Into::into),
            commit: violation.commit.as_ref().map(|commit| commit.id.to_string()),
            agent: violation.agent.as_ref().map(ToString::to_string),
            owner: violation.owner.as_ref().map(ToString::to_string),
            contract_line: violation.contract_line,
            message: violation.message.clone() + &waived.unwrap_or_default(),
            help: violation.help.iter().map(help_line).collect(),
        }
    }
}

impl UndecidedDocument {
    /// A broken contract's errors, each for itself, so that a program can mend them.
    fn of_problems(broken: &Broken) -> impl Iterator<Item = Self> {
        let errors = |problem: &&_| {
            let problem: &policy::contract::Problem = problem;
            problem.severity == verdict::Severity::Error
        };
        broken.problems.iter().filter(errors).map(|problem| Self {
            code: problem.code.into(),
            message: contract::plain(&broken.file.to_string(), problem),
            help: problem.help.iter().cloned().collect(),
        })
    }
}

impl From<&verdict::Undecided> for UndecidedDocument {
    fn from(undecided: &verdict::Undecided) -> Self {
        Self {
            code: undecided.code.into(),
            message: undecided.message.clone(),
            help: undecided.help.iter().map(help_line).collect(),
        }
    }
}

impl From<verdict::Severity> for Weight {
    fn from(severity: verdict::Severity) -> Self {
        match severity {
            verdict::Severity::Error => Self::Error,
            verdict::Severity::Warning => Self::Warning,
        }
    }
}

impl From<Outcome> for Word {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Allowed => Self::Allowed,
            Outcome::Denied => Self::Denied,
            Outcome::Undecided => Self::Undecided,
        }
    }
}

impl From<ChangeKind> for ChangeWord {
    fn from(kind: ChangeKind) -> Self {
        match kind {
            ChangeKind::Added => Self::Added,
            ChangeKind::Modified => Self::Modified,
            ChangeKind::Deleted => Self::Deleted,
            ChangeKind::Kind => Self::Kind,
            ChangeKind::Mode => Self::Mode,
            ChangeKind::Submodule => Self::Submodule,
        }
    }
}

/// The path as text, and its bytes where the text is not all of it.
pub(super) fn path_fields(path: &RepoPath) -> (Option<String>, Option<String>) {
    match path.to_str() {
        // JSON has its own escapes, so nothing needs git's quotes.
        Some(text) => (Some(text.to_owned()), None),
        None => (Some(path.to_string()), Some(STANDARD.encode(path.as_bytes()))),
    }
}

/// `label: command`
fn help_line(help: &Help) -> String {
    match &help.command {
        Some(command) => format!("{}: {command}", help.label),
        None => help.label.clone(),
    }
}

#[cfg(test)]
mod tests;
