//! Fenced code illustrates a section, and is not read. Where a section has nothing else, code in it
//! that reads like entries was hardly meant to be left out: that is an error, and never read.

use super::Reader;
use super::any_order::says_any_order;
use super::free_text::AT_THE_TOP;
use super::headings::Section;
use super::line::Line;
use super::naming::has_keys;
use super::nothing::says_nothing;
use super::paragraphs::{starts_entry, starts_step};
use super::parts::Part;
use super::prose::{holds_path, says_a_rule};
use super::settings::{OF_AGENTS, OF_MERGE, OF_POLICY, sets};

/// Languages of commands. What they name on a line is what they work on.
const SHELLS: [&str; 10] =
    ["sh", "bash", "shell", "zsh", "console", "fish", "powershell", "pwsh", "bat", "cmd"];
/// What a fence of entries may be called, where a section's own subject is code.
const TEXTS: [&str; 6] = ["", "text", "txt", "md", "markdown", "plain"];

impl Part {
    pub(super) fn check_fenced(&self, reader: &mut Reader<'_, '_>) {
        if self.fenced.is_empty() || self.says_something(reader) {
            return;
        }
        for at in &self.fenced {
            let text = reader.problems.source.text.get(at.clone()).unwrap_or_default();
            let (info, body) = text.split_once('\n').unwrap_or_default();
            let language = info.trim_start_matches(['`', '~']).split_whitespace().next();
            let language = language.unwrap_or_default().to_lowercase();
            let (body, _) = body.trim_end().rsplit_once('\n').unwrap_or_default();
            let mut lines = body.lines().map(bare).filter(|line| !line.text.is_empty());
            let reads_like_entries = match self.section {
                // Under the title stands anything; what is nothing but keys was meant as keys.
                None if self.agent.is_none() => {
                    let mut lines = lines.peekable();
                    lines.peek().is_some() && lines.all(|line| sets(&line.text, &AT_THE_TOP))
                }
                _ => lines.any(|line| self.is_entry(&language, &line, reader)),
            };
            if reads_like_entries {
                let message = "the section has nothing but fenced code, which is not read";
                let help = "take the fence away, and write its lines as a list";
                reader.problems.error("not-understood", at, message, help);
            }
        }
    }

    /// Whether something beside the fences is read, or says that there is nothing to be read.
    pub(super) fn says_something(&self, reader: &Reader<'_, '_>) -> bool {
        let is_order = self.section == Some(Section::Order);
        let is_step = |line: &Line| {
            let line = line.clone().plain(|word| reader.names.is_emphasised(word));
            says_any_order(&line.text) || reader.reads_as_steps(&line)
        };
        let nothing = |line: &Line| says_nothing(self.section, &line.text, &reader.names);
        !self.tables.is_empty()
            || self.entries.iter().any(|entry| !is_order || !sets(&entry.line.text, &OF_MERGE))
            || is_order && self.lines.iter().any(is_step)
            || self.section.is_none() && self.lines.iter().any(|l| sets(&l.text, &AT_THE_TOP))
            || self.prose.iter().chain(&self.heard).any(nothing)
    }

    /// Whether a line of code would be an entry of the section.
    fn is_entry(&self, language: &str, line: &Line, reader: &Reader<'_, '_>) -> bool {
        // Whatever stands around a word: brackets of TOML and JSON, quotation marks.
        let word = |c: char| c.is_alphanumeric() || "-_./".contains(c);
        let mut words = line.text.split(|c| !word(c)).filter(|word| !word.is_empty());
        let is_agent = |word: &str| reader.names.agents_in(word).is_some();
        let starts = starts_step(line, reader);
        match self.section {
            None => sets(&line.text, &OF_AGENTS),
            Some(Section::Interface) => starts && TEXTS.contains(&language),
            Some(Section::Merge) => {
                sets(&line.text, &OF_MERGE) || says_a_rule(self.section, line, reader)
            }
            Some(Section::Policy) => {
                sets(&line.text, &OF_POLICY) || says_a_rule(self.section, line, reader)
            }
            _ if starts || starts_entry(self.section, line, reader) => true,
            _ if SHELLS.contains(&language) => false,
            Some(Section::Worktrees) => has_keys(&line.text) || words.any(is_agent),
            Some(Section::Order) => words.any(is_agent),
            section => {
                words.any(|word| is_agent(word) || is_of_policies(section, word))
                    || holds_path(line, reader)
                    || says_a_rule(section, line, reader)
            }
        }
    }
}

/// Whether a word is one that says who may edit a shared path.
fn is_of_policies(section: Option<Section>, word: &str) -> bool {
    let policies = ["nobody", "frozen", "owns", "owned"];
    section == Some(Section::Shared) && policies.contains(&word.to_lowercase().as_str())
}

/// A line of code without the marks of a list, a task, a table or a quotation.
fn bare(line: &str) -> Line {
    let marks = |c: char| c.is_whitespace() || "-*+>.)|•‣◦·–—".contains(c) || c.is_ascii_digit();
    let mut entry = line.trim_start_matches(marks);
    for task in ["[ ]", "[x]", "[X]"] {
        entry = entry.strip_prefix(task).map_or(entry, |rest| rest.trim_start_matches(marks));
    }
    let entry = entry.trim_end_matches(|c: char| c.is_whitespace() || c == '|');
    let cells: Vec<&str> = entry.split(" | ").map(str::trim).collect();
    let entry = cells.join(": ");
    Line::new(&entry, 0..entry.len(), false)
}
