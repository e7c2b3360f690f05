//! Untracked files beyond a lane's paths: worth saying, since the next `git add` takes them in,
//! and no violation, since nothing has happened yet.

use super::case::Case;
use super::findings::Findings;

/// How many are named. A build directory that nobody ignores can hold a hundred thousand.
const NAMED: usize = 20;

pub fn note(case: &Case<'_>, out: &mut Findings) {
    let Some(work) = case.lane_work() else { return };
    let lane = &work.lane;
    let is_beyond = |path: &&_| !case.contract.grants(lane, path);
    let mut beyond: Vec<_> = work.state.untracked.iter().filter(is_beyond).collect();
    beyond.sort();
    beyond.dedup();
    for path in beyond.iter().take(NAMED) {
        let message = format!("{path} is untracked, and {lane} may not add it");
        out.note(CODE, message);
    }
    if beyond.len() > NAMED {
        let more = beyond.len() - NAMED;
        out.note(MORE, format!("and {more} more untracked files that {lane} may not add"));
    }
}

const CODE: &str = "untracked";
/// A code of its own, so that it comes after those that are named.
const MORE: &str = "untracked-more";
