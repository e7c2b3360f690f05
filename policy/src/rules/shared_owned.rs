//! `shared-owned`: a lane changes a shared path that belongs to others.

use crate::contract::Permission;

use super::case::Case;
use super::findings::{Finding, Findings};
use super::{Explanation, Group, Rule, help};

pub const RULE: Rule = Rule { code: "shared-owned", group: Group::Paths, explain: EXPLAIN, judge };

const EXPLAIN: Explanation = Explanation {
    summary: "A shared path is edited by its owner, or by those who may add to it, and by nobody \
              else.",
    meaning: "A shared path has one owner, or a list of agents that may add lines. Its policy \
              counts before any scope: a path that is both in a scope and shared is judged as \
              shared.",
    example: "The contract says `package.json: agent-1 owns`. agent-2 adds a dependency to it.",
    reason: "Files that cannot be partitioned conflict on every merge, or are overwritten in \
             silence. One owner makes one diff.",
    remedy: "Undo the change and ask the owner to make it.",
};

fn judge(case: &Case<'_>, out: &mut Findings) {
    for judged in case.lane_changes() {
        let Permission::Owned { by, line } = judged.permission else { continue };
        let (lane, path) = (judged.lane, &judged.change.path);
        let owner = if let [owner] = by { Some(owner) } else { None };
        let more = judged.any_more();
        let message = match owner {
            Some(owner) => format!("{lane} may not edit {path}{more}: {owner} owns it"),
            None => format!("{lane} may not edit {path}{more}: it is for {}", help::all_of(by)),
        };
        let finding = Finding::error(message).agent(lane).change(judged.change).owner(owner);
        let finding = finding.taken_away(judged.taken_away);
        out.add(finding.line(line).help(help::undo(case, judged)).help([help::ask(by)]));
    }
}
