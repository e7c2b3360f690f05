//! A plan, for programs: `plan --format json`, format 1.

use policy::name::AgentId;
use policy::path::RepoPath;
use schemars::JsonSchema;
use serde::Serialize;

use super::json;
use super::plan::Planned;
use crate::ritual::plan::{Advice, Bound, Edge, Lane, Step, Why};

/// What `plan --format json` prints.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Plan", title = "contract-gate plan", deny_unknown_fields)]
struct PlanDocument {
    /// The version of this document's format.
    #[schemars(extend("const" = 1))]
    format: u32,
    /// The contract's file.
    contract: String,
    /// The contract's version.
    version: u64,
    /// The trunk's short name.
    trunk: String,
    /// The trunk's newest commit.
    tip: String,
    /// What was read.
    looked_at: LookedAtDocument,
    /// The lanes, in the contract's order.
    lanes: Vec<LaneDocument>,
    /// What depends on what.
    edges: Vec<EdgeDocument>,
    /// How many lanes can run at once: none of them needs what another promises, or imports its files.
    /// Lanes that are only ordered run at once, and land in turn.
    width: usize,
    /// A largest set of such lanes.
    widest: Vec<String>,
    /// The longest chain of lanes, each of which needs the work of the one before it.
    work_path: Vec<String>,
    /// The longest chain of lanes, each of which depends on the one before it, the merge order counted.
    critical_path: Vec<String>,
    /// The steps in which lanes land, each in the earliest that the merge order allows; null where none
    /// is written.
    landing_steps: Option<Vec<Vec<String>>>,
    /// Lanes that depend on each other in a circle.
    circles: Vec<Vec<String>>,
    /// Paths that change together and belong to different lanes, the most bound first.
    together: Vec<TogetherDocument>,
    /// Which lanes are too small, too entangled, or joined by a seam that nothing describes.
    advice: Vec<AdviceDocument>,
    /// A merge order; null where the contract has one.
    proposed_order: Option<Vec<StepDocument>>,
}

/// What was read.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "LookedAt", deny_unknown_fields)]
struct LookedAtDocument {
    /// Commits, merges aside.
    commits: u32,
    /// Commits left out because they touch more than 50 paths.
    large_commits: u32,
    /// Whether counts in `together` may be too small.
    rough: bool,
    /// Sources.
    sources: usize,
    /// Sources left out: too large, or not text.
    sources_left_out: usize,
}

/// A lane.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "PlanLane", deny_unknown_fields)]
struct LaneDocument {
    /// Whose.
    agent: String,
    /// How many files of the trunk are its own.
    files: usize,
    /// How many commits touched its own paths.
    commits: u32,
}

/// One dependency.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Edge", deny_unknown_fields)]
struct EdgeDocument {
    /// The agent that comes first.
    before: String,
    /// The agent that depends on it.
    after: String,
    /// Whether other edges say it already, by a way round.
    implied: bool,
    /// The line of the merge order that says so; null when it does not, or has no line.
    order_line: Option<u32>,
    /// Whether the merge order says so.
    ordered: bool,
    /// The lines of the promises that it relies on.
    promise_lines: Vec<u32>,
    /// How many imports there are.
    imports: usize,
    /// Some of them.
    some_imports: Vec<ImportDocument>,
}

/// One import.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Import", deny_unknown_fields)]
struct ImportDocument {
    /// The file that imports.
    from: String,
    /// The file that is imported.
    to: String,
}

/// Two paths that change together.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Together", deny_unknown_fields)]
struct TogetherDocument {
    /// One.
    one: OwnPathDocument,
    /// The other, which changes no more often.
    other: OwnPathDocument,
    /// How many commits changed both.
    support: u32,
    /// Of the commits that changed the other, the part that changed the one too: 0 to 1.
    confidence: f64,
}

/// A path, and whose it is.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "OwnPath", deny_unknown_fields)]
struct OwnPathDocument {
    /// The path.
    path: String,
    /// Its bytes in base64, where they are no UTF-8.
    #[serde(skip_serializing_if = "Option::is_none")]
    path_bytes: Option<String>,
    /// Whose it is.
    agent: String,
}

/// One piece of advice.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Advice", deny_unknown_fields)]
struct AdviceDocument {
    /// `too-small`, `change-together`, `circle` or `no-promise`.
    code: String,
    /// The agents that it is about.
    agents: Vec<String>,
    /// What is said.
    message: String,
}

/// One step of a proposed merge order.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "ProposedStep", deny_unknown_fields)]
struct StepDocument {
    /// The agents that land in it, in any order among themselves.
    agents: Vec<String>,
    /// Why there.
    because: String,
    /// The step as the contract would write it.
    lines: Vec<String>,
}

/// The document, with a newline at its end.
pub fn render(planned: &Planned) -> String {
    let found = &planned.found;
    json::text(&PlanDocument {
        format: 1,
        contract: planned.file.clone(),
        version: planned.version,
        trunk: planned.trunk.clone(),
        tip: planned.tip.to_string(),
        looked_at: LookedAtDocument {
            commits: found.looked_at.commits,
            large_commits: found.looked_at.large_commits,
            rough: found.looked_at.is_rough,
            sources: found.looked_at.sources,
            sources_left_out: found.looked_at.sources_left_out,
        },
        lanes: found.lanes.iter().map(Into::into).collect(),
        edges: found.edges.iter().map(Into::into).collect(),
        width: found.widest.len(),
        widest: texts(&found.widest),
        work_path: texts(&found.work),
        critical_path: texts(&found.critical),
        landing_steps: found
            .landing
            .as_ref()
            .map(|steps| steps.iter().map(|step| texts(step)).collect()),
        circles: found.circles.iter().map(|circle| texts(circle)).collect(),
        together: found.together.iter().map(Into::into).collect(),
        advice: found.advice.iter().map(Into::into).collect(),
        proposed_order: found.order.as_ref().map(|steps| steps.iter().map(Into::into).collect()),
    })
}

/// The JSON Schema of the document, with a newline at its end.
pub fn schema() -> String {
    json::schema_of::<PlanDocument>()
}

fn texts(agents: &[AgentId]) -> Vec<String> {
    agents.iter().map(ToString::to_string).collect()
}

impl From<&Lane> for LaneDocument {
    fn from(lane: &Lane) -> Self {
        Self { agent: lane.agent.to_string(), files: lane.files, commits: lane.commits }
    }
}

impl From<&Edge> for EdgeDocument {
    fn from(edge: &Edge) -> Self {
        let mut document = Self {
            before: edge.before.to_string(),
            after: edge.after.to_string(),
            implied: edge.is_implied,
            order_line: None,
            ordered: false,
            promise_lines: Vec::new(),
            imports: 0,
            some_imports: Vec::new(),
        };
        for why in &edge.why {
            match why {
                Why::Order(line) => {
                    document.ordered = true;
                    document.order_line = *line;
                }
                Why::Promise(line) => document.promise_lines.push(*line),
                Why::Imports(count, some) => {
                    document.imports = *count;
                    document.some_imports = some
                        .iter()
                        .map(|(from, to)| ImportDocument {
                            from: from.to_string(),
                            to: to.to_string(),
                        })
                        .collect();
                }
            }
        }
        document
    }
}

fn own((path, agent): &(RepoPath, AgentId)) -> OwnPathDocument {
    let (path, path_bytes) = json::path_fields(path);
    OwnPathDocument { path: path.unwrap_or_default(), path_bytes, agent: agent.to_string() }
}

impl From<&Bound> for TogetherDocument {
    fn from(bound: &Bound) -> Self {
        Self {
            one: own(&bound.one),
            other: own(&bound.other),
            support: bound.support,
            confidence: (bound.confidence * 1000.0).round() / 1000.0,
        }
    }
}

impl From<&Advice> for AdviceDocument {
    fn from(advice: &Advice) -> Self {
        Self {
            code: advice.code().to_owned(),
            agents: advice.agents().into_iter().map(ToString::to_string).collect(),
            message: advice.message(),
        }
    }
}

impl From<&Step> for StepDocument {
    fn from(step: &Step) -> Self {
        Self {
            agents: texts(&step.agents),
            because: step.because.clone(),
            lines: step.lines.clone(),
        }
    }
}
