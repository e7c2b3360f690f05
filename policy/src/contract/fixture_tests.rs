//! The readers on whole contracts: `fixtures/contracts/`.

use super::{Contract, ContractFile, Problem, read};

fn fixture(name: &str) -> String {
    let path = format!("{}/../fixtures/contracts/{name}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn shown(problems: &[Problem]) -> String {
    let lines = problems.iter().map(|problem| {
        let help = problem.help.as_deref().unwrap_or_default();
        let Problem { line, column, code, message, .. } = problem;
        format!("{line}:{column} {code}: {message}\n    {help}\n")
    });
    lines.collect()
}

fn valid(file: ContractFile, text: &str) -> Contract {
    read(file, text.as_bytes()).unwrap_or_else(|found| panic!("{text}\n{}", shown(&found)))
}

#[test]
fn the_worked_example_means_the_same_in_both_spellings() {
    let markdown = valid(ContractFile::Markdown, &fixture("valid/worked-example.md"));
    let toml = valid(ContractFile::Toml, &fixture("valid/worked-example.toml"));
    assert_eq!(markdown.to_toml(), toml.to_toml());
    assert_eq!(markdown.agents()[0].scope[1].line, 9);
    assert_eq!(markdown.shared()[2].line, 23);
    assert_eq!(markdown.order()[0].line, 27);
}
