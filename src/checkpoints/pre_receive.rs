//! `pre-receive`: a push that is about to be taken in. This is the authority.
//!
//! It runs on the server, inside the quarantine: the pushed objects are found only through the
//! environment that git set. Each line of its input is `<old> <new> <ref>`. The old value is what
//! the client's push was told, so the present one is read from the repository instead.

use policy::attempt::Checkpoint;

use super::input::{self, Received};
use super::{Docket, Ground, judge_moves, present, unreadable};
use crate::evidence::Known;
use crate::evidence::case::Acting;
use crate::evidence::identity::pusher;
use crate::evidence::moves::{RefMove, is_judged};
use crate::report::Report;
use crate::system::environment::Environment;

/// Judges a push that arrives.
pub fn judge(ground: &Ground<'_>, environment: &Environment, input: &[u8]) -> Known<Report> {
    let checkpoint = Checkpoint::PreReceive;
    let mut moves = Vec::new();
    for received in input::each(input, input::received) {
        let received = received.map_err(|error| unreadable(checkpoint, error))?;
        moves.extend(read_move(ground, received)?);
    }
    if moves.is_empty() {
        return Ok(Docket::new(checkpoint, ground.force, None).report);
    }
    let acting = Acting::Pushing(pusher(ground.view, |name| environment.text(name))?);
    judge_moves(ground, checkpoint, &acting, &moves)
}

fn read_move(ground: &Ground<'_>, received: Received) -> Known<Option<RefMove>> {
    let Received { name, new } = received;
    let (name, old) = present(ground.view, &name)?;
    if !is_judged(&name) || old == new {
        return Ok(None);
    }
    Ok(Some(RefMove { name, old, new, symbolic: None }))
}
