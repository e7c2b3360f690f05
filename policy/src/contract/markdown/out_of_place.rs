//! Settings in a section that does not read them: a paragraph's line that begins with a known key and a
//! colon or `=`, or tells a policy, and the header of a TOML table. In no section is it prose: passed over
//! it would be believed.

use super::super::keys::RESERVED;
use super::super::source::Shown;
use super::Reader;
use super::free_text::AT_THE_TOP;
use super::headings::Section;
use super::line::Line;
use super::parts::begins_like_an_entry;
use super::settings::{OF_AGENTS, OF_MERGE, assigned};
use super::told::{home_of, tells_a_setting, tells_of_the_merge};

const OF_SHARED: [&str; 3] = ["owner", "additions-by", "generated-by"];
const TABLES: [&str; 6] = ["agents", "shared", "merge-order", "merge", "waivers", "policy"];

impl Reader<'_, '_> {
    /// Whether a line sets something that is not read where it stands.
    pub(super) fn is_out_of_place(&self, section: Section, line: &Line) -> bool {
        !begins_like_an_entry(line, self) && home(section, &line.text).is_some()
    }

    /// Says of such a line where it belongs; whether it is one.
    pub(super) fn out_of_place(&mut self, section: Section, line: &Line) -> bool {
        let help = home(section, &line.text).filter(|_| !begins_like_an_entry(line, self));
        let Some(help) = help else { return false };
        let message = format!("{} sets nothing under {}", Shown(&line.text), section.title());
        self.problems.error("misplaced", &line.whole(), message, help);
        true
    }
}

/// Where a setting that is not read in a section is written.
fn home(section: Section, text: &str) -> Option<String> {
    if toml_table(text).is_some_and(|table| !is_table_of(table, section)) {
        return Some(NO_TABLE.to_owned());
    }
    let set = assigned(text).filter(|(key, _)| !reads(section, key));
    let home = set.and_then(|(key, _)| {
        let home = match key.as_str() {
            key if AT_THE_TOP.contains(&key) => home_of(key),
            key if OF_AGENTS.contains(&key) => "at the agent, under Worktrees",
            key if OF_SHARED.contains(&key) => "nested below the path that it is about",
            _ => return None,
        };
        Some(format!("write `{key}: VALUE` {home}; a remark goes into a comment, `<!-- … -->`"))
    });
    // Policy and Merge look through their own prose.
    let tells = home.is_none()
        && match section {
            Section::Policy => tells_of_the_merge(text),
            Section::Merge => tells_a_setting(text) && !tells_of_the_merge(text),
            _ => tells_a_setting(text),
        };
    home.or_else(|| tells.then(|| TELLS.to_owned()))
}

const TELLS: &str = "write `key: value`, such as `trunk-steps: landings-only`, in a line of its own: under \
                     Policy, under Merge, or below the title";

pub(super) const NO_TABLE: &str = "the header of a TOML table means nothing in Markdown: write `key: value` under the section's heading";

/// Whether a section has a use for a key, or says itself what is wrong with it.
fn reads(section: Section, key: &str) -> bool {
    match section {
        Section::Merge | Section::Policy | Section::Waivers => true,
        Section::Order => OF_MERGE.contains(&key),
        // A person's name, as in `Owner: Ann`; an agent's is told by the section itself.
        Section::Worktrees => OF_AGENTS.contains(&key) || key == "owner",
        // Said of the section such words are prose: `Scope: who edits what`.
        Section::Scope => key == "scope",
        Section::Interface => key == "promises",
        Section::Shared => false,
    }
}

/// The table that a line is the TOML header of: `[policy]`, `[[waivers]]`, `[agents.agent-1]`.
pub(super) fn toml_table(text: &str) -> Option<&str> {
    let inner = text.trim().strip_prefix('[')?.strip_suffix(']')?;
    let inner = inner.strip_prefix('[').and_then(|i| i.strip_suffix(']')).unwrap_or(inner).trim();
    let first = inner.split('.').next()?.trim();
    (TABLES.contains(&first) || RESERVED.contains(&first)).then_some(first)
}

/// Whether what stands below a table's header is read here without it.
fn is_table_of(table: &str, section: Section) -> bool {
    match section {
        Section::Policy => table == "policy",
        Section::Merge | Section::Order => table == "merge",
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_setting_is_at_home_in_one_section() {
        for (section, text) in [
            (Section::Shared, "trunk-steps: landings-only"),
            (Section::Shared, "**trunk-steps**: landings-only"),
            (Section::Shared, "Trunk steps are landings only."),
            (Section::Shared, "The suite is npm test."),
            (Section::Policy, "The suite is npm test."),
            (Section::Order, "The strategy is squash."),
            (Section::Shared, "Files, and trunk-steps: landings-only"),
            (Section::Order, "Integrator — agent-9"),
            (Section::Scope, "version = 2"),
            (Section::Scope, "branch: agents/a"),
            (Section::Interface, "\"suite\": npm test"),
            (Section::Interface, "generated-by: make"),
            (Section::Order, "integrator: agent-9"),
            (Section::Order, "[[merge-order]]"),
            (Section::Waivers, "[policy]"),
            (Section::Merge, "[agents.agent-1]"),
        ] {
            assert!(home(section, text).is_some(), "{text}");
        }
        for (section, text) in [
            (Section::Order, "suite: npm test"),
            (Section::Order, "Why: agent-1 imports it"),
            (Section::Scope, "Scope: who edits what"),
            (Section::Shared, "Note: ask first"),
            (Section::Policy, "[policy]"),
            (Section::Merge, "[merge]"),
            (Section::Order, "[merge]"),
            (Section::Shared, "[the guide]"),
        ] {
            assert!(home(section, text).is_none(), "{text}");
        }
    }
}
