//! The hooks of one worktree: where git takes them from, whether they are the gate's, at which
//! version, and whether they fire.

use std::path::Path;

use policy::text::{printable, shell_word};
use policy::verdict::Help;

use super::canary::{Answer, ask};
use super::{About, Finding, Installed, State, Stop, advice, command, hooks_of};
use crate::installation::occupant::{is_empty, is_marked};
use crate::installation::standing::Standing;
use crate::installation::{
    Author, ChosenBy, HookName, HooksDirectory, Place, Problem, previous, shown,
};

/// The command that puts back what is the gate's own.
const FIX: &str = "contract-gate doctor --fix";

/// Looks at the private copy in a directory that the gate was installed in.
pub(super) fn program(hooks: &HooksDirectory, again: &str) -> Result<Option<Finding>, Problem> {
    let program = hooks.program();
    let path = shown(&program);
    let finding = |state, message| Some(Finding::new(About::Program, state, message));
    if program.symlink_metadata().is_err() {
        let message = format!("{path} is gone; the hooks are files of their own and go on");
        let mend = command("put it back", FIX);
        return Ok(finding(State::Note, message).map(|found| found.mend([mend])));
    }
    if is_empty(&program) {
        let message = format!("{path} was emptied");
        let mend = command("put it back", FIX);
        return Ok(finding(State::Wrong, message).map(|found| found.mend([mend])));
    }
    if !is_marked(&program)? {
        let message = format!("{path} is no contract-gate any more: it was written over");
        if let Some(author) = Author::of_file(&program).filter(|_| Author::wrote_over(&program)) {
            let message = format!("{message} by {author}, through a hook that is the same file");
            let mend = command("give each hook its own", again);
            return Ok(finding(State::Wrong, message).map(|found| found.mend([mend])));
        }
        let remove = format!("rm {} && {FIX}", word(&program));
        let mend = command("after saving what you wrote", &remove);
        return Ok(finding(State::Wrong, message).map(|found| found.mend([mend])));
    }
    Ok(finding(State::Good, format!("the private copy is {path}")))
}

/// Looks at every hook that should be the gate's in a worktree, and names those it is left out of.
pub(super) fn examine(
    place: &Place,
    installed: &Installed,
    visited: &[Stop],
) -> Result<Vec<Finding>, Problem> {
    let hooks = HooksDirectory::new(&place.hooks);
    let mut findings = vec![directory(place, &hooks)];
    for &hook in &installed.hooks {
        findings.push(one(place, &hooks, hook, installed, visited)?);
    }
    // Beside a server's hook nobody's commits are judged, and none of the others is missing.
    let is_a_servers = installed.hooks.contains(&HookName::PreReceive);
    let left_out = hooks_of(place).iter().filter(|hook| !installed.hooks.contains(hook));
    findings.extend(left_out.filter(|_| !is_a_servers).map(|hook| left_out_of(*hook, installed)));
    Ok(findings)
}

/// A hook in which the gate was not to stand.
fn left_out_of(hook: HookName, installed: &Installed) -> Finding {
    let message = match hook {
        HookName::PreCommit => "left out: commits are not judged before they are made",
        HookName::PreMergeCommit => "left out: merges are not judged before they are made",
        HookName::PrePush => "left out: pushes are not judged before they are sent",
        HookName::ReferenceTransaction => {
            "left out: moves of branches, and whatever --no-verify passes by, are not judged here"
        }
        HookName::PreReceive => "left out: pushes are not judged here",
    };
    let with = installed.again.replace(&format!(" --without {hook}"), "");
    Finding::new(About::Hook(hook), State::Note, message).mend([command("put it in", &with)])
}

fn directory(place: &Place, hooks: &HooksDirectory) -> Finding {
    let path = shown(hooks.path());
    let message = match &place.chosen_by {
        ChosenBy::Git => format!("git takes hooks from {path}"),
        ChosenBy::Setting { scope, value } => {
            format!("git takes hooks from {path} (core.hooksPath = {}, {scope})", printable(value))
        }
    };
    Finding::new(About::HooksDirectory, State::Good, message)
}

fn one(
    place: &Place,
    hooks: &HooksDirectory,
    hook: HookName,
    installed: &Installed,
    visited: &[Stop],
) -> Result<Finding, Problem> {
    let found = |state, message| Finding::new(About::Hook(hook), state, message);
    let is_recorded = installed.directories.contains(hooks);
    let fix = || match is_recorded {
        true => command("put it back", FIX),
        false => command("put the gate there", &installed.again),
    };
    let again = |label: &str| command(label, &installed.again);
    let standing = Standing::of(hooks, hook)?;
    Ok(match standing {
        Standing::Gate => {
            let replace = if is_recorded { FIX } else { installed.again.as_str() };
            let mend = command("put this version there", replace);
            and_kept(fired(place, hook, &mend)?, hooks, hook)
        }
        // The lines as they are shipped do nothing but call the gate, so they may be started.
        Standing::Calls if is_as_shipped(hooks, hook) => {
            fired(place, hook, &advice("have this version of contract-gate on PATH there"))?
        }
        Standing::Calls => found(
            State::Unknown,
            format!(
                "NOT proved: another hook is there, whose text calls contract-gate hook {hook}; \
                 it may do other things, so it was not started"
            ),
        )
        .mend([again("put the gate before it, where it can be proved")]),
        Standing::Behind(author, legacy) => found(
            State::Unknown,
            format!(
                "NOT proved: {author}'s hook is there, and runs the gate as {}; it was not started",
                shown(&legacy)
            ),
        )
        .mend([again("put the gate before it, where it can be proved")]),
        Standing::Absent => found(State::Wrong, "NOT there: git runs nothing".to_owned())
            .mend(absent(place, hooks, installed, visited)),
        Standing::NotExecutable => {
            let message = "does NOT fire: it is not executable, and git passes over it".to_owned();
            found(State::Wrong, message).mend([fix()])
        }
        Standing::Empty => {
            let message = "does NOT fire: it is an empty file, which git takes for agreement";
            found(State::Wrong, message.to_owned()).mend([fix()])
        }
        Standing::Another(Some(author)) => {
            found(State::Wrong, format!("NOT the gate: {author} has written its own hook"))
                .mend([again("put the gate before it")])
        }
        Standing::LeadsNowhere | Standing::Another(None) => {
            let message = match standing {
                Standing::LeadsNowhere => {
                    "NOT the gate: a link that leads nowhere, which git passes over"
                }
                _ => "NOT the gate: another hook is there",
            };
            // In a directory of this worktree's own, installing where we are puts nothing.
            if place.is_relative() && !is_recorded {
                return Ok(found(State::Wrong, message.to_owned())
                    .mend(absent(place, hooks, installed, visited)));
            }
            let mend = format!("contract-gate uninstall && {}", installed.again);
            found(State::Wrong, message.to_owned()).mend([command("put the gate before it", &mend)])
        }
    })
}

/// Whether a hook is the lines that are shipped for other programs' hook files, to the byte.
fn is_as_shipped(hooks: &HooksDirectory, hook: HookName) -> bool {
    let shipped: &[u8] = match hook {
        HookName::PreCommit => include_bytes!("../../../hooks/pre-commit"),
        HookName::PreMergeCommit => include_bytes!("../../../hooks/pre-merge-commit"),
        HookName::PrePush => include_bytes!("../../../hooks/pre-push"),
        HookName::ReferenceTransaction => include_bytes!("../../../hooks/reference-transaction"),
        HookName::PreReceive => include_bytes!("../../../hooks/pre-receive"),
    };
    std::fs::read(hooks.hook(hook)).is_ok_and(|there| there == shipped)
}

fn fired(place: &Place, hook: HookName, mend: &Help) -> Result<Finding, Problem> {
    let found = |state, message| Finding::new(About::Hook(hook), state, message);
    let ours = env!("CARGO_PKG_VERSION");
    Ok(match ask(&place.directory, hook, &place.hooks)? {
        Answer::Fires(version) if version == ours => {
            found(State::Good, format!("fires, version {ours}"))
        }
        Answer::Fires(version) => {
            let message = format!(
                "fires, and is NOT this version: {} answered, this is {ours}",
                printable(&version)
            );
            found(State::Wrong, message).mend([mend.clone()])
        }
        Answer::Starved(version) => {
            let message = format!(
                "NOT proved: version {} answered, and what git gives it to read did not arrive",
                printable(&version)
            );
            let mend = advice("let nothing read the hook's standard input before the gate");
            found(State::Unknown, message).mend([mend])
        }
        Answer::Silent(said) => {
            found(State::Wrong, format!("does NOT fire: {}", printable(&said))).mend([mend.clone()])
        }
    })
}

/// Names the hook from before that goes on working behind the gate. It is not started: it may do
/// anything.
fn and_kept(mut finding: Finding, hooks: &HooksDirectory, hook: HookName) -> Finding {
    if previous::exists(hooks.path(), hook) {
        let kept = shown(&hooks.kept(hook));
        finding.message.push_str(&match hook {
            HookName::PreCommit => format!(", and before that runs the hook from before, {kept}"),
            _ => format!(", and then runs the hook from before, {kept}"),
        });
    }
    finding
}

/// What helps where nothing is: with a relative `core.hooksPath` each worktree has a directory of
/// its own (git 2.39 and 2.47 take it from the worktree's root), and installing in one is not
/// installing in the other.
fn absent(
    place: &Place,
    hooks: &HooksDirectory,
    installed: &Installed,
    visited: &[Stop],
) -> Vec<Help> {
    if installed.directories.contains(hooks) {
        return vec![command("put it back", FIX)];
    }
    let options = installed.again.rsplit_once(" install").map_or("", |(_, options)| options);
    let install = format!("contract-gate -C {} install{options}", word(&place.directory));
    if !place.is_relative() {
        return vec![command("install it there", &install)];
    }
    let places = visited.iter().filter_map(|stop| stop.place.as_ref());
    let mut installed_in = places.map(|place| HooksDirectory::new(&place.hooks));
    let other = installed_in.find(|directory| installed.directories.contains(directory));
    let mut mend = Vec::new();
    if let Some(other) = other {
        let path = word(other.path());
        mend.push(command(
            "one directory for all worktrees, also later ones",
            &format!("git config core.hooksPath {path}"),
        ));
    }
    mend.push(command("in this worktree alone", &install));
    mend
}

/// A path as one word of a shell.
fn word(path: &Path) -> String {
    shell_word(&path.to_string_lossy())
}
