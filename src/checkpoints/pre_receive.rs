//! `pre-receive`: a push that is about to be taken in. This is the authority.
//!
//! It runs on the server, inside the quarantine: the pushed objects are found only through the
//! environment that git set. Each line of its input is `<old> <new> <ref>`. The old value is what
//! the client's push was told, so the present one is read from the repository instead. Where the two
//! differ git refuses that ref when it comes to it, and moves the others all the same (2.39 and
//! 2.47): nothing may be judged by a move that is known to fail.

use std::collections::HashMap;

use policy::attempt::Checkpoint;
use policy::oid::Oid;
use policy::verdict::Verdict;

use super::input::{self, Received};
use super::{Docket, Ground, folded, judge_moves, present, unreadable};
use crate::evidence::case::Acting;
use crate::evidence::identity::pusher;
use crate::evidence::moves::{RefMove, is_judged};
use crate::evidence::{Known, Unknown};
use crate::report::{Judgement, Report};
use crate::repository::{ReadError, boundary_in};
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
    let mut report = if moves.is_empty() {
        Docket::new(checkpoint, ground.force, None).report
    } else {
        let acting = Acting::Pushing(pusher(ground.view, |name| environment.text(name))?);
        judge_moves(ground, checkpoint, &acting, &moves)?
    };
    let undecided = |unknown: Unknown| Verdict::undecided(unknown.into_undecided());
    let failing = failing.into_iter().map(undecided).map(Judgement::without_contract);
    report.judgements.extend(failing);
    // By whatever ref it comes, a tag too.
    if let Some(at) = cut_off(ground, environment)? {
        let unknown = Unknown::from(ReadError::Shallow { at });
        report.judgements.push(Judgement::without_contract(undecided(unknown)));
    }
    Ok(report)
}

/// A commit at which git is about to cut the history here off: one that is new, and that the client has
/// without its parents. Where `receive.shallowUpdate` is set git hands its hooks a `GIT_SHALLOW_FILE` with
/// the commits at which the client's history ends, and writes those into `shallow` that no ref here has
/// (git 2.39 and 2.47). Then what the commit stands on is no more in the history of what it is pushed to.
fn cut_off(ground: &Ground<'_>, environment: &Environment) -> Known<Option<Oid>> {
    let Some(file) = environment.get("GIT_SHALLOW_FILE").filter(|file| !file.is_empty()) else {
        return Ok(None);
    };
    let (view, here) = (ground.view, ground.view.shallow()?);
    let branches = view.references("refs/heads/")?;
    let tips: Vec<Oid> = branches.iter().map(|branch| branch.target).collect();
    for at in boundary_in(&environment.directory().join(file))?.difference(&here) {
        let is_root = view.commit(*at).is_ok_and(|commit| commit.parents.is_empty());
        if !is_root && !ground.history.is_reachable(*at, &tips)? {
            return Ok(Some(*at));
        }
    }
    Ok(None)
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
