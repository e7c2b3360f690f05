//! What stands in prose and sets nothing there, though it is spelled as a key that is known or reserved: lint warns of
//! it, since it may as well be about something else.

use super::super::keys::RESERVED;
use super::super::source::Shown;
use super::Reader;
use super::line::Line;
use super::settings::assigned;
use super::told::{home_of, is_value};

/// Keys of the contract whose values are told from prose.
const PLAIN: [&str; 5] = ["format", "version", "trunk", "integrator", "timeout"];

impl Reader<'_, '_> {
    /// A line of prose below a heading that is no section.
    pub(super) fn note_line(&mut self, line: &Line) {
        self.note_order(line);
        let Some((key, value)) = assigned(&line.text) else { return };
        let value = value.trim_end_matches('.');
        if PLAIN.contains(&key.as_str()) && is_value(&key, value) {
            let help = format!("write it {}; said of something else it may stand", home_of(&key));
            self.sets_nothing(line, &help);
        }
    }

    /// A paragraph in a section.
    pub(super) fn note_reserved(&mut self, line: &Line) {
        let is_reserved = |key: &str, value: &str| !value.is_empty() && RESERVED.contains(&key);
        if assigned(&line.text).is_some_and(|(key, value)| is_reserved(&key, value)) {
            self.sets_nothing(line, "the key is for a later version, and nothing enforces it yet");
        }
    }

    fn sets_nothing(&mut self, line: &Line, help: &str) {
        let message = format!("{} sets nothing here", Shown(&line.text));
        self.problems.warn("sentence-unheard", &line.whole(), message, help);
    }

    /// A command below `Tests`, where the contract has no suite.
    pub(super) fn check_suite(&mut self) {
        let Some(at) = self.suite_told.take().filter(|_| self.draft.merge.suite.is_none()) else {
            return;
        };
        let message = "this command is not the suite, and no landing runs it";
        self.problems.warn("sentence-unheard", &at, message, "write `suite: COMMAND` under Merge");
    }
}
