//! The merge order as a graph: what has to land before what.
//!
//! A node is a lane, or "all steps above here"; the second kind keeps the edges as many as the
//! text is long, however many agents there are.

use std::collections::{HashMap, HashSet};

use super::model::{Contract, OrderStep};
use crate::name::AgentId;

/// The graph of a merge order.
struct Graph<'c> {
    steps: &'c [OrderStep],
    places: HashMap<&'c AgentId, (usize, usize)>,
}

/// A node of the graph.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Node {
    /// A lane: the number of its step, and its number in it.
    Lane(usize, usize),
    /// All lanes of the steps before this one.
    Above(usize),
}

impl<'c> Graph<'c> {
    fn new(steps: &'c [OrderStep]) -> Self {
        let mut places = HashMap::new();
        for (number, step) in steps.iter().enumerate() {
            for (beside, agent) in step.agents.iter().enumerate() {
                places.entry(agent).or_insert((number, beside));
            }
        }
        Self { steps, places }
    }

    fn node(&self, agent: &AgentId) -> Option<Node> {
        self.places.get(agent).map(|(step, beside)| Node::Lane(*step, *beside))
    }

    fn agent(&self, node: Node) -> Option<&'c AgentId> {
        match node {
            Node::Lane(step, beside) => self.steps[step].agents.get(beside),
            Node::Above(_) => None,
        }
    }

    /// What comes directly before a node.
    fn before(&self, node: Node) -> Vec<Node> {
        match node {
            Node::Above(0) => Vec::new(),
            Node::Above(step) => {
                let lanes =
                    (0..self.steps[step - 1].agents.len()).map(|at| Node::Lane(step - 1, at));
                std::iter::once(Node::Above(step - 1)).chain(lanes).collect()
            }
            Node::Lane(step, _) => match &self.steps[step].after {
                None => vec![Node::Above(step)],
                Some(after) => after.iter().filter_map(|agent| self.node(agent)).collect(),
            },
        }
    }

    /// Everything before a node, transitively, in the order of the text.
    fn all_before(&self, node: Node) -> Vec<&'c AgentId> {
        let mut seen = HashSet::new();
        let mut todo = self.before(node);
        let mut places = Vec::new();
        while let Some(node) = todo.pop() {
            if seen.insert(node) {
                if let Node::Lane(step, beside) = node {
                    places.push((step, beside));
                }
                todo.extend(self.before(node));
            }
        }
        places.sort_unstable();
        places.iter().map(|(step, beside)| &self.steps[*step].agents[*beside]).collect()
    }
}

impl Contract {
    /// The lanes that must have landed before this one does, all of them (transitively), in
    /// the order of the text. Withdrawn ones included.
    pub fn before(&self, agent: &AgentId) -> Vec<&AgentId> {
        let graph = Graph::new(&self.order);
        graph.node(agent).map(|node| graph.all_before(node)).unwrap_or_default()
    }

    /// Whether a waiver lets all of this agent's work land before its turn.
    pub fn order_is_waived(&self, agent: &AgentId) -> bool {
        self.waiver("merge-order", agent, &[]).is_some()
    }

    /// The line of the merge order that places this agent.
    pub fn order_line(&self, agent: &AgentId) -> Option<u32> {
        self.order.iter().find(|step| step.agents.contains(agent)).map(|step| step.line)
    }
}

/// A cycle in the order, each lane before the next and the last before the first, with the
/// number of its last step. `None`: there is none.
pub(super) fn cycle(steps: &[OrderStep]) -> Option<(Vec<&AgentId>, usize)> {
    let graph = Graph::new(steps);
    let lanes = steps.iter().enumerate();
    let lanes = lanes.flat_map(|(step, lanes)| (0..lanes.agents.len()).map(move |at| (step, at)));
    // Depth first, with the path kept by hand: the text may be as deep as it likes.
    let mut done: HashMap<Node, bool> = HashMap::new();
    for (step, beside) in lanes {
        let mut path: Vec<(Node, Vec<Node>)> = Vec::new();
        let mut enter = Some(Node::Lane(step, beside));
        loop {
            if let Some(node) = enter.take() {
                match done.get(&node) {
                    Some(true) => {}
                    Some(false) => {
                        let from = path.iter().position(|(on_path, _)| *on_path == node);
                        let circle = path[from.unwrap_or(0)..].iter().rev().map(|(node, _)| *node);
                        let circle: Vec<Node> = circle.collect();
                        let last = circle.iter().filter_map(|node| match node {
                            Node::Lane(step, _) => Some(*step),
                            Node::Above(_) => None,
                        });
                        let last = last.max().unwrap_or(0);
                        return Some((
                            circle.iter().filter_map(|n| graph.agent(*n)).collect(),
                            last,
                        ));
                    }
                    None => {
                        done.insert(node, false);
                        path.push((node, graph.before(node)));
                    }
                }
            }
            match path.last_mut() {
                None => break,
                Some((node, todo)) => match todo.pop() {
                    Some(next) => enter = Some(next),
                    None => {
                        done.insert(*node, true);
                        path.pop();
                    }
                },
            }
        }
    }
    None
}
