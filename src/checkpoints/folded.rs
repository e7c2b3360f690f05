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
use crate::repository::{GitView, Read};

/// Git finds out what the disk does when it makes a repository, and notes it so.
const KEY: &str = "core.ignoreCase";

/// What is judged by where it stands.
const KINDS: [&[u8]; 2] = [b"refs/heads/", b"refs/replace/"];

/// A ref's name, below the directory in which it is on such a disk.
pub fn in_its_directory(view: &dyn GitView, name: RefName) -> Read<RefName> {
    let bytes = name.as_bytes();
    for kind in KINDS {
        if let Some((directory, rest)) = bytes.split_at_checked(kind.len())
            && directory != kind
            && fold(directory) == fold(kind)
            && is_ignorant(view)?
        {
            return Ok(RefName::new([kind, rest].concat()));
        }
    }
    Ok(name)
}

/// The moves, each under the name of the trunk or of a lane that it is on such a disk, or under which
/// it is a directory of theirs, or below them.
pub fn as_on_disk(
    ground: &Ground<'_>,
    trunk: &Trunk,
    contracts: &Contracts<'_, '_>,
    moves: &[RefMove],
) -> Known<Vec<RefMove>> {
    let mut moves = moves.to_vec();
    if !is_ignorant(ground.view)? {
        return Ok(moves);
    }
    let mut known = vec![trunk.reference.clone()];
    for tip in trunk.tips(&ground.history)? {
        if let Held::Contract(contract) = contracts.at(tip)? {
            known.extend(contract.agents().iter().map(|agent| agent.reference()));
        }
    }
    let folded: Vec<Vec<Vec<u8>>> = known.iter().map(|name| fold(name.as_bytes())).collect();
    for moved in moves.iter_mut().filter(|moved| !known.contains(&moved.name)) {
        let own = fold(moved.name.as_bytes());
        let mut others = known.iter().zip(&folded);
        let like =
            others.find(|(_, other)| own.iter().zip(*other).all(|(one, other)| one == other));
        let Some((other, parts)) = like else { continue };
        let name = spelled_like(&moved.name, other, own.len().min(parts.len()));
        if known.contains(&name) {
            moved.old = ground.view.reference(&name)?.map(|found| found.target);
        }
        moved.name = name;
    }
    moves.retain(|moved| moved.old != moved.new || moved.symbolic.is_some());
    Ok(moves)
}

/// A name with its first parts as another one spells them.
fn spelled_like(name: &RefName, other: &RefName, common: usize) -> RefName {
    let others = other.as_bytes().split(is_slash).take(common);
    let parts = others.chain(name.as_bytes().split(is_slash).skip(common));
    RefName::new(parts.collect::<Vec<_>>().join(&b'/'))
}

fn is_ignorant(view: &dyn GitView) -> Read<bool> {
    let off = |value: &str| {
        ["", "0", "false", "no", "off"].contains(&value.to_ascii_lowercase().as_str())
    };
    Ok(view.config(KEY)?.is_some_and(|value| !off(&value)))
}

fn fold(name: &[u8]) -> Vec<Vec<u8>> {
    name.split(is_slash).map(fold_component).collect()
}

fn is_slash(byte: &u8) -> bool {
    *byte == b'/'
}
