//! `doctor`: proves, for each worktree, that the hooks which git would run are the gate's.

use clap::Args;
use policy::text::printable;
use policy::verdict::Help;

use super::{Answer, Failure, Terminal, UNDECIDED};
use crate::installation::doctor::{Health, Visit, examine};
use crate::installation::{MODE, OBSERVE, Place, TRUNK, settings, shown};
use crate::report::human;
use crate::report::style::{GOOD, STRONG, WARNING, styled};
use crate::repository;
use crate::system::environment::Environment;

/// Prove that git runs the gate's hooks, in every worktree
#[derive(Debug, Args)]
pub struct Arguments {}

/// Has git call each hook, and says which of them answered.
///
/// # Errors
/// When nothing is installed, or git gives no answer.
pub fn run(_: Arguments, environment: &Environment, terminal: &Terminal) -> Answer {
    let place = Place::find(environment.directory())?;
    let Some(visits) = examine(&place)? else {
        return Err(Failure {
            message: format!("contract-gate is not installed in {}", shown(&place.hooks)),
            help: vec![install()],
        });
    };
    let git = place.git();
    let trunk = settings::own(&git, TRUNK)?;
    let observes = settings::own(&git, MODE)?.as_deref() == Some(OBSERVE);
    let read = repository::open(environment);
    let healthy = trunk.is_some() && read.is_ok() && visits.iter().all(is_healthy);
    let mut out: String = visits.iter().map(told).collect();
    out.push_str(&match &trunk {
        Some(branch) => format!("{} {}\n", styled(STRONG, "trunk"), printable(branch)),
        None => format!("{} no trunk is set: everything blocks\n", styled(WARNING, "warning:")),
    });
    out.push_str(&match &read {
        Ok(view) => {
            let backend = view.backend();
            let reason = printable(&backend.reason);
            format!("{} {}: {reason}\n", styled(STRONG, "read by"), backend.name)
        }
        Err(error) => {
            format!("{} everything blocks: {error}\n", styled(WARNING, "warning:"))
        }
    });
    if observes {
        out.push_str(&format!(
            "{} {MODE} = {OBSERVE}: everything is reported, nothing refused\n",
            styled(WARNING, "warning:")
        ));
    }
    if healthy {
        out.push_str(&format!("{}\n", styled(GOOD, "every hook fires, in every worktree")));
    } else {
        out.push_str(&human::helps(&[install()]));
    }
    terminal.out(&out)?;
    Ok(if healthy { 0 } else { UNDECIDED })
}

fn install() -> Help {
    Help { label: "install it".to_owned(), command: Some("contract-gate install".to_owned()) }
}

fn is_healthy(visit: &Visit) -> bool {
    visit.found.iter().all(|(_, health)| *health == Health::Fires)
}

fn told(visit: &Visit) -> String {
    let Some(hooks) = &visit.hooks else {
        return format!("{}  gone\n", styled(STRONG, shown(&visit.root)));
    };
    let mut out = format!("{}  hooks in {}\n", styled(STRONG, shown(&visit.root)), shown(hooks));
    for (hook, health) in &visit.found {
        let health = match health {
            Health::Fires => "fires".to_owned(),
            Health::OtherVersion(version) => {
                format!("NOT this version: {} answered", printable(version))
            }
            Health::Absent => "NOT there: git runs nothing".to_owned(),
            Health::Another { names_the_gate: true } => {
                "NOT proved: another hook is there; its text calls contract-gate".to_owned()
            }
            Health::Another { names_the_gate: false } => {
                "NOT the gate: another hook is there".to_owned()
            }
            Health::Silent(said) => format!("does NOT fire: {}", printable(said)),
        };
        out.push_str(&format!("  {:<22} {health}\n", hook.as_str()));
    }
    out
}
