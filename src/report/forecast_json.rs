//! What is to be expected of merging, for programs: `forecast --format json`.

use policy::path::RepoPath;
use schemars::JsonSchema;
use serde::Serialize;

use super::forecast::{left_out, sentence};
use super::json;
use crate::ritual::forecast::{
    Certainty, Forecast, Looked, Outcome, Outlook, Pair, Side, Silent, What,
};

/// What `forecast --format json` prints.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Forecast", title = "contract-gate forecast", deny_unknown_fields)]
struct ForecastDocument {
    /// The version of this document's format.
    #[schemars(extend("const" = 1))]
    format: u32,
    /// The worst that is to be expected. The exit status is 1 for conflict and silent, else 0.
    outlook: OutlookWord,
    /// The trunk's short name.
    trunk: String,
    /// The full id of the commit of the trunk that counts.
    commit: String,
    /// The lanes that are still to land, in the order in which they do.
    lanes: Vec<LaneDocument>,
    /// The agents whose lanes are not forecast.
    left_out: Vec<LeftOutDocument>,
    /// How many pairs there are: every lane with the trunk, and every two lanes.
    pairs_total: usize,
    /// How many of them git has merged.
    pairs_merged: usize,
    /// How many have not been merged, because their changed paths cannot meet.
    pairs_skipped: usize,
    /// Every pair.
    pairs: Vec<PairDocument>,
    /// The contracted sequence: each lane onto what those before it have come to.
    sequence: Vec<StepDocument>,
    /// Paths that both sides of a pair change, and that are not merged as text by git itself.
    drivers: Vec<DriverDocument>,
    /// How many changed files were too large, or too many, to look for symbols in them.
    files_unread: usize,
}

/// What is to be expected of two sides.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(rename = "Outlook")]
enum OutlookWord {
    /// Their changed paths cannot meet.
    Apart,
    /// They merge.
    Clean,
    /// They merge, and something is broken all the same.
    Silent,
    /// They conflict.
    Conflict,
}

/// One lane.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Lane", deny_unknown_fields)]
struct LaneDocument {
    /// Whose.
    agent: String,
    /// Its branch, short.
    branch: String,
    /// The full id of its tip.
    tip: Option<String>,
    /// The step of the merge order in which it lands, from 1.
    step: Option<usize>,
}

/// One agent whose lane is not forecast.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "LeftOut", deny_unknown_fields)]
struct LeftOutDocument {
    /// The agent.
    agent: String,
    /// Why.
    reason: String,
}

/// Two sides.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Pair", deny_unknown_fields)]
struct PairDocument {
    /// The agent whose lane is one of them; null for the trunk.
    one: Option<String>,
    /// The agent whose lane is the other.
    other: String,
    /// What is to be expected.
    outlook: OutlookWord,
    /// Whether git has merged them.
    merged: bool,
    /// What conflicts.
    conflicts: Vec<ConflictDocument>,
    /// What conflicts too, and is made again by a command when a lane lands: it counts for nothing.
    made_again: Vec<MadeAgainDocument>,
    /// What merges cleanly, and is broken all the same.
    silent: Vec<SilentDocument>,
}

/// One conflict.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Conflict", deny_unknown_fields)]
struct ConflictDocument {
    /// What kind, in git's words, such as `content` or `modify/delete`; `unrelated` where there is no
    /// history in common.
    kind: String,
    /// The paths that it is about.
    paths: Vec<PathDocument>,
}

/// A conflict in a generated file.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "MadeAgain", deny_unknown_fields)]
struct MadeAgainDocument {
    /// What kind of conflict, in git's words.
    kind: String,
    /// The file.
    at: PathDocument,
    /// The command that makes it again.
    command: String,
}

/// A path.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Path", deny_unknown_fields)]
struct PathDocument {
    /// As text; as git quotes it when it is not UTF-8.
    path: Option<String>,
    /// The bytes of a path that is not UTF-8, in base64. Only there for such a path.
    #[serde(skip_serializing_if = "Option::is_none")]
    path_bytes: Option<String>,
}

/// Something that is broken by a merge that git makes without a word.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Silent", deny_unknown_fields)]
struct SilentDocument {
    /// What.
    kind: KindWord,
    /// How sure it is.
    certainty: CertaintyWord,
    /// The agent that uses or changes it; null for the trunk.
    agent: Option<String>,
    /// Where.
    at: PathDocument,
    /// The line there, from 1.
    line: Option<usize>,
    /// The agent that takes it away, or makes the same; null for the trunk.
    other: Option<String>,
    /// Where that is.
    other_at: PathDocument,
    /// The line there, from 1, in the version before.
    other_line: Option<usize>,
    /// The symbol, the field or the number.
    name: Option<String>,
    /// What seems to be there instead: a symbol, a field, or a path.
    instead: Option<String>,
    /// How many more places are like it.
    more: usize,
    /// All of it, in a sentence.
    message: String,
}

/// What is broken.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "Kind")]
enum KindWord {
    /// A file is changed here and moved there.
    Moved,
    /// Both make the same new path, with the same content.
    SamePath,
    /// Both make something new with the same number.
    SameNumber,
    /// A symbol is used here and taken away there.
    Symbol,
    /// A field is used here and taken out of its type there.
    Field,
    /// A file is imported here and taken away there.
    Import,
}

/// How sure something is.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(rename = "Certainty")]
enum CertaintyWord {
    /// The names agree, and what stands around them does not tell.
    Likely,
    /// What stands around them tells that it is the same.
    Certain,
}

/// One step of the sequence.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Step", deny_unknown_fields)]
struct StepDocument {
    /// The agent whose lane lands.
    agent: String,
    /// What becomes of it.
    outcome: OutcomeWord,
    /// What conflicts.
    conflicts: Vec<ConflictDocument>,
    /// The agent behind whose conflict it is not known.
    behind: Option<String>,
}

/// What becomes of a step.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(rename = "Outcome")]
enum OutcomeWord {
    /// It merges.
    Clean,
    /// It conflicts with what is there by then.
    Conflict,
    /// Not known: it can meet a lane before it that conflicts.
    Unknown,
}

/// A path that is merged in a way of its own.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Driver", deny_unknown_fields)]
struct DriverDocument {
    /// The path.
    at: PathDocument,
    /// The attribute `merge`, as git prints it.
    merge: String,
}

/// The document, with a newline at its end.
pub fn render(forecast: &Forecast) -> String {
    json::text(&ForecastDocument::of(forecast))
}

/// The JSON Schema of the document, with a newline at its end.
pub fn schema() -> String {
    json::schema_of::<ForecastDocument>()
}

impl ForecastDocument {
    fn of(forecast: &Forecast) -> Self {
        let worst = forecast.pairs.iter().map(Pair::outlook).max().unwrap_or(Outlook::Apart);
        let worst = if forecast.conflicts() { Outlook::Conflict } else { worst };
        let lanes = forecast.lanes.iter().map(|lane| LaneDocument {
            agent: lane.agent.to_string(),
            branch: lane.branch.clone(),
            tip: lane.tip.map(|tip| tip.to_string()),
            step: lane.step,
        });
        let left_out = forecast.left_out.iter().map(|(agent, reason)| LeftOutDocument {
            agent: agent.to_string(),
            reason: left_out(*reason).to_owned(),
        });
        let skipped = forecast.pairs.iter().filter(|pair| pair.looked == Looked::Apart).count();
        Self {
            format: 1,
            outlook: worst.into(),
            trunk: forecast.trunk.clone(),
            commit: forecast.tip.to_string(),
            lanes: lanes.collect(),
            left_out: left_out.collect(),
            pairs_total: forecast.pairs.len(),
            pairs_merged: forecast.merged(),
            pairs_skipped: skipped,
            pairs: forecast.pairs.iter().map(|pair| pair_document(forecast, pair)).collect(),
            sequence: steps(forecast),
            drivers: forecast
                .drivers
                .iter()
                .map(|driver| DriverDocument {
                    at: path(&driver.path),
                    merge: driver.merge.clone(),
                })
                .collect(),
            files_unread: forecast.unread,
        }
    }
}

impl From<Outlook> for OutlookWord {
    fn from(outlook: Outlook) -> Self {
        match outlook {
            Outlook::Apart => Self::Apart,
            Outlook::Clean => Self::Clean,
            Outlook::Silent => Self::Silent,
            Outlook::Conflict => Self::Conflict,
        }
    }
}

fn path(path: &RepoPath) -> PathDocument {
    let (path, path_bytes) = json::path_fields(path);
    PathDocument { path, path_bytes }
}

fn agent(forecast: &Forecast, side: Side) -> Option<String> {
    match side {
        Side::Trunk => None,
        Side::Lane(lane) => Some(forecast.lanes[lane].agent.to_string()),
    }
}

fn conflict(conflict: &crate::ritual::forecast::Conflict) -> ConflictDocument {
    ConflictDocument {
        kind: conflict.kind.clone(),
        paths: conflict.paths.iter().map(path).collect(),
    }
}

fn unrelated() -> ConflictDocument {
    ConflictDocument { kind: "unrelated".to_owned(), paths: Vec::new() }
}

fn pair_document(forecast: &Forecast, pair: &Pair) -> PairDocument {
    let mut conflicts: Vec<ConflictDocument> = pair.conflicts.iter().map(conflict).collect();
    if pair.looked == Looked::Unrelated {
        conflicts.push(unrelated());
    }
    let silent = pair.silent.iter().map(|silent| silent_document(forecast, pair, silent));
    let made_again = pair.remade.iter().map(|remade| MadeAgainDocument {
        kind: remade.kind.clone(),
        at: path(&remade.path),
        command: remade.command.clone(),
    });
    PairDocument {
        one: agent(forecast, pair.one),
        other: agent(forecast, pair.other).unwrap_or_default(),
        outlook: pair.outlook().into(),
        merged: pair.looked == Looked::Merged,
        conflicts,
        made_again: made_again.collect(),
        silent: silent.collect(),
    }
}

fn silent_document(forecast: &Forecast, pair: &Pair, silent: &Silent) -> SilentDocument {
    let other = if silent.whose == pair.one { pair.other } else { pair.one };
    let as_text = |to: &Option<RepoPath>| to.as_ref().and_then(|to| json::path_fields(to).0);
    let (kind, name, instead) = match &silent.what {
        What::Moved { to } => (KindWord::Moved, None, as_text(to)),
        What::SamePath => (KindWord::SamePath, None, None),
        What::SameNumber { number } => (KindWord::SameNumber, Some(number.clone()), None),
        What::Symbol { name, instead } => (KindWord::Symbol, Some(name.clone()), instead.clone()),
        What::Field { of, name, instead } => {
            (KindWord::Field, Some(format!("{of}.{name}")), instead.clone())
        }
        What::Import { to } => (KindWord::Import, None, as_text(to)),
    };
    SilentDocument {
        kind,
        certainty: match silent.certainty {
            Certainty::Likely => CertaintyWord::Likely,
            Certainty::Certain => CertaintyWord::Certain,
        },
        agent: agent(forecast, silent.whose),
        at: path(&silent.path),
        line: silent.line,
        other: agent(forecast, other),
        other_at: path(&silent.other_path),
        other_line: silent.other_line,
        name,
        instead,
        more: silent.more,
        message: sentence(forecast, pair, silent),
    }
}

fn steps(forecast: &Forecast) -> Vec<StepDocument> {
    let steps = forecast.sequence.iter().map(|step| {
        let (outcome, conflicts, behind) = match &step.outcome {
            Outcome::Clean => (OutcomeWord::Clean, Vec::new(), None),
            Outcome::Conflicts(found) => {
                (OutcomeWord::Conflict, found.iter().map(conflict).collect(), None)
            }
            Outcome::Unrelated => (OutcomeWord::Conflict, vec![unrelated()], None),
            Outcome::Behind { lane } => {
                (OutcomeWord::Unknown, Vec::new(), agent(forecast, Side::Lane(*lane)))
            }
        };
        let agent = forecast.lanes[step.lane].agent.to_string();
        StepDocument { agent, outcome, conflicts, behind }
    });
    steps.collect()
}
