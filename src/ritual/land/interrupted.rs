//! A landing that was interrupted: gone on with, or left.
//!
//! Its journal says how far it came. A move of the trunk that was made is finished here in either case;
//! one that was not is never made for a landing that is left.

use std::time::{Duration, Instant};

use super::{Around, Lander, finish, open};
use crate::repository::GitView;
use crate::ritual::landing::Landing;
use crate::ritual::record::{Journal, Standing, UnderWay};
use crate::ritual::rehearsal::directory;
use crate::ritual::run::Run;
use crate::ritual::{Done, Stopped, stage};

/// How long is waited for the last move of a landing that was killed.
const PATIENCE: Duration = Duration::from_secs(10);

/// Goes on with a landing that was interrupted.
pub fn go_on(around: Around<'_>) -> Done<Landing> {
    let view = open(around.environment)?;
    let (journal, under_way) = left(view.as_ref())?;
    let mut lander = Lander::new(&under_way.request, around, Some(journal))?;
    if let Some(step) = under_way.step {
        lander.settle(view.as_ref(), &step)?;
    }
    finish(lander)
}

/// Leaves a landing that was interrupted: the trunk stays where it is, and the worktrees that were
/// to be brought along are, where it had moved.
pub fn leave(around: Around<'_>) -> Done<Landing> {
    let view = open(around.environment)?;
    let (journal, under_way) = left(view.as_ref())?;
    let mut lander = Lander::new(&under_way.request, around, Some(journal))?;
    if let Some(step) = under_way.step {
        lander.settle(view.as_ref(), &step)?;
    }
    let run = Run::of(view.as_ref(), &under_way.request.asked)?;
    lander.look(&run, &run.lanes()?);
    let landing = lander.landing;
    if let Some(journal) = lander.journal {
        journal.end()?;
    }
    Ok(landing)
}

fn left(view: &dyn GitView) -> Done<(Journal, UnderWay)> {
    stage::sweep(&directory(view));
    // What a landing that was killed has started may still be at its last move.
    let begun = Instant::now();
    loop {
        match Journal::standing(view.place())? {
            Standing::Left(journal, under_way) => return Ok((journal, *under_way)),
            Standing::None => {
                return Err(Stopped::Refused("no landing was interrupted here".to_owned()));
            }
            Standing::Running if begun.elapsed() < PATIENCE => {
                std::thread::sleep(Duration::from_millis(20));
            }
            Standing::Running => {
                let what = "another landing is under way in this repository";
                return Err(Stopped::Refused(what.to_owned()));
            }
        }
    }
}
