//! A graph of what has to come before what: what is implied, what goes in a circle, how many can run
//! at once, and the longest way through.
//!
//! Lanes are a few hundred at most, so everything is read off the transitive closure.

/// Nodes by their numbers, with what they reach.
pub struct Graph {
    /// Direct edges, from what comes first.
    edges: Vec<Vec<usize>>,
    /// Whether one node is before another, on whatever way.
    reach: Vec<Vec<bool>>,
}

impl Graph {
    /// A graph of so many nodes with these edges; an edge from a node to itself is none.
    pub fn new(nodes: usize, all: impl IntoIterator<Item = (usize, usize)>) -> Self {
        let mut edges = vec![Vec::new(); nodes];
        for (from, to) in all {
            if from != to && !edges[from].contains(&to) {
                edges[from].push(to);
            }
        }
        let reach = (0..nodes).map(|from| reached(&edges, from)).collect();
        Self { edges, reach }
    }

    fn nodes(&self) -> usize {
        self.edges.len()
    }

    #[cfg(test)]
    fn is_before(&self, one: usize, other: usize) -> bool {
        self.reach[one][other]
    }

    fn are_a_circle(&self, one: usize, other: usize) -> bool {
        one == other || (self.reach[one][other] && self.reach[other][one])
    }

    /// Whether an edge says what others say already: there is a way round by a third that goes in no
    /// circle with either end.
    pub fn is_implied(&self, from: usize, to: usize) -> bool {
        (0..self.nodes()).any(|by| {
            self.reach[from][by]
                && self.reach[by][to]
                && !self.are_a_circle(from, by)
                && !self.are_a_circle(by, to)
        })
    }

    /// The circles, each of them sorted.
    pub fn circles(&self) -> Vec<Vec<usize>> {
        self.groups().into_iter().filter(|group| group.len() > 1).collect()
    }

    /// All nodes, those of one circle together.
    fn groups(&self) -> Vec<Vec<usize>> {
        let mut groups: Vec<Vec<usize>> = Vec::new();
        for node in 0..self.nodes() {
            match groups.iter_mut().find(|group| self.are_a_circle(group[0], node)) {
                Some(group) => group.push(node),
                None => groups.push(vec![node]),
            }
        }
        groups
    }

    /// A largest set of nodes of which none is before another. Of a circle only one is in it.
    ///
    /// By Dilworth's theorem it is as large as a smallest cover by chains, which a largest matching
    /// between nodes and their successors gives (Fulkerson); König's cover names its members.
    pub fn widest(&self) -> Vec<usize> {
        let groups = self.groups();
        let after: Vec<Vec<usize>> = groups
            .iter()
            .map(|group| {
                let is_after = |other: &usize| {
                    let other = groups[*other][0];
                    self.reach[group[0]][other] && !self.are_a_circle(group[0], other)
                };
                (0..groups.len()).filter(is_after).collect()
            })
            .collect();
        let mut taken_by = vec![None; groups.len()];
        for group in 0..groups.len() {
            match_one(&after, group, &mut taken_by, &mut vec![false; groups.len()]);
        }
        let mut as_first = vec![true; groups.len()];
        for group in taken_by.iter().flatten() {
            as_first[*group] = false;
        }
        let mut as_second = vec![false; groups.len()];
        let mut pending: Vec<usize> = (0..groups.len()).filter(|group| as_first[*group]).collect();
        while let Some(group) = pending.pop() {
            for next in &after[group] {
                if !as_second[*next] {
                    as_second[*next] = true;
                    if let Some(first) = taken_by[*next]
                        && !as_first[first]
                    {
                        as_first[first] = true;
                        pending.push(first);
                    }
                }
            }
        }
        let members = groups.iter().enumerate();
        members.filter(|(at, _)| as_first[*at] && !as_second[*at]).map(|(_, g)| g[0]).collect()
    }

    /// The longest way through, every node of a circle on it counted.
    pub fn longest(&self) -> Vec<usize> {
        let mut groups = self.groups();
        let before =
            |group: &[usize]| (0..self.nodes()).filter(|node| self.reach[*node][group[0]]).count();
        groups.sort_by_key(|group| before(group));
        let mut best: Vec<(usize, Option<usize>)> = Vec::with_capacity(groups.len());
        for (at, group) in groups.iter().enumerate() {
            let leads_here = |other: &usize| self.reach[groups[*other][0]][group[0]];
            let via =
                (0..at).filter(leads_here).max_by_key(|other| (best[*other].0, usize::MAX - other));
            best.push((group.len() + via.map_or(0, |via| best[via].0), via));
        }
        let mut at = (0..groups.len()).max_by_key(|at| (best[*at].0, usize::MAX - at));
        let mut way = Vec::new();
        while let Some(group) = at {
            way.extend(groups[group].iter().rev());
            at = best[group].1;
        }
        way.reverse();
        way
    }
}

fn reached(edges: &[Vec<usize>], from: usize) -> Vec<bool> {
    let mut reached = vec![false; edges.len()];
    let mut pending = vec![from];
    while let Some(node) = pending.pop() {
        for next in &edges[node] {
            if !std::mem::replace(&mut reached[*next], true) {
                pending.push(*next);
            }
        }
    }
    reached
}

fn match_one(
    after: &[Vec<usize>],
    group: usize,
    taken_by: &mut [Option<usize>],
    seen: &mut [bool],
) -> bool {
    for next in &after[group] {
        if std::mem::replace(&mut seen[*next], true) {
            continue;
        }
        let is_free = match taken_by[*next] {
            None => true,
            Some(other) => match_one(after, other, taken_by, seen),
        };
        if is_free {
            taken_by[*next] = Some(group);
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chain_is_one_wide_and_as_long_as_it_is() {
        let chain = Graph::new(4, [(0, 1), (1, 2), (2, 3), (0, 3)]);
        assert_eq!((chain.widest().len(), chain.longest()), (1, vec![0, 1, 2, 3]));
        assert!(chain.is_implied(0, 3) && !chain.is_implied(0, 1));
        assert_eq!(chain.circles(), [[0; 0]; 0]);
    }

    #[test]
    fn what_does_not_depend_runs_at_once() {
        assert_eq!(Graph::new(3, []).widest(), [0, 1, 2]);
        assert_eq!(Graph::new(0, []).widest(), [0; 0]);
        assert_eq!(Graph::new(0, []).longest(), [0; 0]);
        // Two diamonds above one another: the widest is across either.
        let diamonds =
            Graph::new(7, [(0, 1), (0, 2), (1, 3), (2, 3), (3, 4), (3, 5), (4, 6), (5, 6)]);
        assert_eq!(diamonds.widest().len(), 2);
        assert_eq!(diamonds.longest().len(), 5);
        // N: no single layer shows how wide it is.
        let n = Graph::new(5, [(0, 2), (1, 2), (1, 3), (3, 4)]);
        assert_eq!(n.widest().len(), 2);
    }

    #[test]
    fn lanes_in_a_circle_count_as_one_at_once_and_all_on_the_way() {
        let circle = Graph::new(4, [(0, 1), (1, 0), (1, 2), (1, 1)]);
        assert_eq!(circle.circles(), [[0, 1]]);
        assert_eq!(circle.widest().len(), 2);
        assert_eq!(circle.longest(), [0, 1, 2]);
        assert!(!circle.is_implied(0, 1) && !circle.is_implied(1, 2));
    }

    #[test]
    fn the_widest_set_is_as_large_as_trying_all_sets_says() {
        // Every graph of five nodes whose edges go upwards.
        let pairs: Vec<(usize, usize)> =
            (0..5).flat_map(|from| (from + 1..5).map(move |to| (from, to))).collect();
        for drawn in 0..1_u32 << pairs.len() {
            let edges = pairs.iter().enumerate();
            let edges = edges.filter(|(bit, _)| drawn >> bit & 1 == 1).map(|(_, edge)| *edge);
            let graph = Graph::new(5, edges);
            let is_antichain = |set: u32| {
                let inside = |node: usize| set >> node & 1 == 1;
                pairs.iter().all(|(a, b)| !(inside(*a) && inside(*b) && graph.is_before(*a, *b)))
            };
            let most = (0..1 << 5).filter(|set| is_antichain(*set)).map(u32::count_ones).max();
            let found = graph.widest();
            assert_eq!(Some(found.len() as u32), most, "{drawn:b}");
            assert!(is_antichain(found.iter().map(|node| 1 << node).sum()), "{drawn:b}");
        }
    }
}
