//! `no-delete`: a lane deletes a file that it may edit but not delete.

use crate::contract::Mode;

use super::case::Case;
use super::findings::{Finding, Findings};
use super::{Explanation, Group, Rule, help};

pub const RULE: Rule = Rule { code: "no-delete", group: Group::Paths, explain: EXPLAIN, judge };

const EXPLAIN: Explanation = Explanation {
    summary: "Where a lane may not delete, every file stays.",
    meaning: "A path under `no-delete` may be created and edited in any way, and must be there \
              at the lane's tip when it was there on the merge base. Renaming it takes the old \
              name away, and so counts as deleting it.",
    example: "The tests of agent-3 are `no-delete`. It deletes a failing test.",
    reason: "Deleting what is in the way, a test above all, makes any lane green.",
    remedy: "Bring the file back: undo the deletion.",
};

fn judge(case: &Case<'_>, out: &mut Findings) {
    for (judged, line) in case.granted_in(Mode::NoDelete) {
        let (lane, change) = (judged.lane, judged.change);
        if change.old.is_none() || change.new.is_some() {
            continue;
        }
        let message = format!("{lane} may not delete {}", change.path);
        let undo = help::undo(case, judged);
        let finding = Finding::error(message).agent(lane).change(change).line(line);
        out.add(finding.help(undo));
    }
}
