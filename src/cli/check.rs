//! `check`: the verdict by hand or in CI, before review.

use clap::Args;
use policy::name::AgentId;

use super::{Answer, Format, Terminal};
use crate::checkpoints::check::{Question, Range, Request, Whom, answer};
use crate::report::{Report, human, json};
use crate::system::environment::Environment;

/// Judge a lane: what landing it would change, with the worktree's uncommitted changes
///
/// Without options: the lane whose worktree or branch this is, with its staged and unstaged
/// changes. A lane that waits for its turn is not denied for it; ask with --landing.
#[derive(Debug, Args)]
pub struct Arguments {
    /// Judge the index alone, as a commit would
    #[arg(long, conflicts_with_all = ["base", "head", "branch", "landing", "all"])]
    staged: bool,

    /// Compare with this commit instead of the trunk
    #[arg(long, value_name = "REV", conflicts_with = "all")]
    base: Option<String>,

    /// Judge this commit instead of the branch's tip and the worktree
    #[arg(long, value_name = "REV", conflicts_with = "all")]
    head: Option<String>,

    /// Judge this branch
    #[arg(long, conflicts_with = "all")]
    branch: Option<String>,

    /// Judge as this agent's work
    #[arg(long, value_name = "NAME", value_parser = agent, conflicts_with = "all")]
    agent: Option<AgentId>,

    /// Judge the step that landing now would make on the trunk: order, versions, conflicts
    #[arg(long)]
    landing: bool,

    /// Judge every lane of the contract
    #[arg(long)]
    all: bool,

    /// The branch that lanes land on, instead of the configured one
    #[arg(long, value_name = "BRANCH")]
    trunk: Option<String>,

    /// Look lanes up among this remote's branches (a clone in CI has no others)
    #[arg(long, value_name = "NAME")]
    remote: Option<String>,

    /// How to print the verdict
    #[arg(long, value_name = "FORMAT", default_value = "human", hide_default_value = true)]
    format: Format,
}

impl From<Arguments> for Request {
    fn from(arguments: Arguments) -> Self {
        let Arguments { staged, base, head, branch, agent, landing, all, trunk, remote, .. } =
            arguments;
        let range = Range { base, head, branch, agent, ..Range::default() };
        let question = match (all, staged, landing) {
            (true, _, false) => Question::AllLanes,
            (true, _, true) => Question::AllLandings,
            (false, true, _) => Question::Staged { agent: range.agent },
            (false, false, false) => Question::Lane(range),
            (false, false, true) => Question::Landing(range),
        };
        let there_first = remote.is_some();
        Self { question, trunk, remote, there_first, by: Whom::Here }
    }
}

fn agent(name: &str) -> Result<AgentId, policy::name::NotAnAgentId> {
    AgentId::new(name)
}

/// Answers, and prints the answer on standard output.
///
/// # Errors
/// When it cannot be written.
pub fn run(arguments: Arguments, environment: &Environment, terminal: &Terminal) -> Answer {
    let format = arguments.format;
    let request = Request::from(arguments);
    let reports = answer(&request, environment);
    show(&reports, &request.question, format, terminal)
}

/// Prints reports on standard output.
///
/// # Errors
/// When it cannot be written.
pub fn show(
    reports: &[Report],
    question: &Question,
    format: Format,
    terminal: &Terminal,
) -> Answer {
    let all = matches!(question, Question::AllLanes | Question::AllLandings);
    let text = match (format, reports) {
        (Format::Json, [report]) if !all => json::render(report),
        (Format::Json, reports) => json::render_all(reports),
        (Format::Human, reports) => {
            let pages = reports.iter().map(|report| human::render(report, terminal.out_look()));
            pages.collect::<Vec<_>>().join("\n")
        }
    };
    terminal.out(&text)?;
    // The worst of them decides: denied before undecided before allowed.
    let outcome = reports.iter().map(Report::outcome).max();
    Ok(outcome.map_or(0, policy::verdict::Outcome::exit_status))
}

#[cfg(test)]
mod tests {
    use clap::Parser;
    use policy::verdict::Verdict;

    use super::*;
    use crate::cli::Color;
    use crate::report::samples;

    #[derive(Debug, Parser)]
    struct Only {
        #[command(flatten)]
        arguments: Arguments,
    }

    fn parsed(line: &str) -> Result<Request, clap::Error> {
        let words = std::iter::once("check").chain(line.split_whitespace());
        Only::try_parse_from(words).map(|only| only.arguments.into())
    }

    fn question(line: &str) -> Question {
        parsed(line).unwrap().question
    }

    #[test]
    fn arguments_become_one_question() {
        let text = |text: &str| Some(text.to_owned());
        assert_eq!(question(""), Question::Lane(Range::default()));
        assert_eq!(question("--staged"), Question::Staged { agent: None });
        let agent = Some(samples::agent("agent-1"));
        assert_eq!(question("--staged --agent agent-1"), Question::Staged { agent: agent.clone() });
        let range = Range {
            base: text("main"),
            head: text("HEAD~1"),
            branch: text("b"),
            agent,
            ..Range::default()
        };
        let line = "--base main --head HEAD~1 --branch b --agent agent-1";
        assert_eq!(question(line), Question::Lane(range.clone()));
        assert_eq!(question(&format!("--landing {line}")), Question::Landing(range));
        assert_eq!(question("--all"), Question::AllLanes);
        assert_eq!(question("--all --landing"), Question::AllLandings);
        let request = parsed("--trunk develop --remote origin").unwrap();
        assert_eq!((request.trunk, request.remote), (text("develop"), text("origin")));
    }

    #[test]
    fn contradictions_are_bad_usage() {
        for line in [
            "--staged --head x",
            "--staged --base x",
            "--staged --branch x",
            "--staged --landing",
            "--staged --all",
            "--all --agent agent-1",
            "--all --branch x",
            "--all --head x",
            "--all --base x",
            "--agent nobody",
            "--agent no/name",
            "--format xml",
            "--unknown",
            "word",
        ] {
            assert_eq!(parsed(line).unwrap_err().exit_code(), 2, "{line}");
        }
    }

    #[test]
    fn the_worst_lane_decides_the_exit_status() {
        let terminal = Terminal::new(Color::Never);
        let status =
            |reports: &[Report]| show(reports, &Question::AllLanes, Format::Json, &terminal);
        let allowed = || samples::report(Verdict::default());
        assert_eq!(status(&[]), Ok(0));
        assert_eq!(status(&[allowed()]), Ok(0));
        assert_eq!(status(&[allowed(), samples::broken()]), Ok(2));
        assert_eq!(status(&[samples::broken(), samples::everything(), allowed()]), Ok(1));
    }
}
