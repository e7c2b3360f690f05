//! `reference-transaction`: refs that are about to move, whatever moves them.
//!
//! Git calls it in several states and often more than once for one command; only `prepared` can
//! refuse. Each line of its input is `<old> <new> <name>`; since git 2.46 a value may also be
//! `ref:<name>`, for a symbolic ref.

use policy::attempt::Checkpoint;
use policy::name::RefName;

use super::check::branch_ref;
use super::input::{self, Moved, Unreadable, id_or_none};
use super::{
    Docket, Ground, asker, judge_moves, overwritten, packed, present, unknown_report, unreadable,
    way_back,
};
use crate::evidence::moves::{RefMove, is_judged};
use crate::evidence::{Known, Unknown};
use crate::report::{Judgement, Report};
use crate::repository::GitView;
use crate::system::environment::Environment;

/// Whether a call can matter at all, by its state and its input alone: before anything is opened.
pub fn matters(state: Option<&str>, input: &[u8]) -> bool {
    state == Some("prepared") && input::each(input, input::moved).any(may_matter)
}

fn may_matter(line: Result<Moved<'_>, Unreadable>) -> bool {
    // A deletion that asks for no old value has two zero ids (git 2.39 and 2.47: `branch -D`).
    line.map_or(true, |Moved { old, new, name }| {
        (old != new || is_zero(new)) && is_judged(&RefName::new(name))
    })
}

fn is_zero(id: &[u8]) -> bool {
    id.iter().all(|digit| *digit == b'0')
}

/// Judges the moves of a transaction.
pub fn judge(ground: &Ground<'_>, environment: &Environment, input: &[u8]) -> Known<Report> {
    let checkpoint = Checkpoint::ReferenceTransaction;
    let mut moves = Vec::new();
    for line in input::each(input, input::moved).filter(|line| may_matter(*line)) {
        let line = line.map_err(|error| unreadable(checkpoint, error))?;
        if let Some(moved) = read_move(ground, &line, input)?
            && !moves.contains(&moved)
        {
            moves.push(moved);
        }
    }
    if moves.is_empty() {
        return Ok(Docket::new(checkpoint, ground.force, None).report);
    }
    let judged = asker(ground.view, environment)
        .and_then(|acting| judge_moves(ground, checkpoint, &acting, &moves));
    let mut report =
        judged.unwrap_or_else(|unknown| unknown_report(checkpoint, ground.force, unknown));
    if report.exit_status() != 0 {
        report.half_done = way_back::of(ground.view, environment, &moves);
        let notes = moves.iter().filter_map(|it| overwritten::note(ground.view, &it.name, true));
        report.judgements.extend(Judgement::of_notes(notes));
    }
    Ok(report)
}

/// One line of the input; `None` when nothing moves.
fn read_move(ground: &Ground<'_>, line: &Moved<'_>, input: &[u8]) -> Known<Option<RefMove>> {
    let Moved { old: told, new, name } = *line;
    let name = RefName::new(name);
    if let Some(target) = new.strip_prefix(b"ref:") {
        let symbolic = Some(RefName::new(target));
        let (_, old) = present(ground.view, &name)?;
        return Ok(Some(RefMove { name, old, new: None, symbolic }));
    }
    let new = id_or_none(new).ok_or_else(|| {
        let reason = format!("{} gets no id", policy::text::excerpt(&name.short()));
        Unknown::HookInput { hook: Checkpoint::ReferenceTransaction.as_str(), reason }
    })?;
    // Old values are often zero whatever the ref holds (git 2.39 and 2.47: an update that does
    // not ask for an old value, a deletion), so the present one is read.
    let (end, old) = present(ground.view, &name)?;
    let goes_alone = new.is_none()
        && end != name
        && !is_listed(input, &end)
        && !is_the_trunks_name(ground.view, &name)?;
    let name = if goes_alone { name } else { end };
    if new == old {
        return Ok(None);
    }
    if new.is_none() && packed::is_pruned(&ground.view.place().common_dir, &name, told, old)? {
        return Ok(None);
    }
    Ok(Some(RefMove { name, old, new, symbolic: None }))
}

/// Whether the input has a line for a ref. What is done through a symbolic ref is told of both that and of
/// where it leads; of one that is itself deleted (`branch -D`, `symbolic-ref -d`) it alone is told (git
/// 2.39 and 2.47).
fn is_listed(input: &[u8], name: &RefName) -> bool {
    let mut lines = input::each(input, input::moved).flatten();
    lines.any(|line| line.name == name.as_bytes())
}

/// Whether a ref is what the trunk is called here: without it there is none, wherever it leads.
fn is_the_trunks_name(view: &dyn GitView, name: &RefName) -> Known<bool> {
    let trunk = view.config("contractgate.trunk")?.unwrap_or_default();
    Ok(*name == branch_ref(&trunk))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: &str = "1111111111111111111111111111111111111111";
    const TWO: &str = "2222222222222222222222222222222222222222";
    const ZERO: &str = "0000000000000000000000000000000000000000";

    #[test]
    fn most_calls_are_left_at_once() {
        let matters = |state, line: &str| matters(Some(state), line.as_bytes());
        assert!(matters("prepared", &format!("{ONE} {TWO} refs/heads/main\n")));
        assert!(matters("prepared", &format!("{ONE} {TWO} refs/replace/{ONE}\n")));
        assert!(matters("prepared", "ref:refs/heads/a ref:refs/heads/b refs/heads/c\n"));
        assert!(matters("prepared", "nonsense\n"));
        assert!(matters("prepared", &format!("{ZERO} {ZERO} refs/heads/main\n")));
        assert!(!matters("committed", &format!("{ONE} {TWO} refs/heads/main\n")));
        assert!(!matters("prepared", &format!("{ONE} {ONE} refs/heads/main\n")));
        assert!(!matters("prepared", &format!("{ONE} {TWO} refs/remotes/origin/main\n")));
        assert!(!matters("prepared", &format!("{ONE} {TWO} HEAD\n")));
        assert!(!matters("prepared", ""));
    }
}
