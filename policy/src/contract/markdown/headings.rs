//! The headings of a Markdown contract: its title, its sections, and what others may be.

use std::ops::Range;

use super::super::keys::RESERVED;
use super::super::source::nearest;
use super::signs::fold;

/// What a section is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Section {
    Worktrees,
    Scope,
    Interface,
    Shared,
    Order,
    Merge,
    Policy,
    Waivers,
}

impl Section {
    /// Its proper heading.
    pub(super) fn title(self) -> &'static str {
        match self {
            Self::Worktrees => "Worktrees",
            Self::Scope => "Scope",
            Self::Interface => "Interface boundary",
            Self::Shared => "Shared state",
            Self::Order => "Merge order",
            Self::Merge => "Merge",
            Self::Policy => "Policy",
            Self::Waivers => "Waivers",
        }
    }
}

/// What a heading says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Heading<'h> {
    /// The title, with the contract's name where it has one.
    Title(Option<&'h str>),
    Section(Section),
    /// A section that a later version will know.
    Reserved(&'static str),
    /// Anything else: prose, or the name of an agent.
    Other,
}

const SECTIONS: [(&str, Section); 62] = [
    ("worktrees", Section::Worktrees),
    ("worktree", Section::Worktrees),
    ("worktrees and branches", Section::Worktrees),
    ("worktrees and agents", Section::Worktrees),
    ("branches and worktrees", Section::Worktrees),
    ("agents and worktrees", Section::Worktrees),
    ("agents and branches", Section::Worktrees),
    ("agents", Section::Worktrees),
    ("branches", Section::Worktrees),
    ("lanes", Section::Worktrees),
    ("scope", Section::Scope),
    ("scopes", Section::Scope),
    ("agent scope", Section::Scope),
    ("agent scopes", Section::Scope),
    ("file scope", Section::Scope),
    ("file scopes", Section::Scope),
    ("scope of each agent", Section::Scope),
    ("scope per agent", Section::Scope),
    ("scope by agent", Section::Scope),
    ("ownership", Section::Scope),
    ("file ownership", Section::Scope),
    ("owned paths", Section::Scope),
    ("interface boundary", Section::Interface),
    ("interface boundaries", Section::Interface),
    ("interface", Section::Interface),
    ("interfaces", Section::Interface),
    ("interface contract", Section::Interface),
    ("interface contracts", Section::Interface),
    ("boundary", Section::Interface),
    ("boundaries", Section::Interface),
    ("promises", Section::Interface),
    ("shared state", Section::Shared),
    ("shared", Section::Shared),
    ("shared file", Section::Shared),
    ("shared files", Section::Shared),
    ("shared path", Section::Shared),
    ("shared paths", Section::Shared),
    ("shared resources", Section::Shared),
    ("shared files policy", Section::Shared),
    ("shared state policy", Section::Shared),
    ("shared state and files", Section::Shared),
    ("merge order", Section::Order),
    ("merge orders", Section::Order),
    ("merging order", Section::Order),
    ("order", Section::Order),
    ("order of merging", Section::Order),
    ("order of merge", Section::Order),
    ("order of merges", Section::Order),
    ("order of landing", Section::Order),
    ("landing order", Section::Order),
    ("merge sequence", Section::Order),
    ("landing sequence", Section::Order),
    ("merge", Section::Merge),
    ("merge ritual", Section::Merge),
    ("merge settings", Section::Merge),
    ("merging", Section::Merge),
    ("policy", Section::Policy),
    ("policies", Section::Policy),
    ("waivers", Section::Waivers),
    ("waiver", Section::Waivers),
    ("exceptions", Section::Waivers),
    ("waived rules", Section::Waivers),
];

/// Reads a heading's text.
pub(super) fn read(text: &str) -> Heading<'_> {
    let bare = text.trim_start_matches(|c: char| !c.is_alphabetic());
    if let Some(rest) = strip_words(bare, "context contract") {
        let rest = rest.trim_start_matches(|c: char| c.is_whitespace() || "*_`".contains(c));
        let name = rest.strip_prefix([':', '-', '—', '–', '|']);
        let name =
            name.map(|name| name.trim_matches(|c: char| c.is_whitespace() || "*_`-—–".contains(c)));
        return Heading::Title(name.filter(|name| !name.is_empty()));
    }
    let words = normal(text);
    if let Some((_, section)) = SECTIONS.iter().find(|(known, _)| *known == words) {
        return Heading::Section(*section);
    }
    let key = words.replace(' ', "-");
    let plain = |reserved: &&&str| **reserved == key || **reserved == format!("{key}s");
    match RESERVED.iter().find(plain) {
        Some(reserved) => Heading::Reserved(reserved),
        None => Heading::Other,
    }
}

fn strip_words<'t>(text: &'t str, words: &str) -> Option<&'t str> {
    let begins = text.get(..words.len())?.eq_ignore_ascii_case(words);
    let rest = &text[words.len()..];
    (begins && !rest.starts_with(|c: char| c.is_alphanumeric())).then_some(rest)
}

/// What a remark in a heading begins with.
const ENDS: [&str; 5] = [": ", " - ", " — ", " – ", " ("];

/// The words of a heading: no numbering, no marks, no remark after a dash, colon or bracket.
fn normal(text: &str) -> String {
    let text = text.trim_start_matches(|c: char| !c.is_alphabetic());
    let end = ENDS.iter().filter_map(|end| text.find(end)).min();
    let text = &text[..end.unwrap_or(text.len())];
    let text = fold(text).replace('&', " and ").to_lowercase();
    let words = text.split(|c: char| !c.is_alphanumeric());
    let words: Vec<&str> = words.filter(|word| !word.is_empty() && *word != "the").collect();
    words.join(" ")
}

/// The words of a heading, in small letters.
pub(super) fn words_of(text: &str) -> String {
    normal(text)
}

/// Whether a heading is `Branches`, which may be about others than the lanes'.
pub(super) fn is_branches(text: &str) -> bool {
    let may_be = |c: char| c == 'b' || c == 'B';
    text.contains(may_be) && normal(text) == "branches"
}

/// Where the remark behind a section's name stands, without the brackets around it.
pub(super) fn remark(text: &str) -> Option<Range<usize>> {
    let begin = text.len() - text.trim_start_matches(|c: char| !c.is_alphabetic()).len();
    let ends = ENDS.iter().filter_map(|end| Some((begin + text[begin..].find(end)?, end.len())));
    let (at, length) = ends.min()?;
    let start = at + length;
    let bracketed = text[at..].starts_with(" (");
    let bare = text[start..].trim_end();
    let bare = if bracketed { bare.strip_suffix(')').unwrap_or(bare) } else { bare };
    let start = start + bare.len() - bare.trim_start().len();
    let bare = bare.trim();
    (!bare.is_empty()).then(|| start..start + bare.len())
}

/// The section whose heading is nearest to this one, by its words.
pub(super) fn nearest_section(text: &str) -> Option<Section> {
    let words = normal(text);
    let near = nearest(&words, SECTIONS.iter().map(|(known, _)| *known));
    let part = || SECTIONS.iter().find(|(known, _)| words.split(' ').any(|word| word == *known));
    let near = near.and_then(|near| SECTIONS.iter().find(|(known, _)| *known == near));
    near.or_else(part).map(|(_, section)| *section)
}

/// Whether a heading makes a text a contract: the title, or one of the five sections that every
/// contract is made of, by its own name.
pub(super) fn makes_a_contract(text: &str) -> bool {
    match read(text) {
        Heading::Title(_) => true,
        Heading::Section(section) => {
            !matches!(section, Section::Merge | Section::Policy | Section::Waivers)
        }
        Heading::Reserved(_) | Heading::Other => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_variants_are_ignored() {
        for (text, section) in [
            ("Scope", Section::Scope),
            ("SCOPES:", Section::Scope),
            ("1. Scope", Section::Scope),
            ("2) **Shared files**", Section::Shared),
            ("🔒 Shared State", Section::Shared),
            ("Order of merging", Section::Order),
            ("merge-order", Section::Order),
            ("Merge order (contracted)", Section::Order),
            ("Scope — who edits what", Section::Scope),
            ("Interface boundary: the API", Section::Interface),
            ("The merge order", Section::Order),
        ] {
            assert_eq!(read(text), Heading::Section(section), "{text}");
        }
        assert_eq!(read("Scope creep"), Heading::Other);
        assert_eq!(read("Tasks"), Heading::Reserved("tasks"));
        assert_eq!(read("Task"), Heading::Reserved("tasks"));
        assert_eq!(read("Contract module"), Heading::Reserved("contract-module"));
    }

    #[test]
    fn titles() {
        for (text, name) in [
            ("Context contract — feature/uploads", Some("feature/uploads")),
            ("Context Contract: x", Some("x")),
            ("CONTEXT CONTRACT - x y", Some("x y")),
            ("**Context contract** — `x`", Some("x")),
            ("Context contract", None),
            ("Context contract:", None),
        ] {
            assert_eq!(read(text), Heading::Title(name), "{text}");
        }
        assert_eq!(read("Context contracts explained"), Heading::Other);
    }

    #[test]
    fn a_section_that_is_nearly_spelled() {
        assert_eq!(nearest_section("Scop"), Some(Section::Scope));
        assert_eq!(nearest_section("Shraed state"), Some(Section::Shared));
        assert_eq!(nearest_section("Backend scope"), Some(Section::Scope));
        assert_eq!(nearest_section("Background"), None);
    }
}
