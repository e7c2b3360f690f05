//! What `close` came to, for programs.

use schemars::JsonSchema;
use serde::Serialize;

use super::json;
use crate::ritual::close::Ended;

/// What `close --format json` prints.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Closing", title = "contract-gate close", deny_unknown_fields)]
struct ClosingDocument {
    /// The version of this document's format.
    #[schemars(extend("const" = 1))]
    format: u32,
    /// Whether the run has ended. The exit status is 0 then.
    closed: bool,
    /// Whether it had ended before, and only what it had left was removed now.
    was_closed: bool,
    /// The trunk before; null where it has not moved.
    from: Option<String>,
    /// The commit that took the contract away; null where it has not moved.
    to: Option<String>,
    /// What that commit says; null where there is none.
    message: Option<String>,
    /// The branches and worktrees that were removed.
    removed: Vec<String>,
    /// What could not be removed, and why.
    kept: Vec<String>,
    /// The remote that the trunk was pushed to; null where it was not pushed.
    pushed: Option<String>,
    /// The command that pushes the trunk; null where it was pushed, or there is nowhere to push to.
    push: Option<String>,
    /// The agents whose lanes have neither landed nor been withdrawn.
    open: Vec<String>,
    /// The verdict that is against it, as `check --format json` prints it; null where there is none.
    verdict: Option<serde_json::Value>,
}

/// The document, with a newline at its end.
pub fn render(ended: &Ended) -> String {
    let mut document = ClosingDocument {
        format: 1,
        closed: false,
        was_closed: false,
        from: None,
        to: None,
        message: None,
        removed: Vec::new(),
        kept: Vec::new(),
        pushed: None,
        push: None,
        open: Vec::new(),
        verdict: None,
    };
    match ended {
        Ended::Closed(closed) => {
            document.closed = true;
            document.from = Some(closed.from.to_string());
            document.to = Some(closed.to.to_string());
            document.message = Some(closed.message.clone());
            document.removed.clone_from(&closed.removed);
            document.kept.clone_from(&closed.kept);
            document.was_closed = closed.was_closed;
            document.pushed.clone_from(&closed.pushed);
            document.push.clone_from(&closed.push);
        }
        Ended::Open(open) => document.open = open.iter().map(ToString::to_string).collect(),
        Ended::Refused(report) => {
            document.verdict = serde_json::from_str(&json::render(report)).ok();
        }
    }
    json::text(&document)
}

/// The JSON Schema of the document, with a newline at its end.
pub fn schema() -> String {
    json::schema_of::<ClosingDocument>()
}
