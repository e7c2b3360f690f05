//! `create-only`: a lane changes a file where it may only create new ones.

use crate::contract::Mode;

use super::case::Case;
use super::findings::{Finding, Findings};
use super::{Explanation, Group, Rule, help};

pub const RULE: Rule = Rule { code: "create-only", group: Group::Paths, explain: EXPLAIN, judge };

const EXPLAIN: Explanation = Explanation {
    summary: "Where a lane may only create files, those that were there stay untouched.",
    meaning: "A path under `create-only` must not have existed on the merge base of lane and \
              trunk. What the lane itself has created it may go on editing until it lands.",
    example: "agent-2 may create files in src/db/migrations/**. It corrects a migration that is \
              on the trunk.",
    reason: "Migrations, changelog fragments and the like are records: once somebody has used \
             them, changing them breaks those who did.",
    remedy: "Undo the change and write a new file.",
};

fn judge(case: &Case<'_>, out: &mut Findings) {
    for (judged, line) in case.granted_in(Mode::CreateOnly) {
        let (lane, change) = (judged.lane, judged.change);
        if change.old.is_none() {
            continue;
        }
        let path = &change.path;
        let message = format!("{lane} may only create new files here, and {path} was there before");
        let undo = help::undo(case, judged);
        let finding = Finding::error(message).agent(lane).change(change).line(line);
        out.add(finding.help(undo).help([help::advice("write a new file instead")]));
    }
}
