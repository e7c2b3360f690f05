//! What is handed to an agent, or to the dispatcher, when a lane could not land: what happened, what
//! to do, and the agent's paths as a hard constraint. What it asks for, it allows.

use policy::contract::{Agent, Contract, Mode, SharedPolicy};
use policy::name::AgentId;
use policy::path::RepoPath;
use policy::text::{printable, shell_word};

use super::progress::shown as took;
use crate::report::style::{STRONG, styled};
use crate::ritual::names;
use crate::ritual::stage::Stale;
use crate::ritual::step::{Blame, Fault, Step};
use crate::ritual::suite::{End, Ran};

/// The text, where there is one: what the contract is against has its own, and a lane without work
/// needs none.
pub fn text(step: &Step, fault: &Fault, trunk: &str, contract: Option<&Contract>) -> String {
    let takes_in = |verb: &str| format!("git {verb} {}", shell_word(&printable(trunk)));
    let trunk = printable(trunk);
    // What has landed on the stage alone is not on the trunk, so that taking that in brings nothing.
    let first = names(&step.with);
    let is_ahead = !step.with.is_empty();
    let not_yet = format!("{first} lands before you, and is not on {trunk} yet. Once it is,");
    let when = if is_ahead { format!("{not_yet} take") } else { "Take".to_owned() };
    let what = match fault {
        Fault::Judged(_) | Fault::NothingToLand | Fault::Elsewhere(_) => return String::new(),
        Fault::Conflict(paths) => {
            let files: Vec<String> = paths.iter().map(shown).collect();
            let with = if is_ahead { &first } else { &trunk };
            format!(
                "Your branch conflicts with {with} in these files:\n{}\n{when} {trunk} in ({}), resolve \
                 the conflicts in your own paths, and say which are not yours.",
                listed(&files),
                takes_in("merge")
            )
        }
        Fault::NotAhead if is_ahead => {
            format!("{not_yet} rebase your branch onto it ({}).", takes_in("rebase"))
        }
        Fault::NotAhead => {
            format!("{trunk} has gone on. Rebase your branch onto it ({}).", takes_in("rebase"))
        }
        Fault::NotAsGenerated(stale) => not_as_generated(stale),
        Fault::NotGenerated { ran, blame: Blame::Trunk } => {
            return for_the_dispatcher(&format!(
                "The contract names a command that fails on {trunk} without any lane, so that nothing can \
                 land:\n{}\nMend the command in the contract, what it reads on {trunk}, or the contract's \
                 `setup` that prepares it.",
                command(ran)
            ));
        }
        Fault::NotGenerated { ran, .. } => format!(
            "With your branch merged into {trunk} this command {}, and {trunk} passes it without you:\n{}\n\
             {} {trunk} in ({}), run the command at the root of your worktree, and mend in your own paths \
             what it fails on. The end of what it printed:\n\n{}",
            fails(ran),
            command(ran),
            when,
            takes_in("merge"),
            printed(ran)
        ),
        Fault::Suite { blame: Blame::Trunk, .. } => return String::new(),
        Fault::Suite { ran, blame } => format!(
            "The suite ({}) {} on {trunk} with your branch merged into it. {} The end of what it \
             printed:\n\n{}",
            printable(&ran.command),
            fails(ran),
            whose(blame, &step.agent),
            printed(ran)
        ),
    };
    let files = match fault {
        Fault::NotAsGenerated(stale) => stale.as_slice(),
        _ => &[],
    };
    let agent = contract.and_then(|contract| contract.agent(&step.agent));
    let scope = agent.zip(contract).map(|(agent, contract)| constraint(contract, agent, files));
    let head = styled(STRONG, format!("For {}'s next prompt:", printable(step.agent.as_str())));
    format!("\n{head}\n{what}\n{}\n", scope.unwrap_or_default())
}

/// Whose fault it is that a suite fails, in a sentence.
pub fn whose(blame: &Blame, agent: &AgentId) -> String {
    match blame {
        Blame::Unknown => String::new(),
        Blame::Trunk => "The trunk fails the suite without any lane.".to_owned(),
        Blame::Alone => format!("The trunk passes it, and fails it with {agent} alone."),
        Blame::With(other) => {
            format!("{agent} and {other} pass it alone, and fail it together.")
        }
        Blame::WithSeveral => {
            format!(
                "{agent} passes it alone, and fails it together with several of the lanes before."
            )
        }
    }
}

/// A fast-forward takes a lane as it is, so that its agent has to run the commands.
fn not_as_generated(stale: &[Stale]) -> String {
    let made = |one: &Stale| format!("{}, made by: {}", shown(&one.path), printable(&one.command));
    let files: Vec<String> = stale.iter().map(made).collect();
    format!(
        "These generated files are on your branch not as their commands make them, and the strategy \
         fast-forward\nlands a branch as it is:\n{}\nRun each command at the root of your worktree, and \
         commit what it makes: the contract lets every lane\nchange these files. (Or the dispatcher lands \
         with --strategy merge, squash or rebase, which run them.)",
        listed(&files)
    )
}

fn for_the_dispatcher(what: &str) -> String {
    format!("\n{}\n{what}\n", styled(STRONG, "For the dispatcher:"))
}

fn shown(path: &RepoPath) -> String {
    path.to_string()
}

/// A command on a line of its own, so that it can be taken as it stands.
fn command(ran: &Ran) -> String {
    format!("\n    {}\n", printable(&ran.command))
}

/// What it does, where it does not pass.
fn fails(ran: &Ran) -> String {
    match ran.end {
        End::TimedOut => format!("does not end within {}, which is the limit,", took(ran.took)),
        _ => "fails".to_owned(),
    }
}

fn printed(ran: &Ran) -> String {
    let lines: Vec<String> = ran.last_lines().iter().map(|line| printable(line)).collect();
    match lines.is_empty() {
        true => "(nothing)".to_owned(),
        false => lines.join("\n"),
    }
}

fn listed(items: &[String]) -> String {
    items.iter().map(|item| format!("- {item}\n")).collect::<String>().trim_end().to_owned()
}

/// The paths that an agent may edit, and no others; with what it has just been asked to make.
fn constraint(contract: &Contract, agent: &Agent, made: &[Stale]) -> String {
    let mut paths: Vec<String> = Vec::new();
    for entry in &agent.scope {
        let mut words = Vec::new();
        if entry.mode != Mode::Edit {
            words.push(entry.mode.as_str().replace('-', " "));
        }
        words.extend(
            entry.except.iter().map(|except| format!("except {}", printable(except.as_str()))),
        );
        paths.push(with(printable(entry.pattern.as_str()), &words));
    }
    for entry in contract.shared() {
        let pattern = printable(entry.pattern.as_str());
        match &entry.policy {
            SharedPolicy::Owner(owner) if *owner == agent.id => paths.push(pattern),
            SharedPolicy::AdditionsBy(agents) if agents.contains(&agent.id) => {
                paths.push(with(pattern, &["additions only".to_owned()]));
            }
            _ => {}
        }
    }
    paths.dedup();
    let made = made.iter().map(|one| with(shown(&one.path), &["as its command makes it".into()]));
    paths.extend(made);
    format!(
        "\nYou may edit these paths and no others. This is a hard constraint: if the fix seems to \
         need another\nfile, do not edit it. Stop, and report the file and why.\n{}",
        listed(&paths)
    )
}

fn with(path: String, words: &[String]) -> String {
    if words.is_empty() { path } else { format!("{path} ({})", words.join(", ")) }
}
