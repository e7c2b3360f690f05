//! Lanes that are too small to be worth it, and lanes that are too entangled to be split.
//!
//! The measure is that of those who run many agents: one agent for what takes under about two hours
//! and has a single concern; and before a split the question whether every value that crosses the
//! seam can be described without reading either side's implementation.

use policy::contract::Contract;
use policy::name::AgentId;

use super::sources::Sources;
use super::together::Together;
use super::{Edge, Why};

/// Two lanes whose commits fall together more often than this are one concern.
const ENTANGLED: f64 = 0.4;
/// So many commits have to say so.
const LEAST_COMMITS: u32 = 5;

/// One piece of advice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Advice {
    /// A lane that is likely too small for an agent of its own.
    TooSmall {
        /// Whose.
        agent: AgentId,
        /// How many single files its scope names.
        files: usize,
        /// The lane that it is most bound to, which could take it in.
        into: Option<AgentId>,
    },
    /// Two lanes whose paths change together.
    ChangeTogether {
        /// The lanes.
        agents: [AgentId; 2],
        /// How many commits touched both.
        both: u32,
        /// How many touched the one that fewer touched.
        of: u32,
    },
    /// Lanes that need each other in a circle.
    Circle {
        /// The lanes.
        agents: Vec<AgentId>,
    },
    /// A seam that no promise describes: a lane imports another's files.
    NoPromise {
        /// Whose files are imported.
        before: AgentId,
        /// Who imports them.
        after: Vec<AgentId>,
        /// How many imports there are.
        imports: usize,
    },
}

/// What to ask before work is split at a seam.
pub const QUESTION: &str = "Can every value that crosses a seam be described without reading either \
                            side's implementation? If not, write the contract until it can";

impl Advice {
    /// Whether it is about a seam.
    pub fn is_of_a_seam(&self) -> bool {
        !matches!(self, Self::TooSmall { .. })
    }

    /// The word used in JSON.
    pub fn code(&self) -> &'static str {
        match self {
            Self::TooSmall { .. } => "too-small",
            Self::ChangeTogether { .. } => "change-together",
            Self::Circle { .. } => "circle",
            Self::NoPromise { .. } => "no-promise",
        }
    }

    /// The lanes that it is about.
    pub fn agents(&self) -> Vec<&AgentId> {
        match self {
            Self::TooSmall { agent, .. } => vec![agent],
            Self::ChangeTogether { agents: [one, other], .. } => vec![one, other],
            Self::Circle { agents } => agents.iter().collect(),
            Self::NoPromise { before, after, .. } => std::iter::once(before).chain(after).collect(),
        }
    }

    /// What is said, in a sentence without its end.
    pub fn message(&self) -> String {
        match self {
            Self::TooSmall { agent, files, into } => {
                let files =
                    if *files == 1 { "one file".to_owned() } else { format!("{files} files") };
                let into = match into {
                    Some(into) => format!("let {into} do it too"),
                    None => "let another lane do it too".to_owned(),
                };
                format!(
                    "{agent} is for {files}: a single concern, and likely under two hours of work, \
                     which is one agent's; {into}"
                )
            }
            Self::ChangeTogether { agents: [one, other], both, of } => format!(
                "{both} of {of} commits that touched {other} touched {one} too: make one lane of \
                 them, or write the contract of their seam"
            ),
            Self::Circle { agents } => format!(
                "{} need each other in a circle: redraw the seam, make one lane of them, or write \
                 the contract until each can be built against it",
                crate::ritual::names(agents)
            ),
            Self::NoPromise { before, after, imports } => {
                let verb = if after.len() == 1 { "imports" } else { "import" };
                format!(
                    "{} {verb} files of {before} ({imports} in all), and no promise of {before} \
                     says what crosses that seam",
                    crate::ritual::names(after)
                )
            }
        }
    }
}

/// All advice: what is too small, what is too entangled, which seams nothing describes.
pub fn of(
    contract: &Contract,
    edges: &[Edge],
    circles: &[Vec<AgentId>],
    sources: &Sources,
    together: &Together,
) -> Vec<Advice> {
    let agents = contract.agents();
    let mut found = Vec::new();
    for (at, agent) in agents.iter().enumerate().filter(|(_, agent)| !agent.withdrawn) {
        // What a pattern holds may be to come.
        let is_single = agent.scope.iter().all(|entry| {
            let text = entry.pattern.as_str();
            entry.pattern.beginning() == text.as_bytes() && !text.ends_with('/')
        });
        let named = agent.scope.len();
        if is_single && (1..=2).contains(&named) && sources.files[at] <= named {
            let into = most_bound(contract, at, sources, together);
            found.push(Advice::TooSmall { agent: agent.id.clone(), files: named, into });
        }
    }
    let mut pairs: Vec<(&(usize, usize), &u32)> = together.of_lanes.iter().collect();
    pairs.sort();
    for ((one, other), both) in pairs {
        let (one, other) = if together.of_lane[*one] >= together.of_lane[*other] {
            (*one, *other)
        } else {
            (*other, *one)
        };
        let of = together.of_lane[other];
        if *both >= LEAST_COMMITS && f64::from(*both) >= ENTANGLED * f64::from(of) {
            let agents = [agents[one].id.clone(), agents[other].id.clone()];
            found.push(Advice::ChangeTogether { agents, both: *both, of });
        }
    }
    found.extend(circles.iter().map(|circle| Advice::Circle { agents: circle.clone() }));
    found.extend(without_promise(contract, edges));
    found
}

/// The lanes whose files others import, with no promise that those could build against.
fn without_promise(contract: &Contract, edges: &[Edge]) -> Vec<Advice> {
    let mut found: Vec<Advice> = Vec::new();
    for edge in edges {
        let imports = edge.why.iter().find_map(|why| match why {
            Why::Imports(count, _) => Some(*count),
            _ => None,
        });
        let Some(count) = imports else { continue };
        let promises = contract.agent(&edge.before).into_iter().flat_map(|agent| &agent.promises);
        let mut covers = promises.filter(|promise| {
            promise.relied_on_by.is_empty() || promise.relied_on_by.contains(&edge.after)
        });
        if covers.next().is_some() {
            continue;
        }
        match found.last_mut() {
            Some(Advice::NoPromise { before, after, imports }) if *before == edge.before => {
                after.push(edge.after.clone());
                *imports += count;
            }
            _ => found.push(Advice::NoPromise {
                before: edge.before.clone(),
                after: vec![edge.after.clone()],
                imports: count,
            }),
        }
    }
    found
}

/// The lane with which one shares most: commits first, then imports.
fn most_bound(
    contract: &Contract,
    at: usize,
    sources: &Sources,
    together: &Together,
) -> Option<AgentId> {
    let bound = |other: usize| {
        let commits = together.of_lanes.get(&(at.min(other), at.max(other))).copied().unwrap_or(0);
        let imports = |pair| sources.imports.get(&pair).map_or(0, |imports| imports.count);
        (commits, imports((at, other)) + imports((other, at)))
    };
    let agents = contract.agents();
    let others = (0..agents.len()).filter(|other| *other != at && !agents[*other].withdrawn);
    let most = others.max_by_key(|other| (bound(*other), usize::MAX - other))?;
    (bound(most) > (0, 0)).then(|| agents[most].id.clone())
}
