//! A hook as git calls it: which one, what it judges, and what it prints.

use std::ffi::OsString;

use policy::attempt::Checkpoint;

use super::{
    Ground, pre_commit, pre_merge_commit, pre_push, pre_receive, reference_transaction,
    unknown_report,
};
use crate::evidence::Known;
use crate::evidence::contract::head_holds_none;
use crate::report::{Force, Report};
use crate::repository::{self, GitView, Wanted};
use crate::system::environment::Environment;

/// What git gave to a hook.
#[derive(Clone, Copy)]
pub struct Call<'a> {
    /// Its arguments, without its name.
    pub arguments: &'a [OsString],
    /// Its standard input.
    pub input: &'a [u8],
    /// Where the hook lies serves every repository of a user or a machine: asked only where it
    /// makes a difference.
    pub serves_every_repository: &'a dyn Fn() -> bool,
    /// Whether git will ask the gate about the move of the branch too, which a commit ends with.
    pub judges_moves: &'a dyn Fn() -> bool,
}

/// Judges what a hook is asked about. `None` when the call cannot matter: nothing was opened, or
/// this repository is under no contract.
pub fn judge(checkpoint: Checkpoint, call: Call<'_>, environment: &Environment) -> Option<Report> {
    let Call { arguments, input, .. } = call;
    let first = arguments.first().map(|argument| argument.to_string_lossy());
    if checkpoint == Checkpoint::ReferenceTransaction
        && !reference_transaction::matters(first.as_deref(), input)
    {
        return None;
    }
    let first = first.as_deref().unwrap_or_default();
    attempt(checkpoint, first, call, environment).unwrap_or_else(|unknown| {
        // How the gate is set here is not known either.
        Some(unknown_report(checkpoint, Force::Refuse, unknown))
    })
}

fn attempt(
    checkpoint: Checkpoint,
    first: &str,
    call: Call<'_>,
    environment: &Environment,
) -> Known<Option<Report>> {
    let wanted = match checkpoint {
        Checkpoint::PreCommit | Checkpoint::PreMergeCommit => Wanted::Index,
        _ => Wanted::History,
    };
    let (view, input) = (repository::open(environment, wanted)?, call.input);
    if is_under_no_contract(view.as_ref(), call)? {
        return Ok(None);
    }
    let mut ground = Ground::new(view.as_ref())?;
    ground.remote = environment.lanes_at().or(ground.remote);
    let judged = match checkpoint {
        Checkpoint::PreCommit => pre_commit::judge(&ground, environment, call.judges_moves),
        Checkpoint::PreMergeCommit => {
            pre_merge_commit::judge(&ground, environment, call.judges_moves)
        }
        Checkpoint::ReferenceTransaction => {
            reference_transaction::judge(&ground, environment, input)
        }
        Checkpoint::PrePush => pre_push::judge(&ground, environment, first, input),
        Checkpoint::PreReceive => pre_receive::judge(&ground, environment, input),
        Checkpoint::Check | Checkpoint::CheckLanding => {
            Err(crate::evidence::Unknown::Other("check is no hook".to_owned()))
        }
    };
    let refuse = |unknown| unknown_report(checkpoint, ground.force, unknown);
    Ok(Some(judged.unwrap_or_else(refuse)))
}

/// Whether hooks that are there for every repository were called in one that nobody has put under
/// a contract: no trunk is set, and HEAD holds nothing that looks like a contract. Hooks of this
/// repository's own were put there because of one, and a trunk that is not set blocks.
fn is_under_no_contract(view: &dyn GitView, call: Call<'_>) -> Known<bool> {
    if view.config("contractgate.trunk")?.is_some_and(|trunk| !trunk.is_empty())
        || !(call.serves_every_repository)()
    {
        return Ok(false);
    }
    Ok(head_holds_none(view)?)
}

/// Whether a checkpoint reads what git writes to its standard input.
pub fn reads_input(checkpoint: Checkpoint) -> bool {
    matches!(
        checkpoint,
        Checkpoint::ReferenceTransaction | Checkpoint::PrePush | Checkpoint::PreReceive
    )
}
