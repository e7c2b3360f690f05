//! A status, for programs: `status --format json`.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use policy::name::AgentId;
use policy::text::printable;
use policy::verdict::{Help, Outcome};
use schemars::JsonSchema;
use serde::Serialize;

use super::json;
use crate::evidence::lane::landed::Landing;
use crate::ritual::status::{Desk, Found, LaneStatus, LeftBehind, Standing, Status};

/// What `status --format json` prints.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Status", title = "contract-gate status", deny_unknown_fields)]
struct StatusDocument {
    /// The version of this document's format.
    #[schemars(extend("const" = 1))]
    format: u32,
    /// The trunk's short name.
    trunk: String,
    /// The worst verdict of any lane. The exit status is 0 for allowed, 2 for undecided, 1 for denied.
    verdict: VerdictWord,
    /// The contract that governs; null when there is none on the trunk, and then there are no lanes.
    contract: Option<ContractDocument>,
    /// The lanes, in an order in which they may land; those that are withdrawn come last.
    lanes: Vec<LaneDocument>,
    /// What can be done next, the most useful first.
    next: Vec<StepDocument>,
    /// What is worth saying of the trunk.
    notes: Vec<NoteDocument>,
    /// The worktrees that have the trunk checked out, and files of an older state of it, since it was
    /// moved from elsewhere. Only there where there are any.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    behind: Vec<BehindDocument>,
}

/// A worktree that was left behind.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Behind", deny_unknown_fields)]
struct BehindDocument {
    /// Its directory.
    path: String,
    /// The full id of the commit whose files it has.
    files_of: String,
    /// The command that brings it along, keeping what was changed in it.
    command: String,
}

/// The contract that governs.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Contract", deny_unknown_fields)]
struct ContractDocument {
    /// Its file, at the root of the repository.
    path: String,
    /// The full id of the trunk's commit that it was read from.
    commit: String,
    /// Its version.
    version: u64,
    /// Its name.
    name: Option<String>,
}

/// One lane. What is not known is null, and `unknown` says why.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Lane", deny_unknown_fields)]
struct LaneDocument {
    /// Whose it is.
    agent: String,
    /// Its branch, short.
    branch: String,
    /// The step of the merge order in which it lands, from 1; null when the order does not say.
    step: Option<usize>,
    /// Where it is worked on; null when no worktree of it is here.
    worktree: Option<WorktreeDocument>,
    /// The full id of its branch's tip; null also when there is no branch.
    tip: Option<String>,
    /// How many own commits it has, as seen from the trunk.
    own_commits: Option<usize>,
    /// What landing it would change.
    changes: Option<ChangesDocument>,
    /// Commits of the lane that the trunk does not reach.
    ahead: Option<usize>,
    /// Commits of the trunk that the lane does not reach.
    behind: Option<usize>,
    /// What `check --all` says of it.
    verdict: VerdictDocument,
    /// Whether it has landed, for the order of landing; null when that is not known.
    landed: Option<bool>,
    /// How it is known that it has landed; null when it has not.
    evidence: Option<Evidence>,
    /// Whether it had landed by its commits, and a later step of the trunk took all of it back. Only
    /// there where that is so.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    taken_back: bool,
    /// Whether it has landed, and has changed shared paths since that the trunk does not have. Only there
    /// where that is so.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    has_more: bool,
    /// Set when it works under an old version of the contract.
    stale: Option<StaleDocument>,
    /// When the newest of its commits was committed, in seconds since 1970.
    last_activity: Option<i64>,
    /// The agents whose lanes are before it and have not landed.
    waits_for: Option<Vec<String>>,
    /// The agents whose lanes wait for it.
    blocks: Vec<String>,
    /// Where it is, in a word: the one that says most about what can be done.
    state: State,
    /// What could not be known.
    unknown: Vec<NoteDocument>,
}

/// A lane's worktree.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Worktree", deny_unknown_fields)]
struct WorktreeDocument {
    /// Its directory.
    path: String,
    /// The bytes of a path that is not UTF-8, in base64. Only there for such a path.
    #[serde(skip_serializing_if = "Option::is_none")]
    path_bytes: Option<String>,
    /// The branch that is checked out in it, short; null when none is.
    branch: Option<String>,
    /// Whether its directory is gone.
    gone: bool,
    /// Tracked files that differ from HEAD, staged or not; null when that is not known.
    changed: Option<usize>,
    /// Files that are neither tracked nor ignored; null when that is not known.
    untracked: Option<usize>,
}

/// A net effect, counted.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Changes", deny_unknown_fields)]
struct ChangesDocument {
    /// Paths that landing the lane would change.
    files: usize,
    /// Lines that the lane adds to them.
    added: usize,
    /// Lines that it takes away.
    deleted: usize,
    /// Files among them whose lines cannot be counted.
    uncounted: usize,
}

/// A verdict, counted.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Verdict", deny_unknown_fields)]
struct VerdictDocument {
    /// In a word.
    outcome: VerdictWord,
    /// Violations that deny.
    errors: usize,
    /// Violations that do not.
    warnings: usize,
    /// What could not be known.
    undecided: usize,
}

/// A verdict in a word.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(rename = "Outcome")]
enum VerdictWord {
    Allowed,
    Denied,
    Undecided,
}

/// How it is known that a lane has landed.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
enum Evidence {
    /// Its tip is part of the trunk.
    Merged,
    /// Its changes are there, under other commits.
    Arrived,
    /// Its branch is gone, and its own paths are not as they were.
    BranchGone,
    /// It will never land; for the order it has.
    Withdrawn,
}

/// An old version of the contract.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Stale", deny_unknown_fields)]
struct StaleDocument {
    /// The newest version that the lane has taken in.
    has: u64,
    /// The trunk's.
    current: u64,
    /// What changed that concerns the lane, in words.
    concerns: Vec<String>,
}

/// Where a lane is.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
enum State {
    /// It may land now.
    MayLand,
    /// A rule is broken.
    Denied,
    /// Something is not known that has to be.
    Undecided,
    /// It works under an old version of the contract.
    Stale,
    /// Others have to land before it.
    Waits,
    /// It has a branch, and nothing to land.
    Empty,
    /// It has no branch yet.
    NoBranch,
    /// It has landed.
    Landed,
    /// It will never land.
    Withdrawn,
}

/// One next step.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Step", deny_unknown_fields)]
struct StepDocument {
    /// What it is for.
    label: String,
    /// The command to type; null when it is no command.
    command: Option<String>,
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

/// The document, with a newline at its end.
pub fn render(found: &Found) -> String {
    json::text(&match found {
        Found::Run(status) => StatusDocument::of(status),
        Found::NoContract { trunk, behind } => StatusDocument {
            format: 1,
            trunk: trunk.clone(),
            verdict: VerdictWord::Allowed,
            contract: None,
            lanes: Vec::new(),
            next: behind.iter().map(|left| StepDocument::of(&left.step())).collect(),
            notes: std::iter::once(NoteDocument::of(
                "no-contract",
                &format!("there is no contract on {trunk}, so nothing is enforced"),
            ))
            .chain(behind.iter().map(|left| {
                let note = left.note(trunk);
                NoteDocument::of(note.code, &note.message)
            }))
            .collect(),
            behind: behind.iter().map(BehindDocument::of).collect(),
        },
    })
}

/// The JSON Schema of the document, with a newline at its end.
pub fn schema() -> String {
    json::schema_of::<StatusDocument>()
}

impl StatusDocument {
    fn of(status: &Status) -> Self {
        Self {
            format: 1,
            trunk: status.trunk.clone(),
            verdict: status.outcome().into(),
            contract: Some(ContractDocument {
                path: status.file.to_owned(),
                commit: status.commit.to_string(),
                version: status.version,
                name: status.name.clone(),
            }),
            lanes: status.lanes.iter().map(LaneDocument::of).collect(),
            next: status.next.iter().map(StepDocument::of).collect(),
            notes: status
                .notes
                .iter()
                .map(|note| NoteDocument::of(note.code, &note.message))
                .collect(),
            behind: status.behind.iter().map(BehindDocument::of).collect(),
        }
    }
}

impl BehindDocument {
    fn of(left: &LeftBehind) -> Self {
        Self {
            path: printable(&left.path.to_string_lossy()),
            files_of: left.from.to_string(),
            command: left.command.clone(),
        }
    }
}

impl StepDocument {
    fn of(step: &Help) -> Self {
        Self { label: step.label.clone(), command: step.command.clone() }
    }
}

impl NoteDocument {
    fn of(code: &str, message: &str) -> Self {
        Self { code: code.to_owned(), message: message.to_owned() }
    }
}

impl LaneDocument {
    fn of(lane: &LaneStatus) -> Self {
        let agents = |agents: &Vec<AgentId>| agents.iter().map(ToString::to_string).collect();
        Self {
            agent: lane.agent.to_string(),
            branch: lane.branch.clone(),
            step: lane.step,
            worktree: lane.desk.as_ref().map(WorktreeDocument::of),
            tip: lane.tip.map(|tip| tip.to_string()),
            own_commits: lane.own,
            changes: lane.size.map(|size| ChangesDocument {
                files: size.files,
                added: size.added,
                deleted: size.deleted,
                uncounted: size.uncounted,
            }),
            ahead: lane.distance.map(|apart| apart.ahead),
            behind: lane.distance.map(|apart| apart.behind),
            verdict: VerdictDocument {
                outcome: lane.verdict.outcome.into(),
                errors: lane.verdict.errors,
                warnings: lane.verdict.warnings,
                undecided: lane.verdict.undecided,
            },
            landed: lane.landing.map(Landing::counts),
            evidence: lane.landing.and_then(Evidence::of),
            taken_back: lane.taken_back,
            has_more: lane.has_more,
            stale: lane.stale.as_ref().map(|stale| StaleDocument {
                has: stale.has,
                current: stale.current,
                concerns: stale.concerns.clone(),
            }),
            last_activity: lane.last,
            waits_for: lane.waits_for.as_ref().map(agents),
            blocks: agents(&lane.blocks),
            state: lane.standing().into(),
            unknown: lane
                .unknown
                .iter()
                .map(|one| NoteDocument::of(one.code, &one.message))
                .collect(),
        }
    }
}

impl WorktreeDocument {
    fn of(desk: &Desk) -> Self {
        let (path, path_bytes) = match desk.path.to_str() {
            Some(path) => (path.to_owned(), None),
            None => {
                let bytes = STANDARD.encode(desk.path.as_os_str().as_encoded_bytes());
                (printable(&desk.path.to_string_lossy()), Some(bytes))
            }
        };
        let uncommitted = desk.uncommitted.as_ref().ok();
        Self {
            path,
            path_bytes,
            branch: desk.branch.as_ref().map(|branch| printable(&branch.short())),
            gone: desk.gone,
            changed: uncommitted.map(|found| found.changed),
            untracked: uncommitted.map(|found| found.untracked),
        }
    }
}

impl Evidence {
    fn of(landing: Landing) -> Option<Self> {
        match landing {
            Landing::Withdrawn => Some(Self::Withdrawn),
            Landing::Reachable => Some(Self::Merged),
            Landing::Arrived => Some(Self::Arrived),
            Landing::BranchGone => Some(Self::BranchGone),
            Landing::Not => None,
        }
    }
}

impl From<Outcome> for VerdictWord {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Allowed => Self::Allowed,
            Outcome::Denied => Self::Denied,
            Outcome::Undecided => Self::Undecided,
        }
    }
}

impl From<Standing> for State {
    fn from(standing: Standing) -> Self {
        match standing {
            Standing::MayLand => Self::MayLand,
            Standing::Denied => Self::Denied,
            Standing::Undecided => Self::Undecided,
            Standing::Stale => Self::Stale,
            Standing::Waits => Self::Waits,
            Standing::Empty => Self::Empty,
            Standing::NoBranch => Self::NoBranch,
            Standing::Landed => Self::Landed,
            Standing::Withdrawn => Self::Withdrawn,
        }
    }
}
