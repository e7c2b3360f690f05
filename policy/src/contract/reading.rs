//! From the bytes of a contract file to a valid contract, or to all that is wrong with it.

use super::markdown;
use super::model::{Contract, ContractFile};
use super::problem::Problem;
use super::source::{Problems, Source};
use super::{toml_reader, validate};
use crate::verdict::Severity;

/// The longest contract, in bytes. It is read at every checkpoint, and people have to read it
/// too.
pub const LONGEST_CONTRACT: usize = 1024 * 1024;

/// Reads a contract.
///
/// # Errors
/// All problems of an invalid one, in the order of the text. Each is an error.
pub fn read(file: ContractFile, bytes: &[u8]) -> Result<Contract, Vec<Problem>> {
    let text = text_of(bytes).map_err(|problem| vec![problem])?;
    let source = Source::new(text);
    let mut problems = Problems::new(&source);
    let draft = match file {
        ContractFile::Toml => toml_reader::read(&mut problems),
        ContractFile::Markdown => markdown::read(&mut problems),
    };
    match validate::validate(draft, &mut problems) {
        Some(contract) => Ok(contract),
        None => Err(problems.into_sorted()),
    }
}

/// Whether a `CONTRACT.md` is a context contract at all, and not somebody's legal text: it has
/// the title or one of the sections. One that cannot be read as text is taken for a contract,
/// so that it blocks.
pub fn is_recognisable(bytes: &[u8]) -> bool {
    text_of(bytes).map_or(true, markdown::is_recognisable)
}

fn text_of(bytes: &[u8]) -> Result<&str, Problem> {
    let problem = |code, at: usize, line, column, message, help: &str| Problem {
        code,
        severity: Severity::Error,
        line,
        column,
        span: (at, 0),
        message,
        help: Some(help.to_owned()),
    };
    if bytes.len() > LONGEST_CONTRACT {
        let message = format!("the contract has {} bytes; at most 1 MiB is read", bytes.len());
        return Err(problem("too-large", 0, 1, 1, message, "keep what is no contract elsewhere"));
    }
    std::str::from_utf8(bytes).map_err(|error| {
        let at = error.valid_up_to();
        let before = String::from_utf8_lossy(&bytes[..at]);
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        let place = |number| u32::try_from(number).unwrap_or(u32::MAX);
        let message = format!("byte {:#04x} is not UTF-8", bytes[at]);
        problem("not-utf8", at, place(line), place(column), message, "save the file as UTF-8")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_contract_is_known_by_its_title_or_its_sections() {
        for text in ["# Context contract\n", "\u{feff}# Context contract\n", "## Scope\n"] {
            assert!(is_recognisable(text.as_bytes()), "{text}");
        }
        assert!(is_recognisable(b"no text: \xff"));
        for text in ["", "# Contract of employment\n\nBetween the parties\n", "scope\n"] {
            assert!(!is_recognisable(text.as_bytes()), "{text}");
        }
    }

    #[test]
    fn a_contract_of_a_mebibyte_is_read_and_no_longer_one() {
        let text = |bytes: usize| {
            let lane = "[agents.a]\nbranch = \"a\"\nscope = [\"a/\"]\n#";
            format!("{lane}{}", " ".repeat(bytes - lane.len()))
        };
        assert!(read(ContractFile::Toml, text(LONGEST_CONTRACT).as_bytes()).is_ok());
        let problems = read(ContractFile::Toml, text(LONGEST_CONTRACT + 1).as_bytes());
        let [problem] = &problems.expect_err("too large")[..] else { panic!("one problem") };
        assert_eq!(problem.code, "too-large");
        assert!(problem.message.contains("1048577 bytes"), "{}", problem.message);
    }
}
