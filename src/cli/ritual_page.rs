//! What `rehearse` and `land` say of each lane.

use policy::contract::Contract;
use policy::name::AgentId;
use policy::text::printable;

use super::progress::shown;
use crate::report::style::{ERROR, GOOD, QUIET, STRONG, styled};
use crate::report::{Look, human};
use crate::ritual::step::{Blame, Fault, Outcome, Step};
use crate::ritual::suite::{End, Ran};

/// A lane that came through, in a line.
pub fn good(step: &Step, how: &str) -> String {
    let Outcome::Good { to, suite } = &step.outcome else { return String::new() };
    let suite = match suite {
        Some(ran) => format!("suite passed in {}", shown(ran.took)),
        None => how.to_owned(),
    };
    format!(
        "  {} {:<14} {:<24} {}  {}\n",
        styled(GOOD, "✓"),
        printable(step.agent.as_str()),
        printable(&step.branch),
        to.short(),
        styled(QUIET, suite)
    )
}

/// A lane that has nothing to land yet, in a line.
pub fn not_begun(step: &Step) -> String {
    format!(
        "  {} {:<14} {:<24} {}\n",
        styled(QUIET, "–"),
        printable(step.agent.as_str()),
        printable(&step.branch),
        styled(QUIET, "has not begun")
    )
}

/// A lane that did not: in a line, and then what there is to be handed to its agent.
pub fn bad(step: &Step, trunk: &str, contract: Option<&Contract>, look: Look) -> String {
    let Outcome::Bad(fault) = &step.outcome else { return String::new() };
    let head = format!(
        "  {} {:<14} {:<24} {}\n",
        styled(ERROR, "✗"),
        printable(step.agent.as_str()),
        printable(&step.branch),
        in_a_line(fault)
    );
    let trunk = printable(trunk);
    let mut out = head;
    match fault {
        Fault::Judged(report) => {
            out.push('\n');
            out.push_str(&human::render(report, look));
        }
        Fault::NothingToLand => {}
        Fault::Conflict(paths) => {
            let files: Vec<String> = paths
                .iter()
                .map(|path| printable(&String::from_utf8_lossy(path.as_bytes())))
                .collect();
            out.push_str(&prompt(
                step,
                contract,
                &format!(
                    "Your branch conflicts with {trunk} in these files:\n{}\nTake {trunk} in (git merge \
                     {trunk}), resolve the conflicts in your own paths, and say which are not yours.",
                    listed(&files)
                ),
            ));
        }
        Fault::NotAhead => out.push_str(&prompt(
            step,
            contract,
            &format!("{trunk} has gone on. Rebase your branch onto it (git rebase {trunk})."),
        )),
        Fault::NotAsGenerated => out.push_str(&prompt(
            step,
            contract,
            &format!(
                "A generated file on your branch is not what its command makes. Take {trunk} in (git rebase \
                 {trunk}), run the command that the contract names for it, and commit the result."
            ),
        )),
        Fault::NotGenerated { command, log } => {
            out.push_str(&format!(
                "    {} fails; all of its output: {}\n",
                printable(command),
                path(log)
            ));
        }
        Fault::Suite { ran, blame } => {
            out.push_str(&tail(ran));
            out.push_str(&format!("    {}\n", whose(blame, &step.agent)));
            if !matches!(blame, Blame::Trunk) {
                let lines = ran.last_lines();
                let lines: Vec<String> = lines.iter().map(|line| printable(line)).collect();
                out.push_str(&prompt(
                    step,
                    contract,
                    &format!(
                        "The suite ({}) fails on {trunk} with your branch merged into it. {} The end of \
                         what it printed:\n\n{}",
                        printable(&ran.command),
                        whose(blame, &step.agent),
                        lines.join("\n")
                    ),
                ));
            }
        }
    }
    out
}

fn in_a_line(fault: &Fault) -> String {
    match fault {
        Fault::NothingToLand => "has nothing to land yet".to_owned(),
        Fault::Judged(report) => match report.outcome() {
            policy::verdict::Outcome::Undecided => "cannot be judged".to_owned(),
            _ => "breaks the contract".to_owned(),
        },
        Fault::Conflict(paths) => match paths.len() {
            1 => "conflicts in 1 file".to_owned(),
            many => format!("conflicts in {many} files"),
        },
        Fault::NotAhead => "does not contain the trunk, which a fast-forward needs".to_owned(),
        Fault::NotAsGenerated => "has a generated file that is out of date".to_owned(),
        Fault::NotGenerated { .. } => "a generated file cannot be made again".to_owned(),
        Fault::Suite { ran, .. } => format!("the suite {}", ended(ran)),
    }
}

/// How a command ended.
pub fn ended(ran: &Ran) -> String {
    match ran.end {
        End::Well => format!("passed in {}", shown(ran.took)),
        End::Failed(status) => format!("failed (exit status {status}) after {}", shown(ran.took)),
        End::TimedOut => format!("took longer than it may and was ended after {}", shown(ran.took)),
        End::Interrupted => "was interrupted".to_owned(),
    }
}

/// The end of a command's output, and where all of it is.
pub fn tail(ran: &Ran) -> String {
    let mut out = String::new();
    for line in ran.last_lines() {
        out.push_str(&format!("    {} {}\n", styled(QUIET, "│"), printable(&line)));
    }
    out.push_str(&format!("    all of its output: {}\n", path(&ran.log)));
    out
}

fn path(path: &std::path::Path) -> String {
    printable(&path.to_string_lossy())
}

fn whose(blame: &Blame, agent: &AgentId) -> String {
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

fn listed(items: &[String]) -> String {
    items.iter().map(|item| format!("- {item}\n")).collect::<String>().trim_end().to_owned()
}

/// What may be handed to the agent as it is: what happened, and its paths as a hard constraint.
fn prompt(step: &Step, contract: Option<&Contract>, what: &str) -> String {
    let scope = contract.and_then(|contract| contract.agent(&step.agent)).map(|agent| {
        let paths: Vec<String> =
            agent.scope.iter().map(|entry| printable(entry.pattern.as_str())).collect();
        format!(
            "\nYou may edit these paths and no others. This is a hard constraint: if the fix seems to \
             need another\nfile, do not edit it. Stop, and report the file and why.\n{}",
            listed(&paths)
        )
    });
    let head = styled(STRONG, format!("For {}'s next prompt:", printable(step.agent.as_str())));
    format!("\n{head}\n{what}\n{}\n", scope.unwrap_or_default())
}
