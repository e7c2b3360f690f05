//! A push of lanes that have taken in what of the trunk the remote does not have yet: a gate there
//! has to take it for the lanes' own work. Reads refs and history; decides nothing, since what the
//! remote has may have moved on since it was asked.

use policy::name::RefName;
use policy::oid::Oid;
use policy::text::{printable, shell_word};
use policy::verdict::Note;

use super::Ground;
use crate::evidence::Known;
use crate::evidence::contract::Held;
use crate::evidence::located::Trunk;
use crate::evidence::moves::RefMove;

/// What there is to say before the network is asked; `None` where the trunk goes along, where the
/// remote is not known to have one, and where something of it cannot be read: no verdict hangs on
/// it.
pub fn note(ground: &Ground<'_>, trunk: &Trunk, remote: &str, moves: &[RefMove]) -> Option<Note> {
    if moves.iter().any(|moved| moved.name == trunk.reference) {
        return None;
    }
    if is_published_elsewhere(ground, trunk, remote) {
        return None;
    }
    let branch = trunk.reference.branch_name()?;
    let there = ground.view.reference(&RefName::tracking(remote, branch)).ok()??.target;
    let lanes = lanes_with_more(ground, trunk, there, moves).ok()?;
    if lanes.is_empty() {
        return None;
    }
    let names: Vec<String> = lanes.iter().map(|name| printable(&name.short())).collect();
    let holds = if names.len() == 1 { "holds" } else { "hold" };
    let (shown, to) = (printable(&trunk.name), printable(remote));
    let command = format!("git push {} {}", shell_word(remote), shell_word(&trunk.name));
    let message = format!(
        "{} {holds} commits of {shown} that {to} is not known to have: a gate there takes them for the \
         lane's own work until {shown} is there; the dispatcher pushes it first: {command}",
        names.join(", "),
    );
    Some(Note { code: "trunk-unpushed", message: printable(&message) })
}

/// Whether another remote, the trunk's own upstream, has all of the trunk: then this remote is a fork
/// that lanes are offered from, and its trunk is none that they land on.
fn is_published_elsewhere(ground: &Ground<'_>, trunk: &Trunk, remote: &str) -> bool {
    let (Some((upstream, there)), Some(local)) = (&trunk.upstream, trunk.local) else {
        return false;
    };
    let is_elsewhere = upstream.tracked().is_some_and(|(name, _)| name != remote.as_bytes());
    is_elsewhere && ground.history.is_ancestor(local, *there).unwrap_or(false)
}

/// The lanes that hold commits of the local trunk beyond a commit.
fn lanes_with_more(
    ground: &Ground<'_>,
    trunk: &Trunk,
    there: Oid,
    moves: &[RefMove],
) -> Known<Vec<RefName>> {
    let history = &ground.history;
    let Some(local) = trunk.local else { return Ok(Vec::new()) };
    if history.is_ancestor(local, there)? {
        return Ok(Vec::new());
    }
    let Held::Contract(contract) = ground.contracts(trunk)?.at(local)? else {
        return Ok(Vec::new());
    };
    let mut lanes = Vec::new();
    for moved in moves {
        let Some(new) = moved.new.filter(|_| contract.lane_of_ref(&moved.name).is_some()) else {
            continue;
        };
        let taken_in = history.merge_bases(&[local], &[new])?;
        if !history.walk(&taken_in, &[there])?.order.is_empty() {
            lanes.push(moved.name.clone());
        }
    }
    Ok(lanes)
}
