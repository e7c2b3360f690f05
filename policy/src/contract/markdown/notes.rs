//! The notes of shared paths: behind the policy, in a table's column, nested below. What says more
//! than a note can is an error.

use super::super::draft::DraftShare;
use super::super::source::Shown;
use super::Reader;
use super::blocks::Entry;
use super::free_text::said;
use super::line::Line;
use super::remarks::{Holders, NOTES, Note};
use super::shared::{EXPECTED, Said};
use super::words::access;

impl Reader<'_, '_> {
    /// What a note says. An error when it says more, such as what is another entry.
    pub(super) fn note(&mut self, line: &Line, text: &str, policy: &DraftShare) -> Option<String> {
        let note = Note { names: &self.names, holders: Holders::of(policy) };
        if let Some(more) = note.beyond(text) {
            let message = format!("{} reads like more than a note", Shown(more));
            let help = match access(more) {
                Some(_) => "write `additions only` directly after the agents, with a comma",
                None => {
                    "give another path an entry of its own, and what limits this one its policy; a \
                     note in other words, or in double quotes, stays one"
                }
            };
            self.problems.error("not-understood", &line.at(more), message, help);
        }
        Some(said(text)).filter(|note| !note.is_empty())
    }

    /// Adds a nested line to the note of the last path.
    pub(super) fn nested_note(&mut self, child: &Entry) {
        let Some(policy) = self.draft.shared.last().map(|last| last.policy.clone()) else { return };
        let said = self.note_of_child(child, &policy);
        if let (Some(last), Some(said)) = (self.draft.shared.last_mut(), said) {
            last.note = Some(match last.note.take() {
                Some(note) => format!("{note}. {said}"),
                None => said,
            });
        }
    }

    /// What a nested line says when it is a note.
    fn note_of_child(&mut self, child: &Entry, policy: &DraftShare) -> Option<String> {
        let line = &child.line;
        self.refuse_children(child);
        if let Some((key, value)) = super::settings::key_value(&line.text) {
            match key.as_str() {
                "note" => return self.note(line, value, policy),
                "owner" | "additions-by" | "generated-by" => {
                    let help = "give one of `owner`, `additions-by`, `generated-by`, or write \
                                `nobody edits`";
                    let message = "a shared path has exactly one policy";
                    self.problems.error("shared-policy", &line.whole(), message, help);
                    return None;
                }
                key if NOTES.contains(&key) => {
                    // The key stays a part of what is said.
                    let _ = self.note(line, value, policy);
                    return Some(said(&line.text));
                }
                _ => {}
            }
        }
        let note = Note { names: &self.names, holders: Holders::of(policy) };
        let tokens = self.tokens(&line.text);
        if tokens.first().is_some_and(|t| t.is("generated") || note.is_path(t)) {
            let help = "give each path an entry of its own, with one policy; what is nested below \
                        a path is its note";
            self.not_understood(line, "", help);
            return None;
        }
        self.note(line, &line.text, policy)
    }

    /// `- package.json` with its policy nested.
    pub(super) fn nested_policy(&mut self, line: &Line, entry: &Entry) -> Option<Said> {
        let mut said: Option<Said> = None;
        let mut before = Vec::new();
        for child in &entry.children {
            let text = &child.line.text;
            match (super::settings::key_value(text), &mut said) {
                (Some((key, value)), None) if key == "note" => {
                    self.refuse_children(child);
                    before.push((child, value));
                }
                (_, Some(said)) => {
                    let policy = said.policy.clone();
                    let note = self.note_of_child(child, &policy);
                    said.note = join(said.note.take(), note);
                }
                (_, None) => {
                    self.refuse_children(child);
                    let tokens = self.tokens(text);
                    said = Some(self.policy_words(&child.line, &tokens)?);
                }
            }
        }
        let Some(mut said) = said else {
            let message = "this shared path has no policy";
            self.problems.error("shared-policy", &line.whole(), message, EXPECTED);
            return None;
        };
        for (child, value) in before.into_iter().rev() {
            let note = self.note(&child.line, value, &said.policy);
            said.note = join(note, said.note.take());
        }
        Some(said)
    }
}

/// Two notes, one behind the other.
pub(super) fn join(first: Option<String>, second: Option<String>) -> Option<String> {
    match (first, second) {
        (Some(first), Some(second)) => Some(format!("{first}. {second}")),
        (first, second) => first.or(second),
    }
}

#[cfg(test)]
mod tests {
    use super::super::words::Names;
    use super::{Holders, Note};

    fn beyond(holders: Holders, text: &str) -> Option<&str> {
        let mut names = Names::default();
        ["agent-1", "agent-2", "agent-3", "api"].iter().for_each(|name| names.add(name));
        Note { names: &names, holders }.beyond(text)
    }

    fn of_agent_1(text: &str) -> Option<&str> {
        beyond(Holders::These(vec!["agent-1".to_owned()]), text)
    }

    #[test]
    fn remarks_in_plain_words_are_notes() {
        for note in [
            "agent-2/3 must request additions",
            "agent-2 and agent-3 must request additions.",
            "others ask; the others must request additions",
            "so that both can work",
            "see docs/x.md",
            "see `docs/x.md`, docs/y.md and https://example.com/a",
            "as docs/x.md says",
            "docs/x.md says why",
            "generated, see below",
            "generated by make, never by hand",
            "nobody else edits it",
            "no other agent touches it, and agent-2 must not delete it",
            "others read only",
            "ask agent-2, agent-3",
            "contact: agent-2",
            "agent-2: ask by mail",
            "agent-2 reads it, agent-3 asks agent-1",
            "agent-2 may ask for more",
            "it is only used in tests",
            "it never merges cleanly, and cannot be split",
            "no need to ask, no exceptions",
            "e.g. the scripts",
            "additions go through agent-1",
            "newest first",
            "both and/or one",
            "why: it is large",
            "\"only additions\"",
            "\"src/y.ts: nobody edits\"",
        ] {
            assert_eq!(of_agent_1(note), None, "{note}");
        }
        for note in ["only the merge step does", "human merge step only", "not even by hand"] {
            assert_eq!(beyond(Holders::Nobody, note), None, "{note}");
        }
        for note in ["never by hand", "do not edit it by hand", "so nobody edits it manually"] {
            assert_eq!(beyond(Holders::Anybody, note), None, "{note}");
        }
    }

    #[test]
    fn another_entry_is_no_note() {
        for note in [
            "src/y.ts: nobody edits",
            "src/y.ts — agent-2",
            "src/y.ts nobody edits",
            "src/y.ts, src/z.ts: agent-2",
            "`src/y.ts` is owned by agent-2",
            "src/y.ts",
            "and src/y.ts too",
            "Makefile: nobody edits",
            "the same for src/y.ts",
            "agent-2 owns src/y.ts",
            "nobody edits src/y.ts",
            "others ask. src/y.ts: nobody edits",
            "others ask, and src/y.ts: nobody",
            "others ask (src/y.ts: nobody edits)",
        ] {
            assert!(of_agent_1(note).is_some(), "{note}");
        }
        for note in ["Makefile: nobody edits", "src/y.ts", "nobody edits src/y.ts either"] {
            assert!(beyond(Holders::Nobody, note).is_some(), "{note}");
        }
    }

    #[test]
    fn another_policy_is_no_note() {
        for note in [
            "nobody edits",
            "frozen",
            "no agent may touch it",
            "human merge step only",
            "agent-2 edits it too",
            "agent-2",
            "agent-2 only",
            "agent-2 too",
            "agent-2 may",
            "so does agent-2",
            "until Friday nobody edits",
            "append",
            "agent-1 and agent-2, additions only",
            "others may append",
            "everyone may add lines",
            "agent-2 may edit the scripts",
            "owned by agent-2",
            "additions by agent-2",
            "owner: agent-2",
            "mode: additions-only",
            "policy: be careful",
        ] {
            assert!(of_agent_1(note).is_some(), "{note}");
        }
        for note in ["except agent-1", "agent-1 may append", "agent-1 only", "append-only"] {
            assert!(beyond(Holders::Nobody, note).is_some(), "{note}");
        }
        for note in ["nobody edits", "do not edit", "agent-1 only", "agent-1 must not edit it"] {
            assert!(beyond(Holders::Anybody, note).is_some(), "{note}");
        }
    }

    #[test]
    fn a_limit_is_no_note() {
        for note in [
            "additions",
            "Additions only",
            "only additions, please",
            "but only the scripts",
            "the scripts only",
            "lines may only be added",
            "append-only, please",
            "please append only",
            "**additions only** please",
            "it is additions only",
            "not the scripts",
            "no deletions",
            "except the scripts",
            "never rewrite it",
            "do not touch the header",
            "the header must not be changed",
            "the header is off limits",
            "hands off the header",
            "agent-1 must not delete lines",
            "others ask; only additions",
            "others ask (additions only)",
        ] {
            assert!(of_agent_1(note).is_some(), "{note}");
        }
        assert_eq!(of_agent_1("others ask; but only additions"), Some("but only additions"));
    }
}
