//! What `rehearse` and `land` came to, for programs.

use schemars::JsonSchema;
use serde::Serialize;

use super::json;
use super::ritual_json::{RanDocument, StepDocument};
use crate::ritual::rehearsal::Rehearsal;

/// What `rehearse --format json` prints.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Rehearsal", title = "contract-gate rehearse", deny_unknown_fields)]
struct RehearsalDocument {
    /// The version of this document's format.
    #[schemars(extend("const" = 1))]
    format: u32,
    /// Whether everything would land. The exit status is 0 then, else 1.
    good: bool,
    /// The trunk's short name.
    trunk: String,
    /// Where it was.
    from: String,
    /// The lanes, in the order in which they were merged.
    steps: Vec<StepDocument>,
    /// The agents whose lanes had landed before, or are withdrawn.
    landed: Vec<String>,
    /// Whether lanes were left that were not tried, because of a failure.
    stopped: bool,
    /// How the setup went; null where there is none.
    setup: Option<RanDocument>,
    /// How the suite went once more at the end; null where it was not run.
    last: Option<RanDocument>,
}

/// The document, with a newline at its end.
pub fn render(rehearsal: &Rehearsal) -> String {
    json::text(&RehearsalDocument {
        format: 1,
        good: rehearsal.is_good(),
        trunk: rehearsal.trunk.clone(),
        from: rehearsal.from.to_string(),
        steps: rehearsal.steps.iter().map(Into::into).collect(),
        landed: rehearsal.landed.iter().map(ToString::to_string).collect(),
        stopped: rehearsal.stopped,
        setup: rehearsal.setup.as_ref().map(Into::into),
        last: rehearsal.last.as_ref().map(Into::into),
    })
}

/// The JSON Schema of the document, with a newline at its end.
pub fn schema() -> String {
    json::schema_of::<RehearsalDocument>()
}
