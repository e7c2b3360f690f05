//! Drawn and random histories, held against the definitions.

use std::collections::BTreeSet;

use super::*;
use crate::repository::tests::dice::Dice;

/// Commits numbered from 0; parents always have smaller numbers.
struct Drawn {
    commits: Vec<Rc<RawCommit>>,
    cut_off: Vec<usize>,
    limit: usize,
}

fn id(number: usize) -> Oid {
    let mut bytes = [1; 20];
    bytes[..8].copy_from_slice(&(number as u64).to_be_bytes());
    Oid::from_bytes(&bytes).unwrap()
}

fn number(id: Oid) -> usize {
    u64::from_be_bytes(id.as_bytes()[..8].try_into().unwrap()) as usize
}

fn numbers(ids: &[Oid]) -> Vec<usize> {
    ids.iter().map(|id| number(*id)).collect()
}

impl Commits for Drawn {
    fn commit(&self, id: Oid) -> Read<Rc<RawCommit>> {
        Ok(Rc::clone(&self.commits[number(id)]))
    }

    fn is_cut_off(&self, id: Oid, _: &RawCommit) -> Read<bool> {
        Ok(self.cut_off.contains(&number(id)))
    }

    fn limit(&self) -> usize {
        self.limit
    }
}

fn draw(parents: &[&[usize]]) -> Drawn {
    let commits =
        parents.iter().enumerate().map(|(time, parents)| commit(parents, time as i64)).collect();
    Drawn { commits, cut_off: Vec::new(), limit: 1_000_000 }
}

fn commit(parents: &[usize], time: i64) -> Rc<RawCommit> {
    let parents = parents.iter().map(|parent| id(*parent)).collect();
    Rc::new(RawCommit { tree: id(0), parents, time, summary: String::new() })
}

impl Drawn {
    fn bases(&self, one: usize, other: usize) -> Vec<usize> {
        numbers(&merge_bases(self, &[id(one)], &[id(other)]).unwrap())
    }

    /// Those commits that are no ancestors of another of them.
    fn best(&self, common: &BTreeSet<usize>) -> Vec<usize> {
        let is_below =
            |at: usize| common.iter().any(|c| *c != at && self.reachable(*c).contains(&at));
        common.iter().copied().filter(|at| !is_below(*at)).collect()
    }

    fn reachable(&self, from: usize) -> BTreeSet<usize> {
        let mut seen = BTreeSet::new();
        let mut pending = vec![from];
        while let Some(at) = pending.pop() {
            if seen.insert(at) {
                pending.extend(numbers(&self.commits[at].parents));
            }
        }
        seen
    }
}

#[test]
fn a_criss_cross_has_two_merge_bases() {
    let drawn = draw(&[&[], &[0], &[0], &[1, 2], &[2, 1], &[3], &[4]]);
    assert_eq!(drawn.bases(5, 6), [1, 2]);
    assert_eq!(drawn.bases(5, 3), [3]);
    assert_eq!(drawn.bases(5, 5), [5]);
}

#[test]
fn unrelated_histories_have_none() {
    let drawn = draw(&[&[], &[], &[0], &[1]]);
    assert!(drawn.bases(2, 3).is_empty());
    assert_eq!(numbers(&walk(&drawn, &[id(2)], &[id(3)]).unwrap()), [2, 0]);
}

#[test]
fn the_limit_is_an_error() {
    let mut drawn = draw(&[&[], &[0], &[1], &[2]]);
    drawn.limit = 3;
    assert_eq!(walk(&drawn, &[id(3)], &[]), Err(ReadError::WalkLimit { limit: 3 }));
    assert_eq!(numbers(&walk(&drawn, &[id(3)], &[id(2)]).unwrap()), [3]);
    // Of several as many for each.
    assert_eq!(numbers(&walk(&drawn, &[id(3), id(1)], &[]).unwrap()), [3, 2, 1, 0]);
    let limit = |drawn: &Drawn| Err(ReadError::WalkLimit { limit: drawn.limit });
    assert_eq!(is_ancestor(&drawn, id(0), id(3)), limit(&drawn));
    assert_eq!(ancestors_among(&drawn, &[id(0), id(1)], id(3)), Ok(vec![id(0), id(1)]));
    drawn.limit = 1;
    assert_eq!(
        ancestors_among(&drawn, &[id(0), id(1)], id(3)),
        limit(&drawn).map(|_: bool| vec![])
    );
}

#[test]
fn a_cut_off_history_is_an_error_only_where_it_matters() {
    // 2 and 3 fork from 1, whose parents were cut off; 5 hangs below a cut of its own.
    let mut drawn = draw(&[&[], &[0], &[1], &[1], &[], &[4]]);
    drawn.cut_off = vec![1, 5];
    assert_eq!(drawn.bases(2, 3), [1]);
    assert_eq!(numbers(&walk(&drawn, &[id(3)], &[id(2)]).unwrap()), [3]);
    assert_eq!(is_ancestor(&drawn, id(1), id(3)), Ok(true));
    assert_eq!(is_ancestor(&drawn, id(2), id(3)), Ok(false));
    let shallow = |at| Err(ReadError::Shallow { at: id(at) });
    assert_eq!(walk(&drawn, &[id(3)], &[]).map(drop), shallow(1));
    assert_eq!(merge_bases(&drawn, &[id(3)], &[id(5)]).map(drop), shallow(1));
    assert_eq!(is_ancestor(&drawn, id(3), id(5)).map(drop), shallow(5));
    // What 5 reaches is not known, but 3 is no ancestor of what it cannot reach itself.
    assert_eq!(is_ancestor(&drawn, id(5), id(2)).map(drop), shallow(1));
    // Of several only where all are reached: each has to be asked about by itself.
    assert_eq!(ancestors_among(&drawn, &[id(1), id(3)], id(3)), Ok(vec![id(1), id(3)]));
    assert_eq!(ancestors_among(&drawn, &[id(1), id(5)], id(3)).map(drop), shallow(1));
}

#[test]
fn a_cut_that_is_read_too_early_matters_no_more_than_another() {
    // 5 forks from 4, and all of its clocks are behind those of the line down to the cut at 1.
    let mut drawn = draw(&[&[], &[0], &[1], &[2], &[3], &[4]]);
    drawn.cut_off = vec![1];
    drawn.commits[5] = commit(&[4], 0);
    assert_eq!(drawn.bases(4, 5), [4]);
    assert_eq!(numbers(&walk(&drawn, &[id(5)], &[id(4)]).unwrap()), [5]);
    assert_eq!(walk(&drawn, &[id(4)], &[id(5)]), Ok(Vec::new()));
    assert_eq!(is_ancestor(&drawn, id(5), id(4)), Ok(false));
}

fn random_history(dice: &mut Dice, size: usize, honest_clocks: bool) -> Drawn {
    let commits = (0..size)
        .map(|at| {
            let mut parents: Vec<usize> = Vec::new();
            if at > 0 && dice.roll(20) > 0 {
                for _ in 0..=dice.roll(2) {
                    let parent = at - 1 - dice.roll(at.min(6));
                    if !parents.contains(&parent) {
                        parents.push(parent);
                    }
                }
            }
            let time = if honest_clocks { at / 2 } else { dice.roll(50) };
            commit(&parents, time as i64)
        })
        .collect();
    Drawn { commits, cut_off: Vec::new(), limit: 1_000_000 }
}

#[test]
fn the_answers_are_those_of_the_definitions_whatever_the_clocks_say() {
    for seed in 1..400_u64 {
        let mut dice = Dice::of(seed);
        let drawn = random_history(&mut dice, 40, seed % 2 == 0);
        let (one, other) = (dice.roll(40), dice.roll(40));
        let (from_one, from_other) = (drawn.reachable(one), drawn.reachable(other));
        let common: BTreeSet<usize> = from_one.intersection(&from_other).copied().collect();
        assert_eq!(drawn.bases(one, other), drawn.best(&common), "seed {seed}");
        let (more, many) = (dice.roll(40), dice.roll(40));
        let (from_ones, from_others) =
            (&from_one | &drawn.reachable(more), &from_other | &drawn.reachable(many));
        let of_several = merge_bases(&drawn, &[id(one), id(more)], &[id(other), id(many)]).unwrap();
        assert_eq!(numbers(&of_several), drawn.best(&(&from_ones & &from_others)), "seed {seed}");
        let expected = Ok(from_other.contains(&one));
        assert_eq!(is_ancestor(&drawn, id(one), id(other)), expected, "seed {seed}");

        let asked = [one, more, many];
        let among = ancestors_among(&drawn, &asked.map(id), id(other)).unwrap();
        let expected: Vec<usize> =
            asked.into_iter().filter(|asked| from_other.contains(asked)).collect();
        assert_eq!(numbers(&among), expected, "seed {seed}");

        let order = numbers(&walk(&drawn, &[id(one)], &[id(other)]).unwrap());
        let set: BTreeSet<usize> = order.iter().copied().collect();
        assert_eq!(set, from_one.difference(&from_other).copied().collect(), "seed {seed}");
        assert_eq!(set.len(), order.len(), "seed {seed}");
        for (place, at) in order.iter().enumerate() {
            for parent in numbers(&drawn.commits[*at].parents) {
                assert!(!order[..place].contains(&parent), "seed {seed}: {parent} before {at}");
            }
        }
    }
}
