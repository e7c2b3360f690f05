//! What a replay found, for programs: `replay --format json`, format 1.

use policy::change::CommitRef;
use policy::path::RepoPath;
use schemars::JsonSchema;
use serde::Serialize;

use super::json;
use super::replay::Replayed;
use crate::ritual::replay::{Contested, Fate, Finding, Place, Proposal, Recognised, Work};

/// What `replay --format json` prints.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Replay", title = "contract-gate replay", deny_unknown_fields)]
struct ReplayDocument {
    /// The version of this document's format.
    #[schemars(extend("const" = 1))]
    format: u32,
    /// The contract that was run.
    contract: ContractDocument,
    /// The trunk's short name.
    trunk: String,
    /// The trunk's newest commit.
    tip: String,
    /// When the period begins, in seconds since 1970.
    since: i64,
    /// Every piece of work: what landed, oldest first, then the open branches.
    works: Vec<WorkDocument>,
    /// How many branches were left out, because nothing was committed to them in the period.
    older_branches: usize,
    /// How many landings came before squashed work of a lane that lands first, of which nobody can tell
    /// when it began, because its branch is gone. Optional: absent where there are none.
    #[serde(skip_serializing_if = "Option::is_none")]
    order_unknown: Option<usize>,
    /// The agents whose lanes no work was in.
    unused: Vec<String>,
    /// The paths that are no lane's own, and that work of several has changed.
    contested: Vec<ContestedDocument>,
    /// How the contract could take in what it would have refused and what stayed.
    proposals: Vec<ProposalDocument>,
}

/// A contract.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Contract", deny_unknown_fields)]
struct ContractDocument {
    /// Its file.
    file: String,
    /// The trunk's commit that holds it; null for a file that was named.
    commit: Option<String>,
    /// Its version.
    version: u64,
}

/// One piece of work.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Work", deny_unknown_fields)]
struct WorkDocument {
    /// How it is there.
    kind: WorkKind,
    /// The branch that it was done on, short; null where that is not known.
    branch: Option<String>,
    /// The ref, for an open branch.
    #[serde(rename = "ref")]
    reference: Option<String>,
    /// The trunk's commit that it landed by; null for an open branch.
    landed_by: Option<CommitDocument>,
    /// Its newest commit.
    tip: String,
    /// The agent whose lane it would have been; null when it fits none.
    agent: Option<String>,
    /// How the lane was recognised.
    recognised_by: Option<RecognisedDocument>,
    /// How many paths it changes.
    paths: usize,
    /// Whether the contract would have refused it.
    refused: bool,
    /// What the rules say.
    findings: Vec<FindingDocument>,
    /// Why it could not be judged; null where it could.
    undecided: Option<String>,
}

/// How work is there.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(rename = "WorkKind")]
enum WorkKind {
    /// A merge of the trunk brought it.
    Merge,
    /// It is a commit of the trunk's own.
    Step,
    /// It has not landed.
    Branch,
}

/// How a lane was recognised.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(rename = "RecognisedBy")]
enum RecognisedDocument {
    /// By the branch's name.
    Branch,
    /// By the paths that it changes.
    Paths,
}

/// A commit.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Commit", deny_unknown_fields)]
struct CommitDocument {
    /// Its id.
    id: String,
    /// The first line of its message.
    summary: String,
}

/// What a rule says.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Finding", deny_unknown_fields)]
struct FindingDocument {
    /// The rule's code.
    rule: String,
    /// `error` or `warning`.
    severity: String,
    /// The path that it is about.
    path: Option<String>,
    /// Its bytes in base64, where they are no UTF-8.
    #[serde(skip_serializing_if = "Option::is_none")]
    path_bytes: Option<String>,
    /// The agent that the path belongs to, or that should have landed first.
    owner: Option<String>,
    /// The commit that did it.
    commit: Option<String>,
    /// The contract's line.
    contract_line: Option<u32>,
    /// What happened.
    message: String,
    /// What became of it since; null for a warning, and where it has not landed or is about no path.
    fate: Option<FateDocument>,
    /// The trunk's commit that took it back or mended it.
    fate_by: Option<String>,
}

/// What became of a change.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "Fate")]
enum FateDocument {
    /// It stayed.
    Stayed,
    /// The path has since been as it was before.
    TakenBack,
    /// A fix touched the path.
    Mended,
}

/// A path that work of several has changed.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Contested", deny_unknown_fields)]
struct ContestedDocument {
    /// The path.
    path: String,
    /// Its bytes in base64, where they are no UTF-8.
    #[serde(skip_serializing_if = "Option::is_none")]
    path_bytes: Option<String>,
    /// Agents, and branches in no lane.
    by: Vec<String>,
    /// The contract's line that says whose it is; null where none does.
    contract_line: Option<u32>,
}

/// How the contract could be widened.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Proposal", deny_unknown_fields)]
struct ProposalDocument {
    /// The agents whose work it would take in.
    agents: Vec<String>,
    /// The rules that refused it.
    rules: Vec<String>,
    /// The paths.
    paths: Vec<String>,
    /// How many pieces of work were refused for it, and stayed.
    works: usize,
    /// Where in the contract the line belongs.
    place: String,
    /// The line; null where none would do.
    line: Option<String>,
    /// The contract's line that it replaces.
    instead_of: Option<u32>,
    /// Why, or what to do where there is no line.
    because: String,
}

/// The document, with a newline at its end.
pub fn render(replayed: &Replayed) -> String {
    let found = &replayed.found;
    json::text(&ReplayDocument {
        format: 1,
        contract: ContractDocument {
            file: replayed.file.clone(),
            commit: replayed.commit.map(|commit| commit.to_string()),
            version: replayed.contract.version(),
        },
        trunk: replayed.trunk.clone(),
        tip: replayed.tip.to_string(),
        since: replayed.since,
        works: found.works.iter().map(Into::into).collect(),
        older_branches: found.older_branches,
        order_unknown: Some(found.order_unknown).filter(|count| *count > 0),
        unused: found.unused.iter().map(ToString::to_string).collect(),
        contested: found.contested.iter().map(Into::into).collect(),
        proposals: found.proposals.iter().map(Into::into).collect(),
    })
}

/// The JSON Schema of the document, with a newline at its end.
pub fn schema() -> String {
    json::schema_of::<ReplayDocument>()
}

impl From<&Work> for WorkDocument {
    fn from(work: &Work) -> Self {
        Self {
            kind: match work.place {
                Place::Merge(_) => WorkKind::Merge,
                Place::Step(_) => WorkKind::Step,
                Place::Branch(_) => WorkKind::Branch,
            },
            branch: work.branch.clone(),
            reference: match &work.place {
                Place::Branch(name) => Some(name.to_string()),
                _ => None,
            },
            landed_by: work.place.landed_by().map(Into::into),
            tip: work.tip.to_string(),
            agent: work.lane.as_ref().map(|lane| lane.agent.to_string()),
            recognised_by: work.lane.as_ref().map(|lane| match lane.by {
                Recognised::Branch => RecognisedDocument::Branch,
                Recognised::Paths => RecognisedDocument::Paths,
            }),
            paths: work.paths,
            refused: work.is_refused(),
            findings: work.findings.iter().map(Into::into).collect(),
            undecided: work.undecided.as_ref().map(|unknown| unknown.message.clone()),
        }
    }
}

impl From<&CommitRef> for CommitDocument {
    fn from(commit: &CommitRef) -> Self {
        Self { id: commit.id.to_string(), summary: commit.summary.clone() }
    }
}

impl From<&Finding> for FindingDocument {
    fn from(found: &Finding) -> Self {
        let violation = &found.violation;
        let (path, path_bytes) = violation.path.as_ref().map(json::path_fields).unwrap_or_default();
        let (fate, fate_by) = match &found.fate {
            None => (None, None),
            Some(Fate::Stayed) => (Some(FateDocument::Stayed), None),
            Some(Fate::TakenBack(by)) => (Some(FateDocument::TakenBack), Some(by.id.to_string())),
            Some(Fate::Mended(by)) => (Some(FateDocument::Mended), Some(by.id.to_string())),
        };
        Self {
            rule: violation.rule.to_owned(),
            severity: violation.severity.as_str().to_owned(),
            path,
            path_bytes,
            owner: violation.owner.as_ref().map(ToString::to_string),
            commit: violation.commit.as_ref().map(|commit| commit.id.to_string()),
            contract_line: violation.contract_line,
            message: violation.message.clone(),
            fate,
            fate_by,
        }
    }
}

impl From<&Contested> for ContestedDocument {
    fn from(one: &Contested) -> Self {
        let (path, path_bytes) = json::path_fields(&one.path);
        Self {
            path: path.unwrap_or_default(),
            path_bytes,
            by: one.by.iter().cloned().collect(),
            contract_line: one.policy.as_ref().map(|(_, line)| *line),
        }
    }
}

impl From<&Proposal> for ProposalDocument {
    fn from(one: &Proposal) -> Self {
        Self {
            agents: one.agents.iter().map(ToString::to_string).collect(),
            rules: one.rules.iter().map(ToString::to_string).collect(),
            paths: one.paths.iter().map(RepoPath::to_string).collect(),
            works: one.works,
            place: one.place.clone(),
            line: one.line.clone(),
            instead_of: one.instead_of,
            because: one.because.clone(),
        }
    }
}
