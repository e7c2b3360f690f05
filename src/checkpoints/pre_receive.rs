//! `pre-receive`: a push that is about to be taken in. This is the authority.
//!
//! It runs on the server, inside the quarantine: the pushed objects are found only through the
//! environment that git set. Each line of its input is `<old> <new> <ref>`. The old value is what
//! the client's push was told, so the present one is read from the repository instead. Where the two
//! differ git refuses that ref when it comes to it, and moves the others all the same (2.39 and
//! 2.47): nothing may be judged by a move that is known to fail.

use std::collections::HashMap;

use policy::attempt::Checkpoint;
use policy::verdict::Verdict;

use super::input::{self, Received};
use super::{Docket, Ground, folded, judge_moves, present, unreadable};
use crate::evidence::case::Acting;
use crate::evidence::identity::pusher;
use crate::evidence::moves::{RefMove, is_judged};
use crate::evidence::{Known, Unknown};
use crate::report::{Judgement, Report};
use crate::system::environment::Environment;

/// Judges a push that arrives.
pub fn judge(ground: &Ground<'_>, environment: &Environment, input: &[u8]) -> Known<Report> {
    let checkpoint = Checkpoint::PreReceive;
    let mut moves: Vec<RefMove> = Vec::new();
    let mut goes = HashMap::new();
    let mut failing = Vec::new();
    for received in input::each(input, input::received) {
        let received = received.map_err(|error| unreadable(checkpoint, error))?;
        let claimed = received.claimed;
        let Some(moved) = read_move(ground, received)? else { continue };
        if claimed != moved.old {
            failing.push(Unknown::MovedMeanwhile {
                name: moved.name.clone(),
                claimed,
                present: moved.old,
            });
        }
        if goes.insert(moved.name.clone(), moved.new).is_some_and(|other| other != moved.new) {
            failing.push(Unknown::MovedTwice(moved.name.clone()));
        }
        moves.push(moved);
    }
    if moves.is_empty() {
        return Ok(Docket::new(checkpoint, ground.force, None).report);
    }
    let acting = Acting::Pushing(pusher(ground.view, |name| environment.text(name))?);
    let mut report = judge_moves(ground, checkpoint, &acting, &moves)?;
    let undecided = |unknown: Unknown| Verdict::undecided(unknown.into_undecided());
    let failing = failing.into_iter().map(undecided).map(Judgement::without_contract);
    report.judgements.extend(failing);
    Ok(report)
}

fn read_move(ground: &Ground<'_>, received: Received) -> Known<Option<RefMove>> {
    let Received { name, new, .. } = received;
    let name = folded::in_its_directory(ground.view, name)?;
    let (name, old) = present(ground.view, &name)?;
    if !is_judged(&name) || old == new {
        return Ok(None);
    }
    Ok(Some(RefMove { name, old, new, symbolic: None }))
}
