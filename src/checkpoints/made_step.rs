//! A step of the trunk that was made beside it, before the trunk moves there: what the merge ritual
//! asks of a landing.

use policy::attempt::Checkpoint;
use policy::oid::Oid;

use super::check::Whom;
use super::{Docket, Ground, unknown_report};
use crate::evidence::Known;
use crate::evidence::located::{Side, Trunk};
use crate::evidence::moves::{Moves, RefMove};
use crate::evidence::tips::Tips;
use crate::report::{Force, Report};
use crate::repository::{self, Wanted};
use crate::system::environment::Environment;

/// Judges the move of the trunk from one commit to another: of the trunk, and with lanes at the remote,
/// that were asked for, if any were.
pub fn judge(
    environment: &Environment,
    asked: (Option<&str>, Option<&str>),
    (old, new): (Oid, Oid),
    by: Whom,
) -> Report {
    judged(environment, asked, (old, new), by)
        .unwrap_or_else(|unknown| unknown_report(Checkpoint::CheckLanding, Force::Refuse, unknown))
}

fn judged(
    environment: &Environment,
    (trunk, remote): (Option<&str>, Option<&str>),
    (old, new): (Oid, Oid),
    by: Whom,
) -> Known<Report> {
    let view = repository::open(environment, Wanted::History)?;
    let mut ground = Ground::new(view.as_ref())?;
    // It is asked for and answered in full, whatever hooks do here.
    ground.force = Force::Refuse;
    ground.remote = remote.map(str::to_owned).or(ground.remote);
    let trunk = Trunk::locate(&ground.history, trunk, ground.remote.as_deref(), Side::Client)?;
    let contracts = ground.contracts(&trunk)?;
    let acting = by.acting(ground.view, environment)?;
    let moved =
        RefMove { name: trunk.reference.clone(), old: Some(old), new: Some(new), symbolic: None };
    let judged = Moves {
        history: &ground.history,
        contracts: &contracts,
        trunk: &trunk,
        acting: &acting,
        checkpoint: Checkpoint::CheckLanding,
        tips: Tips::new(&ground.history, ground.remote.clone()),
        fetched: &[],
    };
    let mut docket = Docket::new(Checkpoint::CheckLanding, ground.force, Some(&trunk));
    for case in judged.cases(&[moved]) {
        docket.take(case);
    }
    Ok(docket.report)
}
