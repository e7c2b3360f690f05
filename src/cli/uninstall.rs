//! `uninstall`: takes the gate out of this repository again.

use clap::Args;
use policy::text::printable;

use super::{Answer, Terminal};
use crate::installation::outweigh::{self, Released};
use crate::installation::{
    self, ChosenBy, HookName, HooksDirectory, Left, Place, Problem, Record, Return, Returned, shown,
};
use crate::report::style::{GOOD, STRONG, WARNING, styled};
use crate::system::environment::Environment;

/// Take the gate out of this repository; what was there before comes back
#[derive(Debug, Args)]
pub struct Arguments {
    /// Uninstall also where a global core.hooksPath points, for every repository that uses it
    #[arg(long)]
    allow_global: bool,
}

/// Takes the gate away, and says what came back and what was left alone.
///
/// # Errors
/// When something could not be taken back. It can be run again.
pub fn run(arguments: Arguments, environment: &Environment, terminal: &Terminal) -> Answer {
    let place = Place::find(environment.directory())?;
    let mut directories = directories(&place)?;
    if let ChosenBy::Setting { scope, value } = &place.chosen_by
        && matches!(scope.as_str(), "global" | "system")
        && !arguments.allow_global
    {
        if !outweigh::is_served(&place)? {
            let (scope, value) = (scope.clone(), value.clone());
            return Err(Problem::SharedInstallation { scope, value }.into());
        }
        // The server's own are taken away, and nobody else's.
        let everybodys = HooksDirectory::new(&place.hooks);
        directories.retain(|hooks| *hooks != everybodys);
    }
    for hooks in directories {
        let returned = installation::take_back(&hooks, &place.git())?;
        terminal.out(&render(&hooks, &returned))?;
    }
    match outweigh::release(&place)? {
        Released::Nothing => {}
        Released::TakenAway(file) => {
            terminal.out(&format!("  {:<22} {}\n", "also taken away", shown(&file)))?;
        }
        Released::Stays(left) => terminal.out(&warning(&left))?,
    }
    Ok(0)
}

/// Where git takes hooks from now; and wherever else in this repository it was installed, should
/// `core.hooksPath` be another by now, or be relative and so another in each worktree.
fn directories(place: &Place) -> Result<Vec<HooksDirectory>, Problem> {
    let mut directories = vec![HooksDirectory::new(&place.hooks)];
    let mut others = vec![place.common_dir.join("hooks")];
    for worktree in place.worktrees.iter().filter(|worktree| worktree.is_here()) {
        others.push(Place::find(&worktree.path)?.hooks);
    }
    for other in others {
        let other = HooksDirectory::new(&other);
        if !directories.contains(&other) && Record::read(&other)?.is_some() {
            directories.push(other);
        }
    }
    Ok(directories)
}

fn render(hooks: &HooksDirectory, returned: &Returned) -> String {
    let directory = shown(hooks.path());
    let mut out = if returned.found_anything() {
        format!("{} from {directory}\n", styled(GOOD, "contract-gate is uninstalled"))
    } else {
        format!("{} in {directory}\n", styled(STRONG, "contract-gate was not installed"))
    };
    for (hook, what) in &returned.hooks {
        if let Some(told) = told(hooks, *hook, *what) {
            out.push_str(&format!("  {:<22} {told}\n", hook.as_str()));
        }
    }
    for stray in &returned.strays {
        out.push_str(&format!("  {:<22} {}\n", "also taken away", shown(stray)));
    }
    for left in &returned.left {
        out.push_str(&warning(left));
    }
    out
}

fn warning(left: &Left) -> String {
    format!("{} {}\n", styled(WARNING, "warning:"), told_left(left))
}

fn told(hooks: &HooksDirectory, hook: HookName, what: Return) -> Option<String> {
    let text = match what {
        Return::Absent | Return::NotOurs => return None,
        Return::Removed => "taken away",
        Return::Restored => "the hook that was there before is back",
        Return::RestoredBehind => {
            "left alone: another hook has taken its place since, and runs the one that was there \
             before"
        }
        Return::ReplacedSince => "left alone: another hook has taken its place since",
        Return::ReplacedAndKept => {
            let kept = shown(&hooks.kept(hook));
            return Some(format!(
                "left alone: another hook has taken its place since; the one from before is {kept}"
            ));
        }
        Return::StrangeGate => "left alone: a contract-gate that was changed, or put there by hand",
    };
    Some(text.to_owned())
}

fn told_left(left: &Left) -> String {
    match left {
        Left::Setting { key, value } => {
            format!("{key} = {} was set since, and stays", printable(value))
        }
        Left::Program(path) | Left::File(path) => {
            format!("{} was changed since, and stays", shown(path))
        }
        Left::Beside(path) => format!("{} holds other files, and stays", shown(path)),
    }
}
