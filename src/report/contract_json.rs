//! A contract's problems for programs: what `lint --format json` prints.

use policy::contract::Problem;
use policy::verdict::Severity;
use schemars::JsonSchema;
use serde::Serialize;

use super::json;

/// What `lint --format json` prints.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Lint", title = "contract-gate lint", deny_unknown_fields)]
struct LintDocument {
    /// The version of this document's format.
    #[schemars(extend("const" = 1))]
    format: u32,
    /// Whether the contract is valid: it has no error.
    valid: bool,
    /// All problems, in the order of the text.
    problems: Vec<ProblemDocument>,
}

/// One problem.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Problem", deny_unknown_fields)]
struct ProblemDocument {
    /// A short code.
    code: String,
    /// Errors make the contract invalid; warnings do not.
    severity: json::Weight,
    /// The line, from 1.
    line: u32,
    /// The column, from 1, in characters.
    column: u32,
    /// What is wrong, in a sentence.
    message: String,
    /// How to mend it.
    help: Option<String>,
}

/// The document, with a newline at its end.
pub fn render(problems: &[Problem]) -> String {
    json::text(&LintDocument {
        format: 1,
        valid: problems.iter().all(|problem| problem.severity == Severity::Warning),
        problems: problems.iter().map(Into::into).collect(),
    })
}

/// The JSON Schema of the document, with a newline at its end.
pub fn schema() -> String {
    json::schema_of::<LintDocument>()
}

impl From<&Problem> for ProblemDocument {
    fn from(problem: &Problem) -> Self {
        Self {
            code: problem.code.into(),
            severity: problem.severity.into(),
            line: problem.line,
            column: problem.column,
            message: problem.message.clone(),
            help: problem.help.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::report::samples;

    fn value(text: &str) -> Value {
        serde_json::from_str(text).unwrap()
    }

    #[test]
    fn the_document_is_the_promised_one() {
        let mut problems = samples::broken().broken.unwrap().problems;
        let expected = json!({ "format": 1, "valid": false, "problems": [{
            "code": "unknown-agent", "severity": "error", "line": 4, "column": 3,
            "message": "agent-9 has no lane", "help": "name it under Worktrees" }] });
        assert_eq!(value(&render(&problems)), expected);
        problems[0].severity = Severity::Warning;
        problems[0].help = None;
        let warned = value(&render(&problems));
        assert_eq!(warned["valid"], true);
        assert_eq!(warned["problems"][0].get("help"), Some(&Value::Null));
    }

    #[test]
    fn the_schema_tells_good_from_bad() {
        let schema = jsonschema::validator_for(&value(&schema())).unwrap();
        let mut document = value(&render(&samples::broken().broken.unwrap().problems));
        assert!(schema.is_valid(&document));
        assert!(schema.is_valid(&value(&render(&[]))));
        document["problems"][0]["severity"] = "fatal".into();
        assert!(!schema.is_valid(&document));
    }
}
