//! What must hold when any bytes are read as a contract: every problem lies inside the text and is
//! safe to print, and what is valid survives being written in either spelling.
//!
//! Used by the fuzz targets and, on the kept corpus, by ordinary tests.

use policy::contract::{Contract, ContractFile, Problem, is_recognisable, lint, read};

/// More than a message or a help may have, in characters: a few foreign texts and a sentence.
const LONGEST_MESSAGE: usize = 1000;

/// Reads the bytes as a contract in this spelling.
pub fn holds(file: ContractFile, bytes: &[u8]) {
    let _ = is_recognisable(bytes);
    match read(file, bytes) {
        Ok(contract) => {
            for problem in lint::of_text(&contract) {
                is_placed(bytes, &problem);
                is_printable(&problem);
            }
            survives(&contract);
        }
        Err(problems) => {
            assert!(!problems.is_empty(), "what is invalid says why");
            for problem in problems {
                is_placed(bytes, &problem);
                is_printable(&problem);
            }
        }
    }
}

/// Line, column and span agree with each other and with the text.
fn is_placed(bytes: &[u8], problem: &Problem) {
    let (start, length) = problem.span;
    let before = bytes.get(..start).unwrap_or_else(|| panic!("beyond the text: {problem:?}"));
    assert!(start + length <= bytes.len(), "{problem:?}");
    let lines = bytes.split(|byte| *byte == b'\n').count();
    assert!((1..=lines).contains(&(problem.line as usize)), "{problem:?}");
    assert!(problem.column >= 1, "{problem:?}");
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    assert!(text.is_char_boundary(start) && text.is_char_boundary(start + length), "{problem:?}");
    let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
    assert_eq!(problem.line as usize, line, "{problem:?}");
    let begins = before.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
    // The byte order mark before the text is no column of it.
    let mark = usize::from(begins == 0 && text.starts_with('\u{feff}'));
    let within = text[begins..start].chars().count().saturating_sub(mark);
    assert_eq!(problem.column as usize, within + 1, "{problem:?}");
}

/// Nothing in it reaches a terminal raw, or fills a screen.
fn is_printable(problem: &Problem) {
    let texts = [Some(&problem.message), problem.help.as_ref()];
    for text in texts.into_iter().flatten() {
        let raw = |c: char| c.is_control() || policy::text::is_invisible(c);
        assert!(!text.contains(raw), "{text:?}");
        assert!(text.chars().count() <= LONGEST_MESSAGE, "{} characters: {text}", text.len());
        assert!(!text.is_empty());
    }
}

/// TOML gives the same contract again. So does Markdown, unless an agent is called like a word of
/// its sentences; `convert` refuses those.
fn survives(contract: &Contract) {
    let toml = contract.to_toml();
    assert_eq!(again(ContractFile::Toml, &toml, &toml).to_toml(), toml);
    let has_a_word_for_a_name = contract.agents().iter().any(|lane| is_word(lane.id.as_str()))
        || contract.integrator().is_some_and(|agent| is_word(agent.as_str()));
    if !has_a_word_for_a_name {
        let markdown = contract.to_markdown();
        let second = again(ContractFile::Markdown, &markdown, &toml);
        assert_eq!(second.to_toml(), toml, "{markdown}");
        assert_eq!(second.to_markdown(), markdown);
    }
}

fn again(file: ContractFile, text: &str, toml: &str) -> Contract {
    read(file, text.as_bytes()).unwrap_or_else(|problems| {
        panic!("{text}\nis read as {problems:#?}\nand comes from\n{toml}")
    })
}

/// Names that could be words: without a digit.
fn is_word(name: &str) -> bool {
    !name.contains(|c: char| c.is_ascii_digit())
}
