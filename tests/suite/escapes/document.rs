//! The table as `docs/escapes.md`, written from the rows that are played.

use std::fs;
use std::path::Path;

use super::{Policy, Row, Server, Theme, Verdict, themes};

const PLACE: &str = "docs/escapes.md";

/// Writes the file instead of comparing with it.
const WRITE: &str = "CONTRACT_GATE_WRITE_DOCS";

const INTRODUCTION: &str = "\
# The escape table

Ways to get a change past the gate, and what becomes of each. This file is written by the tests
(`tests/suite/escapes/`) from the rows that they play with real git: what it says is what happens.

Every row is played three ways: on a client with the gate's hooks, on the same client with hooks
switched off, and in another clone that never had any. What comes of it is pushed to four servers,
each with the gate's `pre-receive`: without identities (the server tells nobody apart) and with
them (`contractgate.identityEnv`, `contractgate.dispatcher`), each under a contract whose
`trunk-steps` is `open` or `landings-only`. With hooks switched off and without hooks the push
arrives and the servers' columns hold; they are the same for both.

- **Client**: what becomes of it where the hooks are: the rule, and the hook that refuses. *passes*
  means that local hooks let it through, or are never asked; then the servers' columns hold there too.
- **Without identities**, **with identities**: the rule by which the server refuses the push, or
  **passes**. Two answers stand for `open` / `landings-only`, where they differ. With identities the
  pusher is the agent whose lane it is, unless the row says otherwise.
- **Note**: why it is as it is; above all what the chosen policy cannot catch.

Where git of a certain version or another way of keeping refs makes a difference, the cell says so.
The rows are played with each git that the tests find, and once more in repositories with SHA-256
and reftable.

`contract-gate explain CODE` says what a rule means. The contract is the worked example: agent-1
(`agents/uploads`), agent-2 (`agents/migrations`, lands first) and agent-3 (`agents/tests`, lands
last); `tsconfig.json` and `README.md` are nobody's to edit. [SECURITY.md](../SECURITY.md) says what
is promised, and against whom.
";

fn rendered() -> String {
    let mut text = INTRODUCTION.to_owned();
    for Theme { title, about, rows } in themes() {
        text.push_str(&format!("\n## {title}\n\n{about}\n\n"));
        text.push_str("| attempt | client | without identities | with identities | note |\n");
        text.push_str("| --- | --- | --- | --- | --- |\n");
        for row in &rows {
            text.push_str(&line(row));
        }
    }
    text
}

fn line(row: &Row) -> String {
    let cells = [
        row.name.to_owned(),
        client(row),
        both(row.server[Server::Anonymous as usize]),
        both(row.server[Server::Named as usize]),
        row.note.to_owned(),
    ];
    let cells: Vec<String> = cells.iter().map(|cell| cell.replace('|', "\\|")).collect();
    format!("| {} |\n", cells.join(" | ").trim_end())
}

fn client(row: &Row) -> String {
    let [open, landings_only] = row.client;
    let mut text = open.to_string();
    if open != landings_only {
        text.push_str(&format!(" / {landings_only}"));
    }
    if let Some(((major, minor), older)) = row.older {
        text.push_str(&format!(" (git before {major}.{minor}: {older})"));
    }
    if let Some(reftable) = row.reftable {
        text.push_str(&format!(" (with reftable: {reftable})"));
    }
    text
}

fn both(verdicts: [Verdict; 2]) -> String {
    let open = verdicts[Policy::Open as usize];
    match verdicts[Policy::LandingsOnly as usize] {
        same if same == open => open.to_string(),
        landings_only => format!("{open} / {landings_only}"),
    }
}

#[test]
#[expect(clippy::disallowed_methods, reason = "a test may be told to write its document")]
fn the_document_says_what_the_rows_say() {
    let place = Path::new(env!("CARGO_MANIFEST_DIR")).join(PLACE);
    let text = rendered();
    if std::env::var_os(WRITE).is_some_and(|value| value == "1") {
        fs::create_dir_all(place.parent().unwrap()).unwrap();
        fs::write(&place, &text).unwrap();
        return;
    }
    let found = fs::read_to_string(&place).unwrap_or_default();
    let differs = found.lines().zip(text.lines()).find(|(found, text)| found != text);
    assert!(
        found == text,
        "{PLACE} is not what the rows say; write it with {WRITE}=1: {differs:?}"
    );
}

#[test]
fn a_row_says_one_thing_once_and_why_it_passes() {
    let rows: Vec<Row> = themes().into_iter().flat_map(|theme| theme.rows).collect();
    let mut names: Vec<&str> = rows.iter().map(|row| row.name).collect();
    names.sort_unstable();
    let twice = names.windows(2).find(|pair| pair[0] == pair[1]);
    assert_eq!(twice, None, "a sentence names one row");
    for row in &rows {
        let passes = row.server.iter().flatten().any(|verdict| *verdict == Verdict::Taken);
        assert!(!passes || !row.note.is_empty(), "{}: it passes, and why is not said", row.name);
    }
}
