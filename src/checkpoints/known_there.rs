//! A push of the trunk without lanes that the remote is known to have otherwise than they are here: a
//! gate there judges it with the lanes as it has them, and may refuse what passes here. Reads the
//! remote's tracking refs and judges with them; refuses nothing, since they may be older than what the
//! remote has, and it may have no gate.

use policy::attempt::{Checkpoint, Pusher};
use policy::name::RefName;
use policy::oid::Oid;
use policy::text::{printable, shell_word};
use policy::verdict::{Note, Outcome, Severity, Violation};

use super::{Ground, decided};
use crate::evidence::Known;
use crate::evidence::case::Acting;
use crate::evidence::contract::Held;
use crate::evidence::located::{Trunk, fetch_asks_for};
use crate::evidence::moves::{Moves, RefMove};
use crate::evidence::tips::Tips;
use crate::report::Report;

/// Of more lanes all are said, and it is not asked which of them would do.
const MOST_TRIED: usize = 20;

/// What there is to say before the network is asked of a push that passes here; `None` where the trunk
/// stays, where the remote would take the push as far as is known, where pushing lanes along would not
/// help, and where something of it cannot be read: no verdict hangs on it.
pub fn note(ground: &Ground<'_>, trunk: Trunk, remote: &str, moves: &[RefMove]) -> Option<Note> {
    let moved = moves.iter().find(|moved| moved.name == trunk.reference)?;
    let (old, new) = (moved.old?, moved.new?);
    let there = There { ground, remote, trunk: trunk.at_a_remote(old), moves };
    let [brought, others] = there.lanes_that_differ(old, new).ok()?;
    if brought.is_empty() && others.is_empty() {
        return None;
    }
    let rule = refusal(&there.judged(&[]).ok()?)?;
    let all = [brought.as_slice(), &others].concat();
    let along = [brought, all].into_iter().find(|lanes| there.takes(lanes))?;
    Some(there.note(&rule, &there.narrowed(along)))
}

/// The first rule that denies.
fn refusal(report: &Report) -> Option<String> {
    let denied = report.judgements.iter().map(|judgement| &judgement.verdict);
    let denied = denied.filter(|verdict| verdict.outcome() == Outcome::Denied);
    let mut violations = denied.flat_map(|verdict| &verdict.violations);
    let denies = |violation: &&Violation| violation.severity == Severity::Error;
    violations.find(denies).map(|violation| violation.rule.to_owned())
}

/// A push as the remote will see it, as far as is known here.
struct There<'a, 'v> {
    ground: &'a Ground<'v>,
    remote: &'a str,
    trunk: Trunk,
    moves: &'a [RefMove],
}

impl There<'_, '_> {
    /// The lanes that do not go along, and of which there is here what the remote is not known to have,
    /// as the moves that would bring it there: those that the trunk brings, and the others. Where the
    /// remote has more of a lane than is here, somebody goes on with it elsewhere, and nothing may be
    /// pushed over that.
    fn lanes_that_differ(&self, old: Oid, new: Oid) -> Known<[Vec<RefMove>; 2]> {
        let (history, view) = (&self.ground.history, self.ground.view);
        let [mut brought, mut others] = [Vec::new(), Vec::new()];
        let Held::Contract(contract) = self.ground.contracts(&self.trunk)?.at(old)? else {
            return Ok([brought, others]);
        };
        for agent in contract.agents() {
            let name = agent.reference();
            if self.moves.iter().any(|moved| moved.name == name) {
                continue;
            }
            let Some(here) = view.reference(&name)?.map(|found| found.target) else { continue };
            let tracking = RefName::tracking(self.remote, agent.branch.as_bytes());
            let there = view.reference(&tracking)?.map(|found| found.target);
            let is_known = there.is_some() || fetch_asks_for(view, self.remote, &agent.branch)?;
            if !is_known
                || history
                    .is_reachable(here, &there.into_iter().chain([old]).collect::<Vec<_>>())?
            {
                continue;
            }
            let is_brought = history.is_ancestor(here, new)?;
            let moved = RefMove { name, old: there, new: Some(here), symbolic: None };
            if is_brought { &mut brought } else { &mut others }.push(moved);
        }
        Ok([brought, others])
    }

    /// Whether a gate there would take the push with these lanes.
    fn takes(&self, along: &[RefMove]) -> bool {
        !along.is_empty() && self.judged(along).is_ok_and(|report| report.exit_status() == 0)
    }

    /// Those of some lanes without which it would not.
    fn narrowed(&self, mut along: Vec<RefMove>) -> Vec<RefMove> {
        let mut at = 0;
        while along.len() <= MOST_TRIED && at < along.len() {
            let mut fewer = along.clone();
            fewer.remove(at);
            if self.takes(&fewer) {
                along = fewer;
            } else {
                at += 1;
            }
        }
        along
    }

    /// What a gate there would say, which tells nobody apart, if these lanes went along too.
    fn judged(&self, lanes: &[RefMove]) -> Known<Report> {
        let moves: Vec<RefMove> = self.moves.iter().chain(lanes).cloned().collect();
        let (history, trunk) = (&self.ground.history, &self.trunk);
        let contracts = &self.ground.contracts(trunk)?;
        let tips = Tips::at_remote(history, self.remote.to_owned());
        let acting = &Acting::Pushing(Pusher::Anybody);
        let (checkpoint, fetched) = (Checkpoint::PreReceive, [].as_slice());
        let judged = Moves { history, contracts, trunk, acting, checkpoint, tips, fetched };
        Ok(decided(self.ground, &judged, &moves))
    }

    fn note(&self, rule: &str, along: &[RefMove]) -> Note {
        let (mut shown, mut words, mut again) = (Vec::new(), Vec::new(), Vec::new());
        for lane in along {
            let name = shell_word(&lane.name.short());
            shown.push(printable(&lane.name.short()));
            if !self.goes_on(lane) {
                again.push(format!("--force-with-lease={name}"));
            }
            words.push(name);
        }
        let (trunk, to) = (shell_word(&self.trunk.name), shell_word(self.remote));
        let command = ["git push".to_owned()].into_iter().chain(again).chain([to, trunk]);
        let command = command.chain(words).collect::<Vec<_>>().join(" ");
        let (is, it) = match along {
            [_] => ("it is", "it goes"),
            _ => ("they are", "they go"),
        };
        let message = format!(
            "{} is not known to have {} as {is} here: a gate there refuses {} ({rule}) unless {it} along: \
             {command}",
            self.remote,
            shown.join(", "),
            self.trunk.name,
        );
        Note { code: "lane-unpushed", message: printable(&message) }
    }

    fn goes_on(&self, lane: &RefMove) -> bool {
        let (Some(old), Some(new)) = (lane.old, lane.new) else { return true };
        self.ground.history.is_ancestor(old, new).unwrap_or(false)
    }
}
