//! The verdict for people: what happened, the contract's line, the evidence, the next step.
//!
//! The shape is fixed and does not depend on the terminal's width. Nothing in it suggests a way
//! around the contract.

mod evidence;
mod fold;
mod help;
mod prompt;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use policy::attempt::Checkpoint;
use policy::verdict::{Help, Outcome, Severity, Turn, Undecided};

use self::fold::Block;
pub use self::help::Helps;
use self::help::Together;
use super::foreign::{LINE, shown};
use super::style::{ERROR, GOOD, NOTE, QUIET, STRONG, UNDECIDED, WARNING, styled};
use super::{Force, Governed, Judgement, Look, Report, contract};

/// The whole report. Empty when there is nothing to say: a hook that allows is silent.
pub fn render(report: &Report, look: Look) -> String {
    let mut page = Page { report, helps: Helps::default(), out: String::new() };
    for judgement in &report.judgements {
        let blocks = fold::blocks(&judgement.verdict.violations);
        let together = Together::of(&blocks);
        for block in &blocks {
            page.violation(judgement, block, &together);
        }
    }
    for undecided in report.judgements.iter().flat_map(|part| &part.verdict.undecided) {
        page.undecided(undecided);
    }
    if let Some(broken) = &report.broken {
        let file = broken.file.to_string();
        page.paragraph(&contract::render(&file, &broken.source, &broken.problems, look));
    }
    page.notes();
    page.way_back();
    page.paragraph(&prompt::render(report));
    page.closing();
    page.out
}

/// The next steps alone, after the line that they belong to; empty when there are none.
pub fn helps(helps: &[policy::verdict::Help]) -> String {
    Helps::default().render(helps)
}

/// The text as it grows.
struct Page<'r> {
    report: &'r Report,
    helps: Helps,
    out: String,
}

impl Page<'_> {
    /// Paragraphs are set apart by an empty line.
    fn paragraph(&mut self, text: &str) {
        if text.is_empty() {
            return;
        }
        if !self.out.is_empty() {
            self.out.push('\n');
        }
        self.out.push_str(text.trim_end_matches('\n'));
        self.out.push('\n');
    }

    fn violation(&mut self, judgement: &Judgement, block: &Block<'_>, together: &Together<'_>) {
        let first = block.first;
        let style = match first.severity {
            Severity::Error => ERROR,
            Severity::Warning => WARNING,
        };
        let head = styled(style, format!("{}[{}]", first.severity.as_str(), first.rule));
        let more = match &block.below {
            Some(directory) => format!(", and {} more below {directory}", block.more.len()),
            None => String::new(),
        };
        let mut text = format!("{head}{}\n", styled(STRONG, format!(": {}{more}", first.message)));

        let mut lines = Vec::new();
        if let Some(governed) = &judgement.under {
            lines.push(place(governed, first.contract_line));
            let cited = first.contract_line.and_then(|line| judgement.lines.get(&line));
            lines.extend(cited.map(|line| shown(line, LINE)));
        }
        lines.extend(evidence::lines(block, self.report.checkpoint));
        text.push_str(&bracket(&lines));

        if let Some(reason) = &first.waived {
            text.push_str(&format!("  {}: {}\n", styled(NOTE, "waived"), shown(reason, LINE)));
        }
        text.push_str(&self.helps.render(&help::of_block(block, together)));
        self.paragraph(&text);
    }

    fn undecided(&mut self, undecided: &Undecided) {
        let head = styled(UNDECIDED, format!("undecided[{}]", undecided.code));
        let mut text = format!("{head}{}\n", styled(STRONG, format!(": {}", undecided.message)));
        text.push_str(&self.helps.render(&undecided.help));
        self.paragraph(&text);
    }

    fn notes(&mut self) {
        let lines = self.report.notes().map(|note| {
            format!("{}: {}\n", styled(NOTE, format!("note[{}]", note.code)), note.message)
        });
        let text = lines.collect::<String>();
        self.paragraph(&text);
    }

    fn way_back(&mut self) {
        let printed: BTreeSet<&String> = self
            .report
            .judgements
            .iter()
            .flat_map(|judgement| &judgement.verdict.violations)
            .flat_map(|violation| violation.help.iter().filter_map(|help| help.command.as_ref()))
            .collect();
        let is_new = |help: &&Help| help.command.as_ref().is_none_or(|c| !printed.contains(c));
        let half_done = &self.report.half_done;
        let back: Vec<Help> = half_done.back.iter().filter(is_new).cloned().collect();
        if self.report.force == Force::Observe {
            return;
        }
        if !back.is_empty() {
            let head = styled(STRONG, "Refused when git had done half of it. The way back:");
            self.paragraph(&format!("{head}\n{}", help::aligned("  ", &back)));
        }
        if !half_done.onward.is_empty() && self.report.is_about_changes() {
            let what = if self.report.is_left_behind() { "move along" } else { "undo" };
            let head = format!("Or {what} what is refused, keep the rest, and go on:");
            let head = styled(STRONG, head);
            self.paragraph(&format!("{head}\n{}", help::aligned("  ", &half_done.onward)));
        }
    }

    /// The last line: the verdict in a word, whose work it is about, and what was counted.
    fn closing(&mut self) {
        let outcome = self.report.outcome();
        let word = format!("{}{}", outcome.as_str(), self.checkpoint());
        let line = match (outcome, self.report.force) {
            (Outcome::Allowed, _) if !self.was_asked() => return,
            (Outcome::Allowed, _) => {
                format!("{}{}{}", styled(GOOD, &word), self.subject(), self.standing())
            }
            (_, Force::Observe) => format!(
                "{}{}: {} (observe mode: reported, not refused)",
                styled(WARNING, format!("would be {word}")),
                self.subject(),
                self.counted()
            ),
            (Outcome::Denied, Force::Refuse) => {
                format!("{}{}: {}", styled(ERROR, &word), self.subject(), self.counted())
            }
            (Outcome::Undecided, Force::Refuse) => format!(
                "{}{}: what cannot be known is refused",
                styled(UNDECIDED, &word),
                self.subject(),
            ),
        };
        self.paragraph(&line);
    }

    /// Whether somebody asked, and so is told when all is well. A hook is not.
    fn was_asked(&self) -> bool {
        matches!(self.report.checkpoint, Checkpoint::Check | Checkpoint::CheckLanding)
    }

    /// ` at pre-commit`: which of the checkpoints speaks, where nobody asked one.
    fn checkpoint(&self) -> String {
        if self.was_asked() {
            return String::new();
        }
        format!(" at {}", self.report.checkpoint.as_str())
    }

    /// `: agent-1 on agents/uploads`
    fn subject(&self) -> String {
        let reference = self.report.reference.as_ref().map(|name| shown(&name.short(), LINE));
        if let (Some(agent), Some(branch)) = (self.report.who_may_not_land(), &reference) {
            return format!(": {agent} landing {branch}");
        }
        match (&self.report.agent, reference) {
            (Some(agent), Some(branch)) => format!(": {agent} on {branch}"),
            (Some(agent), None) => format!(": {agent}"),
            (None, Some(branch)) => format!(": {branch}"),
            (None, None) => String::new(),
        }
    }

    /// Under which contract, and whether it may land.
    fn standing(&self) -> String {
        let contract = self.report.contract.as_ref().map(|governed| {
            let (file, version) = (&governed.contract.path, governed.contract.version);
            format!(", under {file} version {version} {}", origin(governed))
        });
        let landed = self.report.notes().any(|note| note.code == "landed");
        // Whose turn it is to do what is done is nothing to be told.
        let turn = self.report.turn.as_ref().filter(|_| !landed).map(turn_line);
        contract.unwrap_or_default() + &turn.unwrap_or_default()
    }

    fn counted(&self) -> String {
        let violations = self.report.judgements.iter().flat_map(|part| &part.verdict.violations);
        let (mut errors, mut warnings) = (0, 0);
        for violation in violations {
            match violation.severity {
                Severity::Error => errors += 1,
                Severity::Warning => warnings += 1,
            }
        }
        let parts = self.report.judgements.iter();
        let unknown = parts.map(|part| part.verdict.undecided.len()).sum();
        let counts =
            [(errors, "error", "s"), (warnings, "warning", "s"), (unknown, "undecided", "")];
        let said = counts.iter().filter(|(count, ..)| *count > 0).map(|(count, word, plural)| {
            let plural = if *count == 1 { "" } else { plural };
            format!("{count} {word}{plural}")
        });
        said.collect::<Vec<_>>().join(", ")
    }
}

/// Whether the lane may land, for the end of a line.
fn turn_line(turn: &Turn) -> String {
    if turn.waits_for.is_empty() {
        return if turn.now { "; its turn to land".to_owned() } else { String::new() };
    }
    let lanes = turn.waits_for.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    match turn.now {
        true => format!("; may land, though {lanes} should be first: that is waived"),
        false => format!("; waits for {lanes} before it may land"),
    }
}

/// `CONTRACT.md:16 on main (1f3c9ab)`
fn place(governed: &Governed, line: Option<u32>) -> String {
    let line = line.map(|line| format!(":{line}")).unwrap_or_default();
    format!("{}{line} {}", governed.contract.path, origin(governed))
}

/// `on main (1f3c9ab)`: the trunk that the contract was read from, and its commit.
fn origin(governed: &Governed) -> String {
    format!("on {} ({})", trunk_name(governed), governed.contract.commit.short())
}

/// `main`, or `origin/main` where the upstream's tracking ref was read.
pub(super) fn trunk_name(governed: &Governed) -> String {
    let short = governed.trunk.short();
    shown(short.strip_prefix("refs/remotes/").unwrap_or(&short), LINE)
}

/// Lines held together by a bracket on their left.
fn bracket(lines: &[String]) -> String {
    let last = lines.len().saturating_sub(1);
    let drawn = lines.iter().enumerate().map(|(index, line)| {
        let corner = match index {
            _ if index == last => "└",
            0 => "┌",
            _ => "│",
        };
        format!("  {} {line}\n", styled(QUIET, corner))
    });
    drawn.collect()
}
