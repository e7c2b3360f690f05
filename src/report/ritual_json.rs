//! What the merge ritual says of one lane, for programs.

use policy::path::RepoPath;
use schemars::JsonSchema;
use serde::Serialize;

use crate::ritual::step::{Blame, Fault, Outcome, Step};
use crate::ritual::suite::{End, Ran};

/// One lane that was merged, or could not be.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Step", deny_unknown_fields)]
pub(super) struct StepDocument {
    /// Whose lane.
    agent: String,
    /// Its branch, short.
    branch: String,
    /// Its tip; null where it has no branch.
    tip: Option<String>,
    /// The trunk before.
    from: String,
    /// The trunk after; null where the lane cannot land.
    to: Option<String>,
    /// landed, nothing-to-land, elsewhere (a remote has more of it than is here), denied, undecided, conflict,
    /// not-ahead, not-generated, suite-failed.
    outcome: &'static str,
    /// The paths that conflict, those that are not UTF-8 as git quotes them.
    conflicts: Vec<String>,
    /// The generated files that are not as their commands make them, which a fast-forward needs.
    stale: Vec<StaleDocument>,
    /// How the command went that a generated file could not be made again by; null where none failed.
    generator: Option<RanDocument>,
    /// The verdict that is against it, as `check --format json` prints it; null where there is none.
    verdict: Option<serde_json::Value>,
    /// How the suite went; null where it was not run.
    suite: Option<RanDocument>,
    /// trunk, alone, with-another, with-several, unknown: whose fault a failing suite or generator is, or a
    /// conflict with lanes that have landed on the stage alone; else null.
    blame: Option<&'static str>,
    /// The other agent without whose lane the suite passes, or nothing conflicts; else null.
    together_with: Option<String>,
    /// How long it took, in seconds.
    seconds: f64,
}

/// A generated file that is not as its command makes it.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Stale", deny_unknown_fields)]
struct StaleDocument {
    /// The file, as git quotes it where it is not UTF-8.
    path: String,
    /// The command.
    command: String,
}

/// How a command went.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Ran", deny_unknown_fields)]
pub(super) struct RanDocument {
    /// The command.
    command: String,
    /// Whether it ended well.
    passed: bool,
    /// Its exit status; null where it took too long.
    status: Option<i32>,
    /// How long it took, in seconds.
    seconds: f64,
    /// The file with all of its output.
    log: String,
}

impl From<&Ran> for RanDocument {
    fn from(ran: &Ran) -> Self {
        let status = match ran.end {
            End::Well => Some(0),
            End::Failed(status) => Some(status),
            End::TimedOut | End::Interrupted => None,
        };
        Self {
            command: ran.command.clone(),
            passed: ran.passed(),
            status,
            seconds: ran.took.as_secs_f64(),
            log: ran.log.to_string_lossy().into_owned(),
        }
    }
}

impl From<&Step> for StepDocument {
    fn from(step: &Step) -> Self {
        let (mut to, mut suite, mut conflicts) = (None, None, Vec::new());
        let (mut verdict, mut blame, mut generator) = (None, None, None);
        let mut stale = Vec::new();
        let with = match step.with.as_slice() {
            [] => None,
            [one] => Some(Blame::With(one.clone())),
            _ => Some(Blame::WithSeveral),
        };
        let outcome = match &step.outcome {
            Outcome::Good { to: made, suite: ran } => {
                to = Some(made.to_string());
                suite = ran.as_ref().map(RanDocument::from);
                "landed"
            }
            Outcome::Bad(Fault::NothingToLand) => "nothing-to-land",
            Outcome::Bad(Fault::Elsewhere(_)) => "elsewhere",
            Outcome::Bad(Fault::Judged(report)) => {
                verdict = serde_json::from_str(&super::json::render(report)).ok();
                match report.outcome() {
                    policy::verdict::Outcome::Undecided => "undecided",
                    _ => "denied",
                }
            }
            Outcome::Bad(Fault::Conflict(paths)) => {
                blame = with.as_ref();
                conflicts = paths.iter().map(RepoPath::to_string).collect();
                "conflict"
            }
            Outcome::Bad(Fault::NotAhead) => "not-ahead",
            Outcome::Bad(Fault::NotAsGenerated(files)) => {
                stale.extend(files.iter().map(|one| StaleDocument {
                    path: one.path.to_string(),
                    command: one.command.clone(),
                }));
                "not-generated"
            }
            Outcome::Bad(Fault::NotGenerated { ran, blame: whose }) => {
                generator = Some(RanDocument::from(ran));
                blame = Some(whose);
                "not-generated"
            }
            Outcome::Bad(Fault::Suite { ran, blame: whose }) => {
                suite = Some(RanDocument::from(ran));
                blame = Some(whose);
                "suite-failed"
            }
        };
        Self {
            agent: step.agent.to_string(),
            branch: step.branch.clone(),
            tip: step.tip.map(|tip| tip.to_string()),
            from: step.from.to_string(),
            to,
            outcome,
            conflicts,
            stale,
            generator,
            verdict,
            suite,
            blame: blame.map(word_of),
            together_with: blame.and_then(|blame| match blame {
                Blame::With(other) => Some(other.to_string()),
                _ => None,
            }),
            seconds: step.took.as_secs_f64(),
        }
    }
}

fn word_of(blame: &Blame) -> &'static str {
    match blame {
        Blame::Unknown => "unknown",
        Blame::Trunk => "trunk",
        Blame::Alone => "alone",
        Blame::With(_) => "with-another",
        Blame::WithSeveral => "with-several",
    }
}
