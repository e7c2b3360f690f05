//! A branch's name where the disk knows no case (macOS, Windows): there `MAIN` is the file of `main`, and
//! git moves the one when it is told the other, above all where the refs are packed. Such a name is
//! judged as the trunk's or the lane's that it stands for. Decides nothing.

use policy::name::RefName;
use policy::path::fold_component;

use super::Ground;
use crate::evidence::Known;
use crate::evidence::contract::{Contracts, Held};
use crate::evidence::located::Trunk;
use crate::evidence::moves::RefMove;

/// Git finds out what the disk does when it makes a repository, and notes it so.
const KEY: &str = "core.ignoreCase";

/// The moves, each under the name of the trunk or of a lane that it is on such a disk.
pub fn as_on_disk(
    ground: &Ground<'_>,
    trunk: &Trunk,
    contracts: &Contracts<'_, '_>,
    moves: &[RefMove],
) -> Known<Vec<RefMove>> {
    let mut moves = moves.to_vec();
    if ground.view.config(KEY)?.is_none_or(|value| is_off(&value)) {
        return Ok(moves);
    }
    let mut known = vec![trunk.reference.clone()];
    for tip in trunk.tips(&ground.history)? {
        if let Held::Contract(contract) = contracts.at(tip)? {
            known.extend(contract.agents().iter().map(|agent| agent.reference()));
        }
    }
    for moved in moves.iter_mut().filter(|moved| !known.contains(&moved.name)) {
        let folded = fold(&moved.name);
        if let Some(name) = known.iter().find(|name| fold(name) == folded) {
            moved.name = name.clone();
            moved.old = ground.view.reference(name)?.map(|found| found.target);
        }
    }
    moves.retain(|moved| moved.old != moved.new || moved.symbolic.is_some());
    Ok(moves)
}

fn is_off(value: &str) -> bool {
    ["", "0", "false", "no", "off"].contains(&value.to_ascii_lowercase().as_str())
}

fn fold(name: &RefName) -> Vec<Vec<u8>> {
    name.as_bytes().split(|byte| *byte == b'/').map(fold_component).collect()
}
