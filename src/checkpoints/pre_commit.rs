//! `pre-commit`: the index that git is about to commit.
//!
//! It runs for `git commit`, also for the one that concludes a merge which stopped at a conflict:
//! then `MERGE_HEAD` names the other parents (git 2.39 and 2.47).

use policy::attempt::Checkpoint;
use policy::oid::Oid;

use super::{Docket, Ground, asker, overwritten, way_back};
use crate::evidence::located::{Side, Trunk};
use crate::evidence::staged::Staged;
use crate::evidence::{Known, Unknown};
use crate::report::Report;
use crate::repository::Head;
use crate::system::environment::Environment;
use crate::system::files;

/// Judges the index of this worktree.
pub fn judge(
    ground: &Ground<'_>,
    environment: &Environment,
    judges_moves: &dyn Fn() -> bool,
) -> Known<Report> {
    let merged = concluded_merge(ground)?;
    let mut report = judge_index(ground, environment, Checkpoint::PreCommit, merged, None)?;
    leave_to_the_move(&mut report, judges_moves);
    Ok(report)
}

/// Leaves what is said and refuses nothing to the move that a commit on a branch ends with, where
/// git asks about that too: so it is said once, and with the commit's name.
pub fn leave_to_the_move(report: &mut Report, judges_moves: &dyn Fn() -> bool) {
    let is_told = report.exit_status() == 0 && report.reference.is_some() && !report.is_silent();
    if is_told && judges_moves() {
        report.judgements.retain(|judgement| judgement.under.is_none());
    }
}

/// Judges the index as a commit with these other parents.
pub fn judge_index(
    ground: &Ground<'_>,
    environment: &Environment,
    checkpoint: Checkpoint,
    merged: Vec<Oid>,
    trunk: Option<&str>,
) -> Known<Report> {
    let acting = asker(ground.view, environment)?;
    let remote = ground.remote.as_deref();
    let trunk = Trunk::locate(&ground.history, trunk, remote, Side::Client)?;
    let contracts = ground.contracts(&trunk)?;
    let staged = Staged {
        history: &ground.history,
        contracts: &contracts,
        trunk: &trunk,
        acting: &acting,
        checkpoint,
        head: ground.view.head()?,
        merged,
        remote: ground.remote.clone(),
    };
    let mut docket = Docket::new(checkpoint, ground.force, Some(&trunk));
    let branch = match &staged.head {
        Head::Branch(name, _) => Some(name.clone()),
        Head::Unborn(_) | Head::Detached(_) => None,
    };
    if let Some(case) = staged.case().transpose() {
        docket.take(case);
        let refused = docket.report.exit_status() != 0;
        // In a lane what is refused is undone path by path; on the trunk nothing else tells how.
        if refused
            && checkpoint == Checkpoint::PreCommit
            && branch.as_ref() == Some(&trunk.reference)
        {
            docket.report.half_done = way_back::of_staged(ground.view);
        }
        let note = branch.and_then(|branch| overwritten::note(ground.view, &branch, refused));
        docket.note(note);
    }
    Ok(docket.report)
}

/// The other parents of a merge that is being concluded.
pub fn concluded_merge(ground: &Ground<'_>) -> Known<Vec<Oid>> {
    let path = ground.view.place().git_dir.join("MERGE_HEAD");
    let text = match files::read(&path, 64 * 1024) {
        Ok(Some(text)) => text,
        Ok(None) => return Ok(Vec::new()),
        Err(error) => return Err(Unknown::Other(format!("MERGE_HEAD cannot be read: {error}"))),
    };
    let text = String::from_utf8_lossy(&text);
    text.lines()
        .map(|line| {
            line.trim().parse().map_err(|_| Unknown::Other("MERGE_HEAD names no commit".to_owned()))
        })
        .collect()
}
