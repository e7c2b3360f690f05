//! What `land` came to, for programs.

use schemars::JsonSchema;
use serde::Serialize;

use super::json;
use super::ritual_json::{RanDocument, StepDocument};
use crate::ritual::landing::Landing;

/// What `land --format json` prints.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Landing", title = "contract-gate land", deny_unknown_fields)]
struct LandingDocument {
    /// The version of this document's format.
    #[schemars(extend("const" = 1))]
    format: u32,
    /// Whether nothing stood in the way. The exit status is 0 then, else 1.
    good: bool,
    /// Whether nothing was to move.
    dry_run: bool,
    /// The trunk's short name.
    trunk: String,
    /// The lanes that have landed, in order; those that would land, where nothing was to move.
    landed: Vec<StepDocument>,
    /// The agents among them whose suite had passed in a rehearsal.
    rehearsed: Vec<String>,
    /// The lane that could not land; null where nothing stood in the way.
    failed: Option<StepDocument>,
    /// How the setup went, where it failed; else null.
    setup: Option<RanDocument>,
    /// How the suite went once more at the end; null where it was not run.
    last: Option<RanDocument>,
    /// The remote that each landing was pushed to; null where none was.
    pushed: Option<String>,
    /// The worktrees that have the trunk checked out.
    worktrees: Vec<WorktreeDocument>,
    /// The lanes that are still to come.
    left: Vec<LeftDocument>,
    /// What landed when in the whole run, once every lane has: a line each.
    report: Vec<String>,
    /// Why it ended before its end, after something had landed; null where it did not. The exit status
    /// is 2 then, or 1 where a hook of the remote denied the push.
    stopped: Option<String>,
    /// What is worth saying.
    notes: Vec<String>,
}

/// A worktree that has the trunk checked out.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "TrunkWorktree", deny_unknown_fields)]
struct WorktreeDocument {
    /// Its directory.
    path: String,
    /// Whether its files are the trunk's now.
    brought_along: bool,
    /// The command that brings it along; null where that is done.
    command: Option<String>,
}

/// A lane that is still to come.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Left", deny_unknown_fields)]
struct LeftDocument {
    /// Whose.
    agent: String,
    /// The agents whose lanes it waits for.
    waits_for: Vec<String>,
}

/// The document, with a newline at its end.
pub fn render(landing: &Landing) -> String {
    let worktree = |worktree: &crate::ritual::moving::Worktree| WorktreeDocument {
        path: worktree.path.to_string_lossy().into_owned(),
        brought_along: worktree.left.is_none(),
        command: worktree.left.as_ref().map(|left| left.command.clone()),
    };
    json::text(&LandingDocument {
        format: 1,
        good: landing.is_good(),
        dry_run: landing.dry_run,
        trunk: landing.trunk.clone(),
        landed: landing.steps.iter().map(Into::into).collect(),
        rehearsed: landing.rehearsed.iter().map(ToString::to_string).collect(),
        failed: landing.failed.as_ref().map(Into::into),
        setup: landing.setup.as_ref().map(Into::into),
        last: landing.last.as_ref().map(Into::into),
        pushed: landing.pushed.clone(),
        worktrees: landing.worktrees.iter().map(worktree).collect(),
        left: landing
            .left
            .iter()
            .map(|(agent, waits)| LeftDocument {
                agent: agent.to_string(),
                waits_for: waits.iter().map(ToString::to_string).collect(),
            })
            .collect(),
        report: landing.report.clone(),
        stopped: landing.stopped.clone(),
        notes: landing.notes.clone(),
    })
}

/// The JSON Schema of the document, with a newline at its end.
pub fn schema() -> String {
    json::schema_of::<LandingDocument>()
}
