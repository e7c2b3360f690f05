//! A plan, for people and for those who draw it.

use policy::name::AgentId;
use policy::oid::Oid;
use policy::path::RepoPath;
use policy::text::printable;

use super::style::{GOOD, NOTE, QUIET, STRONG, WARNING, styled};
use super::wrapped::{WIDTH, section, wrapped};
use crate::ritual::plan::{Advice, Bound, Edge, MOST_PATHS, Plan, QUESTION, Step, Why};

/// How many pairs of paths it has, each of which takes three lines.
const MOST_BOUND: usize = 6;
/// What was planned, under which contract.
pub struct Planned {
    /// The contract's file. Safe to print.
    pub file: String,
    /// The trunk's short name.
    pub trunk: String,
    /// The trunk's newest commit.
    pub tip: Oid,
    /// The contract's version.
    pub version: u64,
    /// The plan.
    pub found: Plan,
}

/// The page.
pub fn page(planned: &Planned) -> String {
    let Planned { file, trunk, found, .. } = planned;
    let head = format!("{file} over {}", printable(trunk));
    let mut out = format!("{}\n", styled(STRONG, head));
    let looked_at = &found.looked_at;
    out.push_str(&format!(
        "{}, read from {} and {}\n",
        counted(found.lanes.len(), "lane"),
        counted(looked_at.sources, "source"),
        counted(looked_at.commits as usize, "commit"),
    ));
    out.push('\n');
    out.push_str(&shape(found));
    section(&mut out, "what depends on what", &shown_edges(found), |edge| of_edge(edge, file));
    let bound: Vec<&Bound> = found.together.iter().collect();
    let head = "change together, and are split between lanes";
    section(&mut out, head, &bound[..bound.len().min(MOST_BOUND)], of_bound);
    if bound.len() > MOST_BOUND {
        out.push_str(&format!("  and {} more (--format json has all)\n", bound.len() - MOST_BOUND));
    }
    let advice: Vec<&Advice> = found.advice.iter().collect();
    section(&mut out, "before you dispatch", &advice, |one| {
        let mark = styled(NOTE, "·");
        format!("  {mark} {}\n", wrapped(&one.message(), 4))
    });
    if found.advice.iter().any(Advice::is_of_a_seam) {
        out.push_str(&format!("  {}\n", wrapped(QUESTION, 2)));
    }
    if let Some(order) = &found.order {
        let steps: Vec<&Step> = order.iter().collect();
        let head = "no merge order is written; this one would do";
        section(&mut out, head, &steps, |step| {
            let lines = step.lines.iter().map(|line| format!("  {}\n", printable(line)));
            lines.collect()
        });
    }
    let mut rough = Vec::new();
    if looked_at.large_commits > 0 {
        let large = counted(looked_at.large_commits as usize, "commit");
        rough.push(format!("{large} with more than {MOST_PATHS} paths left out"));
    }
    if looked_at.sources_left_out > 0 {
        rough.push(format!("{} not read", counted(looked_at.sources_left_out, "source")));
    }
    if looked_at.is_rough {
        rough.push("rare pairs forgotten".to_owned());
    }
    if !rough.is_empty() {
        out.push_str(&format!("\n{} {}\n", styled(NOTE, "note:"), rough.join(", ")));
    }
    out
}

fn counted(count: usize, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
}

/// How many can work at once, who has to wait for whose work, and how they land.
fn shape(found: &Plan) -> String {
    let row = |style, head: String, items: &[String], between| {
        let indent = 2 + COLUMN + 2;
        listed(
            &format!("  {}  ", styled(style, format!("{head:<COLUMN$}"))),
            indent,
            items,
            between,
        )
    };
    let wide = format!("{} work at once", found.widest.len());
    let mut out = row(GOOD, wide, &texts(&found.widest), ", ");
    if found.work.len() > 1 {
        let long = format!("{} work in a row", found.work.len());
        out.push_str(&row(WARNING, long, &texts(&found.work), " > "));
    }
    if let Some(steps) = &found.landing {
        let steps: Vec<String> = steps.iter().map(|step| texts(step).join(", ")).collect();
        let head = format!("land in {}", counted(steps.len(), "step"));
        out.push_str(&row(NOTE, head, &steps, " > "));
    }
    out
}

/// How wide the heads of [`shape`] are.
const COLUMN: usize = 16;

fn texts(agents: &[AgentId]) -> Vec<String> {
    agents.iter().map(ToString::to_string).collect()
}

/// Names behind a head, in lines of a bearable width.
fn listed(head: &str, indent: usize, items: &[String], between: &str) -> String {
    let mut out = head.to_owned();
    let mut column = indent;
    for (at, text) in items.iter().enumerate() {
        let between = if at == 0 { "" } else { between };
        if at > 0 && column + between.len() + text.len() > WIDTH {
            out.push_str(&format!("{}\n{:indent$}", between.trim_end(), ""));
            column = indent;
        } else {
            out.push_str(between);
            column += between.len();
        }
        column += text.len();
        out.push_str(text);
    }
    out + "\n"
}

/// The edges that say something of their own: what is only ordered, and goes without saying, is not
/// among them.
fn shown_edges(found: &Plan) -> Vec<&Edge> {
    let is_order_alone = |edge: &Edge| edge.why.iter().all(|why| matches!(why, Why::Order(_)));
    found.edges.iter().filter(|edge| !(edge.is_implied && is_order_alone(edge))).collect()
}

fn of_edge(edge: &Edge, file: &str) -> String {
    let ends = styled(STRONG, format!("{} > {}", edge.before, edge.after));
    let why = edge.why.iter().map(|why| match why {
        Why::Order(Some(line)) => format!("ordered, {}", styled(QUIET, format!("{file}:{line}"))),
        Why::Order(None) => "ordered".to_owned(),
        Why::Promise(line) => format!("promised, {}", styled(QUIET, format!("{file}:{line}"))),
        Why::Imports(count, some) => match some.first() {
            Some((one, other)) => format!(
                "{}: {}",
                counted(*count, "import"),
                styled(QUIET, format!("{one} needs {other}"))
            ),
            None => counted(*count, "import"),
        },
    });
    let why: Vec<String> = why.collect();
    let mut out = format!("  {ends}\n");
    for why in why {
        out.push_str(&format!("    {why}\n"));
    }
    out
}

fn of_bound(bound: &Bound) -> String {
    let percent = (bound.confidence * 100.0).round();
    let commits = counted(bound.support as usize, "commit");
    let of = |(path, agent): &(RepoPath, AgentId)| format!("{path} {}", styled(QUIET, agent));
    format!(
        "  {}\n  {}\n    {commits} changed both, {percent} % of all that changed the second\n",
        of(&bound.one),
        of(&bound.other),
    )
}

/// The words of an edge, for a drawing.
fn label(edge: &Edge) -> String {
    let words = edge.why.iter().map(|why| match why {
        Why::Order(_) => "order".to_owned(),
        Why::Promise(_) => "promise".to_owned(),
        Why::Imports(count, _) => counted(*count, "import"),
    });
    let mut words: Vec<String> = words.collect();
    words.dedup();
    words.join(", ")
}

/// The graph in Graphviz' language, <https://graphviz.org/doc/info/lang.html>. Names of agents are
/// letters, digits, `.`, `_` and `-`, so quotes are all that they need.
pub fn dot(plan: &Plan) -> String {
    let mut out = "digraph plan {\n  rankdir=LR;\n  node [shape=box, style=rounded];\n".to_owned();
    for lane in &plan.lanes {
        let is_critical = plan.critical.len() > 1 && plan.critical.contains(&lane.agent);
        let style = if is_critical { " [penwidth=2]" } else { "" };
        out.push_str(&format!("  \"{}\"{style};\n", lane.agent));
    }
    for edge in shown_edges(plan) {
        let is_seam = edge.why.iter().all(|why| matches!(why, Why::Imports(..)));
        let style = if is_seam { ", style=dashed" } else { "" };
        out.push_str(&format!(
            "  \"{}\" -> \"{}\" [label=\"{}\"{style}];\n",
            edge.before,
            edge.after,
            label(edge)
        ));
    }
    out + "}\n"
}

/// The graph as a Mermaid flowchart, <https://mermaid.js.org/syntax/flowchart.html>. Nodes have
/// numbers, because names such as `end` are words of the language.
pub fn mermaid(plan: &Plan) -> String {
    let number = |agent: &AgentId| {
        plan.lanes.iter().position(|lane| lane.agent == *agent).unwrap_or_default()
    };
    let mut out = "flowchart LR\n".to_owned();
    for (at, lane) in plan.lanes.iter().enumerate() {
        out.push_str(&format!("  n{at}[\"{}\"]\n", lane.agent));
    }
    for edge in shown_edges(plan) {
        let is_seam = edge.why.iter().all(|why| matches!(why, Why::Imports(..)));
        let arrow = if is_seam { "-.->" } else { "-->" };
        let (before, after) = (number(&edge.before), number(&edge.after));
        out.push_str(&format!("  n{before} {arrow}|\"{}\"| n{after}\n", label(edge)));
    }
    out
}
