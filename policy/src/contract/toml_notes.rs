//! Notes and reasons of a TOML contract that limit something: people may read them as part of the entry, and they
//! say nothing. In Markdown they are errors unless they stand in double quotes; in TOML every text does, so it is
//! warned of them alone.

use super::lint::{line_with, warning};
use super::markdown::{is_more_than_a_note, is_more_than_a_reason, limits};
use super::model::{Contract, ContractFile};
use super::problem::Problem;
use super::source::Shown;

const OF_SHARED: &str = "only the policy counts: `\"nobody\"`, `owner`, `additions-by` or `generated-by`; what limits \
                         the path belongs there";
const OF_STEPS: &str =
    "the order is what the steps and `after` say, and what may be edited `scope` and `shared`";
const OF_WAIVERS: &str =
    "a waiver is as wide as its `rule`, `agent` and `path`, until it is taken out";

/// How many lines of an entry its text is looked for in.
const LONGEST_ENTRY: u32 = 20;

/// The warnings: one for each text.
pub(super) fn unheard(contract: &Contract) -> Vec<Problem> {
    if contract.file() != ContractFile::Toml {
        return Vec::new();
    }
    let agents = || contract.agents().iter().map(|lane| lane.id.as_str());
    let mut found = Vec::new();
    for entry in contract.shared() {
        let note = entry.note.as_deref();
        let note = note.filter(|note| is_more_than_a_note(note, &entry.policy, agents()));
        found.extend(note.map(|note| warn(contract, entry.line, "note", note, OF_SHARED)));
    }
    for step in contract.order() {
        let several = step.agents.len() > 1;
        let more = |said: &&str| {
            is_more_than_a_reason(said, several, agents()) || limits(said, &step.agents, agents())
        };
        let because = step.because.as_deref().filter(more);
        found.extend(because.map(|said| warn(contract, step.line, "because", said, OF_STEPS)));
    }
    for waiver in contract.waivers() {
        let holder = std::slice::from_ref(&waiver.agent);
        let more = |said: &&str| limits(said, holder, agents());
        let because = Some(&*waiver.because).filter(more);
        found.extend(because.map(|said| warn(contract, waiver.line, "because", said, OF_WAIVERS)));
    }
    found
}

fn warn(contract: &Contract, entry: u32, key: &str, said: &str, help: &str) -> Problem {
    let line = line_with(contract, entry..=entry.saturating_add(LONGEST_ENTRY - 1), said);
    let message = format!("{} stands in `{key}`, where it limits nothing", Shown(said));
    warning(contract, "note-unheard", line, said, message, help.to_owned())
}

#[cfg(test)]
mod tests {
    use super::super::read;
    use super::*;

    /// The warnings of a contract with this note, reason and waiver.
    fn warnings(note: &str, because: &str, waived: &str) -> Vec<String> {
        let text = format!(
            "[agents.a]\nbranch = \"a\"\nscope = [\"a/\"]\n[agents.b]\nbranch = \"b\"\nscope = [\"b/\"]\n\
             [shared]\nx = {{ owner = \"a\", note = \"{note}\" }}\n\
             [[merge-order]]\nagents = [\"a\"]\nbecause = \"{because}\"\n[[merge-order]]\nagents = [\"b\"]\n\
             [[waivers]]\nrule = \"out-of-scope\"\nagent = \"b\"\nbecause = \"{waived}\"\n"
        );
        let contract = read(ContractFile::Toml, text.as_bytes())
            .unwrap_or_else(|found| panic!("{text}: {found:#?}"));
        unheard(&contract)
            .iter()
            .map(|p| format!("{}:{} {}", p.line, p.column, p.message))
            .collect()
    }

    #[test]
    fn a_limit_in_a_text_limits_nothing() {
        for said in ["only until line 40", "additions only", "not src/x", "never delete it"] {
            let shown = |place| format!("{place}`, where it limits nothing");
            assert_eq!(
                warnings(said, said, said),
                [
                    format!("8:28 `{said}` stands in `{}", shown("note")),
                    format!("11:12 `{said}` stands in `{}", shown("because")),
                    format!("17:12 `{said}` stands in `{}", shown("because")),
                ]
            );
        }
        assert_eq!(warnings("b owns it", "b lands first", "until Friday").len(), 3);
    }

    #[test]
    fn remarks_limit_nobody() {
        for (note, because, waived) in [
            ("b must request additions", "b imports the new table", "hot demo on Friday"),
            ("see docs/x.md", "the migration must land first", "moved to lib/, see the plan"),
            ("others ask", "it is small, and nobody waits for it", "the README needs it"),
        ] {
            assert_eq!(warnings(note, because, waived), [""; 0]);
        }
    }
}
