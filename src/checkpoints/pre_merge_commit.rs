//! `pre-merge-commit`: a merge that is about to be committed.
//!
//! There is no `MERGE_HEAD` yet; git names the heads by variables `GITHEAD_<id>`. The index holds
//! the merge's result already (git 2.39 and 2.47).

use policy::attempt::Checkpoint;
use policy::oid::Oid;

use super::{Ground, pre_commit, way_back};
use crate::evidence::Known;
use crate::report::Report;
use crate::system::environment::Environment;

/// Judges the index of this worktree as a merge of the heads that the environment names.
pub fn judge(
    ground: &Ground<'_>,
    environment: &Environment,
    judges_moves: &dyn Fn() -> bool,
) -> Known<Report> {
    let mut merged: Vec<Oid> = Vec::new();
    for head in environment.merge_heads() {
        if let Some(commit) = ground.view.peel_to_commit(head.id)? {
            merged.push(commit);
        }
    }
    merged.extend(pre_commit::concluded_merge(ground)?);
    merged.sort_unstable();
    merged.dedup();
    let checkpoint = Checkpoint::PreMergeCommit;
    let mut report = pre_commit::judge_index(ground, environment, checkpoint, merged, None)?;
    if report.exit_status() != 0 {
        report.half_done = way_back::of_merge(ground.view);
    }
    pre_commit::leave_to_the_move(&mut report, judges_moves);
    Ok(report)
}
