//! Remotes that are no home of the project but show or run what is pushed to them, which many hosters take
//! under the trunk's name alone (`git push staging agents/ui:main`), or that are a library's which it holds
//! (`git subtree push`). Nothing lands there; whoever dispatches says which these are.

use policy::name::RefName;
use policy::text::{printable, shell_word};
use policy::verdict::Note;

use super::Ground;
use crate::evidence::Known;
use crate::evidence::contract::Held;
use crate::evidence::located::Trunk;
use crate::evidence::moves::RefMove;

/// The setting that names them, once for each.
const KEY: &str = "contractgate.deployRemote";

/// Takes the trunk of such a remote, and its branches that are no lane's here, out of what is judged. The
/// trunk's own remote is never one.
pub fn leave_out(
    ground: &Ground<'_>,
    trunk: Option<&Trunk>,
    remote: &str,
    moves: &mut Vec<RefMove>,
) -> Known<()> {
    let Some(trunk) = trunk.filter(|trunk| is_not_the_own(trunk, remote)) else { return Ok(()) };
    if ground.view.config_all(KEY)?.iter().any(|named| named == remote) {
        let there = trunk.upstream.as_ref().map(|(_, tip)| *tip);
        let held = trunk.local.or(there).map(|tip| ground.contracts(trunk)?.at(tip)).transpose();
        // What cannot be read says of no branch that it is no lane's.
        let may_be_a_lane = |name: &RefName| match &held {
            Ok(Some(Held::Contract(contract))) => contract.lane_of_ref(name).is_some(),
            _ => true,
        };
        moves.retain(|moved| moved.name != trunk.reference && may_be_a_lane(&moved.name));
    }
    Ok(())
}

/// What leads on where the trunk of another remote than its own was refused. Decides nothing.
pub fn note(ground: &Ground<'_>, trunk: &Trunk, remote: &str, moves: &[RefMove]) -> Option<Note> {
    let is_another = is_not_the_own(trunk, remote) && ground.view.remotes().ok()?.contains(remote);
    if !is_another || !moves.iter().any(|moved| moved.name == trunk.reference) {
        return None;
    }
    let (shown, trunk) = (printable(remote), printable(&trunk.name));
    let message = format!(
        "{trunk} is judged at every remote; if nothing lands at {shown}, which only runs or shows what is \
         pushed: git config --add {KEY} {}",
        shell_word(remote)
    );
    Some(Note { code: "remote-judged", message: printable(&message) })
}

fn is_not_the_own(trunk: &Trunk, remote: &str) -> bool {
    let own = trunk.upstream.as_ref().and_then(|(upstream, _)| upstream.tracked());
    own.is_some_and(|(own, _)| own != remote.as_bytes())
}
