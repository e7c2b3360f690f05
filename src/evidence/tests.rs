//! Drawn histories: history in, evidence out, in the tables of `fixtures/histories`.

use std::path::PathBuf;

mod answers;
mod cost;
mod drawing;

fn directory() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("fixtures/histories")
}

/// Asks every question of a table, and tells of all that are answered otherwise.
fn table(file: &str) {
    let text = std::fs::read_to_string(directory().join(file)).unwrap();
    let mut wrong = Vec::new();
    let cases = drawing::read(&text);
    assert!(!cases.is_empty(), "{file} holds no case");
    for case in &cases {
        assert!(!case.questions.is_empty(), "{file}: nothing is asked: {}", case.sentence);
        for question in &case.questions {
            let answer = answers::answer(&case.view, &question.asked);
            if answer != question.expected {
                wrong.push(format!(
                    "{file}:{}: {}\n  {}\n  expected\n    {}\n  is\n    {}\n",
                    question.line,
                    case.sentence,
                    question.asked,
                    question.expected.join("\n    "),
                    answer.join("\n    "),
                ));
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of the answers are not as drawn:\n\n{}",
        wrong.len(),
        wrong.concat()
    );
}

macro_rules! tables {
    ($($name:ident),* $(,)?) => {
        const TABLES: &[&str] = &[$(stringify!($name)),*];
        $(
            #[test]
            fn $name() {
                table(concat!(stringify!($name), ".txt"));
            }
        )*
    };
}

tables! {
    net_effect,
    own,
    landed,
    shared_alone,
    handovers,
    order,
    landings_only,
    reverts,
    amendments,
    pushes,
    commits,
}

#[test]
fn every_table_is_read() {
    for file in std::fs::read_dir(directory()).unwrap() {
        let path = file.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap();
        assert!(name == "README" || TABLES.contains(&name), "{name} is no table of the list");
    }
}
