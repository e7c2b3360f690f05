//! A hook as git calls it: which one, what it judges, and what it prints.

use std::ffi::OsString;

use policy::attempt::Checkpoint;

use super::{
    Ground, pre_commit, pre_merge_commit, pre_push, pre_receive, reference_transaction,
    unknown_report,
};
use crate::evidence::Known;
use crate::report::{Force, Report};
use crate::repository;
use crate::system::environment::Environment;

/// Judges what a hook is asked about: its arguments (without its name) and its input. `None`
/// when the call cannot matter, so that nothing was opened.
pub fn judge(
    checkpoint: Checkpoint,
    arguments: &[OsString],
    input: &[u8],
    environment: &Environment,
) -> Option<Report> {
    let first = arguments.first().map(|argument| argument.to_string_lossy());
    if checkpoint == Checkpoint::ReferenceTransaction
        && !reference_transaction::matters(first.as_deref(), input)
    {
        return None;
    }
    let first = first.as_deref().unwrap_or_default();
    Some(attempt(checkpoint, first, input, environment).unwrap_or_else(|unknown| {
        // How the gate is set here is not known either.
        unknown_report(checkpoint, Force::Refuse, unknown)
    }))
}

fn attempt(
    checkpoint: Checkpoint,
    first: &str,
    input: &[u8],
    environment: &Environment,
) -> Known<Report> {
    let view = repository::open(environment)?;
    let ground = Ground::new(view.as_ref())?;
    let judged = match checkpoint {
        Checkpoint::PreCommit => pre_commit::judge(&ground, environment),
        Checkpoint::PreMergeCommit => pre_merge_commit::judge(&ground, environment),
        Checkpoint::ReferenceTransaction => {
            reference_transaction::judge(&ground, environment, input)
        }
        Checkpoint::PrePush => pre_push::judge(&ground, environment, first, input),
        Checkpoint::PreReceive => pre_receive::judge(&ground, environment, input),
        Checkpoint::Check | Checkpoint::CheckLanding => {
            Err(crate::evidence::Unknown::Other("check is no hook".to_owned()))
        }
    };
    Ok(judged.unwrap_or_else(|unknown| unknown_report(checkpoint, ground.force, unknown)))
}

/// Whether a checkpoint reads what git writes to its standard input.
pub fn reads_input(checkpoint: Checkpoint) -> bool {
    matches!(
        checkpoint,
        Checkpoint::ReferenceTransaction | Checkpoint::PrePush | Checkpoint::PreReceive
    )
}
