//! `additions-only`: lines are lost from a file to which a lane may only add.

use crate::change::{Change, EntryMode, Instead, Lines};
use crate::contract::Mode;
use crate::text::printable;
use crate::verdict::Undecided;

use super::case::Case;
use super::findings::{Finding, Findings};
use super::{Explanation, Group, Rule, help};

pub const RULE: Rule =
    Rule { code: "additions-only", group: Group::Paths, explain: EXPLAIN, judge };

const EXPLAIN: Explanation = Explanation {
    summary: "Where a lane may only add, every old line stays, in its order.",
    meaning: "The old lines must be a subsequence of the new ones. Lines end at LF, a CR is part \
              of its line, and a missing last newline is forgiven. The file is not deleted or \
              renamed, does not become something else, and keeps its executable bit. A new file \
              is an addition. A binary file cannot be shown to keep its lines and counts as \
              changed. In a list with commas between its entries, such as JSON, a new last entry \
              changes the line before it: it goes above that one.",
    example: "agent-1 may add to src/api/router.ts. It adds its route, and reformats the line \
              above.",
    reason: "Additions of several lanes to one list merge. A rewritten line is somebody else's.",
    remedy: "Bring the old lines back and keep the added ones, or undo the change.",
};

fn judge(case: &Case<'_>, out: &mut Findings) {
    for (judged, line) in case.granted_in(Mode::AdditionsOnly) {
        let (lane, change) = (judged.lane, judged.change);
        let path = &change.path;
        match effect(change) {
            Effect::Adds => {}
            Effect::Takes(what) => {
                let message = format!("{lane} may only add to {path}: {what}");
                let undo = help::undo(case, judged);
                let finding = Finding::error(message).agent(lane).change(change).line(line);
                out.add(finding.help([help::advice(way_back(change))]).help(undo));
            }
            Effect::NotKnown => {
                let message = format!("whether {path} keeps its old lines was not read");
                let help = help::undo(case, judged);
                out.unknown(lane, path, Undecided { code: "lines-unknown", message, help });
            }
        }
    }
}

/// What to do about it but to undo it, so that what was added stays.
fn way_back(change: &Change) -> &'static str {
    let Lines::Lost { instead, .. } = &change.lines else { return "bring the old lines back" };
    match instead {
        Instead::Nothing => "bring the old lines back",
        Instead::WithoutCr => {
            "write the file with the line ends that it had, CRLF (as unix2dos does), and stage it again"
        }
        Instead::WithCr => {
            "write the file with the line ends that it had, LF (as dos2unix does), and stage it again"
        }
        Instead::Unmarked => "write the file with a byte order mark, and stage it again",
        Instead::Marked => "write the file without a byte order mark, and stage it again",
        Instead::WithComma => {
            "put the new entry above that line, with its own comma: the last one stays as it is"
        }
    }
}

/// What a change does to what was there.
enum Effect {
    Adds,
    Takes(String),
    NotKnown,
}

fn effect(change: &Change) -> Effect {
    let takes = |what: &str| Effect::Takes(what.to_owned());
    let (old, new) = match (change.old, change.new) {
        (None, _) => return Effect::Adds,
        (Some(_), None) => return takes("it is deleted"),
        (Some(old), Some(new)) => (old, new),
    };
    let is_file = |mode| matches!(mode, EntryMode::File | EntryMode::Executable);
    if old.mode != new.mode {
        let bit = is_file(old.mode) && is_file(new.mode);
        return takes(if bit { "its executable bit changes" } else { "it becomes something else" });
    }
    if old.id == new.id {
        return Effect::Adds;
    }
    if old.mode == EntryMode::Submodule {
        return takes("a submodule has no lines");
    }
    match &change.lines {
        Lines::Kept => Effect::Adds,
        Lines::Lost { line, text, instead } => Effect::Takes(match instead {
            Instead::Nothing => format!("line {line} is gone, which was \"{}\"", shortened(text)),
            Instead::WithoutCr => format!("line {line} ended with CRLF, and ends with LF"),
            Instead::WithCr => format!("line {line} ends with CRLF, and did not"),
            Instead::Unmarked => "the byte order mark at its beginning is gone".to_owned(),
            Instead::Marked => "a byte order mark stands at its beginning".to_owned(),
            Instead::WithComma => {
                format!("line {line}, \"{}\", has got a comma at its end", shortened(text))
            }
        }),
        Lines::Unknown(reason) => {
            Effect::Takes(format!("its lines cannot be compared ({})", printable(reason)))
        }
        Lines::NotRead => Effect::NotKnown,
    }
}

/// Enough of a line to be recognised, safe to print.
fn shortened(line: &str) -> String {
    const LONGEST: usize = 60;
    let line = line.trim();
    match line.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", printable(&line[..end])),
        None => printable(line),
    }
}
