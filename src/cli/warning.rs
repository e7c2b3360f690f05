//! The warning that every command gives when the gate's hooks were installed here and git does not
//! run them any more: another program that looks after hooks has written its own, or somebody has
//! taken them away.
//!
//! It goes to standard error, after the answer, and changes no exit status.

use policy::verdict::Help;

use crate::installation::standing::{Gone, Standing, gone};
use crate::installation::{HookName, shown};
use crate::report::human;
use crate::report::style::{WARNING, styled};
use crate::system::environment::Environment;

/// The warning for where we are; `None` when there is nothing to warn of.
pub fn of_gone_hooks(environment: &Environment) -> Option<String> {
    match gone(environment.directory()) {
        Ok(gone) => gone.map(|gone| told(&gone)),
        Err(problem) => Some(format!(
            "{} whether git still runs the gate's hooks is not known: {problem}\n{}",
            styled(WARNING, "warning:"),
            human::helps(&[help("see what is the matter", "contract-gate doctor")]),
        )),
    }
}

fn told(gone: &Gone) -> String {
    let mut out = format!(
        "{} the gate's hooks were installed here, and git does not run them all:\n  in {}\n",
        styled(WARNING, "warning:"),
        shown(&gone.hooks),
    );
    for (hook, standing) in &gone.found {
        out.push_str(&format!("  {:<22} {}\n", hook.as_str(), instead(*hook, standing)));
    }
    out.push_str(&human::helps(&[
        help("put them back", &gone.again),
        help("see everything", "contract-gate doctor"),
    ]));
    out
}

/// What git finds in the gate's place.
fn instead(hook: HookName, standing: &Standing) -> String {
    match standing {
        Standing::Gate => "the gate".to_owned(),
        Standing::Calls => format!("another hook, whose text calls contract-gate hook {hook}"),
        Standing::Behind(author, legacy) => {
            format!("{author}'s hook, which runs the gate as {}", shown(legacy))
        }
        Standing::Absent => "no file: git runs nothing".to_owned(),
        Standing::LeadsNowhere => "a link that leads nowhere: git runs nothing".to_owned(),
        Standing::NotExecutable => "not executable: git runs nothing".to_owned(),
        Standing::Empty => "an empty file, which git takes for agreement".to_owned(),
        Standing::Another(Some(author)) => format!("{author}'s hook, and not the gate"),
        Standing::Another(None) => "another hook, and not the gate".to_owned(),
    }
}

fn help(label: &str, command: &str) -> Help {
    Help { label: label.to_owned(), command: Some(command.to_owned()) }
}
