//! `shared-frozen`: a lane changes a shared path that nobody may edit.

use crate::contract::Permission;

use super::case::Case;
use super::findings::{Finding, Findings};
use super::{Explanation, Group, Rule, help};

pub const RULE: Rule = Rule { code: "shared-frozen", group: Group::Paths, explain: EXPLAIN, judge };

const EXPLAIN: Explanation = Explanation {
    summary: "A shared path that nobody edits is edited by no lane.",
    meaning: "The policy `nobody edits` takes a path out of every lane, whatever a scope says. The \
              human who merges the lanes may still change it, on the trunk.",
    example: "The contract says `tsconfig.json: nobody edits`. agent-2 switches a stricter option \
              on.",
    reason: "A helpful refactoring of shared configuration never looks harmful in a single diff. \
             Stacked across several lanes it breaks them all at once.",
    remedy: "Undo the change, and leave it to the human merge step.",
};

fn judge(case: &Case<'_>, out: &mut Findings) {
    for judged in case.lane_changes() {
        let Permission::Frozen { line } = judged.permission else { continue };
        let (lane, path) = (judged.lane, &judged.change.path);
        let more = judged.any_more();
        let message = format!("{lane} may not edit {path}{more}: nobody edits it");
        let finding = Finding::error(message).agent(lane).change(judged.change).line(line);
        let finding = finding.taken_away(judged.taken_away);
        let undo = help::undo(case, judged);
        out.add(finding.help(undo).help([help::leave_to_the_merge()]));
    }
}
