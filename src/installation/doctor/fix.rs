//! `doctor --fix`: puts back what is the gate's own and nobody else's. A hook that is missing, not
//! executable, empty, or of an earlier version is made anew; whatever else is there stays.

use super::canary::{Answer, ask};
use super::{Installed, installed, visited};
use crate::installation::occupant::is_empty;
use crate::installation::outweigh::{self, Weight};
use crate::installation::put::Deed;
use crate::installation::standing::Standing;
use crate::installation::{
    self, HookName, HooksDirectory, Others, Place, Problem, Put, Record, shown,
};
use crate::system::environment::Environment;
use crate::system::process;

/// What was done, and what was left, in sentences. Safe to print.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fixed {
    /// What was done.
    pub done: Vec<String>,
    /// What was found and left as it is, because it is not the gate's own.
    pub left: Vec<String>,
}

/// Does what is safe, in every directory that an installation has a record of.
///
/// # Errors
/// Something cannot be read or written.
pub fn fix(environment: &Environment) -> Result<Fixed, Problem> {
    let mut fixed = Fixed::default();
    let mut here = Place::find(environment.directory())?;
    if outweigh::is_served(&here)?
        && matches!(outweigh::weigh(&here)?, Weight::Moved | Weight::Missing)
        && outweigh::outweigh(&here)? == Weight::Outweighs
    {
        fixed.done.push("its hooks outweigh a core.hooksPath of whoever pushes".to_owned());
        here = Place::find(environment.directory())?;
    }
    let visited = visited(&here)?;
    let Installed { directories, .. } = installed(&here, &visited)?;
    let places: Vec<&Place> = visited.iter().filter_map(|stop| stop.place.as_ref()).collect();
    for hooks in directories {
        // A directory that git takes hooks from no more serves nobody.
        let there = places.iter().find(|place| HooksDirectory::new(&place.hooks) == hooks);
        match there {
            Some(place) => fix_in(place, &hooks, &mut fixed)?,
            None => fixed
                .left
                .push(format!("{}: git takes no hooks from there now", shown(hooks.path()))),
        }
    }
    Ok(fixed)
}

fn fix_in(place: &Place, hooks: &HooksDirectory, fixed: &mut Fixed) -> Result<(), Problem> {
    let Some(record) = Record::read(hooks)? else { return Ok(()) };
    let mut wanted = Vec::new();
    for &hook in &record.hooks {
        let mut leave = |why: &str| fixed.left.push(format!("{hook}: {why}"));
        match Standing::of(hooks, hook)? {
            Standing::Absent | Standing::NotExecutable | Standing::Empty => wanted.push(hook),
            Standing::Gate => match ask(&place.directory, hook, hooks.path())? {
                Answer::Fires(version) | Answer::Starved(version) if is_newer(&version) => {
                    leave("it is of a newer version than this program");
                }
                Answer::Fires(version) if version == env!("CARGO_PKG_VERSION") => {}
                Answer::Fires(_) | Answer::Starved(_) | Answer::Silent(_) => wanted.push(hook),
            },
            Standing::Calls | Standing::Behind(..) => {}
            Standing::Another(Some(author)) => {
                leave(&format!(
                    "{author} has written its own hook: contract-gate install joins it"
                ));
            }
            Standing::LeadsNowhere => leave("a link is there that leads nowhere"),
            Standing::Another(None) => {
                leave("another hook is there, and nobody but its owner can say what becomes of it");
            }
        }
    }
    let has_program = hooks.program().is_file() && !is_empty(&hooks.program());
    if wanted.is_empty() && has_program {
        return Ok(());
    }
    let program = process::this_program()
        .map_err(Problem::file(std::path::Path::new("this program's own file")))?;
    let done = installation::put(&Put {
        hooks,
        program: &program,
        wanted: &wanted,
        others: Others::Leave,
        joining: place.joining(),
        in_worktree: place.hooks_worktree().is_some(),
        serves: place.serves(),
        git: place.git(),
    })?;
    if !has_program {
        fixed.done.push(format!("{}: put back", shown(&hooks.program())));
    }
    for (hook, deed) in done.deeds {
        note(hook, deed, fixed);
    }
    Ok(())
}

fn note(hook: HookName, deed: Deed, fixed: &mut Fixed) {
    match deed {
        Deed::Renewed => fixed.done.push(format!("{hook}: replaced by this version")),
        deed if deed.is_done() => fixed.done.push(format!("{hook}: put back")),
        _ => fixed.left.push(format!("{hook}: what is there is not the gate's own")),
    }
}

/// Whether a version is newer than this program's: number by number, as far as there are any.
fn is_newer(version: &str) -> bool {
    let numbers = |version: &str| -> Vec<u64> {
        let released = version.split(['-', '+']).next().unwrap_or_default();
        released.split('.').map(|number| number.parse().unwrap_or(0)).collect()
    };
    numbers(version) > numbers(env!("CARGO_PKG_VERSION"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn newer_versions_are_told_by_their_numbers() {
        assert!(is_newer("99.0.0") && is_newer("99.1"));
        assert!(!is_newer(env!("CARGO_PKG_VERSION")) && !is_newer("0.0.9") && !is_newer("odd"));
    }
}
