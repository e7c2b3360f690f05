//! `plan`: how wide a run can be, and where its seams are: from the contract, the trunk's sources and
//! its history.
//!
//! Everything here is advice. No decision depends on it, and nothing is written.

mod advice;
pub mod graph;
mod imports;
mod proposed;
mod resolve;
mod sources;
mod together;

use std::collections::BTreeMap;

use policy::name::AgentId;
use policy::path::RepoPath;

use super::Done;
use super::run::Run;
pub use advice::{Advice, QUESTION};
use graph::Graph;
pub use proposed::Step;
pub use together::MOST_PATHS;

/// What a run looks like before it begins.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// The lanes, in the contract's order, without those that are withdrawn.
    pub lanes: Vec<Lane>,
    /// What has to come before what, and why. What the order says only because it says something
    /// else is left out.
    pub edges: Vec<Edge>,
    /// A largest set of lanes of which none needs the work of another: how many can run at once. What
    /// is only ordered is worked on at once, and lands in turn.
    pub widest: Vec<AgentId>,
    /// The longest chain of lanes, each of which needs the work of the one before it.
    pub work: Vec<AgentId>,
    /// The longest chain of lanes, each of which depends on the one before it, the order counted.
    pub critical: Vec<AgentId>,
    /// How they land, where an order is written: each in the earliest step that it allows.
    pub landing: Option<Vec<Vec<AgentId>>>,
    /// Lanes that depend on each other in a circle.
    pub circles: Vec<Vec<AgentId>>,
    /// Paths that change together and belong to different lanes, the most bound first.
    pub together: Vec<Bound>,
    /// What was read for all this.
    pub looked_at: LookedAt,
    /// Which lanes are too small to be worth it, or too entangled to be split.
    pub advice: Vec<Advice>,
    /// A merge order, where none is written.
    pub order: Option<Vec<Step>>,
}

/// A lane, before it begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lane {
    /// Whose.
    pub agent: AgentId,
    /// How many files of the trunk are its own.
    pub files: usize,
    /// How many of the commits that were looked at touched its own paths.
    pub commits: u32,
}

/// One lane that has to come before another, or that another stands on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edge {
    /// The lane that comes first.
    pub before: AgentId,
    /// The lane that depends on it.
    pub after: AgentId,
    /// Why.
    pub why: Vec<Why>,
    /// Whether others say it already, by a way round.
    pub is_implied: bool,
}

/// Why a lane depends on another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Why {
    /// The merge order says so, in this line.
    Order(Option<u32>),
    /// It relies on a promise, in this line.
    Promise(u32),
    /// So many files of its own import files of the other's; some of them.
    Imports(usize, Vec<(RepoPath, RepoPath)>),
}

impl Why {
    /// Whether one lane's work is needed by the other's: the order is about landing alone.
    pub fn is_of_work(&self) -> bool {
        !matches!(self, Self::Order(_))
    }
}

/// Two paths that change together and are split between lanes.
#[derive(Debug, Clone, PartialEq)]
pub struct Bound {
    /// One, and whose it is.
    pub one: (RepoPath, AgentId),
    /// The other, which changes no more often, and whose it is.
    pub other: (RepoPath, AgentId),
    /// How many commits changed both.
    pub support: u32,
    /// Of the commits that changed the other, the part that changed the one too.
    pub confidence: f64,
}

/// What was read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct LookedAt {
    /// Commits, merges aside.
    pub commits: u32,
    /// Commits that were left out because they touch too many paths.
    pub large_commits: u32,
    /// Whether counts of paths that change together may be too small.
    pub is_rough: bool,
    /// Sources.
    pub sources: usize,
    /// Sources that were left out.
    pub sources_left_out: usize,
}

/// Plans a run.
///
/// # Errors
/// When the trunk cannot be read.
pub fn plan(run: &Run<'_>) -> Done<Plan> {
    let tip = run.governing();
    let agents = run.contract.agents();
    let sources = sources::read(run, tip)?;
    let together = together::read(run, tip)?;
    let whys = whys(run, &sources);
    let is_there: Vec<usize> = (0..agents.len()).filter(|at| !agents[*at].withdrawn).collect();
    let place: BTreeMap<usize, usize> =
        is_there.iter().enumerate().map(|(place, at)| (*at, place)).collect();
    let placed = whys.keys().filter_map(|(b, a)| Some((*place.get(b)?, *place.get(a)?)));
    let graph = Graph::new(is_there.len(), placed.collect::<Vec<_>>());
    let of_work = whys.iter().filter(|(_, whys)| whys.iter().any(Why::is_of_work));
    let placed = of_work.filter_map(|((b, a), _)| Some((*place.get(b)?, *place.get(a)?)));
    let work = Graph::new(is_there.len(), placed.collect::<Vec<_>>());
    let id = |at: usize| agents[at].id.clone();
    let ids = |places: &[usize]| places.iter().map(|at| id(is_there[*at])).collect::<Vec<_>>();
    let edges = whys
        .iter()
        .filter_map(|((before, after), why)| {
            Some(Edge {
                before: id(*before),
                after: id(*after),
                why: why.clone(),
                is_implied: graph.is_implied(*place.get(before)?, *place.get(after)?),
            })
        })
        .collect::<Vec<_>>();
    let bound = |pair: &together::Pair| Bound {
        one: (pair.one.0.clone(), id(pair.one.1)),
        other: (pair.other.0.clone(), id(pair.other.1)),
        support: pair.support,
        confidence: pair.confidence,
    };
    let lane = |at: &usize| Lane {
        agent: id(*at),
        files: sources.files[*at],
        commits: together.of_lane[*at],
    };
    let circles: Vec<Vec<AgentId>> = graph.circles().iter().map(|circle| ids(circle)).collect();
    let order = run.contract.order().is_empty() && is_there.len() > 1;
    Ok(Plan {
        lanes: is_there.iter().map(lane).collect(),
        widest: ids(&work.widest()),
        work: ids(&work.longest()),
        landing: (!run.contract.order().is_empty()).then(|| landing(run)),
        critical: ids(&graph.longest()),
        together: together.pairs.iter().map(bound).collect(),
        looked_at: LookedAt {
            commits: together.commits,
            large_commits: together.large,
            is_rough: together.forgotten,
            sources: sources.read,
            sources_left_out: sources.left_out,
        },
        advice: advice::of(&run.contract, &edges, &circles, &sources, &together),
        order: order.then(|| proposed::order(&run.contract, &edges)),
        circles,
        edges,
    })
}

/// The lanes by how many have to land before them one after another.
fn landing(run: &Run<'_>) -> Vec<Vec<AgentId>> {
    let mut steps: Vec<Vec<AgentId>> = Vec::new();
    for agent in run.sequence() {
        let before = run.contract.before(&agent.id);
        let is_after = |step: &Vec<AgentId>| step.iter().any(|id| before.contains(&id));
        let at = steps.iter().rposition(is_after).map_or(0, |last| last + 1);
        if at == steps.len() {
            steps.push(Vec::new());
        }
        steps[at].push(agent.id.clone());
    }
    steps
}

/// Why which lane comes before which, by their numbers. Of the order only what it says directly.
fn whys(run: &Run<'_>, sources: &sources::Sources) -> BTreeMap<(usize, usize), Vec<Why>> {
    let contract = &*run.contract;
    let agents = contract.agents();
    let number: BTreeMap<&AgentId, usize> =
        agents.iter().enumerate().map(|(at, agent)| (&agent.id, at)).collect();
    let mut ordered = Vec::new();
    for (after, agent) in agents.iter().enumerate().filter(|(_, agent)| !agent.withdrawn) {
        for before in contract.before(&agent.id) {
            if let Some(before) = number.get(before).filter(|at| !agents[**at].withdrawn) {
                ordered.push((*before, after));
            }
        }
    }
    let order = Graph::new(agents.len(), ordered.iter().copied());
    let mut whys: BTreeMap<(usize, usize), Vec<Why>> = BTreeMap::new();
    for (before, after) in ordered {
        if !order.is_implied(before, after) {
            let line = contract.order_line(&agents[after].id);
            whys.entry((before, after)).or_default().push(Why::Order(line));
        }
    }
    for (before, agent) in agents.iter().enumerate() {
        for promise in &agent.promises {
            for after in promise.relied_on_by.iter().filter_map(|id| number.get(id)) {
                if *after != before {
                    let why = Why::Promise(promise.line);
                    whys.entry((before, *after)).or_default().push(why);
                }
            }
        }
    }
    for ((before, after), imports) in &sources.imports {
        let why = Why::Imports(imports.count, imports.some.clone());
        whys.entry((*before, *after)).or_default().push(why);
    }
    whys.retain(|(b, a), _| !agents[*b].withdrawn && !agents[*a].withdrawn);
    whys
}
