//! `pre-push`: every ref of a push that is about to leave.
//!
//! Its arguments are the remote's name and address; each line of its input is `<local ref>
//! <local id> <remote ref> <remote id>`, with a zero id where there is nothing.

use policy::attempt::Checkpoint;
use policy::name::RefName;
use policy::oid::Oid;

use super::input::{self, Pushed};
use super::{
    Docket, Ground, asker, deployed, judge_moves, known_there, overwritten, unpushed, unreadable,
};
use crate::evidence::Known;
use crate::evidence::located::{Side, Trunk};
use crate::evidence::moves::RefMove;
use crate::report::{Judgement, Report};
use crate::system::environment::Environment;

/// Judges a push to a remote.
pub fn judge(
    ground: &Ground<'_>,
    environment: &Environment,
    remote: &str,
    input: &[u8],
) -> Known<Report> {
    let checkpoint = Checkpoint::PrePush;
    let mut moves = Vec::new();
    for pushed in input::each(input, input::pushed) {
        let pushed = pushed.map_err(|error| unreadable(checkpoint, error))?;
        moves.extend(read_move(ground, remote, pushed)?);
    }
    let trunk = Trunk::locate(&ground.history, None, ground.remote.as_deref(), Side::Client).ok();
    deployed::leave_out(ground, trunk.as_ref(), remote, &mut moves)?;
    if moves.is_empty() {
        return Ok(Docket::new(checkpoint, ground.force, None).report);
    }
    let acting = asker(ground.view, environment)?;
    let mut report = judge_moves(ground, checkpoint, &acting, &moves)?;
    let refused = report.exit_status() != 0;
    let named = moves.iter().filter(|moved| moved.name.branch_name().is_some());
    let notes = named.filter_map(|moved| overwritten::note(ground.view, &moved.name, refused));
    // What follows leads on, and decides nothing.
    let elsewhere = trunk
        .as_ref()
        .filter(|_| refused)
        .and_then(|trunk| deployed::note(ground, trunk, remote, &moves));
    let unpushed = trunk.as_ref().and_then(|trunk| unpushed::note(ground, trunk, remote, &moves));
    let there = trunk
        .filter(|_| !refused)
        .and_then(|trunk| known_there::note(ground, trunk, remote, &moves));
    report
        .judgements
        .extend(Judgement::of_notes(notes.chain(elsewhere).chain(unpushed).chain(there)));
    Ok(report)
}

fn read_move(ground: &Ground<'_>, remote: &str, pushed: Pushed) -> Known<Option<RefMove>> {
    let Pushed { name, new, claimed } = pushed;
    let old = match claimed {
        Some(old) if is_here(ground, old)? => Some(old),
        Some(_) => tracked(ground, remote, &name)?,
        None => None,
    };
    if old == new {
        return Ok(None);
    }
    Ok(Some(RefMove { name, old, new, symbolic: None }))
}

fn is_here(ground: &Ground<'_>, id: Oid) -> Known<bool> {
    match ground.view.peel_to_commit(id) {
        Ok(_) => Ok(true),
        Err(crate::repository::ReadError::Object { .. }) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// What the tracking ref of a remote's branch holds.
fn tracked(ground: &Ground<'_>, remote: &str, name: &RefName) -> Known<Option<Oid>> {
    let Some(branch) = name.branch_name() else { return Ok(None) };
    let found = ground.view.reference(&RefName::tracking(remote, branch))?;
    Ok(found.map(|reference| reference.target))
}
